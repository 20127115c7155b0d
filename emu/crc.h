/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame check sequence of Ethernet (IEEE 802.3, 3.2.9). */
#ifndef EMU_CRC_H
#define EMU_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Goes on with the check sequence crc of what came before (0 at the start). On the wire and in
 * memory the lowest byte comes first. */
uint32_t emu_crc32(uint32_t crc, const uint8_t *data, size_t length);

#endif
