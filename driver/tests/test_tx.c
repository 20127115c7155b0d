/* SPDX-License-Identifier: BSD-2-Clause */
/* Sending: descriptors, doorbells, reports and cookies, through every fill level. The test plays
 * the chip: it reads the descriptors between its head and the tail, and reports where it was asked
 * to. */
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#define BUFFERS 0x70000000u /* somewhere; the driver does not look at sent bytes */

struct tx {
    struct fake *fake;
    unsigned head, count;
    uintptr_t next_cookie, reaped; /* cookies are numbered from 1 */
    struct e1000_frag frags[5000];
    /* The last frame that the chip sent. */
    uint32_t length, pieces;
    unsigned frames;
};

static struct tx *tx_new(uint16_t ring, uint32_t max_frame)
{
    struct tx *tx = calloc(1, sizeof *tx);

    assert_non_null(tx);
    tx->fake = fake_new();
    tx->fake->params.tx_ring = ring;
    tx->fake->params.rx_buffer_size = 2048;
    tx->fake->params.max_frame = max_frame;
    assert_int_equal(fake_attach(tx->fake), 0);
    fake_bring_up(tx->fake);
    tx->count = ring;
    return tx;
}

static void tx_free(struct tx *tx)
{
    fake_free(tx->fake);
    free(tx);
}

/* A fragment that is the at-th of the batch; each has a cookie of its own. */
static void piece(struct tx *tx, unsigned at, uint32_t length, bool end)
{
    tx->frags[at] = (struct e1000_frag){
        .bus = BUFFERS + (uint64_t)at * 0x10000,
        .length = length,
        .flags = end ? E1000_FRAG_EOP : 0,
        .cookie = (void *)(tx->next_cookie + 1 + at),
    };
}

static unsigned transmit(struct tx *tx, unsigned count)
{
    unsigned n = fake_transmit(tx->fake, tx->frags, count);

    tx->next_cookie += n;
    return n;
}

static unsigned outstanding(const struct tx *tx)
{
    return (fake_reg(tx->fake, E1000_TDT) + tx->count - tx->head) % tx->count;
}

/* The chip sends up to so many frames. Every frame must end with an FCS request. */
static void chip_sends(struct tx *tx, unsigned frames)
{
    tx->length = tx->pieces = 0;
    while (frames && outstanding(tx)) {
        struct e1000_desc *desc = fake_tx_desc(tx->fake, tx->head);

        assert_int_equal(desc->rest >> 32, 0);
        assert_true((desc->rest & 0xFFFF) > 0 && (desc->rest & 0xFFFF) <= 4096);
        assert_int_equal(desc->rest & 0xF4FF0000u, 0); /* legacy, nothing but EOP, IFCS, RS */
        tx->length += desc->rest & 0xFFFF;
        tx->pieces++;
        if (desc->rest & E1000_TXD_EOP) {
            assert_true(desc->rest & E1000_TXD_IFCS);
            tx->frames++;
            if (--frames)
                tx->length = tx->pieces = 0;
        }
        if (desc->rest & E1000_TXD_RS)
            desc->rest |= E1000_TXD_DD;
        tx->head = (tx->head + 1) % tx->count;
    }
}

/* Takes cookies back and checks that they come in order. */
static unsigned reap(struct tx *tx, unsigned max)
{
    static void *cookies[8192];
    unsigned n = fake_reap(tx->fake, cookies, max);

    assert_true(n <= max);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal((uintptr_t)cookies[i], ++tx->reaped);
    return n;
}

/* Every ring size at every fill level (in steps for the large ones), over several wraps: all frames
 * go out, all cookies come back in order, and the room is what it should be throughout. */
static void all_sizes_and_fill_levels(void **state)
{
    static const uint16_t sizes[] = {8, 16, 24, 40, 128, 256, 1000, 4096};

    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        uint16_t size = sizes[s];
        struct tx *tx = tx_new(size, 1514);
        unsigned step = size <= 40 ? 1 : size / 7u, frames = 0;

        for (unsigned level = 1; level < size; level += step) {
            for (unsigned i = 0; i < level; i++)
                piece(tx, i, 60 + i % 1400, true);
            assert_int_equal(e1000_tx_room(tx->fake->dev), size - 1u);
            fake_forget(tx->fake);
            assert_int_equal(transmit(tx, level), level);
            assert_int_equal(fake_write_count(tx->fake, E1000_TDT), 1); /* one doorbell */
            assert_int_equal(e1000_tx_room(tx->fake->dev), size - 1u - level);
            assert_int_equal(outstanding(tx), level);
            assert_int_equal(reap(tx, 8192), 0);
            chip_sends(tx, level);
            assert_int_equal(reap(tx, 8192), level);
            frames += level;
            assert_int_equal(tx->frames, frames);
        }
        tx_free(tx);
    }
}

