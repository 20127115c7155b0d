/* SPDX-License-Identifier: BSD-2-Clause */
#include "wake_frames.h"

#include <string.h>

#include "fixture.h"

const uint8_t wake_mac[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x55};
const uint8_t wake_broadcast[6] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

void wake_frame(uint8_t *data, size_t length, const uint8_t destination[6])
{
    fixture_make_frame(data, length, destination, (uint32_t)length);
}

void wake_magic(uint8_t *data, size_t length, const uint8_t destination[6], size_t at)
{
    wake_frame(data, length, destination);
    memset(data + at, 0xFF, 6);
    for (size_t i = 0; i < 16; i++)
        memcpy(data + at + 6 + 6 * i, wake_mac, 6);
}
