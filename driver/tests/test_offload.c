/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left to the chip when sending, as it lies in descriptors: contexts, prepared headers,
 * what each erratum wants, and what is refused. That the result is right on the wire is for the
 * tests with the chip. */
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define BUFFERS 0x70000000u
#define TAG     0xA123u

struct offload {
    struct fake *fake;
    unsigned head;
    uintptr_t next_cookie;
    uint8_t bytes[4][70000];
    struct e1000_frag frags[64];
    unsigned count;
    uint64_t low[512], high[512]; /* of the descriptors that were posted last */
    unsigned posted;
};

static struct offload *offload_new(void)
{
    struct offload *offload = calloc(1, sizeof *offload);

    assert_non_null(offload);
    offload->fake = fake_new();
    offload->fake->params.tx_ring = 256;
    offload->fake->params.rx_ring = 64;
    offload->fake->params.rx_buffers = 64;
    offload->fake->params.max_frame = 9014;
    offload->fake->params.vlan_offload = true;
    return offload;
}

static void offload_start(struct offload *offload)
{
    assert_int_equal(fake_attach(offload->fake), 0);
    fake_bring_up(offload->fake);
    offload->head = 0;
}

static void offload_free(struct offload *offload)
{
    fake_free(offload->fake);
    free(offload);
}

/* Headers of TCP or UDP over IPv4 (IHL 5) or IPv6 in Ethernet, lengths filled in, the rest
 * patterned.
 */
