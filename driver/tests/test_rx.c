/* SPDX-License-Identifier: BSD-2-Clause */
/* Receiving: ring and buffers through every fill level, frames in one and in many descriptors, bad
 * frames, and buffers that are lent. The test plays the chip and writes descriptors back itself. */
#include "receiver.h"

#include <stdlib.h>

/* Every ring size from 8 to 4096, filled to every level (in steps for the large ones), over several
 * wraps: each frame comes out once, in order, from the right buffer, and the ring is full again. */
static void all_sizes_and_fill_levels(void **state)
{
    static const uint16_t sizes[] = {8, 16, 24, 40, 128, 256, 1000, 4096};

    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        uint16_t size = sizes[s];
        struct rx *rx = rx_new(size, (uint16_t)(size + 16), 2048, 1514);
        unsigned step = size <= 40 ? 1 : size / 7u;
        uint32_t expected = 0, frames = 0;

        assert_int_equal(rx_posted(rx), size - 1u);
        for (unsigned level = 1; level < size; level += step) {
            for (unsigned i = 0; i < level; i++)
                assert_true(rx_store(rx, 60 + i % 1400, DONE));
            assert_int_equal(rx_receive(rx, 8192), level);
            for (unsigned i = 0; i < level; i++) {
                assert_int_equal(rx->frags[i].length, 60 + i % 1400);
                assert_int_equal(rx->frags[i].flags, E1000_FRAG_EOP);
                assert_ptr_equal(rx->frags[i].data, fake_cpu(rx->fake, rx->frags[i].bus));
                assert_int_equal(rx_stamp(rx, i), expected++);
            }
            frames += level;
            rx_recycle(rx, 0, level);
            assert_int_equal(rx_posted(rx), size - 1u);
        }
        assert_int_equal(rx_free(rx).rx_frames, frames);
    }
}

/* The tail never meets the head: with all descriptors used the ring is one short of full, and one
 * more frame finds no place. */
static void tail_never_catches_head(void **state)
{
    struct rx *rx = rx_new(8, 8, 2048, 1514);

    for (int round = 0; round < 20; round++) {
        unsigned stored = 0;

        while (rx_store(rx, 60, DONE))
            stored++;
        assert_int_equal(stored, 7);
        assert_int_equal(rx_posted(rx), 0);
        assert_int_equal(rx_receive(rx, 100), 7);
        /* The spare eighth buffer goes straight in. */
        assert_int_equal(rx_posted(rx), 1);
        for (unsigned left = 7; left; left--)
            rx_recycle(rx, left - 1, 1);
        assert_int_equal(rx_posted(rx), 7);
    }
    rx_free(rx);
}

/* Buffers come back in any order, and more of them than the ring holds can be away. */
static void lent_in_any_order(void **state)
{
    struct rx *rx = rx_new(16, 64, 2048, 1514);
    uint32_t expected = 0;
    unsigned seed = 1;

    for (int round = 0; round < 2000; round++) {
        seed = seed * 1103515245 + 12345;
        for (unsigned i = seed >> 16 & 15; i && rx_store(rx, 100, DONE); i--)
            ;
        unsigned before = rx->lent;
        unsigned n = rx_receive(rx, 65);
        for (unsigned i = before; i < before + n; i++)
            assert_int_equal(rx_stamp(rx, i), expected++);
        while (rx->lent > 40) {
            seed = seed * 1103515245 + 12345;
            rx_recycle(rx, (seed >> 16) % rx->lent, 1);
        }
        /* 64 buffers, at most 40 lent: the ring is always full. */
        assert_int_equal(rx_posted(rx), 15);
    }
    /* All of them are different ones. */
    for (unsigned i = 0; i < rx->lent; i++) {
        for (unsigned k = 0; k < i; k++)
            assert_ptr_not_equal(rx->frags[i].data, rx->frags[k].data);
    }
    assert_int_equal(e1000_down(fake_call(rx->fake)),
                     E1000_ERR_STATE); /* not while some are lent */
    rx_recycle(rx, 0, rx->lent);
    rx_free(rx);
}

/* With everything lent, nothing is posted, nothing is lost, and the first returned buffer is used.
 */
