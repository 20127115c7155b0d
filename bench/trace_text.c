/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events as lines of text: time, kind, what it is about, and at the end the fields, which follow
 * from what stands before and are not read back.
 */
#define _POSIX_C_SOURCE 200809L
#include "trace.h"

#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "decode.h"

#define HEADER "# e1000bench trace, version "
#define NS     1000000000u

/* ---- Writing ---- */

void trace_text_header(FILE *stream)
{
    fprintf(stream, HEADER "%d\n", TRACE_VERSION);
}

/* "0x00100", or of another width "0x00100:2". */
static void write_place(FILE *stream, uint32_t offset, unsigned width)
{
    char place[24];

    snprintf(place, sizeof(place), width == 4 ? "0x%05" PRIx32 : "0x%05" PRIx32 ":%u", offset,
             width);
    fprintf(stream, " %-9s", place);
}

static void write_access(FILE *stream, const struct trace_record *record)
{
    const __typeof__(record->u.event.u.access) *access = &record->u.event.u.access;
    char name[DECODE_NAME], fields[DECODE_FIELDS] = "";
    const int digits = access->width < 4 ? 2 * (int)access->width : 8;

    fprintf(stream, "%-6s", access->indirect ? "io>reg" : trace_spaces[access->space]);
    write_place(stream, access->offset, access->width);
    fprintf(stream, " %-10s 0x%0*" PRIx64, decode_place(access->space, access->offset, name),
            access->width == 8 ? 16 : digits, access->value);
    if (access->space == E1000EMU_REGISTERS && access->width == 4)
        decode_register(access->offset, access->value, fields);
    fprintf(stream, "%s%s", fields[0] != '\0' ? " " : "", fields);
}

static void write_descriptor(FILE *stream, const struct trace_record *record)
{
    const __typeof__(record->u.event.u.descriptor) *d = &record->u.event.u.descriptor;
    const struct e1000emu_descriptor *kind = e1000emu_descriptor_of(d->transmit, d->fields);
    const bool fetch = record->kind == E1000EMU_EVENT_FETCH;
    char text[DECODE_FIELDS];

    fprintf(stream, "%s %4" PRIu32 " 0x%010" PRIx64, d->transmit ? "tx" : "rx", d->index, d->bus);
    if (fetch)
        fprintf(stream, " 0x%016" PRIx64, d->address);
    fprintf(stream, " 0x%016" PRIx64 " %s", d->fields, kind->name);
    if (fetch && kind->address_field_count > 1)
        fprintf(stream, " %s",
                decode_fields(kind->address_fields, kind->address_field_count, d->address, text));
    decode_fields(kind->fields, kind->field_count, d->fields, text);
    fprintf(stream, "%s%s", text[0] != '\0' ? " " : "", text);
}

static void write_flags(FILE *stream, uint32_t flags)
{
    bool any = false;

    for (unsigned i = 0; trace_flags[i] != NULL; i++) {
        if ((flags & 1u << i) == 0)
            continue;
        fprintf(stream, "%s%s", any ? "," : " ", trace_flags[i]);
        any = true;
    }
    if (!any)
        fputs(" -", stream);
}

static void write_frame(FILE *stream, const struct trace_record *record)
{
    static const char digits[] = "0123456789abcdef";

    if (record->kind == E1000EMU_EVENT_RECEIVED)
        fprintf(stream, "%-9s ", trace_verdicts[record->u.frame.verdict]);
    fprintf(stream, "%5" PRIu32, record->u.frame.length);
    write_flags(stream, record->u.frame.flags);
    if (record->u.frame.count != 0)
        fputc(' ', stream);
    for (uint32_t i = 0; i < record->u.frame.count; i++) {
        fputc(digits[record->u.frame.data[i] >> 4], stream);
        fputc(digits[record->u.frame.data[i] & 15], stream);
    }
}

