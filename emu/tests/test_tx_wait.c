/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that the chip holds back: how they are counted (DC), what the transmit FIFO's registers
 * show of them, and what may happen to them meanwhile. */
#include "tx_packet.h"

#include <stdlib.h>
#include <string.h>

static void send_one(struct fixture *f)
{
    tx_post_frame(f, 60, 1, 60, TX_EOP_IFCS);
    tx_doorbell(f);
}

/* Frames that find the link down are deferred once, however often software asks, and only while the
 * transmitter is enabled. */
static void deferrals(void **state)
{
    const struct e1000emu_partner none = {0};
    const struct e1000emu_partner there = {.cable = true, .abilities = E1000EMU_1000_FULL};
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    for (uint32_t round = 1; round <= 2; round++) {
        e1000emu_set_partner(f->chip, &none);
        fixture_write(f, REG_TCTL, 0);
        send_one(f);
        assert_int_equal(e1000emu_peek(f->chip, REG_DC), round - 1);
        fixture_write(f, REG_TCTL, TCTL_EN);
        send_one(f);
        send_one(f);
        assert_int_equal(e1000emu_peek(f->chip, REG_DC), round);
        assert_int_equal(f->sent_count, 0);
        e1000emu_set_partner(f->chip, &there);
        fixture_run(f, 10000000000);
        assert_int_equal(f->sent_count, 3);
        send_one(f); /* is not deferred */
        fixture_forget(f);
    }
    assert_int_equal(fixture_read(f, REG_DC), 2);
}

static uint8_t packet_buffer(struct fixture *f, uint32_t at)
{
    return (uint8_t)(e1000emu_peek(f->chip, REG_PBM + at / 4 * 4) >> at % 4 * 8);
}

/* Frames that wait for the wire are counted by TDFPC, lie between TDFH and TDFT, and are there to
 * be read behind the receive part of the packet buffer; the pointers go round with what has left.
 */
static void the_fifo_shows_what_waits(void **state)
{
    struct fixture *f = *state;
    uint32_t at = 0;

    tx_start(f, 64, 0);
    fixture_write(f, REG_PBA, 56); /* leaves 8 KB */
    for (uint32_t round = 0; round < 40; round++) {
        uint32_t end = at;

        for (uint32_t i = 0; i < 4; i++)
            tx_post_frame(f, 101 + 100 * i, round + i, i % 2 ? 1000 : 60, TX_EOP_IFCS);
        f->accept = 1;
        tx_doorbell(f);
        at = (at + 13) % 1024; /* quadwords of 101 bytes */
        assert_int_equal(fixture_read(f, REG_TDFH), at);
        assert_int_equal(fixture_read(f, REG_TDFHS), at);
        assert_int_equal(fixture_read(f, REG_TDFPC), 3);
        end = at;
        for (uint32_t i = 1; i < 4; i++) {
            tx_make(101 + 100 * i, tx_station, round + i);
            for (uint32_t j = 0; j < 101 + 100 * i; j++)
                assert_int_equal(packet_buffer(f, 56 * 1024 + (8 * end + j) % 8192), frame[j]);
            for (uint32_t j = 101 + 100 * i; j % 8 != 0; j++)
                assert_int_equal(packet_buffer(f, 56 * 1024 + (8 * end + j) % 8192), 0);
            end = (end + (101 + 100 * i + 7) / 8) % 1024;
        }
        assert_int_equal(fixture_read(f, REG_TDFT), end);
        assert_int_equal(fixture_read(f, REG_TDFTS), end);
        f->accept = SIZE_MAX;
        e1000emu_transmit_ready(f->chip);
        at = end;
        assert_int_equal(fixture_read(f, REG_TDFPC), 0);
        assert_int_equal(fixture_read(f, REG_TDFH), at);
        assert_int_equal(fixture_read(f, REG_TDFT), at);
        assert_int_equal(f->sent_count, 4 * (round + 1));
    }
}

/* More waits than the packet buffer holds: it shows the first ones. Without a transmit part it
 * shows nothing, and nothing else changes. */
static void a_full_fifo(void **state)
{
    static const uint32_t parts[] = {48, 63, 64, 127};
    struct fixture *f = *state;

    for (size_t p = 0; p < 4; p++) {
        uint32_t room = parts[p] == 48 ? 16 : parts[p] == 63 ? 1 : 0;

        fixture_write(f, REG_TDFH, 0);
        fixture_write(f, REG_TDFPC, 0);
        tx_start(f, 64, 0);
        fixture_write(f, REG_PBA, parts[p]);
        f->accept = 0;
        for (uint32_t i = 0; i < 40; i++)
            tx_post_frame(f, 512, i, 512, TX_EOP_IFCS);
        tx_doorbell(f);
        assert_int_equal(fixture_read(f, REG_TDFPC), room ? room * 2 - 1 : 0);
        f->accept = SIZE_MAX;
        e1000emu_transmit_ready(f->chip);
        assert_int_equal(f->sent_count, 40);
    }
}

