/* SPDX-License-Identifier: BSD-2-Clause */
/* When software learns of packets: RDTR, RADV, RSRPD and FPD, and RXDCTL's thresholds (SDM 3.2.4 to
 * 3.2.7). */
#include "rx_ring.h"

#include <string.h>

#define UNIT 1024u /* ns */

/* The causes that have come up, so many nanoseconds after the last call. */
static uint32_t causes_after(struct fixture *f, e1000emu_time ns)
{
    fixture_run(f, ns);
    return fixture_read(f, REG_ICR);
}

static void start(struct fixture *f, uint32_t rdtr, uint32_t radv, uint32_t rxdctl)
{
    fixture_write(f, REG_RXDCTL, rxdctl);
    fixture_write(f, REG_RADV, radv);
    fixture_write(f, REG_RDTR, rdtr);
    rx_start(f, 64, 256, 63, RCTL_SECRC);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

/* How many descriptors have DD; those must be the first ones. */
static uint32_t done(struct fixture *f)
{
    uint32_t n = 0;

    while (n < software.count && rx_fields(f, n) >> 32 & RXD_STAT_DD)
        n++;
    for (uint32_t i = n; i < software.count; i++)
        assert_int_equal(rx_fields(f, i) >> 32 & RXD_STAT_DD, 0);
    return n;
}

/* ---- Delays --------------------------------------------------------------------------------- */

/* Without RDTR each packet is told at once, whatever RADV says. */
static void no_delay(void **state)
{
    struct fixture *f = *state;

    start(f, 0, 100, 0x01010000);
    rx_receive(f, 60, 1);
    assert_int_equal(causes_after(f, 0), ICR_RXT0);
    assert_int_equal(causes_after(f, 1000000), 0);
}

/* RXT0 comes when no packet has come for RDTR units, to the nanosecond; each one starts it anew. */
static void packet_delay(void **state)
{
    struct fixture *f = *state;

    start(f, 10, 0, 0x01010000);
    for (unsigned i = 0; i < 5; i++) {
        rx_receive(f, 60, i);
        rx_expect(f, 60, i); /* it is there, only not told of */
        assert_int_equal(causes_after(f, 10 * UNIT - 1), 0);
    }
    rx_receive(f, 60, 1);
    assert_int_equal(causes_after(f, 10 * UNIT - 1), 0);
    assert_int_equal(causes_after(f, 1), ICR_RXT0);
    assert_int_equal(causes_after(f, 1000000), 0);
}

/* The longest delay is the longest there is. */
static void longest_delay(void **state)
{
    struct fixture *f = *state;

    start(f, 0xffff, 0xffff, 0x01010000);
    rx_receive(f, 60, 1);
    assert_int_equal(causes_after(f, 0xffffull * UNIT - 1), 0);
    assert_int_equal(causes_after(f, 1), ICR_RXT0);
}

/* However many packets come, RXT0 comes RADV units after the first; then the next one is first. */
static void absolute_delay(void **state)
{
    struct fixture *f = *state;

    start(f, 10, 25, 0x01010000);
    for (unsigned round = 0; round < 2; round++) {
        rx_receive(f, 60, 1);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(causes_after(f, 8 * UNIT), 0);
            rx_receive(f, 60, 1);
        }
        assert_int_equal(causes_after(f, UNIT - 1), 0);
        assert_int_equal(causes_after(f, 1), ICR_RXT0);
        /* It has ended the packet's timer too, although that had 9 units to go. */
        assert_int_equal(causes_after(f, 100 * UNIT), 0);
    }
}

/* RDTR's end ends RADV's time too: the next packet starts both. */
static void the_packet_timer_ends_both(void **state)
{
    struct fixture *f = *state;

    start(f, 10, 15, 0x01010000);
    rx_receive(f, 60, 1);
    assert_int_equal(causes_after(f, 10 * UNIT), ICR_RXT0);
    assert_int_equal(causes_after(f, 2 * UNIT), 0);
    rx_receive(f, 60, 1);
    assert_int_equal(causes_after(f, 5 * UNIT), 0); /* here the first packet's 15 would be over */
    assert_int_equal(causes_after(f, 5 * UNIT), ICR_RXT0);
}

