/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies behind serial interfaces: the PHY behind MDIC, the EEPROM behind EERD and EECD. */
#include "pair.h"

#include "phy.h"

#define PHY_ADDRESS  1u
#define MDIC_COMMAND (MDIC_REG | MDIC_PHY | MDIC_OP | MDIC_I)
#define EEPROM_WORDS 64u
#define BMCR_STORED  0x7dc0u

/* What a reset ends: loopback, isolation, the collision test. */
#define BMCR_TRANSIENT 0x4480u
#define LINK_PATIENCE  2000000u /* reads of STATUS until a link counts as lost */

/* The PHY registers that QEMU has, and those of them that it lets software write. */
#define QEMU_READS  0x0033067fu
#define QEMU_WRITES 0x00110211u

/* Bits that the PHY does not store, and QEMU does. */
#define ANAR_RESERVED 0x5200u
#define GBCR_RESERVED 0x00ffu

/* ---- PHY ------------------------------------------------------------------------------------ */

/* Both have done the command: MDIC must show what is foretold. */
static void compare_mdic(struct pair *pair, const char *about)
{
    pair_read_expect(pair, REG_MDIC, e1000emu_read32(pair->chip, REG_MDIC), pair->mdic, UINT32_MAX,
                     about);
}

/* QEMU says MDAC whenever MDIC.I is set after a command, even if it is that of an earlier one. */
static void note_mdac(struct pair *pair, uint32_t command)
{
    if (pair->mdic & MDIC_I && !(command & MDIC_I))
        expect_only_qemu(pair, ICR_MDAC, KNOWN_PHY_ADDRESS);
}

static uint32_t maybe_interrupt(struct pair *pair)
{
    return random_once_in(&pair->random, 8) ? MDIC_I : 0;
}

void pair_phy_read(struct pair *pair, unsigned reg)
{
    uint32_t command = MDIC_OP_READ | PHY_ADDRESS << MDIC_PHY_SHIFT | reg << MDIC_REG_SHIFT |
                       maybe_interrupt(pair);
    uint32_t ours, data;

    pair_write(pair, REG_MDIC, command);
    ours = e1000emu_peek(pair->chip, REG_MDIC) & MDIC_DATA;
    if (!(QEMU_READS >> reg & 1)) {
        pair->mdic = command | MDIC_E | MDIC_R;
        pair_known(pair, KNOWN_PHY_MISSING);
        compare_mdic(pair, "a PHY register that QEMU does not have");
        return;
    }
    data = ours;
    if (reg == PHY_BMSR && pair->link_latched) {
        /* The first read after the link was down. */
        pair->link_latched = false;
        data |= BMSR_LINK;
        pair_known(pair, KNOWN_PHY_LATCH);
    }
    if (reg == PHY_ANLPAR || reg == PHY_ANER) {
        data = reg == PHY_ANER ? 0 : ours & ~ANAR_SELECTOR;
    } else if (reg == PHY_ANAR || reg == PHY_GBCR) {
        uint32_t reserved = reg == PHY_ANAR ? ANAR_RESERVED : GBCR_RESERVED;

        data = (ours & ~reserved) | (pair->phy[reg] & reserved);
    } else if (reg == PHY_BMCR && pair->phy_woken) {
        /* Waking up is a reset in our PHY, which ends isolation and tests. */
        data = (ours & ~BMCR_TRANSIENT) | (pair->phy[reg] & BMCR_TRANSIENT);
    }
    if (data != ours)
        pair_known(pair,
                   reg == PHY_ANLPAR || reg == PHY_ANER ? KNOWN_PHY_PARTNER : KNOWN_PHY_STORED);
    pair->mdic = command | MDIC_R | data;
    if (pair->link_touched && (reg == PHY_BMSR || reg == PHY_PSSR || reg == PHY_ANLPAR ||
                               reg == PHY_ANER || reg == PHY_GBSR)) {
        /* Ours follows a BMCR that QEMU ignores. */
        pair_read_expect(pair, REG_MDIC, ours, pair->mdic, ~MDIC_DATA, "PHY status");
        qemu_sync(&pair->qemu);
        pair->reads = pair->answer = 0;
        pair->mdic = qemu_read_now(&pair->qemu, REG_MDIC);
        return;
    }
    compare_mdic(pair, "PHY register read");
}

void pair_phy_write(struct pair *pair, unsigned reg, uint16_t value)
{
    uint32_t command = MDIC_OP_WRITE | PHY_ADDRESS << MDIC_PHY_SHIFT | reg << MDIC_REG_SHIFT |
                       value | maybe_interrupt(pair);

    if (reg == PHY_BMCR && (value & BMCR_STORED) != 0x1140)
        pair->link_touched = true;
    if (reg == PHY_BMCR)
        pair->phy_woken = pair->phy[PHY_BMCR] & ~value & BMCR_POWER_DOWN;
    if (reg == PHY_BMCR && pair->link_touched)
        expect_only_ours(pair, ICR_LSC, KNOWN_LSC);
    pair->phy_dirty = true;
    pair_write(pair, REG_MDIC, command);
    pair->mdic = command | MDIC_R;
    if (!(QEMU_WRITES >> reg & 1)) {
        pair->mdic |= MDIC_E;
        pair_known(pair, KNOWN_PHY_MISSING);
    } else {
        pair->phy[reg] = reg == PHY_BMCR ? value & BMCR_STORED : value;
    }
    compare_mdic(pair, "PHY register write");
}

