/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage's time, its link, its faults, and what can be looked at. */
#include "stage_inside.h"

#include <string.h>

/* The longest that one session lasts, in virtual time: nothing waits for ever. */
#define SESSION_NS (4000 * BENCH_S)

/* ---- Time ---- */

uint64_t stage_now(const struct stage *stage)
{
    return stage->session.clock->now;
}

static bool never(void *opaque)
{
    struct stage *stage = opaque;

    return stage_finding(stage) != NULL;
}

static void pass(struct stage *stage, uint64_t ns, bool (*done)(void *opaque))
{
    struct sched *sched = &stage->session.sched;

    if (stage_now(stage) > SESSION_NS)
        stage_fail(stage, "the session did not end in %llu s of virtual time",
                   SESSION_NS / BENCH_S);
    sched->tick_due = stage_now(stage);
    sched_until(sched, done, stage, stage_now(stage) + ns);
    stage_judge(stage);
}

void stage_run(struct stage *stage, uint64_t ns)
{
    pass(stage, ns, never);
}

/* What stage_until() waits for: it is in opaque's place while that runs. */
struct waiting {
    struct stage *stage;
    bool (*so)(struct stage *stage);
};

static bool is_so(void *opaque)
{
    struct waiting *waiting = opaque;

    return waiting->so(waiting->stage) || stage_finding(waiting->stage) != NULL;
}

bool stage_until(struct stage *stage, bool (*so)(struct stage *stage), uint64_t ns)
{
    struct waiting waiting = {.stage = stage, .so = so};
    struct sched *sched = &stage->session.sched;

    sched->tick_due = stage_now(stage);
    sched_until(sched, is_so, &waiting, stage_now(stage) + ns);
    stage_judge(stage);
    return so(stage);
}

void stage_neglect(struct stage *stage, uint64_t ns)
{
    struct device *device = stage->device;
    const uint64_t end = stage_now(stage) + ns;

    while (stage_now(stage) < end) {
        const uint64_t next = clock_earliest(device->ops->next_event(device), end);

        if (next > stage_now(stage))
            stage->session.clock->now = next;
        device->ops->advance(device);
        if (next < end && device->ops->next_event(device) <= next)
            stage->session.clock->now++;
    }
}

uint64_t stage_patience(const struct stage *stage)
{
    return stage->profile.rxt0_missing != 0 ? 25 * BENCH_MS : BENCH_MS;
}

bool stage_is_linked(struct stage *stage)
{
    struct e1000_link link;

    stage->ops->get_link(stage->driver, &link);
    return link.up;
}

static bool is_unlinked(struct stage *stage)
{
    return !stage_is_linked(stage);
}

uint64_t stage_link(struct stage *stage, uint64_t ns)
{
    const uint64_t before = stage_now(stage);

    expect_true(stage, stage_until(stage, stage_is_linked, ns),
                "no link after %llu ms, expected one", ns / BENCH_MS);
    ns = stage_now(stage) - before;
    if (stage->profile.rx_block_ns != 0)
        stage_run(stage, stage->profile.rx_block_ns);
    return ns;
}

void stage_unlink(struct stage *stage, uint64_t ns)
{
    expect_true(stage, stage_until(stage, is_unlinked, ns),
                "the driver still reports a link after %llu ms, expected none", ns / BENCH_MS);
}

void stage_state(struct stage *stage, enum e1000_state state, uint64_t ns)
{
    static const char *const names[] = {"DETACHED", "ATTACHING", "DOWN",       "STARTING",
                                        "UP",       "BUSY",      "SUSPENDING", "SUSPENDED",
                                        "RESUMING", "FAILED"};
    const uint64_t end = stage_now(stage) + ns;

    /* Often enough, because no event may tell of it. */
    while (stage->ops->state(stage->driver) != state && stage_now(stage) < end &&
           stage->ops->state(stage->driver) != E1000_STATE_FAILED)
        stage_run(stage, BENCH_MS);
    expect_true(stage, stage->ops->state(stage->driver) == state,
                "state after %llu ms: expected %s, got %s", ns / BENCH_MS, names[state],
                names[stage->ops->state(stage->driver)]);
}

void stage_set_partner(struct stage *stage, bool cable, uint32_t abilities)
{
    stage->partner.cable = cable;
    stage->partner.abilities = abilities;
    stage->device->ops->set_partner(stage->device, &stage->partner);
}

/* ---- Looking ---- */

bool stage_stat(struct stage *stage, const char *name, uint64_t *value)
{
    const char *found = NULL;

    if (stage->ops->stat == NULL)
        return false;
    /* The first one comes last: asked for it, the driver reads all from the device. */
    for (unsigned i = 1; (found = stage->ops->stat(stage->driver, i, value)) != NULL; i++)
        if (strcmp(found, name) == 0)
            return true;
    found = stage->ops->stat(stage->driver, 0, value);
    return found != NULL && strcmp(found, name) == 0;
}

void expect_stat(struct stage *stage, const char *name, uint64_t wanted)
{
    uint64_t value;

    if (stage_stat(stage, name, &value))
        expect_equal(stage, value, wanted, "statistic %s", name);
}

uint32_t stage_peek(struct stage *stage, uint32_t offset)
{
    return stage->device->ops->peek(stage->device, offset);
}

bool stage_logged(const struct stage *stage, const char *text)
{
    return strstr(stage->log, text) != NULL;
}

void stage_break(struct stage *stage, const char *name, uint64_t arg, uint64_t from, uint64_t times)
{
    const struct e1000emu_fault *row = e1000emu_fault_find(name);
    const struct e1000emu_fault_setting setting = {
        .name = name,
        .arg = row == NULL || row->arg == E1000EMU_ARG_NONE ? E1000EMU_FAULT_DEFAULT : arg,
        .when = {.from = from, .times = times}};
    int status;

    NEEDS_DEVICE(stage, fault_set);
    NEEDS_DEVICE(stage, fault_clear);
    stage_power(stage);
    status = stage->device->ops->fault_set(stage->device, &setting);
    if (status < 0)
        stage_skip(stage, "device '%s' has no fault '%s'", stage->setup->device->name, name);
}

void stage_mend(struct stage *stage, const char *name)
{
    stage->device->ops->fault_clear(stage->device, name);
}
