/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The layers above `pcap`, which makes the driver send a capture's frames at their pace, and
 * `sink`, which sends nothing. Both take what the driver received.
 */
#ifndef BENCH_ABOVE_PCAP_H
#define BENCH_ABOVE_PCAP_H

#include "above.h"
#include "pace.h"
#include "scoreboard.h"

struct above_pcap_config {
    struct scoreboard *received;     /* frames from the wire are looked up here; NULL: nowhere */
    struct scoreboard *sent;         /* frames to send are announced here; NULL: nowhere */
    const struct bench_clock *clock; /* needed when received is NULL */
    struct dmamem *memory;           /* for the buffers to send from */
    struct pace pace;                /* mode, per_second, mbps and passes */
    const struct traffic *traffic;   /* NULL: a sink */
    unsigned buffers;                /* to send from, 2 KiB each; not used by a sink */
    uint64_t *not_lent;              /* counts buffers that the driver gave back and did not have */
    /* A received frame, if there is a scoreboard one that it knows; may be NULL. time is when it
     * was on the wire, without a scoreboard the present. */
    void (*taken)(void *opaque, const struct e1000_frag *frags, unsigned count, uint64_t time);
    void (*closed)(void *opaque); /* it was closed; may be NULL */
    void *opaque;
};

/* Returns 0 or -ENOMEM. Frames begin to flow at above_pcap_start(). */
int above_pcap_open(struct above **above, const struct above_pcap_config *config);
void above_pcap_start(struct above *above, uint64_t now);
/* No more frames begin. */
void above_pcap_stop(struct above *above);

#endif
