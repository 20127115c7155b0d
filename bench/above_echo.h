/* SPDX-License-Identifier: BSD-2-Clause */
/* The layer above `echo`: sends each received frame back, in the very buffers it came in. */
#ifndef BENCH_ABOVE_ECHO_H
#define BENCH_ABOVE_ECHO_H

#include "above.h"
#include "scoreboard.h"

struct above_echo_config {
    struct scoreboard *received; /* frames from the wire are looked up here */
    struct scoreboard *sent;     /* and announced here when they are sent */
    uint64_t *dropped;           /* counts frames that there was no room for */
    unsigned buffers;            /* receive buffers that the driver has, at most */
    struct bench_clock *clock;
};

/* Returns 0 or -ENOMEM. */
int above_echo_open(struct above **above, const struct above_echo_config *config);

#endif
