/* SPDX-License-Identifier: BSD-2-Clause */
/* The layer `gen`: the driver sends generated frames, and those that it receives are looked at. */
#include "columns.h"
#include "frags.h"
#include "gen_ends.h"
#include "send_pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fragments handed to the driver at once, and of the longest frame. */
#define BATCH 64u
#define FRAGS (BATCH + SEND_POOL_PIECES(GEN_LONGEST))

/* What waits for the driver to be done with something looks again after so long by itself, as
 * operating systems' watchdogs do. */
#define WATCHDOG (100 * BENCH_MS)

struct above_gen {
    struct above base;
    struct gen gen;
    struct gen_seen seen;
    struct send_pool pool;
    struct dmamem *memory;
    unsigned mbps;
    uint64_t start, lasted; /* as of the wire */
    uint64_t retry;         /* when to look again; 0: it waits for nothing */
    struct e1000_frag pending[FRAGS];
    unsigned pending_first, pending_count;
    /* Frames made here: one, or all that there will be, each with its slot. */
    uint8_t *made;
    uint32_t *lengths;
    size_t slot;
    uint32_t rooms, at; /* slots; the one of the frame made last */
    bool held;          /* that is not yet in buffers */
    uint8_t *whole;     /* one frame, put together from fragments */
};

static struct above_gen *self(struct above *above)
{
    return (struct above_gen *)above;
}

static const struct above_gen *const_self(const struct above *above)
{
    return (const struct above_gen *)above;
}

static void gen_close(struct above *above)
{
    struct above_gen *gen = self(above);

    send_pool_close(&gen->pool, gen->memory);
    free(gen->made);
    free(gen->lengths);
    free(gen->whole);
    free(gen);
}

/* ---- Receiving ---- */

static void gen_received(struct above *above, struct driver *driver, const struct e1000_frag *frags,
                         unsigned count)
{
    struct above_gen *gen = self(above);

    for (unsigned i = 0, n; i < count; i += n) {
        n = frags_of_frame(frags + i, count - i);
        above->received++;
        if (n == 1)
            gen_look(&gen->seen, frags[i].data, frags[i].length);
        else
            gen_look(&gen->seen, gen->whole, frags_gather(frags + i, n, gen->whole, GEN_LONGEST));
    }
    driver->ops->recycle(driver, frags, count);
}

/* ---- Sending ---- */

static uint64_t due(const struct above_gen *gen)
{
    return gen->start + gen_due(&gen->gen.config, gen->gen.made, gen->lasted, gen->mbps);
}

/* Makes the next one, unless it has been made before. */
static void make(struct above_gen *gen)
{
    uint32_t flags;

    gen->at = (uint32_t)(gen->gen.made & (gen->rooms - 1));
    if (gen->rooms > 1 && gen->gen.made >= gen->rooms)
        gen->gen.made++;
    else
        gen->lengths[gen->at] = gen_next(&gen->gen, gen->made + gen->at * gen->slot, &flags);
    gen->lasted += wire_time(gen->lengths[gen->at], gen->mbps);
    gen->held = true;
}

/* Makes what is due, as far as there are buffers. */
static void fill(struct above_gen *gen, uint64_t now)
{
    unsigned pieces;

    gen->pending_first = gen->pending_count = 0;
    while (gen->pending_count < BATCH) {
        if (!gen->held) {
            if (gen_done(&gen->gen) || due(gen) > now)
                return;
            make(gen);
        }
        pieces = send_pool_frame(&gen->pool, gen->made + gen->at * gen->slot, gen->lengths[gen->at],
                                 gen->pending + gen->pending_count);
        if (pieces == 0)
            return;
        gen->pending_count += pieces;
        gen->held = false;
    }
}

static bool send_pending(struct above_gen *gen, struct driver *driver)
{
    const struct e1000_frag *frags = gen->pending + gen->pending_first;
    const unsigned taken =
        driver->ops->transmit(driver, frags, gen->pending_count - gen->pending_first);

    gen->base.sent += frags_frames(frags, taken);
    gen->pending_first += taken;
    return taken != 0;
}

