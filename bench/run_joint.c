/* SPDX-License-Identifier: BSD-2-Clause */
#include "run_joint.h"

#include "capture_out.h"
#include "joint.h"
#include "json_file.h"
#include "judge.h"
#include "progress.h"
#include "replay.h"
#include "status.h"
#include "wall_clock.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

struct running {
    const struct run_joint *run;
    struct joint joint;
    struct judge judge;
    struct capture_out *capture;
    bool capture_failed;
    uint64_t epoch; /* ns since 1970 when the bench's clock stood at 0 */
    struct progress progress;
    struct status *status; /* the page; NULL: there is none */
    unsigned turns;
    double seconds; /* of this computer's time */
};

/* ---- While it runs ---- */

static void on_passed(void *opaque, const struct joint_frame *frame)
{
    struct running *running = opaque;

    if (frame->end == 0 &&
        capture_out_write(running->capture, frame->frame->data, frame->frame->length,
                          running->epoch + frame->time) < 0)
        running->capture_failed = true;
}

static bool is_done(void *opaque)
{
    struct running *running = opaque;
    uint64_t frames = 0;

    if (running->status != NULL)
        status_look(running->status);
    if (++running->turns % 256 == 0) {
        for (unsigned i = 0; i < running->joint.count; i++)
            frames += running->joint.ends[i].counts.arrived + running->joint.ends[i].counts.sent;
        progress_update(&running->progress, frames);
    }
    return cli_interrupted() || running->capture_failed;
}

/* ---- For people ---- */

static const struct joint_end *end_of(const struct running *running, unsigned i)
{
    return &running->joint.ends[i];
}

/* What is told of an end, in this order. */
enum number {
    ARRIVED,
    ARRIVED_BYTES,
    UP,
    DOWN,
    SENT,
    SENT_BYTES,
    INTERRUPTS,
    READS,
    WRITES,
    NUMBERS
};

static const struct {
    const char *title, *key; /* for people, in JSON */
} rows[NUMBERS] = {
    [ARRIVED] = {"frames arrived", "frames_arrived"},
    [ARRIVED_BYTES] = {"bytes arrived", "bytes_arrived"},
    [UP] = {"frames handed up", "frames_handed_up"},
    [DOWN] = {"frames handed down", "frames_handed_down"},
    [SENT] = {"frames sent", "frames_sent"},
    [SENT_BYTES] = {"bytes sent", "bytes_sent"},
    [INTERRUPTS] = {"interrupts", "interrupts"},
    [READS] = {"register reads", "mmio_reads"},
    [WRITES] = {"register writes", "mmio_writes"},
};

static uint64_t number_of(const struct joint_end *end, enum number number)
{
    const struct device *device = end->session.device;
    const struct above *above = end->session.sched.above;
    const uint64_t numbers[NUMBERS] = {
        [ARRIVED] = end->counts.arrived,
        [ARRIVED_BYTES] = end->counts.arrived_bytes,
        [UP] = above->received,
        [DOWN] = above->sent,
        [SENT] = end->counts.sent,
        [SENT_BYTES] = end->counts.sent_bytes,
        [INTERRUPTS] = device->interrupts,
        [READS] = device->counters.mmio_reads,
        [WRITES] = device->counters.mmio_writes,
    };

    return numbers[number];
}

static void print_number(const struct running *running, enum number number)
{
    fprintf(running->run->text, "%-22s", rows[number].title);
    for (unsigned i = 0; i < running->joint.count; i++)
        fprintf(running->run->text, " %16" PRIu64, number_of(end_of(running, i), number));
    fprintf(running->run->text, "\n");
}

static void print_drops(const struct running *running)
{
    FILE *text = running->run->text;

    for (unsigned v = E1000EMU_RX_STORED + 1; v < E1000EMU_RX_VERDICTS; v++) {
        uint64_t all = 0;

        for (unsigned i = 0; i < running->joint.count; i++)
            all += end_of(running, i)->counts.verdicts[v];
        if (all == 0)
            continue;
        fprintf(text, "  dropped: %-11s", replay_drop_name((enum e1000emu_verdict)v));
        for (unsigned i = 0; i < running->joint.count; i++)
            fprintf(text, " %16" PRIu64, end_of(running, i)->counts.verdicts[v]);
        fprintf(text, "\n");
    }
}

