/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire_pcap.h"

#include <errno.h>
#include <stdlib.h>

/* How far ahead of the wire the device may be: what its transmit FIFO holds (16 KiB, PBA's
 * default). */
#define FIFO_BYTES 16384u

/* Frames handed on at once. */
#define BATCH 64u

struct wire_pcap {
    struct wire base;
    struct pace in;
    struct wire_pcap_config config;
    uint64_t out; /* end of the last frame sent */
    bool full;    /* a frame was refused */
};

static struct wire_pcap *self(struct wire *wire)
{
    return (struct wire_pcap *)wire;
}

static const struct wire_pcap *const_self(const struct wire *wire)
{
    return (const struct wire_pcap *)wire;
}

static uint64_t fifo_time(const struct wire_pcap *wire)
{
    return FIFO_BYTES * 8000ull / wire->in.mbps;
}

static void pcap_close(struct wire *wire)
{
    struct wire_pcap *pcap = self(wire);

    if (pcap->config.closed != NULL)
        pcap->config.closed(pcap->config.opaque);
    free(wire);
}

static size_t pcap_arrived(struct wire *wire, uint64_t now, size_t max,
                           const struct e1000emu_frame **frames)
{
    struct wire_pcap *pcap = self(wire);

    *frames = &pcap->in.traffic->frames[pcap->in.position];
    return pace_ready(&pcap->in, now, max, true);
}

static void pcap_taken(struct wire *wire, uint64_t now, size_t count, uint64_t *times)
{
    struct wire_pcap *pcap = self(wire);

    pace_take(&pcap->in, now, count, times);
    if (wire->horizon < pcap->in.cursor)
        wire->horizon = pcap->in.cursor;
}

/* How many frames the wire takes before the FIFO in front of it is full. */
static size_t out_room(const struct wire_pcap *pcap, uint64_t now,
                       const struct e1000emu_frame *frames, size_t count)
{
    uint64_t end = pcap->out > now ? pcap->out : now;
    size_t taken = 0;

    while (taken < count && end <= now + fifo_time(pcap))
        end += wire_time(frames[taken++].length, pcap->in.mbps);
    return taken;
}

static size_t pcap_send(struct wire *wire, uint64_t now, const struct e1000emu_frame *frames,
                        size_t count)
{
    struct wire_pcap *pcap = self(wire);
    uint64_t times[BATCH];
    size_t taken = wire->waits ? count : out_room(pcap, now, frames, count);

    pcap->full = taken < count;
    if (pcap->out < now)
        pcap->out = now;
    for (size_t first = 0, n; first < taken; first += n) {
        n = taken - first < BATCH ? taken - first : BATCH;
        for (size_t i = 0; i < n; i++)
            times[i] = pcap->out += wire_time(frames[first + i].length, pcap->in.mbps);
        pcap->config.sent(pcap->config.opaque, frames + first, times, n);
    }
    if (wire->horizon < pcap->out)
        wire->horizon = pcap->out;
    return taken;
}

static uint64_t pcap_next_arrival(const struct wire *wire)
{
    return pace_next(&const_self(wire)->in, true);
}

static uint64_t pcap_next_room(const struct wire *wire)
{
    const struct wire_pcap *pcap = const_self(wire);

    return pcap->full ? pcap->out - fifo_time(pcap) : BENCH_NEVER;
}

static bool pcap_exhausted(const struct wire *wire)
{
    return pace_done(&const_self(wire)->in);
}

static const struct wire_ops wire_pcap = {
    .close = pcap_close,
    .arrived = pcap_arrived,
    .taken = pcap_taken,
    .send = pcap_send,
    .next_arrival = pcap_next_arrival,
    .next_room = pcap_next_room,
    .exhausted = pcap_exhausted,
};

int wire_pcap_open(struct wire **result, const struct wire_pcap_config *config)
{
    struct wire_pcap *wire = calloc(1, sizeof(*wire));

    if (wire == NULL)
        return -ENOMEM;
    wire->base.ops = &wire_pcap;
    wire->base.waits = config->pace.mode == RATE_MAX;
    wire->config = *config;
    wire->in = config->pace;
    wire->in.traffic = config->arrivals;
    wire->in.pass = wire->in.passes; /* nothing flows before the start */
    *result = &wire->base;
    return 0;
}

void wire_pcap_start(struct wire *wire, uint64_t now)
{
    struct wire_pcap *pcap = self(wire);

    pace_start(&pcap->in, pcap->config.arrivals, now);
    pcap->out = wire->horizon = now;
}

void wire_pcap_stop(struct wire *wire)
{
    struct wire_pcap *pcap = self(wire);

    pcap->in.pass = pcap->in.passes;
}
