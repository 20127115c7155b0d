/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events as JSON objects, one a line. Numbers that may have 64 bits are strings, "0x...", because
 * many programs read JSON's numbers as floating point. "name" and "fields" follow from the rest and
 * are not read back.
 */
#include "trace.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "cli.h"
#include "decode.h"

/* ---- Writing ---- */

static bool set(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static bool set_text(json_t *object, const char *key, const char *text)
{
    return set(object, key, json_string(text));
}

static bool set_number(json_t *object, const char *key, uint64_t number)
{
    return set(object, key, json_integer((json_int_t)number));
}

static bool set_hex(json_t *object, const char *key, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "0x%" PRIx64, number);
    return set_text(object, key, text);
}

static bool set_bool(json_t *object, const char *key, bool value)
{
    return set(object, key, json_boolean(value));
}

/* Adds what the fields of a value say. */
static bool add_fields(json_t *to, const struct e1000emu_field *fields, uint32_t count,
                       uint64_t value)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *name = decode_value_name(&fields[i], value);
        const uint64_t number = e1000emu_field_get(&fields[i], value);

        if (!decode_says(&fields[i], value) || fields[i].width > 32)
            continue;
        if (name != NULL ? !set_text(to, fields[i].name, name)
                         : !set_number(to, fields[i].name, number))
            return false;
    }
    return true;
}

static bool set_fields(json_t *object, const struct e1000emu_field *fields, uint32_t count,
                       uint64_t value)
{
    json_t *to = json_object();

    if (to == NULL || !add_fields(to, fields, count, value)) {
        json_decref(to);
        return false;
    }
    return json_object_size(to) > 0 ? set(object, "fields", to) : (json_decref(to), true);
}

static bool write_access(json_t *object, const struct trace_record *record)
{
    const __typeof__(record->u.event.u.access) *access = &record->u.event.u.access;
    const bool reg = access->space == E1000EMU_REGISTERS && access->width == 4;
    const struct e1000emu_register *row =
        reg ? e1000emu_register_find(access->offset & ~3u, NULL) : NULL;
    char name[DECODE_NAME];
    const char *place = decode_place(access->space, access->offset, name);

    return set_text(object, "space", trace_spaces[access->space]) &&
           set_number(object, "offset", access->offset) &&
           set_number(object, "width", access->width) && set_hex(object, "value", access->value) &&
           (!access->indirect || set_bool(object, "indirect", true)) &&
           (strcmp(place, "-") == 0 || set_text(object, "name", place)) &&
           (row == NULL || set_fields(object, row->fields, row->field_count, access->value));
}

static bool write_descriptor(json_t *object, const struct trace_record *record)
{
    const __typeof__(record->u.event.u.descriptor) *d = &record->u.event.u.descriptor;
    const struct e1000emu_descriptor *kind = e1000emu_descriptor_of(d->transmit, d->fields);
    json_t *fields = json_object();

    if (!set_text(object, "ring", d->transmit ? "tx" : "rx") ||
        !set_number(object, "index", d->index) || !set_hex(object, "bus", d->bus) ||
        (record->kind == E1000EMU_EVENT_FETCH && !set_hex(object, "first", d->address)) ||
        !set_hex(object, "second", d->fields) || !set_text(object, "name", kind->name) ||
        fields == NULL || !add_fields(fields, kind->fields, kind->field_count, d->fields) ||
        (record->kind == E1000EMU_EVENT_FETCH &&
         !add_fields(fields, kind->address_fields, kind->address_field_count, d->address))) {
        json_decref(fields);
        return false;
    }
    return set(object, "fields", fields);
}

static bool write_frame(json_t *object, const struct trace_record *record)
{
    static const char digits[] = "0123456789abcdef";
    static char text[2 * TRACE_FRAME + 1];
    json_t *flags = json_array();
    uint32_t n = 0;

    for (; n < record->u.frame.count; n++) {
        text[2 * n] = digits[record->u.frame.data[n] >> 4];
        text[2 * n + 1] = digits[record->u.frame.data[n] & 15];
    }
    text[2 * n] = '\0';
    for (unsigned i = 0; trace_flags[i] != NULL; i++)
        if ((record->u.frame.flags & 1u << i) != 0)
            json_array_append_new(flags, json_string(trace_flags[i]));
    return (record->kind == E1000EMU_EVENT_SENT ||
            set_text(object, "verdict", trace_verdicts[record->u.frame.verdict])) &&
           set_number(object, "length", record->u.frame.length) && set(object, "flags", flags) &&
           (n == 0 || set_text(object, "bytes", text));
}

