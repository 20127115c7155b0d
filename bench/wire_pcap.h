/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire `pcap`: frames of a capture arrive at their pace, what the device sends is handed on. */
#ifndef BENCH_WIRE_PCAP_H
#define BENCH_WIRE_PCAP_H

#include "pace.h"
#include "wire.h"

struct wire_pcap_config {
    struct pace pace; /* mode, per_second, mbps and passes */
    const struct traffic *arrivals;
    /* Frames that passed the wire on their way out; times[i] is when the last bit of frames[i] did.
     */
    void (*sent)(void *opaque, const struct e1000emu_frame *frames, const uint64_t *times,
                 size_t count);
    void (*closed)(void *opaque); /* it was closed; may be NULL */
    void *opaque;
};

/* Returns 0 or -ENOMEM. *config is copied; the traffic must stay. The frames begin to flow at
 * wire_pcap_start(). */
int wire_pcap_open(struct wire **wire, const struct wire_pcap_config *config);
void wire_pcap_start(struct wire *wire, uint64_t now);
/* No more frames begin. */
void wire_pcap_stop(struct wire *wire);

#endif
