/* SPDX-License-Identifier: BSD-2-Clause */
/* What each reset reaches, and what it leaves alone (SDM 14.7); and the clock. */
#include "fixture.h"

#include <string.h>

#include "chip.h"
#include "resets.h"

#define US 1000u
#define MS 1000000u

#define AUTONEG (3000ull * MS)

static int setup(void **state)
{
    struct fixture *f = fixture_new(NULL);

    fixture_enable(f);
    *state = f;
    return 0;
}

/* ---- Registers ------------------------------------------------------------------------------ */

/* Typed from the manual's table of resets, a register or two of each class: what is written before,
 * and what RST# and CTRL.RST make of it. */
static const struct {
    uint32_t offset, value, after_pci, after_ctrl;
} classes[] = {
    /* General registers, control of receive and transmit, interrupts: default. */
    {REG_FCAL, 0x12345678, 0, 0},
    {REG_FCTTV, 0x1234, 0, 0},
    {REG_LEDCTL, 0x01010101, 0x07068302, 0x07068302},
    {REG_RCTL, 0x8020, 0, 0},
    {REG_TCTL, 0x3F0F8, 0, 0},
    {REG_ITR, 0x1234, 0, 0},
    {REG_RDLEN, 0x1000, 0, 0},
    {REG_RDH, 5, 0, 0},
    {REG_RDT, 5, 0, 0},
    {REG_TDLEN, 0x1000, 0, 0},
    {REG_TDH, 5, 0, 0},
    {REG_TDT, 5, 0, 0},
    {REG_RDTR, 8, 0, 0},
    {REG_RADV, 8, 0, 0},
    {REG_TIDV, 8, 0, 0},
    {REG_TADV, 8, 0, 0},
    {REG_RXDCTL, 0, 0x01010000, 0x01010000},
    {REG_TXDCTL, 0x01010000, 0, 0},
    {REG_TSPMT, 0, 0x01000400, 0x01000400},
    {REG_RXCSUM, 0x300, 0, 0},
    {REG_FCRTH, 0x8000, 0, 0},
    {REG_TDFH, 0x123, 0, 0},
    {REG_WUFC, 0xFF, 0, 0},
    {REG_IPAV, 0x1000E, 0, 0},
    {REG_FFLT, 0x40, 0, 0},
    /* Bases, filter tables, wake-up tables, the packet buffer: kept. */
    {REG_RDBAL, 0x12345670, 0x12345670, 0x12345670},
    {REG_RDBAH, 1, 1, 1},
    {REG_TDBAL, 0x12345670, 0x12345670, 0x12345670},
    {REG_TDBAH, 1, 1, 1},
    {REG_MTA_N(77), 0xCAFEF00D, 0xCAFEF00D, 0xCAFEF00D},
    {REG_VFTA_N(77), 0xCAFEF00D, 0xCAFEF00D, 0xCAFEF00D},
    {REG_TIPG, 0x00602008, 0x00602008, 0x00602008},
    {REG_FFMT + 8, 0x5, 0x5, 0x5},
    {REG_FFVT + 8, 0x55, 0x55, 0x55},
    {REG_IP4AT_N(2), 0x0A0B0C0D, 0x0A0B0C0D, 0x0A0B0C0D},
    {REG_IP6AT_N(2), 0x0A0B0C0D, 0x0A0B0C0D, 0x0A0B0C0D},
    {REG_WUPM, 0x0A0B0C0D, 0x0A0B0C0D, 0x0A0B0C0D},
    {REG_PBM + 0x8000, 0x0A0B0C0D, 0x0A0B0C0D, 0x0A0B0C0D},
    /* Software writes the split, resets, and counts on it. */
    {REG_PBA, 0x28, 0x00100030, 0x00180028},
    /* PME_En outlives CTRL.RST. */
    {REG_WUC, WUC_PME_EN | WUC_APME, 0, WUC_PME_EN},
    /* Pin directions outlive all but power; the other bits are the EEPROM's. */
    {REG_CTRL, 0x40C00041, 0x00F00201, 0x00F00201},
    {REG_CTRL_EXT, 0x00028CCF, 0x00000D00, 0x00000D00},
    {REG_TXCW, 0x8000FFFF, 0x000001A0, 0x000001A0},
};

