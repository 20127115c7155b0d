/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine's counter of instructions, where the system lets a program have it. */
#ifndef BENCH_PERF_INSTRUCTIONS_H
#define BENCH_PERF_INSTRUCTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* Opens the counter of this thread's own instructions. Returns a file descriptor, or -errno: the
 * machine does not count, or not for us. */
int perf_instructions_open(void);
void perf_instructions_close(int counter);

/* How many so far. False: not known. */
bool perf_instructions_read(int counter, uint64_t *count);

#endif
