/* SPDX-License-Identifier: BSD-2-Clause */
/* The link: its report to the letter, pause resolution, changes, losses, and interrupts that tell.
 */
#include "fake.h"

#include <stdio.h>
#include <string.h>

static void expect_line(struct fake *fake, const char *line)
{
    char reported[160];

    assert_string_equal(fake_last_line(fake), line);
    assert_int_equal(e1000_link_line(fake->dev, reported, sizeof reported), strlen(line));
    assert_string_equal(reported, line);
}

/* A link interrupt arrives, and the caller ticks as told. */
static void link_interrupt(struct fake *fake)
{
    assert_true(e1000_interrupt(fake_call(fake)) & E1000_WORK_LINK);
    fake_run(fake, 1000);
}

/* The lines of the closed driver on VMware, word for word. */
static void lines_as_on_vmware(void **state)
{
    struct fake *fake = fake_up();
    char line[8];

    assert_int_equal(e1000_link_line(fake->dev, line, sizeof line), 0);
    assert_string_equal(line, "");
    fake_link(fake, true, 0x80, true);
    link_interrupt(fake);
    expect_line(fake, "Link up on en0, 1-Gigabit, Full-duplex, No flow-control, Debug "
                      "[796d,ac08,0de1,0200,41e1,7c00]");
    assert_int_equal(fake->link_changes, 1);

    /* Cut short, the line is terminated, and its length is still told. */
    memset(line, 'x', sizeof line);
    assert_int_equal(e1000_link_line(fake->dev, line, sizeof line), 94);
    assert_string_equal(line, "Link up");
    assert_int_equal(e1000_link_line(fake->dev, NULL, 0), 94);
    for (size_t size = 1; size <= sizeof line; size++) {
        memset(line, 'x', sizeof line);
        assert_int_equal(e1000_link_line(fake->dev, line, size), 94);
        assert_int_equal(strlen(line), size - 1);
        assert_memory_equal(line, "Link up on", size - 1);
        for (size_t i = size; i < sizeof line; i++)
            assert_int_equal(line[i], 'x');
    }

    assert_int_equal(e1000_down(fake_call(fake)), 0);
    expect_line(fake, "Link down on en0 called by disable()");
    assert_int_equal(fake->link_changes, 2);
    fake_free(fake);
}

