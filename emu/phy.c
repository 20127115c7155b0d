/* SPDX-License-Identifier: BSD-2-Clause */
#include "phy.h"

#include <string.h>

#include "chip.h"

#define PHY_ADDRESS 1u /* of the internal PHY (SDM 13.4.7) */

/* An MDIO frame with its preamble is 64 bits, at 2.5 MHz at most: 25.6 µs. */
#define MDIO_NS 26000u

/* Bits of register 0 that wait for a restart before they have effect. */
#define BMCR_LATCHED (BMCR_SPEED_LOW | BMCR_AN_ENABLE | BMCR_FD | BMCR_SPEED_HIGH)

/* What software can store (SDM 11.3); the rest is read-only, reserved, or handled apart. */
static const uint16_t stored[EMU_PHY_REGISTERS] = {
    [PHY_BMCR] = 0x7DC0,  [PHY_ANAR] = 0xADFF,   [PHY_NPT] = 0xB7FF,
    [PHY_GBCR] = 0xFF00,  [PHY_PSCR] = 0xFFFF,   [PHY_INTEN] = 0xFFF3,
    [PHY_EPSCR] = 0xFFFF, [PHY_EPSCR2] = 0x007F, [PHY_PAGE] = 0x001F,
};

/* ---- Interrupt and link --------------------------------------------------------------------- */

void emu_phy_show_interrupt(struct e1000emu *chip)
{
    struct emu_phy *phy = &chip->phy;
    uint32_t ext = emu_get(chip, REG_CTRL_EXT);
    bool was = phy->interrupt;

    phy->interrupt = phy->reg[PHY_INTEN] & phy->reg[PHY_INTST];
    ext = phy->interrupt ? ext | CTRL_EXT_PHYINT : ext & ~CTRL_EXT_PHYINT;
    emu_set(chip, REG_CTRL_EXT, ext);
    if (phy->interrupt && !was && ext & CTRL_EXT_PHYINT_EN)
        emu_irq_raise(chip, ICR_PHYINT);
}

static void phy_event(struct e1000emu *chip, uint16_t events)
{
    chip->phy.reg[PHY_INTST] |= events;
    emu_phy_show_interrupt(chip);
}

static void link_up(struct e1000emu *chip, unsigned mbps, bool full_duplex, uint16_t pause)
{
    struct emu_phy *phy = &chip->phy;
    unsigned events = PHYINT_LINK;
    unsigned pssr = PSSR_RESOLVED | PSSR_LINK | pause | chip->profile.phy_pssr_always;

    if (phy->mbps != mbps)
        events |= PHYINT_SPEED;
    if (phy->full_duplex != full_duplex)
        events |= PHYINT_DUPLEX;
    if (mbps == 1000)
        pssr |= PSSR_SPEED_1000;
    else if (mbps == 100)
        pssr |= PSSR_SPEED_100;
    if (full_duplex)
        pssr |= PSSR_FD;
    phy->link = true;
    phy->mbps = mbps;
    phy->full_duplex = full_duplex;
    phy->reg[PHY_PSSR] = (uint16_t)pssr;
    phy_event(chip, (uint16_t)events);
    emu_link_update(chip);
}

static void link_down(struct e1000emu *chip)
{
    struct emu_phy *phy = &chip->phy;

    phy->reg[PHY_BMSR] &= (uint16_t)~BMSR_LINK; /* and stays low until it was read */
    phy->reg[PHY_PSSR] &= PSSR_SPEED_1000 | PSSR_SPEED_100 | PSSR_FD;
    if (!phy->link)
        return;
    phy->link = false;
    phy_event(chip, PHYINT_LINK);
    emu_link_update(chip);
}

/* ---- Autonegotiation (SDM 8.6, IEEE 802.3 clauses 28 and 40) -------------------------------- */

static unsigned selected_mbps(uint16_t control)
{
    switch (control & (BMCR_SPEED_HIGH | BMCR_SPEED_LOW)) {
    case BMCR_SPEED_HIGH:
        return 1000;
    case BMCR_SPEED_LOW:
        return 100;
    case 0:
        return 10;
    default:
        return 0; /* reserved: no link */
    }
}

