/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each erratum of the fault table: what it does, and that the way around it, the one that drivers
 * take, is one.
 */
#include <string.h>

#include "both_rings.h"
#include "chip.h"
#include "mdio.h"
#include "tx_packet.h"

#define RX_RING   (FIXTURE_BUS + 0x10000)
#define IN_PCIX   "82546gb"
#define IN_PCI    "silicon"
#define PCIX_WORD 0xE6
#define SENT      (TX_EOP_IFCS | TXD_CMD_RS)
#define TSE       (TXD_CMD_TSE | TXD_CMD_IFCS | TXD_CMD_RS)

static struct both_rings rings;
static uint8_t payload[16384], expected[16384 + 256];

static const char *name_of(enum emu_fault_id id)
{
    return e1000emu_fault_at(id)->name;
}

static struct fixture *board(const char *profile, enum emu_fault_id id)
{
    const struct e1000emu_fault_setting setting = {.name = name_of(id),
                                                   .arg = E1000EMU_FAULT_DEFAULT};
    struct fixture *f = mdio_fixture(profile);

    fixture_link_up(f);
    assert_int_equal(e1000emu_fault_set(f->chip, &setting), 0);
    return f;
}

/* Ends a test: the erratum showed so often. */
static void done(struct fixture *f, enum emu_fault_id id, uint64_t times)
{
    assert_int_equal(e1000emu_fault_fired(f->chip, name_of(id)), times);
    fixture_free(f);
}

static void set_pcix(struct fixture *f, uint32_t clear, uint32_t set)
{
    uint32_t word = e1000emu_config_read(f->chip, PCIX_WORD, 2);

    e1000emu_config_write(f->chip, PCIX_WORD, 2, (word & ~clear) | set);
}

/* ---- Sending -------------------------------------------------------------------------------- */

/* Everything that was posted is sent, and software knows. */
static bool all_sent(struct fixture *f)
{
    tx_doorbell(f);
    fixture_run(f, 1 * MS);
    return fixture_read(f, REG_TDH) == software.tail;
}

/* The transmitter stands still, whatever is posted, until it is reset. */
static void expect_hang(struct fixture *f)
{
    uint32_t head;

    assert_false(all_sent(f));
    head = fixture_read(f, REG_TDH);
    tx_post_frame(f, 100, 1, 100, SENT);
    assert_false(all_sent(f));
    fixture_run(f, 2000ull * MS);
    assert_int_equal(fixture_read(f, REG_TDH), head);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 10 * MS);
    fixture_link_up(f);
    tx_start(f, 64, TCTL_PSP);
    tx_post_frame(f, 100, 1, 100, SENT);
    assert_true(all_sent(f));
    tx_expect(f, 0, 100, 1);
}

/* A frame of over 2015 bytes in its first descriptor. The other descriptors may be longer. */
static void first_2015(void)
{
    struct fixture *f = board(IN_PCIX, FAULT_FIRST_2015);

    tx_start(f, 64, TCTL_PSP);
    tx_post_frame(f, 6000, 1, 2015, SENT);
    tx_make(6000, tx_station, 2);
    tx_post_bytes(f, frame, 14, SENT & ~TXD_CMD_EOP);
    tx_post_bytes(f, frame + 14, 6000 - 14, SENT);
    assert_true(all_sent(f));
    tx_expect(f, 0, 6000, 1);
    tx_expect(f, 1, 6000, 2);
    tx_post_frame(f, 6000, 3, 2016, SENT);
    expect_hang(f);
    done(f, FAULT_FIRST_2015, 1);

    f = board(IN_PCI, FAULT_FIRST_2015);
    tx_start(f, 64, TCTL_PSP);
    tx_post_frame(f, 6000, 1, 6000, SENT);
    assert_true(all_sent(f));
    done(f, FAULT_FIRST_2015, 0);
}

/* MMRBC of 2048 is the way around it. */
static void read_4096(void)
{
    struct fixture *f = board(IN_PCIX, FAULT_READ_4096);

    set_pcix(f, 0x0C, 0x08);
    tx_start(f, 64, TCTL_PSP);
    tx_post_frame(f, 6000, 1, 6000, SENT);
    assert_true(all_sent(f));
    set_pcix(f, 0, 0x0C);
    tx_post_frame(f, 6000, 1, 2048, SENT);
    assert_true(all_sent(f));
    tx_post_frame(f, 6000, 1, 2049, SENT);
    expect_hang(f);
    done(f, FAULT_READ_4096, 1);
}

