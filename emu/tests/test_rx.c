/* SPDX-License-Identifier: BSD-2-Clause */
/* From the wire to host memory: buffers and rings. */
#include "rx_ring.h"

#include <string.h>

#define BIGGEST 16384u /* frame with FCS */

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
            rx_start(f, 80, sizes[s], 79, RCTL_LPE | (strip ? RCTL_SECRC : 0));
            for (uint32_t multiple = 1; multiple <= 3; multiple++) {
                for (size_t k = 0; k < sizeof around / sizeof *around; k++) {
                    uint32_t length = sizes[s] * multiple + (uint32_t)around[k];
                    size_t stored = strip ? length : length + 4;

                    if (length > BIGGEST - 4)
                        continue;
                    assert_int_equal(rx_receive(f, length, length), E1000EMU_RX_STORED);
                    rx_append_crc(frame, length);
                    assert_int_equal(rx_take(f, NULL), stored);
                    assert_memory_equal(joined, frame, stored);
                    fixture_write(f, REG_RDT,
                                  (software.next + software.count - 1) % software.count);
                }
            }
        }
    }
}

/* BSEX with BSIZE = 00 is reserved; this model takes 2048 bytes. */
static void reserved_buffer_size(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 8, 2048, 7, RCTL_SECRC | RCTL_LPE);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_SECRC | RCTL_LPE | RCTL_BSEX);
    assert_int_equal(rx_receive(f, 2049, 1), E1000EMU_RX_STORED);
    rx_expect(f, 2049, 1);
    assert_int_equal(software.next, 2);
}

/* A frame that brings its FCS keeps it, or loses it to SECRC. */
static void frames_with_their_own_fcs(void **state)
{
    struct fixture *f = *state;

    for (uint32_t length = 60; length < 600; length += 67) {
        rx_start(f, 8, 256, 7, 0);
        rx_make(length, rx_station, length);
        frame[length] = 1; /* any four bytes: they are not checked here */
        frame[length + 1] = 2;
        frame[length + 2] = 3;
        frame[length + 3] = 4;
        assert_int_equal(fixture_receive(f, frame, length + 4, E1000EMU_FRAME_FCS),
                         E1000EMU_RX_STORED);
        assert_int_equal(rx_take(f, NULL), length + 4);
        assert_memory_equal(joined, frame, length + 4);
        fixture_write(f, REG_RCTL, fixture_read(f, REG_RCTL) | RCTL_SECRC);
        assert_int_equal(fixture_receive(f, frame, length + 4, E1000EMU_FRAME_FCS),
                         E1000EMU_RX_STORED);
        assert_int_equal(rx_take(f, NULL), length);
        assert_memory_equal(joined, frame, length);
    }
}

/* A descriptor without a buffer is passed over: DD, nothing else changed, the frame goes on. */
static void null_descriptors_are_passed_over(void **state)
{
    struct fixture *f = *state;
    uint64_t mark = 0xbeef00450000cafeull;

    rx_start(f, 8, 256, 0, RCTL_SECRC);
    fixture_put64(f, RX_RING + 0, 0);
    fixture_put64(f, RX_RING + 8, mark);
    fixture_put64(f, RX_RING + 32, 0);
    fixture_put64(f, RX_RING + 40, mark);
    fixture_write(f, REG_RDT, 7);
    assert_int_equal(rx_receive(f, 300, 1), E1000EMU_RX_STORED);
    assert_int_equal(fixture_read(f, REG_RDH), 4);
    assert_true(rx_fields(f, 0) == (mark | 1ull << 32));
    assert_true(rx_fields(f, 2) == (mark | 1ull << 32));
    rx_make(300, rx_station, 1);
    assert_true(rx_fields(f, 1) == (256 | 1ull << 32));
    assert_memory_equal(fixture_at(f, rx_buffer(1)), frame, 256);
    assert_int_equal(rx_fields(f, 3) & 0xffff, 44);
    assert_memory_equal(fixture_at(f, rx_buffer(3)), frame + 256, 44);
}

/* Even if there is memory at bus address 0: no buffer is meant. */
static void address_zero_is_no_buffer(void **state)
{
    struct fixture *f = *state;
    static uint8_t low[256];

    assert_int_equal(e1000emu_dma_map(f->chip, 0, sizeof low, low, 3), 0);
    rx_start(f, 8, 256, 0, RCTL_SECRC);
    fixture_put64(f, RX_RING, 0);
    fixture_write(f, REG_RDT, 7);
    assert_int_equal(rx_receive(f, 60, 1), E1000EMU_RX_STORED);
    assert_int_equal(low[0] | low[5] | low[59], 0);
    software.next = 1;
    rx_expect(f, 60, 1);
}

/* ---- Rings ---------------------------------------------------------------------------------- */

