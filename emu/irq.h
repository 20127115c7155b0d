/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt causes, the mask, and the level of INTA# (SDM 13.4.17 to 13.4.21). */
#ifndef EMU_IRQ_H
#define EMU_IRQ_H

#include "e1000emu.h"

/* An event sets causes (ICR_*), masked or not. */
void emu_irq_raise(struct e1000emu *chip, uint32_t causes);

/* Compares causes with the mask and drives the line; after anything that changed either. */
void emu_irq_update(struct e1000emu *chip);

/* Register hooks. */
uint32_t emu_irq_read_icr(struct e1000emu *chip, uint32_t offset);
void emu_irq_write_icr(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
uint32_t emu_irq_read_ics(struct e1000emu *chip, uint32_t offset);
void emu_irq_write_ics(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_irq_write_ims(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_irq_write_imc(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
