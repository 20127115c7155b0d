/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wire column of the bench: what is plugged into the device. A wire queues: none of its
 * functions enters the device or the driver. It owns serialisation time, in virtual time.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include "clock.h"
#include "e1000emu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pollfd;
struct wire;

struct wire_ops {
    void (*close)(struct wire *wire);

    /* Frames that have arrived by now, in order: *frames is borrowed until taken() says how many of
     * them the device has dealt with, and fills times[] (may be NULL) with the end of each. Returns
     * how many there are, at most max. */
    size_t (*arrived)(struct wire *wire, uint64_t now, size_t max,
                      const struct e1000emu_frame **frames);
    void (*taken)(struct wire *wire, uint64_t now, size_t count, uint64_t *times);
    /* The device sends: returns how many frames the wire took, copying what it needs. */
    size_t (*send)(struct wire *wire, uint64_t now, const struct e1000emu_frame *frames,
                   size_t count);
    /* When the next frame arrives, and when there is room for send() again after it took less than
     * it was offered; BENCH_NEVER: not by time alone. */
    uint64_t (*next_arrival)(const struct wire *wire);
    uint64_t (*next_room)(const struct wire *wire);
    /* Nothing more will arrive. */
    bool (*exhausted)(const struct wire *wire);
    /* Only of wires that live in real time: moves what can be moved without waiting, at every turn;
     * and what is worth waking up for, at most max of them. NULL elsewhere. */
    void (*pump)(struct wire *wire, uint64_t now);
    unsigned (*wait_for)(struct wire *wire, struct pollfd *fds, unsigned max);
    /* What it has to say of what has passed: a line without newline, for reports. NULL: nothing. */
    void (*tell)(const struct wire *wire, char *line, size_t size);
};

/* What every implementation begins with. */
struct wire {
    const struct wire_ops *ops;
    /* The wire can hold what the device has no descriptor for (E1000EMU_RECEIVE_WAIT). */
    bool waits;
    /* Virtual time that the frames handed over so far have taken; the clock follows it. */
    uint64_t horizon;
    /* Who is at the other end of the cable; set partner_changed with it, and the device is told. */
    struct e1000emu_partner partner;
    bool partner_changed;
    /* Why it can't go on (a line); empty: it can. The run ends then. */
    char failure[160];
};

/* Nanoseconds that a frame of this many bytes (without FCS) occupies the wire: preamble, FCS and
 * interframe gap included (IEEE 802.3 clause 4; at 1 Gb/s a 60-byte frame lasts 672 ns). mbps is
 * 10, 100 or 1000. */
static inline uint64_t wire_time(uint32_t length, unsigned mbps)
{
    const uint64_t bytes = (length < 60 ? 60 : length) + 4u + 8u + 12u;

    return bytes * (mbps == 1000 ? 8 : mbps == 100 ? 80 : 800);
}

#endif
