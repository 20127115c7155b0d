/* SPDX-License-Identifier: BSD-2-Clause */
#include "both_rings.h"

#include <string.h>

#define TX_RING    FIXTURE_BUS
#define RX_RING    (FIXTURE_BUS + 0x10000)
#define TX_BUFFERS (FIXTURE_BUS + 0x200000)
#define RX_BUFFERS (FIXTURE_BUS + 0x400000)

const uint8_t both_station[6] = {0x00, 0x0c, 0x29, 0x01, 0x02, 0x03};
const uint8_t both_partner[6] = {0x00, 0x0c, 0x29, 0x99, 0x02, 0x03};
const uint8_t both_broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

uint64_t both_rx_buffer(uint32_t i)
{
    return RX_BUFFERS + (uint64_t)i * BOTH_BUFFER;
}

static void set_ring(struct fixture *f, uint32_t base, uint64_t bus)
{
    fixture_write(f, base, (uint32_t)bus);
    fixture_write(f, base + 4, (uint32_t)(bus >> 32));
    fixture_write(f, base + 8, 16 * BOTH_COUNT);
    fixture_write(f, base + 0x10, 0);
    fixture_write(f, base + 0x18, 0);
}

void both_start(struct fixture *f, struct both_rings *rings, uint32_t rctl, bool give)
{
    *rings = (struct both_rings){0};
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_TCTL, 0);
    set_ring(f, REG_RDBAL, RX_RING);
    set_ring(f, REG_TDBAL, TX_RING);
    fixture_write(f, REG_RAL(0), 0x01290c00);
    fixture_write(f, REG_RAH(0), 0x0302 | RAH_AV);
    for (uint32_t i = 0; i < BOTH_COUNT; i++) {
        fixture_put64(f, RX_RING + 16 * i, both_rx_buffer(i));
        fixture_put64(f, RX_RING + 16 * i + 8, 0);
    }
    fixture_write(f, REG_RCTL, rctl | RCTL_EN | RCTL_SECRC);
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_PSP | 15u << TCTL_CT_SHIFT | 64u << TCTL_COLD_SHIFT);
    if (give)
        both_give(f, rings);
    fixture_read(f, REG_ICR);
}

void both_give(struct fixture *f, const struct both_rings *rings)
{
    fixture_write(f, REG_RDT, (rings->rx_next + BOTH_COUNT - 1) % BOTH_COUNT);
}

void both_post(struct fixture *f, struct both_rings *rings, const uint8_t *data, uint32_t length)
{
    uint32_t i = rings->tx_tail;
    uint64_t bus = TX_BUFFERS + (uint64_t)i * BOTH_BUFFER;

    memcpy(fixture_at(f, bus), data, length);
    fixture_put64(f, TX_RING + 16 * i, bus);
    fixture_put64(f, TX_RING + 16 * i + 8,
                  length | (uint64_t)(TXD_CMD_EOP | TXD_CMD_IFCS | TXD_CMD_RS) << 24);
    rings->tx_tail = (i + 1) % BOTH_COUNT;
}

void both_doorbell(struct fixture *f, const struct both_rings *rings)
{
    fixture_write(f, REG_TDT, rings->tx_tail);
}

void both_send(struct fixture *f, struct both_rings *rings, const uint8_t to[6], uint32_t length,
               uint32_t seed)
{
    uint8_t bytes[BOTH_BUFFER];

    fixture_make_frame(bytes, length, to, seed);
    both_post(f, rings, bytes, length);
    both_doorbell(f, rings);
}

uint32_t both_take(struct fixture *f, struct both_rings *rings, const uint8_t **data)
{
    uint32_t i = rings->rx_next;
    uint64_t fields = fixture_get64(f, RX_RING + 16 * i + 8);

    if (!(fields >> 32 & RXD_STAT_DD))
        return 0;
    assert_true(fields >> 32 & RXD_STAT_EOP);
    assert_int_equal(fields >> 40 & 0xff, 0);
    *data = fixture_at(f, both_rx_buffer(i));
    fixture_put64(f, RX_RING + 16 * i + 8, 0);
    rings->rx_next = (i + 1) % BOTH_COUNT;
    both_give(f, rings);
    return fields & 0xffff;
}
