/* SPDX-License-Identifier: BSD-2-Clause */
#include "joint.h"

#include <stdio.h>
#include <string.h>

/* Virtual time without a frame after which nothing is under way any more: longer than any timer of
 * chip and driver that holds frames back. */
#define QUIET (100 * BENCH_MS)

static int fail(struct joint *joint, const char *reason)
{
    snprintf(joint->error, sizeof(joint->error), "%s", reason);
    return -1;
}

/* ---- What is called while it runs ---- */

static unsigned number_of(const struct joint_end *end)
{
    return (unsigned)(end - end->joint->ends);
}

static void tell(const struct joint_end *end, const struct e1000emu_frame *frames, size_t count,
                 bool sent, const uint64_t *times)
{
    const struct joint_config *config = end->joint->config;

    if (config->passed == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct joint_frame frame = {.frame = &frames[i],
                                          .sent = sent,
                                          .end = number_of(end),
                                          .time = times != NULL ? times[i] : end->joint->clock.now};

        config->passed(config->opaque, &frame);
    }
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct joint_end *end = opaque;
    struct wire *wire = end->session.sched.wire;

    if (wire == NULL)
        return count;
    count = wire->ops->send(wire, end->joint->clock.now, frames, count);
    end->counts.sent += count;
    for (size_t i = 0; i < count; i++)
        end->counts.sent_bytes += frames[i].length;
    tell(end, frames, count, true, NULL);
    return count;
}

static void on_delivered(void *opaque, const struct e1000emu_frame *frames, const uint8_t *verdicts,
                         const uint64_t *times, size_t count)
{
    struct joint_end *end = opaque;

    end->counts.arrived += count;
    for (size_t i = 0; i < count; i++) {
        end->counts.arrived_bytes += frames[i].length;
        end->counts.verdicts[verdicts[i]]++;
    }
    tell(end, frames, count, false, times);
}

/* ---- Setting up ---- */

static void address_of(const struct joint *joint, unsigned end, uint8_t mac[6])
{
    memcpy(mac, joint->config->mac, 6);
    mac[5] = (uint8_t)(mac[5] + end);
}

/* What is above the driver at this end: the second one may be as the first. */
static unsigned above_of(const struct joint *joint, unsigned number)
{
    return joint->config->above[number] != NULL ? number : 0;
}

static int bring_up(struct joint *joint, unsigned number)
{
    const struct column *above = &joint->config->above[above_of(joint, number)]->column;
    struct joint_end *end = &joint->ends[number];
    struct session_config config = joint->config->session;
    struct session *session = &end->session;
    uint8_t mac[6];

    end->joint = joint;
    address_of(joint, number, mac);
    if (number != 0) {
        config.device.mac = mac;
        config.device.eeprom = NULL;
    }
    config.driver.all_multicast |= (above->flags & COLUMN_GROUPS) != 0;
    config.clock = &joint->clock;
    config.device.transmit = on_transmit;
    config.device.opaque = end;
    if (session_power_on(session, &config) < 0 || session_attach(session, &config) < 0 ||
        session_up(session) < 0) {
        joint->driver_failed = true;
        return fail(joint, session->error);
    }
    session->driver->ops->link_line(session->driver, end->link, sizeof(end->link));
    session->sched.delivered = on_delivered;
    session->sched.opaque = end;
    return 0;
}

/* Who is at the other end: the other NIC, the same one, or somebody who has no name. */
static void peer_of(const struct joint *joint, unsigned number, uint8_t mac[6])
{
    static const uint8_t somebody[6] = {0x02, 0, 0, 0, 0, 0x01};

    if (joint->count > 1)
        address_of(joint, number ^ 1u, mac);
    else if ((joint->config->wire->column.flags & COLUMN_ANSWERS) != 0)
        address_of(joint, number, mac);
    else
        memcpy(mac, somebody, 6);
}

static int plug_in(struct joint *joint, unsigned number)
{
    const struct joint_config *config = joint->config;
    struct session *session = &joint->ends[number].session;
    const unsigned above = above_of(joint, number);
    struct e1000_link link;
    struct column_setup setup = {.argument = config->wire_argument,
                                 .clock = &joint->clock,
                                 .max_frame = config->session.driver.max_frame,
                                 .seed = config->seed + number,
                                 .real_time = joint->real_time,
                                 .driver = session->driver,
                                 .memory = session->memory,
                                 .driver_config = &config->session.driver,
                                 .space = config->space};

    session->driver->ops->get_link(session->driver, &link);
    setup.mbps = link.mbps;
    address_of(joint, number, setup.mac);
    peer_of(joint, number, setup.peer);
    if (number != 0)
        setup.other_end = joint->ends[0].session.sched.wire;
    if (config->wire->open(&session->sched.wire, &setup, joint->error, sizeof(joint->error)) < 0)
        return -1;
    session->sched.spin = config->spin;
    session->sched.latency = config->latency;
    session->sched.frame_ns = config->frame_ns;
    setup.argument = config->above_argument[above];
    return config->above[above]->open(&session->sched.above, &setup, joint->error,
                                      sizeof(joint->error));
}

