/* SPDX-License-Identifier: BSD-2-Clause */
#include "irq.h"

#include "chip.h"

void emu_irq_update(struct e1000emu *chip)
{
    bool asserted = (emu_get(chip, REG_ICR) & emu_get(chip, REG_IMS)) != 0;

    if (asserted == chip->intx)
        return;
    chip->intx = asserted;
    chip->host.interrupt(chip->host.opaque, asserted);
}

void emu_irq_raise(struct e1000emu *chip, uint32_t causes)
{
    /* Masked causes are kept too: setting the mask later makes them interrupt. */
    emu_set(chip, REG_ICR, emu_get(chip, REG_ICR) | (causes & ICR_ALL));
    emu_irq_update(chip);
}

bool e1000emu_interrupt_level(const e1000emu *chip)
{
    return chip->intx;
}

/* Reading clears every cause, masked ones too. */
uint32_t emu_irq_read_icr(struct e1000emu *chip, uint32_t offset)
{
    uint32_t causes = emu_get(chip, offset);

    emu_set(chip, offset, 0);
    emu_irq_update(chip);
    return causes;
}

void emu_irq_write_icr(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    emu_set(chip, offset, old & ~value);
    emu_irq_update(chip);
}

/* Not in the manual, but VxWorks reads the causes here, where that clears nothing. */
uint32_t emu_irq_read_ics(struct e1000emu *chip, uint32_t offset)
{
    (void)offset;
    return emu_get(chip, REG_ICR);
}

void emu_irq_write_ics(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    emu_irq_raise(chip, value);
}

void emu_irq_write_ims(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    emu_set(chip, offset, old | (value & ICR_ALL));
    emu_irq_update(chip);
}

void emu_irq_write_imc(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    emu_set(chip, REG_IMS, emu_get(chip, REG_IMS) & ~value);
    emu_irq_update(chip);
}
