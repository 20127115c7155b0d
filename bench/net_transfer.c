/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* memmem */
#include "net_transfer.h"

#include <lwip/tcpip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void finish(struct net_transfer *transfer,
                                                         const char *format, ...)
{
    va_list arguments;

    if (format != NULL) {
        va_start(arguments, format);
        vsnprintf(transfer->failure, sizeof(transfer->failure), format, arguments);
        va_end(arguments);
    }
    atomic_store(&transfer->done, true);
}

/* lwIP knows us no longer. */
static void forget(struct net_transfer *transfer)
{
    struct tcp_pcb *pcb = transfer->pcb;

    transfer->pcb = NULL;
    tcp_arg(pcb, NULL);
    tcp_recv(pcb, NULL);
    tcp_sent(pcb, NULL);
    tcp_err(pcb, NULL);
}

/* ---- Sending ---- */

/* Gives lwIP as much as it takes. */
static void push(struct net_transfer *transfer)
{
    struct tcp_pcb *pcb = transfer->pcb;

    for (;;) {
        size_t count = transfer->filled - transfer->at;

        if (count == 0) {
            transfer->at = 0;
            transfer->filled = count =
                net_stream_next(&transfer->stream, transfer->chunk, sizeof(transfer->chunk));
        }
        if (count > tcp_sndbuf(pcb))
            count = tcp_sndbuf(pcb);
        if (count == 0 || tcp_write(pcb, transfer->chunk + transfer->at, (u16_t)count,
                                    TCP_WRITE_FLAG_COPY) != ERR_OK)
            break;
        transfer->at += count;
        atomic_fetch_add(&transfer->moved, count);
    }
    tcp_output(pcb);
}

static err_t on_sent(void *opaque, struct tcp_pcb *pcb, u16_t length)
{
    (void)pcb;
    (void)length;
    push(opaque);
    return ERR_OK;
}

static err_t on_connected(void *opaque, struct tcp_pcb *pcb, err_t error)
{
    struct net_transfer *transfer = opaque;
    const char *method = transfer->send == 0 ? "GET" : transfer->receive == 0 ? "PUT" : "POST";

    (void)pcb;
    (void)error;
    transfer->filled = (size_t)snprintf(
        (char *)transfer->chunk, sizeof(transfer->chunk),
        "%s /%llu HTTP/1.1\r\nHost: %s:%u\r\nUser-Agent: e1000bench\r\n"
        "Content-Length: %llu\r\n\r\n",
        method, (unsigned long long)transfer->receive, ipaddr_ntoa(&transfer->address),
        transfer->port, (unsigned long long)transfer->send);
    push(transfer);
    return ERR_OK;
}

/* ---- Receiving ---- */

/* Takes the answer's head, or more of it. Returns how many of the bytes belong to it. */
static size_t take_head(struct net_transfer *transfer, const uint8_t *bytes, size_t length)
{
    const size_t before = transfer->head_length, room = sizeof(transfer->head) - 1 - before;
    const size_t count = length < room ? length : room;
    const char *end;

    memcpy(transfer->head + before, bytes, count);
    transfer->head_length += count;
    end = memmem(transfer->head, transfer->head_length, "\r\n\r\n", 4);
    if (end == NULL)
        return count;
    transfer->in_body = true;
    return (size_t)(end + 4 - transfer->head) - before;
}

static void take(struct net_transfer *transfer, const uint8_t *bytes, size_t length)
{
    if (!transfer->in_body) {
        const size_t count = take_head(transfer, bytes, length);

        bytes += count;
        length -= count;
    }
    atomic_fetch_add(&transfer->moved, length);
    if (transfer->body < transfer->receive) {
        const uint64_t left = transfer->receive - transfer->body;
        const size_t count = length < left ? length : (size_t)left;

        transfer->crc = (uint32_t)crc32(transfer->crc, bytes, (uInt)count);
        transfer->body += count;
        bytes += count;
        length -= count;
    }
    for (; length != 0 && transfer->body < transfer->receive + NET_SERVER_TAIL; length--)
        transfer->tail[transfer->body++ - transfer->receive] = (char)*bytes++;
}

