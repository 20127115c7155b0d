/* SPDX-License-Identifier: BSD-2-Clause */
/* The scoreboard must tell each kind of misfortune apart; a judge that can't is worse than none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoreboard.h"

#define FRAMES 64u
#define LENGTH 60u

struct fixture {
    struct scoreboard board;
    uint8_t bytes[FRAMES][LENGTH];
    struct e1000emu_frame frames[FRAMES];
};

static int set_up(void **state)
{
    static struct fixture f;

    assert_int_equal(scoreboard_open(&f.board, false), 0);
    for (unsigned i = 0; i < FRAMES; i++) {
        for (unsigned j = 0; j < LENGTH; j++)
            f.bytes[i][j] = (uint8_t)(i * 7 + j * j);
        f.frames[i] = (struct e1000emu_frame){.data = f.bytes[i], .length = LENGTH};
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    scoreboard_close(&((struct fixture *)*state)->board);
    return 0;
}

static void expect_all(struct fixture *f, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        scoreboard_expect(&f->board, &f->frames[i], i);
}

static const struct e1000emu_frame *got(struct fixture *f, unsigned number)
{
    return scoreboard_got(&f->board, f->bytes[number], LENGTH);
}

static void check(struct scoreboard *board, unsigned lost, unsigned duplicated, unsigned reordered,
                  unsigned corrupted)
{
    scoreboard_finish(board);
    assert_int_equal(board->lost, lost);
    assert_int_equal(board->duplicated, duplicated);
    assert_int_equal(board->reordered, reordered);
    assert_int_equal(board->corrupted, corrupted);
    assert_int_equal(scoreboard_clean(board), lost + duplicated + reordered + corrupted == 0);
}

/* Frames that come out as they went in are clean, and each is recognised. */
static void test_clean(void **state)
{
    struct fixture *f = *state;

    expect_all(f, FRAMES);
    for (unsigned i = 0; i < FRAMES; i++) {
        assert_ptr_equal(got(f, i), &f->frames[i]);
        assert_int_equal(f->board.matched_time, i);
    }
    assert_int_equal(f->board.frames_in, FRAMES);
    assert_int_equal(f->board.frames_out, FRAMES);
    assert_int_equal(f->board.bytes, FRAMES * LENGTH);
    check(&f->board, 0, 0, 0, 0);
}

/* A frame missing in the middle is one loss, and those behind it are in order. */
static void test_lost_in_the_middle(void **state)
{
    struct fixture *f = *state;

    expect_all(f, 10);
    for (unsigned i = 0; i < 10; i++)
        if (i != 4)
            assert_ptr_equal(got(f, i), &f->frames[i]);
    check(&f->board, 1, 0, 0, 0);
}

/* Frames that never come at the end are lost. */
static void test_lost_at_the_end(void **state)
{
    struct fixture *f = *state;

    expect_all(f, 10);
    for (unsigned i = 0; i < 7; i++)
        got(f, i);
    check(&f->board, 3, 0, 0, 0);
}

/* Two frames swapped are one reordered frame and no loss. */
static void test_swapped(void **state)
{
    static const unsigned order[] = {0, 2, 1, 3, 4};
    struct fixture *f = *state;

    expect_all(f, 5);
    for (unsigned i = 0; i < 5; i++)
        assert_ptr_equal(got(f, order[i]), &f->frames[order[i]]);
    check(&f->board, 0, 0, 1, 0);
}

/* A frame that comes twice is one duplicate, at once or a while later. */
static void test_duplicated(void **state)
{
    struct fixture *f = *state;

    expect_all(f, 5);
    got(f, 0);
    assert_null(got(f, 0));
    got(f, 1);
    got(f, 2);
    assert_null(got(f, 1));
    got(f, 3);
    got(f, 4);
    check(&f->board, 0, 2, 0, 0);
}

/* One bit changed is one corrupted frame, which is not lost as well. */
static void test_corrupted(void **state)
{
    struct fixture *f = *state;
    uint8_t damaged[LENGTH];

    expect_all(f, 5);
    got(f, 0);
    memcpy(damaged, f->bytes[1], LENGTH);
    damaged[59] ^= 1;
    assert_null(scoreboard_got(&f->board, damaged, LENGTH));
    for (unsigned i = 2; i < 5; i++)
        got(f, i);
    check(&f->board, 0, 0, 0, 1);
}

/* A frame cut short by one byte is corrupted too. */
static void test_truncated(void **state)
{
    struct fixture *f = *state;

    expect_all(f, 3);
    got(f, 0);
    assert_null(scoreboard_got(&f->board, f->bytes[1], LENGTH - 1));
    got(f, 2);
    check(&f->board, 0, 0, 0, 1);
}

