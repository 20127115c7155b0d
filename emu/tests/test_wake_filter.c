/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which frames wake (SDM 6.4.3): each filter with what it takes, and what differs from that by one
 * thing. What follows from a match is in test_wake.c.
 */
#include "fixture.h"

#include <string.h>

#include "chip.h"
#include "wake_frames.h"

#define LENGTH 200u

static const uint8_t group[6] = {0x01, 0x00, 0x5E, 0x01, 0x02, 0x03};
static const uint8_t stranger[6] = {0x02, 0x99, 0x99, 0x99, 0x99, 0x99};

/* All filters on; RA0 is wake_mac, the multicast table is empty. */
static struct fixture *prepare(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_RAL(0), 0x33221102);
    fixture_write(f, REG_RAH(0), RAH_AV | 0x5544);
    fixture_write(f, REG_RCTL, RCTL_BAM);
    /* Filters of any frame would hide the others' effect; each has tests of its own. */
    for (unsigned n = 0; n < 4; n++)
        fixture_write(f, REG_FFLT_N(n), 0x7FF);
    fixture_write(f, REG_WUFC, WUFC_ALL & ~WUFC_LNKC);
    fixture_write(f, REG_WUS, WUFC_ALL);
    return f;
}

/* What a frame sets in WUS, which is then cleared. */
static uint32_t woken(struct fixture *f, const uint8_t *data, size_t length)
{
    uint32_t wus;

    fixture_receive(f, data, length, 0);
    wus = fixture_read(f, REG_WUS);
    fixture_write(f, REG_WUS, WUFC_ALL);
    return wus;
}

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* Makes room for bytes behind the addresses, or wherever a type is. */
static void insert(uint8_t *frame, size_t at, const uint8_t *bytes, size_t count)
{
    memmove(frame + at + count, frame + at, LENGTH - at - count);
    memcpy(frame + at, bytes, count);
}

static const uint8_t vlan_tag[4] = {0x81, 0x00, 0x00, 0x07};
static const uint8_t snap_header[8] = {0x00, 0x80, 0xAA, 0xAA, 0x03, 0x00, 0x00, 0x00};

/* ---- Addresses (SDM 6.4.3.1.1 to 6.4.3.1.3) ------------------------------------------------- */

/* One of the receive addresses; the multicast table, or all multicast; everybody. */
static void addresses(void **state)
{
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    wake_frame(frame, LENGTH, wake_mac);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_EX);
    wake_frame(frame, LENGTH, wake_broadcast);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_BC);
    wake_frame(frame, LENGTH, stranger);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    wake_frame(frame, LENGTH, group);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    fixture_write(f, REG_RAL(5), 0x015E0001);
    fixture_write(f, REG_RAH(5), RAH_AV | 0x0302);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_EX);
    fixture_write(f, REG_RAH(5), 0x0302);
    fixture_write(f, REG_RCTL, RCTL_BAM | RCTL_MPE);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MC);
    fixture_write(f, REG_RCTL, RCTL_BAM);
    for (unsigned i = 0; i < MTA_COUNT; i++)
        fixture_write(f, REG_MTA + 4 * i, UINT32_MAX);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MC);
}

/* A filter that is off takes nothing; promiscuous mode lets in, but is no filter. */
static void filters_that_are_off(void **state)
{
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    fixture_write(f, REG_WUFC, WUFC_MAG | WUFC_ARP | WUFC_IPV4 | WUFC_IPV6);
    wake_frame(frame, LENGTH, wake_mac);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    wake_frame(frame, LENGTH, wake_broadcast);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    fixture_write(f, REG_WUFC, WUFC_EX | WUFC_MC | WUFC_BC);
    fixture_write(f, REG_RCTL, RCTL_BAM | RCTL_UPE);
    wake_frame(frame, LENGTH, stranger);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    fixture_write(f, REG_RCTL, 0);
    wake_frame(frame, LENGTH, wake_broadcast);
    assert_int_equal(woken(f, frame, LENGTH), 0);
}

