/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet.h"

#include <string.h>

#define TCP 6u
#define UDP 17u

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The sum of RFC 1071, not complemented. */
static uint32_t sum(const uint8_t *at, uint32_t length, uint32_t start)
{
    uint64_t all = start;

    for (uint32_t i = 0; i + 1 < length; i += 2)
        all += (uint32_t)at[i] << 8 | at[i + 1];
    if (length % 2 != 0)
        all += (uint32_t)at[length - 1] << 8;
    while (all >> 16 != 0)
        all = (all & 0xFFFF) + (all >> 16);
    return (uint32_t)all;
}

static uint8_t *l3_of(struct packet *packet)
{
    return packet->bytes + packet->l2;
}

static uint8_t *l4_of(struct packet *packet)
{
    return packet->bytes + packet->l2 + packet->l3;
}

uint8_t *packet_ip_sum(struct packet *packet)
{
    return l3_of(packet) + 10;
}

uint8_t *packet_l4_sum(struct packet *packet)
{
    return l4_of(packet) + (packet->udp ? 6 : 16);
}

void packet_sum(struct packet *packet)
{
    const uint8_t protocol = packet->udp ? UDP : TCP;
    const uint32_t l4_bytes = packet->length - packet->l2 - packet->l3;
    uint8_t *ip = l3_of(packet), *at = packet_l4_sum(packet);
    uint32_t all;

    if (!packet->ipv6) {
        put16(ip + 10, 0);
        put16(ip + 10, ~sum(ip, packet->l3, 0));
    }
    put16(at, 0);
    all =
        packet->ipv6 ? sum(ip + 8, 32, l4_bytes + protocol) : sum(ip + 12, 8, l4_bytes + protocol);
    all = ~sum(l4_of(packet), l4_bytes, all) & 0xFFFF;
    put16(at, packet->udp && all == 0 ? 0xFFFF : all);
}

static void make_ipv4(struct packet *packet, uint32_t number)
{
    uint8_t *ip = l3_of(packet);

    ip[0] = (uint8_t)(0x40 | packet->l3 / 4);
    put16(ip + 2, packet->length - packet->l2);
    put16(ip + 4, number);
    put16(ip + 6, packet->fragment ? 0x2000 : 0x4000);
    ip[8] = 64;
    ip[9] = packet->udp ? UDP : TCP;
    put32(ip + 12, 0x0A000001);
    put32(ip + 16, 0x0A000002);
    memset(ip + 20, 1, packet->l3 - 20); /* no operation */
}

static void make_ipv6(struct packet *packet)
{
    uint8_t *ip = l3_of(packet);
    const uint8_t protocol = packet->udp ? UDP : TCP;
    const uint32_t extension = packet->l3 - 40;

    ip[0] = 0x60;
    put16(ip + 4, packet->length - packet->l2 - 40);
    ip[6] = extension != 0 ? 60 : protocol; /* destination options */
    ip[7] = 64;
    ip[8] = ip[24] = 0xFD;
    ip[23] = 1;
    ip[39] = 2;
    if (extension == 0)
        return;
    ip[40] = protocol;
    ip[41] = (uint8_t)(extension / 8 - 1);
    ip[42] = 1; /* padding */
    ip[43] = (uint8_t)(extension - 4);
}

static void make_l4(struct packet *packet, uint32_t number)
{
    uint8_t *at = l4_of(packet);

    put16(at, 40000);
    put16(at + 2, 80);
    if (packet->udp) {
        put16(at + 4, 8 + packet->payload);
        return;
    }
    put32(at + 4, number * 100000);
    put32(at + 8, 12345);
    at[12] = (uint8_t)(packet->l4 / 4 << 4);
    at[13] = 0x18; /* ACK and PSH */
    put16(at + 14, 65535);
    memset(at + 20, 1, packet->l4 - 20);
}

void packet_make(struct packet *packet, const uint8_t to[6], uint32_t number)
{
    static const uint8_t from[6] = {0x02, 0x00, 0x00, 0x00, 0x0B, 0x0B};

    packet->l2 = 14;
    packet->l3 = (packet->ipv6 ? 40 : 20) + 8 * packet->options;
    packet->l4 = packet->udp ? 8 : 20 + 4 * (number % 4);
    packet->length = packet->l2 + packet->l3 + packet->l4 + packet->payload;
    memset(packet->bytes, 0, packet->l2 + packet->l3 + packet->l4);
    memcpy(packet->bytes, to, 6);
    memcpy(packet->bytes + 6, from, 6);
    put16(packet->bytes + 12, packet->ipv6 ? 0x86DD : 0x0800);
    if (packet->ipv6)
        make_ipv6(packet);
    else
        make_ipv4(packet, number);
    make_l4(packet, number);
    for (uint32_t i = 0; i < packet->payload; i++)
        l4_of(packet)[packet->l4 + i] = (uint8_t)(i * 7 + (i >> 8) * 11 + number * 13);
    packet_sum(packet);
}

bool packet_segment(const struct packet *packet, uint32_t mss, uint32_t k, struct packet *segment)
{
    const uint32_t header = packet->l2 + packet->l3 + packet->l4;
    const uint32_t start = k * mss;
    uint8_t *ip, *tcp;

    if (start >= packet->payload)
        return false;
    segment->ipv6 = packet->ipv6;
    segment->udp = packet->udp;
    segment->l2 = packet->l2;
    segment->l3 = packet->l3;
    segment->l4 = packet->l4;
    segment->payload = packet->payload - start < mss ? packet->payload - start : mss;
    segment->length = header + segment->payload;
    memcpy(segment->bytes, packet->bytes, header);
    memcpy(segment->bytes + header, packet->bytes + header + start, segment->payload);
    ip = l3_of(segment);
    tcp = l4_of(segment);
    if (packet->ipv6) {
        put16(ip + 4, segment->length - segment->l2 - 40);
    } else {
        put16(ip + 2, segment->length - segment->l2);
        put16(ip + 4, ((uint32_t)ip[4] << 8 | ip[5]) + k);
    }
    put32(tcp + 4, get32(tcp + 4) + start);
    if (start + mss < packet->payload)
        tcp[13] &= 0xF6; /* FIN and PSH belong to the last one */
    packet_sum(segment);
    return true;
}

uint32_t packet_tag(uint8_t *frame, uint32_t length, uint16_t tag)
{
    memmove(frame + 16, frame + 12, length - 12);
    put16(frame + 12, 0x8100);
    put16(frame + 14, tag);
    return length + 4;
}
