/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the driver core makes of frames that the chip received: random ones, sound and spoiled,
 * against what this file knows about them because it made them. The checker listens, and what an
 * erratum makes dangerous counts as wrong too.
 */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST 16124u
#define BYTES   (LONGEST + 300u)
#define WAITING 16u

/* A frame on its way. */
struct sent {
    uint8_t bytes[BYTES];
    uint32_t length;
    bool tagged;
    uint16_t tag;
    bool bad;            /* on the wire */
    bool ipv4, ipv6, l4; /* headers that the chip can know */
    bool ip_bad, l4_bad;
    bool l4_none; /* UDP without a checksum */
};

struct receiving {
    struct rig *rig;
    uint64_t seed;
    struct sent sent[WAITING]; /* those that have to come out, in order */
    unsigned first, waiting;
    unsigned got, copied, checked_l4, checked_ip, tagged, bad, pieces;
};

static uint32_t next(struct receiving *r)
{
    r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(r->seed >> 33);
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static uint32_t sum(const uint8_t *at, uint32_t length, uint32_t start)
{
    for (uint32_t i = 0; i < length; i++)
        start += i % 2 ? at[i] : (uint32_t)at[i] << 8;
    while (start >> 16)
        start = (start & 0xFFFF) + (start >> 16);
    return start;
}

/* ---- Frames --------------------------------------------------------------------------------- */

/* TCP or UDP over IP from byte 14 on, with the checksums that it must have, or not. */
static void make_ip(struct receiving *r, struct sent *sent)
{
    uint8_t *ip = sent->bytes + 14;
    bool six = next(r) % 3 == 0, udp = next(r) & 1;
    uint32_t l4 = six ? 40 : 20, length = sent->length - 14;
    uint8_t *at = ip + l4;
    uint32_t pseudo, checksum;

    put16(ip - 2, six ? 0x86DD : 0x0800);
    ip[0] = six ? 0x60 : 0x45;
    if (six) {
        put16(ip + 4, length - 40);
        ip[6] = udp ? 17 : 6;
    } else {
        put16(ip + 2, length);
        put16(ip + 6, 0x4000); /* whole */
        ip[9] = udp ? 17 : 6;
        put16(ip + 10, 0);
        sent->ip_bad = next(r) % 5 == 0;
        put16(ip + 10, (~sum(ip, 20, 0) & 0xFFFF) ^ (sent->ip_bad ? 0x0100 : 0));
    }
    if (udp)
        put16(at + 4, length - l4);
    else
        at[12] = 0x50;
    pseudo = sum(ip + (six ? 8 : 12), six ? 32 : 8, length - l4 + (udp ? 17 : 6));
    put16(at + (udp ? 6 : 16), 0);
    checksum = ~sum(at, length - l4, pseudo) & 0xFFFF;
    checksum = udp && !checksum ? 0xFFFF : checksum;
    sent->l4_bad = next(r) % 5 == 0;
    sent->l4_none = udp && !six && next(r) % 7 == 0;
    if (sent->l4_none)
        checksum = sent->l4_bad = 0;
    put16(at + (udp ? 6 : 16), checksum ^ (sent->l4_bad ? 0x0400 : 0));
    sent->ipv4 = !six;
    sent->ipv6 = six;
    sent->l4 = true;
}

static void insert_tag(struct receiving *r, struct sent *sent)
{
    sent->tagged = true;
    sent->tag = (uint16_t)next(r);
    memmove(sent->bytes + 16, sent->bytes + 12, sent->length - 12);
    put16(sent->bytes + 12, 0x8100);
    put16(sent->bytes + 14, sent->tag);
    sent->length += 4;
}

static uint32_t length_of(struct receiving *r)
{
    uint32_t limit = r->rig->params.max_frame;

    switch (next(r) % 4) {
    case 0:
        return 74 + next(r) % 200;
    case 1:
        return limit - next(r) % 40;
    default:
        return 74 + next(r) % (limit - 74 + 1);
    }
}

static void make(struct receiving *r, struct sent *sent)
{
    *sent = (struct sent){.length = length_of(r)};
    for (uint32_t i = 0; i < sent->length; i++)
        sent->bytes[i] = (uint8_t)next(r);
    memset(sent->bytes, 0xFF, 6);
    sent->bytes[6] = 2;
    put16(sent->bytes + 12, 0x88B5);
    if (next(r) % 4)
        make_ip(r, sent);
    if (next(r) % 3 == 0)
        insert_tag(r, sent);
    sent->bad = next(r) % 9 == 0;
}

/* ---- What comes out ------------------------------------------------------------------------- */

/* The chip may leave things unchecked, but what it says is true; and what is plain it checks. */
static void compare_flags(struct receiving *r, const struct sent *sent, uint32_t flags)
{
    const struct e1000_params *params = &r->rig->params;
    bool l4 = flags & E1000_FRAG_L4_CHECKED, ip = flags & E1000_FRAG_IP_CHECKED;

    assert_int_equal(!!(flags & E1000_FRAG_BAD_FRAME), sent->bad);
    assert_int_equal(!!(flags & E1000_FRAG_TAGGED), sent->tagged && params->vlan_offload);
    assert_false(!l4 && flags & E1000_FRAG_L4_BAD);
    assert_false(!ip && flags & E1000_FRAG_IP_BAD);
    assert_false(l4 && (!sent->l4 || sent->l4_none));
    assert_false(ip && !sent->ipv4);
    if (l4)
        assert_int_equal(!!(flags & E1000_FRAG_L4_BAD), sent->l4_bad);
    if (ip)
        assert_int_equal(!!(flags & E1000_FRAG_IP_BAD), sent->ip_bad);
    if (!params->rx_checksum || sent->bad)
        assert_false(l4 || ip);
    else if (!sent->tagged || params->vlan_offload)
        assert_true(ip == sent->ipv4 && (l4 || !sent->l4 || sent->l4_none));
    r->checked_l4 += l4;
    r->checked_ip += ip;
    r->tagged += !!(flags & E1000_FRAG_TAGGED);
    r->bad += sent->bad;
}

/* One frame, in count fragments. */
static void compare(struct receiving *r, const struct e1000_frag *frags, unsigned count)
{
    struct sent *sent = &r->sent[r->first];
    uint32_t at = 0;

    assert_true(r->waiting > 0);
    compare_flags(r, sent, frags[0].flags);
    if (frags[0].flags & E1000_FRAG_TAGGED) {
        assert_int_equal(frags[0].vlan, sent->tag);
        memmove(sent->bytes + 12, sent->bytes + 16, sent->length - 16);
        sent->length -= 4;
    }
    for (unsigned i = 0; i < count; i++) {
        assert_true(frags[i].length <= sent->length - at);
        assert_true(count == 1 || frags[i].length <= r->rig->params.rx_buffer_size);
        assert_memory_equal(frags[i].data, sent->bytes + at, frags[i].length);
        at += frags[i].length;
    }
    assert_int_equal(at, sent->length);
    r->copied += count == 1 && !sent->bad && at <= r->rig->params.copybreak;
    r->pieces += count;
    r->got++;
    r->first = (r->first + 1) % WAITING;
    r->waiting--;
}

static void on_received(void *opaque, const struct e1000_frag *frags, unsigned count)
{
    for (unsigned i = 0, start = 0; i < count; i++) {
        if (!(frags[i].flags & E1000_FRAG_EOP))
            continue;
        compare(opaque, frags + start, i + 1 - start);
        start = i + 1;
    }
}

/* ---- Running -------------------------------------------------------------------------------- */

static struct receiving *receiving_new(const char *profile, uint64_t seed)
{
    struct receiving *r = calloc(1, sizeof *r);

    assert_non_null(r);
    r->rig = rig_new(profile);
    r->rig->on_received = on_received;
    r->rig->opaque = r;
    r->seed = seed;
    return r;
}

static void receiving_start(struct receiving *r)
{
    assert_int_equal(rig_attach(r->rig), 0);
    assert_int_equal(e1000_up(rig_call(r->rig)), 0);
    assert_int_equal(rig_settle(r->rig), E1000_STATE_UP);
    assert_true(rig_linked(r->rig, 10000000));
}

static void receiving_free(struct receiving *r)
{
    assert_int_equal(r->waiting, 0);
    rig_free(r->rig);
    free(r);
}

/* Puts so many frames on the wire at once, and sees them all come out. */
static void burst(struct receiving *r, unsigned count)
{
    struct e1000emu_frame frame;

    for (unsigned i = 0; i < count; i++) {
        struct sent *sent = &r->sent[(r->first + r->waiting) % WAITING];

        make(r, sent);
        frame = (struct e1000emu_frame){.data = sent->bytes,
                                        .length = sent->length,
                                        .flags = sent->bad ? E1000EMU_FRAME_BAD_FCS : 0};
        e1000emu_receive(r->rig->chip, &frame, 1, 0, NULL);
        if (!sent->bad || r->rig->params.store_bad)
            r->waiting++; /* else nobody will see it */
    }
    rig_run(r->rig, 2000);
    assert_int_equal(r->waiting, 0);
}

/* ---- Tests ---------------------------------------------------------------------------------- */

/* All parameters of receiving, in many combinations: each frame comes out once, whole, in order,
 * with what is true about it. */
static void random_frames(void **state)
{
    static const char *const profiles[] = {"silicon", "vmware", "virtualbox", "82545gm-serdes"};
    static const uint16_t sizes[] = {256, 512, 1024, 2048, 4096, 8192, 16384};
    unsigned checked_l4 = 0, checked_ip = 0, copied = 0, tagged = 0, bad = 0, split = 0;

    for (unsigned i = 0; i < 84; i++) {
        struct receiving *r = receiving_new(profiles[i % 4], i);
        struct e1000_params *params = &r->rig->params;

        params->rx_buffer_size = sizes[i % 7];
        params->rx_ring = 256;
        params->rx_buffers = 512;
        params->max_frame = i % 3 == 0 ? LONGEST : i % 3 == 1 ? 9014 : 1514;
        params->vlan_offload = i / 2 % 2;
        params->rx_checksum = i / 4 % 3 != 0;
        params->store_bad = i / 3 % 2;
        params->copybreak = i % 5 < 2 ? 300 : 0;
        params->interrupts = (uint8_t)(i % 3);
        receiving_start(r);
        for (unsigned k = 0; k < 12; k++)
            burst(r, 1 + k % 3);
        assert_int_equal(rig_stat(r->rig, "rx_frames"), r->got);
        assert_int_equal(rig_stat(r->rig, "rx_copied"), r->copied);
        assert_int_equal(rig_stat(r->rig, "rx_errors"), r->bad);
        checked_l4 += r->checked_l4;
        checked_ip += r->checked_ip;
        copied += r->copied;
        tagged += r->tagged;
        bad += r->bad;
        split += r->pieces - r->got;
        receiving_free(r);
    }
    assert_true(checked_l4 > 300 && checked_ip > 200);
    assert_true(copied > 50 && tagged > 100 && bad > 50 && split > 1000);
}

/* The longest frame, 16110 bytes behind its header and with a tag in front, passes in buffers of
 * each size; a byte more does not, and is counted. */
static void longest_frames(void **state)
{
    for (uint16_t size = 256; size <= 16384 && size; size *= 2) {
        for (unsigned tag = 0; tag < 2; tag++) {
            struct receiving *r = receiving_new("silicon", size);
            struct sent *sent = &r->sent[0];
            struct e1000emu_frame frame;

            r->rig->params.rx_buffer_size = size;
            r->rig->params.rx_ring = 128;
            r->rig->params.rx_buffers = 128;
            r->rig->params.max_frame = LONGEST;
            receiving_start(r);
            for (unsigned longer = 0; longer < 2; longer++) {
                *sent = (struct sent){.length = LONGEST + longer};
                memset(sent->bytes, 0xFF, sizeof sent->bytes);
                put16(sent->bytes + 12, 0x88B5);
                if (tag)
                    insert_tag(r, sent);
                frame = (struct e1000emu_frame){.data = sent->bytes, .length = sent->length};
                r->first = 0;
                r->waiting = !longer;
                e1000emu_receive(r->rig->chip, &frame, 1, 0, NULL);
                rig_run(r->rig, 1000);
                assert_int_equal(r->waiting, 0);
            }
            assert_int_equal(rig_stat(r->rig, "rx_length_errors"), 1);
            receiving_free(r);
        }
    }
}

/* Messages instead of the line: everything works as with it. */
static void by_messages(void **state)
{
    for (uint8_t how = E1000_INTERRUPTS_DIRECT; how <= E1000_INTERRUPTS_MASKED; how++) {
        struct receiving *r = receiving_new("silicon", 3);
        struct rig *rig = r->rig;

        rig->params.msi = E1000_MSI_FORCED;
        rig->params.msi_address = 0xFEE01000;
        rig->params.msi_data = 0x41;
        rig->params.interrupts = how;
        receiving_start(r);
        for (unsigned i = 0; i < 20; i++)
            burst(r, 2);
        assert_int_equal(rig_send(rig, 10, 200), 10);
        rig_run(rig, 1000);
        assert_int_equal(rig->outstanding, 0);
        assert_true(rig->messages > 20);
        assert_int_equal(rig->interrupts, 0);
        receiving_free(r);
    }
}

/* How long after its arrival a frame is told of, in µs. */
static uint64_t told_after(struct receiving *r)
{
    struct rig *rig = r->rig;
    e1000emu_time start = rig->now;
    struct e1000emu_frame frame;

    make(r, &r->sent[0]);
    r->sent[0].bad = false;
    r->first = 0;
    r->waiting = 1;
    frame = (struct e1000emu_frame){.data = r->sent[0].bytes, .length = r->sent[0].length};
    e1000emu_receive(rig->chip, &frame, 1, 0, NULL);
    while (r->waiting && rig->now < start + 1000000000)
        rig_run(rig, 1);
    assert_int_equal(r->waiting, 0);
    return (rig->now - start) / 1000;
}

/* The delay timers delay (in units of 1.024 µs), and the absolute limit of a timer that is started
 * again and again. */
static void delays(void **state)
{
    struct receiving *r = receiving_new("silicon", 4);

    r->rig->params.rx_delay = 500;
    r->rig->params.rx_delay_forced = true;
    r->rig->params.moderation = E1000_MODERATION_OFF;
    receiving_start(r);
    for (unsigned i = 0; i < 5; i++)
        assert_in_range(told_after(r), 510, 520);
    receiving_free(r);

    /* A frame each 100 µs starts the timer of 500 again; the limit of 1000 does not move. */
    r = receiving_new("silicon", 5);
    r->rig->params.rx_delay = 500;
    r->rig->params.rx_delay_forced = true;
    r->rig->params.rx_delay_limit = 1000;
    r->rig->params.moderation = E1000_MODERATION_OFF;
    receiving_start(r);
    r->rig->interrupts = 0;
    for (unsigned i = 0; i < 100; i++) {
        struct sent *sent = &r->sent[(r->first + r->waiting) % WAITING];
        struct e1000emu_frame frame;

        do
            make(r, sent);
        while (sent->bad);
        frame = (struct e1000emu_frame){.data = sent->bytes, .length = sent->length};
        r->waiting++;
        e1000emu_receive(r->rig->chip, &frame, 1, 0, NULL);
        rig_run(r->rig, 100);
        assert_true(r->waiting <= 11);
    }
    rig_run(r->rig, 2000);
    assert_in_range(r->rig->interrupts, 8, 11);
    receiving_free(r);
}

/* Buffers that nobody returns: what is there is handed out, then the ring is empty; with the first
 * that comes back it goes on, and what waited in the chip's own memory was not lost. */
static void starved_and_fed(void **state)
{
    struct rig *rig = rig_new("silicon");
    struct e1000_frag held[80];
    uint8_t data[60];
    struct e1000emu_frame frame = {.data = data, .length = sizeof data};
    unsigned n = 0, back = 0, got = 0;

    memset(data, 0xFF, sizeof data);
    rig->params.interrupts = E1000_INTERRUPTS_NONE;
    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 10000000));
    rig->deaf = true;
    for (unsigned i = 0; i < 200; i++) {
        e1000emu_receive(rig->chip, &frame, 1, 0, NULL);
        rig_run(rig, 20);
        n += oracle_receive(rig->oracle, rig_call(rig), held + n, 64);
    }
    assert_int_equal(n, 64); /* all buffers */
    for (got = n; got < 200; back++) {
        struct e1000_frag one[64];
        unsigned more;

        assert_true(back < n);
        oracle_recycle(rig->oracle, rig_call(rig), &held[back], 1);
        do {
            rig_run(rig, 20);
            more = oracle_receive(rig->oracle, rig_call(rig), one, 64);
            oracle_recycle(rig->oracle, rig_call(rig), one, more);
            got += more;
        } while (more);
    }
    assert_int_equal(got, 200);
    oracle_recycle(rig->oracle, rig_call(rig), held + back, n - back);
    assert_int_equal(oracle_lent(rig->oracle), 0);
    rig->deaf = false;
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_frames),   cmocka_unit_test(longest_frames),
        cmocka_unit_test(by_messages),     cmocka_unit_test(delays),
        cmocka_unit_test(starved_and_fed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
