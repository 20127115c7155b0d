/* SPDX-License-Identifier: BSD-2-Clause */
/* What QEMU must answer, given what our chip answered and what is known of their differences. */
#include "pair.h"

#include <string.h>

#define STATISTICS 0x4000u

/* Bits of STATUS that follow CTRL and the PHY in our chip, and nothing in QEMU. */
#define STATUS_RESOLVED (STATUS_FD | STATUS_LU | STATUS_SPEED | STATUS_ASDV)

bool expect_alias(uint32_t offset)
{
    const struct e1000emu_register *row;

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL && row->offset <= offset; i++) {
        uint32_t from = offset - row->offset;

        if ((row->flags & E1000EMU_REG_ALIAS) && from % row->stride == 0 &&
            from / row->stride < row->count)
            return true;
    }
    return false;
}

/* ---- Interrupt causes ----------------------------------------------------------------------- */

void expect_only_qemu(struct pair *pair, uint32_t causes, enum known_event row)
{
    pair->icr_one |= causes;
    pair->icr_unknown &= ~causes;
    for (unsigned bit = 0; bit < 32; bit++) {
        if (causes >> bit & 1)
            pair->icr_row[bit] = (uint8_t)row;
    }
}

void expect_only_ours(struct pair *pair, uint32_t causes, enum known_event row)
{
    pair->icr_unknown |= causes & ~pair->icr_one;
    if (causes & e1000emu_peek(pair->chip, REG_ICR))
        pair_known(pair, row);
}

static uint32_t expected_causes(const struct pair *pair, uint32_t ours)
{
    return ours | pair->icr_one;
}

static void forget_causes(struct pair *pair, uint32_t causes)
{
    pair->icr_one &= ~causes;
    pair->icr_unknown &= ~causes;
}

bool expect_irq(struct pair *pair, bool *level)
{
    uint32_t ims = e1000emu_peek(pair->chip, REG_IMS) | pair->ims_reserved;

    if (pair->icr_unknown & ims)
        return false;
    *level = (expected_causes(pair, e1000emu_peek(pair->chip, REG_ICR)) & ims) != 0;
    return true;
}

/* ---- Statistics ----------------------------------------------------------------------------- */

/* Counters that reading clears in QEMU; it leaves the others as they are. */
static bool clears_in_qemu(uint32_t offset)
{
    static const uint32_t clears[] = {
        REG_TOTH,    REG_TORH,    REG_GOTCH,   REG_GORCH, REG_PRC64,  REG_PRC127, REG_PRC255,
        REG_PRC511,  REG_PRC1023, REG_PRC1522, REG_PTC64, REG_PTC127, REG_PTC255, REG_PTC511,
        REG_PTC1023, REG_PTC1522, REG_GPRC,    REG_GPTC,  REG_TPT,    REG_TPR,    REG_RUC,
        REG_ROC,     REG_BPRC,    REG_MPRC,    REG_TSCTC, REG_BPTC,   REG_MPTC,
    };

    for (unsigned i = 0; i < sizeof clears / sizeof *clears; i++) {
        if (clears[i] == offset)
            return true;
    }
    return false;
}

/* Lower halves of 64-bit pairs: reading one clears nothing on either side. */
static bool is_low_half(uint32_t offset)
{
    return offset == REG_GORCL || offset == REG_GOTCL || offset == REG_TORL || offset == REG_TOTL;
}

void expect_counter(struct pair *pair, uint32_t offset, int64_t n, enum known_event row)
{
    if (n == 0)
        return;
    pair->delta[(offset - STATISTICS) / 4] += n;
    pair_known(pair, row);
}

static uint32_t expect_statistic(struct pair *pair, uint32_t offset, uint32_t ours)
{
    int64_t *delta = &pair->delta[(offset - STATISTICS) / 4];
    int64_t expected = (int64_t)ours + *delta;

    if (is_low_half(offset))
        return (uint32_t)expected;
    if (clears_in_qemu(offset)) {
        *delta = 0;
        if (is_low_half(offset - 4))
            delta[-1] = 0;
    } else {
        if (expected != 0)
            pair_known(pair, KNOWN_STICKY);
        *delta = expected;
    }
    return (uint32_t)expected;
}

/* ---- Reads and writes ----------------------------------------------------------------------- */

static uint32_t expect_causes(struct pair *pair, uint32_t offset, uint32_t ours, uint32_t *care)
{
    uint32_t expected = expected_causes(pair, ours);

    *care = ~pair->icr_unknown;
    for (unsigned bit = 0; bit < 32; bit++) {
        if (pair->icr_one & ~ours & 1u << bit)
            pair_known(pair, pair->icr_row[bit]);
    }
    if (offset == REG_ICR)
        forget_causes(pair, UINT32_MAX);
    return expected;
}

