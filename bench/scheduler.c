/* SPDX-License-Identifier: BSD-2-Clause */
#include "scheduler.h"

/* Fragments taken from the driver at once; a frame of 16 KiB in 256-byte buffers has 64. */
#define FRAGS 128u

/* The most that one interrupt's work takes before the wire has its turn again. */
#define RECEIVE_ROUNDS 8u

/* Turns at one moment of virtual time before it is made to move. */
#define STANDING_TURNS 10000u

/* The driver is up, with a link: what arrives now has a chance. */
static bool driver_is_up(const struct sched *sched)
{
    struct e1000_link link;

    sched->driver->ops->get_link(sched->driver, &link);
    return link.up && sched->driver->ops->ready(sched->driver);
}

static bool deliver(struct sched *sched)
{
    const unsigned flags = sched->wire->waits ? E1000EMU_RECEIVE_WAIT : 0;
    const struct e1000emu_frame *frames;
    uint8_t verdicts[SCHED_BATCH];
    uint64_t times[SCHED_BATCH];
    size_t count = sched->wire->ops->arrived(sched->wire, sched->clock->now, SCHED_BATCH, &frames);

    sched->stalled = false;
    if (count == 0)
        return false;
    if (sched->patient && sched->wire->waits && !driver_is_up(sched))
        count = 0;
    else
        count = sched->device->ops->receive(sched->device, frames, count, flags, verdicts);
    sched->stalled = count == 0;
    if (count == 0)
        return false;
    sched->wire->ops->taken(sched->wire, sched->clock->now, count, times);
    if (sched->delivered != NULL)
        sched->delivered(sched->opaque, frames, verdicts, times, count);
    return true;
}

static bool receive(struct sched *sched)
{
    struct e1000_frag frags[FRAGS];

    sched->receive_again = false;
    for (unsigned round = 0; round < RECEIVE_ROUNDS; round++) {
        const unsigned count = sched->driver->ops->receive(sched->driver, frags, FRAGS);

        if (count == 0)
            return round != 0;
        if (sched->above != NULL)
            sched->above->ops->received(sched->above, sched->driver, frags, count);
        else
            sched->driver->ops->recycle(sched->driver, frags, count);
    }
    sched->receive_again = true;
    return true;
}

static bool serve_interrupt(struct sched *sched)
{
    unsigned work;

    if (!sched->device->interrupt)
        return sched->receive_again && receive(sched);
    work = sched->driver->ops->interrupt(sched->driver);
    if ((work & E1000_WORK_RX) != 0 || sched->receive_again)
        receive(sched);
    if ((work & E1000_WORK_LINK) != 0)
        sched->tick_due = sched->clock->now;
    return true;
}

/* A wire that waits is never ahead of time: time follows what it has carried. */
static void follow_horizon(struct sched *sched)
{
    if (sched->wire != NULL && sched->wire->waits && sched->wire->horizon > sched->clock->now)
        sched->clock->now = sched->wire->horizon;
}

bool sched_turn(struct sched *sched)
{
    bool moved = serve_interrupt(sched);

    if (sched->wire != NULL) {
        moved |= deliver(sched);
        if (sched->wire->ops->next_room(sched->wire) <= sched->clock->now)
            sched->device->ops->transmit_ready(sched->device);
    }
    if (sched->above != NULL)
        moved |= sched->above->ops->work(sched->above, sched->driver, sched->clock->now);
    if (moved)
        follow_horizon(sched);
    if (sched->device->ops->next_event(sched->device) <= sched->clock->now) {
        sched->device->ops->advance(sched->device);
        moved = true;
    }
    if (sched->tick_due <= sched->clock->now) {
        sched->tick_due = sched->driver->ops->tick(sched->driver);
        moved = true;
    }
    return moved;
}

bool sched_jump(struct sched *sched, uint64_t limit)
{
    uint64_t next = clock_earliest(sched->device->ops->next_event(sched->device), sched->tick_due);

    if (sched->wire != NULL) {
        if (!sched->stalled)
            next = clock_earliest(next, sched->wire->ops->next_arrival(sched->wire));
        next = clock_earliest(next, sched->wire->ops->next_room(sched->wire));
    }
    if (sched->above != NULL)
        next = clock_earliest(next, sched->above->ops->next(sched->above));
    if (next >= limit) {
        if (sched->clock->now < limit && limit != BENCH_NEVER)
            sched->clock->now = limit;
        return false;
    }
    /* What is due already and did not move must not hold the clock. */
    sched->clock->now = next > sched->clock->now ? next : sched->clock->now + 1;
    return true;
}

/* A device or driver that always has something to do at the same moment must not stop time. Once it
 * has been found out, each of its turns takes time, until time moves otherwise. */
static void keep_moving(struct sched *sched, uint64_t before)
{
    if (sched->clock->now != before) {
        sched->standing = 0;
    } else if (sched->standing < STANDING_TURNS) {
        sched->standing++;
    } else {
        sched->clock->now += BENCH_US;
    }
}

bool sched_until(struct sched *sched, bool (*done)(void *opaque), void *opaque, uint64_t limit)
{
    while (!done(opaque)) {
        const uint64_t before = sched->clock->now;

        if (sched_turn(sched) && sched->clock->now < limit) {
            keep_moving(sched, before);
            continue;
        }
        if (!sched_jump(sched, limit))
            return done(opaque);
    }
    return true;
}
