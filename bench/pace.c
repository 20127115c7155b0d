/* SPDX-License-Identifier: BSD-2-Clause */
#include "pace.h"

#include "cli.h"

#define MOST_PER_SECOND 1000000000u

const char *const pace_rates[] = {
    [RATE_MAX] = "max", [RATE_LINE] = "line", [RATE_CAPTURE] = "capture", NULL};

bool pace_read_rate(const char *text, enum rate_mode *mode, uint64_t *per_second)
{
    const int word = cli_find(text, pace_rates);
    uint64_t number;

    if (word >= 0) {
        *mode = (enum rate_mode)word;
        return true;
    }
    if (!cli_parse_unsigned(text, &number) || number < 1 || number > MOST_PER_SECOND)
        return false;
    *mode = RATE_NUMBER;
    *per_second = number;
    return true;
}

void pace_start(struct pace *pace, const struct traffic *traffic, uint64_t now)
{
    pace->traffic = traffic;
    pace->start = pace->cursor = now;
    pace->position = 0;
    pace->pass = 0;
    pace->sent = 0;
}

bool pace_done(const struct pace *pace)
{
    return pace->traffic->count == 0 || pace->pass >= pace->passes;
}

uint64_t pace_due(const struct pace *pace)
{
    switch (pace->mode) {
    case RATE_CAPTURE:
        return pace->start + pace->pass * pace->traffic->span +
               pace->traffic->frames[pace->position].time;
    case RATE_NUMBER:
        /* In two steps: frames × 10⁹ would overflow within hours. */
        return pace->start + pace->sent / pace->per_second * BENCH_S +
               pace->sent % pace->per_second * BENCH_S / pace->per_second;
    default:
        return 0;
    }
}

static uint64_t duration(const struct pace *pace, size_t position)
{
    return wire_time(pace->traffic->frames[position].length, pace->mbps);
}

uint64_t pace_next(const struct pace *pace, bool arrive)
{
    uint64_t begin;

    if (pace_done(pace))
        return BENCH_NEVER;
    begin = pace_due(pace);
    if (begin < pace->cursor)
        begin = pace->cursor;
    return arrive ? begin + duration(pace, pace->position) : begin;
}

size_t pace_ready(const struct pace *pace, uint64_t now, size_t max, bool arrive)
{
    const size_t left = pace->traffic->count - pace->position;

    if (pace_done(pace))
        return 0;
    if (pace->mode == RATE_MAX)
        return left < max ? left : max;
    return pace_next(pace, arrive) <= now ? 1 : 0;
}

/* Moves on by count frames, which lie in one pass. */
static void move_on(struct pace *pace, size_t count)
{
    pace->sent += count;
    pace->position += count;
    if (pace->position == pace->traffic->count) {
        pace->position = 0;
        pace->pass++;
    }
}

/* Without gaps and due times, only the frames' own time counts. */
static void take_back_to_back(struct pace *pace, uint64_t now, size_t count, uint64_t *times)
{
    const struct e1000emu_frame *frames = &pace->traffic->frames[pace->position];
    uint64_t cursor = pace->cursor > now ? pace->cursor : now;

    for (size_t i = 0; i < count; i++) {
        cursor += wire_time(frames[i].length, pace->mbps);
        times[i] = cursor;
    }
    pace->cursor = cursor;
    move_on(pace, count);
}

void pace_take(struct pace *pace, uint64_t now, size_t count, uint64_t *times)
{
    if (pace->mode == RATE_MAX) {
        if (times == NULL)
            move_on(pace, count);
        else
            take_back_to_back(pace, now, count, times);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const uint64_t due = pace_due(pace);

        if (pace->cursor < due)
            pace->cursor = due;
        pace->cursor += duration(pace, pace->position);
        if (times != NULL)
            times[i] = pace->cursor;
        move_on(pace, 1);
    }
}
