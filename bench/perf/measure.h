/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Driver and chip at work as fast as they can: frames come in bursts from a wire that never lacks
 * any, or are sent in bursts to one that takes all. The interrupt line decides when the driver
 * works, in the virtual time of a wire at 1 Gb/s; that is what registers per frame tell of.
 */
#ifndef BENCH_PERF_MEASURE_H
#define BENCH_PERF_MEASURE_H

#include "judge.h"
#include "rates.h"
#include "session.h"

#include <stddef.h>

enum perf_direction { PERF_RX, PERF_TX, PERF_BOTH };

/* What is left to the chip. */
enum perf_offload {
    PERF_OFFLOAD_NONE,
    PERF_OFFLOAD_CHECKSUM, /* it checks received ones, and makes those of sent frames */
};

#define PERF_BURST_MAX 256u

/* One way to move frames. */
struct perf_case {
    uint32_t size; /* PERF_SIZE_MIN to PERF_SIZE_MAX */
    unsigned burst;
    enum perf_direction direction;
    enum perf_offload offload;
    /* With a level other than off, the driver's manners are judged and each frame that comes out is
     * compared with what went in. */
    enum judge_level check;
};

/* The driver's accesses and interrupts; of all that was run. */
struct perf_counts {
    uint64_t frames;
    uint64_t mmio_reads, mmio_writes, interrupts;
};

struct perf_rig;

/* config: device, driver and profile; what the case says is filled in. config->device.mac is where
 * the frames go. Brings the driver up and moves a round of frames that are compared, byte by byte
 * and with their checksums. Returns NULL with one line in error[size]. */
struct perf_rig *perf_rig_open(const struct session_config *config, const struct perf_case *what,
                               char *error, size_t size);
void perf_rig_close(struct perf_rig *rig);

/* The frames that it moves, PERF_FRAMES of them, perf_stride() apart. */
const uint8_t *perf_rig_frames(const struct perf_rig *rig);

/* Moves so many frames each way, and waits for them to come out. Allocates nothing. Returns 0, or
 * -1 with one line in error[size]: frames came out wrong or not at all, or a rule was broken. */
int perf_rig_run(struct perf_rig *rig, uint64_t frames, char *error, size_t size);

void perf_rig_counts(const struct perf_rig *rig, struct perf_counts *counts);

#endif
