/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The receive part of the packet buffer, where frames wait for descriptors. The bytes lie where the
 * diagnostic registers show them, from 0x10000 on; what is known about each frame is kept beside
 * them, because software may write to those registers (SDM 13.8).
 *
 * Frames lie from RDFH to RDFT, RDFPC of them, and follow when software moves these: those that
 * RDFH passes over, and those behind RDFT or RDFPC, are gone. What lies in front of RDFT behind all
 * frames that the chip knows of, with an RDFPC that counts it, is a frame that software put there:
 * of whole quadwords, with its FCS, past all filters.
 */
#ifndef EMU_FIFO_H
#define EMU_FIFO_H

#include "e1000emu.h"

/* More frames than this only fit if they are shorter than 16 bytes. */
#define EMU_FIFO_FRAMES 4096u

struct emu_fifo_frame {
    uint16_t start;  /* in quadwords from the beginning of the packet buffer */
    uint16_t length; /* bytes stored */
    uint8_t flags;   /* E1000EMU_FRAME_* */
    uint8_t status;  /* of the last descriptor */
    uint8_t errors;  /* of the last descriptor */
};

struct emu_fifo {
    uint32_t size;  /* bytes */
    uint32_t used;  /* bytes */
    uint32_t tail;  /* where the next frame goes */
    uint32_t first; /* oldest entry of frame[] */
    uint32_t count; /* waiting frames */
    uint32_t done;  /* bytes of the oldest frame that the host has already */
    struct emu_fifo_frame frame[EMU_FIFO_FRAMES];
};

/* Some bytes in one place. */
struct emu_piece {
    const uint8_t *data;
    uint32_t length;
};

/* Makes it empty, of the size that PBA gives it. */
void emu_fifo_reset(struct e1000emu *chip);

/* Whether a frame of this length, with FCS, finds room, now or in an empty buffer. */
bool emu_fifo_has_room(const struct emu_fifo *fifo, uint32_t length);
bool emu_fifo_could_hold(const struct emu_fifo *fifo, uint32_t length);

/* Stores a frame; there must be room. A frame without FCS takes the room of one nevertheless. */
void emu_fifo_push(struct e1000emu *chip, const struct e1000emu_frame *frame, uint8_t status,
                   uint8_t errors);

/* The oldest frame, in two pieces because it may wrap; there must be one. */
const struct emu_fifo_frame *emu_fifo_front(struct e1000emu *chip, struct emu_piece piece[2]);

/* The host has so many bytes of the oldest frame. */
void emu_fifo_set_done(struct e1000emu *chip, uint32_t done);

void emu_fifo_pop(struct e1000emu *chip);

/* A frame that the host has already is seen in the empty buffer, too; there must be room. */
void emu_fifo_pass(struct e1000emu *chip, const struct e1000emu_frame *frame);

/* A frame turned out bad: the tail goes back to where it was saved. */
void emu_fifo_restore_tail(struct e1000emu *chip);

/* Register hook: RDFH, RDFT, RDFPC. */
void emu_fifo_write(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