/* From register 0, 4 and 9 as they are now: link down, then whatever brings it up again. */
static void restart(struct e1000emu *chip)
{
    struct emu_phy *phy = &chip->phy;
    uint16_t bmcr = phy->reg[PHY_BMCR];
    e1000emu_time lasts = chip->profile.autoneg_ns;

    phy->control = bmcr & BMCR_LATCHED;
    phy->advertised = phy->reg[PHY_ANAR];
    phy->advertised_gigabit = phy->reg[PHY_GBCR];
    emu_timer_stop(chip, EMU_TIMER_AUTONEG);
    phy->reg[PHY_BMSR] &= (uint16_t)~BMSR_AN_DONE;
    phy->reg[PHY_ANLPAR] = 0;
    phy->reg[PHY_ANER] = 0;
    phy->reg[PHY_GBSR] = 0;
    link_down(chip);

    if (phy->held || bmcr & BMCR_POWER_DOWN || phy->power == EMU_PHY_DOWN)
        return;
    if (bmcr & BMCR_LOOPBACK) {
        if (selected_mbps(bmcr))
            link_up(chip, selected_mbps(bmcr), bmcr & BMCR_FD, 0);
    } else if (chip->link.partner.cable && chip->profile.media == E1000EMU_COPPER) {
        if (!(chip->faulty & EMU_AT_LINK) || emu_fault_autoneg(chip, &lasts))
            emu_timer_start(chip, EMU_TIMER_AUTONEG, lasts);
    }
}

/* Only a gigabit link has to be left for a slower one; back in D0 everything is offered again. */
void emu_phy_set_power(struct e1000emu *chip, enum emu_phy_power power)
{
    struct emu_phy *phy = &chip->phy;
    enum emu_phy_power old = phy->power;

    phy->power = power;
    if (power == old || (power == EMU_PHY_SLOW && phy->link && phy->mbps < 1000))
        return;
    restart(chip);
}

void emu_phy_partner_changed(struct e1000emu *chip)
{
    if (!(chip->phy.reg[PHY_BMCR] & BMCR_LOOPBACK))
        restart(chip);
}

/* The partner's base page, as register 5 shows it. */
static uint16_t partner_page(uint32_t abilities)
{
    unsigned page = ANLPAR_ACK | ANAR_SELECTOR;

    page |= abilities & E1000EMU_10_HALF ? ANAR_10_HD : 0;
    page |= abilities & E1000EMU_10_FULL ? ANAR_10_FD : 0;
    page |= abilities & E1000EMU_100_HALF ? ANAR_100_HD : 0;
    page |= abilities & E1000EMU_100_FULL ? ANAR_100_FD : 0;
    page |= abilities & E1000EMU_PAUSE ? ANAR_PAUSE : 0;
    page |= abilities & E1000EMU_PAUSE_ASYMMETRIC ? ANAR_ASM_DIR : 0;
    return (uint16_t)page;
}

/* Which directions may pause, as register 17 shows it (IEEE 802.3 table 28B-3). */
static uint16_t resolve_pause(uint16_t local, uint16_t partner)
{
    const uint16_t both = ANAR_PAUSE | ANAR_ASM_DIR;

    if (local & partner & ANAR_PAUSE)
        return PSSR_TX_PAUSE | PSSR_RX_PAUSE;
    if ((local & both) == ANAR_ASM_DIR && (partner & both) == both)
        return PSSR_TX_PAUSE;
    if ((local & both) == both && (partner & both) == ANAR_ASM_DIR)
        return PSSR_RX_PAUSE;
    return 0;
}

/* The best of what both can do below gigabit, or false. */
static bool resolve_base(uint16_t common, unsigned *mbps, bool *full_duplex)
{
    *mbps = common & (ANAR_100_FD | ANAR_100_HD) ? 100 : 10;
    *full_duplex = common & (*mbps == 100 ? ANAR_100_FD : ANAR_10_FD);
    return common & (ANAR_100_FD | ANAR_100_HD | ANAR_10_FD | ANAR_10_HD);
}

