/* SPDX-License-Identifier: BSD-2-Clause */
/* What the virtio-net header of a tap becomes for the driver, and back; what the layer above `tap`
 * takes as its argument. */
#include "above_tap.h"
#include "vnet_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define L2 14u

struct packet {
    uint8_t bytes[3000];
    struct e1000_frag frags[3];
    unsigned count;
};

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* A packet of length bytes with so many tags, in one fragment. l4: where TCP or UDP begins. */
static void make(struct packet *p, bool ipv6, unsigned tags, uint32_t length)
{
    uint32_t type = 12;

    memset(p, 0, sizeof(*p));
    for (uint32_t i = 0; i < length; i++)
        p->bytes[i] = (uint8_t)(i * 7 + 1);
    for (unsigned i = 0; i < tags; i++, type += 4)
        put16(p->bytes + type, i + 1 < tags ? 0x88A8 : 0x8100);
    put16(p->bytes + type, ipv6 ? 0x86DD : 0x0800);
    p->frags[0] = (struct e1000_frag){
        .data = p->bytes, .length = length, .flags = E1000_FRAG_EOP, .cookie = p};
    p->count = 1;
}

static struct virtio_net_hdr partial(unsigned start, unsigned offset)
{
    return (struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
                                   .csum_start = (uint16_t)start,
                                   .csum_offset = (uint16_t)offset};
}

static enum vnet_verdict tell(struct packet *p, const struct virtio_net_hdr *header)
{
    return vnet_header_to_driver(header, p->frags, p->count);
}

/* ---- To the driver ---- */

static void a_finished_packet_asks_for_nothing(void **state)
{
    const struct virtio_net_hdr header = {0};
    struct packet p;

    (void)state;
    make(&p, false, 0, 100);
    assert_int_equal(tell(&p, &header), VNET_READY);
    assert_int_equal(p.frags[0].flags, E1000_FRAG_EOP);
}

/* TCP and UDP over IPv4 and IPv6, with none, one and two tags, headers of several lengths: the
 * checksum is left to the chip, which goes out from what the host has put there. */
static void half_checksums_are_left_to_the_chip(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * 2 * 3 * 3; i++) {
        const bool ipv6 = (i & 1) != 0, udp = (i & 2) != 0;
        const unsigned tags = i / 4 % 3, l2 = L2 + 4 * tags;
        const unsigned l3 = (ipv6 ? 40 : 20) + 8 * (i / 12);
        const struct virtio_net_hdr header = partial(l2 + l3, udp ? 6 : 16);
        struct packet p;

        make(&p, ipv6, tags, 200);
        assert_int_equal(tell(&p, &header), VNET_READY);
        assert_int_equal(p.frags[0].flags, E1000_FRAG_EOP | E1000_FRAG_SEEDED |
                                               (udp ? E1000_FRAG_UDP_CSUM : E1000_FRAG_TCP_CSUM) |
                                               (ipv6 ? E1000_FRAG_IPV6 : 0));
        assert_int_equal(p.frags[0].l2_length, l2);
        assert_int_equal(p.frags[0].l3_length, l3);
    }
}

/* TCP to be cut: all checksums, segment size and TCP header's length. */
static void segments_are_left_to_the_chip(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        const bool ipv6 = (i & 1) != 0;
        const unsigned tags = i / 2, l4 = L2 + 4 * tags + (ipv6 ? 40 : 20);
        struct virtio_net_hdr header = partial(l4, 16);
        struct packet p;

        header.gso_type = ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
        header.gso_size = 1448;
        make(&p, ipv6, tags, 3000);
        p.bytes[l4 + 12] = 0x80;
        assert_int_equal(tell(&p, &header), VNET_READY);
        assert_int_equal(p.frags[0].flags, E1000_FRAG_EOP | E1000_FRAG_TSO | E1000_FRAG_TCP_CSUM |
                                               (ipv6 ? E1000_FRAG_IPV6 : E1000_FRAG_IP_CSUM));
        assert_int_equal(p.frags[0].mss, 1448);
        assert_int_equal(p.frags[0].l4_length, 32);
        assert_int_equal(p.frags[0].l3_length, ipv6 ? 40 : 20);
    }
}

/* What no driver here can cut, or what contradicts itself, is refused and not sent wrongly. */
static void impossible_segments_are_refused(void **state)
{
    (void)state;
    for (unsigned broken = 0; broken <= 8; broken++) {
        struct virtio_net_hdr header = partial(34, 16);
        struct packet p;

        header.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
        header.gso_size = 1000;
        make(&p, broken == 1, 0, 3000);
        p.bytes[34 + 12] = broken == 2 ? 0x40 : 0x50;
        if (broken == 3)
            header.gso_size = 0;
        if (broken == 4)
            header.gso_type = VIRTIO_NET_HDR_GSO_UDP;
        if (broken == 5)
            header.flags = 0;
        if (broken == 6)
            header.csum_offset = 6;
        if (broken == 7)
            header.csum_start = 33;
        if (broken == 8)
            p.frags[0].length = 53;
        assert_int_equal(tell(&p, &header), broken == 0 ? VNET_READY : VNET_IMPOSSIBLE);
    }
}

/* Another protocol's checksum, or headers longer than the driver takes, are for the software. */
static void odd_checksums_are_for_software(void **state)
{
    const struct virtio_net_hdr odd[] = {
        partial(34, 2),   /* as ICMP's */
        partial(20, 16),  /* no room for an IP header */
        partial(232, 16), /* a tunnel's: behind more headers than the driver takes */
        partial(190, 16), /* TCP's header would end behind the packet */
    };
    struct packet p;

    (void)state;
    for (unsigned i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        make(&p, false, 0, 200);
        assert_int_equal(tell(&p, &odd[i]), VNET_CHECKSUM);
        assert_int_equal(p.frags[0].flags, E1000_FRAG_EOP);
    }
}