void pair_phy_absent(struct pair *pair, unsigned address, unsigned reg, bool write)
{
    uint32_t command =
        (write ? MDIC_OP_WRITE : MDIC_OP_READ) | address << MDIC_PHY_SHIFT | reg << MDIC_REG_SHIFT;

    note_mdac(pair, command);
    pair_write(pair, REG_MDIC, command);
    pair->mdic |= MDIC_E | MDIC_R;
    pair_known(pair, KNOWN_PHY_ADDRESS);
    compare_mdic(pair, "no PHY at that address");
}

/* Restarts autonegotiation and waits until both have a link again. */
static void bring_link_up(struct pair *pair)
{
    pair_phy_write(pair, PHY_BMCR, 0x1140 | BMCR_AN_RESTART);
    pair_sync(pair);
    for (uint32_t i = 0; !(qemu_read_now(&pair->qemu, REG_STATUS) & STATUS_LU); i++) {
        if (i == LINK_PATIENCE)
            pair_fail(pair, "QEMU's link does not come up");
    }
    pair_settle(pair);
    pair->icr_unknown |= ICR_LSC;
    pair->link_latched = true;
}

void pair_phy_baseline(struct pair *pair)
{
    /* Loopback, isolation and power-down end first. */
    pair_phy_write(pair, PHY_BMCR, 0x1140);
    pair_phy_write(pair, PHY_ANAR, 0x0de1);
    pair_phy_write(pair, PHY_GBCR, 0x0e00);
    pair_phy_write(pair, PHY_PSCR, 0x0360);
    pair_phy_write(pair, PHY_EPSCR, 0x0d60);
    bring_link_up(pair);
    pair->phy_dirty = false;
    pair->link_touched = false;
}

/* After power-on. QEMU claims a link, but no autonegotiation that would have brought it. */
void pair_phy_start(struct pair *pair)
{
    static const uint8_t alike[] = {PHY_BMCR, PHY_ID1,  PHY_ID2,   PHY_ANAR, PHY_GBCR,
                                    PHY_PSCR, PHY_PSSR, PHY_EPSCR, PHY_RXERR};

    pair->phy[PHY_BMCR] = 0x1140;
    pair->phy[PHY_ANAR] = 0x0de1;
    pair->phy[PHY_GBCR] = 0x0e00;
    pair->phy[PHY_PSCR] = 0x0360;
    pair->phy[PHY_EPSCR] = 0x0d60;
    for (unsigned i = 0; i < sizeof alike; i++)
        pair_phy_read(pair, alike[i]);
    pair_sync(pair);
    bring_link_up(pair);
}

/* ---- EEPROM --------------------------------------------------------------------------------- */

void pair_eerd(struct pair *pair, unsigned word)
{
    uint32_t command = word << EERD_ADDR_SHIFT | EERD_START;
    uint32_t ours;

    pair_write(pair, REG_EERD, command);
    ours = e1000emu_read32(pair->chip, REG_EERD);
    pair->eerd = ours;
    if (word >= EEPROM_WORDS) {
        /* Nothing drives the line: ones in our chip, nothing in QEMU. */
        pair->eerd &= ~EERD_DATA;
        pair_known(pair, KNOWN_EERD_END);
    }
    pair_read_expect(pair, REG_EERD, ours, pair->eerd, UINT32_MAX, "EEPROM word");
}

/* Without START. */
void pair_eerd_store(struct pair *pair, uint32_t value)
{
    uint32_t ours;

    value &= ~EERD_START;
    pair_write(pair, REG_EERD, value);
    ours = e1000emu_read32(pair->chip, REG_EERD);
    pair->eerd = value;
    if (ours != value)
        pair_known(pair, KNOWN_EERD_STORED);
    pair_read_expect(pair, REG_EERD, ours, value, UINT32_MAX, "EERD without START");
}

static void clock_in(struct pair *pair, uint32_t pins)
{
    pair_write(pair, REG_EECD, pins);
    pair_write(pair, REG_EECD, pins | EECD_SK);
    pair_write(pair, REG_EECD, pins);
}

void pair_microwire(struct pair *pair, unsigned word)
{
    const uint32_t idle = EECD_EE_REQ | EECD_FWE_DIS;
    uint32_t command = 6u << 6 | word; /* start bit, READ, six address bits */

    pair_write(pair, REG_EECD, idle);
    pair_read(pair, REG_EECD);
    pair_write(pair, REG_EECD, idle | EECD_CS);
    for (unsigned bit = 9; bit-- > 0;)
        clock_in(pair, idle | EECD_CS | (command >> bit & 1 ? EECD_DI : 0));
    for (unsigned bit = 0; bit < 16; bit++) {
        pair_write(pair, REG_EECD, idle | EECD_CS | EECD_SK);
        pair_read(pair, REG_EECD);
        pair_write(pair, REG_EECD, idle | EECD_CS);
    }
    pair_write(pair, REG_EECD, idle);
    pair_write(pair, REG_EECD, EECD_FWE_DIS);
    pair_read(pair, REG_EECD);
}
