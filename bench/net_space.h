/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command in a network namespace of its own: a process is made that leaves our network (and, if
 * it has to, our user namespace), hands us the descriptors by which an interface can be made there,
 * configures that interface by DHCP, and runs the command.
 */
#ifndef BENCH_NET_SPACE_H
#define BENCH_NET_SPACE_H

#include "tap_device.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct net_space_config {
    const char *interface;      /* what it is called there */
    const char *const *command; /* ends with NULL */
    bool configure;             /* by DHCP and router advertisements; else the command does it */
    bool ipv4, ipv6;            /* what to expect of the network */
    const char *dhcp_client;    /* "udhcpc" or "dhclient"; NULL: which there is */
};

/* What the process inside tells, in order. */
enum net_space_kind {
    NET_SPACE_READY,  /* the namespace is there; the descriptors come with it */
    NET_SPACE_STEP,   /* a step of configuring went well */
    NET_SPACE_FAILED, /* one did not; the command won't be run */
    NET_SPACE_ERROR,  /* something that is no step went wrong */
    NET_SPACE_RUNS,   /* the command is being run */
};

struct net_space_message {
    enum net_space_kind kind;
    char name[24], text[200];
};

/* Zero-initialise. */
struct net_space {
    pid_t pid;            /* of the process inside; 0: it has ended */
    int socket;           /* to it */
    struct tap_space tap; /* by which an interface can be made there */
    int status;           /* once ended: exit status, 128 + N after signal N */
    bool ended;
};

/* Makes the namespace and waits until it is there. Returns 0, or -1 with one line in error. The
 * caller must have no second thread yet. */
int net_space_open(struct net_space *space, const struct net_space_config *config, char *error,
                   size_t size);

/* The interface is there and works: configure it and go on. */
void net_space_go(struct net_space *space);

/* The next message, without waiting. Returns 1; 0: there is none; -1: the process has ended, see
 * status. */
int net_space_next(struct net_space *space, struct net_space_message *message);

/* Hands a signal on to the command. */
void net_space_signal(const struct net_space *space, int number);

/* Ends all of it, in whatever state. */
void net_space_close(struct net_space *space);

/* ---- The process inside ---- */

/* Runs there and never returns; socket leads to the other side. */
_Noreturn void net_inside(const struct net_space_config *config, int socket);

/* Tells the other side. */
__attribute__((format(printf, 4, 5))) void net_tell(int socket, enum net_space_kind kind,
                                                    const char *name, const char *format, ...);

/* What DHCP gave. */
struct net_lease {
    char address[16], netmask[16], router[16]; /* router may be empty */
    char servers[128];                         /* of names, spaces between */
    char search[256];                          /* domains, spaces between */
};

/* Gets a lease for an interface that is up. Returns 0, or -1 with one line in error. */
int net_dhcp(const char *interface, const char *client, struct net_lease *lease, char *error,
             size_t size);

/* The folder's name of a client that net_dhcp() can use, or NULL; wanted: NULL is any. */
const char *net_dhcp_find(const char *wanted);

#endif
