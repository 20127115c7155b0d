/* SPDX-License-Identifier: BSD-2-Clause */
#include "floor.h"

#include "copy.h"
#include "frames.h"

#include <stdlib.h>
#include <string.h>

#define DONE         (1ull << 32)
#define LENGTH       0xffffu
#define BUFFER_BYTES 2048u

/* As the chip's: where the buffer is, and what became of it. */
struct descriptor {
    uint64_t address, fields;
};

struct perf_floor {
    const uint8_t *frames;
    size_t stride;
    uint32_t size;
    size_t buffer_stride;
    uint64_t moved; /* all frames so far */
    uint8_t *buffers;
    struct descriptor ring[PERF_FLOOR_RING];
};

static struct descriptor *slot(struct perf_floor *floor, uint64_t n)
{
    return &floor->ring[n % PERF_FLOOR_RING];
}

struct perf_floor *perf_floor_open(const uint8_t *frames, uint32_t size)
{
    struct perf_floor *floor = aligned_alloc(64, (sizeof(*floor) + 63) & ~(size_t)63);
    size_t bytes;

    if (floor == NULL)
        return NULL;
    *floor = (struct perf_floor){.frames = frames,
                                 .stride = perf_stride(size),
                                 .size = size,
                                 .buffer_stride =
                                     size > BUFFER_BYTES ? perf_stride(size) : BUFFER_BYTES};
    bytes = PERF_FLOOR_RING * floor->buffer_stride;
    floor->buffers = aligned_alloc(64, bytes);
    if (floor->buffers == NULL) {
        free(floor);
        return NULL;
    }
    memset(floor->buffers, 0, bytes);
    for (unsigned i = 0; i < PERF_FLOOR_RING; i++)
        floor->ring[i].address = (uintptr_t)(floor->buffers + i * floor->buffer_stride);
    return floor;
}

void perf_floor_close(struct perf_floor *floor)
{
    if (floor != NULL)
        free(floor->buffers);
    free(floor);
}

const uint8_t *perf_floor_buffer(const struct perf_floor *floor, uint64_t n)
{
    return floor->buffers + n % PERF_FLOOR_RING * floor->buffer_stride;
}

/* Where the chip would be. */
static void fill(struct perf_floor *floor, uint64_t first)
{
    for (uint64_t n = first; n < first + PERF_FLOOR_BURST; n++) {
        struct descriptor *descriptor = slot(floor, n);
        uint64_t fields = __atomic_load_n(&descriptor->fields, __ATOMIC_ACQUIRE);

        if (fields & DONE)
            return;
        perf_copy((uint8_t *)(uintptr_t)descriptor->address,
                  floor->frames + n % PERF_FRAMES * floor->stride, floor->size);
        __atomic_store_n(&descriptor->fields, floor->size | DONE, __ATOMIC_RELEASE);
    }
}

/* Where the driver would be. */
static uint64_t empty(struct perf_floor *floor, uint64_t first)
{
    uint64_t bytes = 0;

    for (uint64_t n = first; n < first + PERF_FLOOR_BURST; n++) {
        struct descriptor *descriptor = slot(floor, n);
        uint64_t fields = __atomic_load_n(&descriptor->fields, __ATOMIC_ACQUIRE);

        if (!(fields & DONE))
            break;
        bytes += fields & LENGTH;
        descriptor->fields = 0;
    }
    return bytes;
}

uint64_t perf_floor_run(struct perf_floor *floor, uint64_t frames)
{
    uint64_t bytes = 0;

    for (uint64_t end = floor->moved + frames; floor->moved < end;
         floor->moved += PERF_FLOOR_BURST) {
        fill(floor, floor->moved);
        bytes += empty(floor, floor->moved);
    }
    return bytes;
}
