/* SPDX-License-Identifier: BSD-2-Clause */
/* The resets and what each of them reaches (SDM 14.7). */
#ifndef EMU_RESET_H
#define EMU_RESET_H

#include "e1000emu.h"

void emu_reset(struct e1000emu *chip, enum e1000emu_reset kind);

#endif
