/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of frames, good and bad: verdicts, counters, interrupt causes. */
#include "rx_ring.h"

#include <string.h>

#include "chip.h"

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

    assert_int_equal(rx_receive(f, 60, 0), E1000EMU_RX_DISABLED);
    rx_start(f, 8, 256, 7, 0);
    e1000emu_config_write(f->chip, 4, 2, 0x0003);
    assert_int_equal(rx_receive(f, 60, 0), E1000EMU_RX_DISABLED);
    fixture_enable(f);
    e1000emu_set_partner(f->chip, &none);
    assert_int_equal(rx_receive(f, 60, 0), E1000EMU_RX_NO_LINK);
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
            rx_start(f, 80, 256, 79, cases[i].rctl | secrc * RCTL_SECRC);
            fixture_read(f, cases[i].counter);
            fixture_read(f, REG_RLEC);
            assert_int_equal(rx_receive(f, cases[i].length, 1), cases[i].verdict);
            assert_int_equal(fixture_read(f, cases[i].counter), 1);
            assert_int_equal(fixture_read(f, REG_RLEC), !stored);
            if (stored)
                assert_int_equal(rx_take(f, NULL), cases[i].length + (secrc ? 0 : 4));
            assert_int_equal(fixture_read(f, REG_RDH), software.next);
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
        {60, E1000EMU_FRAME_CARRIER, E1000EMU_RX_BAD, {REG_CEXTERR, 0}, 0},
        {40, E1000EMU_FRAME_CARRIER, E1000EMU_RX_UNDERSIZE, {REG_RUC, REG_RLEC}, 0},
        {59, E1000EMU_FRAME_SYMBOL, E1000EMU_RX_UNDERSIZE, {REG_RUC, REG_RLEC}, RXD_ERR_RXE},
        {40, E1000EMU_FRAME_BAD_FCS, E1000EMU_RX_UNDERSIZE, {REG_RFC, REG_RLEC}, RXD_ERR_CE},
        {40, 0, E1000EMU_RX_UNDERSIZE, {REG_RUC, REG_RLEC}, 0},
        {1600, E1000EMU_FRAME_BAD_FCS, E1000EMU_RX_OVERSIZE, {REG_RJC, REG_RLEC}, RXD_ERR_CE},
        {1600, 0, E1000EMU_RX_OVERSIZE, {REG_ROC, REG_RLEC}, 0},
        {1518, E1000EMU_FRAME_SYMBOL, E1000EMU_RX_BAD, {REG_RXERRC, 0}, RXD_ERR_RXE},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (uint32_t sbp = 0; sbp < 2; sbp++) {
            uint64_t last;
            uint32_t counted = 0;

            rx_start(f, 16, 256, 15, sbp ? RCTL_SBP | RCTL_SECRC : RCTL_SECRC);
            for (uint32_t offset = REG_CRCERRS; offset <= REG_RJC; offset += 4)
                fixture_read(f, offset);
            rx_make(cases[i].length, rx_station, 1);
            assert_int_equal(fixture_receive(f, frame, cases[i].length, cases[i].flags),
                             sbp ? E1000EMU_RX_STORED : cases[i].verdict);
            assert_int_equal(count_of(f, cases[i].counters[0]), 1);
            if (cases[i].counters[1])
                assert_int_equal(count_of(f, cases[i].counters[1]), 1);
            assert_int_equal(count_of(f, REG_GPRC), 0);
            /* Nothing else is counted of what is wrong. */
            for (uint32_t offset = REG_CRCERRS; offset <= REG_RLEC; offset += 4)
                counted += count_of(f, offset);
            for (uint32_t offset = REG_RUC; offset <= REG_RJC; offset += 4)
                counted += count_of(f, offset);
            /* A jabber is a CRC error, too. */
            if (cases[i].length > 1518 && cases[i].flags & E1000EMU_FRAME_BAD_FCS)
                counted -= count_of(f, REG_CRCERRS);
            assert_int_equal(counted, cases[i].counters[1] ? 2 : 1);
            if (!sbp) {
                assert_int_equal(fixture_read(f, REG_RDH), 0);
                continue;
            }
            assert_int_equal(rx_take(f, &last), cases[i].length);
            assert_memory_equal(joined, frame, cases[i].length);
            assert_int_equal(last >> 40 & 0xff, cases[i].errors);
        }
    }
}

