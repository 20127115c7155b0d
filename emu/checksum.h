/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071). */
#ifndef EMU_CHECKSUM_H
#define EMU_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "inline.h"

/*
 * A sum in the making: 64 bits wide, with the carry out of the top added at the bottom, of words in
 * the machine's own order. That may be so, as long as the result is put right: a carry out of
 * either byte ends up in the other one (RFC 1071, 2B). Parts may be summed up one by
 * one.
 */
static inline uint64_t emu_checksum_join(uint64_t a, uint64_t b)
{
    a += b;
    return a + (a < b);
}

/* Without b, which is a part of a. Where nothing but zeros is left the result may be all ones
 * instead, which is zero, too. */
static inline uint64_t emu_checksum_without(uint64_t a, uint64_t b)
{
    return emu_checksum_join(a, ~b);
}

/* Of bytes that begin at an odd place of what they are joined with. */
static inline uint64_t emu_checksum_odd(uint64_t sum)
{
    return sum << 8 | sum >> 56;
}

/* A word of 16 bits as it lies in a frame. */
static inline uint64_t emu_checksum_word(uint32_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return value & 0xffffu;
#else
    return (value << 8 & 0xff00u) | (value >> 8 & 0xffu);
#endif
}

/* Adds bytes to a sum. After an odd number of them a zero is taken to follow. */
EMU_INLINE uint64_t emu_checksum_add_bytes(uint64_t sum, const uint8_t *data, size_t length)
{
    uint64_t quad;
    uint32_t dword;
    uint16_t word;

    for (; length >= sizeof quad; length -= sizeof quad, data += sizeof quad) {
        memcpy(&quad, data, sizeof quad);
        sum = emu_checksum_join(sum, quad);
    }
    if (length & 4) {
        memcpy(&dword, data, sizeof dword);
        sum = emu_checksum_join(sum, dword);
        data += sizeof dword;
    }
    if (length & 2) {
        memcpy(&word, data, sizeof word);
        sum = emu_checksum_join(sum, word);
        data += sizeof word;
    }
    if (length & 1)
        sum = emu_checksum_join(sum, emu_checksum_word((uint32_t)*data << 8));
    return sum;
}

/* From so many bytes on it pays to look which instructions the machine has. */
#define EMU_CHECKSUM_LONG 128u

/* The same for many bytes, from nothing on: as fast as the machine can, and in plain C. */
uint64_t emu_checksum_many(const uint8_t *data, size_t length);
uint64_t emu_checksum_plain(const uint8_t *data, size_t length);

/* Likewise, of bytes that are copied. Whoever copies first and sums up then waits for each byte
 * twice.
 */
uint64_t emu_checksum_copy(uint8_t *to, const uint8_t *from, size_t length);
uint64_t emu_checksum_copy_plain(uint8_t *to, const uint8_t *from, size_t length);

/* The sum of bytes, in the making. */
EMU_INLINE uint64_t emu_checksum_bytes(const uint8_t *data, size_t length)
{
    return length < EMU_CHECKSUM_LONG ? emu_checksum_add_bytes(0, data, length)
                                      : emu_checksum_many(data, length);
}

/* Bytes of which there are most often just so many, as a header without options has. few: there are
 * less than EMU_CHECKSUM_LONG in any case. */
EMU_INLINE uint64_t emu_checksum_mostly(const uint8_t *data, size_t length, size_t usual, bool few)
{
    if (length == usual)
        return emu_checksum_add_bytes(0, data, usual);
    return few ? emu_checksum_add_bytes(0, data, length) : emu_checksum_bytes(data, length);
}

/* A sum in 16 bits: each half is added to the other one, with the carry between them. */
EMU_INLINE uint32_t emu_checksum_fold(uint64_t sum)
{
    uint32_t half;

    sum += sum << 32 | sum >> 32;
    half = (uint32_t)(sum >> 32);
    half += half << 16 | half >> 16;
    return half >> 16;
}

/* Of bytes that hold their checksum: that it is right. */
static inline bool emu_checksum_good(uint64_t sum)
{
    return emu_checksum_fold(sum) == 0xffffu;
}

/* A finished sum: 16 bits whose first byte in the frame is the high one. */
EMU_INLINE uint16_t emu_checksum_end(uint64_t sum)
{
    return (uint16_t)emu_checksum_word(emu_checksum_fold(sum));
}

/* The one's complement sum of 16-bit words whose first byte is the high one; an odd byte at the end
 * counts as if a zero followed. Not complemented. */
static inline uint16_t emu_checksum_sum(const uint8_t *data, size_t length)
{
    return emu_checksum_end(emu_checksum_bytes(data, length));
}

/* Of two finished sums. */
static inline uint16_t emu_checksum_add(uint32_t a, uint32_t b)
{
    uint32_t sum = a + b;

    return (uint16_t)(sum + (sum >> 16));
}

#endif
