/* SPDX-License-Identifier: BSD-2-Clause */
/* Random but valid packets: Ethernet II, VLAN and SNAP headers, IPv4 and IPv6, TCP and UDP. */
#ifndef QEMU_PACKETS_H
#define QEMU_PACKETS_H

#include "random.h"

#include <stddef.h>

#define PACKET_MAX 32768u

struct packet {
    uint8_t data[PACKET_MAX];
    uint32_t length;
    uint32_t l3, l4; /* offsets of the IP and the TCP or UDP header; 0: there is none */
    uint32_t header; /* bytes before the payload */
    bool ipv4, tcp;
};

/* An Ethernet header with this destination, or a random one if NULL, and random bytes. */
void packet_plain(struct packet *packet, struct random *random, const uint8_t *destination,
                  uint32_t length);

/* A TCP or UDP packet with so many bytes of payload and checksum fields of zero. */
void packet_transport(struct packet *packet, struct random *random, uint32_t payload);

/* The sum of 16-bit words over a range, folded; an odd last byte counts as the high one. */
uint32_t packet_sum(const struct packet *packet, uint32_t from, uint32_t end);

/* The pseudo-header's sum into the checksum field, with or without the length in it, as software
 * leaves it for the chip. */
void packet_seed(struct packet *packet, bool with_length);

/* Where the checksum of the TCP or UDP header lies. */
uint32_t packet_checksum_at(const struct packet *packet);

/* Changes a word, so that the checksum over a range, as the chip makes it, comes out as zero. */
void packet_zero_sum(struct packet *packet, uint32_t from, uint32_t end, uint32_t word);

uint32_t packet_get16(const struct packet *packet, uint32_t at);
void packet_put16(struct packet *packet, uint32_t at, uint32_t value);

#endif
