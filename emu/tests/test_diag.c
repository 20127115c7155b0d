/* SPDX-License-Identifier: BSD-2-Clause */
/* The diagnostic registers of both FIFOs, written as software does that looks for a broken packet
 * buffer: the frames follow the pointers (SDM 13.8). */
#include "both_rings.h"

#include <string.h>

#include "fifo.h"

#define RX_STATUS(i) (FIXTURE_BUS + 0x10008 + 16 * (uint64_t)(i)) /* of both_rings' ring */

static const uint32_t rx_pointers[] = {REG_RDFH, REG_RDFT, REG_RDFHS, REG_RDFTS, REG_RDFPC};
static const uint32_t tx_pointers[] = {REG_TDFH, REG_TDFT, REG_TDFHS, REG_TDFTS, REG_TDFPC};

static struct both_rings rings;
static uint8_t bytes[16384];

/* Where the transmit part begins, by PBA's default. */
#define TX_PART (48u * 1024)

static void put(struct fixture *f, uint32_t at, const uint8_t *data, uint32_t length)
{
    for (uint32_t i = 0; i < length; i += 4) {
        uint32_t word = 0;

        for (uint32_t k = 0; k < 4 && i + k < length; k++)
            word |= (uint32_t)data[i + k] << (8 * k);
        fixture_write(f, REG_PBM + at + i, word);
    }
}

static uint8_t get(struct fixture *f, uint32_t at)
{
    return (uint8_t)(e1000emu_peek(f->chip, REG_PBM + at / 4 * 4) >> at % 4 * 8);
}

static void expect_at(struct fixture *f, uint32_t at, const uint8_t *data, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        assert_int_equal(get(f, at + i), data[i]);
}

static void make(uint32_t length, uint32_t seed)
{
    fixture_make_frame(bytes, length, both_station, seed);
}

static void receive(struct fixture *f, uint32_t length, uint32_t seed)
{
    make(length, seed);
    assert_int_equal(fixture_receive(f, bytes, length, 0), E1000EMU_RX_STORED);
}

/* The i-th buffer holds this frame. */
static void expect_received(struct fixture *f, uint32_t i, uint32_t length, uint32_t seed)
{
    make(length, seed);
    assert_int_equal(fixture_get64(f, RX_STATUS(i)) >> 32 & 3, RXD_STAT_DD | RXD_STAT_EOP);
    assert_int_equal(fixture_get64(f, RX_STATUS(i)) & 0xFFFF, length);
    assert_memory_equal(fixture_at(f, both_rx_buffer(i)), bytes, length);
}

static void expect_none(struct fixture *f, uint32_t i)
{
    assert_int_equal(fixture_get64(f, RX_STATUS(i)) >> 32 & 1, 0);
}

static void give(struct fixture *f)
{
    both_give(f, &rings);
    fixture_run(f, 1000);
}

/* ---- Receiving ------------------------------------------------------------------------------ */

/* A frame that software puts behind the tail, its FCS included, reaches the host as one from the
 * wire does, in whatever order the pointers are moved. */
static void a_received_frame_by_hand(void **state)
{
    static const uint32_t orders[][2] = {{REG_RDFT, REG_RDFPC}, {REG_RDFPC, REG_RDFT}};
    struct fixture *f = *state;

    for (uint32_t order = 0; order < 2; order++) {
        uint32_t place = order == 0 ? 0 : 5000;

        both_start(f, &rings, 0, order == 1);
        fixture_write(f, REG_RDFH, place);
        fixture_write(f, REG_RDFT, place);
        make(128, order);
        put(f, 8 * place, bytes, 128);
        for (uint32_t i = 0; i < 2; i++)
            fixture_write(f, orders[order][i], orders[order][i] == REG_RDFPC ? 1 : place + 16);
        give(f);
        expect_received(f, 0, 124, order);
        expect_none(f, 1);
        assert_int_equal(fixture_read(f, REG_RDFPC), 0);
        assert_int_equal(fixture_read(f, REG_RDFH), place + 16);
        assert_int_equal(fixture_read(f, REG_RDFT), place + 16);
    }
}

