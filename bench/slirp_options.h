/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be said behind `slirp:`: the network that libslirp makes, and who may reach whom. */
#ifndef BENCH_SLIRP_OPTIONS_H
#define BENCH_SLIRP_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define SLIRP_FORWARDS_MAX 32u
#define SLIRP_SEARCH_MAX   8u

/* A port of this computer that leads to one of the guest's. */
struct slirp_forward {
    char text[128]; /* as it was given */
    bool udp;
    struct sockaddr_storage host,
        guest;        /* the guest's address may be the wildcard: whoever it is */
    socklen_t length; /* of either */
};

struct slirp_options {
    bool ipv4, ipv6;
    bool restricted; /* nothing but the forwards passes */
    bool loopback;   /* the gateway's address leads to this computer's loopback */
    bool dhcp, dns;
    struct in_addr network, netmask, host, dhcp_start, nameserver;
    struct in6_addr prefix, host6, nameserver6;
    unsigned prefix_length;
    char hostname[64], domain[128], tftp[256], bootfile[128];
    char search[SLIRP_SEARCH_MAX][128];
    unsigned search_count;
    struct slirp_forward forwards[SLIRP_FORWARDS_MAX];
    unsigned forward_count;
};

/* Reads "restrict=on,hostfwd=tcp::8080-:80"; text may be NULL: the defaults, 10.0.2.0/24 and
 * fd00::/64. Returns 0, or -1 with one line in error. */
int slirp_options_read(struct slirp_options *options, const char *text, char *error, size_t size);

#endif
