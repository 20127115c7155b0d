/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that have to wait, and memory that is not there. */
#include "rx_ring.h"

#include <string.h>

#include "chip.h"

/* ---- The packet buffer ---------------------------------------------------------------------- */

/* Without descriptors frames wait in the packet buffer, in order, until it is full to the byte;
 * what is too much is lost and counted; then all that waited is delivered in order. */
static void frames_wait_and_overrun(void **state)
{
    struct fixture *f = *state;
    uint32_t fits = 48 * 1024 / 304; /* 300 bytes with FCS, in quadwords */

    rx_start(f, 1024, 256, 0, RCTL_SECRC);
    for (uint32_t i = 0; i < fits; i++)
        assert_int_equal(rx_receive(f, 296, i), E1000EMU_RX_STORED);
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    assert_int_equal(fixture_read(f, REG_RDFPC), fits);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(rx_receive(f, 296, i), E1000EMU_RX_OVERRUN);
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
        rx_expect(f, 296, i);
    assert_int_equal(fixture_read(f, REG_RDFPC), 0);
}

/* New frames queue behind those that wait, and every length passes the wrap of the buffer whole. */
static void waiting_frames_stay_in_order(void **state)
{
    struct fixture *f = *state;
    uint32_t in = 0, out = 0;

    rx_start(f, 64, 2048, 0, 0);
    while (out < 400) {
        while (in < out + 30) {
            assert_int_equal(rx_receive(f, 60 + in * 37 % 1400, in), E1000EMU_RX_STORED);
            in++;
        }
        fixture_write(f, REG_RDT, (software.next + 20) % 64);
        for (uint32_t i = 0; i < 20; i++, out++) {
            size_t length = 60 + out * 37 % 1400;

            rx_make(length, rx_station, out);
            rx_append_crc(frame, length);
            assert_int_equal(rx_take(f, NULL), length + 4);
            assert_memory_equal(joined, frame, length + 4);
        }
    }
}

/* Frames of a few bytes, which only RCTL.SBP lets in, use up the list of frames before the bytes.
 */
static void more_tiny_frames_than_the_list_holds(void **state)
{
    struct fixture *f = *state;
    uint32_t i;

    rx_start(f, 8, 256, 0, RCTL_SECRC | RCTL_SBP | RCTL_UPE);
    for (i = 0; i < 5000 && rx_receive(f, 4, i) == E1000EMU_RX_STORED; i++)
        ;
    assert_int_equal(i, EMU_FIFO_FRAMES);
    assert_int_equal(fixture_read(f, REG_MPC), 1);
    assert_int_equal(fixture_read(f, REG_RDFPC), EMU_FIFO_FRAMES);
    assert_int_equal(f->chip->rx.fifo.used, EMU_FIFO_FRAMES * 8);
}

/* A frame that needs more descriptors than there are takes those, and goes on with the next. It
 * even passes through a ring that is smaller than the frame. */
static void a_frame_larger_than_the_ring(void **state)
{
    struct fixture *f = *state;
    size_t length = 9014;

    rx_start(f, 8, 256, 7, RCTL_SECRC | RCTL_LPE);
    assert_int_equal(rx_receive(f, length, 5), E1000EMU_RX_STORED);
    for (size_t at = 0; at < length; at += 256) {
        uint32_t i = software.next;
        size_t n = length - at < 256 ? length - at : 256;

        rx_make(length, rx_station, 5);
        assert_int_equal(rx_fields(f, i) & 0xffff, n);
        assert_int_equal(rx_fields(f, i) >> 32 & 3, at + n == length ? 3 : 1);
        assert_memory_equal(fixture_at(f, rx_buffer(i)), frame + at, n);
        software.next = (i + 1) % 8;
        fixture_write(f, REG_RDT, i);
    }
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_RXT0, ICR_RXT0);
}

/* The packet buffer shows the frame that waits; software that writes there changes bytes and
 * nothing else. */
