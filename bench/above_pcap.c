/* SPDX-License-Identifier: BSD-2-Clause */
#include "above_pcap.h"

#include "above_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 64u

/* A buffer to send from, and how much of it is used. A frame that is longer lies in several; none
 * crosses 64 KiB (82545 erratum 23), for they are aligned to their size. Where in it a frame begins
 * goes through the places that COLOURS allows: were it always the first byte, the frames would
 * compete for the same few sets of the CPU's cache. */
#define BUFFER  2048u
#define COLOURS 8u
_Static_assert(ABOVE_PCAP_PIECE + (COLOURS - 1) * 64u <= BUFFER, "the last colour fits");

/* Fragments of the longest frame, and of a batch of the shortest ones. */
#define FRAGS (BATCH + TRAFFIC_LONGEST / ABOVE_PCAP_PIECE + 1)

struct above_pcap {
    struct above base;
    struct above_pcap_config config;
    struct pace out;
    struct e1000_dma memory; /* the buffers */
    uint32_t *spare;         /* numbers of the free ones */
    bool *lent;              /* one a buffer: the driver has it */
    unsigned spare_count;
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

    if (pcap->memory.cpu != NULL)
        dmamem_free(pcap->config.memory, &pcap->memory);
    free(pcap->spare);
    free(pcap->lent);
    free(pcap);
}

static void pcap_received(struct above *above, struct driver *driver,
                          const struct e1000_frag *frags, unsigned count)
{
    struct above_pcap *pcap = self(above);
    struct scoreboard *board = pcap->config.received;

    for (unsigned i = 0, n; i < count; i += n) {
        const struct e1000emu_frame *frame;

        n = frags_of_frame(frags + i, count - i);
        frame = above_check(board, frags + i, n);
        if (pcap->config.taken != NULL && frame != NULL)
            pcap->config.taken(pcap->config.opaque, frags + i, n, board->matched_time);
    }
    driver->ops->recycle(driver, frags, count);
}

/* Copies a piece of a frame into a spare buffer, at the end of pending. */
static void prepare_piece(struct above_pcap *pcap, const uint8_t *data, uint32_t length,
                          uint32_t flags)
{
    const uint32_t number = pcap->spare[--pcap->spare_count];
    const size_t offset = (size_t)number * BUFFER + number / COLOURS % COLOURS * 64u;
    uint8_t *buffer = (uint8_t *)pcap->memory.cpu + offset;

    pcap->lent[number] = true;
    memcpy(buffer, data, length);
    pcap->pending[pcap->pending_count++] = (struct e1000_frag){.data = buffer,
                                                               .bus = pcap->memory.bus + offset,
                                                               .length = length,
                                                               .flags = flags,
                                                               .cookie = buffer};
}

/* Copies a frame into as many buffers as it needs. */
static void prepare(struct above_pcap *pcap, const uint8_t *data, uint32_t length)
{
    for (; length > ABOVE_PCAP_PIECE; data += ABOVE_PCAP_PIECE, length -= ABOVE_PCAP_PIECE)
        prepare_piece(pcap, data, ABOVE_PCAP_PIECE, 0);
    prepare_piece(pcap, data, length, E1000_FRAG_EOP);
}

/* Makes a batch of what is due, as far as buffers and the scoreboard have room. */
static void fill(struct above_pcap *pcap, uint64_t now)
{
    const struct traffic *traffic = pcap->out.traffic;
    const size_t position = pcap->out.position;
    size_t ready = pace_ready(&pcap->out, now, BATCH, false);
    const uint32_t room = scoreboard_room(pcap->config.sent);
    size_t count = 0;

    if (ready > room)
        ready = room;
    pcap->pending_first = pcap->pending_count = 0;
    while (count < ready && pcap->pending_count < BATCH) {
        const struct e1000emu_frame *frame = &traffic->frames[position + count];
        const uint32_t length = traffic->lengths[position + count];

        if (pcap->spare_count <= length / ABOVE_PCAP_PIECE)
            break;
        scoreboard_expect(pcap->config.sent, frame, now);
        prepare(pcap, frame->data, length);
        count++;
    }
    pace_take(&pcap->out, now, count, NULL);
}

static bool reap(struct above_pcap *pcap, struct driver *driver)
{
    void *cookies[BATCH];
    bool moved = false;
    unsigned count;

    do {
        count = driver->ops->reap(driver, cookies, BATCH);
        for (unsigned i = 0; i < count; i++) {
            const size_t number = ((uintptr_t)cookies[i] - (uintptr_t)pcap->memory.cpu) / BUFFER;

            if (number < pcap->config.buffers && pcap->lent[number]) {
                pcap->lent[number] = false;
                pcap->spare[pcap->spare_count++] = (uint32_t)number;
            } else {
                ++*pcap->config.not_lent;
            }
        }
        moved |= count != 0;
    } while (count == BATCH);
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
    .name = "pcap",
    .summary = "makes the driver send a capture's frames",
    .close = pcap_close,
    .received = pcap_received,
    .work = pcap_work,
    .next = pcap_next,
    .idle = pcap_idle,
};

static const struct above_ops above_sink = {
    .name = "sink",
    .summary = "takes what the driver received",
    .close = pcap_close,
    .received = pcap_received,
    .work = sink_work,
    .next = sink_next,
    .idle = sink_idle,
};

static int make_buffers(struct above_pcap *pcap)
{
    const unsigned count = pcap->config.buffers;

    pcap->spare = calloc(count, sizeof(pcap->spare[0]));
    pcap->lent = calloc(count, sizeof(pcap->lent[0]));
    if (pcap->spare == NULL || pcap->lent == NULL)
        return -ENOMEM;
    while (pcap->spare_count < count) {
        pcap->spare[pcap->spare_count] = count - 1 - pcap->spare_count;
        pcap->spare_count++;
    }
    return dmamem_alloc(pcap->config.memory, (size_t)count * BUFFER, BUFFER, 0, &pcap->memory);
}

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
    if (config->traffic != NULL && make_buffers(pcap) < 0) {
        pcap_close(&pcap->base);
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
