/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* mkstemp() */
/* Measuring: what is reckoned from times, the frames that are moved, the floor, and the reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perf/compare.h"
#include "perf/floor.h"
#include "perf/frames.h"
#include "perf/perf_report.h"

#include <jansson.h>

static const uint8_t mac[6] = {0x00, 0x0c, 0x29, 0x69, 0x17, 0x26};

static void near(double value, double expected)
{
    const double difference = value - expected;

    if (difference > 1e-9 || difference < -1e-9)
        fail_msg("%.12g instead of %.12g", value, expected);
}

/* ---- Rates ---- */

static void the_best_turn_counts(void **state)
{
    struct perf_best best;

    (void)state;
    perf_best_init(&best);
    near(perf_mpps(&best), 0);
    near(perf_gbps(&best, 60), 0);
    near(perf_ratio(&best, &best), 0);
    perf_best_add(&best, &(struct perf_slice){.frames = 1000, .ns = 20000});
    perf_best_add(&best, &(struct perf_slice){.frames = 1000, .ns = 10000});
    perf_best_add(&best, &(struct perf_slice){.frames = 4000, .ns = 60000});
    near(best.ns, 10);
    near(perf_mpps(&best), 100);
    near(perf_gbps(&best, 60), 67.2); /* 84 bytes on the wire */
    assert_int_equal(best.slices, 3);
    assert_true(best.instructions < 0);
}

static void turns_without_frames_or_time_are_left_out(void **state)
{
    struct perf_best best;

    (void)state;
    perf_best_init(&best);
    perf_best_add(&best, &(struct perf_slice){.frames = 0, .ns = 10});
    perf_best_add(&best, &(struct perf_slice){.frames = 10, .ns = 0});
    assert_int_equal(best.slices, 0);
    near(best.ns, 0);
}

static void instructions_where_they_are_counted(void **state)
{
    struct perf_best best;

    (void)state;
    perf_best_init(&best);
    perf_best_add(&best, &(struct perf_slice){.frames = 10, .ns = 10});
    assert_true(best.instructions < 0);
    perf_best_add(
        &best, &(struct perf_slice){.frames = 10, .ns = 50, .instructions = 2000, .counted = true});
    perf_best_add(
        &best, &(struct perf_slice){.frames = 10, .ns = 50, .instructions = 1000, .counted = true});
    near(best.instructions, 100);
}

static void the_ratio_is_of_rates(void **state)
{
    struct perf_best rig, floor;

    (void)state;
    perf_best_init(&rig);
    perf_best_init(&floor);
    perf_best_add(&rig, &(struct perf_slice){.frames = 1, .ns = 20});
    near(perf_ratio(&rig, &floor), 0);
    perf_best_add(&floor, &(struct perf_slice){.frames = 1, .ns = 5});
    near(perf_ratio(&rig, &floor), 0.25);
}

/* IEEE 802.3: 8 bytes of preamble, 4 of FCS, 12 between frames. */
static void line_rate_at_1_gigabit(void **state)
{
    (void)state;
    assert_int_equal(perf_line_ns(60), 672);
    assert_int_equal(perf_line_ns(1514), 12304);
    near(perf_line_rate(60), 1e9 / 672);
}

/* ---- Frames ---- */

static uint32_t sum(uint32_t start, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        start += i % 2 == 0 ? (uint32_t)data[i] << 8 : data[i];
    while (start >> 16)
        start = (start & 0xffff) + (start >> 16);
    return start;
}

static void frames_are_right_and_all_different(void **state)
{
    static const uint32_t sizes[] = {60, 61, 1514, 9014};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const uint32_t size = sizes[i];
        const size_t stride = perf_stride(size);
        uint8_t *frames = malloc(PERF_FRAMES * stride);

        assert_non_null(frames);
        perf_frames_make(frames, size, mac);
        for (size_t k = 0; k < PERF_FRAMES; k++) {
            uint8_t *frame = frames + k * stride;
            uint32_t length = size - 34;

            assert_memory_equal(frame, mac, 6);
            assert_int_equal(sum(0, frame + 14, 20), 0xffff);
            assert_int_equal(sum(sum(17 + length, frame + 26, 8), frame + 34, length), 0xffff);
            assert_int_equal(frame[18] << 8 | frame[19], k); /* IP's identification */
            perf_frame_seed(frame);
            assert_int_equal(frame[24] | frame[25], 0);
            assert_int_equal(frame[40] << 8 | frame[41], sum(17 + length, frame + 26, 8));
        }
        free(frames);
    }
}

