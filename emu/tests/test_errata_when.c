/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An erratum that is set to strike later lets pass what it was made for until then; and what it has
 * put off happens in its time, whatever else happens before.
 */
#include <string.h>

#include "both_rings.h"
#include "chip.h"
#include "mdio.h"
#include "tx_packet.h"

#define RX_RING   (FIXTURE_BUS + 0x10000)
#define PCIX_WORD 0xE6
#define SENT      (TX_EOP_IFCS | TXD_CMD_RS)
#define SEGMENTED (TXD_CMD_TSE | TXD_CMD_IFCS)
#define WINDOW    0x2000000u /* bus address of a second window */

static struct both_rings rings;
static uint8_t bytes[16384];

static void set(struct fixture *f, enum emu_fault_id id, uint64_t arg, uint64_t from)
{
    const struct e1000emu_fault_setting setting = {
        .name = e1000emu_fault_at(id)->name, .arg = arg, .when.from = from};

    assert_int_equal(e1000emu_fault_set(f->chip, &setting), 0);
}

/* Another fault, of no effect here, begins in 100 ns: faults have one timer. */
static void begin_meanwhile(struct fixture *f)
{
    const struct e1000emu_fault_setting late = {
        .name = "link-late", .arg = E1000EMU_FAULT_DEFAULT, .when.after = 100};

    assert_int_equal(e1000emu_fault_set(f->chip, &late), 0);
}

/* A board whose erratum strikes from the second time on. */
static struct fixture *board(const char *profile, enum emu_fault_id id)
{
    struct fixture *f = mdio_fixture(profile);

    fixture_link_up(f);
    set(f, id, E1000EMU_FAULT_DEFAULT, 2);
    return f;
}

static void done(struct fixture *f, enum emu_fault_id id, uint64_t times)
{
    assert_int_equal(e1000emu_fault_fired(f->chip, e1000emu_fault_at(id)->name), times);
    fixture_free(f);
}

static bool all_sent(struct fixture *f)
{
    tx_doorbell(f);
    fixture_run(f, 1 * MS);
    return fixture_read(f, REG_TDH) == software.tail;
}

static void post_segments(struct fixture *f, uint32_t length, uint32_t mss, uint32_t report)
{
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, length, mss);

    packet_prototype(&p, bytes);
    fill_payload(bytes + p.header, length, 7);
    post_context(f, &context);
    post_data(f, bytes, p.header, SEGMENTED, BOTH, 0);
    post_data(f, bytes + p.header, length, SEGMENTED | TXD_CMD_EOP | report, 0, 0);
}

/* ---- The second time ------------------------------------------------------------------------ */

static void context_with_rs(struct fixture *f)
{
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, 0, 0);

    context.tucmd |= TXD_CMD_RS;
    post_context(f, &context);
}

static void long_read(struct fixture *f)
{
    uint32_t word = e1000emu_config_read(f->chip, PCIX_WORD, 2);

    e1000emu_config_write(f->chip, PCIX_WORD, 2, word | 0x0C);
    tx_post_frame(f, 6000, 1, 6000, SENT);
}

static void many_segments(struct fixture *f)
{
    post_segments(f, 4000, 500, TXD_CMD_RS);
}

/* The transmitter stops at the second one. */
static void hangs_come_later(void **state)
{
    static const struct {
        const char *profile;
        enum emu_fault_id id;
        void (*post)(struct fixture *f);
    } rows[] = {{"82546eb", FAULT_CONTEXT_RS, context_with_rs},
                {"82546gb", FAULT_READ_4096, long_read},
                {"silicon", FAULT_TSO_4_MSS, many_segments}};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct fixture *f = board(rows[i].profile, rows[i].id);

        tx_start(f, 64, TCTL_PSP);
        rows[i].post(f);
        assert_true(all_sent(f));
        rows[i].post(f);
        assert_false(all_sent(f));
        done(f, rows[i].id, 1);
    }
}

static void padding_spoils_later(void **state)
{
    struct fixture *f = board("silicon", FAULT_PADDING);

    (void)state;
    tx_start(f, 64, TCTL_PSP);
    for (uint32_t i = 0; i < 2; i++) {
        tx_post_frame(f, 50, 1, 50, SENT);
        assert_true(all_sent(f));
        memcpy(bytes, frame, 50);
        memset(bytes + 50, 0, 10);
        assert_int_equal(f->sent[i].length, 60);
        assert_int_equal(memcmp(f->sent[i].data, bytes, 60) != 0, i);
    }
    done(f, FAULT_PADDING, 1);
}

/* A frame into a buffer. Returns whether the byte at an offset is right. */
static bool receive_at(struct fixture *f, uint64_t buffer, uint32_t offset)
{
    fixture_make_frame(bytes, 100, both_station, 1);
    assert_int_equal(fixture_receive(f, bytes, 100, 0), E1000EMU_RX_STORED);
    return *fixture_at(f, buffer + offset) == bytes[offset];
}

