/* SPDX-License-Identifier: BSD-2-Clause */
#include "results.h"

#include "cli.h"

#include <inttypes.h>
#include <string.h>

size_t results_count(const struct check_results *results, enum check_status status)
{
    size_t n = 0;

    for (size_t i = 0; i < results->count; i++)
        n += results->results[i].outcome->status == (uint32_t)status;
    return n;
}

bool results_failed(const struct check_results *results)
{
    return results_count(results, CHECK_FAIL) + results_count(results, CHECK_CRASH) != 0;
}

void results_command(const struct check_results *results, const char *id, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, CLI_PROGRAM " check --seed %" PRIu64, results->seed);
    const struct {
        const char *option, *value;
    } rows[] = {{"driver", strcmp(results->driver, "core") != 0 ? results->driver : NULL},
                {"device", strcmp(results->device, "emu") != 0 ? results->device : NULL},
                {"profile", results->profile},
                {"check", strcmp(results->level, "deep") != 0 ? results->level : NULL},
                {"sabotage", results->sabotage},
                {"filter", id}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && used < size; i++)
        if (rows[i].value != NULL)
            used += (size_t)snprintf(text + used, size - used, " --%s %s", rows[i].option,
                                     rows[i].value);
}

/* ---- TAP ---- */

void results_tap_begin(FILE *stream, const struct check_results *results, size_t count)
{
    fprintf(stream, "TAP version 13\n1..%zu\n", count);
    fprintf(stream, "# driver %s, device %s, seed %" PRIu64, results->driver, results->device,
            results->seed);
    if (results->profile != NULL)
        fprintf(stream, ", profile %s", results->profile);
    if (results->sabotage != NULL)
        fprintf(stream, ", sabotaged: %s", results->sabotage);
    if (results->shards > 1)
        fprintf(stream, ", shard %u of %u", results->shard, results->shards);
    fputc('\n', stream);
}

/* A value of YAML on one line. */
static void yaml_text(FILE *stream, const char *key, const char *text)
{
    fprintf(stream, "  %s: '", key);
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputc('\'', stream);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
    }
    fputs("'\n", stream);
}

static void yaml_lines(FILE *stream, const char *key, const char *text)
{
    fprintf(stream, "  %s: |\n", key);
    while (*text != '\0') {
        const size_t length = strcspn(text, "\n");

        fprintf(stream, "    %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void diagnosis(FILE *stream, const struct check_results *results,
                      const struct check_result *result)
{
    const struct outcome *outcome = result->outcome;
    char command[512];

    results_command(results, result->id, command, sizeof(command));
    fputs("  ---\n", stream);
    yaml_text(stream, "message", outcome->message);
    yaml_text(stream, "severity", outcome->status == CHECK_CRASH ? "crash" : "fail");
    if (outcome->profile[0] != '\0')
        yaml_text(stream, "profile", outcome->profile);
    if (outcome->rule[0] != '\0')
        yaml_text(stream, "rule", outcome->rule);
    yaml_text(stream, "repeat", command);
    if (outcome->details[0] != '\0')
        yaml_lines(stream, "details", outcome->details);
    fputs("  ...\n", stream);
}

void results_tap_line(FILE *stream, const struct check_results *results,
                      const struct check_result *result, size_t number)
{
    const struct outcome *outcome = result->outcome;
    const bool good = outcome->status == CHECK_PASS || outcome->status == CHECK_SKIP;

    fprintf(stream, "%sok %zu - %s: %s", good ? "" : "not ", number, result->id, result->title);
    if (outcome->status == CHECK_SKIP)
        fprintf(stream, " # SKIP %s", outcome->message);
    fputc('\n', stream);
    if (!good)
        diagnosis(stream, results, result);
    fflush(stream);
}

void results_tap_end(FILE *stream, const struct check_results *results)
{
    uint64_t checks = 0, frames = 0;

    for (size_t i = 0; i < results->count; i++) {
        checks += results->results[i].outcome->checks;
        frames += results->results[i].outcome->frames;
    }
    if (results->interrupted)
        fputs("Bail out! interrupted\n", stream);
    fprintf(stream, "# %zu passed, %zu failed, %zu skipped\n", results_count(results, CHECK_PASS),
            results_count(results, CHECK_FAIL) + results_count(results, CHECK_CRASH),
            results_count(results, CHECK_SKIP));
    fprintf(stream, "# %" PRIu64 " things held, of %" PRIu64 " frames\n", checks, frames);
    fprintf(stream, "# time: %.1f s\n", results->seconds);
    fflush(stream);
}