/* Rings of every kind of size, three times around, each frame at its place. */
static void rings_wrap(void **state)
{
    static const uint32_t counts[] = {8, 16, 24, 64, 72, 256, 1000, 4096};
    struct fixture *f = *state;

    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        uint32_t seed = 0, taken = 0;

        rx_start(f, counts[c], 256, counts[c] - 1, RCTL_SECRC);
        while (taken < 3 * counts[c]) {
            /* Bursts of odd sizes, so that the ends fall anywhere; some frames take two buffers. */
            for (uint32_t n = 0; n < 3 + seed % 2; n++, seed++)
                assert_int_equal(rx_receive(f, seed % 5 ? 60 + seed % 100 : 300, seed),
                                 E1000EMU_RX_STORED);
            for (; taken < seed; taken++)
                rx_expect(f, taken % 5 ? 60 + taken % 100 : 300, taken);
            assert_int_equal(fixture_read(f, REG_RDH), software.next);
            fixture_write(f, REG_RDT, (software.next + counts[c] - 1) % counts[c]);
        }
    }
}

/* A ring that lies in two windows is used descriptor by descriptor, with the same result. */
static void a_ring_in_two_windows(void **state)
{
    struct fixture *f = *state;
    uint64_t half = 64;

    rx_start(f, 8, 256, 7, RCTL_SECRC);
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, half, f->memory, 3), 0);
    assert_int_equal(
        e1000emu_dma_map(f->chip, FIXTURE_BUS + half, FIXTURE_MEMORY - half, f->memory + half, 3),
        0);
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(rx_receive(f, 400, i), E1000EMU_RX_STORED);
        rx_expect(f, 400, i);
        fixture_write(f, REG_RDT, (software.next + 7) % 8);
    }
}

/* A window whose memory is not aligned as its bus addresses are works too. */
static void a_window_of_odd_memory(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    f->memory += 3;
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY - 3, f->memory, 3), 0);
    rx_start(f, 8, 256, 7, RCTL_SECRC);
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(rx_receive(f, 400, i), E1000EMU_RX_STORED);
        rx_expect(f, 400, i);
        fixture_write(f, REG_RDT, (software.next + 7) % 8);
    }
    f->memory -= 3;
}

/* The receiver is enabled first, and the ring's registers are written later, in every order. */
static void registers_in_any_order(void **state)
{
    struct fixture *f = *state;

    for (unsigned order = 0; order < 24; order++) {
        unsigned left[4] = {0, 1, 2, 3};
        unsigned code = order;

        rx_start(f, 8, 256, 0, RCTL_SECRC);
        fixture_write(f, REG_RDBAL, 0);
        fixture_write(f, REG_RDBAH, 0);
        fixture_write(f, REG_RDLEN, 0);
        fixture_write(f, REG_RDH, 0);
        for (unsigned n = 4; n > 0; n--) {
            unsigned pick = code % n;

            code /= n;
            switch (left[pick]) {
            case 0:
                fixture_write(f, REG_RDBAL, (uint32_t)RX_RING);
                break;
            case 1:
                fixture_write(f, REG_RDBAH, (uint32_t)(RX_RING >> 32));
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
        assert_int_equal(rx_receive(f, 300, order), E1000EMU_RX_STORED);
        rx_expect(f, 300, order);
    }
}

/* A buffer over the receive ring, and one over the transmit ring: the chip overwrites its own work
 * list and goes on. */
static void buffers_over_the_rings(void **state)
{
    struct fixture *f = *state;
    uint64_t tx_ring = FIXTURE_BUS + 0x100000;

    rx_start(f, 8, 256, 0, RCTL_SECRC);
    fixture_write(f, REG_TDBAL, (uint32_t)tx_ring);
    fixture_write(f, REG_TDBAH, (uint32_t)(tx_ring >> 32));
    fixture_write(f, REG_TDLEN, 128);
    fixture_write(f, REG_TCTL, TCTL_EN);
    fixture_put64(f, RX_RING + 0, tx_ring);
    fixture_put64(f, RX_RING + 16, RX_RING);
    fixture_write(f, REG_RDT, 7);
    for (uint32_t i = 0; i < 7; i++)
        assert_int_equal(rx_receive(f, 128, i), E1000EMU_RX_STORED);
    rx_make(128, rx_station, 0);
    assert_memory_equal(fixture_at(f, tx_ring), frame, 128);
    fixture_write(f, REG_TDT, 7);
    fixture_run(f, 1000);
    assert_int_equal(fixture_read(f, REG_TDH), 7);
}

#define RX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RX_TEST(every_buffer_size),         RX_TEST(reserved_buffer_size),
        RX_TEST(frames_with_their_own_fcs), RX_TEST(null_descriptors_are_passed_over),
        RX_TEST(address_zero_is_no_buffer), RX_TEST(rings_wrap),
        RX_TEST(a_ring_in_two_windows),     RX_TEST(a_window_of_odd_memory),
        RX_TEST(registers_in_any_order),    RX_TEST(buffers_over_the_rings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
