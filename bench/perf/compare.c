/* SPDX-License-Identifier: BSD-2-Clause */
#include "compare.h"

#include "floor.h"
#include "frames.h"
#include "instructions.h"
#include "wall_clock.h"

#include <stdio.h>

/* A turn: long enough for the caches to be one's own again, short enough to fit in between what
 * else the machine does. */
#define TURN_NS 2000000u

/* The two sides. */
struct sides {
    struct perf_rig *rig;
    struct perf_floor *floor;
    const struct perf_case *what;
    int instructions;
    char *error;
    size_t size;
};

static int run_rig(struct sides *sides, uint64_t frames)
{
    return perf_rig_run(sides->rig, frames, sides->error, sides->size);
}

static int run_floor(struct sides *sides, uint64_t frames)
{
    if (perf_floor_run(sides->floor, frames) == frames * sides->what->size)
        return 0;
    snprintf(sides->error, sides->size, "the floor lost frames");
    return -1;
}

/* One side's turn. ways: how many frames move for each that is asked for. */
static int turn(struct sides *sides, int (*run)(struct sides *, uint64_t), uint64_t frames,
                unsigned ways, struct perf_slice *slice)
{
    uint64_t before = 0, after = 0, start;
    int status;

    slice->counted = perf_instructions_read(sides->instructions, &before);
    /* Nothing here ever sleeps: where nobody else wants the core this is the time on the wall. */
    start = wall_clock_thread_worked();
    status = run(sides, frames);
    slice->ns = wall_clock_thread_worked() - start;
    slice->counted = slice->counted && perf_instructions_read(sides->instructions, &after);
    slice->instructions = after - before;
    slice->frames = frames * ways;
    return status;
}

/* How many frames make a turn of that length: whole rounds. */
static uint64_t turn_frames(const struct perf_slice *round, uint64_t frames)
{
    const uint64_t rounds = round->ns == 0 ? 1 : TURN_NS / round->ns;

    return frames * (rounds == 0 ? 1 : rounds);
}

static int take_turns(struct sides *sides, const struct perf_how *how, struct perf_row *row)
{
    const unsigned ways = sides->what->direction == PERF_BOTH ? 2 : 1;
    const uint64_t start = wall_clock_now();
    struct perf_slice slice;
    uint64_t rig_frames, floor_frames;
    int status;

    /* Not counted: the first time finds out how long it takes. */
    status = turn(sides, run_rig, PERF_FRAMES, ways, &slice);
    rig_frames = turn_frames(&slice, PERF_FRAMES);
    if (status == 0)
        status = turn(sides, run_floor, PERF_FRAMES, 1, &slice);
    floor_frames = turn_frames(&slice, PERF_FRAMES);
    while (status == 0) {
        status = turn(sides, run_floor, floor_frames, 1, &slice);
        perf_best_add(&row->floor, &slice);
        if (status == 0)
            status = turn(sides, run_rig, rig_frames, ways, &slice);
        if (status < 0)
            break;
        perf_best_add(&row->best, &slice);
        if (!how->goes_on(how->opaque))
            return 1;
        if (wall_clock_now() - start >= how->time_ns)
            break;
    }
    return status;
}

static void count(const struct perf_rig *rig, const struct perf_counts *before,
                  struct perf_row *row)
{
    struct perf_counts after;
    double frames;

    perf_rig_counts(rig, &after);
    frames = (double)(after.frames - before->frames);
    if (frames <= 0)
        return;
    row->mmio_reads = (double)(after.mmio_reads - before->mmio_reads) / frames;
    row->mmio_writes = (double)(after.mmio_writes - before->mmio_writes) / frames;
    row->interrupts = (double)(after.interrupts - before->interrupts) / frames;
}

int perf_compare(const struct perf_how *how, const struct perf_case *what, struct perf_row *row,
                 char *error, size_t size)
{
    struct sides sides = {
        .what = what, .instructions = how->instructions, .error = error, .size = size};
    struct perf_counts before;
    int status = -1;

    *row = (struct perf_row){.what = *what};
    perf_best_init(&row->best);
    perf_best_init(&row->floor);
    sides.rig = perf_rig_open(how->config, what, error, size);
    if (sides.rig == NULL)
        return -1;
    sides.floor = perf_floor_open(perf_rig_frames(sides.rig), what->size);
    if (sides.floor == NULL) {
        snprintf(error, size, "out of memory");
    } else {
        perf_rig_counts(sides.rig, &before);
        status = take_turns(&sides, how, row);
        count(sides.rig, &before, row);
    }
    perf_floor_close(sides.floor);
    perf_rig_close(sides.rig);
    return status;
}
