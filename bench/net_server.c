/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "net_server.h"

#include "loopback.h"
#include "net_stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK 65536u

/* No process outlives the one that made it. */
static void die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
}

/* ---- A connection, in a process of its own ---- */

struct request {
    char head[2048];
    size_t length;        /* bytes in head, of which the first belong to the head */
    size_t body;          /* where the body's begin */
    uint64_t bytes, send; /* of the request's body, and to answer */
};

static bool send_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length != 0) {
        const ssize_t n = send(fd, at, length, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        at += n;
        length -= (size_t)n;
    }
    return true;
}

/* Reads the request's head. False: there is none. */
static bool read_head(int fd, struct request *request)
{
    const char *end, *field;

    do {
        const ssize_t n = recv(fd, request->head + request->length,
                               sizeof(request->head) - 1 - request->length, 0);

        if (n <= 0)
            return false;
        request->length += (size_t)n;
        request->head[request->length] = '\0';
        end = strstr(request->head, "\r\n\r\n");
    } while (end == NULL && request->length < sizeof(request->head) - 1);
    if (end == NULL)
        return false;
    request->body = (size_t)(end + 4 - request->head);
    field = strstr(request->head, " /");
    if (field != NULL && field < end)
        request->send = strtoull(field + 2, NULL, 10);
    field = strcasestr(request->head, "\r\ncontent-length:");
    if (field != NULL && field < end)
        request->bytes = strtoull(field + 17, NULL, 10);
    return true;
}

static bool send_stream(int fd, uint64_t bytes, uint32_t *crc)
{
    static uint8_t chunk[CHUNK];
    struct net_stream stream = net_stream(1, bytes);

    while (stream.left != 0) {
        const size_t count = net_stream_next(&stream, chunk, CHUNK);

        if (!send_all(fd, chunk, count))
            return false;
    }
    *crc = stream.crc;
    return true;
}

static bool receive_body(int fd, const struct request *request, uint32_t *crc)
{
    static uint8_t chunk[CHUNK];
    const size_t have = request->length - request->body;
    uint64_t left = request->bytes - (have < request->bytes ? have : request->bytes);

    *crc = (uint32_t)crc32(0, (const uint8_t *)request->head + request->body,
                           (uInt)(request->bytes - left));
    while (left != 0) {
        const ssize_t n = recv(fd, chunk, left < CHUNK ? (size_t)left : CHUNK, 0);

        if (n <= 0)
            return false;
        *crc = (uint32_t)crc32(*crc, chunk, (uInt)n);
        left -= (uint64_t)n;
    }
    return true;
}

/* What is sent is sent by this process, what is received by a further one, at the same time; its
 * checksum comes through a pipe. */
static bool exchange(int fd, const struct request *request, uint32_t crcs[2])
{
    const pid_t self = getpid();
    int pipes[2];
    pid_t pid;
    bool well;

    if (pipe(pipes) < 0)
        return false;
    pid = fork();
    if (pid == 0) {
        die_with(self);
        well = receive_body(fd, request, &crcs[1]) &&
               write(pipes[1], &crcs[1], sizeof(crcs[1])) == sizeof(crcs[1]);
        _exit(well ? 0 : 1);
    }
    close(pipes[1]);
    well = pid > 0 && send_stream(fd, request->send, &crcs[0]) &&
           read(pipes[0], &crcs[1], sizeof(crcs[1])) == sizeof(crcs[1]);
    close(pipes[0]);
    return well;
}

static void serve(int fd)
{
    const int yes = 1;
    struct request request = {.length = 0};
    uint32_t crcs[2];
    char text[160];
    int length;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (!read_head(fd, &request))
        return;
    length = snprintf(text, sizeof(text),
                      "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                      "Content-Length: %llu\r\nConnection: close\r\n\r\n",
                      (unsigned long long)request.send + NET_SERVER_TAIL);
    if (!send_all(fd, text, (size_t)length) || !exchange(fd, &request, crcs))
        return;
    length = snprintf(text, sizeof(text), "%08x%08x", crcs[0], crcs[1]);
    send_all(fd, text, (size_t)length);
    /* The other side closes first; what it still sends would make our closing a reset. */
    shutdown(fd, SHUT_WR);
    while (recv(fd, text, sizeof(text), 0) > 0)
        ;
}

/* ---- The server ---- */

_Noreturn static void run(int listener)
{
    const pid_t self = getpid();

    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        const int fd = accept(listener, NULL, NULL);

        if (fd < 0)
            continue;
        if (fork() == 0) {
            die_with(self);
            signal(SIGCHLD, SIG_DFL);
            close(listener);
            serve(fd);
            _exit(0);
        }
        close(fd);
    }
}

int net_server_start(struct net_server *server, uint16_t port, char *error, size_t size)
{
    const int listener = loopback_listen(&port, 0);
    const pid_t parent = getpid();

    *server = (struct net_server){.port = port};
    if (listener < 0) {
        snprintf(error, size, "no server at 127.0.0.1:%u: %s", port, strerror(errno));
        return -1;
    }
    server->pid = fork();
    if (server->pid == 0) {
        die_with(parent);
        signal(SIGINT, SIG_IGN); /* the other process sees to the end */
        signal(SIGTERM, SIG_DFL);
        run(listener);
    }
    close(listener);
    if (server->pid < 0) {
        server->pid = 0;
        snprintf(error, size, "no process for a server: %s", strerror(errno));
        return -1;
    }
    return 0;
}

bool net_server_runs(struct net_server *server)
{
    if (server->pid != 0 && waitpid(server->pid, NULL, WNOHANG) == server->pid)
        server->pid = 0;
    return server->pid != 0;
}

void net_server_stop(struct net_server *server)
{
    if (server->pid == 0)
        return;
    kill(server->pid, SIGKILL);
    while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    server->pid = 0;
}
