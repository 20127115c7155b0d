/* SPDX-License-Identifier: BSD-2-Clause */
/* When software hears that descriptors are done: RS, IDE, TIDV, TADV, WTHRESH, and TXDW for them;
 * and the frames that the chip holds back: DC, the transmit FIFO's registers. */
#include "tx_packet.h"

#include <stdlib.h>
#include <string.h>

#define UNIT 1024u /* ns */
#define RS   TXD_CMD_RS
#define IDE  TXD_CMD_IDE

static void set_delays(struct fixture *f, uint32_t tidv, uint32_t tadv)
{
    fixture_write(f, REG_TIDV, tidv);
    fixture_write(f, REG_TADV, tadv);
}

/* Sends a frame; its descriptor has these bits too. Returns whether TXDW is set then. */
static bool send_one(struct fixture *f, uint32_t command)
{
    tx_post_frame(f, 60, 1, 60, TX_EOP_IFCS | command);
    tx_doorbell(f);
    return e1000emu_peek(f->chip, REG_ICR) & ICR_TXDW;
}

static void expect_done(struct fixture *f, uint32_t i, bool done)
{
    assert_int_equal((tx_fields(f, i) & TX_DD) != 0, done);
}

/* Nothing tells of the frame before so many units have passed, and TXDW does then. */
static void expect_after(struct fixture *f, uint32_t units)
{
    assert_int_equal(e1000emu_peek(f->chip, REG_ICR) & ICR_TXDW, 0);
    fixture_run(f, units * UNIT - 1);
    assert_int_equal(e1000emu_peek(f->chip, REG_ICR) & ICR_TXDW, 0);
    fixture_run(f, 1);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_TXDW, ICR_TXDW);
}

static void expect_nothing_more(struct fixture *f)
{
    fixture_run(f, 100000 * (e1000emu_time)UNIT);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_TXDW, 0);
}

/* ---- Delays --------------------------------------------------------------------------------- */

/* RS alone tells at once; with IDE the status is written at once all the same, and TXDW comes when
 * TIDV has passed, once. */
static void ide_delays_the_interrupt_only(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    set_delays(f, 10, 0);
    assert_true(send_one(f, RS));
    fixture_read(f, REG_ICR);
    expect_nothing_more(f);
    assert_false(send_one(f, RS | IDE));
    expect_done(f, 1, true);
    expect_after(f, 10);
    expect_nothing_more(f);
    assert_false(send_one(f, IDE)); /* nothing is asked for */
    expect_nothing_more(f);
    assert_false(send_one(f, 0));
    expect_nothing_more(f);
}

/* A TIDV of zero delays nothing, whatever TADV says. */
static void no_delay(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    set_delays(f, 0, 100);
    assert_true(send_one(f, RS | IDE));
    fixture_read(f, REG_ICR);
    expect_nothing_more(f);
}

/* Each descriptor with IDE starts TIDV anew, one without RS too, one without IDE not. */
static void tidv_starts_anew(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    set_delays(f, 10, 0);
    assert_false(send_one(f, RS | IDE));
    fixture_run(f, 9 * UNIT);
    assert_false(send_one(f, RS | IDE));
    fixture_run(f, 9 * UNIT);
    assert_false(send_one(f, IDE));
    fixture_run(f, 9 * UNIT);
    assert_false(send_one(f, 0));
    expect_after(f, 1);
    expect_nothing_more(f);
}

/* TADV runs from the first descriptor on, whatever comes after; it stops TIDV, and starts with the
 * next one again. */
static void tadv_limits_the_delay(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    set_delays(f, 10, 25);
    for (unsigned round = 0; round < 3; round++) {
        assert_false(send_one(f, RS | IDE));
        for (unsigned i = 0; i < 4; i++) {
            fixture_run(f, 6 * UNIT);
            assert_false(send_one(f, RS | IDE));
        }
        expect_after(f, 1);
        expect_nothing_more(f);
    }
    /* TIDV expires first, and stops TADV. */
    assert_false(send_one(f, RS | IDE));
    expect_after(f, 10);
    expect_nothing_more(f);
}