static void boundaries_spoil_later(void **state)
{
    struct fixture *f = board("82546eb", FAULT_CROSS_64K);
    const uint64_t across = FIXTURE_BUS + 0x5FFE0;

    (void)state;
    both_start(f, &rings, 0, false);
    fixture_put64(f, RX_RING, across);
    fixture_put64(f, RX_RING + 16, across);
    both_give(f, &rings);
    assert_true(receive_at(f, across, 32));
    assert_false(receive_at(f, across, 32));
    done(f, FAULT_CROSS_64K, 1);
}

/* A ring over a boundary: the first time round its descriptor is one. */
static void rings_spoil_later(void **state)
{
    struct fixture *f = board("82546eb", FAULT_CROSS_64K);
    const uint64_t ring = FIXTURE_BUS + 0x2FFC0;

    (void)state;
    fixture_write(f, REG_TDBAL, (uint32_t)ring);
    fixture_write(f, REG_TDBAH, (uint32_t)(ring >> 32));
    fixture_write(f, REG_TDLEN, 128);
    fixture_write(f, REG_TCTL, TCTL_EN);
    for (uint32_t n = 0; n < 8; n++) {
        fixture_put64(f, ring + 16 * n, FIXTURE_BUS + 0x80000);
        fixture_put64(f, ring + 16 * n + 8, 100 | (uint64_t)SENT << 24);
    }
    fixture_write(f, REG_TDT, 7);
    fixture_run(f, 1 * MS);
    assert_int_equal(f->sent_count, 7);
    fixture_write(f, REG_TDT, 6);
    fixture_run(f, 1 * MS);
    assert_int_equal(f->sent_count, 13);
    done(f, FAULT_CROSS_64K, 1);
}

/* What can't be read can't be spoilt: memory that the chip may only write. */
static void boundaries_in_memory_for_writing(void **state)
{
    static uint8_t memory[0x20000];
    struct fixture *f = mdio_fixture("82546eb");

    (void)state;
    fixture_link_up(f);
    set(f, FAULT_CROSS_64K, E1000EMU_FAULT_DEFAULT, 1);
    assert_int_equal(e1000emu_dma_map(f->chip, WINDOW, sizeof memory, memory, E1000EMU_DMA_WRITE),
                     0);
    both_start(f, &rings, 0, false);
    fixture_put64(f, RX_RING, WINDOW + 0xFFE0);
    both_give(f, &rings);
    fixture_make_frame(bytes, 100, both_station, 1);
    assert_int_equal(fixture_receive(f, bytes, 100, 0), E1000EMU_RX_STORED);
    assert_memory_equal(memory + 0xFFE0, bytes, 100);
    done(f, FAULT_CROSS_64K, 1);
}

/* The partner's XOFF mutes the second PAUSE frame. */
static void pauses_are_muted_later(void **state)
{
    static const uint8_t group[6] = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};
    struct fixture *f = board("82546gb", FAULT_XOFF_MUTES);

    (void)state;
    fixture_write(f, REG_FCAL, 0x00C28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    fixture_write(f, REG_FCTTV, 0x0680);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RFCE);
    both_start(f, &rings, 0, true);
    fixture_make_frame(bytes, 60, group, 1);
    memcpy(bytes + 12, "\x88\x08\0\1\xFF\xFF", 6);
    fixture_receive(f, bytes, 60, 0);
    assert_true(fixture_read(f, REG_STATUS) & STATUS_TXOFF);
    for (unsigned i = 0; i < 2; i++) {
        fixture_write(f, REG_TCTL, fixture_read(f, REG_TCTL) | TCTL_SWXOFF);
        assert_int_equal(f->sent_count, 1);
    }
    done(f, FAULT_XOFF_MUTES, 1);
}

/* ---- What was put off ----------------------------------------------------------------------- */

static struct fixture *quad_board(void)
{
    struct fixture *f = mdio_fixture("82546gb-quad");

    fixture_link_up(f);
    set(f, FAULT_REORDERED, E1000EMU_FAULT_DEFAULT, 1);
    both_start(f, &rings, 0, true);
    memset(fixture_at(f, both_rx_buffer(0)), 0xEE, 4 * BOTH_BUFFER);
    return f;
}

/* One write is overtaken at a time; another fault's beginning doesn't hurry it. */
static void one_write_is_overtaken(void **state)
{
    struct fixture *f = quad_board();

    (void)state;
    begin_meanwhile(f);
    assert_false(receive_at(f, both_rx_buffer(0), 99));
    assert_true(receive_at(f, both_rx_buffer(1), 99));
    fixture_run(f, 200);
    assert_int_equal(*fixture_at(f, both_rx_buffer(0) + 99), 0xEE);
    fixture_run(f, 10 * US);
    assert_int_equal(*fixture_at(f, both_rx_buffer(0) + 99), bytes[99]);
    fixture_free(f);
}

