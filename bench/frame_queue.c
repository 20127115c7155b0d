/* SPDX-License-Identifier: BSD-2-Clause */
#include "frame_queue.h"

#include "clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int frame_queue_open(struct frame_queue *queue, uint32_t room, uint32_t slot)
{
    uint32_t rounded = 1;

    while (rounded < room)
        rounded *= 2;
    *queue = (struct frame_queue){.room = rounded, .slot = slot};
    queue->frames = calloc(rounded, sizeof(queue->frames[0]));
    queue->bytes = malloc((size_t)rounded * slot);
    if (queue->frames == NULL || queue->bytes == NULL) {
        frame_queue_close(queue);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < rounded; i++)
        queue->frames[i].data = queue->bytes + (size_t)i * slot;
    return 0;
}

void frame_queue_close(struct frame_queue *queue)
{
    free(queue->frames);
    free(queue->bytes);
    *queue = (struct frame_queue){0};
}

uint8_t *frame_queue_place(struct frame_queue *queue)
{
    if (frame_queue_full(queue))
        return NULL;
    return queue->bytes + (size_t)(queue->last & (queue->room - 1)) * queue->slot;
}

void frame_queue_add(struct frame_queue *queue, uint32_t length, uint32_t flags, uint64_t time)
{
    struct e1000emu_frame *frame = &queue->frames[queue->last++ & (queue->room - 1)];

    frame->length = length;
    frame->flags = flags;
    frame->time = time;
}

bool frame_queue_put(struct frame_queue *queue, const struct e1000emu_frame *frame, uint64_t time)
{
    uint8_t *place = frame->length <= queue->slot ? frame_queue_place(queue) : NULL;

    if (place == NULL)
        return false;
    if (frame->length != 0)
        memcpy(place, frame->data, frame->length);
    frame_queue_add(queue, frame->length, frame->flags, time);
    return true;
}

size_t frame_queue_peek(const struct frame_queue *queue, uint64_t now, size_t max,
                        const struct e1000emu_frame **frames)
{
    const uint32_t at = queue->first & (queue->room - 1);
    size_t most = frame_queue_count(queue), count = 0;

    if (most > queue->room - at)
        most = queue->room - at;
    if (most > max)
        most = max;
    *frames = queue->frames + at;
    while (count < most && (*frames)[count].time <= now)
        count++;
    return count;
}

void frame_queue_take(struct frame_queue *queue, size_t count)
{
    queue->first += (uint32_t)count;
}

uint64_t frame_queue_next(const struct frame_queue *queue)
{
    if (frame_queue_count(queue) == 0)
        return BENCH_NEVER;
    return queue->frames[queue->first & (queue->room - 1)].time;
}
