/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet.h"

#include "rx_batch.h"

#define TYPE_OFFSET 12u
#define TYPE_VLAN   0x8100u
#define TYPE_ARP    0x0806u
#define TYPE_IPV4   0x0800u
#define TYPE_IPV6   0x86DDu
#define LONGEST_LLC 1500u
#define LLC_BYTES   8u /* length, AA AA 03, and three bytes of zero */

struct emu_packet emu_packet_look(const struct e1000emu *chip, const struct emu_rx_frame *frame,
                                  bool snap)
{
    static const uint8_t header[6] = {0xAA, 0xAA, 0x03};
    const uint8_t *data = frame->wire->data;
    uint32_t at = TYPE_OFFSET;
    uint32_t type = emu_rx_load16(data + at);

    /* The table of wake-up says 8100; the chip's own filter goes by VET. */
    if (type == TYPE_VLAN || type == emu_get(chip, REG_VET)) {
        at += TAG_BYTES;
        type = emu_rx_load16(data + at);
    }
    if (snap && type <= LONGEST_LLC && memcmp(data + at + 2, header, sizeof header) == 0) {
        at += LLC_BYTES;
        type = emu_rx_load16(data + at);
    }
    return (struct emu_packet){data, frame->length - FCS, at + 2, type};
}

bool emu_packet_has(const struct emu_packet *packet, uint32_t offset, uint32_t bytes)
{
    return offset + bytes <= packet->length - packet->body;
}

/* ---- Kinds ---------------------------------------------------------------------------------- */

uint32_t emu_packet_arp(const struct emu_packet *packet)
{
    /* Ethernet, IPv4, sizes of both addresses. */
    static const uint8_t head[6] = {0x00, 0x01, 0x08, 0x00, 6, 4};
    const uint8_t *body = packet->data + packet->body;

    /* The shortest frame has room for all of it, behind a VLAN tag and LLC/SNAP too. */
    if (packet->type != TYPE_ARP || memcmp(body, head, sizeof head) != 0)
        return 0;
    return emu_rx_load16(body + sizeof head);
}

static const uint8_t *ip(const struct emu_packet *packet, uint32_t type, unsigned version,
                         uint32_t bytes)
{
    const uint8_t *header = packet->data + packet->body;

    if (packet->type != type || !emu_packet_has(packet, 0, bytes) || header[0] >> 4 != version)
        return NULL;
    return header;
}

const uint8_t *emu_packet_ip4(const struct emu_packet *packet)
{
    return ip(packet, TYPE_IPV4, 4, 20);
}

/* The manual's type of a packet that wakes is IPv4's. */
const uint8_t *emu_packet_ip6(const struct emu_packet *packet)
{
    return ip(packet, TYPE_IPV6, 6, 40);
}

/* ---- Addresses ------------------------------------------------------------------------------ */

bool emu_packet_own_ip4(const struct e1000emu *chip, const uint8_t address[4])
{
    uint32_t raw = (uint32_t)address[0] | (uint32_t)address[1] << 8 | (uint32_t)address[2] << 16 |
                   (uint32_t)address[3] << 24;

    for (unsigned i = 0; i < 4; i++) {
        if (emu_get(chip, REG_IPAV) >> i & 1u && emu_get(chip, REG_IP4AT_N(i)) == raw)
            return true;
    }
    return false;
}

bool emu_packet_own_ip6(const struct e1000emu *chip, const uint8_t address[16])
{
    if (!(emu_get(chip, REG_IPAV) & IPAV_V6))
        return false;
    for (unsigned i = 0; i < 16; i++) {
        if (address[i] != (uint8_t)(emu_get(chip, REG_IP6AT_N(i / 4)) >> (8 * (i % 4))))
            return false;
    }
    return true;
}

bool emu_packet_is_own_arp(const struct e1000emu *chip, const struct emu_packet *packet)
{
    return emu_packet_own_ip4(chip, packet->data + packet->body + 24);
}

bool emu_packet_is_own_ip4(const struct e1000emu *chip, const struct emu_packet *packet)
{
    const uint8_t *header = emu_packet_ip4(packet);

    return header && emu_packet_own_ip4(chip, header + 16);
}

bool emu_packet_is_own_ip6(const struct e1000emu *chip, const struct emu_packet *packet)
{
    const uint8_t *header = emu_packet_ip6(packet);

    return header && emu_packet_own_ip6(chip, header + 24);
}