/* A group address that only came in by its sender's address is not in the multicast table. */
static void frames_let_in_by_their_source(void **state)
{
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    fixture_write(f, REG_WUFC, WUFC_EX | WUFC_MC);
    fixture_write(f, REG_RAL(1), 0x105E0002);
    fixture_write(f, REG_RAH(1), RAH_AV | RAH_AS_SRC | 0x3020);
    wake_frame(frame, LENGTH, group);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    fixture_write(f, REG_RCTL, RCTL_BAM | RCTL_MPE);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MC);
}

/* The VLAN filter goes before those of wake-up. */
static void the_vlan_filter_goes_first(void **state)
{
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    for (unsigned i = 0; i < VFTA_COUNT; i++)
        fixture_write(f, REG_VFTA + 4 * i, 0);
    wake_frame(frame, LENGTH, wake_mac);
    insert(frame, 12, vlan_tag, 4);
    fixture_write(f, REG_VET, 0x8100);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_EX);
    fixture_write(f, REG_RCTL, RCTL_BAM | RCTL_VFE);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    fixture_write(f, REG_VFTA, 1u << 7);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_EX);
}

/* ---- Magic packets (SDM 6.4.3.1.4) ---------------------------------------------------------- */

/* At any place behind the addresses, to this station, a group that passes, or everybody. */
static void magic_packets(void **state)
{
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    fixture_write(f, REG_WUFC, WUFC_MAG);
    for (size_t at = 12; at + 102 <= LENGTH; at++) {
        wake_magic(frame, LENGTH, wake_mac, at);
        assert_int_equal(woken(f, frame, LENGTH), WUFC_MAG);
    }
    wake_magic(frame, LENGTH, wake_broadcast, 14);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MAG);
    fixture_write(f, REG_RCTL, 0); /* unlike on the 82544 */
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MAG);
    wake_magic(frame, LENGTH, stranger, 14);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    wake_magic(frame, LENGTH, group, 14);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    fixture_write(f, REG_RCTL, RCTL_MPE);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MAG);
}

/* Five times FF, fifteen addresses, one byte less or other, or somebody else's address. */
static void nearly_magic_packets(void **state)
{
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    fixture_write(f, REG_WUFC, WUFC_MAG);
    for (size_t i = 0; i < 102; i++) {
        wake_magic(frame, LENGTH, wake_mac, 30);
        frame[30 + i] ^= 0x40;
        assert_int_equal(woken(f, frame, LENGTH), 0);
    }
    wake_magic(frame, LENGTH, wake_mac, LENGTH - 102);
    assert_int_equal(woken(f, frame, LENGTH - 1), 0);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MAG);
    fixture_write(f, REG_RAL(0), 0x33221103);
    fixture_write(f, REG_RAL(1), 0x33221102); /* only the first address counts */
    fixture_write(f, REG_RAH(1), RAH_AV | 0x5544);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    fixture_write(f, REG_RAL(0), 0x33221102);
    fixture_write(f, REG_RAH(0), 0x5544); /* isn't valid */
    assert_int_equal(woken(f, frame, LENGTH), 0);
}

/* More FF than needed, and a packet that starts anew in the middle, or at the very end of the
 * addresses. */
static void magic_packets_that_begin_twice(void **state)
{
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    fixture_write(f, REG_WUFC, WUFC_MAG);
    wake_magic(frame, LENGTH, wake_mac, 80);
    memset(frame + 14, 0xFF, 66);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MAG);
    wake_magic(frame, LENGTH, wake_mac, 92);
    memset(frame + 20, 0xFF, 6);
    for (unsigned i = 0; i < 11; i++)
        memcpy(frame + 26 + 6 * i, wake_mac, 6);
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MAG);
    frame[91] = 0;
    assert_int_equal(woken(f, frame, LENGTH), WUFC_MAG);
    frame[97] = 0;
    assert_int_equal(woken(f, frame, LENGTH), 0);
}

/* ---- Addresses of IP (SDM 6.4.3.1.5 to 6.4.3.2) --------------------------------------------- */

static const uint8_t ip4[4] = {192, 168, 1, 42};
static const uint8_t ip6[16] = {0xFE, 0x80, 0,    0,    0,    0,    0,    0,
                                0x02, 0x11, 0x22, 0xFF, 0xFE, 0x33, 0x44, 0x55};