/* A status whose interrupt is not delayed stops both timers: the interrupt has told of everything.
 * In one batch the order of the descriptors decides. */
static void an_interrupt_at_once_stops_the_timers(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    set_delays(f, 10, 25);
    assert_false(send_one(f, RS | IDE));
    assert_true(send_one(f, RS));
    fixture_read(f, REG_ICR);
    expect_nothing_more(f);

    tx_post_frame(f, 60, 1, 60, TX_EOP_IFCS | RS | IDE);
    assert_true(send_one(f, RS));
    fixture_read(f, REG_ICR);
    expect_nothing_more(f);

    tx_post_frame(f, 60, 1, 60, TX_EOP_IFCS | RS);
    assert_true(send_one(f, RS | IDE));
    fixture_read(f, REG_ICR);
    expect_after(f, 10);
    expect_nothing_more(f);
}

/* Contexts and data descriptors have RS and IDE too. A reset stops the timers. */
static void other_descriptors_and_resets(void **state)
{
    struct context c = {.tucmd = RS};
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    set_delays(f, 10, 25);
    post_context(f, &c);
    tx_doorbell(f);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_TXDW, ICR_TXDW);
    expect_done(f, 0, true);
    c.tucmd = RS | IDE;
    post_context(f, &c);
    tx_doorbell(f);
    expect_done(f, 1, true);
    expect_after(f, 10);
    tx_make(60, tx_station, 1);
    post_data(f, frame, 60, TX_EOP_IFCS | RS | IDE, 0, 0);
    tx_doorbell(f);
    fixture_run(f, 9 * UNIT);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RST);
    expect_nothing_more(f);
}

/* RPS is reserved in this chip, and stands for RS where a profile says so. */
static void rps_is_a_quirk(void **state)
{
    static const struct {
        const char *profile;
        bool done;
    } cases[] = {{"vmware", false},
                 {"vmware-esxi51", false},
                 {"silicon", false},
                 {"virtualbox", true},
                 {"qemu", true}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct e1000emu_config config = {.profile = e1000emu_profile_find(cases[i].profile)};
        struct fixture *f = fixture_new(&config);

        assert_non_null(config.profile);
        fixture_enable(f);
        fixture_link_up(f);
        tx_start(f, 8, 0);
        assert_int_equal(send_one(f, TXD_CMD_RPS), cases[i].done);
        expect_done(f, 0, cases[i].done);
        assert_int_equal(f->sent_count, 1);
        fixture_free(f);
    }
}

/* ---- Write-back in company ------------------------------------------------------------------- */

/* WTHRESH: statuses wait until so many descriptors are done, counted from the first one that asks
 * for a status, and TXDW comes with them. */
static void wthresh_counts_descriptors(void **state)
{
    static const uint32_t thresholds[] = {2, 5, 16, 63};
    struct fixture *f = *state;

    for (size_t t = 0; t < sizeof thresholds / sizeof *thresholds; t++) {
        uint32_t n = thresholds[t];

        for (uint32_t every = 1; every < 4; every++) {
            tx_start(f, 256, 0);
            fixture_write(f, REG_TXDCTL, TXDCTL_GRAN | n << 16);
            send_one(f, 0); /* asks for nothing: does not count */
            for (uint32_t i = 0; i < n; i++) {
                bool told = send_one(f, i % every ? 0 : RS);

                assert_int_equal(told, i + 1 == n);
                for (uint32_t j = 0; j <= i; j++)
                    expect_done(f, 1 + j, i + 1 == n && j % every == 0);
            }
            assert_int_equal(fixture_read(f, REG_TDH), software.tail);
        }
    }
    fixture_write(f, REG_TXDCTL, 0);
}

/* The same in one batch, where several groups become full. */
static void wthresh_in_one_batch(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 256, 0);
    fixture_write(f, REG_TXDCTL, TXDCTL_GRAN | 8u << 16);
    for (uint32_t i = 0; i < 100; i++)
        tx_post_frame(f, 60, i, 60, TX_EOP_IFCS | RS);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 100);
    for (uint32_t i = 0; i < 100; i++)
        expect_done(f, i, i < 96);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_TXDW, ICR_TXDW);
    fixture_write(f, REG_TXDCTL, 0);
    assert_true(send_one(f, RS)); /* what waited goes with the next one */
    for (uint32_t i = 0; i < 101; i++)
        expect_done(f, i, true);
}

