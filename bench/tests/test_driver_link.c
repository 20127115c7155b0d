/* SPDX-License-Identifier: BSD-2-Clause */
/* The core makes links with the chip's PHY and SerDes: each kind of link that can be offered or
 * forced, each kind of pausing, the cable's state, LEDs, and loopback. */
#include <string.h>

#include "rig.h"

#define PARTNER_ALL 0x3Fu /* every link, no pausing */
#define SECONDS     1000000u

static void expect_link(struct rig *rig, uint16_t mbps, bool full)
{
    struct e1000_link link;
    struct e1000emu_link wire;

    e1000_get_link(rig->dev, &link);
    e1000emu_get_link(rig->chip, &wire);
    assert_true(link.up);
    assert_int_equal(link.mbps, mbps);
    assert_int_equal(link.full_duplex, full);
    assert_true(wire.up);
    assert_int_equal(wire.mbps, mbps);
    assert_int_equal(wire.full_duplex, full);
}

static const struct {
    uint16_t link;
    uint32_t partner;
    uint16_t mbps;
    bool full;
} links[] = {
    {E1000_10_HALF, E1000EMU_10_HALF, 10, false},
    {E1000_10_FULL, E1000EMU_10_FULL, 10, true},
    {E1000_100_HALF, E1000EMU_100_HALF, 100, false},
    {E1000_100_FULL, E1000EMU_100_FULL, 100, true},
    {E1000_1000_FULL, E1000EMU_1000_FULL, 1000, true},
};

/* Only what is offered is agreed upon, whatever the partner can do. The collision distance is the
 * one that every speed of these chips wants, 64 bytes (13.4.33). */
static void each_link_is_negotiated(void **state)
{
    struct rig *rig = rig_up("silicon");
    struct e1000_media media;

    expect_link(rig, 1000, true);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        unsigned changes = rig->link_changes;

        e1000_get_media(rig->dev, &media);
        media.advertise = links[i].link;
        assert_int_equal(e1000_set_media(rig_call(rig), &media), 0);
        rig_run(rig, 1000);
        assert_true(rig_linked(rig, 10 * SECONDS));
        expect_link(rig, links[i].mbps, links[i].full);
        assert_int_equal(e1000emu_peek(rig->chip, E1000_TCTL) >> 12 & 0x3FF, 64);
        assert_int_equal(rig->link_changes, changes + 2);
    }
    rig_free(rig);
}

/* Nothing in common: no link, no fault, and a link as soon as there is something. */
static void nothing_in_common(void **state)
{
    struct rig *rig = rig_new("silicon");

    rig->params.media.advertise = E1000_10_FULL | E1000_100_FULL;
    rig->partner.abilities = E1000EMU_1000_FULL;
    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_false(rig_linked(rig, 8 * SECONDS));
    rig_set_partner(rig, true, PARTNER_ALL);
    assert_true(rig_linked(rig, 8 * SECONDS));
    expect_link(rig, 100, true);
    rig_free(rig);
}

/* Forced links don't negotiate: the PHY's control register holds speed and duplex, and the link is
 * that. */
static void each_link_is_forced(void **state)
{
    for (size_t i = 0; i < 4; i++) {
        struct rig *rig = rig_new("silicon");
        uint16_t bmcr;

        rig->params.media.forced = true;
        rig->params.media.advertise = links[i].link;
        assert_int_equal(rig_attach(rig), 0);
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
        assert_true(rig_linked(rig, 8 * SECONDS));
        expect_link(rig, links[i].mbps, links[i].full);
        assert_int_equal(e1000_phy_read(rig_call(rig), E1000_PHY_BMCR, &bmcr), 0);
        assert_false(bmcr & E1000_BMCR_ANENABLE);
        assert_int_equal(rig_send(rig, 3, 200), 3);
        rig_run(rig, SECONDS);
        assert_int_equal(rig->sent, 3);
        rig_free(rig);
    }
}