/* A packet for segmentation: headers, then the payload in pieces of at most so many bytes, the last
 * tail bytes on their own. */
static struct packet post_segmented(struct fixture *f, uint32_t length, uint32_t mss,
                                    uint32_t piece, uint32_t tail)
{
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, length, mss);
    uint8_t header[256];

    fill_payload(payload, length, 7);
    packet_prototype(&p, header);
    post_context(f, &context);
    post_data(f, header, p.header, TSE, BOTH, 0);
    for (uint32_t at = 0, n; at < length; at += n) {
        n = length - at < piece ? length - at : piece;
        if (n > tail && at + n == length)
            n -= tail;
        post_data(f, payload + at, n, TSE | (at + n == length ? TXD_CMD_EOP : 0), 0, 0);
    }
    return p;
}

/* How many of the frames on the wire, from first on, are the packet's segments as they should be.
 */
static unsigned right_segments(struct fixture *f, const struct packet *p, uint32_t length,
                               uint32_t mss)
{
    unsigned right = 0;

    for (uint32_t k = 0; k * mss < length && k < f->sent_count; k++) {
        uint32_t n = length - k * mss < mss ? length - k * mss : mss;
        uint32_t total =
            packet_build(p, payload + k * mss, n, k, mss, (k + 1) * mss >= length, expected);

        right +=
            f->sent[k].length == total && memcmp(f->sent[k].data, expected, total) == 0 ? 1 : 0;
    }
    return right;
}

static uint64_t last_buffer(struct fixture *f)
{
    return fixture_get64(f, TX_RING + 16 * (software.tail - 1));
}

static bool last_done(struct fixture *f)
{
    return tx_fields(f, software.tail - 1) & TX_DD;
}

/* Software that trusts the status and uses the buffer again spoils what is still to be sent; with
 * the last four bytes in a descriptor of their own the status is written in time. */
static void tso_early(void)
{
    struct fixture *f = board(IN_PCIX, FAULT_TSO_EARLY);
    struct packet p;

    tx_start(f, 64, TCTL_PSP);
    p = post_segmented(f, 4000, 1000, 4000, 0);
    tx_doorbell(f);
    assert_true(last_done(f));
    assert_true(fixture_read(f, REG_ICR) & ICR_TXDW);
    assert_int_equal(f->sent_count, 0);
    memset(fixture_at(f, last_buffer(f)), 0xEE, 4000);
    fixture_put64(f, TX_RING + 16 * (software.tail - 1) + 8, 0);
    fixture_run(f, 10 * US);
    assert_int_equal(f->sent_count, 4);
    assert_int_equal(right_segments(f, &p, 4000, 1000), 0);
    assert_false(last_done(f)); /* it is told once */

    /* A frame in one descriptor that follows. */
    fixture_forget(f);
    tx_post_frame(f, 100, 1, 100, SENT);
    tx_post_frame(f, 100, 2, 100, SENT);
    tx_doorbell(f);
    assert_true(tx_fields(f, software.tail - 2) & TX_DD);
    assert_false(last_done(f));
    assert_int_equal(f->sent_count, 0);
    fixture_run(f, 10 * US);
    tx_expect(f, 0, 100, 1);
    tx_expect(f, 1, 100, 2);

    /* The way around it, for both. */
    fixture_forget(f);
    p = post_segmented(f, 4000, 1000, 4000, 4);
    tx_doorbell(f);
    assert_true(last_done(f));
    assert_int_equal(right_segments(f, &p, 4000, 1000), 4);
    fixture_forget(f);
    tx_make(100, tx_station, 3);
    tx_post_bytes(f, frame, 96, SENT & ~TXD_CMD_EOP);
    tx_post_bytes(f, frame + 96, 4, SENT);
    tx_doorbell(f);
    tx_expect(f, 0, 100, 3);
    done(f, FAULT_TSO_EARLY, 2);
}

/* At most four segments, and 4096 bytes, in a descriptor. */
static void tso_4_mss(void)
{
    static const uint32_t rows[][2] = {{500, 2000}, {1460, 4096}};

    for (unsigned i = 0; i < 2; i++) {
        struct fixture *f = board(IN_PCI, FAULT_TSO_4_MSS);
        struct packet p;

        tx_start(f, 64, TCTL_PSP);
        p = post_segmented(f, 9000, rows[i][0], rows[i][1], 0);
        assert_true(all_sent(f));
        assert_int_equal(right_segments(f, &p, 9000, rows[i][0]), f->sent_count);
        tx_post_frame(f, 6000, 1, 6000, SENT); /* which isn't to be segmented */
        assert_true(all_sent(f));
        post_segmented(f, 9000, rows[i][0], rows[i][1] + 1, 0);
        expect_hang(f);
        done(f, FAULT_TSO_4_MSS, 1);
    }
}

