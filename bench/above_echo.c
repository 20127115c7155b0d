/* SPDX-License-Identifier: BSD-2-Clause */
#include "above_echo.h"

#include "above_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 64u

struct above_echo {
    struct above base;
    struct above_echo_config config;
    /* Fragments that wait for transmit descriptors: [head, tail) of queue. As many as there are
     * receive buffers suffice, for each fragment holds one. */
    struct e1000_frag *queue;
    unsigned head, tail;
};

static struct above_echo *self(struct above *above)
{
    return (struct above_echo *)above;
}

static void echo_close(struct above *above)
{
    free(self(above)->queue);
    free(above);
}

/* Makes room for count more at the end of the queue. False: the driver lends more buffers than it
 * said. */
static bool make_room(struct above_echo *echo, unsigned count)
{
    if (echo->tail + count <= echo->config.buffers)
        return true;
    memmove(echo->queue, echo->queue + echo->head,
            (echo->tail - echo->head) * sizeof(echo->queue[0]));
    echo->tail -= echo->head;
    echo->head = 0;
    return echo->tail + count <= echo->config.buffers;
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

/* With a scoreboard, whether the frame is announced: a stranger would only be counted twice. */
static bool announce(struct above_echo *echo, const struct e1000_frag *frags, unsigned n)
{
    const struct e1000emu_frame *frame;

    if (echo->config.received == NULL)
        return make_room(echo, n);
    frame = above_check(echo->config.received, frags, n);
    if (frame == NULL || !make_room(echo, n) || scoreboard_room(echo->config.sent) == 0) {
        *echo->config.dropped += frame != NULL;
        return false;
    }
    scoreboard_expect(echo->config.sent, frame, echo->config.clock->now);
    return true;
}

static void echo_frame(struct above_echo *echo, struct driver *driver,
                       const struct e1000_frag *frags, unsigned n)
{
    echo->base.received++;
    if (!announce(echo, frags, n)) {
        driver->ops->recycle(driver, frags, n);
        return;
    }
    if (echo->config.swaps)
        swap_addresses(frags);
    memcpy(echo->queue + echo->tail, frags, n * sizeof(frags[0]));
    echo->tail += n;
}

static bool send_queue(struct above_echo *echo, struct driver *driver)
{
    unsigned taken;

    if (echo->head == echo->tail)
        return false;
    taken = driver->ops->transmit(driver, echo->queue + echo->head, echo->tail - echo->head);
    echo->base.sent += frags_frames(echo->queue + echo->head, taken);
    echo->head += taken;
    if (echo->head == echo->tail)
        echo->head = echo->tail = 0;
    return taken != 0;
}

static void echo_received(struct above *above, struct driver *driver,
                          const struct e1000_frag *frags, unsigned count)
{
    struct above_echo *echo = self(above);

    for (unsigned i = 0, n; i < count; i += n) {
        n = frags_of_frame(frags + i, count - i);
        echo_frame(echo, driver, frags + i, n);
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
        if (count != 0) {
            driver->ops->recycle(driver, frags, count);
            moved = true;
        }
    } while (count == BATCH);
    return moved;
}

static bool echo_work(struct above *above, struct driver *driver, uint64_t now)
{
    const bool returned = return_buffers(driver);

    (void)now;
    return send_queue(self(above), driver) || returned;
}

static uint64_t echo_next(const struct above *above)
{
    (void)above;
    return BENCH_NEVER;
}

static bool echo_idle(const struct above *above)
{
    const struct above_echo *echo = (const struct above_echo *)above;

    return echo->head == echo->tail;
}

static const struct above_ops above_echo = {
    .close = echo_close,
    .received = echo_received,
    .work = echo_work,
    .next = echo_next,
    .idle = echo_idle,
};

int above_echo_open(struct above **above, const struct above_echo_config *config)
{
    struct above_echo *echo = calloc(1, sizeof(*echo));

    if (echo == NULL)
        return -ENOMEM;
    echo->base.ops = &above_echo;
    echo->config = *config;
    echo->queue = calloc(config->buffers, sizeof(echo->queue[0]));
    if (echo->queue == NULL) {
        free(echo);
        return -ENOMEM;
    }
    *above = &echo->base;
    return 0;
}
