/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The layer above `tap`: the driver is a network interface of this computer, and the host's own
 * stack uses it. With offloads the host hands over packets with half a checksum and up to 64 KiB of
 * TCP at once, as to any NIC, and believes the chip about checksums of what was received.
 */
#define _GNU_SOURCE
#include "above_tap.h"

#include "arguments.h"
#include "cli.h"
#include "columns.h"
#include "frags.h"
#include "send_pool.h"
#include "tap_device.h"
#include "vnet_header.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* The longest packet that the host hands over to be cut: 65535 bytes of IPv6 payload behind IPv6
 * and Ethernet header and two tags. */
#define LONGEST (65535u + 40u + 14u + 8u)
#define PIECES  SEND_POOL_PIECES(LONGEST)

/* Frames that are read before the driver is told, and the fragments they may have. */
#define BATCH     64u
#define QUEUE     256u
#define TAG_BYTES 4u
#define ADDRESSES 12u

/* Fragments of a received frame (16 KiB in 256-byte buffers), header, tag and what it splits. */
#define RECEIVED_PARTS (64u + 4u)

struct above_tap {
    struct above base;
    struct tap_device tap;
    bool with_header;
    bool carrier; /* as the host was last told */
    const struct driver *driver;
    uint32_t pieces; /* of the longest frame that the host may hand over */
    struct dmamem *memory;
    struct send_pool pool;
    /* Where the next frame is read to; the first `missing` of them are still to be borrowed. */
    struct e1000_frag empty[PIECES];
    struct iovec read_to[1 + PIECES];
    unsigned missing;
    struct virtio_net_hdr header;
    /* Fragments that wait for transmit descriptors: [head, tail). */
    struct e1000_frag queue[QUEUE];
    unsigned head, tail;
};

static struct above_tap *self(struct above *above)
{
    return (struct above_tap *)above;
}

/* ---- From the driver to the host ---- */

static unsigned add_part(struct iovec *parts, unsigned count, void *data, size_t length)
{
    if (length != 0)
        parts[count++] = (struct iovec){.iov_base = data, .iov_len = length};
    return count;
}

/* Puts back the tag that was stripped from a frame. */
static unsigned add_tagged(struct iovec *parts, unsigned count, const struct e1000_frag *frag,
                           uint8_t tag[TAG_BYTES])
{
    const uint32_t before = frag->length < ADDRESSES ? frag->length : ADDRESSES;

    tag[0] = 0x81;
    tag[1] = 0x00;
    tag[2] = (uint8_t)(frag->vlan >> 8);
    tag[3] = (uint8_t)frag->vlan;
    count = add_part(parts, count, frag->data, before);
    count = add_part(parts, count, tag, TAG_BYTES);
    return add_part(parts, count, (uint8_t *)frag->data + before, frag->length - before);
}

/* An interface that is down takes nothing: the frame is lost, as with any NIC. */
static void hand_over(struct above_tap *tap, const struct e1000_frag *frags, unsigned n)
{
    struct iovec parts[RECEIVED_PARTS];
    struct virtio_net_hdr header;
    uint8_t tag[TAG_BYTES];
    unsigned count = 0;

    if (n > RECEIVED_PARTS - 4)
        return;
    if (tap->with_header) {
        vnet_header_to_host(&frags[0], &header);
        count = add_part(parts, count, &header, sizeof(header));
    }
    for (unsigned i = 0; i < n; i++)
        count = i == 0 && (frags[0].flags & E1000_FRAG_TAGGED) != 0
                    ? add_tagged(parts, count, &frags[0], tag)
                    : add_part(parts, count, frags[i].data, frags[i].length);
    if (writev(tap->tap.fd, parts, (int)count) < 0)
        tap_is_gone(&tap->tap, errno, tap->base.failure, sizeof(tap->base.failure));
}

static void tap_received(struct above *above, struct driver *driver, const struct e1000_frag *frags,
                         unsigned count)
{
    for (unsigned i = 0, n; i < count; i += n) {
        n = frags_of_frame(frags + i, count - i);
        hand_over(self(above), frags + i, n);
        above->received++;
    }
    driver->ops->recycle(driver, frags, count);
}

/* ---- From the host to the driver ---- */

