/* SPDX-License-Identifier: BSD-2-Clause */
/* How full something is over time: least, most and mean, and a course in steps of equal time, which
 * double when there would be too many. */
#ifndef BENCH_OCCUPANCY_H
#define BENCH_OCCUPANCY_H

#include <stdint.h>

#define OCCUPANCY_STEPS 128u

/* Set by occupancy_start(). */
struct occupancy {
    uint32_t least, most;
    uint64_t start, last;             /* ns */
    uint64_t step;                    /* ns that an entry of the course stands for */
    uint32_t level;                   /* since last */
    double area;                      /* level times ns */
    uint32_t course[OCCUPANCY_STEPS]; /* the most within each step */
};

/* Begins at a time with a level; step is the first length of a step, ns, above 0. */
void occupancy_start(struct occupancy *occupancy, uint64_t now, uint32_t level, uint64_t step);

/* The level is another one from now on; now never goes back. */
void occupancy_set(struct occupancy *occupancy, uint64_t now, uint32_t level);

/* Over the time from the start to the last call. */
double occupancy_mean(const struct occupancy *occupancy);

/* Entries of the course that have begun. */
uint32_t occupancy_steps(const struct occupancy *occupancy);

#endif
