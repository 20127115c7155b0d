/* SPDX-License-Identifier: BSD-2-Clause */
#include "sends.h"

#include <string.h>

#include "hw.h"

#define ETHERNET 14u
#define TCP      6u
#define UDP      17u

const uint8_t send_addresses[12] = {2, 0, 0, 0, 0xb, 0xb, 2, 0, 0, 0, 0xa, 0xa};

/* ---- Chance --------------------------------------------------------------------------------- */

static uint32_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*seed >> 32);
}

static uint32_t below(uint64_t *seed, uint32_t limit)
{
    return (uint32_t)((uint64_t)next(seed) * limit >> 32);
}

static bool one_in(uint64_t *seed, uint32_t n)
{
    return below(seed, n) == 0;
}

/* ---- Bytes ---------------------------------------------------------------------------------- */

void send_put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void fill(uint8_t *at, uint32_t length, uint64_t *seed)
{
    for (uint32_t i = 0; i < length; i++)
        at[i] = (uint8_t)next(seed);
}

static uint32_t sum(uint32_t start, const uint8_t *data, uint32_t length)
{
    for (uint32_t i = 0; i + 1 < length; i += 2)
        start += (uint32_t)data[i] << 8 | data[i + 1];
    while (start >> 16)
        start = (start & 0xffff) + (start >> 16);
    return start;
}

uint16_t send_pseudo_sum(const struct send *send, uint32_t length)
{
    const uint8_t *ip = send->bytes + send->l3;
    uint32_t start = length + (send->udp ? UDP : TCP);

    return (uint16_t)(send->ipv6 ? sum(start, ip + 8, 32) : sum(start, ip + 12, 8));
}

uint16_t send_ip_checksum(const struct send *send)
{
    return (uint16_t)~sum(0, send->bytes + send->l3, send->l4 - send->l3);
}

/* ---- Packets -------------------------------------------------------------------------------- */

static void make_ipv4(struct send *send, uint32_t options, uint64_t *seed)
{
    uint8_t *ip = send->bytes + send->l3;

    fill(ip, 20, seed); /* type of service, identification, addresses: anything goes */
    ip[0] = (uint8_t)(0x45 + options / 4);
    send_put16(ip + 2, send->header + send->payload - send->l3);
    send_put16(ip + 6, one_in(seed, 2) ? 0x4000 : 0);
    ip[8] = 64;
    ip[9] = send->udp ? UDP : TCP;
    send_put16(ip + 10, 0);
    ip[12] = 10;
    ip[16] = 10;
    memset(ip + 20, 1, options); /* no operation */
}

static void make_ipv6(struct send *send, uint32_t extension, uint64_t *seed)
{
    uint8_t *ip = send->bytes + send->l3;
    uint8_t protocol = send->udp ? UDP : TCP;

    fill(ip, 40, seed);
    ip[0] = (uint8_t)(0x60 | (ip[0] & 0x0f));
    send_put16(ip + 4, send->header + send->payload - send->l3 - 40);
    ip[6] = extension ? 60 : protocol; /* destination options */
    ip[7] = 64;
    ip[8] = 0xfd;
    ip[24] = 0xfd;
    if (extension) {
        ip[40] = protocol;
        ip[41] = (uint8_t)(extension / 8 - 1);
        ip[42] = 1; /* padding */
        ip[43] = (uint8_t)(extension - 4);
        memset(ip + 44, 0, extension - 4);
    }
}

static void make_tcp(struct send *send, uint32_t options, uint64_t *seed)
{
    uint8_t *tcp = send->bytes + send->l4;

    fill(tcp, 20, seed);
    tcp[12] = (uint8_t)((20 + options) / 4 << 4);
    /* Any flags but SYN, which carries no data, RST, and CWR, which a stack sends only once. */
    tcp[13] &= 0x79;
    memset(tcp + 20, 1, options);
}

static void make_udp(struct send *send, uint64_t *seed)
{
    uint8_t *udp = send->bytes + send->l4;

    fill(udp, 4, seed);
    send_put16(udp + 4, 8 + send->payload);
}

static void choose_sizes(struct send *send, uint64_t *seed)
{
    static const uint32_t usual[] = {1448, 1460, 1440, 536, 8960, 1};

    send->payload = one_in(seed, 3) ? below(seed, 8900) : below(seed, 1461);
    send->mss = 0;
    send->frames = 1;
    if (send->kind != SEND_SEGMENTS)
        return;
    send->mss = one_in(seed, 2) ? usual[below(seed, 6)] : 1 + below(seed, 2000);
    /* Up to forty segments, often not a multiple, never less than two. */
    send->payload = send->mss + 1 + below(seed, send->mss * 40);
    if (one_in(seed, 5))
        send->payload = send->mss * (2 + below(seed, 5));
    if (send->payload > SEND_PAYLOAD_MAX)
        send->payload = SEND_PAYLOAD_MAX - below(seed, 1000);
    send->frames = (send->payload + send->mss - 1) / send->mss;
}

