/* SPDX-License-Identifier: BSD-2-Clause */
/* The MAC's view of the link: STATUS, speed and duplex, link status change (SDM 8.6). */
#ifndef EMU_LINK_H
#define EMU_LINK_H

#include "e1000emu.h"

struct emu_wire_link {
    struct e1000emu_partner partner;
};

/* Works STATUS out again, after PHY or CTRL changed; raises LSC when STATUS.LU changed. */
void emu_link_update(struct e1000emu *chip);

/* The same after a reset of the MAC, where the edge is no event. */
void emu_link_reset(struct e1000emu *chip);

#endif
