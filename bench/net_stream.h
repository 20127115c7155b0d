/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes that a transfer carries: a sequence that looks random, the same for each seed, and its
 * checksum (CRC-32 as of zlib). */
#ifndef BENCH_NET_STREAM_H
#define BENCH_NET_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

struct net_stream {
    uint64_t state;
    uint64_t left; /* bytes that are still to come */
    uint32_t crc;  /* of those that have */
};

static inline struct net_stream net_stream(uint64_t seed, uint64_t bytes)
{
    return (struct net_stream){.state = seed * 0x9E3779B97F4A7C15u + 1, .left = bytes};
}

/* Makes the next bytes, as many as there are and size, a multiple of 8, allows. Returns how many.
 */
static inline size_t net_stream_next(struct net_stream *stream, uint8_t *to, size_t size)
{
    const size_t count = stream->left < size ? (size_t)stream->left : size;

    for (size_t i = 0; i < count; i += 8) {
        uint64_t x = stream->state;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        stream->state = x;
        memcpy(to + i, &x, 8);
    }
    stream->left -= count;
    stream->crc = (uint32_t)crc32(stream->crc, to, (uInt)count);
    return count;
}

#endif
