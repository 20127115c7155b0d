/* SPDX-License-Identifier: BSD-2-Clause */
#include "check_case.h"

static uint32_t tail;

void check_write(struct fixture *f, uint32_t offset, uint32_t value)
{
    fixture_write(f, offset, value);
    fixture_read(f, REG_STATUS);
}

void check_tables(struct fixture *f)
{
    check_write(f, REG_RAL(0), 0x01290c00);
    check_write(f, REG_RAH(0), 0x0302 | RAH_AV);
    for (uint32_t i = 0; i < MTA_COUNT; i++)
        check_write(f, REG_MTA_N(i), 0);
    for (uint32_t i = 0; i < VFTA_COUNT; i++)
        check_write(f, REG_VFTA_N(i), 0);
}

void check_rx_descriptor(struct fixture *f, uint32_t index, uint64_t address, uint64_t fields)
{
    fixture_put64(f, CHECK_RX_RING + DESC_BYTES * index, address);
    fixture_put64(f, CHECK_RX_RING + DESC_BYTES * index + 8, fields);
}

void check_rx_ring(struct fixture *f)
{
    for (uint32_t i = 0; i < CHECK_COUNT; i++)
        check_rx_descriptor(f, i, CHECK_RX_DATA + 2048u * i, 0);
    fixture_write(f, REG_RDBAL, (uint32_t)CHECK_RX_RING);
    fixture_write(f, REG_RDBAH, (uint32_t)(CHECK_RX_RING >> 32));
    fixture_write(f, REG_RDLEN, CHECK_COUNT * DESC_BYTES);
    fixture_write(f, REG_RDH, 0);
    fixture_write(f, REG_RDT, CHECK_COUNT - 1);
}

void check_tx_ring(struct fixture *f)
{
    tail = 0;
    fixture_write(f, REG_TDBAL, (uint32_t)CHECK_TX_RING);
    fixture_write(f, REG_TDBAH, (uint32_t)(CHECK_TX_RING >> 32));
    fixture_write(f, REG_TDLEN, CHECK_COUNT * DESC_BYTES);
    fixture_write(f, REG_TDH, 0);
    fixture_write(f, REG_TDT, 0);
    fixture_write(f, REG_TIPG, 0x00602008);
    fixture_write(f, REG_TIDV, 8);
}

void check_start(struct fixture *f)
{
    fixture_write(f, REG_RCTL, CHECK_RCTL);
    fixture_write(f, REG_TCTL, CHECK_TCTL);
}

uint32_t check_tail(void)
{
    return tail;
}

void check_post(struct fixture *f, uint64_t address, uint64_t fields)
{
    fixture_put64(f, CHECK_TX_RING + DESC_BYTES * tail, address);
    fixture_put64(f, CHECK_TX_RING + DESC_BYTES * tail + 8, fields);
    tail = (tail + 1) % CHECK_COUNT;
}

void check_ring(struct fixture *f)
{
    fixture_write(f, REG_TDT, tail);
}

void check_receive(struct fixture *f, uint32_t length)
{
    static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    uint8_t frame[2048];

    fixture_make_frame(frame, length, broadcast, 1);
    fixture_receive(f, frame, length, 0);
}
