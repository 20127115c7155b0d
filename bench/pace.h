/* SPDX-License-Identifier: BSD-2-Clause */
/* When the frames of a replay are due, by the rate that was asked for; in virtual time. */
#ifndef BENCH_PACE_H
#define BENCH_PACE_H

#include "traffic.h"
#include "wire.h"

enum rate_mode {
    RATE_MAX,  /* as fast as this computer can: frames follow each other without a gap and the wire
                  waits for the device */
    RATE_LINE, /* without a gap at the link's speed, whether the device keeps up or not */
    RATE_CAPTURE, /* at the capture's own times */
    RATE_NUMBER   /* so many frames a second */
};

/* The words for the modes before RATE_NUMBER; ends with NULL. */
extern const char *const pace_rates[];

/* Reads "line", or a number of frames per second from 1 to 10^9 (*per_second). Returns false, and
 * leaves both alone, when text is neither. */
bool pace_read_rate(const char *text, enum rate_mode *mode, uint64_t *per_second);

struct pace {
    enum rate_mode mode;
    uint64_t per_second; /* RATE_NUMBER */
    unsigned mbps;       /* the link's speed */
    uint64_t start;      /* when the replay began */
    uint64_t passes;     /* how often the traffic is played */

    const struct traffic *traffic;
    size_t position; /* of the next frame in the traffic */
    uint64_t pass;   /* passes completed */
    uint64_t sent;   /* frames so far */
    uint64_t cursor; /* end of the last frame on the wire, ns */
};

/* Takes frames from the first; the clock stands at now. */
void pace_start(struct pace *pace, const struct traffic *traffic, uint64_t now);

/* All passes are over. */
bool pace_done(const struct pace *pace);

/* When the next frame may begin, without regard to the one before; 0: at once. */
uint64_t pace_due(const struct pace *pace);

/* How many frames in a row, from position on, may be handed over at once at this time, at most max.
 * With arrive, a frame counts once its last bit has passed. */
size_t pace_ready(const struct pace *pace, uint64_t now, size_t max, bool arrive);

/* The first count frames were handed over; moves the cursor by their time on the wire. times (may
 * be NULL) receives the end of each. */
void pace_take(struct pace *pace, uint64_t now, size_t count, uint64_t *times);

/* When pace_ready() next gives more than nothing; BENCH_NEVER: no more frames. */
uint64_t pace_next(const struct pace *pace, bool arrive);

#endif
