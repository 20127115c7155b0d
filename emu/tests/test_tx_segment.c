/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP segmentation: every field of every segment, for all shapes of descriptors. */
#include "tx_packet.h"

#include <string.h>

static uint8_t payload[1u << 20];
static uint8_t header[256];
static uint8_t expected[16384 + 256];

#define TSE (TXD_CMD_TSE | TXD_CMD_IFCS)

static uint32_t options_of(const struct packet *p)
{
    return p->ipv6 ? TXSM : BOTH;
}

/* Posts header and payload as one stream, cut after the given lengths and then every rest bytes. */
static void post_stream(struct fixture *f, const struct packet *p, uint32_t length,
                        const uint32_t *cuts, size_t count, uint32_t rest, uint32_t command)
{
    static uint8_t stream[1u << 18];
    uint32_t total = p->header + length;
    size_t i = 0;

    packet_prototype(p, stream);
    memcpy(stream + p->header, payload, length);
    for (uint32_t at = 0; at < total; i++) {
        uint32_t n = i < count ? cuts[i] : rest;

        if (n > total - at)
            n = total - at;
        post_data(f, stream + at, n, command | (at + n == total ? TXD_CMD_EOP : 0),
                  i == 0 ? options_of(p) : 0, 0);
        at += n;
    }
}

/* The frames from first on are the segments of this packet, and no others follow. */
static void expect_segments(struct fixture *f, size_t first, const struct packet *p,
                            uint32_t length, uint32_t mss)
{
    uint32_t count = (length + mss - 1) / mss;

    assert_int_equal(f->sent_count, first + count);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t n = k + 1 == count ? length - k * mss : mss;
        uint32_t total = packet_build(p, payload + k * mss, n, k, mss, k + 1 == count, expected);

        assert_int_equal(f->sent[first + k].length, total);
        assert_memory_equal(f->sent[first + k].data, expected, total);
        assert_int_equal(f->sent[first + k].flags, 0);
    }
}

/* ---- Fields --------------------------------------------------------------------------------- */

/* Every kind of packet, sizes that are a multiple of the segments' and not, one segment and many,
 * in buffers of many shapes: the segments are the packets that a stack would have made. */
static void segments_of_every_kind(void **state)
{
    static const uint32_t sizes[][2] = {{1, 1},       {5, 1},        {1459, 1460}, {1460, 1460},
                                        {1461, 1460}, {2920, 1460},  {7777, 536},  {65000, 8960},
                                        {40000, 999}, {16000, 16000}};
    static const uint32_t cuts[][3] = {
        {70000, 70000, 70000}, /* all in one */
        {0, 1, 70000},         /* the header's length comes first, see below */
        {10, 30, 40},
        {0, 3, 4096},
    };
    struct fixture *f = *state;

    for (unsigned kind = 0; kind < PACKET_KINDS; kind++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
                struct packet p = packet_kind(kind);
                struct context context = context_of(&p, sizes[s][0], sizes[s][1]);
                uint32_t cut[3] = {cuts[c][0] ? cuts[c][0] : p.header, cuts[c][1], cuts[c][2]};

                tx_start(f, 4096, 0);
                fill_payload(payload, sizes[s][0], kind + 10 * (uint32_t)s);
                post_context(f, &context);
                if (p.header + sizes[s][0] < 65536 || c > 0)
                    post_stream(f, &p, sizes[s][0], cut, 3, cut[2] < 4096 ? 777 : 4096, TSE);
                else
                    continue;
                tx_doorbell(f);
                fixture_run(f, 1000);
                expect_segments(f, 0, &p, sizes[s][0], sizes[s][1]);
                assert_int_equal(fixture_read(f, REG_TSCTC), 1);
                assert_int_equal(fixture_read(f, REG_TSCTFC), 0);
                assert_int_equal(fixture_read(f, REG_TDH), software.tail);
            }
        }
    }
}

/* Identification and sequence number wrap; FIN and PSH are the last segment's, every other flag is
 * everyone's. */