/* A bad FCS that was not handed over is bad in memory too. */
static void a_bad_fcs_is_stored_bad(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 8, 256, 7, RCTL_SBP);
    rx_make(60, rx_station, 1);
    fixture_receive(f, frame, 60, E1000EMU_FRAME_BAD_FCS);
    rx_append_crc(frame, 60);
    assert_int_equal(rx_take(f, NULL), 64);
    assert_memory_not_equal(joined + 60, frame + 60, 4);
}

/* An alignment error is one at 10 and 100 Mb/s only. */
static void alignment_errors(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_partner partner = {.cable = true, .abilities = E1000EMU_100_FULL};

    rx_start(f, 8, 256, 7, 0);
    rx_make(60, rx_station, 1);
    assert_int_equal(fixture_receive(f, frame, 60, E1000EMU_FRAME_ALIGNMENT), E1000EMU_RX_BAD);
    assert_int_equal(count_of(f, REG_ALGNERRC), 0);
    e1000emu_set_partner(f->chip, &partner);
    fixture_run(f, 10000000000);
    assert_int_equal(fixture_read(f, REG_STATUS) & (STATUS_LU | STATUS_SPEED),
                     STATUS_LU | STATUS_SPEED_100);
    rx_start(f, 8, 256, 7, 0);
    rx_make(60, rx_station, 1);
    assert_int_equal(fixture_receive(f, frame, 60, E1000EMU_FRAME_ALIGNMENT), E1000EMU_RX_BAD);
    assert_int_equal(count_of(f, REG_ALGNERRC), 1);
    /* And a carrier extension error is none there. */
    assert_int_equal(fixture_receive(f, frame, 60, E1000EMU_FRAME_CARRIER), E1000EMU_RX_BAD);
    assert_int_equal(count_of(f, REG_CEXTERR), 0);
}

/* Whatever counts frames stays at all ones, and reading clears it; and it counts again. */
static void every_counter_sticks_and_clears(void **state)
{
    static const struct {
        uint32_t counter, length, flags;
        const uint8_t *to;
    } cases[] = {
        {REG_CRCERRS, 60, E1000EMU_FRAME_BAD_FCS, rx_station},
        {REG_RXERRC, 60, E1000EMU_FRAME_SYMBOL, rx_station},
        {REG_CEXTERR, 60, E1000EMU_FRAME_CARRIER, rx_station},
        {REG_RLEC, 59, 0, rx_station},
        {REG_RLEC, 1519, 0, rx_station},
        {REG_RUC, 59, 0, rx_station},
        {REG_RFC, 59, E1000EMU_FRAME_BAD_FCS, rx_station},
        {REG_ROC, 1519, 0, rx_station},
        {REG_RJC, 1519, E1000EMU_FRAME_BAD_FCS, rx_station},
        {REG_PRC64, 60, 0, rx_station},
        {REG_PRC127, 61, 0, rx_station},
        {REG_PRC255, 200, 0, rx_station},
        {REG_PRC511, 400, 0, rx_station},
        {REG_PRC1023, 800, 0, rx_station},
        {REG_PRC1522, 1200, 0, rx_station},
        {REG_GPRC, 60, 0, rx_station},
        {REG_BPRC, 60, 0, rx_broadcast},
        {REG_MPRC, 60, 0, rx_group},
        {REG_TPR, 60, 0, rx_other},
        {REG_RNBC, 60, 0, rx_station},
        {REG_MPC, 60, 0, rx_station},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool starves = cases[i].counter == REG_RNBC || cases[i].counter == REG_MPC;

        fixture_write(f, REG_RCTL, 0);
        fixture_write(f, REG_PBA, cases[i].counter == REG_MPC ? 0 : 48);
        rx_start(f, 64, 2048, starves ? 0 : 63, RCTL_SECRC | RCTL_BAM | RCTL_MPE);
        emu_set(f->chip, cases[i].counter, 0xfffffffe);
        for (unsigned n = 0; n < 3; n++) {
            rx_make(cases[i].length, cases[i].to, n);
            fixture_receive(f, frame, cases[i].length, cases[i].flags);
            assert_int_equal(count_of(f, cases[i].counter), 0xffffffff);
        }
        assert_int_equal(fixture_read(f, cases[i].counter), 0xffffffff);
        assert_int_equal(fixture_read(f, cases[i].counter), 0);
        fixture_receive(f, frame, cases[i].length, cases[i].flags);
        assert_int_equal(fixture_read(f, cases[i].counter), 1);
        e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
        fixture_link_up(f);
    }
}