int joint_open(struct joint *joint, const struct joint_config *config)
{
    const unsigned flags = config->wire->column.flags | config->above[0]->column.flags |
                           (config->above[1] != NULL ? config->above[1]->column.flags : 0);
    int status = 0;

    *joint = (struct joint){.config = config,
                            .count = (flags & COLUMN_TWO_ENDS) != 0 ? JOINT_ENDS : 1,
                            .real_time = config->real_time || (flags & COLUMN_REAL_TIME) != 0};
    for (unsigned i = 0; i < joint->count && status == 0; i++)
        status = bring_up(joint, i);
    for (unsigned i = 0; i < joint->count && status == 0; i++)
        status = plug_in(joint, i);
    joint->start = joint->clock.now;
    for (unsigned i = 0; i < joint->count && status == 0 && joint->real_time; i++)
        sched_real_time(&joint->ends[i].session.sched);
    return status;
}

/* ---- Running ---- */

bool joint_is_quiet(const struct joint *joint)
{
    for (unsigned i = 0; i < joint->count; i++) {
        const struct sched *sched = &joint->ends[i].session.sched;

        if (!sched->wire->ops->exhausted(sched->wire) || !sched->above->ops->idle(sched->above))
            return false;
    }
    return true;
}

struct running {
    struct joint *joint;
    bool (*done)(void *opaque);
    void *opaque;
    uint64_t moved, moved_at; /* frames that have passed so far; when that last changed */
};

static uint64_t passed(const struct joint *joint)
{
    uint64_t frames = 0;

    for (unsigned i = 0; i < joint->count; i++) {
        const struct joint_end *end = &joint->ends[i];

        frames += end->counts.arrived + end->counts.sent + end->session.sched.above->received +
                  end->session.sched.above->sent;
    }
    return frames;
}

/* In virtual time a run ends by itself. */
static bool came_to_rest(struct running *running)
{
    const struct joint *joint = running->joint;
    const uint64_t moved = passed(joint);

    if (moved != running->moved || !joint_is_quiet(joint)) {
        running->moved = moved;
        running->moved_at = joint->clock.now;
    }
    return joint->clock.now > running->moved_at + QUIET;
}

static const char *driver_failure(const struct joint *joint)
{
    for (unsigned i = 0; i < joint->count; i++) {
        const struct driver *driver = joint->ends[i].session.driver;
        const char *why = driver->ops->failed(driver);

        if (why != NULL)
            return why;
    }
    return NULL;
}

static bool is_done(void *opaque)
{
    struct running *running = opaque;

    if (running->done != NULL && running->done(running->opaque))
        return true;
    if (driver_failure(running->joint) != NULL)
        return true;
    return !running->joint->real_time && came_to_rest(running);
}

int joint_run(struct joint *joint, bool (*done)(void *opaque), void *opaque, uint64_t limit)
{
    struct running running = {
        .joint = joint, .done = done, .opaque = opaque, .moved_at = joint->clock.now};
    struct sched *scheds[JOINT_ENDS];
    const char *why;

    for (unsigned i = 0; i < joint->count; i++)
        scheds[i] = &joint->ends[i].session.sched;
    sched_until_all(scheds, joint->count, is_done, &running,
                    limit == BENCH_NEVER ? limit : joint->start + limit);
    for (unsigned i = 0; i < joint->count; i++)
        if ((why = sched_failure(scheds[i])) != NULL)
            return fail(joint, why);
    why = driver_failure(joint);
    if (why != NULL) {
        joint->driver_failed = true;
        snprintf(joint->error, sizeof(joint->error), "the driver gave up: %s", why);
        return -1;
    }
    return 0;
}

void joint_close(struct joint *joint)
{
    for (unsigned i = 0; i < joint->count; i++) {
        struct session *session = &joint->ends[i].session;

        if (session->sched.wire != NULL)
            session->sched.wire->ops->close(session->sched.wire);
        session->sched.wire = NULL;
        session_over(session);
        if (session->driver != NULL)
            session->driver->ops->down(session->driver);
        if (session->sched.above != NULL)
            session->sched.above->ops->close(session->sched.above);
        session->sched.above = NULL;
        session_close(session);
    }
}
