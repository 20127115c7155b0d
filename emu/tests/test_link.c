/* SPDX-License-Identifier: BSD-2-Clause */
/* Autonegotiation, forced modes, PHY resets, and the MAC's view of the link (SDM 8.6, 11.2). */
#include "mdio.h"

#include "chip.h"

/* ---- Autonegotiation ------------------------------------------------------------------------ */

/* The six words that Apple's driver logged on VMware. They come about as they did there: the driver
 * advertises with pause, but without gigabit half duplex; the partner has all but pause. */
static void vmware_link_shows_the_logged_words(void **state)
{
    struct fixture *f = *state;

    phy_write(f, PHY_ANAR, 0x0DE1);
    phy_write(f, PHY_GBCR, 0x0200);
    phy_write(f, PHY_BMCR, 0x1340);
    fixture_run(f, AUTONEG);
    assert_int_equal(phy_read(f, 1), 0x7969); /* was down: stays low until it was read */
    assert_int_equal(phy_read(f, 1), 0x796D);
    assert_int_equal(phy_read(f, 17), 0xAC08);
    assert_int_equal(phy_read(f, 4), 0x0DE1);
    assert_int_equal(phy_read(f, 9), 0x0200);
    assert_int_equal(phy_read(f, 5), 0x41E1);
    assert_int_equal(phy_read(f, 10), 0x7C00);
}

/* The same by other causes gives other words: nothing there is fixed but what the profile says. */
static void words_follow_the_partner(void **state)
{
    struct fixture *f = *state;

    set_partner(f, true, E1000EMU_100_FULL | E1000EMU_10_HALF | E1000EMU_PAUSE);
    phy_write(f, PHY_ANAR, 0x0DE1);
    phy_write(f, PHY_BMCR, 0x1340);
    fixture_run(f, AUTONEG);
    phy_read(f, 1);
    assert_int_equal(phy_read(f, 1), 0x796D);
    assert_int_equal(phy_read(f, 5), 0x4521);
    assert_int_equal(phy_read(f, 10), 0x0000);
    assert_int_equal(phy_read(f, 17), 0x6C0C);
    f = mdio_fixture("silicon");
    fixture_run(f, AUTONEG);
    assert_int_equal(phy_read(f, 17), 0xAC00);
    assert_int_equal(phy_read(f, 10), 0x7C00);
    fixture_free(f);
}

static void negotiation_takes_the_profiles_time(void **state)
{
    static const char *const names[] = {"vmware", "silicon"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct e1000emu_config config = {.profile = e1000emu_profile_find(names[i])};
        struct fixture *f = fixture_new(&config);

        fixture_enable(f);
        fixture_run(f, config.profile->autoneg_ns - 1);
        assert_false(wire_up(f));
        fixture_run(f, 1);
        assert_true(wire_up(f));
        fixture_free(f);
    }
}

/* Every ability of the partner on its own, and the best of several. */
static void best_common_ability_wins(void **state)
{
    static const struct {
        uint32_t abilities;
        unsigned mbps; /* 0: none in common */
        bool full_duplex;
    } cases[] = {
        {E1000EMU_10_HALF, 10, false},
        {E1000EMU_10_FULL, 10, true},
        {E1000EMU_100_HALF, 100, false},
        {E1000EMU_100_FULL, 100, true},
        {E1000EMU_1000_FULL, 1000, true},
        {E1000EMU_1000_HALF, 0, false}, /* this MAC can't (SDM 8.4) */
        {E1000EMU_10_HALF | E1000EMU_10_FULL, 10, true},
        {E1000EMU_10_FULL | E1000EMU_100_HALF, 100, false},
        {E1000EMU_100_HALF | E1000EMU_100_FULL | E1000EMU_1000_HALF, 100, true},
        {ALL_SPEEDS, 1000, true},
        {0, 0, false},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct e1000emu_link link;

        set_partner(f, true, cases[i].abilities);
        assert_false(wire_up(f));
        fixture_run(f, AUTONEG);
        e1000emu_get_link(f->chip, &link);
        assert_int_equal(link.up, cases[i].mbps != 0);
        /* Who answers at all completes the negotiation, even without anything in common. */
        assert_int_equal(phy_read(f, 1) & BMSR_AN_DONE, cases[i].abilities ? BMSR_AN_DONE : 0);
        if (!link.up)
            continue;
        assert_int_equal(link.mbps, cases[i].mbps);
        assert_int_equal(link.full_duplex, cases[i].full_duplex);
    }
}

