/* SPDX-License-Identifier: BSD-2-Clause */
#include "dma.h"

#include <errno.h>
#include <string.h>

#include "chip.h"

void emu_dma_init(struct e1000emu *chip)
{
    memset(&chip->dma, 0, sizeof chip->dma);
}

/* The first window that ends behind a bus address; dma->count if there is none. */
static unsigned find(const struct emu_dma *dma, uint64_t bus)
{
    unsigned low = 0;
    unsigned high = dma->count;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        const struct emu_dma_window *w = &dma->window[middle];

        /* The last byte, not the end: a window may reach up to the very top. */
        if (w->bus + (w->length - 1) < bus)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Forgets every pointer that was taken out of a window. */
static void forget_hits(struct e1000emu *chip)
{
    memset(chip->dma.hit, 0, sizeof chip->dma.hit);
    chip->rx.ring.memory = NULL;
    chip->tx.ring.memory = NULL;
    chip->tx.moved = true;
}

int e1000emu_dma_map(e1000emu *chip, uint64_t bus, uint64_t length, void *memory, unsigned rights)
{
    struct emu_dma *dma = &chip->dma;
    unsigned at;

    if (length == 0 || bus + (length - 1) < bus || !memory)
        return -EINVAL;
    at = find(dma, bus);
    if (at < dma->count && dma->window[at].bus <= bus + (length - 1))
        return -EEXIST;
    if (dma->count == EMU_DMA_WINDOWS)
        return -ENOSPC;
    memmove(&dma->window[at + 1], &dma->window[at], (dma->count - at) * sizeof dma->window[0]);
    dma->window[at] = (struct emu_dma_window){bus, length, memory, rights};
    dma->count++;
    if (chip->watch & E1000EMU_WATCH_CHECK)
        emu_check_mapped(chip, bus, length);
    forget_hits(chip);
    return 0;
}

int e1000emu_dma_unmap(e1000emu *chip, uint64_t bus, uint64_t length)
{
    struct emu_dma *dma = &chip->dma;
    unsigned at = find(dma, bus);

    if (at == dma->count || dma->window[at].bus != bus || dma->window[at].length != length)
        return -ENOENT;
    if (chip->watch & E1000EMU_WATCH_CHECK)
        emu_check_unmapped(chip, bus, length);
    dma->count--;
    memmove(&dma->window[at], &dma->window[at + 1], (dma->count - at) * sizeof dma->window[0]);
    forget_hits(chip);
    return 0;
}

uint8_t *emu_dma_search(struct emu_dma *dma, enum emu_dma_user user, uint64_t bus, uint64_t length,
                        unsigned rights)
{
    unsigned at = find(dma, bus);
    const struct emu_dma_window *w;

    if (at == dma->count || dma->no_pointers)
        return NULL;
    w = &dma->window[at];
    if (bus < w->bus || length > w->length - (bus - w->bus) || (w->rights & rights) != rights)
        return NULL;
    dma->hit[user] = *w;
    return w->memory + (bus - w->bus);
}

/* The part of an access that one window or one callback can serve: at a bus address, up to length
 * bytes. *memory is NULL for a callback. Returns its length; 0 when nothing may be reached there.
 */
static size_t piece(const struct emu_dma *dma, uint64_t bus, size_t length, unsigned rights,
                    uint8_t **memory)
{
    unsigned at = find(dma, bus);
    const struct emu_dma_window *w = &dma->window[at];
    uint64_t room;

    *memory = NULL;
    if (at == dma->count)
        return length;
    if (bus < w->bus) {
        room = w->bus - bus;
    } else {
        if ((w->rights & rights) != rights)
            return 0;
        *memory = w->memory + (bus - w->bus);
        room = w->length - (bus - w->bus);
    }
    return room < length ? (size_t)room : length;
}

static bool fail_access(struct e1000emu *chip, uint64_t bus, size_t length, bool write,
                        uint16_t status)
{
    if (chip->watch)
        emu_watch_dma_failed(chip, bus, length, write);
    emu_pci_set_status(chip, status);
    return false;
}

static bool abort_access(struct e1000emu *chip, uint64_t bus, size_t length, bool write)
{
    return fail_access(chip, bus, length, write, EMU_PCI_MASTER_ABORT);
}

bool emu_dma_read(struct e1000emu *chip, uint64_t bus, void *data, size_t length)
{
    const struct e1000emu_host *host = &chip->host;
    uint8_t *to = data;
    uint16_t status;

    if (chip->faulty & EMU_AT_MEMORY && emu_fault_dma(chip, false, &status))
        return fail_access(chip, bus, length, false, status);
    if (length > 0 && bus + (length - 1) < bus)
        return abort_access(chip, bus, length, false);
    while (length > 0) {
        uint8_t *memory;
        size_t n = piece(&chip->dma, bus, length, E1000EMU_DMA_READ, &memory);

        if (n == 0)
            return abort_access(chip, bus, length, false);
        if (memory)
            memcpy(to, memory, n);
        else if (!host->dma_read || !host->dma_read(host->opaque, bus, to, n))
            return abort_access(chip, bus, length, false);
        to += n;
        bus += n;
        length -= n;
    }
    return true;
}

bool emu_dma_write(struct e1000emu *chip, uint64_t bus, const void *data, size_t length)
{
    const struct e1000emu_host *host = &chip->host;
    const uint8_t *from = data;
    uint16_t status;

    if (chip->faulty & EMU_AT_MEMORY && emu_fault_dma(chip, true, &status))
        return fail_access(chip, bus, length, true, status);
    if (length > 0 && bus + (length - 1) < bus)
        return abort_access(chip, bus, length, true);
    if (chip->faulty & EMU_AT_MEMORY)
        length = emu_fault_hold_data(chip, bus, data, length);
    while (length > 0) {
        uint8_t *memory;
        size_t n = piece(&chip->dma, bus, length, E1000EMU_DMA_WRITE, &memory);

        if (n == 0)
            return abort_access(chip, bus, length, true);
        if (memory)
            memcpy(memory, from, n);
        else if (!host->dma_write || !host->dma_write(host->opaque, bus, from, n))
            return abort_access(chip, bus, length, true);
        from += n;
        bus += n;
        length -= n;
    }
    return true;
}
