/* SPDX-License-Identifier: BSD-2-Clause */
/* From descriptors to the wire: frames whole and in order, descriptors given back, counters. */
#include "fixture.h"

#include <string.h>

#include "hw.h"

#define RING     FIXTURE_BUS
#define BUFFERS  (FIXTURE_BUS + 0x200000)
#define EOP_IFCS (TXD_CMD_EOP | TXD_CMD_IFCS)
#define DD       (1ull << 32)

static const uint8_t station[6] = {0x00, 0x0c, 0x29, 0x01, 0x02, 0x03};
static const uint8_t group[6] = {0x01, 0x00, 0x5e, 0x01, 0x02, 0x03};
static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static struct {
    uint32_t count;
    uint32_t tail; /* next descriptor to fill */
    uint64_t room; /* where the next buffer goes */
} ring;

static uint8_t frame[65536];

static void write_bases(struct fixture *f, uint32_t count)
{
    fixture_write(f, REG_TDBAL, (uint32_t)RING);
    fixture_write(f, REG_TDBAH, (uint32_t)(RING >> 32));
    fixture_write(f, REG_TDLEN, 16 * count);
}

static void start(struct fixture *f, uint32_t count, uint32_t tctl)
{
    ring.count = count;
    ring.tail = 0;
    ring.room = BUFFERS;
    fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TDH, 0);
    fixture_write(f, REG_TDT, 0);
    write_bases(f, count);
    memset(fixture_at(f, RING), 0, 16 * count);
    fixture_write(f, REG_TCTL, tctl | TCTL_EN);
    fixture_read(f, REG_ICR);
    fixture_forget(f);
}

static uint64_t fields(struct fixture *f, uint32_t i)
{
    return fixture_get64(f, RING + 16 * i + 8);
}

/* Fills the next descriptor, without telling the chip. */
static void post(struct fixture *f, uint64_t address, uint64_t q1)
{
    fixture_put64(f, RING + 16 * ring.tail, address);
    fixture_put64(f, RING + 16 * ring.tail + 8, q1);
    ring.tail = (ring.tail + 1) % ring.count;
}

/* Copies bytes into a fresh buffer and posts it. */
static void post_bytes(struct fixture *f, const uint8_t *data, uint32_t length, uint32_t command)
{
    memcpy(fixture_at(f, ring.room), data, length);
    post(f, ring.room, length | (uint64_t)command << 24);
    ring.room += (length + 15) & ~15ull;
    if (ring.room > FIXTURE_BUS + FIXTURE_MEMORY - 0x20000)
        ring.room = BUFFERS;
}

static void make(size_t length, const uint8_t to[6], uint32_t seed)
{
    fixture_make_frame(frame, length, to, seed);
}

/* Posts a frame in one descriptor, or split into pieces of at most so many bytes. */
static void post_frame(struct fixture *f, uint32_t length, uint32_t seed, uint32_t piece,
                       uint32_t command)
{
    make(length, station, seed);
    for (uint32_t at = 0; at < length; at += piece) {
        uint32_t n = length - at < piece ? length - at : piece;

        post_bytes(f, frame + at, n, at + n == length ? command : command & ~TXD_CMD_EOP);
    }
}

static void ring_doorbell(struct fixture *f)
{
    fixture_write(f, REG_TDT, ring.tail);
}

static void expect(struct fixture *f, size_t i, uint32_t length, uint32_t seed)
{
    assert_in_range(i + 1, 1, f->sent_count);
    make(length, station, seed);
    assert_int_equal(f->sent[i].length, length);
    assert_memory_equal(f->sent[i].data, frame, length);
}

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
            start(f, 4096, 0);
            post_frame(f, lengths[l], 1, pieces[p], EOP_IFCS | TXD_CMD_RS);
            post_frame(f, 60, 2, 60, EOP_IFCS);
            ring_doorbell(f);
            fixture_run(f, 1000);
            assert_int_equal(f->sent_count, 2);
            expect(f, 0, lengths[l], 1);
            expect(f, 1, 60, 2);
            assert_int_equal(f->sent[0].flags, 0);
            assert_int_equal(fixture_read(f, REG_TDH), ring.tail);
        }
    }
}

