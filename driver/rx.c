/* SPDX-License-Identifier: BSD-2-Clause */
/* Receiving: frames are lent out straight from the buffers that the chip stored them in. */
#include "internal.h"

/* No frame that the chip accepts (16384 bytes, 13.4.22) takes more of the smallest buffers. */
#define MAX_PIECES 64u

#define ERRORS (E1000_RXD_CE | E1000_RXD_SE | E1000_RXD_SEQ | E1000_RXD_CXE | E1000_RXD_RXE)

/* The upper half of a descriptor's second half, and in it: what has to be so for a simple frame,
 * and what was checked. */
#define STATUS(bits) ((uint32_t)((bits) >> 32))
#define SIMPLE_MASK  STATUS(E1000_RXD_DD | E1000_RXD_EOP | ERRORS)
#define SIMPLE       STATUS(E1000_RXD_DD | E1000_RXD_EOP)
#define CHECKED      STATUS(E1000_RXD_IPCS | E1000_RXD_TCPCS)
#define TAG_SHIFT    (E1000_RXD_SPECIAL_SHIFT - 32)

/* Results need no translation. */
_Static_assert(E1000_FRAG_TAGGED == STATUS(E1000_RXD_VP) &&
                   E1000_FRAG_L4_CHECKED == STATUS(E1000_RXD_TCPCS) &&
                   E1000_FRAG_IP_CHECKED == STATUS(E1000_RXD_IPCS) &&
                   E1000_FRAG_L4_BAD == STATUS(E1000_RXD_TCPE) &&
                   E1000_FRAG_IP_BAD == STATUS(E1000_RXD_IPE) &&
                   E1000_FRAG_L4_BAD == E1000_FRAG_L4_CHECKED << 8 &&
                   E1000_FRAG_IP_BAD == E1000_FRAG_IP_CHECKED << 8,
               "flags lie as the chip's status and error bits do");

/* ---- Buffers -------------------------------------------------------------------------------- */

/* The loops below run over slots that lie side by side, so that they need not look for the end of
 * the ring at each: this many up to there. */
static inline uint32_t contiguous(const struct e1000_ring *ring, uint32_t slot, uint32_t count)
{
    uint32_t left = ring->count - slot;

    return count < left ? count : left;
}

static inline uint32_t advance(const struct e1000_ring *ring, uint32_t slot, uint32_t count)
{
    return slot + count == ring->count ? 0 : slot + count;
}

/* Posts the count buffers below next on the stack, side by side from a slot on. Compiled twice: the
 * loop without anybody to tell about ownership is the fast one. */
static E1000_INLINE void post(struct e1000_dev *dev, const uint32_t *next, uint32_t slot,
                              uint32_t count, bool owners)
{
    struct e1000_desc *desc = &dev->rx.desc[slot];
    uint32_t *posted = &dev->rx_buffer[slot];
    const size_t size = dev->buffer_size;

    for (const struct e1000_desc *end = desc + count; desc != end; desc++) {
        uint32_t buffer = *--next;

        if (owners)
            e1000_buffer_owner(dev, buffer, size, true);
        desc->address =
            e1000_le64(dev->pool_bus[e1000_pool_of(buffer)] + e1000_offset_of(buffer, size));
        desc->rest = 0;
        *posted++ = buffer;
    }
}

/* Posts free buffers until the ring is full or there are no more, and tells the chip once. The tail
 * never catches up with the head: one slot stays empty. */
void e1000_rx_refill(struct e1000_dev *dev)
{
    struct e1000_ring *ring = &dev->rx;
    uint32_t count = e1000_ring_room(ring);

    if (count > dev->free_count)
        count = dev->free_count;
    if (!count)
        return;

    while (count) {
        uint32_t run = contiguous(ring, ring->prod_slot, count);

        const uint32_t *next = &dev->free_buffer[dev->free_count];

        if (dev->os->dma_owner)
            post(dev, next, ring->prod_slot, run, true);
        else
            post(dev, next, ring->prod_slot, run, false);
        dev->free_count -= run;
        ring->prod += run;
        ring->prod_slot = advance(ring, ring->prod_slot, run);
        count -= run;
    }
    e1000_doorbell(dev, E1000_RDT, ring->prod_slot);
}

/* A new ring: every buffer is free, then as many as fit are posted. */
void e1000_rx_start(struct e1000_dev *dev)
{
    dev->rx_discard = false;
    dev->rx_more = false;
    dev->rx_results = (dev->params.rx_checksum ? CHECKED : 0) |
                      (dev->params.vlan_offload ? STATUS(E1000_RXD_VP) : 0);
    e1000_rx_refill(dev);
}

bool e1000_rx_waiting(const struct e1000_dev *dev)
{
    const struct e1000_ring *ring = &dev->rx;

    return ring->cons != ring->prod && e1000_desc_load(&ring->desc[ring->cons_slot]) & E1000_RXD_DD;
}

