/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What went wrong in other models, and what odd drivers get away with on hardware. The names say
 * which: T and a number for a flaw that had a CVE, B for a bug, and habits by their owners.
 */
#include "rx_ring.h"

#include <stdlib.h>
#include <string.h>

/* ---- Flaws ---------------------------------------------------------------------------------- */

/* CVE-2012-6075: nothing over the limit reaches memory, with its FCS or without, and it is counted.
 * 70000 bytes are more than a frame can have in this model: not even SBP stores them. */
static void test_T1_oversize(void **state)
{
    static const uint32_t lengths[] = {1518, 1519, 1522, 1523, 9000, 16383, 16384, 65535, 70000};
    struct fixture *f = *state;
    uint8_t *bytes = malloc(70000);

    for (unsigned i = 0; i < 4 * sizeof lengths / sizeof *lengths; i++) {
        uint32_t length = lengths[i / 4]; /* with FCS */
        uint32_t size = i & 1 ? 256 : 2048;
        uint32_t own = i & 2 ? E1000EMU_FRAME_FCS : 0;
        bool fits = length <= 1522;

        rx_start(f, 16, size, 15, RCTL_SECRC);
        fixture_read(f, REG_ROC);
        fixture_make_frame(bytes, length, rx_station, i);
        assert_int_equal(fixture_receive(f, bytes, own ? length : length - 4, own),
                         fits ? E1000EMU_RX_STORED : E1000EMU_RX_OVERSIZE);
        assert_int_equal(fixture_read(f, REG_ROC), !fits);
        if (fits)
            assert_int_equal(rx_take(f, NULL), length - 4);
        for (uint32_t k = software.next; k < 16; k++) {
            for (uint32_t n = 0; n < size + RX_GUARD; n++)
                assert_int_equal(fixture_at(f, rx_buffer(k))[n], RX_UNTOUCHED);
        }
    }
    rx_start(f, 4096, 256, 4095, RCTL_SBP | RCTL_SECRC);
    fixture_make_frame(bytes, 70000, rx_station, 1);
    assert_int_equal(fixture_receive(f, bytes, 70000, 0), E1000EMU_RX_OVERRUN);
    assert_int_equal(fixture_read(f, REG_RDH), 0);
    free(bytes);
}

/* CVE-2016-1981, CVE-2017-9310. Head, tail and length in and out of range, in every combination: no
 * harm, no endless loop, nothing stored outside of the buffers, and no descriptor used if head or
 * tail lie outside of the ring. */
static void test_T3_head_beyond_length(void **state)
{
    static const uint32_t lengths[] = {0, 128, 0xfff80};
    struct fixture *f = *state;

    for (size_t l = 0; l < 3; l++) {
        uint32_t n = lengths[l] / 16;
        const uint32_t values[] = {0, n - 1, n, n + 1, 0xffff};

        for (size_t h = 0; h < 5; h++) {
            for (size_t t = 0; t < 5; t++) {
                rx_start(f, 8, 256, 0, RCTL_SECRC);
                fixture_write(f, REG_RDLEN, lengths[l]);
                fixture_write(f, REG_RDH, values[h] & 0xffff);
                fixture_write(f, REG_RDT, values[t] & 0xffff);
                for (uint32_t i = 0; i < 20; i++)
                    assert_in_range(rx_receive(f, 300, i), 0, E1000EMU_RX_VERDICTS - 1);
                fixture_run(f, 1000);
                if (h > 1 || values[t] > n || n == 0)
                    assert_int_equal(fixture_read(f, REG_RDH), values[h] & 0xffff);
                for (uint32_t i = 0; i < 8; i++) {
                    for (uint32_t k = 0; k < RX_GUARD; k++)
                        assert_int_equal(fixture_at(f, rx_buffer(i))[256 + k], RX_UNTOUCHED);
                }
                e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
                fixture_link_up(f);
            }
        }
    }
}

/* Whether all events in the next millisecond are so many that a host can see the end of them. */
static void expect_bounded(struct fixture *f)
{
    e1000emu_time end = f->now + 1000000;

    for (unsigned events = 0; e1000emu_next_event(f->chip) <= end; events++) {
        assert_in_range(events, 0, 1000);
        if (e1000emu_next_event(f->chip) > f->now)
            f->now = e1000emu_next_event(f->chip);
        e1000emu_advance(f->chip, f->now);
    }
}

/* CVE-2023-3019 and its like: buffers, and the ring itself, where the chip's own registers are.
 * Those bytes go to the host's callback or nowhere, and no register changes. */
