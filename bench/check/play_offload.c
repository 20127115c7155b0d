/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: checksums and segmentation are left to the chip. */
#include "packet.h"
#include "stage.h"

#include <stdlib.h>
#include <string.h>

/* ---- Received ---- */

/* One packet arrives; what is said about it must be what is so. */
static void receive_packet(struct stage *stage, struct packet *packet, bool ip_bad, bool l4_bad,
                           uint32_t wanted)
{
    const uint32_t mask =
        E1000_FRAG_IP_CHECKED | E1000_FRAG_IP_BAD | E1000_FRAG_L4_CHECKED | E1000_FRAG_L4_BAD;

    if (ip_bad)
        packet_ip_sum(packet)[0] ^= 0x40;
    if (l4_bad)
        packet_l4_sum(packet)[1] ^= 0x01;
    for (; packet->length < 60; packet->length++)
        packet->bytes[packet->length] = 0; /* what the other end padded is none of IP's */
    stage_arrive(stage, packet->bytes, packet->length);
    stage_settle(stage);
    expect_equal(stage, stage->last_heard.flags & mask, wanted,
                 "IPv%d %s, %u bytes, %s IP sum, %s sum: flags", packet->ipv6 ? 6 : 4,
                 packet->udp ? "UDP" : "TCP", packet->length, ip_bad ? "bad" : "good",
                 l4_bad ? "bad" : "good");
}

static struct packet *new_packet(struct stage *stage)
{
    static struct packet packet; /* too large for a stack */

    memset(&packet, 0, sizeof(packet));
    packet.payload = 1 + stage_random(stage, 1300);
    return &packet;
}

/* All four mixtures of good and bad sums. */
static void receive_kind(struct stage *stage, bool ipv6, bool udp, uint32_t options)
{
    for (unsigned i = 0; i < 48; i++) {
        struct packet *packet = new_packet(stage);
        const bool ip_bad = !ipv6 && i % 4 == 1, l4_bad = i % 4 >= 2;
        uint32_t wanted = E1000_FRAG_L4_CHECKED | (l4_bad ? E1000_FRAG_L4_BAD : 0);

        packet->ipv6 = ipv6;
        packet->udp = udp;
        packet->options = options;
        packet_make(packet, stage->profile.mac, i);
        if (!ipv6)
            wanted |= E1000_FRAG_IP_CHECKED | (ip_bad ? E1000_FRAG_IP_BAD : 0);
        receive_packet(stage, packet, ip_bad, l4_bad, wanted);
    }
}

static void rx_tcp4(struct stage *stage)
{
    stage_up(stage);
    receive_kind(stage, false, false, 0);
    receive_kind(stage, false, false, 1);
}

static void rx_udp4(struct stage *stage)
{
    stage_up(stage);
    receive_kind(stage, false, true, 0);
    receive_kind(stage, false, true, 1);
}

static void rx_ipv6(struct stage *stage)
{
    stage_up(stage);
    receive_kind(stage, true, false, 0);
    receive_kind(stage, true, true, 0);
}

/* UDP without a sum, fragments, and what is no IP: nothing is said of what was not checked. */
static void rx_unchecked(struct stage *stage)
{
    struct packet *packet;

    stage_up(stage);
    packet = new_packet(stage);
    packet->udp = true;
    packet_make(packet, stage->profile.mac, 1);
    memset(packet_l4_sum(packet), 0, 2);
    receive_packet(stage, packet, false, false, E1000_FRAG_IP_CHECKED);
    packet = new_packet(stage);
    packet->fragment = true;
    packet_make(packet, stage->profile.mac, 2);
    receive_packet(stage, packet, false, true, E1000_FRAG_IP_CHECKED);
    packet = new_packet(stage);
    packet_make(packet, stage->profile.mac, 3);
    packet->bytes[12] = 0x88; /* no IP */
    packet->bytes[13] = 0xB5;
    receive_packet(stage, packet, false, true, 0);
    stage_works(stage);
}

