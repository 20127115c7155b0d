/* SPDX-License-Identifier: BSD-2-Clause */
/* A chip's receiver, played by the test: it takes descriptors in order, stores pieces of frames in
 * the buffers, and writes the descriptors back. */
#ifndef RECEIVER_H
#define RECEIVER_H

#include "fake.h"

#define DONE (E1000_RXD_DD | E1000_RXD_EOP)

/* What has been stored so far, and a place for fragments. */
struct rx {
    struct fake *fake;
    unsigned head, count;
    uint32_t stamp; /* written into the first bytes of each piece */
    struct e1000_frag frags[8192];
    unsigned lent;
};

struct rx *rx_new(uint16_t ring, uint16_t buffers, uint16_t size, uint32_t max_frame);
/* The same for a device with parameters of its own; it comes up here. */
struct rx *rx_start(struct fake *fake);
/* Takes the interface down, and sees that nothing is missing. */
struct e1000_counters rx_free(struct rx *rx);

/* Descriptors that the chip may use. */
unsigned rx_posted(const struct rx *rx);
/* Stores a piece of a frame; false when there is no descriptor. status: of E1000_RXD_*. */
bool rx_store(struct rx *rx, uint32_t length, uint64_t status);
/* Receives up to max fragments, behind those that are lent already; how many. */
unsigned rx_receive(struct rx *rx, unsigned max);
/* Returns count of the lent fragments, from the first-th on. */
void rx_recycle(struct rx *rx, unsigned first, unsigned count);
/* What was written into the i-th fragment. */
uint32_t rx_stamp(const struct rx *rx, unsigned i);

#endif
