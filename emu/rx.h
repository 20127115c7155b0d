/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The receive side: from the wire through the filters into host memory (SDM 3.2), or into the
 * packet buffer while a frame has to wait for descriptors.
 */
#ifndef EMU_RX_H
#define EMU_RX_H

#include "fifo.h"
#include "filter.h"
#include "ring.h"

struct emu_rx {
    struct emu_ring ring;
    struct emu_filter filter;
    /* From RCTL. */
    uint32_t buffer_bytes; /* of each buffer: BSIZE, BSEX */
    uint32_t longest;      /* frame that is received, with FCS: LPE */
    uint32_t longest_fast; /* frame without FCS that one buffer holds; 0 when the FCS is stored */
    bool collects; /* write-backs wait for each other, until RXDCTL's threshold or RDTR's delay */
    uint32_t interrupts; /* since the last one that lacked its cause, in profiles that do that */
    e1000emu_time blocked_until; /* after a write to RCTL, where the profile has that habit */
    struct emu_fifo fifo;
};

/* Empties the packet buffer and works out what depends on registers; those are reset before. */
void emu_rx_reset(struct e1000emu *chip, enum e1000emu_reset kind);

/* e1000emu_receive(), whether the frames come from the wire or have been looped back. */
size_t emu_rx_frames(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                     unsigned flags, uint8_t *verdicts);

/* The same for frames from the wire, once faults have had their way with them: they may wake, or be
 * for management. */
size_t emu_rx_from_wire(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                        unsigned flags, uint8_t *verdicts);

/* STATUS.LU changed. */
void emu_rx_link_changed(struct e1000emu *chip);

/* EMU_TIMER_RX expired: goes on moving frames from the packet buffer to the host. */
void emu_rx_timer(struct e1000emu *chip);

/* EMU_TIMER_RDTR and EMU_TIMER_RADV expired: time to tell of what was received. */
void emu_rx_rdtr_timer(struct e1000emu *chip);
void emu_rx_radv_timer(struct e1000emu *chip);

/* Register hooks. emu_rx_write_ring: RDBAL, RDBAH, RDLEN, RDH. */
void emu_rx_write_rctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_rx_write_rdt(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_rx_write_rdtr(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_rx_write_radv(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_rx_write_rxdctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_rx_write_ring(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