/* A batch is told of once, as one. */
static void a_batch_is_one_event(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_frame frames[20];

    start(f, 10, 15, 0x01010000);
    fixture_write(f, REG_IMS, ICR_RXT0);
    f->edges = 0;
    rx_make(60, rx_station, 1);
    for (size_t i = 0; i < 20; i++)
        frames[i] = (struct e1000emu_frame){.data = frame, .length = 60};
    e1000emu_receive(f->chip, frames, 20, 0, NULL);
    assert_int_equal(f->edges, 0);
    fixture_run(f, 100 * UNIT);
    assert_int_equal(f->edges, 1);
    assert_true(f->level);
}

/* A small packet is told of at once, and with it all that waited. */
static void small_packets(void **state)
{
    struct fixture *f = *state;

    start(f, 10, 15, 0x01100000);
    fixture_write(f, REG_RSRPD, 100);
    rx_receive(f, 101, 1);
    assert_int_equal(done(f), 0);
    assert_int_equal(causes_after(f, 5 * UNIT), 0);
    rx_receive(f, 100, 1);
    assert_int_equal(done(f), 2);
    assert_int_equal(fixture_read(f, REG_RDH), 2);
    assert_int_equal(causes_after(f, 0), ICR_RXT0 | ICR_SRPD);
    assert_int_equal(causes_after(f, 100 * UNIT), 0);
    fixture_write(f, REG_RSRPD, 0);
    rx_receive(f, 60, 1);
    assert_int_equal(causes_after(f, 100 * UNIT), ICR_RXT0);
}

/* The flush bit tells at once, writes back what waited, ends the timers, and isn't stored. */
static void flush(void **state)
{
    struct fixture *f = *state;

    start(f, 10, 15, 0x01100000);
    rx_receive(f, 60, 1);
    assert_int_equal(done(f), 0);
    fixture_write(f, REG_RDTR, RDTR_FPD | 10);
    assert_int_equal(done(f), 1);
    assert_int_equal(fixture_read(f, REG_RDTR), 10);
    assert_int_equal(causes_after(f, 0), ICR_RXT0);
    assert_int_equal(causes_after(f, 100 * UNIT), 0);
}

/* Software may give up delays while one is under way, or reset the chip. */
static void delays_that_end_early(void **state)
{
    struct fixture *f = *state;

    start(f, 1000, 0, 0x01100000);
    rx_receive(f, 60, 1);
    fixture_write(f, REG_RDTR, 0);
    assert_int_equal(done(f), 1);
    assert_int_equal(causes_after(f, 0), ICR_RXT0);
    assert_int_equal(causes_after(f, 2000 * UNIT), 0);

    start(f, 1000, 10, 0x01010000);
    rx_receive(f, 60, 1);
    fixture_write(f, REG_RADV, 0);
    assert_int_equal(causes_after(f, 1000 * UNIT - 1), 0);
    assert_int_equal(causes_after(f, 1), ICR_RXT0);

    start(f, 1000, 0, 0x01100000);
    rx_receive(f, 60, 1);
    fixture_write(f, REG_RXDCTL, 0x01010000);
    assert_int_equal(done(f), 1); /* no more waiting: DD shows, but nobody is told yet */
    assert_int_equal(causes_after(f, 1000 * UNIT - 1), 0);
    assert_int_equal(causes_after(f, 1), ICR_RXT0);

    start(f, 1000, 10, 0x01100000);
    rx_receive(f, 60, 1);
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
    assert_int_equal(done(f), 0);
}

