/* SPDX-License-Identifier: BSD-2-Clause */
/* `net` without a command: lwIP goes through ARP, pings and transfers. */
#ifndef BENCH_NET_STEPS_H
#define BENCH_NET_STEPS_H

#include "net_run.h"
#include "net_server.h"

struct net_steps {
    uint64_t bytes; /* of each transfer, each way */
    struct net_server server;
};

/* Goes through all steps; run is open, with lwIP above and slirp at the wire. Returns an exit
 * status, after reporting what is not a failed step. */
int net_steps(struct net_run *run, struct net_steps *steps);

#endif