static void rx_off(struct stage *stage)
{
    stage->params.rx_checksum = false;
    stage_up(stage);
    for (unsigned i = 0; i < 20; i++) {
        struct packet *packet = new_packet(stage);

        packet->ipv6 = i % 3 == 0;
        packet->udp = i % 2 != 0;
        packet_make(packet, stage->profile.mac, i);
        receive_packet(stage, packet, false, i % 4 == 3, 0);
    }
}

/* ---- Sent ---- */

/* Puts rubbish where the chip has to write. */
static void spoil(struct packet *packet)
{
    memset(packet_l4_sum(packet), 0xA5, 2);
    if (!packet->ipv6)
        memset(packet_ip_sum(packet), 0x5A, 2);
}

/* Cuts the packet in memory into pieces, behind the header if there is more than one. */
static unsigned cut(struct stage *stage, const struct packet *packet, unsigned pieces,
                    struct e1000_frag *frags)
{
    uint32_t at = 0;
    struct e1000_frag all;

    stage_slot(stage, packet->length, &all);
    memcpy(all.data, packet->bytes, packet->length);
    for (unsigned i = 0; i < pieces; i++) {
        const uint32_t left = packet->length - at;
        const uint32_t part = i + 1 == pieces ? left
                              : i == 0        ? packet->l2 + packet->l3 + packet->l4
                                              : 1 + left / (2 * pieces);

        frags[i] = (struct e1000_frag){
            .data = (uint8_t *)all.data + at, .bus = all.bus + at, .length = part};
        at += part;
    }
    frags[pieces - 1].flags = E1000_FRAG_EOP;
    frags[0].flags |= packet->udp ? E1000_FRAG_UDP_CSUM : E1000_FRAG_TCP_CSUM;
    frags[0].flags |= packet->ipv6 ? E1000_FRAG_IPV6 : E1000_FRAG_IP_CSUM;
    frags[0].l2_length = (uint8_t)packet->l2;
    frags[0].l3_length = (uint8_t)packet->l3;
    frags[0].l4_length = (uint8_t)packet->l4;
    return pieces;
}

static void announce(struct stage *stage, const struct packet *packet, int tag)
{
    uint8_t frame[STAGE_FRAME] = {0};
    uint32_t length = packet->length < 60 ? 60 : packet->length;

    memcpy(frame, packet->bytes, packet->length);
    if (tag >= 0)
        length = packet_tag(frame, length, (uint16_t)tag);
    stage_announce(stage, frame, length);
}

static void send_packet(struct stage *stage, struct packet *packet, unsigned pieces, int tag)
{
    struct e1000_frag frags[8];

    announce(stage, packet, tag);
    spoil(packet);
    cut(stage, packet, pieces, frags);
    if (tag >= 0) {
        frags[0].flags |= E1000_FRAG_TAGGED;
        frags[0].vlan = (uint16_t)tag;
    }
    expect_equal(stage, stage_transmit(stage, frags, pieces), pieces, "pieces of a packet taken");
    stage_settle(stage);
}

static void send_kind(struct stage *stage, bool ipv6, bool udp, int tag)
{
    stage->params.vlan_offload = tag >= 0;
    stage->strict = true;
    stage_up(stage);
    for (unsigned i = 0; i < 60; i++) {
        struct packet *packet = new_packet(stage);

        packet->ipv6 = ipv6;
        packet->udp = udp;
        packet->options = i % 3 == 0;
        packet->payload = i < 20 ? i : packet->payload;
        packet_make(packet, stage_everybody, i);
        send_packet(stage, packet, packet->payload > 100 ? 1 + i % 6 : 1, tag);
    }
    expect_equal(stage, stage->left, 60, "packets that left");
}

static void tx_tcp4(struct stage *stage)
{
    send_kind(stage, false, false, -1);
}

static void tx_udp4(struct stage *stage)
{
    send_kind(stage, false, true, -1);
}

static void tx_tcp6(struct stage *stage)
{
    send_kind(stage, true, false, -1);
}

static void tx_udp6(struct stage *stage)
{
    send_kind(stage, true, true, -1);
}

static void tx_tagged(struct stage *stage)
{
    send_kind(stage, false, false, 0x2123);
}

