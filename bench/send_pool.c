/* SPDX-License-Identifier: BSD-2-Clause */
#include "send_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A buffer to send from. None crosses 64 KiB (82545 erratum 23), for they are aligned to their
 * size. Where in it a frame begins goes through the places that COLOURS allows: were it always the
 * first byte, the frames would compete for the same few sets of the CPU's cache. */
#define BUFFER  2048u
#define COLOURS 8u
_Static_assert(SEND_POOL_PIECE + (COLOURS - 1) * 64u <= BUFFER, "the last colour fits");

/* Buffers taken back at once. */
#define BATCH 64u

int send_pool_open(struct send_pool *pool, struct dmamem *memory, unsigned count)
{
    int status;

    *pool = (struct send_pool){.count = count};
    pool->spare = calloc(count, sizeof(pool->spare[0]));
    pool->lent = calloc(count, sizeof(pool->lent[0]));
    if (pool->spare == NULL || pool->lent == NULL) {
        send_pool_close(pool, memory);
        return -ENOMEM;
    }
    for (unsigned i = 0; i < count; i++)
        pool->spare[i] = count - 1 - i;
    pool->spare_count = count;
    status = dmamem_alloc(memory, (size_t)count * BUFFER, BUFFER, 0, &pool->block);
    if (status < 0)
        send_pool_close(pool, memory);
    return status;
}

void send_pool_close(struct send_pool *pool, struct dmamem *memory)
{
    if (pool->block.cpu != NULL)
        dmamem_free(memory, &pool->block);
    free(pool->spare);
    free(pool->lent);
    *pool = (struct send_pool){0};
}

static void lend(struct send_pool *pool, uint32_t length, uint32_t flags, struct e1000_frag *frag)
{
    const uint32_t number = pool->spare[--pool->spare_count];
    const size_t offset = (size_t)number * BUFFER + number / COLOURS % COLOURS * 64u;
    uint8_t *buffer = (uint8_t *)pool->block.cpu + offset;

    pool->lent[number] = true;
    *frag = (struct e1000_frag){.data = buffer,
                                .bus = pool->block.bus + offset,
                                .length = length,
                                .flags = flags,
                                .cookie = buffer};
}

static void fill(struct send_pool *pool, const uint8_t *data, uint32_t length, uint32_t flags,
                 struct e1000_frag *frag)
{
    lend(pool, length, flags, frag);
    memcpy(frag->data, data, length);
}

unsigned send_pool_frame(struct send_pool *pool, const void *data, uint32_t length,
                         struct e1000_frag *frags)
{
    const uint8_t *from = data;
    unsigned count = 0;

    if (pool->spare_count < SEND_POOL_PIECES(length))
        return 0;
    for (; length > SEND_POOL_PIECE; from += SEND_POOL_PIECE, length -= SEND_POOL_PIECE)
        fill(pool, from, SEND_POOL_PIECE, 0, &frags[count++]);
    fill(pool, from, length, E1000_FRAG_EOP, &frags[count++]);
    return count;
}

bool send_pool_borrow(struct send_pool *pool, struct e1000_frag *frags, unsigned count)
{
    if (pool->spare_count < count)
        return false;
    for (unsigned i = 0; i < count; i++)
        lend(pool, SEND_POOL_PIECE, 0, &frags[i]);
    return true;
}

/* A buffer comes back, from wherever. */
static void take_back(struct send_pool *pool, const void *cookie)
{
    const size_t number = ((uintptr_t)cookie - (uintptr_t)pool->block.cpu) / BUFFER;

    if (number < pool->count && pool->lent[number]) {
        pool->lent[number] = false;
        pool->spare[pool->spare_count++] = (uint32_t)number;
    } else {
        pool->not_lent++;
    }
}

void send_pool_undo(struct send_pool *pool, const struct e1000_frag *frags, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        take_back(pool, frags[i].cookie);
}

bool send_pool_reap(struct send_pool *pool, struct driver *driver)
{
    void *cookies[BATCH];
    bool moved = false;
    unsigned count;

    do {
        count = driver->ops->reap(driver, cookies, BATCH);
        for (unsigned i = 0; i < count; i++)
            take_back(pool, cookies[i]);
        moved |= count != 0;
    } while (count == BATCH);
    return moved;
}
