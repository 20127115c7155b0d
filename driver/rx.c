/* SPDX-License-Identifier: BSD-2-Clause */
/* Receiving: frames are lent out straight from the buffers that the chip stored them in. */
#include "internal.h"

/* No frame that the chip accepts (16384 bytes, 13.4.22) takes more of the smallest buffers. */
#define MAX_PIECES 64u

#define ERRORS (E1000_RXD_CE | E1000_RXD_SE | E1000_RXD_SEQ | E1000_RXD_CXE | E1000_RXD_RXE)

/* ---- Buffers -------------------------------------------------------------------------------- */

static inline void give_to_chip(struct e1000_dev *dev, uint32_t pool, uint32_t offset)
{
    if (dev->os->dma_owner)
        dev->os->dma_owner(dev->context, &dev->pool[pool], offset, 1u << dev->buffer_shift, true);
}

/* Posts free buffers until the ring is full or there are no more, and tells the chip once. The tail
 * never catches up with the head: one slot stays empty. */
void e1000_rx_refill(struct e1000_dev *dev)
{
    struct e1000_ring *ring = &dev->rx;
    uint32_t count = e1000_ring_room(ring);
    uint32_t slot = ring->prod_slot;

    if (count > dev->free_count)
        count = dev->free_count;
    if (!count)
        return;

    const uint16_t *free_buffer = &dev->free_buffer[dev->free_count];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t buffer = *--free_buffer;
        uint32_t pool = buffer >> dev->pool_shift;
        uint32_t offset = (buffer & dev->pool_mask) << dev->buffer_shift;
        struct e1000_desc *desc = &ring->desc[slot];

        give_to_chip(dev, pool, offset);
        desc->address = e1000_le64(dev->pool_bus[pool] + offset);
        desc->rest = 0;
        dev->rx_buffer[slot] = (uint16_t)buffer;
        slot = e1000_next_slot(ring, slot);
    }
    dev->free_count -= count;
    ring->prod += count;
    ring->prod_slot = slot;
    e1000_doorbell(dev, E1000_RDT, slot);
}

/* A new ring: every buffer is free, then as many as fit are posted. */
void e1000_rx_start(struct e1000_dev *dev)
{
    dev->rx_discard = false;
    e1000_rx_refill(dev);
}

bool e1000_rx_waiting(const struct e1000_dev *dev)
{
    const struct e1000_ring *ring = &dev->rx;

    return ring->cons != ring->prod && e1000_desc_load(&ring->desc[ring->cons_slot]) & E1000_RXD_DD;
}

/* Fills in a fragment from the buffer that was posted in a slot. */
static inline void lend(struct e1000_dev *dev, struct e1000_frag *frag, uint32_t slot,
                        uint32_t length, uint32_t flags)
{
    uint32_t buffer = dev->rx_buffer[slot];
    uint32_t pool = buffer >> dev->pool_shift;
    uint32_t offset = (buffer & dev->pool_mask) << dev->buffer_shift;

    if (dev->os->dma_owner)
        dev->os->dma_owner(dev->context, &dev->pool[pool], offset, length, false);
    frag->data = dev->pool_cpu[pool] + offset;
    frag->bus = dev->pool_bus[pool] + offset;
    frag->length = length;
    frag->flags = flags;
    frag->cookie = (void *)(uintptr_t)buffer;
}

/* ---- Frames --------------------------------------------------------------------------------- */

/* The common case: whole, good frames in one descriptor each. Stops at anything else. */
static unsigned receive_simple(struct e1000_dev *dev, struct e1000_frag *frags, unsigned max)
{
    struct e1000_ring *ring = &dev->rx;
    uint32_t slot = ring->cons_slot;
    uint32_t limit = ring->prod - ring->cons;
    uint32_t longest = dev->frame_limit;
    uint64_t bytes = 0;
    unsigned n;

    if (longest > 1u << dev->buffer_shift)
        longest = 1u << dev->buffer_shift;
    if (limit > max)
        limit = max;
    for (n = 0; n < limit; n++) {
        uint64_t rest = e1000_desc_load(&ring->desc[slot]);
        uint32_t length = rest & E1000_RXD_LENGTH;

        if ((rest & (E1000_RXD_DD | E1000_RXD_EOP | ERRORS)) != (E1000_RXD_DD | E1000_RXD_EOP) ||
            length - E1000_HEADER_BYTES > longest - E1000_HEADER_BYTES)
            break;
        lend(dev, &frags[n], slot, length, E1000_FRAG_EOP);
        bytes += length;
        slot = e1000_next_slot(ring, slot);
    }
    ring->cons_slot = slot;
    ring->cons += n;
    dev->counters.rx_frames += n;
    dev->counters.rx_bytes += bytes;
    return n;
}

/* Takes count descriptors back without showing them to anybody. */
static void drop(struct e1000_dev *dev, uint32_t count)
{
    struct e1000_ring *ring = &dev->rx;

    while (count--) {
        dev->free_buffer[dev->free_count++] = dev->rx_buffer[ring->cons_slot];
        ring->cons_slot = e1000_next_slot(ring, ring->cons_slot);
        ring->cons++;
    }
}

