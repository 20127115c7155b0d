/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transmit side: from descriptors in host memory to frames on the wire (SDM 3.3 to 3.5).
 *
 *   tx.c          the ring: what starts the work, and how much of it is done at once
 *   tx_frame.c    descriptors into frames
 *   tx_segment.c  TCP segmentation: one descriptor's data into many frames
 *   tx_report.c   descriptors back to software, and the interrupts that tell of it
 *   tx_wire.c     frames to the wire, and their statistics
 *   tx_fifo.c     the packet buffer's transmit part, as the diagnostic registers show and move it
 */
#ifndef EMU_TX_H
#define EMU_TX_H

#include "offload.h"
#include "ring.h"

/* Longest frame, and longest buffer of a legacy descriptor (SDM 3.3.3). */
#define EMU_TX_FRAME_MAX 16288u

/* What TCTL.PSP pads frames to, without FCS. */
#define EMU_TX_SMALLEST 60u

/* A frame in the staging memory: room for a tag comes first. */
#define EMU_TX_SLOT_MAX (EMU_TAG_BYTES + EMU_TX_FRAME_MAX)

/* Room for frames that don't lie ready in one piece of host memory. */
#define EMU_TX_STAGING 40960u

/* Segments that are offered to the wire together, at most. A frame that is no segment needs a
 * descriptor of its own, so that there can't be more than these many of both. */
#define EMU_TX_SEGMENTS 64u
#define EMU_TX_BATCH    (EMU_TX_SEGMENTS + EMU_RING_CACHE)

/* Bytes of a prototype header (SDM 3.5.2). */
#define EMU_TX_HEADER_MAX 240u

enum emu_tx_kind { EMU_TX_LEGACY, EMU_TX_DATA, EMU_TX_SEGMENTED };

/* What is known of the packet under way from its first descriptor on. */
struct emu_tx_packet {
    bool open;        /* it has begun, its last descriptor was not seen yet */
    bool discard;     /* no more of it is sent: too long, or a part of it could not be read */
    uint8_t kind;     /* enum emu_tx_kind */
    uint8_t options;  /* POPTS; CSS of a legacy one */
    uint8_t command;  /* of the first descriptor */
    uint16_t special; /* likewise */
    uint32_t length;  /* bytes gathered of the frame under way, headers of segments included */
    struct emu_context context;
};

/* The progress of a segmented packet. */
struct emu_tx_segmenter {
    uint32_t offset;  /* bytes already taken from the descriptor under way */
    uint32_t header;  /* bytes of the prototype header that are there */
    uint32_t payload; /* bytes of payload taken, of all segments */
    uint32_t number;  /* of the segment under way */
    uint8_t prototype[EMU_TX_HEADER_MAX];
};

/* What the diagnostic registers showed last, and what software did to it. Places and lengths are in
 * quadwords. */
struct emu_tx_fifo {
    uint32_t head;       /* of the first frame that waits */
    uint32_t shown;      /* how many are shown of those that wait */
    uint32_t hand_start; /* a frame that software put there, */
    uint32_t hand_quads; /* 0: none */
};

struct emu_tx {
    struct emu_ring ring;

    /* The descriptors in the ring's cache, by their places in it: next is looked at next, those
     * before done have been given back, end is behind the last one. */
    uint32_t done, next, end;
    uint32_t begun; /* where the frame under way begins */

    /* Frames ready for the wire; those before sent have left. */
    uint32_t sent, frames;
    uint32_t staged; /* staging bytes in use, but for the frame under way */
    struct emu_tx_packet packet;
    struct emu_tx_segmenter segmenter;
    struct emu_context context[2]; /* of TUCMD.TSE = 0 and 1: each stays until it is replaced */

    bool blocked;   /* the wire took less than all; wait for e1000emu_transmit_ready() */
    bool moved;     /* the windows of DMA changed while frames waited */
    bool deferred;  /* frames wait for the link, and have been counted in DC */
    bool tell;      /* a write-back waits whose interrupt must not */
    uint32_t since; /* descriptors done since the first write-back that waits */

    struct emu_tx_fifo fifo;

    struct e1000emu_frame frame[EMU_TX_BATCH];
    uint8_t start[EMU_TX_BATCH]; /* the descriptor in which each frame begins */
    uint8_t staging[EMU_TX_STAGING];
};

/* Forgets what was under way and works out what depends on registers; those are reset before. */
void emu_tx_reset(struct e1000emu *chip, enum e1000emu_reset kind);

/* Something that held frames back may have changed: STATUS.LU, STATUS.TXOFF. */
void emu_tx_link_changed(struct e1000emu *chip);

/* EMU_TIMER_TX expired: goes on with what a doorbell left over. */
void emu_tx_timer(struct e1000emu *chip);

/* EMU_TIMER_TIDV or EMU_TIMER_TADV expired: TXDW is due. */
void emu_tx_delay_timer(struct e1000emu *chip);

/* Register hooks. emu_tx_write_ring: TDBAL, TDBAH, TDLEN, TDH; emu_tx_write_fifo: TDFH, TDFT,
 * TDFPC.
 */
void emu_tx_write_tctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_tx_write_tdt(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_tx_write_txdctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_tx_write_fifo(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_tx_write_ring(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