static void headers(uint8_t *bytes, bool ipv6, bool udp, uint32_t length)
{
    uint32_t l4 = 14 + (ipv6 ? 40 : 20);

    for (uint32_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(i * 7 + 3);
    bytes[12] = ipv6 ? 0x86 : 0x08;
    bytes[13] = ipv6 ? 0xDD : 0x00;
    bytes[14] = ipv6 ? 0x60 : 0x45;
    if (ipv6) {
        bytes[18] = (uint8_t)((length - l4) >> 8);
        bytes[19] = (uint8_t)(length - l4);
    } else {
        bytes[16] = (uint8_t)((length - 14) >> 8);
        bytes[17] = (uint8_t)(length - 14);
    }
    bytes[l4 + 12] = udp ? bytes[l4 + 12] : 0x50;
}

/* The next batch is one frame, in one fragment, with these flags. */
static struct e1000_frag *ask(struct offload *offload, uint32_t length, uint32_t flags)
{
    bool ipv6 = flags & E1000_FRAG_IPV6, udp = flags & E1000_FRAG_UDP_CSUM;

    headers(offload->bytes[0], ipv6, udp, length);
    offload->count = 1;
    offload->frags[0] = (struct e1000_frag){
        .data = offload->bytes[0],
        .bus = BUFFERS,
        .length = length,
        .flags = flags | E1000_FRAG_EOP,
        .vlan = TAG,
        .mss = 1000,
        .l2_length = 14,
        .l3_length = ipv6 ? 40 : 20,
        .l4_length = 20,
    };
    return &offload->frags[0];
}

/* The same bytes in pieces of that size. */
static void cut(struct offload *offload, uint32_t size)
{
    struct e1000_frag first = offload->frags[0];
    uint32_t at = 0;

    offload->count = 0;
    while (at < first.length) {
        struct e1000_frag *frag = &offload->frags[offload->count++];

        *frag = first;
        frag->data = offload->bytes[0] + at;
        frag->bus = BUFFERS + at;
        frag->length = first.length - at < size ? first.length - at : size;
        frag->flags = at ? 0 : first.flags & ~(uint32_t)E1000_FRAG_EOP;
        at += frag->length;
    }
    offload->frags[offload->count - 1].flags |= E1000_FRAG_EOP;
}

/* Hands the batch over and takes down what was posted. */
static void send(struct offload *offload)
{
    unsigned tail;

    for (unsigned i = 0; i < offload->count; i++)
        offload->frags[i].cookie = (void *)++offload->next_cookie;
    assert_int_equal(fake_transmit(offload->fake, offload->frags, offload->count), offload->count);
    tail = fake_reg(offload->fake, E1000_TDT);
    offload->posted = 0;
    for (; offload->head != tail;
         offload->head = (offload->head + 1) % offload->fake->params.tx_ring) {
        struct e1000_desc *desc = fake_tx_desc(offload->fake, offload->head);

        offload->low[offload->posted] = desc->address;
        offload->high[offload->posted++] = desc->rest;
        if (desc->rest & E1000_TXD_RS)
            desc->rest |= E1000_TXD_DD;
    }
}

/* The chip is done with everything. */
static void reap(struct offload *offload)
{
    void *cookies[64];

    while (fake_reap(offload->fake, cookies, 64))
        ;
    assert_int_equal(oracle_sent(offload->fake->oracle), 0);
}

static void send_and_reap(struct offload *offload)
{
    send(offload);
    reap(offload);
}

static uint32_t length_of(const struct offload *offload, unsigned i)
{
    return offload->high[i] & 0xFFFFF;
}

static const uint8_t *header_of(struct offload *offload, unsigned i)
{
    const uint8_t *header = fake_cpu(offload->fake, offload->low[i]);

    assert_non_null(header);
    return header;
}

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t pseudo(const uint8_t *bytes, bool ipv6, uint32_t start)
{
    const uint8_t *at = bytes + (ipv6 ? 22 : 26);

    for (unsigned i = 0; i < (ipv6 ? 32u : 8u); i += 2)
        start += get16(at + i);
    while (start >> 16)
        start = (start & 0xFFFF) + (start >> 16);
    return start;
}

#define CMD(bits)    ((uint64_t)(bits) << 24)
#define CONTEXT      CMD(0x20)
#define DATA         (CMD(0x20) | 1u << 20)
#define IPV4_CONTEXT (14u | 24u << 8 | 33u << 16 | 34ull << 32)

/* Checksums over IPv4: the context tells where, and the headers go from a copy. */
static void checksums_over_ipv4(void **state)
{
    for (unsigned udp = 0; udp < 2; udp++) {
        struct offload *offload = offload_new();
        uint32_t header = udp ? 42 : 54;

        offload_start(offload);
        ask(offload, 300, E1000_FRAG_IP_CSUM | (udp ? E1000_FRAG_UDP_CSUM : E1000_FRAG_TCP_CSUM));
        send(offload);
        assert_int_equal(offload->posted, 3);
        assert_int_equal(offload->low[0], IPV4_CONTEXT | (udp ? 40ull : 50ull) << 40);
        assert_int_equal(offload->high[0], CONTEXT | CMD(udp ? 2 : 3));
        assert_int_equal(offload->high[1], header | DATA | CMD(2) | 3ull << 40);
        assert_int_equal(offload->low[2], BUFFERS + header);
        assert_int_equal(offload->high[2], (300 - header) | DATA | CMD(0x0B) | 3ull << 40);

        const uint8_t *copy = header_of(offload, 1);
        assert_int_equal(get16(copy + 24), 0);
        assert_int_equal(get16(copy + (udp ? 40 : 50)),
                         pseudo(offload->bytes[0], false, 266 + (udp ? 17 : 6)));
        assert_int_equal(get16(copy + 16), 286);
        reap(offload);
        offload_free(offload);
    }
}

/* The same over IPv6, where IP has no checksum. */
static void checksums_over_ipv6(void **state)
{
    struct offload *offload = offload_new();

    offload_start(offload);
    ask(offload, 300, E1000_FRAG_IPV6 | E1000_FRAG_TCP_CSUM);
    send(offload);
    assert_int_equal(offload->posted, 3);
    assert_int_equal(offload->low[0], 14 | 54ull << 32 | 70ull << 40);
    assert_int_equal(offload->high[0], CONTEXT | CMD(1));
    assert_int_equal(offload->high[1], 74 | DATA | CMD(2) | 2ull << 40);
    assert_int_equal(get16(header_of(offload, 1) + 70), pseudo(offload->bytes[0], true, 246 + 6));
    reap(offload);
    offload_free(offload);
}

/* IPv4's checksum alone; and a frame that is nothing but headers ends with their copy. */
static void ip_checksum_alone(void **state)
{
    struct offload *offload = offload_new();

    offload_start(offload);
    ask(offload, 300, E1000_FRAG_IP_CSUM);
    send_and_reap(offload);
    assert_int_equal(offload->posted, 3);
    assert_int_equal(offload->high[1], 34 | DATA | CMD(2) | 1ull << 40);
    ask(offload, 74, E1000_FRAG_IPV6 | E1000_FRAG_TCP_CSUM);
    send_and_reap(offload);
    assert_int_equal(offload->posted, 2);
    assert_int_equal(offload->high[1], 74 | DATA | CMD(0x0B) | 2ull << 40);
    offload_free(offload);
}

/* What the stack has prepared is sent from where it lies, and data is not looked at. */
static void seeded_frames_are_not_copied(void **state)
{
    struct offload *offload = offload_new();
    struct e1000_frag *frag;

    offload_start(offload);
    frag = ask(offload, 300, E1000_FRAG_IP_CSUM | E1000_FRAG_TCP_CSUM | E1000_FRAG_SEEDED);
    frag->data = NULL;
    send_and_reap(offload);
    assert_int_equal(offload->posted, 2);
    assert_int_equal(offload->low[1], BUFFERS);
    assert_int_equal(offload->high[1], 300 | DATA | CMD(0x0B) | 3ull << 40);
    offload_free(offload);
}

/* Bytes behind the IP packet are none of the checksum's: the range ends where IP does. */
static void trailing_bytes_are_left_out(void **state)
{
    struct offload *offload = offload_new();

    offload_start(offload);
    ask(offload, 300, E1000_FRAG_TCP_CSUM);
    offload->bytes[0][16] = 0;
    offload->bytes[0][17] = 200;
    send_and_reap(offload);
    assert_int_equal(offload->low[0] >> 48, 14 + 200 - 1);
    assert_int_equal(get16(header_of(offload, 1) + 50), pseudo(offload->bytes[0], false, 180 + 6));
    offload_free(offload);
}

/* Segmentation: length, checksum and the pseudo header's length are 0 for the chip to fill in, the
 * last four bytes lie apart, and no descriptor holds more than four segments. */
static void segmentation(void **state)
{
    for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
        struct offload *offload = offload_new();
        uint32_t header = ipv6 ? 74 : 54, payload = 10000, left = payload;
        struct e1000_frag *frag;

        offload_start(offload);
        frag = ask(offload, header + payload, E1000_FRAG_TSO | (ipv6 ? E1000_FRAG_IPV6 : 0));
        frag->mss = 700;
        send(offload);
        assert_int_equal(offload->low[0] & 0xFFFF000000FFu,
                         (ipv6 ? 54ull : 34ull) << 32 | (ipv6 ? 70ull : 50ull) << 40 | 14);
        assert_int_equal(offload->high[0], CONTEXT | CMD(ipv6 ? 5 : 7) | payload |
                                               (uint64_t)header << 40 | 700ull << 48);
        assert_int_equal(length_of(offload, 1), header);
        const uint8_t *copy = header_of(offload, 1);
        assert_int_equal(get16(copy + (ipv6 ? 18 : 16)), 0);
        if (!ipv6)
            assert_int_equal(get16(copy + 24), 0);
        assert_int_equal(get16(copy + header - 4), pseudo(offload->bytes[0], ipv6, 6));

        for (unsigned i = 2; i < offload->posted; i++) {
            assert_true(length_of(offload, i) <= 2800);
            assert_int_equal(offload->low[i], BUFFERS + header + payload - left);
            left -= length_of(offload, i);
            assert_int_equal(!!(offload->high[i] & E1000_TXD_EOP), left == 0);
            assert_int_equal(offload->high[i] & (DATA | CMD(4)), DATA | CMD(4));
        }
        assert_int_equal(left, 0);
        assert_int_equal(offload->posted, 2 + 4 + 1);
        assert_int_equal(length_of(offload, offload->posted - 1), 4);
        reap(offload);
        offload_free(offload);
    }
}