/* ---- The floor ---- */

static void the_floor_moves_frames(void **state)
{
    static const uint32_t sizes[] = {60, 64, 1514, 9014};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const size_t stride = perf_stride(sizes[i]);
        uint8_t *frames = malloc(PERF_FRAMES * stride);
        struct perf_floor *floor;

        assert_non_null(frames);
        perf_frames_make(frames, sizes[i], mac);
        floor = perf_floor_open(frames, sizes[i]);
        assert_non_null(floor);
        assert_int_equal(perf_floor_run(floor, 2 * PERF_FRAMES + 64),
                         (2ull * PERF_FRAMES + 64) * sizes[i]);
        for (uint64_t n = 2 * PERF_FRAMES + 64 - PERF_FLOOR_RING; n < 2 * PERF_FRAMES + 64; n++)
            assert_memory_equal(perf_floor_buffer(floor, n), frames + n % PERF_FRAMES * stride,
                                sizes[i]);
        perf_floor_close(floor);
        free(frames);
    }
}

/* ---- Driver and chip ---- */

static void set_up(struct session_config *config, const struct e1000emu_profile *profile)
{
    session_defaults(config);
    config->device.profile = profile;
    config->device.mac = mac;
}

/* Each way to move frames, on chips with different habits: all come out whole, in order, with the
 * right checksums. */
static void every_way_moves_frames(void **state)
{
    static const char *const profiles[] = {"vmware", "silicon", "qemu"};
    static const uint32_t sizes[] = {60, 1514, 4000};
    char error[256] = "";

    (void)state;
    for (unsigned i = 0; i < 3 * 3 * 2 * 2; i++) {
        struct session_config config;
        struct perf_counts counts;
        const struct perf_case what = {.size = sizes[i % 3],
                                       .burst = i % 2 ? 32 : 7,
                                       .direction = (enum perf_direction)(i / 3 % 3),
                                       .offload = (enum perf_offload)(i / 9 % 2),
                                       .check = i / 18 ? JUDGE_ON : JUDGE_OFF};
        struct perf_rig *rig;

        set_up(&config, e1000emu_profile_find(profiles[i % 3]));
        rig = perf_rig_open(&config, &what, error, sizeof(error));
        if (rig == NULL || perf_rig_run(rig, 1000, error, sizeof(error)) < 0)
            fail_msg("case %u: %s", i, error);
        perf_rig_counts(rig, &counts);
        assert_int_equal(counts.frames,
                         (PERF_FRAMES + 1000) * (what.direction == PERF_BOTH ? 2 : 1));
        assert_true(counts.mmio_writes > 0 && counts.interrupts > 0);
        perf_rig_close(rig);
    }
}

/* A chip that loses frames is no chip to measure. */
static void lost_frames_are_found_out(void **state)
{
    const struct e1000emu_fault_setting fault = {
        .name = "rx-truncate", .arg = E1000EMU_FAULT_DEFAULT, .when = {.every = 1000}};
    const struct perf_case what = {.size = 60, .burst = 32, .direction = PERF_RX};
    struct session_config config;
    char error[256] = "";

    (void)state;
    set_up(&config, NULL);
    config.device.faults = &fault;
    config.device.fault_count = 1;
    assert_null(perf_rig_open(&config, &what, error, sizeof(error)));
    if (strstr(error, "frames") == NULL)
        fail_msg("%s", error);
}

static bool stop(void *opaque)
{
    ++*(unsigned *)opaque;
    return false;
}

