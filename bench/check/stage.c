/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "stage.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest that one session lasts, in virtual time: nothing waits for ever. */
#define SESSION_NS (4000 * BENCH_S)

#define UP_NS     (10 * BENCH_S)
#define ATTACH_NS (1 * BENCH_S)

const uint8_t stage_everybody[6] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

static struct stage *stage_of(struct above *above)
{
    return (struct stage *)((char *)above - offsetof(struct stage, above));
}

/* ---- The wire ---------------------------------------------------------------------------------
 */

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

/* ---- Above the driver -------------------------------------------------------------------------
 */

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
    .name = "stage", .received = on_received, .work = above_work, .next = above_next};

/* ---- What must hold ---------------------------------------------------------------------------
 */

/* The first finding that counts, or NULL. */
static const struct judge_finding *first_finding(const struct stage *stage)
{
    for (size_t i = 0; i < stage->judge.count && !stage->tolerant; i++) {
        const enum e1000emu_rule_class severity = stage->judge.findings[i].rule->severity;

        if (severity == E1000EMU_VIOLATION || (severity == E1000EMU_ERRATUM && stage->strict))
            return &stage->judge.findings[i];
    }
    return NULL;
}

static void print_accesses(FILE *stream, struct stage *stage)
{
    struct e1000emu_access recent[JUDGE_RECENT];
    char text[400];
    size_t count;

    if (stage->device == NULL || stage->device->ops->recent == NULL)
        return;
    count = stage->device->ops->recent(stage->device, recent, JUDGE_RECENT);
    fprintf(stream, "no rule was broken; the last accesses:\n");
    for (size_t i = 0; i < count; i++) {
        judge_access_text(&recent[i], text, sizeof(text));
        fprintf(stream, "  %.9f  %s\n", (double)recent[i].time / 1e9, text);
    }
}

static void tell_details(struct stage *stage, const struct judge_finding *finding)
{
    struct outcome *outcome = stage->outcome;
    FILE *stream = fmemopen(outcome->details, sizeof(outcome->details) - 1, "w");

    if (stream == NULL)
        return;
    if (stage->log[0] != '\0')
        fprintf(stream, "what the driver logged last:\n%s", stage->log);
    if (finding != NULL) {
        struct judge first = {.findings = (struct judge_finding *)(uintptr_t)finding, .count = 1};

        snprintf(outcome->rule, sizeof(outcome->rule), "%s", finding->rule->id);
        judge_print(stream, &first);
    } else {
        print_accesses(stream, stage);
    }
    fclose(stream);
}

static void account(struct stage *stage)
{
    const struct device *device = stage->device;

    if (device == NULL)
        return;
    stage->outcome->accesses += device->counters.mmio_reads + device->counters.mmio_writes +
                                device->counters.io_reads + device->counters.io_writes +
                                device->counters.config_reads + device->counters.config_writes;
    stage->outcome->virtual_ns += stage->session.clock->now;
}

static _Noreturn void fail(struct stage *stage, const char *message)
{
    const struct judge_finding *finding = first_finding(stage);
    struct outcome *outcome = stage->outcome;

    outcome->status = CHECK_FAIL;
    snprintf(outcome->message, sizeof(outcome->message), "%s", message);
    tell_details(stage, finding);
    account(stage);
    longjmp(stage->end, 1);
}

void stage_fail(struct stage *stage, const char *format, ...)
{
    char message[OUTCOME_MESSAGE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    fail(stage, message);
}

void stage_skip(struct stage *stage, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(stage->outcome->message, sizeof(stage->outcome->message), format, arguments);
    va_end(arguments);
    stage->outcome->status = CHECK_SKIP;
    account(stage);
    longjmp(stage->end, 1);
}

/* A rule that was broken is found at the next moment that looks. */
static void judge(struct stage *stage)
{
    const struct judge_finding *finding = first_finding(stage);

    if (finding != NULL)
        stage_fail(stage, "the driver broke rule %s: expected no violation, got %zu",
                   finding->rule->id, stage->judge.count);
    if (stage->judge.out_of_memory)
        stage_fail(stage, "out of memory: findings are missing");
}

void expect_true(struct stage *stage, bool holds, const char *format, ...)
{
    char message[OUTCOME_MESSAGE];
    va_list arguments;

    stage->outcome->checks++;
    if (holds)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    fail(stage, message);
}

void expect_equal(struct stage *stage, uint64_t got, uint64_t wanted, const char *format, ...)
{
    char what[OUTCOME_MESSAGE - 100];
    va_list arguments;

    stage->outcome->checks++;
    if (got == wanted)
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    stage_fail(stage, "%s: expected %" PRIu64 ", got %" PRIu64, what, wanted, got);
}

void expect_between(struct stage *stage, uint64_t got, uint64_t low, uint64_t high,
                    const char *format, ...)
{
    char what[OUTCOME_MESSAGE - 100];
    va_list arguments;

    stage->outcome->checks++;
    if (got >= low && got <= high)
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    stage_fail(stage, "%s: expected %" PRIu64 " to %" PRIu64 ", got %" PRIu64, what, low, high,
               got);
}

void expect_bytes(struct stage *stage, const void *got, const void *wanted, size_t count,
                  const char *what)
{
    const uint8_t *a = got, *b = wanted;

    stage->outcome->checks++;
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            stage_fail(stage, "%s: byte %zu: expected 0x%02x, got 0x%02x", what, i, b[i], a[i]);
}

void expect_status(struct stage *stage, int got, int wanted, const char *what)
{
    const struct driver_ops *ops = stage->setup->driver;

    stage->outcome->checks++;
    if (got != wanted)
        stage_fail(stage, "%s: expected '%s', got '%s'", what, ops->error(wanted),
                   got > 0 ? "a positive number" : ops->error(got));
}

/* ---- Life -------------------------------------------------------------------------------------
 */

static void on_complaint(void *opaque, const char *line)
{
    fail(opaque, line);
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
    judge(stage);
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
    judge(stage);
    expect_equal(stage, books_outstanding(&stage->books), 0,
                 "cookies with the driver after down()");
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
    judge(stage);
    account(stage);
    session_close(&stage->session);
    free_session(stage);
}

/* ---- Time -------------------------------------------------------------------------------------
 */

uint64_t stage_now(const struct stage *stage)
{
    return stage->session.clock->now;
}

static bool never(void *opaque)
{
    struct stage *stage = opaque;

    return first_finding(stage) != NULL;
}

static void pass(struct stage *stage, uint64_t ns, bool (*done)(void *opaque))
{
    struct sched *sched = &stage->session.sched;

    if (stage_now(stage) > SESSION_NS)
        stage_fail(stage, "the session did not end in %llu s of virtual time",
                   SESSION_NS / BENCH_S);
    sched->tick_due = stage_now(stage);
    sched_until(sched, done, stage, stage_now(stage) + ns);
    judge(stage);
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

    return waiting->so(waiting->stage) || first_finding(waiting->stage) != NULL;
}

bool stage_until(struct stage *stage, bool (*so)(struct stage *stage), uint64_t ns)
{
    struct waiting waiting = {.stage = stage, .so = so};
    struct sched *sched = &stage->session.sched;

    sched->tick_due = stage_now(stage);
    sched_until(sched, is_so, &waiting, stage_now(stage) + ns);
    judge(stage);
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

/* ---- Looking ----------------------------------------------------------------------------------
 */

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

/* ---- Playing ----------------------------------------------------------------------------------
 */

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
