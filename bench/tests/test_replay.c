/* SPDX-License-Identifier: BSD-2-Clause */
/* A replay must see what goes wrong: here the driver is broken on purpose, through its own
 * interface, and the account has to say how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "replay.h"

#define FRAMES             300u
#define MODERATION_SECONDS 51e-6 /* 20,000 interrupts a second */
#define LENGTH             60u

struct fixture {
    struct capture capture;
    struct capture_frame frames[FRAMES];
    uint8_t bytes[FRAMES][LENGTH];
    struct replay_options options;
    struct driver_ops ops; /* of the core, partly replaced */
    struct replay_result result;
    char error[256];
};

static int set_up(void **state)
{
    static const uint8_t mac[6] = {0x00, 0x0c, 0x29, 0x69, 0x17, 0x26};
    struct fixture *f = calloc(1, sizeof(*f));

    for (unsigned i = 0; i < FRAMES; i++) {
        memcpy(f->bytes[i], mac, 6);
        for (unsigned j = 6; j < LENGTH; j++)
            f->bytes[i][j] = (uint8_t)(j * j + i * 31 + i / 256);
        f->frames[i] = (struct capture_frame){
            .data = f->bytes[i], .time_ns = i * 1000u, .length = LENGTH, .original = LENGTH};
    }
    f->capture.frames = f->frames;
    f->capture.count = FRAMES;
    f->options.passes = 1;
    f->options.rate = RATE_MAX;
    session_defaults(&f->options.session);
    f->ops = driver_core;
    f->options.session.driver_ops = &f->ops;
    memcpy(f->options.mac, mac, 6);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

/* The driver that the bench opens has the ops of the core; these stand in for them. */
static const struct driver_ops *replaced;

static int open_broken(struct driver **driver, const struct driver_config *config,
                       struct device *device, struct dmamem *memory)
{
    const int status = driver_core.open(driver, config, device, memory);

    if (status == 0)
        (*driver)->ops = replaced;
    return status;
}

static void run(struct fixture *f, enum traffic_direction direction)
{
    replaced = &f->ops;
    f->ops.open = open_broken;
    f->options.direction = direction;
    replay_set_max_frame(&f->options, &f->capture);
    assert_int_equal(replay(&f->capture, &f->options, &f->result, f->error, sizeof(f->error)), 0);
}

/* With nothing broken, every rate and direction is clean. */
static void test_sound_driver(void **state)
{
    static const enum rate_mode rates[] = {RATE_MAX, RATE_LINE, RATE_CAPTURE, RATE_NUMBER};
    struct fixture *f = *state;

    f->options.per_second = 100000;
    f->options.passes = 3;
    for (unsigned rate = 0; rate < 4; rate++)
        for (unsigned direction = TRAFFIC_RX; direction <= TRAFFIC_SPLIT; direction++) {
            f->options.rate = rates[rate];
            run(f, (enum traffic_direction)direction);
            assert_true(f->result.explained);
            assert_int_equal(f->result.rx.frames_out + f->result.tx.frames_out,
                             direction == TRAFFIC_BOTH ? 6 * FRAMES : 3 * FRAMES);
            assert_true(f->result.interrupts > 0);
        }
}

/* Slower partners make slower links: at 100 Mb/s a 60-byte frame lasts 6.72 µs, at 10 Mb/s 67.2 µs.
 */
static void test_slower_links(void **state)
{
    static const struct {
        struct e1000emu_partner partner;
        double frame_seconds;
    } links[] = {
        {{.cable = true, .abilities = E1000EMU_1000_FULL}, 672e-9},
        {{.cable = true, .abilities = E1000EMU_100_FULL | E1000EMU_10_FULL}, 6720e-9},
        {{.cable = true, .abilities = E1000EMU_10_FULL}, 67200e-9},
    };
    struct fixture *f = *state;

    f->options.rate = RATE_LINE;
    for (unsigned i = 0; i < 3; i++)
        for (unsigned direction = TRAFFIC_RX; direction <= TRAFFIC_BOTH; direction++) {
            f->options.session.partner = &links[i].partner;
            run(f, (enum traffic_direction)direction);
            assert_true(f->result.explained);
            assert_true(f->result.virtual_seconds >= (FRAMES - 1) * links[i].frame_seconds * 0.9);
            /* The last interrupt may come as late as the driver's moderation has it. */
            assert_true(f->result.virtual_seconds <
                        (FRAMES + 2) * links[i].frame_seconds * 1.1 + MODERATION_SECONDS);
        }
}

static unsigned receive_nothing(struct driver *driver, struct e1000_frag *frags, unsigned max)
{
    (void)driver;
    (void)frags;
    (void)max;
    return 0;
}

/* A driver that never takes a frame: the ring fills, the wire stalls, the replay gives up, and
 * every frame is lost. */
static void test_driver_that_sleeps(void **state)
{
    struct fixture *f = *state;

    f->ops.receive = receive_nothing;
    f->options.session.driver.ring = 64;
    run(f, TRAFFIC_RX);
    assert_false(f->result.explained);
    assert_int_equal(f->result.rx.lost, FRAMES);
    assert_int_equal(f->result.rx.frames_in, FRAMES);
    assert_true(f->result.rx.stalled > FRAMES / 2);
    assert_true(f->result.virtual_seconds < 10);
}

/* The same at line rate, where the wire can't wait: what the packet buffer can't hold overruns. */
static void test_overrun(void **state)
{
    struct fixture *f = *state;

    f->ops.receive = receive_nothing;
    f->options.session.driver.ring = 64;
    f->options.rate = RATE_LINE;
    f->options.passes = 10;
    run(f, TRAFFIC_RX);
    assert_false(f->result.explained);
    assert_int_equal(f->result.rx.lost, 10 * FRAMES);
    assert_true(f->result.rx.drops[E1000EMU_RX_OVERRUN] > FRAMES);
    assert_int_equal(f->result.rx.stalled, 0);
}

static unsigned received;

static unsigned receive_and_lose(struct driver *driver, struct e1000_frag *frags, unsigned max)
{
    const unsigned count = driver_core.receive(driver, frags, max);

    if (count != 0 && received++ == 1) {
        driver_core.recycle(driver, frags, 1);
        memmove(frags, frags + 1, (count - 1) * sizeof(frags[0]));
        return count - 1;
    }
    return count;
}

/* One frame of the second batch vanishes in the driver. */
static void test_driver_that_loses(void **state)
{
    struct fixture *f = *state;

    received = 0;
    f->ops.receive = receive_and_lose;
    run(f, TRAFFIC_BOTH);
    assert_false(f->result.explained);
    assert_int_equal(f->result.rx.lost, 1);
    assert_int_equal(f->result.rx.reordered + f->result.rx.duplicated + f->result.rx.corrupted, 0);
    assert_int_equal(f->result.tx.lost, 0);
}

static unsigned receive_and_damage(struct driver *driver, struct e1000_frag *frags, unsigned max)
{
    const unsigned count = driver_core.receive(driver, frags, max);

    if (count > 2 && received++ == 0)
        ((uint8_t *)frags[2].data)[59] ^= 0x80;
    return count;
}

/* One bit of a received frame is flipped. */
static void test_driver_that_damages(void **state)
{
    struct fixture *f = *state;

    received = 0;
    f->ops.receive = receive_and_damage;
    run(f, TRAFFIC_RX);
    assert_false(f->result.explained);
    assert_int_equal(f->result.rx.corrupted, 1);
    assert_int_equal(f->result.rx.lost, 0);
}

static unsigned receive_and_swap(struct driver *driver, struct e1000_frag *frags, unsigned max)
{
    const unsigned count = driver_core.receive(driver, frags, max);

    if (count > 2 && received++ == 0) {
        const struct e1000_frag first = frags[0];

        frags[0] = frags[1];
        frags[1] = first;
    }
    return count;
}

/* Two received frames change places. */
static void test_driver_that_reorders(void **state)
{
    struct fixture *f = *state;

    received = 0;
    f->ops.receive = receive_and_swap;
    run(f, TRAFFIC_RX);
    assert_false(f->result.explained);
    assert_int_equal(f->result.rx.reordered, 1);
    assert_int_equal(f->result.rx.lost + f->result.rx.corrupted, 0);
}

static unsigned transmit_twice(struct driver *driver, const struct e1000_frag *frags,
                               unsigned count)
{
    if (count > 1 && received++ == 0)
        driver_core.transmit(driver, frags, 1);
    return driver_core.transmit(driver, frags, count);
}

/* A frame is sent twice. (Its cookie comes back twice as well, but the buffer is only free then.)
 */
static void test_driver_that_duplicates(void **state)
{
    struct fixture *f = *state;

    received = 0;
    f->ops.transmit = transmit_twice;
    f->options.session.driver.ring = 1024;
    run(f, TRAFFIC_TX);
    assert_false(f->result.explained);
    assert_int_equal(f->result.tx.duplicated, 1);
    assert_int_equal(f->result.not_lent, 1);
    assert_int_equal(f->result.tx.lost + f->result.tx.corrupted, 0);
}

static unsigned transmit_nothing(struct driver *driver, const struct e1000_frag *frags,
                                 unsigned count)
{
    (void)driver;
    (void)frags;
    (void)count;
    return 0;
}

/* A driver that never sends: the replay gives up, and every frame is lost. */
static void test_driver_that_does_not_send(void **state)
{
    struct fixture *f = *state;

    f->ops.transmit = transmit_nothing;
    run(f, TRAFFIC_TX);
    assert_false(f->result.explained);
    assert_int_equal(f->result.tx.lost, FRAMES);
    assert_int_equal(f->result.tx.frames_in, FRAMES);
    assert_int_equal(f->result.tx.frames_out, 0);
}

/* A receiver that takes every address, where it should not, is found out. */
static void test_filter_not_set(void **state)
{
    struct fixture *f = *state;

    memset(f->options.mac, 0x22, 6); /* the capture is for somebody else now */
    f->options.session.device.mac = (const uint8_t[6]){0x00, 0x0c, 0x29, 0x69, 0x17, 0x26};
    run(f, TRAFFIC_RX);
    assert_false(f->result.explained);
    assert_int_equal(f->result.rx.unexpected, FRAMES);
}

static bool stop_at_once(void *opaque, uint64_t done, uint64_t total)
{
    *(uint64_t *)opaque = total;
    (void)done;
    return false;
}

/* Stopped in the middle, what had gone in still comes out and is accounted for. */
static void test_stopped(void **state)
{
    struct fixture *f = *state;
    uint64_t total = 0;

    f->options.passes = 1000000;
    f->options.progress = stop_at_once;
    f->options.opaque = &total;
    run(f, TRAFFIC_BOTH);
    assert_true(f->result.stopped);
    assert_true(f->result.explained);
    assert_int_equal(total, 2000000ull * FRAMES);
    assert_in_range(f->result.rx.frames_in, 1000, 10000000);
    assert_int_equal(f->result.rx.frames_in, f->result.tx.frames_out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sound_driver),
        TEST(test_slower_links),
        TEST(test_driver_that_sleeps),
        TEST(test_overrun),
        TEST(test_driver_that_loses),
        TEST(test_driver_that_damages),
        TEST(test_driver_that_reorders),
        TEST(test_driver_that_duplicates),
        TEST(test_driver_that_does_not_send),
        TEST(test_filter_not_set),
        TEST(test_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