/* A buffer over the end of one window and the start of the next, and a ring that does the same. */
static void buffers_over_two_windows(void **state)
{
    struct fixture *f = *state;
    uint64_t cut = BUFFERS - FIXTURE_BUS + 100;

    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, 72, f->memory, 3), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS + 72, cut - 72, f->memory + 72, 3), 0);
    assert_int_equal(
        e1000emu_dma_map(f->chip, FIXTURE_BUS + cut, FIXTURE_MEMORY - cut, f->memory + cut, 1), 0);
    start(f, 8, 0);
    for (uint32_t i = 0; i < 20; i++) {
        ring.room = BUFFERS + i * 7;
        post_frame(f, 200, i, 200, EOP_IFCS | TXD_CMD_RS);
        ring_doorbell(f);
        expect(f, i, 200, i);
        assert_true(fields(f, i % 8) & DD);
    }
}

/* PSP pads to 60 bytes with zeros, not with what was sent before; without it, or when the frame
 * brings its FCS, nothing is added. */
static void padding(void **state)
{
    struct fixture *f = *state;

    for (uint32_t piece = 7; piece <= 64; piece += 57) {
        for (uint32_t length = 1; length < 64; length++) {
            start(f, 64, TCTL_PSP);
            post_frame(f, 100, 9, 30, EOP_IFCS); /* leaves its bytes in the staging memory */
            post_frame(f, length, length, piece, EOP_IFCS);
            ring_doorbell(f);
            make(length, station, length);
            for (uint32_t i = length; i < 60; i++)
                frame[i] = 0;
            assert_int_equal(f->sent_count, 2);
            assert_int_equal(f->sent[1].length, length < 60 ? 60 : length);
            assert_memory_equal(f->sent[1].data, frame, f->sent[1].length);

            start(f, 64, 0);
            post_frame(f, length, length, piece, EOP_IFCS);
            ring_doorbell(f);
            expect(f, 0, length, length);
            start(f, 64, TCTL_PSP);
            post_frame(f, length, length, piece, TXD_CMD_EOP);
            ring_doorbell(f);
            expect(f, 0, length, length);
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
            start(f, 256, 0);
            post_frame(f, 60, 1, 60, EOP_IFCS);
            post_frame(f, lengths[l], 2, piece, EOP_IFCS | TXD_CMD_RS);
            post_frame(f, 60, 3, 30, EOP_IFCS);
            ring_doorbell(f);
            assert_int_equal(f->sent_count, 2);
            expect(f, 0, 60, 1);
            expect(f, 1, 60, 3);
            assert_int_equal(fixture_read(f, REG_TPT), 2);
            assert_int_equal(fixture_read(f, REG_TDH), ring.tail);
            assert_true(fields(f, 1) & DD);
        }
    }
}

/* Empty descriptors, by length or by address, transfer nothing, but are given back. */
static void empty_descriptors(void **state)
{
    struct fixture *f = *state;

    start(f, 16, TCTL_PSP);
    make(100, station, 1);
    post(f, 0, 100 | (uint64_t)(EOP_IFCS | TXD_CMD_RS) << 24);
    post(f, BUFFERS, 0 | (uint64_t)(EOP_IFCS | TXD_CMD_RS) << 24);
    post(f, 0, 0);
    post_bytes(f, frame, 60, TXD_CMD_IFCS);
    post(f, 0, 500 | (uint64_t)TXD_CMD_RS << 24);
    post_bytes(f, frame + 60, 40, TXD_CMD_IFCS);
    post(f, BUFFERS, (uint64_t)(EOP_IFCS | TXD_CMD_RS) << 24);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 1);
    expect(f, 0, 100, 1);
    assert_true(fields(f, 0) & DD);
    assert_true(fields(f, 1) & DD);
    assert_true(fields(f, 4) & DD);
    assert_true(fields(f, 6) & DD);
    assert_int_equal(fixture_read(f, REG_TDH), 7);
}

/* A frame whose end is posted later: what is there is fetched and given back, and nothing leaves
 * before the end comes. */