/* A tail of four bytes or fewer lies apart anyway; one that a limit would tear stays whole. */
static void tails(void **state)
{
    static const struct {
        uint32_t payload, piece, last; /* in all, of the first fragment, of the last descriptor */
    } rows[] = {{4096 + 2, 5000, 4}, {4096 + 4, 5000, 4}, {4096 + 5, 5000, 4},
                {4100, 4097, 3},     {4101, 4097, 4},     {4102, 4097, 4}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct offload *offload = offload_new();
        struct e1000_frag *frags = offload->frags;

        offload_start(offload);
        ask(offload, 54 + rows[i].payload, E1000_FRAG_TSO)->mss = 2000;
        offload->count = rows[i].payload > rows[i].piece ? 3 : 2;
        frags[1] = frags[2] = frags[0];
        frags[0].length = 54;
        frags[0].flags = E1000_FRAG_TSO;
        frags[1].length = rows[i].payload < rows[i].piece ? rows[i].payload : rows[i].piece;
        frags[1].data = offload->bytes[0] + 54;
        frags[1].flags = offload->count == 2 ? E1000_FRAG_EOP : 0;
        frags[2].length = rows[i].payload - frags[1].length;
        frags[2].flags = E1000_FRAG_EOP;
        send_and_reap(offload);
        assert_int_equal(length_of(offload, offload->posted - 1), rows[i].last);
        offload_free(offload);
    }
}

