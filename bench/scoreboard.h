/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scoreboard: each frame that went in, did it come out, once, whole and in order?
 *
 * Frames that must come out are announced in order with scoreboard_expect(); what comes out is
 * compared byte by byte. The usual case, the next expected frame comes out, is inline and cheap;
 * everything else is sorted out on a slow path: a frame that comes after a later one is reordered,
 * one that comes a second time is duplicated, one that was never announced is corrupted (and stands
 * for the frame whose place it takes), and one that never comes is lost.
 */
#ifndef BENCH_SCOREBOARD_H
#define BENCH_SCOREBOARD_H

#include "e1000_core.h"
#include "e1000emu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How many frames may be on their way at once, a power of two: more than two rings of 4096 and the
 * packet buffers hold. And how far back duplicates are looked for. */
#define SCOREBOARD_WINDOW  16384u
#define SCOREBOARD_HISTORY 256u

struct scoreboard_copy;

struct scoreboard_entry {
    const struct e1000emu_frame *frame;
    uint64_t time;                /* when it went in, ns */
    struct scoreboard_copy *copy; /* that frame is in, or NULL */
};

struct scoreboard {
    uint32_t head, tail; /* free-running: [head, tail) must still come out */
    struct scoreboard_entry *window;
    struct scoreboard_entry *missing; /* passed over: lost, unless they still come */
    size_t missing_count, missing_size;
    bool copies;                    /* frames are copied as they are announced */
    struct scoreboard_copy *found;  /* of the frame found last, if it was missing */
    uint64_t frames_in, frames_out; /* announced; came out, right or wrong */
    uint64_t bytes;                 /* of the frames that came out */
    uint64_t lost;                  /* complete only after scoreboard_finish() */
    uint64_t duplicated, reordered, corrupted;
    uint64_t matched_time; /* of the frame matched last */
};

/* copies: frames need not stay after they were announced. Returns 0 or -ENOMEM. */
int scoreboard_open(struct scoreboard *board, bool copies);
void scoreboard_close(struct scoreboard *board);

/* How many more frames can be announced now. */
static inline uint32_t scoreboard_room(const struct scoreboard *board)
{
    return SCOREBOARD_WINDOW - SCOREBOARD_HISTORY - (board->tail - board->head);
}

/* Frames that are on their way. */
static inline uint32_t scoreboard_outstanding(const struct scoreboard *board)
{
    return board->tail - board->head;
}

/* Announces a copy. Without memory the frame is lost. */
void scoreboard_expect_copy(struct scoreboard *board, const struct e1000emu_frame *frame,
                            uint64_t time);

/* The frame must come out; unless it is copied it is borrowed until then and a while longer. There
 * must be room. */
static inline void scoreboard_expect(struct scoreboard *board, const struct e1000emu_frame *frame,
                                     uint64_t time)
{
    struct scoreboard_entry *entry;

    if (board->copies) {
        scoreboard_expect_copy(board, frame, time);
        return;
    }
    entry = &board->window[board->tail++ & (SCOREBOARD_WINDOW - 1)];
    entry->frame = frame;
    entry->time = time;
    board->frames_in++;
}

/* The frame announced last is not on its way after all; it has not come out. */
static inline void scoreboard_withdraw(struct scoreboard *board)
{
    board->tail--;
    board->frames_in--;
}

/* What scoreboard_got() does when the frame is not the next one. */
const struct e1000emu_frame *scoreboard_mismatch(struct scoreboard *board, const uint8_t *data,
                                                 uint32_t length);

/* A frame came out. Returns the frame that it is, or NULL for one that was never announced; a copy
 * stays until frames come out again. */
static inline const struct e1000emu_frame *scoreboard_got(struct scoreboard *board,
                                                          const void *data, uint32_t length)
{
    const struct scoreboard_entry *entry = &board->window[board->head & (SCOREBOARD_WINDOW - 1)];

    board->frames_out++;
    board->bytes += length;
    if (board->head == board->tail || entry->frame->length != length ||
        memcmp(entry->frame->data, data, length) != 0)
        return scoreboard_mismatch(board, data, length);
    board->head++;
    board->matched_time = entry->time;
    return entry->frame;
}

/* The same for a frame in several fragments; count includes the one with E1000_FRAG_EOP. */
const struct e1000emu_frame *scoreboard_got_frags(struct scoreboard *board,
                                                  const struct e1000_frag *frags, unsigned count);

/* Nothing more will come out: what is still missing is lost. */
void scoreboard_finish(struct scoreboard *board);

/* Each frame came out once, whole and in order. */
bool scoreboard_clean(const struct scoreboard *board);

#endif
