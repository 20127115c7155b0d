/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold on a stage, and what is told when it does not. */
#define _POSIX_C_SOURCE 200809L
#include "stage_inside.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* The first finding that counts, or NULL. */
const struct judge_finding *stage_finding(const struct stage *stage)
{
    for (size_t i = 0; i < stage->judge.count && !stage->tolerant; i++) {
        const enum e1000emu_rule_class severity = stage->judge.findings[i].rule->severity;

        if (severity == E1000EMU_VIOLATION || (severity == E1000EMU_ERRATUM && stage->strict))
            return &stage->judge.findings[i];
    }
    return NULL;
}

static void print_accesses(FILE *stream, struct stage *stage)
{
    struct e1000emu_access recent[JUDGE_RECENT];
    char text[400];
    size_t count;

    if (stage->device == NULL || stage->device->ops->recent == NULL)
        return;
    count = stage->device->ops->recent(stage->device, recent, JUDGE_RECENT);
    fprintf(stream, "no rule was broken; the last accesses:\n");
    for (size_t i = 0; i < count; i++) {
        judge_access_text(&recent[i], text, sizeof(text));
        fprintf(stream, "  %.9f  %s\n", (double)recent[i].time / 1e9, text);
    }
}

static void tell_details(struct stage *stage, const struct judge_finding *finding)
{
    struct outcome *outcome = stage->outcome;
    FILE *stream = fmemopen(outcome->details, sizeof(outcome->details) - 1, "w");

    if (stream == NULL)
        return;
    if (stage->log[0] != '\0')
        fprintf(stream, "what the driver logged last:\n%s", stage->log);
    if (finding != NULL) {
        struct judge first = {.findings = (struct judge_finding *)(uintptr_t)finding, .count = 1};

        snprintf(outcome->rule, sizeof(outcome->rule), "%s", finding->rule->id);
        judge_print(stream, &first);
    } else {
        print_accesses(stream, stage);
    }
    fclose(stream);
}

void stage_account(struct stage *stage)
{
    const struct device *device = stage->device;

    if (device == NULL)
        return;
    stage->outcome->accesses += device->counters.mmio_reads + device->counters.mmio_writes +
                                device->counters.io_reads + device->counters.io_writes +
                                device->counters.config_reads + device->counters.config_writes;
    stage->outcome->virtual_ns += stage->session.clock->now;
}

void stage_fail_with(struct stage *stage, const char *message)
{
    const struct judge_finding *finding = stage_finding(stage);
    struct outcome *outcome = stage->outcome;

    outcome->status = CHECK_FAIL;
    snprintf(outcome->message, sizeof(outcome->message), "%s", message);
    tell_details(stage, finding);
    stage_account(stage);
    longjmp(stage->end, 1);
}

void stage_fail(struct stage *stage, const char *format, ...)
{
    char message[OUTCOME_MESSAGE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    stage_fail_with(stage, message);
}

void stage_skip(struct stage *stage, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(stage->outcome->message, sizeof(stage->outcome->message), format, arguments);
    va_end(arguments);
    stage->outcome->status = CHECK_SKIP;
    stage_account(stage);
    longjmp(stage->end, 1);
}

/* A rule that was broken is found at the next moment that looks. */
void stage_judge(struct stage *stage)
{
    const struct judge_finding *finding = stage_finding(stage);

    if (finding != NULL)
        stage_fail(stage, "the driver broke rule %s: expected no violation, got %zu",
                   finding->rule->id, stage->judge.count);
    if (stage->judge.out_of_memory)
        stage_fail(stage, "out of memory: findings are missing");
}

void expect_true(struct stage *stage, bool holds, const char *format, ...)
{
    char message[OUTCOME_MESSAGE];
    va_list arguments;

    stage->outcome->checks++;
    if (holds)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    stage_fail_with(stage, message);
}

void expect_equal(struct stage *stage, uint64_t got, uint64_t wanted, const char *format, ...)
{
    char what[OUTCOME_MESSAGE - 100];
    va_list arguments;

    stage->outcome->checks++;
    if (got == wanted)
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    stage_fail(stage, "%s: expected %" PRIu64 ", got %" PRIu64, what, wanted, got);
}

void expect_between(struct stage *stage, uint64_t got, uint64_t low, uint64_t high,
                    const char *format, ...)
{
    char what[OUTCOME_MESSAGE - 100];
    va_list arguments;

    stage->outcome->checks++;
    if (got >= low && got <= high)
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    stage_fail(stage, "%s: expected %" PRIu64 " to %" PRIu64 ", got %" PRIu64, what, low, high,
               got);
}

void expect_bytes(struct stage *stage, const void *got, const void *wanted, size_t count,
                  const char *what)
{
    const uint8_t *a = got, *b = wanted;

    stage->outcome->checks++;
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            stage_fail(stage, "%s: byte %zu: expected 0x%02x, got 0x%02x", what, i, b[i], a[i]);
}

void expect_status(struct stage *stage, int got, int wanted, const char *what)
{
    const struct driver_ops *ops = stage->setup->driver;

    stage->outcome->checks++;
    if (got != wanted)
        stage_fail(stage, "%s: expected '%s', got '%s'", what, ops->error(wanted),
                   got > 0 ? "a positive number" : ops->error(got));
}
