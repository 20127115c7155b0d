/* SPDX-License-Identifier: BSD-2-Clause */
/* Results as JSON, written and read. */
#include "results.h"

#include "json_file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT  "e1000bench-check"
#define VERSION 1

static const char *const status_words[] = {[CHECK_NOT_RUN] = "not-run",
                                           [CHECK_PASS] = "pass",
                                           [CHECK_SKIP] = "skip",
                                           [CHECK_FAIL] = "fail",
                                           [CHECK_CRASH] = "crash"};
#define STATUSES (sizeof(status_words) / sizeof(status_words[0]))

/* ---- Writing ---- */

/* A text that may hold bytes that are no UTF-8, and be missing. */
static json_t *text(const char *bytes)
{
    json_t *value = bytes != NULL ? json_string(bytes) : json_null();
    char copy[OUTCOME_DETAILS];

    if (value != NULL)
        return value;
    snprintf(copy, sizeof(copy), "%s", bytes);
    for (char *at = copy; *at != '\0'; at++)
        if ((unsigned char)*at > '~')
            *at = '?';
    return json_string(copy);
}

static json_t *result_object(const struct check_result *result)
{
    const struct outcome *outcome = result->outcome;

    return json_pack("{si ss ss ss so ss ss so sI sI sI sI sf}", "number", (int)result->number,
                     "id", result->id, "title", result->title, "status",
                     status_words[outcome->status], "message", text(outcome->message), "rule",
                     outcome->rule, "profile", outcome->profile, "details", text(outcome->details),
                     "checks", (json_int_t)outcome->checks, "frames", (json_int_t)outcome->frames,
                     "accesses", (json_int_t)outcome->accesses, "virtual_ns",
                     (json_int_t)outcome->virtual_ns, "duration_s", (double)outcome->wall_us / 1e6);
}

static json_t *document(const struct check_results *results)
{
    json_t *list = json_array();
    bool good = list != NULL;

    for (size_t i = 0; i < results->count && good; i++)
        good = json_array_append_new(list, result_object(&results->results[i])) == 0;
    if (!good) {
        json_decref(list);
        return NULL;
    }
    return json_pack(
        "{ss si ss ss so so ss ss sI si si si sb sf si si si so}", "format", FORMAT, "version",
        VERSION, "driver", results->driver, "device", results->device, "profile",
        text(results->profile), "sabotage", text(results->sabotage), "check", results->level,
        "filter", results->filter, "seed", (json_int_t)results->seed, "total", (int)results->total,
        "shard", (int)results->shard, "shards", (int)results->shards, "interrupted",
        results->interrupted, "duration_s", results->seconds, "passed",
        (int)results_count(results, CHECK_PASS), "failed",
        (int)(results_count(results, CHECK_FAIL) + results_count(results, CHECK_CRASH)), "skipped",
        (int)results_count(results, CHECK_SKIP), "results", list);
}

int results_write_json(const char *path, const struct check_results *results, char *error,
                       size_t error_size)
{
    return json_file_write(path, document(results), error, error_size);
}

/* ---- Reading ---- */

/* What a document that was read owns. */
struct owner {
    json_t *document;
    struct outcome *outcomes;
};

static int find_status(const char *word)
{
    for (size_t i = 0; i < STATUSES; i++)
        if (strcmp(status_words[i], word) == 0)
            return (int)i;
    return -1;
}

