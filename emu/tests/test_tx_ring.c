/* SPDX-License-Identifier: BSD-2-Clause */
/* The transmit ring: what is given back when, what holds frames back, what is counted. */
#include "tx_ring.h"

#include <string.h>

/* ---- The ring ------------------------------------------------------------------------------- */

/* Rings of every kind of size, several times around, with bursts of odd sizes. */
static void rings_wrap(void **state)
{
    static const uint32_t counts[] = {8, 16, 24, 64, 72, 256, 1000, 4096};
    struct fixture *f = *state;

    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        uint32_t sent = 0, used = 0;

        tx_start(f, counts[c], 0);
        while (used < 3 * counts[c]) {
            uint32_t burst = counts[c] < 100 ? 5 : counts[c] / 2 - 7;
            size_t before = f->sent_count;

            for (uint32_t n = 0; n < burst;) {
                uint32_t length = 60 + sent % 90;

                tx_post_frame(f, length, sent, sent % 4 ? 200 : 50, TX_EOP_IFCS | TXD_CMD_RS);
                n += sent % 4 ? 1 : (length + 49) / 50;
                sent++;
            }
            used += burst;
            tx_doorbell(f);
            fixture_run(f, 1);
            assert_int_equal(f->sent_count, sent);
            for (size_t i = before; i < sent; i++)
                tx_expect(f, i, 60 + (uint32_t)i % 90, (uint32_t)i);
            assert_int_equal(fixture_read(f, REG_TDH), software.tail);
            assert_in_range(f->largest_batch, 1, 64);
        }
    }
}

/* TX_DD is written where RS asks for it, nowhere else, and no other bit changes. */
static void status_only_where_asked(void **state)
{
    struct fixture *f = *state;
    uint64_t odd = 0xabcd12f000000000ull; /* special, CSS, reserved bits */

    tx_start(f, 64, 0);
    tx_make(60, tx_station, 1);
    memcpy(fixture_at(f, TX_BUFFERS), frame, 60);
    for (uint32_t i = 0; i < 60; i++)
        tx_post(f, TX_BUFFERS,
                odd | 60 | (uint64_t)(TX_EOP_IFCS | (i % 3 ? 0 : TXD_CMD_RS)) << 24 | 0x00770000);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 60);
    for (uint32_t i = 0; i < 60; i++)
        assert_true(tx_fields(f, i) == (odd | 60 | 0x00770000 |
                                        (uint64_t)(TX_EOP_IFCS | (i % 3 ? 0 : TXD_CMD_RS)) << 24 |
                                        (i % 3 ? 0 : TX_DD)));
}

/* A doorbell sends a bounded part of a long ring at once; time does the rest. */
static void a_doorbell_does_bounded_work(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 4096, 0);
    for (uint32_t i = 0; i < 1000; i++)
        tx_post_frame(f, 60, i, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 256);
    assert_true(e1000emu_next_event(f->chip) <= f->now);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_TXQE, 0);
    fixture_run(f, 1);
    assert_int_equal(f->sent_count, 1000);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_TXQE, ICR_TXQE);
    for (uint32_t i = 0; i < 1000; i++)
        tx_expect(f, i, 60, i);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

/* Head, tail and length in and out of range, in every combination: no harm, no endless loop. */
static void wild_ring_registers(void **state)
{
    static const uint32_t lengths[] = {0, 128, 0xfff80};
    struct fixture *f = *state;

    for (size_t l = 0; l < 3; l++) {
        uint32_t n = lengths[l] / 16;
        const uint32_t values[] = {0, n - 1, n, n + 1, 0xffff};

        for (size_t h = 0; h < 5; h++) {
            for (size_t t = 0; t < 5; t++) {
                tx_start(f, 8, TCTL_PSP);
                fixture_write(f, REG_TDLEN, lengths[l]);
                fixture_write(f, REG_TDH, values[h] & 0xffff);
                fixture_write(f, REG_TDT, values[t] & 0xffff);
                fixture_run(f, 1000);
                assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
                e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
                fixture_link_up(f);
                fixture_run(f, 10000000000);
            }
        }
    }
}

/* The transmitter is enabled first, and the ring's registers are written later, in every order. */
static void bases_in_any_order(void **state)
{
    struct fixture *f = *state;

    for (unsigned order = 0; order < 6; order++) {
        tx_start(f, 8, 0);
        fixture_write(f, REG_TDBAL, 0);
        fixture_write(f, REG_TDBAH, 0);
        fixture_write(f, REG_TDLEN, 0);
        for (unsigned step = 0; step < 3; step++) {
            switch ((order + step * (order < 3 ? 1 : 2)) % 3) {
            case 0:
                fixture_write(f, REG_TDBAL, (uint32_t)TX_RING);
                break;
            case 1:
                fixture_write(f, REG_TDBAH, (uint32_t)(TX_RING >> 32));
                break;
            default:
                fixture_write(f, REG_TDLEN, 128);
                break;
            }
        }
        tx_post_frame(f, 100, order, 40, TX_EOP_IFCS);
        tx_doorbell(f);
        tx_expect(f, 0, 100, order);
    }
}

