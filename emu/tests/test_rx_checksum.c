/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receive checksum offload: every row of the manual's table (SDM 3.2.9), for each setting of
 * RXCSUM, with good and with broken sums, by each way that a frame can take through the chip; then
 * packets that lie about their lengths; then the packet checksum.
 */
#include "rx_ring.h"

#include <stdlib.h>
#include <string.h>

/* ---- Packets -------------------------------------------------------------------------------- */

/*
 * A packet is described by its layers, outermost first:
 *   E Ethernet II   S LLC and SNAP   V VLAN tag (before E or S)   A a type that isn't IP's
 *   4 IPv4   o IPv4 with options   f its first fragment   m, l later ones, far and near
 *   6 IPv6   h hop-by-hop   d destination options   r routing, at its end   v routing, under way
 *   L options of 72 bytes   g IPv6 fragment
 *   T TCP   t TCP with options   U UDP   u UDP without checksum   X another protocol
 * It is made from the innermost on, each layer before the last. Sums are taken byte by byte, so
 * that the chip is not checked with itself.
 */
static uint8_t room[12288];
static uint8_t *packet;
static uint32_t length; /* bytes from packet on */
static uint32_t type;   /* what the last layer is to the one before it */

static const uint8_t source4[4] = {192, 0, 2, 1}, target4[4] = {192, 0, 2, 99};
static const uint8_t source6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
static const uint8_t target6[16] = {0x20, 0x01, 0x0d, 0xb8, [14] = 0xff, [15] = 2};
static const uint8_t stop6[16] = {0x20, 0x01, 0x0d, 0xb8, [13] = 0x77, [15] = 3};