/* Frames that the filters refuse count as seen, whatever else is wrong with them, and no more. */
static void filtered_frames_count_as_seen(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 8, 256, 7, RCTL_SECRC);
    rx_make(60, rx_other, 1);
    assert_int_equal(fixture_receive(f, frame, 60, 0), E1000EMU_RX_ADDRESS);
    assert_int_equal(fixture_receive(f, frame, 60, E1000EMU_FRAME_BAD_FCS), E1000EMU_RX_ADDRESS);
    assert_int_equal(fixture_receive(f, frame, 20, 0), E1000EMU_RX_ADDRESS);
    /* Too short even for an address. */
    rx_make(5, rx_station, 1);
    assert_int_equal(fixture_receive(f, frame, 5, 0), E1000EMU_RX_ADDRESS);
    assert_int_equal(fixture_receive(f, frame, 0, 0), E1000EMU_RX_ADDRESS);
    assert_int_equal(count_of(f, REG_TPR), 5);
    assert_int_equal(count_of(f, REG_TORL), 64 + 64 + 24 + 9 + 4);
    for (uint32_t offset = REG_CRCERRS; offset <= REG_RJC; offset += 4)
        assert_int_equal(count_of(f, offset), 0);
}

/* Nothing but an FCS is a runt, and nothing that could be stored. */
static void a_frame_without_a_byte(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 8, 256, 7, RCTL_SBP | RCTL_UPE | RCTL_MPE);
    assert_int_equal(fixture_receive(f, frame, 0, 0), E1000EMU_RX_UNDERSIZE);
    assert_int_equal(fixture_receive(f, frame, 4, E1000EMU_FRAME_FCS), E1000EMU_RX_UNDERSIZE);
    assert_int_equal(count_of(f, REG_RUC), 2);
    assert_int_equal(fixture_read(f, REG_RDH), 0);
}

/* A PAUSE frame that finds no descriptor waits like any other, but doesn't count as such. */
static void control_frames_want_no_buffer(void **state)
{
    static const uint8_t pause[6] = {0x01, 0x80, 0xc2, 0x00, 0x00, 0x01};
    struct fixture *f = *state;

    fixture_write(f, REG_FCAL, 0x00c28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    for (unsigned obeys = 0; obeys < 2; obeys++) {
        fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | (obeys ? CTRL_RFCE : 0));
        rx_start(f, 8, 256, 0, RCTL_MPE | RCTL_SECRC);
        rx_make(60, pause, 1);
        frame[12] = 0x88;
        frame[13] = 0x08;
        frame[14] = 0;
        frame[15] = 1;
        assert_int_equal(fixture_receive(f, frame, 60, 0), E1000EMU_RX_STORED);
        assert_int_equal(fixture_read(f, REG_RNBC), !obeys);
        assert_int_equal(fixture_read(f, REG_GPRC), !obeys);
        assert_int_equal(fixture_read(f, REG_MPRC), !obeys);
        assert_int_equal(fixture_read(f, REG_TPR), 1);
        fixture_write(f, REG_RDT, 7);
        assert_int_equal(rx_take(f, NULL), 60);
    }
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
        rx_start(f, 80, 256, 79, RCTL_BAM | RCTL_MPE | secrc * RCTL_SECRC);
        octets = 0;
        for (size_t i = 0; i < 11; i++) {
            assert_int_equal(rx_receive(f, sizes[i].length, 1), E1000EMU_RX_STORED);
            assert_int_equal(count_of(f, sizes[i].counter),
                             i > 0 && sizes[i].counter == sizes[i - 1].counter ? 2 : 1);
            octets += sizes[i].length + 4;
        }
        rx_make(60, rx_group, 1);
        fixture_receive(f, frame, 60, 0);
        fixture_receive(f, frame, 60, 0);
        rx_make(60, rx_broadcast, 1);
        fixture_receive(f, frame, 60, 0);
        octets += 3 * 64;
        assert_int_equal(fixture_read(f, REG_MPRC), 2);
        assert_int_equal(fixture_read(f, REG_BPRC), 1);
        assert_int_equal(fixture_read(f, REG_GPRC), 14);
        assert_int_equal(fixture_read(f, REG_TPR), 14);
        assert_int_equal(fixture_read(f, REG_RNBC), 0);
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

/* Counters stay at all ones, of 32 or of 64 bits. */
static void counters_stick(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 8, 256, 7, RCTL_SECRC);
    emu_set(f->chip, REG_TPR, 0xfffffffe);
    emu_set(f->chip, REG_TORL, 0xffffffc0);
    emu_set(f->chip, REG_TORH, 0xfffffffe);
    rx_receive(f, 60, 1);
    assert_int_equal(count_of(f, REG_TPR), 0xffffffff);
    assert_int_equal(count_of(f, REG_TORL), 0);
    assert_int_equal(count_of(f, REG_TORH), 0xffffffff);
    emu_set(f->chip, REG_TORL, 0xfffffff0);
    rx_receive(f, 60, 1);
    assert_int_equal(fixture_read(f, REG_TPR), 0xffffffff);
    assert_int_equal(fixture_read(f, REG_TORL), 0xffffffff);
    assert_int_equal(fixture_read(f, REG_TORH), 0xffffffff);
    assert_int_equal(fixture_read(f, REG_TORH), 0);
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

/* One batch, one RXT0, when all of it is in memory. */
static void one_interrupt_for_a_batch(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_frame frames[5];

    rx_start(f, 64, 256, 63, RCTL_SECRC);
    fixture_write(f, REG_IMS, ICR_RXT0);
    rx_make(60, rx_station, 1);
    for (size_t i = 0; i < 5; i++)
        frames[i] = (struct e1000emu_frame){.data = frame, .length = 60};
    assert_int_equal(e1000emu_receive(f->chip, frames, 5, 0, NULL), 5);
    assert_true(f->level);
    assert_int_equal(f->edges, 1);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0);
    rx_make(60, rx_other, 1);
    fixture_receive(f, frame, 60, 0);
    assert_false(f->level);
    fixture_write(f, REG_RDTR, RDTR_FPD);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0);
}

