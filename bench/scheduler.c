/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "scheduler.h"

#include "frags.h"
#include "wall_clock.h"

#include <poll.h>
#include <time.h>

/* Fragments taken from the driver at once; a frame of 16 KiB in 256-byte buffers has 64. */
#define FRAGS 128u

/* The most that one interrupt's work takes before the wire has its turn again. */
#define RECEIVE_ROUNDS 8u

/* The longest sleep in real time, so that a signal that came just before it does not wait long. */
#define LONGEST_SLEEP (50 * BENCH_MS)

/* What one sleep may wait for. */
#define FDS 1024u

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

/* The handler has been at work on what was received. */
static void spend(struct sched *sched, const struct e1000_frag *frags, unsigned count)
{
    sched->busy = sched->clock->now + frags_frames(frags, count) * sched->frame_ns;
}

static bool receive(struct sched *sched)
{
    const unsigned rounds = sched->frame_ns != 0 ? 1 : RECEIVE_ROUNDS;
    struct e1000_frag frags[FRAGS];

    sched->receive_again = false;
    for (unsigned round = 0; round < rounds; round++) {
        const unsigned count = sched->driver->ops->receive(sched->driver, frags, FRAGS);

        if (count == 0)
            return round != 0;
        if (sched->frame_ns != 0)
            spend(sched, frags, count);
        if (sched->above != NULL)
            sched->above->ops->received(sched->above, sched->driver, frags, count);
        else
            sched->driver->ops->recycle(sched->driver, frags, count);
    }
    sched->receive_again = true;
    return true;
}

/* An interrupt goes to the handler, which may not be free yet. Returns whether it has got there. */
static bool reaches_handler(struct sched *sched)
{
    if ((sched->device->interrupt || sched->device->message) && !sched->called) {
        sched->called = true;
        sched->serve_at = sched->clock->now + sched->latency;
    }
    return sched->called && sched->serve_at <= sched->clock->now &&
           sched->busy <= sched->clock->now;
}

