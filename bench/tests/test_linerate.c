/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Line rate in virtual time: nothing is lost at the defaults; where something is, it is counted by
 * cause and counter; and what the way to the handler and its work cost shows in the rings.
 *
 * usage: test-bench-linerate [FRAMES]   (of the flood; CMocka's environment applies)
 */
#include "linerate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t flood_frames = 20000;

static struct linerate_case a_case(unsigned mbps, uint32_t size, enum linerate_way way)
{
    struct linerate_case what = {
        .mac = {0, 0x0c, 0x29, 1, 2, 3},
        .mbps = mbps,
        .size = size,
        .way = way,
        .frames = 2000,
        .latency_ns = 20 * BENCH_US,
    };

    session_defaults(&what.session);
    what.session.device.profile = e1000emu_profile_find("vmware");
    return what;
}

static void run(const struct linerate_case *what, struct linerate_result *result)
{
    char error[256];

    if (linerate_run(what, result, error, sizeof(error)) < 0)
        fail_msg("%s", error);
}

static uint64_t counter(const struct linerate_result *result, const char *name)
{
    for (unsigned i = 0; i < result->counter_count; i++)
        if (strcmp(result->counters[i].name, name) == 0)
            return result->counters[i].count;
    return 0;
}

/* ---- Arithmetic ---- */

/* The rates that everybody knows: 1,488,095 and 81,274 frames a second at 1 Gb/s. */
static void rates_of_the_line(void **state)
{
    (void)state;
    assert_int_equal((int)linerate_of_line(64, 1000), 1488095);
    assert_int_equal((int)linerate_of_line(1518, 1000), 81274);
    assert_int_equal((int)linerate_of_line(64, 10), 14880);
    assert_int_equal((int)(linerate_bytes(LINERATE_IMIX) * 12), 7 * 64 + 4 * 594 + 1518);
}

/* Least, most and mean, by time; the course keeps the most of each step, however long it gets. */
static void occupancy_over_time(void **state)
{
    struct occupancy level;

    (void)state;
    occupancy_start(&level, 1000, 4, 10);
    occupancy_set(&level, 1010, 10);
    occupancy_set(&level, 1030, 0);
    occupancy_set(&level, 1040, 0);
    assert_int_equal(level.least, 0);
    assert_int_equal(level.most, 10);
    assert_true(occupancy_mean(&level) == (4 * 10 + 10 * 20) / 40.0);
    assert_int_equal(occupancy_steps(&level), 5);
    /* At 1020 it still was 10, and up to the moment 1030. */
    assert_int_equal(level.course[0], 4);
    assert_int_equal(level.course[1], 10);
    assert_int_equal(level.course[2], 10);
    assert_int_equal(level.course[4], 0);
    occupancy_set(&level, 1000 + 10 * OCCUPANCY_STEPS * 5, 7);
    assert_int_equal(level.step, 80);
    assert_true(occupancy_steps(&level) <= OCCUPANCY_STEPS);
    assert_int_equal(level.course[0], 10);
    assert_int_equal(level.course[1], 0);
    assert_int_equal(level.course[occupancy_steps(&level) - 1], 7);
}

/* ---- At line rate ---- */

/* Each speed, size and way, at the defaults: all frames come through, and the wire is never idle;
 * and again the same. */
static void nothing_is_lost(void **state)
{
    static const uint32_t sizes[] = {64, 65, 594, 1518, 9018, LINERATE_IMIX};
    static const unsigned speeds[] = {10, 100, 1000};
    static struct linerate_result result, again;

    (void)state;
    for (unsigned s = 0; s < 3; s++)
        for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
            for (unsigned way = LINERATE_IN; way <= LINERATE_BOTH; way++) {
                const struct linerate_case what =
                    a_case(speeds[s], sizes[i], (enum linerate_way)way);

                run(&what, &result);
                if (!linerate_held(&what, &result))
                    fail_msg("%u Mb/s, size %u, %s: not held", what.mbps, what.size,
                             linerate_way_name(what.way));
                assert_int_equal(result.in.carried, way & LINERATE_IN ? 2000 : 0);
                assert_int_equal(result.out.carried, way & LINERATE_OUT ? 2000 : 0);
                assert_int_equal(counter(&result, "rx_missed"), 0);
                assert_true(result.interrupts > 0);
                if (i == 0) {
                    run(&what, &again);
                    assert_int_equal(result.ns, again.ns);
                    assert_int_equal(result.interrupts, again.interrupts);
                    assert_memory_equal(&result.rx_ring, &again.rx_ring, sizeof(again.rx_ring));
                }
            }
}

/* The smallest frames both ways at once, a great many of them. */
static void a_flood_of_the_smallest(void **state)
{
    static struct linerate_result result;
    struct linerate_case what = a_case(1000, 64, LINERATE_BOTH);

    (void)state;
    what.frames = flood_frames;
    run(&what, &result);
    assert_int_equal(result.in.carried, flood_frames);
    assert_int_equal(result.out.carried, flood_frames);
    assert_true(linerate_held(&what, &result));
    assert_int_equal(counter(&result, "rx_no_buffer"), 0);
    /* 672 ns each, and what comes at the end. */
    assert_in_range(result.ns, flood_frames * 672, flood_frames * 672 + BENCH_MS);
    assert_true((double)result.interrupts * 1e9 / (double)result.ns < 20500);
}

/* ---- What it costs ---- */

/* The ring gets as full as what comes, a frame each 672 ns, between two looks: which are apart by
 * moderation's 50 us, or by the interrupt's way to the handler if that is longer. */
static void latency_fills_the_ring(void **state)
{
    static struct linerate_result soon, late;
    struct linerate_case what = a_case(1000, 64, LINERATE_IN);

    (void)state;
    what.latency_ns = 0;
    run(&what, &soon);
    what.latency_ns = 67200;
    run(&what, &late);
    assert_true(linerate_held(&what, &late));
    assert_in_range(soon.rx_ring.most, 74, 80);
    assert_in_range(late.rx_ring.most, 100, 104);
    assert_true(occupancy_mean(&late.rx_ring) > occupancy_mean(&soon.rx_ring));
}

/* A handler that is called too late: the ring is full, then the FIFO, and then frames are lost;
 * each is counted, by the chip's counter and by what became of it. */
static void losses_are_explained(void **state)
{
    static struct linerate_result result;
    struct linerate_case what = a_case(1000, 64, LINERATE_IN);

    (void)state;
    what.frames = 5000;
    what.latency_ns = 2 * BENCH_MS;
    run(&what, &result);
    assert_false(linerate_held(&what, &result));
    assert_in_range(result.in.lost, 1000, 4000);
    assert_int_equal(result.in.carried + result.in.lost, 5000);
    assert_int_equal(result.verdicts[E1000EMU_RX_OVERRUN], result.in.lost);
    assert_int_equal(counter(&result, "rx_missed"), result.in.lost);
    assert_int_equal(result.in_driver, 0);
    assert_int_equal(result.rx_ring.most, 255);
    assert_in_range(result.rx_fifo.most, 40 * 1024, 48 * 1024);
}

/* A handler that needs longer for a frame than the wire does falls behind. */
static void slow_service_loses(void **state)
{
    static struct linerate_result result;
    struct linerate_case what = a_case(1000, 64, LINERATE_IN);

    (void)state;
    what.frames = 10000;
    what.frame_ns = 600;
    run(&what, &result);
    assert_true(linerate_held(&what, &result));
    what.frame_ns = 1000;
    run(&what, &result);
    assert_false(linerate_held(&what, &result));
    assert_true(result.in.lost > 0);
    assert_int_equal(result.in.lost, counter(&result, "rx_missed"));
}

/* A ring that is empty before the next interrupt: nothing is lost, but the wire has pauses. */
static void pauses_are_seen(void **state)
{
    static struct linerate_result result;
    struct linerate_case what = a_case(1000, 64, LINERATE_OUT);

    (void)state;
    what.session.driver.ring = 32;
    run(&what, &result);
    assert_int_equal(result.out.lost, 0);
    assert_int_equal(result.out.carried, 2000);
    assert_true(result.out.full < 0.9);
    assert_false(linerate_held(&what, &result));
}

/* The ring that is found holds, and the next smaller one does not. */
static void the_smallest_ring(void **state)
{
    static struct linerate_result result;
    struct linerate_case what = a_case(1000, 64, LINERATE_OUT);
    char error[256];
    unsigned ring;

    (void)state;
    assert_int_equal(linerate_smallest_ring(&what, &ring, error, sizeof(error)), 0);
    assert_true(ring > 8 && ring < 256 && ring % 8 == 0);
    what.session.driver.ring = ring;
    run(&what, &result);
    assert_true(linerate_held(&what, &result));
    what.session.driver.ring = ring - 8;
    run(&what, &result);
    assert_false(linerate_held(&what, &result));
    what.frames = 20000;
    what.latency_ns = 10 * BENCH_MS;
    assert_int_equal(linerate_smallest_ring(&what, &ring, error, sizeof(error)), 0);
    assert_int_equal(ring, 0);
}

static bool stop(void *opaque, uint64_t frames)
{
    *(uint64_t *)opaque = frames;
    return false;
}

/* A run that is stopped says so, and takes nothing that was under way for lost. */
static void stopping(void **state)
{
    static struct linerate_result result;
    struct linerate_case what = a_case(1000, 64, LINERATE_BOTH);
    uint64_t frames = 0;

    (void)state;
    what.frames = 1000000;
    what.progress = stop;
    what.opaque = &frames;
    run(&what, &result);
    assert_true(result.stopped);
    assert_in_range(frames, 4096, 5000);
    assert_int_equal(result.in.lost + result.out.lost, 0);
    assert_true(result.in.offered < 3000);
}

/* What can't come up says why. */
static void failures_are_told(void **state)
{
    static struct linerate_result result;
    struct linerate_case what = a_case(100, 64, LINERATE_IN);
    char error[256];

    (void)state;
    what.session.device.profile = e1000emu_profile_find("82545em-fiber");
    assert_int_equal(linerate_run(&what, &result, error, sizeof(error)), -1);
    assert_non_null(strstr(error, "no link"));
}

/* By the clock: something was carried, each way that was asked for, and it took something. On a
 * busy computer a short time may pass without a turn for us; then a longer one is tried. */
static void by_the_clock(void **state)
{
    struct linerate_wall wall;
    char error[256];

    (void)state;
    for (unsigned way = LINERATE_IN; way <= LINERATE_BOTH; way++) {
        const struct linerate_case what = a_case(1000, 1518, (enum linerate_way)way);
        double seconds = 0.02;

        do {
            assert_int_equal(linerate_wall(&what, seconds, &wall, error, sizeof(error)), 0);
            seconds *= 4;
        } while (seconds < 10 && ((wall.in_per_s > 0) != ((way & LINERATE_IN) != 0) ||
                                  (wall.out_per_s > 0) != ((way & LINERATE_OUT) != 0)));
        assert_int_equal(wall.in_per_s > 0, (way & LINERATE_IN) != 0);
        assert_int_equal(wall.out_per_s > 0, (way & LINERATE_OUT) != 0);
        assert_true(wall.core > 0 && wall.ns_per_frame > 0);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_of_the_line),      cmocka_unit_test(occupancy_over_time),
        cmocka_unit_test(nothing_is_lost),        cmocka_unit_test(a_flood_of_the_smallest),
        cmocka_unit_test(latency_fills_the_ring), cmocka_unit_test(losses_are_explained),
        cmocka_unit_test(slow_service_loses),     cmocka_unit_test(pauses_are_seen),
        cmocka_unit_test(the_smallest_ring),      cmocka_unit_test(stopping),
        cmocka_unit_test(failures_are_told),      cmocka_unit_test(by_the_clock),
    };

    if (argc > 1)
        flood_frames = strtoull(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
