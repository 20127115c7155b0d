/* SPDX-License-Identifier: BSD-2-Clause */
/* Sending: frames are fetched straight from the caller's memory, with legacy descriptors (3.3.3),
 * or with data descriptors (3.3.7) where the chip has to finish them. */
#include "internal.h"

#define SHORTEST      60u   /* on the wire, without FCS */
#define FIRST_PCIX    2015u /* bytes in a first descriptor, where the bus wants that */
#define TAIL          4u    /* bytes that lie apart where the chip reports too early */
#define REPORT_FRAMES 16u   /* at most, from one report to the next */

#define COOKIE_MASK (E1000_MAX_RING - 1)

#define LIKE_NONE UINT64_MAX /* no frame asks for this */

/* What makes a frame more than its bytes. */
#define ASKS (E1000_OFFLOADS | E1000_FRAG_TAGGED)

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

/* Ends a group of frames: its last descriptor reports, and that report is for all of them. The last
 * one is never a context. */
static void close_group(struct e1000_dev *dev)
{
    struct e1000_ring *ring = &dev->tx;
    uint32_t last = (ring->prod_slot ? ring->prod_slot : ring->count) - 1;

    ring->desc[last].rest |= e1000_le64(dev->tx_report_bits);
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
    bool pcix = e1000_read(dev, E1000_STATUS) & E1000_STATUS_PCIX_MODE;

    dev->tx_first = pcix && dev->quirks & E1000_QUIRK_FIRST_2015 ? FIRST_PCIX : E1000_MAX_PIECE;
    dev->tx_simple = min(dev->frame_limit, dev->tx_first);
    dev->tx_report_bits = E1000_TXD_RS | (dev->params.tx_delay ? E1000_TXD_IDE : 0);
    dev->tx_context_bits = dev->quirks & E1000_QUIRK_CONTEXT_RS ? 0 : E1000_TXD_RS;
    dev->tx_group = 0;
    dev->tx_group_frames = 0;
    dev->tx_stopped = false;
    dev->tx_after_tso = false;
    memset(dev->tx_context, 0, sizeof dev->tx_context); /* the reset made the chip forget them */
    dev->tx_like = LIKE_NONE;
}

/* ---- Frames --------------------------------------------------------------------------------- */

static struct e1000_tx_frame measure(const struct e1000_dev *dev, const struct e1000_frag *frags,
                                     unsigned count)
{
    struct e1000_tx_frame frame = {
        .first = dev->tx_first, .most = E1000_MAX_PIECE, .end = E1000_TXD_EOP | E1000_TXD_IFCS};

    for (unsigned i = 0; i < count; i++) {
        frame.length += frags[i].length;
        frame.empty |= !frags[i].length;
        if (frags[i].flags & E1000_FRAG_EOP) {
            frame.pieces = i + 1;
            break;
        }
    }
    return frame;
}

/* Beyond the limit only a VLAN tag is allowed; a frame that the chip cuts has other limits. */
static bool good_length(const struct e1000_dev *dev, const struct e1000_frag *frags,
                        const struct e1000_tx_frame *frame)
{
    uint32_t limit = dev->frame_limit;

    if (frame->empty || frame->length < E1000_HEADER_BYTES)
        return false;
    if (frags->flags & E1000_FRAG_TSO)
        return true;
    if (frame->length > limit && frags[0].data && frags[0].length >= E1000_HEADER_BYTES &&
        e1000_is_tagged(frags[0].data))
        limit += E1000_TAG_BYTES;
    return frame->length <= limit;
}

/* Lays a frame into descriptors: the prepared headers, the caller's bytes, and padding. Returns how
 * many these are, no more than the ring has; they are only written with put. */
