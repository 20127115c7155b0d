/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A capture made ready to be replayed: which frames go in by the wire, which ones the driver sends,
 * and what must become of each. What an Ethernet NIC can't carry is left out here and counted.
 */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include "capture_in.h"
#include "e1000emu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What must become of a frame. */
enum fate {
    FATE_DELIVER,       /* comes out */
    FATE_OTHER_ADDRESS, /* the address filter drops it */
    FATE_TOO_LONG,      /* longer than driver or chip carry */
    FATE_RUNT,          /* under 60 bytes, not padded: the chip drops it */
    FATE_SNAPPED,       /* never sent: the capture holds only its beginning */
    FATE_EMPTY,         /* never sent: under 14 bytes, no Ethernet header */
    FATES
};

/* The name of a fate in reports: "other_address". */
const char *fate_name(enum fate fate);

/* The frames of one direction. The frame's time is in ns from the capture's first frame, and never
 * goes back. */
struct traffic {
    struct e1000emu_frame *frames;
    uint8_t *fates; /* enum fate, one a frame */
    /* Bytes without padding, one a frame: what the driver is handed, while frames[] holds what is
     * then on the wire. */
    uint32_t *lengths;
    size_t count;
    uint64_t span;            /* ns from the first frame to one interval past the last */
    uint64_t left_out[FATES]; /* frames of one pass that are not in frames[], by fate */
    uint64_t padded;          /* frames that the wire pads to 60 bytes */
};

enum traffic_direction { TRAFFIC_RX, TRAFFIC_TX, TRAFFIC_BOTH, TRAFFIC_SPLIT };

struct traffic_options {
    enum traffic_direction direction;
    uint8_t mac[6];     /* of the NIC */
    bool promiscuous;   /* the receiver takes every address */
    bool raw_runts;     /* runts arrive as they are */
    uint32_t max_frame; /* longest that driver and chip carry, bytes without FCS */
};

/* Both directions of a replay. The frames' bytes are the capture's, or lie in padding. */
struct traffic_pair {
    struct traffic rx, tx;
    uint8_t *padding; /* copies of short frames, 60 bytes each */
    uint64_t gaps;    /* pauses longer than TRAFFIC_PAUSE, which were shortened to it */
};

/* The longest frame that driver and chip may carry for this capture: 1518 (VLAN tag included), or
 * what its longest frame needs, up to limit. */
#define TRAFFIC_STANDARD 1518u
#define TRAFFIC_LONGEST  16124u
uint32_t traffic_max_frame(const struct capture *capture, uint32_t limit);

/* The address that the capture was most likely taken at: the unicast address that is most often a
 * frame's source or destination, and both at least once if any is. Returns false when there is
 * none. */
bool traffic_likely_mac(const struct capture *capture, uint8_t mac[6]);

/* The longest pause between two frames, ns: a day. Damaged and merged captures have years, through
 * which the driver's watchdog would have to tick. */
#define TRAFFIC_PAUSE 86400000000000ull

/* Returns 0 or -ENOMEM. *pair borrows the capture's bytes. */
int traffic_prepare(struct traffic_pair *pair, const struct capture *capture,
                    const struct traffic_options *options);
void traffic_free(struct traffic_pair *pair);

#endif