/* What software doesn't advertise isn't used; what it advertises counts from the restart on. */
static void advertisement_counts_from_the_restart(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_link link;

    fixture_run(f, AUTONEG);
    phy_write(f, PHY_GBCR, 0x0000);
    phy_write(f, PHY_ANAR, 0x0061);
    e1000emu_get_link(f->chip, &link);
    assert_int_equal(link.mbps, 1000);
    phy_write(f, PHY_BMCR, 0x1340);
    assert_false(wire_up(f));
    assert_int_equal(phy_read(f, PHY_BMCR), 0x1140); /* restart clears itself */
    fixture_run(f, AUTONEG);
    e1000emu_get_link(f->chip, &link);
    assert_int_equal(link.mbps, 10);
    assert_true(link.full_duplex);
    assert_int_equal(phy_read(f, 10), 0); /* no next pages */
}

/* IEEE 802.3 table 28B-3, as register 17 shows it on a chip without VMware's fixed bit. */
static void pause_is_resolved(void **state)
{
    static const struct {
        uint16_t local;
        uint32_t partner;
        uint16_t pause;
    } cases[] = {
        {0x0000, E1000EMU_PAUSE | E1000EMU_PAUSE_ASYMMETRIC, 0},
        {0x0400, 0, 0},
        {0x0400, E1000EMU_PAUSE, PSSR_TX_PAUSE | PSSR_RX_PAUSE},
        {0x0C00, E1000EMU_PAUSE, PSSR_TX_PAUSE | PSSR_RX_PAUSE},
        {0x0C00, E1000EMU_PAUSE_ASYMMETRIC, PSSR_RX_PAUSE},
        {0x0C00, E1000EMU_PAUSE | E1000EMU_PAUSE_ASYMMETRIC, PSSR_TX_PAUSE | PSSR_RX_PAUSE},
        {0x0800, E1000EMU_PAUSE | E1000EMU_PAUSE_ASYMMETRIC, PSSR_TX_PAUSE},
        {0x0800, E1000EMU_PAUSE, 0},
        {0x0800, E1000EMU_PAUSE_ASYMMETRIC, 0},
        {0x0400, E1000EMU_PAUSE_ASYMMETRIC, 0},
    };
    struct fixture *f = mdio_fixture("silicon");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        phy_write(f, PHY_ANAR, 0x01E1 | cases[i].local);
        set_partner(f, true, ALL_SPEEDS | cases[i].partner);
        fixture_run(f, AUTONEG);
        assert_int_equal(phy_read(f, 17), 0xAC00 | cases[i].pause);
    }
    fixture_free(f);
}

/* The cable comes out and goes in: link, latch and negotiation follow. */
static void cable_pulls_and_plugs_show(void **state)
{
    struct fixture *f = *state;

    fixture_run(f, AUTONEG);
    phy_read(f, 1);
    assert_int_equal(phy_read(f, 1), 0x796D);
    set_partner(f, false, ALL_SPEEDS);
    assert_false(wire_up(f));
    assert_int_equal(phy_read(f, 1), 0x7949);
    assert_int_equal(phy_read(f, 17) & (PSSR_LINK | PSSR_RESOLVED), 0);
    assert_int_equal(phy_read(f, 5), 0);
    fixture_run(f, AUTONEG);
    assert_false(wire_up(f));
    set_partner(f, true, ALL_SPEEDS);
    fixture_run(f, AUTONEG);
    assert_true(wire_up(f));
    /* A glitch between two reads is not missed. */
    phy_read(f, 1);
    assert_int_equal(phy_read(f, 1) & BMSR_LINK, BMSR_LINK);
    set_partner(f, false, ALL_SPEEDS);
    set_partner(f, true, ALL_SPEEDS);
    fixture_run(f, AUTONEG);
    assert_int_equal(phy_read(f, 1) & BMSR_LINK, 0);
    assert_int_equal(phy_read(f, 1) & BMSR_LINK, BMSR_LINK);
}

