/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler: it joins what was chosen from the four columns and lets the next thing happen, the
 * earliest of device, wire, driver and above. Interrupts reach the driver between its calls, never
 * inside one.
 */
#ifndef BENCH_SCHEDULER_H
#define BENCH_SCHEDULER_H

#include "above.h"
#include "device.h"
#include "driver.h"
#include "wire.h"

#include <stdbool.h>

/* Frames that travel together. */
#define SCHED_BATCH 64u

struct sched {
    struct bench_clock *clock;
    struct device *device;
    struct driver *driver;
    struct wire *wire;   /* NULL: nothing is plugged in */
    struct above *above; /* NULL: nobody is there */
    /* Tells what became of frames that arrived; times as in wire_ops.taken(). May be NULL. */
    void (*delivered)(void *opaque, const struct e1000emu_frame *frames, const uint8_t *verdicts,
                      const uint64_t *times, size_t count);
    void *opaque;
    /* How long an interrupt takes from the line to the handler, and what each received frame costs
     * there, ns. With either, who is above gets to send in the handler's wake or when it wants to,
     * as in an operating system. Both 0: the driver is there at once, and all the time. */
    uint64_t latency, frame_ns;
    bool called;        /* an interrupt is on its way to the handler, */
    uint64_t serve_at;  /* and there at this time */
    uint64_t busy;      /* the handler is, until then */
    bool served;        /* it ran in this turn */
    bool patient;       /* a wire that waits does so for the driver, too, until it is up */
    uint64_t tick_due;  /* when the driver wants to be called */
    bool receive_again; /* the driver had more frames than were taken */
    bool stalled; /* frames have arrived that the device does not take: no event of their own */
    unsigned standing; /* turns since virtual time last moved */
    uint64_t spin;     /* ns: what is due so soon in real time is waited for without sleeping */
    bool real_time;    /* the clock follows this computer's; see sched_real_time() */
    uint64_t epoch;    /* what CLOCK_MONOTONIC showed when the clock stood at 0 */
};

/* From now on the clock follows the computer's own, and what would be jumped over is waited for. */
void sched_real_time(struct sched *sched);

/* What went wrong at the wire or above; NULL: nothing. */
const char *sched_failure(const struct sched *sched);

/* One turn: everything that is due now. Returns whether anything moved. */
bool sched_turn(struct sched *sched);

/* Lets virtual time jump to the next event, but not past limit. Returns false when there is none
 * before it; the clock then stands at the limit, or, if that is BENCH_NEVER, where it was. */
bool sched_jump(struct sched *sched, uint64_t limit);

/* Turns and jumps until done() says so or limit has come. Returns whether it was done. In real time
 * done() is asked at least every 50 ms. */
bool sched_until(struct sched *sched, bool (*done)(void *opaque), void *opaque, uint64_t limit);

/* The same for several that share a clock and live in the same kind of time. */
bool sched_until_all(struct sched *const *scheds, unsigned count, bool (*done)(void *opaque),
                     void *opaque, uint64_t limit);

#endif