static void write_finding(FILE *stream, const struct trace_record *record)
{
    const __typeof__(record->u.finding) *f = &record->u.finding;

    fprintf(stream, "%-9s %s %" PRIu64 " 0x%" PRIx64 " 0x%" PRIx64 " %s",
            trace_severities[f->severity], f->rule, f->count, f->number[0], f->number[1],
            f->sentence);
}

static void write_rest(FILE *stream, const struct trace_record *record)
{
    const struct e1000emu_event *event = &record->u.event;
    const struct e1000emu_register *causes = decode_causes();
    char text[DECODE_FIELDS];

    switch (record->kind) {
    case E1000EMU_EVENT_READ:
    case E1000EMU_EVENT_WRITE:
        write_access(stream, record);
        break;
    case E1000EMU_EVENT_FETCH:
    case E1000EMU_EVENT_WRITE_BACK:
        write_descriptor(stream, record);
        break;
    case E1000EMU_EVENT_DMA_FAILED:
        fprintf(stream, "%s 0x%010" PRIx64 " %" PRIu64, event->u.dma.write ? "write" : "read",
                event->u.dma.bus, event->u.dma.length);
        break;
    case E1000EMU_EVENT_CAUSE:
        decode_fields(causes->fields, causes->field_count, event->u.causes, text);
        fprintf(stream, "0x%08" PRIx32 " %s", event->u.causes, text);
        break;
    case E1000EMU_EVENT_INTERRUPT:
        fputs(event->u.interrupt.message ? "message"
              : event->u.interrupt.level ? "asserted"
                                         : "released",
              stream);
        break;
    case E1000EMU_EVENT_RECEIVED:
    case E1000EMU_EVENT_SENT:
        write_frame(stream, record);
        break;
    case E1000EMU_EVENT_RESET:
        fputs(trace_resets[event->u.reset], stream);
        break;
    case E1000EMU_EVENT_LINK:
        fprintf(stream, "%s %u %s", event->u.link.up ? "up" : "down", event->u.link.mbps,
                event->u.link.full_duplex ? "full" : "half");
        break;
    case E1000EMU_EVENT_FAULT:
        fprintf(stream, "%s %" PRIu64, record->u.fault.name, record->u.fault.fired);
        break;
    case TRACE_FINDING:
        write_finding(stream, record);
        break;
    default: /* TRACE_CHIP */
        fputs(record->u.profile, stream);
        break;
    }
}

void trace_text_write(FILE *stream, const struct trace_record *record, bool with_time)
{
    if (with_time)
        fprintf(stream, "%6" PRIu64 ".%09" PRIu64 "  ", record->time / NS, record->time % NS);
    fprintf(stream, "%-10s  ", trace_kinds[record->kind]);
    write_rest(stream, record);
    fputc('\n', stream);
}

/* ---- Reading ---- */

const char *trace_text_read_header(char *line)
{
    uint64_t version;

    if (strncmp(line, HEADER, strlen(HEADER)) != 0)
        return "this is no trace: it does not begin with '" HEADER "...'";
    if (!trace_number(line + strlen(HEADER), UINT64_MAX, &version) || version != TRACE_VERSION)
        return "a trace of another version";
    return NULL;
}

/* The next word of a line, or "" at its end. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " ");
    char *end = word + strcspn(word, " ");

    *rest = *end != '\0' ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool next_number(char **rest, uint64_t most, uint64_t *number)
{
    return trace_number(next_word(rest), most, number);
}

static bool next_number32(char **rest, uint32_t *number)
{
    uint64_t n;

    if (!next_number(rest, UINT32_MAX, &n))
        return false;
    *number = (uint32_t)n;
    return true;
}

/* Seconds with nine decimals. */
static bool read_time(char *word, e1000emu_time *time)
{
    char *point = strchr(word, '.');
    uint64_t seconds, ns;

    if (point == NULL || strlen(point + 1) != 9)
        return false;
    *point = '\0';
    if (strncmp(word, "0x", 2) == 0 || strncmp(point + 1, "0x", 2) == 0 ||
        !trace_number(word, UINT64_MAX / NS - 1, &seconds) || !trace_number(point + 1, NS, &ns))
        return false;
    *time = seconds * NS + ns;
    return true;
}

