/* SPDX-License-Identifier: BSD-2-Clause */
/* Flow control: PAUSE frames obeyed and sent, their statistics, and what is left to the filters. */
#include "both_rings.h"

#include <string.h>

#define QUANTUM 512u /* ns at 1000 Mb/s */

static const uint8_t group[6] = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};

static struct both_rings rings;

/* Registers as every driver sets them. */
static void set_up(struct fixture *f, uint32_t ctrl, uint32_t rctl)
{
    fixture_write(f, REG_FCAL, 0x00C28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    fixture_write(f, REG_FCTTV, 0x0680);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | ctrl);
    both_start(f, &rings, rctl, true);
}

static void make_control(uint8_t frame[60], const uint8_t to[6], unsigned opcode, unsigned time)
{
    fixture_make_frame(frame, 60, to, 1);
    frame[12] = 0x88;
    frame[13] = 0x08;
    frame[14] = (uint8_t)(opcode >> 8);
    frame[15] = (uint8_t)opcode;
    frame[16] = (uint8_t)(time >> 8);
    frame[17] = (uint8_t)time;
}

static unsigned receive_control(struct fixture *f, const uint8_t to[6], unsigned opcode,
                                unsigned time)
{
    uint8_t frame[60];

    make_control(frame, to, opcode, time);
    return fixture_receive(f, frame, sizeof frame, 0);
}

static bool paused(struct fixture *f)
{
    return fixture_read(f, REG_STATUS) & STATUS_TXOFF;
}

/* Whether the chip got something that a driver would see. */
static bool took_one(struct fixture *f)
{
    const uint8_t *data;

    return both_take(f, &rings, &data) > 0;
}

/* ---- Received ------------------------------------------------------------------------------- */

/* XOFF stops the transmitter for as many times 512 bits as it says, to the nanosecond. */
static void xoff_stops_for_its_time(void **state)
{
    struct fixture *f = *state;

    set_up(f, CTRL_RFCE, 0);
    receive_control(f, group, 1, 100);
    assert_true(paused(f));
    both_send(f, &rings, both_partner, 60, 1);
    fixture_run(f, 100 * QUANTUM - 1);
    assert_true(paused(f));
    assert_int_equal(f->sent_count, 0);
    fixture_run(f, 1);
    assert_false(paused(f));
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(fixture_read(f, REG_XOFFRXC), 1);
    assert_int_equal(fixture_read(f, REG_XOFFRXC), 0);
}

/* A quantum is a number of bits: at 100 Mb/s it lasts ten times as long, at 10 a hundred times. */
static void quanta_depend_on_the_speed(void **state)
{
    static const struct {
        uint32_t abilities, factor;
    } speeds[] = {{E1000EMU_100_FULL, 10}, {E1000EMU_10_FULL, 100}};
    struct fixture *f = *state;

    for (size_t i = 0; i < 2; i++) {
        struct e1000emu_partner partner = {.cable = true, .abilities = speeds[i].abilities};

        e1000emu_set_partner(f->chip, &partner);
        fixture_link_up(f);
        set_up(f, CTRL_RFCE, 0);
        receive_control(f, group, 1, 7);
        fixture_run(f, 7 * QUANTUM * speeds[i].factor - 1);
        assert_true(paused(f));
        fixture_run(f, 1);
        assert_false(paused(f));
    }
}

/* XON lets go at once; every XOFF starts its own time anew, a shorter one too. */
static void xon_ends_and_xoff_reloads(void **state)
{
    struct fixture *f = *state;

    set_up(f, CTRL_RFCE, 0);
    receive_control(f, group, 1, 0xffff);
    both_send(f, &rings, both_partner, 60, 1);
    receive_control(f, group, 1, 0);
    assert_false(paused(f));
    fixture_run(f, 0);
    assert_int_equal(f->sent_count, 1);
    receive_control(f, group, 1, 10);
    fixture_run(f, 9 * QUANTUM);
    receive_control(f, group, 1, 10);
    fixture_run(f, 9 * QUANTUM);
    assert_true(paused(f));
    receive_control(f, group, 1, 3);
    fixture_run(f, 3 * QUANTUM);
    assert_false(paused(f));
    assert_int_equal(fixture_read(f, REG_XOFFRXC), 4);
    assert_int_equal(fixture_read(f, REG_XONRXC), 1);
}