static bool write_finding(json_t *object, const struct trace_record *record)
{
    const __typeof__(record->u.finding) *f = &record->u.finding;

    return set_text(object, "class", trace_severities[f->severity]) &&
           set_text(object, "rule", f->rule) && set_hex(object, "count", f->count) &&
           set_hex(object, "first", f->number[0]) && set_hex(object, "second", f->number[1]) &&
           set_text(object, "sentence", f->sentence);
}

static bool write_link(json_t *object, const struct e1000emu_link *link)
{
    return set_bool(object, "up", link->up) && set_number(object, "mbps", link->mbps) &&
           set_text(object, "duplex", link->full_duplex ? "full" : "half");
}

static bool write_rest(json_t *object, const struct trace_record *record)
{
    const struct e1000emu_event *event = &record->u.event;
    const struct e1000emu_register *causes = decode_causes();

    switch (record->kind) {
    case E1000EMU_EVENT_READ:
    case E1000EMU_EVENT_WRITE:
        return write_access(object, record);
    case E1000EMU_EVENT_FETCH:
    case E1000EMU_EVENT_WRITE_BACK:
        return write_descriptor(object, record);
    case E1000EMU_EVENT_DMA_FAILED:
        return set_text(object, "access", event->u.dma.write ? "write" : "read") &&
               set_hex(object, "bus", event->u.dma.bus) &&
               set_hex(object, "length", event->u.dma.length);
    case E1000EMU_EVENT_CAUSE:
        return set_hex(object, "causes", event->u.causes) &&
               set_fields(object, causes->fields, causes->field_count, event->u.causes);
    case E1000EMU_EVENT_INTERRUPT:
        return set_text(object, "level",
                        event->u.interrupt.message ? "message"
                        : event->u.interrupt.level ? "asserted"
                                                   : "released");
    case E1000EMU_EVENT_RECEIVED:
    case E1000EMU_EVENT_SENT:
        return write_frame(object, record);
    case E1000EMU_EVENT_RESET:
        return set_text(object, "reset", trace_resets[event->u.reset]);
    case E1000EMU_EVENT_LINK:
        return write_link(object, &event->u.link);
    case E1000EMU_EVENT_FAULT:
        return set_text(object, "fault", record->u.fault.name) &&
               set_hex(object, "fired", record->u.fault.fired);
    case TRACE_FINDING:
        return write_finding(object, record);
    default: /* TRACE_CHIP */
        return set_text(object, "profile", record->u.profile);
    }
}

void trace_json_header(FILE *stream)
{
    fprintf(stream, "{\"trace\":\"e1000bench\",\"version\":%d}\n", TRACE_VERSION);
}

bool trace_json_write(FILE *stream, const struct trace_record *record)
{
    json_t *object = json_object();
    bool whole = set_number(object, "time", record->time) &&
                 set_text(object, "event", trace_kinds[record->kind]) && write_rest(object, record);

    if (whole) {
        json_dumpf(object, stream, JSON_COMPACT | JSON_PRESERVE_ORDER);
        fputc('\n', stream);
    }
    json_decref(object);
    return whole;
}

/* ---- Reading ---- */

static bool get_number(const json_t *object, const char *key, uint64_t most, uint64_t *number)
{
    const json_t *value = json_object_get(object, key);

    if (json_is_string(value))
        return trace_number(json_string_value(value), most, number);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *number = (uint64_t)json_integer_value(value);
    return *number <= most;
}

static bool get_number32(const json_t *object, const char *key, uint32_t *number)
{
    uint64_t n;

    if (!get_number(object, key, UINT32_MAX, &n))
        return false;
    *number = (uint32_t)n;
    return true;
}

/* The index of a word among a list, or -1. */
static int get_word(const json_t *object, const char *key, const char *const *words)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? cli_find(text, words) : -1;
}

