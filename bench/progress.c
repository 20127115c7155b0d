/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "progress.h"

#include "wall_clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const uint64_t INTERVAL_NS = 100000000; /* ten times a second */

enum {
    DEFAULT_COLUMNS = 80,
    MAX_BAR = 40,
    BESIDE = 9, /* columns beside label and bar: brackets, percents, and one that stays free */
    MIN_COLUMNS = 32, /* on a narrower terminal nothing is drawn */
    MAX_LABEL = 20,
};

static bool can_draw(FILE *stream)
{
    const char *term = getenv("TERM");
    return isatty(fileno(stream)) && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

void progress_start(struct progress *progress, FILE *stream, const char *label, uint64_t total)
{
    *progress = (struct progress){
        .stream = can_draw(stream) ? stream : NULL,
        .label = label,
        .total = total,
        .clock_ns = wall_clock_now,
    };
}

static unsigned columns(FILE *stream)
{
    struct winsize size;
    bool known = ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : DEFAULT_COLUMNS;
}

/* A line shorter than the terminal's width: a longer one would wrap and could not be taken away. */
static void draw(const struct progress *p, uint64_t done, unsigned width)
{
    static const char full[] = "########################################";
    static const char empty[] = "                                        ";
    size_t length = strlen(p->label);
    unsigned label = length < MAX_LABEL ? (unsigned)length : MAX_LABEL;
    unsigned bar = width - label - BESIDE;
    bar = bar < MAX_BAR ? bar : MAX_BAR;

    done = p->total == 0 || done < p->total ? done : p->total;
    fprintf(p->stream, "\r%.*s ", (int)label, p->label);
    if (p->total == 0) {
        fprintf(p->stream, "%.1f M", (double)done / 1e6);
    } else {
        double part = (double)done / (double)p->total;
        unsigned filled = (unsigned)(part * bar);
        fprintf(p->stream, "[%.*s%.*s] %3u%%", (int)filled, full, (int)(bar - filled), empty,
                (unsigned)(part * 100));
    }
    fputs("\033[K", p->stream);
    fflush(p->stream);
}

void progress_update(struct progress *progress, uint64_t done)
{
    if (progress->stream == NULL) {
        return;
    }
    uint64_t now = progress->clock_ns();
    if (!progress->started) {
        progress->started = true; /* what takes no time needs no bar */
        progress->drawn_ns = now;
    }
    if (now - progress->drawn_ns < INTERVAL_NS) {
        return;
    }
    unsigned width = columns(progress->stream);
    if (width < MIN_COLUMNS) {
        return;
    }
    progress->drawn_ns = now;
    progress->drawn = true;
    draw(progress, done, width);
}

void progress_clear(struct progress *progress)
{
    if (progress->drawn) {
        fputs("\r\033[K", progress->stream);
        fflush(progress->stream);
        progress->drawn = false;
    }
}
