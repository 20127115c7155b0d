/* SPDX-License-Identifier: BSD-2-Clause */
/* The statistics registers (SDM 13.7): they stick at all ones and are cleared by reading. */
#ifndef EMU_STATS_H
#define EMU_STATS_H

#include "e1000emu.h"

/* Size classes of PRC64 to PRC1522 and PTC64 to PTC1522, by length with FCS. */
#define EMU_STATS_SIZES 6u

/* What a batch of frames adds up to, folded into the registers once it is done. */
struct emu_tally {
    uint32_t packets;              /* good ones */
    uint32_t broadcast, multicast; /* of them */
    uint64_t octets;               /* of them, with FCS */
    uint32_t size[EMU_STATS_SIZES];
    uint32_t all_packets; /* of any kind */
    uint64_t all_octets;
};

/* Adds to a 32-bit counter, or to a pair whose low half is at offset. */
void emu_stats_add(struct e1000emu *chip, uint32_t offset, uint32_t n);
void emu_stats_add64(struct e1000emu *chip, uint32_t offset, uint64_t n);

/* Folds a batch of received or sent frames in. */
void emu_stats_received(struct e1000emu *chip, const struct emu_tally *tally);
void emu_stats_sent(struct e1000emu *chip, const struct emu_tally *tally);

/* Register hooks of the 64-bit pairs: the low half clears nothing, the high half clears both. */
uint32_t emu_stats_read_low(struct e1000emu *chip, uint32_t offset);
uint32_t emu_stats_read_high(struct e1000emu *chip, uint32_t offset);

#endif
