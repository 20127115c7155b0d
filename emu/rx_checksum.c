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

#define IPV4_NO_OPTIONS 0x45u /* version, and length of the header in 4 bytes */
#define ALL_CHECKS      (RXCSUM_IPOFLD | RXCSUM_TUOFLD)

#define ERRORS_SHIFT 8

/* What is left to look at, and what was found so far. */
struct parser {
    const uint8_t *at;
    uint32_t left;
    uint64_t sum;    /* of all in front of at, which is looked at only once */
    uint32_t status; /* RXD_STAT_*, and RXD_ERR_* from ERRORS_SHIFT on */
};

static uint32_t load16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* Passes over bytes whose sum is known; there were an even number before. */
static inline void skip_summed(struct parser *p, uint32_t bytes, uint64_t sum)
{
    p->sum = emu_checksum_join(p->sum, sum);
    p->at += bytes;
    p->left -= bytes;
}

static inline void skip(struct parser *p, uint32_t bytes)
{
    skip_summed(p, bytes, emu_checksum_add_bytes(0, p->at, bytes));
}

/* One check was made. With the field itself, a good sum is all ones. */
static inline void found(struct parser *p, uint32_t status, uint32_t error, uint64_t sum)
{
    p->status |= emu_checksum_good(sum) ? status : status | error << ERRORS_SHIFT;
}

/* ---- TCP and UDP ---------------------------------------------------------------------------- */

