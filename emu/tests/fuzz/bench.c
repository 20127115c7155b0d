/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw.h"

#define STEPS 64u

void fuzz_require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "required: %s\n", what);
    abort();
}

static void on_interrupt(void *opaque, bool asserted)
{
    struct fuzz *fuzz = opaque;

    fuzz_require(asserted != fuzz->level, "INTA# is told of when it changes");
    fuzz->level = asserted;
}

static void on_pme(void *opaque, bool asserted)
{
    struct fuzz *fuzz = opaque;

    fuzz_require(asserted != fuzz->pme, "PME# is told of when it changes");
    fuzz->pme = asserted;
}

static bool on_manage(void *opaque, const struct e1000emu_frame *frame)
{
    struct fuzz *fuzz = opaque;

    fuzz_require(frame->length >= 60 && frame->length <= 196, "management gets short good frames");
    for (uint32_t i = 0; i < frame->length; i++)
        fuzz->sum += frame->data[i];
    return fuzz->sum & 1;
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct fuzz *fuzz = opaque;
    size_t n = count < fuzz->room ? count : fuzz->room;

    fuzz_require(count > 0, "no empty batch is offered");
    for (size_t i = 0; i < n; i++) {
        fuzz_require(frames[i].length > 0, "no empty frame is sent");
        for (uint32_t k = 0; k < frames[i].length; k++)
            fuzz->sum += frames[i].data[k];
    }
    fuzz->room -= n;
    fuzz->taken += n;
    return n;
}

static bool on_dma_read(void *opaque, uint64_t address, void *data, size_t length)
{
    const struct fuzz *fuzz = opaque;

    if (fuzz->answers)
        memset(data, (int)(address >> 4 & 0xff), length);
    return fuzz->answers;
}

static bool on_dma_write(void *opaque, uint64_t address, const void *data, size_t length)
{
    struct fuzz *fuzz = opaque;

    (void)address;
    for (size_t i = 0; i < length; i++)
        fuzz->sum += ((const uint8_t *)data)[i];
    return fuzz->answers;
}

struct fuzz *fuzz_new(const struct e1000emu_config *config)
{
    struct fuzz *fuzz = calloc(1, sizeof *fuzz);
    struct e1000emu_config mine = *config;

    fuzz_require(fuzz != NULL, "there is memory");
    /* By malloc, so that AddressSanitizer sees every step over its ends. */
    fuzz->memory = malloc(FUZZ_MEMORY);
    fuzz_require(fuzz->memory != NULL, "there is memory");
    memset(fuzz->memory, 0, FUZZ_MEMORY);
    fuzz->room = SIZE_MAX;
    mine.host = (struct e1000emu_host){.opaque = fuzz,
                                       .interrupt = on_interrupt,
                                       .pme = on_pme,
                                       .manage = on_manage,
                                       .transmit = on_transmit,
                                       .dma_read = on_dma_read,
                                       .dma_write = on_dma_write};
    if (e1000emu_create(&fuzz->chip, &mine) != 0) {
        free(fuzz->memory);
        free(fuzz);
        return NULL;
    }
    e1000emu_dma_map(fuzz->chip, FUZZ_BUS, FUZZ_MEMORY, fuzz->memory,
                     E1000EMU_DMA_READ | E1000EMU_DMA_WRITE);
    e1000emu_config_write(fuzz->chip, 4, 2, 7);
    e1000emu_write32(fuzz->chip, REG_CTRL, CTRL_SLU);
    e1000emu_advance(fuzz->chip, fuzz->now = 5000000000ull);
    return fuzz;
}

void fuzz_free(struct fuzz *fuzz)
{
    e1000emu_destroy(fuzz->chip);
    free(fuzz->memory);
    free(fuzz);
}

static void put64(struct fuzz *fuzz, uint64_t bus, uint64_t value)
{
    memcpy(fuzz->memory + (bus - FUZZ_BUS), &value, sizeof value);
}

static void set_ring(struct fuzz *fuzz, uint32_t first, uint64_t bus)
{
    e1000emu_write32(fuzz->chip, first, (uint32_t)bus);
    e1000emu_write32(fuzz->chip, first + 4, (uint32_t)(bus >> 32));
    e1000emu_write32(fuzz->chip, first + 8, 16 * FUZZ_RING);
    e1000emu_write32(fuzz->chip, first + 0x10, 0);
    e1000emu_write32(fuzz->chip, first + 0x18, 0);
}

void fuzz_start_rings(struct fuzz *fuzz, uint32_t rctl, uint32_t tctl)
{
    for (uint32_t i = 0; i < FUZZ_RING; i++) {
        put64(fuzz, FUZZ_RX_RING + 16 * i, FUZZ_RX_BUFFERS + 1024 * i);
        put64(fuzz, FUZZ_RX_RING + 16 * i + 8, 0);
    }
    set_ring(fuzz, REG_RDBAL, FUZZ_RX_RING);
    set_ring(fuzz, REG_TDBAL, FUZZ_TX_RING);
    e1000emu_write32(fuzz->chip, REG_RCTL, rctl | RCTL_EN);
    e1000emu_write32(fuzz->chip, REG_TCTL, tctl | TCTL_EN);
    e1000emu_write32(fuzz->chip, REG_RDT, FUZZ_RING - 1);
}

void fuzz_pass(struct fuzz *fuzz, e1000emu_time ns)
{
    e1000emu_time end = fuzz->now + ns < fuzz->now ? E1000EMU_NEVER - 1 : fuzz->now + ns;

    for (unsigned i = 0; i < STEPS; i++) {
        e1000emu_time next = e1000emu_next_event(fuzz->chip);

        if (next >= end)
            break;
        if (next > fuzz->now)
            fuzz->now = next;
        e1000emu_advance(fuzz->chip, fuzz->now);
    }
    fuzz->now = end;
    e1000emu_advance(fuzz->chip, end);
}

/* Whether a fault may have raised the interrupt, or hidden what did. */
static bool may_lack_cause(const e1000emu *chip)
{
    static const char *const faults[] = {"irq-spurious", "irq-storm", "stuck-0"};

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (e1000emu_fault_fired(chip, faults[i]) != 0)
            return true;
    return false;
}

void fuzz_check(struct fuzz *fuzz)
{
    struct e1000emu_link link;

    fuzz_require(e1000emu_interrupt_level(fuzz->chip) == fuzz->level,
                 "the level of INTA# is what the host was told");
    fuzz_require(e1000emu_pme_level(fuzz->chip) == fuzz->pme,
                 "the level of PME# is what the host was told");
    e1000emu_get_link(fuzz->chip, &link);
    fuzz_require(!link.up || link.mbps == 10 || link.mbps == 100 || link.mbps == 1000,
                 "a link has a speed of this family");
    fuzz_require(!fuzz->level || may_lack_cause(fuzz->chip) || e1000emu_peek(fuzz->chip, REG_ICR),
                 "an interrupt has a cause");
}
