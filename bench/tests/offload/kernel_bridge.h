/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux as a judge: two taps on a bridge, in user and network namespaces of their own, so that no
 * privilege is needed. A packet that is written to the first one as "still to be checksummed, and
 * cut into segments" must be finished by the kernel before it can leave by the second, which is
 * said to do nothing of that itself. A bridge changes nothing else.
 */
#ifndef OFFLOAD_KERNEL_BRIDGE_H
#define OFFLOAD_KERNEL_BRIDGE_H

#include "sends.h"

struct kernel_bridge {
    int in, out; /* the taps */
};

/* Sets it up for the whole process. Returns 0, or -1 where this system can't: *why says what is
 * missing. */
int kernel_bridge_open(struct kernel_bridge *bridge, const char **why);
void kernel_bridge_close(struct kernel_bridge *bridge);

/* Hands a packet to the kernel. Returns 0 or a negative errno. */
int kernel_bridge_send(const struct kernel_bridge *bridge, const struct send *send);

/* The next packet of ours that comes out, into a buffer of size bytes. Returns its length, 0 when
 * none came within so many milliseconds. */
uint32_t kernel_bridge_receive(const struct kernel_bridge *bridge, uint8_t *frame, uint32_t size,
                               int milliseconds);

#endif