static bool get_text(const json_t *object, const char *key, char *to, size_t size)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL || strlen(text) == 0 || strlen(text) >= size || strchr(text, '\n') != NULL)
        return false;
    memcpy(to, text, strlen(text) + 1);
    return true;
}

static const char *read_access(const json_t *object, struct trace_record *record)
{
    __typeof__(record->u.event.u.access) *access = &record->u.event.u.access;
    const int space = get_word(object, "space", trace_spaces);

    if (space < 0)
        return "unknown 'space'";
    access->space = (enum e1000emu_space)space;
    access->indirect = json_is_true(json_object_get(object, "indirect"));
    if (!get_number32(object, "offset", &access->offset))
        return "bad 'offset'";
    if (!get_number32(object, "width", &access->width))
        return "bad 'width'";
    return get_number(object, "value", UINT64_MAX, &access->value) ? NULL : "bad 'value'";
}

static const char *read_descriptor(const json_t *object, struct trace_record *record)
{
    __typeof__(record->u.event.u.descriptor) *d = &record->u.event.u.descriptor;
    static const char *const rings[] = {"rx", "tx", NULL};
    const int ring = get_word(object, "ring", rings);

    if (ring < 0)
        return "unknown 'ring'";
    d->transmit = ring == 1;
    if (!get_number32(object, "index", &d->index))
        return "bad 'index'";
    if (!get_number(object, "bus", UINT64_MAX, &d->bus))
        return "bad 'bus'";
    if (record->kind == E1000EMU_EVENT_FETCH &&
        !get_number(object, "first", UINT64_MAX, &d->address))
        return "bad 'first'";
    return get_number(object, "second", UINT64_MAX, &d->fields) ? NULL : "bad 'second'";
}

static const char *read_dma(const json_t *object, struct trace_record *record)
{
    __typeof__(record->u.event.u.dma) *dma = &record->u.event.u.dma;
    static const char *const ways[] = {"read", "write", NULL};
    const int way = get_word(object, "access", ways);

    if (way < 0)
        return "unknown 'access'";
    dma->write = way == 1;
    if (!get_number(object, "bus", UINT64_MAX, &dma->bus))
        return "bad 'bus'";
    return get_number(object, "length", UINT64_MAX, &dma->length) ? NULL : "bad 'length'";
}

static const char *read_flags(const json_t *flags, uint32_t *bits)
{
    *bits = 0;
    if (!json_is_array(flags))
        return "bad 'flags'";
    for (size_t i = 0; i < json_array_size(flags); i++) {
        const char *text = json_string_value(json_array_get(flags, i));
        const int bit = text != NULL ? cli_find(text, trace_flags) : -1;

        if (bit < 0)
            return "unknown flag in 'flags'";
        *bits |= 1u << bit;
    }
    return NULL;
}

static const char *read_frame(const json_t *object, struct trace_record *record,
                              uint8_t bytes[TRACE_FRAME])
{
    const json_t *text = json_object_get(object, "bytes");
    uint64_t length;

    record->u.frame.data = bytes;
    record->u.frame.verdict = E1000EMU_RX_STORED;
    if (record->kind == E1000EMU_EVENT_RECEIVED) {
        const int verdict = get_word(object, "verdict", trace_verdicts);

        if (verdict < 0)
            return "unknown 'verdict'";
        record->u.frame.verdict = (enum e1000emu_verdict)verdict;
    }
    if (!get_number(object, "length", TRACE_FRAME, &length))
        return "bad 'length'";
    record->u.frame.length = (uint32_t)length;
    if (text != NULL && (!json_is_string(text) ||
                         !trace_bytes(json_string_value(text), bytes, &record->u.frame.count)))
        return "bad 'bytes'";
    return read_flags(json_object_get(object, "flags"), &record->u.frame.flags);
}

static const char *read_link(const json_t *object, struct e1000emu_link *link)
{
    static const char *const duplex[] = {"half", "full", NULL};
    const json_t *up = json_object_get(object, "up");
    const int full = get_word(object, "duplex", duplex);

    if (!json_is_boolean(up) || full < 0)
        return "bad link";
    link->up = json_is_true(up);
    link->full_duplex = full == 1;
    return get_number32(object, "mbps", &link->mbps) ? NULL : "bad 'mbps'";
}