static bool serve_interrupt(struct sched *sched)
{
    const bool again = sched->receive_again && sched->busy <= sched->clock->now;
    unsigned work;

    sched->served = false;
    if (!reaches_handler(sched)) {
        sched->served = again;
        return again && receive(sched);
    }
    sched->served = true;
    sched->called = false;
    sched->device->message = false;
    work = sched->driver->ops->interrupt(sched->driver);
    if ((work & E1000_WORK_RX) != 0 || again)
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

static void pump(struct sched *sched)
{
    if (sched->wire != NULL && sched->wire->ops->pump != NULL)
        sched->wire->ops->pump(sched->wire, sched->clock->now);
    if (sched->above != NULL && sched->above->ops->pump != NULL)
        sched->above->ops->pump(sched->above, sched->clock->now);
}

static void plug(struct sched *sched)
{
    sched->wire->partner_changed = false;
    sched->device->ops->set_partner(sched->device, &sched->wire->partner);
}

/* Whether who is above has its turn. */
static bool may_work(const struct sched *sched)
{
    if (sched->latency == 0 && sched->frame_ns == 0)
        return true;
    return sched->served || sched->above->ops->next(sched->above) <= sched->clock->now;
}

bool sched_turn(struct sched *sched)
{
    bool moved;

    pump(sched);
    if (sched->wire != NULL && sched->wire->partner_changed)
        plug(sched);
    moved = serve_interrupt(sched);

    if (sched->wire != NULL) {
        moved |= deliver(sched);
        if (sched->wire->ops->next_room(sched->wire) <= sched->clock->now)
            sched->device->ops->transmit_ready(sched->device);
    }
    if (sched->above != NULL && may_work(sched))
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

/* When the handler goes on, or an interrupt that is on its way gets to it. */
static uint64_t next_service(const struct sched *sched)
{
    if (sched->receive_again)
        return sched->busy;
    if (sched->called)
        return sched->serve_at > sched->busy ? sched->serve_at : sched->busy;
    return BENCH_NEVER;
}

static uint64_t next_event(const struct sched *sched)
{
    uint64_t next = clock_earliest(sched->device->ops->next_event(sched->device), sched->tick_due);

    next = clock_earliest(next, next_service(sched));

    if (sched->wire != NULL) {
        if (!sched->stalled)
            next = clock_earliest(next, sched->wire->ops->next_arrival(sched->wire));
        next = clock_earliest(next, sched->wire->ops->next_room(sched->wire));
    }
    if (sched->above != NULL)
        next = clock_earliest(next, sched->above->ops->next(sched->above));
    return next;
}

static uint64_t earliest_event(struct sched *const *scheds, unsigned count)
{
    uint64_t next = BENCH_NEVER;

    for (unsigned i = 0; i < count; i++)
        next = clock_earliest(next, next_event(scheds[i]));
    return next;
}

static bool jump(struct sched *const *scheds, unsigned count, uint64_t limit)
{
    struct bench_clock *clock = scheds[0]->clock;
    const uint64_t next = earliest_event(scheds, count);

    if (next >= limit) {
        if (clock->now < limit && limit != BENCH_NEVER)
            clock->now = limit;
        return false;
    }
    /* What is due already and did not move must not hold the clock. */
    clock->now = next > clock->now ? next : clock->now + 1;
    return true;
}

bool sched_jump(struct sched *sched, uint64_t limit)
{
    return jump(&sched, 1, limit);
}

/* ---- Real time ---- */

void sched_real_time(struct sched *sched)
{
    sched->real_time = true;
    sched->epoch = wall_clock_now() - sched->clock->now;
}

/* The clock may be ahead, for register reads and delays took their time; then it waits. */
static void follow_computer(struct sched *sched)
{
    const uint64_t now = wall_clock_now() - sched->epoch;

    if (now > sched->clock->now)
        sched->clock->now = now;
}

static unsigned gather(const struct sched *sched, struct pollfd *fds, unsigned max)
{
    unsigned count = 0;

    if (sched->wire != NULL && sched->wire->ops->wait_for != NULL)
        count = sched->wire->ops->wait_for(sched->wire, fds, max);
    if (sched->above != NULL && sched->above->ops->wait_for != NULL)
        count += sched->above->ops->wait_for(sched->above, fds + count, max - count);
    return count;
}

/* Sleeps until something is due or comes, or limit. */
static void doze(struct sched *const *scheds, unsigned count, uint64_t limit)
{
    struct pollfd fds[FDS];
    const uint64_t now = wall_clock_now() - scheds[0]->epoch;
    uint64_t until = clock_earliest(earliest_event(scheds, count), limit);
    struct timespec sleep;
    unsigned n = 0;

    until = clock_earliest(until, now + LONGEST_SLEEP);
    until = until > now ? until - now : 0;
    if (until < scheds[0]->spin)
        until = 0;
    sleep.tv_sec = (time_t)(until / BENCH_S);
    sleep.tv_nsec = (long)(until % BENCH_S);
    for (unsigned i = 0; i < count; i++)
        n += gather(scheds[i], fds + n, FDS - n);
    if (n != 0 || until != 0)
        ppoll(fds, n, &sleep, NULL);
}

/* ---- Running ---- */

const char *sched_failure(const struct sched *sched)
{
    if (sched->wire != NULL && sched->wire->failure[0] != '\0')
        return sched->wire->failure;
    if (sched->above != NULL && sched->above->failure[0] != '\0')
        return sched->above->failure;
    return NULL;
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

static bool failed(struct sched *const *scheds, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (sched_failure(scheds[i]) != NULL)
            return true;
    return false;
}

static bool turn_all(struct sched *const *scheds, unsigned count)
{
    bool moved = false;

    for (unsigned i = 0; i < count; i++)
        moved |= sched_turn(scheds[i]);
    return moved;
}

bool sched_until_all(struct sched *const *scheds, unsigned count, bool (*done)(void *opaque),
                     void *opaque, uint64_t limit)
{
    struct sched *const first = scheds[0];

    while (!done(opaque)) {
        const uint64_t before = first->clock->now;
        bool moved;

        if (failed(scheds, count))
            return false;
        if (first->real_time)
            follow_computer(first);
        moved = turn_all(scheds, count);
        if (first->real_time) {
            if (first->clock->now >= limit)
                return done(opaque);
            if (!moved)
                doze(scheds, count, limit);
        } else if (moved && first->clock->now < limit) {
            keep_moving(first, before);
        } else if (!jump(scheds, count, limit)) {
            return done(opaque);
        }
    }
    return true;
}

bool sched_until(struct sched *sched, bool (*done)(void *opaque), void *opaque, uint64_t limit)
{
    return sched_until_all(&sched, 1, done, opaque, limit);
}