/* Without the quirks nothing is split that need not be, and short frames are left to the chip: each
 * row of the table does something. */
static void each_quirk_by_itself(void **state)
{
    static const uint32_t quirks[] = {0, E1000_QUIRK_TSO_TAIL, E1000_QUIRK_TSO_4_MSS,
                                      E1000_QUIRK_PADS_BADLY};

    for (size_t i = 0; i < sizeof quirks / sizeof quirks[0]; i++) {
        struct offload *offload = offload_new();
        bool tail = quirks[i] == E1000_QUIRK_TSO_TAIL, four = quirks[i] == E1000_QUIRK_TSO_4_MSS;

        offload_start(offload);
        assert_int_equal(offload->fake->dev->quirks &
                             (E1000_QUIRK_TSO_TAIL | E1000_QUIRK_TSO_4_MSS |
                              E1000_QUIRK_PADS_BADLY | E1000_QUIRK_FIRST_2015),
                         E1000_QUIRK_TSO_TAIL | E1000_QUIRK_TSO_4_MSS | E1000_QUIRK_PADS_BADLY |
                             E1000_QUIRK_FIRST_2015);
        offload->fake->dev->quirks = quirks[i];
        ask(offload, 54 + 4000, E1000_FRAG_TSO)->mss = 500;
        send_and_reap(offload);
        assert_int_equal(offload->posted, four ? 4 : tail ? 4 : 3);
        assert_int_equal(length_of(offload, 2), four ? 2000 : tail ? 3996 : 4000);

        /* The frame behind it, if it is in one descriptor, has its tail apart as well; and only
         * one.
         */
        for (unsigned k = 0; k < 2; k++) {
            ask(offload, 100, 0);
            send_and_reap(offload);
            assert_int_equal(offload->posted, tail && !k ? 2 : 1);
            assert_int_equal(length_of(offload, 0), tail && !k ? 96 : 100);
        }
        ask(offload, 30, 0);
        send_and_reap(offload);
        assert_int_equal(offload->posted, quirks[i] == E1000_QUIRK_PADS_BADLY ? 2 : 1);
        offload_free(offload);
    }
}

/* A frame in several descriptors behind segments is safe as it is. */
static void larger_frames_behind_segments(void **state)
{
    struct offload *offload = offload_new();

    offload_start(offload);
    ask(offload, 4000, E1000_FRAG_TSO);
    send_and_reap(offload);
    ask(offload, 200, 0);
    cut(offload, 100);
    send_and_reap(offload);
    assert_int_equal(offload->posted, 2);
    assert_int_equal(length_of(offload, 1), 100);
    offload_free(offload);
}

