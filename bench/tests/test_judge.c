/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge in the bench: our driver breaks no rule, whatever the profile and whichever way the
 * frames go; two hobby drivers do, and are told what a beginner needs.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hobby.h"
#include "judge.h"
#include "replay.h"
#include "report.h"

#define FRAMES 200u

/* ---- Our driver ---- */

struct frames {
    struct capture capture;
    struct capture_frame frame[FRAMES];
    uint8_t bytes[FRAMES][1600];
};

static const uint32_t lengths[] = {60, 61, 64, 200, 590, 1514, 59, 42};

static struct frames *make_frames(void)
{
    struct frames *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    for (unsigned i = 0; i < FRAMES; i++) {
        const uint32_t length = lengths[i % 8];

        memset(f->bytes[i], 0xff, 6);
        for (unsigned j = 6; j < length; j++)
            f->bytes[i][j] = (uint8_t)(j * j + i * 31);
        f->frame[i] = (struct capture_frame){
            .data = f->bytes[i], .time_ns = i * 5000u, .length = length, .original = length};
    }
    f->capture.frames = f->frame;
    f->capture.count = FRAMES;
    return f;
}

static void fail_with(const struct judge *judge, const char *what)
{
    judge_print(stderr, judge);
    fail_msg("%s: %zu findings", what, judge->count);
}

static void replay_clean(const struct frames *f, const struct e1000emu_profile *profile,
                         enum traffic_direction direction, enum rate_mode rate, bool eerd)
{
    struct judge judge = {.level = JUDGE_DEEP};
    struct replay_options options = {.direction = direction, .rate = rate, .passes = 2};
    struct replay_result result;
    char error[256];

    session_defaults(&options.session);
    options.session.device.profile = profile;
    options.session.device.judge = &judge;
    options.session.driver.eeprom_by_eerd = eerd;
    options.session.driver.ring = rate == RATE_MAX ? 256 : 32;
    memcpy(options.mac, profile->mac, 6);
    replay_set_max_frame(&options, &f->capture);
    assert_int_equal(replay(&f->capture, &options, &result, error, sizeof(error)), 0);
    /* QEMU's chip is deaf for a second after RCTL was written. */
    assert_true(result.explained || (rate != RATE_MAX && profile->rx_block_ns > 0));
    if (judge_failed(&judge))
        fail_with(&judge, profile->name);
    judge_free(&judge);
}

static void test_our_driver_breaks_no_rule(void **state)
{
    const struct e1000emu_profile *profile;
    struct frames *f = make_frames();

    (void)state;
    for (size_t i = 0; (profile = e1000emu_profile_at(i)) != NULL; i++)
        for (unsigned direction = TRAFFIC_RX; direction <= TRAFFIC_SPLIT; direction++) {
            replay_clean(f, profile, (enum traffic_direction)direction, RATE_MAX, false);
            replay_clean(f, profile, (enum traffic_direction)direction, RATE_CAPTURE, true);
        }
    free(f);
}

/* Up and down again and again, by one that was attached once. */
static void test_up_and_down(void **state)
{
    const struct e1000emu_profile *profile;

    (void)state;
    for (size_t i = 0; (profile = e1000emu_profile_at(i)) != NULL; i++) {
        struct judge judge = {.level = JUDGE_DEEP};
        struct session_config config;
        struct session session;

        session_defaults(&config);
        config.device.profile = profile;
        config.device.judge = &judge;
        assert_int_equal(session_power_on(&session, &config), 0);
        assert_int_equal(session_attach(&session, &config), 0);
        for (unsigned n = 0; n < 3; n++) {
            assert_int_equal(session_up(&session), 0);
            session.driver->ops->down(session.driver);
        }
        session_close(&session);
        if (judge_failed(&judge))
            fail_with(&judge, profile->name);
        judge_free(&judge);
    }
}

/* ---- Hobby drivers ---- */

static size_t take_all(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    return count;
}

static void pass_time(struct session *session, uint64_t ns)
{
    const uint64_t end = session->clock->now + ns;
    struct device *device = session->device;

    while (device->ops->next_event(device) <= end) {
        const uint64_t next = device->ops->next_event(device);

        if (next > session->clock->now)
            session->clock->now = next;
        device->ops->advance(device);
    }
    session->clock->now = end;
    device->ops->advance(device);
}

