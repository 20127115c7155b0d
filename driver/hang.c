/* SPDX-License-Identifier: BSD-2-Clause */
/* A transmitter or receiver that stands still: how to tell, and what to say about it. */
#include "internal.h"

#define HANG_US       1000000u /* at 1000 Mb/s */
#define RX_HANG_LOOKS 2u       /* in a row that find the receiver standing */
#define DUMPED        4u       /* descriptors that go into the log */

/* A full packet buffer takes longer to leave by a slower link. */
static uint32_t patience(const struct e1000_dev *dev)
{
    switch (dev->link.mbps) {
    case 10:
        return 16 * HANG_US;
    case 100:
        return 2 * HANG_US;
    default:
        return HANG_US;
    }
}

static void add_register(struct e1000_dev *dev, struct e1000_text *text, const char *name,
                         uint32_t offset)
{
    e1000_text_add(text, name);
    e1000_text_hex(text, e1000_read(dev, offset), 8);
}

/* Where the chip is, where the driver is, and how it came about. */
static void dump_ring(struct e1000_dev *dev, const struct e1000_ring *ring, bool tx, uint32_t ms)
{
    char line[E1000_LINE_SIZE];
    struct e1000_text text;

    e1000_text_line(dev, &text, line, sizeof line);
    e1000_text_add(&text, tx ? "transmitter hung for " : "receiver hung for ");
    e1000_text_decimal(&text, ms);
    e1000_text_add(&text, tx ? " ms: TDH " : " ms: RDH ");
    e1000_text_decimal(&text, e1000_read(dev, tx ? E1000_TDH : E1000_RDH));
    e1000_text_add(&text, tx ? ", TDT " : ", RDT ");
    e1000_text_decimal(&text, e1000_read(dev, tx ? E1000_TDT : E1000_RDT));
    e1000_text_add(&text, ", driver ");
    e1000_text_decimal(&text, ring->cons_slot);
    e1000_text_add(&text, " to ");
    e1000_text_decimal(&text, ring->prod_slot);
    e1000_text_add(&text, " of ");
    e1000_text_decimal(&text, ring->count);
    e1000_log(dev, E1000_LOG_ERROR, line);
}

static void dump_registers(struct e1000_dev *dev, bool tx)
{
    char line[E1000_LINE_SIZE];
    struct e1000_text text;

    e1000_text_line(dev, &text, line, sizeof line);
    add_register(dev, &text, "CTRL ", E1000_CTRL);
    add_register(dev, &text, ", STATUS ", E1000_STATUS);
    add_register(dev, &text, tx ? ", TCTL " : ", RCTL ", tx ? E1000_TCTL : E1000_RCTL);
    add_register(dev, &text, tx ? ", TXDCTL " : ", RXDCTL ", tx ? E1000_TXDCTL : E1000_RXDCTL);
    add_register(dev, &text, ", IMS ", E1000_IMS);
    e1000_log(dev, E1000_LOG_ERROR, line);
}

static void dump_descriptors(struct e1000_dev *dev, const struct e1000_ring *ring)
{
    uint32_t slot = ring->cons_slot;

    for (uint32_t i = 0; i < DUMPED && i < e1000_ring_used(ring); i++) {
        char line[E1000_LINE_SIZE];
        struct e1000_text text;
        uint64_t address = e1000_le64(ring->desc[slot].address);
        uint64_t rest = e1000_desc_load(&ring->desc[slot]);

        e1000_text_line(dev, &text, line, sizeof line);
        e1000_text_add(&text, "descriptor ");
        e1000_text_decimal(&text, slot);
        e1000_text_add(&text, ": ");
        e1000_text_hex(&text, (uint32_t)(address >> 32), 8);
        e1000_text_hex(&text, (uint32_t)address, 8);
        e1000_text_add(&text, " ");
        e1000_text_hex(&text, (uint32_t)(rest >> 32), 8);
        e1000_text_hex(&text, (uint32_t)rest, 8);
        e1000_log(dev, E1000_LOG_ERROR, line);
        slot = e1000_next_slot(ring, slot);
    }
}

static void dump(struct e1000_dev *dev, bool tx, uint32_t us)
{
    const struct e1000_ring *ring = tx ? &dev->tx : &dev->rx;

    dump_ring(dev, ring, tx, us / 1000);
    dump_registers(dev, tx);
    dump_descriptors(dev, ring);
}

bool e1000_tx_hung(struct e1000_dev *dev, uint32_t status)
{
    const struct e1000_ring *ring = &dev->tx;
    uint64_t now = dev->os->time_us(dev->context);
    bool idle = ring->cons == ring->prod || e1000_tx_waiting(dev);
    bool excused = !dev->link.up || status & E1000_STATUS_TXOFF;
    uint32_t tdh = idle || excused ? 0 : e1000_read(dev, E1000_TDH);

    if (idle || excused || tdh != dev->watched_tdh || ring->cons != dev->hang_cons) {
        dev->tx_since = now;
        dev->hang_looks = 0;
        dev->watched_tdh = tdh;
        dev->hang_cons = ring->cons;
        return false;
    }
    /* More than one look, because a clock may jump: a machine that stood still is no hang. */
    if (dev->hang_looks < 2)
        dev->hang_looks++;
    if (dev->hang_looks < 2 || now - dev->tx_since < patience(dev))
        return false;
    dump(dev, true, (uint32_t)(now - dev->tx_since));
    return true;
}

/* ---- The receiver --------------------------------------------------------------------------- */

/* The slot that the driver waits for the chip to finish. False: it waits for none, because a whole
 * frame is there to be taken, or nothing is posted. */
static bool rx_awaits(const struct e1000_dev *dev, uint32_t *slot)
{
    const struct e1000_ring *ring = &dev->rx;

    *slot = ring->cons_slot;
    for (uint32_t i = 0; i < e1000_ring_used(ring); i++) {
        uint64_t rest = e1000_desc_load(&ring->desc[*slot]);

        if (!(rest & E1000_RXD_DD))
            return true;
        if (rest & E1000_RXD_EOP)
            return false;
        *slot = e1000_next_slot(ring, *slot);
    }
    return false;
}

/* Looked at when the statistics have been read, with two seconds from one time to the next: frames
 * came, or found no room, while the descriptor that the driver waits for was there and nothing
 * happened to it. Either the chip has passed it without finishing it, and none behind it will ever
 * be looked at; or it takes no more of them. RDH alone is no proof, nor is a counter. */
static bool rx_stands(struct e1000_dev *dev)
{
    struct e1000_rx_look now = {
        .good = e1000_stats_good(dev), .missed = e1000_stats_missed(dev), .cons = dev->rx.cons};
    const struct e1000_rx_look *last = &dev->rx_look;
    uint32_t slot;
    bool awaits = rx_awaits(dev, &slot);

    now.rdh = awaits ? e1000_read(dev, E1000_RDH) : 0;
    dev->rdh_moves |= now.rdh != 0;

    bool passed = now.rdh != slot && dev->rdh_moves && now.good != last->good;
    bool frozen = now.rdh == slot && now.rdh == last->rdh && now.missed != last->missed;
    bool stands = awaits && now.cons == last->cons && (passed || frozen);

    dev->rx_look = now;
    return stands;
}

bool e1000_rx_hung(struct e1000_dev *dev)
{
    dev->rx_stood = rx_stands(dev) ? dev->rx_stood + 1 : 0;
    if (dev->rx_stood < RX_HANG_LOOKS)
        return false;
    dev->rx_stood = 0;
    dump(dev, false, RX_HANG_LOOKS * E1000_HARVEST_US);
    return true;
}
