/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing JSON to where the user wants it. */
#ifndef BENCH_JSON_FILE_H
#define BENCH_JSON_FILE_H

#include <jansson.h>
#include <stddef.h>

/* Writes an object (taken over; NULL: there was no memory for it), indented, and a newline to a
 * file that is created or overwritten; "-" and "/dev/stdout" are standard output. flags are
 * jansson's. Returns 0 or an errno. */
int json_file_dump(const char *path, json_t *object, size_t flags);

/* The same with real numbers of nine digits. Returns 0, or -1 with one line in error[error_size]
 * that names the file and the cause. */
int json_file_write(const char *path, json_t *object, char *error, size_t error_size);

#endif