/* TIDV and TADV write what waits before they tell of it; descriptors with IDE alone don't tell when
 * their group is full. */
static void timers_write_what_waits(void **state)
{
    struct fixture *f = *state;

    for (unsigned absolute = 0; absolute < 2; absolute++) {
        tx_start(f, 64, 0);
        fixture_write(f, REG_TXDCTL, TXDCTL_GRAN | 4u << 16);
        set_delays(f, absolute ? 1000 : 10, absolute ? 10 : 0);
        assert_false(send_one(f, RS | IDE));
        expect_done(f, 0, false);
        expect_after(f, 10);
        expect_done(f, 0, true);

        for (uint32_t i = 0; i < 4; i++)
            assert_false(send_one(f, RS | IDE));
        for (uint32_t i = 0; i < 4; i++)
            expect_done(f, 1 + i, true); /* the group is full */
        expect_after(f, 10);
        expect_nothing_more(f);
    }
    fixture_write(f, REG_TXDCTL, 0);
}

/* In a group, one status whose interrupt is not delayed is enough to tell when it is full; what was
 * told is not told again with the next group. A new ring begins with a new group. */
static void groups_of_both_kinds(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    set_delays(f, 1000, 0);
    fixture_write(f, REG_TXDCTL, TXDCTL_GRAN | 4u << 16);
    assert_false(send_one(f, RS));
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(send_one(f, RS | IDE), i == 2);
    fixture_read(f, REG_ICR);
    for (uint32_t i = 0; i < 4; i++)
        assert_false(send_one(f, RS | IDE));
    expect_done(f, 7, true);

    /* The timer writes a part of a group. */
    expect_after(f, 1000);
    assert_false(send_one(f, RS));
    assert_false(send_one(f, RS | IDE));
    expect_after(f, 1000);
    expect_done(f, 9, true);
    for (uint32_t i = 0; i < 4; i++)
        assert_false(send_one(f, RS | IDE));
    expect_done(f, 13, true);

    assert_false(send_one(f, RS));
    assert_false(send_one(f, RS));
    tx_start(f, 64, 0);
    for (uint32_t i = 0; i < 4; i++) {
        assert_false(send_one(f, RS | IDE));
        for (uint32_t j = 0; j <= i; j++)
            expect_done(f, j, i == 3);
    }
    fixture_write(f, REG_TXDCTL, 0);
}

/* Without GRAN the threshold counts cache lines: of four descriptors with 64-byte lines, of two
 * where software has named no size. A ring smaller than the threshold comes to no standstill. */
static void wthresh_in_cache_lines(void **state)
{
    struct fixture *f = *state;

    for (uint32_t dwords = 0; dwords <= 16; dwords += 16) {
        uint32_t n = dwords ? 8 : 4;

        e1000emu_config_write(f->chip, 0x0c, 1, dwords);
        tx_start(f, 64, 0);
        fixture_write(f, REG_TXDCTL, 2u << 16);
        for (uint32_t i = 0; i < n; i++)
            assert_int_equal(send_one(f, RS), i + 1 == n);
    }
    tx_start(f, 8, 0);
    fixture_write(f, REG_TXDCTL, TXDCTL_GRAN | 40u << 16);
    for (uint32_t i = 0; i < 80; i++)
        send_one(f, RS);
    assert_int_equal(f->sent_count, 80);
    fixture_write(f, REG_TXDCTL, 0);
}

/* ---- What holds frames back ------------------------------------------------------------------ */

/* Frames that find the link down are deferred once, however often software asks, and only while the
 * transmitter is enabled. */