static uint32_t add_up(uint32_t sum, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum += i % 2 ? data[i] : (uint32_t)data[i] << 8;
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static void put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static uint8_t *prepend(uint32_t n)
{
    packet -= n;
    length += n;
    assert_true(packet >= room);
    memset(packet, 0, n);
    return packet;
}

/* The sum that goes into a transport's pseudo-header: of the innermost IP layer's addresses. */
static uint32_t pseudo(const char *layers, uint32_t protocol)
{
    const char *six = strrchr(layers, '6');
    uint32_t sum = protocol + length;

    if (six && !strpbrk(six, "4ofml"))
        return add_up(add_up(sum, source6, 16), target6, 16);
    return add_up(add_up(sum, source4, 4), target4, 4);
}

static void transport(const char *layers, char kind)
{
    bool udp = kind == 'U' || kind == 'u';
    uint32_t n = kind == 'X' ? 12 : udp ? 8 : kind == 't' ? 32 : 20;
    uint8_t *h = prepend(n);
    uint8_t *sum = udp ? h + 6 : h + 16;

    type = kind == 'X' ? 50 : udp ? 17 : 6;
    put16(h, 1234);
    put16(h + 2, 80);
    if (kind == 'X')
        return;
    if (udp)
        put16(h + 4, length);
    else
        h[12] = (uint8_t)(n / 4 << 4);
    if (kind != 'u')
        put16(sum, ~add_up(pseudo(layers, type), packet, length) & 0xffff);
}

static void ipv4(char kind)
{
    uint32_t n = kind == 'o' ? 32 : 20;
    uint8_t *h = prepend(n);

    h[0] = (uint8_t)(0x40 | n / 4);
    put16(h + 2, length);
    put16(h + 6, kind == 'f' ? 0x2000 : kind == 'm' ? 0x1000 : kind == 'l' ? 0x0001 : 0x4000);
    h[8] = 64;
    h[9] = (uint8_t)type;
    memcpy(h + 12, source4, 4);
    memcpy(h + 16, target4, 4);
    put16(h + 10, ~add_up(0, h, n) & 0xffff);
    type = 0x0800;
}

/* An address on the way stands in the header; the last one is in the routing header then. */
static void ipv6(const char *at)
{
    uint32_t payload = length;
    uint8_t *h = prepend(40);

    h[0] = 0x60;
    put16(h + 4, payload);
    h[6] = (uint8_t)type;
    memcpy(h + 8, source6, 16);
    memcpy(h + 24, at[1] == 'v' || (at[1] && at[2] == 'v') ? stop6 : target6, 16);
    type = 0x86dd;
}

static void extension(char kind)
{
    uint32_t n = kind == 'L' ? 72 : kind == 'v' ? 24 : kind == 'd' ? 64 : 8;
    uint8_t *h = prepend(n);

    h[0] = (uint8_t)type;
    h[1] = (uint8_t)(n / 8 - 1);
    if (kind == 'v') {
        h[3] = 1;
        memcpy(h + 8, target6, 16);
    }
    type = kind == 'h' ? 0 : kind == 'g' ? 44 : kind == 'd' || kind == 'L' ? 60 : 43;
}

static void ethernet(const char *layers, char kind)
{
    bool tagged = layers[0] == 'V';
    uint32_t payload = length;
    uint8_t *h;

    if (kind == 'S') {
        static const uint8_t snap[6] = {0xaa, 0xaa, 3, 0, 0, 0};

        put16(prepend(2), type);
        memcpy(prepend(6), snap, 6);
        put16(prepend(2), payload + 8);
    } else {
        put16(prepend(2), kind == 'A' ? 0x0806 : type);
    }
    if (tagged) {
        h = prepend(4);
        put16(h, 0x8100);
        put16(h + 2, 0x2064);
    }
    memcpy(prepend(6), rx_other, 6);
    memcpy(prepend(6), rx_station, 6);
}

/* Makes a packet with so many bytes of payload, padded to the least that a frame may have. */
static void make(const char *layers, uint32_t payload)
{
    uint8_t *end = room + sizeof room - 64; /* what follows is padding */

    memset(room, 0, sizeof room);
    packet = end;
    length = 0;
    type = 0;
    for (uint8_t *p = prepend(payload), i = 1; p < end; p++)
        *p = i++;
    for (size_t i = strlen(layers); i > 0; i--) {
        char kind = layers[i - 1];

        if (strchr("TtUuX", kind))
            transport(layers, kind);
        else if (strchr("4ofml", kind)) {
            /* What is in an IP packet is known to the outer one by its protocol number. */
            if (type == 0x0800 || type == 0x86dd)
                type = type == 0x0800 ? 4 : 41;
            ipv4(kind);
        } else if (kind == '6') {
            if (type == 0x0800 || type == 0x86dd)
                type = type == 0x0800 ? 4 : 41;
            ipv6(layers + i - 1);
        } else if (strchr("hdrvLg", kind))
            extension(kind);
        else if (kind != 'V')
            ethernet(layers, kind);
    }
    if (length < 60)
        length = 60;
}

/* ---- The table ------------------------------------------------------------------------------ */

#define IP RXD_STAT_IPCS
#define L4 RXD_STAT_TCPCS

/* What is checked with all three bits of RXCSUM set. */
static const struct row {
    const char *layers;
    uint8_t checks;
} rows[] = {
    {"E4T", IP | L4},  {"E4U", IP | L4},  {"EoT", IP | L4},  {"EoU", IP | L4},  {"E4t", IP | L4},
    {"E4X", IP},       {"EfT", IP},       {"ElT", IP},       {"EfU", IP},       {"EmU", IP},
    {"E4u", IP},       {"E44T", 0},       {"E46T", IP | L4}, {"E46U", IP | L4}, {"E46hT", IP | L4},
    {"E6T", L4},       {"E6U", L4},       {"E6t", L4},       {"E6hT", L4},      {"E6dU", L4},
    {"E6rT", L4},      {"E6vT", L4},      {"E6hvU", L4},     {"E6hdrT", L4},    {"E6LT", 0},
    {"E6gT", 0},       {"E6hgU", 0},      {"E64T", 0},       {"E66T", 0},       {"E6X", 0},
    {"E6u", 0},        {"A4T", 0},        {"A", 0},          {"S4T", IP | L4},  {"S6U", L4},
    {"VE4T", IP | L4}, {"VE4U", IP | L4}, {"VE6T", L4},      {"VS4T", IP | L4}, {"VE4X", IP},
    {"VE6gT", 0},
};

#define ROWS (sizeof rows / sizeof *rows)

/* What is left of it when software asks for less. */
static uint8_t checked(const struct row *row, uint32_t rxcsum)
{
    bool inner6 = strchr(row->layers, '6');
    uint8_t checks = row->checks;

    if (!(rxcsum & RXCSUM_IPOFLD))
        checks &= (uint8_t)~IP;
    if (!(rxcsum & RXCSUM_TUOFLD) || (inner6 && !(rxcsum & RXCSUM_IPV6OFL)))
        checks &= (uint8_t)~L4;
    return checks;
}

/* Ways through the chip. */
enum way { SHORT, WITH_FCS, SMALL_BUFFERS, WAITING, STRIPPED, WAYS };

/* Receives the packet. The descriptor must say that these checks were made and found these errors.
 */
static void expect(struct fixture *f, enum way way, uint32_t rxcsum, uint8_t checks, uint8_t errors)
{
    uint32_t size = way == SMALL_BUFFERS ? 256 : 2048;
    uint32_t rctl = way == WITH_FCS ? 0 : RCTL_SECRC;
    uint32_t ctrl = fixture_read(f, REG_CTRL) & ~CTRL_VME;
    uint8_t *exact = malloc(length);
    uint64_t last;

    fixture_write(f, REG_VET, 0x8100);
    fixture_write(f, REG_CTRL, way == STRIPPED ? ctrl | CTRL_VME : ctrl);
    fixture_write(f, REG_RXCSUM, rxcsum);
    rx_start(f, 64, size, way == WAITING ? 0 : 63, rctl | RCTL_LPE);
    memcpy(exact, packet, length); /* a byte read behind it doesn't stay unnoticed */
    assert_int_equal(fixture_receive(f, exact, length, 0), E1000EMU_RX_STORED);
    free(exact);
    if (way == WAITING)
        fixture_write(f, REG_RDT, 63);
    rx_take(f, &last);
    assert_int_equal(last >> 32 & (RXD_STAT_IXSM | IP | L4), checks ? checks : RXD_STAT_IXSM);
    assert_int_equal(last >> 40 & 0xff, errors);
}

/* Bytes of the outer IP header's time to live (or hop limit), which no other sum covers. */
static uint8_t *time_to_live(const struct row *row)
{
    uint8_t *ip =
        packet + 14 + (strchr(row->layers, 'V') ? 4 : 0) + (strchr(row->layers, 'S') ? 8 : 0);

    return ip + 8;
}

static void every_row(struct fixture *f, enum way way, uint32_t rxcsum, uint32_t payload)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        uint8_t checks = checked(row, rxcsum);
        uint8_t bad_ip = checks & IP ? RXD_ERR_IPE : 0;
        uint8_t bad_l4 = checks & L4 ? RXD_ERR_TCPE : 0;

        if (payload > 1400 && strchr(row->layers, 'S'))
            continue; /* SNAP has a length field, for up to 1500 bytes */
        make(row->layers, payload);
        expect(f, way, rxcsum, checks, 0);
        if (row->checks & IP) {
            *time_to_live(row) ^= 0x40;
            expect(f, way, rxcsum, checks, bad_ip);
            *time_to_live(row) ^= 0x40;
        }
        if (row->checks & L4) {
            make(row->layers, payload);
            packet[length - 1] ^= 0x01;
            expect(f, way, rxcsum, checks, bad_l4);
        }
    }
}

