/* SPDX-License-Identifier: BSD-2-Clause */
#include "net_run.h"

#include "json_file.h"

#include <jansson.h>
#include <string.h>

static json_t *counts_json(const struct net_counts *counts)
{
    const uint64_t frames = counts->frames_in + counts->frames_out;
    const double each = frames != 0 ? (double)frames : 1;

    return json_pack("{s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f}", "seconds",
                     (double)counts->time / 1e9, "frames_in", (json_int_t)counts->frames_in,
                     "frames_out", (json_int_t)counts->frames_out, "bytes_in",
                     (json_int_t)counts->bytes_in, "bytes_out", (json_int_t)counts->bytes_out,
                     "interrupts", (json_int_t)counts->interrupts, "mmio", (json_int_t)counts->mmio,
                     "interrupts_per_frame", (double)counts->interrupts / each, "mmio_per_frame",
                     (double)counts->mmio / each);
}

static json_t *step_json(const struct net_step *step)
{
    json_t *object = counts_json(&step->counts);
    const double s = step->counts.time != 0 ? (double)step->counts.time / 1e9 : 1e-9;

    json_object_set_new(object, "name", json_string(step->name));
    json_object_set_new(object, "passed", json_boolean(step->passed));
    json_object_set_new(object, "detail", json_string(step->detail));
    if (step->received != 0 || step->sent != 0) {
        json_object_set_new(object, "payload_received", json_integer((json_int_t)step->received));
        json_object_set_new(object, "payload_sent", json_integer((json_int_t)step->sent));
        json_object_set_new(object, "received_per_second", json_real((double)step->received / s));
        json_object_set_new(object, "sent_per_second", json_real((double)step->sent / s));
    }
    return object;
}

static json_t *all_json(const struct net_run *run, int command_status)
{
    const struct options *options = run->options;
    const struct net_counts whole = net_run_since(run, &run->start);
    json_t *steps = json_array();
    json_t *object;

    for (unsigned i = 0; i < run->count; i++)
        json_array_append_new(steps, step_json(&run->steps[i]));
    object = json_pack("{s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:i}", "profile", options->profile.name,
                       "driver", options->session.driver_ops->name, "wire",
                       options->wire->column.name, "above", options->above[0]->column.name,
                       "passed", net_run_passed(run), "steps", steps, "total", counts_json(&whole),
                       "rules_broken", (int)judge_count(&run->judge, E1000EMU_VIOLATION));
    if (command_status >= 0)
        json_object_set_new(object, "command_status", json_integer(command_status));
    return object;
}

int net_run_json(const struct net_run *run, const char *path, int command_status, char *error,
                 size_t size)
{
    const int code = json_file_dump(path, all_json(run, command_status), 0);

    if (code != 0)
        snprintf(error, size, "file '%s': %s", path, strerror(code));
    return code != 0 ? -1 : 0;
}
