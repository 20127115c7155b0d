/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands behind the colon of "pcap:FILE,rate=line": parts between commas, some of them
 * KEY=VALUE. A comma that belongs to a value is written twice. */
#ifndef BENCH_ARGUMENTS_H
#define BENCH_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#define ARGUMENTS_PART 512u /* bytes of a part at most */

struct arguments {
    const char *rest;
    const char *who; /* "wire 'pcap'", for messages */
    char part[ARGUMENTS_PART];
    char *error;
    size_t size;
};

/* text may be NULL: nothing. Messages go to error[size]. */
void arguments_begin(struct arguments *arguments, const char *who, const char *text, char *error,
                     size_t size);

/* The next part: *key is what stands before "=", NULL without one, *value what stands behind it;
 * both live until the next call. Returns 1, 0 at the end, -1 after putting a message into error. */
int arguments_next(struct arguments *arguments, const char **key, const char **value);

/* These put a message into error and return -1. */
int arguments_unknown(struct arguments *arguments, const char *key, const char *const *known);
int arguments_wrong(struct arguments *arguments, const char *key, const char *value,
                    const char *expected);

#endif
