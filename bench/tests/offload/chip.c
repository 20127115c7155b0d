/* SPDX-License-Identifier: BSD-2-Clause */
#include "chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw.h"

#define RING_BYTES  4096u
#define DESCRIPTORS (RING_BYTES / 16)
#define MEMORY      (RING_BYTES + 4 * CHIP_BYTES_MAX)
#define BUS         0x200000000ull
#define SECOND      1000000000u

struct chip {
    e1000emu *emu;
    uint8_t *memory;
    uint32_t tail; /* next descriptor */
    uint32_t used; /* bytes of memory */
    void (*frame)(void *opaque, const uint8_t *data, uint32_t length);
    void *opaque;
};

static void die(const char *why)
{
    fprintf(stderr, "chip: %s\n", why);
    exit(1);
}

static void on_interrupt(void *opaque, bool asserted)
{
    (void)opaque;
    (void)asserted;
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct chip *chip = opaque;

    for (size_t i = 0; i < count; i++) {
        if (frames[i].flags & E1000EMU_FRAME_FCS)
            die("a frame without FCS left");
        chip->frame(chip->opaque, frames[i].data, frames[i].length);
    }
    return count;
}

struct chip *chip_new(uint16_t vet,
                      void (*frame)(void *opaque, const uint8_t *data, uint32_t length),
                      void *opaque)
{
    struct chip *chip = calloc(1, sizeof *chip);
    struct e1000emu_config config = {0};

    if (!chip || !(chip->memory = calloc(1, MEMORY)))
        die("no memory");
    chip->frame = frame;
    chip->opaque = opaque;
    config.host.opaque = chip;
    config.host.interrupt = on_interrupt;
    config.host.transmit = on_transmit;
    if (e1000emu_create(&chip->emu, &config) < 0 ||
        e1000emu_dma_map(chip->emu, BUS, MEMORY, chip->memory,
                         E1000EMU_DMA_READ | E1000EMU_DMA_WRITE) < 0)
        die("can't be made");
    e1000emu_config_write(chip->emu, 4, 2, 0x0006); /* memory, bus master */
    e1000emu_write32(chip->emu, REG_CTRL,
                     e1000emu_read32(chip->emu, REG_CTRL) | CTRL_SLU | CTRL_VME);
    e1000emu_advance(chip->emu, 100ull * SECOND);
    if (!(e1000emu_read32(chip->emu, REG_STATUS) & STATUS_LU))
        die("no link");
    e1000emu_write32(chip->emu, REG_VET, vet);
    e1000emu_write32(chip->emu, REG_TDBAL, (uint32_t)BUS);
    e1000emu_write32(chip->emu, REG_TDBAH, (uint32_t)(BUS >> 32));
    e1000emu_write32(chip->emu, REG_TDLEN, RING_BYTES);
    e1000emu_write32(chip->emu, REG_TCTL, TCTL_EN);
    chip->used = RING_BYTES;
    return chip;
}

void chip_free(struct chip *chip)
{
    e1000emu_destroy(chip->emu);
    free(chip->memory);
    free(chip);
}

static void put64(uint8_t *at, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static void post(struct chip *chip, uint64_t low, uint64_t high)
{
    put64(chip->memory + 16 * chip->tail, low);
    put64(chip->memory + 16 * chip->tail + 8, high);
    chip->tail = (chip->tail + 1) % DESCRIPTORS;
}

void chip_context(struct chip *chip, uint64_t low, uint64_t high)
{
    post(chip, low, high);
}

void chip_post(struct chip *chip, const uint8_t *data, uint32_t length, uint64_t fields,
               const uint32_t *cut, unsigned cuts)
{
    const uint64_t eop = (uint64_t)TXD_CMD_EOP << 24;
    uint64_t bus = BUS + chip->used;
    unsigned i = 0;

    if (length > MEMORY - chip->used)
        die("too much at once");
    memcpy(chip->memory + chip->used, data, length);
    chip->used += length;
    while (length > 0) {
        uint32_t n = i < cuts && cut[i] < length ? cut[i] : length;

        post(chip, bus, n | (n == length ? fields : fields & ~eop));
        bus += n;
        length -= n;
        i++;
    }
}

void chip_send(struct chip *chip)
{
    e1000emu_write32(chip->emu, REG_TDT, chip->tail);
    for (unsigned i = 0; i < 100000 && e1000emu_next_event(chip->emu) != E1000EMU_NEVER; i++)
        e1000emu_advance(chip->emu, e1000emu_next_event(chip->emu));
    if (e1000emu_read32(chip->emu, REG_TDH) != chip->tail)
        die("descriptors stay");
    chip->used = RING_BYTES;
}
