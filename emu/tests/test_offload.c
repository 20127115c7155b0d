/* SPDX-License-Identifier: BSD-2-Clause */
/* What the chip writes into single frames: checksums by legacy and by data descriptors, VLAN tags.
 */
#include "tx_packet.h"

#include <string.h>

#define CSO(offset) ((uint64_t)(offset) << 16)
#define CSS(offset) ((uint64_t)(offset) << 40)
#define TCI(tag)    ((uint64_t)(tag) << 48)

static uint8_t payload[16384];
static uint8_t expected[16384 + 256];

static uint64_t command_bits(uint32_t command)
{
    return (uint64_t)command << 24;
}

/* A legacy descriptor over part of frame. */
static void post_legacy(struct fixture *f, uint32_t at, uint32_t length, uint32_t command,
                        uint64_t fields)
{
    memcpy(fixture_at(f, software.room), frame + at, length);
    tx_post(f, software.room, length | command_bits(command) | fields);
    software.room += (length + 15) & ~15u;
}

static void expect_frame(struct fixture *f, size_t i, const uint8_t *data, uint32_t length)
{
    assert_in_range(i + 1, 1, f->sent_count);
    assert_int_equal(f->sent[i].length, length);
    assert_memory_equal(f->sent[i].data, data, length);
}

/* frame with the sum from css on at cso. */
static void expect_sum(struct fixture *f, size_t i, uint32_t length, uint32_t css, uint32_t cso)
{
    uint16_t sum = (uint16_t)~plain_sum(frame + css, length - css);

    memcpy(expected, frame, length);
    expected[cso] = (uint8_t)(sum >> 8);
    expected[cso + 1] = (uint8_t)sum;
    expect_frame(f, i, expected, length);
}

/* ---- Legacy descriptors --------------------------------------------------------------------- */

/* IC: the sum from CSS to the end goes to CSO, for even and odd lengths and places, and includes
 * what lies at CSO. Software's buffer is left as it is. */
static void legacy_checksum(void **state)
{
    struct fixture *f = *state;

    for (uint32_t length = 60; length < 70; length++) {
        for (uint32_t css = 14; css < 36; css += 3) {
            for (uint32_t cso = 16; cso < 58; cso += 7) {
                tx_start(f, 8, 0);
                tx_make(length, tx_station, length * css + cso);
                post_legacy(f, 0, length, TX_EOP_IFCS | TXD_CMD_IC, CSO(cso) | CSS(css));
                tx_doorbell(f);
                expect_sum(f, 0, length, css, cso);
                assert_memory_equal(fixture_at(f, TX_BUFFERS), frame, length);
            }
        }
    }
}

/* CSS counts in the first descriptor of a frame, IC and CSO in the last. */
static void legacy_fields_of_several_descriptors(void **state)
{
    struct fixture *f = *state;

    tx_start(f, 8, 0);
    tx_make(200, tx_station, 1);
    post_legacy(f, 0, 70, TXD_CMD_IFCS | TXD_CMD_IC, CSO(30) | CSS(34));
    post_legacy(f, 70, 70, 0, CSO(32) | CSS(35));
    post_legacy(f, 140, 60, TX_EOP_IFCS | TXD_CMD_IC, CSO(50) | CSS(36));
    post_legacy(f, 0, 100, TXD_CMD_IC, CSO(50) | CSS(34));
    post_legacy(f, 100, 100, TX_EOP_IFCS, CSO(50) | CSS(34)); /* no IC where it counts */
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    expect_sum(f, 0, 200, 34, 50);
    expect_frame(f, 1, frame, 200);
}

/* The field must fit into the frame, and the sum must cover something: otherwise nothing is
 * inserted. The length is that before padding. */