static uint32_t expect_eecd(struct pair *pair, uint32_t ours, uint32_t *care)
{
    if (!(ours & EECD_EE_GNT))
        pair_known(pair, KNOWN_EECD_GRANT);
    if (!(ours & EECD_EE_GNT) || !(ours & EECD_CS)) {
        pair_known(pair, KNOWN_EECD_DO);
        *care &= ~EECD_DO;
    }
    return ours | EECD_EE_GNT;
}

static uint32_t expect_rows(const struct pair *pair, uint32_t offset, uint32_t ours)
{
    uint32_t expected = ours;

    for (unsigned i = KNOWN_EVENTS; i < known_rows; i++) {
        const struct known *row = &known_table[i];
        uint32_t bits = row->value;

        if (row->kind == KNOWN_POWER_ON || !known_covers(row, offset))
            continue;
        if (row->kind == KNOWN_KEEPS)
            bits = pair->written[offset / 4];
        expected = (expected & ~row->mask) | (bits & row->mask);
    }
    return expected;
}

uint32_t expect_read(struct pair *pair, uint32_t offset, uint32_t ours, uint32_t *care)
{
    *care = UINT32_MAX;
    if (offset >= STATISTICS && offset <= REG_TSCTFC)
        return expect_statistic(pair, offset, ours);
    switch (offset) {
    case REG_ICR:
    case REG_ICS:
        return expect_causes(pair, offset, ours, care);
    case REG_IMS:
        if (pair->ims_reserved)
            pair_known(pair, KNOWN_IMS_RESERVED);
        return ours | pair->ims_reserved;
    case REG_EECD:
        return expect_eecd(pair, ours, care);
    case REG_EERD:
        return pair->eerd;
    case REG_MDIC:
        return pair->mdic;
    case REG_STATUS:
        if (pair->link_touched) {
            *care &= ~STATUS_RESOLVED;
            pair_known(pair, KNOWN_STATUS_FOLLOWS);
        }
        break;
    default:
        break;
    }
    /* Frames that waited are still there in our chip, until something else is written. */
    if (offset >= REG_PBM && !pair->dirty[offset / 4]) {
        if (ours != pair->written[offset / 4])
            pair_known(pair, KNOWN_PBM);
        return pair->written[offset / 4];
    }
    if (expect_alias(offset)) {
        if (ours)
            pair_known(pair, KNOWN_ALIAS);
        return 0;
    }
    return expect_rows(pair, offset, ours);
}

/* Our link follows these registers; QEMU's does not. */
static void note_link(struct pair *pair, uint32_t offset, uint32_t value)
{
    const uint32_t ctrl = CTRL_SLU | CTRL_FRCSPD | CTRL_FRCDPLX | CTRL_SPEED | CTRL_FD |
                          CTRL_PHY_RST | CTRL_LRST | CTRL_ILOS;

    if (offset == REG_CTRL && (value & ctrl) != pair_baseline_value(REG_CTRL))
        pair->link_touched = true;
    if (offset == REG_CTRL_EXT &&
        value & (CTRL_EXT_LINK_MODE | CTRL_EXT_SPD_BYPS | CTRL_EXT_ASDCHK))
        pair->link_touched = true;
    if (pair->link_touched)
        expect_only_ours(pair, ICR_LSC, KNOWN_LSC);
}

/* A doorbell, or the transmitter's switch: QEMU raises TXQE even if there was nothing to do. */
static void note_doorbell(struct pair *pair, uint32_t offset, uint32_t value)
{
    uint32_t tctl = offset == REG_TCTL ? value : e1000emu_peek(pair->chip, REG_TCTL);

    if (tctl & TCTL_EN)
        expect_only_qemu(pair, ICR_TXQE, KNOWN_TXQE);
}

void expect_write(struct pair *pair, uint32_t offset, uint32_t value)
{
    pair->written[offset / 4] = value;
    switch (offset) {
    case REG_ICS:
        forget_causes(pair, value & ICR_ALL);
        expect_only_qemu(pair, value & ~ICR_ALL, KNOWN_ICR_RESERVED);
        break;
    case REG_ICR:
        forget_causes(pair, value);
        break;
    case REG_IMS:
        pair->ims_reserved |= value & ~ICR_ALL;
        break;
    case REG_IMC:
        pair->ims_reserved &= ~value;
        break;
    case REG_CTRL:
    case REG_CTRL_EXT:
        note_link(pair, offset, value);
        break;
    case REG_RDTR:
        if (value & RDTR_FPD) {
            pair->icr_unknown |= ICR_RXT0 & ~pair->icr_one;
            pair_known(pair, KNOWN_FPD);
        }
        break;
    case REG_TCTL:
    case REG_TDT:
        note_doorbell(pair, offset, value);
        break;
    case REG_FCRUC:
        /* The only counter that QEMU lets software write. */
        pair->delta[(REG_FCRUC - STATISTICS) / 4] = value - e1000emu_peek(pair->chip, offset);
        break;
    default:
        break;
    }
}