/* A sum that comes out as zero is sent as ones (RFC 768): zero would mean that there is none. */
static void tx_udp_zero(struct stage *stage)
{
    stage_up(stage);
    for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
        struct packet *packet = new_packet(stage);
        uint8_t *at;
        uint32_t rest;

        packet->ipv6 = ipv6 != 0;
        packet->udp = true;
        packet->payload = 100;
        packet_make(packet, stage_everybody, 1);
        at = packet->bytes + packet->length - 2;
        memset(at, 0, 2);
        packet_sum(packet);
        rest = (uint32_t)packet_l4_sum(packet)[0] << 8 | packet_l4_sum(packet)[1];
        at[0] = (uint8_t)(rest >> 8); /* now all of it sums up to ones */
        at[1] = (uint8_t)rest;
        packet_sum(packet);
        expect_equal(stage, packet_l4_sum(packet)[0] & packet_l4_sum(packet)[1], 0xFF,
                     "the sum that is wanted");
        send_packet(stage, packet, 1, -1);
        expect_equal(stage, stage->last_left.data[packet->l2 + packet->l3 + 6], 0xFF,
                     "first byte of the sum");
    }
}

/* ---- Segments ---- */

/* A packet to be cut; each of its segments must leave as TCP itself would have sent it. */
static void send_segments(struct stage *stage, struct packet *packet, uint32_t mss, unsigned pieces,
                          int tag)
{
    const uint32_t most = stage->params.max_frame - packet->l2 - packet->l3 - packet->l4;
    struct packet *segment = malloc(sizeof(*segment));
    struct e1000_frag frags[8];
    uint32_t k = 0;

    if (mss > most)
        mss = most; /* a segment is a frame that is allowed */

    if (segment == NULL)
        stage_fail(stage, "out of memory");
    for (; packet_segment(packet, mss, k, segment); k++)
        announce(stage, segment, tag);
    free(segment);
    spoil(packet);
    cut(stage, packet, pieces, frags);
    frags[0].flags |= E1000_FRAG_TSO;
    frags[0].mss = (uint16_t)mss;
    if (tag >= 0) {
        frags[0].flags |= E1000_FRAG_TAGGED;
        frags[0].vlan = (uint16_t)tag;
    }
    expect_equal(stage, stage_transmit(stage, frags, pieces), pieces, "pieces of a packet taken");
    stage_settle(stage);
}

static void room_for_segments(struct stage *stage)
{
    stage->params.tx_ring = 256;
    stage->slots = 256;
    stage->slot_size = 2048;
    stage->strict = true;
}

static void tso(struct stage *stage, bool ipv6, int tag)
{
    room_for_segments(stage);
    stage->params.vlan_offload = tag >= 0;
    stage_up(stage);
    for (unsigned i = 0; i < 40; i++) {
        struct packet *packet = new_packet(stage);

        packet->ipv6 = ipv6;
        packet->options = i % 4 == 0;
        packet->payload = 1 + stage_random(stage, 30000);
        packet_make(packet, stage_everybody, i);
        send_segments(stage, packet, 536 + stage_random(stage, 925), 1 + i % 6, tag);
    }
    expect_equal(stage, stage->tx.lost, 0, "segments lost");
}

static void tso4(struct stage *stage)
{
    tso(stage, false, -1);
}

static void tso6(struct stage *stage)
{
    tso(stage, true, -1);
}

static void tso_tagged(struct stage *stage)
{
    tso(stage, false, 0x6FFE);
}

static void tso_every_mss(struct stage *stage)
{
    room_for_segments(stage);
    stage_up(stage);
    for (uint32_t mss = 8; mss <= 1460; mss += mss < 64 ? 1 : 37) {
        struct packet *packet = new_packet(stage);

        packet->payload = mss * (2 + mss % 7) + mss % 5;
        packet_make(packet, stage_everybody, mss);
        send_segments(stage, packet, mss, 1 + mss % 3, -1);
    }
    expect_between(stage, stage->left, 400, 4000, "segments that left");
}

