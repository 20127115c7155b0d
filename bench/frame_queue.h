/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that wait, copied, in order: what a wire has taken in and the device not yet. */
#ifndef BENCH_FRAME_QUEUE_H
#define BENCH_FRAME_QUEUE_H

#include "e1000emu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame_queue {
    struct e1000emu_frame *frames; /* data of frames[i] is slot i of bytes */
    uint8_t *bytes;
    uint32_t room, slot;  /* frames, a power of two; bytes of each */
    uint32_t first, last; /* free-running: [first, last) wait */
};

/* room: frames, rounded up to a power of two; slot: bytes of the longest. Returns 0 or -ENOMEM. */
int frame_queue_open(struct frame_queue *queue, uint32_t room, uint32_t slot);
/* Harmless on a zeroed queue. */
void frame_queue_close(struct frame_queue *queue);

static inline uint32_t frame_queue_count(const struct frame_queue *queue)
{
    return queue->last - queue->first;
}

static inline bool frame_queue_full(const struct frame_queue *queue)
{
    return frame_queue_count(queue) == queue->room;
}

/* Where the next frame's bytes may be written, queue->slot of them; NULL: full. They are queued by
 * frame_queue_add(). */
uint8_t *frame_queue_place(struct frame_queue *queue);
/* length and flags as in struct e1000emu_frame; time: when its last bit passed, ns. */
void frame_queue_add(struct frame_queue *queue, uint32_t length, uint32_t flags, uint64_t time);

/* Queues a copy. False: full, or too long. */
bool frame_queue_put(struct frame_queue *queue, const struct e1000emu_frame *frame, uint64_t time);

/* The frames that have come by now, at most max of them, one behind the other in memory: there may
 * be more behind the last. */
size_t frame_queue_peek(const struct frame_queue *queue, uint64_t now, size_t max,
                        const struct e1000emu_frame **frames);
/* The first count are dealt with. */
void frame_queue_take(struct frame_queue *queue, size_t count);

/* When the first one comes, or BENCH_NEVER. */
uint64_t frame_queue_next(const struct frame_queue *queue);

#endif
