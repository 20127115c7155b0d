/* SPDX-License-Identifier: BSD-2-Clause */
#include "net_run.h"

#include "wall_clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* ---- Opening and closing ---- */

static void on_passed(void *opaque, const struct joint_frame *frame)
{
    struct net_run *run = opaque;

    capture_out_write(run->capture, frame->frame->data, frame->frame->length,
                      run->capture_start + frame->time);
}

static int open_page(struct net_run *run, char *error, size_t size)
{
    const struct options *options = run->options;
    const struct status_config config = {.joint = &run->joint,
                                         .judge = &run->judge,
                                         .profile = options->profile.name,
                                         .driver = options->session.driver_ops->name,
                                         .wire = options->wire->column.name,
                                         .above = options->above[0]->column.name};

    if (run->http < 0)
        return 0;
    return status_open(&run->status, &config, (uint16_t)run->http, error, size);
}

int net_run_open(struct net_run *run, char *error, size_t size)
{
    struct options *options = run->options;

    run->judge.level = options->check;
    run->config = (struct joint_config){.session = options->session,
                                        .wire = options->wire,
                                        .wire_argument = options->wire_argument,
                                        .above = {options->above[0]},
                                        .above_argument = {options->above_argument[0]},
                                        .space = run->space,
                                        .real_time = true,
                                        .seed = options->session.device.seed};
    memcpy(run->config.mac, options->mac, 6);
    run->config.session.device.judge = &run->judge;
    if (run->capture_path != NULL) {
        if (capture_out_open(run->capture_path, 0, &run->capture, error, size) < 0)
            return -1;
        run->config.passed = on_passed;
        run->config.opaque = run;
    }
    if (joint_open(&run->joint, &run->config) < 0) {
        snprintf(error, size, "%s", run->joint.error);
        return -1;
    }
    if (open_page(run, error, size) < 0)
        return -1;
    run->start = net_run_counts(run);
    run->capture_start = wall_clock_since_1970() - run->joint.clock.now;
    fprintf(run->text, "%s on %s, wire %s, above %s\n%s\n", options->session.driver_ops->name,
            options->profile.name, options->wire->column.name, options->above[0]->column.name,
            run->joint.ends[0].link);
    fflush(run->text);
    return 0;
}

int net_run_close(struct net_run *run, char *error, size_t size)
{
    int status = 0;

    status_close(run->status);
    run->status = NULL;
    joint_close(&run->joint);
    if (run->capture != NULL)
        status = capture_out_close(run->capture, error, size);
    run->capture = NULL;
    judge_free(&run->judge);
    return status;
}

/* ---- Running ---- */

struct until {
    struct status *status;
    bool (*done)(void *opaque);
    void *opaque;
    bool was_done;
};

static bool is_done(void *opaque)
{
    struct until *until = opaque;

    if (until->status != NULL)
        status_look(until->status);
    until->was_done = until->done(until->opaque);
    return until->was_done || cli_interrupted();
}

int net_run_until(struct net_run *run, bool (*done)(void *opaque), void *opaque, uint64_t timeout)
{
    struct until until = {.status = run->status, .done = done, .opaque = opaque};
    const uint64_t now = run->joint.clock.now - run->joint.start;

    if (joint_run(&run->joint, is_done, &until, timeout == BENCH_NEVER ? timeout : now + timeout) <
        0)
        return -1;
    return until.was_done;
}

struct net_counts net_run_counts(const struct net_run *run)
{
    const struct joint_end *end = &run->joint.ends[0];
    const struct device *device = end->session.device;

    return (struct net_counts){.time = run->joint.clock.now,
                               .frames_in = end->counts.arrived,
                               .frames_out = end->counts.sent,
                               .bytes_in = end->counts.arrived_bytes,
                               .bytes_out = end->counts.sent_bytes,
                               .interrupts = device->interrupts,
                               .mmio = device->counters.mmio_reads + device->counters.mmio_writes};
}

struct net_counts net_run_since(const struct net_run *run, const struct net_counts *from)
{
    const struct net_counts now = net_run_counts(run);

    return (struct net_counts){.time = now.time - from->time,
                               .frames_in = now.frames_in - from->frames_in,
                               .frames_out = now.frames_out - from->frames_out,
                               .bytes_in = now.bytes_in - from->bytes_in,
                               .bytes_out = now.bytes_out - from->bytes_out,
                               .interrupts = now.interrupts - from->interrupts,
                               .mmio = now.mmio - from->mmio};
}

/* ---- Steps ---- */

