/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Management (SDM 5.6, 13.7): frames that a controller on the SMBus sends and receives beside the
 * host. The manual names the bits of MANC that the EEPROM loads; where the register lies, and what
 * the others are called, is known from drivers, and what they do from relatives of the chip.
 */
#ifndef EMU_MANAGE_H
#define EMU_MANAGE_H

#include "e1000emu.h"

struct emu_manage {
    bool receives; /* SMBus or ASF is on, and so is receiving */
};

/* MANC changed, by whomever. */
void emu_manage_update(struct e1000emu *chip);

/* emu_rx_frames() while management receives: some frames are for it instead of for the host, or for
 * both. */
size_t emu_manage_receive(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                          unsigned flags, uint8_t *verdicts);

/* The link or the power state changed. */
void emu_manage_status_changed(struct e1000emu *chip);

/* Write hook of MANC. */
void emu_manage_write_manc(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