/* Frames that waited for descriptors start the delay when they reach memory. */
static void waiting_frames_are_delayed_too(void **state)
{
    struct fixture *f = *state;

    start(f, 10, 0, 0x01010000);
    rx_start(f, 64, 256, 0, RCTL_SECRC);
    rx_receive(f, 60, 1);
    assert_int_equal(causes_after(f, 100 * UNIT), 0);
    fixture_write(f, REG_RDT, 5);
    assert_int_equal(causes_after(f, 10 * UNIT - 1), 0);
    assert_int_equal(causes_after(f, 1), ICR_RXT0);
}

/* What is no packet in memory is told of without delay. */
static void other_causes_are_not_delayed(void **state)
{
    struct fixture *f = *state;

    start(f, 1000, 0, 0x01010000);
    for (unsigned i = 0; i < 31; i++)
        rx_receive(f, 60, i);
    assert_int_equal(causes_after(f, 0), ICR_RXDMT0);
    fixture_run(f, 1000 * UNIT);
    start(f, 1000, 0, 0x01010000);
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_PBA, 0);
    rx_start(f, 64, 256, 0, RCTL_SECRC);
    assert_int_equal(rx_receive(f, 60, 1), E1000EMU_RX_OVERRUN);
    assert_int_equal(causes_after(f, 0), ICR_RXO);
}

/* One in so many receive interrupts is missing, in profiles with that habit, and nothing else. */
static void missing_interrupts(void **state)
{
    const struct e1000emu_profile *esxi = e1000emu_profile_find("vmware-esxi51");
    struct e1000emu_profile profile = *esxi;
    struct e1000emu_config config = {.profile = &profile};

    (void)state;
    assert_true(esxi->rxt0_missing > 1);
    for (uint32_t missing = 0; missing < 4; missing++) {
        struct fixture *f;

        profile.rxt0_missing = missing;
        f = fixture_new(&config);
        fixture_enable(f);
        fixture_link_up(f);
        rx_start(f, 64, 256, 63, RCTL_SECRC);
        for (uint32_t i = 1; i <= 20; i++) {
            rx_receive(f, 60, i);
            rx_expect(f, 60, i);
            assert_int_equal(fixture_read(f, REG_ICR),
                             missing > 0 && i % missing == 0 ? 0 : ICR_RXT0);
        }
        fixture_free(f);
    }
}

/* ---- Thresholds ----------------------------------------------------------------------------- */

/* DD shows once WTHRESH descriptors have been used, all together, and so does RDH. */
static void write_back_threshold(void **state)
{
    struct fixture *f = *state;

    for (uint32_t threshold = 2; threshold < 40; threshold += 9) {
        start(f, 1000, 0, 1u << 24 | threshold << 16);
        for (uint32_t i = 1; i <= 60; i++) {
            rx_receive(f, 60, i);
            assert_int_equal(done(f), i - i % threshold);
            assert_int_equal(fixture_read(f, REG_RDH), i - i % threshold);
        }
        fixture_run(f, 1000 * UNIT);
        assert_int_equal(done(f), 60);
        assert_int_equal(fixture_read(f, REG_RDH), 60);
        for (uint32_t i = 1; i <= 60; i++)
            rx_expect(f, 60, i);
    }
}

/* Thresholds count from when they are written, whatever else was before. */
static void thresholds_on_the_run(void **state)
{
    struct fixture *f = *state;

    start(f, 1000, 0, 0x01010000);
    rx_receive(f, 60, 1);
    assert_int_equal(done(f), 1);
    fixture_write(f, REG_RXDCTL, 0x01030000);
    rx_receive(f, 60, 2);
    rx_receive(f, 60, 3);
    assert_int_equal(done(f), 1);
    rx_receive(f, 60, 4);
    assert_int_equal(done(f), 4);
}

