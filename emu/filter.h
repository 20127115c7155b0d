/* SPDX-License-Identifier: BSD-2-Clause */
/* The address filters: RAR, MTA, and the promiscuous and broadcast modes (SDM 3.2.1, 13.5). */
#ifndef EMU_FILTER_H
#define EMU_FILTER_H

#include "hw.h"
#include "stats.h"

#define EMU_FILTER_ADDRESSES 16u

/* The valid receive addresses, as 48-bit numbers with the byte that is first on the wire lowest.
 * Unused entries hold a number that no address is. */
struct emu_filter {
    uint64_t destination[EMU_FILTER_ADDRESSES]; /* RAH.AS = 00 */
    uint64_t source[EMU_FILTER_ADDRESSES];      /* RAH.AS = 01 */
    unsigned destinations, sources;
};

enum emu_filter_result {
    EMU_FILTER_DROP,
    EMU_FILTER_EXACT,  /* known to be for this station */
    EMU_FILTER_INEXACT /* by hash or promiscuity: software looks again, RXD.PIF */
};

/* Reads the receive addresses again; after anything but software's writes changed them. */
void emu_filter_reset(struct e1000emu *chip);

/* The filters that emu_filter_frame() does not decide at once: not for a broadcast with BAM. */
enum emu_filter_result emu_filter_search(const struct e1000emu *chip, uint32_t rctl,
                                         uint64_t destination, uint64_t source);

/* What the filters say about a frame's addresses (the upper 16 bits of source are ignored). */
static inline enum emu_filter_result emu_filter_frame(const struct e1000emu *chip,
                                                      const struct emu_filter *filter,
                                                      uint32_t rctl, uint64_t destination,
                                                      uint64_t source)
{
    if (destination == filter->destination[0])
        return EMU_FILTER_EXACT;
    if (destination == EMU_BROADCAST && (rctl & RCTL_BAM))
        return EMU_FILTER_EXACT;
    if (filter->destinations <= 1 && filter->sources == 0 &&
        (rctl & (destination & 1 ? RCTL_MPE : RCTL_UPE)))
        return EMU_FILTER_INEXACT;
    return emu_filter_search(chip, rctl, destination, source);
}

/* For wake-up, which asks for a certain filter: one of the receive addresses, the multicast table.
 */
bool emu_filter_exact(const struct e1000emu *chip, uint64_t destination);
bool emu_filter_multicast(const struct e1000emu *chip, uint64_t destination);

/* Whether the VLAN filter lets a tagged frame pass (RCTL.VFE): by the content of its tag. */
bool emu_filter_vlan(const struct e1000emu *chip, uint32_t rctl, uint32_t tci);

/* Register hook of RAL and RAH. The multicast table needs none: it is looked up where it lies. */
void emu_filter_write_ra(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
