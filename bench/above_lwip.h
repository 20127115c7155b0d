/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The layer above `lwip`: the stack of Debian's liblwip, in this process, with a static address. It
 * has a thread and a clock of its own and keeps its state in global variables, so there is one in a
 * process. Whoever calls lwIP itself takes its core lock (LOCK_TCPIP_CORE).
 */
#ifndef BENCH_ABOVE_LWIP_H
#define BENCH_ABOVE_LWIP_H

#include "above.h"

#include <lwip/netif.h>

struct lwip_addresses {
    ip4_addr_t address, netmask, gateway;
    ip6_addr_t address6; /* in a network of 64 bits */
};

/* Reads "address=10.0.2.15/24,gateway=10.0.2.2,address6=fd00::15"; text may be NULL: these. Returns
 * 0, or -1 with one line in error. */
int lwip_addresses_read(struct lwip_addresses *addresses, const char *text, char *error,
                        size_t size);

/* The interface that such a layer is. Its address and gateway are in it. */
struct netif *above_lwip_netif(struct above *above);

/* Frames from the driver that lwIP had no room for. */
uint64_t above_lwip_dropped(const struct above *above);

#endif
