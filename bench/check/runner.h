/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays scenarios, each in a process of its own, some at a time: one that crashes or hangs is its
 * own failure and nobody else's. */
#ifndef CHECK_RUNNER_H
#define CHECK_RUNNER_H

#include "stage.h"

#define RUNNER_MAX_JOBS 256u

struct runner {
    const struct check_setup *setup;
    const struct scenario *const *scenarios;
    unsigned count;
    unsigned jobs;      /* processes at a time */
    unsigned timeout_s; /* of this computer's time, for each */
    /* Results, by scenario, one after another in their order, as soon as they are known. */
    void (*done)(void *opaque, unsigned i, const struct outcome *outcome);
    /* Is asked now and then; true ends the run. May be NULL. */
    bool (*stop)(void *opaque);
    void *opaque;
};

/* Plays all of them. Returns how many were reported, from the first on (fewer than all when it was
 * stopped), or -errno. *outcomes is the caller's, by runner_free(). */
int runner_run(const struct runner *runner, struct outcome **outcomes);
void runner_free(const struct runner *runner, struct outcome *outcomes);

#endif
