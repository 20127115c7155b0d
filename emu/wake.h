/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wake-up (SDM 6.3, 6.4, 13.6): frames and link changes that wake the system, PME#, and what the
 * PHY does while the system sleeps.
 *
 *   wake.c         what wakes, and how it is told
 *   wake_filter.c  which frames do
 */
#ifndef EMU_WAKE_H
#define EMU_WAKE_H

#include "e1000emu.h"

struct emu_rx_frame;

struct emu_wake {
    bool armed;  /* a frame may be what wakes: a filter is on, and none has yet */
    bool active; /* D0a: software has enabled a space since the last reset or D3 (SDM 6.3.1) */
    bool pme;    /* PME# is asserted */
};

/* WUC, WUFC, WUS or PMCSR changed: what is looked for, and PME#. */
void emu_wake_update(struct e1000emu *chip);

/* Frames have come, whatever became of them. */
void emu_wake_receive(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count);

/* STATUS.LU changed. */
void emu_wake_link_changed(struct e1000emu *chip);

/* The chip entered D0u or D3 (active is false) or D0a: the PHY goes with it (SDM 11.4). */
void emu_wake_set_active(struct e1000emu *chip, bool active);

/* Write hook of WUFC and WUS. */
void emu_wake_write(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

/* ---- wake_filter.c -------------------------------------------------------------------------- */

/* Those of the filters in wanted (bits of WUFC) that match a good frame. passed: the address and
 * VLAN filters let it in; without that only a magic packet to all counts. */
uint32_t emu_wake_match(const struct e1000emu *chip, uint32_t wanted,
                        const struct emu_rx_frame *frame, bool passed);

#endif
