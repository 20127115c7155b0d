/* SPDX-License-Identifier: BSD-2-Clause */
#include "scoreboard.h"

#include "frags.h"

#include <errno.h>
#include <stdlib.h>

#define MASK (SCOREBOARD_WINDOW - 1)

/* More missing frames than this are counted as lost for good, so that memory stays bounded. */
#define MAX_MISSING 65536u

/* The longest frame that an Ethernet NIC of this family carries, with room to spare. */
#define MAX_FRAME 16384u

struct scoreboard_copy {
    struct e1000emu_frame frame;
    uint32_t room; /* bytes of data */
    uint8_t data[];
};

/* What stands where a copy was that moved to the missing frames: no frame is like it. */
static const struct e1000emu_frame moved;

int scoreboard_open(struct scoreboard *board, bool copies)
{
    *board = (struct scoreboard){.copies = copies};
    board->window = calloc(SCOREBOARD_WINDOW, sizeof(board->window[0]));
    return board->window == NULL ? -ENOMEM : 0;
}

void scoreboard_close(struct scoreboard *board)
{
    for (size_t i = 0; board->window != NULL && i < SCOREBOARD_WINDOW; i++)
        free(board->window[i].copy);
    for (size_t i = 0; i < board->missing_count; i++)
        free(board->missing[i].copy);
    free(board->found);
    free(board->window);
    free(board->missing);
    *board = (struct scoreboard){0};
}

/* The copy of a frame that has left the window makes place for the next one. */
static struct scoreboard_copy *copy_of(struct scoreboard_copy *old,
                                       const struct e1000emu_frame *frame)
{
    struct scoreboard_copy *copy = old;

    if (copy == NULL || copy->room < frame->length) {
        free(old);
        copy = malloc(sizeof(*copy) + frame->length);
        if (copy == NULL)
            return NULL;
        copy->room = frame->length;
    }
    copy->frame = *frame;
    copy->frame.data = copy->data;
    memcpy(copy->data, frame->data, frame->length);
    return copy;
}

void scoreboard_expect_copy(struct scoreboard *board, const struct e1000emu_frame *frame,
                            uint64_t time)
{
    struct scoreboard_entry *entry = &board->window[board->tail & MASK];

    board->frames_in++;
    entry->copy = copy_of(entry->copy, frame);
    if (entry->copy == NULL) {
        entry->frame = &moved;
        board->lost++;
        return;
    }
    entry->frame = &entry->copy->frame;
    entry->time = time;
    board->tail++;
}

static bool same(const struct scoreboard_entry *entry, const uint8_t *data, uint32_t length)
{
    return entry->frame->length == length && memcmp(entry->frame->data, data, length) == 0;
}

/* Remembers a frame that was passed over. When memory ends or the list is full, the oldest are
 * given up for lost: the verdict is the same, only a late arrival would count as a duplicate. */
static void pass_over(struct scoreboard *board, struct scoreboard_entry *entry)
{
    if (board->missing_count == board->missing_size && board->missing_size < MAX_MISSING) {
        const size_t size = board->missing_size == 0 ? 64 : 2 * board->missing_size;
        struct scoreboard_entry *grown = realloc(board->missing, size * sizeof(*grown));

        if (grown != NULL) {
            board->missing = grown;
            board->missing_size = size;
        }
    }
    if (board->missing_count == board->missing_size) {
        board->lost++;
        return;
    }
    board->missing[board->missing_count++] = *entry;
    if (entry->copy != NULL) {
        entry->copy = NULL;
        entry->frame = &moved;
    }
}

static bool find_missing(struct scoreboard *board, const uint8_t *data, uint32_t length,
                         struct scoreboard_entry *found)
{
    for (size_t i = 0; i < board->missing_count; i++) {
        if (!same(&board->missing[i], data, length))
            continue;
        *found = board->missing[i];
        free(board->found);
        board->found = found->copy;
        board->missing_count--;
        memmove(&board->missing[i], &board->missing[i + 1],
                (board->missing_count - i) * sizeof(board->missing[0]));
        return true;
    }
    return false;
}

/* How far back the same frame already came out, counted from 1; 0: not within the history. */
static uint32_t find_behind(const struct scoreboard *board, const uint8_t *data, uint32_t length)
{
    for (uint32_t i = 1; i <= SCOREBOARD_HISTORY; i++) {
        const struct scoreboard_entry *entry = &board->window[(board->head - i) & MASK];

        if (entry->frame == NULL)
            return 0;
        if (same(entry, data, length))
            return i;
    }
    return 0;
}

/* How far ahead the same frame is still expected, counted from 1 behind the next; 0: nowhere. */
static uint32_t find_ahead(const struct scoreboard *board, const uint8_t *data, uint32_t length)
{
    const uint32_t outstanding = scoreboard_outstanding(board);

    for (uint32_t i = 1; i < outstanding; i++)
        if (same(&board->window[(board->head + i) & MASK], data, length))
            return i;
    return 0;
}

/* Whether what came out looks like the expected frame damaged, rather than like a stranger: at
 * least half of the bytes they have in common agree. */
static bool resembles(const struct scoreboard_entry *entry, const uint8_t *data, uint32_t length)
{
    const uint32_t common = entry->frame->length < length ? entry->frame->length : length;
    uint32_t equal = 0;

    for (uint32_t i = 0; i < common; i++)
        equal += entry->frame->data[i] == data[i];
    return equal * 2 >= common;
}

const struct e1000emu_frame *scoreboard_mismatch(struct scoreboard *board, const uint8_t *data,
                                                 uint32_t length)
{
    const uint32_t ahead = find_ahead(board, data, length);
    const uint32_t behind = find_behind(board, data, length);
    struct scoreboard_entry found;

    /* A capture played in a loop holds each frame many times: the nearest one is meant. */
    if (ahead != 0 && (behind == 0 || ahead <= behind)) {
        for (uint32_t i = 0; i < ahead; i++)
            pass_over(board, &board->window[board->head++ & MASK]);
        found = board->window[board->head++ & MASK];
    } else if (find_missing(board, data, length, &found)) {
        board->reordered++;
    } else if (behind != 0) {
        board->duplicated++;
        return NULL;
    } else {
        board->corrupted++;
        if (scoreboard_outstanding(board) != 0 &&
            resembles(&board->window[board->head & MASK], data, length))
            board->head++;
        return NULL;
    }
    board->matched_time = found.time;
    return found.frame;
}

const struct e1000emu_frame *scoreboard_got_frags(struct scoreboard *board,
                                                  const struct e1000_frag *frags, unsigned count)
{
    uint8_t whole[MAX_FRAME];
    const uint32_t length = frags_gather(frags, count, whole, sizeof(whole));

    return scoreboard_got(board, whole, length);
}

void scoreboard_finish(struct scoreboard *board)
{
    board->lost += board->missing_count + scoreboard_outstanding(board);
    for (size_t i = 0; i < board->missing_count; i++)
        free(board->missing[i].copy);
    board->missing_count = 0;
    board->head = board->tail;
}

bool scoreboard_clean(const struct scoreboard *board)
{
    return board->lost == 0 && board->duplicated == 0 && board->reordered == 0 &&
           board->corrupted == 0;
}