static void check_classes(size_t way)
{
    struct fixture *f = fixture_new(NULL);

    fixture_enable(f);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        uint32_t expected = classes[i].after_ctrl;

        if (ways[way].kind == E1000EMU_RESET_PCI)
            expected = classes[i].after_pci;
        fixture_write(f, classes[i].offset, classes[i].value);
        ways[way].reset(f, ways[way].kind);
        fixture_enable(f);
        assert_int_equal(fixture_read(f, classes[i].offset), expected);
    }
    fixture_free(f);
}

static void registers_after_each_reset(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        if (ways[i].kind != E1000EMU_RESET_POWER)
            check_classes(i);
    }
}

/* Whatever was written: after power-on the chip reads like a new one. */
static void power_on_makes_the_chip_new(void **state)
{
    struct fixture *f = *state;
    struct fixture *new = fixture_new(NULL);

    fixture_enable(new);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        fixture_write(f, classes[i].offset, classes[i].value);
    emu_set(f->chip, REG_WUS, 3);
    e1000emu_reset(f->chip, E1000EMU_RESET_POWER);
    assert_int_equal(fixture_read(f, REG_CTRL), 0xFFFFFFFF); /* memory disabled */
    fixture_enable(f);
    for (uint32_t offset = 0; offset < EMU_REGISTER_BYTES; offset += 4)
        assert_int_equal(fixture_read(f, offset), fixture_read(new, offset));
    fixture_free(new);
}

static void wake_up_status_is_kept(void **state)
{
    struct fixture *f = *state;

    emu_set(f->chip, REG_WUS, 3);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_int_equal(fixture_read(f, REG_WUS), 3);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_WUS), 3);
}

static void statistics_start_again(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < WAYS; i++) {
        emu_set(f->chip, REG_GPRC, 42);
        emu_set(f->chip, REG_TORH, 42);
        ways[i].reset(f, ways[i].kind);
        fixture_enable(f);
        assert_int_equal(fixture_read(f, REG_GPRC), 0);
        assert_int_equal(fixture_read(f, REG_TORH), 0);
    }
}

/* The bit never reads as one, not even right after the write. */
static void rst_reads_zero(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL, 0xFFFFFFFF & ~CTRL_PHY_RST);
    assert_int_equal(fixture_read(f, REG_CTRL) & CTRL_RST, 0);
}

/* ---- Interrupts and what is under way ------------------------------------------------------- */

/* Cause, mask and line all go; a cause set afterwards is masked. */
static void intx_falls(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < WAYS; i++) {
        fixture_write(f, REG_IMS, ICR_LSC);
        fixture_write(f, REG_ICS, ICR_LSC);
        assert_true(f->level);
        ways[i].reset(f, ways[i].kind);
        assert_false(f->level);
        assert_false(e1000emu_interrupt_level(f->chip));
        fixture_enable(f);
        assert_int_equal(fixture_read(f, REG_IMS), 0);
        assert_int_equal(fixture_read(f, REG_ICR), 0);
        fixture_write(f, REG_ICS, ICR_LSC);
        assert_false(f->level);
    }
}

/* An MDIO transfer and an EEPROM read that a reset ends do not complete later. */
static void transfers_under_way_end(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < WAYS; i++) {
        fixture_write(f, REG_MDIC, MDIC_OP_READ | MDIC_I | 0x00220000);
        fixture_write(f, REG_EERD, 0x0C01);
        ways[i].reset(f, ways[i].kind);
        fixture_enable(f);
        fixture_run(f, 1 * MS);
        assert_int_equal(fixture_read(f, REG_MDIC), 0);
        assert_int_equal(fixture_read(f, REG_EERD), 0);
        assert_int_equal(fixture_read(f, REG_ICR) & ICR_MDAC, 0);
        /* And a new one does. */
        fixture_write(f, REG_MDIC, MDIC_OP_READ | 0x00220000);
        fixture_run(f, 1 * MS);
        assert_int_equal(fixture_read(f, REG_MDIC), 0x18220141);
    }
}

