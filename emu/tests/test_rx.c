/* SPDX-License-Identifier: BSD-2-Clause */
/* From the wire to host memory: buffers, rings, the packet buffer, verdicts, counters. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "hw.h"

#define RING      FIXTURE_BUS
#define BUFFERS   (FIXTURE_BUS + 0x200000)
#define GUARD     64u /* bytes behind each buffer */
#define UNTOUCHED 0xa5
#define BIGGEST   16384u

static const uint8_t station[6] = {0x00, 0x0c, 0x29, 0x01, 0x02, 0x03};
static const uint8_t other[6] = {0x00, 0x0c, 0x29, 0x99, 0x02, 0x03};
static const uint8_t group[6] = {0x01, 0x00, 0x5e, 0x01, 0x02, 0x03};
static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* What software knows about the ring it has set up. */
static struct {
    uint32_t count, size;
    uint32_t next; /* first descriptor not looked at yet */
} ring;

static uint8_t frame[65536], joined[65536];

static uint64_t buffer(uint32_t i)
{
    return BUFFERS + (uint64_t)i * (ring.size + GUARD);
}

static uint64_t fields(struct fixture *f, uint32_t i)
{
    return fixture_get64(f, RING + 16 * i + 8);
}

static void write_bases(struct fixture *f, uint32_t count)
{
    fixture_write(f, REG_RDBAL, (uint32_t)RING);
    fixture_write(f, REG_RDBAH, (uint32_t)(RING >> 32));
    fixture_write(f, REG_RDLEN, 16 * count);
}

static void set_station(struct fixture *f)
{
    fixture_write(f, REG_RAL(0), 0x01290c00);
    fixture_write(f, REG_RAH(0), 0x0302 | RAH_AV);
}

/* A fresh ring whose buffers and guards hold a pattern; tail says how much of it the chip gets. */
static void start(struct fixture *f, uint32_t count, uint32_t size, uint32_t tail, uint32_t rctl)
{
    static const uint32_t sizes[7] = {2048, 1024, 512, 256, 16384, 8192, 4096};
    uint32_t code = 0;

    while (sizes[code] != size)
        code++;
    if (code > 3)
        rctl |= RCTL_BSEX | (code - 3) << RCTL_BSIZE_SHIFT;
    else
        rctl |= code << RCTL_BSIZE_SHIFT;
    ring.count = count;
    ring.size = size;
    ring.next = 0;
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_RDH, 0);
    fixture_write(f, REG_RDT, 0);
    write_bases(f, count);
    set_station(f);
    for (uint32_t i = 0; i < count; i++) {
        fixture_put64(f, RING + 16 * i, buffer(i));
        fixture_put64(f, RING + 16 * i + 8, 0);
    }
    memset(fixture_at(f, BUFFERS), UNTOUCHED, count * (size + GUARD));
    fixture_write(f, REG_RCTL, rctl | RCTL_EN);
    fixture_write(f, REG_RDT, tail);
    fixture_read(f, REG_ICR);
}

/* The check sequence bit by bit, so that the chip's table is not checked with itself. */
static uint32_t crc_of(const uint8_t *data, size_t length)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void append_crc(uint8_t *data, size_t length)
{
    uint32_t crc = crc_of(data, length);

    for (unsigned i = 0; i < 4; i++)
        data[length + i] = (uint8_t)(crc >> (8 * i));
}

/* Takes the next frame out of the ring, as a driver would: checks the status of each descriptor and
 * that nothing was stored behind the buffer's share. Returns its length; the bytes are in joined,
 * the EOP descriptor's fields in *last (may be NULL). */
static size_t take(struct fixture *f, uint64_t *last)
{
    size_t length = 0;

    for (;;) {
        uint32_t i = ring.next;
        uint64_t q = fields(f, i);
        uint32_t n = q & 0xffff;
        uint8_t status = q >> 32 & 0xff;
        const uint8_t *p = fixture_at(f, buffer(i));

        assert_true(status & RXD_STAT_DD);
        assert_in_range(n, 1, ring.size);
        memcpy(joined + length, p, n);
        length += n;
        for (uint32_t k = n; k < ring.size + GUARD; k++)
            assert_int_equal(p[k], UNTOUCHED);
        memset(fixture_at(f, buffer(i)), UNTOUCHED, ring.size);
        fixture_put64(f, RING + 16 * i + 8, 0);
        ring.next = (i + 1) % ring.count;
        if (status & RXD_STAT_EOP) {
            if (last)
                *last = q;
            return length;
        }
        assert_int_equal(n, ring.size);
        assert_int_equal(status, RXD_STAT_DD);
    }
}

static void make(size_t length, const uint8_t to[6], uint32_t seed)
{
    fixture_make_frame(frame, length, to, seed);
}

static unsigned receive(struct fixture *f, size_t length, uint32_t seed)
{
    make(length, station, seed);
    return fixture_receive(f, frame, length, 0);
}

/* The next frame in the ring must be the one of this length and seed. */
static void expect(struct fixture *f, size_t length, uint32_t seed)
{
    make(length, station, seed);
    assert_int_equal(take(f, NULL), length);
    assert_memory_equal(joined, frame, length);
}

/* ---- Buffers -------------------------------------------------------------------------------- */

