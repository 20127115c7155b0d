/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver core leaves checksums, segmentation and tags to the chip: random packets, as a host's
 * stack hands them over, against what this file works out by itself. The checker listens, and what
 * an erratum makes dangerous counts as wrong too.
 */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "sends.h"

#define PACKETS    1500u
#define BYTES      (SEND_HEADER_MAX + SEND_PAYLOAD_MAX)
#define FRAMES_MAX 64u
#define LIMIT      16124u /* longest frame that is allowed */

struct sending {
    struct rig *rig;
    struct e1000_dma memory; /* where packets lie */
    struct send send;
    unsigned seen;
    bool wrong;
    uint8_t before[BYTES]; /* the packet as it was handed over */
};

/* ---- What has to come out ------------------------------------------------------------------- */

static uint16_t sum(const uint8_t *at, uint32_t length, uint32_t start)
{
    for (uint32_t i = 0; i < length; i++)
        start += i % 2 ? at[i] : (uint32_t)at[i] << 8;
    while (start >> 16)
        start = (start & 0xFFFF) + (start >> 16);
    return (uint16_t)start;
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Makes the k-th frame of a packet; returns its length on the wire without FCS. */
static uint32_t expect(const struct send *send, uint32_t k, uint8_t *frame)
{
    uint32_t each = send->mss ? send->mss : send->payload;
    uint32_t start = k * each;
    uint32_t part = send->payload - start < each ? send->payload - start : each;
    uint32_t length = send->header + part, l4_bytes = length - send->l4;
    uint8_t *ip = frame + send->l3, *l4 = frame + send->l4;
    uint16_t checksum;

    memset(frame, 0, 64);
    memcpy(frame, send->bytes, send->header);
    memcpy(frame + send->header, send->bytes + send->header + start, part);
    send_put16(ip + (send->ipv6 ? 4 : 2), length - send->l3 - (send->ipv6 ? 40 : 0));
    if (!send->ipv6) {
        send_put16(ip + 4, ((uint32_t)ip[4] << 8 | ip[5]) + k);
        send_put16(ip + 10, 0);
        send_put16(ip + 10, (uint16_t)~sum(ip, send->l4 - send->l3, 0));
    }
    if (send->udp) {
        send_put16(l4 + 4, l4_bytes);
    } else {
        uint32_t sequence = get32(l4 + 4) + start;

        send_put16(l4 + 4, sequence >> 16);
        send_put16(l4 + 6, sequence);
        if (start + part < send->payload)
            l4[13] &= 0xF6; /* neither FIN nor PSH before the last one */
    }
    send_put16(frame + send->checksum, 0);
    checksum =
        sum(ip + (send->ipv6 ? 8 : 12), send->ipv6 ? 32 : 8, l4_bytes + (send->udp ? 17 : 6));
    checksum = (uint16_t)~sum(l4, l4_bytes, checksum);
    send_put16(frame + send->checksum, send->udp && !checksum ? 0xFFFF : checksum);
    if (send->tagged) {
        memmove(frame + 16, frame + 12, length - 12 > 60 ? length - 12 : 60);
        send_put16(frame + 12, 0x8100);
        send_put16(frame + 14, send->tag);
    }
    /* Padded to 60 bytes before the tag goes in; what the chip cuts, it pads itself. */
    if (!send->mss && length < 60)
        length = 60;
    length += send->tagged ? 4 : 0;
    return length < 60 ? 60 : length;
}

static void on_sent(void *opaque, const uint8_t *data, uint32_t length)
{
    static uint8_t frame[BYTES];
    struct sending *sending = opaque;
    uint32_t wanted = expect(&sending->send, sending->seen, frame);

    if (length != wanted || memcmp(data, frame, length)) {
        uint32_t at = 0;

        while (at < length && at < wanted && data[at] == frame[at])
            at++;
        print_error("frame %u: %u bytes, %u wanted, differs at %u (IPv%d, %s, %u + %u, MSS %u%s)\n",
                    sending->seen, length, wanted, at, sending->send.ipv6 ? 6 : 4,
                    sending->send.udp ? "UDP" : "TCP", sending->send.header, sending->send.payload,
                    sending->send.mss, sending->send.tagged ? ", tagged" : "");
        sending->wrong = true;
    }
    sending->seen++;
}

/* ---- Sending -------------------------------------------------------------------------------- */

/* Errata of sending, on every chip. */
static const char *const errata[] = {"first-2015", "read-4096",  "tso-early",
                                     "tso-4-mss",  "context-rs", "padding"};
#define ERRATA (sizeof errata / sizeof errata[0])

static void set_erratum(struct rig *rig, const char *name)
{
    const struct e1000emu_fault_setting setting = {.name = name, .arg = E1000EMU_FAULT_DEFAULT};

    assert_int_equal(e1000emu_fault_set(rig->chip, &setting), 0);
}

/* Up, without some of the quirks. */
static struct sending *sending_without(const char *profile, uint32_t quirks)
{
    struct sending *sending = calloc(1, sizeof *sending);
    struct rig *rig = rig_new(profile);

    assert_non_null(sending);
    sending->rig = rig;
    rig->on_sent = on_sent;
    rig->opaque = sending;
    rig->params.vlan_offload = true;
    rig->params.max_frame = LIMIT;
    rig->params.tx_ring = 128;
    assert_int_equal(rig_attach(rig), 0);
    rig->dev->quirks &= ~quirks;
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 10000000));
    assert_int_equal(rig->os.dma_alloc(rig, BYTES, 4096, 0, &sending->memory), 0);
    return sending;
}

