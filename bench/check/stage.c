/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "stage_inside.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UP_NS     (10 * BENCH_S)
#define ATTACH_NS (1 * BENCH_S)

const uint8_t stage_everybody[6] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

static struct stage *stage_of(struct above *above)
{
    return (struct stage *)((char *)above - offsetof(struct stage, above));
}

/* ---- The wire ---- */

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct stage *stage = opaque;

    if (stage->blocked)
        return 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *data = frames[i].data;
        const uint32_t length = frames[i].length;

        if (length >= 14 && data[12] == 0x88 && data[13] == 0x08) {
            stage->paused++;
            continue;
        }
        stage->left++;
        stage->outcome->frames++;
        stage->last_left.length = length;
        memcpy(stage->last_left.data, data, length < STAGE_FRAME ? length : STAGE_FRAME);
        if (!stage->unannounced)
            scoreboard_got(&stage->tx, data, length);
        if (stage->on_left != NULL)
            stage->on_left(stage, data, length);
    }
    return count;
}

/* ---- Above the driver ---- */

static void gather(struct stage_frame *frame, const struct e1000_frag *frags, unsigned count)
{
    frame->length = 0;
    frame->flags = frags[0].flags;
    frame->vlan = frags[0].vlan;
    frame->pieces = count;
    for (unsigned i = 0; i < count; i++) {
        const uint32_t room = STAGE_FRAME - frame->length;
        const uint32_t part = frags[i].length < room ? frags[i].length : room;

        memcpy(frame->data + frame->length, frags[i].data, part);
        frame->length += part;
        frame->flags |= frags[i].flags & E1000_FRAG_BAD_FRAME;
    }
}

static void on_received(struct above *above, struct driver *driver, const struct e1000_frag *frags,
                        unsigned count)
{
    struct stage *stage = stage_of(above);

    for (unsigned i = 0, start = 0; i < count; i++) {
        if ((frags[i].flags & E1000_FRAG_EOP) == 0)
            continue;
        stage->heard++;
        stage->outcome->frames++;
        gather(&stage->last_heard, frags + start, i + 1 - start);
        scoreboard_got(&stage->rx, stage->last_heard.data, stage->last_heard.length);
        if (stage->on_heard != NULL)
            stage->on_heard(stage, &stage->last_heard);
        start = i + 1;
    }
    if (!stage->keeps || stage->kept_count + count > STAGE_KEPT) {
        driver->ops->recycle(driver, frags, count);
        return;
    }
    memcpy(stage->kept + stage->kept_count, frags, count * sizeof(frags[0]));
    stage->kept_count += count;
}

static bool reap(struct driver *driver)
{
    void *cookies[64];
    bool any = false;

    while (driver->ops->reap(driver, cookies, 64) != 0)
        any = true;
    return any;
}

/* What somebody who polls does, until there is no more. */
static void poll(struct stage *stage)
{
    struct e1000_frag frags[128];
    unsigned work, count;

    do {
        count = stage->ops->poll(stage->driver, frags, 128, &work);
        if (count != 0)
            on_received(&stage->above, stage->driver, frags, count);
    } while ((work & E1000_WORK_RX) != 0);
}

static bool above_work(struct above *above, struct driver *driver, uint64_t now)
{
    struct stage *stage = stage_of(above);
    const bool polls = stage->params.interrupts == E1000_INTERRUPTS_NONE;

    if (polls || (stage->params.interrupts == E1000_INTERRUPTS_MASKED && stage->books.poll_due))
        poll(stage);
    stage->slept = now;
    return reap(driver);
}

/* A machine that polls comes by every 50 µs, or every millisecond while there is nothing to do. */
static uint64_t above_next(const struct above *above)
{
    struct stage *stage = stage_of((struct above *)(uintptr_t)above);

    if (stage->params.interrupts != E1000_INTERRUPTS_NONE)
        return BENCH_NEVER;
    return stage->slept + (stage_is_linked(stage) ? 50 * BENCH_US : BENCH_MS);
}