static void tso_largest(struct stage *stage)
{
    room_for_segments(stage);
    stage_up(stage);
    for (unsigned i = 0; i < 12; i++) {
        struct packet *packet = new_packet(stage);

        packet->ipv6 = i % 2 != 0;
        packet->payload = 65535 - 80 - i;
        packet_make(packet, stage_everybody, i);
        send_segments(stage, packet, 1460 - 20 * i, 1 + i % 4, -1);
    }
    expect_between(stage, stage->left, 12 * 44, 12 * 60, "segments that left");
}

/* Packets that need the chip's help between others that do not. */
static void mixed(struct stage *stage)
{
    room_for_segments(stage);
    stage->params.vlan_offload = true;
    stage_up(stage);
    for (unsigned i = 0; i < 150; i++) {
        struct packet *packet = new_packet(stage);
        const int tag = stage_random(stage, 3) == 0 ? (int)stage_random(stage, 4096) : -1;
        const unsigned kind = stage_random(stage, 4);

        packet->ipv6 = stage_random(stage, 2) != 0;
        packet->udp = kind == 1;
        if (kind == 0) {
            stage_sends(stage, 3, 60 + stage_random(stage, 1400));
            continue;
        }
        if (kind == 2)
            packet->payload = 1500 + stage_random(stage, 8000);
        packet_make(packet, stage_everybody, i);
        if (kind == 2)
            send_segments(stage, packet, 100 + stage_random(stage, 1300), 1 + i % 5, tag);
        else
            send_packet(stage, packet, packet->payload > 100 ? 1 + i % 4 : 1, tag);
    }
    expect_between(stage, stage->left, 300, 10000, "frames that left");
}

/* The caller's memory is the caller's: headers are completed in copies. */
static void memory_untouched(struct stage *stage)
{
    struct packet *packet;
    struct e1000_frag frags[8];

    room_for_segments(stage);
    stage->unannounced = true;
    stage_up(stage);
    for (unsigned i = 0; i < 20; i++) {
        packet = new_packet(stage);
        packet->payload = 3000;
        packet_make(packet, stage_everybody, i);
        spoil(packet);
        cut(stage, packet, 1, frags);
        frags[0].flags |= E1000_FRAG_TSO;
        frags[0].mss = 1000;
        expect_equal(stage, stage_transmit(stage, frags, 1), 1, "packets taken");
        stage_settle(stage);
        expect_bytes(stage, frags[0].data, packet->bytes, packet->length, "the caller's memory");
    }
    expect_equal(stage, stage->left, 60, "segments that left");
}

/* What contradicts itself is refused, not sent half done. */
static void contradictions(struct stage *stage)
{
    static const struct {
        uint32_t flags;
        uint8_t l2, l3, l4;
        uint16_t mss;
        const char *what;
    } rows[] = {
        {E1000_FRAG_TCP_CSUM | E1000_FRAG_UDP_CSUM, 14, 20, 20, 0, "TCP and UDP at once"},
        {E1000_FRAG_TCP_CSUM, 0, 0, 0, 0, "no header lengths"},
        {E1000_FRAG_TSO | E1000_FRAG_TCP_CSUM | E1000_FRAG_IP_CSUM, 14, 20, 20, 0, "no MSS"},
        {E1000_FRAG_TSO | E1000_FRAG_TCP_CSUM | E1000_FRAG_IP_CSUM, 14, 20, 0, 500,
         "no TCP header to cut"},
        {E1000_FRAG_IP_CSUM | E1000_FRAG_IPV6, 14, 40, 0, 0, "an IPv6 header's sum"},
    };
    struct e1000_frag frag;

    stage_up(stage);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct packet *packet = new_packet(stage);

        packet->payload = 1000;
        packet_make(packet, stage_everybody, 4);
        stage_slot(stage, packet->length, &frag);
        memcpy(frag.data, packet->bytes, packet->length);
        frag.flags |= rows[i].flags;
        frag.l2_length = rows[i].l2;
        frag.l3_length = rows[i].l3;
        frag.l4_length = rows[i].l4;
        frag.mss = rows[i].mss;
        expect_equal(stage, stage_transmit(stage, &frag, 1), 1, "%s: taken", rows[i].what);
        stage_settle(stage);
        expect_equal(stage, stage->left, 0, "%s: frames that left", rows[i].what);
    }
    stage_works(stage);
}

#define BOTH "vmware silicon"