/* What does not fit is left to the caller, and the tail never meets the head. */
static void full_ring(void **state)
{
    struct tx *tx = tx_new(16, 1514);

    for (int round = 0; round < 40; round++) {
        for (unsigned i = 0; i < 20; i++)
            piece(tx, i, 100, true);
        unsigned taken = transmit(tx, 20);
        assert_int_equal(outstanding(tx), 15);
        assert_int_equal(e1000_tx_room(tx->fake->dev), 0);
        assert_int_equal(taken, 15);
        assert_int_equal(transmit(tx, 0), 0);
        fake_forget(tx->fake);
        piece(tx, 0, 100, true);
        assert_int_equal(transmit(tx, 1), 0);
        assert_int_equal(fake_write_count(tx->fake, E1000_TDT), 0); /* nothing new: no doorbell */
        chip_sends(tx, 15);
        assert_int_equal(reap(tx, 100), 15);
    }
    tx_free(tx);
}

/* Frames of many fragments are taken whole or not at all; an unfinished one waits for its end. */
static void many_fragments(void **state)
{
    struct tx *tx = tx_new(64, 9014);

    for (unsigned pieces = 1; pieces <= 63; pieces++) {
        for (unsigned i = 0; i < pieces; i++)
            piece(tx, i, i + 60, i + 1 == pieces);
        if (pieces > 1)
            assert_int_equal(transmit(tx, pieces - 1), 0);
        assert_int_equal(transmit(tx, pieces), pieces);
        assert_int_equal(reap(tx, 100), 0);
        chip_sends(tx, 1);
        assert_int_equal(tx->pieces, pieces);
        assert_int_equal(tx->length, 60 * pieces + pieces * (pieces - 1) / 2);
        assert_int_equal(reap(tx, 100), pieces);
    }

    /* Three frames of 25 descriptors: two fit. */
    for (unsigned i = 0; i < 75; i++)
        piece(tx, i, 60, i % 25 == 24);
    assert_int_equal(transmit(tx, 75), 50);
    assert_int_equal(e1000_tx_room(tx->fake->dev), 13);
    chip_sends(tx, 100);
    assert_int_equal(reap(tx, 100), 50);
    tx_free(tx);
}

/* Reports are asked for often enough to reap while a long batch is being sent, and not for each
 * frame. */
static void reports_are_sparse(void **state)
{
    struct tx *tx = tx_new(256, 1514);
    unsigned reports = 0;

    for (unsigned i = 0; i < 200; i++)
        piece(tx, i, 60, true);
    assert_int_equal(transmit(tx, 200), 200);
    for (unsigned i = 0; i < 200; i++) {
        bool report = fake_tx_desc(tx->fake, i)->rest & E1000_TXD_RS;

        assert_int_equal(report, i % 16 == 15 || i == 199);
        reports += report;
    }
    assert_int_equal(reports, 13);

    chip_sends(tx, 100);
    unsigned n = reap(tx, 1000);
    assert_true(n >= 84 && n <= 100);
    assert_int_equal(e1000_tx_room(tx->fake->dev), 255 - 200 + n);
    chip_sends(tx, 100);
    assert_int_equal(reap(tx, 1000), 200 - n);
    tx_free(tx);
}

/* Also between frames of different kinds: never more than sixteen frames without a report. */
static void reports_of_mixed_frames(void **state)
{
    struct tx *tx = tx_new(256, 1514);
    unsigned n = 0, unreported = 0;

    for (unsigned frame = 0; frame < 120; frame++) {
        if (frame % 7 == 3)
            piece(tx, n++, 30, false);
        piece(tx, n++, 60, true);
    }
    assert_int_equal(transmit(tx, n), n);
    for (unsigned i = 0; i < n; i++) {
        uint64_t rest = fake_tx_desc(tx->fake, i)->rest;

        unreported += !!(rest & E1000_TXD_EOP);
        assert_true(unreported <= 16);
        if (rest & E1000_TXD_RS)
            unreported = 0;
    }
    assert_int_equal(unreported, 0);
    chip_sends(tx, 120);
    assert_int_equal(reap(tx, 8192), n);
    tx_free(tx);
}

/* Reaping is bounded by max, and goes on where it stopped. */
static void reap_in_portions(void **state)
{
    struct tx *tx = tx_new(64, 1514);

    for (unsigned i = 0; i < 50; i++)
        piece(tx, i, 60, true);
    assert_int_equal(transmit(tx, 50), 50);
    chip_sends(tx, 50);
    assert_int_equal(reap(tx, 0), 0);
    for (unsigned i = 0; i < 50; i += 7)
        assert_int_equal(reap(tx, 7), i + 7 <= 50 ? 7 : 50 - i);
    assert_int_equal(reap(tx, 7), 0);
    tx_free(tx);
}