/* A chip that may no longer master the bus doesn't, late or not. */
static void late_data_without_bus_mastering(void **state)
{
    struct fixture *f = quad_board();

    (void)state;
    assert_false(receive_at(f, both_rx_buffer(0), 99));
    e1000emu_config_write(f->chip, 4, 2, 0x0003);
    fixture_run(f, 10 * US);
    assert_int_equal(*fixture_at(f, both_rx_buffer(0) + 99), 0xEE);
    fixture_free(f);
}

/* Segments whose end nobody asked to hear of wait all the same, and are told of to nobody. */
static void early_without_a_report(void **state)
{
    struct fixture *f = mdio_fixture("82546gb");

    (void)state;
    fixture_link_up(f);
    set(f, FAULT_TSO_EARLY, E1000EMU_FAULT_DEFAULT, 1);
    begin_meanwhile(f);
    tx_start(f, 64, TCTL_PSP);
    post_segments(f, 4000, 1000, 0);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 0);
    fixture_run(f, 200);
    assert_int_equal(f->sent_count, 0);
    fixture_run(f, 10 * US);
    assert_int_equal(f->sent_count, 4);
    assert_false(tx_fields(f, software.tail - 1) & TX_DD);
    done(f, FAULT_TSO_EARLY, 1);
}

/* Late and behind the next one at once: it is late. */
static void a_write_back_late_and_swapped(void **state)
{
    struct fixture *f = mdio_fixture("vmware");

    (void)state;
    fixture_link_up(f);
    set(f, FAULT_WRITEBACK_LATE, 50 * US, 1);
    set(f, FAULT_WRITEBACK_SWAPPED, E1000EMU_FAULT_DEFAULT, 1);
    tx_start(f, 64, TCTL_PSP);
    tx_post_frame(f, 100, 1, 100, SENT);
    tx_post_frame(f, 100, 2, 100, SENT);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    fixture_run(f, 40 * US);
    assert_false(tx_fields(f, 0) & TX_DD || tx_fields(f, 1) & TX_DD);
    fixture_run(f, 20 * US);
    assert_true(tx_fields(f, 0) & TX_DD && tx_fields(f, 1) & TX_DD);
    done(f, FAULT_WRITEBACK_SWAPPED, 2);
}

/* ---- The wire ------------------------------------------------------------------------------- */

/* Frames that have no bit to turn over, or no byte to lose. */
static void frames_of_odd_lengths(void **state)
{
    struct fixture *f = mdio_fixture("vmware");

    (void)state;
    fixture_link_up(f);
    set(f, FAULT_RX_CORRUPT, E1000EMU_FAULT_DEFAULT, 1);
    both_start(f, &rings, RCTL_UPE | RCTL_SBP, true);
    fixture_receive(f, bytes, 0, 0);
    fixture_make_frame(bytes, sizeof bytes, both_station, 1);
    fixture_receive(f, bytes, 1, 0);
    assert_int_equal(e1000emu_fault_fired(f->chip, "rx-corrupt"), 2);
    e1000emu_fault_clear(f->chip, NULL);
    set(f, FAULT_RX_TRUNCATE, E1000EMU_FAULT_DEFAULT, 1);
    fixture_receive(f, bytes, 1, 0);
    assert_int_equal(e1000emu_fault_fired(f->chip, "rx-truncate"), 0);
    fixture_receive(f, bytes, 2, 0);
    assert_int_equal(e1000emu_fault_fired(f->chip, "rx-truncate"), 1);
    fixture_free(f);
}

/* A chip that is gone sends nothing of what it had. */
static void a_removed_chip_has_nothing_to_send(void **state)
{
    struct fixture *f = mdio_fixture("vmware");

    (void)state;
    fixture_link_up(f);
    tx_start(f, 64, TCTL_PSP);
    f->accept = 0;
    tx_post_frame(f, 100, 1, 100, SENT);
    tx_doorbell(f);
    set(f, FAULT_REMOVED, E1000EMU_FAULT_DEFAULT, 1);
    f->accept = 100;
    e1000emu_transmit_ready(f->chip);
    fixture_run(f, 10 * MS);
    assert_int_equal(f->sent_count, 0);
    assert_false(tx_fields(f, 0) & TX_DD);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hangs_come_later),
        cmocka_unit_test(padding_spoils_later),
        cmocka_unit_test(boundaries_spoil_later),
        cmocka_unit_test(rings_spoil_later),
        cmocka_unit_test(boundaries_in_memory_for_writing),
        cmocka_unit_test(pauses_are_muted_later),
        cmocka_unit_test(one_write_is_overtaken),
        cmocka_unit_test(late_data_without_bus_mastering),
        cmocka_unit_test(early_without_a_report),
        cmocka_unit_test(a_write_back_late_and_swapped),
        cmocka_unit_test(frames_of_odd_lengths),
        cmocka_unit_test(a_removed_chip_has_nothing_to_send),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