/* The sum over the words from start on, straight over the packet as it was before it was cut. */
static unsigned plain_sum(const uint8_t *bytes, uint32_t start, uint32_t length)
{
    uint32_t sum = 0;

    for (uint32_t i = start; i < length; i += 2)
        sum += (unsigned)bytes[i] << 8 | (i + 1 < length ? bytes[i + 1] : 0u);
    while (sum >> 16 != 0)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return sum;
}

/* The checksum made in software is right wherever the fragments begin and end, even if its two
 * bytes lie in two of them: the sum over everything becomes 0xFFFF. */
static void software_checksums_are_right(void **state)
{
    (void)state;
    for (uint32_t first = 1; first < 150; first++)
        for (uint32_t second = 1; second < 50; second += 7) {
            const struct virtio_net_hdr header = partial(35, 16);
            struct packet p;

            make(&p, false, 0, 201);
            p.bytes[35 + 16] = p.bytes[35 + 17] = 0;
            p.frags[0].length = first;
            p.frags[1] = (struct e1000_frag){.data = p.bytes + first, .length = second};
            p.frags[2] = (struct e1000_frag){.data = p.bytes + first + second,
                                             .length = 201 - first - second};
            assert_true(vnet_header_finish(&header, p.frags, 3));
            assert_int_equal(plain_sum(p.bytes, 35, 201), 0xFFFF);
        }
}

/* A UDP checksum of 0 would say that there is none; it is sent as 0xFFFF. */
static void a_sum_of_zero_is_sent_as_ones(void **state)
{
    const struct virtio_net_hdr header = partial(34, 6);
    struct packet p;

    (void)state;
    make(&p, false, 0, 60);
    memset(p.bytes + 34, 0, 26);
    p.bytes[50] = p.bytes[51] = 0xFF;
    assert_true(vnet_header_finish(&header, p.frags, 1));
    assert_int_equal(p.bytes[40], 0xFF);
    assert_int_equal(p.bytes[41], 0xFF);
}

static void a_checksum_outside_the_packet_is_refused(void **state)
{
    const struct virtio_net_hdr header = partial(190, 9);
    struct packet p;

    (void)state;
    make(&p, false, 0, 200);
    assert_false(vnet_header_finish(&header, p.frags, 1));
}

/* ---- To the host ---- */

/* Only what the chip looked at and found right is called right. */
static void only_good_checksums_are_vouched_for(void **state)
{
    const struct {
        uint32_t flags;
        bool valid;
    } cases[] = {
        {E1000_FRAG_EOP, false},
        {E1000_FRAG_IP_CHECKED, false},
        {E1000_FRAG_L4_CHECKED, true},
        {E1000_FRAG_IP_CHECKED | E1000_FRAG_L4_CHECKED, true},
        {E1000_FRAG_L4_CHECKED | E1000_FRAG_L4_BAD, false},
        {E1000_FRAG_L4_CHECKED | E1000_FRAG_IP_CHECKED | E1000_FRAG_IP_BAD, false},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct e1000_frag frag = {.flags = cases[i].flags};
        struct virtio_net_hdr header;

        memset(&header, 0xA5, sizeof(header));
        vnet_header_to_host(&frag, &header);
        assert_int_equal(header.flags, cases[i].valid ? VIRTIO_NET_HDR_F_DATA_VALID : 0);
        assert_int_equal(header.gso_type, VIRTIO_NET_HDR_GSO_NONE);
        assert_int_equal(header.csum_start, 0);
    }
}

/* ---- The argument of the layer above ---- */

static void the_argument_names_interface_and_offloads(void **state)
{
    const struct {
        const char *text, *name;
        enum above_tap_offload offload;
    } good[] = {
        {NULL, "", ABOVE_TAP_ALL},
        {"en7", "en7", ABOVE_TAP_ALL},
        {"en7,offload=off", "en7", ABOVE_TAP_NONE},
        {"offload=csum", "", ABOVE_TAP_CHECKSUMS},
        {"fifteen-letters,offload=on", "fifteen-letters", ABOVE_TAP_ALL},
    };
    const struct {
        const char *text, *part;
    } bad[] = {
        {"en7,offload=maybe", "'maybe'"},
        {"a-name-of-sixteen", "'a-name-of-sixteen'"},
        {"en/7", "'en/7'"},
        {"en7,mtu=9000", "'mtu'"},
    };
    struct above_tap_argument argument;
    char error[160];

    (void)state;
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(above_tap_parse(good[i].text, &argument, error, sizeof(error)), 0);
        assert_string_equal(argument.name, good[i].name);
        assert_int_equal(argument.offload, good[i].offload);
    }
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(above_tap_parse(bad[i].text, &argument, error, sizeof(error)), -1);
        assert_non_null(strstr(error, bad[i].part));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finished_packet_asks_for_nothing),
        cmocka_unit_test(half_checksums_are_left_to_the_chip),
        cmocka_unit_test(segments_are_left_to_the_chip),
        cmocka_unit_test(impossible_segments_are_refused),
        cmocka_unit_test(odd_checksums_are_for_software),
        cmocka_unit_test(software_checksums_are_right),
        cmocka_unit_test(a_sum_of_zero_is_sent_as_ones),
        cmocka_unit_test(a_checksum_outside_the_packet_is_refused),
        cmocka_unit_test(only_good_checksums_are_vouched_for),
        cmocka_unit_test(the_argument_names_interface_and_offloads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
