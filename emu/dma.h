/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DMA by windows: the host lends pieces of its memory, and the chip looks bus addresses up in them.
 * Each user of DMA keeps the window it hit last, so that the common lookup is one comparison.
 */
#ifndef EMU_DMA_H
#define EMU_DMA_H

#include "e1000emu.h"
#include "inline.h"

#define EMU_DMA_WINDOWS 128u

/* One window. length 0: none. */
struct emu_dma_window {
    uint64_t bus;
    uint64_t length;
    uint8_t *memory;
    unsigned rights; /* E1000EMU_DMA_* */
};

/* Who asks; each has its own last hit. */
enum emu_dma_user {
    EMU_DMA_RX_RING,
    EMU_DMA_RX_BUFFER,
    EMU_DMA_TX_RING,
    EMU_DMA_TX_BUFFER,
    EMU_DMA_USERS
};

struct emu_dma {
    struct emu_dma_window hit[EMU_DMA_USERS];
    struct emu_dma_window window[EMU_DMA_WINDOWS]; /* sorted by bus address, without overlap */
    unsigned count;
    bool no_pointers; /* a fault may fail any access: none goes by a pointer */
};

void emu_dma_init(struct e1000emu *chip);

/* The slow half of emu_dma_pointer(): searches the windows and remembers the one found. */
uint8_t *emu_dma_search(struct emu_dma *dma, enum emu_dma_user user, uint64_t bus, uint64_t length,
                        unsigned rights);

/* Where length bytes at a bus address lie in host memory, or NULL if no single window with these
 * rights holds them all. The pointer is good until the host changes its windows, which it can't do
 * while the chip is at work. */
EMU_INLINE uint8_t *emu_dma_pointer(struct emu_dma *dma, enum emu_dma_user user, uint64_t bus,
                                    uint64_t length, unsigned rights)
{
    const struct emu_dma_window *hit = &dma->hit[user];
    uint64_t offset = bus - hit->bus;

    if (offset < hit->length && length <= hit->length - offset && (hit->rights & rights) == rights)
        return hit->memory + offset;
    return emu_dma_search(dma, user, bus, length, rights);
}

/* Asks for the memory at a bus address ahead of time, if that is cheap to find. */
EMU_INLINE void emu_dma_prefetch(const struct emu_dma *dma, enum emu_dma_user user, uint64_t bus)
{
    uint64_t offset = bus - dma->hit[user].bus;

    if (offset < dma->hit[user].length)
        __builtin_prefetch(dma->hit[user].memory + offset, 1);
}

/* Any access: over several windows, or by the host's callbacks. False when a part of it reached
 * nothing; that is a master abort, which the PCI status register then shows. */
bool emu_dma_read(struct e1000emu *chip, uint64_t bus, void *data, size_t length);
bool emu_dma_write(struct e1000emu *chip, uint64_t bus, const void *data, size_t length);

#endif
