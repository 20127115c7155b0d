/* SPDX-License-Identifier: BSD-2-Clause */
/* One bench: a device with its memory, a driver attached to it, and the clock; what every command
 * that runs a driver opens first. */
#ifndef BENCH_SESSION_H
#define BENCH_SESSION_H

#include "firmware.h"
#include "scheduler.h"

/* What the options of the commands choose. */
struct session_config {
    const struct device_ops *device_ops; /* NULL: emu */
    const struct driver_ops *driver_ops; /* NULL: core */
    struct device_config device;
    const struct e1000emu_partner
        *partner; /* at the other end of the cable; NULL: the device's own */
    struct driver_config driver;
    /* Shared with another bench, at the other end of the wire, and outlives both; NULL: its own. */
    struct bench_clock *clock;
    size_t frame_memory; /* bytes of DMA memory beside the driver's own */
};

struct session {
    struct bench_clock *clock; /* own_clock, or a shared one */
    struct bench_clock own_clock;
    struct device *device;
    struct dmamem *memory;
    struct driver *driver;
    struct sched sched;
    struct bar bars[FIRMWARE_BARS];
    unsigned bar_count;
    /* RAR[0] (low, high) as a driver finds it before it has written anything, power just on. */
    uint32_t rar0[2];
    bool over;       /* the watcher was told that */
    char error[160]; /* after a failure: one line */
};

/* Powers the device on and lets the firmware have it. Returns 0 or -1 with session->error. */
int session_power_on(struct session *session, const struct session_config *config);

/* Attaches the driver. Returns 0 or -1 with session->error. */
int session_attach(struct session *session, const struct session_config *config);

/* Brings the driver up and waits, in virtual time, until the link is up as well. Returns 0 or -1
 * with session->error. */
int session_up(struct session *session);

/* Tells the device's watcher that the run is over; before the driver is told to stop. */
void session_over(struct session *session);

/* Takes all down, in whatever state; harmless on a zeroed session. */
void session_close(struct session *session);

/* The defaults of a driver configuration: en0, 256 descriptors, 2 KiB buffers. */
void session_defaults(struct session_config *config);

#endif