static uint32_t lay(struct e1000_dev *dev, const struct e1000_frag *frags,
                    const struct e1000_tx_frame *frame, bool put)
{
    uint64_t left = frame->length + frame->pad; /* bytes from here to the end */
    uint32_t skip = frame->header, limit = frame->first, n = 0;

    if (frame->header) {
        left -= frame->header;
        if (put)
            put_desc(dev, frame->header_bus, frame->header | frame->bits | (left ? 0 : frame->end));
        limit = frame->most;
        n++;
    }
    for (uint32_t i = 0; i < frame->pieces && n < dev->tx.count; i++) {
        uint32_t skipped = min(skip, frags[i].length), size = frags[i].length - skipped;
        uint64_t bus = frags[i].bus + skipped;

        skip -= skipped;
        while (size && n < dev->tx.count) {
            uint32_t piece = min(size, limit);

            if (frame->tail && i + 1 == frame->pieces && size > TAIL)
                piece = min(piece, size - TAIL);
            left -= piece;
            if (put)
                put_desc(dev, bus, piece | frame->bits | (left ? 0 : frame->end));
            bus += piece;
            size -= piece;
            limit = frame->most;
            n++;
        }
    }
    if (frame->pad) {
        if (put)
            put_desc(dev, dev->pad.bus, frame->pad | frame->bits | frame->end);
        n++;
    }
    return n;
}

/* Whether the frame can be sent at all, and how: offloads, tag, padding. Short frames are
 * lengthened with zeros of ours where the chip's own padding can't be trusted; what it cuts is its
 * own to lengthen. */
static bool plan(struct e1000_dev *dev, const struct e1000_frag *frags,
                 struct e1000_tx_frame *frame)
{
    if (!good_length(dev, frags, frame))
        return false;
    if (frags->flags & E1000_FRAG_TAGGED) {
        if (!dev->params.vlan_offload)
            return false;
        frame->bits |= E1000_TXD_VLE | (uint64_t)frags->vlan << E1000_TXD_SPECIAL_SHIFT;
    }
    if (frags->flags & E1000_OFFLOADS && !e1000_offload(dev, frags, frame))
        return false;
    if (frame->length < SHORTEST && !frame->segments && dev->quirks & E1000_QUIRK_PADS_BADLY)
        frame->pad = SHORTEST - (uint32_t)frame->length;

    frame->tail = frame->segments && dev->quirks & E1000_QUIRK_TSO_TAIL;
    frame->descs = lay(dev, frags, frame, false);
    if (dev->tx_after_tso && frame->descs == 1 && dev->quirks & E1000_QUIRK_TSO_TAIL) {
        /* The early write-back strikes a frame in one descriptor behind the segments too. */
        frame->tail = true;
        frame->descs = lay(dev, frags, frame, false);
    }
    frame->descs += frame->context;
    return frame->descs < dev->tx.count;
}

/* All that says what is left to the chip of a frame in one fragment. */
static inline uint64_t asks_of(const struct e1000_frag *frag)
{
    return frag->flags | (uint64_t)frag->l2_length << 32 | (uint64_t)frag->l3_length << 40;
}

/* A frame in one descriptor, for which the chip now knows all that it needs: the next ones that ask
 * for the same, and are no shorter, need no second look. */
static void remember(struct e1000_dev *dev, const struct e1000_frag *frags,
                     const struct e1000_tx_frame *frame)
{
    if (frame->context)
        dev->tx_like = LIKE_NONE;
    if (frame->descs != 1u + frame->context || frame->segments ||
        !(frags->flags & E1000_FRAG_SEEDED) || frags->flags & E1000_FRAG_TAGGED)
        return;
    dev->tx_like = asks_of(frags);
    dev->tx_like_bits = frame->bits | frame->end;
    dev->tx_like_least = (uint32_t)frame->length;
}

/* Writes the descriptors of a frame that fits. */
static void put_frame(struct e1000_dev *dev, const struct e1000_frag *frags,
                      const struct e1000_tx_frame *frame)
{
    if (frame->context) {
        put_desc(dev, frame->told.address, frame->told.rest | dev->tx_context_bits);
        dev->tx_context[frame->segments] = frame->told;
        dev->counters.tx_contexts++;
    }
    remember(dev, frags, frame);
    (void)lay(dev, frags, frame, true);
    for (uint32_t i = 0; i < frame->pieces; i++)
        put_cookie(dev, frags[i].cookie);
    dev->tx_after_tso = frame->segments;
    dev->counters.tx_segmented += frame->segments;
    dev->counters.tx_frames++;
    dev->counters.tx_bytes += frame->length;
    count_frames(dev, 1);
}

