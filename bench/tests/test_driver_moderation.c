/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt moderation of the driver core, in virtual time: a wire that is never idle, 64-byte
 * frames, a machine that takes its time to serve an interrupt, and a ring of 256 descriptors. No
 * frame is lost, and interrupts are few; where there is little traffic, each frame is delivered at
 * once.
 *
 * usage: test-bench-driver-moderation [FRAMES]   (of the flood; CMocka's environment applies)
 */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#define US         UINT64_C(1000)
#define SECOND     (1000000 * US)
#define FRAME_NS   672u /* 64 bytes, preamble and gap at 1 Gb/s */
#define SERVICE_NS (20 * US)
#define LENGTH     60u
#define BUDGET     64u

static uint64_t flood_frames = 100000;

struct load {
    struct rig *rig;
    bool wanted; /* the line is asserted, and the machine on its way */
    e1000emu_time serve_at;
    bool polls;       /* it has begun, and will come back at serve_at */
    uint64_t sent;    /* frames that were put on the wire */
    uint64_t got;     /* frames that came out, in order */
    uint64_t longest; /* time from wire to handler, ns */
    unsigned served;  /* interrupts */
    uint64_t arrival[2048];
};

/* The frame's number is all that is in it. */
static void on_received(struct load *load, const struct e1000_frag *frags, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t number, took;

        assert_int_equal(frags[i].length, LENGTH);
        assert_int_equal(frags[i].flags & E1000_FRAG_EOP, E1000_FRAG_EOP);
        memcpy(&number, (const uint8_t *)frags[i].data + 16, sizeof number);
        assert_int_equal(number, load->got);
        took = load->rig->now - load->arrival[number % 2048];
        if (took > load->longest)
            load->longest = took;
        load->got++;
    }
}

/* Receives for as long as there is something, or a portion of it. True: there may be more. */
static bool portion(struct load *load, bool all)
{
    struct e1000_frag frags[BUDGET];
    struct e1000_dev *dev = rig_call(load->rig);
    unsigned work = 0, n;

    if (all) {
        while ((n = oracle_receive(load->rig->oracle, dev, frags, BUDGET)) > 0) {
            on_received(load, frags, n);
            oracle_recycle(load->rig->oracle, dev, frags, n);
        }
        return false;
    }
    n = oracle_poll(load->rig->oracle, dev, frags, BUDGET, &work);
    on_received(load, frags, n);
    oracle_recycle(load->rig->oracle, dev, frags, n);
    return work & E1000_WORK_RX;
}