static bool gen_work(struct above *above, struct driver *driver, uint64_t now)
{
    struct above_gen *gen = self(above);
    bool moved = send_pool_reap(&gen->pool, driver);

    gen->retry = 0;
    for (;;) {
        if (gen->pending_first == gen->pending_count)
            fill(gen, now);
        if (gen->pending_first == gen->pending_count)
            break;
        moved |= send_pending(gen, driver);
        if (gen->pending_first != gen->pending_count)
            break;
    }
    /* No room in the ring, or no buffer. */
    if (gen->pending_first != gen->pending_count || gen->held)
        gen->retry = now + WATCHDOG;
    return moved;
}

static uint64_t gen_wants(const struct above *above)
{
    const struct above_gen *gen = const_self(above);

    if (gen->retry != 0)
        return gen->retry;
    return gen_done(&gen->gen) ? BENCH_NEVER : due(gen);
}

static bool gen_idle(const struct above *above)
{
    const struct above_gen *gen = const_self(above);

    return gen->pending_first == gen->pending_count && !gen->held && gen_done(&gen->gen);
}

/* ---- What is known of it ---- */

const struct gen *above_gen_made(const struct above *above)
{
    return &const_self(above)->gen;
}

const struct gen_seen *above_gen_seen(const struct above *above)
{
    return &const_self(above)->seen;
}

static void gen_tell(const struct above *above, char *line, size_t size)
{
    gen_line(&const_self(above)->gen, &const_self(above)->seen, line, size);
}

static const struct above_ops above_gen = {
    .close = gen_close,
    .received = gen_received,
    .work = gen_work,
    .next = gen_wants,
    .idle = gen_idle,
    .tell = gen_tell,
};

/* ---- Setting up ---- */

static int allocate(struct above_gen *gen, const struct column_setup *setup)
{
    gen->rooms = 1;
    while (gen->rooms < gen->gen.config.ready)
        gen->rooms *= 2;
    gen->slot = (gen_room(&gen->gen.config, setup->max_frame) / 64 | 1) * 64 + 128;
    gen->made = malloc(gen->rooms * gen->slot);
    gen->lengths = calloc(gen->rooms, sizeof(gen->lengths[0]));
    gen->whole = malloc(GEN_LONGEST);
    if (gen->made == NULL || gen->lengths == NULL || gen->whole == NULL)
        return -1;
    /* Enough to fill the ring while the next ones are made. */
    return send_pool_open(&gen->pool, setup->memory, setup->driver_config->ring + FRAGS);
}

static int gen_open(struct above **result, const struct column_setup *setup, char *error,
                    size_t size)
{
    struct above_gen *gen;
    struct gen_config config;

    if (gen_parse(&config, setup->argument, true, setup->max_frame, error, size) < 0)
        return -1;
    if (!config.to_given)
        memcpy(config.to, setup->peer, 6);
    if (!config.from_given)
        memcpy(config.from, setup->mac, 6);
    if (!config.seed_given)
        config.seed = setup->seed;
    gen = calloc(1, sizeof(*gen));
    if (gen == NULL) {
        snprintf(error, size, "out of memory");
        return -1;
    }
    gen->base.ops = &above_gen;
    gen->memory = setup->memory;
    gen->seen.blind = !config.summed;
    gen->seen.deaf = config.ready != 0;
    gen->mbps = setup->mbps;
    gen->start = setup->clock->now;
    gen_start(&gen->gen, &config, setup->max_frame, false);
    if (allocate(gen, setup) < 0) {
        gen_close(&gen->base);
        snprintf(error, size, "out of memory");
        return -1;
    }
    *result = &gen->base;
    return 0;
}

static int gen_check(const char *argument, char *error, size_t size)
{
    struct gen_config config;

    return gen_parse(&config, argument, true, GEN_LONGEST, error, size);
}

const struct above_kind above_kind_gen = {
    .column = {.name = "gen",
               .argument = GEN_ARGUMENT,
               .summary = "the driver sends generated traffic; what it receives is looked at",
               .check = gen_check},
    .open = gen_open,
};
