/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver core under each fault: however broken the chip is, a replay ends, in bounded virtual
 * time, and says what became of it. Nothing else would be a test bench for broken chips.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fault_option.h"
#include "replay.h"

#define FRAMES 2000u
#define LENGTH 60u
#define RING   256u

/* To find that the link does not come up, or to get over a few hangs, seconds each. */
#define LONGEST (60 * BENCH_S)

enum outcome {
    NO_CASE,  /* of a fault: the test fails */
    PASSES,   /* every frame is explained */
    LOSES,    /* the driver runs, and frames are lost, or come out wrong */
    RECOVERS, /* likewise, but no more than were in the rings */
    DOWN,     /* the driver does not attach or come up, and says why */
};

/* A fault, as it is asked for, and what comes of it. Each fault has one line at least. */
static const struct {
    const char *fault;
    enum outcome outcome;
} cases[] = {
    {"tx-frozen", LOSES},
    {"tx-frozen@5", RECOVERS},
    {"tx-frozen=ever@5", LOSES},
    {"rx-frozen", LOSES},
    {"rx-frozen@100", LOSES},
    {"irq-lost", LOSES},
    {"irq-lost@5", PASSES},
    {"irq-spurious", PASSES},
    {"irq-spurious=1us", PASSES},
    {"irq-storm", PASSES},
    {"irq-storm=1us", PASSES},
    {"cause-lost", PASSES}, /* the core looks at the link by itself, too */
    {"cause-lost=RXT0", PASSES},
    {"rxt0-never", PASSES},
    {"link-flap=539ms", RECOVERS},
    {"link-flap=1ms", DOWN},
    {"link-late", PASSES},
    {"link-late=1min", DOWN},
    {"link-never", DOWN},
    {"mdic-never", DOWN},
    {"phy-error", DOWN},
    {"phy-absent", DOWN},
    {"eerd-never", DOWN},
    {"eeprom-no-grant", DOWN},
    {"eeprom-corrupt", DOWN},
    {"eeprom-checksum", DOWN},
    {"eeprom-ones", DOWN},
    {"eeprom-misread", DOWN},
    {"stuck-0", DOWN},
    {"stuck-0=TCTL.EN", LOSES},
    {"stuck-0=RCTL.EN", LOSES},
    {"stuck-0=MDIC.R", DOWN},
    {"stuck-1", PASSES},
    {"stuck-1=CTRL.RST", DOWN},
    {"stuck-1=ICR.LSC", PASSES},
    {"read-ones", DOWN},
    {"read-ones@1%", DOWN},
    {"removed", DOWN},
    {"removed@539ms", LOSES},
    {"write-lost", DOWN},
    {"write-lost=RDT", LOSES},
    {"write-lost=TDT@/2", LOSES},
    {"write-late", PASSES},
    {"reset-slow", PASSES},
    {"reset-slow=1min", DOWN},
    {"reset-never", DOWN},
    {"dirty", PASSES},
    {"writeback-late", PASSES},
    {"writeback-swapped", PASSES},
    {"writeback-never", LOSES},
    {"writeback-never@100", LOSES},
    {"prefetch-stale@x1000", LOSES},
    {"prefetch-stale@100", LOSES},
    {"dma-read-error", LOSES},
    {"dma-read-error=parity@100", PASSES},
    {"dma-write-error", LOSES},
    {"dma-write-error=master@100", LOSES},
    {"rx-overrun@/3", PASSES},
    {"rx-bad-fcs@/3", PASSES},
    {"rx-corrupt@/3", PASSES},
    {"rx-truncate@/3", PASSES},
    {"rx-drop@/3", PASSES},
    {"rx-duplicate@/3", PASSES},
    {"rx-swap@/3", PASSES},
    {"tx-bad-fcs@/3", PASSES},
    {"tx-corrupt@/3", PASSES},
    {"tx-truncate@/3", PASSES},
    {"tx-drop@/3", PASSES},
    {"tx-duplicate@/3", PASSES},
    {"tx-swap@/3", PASSES},
    {"cross-64k", PASSES},
    {"first-2015", PASSES},
    {"read-4096", PASSES},
    {"tso-early", PASSES},
    {"tso-4-mss", PASSES},
    {"context-rs", PASSES},
    {"padding", PASSES},
    {"rdtr-hang", PASSES},
    {"pba-8k", PASSES},
    {"xoff-mutes", PASSES},
    {"reordered", PASSES},
    {"reset-by-memory", PASSES},
    {"array-burst", PASSES},
    {"msi-lost", PASSES},
    {"stranded", PASSES},
    {"pause-flood", PASSES}, /* the partner offers no PAUSE, and the chip takes no notice */
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

/* ---- A replay ---- */

static struct capture_frame frames[FRAMES];
static uint8_t bytes[FRAMES][LENGTH];
static const struct capture capture = {.frames = frames, .count = FRAMES};
static const uint8_t mac[6] = {0x00, 0x0c, 0x29, 0x69, 0x17, 0x26};

static void make_frames(void)
{
    for (unsigned i = 0; i < FRAMES; i++) {
        memcpy(bytes[i], mac, 6);
        for (unsigned j = 6; j < LENGTH; j++)
            bytes[i][j] = (uint8_t)(j * j + i * 31 + i / 256);
        frames[i] = (struct capture_frame){
            .data = bytes[i], .time_ns = i * 1000u, .length = LENGTH, .original = LENGTH};
    }
}

/* The chip is `emu`; the time at its end is kept. */
static struct device_ops timed;
static uint64_t ended;

static int timed_open(struct device **device, const struct device_config *config,
                      struct bench_clock *clock)
{
    const int status = device_emu.open(device, config, clock);

    if (status == 0)
        (*device)->ops = &timed;
    return status;
}

static void timed_close(struct device *device)
{
    ended = device->clock->now;
    device_emu.close(device);
}

static enum outcome run(const char *text, const char *profile, enum rate_mode rate)
{
    struct e1000emu_fault_setting setting;
    struct replay_options options = {.direction = TRAFFIC_BOTH, .rate = rate, .passes = 1};
    struct replay_result result;
    char error[256] = "";
    int status;

    assert_true(fault_parse(text, &setting, error, sizeof(error)));
    session_defaults(&options.session);
    timed = device_emu;
    timed.open = timed_open;
    timed.close = timed_close;
    options.session.device_ops = &timed;
    options.session.device.profile = e1000emu_profile_find(profile);
    options.session.device.mac = mac;
    options.session.device.faults = &setting;
    options.session.device.fault_count = 1;
    options.session.driver.ring = RING;
    options.session.driver.eeprom_by_eerd = strncmp(text, "eerd", 4) == 0;
    memcpy(options.mac, mac, 6);
    replay_set_max_frame(&options, &capture);
    status = replay(&capture, &options, &result, error, sizeof(error));
    assert_true(ended < LONGEST);
    assert_true(status < 0 || result.virtual_seconds < (double)LONGEST / 1e9);
    /* An erratum that the driver knows a way around does not happen. */
    assert_true(result.fired[0] > 0 ||
                e1000emu_fault_find(setting.name)->kind == E1000EMU_FAULT_ERRATUM);
    if (status < 0) {
        assert_true(strlen(error) > 10);
        return DOWN;
    }
    if (result.explained)
        return PASSES;
    assert_true(result.rx.lost + result.tx.lost + result.rx.corrupted + result.tx.corrupted +
                    result.tx.duplicated + result.rx.duplicated >
                0);
    return result.rx.lost + result.tx.lost < 2 * RING ? RECOVERS : LOSES;
}

/* ---- Cases ---- */

static void test_case(void **state)
{
    static const char *const names[] = {"", "passes", "loses", "recovers", "down"};
    const size_t i = *(size_t *)*state;
    const enum outcome outcome = run(cases[i].fault, "vmware", RATE_MAX);

    if (outcome != cases[i].outcome && !(outcome == RECOVERS && cases[i].outcome == LOSES))
        fail_msg("%s: %s instead of %s", cases[i].fault, names[outcome], names[cases[i].outcome]);
}

/* Another chip, and a wire that does not wait: some outcome, in bounded time. */
static void test_elsewhere(void **state)
{
    run(cases[*(size_t *)*state].fault, "silicon", RATE_LINE);
}

static void test_every_fault_has_a_case(void **state)
{
    const struct e1000emu_fault *fault;

    (void)state;
    for (size_t i = 0; (fault = e1000emu_fault_at(i)) != NULL; i++) {
        enum outcome outcome = NO_CASE;

        for (size_t k = 0; k < CASES; k++) {
            const size_t length = strcspn(cases[k].fault, "=@");

            if (strlen(fault->name) == length && strncmp(fault->name, cases[k].fault, length) == 0)
                outcome = cases[k].outcome;
        }
        if (outcome == NO_CASE)
            fail_msg("no case of %s", fault->name);
    }
}

int main(void)
{
    static size_t numbers[CASES];
    static struct CMUnitTest tests[2 * CASES + 1] = {
        [2 * CASES] = cmocka_unit_test(test_every_fault_has_a_case)};

    make_frames();
    for (size_t i = 0; i < CASES; i++) {
        numbers[i] = i;
        tests[i] = (struct CMUnitTest){
            .name = cases[i].fault, .test_func = test_case, .initial_state = &numbers[i]};
        tests[CASES + i] = (struct CMUnitTest){
            .name = cases[i].fault, .test_func = test_elsewhere, .initial_state = &numbers[i]};
    }
    return _cmocka_run_group_tests("faults", tests, sizeof(tests) / sizeof(tests[0]), NULL, NULL);
}