static void page_received_clears_by_reading(void **state)
{
    struct fixture *f = *state;

    fixture_run(f, AUTONEG);
    assert_int_equal(phy_read(f, 6), ANER_LP_AN_ABLE | ANER_PAGE | ANER_LP_NP_ABLE);
    assert_int_equal(phy_read(f, 6), ANER_LP_AN_ABLE | ANER_LP_NP_ABLE);
}

/* ---- Forced modes, power, isolation, loopback, resets --------------------------------------- */

/* Register 0 without AN: taken at the restart, at 10 and 100 Mb/s without asking the partner. */
static void forced_modes(void **state)
{
    static const struct {
        uint16_t control;
        unsigned mbps;
        bool full_duplex;
    } cases[] = {
        {0x8000, 10, false},  {0x8100, 10, true},  {0xA000, 100, false},
        {0xA100, 100, true},  {0x2300, 100, true}, {0x0200, 10, false},
        {0x8140, 1000, true}, {0x8040, 0, false}, /* 1000 half duplex */
        {0xA140, 0, false},                       /* reserved speed */
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct e1000emu_link link;

        phy_write(f, PHY_BMCR, cases[i].control);
        fixture_run(f, AUTONEG);
        e1000emu_get_link(f->chip, &link);
        assert_int_equal(link.up, cases[i].mbps != 0);
        assert_int_equal(phy_read(f, PHY_BMCR), cases[i].control & 0x3140);
        if (!link.up)
            continue;
        assert_int_equal(link.mbps, cases[i].mbps);
        assert_int_equal(link.full_duplex, cases[i].full_duplex);
        /* Only gigabit negotiates without AN. */
        assert_int_equal(phy_read(f, 1) & BMSR_AN_DONE, link.mbps == 1000 ? BMSR_AN_DONE : 0);
    }
    set_partner(f, true, E1000EMU_10_HALF | E1000EMU_10_FULL);
    phy_write(f, PHY_BMCR, 0xA100);
    fixture_run(f, AUTONEG);
    assert_false(wire_up(f)); /* a partner that can't do 100 */
}

/* A new mode in register 0 waits for a restart (SDM 11.1.3). */
static void new_mode_waits_for_a_restart(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_link link;

    fixture_run(f, AUTONEG);
    phy_write(f, PHY_BMCR, 0x0100);
    fixture_run(f, AUTONEG);
    e1000emu_get_link(f->chip, &link);
    assert_true(link.up);
    assert_int_equal(link.mbps, 1000);
    phy_write(f, PHY_BMCR, 0x0300);
    fixture_run(f, AUTONEG);
    e1000emu_get_link(f->chip, &link);
    assert_int_equal(link.mbps, 10);
}

static void power_down_takes_the_link(void **state)
{
    struct fixture *f = *state;

    fixture_run(f, AUTONEG);
    phy_write(f, PHY_BMCR, 0x1940);
    assert_false(wire_up(f));
    fixture_run(f, AUTONEG);
    assert_false(wire_up(f));
    set_partner(f, true, ALL_SPEEDS);
    fixture_run(f, AUTONEG);
    assert_false(wire_up(f));
    phy_write(f, PHY_INTEN, PHYINT_LINK);
    phy_write(f, PHY_BMCR, 0x1140); /* leaving it is a soft reset, and restarts by itself */
    assert_int_equal(phy_read(f, PHY_INTEN), 0);
    fixture_run(f, AUTONEG);
    assert_true(wire_up(f));
}

