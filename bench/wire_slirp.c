/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wire `slirp`: a network made by libslirp, without privileges. It answers ARP, DHCP and pings,
 * forwards DNS, and turns the guest's TCP and UDP into this process's own sockets. It lives in real
 * time, by the bench's clock.
 */
#include "columns.h"
#include "frame_queue.h"
#include "slirp_options.h"

#include <errno.h>
#include <libslirp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Frames on their way to the device. libslirp has no way to be told to wait, so its sockets are
 * left alone while half of the room is taken. */
#define ROOM      4096u
#define HIGH_MARK (ROOM / 2)

/* Sockets looked at together; slirp keeps more waiting for their turn. */
#define FDS_MAX 1024u

#define TIMERS_MAX 4u

/* Ethernet frames without FCS; the longest one of a driver may have a tag. */
#define HEADER         14u
#define HEADER_AND_TAG 18u
#define SHORTEST       60u

struct slirp_timer {
    SlirpTimerCb call;
    void *opaque;
    uint64_t due; /* ns */
};

struct wire_slirp {
    struct wire base;
    Slirp *slirp;
    const struct bench_clock *clock;
    struct slirp_options options;
    const char *search[SLIRP_SEARCH_MAX + 1];
    struct frame_queue queue; /* what slirp sends to the device */
    struct slirp_timer timers[TIMERS_MAX];
    struct pollfd fds[FDS_MAX];
    unsigned fd_count;
    uint64_t look_again; /* when slirp's own timers are due, ns */
};

static struct wire_slirp *self(struct wire *wire)
{
    return (struct wire_slirp *)wire;
}

static const struct wire_slirp *const_self(const struct wire *wire)
{
    return (const struct wire_slirp *)wire;
}

/* ---- What slirp asks of us ---- */

/* May be called from inside slirp_input(), which the device's sending leads to: it only queues. */
static ssize_t on_packet(const void *bytes, size_t length, void *opaque)
{
    struct wire_slirp *wire = opaque;
    uint8_t *place = length <= wire->queue.slot ? frame_queue_place(&wire->queue) : NULL;

    if (place == NULL)
        return (ssize_t)length; /* lost, as on a wire */
    memcpy(place, bytes, length);
    if (length < SHORTEST) {
        memset(place + length, 0, SHORTEST - length);
        length = SHORTEST;
    }
    frame_queue_add(&wire->queue, (uint32_t)length, 0, wire->clock->now);
    return (ssize_t)length;
}

static void on_guest_error(const char *text, void *opaque)
{
    (void)text;
    (void)opaque;
}

static int64_t on_clock(void *opaque)
{
    return (int64_t)((struct wire_slirp *)opaque)->clock->now;
}

static void *on_timer_new(SlirpTimerCb call, void *call_opaque, void *opaque)
{
    struct wire_slirp *wire = opaque;

    for (unsigned i = 0; i < TIMERS_MAX; i++) {
        struct slirp_timer *timer = &wire->timers[i];

        if (timer->call == NULL) {
            *timer = (struct slirp_timer){.call = call, .opaque = call_opaque, .due = BENCH_NEVER};
            return timer;
        }
    }
    return NULL; /* it has one only */
}

static void on_timer_free(void *timer, void *opaque)
{
    (void)opaque;
    if (timer != NULL)
        *(struct slirp_timer *)timer = (struct slirp_timer){.due = BENCH_NEVER};
}

static void on_timer_mod(void *timer, int64_t ms, void *opaque)
{
    (void)opaque;
    if (timer != NULL)
        ((struct slirp_timer *)timer)->due = ms < 0 ? 0 : (uint64_t)ms * BENCH_MS;
}

static void on_poll_fd(int fd, void *opaque)
{
    (void)fd;
    (void)opaque;
}

/* Guest's data was read from a buffer that was full; the next pump sees to it anyway. */
static void on_notify(void *opaque)
{
    (void)opaque;
}

static const SlirpCb callbacks = {
    .send_packet = on_packet,
    .guest_error = on_guest_error,
    .clock_get_ns = on_clock,
    .timer_new = on_timer_new,
    .timer_free = on_timer_free,
    .timer_mod = on_timer_mod,
    .register_poll_fd = on_poll_fd,
    .unregister_poll_fd = on_poll_fd,
    .notify = on_notify,
};

/* ---- Its sockets ---- */

