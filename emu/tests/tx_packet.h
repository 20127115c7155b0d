/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets as a stack hands them to a driver that leaves checksums and segmentation to the chip, and
 * as they must look on the wire. What must come out is worked out here from the protocols, not from
 * the chip's rules: lengths, numbers and checksums of an ordinary packet.
 */
#ifndef EMU_TESTS_TX_PACKET_H
#define EMU_TESTS_TX_PACKET_H

#include "tx_ring.h"

/* Which headers, and where they lie. The first four are the caller's. */
struct packet {
    bool ipv6;
    bool udp;
    uint32_t ip_extra;  /* bytes of IPv4 options, or of an IPv6 extension header; a multiple of 8 */
    uint32_t tcp_extra; /* bytes of TCP options, a multiple of 4 */

    uint32_t l3, l4;   /* where the IP and the TCP or UDP header begin */
    uint32_t checksum; /* where the TCP or UDP checksum is */
    uint32_t header;   /* bytes of all headers */
    uint16_t id;
    uint32_t sequence;
    uint8_t flags;      /* TCP's, of the last segment */
    uint8_t bytes[256]; /* the headers, all lengths and checksums zero */
};

#define TCP_FIN 0x01u
#define TCP_PSH 0x08u

/* Makes the headers; id, sequence and flags get values that need not stay. */
void packet_init(struct packet *packet);

/* Writes the packet with this payload: the whole of it, or segment number with those before of mss
 * bytes each. Returns its length. */
uint32_t packet_build(const struct packet *packet, const uint8_t *payload, uint32_t length,
                      uint32_t number, uint32_t mss, bool last, uint8_t *out);

/* The headers as software prepares them. For segments: lengths and IP checksum zero, the pseudo
 * header's sum without a length in the other checksum. For one packet: with its lengths. */
void packet_prototype(const struct packet *packet, uint8_t *out);
void packet_prepare(const struct packet *packet, const uint8_t *payload, uint32_t length,
                    uint8_t *out);

/* The one's complement sum, byte by byte. */
uint16_t plain_sum(const uint8_t *data, uint32_t length);

/* A context descriptor's fields. */
struct context {
    uint32_t ipcss, ipcso, ipcse, tucss, tucso, tucse;
    uint32_t tucmd; /* beside DEXT */
    uint32_t paylen, hdrlen, mss;
};

void post_context(struct fixture *f, const struct context *context);

/* The one for a packet: of checksums, or with an mss of segmentation. */
struct context context_of(const struct packet *packet, uint32_t payload, uint32_t mss);

/* A data descriptor over a fresh copy of the bytes, at most 64 KiB. */
void post_data(struct fixture *f, const uint8_t *data, uint32_t length, uint32_t command,
               uint32_t options, uint32_t special);

#define IXSM TXD_POPTS_IXSM
#define TXSM TXD_POPTS_TXSM
#define BOTH (TXD_POPTS_IXSM | TXD_POPTS_TXSM)

/* The eight kinds of packets: IPv4 and IPv6, TCP and UDP, with and without options. */
#define PACKET_KINDS 8u
struct packet packet_kind(unsigned kind);

/* Some bytes that depend on seed. */
void fill_payload(uint8_t *data, uint32_t length, uint32_t seed);

#endif
