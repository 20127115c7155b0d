/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Linux says of a packet that it leaves unfinished, in the virtio-net header of a tap
 * (struct virtio_net_hdr), in the terms of the driver, and back.
 */
#ifndef BENCH_VNET_HEADER_H
#define BENCH_VNET_HEADER_H

#include "e1000_core.h"

#include <linux/virtio_net.h>

enum vnet_verdict {
    VNET_READY,      /* the fragments say what is left to the chip, if anything is */
    VNET_CHECKSUM,   /* a checksum that the driver can't leave to the chip: vnet_header_finish() */
    VNET_IMPOSSIBLE, /* a packet that nobody here can cut, or that contradicts its header */
};

/* A packet of the host's is to be sent: frags[0] begins with its headers, as many of them as there
 * is room for. Sets flags and lengths in frags[0]. */
enum vnet_verdict vnet_header_to_driver(const struct virtio_net_hdr *header,
                                        struct e1000_frag *frags, unsigned count);

/* Makes the checksum that the header leaves open. False: it lies outside the packet. */
bool vnet_header_finish(const struct virtio_net_hdr *header, const struct e1000_frag *frags,
                        unsigned count);

/* The header for a frame that the driver received. */
void vnet_header_to_host(const struct e1000_frag *frag, struct virtio_net_hdr *header);

#endif