/* What can't be is refused, and the link stays as it is. */
static void impossible_media_refused(void **state)
{
    static const struct e1000_media bad[] = {
        {.advertise = 0},
        {.advertise = 0x20},
        {.advertise = E1000_1000_FULL, .forced = true},
        {.advertise = E1000_100_FULL | E1000_10_FULL, .forced = true},
        {.advertise = E1000_EVERY_LINK, .pause = 4},
        {.advertise = E1000_EVERY_LINK, .crossover = 3},
    };
    struct rig *rig = rig_up("silicon");

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(e1000_set_media(rig_call(rig), &bad[i]), E1000_ERR_PARAMETER);
    assert_int_equal(e1000_set_media(rig_call(rig), NULL), E1000_ERR_PARAMETER);
    expect_link(rig, 1000, true);
    rig_free(rig);

    for (size_t i = 0; i < 4; i++) { /* as parameters too; the others are out of their ranges */
        rig = rig_new("silicon");
        rig->params.media = bad[i];
        assert_int_equal(rig_attach(rig), E1000_ERR_PARAMETER);
        assert_true(rig_logged(rig, "media"));
        rig_free(rig);
    }
}

/* IEEE 802.3 table 28B-3 for what each wish offers, against every partner: negotiated, programmed
 * and done. */
static void pausing_as_agreed(void **state)
{
    static const struct {
        uint8_t wish;
        uint32_t partner;
        bool rx, tx;
    } rows[] = {
        {E1000_PAUSE_NONE, 0x00, false, false}, {E1000_PAUSE_NONE, 0xC0, false, false},
        {E1000_PAUSE_FULL, 0x00, false, false}, {E1000_PAUSE_FULL, 0x40, true, true},
        {E1000_PAUSE_FULL, 0xC0, true, true},   {E1000_PAUSE_FULL, 0x80, true, false},
        {E1000_PAUSE_RX, 0x40, true, false},    {E1000_PAUSE_RX, 0xC0, true, false},
        {E1000_PAUSE_RX, 0x80, true, false},    {E1000_PAUSE_RX, 0x00, false, false},
        {E1000_PAUSE_TX, 0xC0, false, true},    {E1000_PAUSE_TX, 0x40, false, false},
        {E1000_PAUSE_TX, 0x80, false, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig *rig = rig_new("silicon");
        struct e1000_link link;
        uint32_t ctrl;

        rig->params.media.pause = rows[i].wish;
        rig->partner.abilities = PARTNER_ALL | rows[i].partner;
        assert_int_equal(rig_attach(rig), 0);
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
        assert_true(rig_linked(rig, 8 * SECONDS));
        e1000_get_link(rig->dev, &link);
        assert_int_equal(link.rx_pause, rows[i].rx);
        assert_int_equal(link.tx_pause, rows[i].tx);
        ctrl = e1000emu_peek(rig->chip, E1000_CTRL);
        assert_int_equal(!!(ctrl & E1000_CTRL_RFCE), rows[i].rx);
        assert_int_equal(!!(ctrl & E1000_CTRL_TFCE), rows[i].tx);
        assert_int_equal(e1000emu_peek(rig->chip, E1000_FCRTH), rows[i].tx ? 0xACC8 : 0);
        rig_free(rig);
    }
}

/* The high mark leaves room for a whole frame: the manual's 48 KiB with ordinary frames, and 40 KiB
 * with frames of 9018 bytes, as Linux's driver has them. */
static void marks_follow_the_frame(void **state)
{
    struct rig *rig = rig_new("silicon");

    rig->params.max_frame = 9014;
    rig->partner.abilities = PARTNER_ALL | E1000EMU_PAUSE;
    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 8 * SECONDS));
    assert_int_equal(e1000emu_peek(rig->chip, E1000_FCRTH), 0x7CC0);
    assert_int_equal(e1000emu_peek(rig->chip, E1000_FCRTL), 0x80007CB8);
    assert_int_equal(e1000emu_peek(rig->chip, E1000_FCTTV), 0x0680);
    assert_int_equal(e1000emu_peek(rig->chip, E1000_PBA) & 0x7F, 40);
    assert_int_equal(e1000emu_peek(rig->chip, E1000_TIPG), 0x00602008);
    assert_int_equal(e1000emu_peek(rig->chip, E1000_TCTL) >> 12 & 0x3FF, 0x40);
    rig_free(rig);
}

/* A link that is forced pauses as it is told: nobody was asked. */
static void forced_links_pause_as_told(void **state)
{
    struct rig *rig = rig_new("silicon");
    struct e1000_link link;

    rig->params.media =
        (struct e1000_media){.advertise = E1000_100_FULL, .forced = true, .pause = E1000_PAUSE_TX};
    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 8 * SECONDS));
    e1000_get_link(rig->dev, &link);
    assert_false(link.rx_pause);
    assert_true(link.tx_pause);
    rig_free(rig);
}