/* Behind a frame that waits, and over the end of the receive part. */
static void behind_others_and_over_the_end(void **state)
{
    struct fixture *f = *state;
    uint32_t size = 48 * 128;

    both_start(f, &rings, 0, false);
    fixture_write(f, REG_RDFH, size - 10);
    fixture_write(f, REG_RDFT, size - 10);
    receive(f, 60, 1); /* eight quadwords with its FCS */
    assert_int_equal(fixture_read(f, REG_RDFHS), size - 10);
    make(64, 2);
    put(f, 8 * (size - 2), bytes, 16);
    put(f, 0, bytes + 16, 48);
    fixture_write(f, REG_RDFT, 6);
    fixture_write(f, REG_RDFPC, 2);
    receive(f, 60, 3);
    give(f);
    expect_received(f, 0, 60, 1);
    expect_received(f, 1, 60, 2);
    expect_received(f, 2, 60, 3);
    expect_none(f, 3);
}

/* The head passes over frames, or stands in one; the tail or the count leaves some out. */
static void frames_follow_the_pointers(void **state)
{
    static const struct {
        uint32_t offset, value;
        uint32_t first, last; /* which of four frames, of 8, 13, 13 and 8 quadwords, stay */
    } cases[] = {
        {REG_RDFH, 8, 1, 3},  {REG_RDFH, 21, 2, 3}, {REG_RDFH, 42, 4, 3}, {REG_RDFT, 34, 0, 2},
        {REG_RDFT, 41, 0, 2}, {REG_RDFT, 8, 0, 0},  {REG_RDFT, 0, 4, 3},  {REG_RDFPC, 3, 0, 2},
        {REG_RDFPC, 1, 0, 0}, {REG_RDFPC, 0, 4, 3}, {REG_RDFPC, 4, 0, 3}, {REG_RDFPC, 99, 0, 3},
        {REG_RDFT, 42, 0, 3}, {REG_RDFH, 0, 0, 3},
    };
    static const uint32_t lengths[] = {60, 100, 100, 60};
    struct fixture *f = *state;

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        uint32_t n = 0;

        both_start(f, &rings, 0, false);
        for (size_t i = 0; i < 5; i++)
            fixture_write(f, rx_pointers[i], 0);
        for (uint32_t i = 0; i < 4; i++)
            receive(f, lengths[i], i);
        /* Frames that are cut off are no frames: only those counted that are whole. */
        if (cases[k].offset == REG_RDFT)
            fixture_write(f, REG_RDFPC, cases[k].last - cases[k].first + 1);
        fixture_write(f, cases[k].offset, cases[k].value);
        give(f);
        for (uint32_t i = cases[k].first; i < 4 && i <= cases[k].last; i++)
            expect_received(f, n++, lengths[i], i);
        expect_none(f, n);
        fixture_write(f, REG_RDFPC, 0);
        receive(f, 60, 77); /* and life goes on */
        expect_received(f, n, 60, 77);
    }
}