static void set_ip4(struct fixture *f, unsigned n)
{
    fixture_write(f, REG_IP4AT_N(n), 0x2A01A8C0);
    fixture_write(f, REG_IPAV, 1u << n);
}

static void set_ip6(struct fixture *f)
{
    for (unsigned i = 0; i < 4; i++)
        fixture_write(f, REG_IP6AT_N(i),
                      (uint32_t)(ip6[4 * i] | ip6[4 * i + 1] << 8 | ip6[4 * i + 2] << 16) |
                          (uint32_t)ip6[4 * i + 3] << 24);
    fixture_write(f, REG_IPAV, IPAV_V6);
}

static void make_arp(uint8_t *frame)
{
    static const uint8_t head[10] = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1};

    wake_frame(frame, LENGTH, wake_broadcast);
    memcpy(frame + 12, head, sizeof head);
    memcpy(frame + 38, ip4, sizeof ip4);
}

static void make_ip4(uint8_t *frame)
{
    wake_frame(frame, LENGTH, wake_mac);
    put16(frame + 12, 0x0800);
    frame[14] = 0x46; /* options don't matter */
    memcpy(frame + 30, ip4, sizeof ip4);
}

static void make_ip6(uint8_t *frame)
{
    wake_frame(frame, LENGTH, wake_mac);
    put16(frame + 12, 0x86DD);
    frame[14] = 0x6F;
    memcpy(frame + 38, ip6, sizeof ip6);
}

typedef void (*maker)(uint8_t *frame);

/* A frame wakes as it is, with a VLAN tag, with an LLC/SNAP header, and with both; not if one of
 * the bytes in a row of places differs. */
static void is_taken(struct fixture *f, maker make, uint32_t bit, const uint8_t *places,
                     size_t count)
{
    uint8_t frame[LENGTH];
    const uint8_t etype[2] = {0x91, 0x00};

    fixture_write(f, REG_WUFC, bit);
    make(frame);
    assert_int_equal(woken(f, frame, LENGTH), bit);
    insert(frame, 12, vlan_tag, 4);
    assert_int_equal(woken(f, frame, LENGTH), bit);
    memcpy(frame + 12, etype, 2);
    fixture_write(f, REG_VET, 0x8100);
    assert_int_equal(woken(f, frame, LENGTH), 0);
    fixture_write(f, REG_VET, 0x9100);
    assert_int_equal(woken(f, frame, LENGTH), bit);
    insert(frame, 16, snap_header, 8);
    assert_int_equal(woken(f, frame, LENGTH), bit);
    make(frame);
    insert(frame, 12, snap_header, 8);
    assert_int_equal(woken(f, frame, LENGTH), bit);
    frame[16] = 0x02; /* not unnumbered information */
    assert_int_equal(woken(f, frame, LENGTH), 0);
    frame[16] = 0x03;
    put16(frame + 12, 1501); /* a type, not a length */
    assert_int_equal(woken(f, frame, LENGTH), 0);
    for (size_t i = 0; i < count; i++) {
        make(frame);
        frame[places[i]] ^= 0x80;
        assert_int_equal(woken(f, frame, LENGTH), 0);
    }
}

/* An ARP request for one of four addresses. It has to come by broadcast, as the manual's text says;
 * its table lets any destination pass. */
static void arp_requests(void **state)
{
    static const uint8_t places[] = {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 38, 39, 40, 41};
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    for (unsigned n = 0; n < 4; n++) {
        set_ip4(f, n);
        is_taken(f, make_arp, WUFC_ARP, places, sizeof places);
        fixture_write(f, REG_IPAV, 0x1000F ^ 1u << n);
        make_arp(frame);
        assert_int_equal(woken(f, frame, LENGTH), 0);
        fixture_write(f, REG_IP4AT_N(n), 0);
    }
    set_ip4(f, 0);
    memcpy(frame, wake_mac, 6);
    assert_int_equal(woken(f, frame, LENGTH), 0);
}

