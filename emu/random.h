/* SPDX-License-Identifier: BSD-2-Clause */
/* What a chip or its profile leaves to chance: different each time, and the same in each run. */
#ifndef EMU_RANDOM_H
#define EMU_RANDOM_H

#include "chip.h"

/* The next number of the chip's simple generator. */
static inline uint32_t emu_random(struct e1000emu *chip)
{
    uint32_t x = chip->seed + 0x9E3779B9u;

    chip->seed = x;
    x = (x ^ x >> 16) * 0x85EBCA6Bu;
    x = (x ^ x >> 13) * 0xC2B2AE35u;
    return x ^ x >> 16;
}

#endif