/* Software plays a frame again that the host has a part of. */
static void a_frame_is_replayed(void **state)
{
    struct fixture *f = *state;

    for (uint32_t again = 0; again < 2; again++) {
        both_start(f, &rings, 3u << RCTL_BSIZE_SHIFT, false); /* 256 bytes */
        for (size_t i = 0; i < 5; i++)
            fixture_write(f, rx_pointers[i], 0);
        receive(f, 700, 1);
        fixture_write(f, REG_RDT, 1);
        assert_int_equal(fixture_read(f, REG_RDFH), 32);
        assert_int_equal(fixture_read(f, REG_RDFHS), 0);
        if (again)
            fixture_write(f, REG_RDFH, fixture_read(f, REG_RDFHS));
        give(f);
        assert_int_equal(fixture_get64(f, RX_STATUS(again ? 3 : 2)) >> 32 & 3, 3);
        assert_int_equal(fixture_get64(f, RX_STATUS(again ? 3 : 2)) & 0xFFFF, 700 - 512);
        assert_memory_equal(fixture_at(f, both_rx_buffer(again ? 1 : 0)), bytes, 256);
        assert_memory_equal(fixture_at(f, both_rx_buffer(again ? 2 : 1)), bytes + 256, 256);
    }
    /* A head in the frame's last bytes, which SECRC leaves out, has no more of it for the host. */
    both_start(f, &rings, 0, false);
    for (size_t i = 0; i < 5; i++)
        fixture_write(f, rx_pointers[i], 0);
    make(76, 1);
    fixture_receive(f, bytes, 76, E1000EMU_FRAME_FCS);
    fixture_write(f, REG_RDFH, 9);
    give(f);
    assert_int_equal(fixture_read(f, REG_RDFPC), 0);
    expect_none(f, 0);
}

/* The saved tail is what a bad frame takes the tail back to (13.8.4). */
static void a_bad_frame_restores_the_tail(void **state)
{
    struct fixture *f = *state;

    both_start(f, &rings, 0, false);
    make(60, 1);
    fixture_receive(f, bytes, 60, E1000EMU_FRAME_BAD_FCS);
    assert_int_equal(fixture_read(f, REG_RDFT), fixture_read(f, REG_RDFTS));
    receive(f, 60, 1);
    receive(f, 60, 2);
    fixture_write(f, REG_RDFTS, 8);
    assert_int_equal(fixture_read(f, REG_RDFT), 16);
    make(60, 3);
    fixture_receive(f, bytes, 60, E1000EMU_FRAME_BAD_FCS);
    fixture_write(f, REG_RDFPC, 1);
    assert_int_equal(fixture_read(f, REG_RDFT), 8);
    give(f);
    expect_received(f, 0, 60, 1);
    expect_none(f, 1);
}

/* What is longer than any frame, or of no length, is no frame; a full list takes none. */
static void what_is_no_frame(void **state)
{
    struct fixture *f = *state;

    both_start(f, &rings, RCTL_LPE, false);
    fixture_write(f, REG_RDFPC, 1);
    fixture_write(f, REG_RDFT, 2049);
    give(f);
    expect_none(f, 0);
    fixture_write(f, REG_RDFPC, 0);
    receive(f, 60, 1);
    expect_received(f, 0, 60, 1);

    both_start(f, &rings, RCTL_SBP | RCTL_UPE | RCTL_MPE, false);
    for (size_t i = 0; i < 5; i++)
        fixture_write(f, rx_pointers[i], 0);
    for (uint32_t i = 0; i < EMU_FIFO_FRAMES; i++)
        fixture_receive(f, bytes, 4, 0);
    assert_int_equal(fixture_read(f, REG_RDFPC), EMU_FIFO_FRAMES);
    fixture_write(f, REG_RDFT, fixture_read(f, REG_RDFT) + 8);
    fixture_write(f, REG_RDFPC, EMU_FIFO_FRAMES + 1);
    give(f);
    fixture_run(f, 1000000);
    assert_int_equal(fixture_read(f, REG_RDH), BOTH_COUNT - 1);
}

/* A buffer that is full to its last quadword stays so, whatever is written as it was. */
static void a_full_buffer(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_PBA, 8);
    both_start(f, &rings, 0, false);
    for (uint32_t i = 0; i < 8; i++)
        receive(f, 1020, i);
    assert_int_equal(fixture_read(f, REG_RDFT), fixture_read(f, REG_RDFH));
    fixture_write(f, REG_RDFT, fixture_read(f, REG_RDFT));
    fixture_write(f, REG_RDFPC, 8);
    make(60, 1);
    assert_int_equal(fixture_receive(f, bytes, 60, 0), E1000EMU_RX_OVERRUN);
    give(f);
    for (uint32_t i = 0; i < 8; i++)
        expect_received(f, i, 1020, i);
    /* Without a receive part there is nothing to move. */
    fixture_write(f, REG_PBA, 0);
    both_start(f, &rings, 0, true);
    for (size_t i = 0; i < 5; i++)
        fixture_write(f, rx_pointers[i], 3);
    fixture_run(f, 1000);
}

