/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual time, shared by everything in one bench. */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>

#define BENCH_NEVER UINT64_MAX

struct bench_clock {
    uint64_t now; /* ns since the bench was set up; only grows */
};

#define BENCH_US 1000ull
#define BENCH_MS (1000ull * BENCH_US)
#define BENCH_S  (1000ull * BENCH_MS)

static inline uint64_t clock_earliest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#endif