static void numbers_wrap_and_flags_stay(void **state)
{
    struct fixture *f = *state;

    for (unsigned flags = 0; flags < 256; flags++) {
        struct packet p = packet_kind(0);
        struct context context = context_of(&p, 5000, 1000);

        p.id = 0xfffe;
        p.sequence = 0xfffff830;
        p.flags = (uint8_t)flags;
        tx_start(f, 16, 0);
        fill_payload(payload, 5000, flags);
        post_context(f, &context);
        post_stream(f, &p, 5000, NULL, 0, 65000, TSE);
        tx_doorbell(f);
        expect_segments(f, 0, &p, 5000, 1000);
        assert_memory_equal(f->sent[2].data + p.l3 + 4, "\0\0", 2);
        assert_memory_equal(f->sent[2].data + p.l4 + 4, "\0\0\0\0", 4);
    }
}

/* POPTS, VLE, IFCS and the tag are those of the first descriptor, for all segments. */
static void the_first_descriptor_decides(void **state)
{
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, 3000, 1000);
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_VME);
    fixture_write(f, REG_VET, 0x8100);
    fill_payload(payload, 3000, 4);
    packet_prototype(&p, header);
    for (unsigned tag = 0; tag < 2; tag++) {
        uint32_t first = tag ? TXD_CMD_VLE : 0, others = TXD_CMD_VLE ^ first;

        tx_start(f, 16, 0);
        post_context(f, &context);
        post_data(f, header, p.header, TXD_CMD_TSE | first, BOTH, 0x2345);
        post_data(f, payload, 1500, TSE | others, 0, 0x0fff);
        post_data(f, payload + 1500, 1500, TSE | others | TXD_CMD_EOP, 0, 0x0fff);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 3);
        for (uint32_t k = 0; k < 3; k++) {
            packet_build(&p, payload + 1000 * k, 1000, k, 1000, k == 2, expected);
            assert_int_equal(f->sent[k].length, p.header + 1000 + 4 * tag);
            assert_int_equal(f->sent[k].flags, tag ? 0 : E1000EMU_FRAME_FCS);
            assert_memory_equal(f->sent[k].data, expected, 12);
            if (tag)
                assert_memory_equal(f->sent[k].data + 12, "\x81\x00\x23\x45", 4);
            assert_memory_equal(f->sent[k].data + 12 + 4 * tag, expected + 12, p.header + 988);
        }
    }
}

/* Without IXSM and TXSM the checksum fields are the prototype's, the other fields are updated. */
static void without_checksums(void **state)
{
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, 250, 100);
    struct fixture *f = *state;

    tx_start(f, 16, 0);
    fill_payload(payload, 250, 4);
    packet_prototype(&p, header);
    post_context(f, &context);
    post_data(f, header, p.header, TSE, 0, 0);
    post_data(f, payload, 250, TSE | TXD_CMD_EOP, BOTH, 0);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 3);
    for (uint32_t k = 0; k < 3; k++) {
        uint32_t n = k == 2 ? 50 : 100;

        packet_build(&p, payload + 100 * k, n, k, 100, k == 2, expected);
        memset(expected + p.l3 + 10, 0, 2);
        memcpy(expected + p.checksum, header + p.checksum, 2);
        assert_int_equal(f->sent[k].length, p.header + n);
        assert_memory_equal(f->sent[k].data, expected, p.header + n);
    }
}

