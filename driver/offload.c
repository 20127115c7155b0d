/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left to the chip when sending: checksums and segmentation (3.3.5 to 3.5). The headers are
 * prepared in a copy, and a context descriptor says where they are, unless the chip knows. */
#include "internal.h"

#define IPV4_BYTES   20u
#define IPV6_BYTES   40u
#define TCP_BYTES    20u
#define UDP_BYTES    8u
#define MAX_HEADERS  240u /* that the chip repeats for each segment (3.3.6) */
#define MAX_PAYLOAD  0xFFFFFu
#define SEGMENTS     4u /* a descriptor holds at most, where the FIFO's room is misjudged */
#define PROTOCOL_TCP 6u
#define PROTOCOL_UDP 17u

/* Where the headers are, from the first fragment. */
struct headers {
    uint32_t flags;
    uint32_t l3, l4;   /* where they begin */
    uint32_t size;     /* up to where something changes */
    uint32_t checksum; /* where TCP's or UDP's lies; TCP's where there is neither */
    uint32_t mss;
    bool ipv6, udp, l4_checksum;
};

/* ---- Bytes ---------------------------------------------------------------------------------- */

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

/* The one's complement sum of an even number of bytes (RFC 1071). */
static uint32_t sum(uint32_t start, const uint8_t *at, uint32_t length)
{
    for (uint32_t i = 0; i < length; i += 2)
        start += get16(at + i);
    while (start >> 16)
        start = (start & 0xFFFF) + (start >> 16);
    return start;
}

/* Collects the first bytes of a frame. False: the CPU can't see them. */
static bool gather(const struct e1000_frag *frags, uint8_t *to, uint32_t size)
{
    for (; size; frags++) {
        uint32_t part = frags->length < size ? frags->length : size;

        if (!frags->data)
            return false;
        memcpy(to, frags->data, part);
        to += part;
        size -= part;
    }
    return true;
}

/* The room for headers that goes with the descriptor that is written next. It is free: even of a
 * full ring this one is not the chip's. */
static uint8_t *room(const struct e1000_dev *dev, uint64_t *bus)
{
    uint32_t slot = dev->tx.prod_slot;
    const struct e1000_dma *memory = &dev->header[slot / E1000_HEADER_POOL];
    size_t offset = (size_t)(slot % E1000_HEADER_POOL) * E1000_HEADER_SIZE;

    *bus = memory->bus + offset;
    return (uint8_t *)memory->cpu + offset;
}

/* ---- Checks --------------------------------------------------------------------------------- */

/* What the flags ask for makes sense, and its headers are in the frame. */
static bool locate(const struct e1000_frag *frag, const struct e1000_tx_frame *frame,
                   struct headers *headers)
{
    uint32_t flags = frag->flags;

    if (flags & E1000_FRAG_TSO)
        flags |= E1000_FRAG_TCP_CSUM | (flags & E1000_FRAG_IPV6 ? 0 : E1000_FRAG_IP_CSUM);

    bool tcp = flags & E1000_FRAG_TCP_CSUM, udp = flags & E1000_FRAG_UDP_CSUM;
    bool ipv6 = flags & E1000_FRAG_IPV6;
    uint32_t l4 = (uint32_t)frag->l2_length + frag->l3_length;

    *headers = (struct headers){
        .flags = flags,
        .l3 = frag->l2_length,
        .l4 = l4,
        .size = l4 + (tcp   ? TCP_BYTES
                      : udp ? UDP_BYTES
                            : 0),
        .checksum = l4 + (udp ? 6 : 16),
        .mss = frag->mss,
        .ipv6 = ipv6,
        .udp = udp,
        .l4_checksum = tcp || udp,
    };
    return !(tcp && udp) && !(ipv6 && flags & E1000_FRAG_IP_CSUM) &&
           frag->l2_length >= E1000_HEADER_BYTES &&
           frag->l3_length >= (ipv6 ? IPV6_BYTES : IPV4_BYTES) && headers->size <= MAX_HEADERS &&
           headers->size <= frame->length;
}

/* The same for what is to be cut. */
static bool locate_segments(const struct e1000_dev *dev, const struct e1000_frag *frag,
                            const struct e1000_tx_frame *frame, struct headers *headers)
{
    uint32_t tag = headers->l3 > E1000_HEADER_BYTES ? E1000_TAG_BYTES : 0;

    headers->size = headers->l4 + frag->l4_length;
    return frag->l4_length >= TCP_BYTES && headers->size <= MAX_HEADERS && frag->mss &&
           headers->size < frame->length && frame->length - headers->size <= MAX_PAYLOAD &&
           headers->size + frag->mss <= dev->frame_limit + tag;
}

/* The IP header is what the flags say. */
static bool matches(const struct headers *headers, const uint8_t *bytes)
{
    const uint8_t *ip = bytes + headers->l3;

    if (headers->ipv6)
        return ip[0] >> 4 == 6;
    return ip[0] >> 4 == 4 && (ip[0] & 0xFu) * 4 == headers->l4 - headers->l3;
}

/* ---- Headers -------------------------------------------------------------------------------- */