static void context_rs(void)
{
    struct fixture *f = board("82546eb", FAULT_CONTEXT_RS);
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, 0, 0);

    tx_start(f, 64, TCTL_PSP);
    post_context(f, &context);
    tx_post_frame(f, 100, 1, 100, SENT);
    assert_true(all_sent(f));
    tx_expect(f, 0, 100, 1);
    context.tucmd |= TXD_CMD_RS;
    post_context(f, &context);
    expect_hang(f);
    done(f, FAULT_CONTEXT_RS, 1);
}

static unsigned bits_different(const uint8_t *a, const uint8_t *b, size_t length)
{
    unsigned count = 0;

    for (size_t i = 0; i < length; i++)
        count += (unsigned)__builtin_popcount(a[i] ^ b[i]);
    return count;
}

/* Software that makes frames long enough itself isn't met by it. */
static void padding(void)
{
    struct fixture *f = board(IN_PCI, FAULT_PADDING);
    uint8_t padded[60] = {0};

    tx_start(f, 64, TCTL_PSP);
    tx_post_frame(f, 60, 1, 60, SENT);
    tx_post_frame(f, 59, 2, 59, SENT);
    memcpy(padded, frame, 59);
    assert_true(all_sent(f));
    tx_expect(f, 0, 60, 1);
    assert_int_equal(f->sent[1].length, 60);
    assert_int_equal(bits_different(f->sent[1].data, padded, 60), 1);
    done(f, FAULT_PADDING, 1);
}

/* PAUSE frames go out again once the partner's time is over; nothing else helps. */
static void xoff_mutes(void)
{
    static const uint8_t group[6] = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};
    struct fixture *f = board(IN_PCIX, FAULT_XOFF_MUTES);
    uint8_t pause[60];

    fixture_write(f, REG_FCAL, 0x00C28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    fixture_write(f, REG_FCTTV, 0x0680);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RFCE);
    both_start(f, &rings, 0, true);
    fixture_write(f, REG_TCTL, fixture_read(f, REG_TCTL) | TCTL_SWXOFF);
    assert_int_equal(f->sent_count, 1);
    fixture_make_frame(pause, sizeof pause, group, 1);
    memcpy(pause + 12, "\x88\x08\0\1\0\x64", 6);
    fixture_receive(f, pause, sizeof pause, 0);
    assert_true(fixture_read(f, REG_STATUS) & STATUS_TXOFF);
    fixture_write(f, REG_TCTL, fixture_read(f, REG_TCTL) | TCTL_SWXOFF);
    assert_int_equal(f->sent_count, 1);
    fixture_run(f, 1 * MS);
    fixture_write(f, REG_TCTL, fixture_read(f, REG_TCTL) | TCTL_SWXOFF);
    assert_int_equal(f->sent_count, 2);
    done(f, FAULT_XOFF_MUTES, 1);
}

/* ---- Receiving ------------------------------------------------------------------------------ */

/* A frame arrives. Returns the bits of it that are wrong in memory, behind the address where its
 * buffer begins. */
static unsigned wrong_bits(struct fixture *f, uint64_t buffer, uint32_t length)
{
    uint8_t bytes[2048];

    fixture_make_frame(bytes, length, both_station, length);
    assert_int_equal(fixture_receive(f, bytes, length, 0), E1000EMU_RX_STORED);
    return bits_different(fixture_at(f, buffer), bytes, length);
}

/* Buffers: what lies behind the boundary. */
static void cross_64k_in_buffers(void)
{
    struct fixture *f = board("82546eb", FAULT_CROSS_64K);
    const uint64_t across = FIXTURE_BUS + 0x5FFE0, before = FIXTURE_BUS + 0x6FF9C;

    both_start(f, &rings, 0, false);
    fixture_put64(f, RX_RING, across);
    fixture_put64(f, RX_RING + 16, before); /* 100 bytes before it */
    both_give(f, &rings);
    assert_int_equal(wrong_bits(f, across, 100), 8);
    fixture_make_frame(expected, 100, both_station, 100);
    assert_memory_equal(fixture_at(f, across), expected, 32);
    assert_memory_equal(fixture_at(f, across + 33), expected + 33, 100 - 33);
    assert_int_equal(wrong_bits(f, before, 100), 0);
    assert_int_equal(wrong_bits(f, both_rx_buffer(2), 1500), 0);
    done(f, FAULT_CROSS_64K, 1);
}