static const struct above_ops above_stage = {
    .received = on_received, .work = above_work, .next = above_next};

/* ---- Life ---- */

static void on_complaint(void *opaque, const char *line)
{
    stage_fail_with(opaque, line);
}

static void on_log(void *opaque, enum e1000_log_level level, const char *line)
{
    struct stage *stage = opaque;
    const size_t length = strlen(line), room = sizeof(stage->log) - 1;
    size_t used = strlen(stage->log);

    stage->log_lines++;
    while (used != 0 && used + length + 3 > room) {
        const char *rest = strchr(stage->log, '\n') + 1;

        used = strlen(rest);
        memmove(stage->log, rest, used + 1);
    }
    if (length + 3 <= room)
        snprintf(stage->log + used, sizeof(stage->log) - used, "  %s\n", line);
}

static void configure(struct stage *stage, struct session_config *config)
{
    session_defaults(config);
    config->device_ops = stage->setup->device;
    config->driver_ops = stage->setup->driver;
    config->device.profile = &stage->profile;
    config->device.eeprom = stage->eeprom;
    config->device.eeprom_words = stage->eeprom_words;
    config->device.seed = (uint32_t)stage->setup->seed;
    config->device.judge = &stage->judge;
    config->device.transmit = on_transmit;
    config->device.opaque = stage;
    config->partner = &stage->partner;
    config->driver.ring = stage->params.rx_buffers;
    config->driver.buffer_size = stage->params.rx_buffer_size;
    config->driver.params = &stage->params;
    config->driver.log = on_log;
    config->driver.opaque = stage;
}

void stage_power(struct stage *stage)
{
    struct session_config config;

    if (stage->device != NULL)
        return;
    stage->judge = (struct judge){.level = stage->setup->level};
    stage->log[0] = '\0';
    stage->heard = stage->left = stage->paused = 0;
    configure(stage, &config);
    if (session_power_on(&stage->session, &config) < 0 || scoreboard_open(&stage->rx, true) < 0 ||
        scoreboard_open(&stage->tx, true) < 0)
        stage_fail(stage, "no stage: %s",
                   stage->session.error[0] != '\0' ? stage->session.error : "out of memory");
    stage->device = stage->session.device;
    if (stage->setup->sabotage != NULL)
        sabotage_open(&stage->sabotage, stage->device, stage->setup->sabotage);
}

int stage_try_attach(struct stage *stage)
{
    struct session_config config;
    uint64_t before;
    int status;

    stage_power(stage);
    configure(stage, &config);
    before = stage_now(stage);
    status = config.driver_ops->open(&stage->session.driver, &config.driver, stage->device,
                                     stage->session.memory);
    expect_true(stage, stage_now(stage) - before < ATTACH_NS,
                "attaching took %llu ms, expected less than 1000",
                (stage_now(stage) - before) / BENCH_MS);
    if (status < 0) {
        expect_equal(stage, dmamem_blocks(stage->session.memory), stage->memory.cpu != NULL,
                     "pieces of DMA memory after attaching failed");
        return status;
    }
    stage->driver = stage->session.driver;
    if (books_open(&stage->books, stage->driver, on_complaint, stage) < 0)
        stage_fail(stage, "out of memory");
    stage->ops = stage->driver->ops;
    stage->above = (struct above){.ops = &above_stage};
    stage->session.sched = (struct sched){.clock = stage->session.clock,
                                          .device = stage->device,
                                          .driver = stage->driver,
                                          .above = &stage->above};
    return 0;
}

void stage_attach(struct stage *stage)
{
    if (stage->driver != NULL)
        return;
    expect_status(stage, stage_try_attach(stage), 0, "attaching");
    stage_judge(stage);
}

static bool is_ready(struct stage *stage)
{
    return stage->ops->failed(stage->driver) != NULL || stage->ops->ready(stage->driver);
}