/* ---- Transmitting --------------------------------------------------------------------------- */

/* The work-around for the 82547: once the FIFO is empty all four pointers go back to its beginning;
 * what waits next lies there. */
static void pointers_go_back_to_the_beginning(void **state)
{
    struct fixture *f = *state;

    both_start(f, &rings, 0, false);
    for (uint32_t i = 0; i < 5; i++)
        both_send(f, &rings, both_partner, 300, i);
    assert_int_equal(fixture_read(f, REG_TDFH), 5 * 38);
    assert_int_equal(fixture_read(f, REG_TDFT), fixture_read(f, REG_TDFH));
    assert_int_equal(fixture_read(f, REG_TDFTS), fixture_read(f, REG_TDFHS));
    fixture_write(f, REG_TDFT, 0);
    fixture_write(f, REG_TDFH, 0);
    fixture_write(f, REG_TDFTS, 0);
    fixture_write(f, REG_TDFHS, 0);
    f->accept = 0;
    both_send(f, &rings, both_partner, 300, 9);
    assert_int_equal(fixture_read(f, REG_TDFH), 0);
    assert_int_equal(fixture_read(f, REG_TDFT), 38);
    fixture_make_frame(bytes, 300, both_partner, 9);
    expect_at(f, TX_PART, bytes, 300);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 6);
    assert_int_equal(fixture_read(f, REG_TDFH), 38);
}

/* A frame that software puts in front of the tail is sent, counted, and given an FCS; it waits for
 * link, transmitter and wire as others do. */
static void a_sent_frame_by_hand(void **state)
{
    struct fixture *f = *state;

    for (uint32_t place = 0; place < 2048; place += 2040) {
        both_start(f, &rings, 0, false);
        fixture_forget(f);
        fixture_read(f, REG_GPTC);
        fixture_write(f, REG_TCTL, 0);
        make(128, place);
        for (uint32_t i = 0; i < 16; i++)
            put(f, TX_PART + (place + i) % 2048 * 8, bytes + 8 * i, 8);
        fixture_write(f, REG_TDFH, place);
        fixture_write(f, REG_TDFT, (place + 16) % 2048);
        fixture_write(f, REG_TDFPC, 1);
        fixture_run(f, 1000);
        assert_int_equal(f->sent_count, 0);
        f->accept = 0;
        fixture_write(f, REG_TCTL, TCTL_EN);
        assert_int_equal(fixture_read(f, REG_TDFPC), 1);
        f->accept = SIZE_MAX;
        e1000emu_transmit_ready(f->chip);
        assert_int_equal(f->sent_count, 1);
        assert_int_equal(f->sent[0].length, 128);
        assert_int_equal(f->sent[0].flags, 0);
        assert_memory_equal(f->sent[0].data, bytes, 128);
        assert_int_equal(fixture_read(f, REG_TDFPC), 0);
        assert_int_equal(fixture_read(f, REG_TDFH), (place + 16) % 2048);
        assert_int_equal(fixture_read(f, REG_GPTC), 1);
        assert_int_equal(fixture_read(f, REG_ICR) & ICR_TXQE, 0); /* of the ring, which was idle */
        both_send(f, &rings, both_partner, 64, 1);
        assert_int_equal(f->sent_count, 2);
        assert_int_equal(fixture_read(f, REG_TDFH), (place + 24) % 2048);
    }
    /* Of more bytes than a frame can have it is none. */
    fixture_write(f, REG_TDFH, 0);
    fixture_write(f, REG_TDFT, 2037);
    fixture_write(f, REG_TDFPC, 1);
    fixture_run(f, 1000);
    assert_int_equal(f->sent_count, 2);
}