/* ---- What holds it back --------------------------------------------------------------------- */

/* Nothing leaves without TCTL.EN, bus mastering and a link; what is queued leaves when they come.
 */
static void frames_wait_for_the_transmitter(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_partner none = {0};
    struct e1000emu_partner there = {.cable = true, .abilities = E1000EMU_1000_FULL};

    tx_start(f, 8, 0);
    fixture_write(f, REG_TCTL, 0);
    tx_post_frame(f, 60, 1, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 0);
    fixture_write(f, REG_TCTL, TCTL_EN);
    assert_int_equal(f->sent_count, 1);

    e1000emu_set_partner(f->chip, &none);
    tx_post_frame(f, 60, 2, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 1);
    e1000emu_set_partner(f->chip, &there);
    fixture_run(f, 10000000000);
    assert_int_equal(f->sent_count, 2);

    e1000emu_config_write(f->chip, 4, 2, 0x0003);
    tx_post_frame(f, 60, 3, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    fixture_enable(f);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 3);
    assert_int_equal(fixture_read(f, REG_TPT), 3);
}

/* The wire takes some frames of a batch: those are given back, the others are not, and leave once,
 * in order and whole, when the wire says so. Also for frames in several pieces. */
static void the_wire_pushes_back(void **state)
{
    struct fixture *f = *state;

    for (uint32_t piece = 40; piece <= 100; piece += 60) {
        uint32_t per_frame = piece == 40 ? 3 : 1;

        for (uint32_t steps = 1; steps < 12; steps++) {
            uint32_t sent = 0;

            tx_start(f, 256, 0);
            f->accept = 0;
            for (uint32_t i = 0; i < 70; i++)
                tx_post_frame(f, 100, i, piece, TX_EOP_IFCS | TXD_CMD_RS);
            tx_doorbell(f);
            while (sent < 70) {
                assert_int_equal(f->sent_count, sent);
                assert_int_equal(fixture_read(f, REG_TDH), sent * per_frame);
                for (uint32_t i = 0; i < 70 * per_frame; i++)
                    assert_int_equal((tx_fields(f, i) & TX_DD) != 0, i < sent * per_frame);
                assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
                f->offers = 0;
                tx_doorbell(f); /* changes nothing */
                assert_int_equal(f->offers, 0);
                f->accept = steps;
                e1000emu_transmit_ready(f->chip);
                sent += steps;
            }
            assert_int_equal(f->sent_count, 70);
            for (uint32_t i = 0; i < 70; i++)
                tx_expect(f, i, 100, i);
            assert_int_equal(fixture_read(f, REG_TDH), software.tail);
            f->accept = SIZE_MAX;
            e1000emu_transmit_ready(f->chip);
            assert_int_equal(f->sent_count, 70);
            fixture_read(f, REG_TPT);
        }
    }
}

/* The wire refuses a frame whose beginning was fetched long ago. */
static void push_back_after_a_late_end(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 16, 0);
    tx_make(300, tx_station, 1);
    tx_post_bytes(f, frame, 150, 0);
    tx_doorbell(f);
    memset(fixture_at(f, TX_BUFFERS), 0, 150);
    tx_make(300, tx_station, 1);
    tx_post_bytes(f, frame + 150, 150, TX_EOP_IFCS | TXD_CMD_RS);
    tx_post_frame(f, 200, 2, 50, TX_EOP_IFCS | TXD_CMD_RS);
    f->accept = 0;
    tx_doorbell(f);
    assert_int_equal(fixture_read(f, REG_TDH), 1);
    e1000emu_transmit_ready(f->chip);
    f->accept = 1;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 1);
    tx_expect(f, 0, 300, 1);
    f->accept = 9;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 2);
    tx_expect(f, 1, 200, 2);

    /* The same behind contexts, so that it began further on in its block than it ends. */
    tx_start(f, 16, 0);
    for (uint32_t i = 0; i < 5; i++)
        tx_post(f, 0, (uint64_t)TXD_CMD_DEXT << 24);
    tx_make(300, tx_station, 1);
    tx_post_bytes(f, frame, 100, 0);
    tx_doorbell(f);
    assert_int_equal(fixture_read(f, REG_TDH), 6);
    f->accept = 0;
    tx_make(300, tx_station, 1);
    for (uint32_t at = 100; at < 300; at += 50)
        tx_post_bytes(f, frame + at, 50, (at == 250 ? TX_EOP_IFCS : 0) | TXD_CMD_RS);
    tx_doorbell(f);
    assert_int_equal(fixture_read(f, REG_TDH), 6);
    for (uint32_t i = 6; i < 10; i++)
        assert_false(tx_fields(f, i) & TX_DD);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 1);
    tx_expect(f, 0, 300, 1);
    assert_int_equal(fixture_read(f, REG_TDH), 10);
}

