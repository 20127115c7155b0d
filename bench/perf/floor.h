/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor: the least that moving frames through a descriptor ring can cost. For each frame one
 * side reads a descriptor, copies the frame to where it points and writes it back; the other side
 * reads the descriptor and gives the buffer back. No chip and no driver, nothing is decided.
 */
#ifndef BENCH_PERF_FLOOR_H
#define BENCH_PERF_FLOOR_H

#include <stddef.h>
#include <stdint.h>

#define PERF_FLOOR_RING  256u
#define PERF_FLOOR_BURST 32u

struct perf_floor;

/* frames: PERF_FRAMES of them, perf_stride() apart; borrowed. NULL without memory. */
struct perf_floor *perf_floor_open(const uint8_t *frames, uint32_t size);
void perf_floor_close(struct perf_floor *floor);

/* Moves frames (a multiple of PERF_FLOOR_BURST). Returns the bytes that came out. */
uint64_t perf_floor_run(struct perf_floor *floor, uint64_t frames);

/* What lies in the buffer that frame n of all that have been moved went to; for tests. */
const uint8_t *perf_floor_buffer(const struct perf_floor *floor, uint64_t n);

#endif
