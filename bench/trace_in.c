/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct trace_in {
    FILE *stream;
    const char *path;
    enum trace_format format;
    char *line;
    size_t room;
    unsigned long long number; /* of the line, from 1 on */
    e1000emu_time time;        /* of the event before */
    uint8_t bytes[TRACE_FRAME];
};

static int fail(const struct trace_in *in, const char *reason, char *error, size_t error_size)
{
    snprintf(error, error_size, "%s:%llu: %s", in->path, in->number, reason);
    return -1;
}

/* The next line. Returns 1, 0 at the end, -1 after an error. */
static int read_line(struct trace_in *in, char *error, size_t error_size)
{
    ssize_t length;

    errno = 0;
    length = getline(&in->line, &in->room, in->stream);
    if (length < 0 && (ferror(in->stream) || errno != 0)) {
        snprintf(error, error_size, "%s: %s", in->path, strerror(errno != 0 ? errno : EIO));
        return -1;
    }
    if (length < 0)
        return 0;
    in->number++;
    if (strlen(in->line) != (size_t)length)
        return fail(in, in->number == 1 ? "this is no trace" : "a zero byte", error, error_size);
    if (in->line[length - 1] != '\n')
        return fail(in, "the line has no end: the trace was cut off", error, error_size);
    in->line[length - 1] = '\0';
    return 1;
}

static int read_header(struct trace_in *in, char *error, size_t error_size)
{
    const char *wrong;
    const int status = read_line(in, error, error_size);

    if (status < 0)
        return -1;
    if (status == 0) {
        snprintf(error, error_size, "%s: the file is empty", in->path);
        return -1;
    }
    in->format = in->line[0] == '{' ? TRACE_JSON : TRACE_TEXT;
    wrong = in->format == TRACE_JSON ? trace_json_read_header(in->line)
                                     : trace_text_read_header(in->line);
    return wrong != NULL ? fail(in, wrong, error, error_size) : 0;
}

int trace_in_open(struct trace_in **in, const char *path, char *error, size_t error_size)
{
    struct trace_in *made = calloc(1, sizeof(*made));

    if (made != NULL)
        made->stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (made == NULL || made->stream == NULL) {
        snprintf(error, error_size, "%s: %s", path, strerror(made ? errno : ENOMEM));
        free(made);
        return -1;
    }
    made->path = path;
    if (read_header(made, error, error_size) < 0) {
        trace_in_close(made);
        return -1;
    }
    *in = made;
    return 0;
}

int trace_in_next(struct trace_in *in, struct trace_record *record, char *error, size_t error_size)
{
    const int status = read_line(in, error, error_size);
    const char *wrong;

    if (status <= 0)
        return status;
    wrong = in->format == TRACE_JSON ? trace_json_read(in->line, record, in->bytes)
                                     : trace_text_read(in->line, record, in->bytes);
    if (wrong == NULL)
        wrong = trace_check(record);
    if (wrong == NULL && record->kind != TRACE_CHIP && record->time < in->time)
        wrong = "time goes back";
    if (wrong != NULL)
        return fail(in, wrong, error, error_size);
    in->time = record->time;
    return 1;
}

void trace_in_close(struct trace_in *in)
{
    if (in == NULL)
        return;
    if (in->stream != stdin)
        fclose(in->stream);
    free(in->line);
    free(in);
}