/* Short frames are lengthened to 60 bytes with zeros of the driver's own; the shortest allowed
 * is a bare header. */
static void short_frames_padded(void **state)
{
    struct tx *tx = tx_new(16, 1514);

    for (uint32_t length = 14; length <= 60; length++) {
        piece(tx, 0, length, true);
        assert_int_equal(transmit(tx, 1), 1);
        if (length < 60) {
            unsigned last = (tx->head + 1) % 16;
            const uint8_t *pad = fake_cpu(tx->fake, fake_tx_desc(tx->fake, last)->address);

            assert_non_null(pad);
            for (uint32_t i = 0; i < 60 - length; i++)
                assert_int_equal(pad[i], 0);
        }
        chip_sends(tx, 1);
        assert_int_equal(tx->length, 60);
        assert_int_equal(tx->pieces, length < 60 ? 2 : 1);
        assert_int_equal(reap(tx, 10), 1);
    }
    /* In pieces as well. */
    piece(tx, 0, 14, false);
    piece(tx, 1, 3, true);
    assert_int_equal(transmit(tx, 2), 2);
    chip_sends(tx, 1);
    assert_int_equal(tx->length, 60);
    assert_int_equal(reap(tx, 10), 2);
    tx_free(tx);
}

/* A descriptor carries 4096 bytes at most. */
static void large_fragments_split(void **state)
{
    struct tx *tx = tx_new(16, 16124);
    static const struct {
        uint32_t length, descs;
    } cases[] = {{4095, 1}, {4096, 1}, {4097, 2}, {8192, 2}, {9014, 3}, {16124, 4}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        piece(tx, 0, cases[i].length, true);
        assert_int_equal(transmit(tx, 1), 1);
        for (unsigned d = 0; d < cases[i].descs; d++)
            assert_int_equal(fake_tx_desc(tx->fake, (tx->head + d) % 16)->address,
                             BUFFERS + d * 4096);
        chip_sends(tx, 1);
        assert_int_equal(tx->length, cases[i].length);
        assert_int_equal(tx->pieces, cases[i].descs);
        assert_int_equal(reap(tx, 10), 1);
    }
    tx_free(tx);
}

/* What can never be sent is taken, counted, not sent, and its cookies come back, in order with
 * those of the frames around it. */
static void impossible_frames_refused(void **state)
{
    struct tx *tx = tx_new(16, 1000);
    struct e1000_counters counters;
    uint8_t tagged[14] = {0};

    tagged[12] = 0x81;
    piece(tx, 0, 60, true);
    piece(tx, 1, 13, true);   /* too short */
    piece(tx, 2, 0, true);    /* empty */
    piece(tx, 3, 1001, true); /* too long */
    piece(tx, 4, 1000, true);
    piece(tx, 5, 1004, true); /* tagged, good */
    tx->frags[5].data = tagged;
    piece(tx, 6, 1005, true); /* tagged, too long */
    tx->frags[6].data = tagged;
    piece(tx, 7, 100, false); /* an empty fragment */
    piece(tx, 8, 0, false);
    piece(tx, 9, 100, true);
    piece(tx, 10, 0xFFFFFFFF, false); /* lengths that would wrap */
    piece(tx, 11, 100, true);
    assert_int_equal(transmit(tx, 12), 12);
    assert_int_equal(outstanding(tx), 3);
    chip_sends(tx, 100);
    assert_int_equal(tx->frames, 3);
    assert_int_equal(reap(tx, 100), 12);
    e1000_get_counters(tx->fake->dev, &counters);
    assert_int_equal(counters.tx_refused, 6);
    assert_int_equal(counters.tx_frames, 3);
    assert_int_equal(counters.tx_bytes, 60 + 1000 + 1004);

    /* Alone, they come back at once, and no doorbell rings. */
    fake_forget(tx->fake);
    for (unsigned i = 0; i < 3000; i++)
        piece(tx, i, 1, true);
    assert_int_equal(transmit(tx, 3000), 3000);
    assert_int_equal(fake_write_count(tx->fake, E1000_TDT), 0);
    assert_int_equal(reap(tx, 8192), 3000);

    /* As many descriptors as the ring has are one too many. */
    for (unsigned i = 0; i < 16; i++)
        piece(tx, i, 20, i == 15);
    assert_int_equal(transmit(tx, 16), 16);
    assert_int_equal(outstanding(tx), 0);
    assert_int_equal(reap(tx, 100), 16);
    for (unsigned i = 0; i < 15; i++)
        piece(tx, i, 20, i == 14);
    assert_int_equal(transmit(tx, 15), 15);
    chip_sends(tx, 1);
    assert_int_equal(reap(tx, 100), 15);
    tx_free(tx);
}

