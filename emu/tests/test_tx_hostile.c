/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drivers that mean no good, or are broken: whatever contexts and descriptors say, the work of a
 * doorbell is bounded, nothing is read or written outside of the frame, and the next good frame
 * leaves as it should. Tests named T and a number stand for faults that other models of this chip
 * have had.
 */
#include "tx_packet.h"

#include <string.h>

static uint8_t payload[4096];
static uint8_t expected[65536];

#define TSE (TXD_CMD_TSE | TXD_CMD_IFCS)

/* Frames and segments that one doorbell sends, at most: its budget, and the blocks on the way. */
#define MOST_AT_ONCE 384u

static uint32_t state_of_random;

static uint32_t next_random(void)
{
    state_of_random = state_of_random * 1664525u + 1013904223u;
    return state_of_random >> 8;
}

/* A small frame after all that still leaves, as the last one. */
static void expect_sane(struct fixture *f)
{
    uint32_t seed = (uint32_t)f->sent_count;

    tx_post_frame(f, 100, seed, 40, TX_EOP_IFCS | TXD_CMD_RS);
    tx_doorbell(f);
    fixture_run(f, 1);
    assert_int_equal(fixture_read(f, REG_TDH), software.tail);
    tx_expect(f, f->sent_count - 1, 100, seed);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

/* ---- T2: no progress ------------------------------------------------------------------------ */

/* Segments of no bytes, headers of no bytes, headers longer than the data, a PAYLEN of nothing and
 * of everything: as many segments as the data is good for, and an end. */
static void test_T2_contexts_without_progress(void **state)
{
    static const uint32_t sizes[] = {0, 1, 2, 536, 16300, 65535};
    static const uint32_t headers[] = {0, 1, 14, 54, 240, 241, 255};
    static const uint32_t paylens[] = {0, 1, 999, 1000, 0xfffff};
    static const uint32_t lengths[] = {0, 1, 13, 54, 241, 1054, 3000};
    struct fixture *f = *state;

    fill_payload(payload, sizeof payload, 1);
    for (unsigned i = 0; i < 6 * 7 * 5 * 7; i++) {
        uint32_t mss = sizes[i % 6], hdrlen = headers[i / 6 % 7];
        uint32_t paylen = paylens[i / 42 % 5], length = lengths[i / 210];
        struct context c = {.ipcss = 14,
                            .ipcso = 24,
                            .ipcse = 33,
                            .tucss = 34,
                            .tucso = 50,
                            .tucmd = TXD_CMD_TSE | TXD_TUCMD_TCP | TXD_TUCMD_IP,
                            .paylen = paylen,
                            .hdrlen = hdrlen,
                            .mss = mss};
        uint32_t left = length > hdrlen ? length - hdrlen : 0, segments = 0;

        if (left > paylen)
            left = paylen;
        if (mss > 0 && hdrlen <= 240 && (mss < paylen ? mss : paylen) + hdrlen <= 16288)
            segments = left / mss + (left == paylen && left % mss > 0);
        tx_start(f, 16, 0);
        post_context(f, &c);
        post_data(f, payload, length, TSE | TXD_CMD_EOP | TXD_CMD_RS, BOTH, 0);
        tx_doorbell(f);
        assert_in_range(f->sent_count, 0, MOST_AT_ONCE);
        fixture_run(f, 1);
        assert_int_equal(f->sent_count, segments);
        assert_int_equal(fixture_read(f, REG_TSCTC) + fixture_read(f, REG_TSCTFC), 1);
        assert_true(tx_fields(f, 1) & TX_DD);
        expect_sane(f);
    }
}

/* A million segments of one byte: each doorbell and each turn of the timer makes a few hundred. */
static void test_T2_a_doorbell_does_bounded_work(void **state)
{
    struct context c = {.ipcss = 14,
                        .tucss = 34,
                        .tucmd = TXD_CMD_TSE | TXD_TUCMD_TCP,
                        .paylen = 0xfffff,
                        .hdrlen = 54,
                        .mss = 1};
    struct fixture *f = *state;
    size_t before = 0;

    tx_start(f, 16, 0);
    post_context(f, &c);
    for (unsigned i = 0; i < 2; i++)
        tx_post(f, TX_BUFFERS,
                0xfffff | 1u << 20 | (uint64_t)(TSE | TXD_CMD_DEXT | TXD_CMD_RS) << 24);
    tx_doorbell(f);
    for (unsigned turn = 0; turn < 20; turn++) {
        assert_in_range(f->sent_count, before + 1, before + MOST_AT_ONCE);
        assert_in_range(f->largest_batch, 1, 128);
        assert_true(e1000emu_next_event(f->chip) <= f->now);
        assert_false(tx_fields(f, 1) & TX_DD);
        assert_int_equal(fixture_read(f, REG_TDH), 1); /* the context is done with */
        before = f->sent_count;
        e1000emu_advance(f->chip, f->now);
    }
    /* With a wire that has room for less than that, only the wire is waited for. */
    before = f->sent_count;
    f->accept = 200;
    e1000emu_advance(f->chip, f->now);
    assert_int_equal(f->sent_count, before + 200);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
    f->accept = SIZE_MAX;
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    fixture_link_up(f);
    tx_start(f, 16, 0);
    expect_sane(f);
}

/* ---- T8: offsets ---------------------------------------------------------------------------- */

static void put16(uint32_t at, uint32_t value)
{
    expected[at] = (uint8_t)(value >> 8);
    expected[at + 1] = (uint8_t)value;
}

/* A sum over bytes first to last of the frame in expected, unless there are none or the field has
 * no room. */
static void put_sum(uint32_t length, uint32_t first, uint32_t last, uint32_t field, uint32_t more,
                    bool udp)
{
    uint32_t end = last == 0 || last > length - 1 ? length : last + 1;
    uint32_t sum;

    if (first >= end || field + 1 >= length)
        return;
    sum = plain_sum(expected + first, end - first) + more;
    sum = 0xffffu ^ (sum % 0x10000 + sum / 0x10000);
    put16(field, sum == 0 && udp ? 0xffff : sum);
}

static void put_both(const struct context *c, uint32_t length, uint32_t options, uint32_t more)
{
    bool udp = !(c->tucmd & TXD_TUCMD_TCP) && !(c->tucmd & TXD_CMD_TSE && more == 0);

    if (options & IXSM)
        put_sum(length, c->ipcss, c->ipcse, c->ipcso, 0, false);
    if (options & TXSM)
        put_sum(length, c->tucss, c->tucse, c->tucso, more, udp);
}

static struct context random_context(uint32_t segmented)
{
    return (struct context){.ipcss = next_random() % 256,
                            .ipcso = next_random() % 256,
                            .ipcse = next_random() % 3 ? next_random() % 400 : 0,
                            .tucss = next_random() % 256,
                            .tucso = next_random() % 256,
                            .tucse = next_random() % 3 ? next_random() % 65536 : 0,
                            .tucmd = next_random() % 4 | segmented,
                            .mss = 1 + next_random() % 300,
                            .hdrlen = next_random() % 241,
                            .paylen = 600};
}

/* Checksums from anywhere to anywhere: those that fit are right, the others change nothing, and no
 * byte beside the field changes. */
static void test_T8_checksums_beyond_the_frame(void **state)
{
    struct fixture *f = *state;

    state_of_random = 8;
    for (unsigned i = 0; i < 3000; i++) {
        struct context c = random_context(0);
        uint32_t length = 1 + next_random() % 300, options = next_random() % 4;

        tx_start(f, 16, 0);
        fill_payload(expected, length, i);
        post_context(f, &c);
        post_data(f, expected, length, TX_EOP_IFCS, options, 0);
        tx_doorbell(f);
        put_both(&c, length, options, 0);
        assert_int_equal(f->sent_count, 1);
        assert_int_equal(f->sent[0].length, length);
        assert_memory_equal(f->sent[0].data, expected, length);
    }
}

/* What the chip changes in the header of segment k, if the field lies in it. */
static uint32_t put_fields(const struct context *c, uint32_t k, uint32_t length, bool last)
{
    uint32_t h = c->hdrlen, l4_length = (length - c->tucss) & 0xffff;
    bool tcp = c->tucmd & TXD_TUCMD_TCP, ipv4 = c->tucmd & TXD_TUCMD_IP;

    if (!tcp && !ipv4 && (c->ipcss >= h || expected[c->ipcss] >> 4 != 6))
        return 0;
    if (!ipv4 && c->ipcss + 6 <= h)
        put16(c->ipcss + 4, length - c->ipcss - 40);
    if (ipv4 && c->ipcss + 4 <= h)
        put16(c->ipcss + 2, length - c->ipcss);
    if (ipv4 && c->ipcss + 6 <= h)
        put16(c->ipcss + 4, ((uint32_t)expected[c->ipcss + 4] << 8 | expected[c->ipcss + 5]) + k);
    if (!tcp && c->tucss + 6 <= h)
        put16(c->tucss + 4, l4_length);
    if (tcp && c->tucss + 8 <= h) {
        uint32_t sequence = 0;

        for (unsigned i = 0; i < 4; i++)
            sequence = sequence << 8 | expected[c->tucss + 4 + i];
        put16(c->tucss + 4, (sequence + k * c->mss) >> 16);
        put16(c->tucss + 6, sequence + k * c->mss);
    }
    if (tcp && c->tucss + 14 <= h && !last)
        expected[c->tucss + 13] &= 0xf6;
    return l4_length;
}

/* Segmentation with all offsets anywhere, in the header, in the payload and behind: each segment is
 * as the rules have it, byte for byte. */
static void test_T8_headers_beyond_the_header(void **state)
{
    static uint8_t stream[1024];
    struct fixture *f = *state;

    state_of_random = 88;
    for (unsigned i = 0; i < 3000; i++) {
        struct context c = random_context(TXD_CMD_TSE);
        uint32_t options = next_random() % 4, count = (600 + c.mss - 1) / c.mss;

        tx_start(f, 16, 0);
        fill_payload(stream, c.hdrlen + 600, i);
        post_context(f, &c);
        post_data(f, stream, c.hdrlen + 600, TSE | TXD_CMD_EOP, options, 0);
        tx_doorbell(f);
        fixture_run(f, 1);
        assert_int_equal(f->sent_count, count);
        for (uint32_t k = 0; k < count; k++) {
            uint32_t n = k + 1 == count ? 600 - k * c.mss : c.mss;

            memcpy(expected, stream, c.hdrlen);
            memcpy(expected + c.hdrlen, stream + c.hdrlen + k * c.mss, n);
            put_both(&c, c.hdrlen + n, options, put_fields(&c, k, c.hdrlen + n, k + 1 == count));
            assert_int_equal(f->sent[k].length, c.hdrlen + n);
            assert_memory_equal(f->sent[k].data, expected, c.hdrlen + n);
        }
    }
}

/* ---- T10, T11: contexts as drivers use them, and as an attacker does ------------------------- */

/* A driver that copies the headers into a buffer of their own, maps the data page by page, keeps
 * the last four bytes for a descriptor of their own, and sends with one context after the other. */
static void test_T10_header_copied_and_last_bytes_apart(void **state)
{
    struct fixture *f = *state;

    fill_payload(payload, 4000, 10);
    tx_start(f, 64, 0);
    for (unsigned i = 0; i < 4; i++) {
        struct packet p = packet_kind(i & 1 ? 4 : 0);
        struct context c = context_of(&p, 4000, 1448);
        uint8_t header[256];

        packet_prototype(&p, header);
        post_context(f, &c);
        post_data(f, header, p.header, TSE, BOTH, 0);
        post_data(f, payload, 1000 + i, TSE, BOTH, 0);
        post_data(f, payload + 1000 + i, 2996 - i, TSE, BOTH, 0);
        post_data(f, payload + 3996, 4, TSE | TXD_CMD_EOP | TXD_CMD_RS, BOTH, 0);
        if (i % 2 == 0)
            continue;
        tx_doorbell(f);
        for (unsigned j = i - 1; j <= i; j++) {
            struct packet q = packet_kind(j & 1 ? 4 : 0);

            for (uint32_t k = 0; k < 3; k++) {
                uint32_t n = k == 2 ? 4000 - 2896 : 1448;
                uint32_t total = packet_build(&q, payload + 1448 * k, n, k, 1448, k == 2, expected);

                assert_int_equal(f->sent[3 * j + k].length, total);
                assert_memory_equal(f->sent[3 * j + k].data, expected, total);
            }
        }
        assert_true(tx_fields(f, software.tail - 1) & TX_DD);
    }
    assert_int_equal(f->sent_count, 12);
    assert_int_equal(fixture_read(f, REG_TSCTC), 4);
}

/* A packet that is located with one context and sent with another: here it is its own first one, to
 * the end, also when the end is an empty descriptor and the doorbell rings in between. */
static void test_T11_a_context_after_the_data(void **state)
{
    struct packet p = packet_kind(0);
    struct fixture *f = *state;
    uint8_t stream[4096];

    for (unsigned bells = 0; bells < 2; bells++) {
        struct context one = context_of(&p, 2000, 1460), two = context_of(&p, 100, 10);

        two.hdrlen = 240;
        fill_payload(payload, 2000, 11);
        packet_prototype(&p, stream);
        memcpy(stream + p.header, payload, 2000);
        tx_start(f, 16, 0);
        post_context(f, &one);
        post_data(f, stream, p.header + 700, TSE, BOTH, 0);
        if (bells)
            tx_doorbell(f);
        post_data(f, stream, 0, TSE | TXD_CMD_EOP, BOTH, 0);
        post_context(f, &two);
        post_data(f, stream, p.header + 2000, TSE | TXD_CMD_EOP, BOTH, 0);
        tx_doorbell(f);
        fixture_run(f, 1);
        /* Nothing of the first, which has less than a segment; ten of the second, which has more.
         */
        assert_int_equal(f->sent_count, 10);
        for (size_t i = 0; i < 10; i++)
            assert_int_equal(f->sent[i].length, 250);
        assert_int_equal(fixture_read(f, REG_TSCTFC), 2);
        expect_sane(f);
    }
}

/* A context inside of a segmented packet changes nothing of it, wherever it stands. */
static void test_T11_a_context_between_the_data(void **state)
{
    struct packet p = packet_kind(0);
    struct context one = context_of(&p, 4000, 1000);
    struct context two = {.tucmd = TXD_CMD_TSE, .paylen = 1, .hdrlen = 255, .mss = 65535};
    struct fixture *f = *state;
    uint8_t stream[4096 + 256];

    fill_payload(payload, 4000, 11);
    packet_prototype(&p, stream);
    memcpy(stream + p.header, payload, 4000);
    for (uint32_t cut = 1; cut < p.header + 4000; cut += 37) {
        tx_start(f, 16, 0);
        post_context(f, &one);
        post_data(f, stream, cut, TSE, BOTH, 0);
        post_context(f, &two);
        post_data(f, stream + cut, p.header + 4000 - cut, TSE | TXD_CMD_EOP, BOTH, 0);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 4);
        for (uint32_t k = 0; k < 4; k++) {
            packet_build(&p, payload + 1000 * k, 1000, k, 1000, k == 3, expected);
            assert_int_equal(f->sent[k].length, p.header + 1000);
            assert_memory_equal(f->sent[k].data, expected, p.header + 1000);
        }
    }
}

