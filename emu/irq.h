/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt causes, the mask, throttling, and how the host hears of it: the level of INTA# or a
 * message (SDM 13.4.17 to 13.4.21, 4.3).
 */
#ifndef EMU_IRQ_H
#define EMU_IRQ_H

#include "e1000emu.h"

struct emu_irq {
    bool intx;          /* present level of INTA# */
    bool told;          /* the host has heard of the causes that wait now */
    bool ever;          /* last is the time of an interrupt */
    e1000emu_time last; /* when INTA# rose, or a message was sent */
};

/* An event sets causes (ICR_*), masked or not. */
void emu_irq_raise(struct e1000emu *chip, uint32_t causes);

/* Tells the host of an interrupt that has no cause. */
void emu_irq_pretend(struct e1000emu *chip);

/* Compares causes with the mask and tells the host; after anything that changed either. */
void emu_irq_update(struct e1000emu *chip);

/* Software chose between INTA# and messages, or a message may be sent again. */
void emu_irq_mode_changed(struct e1000emu *chip);

/* EMU_TIMER_ITR expired: the gap that ITR asks for is over. */
void emu_irq_timer(struct e1000emu *chip);

/* Register hooks. */
uint32_t emu_irq_read_icr(struct e1000emu *chip, uint32_t offset);
void emu_irq_write_icr(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_irq_write_itr(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
uint32_t emu_irq_read_ics(struct e1000emu *chip, uint32_t offset);
void emu_irq_write_ics(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_irq_write_ims(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_irq_write_imc(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
