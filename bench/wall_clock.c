/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "wall_clock.h"

#include "clock.h"

#include <time.h>

static uint64_t read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * BENCH_S + (uint64_t)now.tv_nsec;
}

uint64_t wall_clock_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t wall_clock_since_1970(void)
{
    return read_clock(CLOCK_REALTIME);
}

uint64_t wall_clock_process_worked(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t wall_clock_thread_worked(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}
