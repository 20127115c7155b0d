/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts that are lost, and such that nobody asked for. */
#include "chip.h"

uint32_t emu_fault_causes(struct e1000emu *chip, uint32_t causes)
{
    for (uint32_t i = 0; i < chip->faults.count; i++) {
        struct emu_fault *fault = &chip->faults.set[i];

        if (fault->id == FAULT_CAUSE_LOST && causes & fault->arg && emu_fault_counts(chip, fault))
            causes &= ~(uint32_t)fault->arg;
    }
    return causes;
}

bool emu_fault_loses_interrupt(struct e1000emu *chip)
{
    return chip->faults.removed || emu_fault_fires(chip, FAULT_IRQ_LOST) ||
           (chip->pci.msi_enable && emu_fault_fires(chip, FAULT_MSI_LOST));
}

void emu_fault_spurious_tick(struct e1000emu *chip, struct emu_fault *fault)
{
    (void)fault;
    emu_irq_pretend(chip);
}

void emu_fault_storm_tick(struct e1000emu *chip, struct emu_fault *fault)
{
    (void)fault;
    emu_irq_raise(chip, ICR_TXDW);
}
