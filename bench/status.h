/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page about a bench that runs, for browsers on this computer: registers, counters, rings and the
 * rates of the last minutes. The bench's own thread looks at chip and driver and leaves a text
 * behind; the server's thread hands out that text and touches nothing else.
 */
#ifndef BENCH_STATUS_H
#define BENCH_STATUS_H

#include "joint.h"
#include "judge.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the page is about. All of it outlives the page. */
struct status_config {
    const struct joint *joint; /* open */
    const struct judge *judge; /* NULL: nobody judges */
    const char *profile, *driver, *wire, *above;
};

struct status;

/* Listens on 127.0.0.1 (port 0: any that is free) and prints the address on stderr. Starts a
 * thread, which takes no signals. Returns 0, or -1 with one line in error. */
int status_open(struct status **status, const struct status_config *config, uint16_t port,
                char *error, size_t size);

/* Looks, if it is time: call it from done() of joint_run(). */
void status_look(struct status *status);

/* Stops the server. NULL: does nothing. */
void status_close(struct status *status);

#endif