/* 0 and 1 are each at once, and so is everything without a delay. */
static void write_back_at_once(void **state)
{
    static const uint32_t rdtr[] = {1000, 1000, 0, 0};
    static const uint32_t rxdctl[] = {0x01000000, 0x01010000, 0x01200000, 0x013f0000};
    struct fixture *f = *state;

    for (unsigned k = 0; k < 4; k++) {
        start(f, rdtr[k], 0, rxdctl[k]);
        for (uint32_t i = 1; i < 10; i++) {
            rx_receive(f, 60, i);
            assert_int_equal(done(f), i);
        }
        fixture_run(f, 1000 * UNIT);
    }
}

/* With GRAN clear thresholds count cache lines of the size in configuration space; sizes that don't
 * exist count as 32 bytes. */
static void thresholds_in_cache_lines(void **state)
{
    static const struct {
        uint32_t dwords, descriptors;
    } lines[] = {{4, 1}, {8, 2}, {16, 4}, {32, 8}, {0, 2}, {5, 2}, {64, 2}};
    struct fixture *f = *state;

    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
        uint32_t threshold = 3 * lines[k].descriptors;

        e1000emu_config_write(f->chip, 0x0c, 1, lines[k].dwords);
        start(f, 1000, 0, 3u << 16);
        for (uint32_t i = 1; i <= 50; i++) {
            rx_receive(f, 60, i);
            assert_int_equal(done(f), i - i % threshold);
        }
        fixture_run(f, 1000 * UNIT);
    }
}

/* A frame that takes every descriptor there is does not wait for company that can't come. */
static void no_waiting_without_descriptors(void **state)
{
    struct fixture *f = *state;

    start(f, 1000, 0, 1u << 24 | 63u << 16);
    rx_start(f, 8, 256, 7, RCTL_SECRC | RCTL_LPE);
    rx_receive(f, 4000, 1);
    assert_int_equal(done(f), 7);
    assert_int_equal(fixture_read(f, REG_RDH), 7);
    /* The same with frames that took all of them exactly. */
    rx_start(f, 8, 256, 7, RCTL_SECRC | RCTL_LPE);
    rx_receive(f, 7 * 256, 1);
    rx_receive(f, 60, 2);
    assert_int_equal(done(f), 7);
}

/* The chip keeps off a bus that was taken from it, also when a timer ends. */
static void no_write_back_without_the_bus(void **state)
{
    struct fixture *f = *state;

    start(f, 10, 0, 0x01200000);
    rx_receive(f, 60, 1);
    e1000emu_config_write(f->chip, 4, 2, 0x0003);
    fixture_run(f, 100 * UNIT);
    assert_int_equal(done(f), 0);
    fixture_enable(f);
    fixture_write(f, REG_RDTR, RDTR_FPD);
    assert_int_equal(done(f), 1);
}

/* Overwrites the buffer address of descriptor i in memory: has the chip read it already? */
static bool is_fetched(struct fixture *f, uint32_t i)
{
    uint64_t elsewhere = RX_BUFFERS + 0x800000;
    uint32_t before = software.next;

    for (uint32_t k = before; k <= i; k++)
        fixture_put64(f, RX_RING + 16 * k, elsewhere);
    memset(fixture_at(f, elsewhere), RX_UNTOUCHED, 256);
    for (uint32_t k = before; k <= i; k++)
        rx_receive(f, 60, k);
    return *fixture_at(f, elsewhere) == RX_UNTOUCHED;
}

/* Descriptors are fetched as soon as there are some and none is cached, up to 64; nothing is
 * fetched beyond the tail, nor before the receiver is enabled. */