/* pseudo is the sum of the two IP addresses. */
static inline void check_transport(struct parser *p, uint32_t rxcsum, uint32_t protocol,
                                   uint64_t pseudo)
{
    uint32_t length = p->left;
    uint64_t sum;

    if (!(rxcsum & RXCSUM_TUOFLD))
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
    sum = emu_checksum_bytes(p->at, length);
    pseudo = emu_checksum_join(pseudo, emu_checksum_word(protocol) + emu_checksum_word(length));
    found(p, RXD_STAT_TCPCS, RXD_ERR_TCPE, emu_checksum_join(sum, pseudo));
    skip_summed(p, length, sum);
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

/* By value, as all that is rare: what has its address taken lies in memory. */
__attribute__((noinline)) static struct parser check_ipv6(struct parser parser, uint32_t rxcsum)
{
    struct parser *p = &parser;
    const uint8_t *source, *target;
    uint32_t protocol, payload;

    if (!(rxcsum & RXCSUM_IPV6OFL) || p->left < IPV6_BYTES || p->at[0] >> 4 != 6)
        return parser;
    source = p->at + IPV6_SOURCE;
    target = p->at + IPV6_TARGET;
    payload = load16(p->at + 4);
    protocol = p->at[6];
    if (payload > p->left - IPV6_BYTES)
        return parser;
    skip(p, IPV6_BYTES);
    p->left = payload; /* without the padding of the frame */
    while (protocol == PROTO_HOP_BY_HOP || protocol == PROTO_ROUTING || protocol == PROTO_OPTIONS) {
        uint32_t next = p->left > 0 ? p->at[0] : 0;

        if (!skip_extension(p, protocol, &target))
            return parser;
        protocol = next;
    }
    check_transport(
        p, rxcsum, protocol,
        emu_checksum_add_bytes(emu_checksum_bytes(source, IPV6_LENGTH), target, IPV6_LENGTH));
    return parser;
}

/* ---- IPv4 ----------------------------------------------------------------------------------- */

static bool is_fragment(const uint8_t *header)
{
    return load16(header + 6) & 0x3fffu; /* more to come, or an offset */
}

static inline void check_ipv4(struct parser *p, uint32_t rxcsum)
{
    const uint8_t *header = p->at;
    uint32_t bytes, total;
    uint64_t sum;

    if (p->left < IPV4_BYTES || header[0] >> 4 != 4)
        return;
    bytes = 4 * (header[0] & 0xfu);
    if (bytes < IPV4_BYTES || bytes > p->left || header[9] == PROTO_IPV4)
        return; /* the table has nothing for IPv4 in IPv4, not even its outer header */
    sum = emu_checksum_mostly(header, bytes, IPV4_BYTES, true);
    if (rxcsum & RXCSUM_IPOFLD)
        found(p, RXD_STAT_IPCS, RXD_ERR_IPE, sum);
    total = load16(header + 2);
    if (total < bytes || total > p->left || is_fragment(header))
        return;
    p->left = total; /* without the padding of the frame */
    skip_summed(p, bytes, sum);
    if (header[9] == PROTO_IPV6)
        *p = check_ipv6(*p, rxcsum);
    else
        check_transport(p, rxcsum, header[9], emu_checksum_bytes(header + 12, 8));
}

/* ---- Ethernet ------------------------------------------------------------------------------- */

/* Passes over a SNAP header and the type behind it. */
__attribute__((noinline)) static struct parser skip_snap(struct parser parser, uint32_t *type)
{
    static const uint8_t snap[SNAP_BYTES] = {0xAA, 0xAA, 0x03, 0, 0, 0};

    *type = 0;
    if (parser.left < SNAP_BYTES + TYPE_BYTES || memcmp(parser.at, snap, SNAP_BYTES) != 0)
        return parser;
    *type = load16(parser.at + SNAP_BYTES);
    skip(&parser, SNAP_BYTES + TYPE_BYTES);
    return parser;
}

/* Passes over the type field and all before it. Returns the type; 0: none that could be IP's. */
static inline uint32_t skip_ethernet(struct parser *p, uint32_t vet)
{
    uint32_t type, behind;

    if (p->left < ADDRESSES + TAG_BYTES + TYPE_BYTES)
        return 0;
    type = load16(p->at + ADDRESSES);
    skip(p, ADDRESSES + TYPE_BYTES);
    if (type == vet) {
        type = load16(p->at + TAG_BYTES - TYPE_BYTES);
        skip(p, TAG_BYTES);
    }
    if (type > LARGEST_8023)
        return type;
    *p = skip_snap(*p, &behind);
    return behind;
}

static inline void check(struct parser *p, uint32_t rxcsum, uint32_t vet)
{
    uint32_t type = skip_ethernet(p, vet);

    if (type == TYPE_IPV4)
        check_ipv4(p, rxcsum);
    else if (type == TYPE_IPV6)
        *p = check_ipv6(*p, rxcsum);
    if (!p->status)
        p->status = RXD_STAT_IXSM;
}

static inline struct emu_rx_checksum result(const struct parser *p, uint16_t packet)
{
    return (struct emu_rx_checksum){.status = (uint8_t)p->status,
                                    .errors = (uint8_t)(p->status >> ERRORS_SHIFT),
                                    .packet = packet};
}

/* What check() comes to, by a short cut, for most frames of most traffic: IPv4 without options and
 * not in fragments, TCP or UDP, all checks asked for. False: it is not that, and nothing was done.
 */
EMU_INLINE bool check_common(struct parser *p, uint32_t rxcsum, uint32_t vet)
{
    const uint8_t *ip = p->at + ADDRESSES + TYPE_BYTES, *transport = ip + IPV4_BYTES;
    uint32_t total, length;
    uint64_t header, data, pseudo;

    if (p->left < ADDRESSES + TYPE_BYTES + IPV4_BYTES + UDP_BYTES || vet == TYPE_IPV4 ||
        (rxcsum & ALL_CHECKS) != ALL_CHECKS || load16(ip - TYPE_BYTES) != TYPE_IPV4 ||
        ip[0] != IPV4_NO_OPTIONS || is_fragment(ip))
        return false;
    total = load16(ip + 2);
    length = total - IPV4_BYTES;
    if (total < IPV4_BYTES + UDP_BYTES || total > p->left - ADDRESSES - TYPE_BYTES)
        return false;
    if (ip[9] == PROTO_UDP ? load16(transport + 4) != length || load16(transport + 6) == 0
                           : ip[9] != PROTO_TCP || length < TCP_BYTES)
        return false;
    header = emu_checksum_add_bytes(0, ip, IPV4_BYTES);
    data = emu_checksum_bytes(transport, length);
    pseudo = emu_checksum_join(emu_checksum_add_bytes(0, ip + 12, 8),
                               emu_checksum_word(ip[9]) + emu_checksum_word(length));
    found(p, RXD_STAT_IPCS, RXD_ERR_IPE, header);
    found(p, RXD_STAT_TCPCS, RXD_ERR_TCPE, emu_checksum_join(data, pseudo));
    p->sum = emu_checksum_join(emu_checksum_add_bytes(data, p->at, ADDRESSES + TYPE_BYTES), header);
    p->at = transport + length;
    return true;
}

struct emu_rx_checksum emu_rx_checksum(const uint8_t *frame, uint32_t length, uint32_t rxcsum,
                                       uint32_t vet)
{
    struct parser p = {.at = frame, .left = length};

    check(&p, rxcsum, vet);
    return result(&p, 0);
}

/* From the byte on that PCSS names. */
static uint64_t sum_from(const uint8_t *frame, uint32_t length, uint32_t start)
{
    return length > start ? emu_checksum_bytes(frame + start, length - start) : 0;
}

struct emu_rx_checksum emu_rx_checksum_all(const uint8_t *frame, uint32_t length, uint32_t rxcsum,
                                           uint32_t vet)
{
    struct parser p = {.at = frame, .left = length};
    uint32_t done;
    uint64_t rest;

    if (!check_common(&p, rxcsum, vet))
        check(&p, rxcsum, vet);
    done = (uint32_t)(p.at - frame);
    if (rxcsum & RXCSUM_PCSS) {
        p.sum = sum_from(frame, length, rxcsum & RXCSUM_PCSS);
    } else if (done < length) {
        rest = sum_from(frame, length, done);
        p.sum = emu_checksum_join(p.sum, done % 2 ? emu_checksum_odd(rest) : rest);
    }
    return result(&p, (uint16_t)~emu_checksum_end(p.sum));
}