static struct net_step *add(struct net_run *run, const struct net_counts *from, const char *name,
                            const char *format, va_list arguments)
{
    struct net_step *step = &run->steps[run->count < NET_STEPS_MAX - 1 ? run->count++ : run->count];

    *step = (struct net_step){.counts = net_run_since(run, from)};
    snprintf(step->name, sizeof(step->name), "%s", name);
    vsnprintf(step->detail, sizeof(step->detail), format, arguments);
    return step;
}

static double per_frame(uint64_t number, const struct net_counts *counts)
{
    const uint64_t frames = counts->frames_in + counts->frames_out;

    return frames != 0 ? (double)number / (double)frames : 0;
}

static void print_cost(FILE *text, const struct net_counts *counts)
{
    fprintf(text, "%" PRIu64 " frames in, %" PRIu64 " out, %.2f interrupts and %.2f MMIO a frame",
            counts->frames_in, counts->frames_out, per_frame(counts->interrupts, counts),
            per_frame(counts->mmio, counts));
}

static void print_step(const struct net_run *run, const struct net_step *step)
{
    fprintf(run->text, "%-5s %-15s %s\n", step->passed ? "ok" : "FAIL", step->name, step->detail);
    if (step->received != 0 || step->sent != 0) {
        fprintf(run->text, "%21s ", "");
        print_cost(run->text, &step->counts);
        fprintf(run->text, "\n");
    }
    fflush(run->text);
}

struct net_step *net_run_step(struct net_run *run, const struct net_counts *from, const char *name,
                              const char *format, ...)
{
    struct net_step *step;
    va_list arguments;

    va_start(arguments, format);
    step = add(run, from, name, format, arguments);
    va_end(arguments);
    step->passed = true;
    print_step(run, step);
    return step;
}

void net_run_failed(struct net_run *run, const struct net_counts *from, const char *name,
                    const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_step(run, add(run, from, name, format, arguments));
    va_end(arguments);
}

__attribute__((format(printf, 4, 5))) static struct net_step *
add_step(struct net_run *run, const struct net_counts *from, const char *name, const char *format,
         ...)
{
    struct net_step *step;
    va_list arguments;

    va_start(arguments, format);
    step = add(run, from, name, format, arguments);
    va_end(arguments);
    return step;
}

static double seconds(const struct net_counts *counts)
{
    return counts->time != 0 ? (double)counts->time / 1e9 : 1e-9;
}

void net_run_transfer(struct net_run *run, const struct net_counts *from, const char *name,
                      uint64_t received, uint64_t sent, const char *detail)
{
    struct net_step *step = add_step(run, from, name, "%s", "");
    const double s = seconds(&step->counts), in = (double)received, out = (double)sent;

    step->passed = true;
    step->received = received;
    step->sent = sent;
    if (received != 0 && sent != 0)
        snprintf(step->detail, sizeof(step->detail),
                 "%.1f MB each way at once in %.2f s, %.1f MB/s in and %.1f MB/s out, %s", in / 1e6,
                 s, in / 1e6 / s, out / 1e6 / s, detail);
    else
        snprintf(step->detail, sizeof(step->detail), "%.1f MB in %.2f s, %.1f MB/s, %s",
                 (in + out) / 1e6, s, (in + out) / 1e6 / s, detail);
    print_step(run, step);
}

/* ---- The end ---- */

/* Frames that arrived at the device for nothing. What it did not want does not count. */
static uint64_t lost(const struct net_run *run)
{
    const uint64_t *verdicts = run->joint.ends[0].counts.verdicts;

    return verdicts[E1000EMU_RX_OVERRUN] + verdicts[E1000EMU_RX_DISABLED] +
           verdicts[E1000EMU_RX_NO_LINK] + verdicts[E1000EMU_RX_UNDERSIZE] +
           verdicts[E1000EMU_RX_OVERSIZE] + verdicts[E1000EMU_RX_BAD];
}

bool net_run_passed(const struct net_run *run)
{
    for (unsigned i = 0; i < run->count; i++)
        if (!run->steps[i].passed)
            return false;
    return !judge_failed(&run->judge);
}

void net_run_print_end(const struct net_run *run)
{
    const struct net_counts whole = net_run_since(run, &run->start);

    fprintf(run->text, "\nin all: ");
    print_cost(run->text, &whole);
    fprintf(run->text, ", %" PRIu64 " lost at the receiver, in %.2f s\n", lost(run),
            seconds(&whole));
    judge_print(run->text, &run->judge);
}
