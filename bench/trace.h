/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traces: what a chip told of, one event a line, as text for people or JSON for programs. Both hold
 * the same: one can be turned into the other.
 *
 *   trace_out.c    writes the events of a run
 *   trace_text.c   an event as a line of text, and back
 *   trace_json.c   an event as a JSON object, and back
 *   trace_in.c     reads a file of either kind
 *   trace_diff.c   compares two
 */
#ifndef BENCH_TRACE_H
#define BENCH_TRACE_H

#include "e1000emu.h"

#include <stdio.h>

#define TRACE_VERSION 1

/* Longest name of a profile or a rule, and longest sentence of a rule, with the NUL. */
#define TRACE_WORD     64u
#define TRACE_SENTENCE 512u

/* Bytes of a frame, at most. */
#define TRACE_FRAME 65536u

enum trace_format { TRACE_TEXT, TRACE_JSON };

/* How much of frames is written. */
enum trace_frames { TRACE_NO_BYTES, TRACE_HEAD, TRACE_FULL };
#define TRACE_HEAD_BYTES 64u

/* E1000EMU_EVENT_*, and beside them: */
enum {
    TRACE_CHIP = E1000EMU_EVENT_KINDS, /* a chip was made; time begins anew */
    TRACE_FINDING,                     /* the checker found a rule broken */
    TRACE_KINDS
};

struct trace_record {
    unsigned kind;
    e1000emu_time time;
    union {
        struct e1000emu_event event; /* all without pointers */
        struct {
            uint32_t length, flags; /* of the frame */
            enum e1000emu_verdict verdict;
            uint32_t count; /* bytes at data */
            const uint8_t *data;
        } frame; /* RECEIVED, SENT */
        char profile[TRACE_WORD];
        struct {
            char name[TRACE_WORD];
            uint64_t fired;
        } fault;
        struct {
            enum e1000emu_rule_class severity;
            char rule[TRACE_WORD];
            uint64_t count, number[2];
            char sentence[TRACE_SENTENCE];
        } finding;
    } u;
};

/* The words of both formats, by number; NULL ends each list. */
extern const char *const trace_kinds[TRACE_KINDS + 1];
extern const char *const trace_spaces[];
extern const char *const trace_verdicts[];
extern const char *const trace_resets[];
extern const char *const trace_severities[];
extern const char *const trace_flags[];   /* bit n of a frame's flags */
extern const char *const trace_formats[]; /* enum trace_format */
extern const char *const trace_amounts[]; /* enum trace_frames */

/* The format that a file's name asks for. */
enum trace_format trace_format_of(const char *path);

/* ---- Lines ---- */

/* What a file begins with, and an event; each with its newline. */
void trace_text_header(FILE *stream);
void trace_text_write(FILE *stream, const struct trace_record *record, bool with_time);
void trace_json_header(FILE *stream);
/* Returns false when memory ran out. */
bool trace_json_write(FILE *stream, const struct trace_record *record);

/* From a line without its newline. bytes is room for a frame. Returns NULL, or what is wrong; the
 * text is changed. */
const char *trace_text_read_header(char *line);
const char *trace_text_read(char *line, struct trace_record *record, uint8_t bytes[TRACE_FRAME]);
const char *trace_json_read_header(const char *line);
const char *trace_json_read(const char *line, struct trace_record *record,
                            uint8_t bytes[TRACE_FRAME]);

/* Numbers in words: nothing but the number, decimal or 0x. */
bool trace_number(const char *word, uint64_t most, uint64_t *number);
/* Bytes in hexadecimal. */
bool trace_bytes(const char *word, uint8_t bytes[TRACE_FRAME], uint32_t *count);

/* What both readers ask of an event. Returns NULL, or what is wrong. */
const char *trace_check(const struct trace_record *record);

/* ---- Writing the events of a run ---- */

struct trace_out;

/* Opens a file, "-" is standard output. Returns 0 or -1 with one line in error. */
int trace_out_open(struct trace_out **out, const char *path, enum trace_format format,
                   enum trace_frames frames, char *error, size_t error_size);
/* All of these do nothing when out is NULL. */
void trace_out_chip(struct trace_out *out, const char *profile);
void trace_out_event(struct trace_out *out, const struct e1000emu_event *event);
void trace_out_finding(struct trace_out *out, e1000emu_time time,
                       const struct e1000emu_finding *finding);
/* Returns 0 or -1 with one line in error: not all could be written. */
int trace_out_close(struct trace_out *out, char *error, size_t error_size);

/* ---- Reading ---- */

struct trace_in;

/* Opens a file of either format, "-" is standard input. Returns 0 or -1 with one line in error. */
int trace_in_open(struct trace_in **in, const char *path, char *error, size_t error_size);
/* The next event, which stays until the next call. Returns 1, 0 at the end, -1 with one line in
 * error. */
int trace_in_next(struct trace_in *in, struct trace_record *record, char *error, size_t error_size);
void trace_in_close(struct trace_in *in);

/* ---- Comparing ---- */

struct trace_diff_options {
    bool times;       /* events at different times differ */
    unsigned context; /* lines shown around what differs */
};

/* Prints what differs, as diff -u does. Returns 0 (nothing), 1 (something), or -1 with one line in
 * error. */
int trace_diff(FILE *stream, const char *const path[2], const struct trace_diff_options *options,
               char *error, size_t error_size);

#endif
