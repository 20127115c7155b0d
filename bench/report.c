/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report.h"

#include "json_file.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Fields ------------------------------------------------------------------------------- */

/* The counters of a direction: one row each, from which text and JSON are made. */
struct counter {
    const char *key;   /* in JSON */
    const char *title; /* in the table, NULL: not shown there */
    size_t offset;
    bool always; /* shown even when it is zero */
};

#define COUNTER(field, title, always)                                   \
    {                                                                   \
#field, title, offsetof(struct direction_result, field), always \
    }

static const struct counter counters[] = {
    COUNTER(frames_in, "frames in", true),
    COUNTER(frames_out, "frames out", true),
    COUNTER(lost, "lost", true),
    COUNTER(duplicated, "duplicated", false),
    COUNTER(reordered, "reordered", false),
    COUNTER(corrupted, "corrupted", false),
    COUNTER(faulted, "struck by faults", false),
    COUNTER(filtered, "filtered", false),
    COUNTER(snapped, "snapped", false),
    COUNTER(too_long, "too long", false),
    COUNTER(padded, "padded", false),
    COUNTER(bytes, "bytes out", true),
    COUNTER(interrupts, "interrupts", true),
    COUNTER(mmio_reads, "register reads", true),
    COUNTER(mmio_writes, "register writes", true),
};

static const struct counter rates[] = {
    COUNTER(seconds, "seconds", true),
    COUNTER(virtual_seconds, "virtual seconds", true),
    COUNTER(mpps, "million frames/s", true),
    COUNTER(gbps, "gigabits/s", true),
};

enum {
    COUNTERS = sizeof counters / sizeof counters[0],
    RATES = sizeof rates / sizeof rates[0],
    DIRECTIONS = 2,
};

static uint64_t count_of(const struct direction_result *result, const struct counter *row)
{
    uint64_t n;
    memcpy(&n, (const char *)result + row->offset, sizeof n);
    return n;
}

static double rate_of(const struct direction_result *result, const struct counter *row)
{
    double x;
    memcpy(&x, (const char *)result + row->offset, sizeof x);
    return isfinite(x) ? x : 0; /* JSON knows no other numbers */
}

void report_rates(struct direction_result *result)
{
    bool timed = result->seconds > 0;
    result->mpps = timed ? (double)result->frames_out / result->seconds / 1e6 : 0;
    result->gbps = timed ? (double)result->bytes * 8 / result->seconds / 1e9 : 0;
}

bool report_failed(const struct direction_result *result)
{
    return result->lost + result->duplicated + result->reordered + result->corrupted != 0;
}

/* ---- The table ---------------------------------------------------------------------------- */

enum { TITLE_WIDTH = 18, NUMBER_WIDTH = 16 };

/* The directions that ran. */
struct columns {
    const struct direction_result *result[DIRECTIONS];
    const char *name[DIRECTIONS];
    size_t count;
};

static struct columns columns_of(const struct report *report)
{
    struct columns c = {.count = 0};
    if (report->rx != NULL) {
        c.result[c.count] = report->rx;
        c.name[c.count++] = "rx";
    }
    if (report->tx != NULL) {
        c.result[c.count] = report->tx;
        c.name[c.count++] = "tx";
    }
    return c;
}

static void print_counter(FILE *stream, const struct columns *c, const struct counter *row)
{
    bool show = row->always;
    for (size_t i = 0; i < c->count; i++) {
        show = show || count_of(c->result[i], row) != 0;
    }
    if (!show) {
        return;
    }
    fprintf(stream, "%-*s", TITLE_WIDTH, row->title);
    for (size_t i = 0; i < c->count; i++) {
        fprintf(stream, "%*" PRIu64, NUMBER_WIDTH, count_of(c->result[i], row));
    }
    fputc('\n', stream);
}

static void print_rate(FILE *stream, const struct columns *c, const struct counter *row)
{
    fprintf(stream, "%-*s", TITLE_WIDTH, row->title);
    for (size_t i = 0; i < c->count; i++) {
        fprintf(stream, "%*.6f", NUMBER_WIDTH, rate_of(c->result[i], row));
    }
    fputc('\n', stream);
}