/* Many large frames in pieces need the staging memory several times over. */
static void staging_is_reused(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 512, 0);
    for (uint32_t i = 0; i < 60; i++)
        tx_post_frame(f, 9000 + i, i, 3001, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 60);
    for (uint32_t i = 0; i < 60; i++)
        tx_expect(f, i, 9000 + i, i);
    assert_in_range(f->largest_batch, 2, 64);
}

/* A reset in the middle of a frame and under back-pressure leaves nothing behind. */
static void reset_in_the_middle(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 8, 0);
    tx_make(100, tx_station, 1);
    tx_post_bytes(f, frame, 100, 0);
    tx_doorbell(f);
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    fixture_link_up(f);
    tx_start(f, 8, 0);
    f->accept = 0;
    tx_post_frame(f, 60, 2, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 0);
    fixture_link_up(f);
    tx_start(f, 8, 0);
    tx_post_frame(f, 60, 3, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 1);
    tx_expect(f, 0, 60, 3);
}

/* ---- Interrupts and counters ---------------------------------------------------------------- */

/* TXDW for RS, TXQE when the ring is empty, TXD_LOW at the threshold; not without reason. */
static void causes(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    fixture_write(f, REG_TXDCTL, 1u << 25); /* LWTHRESH: 8 descriptors */
    fixture_read(f, REG_ICR);
    tx_doorbell(f); /* nothing to do */
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    tx_post_frame(f, 60, 1, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXQE);
    tx_post_frame(f, 60, 1, 60, TX_EOP_IFCS | TXD_CMD_RS);
    tx_doorbell(f);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXQE | ICR_TXDW);

    f->accept = 3;
    for (uint32_t i = 0; i < 12; i++)
        tx_post_frame(f, 60, i, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    f->accept = 1;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXD_LOW);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXQE);
}

/* Sizes with FCS, octets, kinds of addresses. A frame shorter than 64 bytes is no good packet. */
static void counters(void **state)
{
    static const struct {
        uint32_t length, counter;
    } sizes[] = {
        {60, REG_PTC64},     {61, REG_PTC127},    {123, REG_PTC127},    {124, REG_PTC255},
        {251, REG_PTC255},   {252, REG_PTC511},   {507, REG_PTC511},    {508, REG_PTC1023},
        {1019, REG_PTC1023}, {1020, REG_PTC1522}, {16288, REG_PTC1522},
    };
    struct fixture *f = *state;
    uint32_t octets = 3 * 64;

    tx_start(f, 64, 0);
    for (size_t i = 0; i < 11; i++) {
        tx_post_frame(f, sizes[i].length, 1, 20000, TX_EOP_IFCS);
        tx_doorbell(f);
        assert_int_equal(e1000emu_peek(f->chip, sizes[i].counter),
                         i > 0 && sizes[i].counter == sizes[i - 1].counter ? 2 : 1);
        octets += sizes[i].length + 4;
    }
    tx_make(60, tx_group, 1);
    tx_post_bytes(f, frame, 60, TX_EOP_IFCS);
    tx_make(64, tx_broadcast, 1);
    tx_post_bytes(f, frame, 64, TXD_CMD_EOP);
    tx_post_bytes(f, frame, 60, TX_EOP_IFCS);
    tx_post_bytes(f, frame, 40, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(fixture_read(f, REG_MPTC), 1);
    assert_int_equal(fixture_read(f, REG_BPTC), 3);
    assert_int_equal(fixture_read(f, REG_GPTC), 14);
    assert_int_equal(fixture_read(f, REG_TPT), 15);
    assert_int_equal(fixture_read(f, REG_PTC64), 4);
    assert_int_equal(fixture_read(f, REG_GOTCL), octets);
    assert_int_equal(fixture_read(f, REG_TOTL), octets + 44);
    assert_int_equal(fixture_read(f, REG_TOTH), 0);
    assert_int_equal(fixture_read(f, REG_TOTL), 0);
}

#define TX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TX_TEST(rings_wrap),
        TX_TEST(status_only_where_asked),
        TX_TEST(a_doorbell_does_bounded_work),
        TX_TEST(wild_ring_registers),
        TX_TEST(bases_in_any_order),
        TX_TEST(frames_wait_for_the_transmitter),
        TX_TEST(the_wire_pushes_back),
        TX_TEST(push_back_after_a_late_end),
        TX_TEST(staging_is_reused),
        TX_TEST(reset_in_the_middle),
        TX_TEST(causes),
        TX_TEST(counters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