/* On PCI-X a frame's first descriptor is short. */
static void first_descriptor_on_pcix(void **state)
{
    for (unsigned pcix = 0; pcix < 2; pcix++) {
        struct offload *offload = offload_new();

        if (pcix)
            fake_set(offload->fake, E1000_STATUS,
                     fake_reg(offload->fake, E1000_STATUS) | E1000_STATUS_PCIX_MODE);
        offload_start(offload);
        ask(offload, 2015, 0);
        send_and_reap(offload);
        assert_int_equal(offload->posted, 1);
        ask(offload, 6500, 0);
        send_and_reap(offload);
        assert_int_equal(length_of(offload, 0), pcix ? 2015 : 4096);
        assert_int_equal(length_of(offload, 1), pcix ? 4096 : 2404);
        assert_int_equal(offload->posted, pcix ? 3 : 2);
        offload_free(offload);
    }
}

/* No context reports, however groups of frames fall. */
static void contexts_do_not_report(void **state)
{
    struct offload *offload = offload_new();

    offload_start(offload);
    for (unsigned i = 0; i < 100; i++) {
        ask(offload, 200, i % 2 ? E1000_FRAG_TCP_CSUM : E1000_FRAG_UDP_CSUM);
        send_and_reap(offload);
        assert_int_equal(offload->posted, 3);
        assert_int_equal(offload->high[0] & (CMD(8) | 1u << 20), 0);
        assert_true(offload->high[2] & E1000_TXD_RS);
    }
    offload_free(offload);
}

/* Each of the chip's two contexts is told of only when it changes, in anything. */
static void contexts_are_cached(void **state)
{
    struct offload *offload = offload_new();
    struct e1000_counters counters;

    offload_start(offload);
    for (unsigned i = 0; i < 6; i++) {
        ask(offload, 4000, i % 2 ? E1000_FRAG_TSO : E1000_FRAG_TCP_CSUM);
        send_and_reap(offload);
        assert_int_equal(!(offload->high[0] & DATA & ~CONTEXT), i < 2);
    }
    /* Another length of payload is another context only for segments. */
    ask(offload, 4001, E1000_FRAG_TCP_CSUM);
    send_and_reap(offload);
    ask(offload, 4001, E1000_FRAG_TSO);
    send_and_reap(offload);
    ask(offload, 4001, E1000_FRAG_TSO)->mss = 999;
    send_and_reap(offload);
    ask(offload, 4001, E1000_FRAG_TSO)->l4_length = 24;
    send_and_reap(offload);
    e1000_get_counters(offload->fake->dev, &counters);
    assert_int_equal(counters.tx_contexts, 5);

    /* A frame that does not fit tells nothing. */
    assert_int_equal(e1000_down(fake_call(offload->fake)), 0);
    fake_bring_up(offload->fake);
    offload->head = 0;
    ask(offload, 4001, E1000_FRAG_TCP_CSUM);
    send_and_reap(offload);
    assert_int_equal(offload->high[0], CONTEXT | CMD(3));
    offload_free(offload);
}

/* Frames that ask for the same as the one before get the same, without a second look: no context,
 * one descriptor, the same bits. Not so those that ask for something else, or are too short for it.
 */