static uint64_t reason_count(const struct direction_result *result, const char *name)
{
    uint64_t n = 0;
    for (size_t i = 0; i < result->reason_count; i++) {
        n += strcmp(result->reasons[i].name, name) == 0 ? result->reasons[i].count : 0;
    }
    return n;
}

/* The reasons of all directions, each once. */
static void print_reasons(FILE *stream, const struct columns *c)
{
    bool headed = false;
    for (size_t i = 0; i < c->count; i++) {
        for (size_t r = 0; r < c->result[i]->reason_count; r++) {
            const struct report_reason *reason = &c->result[i]->reasons[r];
            bool shown = i > 0 && reason_count(c->result[0], reason->name) != 0;
            if (reason->count == 0 || shown) {
                continue;
            }
            fputs(headed ? "" : "not delivered, by reason\n", stream);
            headed = true;
            fprintf(stream, "  %-*s", TITLE_WIDTH - 2, reason->name);
            for (size_t k = 0; k < c->count; k++) {
                fprintf(stream, "%*" PRIu64, NUMBER_WIDTH,
                        reason_count(c->result[k], reason->name));
            }
            fputc('\n', stream);
        }
    }
}

static void print_string(FILE *stream, const char *title, const char *value)
{
    if (value != NULL) {
        fprintf(stream, "%-*s%s\n", TITLE_WIDTH, title, value);
    }
}

static const char *verdict(const struct report *report)
{
    return report->passed ? "pass" : "fail";
}

static void print_faults(FILE *stream, const struct report *report)
{
    for (size_t i = 0; i < report->fault_count; i++) {
        const struct report_fault *fault = &report->faults[i];

        fprintf(stream, "%-*s%s, fired %" PRIu64 " time%s\n", TITLE_WIDTH,
                i == 0 ? "faults asked for" : "", fault->text, fault->fired,
                fault->fired == 1 ? "" : "s");
    }
}

static void print_judge(FILE *stream, const struct judge *judge)
{
    char text[100];

    if (judge_watch(judge) == 0) {
        return;
    }
    judge_summary(judge, text, sizeof text);
    print_string(stream, "driver's faults", text);
}

void report_text(FILE *stream, const struct report *report)
{
    struct columns c = columns_of(report);

    print_string(stream, "capture", report->capture);
    print_string(stream, "profile", report->profile);
    print_string(stream, "address", report->mac);
    print_string(stream, "rate", report->rate);
    print_string(stream, "note", report->note);
    fprintf(stream, "%-*s", TITLE_WIDTH, "");
    for (size_t i = 0; i < c.count; i++) {
        fprintf(stream, "%*s", NUMBER_WIDTH, c.name[i]);
    }
    fputc('\n', stream);
    for (size_t i = 0; i < COUNTERS; i++) {
        print_counter(stream, &c, &counters[i]);
    }
    for (size_t i = 0; i < RATES; i++) {
        print_rate(stream, &c, &rates[i]);
    }
    print_reasons(stream, &c);
    print_faults(stream, report);
    print_judge(stream, report->judge);
    fprintf(stream, "%-*s%s%s\n", TITLE_WIDTH, "verdict", verdict(report),
            report->interrupted ? ", of what ran before the interruption" : "");
}

/* ---- JSON --------------------------------------------------------------------------------- */

/* JSON is UTF-8, file names are bytes: those that are not UTF-8 become question marks. */
static json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    if (value != NULL) {
        return value;
    }
    char *copy = strdup(text);
    for (char *c = copy; c != NULL && *c != '\0'; c++) {
        *c = (*c & 0x80) != 0 ? '?' : *c;
    }
    value = copy != NULL ? json_string(copy) : NULL;
    free(copy);
    return value;
}

/* json_int_t is signed. */
static json_t *json_count(uint64_t n)
{
    return json_integer(n < INT64_MAX ? (json_int_t)n : INT64_MAX);
}

/* Adds a member; a value that could not be made for lack of memory counts as a failure. */
static void add(json_t *object, const char *key, json_t *value, bool *ok)
{
    *ok = json_object_set_new(object, key, value) == 0 && *ok;
}

static void add_text(json_t *object, const char *key, const char *text, bool *ok)
{
    if (text != NULL) {
        add(object, key, json_text(text), ok);
    }
}

