/* SPDX-License-Identifier: BSD-2-Clause */
/* A receive ring as software sees it: buffers with guards, and frames taken out one by one. */
#ifndef EMU_TESTS_RX_RING_H
#define EMU_TESTS_RX_RING_H

#include "fixture.h"
#include "hw.h"

#define RX_RING      FIXTURE_BUS
#define RX_BUFFERS   (FIXTURE_BUS + 0x200000)
#define RX_GUARD     64u /* bytes behind each buffer */
#define RX_UNTOUCHED 0xa5

extern const uint8_t rx_station[6]; /* what RAR[0] holds */
extern const uint8_t rx_other[6];
extern const uint8_t rx_group[6];
extern const uint8_t rx_broadcast[6];

/* What software knows about the ring it has set up. */
struct rx_ring {
    uint32_t count, size;
    uint32_t next; /* first descriptor not looked at yet */
};
extern struct rx_ring software;

/* The frame made last, and the one taken out last. */
extern uint8_t frame[65536], joined[65536];

uint64_t rx_buffer(uint32_t i);

/* The second quadword of descriptor i. */
uint64_t rx_fields(struct fixture *f, uint32_t i);

void rx_write_bases(struct fixture *f, uint32_t count);
void rx_set_station(struct fixture *f);

/* A fresh ring whose buffers and guards hold a pattern; tail says how much of it the chip gets. */
void rx_start(struct fixture *f, uint32_t count, uint32_t size, uint32_t tail, uint32_t rctl);

/* Puts the check sequence behind the bytes. */
void rx_append_crc(uint8_t *data, size_t length);

/* Takes the next frame out of the ring, as a driver would: checks the status of each descriptor and
 * that nothing was stored behind the buffer's share. Returns its length; the bytes are in joined,
 * the EOP descriptor's fields in *last (may be NULL). */
size_t rx_take(struct fixture *f, uint64_t *last);

/* Makes a frame in frame. */
void rx_make(size_t length, const uint8_t to[6], uint32_t seed);

/* Makes one to this station and hands it to the chip. Returns the verdict. */
unsigned rx_receive(struct fixture *f, size_t length, uint32_t seed);

/* The next frame in the ring must be the one of this length and seed. */
void rx_expect(struct fixture *f, size_t length, uint32_t seed);

#endif