/* Legacy and data descriptors in one packet: the first decides which kind it is, so that the other
 * kind's bits mean nothing. */
static void legacy_and_data_in_one_packet(void **state)
{
    struct context c = {.tucss = 14, .tucso = 16, .mss = 10, .hdrlen = 14, .paylen = 50};
    struct fixture *f = *state;

    tx_start(f, 16, 0);
    post_context(f, &c);
    c.tucmd = TXD_CMD_TSE;
    post_context(f, &c);
    tx_make(200, tx_station, 1);
    tx_post_bytes(f, frame, 100, TXD_CMD_IFCS | TXD_CMD_IC);
    post_data(f, frame + 100, 100, TSE | TXD_CMD_EOP, TXSM, 0);
    post_data(f, frame, 100, TXD_CMD_IFCS, 0, 0);
    tx_post_bytes(f, frame + 100, 100, TX_EOP_IFCS | TXD_CMD_IC);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    tx_expect(f, 0, 200, 1);
    tx_expect(f, 1, 200, 1);
    expect_sane(f);
}

/* ---- T12, T13 and chance --------------------------------------------------------------------- */

/* What the chip has fetched it does not fetch again: software changes descriptors while their
 * frames wait for the wire, and the frames leave as they were posted. */
static void test_T12_descriptors_are_read_once(void **state)
{
    struct fixture *f = *state;

    for (uint32_t piece = 50; piece <= 200; piece += 150) {
        tx_start(f, 64, 0);
        f->accept = 3;
        for (uint32_t i = 0; i < 10; i++)
            tx_post_frame(f, 200, i, piece, TX_EOP_IFCS);
        tx_doorbell(f);
        for (uint32_t i = 0; i < software.tail; i++) {
            fixture_put64(f, TX_RING + 16 * i, 0xffffffffffffff00ull);
            fixture_put64(f, TX_RING + 16 * i + 8, UINT64_MAX);
        }
        f->accept = SIZE_MAX;
        e1000emu_transmit_ready(f->chip);
        assert_int_equal(f->sent_count, 10);
        for (uint32_t i = 0; i < 10; i++)
            tx_expect(f, i, 200, i);
    }
}