static struct sending *sending_new(const char *profile)
{
    return sending_without(profile, 0);
}

static void sending_free(struct sending *sending)
{
    sending->rig->os.dma_free(sending->rig, &sending->memory);
    rig_free(sending->rig);
    free(sending);
}

static uint32_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Puts the packet into memory as a stack leaves it: what the chip has to fill in is rubbish, unless
 * the stack says that it prepared it. */
static void place(struct sending *sending, bool seeded, uint64_t *seed)
{
    const struct send *send = &sending->send;
    uint8_t *bytes = sending->memory.cpu;
    uint32_t length = send->header + send->payload;

    memcpy(bytes, send->bytes, length);
    if (seeded) {
        send_put16(bytes + send->checksum, send_pseudo_sum(send, length - send->l4));
    } else {
        send_put16(bytes + send->checksum, next(seed));
        if (!send->ipv6)
            send_put16(bytes + send->l3 + 10, next(seed));
        if (send->mss)
            send_put16(bytes + send->l3 + (send->ipv6 ? 4 : 2), next(seed));
    }
    memcpy(sending->before, bytes, length);
}

/* As fragments, cut as the packet says. */
static unsigned fragments(const struct sending *sending, bool seeded, struct e1000_frag *frags)
{
    const struct send *send = &sending->send;
    uint32_t length = send->header + send->payload, at = 0;
    unsigned n = 0;

    do {
        uint32_t part = n < send->cuts && send->cut[n] < length - at ? send->cut[n] : length - at;

        frags[n++] = (struct e1000_frag){.data = (uint8_t *)sending->memory.cpu + at,
                                         .bus = sending->memory.bus + at,
                                         .length = part};
        at += part;
    } while (at < length);
    frags[n - 1].flags = E1000_FRAG_EOP;
    frags[0].flags |= (send->udp ? E1000_FRAG_UDP_CSUM : E1000_FRAG_TCP_CSUM) |
                      (send->ipv6 ? E1000_FRAG_IPV6 : E1000_FRAG_IP_CSUM) |
                      (send->mss ? E1000_FRAG_TSO : 0) | (send->tagged ? E1000_FRAG_TAGGED : 0) |
                      (seeded ? E1000_FRAG_SEEDED : 0);
    frags[0].vlan = send->tag;
    frags[0].mss = (uint16_t)send->mss;
    frags[0].l2_length = (uint8_t)send->l3;
    frags[0].l3_length = (uint8_t)(send->l4 - send->l3);
    frags[0].l4_length = (uint8_t)(send->header - send->l4);
    return n;
}

/* Sends the packet and waits until all of it has left. */
static void hand_over(struct sending *sending, bool seeded, uint64_t *seed)
{
    struct e1000_frag frags[16];
    struct rig *rig = sending->rig;
    unsigned n;

    place(sending, seeded, seed);
    n = fragments(sending, seeded, frags);
    sending->seen = 0;
    assert_int_equal(rig_transmit(rig, frags, n), n);
    for (unsigned i = 0; i < 100 && (rig->outstanding || sending->seen < sending->send.frames); i++)
        rig_run(rig, 20);
    assert_int_equal(sending->seen, sending->send.frames);
    assert_int_equal(rig->outstanding, 0);
    assert_false(sending->wrong);
    assert_memory_equal(sending->memory.cpu, sending->before,
                        sending->send.header + sending->send.payload);
}

/* ---- Tests ---------------------------------------------------------------------------------- */

/* Every kind of packet, in random order and cut at random: what leaves is right, bit for bit, and
 * nothing of the caller's was changed. Contexts are told only as often as needed, and no erratum
 * shows. */