static void same_again(void **state)
{
    const uint32_t seeded = E1000_FRAG_IP_CSUM | E1000_FRAG_UDP_CSUM | E1000_FRAG_SEEDED;
    struct offload *offload = offload_new();
    struct e1000_counters counters;

    offload_start(offload);
    for (unsigned i = 0; i < 3; i++) {
        ask(offload, 300, seeded);
        for (unsigned k = 1; k < 20; k++) {
            offload->frags[k] = offload->frags[0];
            offload->frags[k].length = k < 10 ? 300 + k : 100 + k;
        }
        offload->count = 20;
        send_and_reap(offload);
        assert_int_equal(offload->posted, 20 + (i == 0 ? 1 : 0));
        for (unsigned k = 0; k < 20; k++) {
            unsigned at = k + (i == 0 ? 1 : 0);

            assert_int_equal(offload->low[at], BUFFERS);
            assert_int_equal(offload->high[at] & ~CMD(0x08),
                             offload->frags[k].length | DATA | CMD(0x03) | 3ull << 40);
        }
    }
    /* Plain ones in between change nothing. */
    ask(offload, 300, 0);
    send_and_reap(offload);
    assert_int_equal(offload->high[0], 300 | CMD(0x0B));
    ask(offload, 300, seeded);
    send_and_reap(offload);
    assert_int_equal(offload->posted, 1);
    e1000_get_counters(offload->fake->dev, &counters);
    assert_int_equal(counters.tx_contexts, 1);

    /* Anything else is another request. */
    ask(offload, 300, seeded & ~(uint32_t)E1000_FRAG_IP_CSUM);
    send_and_reap(offload);
    assert_int_equal(offload->high[0], 300 | DATA | CMD(0x0B) | 2ull << 40);
    ask(offload, 300, seeded)->l3_length = 24;
    send_and_reap(offload);
    assert_int_equal(offload->posted, 2);
    ask(offload, 300, seeded);
    send_and_reap(offload);
    assert_int_equal(offload->posted, 2);
    ask(offload, 300, seeded | E1000_FRAG_TAGGED);
    send_and_reap(offload);
    assert_int_equal(offload->high[0] >> 48, TAG);
    ask(offload, 300, seeded);
    send_and_reap(offload);
    assert_int_equal(offload->high[0], 300 | DATA | CMD(0x0B) | 3ull << 40);

    /* The chip forgets, and is told again. */
    assert_int_equal(e1000_down(fake_call(offload->fake)), 0);
    fake_bring_up(offload->fake);
    offload->head = 0;
    ask(offload, 300, seeded);
    send_and_reap(offload);
    assert_int_equal(offload->posted, 2);
    offload_free(offload);
}

/* Headers that a frame is too short for are not found good because a longer one's were. */
static void same_again_but_too_short(void **state)
{
    struct offload *offload = offload_new();
    struct e1000_counters counters;

    offload_start(offload);
    for (unsigned i = 0; i < 2; i++) {
        ask(offload, i == 0 ? 300 : 70, E1000_FRAG_TCP_CSUM | E1000_FRAG_SEEDED)->l3_length = 40;
        send_and_reap(offload);
    }
    assert_int_equal(offload->posted, 0);
    e1000_get_counters(offload->fake->dev, &counters);
    assert_int_equal(counters.tx_refused, 1);
    offload_free(offload);
}

/* Tags: in every descriptor of a frame, legacy ones too; refused where the chip was not told. */
static void tags(void **state)
{
    for (unsigned on = 0; on < 2; on++) {
        struct offload *offload = offload_new();

        offload->fake->params.vlan_offload = on;
        offload_start(offload);
        assert_int_equal(!!(fake_reg(offload->fake, E1000_CTRL) & E1000_CTRL_VME), on);
        ask(offload, 200, E1000_FRAG_TAGGED);
        cut(offload, 100);
        send_and_reap(offload);
        assert_int_equal(offload->posted, on ? 2 : 0);
        if (on) {
            assert_int_equal(offload->high[0], 100 | CMD(0x40) | (uint64_t)TAG << 48);
            assert_int_equal(offload->high[1], 100 | CMD(0x4B) | (uint64_t)TAG << 48);
            ask(offload, 200, E1000_FRAG_TAGGED | E1000_FRAG_TCP_CSUM);
            send_and_reap(offload);
            assert_int_equal(offload->high[2],
                             146 | DATA | CMD(0x4B) | (uint64_t)TAG << 48 | 2ull << 40);
        }
        offload_free(offload);
    }
}