/* Every row with every combination of the three bits. */
static void every_row_every_setting(void **state)
{
    for (uint32_t bits = 1; bits < 8; bits++)
        every_row(*state, SHORT, bits << 8, 100);
}

/* Whatever way a frame takes, the verdict is the same; odd lengths; and frames over 1552 bytes. */
static void every_row_every_way(void **state)
{
    for (unsigned way = 0; way < WAYS; way++) {
        every_row(*state, (enum way)way, 0x700, 101);
        every_row(*state, (enum way)way, 0x700, 1700);
    }
}

/* Software that asks for nothing gets nothing: no checks, no packet checksum. */
static void nothing_unless_asked(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < ROWS; i++) {
        make(rows[i].layers, 100);
        expect(f, SHORT, 0, 0, 0);
        assert_int_equal(fixture_get64(f, RX_RING + 8) >> 16 & 0xffff, 0);
    }
}

/* ---- Lies ----------------------------------------------------------------------------------- */

#define ALL_BITS (RXCSUM_IPOFLD | RXCSUM_TUOFLD | RXCSUM_IPV6OFL)

/* Short frames are padded; the padding belongs to nobody and changes nothing. */
static void padding_is_not_summed(void **state)
{
    struct fixture *f = *state;

    make("E4U", 3);
    assert_int_equal(length, 60);
    memset(packet + 45, 0x5a, 15);
    expect(f, SHORT, ALL_BITS, IP | L4, 0);
    make("E4T", 1);
    memset(packet + 55, 0x5a, 5);
    expect(f, SHORT, ALL_BITS, IP | L4, 0);
}

/* Cut off anywhere, a packet is checked only as far as its headers' lengths can be true, and
 * nothing behind its end is read. */
static void truncated_packets(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < ROWS; i++) {
        uint32_t whole;

        make(rows[i].layers, 40);
        for (whole = length; length >= 60; length--) {
            uint8_t ip = rows[i].checks & IP;

            if (length == whole)
                expect(f, SHORT, ALL_BITS, rows[i].checks, 0);
            else
                expect(f, SHORT, ALL_BITS, ip, 0);
        }
    }
}