static json_t *direction_json(const struct direction_result *result, bool *ok)
{
    json_t *object = json_object();
    json_t *reasons = json_object();

    for (size_t i = 0; i < COUNTERS; i++) {
        add(object, counters[i].key, json_count(count_of(result, &counters[i])), ok);
    }
    for (size_t i = 0; i < RATES; i++) {
        add(object, rates[i].key, json_real(rate_of(result, &rates[i])), ok);
    }
    for (size_t i = 0; i < result->reason_count; i++) {
        add(reasons, result->reasons[i].name, json_count(result->reasons[i].count), ok);
    }
    add(object, "reasons", reasons, ok);
    return object;
}

/* One rule that the driver broke. */
static json_t *finding_json(const struct judge_finding *finding, bool *ok)
{
    json_t *object = json_object();
    json_t *numbers = json_object();
    json_t *recent = json_array();
    char text[400];

    add_text(object, "rule", finding->rule->id, ok);
    add_text(object, "class", judge_severity(finding->rule->severity), ok);
    add_text(object, "sentence", finding->rule->sentence, ok);
    add_text(object, "section", finding->rule->section, ok);
    add(object, "time_ns", json_count(finding->event.time), ok);
    judge_event_text(&finding->event, text, sizeof text);
    add_text(object, "at", text, ok);
    for (size_t i = 0; i < 2 && finding->rule->number[i] != NULL; i++) {
        add(numbers, finding->rule->number[i], json_count(finding->number[i]), ok);
    }
    add(object, "numbers", numbers, ok);
    for (size_t i = 0; i < finding->recent_count; i++) {
        judge_access_text(&finding->recent[i], text, sizeof text);
        *ok = json_array_append_new(recent, json_text(text)) == 0 && *ok;
    }
    add(object, "accesses", recent, ok);
    return object;
}

static json_t *findings_json(const struct judge *judge, bool *ok)
{
    json_t *list = json_array();

    for (size_t i = 0; i < judge->count; i++) {
        *ok = json_array_append_new(list, finding_json(&judge->findings[i], ok)) == 0 && *ok;
    }
    return list;
}

static json_t *faults_json(const struct report *report, bool *ok)
{
    json_t *list = json_array();

    for (size_t i = 0; i < report->fault_count; i++) {
        const struct report_fault *fault = &report->faults[i];
        json_t *object = json_object();

        add_text(object, "fault", fault->text, ok);
        add_text(object, "name", fault->name, ok);
        add(object, "fired", json_count(fault->fired), ok);
        *ok = json_array_append_new(list, object) == 0 && *ok;
    }
    return list;
}

/* The whole report, or NULL without memory. */
static json_t *report_object(const struct report *report)
{
    bool ok = true;
    json_t *object = json_object();

    add_text(object, "capture", report->capture, &ok);
    add_text(object, "profile", report->profile, &ok);
    add_text(object, "mac", report->mac, &ok);
    add_text(object, "direction", report->direction, &ok);
    add_text(object, "rate", report->rate, &ok);
    add(object, "seed", json_count(report->seed), &ok);
    add(object, "passes", json_count(report->passes), &ok);
    add_text(object, "verdict", verdict(report), &ok);
    add(object, "interrupted", json_boolean(report->interrupted), &ok);
    add_text(object, "note", report->note, &ok);
    if (report->rx != NULL) {
        add(object, "rx", direction_json(report->rx, &ok), &ok);
    }
    if (report->tx != NULL) {
        add(object, "tx", direction_json(report->tx, &ok), &ok);
    }
    if (report->fault_count != 0) {
        add(object, "faults", faults_json(report, &ok), &ok);
    }
    if (judge_watch(report->judge) != 0) {
        add(object, "findings", findings_json(report->judge, &ok), &ok);
    }
    if (!ok) {
        json_decref(object);
        return NULL;
    }
    return object;
}

int report_json(const char *path, const struct report *report, char *error, size_t error_size)
{
    return json_file_write(path, report_object(report), error, error_size);
}

int report_json_list(const char *path, const struct report *reports, size_t count, char *error,
                     size_t error_size)
{
    json_t *list = json_array();
    bool ok = list != NULL;

    for (size_t i = 0; i < count && ok; i++) {
        ok = json_array_append_new(list, report_object(&reports[i])) == 0;
    }
    if (!ok) {
        json_decref(list);
        list = NULL;
    }
    return json_file_write(path, list, error, error_size);
}
