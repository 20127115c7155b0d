/* SPDX-License-Identifier: BSD-2-Clause */
/* The receiver: what it is started with, its filters, its descriptors; and flow control. */
#include "check.h"
#include "chip.h"

#define FIFO_KB    64u
#define FCA_LOW    0x00C28001u /* 01:80:c2:00:00:01 */
#define FCA_HIGH   0x00000100u
#define PAUSE_TYPE 0x8808u
#define PAGE_SHIFT 16u

/* ---- RCTL ----------------------------------------------------------------------------------- */

static void check_values(struct e1000emu *chip, uint32_t value)
{
    uint32_t loopback = value & RCTL_LBM;

    if (value & RCTL_BSEX && !(value & RCTL_BSIZE))
        emu_check_found(chip, RULE_RX_BUFFER_SIZE, 0, value, 0);
    if ((loopback != 0 && loopback != RCTL_LBM) || (value & RCTL_RDMTS) == RCTL_RDMTS)
        emu_check_found(chip, RULE_RCTL_VALUE, 0, value, 0);
}

static uint32_t bits_in(const uint32_t *words)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < MTA_COUNT; i++)
        n += words[i / 32] >> i % 32 & 1u;
    return n;
}

static bool has_address(const struct e1000emu *chip)
{
    for (unsigned i = 0; i < RA_COUNT; i++) {
        if (emu_get(chip, REG_RAH(i)) & RAH_AV)
            return true;
    }
    return false;
}

static void check_filters(struct e1000emu *chip, uint32_t value)
{
    const struct emu_check *check = &chip->check;

    if (!(value & RCTL_UPE) && !has_address(chip))
        emu_check_found(chip, RULE_RX_NO_ADDRESS, 0, 0, 0);
    if (!(value & RCTL_MPE) && bits_in(check->mta) < MTA_COUNT)
        emu_check_found(chip, RULE_MTA_NOT_WRITTEN, 0, bits_in(check->mta), 0);
    if (value & RCTL_VFE && bits_in(check->vfta) < VFTA_COUNT)
        emu_check_found(chip, RULE_VFTA_NOT_WRITTEN, 0, bits_in(check->vfta), 0);
}

/* RCTL.EN goes from zero to one. */
static void check_start(struct e1000emu *chip, uint32_t value)
{
    struct emu_check *check = &chip->check;
    uint32_t eecd = emu_get(chip, REG_EECD);

    if (emu_check_ring_start(chip, false) && emu_get(chip, REG_RDH) == emu_get(chip, REG_RDT))
        emu_check_found(chip, RULE_RX_WITHOUT_BUFFERS, 0, emu_get(chip, REG_RDT), 0);
    if (check->rx.enabled)
        emu_check_found(chip, RULE_RX_REENABLED, 0, 0, 0);
    check->rx.enabled = true;
    if (!(value & RCTL_SECRC))
        emu_check_found(chip, RULE_RX_FCS_KEPT, 0, value, 0);
    if (eecd & EECD_EE_REQ)
        emu_check_found(chip, RULE_EECD_REQUEST_KEPT, 0, eecd, 0);
    check_filters(chip, value);
}

static void check_rctl(struct e1000emu *chip, uint32_t value)
{
    check_values(chip, value);
    if (value & RCTL_EN && !(emu_get(chip, REG_RCTL) & RCTL_EN))
        check_start(chip, value);
    if (!(value & RCTL_EN))
        chip->check.starved = false;
}

/* ---- Filters and the packet buffer ---------------------------------------------------------- */

static void check_tables(struct e1000emu *chip, uint32_t offset)
{
    struct emu_check *check = &chip->check;
    uint32_t i;

    if (offset >= REG_MTA && offset < REG_MTA_N(MTA_COUNT)) {
        i = (offset - REG_MTA) / 4;
        check->mta[i / 32] |= 1u << i % 32;
    } else if (offset >= REG_VFTA && offset < REG_VFTA_N(VFTA_COUNT)) {
        i = (offset - REG_VFTA) / 4;
        check->vfta[i / 32] |= 1u << i % 32;
    } else if (offset >= REG_RA && offset < REG_RAL(RA_COUNT) && (offset & 4) == 0) {
        i = (offset - REG_RA) / 8;
        if (emu_get(chip, REG_RCTL) & RCTL_EN && emu_get(chip, REG_RAH(i)) & RAH_AV)
            emu_check_found(chip, RULE_ADDRESS_WHILE_VALID, i, i, 0);
    }
}

