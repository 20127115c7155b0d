/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which states a snapshot may hold. Each case takes a chip at work and puts one number in it out of
 * place, as whoever forges a snapshot would: where blocks count upon it, loading must refuse; where
 * a chip can be so, it must not.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chip.h"
#include "tx_packet.h"
#include "tx_ring.h"

#define TCTL_ON (TCTL_EN | TCTL_PSP)
#define MSS     1460u
#define PIECE   1000u /* of payload, with the headers in front of it */
#define REST    3000u

/* ---- A chip at work ------------------------------------------------------------------------- */

static struct packet packet;
static uint8_t bytes[8192];

/* In the middle of a segment, its ring not yet at an end; a tagged frame in the packet buffer; a
 * fault, and a write that is on its way. */
static struct fixture *busy_chip(void)
{
    static const uint8_t broadcast[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    const struct e1000emu_fault_setting late = {.name = "write-late", .arg = 1000000};
    struct fixture *f = fixture_new(NULL);
    struct context context;
    uint8_t tagged[100];

    fixture_enable(f);
    fixture_link_up(f);
    tx_start(f, 64, TCTL_ON);
    fixture_make_frame(tagged, sizeof tagged, broadcast, 1);
    memcpy(tagged + 12, (const uint8_t[]){0x81, 0x00, 0x00, 0x05}, 4);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_VME);
    fixture_write(f, REG_VET, 0x8100);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_UPE | RCTL_BAM);
    assert_int_equal(fixture_receive(f, tagged, sizeof tagged, 0), E1000EMU_RX_STORED);
    packet = packet_kind(0);
    context = context_of(&packet, PIECE + REST, MSS);
    packet_prototype(&packet, bytes);
    fill_payload(bytes + packet.header, PIECE + REST, 1);
    post_context(f, &context);
    post_data(f, bytes, packet.header + PIECE, TXD_CMD_TSE | TXD_CMD_IFCS, BOTH, 0);
    tx_doorbell(f);
    assert_true(f->chip->tx.packet.open);
    assert_int_equal(f->chip->tx.packet.length, packet.header + PIECE);
    assert_int_equal(e1000emu_fault_set(f->chip, &late), 0);
    fixture_write(f, REG_FCAL, 5);
    assert_int_equal(f->chip->faults.writes, 1);
    return f;
}

static int load(const e1000emu *from, e1000emu *to)
{
    size_t size = e1000emu_snapshot_size(from);
    uint8_t *snapshot = malloc(size);
    int status;

    assert_non_null(snapshot);
    assert_int_equal(e1000emu_save(from, snapshot, size), size);
    status = e1000emu_load(to, snapshot, size);
    free(snapshot);
    return status;
}

/* ---- One number out of place ---------------------------------------------------------------- */

static void nothing(e1000emu *chip)
{
    (void)chip;
}

static void buffer_split_too_large(e1000emu *chip)
{
    emu_set(chip, REG_PBA, 60u << PBA_TXA_SHIFT | 60u);
}

static void phy_at_10(e1000emu *chip)
{
    chip->phy.mbps = 10;
}

static void phy_at_100(e1000emu *chip)
{
    chip->phy.mbps = 100;
}

static void phy_at_7(e1000emu *chip)
{
    chip->phy.mbps = 7;
}

static void phy_at_0_with_link(e1000emu *chip)
{
    chip->phy.mbps = 0;
}

static void phy_at_0_without_link(e1000emu *chip)
{
    chip->phy.mbps = 0;
    chip->phy.link = false;
}

static void no_such_fault(e1000emu *chip)
{
    chip->faults.set[0].id = EMU_FAULT_IDS;
}

static void no_such_phase(e1000emu *chip)
{
    chip->faults.set[0].phase = EMU_FAULT_OVER + 1;
}

static void fault_argument_out_of_range(e1000emu *chip)
{
    chip->faults.set[0].arg = UINT64_MAX - 1;
}

static void late_write_outside(e1000emu *chip)
{
    chip->faults.write[0].offset = EMU_REGISTER_BYTES;
}

