/* SPDX-License-Identifier: BSD-2-Clause */
/* Generated traffic: what an argument asks for is what the frames are, and what became of them is
 * told. An oracle of its own parses the frames. */
#include "gen.h"
#include "joint.h"

#include "gen_ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_FRAME 9014u

static const uint8_t to[6] = {0x00, 0x0c, 0x29, 0x01, 0x02, 0x03};
static const uint8_t from[6] = {0x02, 0, 0, 0xff, 0xff, 0xf0};

static void start(struct gen *gen, const char *argument)
{
    struct gen_config config;
    char error[256];

    if (gen_parse(&config, argument, false, MAX_FRAME, error, sizeof(error)) < 0)
        fail_msg("%s: %s", argument, error);
    memcpy(config.to, to, 6);
    memcpy(config.from, from, 6);
    gen_start(gen, &config, MAX_FRAME, true);
}

/* ---- The oracle: what a frame is, from its bytes alone ---- */

struct parsed {
    unsigned type, l3, l4, protocol;
    int vlan;    /* -1: none */
    bool ip_sum; /* right, of IPv4 */
    bool l4_sum;
};

static unsigned be16(const uint8_t *bytes)
{
    return bytes[0] * 256u + bytes[1];
}

/* Right: all words add up to 0xffff. */
static unsigned ones_sum(const uint8_t *bytes, size_t length, unsigned sum)
{
    for (size_t i = 0; i < length; i++) {
        sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

static struct parsed parse(const uint8_t *bytes, uint32_t length)
{
    struct parsed p = {.type = be16(bytes + 12), .l3 = 14, .vlan = -1, .ip_sum = true};
    unsigned sum, bytes_l4;

    if (p.type == 0x8100) {
        p.vlan = (int)(be16(bytes + 14) & 0xfff);
        p.type = be16(bytes + 16);
        p.l3 = 18;
    }
    if (p.type == 0x0800) {
        p.ip_sum = ones_sum(bytes + p.l3, 20, 0) == 0xffff;
        p.l4 = p.l3 + 20;
        p.protocol = bytes[p.l3 + 9];
        bytes_l4 = be16(bytes + p.l3 + 2) - 20;
        sum = ones_sum(bytes + p.l3 + 12, 8, 0);
    } else if (p.type == 0x86dd) {
        p.l4 = p.l3 + 40;
        p.protocol = bytes[p.l3 + 6];
        bytes_l4 = be16(bytes + p.l3 + 4);
        sum = ones_sum(bytes + p.l3 + 8, 32, 0);
    } else {
        return p;
    }
    if (p.l4 + bytes_l4 <= length)
        p.l4_sum =
            ones_sum(bytes + p.l4, bytes_l4, (sum + p.protocol + bytes_l4) % 65535) == 0xffff;
    return p;
}

/* ---- Frames ---- */

/* Sizes, protocols and tags in every mixture: all checksums are right by the oracle, each frame is
 * known again by its number, and the mixes are met. */
static void frames_are_right(void **state)
{
    static uint8_t bytes[GEN_LONGEST];
    static struct gen_seen seen;
    unsigned protocols[256] = {0}, tagged = 0, lengths[MAX_FRAME + 1] = {0};
    uint32_t flags;
    struct gen gen;

    (void)state;
    seen = (struct gen_seen){0};
    start(&gen, "size=60*3+61..200+1500..1514+9014,proto=udp4*2+tcp4+udp6+tcp6+ipv4+ipv6+raw,"
                "vlan=none*3+7+100..103,count=20000");
    for (unsigned i = 0; !gen_done(&gen); i++) {
        const uint32_t length = gen_next(&gen, bytes, &flags);
        const struct parsed p = parse(bytes, length);

        assert_int_equal(flags, 0);
        assert_memory_equal(bytes, to, 6);
        lengths[length]++;
        tagged += p.vlan >= 0;
        assert_true(p.vlan == -1 || p.vlan == 7 || (p.vlan >= 100 && p.vlan <= 103));
        if (p.type == 0x88b5)
            protocols[0]++;
        else
            protocols[p.protocol]++;
        assert_true(p.ip_sum);
        if (p.protocol == 6 || p.protocol == 17)
            assert_true(p.l4_sum);
        gen_look(&seen, bytes, length);
    }
    assert_int_equal(seen.frames, 20000);
    assert_int_equal(seen.tagged, gen.tagged);
    assert_int_equal(seen.untagged, seen.frames - gen.tagged);
    assert_int_equal(seen.damaged + seen.duplicated + seen.reordered + seen.forbidden, 0);
    /* Three of six weights are 60 bytes, two of five have a tag, and so on. */
    assert_in_range(lengths[60], 9500, 10500);
    assert_in_range(lengths[9014], 3000, 3700);
    assert_int_equal(lengths[201], 0);
    assert_in_range(tagged, 7600, 8400);
    assert_in_range(protocols[0], 2000, 3000);
    assert_true(protocols[17] > 5000 && protocols[6] > 2000);
    assert_true(protocols[59] > 2000 && protocols[253] > 2000);
}

/* Each size is met when they are taken in turn; parts take their turns by their weights. */
static void sizes_in_turn(void **state)
{
    static uint8_t bytes[GEN_LONGEST];
    static const uint32_t expected[] = {60, 60, 100, 60, 60, 101, 60, 60, 102, 60, 60, 100};
    uint32_t flags;
    struct gen gen;

    (void)state;
    start(&gen, "size=64..1514,order=turn,count=2902");
    for (uint32_t size = 64; !gen_done(&gen); size = size == 1514 ? 64 : size + 1)
        assert_int_equal(gen_next(&gen, bytes, &flags), size);
    start(&gen, "size=60*2+100..102,order=turn,count=12");
    for (unsigned i = 0; !gen_done(&gen); i++)
        assert_int_equal(gen_next(&gen, bytes, &flags), expected[i]);
}

/* The same seed makes the same frames, another one others; a frame is not like the one before. */
static void seeds_decide(void **state)
{
    static const char *const seeds[] = {"5", "5", "6"};
    static uint8_t bytes[3][50][2048];
    uint32_t lengths[3][50], flags;

    (void)state;
    for (unsigned run = 0; run < 3; run++) {
        char argument[96];
        struct gen gen;

        snprintf(argument, sizeof(argument), "size=imix,proto=udp4+tcp6,seed=%s", seeds[run]);
        start(&gen, argument);
        for (unsigned i = 0; i < 50; i++)
            lengths[run][i] = gen_next(&gen, bytes[run][i], &flags);
    }
    assert_memory_equal(lengths[0], lengths[1], sizeof(lengths[0]));
    assert_memory_equal(bytes[0], bytes[1], sizeof(bytes[0]));
    assert_memory_not_equal(bytes[0], bytes[2], sizeof(bytes[0]));
}

static void fills_and_addresses(void **state)
{
    static uint8_t bytes[GEN_LONGEST];
    unsigned group = 0, all = 0;
    uint32_t flags;
    struct gen gen;

    (void)state;
    start(&gen, "size=100,proto=raw,fill=0x5a,macs=20");
    for (unsigned i = 0; i < 40; i++) {
        assert_int_equal(gen_next(&gen, bytes, &flags), 100);
        for (unsigned at = 14; at < 86; at++)
            assert_int_equal(bytes[at], 0x5a);
        /* 02:00:00:ff:ff:f0 and 19 more, which carry into the fourth byte only. */
        assert_int_equal(bytes[8], 0);
        assert_int_equal((bytes[9] << 16 | (int)be16(bytes + 10)), (0xfffff0 + i % 20) & 0xffffff);
    }
    start(&gen, "size=100,proto=raw,fill=counting");
    gen_next(&gen, bytes, &flags);
    for (unsigned at = 14; at < 86; at++)
        assert_int_equal(bytes[at], at);
    start(&gen, "size=100,proto=raw,fill=zeros,multicast=20%,broadcast=10%,count=10000");
    while (!gen_done(&gen)) {
        gen_next(&gen, bytes, &flags);
        assert_int_equal(bytes[50], 0);
        all += bytes[0] == 0xff;
        group += bytes[0] == 0x01;
    }
    assert_in_range(all, 900, 1100);
    assert_in_range(group, 1850, 2150);
}

/* A short frame is padded as the other end of a wire does, and has no number. */
static void short_frames_are_padded(void **state)
{
    static const uint8_t zeros[30];
    static struct gen_seen seen;
    uint8_t bytes[64];
    uint32_t flags;
    struct gen gen;

    (void)state;
    seen = (struct gen_seen){0};
    start(&gen, "size=30,proto=raw");
    assert_int_equal(gen_next(&gen, bytes, &flags), 60);
    assert_memory_equal(bytes + 30, zeros, 30);
    gen_look(&seen, bytes, 60);
    assert_int_equal(seen.untagged, 1);
    assert_int_equal(gen.tagged, 0);
}

/* Each kind of malformed frame is malformed in its way and in no other. */
static void malformed_frames(void **state)
{
    static uint8_t bytes[GEN_LONGEST];

    (void)state;
    for (unsigned bad = GEN_GOOD + 1; bad < GEN_BADS; bad++) {
        static struct gen_seen seen;
        char argument[96];
        struct gen gen;

        seen = (struct gen_seen){0};
        snprintf(argument, sizeof(argument),
                 "size=60..300,vlan=none+9,bad=%s,share=100%%,count=500",
                 gen_bad_name((enum gen_bad)bad));
        start(&gen, argument);
        while (!gen_done(&gen)) {
            uint32_t flags;
            const uint32_t length = gen_next(&gen, bytes, &flags);
            const struct parsed p = parse(bytes, length);
            const uint8_t *ip = bytes + p.l3;

            gen_look(&seen, bytes, length);
            assert_int_equal((flags & E1000EMU_FRAME_BAD_FCS) != 0,
                             bad == GEN_BAD_FCS || bad == GEN_BAD_ALIGNMENT);
            assert_int_equal((flags & E1000EMU_FRAME_SYMBOL) != 0, bad == GEN_BAD_SYMBOL);
            assert_int_equal((flags & E1000EMU_FRAME_CARRIER) != 0, bad == GEN_BAD_CARRIER);
            assert_int_equal((flags & E1000EMU_FRAME_ALIGNMENT) != 0, bad == GEN_BAD_ALIGNMENT);
            assert_int_equal(length < 60, bad == GEN_BAD_RUNT);
            assert_int_equal(length > MAX_FRAME + 4, bad == GEN_BAD_OVERSIZE);
            if (bad == GEN_BAD_RUNT || bad == GEN_BAD_NOISE)
                continue;
            assert_int_equal(p.type, 0x0800);
            assert_int_equal(p.ip_sum, bad != GEN_BAD_IP_CHECKSUM);
            assert_int_equal(ip[0] >> 4 == 4, bad != GEN_BAD_IP_VERSION);
            assert_int_equal((ip[0] & 15) < 5, bad == GEN_BAD_IP_HEADER);
            assert_int_equal((ip[0] & 15) > 5, bad == GEN_BAD_IP_OPTIONS);
            assert_int_equal(be16(ip + 2) > length - p.l3, bad == GEN_BAD_IP_LENGTH);
            assert_int_equal(be16(ip + 2) < 28, bad == GEN_BAD_CUT);
            assert_int_equal(be16(ip + 6) != 0, bad == GEN_BAD_FRAGMENT);
            assert_int_equal(be16(bytes + p.l4 + 4) > length - p.l4, bad == GEN_BAD_L4_LENGTH);
            if (bad != GEN_BAD_CUT && bad != GEN_BAD_IP_LENGTH && bad != GEN_BAD_L4_LENGTH)
                assert_int_equal(p.l4_sum, bad != GEN_BAD_L4_CHECKSUM);
        }
        assert_int_equal(gen.bads[bad], 500);
        assert_int_equal(seen.damaged, 0);
        assert_int_equal(gen.tagged, GEN_MUST_DROP(bad) ? 0 : 500);
        if (GEN_MUST_DROP(bad) && bad != GEN_BAD_RUNT)
            assert_int_equal(seen.forbidden, 500);
    }
}

/* A share of the frames is malformed, and the others are not. */
static void some_are_malformed(void **state)
{
    static uint8_t bytes[GEN_LONGEST];
    uint32_t flags;
    struct gen gen;

    (void)state;
    start(&gen, "bad=fcs*3+ip-checksum,share=2.5%,count=100000");
    while (!gen_done(&gen))
        gen_next(&gen, bytes, &flags);
    assert_in_range(gen.bads[GEN_GOOD], 97000, 98000);
    assert_in_range(gen.bads[GEN_BAD_FCS], 1700, 2050);
    assert_in_range(gen.bads[GEN_BAD_IP_CHECKSUM], 520, 730);
}

/* ---- What came through ---- */

/* What is missing, doubled, late and damaged is told apart; an echo that swaps the addresses is the
 * frame still. */
static void fates_are_counted(void **state)
{
    static uint8_t bytes[8][100];
    static struct gen_seen seen;
    uint8_t address[6];
    uint32_t flags;
    struct gen gen;

    (void)state;
    seen = (struct gen_seen){0};
    start(&gen, "size=100");
    for (unsigned i = 0; i < 8; i++)
        gen_next(&gen, bytes[i], &flags);
    gen_look(&seen, bytes[0], 100);
    gen_look(&seen, bytes[3], 100);
    assert_int_equal(gen_missing(&seen), 2);
    gen_look(&seen, bytes[1], 100);
    gen_look(&seen, bytes[1], 100);
    gen_look(&seen, bytes[3], 100);
    assert_int_equal(gen_missing(&seen), 1);
    assert_int_equal(seen.reordered, 1);
    assert_int_equal(seen.duplicated, 2);
    for (unsigned at = 0; at < 100; at++) {
        const uint64_t damaged = seen.damaged + seen.untagged;

        if (at == 98 || at == 99)
            continue; /* the balance is nobody's */
        bytes[4][at] ^= 0x10;
        gen_look(&seen, bytes[4], 100);
        assert_int_equal(seen.damaged + seen.untagged, damaged + 1);
        bytes[4][at] ^= 0x10;
    }
    memcpy(address, bytes[4], 6);
    memcpy(bytes[4], bytes[4] + 6, 6);
    memcpy(bytes[4] + 6, address, 6);
    gen_look(&seen, bytes[4], 100);
    assert_int_equal(seen.tagged, 4);
    assert_int_equal(seen.next, 5);
}

/* A number that leaps by any amount costs no more than the window, and what comes after a leap is
 * told of rightly. */
static void leaps_are_bounded(void **state)
{
    static struct gen_seen seen;
    uint8_t near[100], far[100];
    uint32_t flags;
    struct gen gen;

    (void)state;
    seen = (struct gen_seen){0};
    start(&gen, "size=100");
    gen_next(&gen, near, &flags);
    gen.tagged = (1ull << 48) - 1;
    gen_next(&gen, far, &flags);
    gen_look(&seen, far, 100);
    gen_look(&seen, near, 100);
    assert_int_equal(seen.next, 1ull << 48);
    assert_int_equal(seen.tagged, 1);
    assert_int_equal(seen.duplicated, 1); /* too late to say more */
}

/* ---- Arguments ---- */

static void refuse(const char *argument, bool driver, const char *expected)
{
    struct gen_config config;
    char error[320];

    assert_int_equal(gen_parse(&config, argument, driver, 1518, error, sizeof(error)), -1);
    if (strstr(error, expected) == NULL || strchr(error, '\n') != NULL)
        fail_msg("%s: %s", argument, error);
}

/* What is wrong is named by key and value, in one line. */
static void bad_arguments_are_named(void **state)
{
    (void)state;
    refuse("size=13", false, "gen: 'size=13': it takes bytes without FCS from 14 to 16384");
    refuse("size=60+x", false, "gen: 'size=60+x': it takes bytes");
    refuse("size=60*0", false, "'size=60*0'");
    refuse("size=100..60", false, "'size=100..60'");
    refuse("size=1519", false, "gen: 'size=1519': the driver carries no more than 1518 bytes here");
    refuse("sise=60", false, "gen: there is no key 'sise'; did you mean 'size'?");
    refuse("size", false, "gen: 'size' needs a value: size=...");
    refuse("size=,count=5", false, "gen: 'size' needs a value");
    refuse("count=5,rate=fast", false, "gen: 'rate=fast': it takes line, max");
    refuse("rate=0", false, "'rate=0'");
    refuse("rate=2Gb", false, "'rate=2Gb'");
    refuse("count=-1", false, "gen: 'count=-1': it takes a number of frames, or endless");
    refuse("proto=udp5", false, "gen: 'proto=udp5': it takes raw, ipv4");
    refuse("vlan=4096", false, "gen: 'vlan=4096': it takes a VLAN id");
    refuse("bad=evil", false, "gen: 'bad=evil': it takes fcs");
    refuse("bad=good", false, "gen: 'bad=good': it takes fcs");
    refuse("bad=ip-checksum+fcs", true, "no driver can make a frame with 'fcs'");
    refuse("share=101%", false, "gen: 'share=101%': it takes a share");
    refuse("share=5", false, "'share=5'");
    refuse("share=0.00001%", false, "no less than 0.0001%");
    refuse("multicast=60%,broadcast=50%", false, "more than 100% together");
    refuse("to=1:2", false, "gen: 'to=1:2': it takes a MAC address");
    refuse("from=01:00:5e:00:00:01", false, "address of one station");
    refuse("macs=0", false, "gen: 'macs=0': it takes a number from 1 to 16777216");
    refuse("fill=256", false, "gen: 'fill=256'");
    refuse("ready=0", false, "gen: 'ready=0': it takes a number from 1 to 65536");
    refuse("order=up", false, "gen: 'order=up': it takes turn or random");
    refuse("size=60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+60+"
           "60+60+60+60+60+60",
           false, "at most 32 parts");
}

static void good_arguments_are_taken(void **state)
{
    struct gen_config config;
    char error[320];

    (void)state;
    assert_int_equal(gen_parse(&config, NULL, true, 1518, error, sizeof(error)), 0);
    assert_int_equal(config.count, 1000000);
    assert_int_equal(config.rate, GEN_LINE);
    assert_int_equal(gen_parse(&config, "rate=500Mb,count=endless,seed=9,to=ff:ff:ff:ff:ff:ff",
                               true, 1518, error, sizeof(error)),
                     0);
    assert_int_equal(config.rate, GEN_BITS);
    assert_int_equal(config.per_second, 500000000);
    assert_true(config.count == UINT64_MAX && config.seed == 9 && config.to_given);
    /* Half of the line's bits: a frame in two frames' time. */
    assert_int_equal(gen_due(&config, 1, 672, 1000), 1344);
    assert_int_equal(gen_parse(&config, "rate=10k", true, 1518, error, sizeof(error)), 0);
    assert_int_equal(gen_due(&config, 3, 0, 1000), 300000);
}

/* ---- With chip and driver ---- */

static void prepare(struct joint_config *config, const char *wire, const char *above)
{
    static const uint8_t mac[6] = {0, 0x0c, 0x29, 1, 2, 3};

    *config = (struct joint_config){.wire = &wire_kind_gen,
                                    .wire_argument = wire,
                                    .above = {&above_kind_gen},
                                    .above_argument = {above},
                                    .seed = 7};
    session_defaults(&config->session);
    config->session.device.profile = e1000emu_profile_find("silicon");
    memcpy(config->mac, mac, 6);
    config->session.device.mac = config->mac;
}

/* Both ways at once, all kinds and all malformed ones: what must come out does, once and in order,
 * and what must not does not. */
static void chip_and_driver_carry_it(void **state)
{
    static const char wire_argument[] =
        "size=60..1514,count=3000,proto=udp4+tcp4+udp6+raw,vlan=none+5,bad=fcs+runt+oversize+"
        "symbol+ip-checksum+l4-checksum+ip-version+ip-header+ip-options+ip-length+l4-length+"
        "fragment+cut+noise,share=30%";
    static const char above_argument[] =
        "size=14..1514,count=3000,proto=tcp4+ipv6+udp6,bad=oversize+ip-length+noise";
    struct joint_config config;
    struct joint joint;

    (void)state;
    for (unsigned waits = 0; waits < 2; waits++) {
        const struct gen *in, *out;
        const struct gen_seen *came, *went;
        char wire[320], line[200];

        snprintf(wire, sizeof(wire), "%s,rate=%s", wire_argument, waits ? "max" : "line");
        prepare(&config, wire, above_argument);
        assert_int_equal(joint_open(&joint, &config), 0);
        assert_int_equal(joint_run(&joint, NULL, NULL, BENCH_NEVER), 0);
        in = wire_gen_made(joint.ends[0].session.sched.wire);
        went = wire_gen_seen(joint.ends[0].session.sched.wire);
        out = above_gen_made(joint.ends[0].session.sched.above);
        came = above_gen_seen(joint.ends[0].session.sched.above);
        assert_int_equal(in->made, 3000);
        assert_int_equal(came->tagged, in->tagged);
        assert_int_equal(came->forbidden + came->damaged + came->duplicated + came->reordered, 0);
        assert_int_equal(went->tagged, out->tagged);
        assert_int_equal(went->frames, 3000 - out->bads[GEN_BAD_OVERSIZE]);
        assert_int_equal(went->forbidden + went->damaged + went->duplicated + went->reordered, 0);
        joint.ends[0].session.sched.wire->ops->tell(joint.ends[0].session.sched.wire, line,
                                                    sizeof(line));
        assert_non_null(strstr(line, "3000 frames generated, "));
        assert_null(strstr(line, "missing"));
        joint_close(&joint);
    }
}

/* What is wrong with an argument, open() says. */
static void open_refuses(void **state)
{
    struct joint_config config;
    struct joint joint;

    (void)state;
    prepare(&config, "size=60", "size=9000");
    assert_int_equal(joint_open(&joint, &config), -1);
    assert_string_equal(joint.error,
                        "gen: 'size=9000': the driver carries no more than 1518 bytes here");
    joint_close(&joint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_right),
        cmocka_unit_test(sizes_in_turn),
        cmocka_unit_test(seeds_decide),
        cmocka_unit_test(fills_and_addresses),
        cmocka_unit_test(short_frames_are_padded),
        cmocka_unit_test(malformed_frames),
        cmocka_unit_test(some_are_malformed),
        cmocka_unit_test(fates_are_counted),
        cmocka_unit_test(leaps_are_bounded),
        cmocka_unit_test(bad_arguments_are_named),
        cmocka_unit_test(good_arguments_are_taken),
        cmocka_unit_test(chip_and_driver_carry_it),
        cmocka_unit_test(open_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
