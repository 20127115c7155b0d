/* SPDX-License-Identifier: BSD-2-Clause */
/* The layers above `sink` and `echo` for traffic that nobody keeps the score of. */
#include "columns.h"
#include "frags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 64u

struct above_plain {
    struct above base;
    bool swaps; /* addresses: the answer goes to where the frame came from */
    /* Fragments that wait for transmit descriptors: [head, tail) of room. */
    struct e1000_frag *queue;
    unsigned head, tail, room;
};

static struct above_plain *self(struct above *above)
{
    return (struct above_plain *)above;
}

static void plain_close(struct above *above)
{
    free(self(above)->queue);
    free(above);
}

static unsigned frames_in(const struct e1000_frag *frags, unsigned count)
{
    unsigned frames = 0;

    for (unsigned i = 0; i < count; i++)
        frames += (frags[i].flags & E1000_FRAG_EOP) != 0;
    return frames;
}

static void sink_received(struct above *above, struct driver *driver,
                          const struct e1000_frag *frags, unsigned count)
{
    above->received += frames_in(frags, count);
    driver->ops->recycle(driver, frags, count);
}

static void swap_addresses(const struct e1000_frag *frag)
{
    uint8_t *bytes = frag->data, destination[6];

    if (frag->length < 12)
        return;
    memcpy(destination, bytes, 6);
    memcpy(bytes, bytes + 6, 6);
    memcpy(bytes + 6, destination, 6);
}

static bool make_room(struct above_plain *echo, unsigned count)
{
    if (echo->tail + count <= echo->room)
        return true;
    memmove(echo->queue, echo->queue + echo->head,
            (echo->tail - echo->head) * sizeof(echo->queue[0]));
    echo->tail -= echo->head;
    echo->head = 0;
    return echo->tail + count <= echo->room;
}

static bool send_queue(struct above_plain *echo, struct driver *driver)
{
    unsigned taken;

    if (echo->head == echo->tail)
        return false;
    taken = driver->ops->transmit(driver, echo->queue + echo->head, echo->tail - echo->head);
    echo->base.sent += frames_in(echo->queue + echo->head, taken);
    echo->head += taken;
    if (echo->head == echo->tail)
        echo->head = echo->tail = 0;
    return taken != 0;
}

static void echo_received(struct above *above, struct driver *driver,
                          const struct e1000_frag *frags, unsigned count)
{
    struct above_plain *echo = self(above);

    above->received += frames_in(frags, count);
    for (unsigned i = 0, n; i < count; i += n) {
        n = frags_of_frame(frags + i, count - i);
        if (!make_room(echo, n)) {
            driver->ops->recycle(driver, frags + i, n);
            continue;
        }
        if (echo->swaps)
            swap_addresses(&frags[i]);
        for (unsigned k = 0; k < n; k++) {
            echo->queue[echo->tail] = frags[i + k];
            /* What is said of a received frame is no order for a sent one. */
            echo->queue[echo->tail].flags &= E1000_FRAG_EOP | E1000_FRAG_TAGGED;
            echo->tail++;
        }
    }
    send_queue(echo, driver);
}

static bool return_buffers(struct driver *driver)
{
    struct e1000_frag frags[BATCH];
    void *cookies[BATCH];
    bool moved = false;
    unsigned count;

    do {
        count = driver->ops->reap(driver, cookies, BATCH);
        for (unsigned i = 0; i < count; i++)
            frags[i] = (struct e1000_frag){.cookie = cookies[i]};
        if (count != 0)
            driver->ops->recycle(driver, frags, count);
        moved |= count != 0;
    } while (count == BATCH);
    return moved;
}

static bool echo_work(struct above *above, struct driver *driver, uint64_t now)
{
    const bool returned = return_buffers(driver);

    (void)now;
    return send_queue(self(above), driver) || returned;
}

static bool sink_work(struct above *above, struct driver *driver, uint64_t now)
{
    (void)above;
    (void)driver;
    (void)now;
    return false;
}

static uint64_t plain_next(const struct above *above)
{
    (void)above;
    return BENCH_NEVER;
}

static bool plain_idle(const struct above *above)
{
    const struct above_plain *plain = (const struct above_plain *)above;

    return plain->head == plain->tail;
}

static const struct above_ops above_sink = {
    .name = "sink",
    .summary = "takes what the driver received",
    .close = plain_close,
    .received = sink_received,
    .work = sink_work,
    .next = plain_next,
    .idle = plain_idle,
};

static const struct above_ops above_echo = {
    .name = "echo",
    .summary = "sends back each frame that was received",
    .close = plain_close,
    .received = echo_received,
    .work = echo_work,
    .next = plain_next,
    .idle = plain_idle,
};

static int plain_open(struct above **result, const struct above_ops *ops, unsigned room, bool swaps,
                      char *error, size_t size)
{
    struct above_plain *plain = calloc(1, sizeof(*plain));

    if (plain != NULL)
        plain->queue = calloc(room + 1, sizeof(plain->queue[0]));
    if (plain == NULL || plain->queue == NULL) {
        free(plain);
        snprintf(error, size, "out of memory");
        return -1;
    }
    plain->base.ops = ops;
    plain->room = room;
    plain->swaps = swaps;
    *result = &plain->base;
    return 0;
}

static int sink_open(struct above **result, const struct column_setup *setup, char *error,
                     size_t size)
{
    (void)setup;
    return plain_open(result, &above_sink, 0, false, error, size);
}

static int echo_open(struct above **result, const struct column_setup *setup, char *error,
                     size_t size)
{
    const bool swaps = setup->argument != NULL;

    if (swaps && strcmp(setup->argument, "swap") != 0) {
        snprintf(error, size, "above 'echo' takes nothing or 'swap', not '%s'", setup->argument);
        return -1;
    }
    /* As many fragments as there are receive buffers suffice, for each holds one. */
    return plain_open(result, &above_echo, 2 * setup->driver_config->ring, swaps, error, size);
}

const struct above_kind above_kind_sink = {
    .column = {.name = "sink",
               .summary = "takes what the driver received, sends nothing",
               .flags = COLUMN_ANSWERS},
    .open = sink_open,
};

const struct above_kind above_kind_echo = {
    .column = {.name = "echo",
               .argument = "swap",
               .summary = "sends back each received frame, as it is or with its addresses swapped",
               .flags = COLUMN_ANSWERS},
    .open = echo_open,
};
