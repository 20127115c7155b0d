/* SPDX-License-Identifier: BSD-2-Clause */
/* The transmitter: what it is started with, and its doorbell. */
#include "check.h"
#include "chip.h"
#include "tx_run.h"

/* TCTL.EN goes from zero to one. */
static void check_start(struct e1000emu *chip, uint32_t value)
{
    emu_check_ring_start(chip, true);
    if (!chip->check.tipg)
        emu_check_found(chip, RULE_TIPG_NOT_SET, 0, 0, 0);
    if (!(value & TCTL_CT) || !(value & TCTL_COLD))
        emu_check_found(chip, RULE_COLLISION_FIELDS, 0, value, 0);
}

static void check_tctl(struct e1000emu *chip, uint32_t value)
{
    uint32_t old = emu_get(chip, REG_TCTL);

    if (value & ~old & TCTL_EN)
        check_start(chip, value);
    if ((value ^ old) & TCTL_EN)
        chip->check.tx.rung = false;
}

/* The last descriptor in front of the tail, as it lies in memory. False: it can't be read. */
static bool last_descriptor(struct e1000emu *chip, uint32_t tail, uint32_t *index, uint64_t *fields)
{
    const struct emu_ring *ring = &chip->tx.ring;
    const uint8_t *memory;
    uint64_t bus;

    *index = (tail ? tail : ring->count) - 1;
    bus = ring->base + (uint64_t)*index * DESC_BYTES + 8;
    memory = emu_dma_pointer(&chip->dma, EMU_DMA_TX_RING, bus, 8, E1000EMU_DMA_READ);
    if (!memory || (uintptr_t)memory % 8 != 0)
        return false;
    *fields = emu_le64(__atomic_load_n((const emu_quad *)(const void *)memory, __ATOMIC_ACQUIRE));
    return true;
}

static void check_doorbell(struct e1000emu *chip, uint32_t tail)
{
    const struct emu_ring *ring = &chip->tx.ring;
    uint32_t ctrl = emu_get(chip, REG_CTRL), index;
    uint64_t fields;

    if (tail >= ring->count || tail == ring->head)
        return;
    if (!(ctrl & CTRL_SLU) && !(emu_get(chip, REG_CTRL_EXT) & CTRL_EXT_LINK_MODE))
        emu_check_found(chip, RULE_LINK_NOT_SET_UP, 0, ctrl, 0);
    if (!(emu_get(chip, REG_TCTL) & TCTL_EN)) {
        if (!chip->check.tx.rung)
            chip->check.waits_at = chip->now;
        chip->check.tx.rung = true;
        return;
    }
    if (last_descriptor(chip, tail, &index, &fields) && !emu_tx_is_context(fields) &&
        !(emu_tx_command(fields) & TXD_CMD_EOP))
        emu_check_found(chip, RULE_TX_MISSING_EOP, 0, index, fields);
}

void emu_check_tx_write(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case REG_TCTL:
        check_tctl(chip, value);
        break;
    case REG_TIPG:
        chip->check.tipg = true;
        break;
    case REG_TDT:
        check_doorbell(chip, value & 0xffff);
        break;
    case REG_TDBAL:
    case REG_TDBAH:
    case REG_TDLEN:
    case REG_TDH:
        chip->check.tx.rung = false;
        break;
    default:
        break;
    }
}
