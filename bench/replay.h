/* SPDX-License-Identifier: BSD-2-Clause */
/* A replay: a capture goes through driver and device, and every frame is accounted for. */
#ifndef BENCH_REPLAY_H
#define BENCH_REPLAY_H

#include "capture_in.h"
#include "capture_out.h"
#include "pace.h"
#include "scoreboard.h"
#include "session.h"
#include "struck.h"
#include "traffic.h"

struct replay_options {
    enum traffic_direction direction;
    enum rate_mode rate;
    uint64_t per_second; /* RATE_NUMBER */
    uint64_t passes;     /* how often the capture is played, at least 1 */
    bool raw_runts;
    struct session_config session; /* the address is that of the NIC */
    uint8_t mac[6];
    struct capture_out *out; /* NULL: nothing is written */
    /* Called now and then with frames done and in all; false stops the replay. May be NULL. */
    bool (*progress)(void *opaque, uint64_t done, uint64_t total);
    void *opaque;
};

/* What became of the frames of one direction. */
struct replay_direction {
    bool used;
    uint64_t frames_in;  /* of the capture, all passes, those that can't be carried included */
    uint64_t frames_out; /* that came out */
    uint64_t lost, duplicated, reordered, corrupted;
    uint64_t fates[FATES];                /* frames that rightly did not come out, by reason */
    uint64_t drops[E1000EMU_RX_VERDICTS]; /* frames that the device dropped and should not have */
    uint64_t stalled;                     /* frames that nobody took, until the replay gave up */
    uint64_t not_echoed;                  /* frames that found no room on the way back */
    uint64_t unexpected;                  /* frames that the device took and should have dropped */
    uint64_t padded;
    uint64_t bytes;              /* of the frames that came out */
    struct struck_counts struck; /* what faults did to frames */
};

struct replay_result {
    struct replay_direction rx, tx;
    double seconds;         /* wall-clock time of the replay itself */
    double virtual_seconds; /* the same in virtual time */
    uint64_t gaps;          /* pauses in the capture that were shortened, in one pass */
    uint64_t not_lent;      /* buffers that the driver gave back and did not have */
    uint64_t interrupts, mmio_reads, mmio_writes;
    bool stopped;   /* by progress() */
    bool explained; /* each frame came out once and whole, or is counted by a reason */
    char link[160]; /* the driver's report of the link */
    /* How often the session's faults fired, those of one name together. */
    uint64_t fired[E1000EMU_FAULTS_MAX];
};

/* Chooses the longest frame that the driver is made for: what the capture needs, as far as a
 * frame's pieces fit into the rings. */
void replay_set_max_frame(struct replay_options *options, const struct capture *capture);

/* Runs a replay. Returns 0 (result filled in, whatever the verdict) or -1 with one line in error.
 */
int replay(const struct capture *capture, const struct replay_options *options,
           struct replay_result *result, char *error, size_t error_size);

/* The name of a verdict in reports: "overrun". */
const char *replay_drop_name(enum e1000emu_verdict verdict);

#endif