static int on_add_poll(int fd, int events, void *opaque)
{
    struct wire_slirp *wire = opaque;
    short wanted = 0;

    if (wire->fd_count == FDS_MAX)
        return -1;
    wanted |= (events & SLIRP_POLL_IN) != 0 ? POLLIN : 0;
    wanted |= (events & SLIRP_POLL_OUT) != 0 ? POLLOUT : 0;
    wanted |= (events & SLIRP_POLL_PRI) != 0 ? POLLPRI : 0;
    wire->fds[wire->fd_count] = (struct pollfd){.fd = fd, .events = wanted};
    return (int)wire->fd_count++;
}

static int on_get_revents(int i, void *opaque)
{
    const struct wire_slirp *wire = opaque;
    int events = 0;
    short found;

    if (i < 0 || (unsigned)i >= wire->fd_count)
        return 0;
    found = wire->fds[i].revents;
    events |= (found & POLLIN) != 0 ? SLIRP_POLL_IN : 0;
    events |= (found & POLLOUT) != 0 ? SLIRP_POLL_OUT : 0;
    events |= (found & POLLPRI) != 0 ? SLIRP_POLL_PRI : 0;
    events |= (found & POLLERR) != 0 ? SLIRP_POLL_ERR : 0;
    events |= (found & POLLHUP) != 0 ? SLIRP_POLL_HUP : 0;
    return events;
}

static void gather(struct wire_slirp *wire, uint64_t now)
{
    uint32_t timeout = UINT32_MAX;

    wire->fd_count = 0;
    slirp_pollfds_fill(wire->slirp, &timeout, on_add_poll, wire);
    wire->look_again = timeout == UINT32_MAX ? BENCH_NEVER : now + timeout * BENCH_MS;
}

static void run_timers(struct wire_slirp *wire, uint64_t now)
{
    for (unsigned i = 0; i < TIMERS_MAX; i++) {
        struct slirp_timer *timer = &wire->timers[i];

        if (timer->call == NULL || timer->due > now)
            continue;
        timer->due = BENCH_NEVER;
        timer->call(timer->opaque);
    }
}

/* ---- The wire ---- */

static void slirp_pump(struct wire *base, uint64_t now)
{
    struct wire_slirp *wire = self(base);
    int ready;

    run_timers(wire, now);
    if (frame_queue_count(&wire->queue) >= HIGH_MARK)
        return;
    gather(wire, now);
    ready = poll(wire->fds, wire->fd_count, 0);
    slirp_pollfds_poll(wire->slirp, ready < 0, on_get_revents, wire);
}

static unsigned slirp_wait_for(struct wire *base, struct pollfd *fds, unsigned max)
{
    struct wire_slirp *wire = self(base);

    if (frame_queue_count(&wire->queue) >= HIGH_MARK)
        return 0;
    gather(wire, wire->clock->now);
    if (wire->fd_count > max)
        wire->fd_count = max;
    memcpy(fds, wire->fds, wire->fd_count * sizeof(fds[0]));
    return wire->fd_count;
}

static size_t slirp_arrived(struct wire *wire, uint64_t now, size_t max,
                            const struct e1000emu_frame **frames)
{
    return frame_queue_peek(&self(wire)->queue, now, max, frames);
}

static void slirp_taken(struct wire *wire, uint64_t now, size_t count, uint64_t *times)
{
    struct frame_queue *queue = &self(wire)->queue;
    const struct e1000emu_frame *frames;

    if (times != NULL) {
        frame_queue_peek(queue, now, count, &frames);
        for (size_t i = 0; i < count; i++)
            times[i] = frames[i].time;
    }
    frame_queue_take(queue, count);
}

static size_t slirp_send(struct wire *wire, uint64_t now, const struct e1000emu_frame *frames,
                         size_t count)
{
    (void)now;
    for (size_t i = 0; i < count; i++) {
        const bool with_fcs = (frames[i].flags & E1000EMU_FRAME_FCS) != 0;

        if ((frames[i].flags & ~(uint32_t)E1000EMU_FRAME_FCS) == 0 && frames[i].length > HEADER + 4)
            slirp_input(self(wire)->slirp, frames[i].data,
                        (int)(frames[i].length - (with_fcs ? 4 : 0)));
    }
    return count;
}

static uint64_t slirp_next_arrival(const struct wire *base)
{
    const struct wire_slirp *wire = const_self(base);
    uint64_t next = clock_earliest(frame_queue_next(&wire->queue), wire->look_again);

    for (unsigned i = 0; i < TIMERS_MAX; i++)
        if (wire->timers[i].call != NULL)
            next = clock_earliest(next, wire->timers[i].due);
    return next;
}

static uint64_t slirp_next_room(const struct wire *wire)
{
    (void)wire;
    return BENCH_NEVER;
}