/* The pins of the EEPROM are software's no more. */
static void eeprom_pins_are_released(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_EECD, EECD_EE_REQ | EECD_CS);
    assert_true(fixture_read(f, REG_EECD) & EECD_EE_GNT);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_int_equal(fixture_read(f, REG_EECD), EECD_EE_PRES | EECD_FWE_DIS);
}

/* ---- PHY and PCI ---------------------------------------------------------------------------- */

static uint16_t phy_read(struct fixture *f, uint32_t n)
{
    fixture_write(f, REG_MDIC, MDIC_OP_READ | 1u << MDIC_PHY_SHIFT | n << MDIC_REG_SHIFT);
    fixture_run(f, 50 * US);
    return (uint16_t)fixture_read(f, REG_MDIC);
}

static void phy_write(struct fixture *f, uint32_t n, uint16_t value)
{
    fixture_write(f, REG_MDIC, MDIC_OP_WRITE | 1u << MDIC_PHY_SHIFT | n << MDIC_REG_SHIFT | value);
    fixture_run(f, 50 * US);
}

/* CTRL.RST leaves PHY and wire alone; STATUS.LU falls with SLU, and no LSC tells of it. */
static void ctrl_rst_leaves_the_phy_alone(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_link link;

    fixture_link_up(f);
    phy_write(f, PHY_ANAR, 0x0DE1);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RST);
    assert_int_equal(fixture_read(f, REG_STATUS), 0x00000881);
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    e1000emu_get_link(f->chip, &link);
    assert_true(link.up);
    assert_int_equal(phy_read(f, PHY_ANAR), 0x0DE1);
    fixture_write(f, REG_CTRL, CTRL_SLU);
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_LU, STATUS_LU);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_LSC);
}

/* A negotiation under way goes on over CTRL.RST. */
static void ctrl_rst_leaves_autonegotiation_alone(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_link link;

    fixture_run(f, 400 * MS);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 100 * MS);
    e1000emu_get_link(f->chip, &link);
    assert_true(link.up);
}

/* RST# and power reset the PHY: link down, registers default, negotiation from the start. */
static void other_resets_reach_the_phy(void **state)
{
    static const enum e1000emu_reset kinds[] = {E1000EMU_RESET_POWER, E1000EMU_RESET_PCI};
    struct fixture *f = *state;

    for (size_t i = 0; i < 2; i++) {
        struct e1000emu_link link;

        fixture_run(f, AUTONEG);
        phy_write(f, PHY_ANAR, 0x0DE1);
        e1000emu_reset(f->chip, kinds[i]);
        fixture_enable(f);
        e1000emu_get_link(f->chip, &link);
        assert_false(link.up);
        assert_int_equal(phy_read(f, PHY_ANAR), 0x01E1);
        fixture_run(f, AUTONEG);
        e1000emu_get_link(f->chip, &link);
        assert_true(link.up);
    }
}

/* CTRL.RST while PHY_RST is one: the register is default, so the PHY is let go. */
static void ctrl_rst_lets_a_held_phy_go(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL, CTRL_PHY_RST);
    fixture_write(f, REG_CTRL, CTRL_PHY_RST | CTRL_RST);
    assert_int_equal(fixture_read(f, REG_CTRL) & CTRL_PHY_RST, 0);
    assert_int_equal(phy_read(f, PHY_ID1), 0x0141);
}