/* What lies at the consumer's end of the ring. */
struct frame {
    uint32_t pieces; /* descriptors that are done, up to the end of the frame */
    uint32_t length; /* bytes in them */
    bool ended;      /* the last one ends the frame */
    bool error;      /* the chip says so */
    bool malformed;  /* a piece is empty or longer than its buffer */
};

/* Reads each descriptor once, and keeps the lengths in frags as far as there is room. */
static struct frame measure(const struct e1000_dev *dev, struct e1000_frag *frags, unsigned room)
{
    const struct e1000_ring *ring = &dev->rx;
    struct frame frame = {0};
    uint32_t slot = ring->cons_slot;
    uint32_t available = e1000_ring_used(ring);

    while (frame.pieces < available && frame.pieces < MAX_PIECES && !frame.ended) {
        uint64_t rest = e1000_desc_load(&ring->desc[slot]);
        uint32_t length = rest & E1000_RXD_LENGTH;

        if (!(rest & E1000_RXD_DD))
            break;
        if (frame.pieces < room)
            frags[frame.pieces].length = length;
        frame.ended = rest & E1000_RXD_EOP;
        frame.error = frame.ended && rest & ERRORS; /* valid in the last one (3.2.3.2) */
        frame.malformed |= !length || length > 1u << dev->buffer_shift;
        frame.length += length;
        frame.pieces++;
        slot = e1000_next_slot(ring, slot);
    }
    return frame;
}

/* A frame may be four bytes longer than the limit if those are a VLAN tag, which has to be looked
 * at in the buffer. */
static bool good_length(struct e1000_dev *dev, const struct frame *frame)
{
    if (frame->malformed || frame->length < E1000_HEADER_BYTES)
        return false;
    if (frame->length <= dev->frame_limit)
        return true;
    if (frame->length > dev->frame_limit + E1000_TAG_BYTES)
        return false;

    struct e1000_frag first;
    lend(dev, &first, dev->rx.cons_slot, E1000_HEADER_BYTES, 0);
    return e1000_is_tagged(first.data);
}

static void accept(struct e1000_dev *dev, struct e1000_frag *frags, const struct frame *frame)
{
    struct e1000_ring *ring = &dev->rx;

    for (uint32_t i = 0; i < frame->pieces; i++) {
        uint32_t flags = i + 1 == frame->pieces ? E1000_FRAG_EOP : 0;

        lend(dev, &frags[i], ring->cons_slot, frags[i].length, flags);
        ring->cons_slot = e1000_next_slot(ring, ring->cons_slot);
        ring->cons++;
    }
    dev->counters.rx_frames++;
    dev->counters.rx_bytes += frame->length;
}

/* Everything else: frames in several descriptors, bad ones, unfinished ones. Deals with one of them
 * and adds what it hands out to *taken. Returns false when nothing can be done now. */
static bool receive_other(struct e1000_dev *dev, struct e1000_frag *frags, unsigned room,
                          unsigned *taken)
{
    struct frame frame = measure(dev, frags, room);

    if (!frame.pieces)
        return false;
    if (dev->rx_discard) {
        drop(dev, frame.pieces);
        dev->rx_discard = !frame.ended;
        return true;
    }
    if (!frame.ended) {
        /* Its end may still come, unless the ring can't hold more of it or no frame is that long.
         */
        if (frame.pieces < MAX_PIECES && frame.pieces + 1 < dev->rx.count)
            return false;
        dev->counters.rx_length_errors++;
        dev->rx_discard = true;
        drop(dev, frame.pieces);
        return true;
    }
    if (frame.error || !good_length(dev, &frame)) {
        if (frame.error)
            dev->counters.rx_errors++;
        else
            dev->counters.rx_length_errors++;
        drop(dev, frame.pieces);
        return true;
    }
    if (frame.pieces > room)
        return false;
    accept(dev, frags, &frame);
    *taken += frame.pieces;
    return true;
}

unsigned e1000_receive(struct e1000_dev *dev, struct e1000_frag *frags, unsigned max)
{
    unsigned taken = 0;

    if (dev->state != E1000_STATE_UP)
        return 0;
    do {
        if (E1000_LIKELY(!dev->rx_discard))
            taken += receive_simple(dev, frags + taken, max - taken);
    } while (taken < max && receive_other(dev, frags + taken, max - taken, &taken));

    e1000_rx_refill(dev);
    return taken;
}

void e1000_recycle(struct e1000_dev *dev, const struct e1000_frag *frags, unsigned count)
{
    uint32_t free_count = dev->free_count;
    uint32_t buffers = dev->buffer_count;

    for (unsigned i = 0; i < count; i++) {
        uintptr_t buffer = (uintptr_t)frags[i].cookie;

        if (E1000_LIKELY(buffer < buffers && free_count < buffers))
            dev->free_buffer[free_count++] = (uint16_t)buffer;
    }
    dev->free_count = free_count;
    if (dev->state == E1000_STATE_UP)
        e1000_rx_refill(dev);
}
