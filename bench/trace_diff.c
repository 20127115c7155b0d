/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two traces are compared as lists of lines: the shortest row of insertions and deletions that
 * makes one of the other, found in linear space (E. Myers, "An O(ND) difference algorithm and its
 * variations", 1986). Where that would take too long, any row that is not absurd.
 */
#define _POSIX_C_SOURCE 200809L
#include "trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Edits after which the search for the shortest row is given up. */
#define ENOUGH 1024u

struct line {
    char *text; /* with newline */
    uint64_t hash;
    e1000emu_time time;
    bool changed; /* inserted or deleted */
};

struct lines {
    struct line *line;
    size_t count, room;
};

/* The furthest line of side 0 that is reached on each diagonal (line of side 0 less that of side 1)
 * with so many edits. */
struct reach {
    ptrdiff_t *at;
    ptrdiff_t low, high; /* the outermost diagonals */
};

struct comparison {
    struct lines side[2];
    struct reach forward, backward; /* from the start, and from the end */
};

/* ---- Reading ---- */

static uint64_t hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037u;

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

/* Keeps an event as the line of text that it would be. */
static bool add(struct lines *lines, const struct trace_record *record, bool times)
{
    struct line line = {.time = record->time};
    FILE *stream;
    size_t length;

    if (lines->count == lines->room) {
        const size_t room = lines->room != 0 ? 2 * lines->room : 1024;
        struct line *more = realloc(lines->line, room * sizeof(*more));

        if (more == NULL)
            return false;
        lines->line = more;
        lines->room = room;
    }
    stream = open_memstream(&line.text, &length);
    if (stream == NULL)
        return false;
    trace_text_write(stream, record, times);
    if (fclose(stream) != 0) {
        free(line.text);
        return false;
    }
    line.hash = hash_of(line.text);
    lines->line[lines->count++] = line;
    return true;
}

static int load(struct lines *lines, const char *path, bool times, char *error, size_t error_size)
{
    struct trace_record record;
    struct trace_in *in;
    int status = trace_in_open(&in, path, error, error_size);

    if (status < 0)
        return -1;
    while ((status = trace_in_next(in, &record, error, error_size)) > 0)
        if (!add(lines, &record, times)) {
            snprintf(error, error_size, "%s: out of memory", path);
            status = -1;
            break;
        }
    trace_in_close(in);
    return status;
}

static void unload(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->line[i].text);
    free(lines->line);
}

/* ---- Comparing ---- */

static bool same(const struct comparison *c, ptrdiff_t a, ptrdiff_t b)
{
    const struct line *x = &c->side[0].line[a], *y = &c->side[1].line[b];

    return x->hash == y->hash && strcmp(x->text, y->text) == 0;
}

/* A part of both: lines from the first on, not including the last. */
struct part {
    ptrdiff_t first[2], last[2];
};

/* One more edit: a diagonal more on either side, as far as there are any. nothing is what a
 * neighbour has reached that isn't one. */
static void widen(struct reach *r, const struct part *p, ptrdiff_t nothing)
{
    if (r->low > p->first[0] - p->last[1])
        r->at[--r->low - 1] = nothing;
    else
        r->low++;
    if (r->high < p->last[0] - p->first[1])
        r->at[++r->high + 1] = nothing;
    else
        r->high--;
}

static bool within(const struct reach *r, ptrdiff_t diagonal)
{
    return diagonal >= r->low && diagonal <= r->high;
}

/* One more edit from the start. True: the paths have met, at line meet[0] and meet[1]. */
static bool step_forward(struct comparison *c, const struct part *p, bool odd, ptrdiff_t meet[2])
{
    struct reach *r = &c->forward;

    widen(r, p, -1);
    for (ptrdiff_t k = r->high; k >= r->low; k -= 2) {
        ptrdiff_t x = r->at[k - 1] < r->at[k + 1] ? r->at[k + 1] : r->at[k - 1] + 1;

        while (x < p->last[0] && x - k < p->last[1] && same(c, x, x - k))
            x++;
        r->at[k] = x;
        if (odd && within(&c->backward, k) && c->backward.at[k] <= x) {
            meet[0] = x;
            meet[1] = x - k;
            return true;
        }
    }
    return false;
}

/* The same from the end. */
static bool step_backward(struct comparison *c, const struct part *p, bool odd, ptrdiff_t meet[2])
{
    struct reach *r = &c->backward;

    widen(r, p, PTRDIFF_MAX);
    for (ptrdiff_t k = r->high; k >= r->low; k -= 2) {
        ptrdiff_t x = r->at[k - 1] < r->at[k + 1] ? r->at[k - 1] : r->at[k + 1] - 1;

        while (x > p->first[0] && x - k > p->first[1] && same(c, x - 1, x - k - 1))
            x--;
        r->at[k] = x;
        if (!odd && within(&c->forward, k) && c->forward.at[k] >= x) {
            meet[0] = x;
            meet[1] = x - k;
            return true;
        }
    }
    return false;
}

