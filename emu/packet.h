/* SPDX-License-Identifier: BSD-2-Clause */
/* Received packets as wake-up and management look at them: behind a VLAN tag and an LLC/SNAP header
 * (SDM 6.4.3), and against the chip's IP addresses (SDM 13.6.4 to 13.6.6). */
#ifndef EMU_PACKET_H
#define EMU_PACKET_H

#include "e1000emu.h"

struct emu_rx_frame;

#define EMU_ARP_REQUEST 1u
#define EMU_ARP_REPLY   2u

/* A good frame without its FCS. Wherever a pointer into it is returned, NULL is for a packet of
 * another kind, or one that ends before its header does. */
struct emu_packet {
    const uint8_t *data;
    uint32_t length;
    uint32_t body; /* first byte behind the type */
    uint32_t type;
};

/* snap: the type may lie behind an LLC/SNAP header. */
struct emu_packet emu_packet_look(const struct e1000emu *chip, const struct emu_rx_frame *frame,
                                  bool snap);

/* Whether so many bytes from the body on, at an offset, are there. */
bool emu_packet_has(const struct emu_packet *packet, uint32_t offset, uint32_t bytes);

/* The operation of an ARP packet for Ethernet and IPv4, whose target's IP address begins at byte 24
 * of the body; 0: it is none. */
uint32_t emu_packet_arp(const struct emu_packet *packet);

/* Headers of 20 and of 40 bytes. */
const uint8_t *emu_packet_ip4(const struct emu_packet *packet);
const uint8_t *emu_packet_ip6(const struct emu_packet *packet);

/* Whether an address is one that IPAV calls valid. */
bool emu_packet_own_ip4(const struct e1000emu *chip, const uint8_t address[4]);
bool emu_packet_own_ip6(const struct e1000emu *chip, const uint8_t address[16]);

/* A packet's target, by ARP (which it has to be) or by IP, is one of those. */
bool emu_packet_is_own_arp(const struct e1000emu *chip, const struct emu_packet *packet);
bool emu_packet_is_own_ip4(const struct e1000emu *chip, const struct emu_packet *packet);
bool emu_packet_is_own_ip6(const struct e1000emu *chip, const struct emu_packet *packet);

#endif