static void stopping_keeps_what_there_is(void **state)
{
    const struct perf_case what = {.size = 60, .burst = 32, .direction = PERF_BOTH};
    struct session_config config;
    unsigned asked = 0;
    const struct perf_how how = {.config = &config,
                                 .time_ns = 1000000000000,
                                 .instructions = -1,
                                 .goes_on = stop,
                                 .opaque = &asked};
    struct perf_row row;
    char error[256] = "";

    (void)state;
    set_up(&config, NULL);
    assert_int_equal(perf_compare(&how, &what, &row, error, sizeof(error)), 1);
    assert_int_equal(asked, 1);
    assert_int_equal(row.best.slices, 1);
    assert_int_equal(row.floor.slices, 1);
    assert_true(row.best.ns > 0 && row.floor.ns > 0 && row.mmio_writes > 0);
}

/* ---- Reports ---- */

static void json_has_every_number(void **state)
{
    const struct perf_row row = {
        .what = {.size = 60, .burst = 8, .direction = PERF_TX, .offload = PERF_OFFLOAD_CHECKSUM},
        .best = {.ns = 20, .instructions = -1, .slices = 3},
        .floor = {.ns = 5, .instructions = 40, .slices = 4},
        .mmio_reads = 0.25,
        .mmio_writes = 0.5,
        .interrupts = 0.125};
    const struct perf_report report = {
        .profile = "vmware", .ring = 64, .rows = &row, .count = 1, .interrupted = true};
    char path[] = "/tmp/e1000bench-perf-XXXXXX", error[256];
    const int file = mkstemp(path);
    const char *direction = NULL, *offloads = NULL;
    double ns = 0, ratio = 0, mpps = 0, reads = 0, floor = 0, instructions = 0;
    int interrupted = 0, size = 0, burst = 0, ring = 0;
    json_t *read, *null = NULL;

    (void)state;
    assert_true(file >= 0);
    assert_int_equal(perf_json(path, &report, error, sizeof(error)), 0);
    read = json_load_file(path, 0, NULL);
    assert_non_null(read);
    assert_int_equal(
        json_unpack(read,
                    "{s:b, s:i, s:[{s:i, s:i, s:s, s:s, s:f, s:f, s:f, s:f, s:o, s:{s:f, s:f}}]}",
                    "interrupted", &interrupted, "ring", &ring, "rows", "size", &size, "burst",
                    &burst, "direction", &direction, "offloads", &offloads, "ns", &ns, "mpps",
                    &mpps, "ratio", &ratio, "mmio_reads", &reads, "instructions", &null, "floor",
                    "ns", &floor, "instructions", &instructions),
        0);
    assert_true(interrupted && size == 60 && burst == 8 && ring == 64 && json_is_null(null));
    assert_string_equal(direction, "tx");
    assert_string_equal(offloads, "checksum");
    near(ns, 20);
    near(mpps, 50);
    near(ratio, 0.25);
    near(reads, 0.25);
    near(floor, 5);
    near(instructions, 40);
    json_decref(read);
    remove(path);
}

static void json_that_cannot_be_written(void **state)
{
    const struct perf_report report = {.profile = "vmware"};
    char error[256] = "";

    (void)state;
    assert_int_equal(perf_json("/nowhere/at/all", &report, error, sizeof(error)), -1);
    assert_non_null(strstr(error, "/nowhere/at/all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_turn_counts),
        cmocka_unit_test(turns_without_frames_or_time_are_left_out),
        cmocka_unit_test(instructions_where_they_are_counted),
        cmocka_unit_test(the_ratio_is_of_rates),
        cmocka_unit_test(line_rate_at_1_gigabit),
        cmocka_unit_test(frames_are_right_and_all_different),
        cmocka_unit_test(the_floor_moves_frames),
        cmocka_unit_test(every_way_moves_frames),
        cmocka_unit_test(lost_frames_are_found_out),
        cmocka_unit_test(stopping_keeps_what_there_is),
        cmocka_unit_test(json_has_every_number),
        cmocka_unit_test(json_that_cannot_be_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