static void deferrals(void **state)
{
    const struct e1000emu_partner none = {0};
    const struct e1000emu_partner there = {.cable = true, .abilities = E1000EMU_1000_FULL};
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    for (uint32_t round = 1; round <= 2; round++) {
        e1000emu_set_partner(f->chip, &none);
        fixture_write(f, REG_TCTL, 0);
        send_one(f, 0);
        assert_int_equal(e1000emu_peek(f->chip, REG_DC), round - 1);
        fixture_write(f, REG_TCTL, TCTL_EN);
        send_one(f, 0);
        send_one(f, 0);
        assert_int_equal(e1000emu_peek(f->chip, REG_DC), round);
        assert_int_equal(f->sent_count, 0);
        e1000emu_set_partner(f->chip, &there);
        fixture_run(f, 10000000000);
        assert_int_equal(f->sent_count, 3);
        send_one(f, 0); /* is not deferred */
        fixture_forget(f);
    }
    assert_int_equal(fixture_read(f, REG_DC), 2);
}

static uint8_t packet_buffer(struct fixture *f, uint32_t at)
{
    return (uint8_t)(e1000emu_peek(f->chip, REG_PBM + at / 4 * 4) >> at % 4 * 8);
}

/* Frames that wait for the wire are counted by TDFPC, lie between TDFH and TDFT, and are there to
 * be read behind the receive part of the packet buffer; the pointers go round with what has left.
 */
static void the_fifo_shows_what_waits(void **state)
{
    struct fixture *f = *state;
    uint32_t at = 0;

    tx_start(f, 64, 0);
    fixture_write(f, REG_PBA, 56); /* leaves 8 KB */
    for (uint32_t round = 0; round < 40; round++) {
        uint32_t end = at;

        for (uint32_t i = 0; i < 4; i++)
            tx_post_frame(f, 101 + 100 * i, round + i, i % 2 ? 1000 : 60, TX_EOP_IFCS);
        f->accept = 1;
        tx_doorbell(f);
        at = (at + 13) % 1024; /* quadwords of 101 bytes */
        assert_int_equal(fixture_read(f, REG_TDFH), at);
        assert_int_equal(fixture_read(f, REG_TDFHS), at);
        assert_int_equal(fixture_read(f, REG_TDFPC), 3);
        end = at;
        for (uint32_t i = 1; i < 4; i++) {
            tx_make(101 + 100 * i, tx_station, round + i);
            for (uint32_t j = 0; j < 101 + 100 * i; j++)
                assert_int_equal(packet_buffer(f, 56 * 1024 + (8 * end + j) % 8192), frame[j]);
            for (uint32_t j = 101 + 100 * i; j % 8 != 0; j++)
                assert_int_equal(packet_buffer(f, 56 * 1024 + (8 * end + j) % 8192), 0);
            end = (end + (101 + 100 * i + 7) / 8) % 1024;
        }
        assert_int_equal(fixture_read(f, REG_TDFT), end);
        assert_int_equal(fixture_read(f, REG_TDFTS), end);
        f->accept = SIZE_MAX;
        e1000emu_transmit_ready(f->chip);
        at = end;
        assert_int_equal(fixture_read(f, REG_TDFPC), 0);
        assert_int_equal(fixture_read(f, REG_TDFH), at);
        assert_int_equal(fixture_read(f, REG_TDFT), at);
        assert_int_equal(f->sent_count, 4 * (round + 1));
    }
}

/* More waits than the packet buffer holds: it shows the first ones. Without a transmit part it
 * shows nothing, and nothing else changes. */
static void a_full_fifo(void **state)
{
    static const uint32_t parts[] = {48, 63, 64, 127};
    struct fixture *f = *state;

    for (size_t p = 0; p < 4; p++) {
        uint32_t room = parts[p] == 48 ? 16 : parts[p] == 63 ? 1 : 0;

        fixture_write(f, REG_TDFH, 0);
        fixture_write(f, REG_TDFPC, 0);
        tx_start(f, 64, 0);
        fixture_write(f, REG_PBA, parts[p]);
        f->accept = 0;
        for (uint32_t i = 0; i < 40; i++)
            tx_post_frame(f, 512, i, 512, TX_EOP_IFCS);
        tx_doorbell(f);
        assert_int_equal(fixture_read(f, REG_TDFPC), room ? room * 2 - 1 : 0);
        f->accept = SIZE_MAX;
        e1000emu_transmit_ready(f->chip);
        assert_int_equal(f->sent_count, 40);
    }
}