/* Headers may be torn over fragments; what they fill leaves no empty descriptor behind. */
static void torn_headers(void **state)
{
    for (uint32_t size = 1; size <= 60; size++) {
        struct offload *offload = offload_new();
        uint32_t left = 120 - 54;

        offload_start(offload);
        ask(offload, 120, E1000_FRAG_TCP_CSUM);
        if (size >= 2)
            cut(offload, size);
        send_and_reap(offload);
        for (unsigned i = 2; i < offload->posted; i++) {
            assert_true(length_of(offload, i) > 0);
            assert_int_equal(offload->low[i], BUFFERS + 120 - left);
            left -= length_of(offload, i);
        }
        assert_int_equal(left, 0);
        assert_memory_equal(header_of(offload, 1), offload->bytes[0], 50);
        offload_free(offload);
    }
}

enum spoil {
    GOOD,
    L2_SHORT,
    L3_SHORT,
    L3_WRONG,
    BOTH,
    V6_IP,
    NO_DATA,
    VERSION,
    IP_LONG,
    IP_SHORT,
    PAST_END,
    TSO_UDP,
    TSO_MSS_0,
    TSO_MSS_LONG,
    TSO_L4_SHORT,
    TSO_HEADERS,
    TSO_NO_PAYLOAD,
    SPOILS
};

/* Each way in which a request is nonsense: refused, counted, cookies back, nothing posted. */
static void nonsense_is_refused(void **state)
{
    for (enum spoil spoil = GOOD; spoil < SPOILS; spoil++) {
        struct offload *offload = offload_new();
        struct e1000_counters counters;
        struct e1000_frag *frag;

        offload_start(offload);
        frag = ask(offload, 3000,
                   spoil >= TSO_UDP ? E1000_FRAG_TSO : E1000_FRAG_TCP_CSUM | E1000_FRAG_IP_CSUM);
        switch (spoil) {
        case L2_SHORT:
            frag->l2_length = 13;
            break;
        case L3_SHORT:
            frag->l3_length = 19;
            break;
        case L3_WRONG:
            frag->l3_length = 24;
            break;
        case BOTH:
            frag->flags |= E1000_FRAG_UDP_CSUM;
            break;
        case V6_IP:
            frag->flags |= E1000_FRAG_IPV6;
            frag->l3_length = 40;
            break;
        case NO_DATA:
            frag->data = NULL;
            break;
        case VERSION:
            offload->bytes[0][14] = 0x65;
            break;
        case IP_LONG:
            offload->bytes[0][16] = 0x0B;
            offload->bytes[0][17] = 0xAB; /* 2987, one more than there is */
            break;
        case IP_SHORT:
            offload->bytes[0][16] = 0;
            offload->bytes[0][17] = 39;
            break;
        case PAST_END:
            frag->length = 53;
            break;
        case TSO_UDP:
            frag->flags |= E1000_FRAG_UDP_CSUM;
            break;
        case TSO_MSS_0:
            frag->mss = 0;
            break;
        case TSO_MSS_LONG:
            frag->mss = 9014 - 54 + 1;
            break;
        case TSO_L4_SHORT:
            frag->l4_length = 19;
            break;
        case TSO_HEADERS:
            frag->l4_length = 240 - 34 + 1;
            break;
        case TSO_NO_PAYLOAD:
            frag->length = 54;
            break;
        default:
            break;
        }
        send(offload);
        assert_int_equal(offload->posted != 0, spoil == GOOD);
        reap(offload);
        e1000_get_counters(offload->fake->dev, &counters);
        assert_int_equal(counters.tx_refused, spoil != GOOD);
        offload_free(offload);
    }
}

