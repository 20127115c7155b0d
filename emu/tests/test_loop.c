/* SPDX-License-Identifier: BSD-2-Clause */
/* Loopback by RCTL.LBM and in the PHY: frames come back through the filters, none meets the wire.
 */
#include "both_rings.h"

#include <string.h>

#include "mdio.h"
#include "phy.h"

static struct both_rings rings;

static void expect_back(struct fixture *f, uint32_t length, const uint8_t to[6], uint32_t seed)
{
    uint8_t expected[BOTH_BUFFER];
    const uint8_t *data;

    fixture_make_frame(expected, length, to, seed);
    assert_int_equal(both_take(f, &rings, &data), length);
    assert_memory_equal(data, expected, length);
}

static void expect_nothing(struct fixture *f)
{
    const uint8_t *data;

    assert_int_equal(both_take(f, &rings, &data), 0);
}

/* PHY loopback at a speed, as drivers set it up. */
static void loop_in_phy(struct fixture *f, uint16_t bmcr)
{
    phy_write(f, PHY_PSCR, 0x0808);
    phy_write(f, PHY_BMCR, 0x9140);
    phy_write(f, PHY_BMCR, 0x8140);
    phy_write(f, PHY_BMCR, bmcr);
}

/* What is sent comes back, nothing leaves, and nothing comes in from outside. */
static void lbm_turns_frames_round(void **state)
{
    struct fixture *f = *state;
    uint8_t frame[60];

    both_start(f, &rings, RCTL_LBM, true);
    both_send(f, &rings, both_station, 1000, 7);
    expect_nothing(f);
    fixture_run(f, 8192); /* 1024 bytes on a wire of 1000 Mb/s */
    expect_back(f, 1000, both_station, 7);
    fixture_make_frame(frame, 60, both_station, 1);
    assert_int_equal(fixture_receive(f, frame, 60, 0), E1000EMU_RX_NO_LINK);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_read(f, REG_GPTC), 1);
    assert_int_equal(fixture_read(f, REG_GPRC), 1);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_SECRC);
    both_send(f, &rings, both_station, 60, 8);
    assert_int_equal(f->sent_count, 1);
}

/* Other settings of LBM are undefined; here they do nothing. */
static void other_lbm_settings_loop_nothing(void **state)
{
    struct fixture *f = *state;

    for (uint32_t lbm = 0x40; lbm <= 0x80; lbm += 0x40) {
        both_start(f, &rings, lbm, true);
        both_send(f, &rings, both_station, 60, 1);
        fixture_run(f, MS);
        expect_nothing(f);
    }
    assert_int_equal(f->sent_count, 2);
}

/* The PHY's loop needs no cable, and is as slow as its speed. */
static void phy_loop_works_at_each_speed(void **state)
{
    static const struct {
        uint16_t bmcr;
        uint32_t ns;
    } speeds[] = {{0x4140, 8192}, {0x6100, 81920}, {0x4100, 819200}};
    struct fixture *f = *state;

    set_partner(f, false, 0);
    for (size_t i = 0; i < 3; i++) {
        loop_in_phy(f, speeds[i].bmcr);
        assert_true(fixture_read(f, REG_STATUS) & STATUS_LU);
        both_start(f, &rings, 0, true);
        both_send(f, &rings, both_broadcast, 1000, 1);
        expect_nothing(f);
        fixture_run(f, speeds[i].ns - 1);
        expect_nothing(f);
        fixture_write(f, REG_RCTL, RCTL_EN | RCTL_SECRC | RCTL_BAM);
        fixture_run(f, 1);
        expect_back(f, 1000, both_broadcast, 1);
    }
    assert_int_equal(f->sent_count, 0);
}

/* The filters are the usual ones: a stranger's frame does not come back. */
static void looped_frames_are_filtered(void **state)
{
    struct fixture *f = *state;

    both_start(f, &rings, RCTL_LBM, true);
    both_send(f, &rings, both_partner, 60, 1);
    both_send(f, &rings, both_broadcast, 60, 2);
    both_send(f, &rings, both_station, 60, 3);
    fixture_run(f, MS);
    expect_back(f, 60, both_station, 3);
    expect_nothing(f);
    assert_int_equal(fixture_read(f, REG_TPR), 3);
}

/* Loopback is for full duplex only. */
static void half_duplex_loops_nothing(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FRCDPLX);
    both_start(f, &rings, RCTL_LBM, true);
    both_send(f, &rings, both_station, 60, 1);
    fixture_run(f, MS);
    expect_nothing(f);
    assert_int_equal(f->sent_count, 0);
}