/* The frame that was being sent when XOFF came is whole on the wire, and its descriptor done. */
static void frames_already_sent_stay_sent(void **state)
{
    struct fixture *f = *state;

    set_up(f, CTRL_RFCE, 0);
    both_send(f, &rings, both_partner, 60, 1);
    receive_control(f, group, 1, 5);
    both_send(f, &rings, both_partner, 60, 2);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(fixture_read(f, REG_TDH), 1);
    fixture_run(f, 5 * QUANTUM);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(fixture_read(f, REG_TDH), 2);
}

/* Without RFCE a PAUSE frame is a frame like others, and DPF and PMCF do nothing. */
static void without_rfce_frames_are_ordinary(void **state)
{
    struct fixture *f = *state;

    set_up(f, 0, RCTL_DPF | RCTL_PMCF);
    assert_int_equal(receive_control(f, group, 1, 100), E1000EMU_RX_ADDRESS);
    assert_int_equal(receive_control(f, group, 2, 100), E1000EMU_RX_ADDRESS);
    assert_int_equal(receive_control(f, both_station, 1, 100), E1000EMU_RX_STORED);
    assert_int_equal(receive_control(f, both_station, 2, 100), E1000EMU_RX_STORED);
    assert_false(paused(f));
    assert_int_equal(fixture_read(f, REG_XOFFRXC), 0);
    assert_int_equal(fixture_read(f, REG_FCRUC), 0);
    assert_int_equal(fixture_read(f, REG_GPRC), 2);
}

/* DPF drops PAUSE frames to this station, and those only; they are obeyed all the same. */
static void dpf_drops_what_is_addressed_to_us(void **state)
{
    struct fixture *f = *state;

    set_up(f, CTRL_RFCE, 0);
    assert_int_equal(receive_control(f, both_station, 1, 1), E1000EMU_RX_STORED);
    assert_true(took_one(f));
    assert_int_equal(receive_control(f, group, 1, 1), E1000EMU_RX_ADDRESS);
    set_up(f, CTRL_RFCE, RCTL_MPE);
    assert_int_equal(receive_control(f, group, 1, 1), E1000EMU_RX_STORED);
    set_up(f, CTRL_RFCE, RCTL_DPF | RCTL_MPE);
    fixture_run(f, QUANTUM);
    assert_false(paused(f));
    assert_int_equal(receive_control(f, both_station, 1, 1), E1000EMU_RX_ADDRESS);
    assert_true(paused(f));
    assert_int_equal(receive_control(f, group, 1, 1), E1000EMU_RX_STORED);
    assert_int_equal(receive_control(f, both_station, 2, 1), E1000EMU_RX_STORED);
    assert_int_equal(fixture_read(f, REG_XOFFRXC), 5);
}

/* Other opcodes count in FCRUC and pause nobody. PMCF lets them in; without it the filters decide.
 */
static void pmcf_passes_other_opcodes(void **state)
{
    struct fixture *f = *state;

    set_up(f, CTRL_RFCE, 0);
    assert_int_equal(receive_control(f, group, 2, 100), E1000EMU_RX_ADDRESS);
    assert_int_equal(receive_control(f, both_station, 0x101, 100), E1000EMU_RX_STORED);
    set_up(f, CTRL_RFCE, RCTL_PMCF);
    assert_int_equal(receive_control(f, group, 2, 100), E1000EMU_RX_STORED);
    assert_true(took_one(f));
    assert_int_equal(receive_control(f, group, 1, 0), E1000EMU_RX_ADDRESS);
    assert_int_equal(receive_control(f, both_partner, 2, 0), E1000EMU_RX_ADDRESS);
    assert_false(paused(f));
    assert_int_equal(fixture_read(f, REG_FCRUC), 3);
}

/* Another type, another station, a bad FCS: none of it is a PAUSE frame. A station address that is
 * not valid is nobody's. */
