/* SPDX-License-Identifier: BSD-2-Clause */
/* What the status page shows, as JSON. */
#ifndef BENCH_STATUS_JSON_H
#define BENCH_STATUS_JSON_H

#include "status.h"

#define STATUS_POINTS 300u /* of the plot, one a second */

/* Rates of one second, per second of this computer's time, both ends together. */
struct status_point {
    double time; /* when it ended, s since the page opened */
    double frames_in, frames_out, bytes_in, bytes_out, interrupts;
};

struct status_history {
    struct status_point points[STATUS_POINTS]; /* a ring */
    uint64_t count;                            /* points ever added */
};

/* The whole text, to be freed; NULL: there was no memory for it. Only peeks: what the chip and the
 * driver do is not changed by it. */
char *status_json(const struct status_config *config, const struct status_history *history,
                  double seconds);

#endif