/* T7, T9: a full ring in a loop neither recurses nor loses a frame, and each doorbell, and each
 * expiry, does a bounded part of it. */
static void test_T7_full_ring_comes_back_in_order(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[1500];
    uint32_t taken = 0;
    unsigned events = 0;

    both_start(f, &rings, RCTL_LBM, true);
    for (uint32_t i = 0; i < BOTH_COUNT - 1; i++) {
        fixture_make_frame(bytes, sizeof bytes, both_station, i);
        both_post(f, &rings, bytes, sizeof bytes);
    }
    both_doorbell(f, &rings);
    while (e1000emu_next_event(f->chip) != E1000EMU_NEVER) {
        const uint8_t *data;
        uint32_t before = taken;

        assert_in_range(events++, 0, 1000);
        fixture_run(f, e1000emu_next_event(f->chip) - f->now);
        while (both_take(f, &rings, &data)) {
            fixture_make_frame(bytes, sizeof bytes, both_station, taken++);
            assert_memory_equal(data, bytes, sizeof bytes);
        }
        assert_in_range(taken - before, 0, 64);
    }
    assert_int_equal(taken, BOTH_COUNT - 1);
    assert_int_equal(f->sent_count, 0);
    assert_true(f->now >= (BOTH_COUNT - 1) * 1524ull * 8);
}

/* Both ways, with this time in the XOFFs that are sent. */
static void use_flow_control(struct fixture *f, uint32_t quanta)
{
    fixture_write(f, REG_FCAL, 0x00C28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    fixture_write(f, REG_FCTTV, quanta);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RFCE | CTRL_TFCE);
}

/* Frames so small that the loop has no place for another one before it has no bytes left. */
static void many_small_frames_come_back_in_order(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[60];
    const uint8_t *data;
    uint32_t taken = 0;

    both_start(f, &rings, RCTL_LBM, true);
    for (uint32_t i = 0; i < 200; i++) {
        fixture_make_frame(bytes, sizeof bytes, both_station, i);
        both_post(f, &rings, bytes, sizeof bytes);
    }
    both_doorbell(f, &rings);
    assert_in_range(fixture_read(f, REG_TDH), 1, 100);
    fixture_run(f, MS);
    for (; both_take(f, &rings, &data); taken++) {
        fixture_make_frame(bytes, sizeof bytes, both_station, taken);
        assert_memory_equal(data, bytes, sizeof bytes);
    }
    assert_int_equal(taken, 200);
    assert_int_equal(fixture_read(f, REG_TDH), 200);
}

/* T7 with flow control on both sides: the chip pauses itself by its own frame, and gets going
 * again when the time is over. */
static void test_T7_pause_in_a_loop_ends(void **state)
{
    struct fixture *f = *state;

    use_flow_control(f, 100);
    both_start(f, &rings, RCTL_LBM, false);
    fixture_write(f, REG_FCRTH, 1024);
    both_send(f, &rings, both_station, 1020, 1);
    fixture_run(f, 20000);
    assert_int_equal(fixture_read(f, REG_XOFFTXC), 1);
    assert_int_equal(fixture_read(f, REG_XOFFRXC), 1);
    assert_true(fixture_read(f, REG_STATUS) & STATUS_TXOFF);
    both_send(f, &rings, both_station, 60, 2);
    both_give(f, &rings);
    expect_back(f, 1020, both_station, 1);
    fixture_run(f, 100 * 512);
    expect_back(f, 60, both_station, 2);
    fixture_run(f, MS);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

/* A PAUSE frame that finds room where data did not makes nobody forget that data waits. */
static void small_frames_let_large_ones_wait(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[1500] = {0};

    both_start(f, &rings, RCTL_LBM | RCTL_UPE, true);
    for (unsigned i = 0; i < 20; i++)
        both_post(f, &rings, bytes, sizeof bytes);
    both_doorbell(f, &rings);
    assert_in_range(fixture_read(f, REG_TDH), 1, 19);
    fixture_write(f, REG_TCTL, fixture_read(f, REG_TCTL) | TCTL_SWXOFF);
    fixture_run(f, MS);
    assert_int_equal(fixture_read(f, REG_TDH), 20);
}

/* Leaving loopback while frames are under way loses those, but neither stalls the transmitter nor
 * delivers them to anybody. A reset forgets them. */
static void leaving_the_loop_loses_what_is_in_it(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[1500] = {0};

    both_start(f, &rings, RCTL_LBM, true);
    for (unsigned i = 0; i < 30; i++) /* more than the loop holds */
        both_post(f, &rings, bytes, sizeof bytes);
    both_doorbell(f, &rings);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_SECRC | RCTL_UPE);
    fixture_run(f, MS);
    expect_nothing(f);
    assert_in_range(f->sent_count, 10, 29);
    assert_int_equal(fixture_read(f, REG_TDH), 30);

    fixture_forget(f);
    both_start(f, &rings, RCTL_LBM, true);
    both_send(f, &rings, both_station, 1000, 1);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
    assert_int_equal(f->sent_count, 0);
    fixture_link_up(f);
    both_start(f, &rings, RCTL_LBM, true);
    both_send(f, &rings, both_station, 60, 2);
    fixture_run(f, 672); /* nothing is in its way */
    expect_back(f, 60, both_station, 2);
}

