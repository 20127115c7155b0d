/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire_queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Frames that wait for the device. */
#define ROOM 256u

/* The longest frame that an 8254x takes has 16384 bytes with its FCS. A power of two here would let
 * the frames' first bytes compete for the same few sets of the CPU's cache. */
#define SLOT (16384u + 64u)

#define SHORTEST     60u
#define HEADER_BYTES 14u
#define FCS_BYTES    4u

int wire_queue_open(struct wire_queue *wire, const struct wire_ops *ops)
{
    wire->base.ops = ops;
    /* The kernel hands over in one go what came while the bench had no turn: that the descriptors
     * do not last for it is not the driver's doing. */
    wire->base.waits = true;
    wire->retry = BENCH_NEVER;
    return frame_queue_open(&wire->in, ROOM, SLOT);
}

void wire_queue_close(struct wire_queue *wire)
{
    frame_queue_close(&wire->in);
}

unsigned wire_queue_room(const struct wire_queue *wire)
{
    const uint32_t room = wire->in.room - frame_queue_count(&wire->in);

    return room < WIRE_QUEUE_BATCH ? room : WIRE_QUEUE_BATCH;
}

uint8_t *wire_queue_place(const struct wire_queue *wire, unsigned i)
{
    return wire->in.bytes + (size_t)((wire->in.last + i) & (wire->in.room - 1)) * wire->in.slot;
}

void wire_queue_add(struct wire_queue *wire, uint64_t now, uint32_t length)
{
    if (length < SHORTEST) {
        memset(wire_queue_place(wire, 0) + length, 0, SHORTEST - length);
        length = SHORTEST;
    }
    frame_queue_add(&wire->in, length, 0, now);
}

uint32_t wire_queue_outgoing(const struct e1000emu_frame *frame)
{
    const uint32_t fcs = (frame->flags & E1000EMU_FRAME_FCS) != 0 ? FCS_BYTES : 0;

    if ((frame->flags & E1000EMU_FRAME_BAD_FCS) != 0 || frame->length < HEADER_BYTES + fcs)
        return 0;
    return frame->length - fcs;
}

size_t wire_queue_arrived(struct wire *wire, uint64_t now, size_t max,
                          const struct e1000emu_frame **frames)
{
    return frame_queue_peek(&((struct wire_queue *)wire)->in, now, max, frames);
}

void wire_queue_taken(struct wire *wire, uint64_t now, size_t count, uint64_t *times)
{
    struct wire_queue *queue = (struct wire_queue *)wire;
    const struct e1000emu_frame *frames;

    (void)now;
    if (times != NULL) {
        frame_queue_peek(&queue->in, BENCH_NEVER, count, &frames);
        for (size_t i = 0; i < count; i++)
            times[i] = frames[i].time;
    }
    frame_queue_take(&queue->in, count);
}

uint64_t wire_queue_next_arrival(const struct wire *wire)
{
    return frame_queue_next(&((const struct wire_queue *)wire)->in);
}

uint64_t wire_queue_next_room(const struct wire *wire)
{
    return ((const struct wire_queue *)wire)->retry;
}

/* There may always come more. */
bool wire_queue_exhausted(const struct wire *wire)
{
    (void)wire;
    return false;
}

void wire_queue_tell(const struct wire *wire, char *line, size_t size)
{
    const struct wire_queue *queue = (const struct wire_queue *)wire;

    if (queue->unfit != 0 || queue->lost != 0)
        snprintf(line, size,
                 "dropped %" PRIu64 " that are no Ethernet frames; %" PRIu64
                 " frames were not taken at the other side",
                 queue->unfit, queue->lost);
}
