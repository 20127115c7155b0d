/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

unsigned judge_watch(const struct judge *judge)
{
    if (judge == NULL || judge->level == JUDGE_OFF)
        return 0;
    return E1000EMU_WATCH_CHECK | (judge->level == JUDGE_DEEP ? E1000EMU_WATCH_DEEP : 0u);
}

/* ---- Collecting ---- */

/* Room for one more, or NULL. */
static struct judge_finding *next(struct judge *judge)
{
    if (judge->count == judge->room) {
        const size_t room = judge->room != 0 ? 2 * judge->room : 8;
        struct judge_finding *grown = realloc(judge->findings, room * sizeof(*grown));

        if (grown == NULL) {
            judge->out_of_memory = true;
            return NULL;
        }
        judge->findings = grown;
        judge->room = room;
    }
    return &judge->findings[judge->count++];
}

void judge_take(struct judge *judge, const e1000emu *chip, const struct e1000emu_finding *finding)
{
    struct judge_finding *kept = next(judge);

    if (kept == NULL)
        return;
    kept->rule = finding->rule;
    kept->event = *finding->event;
    memcpy(kept->number, finding->number, sizeof(kept->number));
    kept->recent_count = e1000emu_recent(chip, kept->recent, JUDGE_RECENT);
}

static bool knows(const struct judge *judge, const struct e1000emu_rule *rule)
{
    for (size_t i = 0; i < judge->count; i++)
        if (judge->findings[i].rule == rule)
            return true;
    return false;
}

void judge_merge(struct judge *judge, const struct judge *from)
{
    judge->out_of_memory |= from->out_of_memory;
    for (size_t i = 0; i < from->count; i++) {
        struct judge_finding *kept;

        if (knows(judge, from->findings[i].rule))
            continue;
        kept = next(judge);
        if (kept != NULL)
            *kept = from->findings[i];
    }
}

size_t judge_count(const struct judge *judge, enum e1000emu_rule_class severity)
{
    size_t n = 0;

    for (size_t i = 0; i < judge->count; i++)
        n += judge->findings[i].rule->severity == severity;
    return n;
}

bool judge_failed(const struct judge *judge)
{
    return judge->out_of_memory || judge_count(judge, E1000EMU_VIOLATION) != 0;
}

void judge_free(struct judge *judge)
{
    free(judge->findings);
    judge->findings = NULL;
    judge->count = judge->room = 0;
}

/* ---- Words ---- */

const char *judge_severity(enum e1000emu_rule_class severity)
{
    switch (severity) {
    case E1000EMU_VIOLATION:
        return "violation";
    case E1000EMU_ERRATUM:
        return "erratum";
    default:
        return "advice";
    }
}

