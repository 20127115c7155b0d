/* SPDX-License-Identifier: BSD-2-Clause */
/* Snapshots of the chip in files. */
#ifndef BENCH_SNAPSHOT_FILE_H
#define BENCH_SNAPSHOT_FILE_H

#include "device.h"

/* Saves a device. Returns 0 or -1 with one line in error. */
int snapshot_file_write(const char *path, struct device *device, char *error, size_t error_size);

/* Reads a file into memory that the caller frees. Returns 0 or -1 with one line in error. */
int snapshot_file_read(const char *path, uint8_t **bytes, size_t *size, char *error,
                       size_t error_size);

/* What an error of e1000emu_load() means. */
const char *snapshot_file_reason(int status);

#endif