/* A checksum that comes out as zero is sent as all ones for UDP, and as it is otherwise. */
static void zero_is_ffff_for_udp_only(void **state)
{
    struct fixture *f = *state;

    for (unsigned kind = 0; kind < 5; kind++) {
        struct packet p = packet_kind(kind);
        struct context context = context_of(&p, 4, 2);
        uint16_t rest;

        if (kind == 4) /* a protocol that the chip does not know */
            context.tucmd = TXD_CMD_TSE;
        tx_start(f, 8, 0);
        packet_prototype(&p, header);
        /* Send once to see the sum, then make up for it in the second segment. */
        for (unsigned round = 0; round < 2; round++) {
            memset(payload, 0, 4);
            if (round == 1) {
                rest =
                    (uint16_t)(f->sent[1].data[p.checksum] << 8 | f->sent[1].data[p.checksum + 1]);
                payload[2] = (uint8_t)(rest >> 8);
                payload[3] = (uint8_t)rest;
            }
            post_context(f, &context);
            post_data(f, header, p.header, TSE, TXSM, 0);
            post_data(f, payload, 4, TSE | TXD_CMD_EOP, 0, 0);
            tx_doorbell(f);
        }
        assert_int_equal(f->sent_count, 4);
        assert_int_equal(f->sent[3].data[p.checksum], kind < 4 && p.udp ? 0xff : 0);
        assert_int_equal(f->sent[3].data[p.checksum + 1], kind < 4 && p.udp ? 0xff : 0);
    }
}

/* Neither TCP nor IP, and no IPv6 header: the header is copied as it is, and two sums are inserted
 * if asked for. */
static void a_protocol_the_chip_does_not_know(void **state)
{
    struct context context = {.ipcss = 14,
                              .ipcso = 16,
                              .ipcse = 29,
                              .tucss = 30,
                              .tucso = 32,
                              .tucmd = TXD_CMD_TSE,
                              .paylen = 130,
                              .hdrlen = 40,
                              .mss = 50};
    struct fixture *f = *state;
    uint16_t sum;

    for (uint32_t options = 0; options < 4; options++) {
        tx_start(f, 16, 0);
        tx_make(40, tx_station, 3);
        frame[14] = 0x45;
        memcpy(header, frame, 40);
        fill_payload(payload, 130, 4);
        post_context(f, &context);
        post_data(f, header, 40, TSE, options, 0);
        post_data(f, payload, 130, TSE | TXD_CMD_EOP, 0, 0);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 3);
        for (uint32_t k = 0; k < 3; k++) {
            uint32_t n = k == 2 ? 30 : 50;

            memcpy(expected, header, 40);
            memcpy(expected + 40, payload + 50 * k, n);
            if (options & IXSM) {
                sum = (uint16_t)~plain_sum(expected + 14, 16);
                memcpy(expected + 16, (const uint8_t[]){(uint8_t)(sum >> 8), (uint8_t)sum}, 2);
            }
            if (options & TXSM) {
                sum = (uint16_t)~plain_sum(expected + 30, 10 + n);
                memcpy(expected + 32, (const uint8_t[]){(uint8_t)(sum >> 8), (uint8_t)sum}, 2);
            }
            assert_int_equal(f->sent[k].length, 40 + n);
            assert_memory_equal(f->sent[k].data, expected, 40 + n);
        }
    }
}

/* The largest buffer that a descriptor can name, and the largest PAYLEN: a megabyte less one, here
 * with the header in front in the same buffer, and one byte more in the next. */
static void a_megabyte(void **state)
{
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, 0xfffff, 8960);
    struct fixture *f = *state;
    uint64_t room = TX_BUFFERS;

    tx_start(f, 16, 0);
    fill_payload(payload, 0xfffff, 8);
    packet_prototype(&p, fixture_at(f, room));
    memcpy(fixture_at(f, room) + p.header, payload, 0xfffff);
    post_context(f, &context);
    tx_post(f, room,
            0xfffff | 1u << 20 | (uint64_t)(TSE | TXD_CMD_DEXT) << 24 | (uint64_t)BOTH << 40);
    tx_post(f, room + 0xfffff,
            p.header | 1u << 20 | (uint64_t)(TSE | TXD_CMD_DEXT | TXD_CMD_EOP | TXD_CMD_RS) << 24);
    tx_doorbell(f);
    fixture_run(f, 1000);
    expect_segments(f, 0, &p, 0xfffff, 8960);
    assert_true(tx_fields(f, 2) & TX_DD);
}