/* Runts that software wants to see: nothing is checked that isn't there. */
static void runts(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_RXCSUM, ALL_BITS);
    for (size_t i = 0; i < ROWS; i++) {
        make(rows[i].layers, 0);
        rx_start(f, 64, 2048, 63, RCTL_SECRC | RCTL_SBP);
        for (length = 59; length >= 6; length--) {
            uint8_t *exact = malloc(length);
            uint64_t last;

            memcpy(exact, packet, length);
            assert_int_equal(fixture_receive(f, exact, length, 0), E1000EMU_RX_STORED);
            free(exact);
            rx_take(f, &last);
            if (length < 14 + 20 + 8)
                assert_int_equal(last >> 32 & L4, 0);
            if (length < 14 + 20)
                assert_int_equal(last >> 32 & RXD_STAT_IXSM, RXD_STAT_IXSM);
            assert_int_equal(last >> 40, 0);
            fixture_write(f, REG_RDT, (software.next + 63) % 64);
        }
    }
}

/* A length of up to 1500 is one, and what follows it may be SNAP. */
static void longest_length_field(void **state)
{
    struct fixture *f = *state;

    make("S4T", 1500 - 8 - 40);
    expect(f, SHORT, ALL_BITS, IP | L4, 0);
    make("S4T", 1501 - 8 - 40);
    expect(f, SHORT, ALL_BITS, 0, 0);
}

/* Sets a byte of a good packet: what is checked then? */
static void expect_with(struct fixture *f, const char *layers, uint32_t offset, uint8_t value,
                        uint8_t checks, uint8_t errors)
{
    make(layers, 40);
    packet[offset] = value;
    expect(f, SHORT, ALL_BITS, checks, errors);
}

static void headers_that_lie(void **state)
{
    struct fixture *f = *state;

    expect_with(f, "E4T", 14, 0x55, 0, 0);                                /* version */
    expect_with(f, "E4T", 14, 0x44, 0, 0);                                /* header of 16 bytes */
    expect_with(f, "E4T", 14, 0x4f, IP | L4, RXD_ERR_IPE | RXD_ERR_TCPE); /* of 60 */
    expect_with(f, "E4T", 17, 19, IP, RXD_ERR_IPE);      /* a total shorter than the header */
    expect_with(f, "E4T", 16, 0xff, IP, RXD_ERR_IPE);    /* and one longer than the frame */
    expect_with(f, "E6T", 14, 0x40, 0, 0);               /* version */
    expect_with(f, "E6T", 18, 0xff, 0, 0);               /* longer than the frame */
    expect_with(f, "E6T", 19, 19, 0, 0);                 /* too short for TCP */
    expect_with(f, "E6U", 19, 7, 0, 0);                  /* or for UDP */
    expect_with(f, "E6hT", 55, 255, 0, 0);               /* an endless extension */
    expect_with(f, "E6hT", 19, 4, 0, 0);                 /* one that is cut off */
    expect_with(f, "E6rT", 57, 1, 0, 0);                 /* routing to no address */
    expect_with(f, "E4U", 38, 1, IP, 0);                 /* UDP's length: too long */
    expect_with(f, "E4U", 39, 7, IP, 0);                 /* too short */
    expect_with(f, "E4U", 39, 9, IP | L4, RXD_ERR_TCPE); /* another one */
    expect_with(f, "S4T", 14, 0xab, 0, 0);               /* not SNAP */
}

/* A tag is what VET says, and one is skipped, not two. */
static void tags_are_those_of_vet(void **state)
{
    struct fixture *f = *state;

    make("VE4T", 40);
    put16(packet + 12, 0x88a8);
    expect(f, SHORT, ALL_BITS, 0, 0);
    make("VE4T", 40);
    memmove(packet - 4, packet, 12);
    packet -= 4;
    length += 4;
    put16(packet + 12, 0x8100);
    put16(packet + 14, 0x0001);
    expect(f, SHORT, ALL_BITS, 0, 0);
}

/* Random bytes in every place of every kind of packet: no more than the wrong answer, and none that
 * isn't one of the possible ones. */