static void the_end_comes_later(void **state)
{
    struct fixture *f = *state;

    start(f, 8, 0);
    for (uint32_t round = 0; round < 20; round++) {
        post_frame(f, 60, round, 60, EOP_IFCS);
        make(300, station, round);
        post_bytes(f, frame, 100, TXD_CMD_RS);
        ring_doorbell(f);
        assert_int_equal(f->sent_count, 2 * round + 1);
        assert_int_equal(fixture_read(f, REG_TDH), ring.tail);
        assert_true(fields(f, (ring.tail + 7) % 8) & DD);
        /* The chip has its copy. */
        memset(fixture_at(f, ring.room - 112), 0, 100);
        post_bytes(f, frame + 100, 100, 0);
        ring_doorbell(f);
        post_bytes(f, frame + 200, 100, EOP_IFCS);
        ring_doorbell(f);
        assert_int_equal(f->sent_count, 2 * round + 2);
        expect(f, 2 * round, 60, round);
        expect(f, 2 * round + 1, 300, round);
    }
}

/* A frame with more descriptors than the ring has. */
static void a_frame_larger_than_the_ring(void **state)
{
    struct fixture *f = *state;

    start(f, 8, 0);
    make(3000, station, 1);
    for (uint32_t at = 0; at < 3000; at += 100) {
        post_bytes(f, frame + at, 100, at + 100 == 3000 ? EOP_IFCS : 0);
        if (ring.tail % 4 == 0)
            ring_doorbell(f);
    }
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 1);
    expect(f, 0, 3000, 1);
}

/* Context descriptors are taken between frames; data descriptors carry 20-bit lengths. */
static void extended_descriptors(void **state)
{
    struct fixture *f = *state;
    uint64_t context = (uint64_t)(TXD_CMD_DEXT | TXD_CMD_RS | TXD_TUCMD_TCP | TXD_TUCMD_IP) << 24;
    uint64_t data = (uint64_t)TXD_CMD_DEXT << 24 | 1u << 20;

    start(f, 16, 0);
    make(200, station, 1);
    memcpy(fixture_at(f, BUFFERS), frame, 200);
    post(f, 0x123456789abcdef0ull, context | 0x000f4321);
    post(f, BUFFERS, data | 100);
    post(f, BUFFERS + 100, data | 100 | (uint64_t)(EOP_IFCS | TXD_CMD_RS) << 24);
    post(f, 0x123456789abcdef0ull, context);
    post(f, BUFFERS, data | 200 | (uint64_t)EOP_IFCS << 24);
    post(f, BUFFERS, data | 0xfffff | (uint64_t)EOP_IFCS << 24); /* too long to be a frame */
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    expect(f, 0, 200, 1);
    expect(f, 1, 200, 1);
    assert_true(fields(f, 0) == (context | 0x000f4321 | DD));
    assert_false(fields(f, 1) & DD);
    assert_true(fields(f, 2) & DD);
    assert_true(fields(f, 3) & DD);
    assert_int_equal(fixture_read(f, REG_TDH), 6);
}

/* ---- The ring ------------------------------------------------------------------------------- */

/* Rings of every kind of size, several times around, with bursts of odd sizes. */
static void rings_wrap(void **state)
{
    static const uint32_t counts[] = {8, 16, 24, 64, 72, 256, 1000, 4096};
    struct fixture *f = *state;

    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        uint32_t sent = 0, used = 0;

        start(f, counts[c], 0);
        while (used < 3 * counts[c]) {
            uint32_t burst = counts[c] < 100 ? 5 : counts[c] / 2 - 7;
            size_t before = f->sent_count;

            for (uint32_t n = 0; n < burst;) {
                uint32_t length = 60 + sent % 90;

                post_frame(f, length, sent, sent % 4 ? 200 : 50, EOP_IFCS | TXD_CMD_RS);
                n += sent % 4 ? 1 : (length + 49) / 50;
                sent++;
            }
            used += burst;
            ring_doorbell(f);
            fixture_run(f, 1);
            assert_int_equal(f->sent_count, sent);
            for (size_t i = before; i < sent; i++)
                expect(f, i, 60 + (uint32_t)i % 90, (uint32_t)i);
            assert_int_equal(fixture_read(f, REG_TDH), ring.tail);
            assert_in_range(f->largest_batch, 1, 64);
        }
    }
}

/* DD is written where RS asks for it, nowhere else, and no other bit changes. */
static void status_only_where_asked(void **state)
{
    struct fixture *f = *state;
    uint64_t odd = 0xabcd12f000000000ull; /* special, CSS, reserved bits */

    start(f, 64, 0);
    make(60, station, 1);
    memcpy(fixture_at(f, BUFFERS), frame, 60);
    for (uint32_t i = 0; i < 60; i++)
        post(f, BUFFERS,
             odd | 60 | (uint64_t)(EOP_IFCS | (i % 3 ? 0 : TXD_CMD_RS)) << 24 | 0x00770000);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 60);
    for (uint32_t i = 0; i < 60; i++)
        assert_true(fields(f, i) ==
                    (odd | 60 | 0x00770000 | (uint64_t)(EOP_IFCS | (i % 3 ? 0 : TXD_CMD_RS)) << 24 |
                     (i % 3 ? 0 : DD)));
}