void stage_start(struct stage *stage)
{
    stage_attach(stage);
    expect_status(stage, stage->ops->up(stage->driver), 0, "up()");
    expect_true(stage, stage_until(stage, is_ready, ATTACH_NS),
                "the driver was not up after a second");
    expect_true(stage, stage->ops->failed(stage->driver) == NULL, "the driver gave up: %s",
                stage->ops->failed(stage->driver));
}

void stage_up(struct stage *stage)
{
    stage_start(stage);
    stage_link(stage, UP_NS);
}

void stage_down(struct stage *stage)
{
    expect_status(stage, stage->ops->down(stage->driver), 0, "down()");
    reap(stage->driver);
    stage_judge(stage);
    expect_equal(stage, books_outstanding(&stage->books), 0,
                 "cookies with the driver after down()");
}

void stage_reset(struct stage *stage)
{
    expect_status(stage, stage->ops->reset(stage->driver), 0, "reset()");
    stage_state(stage, E1000_STATE_UP, BENCH_S);
}

void stage_sleep(struct stage *stage)
{
    NEEDS_DRIVER(stage, suspend);
    NEEDS_DRIVER(stage, resume);
    expect_status(stage, stage->ops->suspend(stage->driver), 0, "suspend()");
    stage_state(stage, E1000_STATE_SUSPENDED, BENCH_S);
}

void stage_wake(struct stage *stage, enum e1000_state state)
{
    expect_status(stage, stage->ops->resume(stage->driver), 0, "resume()");
    stage_state(stage, state, BENCH_S);
}

void stage_room_for(struct stage *stage, uint32_t max_frame)
{
    stage->params.max_frame = max_frame;
    stage->params.rx_ring = stage->params.tx_ring = 128;
    stage->params.rx_buffers = 256;
    stage->slot_size = STAGE_FRAME;
    stage->slots = 128;
}

static void verify_boards(struct stage *stage)
{
    const struct scoreboard *boards[] = {&stage->rx, &stage->tx};
    static const char *const names[] = {"received", "sent"};

    for (unsigned i = 0; i < 2; i++) {
        if (!stage->may_lose)
            expect_equal(stage, boards[i]->lost, 0, "frames lost, of %" PRIu64 " to be %s",
                         boards[i]->frames_in, names[i]);
        if (!stage->may_reorder)
            expect_equal(stage, boards[i]->reordered, 0, "frames %s in another order", names[i]);
        if (stage->may_damage)
            continue;
        expect_equal(stage, boards[i]->corrupted, 0, "frames %s that were never put in like that",
                     names[i]);
        expect_equal(stage, boards[i]->duplicated, 0, "frames %s twice", names[i]);
    }
}

static void free_session(struct stage *stage)
{
    judge_free(&stage->judge);
    scoreboard_close(&stage->rx);
    scoreboard_close(&stage->tx);
    books_close(&stage->books);
    stage->memory = (struct e1000_dma){0};
    stage->driver = NULL;
    stage->device = NULL;
    stage->kept_count = 0;
    stage->next_slot = 0;
}

void stage_close(struct stage *stage)
{
    if (stage->device == NULL)
        return;
    if (stage->driver != NULL) {
        stage_return_kept(stage);
        if (stage->ops->ready(stage->driver))
            stage_down(stage);
        reap(stage->driver);
        expect_equal(stage, books_outstanding(&stage->books), 0,
                     "cookies with the driver at the end");
        expect_equal(stage, stage->books.lent_count, 0, "buffers lent at the end");
    }
    scoreboard_finish(&stage->rx);
    scoreboard_finish(&stage->tx);
    verify_boards(stage);
    if (stage->driver != NULL)
        stage->ops->close(stage->driver);
    stage->session.driver = NULL;
    if (stage->memory.cpu != NULL)
        dmamem_free(stage->session.memory, &stage->memory);
    expect_equal(stage, dmamem_blocks(stage->session.memory), 0,
                 "pieces of DMA memory that the driver kept");
    stage_judge(stage);
    stage_account(stage);
    session_close(&stage->session);
    free_session(stage);
}