/* An IPv4 packet to one of four addresses. */
static void ip4_packets(void **state)
{
    static const uint8_t places[] = {12, 13, 14, 30, 31, 32, 33};
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    for (unsigned n = 0; n < 4; n++) {
        set_ip4(f, n);
        is_taken(f, make_ip4, WUFC_IPV4, places, sizeof places);
        fixture_write(f, REG_IPAV, 0x1000F ^ 1u << n);
        make_ip4(frame);
        assert_int_equal(woken(f, frame, LENGTH), 0);
        fixture_write(f, REG_IP4AT_N(n), 0);
    }
}

/* An IPv6 packet to the one address. Its type is 86DD: what the manual prints is IPv4's. */
static void ip6_packets(void **state)
{
    static const uint8_t places[] = {12, 13, 14, 38, 39, 40, 45, 46, 53};
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    set_ip6(f);
    is_taken(f, make_ip6, WUFC_IPV6, places, sizeof places);
    fixture_write(f, REG_IPAV, 0x0000F);
    make_ip6(frame);
    assert_int_equal(woken(f, frame, LENGTH), 0);
}

/* The shortest frame ends within headers behind a tag and LLC/SNAP: nothing beyond it is read. */
static void headers_that_the_frame_cuts_off(void **state)
{
    static const maker makers[] = {make_arp, make_ip4, make_ip6};
    struct fixture *f = prepare(state);

    fixture_write(f, REG_WUFC, WUFC_ARP | WUFC_IPV4 | WUFC_IPV6 | WUFC_MAG);
    set_ip4(f, 0);
    set_ip6(f);
    fixture_write(f, REG_IPAV, IPAV_V6 | 1);
    for (size_t i = 0; i < 3; i++) {
        uint8_t whole[LENGTH];
        uint8_t *cut = test_malloc(60);

        makers[i](whole);
        insert(whole, 12, snap_header, 8);
        insert(whole, 12, vlan_tag, 4);
        memcpy(cut, whole, 60);
        /* ARP's body ends at byte 54, the IPv4 addresses at 46, but IPv6's only at 66. */
        assert_int_equal(woken(f, cut, 60), i == 0 ? WUFC_ARP : i == 1 ? WUFC_IPV4 : 0);
        test_free(cut);
    }
}

/* ---- Flexible filters (SDM 6.4.3.3) --------------------------------------------------------- */

/* Byte b of filter n. */
static void want(struct fixture *f, unsigned n, unsigned b, uint8_t value)
{
    uint32_t shift = 8 * n;

    fixture_write(f, REG_FFMT_N(b), fixture_read(f, REG_FFMT_N(b)) | 1u << n);
    fixture_write(f, REG_FFVT_N(b),
                  (fixture_read(f, REG_FFVT_N(b)) & ~(0xFFu << shift)) | (uint32_t)value << shift);
}

/* Each of the four has bytes, a mask and a length of its own. */
static void flexible_filters(void **state)
{
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    fixture_write(f, REG_WUFC, WUFC_FLX);
    for (unsigned n = 0; n < 4; n++) {
        fixture_write(f, REG_FFLT_N(n), 64 + 16 * n);
        want(f, n, 20, (uint8_t)(0xA0 + n));
        want(f, n, 63 + 16 * n, 0x55);
    }
    for (unsigned n = 0; n < 4; n++) {
        wake_frame(frame, LENGTH, wake_mac);
        frame[20] = (uint8_t)(0xA0 + n);
        frame[63 + 16 * n] = 0x55;
        assert_int_equal(woken(f, frame, LENGTH), WUFC_FLX0 << n);
        frame[21] ^= 0xFF; /* isn't looked at */
        assert_int_equal(woken(f, frame, LENGTH), WUFC_FLX0 << n);
        assert_int_equal(woken(f, frame, 64 + 16 * n), WUFC_FLX0 << n);
        assert_int_equal(woken(f, frame, 63 + 16 * n), 0);
        frame[20] ^= 0x01;
        assert_int_equal(woken(f, frame, LENGTH), 0);
        frame[20] ^= 0x01;
        frame[63 + 16 * n] ^= 0x80;
        assert_int_equal(woken(f, frame, LENGTH), 0);
        frame[63 + 16 * n] ^= 0x80;
        fixture_write(f, REG_WUFC, WUFC_FLX & ~(WUFC_FLX0 << n));
        assert_int_equal(woken(f, frame, LENGTH), 0);
        fixture_write(f, REG_WUFC, WUFC_FLX);
    }
}

