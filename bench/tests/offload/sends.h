/* SPDX-License-Identifier: BSD-2-Clause */
/* Random packets that leave part of their making to the chip, as a host's stack hands them to a
 * driver. The same seed gives the same packets. */
#ifndef OFFLOAD_SENDS_H
#define OFFLOAD_SENDS_H

#include "chip.h"

#define SEND_HEADER_MAX  240u
#define SEND_PAYLOAD_MAX 65000u

enum send_kind {
    SEND_LEGACY,  /* a legacy descriptor inserts the TCP or UDP checksum */
    SEND_CONTEXT, /* a context inserts it, and that of IPv4 */
    SEND_SEGMENTS /* segmentation */
};

struct send {
    enum send_kind kind;
    bool ipv6, udp, tagged;
    uint16_t tag;
    uint32_t l3, l4;   /* where the headers begin, in the frame without its tag */
    uint32_t checksum; /* where that of TCP or UDP lies */
    uint32_t header;   /* bytes of all headers */
    uint32_t payload;  /* bytes behind them */
    uint32_t mss;      /* of segments, else 0 */
    uint32_t frames;   /* that must come out */
    unsigned cuts;
    uint32_t cut[12]; /* how the bytes lie in descriptors */
    /* The whole packet, with its lengths; no checksum is there yet. */
    uint8_t bytes[SEND_HEADER_MAX + SEND_PAYLOAD_MAX];
};

/* How every packet begins: destination and source. */
extern const uint8_t send_addresses[12];

/* Makes the next packet of a series; *seed goes on. */
void send_make(struct send *send, uint64_t *seed);

/* Sends it through the chip. */
void send_by_chip(struct chip *chip, const struct send *send);

/* The sum of the pseudo header with this length, not complemented. */
uint16_t send_pseudo_sum(const struct send *send, uint32_t length);

/* The IPv4 header's checksum, as it belongs into the frame. */
uint16_t send_ip_checksum(const struct send *send);

/* A number in network order. */
void send_put16(uint8_t *at, uint32_t value);

#endif
