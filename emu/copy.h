/* SPDX-License-Identifier: BSD-2-Clause */
/* Copying frames, most of which are short. */
#ifndef EMU_COPY_H
#define EMU_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* At least 32 bytes; the lengths of most small frames without a call. */
static inline void emu_copy_frame(uint8_t *to, const uint8_t *from, size_t length)
{
    if (length <= 64) {
        memcpy(to, from, 32);
        memcpy(to + length - 32, from + length - 32, 32);
    } else {
        memcpy(to, from, length);
    }
}

#endif
