/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP by a client of the system's: it asks, we set what it was given. */
#define _GNU_SOURCE
#include "net_space.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 20000u

/* What the client runs when something has happened. udhcpc says what in $1, dhclient in $reason. */
static const char script_text[] =
    "#!/bin/sh\n"
    "case \"${1-}$reason\" in\n"
    "bound | renew | BOUND | RENEW | REBIND | REBOOT)\n"
    "    env >\"${0%/*}/new\" && mv \"${0%/*}/new\" \"${0%/*}/lease\" ;;\n"
    "esac\n"
    "exit 0\n";

/* The files of one attempt, in a folder of their own. */
struct files {
    char folder[200], script[220], lease[220], leases[220], pid[220], lease_new[220];
};

/* ---- Clients ---- */

struct client {
    const char *name;
    const char *paths[3];
};

static const struct client clients[] = {
    {"udhcpc", {"/sbin/udhcpc", "/usr/sbin/udhcpc", "/usr/bin/udhcpc"}},
    {"dhclient", {"/sbin/dhclient", "/usr/sbin/dhclient", "/usr/bin/dhclient"}},
};

static const char *path_of(const struct client *client)
{
    for (size_t i = 0; i < sizeof(client->paths) / sizeof(client->paths[0]); i++)
        if (access(client->paths[i], X_OK) == 0)
            return client->paths[i];
    return NULL;
}

const char *net_dhcp_find(const char *wanted)
{
    for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
        if ((wanted == NULL || strcmp(wanted, clients[i].name) == 0) &&
            path_of(&clients[i]) != NULL)
            return clients[i].name;
    return NULL;
}

_Noreturn static void become_client(const struct files *files, const char *name,
                                    const char *interface)
{
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* What it tells the script comes beside this: nothing of ours may be taken for it. */
    clearenv();
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    dup2(nothing, 0);
    dup2(nothing, 1);
    dup2(nothing, 2);
    if (strcmp(name, "udhcpc") == 0)
        execl(path_of(&clients[0]), name, "-i", interface, "-f", "-n", "-q", "-t", "8", "-T", "2",
              "-s", files->script, (char *)NULL);
    else
        execl(path_of(&clients[1]), name, "-4", "-1", "-d", "-sf", files->script, "-lf",
              files->leases, "-pf", files->pid, interface, (char *)NULL);
    _exit(127);
}

/* ---- Its files ---- */

static bool write_script(const struct files *files)
{
    const int fd = open(files->script, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    const size_t length = sizeof(script_text) - 1;
    const bool well = fd >= 0 && write(fd, script_text, length) == (ssize_t)length;

    if (fd >= 0)
        close(fd);
    return well;
}

static bool make_files(struct files *files)
{
    const char *folder = getenv("TMPDIR");

    snprintf(files->folder, sizeof(files->folder), "%.150s/e1000bench-XXXXXX",
             folder != NULL && folder[0] == '/' ? folder : "/tmp");
    if (mkdtemp(files->folder) == NULL)
        return false;
    snprintf(files->script, sizeof(files->script), "%s/script", files->folder);
    snprintf(files->lease, sizeof(files->lease), "%s/lease", files->folder);
    snprintf(files->lease_new, sizeof(files->lease_new), "%s/new", files->folder);
    snprintf(files->leases, sizeof(files->leases), "%s/leases", files->folder);
    snprintf(files->pid, sizeof(files->pid), "%s/pid", files->folder);
    return write_script(files);
}

static void remove_files(const struct files *files)
{
    unlink(files->script);
    unlink(files->lease);
    unlink(files->lease_new);
    unlink(files->leases);
    unlink(files->pid);
    rmdir(files->folder);
}

/* ---- What it was given ---- */

/* The network chose these words: only what addresses and domains are made of gets through. */
static void take_words(const char *value, char *to, size_t size)
{
    size_t length = 0;

    for (; *value != '\0' && length + 1 < size; value++) {
        const char c = *value == ',' ? ' ' : *value;

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '.' || c == '-' || c == '_' || c == ' ')
            to[length++] = c;
    }
    to[length] = '\0';
}