/* Memory is taken away or moved while frames wait in it: those that are still there leave, the
 * others are dropped and given back. */
static void windows_change_while_frames_wait(void **state)
{
    struct fixture *f = *state;
    uint8_t *copy = malloc(FIXTURE_MEMORY);

    assert_non_null(copy);
    tx_start(f, 64, 0);
    f->accept = 0;
    for (uint32_t i = 0; i < 6; i++) {
        software.room = TX_BUFFERS + (i % 2 ? 0x100000 : 0) + 1000 * i;
        tx_post_frame(f, 300, i, i < 4 ? 300 : 100, TX_EOP_IFCS | TXD_CMD_RS);
    }
    tx_doorbell(f);
    memcpy(copy, f->memory, FIXTURE_MEMORY);
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    memset(f->memory, 0xdd, FIXTURE_MEMORY);
    /* Without the second megabyte, where frames 1 and 3 lie; 4 and 5 were in pieces. */
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, 0x280000, copy, 3), 0);
    f->accept = 1;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(fixture_read(f, REG_TDH), 2); /* frame 2 is the next one */
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 4);
    tx_expect(f, 0, 300, 0);
    tx_expect(f, 1, 300, 2);
    tx_expect(f, 2, 300, 4);
    tx_expect(f, 3, 300, 5);
    assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
    assert_int_equal(fixture_read(f, REG_TDH), software.tail);
    assert_int_equal(copy[16 * 1 + 12] & 1, 1); /* DD of frame 1 */
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, 0x280000), 0);
    free(copy);
}

static unsigned failures;

static void on_event(void *opaque, const struct e1000emu_event *event)
{
    (void)opaque;
    failures += event->kind == E1000EMU_EVENT_DMA_FAILED;
}

/* Who watches is told of a frame whose memory went away while it waited. */
static void lost_memory_is_told_of(void **state)
{
    const struct e1000emu_config config = {.host.event = on_event};
    struct fixture *f = fixture_new(&config);

    (void)state;
    fixture_enable(f);
    fixture_link_up(f);
    tx_start(f, 8, 0);
    f->accept = 0;
    send_one(f);
    assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, 0x100000, f->memory, 3), 0);
    e1000emu_watch(f->chip, E1000EMU_WATCH_EVENTS, E1000EMU_WATCH_EVENTS);
    failures = 0;
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(failures, 1);
    assert_int_equal(f->sent_count, 0);
    fixture_free(f);
}

/* A wire that says it took more than it was offered has taken all. */
static void a_wire_that_overstates(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 8, 0);
    f->overstated = 5;
    send_one(f);
    send_one(f);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(fixture_read(f, REG_TPT), 2);
    assert_int_equal(fixture_read(f, REG_TDH), 2);
}

/* Software sets the ring up anew while frames wait: those are not sent twice, nor out of a ring
 * that isn't there any more. */
static void a_new_ring_while_frames_wait(void **state)
{
    struct context c = {.tucmd = TXD_CMD_TSE, .hdrlen = 14, .mss = 1, .paylen = 986};
    struct fixture *f = *state;

    for (uint32_t piece = 40; piece <= 100; piece += 60) {
        tx_start(f, 8, 0);
        f->accept = 0;
        for (uint32_t i = 0; i < 2; i++)
            tx_post_frame(f, 100, i, piece, TX_EOP_IFCS);
        tx_doorbell(f);
        tx_start(f, 16, 0);
        tx_post_frame(f, 100, 7, piece, TX_EOP_IFCS);
        f->accept = SIZE_MAX;
        tx_doorbell(f);
        e1000emu_transmit_ready(f->chip);
        assert_int_equal(f->sent_count, 1);
        tx_expect(f, 0, 100, 7);
    }
    /* Also when a packet is cut into segments. */
    tx_start(f, 16, 0);
    f->accept = 2;
    post_context(f, &c);
    tx_make(1000, tx_station, 1);
    post_data(f, frame, 1000, TXD_CMD_TSE | TX_EOP_IFCS, 0, 0);
    tx_doorbell(f);
    tx_start(f, 16, 0);
    f->accept = SIZE_MAX;
    tx_post_frame(f, 100, 7, 30, TX_EOP_IFCS);
    tx_doorbell(f);
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 1);
    tx_expect(f, 0, 100, 7);
}

#define TX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TX_TEST(deferrals),
        TX_TEST(the_fifo_shows_what_waits),
        TX_TEST(a_full_fifo),
        TX_TEST(windows_change_while_frames_wait),
        cmocka_unit_test(lost_memory_is_told_of),
        TX_TEST(a_wire_that_overstates),
        TX_TEST(a_new_ring_while_frames_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
