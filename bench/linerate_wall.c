/* SPDX-License-Identifier: BSD-2-Clause */
/* What chip and driver could carry, by this computer's clock. */
#include "linerate.h"

#include "linerate_joint.h"
#include "wall_clock.h"

#include <stdio.h>
#include <stdlib.h>

/* Frames that are made once, and then come again and again: making them is no part of it. */
#define MORE "ready=1024,sum=off,fill=zeros"

/* Operating systems that are asked to wake somebody after 20 us do so after 60, or after a
 * millisecond: up to here it is not slept. */
#define SPIN (2 * BENCH_MS)

/* Frames between two questions whether to stop, and how far behind the clock the wire may be at the
 * end of a run that it kept up with. */
#define ASK    65536u
#define BEHIND (50 * BENCH_MS)

static double seconds_of(uint64_t ns)
{
    return (double)ns * 1e-9;
}

/* A run until its time is over. */
struct timed {
    const struct linerate_case *what;
    struct joint *joint;
    double begin, until, cpu;
    uint64_t asked;
    bool stopped;
};

static bool is_over(void *opaque)
{
    struct timed *timed = opaque;
    const struct joint_counts *counts = &timed->joint->ends[0].counts;
    const uint64_t passed = counts->arrived + counts->sent;

    if (timed->what->progress != NULL && passed - timed->asked >= ASK) {
        timed->asked = passed;
        timed->stopped = !timed->what->progress(timed->what->opaque, 0);
    }
    return timed->stopped || seconds_of(wall_clock_now()) >= timed->until;
}

/* What came of a timed run; rates are frames a second. */
struct measured {
    double in_per_s, out_per_s;
    double core; /* of the time that passed at the wire, what this computer worked */
    uint64_t lost;
    bool behind;
};

/* How far the wire is behind the clock: frames in that are due, gaps between frames out. */
static bool is_behind(const struct linerate_case *what, const struct joint *joint, double seconds)
{
    const struct sched *sched = &joint->ends[0].session.sched;
    const struct wire_gen_out *out = wire_gen_out(sched->wire);

    if ((what->way & LINERATE_IN) != 0 &&
        sched->wire->ops->next_arrival(sched->wire) + BEHIND < sched->clock->now)
        return true;
    /* A pause of this computer is no lack of speed: a hundredth is. */
    return (what->way & LINERATE_OUT) != 0 && (double)out->busy_ns < seconds * 0.99e9;
}

static void measure(const struct timed *timed, struct measured *measured)
{
    const struct joint_end *end = &timed->joint->ends[0];
    const double seconds = seconds_of(wall_clock_now()) - timed->begin;
    const uint64_t *verdicts = end->counts.verdicts;

    measured->in_per_s = (double)end->session.sched.above->received / seconds;
    measured->out_per_s = (double)end->counts.sent / seconds;
    measured->core = (seconds_of(wall_clock_process_worked()) - timed->cpu) /
                     ((double)(timed->joint->clock.now - timed->joint->start) * 1e-9);
    measured->lost = end->counts.arrived - verdicts[E1000EMU_RX_STORED];
    measured->behind = is_behind(timed->what, timed->joint, seconds);
}

static int run(const struct linerate_case *what, bool real_time, double seconds,
               struct measured *measured, bool *stopped, char *error, size_t size)
{
    struct joint *joint = calloc(1, sizeof(*joint));
    struct timed timed = {.what = what, .joint = joint};
    struct joint_config config;
    struct linerate_partners partners;
    int status;

    if (joint == NULL) {
        snprintf(error, size, "out of memory");
        return -1;
    }
    linerate_arrange(&config, &partners, what, UINT64_MAX,
                     real_time ? "rate=line," MORE : "rate=max," MORE);
    config.real_time = real_time;
    config.spin = SPIN;
    config.latency = config.frame_ns = 0;
    status = joint_open(joint, &config);
    if (status == 0) {
        timed.begin = seconds_of(wall_clock_now());
        timed.cpu = seconds_of(wall_clock_process_worked());
        timed.until = timed.begin + seconds;
        status = joint_run(joint, is_over, &timed, BENCH_NEVER);
    }
    if (status == 0)
        measure(&timed, measured);
    else
        snprintf(error, size, "%s", joint->error);
    *stopped = timed.stopped;
    joint_close(joint);
    free(joint);
    return status;
}

int linerate_wall(const struct linerate_case *what, double seconds, struct linerate_wall *result,
                  char *error, size_t size)
{
    struct measured most = {0}, paced = {0};

    *result = (struct linerate_wall){0};
    if (run(what, false, seconds, &most, &result->stopped, error, size) < 0)
        return -1;
    result->in_per_s = most.in_per_s;
    result->out_per_s = most.out_per_s;
    /* The wire's time follows the frames in that run: the chip interrupts as it does at line rate,
     * and what it took for each second there is what a second of line rate takes. */
    result->core = most.core;
    if (most.in_per_s + most.out_per_s > 0)
        result->ns_per_frame = 1e9 / (most.in_per_s + most.out_per_s);
    if (result->stopped || run(what, true, seconds, &paced, &result->stopped, error, size) < 0)
        return result->stopped ? 0 : -1;
    result->lost = paced.lost;
    result->held = !paced.behind && paced.lost == 0;
    return 0;
}