static void the_packet_buffer_can_be_seen(void **state)
{
    struct fixture *f = *state;
    uint32_t word;

    rx_start(f, 8, 256, 0, RCTL_SECRC);
    rx_receive(f, 100, 1);
    for (uint32_t i = 0; i < 100; i += 4) {
        word = fixture_read(f, REG_PBM + i);
        assert_memory_equal(&word, frame + i, 4);
    }
    for (uint32_t i = 0; i < 0x10000; i += 4)
        fixture_write(f, REG_PBM + i, UINT32_MAX);
    rx_receive(f, 90, 2);
    fixture_write(f, REG_RDT, 7);
    assert_int_equal(rx_take(f, NULL), 100);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(joined[i], 0xff);
    rx_expect(f, 90, 2);
}

/* The diagnostic pointers follow the frames that wait: the tail as they come, the head as they go,
 * a part of one at a time; the saved ones only whole frames; and all wrap with the buffer. */
static void pointers_follow_the_frames(void **state)
{
    struct fixture *f = *state;
    uint32_t size = 8 * 1024 / 8, taken = (1000 + 4 + 7) / 8;
    uint32_t at = 0;

    fixture_write(f, REG_PBA, 8);
    rx_start(f, 32, 256, 0, RCTL_SECRC);
    for (uint32_t i = 0; i < 60; i++) {
        uint32_t next = (at + taken) % size;

        rx_receive(f, 1000, i);
        assert_int_equal(fixture_read(f, REG_RDFPC), 1);
        assert_int_equal(fixture_read(f, REG_RDFH), at);
        assert_int_equal(fixture_read(f, REG_RDFHS), at);
        assert_int_equal(fixture_read(f, REG_RDFT), next);
        assert_int_equal(fixture_read(f, REG_RDFTS), next);
        fixture_write(f, REG_RDT, (4 * i + 3) % 32);
        assert_int_equal(fixture_read(f, REG_RDFPC), 1);
        assert_int_equal(fixture_read(f, REG_RDFH), (at + 3 * 256 / 8) % size);
        assert_int_equal(fixture_read(f, REG_RDFHS), at);
        fixture_write(f, REG_RDT, (4 * i + 4) % 32);
        rx_expect(f, 1000, i);
        assert_int_equal(fixture_read(f, REG_RDFPC), 0);
        assert_int_equal(fixture_read(f, REG_RDFH), next);
        assert_int_equal(fixture_read(f, REG_RDFHS), next);
        at = next;
    }
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
        rx_start(f, 80, 2048, 0, RCTL_SECRC | RCTL_LPE);
        for (uint32_t n = 0; n < fits; n++)
            assert_int_equal(rx_receive(f, 1020, n), E1000EMU_RX_STORED);
        assert_int_equal(rx_receive(f, 1020, 0), E1000EMU_RX_OVERRUN);
        fixture_write(f, REG_RDT, 79);
        for (uint32_t n = 0; n < fits; n++)
            rx_expect(f, 1020, n);
    }
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_PBA, 8);
    rx_start(f, 80, 16384, 79, RCTL_SECRC | RCTL_LPE);
    assert_int_equal(rx_receive(f, 8189, 0), E1000EMU_RX_OVERRUN);
    assert_int_equal(rx_receive(f, 8188, 1), E1000EMU_RX_STORED);
    rx_expect(f, 8188, 1);
}

/* A wire that can hold frames back is told how many were dealt with; none is buffered or lost. */
static void a_patient_wire_waits(void **state)
{
    struct fixture *f = *state;
    static uint8_t bytes[20][100];
    struct e1000emu_frame frames[20];
    uint8_t verdicts[20];

    rx_start(f, 8, 256, 7, RCTL_SECRC);
    for (uint32_t i = 0; i < 20; i++) {
        fixture_make_frame(bytes[i], 100, i == 3 ? rx_other : rx_station, i);
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
            rx_expect(f, 100, i);
    }
    assert_int_equal(software.next, 7);
    fixture_write(f, REG_RDT, 6);
    assert_int_equal(e1000emu_receive(f->chip, frames + 8, 12, E1000EMU_RECEIVE_WAIT, NULL), 7);
    assert_int_equal(fixture_read(f, REG_RDH), 6);
}

