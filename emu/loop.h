/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loopback, by RCTL.LBM or in the PHY (SDM 15.1.3): what is sent comes back as received, and
 * neither enters nor leaves by the wire. Frames stay here for as long as a wire would have them,
 * one after the other, so that receiving never happens inside of sending, and whatever answers
 * itself takes time.
 */
#ifndef EMU_LOOP_H
#define EMU_LOOP_H

#include "e1000emu.h"

#define EMU_LOOP_FRAMES 64u
#define EMU_LOOP_BYTES  16384u /* the longest frame that can be sent fits */

struct emu_loop {
    uint32_t count;     /* frames under way */
    uint32_t used;      /* bytes of them */
    bool refused;       /* the transmitter waits until there is room again */
    e1000emu_time idle; /* when the last of them will have arrived */
    struct {
        uint16_t start, length;
        uint32_t flags;
        e1000emu_time arrives;
    } frame[EMU_LOOP_FRAMES];
    uint8_t bytes[EMU_LOOP_BYTES];
};

/* Whether the wire is cut off. */
bool emu_loop_active(const struct e1000emu *chip);

/* Takes frames as the host's transmit() does. */
size_t emu_loop_transmit(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count);

/* Forgets what is under way. */
void emu_loop_reset(struct e1000emu *chip);

/* EMU_TIMER_LOOP expired: frames arrive. */
void emu_loop_timer(struct e1000emu *chip);

#endif