/* Rings: the descriptor behind the boundary is none. */
static void cross_64k_in_rings(void)
{
    const uint64_t across = FIXTURE_BUS + 0x2FFC0, inside = FIXTURE_BUS + 0x30000;

    for (unsigned i = 0; i < 2; i++) {
        struct fixture *f = board("82546eb", FAULT_CROSS_64K);
        uint64_t ring = i == 0 ? across : inside;

        fixture_write(f, REG_TDBAL, (uint32_t)ring);
        fixture_write(f, REG_TDBAH, (uint32_t)(ring >> 32));
        fixture_write(f, REG_TDLEN, 128);
        fixture_write(f, REG_TCTL, TCTL_EN);
        for (uint32_t n = 0; n < 6; n++) {
            uint64_t buffer = FIXTURE_BUS + 0x80000 + n * 0x100;

            fixture_make_frame(fixture_at(f, buffer), 100, tx_station, n);
            fixture_put64(f, ring + 16 * n, buffer);
            fixture_put64(f, ring + 16 * n + 8, 100 | (uint64_t)SENT << 24);
        }
        fixture_write(f, REG_TDT, 6);
        fixture_run(f, 1 * MS);
        assert_int_equal(f->sent_count, i == 0 ? 5 : 6);
        tx_expect(f, 3, 100, 3);
        tx_expect(f, 4, 100, i == 0 ? 5 : 4);
        assert_int_equal(fixture_get64(f, ring + 16 * 4 + 8) & TX_DD, i == 0 ? 0 : TX_DD);
        done(f, FAULT_CROSS_64K, i == 0 ? 1 : 0);
    }
}

/* RDTR of zero is the way around it; ITR does what RDTR was for. */
static void rdtr_hang(void)
{
    struct fixture *f = board(IN_PCI, FAULT_RDTR_HANG);
    uint8_t bytes[100];

    both_start(f, &rings, 0, true);
    fixture_write(f, REG_RADV, 50);
    fixture_write(f, REG_ITR, 500);
    assert_int_equal(wrong_bits(f, both_rx_buffer(0), 100), 0);
    fixture_write(f, REG_RDTR, 1);
    fixture_make_frame(bytes, sizeof bytes, both_station, 1);
    assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_OVERRUN);
    fixture_write(f, REG_RDTR, 0);
    fixture_run(f, 1000 * MS);
    assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_OVERRUN);
    assert_int_equal(fixture_read(f, REG_RDH), 1);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 10 * MS);
    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    assert_int_equal(wrong_bits(f, both_rx_buffer(0), 100), 0);
    done(f, FAULT_RDTR_HANG, 1);
}

static void pba_8k(void)
{
    struct fixture *f = board(IN_PCIX, FAULT_PBA_8K);

    fixture_write(f, REG_PBA, 44 | 20u << PBA_TXA_SHIFT);
    both_start(f, &rings, RCTL_LPE, true);
    assert_int_equal(wrong_bits(f, both_rx_buffer(0), 1514), 0);
    assert_int_equal(wrong_bits(f, both_rx_buffer(1), 1515), 1);
    fixture_write(f, REG_PBA, 40 | 24u << PBA_TXA_SHIFT);
    assert_int_equal(wrong_bits(f, both_rx_buffer(2), 2000), 0);
    done(f, FAULT_PBA_8K, 1);
}

/* The status is there, the data is not, unless the chip is told not to relax. */
static void reordered(void)
{
    struct fixture *f = board("82546gb-quad", FAULT_REORDERED);

    both_start(f, &rings, 0, true);
    memset(fixture_at(f, both_rx_buffer(0)), 0xEE, 4 * BOTH_BUFFER);
    assert_true(wrong_bits(f, both_rx_buffer(0), 100) > 100);
    assert_true(fixture_get64(f, RX_RING + 8) >> 32 & RXD_STAT_DD);
    fixture_run(f, 10 * US);
    fixture_make_frame(expected, 100, both_station, 100);
    assert_memory_equal(fixture_at(f, both_rx_buffer(0)), expected, 100);

    fixture_write(f, REG_CTRL_EXT, fixture_read(f, REG_CTRL_EXT) | CTRL_EXT_RO_DIS);
    assert_int_equal(wrong_bits(f, both_rx_buffer(1), 100), 0);
    fixture_write(f, REG_CTRL_EXT, fixture_read(f, REG_CTRL_EXT) & ~CTRL_EXT_RO_DIS);
    set_pcix(f, 0x02, 0);
    assert_int_equal(wrong_bits(f, both_rx_buffer(2), 100), 0);
    done(f, FAULT_REORDERED, 1);
}