static const char *read_access(char **rest, struct trace_record *record)
{
    __typeof__(record->u.event.u.access) *access = &record->u.event.u.access;
    char *word = next_word(rest), *width;
    uint64_t offset, bytes = 4;
    int space;

    access->indirect = strcmp(word, "io>reg") == 0;
    space = access->indirect ? E1000EMU_REGISTERS : cli_find(word, trace_spaces);
    if (space < 0)
        return "unknown space";
    access->space = (enum e1000emu_space)space;
    word = next_word(rest);
    width = strchr(word, ':');
    if (width != NULL)
        *width++ = '\0';
    if (!trace_number(word, UINT32_MAX, &offset) ||
        (width != NULL && !trace_number(width, 8, &bytes)))
        return "bad offset";
    access->offset = (uint32_t)offset;
    access->width = (unsigned)bytes;
    next_word(rest); /* the name */
    return next_number(rest, UINT64_MAX, &access->value) ? NULL : "bad value";
}

static const char *read_descriptor(char **rest, struct trace_record *record)
{
    __typeof__(record->u.event.u.descriptor) *d = &record->u.event.u.descriptor;
    static const char *const rings[] = {"rx", "tx", NULL};
    const int ring = cli_find(next_word(rest), rings);

    if (ring < 0)
        return "unknown ring";
    d->transmit = ring == 1;
    if (!next_number32(rest, &d->index) || !next_number(rest, UINT64_MAX, &d->bus) ||
        (record->kind == E1000EMU_EVENT_FETCH && !next_number(rest, UINT64_MAX, &d->address)) ||
        !next_number(rest, UINT64_MAX, &d->fields))
        return "bad descriptor";
    return NULL;
}

static const char *read_dma(char **rest, struct trace_record *record)
{
    __typeof__(record->u.event.u.dma) *dma = &record->u.event.u.dma;
    static const char *const ways[] = {"read", "write", NULL};
    const int way = cli_find(next_word(rest), ways);

    dma->write = way == 1;
    if (way < 0 || !next_number(rest, UINT64_MAX, &dma->bus) ||
        !next_number(rest, UINT64_MAX, &dma->length))
        return "bad access";
    return NULL;
}

static const char *read_interrupt(char **rest, struct trace_record *record)
{
    static const char *const words[] = {"released", "asserted", "message", NULL};
    const int word = cli_find(next_word(rest), words);

    record->u.event.u.interrupt.level = word == 1;
    record->u.event.u.interrupt.message = word == 2;
    return word < 0 ? "unknown kind of interrupt" : NULL;
}

static bool read_flags(char *words, uint32_t *flags)
{
    char *save;

    *flags = 0;
    if (strcmp(words, "-") == 0)
        return true;
    for (char *word = strtok_r(words, ",", &save); word != NULL;
         word = strtok_r(NULL, ",", &save)) {
        const int bit = cli_find(word, trace_flags);

        if (bit < 0)
            return false;
        *flags |= 1u << bit;
    }
    return *flags != 0;
}

static const char *read_frame(char **rest, struct trace_record *record, uint8_t bytes[TRACE_FRAME])
{
    uint64_t length;

    record->u.frame.verdict = E1000EMU_RX_STORED;
    if (record->kind == E1000EMU_EVENT_RECEIVED) {
        const int verdict = cli_find(next_word(rest), trace_verdicts);

        if (verdict < 0)
            return "unknown verdict";
        record->u.frame.verdict = (enum e1000emu_verdict)verdict;
    }
    if (!next_number(rest, TRACE_FRAME, &length))
        return "bad length";
    record->u.frame.length = (uint32_t)length;
    if (!read_flags(next_word(rest), &record->u.frame.flags))
        return "unknown flag";
    record->u.frame.data = bytes;
    return trace_bytes(next_word(rest), bytes, &record->u.frame.count) ? NULL : "bad bytes";
}

