/* SPDX-License-Identifier: BSD-2-Clause */
/* The resets and what each of them reaches (SDM 14.7). */
#ifndef EMU_RESET_H
#define EMU_RESET_H

#include "e1000emu.h"

void emu_reset(struct e1000emu *chip, enum e1000emu_reset kind);

/* From D3 to D0: as RST#, but what woke the system is still to be seen (SDM 6.3.1.2). */
void emu_reset_from_d3(struct e1000emu *chip);

#endif