/* A frame that nobody sent is corrupted, and takes no other frame's place. */
static void test_stranger(void **state)
{
    struct fixture *f = *state;
    uint8_t stranger[LENGTH];

    memset(stranger, 0xee, sizeof(stranger));
    expect_all(f, 3);
    got(f, 0);
    assert_null(scoreboard_got(&f->board, stranger, LENGTH));
    assert_ptr_equal(got(f, 1), &f->frames[1]);
    assert_ptr_equal(got(f, 2), &f->frames[2]);
    check(&f->board, 0, 0, 0, 1);
}

/* Something comes out although nothing was put in. */
static void test_nothing_expected(void **state)
{
    struct fixture *f = *state;

    assert_null(got(f, 0));
    check(&f->board, 0, 0, 0, 1);
}

/* In a capture played in a loop, the nearest copy of a frame is meant: a duplicate stays a
 * duplicate and a loss a loss. */
static void test_loops(void **state)
{
    struct fixture *f = *state;

    for (unsigned pass = 0; pass < 5; pass++)
        expect_all(f, 10);
    for (unsigned i = 0; i < 50; i++) {
        if (i != 23)
            got(f, i % 10);
        if (i == 31)
            got(f, 1); /* again */
    }
    check(&f->board, 1, 1, 0, 0);
}

/* Many more frames than the window holds pass through it. */
static void test_window_wraps(void **state)
{
    struct fixture *f = *state;

    for (unsigned pass = 0; pass < 3 * SCOREBOARD_WINDOW / FRAMES; pass++) {
        expect_all(f, FRAMES);
        for (unsigned i = 0; i < FRAMES; i++)
            got(f, i);
    }
    assert_int_equal(scoreboard_room(&f->board), SCOREBOARD_WINDOW - SCOREBOARD_HISTORY);
    check(&f->board, 0, 0, 0, 0);
}

/* A frame in fragments is compared as a whole. */
static void test_fragments(void **state)
{
    struct fixture *f = *state;
    struct e1000_frag frags[3] = {{.data = f->bytes[0], .length = 20},
                                  {.data = f->bytes[0] + 20, .length = 39},
                                  {.data = f->bytes[0] + 59, .length = 1}};

    expect_all(f, 2);
    assert_ptr_equal(scoreboard_got_frags(&f->board, frags, 3), &f->frames[0]);
    assert_null(scoreboard_got_frags(&f->board, frags, 2));
    check(&f->board, 1, 0, 0, 1);
}

/* Frames that are copied need not stay, neither those in order nor those that are missing, however
 * many follow. */
static void test_copies(void **state)
{
    struct fixture *f = *state;
    const struct e1000emu_frame *frame;
    uint8_t scratch[LENGTH];

    scoreboard_close(&f->board);
    assert_int_equal(scoreboard_open(&f->board, true), 0);
    for (unsigned round = 0; round < 2 * SCOREBOARD_WINDOW / FRAMES; round++) {
        for (unsigned i = 0; i < FRAMES; i++) {
            const struct e1000emu_frame once = {.data = scratch, .length = LENGTH - i % 3};

            memcpy(scratch, f->bytes[i], LENGTH);
            scoreboard_expect(&f->board, &once, i);
        }
        for (unsigned i = 1; i <= FRAMES; i++) { /* the first one last */
            const unsigned n = i % FRAMES;

            frame = scoreboard_got(&f->board, f->bytes[n], LENGTH - n % 3);
            assert_non_null(frame);
            assert_int_equal(frame->length, LENGTH - n % 3);
            assert_memory_equal(frame->data, f->bytes[n], frame->length);
            assert_int_equal(f->board.matched_time, n);
        }
        assert_int_equal(f->board.reordered, round + 1);
    }
    assert_null(got(f, 5)); /* which has a byte more than any of them */
    scoreboard_expect(&f->board, &f->frames[7], 0);
    scoreboard_expect(&f->board, &f->frames[9], 0);
    assert_non_null(got(f, 9));
    check(&f->board, 1, 0, 2 * SCOREBOARD_WINDOW / FRAMES, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_clean),     TEST(test_lost_in_the_middle), TEST(test_lost_at_the_end),
        TEST(test_swapped),   TEST(test_duplicated),         TEST(test_corrupted),
        TEST(test_truncated), TEST(test_stranger),           TEST(test_nothing_expected),
        TEST(test_loops),     TEST(test_window_wraps),       TEST(test_fragments),
        TEST(test_copies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
