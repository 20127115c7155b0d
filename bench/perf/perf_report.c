/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf_report.h"

#include "floor.h"
#include "frames.h"
#include "json_file.h"

#include <jansson.h>

const char *const perf_directions[] = {
    [PERF_RX] = "rx", [PERF_TX] = "tx", [PERF_BOTH] = "both", NULL};
const char *const perf_offloads[] = {
    [PERF_OFFLOAD_NONE] = "none", [PERF_OFFLOAD_CHECKSUM] = "checksum", NULL};
const char *const perf_checks[] = {
    [JUDGE_OFF] = "off", [JUDGE_ON] = "on", [JUDGE_DEEP] = "deep", NULL};

/* ---- For people ---- */

void perf_print_heading(FILE *stream)
{
    fprintf(stream, "%5s %5s %-4s %-8s %-5s %10s %8s %9s %11s %12s %9s %9s\n", "bytes", "burst",
            "way", "offloads", "check", "Mframes/s", "Gb/s", "ns/frame", "MMIO/frame",
            "instr./frame", "floor ns", "of floor");
}

static void instructions_text(double instructions, char text[16])
{
    if (instructions < 0)
        snprintf(text, 16, "n/a");
    else
        snprintf(text, 16, "%.1f", instructions);
}

void perf_print_row(FILE *stream, const struct perf_row *row)
{
    const struct perf_case *what = &row->what;
    char instructions[16];

    instructions_text(row->best.instructions, instructions);
    fprintf(stream, "%5u %5u %-4s %-8s %-5s %10.2f %8.2f %9.2f %11.4f %12s %9.2f %8.1f%%\n",
            (unsigned)what->size, what->burst, perf_directions[what->direction],
            perf_offloads[what->offload], perf_checks[what->check], perf_mpps(&row->best),
            perf_gbps(&row->best, what->size), row->best.ns, row->mmio_reads + row->mmio_writes,
            instructions, row->floor.ns, 100 * perf_ratio(&row->best, &row->floor));
    fflush(stream);
}

/* ---- For programs ---- */

/* A value that could not be made for lack of memory counts as a failure. */
static void add(json_t *object, const char *key, json_t *value, bool *ok)
{
    *ok = json_object_set_new(object, key, value) == 0 && *ok;
}

static json_t *best_json(const struct perf_best *best, uint32_t size, bool *ok)
{
    json_t *object = json_object();

    add(object, "mpps", json_real(perf_mpps(best)), ok);
    add(object, "gbps", json_real(perf_gbps(best, size)), ok);
    add(object, "ns", json_real(best->ns), ok);
    add(object, "instructions",
        best->instructions < 0 ? json_null() : json_real(best->instructions), ok);
    add(object, "turns", json_integer((json_int_t)best->slices), ok);
    return object;
}

static json_t *row_json(const struct perf_row *row, bool *ok)
{
    const struct perf_case *what = &row->what;
    json_t *object = best_json(&row->best, what->size, ok);

    add(object, "size", json_integer((json_int_t)what->size), ok);
    add(object, "burst", json_integer((json_int_t)what->burst), ok);
    add(object, "direction", json_string(perf_directions[what->direction]), ok);
    add(object, "offloads", json_string(perf_offloads[what->offload]), ok);
    add(object, "check", json_string(perf_checks[what->check]), ok);
    add(object, "mmio_reads", json_real(row->mmio_reads), ok);
    add(object, "mmio_writes", json_real(row->mmio_writes), ok);
    add(object, "interrupts", json_real(row->interrupts), ok);
    add(object, "floor", best_json(&row->floor, what->size, ok), ok);
    add(object, "ratio", json_real(perf_ratio(&row->best, &row->floor)), ok);
    add(object, "line_mpps", json_real(perf_line_rate(what->size) / 1e6), ok);
    return object;
}

static json_t *report_object(const struct perf_report *report)
{
    bool ok = true;
    json_t *object = json_object(), *floor = json_object(), *rows = json_array();

    add(floor, "ring", json_integer(PERF_FLOOR_RING), &ok);
    add(floor, "burst", json_integer(PERF_FLOOR_BURST), &ok);
    add(floor, "frames", json_integer(PERF_FRAMES), &ok);
    for (size_t i = 0; i < report->count; i++)
        ok = json_array_append_new(rows, row_json(&report->rows[i], &ok)) == 0 && ok;
    add(object, "profile", json_string(report->profile), &ok);
    add(object, "ring", json_integer((json_int_t)report->ring), &ok);
    add(object, "interrupted", json_boolean(report->interrupted), &ok);
    add(object, "floor", floor, &ok);
    add(object, "rows", rows, &ok);
    if (ok)
        return object;
    json_decref(object);
    return NULL;
}

int perf_json(const char *path, const struct perf_report *report, char *error, size_t size)
{
    return json_file_write(path, report_object(report), error, size);
}