static void choose_cuts(struct send *send, uint64_t *seed)
{
    send->cuts = below(seed, 13);
    for (unsigned i = 0; i < send->cuts; i++)
        send->cut[i] = one_in(seed, 3) ? 1 + below(seed, 60) : 1 + below(seed, 4096);
    if (one_in(seed, 3) && send->cuts > 0)
        send->cut[0] = send->header;
}

void send_make(struct send *send, uint64_t *seed)
{
    uint32_t ip_options = one_in(seed, 3) ? 8 + 8 * below(seed, 3) : 0;
    uint32_t tcp_options = one_in(seed, 2) ? 4 * below(seed, 11) : 0;

    send->kind = (enum send_kind)below(seed, 3);
    send->ipv6 = one_in(seed, 2);
    send->udp = one_in(seed, 3);
    send->tagged = one_in(seed, 3);
    send->tag = (uint16_t)(next(seed) & 0xefff); /* any priority and VLAN but no CFI */
    send->l3 = ETHERNET;
    send->l4 = send->l3 + (send->ipv6 ? 40 : 20) + ip_options;
    send->checksum = send->l4 + (send->udp ? 6 : 16);
    send->header = send->l4 + (send->udp ? 8 : 20 + tcp_options);
    choose_sizes(send, seed);
    choose_cuts(send, seed);

    memcpy(send->bytes, send_addresses, sizeof send_addresses);
    send_put16(send->bytes + 12, send->ipv6 ? 0x86dd : 0x0800);
    if (send->ipv6)
        make_ipv6(send, ip_options, seed);
    else
        make_ipv4(send, ip_options, seed);
    if (send->udp)
        make_udp(send, seed);
    else
        make_tcp(send, tcp_options, seed);
    send_put16(send->bytes + send->checksum, 0);
    fill(send->bytes + send->header, send->payload, seed);
}

/* ---- Through the chip ----------------------------------------------------------------------- */

static void post_context(struct chip *chip, const struct send *send)
{
    uint32_t command = TXD_CMD_DEXT | (send->udp ? 0 : TXD_TUCMD_TCP) |
                       (send->ipv6 ? 0 : TXD_TUCMD_IP) | (send->mss ? TXD_CMD_TSE : 0);
    uint64_t low = send->l3 | (send->l3 + 10) << 8 | (send->l4 - 1) << 16 |
                   (uint64_t)send->l4 << 32 | (uint64_t)send->checksum << 40;
    uint64_t high = (uint64_t)command << 24;

    if (send->mss)
        high |= send->payload | (uint64_t)send->header << 40 | (uint64_t)send->mss << 48;
    chip_context(chip, low, high);
}

/* What a driver does to the headers before it posts them (SDM 3.5.2). */
static void prepare(const struct send *send, uint8_t *bytes)
{
    uint32_t length = send->header + send->payload - send->l4;

    memcpy(bytes, send->bytes, send->header + send->payload);
    if (send->kind == SEND_LEGACY && !send->ipv6)
        send_put16(bytes + send->l3 + 10, send_ip_checksum(send));
    if (send->kind == SEND_SEGMENTS) {
        length = 0;
        send_put16(bytes + send->l3 + (send->ipv6 ? 4 : 2), 0);
        if (send->udp)
            send_put16(bytes + send->l4 + 4, 0);
    }
    send_put16(bytes + send->checksum, send_pseudo_sum(send, length));
}

void send_by_chip(struct chip *chip, const struct send *send)
{
    static uint8_t bytes[SEND_HEADER_MAX + SEND_PAYLOAD_MAX];
    uint32_t command = TXD_CMD_EOP | TXD_CMD_IFCS | (send->tagged ? TXD_CMD_VLE : 0);
    uint64_t fields = (uint64_t)send->tag << 48;

    prepare(send, bytes);
    if (send->kind == SEND_LEGACY) {
        command |= TXD_CMD_IC;
        fields |= (uint64_t)send->l4 << 40 | send->checksum << 16;
    } else {
        command |= TXD_CMD_DEXT | (send->mss ? TXD_CMD_TSE : 0);
        fields |= 1u << 20 | (uint64_t)(TXD_POPTS_TXSM | (send->ipv6 ? 0 : TXD_POPTS_IXSM)) << 40;
        post_context(chip, send);
    }
    chip_post(chip, bytes, send->header + send->payload, fields | (uint64_t)command << 24,
              send->cut, send->cuts);
    chip_send(chip);
}
