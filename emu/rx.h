/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The receive side: from the wire through the filters into host memory (SDM 3.2), or into the
 * packet buffer while a frame has to wait for descriptors.
 */
#ifndef EMU_RX_H
#define EMU_RX_H

#include "filter.h"
#include "ring.h"

/* A frame in the packet buffer takes whole quadwords and at least two of them. */
#define EMU_FIFO_FRAMES 4096u

/* What is known about a frame that waits. Kept beside the packet buffer's bytes, because software
 * may write to those. */
struct emu_fifo_frame {
    uint16_t start;  /* in quadwords from the beginning of the packet buffer */
    uint16_t length; /* bytes stored */
    uint8_t flags;   /* E1000EMU_FRAME_* */
    uint8_t status;  /* of the last descriptor */
    uint8_t errors;  /* of the last descriptor */
};

/* The receive part of the packet buffer: a ring of bytes and a queue that tells them apart. */
struct emu_fifo {
    uint32_t size;   /* bytes, from PBA */
    uint32_t used;   /* bytes */
    uint32_t tail;   /* where the next frame goes, bytes */
    uint32_t first;  /* oldest entry of frame[] */
    uint32_t count;  /* waiting frames */
    uint32_t stored; /* bytes of the oldest frame that are in host memory already */
    struct emu_fifo_frame frame[EMU_FIFO_FRAMES];
};

struct emu_rx {
    struct emu_ring ring;
    struct emu_filter filter;
    uint32_t buffer_bytes; /* from RCTL.BSIZE and BSEX */
    uint32_t limit;        /* longest frame with FCS, from RCTL.LPE */
    struct emu_fifo fifo;
};

/* Empties the packet buffer and forgets what was derived from registers; those are reset before. */
void emu_rx_reset(struct e1000emu *chip, enum e1000emu_reset kind);

/* STATUS.LU changed. */
void emu_rx_link_changed(struct e1000emu *chip);

/* EMU_TIMER_RX expired: goes on moving frames from the packet buffer to the host. */
void emu_rx_timer(struct e1000emu *chip);

/* Register hooks. emu_rx_write_ring: RDBAL, RDBAH, RDLEN, RDH. */
void emu_rx_write_rctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_rx_write_rdt(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_rx_write_rdtr(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_rx_write_ring(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
