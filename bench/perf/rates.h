/* SPDX-License-Identifier: BSD-2-Clause */
/* What is measured of one way to move frames, and what is reckoned from it. */
#ifndef BENCH_PERF_RATES_H
#define BENCH_PERF_RATES_H

#include <stdbool.h>
#include <stdint.h>

/* Sizes are bytes without FCS, as software sees them. On the wire FCS, preamble and the gap between
 * frames come on top (IEEE 802.3). */
#define PERF_WIRE_OVERHEAD 24u

/* A stretch of work: frames moved, and what they took. */
struct perf_slice {
    uint64_t frames;
    uint64_t ns;
    uint64_t instructions; /* with counted */
    bool counted;
};

/* The best stretch of several: on a machine with other work, everything else only slows it down. */
struct perf_best {
    double ns;           /* a frame; 0: none yet */
    double instructions; /* a frame, the fewest; negative: not counted */
    unsigned slices;     /* how many there were */
};

void perf_best_init(struct perf_best *best);
/* Slices without frames or without time are left out. */
void perf_best_add(struct perf_best *best, const struct perf_slice *slice);

/* Millions of frames a second; 0 without a measurement. */
double perf_mpps(const struct perf_best *best);
/* The wire's gigabits a second for frames of a size; 1 is line rate at 1 Gb/s. */
double perf_gbps(const struct perf_best *best, uint32_t size);
/* The share of another rate that this one reaches; 0 without either. */
double perf_ratio(const struct perf_best *best, const struct perf_best *of);

/* Frames of a size a second, and ns from one to the next, on a wire of 1 Gb/s. */
double perf_line_rate(uint32_t size);
uint64_t perf_line_ns(uint32_t size);

#endif