/* Every buffer size with frames around its multiples, with and without FCS: content, lengths, real
 * check sequence, and not a byte outside. An exact multiple ends with a full buffer, not an empty
 * one. */
static void every_buffer_size(void **state)
{
    static const uint32_t sizes[] = {256, 512, 1024, 2048, 4096, 8192, 16384};
    static const int around[] = {-9, -5, -4, -3, -1, 0, 1, 4, 5};
    struct fixture *f = *state;

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (int strip = 0; strip < 2; strip++) {
            start(f, 80, sizes[s], 79, RCTL_LPE | (strip ? RCTL_SECRC : 0));
            for (uint32_t multiple = 1; multiple <= 3; multiple++) {
                for (size_t k = 0; k < sizeof around / sizeof *around; k++) {
                    uint32_t length = sizes[s] * multiple + (uint32_t)around[k];
                    size_t stored = strip ? length : length + 4;

                    if (length > BIGGEST - 4)
                        continue;
                    assert_int_equal(receive(f, length, length), E1000EMU_RX_STORED);
                    append_crc(frame, length);
                    assert_int_equal(take(f, NULL), stored);
                    assert_memory_equal(joined, frame, stored);
                    fixture_write(f, REG_RDT, (ring.next + ring.count - 1) % ring.count);
                }
            }
        }
    }
}

/* BSEX with BSIZE = 00 is reserved; this model takes 2048 bytes. */
static void reserved_buffer_size(void **state)
{
    struct fixture *f = *state;

    start(f, 8, 2048, 7, RCTL_SECRC | RCTL_LPE);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_SECRC | RCTL_LPE | RCTL_BSEX);
    assert_int_equal(receive(f, 2049, 1), E1000EMU_RX_STORED);
    expect(f, 2049, 1);
    assert_int_equal(ring.next, 2);
}

/* A frame that brings its FCS keeps it, or loses it to SECRC. */
static void frames_with_their_own_fcs(void **state)
{
    struct fixture *f = *state;

    for (uint32_t length = 60; length < 600; length += 67) {
        start(f, 8, 256, 7, 0);
        make(length, station, length);
        frame[length] = 1; /* any four bytes: they are not checked here */
        frame[length + 1] = 2;
        frame[length + 2] = 3;
        frame[length + 3] = 4;
        assert_int_equal(fixture_receive(f, frame, length + 4, E1000EMU_FRAME_FCS),
                         E1000EMU_RX_STORED);
        assert_int_equal(take(f, NULL), length + 4);
        assert_memory_equal(joined, frame, length + 4);
        fixture_write(f, REG_RCTL, fixture_read(f, REG_RCTL) | RCTL_SECRC);
        assert_int_equal(fixture_receive(f, frame, length + 4, E1000EMU_FRAME_FCS),
                         E1000EMU_RX_STORED);
        assert_int_equal(take(f, NULL), length);
        assert_memory_equal(joined, frame, length);
    }
}

/* A descriptor without a buffer is passed over: DD, nothing else changed, the frame goes on. */
static void null_descriptors_are_passed_over(void **state)
{
    struct fixture *f = *state;
    uint64_t mark = 0xbeef00450000cafeull;

    start(f, 8, 256, 7, RCTL_SECRC);
    fixture_put64(f, RING + 0, 0);
    fixture_put64(f, RING + 8, mark);
    fixture_put64(f, RING + 32, 0);
    fixture_put64(f, RING + 40, mark);
    assert_int_equal(receive(f, 300, 1), E1000EMU_RX_STORED);
    assert_int_equal(fixture_read(f, REG_RDH), 4);
    assert_true(fields(f, 0) == (mark | 1ull << 32));
    assert_true(fields(f, 2) == (mark | 1ull << 32));
    make(300, station, 1);
    assert_true(fields(f, 1) == (256 | 1ull << 32));
    assert_memory_equal(fixture_at(f, buffer(1)), frame, 256);
    assert_int_equal(fields(f, 3) & 0xffff, 44);
    assert_memory_equal(fixture_at(f, buffer(3)), frame + 256, 44);
}

/* Nothing but null descriptors: bounded work, and the frame arrives once there is a buffer. */
static void a_ring_full_of_null_descriptors(void **state)
{
    struct fixture *f = *state;
    uint32_t count = 0xfff80 / 16;

    fixture_write(f, REG_RDT, 0);
    set_station(f);
    write_bases(f, count);
    memset(fixture_at(f, RING), 0, 0xfff80);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_SECRC);
    fixture_write(f, REG_RDT, count - 1);
    assert_int_equal(receive(f, 60, 1), E1000EMU_RX_STORED);
    assert_int_equal(fixture_read(f, REG_RDH), 256);
    assert_true(e1000emu_next_event(f->chip) <= f->now);
    fixture_run(f, 1000);
    assert_int_equal(fixture_read(f, REG_RDH), count - 1);
    assert_true(fields(f, count - 2) == 1ull << 32);
    assert_true(fields(f, count - 1) == 0);
    fixture_put64(f, RING + 16 * (count - 1), BUFFERS);
    fixture_write(f, REG_RDT, 0);
    make(60, station, 1);
    assert_memory_equal(fixture_at(f, BUFFERS), frame, 60);
    assert_int_equal(fields(f, count - 1) & 0xffff, 60);
}

