/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "net_space.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Messages ---- */

void net_tell(int socket, enum net_space_kind kind, const char *name, const char *format, ...)
{
    struct net_space_message message = {.kind = kind};
    va_list arguments;

    snprintf(message.name, sizeof(message.name), "%s", name);
    va_start(arguments, format);
    vsnprintf(message.text, sizeof(message.text), format, arguments);
    va_end(arguments);
    send(socket, &message, sizeof(message), MSG_NOSIGNAL);
}

/* Reads a message and the descriptors that come with it. As recvmsg(). */
static ssize_t receive(struct net_space *space, struct net_space_message *message, int flags)
{
    struct iovec part = {.iov_base = message, .iov_len = sizeof(*message)};
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } room;
    struct msghdr header = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = sizeof(room)};
    const ssize_t n = recvmsg(space->socket, &header, flags | MSG_CMSG_CLOEXEC);
    const struct cmsghdr *with = n > 0 ? CMSG_FIRSTHDR(&header) : NULL;
    int fds[2];

    if (with != NULL && with->cmsg_type == SCM_RIGHTS && with->cmsg_len == CMSG_LEN(sizeof(fds))) {
        memcpy(fds, CMSG_DATA(with), sizeof(fds));
        space->tap.clone = fds[0];
        space->tap.control = fds[1];
    }
    return n;
}

/* ---- The process ---- */

static void reap(struct net_space *space)
{
    int status = 0;

    if (space->pid == 0)
        return;
    while (waitpid(space->pid, &status, 0) < 0 && errno == EINTR)
        ;
    space->pid = 0;
    space->ended = true;
    space->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int net_space_next(struct net_space *space, struct net_space_message *message)
{
    ssize_t n;

    if (space->ended)
        return -1;
    n = receive(space, message, MSG_DONTWAIT);
    if (n == sizeof(*message))
        return 1;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    reap(space);
    return -1;
}

void net_space_signal(const struct net_space *space, int number)
{
    if (space->pid != 0)
        kill(space->pid, number);
}

void net_space_go(struct net_space *space)
{
    const char go = 1;

    send(space->socket, &go, 1, MSG_NOSIGNAL);
}

void net_space_close(struct net_space *space)
{
    if (space->pid != 0) {
        kill(space->pid, SIGKILL);
        reap(space);
    }
    if (space->socket > 0)
        close(space->socket);
    if (space->tap.clone > 0)
        close(space->tap.clone);
    if (space->tap.control > 0)
        close(space->tap.control);
    space->socket = 0;
    space->tap = (struct tap_space){0};
}

/* Waits for the first message: it is there, or what went wrong. */
static int wait_for_it(struct net_space *space, char *error, size_t size)
{
    struct net_space_message message;
    ssize_t n;

    do
        n = receive(space, &message, 0);
    while (n < 0 && errno == EINTR);
    if (n == sizeof(message) && message.kind == NET_SPACE_READY && space->tap.clone > 0)
        return 0;
    snprintf(error, size, "no network namespace: %s",
             n == sizeof(message) ? message.text : "the process in it has ended");
    net_space_close(space);
    return -1;
}

int net_space_open(struct net_space *space, const struct net_space_config *config, char *error,
                   size_t size)
{
    int sockets[2];

    *space = (struct net_space){0};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0) {
        snprintf(error, size, "no network namespace: %s", strerror(errno));
        return -1;
    }
    fflush(NULL);
    space->socket = sockets[0];
    space->pid = fork();
    if (space->pid == 0) {
        close(sockets[0]);
        net_inside(config, sockets[1]);
    }
    close(sockets[1]);
    if (space->pid < 0) {
        space->pid = 0;
        snprintf(error, size, "no network namespace: %s", strerror(errno));
        net_space_close(space);
        return -1;
    }
    return wait_for_it(space, error, size);
}
