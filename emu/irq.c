/* SPDX-License-Identifier: BSD-2-Clause */
#include "irq.h"

#include "chip.h"

#define ITR_NS 256u

/* The least time between two interrupts. */
static e1000emu_time gap(const struct e1000emu *chip)
{
    uint32_t units = chip->profile.itr_ignored ? 0 : emu_get(chip, REG_ITR);

    if (units < chip->profile.itr_floor)
        units = chip->profile.itr_floor;
    return (e1000emu_time)units * ITR_NS;
}

static void drive_intx(struct e1000emu *chip, bool level)
{
    if (level == chip->irq.intx)
        return;
    chip->irq.intx = level;
    if (chip->watch)
        emu_watch_interrupt(chip, level, false);
    chip->host.interrupt(chip->host.opaque, level);
}

/* Tells the host. False: it can't hear of it now. A function in D3 has no interrupts (SDM 6.3), and
 * a message is a bus master's write. */
static bool tell(struct e1000emu *chip)
{
    if (chip->pci.in_d3)
        return false;
    if (chip->faulty & EMU_AT_IRQ && emu_fault_loses_interrupt(chip))
        return true;
    if (!chip->pci.msi_enable) {
        drive_intx(chip, true);
        return true;
    }
    if (!chip->pci.bus_master)
        return false;
    emu_pci_send_message(chip);
    return true;
}

void emu_irq_update(struct e1000emu *chip)
{
    struct emu_irq *irq = &chip->irq;
    bool waiting = (emu_get(chip, REG_ICR) & emu_get(chip, REG_IMS)) != 0;
    e1000emu_time least;

    if (waiting == irq->told)
        return;
    if (!waiting) {
        irq->told = false;
        drive_intx(chip, false);
        return;
    }
    /* ITR is the least time from one assertion to the next, whatever the cause (SDM 13.4.18). */
    least = gap(chip);
    if (irq->ever && chip->now - irq->last < least) {
        emu_timer_start(chip, EMU_TIMER_ITR, least - (chip->now - irq->last));
        return;
    }
    irq->told = tell(chip);
    if (irq->told) {
        irq->ever = true;
        irq->last = chip->now;
    }
}

/* It lasts until software looks, and nothing is found. */
void emu_irq_pretend(struct e1000emu *chip)
{
    if (!chip->irq.told)
        chip->irq.told = tell(chip);
}

void emu_irq_timer(struct e1000emu *chip)
{
    emu_irq_update(chip);
}

void emu_irq_mode_changed(struct e1000emu *chip)
{
    chip->irq.told = false;
    drive_intx(chip, false);
    emu_irq_update(chip);
}

void emu_irq_raise(struct e1000emu *chip, uint32_t causes)
{
    if (chip->faulty & EMU_AT_IRQ)
        causes = emu_fault_causes(chip, causes);
    if (chip->watch)
        emu_watch_causes(chip, causes & ICR_ALL);
    /* Masked causes are kept too: setting the mask later makes them interrupt. */
    emu_set(chip, REG_ICR, emu_get(chip, REG_ICR) | (causes & ICR_ALL));
    emu_irq_update(chip);
}

bool e1000emu_interrupt_level(const e1000emu *chip)
{
    return chip->irq.intx;
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

void emu_irq_write_itr(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    /* What waits for the end of the old gap now waits for the new one's, or no longer. */
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