static void test_T8_legacy_offsets_beyond_the_frame(void **state)
{
    struct fixture *f = *state;

    for (uint32_t css = 0; css < 256; css += 5) {
        for (uint32_t cso = 0; cso < 256; cso += 3) {
            uint32_t length = 100;

            tx_start(f, 8, TCTL_PSP);
            tx_make(length, tx_station, css);
            post_legacy(f, 0, length, TX_EOP_IFCS | TXD_CMD_IC, CSO(cso) | CSS(css));
            tx_make(40, tx_station, css);
            post_legacy(f, 0, 40, TX_EOP_IFCS | TXD_CMD_IC, CSO(40) | CSS(20));
            tx_doorbell(f);
            memset(frame + 40, 0, 20);
            expect_frame(f, 1, frame, 60);
            tx_make(length, tx_station, css);
            if (css < length && cso < length - 1)
                expect_sum(f, 0, length, css, cso);
            else
                expect_frame(f, 0, frame, length);
        }
    }
}

/* ---- Contexts ------------------------------------------------------------------------------- */

/* Both checksums of every kind of packet and many lengths, from one buffer and from pieces, are
 * those that the protocols want. */
static void checksums_by_context(void **state)
{
    static const uint32_t lengths[] = {0, 1, 2, 3, 7, 100, 101, 1459, 1460, 8961};
    struct fixture *f = *state;

    for (unsigned kind = 0; kind < PACKET_KINDS; kind++) {
        struct packet p = packet_kind(kind);
        struct context c = context_of(&p, 0, 0);

        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            uint32_t total = p.header + lengths[l];

            tx_start(f, 16, 0);
            fill_payload(payload, lengths[l], kind + (uint32_t)l);
            packet_prepare(&p, payload, lengths[l], frame);
            post_context(f, &c);
            post_data(f, frame, total, TX_EOP_IFCS | TXD_CMD_RS, p.ipv6 ? TXSM : BOTH, 0);
            /* In three pieces; only the first one's options count. */
            post_data(f, frame, 33, TXD_CMD_IFCS, p.ipv6 ? TXSM : BOTH, 0);
            post_data(f, frame + 33, p.header - 35, TXD_CMD_IFCS, 0, 0);
            post_data(f, frame + p.header - 2, lengths[l] + 2, TX_EOP_IFCS, IXSM, 0);
            tx_doorbell(f);
            assert_int_equal(packet_build(&p, payload, lengths[l], 0, 0, true, expected), total);
            assert_int_equal(f->sent_count, 2);
            expect_frame(f, 0, expected, total);
            expect_frame(f, 1, expected, total);
            assert_true(tx_fields(f, 1) & TX_DD);
        }
    }
}

/* Each checksum is inserted only where asked for. */
static void options_are_separate(void **state)
{
    struct packet p = packet_kind(0);
    struct context c = context_of(&p, 0, 0);
    struct fixture *f = *state;

    fill_payload(payload, 100, 1);
    for (uint32_t options = 0; options < 4; options++) {
        tx_start(f, 8, 0);
        packet_prepare(&p, payload, 100, frame);
        post_context(f, &c);
        post_data(f, frame, p.header + 100, TX_EOP_IFCS, options, 0);
        tx_doorbell(f);
        packet_build(&p, payload, 100, 0, 0, true, expected);
        if (!(options & IXSM))
            memset(expected + p.l3 + 10, 0, 2);
        if (!(options & TXSM))
            memcpy(expected + p.checksum, frame + p.checksum, 2);
        expect_frame(f, 0, expected, p.header + 100);
    }
}

/* The chip remembers a context for checksums and one for segmentation, each until it is replaced;
 * the other kind's, legacy frames and doorbells between change neither. */
static void contexts_stay(void **state)
{
    struct packet p = packet_kind(0), q = packet_kind(7);
    struct context c = context_of(&p, 0, 0), d = context_of(&q, 300, 200);
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    fill_payload(payload, 300, 5);
    post_context(f, &d);
    post_context(f, &c);
    for (unsigned round = 0; round < 5; round++) {
        tx_post_frame(f, 100, round, 100, TX_EOP_IFCS);
        packet_prepare(&p, payload, 300, frame);
        post_data(f, frame, p.header + 300, TX_EOP_IFCS, BOTH, 0);
        packet_prototype(&q, frame);
        memcpy(frame + q.header, payload, 300);
        post_data(f, frame, q.header + 300, TX_EOP_IFCS | TXD_CMD_TSE, TXSM, 0);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 4 * (round + 1));
        tx_expect(f, 4 * round, 100, round);
        packet_build(&p, payload, 300, 0, 0, true, expected);
        expect_frame(f, 4 * round + 1, expected, p.header + 300);
        packet_build(&q, payload, 200, 0, 200, false, expected);
        expect_frame(f, 4 * round + 2, expected, q.header + 200);
        packet_build(&q, payload + 200, 100, 1, 200, true, expected);
        expect_frame(f, 4 * round + 3, expected, q.header + 100);
    }
    assert_int_equal(fixture_read(f, REG_TSCTC), 5);
}