static void test_T5_dma_to_own_registers(void **state)
{
    static const uint32_t targets[] = {0, REG_CTRL, REG_RCTL, REG_RDBAL, REG_RDT, REG_TDT, REG_PBM};
    const uint64_t bar = 0xf0000000;
    struct fixture *f = *state;

    e1000emu_config_write(f->chip, 0x10, 4, (uint32_t)bar);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        for (unsigned answers = 0; answers < 2; answers++) {
            uint32_t rctl;

            f->dma_answers = answers;
            rx_start(f, 8, 256, 0, RCTL_SECRC);
            rctl = fixture_read(f, REG_RCTL);
            fixture_put64(f, RX_RING, bar + targets[i]);
            fixture_write(f, REG_RDT, 7);
            assert_int_equal(rx_receive(f, 200, 1), E1000EMU_RX_STORED);
            assert_int_equal(fixture_read(f, REG_RCTL), rctl);
            assert_int_equal(fixture_read(f, REG_RDT), 7);
            assert_int_equal(fixture_read(f, REG_RDBAL), (uint32_t)RX_RING);
            assert_int_equal(fixture_read(f, REG_TDT), 0);
            assert_int_equal(fixture_read(f, REG_RDH), 1);
            fixture_write(f, REG_RDBAL, (uint32_t)bar + targets[i]);
            fixture_write(f, REG_RDBAH, 0);
            rx_receive(f, 200, 2);
            expect_bounded(f);
            assert_int_equal(fixture_read(f, REG_RCTL), rctl);
            e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
            fixture_link_up(f);
        }
    }
}

/* CVE-2020-28916. Nothing but null descriptors: bounded work, and the frame arrives once there is a
 * buffer. */
static void test_T6_ring_full_of_null_descriptors(void **state)
{
    struct fixture *f = *state;
    uint32_t count = 0xfff80 / 16;

    fixture_write(f, REG_RDT, 0);
    rx_set_station(f);
    rx_write_bases(f, count);
    memset(fixture_at(f, RX_RING), 0, 0xfff80);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_SECRC);
    fixture_write(f, REG_RDT, count - 1);
    assert_int_equal(rx_receive(f, 60, 1), E1000EMU_RX_STORED);
    assert_int_equal(fixture_read(f, REG_RDH), 256);
    assert_true(e1000emu_next_event(f->chip) <= f->now);
    fixture_run(f, 1000);
    assert_int_equal(fixture_read(f, REG_RDH), count - 1);
    assert_true(rx_fields(f, count - 2) == 1ull << 32);
    assert_true(rx_fields(f, count - 1) == 0);
    fixture_put64(f, RX_RING + 16 * (count - 1), RX_BUFFERS);
    fixture_write(f, REG_RDT, 0);
    rx_make(60, rx_station, 1);
    assert_memory_equal(fixture_at(f, RX_BUFFERS), frame, 60);
    assert_int_equal(rx_fields(f, count - 1) & 0xffff, 60);
}

/* CVE-2021-3416: a looped frame lands on the ring that it was sent from, and on the one that it is
 * received into, as more of the same. The chip works on without an end, but never without a pause.
 */
static void test_T7_loopback_over_the_rings(void **state)
{
    struct fixture *f = *state;
    uint64_t tx_ring = FIXTURE_BUS + 0x100000, data = FIXTURE_BUS + 0x140000;
    uint32_t length = 8 * 16;

    for (unsigned over = 0; over < 2; over++) {
        uint64_t target = over ? RX_RING : tx_ring;

        rx_start(f, 8, 256, 0, RCTL_SECRC | RCTL_UPE | RCTL_LBM);
        for (uint32_t i = 0; i < 8; i++) {
            fixture_put64(f, RX_RING + 16 * i, target);
            fixture_put64(f, tx_ring + 16 * i, data);
            fixture_put64(f, tx_ring + 16 * i + 8, length | 0x0bull << 24);
            /* What is sent is a ring of the same kind again, from wherever it is read. */
            fixture_put64(f, data + 16 * i, data);
            fixture_put64(f, data + 16 * i + 8, length | 0x0bull << 24);
        }
        fixture_write(f, REG_TDBAL, (uint32_t)tx_ring);
        fixture_write(f, REG_TDBAH, (uint32_t)(tx_ring >> 32));
        fixture_write(f, REG_TDLEN, 128);
        fixture_write(f, REG_TDH, 0);
        fixture_write(f, REG_TDT, 0);
        fixture_write(f, REG_TCTL, TCTL_EN);
        fixture_write(f, REG_RDT, 7);
        for (uint32_t round = 0; round < 50; round++) {
            fixture_write(f, REG_TDT, (round * 3 + 7) % 8);
            fixture_write(f, REG_RDT, (round * 5 + 6) % 8);
            expect_bounded(f);
        }
        assert_int_equal(fixture_read(f, REG_TDH), fixture_read(f, REG_TDT));
        assert_true(fixture_read(f, REG_GPRC) > 0);
        fixture_write(f, REG_TCTL, 0);
    }
}

