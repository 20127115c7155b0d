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
#include "hw.h"

/* Descriptors that are fetched together: the chip's own cache is as large (SDM 3.2.4). */
#define EMU_RING_CACHE 64u

struct emu_descriptor {
    uint64_t address; /* bytes 0 to 7 */
    uint64_t fields;  /* bytes 8 to 15 */
};

struct emu_ring {
    uint64_t base;   /* bus address of descriptor 0 */
    uint32_t count;  /* descriptors, 0 to 65528 */
    uint32_t head;   /* next one to use; may be out of range: then nothing is ready */
    uint32_t tail;   /* first one that software still owns; likewise */
    uint8_t *memory; /* the whole ring, when one window holds it and alignment is kept, or NULL */
};

/* Host memory seen as quadwords, whatever the host uses it for. */
typedef uint64_t __attribute__((may_alias)) emu_quad;

/* Between little-endian memory and numbers, both ways. */
static inline uint64_t emu_le64(uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(value);
#else
    return value;
#endif
}

/* How many descriptors are the chip's: none if head or tail lie outside of the ring. */
static inline uint32_t emu_ring_ready(const struct emu_ring *ring)
{
    if (ring->head >= ring->count || ring->tail >= ring->count)
        return 0;
    return ring->tail >= ring->head ? ring->tail - ring->head
                                    : ring->tail + ring->count - ring->head;
}

/* The index n descriptors after one inside of the ring, n at most the size of the ring. */
static inline uint32_t emu_ring_after(const struct emu_ring *ring, uint32_t index, uint32_t n)
{
    index += n;
    return index >= ring->count ? index - ring->count : index;
}

/* Takes base, length, head and tail from the registers; registers is the offset of the first. */
void emu_ring_load(struct e1000emu *chip, struct emu_ring *ring, uint32_t registers);

/* Software wrote a tail. One past the end is taken for the beginning. */
void emu_ring_set_tail(struct emu_ring *ring, uint32_t tail);

/* Tries to find the whole ring in one window; for the start of each batch. */
void emu_ring_attach(struct e1000emu *chip, struct emu_ring *ring, enum emu_dma_user user);

/* Copies up to n descriptors from index on. Returns how many could be read. */
uint32_t emu_ring_fetch(struct e1000emu *chip, const struct emu_ring *ring, uint32_t index,
                        struct emu_descriptor *to, uint32_t n);

/* The slow half of emu_ring_write_back(), for a ring that is not attached. */
void emu_ring_write_back_by_bus(struct e1000emu *chip, const struct emu_ring *ring,
                                enum emu_dma_user user, uint32_t index, uint64_t fields);

static inline void emu_ring_write_back(struct e1000emu *chip, const struct emu_ring *ring,
                                       enum emu_dma_user user, uint32_t index, uint64_t fields)
{
    if (ring->memory) {
        emu_quad *descriptor = (emu_quad *)(void *)(ring->memory + (size_t)DESC_BYTES * index);

        __atomic_store_n(&descriptor[1], emu_le64(fields), __ATOMIC_RELEASE);
    } else {
        emu_ring_write_back_by_bus(chip, ring, user, index, fields);
    }
}

#endif