/* ---- Rings ---------------------------------------------------------------------------------- */

/* Rings of every kind of size, three times around, each frame at its place. */
static void rings_wrap(void **state)
{
    static const uint32_t counts[] = {8, 16, 24, 64, 72, 256, 1000, 4096};
    struct fixture *f = *state;

    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        uint32_t seed = 0, taken = 0;

        start(f, counts[c], 256, counts[c] - 1, RCTL_SECRC);
        while (taken < 3 * counts[c]) {
            /* Bursts of odd sizes, so that the ends fall anywhere; some frames take two buffers. */
            for (uint32_t n = 0; n < 3 + seed % 2; n++, seed++)
                assert_int_equal(receive(f, seed % 5 ? 60 + seed % 100 : 300, seed),
                                 E1000EMU_RX_STORED);
            for (; taken < seed; taken++)
                expect(f, taken % 5 ? 60 + taken % 100 : 300, taken);
            assert_int_equal(fixture_read(f, REG_RDH), ring.next);
            fixture_write(f, REG_RDT, (ring.next + counts[c] - 1) % counts[c]);
        }
    }
}

/* A ring that lies in two windows is used descriptor by descriptor, with the same result. */
static void a_ring_in_two_windows(void **state)
{
    struct fixture *f = *state;
    uint64_t half = 64;

    start(f, 8, 256, 7, RCTL_SECRC);
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, half, f->memory, 3), 0);
    assert_int_equal(
        e1000emu_dma_map(f->chip, FIXTURE_BUS + half, FIXTURE_MEMORY - half, f->memory + half, 3),
        0);
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(receive(f, 400, i), E1000EMU_RX_STORED);
        expect(f, 400, i);
        fixture_write(f, REG_RDT, (ring.next + 7) % 8);
    }
}

/* A window whose memory is not aligned as its bus addresses are works too. */
static void a_window_of_odd_memory(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    f->memory += 3;
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY - 3, f->memory, 3), 0);
    start(f, 8, 256, 7, RCTL_SECRC);
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(receive(f, 400, i), E1000EMU_RX_STORED);
        expect(f, 400, i);
        fixture_write(f, REG_RDT, (ring.next + 7) % 8);
    }
    f->memory -= 3;
}

/* Head, tail and length in and out of range, in every combination: no harm, no endless loop, and
 * nothing stored outside of the buffers. */
static void wild_ring_registers(void **state)
{
    static const uint32_t lengths[] = {0, 128, 0xfff80};
    struct fixture *f = *state;

    for (size_t l = 0; l < 3; l++) {
        uint32_t n = lengths[l] / 16;
        const uint32_t values[] = {0, n - 1, n, n + 1, 0xffff};

        for (size_t h = 0; h < 5; h++) {
            for (size_t t = 0; t < 5; t++) {
                start(f, 8, 256, 0, RCTL_SECRC);
                fixture_write(f, REG_RDLEN, lengths[l]);
                fixture_write(f, REG_RDH, values[h] & 0xffff);
                fixture_write(f, REG_RDT, values[t] & 0xffff);
                for (uint32_t i = 0; i < 20; i++)
                    assert_in_range(receive(f, 300, i), 0, E1000EMU_RX_VERDICTS - 1);
                fixture_run(f, 1000);
                for (uint32_t i = 0; i < 8; i++) {
                    for (uint32_t k = 0; k < GUARD; k++)
                        assert_int_equal(fixture_at(f, buffer(i))[256 + k], UNTOUCHED);
                }
                e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
                fixture_link_up(f);
            }
        }
    }
}

/* A tail one past the end means the rest of the ring, a fresh ring's too (OS/2's driver does that);
 * what was used once is not used again. */
static void tail_one_past_the_end(void **state)
{
    struct fixture *f = *state;

    start(f, 8, 256, 8, RCTL_SECRC);
    for (uint32_t i = 0; i < 9; i++)
        receive(f, 60, i);
    assert_int_equal(fixture_read(f, REG_RDH), 7);
    for (uint32_t i = 0; i < 7; i++)
        expect(f, 60, i);
    fixture_write(f, REG_RDT, 8);
    assert_int_equal(fixture_read(f, REG_RDH), 0);
    expect(f, 60, 7);
    assert_int_equal(fields(f, 0), 0);
}

/* The receiver is enabled first, and the ring's registers are written later, in every order. */
static void registers_in_any_order(void **state)
{
    struct fixture *f = *state;

    for (unsigned order = 0; order < 24; order++) {
        unsigned left[4] = {0, 1, 2, 3};
        unsigned code = order;

        start(f, 8, 256, 0, RCTL_SECRC);
        fixture_write(f, REG_RDBAL, 0);
        fixture_write(f, REG_RDBAH, 0);
        fixture_write(f, REG_RDLEN, 0);
        fixture_write(f, REG_RDH, 0);
        for (unsigned n = 4; n > 0; n--) {
            unsigned pick = code % n;

            code /= n;
            switch (left[pick]) {
            case 0:
                fixture_write(f, REG_RDBAL, (uint32_t)RING);
                break;
            case 1:
                fixture_write(f, REG_RDBAH, (uint32_t)(RING >> 32));
                break;
            case 2:
                fixture_write(f, REG_RDLEN, 128);
                break;
            default:
                fixture_write(f, REG_RDT, 7);
                break;
            }
            left[pick] = left[n - 1];
        }
        assert_int_equal(receive(f, 300, order), E1000EMU_RX_STORED);
        expect(f, 300, order);
    }
}

