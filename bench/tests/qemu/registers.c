/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps of random register accesses, with receiver and transmitter off. */
#include "pair.h"

#include "phy.h"

#define ACCESSES_MIN 150u
#define ACCESSES_MAX 450u

static size_t table_rows(void)
{
    size_t n = 0;

    while (e1000emu_register_at(n))
        n++;
    return n;
}

/* Bits that would start something that the other steps are for. */
static uint32_t tamed(struct pair *pair, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case REG_CTRL:
        /* Most often the link stays as it is. */
        value &= ~CTRL_PHY_RST;
        if (!random_once_in(&pair->random, 8))
            value = (value & ~(CTRL_FRCSPD | CTRL_FRCDPLX | CTRL_LRST | CTRL_ILOS | CTRL_SPEED)) |
                    CTRL_SLU | CTRL_FD | CTRL_SPEED_1000;
        return value;
    case REG_CTRL_EXT:
        value &= ~CTRL_EXT_EE_RST;
        if (!random_once_in(&pair->random, 8))
            value &= ~(CTRL_EXT_LINK_MODE | CTRL_EXT_SPD_BYPS | CTRL_EXT_ASDCHK);
        return value;
    case REG_RCTL:
        return value & ~RCTL_EN;
    case REG_TCTL:
        return value & ~TCTL_EN;
    case REG_EECD:
        return value & EECD_FWE;
    default:
        return value;
    }
}

/* Registers that want more than a value. */
static bool is_serial(uint32_t offset)
{
    return offset == REG_MDIC || offset == REG_EERD;
}

static void write_random(struct pair *pair, uint32_t offset)
{
    uint32_t value = tamed(pair, offset, random_bits(&pair->random));

    pair_write(pair, offset, value);
    if (random_once_in(&pair->random, 2))
        pair_read(pair, offset);
}

/* A write that only our chip understands, then what makes QEMU's register the same. */
static void write_alias(struct pair *pair, uint32_t offset, uint32_t proper)
{
    uint32_t value = tamed(pair, proper, random_bits(&pair->random));

    expect_write(pair, proper, value);
    pair_write(pair, offset, value);
    pair_read(pair, offset);
    pair_write(pair, proper, value);
    pair_read(pair, proper);
}

static void access_row(struct pair *pair, const struct e1000emu_register *row, uint32_t n)
{
    uint32_t offset = row->offset + n * row->stride;

    if (is_serial(offset))
        return;
    if (random_once_in(&pair->random, 3))
        pair_read(pair, offset);
    else if (row->flags & E1000EMU_REG_ALIAS)
        write_alias(pair, offset, row->alias_of + n * row->stride);
    else
        write_random(pair, offset);
}

static void access_table(struct pair *pair, size_t rows)
{
    const struct e1000emu_register *row =
        e1000emu_register_at(random_below(&pair->random, (uint32_t)rows));

    access_row(pair, row, random_below(&pair->random, row->count));
}

/* Anywhere, most of it unmapped. */
static void access_anywhere(struct pair *pair)
{
    uint32_t offset = 4 * random_below(&pair->random, PAIR_REGISTERS / 2);
    const struct e1000emu_register *row;

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++) {
        if (offset >= row->offset && (offset - row->offset) % row->stride == 0 &&
            (offset - row->offset) / row->stride < row->count) {
            access_row(pair, row, (offset - row->offset) / row->stride);
            return;
        }
    }
    write_random(pair, offset);
    pair_read(pair, offset);
}

/* Where QEMU has storage and the chip has nothing. */
static void access_gaps(struct pair *pair)
{
    struct random *random = &pair->random;
    uint32_t n = random_below(random, 128);
    uint32_t at[] = {0x05b50, REG_IP4AT + 4 + 8 * (n % 3), REG_FFLT + 4 + 8 * (n % 3),
                     REG_FFMT + 4 + 8 * (n % 127), REG_FFVT + 4 + 8 * (n % 127)};

    write_random(pair, at[random_below(random, sizeof at / sizeof *at)]);
}

static void access_interrupts(struct pair *pair)
{
    static const uint32_t at[] = {REG_ICR, REG_ICS, REG_IMS, REG_IMC, REG_ITR};
    uint32_t offset = at[random_below(&pair->random, 5)];
    uint32_t value = random_bits(&pair->random);

    if (random_once_in(&pair->random, 3)) {
        pair_read(pair, offset);
    } else {
        /* Reserved bits in cause and mask are an interrupt in QEMU alone: not always. */
        if (!random_once_in(&pair->random, 4))
            value &= ICR_ALL;
        pair_write(pair, offset, value);
    }
    if (random_once_in(&pair->random, 4)) {
        pair_read(pair, REG_ICS);
        pair_read(pair, REG_IMS);
        pair_sync(pair);
    }
}

static void access_filters(struct pair *pair)
{
    struct random *random = &pair->random;
    uint32_t offset;

    switch (random_below(random, 3)) {
    case 0:
        offset = REG_RA + 4 * random_below(random, 2 * RA_COUNT);
        break;
    case 1:
        offset = REG_MTA_N(random_below(random, MTA_COUNT));
        break;
    default:
        offset = REG_VFTA_N(random_below(random, VFTA_COUNT));
        break;
    }
    write_random(pair, offset);
}

static void access_statistics(struct pair *pair)
{
    uint32_t offset = REG_CRCERRS + 4 * random_below(&pair->random, 64);

    if (random_once_in(&pair->random, 4))
        pair_write(pair, offset, random_bits(&pair->random));
    pair_read(pair, offset);
}

static void access_phy(struct pair *pair)
{
    struct random *random = &pair->random;
    uint32_t reg = random_below(random, 32);
    uint16_t value = (uint16_t)random_bits(random);

    if (random_once_in(random, 12)) {
        uint32_t address = random_below(random, 32);

        pair_phy_absent(pair, address == 1 ? 0 : address, reg, value & 1);
        return;
    }
    if (random_once_in(random, 2) || reg == PHY_INTEN) {
        pair_phy_read(pair, reg);
        return;
    }
    if (reg == PHY_BMCR) {
        /* A restart takes time that would have to be waited for: the baseline does that. */
        value &= (uint16_t) ~(BMCR_RESET | BMCR_AN_RESTART | BMCR_LOOPBACK);
        if (!random_once_in(random, 4))
            value = 0x1140;
    }
    pair_phy_write(pair, reg, value);
    pair_phy_read(pair, reg);
}

static void access_eeprom(struct pair *pair)
{
    struct random *random = &pair->random;

    if (random_once_in(random, 12))
        pair_microwire(pair, random_below(random, 64));
    else if (random_once_in(random, 6))
        pair_eerd_store(pair, random_bits(random));
    else if (random_once_in(random, 8))
        pair_eerd(pair, random_between(random, 64, 255));
    else
        pair_eerd(pair, random_below(random, 64));
}

void step_registers(struct pair *pair)
{
    uint32_t n = random_between(&pair->random, ACCESSES_MIN, ACCESSES_MAX);
    size_t rows = table_rows();
    uint64_t end = pair->accesses + n;

    while (pair->accesses < end) {
        uint32_t kind = random_below(&pair->random, 20);

        if (kind < 4)
            access_interrupts(pair);
        else if (kind < 7)
            access_filters(pair);
        else if (kind < 9)
            access_statistics(pair);
        else if (kind < 11)
            access_phy(pair);
        else if (kind < 12)
            access_eeprom(pair);
        else if (kind < 13)
            random_once_in(&pair->random, 4) ? access_gaps(pair) : access_anywhere(pair);
        else
            access_table(pair, rows);
    }
    pair_sync(pair);
}