/* Four frames of 8, 13, 13 and 8 quadwords wait, and software moves the pointers. */
static void waiting_frames_follow_the_pointers(void **state)
{
    static const struct {
        uint32_t offset, value;
        unsigned stay; /* bit n: frame n */
    } cases[] = {
        {REG_TDFH, 8, 0xE}, {REG_TDFH, 21, 0xC}, {REG_TDFH, 42, 0},   {REG_TDFPC, 3, 0x7},
        {REG_TDFPC, 0, 0},  {REG_TDFPC, 4, 0xF}, {REG_TDFT, 42, 0xF}, {REG_TDFPC, 99, 0xF},
    };
    static const uint32_t lengths[] = {64, 100, 100, 64};
    struct fixture *f = *state;

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        size_t n = 0;

        both_start(f, &rings, 0, false);
        fixture_forget(f);
        for (size_t i = 0; i < 5; i++)
            fixture_write(f, tx_pointers[i], 0);
        f->accept = 0;
        for (uint32_t i = 0; i < 4; i++) {
            fixture_make_frame(bytes, lengths[i], both_partner, i);
            both_post(f, &rings, bytes, lengths[i]);
        }
        both_doorbell(f, &rings);
        assert_int_equal(fixture_read(f, REG_TDFPC), 4);
        fixture_write(f, cases[k].offset, cases[k].value);
        f->accept = SIZE_MAX;
        e1000emu_transmit_ready(f->chip);
        for (uint32_t i = 0; i < 4; i++) {
            if (!(cases[k].stay & 1u << i))
                continue;
            assert_in_range(n + 1, 1, f->sent_count);
            fixture_make_frame(bytes, lengths[i], both_partner, i);
            assert_int_equal(f->sent[n].length, lengths[i]);
            assert_memory_equal(f->sent[n++].data, bytes, lengths[i]);
        }
        assert_int_equal(f->sent_count, n);
        /* All descriptors are software's again. */
        assert_int_equal(fixture_read(f, REG_TDH), rings.tx_tail);
        both_send(f, &rings, both_partner, 64, 1);
        assert_int_equal(f->sent_count, n + 1);
    }
}

/* A frame by hand behind frames that wait leaves behind them, and a ring that is set up anew takes
 * those along. */
static void behind_frames_that_wait(void **state)
{
    struct fixture *f = *state;

    for (uint32_t anew = 0; anew < 2; anew++) {
        both_start(f, &rings, 0, false);
        fixture_forget(f);
        for (size_t i = 0; i < 5; i++)
            fixture_write(f, tx_pointers[i], 0);
        f->accept = 0;
        both_send(f, &rings, both_partner, 64, 1);
        make(72, 5);
        put(f, TX_PART + 64, bytes, 72);
        if (anew)
            both_start(f, &rings, 0, false);
        fixture_write(f, REG_TDFH, anew ? 8 : 0);
        fixture_write(f, REG_TDFT, 17);
        fixture_write(f, REG_TDFPC, anew ? 1 : 2);
        fixture_run(f, 1000);
        assert_int_equal(f->sent_count, 0);
        f->accept = SIZE_MAX;
        e1000emu_transmit_ready(f->chip);
        fixture_run(f, 1000);
        assert_int_equal(f->sent_count, anew ? 1 : 2);
        assert_int_equal(f->sent[f->sent_count - 1].length, 72);
        assert_memory_equal(f->sent[f->sent_count - 1].data, bytes, 72);
    }
    /* Also behind a packet whose end software has yet to post. */
    both_start(f, &rings, 0, false);
    fixture_forget(f);
    fixture_put64(f, FIXTURE_BUS, FIXTURE_BUS + 0x200000);
    fixture_put64(f, FIXTURE_BUS + 8, 50 | (uint64_t)TXD_CMD_IFCS << 24);
    fixture_put64(f, FIXTURE_BUS + 16, FIXTURE_BUS + 0x200000);
    fixture_put64(f, FIXTURE_BUS + 24, 50 | (uint64_t)(TXD_CMD_IFCS | TXD_CMD_EOP) << 24);
    fixture_write(f, REG_TDT, 1);
    fixture_write(f, REG_TDFH, 8);
    fixture_write(f, REG_TDFT, 17);
    fixture_write(f, REG_TDFPC, 1);
    fixture_run(f, 1000);
    assert_int_equal(f->sent_count, 0);
    fixture_write(f, REG_TDT, 2);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(f->sent[0].length, 100);
    assert_int_equal(f->sent[1].length, 72);
}