/* A sum that comes out as zero is sent as all ones for UDP, where zero means that there is none,
 * and as it is for TCP and IP. */
static void zero_is_ffff_for_udp_only(void **state)
{
    struct fixture *f = *state;

    for (unsigned kind = 0; kind < 4; kind++) {
        struct packet p = packet_kind(kind);
        struct context c = context_of(&p, 0, 0);
        uint16_t rest;

        tx_start(f, 8, 0);
        memset(payload, 0, 4);
        packet_build(&p, payload, 4, 0, 0, true, expected);
        rest = (uint16_t)(expected[p.checksum] << 8 | expected[p.checksum + 1]);
        payload[0] = (uint8_t)(rest >> 8); /* makes the sum all ones */
        payload[1] = (uint8_t)rest;
        packet_prepare(&p, payload, 4, frame);
        post_context(f, &c);
        post_data(f, frame, p.header + 4, TX_EOP_IFCS, TXSM, 0);
        tx_doorbell(f);
        assert_int_equal(f->sent[0].data[p.checksum], p.udp ? 0xff : 0);
        assert_int_equal(f->sent[0].data[p.checksum + 1], p.udp ? 0xff : 0);
    }
}

/* CSE is the last byte that is covered; zero or beyond the end means the end. */
static void the_last_byte_covered(void **state)
{
    static const uint32_t ends[] = {0, 33, 34, 35, 60, 98, 99, 100, 101, 65535};
    struct fixture *f = *state;

    for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
        for (unsigned which = 0; which < 2; which++) {
            struct context c = {.ipcss = 34, .ipcso = 20, .tucss = 34, .tucso = 20};
            uint32_t end = ends[e] == 0 || ends[e] > 99 ? 99 : ends[e];
            uint16_t sum;

            tx_start(f, 8, 0);
            tx_make(100, tx_station, 3);
            c.ipcse = which ? 0 : ends[e];
            c.tucse = which ? ends[e] : 0;
            c.tucmd = TXD_TUCMD_TCP;
            post_context(f, &c);
            post_data(f, frame, 100, TX_EOP_IFCS, which ? TXSM : IXSM, 0);
            tx_doorbell(f);
            memcpy(expected, frame, 100);
            if (end >= 34) {
                sum = (uint16_t)~plain_sum(frame + 34, end - 33);
                expected[20] = (uint8_t)(sum >> 8);
                expected[21] = (uint8_t)sum;
            }
            expect_frame(f, 0, expected, 100);
        }
    }
}

/* A context inside of a packet is kept for the next one. */
static void a_context_in_the_middle(void **state)
{
    struct packet p = packet_kind(0), q = packet_kind(3);
    struct context c = context_of(&p, 0, 0), d = context_of(&q, 0, 0);
    struct fixture *f = *state;

    tx_start(f, 16, 0);
    fill_payload(payload, 500, 1);
    post_context(f, &c);
    packet_prepare(&p, payload, 500, frame);
    post_data(f, frame, 100, TXD_CMD_IFCS, BOTH, 0);
    post_context(f, &d);
    post_data(f, frame + 100, p.header + 400, TX_EOP_IFCS, 0, 0);
    packet_prepare(&q, payload, 500, frame);
    post_data(f, frame, q.header + 500, TX_EOP_IFCS, TXSM, 0);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 2);
    packet_build(&p, payload, 500, 0, 0, true, expected);
    expect_frame(f, 0, expected, p.header + 500);
    packet_build(&q, payload, 500, 0, 0, true, expected);
    expect_frame(f, 1, expected, q.header + 500);
}

