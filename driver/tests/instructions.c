/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What scripts/instructions counts: batches of frames through the core, with a partner that does no
 * more than a chip has to in the descriptors.
 *
 * usage: instructions receive|transmit BATCHES
 *
 * 60-byte frames, 32 at a time, offloads off. Only what the core's own functions execute is
 * counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e1000_core.h"

#define BATCH 32u
#define RING  256u

static struct e1000_dev dev;
static uint32_t reg[0x20000 / 4];
static uint16_t config[128];
static uint64_t now;
static struct {
    void *cpu;
    size_t size;
} memory[64];
static unsigned memories;

/* ---- The operating system ------------------------------------------------------------------- */

static uint32_t read32(void *context, uint32_t offset)
{
    (void)context;
    return reg[offset / 4] & (offset == E1000_CTRL ? ~E1000_CTRL_RST : UINT32_MAX);
}

/* EERD and MDIC answer at once; there is no time to lose here. */
static void write32(void *context, uint32_t offset, uint32_t value)
{
    static const uint16_t words[64] = {0x0200, 0, 0x0100, [63] = 0xBABA - 0x0300};

    (void)context;
    if (offset == E1000_EERD)
        value = E1000_EERD_DONE | (uint32_t)words[value >> E1000_EERD_ADDR_SHIFT & 63]
                                      << E1000_EERD_DATA_SHIFT;
    if (offset == E1000_MDIC) {
        uint32_t phy = value >> E1000_MDIC_REG_SHIFT & 31;

        value = E1000_MDIC_R | (phy == E1000_PHY_ID1   ? E1000_PHY_ID >> 16
                                : phy == E1000_PHY_ID2 ? E1000_PHY_ID & 0xFFFF
                                                       : 0);
    }
    reg[offset / 4] = value;
}

static uint16_t config_read16(void *context, uint32_t offset)
{
    (void)context;
    return config[offset / 2];
}

static void config_write16(void *context, uint32_t offset, uint16_t value)
{
    (void)context;
    config[offset / 2] = value;
}

/* The bus address is the number of the piece, and the offset in it. */
static int dma_alloc(void *context, size_t size, size_t align, size_t boundary,
                     struct e1000_dma *block)
{
    (void)context;
    (void)align;
    (void)boundary;
    memory[memories].cpu = calloc(1, size);
    memory[memories].size = size;
    *block = (struct e1000_dma){
        .cpu = memory[memories].cpu, .bus = (uint64_t)(memories + 1) << 32, .size = size};
    memories++;
    return block->cpu ? 0 : -1;
}

static void dma_free(void *context, struct e1000_dma *block)
{
    (void)context;
    free(block->cpu);
}

static uint64_t time_us(void *context)
{
    (void)context;
    return now;
}

static void delay_us(void *context, uint32_t us)
{
    (void)context;
    now += us;
}

static const struct e1000_os os = {
    .read32 = read32,
    .write32 = write32,
    .config_read16 = config_read16,
    .config_write16 = config_write16,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
    .time_us = time_us,
    .delay_us = delay_us,
    .sleep_us = delay_us,
};

/* ---- The chip ------------------------------------------------------------------------------- */

static struct e1000_desc *ring(uint32_t high)
{
    return memory[reg[high / 4] - 1].cpu;
}

/* Stores a frame in each of the next descriptors, or sends what is queued. */
static void chip_moves(uint32_t high, uint32_t *head, uint64_t done)
{
    struct e1000_desc *desc = ring(high);

    for (unsigned i = 0; i < BATCH; i++) {
        desc[*head].rest |= done;
        *head = (*head + 1) % RING;
    }
}

/* ---- The batches ---------------------------------------------------------------------------- */

static void receive(unsigned batches)
{
    struct e1000_frag frags[BATCH];
    uint32_t head = 0;

    for (unsigned i = 0; i < batches; i++) {
        chip_moves(E1000_RDBAH, &head, E1000_RXD_DD | E1000_RXD_EOP | E1000_RXD_IXSM | 60);
        if (e1000_receive(&dev, frags, BATCH) != BATCH)
            abort();
        e1000_recycle(&dev, frags, BATCH);
    }
}

static void transmit(unsigned batches)
{
    struct e1000_frag frags[BATCH];
    void *cookies[BATCH];
    uint32_t head = 0;

    for (unsigned i = 0; i < BATCH; i++)
        frags[i] = (struct e1000_frag){.bus = 0x1000 * i, .length = 60, .flags = E1000_FRAG_EOP};
    for (unsigned i = 0; i < batches; i++) {
        if (e1000_transmit(&dev, frags, BATCH) != BATCH)
            abort();
        chip_moves(E1000_TDBAH, &head, E1000_TXD_DD);
        if (e1000_reap(&dev, cookies, BATCH) != BATCH)
            abort();
    }
}

int main(int argc, char **argv)
{
    struct e1000_params params;
    unsigned batches = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;

    if (batches == 0) {
        fprintf(stderr, "usage: instructions receive|transmit BATCHES\n");
        return 2;
    }
    config[E1000_PCI_VENDOR / 2] = E1000_VENDOR_INTEL;
    config[E1000_PCI_DEVICE / 2] = 0x100F;
    reg[E1000_EECD / 4] = E1000_EECD_EE_PRES;
    e1000_params_init(&params);
    params.eeprom_by_eerd = true;
    params.rx_checksum = params.tx_offload = false;
    if (e1000_attach(&dev, &os, NULL, &params) || e1000_up(&dev))
        return 1;
    while (e1000_get_state(&dev) == E1000_STATE_STARTING)
        now = e1000_tick(&dev);
    if (e1000_get_state(&dev) != E1000_STATE_UP)
        return 1;
    if (!strcmp(argv[1], "receive"))
        receive(batches);
    else
        transmit(batches);
    return 0;
}