/* ---- Every frame ---------------------------------------------------------------------------- */

/* With store_frames the packet buffer holds what passed, both ways, and the pointers say where. */
static void every_frame_is_stored(void **state)
{
    struct e1000emu_config config = {.store_frames = true};
    struct fixture *f = fixture_new(&config);

    (void)state;
    fixture_enable(f);
    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t at = fixture_read(f, REG_RDFH);

        receive(f, 1000, i);
        expect_received(f, i, 1000, i);
        for (uint32_t k = 0; k < 1000; k++)
            assert_int_equal(get(f, (8 * at + k) % TX_PART), bytes[k]);
        assert_int_equal(fixture_read(f, REG_RDFPC), 0);
        assert_int_equal(fixture_read(f, REG_RDFH), (at + 126) % (48 * 128));
        assert_int_equal(fixture_read(f, REG_RDFT), fixture_read(f, REG_RDFH));

        at = fixture_read(f, REG_TDFH);
        both_send(f, &rings, both_partner, 1000, i);
        fixture_make_frame(bytes, 1000, both_partner, i);
        for (uint32_t k = 0; k < 1000; k++)
            assert_int_equal(get(f, TX_PART + (8 * at + k) % 16384), bytes[k]);
        assert_int_equal(fixture_read(f, REG_TDFH), (at + 125) % 2048);
    }
    fixture_free(f);
}

static void nobody_else(void *opaque, const struct e1000emu_frame *tried, unsigned number,
                        struct e1000emu_attempt *outcome)
{
    (void)opaque;
    (void)tried;
    (void)number;
    (void)outcome;
}

/* In half duplex, too; and where there is no transmit part nothing is stored. */
static void every_frame_of_half_duplex(void **state)
{
    static const struct e1000emu_partner half = {.cable = true, .abilities = E1000EMU_100_HALF};
    struct e1000emu_config config = {.store_frames = true, .host = {.attempt = nobody_else}};
    struct fixture *f = fixture_new(&config);

    (void)state;
    fixture_enable(f);
    e1000emu_set_partner(f->chip, &half);
    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    both_send(f, &rings, both_partner, 200, 1);
    fixture_make_frame(bytes, 200, both_partner, 1);
    expect_at(f, TX_PART, bytes, 200);
    fixture_run(f, 1000000);
    fixture_write(f, REG_PBA, 64);
    both_send(f, &rings, both_partner, 200, 2);
    assert_int_equal(f->sent_count, 2);
    expect_at(f, TX_PART, bytes, 200);
    fixture_free(f);
}

/* A frame by hand waits out the time of one that went ahead on a shared medium; and is gone with
 * the part of the packet buffer that it lay in. */
