/* SPDX-License-Identifier: BSD-2-Clause */
/* From descriptors to the wire: frames leave whole and in order. */
#include "tx_ring.h"

#include <string.h>

/* ---- Frames --------------------------------------------------------------------------------- */

/* Frames of every kind of length, in one piece and in many, leave whole and in order. */
static void frames_leave_whole(void **state)
{
    static const uint32_t lengths[] = {60, 61, 64, 65, 127, 128, 1000, 1514, 9000, 16284, 16288};
    static const uint32_t pieces[] = {16384, 4096, 2048, 1000, 61, 14, 1};
    struct fixture *f = *state;

    for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            if (lengths[l] / pieces[p] > 4000)
                continue;
            tx_start(f, 4096, 0);
            tx_post_frame(f, lengths[l], 1, pieces[p], TX_EOP_IFCS | TXD_CMD_RS);
            tx_post_frame(f, 60, 2, 60, TX_EOP_IFCS);
            tx_doorbell(f);
            fixture_run(f, 1000);
            assert_int_equal(f->sent_count, 2);
            tx_expect(f, 0, lengths[l], 1);
            tx_expect(f, 1, 60, 2);
            assert_int_equal(f->sent[0].flags, 0);
            assert_int_equal(fixture_read(f, REG_TDH), software.tail);
        }
    }
}

/* A buffer over the end of one window and the start of the next, and a ring that does the same. */
static void buffers_over_two_windows(void **state)
{
    struct fixture *f = *state;
    uint64_t cut = TX_BUFFERS - FIXTURE_BUS + 100;

    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, 72, f->memory, 3), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS + 72, cut - 72, f->memory + 72, 3), 0);
    assert_int_equal(
        e1000emu_dma_map(f->chip, FIXTURE_BUS + cut, FIXTURE_MEMORY - cut, f->memory + cut, 1), 0);
    tx_start(f, 8, 0);
    for (uint32_t i = 0; i < 20; i++) {
        software.room = TX_BUFFERS + i * 7;
        tx_post_frame(f, 200, i, 200, TX_EOP_IFCS | TXD_CMD_RS);
        tx_doorbell(f);
        tx_expect(f, i, 200, i);
        assert_true(tx_fields(f, i % 8) & TX_DD);
    }
}

/* PSP pads to 60 bytes with zeros, not with what was sent before; without it, or when the frame
 * brings its FCS, nothing is added. */
static void padding(void **state)
{
    struct fixture *f = *state;

    for (uint32_t piece = 7; piece <= 64; piece += 57) {
        for (uint32_t length = 1; length < 64; length++) {
            tx_start(f, 64, TCTL_PSP);
            tx_post_frame(f, 100, 9, 30, TX_EOP_IFCS); /* leaves its bytes in the staging memory */
            tx_post_frame(f, length, length, piece, TX_EOP_IFCS);
            tx_doorbell(f);
            tx_make(length, tx_station, length);
            for (uint32_t i = length; i < 60; i++)
                frame[i] = 0;
            assert_int_equal(f->sent_count, 2);
            assert_int_equal(f->sent[1].length, length < 60 ? 60 : length);
            assert_memory_equal(f->sent[1].data, frame, f->sent[1].length);

            tx_start(f, 64, 0);
            tx_post_frame(f, length, length, piece, TX_EOP_IFCS);
            tx_doorbell(f);
            tx_expect(f, 0, length, length);
            tx_start(f, 64, TCTL_PSP);
            tx_post_frame(f, length, length, piece, TXD_CMD_EOP);
            tx_doorbell(f);
            tx_expect(f, 0, length, length);
            assert_int_equal(f->sent[0].flags, E1000EMU_FRAME_FCS);
        }
    }
}

/* What is longer than the packet buffer's share for a frame is dropped whole, and the next frame is
 * not hurt. Memory behind the staging area is AddressSanitizer's to watch. */
static void oversize_frames_are_dropped(void **state)
{
    static const uint32_t lengths[] = {16289, 20000, 65535};
    struct fixture *f = *state;

    for (size_t l = 0; l < 3; l++) {
        for (uint32_t piece = 1000; piece < 70000; piece += 65000) {
            tx_start(f, 256, 0);
            tx_post_frame(f, 60, 1, 60, TX_EOP_IFCS);
            tx_post_frame(f, lengths[l], 2, piece, TX_EOP_IFCS | TXD_CMD_RS);
            tx_post_frame(f, 60, 3, 30, TX_EOP_IFCS);
            tx_doorbell(f);
            assert_int_equal(f->sent_count, 2);
            tx_expect(f, 0, 60, 1);
            tx_expect(f, 1, 60, 3);
            assert_int_equal(fixture_read(f, REG_TPT), 2);
            assert_int_equal(fixture_read(f, REG_TDH), software.tail);
            assert_true(tx_fields(f, 1) & TX_DD);
        }
    }
}

