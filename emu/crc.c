/* SPDX-License-Identifier: BSD-2-Clause */
#include "crc.h"

#define SLICES 8

/*
 * slice[k][b] is the remainder of byte b followed by k zero bytes. A remainder is linear: that of a
 * byte is the sum of those of its bits, so a slice of the table is given by eight numbers, and the
 * preprocessor writes the other 248.
 */
#define BIT(b, i, c) (((b) >> (i)&1u) * (c))
#define ENTRY(b, c0, c1, c2, c3, c4, c5, c6, c7)                                     \
    BIT(b, 0, c0)                                                                    \
    ^BIT(b, 1, c1) ^ BIT(b, 2, c2) ^ BIT(b, 3, c3) ^ BIT(b, 4, c4) ^ BIT(b, 5, c5) ^ \
        BIT(b, 6, c6) ^ BIT(b, 7, c7)
#define ENTRIES_4(b, ...)                                                                \
    ENTRY((b), __VA_ARGS__), ENTRY((b) + 1u, __VA_ARGS__), ENTRY((b) + 2u, __VA_ARGS__), \
        ENTRY((b) + 3u, __VA_ARGS__)
#define ENTRIES_16(b, ...)                                         \
    ENTRIES_4((b), __VA_ARGS__), ENTRIES_4((b) + 4u, __VA_ARGS__), \
        ENTRIES_4((b) + 8u, __VA_ARGS__), ENTRIES_4((b) + 12u, __VA_ARGS__)
#define ENTRIES_64(b, ...)                                            \
    ENTRIES_16((b), __VA_ARGS__), ENTRIES_16((b) + 16u, __VA_ARGS__), \
        ENTRIES_16((b) + 32u, __VA_ARGS__), ENTRIES_16((b) + 48u, __VA_ARGS__)
#define SLICE(...)                                                                            \
    ENTRIES_64(0u, __VA_ARGS__), ENTRIES_64(64u, __VA_ARGS__), ENTRIES_64(128u, __VA_ARGS__), \
        ENTRIES_64(192u, __VA_ARGS__)

static const uint32_t slice[SLICES][256] = {
    {SLICE(0x77073096u, 0xee0e612cu, 0x076dc419u, 0x0edb8832u, 0x1db71064u, 0x3b6e20c8u,
           0x76dc4190u, 0xedb88320u)},
    {SLICE(0x191b3141u, 0x32366282u, 0x646cc504u, 0xc8d98a08u, 0x4ac21251u, 0x958424a2u,
           0xf0794f05u, 0x3b83984bu)},
    {SLICE(0x01c26a37u, 0x0384d46eu, 0x0709a8dcu, 0x0e1351b8u, 0x1c26a370u, 0x384d46e0u,
           0x709a8dc0u, 0xe1351b80u)},
    {SLICE(0xb8bc6765u, 0xaa09c88bu, 0x8f629757u, 0xc5b428efu, 0x5019579fu, 0xa032af3eu,
           0x9b14583du, 0xed59b63bu)},
    {SLICE(0x3d6029b0u, 0x7ac05360u, 0xf580a6c0u, 0x30704bc1u, 0x60e09782u, 0xc1c12f04u,
           0x58f35849u, 0xb1e6b092u)},
    {SLICE(0xcb5cd3a5u, 0x4dc8a10bu, 0x9b914216u, 0xec53826du, 0x03d6029bu, 0x07ac0536u,
           0x0f580a6cu, 0x1eb014d8u)},
    {SLICE(0xa6770bb4u, 0x979f1129u, 0xf44f2413u, 0x33ef4e67u, 0x67de9cceu, 0xcfbd399cu,
           0x440b7579u, 0x8816eaf2u)},
    {SLICE(0xccaa009eu, 0x4225077du, 0x844a0efau, 0xd3e51bb5u, 0x7cbb312bu, 0xf9766256u,
           0x299dc2edu, 0x533b85dau)},
};

uint32_t emu_crc32(uint32_t crc, const uint8_t *data, size_t length)
{
    crc = ~crc;
    for (; length >= SLICES; length -= SLICES, data += SLICES) {
        uint32_t next = 0;

        for (unsigned i = 0; i < SLICES; i++) {
            uint32_t byte = data[i];

            if (i < 4)
                byte ^= crc >> (8 * i) & 0xffu;
            next ^= slice[SLICES - 1 - i][byte];
        }
        crc = next;
    }
    for (; length > 0; length--)
        crc = crc >> 8 ^ slice[0][(crc ^ *data++) & 0xffu];
    return ~crc;
}
