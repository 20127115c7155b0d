/* SPDX-License-Identifier: BSD-2-Clause */
/* The statistics registers (SDM 13.7): they stick at all ones and are cleared by reading. */
#ifndef EMU_STATS_H
#define EMU_STATS_H

#include "e1000emu.h"

/* Size classes of PRC64 to PRC1522 and PTC64 to PTC1522. */
#define EMU_STATS_SIZES 6u

#define EMU_BROADCAST 0xffffffffffffull

/* What a batch of frames adds up to, folded into the registers once it is done. Lengths are with
 * FCS. */
struct emu_tally {
    uint32_t size[EMU_STATS_SIZES]; /* good packets by size class */
    uint64_t octets;                /* of good packets */
    uint32_t group;                 /* good packets to group addresses, broadcast included */
    uint32_t broadcast;             /* good packets to all */
    uint32_t all_packets;           /* of any kind */
    uint64_t all_octets;
    /* Good packets of one length in a row that are not in size and octets yet. */
    uint32_t run, run_length;
};

/* The size class of a length of at least 64: 64, to 127, to 255, to 511, to 1023, longer. */
static inline unsigned emu_stats_size(uint32_t length)
{
    unsigned bits = 32u - (unsigned)__builtin_clz(length); /* 7 for 64 to 127 */
    unsigned class = bits - (length == 64 ? 7u : 6u);

    return class < EMU_STATS_SIZES ? class : EMU_STATS_SIZES - 1;
}

/* Puts a run where it belongs. */
static inline void emu_tally_end_run(struct emu_tally *tally)
{
    if (tally->run > 0)
        tally->size[emu_stats_size(tally->run_length)] += tally->run;
    tally->octets += (uint64_t)tally->run * tally->run_length;
    tally->run = 0;
}

/* Counts a good packet by its size and its destination, a number as in struct emu_filter. */
static inline void emu_tally_good(struct emu_tally *tally, uint32_t length, uint64_t destination)
{
    if (length != tally->run_length) {
        emu_tally_end_run(tally);
        tally->run_length = length;
    }
    tally->run++;
    if (destination & 1) {
        tally->group++;
        tally->broadcast += destination == EMU_BROADCAST;
    }
}

/* Adds to a 32-bit counter, or to a pair whose low half is at offset. */
void emu_stats_add(struct e1000emu *chip, uint32_t offset, uint32_t n);
void emu_stats_add64(struct e1000emu *chip, uint32_t offset, uint64_t n);

/* Folds a batch of received or sent frames in. */
void emu_stats_received(struct e1000emu *chip, struct emu_tally *tally);
void emu_stats_sent(struct e1000emu *chip, struct emu_tally *tally);

/* Register hooks of the 64-bit pairs: the low half clears nothing, the high half clears both. */
uint32_t emu_stats_read_low(struct e1000emu *chip, uint32_t offset);
uint32_t emu_stats_read_high(struct e1000emu *chip, uint32_t offset);

#endif
