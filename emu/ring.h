/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A descriptor ring in host memory, as the receive and the transmit side both have one (SDM 3.2.6,
 * 3.4). The chip owns the descriptors from head up to, not including, tail.
 *
 * A descriptor is two little-endian quadwords. It is fetched once, the second one with acquire;
 * whatever is decided about it is decided from that copy. It is written back by one release store
 * of the second quadword, so that whoever sees the DD bit sees all that was stored before.
 */
#ifndef EMU_RING_H
#define EMU_RING_H

#include "dma.h"

struct emu_descriptor {
    uint64_t address; /* bytes 0 to 7 */
    uint64_t fields;  /* bytes 8 to 15 */
};

struct emu_ring {
    uint64_t base;   /* bus address of descriptor 0 */
    uint32_t count;  /* descriptors, 0 to 65528 */
    uint32_t head;   /* next one to use; may be out of range: then nothing is ready */
    uint32_t tail;   /* first one that software still owns */
    uint8_t *memory; /* the whole ring, when one window holds it and alignment is kept, or NULL */
};

#endif
