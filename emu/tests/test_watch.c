/* SPDX-License-Identifier: BSD-2-Clause */
/* Events: each kind is told of when it happens, in order, with what it is about; and nothing while
 * nobody watches. */
#include <stdio.h>
#include <string.h>

#include "both_rings.h"

#define LOG 4096u

static struct e1000emu_event log_[LOG];
static size_t logged;

static void on_event(void *opaque, const struct e1000emu_event *event)
{
    (void)opaque;
    assert_true(logged < LOG);
    log_[logged++] = *event;
}

static int setup(void **state)
{
    const struct e1000emu_config config = {.host.event = on_event};
    struct fixture *f = fixture_new(&config);

    fixture_enable(f);
    fixture_link_up(f);
    logged = 0;
    *state = f;
    return 0;
}

static void watch(struct fixture *f)
{
    e1000emu_watch(f->chip, E1000EMU_WATCH_EVENTS, E1000EMU_WATCH_EVENTS);
    logged = 0;
}

/* The first event of a kind from a place on; the test fails if there is none. */
static size_t find(enum e1000emu_event_kind kind, size_t from)
{
    for (size_t i = from; i < logged; i++) {
        if (log_[i].kind == kind)
            return i;
    }
    fail_msg("no event of kind %d from %zu on", (int)kind, from);
    return 0;
}

static void test_nothing_unwatched(void **state)
{
    struct fixture *f = *state;
    struct both_rings rings;

    both_start(f, &rings, 0, true);
    both_send(f, &rings, both_partner, 60, 1);
    assert_int_equal(logged, 0);
    watch(f);
    fixture_read(f, REG_STATUS);
    assert_int_equal(logged, 1);
    e1000emu_watch(f->chip, E1000EMU_WATCH_EVENTS, 0);
    fixture_read(f, REG_STATUS);
    assert_int_equal(logged, 1);
}

static void test_accesses(void **state)
{
    struct fixture *f = *state;

    watch(f);
    fixture_write(f, REG_FCAL, 0x12345678);
    assert_int_equal(fixture_read(f, REG_FCAL), 0x12345678);
    assert_int_equal(logged, 2);
    assert_int_equal(log_[0].kind, E1000EMU_EVENT_WRITE);
    assert_int_equal(log_[0].time, f->now);
    assert_int_equal(log_[0].u.access.space, E1000EMU_REGISTERS);
    assert_int_equal(log_[0].u.access.offset, REG_FCAL);
    assert_int_equal(log_[0].u.access.width, 4);
    assert_int_equal(log_[0].u.access.value, 0x12345678);
    assert_int_equal(log_[1].kind, E1000EMU_EVENT_READ);
    assert_int_equal(log_[1].u.access.value, 0x12345678);

    e1000emu_config_read(f->chip, 0, 2);
    e1000emu_config_write(f->chip, 0x3c, 1, 11);
    assert_int_equal(logged, 4);
    assert_int_equal(log_[2].u.access.space, E1000EMU_CONFIG);
    assert_int_equal(log_[2].u.access.value, 0x8086);
    assert_int_equal(log_[3].kind, E1000EMU_EVENT_WRITE);
    assert_int_equal(log_[3].u.access.width, 1);
}

/* A register behind IODATA is told of beside the access to the window. */
static void test_indirect_accesses(void **state)
{
    struct fixture *f = *state;

    watch(f);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, REG_FCAL);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 4, 0xabcd);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 4, 4), 0xabcd);
    assert_int_equal(logged, 5);
    assert_false(log_[1].u.access.indirect);
    assert_int_equal(log_[1].u.access.space, E1000EMU_IO);
    assert_true(log_[2].u.access.indirect);
    assert_int_equal(log_[2].kind, E1000EMU_EVENT_WRITE);
    assert_int_equal(log_[2].u.access.offset, REG_FCAL);
    assert_true(log_[3].u.access.indirect);
    assert_int_equal(log_[3].kind, E1000EMU_EVENT_READ);
    assert_int_equal(log_[3].u.access.value, 0xabcd);
    assert_int_equal(log_[4].u.access.space, E1000EMU_IO);
}

/* From the doorbell to the interrupt, in the order in which software could see it. */
static void test_transmit(void **state)
{
    struct fixture *f = *state;
    struct both_rings rings;
    size_t doorbell, fetch, sent, back, cause;

    both_start(f, &rings, 0, true);
    fixture_write(f, REG_IMS, ICR_TXDW);
    watch(f);
    both_send(f, &rings, both_partner, 60, 1);
    doorbell = find(E1000EMU_EVENT_WRITE, 0);
    assert_int_equal(log_[doorbell].u.access.offset, REG_TDT);
    fetch = find(E1000EMU_EVENT_FETCH, doorbell);
    assert_true(log_[fetch].u.descriptor.transmit);
    assert_int_equal(log_[fetch].u.descriptor.index, 0);
    assert_int_equal(log_[fetch].u.descriptor.fields & 0xffff, 60);
    sent = find(E1000EMU_EVENT_SENT, fetch);
    back = find(E1000EMU_EVENT_WRITE_BACK, sent);
    assert_int_equal(log_[back].u.descriptor.bus, log_[fetch].u.descriptor.bus);
    assert_true(log_[back].u.descriptor.fields >> 32 & TXD_STAT_DD);
    cause = find(E1000EMU_EVENT_CAUSE, back);
    assert_true(log_[cause].u.causes & ICR_TXDW);
    assert_true(log_[find(E1000EMU_EVENT_INTERRUPT, cause)].u.interrupt.level);
}

