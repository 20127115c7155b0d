/* SPDX-License-Identifier: BSD-2-Clause */
/* The register table and what is done with it: reading, writing and resetting registers. */
#ifndef EMU_REGS_H
#define EMU_REGS_H

#include "e1000emu.h"

struct emu_reg;

/* A hook sees the row and the offset of the register within the BAR (for arrays: of the element).
 */
typedef uint32_t (*emu_read_hook)(struct e1000emu *chip, uint32_t offset);
/* Called after the masked value was stored; old is what was stored before, value what software
 * wrote, unmasked. */
typedef void (*emu_write_hook)(struct e1000emu *chip, uint32_t offset, uint32_t old,
                               uint32_t value);

/* A row of the table: what everybody may know, and the hooks. */
struct emu_reg {
    struct e1000emu_register pub;
    /* Instead of the stored value; read_mask and READ_CLEARS are still applied. */
    emu_read_hook read;
    emu_write_hook write;
    bool serdes; /* absent in a chip without SerDes */
};

/* The table, in order of offset, and how many rows it has. */
extern const struct emu_reg emu_reg_table[];
extern const size_t emu_reg_rows;

/* Makes the chip's index from offsets to rows, so that an access needn't search. */
void emu_regs_init(struct e1000emu *chip);

/* The row that covers an offset, or NULL. Aliases are resolved by the caller. */
const struct emu_reg *emu_reg_find(uint32_t offset);

/* One of the arrays of filters: MTA, RAL and RAH, VFTA. */
bool emu_reg_in_array(uint32_t offset);

/* Software's accesses: masks, flags and hooks applied. offset is a multiple of 4 below 0x20000. */
uint32_t emu_reg_read(struct e1000emu *chip, uint32_t offset);
void emu_reg_write(struct e1000emu *chip, uint32_t offset, uint32_t value);

/* Sets every register to its value after this kind of reset. */
void emu_regs_reset(struct e1000emu *chip, enum e1000emu_reset kind);

#endif