/* Isolated from the MAC, the PHY keeps its link, and the MAC sees none. */
static void isolation_is_between_phy_and_mac(void **state)
{
    struct fixture *f = *state;

    fixture_link_up(f);
    phy_write(f, PHY_BMCR, 0x1540);
    assert_true(wire_up(f));
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_LU, 0);
    phy_write(f, PHY_BMCR, 0x1140);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_LU, STATUS_LU);
}

/* As ethtool's loopback test sets it up: a link without a cable, and none for the wire. */
static void loopback_needs_no_cable(void **state)
{
    struct fixture *f = *state;

    set_partner(f, false, 0);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FRCSPD | CTRL_FRCDPLX | CTRL_SPEED_1000 | CTRL_FD);
    phy_write(f, PHY_PSCR, 0x0808);
    phy_write(f, PHY_BMCR, 0x9140);
    phy_write(f, PHY_BMCR, 0x8140);
    phy_write(f, PHY_BMCR, 0x4140);
    phy_read(f, 1);
    assert_int_equal(phy_read(f, 1) & BMSR_LINK, BMSR_LINK);
    assert_int_equal(phy_read(f, 17) & 0xEC00, 0xAC00);
    assert_int_equal(fixture_read(f, REG_STATUS) & 0xC3, 0x83);
    assert_false(wire_up(f));
    set_partner(f, true, ALL_SPEEDS); /* doesn't matter now */
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_LU, STATUS_LU);
    phy_write(f, PHY_BMCR, 0x9140);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_LU, 0);
    fixture_run(f, AUTONEG);
    assert_true(wire_up(f));
}

/* A soft reset keeps what is advertised and register 16, and negotiates anew. */
static void soft_reset_keeps_the_setup(void **state)
{
    struct fixture *f = *state;

    fixture_run(f, AUTONEG);
    phy_write(f, PHY_ANAR, 0x0DE1);
    phy_write(f, PHY_GBCR, 0x0300);
    phy_write(f, PHY_PSCR, 0x0360);
    phy_write(f, PHY_INTEN, 0xFFFF);
    phy_write(f, PHY_BMCR, 0x9140);
    assert_int_equal(phy_read(f, PHY_BMCR), 0x1140);
    assert_int_equal(phy_read(f, PHY_ANAR), 0x0DE1);
    assert_int_equal(phy_read(f, PHY_GBCR), 0x0300);
    assert_int_equal(phy_read(f, PHY_PSCR), 0x0360);
    assert_int_equal(phy_read(f, PHY_INTEN), 0);
    assert_false(wire_up(f));
    fixture_run(f, AUTONEG);
    assert_true(wire_up(f));
}

