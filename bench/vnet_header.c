/* SPDX-License-Identifier: BSD-2-Clause */
#include "vnet_header.h"

#include <string.h>

#define ETHERNET_BYTES  14u
#define TAG_BYTES       4u
#define MOST_TAGS       2u
#define TYPE_TAG        0x8100u
#define TYPE_OUTER_TAG  0x88A8u
#define TYPE_IPV6       0x86DDu
#define IPV4_BYTES      20u
#define IPV6_BYTES      40u
#define TCP_BYTES       20u
#define UDP_BYTES       8u
#define TCP_CHECKSUM_AT 16u
#define UDP_CHECKSUM_AT 6u
#define TCP_OFFSET_AT   12u
/* The most that the driver takes for headers. */
#define MOST_HEADERS 240u

static uint32_t get16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* Where the IP header begins, behind the tags, if there are any; *type becomes the last EtherType.
 */
static uint32_t find_ip(const struct e1000_frag *frag, uint32_t *type)
{
    const uint8_t *bytes = frag->data;
    uint32_t l2 = ETHERNET_BYTES;

    *type = frag->length >= l2 ? get16(bytes + l2 - 2) : 0;
    while ((*type == TYPE_TAG || *type == TYPE_OUTER_TAG) &&
           l2 < ETHERNET_BYTES + MOST_TAGS * TAG_BYTES && frag->length >= l2 + TAG_BYTES) {
        l2 += TAG_BYTES;
        *type = get16(bytes + l2 - 2);
    }
    return l2;
}

/* The IP header that lies before the checksum's start. False: not one that a fragment can tell of.
 */
static bool set_headers(const struct virtio_net_hdr *header, uint32_t l4_bytes,
                        struct e1000_frag *frag)
{
    uint32_t type, l2 = find_ip(frag, &type), start = header->csum_start;
    const bool ipv6 = type == TYPE_IPV6;

    if (start < l2 + (ipv6 ? IPV6_BYTES : IPV4_BYTES) || start + l4_bytes > MOST_HEADERS ||
        start + l4_bytes > frag->length)
        return false;
    frag->l2_length = (uint8_t)l2;
    frag->l3_length = (uint8_t)(start - l2);
    frag->flags |= ipv6 ? E1000_FRAG_IPV6 : 0;
    return true;
}

static enum vnet_verdict leave_checksum(const struct virtio_net_hdr *header,
                                        struct e1000_frag *frag)
{
    const bool udp = header->csum_offset == UDP_CHECKSUM_AT;

    if ((!udp && header->csum_offset != TCP_CHECKSUM_AT) ||
        !set_headers(header, udp ? UDP_BYTES : TCP_BYTES, frag))
        return VNET_CHECKSUM;
    /* The host has put the pseudo header's sum into its place. */
    frag->flags |= E1000_FRAG_SEEDED | (udp ? E1000_FRAG_UDP_CSUM : E1000_FRAG_TCP_CSUM);
    return VNET_READY;
}

static enum vnet_verdict leave_segments(const struct virtio_net_hdr *header,
                                        struct e1000_frag *frag)
{
    const bool ipv6 = header->gso_type == VIRTIO_NET_HDR_GSO_TCPV6;
    const uint8_t *bytes = frag->data;
    uint32_t l4;

    if ((!ipv6 && header->gso_type != VIRTIO_NET_HDR_GSO_TCPV4) ||
        (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0 ||
        header->csum_offset != TCP_CHECKSUM_AT || header->gso_size == 0 ||
        !set_headers(header, TCP_BYTES, frag) || ((frag->flags & E1000_FRAG_IPV6) != 0) != ipv6)
        return VNET_IMPOSSIBLE;
    l4 = (bytes[header->csum_start + TCP_OFFSET_AT] >> 4) * 4u;
    if (l4 < TCP_BYTES || header->csum_start + l4 > MOST_HEADERS)
        return VNET_IMPOSSIBLE;
    frag->flags |= E1000_FRAG_TSO | E1000_FRAG_TCP_CSUM | (ipv6 ? 0 : E1000_FRAG_IP_CSUM);
    frag->l4_length = (uint8_t)l4;
    frag->mss = header->gso_size;
    return VNET_READY;
}

enum vnet_verdict vnet_header_to_driver(const struct virtio_net_hdr *header,
                                        struct e1000_frag *frags, unsigned count)
{
    if (count == 0)
        return VNET_IMPOSSIBLE;
    if (header->gso_type != VIRTIO_NET_HDR_GSO_NONE)
        return leave_segments(header, &frags[0]);
    if ((header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0)
        return leave_checksum(header, &frags[0]);
    return VNET_READY;
}

/* ---- Checksums in software, for the odd protocol or tunnel ---- */

static uint8_t *byte_at(const struct e1000_frag *frags, unsigned count, uint32_t at)
{
    for (unsigned i = 0; i < count; at -= frags[i++].length)
        if (at < frags[i].length)
            return (uint8_t *)frags[i].data + at;
    return NULL;
}

/* The sum from a byte of the packet to its end, as 16-bit words in network order. */
static uint32_t sum_from(const struct e1000_frag *frags, unsigned count, uint32_t start)
{
    uint64_t sum = 0;
    uint32_t position = 0;

    for (unsigned i = 0; i < count; position += frags[i++].length) {
        const uint8_t *bytes = frags[i].data;

        for (uint32_t k = position < start ? start - position : 0; k < frags[i].length; k++)
            sum += (position + k - start) % 2 != 0 ? bytes[k] : (uint32_t)bytes[k] << 8;
    }
    while (sum > 0xFFFF)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint32_t)sum;
}

bool vnet_header_finish(const struct virtio_net_hdr *header, const struct e1000_frag *frags,
                        unsigned count)
{
    const uint32_t at = (uint32_t)header->csum_start + header->csum_offset;
    uint8_t *high = byte_at(frags, count, at), *low = byte_at(frags, count, at + 1);
    uint32_t sum;

    if (high == NULL || low == NULL)
        return false;
    sum = ~sum_from(frags, count, header->csum_start) & 0xFFFF;
    if (sum == 0)
        sum = 0xFFFF; /* where 0 says that there is none; elsewhere it is the same */
    *high = (uint8_t)(sum >> 8);
    *low = (uint8_t)sum;
    return true;
}

/* ---- To the host ---- */

void vnet_header_to_host(const struct e1000_frag *frag, struct virtio_net_hdr *header)
{
    const uint32_t bad = E1000_FRAG_L4_BAD | E1000_FRAG_IP_BAD;

    memset(header, 0, sizeof(*header));
    header->gso_type = VIRTIO_NET_HDR_GSO_NONE;
    /* What the chip did not look at or found wrong, the host looks at itself. */
    if ((frag->flags & E1000_FRAG_L4_CHECKED) != 0 && (frag->flags & bad) == 0)
        header->flags = VIRTIO_NET_HDR_F_DATA_VALID;
}