/* Fills in a fragment that lies in a buffer of size bytes. */
static E1000_INLINE void lend(struct e1000_dev *dev, struct e1000_frag *frag, uint32_t buffer,
                              size_t size, uint32_t length, uint32_t flags, bool owners)
{
    uint32_t pool = e1000_pool_of(buffer);
    size_t offset = e1000_offset_of(buffer, size);

    if (owners)
        e1000_buffer_owner(dev, buffer, length, false);
    frag->data = dev->pool_cpu[pool] + offset;
    frag->bus = dev->pool_bus[pool] + offset;
    frag->length = length;
    frag->flags = flags;
    frag->cookie = (void *)(uintptr_t)buffer;
    dev->rx_lent[buffer] = true;
}

/* ---- Frames --------------------------------------------------------------------------------- */

/* Flags for what the chip found out about a frame, from its last status. */
static inline uint32_t results(const struct e1000_dev *dev, uint32_t status)
{
    uint32_t told = status & dev->rx_results;

    if (status & STATUS(E1000_RXD_IXSM))
        told &= ~CHECKED;
    return told | (status & (told & CHECKED) << 8);
}

/* A short frame goes out in a small buffer, and the large one can be posted again. */
static void copy(struct e1000_dev *dev, struct e1000_frag *frag, uint32_t buffer)
{
    uint32_t small = dev->copy_free[--dev->copy_free_count];
    size_t offset = (size_t)small * dev->copy_size;

    memcpy((uint8_t *)dev->copies.cpu + offset, frag->data, frag->length);
    frag->data = (uint8_t *)dev->copies.cpu + offset;
    frag->bus = dev->copies.bus + offset;
    frag->cookie = (void *)(uintptr_t)(dev->buffer_count + small);
    dev->rx_lent[buffer] = false;
    dev->rx_lent[dev->buffer_count + small] = true;
    dev->free_buffer[dev->free_count++] = buffer;
    dev->counters.rx_copied++;
}

/* Lends whole, good frames in one descriptor each from up to count slots side by side. Stops at
 * anything else. Extras are all that an ordinary frame does not need. */
static E1000_INLINE unsigned receive_run(struct e1000_dev *dev, struct e1000_frag *frags,
                                         uint32_t slot, uint32_t count, bool owners, bool extras)
{
    const struct e1000_desc *desc = &dev->rx.desc[slot];
    const uint32_t *posted = &dev->rx_buffer[slot];
    struct e1000_frag *frag = frags;
    const size_t size = dev->buffer_size;
    const uint32_t longest =
        dev->frame_limit < dev->buffer_size ? dev->frame_limit : dev->buffer_size;
    uint64_t bytes = 0;

    for (struct e1000_frag *end = frags + count; frag != end; frag++) {
        uint64_t rest = e1000_desc_load(desc);
        uint32_t length = rest & E1000_RXD_LENGTH;
        uint32_t flags = E1000_FRAG_EOP;

        if ((STATUS(rest) & SIMPLE_MASK) != SIMPLE ||
            length - E1000_HEADER_BYTES > longest - E1000_HEADER_BYTES)
            break;
        if (extras) {
            flags |= results(dev, STATUS(rest));
            frag->vlan = (uint16_t)(STATUS(rest) >> TAG_SHIFT);
        }
        lend(dev, frag, *posted, size, length, flags, owners);
        if (extras && length <= dev->copy_limit && dev->copy_free_count)
            copy(dev, frag, *posted);
        bytes += length;
        desc++;
        posted++;
    }
    dev->counters.rx_bytes += bytes;
    return (unsigned)(frag - frags);
}

/* Compiled for those who ask for nothing, and for everybody else. */
static inline unsigned receive_side_by_side(struct e1000_dev *dev, struct e1000_frag *frags,
                                            uint32_t slot, uint32_t count)
{
    if (dev->os->dma_owner)
        return receive_run(dev, frags, slot, count, true, true);
    if (dev->rx_results || dev->copy_limit)
        return receive_run(dev, frags, slot, count, false, true);
    return receive_run(dev, frags, slot, count, false, false);
}

/* The common case: a batch of simple frames. */
static unsigned receive_simple(struct e1000_dev *dev, struct e1000_frag *frags, unsigned max)
{
    struct e1000_ring *ring = &dev->rx;
    uint32_t limit = e1000_ring_used(ring) < max ? e1000_ring_used(ring) : max;
    unsigned n = 0;

    while (n < limit) {
        uint32_t run = contiguous(ring, ring->cons_slot, limit - n);
        uint32_t taken = receive_side_by_side(dev, frags + n, ring->cons_slot, run);

        ring->cons_slot = advance(ring, ring->cons_slot, taken);
        n += taken;
        if (taken < run)
            break;
    }
    ring->cons += n;
    dev->counters.rx_frames += n;
    return n;
}