/* Borrows buffers instead of those that the last frame took. */
static bool refill(struct above_tap *tap)
{
    if (tap->missing == 0)
        return true;
    if (!send_pool_borrow(&tap->pool, tap->empty, tap->missing))
        return false;
    for (unsigned i = 0; i < tap->missing; i++)
        tap->read_to[1 + i].iov_base = tap->empty[i].data;
    tap->missing = 0;
    return true;
}

/* The next frame of the host's. Returns its bytes, 0: there is none. */
static uint32_t read_frame(struct above_tap *tap)
{
    const size_t header = tap->with_header ? sizeof(tap->header) : 0;
    const ssize_t n = tap->with_header ? readv(tap->tap.fd, tap->read_to, (int)(1 + tap->pieces))
                                       : readv(tap->tap.fd, tap->read_to + 1, (int)tap->pieces);

    if (n < 0)
        tap_is_gone(&tap->tap, errno, tap->base.failure, sizeof(tap->base.failure));
    return n > (ssize_t)header ? (uint32_t)((size_t)n - header) : 0;
}

static bool finish(struct above_tap *tap, struct e1000_frag *frags, unsigned count)
{
    switch (vnet_header_to_driver(&tap->header, frags, count)) {
    case VNET_READY:
        return true;
    case VNET_CHECKSUM:
        return vnet_header_finish(&tap->header, frags, count);
    default:
        return false;
    }
}

/* Queues the frame that was read. Its buffers are lent to the driver from there on. */
static void queue_frame(struct above_tap *tap, uint32_t length)
{
    const unsigned n = SEND_POOL_PIECES(length);
    struct e1000_frag *frags = tap->queue + tap->tail;

    memcpy(frags, tap->empty, n * sizeof(frags[0]));
    frags[n - 1].length = length - (n - 1) * SEND_POOL_PIECE;
    frags[n - 1].flags |= E1000_FRAG_EOP;
    tap->missing = n;
    if (!tap->with_header || finish(tap, frags, n))
        tap->tail += n;
    else
        send_pool_undo(&tap->pool, frags, n);
}

static bool read_frames(struct above_tap *tap)
{
    unsigned frames = 0;
    uint32_t length;

    while (frames < BATCH && tap->tail + tap->pieces <= QUEUE && refill(tap) &&
           (length = read_frame(tap)) != 0) {
        queue_frame(tap, length);
        frames++;
    }
    return frames != 0;
}

static bool send_queue(struct above_tap *tap, struct driver *driver)
{
    unsigned taken;

    if (tap->head == tap->tail)
        return false;
    taken = driver->ops->transmit(driver, tap->queue + tap->head, tap->tail - tap->head);
    tap->base.sent += frags_frames(tap->queue + tap->head, taken);
    tap->head += taken;
    if (tap->head == tap->tail)
        tap->head = tap->tail = 0;
    return taken != 0;
}

/* Frames that found no descriptors go first; while they wait the host's queue fills up. */
static bool tap_work(struct above *above, struct driver *driver, uint64_t now)
{
    struct above_tap *tap = self(above);
    bool moved = send_pool_reap(&tap->pool, driver);

    (void)now;
    moved |= send_queue(tap, driver);
    if (tap->head == tap->tail && read_frames(tap)) {
        send_queue(tap, driver);
        moved = true;
    }
    return moved;
}

/* ---- Beside the frames ---- */

static uint64_t tap_next(const struct above *above)
{
    (void)above;
    return BENCH_NEVER;
}

static bool tap_idle(const struct above *above)
{
    const struct above_tap *tap = (const struct above_tap *)above;

    return tap->head == tap->tail;
}

static unsigned tap_wait_for(struct above *above, struct pollfd *fds, unsigned max)
{
    struct above_tap *tap = self(above);

    if (max == 0 || tap->head != tap->tail || tap->pool.spare_count < tap->missing)
        return 0;
    fds[0] = (struct pollfd){.fd = tap->tap.fd, .events = POLLIN};
    return 1;
}

/* The interface has a link while the driver has one. */
static void tap_pump(struct above *above, uint64_t now)
{
    struct above_tap *tap = self(above);
    struct e1000_link link;

    (void)now;
    tap->driver->ops->get_link(tap->driver, &link);
    if (link.up == tap->carrier)
        return;
    tap->carrier = link.up;
    tap_set_carrier(&tap->tap, link.up);
}

static void tap_layer_close(struct above *above)
{
    struct above_tap *tap = self(above);

    send_pool_close(&tap->pool, tap->memory);
    tap_close(&tap->tap);
    free(above);
}

