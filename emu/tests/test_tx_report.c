/* SPDX-License-Identifier: BSD-2-Clause */
/* When software hears that descriptors are done: RS, IDE, TIDV, TADV, WTHRESH, and TXDW for them.
 */
#include "tx_packet.h"

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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