/* A doorbell sends a bounded part of a long ring at once; time does the rest. */
static void a_doorbell_does_bounded_work(void **state)
{
    struct fixture *f = *state;

    start(f, 4096, 0);
    for (uint32_t i = 0; i < 1000; i++)
        post_frame(f, 60, i, 60, EOP_IFCS);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 256);
    assert_true(e1000emu_next_event(f->chip) <= f->now);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_TXQE, 0);
    fixture_run(f, 1);
    assert_int_equal(f->sent_count, 1000);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_TXQE, ICR_TXQE);
    for (uint32_t i = 0; i < 1000; i++)
        expect(f, i, 60, i);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

/* Head, tail and length in and out of range, in every combination: no harm, no endless loop. */
static void wild_ring_registers(void **state)
{
    static const uint32_t lengths[] = {0, 128, 0xfff80};
    struct fixture *f = *state;

    for (size_t l = 0; l < 3; l++) {
        uint32_t n = lengths[l] / 16;
        const uint32_t values[] = {0, n - 1, n, n + 1, 0xffff};

        for (size_t h = 0; h < 5; h++) {
            for (size_t t = 0; t < 5; t++) {
                start(f, 8, TCTL_PSP);
                fixture_write(f, REG_TDLEN, lengths[l]);
                fixture_write(f, REG_TDH, values[h] & 0xffff);
                fixture_write(f, REG_TDT, values[t] & 0xffff);
                fixture_run(f, 1000);
                assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
                e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
                fixture_link_up(f);
                fixture_run(f, 10000000000);
            }
        }
    }
}

/* The transmitter is enabled first, and the ring's registers are written later, in every order. */
static void bases_in_any_order(void **state)
{
    struct fixture *f = *state;

    for (unsigned order = 0; order < 6; order++) {
        start(f, 8, 0);
        fixture_write(f, REG_TDBAL, 0);
        fixture_write(f, REG_TDBAH, 0);
        fixture_write(f, REG_TDLEN, 0);
        for (unsigned step = 0; step < 3; step++) {
            switch ((order + step * (order < 3 ? 1 : 2)) % 3) {
            case 0:
                fixture_write(f, REG_TDBAL, (uint32_t)RING);
                break;
            case 1:
                fixture_write(f, REG_TDBAH, (uint32_t)(RING >> 32));
                break;
            default:
                fixture_write(f, REG_TDLEN, 128);
                break;
            }
        }
        post_frame(f, 100, order, 40, EOP_IFCS);
        ring_doorbell(f);
        expect(f, 0, 100, order);
    }
}

/* ---- What holds it back --------------------------------------------------------------------- */

/* Nothing leaves without TCTL.EN, bus mastering and a link; what is queued leaves when they come.
 */
static void frames_wait_for_the_transmitter(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_partner none = {0};
    struct e1000emu_partner there = {.cable = true, .abilities = E1000EMU_1000_FULL};

    start(f, 8, 0);
    fixture_write(f, REG_TCTL, 0);
    post_frame(f, 60, 1, 60, EOP_IFCS);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 0);
    fixture_write(f, REG_TCTL, TCTL_EN);
    assert_int_equal(f->sent_count, 1);

    e1000emu_set_partner(f->chip, &none);
    post_frame(f, 60, 2, 60, EOP_IFCS);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 1);
    e1000emu_set_partner(f->chip, &there);
    fixture_run(f, 10000000000);
    assert_int_equal(f->sent_count, 2);

    e1000emu_config_write(f->chip, 4, 2, 0x0003);
    post_frame(f, 60, 3, 60, EOP_IFCS);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    fixture_enable(f);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 3);
    assert_int_equal(fixture_read(f, REG_TPT), 3);
}

/* The wire takes some frames of a batch: those are given back, the others are not, and leave once,
 * in order and whole, when the wire says so. Also for frames in several pieces. */
