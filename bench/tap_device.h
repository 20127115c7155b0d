/* SPDX-License-Identifier: BSD-2-Clause */
/* A tap of this computer: a network interface whose cable ends in this process. */
#ifndef BENCH_TAP_DEVICE_H
#define BENCH_TAP_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What interfaces are called when nobody says. */
#define TAP_WIRE_NAME "wire0"

/* Copies what an interface may be called. Returns 0, or -1 with one line in error. */
int tap_name(const char *text, char name[IF_NAMESIZE], char *error, size_t size);

/* Another network namespace, by descriptors that were made in it. They must stay. */
struct tap_space {
    int clone;   /* /dev/net/tun, opened there and not used yet */
    int control; /* any socket */
};

/* Zero-initialise. */
struct tap_device {
    int fd;      /* 0: not open */
    int control; /* a socket where the interface is; 0: here */
    char name[IF_NAMESIZE];
};

/* Opens the tap of that name, or makes it, to be gone when it is closed. Without blocking; each
 * read and write is a frame, behind a struct virtio_net_hdr if vnet_header. offloads: TUN_F_*, what
 * the host may leave undone. space: where, NULL: here. Returns 0, or -1 with one line in error and
 * nothing open. */
int tap_open(struct tap_device *tap, const struct tap_space *space, const char *name,
             bool vnet_header, unsigned offloads, char *error, size_t size);
/* Harmless on a zeroed one. */
void tap_close(struct tap_device *tap);

/* The interface's own address. As tap_open(). */
int tap_set_mac(struct tap_device *tap, const uint8_t mac[6], char *error, size_t size);

/* Sets what IP may send at once: what is left of the longest frame (bytes without FCS) behind its
 * header and a VLAN tag. As tap_open(). */
int tap_set_mtu(struct tap_device *tap, uint32_t max_frame, char *error, size_t size);

/* Whether the interface has a link. Linux before 5.0 can't tell its stack. */
void tap_set_carrier(struct tap_device *tap, bool up);

/* A read or write failed with this errno: the interface is there no more, and why, in failure. */
bool tap_is_gone(const struct tap_device *tap, int error_number, char *failure, size_t size);

/* For struct column: whether taps can be made here. */
bool tap_usable(char *why, size_t size);

#endif
