/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wire `dgram`: each frame is a datagram, without FCS or anything else around it, over UDP or
 * between two Unix sockets. QEMU's -netdev dgram speaks the same.
 */
#define _GNU_SOURCE
#include "columns.h"
#include "dgram_address.h"
#include "wire_queue.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the kernel may keep for us, as far as it allows. */
#define KERNEL_BUFFER (4 << 20)

#define HEADER_BYTES 14u

struct wire_dgram {
    struct wire_queue queue;
    int fd;
    bool bound; /* the path of a Unix socket is ours to remove */
    struct dgram_address local, remote;
    /* For one call, [i] each. */
    struct mmsghdr in[WIRE_QUEUE_BATCH], out[WIRE_QUEUE_BATCH];
    struct iovec in_bytes[WIRE_QUEUE_BATCH], out_bytes[WIRE_QUEUE_BATCH];
};

static struct wire_dgram *self(struct wire *wire)
{
    return (struct wire_dgram *)wire;
}

/* ---- Receiving ---- */

/* Datagrams that are no frames are left out, and those behind them move up. */
static void keep(struct wire_dgram *dgram, uint64_t now, unsigned count)
{
    unsigned left_out = 0;

    for (unsigned i = 0; i < count; i++) {
        const uint32_t length = dgram->in[i].msg_len;

        if (length < HEADER_BYTES || (dgram->in[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) {
            left_out++;
            dgram->queue.unfit++;
            continue;
        }
        if (left_out != 0)
            memcpy(wire_queue_place(&dgram->queue, 0), dgram->in_bytes[i].iov_base, length);
        wire_queue_add(&dgram->queue, now, length);
    }
}

static void dgram_pump(struct wire *wire, uint64_t now)
{
    struct wire_dgram *dgram = self(wire);
    const unsigned room = wire_queue_room(&dgram->queue);
    int count;

    if (room == 0)
        return;
    for (unsigned i = 0; i < room; i++)
        dgram->in_bytes[i].iov_base = wire_queue_place(&dgram->queue, i);
    /* An error tells of something sent before that nobody was there to take. */
    count = recvmmsg(dgram->fd, dgram->in, room, MSG_DONTWAIT, NULL);
    if (count > 0)
        keep(dgram, now, (unsigned)count);
}

/* ---- Sending ---- */

/* Fills dgram->out with those frames of the first `most` that are worth sending. *which[i] is the
 * frame that out[i] holds. */
static unsigned gather(struct wire_dgram *dgram, const struct e1000emu_frame *frames, size_t most,
                       size_t which[WIRE_QUEUE_BATCH])
{
    unsigned count = 0;

    for (size_t i = 0; i < most && count < WIRE_QUEUE_BATCH; i++) {
        const uint32_t length = wire_queue_outgoing(&frames[i]);

        if (length == 0)
            continue;
        dgram->out_bytes[count].iov_base = (void *)(uintptr_t)frames[i].data;
        dgram->out_bytes[count].iov_len = length;
        which[count++] = i;
    }
    return count;
}

static bool has_to_wait(int error_number)
{
    return error_number == EAGAIN || error_number == ENOBUFS || error_number == EINTR;
}

/* Where nobody listens, or nobody takes frames as long, frames are lost. Returns how many of the
 * first count of dgram->out are dealt with. */
static unsigned send_out(struct wire_dgram *dgram, unsigned count)
{
    unsigned sent = 0;

    while (sent < count) {
        const int n = sendmmsg(dgram->fd, dgram->out + sent, count - sent, MSG_DONTWAIT);

        if (n > 0) {
            sent += (unsigned)n;
        } else if (has_to_wait(errno)) {
            break;
        } else {
            sent++;
            dgram->queue.lost++;
        }
    }
    return sent;
}

static size_t dgram_send(struct wire *wire, uint64_t now, const struct e1000emu_frame *frames,
                         size_t count)
{
    struct wire_dgram *dgram = self(wire);
    size_t which[WIRE_QUEUE_BATCH], taken = 0;

    dgram->queue.retry = BENCH_NEVER;
    while (taken < count) {
        const size_t most = count - taken < WIRE_QUEUE_BATCH ? count - taken : WIRE_QUEUE_BATCH;
        const unsigned n = gather(dgram, frames + taken, most, which);
        const unsigned sent = send_out(dgram, n);

        if (sent < n) {
            wire_queue_wait(&dgram->queue, now);
            return taken + which[sent];
        }
        taken += most;
    }
    return taken;
}

static unsigned dgram_wait_for(struct wire *wire, struct pollfd *fds, unsigned max)
{
    struct wire_dgram *dgram = self(wire);

    if (max == 0 || wire_queue_room(&dgram->queue) == 0)
        return 0;
    fds[0] = (struct pollfd){.fd = dgram->fd, .events = POLLIN};
    return 1;
}

static void dgram_close(struct wire *wire)
{
    struct wire_dgram *dgram = self(wire);

    if (dgram->fd >= 0)
        close(dgram->fd);
    if (dgram->bound && dgram_path(&dgram->local) != NULL)
        unlink(dgram_path(&dgram->local));
    wire_queue_close(&dgram->queue);
    free(wire);
}

static const struct wire_ops wire_dgram = {
    .close = dgram_close,
    .send = dgram_send,
    WIRE_QUEUE_OPS,
    .pump = dgram_pump,
    .wait_for = dgram_wait_for,
};

/* ---- Opening ---- */

/* A socket that a program left behind when it ended is in nobody's use. */
static bool remove_left_behind(const struct dgram_address *local)
{
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool left_behind =
        fd >= 0 && connect(fd, (const struct sockaddr *)&local->address, local->length) < 0 &&
        errno == ECONNREFUSED;

    if (fd >= 0)
        close(fd);
    return left_behind && unlink(dgram_path(local)) == 0;
}

static int bind_local(struct wire_dgram *dgram)
{
    const struct sockaddr *address = (const struct sockaddr *)&dgram->local.address;
    int status = bind(dgram->fd, address, dgram->local.length);

    if (status < 0 && errno == EADDRINUSE && dgram_path(&dgram->local) != NULL) {
        status = remove_left_behind(&dgram->local) ? bind(dgram->fd, address, dgram->local.length)
                                                   : (errno = EADDRINUSE, -1);
    }
    dgram->bound = status == 0;
    return status;
}

/* UDP takes frames from the remote address only. A Unix socket need not be there yet, so it is
 * named with each frame. */
static int name_remote(struct wire_dgram *dgram)
{
    struct dgram_address *remote = &dgram->remote;

    if (dgram_path(remote) == NULL)
        return connect(dgram->fd, (const struct sockaddr *)&remote->address, remote->length);
    for (unsigned i = 0; i < WIRE_QUEUE_BATCH; i++) {
        dgram->out[i].msg_hdr.msg_name = &remote->address;
        dgram->out[i].msg_hdr.msg_namelen = remote->length;
    }
    return 0;
}

static int complain(const struct dgram_address *address, char *error, size_t size)
{
    char text[160];
    const char *why = errno == EADDRINUSE ? "is in use already" : strerror(errno);

    dgram_text(address, text, sizeof(text));
    snprintf(error, size, "dgram: %s: %s", text, why);
    return -1;
}

static int prepare(struct wire_dgram *dgram, char *error, size_t size)
{
    const int buffer = KERNEL_BUFFER;

    for (unsigned i = 0; i < WIRE_QUEUE_BATCH; i++) {
        dgram->in_bytes[i].iov_len = dgram->queue.in.slot;
        dgram->in[i].msg_hdr.msg_iov = &dgram->in_bytes[i];
        dgram->out[i].msg_hdr.msg_iov = &dgram->out_bytes[i];
        dgram->in[i].msg_hdr.msg_iovlen = dgram->out[i].msg_hdr.msg_iovlen = 1;
    }
    dgram->fd = socket(dgram->local.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (dgram->fd < 0 || bind_local(dgram) < 0)
        return complain(&dgram->local, error, size);
    if (name_remote(dgram) < 0)
        return complain(&dgram->remote, error, size);
    setsockopt(dgram->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    setsockopt(dgram->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    return 0;
}

static int dgram_open(struct wire **result, const struct column_setup *setup, char *error,
                      size_t size)
{
    struct wire_dgram *dgram = calloc(1, sizeof(*dgram));

    if (dgram == NULL || wire_queue_open(&dgram->queue, &wire_dgram) < 0) {
        free(dgram);
        snprintf(error, size, "out of memory");
        return -1;
    }
    dgram->fd = -1;
    if (dgram_addresses(setup->argument, &dgram->local, &dgram->remote, error, size) < 0 ||
        prepare(dgram, error, size) < 0) {
        dgram_close(&dgram->queue.base);
        return -1;
    }
    *result = &dgram->queue.base;
    return 0;
}

static int dgram_check(const char *argument, char *error, size_t size)
{
    struct dgram_address local, remote;

    return dgram_addresses(argument, &local, &remote, error, size);
}

const struct wire_kind wire_kind_dgram = {
    .column = {.name = "dgram",
               .argument = "LOCAL,REMOTE",
               .summary = "frames in datagrams, as QEMU's -netdev dgram has them: HOST:PORT, or "
                          "paths of Unix sockets",
               .flags = COLUMN_REAL_TIME | COLUMN_ARGUMENT,
               .check = dgram_check},
    .open = dgram_open,
};