/* CVE-2024-21113: what software sees is the frame, and nothing of older ones: not behind a short
 * one in its buffer, not in a descriptor's unused fields, not in a packet buffer that is new. */
static void test_T13_nothing_stale(void **state)
{
    struct fixture *f = *state;

    for (uint32_t i = 0; i < PBM_BYTES; i += 4)
        assert_int_equal(fixture_read(f, REG_PBM + i), 0);
    for (unsigned waits = 0; waits < 2; waits++) {
        rx_start(f, 64, 2048, waits ? 0 : 63, RCTL_SECRC | RCTL_SBP);
        for (uint32_t length = 1; length < 64; length++) {
            uint64_t last;

            if (waits)
                fixture_write(f, REG_RDT, software.next);
            rx_receive(f, 1514, length);
            rx_make(length, rx_station, length);
            fixture_write(f, REG_RCTL, fixture_read(f, REG_RCTL) | RCTL_UPE | RCTL_MPE);
            fixture_receive(f, frame, length, 0);
            fixture_write(f, REG_RDT, (software.next + 63) % 64);
            rx_take(f, NULL);
            assert_int_equal(rx_take(f, &last), length); /* looks behind it, too */
            assert_memory_equal(joined, frame, length);
            assert_int_equal(last >> 16 & 0xffff, 0);
            assert_int_equal(last >> 48, 0);
        }
    }
}

/* ---- Bugs ----------------------------------------------------------------------------------- */

/* bhyve gave a frame that fills its last buffer a length of zero there. */
static void test_B3_exact_multiple(void **state)
{
    static const uint32_t sizes[] = {256, 512, 1024, 2048, 4096, 8192};
    struct fixture *f = *state;

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (uint32_t n = 1; n * sizes[s] <= 16380 && n < 8; n++) {
            rx_start(f, 8, sizes[s], 7, RCTL_SECRC | RCTL_LPE);
            rx_receive(f, n * sizes[s], n);
            assert_int_equal(fixture_read(f, REG_RDH), n);
            for (uint32_t i = 0; i < n; i++)
                assert_int_equal(rx_fields(f, i) & 0xffff, sizes[s]);
            assert_int_equal(rx_fields(f, n - 1) >> 32 & RXD_STAT_EOP, RXD_STAT_EOP);
        }
    }
}

/* Bochs reached a quarter of the filter tables: here every entry holds its own value, and every bit
 * of the multicast table lets its address in. (VLANs: test_B1_every_vlan_has_its_bit.) */
static void test_B1_every_entry(void **state)
{
    struct fixture *f = *state;
    uint8_t group[6] = {0x01, 0x00, 0x5e, 0x01};
    uint8_t bytes[60];

    for (uint32_t i = 0; i < 128; i++) {
        fixture_write(f, REG_MTA_N(i), 0x1000 + i);
        fixture_write(f, REG_VFTA_N(i), 0x2000 + i);
    }
    for (uint32_t i = 0; i < RA_COUNT; i++) {
        fixture_write(f, REG_RAL(i), 0x3000 + i);
        fixture_write(f, REG_RAH(i), 0x4000 + i);
    }
    for (uint32_t i = 0; i < 128; i++) {
        assert_int_equal(fixture_read(f, REG_MTA_N(i)), 0x1000 + i);
        assert_int_equal(fixture_read(f, REG_VFTA_N(i)), 0x2000 + i);
        fixture_write(f, REG_MTA_N(i), 0);
    }
    for (uint32_t i = 0; i < RA_COUNT; i++) {
        assert_int_equal(fixture_read(f, REG_RAL(i)), 0x3000 + i);
        assert_int_equal(fixture_read(f, REG_RAH(i)), 0x4000 + i);
    }
    rx_start(f, 8, 256, 7, RCTL_SECRC | 3u << RCTL_MO_SHIFT);
    for (uint32_t hash = 0; hash < 4096; hash++) {
        group[4] = (uint8_t)hash;
        group[5] = (uint8_t)(hash >> 8);
        fixture_make_frame(bytes, sizeof bytes, group, hash);
        assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_ADDRESS);
        fixture_write(f, REG_MTA_N(hash / 32), 1u << hash % 32);
        assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_STORED);
        fixture_write(f, REG_MTA_N(hash / 32), 0);
        rx_take(f, NULL);
        fixture_write(f, REG_RDT, (software.next + 7) % 8);
    }
}

