/* SPDX-License-Identifier: BSD-2-Clause */
/* Rings, receive descriptors, memory, and what changes under the chip's hands. */
#include <string.h>

#include "check_case.h"

/* ---- Registers ------------------------------------------------------------------------------ */

static void ring_base(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_RDBAL, (uint32_t)CHECK_RX_RING + (wrong ? 8 : 0));
    fixture_write(f, REG_TDBAL, (uint32_t)CHECK_TX_RING + (wrong ? 8 : 0));
}

static void ring_length(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_RDLEN, wrong ? 64 : 1024);
    fixture_write(f, REG_TDLEN, wrong ? 0x100000 : 0xFFF80);
}

static void ring_crosses_64k(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_TDBAL, (uint32_t)CHECK_TX_RING + (wrong ? 0xFE00 : 0xFC00));
    check_start(f);
}

static void ring_changed(struct fixture *f, bool wrong)
{
    if (!wrong)
        fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TDBAL, (uint32_t)CHECK_TX_RING + 0x1000);
    fixture_write(f, REG_RDLEN, CHECK_COUNT * DESC_BYTES); /* what it is */
}

static void head_written(struct fixture *f, bool wrong)
{
    if (!wrong)
        fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TDH, 0);
}

static void tail_outside_ring(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_TDT, wrong ? CHECK_COUNT : 0);
    fixture_write(f, REG_TDT, 0);
    fixture_write(f, REG_RDH, wrong ? CHECK_COUNT + 1 : 0);
    check_start(f);
}

/* Moved before the length is known, which is no mistake as long as it fits later. */
static void tail_before_length(struct fixture *f, bool wrong)
{
    check_tables(f);
    check_rx_ring(f);
    fixture_write(f, REG_RDLEN, 0);
    fixture_write(f, REG_RDT, wrong ? 64 : 63);
    fixture_write(f, REG_RDT, wrong ? 65 : 63);
    fixture_write(f, REG_RDLEN, CHECK_COUNT * DESC_BYTES);
    fixture_write(f, REG_RCTL, CHECK_RCTL);
}

static void tail_at_head(struct fixture *f, bool wrong)
{
    for (unsigned i = 0; i < 3; i++)
        check_receive(f, 60);
    /* Three are back, and so may go to the chip again: from 63 on. */
    fixture_write(f, REG_RDT, wrong ? 3 : 2);
}

static void tail_past_head(struct fixture *f, bool wrong)
{
    for (unsigned i = 0; i < 3; i++)
        check_receive(f, 60);
    fixture_write(f, REG_RDT, wrong ? 4 : 2);
    fixture_write(f, REG_RDT, wrong ? 4 : 2); /* stays where it is */
}

static void descriptor_thresholds(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_TXDCTL, wrong ? 16 : 15);
    fixture_write(f, REG_TXDCTL, (wrong ? 16u : 15u) << 8);
    fixture_write(f, REG_RXDCTL, (wrong ? 16u : 15u) << 16);
    fixture_write(f, REG_RXDCTL, RXDCTL_GRAN | 1u << 16 | 32);
    e1000emu_config_write(f->chip, 0x0C, 1, 16); /* dwords a line: four descriptors */
    fixture_write(f, REG_TXDCTL, wrong ? 8 : 7);
    e1000emu_config_write(f->chip, 0x0C, 1, 4); /* one descriptor */
    fixture_write(f, REG_TXDCTL, wrong ? 32 : 31);
    e1000emu_config_write(f->chip, 0x0C, 1, 32); /* eight */
    fixture_write(f, REG_TXDCTL, wrong ? 4 : 3);
}

static void no_progress(struct fixture *f, bool wrong)
{
    check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE, 60));
    check_ring(f);
    check_ring(f);
    if (!wrong)
        fixture_write(f, REG_TCTL, CHECK_TCTL);
    fixture_run(f, 1500000000);
    fixture_read(f, REG_STATUS);
}

/* ---- Receive descriptors -------------------------------------------------------------------- */

static void descriptor_done(struct fixture *f, bool wrong)
{
    check_rx_descriptor(f, 5, CHECK_RX_DATA + 0x1000, (uint64_t)(wrong ? RXD_STAT_DD : 0) << 32);
    check_rx_descriptor(f, 2, CHECK_RX_DATA + 0x2800, 0);
    check_start(f);
    check_receive(f, 60);
    check_post(f, CHECK_TX_DATA,
               check_legacy(CHECK_WHOLE, 60) | (uint64_t)(wrong ? TXD_STAT_DD : 0) << 32);
    check_ring(f);
}

static void rx_buffer_null(struct fixture *f, bool wrong)
{
    if (wrong)
        check_rx_descriptor(f, 1, 0, 0);
    check_start(f);
    check_receive(f, 60);
}

static void rx_buffer_crosses_64k(struct fixture *f, bool wrong)
{
    check_rx_descriptor(f, 1, CHECK_RX_DATA + 0x80000 - (wrong ? 1024 : 2048), 0);
    check_start(f);
    check_receive(f, 60);
}

static void rx_starved(struct fixture *f, bool wrong)
{
    for (unsigned i = 0; i < 200; i++)
        check_receive(f, 1500);
    fixture_run(f, 500000000);
    if (!wrong) {
        check_rx_descriptor(f, 63, CHECK_RX_DATA + 2048 * 63, 0);
        fixture_write(f, REG_RDT, 0);
        check_receive(f, 60);
        fixture_run(f, 1000);
    }
    fixture_run(f, 600000000);
    fixture_read(f, REG_STATUS);
}

/* ---- Memory --------------------------------------------------------------------------------- */

