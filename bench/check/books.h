/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose memory is whose, for any driver: books stand between the bench and the driver's functions
 * and see that each cookie comes back once and in order, that each buffer is lent once until it is
 * returned, and that no call of tick() or interrupt() keeps its caller long.
 */
#ifndef CHECK_BOOKS_H
#define CHECK_BOOKS_H

#include "driver.h"

#define BOOKS_COOKIES 65536u
#define BOOKS_LENT    16384u

/* The longest that one call may take, in virtual time: a millisecond of waiting, and reads. */
#define BOOKS_CALL_NS (2 * BENCH_MS)

struct books {
    struct driver_ops ops; /* first: a driver's ops lead here */
    const struct driver_ops *real;
    /* Is told of the first thing that is wrong, in one line. Does not return, or is told once. */
    void (*complain)(void *opaque, const char *line);
    void *opaque;
    void **cookies; /* a queue of those that are with the driver */
    uint32_t cookie_head, cookie_tail;
    struct books_lent {
        void *cookie;
        uint64_t bus;
        uint32_t length;
    } * lent;
    uint32_t lent_count;
    bool poll_due; /* an interrupt was served, and poll() was not called since */
};

/* Puts the books between; books must stay until the driver is closed. Returns 0 or -ENOMEM. */
int books_open(struct books *books, struct driver *driver,
               void (*complain)(void *opaque, const char *line), void *opaque);
void books_close(struct books *books);

/* Fragments that are queued and did not come back. */
static inline uint32_t books_outstanding(const struct books *books)
{
    return books->cookie_tail - books->cookie_head;
}

#endif
