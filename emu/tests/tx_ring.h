/* SPDX-License-Identifier: BSD-2-Clause */
/* A transmit ring as software sees it: frames are posted, the doorbell rung, descriptors looked at.
 */
#ifndef EMU_TESTS_TX_RING_H
#define EMU_TESTS_TX_RING_H

#include "fixture.h"
#include "hw.h"

#define TX_RING     FIXTURE_BUS
#define TX_BUFFERS  (FIXTURE_BUS + 0x200000)
#define TX_EOP_IFCS (TXD_CMD_EOP | TXD_CMD_IFCS)
#define TX_DD       (1ull << 32)

extern const uint8_t tx_station[6];
extern const uint8_t tx_group[6];
extern const uint8_t tx_broadcast[6];

struct tx_ring {
    uint32_t count;
    uint32_t tail; /* next descriptor to fill */
    uint64_t room; /* where the next buffer goes */
};
extern struct tx_ring software;

/* The frame made last. */
extern uint8_t frame[65536];

void tx_write_bases(struct fixture *f, uint32_t count);
void tx_start(struct fixture *f, uint32_t count, uint32_t tctl);

/* The second quadword of descriptor i. */
uint64_t tx_fields(struct fixture *f, uint32_t i);

/* Fills the next descriptor, without telling the chip. */
void tx_post(struct fixture *f, uint64_t address, uint64_t q1);

/* Copies bytes into a fresh buffer and posts it. */
void tx_post_bytes(struct fixture *f, const uint8_t *data, uint32_t length, uint32_t command);

/* Makes a frame in frame. */
void tx_make(size_t length, const uint8_t to[6], uint32_t seed);

/* Posts a frame in one descriptor, or split into pieces of at most so many bytes. */
void tx_post_frame(struct fixture *f, uint32_t length, uint32_t seed, uint32_t piece,
                   uint32_t command);

void tx_doorbell(struct fixture *f);

/* The i-th frame on the wire must be the one of this length and seed. */
void tx_expect(struct fixture *f, size_t i, uint32_t length, uint32_t seed);

#endif
