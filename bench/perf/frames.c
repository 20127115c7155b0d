/* SPDX-License-Identifier: BSD-2-Clause */
#include "frames.h"

#include <string.h>

#define IP_SUM    24u /* places in the frame */
#define UDP       34u
#define UDP_SUM   40u
#define UDP_BYTES 8u
#define PAYLOAD   42u

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* The one's complement sum (RFC 1071) of bytes, added to another one. */
static uint32_t sum(uint32_t start, const uint8_t *at, size_t length)
{
    uint64_t total = start;

    for (size_t i = 0; i < length; i++)
        total += i % 2 == 0 ? (uint64_t)at[i] << 8 : at[i];
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return (uint32_t)total;
}

/* Of the pseudo header (RFC 768). */
static uint32_t pseudo(const uint8_t *frame)
{
    const uint32_t length = (uint32_t)frame[UDP + 4] << 8 | frame[UDP + 5];

    return sum(17 + length, frame + 26, 8);
}

static void make(uint8_t *frame, uint32_t size, const uint8_t mac[6], uint32_t number)
{
    /* Ethernet from 02:00:00:00:00:01, IPv4 with UDP from 10.0.0.1 to 10.0.0.2, port 9. */
    static const uint8_t from[] = {2, 0, 0, 0, 0, 1, 0x08, 0x00};
    static const uint8_t ip[] = {0x45, 0, 0,  0, 0, 0, 0x40, 0, 64, 17,
                                 0,    0, 10, 0, 0, 1, 10,   0, 0,  2};
    static const uint8_t udp[] = {0xc0, 0, 0, 9, 0, 0, 0, 0};
    uint32_t bits = number * 2654435761u;

    memcpy(frame, mac, 6);
    memcpy(frame + 6, from, sizeof(from));
    memcpy(frame + PERF_L2_BYTES, ip, sizeof(ip));
    memcpy(frame + UDP, udp, sizeof(udp));
    put16(frame + PERF_L2_BYTES + 2, size - PERF_L2_BYTES);
    put16(frame + PERF_L2_BYTES + 4, number);
    put16(frame + IP_SUM, ~sum(0, frame + PERF_L2_BYTES, PERF_L3_BYTES));
    put16(frame + UDP + 4, size - UDP);
    for (uint32_t i = PAYLOAD; i < size; i++) {
        bits = bits * 1664525u + 1013904223u;
        frame[i] = (uint8_t)(bits >> 24);
    }
    put16(frame + UDP_SUM, ~sum(pseudo(frame), frame + UDP, size - UDP));
    if (frame[UDP_SUM] == 0 && frame[UDP_SUM + 1] == 0)
        put16(frame + UDP_SUM, 0xffff); /* zero would mean that there is none */
}

void perf_frames_make(uint8_t *to, uint32_t size, const uint8_t mac[6])
{
    for (uint32_t i = 0; i < PERF_FRAMES; i++)
        make(to + i * perf_stride(size), size, mac, i);
}

void perf_frame_seed(uint8_t *frame)
{
    put16(frame + IP_SUM, 0);
    put16(frame + UDP_SUM, pseudo(frame));
}
