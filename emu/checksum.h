/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071). */
#ifndef EMU_CHECKSUM_H
#define EMU_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The one's complement sum of 16-bit words whose first byte is the high one; an odd byte at the end
 * counts as if a zero followed. Not complemented. */
uint16_t emu_checksum_sum(const uint8_t *data, size_t length);

/* Of two sums. */
static inline uint16_t emu_checksum_add(uint32_t a, uint32_t b)
{
    uint32_t sum = a + b;

    return (uint16_t)(sum + (sum >> 16));
}

#endif
