/* SPDX-License-Identifier: BSD-2-Clause */
/* Write hooks of the general registers that belong to no other block (SDM 13.4). */
#ifndef EMU_GENERAL_H
#define EMU_GENERAL_H

#include "e1000emu.h"

void emu_general_write_ctrl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_general_write_ctrl_ext(struct e1000emu *chip, uint32_t offset, uint32_t old,
                                uint32_t value);
void emu_general_write_pba(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