/* Where to cut both parts so that the halves can be compared by themselves. */
static void cut(struct comparison *c, const struct part *p, ptrdiff_t meet[2])
{
    const ptrdiff_t start = p->first[0] - p->first[1], end = p->last[0] - p->last[1];
    const bool odd = (start - end) % 2 != 0;

    c->forward.low = c->forward.high = start;
    c->forward.at[start] = p->first[0];
    c->backward.low = c->backward.high = end;
    c->backward.at[end] = p->last[0];
    for (unsigned edits = 0; edits < ENOUGH; edits++)
        if (step_forward(c, p, odd, meet) || step_backward(c, p, odd, meet))
            return;
    for (unsigned s = 0; s < 2; s++)
        meet[s] = p->first[s] + (p->last[s] - p->first[s]) / 2;
}

static void compare(struct comparison *c, struct part p)
{
    ptrdiff_t at[2];

    while (p.first[0] < p.last[0] && p.first[1] < p.last[1] && same(c, p.first[0], p.first[1])) {
        p.first[0]++;
        p.first[1]++;
    }
    while (p.first[0] < p.last[0] && p.first[1] < p.last[1] &&
           same(c, p.last[0] - 1, p.last[1] - 1)) {
        p.last[0]--;
        p.last[1]--;
    }
    if (p.first[0] == p.last[0] || p.first[1] == p.last[1]) {
        for (unsigned s = 0; s < 2; s++)
            for (ptrdiff_t i = p.first[s]; i < p.last[s]; i++)
                c->side[s].line[i].changed = true;
        return;
    }
    cut(c, &p, at);
    compare(c, (struct part){{p.first[0], p.first[1]}, {at[0], at[1]}});
    compare(c, (struct part){{at[0], at[1]}, {p.last[0], p.last[1]}});
}

/* ---- Showing ---- */

static bool differs(const struct comparison *c, const size_t at[2], size_t n)
{
    for (unsigned s = 0; s < 2; s++)
        if (at[s] + n < c->side[s].count && c->side[s].line[at[s] + n].changed)
            return true;
    return false;
}

/* Lines from a place on that are the same on both sides, at most so many. */
static size_t equal_run(const struct comparison *c, const size_t at[2], size_t most)
{
    size_t n = 0;

    while (n < most && at[0] + n < c->side[0].count && !differs(c, at, n))
        n++;
    return n;
}

/* Prints from one change to where more than twice the context is equal; moves at on. */
static void show_group(FILE *stream, const struct comparison *c, size_t at[2], unsigned context)
{
    size_t before = context < at[0] ? context : at[0];
    const struct line *line = c->side[0].line;

    if (before > at[1])
        before = at[1];
    fprintf(stream, "@@ event %zu of the first, %zu of the second @@\n", at[0] + 1, at[1] + 1);
    for (size_t i = at[0] - before; i < at[0]; i++)
        fprintf(stream, " %s", line[i].text);
    while (differs(c, at, 0)) {
        size_t equal, shown;

        while (at[0] < c->side[0].count && line[at[0]].changed)
            fprintf(stream, "-%s", line[at[0]++].text);
        while (at[1] < c->side[1].count && c->side[1].line[at[1]].changed)
            fprintf(stream, "+%s", c->side[1].line[at[1]++].text);
        equal = equal_run(c, at, 2 * (size_t)context + 1);
        /* All of them if the next change is near: else so many, and the group ends. */
        shown = equal > context && !differs(c, at, equal) ? context : equal;
        for (size_t i = 0; i < shown; i++)
            fprintf(stream, " %s", line[at[0] + i].text);
        at[0] += shown;
        at[1] += shown;
    }
}

static bool show(FILE *stream, const struct comparison *c, const char *const path[2],
                 unsigned context)
{
    size_t at[2] = {0, 0};
    bool any = false;

    while (at[0] < c->side[0].count || at[1] < c->side[1].count) {
        if (!differs(c, at, 0)) {
            at[0]++;
            at[1]++;
            continue;
        }
        if (!any)
            fprintf(stream, "--- %s\n+++ %s\n", path[0], path[1]);
        any = true;
        show_group(stream, c, at, context);
    }
    return any;
}

int trace_diff(FILE *stream, const char *const path[2], const struct trace_diff_options *options,
               char *error, size_t error_size)
{
    struct comparison c = {0};
    ptrdiff_t *diagonals = NULL;
    int status = 0;

    for (unsigned s = 0; s < 2 && status == 0; s++)
        status = load(&c.side[s], path[s], options->times, error, error_size);
    if (status == 0) {
        const size_t room = c.side[0].count + c.side[1].count + 3;

        diagonals = calloc(2 * room, sizeof(*diagonals));
        if (diagonals == NULL) {
            snprintf(error, error_size, "out of memory");
            status = -1;
        } else {
            c.forward.at = diagonals + c.side[1].count + 1;
            c.backward.at = c.forward.at + room;
            compare(&c, (struct part){{0, 0},
                                      {(ptrdiff_t)c.side[0].count, (ptrdiff_t)c.side[1].count}});
            status = show(stream, &c, path, options->context);
        }
    }
    free(diagonals);
    unload(&c.side[0]);
    unload(&c.side[1]);
    return status;
}