static void late_write_unaligned(e1000emu *chip)
{
    chip->faults.write[0].offset = REG_FCAL + 2;
}

static struct emu_fifo_frame *waiting(e1000emu *chip)
{
    struct emu_fifo *fifo = &chip->rx.fifo;

    assert_int_equal(fifo->count, 1);
    return &fifo->frame[fifo->first];
}

static void frame_starts_outside(e1000emu *chip)
{
    waiting(chip)->start = (uint16_t)(chip->rx.fifo.size / 8);
}

static void frame_longer_than_the_buffer(e1000emu *chip)
{
    chip->rx.fifo.used = chip->rx.fifo.size;
    waiting(chip)->length = (uint16_t)(chip->rx.fifo.size + 1);
}

static void frame_longer_than_what_is_used(e1000emu *chip)
{
    waiting(chip)->length = (uint16_t)(chip->rx.fifo.used + 8);
}

static void tagged_frame_without_a_tag(e1000emu *chip)
{
    assert_true(waiting(chip)->status & RXD_STAT_VP);
    waiting(chip)->length = 15;
}

static void untagged_frame_as_short(e1000emu *chip)
{
    waiting(chip)->status = 0;
    waiting(chip)->length = 15;
}

static void buffer_of_an_odd_size(e1000emu *chip)
{
    chip->rx.fifo.size -= 8;
}

static void buffer_tail_between_quadwords(e1000emu *chip)
{
    chip->rx.fifo.tail++;
}

static void segment_of_no_size(e1000emu *chip)
{
    chip->tx.packet.context.mss = 0;
}

static void segments_discarded(e1000emu *chip)
{
    segment_of_no_size(chip);
    chip->tx.packet.discard = true;
}

static void more_header_than_there_is(e1000emu *chip)
{
    chip->tx.segmenter.header = packet.header + 1;
}

static void more_payload_than_there_is(e1000emu *chip)
{
    chip->tx.segmenter.payload = PIECE + REST + 1;
}

static void segment_begins(e1000emu *chip)
{
    chip->tx.packet.length = 0;
}

static void segment_without_its_header(e1000emu *chip)
{
    chip->tx.packet.length = packet.header - 1;
}

static void header_gone_again(e1000emu *chip)
{
    chip->tx.segmenter.header = packet.header - 1;
}

static void segment_with_more_than_was_taken(e1000emu *chip)
{
    chip->tx.segmenter.payload = PIECE - 1;
}

static void segment_full_already(e1000emu *chip)
{
    chip->tx.packet.context.mss = PIECE;
}

static void last_segment_full_already(e1000emu *chip)
{
    chip->tx.packet.context.paylen = PIECE;
}

static void packet_begun_behind_what_is_next(e1000emu *chip)
{
    struct emu_tx *tx = &chip->tx;

    tx->end = EMU_RING_CACHE / 2;
    tx->next = tx->done = 2;
    tx->begun = 3;
    tx->ring.first = 2;
    tx->ring.cached = tx->end - tx->done;
}

static void packet_begun_at_what_is_next(e1000emu *chip)
{
    packet_begun_behind_what_is_next(chip);
    chip->tx.begun = 2;
}