/* Empty descriptors, by length or by address, transfer nothing, but are given back. */
static void empty_descriptors(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 16, TCTL_PSP);
    tx_make(100, tx_station, 1);
    tx_post(f, 0, 100 | (uint64_t)(TX_EOP_IFCS | TXD_CMD_RS) << 24);
    tx_post(f, TX_BUFFERS, 0 | (uint64_t)(TX_EOP_IFCS | TXD_CMD_RS) << 24);
    tx_post(f, 0, 0);
    tx_post_bytes(f, frame, 60, TXD_CMD_IFCS);
    tx_post(f, 0, 500 | (uint64_t)TXD_CMD_RS << 24);
    tx_post_bytes(f, frame + 60, 40, TXD_CMD_IFCS);
    tx_post(f, TX_BUFFERS, (uint64_t)(TX_EOP_IFCS | TXD_CMD_RS) << 24);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 1);
    tx_expect(f, 0, 100, 1);
    assert_true(tx_fields(f, 0) & TX_DD);
    assert_true(tx_fields(f, 1) & TX_DD);
    assert_true(tx_fields(f, 4) & TX_DD);
    assert_true(tx_fields(f, 6) & TX_DD);
    assert_int_equal(fixture_read(f, REG_TDH), 7);
}

/* An address of zero transfers nothing, even where there is memory; a frame at the very end of
 * memory is read no further than its end, however short it is. */
static void the_ends_of_memory(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(e1000emu_dma_map(f->chip, 0, 0x1000, f->memory + 0x100000, 3), 0);
    tx_start(f, 16, 0);
    tx_post(f, 0, 60 | (uint64_t)(TX_EOP_IFCS | TXD_CMD_RS) << 24);
    tx_make(7, tx_broadcast, 1);
    for (uint32_t length = 1; length < 8; length++) {
        uint64_t end = FIXTURE_BUS + FIXTURE_MEMORY;

        memcpy(fixture_at(f, end - length), frame, length);
        tx_post(f, end - length, length | (uint64_t)TX_EOP_IFCS << 24);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, length);
        assert_int_equal(f->sent[length - 1].length, length);
        assert_memory_equal(f->sent[length - 1].data, frame, length);
    }
    assert_true(tx_fields(f, 0) & TX_DD);
    assert_int_equal(fixture_read(f, REG_BPTC), 0); /* no whole address was there */
}

/* A frame whose end is posted later: what is there is fetched and given back, and nothing leaves
 * before the end comes. */
static void the_end_comes_later(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 8, 0);
    for (uint32_t round = 0; round < 20; round++) {
        tx_post_frame(f, 60, round, 60, TX_EOP_IFCS);
        tx_make(300, tx_station, round);
        tx_post_bytes(f, frame, 100, TXD_CMD_RS);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 2 * round + 1);
        assert_int_equal(fixture_read(f, REG_TDH), software.tail);
        assert_true(tx_fields(f, (software.tail + 7) % 8) & TX_DD);
        /* The chip has its copy. */
        memset(fixture_at(f, software.room - 112), 0, 100);
        tx_post_bytes(f, frame + 100, 100, 0);
        tx_doorbell(f);
        tx_post_bytes(f, frame + 200, 100, TX_EOP_IFCS);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 2 * round + 2);
        tx_expect(f, 2 * round, 60, round);
        tx_expect(f, 2 * round + 1, 300, round);
    }
}

/* A frame with more descriptors than the ring has. */
static void a_frame_larger_than_the_ring(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 8, 0);
    tx_make(3000, tx_station, 1);
    for (uint32_t at = 0; at < 3000; at += 100) {
        tx_post_bytes(f, frame + at, 100, at + 100 == 3000 ? TX_EOP_IFCS : 0);
        if (software.tail % 4 == 0)
            tx_doorbell(f);
    }
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 1);
    tx_expect(f, 0, 3000, 1);
}

