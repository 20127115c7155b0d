/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of a capture's frames is foretold here; the chip and the driver are judged by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pace.h"
#include "traffic.h"

#define MAX 16u

static const uint8_t host[6] = {0x00, 0x0c, 0x29, 0x69, 0x17, 0x26};
static const uint8_t peer[6] = {0x52, 0x54, 0x00, 0x00, 0x00, 0x01};
static const uint8_t third[6] = {0x52, 0x54, 0x00, 0x00, 0x00, 0x02};
static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t group[6] = {0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb};

struct fixture {
    struct capture capture;
    struct capture_frame frames[MAX];
    uint8_t bytes[MAX][20000];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->capture.frames = f->frames;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static struct capture_frame *add(struct fixture *f, const uint8_t *to, const uint8_t *from,
                                 uint32_t length)
{
    const size_t n = f->capture.count++;

    memset(f->bytes[n], (int)n + 1, sizeof(f->bytes[n]));
    memcpy(f->bytes[n], to, 6);
    memcpy(f->bytes[n] + 6, from, 6);
    f->frames[n] = (struct capture_frame){
        .data = f->bytes[n], .time_ns = 1000 + n * 100, .length = length, .original = length};
    return &f->frames[n];
}

static struct traffic_options options(enum traffic_direction direction)
{
    struct traffic_options o = {.direction = direction, .max_frame = 1518};