static const char *read_finding(const json_t *object, struct trace_record *record)
{
    __typeof__(record->u.finding) *f = &record->u.finding;
    const int severity = get_word(object, "class", trace_severities);

    if (severity < 0)
        return "unknown 'class'";
    f->severity = (enum e1000emu_rule_class)severity;
    if (!get_text(object, "rule", f->rule, sizeof(f->rule)))
        return "bad 'rule'";
    if (!get_number(object, "count", UINT64_MAX, &f->count) ||
        !get_number(object, "first", UINT64_MAX, &f->number[0]) ||
        !get_number(object, "second", UINT64_MAX, &f->number[1]))
        return "bad 'count', 'first' or 'second'";
    return get_text(object, "sentence", f->sentence, sizeof(f->sentence)) ? NULL : "bad 'sentence'";
}

static const char *read_interrupt(const json_t *object, struct trace_record *record)
{
    static const char *const words[] = {"released", "asserted", "message", NULL};
    const int word = get_word(object, "level", words);

    record->u.event.u.interrupt.level = word == 1;
    record->u.event.u.interrupt.message = word == 2;
    return word < 0 ? "unknown 'level'" : NULL;
}

static const char *read_rest(const json_t *object, struct trace_record *record,
                             uint8_t bytes[TRACE_FRAME])
{
    int reset;

    switch (record->kind) {
    case E1000EMU_EVENT_READ:
    case E1000EMU_EVENT_WRITE:
        return read_access(object, record);
    case E1000EMU_EVENT_FETCH:
    case E1000EMU_EVENT_WRITE_BACK:
        return read_descriptor(object, record);
    case E1000EMU_EVENT_DMA_FAILED:
        return read_dma(object, record);
    case E1000EMU_EVENT_CAUSE:
        return get_number32(object, "causes", &record->u.event.u.causes) ? NULL : "bad 'causes'";
    case E1000EMU_EVENT_INTERRUPT:
        return read_interrupt(object, record);
    case E1000EMU_EVENT_RECEIVED:
    case E1000EMU_EVENT_SENT:
        return read_frame(object, record, bytes);
    case E1000EMU_EVENT_RESET:
        reset = get_word(object, "reset", trace_resets);
        record->u.event.u.reset = (enum e1000emu_reset)reset;
        return reset < 0 ? "unknown 'reset'" : NULL;
    case E1000EMU_EVENT_LINK:
        return read_link(object, &record->u.event.u.link);
    case E1000EMU_EVENT_FAULT:
        if (!get_text(object, "fault", record->u.fault.name, TRACE_WORD))
            return "bad 'fault'";
        return get_number(object, "fired", UINT64_MAX, &record->u.fault.fired) ? NULL
                                                                               : "bad 'fired'";
    case TRACE_FINDING:
        return read_finding(object, record);
    default: /* TRACE_CHIP */
        return get_text(object, "profile", record->u.profile, TRACE_WORD) ? NULL : "bad 'profile'";
    }
}

const char *trace_json_read_header(const char *line)
{
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    const char *program = json_string_value(json_object_get(object, "trace"));
    const char *wrong = NULL;
    uint64_t version;

    if (program == NULL || strcmp(program, "e1000bench") != 0)
        wrong = "this is no trace: it does not begin with {\"trace\":\"e1000bench\",...}";
    else if (!get_number(object, "version", UINT64_MAX, &version) || version != TRACE_VERSION)
        wrong = "a trace of another version";
    json_decref(object);
    return wrong;
}

const char *trace_json_read(const char *line, struct trace_record *record,
                            uint8_t bytes[TRACE_FRAME])
{
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    const int kind = get_word(object, "event", trace_kinds);
    const char *wrong;

    *record = (struct trace_record){.kind = (unsigned)kind};
    if (!json_is_object(object))
        wrong = "no JSON object";
    else if (!get_number(object, "time", E1000EMU_NEVER - 1, &record->time))
        wrong = "bad 'time'";
    else if (kind < 0)
        wrong = "unknown 'event'";
    else
        wrong = read_rest(object, record, bytes);
    json_decref(object);
    return wrong;
}
