/* SPDX-License-Identifier: BSD-2-Clause */
#include "out_merge.h"

#include <stdlib.h>
#include <string.h>

static void write_frame(struct out_merge *merge, const void *data, uint32_t length, uint64_t time)
{
    if (capture_out_write(merge->out, data, length, time) < 0)
        merge->failed = true;
}

/* Room for one more entry and its bytes. The queue is short: what a transmit FIFO or a batch holds.
 */
static bool make_room(struct out_merge *merge, uint32_t length)
{
    if (merge->count == merge->size) {
        const size_t size = merge->size == 0 ? 64 : 2 * merge->size;
        struct out_merge_entry *entries = realloc(merge->entries, size * sizeof(*entries));

        if (entries == NULL)
            return false;
        merge->entries = entries;
        merge->size = size;
    }
    if (merge->used + length > merge->room) {
        const size_t room = 2 * (merge->used + length);
        uint8_t *bytes = realloc(merge->bytes, room);

        if (bytes == NULL)
            return false;
        merge->bytes = bytes;
        merge->room = room;
    }
    return true;
}

void out_merge_sent(struct out_merge *merge, const void *data, uint32_t length, uint64_t time)
{
    if (!make_room(merge, length)) {
        merge->failed = true;
        return;
    }
    memcpy(merge->bytes + merge->used, data, length);
    merge->entries[merge->count++] =
        (struct out_merge_entry){.time = time, .length = length, .offset = merge->used};
    merge->used += length;
}

void out_merge_until(struct out_merge *merge, uint64_t time)
{
    while (merge->first != merge->count && merge->entries[merge->first].time <= time) {
        const struct out_merge_entry *entry = &merge->entries[merge->first++];

        write_frame(merge, merge->bytes + entry->offset, entry->length, entry->time);
    }
    if (merge->first == merge->count)
        merge->first = merge->count = merge->used = 0;
}

void out_merge_received(struct out_merge *merge, const void *data, uint32_t length, uint64_t time)
{
    out_merge_until(merge, time);
    write_frame(merge, data, length, time);
}

void out_merge_close(struct out_merge *merge)
{
    out_merge_until(merge, UINT64_MAX);
    free(merge->entries);
    free(merge->bytes);
    *merge = (struct out_merge){.out = merge->out, .failed = merge->failed};
}