/* A buffer over the receive ring, and one over the transmit ring: the chip overwrites its own work
 * list and goes on. */
static void buffers_over_the_rings(void **state)
{
    struct fixture *f = *state;
    uint64_t tx_ring = FIXTURE_BUS + 0x100000;

    start(f, 8, 256, 7, RCTL_SECRC);
    fixture_write(f, REG_TDBAL, (uint32_t)tx_ring);
    fixture_write(f, REG_TDBAH, (uint32_t)(tx_ring >> 32));
    fixture_write(f, REG_TDLEN, 128);
    fixture_write(f, REG_TCTL, TCTL_EN);
    fixture_put64(f, RING + 0, tx_ring);
    fixture_put64(f, RING + 16, RING);
    for (uint32_t i = 0; i < 7; i++)
        assert_int_equal(receive(f, 128, i), E1000EMU_RX_STORED);
    make(128, station, 0);
    assert_memory_equal(fixture_at(f, tx_ring), frame, 128);
    fixture_write(f, REG_TDT, 7);
    fixture_run(f, 1000);
    assert_int_equal(fixture_read(f, REG_TDH), 7);
}

/* ---- The packet buffer ---------------------------------------------------------------------- */

/* Without descriptors frames wait in the packet buffer, in order, until it is full to the byte;
 * what is too much is lost and counted; then all that waited is delivered in order. */
static void frames_wait_and_overrun(void **state)
{
    struct fixture *f = *state;
    uint32_t fits = 48 * 1024 / 304; /* 300 bytes with FCS, in quadwords */

    start(f, 1024, 256, 0, RCTL_SECRC);
    for (uint32_t i = 0; i < fits; i++)
        assert_int_equal(receive(f, 296, i), E1000EMU_RX_STORED);
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    assert_int_equal(fixture_read(f, REG_RDFPC), fits);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(receive(f, 296, i), E1000EMU_RX_OVERRUN);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXO);
    assert_int_equal(fixture_read(f, REG_MPC), 3);
    assert_int_equal(fixture_read(f, REG_MPC), 0);
    assert_int_equal(fixture_read(f, REG_RNBC), fits + 3);
    assert_int_equal(fixture_read(f, REG_TPR), fits + 3);
    assert_int_equal(fixture_read(f, REG_GPRC), fits);

    fixture_write(f, REG_RDT, 1023);
    /* One doorbell moves a bounded part; the rest comes with time. */
    assert_int_equal(fixture_read(f, REG_RDH), 256);
    assert_true(e1000emu_next_event(f->chip) <= f->now);
    fixture_run(f, 1000);
    assert_true(fixture_read(f, REG_ICR) & ICR_RXT0);
    for (uint32_t i = 0; i < fits; i++)
        expect(f, 296, i);
    assert_int_equal(fixture_read(f, REG_RDFPC), 0);
}

/* New frames queue behind those that wait, and every length passes the wrap of the buffer whole. */
static void waiting_frames_stay_in_order(void **state)
{
    struct fixture *f = *state;
    uint32_t in = 0, out = 0;

    start(f, 64, 2048, 0, 0);
    while (out < 400) {
        while (in < out + 30) {
            assert_int_equal(receive(f, 60 + in * 37 % 1400, in), E1000EMU_RX_STORED);
            in++;
        }
        fixture_write(f, REG_RDT, (ring.next + 20) % 64);
        for (uint32_t i = 0; i < 20; i++, out++) {
            size_t length = 60 + out * 37 % 1400;

            make(length, station, out);
            append_crc(frame, length);
            assert_int_equal(take(f, NULL), length + 4);
            assert_memory_equal(joined, frame, length + 4);
        }
    }
}

/* A frame that needs more descriptors than there are takes those, and goes on with the next. It
 * even passes through a ring that is smaller than the frame. */
static void a_frame_larger_than_the_ring(void **state)
{
    struct fixture *f = *state;
    size_t length = 9014;

    start(f, 8, 256, 7, RCTL_SECRC | RCTL_LPE);
    assert_int_equal(receive(f, length, 5), E1000EMU_RX_STORED);
    for (size_t at = 0; at < length; at += 256) {
        uint32_t i = ring.next;
        size_t n = length - at < 256 ? length - at : 256;

        make(length, station, 5);
        assert_int_equal(fields(f, i) & 0xffff, n);
        assert_int_equal(fields(f, i) >> 32 & 3, at + n == length ? 3 : 1);
        assert_memory_equal(fixture_at(f, buffer(i)), frame + at, n);
        ring.next = (i + 1) % 8;
        fixture_write(f, REG_RDT, i);
    }
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_RXT0, ICR_RXT0);
}

/* The packet buffer's diagnostic registers show the frame that waits; software that writes there
 * changes bytes and nothing else. */
