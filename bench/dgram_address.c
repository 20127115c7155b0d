/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "dgram_address.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#define LONGEST_TEXT 256u

static int unix_address(const char *path, struct dgram_address *address, char *error, size_t size)
{
    struct sockaddr_un *un = (struct sockaddr_un *)&address->address;

    if (strlen(path) >= sizeof(un->sun_path)) {
        snprintf(error, size, "dgram: '%.40s...' is too long for the path of a socket", path);
        return -1;
    }
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path, strlen(path) + 1);
    address->length = sizeof(*un);
    return 0;
}

/* Splits HOST:PORT in place; the host's brackets go. NULL: it is no such thing. */
static char *split_port(char **host)
{
    char *colon = strrchr(*host, ':');

    if (colon == NULL || colon == *host || colon[1] == '\0' ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return NULL;
    *colon = '\0';
    if (**host == '[') {
        if (colon[-1] != ']')
            return NULL;
        colon[-1] = '\0';
        ++*host;
    } else if (strchr(*host, ':') != NULL) {
        return NULL; /* IPv6 without brackets: where does the port begin? */
    }
    return colon + 1;
}

static int inet_address(const char *text, int family, struct dgram_address *address, char *error,
                        size_t size)
{
    const struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found;
    char copy[LONGEST_TEXT], *host = copy, *port;
    int status;

    snprintf(copy, sizeof(copy), "%s", text);
    port = split_port(&host);
    if (port == NULL) {
        snprintf(error, size,
                 "dgram: '%s' is neither HOST:PORT, nor [IPV6]:PORT, nor a path with a slash",
                 text);
        return -1;
    }
    status = getaddrinfo(host, port, &hints, &found);
    if (status != 0) {
        snprintf(error, size, "dgram: '%s': %s", text, gai_strerror(status));
        return -1;
    }
    memcpy(&address->address, found->ai_addr, found->ai_addrlen);
    address->length = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

static int parse(const char *text, int family, struct dgram_address *address, char *error,
                 size_t size)
{
    *address = (struct dgram_address){0};
    if (strchr(text, '/') != NULL)
        return unix_address(text, address, error, size);
    return inet_address(text, family, address, error, size);
}

int dgram_addresses(const char *text, struct dgram_address *local, struct dgram_address *remote,
                    char *error, size_t size)
{
    const char *comma = strchr(text, ',');
    char first[LONGEST_TEXT];

    if (comma == NULL || comma[1] == '\0' || comma == text ||
        (size_t)(comma - text) >= sizeof(first) || strlen(comma + 1) >= sizeof(first)) {
        snprintf(error, size, "dgram: '%.80s' is not LOCAL,REMOTE", text);
        return -1;
    }
    snprintf(first, sizeof(first), "%.*s", (int)(comma - text), text);
    if (parse(first, AF_UNSPEC, local, error, size) < 0)
        return -1;
    if (parse(comma + 1, dgram_path(local) != NULL ? AF_UNSPEC : local->address.ss_family, remote,
              error, size) < 0)
        return -1;
    if (local->address.ss_family != remote->address.ss_family) {
        snprintf(error, size, "dgram: '%s' and '%s' are not of the same kind", first, comma + 1);
        return -1;
    }
    return 0;
}

const char *dgram_path(const struct dgram_address *address)
{
    return address->address.ss_family == AF_UNIX
               ? ((const struct sockaddr_un *)&address->address)->sun_path
               : NULL;
}

void dgram_text(const struct dgram_address *address, char *text, size_t size)
{
    char host[NI_MAXHOST], port[NI_MAXSERV];

    if (dgram_path(address) != NULL)
        snprintf(text, size, "%s", dgram_path(address));
    else if (getnameinfo((const struct sockaddr *)&address->address, address->length, host,
                         sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        snprintf(text, size, "an address");
    else
        snprintf(text, size, strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host, port);
}