/* Headers end in the middle of a descriptor and come in pieces; empty descriptors between. */
static void headers_in_pieces(void **state)
{
    struct fixture *f = *state;

    for (uint32_t first = 1; first < 80; first++) {
        struct packet p = packet_kind(4);
        struct context context = context_of(&p, 700, 300);

        tx_start(f, 64, 0);
        fill_payload(payload, 700, first);
        post_context(f, &context);
        post_data(f, payload, 0, TSE, BOTH, 0);
        post_stream(f, &p, 700, (const uint32_t[]){first, 1, 9}, 3, 150, TSE);
        post_data(f, payload, 0, TSE | TXD_CMD_EOP, 0, 0); /* a packet of nothing */
        tx_doorbell(f);
        expect_segments(f, 0, &p, 700, 300);
        assert_int_equal(fixture_read(f, REG_TSCTC), 1);
        assert_int_equal(fixture_read(f, REG_TSCTFC), 1);
    }
}

/* ---- The wire pushes back -------------------------------------------------------------------- */

/* The wire takes so many segments at a time: each leaves once, in order and right. A descriptor is
 * given back when the last segment with data of it has left, and none is looked at again, whatever
 * software does to it meanwhile. */
static void the_wire_pushes_back(void **state)
{
    struct fixture *f = *state;

    for (uint32_t steps = 1; steps < 40; steps += 3) {
        struct packet p = packet_kind(0);
        struct context context = context_of(&p, 30000, 1000);
        uint32_t sent = 0;

        tx_start(f, 64, 0);
        fill_payload(payload, 30000, steps);
        f->accept = 0;
        post_context(f, &context);
        post_stream(f, &p, 30000, &p.header, 1, 2500, TSE | TXD_CMD_RS);
        tx_post_frame(f, 100, 1, 100, TX_EOP_IFCS);
        tx_doorbell(f);
        for (uint32_t i = 0; i < 16; i++)
            fixture_put64(f, TX_RING + 16 * i, 0xdead0000);
        while (sent < 31) {
            assert_int_equal(f->sent_count, sent);
            for (uint32_t i = 0; i < 14; i++) {
                /* Descriptor 0 is the context, 1 the header, 2 has the bytes up to 2500. */
                uint32_t needed = i == 0 ? 0 : i == 1 ? 1 : ((i - 1) * 2500 + 999) / 1000;

                if (i > 0)
                    assert_int_equal((tx_fields(f, i) & TX_DD) != 0, sent >= needed);
            }
            f->accept = steps;
            e1000emu_transmit_ready(f->chip);
            fixture_run(f, 1);
            sent += steps;
        }
        f->accept = SIZE_MAX;
        assert_int_equal(f->sent_count, 31);
        tx_expect(f, 30, 100, 1);
        f->sent_count = 30;
        expect_segments(f, 0, &p, 30000, 1000);
        f->sent_count = 31;
        assert_int_equal(fixture_read(f, REG_TDH), software.tail);
        assert_int_equal(fixture_read(f, REG_TSCTC), 1);
    }
}

/* The budget of a doorbell ends between the header of a packet and its first segment, and the wire
 * refuses that one afterwards: the header is given back once, and nothing behind it. */
