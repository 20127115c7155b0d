/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether chip and driver keep up with the wire: frames of one size without a gap, in, out, or both
 * at once, in virtual time with a driver that is reached by an interrupt after its time; and, by
 * this computer's clock, how much more than that they could carry.
 *
 * Sizes have the FCS, as line rates are counted: the least frame has 64 bytes.
 */
#ifndef BENCH_LINERATE_H
#define BENCH_LINERATE_H

#include "gen_ends.h"
#include "joint.h"
#include "occupancy.h"

#define LINERATE_IMIX     0u /* as a size */
#define LINERATE_SHORTEST 64u
#define LINERATE_LONGEST  9018u

enum linerate_way { LINERATE_IN = 1u, LINERATE_OUT = 2u, LINERATE_BOTH = 3u };

/* "rx", "tx", "both" */
const char *linerate_way_name(enum linerate_way way);

struct linerate_case {
    struct session_config session; /* but for partner and longest frame */
    uint8_t mac[6];
    unsigned mbps; /* 10, 100 or 1000 */
    uint32_t size; /* bytes with FCS, or LINERATE_IMIX */
    enum linerate_way way;
    uint64_t frames; /* each way */
    uint64_t latency_ns, frame_ns;
    uint64_t seed;
    /* Is told how many frames have passed, now and then; false stops the run. May be NULL. */
    bool (*progress)(void *opaque, uint64_t frames);
    void *opaque;
};

/* One way of a case. */
struct linerate_flow {
    uint64_t offered; /* frames; out: that the driver was to send */
    uint64_t carried; /* whole, once */
    uint64_t lost, damaged, duplicated, reordered;
    /* Of the wire's time from the first frame to the last, how much was full: 1 is line rate. */
    double full;
};

#define LINERATE_COUNTERS 24u

/* A counter of the driver's, or the chip's, that tells of lost frames. */
struct linerate_counter {
    const char *name;
    uint64_t count;
};

struct linerate_result {
    struct linerate_flow in, out;
    uint64_t verdicts[E1000EMU_RX_VERDICTS]; /* of frames that came in, by the chip */
    uint64_t in_driver; /* stored by the chip, and not handed over by the driver */
    struct linerate_counter counters[LINERATE_COUNTERS]; /* those that are not 0 */
    unsigned counter_count;
    uint64_t interrupts;
    uint64_t ns;                       /* of virtual time, until the last frame */
    struct occupancy rx_ring, rx_fifo; /* descriptors that hold frames; bytes */
    struct occupancy tx_ring, tx_fifo; /* descriptors that wait; bytes */
    bool stopped;
};

/* Returns 0, or -1 with one line in error: the driver did not come up, or gave up. */
int linerate_run(const struct linerate_case *what, struct linerate_result *result, char *error,
                 size_t size);

/* No frame was lost or harmed, and the wire was full wherever it was to be. */
bool linerate_held(const struct linerate_case *what, const struct linerate_result *result);

/* The smallest ring, of those that chips can have (multiples of 8 descriptors up to 4096), with
 * which the case holds; *ring is 0 when none does. Returns as linerate_run(), or 1: stopped. */
int linerate_smallest_ring(const struct linerate_case *what, unsigned *ring, char *error,
                           size_t size);

/* Frames a second at line rate; of IMIX on average. */
double linerate_of_line(uint32_t size, unsigned mbps);
/* Bytes of a frame with FCS; of IMIX on average. */
double linerate_bytes(uint32_t size);

/* ---- By the computer's clock ---- */

struct linerate_wall {
    /* As fast as they can, frames that wait instead of getting lost. */
    double in_per_s, out_per_s, ns_per_frame;
    /* The share of a core that the speed of the link takes, by the time that this computer's
     * processor worked for each second at the wire. Over 1: it can't keep up. */
    double core;
    bool held;     /* by the clock they kept up with the link, and nothing was lost */
    uint64_t lost; /* meanwhile */
    bool stopped;
};

/* Takes about twice seconds. Returns as linerate_run(). */
int linerate_wall(const struct linerate_case *what, double seconds, struct linerate_wall *result,
                  char *error, size_t size);

#endif
