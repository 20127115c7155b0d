/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver as for a course's network lab: everything is written down once, in the order in which it
 * came to mind. */
#include "hobby.h"

#include <string.h>

#define CTRL  0x0000u
#define ICR   0x00C0u
#define IMS   0x00D0u
#define RCTL  0x0100u
#define TCTL  0x0400u
#define TIPG  0x0410u
#define RDBAL 0x2800u
#define RDBAH 0x2804u
#define RDLEN 0x2808u
#define RDH   0x2810u
#define RDT   0x2818u
#define RDTR  0x2820u
#define TDBAL 0x3800u
#define TDBAH 0x3804u
#define TDLEN 0x3808u
#define TDH   0x3810u
#define TDT   0x3818u
#define MTA   0x5200u
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

static void start(struct hobby *h)
{
    h->device->ops->config_write(h->device, 4, 2, 7);

    /* Zeros to IMS disable nothing; and nobody waits for the reset to end. */
    out(h, IMS, 0);
    out(h, CTRL, in(h, CTRL) | 1u << 26);
    out(h, IMS, 0);
    out(h, CTRL, in(h, CTRL) | 1u << 6);

    /* The receiver first: "it must be on before packets come". Its FCS is left in. */
    out(h, RCTL, 1u << 1 | 1u << 15);

    for (unsigned i = 0; i < HOBBY_RING; i++)
        hobby_ring(&h->rx_ring)[i].address = h->rx_data.bus + i * HOBBY_BUFFER;
    out(h, RDBAL, (uint32_t)h->rx_ring.bus);
    out(h, RDBAH, (uint32_t)(h->rx_ring.bus >> 32));
    out(h, RDLEN, HOBBY_RING); /* descriptors, not bytes */
    out(h, RDLEN, HOBBY_RING * sizeof(struct hobby_desc));
    out(h, RDH, 0);
    out(h, RDT, HOBBY_RING); /* "all of them" */
    out(h, RDT, HOBBY_RING - 1);

    out(h, TDBAL, (uint32_t)h->tx_ring.bus);
    out(h, TDBAH, (uint32_t)(h->tx_ring.bus >> 32));
    out(h, TDLEN, HOBBY_RING * sizeof(struct hobby_desc));
    out(h, TDH, 0);
    out(h, TDT, 0);

    for (unsigned i = 0; i < 128; i++)
        out(h, MTA + 4 * i, 0);
    out(h, RAL, 0x12005452);
    out(h, RAH, 0x5634 | 1u << 31);
    out(h, TIPG, 10 | 8 << 10 | 6 << 20);
    out(h, TCTL, 1u << 1 | 0x10 << 4 | 0x40 << 12); /* short frames are not padded */
    out(h, RDTR, 8);
    out(h, IMS, 1u << 7);
}

static void send(struct hobby *h, const uint8_t *frame, size_t length)
{
    struct hobby_desc *desc = &hobby_ring(&h->tx_ring)[h->tx_next];

    memcpy((uint8_t *)h->tx_data.cpu + h->tx_next * HOBBY_BUFFER, frame, length);
    *desc = (struct hobby_desc){.address = h->tx_data.bus + h->tx_next * HOBBY_BUFFER,
                                .length = (uint16_t)length,
                                .byte11 = 0x0b}; /* EOP, IFCS, RS */
    h->tx_next = (h->tx_next + 1) % HOBBY_RING;
    out(h, TDT, h->tx_next);
}

/* Takes what is there, and never reads ICR. */
static void interrupt(struct hobby *h)
{
    for (;;) {
        struct hobby_desc *desc = &hobby_ring(&h->rx_ring)[h->rx_next];

        if (!(desc->byte12 & 1))
            return;
        h->received++;
        /* The status is left as it is: DD is still set when the descriptor goes back. */
        out(h, RDT, h->rx_next);
        h->rx_next = (h->rx_next + 1) % HOBBY_RING;
        if (h->received % HOBBY_RING == 0)
            return; /* or it would take them for new ones for ever */
    }
}

static const char *const rules[] = {
    "access-during-reset",
    "array-not-flushed",
    "descriptor-done",
    "head-written",
    "ims-written-zero",
    "interrupt-left-pending",
    "mta-not-written",
    "rdtr-not-zero",
    "reset-by-memory",
    "ring-changed",
    "ring-length",
    "rx-enabled-before-ring",
    "rx-fcs-kept",
    "rx-no-address",
    "tail-at-head",
    "tail-outside-ring",
    "tail-past-head",
    "tx-short-unpadded",
    NULL,
};

const struct hobby_driver hobby_lab = {
    .name = "lab", .start = start, .send = send, .interrupt = interrupt, .rules = rules};
