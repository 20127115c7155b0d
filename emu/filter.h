/* SPDX-License-Identifier: BSD-2-Clause */
/* The address filters: RAR, MTA, and the promiscuous and broadcast modes (SDM 3.2.1, 13.5). */
#ifndef EMU_FILTER_H
#define EMU_FILTER_H

#include "e1000emu.h"

#define EMU_FILTER_ADDRESSES 16u

/* The valid receive addresses, as 48-bit numbers with the byte that is first on the wire lowest. */
struct emu_filter {
    uint64_t destination[EMU_FILTER_ADDRESSES]; /* RAH.AS = 00 */
    uint64_t source[EMU_FILTER_ADDRESSES];      /* RAH.AS = 01 */
    unsigned destinations, sources;
};

/* Reads the receive addresses again; after anything but software's writes changed them. */
void emu_filter_reset(struct e1000emu *chip);

/* Register hooks. */
void emu_filter_write_ra(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_filter_write_mta(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