static void print_setup(const struct running *running)
{
    const struct options *options = running->run->options;
    FILE *text = running->run->text;

    fprintf(text, "%s%s%s over %s%s%s, %s time, profile %s\n", options->above[0]->column.name,
            options->above_argument[0] != NULL ? ":" : "",
            options->above_argument[0] != NULL ? options->above_argument[0] : "",
            options->wire->column.name, options->wire_argument != NULL ? ":" : "",
            options->wire_argument != NULL ? options->wire_argument : "",
            running->joint.real_time ? "real" : "virtual", options->profile.name);
    for (unsigned i = 0; i < running->joint.count; i++)
        fprintf(text, "%s\n", end_of(running, i)->link);
    fflush(text);
}

/* What wire and layer have to say themselves; empty: nothing. */
static void tell(const struct joint_end *end, char wire[256], char above[256])
{
    const struct sched *sched = &end->session.sched;

    wire[0] = above[0] = '\0';
    if (sched->wire->ops->tell != NULL)
        sched->wire->ops->tell(sched->wire, wire, 256);
    if (sched->above->ops->tell != NULL)
        sched->above->ops->tell(sched->above, above, 256);
}

static void print_told(const struct running *running)
{
    char wire[256], above[256];

    for (unsigned i = 0; i < running->joint.count; i++) {
        tell(end_of(running, i), wire, above);
        if (wire[0] != '\0')
            fprintf(running->run->text, "wire: %s\n", wire);
        if (above[0] != '\0')
            fprintf(running->run->text, "above: %s\n", above);
    }
}

static void print_report(const struct running *running)
{
    FILE *text = running->run->text;
    char summary[100];

    fprintf(text, "%-22s", "");
    for (unsigned i = 0; i < running->joint.count; i++)
        fprintf(text, " %16s", running->joint.count == 1 ? "" : i == 0 ? "one end" : "other end");
    fprintf(text, "\n");
    for (unsigned n = 0; n < NUMBERS; n++) {
        print_number(running, (enum number)n);
        if (n == ARRIVED_BYTES)
            print_drops(running);
    }
    fprintf(text, "%-22s %16.6f\n", running->joint.real_time ? "seconds" : "virtual seconds",
            (double)(running->joint.clock.now - running->joint.start) / 1e9);
    print_told(running);
    if (running->run->options->check != JUDGE_OFF) {
        judge_summary(&running->judge, summary, sizeof(summary));
        fprintf(text, "%-22s %s\n", "driver's faults", summary);
        judge_print(text, &running->judge);
    }
}

/* ---- For programs ---- */

static json_t *end_json(const struct joint_end *end)
{
    char wire[256], above[256];
    json_t *drops = json_object();
    json_t *object = json_object();

    for (unsigned n = 0; n < NUMBERS; n++)
        json_object_set_new(object, rows[n].key,
                            json_integer((json_int_t)number_of(end, (enum number)n)));
    for (unsigned v = E1000EMU_RX_STORED + 1; v < E1000EMU_RX_VERDICTS; v++)
        if (end->counts.verdicts[v] != 0)
            json_object_set_new(drops, replay_drop_name((enum e1000emu_verdict)v),
                                json_integer((json_int_t)end->counts.verdicts[v]));
    json_object_set_new(object, "dropped", drops);
    tell(end, wire, above);
    if (wire[0] != '\0')
        json_object_set_new(object, "wire", json_string(wire));
    if (above[0] != '\0')
        json_object_set_new(object, "above", json_string(above));
    json_object_set_new(object, "link", json_string(end->link));
    return object;
}

