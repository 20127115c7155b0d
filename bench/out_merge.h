/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One capture from two streams of frames, received and sent, in order of time. Each stream is in
 * order by itself, but a frame is handed to the wire before its last bit has passed it, so sent
 * frames have to wait here until nothing earlier can be received any more.
 */
#ifndef BENCH_OUT_MERGE_H
#define BENCH_OUT_MERGE_H

#include "capture_out.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out_merge_entry {
    uint64_t time;
    uint32_t length;
    size_t offset; /* of its bytes */
};

/* Zero-initialise, then set out. */
struct out_merge {
    struct capture_out *out; /* borrowed; NULL: nothing is written */
    bool failed;             /* something could not be written, or kept */

    struct out_merge_entry *entries;
    size_t first, count, size; /* waiting: [first, count) */
    uint8_t *bytes;
    size_t used, room;
};

/* A sent frame; time is ns since 1970, as in capture_out_write(). The bytes are copied. */
void out_merge_sent(struct out_merge *merge, const void *data, uint32_t length, uint64_t time);

/* A received frame: it is written at once, behind the sent ones that are not later. */
void out_merge_received(struct out_merge *merge, const void *data, uint32_t length, uint64_t time);

/* No frame earlier than time will be received any more: writes what was waiting for that. */
void out_merge_until(struct out_merge *merge, uint64_t time);

/* Writes all that waits and frees the memory. The capture itself stays open. */
void out_merge_close(struct out_merge *merge);

#endif