static void only_good_frames_to_us_pause(void **state)
{
    struct fixture *f = *state;
    uint8_t frame[60];

    set_up(f, CTRL_RFCE, RCTL_UPE | RCTL_MPE);
    make_control(frame, group, 1, 100);
    fixture_receive(f, frame, sizeof frame, E1000EMU_FRAME_BAD_FCS);
    fixture_receive(f, frame, 50, 0);
    frame[13] = 0x09;
    fixture_receive(f, frame, sizeof frame, 0);
    receive_control(f, both_partner, 1, 100);
    assert_false(paused(f));
    fixture_write(f, REG_FCT, 0x8809); /* software may say so, though */
    fixture_receive(f, frame, sizeof frame, 0);
    assert_true(paused(f));
    receive_control(f, group, 1, 0);
    fixture_write(f, REG_RAH(0), 0x0302);
    fixture_run(f, 100 * QUANTUM);
    fixture_write(f, REG_FCT, 0x8808);
    receive_control(f, both_station, 1, 100);
    assert_false(paused(f));
    fixture_write(f, REG_FCAL, 0x01290c00);
    fixture_write(f, REG_FCAH, 0x0302);
    receive_control(f, both_station, 1, 100);
    assert_true(paused(f));
}

/* PAUSE frames are in the totals of all frames, and not among the good ones, stored or not. */
static void received_pause_is_no_good_packet(void **state)
{
    struct fixture *f = *state;

    set_up(f, CTRL_RFCE, RCTL_MPE);
    receive_control(f, group, 1, 1);
    receive_control(f, group, 2, 1);
    assert_true(took_one(f));
    assert_true(took_one(f));
    assert_int_equal(fixture_read(f, REG_TPR), 2);
    assert_int_equal(fixture_read(f, REG_TORL), 128);
    assert_int_equal(fixture_read(f, REG_GPRC), 0);
    assert_int_equal(fixture_read(f, REG_GORCL), 0);
    assert_int_equal(fixture_read(f, REG_MPRC), 0);
    assert_int_equal(fixture_read(f, REG_PRC64), 0);
}

/* No pause outlives RFCE, the link, or a reset. */
static void a_pause_ends_with_its_reason(void **state)
{
    const struct e1000emu_partner gone = {.cable = false};
    struct fixture *f = *state;

    set_up(f, CTRL_RFCE, 0);
    receive_control(f, group, 1, 0xffff);
    both_send(f, &rings, both_partner, 60, 1);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) & ~CTRL_RFCE);
    assert_false(paused(f));
    fixture_run(f, 0);
    assert_int_equal(f->sent_count, 1);

    set_up(f, CTRL_RFCE, 0);
    receive_control(f, group, 1, 0xffff);
    e1000emu_set_partner(f->chip, &gone);
    assert_false(paused(f));
    e1000emu_set_partner(
        f->chip, &(struct e1000emu_partner){.cable = true, .abilities = E1000EMU_1000_FULL});
    fixture_link_up(f);
    receive_control(f, group, 1, 0xffff);
    assert_true(paused(f));
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_false(paused(f));
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

/* ---- Sent ----------------------------------------------------------------------------------- */

/* The i-th sent frame must be a PAUSE frame of this time. */
static void expect_pause(struct fixture *f, size_t i, unsigned time)
{
    static const uint8_t head[16] = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01, 0x00, 0x0C,
                                     0x29, 0x01, 0x02, 0x03, 0x88, 0x08, 0x00, 0x01};
    const struct fixture_frame *frame;

    assert_true(i < f->sent_count);
    frame = &f->sent[i];
    assert_int_equal(frame->length, 60);
    assert_int_equal(frame->flags, 0);
    assert_memory_equal(frame->data, head, sizeof head);
    assert_int_equal(frame->data[16] << 8 | frame->data[17], time);
    for (size_t k = 18; k < 60; k++)
        assert_int_equal(frame->data[k], 0);
}

/* Marks in bytes; no descriptors, so that frames stay in the FIFO. */
static void set_marks(struct fixture *f, uint32_t ctrl, uint32_t low, uint32_t high)
{
    set_up(f, ctrl, 0);
    both_start(f, &rings, 0, false);
    fixture_write(f, REG_FCRTL, low);
    fixture_write(f, REG_FCRTH, high);
}

static void fill(struct fixture *f, unsigned frames)
{
    uint8_t frame[1020];

    fixture_make_frame(frame, sizeof frame, both_station, 1);
    for (unsigned i = 0; i < frames; i++)
        fixture_receive(f, frame, sizeof frame, 0);
}

/* XOFF once when the FIFO has filled to the high mark, XON once when it has emptied to the low one,
 * and again the next time. */
