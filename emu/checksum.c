/* SPDX-License-Identifier: BSD-2-Clause */
#include "checksum.h"

#include <string.h>

/* The sum may be taken in the machine's own order, as long as the result is put right: a carry out
 * of either byte ends up in the other one (RFC 1071, 2B). */
static uint16_t network_order(uint16_t sum)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return sum;
#else
    return (uint16_t)(sum << 8 | sum >> 8);
#endif
}

uint16_t emu_checksum_sum(const uint8_t *data, size_t length)
{
    uint64_t sum = 0;
    uint32_t word = 0;

    /* Four bytes at a time, with room for the carries of any frame: a compiler makes vectors of
     * this. */
    for (; length >= sizeof word; length -= sizeof word, data += sizeof word) {
        memcpy(&word, data, sizeof word);
        sum += word;
    }
    word = 0;
    memcpy(&word, data, length);
    sum += word;
    sum = (sum >> 32) + (sum & 0xffffffffu);
    sum = (sum >> 16) + (sum & 0xffffu);
    sum = (sum >> 16) + (sum & 0xffffu);
    sum = (sum >> 16) + (sum & 0xffffu);
    return network_order((uint16_t)sum);
}
