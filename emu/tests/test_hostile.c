/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an attacker, or a broken driver, does to the chip as a whole: rings outside of themselves,
 * in the chip's own registers, moved while they are in use, and everything else at random. The
 * names are those of flaws of other models; test_rx_habits.c and test_tx_hostile.c have more.
 */
#include <stdlib.h>
#include <string.h>

#include "both_rings.h"
#include "tx_ring.h"

static struct both_rings rings;
static uint32_t state_of_random;

static uint32_t next_random(void)
{
    state_of_random = state_of_random * 1664525u + 1013904223u;
    return state_of_random >> 8 ^ state_of_random << 24;
}

static uint32_t below(uint32_t n)
{
    return (next_random() >> 4) % n;
}

/* Lets the chip do what it has to do now; that must come to an end. */
static void expect_bounded(struct fixture *f)
{
    for (unsigned events = 0; e1000emu_next_event(f->chip) <= f->now; events++) {
        assert_in_range(events, 0, 1000);
        e1000emu_advance(f->chip, f->now);
    }
}

/* ---- T3, T9: rings -------------------------------------------------------------------------- */

/* CVE-2016-1981. Head, tail and length in and out of range, in every combination: only a head and a
 * tail inside of the ring make the chip move, and then up to the tail. */
static void test_T3_transmit_head_beyond_length(void **state)
{
    static const uint32_t lengths[] = {0, 128, 0xfff80};
    struct fixture *f = *state;

    for (size_t l = 0; l < 3; l++) {
        uint32_t n = lengths[l] / 16;
        const uint32_t values[] = {0, n - 1, n, n + 1, 0xffff};

        for (size_t i = 0; i < 25; i++) {
            uint32_t head = values[i / 5] & 0xffff, tail = values[i % 5] & 0xffff;
            uint32_t end = tail == n ? 0 : tail;

            tx_start(f, 8, 0);
            for (uint32_t k = 0; k < 8; k++)
                tx_post_frame(f, 60, k, 60, TX_EOP_IFCS | TXD_CMD_RS);
            fixture_write(f, REG_TDLEN, lengths[l]);
            fixture_write(f, REG_TDH, head);
            fixture_write(f, REG_TDT, tail);
            expect_bounded(f);
            assert_int_equal(fixture_read(f, REG_TDH), head < n && end < n ? end : head);
            assert_in_range(f->sent_count, 0, 8);
            fixture_write(f, REG_CTRL, CTRL_RST);
            fixture_link_up(f);
        }
    }
}

/* FreeBSD r366771, on the receive side: address and length come after the enable bit, in any order,
 * and replace those of a ring that was in use. */
static void test_T9_receive_ring_set_up_after_enabling(void **state)
{
    static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const uint32_t offsets[3] = {REG_RDBAL, REG_RDBAH, REG_RDLEN};
    struct fixture *f = *state;
    uint64_t other = FIXTURE_BUS + 0x20000;
    const uint32_t values[3] = {(uint32_t)other, (uint32_t)(other >> 32), 128};
    uint8_t bytes[60];

    fixture_make_frame(bytes, sizeof bytes, both_station, 1);
    for (unsigned i = 0; i < 6; i++) {
        both_start(f, &rings, 0, true);
        assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_STORED);
        for (uint32_t k = 0; k < 8; k++) {
            fixture_put64(f, other + 16 * k, other + 0x1000 + 2048 * k);
            fixture_put64(f, other + 16 * k + 8, 0);
        }
        memset(fixture_at(f, other + 0x1000), 0, 60);
        for (unsigned k = 0; k < 3; k++)
            fixture_write(f, offsets[orders[i][k]], values[orders[i][k]]);
        fixture_write(f, REG_RDH, 0);
        fixture_write(f, REG_RDT, 7);
        assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_STORED);
        assert_int_equal(fixture_get64(f, other + 8) & 0xffff, 60);
        assert_memory_equal(fixture_at(f, other + 0x1000), bytes, sizeof bytes);
    }
}

/* The same fault from the other side: the host takes the window of rings that are in use away, and
 * frees it. Nothing may be left of where it was. */
