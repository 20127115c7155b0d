/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts: what enables them, and what takes them back. */
#include "check.h"
#include "chip.h"

#define ICR_MANY 1000u

#define RX_CAUSES (ICR_RXT0 | ICR_RXDMT0 | ICR_RXO)
#define TX_CAUSES (ICR_TXDW | ICR_TXQE)

void emu_check_interrupt(struct e1000emu *chip, bool level)
{
    chip->check.asserted = level;
    chip->check.asserted_at = chip->now;
}

static void check_ims(struct e1000emu *chip, uint32_t value)
{
    if (value == 0)
        emu_check_found(chip, RULE_IMS_WRITTEN_ZERO, 0, 0, 0);
    if ((value & RX_CAUSES && emu_get(chip, REG_RDLEN) == 0) ||
        (value & TX_CAUSES && emu_get(chip, REG_TDLEN) == 0))
        emu_check_found(chip, RULE_INTERRUPTS_BEFORE_RING, 0, value, 0);
}

void emu_check_irq_access(struct e1000emu *chip, uint32_t offset, uint32_t value, bool write)
{
    struct emu_check *check = &chip->check;

    if (offset == REG_ICR && !write) {
        if (value != 0)
            check->idle_icr = 0;
        else if (++check->idle_icr == ICR_MANY)
            emu_check_found(chip, RULE_ICR_POLLED, 0, ICR_MANY, 0);
    }
    if (!write)
        return;
    if (offset == REG_IMS)
        check_ims(chip, value);
    else if (offset == REG_RDTR && value & ~RDTR_FPD)
        emu_check_found(chip, RULE_RDTR_NOT_ZERO, 0, value & ~RDTR_FPD, 0);
}
