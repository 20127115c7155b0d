/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the wires have in common that lead out of this process, and live in real time: what has come
 * in waits in a queue, and what the other side does not take at once is offered again later.
 */
#ifndef BENCH_WIRE_QUEUE_H
#define BENCH_WIRE_QUEUE_H

#include "frame_queue.h"
#include "wire.h"

/* Frames that a wire takes in or sends out at once. */
#define WIRE_QUEUE_BATCH 64u

struct wire_queue {
    struct wire base;
    struct frame_queue in;
    uint64_t retry; /* when what was not taken is offered again; BENCH_NEVER: nothing waits */
    uint64_t unfit; /* what came in and is no Ethernet frame, too long for one above all */
    uint64_t lost;  /* sent frames that the other side did not take */
};

/* The members of wire_ops that every one of these wires has. */
#define WIRE_QUEUE_OPS                                                          \
    .arrived = wire_queue_arrived, .taken = wire_queue_taken,                   \
    .next_arrival = wire_queue_next_arrival, .next_room = wire_queue_next_room, \
    .exhausted = wire_queue_exhausted, .tell = wire_queue_tell

/* Returns 0 or -ENOMEM. The wire itself is zeroed before. */
int wire_queue_open(struct wire_queue *wire, const struct wire_ops *ops);
/* Harmless on a zeroed one. */
void wire_queue_close(struct wire_queue *wire);

/* Frames that may be taken in now, at most WIRE_QUEUE_BATCH. */
unsigned wire_queue_room(const struct wire_queue *wire);

/* Where the bytes of the i-th next frame may be written, i < wire_queue_room(): in.slot of them,
 * enough for the longest frame that any of these chips can take. */
uint8_t *wire_queue_place(const struct wire_queue *wire, unsigned i);

/* The next frame has length bytes, and is in its place. Like any sender's it is padded. */
void wire_queue_add(struct wire_queue *wire, uint64_t now, uint32_t length);

/* Bytes of a sent frame without its FCS, which the other side does not want to see; 0: its FCS is
 * wrong or it is too short to be a frame, and nobody would take it. */
uint32_t wire_queue_outgoing(const struct e1000emu_frame *frame);

size_t wire_queue_arrived(struct wire *wire, uint64_t now, size_t max,
                          const struct e1000emu_frame **frames);
void wire_queue_taken(struct wire *wire, uint64_t now, size_t count, uint64_t *times);
uint64_t wire_queue_next_arrival(const struct wire *wire);
uint64_t wire_queue_next_room(const struct wire *wire);
bool wire_queue_exhausted(const struct wire *wire);
void wire_queue_tell(const struct wire *wire, char *line, size_t size);

/* The device's sending side is full until about then. */
static inline void wire_queue_wait(struct wire_queue *wire, uint64_t now)
{
    wire->retry = now + 50 * BENCH_US;
}

#endif
