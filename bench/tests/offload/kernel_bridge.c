/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* unshare */
#include "kernel_bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TAG_BYTES 4u
#define MTU       65521 /* the most that a tap allows */

/* Kernel headers older than 6.2 lack it. */
#define GSO_UDP_L4 5

/* ---- Namespaces ----------------------------------------------------------------------------- */

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t done;

    if (fd < 0)
        return -1;
    done = write(fd, text, strlen(text));
    close(fd);
    return done == (ssize_t)strlen(text) ? 0 : -1;
}

/* Becomes root of new namespaces. */
static int enter_namespaces(void)
{
    char map[64];
    unsigned uid = geteuid(), gid = getegid();

    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return -1;
    snprintf(map, sizeof map, "0 %u 1", uid);
    if (write_file("/proc/self/setgroups", "deny") < 0 || write_file("/proc/self/uid_map", map) < 0)
        return -1;
    snprintf(map, sizeof map, "0 %u 1", gid);
    if (write_file("/proc/self/gid_map", map) < 0)
        return -1;
    /* The kernel's own IPv6 packets would come in between. It may have no IPv6. */
    write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    return 0;
}

/* ---- Devices -------------------------------------------------------------------------------- */

static struct ifreq request(const char *name)
{
    struct ifreq r;

    memset(&r, 0, sizeof r);
    snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
    return r;
}

static int open_tap(const char *name, int flags)
{
    struct ifreq r = request(name);
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return -1;
    r.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | flags);
    if (ioctl(fd, TUNSETIFF, &r) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int bring_up(int control, const char *name)
{
    struct ifreq r = request(name);

    r.ifr_mtu = MTU;
    if (strcmp(name, "br0") != 0 && ioctl(control, SIOCSIFMTU, &r) < 0)
        return -1;
    r = request(name);
    r.ifr_flags = IFF_UP;
    return ioctl(control, SIOCSIFFLAGS, &r);
}

static int join_bridge(int control, const char *name)
{
    struct ifreq r = request("br0");

    r.ifr_ifindex = (int)if_nametoindex(name);
    return ioctl(control, SIOCBRADDIF, &r);
}

static int make_bridge(void)
{
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result = -1;

    if (control >= 0 && ioctl(control, SIOCBRADDBR, "br0") == 0 &&
        join_bridge(control, "in0") == 0 && join_bridge(control, "out0") == 0 &&
        bring_up(control, "in0") == 0 && bring_up(control, "out0") == 0 &&
        bring_up(control, "br0") == 0)
        result = 0;
    if (control >= 0)
        close(control);
    return result;
}

int kernel_bridge_open(struct kernel_bridge *bridge, const char **why)
{
    bridge->in = bridge->out = -1;
    *why = "no user and network namespaces";
    if (enter_namespaces() < 0)
        return -1;
    *why = "no tun devices";
    bridge->in = open_tap("in0", IFF_VNET_HDR);
    bridge->out = open_tap("out0", 0);
    if (bridge->in < 0 || bridge->out < 0) {
        kernel_bridge_close(bridge);
        return -1;
    }
    *why = "no bridges";
    if (make_bridge() < 0) {
        kernel_bridge_close(bridge);
        return -1;
    }
    return 0;
}

void kernel_bridge_close(struct kernel_bridge *bridge)
{
    if (bridge->in >= 0)
        close(bridge->in);
    if (bridge->out >= 0)
        close(bridge->out);
}

/* ---- Packets -------------------------------------------------------------------------------- */

/* The packet as the kernel wants it: with its tag, its lengths, a right IPv4 checksum and the
 * pseudo header's sum in the other one. Returns its length. */
static uint32_t prepare(const struct send *send, uint8_t *bytes)
{
    uint32_t total = send->header + send->payload;
    uint32_t shift = send->tagged ? TAG_BYTES : 0;

    memcpy(bytes, send->bytes, 12);
    memcpy(bytes + 12 + shift, send->bytes + 12, total - 12);
    if (send->tagged) {
        send_put16(bytes + 12, 0x8100);
        send_put16(bytes + 14, send->tag);
    }
    if (!send->ipv6)
        send_put16(bytes + shift + send->l3 + 10, send_ip_checksum(send));
    send_put16(bytes + shift + send->checksum, send_pseudo_sum(send, total - send->l4));
    return total + shift;
}

int kernel_bridge_send(const struct kernel_bridge *bridge, const struct send *send)
{
    static uint8_t bytes[sizeof(struct virtio_net_hdr) + TAG_BYTES + sizeof send->bytes];
    uint32_t shift = send->tagged ? TAG_BYTES : 0;
    struct virtio_net_hdr header = {
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = VIRTIO_NET_HDR_GSO_NONE,
        .csum_start = (uint16_t)(send->l4 + shift),
        .csum_offset = (uint16_t)(send->checksum - send->l4),
    };
    uint32_t length = prepare(send, bytes + sizeof header);
    ssize_t done;

    if (send->mss) {
        header.gso_type = send->udp    ? GSO_UDP_L4
                          : send->ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6
                                       : VIRTIO_NET_HDR_GSO_TCPV4;
        header.gso_size = (uint16_t)send->mss;
        header.hdr_len = (uint16_t)(send->header + shift);
    }
    memcpy(bytes, &header, sizeof header);
    done = write(bridge->in, bytes, sizeof header + length);
    return done < 0 ? -errno : 0;
}

/* The kernel has things to say too: the bridge joins multicast groups. */
static bool is_ours(const uint8_t *frame, ssize_t length)
{
    return length >= (ssize_t)sizeof send_addresses &&
           memcmp(frame, send_addresses, sizeof send_addresses) == 0;
}

uint32_t kernel_bridge_receive(const struct kernel_bridge *bridge, uint8_t *frame, uint32_t size,
                               int milliseconds)
{
    struct pollfd poll_out = {.fd = bridge->out, .events = POLLIN};

    for (;;) {
        ssize_t n = read(bridge->out, frame, size);

        if (n > 0 && is_ours(frame, n))
            return (uint32_t)n;
        if (n < 0 && (errno != EAGAIN || poll(&poll_out, 1, milliseconds) <= 0))
            return 0;
    }
}
