/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changes under the chip's hands: descriptors, data that is being sent, receive buffers. Each
 * descriptor is kept as it was fetched, with a sum of some of the memory that it points to, and
 * both are looked at again when it is given back.
 *
 * What the chip does never depends on these second looks.
 */
#include <string.h>

#include "check.h"
#include "chip.h"
#include "tx_run.h"

#define CANARY_BYTES 64u /* at most: the first of what is sent, the last of a receive buffer */

static uint64_t sum(const uint8_t *bytes, uint32_t length)
{
    uint64_t x = 14695981039346656037u;

    for (uint32_t i = 0; i < length; i++)
        x = (x ^ bytes[i]) * 1099511628211u;
    return x;
}

/* The canary of a piece of memory; false: it can't be looked at. */
static bool look(struct e1000emu *chip, uint64_t bus, uint32_t length, uint64_t *canary)
{
    const uint8_t *memory =
        emu_dma_pointer(&chip->dma, EMU_DMA_RX_BUFFER, bus, length, E1000EMU_DMA_READ);

    if (!memory)
        return false;
    *canary = sum(memory, length);
    return true;
}

static struct emu_check_ring *ring_of(struct e1000emu *chip, bool transmit)
{
    return transmit ? &chip->check.tx : &chip->check.rx;
}

/* ---- Fetching ------------------------------------------------------------------------------- */

static void check_shared(struct e1000emu *chip, const struct e1000emu_event *event)
{
    const struct emu_check_ring *ring = &chip->check.rx;
    uint64_t address = event->u.descriptor.address;

    for (unsigned i = 0; i < EMU_CHECK_FETCHED; i++) {
        if (ring->fetched[i].held && ring->fetched[i].address == address && address != 0 &&
            ring->fetched[i].index != event->u.descriptor.index)
            emu_check_found(chip, RULE_RX_BUFFER_SHARED, address, address, ring->fetched[i].index);
    }
}

/* How much of the memory is looked at, and where. */
static uint64_t canary_place(const struct e1000emu *chip, bool transmit, uint64_t address,
                             uint64_t fields, uint16_t *length)
{
    uint32_t bytes = transmit ? emu_tx_buffer_length(fields) : chip->rx.buffer_bytes;
    uint32_t n = bytes < CANARY_BYTES ? bytes : CANARY_BYTES;

    if (address == 0 || (transmit && emu_tx_is_context(fields)))
        n = 0;
    *length = (uint16_t)n;
    return transmit ? address : address + bytes - n;
}

void emu_check_deep_fetch(struct e1000emu *chip, const struct e1000emu_event *event)
{
    bool transmit = event->u.descriptor.transmit;
    uint32_t index = event->u.descriptor.index;
    struct emu_check_descriptor *kept =
        &ring_of(chip, transmit)->fetched[index % EMU_CHECK_FETCHED];
    uint64_t place;

    if (!transmit)
        check_shared(chip, event);
    kept->address = event->u.descriptor.address;
    kept->fields = event->u.descriptor.fields;
    kept->index = index;
    kept->held = true;
    place = canary_place(chip, transmit, kept->address, kept->fields, &kept->length);
    if (kept->length > 0 && !look(chip, place, kept->length, &kept->canary))
        kept->length = 0;
}

/* ---- Giving back ---------------------------------------------------------------------------- */

static void check_descriptor(struct e1000emu *chip, bool transmit,
                             const struct emu_check_descriptor *kept)
{
    const struct emu_ring *ring = transmit ? &chip->tx.ring : &chip->rx.ring;
    uint64_t bus = ring->base + (uint64_t)kept->index * DESC_BYTES, raw[2];
    const uint8_t *memory =
        emu_dma_pointer(&chip->dma, EMU_DMA_TX_RING, bus, DESC_BYTES, E1000EMU_DMA_READ);

    if (!memory)
        return;
    if ((uintptr_t)memory % sizeof(emu_quad) == 0) { /* software may be writing it at this moment */
        const emu_quad *from = (const emu_quad *)(const void *)memory;

        raw[1] = __atomic_load_n(&from[1], __ATOMIC_ACQUIRE);
        raw[0] = __atomic_load_n(&from[0], __ATOMIC_RELAXED);
    } else {
        memcpy(raw, memory, sizeof raw);
    }
    if (emu_le64(raw[0]) != kept->address || emu_le64(raw[1]) != kept->fields)
        emu_check_found(chip, RULE_DESCRIPTOR_CHANGED, kept->index, kept->index, emu_le64(raw[1]));
}

/* received: bytes that the chip itself has stored in the buffer. */
static void check_canary(struct e1000emu *chip, bool transmit,
                         const struct emu_check_descriptor *kept, uint32_t received)
{
    uint16_t length;
    uint64_t place = canary_place(chip, transmit, kept->address, kept->fields, &length), now;

    if (kept->length == 0 || kept->length != length ||
        (!transmit && received + length > chip->rx.buffer_bytes) ||
        !look(chip, place, length, &now) || now == kept->canary)
        return;
    emu_check_found(chip, transmit ? RULE_TX_PAYLOAD_CHANGED : RULE_RX_BUFFER_WRITTEN, kept->index,
                    place, kept->index);
}

void emu_check_deep_done(struct e1000emu *chip, const struct e1000emu_event *event)
{
    bool transmit = event->u.descriptor.transmit;
    struct emu_check_ring *ring = ring_of(chip, transmit);
    uint32_t index = event->u.descriptor.index;
    uint32_t received = (uint32_t)event->u.descriptor.fields & 0xffff;

    /* A report is for all descriptors up to this one. Those in front of it lie one after the other
     * in the table, as far as they are in it. */
    for (unsigned i = 0; i < EMU_CHECK_FETCHED; i++) {
        struct emu_check_descriptor *kept = &ring->fetched[index % EMU_CHECK_FETCHED];

        if (!kept->held || kept->index != index)
            return;
        kept->held = false;
        check_descriptor(chip, transmit, kept);
        check_canary(chip, transmit, kept, received);
        if (!transmit)
            return;
        index = (index ? index : chip->tx.ring.count) - 1;
    }
}
