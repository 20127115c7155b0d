/* SPDX-License-Identifier: BSD-2-Clause */
#include "ring.h"

#include <string.h>

#include "chip.h"

/* Both rings' registers lie alike. */
#define RING_BAL 0x00u
#define RING_BAH 0x04u
#define RING_LEN 0x08u
#define RING_H   0x10u
#define RING_T   0x18u

/* In configuration space, in dwords. */
#define CACHE_LINE_SIZE 0x0Cu

#define BOTH (E1000EMU_DMA_READ | E1000EMU_DMA_WRITE)

void emu_ring_set_tail(struct emu_ring *ring, uint32_t tail)
{
    tail &= 0xffffu;
    ring->tail = tail == ring->count ? 0 : tail;
}

void emu_ring_load(struct e1000emu *chip, struct emu_ring *ring, uint32_t registers)
{
    ring->base = (emu_get(chip, registers + RING_BAL) & 0xfffffff0u) |
                 (uint64_t)emu_get(chip, registers + RING_BAH) << 32;
    ring->count = (emu_get(chip, registers + RING_LEN) & 0x000fff80u) / DESC_BYTES;
    ring->head = emu_get(chip, registers + RING_H) & 0xffffu;
    emu_ring_set_tail(ring, emu_get(chip, registers + RING_T));
    ring->memory = NULL;
    ring->first = 0;
    ring->cached = 0;
    ring->held = 0;
}

/* Descriptors in a line of the host's cache. Other sizes than these are taken for 32 bytes
 * (SDM 4.1). */
static uint32_t descriptors_per_line(const struct e1000emu *chip)
{
    uint32_t dwords = chip->pci.config[CACHE_LINE_SIZE];

    return dwords == 4 || dwords == 16 || dwords == 32 ? dwords * 4 / DESC_BYTES : 2;
}

/* A threshold in descriptors. More than the cache holds could never be reached. */
static uint32_t threshold(uint32_t value, uint32_t unit)
{
    uint32_t descriptors = value * unit;

    return descriptors < EMU_RING_CACHE ? descriptors : EMU_RING_CACHE - 1;
}

void emu_ring_set_thresholds(struct e1000emu *chip, struct emu_ring *ring, uint32_t control)
{
    /* RXDCTL and TXDCTL have these fields at the same places (SDM 13.4.43, 13.4.46). */
    uint32_t unit = control & RXDCTL_GRAN ? 1 : descriptors_per_line(chip);

    ring->prefetch_below = threshold(control & RXDCTL_PTHRESH, unit);
    ring->prefetch_least = threshold((control & RXDCTL_HTHRESH) >> 8, unit);
    ring->write_back_at = threshold((control & RXDCTL_WTHRESH) >> 16, unit);
}

static bool aligned(const uint8_t *memory)
{
    return ((uintptr_t)memory & (sizeof(emu_quad) - 1)) == 0;
}

void emu_ring_attach(struct e1000emu *chip, struct emu_ring *ring, enum emu_dma_user user)
{
    uint8_t *memory;

    if (ring->memory || ring->count == 0 || emu_watch_each(chip->watch) ||
        chip->faulty & EMU_AT_RINGS)
        return;
    memory =
        emu_dma_pointer(&chip->dma, user, ring->base, (uint64_t)DESC_BYTES * ring->count, BOTH);
    /* Windows whose memory is less aligned than their bus addresses are served by copies. */
    if (memory && aligned(memory))
        ring->memory = memory;
}

static bool is_transmit(const struct e1000emu *chip, const struct emu_ring *ring)
{
    return ring == &chip->tx.ring;
}

/* One descriptor of a ring that is not attached. False: it can't be read. */
static bool fetch_by_bus(struct e1000emu *chip, const struct emu_ring *ring, uint32_t index,
                         struct emu_descriptor *to)
{
    enum emu_dma_user user = is_transmit(chip, ring) ? EMU_DMA_TX_RING : EMU_DMA_RX_RING;
    uint64_t bus = ring->base + (uint64_t)DESC_BYTES * index;
    const uint8_t *memory = emu_dma_pointer(&chip->dma, user, bus, DESC_BYTES, E1000EMU_DMA_READ);
    uint64_t raw[2];

    if (memory && aligned(memory)) {
        const emu_quad *from = (const emu_quad *)(const void *)memory;

        raw[1] = __atomic_load_n(&from[1], __ATOMIC_ACQUIRE);
        raw[0] = __atomic_load_n(&from[0], __ATOMIC_RELAXED);
    } else if (!emu_dma_read(chip, bus, raw, DESC_BYTES)) {
        return false;
    }
    to->address = emu_le64(raw[0]);
    to->fields = emu_le64(raw[1]);
    if (chip->faulty & EMU_AT_RINGS)
        emu_fault_fetched(chip, is_transmit(chip, ring), index, bus, to);
    if (chip->watch)
        emu_watch_descriptor(chip, E1000EMU_EVENT_FETCH, is_transmit(chip, ring), index, bus,
                             to->address, to->fields);
    return true;
}

