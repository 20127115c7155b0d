/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire `tap`: an interface of this computer is at the cable's other end. */
#include "columns.h"
#include "tap_device.h"
#include "wire_queue.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct wire_tap {
    struct wire_queue queue;
    struct tap_device tap;
};

static struct wire_tap *self(struct wire *wire)
{
    return (struct wire_tap *)wire;
}

static void check_gone(struct wire_tap *tap)
{
    struct wire *wire = &tap->queue.base;

    tap_is_gone(&tap->tap, errno, wire->failure, sizeof(wire->failure));
}

static void tap_pump(struct wire *wire, uint64_t now)
{
    struct wire_tap *tap = self(wire);

    for (unsigned room = wire_queue_room(&tap->queue); room != 0; room--) {
        const ssize_t n = read(tap->tap.fd, wire_queue_place(&tap->queue, 0), tap->queue.in.slot);

        if (n < 0)
            check_gone(tap);
        if (n <= 0)
            return;
        wire_queue_add(&tap->queue, now, (uint32_t)n);
    }
}

/* What an interface does not take, because it is down, is lost. */
static size_t tap_send(struct wire *wire, uint64_t now, const struct e1000emu_frame *frames,
                       size_t count)
{
    struct wire_tap *tap = self(wire);

    (void)now;
    for (size_t i = 0; i < count; i++) {
        const uint32_t length = wire_queue_outgoing(&frames[i]);

        if (length != 0 && write(tap->tap.fd, frames[i].data, length) < 0) {
            tap->queue.lost++;
            check_gone(tap);
        }
    }
    return count;
}

static unsigned tap_wait_for(struct wire *wire, struct pollfd *fds, unsigned max)
{
    struct wire_tap *tap = self(wire);

    if (max == 0 || wire_queue_room(&tap->queue) == 0)
        return 0;
    fds[0] = (struct pollfd){.fd = tap->tap.fd, .events = POLLIN};
    return 1;
}

static void tap_wire_close(struct wire *wire)
{
    struct wire_tap *tap = self(wire);

    tap_close(&tap->tap);
    wire_queue_close(&tap->queue);
    free(wire);
}

static const struct wire_ops wire_tap = {
    .close = tap_wire_close,
    .send = tap_send,
    WIRE_QUEUE_OPS,
    .pump = tap_pump,
    .wait_for = tap_wait_for,
};

static int tap_wire_open(struct wire **result, const struct column_setup *setup, char *error,
                         size_t size)
{
    const char *name = setup->argument != NULL ? setup->argument : TAP_WIRE_NAME;
    struct wire_tap *tap = calloc(1, sizeof(*tap));

    if (tap == NULL || wire_queue_open(&tap->queue, &wire_tap) < 0) {
        free(tap);
        snprintf(error, size, "out of memory");
        return -1;
    }
    if (tap_open(&tap->tap, NULL, name, false, 0, error, size) < 0 ||
        tap_set_mtu(&tap->tap, setup->max_frame, error, size) < 0) {
        tap_wire_close(&tap->queue.base);
        return -1;
    }
    *result = &tap->queue.base;
    return 0;
}

static int tap_wire_check(const char *argument, char *error, size_t size)
{
    char name[IF_NAMESIZE];

    return argument != NULL ? tap_name(argument, name, error, size) : 0;
}

const struct wire_kind wire_kind_tap = {
    .column = {.name = "tap",
               .argument = "NAME",
               .summary =
                   "an interface of this computer, " TAP_WIRE_NAME " unless named, is at the "
                   "other end",
               .needs = "/dev/net/tun and the right to configure the network",
               .flags = COLUMN_REAL_TIME,
               .usable = tap_usable,
               .check = tap_wire_check},
    .open = tap_wire_open,
};