/* Pulled and plugged, with and without an interrupt that tells. */
static void cable_pulled_and_plugged(void **state)
{
    for (int deaf = 0; deaf < 2; deaf++) {
        struct rig *rig = rig_up("vmware");
        struct e1000_link link;

        rig->deaf = deaf;
        for (int i = 0; i < 3; i++) {
            rig_set_partner(rig, false, 0xFF);
            rig_run(rig, SECONDS);
            e1000_get_link(rig->dev, &link);
            assert_false(link.up);
            rig_set_partner(rig, true, 0xFF);
            assert_true(rig_linked(rig, 8 * SECONDS));
        }
        assert_true(rig_stat(rig, "link_changes") == 7);
        rig_free(rig);
    }
}

/* In loopback frames come back, and none leaves. */
static void loopback_mode(void **state)
{
    static const char *const profiles[] = {"silicon", "82545em-fiber", "82545gm-serdes"};

    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        struct rig *rig = rig_up(profiles[i]);
        struct e1000_media media;
        uint64_t before;

        e1000_get_media(rig->dev, &media);
        media.loopback = true;
        assert_int_equal(e1000_set_media(rig_call(rig), &media), 0);
        assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
        assert_true(rig_linked(rig, 8 * SECONDS));
        before = rig_stat(rig, "rx_frames");
        assert_int_equal(rig_send(rig, 5, 100), 5);
        rig_run(rig, 100000);
        assert_int_equal(rig->sent, 0);
        assert_int_equal(rig_stat(rig, "rx_frames"), before + 5);

        media.loopback = false;
        assert_int_equal(e1000_set_media(rig_call(rig), &media), 0);
        assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
        assert_true(rig_linked(rig, 8 * SECONDS));
        assert_int_equal(rig_send(rig, 5, 100), 5);
        rig_run(rig, 100000);
        assert_int_equal(rig->sent, 5);
        rig_free(rig);
    }
}

/* ---- Fibre and SerDes ---- */

static const char *const lights[] = {"82545em-fiber", "82545gm-fiber", "82545gm-serdes"};

/* Negotiated with each partner; the chip resolves pausing itself, and the report tells. */
static void fiber_negotiates(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        struct rig *rig = rig_new(lights[i]);
        struct e1000_link link;
        char line[160];

        rig->partner.abilities = PARTNER_ALL | E1000EMU_PAUSE;
        assert_int_equal(rig_attach(rig), 0);
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
        assert_true(rig_linked(rig, 8 * SECONDS));
        expect_link(rig, 1000, true);
        e1000_get_link(rig->dev, &link);
        assert_true(link.rx_pause);
        assert_true(link.tx_pause);
        assert_int_equal(e1000emu_peek(rig->chip, E1000_FCRTH), 0xACC8);
        e1000_link_line(rig->dev, line, sizeof line);
        assert_string_equal(line, "Link up on en0, 1-Gigabit, Full-duplex, Full flow-control");
        assert_int_equal(rig_send(rig, 3, 200), 3);
        rig_run(rig, 100000);
        assert_int_equal(rig->sent, 3);
        rig_free(rig);
    }
}

/* A partner that sends idles and never a word is taken as it is within two seconds; when it starts
 * to negotiate, so do we. */
static void fiber_without_negotiation(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        struct rig *rig = rig_new(lights[i]);
        struct e1000_link link;

        rig->partner.sends = E1000EMU_SENDS_IDLE;
        rig->partner.abilities = PARTNER_ALL | E1000EMU_PAUSE;
        assert_int_equal(rig_attach(rig), 0);
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
        assert_true(rig_linked(rig, 2 * SECONDS));
        e1000_get_link(rig->dev, &link);
        assert_false(link.rx_pause || link.tx_pause);
        assert_int_equal(e1000emu_peek(rig->chip, E1000_TXCW) & E1000_TXCW_ANE, 0);
        assert_int_equal(rig_send(rig, 3, 200), 3);
        rig_run(rig, 100000);
        assert_int_equal(rig->sent, 3);

        rig->partner.sends = E1000EMU_SENDS_CONFIG;
        rig_set_partner(rig, true, PARTNER_ALL | E1000EMU_PAUSE);
        rig_run(rig, 3 * SECONDS);
        assert_true(rig_linked(rig, 5 * SECONDS));
        e1000_get_link(rig->dev, &link);
        assert_true(link.rx_pause && link.tx_pause);
        assert_true(e1000emu_peek(rig->chip, E1000_TXCW) & E1000_TXCW_ANE);

        /* The self-test's part about the link takes it as it is, too. */
        struct e1000_selftest result;
        rig->partner.sends = E1000EMU_SENDS_IDLE;
        rig_set_partner(rig, true, PARTNER_ALL);
        assert_int_equal(e1000_down(rig_call(rig)), 0);
        rig->tolerant = true;
        assert_int_equal(e1000_selftest(rig_call(rig), 0), 0);
        assert_true(rig_until(rig, E1000_STATE_DOWN, 15 * SECONDS));
        e1000_get_selftest(rig->dev, &result);
        assert_int_equal(result.link, 0);
        rig_free(rig);
    }
}