/* CTRL.PHY_RST: nothing answers while it is one, and all is default afterwards. */
static void phy_rst_resets_all_registers(void **state)
{
    struct fixture *f = *state;
    uint32_t ctrl = fixture_read(f, REG_CTRL);

    fixture_run(f, AUTONEG);
    phy_write(f, PHY_ANAR, 0x0061);
    phy_write(f, PHY_PSCR, 0x0360);
    fixture_write(f, REG_CTRL, ctrl | CTRL_PHY_RST);
    assert_false(wire_up(f));
    assert_true(mdio_transfer(f, MDIC_OP_READ | 0x00220000) & MDIC_E);
    fixture_run(f, AUTONEG);
    assert_false(wire_up(f));
    fixture_write(f, REG_CTRL, ctrl);
    assert_int_equal(phy_read(f, PHY_ANAR), 0x01E1);
    assert_int_equal(phy_read(f, PHY_PSCR), 0x0068);
    fixture_run(f, AUTONEG);
    assert_true(wire_up(f));
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

/* Register 19 latches events; with register 18 and CTRL_EXT's enable they reach ICR.PHYINT. */
static void phy_interrupt_reaches_the_mac(void **state)
{
    struct fixture *f = *state;

    fixture_run(f, AUTONEG);
    assert_int_equal(phy_read(f, 19) & 0x7C00, 0x7C00); /* speed, duplex, page, AN done, link */
    assert_int_equal(phy_read(f, 19), 0);
    fixture_read(f, REG_ICR);
    phy_write(f, PHY_INTEN, PHYINT_LINK);
    set_partner(f, false, 0);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT) & CTRL_EXT_PHYINT, CTRL_EXT_PHYINT);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_PHYINT, 0); /* not enabled */
    fixture_write(f, REG_CTRL_EXT, CTRL_EXT_PHYINT_EN);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_PHYINT, ICR_PHYINT);
    assert_int_equal(phy_read(f, 19), PHYINT_LINK);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT) & CTRL_EXT_PHYINT, 0);
    set_partner(f, true, ALL_SPEEDS);
    fixture_run(f, AUTONEG);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_PHYINT, ICR_PHYINT);
    set_partner(f, false, 0); /* the PHY's line is still up: no edge */
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_PHYINT, 0);
    phy_write(f, PHY_INTEN, 0);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT) & CTRL_EXT_PHYINT, 0);
}

/* ICR.LSC at each edge of STATUS.LU, and only there. */
static void lsc_at_each_edge(void **state)
{
    struct fixture *f = *state;

    fixture_run(f, AUTONEG);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_LSC, 0); /* SLU is still zero */
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_SLU);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_LSC, ICR_LSC);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_SLU);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_LSC, 0);
    set_partner(f, false, 0);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_LSC, ICR_LSC);
    set_partner(f, true, ALL_SPEEDS);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_LSC, 0);
    fixture_run(f, AUTONEG);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_LSC, ICR_LSC);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) & ~CTRL_SLU);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_LSC, ICR_LSC);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_LU, 0);
}

/* ---- STATUS --------------------------------------------------------------------------------- */

/* SDM tables 8-6 to 8-9: who decides speed and duplex. The PHY has 100 Mb/s full duplex here. */
static void status_resolves_speed_and_duplex(void **state)
{
    static const struct {
        uint32_t ctrl, ext, status;
    } cases[] = {
        {0, 0, STATUS_SPEED_100 | STATUS_FD},
        {CTRL_ASDE, 0, STATUS_SPEED_100 | STATUS_FD},
        {CTRL_ASDE | CTRL_FRCDPLX, 0, STATUS_SPEED_100},
        {CTRL_ASDE | CTRL_FRCDPLX | CTRL_FD, 0, STATUS_SPEED_100 | STATUS_FD},
        {CTRL_FRCSPD | CTRL_SPEED_1000, 0, STATUS_SPEED_1000 | STATUS_FD},
        {CTRL_FRCSPD | CTRL_SPEED_10 | CTRL_ASDE, 0, STATUS_SPEED_10 | STATUS_FD},
        {CTRL_FRCSPD | CTRL_SPEED_100 | CTRL_FRCDPLX, 0, STATUS_SPEED_100},
        {CTRL_FRCSPD | CTRL_SPEED_1000 | CTRL_FRCDPLX | CTRL_FD, 0, STATUS_SPEED_1000 | STATUS_FD},
        {CTRL_SPEED_1000, CTRL_EXT_SPD_BYPS, STATUS_SPEED_1000 | STATUS_FD},
        {CTRL_SPEED_1000, CTRL_EXT_LINK_MODE, STATUS_SPEED_1000}, /* not this PHY: no link */
    };
    struct fixture *f = *state;

    set_partner(f, true, E1000EMU_100_FULL);
    fixture_run(f, AUTONEG);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool copper = !(cases[i].ext & CTRL_EXT_LINK_MODE);

        fixture_write(f, REG_CTRL_EXT, cases[i].ext);
        fixture_write(f, REG_CTRL, cases[i].ctrl | CTRL_SLU);
        assert_int_equal(fixture_read(f, REG_STATUS),
                         cases[i].status | STATUS_PCI66 | (copper ? STATUS_LU : 0));
        fixture_write(f, REG_CTRL, cases[i].ctrl);
        assert_int_equal(fixture_read(f, REG_STATUS), cases[i].status | STATUS_PCI66);
    }
}