static bool slirp_exhausted(const struct wire *wire)
{
    (void)wire;
    return false;
}

static void slirp_close(struct wire *base)
{
    struct wire_slirp *wire = self(base);

    if (wire->slirp != NULL)
        slirp_cleanup(wire->slirp);
    frame_queue_close(&wire->queue);
    free(wire);
}

static const struct wire_ops wire_slirp = {
    .close = slirp_close,
    .arrived = slirp_arrived,
    .taken = slirp_taken,
    .send = slirp_send,
    .next_arrival = slirp_next_arrival,
    .next_room = slirp_next_room,
    .exhausted = slirp_exhausted,
    .pump = slirp_pump,
    .wait_for = slirp_wait_for,
};

/* ---- Setting up ---- */

static Slirp *make(struct wire_slirp *wire, uint32_t mtu)
{
    const struct slirp_options *options = &wire->options;
    SlirpConfig config = {
        .version = 4,
        .restricted = options->restricted,
        .in_enabled = options->ipv4,
        .vnetwork = options->network,
        .vnetmask = options->netmask,
        .vhost = options->host,
        .in6_enabled = options->ipv6,
        .vprefix_addr6 = options->prefix,
        .vprefix_len = (uint8_t)options->prefix_length,
        .vhost6 = options->host6,
        .vhostname = options->hostname[0] != '\0' ? options->hostname : NULL,
        .tftp_path = options->tftp[0] != '\0' ? options->tftp : NULL,
        .bootfile = options->bootfile[0] != '\0' ? options->bootfile : NULL,
        .vdhcp_start = options->dhcp_start,
        .vnameserver = options->nameserver,
        .vnameserver6 = options->nameserver6,
        .vdomainname = options->domain[0] != '\0' ? options->domain : NULL,
        .if_mtu = mtu,
        .if_mru = mtu,
        .disable_host_loopback = !options->loopback,
        .disable_dns = !options->dns,
        .disable_dhcp = !options->dhcp,
    };

    for (unsigned i = 0; i < options->search_count; i++)
        wire->search[i] = options->search[i];
    if (options->search_count != 0)
        config.vdnssearch = wire->search;
    return slirp_new(&config, &callbacks, wire);
}

static int forward(struct wire_slirp *wire, char *error, size_t size)
{
    for (unsigned i = 0; i < wire->options.forward_count; i++) {
        const struct slirp_forward *f = &wire->options.forwards[i];
        const int flags = (f->udp ? SLIRP_HOSTFWD_UDP : 0) |
                          (f->host.ss_family == AF_INET6 ? SLIRP_HOSTFWD_V6ONLY : 0);

        if (slirp_add_hostxfwd(wire->slirp, (const struct sockaddr *)&f->host, f->length,
                               (const struct sockaddr *)&f->guest, f->length, flags) < 0) {
            snprintf(error, size, "wire 'slirp': 'hostfwd=%s': %s", f->text, strerror(errno));
            return -1;
        }
    }
    return 0;
}

static int slirp_open(struct wire **result, const struct column_setup *setup, char *error,
                      size_t size)
{
    struct wire_slirp *wire = calloc(1, sizeof(*wire));

    if (wire == NULL || frame_queue_open(&wire->queue, ROOM, setup->max_frame) < 0) {
        free(wire);
        snprintf(error, size, "out of memory");
        return -1;
    }
    wire->base.ops = &wire_slirp;
    wire->base.waits = true; /* what the device has no descriptor for stays in the queue */
    wire->clock = setup->clock;
    wire->look_again = BENCH_NEVER;
    if (slirp_options_read(&wire->options, setup->argument, error, size) < 0) {
        slirp_close(&wire->base);
        return -1;
    }
    wire->slirp = make(wire, setup->max_frame - HEADER_AND_TAG);
    if (wire->slirp == NULL) {
        snprintf(error, size, "wire 'slirp': libslirp refuses this network");
        slirp_close(&wire->base);
        return -1;
    }
    if (forward(wire, error, size) < 0) {
        slirp_close(&wire->base);
        return -1;
    }
    *result = &wire->base;
    return 0;
}

static int check_argument(const char *argument, char *error, size_t size)
{
    struct slirp_options options;

    return slirp_options_read(&options, argument, error, size);
}

const struct wire_kind wire_kind_slirp = {
    .column = {.name = "slirp",
               .argument = "OPTION=VALUE,...",
               .summary = "a network of libslirp's: DHCP, DNS, NAT and forwards",
               .flags = COLUMN_REAL_TIME,
               .check = check_argument},
    .open = slirp_open,
};