/* While a long queue is being delivered, new frames go to its end, or stay on a patient wire. */
static void a_long_queue_keeps_its_order(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_frame late = {.data = frame, .length = 60};

    for (unsigned flags = 0; flags <= E1000EMU_RECEIVE_WAIT; flags += E1000EMU_RECEIVE_WAIT) {
        bool waits = flags & E1000EMU_RECEIVE_WAIT;

        rx_start(f, 1024, 256, 0, RCTL_SECRC);
        for (uint32_t i = 0; i < 700; i++)
            assert_int_equal(rx_receive(f, 60, i), E1000EMU_RX_STORED);
        fixture_write(f, REG_RDT, 1023);
        rx_make(60, rx_station, 700);
        assert_int_equal(e1000emu_receive(f->chip, &late, 1, flags, NULL), !waits);
        fixture_run(f, 1000);
        for (uint32_t i = 0; i < 700u + !waits; i++)
            rx_expect(f, 60, i);
        assert_int_equal(fixture_read(f, REG_RDH), software.next);
    }
}

/* Waiting frames outlive the receiver's stop and start, as drivers do it during setup. */
static void stopping_the_receiver_keeps_frames(void **state)
{
    struct fixture *f = *state;
    uint32_t rctl;

    rx_start(f, 8, 256, 0, RCTL_SECRC);
    rx_receive(f, 100, 1);
    rctl = fixture_read(f, REG_RCTL);
    fixture_write(f, REG_RCTL, rctl & ~RCTL_EN);
    fixture_write(f, REG_RDT, 7);
    assert_int_equal(rx_fields(f, 0), 0);
    assert_int_equal(rx_receive(f, 100, 2), E1000EMU_RX_DISABLED);
    fixture_write(f, REG_RCTL, rctl);
    rx_expect(f, 100, 1);
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    assert_int_equal(fixture_read(f, REG_RDFPC), 0);
}

/* ---- DMA that fails ------------------------------------------------------------------------- */

/* The ring's memory goes away after its last descriptor was fetched, and comes back. */
static void memory_removed_and_returned(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 8, 256, 1, RCTL_SECRC);
    rx_receive(f, 100, 1);
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    fixture_write(f, REG_RDT, 7);
    assert_int_equal(rx_receive(f, 100, 2), E1000EMU_RX_STORED); /* waits */
    fixture_run(f, 1000);
    assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
    assert_int_equal(fixture_read(f, REG_RDH), 1);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY, f->memory,
                                      E1000EMU_DMA_READ | E1000EMU_DMA_WRITE),
                     0);
    rx_receive(f, 100, 3);
    rx_expect(f, 100, 1);
    rx_expect(f, 100, 2);
    rx_expect(f, 100, 3);
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
        rx_start(f, 8, 256, 0, RCTL_SECRC);
        e1000emu_config_write(f->chip, 0x10, 4, 0xf0000000);
        e1000emu_config_write(f->chip, 6, 2, 0x2000);
        fixture_put64(f, RX_RING, nowhere[i]);
        fixture_write(f, REG_RDT, 7);
        assert_int_equal(rx_receive(f, 60, 1), E1000EMU_RX_STORED);
        assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
        assert_int_equal(fixture_read(f, REG_RDT), 7);
        assert_int_equal(rx_fields(f, 0) >> 32 & 3, 3);
        software.next = 1;
        rx_receive(f, 60, 2);
        rx_expect(f, 60, 2);
    }
}

#define RX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RX_TEST(frames_wait_and_overrun),
        RX_TEST(waiting_frames_stay_in_order),
        RX_TEST(more_tiny_frames_than_the_list_holds),
        RX_TEST(a_frame_larger_than_the_ring),
        RX_TEST(the_packet_buffer_can_be_seen),
        RX_TEST(pointers_follow_the_frames),
        RX_TEST(the_packet_buffer_has_the_size_of_pba),
        RX_TEST(a_patient_wire_waits),
        RX_TEST(a_long_queue_keeps_its_order),
        RX_TEST(stopping_the_receiver_keeps_frames),
        RX_TEST(memory_removed_and_returned),
        RX_TEST(buffers_out_of_reach),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