/* A PAUSE frame that is sent while others are on their way arrives after them, by its own time on
 * the wire. */
static void looped_pause_takes_its_time(void **state)
{
    struct fixture *f = *state;

    use_flow_control(f, 100);
    both_start(f, &rings, RCTL_LBM, true);
    both_send(f, &rings, both_station, 1000, 1);
    fixture_run(f, 1000);
    fixture_write(f, REG_TCTL, fixture_read(f, REG_TCTL) | TCTL_SWXOFF);
    fixture_run(f, 7192);
    expect_back(f, 1000, both_station, 1);
    fixture_run(f, 671);
    assert_int_equal(fixture_read(f, REG_XOFFRXC), 0);
    fixture_run(f, 1);
    assert_int_equal(fixture_read(f, REG_XOFFRXC), 1);
}

/* What comes later while the loop is busy waits for its turn; after a while of silence it doesn't.
 */
static void each_looped_frame_takes_its_time(void **state)
{
    struct fixture *f = *state;

    both_start(f, &rings, RCTL_LBM, true);
    both_send(f, &rings, both_station, 60, 1);
    both_send(f, &rings, both_station, 1000, 2);
    fixture_run(f, 672);
    expect_back(f, 60, both_station, 1);
    fixture_run(f, 8191);
    expect_nothing(f);
    fixture_run(f, 1);
    expect_back(f, 1000, both_station, 2);
    fixture_run(f, MS);
    both_send(f, &rings, both_station, 60, 3);
    fixture_run(f, 671);
    expect_nothing(f);
    fixture_run(f, 1);
    expect_back(f, 60, both_station, 3);
}

/* A frame that brings its own FCS is no longer on the wire for that. */
static void a_given_fcs_takes_no_extra_time(void **state)
{
    struct fixture *f = *state;
    uint64_t descriptor = FIXTURE_BUS;
    const uint8_t *data;

    both_start(f, &rings, RCTL_LBM | RCTL_SBP | RCTL_UPE, true);
    both_send(f, &rings, both_station, 60, 1); /* where the second one's bytes will be, too */
    fixture_run(f, MS);
    assert_int_equal(both_take(f, &rings, &data), 60);
    fixture_put64(f, descriptor + 16, fixture_get64(f, descriptor));
    fixture_put64(f, descriptor + 24, 1000 | (uint64_t)(TXD_CMD_EOP | TXD_CMD_RS) << 24);
    fixture_write(f, REG_TDT, 2);
    fixture_run(f, (1000 + 20) * 8 - 1);
    assert_int_equal(e1000emu_peek(f->chip, REG_TPR), 1);
    fixture_run(f, 1);
    assert_int_equal(e1000emu_peek(f->chip, REG_TPR), 2);
}

/* ---- What keeps itself going ---------------------------------------------------------------- */

/* A low mark above the high one: a level that rises is no reason for an XON, or the chip's own
 * PAUSE frames, looped into a FIFO that nobody empties, would make it send the next ones. */