static size_t add(char *text, size_t size, size_t used, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static size_t add(char *text, size_t size, size_t used, const char *format, ...)
{
    va_list arguments;
    int n;

    if (used >= size)
        return used;
    va_start(arguments, format);
    n = vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
    return n > 0 ? used + (size_t)n : used;
}

/* " (FD=1 SPEED=1000)": the fields that are not zero. */
static size_t add_fields(char *text, size_t size, size_t used, const struct e1000emu_field *fields,
                         uint32_t count, uint64_t value)
{
    const char *between = " (";

    for (uint32_t i = 0; i < count; i++) {
        const struct e1000emu_field *field = &fields[i];
        const uint64_t n = e1000emu_field_get(field, value);

        if (n == 0)
            continue;
        if (field->values != NULL && field->values[n] != NULL)
            used = add(text, size, used, "%s%s=%s", between, field->name, field->values[n]);
        else
            used = add(text, size, used, "%s%s=%" PRIu64, between, field->name, n);
        between = " ";
    }
    return between[1] == '\0' ? add(text, size, used, ")") : used;
}

static const char *const spaces[] = {[E1000EMU_REGISTERS] = "memory",
                                     [E1000EMU_FLASH] = "flash",
                                     [E1000EMU_IO] = "I/O window",
                                     [E1000EMU_ROM] = "ROM",
                                     [E1000EMU_CONFIG] = "configuration space"};

static size_t add_place(char *text, size_t size, const struct e1000emu_access *access,
                        const struct e1000emu_register **row)
{
    const char *what = access->write ? "write" : "read";
    uint32_t index;

    *row = NULL;
    if (access->space == E1000EMU_REGISTERS && access->width >= 4)
        *row = e1000emu_register_find(access->offset & ~3u, &index);
    if (*row == NULL || access->offset % 4 != 0)
        return add(text, size, 0, "%s %s at 0x%x, %u bit", what, spaces[access->space],
                   access->offset, 8u * access->width);
    if ((*row)->count > 1)
        return add(text, size, 0, "%s %s[%u]", what, (*row)->name, index);
    return add(text, size, 0, "%s %s", what, (*row)->name);
}

void judge_access_text(const struct e1000emu_access *access, char *text, size_t size)
{
    const struct e1000emu_register *row;
    size_t used = add_place(text, size, access, &row);

    used = add(text, size, used, " = 0x%0*" PRIx64, 2 * (int)access->width, access->value);
    if (row != NULL)
        used = add_fields(text, size, used, row->fields, row->field_count, access->value);
    if (access->indirect)
        used = add(text, size, used, " through the I/O window");
    if (access->times > 1)
        add(text, size, used, ", %" PRIu32 " times", access->times);
}

static void event_access(const struct e1000emu_event *event, struct e1000emu_access *access)
{
    *access = (struct e1000emu_access){.time = event->time,
                                       .value = event->u.access.value,
                                       .offset = event->u.access.offset,
                                       .times = 1,
                                       .space = (uint8_t)event->u.access.space,
                                       .width = (uint8_t)event->u.access.width,
                                       .write = event->kind == E1000EMU_EVENT_WRITE,
                                       .indirect = event->u.access.indirect};
}

static void descriptor_text(const struct e1000emu_event *event, char *text, size_t size)
{
    const bool transmit = event->u.descriptor.transmit;
    const uint64_t fields = event->u.descriptor.fields;
    const struct e1000emu_descriptor *kind = e1000emu_descriptor_of(transmit, fields);
    size_t used = add(text, size, 0,
                      "%s descriptor %" PRIu32 " of the %s ring at 0x%" PRIx64 ": 0x%016" PRIx64
                      " 0x%016" PRIx64,
                      kind->name, event->u.descriptor.index, transmit ? "transmit" : "receive",
                      event->u.descriptor.bus, event->u.descriptor.address, fields);

    add_fields(text, size, used, kind->fields, kind->field_count, fields);
}

void judge_event_text(const struct e1000emu_event *event, char *text, size_t size)
{
    struct e1000emu_access access;

    switch (event->kind) {
    case E1000EMU_EVENT_READ:
    case E1000EMU_EVENT_WRITE:
        event_access(event, &access);
        judge_access_text(&access, text, size);
        break;
    case E1000EMU_EVENT_FETCH:
    case E1000EMU_EVENT_WRITE_BACK:
        descriptor_text(event, text, size);
        break;
    default: /* E1000EMU_EVENT_DMA_FAILED: no other kind breaks a rule */
        add(text, size, 0, "memory at 0x%" PRIx64 ", %" PRIu64 " bytes", event->u.dma.bus,
            event->u.dma.length);
        break;
    }
}

/* ---- Printing ---- */

/* A sentence in lines of at most 78 columns. */
static void print_wrapped(FILE *stream, const char *text)
{
    size_t column = 0;

    while (*text != '\0') {
        const size_t word = strcspn(text, " ");

        if (column != 0 && column + 1 + word > 76) {
            fputc('\n', stream);
            column = 0;
        }
        fprintf(stream, "%s%.*s", column != 0 ? " " : "  ", (int)word, text);
        column += word + (column != 0);
        text += word;
        text += *text == ' ';
    }
    fputc('\n', stream);
}

static void print_numbers(FILE *stream, const struct judge_finding *finding)
{
    for (unsigned i = 0; i < 2 && finding->rule->number[i] != NULL; i++)
        fprintf(stream, "%s%s: %" PRIu64 " (0x%" PRIx64 ")", i != 0 ? ", " : "  ",
                finding->rule->number[i], finding->number[i], finding->number[i]);
    if (finding->rule->number[0] != NULL)
        fputc('\n', stream);
}

static void print_finding(FILE *stream, const struct judge_finding *finding, size_t causes)
{
    char text[400];

    fprintf(stream, "\n%s %s (%s)\n", judge_severity(finding->rule->severity), finding->rule->id,
            finding->rule->section);
    print_wrapped(stream, finding->rule->sentence);
    judge_event_text(&finding->event, text, sizeof(text));
    fprintf(stream, "  at %.9f s: %s\n", (double)finding->event.time / 1e9, text);
    print_numbers(stream, finding);
    if (causes > 1)
        fprintf(stream, "  and %zu more like it\n", causes - 1);
    fprintf(stream, "  the accesses up to then:\n");
    for (size_t i = 0; i < finding->recent_count; i++) {
        judge_access_text(&finding->recent[i], text, sizeof(text));
        fprintf(stream, "    %.9f  %s\n", (double)finding->recent[i].time / 1e9, text);
    }
}

static size_t causes_of(const struct judge *judge, const struct e1000emu_rule *rule)
{
    size_t n = 0;

    for (size_t i = 0; i < judge->count; i++)
        n += judge->findings[i].rule == rule;
    return n;
}

void judge_print(FILE *stream, const struct judge *judge)
{
    for (size_t i = 0; i < judge->count; i++) {
        const struct judge before = {.findings = judge->findings, .count = i};

        if (!knows(&before, judge->findings[i].rule))
            print_finding(stream, &judge->findings[i], causes_of(judge, judge->findings[i].rule));
    }
    if (judge->out_of_memory)
        fprintf(stream, "\nout of memory: findings are missing\n");
}

void judge_summary(const struct judge *judge, char *text, size_t size)
{
    static const char *const plurals[] = {"violations", "errata", "pieces of advice"};
    size_t used = 0;

    if (judge->count == 0)
        add(text, size, 0, "nothing");
    for (unsigned i = 0; i <= E1000EMU_ADVICE; i++) {
        const size_t n = judge_count(judge, (enum e1000emu_rule_class)i);

        if (n != 0)
            used = add(text, size, used, "%s%zu %s", used != 0 ? ", " : "", n,
                       n == 1 ? judge_severity((enum e1000emu_rule_class)i) : plurals[i]);
    }
}
