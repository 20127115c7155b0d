/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What scripts/watch-cost counts: a chip that nobody watches, at work.
 *
 * usage: watch_cost receive|transmit|access BATCHES
 *
 * 60-byte frames, 32 at a time, or as many pairs of a register write and a read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e1000emu.h"
#include "hw.h"

#define BATCH   32u
#define RING    256u
#define BUS     0x10000000u
#define RX_RING BUS
#define TX_RING (BUS + 0x10000u)
#define DATA    (BUS + 0x20000u)
#define BUFFER  2048u
#define BYTES   0x100000u

static e1000emu *chip;
static uint8_t *memory;
static e1000emu_time now;
static size_t sent;

static void on_interrupt(void *opaque, bool asserted)
{
    (void)opaque;
    (void)asserted;
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    sent += count;
    return count;
}

static void advance(e1000emu_time by)
{
    now += by;
    e1000emu_advance(chip, now);
}

static void put64(uint32_t bus, uint64_t value)
{
    memcpy(memory + (bus - BUS), &value, sizeof value);
}

static uint64_t get64(uint32_t bus)
{
    uint64_t value;

    memcpy(&value, memory + (bus - BUS), sizeof value);
    return value;
}

/* No delay and no interrupt: what a batch costs is the same each time. */
static void start(void)
{
    const struct e1000emu_config config = {
        .host = {.interrupt = on_interrupt, .transmit = on_transmit}};

    memory = calloc(1, BYTES);
    if (!memory || e1000emu_create(&chip, &config) != 0 ||
        e1000emu_dma_map(chip, BUS, BYTES, memory, E1000EMU_DMA_READ | E1000EMU_DMA_WRITE) != 0)
        exit(2);
    e1000emu_config_write(chip, 4, 2, 7);
    e1000emu_write32(chip, REG_CTRL, CTRL_SLU);
    advance(5000000000u);
    for (uint32_t i = 0; i < RING; i++)
        put64(RX_RING + DESC_BYTES * i, DATA + BUFFER * i);
    e1000emu_write32(chip, REG_RDBAL, RX_RING);
    e1000emu_write32(chip, REG_RDLEN, RING * DESC_BYTES);
    e1000emu_write32(chip, REG_TDBAL, TX_RING);
    e1000emu_write32(chip, REG_TDLEN, RING * DESC_BYTES);
    e1000emu_write32(chip, REG_RCTL, RCTL_EN | RCTL_UPE | RCTL_SECRC);
    e1000emu_write32(chip, REG_TCTL, TCTL_EN | TCTL_PSP);
    e1000emu_write32(chip, REG_RDT, RING - 1);
}

static void receive(uint32_t batch)
{
    static const uint8_t frame[60] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8};
    struct e1000emu_frame frames[BATCH];
    uint32_t last = (batch * BATCH + BATCH - 1) % RING;

    for (uint32_t i = 0; i < BATCH; i++)
        frames[i] = (struct e1000emu_frame){.data = frame, .length = sizeof frame};
    if (e1000emu_receive(chip, frames, BATCH, 0, NULL) != BATCH ||
        !(get64(RX_RING + DESC_BYTES * last + 8) >> 32 & RXD_STAT_DD))
        exit(3);
    for (uint32_t i = 0; i < BATCH; i++)
        put64(RX_RING + DESC_BYTES * (last - i) + 8, 0);
    e1000emu_write32(chip, REG_RDT, last);
    advance(BATCH * 672);
}

static void transmit(uint32_t batch)
{
    const uint64_t fields = 60 | (uint64_t)(TXD_CMD_EOP | TXD_CMD_IFCS | TXD_CMD_RS) << 24;
    uint32_t first = batch * BATCH % RING;
    size_t before = sent;

    for (uint32_t i = 0; i < BATCH; i++) {
        put64(TX_RING + DESC_BYTES * (first + i), DATA + BUFFER * i);
        put64(TX_RING + DESC_BYTES * (first + i) + 8, fields);
    }
    e1000emu_write32(chip, REG_TDT, (first + BATCH) % RING);
    advance(BATCH * 672);
    if (sent != before + BATCH)
        exit(4);
}

static void touch(uint32_t batch)
{
    for (uint32_t i = 0; i < BATCH; i++) {
        e1000emu_write32(chip, REG_FCAL, batch);
        if (e1000emu_read32(chip, REG_FCAL) != batch)
            exit(5);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*batch)(uint32_t batch);
    } ways[] = {{"receive", receive}, {"transmit", transmit}, {"access", touch}};

    for (size_t way = 0; argc == 3 && way < sizeof ways / sizeof *ways; way++) {
        if (strcmp(argv[1], ways[way].name) != 0)
            continue;
        start();
        for (uint32_t batch = 0; batch < strtoul(argv[2], NULL, 10); batch++)
            ways[way].batch(batch);
        e1000emu_destroy(chip);
        free(memory);
        return 0;
    }
    fputs("usage: watch_cost receive|transmit|access BATCHES\n", stderr);
    return 2;
}
