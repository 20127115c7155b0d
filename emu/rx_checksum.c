/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame passes through a row of parsers: Ethernet II or SNAP, with or without a VLAN tag; IPv4 or
 * IPv6; TCP or UDP. What one of them doesn't understand is not checked, and neither is what would
 * come after it. Every length is compared with what is left of the frame.
 */
#include "rx_checksum.h"

#include <string.h>

#include "checksum.h"
#include "hw.h"

#define TYPE_IPV4    0x0800u
#define TYPE_IPV6    0x86DDu
#define LARGEST_8023 1500u /* a type field up to this is a length */

#define ADDRESSES   12u
#define TAG_BYTES   4u
#define TYPE_BYTES  2u
#define SNAP_BYTES  6u /* between the length and the type */
#define IPV4_BYTES  20u
#define IPV6_BYTES  40u
#define TCP_BYTES   20u
#define UDP_BYTES   8u
#define EXTENSION   64u /* longest IPv6 extension header that is skipped */
#define IPV6_SOURCE 8u
#define IPV6_TARGET 24u
#define IPV6_LENGTH 16u

enum {
    PROTO_HOP_BY_HOP = 0x00,
    PROTO_IPV4 = 0x04,
    PROTO_TCP = 0x06,
    PROTO_UDP = 0x11,
    PROTO_IPV6 = 0x29,
    PROTO_ROUTING = 0x2B,
    PROTO_OPTIONS = 0x3C
};

/* What is left to look at, and what was found so far. */
struct parser {
    const uint8_t *at;
    uint32_t left;
    uint32_t rxcsum;
    struct emu_rx_checksum result;
};

static uint32_t load16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static void skip(struct parser *p, uint32_t bytes)
{
    p->at += bytes;
    p->left -= bytes;
}

/* One check was made. With the field itself, a good sum is all ones. */
static void found(struct parser *p, uint8_t status, uint8_t error, uint16_t sum)
{
    p->result.status |= status;
    if (sum != 0xffff)
        p->result.errors |= error;
}

/* ---- TCP and UDP ---------------------------------------------------------------------------- */

/* pseudo is the sum of the two IP addresses. */
static void check_transport(struct parser *p, uint32_t protocol, uint16_t pseudo)
{
    uint32_t length = p->left;
    uint16_t sum;

    if (!(p->rxcsum & RXCSUM_TUOFLD))
        return;
    if (protocol == PROTO_UDP) {
        if (length < UDP_BYTES || load16(p->at + 6) == 0) /* sent without a checksum */
            return;
        if (load16(p->at + 4) < UDP_BYTES || load16(p->at + 4) > length)
            return;
        length = load16(p->at + 4);
    } else if (protocol != PROTO_TCP || length < TCP_BYTES) {
        return;
    }
    sum = emu_checksum_add(pseudo, protocol);
    sum = emu_checksum_add(sum, length);
    found(p, RXD_STAT_TCPCS, RXD_ERR_TCPE, emu_checksum_add(sum, emu_checksum_sum(p->at, length)));
}

/* ---- IPv6 ----------------------------------------------------------------------------------- */

/* Passes over an extension header. A routing header that still leads elsewhere holds the address
 * that the transport's checksum is made with, as its last one (RFC 8200, 8.1). */
static bool skip_extension(struct parser *p, uint32_t protocol, const uint8_t **target)
{
    uint32_t bytes;

    if (p->left < 8)
        return false;
    bytes = 8 + 8 * (uint32_t)p->at[1];
    if (bytes > EXTENSION || bytes > p->left)
        return false;
    if (protocol == PROTO_ROUTING && p->at[3] > 0) {
        if (bytes < 8 + IPV6_LENGTH)
            return false;
        *target = p->at + bytes - IPV6_LENGTH;
    }
    skip(p, bytes);
    return true;
}

static void check_ipv6(struct parser *p)
{
    const uint8_t *source, *target;
    uint32_t protocol, payload;

    if (!(p->rxcsum & RXCSUM_IPV6OFL) || p->left < IPV6_BYTES || p->at[0] >> 4 != 6)
        return;
    source = p->at + IPV6_SOURCE;
    target = p->at + IPV6_TARGET;
    payload = load16(p->at + 4);
    protocol = p->at[6];
    if (payload > p->left - IPV6_BYTES)
        return;
    skip(p, IPV6_BYTES);
    p->left = payload; /* without the padding of the frame */
    while (protocol == PROTO_HOP_BY_HOP || protocol == PROTO_ROUTING || protocol == PROTO_OPTIONS) {
        uint32_t next = p->left > 0 ? p->at[0] : 0;

        if (!skip_extension(p, protocol, &target))
            return;
        protocol = next;
    }
    check_transport(p, protocol,
                    emu_checksum_add(emu_checksum_sum(source, IPV6_LENGTH),
                                     emu_checksum_sum(target, IPV6_LENGTH)));
}

/* ---- IPv4 ----------------------------------------------------------------------------------- */

static bool is_fragment(const uint8_t *header)
{
    return load16(header + 6) & 0x3fffu; /* more to come, or an offset */
}

static void check_ipv4(struct parser *p)
{
    const uint8_t *header = p->at;
    uint32_t bytes, total;

    if (p->left < IPV4_BYTES || header[0] >> 4 != 4)
        return;
    bytes = 4 * (header[0] & 0xfu);
    if (bytes < IPV4_BYTES || bytes > p->left || header[9] == PROTO_IPV4)
        return; /* the table has nothing for IPv4 in IPv4, not even its outer header */
    if (p->rxcsum & RXCSUM_IPOFLD)
        found(p, RXD_STAT_IPCS, RXD_ERR_IPE, emu_checksum_sum(header, bytes));
    total = load16(header + 2);
    if (total < bytes || total > p->left || is_fragment(header))
        return;
    p->left = total; /* without the padding of the frame */
    skip(p, bytes);
    if (header[9] == PROTO_IPV6)
        check_ipv6(p);
    else
        check_transport(p, header[9], emu_checksum_sum(header + 12, 8));
}

/* ---- Ethernet ------------------------------------------------------------------------------- */

/* Passes over the type field and all before it. Returns the type; 0: none that could be IP's. */
static uint32_t skip_ethernet(struct parser *p, uint32_t vet)
{
    static const uint8_t snap[SNAP_BYTES] = {0xAA, 0xAA, 0x03, 0, 0, 0};
    uint32_t type;

    if (p->left < ADDRESSES + TAG_BYTES + TYPE_BYTES)
        return 0;
    skip(p, ADDRESSES);
    if (load16(p->at) == vet)
        skip(p, TAG_BYTES);
    type = load16(p->at);
    skip(p, TYPE_BYTES);
    if (type > LARGEST_8023)
        return type;
    if (p->left < SNAP_BYTES + TYPE_BYTES || memcmp(p->at, snap, SNAP_BYTES) != 0)
        return 0;
    skip(p, SNAP_BYTES);
    type = load16(p->at);
    skip(p, TYPE_BYTES);
    return type;
}

struct emu_rx_checksum emu_rx_checksum(const uint8_t *frame, uint32_t length, uint32_t rxcsum,
                                       uint32_t vet)
{
    struct parser p = {.at = frame, .left = length, .rxcsum = rxcsum};
    uint32_t type = skip_ethernet(&p, vet);

    if (type == TYPE_IPV4)
        check_ipv4(&p);
    else if (type == TYPE_IPV6)
        check_ipv6(&p);
    if (!p.result.status)
        p.result.status = RXD_STAT_IXSM;
    return p.result;
}