/* ---- Registers and interrupts --------------------------------------------------------------- */

/* By memory nothing happens; by the I/O window, or by CTRL's second address, there is a reset. */
static void reset_by_memory(void)
{
    struct fixture *f = board("82545gm", FAULT_RESET_BY_MEMORY);

    fixture_write(f, REG_FCT, 0x1234);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RST);
    fixture_run(f, 10 * MS);
    assert_int_equal(fixture_read(f, REG_FCT), 0x1234);
    e1000emu_bar_write(f->chip, E1000EMU_REGISTERS, REG_CTRL, 8, CTRL_RST);
    fixture_run(f, 10 * MS);
    assert_int_equal(fixture_read(f, REG_FCT), 0x1234);

    fixture_write(f, REG_CTRL + 4, CTRL_RST);
    fixture_run(f, 10 * MS);
    assert_int_equal(fixture_read(f, REG_FCT), 0);
    fixture_write(f, REG_FCT, 0x1234);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, REG_CTRL);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 4, CTRL_RST);
    fixture_run(f, 10 * MS);
    assert_int_equal(fixture_read(f, REG_FCT), 0);
    done(f, FAULT_RESET_BY_MEMORY, 2);
}

/* How many of eight words of an array arrive, written upwards or downwards, with a read after each
 * or not. */
static unsigned arrive(struct fixture *f, uint32_t first, bool down, bool flush)
{
    unsigned arrived = 0;

    for (uint32_t i = 0; i < 8; i++)
        fixture_write(f, first + 4 * (7 - i), 0);
    for (uint32_t i = 0; i < 8; i++) {
        fixture_write(f, first + 4 * (down ? 7 - i : i), 0x1000 + i);
        if (flush)
            fixture_read(f, REG_STATUS);
    }
    for (uint32_t i = 0; i < 8; i++)
        arrived += fixture_read(f, first + 4 * i) != 0;
    return arrived;
}

/* Each second one is lost; a read between them, or the other direction, saves them. */
static void array_burst(void)
{
    static const uint32_t arrays[] = {REG_MTA, REG_VFTA, REG_RAL(4)};
    struct fixture *f = board(IN_PCIX, FAULT_ARRAY_BURST);

    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(arrive(f, arrays[i], false, false), 4);
        assert_int_equal(arrive(f, arrays[i], false, true), 8);
        assert_int_equal(arrive(f, arrays[i], true, false), 8);
    }
    fixture_write(f, REG_RDTR, 1); /* no array */
    fixture_write(f, REG_RDTR + 4, 2);
    assert_int_equal(fixture_read(f, REG_RDTR), 1);
    done(f, FAULT_ARRAY_BURST, 12);

    f = board(IN_PCI, FAULT_ARRAY_BURST);
    assert_int_equal(arrive(f, REG_MTA, false, false), 8);
    done(f, FAULT_ARRAY_BURST, 0);
}

/* The line works. */
static void msi_lost(void)
{
    const uint64_t address = FIXTURE_BUS + 0x100;
    struct fixture *f = board(IN_PCI, FAULT_MSI_LOST);

    fixture_write(f, REG_IMS, ICR_LSC);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_true(f->level);
    fixture_read(f, REG_ICR);
    e1000emu_config_write(f->chip, 0xF4, 4, (uint32_t)address);
    e1000emu_config_write(f->chip, 0xF8, 4, (uint32_t)(address >> 32));
    e1000emu_config_write(f->chip, 0xFC, 4, 0x4321);
    e1000emu_config_write(f->chip, 0xF2, 2, 1);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_int_equal(fixture_get64(f, address), 0);
    assert_true(fixture_read(f, REG_ICR) & ICR_LSC);
    e1000emu_fault_clear(f->chip, NULL);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_int_equal(fixture_get64(f, address), 0x4321);
    done(f, FAULT_MSI_LOST, 1);
}

