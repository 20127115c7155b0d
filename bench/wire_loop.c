/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wires `loop`, a plug that leads what the device sends back to it, and `pair`, a cable between
 * two benches; at the link's speed. A loop is a pair whose one end is its other one, too.
 */
#include "columns.h"
#include "frame_queue.h"

#include <stdio.h>
#include <stdlib.h>

/* Frames under way: what fits into the device's packet buffer, as 64-byte frames. */
#define ROOM 1024u

struct wire_loop {
    struct wire base;
    struct wire_loop *other;  /* where what is sent arrives; NULL: nobody is there any more */
    struct frame_queue queue; /* what arrives here */
    unsigned mbps;
    uint64_t end; /* of the last frame sent */
    bool full;    /* a frame was refused */
};

static struct wire_loop *self(struct wire *wire)
{
    return (struct wire_loop *)wire;
}

static const struct wire_loop *const_self(const struct wire *wire)
{
    return (const struct wire_loop *)wire;
}

static void loop_close(struct wire *wire)
{
    struct wire_loop *loop = self(wire);

    if (loop->other != NULL)
        loop->other->other = NULL;
    frame_queue_close(&loop->queue);
    free(wire);
}

static size_t loop_arrived(struct wire *wire, uint64_t now, size_t max,
                           const struct e1000emu_frame **frames)
{
    return frame_queue_peek(&self(wire)->queue, now, max, frames);
}

static void loop_taken(struct wire *wire, uint64_t now, size_t count, uint64_t *times)
{
    struct wire_loop *loop = self(wire);
    const struct e1000emu_frame *frames;

    (void)now;
    if (times != NULL) {
        frame_queue_peek(&loop->queue, BENCH_NEVER, count, &frames);
        for (size_t i = 0; i < count; i++)
            times[i] = frames[i].time;
    }
    frame_queue_take(&loop->queue, count);
}

static size_t loop_send(struct wire *wire, uint64_t now, const struct e1000emu_frame *frames,
                        size_t count)
{
    struct wire_loop *loop = self(wire);
    size_t taken = 0;

    if (loop->other == NULL)
        return count;
    while (taken < count && !frame_queue_full(&loop->other->queue)) {
        if (loop->end < now)
            loop->end = now;
        loop->end += wire_time(frames[taken].length, loop->mbps);
        frame_queue_put(&loop->other->queue, &frames[taken], loop->end);
        taken++;
    }
    loop->full = taken < count;
    return taken;
}

static uint64_t loop_next_arrival(const struct wire *wire)
{
    return frame_queue_next(&const_self(wire)->queue);
}

static uint64_t loop_next_room(const struct wire *wire)
{
    const struct wire_loop *loop = const_self(wire);

    if (!loop->full || loop->other == NULL)
        return BENCH_NEVER;
    return frame_queue_full(&loop->other->queue) ? frame_queue_next(&loop->other->queue) : 0;
}

static bool loop_exhausted(const struct wire *wire)
{
    return frame_queue_count(&const_self(wire)->queue) == 0;
}

static const struct wire_ops wire_loop = {
    .close = loop_close,
    .arrived = loop_arrived,
    .taken = loop_taken,
    .send = loop_send,
    .next_arrival = loop_next_arrival,
    .next_room = loop_next_room,
    .exhausted = loop_exhausted,
};

static struct wire_loop *end_open(const struct column_setup *setup, char *error, size_t size)
{
    struct wire_loop *loop = calloc(1, sizeof(*loop));

    if (loop == NULL || frame_queue_open(&loop->queue, ROOM, UINT16_MAX) < 0) {
        free(loop);
        snprintf(error, size, "out of memory");
        return NULL;
    }
    loop->base.ops = &wire_loop;
    loop->mbps = setup->mbps;
    return loop;
}

static int loop_open(struct wire **result, const struct column_setup *setup, char *error,
                     size_t size)
{
    struct wire_loop *loop = end_open(setup, error, size);

    if (loop == NULL)
        return -1;
    loop->other = loop;
    *result = &loop->base;
    return 0;
}

/* The second end meets the first one. */
static int pair_open(struct wire **result, const struct column_setup *setup, char *error,
                     size_t size)
{
    struct wire_loop *loop = end_open(setup, error, size);

    if (loop == NULL)
        return -1;
    if (setup->other_end != NULL) {
        loop->other = self(setup->other_end);
        loop->other->other = loop;
    }
    *result = &loop->base;
    return 0;
}

const struct wire_kind wire_kind_loop = {
    .column = {.name = "loop",
               .summary = "a plug that leads back what the device sends",
               .flags = COLUMN_ANSWERS},
    .open = loop_open,
};

const struct wire_kind wire_kind_pair = {
    .column = {.name = "pair",
               .summary = "a cable between two benches, each with chip and driver",
               .flags = COLUMN_ANSWERS | COLUMN_TWO_ENDS},
    .open = pair_open,
};