static void the_wire_pushes_back(void **state)
{
    struct fixture *f = *state;

    for (uint32_t piece = 40; piece <= 100; piece += 60) {
        uint32_t per_frame = piece == 40 ? 3 : 1;

        for (uint32_t steps = 1; steps < 12; steps++) {
            uint32_t sent = 0;

            start(f, 256, 0);
            f->accept = 0;
            for (uint32_t i = 0; i < 70; i++)
                post_frame(f, 100, i, piece, EOP_IFCS | TXD_CMD_RS);
            ring_doorbell(f);
            while (sent < 70) {
                assert_int_equal(f->sent_count, sent);
                assert_int_equal(fixture_read(f, REG_TDH), sent * per_frame);
                for (uint32_t i = 0; i < 70 * per_frame; i++)
                    assert_int_equal((fields(f, i) & DD) != 0, i < sent * per_frame);
                assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
                ring_doorbell(f); /* changes nothing */
                f->accept = steps;
                e1000emu_transmit_ready(f->chip);
                sent += steps;
            }
            assert_int_equal(f->sent_count, 70);
            for (uint32_t i = 0; i < 70; i++)
                expect(f, i, 100, i);
            assert_int_equal(fixture_read(f, REG_TDH), ring.tail);
            f->accept = SIZE_MAX;
            e1000emu_transmit_ready(f->chip);
            assert_int_equal(f->sent_count, 70);
            fixture_read(f, REG_TPT);
        }
    }
}

/* The wire refuses a frame whose beginning was fetched long ago. */
static void push_back_after_a_late_end(void **state)
{
    struct fixture *f = *state;

    start(f, 16, 0);
    make(300, station, 1);
    post_bytes(f, frame, 150, 0);
    ring_doorbell(f);
    memset(fixture_at(f, BUFFERS), 0, 150);
    make(300, station, 1);
    post_bytes(f, frame + 150, 150, EOP_IFCS | TXD_CMD_RS);
    post_frame(f, 200, 2, 50, EOP_IFCS | TXD_CMD_RS);
    f->accept = 0;
    ring_doorbell(f);
    assert_int_equal(fixture_read(f, REG_TDH), 1);
    e1000emu_transmit_ready(f->chip);
    f->accept = 1;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 1);
    expect(f, 0, 300, 1);
    f->accept = 9;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 2);
    expect(f, 1, 200, 2);
}

/* Many large frames in pieces need the staging memory several times over. */
static void staging_is_reused(void **state)
{
    struct fixture *f = *state;

    start(f, 512, 0);
    for (uint32_t i = 0; i < 60; i++)
        post_frame(f, 9000 + i, i, 3001, EOP_IFCS);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 60);
    for (uint32_t i = 0; i < 60; i++)
        expect(f, i, 9000 + i, i);
    assert_in_range(f->largest_batch, 2, 64);
}

/* A reset in the middle of a frame and under back-pressure leaves nothing behind. */
static void reset_in_the_middle(void **state)
{
    struct fixture *f = *state;

    start(f, 8, 0);
    make(100, station, 1);
    post_bytes(f, frame, 100, 0);
    ring_doorbell(f);
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    fixture_link_up(f);
    start(f, 8, 0);
    f->accept = 0;
    post_frame(f, 60, 2, 60, EOP_IFCS);
    ring_doorbell(f);
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 0);
    fixture_link_up(f);
    start(f, 8, 0);
    post_frame(f, 60, 3, 60, EOP_IFCS);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 1);
    expect(f, 0, 60, 3);
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
        start(f, 8, 0);
        e1000emu_config_write(f->chip, 0x10, 4, 0xf0000000);
        e1000emu_config_write(f->chip, 6, 2, 0x2000);
        post(f, nowhere[i], 60 | (uint64_t)(EOP_IFCS | TXD_CMD_RS) << 24);
        make(60, station, 1);
        post_bytes(f, frame, 30, TXD_CMD_IFCS);
        post(f, nowhere[i], 60 | (uint64_t)TXD_CMD_IFCS << 24);
        post_bytes(f, frame, 30, EOP_IFCS);
        post_frame(f, 60, 2, 60, EOP_IFCS);
        ring_doorbell(f);
        assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
        assert_int_equal(f->sent_count, 1);
        expect(f, 0, 60, 2);
        assert_true(fields(f, 0) & DD);
        assert_int_equal(fixture_read(f, REG_TDH), 5);
    }
}

