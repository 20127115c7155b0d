/* SPDX-License-Identifier: BSD-2-Clause */
/* The MAC's view of the link: STATUS, speed and duplex, link status change (SDM 8.6). */
#ifndef EMU_LINK_H
#define EMU_LINK_H

#include "e1000emu.h"

struct emu_wire_link {
    struct e1000emu_partner partner;
    bool busy;                /* last_frame is the time of a frame */
    e1000emu_time last_frame; /* either way, for the LEDs */
};

/* Works STATUS out again, after PHY or CTRL changed; raises LSC when STATUS.LU changed. */
void emu_link_update(struct e1000emu *chip);

/* The same after a reset, which is no change: no LSC. */
void emu_link_reset(struct e1000emu *chip);

/* CTRL_EXT.ASDCHK: shows the speed of what is received in STATUS.ASDV. */
void emu_link_detect_speed(struct e1000emu *chip);

/* The MAC's speed: 10, 100 or 1000 Mb/s. */
unsigned emu_link_mbps(const struct e1000emu *chip);

/* Frames leave the MAC: for the wire, or back through the loop. Returns how many were taken. */
size_t emu_link_transmit(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count);

/* Frames arrived or left: the LEDs show it. */
void emu_link_activity(struct e1000emu *chip);

#endif
