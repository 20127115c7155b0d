/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffers that a layer above the driver sends from, in memory that the device reaches. A frame
 * lies in one or several of them; the driver gives each back by its cookie.
 */
#ifndef BENCH_SEND_POOL_H
#define BENCH_SEND_POOL_H

#include "dmamem.h"
#include "driver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most bytes of a frame that lie in one buffer; longer frames lie in several. */
#define SEND_POOL_PIECE 1600u

/* Pieces of a frame of so many bytes. */
#define SEND_POOL_PIECES(length) (((length) + SEND_POOL_PIECE - 1) / SEND_POOL_PIECE)

/* Zero-initialise. */
struct send_pool {
    struct e1000_dma block; /* the buffers */
    uint32_t *spare;        /* numbers of the free ones */
    bool *lent;             /* one a buffer: the driver has it */
    unsigned count, spare_count;
    uint64_t not_lent; /* buffers that the driver gave back and did not have */
};

/* count: buffers, 2 KiB each. Returns 0 or -ENOMEM. */
int send_pool_open(struct send_pool *pool, struct dmamem *memory, unsigned count);
/* After the driver was told to stop; harmless on a zeroed pool. */
void send_pool_close(struct send_pool *pool, struct dmamem *memory);

/* Copies a frame into spare buffers: fills in data, bus, length, cookie and EOP of frags, of which
 * there must be SEND_POOL_PIECES(length). Returns how many fragments it has, 0: not enough buffers.
 */
unsigned send_pool_frame(struct send_pool *pool, const void *data, uint32_t length,
                         struct e1000_frag *frags);

/* Lends count empty buffers, to be written to directly: as send_pool_frame() would fill in frags,
 * but for EOP, and with the length SEND_POOL_PIECE each. False: there are not so many, and none is
 * lent. */
bool send_pool_borrow(struct send_pool *pool, struct e1000_frag *frags, unsigned count);

/* Takes back the buffers of frames that the driver did not take. */
void send_pool_undo(struct send_pool *pool, const struct e1000_frag *frags, unsigned count);

/* Takes back what the driver is done with. Returns whether there was anything. */
bool send_pool_reap(struct send_pool *pool, struct driver *driver);

#endif