/* ---- VLAN tags ------------------------------------------------------------------------------ */

/* What a frame of this length and seed looks like with a tag. */
static uint32_t tagged(uint32_t length, uint32_t seed, uint32_t type, uint32_t tag)
{
    tx_make(length, tx_station, seed);
    memcpy(expected, frame, 12);
    expected[12] = (uint8_t)(type >> 8);
    expected[13] = (uint8_t)type;
    expected[14] = (uint8_t)(tag >> 8);
    expected[15] = (uint8_t)tag;
    memcpy(expected + 16, frame + 12, length - 12);
    return length + 4;
}

/* VLE with CTRL.VME: the type from VET, the tag from the last descriptor, in legacy and in data
 * descriptors. Such a frame gets an FCS whatever IFCS says. Without VME, VLE does nothing. */
static void tags(void **state)
{
    static const uint32_t pieces[] = {2000, 100, 61, 5};
    static const uint32_t types[] = {0x8100, 0x88a8, 0};
    struct fixture *f = *state;

    for (unsigned i = 0; i < 48; i++) {
        bool vme = i & 1, data = i & 2, ifcs = i & 4;
        uint32_t length = 200, piece = pieces[i / 8 % 4], type = types[i / 16];
        uint32_t ctrl = fixture_read(f, REG_CTRL);

        tx_start(f, 128, 0);
        fixture_write(f, REG_CTRL, vme ? ctrl | CTRL_VME : ctrl & ~CTRL_VME);
        fixture_write(f, REG_VET, type);
        tx_make(length, tx_station, i);
        for (uint32_t at = 0; at < length; at += piece) {
            bool last = at + piece >= length;
            uint32_t command = (last ? TXD_CMD_EOP | TXD_CMD_VLE : 0) | (ifcs ? TXD_CMD_IFCS : 0);
            uint32_t n = last ? length - at : piece;

            if (data)
                post_data(f, frame + at, n, command, 0, last ? 0x6123 : 0x1999);
            else
                post_legacy(f, at, n, command, TCI(last ? 0x6123 : 0x1999));
        }
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 1);
        assert_int_equal(f->sent[0].flags, vme || ifcs ? 0 : E1000EMU_FRAME_FCS);
        if (vme)
            expect_frame(f, 0, expected, tagged(length, i, type, 0x6123));
        else
            tx_expect(f, 0, length, i);
    }
    /* VLE in a descriptor that isn't the last one. */
    tx_start(f, 8, 0);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_VME);
    tx_make(100, tx_station, 1);
    post_legacy(f, 0, 50, TXD_CMD_IFCS | TXD_CMD_VLE, TCI(5));
    post_legacy(f, 50, 50, TX_EOP_IFCS, TCI(5));
    tx_doorbell(f);
    tx_expect(f, 0, 100, 1);
}

/* Frames in pieces, with a tag and without, by turns: the room for a tag is the frame's own. */
static void tags_by_turns(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_VME);
    fixture_write(f, REG_VET, 0x8100);
    tx_start(f, 64, 0);
    for (uint32_t i = 0; i < 20; i++)
        tx_post_frame(f, 100 + i, i, 60, TX_EOP_IFCS | (i % 3 ? TXD_CMD_VLE : 0));
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 20);
    for (uint32_t i = 0; i < 20; i++) {
        if (i % 3)
            expect_frame(f, i, expected, tagged(100 + i, i, 0x8100, 0));
        else
            tx_expect(f, i, 100 + i, i);
    }
}

/* Contexts don't outlive a reset. */
static void contexts_go_with_a_reset(void **state)
{
    struct packet p = packet_kind(0);
    struct context c = context_of(&p, 300, 200), d = context_of(&p, 0, 0);
    struct fixture *f = *state;

    tx_start(f, 64, 0);
    post_context(f, &c);
    post_context(f, &d);
    tx_doorbell(f);
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    fixture_link_up(f);
    tx_start(f, 64, 0);
    packet_prototype(&p, frame);
    memset(frame + p.header, 7, 300);
    post_data(f, frame, p.header + 300, TX_EOP_IFCS | TXD_CMD_TSE, BOTH, 0);
    tx_doorbell(f);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_read(f, REG_TSCTFC), 1);
}