static const struct {
    const char *name;
    void (*change)(e1000emu *chip);
    bool possible;
} cases[] = {
    {"nothing", nothing, true},
    {"packet buffer split too large", buffer_split_too_large, false},
    {"PHY at 10 Mb/s", phy_at_10, true},
    {"PHY at 100 Mb/s", phy_at_100, true},
    {"PHY at 7 Mb/s", phy_at_7, false},
    {"PHY at 0 Mb/s with link", phy_at_0_with_link, false},
    {"PHY at 0 Mb/s without link", phy_at_0_without_link, true},
    {"no such fault", no_such_fault, false},
    {"no such phase of a fault", no_such_phase, false},
    {"fault's argument out of range", fault_argument_out_of_range, false},
    {"late write outside the registers", late_write_outside, false},
    {"late write unaligned", late_write_unaligned, false},
    {"frame starts outside the buffer", frame_starts_outside, false},
    {"frame longer than the buffer", frame_longer_than_the_buffer, false},
    {"frame longer than what is used", frame_longer_than_what_is_used, false},
    {"tagged frame without a tag", tagged_frame_without_a_tag, false},
    {"untagged frame as short", untagged_frame_as_short, true},
    {"packet buffer of an odd size", buffer_of_an_odd_size, false},
    {"packet buffer's tail between quadwords", buffer_tail_between_quadwords, false},
    {"segment of no size", segment_of_no_size, false},
    {"segment of no size, discarded", segments_discarded, true},
    {"more header than there is", more_header_than_there_is, false},
    {"more payload than there is", more_payload_than_there_is, false},
    {"segment begins", segment_begins, true},
    {"segment without its header", segment_without_its_header, false},
    {"header gone again", header_gone_again, false},
    {"segment with more than was taken", segment_with_more_than_was_taken, false},
    {"segment full already", segment_full_already, false},
    {"last segment full already", last_segment_full_already, false},
    {"packet begun behind what is next", packet_begun_behind_what_is_next, false},
    {"packet begun at what is next", packet_begun_at_what_is_next, true},
};

static void each_is_taken_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture *f = busy_chip(), *g = fixture_new(NULL);
        int status;

        cases[i].change(f->chip);
        status = load(f->chip, g->chip);
        if (status != (cases[i].possible ? 0 : -ERANGE))
            fail_msg("%s: %d", cases[i].name, status);
        fixture_free(f);
        fixture_free(g);
    }
}

/* ---- Going on ------------------------------------------------------------------------------- */

/* The rest of the packet, as soon as nothing is late any more. */
static void finish(struct fixture *f)
{
    e1000emu_fault_clear(f->chip, NULL);
    fixture_run(f, 10000000);
    post_data(f, bytes + packet.header + PIECE, REST, TXD_CMD_TSE | TX_EOP_IFCS, BOTH, 0);
    tx_doorbell(f);
}

/* A chip that is loaded in the middle of a segment sends what the other one sends. */
static void a_segment_under_way_goes_on(void **state)
{
    struct fixture *f = busy_chip(), *g = fixture_new(NULL);
    struct tx_ring mine = software;

    (void)state;
    assert_int_equal(load(f->chip, g->chip), 0);
    g->now = f->now;
    memcpy(g->memory, f->memory, FIXTURE_MEMORY);
    finish(f);
    software = mine;
    finish(g);
    assert_int_equal(f->sent_count, 3);
    assert_int_equal(g->sent_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(f->sent[i].length, packet.header + (i < 2 ? MSS : PIECE + REST - 2 * MSS));
        assert_int_equal(g->sent[i].length, f->sent[i].length);
        assert_memory_equal(g->sent[i].data, f->sent[i].data, f->sent[i].length);
    }
    fixture_free(f);
    fixture_free(g);
}

/* What a checker can't know of a chip whose past nobody checked, it doesn't blame anybody for. */
static void a_checker_begins_with_what_is_loaded(void **state)
{
    const struct e1000emu_config checked = {.watch = E1000EMU_WATCH_CHECK};
    struct fixture *f = fixture_new(NULL), *g = fixture_new(&checked);

    (void)state;
    fixture_enable(f);
    fixture_link_up(f);
    tx_write_bases(f, 64);
    assert_int_equal(load(f->chip, g->chip), 0);
    g->now = f->now;
    fixture_write(g, REG_TIPG, 0x00602008);
    fixture_write(g, REG_TCTL, TCTL_ON | 15u << TCTL_CT_SHIFT | 64u << TCTL_COLD_SHIFT);
    for (size_t i = 0; e1000emu_rule_at(i); i++)
        assert_int_equal(e1000emu_rule_count(g->chip, i), 0);
    fixture_free(f);
    fixture_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_taken_or_refused),
        cmocka_unit_test(a_segment_under_way_goes_on),
        cmocka_unit_test(a_checker_begins_with_what_is_loaded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