static void a_budget_that_ends_after_the_header(void **state)
{
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, 3000, 1000);
    struct fixture *f = *state;

    tx_start(f, 1024, 0);
    for (uint32_t i = 0; i < 192; i++)
        tx_post_frame(f, 60, i, 60, TX_EOP_IFCS);
    for (uint32_t i = 0; i < 10; i++)
        tx_post_frame(f, 60, i, 60, TX_EOP_IFCS);
    fill_payload(payload, 3000, 1);
    packet_prototype(&p, header);
    post_context(f, &context);
    post_data(f, header, p.header, TSE, BOTH, 0);
    post_data(f, payload, 1500, TSE | TXD_CMD_RS, 0, 0);
    post_data(f, payload + 1500, 1500, TSE | TXD_CMD_EOP, 0, 0);
    for (uint32_t i = 0; i < 100; i++)
        tx_post_frame(f, 60, i, 60, TX_EOP_IFCS);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 202);
    assert_int_equal(fixture_read(f, REG_TDH), 204);
    f->accept = 0;
    fixture_run(f, 1);
    assert_int_equal(f->sent_count, 202);
    assert_int_equal(fixture_read(f, REG_TDH), 204);
    assert_false(tx_fields(f, 204) & TX_DD);
    f->accept = 3;
    e1000emu_transmit_ready(f->chip);
    expect_segments(f, 202, &p, 3000, 1000);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    fixture_run(f, 1);
    assert_int_equal(f->sent_count, 305);
    tx_expect(f, 304, 60, 99);
    assert_int_equal(fixture_read(f, REG_TDH), software.tail);
}

/* More segments than the staging memory holds, and packets of each kind after each other. */
static void many_packets(void **state)
{
    struct fixture *f = *state;
    size_t first = 0;

    tx_start(f, 4096, 0);
    fill_payload(payload, 60000, 6);
    for (unsigned i = 0; i < 40; i++) {
        struct packet p = packet_kind(i);
        uint32_t length = 60000 - 1234 * i, mss = 300 + 417 * i;
        struct context context = context_of(&p, length, mss);
        uint32_t count = (length + mss - 1) / mss;

        post_context(f, &context);
        post_stream(f, &p, length, NULL, 0, 4096, TSE);
        if (i % 3 == 0)
            tx_doorbell(f);
        if (i % 3 == 0)
            fixture_run(f, 1);
        first += count;
    }
    tx_doorbell(f);
    fixture_run(f, 1);
    assert_int_equal(f->sent_count, first);
    first = 0;
    for (unsigned i = 0; i < 40; i++) {
        struct packet p = packet_kind(i);
        uint32_t length = 60000 - 1234 * i, mss = 300 + 417 * i;
        uint32_t count = (length + mss - 1) / mss;
        size_t all = f->sent_count;

        f->sent_count = first + count;
        expect_segments(f, first, &p, length, mss);
        f->sent_count = all;
        first += count;
    }
    assert_int_equal(fixture_read(f, REG_TSCTC), 40);
    assert_in_range(f->largest_batch, 10, 128);
}

/* The end of a packet is posted late; a reset in the middle leaves nothing behind. */
static void the_end_comes_later(void **state)
{
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, 2000, 600);
    struct fixture *f = *state;

    for (unsigned reset = 0; reset < 2; reset++) {
        tx_start(f, 16, 0);
        fill_payload(payload, 2000, 6);
        packet_prototype(&p, header);
        post_context(f, &context);
        post_data(f, header, p.header, TSE | TXD_CMD_RS, BOTH, 0);
        post_data(f, payload, 1000, TSE | TXD_CMD_RS, 0, 0);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 1);
        assert_true(tx_fields(f, 2) & TX_DD);
        if (reset) {
            e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
            fixture_link_up(f);
            tx_start(f, 16, 0);
            tx_post_frame(f, 200, 1, 70, TX_EOP_IFCS);
            tx_doorbell(f);
            assert_int_equal(f->sent_count, 1);
            tx_expect(f, 0, 200, 1);
            assert_int_equal(fixture_read(f, REG_TSCTC) + fixture_read(f, REG_TSCTFC), 0);
        } else {
            memset(fixture_at(f, TX_BUFFERS), 0, 2000); /* the chip has its copy */
            post_data(f, payload + 1000, 1000, TSE | TXD_CMD_EOP, 0, 0);
            tx_doorbell(f);
            expect_segments(f, 0, &p, 2000, 600);
            assert_int_equal(fixture_read(f, REG_TSCTC), 1);
        }
    }
}

/* ---- What does not fit ---------------------------------------------------------------------- */

/* Less data than PAYLEN: whole segments have left, the rest is not sent. More: what is beyond is
 * not sent. Either counts as failed, once, and the next packet is not hurt. */