static const struct above_ops above_tap = {
    .close = tap_layer_close,
    .received = tap_received,
    .work = tap_work,
    .next = tap_next,
    .idle = tap_idle,
    .pump = tap_pump,
    .wait_for = tap_wait_for,
};

/* ---- Opening ---- */

int above_tap_parse(const char *text, struct above_tap_argument *argument, char *error, size_t size)
{
    static const char *const keys[] = {"offload", NULL}, *const words[] = {"on", "csum", "off",
                                                                           NULL};
    struct arguments arguments;
    const char *key, *value;
    int status, choice;

    *argument = (struct above_tap_argument){0};
    arguments_begin(&arguments, "above 'tap'", text, error, size);
    while ((status = arguments_next(&arguments, &key, &value)) > 0) {
        if (key == NULL) {
            if (tap_name(value, argument->name, error, size) < 0)
                return -1;
        } else if (cli_find(key, keys) < 0) {
            return arguments_unknown(&arguments, key, keys);
        } else if ((choice = cli_find(value, words)) < 0) {
            return arguments_wrong(&arguments, key, value, "on, csum or off");
        } else {
            argument->offload = (enum above_tap_offload)choice;
        }
    }
    return status;
}

static int tap_check(const char *text, char *error, size_t size)
{
    struct above_tap_argument argument;

    return above_tap_parse(text, &argument, error, size);
}

/* A packet to be cut needs a descriptor for each piece. */
static unsigned host_offloads(enum above_tap_offload offload, const struct driver_config *config)
{
    if (offload == ABOVE_TAP_NONE)
        return 0;
    if (offload == ABOVE_TAP_CHECKSUMS || config->ring < 2 * PIECES)
        return TUN_F_CSUM;
    return TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;
}

static int prepare(struct above_tap *tap, const struct column_setup *setup,
                   const struct above_tap_argument *argument, char *error, size_t size)
{
    const char *name = argument->name[0] != '\0' ? argument->name : setup->driver_config->name;
    const unsigned offloads = host_offloads(argument->offload, setup->driver_config);

    tap->with_header = argument->offload != ABOVE_TAP_NONE;
    tap->pieces =
        (offloads & TUN_F_TSO4) != 0 ? PIECES : SEND_POOL_PIECES(setup->max_frame + 2 * TAG_BYTES);
    tap->missing = tap->pieces;
    tap->read_to[0] = (struct iovec){.iov_base = &tap->header, .iov_len = sizeof(tap->header)};
    for (unsigned i = 1; i <= tap->pieces; i++)
        tap->read_to[i].iov_len = SEND_POOL_PIECE;
    if (send_pool_open(&tap->pool, setup->memory, setup->driver_config->ring + QUEUE + PIECES) <
        0) {
        snprintf(error, size, "out of memory");
        return -1;
    }
    if (tap_open(&tap->tap, setup->space, name, tap->with_header, offloads, error, size) < 0 ||
        tap_set_mac(&tap->tap, setup->mac, error, size) < 0 ||
        tap_set_mtu(&tap->tap, setup->max_frame, error, size) < 0)
        return -1;
    tap_set_carrier(&tap->tap, false);
    return 0;
}

static int tap_layer_open(struct above **result, const struct column_setup *setup, char *error,
                          size_t size)
{
    struct above_tap_argument argument;
    struct above_tap *tap;

    if (above_tap_parse(setup->argument, &argument, error, size) < 0)
        return -1;
    tap = calloc(1, sizeof(*tap));
    if (tap == NULL) {
        snprintf(error, size, "out of memory");
        return -1;
    }
    tap->base.ops = &above_tap;
    tap->memory = setup->memory;
    tap->driver = setup->driver;
    if (prepare(tap, setup, &argument, error, size) < 0) {
        tap_layer_close(&tap->base);
        return -1;
    }
    *result = &tap->base;
    return 0;
}

const struct above_kind above_kind_tap = {
    .column = {.name = "tap",
               .argument = "[NAME][,offload=on|csum|off]",
               .summary = "this computer's own stack uses the driver, as interface NAME",
               .needs = "/dev/net/tun and the right to configure the network",
               .flags = COLUMN_REAL_TIME | COLUMN_GROUPS,
               .usable = tap_usable,
               .check = tap_check},
    .open = tap_layer_open,
};