/* With descriptors queued; those that are queued later wait for the link. */
static void stranded(void)
{
    for (unsigned queued = 0; queued < 2; queued++) {
        struct fixture *f = board(IN_PCI, FAULT_STRANDED);

        tx_start(f, 64, TCTL_PSP);
        fixture_write(f, REG_TCTL, TCTL_PSP);
        tx_post_frame(f, 100, 1, 100, SENT);
        if (queued)
            tx_doorbell(f);
        set_partner(f, false, 0);
        fixture_run(f, 10 * MS);
        fixture_write(f, REG_TCTL, TCTL_EN | TCTL_PSP);
        assert_false(all_sent(f));
        set_partner(f, true, 0xFF);
        fixture_run(f, 5000ull * MS);
        assert_true(fixture_read(f, REG_STATUS) & STATUS_LU);
        if (queued)
            expect_hang(f);
        else
            assert_true(all_sent(f));
        done(f, FAULT_STRANDED, queued);
    }
}

/* ---- The table ------------------------------------------------------------------------------ */

static void (*const see[EMU_FAULT_IDS][2])(void) = {
    [FAULT_CROSS_64K] = {cross_64k_in_buffers, cross_64k_in_rings},
    [FAULT_FIRST_2015] = {first_2015},
    [FAULT_READ_4096] = {read_4096},
    [FAULT_TSO_EARLY] = {tso_early},
    [FAULT_TSO_4_MSS] = {tso_4_mss},
    [FAULT_CONTEXT_RS] = {context_rs},
    [FAULT_PADDING] = {padding},
    [FAULT_RDTR_HANG] = {rdtr_hang},
    [FAULT_PBA_8K] = {pba_8k},
    [FAULT_XOFF_MUTES] = {xoff_mutes},
    [FAULT_REORDERED] = {reordered},
    [FAULT_RESET_BY_MEMORY] = {reset_by_memory},
    [FAULT_ARRAY_BURST] = {array_burst},
    [FAULT_MSI_LOST] = {msi_lost},
    [FAULT_STRANDED] = {stranded},
};

static void erratum_and_way_around_it(void **state)
{
    const unsigned id = *(const unsigned *)*state;

    assert_non_null(see[id][0]); /* an erratum that no test sees */
    for (unsigned i = 0; i < 2 && see[id][i]; i++)
        see[id][i]();
}

/* An erratum names its chips, a fault none; and a board has those of its chip. */
static void errata_belong_to_chips(void **state)
{
    const struct e1000emu_fault *row;

    (void)state;
    for (size_t i = 0; (row = e1000emu_fault_at(i)) != NULL; i++) {
        assert_int_equal(row->kind == E1000EMU_FAULT_ERRATUM, row->chips != 0);
        assert_int_equal(row->kind == E1000EMU_FAULT_ERRATUM, see[i][0] != NULL);
    }
    row = e1000emu_fault_find("context-rs");
    assert_true(e1000emu_fault_applies(row, e1000emu_profile_find("82546eb-quad")));
    assert_false(e1000emu_fault_applies(row, e1000emu_profile_find("82546gb-quad")));
    row = e1000emu_fault_find("first-2015");
    assert_true(e1000emu_fault_applies(row, e1000emu_profile_find("vmware")));
    assert_false(e1000emu_fault_applies(row, e1000emu_profile_find("82540em")));
    row = e1000emu_fault_find("reordered");
    assert_true(e1000emu_fault_applies(row, e1000emu_profile_find("82546gb-quad")));
    assert_false(e1000emu_fault_applies(row, e1000emu_profile_find("82546gb")));
    row = e1000emu_fault_find("tx-frozen");
    assert_true(e1000emu_fault_applies(row, e1000emu_profile_find("82540em")));
}

int main(void)
{
    static unsigned ids[EMU_FAULT_IDS];
    static struct CMUnitTest tests[EMU_FAULT_IDS + 1];
    size_t count = 0;

    for (unsigned i = 0; i < EMU_FAULT_IDS; i++) {
        if (e1000emu_fault_at(i)->kind != E1000EMU_FAULT_ERRATUM)
            continue;
        ids[i] = i;
        tests[count] =
            (struct CMUnitTest)cmocka_unit_test_prestate(erratum_and_way_around_it, &ids[i]);
        tests[count++].name = name_of((enum emu_fault_id)i);
    }
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(errata_belong_to_chips);
    return _cmocka_run_group_tests("errata", tests, count, NULL, NULL);
}