static void fetched_when_handed_over(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 128, 256, 3, RCTL_SECRC);
    assert_true(is_fetched(f, 2));
    rx_start(f, 128, 256, 3, RCTL_SECRC);
    fixture_write(f, REG_RDT, 10); /* the cache is not empty, and PTHRESH is 0 */
    assert_false(is_fetched(f, 3));
    rx_start(f, 128, 256, 127, RCTL_SECRC);
    assert_true(is_fetched(f, 63));
    rx_start(f, 128, 256, 127, RCTL_SECRC);
    assert_false(is_fetched(f, 64));
    rx_start(f, 128, 256, 0, RCTL_SECRC);
    fixture_write(f, REG_RCTL, fixture_read(f, REG_RCTL) & ~RCTL_EN);
    fixture_write(f, REG_RDT, 10);
    fixture_put64(f, RX_RING, RX_BUFFERS + 0x400000);
    fixture_write(f, REG_RCTL, fixture_read(f, REG_RCTL) | RCTL_EN);
    rx_receive(f, 60, 1);
    rx_make(60, rx_station, 1);
    assert_memory_equal(fixture_at(f, RX_BUFFERS + 0x400000), frame, 60);
}

/* With PTHRESH and HTHRESH the cache is filled while it still holds some: when fewer than PTHRESH
 * are left, and the host has at least HTHRESH. */
static void prefetch(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_RXDCTL, 1u << 24 | 1u << 16 | 4u << 8 | 8);
    rx_start(f, 128, 256, 7, RCTL_SECRC); /* 7 cached */
    fixture_write(f, REG_RDT, 10);        /* 3 more: too few */
    assert_false(is_fetched(f, 7));
    rx_start(f, 128, 256, 7, RCTL_SECRC);
    fixture_write(f, REG_RDT, 11); /* 4 more */
    assert_true(is_fetched(f, 10));
    rx_start(f, 128, 256, 8, RCTL_SECRC); /* 8 cached: enough */
    fixture_write(f, REG_RDT, 20);
    assert_false(is_fetched(f, 8));
    fixture_write(f, REG_RXDCTL, 0x01010000);
}

/* Frames keep their order, content and place however cache and ring wrap against each other. */
static void caches_wrap(void **state)
{
    static const uint32_t counts[] = {8, 24, 72, 136};
    struct fixture *f = *state;

    for (size_t c = 0; c < 4; c++) {
        uint32_t in = 0, out = 0;

        fixture_write(f, REG_RXDCTL, 1u << 24 | (c % 2 ? 5u : 0u) << 16 | 3u << 8 | 40);
        fixture_write(f, REG_RDTR, 1);
        rx_start(f, counts[c], 256, counts[c] - 1, RCTL_SECRC);
        while (out < 1000) {
            for (uint32_t n = 0; n < 1 + in % 6; n++, in++)
                assert_int_equal(rx_receive(f, 60 + in % 50, in), E1000EMU_RX_STORED);
            fixture_run(f, UNIT);
            for (; out < in; out++)
                rx_expect(f, 60 + out % 50, out);
            fixture_write(f, REG_RDT, (software.next + counts[c] - 1) % counts[c]);
        }
    }
}

#define TIMER_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TIMER_TEST(no_delay),
        TIMER_TEST(packet_delay),
        TIMER_TEST(longest_delay),
        TIMER_TEST(absolute_delay),
        TIMER_TEST(the_packet_timer_ends_both),
        TIMER_TEST(a_batch_is_one_event),
        TIMER_TEST(small_packets),
        TIMER_TEST(flush),
        TIMER_TEST(delays_that_end_early),
        TIMER_TEST(waiting_frames_are_delayed_too),
        TIMER_TEST(other_causes_are_not_delayed),
        cmocka_unit_test(missing_interrupts),
        TIMER_TEST(write_back_threshold),
        TIMER_TEST(thresholds_on_the_run),
        TIMER_TEST(write_back_at_once),
        TIMER_TEST(thresholds_in_cache_lines),
        TIMER_TEST(no_waiting_without_descriptors),
        TIMER_TEST(no_write_back_without_the_bus),
        TIMER_TEST(fetched_when_handed_over),
        TIMER_TEST(prefetch),
        TIMER_TEST(caches_wrap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