static void the_packet_buffer_can_be_seen(void **state)
{
    struct fixture *f = *state;
    uint32_t word;

    start(f, 8, 256, 0, RCTL_SECRC);
    receive(f, 100, 1);
    for (uint32_t i = 0; i < 100; i += 4) {
        word = fixture_read(f, REG_PBM + i);
        assert_memory_equal(&word, frame + i, 4);
    }
    for (uint32_t i = 0; i < 0x10000; i += 4)
        fixture_write(f, REG_PBM + i, UINT32_MAX);
    for (uint32_t offset = REG_RDFH; offset <= REG_RDFPC; offset += 8)
        fixture_write(f, offset, UINT32_MAX);
    receive(f, 90, 2);
    fixture_write(f, REG_RDT, 7);
    assert_int_equal(take(f, NULL), 100);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(joined[i], 0xff);
    expect(f, 90, 2);
}

/* PBA divides the packet buffer; a frame that its receive part can't hold is never received. */
static void the_packet_buffer_has_the_size_of_pba(void **state)
{
    static const uint32_t kilobytes[] = {8, 40, 64};
    struct fixture *f = *state;

    for (size_t i = 0; i < 3; i++) {
        uint32_t fits = kilobytes[i] * 1024 / 1024;

        fixture_write(f, REG_RCTL, 0);
        fixture_write(f, REG_PBA, kilobytes[i]);
        start(f, 80, 2048, 0, RCTL_SECRC | RCTL_LPE);
        for (uint32_t n = 0; n < fits; n++)
            assert_int_equal(receive(f, 1020, n), E1000EMU_RX_STORED);
        assert_int_equal(receive(f, 1020, 0), E1000EMU_RX_OVERRUN);
        fixture_write(f, REG_RDT, 79);
        for (uint32_t n = 0; n < fits; n++)
            expect(f, 1020, n);
    }
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_PBA, 8);
    start(f, 80, 16384, 79, RCTL_SECRC | RCTL_LPE);
    assert_int_equal(receive(f, 8189, 0), E1000EMU_RX_OVERRUN);
    assert_int_equal(receive(f, 8188, 1), E1000EMU_RX_STORED);
    expect(f, 8188, 1);
}

/* A wire that can hold frames back is told how many were dealt with; none is buffered or lost. */
static void a_patient_wire_waits(void **state)
{
    struct fixture *f = *state;
    static uint8_t bytes[20][100];
    struct e1000emu_frame frames[20];
    uint8_t verdicts[20];

    start(f, 8, 256, 7, RCTL_SECRC);
    for (uint32_t i = 0; i < 20; i++) {
        fixture_make_frame(bytes[i], 100, i == 3 ? other : station, i);
        frames[i] = (struct e1000emu_frame){.data = bytes[i], .length = 100};
    }
    memset(verdicts, 99, sizeof verdicts);
    assert_int_equal(e1000emu_receive(f->chip, frames, 20, E1000EMU_RECEIVE_WAIT, verdicts), 8);
    for (uint32_t i = 0; i < 20; i++)
        assert_int_equal(verdicts[i], i >= 8   ? 99
                                      : i == 3 ? E1000EMU_RX_ADDRESS
                                               : E1000EMU_RX_STORED);
    assert_int_equal(e1000emu_receive(f->chip, frames + 8, 12, E1000EMU_RECEIVE_WAIT, NULL), 0);
    assert_int_equal(fixture_read(f, REG_RNBC), 0);
    assert_int_equal(fixture_read(f, REG_TPR), 8);
    assert_int_equal(fixture_read(f, REG_RDFPC), 0);
    for (uint32_t i = 0; i < 8; i++) {
        if (i != 3)
            expect(f, 100, i), assert_int_equal(ring.next, i < 3 ? i + 1 : i);
    }
    fixture_write(f, REG_RDT, 6);
    assert_int_equal(e1000emu_receive(f->chip, frames + 8, 12, E1000EMU_RECEIVE_WAIT, NULL), 7);
    assert_int_equal(fixture_read(f, REG_RDH), 6);
}

/* Waiting frames outlive the receiver's stop and start, as drivers do it during setup. */
static void stopping_the_receiver_keeps_frames(void **state)
{
    struct fixture *f = *state;
    uint32_t rctl;

    start(f, 8, 256, 0, RCTL_SECRC);
    receive(f, 100, 1);
    rctl = fixture_read(f, REG_RCTL);
    fixture_write(f, REG_RCTL, rctl & ~RCTL_EN);
    fixture_write(f, REG_RDT, 7);
    assert_int_equal(fields(f, 0), 0);
    assert_int_equal(receive(f, 100, 2), E1000EMU_RX_DISABLED);
    fixture_write(f, REG_RCTL, rctl);
    expect(f, 100, 1);
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    assert_int_equal(fixture_read(f, REG_RDFPC), 0);
}

/* ---- DMA that fails ------------------------------------------------------------------------- */

/* The ring's memory goes away between two frames and comes back. */
static void memory_removed_and_returned(void **state)
{
    struct fixture *f = *state;

    start(f, 8, 256, 7, RCTL_SECRC);
    receive(f, 100, 1);
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    assert_int_equal(receive(f, 100, 2), E1000EMU_RX_STORED); /* waits */
    fixture_run(f, 1000);
    assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
    assert_int_equal(fixture_read(f, REG_RDH), 1);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY, f->memory,
                                      E1000EMU_DMA_READ | E1000EMU_DMA_WRITE),
                     0);
    receive(f, 100, 3);
    expect(f, 100, 1);
    expect(f, 100, 2);
    expect(f, 100, 3);
}