/* Takes count descriptors back without showing them to anybody. */
static void drop(struct e1000_dev *dev, uint32_t count)
{
    struct e1000_ring *ring = &dev->rx;

    while (count--) {
        uint32_t buffer = dev->rx_buffer[ring->cons_slot];

        if (dev->os->dma_owner)
            e1000_buffer_owner(dev, buffer, dev->buffer_size, false);
        dev->free_buffer[dev->free_count++] = buffer;
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
    uint32_t status; /* of the last one */
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
        frame.error = rest & ERRORS; /* of the last one: only valid there (3.2.3.2) */
        frame.status = STATUS(rest);
        frame.malformed |= !length || length > dev->buffer_size;
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

    uint32_t buffer = dev->rx_buffer[dev->rx.cons_slot];
    if (dev->os->dma_owner)
        e1000_buffer_owner(dev, buffer, E1000_HEADER_BYTES, false);
    return e1000_is_tagged(dev->pool_cpu[e1000_pool_of(buffer)] +
                           e1000_offset_of(buffer, dev->buffer_size));
}

/* The pieces of a frame, with what is known about it in the first one. */
static void accept(struct e1000_dev *dev, struct e1000_frag *frags, const struct frame *frame,
                   bool bad)
{
    struct e1000_ring *ring = &dev->rx;
    uint32_t first = bad ? E1000_FRAG_BAD_FRAME | (results(dev, frame->status) & E1000_FRAG_TAGGED)
                         : results(dev, frame->status);

    frags[0].vlan = (uint16_t)(frame->status >> TAG_SHIFT);

    for (uint32_t i = 0; i < frame->pieces; i++) {
        uint32_t flags = (i + 1 == frame->pieces ? E1000_FRAG_EOP : 0) | (i ? 0 : first);

        lend(dev, &frags[i], dev->rx_buffer[ring->cons_slot], dev->buffer_size, frags[i].length,
             flags, dev->os->dma_owner);
        ring->cons_slot = e1000_next_slot(ring, ring->cons_slot);
        ring->cons++;
    }
    dev->counters.rx_frames++;
    dev->counters.rx_bytes += frame->length;
}

static void count_bad(struct e1000_dev *dev, const struct frame *frame)
{
    if (frame->error)
        dev->counters.rx_errors++;
    else
        dev->counters.rx_length_errors++;
}

/* Everything else: frames in several descriptors, bad ones, unfinished ones. Deals with one of them
 * and adds what it hands out to *taken. Returns false when nothing can be done now. */
static E1000_COLD bool receive_other(struct e1000_dev *dev, struct e1000_frag *frags, unsigned room,
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
    bool bad = frame.error || !good_length(dev, &frame);
    if (bad && (!dev->params.store_bad || frame.malformed)) {
        count_bad(dev, &frame);
        drop(dev, frame.pieces);
        return true;
    }
    if (frame.pieces > room) {
        dev->rx_more = true;
        return false;
    }
    if (bad)
        count_bad(dev, &frame);
    accept(dev, frags, &frame, bad);
    *taken += frame.pieces;
    return true;
}

unsigned e1000_receive(struct e1000_dev *dev, struct e1000_frag *frags, unsigned max)
{
    unsigned taken = 0;

    if (dev->state != E1000_STATE_UP)
        return 0;
    dev->rx_more = false;
    do {
        if (E1000_LIKELY(!dev->rx_discard))
            taken += receive_simple(dev, frags + taken, max - taken);
    } while (taken < max && receive_other(dev, frags + taken, max - taken, &taken));
    dev->rx_more |= taken == max;

    e1000_rx_refill(dev);
    return taken;
}

void e1000_recycle(struct e1000_dev *dev, const struct e1000_frag *frags, unsigned count)
{
    const uint32_t buffers = dev->buffer_count, all = buffers + dev->copy_count;
    uint32_t free_count = dev->free_count;

    /* What is not lent must not make the chip write somewhere: neither a number that was never
     * ours, nor the same one twice. */
    for (unsigned i = 0; i < count; i++) {
        uintptr_t buffer = (uintptr_t)frags[i].cookie;

        if (buffer >= all || !dev->rx_lent[buffer])
            continue;
        dev->rx_lent[buffer] = false;
        if (E1000_LIKELY(buffer < buffers))
            dev->free_buffer[free_count++] = (uint32_t)buffer;
        else
            dev->copy_free[dev->copy_free_count++] = (uint16_t)(buffer - buffers);
    }
    dev->free_count = free_count;
    if (dev->state == E1000_STATE_UP)
        e1000_rx_refill(dev);
}