static void negotiate(struct e1000emu *chip, uint16_t advertised, uint16_t gigabit)
{
    struct emu_phy *phy = &chip->phy;
    uint32_t abilities = chip->link.partner.abilities;
    uint16_t partner = partner_page(abilities);
    bool partner_gigabit = abilities & (E1000EMU_1000_FULL | E1000EMU_1000_HALF);
    unsigned status = 0;
    unsigned mbps;
    bool full_duplex;

    if (phy->power == EMU_PHY_SLOW)
        gigabit &= (uint16_t) ~(GBCR_1000_FD | GBCR_1000_HD);
    phy->reg[PHY_ANLPAR] = partner;
    phy->reg[PHY_ANER] = ANER_LP_AN_ABLE | ANER_PAGE | (partner_gigabit ? ANER_LP_NP_ABLE : 0);
    phy->reg[PHY_BMSR] |= BMSR_AN_DONE;
    /* Gigabit abilities travel in next pages, which both ends must want. */
    if (gigabit & (GBCR_1000_FD | GBCR_1000_HD)) {
        status |= abilities & E1000EMU_1000_FULL ? GBSR_LP_1000_FD : 0;
        status |= abilities & E1000EMU_1000_HALF ? GBSR_LP_1000_HD : 0;
    }
    phy_event(chip, PHYINT_AN_DONE | PHYINT_PAGE);

    /* Half duplex at gigabit speed is never chosen: this MAC can't do it (SDM 8.4). */
    if (gigabit & GBCR_1000_FD && status & GBSR_LP_1000_FD) {
        phy->reg[PHY_GBSR] = (uint16_t)(status | (chip->profile.phy_gbsr_link & GBSR_STATE));
        link_up(chip, 1000, true, resolve_pause(advertised, partner));
        return;
    }
    phy->reg[PHY_GBSR] = (uint16_t)status;
    if (resolve_base(advertised & partner, &mbps, &full_duplex))
        link_up(chip, mbps, full_duplex, full_duplex ? resolve_pause(advertised, partner) : 0);
    else
        phy_event(chip, PHYINT_AN_ERROR);
}

void emu_phy_autoneg_timer(struct e1000emu *chip)
{
    struct emu_phy *phy = &chip->phy;
    uint32_t abilities = chip->link.partner.abilities;
    uint32_t at_speed = E1000EMU_10_HALF | E1000EMU_10_FULL;
    unsigned mbps = selected_mbps(phy->control);

    if (!abilities)
        return; /* nobody answers */
    if (phy->control & BMCR_AN_ENABLE) {
        negotiate(chip, phy->advertised, phy->advertised_gigabit);
    } else if (mbps == 1000) {
        /* 1000BASE-T can't do without: it negotiates, offering only this (SDM 11.2). */
        negotiate(chip, phy->advertised & (uint16_t)~partner_page(UINT32_MAX),
                  phy->control & BMCR_FD ? GBCR_1000_FD : GBCR_1000_HD);
    } else if (mbps) {
        if (mbps == 100)
            at_speed = E1000EMU_100_HALF | E1000EMU_100_FULL;
        if (abilities & at_speed)
            link_up(chip, mbps, phy->control & BMCR_FD, 0);
    }
}

/* ---- Resets --------------------------------------------------------------------------------- */

static void set_defaults(struct e1000emu *chip)
{
    struct emu_phy *phy = &chip->phy;
    uint16_t *reg = phy->reg;

    memset(reg, 0, sizeof phy->reg);
    memset(phy->window, 0, sizeof phy->window);
    reg[PHY_BMCR] = 0x1140;
    reg[PHY_BMSR] = 0x7949;
    reg[PHY_ID1] = 0x0141;
    reg[PHY_ID2] = chip->profile.phy_id2;
    reg[PHY_ANAR] = chip->profile.phy_anar;
    reg[PHY_NPT] = 0x2001;
    reg[PHY_GBCR] = chip->profile.phy_gbcr;
    reg[PHY_EXTSR] = 0x3000;
    reg[PHY_PSCR] = chip->profile.phy_pscr;
    reg[PHY_EPSCR] = 0x0D60;
    reg[PHY_EPSCR2] = chip->profile.copper_only ? 0 : 0x000C;
}

/* A reset reports no events of its own: register 19 starts at zero. */
static void hardware_reset(struct e1000emu *chip)
{
    set_defaults(chip);
    restart(chip);
    chip->phy.reg[PHY_INTST] = 0;
    chip->phy.mbps = 0;
    chip->phy.full_duplex = false;
    emu_phy_show_interrupt(chip);
}

void emu_phy_reset(struct e1000emu *chip)
{
    chip->phy.held = false;
    hardware_reset(chip);
}

void emu_phy_hold(struct e1000emu *chip, bool hold)
{
    chip->phy.held = hold;
    hardware_reset(chip);
}

