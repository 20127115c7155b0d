/* SPDX-License-Identifier: BSD-2-Clause */
/* The measurements as a table for people, and as JSON for programs. */
#ifndef BENCH_PERF_REPORT_H
#define BENCH_PERF_REPORT_H

#include "compare.h"

#include <stdio.h>

/* Words for the values of a case, each list ends with NULL. */
extern const char *const perf_directions[]; /* by enum perf_direction */
extern const char *const perf_offloads[];   /* by enum perf_offload */
extern const char *const perf_checks[];     /* by enum judge_level */

struct perf_report {
    const char *profile;
    unsigned ring;
    bool interrupted;
    const struct perf_row *rows;
    size_t count;
};

void perf_print_heading(FILE *stream);
void perf_print_row(FILE *stream, const struct perf_row *row);

/* Writes to a file, - is standard output. Returns 0, or -1 with one line in error[size]. */
int perf_json(const char *path, const struct perf_report *report, char *error, size_t size);

#endif