    memcpy(o.mac, host, 6);
    return o;
}

/* Without promiscuous mode, only the host's address and broadcast pass (SDM 3.2.1: no multicast
 * address is set). */
static void test_filter(void **state)
{
    struct fixture *f = *state;
    struct traffic_options o = options(TRAFFIC_RX);
    static const uint8_t fates[] = {FATE_DELIVER, FATE_OTHER_ADDRESS, FATE_DELIVER,
                                    FATE_OTHER_ADDRESS};
    struct traffic_pair pair;

    add(f, host, peer, 60);
    add(f, third, peer, 60);
    add(f, everybody, peer, 60);
    add(f, group, peer, 60);
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    assert_int_equal(pair.rx.count, 4);
    assert_int_equal(pair.tx.count, 0);
    assert_memory_equal(pair.rx.fates, fates, sizeof(fates));
    traffic_free(&pair);

    o.promiscuous = true;
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(pair.rx.fates[i], FATE_DELIVER);
    traffic_free(&pair);
}

/* Frames under 60 bytes are padded with zeros up to 60, and counted; with raw_runts they stay. */
static void test_padding(void **state)
{
    struct fixture *f = *state;
    struct traffic_options o = options(TRAFFIC_RX);
    static const uint8_t zeros[18];
    struct traffic_pair pair;

    add(f, host, peer, 42);
    add(f, host, peer, 60);
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    assert_int_equal(pair.rx.padded, 1);
    assert_int_equal(pair.rx.frames[0].length, 60);
    assert_memory_equal(pair.rx.frames[0].data, f->bytes[0], 42);
    assert_memory_equal(pair.rx.frames[0].data + 42, zeros, 18);
    assert_ptr_equal(pair.rx.frames[1].data, f->bytes[1]);
    traffic_free(&pair);

    o.raw_runts = true;
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    assert_int_equal(pair.rx.padded, 0);
    assert_int_equal(pair.rx.frames[0].length, 42);
    assert_int_equal(pair.rx.fates[0], FATE_RUNT);
    traffic_free(&pair);
}

/* The driver is handed a short frame as it is, and it is expected padded on the wire. */
static void test_sent_padding(void **state)
{
    struct fixture *f = *state;
    const struct traffic_options o = options(TRAFFIC_TX);
    struct traffic_pair pair;

    add(f, peer, host, 42);
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    assert_int_equal(pair.tx.lengths[0], 42);
    assert_int_equal(pair.tx.frames[0].length, 60);
    traffic_free(&pair);
}

/* What can't be sent is left out and counted: snapped, no whole header, too long. */
static void test_left_out(void **state)
{
    struct fixture *f = *state;
    const struct traffic_options o = options(TRAFFIC_TX);
    struct traffic_pair pair;

    add(f, peer, host, 60)->flags = CAPTURE_SNAPPED;
    add(f, peer, host, 13);
    add(f, peer, host, 1519);
    add(f, peer, host, 0)->flags = CAPTURE_TOO_LONG;
    add(f, peer, host, 14);
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    assert_int_equal(pair.tx.count, 1);
    assert_int_equal(pair.tx.left_out[FATE_SNAPPED], 1);
    assert_int_equal(pair.tx.left_out[FATE_EMPTY], 1);
    assert_int_equal(pair.tx.left_out[FATE_TOO_LONG], 2);
    traffic_free(&pair);
}

/* A frame that is too long arrives all the same: to drop it is the device's business. */
static void test_too_long_arrives(void **state)
{
    struct fixture *f = *state;
    const struct traffic_options o = options(TRAFFIC_RX);
    struct traffic_pair pair;

    add(f, host, peer, 1519);
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    assert_int_equal(pair.rx.count, 1);
    assert_int_equal(pair.rx.fates[0], FATE_TOO_LONG);
    traffic_free(&pair);
}

/* The driver is made for the longest frame of the capture that NICs of this family carry. */
static void test_max_frame(void **state)
{
    struct fixture *f = *state;

    add(f, host, peer, 60);
    assert_int_equal(traffic_max_frame(&f->capture, TRAFFIC_LONGEST), 1518);
    add(f, host, peer, 9014);
    assert_int_equal(traffic_max_frame(&f->capture, TRAFFIC_LONGEST), 9014);
    assert_int_equal(traffic_max_frame(&f->capture, 9013), 1518);
    add(f, host, peer, TRAFFIC_LONGEST + 1);
    assert_int_equal(traffic_max_frame(&f->capture, TRAFFIC_LONGEST), 9014);
}

/* Split: frames from the host are the driver's to send, all others arrive, in time. */
static void test_split(void **state)
{
    struct fixture *f = *state;
    const struct traffic_options o = options(TRAFFIC_SPLIT);
    struct traffic_pair pair;

    add(f, host, peer, 60);
    add(f, peer, host, 60);
    add(f, third, peer, 60);
    add(f, everybody, host, 60);
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    assert_int_equal(pair.rx.count, 2);
    assert_int_equal(pair.tx.count, 2);
    assert_ptr_equal(pair.tx.frames[1].data, f->bytes[3]);
    assert_int_equal(pair.rx.fates[1], FATE_OTHER_ADDRESS);
    assert_int_equal(pair.rx.frames[1].time, 200);
    assert_int_equal(pair.tx.frames[1].time, 300);
    assert_int_equal(pair.rx.span, 400);
    traffic_free(&pair);
}

/* The likeliest host takes part in most frames, and both sends and receives if any address does. */
static void test_likely_mac(void **state)
{
    struct fixture *f = *state;
    uint8_t mac[6];

    assert_false(traffic_likely_mac(&f->capture, mac));
    add(f, group, third, 60);
    add(f, group, third, 60);
    add(f, group, third, 60);
    assert_true(traffic_likely_mac(&f->capture, mac));
    assert_memory_equal(mac, third, 6);
    add(f, host, peer, 60);
    add(f, peer, host, 60);
    add(f, everybody, host, 60);
    assert_true(traffic_likely_mac(&f->capture, mac));
    assert_memory_equal(mac, host, 6);
}

/* Times that go back in the capture do not go back in a replay. */
static void test_time_never_goes_back(void **state)
{
    struct fixture *f = *state;
    const struct traffic_options o = options(TRAFFIC_RX);
    struct traffic_pair pair;

    add(f, host, peer, 60)->time_ns = 5000;
    add(f, host, peer, 60)->time_ns = 9000;
    add(f, host, peer, 60)->time_ns = 2000;
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    assert_int_equal(pair.rx.frames[0].time, 0);
    assert_int_equal(pair.rx.frames[1].time, 4000);
    assert_int_equal(pair.rx.frames[2].time, 4000);
    traffic_free(&pair);
}

/* A pause of years is shortened to a day, and counted. */
static void test_long_pause(void **state)
{
    struct fixture *f = *state;
    const struct traffic_options o = options(TRAFFIC_RX);
    struct traffic_pair pair;

    add(f, host, peer, 60)->time_ns = 0;
    add(f, host, peer, 60)->time_ns = 1700000000000000000u;
    add(f, host, peer, 60)->time_ns = 1700000000000000500u;
    assert_int_equal(traffic_prepare(&pair, &f->capture, &o), 0);
    assert_int_equal(pair.rx.frames[1].time, TRAFFIC_PAUSE);
    assert_int_equal(pair.rx.frames[2].time, TRAFFIC_PAUSE + 500);
    assert_int_equal(pair.gaps, 1);
    traffic_free(&pair);
}

/* ---- Pace ---- */

static struct pace start(struct fixture *f, struct traffic_pair *pair, enum rate_mode mode,
                         uint64_t passes)
{
    const struct traffic_options o = options(TRAFFIC_RX);
    struct pace pace = {.mode = mode, .per_second = 1000, .mbps = 1000, .passes = passes};

    add(f, host, peer, 60);
    add(f, host, peer, 1514);
    assert_int_equal(traffic_prepare(pair, &f->capture, &o), 0);
    pace_start(&pace, &pair->rx, 5000);
    return pace;
}

/* At line rate a 60-byte frame lasts 672 ns and one of 1514 bytes 12 304 ns, one behind the other
 * (IEEE 802.3: FCS, preamble and gap included). */
static void test_line_rate(void **state)
{
    struct traffic_pair pair;
    struct pace pace = start(*state, &pair, RATE_LINE, 1);
    uint64_t times[2];

    assert_int_equal(pace_next(&pace, true), 5672);
    assert_int_equal(pace_ready(&pace, 5671, 64, true), 0);
    assert_int_equal(pace_ready(&pace, 5672, 64, true), 1);
    pace_take(&pace, 5672, 1, times);
    assert_int_equal(times[0], 5672);
    assert_int_equal(pace_next(&pace, true), 5672 + 12304);
    pace_take(&pace, 5672 + 12304, 1, times);
    assert_true(pace_done(&pace));
    assert_int_equal(pace_next(&pace, true), BENCH_NEVER);
    traffic_free(&pair);
}

/* A number of frames a second is kept exactly, over passes. */
static void test_number_rate(void **state)
{
    struct traffic_pair pair;
    struct pace pace = start(*state, &pair, RATE_NUMBER, 3);

    for (uint64_t i = 0; i < 6; i++) {
        assert_int_equal(pace_next(&pace, false), 5000 + i * 1000000);
        pace_take(&pace, 5000 + i * 1000000, 1, NULL);
    }
    assert_true(pace_done(&pace));
    traffic_free(&pair);
}

/* At the capture's times; the next pass follows after the mean interval. */
static void test_capture_rate(void **state)
{
    struct traffic_pair pair;
    struct pace pace = start(*state, &pair, RATE_CAPTURE, 2);

    pace_take(&pace, 5000, 1, NULL);
    assert_int_equal(pace_next(&pace, false), 5672); /* not before the wire is free */
    pace.cursor = 0;
    assert_int_equal(pace_next(&pace, false), 5100);
    pace_take(&pace, 5100, 1, NULL);
    pace.cursor = 0;
    assert_int_equal(pace_next(&pace, false), 5000 + 200);
    traffic_free(&pair);
}

/* At the maximum, frames are there at once, up to the end of a pass at a time. */
static void test_max_rate(void **state)
{
    struct traffic_pair pair;
    struct pace pace = start(*state, &pair, RATE_MAX, 2);
    uint64_t times[2];

    assert_int_equal(pace_ready(&pace, 0, 1, true), 1);
    assert_int_equal(pace_ready(&pace, 0, 64, true), 2);
    pace_take(&pace, 6000, 2, times);
    assert_int_equal(times[0], 6672);
    assert_int_equal(times[1], 6672 + 12304);
    assert_int_equal(pace_ready(&pace, 0, 64, true), 2);
    pace_take(&pace, 0, 2, NULL);
    assert_true(pace_done(&pace));
    assert_int_equal(pace_ready(&pace, 0, 64, true), 0);
    traffic_free(&pair);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_filter),
        TEST(test_padding),
        TEST(test_sent_padding),
        TEST(test_left_out),
        TEST(test_too_long_arrives),
        TEST(test_max_frame),
        TEST(test_split),
        TEST(test_likely_mac),
        TEST(test_long_pause),
        TEST(test_line_rate),
        TEST(test_time_never_goes_back),
        TEST(test_number_rate),
        TEST(test_capture_rate),
        TEST(test_max_rate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