static void starved_ring_recovers(void **state)
{
    struct rx *rx = rx_new(8, 8, 2048, 1514);

    for (int i = 0; i < 8; i++) {
        assert_true(rx_store(rx, 60, DONE));
        assert_int_equal(rx_receive(rx, 65), 1);
    }
    assert_int_equal(rx_posted(rx), 0);
    assert_false(rx_store(rx, 60, DONE));
    assert_int_equal(rx_receive(rx, 65), 0);
    rx_recycle(rx, 3, 1);
    assert_int_equal(rx_posted(rx), 1);
    assert_true(rx_store(rx, 60, DONE));
    assert_int_equal(rx_receive(rx, 65), 1);
    rx_recycle(rx, 0, 8);
    assert_int_equal(rx_posted(rx), 7);
    rx_free(rx);
}

/* One tail write for a batch of any size: twice at most, when frames were taken and returned. */
static void doorbells_are_batched(void **state)
{
    struct rx *rx = rx_new(256, 512, 2048, 1514);

    fake_forget(rx->fake);
    for (int i = 0; i < 200; i++)
        assert_true(rx_store(rx, 60, DONE));
    assert_int_equal(rx_receive(rx, 300), 200);
    assert_int_equal(fake_write_count(rx->fake, E1000_RDT), 1);
    rx_recycle(rx, 0, 200);
    assert_int_equal(fake_write_count(rx->fake, E1000_RDT), 1); /* the ring was full already */
    assert_int_equal(rx_receive(rx, 300), 0);
    assert_int_equal(fake_write_count(rx->fake, E1000_RDT), 1);
    rx_free(rx);
}

/* Frames over several buffers, with every length of tail including 1 to 3 bytes: pieces in order,
 * the end marked once, and never a part of a frame however small max is. */
static void frames_in_many_descriptors(void **state)
{
    struct rx *rx = rx_new(128, 200, 256, 9014);

    for (uint32_t length = 250; length <= 9014; length += length < 1100 ? 1 : 127) {
        unsigned pieces = (length + 255) / 256;

        for (unsigned i = 0; i < pieces; i++) {
            bool last = i + 1 == pieces;

            /* Until its end is there, nothing is handed out. */
            assert_int_equal(rx_receive(rx, 65), 0);
            assert_true(rx_store(rx, last ? length - i * 256 : 256, last ? DONE : E1000_RXD_DD));
        }
        for (unsigned max = 0; max < pieces; max += 1 + max / 4)
            assert_int_equal(rx_receive(rx, max), 0);
        assert_int_equal(rx_receive(rx, pieces), pieces);
        uint32_t sum = 0;
        for (unsigned i = 0; i < pieces; i++) {
            assert_int_equal(rx->frags[i].flags, i + 1 == pieces ? E1000_FRAG_EOP : 0);
            sum += rx->frags[i].length;
        }
        assert_int_equal(sum, length);
        rx_recycle(rx, 0, pieces);
    }
    struct e1000_counters counters = rx_free(rx);
    assert_int_equal(counters.rx_errors + counters.rx_length_errors, 0);
    assert_true(counters.rx_frames > 900);
}

/* Single, multiple and bad frames mixed: whole frames up to max come out. */
static void mixed_frames(void **state)
{
    struct rx *rx = rx_new(64, 128, 256, 1514);

    assert_true(rx_store(rx, 60, DONE));          /* 1 piece */
    assert_true(rx_store(rx, 256, E1000_RXD_DD)); /* 2 pieces */
    assert_true(rx_store(rx, 3, DONE));
    assert_true(rx_store(rx, 60, DONE | E1000_RXD_CE)); /* dropped */
    assert_true(rx_store(rx, 61, DONE));                /* 1 piece */
    assert_true(rx_store(rx, 256, E1000_RXD_DD));       /* dropped, both pieces */
    assert_true(rx_store(rx, 100, DONE | E1000_RXD_RXE));
    assert_true(rx_store(rx, 62, DONE)); /* 1 piece */
    assert_int_equal(rx_receive(rx, 2), 1);
    assert_int_equal(rx->frags[0].length, 60);
    assert_int_equal(rx_receive(rx, 3), 3);
    assert_int_equal(rx->frags[1].length, 256);
    assert_int_equal(rx->frags[2].length, 3);
    assert_int_equal(rx->frags[3].length, 61);
    assert_int_equal(rx_receive(rx, 3), 1);
    assert_int_equal(rx->frags[4].length, 62);
    rx_recycle(rx, 0, 5);
    assert_int_equal(rx_posted(rx), 63);

    struct e1000_counters counters = rx_free(rx);
    assert_int_equal(counters.rx_frames, 4);
    assert_int_equal(counters.rx_bytes, 60 + 259 + 61 + 62);
    assert_int_equal(counters.rx_errors, 2);
    assert_int_equal(counters.rx_length_errors, 0);
}

