/* SPDX-License-Identifier: BSD-2-Clause */
/* Sending: frames are fetched straight from the caller's memory, with legacy descriptors (3.3.3).
 */
#include "internal.h"

#define SHORTEST      60u   /* on the wire, without FCS */
#define MAX_PIECE     4096u /* bytes a descriptor: the FIFO waits until all of it fits */
#define REPORT_FRAMES 16u   /* at most, from one report to the next */

#define COOKIE_MASK (E1000_MAX_RING - 1)

/* ---- Descriptors ---------------------------------------------------------------------------- */

static inline uint32_t min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline uint32_t cookie_room(const struct e1000_dev *dev)
{
    return E1000_MAX_RING - (dev->cookie_prod - dev->cookie_cons);
}

static inline void put_cookie(struct e1000_dev *dev, void *cookie)
{
    dev->cookie[dev->cookie_prod++ & COOKIE_MASK] = cookie;
}

static inline void put_desc(struct e1000_dev *dev, uint64_t bus, uint64_t rest)
{
    struct e1000_ring *ring = &dev->tx;
    struct e1000_desc *desc = &ring->desc[ring->prod_slot];

    desc->address = e1000_le64(bus);
    desc->rest = e1000_le64(rest);
    ring->prod_slot = e1000_next_slot(ring, ring->prod_slot);
    ring->prod++;
}

/* Ends a group of frames: its last descriptor reports, and that report is for all of them. */
static void close_group(struct e1000_dev *dev)
{
    struct e1000_ring *ring = &dev->tx;
    uint32_t last = (ring->prod_slot ? ring->prod_slot : ring->count) - 1;

    ring->desc[last].rest |= e1000_le64(E1000_TXD_RS);
    dev->tx_report[dev->tx_group] = (uint16_t)last;
    dev->tx_cookies[last] = (uint16_t)dev->cookie_prod;
    dev->tx_group = ring->prod_slot;
    dev->tx_group_frames = 0;
}

static void count_frames(struct e1000_dev *dev, uint32_t frames)
{
    dev->tx_group_frames += frames;
    if (dev->tx_group_frames == REPORT_FRAMES)
        close_group(dev);
}

void e1000_tx_start(struct e1000_dev *dev)
{
    dev->tx_group = 0;
    dev->tx_group_frames = 0;
}

/* ---- Frames --------------------------------------------------------------------------------- */

/* A frame to be sent, measured. */
struct frame {
    uint32_t pieces; /* fragments, 0: the frame is not complete */
    uint32_t descs;  /* descriptors, padding included */
    uint64_t length;
    bool empty; /* a fragment without bytes */
};

static struct frame measure(const struct e1000_frag *frags, unsigned count)
{
    struct frame frame = {0};
    uint64_t descs = 0;

    for (unsigned i = 0; i < count; i++) {
        uint32_t length = frags[i].length;

        frame.length += length;
        frame.empty |= !length;
        descs += length / MAX_PIECE + (length % MAX_PIECE != 0);
        if (frags[i].flags & E1000_FRAG_EOP) {
            frame.pieces = i + 1;
            break;
        }
    }
    if (frame.length < SHORTEST)
        descs++;
    frame.descs = descs < UINT32_MAX ? (uint32_t)descs : UINT32_MAX;
    return frame;
}

/* Whether the frame can be sent at all. Beyond the limit only a VLAN tag is allowed. */
static bool sendable(const struct e1000_dev *dev, const struct e1000_frag *frags,
                     const struct frame *frame)
{
    uint32_t limit = dev->frame_limit;

    if (frame->empty || frame->length < E1000_HEADER_BYTES || frame->descs >= dev->tx.count)
        return false;
    if (frame->length > limit && frags[0].data && frags[0].length >= E1000_HEADER_BYTES &&
        e1000_is_tagged(frags[0].data))
        limit += E1000_TAG_BYTES;
    return frame->length <= limit;
}

/* Writes the descriptors of a frame that fits. Short ones are lengthened with zeros from a buffer
 * of ours: the chip's own padding is said to corrupt frames on some boards, and must never be stale
 * memory. */
static void put_frame(struct e1000_dev *dev, const struct e1000_frag *frags,
                      const struct frame *frame)
{
    const uint64_t end = E1000_TXD_EOP | E1000_TXD_IFCS;
    bool pad = frame->length < SHORTEST;

    for (uint32_t i = 0; i < frame->pieces; i++) {
        uint64_t bus = frags[i].bus;
        uint32_t left = frags[i].length;
        bool last = i + 1 == frame->pieces && !pad;

        for (; left > MAX_PIECE; left -= MAX_PIECE, bus += MAX_PIECE)
            put_desc(dev, bus, MAX_PIECE);
        put_desc(dev, bus, left | (last ? end : 0));
        put_cookie(dev, frags[i].cookie);
    }
    if (pad)
        put_desc(dev, dev->pad.bus, (SHORTEST - frame->length) | end);
    dev->counters.tx_frames++;
    dev->counters.tx_bytes += frame->length;
    count_frames(dev, 1);
}

/* The frames that are not simple: in several fragments, short, long, impossible. Returns the number
 * of fragments taken, 0 when the frame is not complete or does not fit now. */
