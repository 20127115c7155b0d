/* SPDX-License-Identifier: BSD-2-Clause */
#include "tx_packet.h"

#include <string.h>

#define ETHERNET 14u
#define TCP      6u
#define UDP      17u

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

uint16_t plain_sum(const uint8_t *data, uint32_t length)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < length; i++) {
        sum += i % 2 ? data[i] : (uint32_t)data[i] << 8;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)sum;
}

static uint16_t add(uint32_t a, uint32_t b)
{
    return (uint16_t)((a + b) % 0x10000 + (a + b) / 0x10000);
}

void fill_payload(uint8_t *data, uint32_t length, uint32_t seed)
{
    for (uint32_t i = 0; i < length; i++) {
        seed = seed * 1664525u + 1013904223u;
        data[i] = (uint8_t)(seed >> 24);
    }
}

/* ---- Headers -------------------------------------------------------------------------------- */

static void init_ipv4(struct packet *p)
{
    uint8_t *ip = p->bytes + p->l3;

    ip[0] = (uint8_t)(0x40 | (20 + p->ip_extra) / 4);
    ip[1] = 0x12;
    ip[6] = 0x40; /* don't fragment */
    ip[8] = 61;
    ip[9] = p->udp ? UDP : TCP;
    memcpy(ip + 12, (const uint8_t[]){192, 0, 2, 200, 198, 51, 100, 7}, 8);
    memset(ip + 20, 1, p->ip_extra); /* no-operation options */
}

static void init_ipv6(struct packet *p)
{
    uint8_t *ip = p->bytes + p->l3;

    put32(ip, 0x6123abcd);
    ip[6] = p->ip_extra ? 60 : p->udp ? UDP : TCP; /* destination options first */
    ip[7] = 61;
    fill_payload(ip + 8, 32, 77);
    if (p->ip_extra) {
        ip[40] = p->udp ? UDP : TCP;
        ip[41] = (uint8_t)(p->ip_extra / 8 - 1);
        ip[42] = 1; /* one padding option over the rest */
        ip[43] = (uint8_t)(p->ip_extra - 4);
    }
}

static void init_l4(struct packet *p)
{
    uint8_t *l4 = p->bytes + p->l4;

    put16(l4, 0xc001);
    put16(l4 + 2, 443);
    if (p->udp)
        return;
    put32(l4 + 8, 0x89abcdef);
    l4[12] = (uint8_t)((20 + p->tcp_extra) / 4 << 4);
    put16(l4 + 14, 0x7210);
    memset(l4 + 20, 1, p->tcp_extra);
}

void packet_init(struct packet *p)
{
    memset(p->bytes, 0, sizeof p->bytes);
    p->l3 = ETHERNET;
    p->l4 = p->l3 + (p->ipv6 ? 40 : 20) + p->ip_extra;
    p->checksum = p->l4 + (p->udp ? 6 : 16);
    p->header = p->l4 + (p->udp ? 8 : 20 + p->tcp_extra);
    p->id = 0x1234;
    p->sequence = 0x01020304;
    p->flags = 0x10 | TCP_PSH; /* ACK */
    memcpy(p->bytes, tx_station, 6);
    memcpy(p->bytes + 6, (const uint8_t[]){2, 0, 0, 0, 0, 1}, 6);
    put16(p->bytes + 12, p->ipv6 ? 0x86dd : 0x0800);
    if (p->ipv6)
        init_ipv6(p);
    else
        init_ipv4(p);
    init_l4(p);
}

struct packet packet_kind(unsigned kind)
{
    struct packet p = {.ipv6 = kind & 1,
                       .udp = kind & 2,
                       .ip_extra = kind & 4 ? 16 : 0,
                       .tcp_extra = kind & 4 ? 12 : 0};

    packet_init(&p);
    return p;
}

/* ---- Whole packets -------------------------------------------------------------------------- */

/* Of the pseudo header, with this length. */
static uint16_t pseudo_sum(const struct packet *p, uint32_t length)
{
    const uint8_t *ip = p->bytes + p->l3;
    uint16_t sum = p->ipv6 ? plain_sum(ip + 8, 32) : plain_sum(ip + 12, 8);

    return add(add(sum, p->udp ? UDP : TCP), length);
}