static void marks_in_the_wrong_order_make_no_storm(void **state)
{
    struct fixture *f = *state;

    use_flow_control(f, 4);
    both_start(f, &rings, RCTL_LBM | RCTL_UPE | RCTL_MPE, false);
    fixture_write(f, REG_FCRTH, 0x70);
    fixture_write(f, REG_FCRTL, 0xa28 | FCRTL_XONE);
    both_send(f, &rings, both_station, 200, 1);
    fixture_run(f, MS);
    assert_int_equal(fixture_read(f, REG_XOFFTXC), 1);
    assert_int_equal(fixture_read(f, REG_XONTXC), 0);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
    both_give(f, &rings);
    fixture_run(f, MS);
    assert_in_range(fixture_read(f, REG_XOFFTXC) + fixture_read(f, REG_XONTXC), 1, 4);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

/* A full FIFO loses the looped XOFF, which makes the chip repeat it, and so on for ever. */
static void start_storm(struct fixture *f)
{
    use_flow_control(f, 4);
    fixture_write(f, REG_PBA, 8);
    both_start(f, &rings, RCTL_LBM | RCTL_UPE | RCTL_MPE, false);
    fixture_write(f, REG_FCRTH, 4096);
    for (unsigned i = 0; i < 9; i++)
        both_send(f, &rings, both_station, 1020, i);
    fixture_run(f, 100000);
    assert_true(fixture_read(f, REG_MPC) > 0);
    assert_true(e1000emu_next_event(f->chip) != E1000EMU_NEVER);
    fixture_read(f, REG_XOFFTXC);
}

/* The storm is no faster than a wire: one frame of 64 bytes after the other. */
static void a_storm_is_no_faster_than_the_wire(void **state)
{
    struct fixture *f = *state;

    start_storm(f);
    fixture_run(f, 1000 * 672);
    assert_in_range(fixture_read(f, REG_XOFFTXC), 990, 1001);
}

/* One call does a bounded part of what is due, and says that more is left: a guest can't hold its
 * host up. Calling again goes on where the last call stopped, at the times that things are due. */
static void advance_does_a_bounded_part(void **state)
{
    struct fixture *f = *state;
    e1000emu_time end = f->now + 100000000000ull;
    uint32_t all = 0;

    start_storm(f);
    for (unsigned call = 1; call <= 20; call++) {
        uint32_t sent;

        e1000emu_advance(f->chip, end);
        sent = fixture_read(f, REG_XOFFTXC);
        assert_in_range(sent, 100, 1000); /* frames that are under way together are one event */
        all += sent;
        assert_true(e1000emu_next_event(f->chip) <= end);
        assert_in_range(e1000emu_next_event(f->chip), f->now + (all - 4) * 672ull,
                        f->now + (all + 4) * 672ull);
    }
}

/* How a host cuts time into steps changes nothing. */
static void steps_of_any_size_come_to_the_same(void **state)
{
    struct fixture *f = *state;
    struct fixture *g;
    void *other = NULL;
    e1000emu_time end;

    start_storm(f);
    fixture_run(f, 2 * MS); /* event by event */
    end = f->now;
    fixture_setup(&other);
    g = other;
    start_storm(g);
    assert_true(end - g->now == 2 * MS);
    do
        e1000emu_advance(g->chip, end);
    while (e1000emu_next_event(g->chip) <= end);
    assert_int_equal(fixture_read(g, REG_XOFFTXC), fixture_read(f, REG_XOFFTXC));
    assert_int_equal(fixture_read(g, REG_MPC), fixture_read(f, REG_MPC));
    assert_true(e1000emu_next_event(g->chip) == e1000emu_next_event(f->chip));
    fixture_free(g);
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(small_frames_let_large_ones_wait),
        LOOP_TEST(lbm_turns_frames_round),
        LOOP_TEST(other_lbm_settings_loop_nothing),
        LOOP_TEST(phy_loop_works_at_each_speed),
        LOOP_TEST(looped_frames_are_filtered),
        LOOP_TEST(half_duplex_loops_nothing),
        LOOP_TEST(test_T7_full_ring_comes_back_in_order),
        LOOP_TEST(many_small_frames_come_back_in_order),
        LOOP_TEST(test_T7_pause_in_a_loop_ends),
        LOOP_TEST(leaving_the_loop_loses_what_is_in_it),
        LOOP_TEST(looped_pause_takes_its_time),
        LOOP_TEST(each_looped_frame_takes_its_time),
        LOOP_TEST(a_given_fcs_takes_no_extra_time),
        LOOP_TEST(marks_in_the_wrong_order_make_no_storm),
        LOOP_TEST(a_storm_is_no_faster_than_the_wire),
        LOOP_TEST(advance_does_a_bounded_part),
        LOOP_TEST(steps_of_any_size_come_to_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
