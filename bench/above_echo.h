/* SPDX-License-Identifier: BSD-2-Clause */
/* The layer above `echo`: sends each received frame back, in the very buffers it came in. */
#ifndef BENCH_ABOVE_ECHO_H
#define BENCH_ABOVE_ECHO_H

#include "above.h"
#include "scoreboard.h"

struct above_echo_config {
    struct scoreboard *received; /* frames from the wire are looked up here; NULL: nowhere */
    /* With a scoreboard only: */
    struct scoreboard *sent; /* frames are announced here when they are sent */
    uint64_t *dropped;       /* counts frames that there was no room for */
    struct bench_clock *clock;

    unsigned buffers; /* receive buffers that the driver has, at most */
    bool swaps;       /* addresses: the answer goes to where the frame came from */
};

/* Returns 0 or -ENOMEM. */
int above_echo_open(struct above **above, const struct above_echo_config *config);

#endif