const struct scenario scenarios_offload[] = {
    {"feature/rx-checksum-tcp", "TCP checksums over IPv4 are checked",
     "Good and bad sums of IP and TCP are told apart, with and without options.",
     "DPDK test plan checksum_offload; manual 3.2.9", BOTH, 0, rx_tcp4},
    {"feature/rx-checksum-udp", "UDP checksums over IPv4 are checked",
     "Good and bad sums of IP and UDP are told apart.", "DPDK test plan checksum_offload", BOTH, 0,
     rx_udp4},
    {"feature/rx-checksum-ipv6", "checksums over IPv6 are checked",
     "Good and bad sums of TCP and UDP over IPv6 are told apart.", "manual 3.2.9, IPV6OFL", BOTH, 0,
     rx_ipv6},
    {"feature/rx-checksum-none", "nothing is said of what was not checked",
     "UDP without a sum, fragments and other protocols are not called good or bad.",
     "Linux e1000_rx_checksum", BOTH, 0, rx_unchecked},
    {"feature/rx-checksum-off", "checksums are not checked when that is off",
     "With rx_checksum off nothing is said.", "ethtool -K rx off", BOTH, 0, rx_off},
    {"feature/tx-checksum-tcp", "TCP and IPv4 checksums are inserted",
     "Every packet leaves with the right sums, whatever stood there, in one piece or several.",
     "DPDK test plan checksum_offload; manual 3.3.5", BOTH, 0, tx_tcp4},
    {"feature/tx-checksum-udp", "UDP checksums are inserted", "The same for UDP over IPv4.",
     "DPDK test plan checksum_offload", BOTH, 0, tx_udp4},
    {"feature/tx-checksum-tcp6", "TCP checksums over IPv6 are inserted",
     "The same for TCP over IPv6, with extension headers.", "ethtool -K tx-checksum-ipv6", BOTH, 0,
     tx_tcp6},
    {"feature/tx-checksum-udp6", "UDP checksums over IPv6 are inserted",
     "The same for UDP over IPv6.", "ethtool -K tx-checksum-ipv6", BOTH, 0, tx_udp6},
    {"feature/tx-checksum-tagged", "checksums of frames that get a tag",
     "A tag and sums in the same frame are both right.", "DPDK test plan vlan, checksum_offload",
     BOTH, 0, tx_tagged},
    {"feature/tx-checksum-zero", "UDP sums that come out as zero", "They leave as ones.",
     "RFC 768; RFC 8200, 8.1", BOTH, 0, tx_udp_zero},
    {"feature/tso", "TCP over IPv4 is segmented",
     "Each segment is what TCP would have sent: lengths, ids, sequence numbers, flags and sums.",
     "DPDK test plan tso; manual 3.5", BOTH, 0, tso4},
    {"feature/tso6", "TCP over IPv6 is segmented", "The same over IPv6.",
     "ethtool -K tx-tcp6-segmentation", BOTH, 0, tso6},
    {"feature/tso-tagged", "segments get a tag", "Every segment has the tag.",
     "DPDK test plan tso, vlan", BOTH, 0, tso_tagged},
    {"feature/tso-mss", "segments of 8 to 1460 bytes", "Each MSS is cut right, to the last byte.",
     "Linux tcp_tso_segs; manual 3.5.5", "silicon", 0, tso_every_mss},
    {"feature/tso-largest", "packets of 64 KiB are segmented", "The longest packets leave whole.",
     "DPDK test plan tso", BOTH, 0, tso_largest},
    {"feature/offload-mixed", "packets with and without the chip's help, mixed",
     "What one packet needs does not reach the next one.",
     "manual 3.3.6: contexts; Linux e1000_tso, e1000_tx_csum", BOTH, 0, mixed},
    {"feature/offload-memory", "the caller's packet stays as it is",
     "Headers that have to change are changed in copies.", "ownership of cloned packets", "silicon",
     0, memory_untouched},
    {"feature/offload-contradictions", "offloads that contradict each other are refused",
     "Nothing leaves that was not asked for.", "CVE-2018-3294", "silicon", 0, contradictions},
    {.id = NULL},
};
