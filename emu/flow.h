/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow control with PAUSE frames (IEEE 802.3 annex 31B; SDM 8.7.5, 13.4.8 to 13.4.12, 13.4.23):
 * XOFF and XON as the receive FIFO fills and empties, and the partner's obeyed.
 */
#ifndef EMU_FLOW_H
#define EMU_FLOW_H

#include "e1000emu.h"

struct emu_flow {
    bool xoff;      /* the partner was told to stop, because of the FIFO's level */
    uint32_t level; /* of the FIFO when it was looked at last, in bytes */
    bool pending;   /* the wire had no room for a PAUSE frame of this time: */
    uint16_t pending_time;
};

/* What becomes of a good frame while CTRL.RFCE is one. */
enum emu_flow_verdict {
    EMU_FLOW_ORDINARY, /* it is none of flow control's */
    EMU_FLOW_FILTERED, /* the normal filters decide; not a good packet for the statistics */
    EMU_FLOW_PASS,     /* let in whatever the filters say (RCTL.PMCF); likewise */
    EMU_FLOW_TAKEN     /* dropped (RCTL.DPF) */
};

/* Looks at a good frame of at least 60 bytes. */
enum emu_flow_verdict emu_flow_judge(const struct e1000emu *chip, const uint8_t *frame);

/* Counts a MAC control frame, and does as it says: any verdict but ORDINARY. */
void emu_flow_obey(struct e1000emu *chip, const uint8_t *frame);

/* Whether a frame of at least 14 bytes has the type of PAUSE frames. */
bool emu_flow_is_control(const struct e1000emu *chip, const uint8_t *frame);

/* The receive FIFO filled or emptied; a frame was lost because it was full. */
void emu_flow_level(struct e1000emu *chip);
void emu_flow_overflow(struct e1000emu *chip);

/* TCTL.SWXOFF was written. */
void emu_flow_software_xoff(struct e1000emu *chip);

/* The wire has room again: what had to wait goes first. False: there is still none. */
bool emu_flow_ready(struct e1000emu *chip);

/* CTRL was written: without RFCE no pause goes on. */
void emu_flow_control_changed(struct e1000emu *chip);

/* The link went down, or the chip was reset: nobody pauses. */
void emu_flow_reset(struct e1000emu *chip);

/* EMU_TIMER_PAUSE expired. */
void emu_flow_timer(struct e1000emu *chip);

#endif