/* ILOS takes the PHY's signal for its opposite, so that a driver that sets it with this PHY loses a
 * good link; the PHY's own loop, where Linux's self-test sets it, is no matter of a lost signal. */
static void ilos_inverts_the_signal(void **state)
{
    struct fixture *f = *state;

    fixture_link_up(f);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_ILOS);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_LU, 0);
    assert_true(wire_up(f));
    set_partner(f, false, 0);
    assert_true(fixture_read(f, REG_STATUS) & STATUS_LU);
    assert_false(wire_up(f));
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_SWXOFF); /* into nothing */
    assert_int_equal(f->sent_count, 0);
    for (unsigned inverted = 0; inverted < 2; inverted++) {
        fixture_write(f, REG_CTRL, CTRL_SLU | (inverted ? CTRL_ILOS : 0));
        phy_write(f, PHY_BMCR, 0x4140);
        assert_true(fixture_read(f, REG_STATUS) & STATUS_LU);
    }
}

/* What VMware shows once the link is up; the 64-bit slot of the other board. */
static void status_shows_bus_and_link(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fixture_read(f, REG_STATUS), 0x00000881);
    fixture_link_up(f);
    assert_int_equal(fixture_read(f, REG_STATUS), 0x00000883);
    f = mdio_fixture("silicon");
    fixture_link_up(f);
    assert_int_equal(fixture_read(f, REG_STATUS), 0x00001883);
    fixture_free(f);
}

/* CTRL_EXT.ASDCHK puts the detected speed into STATUS.ASDV. */
static void speed_detection_on_demand(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL_EXT, CTRL_EXT_ASDCHK);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_ASDV, 0);
    fixture_run(f, AUTONEG);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_ASDV, 0);
    fixture_write(f, REG_CTRL_EXT, CTRL_EXT_ASDCHK);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_ASDV, 0x200);
    set_partner(f, true, E1000EMU_100_FULL);
    fixture_run(f, AUTONEG);
    fixture_write(f, REG_CTRL_EXT, CTRL_EXT_ASDCHK);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_ASDV, 0x100);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT) & CTRL_EXT_ASDCHK, 0);
    set_partner(f, true, E1000EMU_10_FULL);
    fixture_run(f, AUTONEG);
    fixture_write(f, REG_CTRL_EXT, CTRL_EXT_ASDCHK);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_ASDV, 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, mdio_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(vmware_link_shows_the_logged_words),
        WITH(words_follow_the_partner),
        cmocka_unit_test(negotiation_takes_the_profiles_time),
        WITH(best_common_ability_wins),
        WITH(advertisement_counts_from_the_restart),
        cmocka_unit_test(pause_is_resolved),
        WITH(cable_pulls_and_plugs_show),
        WITH(page_received_clears_by_reading),
        WITH(forced_modes),
        WITH(new_mode_waits_for_a_restart),
        WITH(power_down_takes_the_link),
        WITH(isolation_is_between_phy_and_mac),
        WITH(loopback_needs_no_cable),
        WITH(soft_reset_keeps_the_setup),
        WITH(phy_rst_resets_all_registers),
        WITH(phy_interrupt_reaches_the_mac),
        WITH(lsc_at_each_edge),
        WITH(status_resolves_speed_and_duplex),
        WITH(ilos_inverts_the_signal),
        WITH(status_shows_bus_and_link),
        WITH(speed_detection_on_demand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