/* What is written for every packet. */
static void put_numbers(const struct packet *p, uint32_t length, uint32_t number, uint32_t mss,
                        uint8_t *out)
{
    memcpy(out, p->bytes, p->header);
    if (p->ipv6)
        put16(out + p->l3 + 4, p->header - p->l3 - 40 + length);
    else
        put16(out + p->l3 + 2, p->header - p->l3 + length);
    if (!p->ipv6)
        put16(out + p->l3 + 4, p->id + number);
    if (p->udp) {
        put16(out + p->l4 + 4, 8 + length);
    } else {
        put32(out + p->l4 + 4, p->sequence + number * mss);
        out[p->l4 + 13] = p->flags;
    }
}

uint32_t packet_build(const struct packet *p, const uint8_t *payload, uint32_t length,
                      uint32_t number, uint32_t mss, bool last, uint8_t *out)
{
    uint32_t total = p->header + length;
    uint32_t sum;

    put_numbers(p, length, number, mss, out);
    memcpy(out + p->header, payload, length);
    if (!p->udp && !last)
        out[p->l4 + 13] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
    if (!p->ipv6)
        put16(out + p->l3 + 10, 0xffffu ^ plain_sum(out + p->l3, 20 + p->ip_extra));
    sum = add(pseudo_sum(p, total - p->l4), plain_sum(out + p->l4, total - p->l4)) ^ 0xffffu;
    put16(out + p->checksum, sum == 0 && p->udp ? 0xffff : sum);
    return total;
}

void packet_prepare(const struct packet *p, const uint8_t *payload, uint32_t length, uint8_t *out)
{
    put_numbers(p, length, 0, 0, out);
    put16(out + p->checksum, pseudo_sum(p, p->header - p->l4 + length));
    memcpy(out + p->header, payload, length);
}

void packet_prototype(const struct packet *p, uint8_t *out)
{
    put_numbers(p, 0, 0, 0, out);
    put16(out + p->l3 + (p->ipv6 ? 4 : 2), 0);
    if (p->udp)
        put16(out + p->l4 + 4, 0);
    put16(out + p->checksum, pseudo_sum(p, 0));
}

/* ---- Descriptors ---------------------------------------------------------------------------- */

void post_context(struct fixture *f, const struct context *c)
{
    tx_post(f,
            c->ipcss | c->ipcso << 8 | c->ipcse << 16 | (uint64_t)c->tucss << 32 |
                (uint64_t)c->tucso << 40 | (uint64_t)c->tucse << 48,
            c->paylen | (uint64_t)(c->tucmd | TXD_CMD_DEXT) << 24 | (uint64_t)c->hdrlen << 40 |
                (uint64_t)c->mss << 48);
}

struct context context_of(const struct packet *p, uint32_t payload, uint32_t mss)
{
    return (struct context){
        .ipcss = p->l3,
        .ipcso = p->l3 + 10,
        .ipcse = p->l4 - 1,
        .tucss = p->l4,
        .tucso = p->checksum,
        .tucmd =
            (p->udp ? 0 : TXD_TUCMD_TCP) | (p->ipv6 ? 0 : TXD_TUCMD_IP) | (mss ? TXD_CMD_TSE : 0),
        .paylen = mss ? payload : 0,
        .hdrlen = mss ? p->header : 0,
        .mss = mss,
    };
}

void post_data(struct fixture *f, const uint8_t *data, uint32_t length, uint32_t command,
               uint32_t options, uint32_t special)
{
    memcpy(fixture_at(f, software.room), data, length);
    tx_post(f, software.room,
            length | 1u << 20 | (uint64_t)(command | TXD_CMD_DEXT) << 24 | (uint64_t)options << 40 |
                (uint64_t)special << 48);
    software.room += (length + 15) & ~15ull;
    if (software.room > FIXTURE_BUS + FIXTURE_MEMORY - 0x20000)
        software.room = TX_BUFFERS;
}