/* Memory is taken away or moved while frames wait in it: those that are still there leave, the
 * others are dropped and given back. */
static void windows_change_while_frames_wait(void **state)
{
    struct fixture *f = *state;
    uint8_t *copy = malloc(FIXTURE_MEMORY);

    assert_non_null(copy);
    tx_start(f, 64, 0);
    f->accept = 0;
    for (uint32_t i = 0; i < 6; i++) {
        software.room = TX_BUFFERS + (i % 2 ? 0x100000 : 0) + 1000 * i;
        tx_post_frame(f, 300, i, i < 4 ? 300 : 100, TX_EOP_IFCS | RS);
    }
    tx_doorbell(f);
    memcpy(copy, f->memory, FIXTURE_MEMORY);
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    memset(f->memory, 0xdd, FIXTURE_MEMORY);
    /* Without the second megabyte, where frames 1 and 3 lie; 4 and 5 were in pieces. */
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, 0x280000, copy, 3), 0);
    f->accept = 1;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(fixture_read(f, REG_TDH), 2); /* frame 2 is the next one */
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 4);
    tx_expect(f, 0, 300, 0);
    tx_expect(f, 1, 300, 2);
    tx_expect(f, 2, 300, 4);
    tx_expect(f, 3, 300, 5);
    assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
    assert_int_equal(fixture_read(f, REG_TDH), software.tail);
    assert_int_equal(copy[16 * 1 + 12] & 1, 1); /* DD of frame 1 */
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, 0x280000), 0);
    free(copy);
}

/* Software sets the ring up anew while frames wait: those are not sent twice, nor out of a ring
 * that isn't there any more. */
static void a_new_ring_while_frames_wait(void **state)
{
    struct context c = {.tucmd = TXD_CMD_TSE, .hdrlen = 14, .mss = 1, .paylen = 986};
    struct fixture *f = *state;

    for (uint32_t piece = 40; piece <= 100; piece += 60) {
        tx_start(f, 8, 0);
        f->accept = 0;
        for (uint32_t i = 0; i < 2; i++)
            tx_post_frame(f, 100, i, piece, TX_EOP_IFCS);
        tx_doorbell(f);
        tx_start(f, 16, 0);
        tx_post_frame(f, 100, 7, piece, TX_EOP_IFCS);
        f->accept = SIZE_MAX;
        tx_doorbell(f);
        e1000emu_transmit_ready(f->chip);
        assert_int_equal(f->sent_count, 1);
        tx_expect(f, 0, 100, 7);
    }
    /* Also when a packet is cut into segments. */
    tx_start(f, 16, 0);
    f->accept = 2;
    post_context(f, &c);
    tx_make(1000, tx_station, 1);
    post_data(f, frame, 1000, TXD_CMD_TSE | TX_EOP_IFCS, 0, 0);
    tx_doorbell(f);
    tx_start(f, 16, 0);
    f->accept = SIZE_MAX;
    tx_post_frame(f, 100, 7, 30, TX_EOP_IFCS);
    tx_doorbell(f);
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 1);
    tx_expect(f, 0, 100, 7);
}

#define TX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TX_TEST(ide_delays_the_interrupt_only),
        TX_TEST(no_delay),
        TX_TEST(tidv_starts_anew),
        TX_TEST(tadv_limits_the_delay),
        TX_TEST(an_interrupt_at_once_stops_the_timers),
        TX_TEST(other_descriptors_and_resets),
        cmocka_unit_test(rps_is_a_quirk),
        TX_TEST(wthresh_counts_descriptors),
        TX_TEST(wthresh_in_one_batch),
        TX_TEST(timers_write_what_waits),
        TX_TEST(groups_of_both_kinds),
        TX_TEST(wthresh_in_cache_lines),
        TX_TEST(deferrals),
        TX_TEST(the_fifo_shows_what_waits),
        TX_TEST(a_full_fifo),
        TX_TEST(windows_change_while_frames_wait),
        TX_TEST(a_new_ring_while_frames_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
