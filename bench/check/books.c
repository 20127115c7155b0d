/* SPDX-License-Identifier: BSD-2-Clause */
#include "books.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct books *books_of(struct driver *driver)
{
    return (struct books *)(uintptr_t)driver->ops;
}

__attribute__((format(printf, 2, 3))) static void complain(struct books *books, const char *format,
                                                           ...)
{
    char line[200];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    books->complain(books->opaque, line);
}

/* ---- Cookies ---- */

static unsigned transmit(struct driver *driver, const struct e1000_frag *frags, unsigned count)
{
    struct books *books = books_of(driver);
    const unsigned taken = books->real->transmit(driver, frags, count);

    if (taken > count)
        complain(books, "transmit() took %u of %u fragments", taken, count);
    if (taken != 0 && (frags[taken - 1].flags & E1000_FRAG_EOP) == 0)
        complain(books, "transmit() took part of a frame: %u of %u fragments", taken, count);
    if (books_outstanding(books) + taken > BOOKS_COOKIES)
        complain(books, "more than %u cookies are with the driver", BOOKS_COOKIES);
    for (unsigned i = 0; i < taken; i++)
        books->cookies[books->cookie_tail++ % BOOKS_COOKIES] = frags[i].cookie;
    return taken;
}

static unsigned reap(struct driver *driver, void **cookies, unsigned max)
{
    struct books *books = books_of(driver);
    const unsigned count = books->real->reap(driver, cookies, max);

    for (unsigned i = 0; i < count; i++) {
        if (books_outstanding(books) == 0)
            complain(books, "reap() returned cookie %p, but the driver has none", cookies[i]);
        else if (books->cookies[books->cookie_head % BOOKS_COOKIES] != cookies[i])
            complain(books, "reap() returned cookie %p, expected %p", cookies[i],
                     books->cookies[books->cookie_head % BOOKS_COOKIES]);
        books->cookie_head++;
    }
    return count;
}

/* ---- Buffers ---- */

static void lend(struct books *books, const struct e1000_frag *frag)
{
    for (uint32_t i = 0; i < books->lent_count; i++) {
        const struct books_lent *lent = &books->lent[i];

        if (frag->bus < lent->bus + lent->length && lent->bus < frag->bus + frag->length)
            complain(books,
                     "receive() lent the buffer at 0x%" PRIx64
                     " that is lent already, at 0x%" PRIx64,
                     frag->bus, lent->bus);
    }
    if (books->lent_count == BOOKS_LENT)
        complain(books, "more than %u buffers are lent", BOOKS_LENT);
    books->lent[books->lent_count++] =
        (struct books_lent){.cookie = frag->cookie, .bus = frag->bus, .length = frag->length};
}

static void received(struct books *books, const struct e1000_frag *frags, unsigned count,
                     unsigned max)
{
    if (count > max)
        complain(books, "receive() gave %u fragments where %u had room", count, max);
    if (count != 0 && (frags[count - 1].flags & E1000_FRAG_EOP) == 0)
        complain(books, "receive() gave part of a frame");
    for (unsigned i = 0; i < count; i++)
        lend(books, &frags[i]);
}

static unsigned receive(struct driver *driver, struct e1000_frag *frags, unsigned max)
{
    struct books *books = books_of(driver);
    const unsigned count = books->real->receive(driver, frags, max);

    received(books, frags, count, max);
    return count;
}

static unsigned poll(struct driver *driver, struct e1000_frag *frags, unsigned budget,
                     unsigned *work)
{
    struct books *books = books_of(driver);
    const unsigned count = books->real->poll(driver, frags, budget, work);

    if ((*work & E1000_WORK_RX) == 0)
        books->poll_due = false;
    received(books, frags, count, budget);
    return count;
}

static void give_back(struct books *books, const struct e1000_frag *frag)
{
    for (uint32_t i = 0; i < books->lent_count; i++) {
        if (books->lent[i].cookie != frag->cookie || books->lent[i].bus != frag->bus)
            continue;
        books->lent_count--;
        memmove(&books->lent[i], &books->lent[i + 1],
                (books->lent_count - i) * sizeof(books->lent[0]));
        return;
    }
}

static void recycle(struct driver *driver, const struct e1000_frag *frags, unsigned count)
{
    struct books *books = books_of(driver);

    for (unsigned i = 0; i < count; i++)
        give_back(books, &frags[i]);
    books->real->recycle(driver, frags, count);
}

/* ---- Time ---- */

static void timed(struct books *books, const struct driver *driver, const char *name,
                  uint64_t before)
{
    const uint64_t took = driver->device->clock->now - before;

    if (took > BOOKS_CALL_NS)
        complain(books, "%s kept its caller for %llu us, expected %llu at most", name,
                 took / BENCH_US, BOOKS_CALL_NS / BENCH_US);
}

static uint64_t tick(struct driver *driver)
{
    struct books *books = books_of(driver);
    const uint64_t before = driver->device->clock->now;
    const uint64_t due = books->real->tick(driver);

    timed(books, driver, "tick()", before);
    return due;
}

static unsigned interrupt(struct driver *driver)
{
    struct books *books = books_of(driver);
    const uint64_t before = driver->device->clock->now;
    const unsigned work = books->real->interrupt(driver);

    books->poll_due |= work != 0;
    timed(books, driver, "interrupt()", before);
    return work;
}

/* ---- Life ---- */

int books_open(struct books *books, struct driver *driver,
               void (*told)(void *opaque, const char *line), void *opaque)
{
    *books = (struct books){
        .ops = *driver->ops, .real = driver->ops, .complain = told, .opaque = opaque};
    books->cookies = calloc(BOOKS_COOKIES, sizeof(books->cookies[0]));
    books->lent = calloc(BOOKS_LENT, sizeof(books->lent[0]));
    if (books->cookies == NULL || books->lent == NULL) {
        books_close(books);
        return -ENOMEM;
    }
    books->ops.transmit = transmit;
    books->ops.reap = reap;
    books->ops.receive = receive;
    books->ops.recycle = recycle;
    books->ops.tick = tick;
    books->ops.interrupt = interrupt;
    if (books->ops.poll != NULL)
        books->ops.poll = poll;
    driver->ops = &books->ops;
    return 0;
}

void books_close(struct books *books)
{
    free(books->cookies);
    free(books->lent);
    books->cookies = NULL;
    books->lent = NULL;
}