/* Each error bit drops the frame; checksum results do not, and reserved bits mean nothing. */
static void error_bits(void **state)
{
    for (unsigned bit = 0; bit < 8; bit++) {
        struct rx *rx = rx_new(16, 32, 2048, 1514);
        bool drops = 0x97u >> bit & 1;

        assert_true(rx_store(rx, 60, DONE | UINT64_C(1) << (40 + bit)));
        assert_int_equal(rx_receive(rx, 65), drops ? 0 : 1);
        rx_recycle(rx, 0, rx->lent);
        assert_int_equal(rx_posted(rx), 15);
        assert_int_equal(rx_free(rx).rx_errors, drops ? 1 : 0);
    }
}

/* Errors count only where the frame ends. */
static void errors_of_unfinished_descriptors_ignored(void **state)
{
    struct rx *rx = rx_new(16, 32, 256, 1514);

    assert_true(rx_store(rx, 256, E1000_RXD_DD | E1000_RXD_CE));
    assert_true(rx_store(rx, 10, DONE));
    assert_int_equal(rx_receive(rx, 65), 2);
    rx_recycle(rx, 0, 2);
    rx_free(rx);
}

/* Lengths: under a header, over the limit, over the limit by a VLAN tag, over the buffer, nothing.
 */
static void length_limits(void **state)
{
    static const struct {
        uint32_t length;
        bool tagged, good;
    } cases[] = {
        {13, false, false},   {14, false, true},   {1000, false, true},  {1001, false, false},
        {1004, false, false}, {1001, true, true},  {1004, true, true},   {1005, true, false},
        {2048, true, false},  {2049, true, false}, {65535, true, false}, {0, false, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rx *rx = rx_new(16, 32, 2048, 1000);
        uint8_t *data = fake_cpu(rx->fake, fake_rx_desc(rx->fake, 0)->address);

        assert_true(rx_store(rx, cases[i].length, DONE));
        if (cases[i].tagged)
            data[12] = 0x81;
        assert_int_equal(rx_receive(rx, 65), cases[i].good);
        rx_recycle(rx, 0, rx->lent);
        assert_int_equal(rx_posted(rx), 15);
        assert_int_equal(rx_free(rx).rx_length_errors, !cases[i].good);
    }
}

/* An empty or oversized piece anywhere spoils the frame and nothing else. */
static void malformed_pieces(void **state)
{
    static const uint32_t bad[] = {0, 257, 65535};

    for (unsigned place = 0; place < 3; place++) {
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            struct rx *rx = rx_new(16, 32, 256, 1514);

            for (unsigned piece = 0; piece < 3; piece++)
                assert_true(
                    rx_store(rx, piece == place ? bad[i] : 200, piece == 2 ? DONE : E1000_RXD_DD));
            assert_true(rx_store(rx, 77, DONE));
            assert_int_equal(rx_receive(rx, 65), 1);
            assert_int_equal(rx->frags[0].length, 77);
            rx_recycle(rx, 0, 1);
            assert_int_equal(rx_posted(rx), 15);
            assert_int_equal(rx_free(rx).rx_length_errors, 1);
        }
    }
}

/* A frame that fills the whole ring without an end, as an over-long one does, is given up; what
 * follows up to its end belongs to it, and then frames come through again. */
static void endless_frame_given_up(void **state)
{
    struct rx *rx = rx_new(8, 16, 256, 1514);

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 7; i++)
            assert_true(rx_store(rx, 256, E1000_RXD_DD));
        assert_false(rx_store(rx, 256, E1000_RXD_DD));
        assert_int_equal(rx_receive(rx, 65), 0);
        assert_int_equal(rx_posted(rx), 7);
        for (int i = 0; i < 3; i++)
            assert_true(rx_store(rx, 256, E1000_RXD_DD));
        assert_int_equal(rx_receive(rx, 65), 0);
        assert_true(rx_store(rx, 100, DONE)); /* its end */
        assert_true(rx_store(rx, 101, DONE));
        assert_int_equal(rx_receive(rx, 65), 1);
        assert_int_equal(rx->frags[0].length, 101);
        rx_recycle(rx, 0, 1);
    }
    assert_int_equal(rx_free(rx).rx_length_errors, 3);

    /* In a large ring the bound is what the chip can accept: 64 of the smallest buffers. */
    rx = rx_new(256, 300, 256, 1514);
    for (int i = 0; i < 63; i++)
        assert_true(rx_store(rx, 256, E1000_RXD_DD));
    assert_int_equal(rx_receive(rx, 100), 0);
    assert_int_equal(rx_posted(rx), 255 - 63);
    assert_true(rx_store(rx, 256, E1000_RXD_DD));
    assert_int_equal(rx_receive(rx, 100), 0);
    assert_int_equal(rx_posted(rx), 255);
    assert_true(rx_store(rx, 1, DONE));
    assert_true(rx_store(rx, 60, DONE));
    assert_int_equal(rx_receive(rx, 100), 1);
    rx_recycle(rx, 0, 1);
    rx_free(rx);
}