static void noise(void **state)
{
    struct fixture *f = *state;
    uint32_t x = 1;

    fixture_write(f, REG_RXCSUM, ALL_BITS);
    rx_start(f, 8, 2048, 7, RCTL_SECRC);
    for (uint32_t i = 0; i < 20000; i++) {
        uint8_t *exact;
        uint64_t last;
        uint8_t checks;

        make(rows[i % ROWS].layers, i % 97);
        for (int n = 0; n < 3; n++) {
            x = x * 1664525u + 1013904223u;
            packet[12 + (x >> 8) % (length - 12)] = (uint8_t)(x >> 24);
        }
        exact = malloc(length);
        memcpy(exact, packet, length);
        assert_int_equal(fixture_receive(f, exact, length, 0), E1000EMU_RX_STORED);
        free(exact);
        rx_take(f, &last);
        checks = last >> 32 & (RXD_STAT_IXSM | IP | L4);
        assert_true(checks == RXD_STAT_IXSM || !(checks & RXD_STAT_IXSM));
        assert_int_not_equal(checks, 0);
        assert_true(checks & IP || !(last >> 40 & RXD_ERR_IPE));
        assert_true(checks & L4 || !(last >> 40 & RXD_ERR_TCPE));
        fixture_write(f, REG_RDT, (software.next + 7) % 8);
    }
}

/* ---- The packet checksum -------------------------------------------------------------------- */

/* The complemented sum from byte PCSS to the end of what is stored, in the first descriptor and in
 * no other one; whatever is in the packet, with FCS or without. */
static void packet_checksum(void **state)
{
    static const uint32_t lengths[] = {60, 61, 255, 256, 300, 1001, 1514};
    static const uint8_t starts[] = {1, 13, 14, 34, 59, 60, 64, 100, 255};
    struct fixture *f = *state;

    for (unsigned way = 0; way < WAYS; way++) {
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            for (size_t s = 0; s < sizeof starts; s++) {
                uint32_t size = way == SMALL_BUFFERS || way == WITH_FCS ? 256 : 2048;
                uint32_t stored = lengths[l] + (way == WITH_FCS ? 4 : 0);
                uint32_t first = stored > size ? size : stored;
                uint32_t sum;

                fixture_write(f, REG_RXCSUM, starts[s]);
                rx_start(f, 64, size, way == WAITING ? 0 : 63, way == WITH_FCS ? 0 : RCTL_SECRC);
                rx_make(lengths[l], rx_station, way + starts[s]);
                fixture_receive(f, frame, lengths[l], 0);
                if (way == WAITING)
                    fixture_write(f, REG_RDT, 63);
                rx_append_crc(frame, lengths[l]);
                sum = stored > starts[s] ? add_up(0, frame + starts[s], stored - starts[s]) : 0;
                assert_int_equal(rx_fields(f, 0) & 0xffff, first);
                assert_int_equal(rx_fields(f, 0) >> 16 & 0xffff, ~sum & 0xffff);
                if (stored > first)
                    assert_int_equal(rx_fields(f, 1) >> 16 & 0xffff, 0);
                assert_int_equal(rx_take(f, NULL), stored);
            }
        }
    }
}

/* From byte 0, with another part of RXCSUM in use; after the tag has been taken off; of a frame
 * that wraps in the packet buffer, at any place. */
static void packet_checksum_of_what_is_stored(void **state)
{
    struct fixture *f = *state;
    uint32_t in = 0;

    fixture_write(f, REG_VET, 0x8100);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_VME);
    for (uint32_t start = 0; start < 2; start++) {
        fixture_write(f, REG_RXCSUM, RXCSUM_IPOFLD | start);
        rx_start(f, 8, 2048, 0, RCTL_SECRC);
        for (uint32_t i = 0; i < 800; i++, in++) {
            make("VE4T", in % 300);
            assert_int_equal(fixture_receive(f, packet, length, 0), E1000EMU_RX_STORED);
            fixture_write(f, REG_RDT, (i + 1) % 8);
            memmove(packet + 4, packet, 12);
            assert_int_equal(rx_fields(f, i % 8) >> 16 & 0xffff,
                             ~add_up(0, packet + 4 + start, length - 4 - start) & 0xffff);
            assert_int_equal(rx_take(f, NULL), length - 4);
        }
    }
}

#define SUM_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUM_TEST(every_row_every_setting), SUM_TEST(every_row_every_way),
        SUM_TEST(nothing_unless_asked),    SUM_TEST(padding_is_not_summed),
        SUM_TEST(truncated_packets),       SUM_TEST(runts),
        SUM_TEST(longest_length_field),    SUM_TEST(headers_that_lie),
        SUM_TEST(tags_are_those_of_vet),   SUM_TEST(noise),
        SUM_TEST(packet_checksum),         SUM_TEST(packet_checksum_of_what_is_stored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