/* From here on e1000_reap() looks for room. */
static void stop(struct e1000_dev *dev, uint32_t needed)
{
    uint32_t restart = dev->params.tx_restart ? dev->params.tx_restart : dev->tx.count / 4;

    dev->tx_needed = restart > needed ? restart : needed;
    if (dev->tx_stopped)
        return;
    dev->tx_stopped = true;
    dev->counters.tx_stops++;
}

/* The frames that are not simple: in several fragments, short, long, impossible, or left to the
 * chip in part. Returns the number of fragments taken, 0 when the frame is not complete or does not
 * fit now. */
static E1000_COLD uint32_t transmit_other(struct e1000_dev *dev, const struct e1000_frag *frags,
                                          unsigned count)
{
    struct e1000_tx_frame frame = measure(dev, frags, count);

    if (!frame.pieces)
        return 0;
    if (frame.pieces > cookie_room(dev)) {
        if (frame.pieces <= E1000_MAX_RING)
            stop(dev, 1);
        return 0;
    }
    if (!plan(dev, frags, &frame)) {
        for (uint32_t i = 0; i < frame.pieces; i++)
            put_cookie(dev, frags[i].cookie);
        dev->counters.tx_refused++;
        return frame.pieces;
    }
    if (frame.descs > e1000_ring_room(&dev->tx)) {
        stop(dev, frame.descs);
        return 0;
    }
    put_frame(dev, frags, &frame);
    return frame.pieces;
}

/* Sends frames of one fragment and an ordinary length that leave nothing to the chip, or the same
 * as the ones before, up to the first other one. Runs end where the ring or the group of frames
 * ends, so that the loop need not look for either. Returns how many. */
static unsigned transmit_simple(struct e1000_dev *dev, const struct e1000_frag *frags,
                                unsigned count)
{
    struct e1000_ring *ring = &dev->tx;
    const struct e1000_frag *frag = frags;
    const uint32_t longest = dev->tx_simple;
    struct e1000_desc *desc = &ring->desc[ring->prod_slot];
    uint32_t cookie = dev->cookie_prod;
    uint64_t bytes = 0;

    count = min(
        min(count, ring->count - ring->prod_slot),
        min(min(e1000_ring_room(ring), cookie_room(dev)), REPORT_FRAMES - dev->tx_group_frames));
    for (const struct e1000_frag *end = frags + count; frag != end; frag++, desc++) {
        uint32_t length = frag->length;
        uint64_t bits = E1000_TXD_EOP | E1000_TXD_IFCS;

        if (length - SHORTEST > longest - SHORTEST)
            break;
        if ((frag->flags & (E1000_FRAG_EOP | ASKS)) != E1000_FRAG_EOP) {
            if (asks_of(frag) != dev->tx_like || length < dev->tx_like_least)
                break;
            bits = dev->tx_like_bits;
        }
        desc->address = e1000_le64(frag->bus);
        desc->rest = e1000_le64(length | bits);
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
        uint32_t n = 0;

        if (E1000_LIKELY(!dev->tx_after_tso))
            n = transmit_simple(dev, frags + taken, count - taken);
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
    if (dev->tx_stopped)
        e1000_tx_arm(dev);
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

/* There is room again, or nobody waits for what was sent. */
static E1000_COLD void go_on(struct e1000_dev *dev)
{
    if (dev->state == E1000_STATE_UP && e1000_tx_room(dev) < dev->tx_needed)
        return;
    dev->tx_stopped = false;
    e1000_tx_disarm(dev);
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
    if (dev->tx_stopped || dev->tx_armed)
        go_on(dev);
    return n;
}

unsigned e1000_tx_room(const struct e1000_dev *dev)
{
    if (dev->state != E1000_STATE_UP)
        return 0;
    return min(e1000_ring_room(&dev->tx), cookie_room(dev));
}

bool e1000_tx_stopped(const struct e1000_dev *dev)
{
    return dev->tx_stopped;
}