static void marks_send_xoff_and_xon(void **state)
{
    struct fixture *f = *state;

    set_marks(f, CTRL_TFCE, 2048 | FCRTL_XONE, 4096);
    for (unsigned round = 0; round < 2; round++) {
        fill(f, 3);
        assert_int_equal(f->sent_count, 2 * round);
        fill(f, 1); /* 4 * 1024 bytes, with FCS */
        assert_int_equal(f->sent_count, 2 * round + 1);
        expect_pause(f, 2 * round, 0x0680);
        fill(f, 3);
        assert_int_equal(f->sent_count, 2 * round + 1);
        both_give(f, &rings);
        assert_int_equal(f->sent_count, 2 * round + 2);
        expect_pause(f, 2 * round + 1, 0);
        while (took_one(f))
            ;
        fixture_write(f, REG_RDT, rings.rx_next); /* none again, */
        fixture_write(f, REG_RDH, rings.rx_next); /* nor in the cache */
    }
    assert_int_equal(fixture_read(f, REG_XOFFTXC), 2);
    assert_int_equal(fixture_read(f, REG_XONTXC), 2);
    assert_int_equal(fixture_read(f, REG_TPT), 4);
    assert_int_equal(fixture_read(f, REG_TOTL), 4 * 64);
    assert_int_equal(fixture_read(f, REG_GPTC), 0);
    assert_int_equal(fixture_read(f, REG_GOTCL), 0);
    assert_int_equal(fixture_read(f, REG_PTC64), 0);
    assert_int_equal(fixture_read(f, REG_MPTC), 0);
}

/* The low mark itself is low enough. */
static void xon_at_the_mark(void **state)
{
    struct fixture *f = *state;

    set_marks(f, CTRL_TFCE, 2048 | FCRTL_XONE, 4096);
    fill(f, 4);
    fixture_write(f, REG_RDT, 1);
    assert_int_equal(f->sent_count, 1);
    fixture_write(f, REG_RDT, 2); /* 2 * 1024 bytes are left */
    assert_int_equal(f->sent_count, 2);
    expect_pause(f, 1, 0);
}

/* Losing the link forgets what the partner was told, and what it was still to be told. */
static void a_new_link_starts_anew(void **state)
{
    const struct e1000emu_partner gone = {.cable = false};
    const struct e1000emu_partner back = {.cable = true, .abilities = E1000EMU_1000_FULL};
    struct fixture *f = *state;

    set_marks(f, CTRL_TFCE, 2048 | FCRTL_XONE, 4096);
    f->accept = 0;
    fill(f, 4);
    e1000emu_set_partner(f->chip, &gone);
    rings.rx_next = 4;
    fixture_write(f, REG_RDT, 4); /* empty again */
    e1000emu_set_partner(f->chip, &back);
    fixture_link_up(f);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 0);

    fill(f, 4);
    assert_int_equal(f->sent_count, 1);
    e1000emu_set_partner(f->chip, &gone);
    e1000emu_set_partner(f->chip, &back);
    fixture_link_up(f);
    fill(f, 1); /* still above the mark */
    assert_int_equal(f->sent_count, 2);
    expect_pause(f, 1, 0x0680);
}

/* Without XONE the partner's time has to run out; without TFCE, or with marks of zero, nothing is
 * said at all. */
static void marks_need_their_enables(void **state)
{
    struct fixture *f = *state;

    set_marks(f, CTRL_TFCE, 2048, 4096);
    fill(f, 5);
    both_give(f, &rings);
    assert_int_equal(f->sent_count, 1);
    expect_pause(f, 0, 0x0680);
    fixture_forget(f);
    set_marks(f, CTRL_TFCE, FCRTL_XONE, 0);
    fill(f, 5);
    both_give(f, &rings);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) & ~CTRL_TFCE);
    set_marks(f, 0, 2048 | FCRTL_XONE, 4096);
    fill(f, 5);
    both_give(f, &rings);
    assert_int_equal(f->sent_count, 0);
}

/* Every frame that is lost although the partner was told to stop makes the chip say it again. */
static void overflow_repeats_xoff(void **state)
{
    struct fixture *f = *state;

    set_marks(f, CTRL_TFCE, 2048 | FCRTL_XONE, 32768);
    fill(f, 48);
    assert_int_equal(f->sent_count, 1);
    fill(f, 2);
    assert_int_equal(fixture_read(f, REG_MPC), 2);
    assert_int_equal(f->sent_count, 3);
    expect_pause(f, 2, 0x0680);
}