/* All speeds and duplexes; in half duplex there is no pausing whatever was negotiated. */
static void speeds_and_duplexes(void **state)
{
    static const struct {
        uint32_t speed;
        bool full;
        uint16_t mbps;
        const char *text;
    } cases[] = {
        {0x00, false, 10, "10-Megabit, Half-duplex, No flow-control"},
        {0x00, true, 10, "10-Megabit, Full-duplex, Full flow-control"},
        {0x40, false, 100, "100-Megabit, Half-duplex, No flow-control"},
        {0x40, true, 100, "100-Megabit, Full-duplex, Full flow-control"},
        {0x80, true, 1000, "1-Gigabit, Full-duplex, Full flow-control"},
        {0xC0, true, 1000, "1-Gigabit, Full-duplex, Full flow-control"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake *fake = fake_new();
        struct e1000_link link;
        char line[160];

        fake->params.name = "ethernet-fourte";
        assert_int_equal(fake_attach(fake), 0);
        fake_bring_up(fake);
        fake_link(fake, true, cases[i].speed, cases[i].full);
        fake->phy[5] = 0x45E1;
        link_interrupt(fake);
        snprintf(line, sizeof line,
                 "Link up on ethernet-fourte, %s, Debug [796d,ac08,0de1,0200,45e1,7c00]",
                 cases[i].text);
        expect_line(fake, line);
        e1000_get_link(fake->dev, &link);
        assert_true(link.up);
        assert_int_equal(link.mbps, cases[i].mbps);
        assert_int_equal(link.full_duplex, cases[i].full);
        fake_free(fake);
    }
}

/* IEEE 802.3 table 28B-3, all sixteen rows, down to CTRL and the thresholds. */
static void pause_resolution(void **state)
{
    static const uint32_t rx = E1000_CTRL_RFCE, tx = E1000_CTRL_TFCE;

    for (unsigned bits = 0; bits < 16; bits++) {
        bool pause = bits & 1, asymmetric = bits & 2, their_pause = bits & 4, their_asym = bits & 8;
        struct fake *fake = fake_up();
        struct e1000_link link;
        uint32_t expected = 0;
        const char *text = "No flow-control";

        if (pause && their_pause) {
            expected = rx | tx;
            text = "Full flow-control";
        } else if (!pause && asymmetric && their_pause && their_asym) {
            expected = tx;
            text = "Tx flow-control";
        } else if (pause && asymmetric && !their_pause && their_asym) {
            expected = rx;
            text = "Rx flow-control";
        }
        fake_link(fake, true, 0x80, true);
        fake->phy[4] = (uint16_t)(0x01E1 | (pause ? 0x400 : 0) | (asymmetric ? 0x800 : 0));
        fake->phy[5] = (uint16_t)(0x41E1 | (their_pause ? 0x400 : 0) | (their_asym ? 0x800 : 0));
        link_interrupt(fake);
        assert_non_null(strstr(fake_last_line(fake), text));
        e1000_get_link(fake->dev, &link);
        assert_int_equal(link.rx_pause, expected & rx ? 1 : 0);
        assert_int_equal(link.tx_pause, expected & tx ? 1 : 0);
        assert_int_equal(fake_reg(fake, E1000_CTRL) & (rx | tx), expected);
        assert_int_equal(fake_reg(fake, E1000_FCRTH), expected & tx ? 0xACC8 : 0);
        assert_int_equal(fake_reg(fake, E1000_FCRTL), expected & tx ? 0x8000ACC0 : 0);
        fake_free(fake);
    }
}

static void loss_and_return(void **state)
{
    struct fake *fake = fake_up();
    struct e1000_link link;

    fake_link(fake, true, 0x80, true);
    link_interrupt(fake);
    fake_link(fake, false, 0x80, true);
    link_interrupt(fake);
    expect_line(fake, "Link down on en0");
    e1000_get_link(fake->dev, &link);
    assert_false(link.up);
    assert_int_equal(link.mbps, 0);
    fake_link(fake, true, 0x40, true);
    link_interrupt(fake);
    assert_non_null(strstr(fake_last_line(fake), "Link up on en0, 100-Megabit"));
    assert_int_equal(fake->link_changes, 3);

    /* Down with the link already lost: nothing to tell. */
    fake_link(fake, false, 0x80, true);
    link_interrupt(fake);
    assert_int_equal(e1000_down(fake_call(fake)), 0);
    expect_line(fake, "Link down on en0");
    fake_free(fake);
}

/* Lost and back before anybody looked: the PHY's latched bit tells, and both lines appear. */
static void flap_is_noticed(void **state)
{
    struct fake *fake = fake_up();
    unsigned lines;

    fake_link(fake, true, 0x80, true);
    link_interrupt(fake);
    lines = fake->lines;

    /* An interrupt without any change reports nothing. */
    fake_link(fake, true, 0x80, true);
    link_interrupt(fake);
    assert_int_equal(fake->lines, lines);

    fake_link(fake, true, 0x80, true);
    fake->phy[1] &= (uint16_t)~E1000_BMSR_LINK;
    link_interrupt(fake);
    assert_int_equal(fake->lines, lines + 2);
    assert_string_equal(fake->line[lines % FAKE_LINES], "Link down on en0");
    assert_non_null(strstr(fake_last_line(fake), "Link up on en0"));
    fake_free(fake);
}

/* A speed that changes without a loss in between is reported. */
static void downshift_is_noticed(void **state)
{
    struct fake *fake = fake_up();

    fake_link(fake, true, 0x80, true);
    link_interrupt(fake);
    fake_link(fake, true, 0x40, true);
    link_interrupt(fake);
    assert_non_null(strstr(fake_last_line(fake), "100-Megabit"));
    fake_free(fake);
}

/* Without any interrupt, polling finds the link, its loss and its return. */
static void polled_without_interrupts(void **state)
{
    struct fake *fake = fake_up();
    struct e1000_link link;

    for (int i = 0; i < 6; i++) {
        fake_link(fake, !(i % 2), 0x80, true);
        fake_set(fake, E1000_ICR, 0);
        fake_run(fake, 600000);
        e1000_get_link(fake->dev, &link);
        assert_int_equal(link.up, !(i % 2));
    }
    fake_free(fake);
}

/* The MAC has link before the PHY's registers are complete: the report waits for them. */
static void unsettled_phy_is_waited_for(void **state)
{
    struct fake *fake = fake_up();

    fake_link(fake, true, 0x80, true);
    fake->phy[1] = 0x794D; /* autonegotiation not done */
    link_interrupt(fake);
    fake_run(fake, 50000);
    assert_int_equal(fake->link_changes, 0);
    fake->phy[1] = 0x796D;
    fake_run(fake, 50000);
    assert_int_equal(fake->link_changes, 1);
    expect_line(fake, "Link up on en0, 1-Gigabit, Full-duplex, No flow-control, Debug "
                      "[796d,ac08,0de1,0200,41e1,7c00]");
    fake_free(fake);
}

/* The same after a loss so short that the MAC's link bit never showed it. */
static void unsettled_after_flap(void **state)
{
    struct fake *fake = fake_up();

    fake_link(fake, true, 0x80, true);
    link_interrupt(fake);
    fake_link(fake, true, 0x80, true);
    fake->phy[1] = 0x7949;
    link_interrupt(fake);
    fake_run(fake, 50000);
    assert_int_equal(fake->link_changes, 1);
    fake->phy[1] = 0x796D;
    fake_run(fake, 50000);
    assert_int_equal(fake->link_changes, 3); /* down, and up again */
    fake_free(fake);
}

/* On fibre the MAC alone knows: no PHY registers in the report, pausing as the chip resolved it. */
static void fibre_link(void **state)
{
    struct fake *fake = fake_new();

    fake->config[1] = 0x1011;
    fake->reg[E1000_STATUS / 4] |= E1000_STATUS_TBIMODE;
    fake->mdic_never = true;
    assert_int_equal(fake_attach(fake), 0);
    fake_bring_up(fake);
    assert_int_equal(fake_reg(fake, E1000_TXCW), 0x800001A0);
    assert_int_equal(fake_reg(fake, E1000_TIPG), 0x00602009);
    fake->reg[E1000_CTRL / 4] |= E1000_CTRL_RFCE;
    fake_link(fake, true, 0, true);
    link_interrupt(fake);
    expect_line(fake, "Link up on en0, 1-Gigabit, Full-duplex, Rx flow-control");
    uint16_t value;
    assert_int_equal(e1000_phy_read(fake_call(fake), 1, &value), E1000_ERR_PHY);
    fake_free(fake);
}

static void interrupt_causes(void **state)
{
    static const struct {
        uint32_t icr;
        unsigned work;
    } cases[] = {
        {0, 0},
        {E1000_ICR_RXT0, E1000_WORK_RX},
        {E1000_ICR_RXDMT0, E1000_WORK_RX},
        {E1000_ICR_RXO, E1000_WORK_RX},
        {E1000_ICR_TXDW, E1000_WORK_TX},
        {E1000_ICR_LSC, E1000_WORK_LINK},
        {E1000_ICR_RXSEQ, E1000_WORK_LINK},
        {E1000_ICR_TXQE, 0},
        {0x1FFFF, E1000_WORK_RX | E1000_WORK_TX | E1000_WORK_LINK},
    };
    struct fake *fake = fake_up();
    struct e1000_counters counters;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_set(fake, E1000_ICR, cases[i].icr);
        assert_int_equal(e1000_interrupt(fake_call(fake)), cases[i].work);
        assert_int_equal(e1000_interrupt(fake_call(fake)), 0);
    }
    e1000_get_counters(fake->dev, &counters);
    assert_int_equal(counters.rx_overruns, 2);
    assert_int_equal(counters.interrupts, 8);

    /* Not up: the line is somebody else's, and ICR is left alone. */
    assert_int_equal(e1000_down(fake_call(fake)), 0);
    fake_set(fake, E1000_ICR, E1000_ICR_LSC);
    assert_int_equal(e1000_interrupt(fake_call(fake)), 0);
    assert_int_equal(fake_reg(fake, E1000_ICR), E1000_ICR_LSC);
    fake_free(fake);
}

