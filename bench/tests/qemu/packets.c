/* SPDX-License-Identifier: BSD-2-Clause */
#include "packets.h"

#include <string.h>

#define ETHERNET 14u
#define TCP      6u
#define UDP      17u

uint32_t packet_get16(const struct packet *packet, uint32_t at)
{
    return (uint32_t)packet->data[at] << 8 | packet->data[at + 1];
}

void packet_put16(struct packet *packet, uint32_t at, uint32_t value)
{
    packet->data[at] = (uint8_t)(value >> 8);
    packet->data[at + 1] = (uint8_t)value;
}

static void fill(struct packet *packet, struct random *random, uint32_t from, uint32_t end)
{
    uint32_t word = 0;

    for (uint32_t i = from; i < end; i++, word >>= 8) {
        if ((i - from) % 4 == 0)
            word = random_u32(random);
        packet->data[i] = (uint8_t)word;
    }
}

/* Unicast, multicast or broadcast. */
static void random_destination(struct packet *packet, struct random *random)
{
    if (random_once_in(random, 8)) {
        memset(packet->data, 0xff, 6);
        return;
    }
    if (random_once_in(random, 4))
        packet->data[0] |= 1;
    else
        packet->data[0] &= 0xfe;
}

void packet_plain(struct packet *packet, struct random *random, const uint8_t *destination,
                  uint32_t length)
{
    packet->length = length;
    packet->l3 = packet->l4 = packet->header = 0;
    packet->ipv4 = packet->tcp = false;
    fill(packet, random, 0, length < ETHERNET ? ETHERNET : length);
    random_destination(packet, random);
    if (destination)
        memcpy(packet->data, destination, 6);
    packet->data[6] &= 0xfe;
}

/* The header before IP: plain, with a tag that is part of the data, or with LLC and SNAP. */
static uint32_t link_header(struct packet *packet, struct random *random, uint32_t type)
{
    static const uint8_t snap[6] = {0xaa, 0xaa, 0x03, 0, 0, 0};

    switch (random_below(random, 6)) {
    case 0:
        packet_put16(packet, 12, 0x8100);
        packet_put16(packet, 16, type);
        return ETHERNET + 4;
    case 1:
        packet_put16(packet, 12, 0x0100);
        memcpy(packet->data + ETHERNET, snap, sizeof snap);
        packet_put16(packet, 20, type);
        return ETHERNET + 8;
    default:
        packet_put16(packet, 12, type);
        return ETHERNET;
    }
}

/* Returns where the next header begins. */
static uint32_t ip_header(struct packet *packet, struct random *random, uint32_t protocol)
{
    uint8_t *ip = packet->data + packet->l3;
    uint32_t options = random_once_in(random, 4) ? 4 * random_below(random, 11) : 0;

    if (packet->ipv4) {
        ip[0] = (uint8_t)(0x45 + options / 4);
        memset(ip + 6, 0, 2);
        ip[9] = (uint8_t)protocol;
        memset(ip + 10, 0, 2);
        memset(ip + 20, 1, options);
        return packet->l3 + 20 + options;
    }
    ip[0] = 0x60;
    ip[6] = (uint8_t)protocol;
    if (options == 0)
        return packet->l3 + 40;
    /* One extension header: hop-by-hop options, padded. */
    ip[6] = 0;
    memset(ip + 40, 0, 8);
    ip[40] = (uint8_t)protocol;
    ip[42] = 1;
    ip[43] = 4;
    return packet->l3 + 48;
}

void packet_transport(struct packet *packet, struct random *random, uint32_t payload)
{
    uint32_t options = random_once_in(random, 4) ? 4 * random_below(random, 11) : 0;
    uint8_t *l4;

    packet_plain(packet, random, NULL, 256);
    packet->ipv4 = random_once_in(random, 2);
    packet->tcp = !random_once_in(random, 3);
    packet->l3 = link_header(packet, random, packet->ipv4 ? 0x0800 : 0x86dd);
    packet->l4 = ip_header(packet, random, packet->tcp ? TCP : UDP);
    packet->header = packet->l4 + (packet->tcp ? 20 + options : 8);
    packet->length = packet->header + payload;
    l4 = packet->data + packet->l4;
    if (packet->tcp) {
        l4[12] = (uint8_t)((20 + options) / 4 << 4);
        memset(l4 + 20, 1, options);
    } else {
        packet_put16(packet, packet->l4 + 4, packet->length - packet->l4);
    }
    fill(packet, random, packet->header, packet->length);
    if (packet->ipv4)
        packet_put16(packet, packet->l3 + 2, packet->length - packet->l3);
    else
        packet_put16(packet, packet->l3 + 4, packet->length - packet->l3 - 40);
    packet_put16(packet, packet_checksum_at(packet), 0);
}

uint32_t packet_checksum_at(const struct packet *packet)
{
    return packet->l4 + (packet->tcp ? 16 : 6);
}

static uint32_t fold(uint32_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

uint32_t packet_sum(const struct packet *packet, uint32_t from, uint32_t end)
{
    uint32_t sum = 0;

    for (uint32_t i = from; i < end; i++)
        sum += (i - from) & 1 ? packet->data[i] : (uint32_t)packet->data[i] << 8;
    return fold(sum);
}

void packet_seed(struct packet *packet, bool with_length)
{
    uint32_t sum = packet->tcp ? TCP : UDP;

    if (packet->ipv4)
        sum += packet_sum(packet, packet->l3 + 12, packet->l3 + 20);
    else
        sum += packet_sum(packet, packet->l3 + 8, packet->l3 + 40);
    if (with_length)
        sum += packet->length - packet->l4;
    packet_put16(packet, packet_checksum_at(packet), fold(sum));
}

void packet_zero_sum(struct packet *packet, uint32_t from, uint32_t end, uint32_t word)
{
    packet_put16(packet, word, 0);
    packet_put16(packet, word, 0xffff - packet_sum(packet, from, end));
}
