/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of `net`: the bench that carries the traffic, and the steps that it went through. */
#ifndef BENCH_NET_RUN_H
#define BENCH_NET_RUN_H

#include "capture_out.h"
#include "joint.h"
#include "options.h"
#include "status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define NET_STEPS_MAX 16u

/* What had passed, or passed meanwhile. */
struct net_counts {
    uint64_t time; /* ns */
    uint64_t frames_in, frames_out, bytes_in, bytes_out;
    uint64_t interrupts, mmio; /* register accesses */
};

struct net_step {
    char name[24];
    bool passed;
    char detail[240];
    struct net_counts counts;
    uint64_t received, sent; /* bytes of payload; 0: not a transfer */
};

/* Zero-initialise; net_run_open() sets the rest. */
struct net_run {
    struct options *options;
    FILE *text; /* what people read */
    const char *capture_path;
    int http;                      /* port of the status page, 0: any; -1: there is none */
    struct status *status;         /* NULL: there is none */
    const struct tap_space *space; /* where taps are made; NULL: here */
    struct capture_out *capture;
    uint64_t capture_start; /* ns since 1970 when the bench was set up */
    struct judge judge;
    struct joint_config config;
    struct joint joint;
    struct net_counts start; /* when the link was up */
    struct net_step steps[NET_STEPS_MAX];
    unsigned count;
};

/* Joins chip, driver, run->options->wire and above[0], says so, and opens the capture. Returns 0,
 * or -1 with one line in error; close it either way. */
int net_run_open(struct net_run *run, char *error, size_t size);

/* Runs until done() says so, or for timeout ns (BENCH_NEVER: none), or until somebody interrupts.
 * Returns 1: done; 0: not; -1 with run->joint.error: the bench can't go on. */
int net_run_until(struct net_run *run, bool (*done)(void *opaque), void *opaque, uint64_t timeout);

/* What has passed so far, and since. */
struct net_counts net_run_counts(const struct net_run *run);
struct net_counts net_run_since(const struct net_run *run, const struct net_counts *from);

/* Adds a step that began at *from and ends now, and prints it. */
__attribute__((format(printf, 4, 5))) struct net_step *net_run_step(struct net_run *run,
                                                                    const struct net_counts *from,
                                                                    const char *name,
                                                                    const char *format, ...);
/* Likewise, of a step that failed. */
__attribute__((format(printf, 4, 5))) void net_run_failed(struct net_run *run,
                                                          const struct net_counts *from,
                                                          const char *name, const char *format,
                                                          ...);
/* A transfer of so many bytes of payload each way. */
void net_run_transfer(struct net_run *run, const struct net_counts *from, const char *name,
                      uint64_t received, uint64_t sent, const char *detail);

/* Whether every step passed, no frame was lost and no rule was broken. */
bool net_run_passed(const struct net_run *run);

/* The totals and what the judge has to say. */
void net_run_print_end(const struct net_run *run);

/* Writes all as JSON; command_status: of the command that was run, -1: there was none. Returns 0,
 * or -1 with one line in error. */
int net_run_json(const struct net_run *run, const char *path, int command_status, char *error,
                 size_t size);

/* Takes all down. Returns 0, or -1 with one line in error when the capture is not whole. */
int net_run_close(struct net_run *run, char *error, size_t size);

#endif