static void dma_outside(struct fixture *f, bool wrong)
{
    check_post(f, wrong ? 0x1000 : CHECK_TX_DATA, check_legacy(CHECK_WHOLE, 60));
    check_ring(f);
}

#define OTHER 0x300000000ull

static void dma_after_unmap(struct fixture *f, bool wrong)
{
    static uint8_t memory[4096];
    const unsigned rights = E1000EMU_DMA_READ | E1000EMU_DMA_WRITE;

    assert_int_equal(e1000emu_dma_map(f->chip, OTHER, sizeof memory, memory, rights), 0);
    assert_int_equal(e1000emu_dma_unmap(f->chip, OTHER, sizeof memory), 0);
    if (!wrong)
        assert_int_equal(e1000emu_dma_map(f->chip, OTHER, sizeof memory, memory, rights), 0);
    check_post(f, OTHER, check_legacy(CHECK_WHOLE, 60));
    check_ring(f);
}

static void unmap_and_map(struct fixture *f)
{
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY, f->memory,
                                      E1000EMU_DMA_READ | E1000EMU_DMA_WRITE),
                     0);
}

static void memory_freed_in_use(struct fixture *f, bool wrong)
{
    static uint8_t memory[4096];
    const unsigned rights = E1000EMU_DMA_READ | E1000EMU_DMA_WRITE;

    assert_int_equal(e1000emu_dma_map(f->chip, OTHER, sizeof memory, memory, rights), 0);
    check_rx_descriptor(f, 2, wrong ? OTHER : CHECK_RX_DATA + 4096, 0);
    check_start(f);
    check_receive(f, 60);
    assert_int_equal(e1000emu_dma_unmap(f->chip, OTHER, sizeof memory), 0);
    if (!wrong)
        fixture_write(f, REG_RCTL, 0);
    else
        unmap_and_map(f);
    fixture_write(f, REG_RCTL, 0);
    if (!wrong)
        fixture_write(f, REG_TCTL, 0);
    unmap_and_map(f);
}

/* ---- Twice looked at ------------------------------------------------------------------------ */

static void descriptor_changed(struct fixture *f, bool wrong)
{
    check_receive(f, 60); /* the chip fetches all */
    if (wrong) {
        check_rx_descriptor(f, 2, CHECK_RX_DATA + 2 * 2048, 7);
        check_rx_descriptor(f, 3, CHECK_RX_DATA, 0);
    }
    for (unsigned i = 0; i < 4; i++)
        check_receive(f, 60);
}

/* The wire takes nothing at first, so that the chip holds the descriptors. */
static void tx_payload_changed(struct fixture *f, bool wrong)
{
    f->accept = 0;
    check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE & ~TXD_CMD_RS, 60));
    check_post(f, CHECK_TX_DATA + 2048, check_legacy(CHECK_WHOLE, 60));
    check_ring(f);
    if (wrong)
        *fixture_at(f, CHECK_TX_DATA + 20) ^= 1;
    f->accept = 100;
    e1000emu_transmit_ready(f->chip);
}

static void rx_buffer_written(struct fixture *f, bool wrong)
{
    check_receive(f, 60);
    *fixture_at(f, CHECK_RX_DATA + (wrong ? 2048 : 0) + 2047) ^= 1; /* the first one is back */
    for (unsigned i = 0; i < 4; i++)
        check_receive(f, 60);
}

static void rx_buffer_shared(struct fixture *f, bool wrong)
{
    check_rx_descriptor(f, 5, CHECK_RX_DATA + (wrong ? 0 : 5 * 2048), 0);
    check_start(f);
    check_receive(f, 60);
}

const struct check_case check_ring_cases[] = {
    {"ring-base", ring_base, CHECK_COLD, NULL, NULL},
    {"ring-length", ring_length, CHECK_COLD, NULL, NULL},
    {"ring-crosses-64k", ring_crosses_64k, CHECK_READY, NULL, NULL},
    {"ring-changed", ring_changed, CHECK_RUNNING, NULL, NULL},
    {"head-written", head_written, CHECK_RUNNING, NULL, NULL},
    {"tail-outside-ring", tail_outside_ring, CHECK_READY, NULL, NULL},
    {"tail-outside-ring", tail_before_length, CHECK_COLD, NULL, NULL},
    {"tail-at-head", tail_at_head, CHECK_RUNNING, NULL, NULL},
    {"tail-past-head", tail_past_head, CHECK_RUNNING, NULL, NULL},
    {"descriptor-thresholds", descriptor_thresholds, CHECK_COLD, NULL, NULL},
    {"no-progress", no_progress, CHECK_READY, NULL, NULL},
    {"descriptor-done", descriptor_done, CHECK_READY, NULL, NULL},
    {"rx-buffer-null", rx_buffer_null, CHECK_READY, NULL, NULL},
    {"rx-buffer-crosses-64k", rx_buffer_crosses_64k, CHECK_READY, NULL, NULL},
    {"rx-starved", rx_starved, CHECK_RUNNING, NULL, NULL},
    {"dma-outside", dma_outside, CHECK_RUNNING, NULL, NULL},
    {"dma-after-unmap", dma_after_unmap, CHECK_RUNNING, NULL, NULL},
    {"memory-freed-in-use", memory_freed_in_use, CHECK_READY, NULL, NULL},
    {"descriptor-changed", descriptor_changed, CHECK_RUNNING, NULL, NULL},
    {"tx-payload-changed", tx_payload_changed, CHECK_RUNNING, NULL, NULL},
    {"rx-buffer-written", rx_buffer_written, CHECK_RUNNING, NULL, NULL},
    {"rx-buffer-shared", rx_buffer_shared, CHECK_READY, NULL, NULL},
    {NULL, NULL, CHECK_COLD, NULL, NULL},
};
