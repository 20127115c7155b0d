/* SPDX-License-Identifier: BSD-2-Clause */
#include "regs.h"

#include "chip.h"

static uint32_t row_end(const struct emu_reg *row)
{
    return row->pub.offset + (row->pub.count - 1) * row->pub.stride;
}

/* Whether a row that doesn't begin behind an offset has a register there. */
static bool covers(const struct emu_reg *row, uint32_t offset)
{
    return offset <= row_end(row) && (offset - row->pub.offset) % row->pub.stride == 0;
}

const struct emu_reg *emu_reg_find(uint32_t offset)
{
    size_t low = 0, high = emu_reg_rows;

    while (low < high) { /* ends at the first row that begins past offset */
        size_t middle = (low + high) / 2;

        if (emu_reg_table[middle].pub.offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    /* Two arrays may be interleaved, RAL and RAH: the one that begins first is one row further up.
     */
    for (size_t i = low; i > 0 && i + 2 > low; i--) {
        if (covers(&emu_reg_table[i - 1], offset))
            return &emu_reg_table[i - 1];
    }
    return NULL;
}

const struct e1000emu_register *e1000emu_register_at(size_t i)
{
    return i < emu_reg_rows ? &emu_reg_table[i].pub : NULL;
}

const struct e1000emu_register *e1000emu_register_find(uint32_t offset, uint32_t *index)
{
    const struct emu_reg *row = emu_reg_find(offset);

    if (row && row->pub.flags & E1000EMU_REG_ALIAS) {
        offset = row->pub.alias_of + (offset - row->pub.offset);
        row = emu_reg_find(offset);
    }
    if (index)
        *index = row ? (offset - row->pub.offset) / row->pub.stride : 0;
    return row ? &row->pub : NULL;
}

bool emu_reg_in_array(uint32_t offset)
{
    return (offset >= REG_MTA && offset < REG_MTA_N(MTA_COUNT)) ||
           (offset >= REG_RA && offset < REG_RAL(RA_COUNT)) ||
           (offset >= REG_VFTA && offset < REG_VFTA_N(VFTA_COUNT));
}

void emu_regs_init(struct e1000emu *chip)
{
    for (uint32_t offset = 0; offset < EMU_INDEXED_BYTES; offset += 4) {
        const struct emu_reg *row = emu_reg_find(offset);
        bool absent = !row || (row->serdes && chip->profile.copper_only);

        chip->row[offset / 4] = !absent ? (uint8_t)(row - emu_reg_table + 1) : 0;
    }
}

/* The row that covers an offset, by the chip's index; *offset becomes that of the register proper.
 */
static const struct emu_reg *find_proper(const struct e1000emu *chip, uint32_t *offset)
{
    const struct emu_reg *row;
    uint8_t index;

    if (*offset >= EMU_INDEXED_BYTES)
        return emu_reg_find(*offset);
    index = chip->row[*offset / 4];
    if (index == 0)
        return NULL;
    row = &emu_reg_table[index - 1];
    if (row->pub.flags & E1000EMU_REG_ALIAS) {
        *offset = row->pub.alias_of + (*offset - row->pub.offset);
        row = &emu_reg_table[chip->row[*offset / 4] - 1];
    }
    return row;
}

uint32_t emu_reg_read(struct e1000emu *chip, uint32_t offset)
{
    const struct emu_reg *row = find_proper(chip, &offset);
    uint32_t value;

    if (!row)
        return chip->profile.absent_reads;
    value = row->read ? row->read(chip, offset) : emu_get(chip, offset);
    if (row->pub.flags & E1000EMU_REG_READ_CLEARS)
        emu_set(chip, offset, 0);
    return value & row->pub.read_mask;
}

void emu_reg_write(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    const struct emu_reg *row = find_proper(chip, &offset);
    uint32_t old, stored, mask;

    if (!row)
        return;
    mask = row->pub.write_mask;
    old = emu_get(chip, offset);
    if (row->pub.flags & E1000EMU_REG_WRITE1_SETS)
        stored = old | (value & mask);
    else
        stored = (old & ~mask) | (value & mask);
    if (row->pub.flags & E1000EMU_REG_WRITE1_CLEARS)
        stored &= ~(value & row->pub.read_mask & ~mask);
    emu_set(chip, offset, stored);
    if (row->write)
        row->write(chip, offset, old, value);
}

void emu_regs_reset(struct e1000emu *chip, enum e1000emu_reset kind)
{
    for (size_t i = 0; i < emu_reg_rows; i++) {
        const struct e1000emu_register *row = &emu_reg_table[i].pub;
        uint32_t kept = row->kept[kind];

        if (row->flags & E1000EMU_REG_ALIAS || kept == UINT32_MAX)
            continue;
        for (uint32_t n = 0; n < row->count; n++) {
            uint32_t offset = row->offset + n * row->stride;
            uint32_t old = emu_get(chip, offset);
            uint32_t value = (old & kept) | (row->reset & ~kept);

            if (value != old) /* what nobody ever wrote takes no memory of the host's */
                emu_set(chip, offset, value);
        }
    }
}

uint32_t e1000emu_peek(const e1000emu *chip, uint32_t offset)
{
    const struct emu_reg *row;

    offset &= ~3u;
    if (offset >= EMU_REGISTER_BYTES)
        return 0;
    row = find_proper(chip, &offset);
    return row ? emu_get(chip, offset) & row->pub.read_mask : 0;
}
