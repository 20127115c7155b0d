/* SPDX-License-Identifier: BSD-2-Clause */
/* What `run` does with --wire and --above: it joins what was chosen, runs it, and tells what passed
 * where. */
#ifndef BENCH_RUN_JOINT_H
#define BENCH_RUN_JOINT_H

#include "options.h"

#include <stdio.h>

struct run_joint {
    const struct cli_options *cli;
    const struct options *options; /* wire and above were given */
    const char *capture;           /* every frame on the wire goes there; NULL: nowhere */
    const char *json;              /* NULL: none */
    int http;                      /* port of the status page, 0: any; -1: there is none */
    uint64_t duration;             /* ns, 0: until it comes to rest, or Ctrl-C */
    FILE *text;                    /* for people */
};

/* Returns an exit status, after reporting what went wrong. */
int run_joint(const struct run_joint *run);

#endif
