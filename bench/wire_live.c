/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wire `live`: what another interface of this computer receives arrives here, and what is sent
 * here leaves by that one, as if the chip were in its place. By libpcap.
 */
#define _GNU_SOURCE
#include "cli.h"
#include "columns.h"
#include "wire_queue.h"

#include <errno.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the kernel keeps for us: about a thousand frames, whatever their length. */
#define KERNEL_BUFFER (16 << 20)

struct wire_live {
    struct wire_queue queue;
    pcap_t *pcap;
    char name[IF_NAMESIZE];
    int fd;       /* readable when there are frames */
    uint64_t now; /* of the present pump() */
    bool told_too_long, told_refused;
};

static struct wire_live *self(struct wire *wire)
{
    return (struct wire_live *)wire;
}

static void fail(struct wire_live *live, const char *why)
{
    struct wire *wire = &live->queue.base;

    snprintf(wire->failure, sizeof(wire->failure), "live '%s': %s", live->name, why);
}

/* Whether the interface is still there; else that is why the run ends. */
static bool still_there(struct wire_live *live)
{
    if (if_nametoindex(live->name) != 0)
        return true;
    fail(live, "the interface has vanished");
    return false;
}

/* Where the kernel merges frames, or never cut them, what comes is not what a wire carries. */
static void tell_too_long(struct wire_live *live, uint32_t length)
{
    if (!live->told_too_long)
        cli_error(NULL,
                  "live '%s': dropped a frame of %u bytes: the kernel merges frames or leaves them "
                  "uncut; 'ethtool -K %s gro off lro off' helps, at a veth's other end 'tso off "
                  "gso off tx off'",
                  live->name, length, live->name);
    live->told_too_long = true;
}

static void on_frame(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct wire_live *live = (struct wire_live *)(void *)user;

    if (header->len > live->queue.in.slot || header->caplen < header->len) {
        live->queue.unfit++;
        tell_too_long(live, header->len);
        return;
    }
    memcpy(wire_queue_place(&live->queue, 0), bytes, header->caplen);
    wire_queue_add(&live->queue, live->now, header->caplen);
}

static void live_pump(struct wire *wire, uint64_t now)
{
    struct wire_live *live = self(wire);
    const unsigned room = wire_queue_room(&live->queue);

    live->now = now;
    if (room != 0 && pcap_dispatch(live->pcap, (int)room, on_frame, (u_char *)live) < 0 &&
        still_there(live))
        fail(live, pcap_geterr(live->pcap));
}

/* Whether a frame was dealt with: sent, or lost for a reason that waiting does not cure. */
static bool send_one(struct wire_live *live, const struct e1000emu_frame *frame)
{
    const uint32_t length = wire_queue_outgoing(frame);

    if (length == 0 || pcap_inject(live->pcap, frame->data, length) >= 0)
        return true;
    if (errno == EAGAIN || errno == ENOBUFS)
        return false;
    live->queue.lost++;
    if (errno == EMSGSIZE && !live->told_refused) {
        cli_error(NULL, "live '%s': does not take a frame of %u bytes: its MTU is too small",
                  live->name, length);
        live->told_refused = true;
    }
    if (errno == ENODEV || errno == ENXIO)
        still_there(live);
    return true;
}

static size_t live_send(struct wire *wire, uint64_t now, const struct e1000emu_frame *frames,
                        size_t count)
{
    struct wire_live *live = self(wire);
    size_t taken = 0;

    live->queue.retry = BENCH_NEVER;
    while (taken < count && send_one(live, &frames[taken]))
        taken++;
    if (taken < count)
        wire_queue_wait(&live->queue, now);
    return taken;
}

static unsigned live_wait_for(struct wire *wire, struct pollfd *fds, unsigned max)
{
    struct wire_live *live = self(wire);

    if (max == 0 || wire_queue_room(&live->queue) == 0)
        return 0;
    fds[0] = (struct pollfd){.fd = live->fd, .events = POLLIN};
    return 1;
}

static void live_close(struct wire *wire)
{
    struct wire_live *live = self(wire);

    if (live->pcap != NULL)
        pcap_close(live->pcap);
    wire_queue_close(&live->queue);
    free(wire);
}

static const struct wire_ops wire_live = {
    .close = live_close,
    .send = live_send,
    WIRE_QUEUE_OPS,
    .pump = live_pump,
    .wait_for = live_wait_for,
};

/* ---- Opening ---- */

#define NO_RIGHT "needs the right to capture (CAP_NET_RAW): be root, or begin with 'unshare -rn'"

static const char *reason(const struct wire_live *live, int status)
{
    switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return "there is no such interface";
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return NO_RIGHT;
    case PCAP_ERROR_IFACE_NOT_UP:
        return "the interface is down: 'ip link set up' helps";
    default:
        return pcap_geterr(live->pcap);
    }
}

/* Returns NULL, or why not. */
static const char *set_up(struct wire_live *live)
{
    pcap_t *pcap = live->pcap;
    char text[PCAP_ERRBUF_SIZE];
    int status;

    pcap_set_snaplen(pcap, (int)live->queue.in.slot);
    pcap_set_promisc(pcap, 1);
    pcap_set_immediate_mode(pcap, 1);
    pcap_set_timeout(pcap, 1);
    pcap_set_buffer_size(pcap, KERNEL_BUFFER);
    status = pcap_activate(pcap);
    if (status < 0)
        return reason(live, status);
    if (pcap_datalink(pcap) != DLT_EN10MB)
        return "the interface is not Ethernet";
    /* Neither what this computer sends there nor what we do comes back. */
    if (pcap_setdirection(pcap, PCAP_D_IN) < 0 || pcap_setnonblock(pcap, 1, text) < 0)
        return pcap_geterr(pcap);
    live->fd = pcap_get_selectable_fd(pcap);
    return live->fd < 0 ? "libpcap can't wait for frames there" : NULL;
}

static int live_open(struct wire **result, const struct column_setup *setup, char *error,
                     size_t size)
{
    struct wire_live *live = calloc(1, sizeof(*live));
    char text[PCAP_ERRBUF_SIZE];
    const char *why;

    if (live == NULL || wire_queue_open(&live->queue, &wire_live) < 0) {
        free(live);
        snprintf(error, size, "out of memory");
        return -1;
    }
    snprintf(live->name, sizeof(live->name), "%s", setup->argument);
    live->pcap = pcap_create(setup->argument, text);
    why = live->pcap != NULL ? set_up(live) : text;
    if (why != NULL) {
        snprintf(error, size, "live '%s': %s", setup->argument, why);
        live_close(&live->queue.base);
        return -1;
    }
    *result = &live->queue.base;
    return 0;
}

static bool live_usable(char *why, size_t size)
{
    const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

    if (fd < 0)
        snprintf(why, size, "%s", errno == EPERM ? NO_RIGHT : strerror(errno));
    else
        close(fd);
    return fd >= 0;
}

const struct wire_kind wire_kind_live = {
    .column = {.name = "live",
               .argument = "IFNAME",
               .summary = "what the interface IFNAME receives arrives, and it sends what is sent",
               .needs = "the right to capture",
               .flags = COLUMN_REAL_TIME | COLUMN_ARGUMENT,
               .usable = live_usable},
    .open = live_open,
};
