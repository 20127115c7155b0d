/* SPDX-License-Identifier: BSD-2-Clause */
#include "above_pcap.h"

#include "above_check.h"
#include "send_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 64u

/* Fragments of the longest frame, and of a batch of the shortest ones. */
#define FRAGS (BATCH + SEND_POOL_PIECES(TRAFFIC_LONGEST))

struct above_pcap {
    struct above base;
    struct above_pcap_config config;
    struct pace out;
    struct send_pool pool;
    struct e1000_frag pending[FRAGS]; /* handed to the driver next */
    unsigned pending_first, pending_count;
};

static struct above_pcap *self(struct above *above)
{
    return (struct above_pcap *)above;
}

static const struct above_pcap *const_self(const struct above *above)
{
    return (const struct above_pcap *)above;
}

static void pcap_close(struct above *above)
{
    struct above_pcap *pcap = self(above);

    send_pool_close(&pcap->pool, pcap->config.memory);
    if (pcap->config.closed != NULL)
        pcap->config.closed(pcap->config.opaque);
    free(pcap);
}

static void pcap_received(struct above *above, struct driver *driver,
                          const struct e1000_frag *frags, unsigned count)
{
    struct above_pcap *pcap = self(above);
    struct scoreboard *board = pcap->config.received;

    for (unsigned i = 0, n; i < count; i += n) {
        n = frags_of_frame(frags + i, count - i);
        above->received++;
        if (board == NULL) {
            if (pcap->config.taken != NULL)
                pcap->config.taken(pcap->config.opaque, frags + i, n, pcap->config.clock->now);
        } else if (above_check(board, frags + i, n) != NULL && pcap->config.taken != NULL) {
            pcap->config.taken(pcap->config.opaque, frags + i, n, board->matched_time);
        }
    }
    driver->ops->recycle(driver, frags, count);
}

/* Makes a batch of what is due, as far as buffers and the scoreboard have room. */
static void fill(struct above_pcap *pcap, uint64_t now)
{
    const struct traffic *traffic = pcap->out.traffic;
    const size_t position = pcap->out.position;
    size_t ready = pace_ready(&pcap->out, now, BATCH, false);
    const uint32_t room = pcap->config.sent != NULL ? scoreboard_room(pcap->config.sent) : BATCH;
    size_t count = 0;

    if (ready > room)
        ready = room;
    pcap->pending_first = pcap->pending_count = 0;
    while (count < ready && pcap->pending_count < BATCH) {
        const struct e1000emu_frame *frame = &traffic->frames[position + count];
        const uint32_t length = traffic->lengths[position + count];

        const unsigned pieces =
            send_pool_frame(&pcap->pool, frame->data, length, pcap->pending + pcap->pending_count);

        if (pieces == 0)
            break;
        if (pcap->config.sent != NULL)
            scoreboard_expect(pcap->config.sent, frame, now);
        pcap->pending_count += pieces;
        count++;
    }
    pace_take(&pcap->out, now, count, NULL);
    pcap->base.sent += count;
}

static bool reap(struct above_pcap *pcap, struct driver *driver)
{
    const bool moved = send_pool_reap(&pcap->pool, driver);

    *pcap->config.not_lent += pcap->pool.not_lent;
    pcap->pool.not_lent = 0;
    return moved;
}

static bool pcap_work(struct above *above, struct driver *driver, uint64_t now)
{
    struct above_pcap *pcap = self(above);
    bool moved = reap(pcap, driver);
    unsigned taken;

    if (pcap->pending_first == pcap->pending_count)
        fill(pcap, now);
    if (pcap->pending_first == pcap->pending_count)
        return moved;
    taken = driver->ops->transmit(driver, pcap->pending + pcap->pending_first,
                                  pcap->pending_count - pcap->pending_first);
    pcap->pending_first += taken;
    return moved || taken != 0;
}

static bool sink_work(struct above *above, struct driver *driver, uint64_t now)
{
    (void)above;
    (void)driver;
    (void)now;
    return false;
}

static uint64_t pcap_next(const struct above *above)
{
    const struct above_pcap *pcap = const_self(above);

    /* Frames that wait for a descriptor move on when the device does. */
    if (pcap->pending_first != pcap->pending_count || pcap->out.mode == RATE_MAX)
        return BENCH_NEVER;
    return pace_next(&pcap->out, false);
}

static uint64_t sink_next(const struct above *above)
{
    (void)above;
    return BENCH_NEVER;
}

static bool pcap_idle(const struct above *above)
{
    const struct above_pcap *pcap = const_self(above);

    return pcap->pending_first == pcap->pending_count && pace_done(&pcap->out);
}

static bool sink_idle(const struct above *above)
{
    (void)above;
    return true;
}

static const struct above_ops above_pcap = {
    .close = pcap_close,
    .received = pcap_received,
    .work = pcap_work,
    .next = pcap_next,
    .idle = pcap_idle,
};

static const struct above_ops above_sink = {
    .close = pcap_close,
    .received = pcap_received,
    .work = sink_work,
    .next = sink_next,
    .idle = sink_idle,
};

int above_pcap_open(struct above **result, const struct above_pcap_config *config)
{
    struct above_pcap *pcap = calloc(1, sizeof(*pcap));

    if (pcap == NULL)
        return -ENOMEM;
    pcap->base.ops = config->traffic == NULL ? &above_sink : &above_pcap;
    pcap->config = *config;
    pcap->out = config->pace;
    pcap->out.traffic = config->traffic;
    pcap->out.pass = pcap->out.passes; /* nothing flows before the start */
    if (config->traffic != NULL &&
        send_pool_open(&pcap->pool, config->memory, config->buffers) < 0) {
        free(pcap);
        return -ENOMEM;
    }
    *result = &pcap->base;
    return 0;
}

void above_pcap_start(struct above *above, uint64_t now)
{
    struct above_pcap *pcap = self(above);

    if (pcap->config.traffic != NULL)
        pace_start(&pcap->out, pcap->config.traffic, now);
}

void above_pcap_stop(struct above *above)
{
    struct above_pcap *pcap = self(above);

    pcap->out.pass = pcap->out.passes;
}
