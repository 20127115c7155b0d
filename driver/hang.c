/* SPDX-License-Identifier: BSD-2-Clause */
/* A transmitter that stands still: how to tell, and what to say about it. */
#include "internal.h"

#define HANG_US 1000000u /* at 1000 Mb/s */
#define DUMPED  4u       /* descriptors that go into the log */

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

static void dump_registers(struct e1000_dev *dev, uint32_t ms)
{
    const struct e1000_ring *ring = &dev->tx;
    char line[E1000_LINE_SIZE];
    struct e1000_text text;

    e1000_text_line(dev, &text, line, sizeof line);
    e1000_text_add(&text, "transmitter hung for ");
    e1000_text_decimal(&text, ms);
    e1000_text_add(&text, " ms: TDH ");
    e1000_text_decimal(&text, e1000_read(dev, E1000_TDH));
    e1000_text_add(&text, ", TDT ");
    e1000_text_decimal(&text, e1000_read(dev, E1000_TDT));
    e1000_text_add(&text, ", driver ");
    e1000_text_decimal(&text, ring->cons_slot);
    e1000_text_add(&text, " to ");
    e1000_text_decimal(&text, ring->prod_slot);
    e1000_text_add(&text, " of ");
    e1000_text_decimal(&text, ring->count);
    e1000_log(dev, E1000_LOG_ERROR, line);

    e1000_text_line(dev, &text, line, sizeof line);
    add_register(dev, &text, "CTRL ", E1000_CTRL);
    add_register(dev, &text, ", STATUS ", E1000_STATUS);
    add_register(dev, &text, ", TCTL ", E1000_TCTL);
    add_register(dev, &text, ", TXDCTL ", E1000_TXDCTL);
    add_register(dev, &text, ", IMS ", E1000_IMS);
    e1000_log(dev, E1000_LOG_ERROR, line);
}

static void dump_descriptors(struct e1000_dev *dev)
{
    const struct e1000_ring *ring = &dev->tx;
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
    dump_registers(dev, (uint32_t)(now - dev->tx_since) / 1000);
    dump_descriptors(dev);
    return true;
}
