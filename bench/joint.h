/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A choice from each of the four columns, joined and run: wire, device, driver and what is above
 * it; with a wire that has two ends, twice.
 */
#ifndef BENCH_JOINT_H
#define BENCH_JOINT_H

#include "columns.h"
#include "session.h"

#define JOINT_ENDS 2u

/* A frame passed the wire. */
struct joint_frame {
    const struct e1000emu_frame *frame;
    bool sent;     /* by the device */
    unsigned end;  /* 0, or 1 at the other end of a wire with two */
    uint64_t time; /* ns since the bench was set up */
};

struct joint_config {
    struct session_config session; /* two ends are alike but for the address */
    uint8_t mac[6];
    const struct wire_kind *wire;
    const char *wire_argument;
    const struct above_kind *above[JOINT_ENDS]; /* the second one NULL: as the first */
    const char *above_argument[JOINT_ENDS];
    const struct tap_space *space; /* where taps above are made; NULL: here */
    bool real_time;                /* even if nothing asks for it */
    uint64_t spin;                 /* as of struct sched */
    uint64_t latency, frame_ns;    /* as of struct sched, once everything is joined */
    uint64_t seed;
    /* Is told of each frame on the wire. May be NULL. */
    void (*passed)(void *opaque, const struct joint_frame *frame);
    void *opaque;
};

/* What has passed one end of the wire. */
struct joint_counts {
    uint64_t arrived, arrived_bytes; /* offered to the device */
    uint64_t verdicts[E1000EMU_RX_VERDICTS];
    uint64_t sent, sent_bytes; /* by the device, taken by the wire */
};

struct joint;

struct joint_end {
    struct joint *joint;
    struct session session;
    struct joint_counts counts;
    char link[160]; /* the driver's report of the link, when it first came up */
};

/* Zero-initialise. */
struct joint {
    const struct joint_config *config;
    struct bench_clock clock;
    struct joint_end ends[JOINT_ENDS];
    unsigned count; /* ends */
    bool real_time;
    bool driver_failed; /* error is about the driver, not about wire or layer */
    uint64_t start;     /* when everything was joined, ns */
    char error[256];
};

/* Powers on, attaches, waits for the link (in virtual time), then opens wire and layers. Returns 0
 * or -1 with one line in joint->error. *joint must stay where it is, and *config outlive it. */
int joint_open(struct joint *joint, const struct joint_config *config);

/* Runs until done() says so (it may be NULL), virtual or real time limit (ns from the start,
 * BENCH_NEVER: none) has passed, or nothing will ever happen again. Returns 0, or -1 with
 * joint->error when wire, layer or driver failed. */
int joint_run(struct joint *joint, bool (*done)(void *opaque), void *opaque, uint64_t limit);

/* Nothing is under way and nothing will begin by itself. */
bool joint_is_quiet(const struct joint *joint);

/* Takes all down, in whatever state. */
void joint_close(struct joint *joint);

#endif
