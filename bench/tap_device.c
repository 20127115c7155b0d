/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "tap_device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_AND_TAG 18u
#define CLONE_DEVICE   "/dev/net/tun"

#define NO_RIGHT                                                                        \
    "needs the right to configure the network (CAP_NET_ADMIN): be root, or begin with " \
    "'unshare -rn'"

/* The same words for whoever opens and whoever asks. */
static int open_clone(char *error, size_t size)
{
    const int fd = open(CLONE_DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        snprintf(error, size, "%s: %s", CLONE_DEVICE,
                 errno == ENOENT || errno == ENODEV || errno == ENXIO
                     ? "this system has no tun devices"
                     : strerror(errno));
    return fd;
}

static int clone_in(const struct tap_space *space, char *error, size_t size)
{
    const int fd = fcntl(space->clone, F_DUPFD_CLOEXEC, 1);

    if (fd < 0)
        snprintf(error, size, "%s", strerror(errno));
    return fd;
}

static struct ifreq request(const char *name)
{
    struct ifreq result;

    memset(&result, 0, sizeof(result));
    snprintf(result.ifr_name, sizeof(result.ifr_name), "%s", name);
    return result;
}

static const char *attach_reason(int error_number)
{
    switch (error_number) {
    case EBUSY:
        return "is in use already";
    case EPERM:
        return NO_RIGHT;
    case EINVAL:
        return "there is an interface of that name that is no tap";
    default:
        return strerror(error_number);
    }
}

int tap_name(const char *text, char name[IF_NAMESIZE], char *error, size_t size)
{
    if (text[0] == '\0' || strlen(text) >= IF_NAMESIZE || strpbrk(text, "/%: \t\n") != NULL ||
        strcmp(text, ".") == 0 || strcmp(text, "..") == 0) {
        snprintf(error, size, "tap: an interface can't be called '%.40s'", text);
        return -1;
    }
    memcpy(name, text, strlen(text) + 1);
    return 0;
}

static int refuse(struct tap_device *tap, const char *name, const char *why, char *error,
                  size_t size)
{
    snprintf(error, size, "tap '%s': %s", name, why);
    tap_close(tap);
    return -1;
}

int tap_open(struct tap_device *tap, const struct tap_space *space, const char *name,
             bool vnet_header, unsigned offloads, char *error, size_t size)
{
    struct ifreq interface;
    char why[128];

    *tap = (struct tap_device){0};
    if (tap_name(name, tap->name, error, size) < 0)
        return -1;
    tap->control = space != NULL ? space->control : 0;
    tap->fd = space != NULL ? clone_in(space, why, sizeof(why)) : open_clone(why, sizeof(why));
    if (tap->fd < 0)
        return refuse(tap, name, why, error, size);
    interface = request(name);
    interface.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | (vnet_header ? IFF_VNET_HDR : 0));
    if (ioctl(tap->fd, TUNSETIFF, &interface) < 0)
        return refuse(tap, name, attach_reason(errno), error, size);
    if (ioctl(tap->fd, TUNSETOFFLOAD, (unsigned long)offloads) < 0)
        return refuse(tap, name, "this system can't leave checksums and segmentation to a tap",
                      error, size);
    return 0;
}

void tap_close(struct tap_device *tap)
{
    if (tap->fd > 0)
        close(tap->fd);
    *tap = (struct tap_device){0};
}

int tap_set_mac(struct tap_device *tap, const uint8_t mac[6], char *error, size_t size)
{
    struct ifreq interface = request(tap->name);

    interface.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    memcpy(interface.ifr_hwaddr.sa_data, mac, 6);
    if (ioctl(tap->fd, SIOCSIFHWADDR, &interface) == 0)
        return 0;
    snprintf(error, size, "tap '%s': its address can't be set: %s", tap->name, strerror(errno));
    return -1;
}

/* The owner of a tap may use it without the right to change it: what fits already is kept. */
static int change_mtu(int control, const struct tap_device *tap, int mtu)
{
    struct ifreq interface = request(tap->name);

    interface.ifr_mtu = mtu;
    if (ioctl(control, SIOCSIFMTU, &interface) == 0)
        return 0;
    return errno == EPERM && ioctl(control, SIOCGIFMTU, &interface) == 0 && interface.ifr_mtu <= mtu
               ? 0
               : -errno;
}

int tap_set_mtu(struct tap_device *tap, uint32_t max_frame, char *error, size_t size)
{
    const int mtu = (int)(max_frame > HEADER_AND_TAG ? max_frame - HEADER_AND_TAG : 0);
    const int own = tap->control == 0 ? socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    const int control = tap->control != 0 ? tap->control : own;
    const int status = control < 0 ? -errno : change_mtu(control, tap, mtu);

    if (own >= 0)
        close(own);
    if (status == 0)
        return 0;
    snprintf(error, size, "tap '%s': its MTU can't be set to %d: %s", tap->name, mtu,
             strerror(-status));
    return -1;
}

void tap_set_carrier(struct tap_device *tap, bool up)
{
    int carrier = up;

    ioctl(tap->fd, TUNSETCARRIER, &carrier);
}

bool tap_is_gone(const struct tap_device *tap, int error_number, char *failure, size_t size)
{
    if (error_number != EBADFD && error_number != ENODEV)
        return false;
    snprintf(failure, size, "tap '%s' has vanished: somebody removed the interface", tap->name);
    return true;
}

/* The right to use one tap is enough: somebody with more rights may have made it for us. */
static bool may_use_one(int fd)
{
    struct if_nameindex *interfaces = if_nameindex();
    bool may = false;

    for (size_t i = 0; interfaces != NULL && interfaces[i].if_index != 0 && !may; i++) {
        struct ifreq interface = request(interfaces[i].if_name);

        interface.ifr_flags = IFF_TAP | IFF_NO_PI;
        may = ioctl(fd, TUNSETIFF, &interface) == 0;
    }
    if (interfaces != NULL)
        if_freenameindex(interfaces);
    return may;
}

bool tap_usable(char *why, size_t size)
{
    struct ifreq interface = request("e1000bench%d");
    int fd = open_clone(why, size);
    bool usable;

    if (fd < 0)
        return false;
    interface.ifr_flags = IFF_TAP | IFF_NO_PI;
    usable = ioctl(fd, TUNSETIFF, &interface) == 0;
    if (!usable)
        snprintf(why, size, "%s", attach_reason(errno));
    usable = usable || may_use_one(fd);
    close(fd);
    return usable;
}
