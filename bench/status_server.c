/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "status_server.h"

#include "loopback.h"
#include "status_page.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct status_server {
    struct MHD_Daemon *daemon;
    int socket;
    pthread_mutex_t lock; /* of text */
    char *text;
};

/* ---- The server's thread ---- */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *type,
                              struct MHD_Response *response)
{
    enum MHD_Result result;

    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status, char *text)
{
    return answer(connection, status, "text/plain; charset=utf-8",
                  MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY));
}

static enum MHD_Result answer_json(struct status_server *server, struct MHD_Connection *connection)
{
    struct MHD_Response *response;

    pthread_mutex_lock(&server->lock);
    response =
        MHD_create_response_from_buffer(strlen(server->text), server->text, MHD_RESPMEM_MUST_COPY);
    pthread_mutex_unlock(&server->lock);
    return answer(connection, MHD_HTTP_OK, "application/json", response);
}

static enum MHD_Result on_request(void *opaque, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **request)
{
    (void)version;
    (void)upload;
    (void)request;
    if (*upload_size != 0) {
        *upload_size = 0; /* not wanted */
        return MHD_YES;
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    if (strcmp(url, "/status.json") == 0)
        return answer_json(opaque, connection);
    if (strcmp(url, "/") != 0)
        return answer_text(connection, MHD_HTTP_NOT_FOUND, "there are / and /status.json\n");
    return answer(connection, MHD_HTTP_OK, "text/html; charset=utf-8",
                  MHD_create_response_from_buffer(sizeof(status_page), (void *)status_page,
                                                  MHD_RESPMEM_PERSISTENT));
}

/* ---- The bench's thread ---- */

/* Signals are for the bench: the new thread inherits that it takes none. */
static struct MHD_Daemon *start(struct status_server *server)
{
    struct MHD_Daemon *daemon;
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    daemon = MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD, 0, NULL, NULL, on_request, server,
                              MHD_OPTION_LISTEN_SOCKET, server->socket, MHD_OPTION_CONNECTION_LIMIT,
                              32u, MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return daemon;
}

int status_server_open(struct status_server **server, uint16_t *port, char *text, char *error,
                       size_t size)
{
    struct status_server *made = calloc(1, sizeof(*made));

    if (made == NULL || text == NULL) {
        snprintf(error, size, "out of memory");
        free(made);
        free(text);
        return -1;
    }
    made->text = text;
    pthread_mutex_init(&made->lock, NULL);
    made->socket = loopback_listen(port, SOCK_NONBLOCK);
    if (made->socket < 0)
        snprintf(error, size, "option '--http': 127.0.0.1 port %u: %s", *port, strerror(errno));
    else if ((made->daemon = start(made)) == NULL)
        snprintf(error, size, "option '--http': the server can't be started");
    if (made->daemon != NULL) {
        *server = made;
        return 0;
    }
    if (made->socket >= 0)
        close(made->socket);
    made->socket = -1;
    status_server_close(made);
    return -1;
}

void status_server_publish(struct status_server *server, char *text)
{
    char *old;

    pthread_mutex_lock(&server->lock);
    old = server->text;
    server->text = text;
    pthread_mutex_unlock(&server->lock);
    free(old);
}

void status_server_close(struct status_server *server)
{
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon); /* closes the socket, too */
    pthread_mutex_destroy(&server->lock);
    free(server->text);
    free(server);
}