static void allocate(struct session *session, struct hobby *hobby)
{
    const size_t ring = HOBBY_RING * sizeof(struct hobby_desc);
    const size_t data = (size_t)HOBBY_RING * HOBBY_BUFFER;

    assert_int_equal(dmamem_alloc(session->memory, ring, 128, 0, &hobby->rx_ring), 0);
    assert_int_equal(dmamem_alloc(session->memory, ring, 128, 0, &hobby->tx_ring), 0);
    assert_int_equal(dmamem_alloc(session->memory, data, 65536, 0, &hobby->rx_data), 0);
    assert_int_equal(dmamem_alloc(session->memory, data, 65536, 0, &hobby->tx_data), 0);
}

/* Some seconds of a driver's life: it starts, sends and receives. */
static void live(struct session *session, const struct hobby_driver *driver, struct hobby *hobby)
{
    struct device *device = session->device;
    uint8_t bytes[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 0x12, 0x34, 0x56, 8, 6};
    const struct e1000emu_frame frame = {.data = bytes, .length = sizeof(bytes)};

    driver->start(hobby);
    pass_time(session, 4000000000u);
    driver->interrupt(hobby);
    for (unsigned i = 0; i < 40; i++) {
        driver->send(hobby, bytes, i % 2 != 0 ? 42 : 60);
        device->ops->receive(device, &frame, 1, 0, NULL);
        pass_time(session, 50000000);
        if (device->interrupt)
            driver->interrupt(hobby);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void meet(const struct hobby_driver *driver, struct judge *judge)
{
    struct session_config config;
    struct session session;
    struct hobby hobby = {.patience = 50000};

    judge->level = JUDGE_DEEP;
    session_defaults(&config);
    config.device.profile = e1000emu_profile_find("vmware");
    config.device.judge = judge;
    config.device.transmit = take_all;
    assert_int_equal(session_power_on(&session, &config), 0);
    hobby.device = session.device;
    allocate(&session, &hobby);
    live(&session, driver, &hobby);
    session.device->ops->config_write(session.device, 0xE0, 2, 3);
    dmamem_free(session.memory, &hobby.rx_ring);
    dmamem_free(session.memory, &hobby.tx_ring);
    dmamem_free(session.memory, &hobby.rx_data);
    dmamem_free(session.memory, &hobby.tx_data);
    session_close(&session);
}

static void check_rules(const struct hobby_driver *driver)
{
    struct judge judge = {.level = JUDGE_OFF}, once = {.level = JUDGE_OFF};
    const char *ids[128] = {NULL};
    size_t expected = 0;
    bool same = true;

    meet(driver, &judge);
    judge_merge(&once, &judge);
    assert_true(once.count < 128);
    for (size_t i = 0; i < once.count; i++)
        ids[i] = once.findings[i].rule->id;
    qsort(ids, once.count, sizeof(ids[0]), by_text);
    while (driver->rules[expected] != NULL)
        expected++;
    for (size_t i = 0; i < expected && i < once.count; i++)
        same = same && strcmp(ids[i], driver->rules[i]) == 0;
    if (!same || expected != once.count) {
        for (size_t i = 0; i < once.count; i++)
            print_error("    \"%s\",\n", ids[i]);
        fail_with(&once, driver->name);
    }
    assert_true(judge_failed(&judge));
    judge_free(&judge);
    judge_free(&once);
}

static void test_lab(void **state)
{
    (void)state;
    check_rules(&hobby_lab);
}

static void test_wiki(void **state)
{
    (void)state;
    check_rules(&hobby_wiki);
}

/* ---- What is shown ---- */

static char *printed(const struct judge *judge)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    judge_print(stream, judge);
    fclose(stream);
    return text;
}

/* Rule, class, section, sentence, the access with its fields, and those before it. */
static void test_what_is_printed(void **state)
{
    struct judge judge = {.level = JUDGE_OFF};
    char *text, summary[100];

    (void)state;
    text = printed(&judge);
    assert_string_equal(text, "");
    free(text);
    judge_summary(&judge, summary, sizeof(summary));
    assert_string_equal(summary, "nothing");
    meet(&hobby_wiki, &judge);
    text = printed(&judge);
    assert_non_null(strstr(text, "violation bus-master-off (4.1)\n"));
    assert_non_null(strstr(text, "set bit 2 (bus master) of the PCI command register first."));
    assert_non_null(strstr(text, "write RCTL = 0x0c00801a (EN=1 UPE=1 MPE=1 BAM=1 SECRC=1)\n"));
    assert_non_null(strstr(text, "read EERD = 0x00000000, 10001 times\n"));
    assert_non_null(strstr(text, "write configuration space at 0x4, 16 bit = 0x0003\n"));
    assert_non_null(strstr(text, "legacy descriptor 0 of the transmit ring at 0x"));
    assert_non_null(strstr(text, "more like it\n"));
    free(text);
    judge_summary(&judge, summary, sizeof(summary));
    assert_non_null(strstr(summary, " violations, "));
    assert_non_null(strstr(summary, " pieces of advice"));
    judge_free(&judge);
}

static void test_access_in_words(void **state)
{
    static const struct {
        struct e1000emu_access access;
        const char *text;
    } cases[] = {
        {{.offset = 0x20, .width = 4, .write = true, .value = 0x08230000, .times = 1},
         "write MDIC = 0x08230000 (REG=ID2 PHY=1 OP=read)"},
        {{.offset = 0x5408, .width = 4, .value = 7, .times = 1}, "read RAL[1] = 0x00000007"},
        {{.offset = 0, .width = 4, .write = true, .indirect = true, .times = 1},
         "write CTRL = 0x00000000 through the I/O window"},
        {{.offset = 0x0e, .width = 2, .times = 3}, "read memory at 0xe, 16 bit = 0x0000, 3 times"},
        {{.space = E1000EMU_FLASH, .offset = 5, .width = 1, .value = 0xff, .times = 1},
         "read flash at 0x5, 8 bit = 0xff"},
        {{.offset = 0x1ff0, .width = 4, .times = 1}, "read memory at 0x1ff0, 32 bit = 0x00000000"},
    };
    char text[200], tiny[8];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        judge_access_text(&cases[i].access, text, sizeof(text));
        assert_string_equal(text, cases[i].text);
    }
    judge_access_text(&cases[0].access, tiny, sizeof(tiny));
    assert_string_equal(tiny, "write M");
}