/* Buffers where there is no memory, the chip's own registers among them: the bytes are lost as
 * posted writes are, the status register tells, and the next frame is whole. */
static void buffers_out_of_reach(void **state)
{
    static const uint64_t nowhere[] = {
        0xf0000000,      0xf0000000 + REG_RDT, 1,
        UINT64_MAX - 10, FIXTURE_BUS - 1,      FIXTURE_BUS + FIXTURE_MEMORY - 10};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        start(f, 8, 256, 7, RCTL_SECRC);
        e1000emu_config_write(f->chip, 0x10, 4, 0xf0000000);
        e1000emu_config_write(f->chip, 6, 2, 0x2000);
        fixture_put64(f, RING, nowhere[i]);
        assert_int_equal(receive(f, 60, 1), E1000EMU_RX_STORED);
        assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
        assert_int_equal(fixture_read(f, REG_RDT), 7);
        assert_int_equal(fields(f, 0) >> 32 & 3, 3);
        ring.next = 1;
        receive(f, 60, 2);
        expect(f, 60, 2);
    }
}

/* ---- Verdicts and counters ------------------------------------------------------------------ */

static uint32_t count_of(struct fixture *f, uint32_t offset)
{
    return e1000emu_peek(f->chip, offset);
}

/* Whatever keeps the receiver from receiving has its verdict, and counts nothing. */
static void verdicts_of_a_deaf_receiver(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_partner none = {0};

    assert_int_equal(receive(f, 60, 0), E1000EMU_RX_DISABLED);
    start(f, 8, 256, 7, 0);
    e1000emu_config_write(f->chip, 4, 2, 0x0003);
    assert_int_equal(receive(f, 60, 0), E1000EMU_RX_DISABLED);
    fixture_enable(f);
    e1000emu_set_partner(f->chip, &none);
    assert_int_equal(receive(f, 60, 0), E1000EMU_RX_NO_LINK);
    assert_int_equal(count_of(f, REG_TPR), 0);
}

/* Sizes around both limits of both limits' settings. Nothing over the limit reaches memory. */
static void length_limits(void **state)
{
    static const struct {
        uint32_t rctl, length;
        unsigned verdict;
        uint32_t counter;
    } cases[] = {
        {0, 59, E1000EMU_RX_UNDERSIZE, REG_RUC},
        {0, 60, E1000EMU_RX_STORED, REG_GPRC},
        {0, 6, E1000EMU_RX_UNDERSIZE, REG_RUC},
        {0, 1514, E1000EMU_RX_STORED, REG_GPRC},
        {0, 1518, E1000EMU_RX_STORED, REG_GPRC},
        {0, 1519, E1000EMU_RX_OVERSIZE, REG_ROC},
        {0, 1523, E1000EMU_RX_OVERSIZE, REG_ROC},
        {0, 9000, E1000EMU_RX_OVERSIZE, REG_ROC},
        {0, 16383, E1000EMU_RX_OVERSIZE, REG_ROC},
        {0, 65535, E1000EMU_RX_OVERSIZE, REG_ROC},
        {RCTL_LPE, 9000, E1000EMU_RX_STORED, REG_GPRC},
        {RCTL_LPE, 16380, E1000EMU_RX_STORED, REG_GPRC},
        {RCTL_LPE, 16381, E1000EMU_RX_OVERSIZE, REG_ROC},
        {RCTL_LPE, 65535, E1000EMU_RX_OVERSIZE, REG_ROC},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool stored = cases[i].verdict == E1000EMU_RX_STORED;

        /* With and without FCS in memory take different ways through the chip. */
        for (uint32_t secrc = 0; secrc < 2; secrc++) {
            start(f, 80, 256, 79, cases[i].rctl | secrc * RCTL_SECRC);
            fixture_read(f, cases[i].counter);
            fixture_read(f, REG_RLEC);
            assert_int_equal(receive(f, cases[i].length, 1), cases[i].verdict);
            assert_int_equal(fixture_read(f, cases[i].counter), 1);
            assert_int_equal(fixture_read(f, REG_RLEC), !stored);
            if (stored)
                assert_int_equal(take(f, NULL), cases[i].length + (secrc ? 0 : 4));
            assert_int_equal(fixture_read(f, REG_RDH), ring.next);
        }
    }
}

