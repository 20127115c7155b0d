/* SPDX-License-Identifier: BSD-2-Clause */
/* The two addresses of the wire `dgram`, "LOCAL,REMOTE": each is HOST:PORT, [IPV6]:PORT, or the
 * path of a Unix socket, which holds a slash. */
#ifndef BENCH_DGRAM_ADDRESS_H
#define BENCH_DGRAM_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct dgram_address {
    struct sockaddr_storage address;
    socklen_t length;
};

/* Both of the same family. Names are looked up. Returns 0, or -1 with one line in error. */
int dgram_addresses(const char *text, struct dgram_address *local, struct dgram_address *remote,
                    char *error, size_t size);

/* The path of a Unix socket, else NULL. */
const char *dgram_path(const struct dgram_address *address);

/* For people: "127.0.0.1:5000", "[::1]:5000", "/run/a.sock". */
void dgram_text(const struct dgram_address *address, char *text, size_t size);

#endif