static void test_T9_memory_of_the_rings_is_gone(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[60], *memory = calloc(1, 4096);
    const uint32_t bases[2] = {REG_TDBAL, REG_RDBAL};

    fixture_make_frame(bytes, sizeof bytes, both_station, 1);
    assert_non_null(memory);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x10000, 4096, memory, 3), 0);
    both_start(f, &rings, 0, true);
    for (unsigned i = 0; i < 2; i++) {
        fixture_write(f, bases[i] + 4, 0);
        fixture_write(f, bases[i], 0x10000 + 0x800 * i);
        fixture_write(f, bases[i] + 8, 128);
        fixture_write(f, bases[i] + 0x10, 0);
        fixture_write(f, bases[i] + 0x18, 1);
    }
    fixture_receive(f, bytes, sizeof bytes, 0); /* a null descriptor: both rings have been used */
    assert_int_equal(fixture_read(f, REG_TDH), 1);
    assert_int_equal(fixture_read(f, REG_RDH), 1);
    assert_int_equal(e1000emu_dma_unmap(f->chip, 0x10000, 4096), 0);
    free(memory);
    fixture_write(f, REG_RDT, 5);
    fixture_write(f, REG_TDT, 5);
    fixture_receive(f, bytes, sizeof bytes, 0);
    expect_bounded(f);
    assert_int_equal(fixture_read(f, REG_TDH), 1);
    assert_int_equal(fixture_read(f, REG_RDH), 1);
    both_start(f, &rings, 0, true);
    both_send(f, &rings, both_partner, 60, 1);
    assert_int_equal(f->sent_count, 1);
}

/* ---- T5: the chip's own registers ----------------------------------------------------------- */

/* Rings in the chip's packet buffer, which software can fill with descriptors: DMA doesn't go
 * there, so that nothing is received by them and nothing sent. */
static void test_T5_rings_in_own_registers(void **state)
{
    const uint64_t bar = 0x90000000;
    const uint32_t at = REG_PBM + 0x8000;
    struct fixture *f = *state;
    uint64_t buffer = FIXTURE_BUS + 0x300000;
    uint8_t bytes[60];

    e1000emu_config_write(f->chip, 0x10, 4, (uint32_t)bar);
    e1000emu_config_write(f->chip, 0x14, 4, 0);
    fixture_make_frame(bytes, sizeof bytes, both_station, 1);
    both_start(f, &rings, 0, false);
    for (uint32_t i = 0; i < 128; i += 16) {
        fixture_write(f, at + i, (uint32_t)buffer);
        fixture_write(f, at + i + 4, (uint32_t)(buffer >> 32));
        fixture_write(f, at + i + 8, 60 | (uint32_t)TX_EOP_IFCS << 24);
        fixture_write(f, at + i + 12, 0);
    }
    memcpy(fixture_at(f, buffer), bytes, sizeof bytes);
    fixture_write(f, REG_TDBAH, 0);
    fixture_write(f, REG_TDBAL, (uint32_t)bar + at);
    fixture_write(f, REG_TDT, 4);
    expect_bounded(f);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_read(f, REG_TDH), 0);

    memset(fixture_at(f, buffer), 0, sizeof bytes);
    fixture_write(f, REG_RDBAH, 0);
    fixture_write(f, REG_RDBAL, (uint32_t)bar + at);
    fixture_write(f, REG_RDT, 4);
    fixture_receive(f, bytes, sizeof bytes, 0);
    expect_bounded(f);
    for (unsigned i = 0; i < 60; i++)
        assert_int_equal(fixture_at(f, buffer)[i], 0);
    assert_int_equal(fixture_read(f, REG_RDH), 0);
    assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000); /* master abort */
}

/* ---- B2: types ------------------------------------------------------------------------------ */

/* bhyve stopped the machine when a packet's descriptors were of different types. Here the first one
 * decides what the packet is, and all of its bytes leave. */
static void test_B2_mixed_descriptor_types(void **state)
{
    static const uint32_t extended = TXD_CMD_DEXT | TXD_CMD_TSE, data = TXD_CMD_DEXT;
    const uint32_t types[][2] = {{0, data}, {data, 0}, {0, extended}, {data, extended}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        tx_start(f, 8, 0);
        tx_make(200, tx_station, 3);
        memcpy(fixture_at(f, TX_BUFFERS), frame, 200);
        for (uint32_t k = 0; k < 2; k++) {
            uint64_t command = types[i][k] | TXD_CMD_IFCS | (k ? TXD_CMD_EOP : 0);
            uint64_t type = types[i][k] ? 1u << 20 : 0;

            tx_post(f, TX_BUFFERS + 100 * k, 100 | type | command << 24);
        }
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 1);
        tx_expect(f, 0, 200, 3);
    }
}

/* ---- T4: chance ----------------------------------------------------------------------------- */

/* Where descriptors and buffers of the random driver lie. */
#define PLAYGROUND (FIXTURE_BUS + 0x800000)