static void random_packets(void **state)
{
    static const char *const profiles[] = {"silicon", "vmware", "virtualbox", "82545gm-serdes",
                                           "82546gb"};

    for (size_t p = 0; p < sizeof profiles / sizeof profiles[0]; p++) {
        struct sending *sending = sending_new(profiles[p]);
        uint64_t seed = 11 + p;
        unsigned cut = 0, whole = 0;

        for (size_t i = 0; i < ERRATA; i++)
            set_erratum(sending->rig, errata[i]);

        for (unsigned i = 0; i < PACKETS / 4; i++) {
            struct send *send = &sending->send;

            send_make(send, &seed);
            if (send->udp && send->mss)
                continue; /* the core cuts TCP alone */
            hand_over(sending, !send->mss && send->ipv6 && next(&seed) % 3 == 0, &seed);
            cut += send->mss != 0;
            whole += !send->mss;
        }
        assert_true(cut > 50 && whole > 150);
        assert_int_equal(rig_stat(sending->rig, "tx_segmented"), cut);
        assert_int_equal(rig_stat(sending->rig, "tx_refused"), 0);
        for (size_t i = 0; i < ERRATA; i++)
            assert_int_equal(e1000emu_fault_fired(sending->rig->chip, errata[i]), 0);
        sending_free(sending);
    }
}

static void make(struct send *send, bool segments)
{
    uint64_t seed = 77;

    do {
        send_make(send, &seed);
    } while (send->ipv6 || send->udp || send->tagged || (send->mss != 0) != segments);
    if (!segments) {
        send->payload = 500;
        send_put16(send->bytes + send->l3 + 2, send->header + send->payload - send->l3);
    }
}

/* The chip is told where headers are once, for each of its two memories; after a reset it has to be
 * told again. */
static void contexts_are_kept(void **state)
{
    struct sending *sending = sending_new("silicon");
    struct rig *rig = sending->rig;
    uint64_t seed = 5;

    for (unsigned life = 1; life <= 3; life++) {
        for (unsigned i = 0; i < 20; i++) {
            make(&sending->send, i % 3 == 1);
            hand_over(sending, false, &seed);
            if (i % 7 == 6) { /* ordinary ones between them change nothing */
                rig->on_sent = NULL;
                assert_int_equal(rig_send(rig, 2, 100), 2);
                rig_run(rig, 100);
                rig->on_sent = on_sent;
            }
        }
        assert_int_equal(rig_stat(rig, "tx_contexts"), 2 * life);
        assert_int_equal(e1000_reset(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
        assert_true(rig_linked(rig, 10000000));
    }
    sending_free(sending);
}

/* A frame that asks to be cut but is one segment long is none: it is finished as a whole, and
 * lengthened if it is short. */
static void single_segments(void **state)
{
    struct sending *sending = sending_new("silicon");
    uint64_t seed = 9;

    for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
        for (uint32_t payload = 1; payload < 20; payload++) {
            struct send *send = &sending->send;

            do {
                send_make(send, &seed);
            } while (send->ipv6 != ipv6 || send->udp);
            send->mss = 20;
            send->payload = payload;
            send->frames = 1;
            send->cuts = 0;
            send_put16(send->bytes + send->l3 + (ipv6 ? 4 : 2),
                       send->header + payload - send->l3 - (ipv6 ? 40 : 0));
            hand_over(sending, false, &seed);
        }
    }
    assert_int_equal(rig_stat(sending->rig, "tx_segmented"), 0);
    sending_free(sending);
}

/* Sends a packet in segments on a chip with this erratum, by a driver without its row, until the
 * core has given it back, or a millisecond has passed. How many of its frames had left by then. */
static unsigned left_by_then(const char *erratum, uint32_t quirk)
{
    struct sending *sending = sending_without("silicon", quirk);
    struct rig *rig = sending->rig;
    struct e1000_frag frags[16];
    uint64_t seed = 3;
    unsigned n, seen;

    rig->tolerant = true; /* the checker knows these errata, too */
    set_erratum(rig, erratum);
    do
        make(&sending->send, true);
    while (sending->send.mss == 0);
    sending->send.mss = 500;
    sending->send.payload = 8000;
    sending->send.frames = 16;
    sending->send.cuts = 0;
    send_put16(sending->send.bytes + sending->send.l3 + 2,
               sending->send.header + sending->send.payload - sending->send.l3);
    place(sending, false, &seed);
    n = fragments(sending, false, frags);
    assert_int_equal(rig_transmit(rig, frags, n), n);
    for (unsigned i = 0; i < 1000 && rig->outstanding; i++)
        rig_run(rig, 1);
    assert_true(e1000emu_fault_fired(rig->chip, erratum) > 0);
    seen = sending->seen;
    e1000emu_fault_clear(rig->chip, NULL);
    rig_run(rig, 1000000);
    sending_free(sending);
    return seen;
}

/* What the rows are for: without them a packet comes back before it has left, or never leaves. */
static void rows_are_needed(void **state)
{
    (void)state;
    assert_in_range(left_by_then("tso-early", E1000_QUIRK_TSO_TAIL), 0, 15);
    assert_int_equal(left_by_then("tso-4-mss", E1000_QUIRK_TSO_4_MSS), 0);
    assert_int_equal(left_by_then("context-rs", E1000_QUIRK_CONTEXT_RS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_packets),
        cmocka_unit_test(contexts_are_kept),
        cmocka_unit_test(single_segments),
        cmocka_unit_test(rows_are_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