static void serve(struct load *load)
{
    bool masked = load->rig->params.interrupts == E1000_INTERRUPTS_MASKED;

    load->wanted = false;
    if (!load->polls) {
        unsigned work = e1000_interrupt(rig_call(load->rig));

        load->served++;
        if (!work || (!masked && !(work & E1000_WORK_RX)))
            return;
    }
    /* A budget's worth takes a while; then the machine comes back. */
    load->polls = portion(load, !masked);
    if (load->polls)
        load->serve_at = load->rig->now + 5 * US;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* An interrupt takes its time to get to the handler. */
static void look_at_the_line(struct load *load)
{
    if (!e1000emu_interrupt_level(load->rig->chip) || load->wanted || load->polls)
        return;
    load->wanted = true;
    load->serve_at = load->rig->now + SERVICE_NS;
}

/* Lets time pass until a moment. */
static void run_until(struct load *load, e1000emu_time end)
{
    struct rig *rig = load->rig;

    while (rig->now < end) {
        uint64_t due = e1000_tick(rig_call(rig));
        e1000emu_time next;

        look_at_the_line(load);
        next = earlier(end, e1000emu_next_event(rig->chip));
        if (due < end / US)
            next = earlier(next, due * US);
        if (load->wanted || load->polls)
            next = earlier(next, load->serve_at);
        if (next > rig->now)
            rig->now = next;
        e1000emu_advance(rig->chip, rig->now);
        look_at_the_line(load);
        if ((load->wanted || load->polls) && load->serve_at <= rig->now)
            serve(load);
    }
}

static void arrive(struct load *load)
{
    uint8_t data[LENGTH] = {0};
    struct e1000emu_frame frame = {.data = data, .length = LENGTH, .time = load->rig->now};
    uint8_t verdict;

    memset(data, 0xFF, 6);
    data[6] = 2;
    memcpy(data + 16, &load->sent, sizeof load->sent);
    load->arrival[load->sent % 2048] = load->rig->now;
    e1000emu_receive(load->rig->chip, &frame, 1, 0, &verdict);
    assert_int_equal(verdict, E1000EMU_RX_STORED);
    load->sent++;
}

/* Frames at a steady rate, and then silence, until all of them were served. */
static void frames(struct load *load, uint64_t count, uint64_t apart)
{
    e1000emu_time at = load->rig->now;

    while (count--) {
        at += apart;
        run_until(load, at);
        arrive(load);
    }
    run_until(load, at + 1000 * US);
    assert_int_equal(load->got, load->sent);
}

static struct load *begin(const char *profile, uint8_t interrupts)
{
    struct load *load = calloc(1, sizeof *load);
    struct rig *rig = rig_new(profile);

    assert_non_null(load);
    load->rig = rig;
    rig->params.rx_ring = 256;
    rig->params.rx_buffers = 512;
    rig->params.interrupts = interrupts;
    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 10000000));
    rig->deaf = true; /* interrupts are served here */
    run_until(load, rig->now + 10000 * US);
    load->served = 0;
    rig->interrupts = 0;
    return load;
}

static void finish(struct load *load)
{
    struct rig *rig = load->rig;

    assert_int_equal(e1000_harvest(rig_call(rig)), 0);
    assert_int_equal(rig_stat(rig, "rx_missed"), 0);
    assert_int_equal(rig_stat(rig, "rx_no_buffer"), 0);
    rig->deaf = false;
    rig_free(rig);
    free(load);
}

static const struct {
    const char *profile;
    uint8_t interrupts;
} rows[] = {
    {"silicon", E1000_INTERRUPTS_DIRECT},
    {"silicon", E1000_INTERRUPTS_MASKED},
    {"vmware", E1000_INTERRUPTS_DIRECT},
};
#define ROWS (sizeof rows / sizeof rows[0])

/* As fast as the wire can: nothing is lost, not even for lack of a descriptor, at no more than
 * 20,000 interrupts a second. */
static void flood_without_loss(void **state)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct load *load = begin(rows[i].profile, rows[i].interrupts);
        e1000emu_time start = load->rig->now;

        frames(load, flood_frames, FRAME_NS);
        assert_true(load->served * SECOND <= 20000 * (load->rig->now - start));
        assert_true(load->served > 0);
        /* An interval, the way to the handler, and what polling takes. */
        assert_true(load->longest <= 150 * US);
        finish(load);
    }
}

/* At any lesser rate nothing is lost either. */
static void any_rate_without_loss(void **state)
{
    for (uint64_t apart = 700; apart < 400000; apart += apart / 4) {
        struct load *load = begin("silicon", E1000_INTERRUPTS_DIRECT);

        frames(load, flood_frames / 50, apart);
        finish(load);
    }
}

/* Ten frames a second: each interrupts in the moment of its arrival, whatever the traffic was
 * before. */
static void lone_frames_at_once(void **state)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct load *load = begin(rows[i].profile, rows[i].interrupts);

        for (unsigned round = 0; round < 3; round++) {
            load->longest = 0;
            load->served = 0;
            for (unsigned k = 0; k < 20; k++)
                frames(load, 1, SECOND / 10);
            assert_int_equal(load->longest, SERVICE_NS);
            assert_int_equal(load->served, 20);
            frames(load, 2000, round ? 5 * US : FRAME_NS);
        }
        finish(load);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flood_without_loss),
        cmocka_unit_test(any_rate_without_loss),
        cmocka_unit_test(lone_frames_at_once),
    };

    if (argc > 1)
        flood_frames = strtoull(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
