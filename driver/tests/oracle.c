/* SPDX-License-Identifier: BSD-2-Clause */
#include "oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define PLACES 32768u /* of a set; more than twice what can be out */

/* A set of numbers but 0, in a table that is searched from a number's own place on. */
struct set {
    uint64_t place[PLACES];
    size_t count;
};

struct oracle {
    struct set sent;   /* cookies */
    struct set lent;   /* cookies */
    struct set device; /* bus addresses of buffers */
};

static size_t home(uint64_t key)
{
    return (size_t)(key * 0x9E3779B97F4A7C15u >> 32) % PLACES;
}

static size_t find(const struct set *set, uint64_t key)
{
    size_t at = home(key);

    assert_true(key != 0);
    while (set->place[at] && set->place[at] != key)
        at = (at + 1) % PLACES;
    return at;
}

static bool add(struct set *set, uint64_t key)
{
    size_t at = find(set, key);

    if (set->place[at])
        return false;
    set->place[at] = key;
    set->count++;
    assert_true(set->count < PLACES / 2);
    return true;
}

/* What follows without a gap moves up, where it was put behind the one that goes. */
static bool take(struct set *set, uint64_t key)
{
    size_t hole = find(set, key);

    if (!set->place[hole])
        return false;
    for (size_t at = (hole + 1) % PLACES; set->place[at]; at = (at + 1) % PLACES) {
        size_t wanted = home(set->place[at]);

        if ((at + PLACES - wanted) % PLACES >= (at + PLACES - hole) % PLACES) {
            set->place[hole] = set->place[at];
            hole = at;
        }
    }
    set->place[hole] = 0;
    set->count--;
    return true;
}

/* A cookie as a number in a set: it may be NULL. */
static uint64_t key(const void *cookie)
{
    return (uint64_t)(uintptr_t)cookie + 1;
}

struct oracle *oracle_new(void)
{
    struct oracle *oracle = calloc(1, sizeof *oracle);

    assert_non_null(oracle);
    return oracle;
}

void oracle_free(struct oracle *oracle, struct e1000_dev *dev)
{
    void *cookies[64];

    assert_int_equal(e1000_get_state(dev), E1000_STATE_DETACHED);
    while (oracle_reap(oracle, dev, cookies, 64))
        ;
    assert_int_equal(oracle->sent.count, 0);
    assert_int_equal(oracle->device.count, 0);
    free(oracle);
}

unsigned oracle_transmit(struct oracle *oracle, struct e1000_dev *dev,
                         const struct e1000_frag *frags, unsigned count)
{
    unsigned taken = e1000_transmit(dev, frags, count);

    assert_true(taken <= count);
    if (taken)
        assert_true(frags[taken - 1].flags & E1000_FRAG_EOP);
    for (unsigned i = 0; i < taken; i++)
        assert_true(add(&oracle->sent, key(frags[i].cookie)));
    return taken;
}

unsigned oracle_reap(struct oracle *oracle, struct e1000_dev *dev, void **cookies, unsigned max)
{
    unsigned count = e1000_reap(dev, cookies, max);

    assert_true(count <= max);
    for (unsigned i = 0; i < count; i++)
        assert_true(take(&oracle->sent, key(cookies[i])));
    return count;
}

static void lent(struct oracle *oracle, const struct e1000_frag *frags, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_true(add(&oracle->lent, key(frags[i].cookie)));
        assert_int_equal(oracle->device.place[find(&oracle->device, frags[i].bus)], 0);
    }
}

unsigned oracle_receive(struct oracle *oracle, struct e1000_dev *dev, struct e1000_frag *frags,
                        unsigned max)
{
    unsigned count = e1000_receive(dev, frags, max);

    assert_true(count <= max);
    lent(oracle, frags, count);
    return count;
}

unsigned oracle_poll(struct oracle *oracle, struct e1000_dev *dev, struct e1000_frag *frags,
                     unsigned budget, unsigned *work)
{
    unsigned count = e1000_poll(dev, frags, budget, work);

    assert_true(count <= budget);
    lent(oracle, frags, count);
    return count;
}

void oracle_recycle(struct oracle *oracle, struct e1000_dev *dev, const struct e1000_frag *frags,
                    unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        assert_true(take(&oracle->lent, key(frags[i].cookie)));
    e1000_recycle(dev, frags, count);
}

void oracle_owner(struct oracle *oracle, uint64_t bus, bool device)
{
    if (device)
        assert_true(add(&oracle->device, bus));
    else
        (void)take(&oracle->device, bus); /* the core may look at a header, and then at the rest */
}

void oracle_unmapped(struct oracle *oracle, uint64_t bus, size_t size)
{
    for (size_t offset = 0; offset < size; offset += 256)
        assert_int_equal(oracle->device.place[find(&oracle->device, bus + offset)], 0);
}

size_t oracle_sent(const struct oracle *oracle)
{
    return oracle->sent.count;
}

size_t oracle_lent(const struct oracle *oracle)
{
    return oracle->lent.count;
}
