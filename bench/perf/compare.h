/* SPDX-License-Identifier: BSD-2-Clause */
/* Measures driver and chip in turns with the floor. */
#ifndef BENCH_PERF_COMPARE_H
#define BENCH_PERF_COMPARE_H

#include "measure.h"

/* What is known of one case. */
struct perf_row {
    struct perf_case what;
    struct perf_best best, floor;
    /* Of driver and chip, a frame. */
    double mmio_reads, mmio_writes, interrupts;
};

struct perf_how {
    const struct session_config *config;
    uint64_t time_ns; /* to spend on one case, at least; each side has a turn at least */
    int instructions; /* a counter of perf_instructions_open(), or negative */
    bool (*goes_on)(void *opaque); /* after each pair of turns; false: stop */
    void *opaque;
};

/* Returns 0; 1: stopped, *row holds what is known; -1 with one line in error[size]. */
int perf_compare(const struct perf_how *how, const struct perf_case *what, struct perf_row *row,
                 char *error, size_t size);

#endif
