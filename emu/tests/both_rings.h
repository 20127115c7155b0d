/* SPDX-License-Identifier: BSD-2-Clause */
/* A receive and a transmit ring at once, for frames that come back and for what sending and
 * receiving do to each other. */
#ifndef EMU_TESTS_BOTH_RINGS_H
#define EMU_TESTS_BOTH_RINGS_H

#include "fixture.h"
#include "hw.h"

#define BOTH_COUNT  256u
#define BOTH_BUFFER 2048u

extern const uint8_t both_station[6]; /* what RAR[0] holds */
extern const uint8_t both_partner[6];
extern const uint8_t both_broadcast[6];

struct both_rings {
    uint32_t tx_tail;
    uint32_t rx_next; /* first descriptor not looked at yet */
};

/* Where receive descriptor i points to. */
uint64_t both_rx_buffer(uint32_t i);

/* Sets both rings up and starts receiver and transmitter; bits are added to RCTL. give: whether the
 * receiver gets its descriptors. */
void both_start(struct fixture *f, struct both_rings *rings, uint32_t rctl, bool give);

/* Gives the receiver all descriptors but one. */
void both_give(struct fixture *f, const struct both_rings *rings);

/* Sends one frame of this length and seed to an address. */
void both_send(struct fixture *f, struct both_rings *rings, const uint8_t to[6], uint32_t length,
               uint32_t seed);

/* Posts bytes without ringing the doorbell. */
void both_post(struct fixture *f, struct both_rings *rings, const uint8_t *data, uint32_t length);
void both_doorbell(struct fixture *f, const struct both_rings *rings);

/* Takes the next received frame, whose descriptor goes back to the chip. Returns its length without
 * FCS, the bytes at *data; 0: none. */
uint32_t both_take(struct fixture *f, struct both_rings *rings, const uint8_t **data);

#endif