static bool is_complete(const struct net_transfer *transfer)
{
    return transfer->in_body && transfer->body == transfer->receive + NET_SERVER_TAIL;
}

static void compare(struct net_transfer *transfer)
{
    char ours[NET_SERVER_TAIL + 1];

    snprintf(ours, sizeof(ours), "%08x%08x", transfer->crc, transfer->stream.crc);
    if (strncmp(transfer->head, "HTTP/1.1 200 ", 13) != 0)
        finish(transfer, "the server answers '%.40s'", transfer->head);
    else if (memcmp(ours, transfer->tail, 8) != 0)
        finish(transfer, "what was received has the checksum %.8s, what was sent %.8s", ours,
               transfer->tail);
    else if (memcmp(ours + 8, transfer->tail + 8, 8) != 0)
        finish(transfer, "what was sent has the checksum %.8s, what was received %.8s", ours + 8,
               transfer->tail + 8);
    else
        finish(transfer, NULL);
}

/* How far it got, for messages. */
static void progress_text(const struct net_transfer *transfer, char *text, size_t size)
{
    snprintf(text, size, "%llu of %llu bytes received and %llu of %llu sent",
             (unsigned long long)(transfer->body < transfer->receive ? transfer->body
                                                                     : transfer->receive),
             (unsigned long long)transfer->receive,
             (unsigned long long)(transfer->send - transfer->stream.left),
             (unsigned long long)transfer->send);
}

static err_t on_received(void *opaque, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    struct net_transfer *transfer = opaque;
    char text[120];

    (void)error;
    if (p == NULL) {
        progress_text(transfer, text, sizeof(text));
        finish(transfer, "the server closed the connection with %s", text);
        forget(transfer);
        return tcp_close(pcb);
    }
    for (const struct pbuf *q = p; q != NULL; q = q->next)
        take(transfer, q->payload, q->len);
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    if (!is_complete(transfer))
        return ERR_OK;
    forget(transfer);
    compare(transfer);
    if (tcp_close(pcb) == ERR_OK)
        return ERR_OK;
    tcp_abort(pcb);
    return ERR_ABRT;
}

/* The connection is no more, and lwIP has freed it. */
static void on_error(void *opaque, err_t error)
{
    struct net_transfer *transfer = opaque;
    char text[120];

    transfer->pcb = NULL;
    progress_text(transfer, text, sizeof(text));
    finish(transfer, "the connection %s with %s",
           error == ERR_RST ? "was refused or reset" : "was given up", text);
}

/* ---- From the bench's thread ---- */

void net_transfer_start(struct net_transfer *transfer)
{
    err_t error = ERR_MEM;

    transfer->stream = net_stream(2, transfer->send);
    LOCK_TCPIP_CORE();
    transfer->pcb = tcp_new_ip_type(IP_GET_TYPE(&transfer->address));
    if (transfer->pcb != NULL) {
        tcp_arg(transfer->pcb, transfer);
        tcp_recv(transfer->pcb, on_received);
        tcp_sent(transfer->pcb, on_sent);
        tcp_err(transfer->pcb, on_error);
        error = tcp_connect(transfer->pcb, &transfer->address, transfer->port, on_connected);
    }
    if (error != ERR_OK)
        finish(transfer, "lwIP can't connect (%d)", error);
    UNLOCK_TCPIP_CORE();
}

bool net_transfer_done(const struct net_transfer *transfer)
{
    return atomic_load(&transfer->done);
}

void net_transfer_end(struct net_transfer *transfer)
{
    struct tcp_pcb *pcb;

    LOCK_TCPIP_CORE();
    pcb = transfer->pcb;
    if (pcb != NULL) {
        forget(transfer);
        tcp_abort(pcb);
    }
    UNLOCK_TCPIP_CORE();
}