static void take_address(const char *value, char to[16])
{
    struct in_addr address;
    char first[16];

    snprintf(first, sizeof(first), "%.*s", (int)strcspn(value, " ,"), value);
    if (inet_pton(AF_INET, first, &address) == 1)
        snprintf(to, 16, "%s", first);
}

static void take_servers(const char *value, struct net_lease *lease)
{
    char words[sizeof(lease->servers)], *rest = words;
    struct in_addr address;
    size_t length = 0;

    take_words(value, words, sizeof(words));
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        if (inet_pton(AF_INET, word, &address) == 1)
            length += (size_t)snprintf(lease->servers + length, sizeof(lease->servers) - length,
                                       "%s%s", length != 0 ? " " : "", word);
}

static void take_line(const char *line, struct net_lease *lease)
{
    const char *equals = strchr(line, '='), *value = equals != NULL ? equals + 1 : "";
    char name[40];

    if (equals == NULL || (size_t)(equals - line) >= sizeof(name))
        return;
    snprintf(name, sizeof(name), "%.*s", (int)(equals - line), line);
    if (strcmp(name, "ip") == 0 || strcmp(name, "new_ip_address") == 0)
        take_address(value, lease->address);
    else if (strcmp(name, "subnet") == 0 || strcmp(name, "new_subnet_mask") == 0)
        take_address(value, lease->netmask);
    else if (strcmp(name, "router") == 0 || strcmp(name, "new_routers") == 0)
        take_address(value, lease->router);
    else if (strcmp(name, "dns") == 0 || strcmp(name, "new_domain_name_servers") == 0)
        take_servers(value, lease);
    else if (strcmp(name, "search") == 0 || strcmp(name, "new_domain_search") == 0)
        take_words(value, lease->search, sizeof(lease->search));
    else if ((strcmp(name, "domain") == 0 || strcmp(name, "new_domain_name") == 0) &&
             lease->search[0] == '\0')
        take_words(value, lease->search, sizeof(lease->search));
}

static bool read_lease(const char *path, struct net_lease *lease)
{
    FILE *file = fopen(path, "re");
    char line[1024];

    *lease = (struct net_lease){.netmask = "255.255.255.0"};
    if (file == NULL)
        return false;
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        take_line(line, lease);
    }
    fclose(file);
    return lease->address[0] != '\0';
}

/* ---- Asking ---- */

/* Waits until there is a lease, the client gives up, or nobody has patience any more. */
static bool wait_for_lease(const struct files *files, pid_t client)
{
    const struct timespec nap = {.tv_nsec = 20000000};
    bool ended = false;

    for (unsigned ms = 0; ms < PATIENCE_MS; ms += 20) {
        if (access(files->lease, R_OK) == 0)
            break;
        if (ended)
            return false;
        ended = waitpid(client, NULL, WNOHANG) == client; /* and look once more */
        if (!ended)
            nanosleep(&nap, NULL);
    }
    if (!ended) { /* without telling the server that the address is free again */
        kill(client, SIGKILL);
        waitpid(client, NULL, 0);
    }
    return access(files->lease, R_OK) == 0;
}

int net_dhcp(const char *interface, const char *wanted, struct net_lease *lease, char *error,
             size_t size)
{
    const char *name = net_dhcp_find(wanted);
    struct files files;
    pid_t client;
    bool well;

    if (name == NULL) {
        snprintf(error, size, "there is no %s; Debian has it as package %s",
                 wanted != NULL ? wanted : "udhcpc and no dhclient",
                 wanted != NULL && strcmp(wanted, "dhclient") == 0 ? "isc-dhcp-client" : "udhcpc");
        return -1;
    }
    if (!make_files(&files)) {
        snprintf(error, size, "no files for %s: %s", name, strerror(errno));
        return -1;
    }
    client = fork();
    if (client == 0)
        become_client(&files, name, interface);
    well = client > 0 && wait_for_lease(&files, client) && read_lease(files.lease, lease);
    remove_files(&files);
    if (!well)
        snprintf(error, size, "%s got no address", name);
    return well ? 0 : -1;
}
