/* SPDX-License-Identifier: BSD-2-Clause */
/* A progress bar on a terminal. */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** A bar. The caller owns the structure; its members are private but for what tests set. */
struct progress {
    FILE *stream; /* NULL: silent */
    const char *label;
    uint64_t total;
    uint64_t drawn_ns;          /* when the bar was drawn last, or the work started */
    bool started;               /* progress_update() was called */
    bool drawn;                 /* it stands on the terminal */
    uint64_t (*clock_ns)(void); /* monotonic time in ns; tests put their own here */
};

/** Starts a bar, which is drawn on stream (stderr, as a rule) if that is a terminal that can move
 * its cursor, else never. label is a word or two (20 columns are shown) and must stay. total is
 * what done counts up to, in any unit; 0: not known, then only done is shown, in millions. Nothing
 * is written yet. */
void progress_start(struct progress *progress, FILE *stream, const char *label, uint64_t total);

/** Tells how far the work has come. Draws at most ten times a second, and nothing in the first
 * tenth; cheap enough for each batch of frames, not for each frame. */
void progress_update(struct progress *progress, uint64_t done);

/** Takes the bar away. Call it before anything else is printed; the bar may go on afterwards. */
void progress_clear(struct progress *progress);

#endif