/* The ring's memory goes away: nothing spins, and the next doorbell finds it again. */
static void the_ring_goes_away(void **state)
{
    struct fixture *f = *state;

    start(f, 8, 0);
    post_frame(f, 60, 1, 60, EOP_IFCS);
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    ring_doorbell(f);
    assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY, f->memory, 3), 0);
    ring_doorbell(f);
    assert_int_equal(f->sent_count, 1);
    expect(f, 0, 60, 1);
}

/* ---- Interrupts and counters ---------------------------------------------------------------- */

/* TXDW for RS, TXQE when the ring is empty, TXD_LOW at the threshold; not without reason. */
static void causes(void **state)
{
    struct fixture *f = *state;

    start(f, 64, 0);
    fixture_write(f, REG_TXDCTL, 1u << 25); /* LWTHRESH: 8 descriptors */
    fixture_read(f, REG_ICR);
    ring_doorbell(f); /* nothing to do */
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    post_frame(f, 60, 1, 60, EOP_IFCS);
    ring_doorbell(f);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXQE);
    post_frame(f, 60, 1, 60, EOP_IFCS | TXD_CMD_RS);
    ring_doorbell(f);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXQE | ICR_TXDW);

    f->accept = 3;
    for (uint32_t i = 0; i < 12; i++)
        post_frame(f, 60, i, 60, EOP_IFCS);
    ring_doorbell(f);
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    f->accept = 1;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXD_LOW);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXQE);
}

/* Sizes with FCS, octets, kinds of addresses. A frame shorter than 64 bytes is no good packet. */
static void counters(void **state)
{
    static const struct {
        uint32_t length, counter;
    } sizes[] = {
        {60, REG_PTC64},     {61, REG_PTC127},    {123, REG_PTC127},    {124, REG_PTC255},
        {251, REG_PTC255},   {252, REG_PTC511},   {507, REG_PTC511},    {508, REG_PTC1023},
        {1019, REG_PTC1023}, {1020, REG_PTC1522}, {16288, REG_PTC1522},
    };
    struct fixture *f = *state;
    uint32_t octets = 3 * 64;

    start(f, 64, 0);
    for (size_t i = 0; i < 11; i++) {
        post_frame(f, sizes[i].length, 1, 20000, EOP_IFCS);
        ring_doorbell(f);
        assert_int_equal(e1000emu_peek(f->chip, sizes[i].counter),
                         i > 0 && sizes[i].counter == sizes[i - 1].counter ? 2 : 1);
        octets += sizes[i].length + 4;
    }
    make(60, group, 1);
    post_bytes(f, frame, 60, EOP_IFCS);
    make(64, broadcast, 1);
    post_bytes(f, frame, 64, TXD_CMD_EOP);
    post_bytes(f, frame, 60, EOP_IFCS);
    post_bytes(f, frame, 40, EOP_IFCS);
    ring_doorbell(f);
    assert_int_equal(fixture_read(f, REG_MPTC), 1);
    assert_int_equal(fixture_read(f, REG_BPTC), 2);
    assert_int_equal(fixture_read(f, REG_GPTC), 14);
    assert_int_equal(fixture_read(f, REG_TPT), 15);
    assert_int_equal(fixture_read(f, REG_PTC64), 4);
    assert_int_equal(fixture_read(f, REG_GOTCL), octets);
    assert_int_equal(fixture_read(f, REG_TOTL), octets + 44);
    assert_int_equal(fixture_read(f, REG_TOTH), 0);
    assert_int_equal(fixture_read(f, REG_TOTL), 0);
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
        TX_TEST(the_end_comes_later),
        TX_TEST(a_frame_larger_than_the_ring),
        TX_TEST(extended_descriptors),
        TX_TEST(rings_wrap),
        TX_TEST(status_only_where_asked),
        TX_TEST(a_doorbell_does_bounded_work),
        TX_TEST(wild_ring_registers),
        TX_TEST(bases_in_any_order),
        TX_TEST(frames_wait_for_the_transmitter),
        TX_TEST(the_wire_pushes_back),
        TX_TEST(push_back_after_a_late_end),
        TX_TEST(staging_is_reused),
        TX_TEST(reset_in_the_middle),
        TX_TEST(buffers_out_of_reach),
        TX_TEST(the_ring_goes_away),
        TX_TEST(causes),
        TX_TEST(counters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