/* Bad frames: dropped, each kind in its counter; with SBP stored and marked. */
static void bad_frames(void **state)
{
    static const struct {
        uint32_t length, flags;
        unsigned verdict;
        uint32_t counters[2];
        uint8_t errors;
    } cases[] = {
        {60, E1000EMU_FRAME_BAD_FCS, E1000EMU_RX_BAD, {REG_CRCERRS, 0}, RXD_ERR_CE},
        {60, E1000EMU_FRAME_SYMBOL, E1000EMU_RX_BAD, {REG_RXERRC, 0}, RXD_ERR_RXE},
        {60,
         E1000EMU_FRAME_SYMBOL | E1000EMU_FRAME_BAD_FCS,
         E1000EMU_RX_BAD,
         {REG_RXERRC, REG_CRCERRS},
         RXD_ERR_RXE | RXD_ERR_CE},
        {40, E1000EMU_FRAME_BAD_FCS, E1000EMU_RX_UNDERSIZE, {REG_RFC, REG_RLEC}, RXD_ERR_CE},
        {40, 0, E1000EMU_RX_UNDERSIZE, {REG_RUC, REG_RLEC}, 0},
        {1600, E1000EMU_FRAME_BAD_FCS, E1000EMU_RX_OVERSIZE, {REG_RJC, REG_RLEC}, RXD_ERR_CE},
        {1600, 0, E1000EMU_RX_OVERSIZE, {REG_ROC, REG_RLEC}, 0},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (uint32_t sbp = 0; sbp < 2; sbp++) {
            uint64_t last;

            start(f, 16, 256, 15, sbp ? RCTL_SBP | RCTL_SECRC : RCTL_SECRC);
            for (uint32_t offset = REG_CRCERRS; offset <= REG_RJC; offset += 4)
                fixture_read(f, offset);
            make(cases[i].length, station, 1);
            assert_int_equal(fixture_receive(f, frame, cases[i].length, cases[i].flags),
                             sbp ? E1000EMU_RX_STORED : cases[i].verdict);
            assert_int_equal(count_of(f, cases[i].counters[0]), 1);
            if (cases[i].counters[1])
                assert_int_equal(count_of(f, cases[i].counters[1]), 1);
            assert_int_equal(count_of(f, REG_GPRC), 0);
            if (!sbp) {
                assert_int_equal(fixture_read(f, REG_RDH), 0);
                continue;
            }
            assert_int_equal(take(f, &last), cases[i].length);
            assert_memory_equal(joined, frame, cases[i].length);
            assert_int_equal(last >> 40 & 0xff, cases[i].errors);
        }
    }
}

/* A bad FCS that was not handed over is bad in memory too. */
static void a_bad_fcs_is_stored_bad(void **state)
{
    struct fixture *f = *state;

    start(f, 8, 256, 7, RCTL_SBP);
    make(60, station, 1);
    fixture_receive(f, frame, 60, E1000EMU_FRAME_BAD_FCS);
    append_crc(frame, 60);
    assert_int_equal(take(f, NULL), 64);
    assert_memory_not_equal(joined + 60, frame + 60, 4);
}

/* An alignment error is one at 10 and 100 Mb/s only. */
static void alignment_errors(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_partner partner = {.cable = true, .abilities = E1000EMU_100_FULL};

    e1000emu_set_partner(f->chip, &partner);
    fixture_run(f, 10000000000);
    assert_int_equal(fixture_read(f, REG_STATUS) & (STATUS_LU | STATUS_SPEED),
                     STATUS_LU | STATUS_SPEED_100);
    start(f, 8, 256, 7, 0);
    make(60, station, 1);
    assert_int_equal(fixture_receive(f, frame, 60, E1000EMU_FRAME_ALIGNMENT), E1000EMU_RX_BAD);
    assert_int_equal(count_of(f, REG_ALGNERRC), 1);
}

/* Frames that the filters refuse count as seen, whatever else is wrong with them, and no more. */
static void filtered_frames_count_as_seen(void **state)
{
    struct fixture *f = *state;

    start(f, 8, 256, 7, RCTL_SECRC);
    make(60, other, 1);
    assert_int_equal(fixture_receive(f, frame, 60, 0), E1000EMU_RX_ADDRESS);
    assert_int_equal(fixture_receive(f, frame, 60, E1000EMU_FRAME_BAD_FCS), E1000EMU_RX_ADDRESS);
    assert_int_equal(fixture_receive(f, frame, 20, 0), E1000EMU_RX_ADDRESS);
    /* Too short even for an address. */
    make(5, station, 1);
    assert_int_equal(fixture_receive(f, frame, 5, 0), E1000EMU_RX_ADDRESS);
    assert_int_equal(fixture_receive(f, frame, 0, 0), E1000EMU_RX_ADDRESS);
    assert_int_equal(count_of(f, REG_TPR), 5);
    assert_int_equal(count_of(f, REG_TORL), 64 + 64 + 24 + 9 + 4);
    for (uint32_t offset = REG_CRCERRS; offset <= REG_RJC; offset += 4)
        assert_int_equal(count_of(f, offset), 0);
}

