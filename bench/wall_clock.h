/* SPDX-License-Identifier: BSD-2-Clause */
/* This computer's time, which has nothing to do with that of the bench; all in ns. */
#ifndef BENCH_WALL_CLOCK_H
#define BENCH_WALL_CLOCK_H

#include <stdint.h>

/* Since any fixed moment; never goes back. */
uint64_t wall_clock_now(void);
/* Since 1970. */
uint64_t wall_clock_since_1970(void);
/* That CPUs have worked for this process, or for the calling thread. */
uint64_t wall_clock_process_worked(void);
uint64_t wall_clock_thread_worked(void);

#endif
