/* SPDX-License-Identifier: BSD-2-Clause */
/* What the four columns are looked up by, and a bench at both ends of one wire. */
#include "frame_queue.h"
#include "joint.h"
#include "send_pool.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FRAMES 500u

/* ---- A layer that sends ---- */

static struct send_pool pool;

static void talker_close(struct above *above)
{
    free(above);
}

static void talker_received(struct above *above, struct driver *driver,
                            const struct e1000_frag *frags, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *bytes = frags[i].data;

        assert_int_equal(frags[i].length, 100);
        assert_int_equal(bytes[60], above->received & 0xff); /* each once, and in order */
        above->received++;
    }
    driver->ops->recycle(driver, frags, count);
}

static bool talker_work(struct above *above, struct driver *driver, uint64_t now)
{
    uint8_t frame[100] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0};
    struct e1000_frag frag;

    (void)now;
    send_pool_reap(&pool, driver);
    if (above->sent == FRAMES)
        return false;
    frame[60] = (uint8_t)above->sent;
    if (send_pool_frame(&pool, frame, sizeof(frame), &frag) == 0)
        return false;
    if (driver->ops->transmit(driver, &frag, 1) == 0) {
        send_pool_undo(&pool, &frag, 1);
        return false;
    }
    above->sent++;
    return true;
}

static uint64_t talker_next(const struct above *above)
{
    (void)above;
    return BENCH_NEVER;
}

static bool talker_idle(const struct above *above)
{
    return above->sent == FRAMES;
}

static const struct above_ops talker = {
    .close = talker_close,
    .received = talker_received,
    .work = talker_work,
    .next = talker_next,
    .idle = talker_idle,
};

static int talker_open(struct above **above, const struct column_setup *setup, char *error,
                       size_t size)
{
    (void)error;
    (void)size;
    *above = calloc(1, sizeof(**above));
    assert_non_null(*above);
    (*above)->ops = &talker;
    assert_int_equal(send_pool_open(&pool, setup->memory, 16), 0);
    return 0;
}

static const struct above_kind talker_kind = {.column = {.name = "talker"}, .open = talker_open};

static void prepare(struct joint_config *config, const struct wire_kind *wire)
{
    static const uint8_t mac[6] = {0, 0x0c, 0x29, 1, 2, 3};

    *config = (struct joint_config){.wire = wire, .above = {&talker_kind}};
    session_defaults(&config->session);
    config->session.device.profile = e1000emu_profile_find("vmware");
    config->session.driver.promiscuous = true;
    memcpy(config->mac, mac, 6);
    config->session.device.mac = config->mac;
}

/* ---- Tests ---- */

/* What one end sends goes through chip and driver of the other end, comes back, and nothing is
 * lost; the run ends by itself in virtual time. */
static void pair_carries_both_ways(void **state)
{
    struct joint_config config;
    struct joint joint;

    (void)state;
    prepare(&config, &wire_kind_pair);
    config.above[1] = &above_kind_echo;
    assert_int_equal(joint_open(&joint, &config), 0);
    assert_int_equal(joint_run(&joint, NULL, NULL, BENCH_NEVER), 0);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(joint.ends[i].counts.arrived, FRAMES);
        assert_int_equal(joint.ends[i].counts.sent, FRAMES);
        assert_int_equal(joint.ends[i].counts.verdicts[E1000EMU_RX_STORED], FRAMES);
        assert_int_equal(joint.ends[i].session.sched.above->received, FRAMES);
    }
    assert_int_equal(pool.not_lent, 0);
    /* 100 bytes and FCS, preamble and gap: 992 ns each at 1 Gb/s. */
    assert_true(joint.clock.now - joint.start >= FRAMES * 992);
    send_pool_close(&pool, joint.ends[0].session.memory);
    joint_close(&joint);
}

static bool has_all(void *opaque)
{
    const struct joint *joint = opaque;

    return joint->ends[0].session.sched.above->received == FRAMES;
}