/* Cookies that nobody takes back stop transmission instead of being lost. */
static void unreaped_cookies_stop_transmission(void **state)
{
    struct tx *tx = tx_new(16, 1514);

    for (unsigned i = 0; i < 5000; i++)
        piece(tx, i, 1, true);
    assert_int_equal(transmit(tx, 5000), 4096);
    assert_int_equal(e1000_tx_room(tx->fake->dev), 0);
    piece(tx, 0, 60, true);
    assert_int_equal(transmit(tx, 1), 0);
    assert_int_equal(reap(tx, 1), 1);
    piece(tx, 0, 60, true);
    assert_int_equal(transmit(tx, 1), 1);
    chip_sends(tx, 1);
    assert_int_equal(reap(tx, 8192), 4096);
    tx_free(tx);
}

/* Frames that were queued when the interface goes down give their cookies back, once, in order; the
 * next life starts clean. */
static void down_with_outstanding_frames(void **state)
{
    struct tx *tx = tx_new(16, 1514);

    for (int round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 10; i++)
            piece(tx, i, i == 7 ? 1 : 60, true);
        assert_int_equal(transmit(tx, 10), 10);
        chip_sends(tx, 4);
        assert_int_equal(e1000_down(fake_call(tx->fake)), 0);
        assert_int_equal(tx->fake->live, 0);
        if (round < 2)
            assert_int_equal(reap(tx, 100), 10); /* or later, after the next up */
        assert_int_equal(transmit(tx, 1), 0);
        fake_bring_up(tx->fake);
        tx->head = 0;
        assert_int_equal(e1000_tx_room(tx->fake->dev), 15);
        assert_int_equal(reap(tx, 100), round < 2 ? 0 : 10);
    }

    for (unsigned i = 0; i < 10; i++)
        piece(tx, i, 60, true);
    assert_int_equal(transmit(tx, 10), 10);
    e1000_detach(fake_call(tx->fake));
    assert_int_equal(reap(tx, 100), 10);
    assert_int_equal(reap(tx, 100), 0);
    tx_free(tx);
}

/* Descriptors are in memory before the doorbell rings: fake_free() counts tails without a barrier.
 * Here: there is one for each doorbell. */
static void barrier_before_each_doorbell(void **state)
{
    struct tx *tx = tx_new(16, 1514);

    for (int i = 0; i < 10; i++) {
        unsigned barriers = tx->fake->barriers;

        piece(tx, 0, 60, true);
        assert_int_equal(transmit(tx, 1), 1);
        assert_int_equal(tx->fake->barriers, barriers + 1);
        chip_sends(tx, 1);
        reap(tx, 1);
    }
    tx_free(tx);
}

/* Random batches, random progress of the chip, random reaping, for a long time. */
static void random_traffic(void **state)
{
    struct tx *tx = tx_new(40, 1514);
    unsigned seed = 7, frames = 0;

    for (int round = 0; round < 20000; round++) {
        unsigned n = 0;

        seed = seed * 1103515245 + 12345;
        for (unsigned f = seed >> 16 & 7; f; f--) {
            unsigned pieces = 1 + (seed >> (10 + f) & 3);

            for (unsigned i = 0; i < pieces; i++)
                piece(tx, n++, 20 + (seed >> f & 0xFF), i + 1 == pieces);
        }
        unsigned taken = transmit(tx, n);
        for (unsigned i = 0; i < taken; i++)
            frames += tx->frags[i].flags & E1000_FRAG_EOP;
        assert_true(outstanding(tx) <= 39);
        chip_sends(tx, seed >> 20 & 7);
        reap(tx, seed >> 24 & 15);
    }
    chip_sends(tx, 1000);
    while (reap(tx, 100))
        ;
    assert_int_equal(tx->reaped, tx->next_cookie);
    assert_int_equal(tx->frames, frames);
    assert_true(frames > 20000);
    assert_int_equal(e1000_tx_room(tx->fake->dev), 39);
    tx_free(tx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sizes_and_fill_levels),
        cmocka_unit_test(full_ring),
        cmocka_unit_test(many_fragments),
        cmocka_unit_test(reports_are_sparse),
        cmocka_unit_test(reports_of_mixed_frames),
        cmocka_unit_test(reap_in_portions),
        cmocka_unit_test(short_frames_padded),
        cmocka_unit_test(large_fragments_split),
        cmocka_unit_test(impossible_frames_refused),
        cmocka_unit_test(unreaped_cookies_stop_transmission),
        cmocka_unit_test(down_with_outstanding_frames),
        cmocka_unit_test(barrier_before_each_doorbell),
        cmocka_unit_test(random_traffic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