/* Bytes of the TCP or UDP packet, as IP says; 0 when that can't be. */
static uint32_t l4_bytes(const struct headers *headers, const uint8_t *bytes, uint64_t length)
{
    const uint8_t *ip = bytes + headers->l3;
    uint32_t end = headers->l3 + (headers->ipv6 ? IPV6_BYTES + get16(ip + 4) : get16(ip + 2));

    return end >= headers->size && end <= length ? end - headers->l4 : 0;
}

/* From what the chip's sum over the packet goes out: the pseudo header, which is not in it (3.5).
 * Of segments it adds the length itself. */
static void seed(const struct headers *headers, uint8_t *bytes, uint32_t length)
{
    const uint8_t *ip = bytes + headers->l3;
    uint32_t start = length + (headers->udp ? PROTOCOL_UDP : PROTOCOL_TCP);

    put16(bytes + headers->checksum,
          headers->ipv6 ? sum(start, ip + 8, 32) : sum(start, ip + 12, 8));
}

static void set_ip_length(const struct headers *headers, uint8_t *bytes, uint64_t length)
{
    uint8_t *ip = bytes + headers->l3;

    if (headers->ipv6)
        put16(ip + 4, length ? (uint32_t)length - headers->l3 - IPV6_BYTES : 0);
    else
        put16(ip + 2, length ? (uint32_t)length - headers->l3 : 0);
}

/* Makes the copy that the chip finishes. *last becomes the last byte that TCP or UDP has, 0 for the
 * frame's last one. */
static bool prepare(struct e1000_dev *dev, const struct e1000_frag *frags,
                    const struct headers *headers, struct e1000_tx_frame *frame, uint32_t *last)
{
    uint8_t *bytes = room(dev, &frame->header_bus);

    if (!gather(frags, bytes, headers->size) || !matches(headers, bytes))
        return false;
    frame->header = headers->size;
    if (headers->flags & E1000_FRAG_IP_CSUM)
        put16(bytes + headers->l3 + 10, 0);
    if (headers->flags & E1000_FRAG_TSO)
        set_ip_length(headers, bytes, frame->segments ? 0 : frame->length);
    if (frame->segments) {
        seed(headers, bytes, 0);
    } else if (headers->l4_checksum) {
        uint32_t length = l4_bytes(headers, bytes, frame->length);

        if (!length)
            return false;
        if (headers->l4 + length < frame->length)
            *last = headers->l4 + length - 1;
        seed(headers, bytes, length);
    }
    return true;
}

/* ---- The context ---------------------------------------------------------------------------- */

static struct e1000_context context(const struct headers *headers,
                                    const struct e1000_tx_frame *frame, uint32_t last)
{
    struct e1000_context told = {
        .address = headers->l3 | (uint64_t)headers->l4 << E1000_TXC_TUCSS_SHIFT |
                   (uint64_t)headers->checksum << E1000_TXC_TUCSO_SHIFT |
                   (uint64_t)last << E1000_TXC_TUCSE_SHIFT,
        .rest = E1000_TXD_DEXT | (headers->udp ? 0 : E1000_TXC_TCP),
    };

    if (!headers->ipv6) {
        told.address |= (headers->l3 + 10) << E1000_TXC_IPCSO_SHIFT | (headers->l4 - 1)
                                                                          << E1000_TXC_IPCSE_SHIFT;
        told.rest |= E1000_TXC_IP;
    }
    if (frame->segments)
        told.rest |= E1000_TXD_TSE | (frame->length - headers->size) |
                     (uint64_t)headers->size << E1000_TXC_HDRLEN_SHIFT |
                     (uint64_t)headers->mss << E1000_TXC_MSS_SHIFT;
    return told;
}

bool e1000_offload(struct e1000_dev *dev, const struct e1000_frag *frags,
                   struct e1000_tx_frame *frame)
{
    struct headers headers;
    uint32_t last = 0;

    if (!dev->params.tx_offload || !locate(frags, frame, &headers))
        return false;
    if (headers.flags & E1000_FRAG_TSO) {
        if (!locate_segments(dev, frags, frame, &headers))
            return false;
        /* One segment is a frame with checksums. */
        frame->segments = frame->length - headers.size > headers.mss;
    }
    if ((headers.flags & E1000_FRAG_TSO || !(headers.flags & E1000_FRAG_SEEDED)) &&
        !prepare(dev, frags, &headers, frame, &last))
        return false;

    frame->bits |= E1000_TXD_DEXT | E1000_TXD_DATA | E1000_TXD_IFCS;
    if (headers.flags & E1000_FRAG_IP_CSUM)
        frame->bits |= E1000_TXD_IXSM;
    if (headers.l4_checksum)
        frame->bits |= E1000_TXD_TXSM;
    if (frame->segments) {
        frame->bits |= E1000_TXD_TSE;
        if (dev->quirks & E1000_QUIRK_TSO_4_MSS && SEGMENTS * headers.mss < frame->most)
            frame->most = SEGMENTS * headers.mss;
    }
    frame->told = context(&headers, frame, last);
    frame->context = memcmp(&frame->told, &dev->tx_context[frame->segments], sizeof frame->told);
    return true;
}