/* SWXOFF sends FCTTV, whatever TFCE says: a zero there is an XON. It reads as zero again. */
static void swxoff_sends_one_frame(void **state)
{
    struct fixture *f = *state;

    set_up(f, 0, 0);
    fixture_write(f, REG_TCTL, fixture_read(f, REG_TCTL) | TCTL_SWXOFF);
    assert_int_equal(fixture_read(f, REG_TCTL) & TCTL_SWXOFF, 0);
    expect_pause(f, 0, 0x0680);
    fixture_write(f, REG_FCTTV, 0);
    fixture_write(f, REG_TCTL, fixture_read(f, REG_TCTL) | TCTL_SWXOFF);
    expect_pause(f, 1, 0);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(fixture_read(f, REG_XOFFTXC), 1);
    assert_int_equal(fixture_read(f, REG_XONTXC), 1);
}

/* Nothing is sent in half duplex, by a transmitter that is off, or without a link. */
static void swxoff_needs_a_full_duplex_link(void **state)
{
    struct fixture *f = *state;
    uint32_t ctrl = fixture_read(f, REG_CTRL);

    set_up(f, 0, 0);
    fixture_write(f, REG_CTRL, (ctrl | CTRL_FRCDPLX) & ~CTRL_FD);
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_SWXOFF);
    fixture_write(f, REG_CTRL, ctrl);
    fixture_write(f, REG_TCTL, TCTL_SWXOFF);
    fixture_write(f, REG_CTRL, ctrl & ~CTRL_SLU);
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_SWXOFF);
    assert_int_equal(f->sent_count, 0);
    fixture_write(f, REG_CTRL, ctrl);
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_SWXOFF);
    assert_int_equal(f->sent_count, 1);
}

/* A PAUSE frame that the wire has no room for goes out before any data; of several only the last
 * one. */
static void pause_goes_ahead_of_data(void **state)
{
    struct fixture *f = *state;

    set_marks(f, CTRL_TFCE, 2048 | FCRTL_XONE, 4096);
    f->accept = 1;
    both_send(f, &rings, both_partner, 60, 1);
    both_send(f, &rings, both_partner, 60, 2);
    fill(f, 4);
    assert_int_equal(f->sent_count, 1);
    both_give(f, &rings);             /* XON instead */
    e1000emu_transmit_ready(f->chip); /* there is no room after all */
    assert_int_equal(f->sent_count, 1);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 3);
    expect_pause(f, 1, 0);
    assert_int_equal(f->sent[2].data[0], both_partner[0]);
    assert_int_equal(fixture_read(f, REG_XOFFTXC), 0);
    assert_int_equal(fixture_read(f, REG_XONTXC), 1);
}

/* Who has been paused can still ask the partner to stop. */
static void paused_transmitter_sends_pause(void **state)
{
    struct fixture *f = *state;

    set_marks(f, CTRL_TFCE | CTRL_RFCE, 2048 | FCRTL_XONE, 4096);
    receive_control(f, group, 1, 0xffff);
    both_send(f, &rings, both_partner, 60, 1);
    fill(f, 4);
    assert_int_equal(f->sent_count, 1);
    expect_pause(f, 0, 0x0680);
    assert_true(paused(f));
}

#define FLOW_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FLOW_TEST(xoff_stops_for_its_time),
        FLOW_TEST(quanta_depend_on_the_speed),
        FLOW_TEST(xon_ends_and_xoff_reloads),
        FLOW_TEST(frames_already_sent_stay_sent),
        FLOW_TEST(without_rfce_frames_are_ordinary),
        FLOW_TEST(dpf_drops_what_is_addressed_to_us),
        FLOW_TEST(pmcf_passes_other_opcodes),
        FLOW_TEST(only_good_frames_to_us_pause),
        FLOW_TEST(received_pause_is_no_good_packet),
        FLOW_TEST(a_pause_ends_with_its_reason),
        FLOW_TEST(marks_send_xoff_and_xon),
        FLOW_TEST(xon_at_the_mark),
        FLOW_TEST(a_new_link_starts_anew),
        FLOW_TEST(marks_need_their_enables),
        FLOW_TEST(overflow_repeats_xoff),
        FLOW_TEST(swxoff_sends_one_frame),
        FLOW_TEST(swxoff_needs_a_full_duplex_link),
        FLOW_TEST(pause_goes_ahead_of_data),
        FLOW_TEST(paused_transmitter_sends_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
