/* SPDX-License-Identifier: BSD-2-Clause */
#include "occupancy.h"

#include <string.h>

void occupancy_start(struct occupancy *occupancy, uint64_t now, uint32_t level, uint64_t step)
{
    *occupancy = (struct occupancy){.least = level,
                                    .most = level,
                                    .start = now,
                                    .last = now,
                                    .step = step,
                                    .level = level,
                                    .course = {level}};
}

static uint64_t index_of(const struct occupancy *occupancy, uint64_t time)
{
    return (time - occupancy->start) / occupancy->step;
}

/* Two steps become one, as often as it takes for a time to have its place. */
static void coarsen(struct occupancy *occupancy, uint64_t time)
{
    uint32_t *course = occupancy->course;

    while (index_of(occupancy, time) >= OCCUPANCY_STEPS) {
        for (uint32_t i = 0; i < OCCUPANCY_STEPS / 2; i++) {
            const uint32_t a = course[2 * i], b = course[2 * i + 1];

            course[i] = a > b ? a : b;
        }
        memset(course + OCCUPANCY_STEPS / 2, 0, OCCUPANCY_STEPS / 2 * sizeof(course[0]));
        occupancy->step *= 2;
    }
}

static void reach(struct occupancy *occupancy, uint64_t step, uint32_t level)
{
    if (occupancy->course[step] < level)
        occupancy->course[step] = level;
}

void occupancy_set(struct occupancy *occupancy, uint64_t now, uint32_t level)
{
    uint64_t step;

    if (now == occupancy->last && level == occupancy->level)
        return;
    coarsen(occupancy, now);
    step = index_of(occupancy, occupancy->last);
    occupancy->area += (double)occupancy->level * (double)(now - occupancy->last);
    /* What was, lasted until now. */
    while (step < index_of(occupancy, now))
        reach(occupancy, ++step, occupancy->level);
    reach(occupancy, step, level);
    occupancy->last = now;
    occupancy->level = level;
    if (occupancy->least > level)
        occupancy->least = level;
    if (occupancy->most < level)
        occupancy->most = level;
}

double occupancy_mean(const struct occupancy *occupancy)
{
    const uint64_t time = occupancy->last - occupancy->start;

    return time == 0 ? occupancy->level : occupancy->area / (double)time;
}

uint32_t occupancy_steps(const struct occupancy *occupancy)
{
    return (uint32_t)index_of(occupancy, occupancy->last) + 1;
}
