/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors and memory: rings that stand still, descriptors that are old when they come and late
 * when they go, accesses that fail. */
#include <string.h>

#include "chip.h"

/* How long a descriptor waits for the next one of its ring. */
#define SWAP_NS 1000000u

/* ---- Rings that stand still ----------------------------------------------------------------- */

bool emu_fault_tx_frozen(struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;
    const struct emu_fault *fault;

    if (faults->removed || faults->tx_frozen || faults->tx_waits)
        return true;
    fault = emu_fault_fires(chip, FAULT_TX_FROZEN);
    if (!fault)
        return false;
    faults->tx_frozen = true;
    faults->tx_frozen_for_ever = fault->arg != 0;
    return true;
}

bool emu_fault_rx_frozen(const struct e1000emu *chip)
{
    return chip->faults.removed || chip->faults.rx_frozen;
}

void emu_fault_tx_frozen_edge(struct e1000emu *chip, struct emu_fault *fault, bool on)
{
    (void)fault;
    if (on)
        return;
    chip->faults.tx_frozen = chip->faults.tx_frozen_for_ever = false;
    emu_tx_link_changed(chip);
}

void emu_fault_rx_frozen_edge(struct e1000emu *chip, struct emu_fault *fault, bool on)
{
    (void)fault;
    if (on)
        return;
    chip->faults.rx_frozen = chip->faults.rx_frozen_for_ever = false;
    emu_rx_link_changed(chip);
}

/* ---- Descriptors that come ------------------------------------------------------------------ */

void emu_fault_fetched(struct e1000emu *chip, bool transmit, uint32_t index, uint64_t bus,
                       struct emu_descriptor *descriptor)
{
    struct emu_fault_stale *seen = &chip->faults.stale[transmit][index % EMU_FAULT_STALE];
    struct emu_fault_stale now = {.bus = bus, .descriptor = *descriptor};

    if (emu_fault_fires(chip, FAULT_PREFETCH_STALE))
        *descriptor = seen->bus == bus ? seen->descriptor : (struct emu_descriptor){0};
    *seen = now;
    if (emu_fault_fetched_across(chip, index, bus))
        *descriptor = (struct emu_descriptor){0};
}

/* ---- Descriptors that go -------------------------------------------------------------------- */

static void post(struct e1000emu *chip, uint32_t i)
{
    struct emu_faults *faults = &chip->faults;
    struct emu_fault_write_back one = faults->write_back[i];

    faults->write_backs--;
    memmove(&faults->write_back[i], &faults->write_back[i + 1],
            (faults->write_backs - i) * sizeof one);
    if (chip->pci.bus_master)
        emu_ring_post(chip, one.transmit, one.index, one.bus, one.fields);
}

static void hold(struct e1000emu *chip, const struct emu_fault_write_back *one)
{
    struct emu_faults *faults = &chip->faults;

    if (faults->write_backs == EMU_FAULT_WRITE_BACKS)
        post(chip, 0);
    faults->write_back[faults->write_backs++] = *one;
    emu_fault_refresh(chip);
}

bool emu_fault_write_back(struct e1000emu *chip, bool transmit, uint32_t index, uint64_t bus,
                          uint64_t fields)
{
    struct emu_fault_write_back one = {
        .bus = bus, .fields = fields, .index = index, .transmit = transmit};
    const struct emu_fault *late;

    if (emu_fault_fires(chip, FAULT_WRITEBACK_NEVER))
        return true;
    late = emu_fault_fires(chip, FAULT_WRITEBACK_LATE);
    one.swapped = emu_fault_fires(chip, FAULT_WRITEBACK_SWAPPED);
    if (!late && !one.swapped)
        return false;
    one.due = emu_fault_later(chip, late ? late->arg : SWAP_NS);
    one.swapped = one.swapped && !late;
    hold(chip, &one);
    return true;
}

void emu_fault_written_back(struct e1000emu *chip, bool transmit)
{
    struct emu_faults *faults = &chip->faults;

    for (uint32_t i = faults->write_backs; i > 0; i--) {
        if (faults->write_back[i - 1].swapped && faults->write_back[i - 1].transmit == transmit)
            post(chip, i - 1);
    }
}

void emu_fault_post_write_backs(struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;

    for (uint32_t i = 0; i < faults->write_backs;) {
        if (faults->write_back[i].due <= chip->now)
            post(chip, i);
        else
            i++;
    }
}

/* What was on its way arrives. */
void emu_fault_write_back_edge(struct e1000emu *chip, struct emu_fault *fault, bool on)
{
    (void)fault;
    while (!on && chip->faults.write_backs > 0)
        post(chip, 0);
}

/* ---- Accesses that fail --------------------------------------------------------------------- */

/* In the order of the table's words: an abort by the target, by nobody's answer, a bad parity. */
static const uint16_t abort_status[] = {0x1000, EMU_PCI_MASTER_ABORT, 0x8100};

bool emu_fault_dma(struct e1000emu *chip, bool write, uint16_t *status)
{
    const struct emu_fault *fault =
        emu_fault_fires(chip, write ? FAULT_DMA_WRITE_ERROR : FAULT_DMA_READ_ERROR);

    if (!fault)
        return false;
    *status = abort_status[fault->arg];
    return true;
}

/* ---- Resets --------------------------------------------------------------------------------- */

void emu_fault_dma_reset(struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;

    faults->tx_frozen = faults->tx_frozen_for_ever;
    faults->rx_frozen = faults->rx_frozen_for_ever;
    faults->write_backs = 0;
    memset(faults->stale, 0, sizeof faults->stale);
}
