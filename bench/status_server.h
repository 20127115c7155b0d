/* SPDX-License-Identifier: BSD-2-Clause */
/* A small HTTP server on loopback: the page at /, and a text that changes at /status.json. */
#ifndef BENCH_STATUS_SERVER_H
#define BENCH_STATUS_SERVER_H

#include <stddef.h>
#include <stdint.h>

struct status_server;

/* text is malloc()ed and taken over, even on failure. *port: what to listen on, 0: any; tells which
 * it is. Returns 0, or -1 with one line in error. */
int status_server_open(struct status_server **server, uint16_t *port, char *text, char *error,
                       size_t size);

/* Replaces the text, which is malloc()ed and taken over. */
void status_server_publish(struct status_server *server, char *text);

void status_server_close(struct status_server *server);

#endif
