/* SPDX-License-Identifier: BSD-2-Clause */
/* The frames that a measurement moves: so many, all different, that they don't lie in the nearest
 * cache. IPv4 with UDP, so that there are checksums to offload. */
#ifndef BENCH_PERF_FRAMES_H
#define BENCH_PERF_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#define PERF_FRAMES 4096u

/* Bytes without FCS. */
#define PERF_SIZE_MIN 60u
#define PERF_SIZE_MAX 16114u

/* Where the headers of each frame lie. */
#define PERF_L2_BYTES 14u
#define PERF_L3_BYTES 20u

/* From one frame to the next: each begins with a cache line. */
static inline size_t perf_stride(uint32_t size)
{
    return ((size_t)size + 63) & ~(size_t)63;
}

/* Makes PERF_FRAMES of them, perf_stride() apart, to a station. */
void perf_frames_make(uint8_t *to, uint32_t size, const uint8_t mac[6]);

/* The same frame as a stack leaves it to a chip that makes checksums: zero in IP, in UDP the pseudo
 * header's sum. */
void perf_frame_seed(uint8_t *frame);

#endif