static int read_result(json_t *object, struct check_result *result, struct outcome *outcome,
                       json_error_t *error)
{
    const char *status, *message, *rule, *profile, *details;
    json_int_t checks, frames, accesses, virtual_ns;
    double duration_s;
    int number;

    if (json_unpack_ex(object, error, 0, "{si ss ss ss ss ss ss ss sI sI sI sI sF}", "number",
                       &number, "id", &result->id, "title", &result->title, "status", &status,
                       "message", &message, "rule", &rule, "profile", &profile, "details", &details,
                       "checks", &checks, "frames", &frames, "accesses", &accesses, "virtual_ns",
                       &virtual_ns, "duration_s", &duration_s) < 0)
        return -1;
    if (number < 1 || find_status(status) < 0 || strchr(result->id, '/') == NULL) {
        snprintf(error->text, sizeof(error->text), "result '%s' makes no sense", result->id);
        return -1;
    }
    result->number = (unsigned)number;
    result->outcome = outcome;
    outcome->status = (uint32_t)find_status(status);
    snprintf(outcome->message, sizeof(outcome->message), "%s", message);
    snprintf(outcome->rule, sizeof(outcome->rule), "%s", rule);
    snprintf(outcome->profile, sizeof(outcome->profile), "%s", profile);
    snprintf(outcome->details, sizeof(outcome->details), "%s", details);
    outcome->checks = (uint64_t)checks;
    outcome->frames = (uint64_t)frames;
    outcome->accesses = (uint64_t)accesses;
    outcome->virtual_ns = (uint64_t)virtual_ns;
    outcome->wall_us = duration_s > 0 && duration_s < 1e9 ? (uint64_t)(duration_s * 1e6 + 0.5) : 0;
    return 0;
}

static int read_results(json_t *list, struct check_results *results, struct owner *owner,
                        json_error_t *error)
{
    const size_t count = json_array_size(list);

    results->results = calloc(count + 1, sizeof(results->results[0]));
    owner->outcomes = calloc(count + 1, sizeof(owner->outcomes[0]));
    if (results->results == NULL || owner->outcomes == NULL) {
        snprintf(error->text, sizeof(error->text), "out of memory");
        return -1;
    }
    for (size_t i = 0; i < count; i++, results->count++)
        if (read_result(json_array_get(list, i), &results->results[i], &owner->outcomes[i], error) <
            0)
            return -1;
    return 0;
}

static int read_document(struct check_results *results, struct owner *owner, json_error_t *error)
{
    const char *format;
    json_int_t seed;
    json_t *list, *profile = NULL, *sabotage = NULL;
    int version, total, shard, shards, interrupted;

    if (json_unpack_ex(
            owner->document, error, 0, "{ss si ss ss s?o s?o ss ss sI si si si sb sF so}", "format",
            &format, "version", &version, "driver", &results->driver, "device", &results->device,
            "profile", &profile, "sabotage", &sabotage, "check", &results->level, "filter",
            &results->filter, "seed", &seed, "total", &total, "shard", &shard, "shards", &shards,
            "interrupted", &interrupted, "duration_s", &results->seconds, "results", &list) < 0)
        return -1;
    if (strcmp(format, FORMAT) != 0 || version != VERSION || !json_is_array(list) || total < 0 ||
        shard < 1 || shards < shard) {
        snprintf(error->text, sizeof(error->text),
                 "not results of '"
                 "check --json', version %d",
                 VERSION);
        return -1;
    }
    results->profile = json_string_value(profile); /* NULL of null */
    results->sabotage = json_string_value(sabotage);
    results->seed = (uint64_t)seed;
    results->total = (unsigned)total;
    results->shard = (unsigned)shard;
    results->shards = (unsigned)shards;
    results->interrupted = interrupted != 0;
    return read_results(list, results, owner, error);
}

int results_read_json(const char *path, struct check_results *results, char *error,
                      size_t error_size)
{
    struct owner *owner = calloc(1, sizeof(*owner));
    json_error_t reason = {.text = "out of memory"};

    *results = (struct check_results){.owner = owner};
    if (owner != NULL)
        owner->document = json_load_file(path, 0, &reason);
    if (owner != NULL && owner->document != NULL && read_document(results, owner, &reason) == 0)
        return 0;
    if (reason.line > 0)
        snprintf(error, error_size, "%s: line %d: %s", path, reason.line, reason.text);
    else
        snprintf(error, error_size, "%s: %s", path, reason.text);
    results_free(results);
    return -1;
}

void results_free(struct check_results *results)
{
    struct owner *owner = results->owner;

    free(results->results);
    if (owner != NULL) {
        json_decref(owner->document);
        free(owner->outcomes);
    }
    free(owner);
    *results = (struct check_results){.count = 0};
}