/* The part of a fetch that does not wrap. */
static uint32_t fetch_run(struct e1000emu *chip, const struct emu_ring *ring, uint32_t index,
                          struct emu_descriptor *to, uint32_t n)
{
    if (!ring->memory) {
        for (uint32_t i = 0; i < n; i++) {
            if (!fetch_by_bus(chip, ring, index + i, &to[i]))
                return i;
        }
        return n;
    }

    const emu_quad *from =
        (const emu_quad *)(const void *)(ring->memory + (size_t)DESC_BYTES * index);

    for (uint32_t i = 0; i < n; i++, from += 2) {
        to[i].fields = emu_le64(__atomic_load_n(&from[1], __ATOMIC_ACQUIRE));
        to[i].address = emu_le64(__atomic_load_n(&from[0], __ATOMIC_RELAXED));
    }
    if (chip->watch & E1000EMU_WATCH_CHECK)
        emu_check_fetched(chip, is_transmit(chip, ring), index, to, n);
    return n;
}

uint32_t emu_ring_fetch(struct e1000emu *chip, const struct emu_ring *ring, uint32_t index,
                        struct emu_descriptor *to, uint32_t n)
{
    uint32_t run = ring->count - index < n ? ring->count - index : n;
    uint32_t got = fetch_run(chip, ring, index, to, run);

    if (got == run && run < n)
        got += fetch_run(chip, ring, 0, to + run, n - run);
    return got;
}

bool emu_ring_fill(struct e1000emu *chip, struct emu_ring *ring)
{
    uint32_t most = ring->count < EMU_RING_CACHE ? ring->count : EMU_RING_CACHE;
    uint32_t room = most > ring->cached + ring->held ? most - ring->cached - ring->held : 0;
    uint32_t host = emu_ring_in_host(ring);
    uint32_t n = host < room ? host : room;
    uint32_t next, free, run;

    if (n == 0)
        return ring->cached > 0;
    if (ring->cached == 0)
        ring->first = 0;
    next = emu_ring_after(ring, ring->head, ring->cached);
    free = (ring->first + ring->cached) % EMU_RING_CACHE;
    run = EMU_RING_CACHE - free < n ? EMU_RING_CACHE - free : n;
    ring->cached += emu_ring_fetch(chip, ring, next, &ring->cache[free], run);
    if (run < n && (ring->first + ring->cached) % EMU_RING_CACHE == 0)
        ring->cached +=
            emu_ring_fetch(chip, ring, emu_ring_after(ring, next, run), ring->cache, n - run);
    return ring->cached > 0;
}

void emu_ring_post(struct e1000emu *chip, bool transmit, uint32_t index, uint64_t bus,
                   uint64_t fields)
{
    enum emu_dma_user user = transmit ? EMU_DMA_TX_RING : EMU_DMA_RX_RING;
    uint64_t raw = emu_le64(fields);
    uint8_t *memory = emu_dma_pointer(&chip->dma, user, bus + 8, sizeof raw, E1000EMU_DMA_WRITE);

    if (chip->watch)
        emu_watch_descriptor(chip, E1000EMU_EVENT_WRITE_BACK, transmit, index, bus, 0, fields);
    if (memory && aligned(memory)) {
        __atomic_store_n((emu_quad *)(void *)memory, raw, __ATOMIC_RELEASE);
        return;
    }
    __atomic_thread_fence(__ATOMIC_RELEASE);
    emu_dma_write(chip, bus + 8, &raw, sizeof raw);
}

void emu_ring_write_back_by_bus(struct e1000emu *chip, const struct emu_ring *ring, uint32_t index,
                                uint64_t fields)
{
    bool transmit = is_transmit(chip, ring);
    uint64_t bus = ring->base + (uint64_t)DESC_BYTES * index;
    bool faulty = chip->faulty & EMU_AT_RINGS;

    if (faulty && emu_fault_write_back(chip, transmit, index, bus, fields))
        return;
    emu_ring_post(chip, transmit, index, bus, fields);
    if (faulty)
        emu_fault_written_back(chip, transmit);
}

void emu_ring_write_back_later(struct e1000emu *chip, struct emu_ring *ring, enum emu_dma_user user,
                               uint32_t index, uint64_t fields)
{
    ring->waiting[ring->held++] = (struct emu_write_back){.fields = fields, .index = index};
    if (ring->held >= ring->write_back_at) /* which is less than there is room for */
        emu_ring_flush(chip, ring, user);
}

void emu_ring_flush(struct e1000emu *chip, struct emu_ring *ring, enum emu_dma_user user)
{
    uint32_t held = ring->held;

    if (held == 0)
        return;
    emu_ring_attach(chip, ring, user);
    for (uint32_t i = 0; i < held; i++)
        emu_ring_write_back(chip, ring, user, ring->waiting[i].index, ring->waiting[i].fields);
    ring->held = 0;
}