/* Register 0, bit 15: what software advertises and how it set the port up stays (SDM 11.1.3). */
static void soft_reset(struct e1000emu *chip)
{
    struct emu_phy *phy = &chip->phy;

    phy->reg[PHY_BMCR] &= BMCR_LATCHED;
    phy->reg[PHY_NPT] = 0x2001;
    phy->reg[PHY_INTEN] = 0;
    phy->reg[PHY_RXERR] = 0;
    phy->reg[PHY_PAGE] = 0;
    memset(phy->window, 0, sizeof phy->window);
    restart(chip);
    phy->reg[PHY_INTST] = 0;
    emu_phy_show_interrupt(chip);
}

/* ---- Registers ------------------------------------------------------------------------------ */

static uint16_t read_phy(struct e1000emu *chip, unsigned n)
{
    struct emu_phy *phy = &chip->phy;
    uint16_t value = phy->reg[n];

    switch (n) {
    case PHY_BMSR:
        if (phy->link)
            phy->reg[n] |= BMSR_LINK;
        break;
    case PHY_ANER:
        phy->reg[n] &= (uint16_t)~ANER_PAGE;
        break;
    case PHY_GBSR:
        phy->reg[n] &= (uint16_t)~GBSR_FAULT;
        break;
    case PHY_INTST:
        phy->reg[n] = 0;
        emu_phy_show_interrupt(chip);
        break;
    case PHY_RXERR:
        phy->reg[n] = 0;
        break;
    case PHY_WINDOW:
        value = phy->window[phy->reg[PHY_PAGE]];
        break;
    default:
        break;
    }
    return value;
}

static void write_control(struct e1000emu *chip, uint16_t old, uint16_t value)
{
    uint16_t changed = old ^ value;

    if (value & BMCR_RESET || old & ~value & BMCR_POWER_DOWN)
        soft_reset(chip);
    else if (value & BMCR_AN_RESTART || changed & (BMCR_POWER_DOWN | BMCR_LOOPBACK))
        restart(chip);
    else if (changed & BMCR_ISOLATE)
        emu_link_update(chip);
}

static void write_phy(struct e1000emu *chip, unsigned n, uint16_t value)
{
    struct emu_phy *phy = &chip->phy;
    uint16_t old = phy->reg[n];

    if (n == PHY_EPSCR2 && chip->profile.copper_only)
        return; /* amplitudes of the SerDes that isn't there */
    phy->reg[n] = (uint16_t)((old & ~stored[n]) | (value & stored[n]));
    if (n == PHY_BMCR)
        write_control(chip, old, value);
    else if (n == PHY_INTEN)
        emu_phy_show_interrupt(chip);
    else if (n == PHY_WINDOW)
        phy->window[phy->reg[PHY_PAGE]] = value;
}

/* ---- MDIC (SDM 13.4.7) ---------------------------------------------------------------------- */

void emu_phy_write_mdic(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    uint32_t op = value & MDIC_OP;

    if (emu_timer_running(chip, EMU_TIMER_MDIC)) {
        emu_set(chip, offset, old); /* a transfer is under way, and this one lost */
        return;
    }
    if (op != MDIC_OP_READ && op != MDIC_OP_WRITE)
        return;
    emu_set(chip, offset, emu_get(chip, offset) & ~(MDIC_R | MDIC_E));
    chip->phy.command = value;
    emu_timer_start(chip, EMU_TIMER_MDIC, MDIO_NS);
}

void emu_phy_mdic_timer(struct e1000emu *chip)
{
    uint32_t command = chip->phy.command;
    unsigned n = (command & MDIC_REG) >> MDIC_REG_SHIFT;
    bool answers = (command & MDIC_PHY) >> MDIC_PHY_SHIFT == PHY_ADDRESS && !chip->phy.held;
    uint32_t mdic = emu_get(chip, REG_MDIC);

    if (chip->faulty & EMU_AT_MDIO && emu_fault_mdio(chip, command))
        return;
    if ((command & MDIC_OP) == MDIC_OP_READ) {
        mdic &= ~MDIC_DATA;
        /* Nobody drives the line: it reads as ones. */
        mdic |= answers ? read_phy(chip, n) : MDIC_DATA | MDIC_E;
    } else if (answers) {
        write_phy(chip, n, (uint16_t)(command & MDIC_DATA));
    }
    emu_set(chip, REG_MDIC, mdic | MDIC_R);
    if (command & MDIC_I)
        emu_irq_raise(chip, ICR_MDAC);
}