/* ---- Habits --------------------------------------------------------------------------------- */

/* Intel's DOS driver has a ring of 8, the least there is, and two buffers in it. */
static void test_habit_intel_dos_two_of_eight(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 8, 2048, 2, RCTL_SECRC);
    for (uint32_t i = 0; i < 100; i += 2) {
        assert_int_equal(rx_receive(f, 60, i), E1000EMU_RX_STORED);
        assert_int_equal(rx_receive(f, 1514, i + 1), E1000EMU_RX_STORED);
        assert_int_equal(fixture_read(f, REG_RDH), (i + 2) % 8);
        rx_expect(f, 60, i);
        rx_expect(f, 1514, i + 1);
        fixture_write(f, REG_RDT, (i + 4) % 8);
    }
    assert_int_equal(fixture_read(f, REG_MPC), 0);
    assert_int_equal(fixture_read(f, REG_RNBC), 0);
}

/* A tail one past the end means the rest of the ring, a fresh ring's too (OS/2's driver does that);
 * what was used once is not used again. */
static void test_habit_os2_tail_past_end(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 8, 256, 8, RCTL_SECRC);
    for (uint32_t i = 0; i < 9; i++)
        rx_receive(f, 60, i);
    assert_int_equal(fixture_read(f, REG_RDH), 7);
    for (uint32_t i = 0; i < 7; i++)
        rx_expect(f, 60, i);
    fixture_write(f, REG_RDT, 8);
    assert_int_equal(fixture_read(f, REG_RDH), 0);
    rx_expect(f, 60, 7);
    assert_int_equal(rx_fields(f, 0), 0);
}

/* Phar Lap's driver writes the size of the ring where others write 0, on every round. The chip has
 * one descriptor at a time, so that none is left over when it comes to that. */
static void test_habit_phar_lap_tail_past_end(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 16, 256, 1, RCTL_SECRC);
    for (uint32_t i = 0; i < 200; i++) {
        uint32_t tail = (i + 2) % 16;

        assert_int_equal(rx_receive(f, 60, i), E1000EMU_RX_STORED);
        rx_expect(f, 60, i);
        assert_int_equal(fixture_read(f, REG_RDH), (i + 1) % 16);
        fixture_write(f, REG_RDT, tail == 0 ? 16 : tail);
        assert_int_equal(fixture_read(f, REG_RDT), tail == 0 ? 16 : tail);
    }
}

/* Windows' driver gives one descriptor too many, so that the tail meets the head. The chip has
 * fetched descriptors before that, goes on with them, and with the whole ring. */
static void test_habit_windows_tail_meets_head(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 16, 256, 15, RCTL_SECRC);
    for (uint32_t i = 0; i < 200; i++) {
        assert_int_equal(rx_receive(f, 60, i), E1000EMU_RX_STORED);
        rx_expect(f, 60, i);
        fixture_write(f, REG_RDT, fixture_read(f, REG_RDH));
    }
    for (uint32_t i = 0; i < 16; i++)
        assert_int_equal(rx_receive(f, 60, i), E1000EMU_RX_STORED);
    for (uint32_t i = 0; i < 16; i++)
        rx_expect(f, 60, i);
    assert_int_equal(fixture_read(f, REG_RNBC), 0);
    /* And then there is none: the same tail once more gives nothing. */
    fixture_write(f, REG_RDT, fixture_read(f, REG_RDH));
    rx_receive(f, 60, 1);
    assert_int_equal(fixture_read(f, REG_RNBC), 1);
    assert_int_equal(fixture_read(f, REG_RDFPC), 1);
}

#define HABIT(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HABIT(test_T1_oversize),
        HABIT(test_T3_head_beyond_length),
        HABIT(test_T5_dma_to_own_registers),
        HABIT(test_T6_ring_full_of_null_descriptors),
        HABIT(test_T7_loopback_over_the_rings),
        HABIT(test_T13_nothing_stale),
        HABIT(test_B3_exact_multiple),
        HABIT(test_B1_every_entry),
        HABIT(test_habit_intel_dos_two_of_eight),
        HABIT(test_habit_os2_tail_past_end),
        HABIT(test_habit_phar_lap_tail_past_end),
        HABIT(test_habit_windows_tail_meets_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
