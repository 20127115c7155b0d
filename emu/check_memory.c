/* SPDX-License-Identifier: BSD-2-Clause */
/* DMA that reaches no memory, and memory that the host takes away. */
#include "check.h"
#include "chip.h"

/* An access or a window (length isn't zero), and what may be empty. */
static bool overlaps(uint64_t bus, uint64_t length, uint64_t other, uint64_t other_length)
{
    return other_length > 0 && bus <= other + (other_length - 1) && other <= bus + (length - 1);
}

static bool was_there(const struct emu_check *check, uint64_t bus, uint64_t length)
{
    for (unsigned i = 0; i < EMU_CHECK_GONE; i++) {
        if (overlaps(bus, length, check->gone[i].bus, check->gone[i].length))
            return true;
    }
    return false;
}

void emu_check_dma_failed(struct e1000emu *chip, const struct e1000emu_event *event)
{
    uint64_t bus = event->u.dma.bus, length = event->u.dma.length;
    bool gone = was_there(&chip->check, bus, length);

    emu_check_found(chip, gone ? RULE_DMA_AFTER_UNMAP : RULE_DMA_OUTSIDE, bus, bus, length);
}

void emu_check_mapped(struct e1000emu *chip, uint64_t bus, uint64_t length)
{
    struct emu_check *check = &chip->check;

    for (unsigned i = 0; i < EMU_CHECK_GONE; i++) {
        if (overlaps(bus, length, check->gone[i].bus, check->gone[i].length))
            check->gone[i].length = 0;
    }
}

/* The ring itself, or a buffer of a descriptor that the chip holds. */
static bool in_use(const struct emu_ring *ring, uint32_t buffer, uint64_t bus, uint64_t length)
{
    if (overlaps(bus, length, ring->base, (uint64_t)ring->count * DESC_BYTES))
        return true;
    for (uint32_t i = 0; i < ring->cached; i++) {
        const struct emu_descriptor *descriptor = emu_ring_cached(ring, i);

        if (descriptor->address != 0 && overlaps(bus, length, descriptor->address, buffer))
            return true;
    }
    return false;
}

/* Receiver or transmitter is on and may use the memory. */
static bool reaches(const struct e1000emu *chip, uint64_t bus, uint64_t length)
{
    return (emu_get(chip, REG_RCTL) & RCTL_EN &&
            in_use(&chip->rx.ring, chip->rx.buffer_bytes, bus, length)) ||
           (emu_get(chip, REG_TCTL) & TCTL_EN && in_use(&chip->tx.ring, 1, bus, length));
}

void emu_check_unmapped(struct e1000emu *chip, uint64_t bus, uint64_t length)
{
    struct emu_check *check = &chip->check;
    struct e1000emu_event event = {.time = chip->now,
                                   .kind = E1000EMU_EVENT_DMA_FAILED,
                                   .u.dma = {.bus = bus, .length = length}};

    check->event = &event;
    if (chip->pci.bus_master && reaches(chip, bus, length))
        emu_check_found(chip, RULE_MEMORY_FREED_IN_USE, bus, bus, length);
    check->event = NULL;
    check->gone[check->gone_next].bus = bus;
    check->gone[check->gone_next].length = length;
    check->gone_next = (check->gone_next + 1) % EMU_CHECK_GONE;
}