/* Padding shows nothing of the frames before, whatever was inserted into them. */
static void test_T13_padding_is_empty(void **state)
{
    struct packet p = packet_kind(0);
    struct context c = context_of(&p, 3000, 1000);
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_VME);
    memset(payload, 0xee, sizeof payload);
    tx_start(f, 16, TCTL_PSP);
    post_context(f, &c);
    post_data(f, payload, p.header + 3000, TSE | TXD_CMD_EOP, BOTH, 0);
    tx_doorbell(f); /* the next frames are put together where these were */
    post_data(f, payload, 20, TX_EOP_IFCS | TXD_CMD_VLE, TXSM, 0);
    c.paylen = 1;
    c.hdrlen = 14;
    post_context(f, &c);
    post_data(f, payload, 15, TSE | TXD_CMD_EOP, 0, 0);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 5);
    for (size_t i = 3; i < 5; i++) {
        assert_int_equal(f->sent[i].length, 60);
        for (uint32_t at = i == 3 ? 24 : 15; at < 60; at++)
            assert_int_equal(f->sent[i].data[at], 0);
    }
}

/* Random descriptors of all kinds, in rings of all sizes, with a wire that has room now and then.
 */
static void test_T4_random_descriptors(void **state)
{
    struct fixture *f = *state;

    state_of_random = 4;
    for (unsigned round = 0; round < 400; round++) {
        tx_start(f, 8u << next_random() % 5, next_random() % 2 ? TCTL_PSP : 0);
        fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) ^ CTRL_VME);
        fixture_write(f, REG_TXDCTL, next_random() << 8 ^ next_random());
        fixture_write(f, REG_TIDV, next_random() % 3);
        for (unsigned burst = 0; burst < 6; burst++) {
            for (uint32_t n = next_random() % software.count; n > 0; n--) {
                uint64_t q1 = (uint64_t)next_random() << 40 ^ (uint64_t)next_random() << 20 ^
                              next_random() % (next_random() % 4 ? 2000 : 70000);

                /* Contexts and data are likelier than types that don't exist. */
                if (next_random() % 4)
                    q1 &= ~0xe00000ull;
                tx_post(f,
                        next_random() % 8 ? TX_BUFFERS + next_random() % 4096
                                          : (uint64_t)next_random() << 20 ^ next_random(),
                        q1);
            }
            f->accept = next_random() % 3 ? SIZE_MAX : next_random() % 20;
            tx_doorbell(f);
            fixture_run(f, 1);
            for (size_t i = 0; i < f->sent_count; i++)
                assert_in_range(f->sent[i].length, 1, 16292);
            f->accept = SIZE_MAX;
            e1000emu_transmit_ready(f->chip);
            fixture_run(f, 10000000);
            assert_int_equal(fixture_read(f, REG_TDH), software.tail);
            fixture_forget(f);
        }
        e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
        fixture_link_up(f);
    }
    fixture_write(f, REG_TXDCTL, 0);
    tx_start(f, 16, 0);
    expect_sane(f);
}

#define TX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TX_TEST(test_T2_contexts_without_progress),
        TX_TEST(test_T2_a_doorbell_does_bounded_work),
        TX_TEST(test_T8_checksums_beyond_the_frame),
        TX_TEST(test_T8_headers_beyond_the_header),
        TX_TEST(test_T10_header_copied_and_last_bytes_apart),
        TX_TEST(test_T11_a_context_after_the_data),
        TX_TEST(test_T11_a_context_between_the_data),
        TX_TEST(legacy_and_data_in_one_packet),
        TX_TEST(test_T12_descriptors_are_read_once),
        TX_TEST(test_T13_padding_is_empty),
        TX_TEST(test_T4_random_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
