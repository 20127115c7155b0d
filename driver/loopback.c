/* SPDX-License-Identifier: BSD-2-Clause */
/* The loopback part of the self-test: rings and frames of its own, in one piece of memory. */
#include "internal.h"

#define FRAMES      8u
#define FRAME_BYTES 1024u
#define BUFFER      2048u
#define RING_BYTES  128u /* eight descriptors, the smallest ring there is */

/* In the memory: the two rings, the frame that is sent, and what comes back. */
#define TX_RING   0u
#define RX_RING   RING_BYTES
#define TX_FRAME  BUFFER
#define RX_FRAMES (2 * BUFFER)
#define MEMORY    (RX_FRAMES + FRAMES * BUFFER)
#define ALIGN     32768u /* no buffer of it can cross 64 KiB then */

static struct e1000_desc *ring(const struct e1000_dev *dev, size_t at)
{
    return (struct e1000_desc *)(void *)((uint8_t *)dev->test.memory.cpu + at);
}

static uint8_t *bytes(const struct e1000_dev *dev, size_t at)
{
    return (uint8_t *)dev->test.memory.cpu + at;
}

/* To ourselves, of a type that nobody else uses; then what ethtool's test sends. */
static void make_frame(struct e1000_dev *dev)
{
    uint8_t *frame = bytes(dev, TX_FRAME);

    memset(frame, 0xFF, FRAME_BYTES);
    memset(frame + FRAME_BYTES / 2, 0xAA, FRAME_BYTES / 2);
    frame[FRAME_BYTES / 2 + 10] = 0xBE;
    frame[FRAME_BYTES / 2 + 12] = 0xAF;
    memcpy(frame, dev->mac, 6);
    memcpy(frame + 6, dev->mac, 6);
    frame[12] = 0x88; /* IEEE 802, local experiments */
    frame[13] = 0xB5;
}

static void set_ring(struct e1000_dev *dev, uint32_t low, size_t at)
{
    const uint32_t high = low + 4, length = low + 8, head = low + 0x10, tail = low + 0x18;
    uint64_t bus = dev->test.memory.bus + at;

    e1000_write(dev, low, (uint32_t)bus);
    e1000_write(dev, high, (uint32_t)(bus >> 32));
    e1000_write(dev, length, RING_BYTES);
    e1000_write(dev, head, 0);
    e1000_write(dev, tail, 0);
}

int e1000_loop_begin(struct e1000_dev *dev)
{
    struct e1000_dma *memory = &dev->test.memory;

    if (e1000_memory_get(dev, MEMORY, ALIGN, ALIGN, memory))
        return E1000_ERR_MEMORY;
    make_frame(dev);
    return E1000_OK;
}

/* Rings and receiver, once more after a reset; nothing is sent yet. */
void e1000_loop_enable(struct e1000_dev *dev)
{
    struct e1000_desc *tx = ring(dev, TX_RING), *rx = ring(dev, RX_RING);
    const uint64_t bus = dev->test.memory.bus;
    uint32_t rctl = E1000_RCTL_EN | E1000_RCTL_SECRC; /* buffers of 2048 bytes */

    for (uint32_t i = 0; i < FRAMES; i++) {
        tx[i].address = e1000_le64(bus + TX_FRAME);
        tx[i].rest = e1000_le64(FRAME_BYTES | E1000_TXD_EOP | E1000_TXD_IFCS | E1000_TXD_RS);
        rx[i].address = e1000_le64(bus + RX_FRAMES + i * BUFFER);
        rx[i].rest = 0;
        memset(bytes(dev, RX_FRAMES + i * BUFFER), 0, FRAME_BYTES);
    }
    e1000_filter_mac(dev, 0, dev->mac);
    if (e1000_is_fiber(dev))
        rctl |= E1000_RCTL_LBM;
    set_ring(dev, E1000_TDBAL, TX_RING);
    set_ring(dev, E1000_RDBAL, RX_RING);
    e1000_write(dev, E1000_RDTR, 0);
    e1000_write(dev, E1000_TXDCTL, E1000_TXDCTL_WTHRESH1 | E1000_TXDCTL_GRAN);
    e1000_write(dev, E1000_TCTL, e1000_tctl());
    e1000_write(dev, E1000_RCTL, rctl);
    e1000_doorbell(dev, E1000_RDT, FRAMES - 1);
}

/* Seven frames to ourselves: one slot of a ring stays empty. */
void e1000_loop_send(struct e1000_dev *dev)
{
    e1000_doorbell(dev, E1000_TDT, FRAMES - 1);
}

int e1000_loop_look(struct e1000_dev *dev)
{
    struct e1000_desc *rx = ring(dev, RX_RING);

    for (uint32_t i = 0; i < FRAMES - 1; i++) {
        uint64_t rest = e1000_desc_load(&rx[i]);

        if (!(rest & E1000_RXD_DD))
            return 1;
        if ((rest & E1000_RXD_LENGTH) != FRAME_BYTES || !(rest & E1000_RXD_EOP) ||
            memcmp(bytes(dev, RX_FRAMES + i * BUFFER), bytes(dev, TX_FRAME), FRAME_BYTES))
            return 13;
    }
    return E1000_OK;
}

void e1000_loop_end(struct e1000_dev *dev)
{
    e1000_memory_put(dev, &dev->test.memory);
}