/* Checksums are those of the frame without its tag, and offsets don't count the tag. */
static void tags_and_checksums(void **state)
{
    struct packet p = packet_kind(4);
    struct context c = context_of(&p, 0, 0);
    struct fixture *f = *state;
    uint16_t sum;

    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_VME);
    fixture_write(f, REG_VET, 0x8100);
    tx_start(f, 8, 0);
    fill_payload(payload, 1001, 9);
    post_context(f, &c);
    packet_prepare(&p, payload, 1001, frame);
    post_data(f, frame, p.header + 1001, TX_EOP_IFCS | TXD_CMD_VLE, BOTH, 0xe00f);
    tx_make(100, tx_station, 1);
    post_legacy(f, 0, 100, TX_EOP_IFCS | TXD_CMD_VLE | TXD_CMD_IC, CSO(50) | CSS(14) | TCI(3));
    tx_doorbell(f);
    packet_build(&p, payload, 1001, 0, 0, true, expected);
    memmove(expected + 16, expected + 12, p.header + 1001 - 12);
    memcpy(expected + 12, (const uint8_t[]){0x81, 0x00, 0xe0, 0x0f}, 4);
    expect_frame(f, 0, expected, p.header + 1005);
    assert_int_equal(f->sent[1].length, 104);
    assert_memory_equal(f->sent[1].data + 12, "\x81\x00\x00\x03", 4);
    /* The legacy one, with its tag taken out again. */
    memmove(f->sent[1].data + 4, f->sent[1].data, 12);
    tx_make(100, tx_station, 1);
    sum = (uint16_t)~plain_sum(frame + 14, 86);
    frame[50] = (uint8_t)(sum >> 8);
    frame[51] = (uint8_t)sum;
    assert_memory_equal(f->sent[1].data + 4, frame, 100);
}

/* PSP pads to 60 bytes, the tag among them, with zeros. The largest frame may have a tag too; one
 * that is too short to have addresses gets none. */
static void tags_and_sizes(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_VME);
    fixture_write(f, REG_VET, 0x8100);
    for (uint32_t length = 1; length < 64; length++) {
        tx_start(f, 8, TCTL_PSP);
        tx_make(length, tx_station, length);
        post_legacy(f, 0, length, TX_EOP_IFCS | TXD_CMD_VLE, TCI(7));
        tx_doorbell(f);
        memset(expected, 0, 64);
        if (length >= 12)
            tagged(length, length, 0x8100, 7);
        else
            memcpy(expected, frame, length);
        expect_frame(f, 0, expected, length + 4 < 60 ? 60 : length + 4);
    }
    tx_start(f, 8, TCTL_PSP);
    tx_make(16288, tx_station, 1);
    post_legacy(f, 0, 16288, TX_EOP_IFCS | TXD_CMD_VLE, TCI(7));
    tx_doorbell(f);
    expect_frame(f, 0, expected, tagged(16288, 1, 0x8100, 7));
    assert_int_equal(fixture_read(f, REG_PTC1522), 1);
    assert_int_equal(fixture_read(f, REG_GOTCL), 56 * 64 + 7 * 68 + 16288 + 8);
}

#define TX_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TX_TEST(legacy_checksum),
        TX_TEST(legacy_fields_of_several_descriptors),
        TX_TEST(test_T8_legacy_offsets_beyond_the_frame),
        TX_TEST(checksums_by_context),
        TX_TEST(options_are_separate),
        TX_TEST(contexts_stay),
        TX_TEST(zero_is_ffff_for_udp_only),
        TX_TEST(the_last_byte_covered),
        TX_TEST(a_context_in_the_middle),
        TX_TEST(tags),
        TX_TEST(tags_by_turns),
        TX_TEST(contexts_go_with_a_reset),
        TX_TEST(tags_and_checksums),
        TX_TEST(tags_and_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