/* The loop brings each frame back to who sent it; in real time the same happens. */
static void loop_brings_back(void **state)
{
    for (unsigned real = 0; real < 2; real++) {
        struct joint_config config;
        struct joint joint;

        (void)state;
        prepare(&config, &wire_kind_loop);
        config.real_time = real;
        assert_int_equal(joint_open(&joint, &config), 0);
        assert_int_equal(joint_run(&joint, real ? has_all : NULL, &joint, BENCH_NEVER), 0);
        assert_int_equal(joint.ends[0].session.sched.above->received, FRAMES);
        assert_int_equal(joint.ends[0].counts.arrived_bytes, FRAMES * 100);
        send_pool_close(&pool, joint.ends[0].session.memory);
        joint_close(&joint);
    }
}

/* Names are found, arguments are cut off, and what is wrong is said in one line. */
static void rows_are_found(void **state)
{
    const char *argument;
    char error[160];

    (void)state;
    assert_ptr_equal(columns_wire("loop", &argument, error, sizeof(error)), &wire_kind_loop);
    assert_null(argument);
    assert_ptr_equal(columns_above("echo:swap", &argument, error, sizeof(error)), &above_kind_echo);
    assert_string_equal(argument, "swap");
    assert_null(columns_wire("loop:x", &argument, error, sizeof(error)));
    assert_string_equal(error, "wire 'loop' takes nothing behind the colon");
    assert_null(columns_wire("lop", &argument, error, sizeof(error)));
    assert_string_equal(error, "there is no wire 'lop'; did you mean 'loop'?");
    assert_null(columns_driver("zzz", error, sizeof(error)));
    assert_string_equal(error, "there is no driver 'zzz'; 'e1000bench list' shows what there is");
    assert_non_null(columns_device("emu", error, sizeof(error)));
}

/* What would do nothing, or never end, is refused. */
static void senseless_ones_are_refused(void **state)
{
    (void)state;
    assert_non_null(columns_refuse(&above_kind_echo, NULL, &wire_kind_loop));
    assert_non_null(columns_refuse(&above_kind_sink, NULL, &wire_kind_pair));
    assert_non_null(columns_refuse(&above_kind_echo, NULL, &wire_kind_pair));
    assert_non_null(columns_refuse(&talker_kind, &above_kind_echo, &wire_kind_loop));
    assert_null(columns_refuse(&talker_kind, &above_kind_echo, &wire_kind_pair));
    assert_null(columns_refuse(&talker_kind, NULL, &wire_kind_loop));
}

/* A queue gives frames at their time, in order, and refuses what has no room. */
static void queue_keeps_order_and_bounds(void **state)
{
    const uint8_t bytes[65] = {1, 2, 3};
    const struct e1000emu_frame small = {.data = bytes, .length = 64}, empty = {.length = 0};
    const struct e1000emu_frame *frames;
    struct frame_queue queue;

    (void)state;
    assert_int_equal(frame_queue_open(&queue, 3, 64), 0);
    assert_int_equal(queue.room, 4);
    assert_int_equal(frame_queue_next(&queue), BENCH_NEVER);
    for (unsigned round = 0; round < 10; round++) {
        assert_true(frame_queue_put(&queue, &small, 10));
        assert_true(frame_queue_put(&queue, &empty, 20));
        assert_int_equal(frame_queue_next(&queue), 10);
        assert_int_equal(frame_queue_peek(&queue, 9, 8, &frames), 0);
        assert_int_equal(frame_queue_peek(&queue, 15, 8, &frames), 1);
        assert_memory_equal(frames[0].data, bytes, 64);
        frame_queue_take(&queue, 1);
        assert_int_equal(frame_queue_peek(&queue, 20, 8, &frames), 1);
        assert_int_equal(frames[0].length, 0);
        frame_queue_take(&queue, 1);
    }
    for (unsigned i = 0; i < 4; i++)
        assert_true(frame_queue_put(&queue, &small, i));
    assert_false(frame_queue_put(&queue, &small, 5));
    assert_null(frame_queue_place(&queue));
    frame_queue_take(&queue, 4);
    assert_false(frame_queue_put(&queue, &(struct e1000emu_frame){.data = bytes, .length = 65}, 5));
    frame_queue_close(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pair_carries_both_ways),
        cmocka_unit_test(loop_brings_back),
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(senseless_ones_are_refused),
        cmocka_unit_test(queue_keeps_order_and_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