/* The largest that is allowed still goes: MSS, headers, and payload of twenty bits. */
static void largest_requests(void **state)
{
    struct offload *offload = offload_new();
    struct e1000_counters counters;
    struct e1000_frag *frag;

    offload->fake->params.tx_ring = 512;
    offload_start(offload);
    frag = ask(offload, 20000, E1000_FRAG_TSO);
    frag->mss = 9014 - 54;
    send_and_reap(offload);
    frag = ask(offload, 20000, E1000_FRAG_TSO);
    frag->l4_length = 240 - 34;
    send_and_reap(offload);
    for (unsigned i = 0; i < 2; i++) {
        /* The CPU need see only the headers. */
        frag = ask(offload, 60000, E1000_FRAG_TSO);
        frag->length = 54 + 0xFFFFF + i;
        frag->mss = 8000;
        send_and_reap(offload);
        assert_int_equal(offload->posted != 0, i == 0);
    }
    /* The tag in the data does not count against the limit. */
    frag = ask(offload, 20000, E1000_FRAG_TSO);
    memmove(offload->bytes[0] + 18, offload->bytes[0] + 14, 100);
    frag->l2_length = 18;
    frag->mss = 9014 - 54;
    send_and_reap(offload);
    assert_true(offload->posted > 0);
    e1000_get_counters(offload->fake->dev, &counters);
    assert_int_equal(counters.tx_segmented, 4);
    assert_int_equal(counters.tx_refused, 1);
    offload_free(offload);
}

/* What takes more descriptors than the ring has can never be sent; what takes more than are free
 * waits. Nothing else is changed by it, the chip's contexts included. */
static void descriptors_run_out(void **state)
{
    struct offload *offload = offload_new();
    struct e1000_counters counters;

    offload_start(offload);
    ask(offload, 54 + 4 * 256, E1000_FRAG_TSO)->mss = 1; /* one byte each: four to a descriptor */
    send_and_reap(offload);
    assert_int_equal(offload->posted, 0);
    for (unsigned i = 0; i < 200; i++) {
        struct e1000_frag frag = {.bus = BUFFERS,
                                  .length = 100,
                                  .flags = E1000_FRAG_EOP,
                                  .cookie = (void *)++offload->next_cookie};

        assert_int_equal(fake_transmit(offload->fake, &frag, 1), 1);
    }
    ask(offload, 54 + 4 * 60, E1000_FRAG_TSO)->mss = 1;
    offload->frags[0].cookie = (void *)++offload->next_cookie;
    assert_int_equal(fake_transmit(offload->fake, offload->frags, 1), 0);
    assert_true(e1000_tx_stopped(offload->fake->dev));
    for (unsigned i = 0; i < 200; i++)
        fake_tx_desc(offload->fake, i)->rest |= E1000_TXD_DD;
    offload->head = 200;
    reap(offload);
    assert_false(e1000_tx_stopped(offload->fake->dev));
    send_and_reap(offload);
    assert_int_equal(offload->posted, 62);
    e1000_get_counters(offload->fake->dev, &counters);
    assert_int_equal(counters.tx_contexts, 1);
    assert_int_equal(counters.tx_refused, 1);
    offload_free(offload);
}

/* Without the parameter there is no memory for it, and what asks for it is refused. */
static void switched_off(void **state)
{
    struct offload *offload = offload_new();
    unsigned live;

    offload_start(offload);
    live = offload->fake->live;
    offload_free(offload);
    offload = offload_new();
    offload->fake->params.tx_offload = false;
    offload_start(offload);
    assert_int_equal(offload->fake->live, live - 1);
    ask(offload, 300, E1000_FRAG_TCP_CSUM);
    send_and_reap(offload);
    assert_int_equal(offload->posted, 0);
    offload_free(offload);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_over_ipv4),
        cmocka_unit_test(checksums_over_ipv6),
        cmocka_unit_test(ip_checksum_alone),
        cmocka_unit_test(seeded_frames_are_not_copied),
        cmocka_unit_test(trailing_bytes_are_left_out),
        cmocka_unit_test(segmentation),
        cmocka_unit_test(tails),
        cmocka_unit_test(each_quirk_by_itself),
        cmocka_unit_test(larger_frames_behind_segments),
        cmocka_unit_test(first_descriptor_on_pcix),
        cmocka_unit_test(contexts_do_not_report),
        cmocka_unit_test(contexts_are_cached),
        cmocka_unit_test(same_again),
        cmocka_unit_test(same_again_but_too_short),
        cmocka_unit_test(tags),
        cmocka_unit_test(torn_headers),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(largest_requests),
        cmocka_unit_test(descriptors_run_out),
        cmocka_unit_test(switched_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