static void ctrl_rst_leaves_configuration_space_alone(void **state)
{
    struct fixture *f = *state;

    e1000emu_config_write(f->chip, 0x10, 4, 0xD8920000);
    e1000emu_config_write(f->chip, 0x3C, 1, 11);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_int_equal(e1000emu_config_read(f->chip, 0x04, 2), 0x0007);
    assert_int_equal(e1000emu_config_read(f->chip, 0x10, 4), 0xD8920004);
    assert_int_equal(e1000emu_config_read(f->chip, 0x3C, 1), 11);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    assert_int_equal(e1000emu_config_read(f->chip, 0x04, 2), 0x0000);
    assert_int_equal(e1000emu_config_read(f->chip, 0x10, 4), 0x00000004);
    assert_int_equal(e1000emu_config_read(f->chip, 0x3C, 1), 0);
    assert_int_equal(e1000emu_config_read(f->chip, 0x00, 4), 0x100F8086);
}

static void unknown_kinds_of_reset_do_nothing(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_FCAL, 0x12345678);
    e1000emu_reset(f->chip, E1000EMU_RESETS);
    assert_int_equal(fixture_read(f, REG_FCAL), 0x12345678);
}

/* ---- The clock ------------------------------------------------------------------------------ */

/* The next event is the earliest; time never goes back; a long step runs all in order. */
static void clock_runs_events_in_order(void **state)
{
    struct fixture *f = *state;
    e1000emu_time start = f->now;

    assert_true(e1000emu_next_event(f->chip) == 500ull * MS); /* autonegotiation */
    fixture_write(f, REG_MDIC, MDIC_OP_READ | 0x00210000);
    assert_true(e1000emu_next_event(f->chip) == start + 26000);
    e1000emu_advance(f->chip, start + 25999);
    assert_false(fixture_read(f, REG_MDIC) & MDIC_R);
    e1000emu_advance(f->chip, start + 26000);
    assert_true(fixture_read(f, REG_MDIC) & MDIC_R);
    e1000emu_advance(f->chip, start); /* no way back */
    fixture_write(f, REG_MDIC, MDIC_OP_READ | 0x00210000);
    assert_true(e1000emu_next_event(f->chip) == start + 52000);
    e1000emu_advance(f->chip, start + 52000);
    fixture_write(f, REG_CTRL, CTRL_SLU);
    /* The read ends before the link comes up, and must not see it, though both are long due. */
    fixture_write(f, REG_MDIC, MDIC_OP_READ | 0x00310000);
    e1000emu_advance(f->chip, 10000ull * MS);
    assert_int_equal(fixture_read(f, REG_MDIC) & MDIC_DATA & PSSR_LINK, 0);
    assert_true(fixture_read(f, REG_STATUS) & STATUS_LU);
    assert_true(e1000emu_next_event(f->chip) == E1000EMU_NEVER);
    fixture_write(f, REG_MDIC, MDIC_OP_READ | 0x00210000); /* time went on after the last event */
    assert_true(e1000emu_next_event(f->chip) == 10000ull * MS + 26000);
    e1000emu_advance(f->chip, E1000EMU_NEVER);
    fixture_write(f, REG_MDIC, MDIC_OP_READ | 0x00210000); /* even at the end of time */
    assert_true(e1000emu_next_event(f->chip) < E1000EMU_NEVER);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_after_each_reset),
        WITH(power_on_makes_the_chip_new),
        WITH(wake_up_status_is_kept),
        WITH(statistics_start_again),
        WITH(rst_reads_zero),
        WITH(intx_falls),
        WITH(transfers_under_way_end),
        WITH(eeprom_pins_are_released),
        WITH(ctrl_rst_leaves_the_phy_alone),
        WITH(ctrl_rst_leaves_autonegotiation_alone),
        WITH(other_resets_reach_the_phy),
        WITH(ctrl_rst_lets_a_held_phy_go),
        WITH(ctrl_rst_leaves_configuration_space_alone),
        WITH(unknown_kinds_of_reset_do_nothing),
        WITH(clock_runs_events_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