static uint32_t random_offset(void)
{
    static const uint32_t favourites[] = {
        REG_CTRL,  REG_CTRL_EXT, REG_RCTL,   REG_TCTL,   REG_RDT,   REG_TDT,    REG_RDH,   REG_TDH,
        REG_RDLEN, REG_TDLEN,    REG_RXDCTL, REG_TXDCTL, REG_FCRTH, REG_FCRTL,  REG_FCTTV, REG_FCT,
        REG_RDTR,  REG_RADV,     REG_TIDV,   REG_TADV,   REG_ITR,   REG_IMS,    REG_ICS,   REG_MDIC,
        REG_EERD,  REG_EECD,     REG_PBA,    REG_RXCSUM, REG_VET,   REG_RAL(0), REG_RAH(0)};

    if (below(3) > 0)
        return favourites[below(sizeof favourites / sizeof *favourites)];
    return below(2) ? below(0x6000) & ~3u : below(0x20000) & ~3u;
}

/* Often small, or with few bits, or what makes sense for the register. */
static uint32_t random_value(uint32_t offset)
{
    static const uint32_t lengths[] = {0, 128, 256, 256, 256, 0xfff80};
    uint32_t value = below(4) ? next_random() & next_random() & next_random() : below(600);

    switch (offset) {
    case REG_CTRL:
        value &= below(4) ? CTRL_VME | CTRL_RFCE | CTRL_TFCE : UINT32_MAX;
        return (value & ~CTRL_RST) | CTRL_SLU | (below(200) ? 0 : CTRL_RST);
    case REG_RCTL:
        return value | RCTL_EN | RCTL_UPE | RCTL_MPE;
    case REG_TCTL:
        return value | TCTL_EN;
    case REG_RDLEN:
    case REG_TDLEN:
        return lengths[below(6)];
    case REG_RDT:
    case REG_TDT:
    case REG_RDH:
    case REG_TDH:
        return below(18);
    case REG_MDIC:
        return below(8) ? value : next_random() % 32 << MDIC_REG_SHIFT | 0x04210000;
    default:
        return value;
    }
}

/* The second half of a descriptor: of a packet as a driver could mean it, or anything. */
static uint64_t random_fields(void)
{
    static const uint32_t kinds[] = {0, 0, TXD_CMD_DEXT, TXD_CMD_DEXT | TXD_CMD_TSE};
    uint32_t kind = kinds[below(4)];
    uint64_t fields = below(8) ? below(2000) : next_random() & 0xfffff;

    if (below(8) == 0)
        return fields | (uint64_t)next_random() << 20;
    fields |= (uint64_t)(kind | TXD_CMD_IFCS | (next_random() & (TXD_CMD_RS | TXD_CMD_IDE))) << 24;
    if (below(3) > 0)
        fields |= (uint64_t)TXD_CMD_EOP << 24;
    if (kind && below(2))
        fields |= 1u << 20; /* data; a context otherwise */
    return fields | (uint64_t)next_random() << 40;
}

static void random_memory(struct fixture *f)
{
    for (unsigned n = below(64); n > 0; n--) {
        uint64_t at = PLAYGROUND + 16ull * below(80);
        uint64_t near = PLAYGROUND + below(0x10000);

        fixture_put64(f, at, below(16) ? near : (uint64_t)next_random() << below(33));
        fixture_put64(f, at + 8, random_fields());
    }
}

static void random_bases(struct fixture *f)
{
    uint64_t ring = below(16) ? PLAYGROUND + 16 * below(64) : (uint64_t)next_random() << below(33);
    uint32_t base = below(2) ? REG_RDBAL : REG_TDBAL;

    fixture_write(f, base, (uint32_t)ring);
    fixture_write(f, base + 4, (uint32_t)(ring >> 32));
}

static void random_frames(struct fixture *f)
{
    static uint8_t bytes[65536];
    struct e1000emu_frame frames[20];
    uint32_t count = 1 + below(20);

    fixture_make_frame(bytes, 20000, below(4) ? both_station : both_broadcast, next_random());
    for (uint32_t i = 0; i < count; i++) {
        frames[i].data = bytes;
        frames[i].length = below(8) ? below(1600) : below(65536);
        frames[i].flags = below(4) ? 0 : below(32);
        if (frames[i].flags & E1000EMU_FRAME_FCS && frames[i].length < 4)
            frames[i].flags = 0;
    }
    if (below(3) == 0) { /* PAUSE, for any time */
        memcpy(bytes, (const uint8_t[6]){1, 0x80, 0xc2, 0, 0, 1}, 6);
        bytes[12] = 0x88;
        bytes[13] = 8;
        bytes[14] = 0;
        bytes[15] = 1;
    }
    e1000emu_receive(f->chip, frames, count, below(2), NULL);
}

