/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver put together from pages and forum posts: parts of it are for other chips. */
#include "hobby.h"

#include <string.h>

#define CTRL  0x0000u
#define EECD  0x0010u
#define EERD  0x0014u
#define ICR   0x00C0u
#define IMS   0x00D0u
#define RCTL  0x0100u
#define TCTL  0x0400u
#define RDBAL 0x2800u
#define RDBAH 0x2804u
#define RDLEN 0x2808u
#define RDH   0x2810u
#define RDT   0x2818u
#define TDBAL 0x3800u
#define TDBAH 0x3804u
#define TDLEN 0x3808u
#define TDH   0x3810u
#define TDT   0x3818u
#define RAL   0x5400u
#define RAH   0x5404u

static void out(struct hobby *h, uint32_t reg, uint32_t value)
{
    h->device->ops->write32(h->device, reg, value);
}

static uint32_t in(struct hobby *h, uint32_t reg)
{
    return h->device->ops->read32(h->device, reg);
}

/* Waits for a bit; without the test's patience it would be for ever. */
static uint32_t wait_for(struct hobby *h, uint32_t reg, uint32_t bit)
{
    uint32_t value;

    do {
        value = in(h, reg);
        h->patience -= h->patience > 0;
    } while (!(value & bit) && h->patience > 0);
    return value;
}

/* It asked for the pins before, "to be safe"; the engine that EERD starts waits for them. And the
 * whole of EECD is written, where flash writes are as they should not be. */
static void read_mac(struct hobby *h)
{
    out(h, EECD, 1u << 6);
    for (unsigned word = 0; word < 3; word++) {
        out(h, EERD, 1 | word << 8);
        wait_for(h, EERD, 1u << 4);
    }
}

static void start(struct hobby *h)
{
    h->device->ops->config_write(h->device, 4, 2, 3); /* no bus mastering */
    read_mac(h);

    /* Interrupts first, not to miss any. */
    out(h, IMS, 0x1F6DC | 1u << 7 | 1u << 4);
    in(h, ICR);

    for (unsigned i = 0; i < HOBBY_RING; i++)
        hobby_ring(&h->rx_ring)[i].address = h->rx_data.bus + i * HOBBY_BUFFER;
    out(h, RDBAL, (uint32_t)h->rx_ring.bus);
    out(h, RDBAH, (uint32_t)(h->rx_ring.bus >> 32));
    out(h, RDLEN, HOBBY_RING * sizeof(struct hobby_desc));
    out(h, RDH, 0);
    out(h, RDT, HOBBY_RING - 1);
    out(h, RCTL, 1u << 1 | 1u << 3 | 1u << 4 | 1u << 15 | 1u << 26 | 1u << 27);

    out(h, TCTL, 1u << 1 | 1u << 3 | 15 << 4 | 64 << 12 | 1u << 24); /* before the ring */
    out(h, TDBAL, (uint32_t)h->tx_ring.bus);
    out(h, TDBAH, (uint32_t)(h->tx_ring.bus >> 32));
    out(h, TDLEN, HOBBY_RING * sizeof(struct hobby_desc));
    out(h, TDH, 0);
    out(h, TDT, 0);

    /* Only then does it find out why nothing works. */
    h->device->ops->config_write(h->device, 4, 2, 7);
}

static void send(struct hobby *h, const uint8_t *frame, size_t length)
{
    struct hobby_desc *desc = &hobby_ring(&h->tx_ring)[h->tx_next];

    memcpy((uint8_t *)h->tx_data.cpu + h->tx_next * HOBBY_BUFFER, frame, length);
    *desc = (struct hobby_desc){.address = h->tx_data.bus + h->tx_next * HOBBY_BUFFER,
                                .length = (uint16_t)length,
                                .byte11 = 0x13}; /* EOP, IFCS, and "report": RPS */
    h->tx_next = (h->tx_next + 1) % HOBBY_RING;
    out(h, TDT, h->tx_next);
    if (h->tx_next == 8) /* nothing ever left: that is what CTRL.SLU is for */
        out(h, CTRL, in(h, CTRL) | 1u << 6);
}

static void interrupt(struct hobby *h)
{
    in(h, ICR);
    for (;;) {
        struct hobby_desc *desc = &hobby_ring(&h->rx_ring)[h->rx_next];

        if (!(desc->byte12 & 1))
            return;
        h->received++;
        desc->byte12 = 0;
        h->rx_next = (h->rx_next + 1) % HOBBY_RING;
        out(h, RDT, h->rx_next); /* one too far: where the chip is */
    }
}

static const char *const rules[] = {
    "bus-master-off", "eecd-flash-bits",        "eecd-request-kept", "eerd-while-requested",
    "head-written",   "interrupts-before-ring", "link-not-set-up",   "reserved-bits",
    "ring-changed",   "tail-at-head",           "tipg-not-set",      "tx-enabled-before-ring",
    "tx-report-sent", "tx-short-padded",        "unbounded-poll",    NULL,
};

const struct hobby_driver hobby_wiki = {
    .name = "wiki", .start = start, .send = send, .interrupt = interrupt, .rules = rules};