static E1000_COLD uint32_t transmit_other(struct e1000_dev *dev, const struct e1000_frag *frags,
                                          unsigned count)
{
    struct frame frame = measure(frags, count);

    if (!frame.pieces || frame.pieces > cookie_room(dev))
        return 0;
    if (!sendable(dev, frags, &frame)) {
        for (uint32_t i = 0; i < frame.pieces; i++)
            put_cookie(dev, frags[i].cookie);
        dev->counters.tx_refused++;
        return frame.pieces;
    }
    if (frame.descs > e1000_ring_room(&dev->tx))
        return 0;
    put_frame(dev, frags, &frame);
    return frame.pieces;
}

/* Sends frames of one fragment and an ordinary length, up to the first other one. Runs end where
 * the ring or the group of frames ends, so that the loop need not look for either. Returns how
 * many. */
static unsigned transmit_simple(struct e1000_dev *dev, const struct e1000_frag *frags,
                                unsigned count)
{
    struct e1000_ring *ring = &dev->tx;
    const struct e1000_frag *frag = frags;
    const uint32_t longest = dev->frame_limit < MAX_PIECE ? dev->frame_limit : MAX_PIECE;
    struct e1000_desc *desc = &ring->desc[ring->prod_slot];
    uint32_t cookie = dev->cookie_prod;
    uint64_t bytes = 0;

    count = min(
        min(count, ring->count - ring->prod_slot),
        min(min(e1000_ring_room(ring), cookie_room(dev)), REPORT_FRAMES - dev->tx_group_frames));
    for (const struct e1000_frag *end = frags + count; frag != end; frag++, desc++) {
        uint32_t length = frag->length;

        if (!(frag->flags & E1000_FRAG_EOP) || length - SHORTEST > longest - SHORTEST)
            break;
        desc->address = e1000_le64(frag->bus);
        desc->rest = e1000_le64(length | E1000_TXD_EOP | E1000_TXD_IFCS);
        dev->cookie[cookie++ & COOKIE_MASK] = frag->cookie;
        bytes += length;
    }

    uint32_t n = (uint32_t)(frag - frags);
    dev->cookie_prod = cookie;
    dev->counters.tx_frames += n;
    dev->counters.tx_bytes += bytes;
    ring->prod += n;
    ring->prod_slot = ring->prod_slot + n == ring->count ? 0 : ring->prod_slot + n;
    count_frames(dev, n);
    return n;
}

unsigned e1000_transmit(struct e1000_dev *dev, const struct e1000_frag *frags, unsigned count)
{
    unsigned taken = 0;
    uint32_t start = dev->tx.prod;

    if (dev->state != E1000_STATE_UP)
        return 0;
    while (taken < count) {
        uint32_t n = transmit_simple(dev, frags + taken, count - taken);

        if (!n)
            n = transmit_other(dev, frags + taken, count - taken);
        if (!n)
            break;
        taken += n;
    }

    if (dev->tx_group_frames)
        close_group(dev);
    if (dev->tx.prod != start)
        e1000_doorbell(dev, E1000_TDT, dev->tx.prod_slot);
    return taken;
}

/* ---- Giving back ---------------------------------------------------------------------------- */

bool e1000_tx_waiting(const struct e1000_dev *dev)
{
    const struct e1000_ring *ring = &dev->tx;

    return ring->cons != ring->prod &&
           e1000_desc_load(&ring->desc[dev->tx_report[ring->cons_slot]]) & E1000_TXD_DD;
}

/* Makes the cookies of the next finished group available. What was refused after the last group is
 * available as soon as nothing is being sent. */
static bool next_group(struct e1000_dev *dev)
{
    struct e1000_ring *ring = &dev->tx;

    if (ring->cons == ring->prod) {
        dev->cookie_done = dev->cookie_prod;
        return dev->cookie_done != dev->cookie_cons;
    }
    if (!e1000_tx_waiting(dev))
        return false;

    uint32_t last = dev->tx_report[ring->cons_slot];
    uint32_t descs = last - ring->cons_slot + 1;

    if (last < ring->cons_slot)
        descs += ring->count;
    ring->cons += descs;
    ring->cons_slot = e1000_next_slot(ring, last);
    dev->cookie_done += (uint16_t)(dev->tx_cookies[last] - (uint16_t)dev->cookie_done);
    return true;
}

unsigned e1000_reap(struct e1000_dev *dev, void **cookies, unsigned max)
{
    unsigned n = 0;

    while (n < max) {
        if (dev->cookie_cons == dev->cookie_done && !next_group(dev))
            break;

        uint32_t ready = dev->cookie_done - dev->cookie_cons;
        if (ready > max - n)
            ready = max - n;
        for (uint32_t i = 0; i < ready; i++)
            cookies[n + i] = dev->cookie[(dev->cookie_cons + i) & COOKIE_MASK];
        dev->cookie_cons += ready;
        n += ready;
    }
    return n;
}

unsigned e1000_tx_room(const struct e1000_dev *dev)
{
    if (dev->state != E1000_STATE_UP)
        return 0;

    uint32_t room = e1000_ring_room(&dev->tx);
    return room < cookie_room(dev) ? room : cookie_room(dev);
}
