/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct trace_out {
    FILE *stream;
    const char *path;
    enum trace_format format;
    enum trace_frames frames;
    bool short_of_memory;
};

int trace_out_open(struct trace_out **out, const char *path, enum trace_format format,
                   enum trace_frames frames, char *error, size_t error_size)
{
    struct trace_out *made = calloc(1, sizeof(*made));

    if (made != NULL)
        made->stream = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (made == NULL || made->stream == NULL) {
        snprintf(error, error_size, "trace '%s': %s", path, strerror(made ? errno : ENOMEM));
        free(made);
        return -1;
    }
    made->path = path;
    made->format = format;
    made->frames = frames;
    if (format == TRACE_JSON)
        trace_json_header(made->stream);
    else
        trace_text_header(made->stream);
    *out = made;
    return 0;
}

static void write_record(struct trace_out *out, const struct trace_record *record)
{
    if (out->format == TRACE_TEXT)
        trace_text_write(out->stream, record, true);
    else if (!trace_json_write(out->stream, record))
        out->short_of_memory = true;
}

/* At most so many bytes. */
static void copy(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from);
}

void trace_out_chip(struct trace_out *out, const char *profile)
{
    struct trace_record record = {.kind = TRACE_CHIP};

    if (out == NULL)
        return;
    copy(record.u.profile, sizeof(record.u.profile), profile);
    write_record(out, &record);
}

static uint32_t amount(const struct trace_out *out, uint32_t length)
{
    if (out->frames == TRACE_NO_BYTES)
        return 0;
    return out->frames == TRACE_HEAD && length > TRACE_HEAD_BYTES ? TRACE_HEAD_BYTES : length;
}

void trace_out_event(struct trace_out *out, const struct e1000emu_event *event)
{
    struct trace_record record = {.kind = event->kind, .time = event->time};

    if (out == NULL)
        return;
    if (event->kind == E1000EMU_EVENT_RECEIVED || event->kind == E1000EMU_EVENT_SENT) {
        const struct e1000emu_frame *frame = event->u.frame.frame;

        record.u.frame.length = frame->length;
        record.u.frame.flags = frame->flags;
        record.u.frame.verdict = event->u.frame.verdict;
        record.u.frame.count = amount(out, frame->length);
        record.u.frame.data = frame->data;
    } else if (event->kind == E1000EMU_EVENT_FAULT) {
        copy(record.u.fault.name, sizeof(record.u.fault.name), event->u.fault.row->name);
        record.u.fault.fired = event->u.fault.fired;
    } else {
        record.u.event = *event;
    }
    write_record(out, &record);
}

void trace_out_finding(struct trace_out *out, e1000emu_time time,
                       const struct e1000emu_finding *finding)
{
    struct trace_record record = {.kind = TRACE_FINDING, .time = time};

    if (out == NULL)
        return;
    record.u.finding.severity = finding->rule->severity;
    record.u.finding.count = finding->count;
    record.u.finding.number[0] = finding->number[0];
    record.u.finding.number[1] = finding->number[1];
    copy(record.u.finding.rule, sizeof(record.u.finding.rule), finding->rule->id);
    copy(record.u.finding.sentence, sizeof(record.u.finding.sentence), finding->rule->sentence);
    write_record(out, &record);
}

int trace_out_close(struct trace_out *out, char *error, size_t error_size)
{
    int status = 0, reason = 0;

    if (out == NULL)
        return 0;
    errno = 0;
    if (fflush(out->stream) != 0 || ferror(out->stream))
        reason = errno != 0 ? errno : EIO;
    if (out->stream != stdout && fclose(out->stream) != 0 && reason == 0)
        reason = errno;
    if (out->short_of_memory)
        reason = ENOMEM;
    if (reason != 0) {
        snprintf(error, error_size, "trace '%s': %s", out->path, strerror(reason));
        status = -1;
    }
    free(out);
    return status;
}
