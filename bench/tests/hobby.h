/* SPDX-License-Identifier: BSD-2-Clause */
/* Two small drivers as people write them in their first weeks with a NIC, mistakes and all. They
 * reach the chip as any driver of the bench does. */
#ifndef BENCH_TESTS_HOBBY_H
#define BENCH_TESTS_HOBBY_H

#include "device.h"
#include "dmamem.h"
#include "driver.h"

#define HOBBY_RING   16u
#define HOBBY_BUFFER 2048u

struct hobby_desc {
    uint64_t address;
    uint16_t length;
    uint8_t byte10, byte11, byte12, byte13; /* what they are depends on the ring */
    uint16_t special;
};

struct hobby {
    struct device *device;
    struct e1000_dma rx_ring, tx_ring, rx_data, tx_data;
    unsigned rx_next, tx_next;
    unsigned received;
    unsigned patience; /* looks at a register before the test ends what would never end */
};

/* One driver. */
struct hobby_driver {
    const char *name;
    void (*start)(struct hobby *hobby);
    void (*send)(struct hobby *hobby, const uint8_t *frame, size_t length);
    void (*interrupt)(struct hobby *hobby); /* also called when there is none */
    const char *const *rules; /* that it breaks, in alphabetical order; ends with NULL */
};

extern const struct hobby_driver hobby_lab, hobby_wiki;

static inline struct hobby_desc *hobby_ring(const struct e1000_dma *ring)
{
    return ring->cpu;
}

#endif