static void paylen_and_data_differ(void **state)
{
    static const struct {
        uint32_t paylen, length, sent;
    } cases[] = {{3000, 2999, 2}, {3000, 2000, 2}, {3000, 1999, 1}, {3000, 0, 0},
                 {3000, 3001, 3}, {3000, 9000, 3}, {1, 5000, 1},    {0xfffff, 100, 0}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (uint32_t piece = 700; piece < 70000; piece += 60000) {
            struct packet p = packet_kind(0);
            struct context context = context_of(&p, cases[i].paylen, 1000);

            tx_start(f, 64, 0);
            fill_payload(payload, cases[i].length, 3);
            post_context(f, &context);
            post_stream(f, &p, cases[i].length, NULL, 0, piece, TSE | TXD_CMD_RS);
            tx_post_frame(f, 60, 2, 60, TX_EOP_IFCS);
            tx_doorbell(f);
            assert_int_equal(f->sent_count, cases[i].sent + 1);
            tx_expect(f, cases[i].sent, 60, 2);
            for (uint32_t k = 0; k < cases[i].sent; k++) {
                bool last = (k + 1) * 1000 >= cases[i].paylen;
                uint32_t n = last ? cases[i].paylen - k * 1000 : 1000;

                packet_build(&p, payload + k * 1000, n, k, 1000, last, expected);
                assert_int_equal(f->sent[k].length, p.header + n);
                assert_memory_equal(f->sent[k].data, expected, p.header + n);
            }
            assert_int_equal(fixture_read(f, REG_TSCTFC), 1);
            assert_int_equal(fixture_read(f, REG_TSCTC), 0);
            assert_true(tx_fields(f, 1) & TX_DD);
        }
    }
}

/* A buffer in the middle can't be read: nothing of the packet leaves from there on. */
static void a_buffer_out_of_reach(void **state)
{
    struct packet p = packet_kind(0);
    struct context context = context_of(&p, 3000, 1000);
    struct fixture *f = *state;

    for (uint32_t bad = 0; bad < 3; bad++) {
        tx_start(f, 16, 0);
        fill_payload(payload, 3000, 3);
        packet_prototype(&p, header);
        post_context(f, &context);
        for (uint32_t i = 0; i < 3; i++) {
            if (i == bad)
                tx_post(f, 0xf0000000,
                        (i ? 1500 : p.header) | 1u << 20 |
                            (uint64_t)(TSE | TXD_CMD_DEXT | (i == 2 ? TXD_CMD_EOP : 0)) << 24 |
                            (uint64_t)BOTH << 40);
            else if (i == 0)
                post_data(f, header, p.header, TSE, BOTH, 0);
            else
                post_data(f, payload + 1500 * (i - 1), 1500, TSE | (i == 2 ? TXD_CMD_EOP : 0), 0,
                          0);
        }
        tx_post_frame(f, 60, 2, 60, TX_EOP_IFCS);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, bad == 2 ? 2 : 1);
        tx_expect(f, f->sent_count - 1, 60, 2);
        assert_int_equal(fixture_read(f, REG_TSCTFC), 1);
        assert_true(e1000emu_config_read(f->chip, 6, 2) & 0x2000);
    }
}

#define TX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TX_TEST(segments_of_every_kind),
        TX_TEST(numbers_wrap_and_flags_stay),
        TX_TEST(the_first_descriptor_decides),
        TX_TEST(without_checksums),
        TX_TEST(zero_is_ffff_for_udp_only),
        TX_TEST(a_protocol_the_chip_does_not_know),
        TX_TEST(a_megabyte),
        TX_TEST(headers_in_pieces),
        TX_TEST(the_wire_pushes_back),
        TX_TEST(a_budget_that_ends_after_the_header),
        TX_TEST(many_packets),
        TX_TEST(the_end_comes_later),
        TX_TEST(paylen_and_data_differ),
        TX_TEST(a_buffer_out_of_reach),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