static void by_hand_in_half_duplex(void **state)
{
    static const struct e1000emu_partner half = {.cable = true, .abilities = E1000EMU_100_HALF};
    struct e1000emu_config config = {.host = {.attempt = nobody_else}};
    struct fixture *f = fixture_new(&config);

    (void)state;
    fixture_enable(f);
    e1000emu_set_partner(f->chip, &half);
    fixture_link_up(f);
    for (uint32_t part = 0; part < 2; part++) {
        both_start(f, &rings, 0, true);
        fixture_forget(f);
        fixture_write(f, REG_TCTL, 0);
        both_send(f, &rings, both_partner, 100, 1);
        fixture_write(f, REG_TDFH, 0);
        fixture_write(f, REG_TDFT, 8);
        fixture_write(f, REG_TDFPC, 1);
        if (part == 1)
            fixture_write(f, REG_PBA, 64);
        fixture_write(f, REG_TCTL, TCTL_EN);
        assert_int_equal(f->sent_count, 1);
        fixture_run(f, 1000000);
        assert_int_equal(f->sent_count, part == 0 ? 2 : 1);
    }
    fixture_free(f);
}

/* ---- Hostile -------------------------------------------------------------------------------- */

/* Any values, in any order, while frames come and go, are harmless; afterwards all is as it was. */
static void any_pointers_are_harmless(void **state)
{
    static const struct e1000emu_partner half = {.cable = true, .abilities = E1000EMU_100_HALF};
    struct e1000emu_config config = {.host = {.attempt = nobody_else}};
    uint32_t x = 1;

    (void)state;
    for (uint32_t round = 0; round < 40; round++) {
        struct fixture *f = fixture_new(&config);

        fixture_enable(f);
        if (round % 2)
            e1000emu_set_partner(f->chip, &half);
        fixture_link_up(f);
        fixture_write(f, REG_PBA, round * 8 % 72);
        both_start(f, &rings, RCTL_LPE | RCTL_SBP, false);
        for (uint32_t i = 0; i < 400; i++) {
            x = x * 1664525u + 1013904223u;
            if (x >> 30 == 0) {
                make(x >> 8 & 0x7FF, i);
                fixture_receive(f, bytes, x >> 8 & 0x7FF, 0);
            } else if (x >> 30 == 1) {
                f->accept = x >> 8 & 3;
                both_send(f, &rings, both_partner, 14 + (x >> 8 & 0x3FF), i);
            } else {
                uint32_t offset = x >> 30 == 2 ? rx_pointers[x >> 8 & 3] : tx_pointers[x >> 8 & 3];

                if (x & 0x4000)
                    offset = offset < REG_TDFH ? REG_RDFPC : REG_TDFPC;
                fixture_write(f, offset, x >> 15 & (x & 0x2000 ? 0x1F : 0x1FFF));
            }
            if (i % 16 == 0) {
                f->accept = 2;
                fixture_write(f, REG_RDT, (fixture_read(f, REG_RDH) + 3) % BOTH_COUNT);
                e1000emu_transmit_ready(f->chip);
                fixture_run(f, 1000);
            }
        }
        f->accept = SIZE_MAX;
        for (uint32_t i = 0; i < 5; i++) {
            fixture_write(f, rx_pointers[i], 0);
            fixture_write(f, tx_pointers[i], 0);
        }
        e1000emu_transmit_ready(f->chip);
        fixture_run(f, 1000000000);
        assert_int_equal(fixture_read(f, REG_TDH), rings.tx_tail);
        fixture_forget(f);
        both_send(f, &rings, both_partner, 200, 1);
        assert_int_equal(f->sent_count, 1);
        fixture_free(f);
    }
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_received_frame_by_hand),
        WITH(behind_others_and_over_the_end),
        WITH(frames_follow_the_pointers),
        WITH(a_frame_is_replayed),
        WITH(a_bad_frame_restores_the_tail),
        WITH(what_is_no_frame),
        WITH(a_full_buffer),
        WITH(pointers_go_back_to_the_beginning),
        WITH(a_sent_frame_by_hand),
        WITH(waiting_frames_follow_the_pointers),
        WITH(behind_frames_that_wait),
        cmocka_unit_test(every_frame_is_stored),
        cmocka_unit_test(every_frame_of_half_duplex),
        cmocka_unit_test(by_hand_in_half_duplex),
        cmocka_unit_test(any_pointers_are_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