static void check_pba(struct e1000emu *chip, uint32_t value)
{
    uint32_t share = value & PBA_RXA;

    if (share == 0 || share >= FIFO_KB || share % 8 != 0)
        emu_check_found(chip, RULE_PBA_SPLIT, 0, value, 0);
    if (emu_get(chip, REG_RCTL) & RCTL_EN || emu_get(chip, REG_TCTL) & TCTL_EN)
        emu_check_found(chip, RULE_PBA_WHILE_ENABLED, 0, value, 0);
}

/* ---- Flow control (SDM 8.7) ----------------------------------------------------------------- */

static void check_flow(struct e1000emu *chip, uint32_t ctrl)
{
    uint32_t low = emu_get(chip, REG_FCRTL) & FCRTL_RTL;
    uint32_t high = emu_get(chip, REG_FCRTH) & FCRTH_RTH;
    uint32_t fifo = (emu_get(chip, REG_PBA) & PBA_RXA) * 1024;

    if (ctrl & CTRL_TFCE && (low >= high || high > fifo))
        emu_check_found(chip, RULE_FLOW_THRESHOLDS, 0, low, high);
    if (ctrl & CTRL_TFCE && emu_get(chip, REG_FCTTV) == 0)
        emu_check_found(chip, RULE_FLOW_TIME_ZERO, 0, 0, 0);
    if (emu_get(chip, REG_FCAL) != FCA_LOW || emu_get(chip, REG_FCAH) != FCA_HIGH ||
        emu_get(chip, REG_FCT) != PAUSE_TYPE)
        emu_check_found(chip, RULE_FLOW_ADDRESS, 0, emu_get(chip, REG_FCAL),
                        emu_get(chip, REG_FCT));
}

void emu_check_rx_write(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case REG_RCTL:
        check_rctl(chip, value);
        break;
    case REG_PBA:
        check_pba(chip, value);
        break;
    case REG_CTRL:
        if (value & (CTRL_RFCE | CTRL_TFCE) && !(value & CTRL_RST))
            check_flow(chip, value);
        break;
    default:
        check_tables(chip, offset);
        break;
    }
}

/* ---- Frames and descriptors ----------------------------------------------------------------- */

void emu_check_received(struct e1000emu *chip, enum e1000emu_verdict verdict)
{
    struct emu_check *check = &chip->check;

    if (verdict != E1000EMU_RX_OVERRUN || check->starved)
        return;
    check->starved = emu_get(chip, REG_RDH) == emu_get(chip, REG_RDT);
    check->starved_at = chip->now;
}

void emu_check_rx_fetch(struct e1000emu *chip, const struct e1000emu_event *event)
{
    uint64_t address = event->u.descriptor.address;
    uint32_t index = event->u.descriptor.index;
    uint64_t last = address + chip->rx.buffer_bytes - 1;

    chip->check.starved = false;
    if (address == 0)
        emu_check_found(chip, RULE_RX_BUFFER_NULL, index, index, 0);
    else if (address >> PAGE_SHIFT != last >> PAGE_SHIFT)
        emu_check_found(chip, RULE_RX_BUFFER_CROSSES_64K, index, address, chip->rx.buffer_bytes);
    if (event->u.descriptor.fields >> 32 & RXD_STAT_DD)
        emu_check_found(chip, RULE_DESCRIPTOR_DONE, index, index, 0);
}

uint32_t emu_check_rx_plain(struct e1000emu *chip, const struct emu_descriptor *descriptors,
                            uint32_t n)
{
    const uint64_t last = chip->rx.buffer_bytes - 1;
    uint32_t i = 0;

    while (i < n && descriptors[i].address != 0 &&
           (descriptors[i].address ^ (descriptors[i].address + last)) >> PAGE_SHIFT == 0 &&
           !(descriptors[i].fields >> 32 & RXD_STAT_DD))
        i++;
    if (i > 0)
        chip->check.starved = false;
    return i;
}
