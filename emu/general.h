/* SPDX-License-Identifier: BSD-2-Clause */
/* Write hooks of the general registers that belong to no other block (SDM 13.4). */
#ifndef EMU_GENERAL_H
#define EMU_GENERAL_H

#include "e1000emu.h"

/* What the host drives on the software-definable pins; kept through all resets. */
struct emu_pins {
    uint32_t driven, high; /* bit n: pin n */
};

/* Puts the levels of input pins into CTRL and CTRL_EXT, after those changed. */
void emu_general_show_pins(struct e1000emu *chip);

void emu_general_write_ctrl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_general_write_ctrl_ext(struct e1000emu *chip, uint32_t offset, uint32_t old,
                                uint32_t value);
void emu_general_write_pba(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
