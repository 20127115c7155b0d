/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The receive steps: receive.c sets up and sends, foretell.c works out what each chip has to do
 * with a frame, delivered.c compares what they stored.
 */
#ifndef QEMU_RECEIVE_H
#define QEMU_RECEIVE_H

#include "packets.h"
#include "pair.h"

#define RX_RING    0x1200000u
#define RX_BUFFERS 0x2000000u
#define RX_COUNT   512u
#define RX_SLACK   64u /* bytes between buffers */
#define RX_FRAMES  40u
#define RX_BYTES   0x40000u
#define RX_FCS     4u
#define RX_TAG     4u

/* Nothing known makes this frame different. */
#define RX_ALIKE KNOWN_EVENTS

/* A frame on its way to both chips, and what each must do with it. */
struct rx_frame {
    uint32_t at, length; /* in receiver.bytes, without FCS */
    bool ours, qemu;     /* stores it */
    bool good;           /* ours counts it as good */
    bool too_long;       /* for ours */
    bool qemu_too_long;  /* QEMU drops it for that */
    bool passed;         /* our address filters */
    bool exact;          /* known to be for this station: no PIF */
    bool strip;          /* its tag is taken off */
    uint16_t tci;
    uint32_t group; /* the counter of group addresses that QEMU counts it in, or 0 */
    unsigned row;   /* why the two differ, or RX_ALIKE */
};

struct receiver {
    struct pair *pair;
    uint32_t count;  /* descriptors in the ring */
    uint32_t head;   /* of both, between batches */
    uint32_t free;   /* descriptors that both own */
    uint32_t buffer; /* bytes in each */
    uint32_t rctl, vet, ctrl, rxcsum;
    bool stale;                  /* software leaves garbage in its descriptors */
    uint64_t armed[RX_COUNT][2]; /* descriptors as software left them */
    uint8_t fill;                /* what unused buffers hold */

    struct rx_frame frame[RX_FRAMES];
    uint32_t frames;
    bool apart; /* a frame of this batch lies in one memory only, or elsewhere in the other */
    uint8_t bytes[RX_BYTES];
    uint32_t used;
};

/* Decides about the newest frame. */
void rx_foretell(const struct receiver *receiver, struct rx_frame *frame);

/* Keeps account of what a frame does to the counters of each. */
void rx_count(const struct receiver *receiver, const struct rx_frame *frame, bool waited);

/* Bytes that a frame takes in host memory. */
uint32_t rx_stored_bytes(const struct receiver *receiver, const struct rx_frame *frame);

/* The descriptor after those that so many bytes take, beginning at index. */
uint32_t rx_after(const struct receiver *receiver, uint32_t index, uint32_t bytes);

static inline uint32_t rx_buffer_at(const struct receiver *receiver, uint32_t index)
{
    return RX_BUFFERS + index * (receiver->buffer + 2 * RX_SLACK);
}

/* Compares what both stored for a frame, from a descriptor of each on. */
void rx_compare(struct receiver *receiver, const struct rx_frame *frame, uint32_t ours,
                uint32_t qemu);

#endif
