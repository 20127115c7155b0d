/* SPDX-License-Identifier: BSD-2-Clause */
/* What both rings' registers have in common (SDM 3.2.6, 3.4, 14.4, 14.5). */
#include "check.h"
#include "chip.h"

#define LENGTH_BITS       0x000FFF80u
#define CONFIG_CACHE_LINE 0x0Cu /* in dwords */
#define CONFIG_COMMAND    0x04u

#define PAGE_SHIFT 16u /* of erratum 23 */

/* Where the registers of a ring are, and what the checker knows of it. */
struct place {
    uint32_t bal, len, head, tail, control;
    bool enabled;
    const struct emu_ring *ring;
    struct emu_check_ring *check;
};

static struct place place_of(struct e1000emu *chip, bool transmit)
{
    if (transmit)
        return (struct place){REG_TDBAL,      REG_TDLEN,      REG_TDH,
                              REG_TDT,        REG_TXDCTL,     emu_get(chip, REG_TCTL) & TCTL_EN,
                              &chip->tx.ring, &chip->check.tx};
    return (struct place){REG_RDBAL,      REG_RDLEN,      REG_RDH,
                          REG_RDT,        REG_RXDCTL,     emu_get(chip, REG_RCTL) & RCTL_EN,
                          &chip->rx.ring, &chip->check.rx};
}

static bool crosses(uint64_t bus, uint64_t bytes)
{
    return bus >> PAGE_SHIFT != (bus + bytes - 1) >> PAGE_SHIFT;
}

/* ---- Base, length, head --------------------------------------------------------------------- */

static void check_base(struct e1000emu *chip, const struct place *at, uint32_t offset,
                       uint32_t value)
{
    if (offset == at->bal)
        at->check->based = true;
    if (offset == at->bal && value & 0xf)
        emu_check_found(chip, RULE_RING_BASE, offset, value, 0);
    if (offset == at->len && value & ~LENGTH_BITS)
        emu_check_found(chip, RULE_RING_LENGTH, offset, value, 0);
    if (at->enabled && value != emu_get(chip, offset))
        emu_check_found(chip, RULE_RING_CHANGED, offset, emu_get(chip, offset), value);
}

static void check_head(struct e1000emu *chip, const struct place *at, uint32_t value)
{
    if (at->enabled)
        emu_check_found(chip, RULE_HEAD_WRITTEN, at->head, emu_get(chip, at->head), value);
}

/* ---- The tail ------------------------------------------------------------------------------- */

/* Software may give descriptors up to the one before the head, and no more. */
static void check_moves(struct e1000emu *chip, const struct place *at, uint32_t tail)
{
    const struct emu_ring *ring = at->ring;
    uint32_t moved, owned;

    if (!at->enabled || ring->head >= ring->count || ring->tail >= ring->count)
        return;
    moved = tail >= ring->tail ? tail - ring->tail : tail + ring->count - ring->tail;
    owned = emu_ring_ready(ring);
    if (moved == 0 || moved + owned < ring->count)
        return;
    if (moved + owned == ring->count)
        emu_check_found(chip, RULE_TAIL_AT_HEAD, at->tail, tail, ring->head);
    else
        emu_check_found(chip, RULE_TAIL_PAST_HEAD, at->tail, tail, ring->head);
}

static void check_tail(struct e1000emu *chip, const struct place *at, uint32_t tail)
{
    const struct emu_ring *ring = at->ring;

    if (ring->count == 0) /* not set up yet; looked at when the ring starts */
        return;
    if (tail >= ring->count)
        emu_check_found(chip, RULE_TAIL_OUTSIDE_RING, at->tail, tail, ring->count);
    else
        check_moves(chip, at, tail);
}

/* ---- Thresholds ----------------------------------------------------------------------------- */

static void check_thresholds(struct e1000emu *chip, const struct place *at, uint32_t value)
{
    uint32_t dwords = chip->pci.config[CONFIG_CACHE_LINE];
    uint32_t line = dwords == 4 || dwords == 16 || dwords == 32 ? dwords / 4 : 2;
    uint32_t most = 31 / line;

    if (value & RXDCTL_GRAN)
        return;
    if ((value & RXDCTL_PTHRESH) > most || (value & RXDCTL_HTHRESH) >> 8 > most ||
        (value & RXDCTL_WTHRESH) >> 16 > most)
        emu_check_found(chip, RULE_DESCRIPTOR_THRESHOLDS, at->control, value, 0);
}

/* ---- All of it ------------------------------------------------------------------------------ */

bool emu_check_ring_start(struct e1000emu *chip, bool transmit)
{
    struct place at = place_of(chip, transmit);
    const struct emu_ring *ring = at.ring;
    uint32_t tail = emu_get(chip, at.tail);

    if (!chip->pci.bus_master)
        emu_check_found(chip, RULE_BUS_MASTER_OFF, transmit, chip->pci.config[CONFIG_COMMAND], 0);
    if (!at.check->based || ring->count == 0) {
        emu_check_found(chip, transmit ? RULE_TX_ENABLED_BEFORE_RING : RULE_RX_ENABLED_BEFORE_RING,
                        0, emu_get(chip, at.len), 0);
        return false;
    }
    if (crosses(ring->base, (uint64_t)ring->count * DESC_BYTES))
        emu_check_found(chip, RULE_RING_CROSSES_64K, transmit, ring->base,
                        (uint64_t)ring->count * DESC_BYTES);
    if (ring->head >= ring->count)
        emu_check_found(chip, RULE_TAIL_OUTSIDE_RING, at.head, ring->head, ring->count);
    else if (tail >= ring->count)
        emu_check_found(chip, RULE_TAIL_OUTSIDE_RING, at.tail, tail, ring->count);
    return true;
}

void emu_check_ring_write(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    struct place at;

    if (offset >= REG_RDBAL && offset <= REG_RADV)
        at = place_of(chip, false);
    else if (offset >= REG_TDBAL && offset <= REG_TADV)
        at = place_of(chip, true);
    else
        return;
    if (offset <= at.len)
        check_base(chip, &at, offset, value);
    else if (offset == at.head)
        check_head(chip, &at, value);
    else if (offset == at.tail)
        check_tail(chip, &at, value);
    else if (offset == at.control)
        check_thresholds(chip, &at, value);
    if (offset <= at.head) /* the ring begins anew */
        emu_check_forget(chip);
}