static void test_receive(void **state)
{
    struct fixture *f = *state;
    struct both_rings rings;
    uint8_t frame[60];
    size_t back, received;

    both_start(f, &rings, RCTL_EN, true);
    watch(f);
    fixture_make_frame(frame, sizeof frame, both_station, 1);
    assert_int_equal(fixture_receive(f, frame, sizeof frame, 0), E1000EMU_RX_STORED);
    back = find(E1000EMU_EVENT_WRITE_BACK, 0);
    assert_false(log_[back].u.descriptor.transmit);
    received = find(E1000EMU_EVENT_RECEIVED, back);
    assert_int_equal(log_[received].u.frame.verdict, E1000EMU_RX_STORED);
    fixture_make_frame(frame, sizeof frame, both_partner, 1);
    assert_int_equal(fixture_receive(f, frame, sizeof frame, 0), E1000EMU_RX_ADDRESS);
    received = find(E1000EMU_EVENT_RECEIVED, received + 1);
    assert_int_equal(log_[received].u.frame.verdict, E1000EMU_RX_ADDRESS);

    fixture_write(f, REG_RCTL, 0);
    assert_int_equal(fixture_receive(f, frame, sizeof frame, 0), E1000EMU_RX_DISABLED);
    received = find(E1000EMU_EVENT_RECEIVED, received + 1);
    assert_int_equal(log_[received].u.frame.verdict, E1000EMU_RX_DISABLED);
}

/* Frames and faults alone: each frame as the chip got it or sent it, whatever the wire did. */
static void test_frames_and_faults(void **state)
{
    const struct e1000emu_fault_setting faults[] = {
        {.name = "rx-drop", .arg = E1000EMU_FAULT_DEFAULT, .when.times = 1},
        {.name = "tx-drop", .arg = E1000EMU_FAULT_DEFAULT, .when.times = 1},
        {.name = "irq-lost", .arg = E1000EMU_FAULT_DEFAULT}};
    struct fixture *f = *state;
    struct both_rings rings;
    uint8_t bytes[60];

    for (size_t i = 0; i < 3; i++)
        assert_int_equal(e1000emu_fault_set(f->chip, &faults[i]), 0);
    e1000emu_watch(f->chip, E1000EMU_WATCH_FRAMES, E1000EMU_WATCH_FRAMES);
    both_start(f, &rings, RCTL_UPE, true);
    both_send(f, &rings, both_partner, 60, 1);
    assert_int_equal(f->sent_count, 0);
    fixture_make_frame(bytes, sizeof bytes, both_station, 2);
    fixture_receive(f, bytes, sizeof bytes, 0);
    fixture_receive(f, bytes, sizeof bytes, 0);
    fixture_write(f, REG_IMS, ICR_ALL);
    assert_int_equal(logged, 5);
    assert_int_equal(log_[0].kind, E1000EMU_EVENT_FAULT);
    assert_ptr_equal(log_[0].u.fault.row, e1000emu_fault_find("tx-drop"));
    assert_non_null(log_[0].u.fault.frame);
    assert_int_equal(log_[1].kind, E1000EMU_EVENT_SENT);
    assert_ptr_equal(log_[2].u.fault.row, e1000emu_fault_find("rx-drop"));
    assert_int_equal(log_[3].kind, E1000EMU_EVENT_RECEIVED);
    assert_int_equal(log_[3].u.frame.verdict, E1000EMU_RX_STORED);
    assert_ptr_equal(log_[4].u.fault.row, e1000emu_fault_find("irq-lost"));
    assert_null(log_[4].u.fault.frame);
}

static void test_link_reset_and_failed_dma(void **state)
{
    struct fixture *f = *state;
    const struct e1000emu_partner none = {0};
    const struct e1000emu_partner back = {.cable = true, .abilities = E1000EMU_1000_FULL};
    struct both_rings rings;
    size_t at;

    watch(f);
    e1000emu_set_partner(f->chip, &none);
    assert_false(log_[find(E1000EMU_EVENT_LINK, 0)].u.link.up);
    logged = 0;
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_int_equal(log_[find(E1000EMU_EVENT_RESET, 0)].u.reset, E1000EMU_RESET_CTRL);

    e1000emu_set_partner(f->chip, &back);
    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY);
    f->dma_answers = false;
    logged = 0;
    fixture_write(f, REG_TDT, 1);
    at = find(E1000EMU_EVENT_DMA_FAILED, 0);
    assert_false(log_[at].u.dma.write);
    assert_int_equal(log_[at].u.dma.length, 16);
}

/* Watched or not, the memory that software sees is the same. */
static void test_same_results(void **state)
{
    struct fixture *f = *state;
    struct both_rings rings;
    const uint8_t *data;
    uint8_t frame[60];

    both_start(f, &rings, RCTL_EN | RCTL_SECRC, true);
    for (unsigned i = 0; i < 4; i++) {
        if (i == 1)
            watch(f);
        else if (i == 2)
            e1000emu_watch(f->chip, E1000EMU_WATCH_EVENTS, 0);
        fixture_make_frame(frame, sizeof frame, both_station, i);
        assert_int_equal(fixture_receive(f, frame, sizeof frame, 0), E1000EMU_RX_STORED);
        assert_int_equal(both_take(f, &rings, &data), sizeof frame);
        assert_memory_equal(data, frame, sizeof frame);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_unwatched, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_accesses, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_indirect_accesses, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_transmit, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_receive, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_frames_and_faults, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_link_reset_and_failed_dma, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_same_results, setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