/* ---- Playing ---- */

/* The seed of a scenario: the run's, and its own name, so that none depends on what else runs. */
static uint64_t seed_of(const struct scenario *scenario, uint64_t seed)
{
    uint64_t hash = 14695981039346656037u ^ seed * 0x9E3779B97F4A7C15u;

    for (const char *at = scenario->id; *at != '\0'; at++)
        hash = (hash ^ (uint8_t)*at) * 1099511628211u;
    return hash;
}

static void set_scene(struct stage *stage, const struct e1000emu_profile *profile)
{
    const struct stage before = {.scenario = stage->scenario,
                                 .setup = stage->setup,
                                 .outcome = stage->outcome,
                                 .kept = stage->kept};

    *stage = before;
    stage->profile = *profile;
    stage->partner = (struct e1000emu_partner){.cable = true, .abilities = 0x3F};
    e1000_params_init(&stage->params);
    stage->params.name = "en0";
    stage->params.rx_ring = stage->params.tx_ring = 64;
    stage->params.rx_buffers = 128;
    stage->slots = 512;
    stage->slot_size = 2048;
    stage->chance = seed_of(stage->scenario, stage->setup->seed);
}

/* Returns whether the next profile may have its turn. */
static bool play_on(struct stage *stage, const struct e1000emu_profile *profile)
{
    struct outcome *outcome = stage->outcome;
    const uint64_t checks = outcome->checks;

    snprintf(outcome->profile, sizeof(outcome->profile), "%s", profile->name);
    set_scene(stage, profile);
    if (setjmp(stage->end) != 0)
        return false;
    stage->scenario->play(stage);
    stage_close(stage);
    expect_true(stage, outcome->checks > checks, "the scenario asked nothing");
    return true;
}

static void play_named(struct stage *stage, const char *name, size_t length, bool *good)
{
    const struct e1000emu_profile *profile;
    char copy[64];

    snprintf(copy, sizeof(copy), "%.*s", (int)length, name);
    profile = e1000emu_profile_find(copy);
    if (profile == NULL) {
        stage->outcome->status = CHECK_FAIL;
        snprintf(stage->outcome->message, sizeof(stage->outcome->message),
                 "there is no profile '%s'", copy);
        *good = false;
        return;
    }
    *good = play_on(stage, profile);
}

static void play_all(struct stage *stage)
{
    const char *at = stage->scenario->profiles;
    bool good = true;

    while (*at != '\0' && good) {
        const size_t length = strcspn(at, " ");

        play_named(stage, at, length, &good);
        at += length + strspn(at + length, " ");
    }
    if (good)
        stage->outcome->status = CHECK_PASS;
}

void stage_play(const struct scenario *scenario, const struct check_setup *setup,
                struct outcome *outcome)
{
    struct stage *stage = calloc(1, sizeof(*stage));
    const char *misfit = setup->profile != NULL ? scenario_misfit(scenario, setup->profile) : NULL;

    memset(outcome, 0, sizeof(*outcome));
    if (misfit != NULL) {
        outcome->status = CHECK_SKIP;
        snprintf(outcome->message, sizeof(outcome->message), "%s", misfit);
        free(stage);
        return;
    }
    if (stage == NULL || (stage->kept = calloc(STAGE_KEPT, sizeof(stage->kept[0]))) == NULL) {
        free(stage);
        outcome->status = CHECK_FAIL;
        snprintf(outcome->message, sizeof(outcome->message), "out of memory");
        return;
    }
    stage->scenario = scenario;
    stage->setup = setup;
    stage->outcome = outcome;
    if (setup->profile == NULL)
        play_all(stage);
    else if (play_on(stage, setup->profile))
        outcome->status = CHECK_PASS;
    free(stage->kept);
    free(stage);
}