static void random_world(struct fixture *f)
{
    struct e1000emu_partner partner = {.cable = below(8), .abilities = next_random()};

    switch (below(8)) {
    case 0:
        e1000emu_set_partner(f->chip, &partner);
        break;
    case 1:
        e1000emu_config_write(f->chip, below(64) * 4, 4, next_random());
        fixture_enable(f);
        break;
    case 2:
        e1000emu_bar_write(f->chip, below(6), below(0x20010), 1u << below(5), next_random());
        break;
    case 3:
        e1000emu_bar_read(f->chip, below(6), below(0x20010), 1u << below(5));
        break;
    case 4:
        e1000emu_set_sdp(f->chip, below(10), below(2));
        break;
    case 5:
        assert_int_equal(e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY), 0);
        e1000emu_advance(f->chip, f->now);
        assert_int_equal(
            e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY, f->memory, 1 + below(3)), 0);
        break;
    case 6:
        e1000emu_reset(f->chip, below(64) ? E1000EMU_RESETS : below(3));
        fixture_enable(f);
        break;
    default:
        f->dma_answers = below(2);
        break;
    }
}

/* What the random driver has broken is put right now and then, or little would happen. */
static void revive(struct fixture *f)
{
    static const struct e1000emu_partner partner = {.cable = true, .abilities = E1000EMU_1000_FULL};

    e1000emu_dma_unmap(f->chip, FIXTURE_BUS, FIXTURE_MEMORY);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY, f->memory, 3), 0);
    e1000emu_set_partner(f->chip, &partner);
    e1000emu_reset(f->chip, below(4) ? E1000EMU_RESET_PCI : E1000EMU_RESET_POWER);
    fixture_enable(f);
    fixture_link_up(f);
    f->accept = SIZE_MAX;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t base = i ? REG_RDBAL : REG_TDBAL;

        fixture_write(f, base, (uint32_t)PLAYGROUND);
        fixture_write(f, base + 4, (uint32_t)(PLAYGROUND >> 32));
        fixture_write(f, base + 8, 256);
    }
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_UPE | RCTL_MPE);
    fixture_write(f, REG_TCTL, TCTL_EN);
}

static void random_step(struct fixture *f)
{
    uint32_t offset = random_offset();

    switch (below(8)) {
    case 0:
        random_memory(f);
        random_bases(f);
        break;
    case 1:
        random_frames(f);
        break;
    case 2:
        f->accept = below(3) ? SIZE_MAX : below(8);
        e1000emu_transmit_ready(f->chip);
        break;
    case 3:
        fixture_read(f, offset);
        break;
    case 4:
        if (below(8) == 0)
            random_world(f);
        else if (below(32) == 0)
            revive(f);
        break;
    default:
        fixture_write(f, offset, random_value(offset));
        break;
    }
}

/* Nothing that software, the wire or the host does makes the chip stop, hang, or reach beyond what
 * it was lent. At the end it is as good as new. */
static void test_T4_random_accesses(void **state)
{
    struct fixture *f = *state;
    size_t sent = 0;

    state_of_random = 20;
    for (unsigned i = 0; i < 60000; i++) {
        random_step(f);
        /* A ring of 65528 descriptors, or a megabyte in segments of one byte, takes many turns. */
        for (unsigned turns = 0; turns < 20 && e1000emu_next_event(f->chip) <= f->now; turns++)
            e1000emu_advance(f->chip, f->now);
        f->now += (e1000emu_time)below(20000) * (below(50) ? 1 : 1000);
        e1000emu_advance(f->chip, f->now);
        for (size_t k = 0; k < f->sent_count; k++)
            assert_in_range(f->sent[k].length, 1, 16292);
        sent += f->sent_count;
        fixture_forget(f);
    }
    assert_in_range(sent, 1000, UINT32_MAX); /* the driver above was no idle one */
    revive(f);
    e1000emu_reset(f->chip, E1000EMU_RESET_POWER);
    fixture_enable(f);
    fixture_link_up(f);
    tx_start(f, 16, 0);
    tx_post_frame(f, 100, 1, 40, TX_EOP_IFCS | TXD_CMD_RS);
    tx_doorbell(f);
    tx_expect(f, 0, 100, 1);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

#define HOSTILE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOSTILE(test_T3_transmit_head_beyond_length),
        HOSTILE(test_T9_receive_ring_set_up_after_enabling),
        HOSTILE(test_T9_memory_of_the_rings_is_gone),
        HOSTILE(test_T5_rings_in_own_registers),
        HOSTILE(test_B2_mixed_descriptor_types),
        HOSTILE(test_T4_random_accesses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
