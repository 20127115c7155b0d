/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames in fragments, as drivers hand them over. */
#ifndef BENCH_FRAGS_H
#define BENCH_FRAGS_H

#include "e1000_core.h"

#include <string.h>

/* Fragments of the frame that begins at frags[0]; count is what there is. */
static inline unsigned frags_of_frame(const struct e1000_frag *frags, unsigned count)
{
    unsigned n = 1;

    while (n < count && (frags[n - 1].flags & E1000_FRAG_EOP) == 0)
        n++;
    return n;
}

/* Frames that end in these fragments. */
static inline unsigned frags_frames(const struct e1000_frag *frags, unsigned count)
{
    unsigned frames = 0;

    for (unsigned i = 0; i < count; i++)
        frames += (frags[i].flags & E1000_FRAG_EOP) != 0;
    return frames;
}

/* Puts a frame together, as far as there is room for it. Returns the bytes in to. */
static inline uint32_t frags_gather(const struct e1000_frag *frags, unsigned count, uint8_t *to,
                                    uint32_t size)
{
    uint32_t length = 0;

    for (unsigned i = 0; i < count; i++) {
        const uint32_t room = size - length;
        const uint32_t part = frags[i].length < room ? frags[i].length : room;

        memcpy(to + length, frags[i].data, part);
        length += part;
    }
    return length;
}

#endif