/* Forced by parameter; and without light there is no link whatever is forced. */
static void fiber_forced(void **state)
{
    struct rig *rig = rig_new("82545em-fiber");
    struct e1000_link link;

    rig->params.media.forced = true;
    rig->params.media.advertise = E1000_1000_FULL;
    rig->params.media.pause = E1000_PAUSE_RX;
    rig->partner.sends = E1000EMU_SENDS_IDLE;
    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, SECONDS));
    e1000_get_link(rig->dev, &link);
    assert_true(link.rx_pause);
    assert_false(link.tx_pause);
    rig_set_partner(rig, false, 0);
    rig_run(rig, SECONDS);
    e1000_get_link(rig->dev, &link);
    assert_false(link.up);
    rig_free(rig);

    /* 1000BASE-X has nothing else. */
    rig = rig_new("82545em-fiber");
    rig->params.media.advertise = E1000_100_FULL;
    assert_int_equal(rig_attach(rig), E1000_ERR_PARAMETER);
    rig_free(rig);
}

/* ---- Cable and LEDs ---- */

static void cable_is_described(void **state)
{
    struct rig *rig = rig_up("silicon");
    struct e1000_cable cable;

    assert_int_equal(e1000_get_cable(rig_call(rig), &cable), 0);
    assert_true(cable.valid);
    assert_int_equal(cable.min_m, 0);
    assert_int_equal(cable.max_m, 50);
    assert_true(cable.local_ok && cable.remote_ok);
    assert_false(cable.reversed || cable.downshifted);
    assert_int_equal(cable.idle_errors, 0);
    assert_int_equal(e1000_get_cable(rig_call(rig), NULL), E1000_ERR_PARAMETER);

    rig_set_partner(rig, false, 0);
    rig_run(rig, SECONDS);
    assert_int_equal(e1000_get_cable(rig_call(rig), &cable), 0);
    assert_false(cable.valid);
    rig_free(rig);

    rig = rig_up("82545em-fiber");
    assert_int_equal(e1000_get_cable(rig_call(rig), &cable), E1000_ERR_PHY);
    rig_free(rig);
}

/* All LEDs go on and off together; they do so after a reset too, and then are what they were. */
static void leds_blink(void **state)
{
    struct rig *rig = rig_up("silicon");
    uint32_t before = e1000emu_peek(rig->chip, E1000_LEDCTL);
    unsigned on = 0, off = 0;

    assert_int_equal(e1000_blink(rig_call(rig), true), 0);
    assert_int_equal(e1000_blink(rig_call(rig), true), 0);
    assert_int_equal(e1000_reset(rig_call(rig)), 0);
    assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
    for (unsigned i = 0; i < 20; i++) {
        unsigned leds = e1000emu_get_leds(rig->chip);

        assert_true(leds == 0xF || leds == 0);
        on += leds == 0xF;
        off += leds == 0;
        rig_run(rig, 100000);
    }
    assert_true(on > 5 && off > 5);
    assert_int_equal(e1000_blink(rig_call(rig), false), 0);
    assert_int_equal(e1000emu_peek(rig->chip, E1000_LEDCTL), before);
    e1000_detach(rig_call(rig));
    assert_int_equal(e1000_blink(rig_call(rig), true), E1000_ERR_STATE);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_link_is_negotiated),
        cmocka_unit_test(nothing_in_common),
        cmocka_unit_test(each_link_is_forced),
        cmocka_unit_test(impossible_media_refused),
        cmocka_unit_test(pausing_as_agreed),
        cmocka_unit_test(marks_follow_the_frame),
        cmocka_unit_test(forced_links_pause_as_told),
        cmocka_unit_test(cable_pulled_and_plugged),
        cmocka_unit_test(loopback_mode),
        cmocka_unit_test(fiber_negotiates),
        cmocka_unit_test(fiber_without_negotiation),
        cmocka_unit_test(fiber_forced),
        cmocka_unit_test(cable_is_described),
        cmocka_unit_test(leds_blink),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
