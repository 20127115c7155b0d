/* SPDX-License-Identifier: BSD-2-Clause */
/* Software's accesses: bits that are stuck, writes that are lost or late, a chip that is gone or
 * stays in its reset. */
#include <string.h>

#include "chip.h"

#define ANY_REGISTER 0x20000u

/* ---- A chip that is gone -------------------------------------------------------------------- */

static void remove_chip(struct e1000emu *chip)
{
    chip->faults.removed = true;
    emu_irq_mode_changed(chip); /* its line floats */
}

bool emu_fault_access(struct e1000emu *chip)
{
    if (!chip->faults.removed && emu_fault_fires(chip, FAULT_REMOVED))
        remove_chip(chip);
    return chip->faults.removed;
}

/* One that waits for nothing but a time goes at that time, accessed or not. */
void emu_fault_removed_edge(struct e1000emu *chip, struct emu_fault *fault, bool on)
{
    const struct e1000emu_when *when = &fault->when;
    bool waits = when->from > 1 || when->chance > 0;

    if (!on) {
        chip->faults.removed = false;
        emu_irq_mode_changed(chip);
    } else if (!waits) {
        emu_fault_counts(chip, fault); /* its first, which nothing speaks against */
        remove_chip(chip);
    }
}

/* ---- Stuck bits ----------------------------------------------------------------------------- */

/* The offset of the register proper, where this one is another address of it. */
static uint32_t proper(uint32_t offset)
{
    const struct emu_reg *row = emu_reg_find(offset);

    if (row && row->pub.flags & E1000EMU_REG_ALIAS)
        return row->pub.alias_of + (offset - row->pub.offset);
    return offset;
}

static uint32_t stick(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    for (uint32_t i = 0; i < chip->faults.count; i++) {
        struct emu_fault *fault = &chip->faults.set[i];
        uint32_t bit = 1u << (fault->arg & 31u);

        if ((fault->id != FAULT_STUCK_0 && fault->id != FAULT_STUCK_1) ||
            proper((uint32_t)(fault->arg >> 5) & ~3u) != proper(offset) ||
            !emu_fault_counts(chip, fault))
            continue;
        value = fault->id == FAULT_STUCK_1 ? value | bit : value & ~bit;
    }
    return value;
}

/* ---- Reads ---------------------------------------------------------------------------------- */

uint32_t emu_fault_read(struct e1000emu *chip, uint32_t offset)
{
    uint32_t value;

    /* A read pushes the writes before it (PCI 2.2, 3.2.5). */
    emu_fault_post_writes(chip, true);
    chip->faults.burst_next = 0;
    value = emu_reg_read(chip, offset);
    if (emu_fault_fires(chip, FAULT_READ_ONES))
        return UINT32_MAX;
    if (chip->faults.resetting && proper(offset) == REG_CTRL)
        value |= CTRL_RST;
    return stick(chip, offset, value);
}

/* ---- Writes --------------------------------------------------------------------------------- */

static void post_first(struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;
    struct emu_fault_write first = faults->write[0];

    faults->writes--;
    memmove(&faults->write[0], &faults->write[1], faults->writes * sizeof first);
    emu_reg_write(chip, first.offset, first.value);
}

void emu_fault_post_writes(struct e1000emu *chip, bool all)
{
    struct emu_faults *faults = &chip->faults;

    if (faults->writes == 0)
        return;
    /* A write may reset the chip, and forget the others. */
    while (faults->writes > 0 && (all || faults->write[0].due <= chip->now))
        post_first(chip);
    emu_fault_refresh(chip);
}

/* Behind those that are on their way, however late they are. */
static void queue(struct e1000emu *chip, uint32_t offset, uint32_t value, e1000emu_time delay)
{
    struct emu_faults *faults = &chip->faults;
    e1000emu_time due = emu_fault_later(chip, delay);

    if (faults->writes == EMU_FAULT_WRITES)
        post_first(chip);
    if (faults->writes > 0 && faults->write[faults->writes - 1].due > due)
        due = faults->write[faults->writes - 1].due;
    faults->write[faults->writes++] = (struct emu_fault_write){offset, value, due};
    emu_fault_refresh(chip);
}

static bool is_lost(struct e1000emu *chip, uint32_t offset)
{
    bool lost = false;

    for (uint32_t i = 0; i < chip->faults.count; i++) {
        struct emu_fault *fault = &chip->faults.set[i];

        if (fault->id == FAULT_WRITE_LOST &&
            (fault->arg == ANY_REGISTER || proper((uint32_t)fault->arg & ~3u) == proper(offset)) &&
            emu_fault_counts(chip, fault))
            lost = true;
    }
    return lost;
}

bool emu_fault_write(struct e1000emu *chip, uint32_t offset, uint32_t *value)
{
    const struct emu_fault *late;

    if (chip->faults.resetting || is_lost(chip, offset) || emu_fault_burst_lost(chip, offset))
        return false;
    *value = stick(chip, offset, *value);
    late = emu_fault_fires(chip, FAULT_WRITE_LATE);
    if (!late && chip->faults.writes == 0)
        return true;
    queue(chip, offset, *value, late ? late->arg : 0);
    return false;
}

/* ---- Resets --------------------------------------------------------------------------------- */

void emu_fault_access_reset(struct e1000emu *chip, enum e1000emu_reset kind)
{
    struct emu_faults *faults = &chip->faults;
    const struct emu_fault *slow;

    faults->writes = 0;
    faults->resetting = false;
    if (kind != E1000EMU_RESET_CTRL)
        return;
    slow = emu_fault_fires(chip, FAULT_RESET_SLOW);
    if (slow) {
        faults->resetting = true;
        faults->reset_ends = emu_fault_later(chip, slow->arg);
    }
    if (emu_fault_fires(chip, FAULT_RESET_NEVER)) {
        faults->resetting = true;
        faults->reset_ends = E1000EMU_NEVER;
    }
}

void emu_fault_reset_edge(struct e1000emu *chip, struct emu_fault *fault, bool on)
{
    (void)fault;
    if (!on)
        chip->faults.resetting = false;
}