static const char *read_link(char **rest, struct trace_record *record)
{
    struct e1000emu_link *link = &record->u.event.u.link;
    static const char *const ways[] = {"down", "up", NULL}, *const duplex[] = {"half", "full",
                                                                               NULL};
    const int up = cli_find(next_word(rest), ways);
    uint32_t mbps = 0;
    const bool number = next_number32(rest, &mbps);
    const int full = cli_find(next_word(rest), duplex);

    if (up < 0 || !number || full < 0)
        return "bad link";
    *link = (struct e1000emu_link){.up = up == 1, .full_duplex = full == 1, .mbps = mbps};
    return NULL;
}

static bool copy(char *to, size_t size, const char *from)
{
    const size_t length = strlen(from);

    if (length == 0 || length >= size)
        return false;
    memcpy(to, from, length + 1);
    return true;
}

static const char *read_finding(char **rest, struct trace_record *record)
{
    __typeof__(record->u.finding) *f = &record->u.finding;
    const int severity = cli_find(next_word(rest), trace_severities);

    if (severity < 0)
        return "unknown class of finding";
    f->severity = (enum e1000emu_rule_class)severity;
    if (!copy(f->rule, sizeof(f->rule), next_word(rest)))
        return "no rule";
    if (!next_number(rest, UINT64_MAX, &f->count) ||
        !next_number(rest, UINT64_MAX, &f->number[0]) ||
        !next_number(rest, UINT64_MAX, &f->number[1]))
        return "bad numbers";
    return copy(f->sentence, sizeof(f->sentence), *rest) ? NULL : "no sentence";
}

static const char *read_rest(char **rest, struct trace_record *record, uint8_t bytes[TRACE_FRAME])
{
    int reset;

    switch (record->kind) {
    case E1000EMU_EVENT_READ:
    case E1000EMU_EVENT_WRITE:
        return read_access(rest, record);
    case E1000EMU_EVENT_FETCH:
    case E1000EMU_EVENT_WRITE_BACK:
        return read_descriptor(rest, record);
    case E1000EMU_EVENT_DMA_FAILED:
        return read_dma(rest, record);
    case E1000EMU_EVENT_CAUSE:
        return next_number32(rest, &record->u.event.u.causes) ? NULL : "bad causes";
    case E1000EMU_EVENT_INTERRUPT:
        return read_interrupt(rest, record);
    case E1000EMU_EVENT_RECEIVED:
    case E1000EMU_EVENT_SENT:
        return read_frame(rest, record, bytes);
    case E1000EMU_EVENT_RESET:
        reset = cli_find(next_word(rest), trace_resets);
        record->u.event.u.reset = (enum e1000emu_reset)reset;
        return reset < 0 ? "unknown kind of reset" : NULL;
    case E1000EMU_EVENT_LINK:
        return read_link(rest, record);
    case E1000EMU_EVENT_FAULT:
        if (!copy(record->u.fault.name, TRACE_WORD, next_word(rest)))
            return "no fault";
        return next_number(rest, UINT64_MAX, &record->u.fault.fired) ? NULL : "bad number";
    case TRACE_FINDING:
        return read_finding(rest, record);
    default: /* TRACE_CHIP */
        return copy(record->u.profile, TRACE_WORD, next_word(rest)) ? NULL : "no profile";
    }
}

const char *trace_text_read(char *line, struct trace_record *record, uint8_t bytes[TRACE_FRAME])
{
    int kind;

    *record = (struct trace_record){0};
    if (!read_time(next_word(&line), &record->time))
        return "bad time: it has to be seconds with nine decimals";
    kind = cli_find(next_word(&line), trace_kinds);
    if (kind < 0)
        return "unknown kind of event";
    record->kind = (unsigned)kind;
    return read_rest(&line, record, bytes);
}