/* Several match one frame, and all of them are told. */
static void several_flexible_filters(void **state)
{
    struct fixture *f = prepare(state);
    uint8_t frame[LENGTH];

    fixture_write(f, REG_WUFC, WUFC_FLX | WUFC_EX);
    for (unsigned n = 0; n < 4; n++)
        fixture_write(f, REG_FFLT_N(n), 20);
    want(f, 2, 19, 0x11);
    wake_frame(frame, LENGTH, wake_mac);
    frame[19] = 0x12;
    assert_int_equal(woken(f, frame, LENGTH), (WUFC_FLX & ~(WUFC_FLX0 << 2)) | WUFC_EX);
}

/* FFLT can say more than the 128 bytes that there are: only as a length (SDM 13.6.9). */
static void lengths_beyond_the_table(void **state)
{
    static uint8_t frame[1518];
    struct fixture *f = prepare(state);

    fixture_write(f, REG_WUFC, WUFC_FLX0);
    fixture_write(f, REG_FFLT_N(0), 1000);
    for (unsigned b = 0; b < FF_BYTES; b++)
        want(f, 0, b, b < 6 ? wake_mac[b] : 0x5A);
    memset(frame, 0x5A, sizeof frame);
    memcpy(frame, wake_mac, 6);
    assert_int_equal(woken(f, frame, 999), 0);
    assert_int_equal(woken(f, frame, 1000), WUFC_FLX0);
    frame[127] = 0;
    assert_int_equal(woken(f, frame, 1000), 0);
    fixture_write(f, REG_FFLT_N(0), 127); /* the last byte is no longer compared */
    assert_int_equal(woken(f, frame, 1000), WUFC_FLX0);
    frame[128] = frame[999] = 0;
    assert_int_equal(woken(f, frame, 1000), WUFC_FLX0);
}

/* ---- Anything ------------------------------------------------------------------------------- */

/* Frames of every length and with all kinds of types at all places, against filters full of
 * rubbish: nothing outside the frame is read (AddressSanitizer looks), and WUS only tells of
 * filters that are on. */
static void rubbish(void **state)
{
    static const uint16_t types[] = {0x0800, 0x0806, 0x86DD, 0x8100, 0x0003, 0xFFFF};
    struct fixture *f = prepare(state);
    uint32_t x = 1;

    fixture_write(f, REG_RCTL, RCTL_BAM | RCTL_UPE | RCTL_MPE | RCTL_LPE);
    for (uint32_t at = REG_FFMT_N(0); at < REG_FFVT_N(FF_BYTES); at += 4)
        fixture_write(f, at, x = x * 1664525u + 1013904223u);
    for (size_t length = 0; length < 300; length++) {
        uint8_t *frame = test_malloc(length + 1);
        uint32_t on = (x = x * 1664525u + 1013904223u) & WUFC_ALL & ~WUFC_LNKC;

        for (unsigned n = 0; n < 4; n++)
            fixture_write(f, REG_FFLT_N(n), x >> (3 * n));
        fixture_make_frame(frame, length, length % 2 ? wake_broadcast : wake_mac, x);
        if (length >= 14)
            put16(frame + 12, types[x % 6]);
        if (length >= 26)
            put16(frame + 16 + 4 * (x >> 9) % 8, types[(x >> 5) % 6]);
        fixture_write(f, REG_WUFC, on);
        assert_int_equal(woken(f, frame, length) & ~on, 0);
        test_free(frame);
    }
}

#define UP(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UP(addresses),
        UP(filters_that_are_off),
        UP(frames_let_in_by_their_source),
        UP(the_vlan_filter_goes_first),
        UP(magic_packets),
        UP(nearly_magic_packets),
        UP(magic_packets_that_begin_twice),
        UP(arp_requests),
        UP(ip4_packets),
        UP(ip6_packets),
        UP(headers_that_the_frame_cuts_off),
        UP(flexible_filters),
        UP(several_flexible_filters),
        UP(lengths_beyond_the_table),
        UP(rubbish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