/* Good frames by size and kind of address; octets with FCS; reading clears as the manual says. */
static void counters_of_good_frames(void **state)
{
    static const struct {
        uint32_t length, counter;
    } sizes[] = {
        {60, REG_PRC64},     {61, REG_PRC127},    {123, REG_PRC127},   {124, REG_PRC255},
        {251, REG_PRC255},   {252, REG_PRC511},   {507, REG_PRC511},   {508, REG_PRC1023},
        {1019, REG_PRC1023}, {1020, REG_PRC1522}, {1518, REG_PRC1522},
    };
    struct fixture *f = *state;
    uint32_t octets = 0;

    for (uint32_t secrc = 0; secrc < 2; secrc++) {
        start(f, 80, 256, 79, RCTL_BAM | RCTL_MPE | secrc * RCTL_SECRC);
        octets = 0;
        for (size_t i = 0; i < 11; i++) {
            assert_int_equal(receive(f, sizes[i].length, 1), E1000EMU_RX_STORED);
            assert_int_equal(count_of(f, sizes[i].counter),
                             i > 0 && sizes[i].counter == sizes[i - 1].counter ? 2 : 1);
            octets += sizes[i].length + 4;
        }
        make(60, group, 1);
        fixture_receive(f, frame, 60, 0);
        fixture_receive(f, frame, 60, 0);
        make(60, broadcast, 1);
        fixture_receive(f, frame, 60, 0);
        octets += 3 * 64;
        assert_int_equal(fixture_read(f, REG_MPRC), 2);
        assert_int_equal(fixture_read(f, REG_BPRC), 1);
        assert_int_equal(fixture_read(f, REG_GPRC), 14);
        assert_int_equal(fixture_read(f, REG_TPR), 14);
        assert_int_equal(fixture_read(f, REG_PRC64), 4);
        assert_int_equal(fixture_read(f, REG_PRC64), 0);
        assert_int_equal(fixture_read(f, REG_GORCL), octets);
        assert_int_equal(fixture_read(f, REG_GORCL), octets);
        assert_int_equal(fixture_read(f, REG_GORCH), 0);
        assert_int_equal(fixture_read(f, REG_GORCL), 0);
        assert_int_equal(fixture_read(f, REG_TORL), octets);
        fixture_read(f, REG_TORH);
        for (uint32_t offset = REG_PRC64; offset <= REG_PRC1522; offset += 4)
            fixture_read(f, offset);
    }
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

/* One batch, one RXT0, when all of it is in memory. */
static void one_interrupt_for_a_batch(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_frame frames[5];

    start(f, 64, 256, 63, RCTL_SECRC);
    fixture_write(f, REG_IMS, ICR_RXT0);
    make(60, station, 1);
    for (size_t i = 0; i < 5; i++)
        frames[i] = (struct e1000emu_frame){.data = frame, .length = 60};
    assert_int_equal(e1000emu_receive(f->chip, frames, 5, 0, NULL), 5);
    assert_true(f->level);
    assert_int_equal(f->edges, 1);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0);
    make(60, other, 1);
    fixture_receive(f, frame, 60, 0);
    assert_false(f->level);
    fixture_write(f, REG_RDTR, RDTR_FPD);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0);
}

/* RXDMT0 comes with the very descriptor that leaves 1/2, 1/4 or 1/8 of the ring, and once. */
static void descriptors_run_low(void **state)
{
    struct fixture *f = *state;

    for (uint32_t rdmts = 0; rdmts < 3; rdmts++) {
        uint32_t left = 64u >> (rdmts + 1);

        start(f, 64, 256, 63, RCTL_SECRC | rdmts << RCTL_RDMTS_SHIFT);
        for (uint32_t ready = 62; ready > 0; ready--) {
            receive(f, 60, 1);
            assert_int_equal(fixture_read(f, REG_ICR) & ICR_RXDMT0, ready == left ? ICR_RXDMT0 : 0);
        }
    }
    start(f, 64, 256, 63, RCTL_SECRC);
    for (uint32_t i = 0; i < 20; i++)
        receive(f, 400, i); /* in one call of two descriptors it may be passed in the middle */
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_RXDMT0, ICR_RXDMT0);
}

/* SRPD for frames of at most RSRPD bytes as stored. */
static void small_packets(void **state)
{
    struct fixture *f = *state;

    start(f, 64, 256, 63, RCTL_SECRC);
    receive(f, 60, 1);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0);
    fixture_write(f, REG_RSRPD, 100);
    receive(f, 101, 1);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0);
    receive(f, 100, 1);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0 | ICR_SRPD);
}

#define RX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RX_TEST(every_buffer_size),
        RX_TEST(reserved_buffer_size),
        RX_TEST(frames_with_their_own_fcs),
        RX_TEST(null_descriptors_are_passed_over),
        RX_TEST(a_ring_full_of_null_descriptors),
        RX_TEST(rings_wrap),
        RX_TEST(a_ring_in_two_windows),
        RX_TEST(a_window_of_odd_memory),
        RX_TEST(wild_ring_registers),
        RX_TEST(tail_one_past_the_end),
        RX_TEST(registers_in_any_order),
        RX_TEST(buffers_over_the_rings),
        RX_TEST(frames_wait_and_overrun),
        RX_TEST(waiting_frames_stay_in_order),
        RX_TEST(a_frame_larger_than_the_ring),
        RX_TEST(the_packet_buffer_can_be_seen),
        RX_TEST(the_packet_buffer_has_the_size_of_pba),
        RX_TEST(a_patient_wire_waits),
        RX_TEST(stopping_the_receiver_keeps_frames),
        RX_TEST(memory_removed_and_returned),
        RX_TEST(buffers_out_of_reach),
        RX_TEST(verdicts_of_a_deaf_receiver),
        RX_TEST(length_limits),
        RX_TEST(bad_frames),
        RX_TEST(a_bad_fcs_is_stored_bad),
        RX_TEST(alignment_errors),
        RX_TEST(filtered_frames_count_as_seen),
        RX_TEST(counters_of_good_frames),
        RX_TEST(one_interrupt_for_a_batch),
        RX_TEST(descriptors_run_low),
        RX_TEST(small_packets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