/* RXDMT0 comes with the very descriptor that leaves 1/2, 1/4 or 1/8 of the ring, and once. */
static void descriptors_run_low(void **state)
{
    struct fixture *f = *state;

    for (uint32_t rdmts = 0; rdmts < 4; rdmts++) {
        uint32_t left = rdmts < 3 ? 64u >> (rdmts + 1) : 8; /* 3 is reserved, and acts as 2 */

        rx_start(f, 64, 256, 63, RCTL_SECRC | rdmts << RCTL_RDMTS_SHIFT);
        for (uint32_t ready = 62; ready > 0; ready--) {
            rx_receive(f, 60, 1);
            assert_int_equal(fixture_read(f, REG_ICR) & ICR_RXDMT0, ready == left ? ICR_RXDMT0 : 0);
        }
    }
    rx_start(f, 64, 256, 63, RCTL_SECRC);
    for (uint32_t i = 0; i < 20; i++)
        rx_receive(f, 400, i); /* in one call of two descriptors it may be passed in the middle */
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_RXDMT0, ICR_RXDMT0);
}

/* SRPD for frames of at most RSRPD bytes as stored. */
static void small_packets(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 64, 256, 63, RCTL_SECRC);
    rx_receive(f, 60, 1);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0);
    fixture_write(f, REG_RSRPD, 100);
    rx_receive(f, 101, 1);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0);
    rx_receive(f, 100, 1);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0 | ICR_SRPD);
}

#define RX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RX_TEST(verdicts_of_a_deaf_receiver),
        RX_TEST(length_limits),
        RX_TEST(bad_frames),
        RX_TEST(a_bad_fcs_is_stored_bad),
        RX_TEST(alignment_errors),
        RX_TEST(a_frame_without_a_byte),
        RX_TEST(control_frames_want_no_buffer),
        RX_TEST(every_counter_sticks_and_clears),
        RX_TEST(filtered_frames_count_as_seen),
        RX_TEST(counters_of_good_frames),
        RX_TEST(counters_stick),
        RX_TEST(one_interrupt_for_a_batch),
        RX_TEST(descriptors_run_low),
        RX_TEST(small_packets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