static void removal_shows_in_interrupt(void **state)
{
    struct fake *fake = fake_up();

    fake->gone = true;
    assert_int_equal(e1000_interrupt(fake_call(fake)), E1000_WORK_GONE);
    assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_FAILED);
    assert_int_equal(e1000_get_error(fake->dev), E1000_ERR_BUS);
    fake_free(fake);
}

/* A frame or a finished descriptor that no interrupt told of is asked about within a second. On
 * VMware, where receive interrupts are known to get lost, within 50 ms; there every interrupt means
 * to look. */
static void lost_interrupts_are_asked_for(void **state)
{
    for (int vmware = 0; vmware < 2; vmware++) {
        struct fake *fake = fake_new();
        struct e1000_frag frag = {.bus = 0x1000, .length = 60, .flags = E1000_FRAG_EOP};
        struct e1000_counters counters;

        fake->config[E1000_PCI_SUBSYSTEM_VENDOR / 2] = vmware ? 0x15AD : 0x8086;
        assert_int_equal(fake_attach(fake), 0);
        fake_bring_up(fake);
        fake_run(fake, 300000);
        e1000_interrupt(fake_call(fake));
        assert_int_equal(fake_reg(fake, E1000_ICR), 0);

        fake_rx_desc(fake, 0)->rest = 60 | E1000_RXD_DD | E1000_RXD_EOP;
        fake_set(fake, E1000_RDH, 1);
        fake_run(fake, vmware ? 50000 : 1000000);
        assert_int_equal(fake_reg(fake, E1000_ICR), E1000_ICR_RXT0);
        assert_true(e1000_interrupt(fake_call(fake)) & E1000_WORK_RX);
        struct e1000_frag frags[65];
        assert_int_equal(fake_receive(fake, frags, 65), 1);
        fake_recycle(fake, frags, 1);

        fake_run(fake, 1000000);
        assert_int_equal(fake_reg(fake, E1000_ICR), 0);
        assert_int_equal(fake_transmit(fake, &frag, 1), 1);
        fake_run(fake, 1000000);
        assert_int_equal(fake_reg(fake, E1000_ICR), 0); /* not done yet: nothing to ask for */
        fake_tx_desc(fake, 0)->rest |= E1000_TXD_DD;
        fake_run(fake, 1000000);
        assert_int_equal(fake_reg(fake, E1000_ICR), E1000_ICR_TXDW);
        assert_int_equal(e1000_interrupt(fake_call(fake)),
                         vmware ? E1000_WORK_TX | E1000_WORK_RX : E1000_WORK_TX);
        e1000_get_counters(fake->dev, &counters);
        assert_true(counters.rescues >= 2);
        fake_free(fake);
    }
}