/* The longest frame in the smallest buffers fits into 65 fragments. */
static void longest_frame(void **state)
{
    struct rx *rx = rx_new(128, 128, 256, 16124);

    for (int i = 0; i < 62; i++)
        assert_true(rx_store(rx, 256, E1000_RXD_DD));
    assert_true(rx_store(rx, 16124 - 62 * 256, DONE));
    assert_int_equal(rx_receive(rx, 65), 63);
    rx_recycle(rx, 0, 63);
    rx_free(rx);
}

/* Cookies that are not ours do no harm. */
static void strange_cookies_ignored(void **state)
{
    struct rx *rx = rx_new(8, 16, 2048, 1514);
    static const uintptr_t cookies[] = {16, 128, 0xFFFF, 0x10000, UINTPTR_MAX};

    /* One is lent, so that there is a place for each to take wrongly. */
    assert_true(rx_store(rx, 60, DONE));
    assert_int_equal(rx_receive(rx, 65), 1);
    for (size_t i = 0; i < sizeof cookies / sizeof cookies[0]; i++) {
        struct e1000_frag strange = {.cookie = (void *)cookies[i]};

        e1000_recycle(fake_call(rx->fake), &strange, 1);
    }
    rx_recycle(rx, 0, 1);
    /* With nothing lent, nothing can come back, in the next life either: going down below finds the
     * books in order. */
    assert_int_equal(e1000_down(fake_call(rx->fake)), 0);
    fake_bring_up(rx->fake);
    rx->head = 0;
    struct e1000_frag twice = {.cookie = (void *)(uintptr_t)3};
    e1000_recycle(fake_call(rx->fake), &twice, 1);
    for (int i = 0; i < 100; i++) {
        assert_true(rx_store(rx, 60, DONE));
        assert_int_equal(rx_receive(rx, 65), 1);
        assert_ptr_equal(rx->frags[0].data, fake_cpu(rx->fake, rx->frags[0].bus));
        rx_recycle(rx, 0, 1);
    }
    rx_free(rx);
}

/* The device's buffers are exactly the posted ones, as the OS was told. */
static void ownership_is_told(void **state)
{
    struct rx *rx = rx_new(16, 32, 2048, 1514);

    assert_int_equal(rx->fake->device_buffers, 15);
    for (int i = 0; i < 5; i++)
        assert_true(rx_store(rx, 60, DONE));
    assert_int_equal(rx_receive(rx, 65), 5);
    assert_int_equal(rx->fake->device_buffers, 15); /* five lent, five others posted */
    rx_recycle(rx, 0, 5);
    assert_int_equal(rx->fake->device_buffers, 15);
    assert_int_equal(e1000_down(fake_call(rx->fake)), 0);
    assert_int_equal(rx->fake->device_buffers, 0);
    fake_bring_up(rx->fake);
    rx_free(rx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sizes_and_fill_levels),
        cmocka_unit_test(tail_never_catches_head),
        cmocka_unit_test(lent_in_any_order),
        cmocka_unit_test(starved_ring_recovers),
        cmocka_unit_test(doorbells_are_batched),
        cmocka_unit_test(frames_in_many_descriptors),
        cmocka_unit_test(mixed_frames),
        cmocka_unit_test(error_bits),
        cmocka_unit_test(errors_of_unfinished_descriptors_ignored),
        cmocka_unit_test(length_limits),
        cmocka_unit_test(malformed_pieces),
        cmocka_unit_test(endless_frame_given_up),
        cmocka_unit_test(longest_frame),
        cmocka_unit_test(strange_cookies_ignored),
        cmocka_unit_test(ownership_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
