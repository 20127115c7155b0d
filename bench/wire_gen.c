/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire `gen`: frames that nobody captured, and the look at those that the device sends. */
#include "columns.h"
#include "gen_ends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Frames made at once. */
#define BATCH 64u

/* How far ahead of the wire the device may be: what its transmit FIFO holds (16 KiB, PBA's
 * default). */
#define FIFO_BYTES 16384u

/* In real time the bench gets its turns late. What is due waits for the device then, and of what
 * could have left meanwhile so much still does, at once. */
#define CATCH_UP (50 * BENCH_MS)

struct wire_gen {
    struct wire base;
    struct gen gen;
    struct gen_seen seen;
    unsigned mbps;
    bool unpaced;      /* frames come as fast as the device takes them */
    uint64_t catch_up; /* ns; 0 in virtual time */
    /* Made and not yet taken: [first, last), each with its slot of bytes. */
    struct e1000emu_frame *frames;
    uint8_t *bytes;
    uint32_t room, first, last;
    bool ready;      /* all frames that there will be are made */
    uint64_t start;  /* of the first frame, ns */
    uint64_t lasted; /* nanoseconds of all frames made so far */
    uint64_t in;     /* end of the last one */
    struct wire_gen_out out;
    bool full; /* a frame was refused */
};

static struct wire_gen *self(struct wire *wire)
{
    return (struct wire_gen *)wire;
}

static const struct wire_gen *const_self(const struct wire *wire)
{
    return (const struct wire_gen *)wire;
}

static void gen_close(struct wire *wire)
{
    free(self(wire)->frames);
    free(self(wire)->bytes);
    free(wire);
}

/* ---- Frames that arrive ---- */

/* Of a wire that waits, frames get their time when they are taken. */
static void make(struct wire_gen *gen, struct e1000emu_frame *frame)
{
    uint64_t begin;

    begin = gen->start + gen_due(&gen->gen.config, gen->gen.made, gen->lasted, gen->mbps);
    if (gen->ready)
        gen->gen.made++;
    else
        frame->length = gen_next(&gen->gen, (uint8_t *)(uintptr_t)frame->data, &frame->flags);
    if (gen->unpaced)
        return;
    if (begin < gen->in)
        begin = gen->in;
    gen->lasted += wire_time(frame->length, gen->mbps);
    gen->in = begin + wire_time(frame->length, gen->mbps);
    frame->time = gen->in;
}

static size_t gen_arrived(struct wire *wire, uint64_t now, size_t max,
                          const struct e1000emu_frame **frames)
{
    struct wire_gen *gen = self(wire);
    size_t most, count = 0;

    if (gen->first == gen->last) {
        gen->first = gen->last = 0;
        while (gen->last < gen->room && !gen_done(&gen->gen))
            make(gen, &gen->frames[gen->last++]);
        gen->ready = gen->gen.config.ready != 0;
    }
    *frames = gen->frames + gen->first;
    most = gen->last - gen->first;
    if (most > max)
        most = max;
    if (gen->unpaced)
        return most;
    while (count < most && (*frames)[count].time <= now)
        count++;
    return count;
}

static void gen_taken(struct wire *wire, uint64_t now, size_t count, uint64_t *times)
{
    struct wire_gen *gen = self(wire);

    for (size_t i = 0; i < count; i++) {
        struct e1000emu_frame *frame = &gen->frames[gen->first + i];

        if (gen->unpaced) {
            if (gen->in < now)
                gen->in = now;
            frame->time = gen->in += wire_time(frame->length, gen->mbps);
        }
        if (times != NULL)
            times[i] = frame->time;
    }
    gen->first += (uint32_t)count;
    if (wire->horizon < gen->in && gen->unpaced)
        wire->horizon = gen->in;
}

static uint64_t gen_next_arrival(const struct wire *wire)
{
    const struct wire_gen *gen = const_self(wire);

    if (gen->first != gen->last)
        return gen->unpaced ? 0 : gen->frames[gen->first].time;
    /* The next one is not made yet, and does not end before this. */
    return gen_done(&gen->gen) ? BENCH_NEVER : gen->in;
}

static bool gen_exhausted(const struct wire *wire)
{
    const struct wire_gen *gen = const_self(wire);

    return gen->first == gen->last && gen_done(&gen->gen);
}

/* ---- Frames that the device sends ---- */

static uint64_t fifo_time(const struct wire_gen *gen)
{
    return FIFO_BYTES * 8000ull / gen->mbps;
}