/* Context descriptors are taken between frames; data descriptors carry 20-bit lengths. */
static void extended_descriptors(void **state)
{
    struct fixture *f = *state;
    uint64_t context = (uint64_t)(TXD_CMD_DEXT | TXD_CMD_RS | TXD_TUCMD_TCP | TXD_TUCMD_IP) << 24;
    uint64_t data = (uint64_t)TXD_CMD_DEXT << 24 | 1u << 20;

    tx_start(f, 16, 0);
    tx_make(200, tx_station, 1);
    memcpy(fixture_at(f, TX_BUFFERS), frame, 200);
    tx_post(f, 0x123456789abcdef0ull, context | 0x000f4321);
    tx_post(f, TX_BUFFERS, data | 100);
    tx_post(f, TX_BUFFERS + 100, data | 100 | (uint64_t)(TX_EOP_IFCS | TXD_CMD_RS) << 24);
    tx_post(f, 0x123456789abcdef0ull, context);
    tx_post(f, TX_BUFFERS, data | 200 | (uint64_t)TX_EOP_IFCS << 24);
    tx_post(f, TX_BUFFERS,
            data | 0xfffff | (uint64_t)TX_EOP_IFCS << 24); /* too long to be a frame */
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    tx_expect(f, 0, 200, 1);
    tx_expect(f, 1, 200, 1);
    assert_true(tx_fields(f, 0) == (context | 0x000f4321 | TX_DD));
    assert_false(tx_fields(f, 1) & TX_DD);
    assert_true(tx_fields(f, 2) & TX_DD);
    assert_true(tx_fields(f, 3) & TX_DD);
    assert_int_equal(fixture_read(f, REG_TDH), 6);
}

/* A context descriptor inside of a frame has no business there, and does the frame no harm: neither
 * this one nor the one before, which shares the staging memory. */
static void a_context_inside_of_a_frame(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 16, 0);
    tx_post_frame(f, 200, 1, 150, TX_EOP_IFCS);
    tx_make(300, tx_station, 2);
    tx_post_bytes(f, frame, 100, TXD_CMD_IFCS);
    tx_post(f, 0, (uint64_t)(TXD_CMD_DEXT | TXD_TUCMD_TCP) << 24);
    tx_doorbell(f);
    tx_make(300, tx_station, 2);
    tx_post_bytes(f, frame + 100, 200, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    tx_expect(f, 0, 200, 1);
    tx_expect(f, 1, 300, 2);
}

/* ---- DMA that fails ------------------------------------------------------------------------- */

/* Buffers that can't be read, the chip's own registers among them: that frame is dropped and given
 * back, the status register tells, the next frame leaves. */
static void buffers_out_of_reach(void **state)
{
    static const uint64_t nowhere[] = {
        0xf0000000,      0xf0000000 + REG_TDT, 1,
        UINT64_MAX - 10, FIXTURE_BUS - 1,      FIXTURE_BUS + FIXTURE_MEMORY - 10};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        tx_start(f, 8, 0);
        e1000emu_config_write(f->chip, 0x10, 4, 0xf0000000);
        e1000emu_config_write(f->chip, 6, 2, 0x2000);
        tx_post(f, nowhere[i], 60 | (uint64_t)(TX_EOP_IFCS | TXD_CMD_RS) << 24);
        tx_make(60, tx_station, 1);
        tx_post_bytes(f, frame, 30, TXD_CMD_IFCS);
        tx_post(f, nowhere[i], 60 | (uint64_t)TXD_CMD_IFCS << 24);
        tx_post_bytes(f, frame, 30, TX_EOP_IFCS);
        tx_post_frame(f, 60, 2, 60, TX_EOP_IFCS);
        tx_doorbell(f);
        assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
        assert_int_equal(f->sent_count, 1);
        tx_expect(f, 0, 60, 2);
        assert_true(tx_fields(f, 0) & TX_DD);
        assert_int_equal(fixture_read(f, REG_TDH), 5);
    }
}

/* The ring's memory goes away: nothing spins, and the next doorbell finds it again. */
static void the_ring_goes_away(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 8, 0);
    tx_post_frame(f, 60, 0, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    tx_post_frame(f, 60, 1, 60, TX_EOP_IFCS);
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    tx_doorbell(f);
    assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY, f->memory, 3), 0);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    tx_expect(f, 1, 60, 1);
}

#define TX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TX_TEST(frames_leave_whole),
        TX_TEST(buffers_over_two_windows),
        TX_TEST(padding),
        TX_TEST(oversize_frames_are_dropped),
        TX_TEST(empty_descriptors),
        TX_TEST(the_ends_of_memory),
        TX_TEST(the_end_comes_later),
        TX_TEST(a_frame_larger_than_the_ring),
        TX_TEST(extended_descriptors),
        TX_TEST(a_context_inside_of_a_frame),
        TX_TEST(buffers_out_of_reach),
        TX_TEST(the_ring_goes_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