/* Asking takes the causes that were there along: an overrun among them is counted then, and is not
 * raised again; the others that are wanted come up with what was asked for. */
static void causes_found_while_asking(void **state)
{
    for (int overrun = 0; overrun < 2; overrun++) {
        struct fake *fake = fake_up();
        struct e1000_counters counters;

        fake_run(fake, 300000);
        e1000_interrupt(fake_call(fake));
        fake_rx_desc(fake, 0)->rest = 60 | E1000_RXD_DD | E1000_RXD_EOP;
        fake_set(fake, E1000_ICR, E1000_ICR_RXDMT0 | (overrun ? E1000_ICR_RXO : 0) | 0x8000);
        do {
            fake_run(fake, 1000);
            e1000_get_counters(fake->dev, &counters);
        } while (!counters.rescues);
        assert_int_equal(counters.rx_overruns, overrun);
        assert_int_equal(fake_reg(fake, E1000_ICR), E1000_ICR_RXT0 | E1000_ICR_RXDMT0);
        fake_free(fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_as_on_vmware),
        cmocka_unit_test(speeds_and_duplexes),
        cmocka_unit_test(pause_resolution),
        cmocka_unit_test(loss_and_return),
        cmocka_unit_test(flap_is_noticed),
        cmocka_unit_test(downshift_is_noticed),
        cmocka_unit_test(polled_without_interrupts),
        cmocka_unit_test(unsettled_phy_is_waited_for),
        cmocka_unit_test(unsettled_after_flap),
        cmocka_unit_test(fibre_link),
        cmocka_unit_test(interrupt_causes),
        cmocka_unit_test(removal_shows_in_interrupt),
        cmocka_unit_test(lost_interrupts_are_asked_for),
        cmocka_unit_test(causes_found_while_asking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
