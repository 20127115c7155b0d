/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of TCP and UDP over IPv4 and IPv6, with sums that are right, for scenarios about what the
 * chip does with them. */
#ifndef CHECK_PACKET_H
#define CHECK_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#define PACKET_BYTES 66000u

struct packet {
    bool ipv6, udp;
    bool fragment;    /* IPv4: of a larger datagram */
    uint32_t options; /* bytes of options of IPv4, or of an extension header of IPv6; times 8 */
    uint32_t payload; /* bytes */
    uint32_t l2;      /* bytes before IP: 14 */
    uint32_t l3, l4;  /* lengths of the headers */
    uint32_t length;  /* of all */
    uint8_t bytes[PACKET_BYTES];
};

/* Makes the bytes from what is set above, number makes it another one; the sums are right. */
void packet_make(struct packet *packet, const uint8_t to[6], uint32_t number);

/* Where the sums lie. */
uint8_t *packet_ip_sum(struct packet *packet);
uint8_t *packet_l4_sum(struct packet *packet);

/* Puts the sums right again, after something was changed. */
void packet_sum(struct packet *packet);

/* Cuts out the k-th segment of mss bytes, as TCP would have sent it; false: there is no such. */
bool packet_segment(const struct packet *packet, uint32_t mss, uint32_t k, struct packet *segment);

/* Puts a tag behind the addresses. Returns the new length. */
uint32_t packet_tag(uint8_t *frame, uint32_t length, uint16_t tag);

#endif