/* A report says what the driver did, and JSON has all of it. */
static void test_report(void **state)
{
    char path[] = "/tmp/e1000bench-judge-XXXXXX", error[200], text[65536];
    struct judge judge = {.level = JUDGE_OFF};
    struct report report = {.capture = "x", .judge = &judge};
    const int file = mkstemp(path);
    FILE *stream;
    size_t length;

    (void)state;
    assert_true(file >= 0);
    meet(&hobby_lab, &judge);
    assert_int_equal(report_json(path, &report, error, sizeof(error)), 0);
    stream = fdopen(file, "r");
    assert_non_null(stream);
    length = fread(text, 1, sizeof(text) - 1, stream);
    text[length] = '\0';
    assert_non_null(strstr(text, "\"findings\""));
    assert_non_null(strstr(text, "\"rule\": \"ims-written-zero\""));
    assert_non_null(strstr(text, "\"class\": \"advice\""));
    assert_non_null(strstr(text, "\"accesses\": ["));
    fclose(stream);
    unlink(path);

    stream = tmpfile();
    assert_non_null(stream);
    report_text(stream, &report);
    rewind(stream);
    length = fread(text, 1, sizeof(text) - 1, stream);
    text[length] = '\0';
    assert_non_null(strstr(text, "driver's faults"));
    fclose(stream);
    judge_free(&judge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_our_driver_breaks_no_rule),
        cmocka_unit_test(test_up_and_down),
        cmocka_unit_test(test_lab),
        cmocka_unit_test(test_wiki),
        cmocka_unit_test(test_what_is_printed),
        cmocka_unit_test(test_access_in_words),
        cmocka_unit_test(test_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