static size_t gen_send(struct wire *wire, uint64_t now, const struct e1000emu_frame *frames,
                       size_t count)
{
    struct wire_gen *gen = self(wire);
    struct wire_gen_out *out = &gen->out;
    size_t taken = 0;

    while (taken < count && (gen->unpaced || out->last_ns <= now + fifo_time(gen))) {
        const struct e1000emu_frame *frame = &frames[taken++];
        const uint64_t lasts = wire_time(frame->length, gen->mbps);

        gen_look(&gen->seen, frame->data, frame->length);
        if (out->busy_ns == 0)
            out->first_ns = now;
        if (out->last_ns + gen->catch_up < now)
            out->last_ns = now - gen->catch_up;
        out->busy_ns += lasts;
        out->last_ns += lasts;
    }
    gen->full = taken < count;
    if (wire->horizon < out->last_ns && gen->unpaced)
        wire->horizon = out->last_ns;
    return taken;
}

static uint64_t gen_next_room(const struct wire *wire)
{
    const struct wire_gen *gen = const_self(wire);

    return gen->full ? gen->out.last_ns - fifo_time(gen) : BENCH_NEVER;
}

/* ---- What is known of it ---- */

const struct gen *wire_gen_made(const struct wire *wire)
{
    return &const_self(wire)->gen;
}

const struct gen_seen *wire_gen_seen(const struct wire *wire)
{
    return &const_self(wire)->seen;
}

const struct wire_gen_out *wire_gen_out(const struct wire *wire)
{
    return &const_self(wire)->out;
}

uint32_t wire_gen_backlog(const struct wire *wire, uint64_t now)
{
    const struct wire_gen *gen = const_self(wire);

    return gen->out.last_ns > now ? (uint32_t)((gen->out.last_ns - now) * gen->mbps / 8000) : 0;
}

static void gen_tell(const struct wire *wire, char *line, size_t size)
{
    gen_line(&const_self(wire)->gen, &const_self(wire)->seen, line, size);
}

static const struct wire_ops wire_gen = {
    .close = gen_close,
    .arrived = gen_arrived,
    .taken = gen_taken,
    .send = gen_send,
    .next_arrival = gen_next_arrival,
    .next_room = gen_next_room,
    .exhausted = gen_exhausted,
    .tell = gen_tell,
};

/* ---- Setting up ---- */

static int allocate(struct wire_gen *gen)
{
    /* Frames that lie 64 bytes times an odd number apart don't compete for the same few sets of the
     * CPU's cache. */
    const size_t slot = (gen_room(&gen->gen.config, gen->gen.max_frame) / 64 | 1) * 64 + 128;

    gen->room = gen->gen.config.ready != 0 ? gen->gen.config.ready : BATCH;
    gen->frames = calloc(gen->room, sizeof(gen->frames[0]));
    gen->bytes = malloc(gen->room * slot);
    if (gen->frames == NULL || gen->bytes == NULL)
        return -1;
    for (unsigned i = 0; i < gen->room; i++)
        gen->frames[i].data = gen->bytes + i * slot;
    return 0;
}

static int gen_open(struct wire **result, const struct column_setup *setup, char *error,
                    size_t size)
{
    static const uint8_t somebody[6] = {0x02, 0, 0, 0, 0, 0x01};
    struct wire_gen *gen;
    struct gen_config config;

    if (gen_parse(&config, setup->argument, false, setup->max_frame, error, size) < 0)
        return -1;
    if (!config.to_given)
        memcpy(config.to, setup->mac, 6);
    if (!config.from_given)
        memcpy(config.from, somebody, 6);
    if (!config.seed_given)
        config.seed = setup->seed;
    gen = calloc(1, sizeof(*gen));
    if (gen != NULL)
        gen_start(&gen->gen, &config, setup->max_frame, true);
    if (gen == NULL || allocate(gen) < 0) {
        if (gen != NULL)
            gen_close(&gen->base);
        snprintf(error, size, "out of memory");
        return -1;
    }
    gen->base.ops = &wire_gen;
    gen->unpaced = config.rate == GEN_MAX;
    gen->base.waits = gen->unpaced || setup->real_time;
    gen->seen.blind = !config.summed;
    gen->seen.deaf = config.ready != 0;
    gen->mbps = setup->mbps;
    gen->catch_up = setup->real_time ? CATCH_UP : 0;
    gen->start = gen->in = setup->clock->now;
    *result = &gen->base;
    return 0;
}

static int gen_check(const char *argument, char *error, size_t size)
{
    struct gen_config config;

    return gen_parse(&config, argument, false, GEN_LONGEST, error, size);
}

const struct wire_kind wire_kind_gen = {
    .column = {.name = "gen",
               .argument = GEN_ARGUMENT,
               .summary = "generated traffic: sizes, rates, mixes, malformed frames",
               .check = gen_check},
    .open = gen_open,
};
