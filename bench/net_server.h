/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An HTTP server on this computer's loopback, a process of its own. It answers any request for
 * "/N" with N bytes of a net_stream and 16 hexadecimal digits: the checksums of what it sent and of
 * the request's body. It sends and receives at the same time.
 */
#ifndef BENCH_NET_SERVER_H
#define BENCH_NET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Digits behind the bytes. */
#define NET_SERVER_TAIL 16u

struct net_server {
    pid_t pid; /* 0: none runs */
    uint16_t port;
};

/* port: 0 is any. The caller must have no second thread yet. Returns 0, or -1 with one line in
 * error. */
int net_server_start(struct net_server *server, uint16_t port, char *error, size_t size);

/* Whether it still runs. */
bool net_server_runs(struct net_server *server);

/* Ends it; harmless when it has ended or never was. */
void net_server_stop(struct net_server *server);

#endif
