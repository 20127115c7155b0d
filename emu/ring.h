/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A descriptor ring in host memory, as the receive and the transmit side both have one (SDM 3.2.6,
 * 3.4). The chip owns the descriptors from head up to, not including, tail.
 *
 * A descriptor is two little-endian quadwords. It is fetched once, the second one with acquire,
 * into the chip's cache; whatever is decided about it is decided from that copy. It is written back
 * by one release store of the second quadword, so that whoever sees the DD bit sees all that was
 * stored before.
 *
 * The cache works as the chip's own (SDM 3.2.4, 3.4.1): it is filled when it is empty, and earlier
 * when software asks for that by PTHRESH and HTHRESH. Write-backs may wait in it for company, by
 * WTHRESH, until somebody flushes them.
 */
#ifndef EMU_RING_H
#define EMU_RING_H

#include "dma.h"
#include "hw.h"

/* Descriptors that the chip holds at most, those that wait to be written back included. */
#define EMU_RING_CACHE 64u

struct emu_descriptor {
    uint64_t address; /* bytes 0 to 7 */
    uint64_t fields;  /* bytes 8 to 15 */
};

/* A write-back that waits. */
struct emu_write_back {
    uint64_t fields;
    uint32_t index;
};

struct emu_ring {
    uint64_t base;   /* bus address of descriptor 0 */
    uint8_t *memory; /* the whole ring, when one window holds it and alignment is kept, or NULL */
    uint32_t count;  /* descriptors, 0 to 65528 */
    uint32_t head;   /* next one to use; may be out of range: then nothing is ready */
    uint32_t tail;   /* first one that software still owns; likewise */
    uint32_t first;  /* where in the cache the descriptor at head is */
    uint32_t cached; /* descriptors in the cache, from head on; no more than the ring has */
    uint32_t held;   /* write-backs that wait */
    /* In descriptors, from RXDCTL or TXDCTL. */
    uint32_t prefetch_below; /* PTHRESH: fetch when fewer are cached */
    uint32_t prefetch_least; /* HTHRESH: but only when the host has so many */
    uint32_t write_back_at;  /* WTHRESH: so many go back together; 0 and 1: each at once */
    struct emu_descriptor cache[EMU_RING_CACHE];
    struct emu_write_back waiting[EMU_RING_CACHE];
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

/* The index n descriptors after one inside of the ring, n at most the size of the ring. */
static inline uint32_t emu_ring_after(const struct emu_ring *ring, uint32_t index, uint32_t n)
{
    index += n;
    return index >= ring->count ? index - ring->count : index;
}

/* How many descriptors wait in host memory to be fetched: none if head or tail lie outside of the
 * ring. What is fetched already is no longer asked about, so a tail that catches up with the head
 * while the cache isn't empty gives the chip the whole ring. */
static inline uint32_t emu_ring_in_host(const struct emu_ring *ring)
{
    uint32_t next;

    if (ring->head >= ring->count || ring->tail >= ring->count)
        return 0;
    next = emu_ring_after(ring, ring->head, ring->cached);
    return ring->tail >= next ? ring->tail - next : ring->tail + ring->count - next;
}

/* How many descriptors are the chip's. */
static inline uint32_t emu_ring_ready(const struct emu_ring *ring)
{
    return ring->cached + emu_ring_in_host(ring);
}

/* Takes base, length, head and tail from the registers; registers is the offset of the first. What
 * was in the cache is forgotten. */
void emu_ring_load(struct e1000emu *chip, struct emu_ring *ring, uint32_t registers);

/* Takes the thresholds from the value of RXDCTL or TXDCTL. */
void emu_ring_set_thresholds(struct e1000emu *chip, struct emu_ring *ring, uint32_t control);

/* Software wrote a tail. One past the end is taken for the beginning. */
void emu_ring_set_tail(struct emu_ring *ring, uint32_t tail);

/* Tries to find the whole ring in one window; for the start of each batch. */
void emu_ring_attach(struct e1000emu *chip, struct emu_ring *ring, enum emu_dma_user user);

/* ---- Fetching ------------------------------------------------------------------------------- */

/* Copies up to n descriptors from index on. Returns how many could be read. */
uint32_t emu_ring_fetch(struct e1000emu *chip, const struct emu_ring *ring, uint32_t index,
                        struct emu_descriptor *to, uint32_t n);

/* Fills the cache as far as there are descriptors and room. True: it is not empty now. */
bool emu_ring_fill(struct e1000emu *chip, struct emu_ring *ring);

/* Fills it if it is empty, or if the thresholds say so; for the end of each batch. */
static inline void emu_ring_fill_early(struct e1000emu *chip, struct emu_ring *ring)
{
    if (ring->cached == 0 ||
        (ring->cached < ring->prefetch_below && emu_ring_in_host(ring) >= ring->prefetch_least))
        emu_ring_fill(chip, ring);
}

/* The cached descriptor n after head; n must be less than ring->cached. */
static inline const struct emu_descriptor *emu_ring_cached(const struct emu_ring *ring, uint32_t n)
{
    return &ring->cache[(ring->first + n) % EMU_RING_CACHE];
}

/* The cached descriptor at head has been used. */
static inline void emu_ring_use(struct emu_ring *ring)
{
    ring->head = emu_ring_after(ring, ring->head, 1);
    ring->first = (ring->first + 1) % EMU_RING_CACHE;
    ring->cached--;
}

/* ---- Writing back --------------------------------------------------------------------------- */

/* The slow half of emu_ring_write_back(), for a ring that is not attached. */
void emu_ring_write_back_by_bus(struct e1000emu *chip, const struct emu_ring *ring, uint32_t index,
                                uint64_t fields);

/* The same for a place on the bus, whatever has become of the ring. bus is that of the descriptor.
 */
void emu_ring_post(struct e1000emu *chip, bool transmit, uint32_t index, uint64_t bus,
                   uint64_t fields);

/* At once. */
static inline void emu_ring_write_back(struct e1000emu *chip, const struct emu_ring *ring,
                                       enum emu_dma_user user, uint32_t index, uint64_t fields)
{
    if (ring->memory) {
        emu_quad *descriptor = (emu_quad *)(void *)(ring->memory + (size_t)DESC_BYTES * index);

        __atomic_store_n(&descriptor[1], emu_le64(fields), __ATOMIC_RELEASE);
    } else {
        emu_ring_write_back_by_bus(chip, ring, index, fields);
    }
}

/* Together with others, once there are write_back_at of them. */
void emu_ring_write_back_later(struct e1000emu *chip, struct emu_ring *ring, enum emu_dma_user user,
                               uint32_t index, uint64_t fields);

/* All that wait, in order; before anything tells software to look. */
void emu_ring_flush(struct e1000emu *chip, struct emu_ring *ring, enum emu_dma_user user);

#endif