static int write_json(const struct running *running, bool passed)
{
    const struct options *options = running->run->options;
    const char *path = running->run->json;
    json_t *ends = json_array();
    json_t *all;

    for (unsigned i = 0; i < running->joint.count; i++)
        json_array_append_new(ends, end_json(end_of(running, i)));
    all = json_pack("{s:s, s:s, s:s, s:b, s:f, s:f, s:b, s:b, s:I, s:o}", "wire",
                    options->wire->column.name, "above", options->above[0]->column.name, "profile",
                    options->profile.name, "real_time", running->joint.real_time, "seconds",
                    running->seconds, "virtual_seconds",
                    (double)(running->joint.clock.now - running->joint.start) / 1e9, "passed",
                    passed, "interrupted", cli_interrupted(), "violations",
                    (json_int_t)judge_count(&running->judge, E1000EMU_VIOLATION), "ends", ends);
    if (json_file_dump(path, all, 0) == 0)
        return CLI_OK;
    cli_error(running->run->cli->command->name, "%s can't be written", path);
    return CLI_IO;
}

/* ---- All of it ---- */

static int open_page(struct running *running)
{
    const struct options *options = running->run->options;
    const struct status_config config = {.joint = &running->joint,
                                         .judge = &running->judge,
                                         .profile = options->profile.name,
                                         .driver = options->session.driver_ops->name,
                                         .wire = options->wire->column.name,
                                         .above = options->above[0]->column.name};
    char error[200];

    if (running->run->http < 0 ||
        status_open(&running->status, &config, (uint16_t)running->run->http, error,
                    sizeof(error)) == 0)
        return 0;
    cli_error(running->run->cli->command->name, "%s", error);
    return -1;
}

static int go(struct running *running, const struct joint_config *config)
{
    const struct run_joint *run = running->run;
    const char *name = run->cli->command->name;
    struct joint *joint = &running->joint;
    int status = joint_open(joint, config);
    uint64_t began;
    bool passed;

    if (status < 0) {
        cli_error(name, "%s", joint->error);
        judge_print(run->text, &running->judge);
        return joint->driver_failed ? CLI_VERDICT : CLI_IO;
    }
    if (open_page(running) < 0)
        return CLI_IO;
    print_setup(running);
    running->epoch = wall_clock_since_1970() - joint->clock.now;
    progress_start(&running->progress, stderr, "running", 0);
    began = wall_clock_now();
    status = joint_run(joint, is_done, running, run->duration != 0 ? run->duration : BENCH_NEVER);
    running->seconds = (double)(wall_clock_now() - began) / 1e9;
    progress_clear(&running->progress);
    passed = status == 0 && !judge_failed(&running->judge);
    print_report(running);
    if (status < 0)
        cli_error(name, "%s", joint->error);
    if (run->json != NULL && write_json(running, passed) != CLI_OK)
        return CLI_IO;
    if (status < 0)
        return joint->driver_failed ? CLI_VERDICT : CLI_IO;
    if (cli_interrupted())
        return CLI_INTERRUPTED;
    return passed ? CLI_OK : CLI_VERDICT;
}

int run_joint(const struct run_joint *run)
{
    const struct options *options = run->options;
    struct running running = {.run = run, .judge = {.level = options->check}};
    struct joint_config config = {
        .session = options->session,
        .wire = options->wire,
        .wire_argument = options->wire_argument,
        .above = {options->above[0], options->above[1]},
        .above_argument = {options->above_argument[0], options->above_argument[1]},
        .seed = options->session.device.seed,
        .passed = run->capture != NULL ? on_passed : NULL,
        .opaque = &running};
    char error[512];
    int status;

    config.session.device.judge = &running.judge;
    memcpy(config.mac, options->mac, 6);
    if (run->capture != NULL &&
        capture_out_open(run->capture, 0, &running.capture, error, sizeof(error)) < 0) {
        cli_error(run->cli->command->name, "%s", error);
        return CLI_IO;
    }
    status = go(&running, &config);
    status_close(running.status);
    joint_close(&running.joint);
    if (capture_out_close(running.capture, error, sizeof(error)) < 0) {
        cli_error(run->cli->command->name, "%s", error);
        status = CLI_IO;
    }
    judge_free(&running.judge);
    return status;
}
