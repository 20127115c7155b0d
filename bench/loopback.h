/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers that only this computer reaches. */
#ifndef BENCH_LOOPBACK_H
#define BENCH_LOOPBACK_H

#include <stdint.h>

/* Listens on a TCP port of 127.0.0.1; *port 0: any that is free, and then says which. flags are
 * those of socket()'s type, such as SOCK_NONBLOCK. Returns a socket, closed by exec, or -1 with
 * errno. */
int loopback_listen(uint16_t *port, int flags);

#endif
