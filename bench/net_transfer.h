/* SPDX-License-Identifier: BSD-2-Clause */
/* What lwIP is made to do: pings, and an HTTP exchange with a net_server. All of it happens in
 * lwIP's thread; the bench's thread asks how it stands. */
#ifndef BENCH_NET_TRANSFER_H
#define BENCH_NET_TRANSFER_H

#include "net_server.h"
#include "net_stream.h"

#include <lwip/ip_addr.h>
#include <lwip/raw.h>
#include <lwip/tcp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- Pings ---- */

#define NET_PING_LONGEST 1400u

/* Zero-initialise. */
struct net_ping {
    struct raw_pcb *pcb;
    ip_addr_t to;
    uint16_t sequence, length; /* of the last request; bytes of payload */
    atomic_bool answered;
};

/* Sends an echo request of length bytes of payload, up to NET_PING_LONGEST. False: lwIP can't. */
bool net_ping_send(struct net_ping *ping, const ip_addr_t *to, uint16_t length);
/* The last request was answered with what it had sent. */
bool net_ping_answered(const struct net_ping *ping);
void net_ping_close(struct net_ping *ping);

/* ---- Transfers ---- */

struct net_transfer {
    ip_addr_t address;
    uint16_t port;
    uint64_t send, receive; /* bytes, either may be 0 */

    /* lwIP's thread: */
    struct tcp_pcb *pcb;
    struct net_stream stream; /* what is sent */
    uint8_t chunk[8192];      /* what lwIP has not taken yet: [at, filled) */
    size_t at, filled;
    char head[1024]; /* of the answer */
    size_t head_length;
    bool in_body;
    uint64_t body; /* bytes of it that came */
    uint32_t crc;  /* of them, without the tail */
    char tail[NET_SERVER_TAIL + 1];

    /* Anybody's: */
    atomic_uint_fast64_t moved; /* bytes sent and received so far */
    atomic_bool done;
    char failure[160]; /* once done; empty: all came, and the checksums are equal */
};

/* Starts it; *transfer must stay until net_transfer_end(). address, port, send and receive are set.
 */
void net_transfer_start(struct net_transfer *transfer);
bool net_transfer_done(const struct net_transfer *transfer);
/* Ends it in whatever state. */
void net_transfer_end(struct net_transfer *transfer);

#endif
