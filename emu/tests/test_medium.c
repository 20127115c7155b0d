/* SPDX-License-Identifier: BSD-2-Clause */
/* Half duplex: collisions, late ones, backing off, deferring, and what is counted of all that (SDM
 * 8.4.2, 13.4.33, 13.4.34, 13.7.6 to 13.7.12). */
#include "mdio.h"
#include "tx_packet.h"

#include <string.h>

/* At 100 Mb/s: a byte, which is a clock of the MAC, and a slot of 64 bytes. */
#define BYTE_NS  80u
#define SLOT_NS  (64u * BYTE_NS)
#define PREAMBLE 8u
#define JAM      4u

/* As Intel's drivers set them up: 10/100 gap of 96 bit times (TIPG 8/8/6), CT 15, COLD 64. */
#define DRIVER_TIPG 0x00602008u
#define CT(n)       ((uint32_t)(n) << TCTL_CT_SHIFT)
#define COLD(n)     ((uint32_t)(n) << TCTL_COLD_SHIFT)
#define DRIVER_TCTL (TCTL_EN | CT(15) | COLD(64))

/* Back to back, and after others: IPGT + 4, and IPGR2 + 6. */
#define GAP        12u
#define GAP_OTHERS 12u

/* What the wire answers, attempt by attempt; behind the script everything passes. */
static struct {
    struct e1000emu_attempt script[512];
    unsigned scripted, next;
    unsigned number[1024];
    e1000emu_time at[1024];
} wire;

static void on_attempt(void *opaque, const struct e1000emu_frame *tried, unsigned number,
                       struct e1000emu_attempt *outcome)
{
    (void)opaque;
    assert_in_range(wire.next, 0, 1023);
    wire.number[wire.next] = number;
    wire.at[wire.next] = tried->time;
    if (wire.next < wire.scripted)
        *outcome = wire.script[wire.next];
    wire.next++;
}

static void collide(unsigned times, uint32_t byte)
{
    for (unsigned i = 0; i < times; i++)
        wire.script[wire.scripted++] = (struct e1000emu_attempt){.collision = true, .byte = byte};
}

static struct fixture *half_duplex(uint32_t abilities, uint32_t seed)
{
    struct e1000emu_config config = {
        .seed = seed, .host = {.attempt = on_attempt}, .profile = e1000emu_profile_find("silicon")};
    struct fixture *f = fixture_new(&config);

    memset(&wire, 0, sizeof wire);
    fixture_enable(f);
    fixture_run(f, 10 * MS);
    set_partner(f, true, abilities);
    fixture_link_up(f);
    fixture_write(f, REG_TIPG, DRIVER_TIPG);
    tx_start(f, 64, DRIVER_TCTL);
    return f;
}

static int setup(void **state)
{
    *state = half_duplex(E1000EMU_100_HALF, 1);
    return 0;
}

static void post_one(struct fixture *f, uint32_t seed)
{
    tx_post_frame(f, 60, seed, 60, TX_EOP_IFCS | TXD_CMD_RS);
}

static void send_one(struct fixture *f, uint32_t seed)
{
    post_one(f, seed);
    tx_doorbell(f);
}

static void run_dry(struct fixture *f)
{
    fixture_run(f, 10000 * (e1000emu_time)MS);
}

/* SCC, MCC, ECOL, LATECOL, COLC, DC, TNCRS, in this order; they are read, and so cleared. */
static void expect_counts(struct fixture *f, const uint32_t expected[7])
{
    static const uint32_t registers[7] = {REG_SCC,  REG_MCC, REG_ECOL, REG_LATECOL,
                                          REG_COLC, REG_DC,  REG_TNCRS};

    for (unsigned i = 0; i < 7; i++)
        assert_int_equal(fixture_read(f, registers[i]), expected[i]);
}

#define COUNTS(...)     \
    (const uint32_t[7]) \
    {                   \
        __VA_ARGS__     \
    }

/* ---- Without a collision -------------------------------------------------------------------- */

/* Frames leave one by one, each after the one before and a gap: 96 bit times, or AIFS where that is
 * more (SDM 8.7.1). */
static void frames_follow_each_other(void **state)
{
    static const uint32_t adaptive[] = {0, 12, 200};
    struct fixture *f = *state;

    for (size_t k = 0; k < 3; k++) {
        uint32_t gap = adaptive[k] > GAP ? adaptive[k] : GAP;

        fixture_write(f, REG_AIFS, adaptive[k]);
        for (uint32_t i = 0; i < 5; i++)
            post_one(f, i);
        tx_doorbell(f);
        assert_int_equal(f->sent_count, 1);
        run_dry(f);
        assert_int_equal(f->sent_count, 5);
        assert_int_equal(f->largest_batch, 1);
        for (uint32_t i = 0; i < 5; i++)
            tx_expect(f, i, 60, i);
        for (uint32_t i = 1; i < 5; i++)
            assert_int_equal(f->sent[i].time - f->sent[i - 1].time,
                             (PREAMBLE + 64 + gap) * BYTE_NS);
        fixture_forget(f);
    }
    expect_counts(f, COUNTS(0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(fixture_read(f, REG_GPTC), 15);
    assert_int_equal(fixture_read(f, REG_TDH), 15);
}

/* A frame with its own FCS takes no longer than it is; 10 Mb/s is ten times as slow. */
static void time_of_ten_megabits(void **state)
{
    struct fixture *f = half_duplex(E1000EMU_10_HALF, 1);

    (void)state;
    for (uint32_t i = 0; i < 2; i++)
        tx_post_frame(f, 100, i, 100, TXD_CMD_EOP);
    tx_doorbell(f);
    run_dry(f);
    assert_int_equal(f->sent[1].time - f->sent[0].time, (PREAMBLE + 100 + GAP) * 800);
    fixture_free(f);
}

/* A link in full duplex asks nobody, and neither does a host without attempt() wait: a batch. */
static void others_leave_in_a_batch(void **state)
{
    struct fixture *f = half_duplex(E1000EMU_100_FULL, 1);

    collide(1, 0);
    post_one(f, 1);
    send_one(f, 2);
    assert_int_equal(f->largest_batch, 2);
    assert_int_equal(wire.next, 0);
    fixture_free(f);
    f = *state;
    fixture_free(f);
    *state = f = mdio_fixture("silicon");
    set_partner(f, true, E1000EMU_100_HALF);
    fixture_link_up(f);
    tx_start(f, 64, DRIVER_TCTL);
    post_one(f, 1);
    send_one(f, 2);
    assert_int_equal(f->largest_batch, 2);
}

/* In loopback there is nobody else. */
static void the_loop_is_nobodys(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_RCTL, RCTL_LBM);
    send_one(f, 1);
    run_dry(f);
    assert_int_equal(wire.next, 0);
    assert_int_equal(fixture_read(f, REG_GPTC), 1);
}

/* The SerDes has no half duplex, whatever software forces (8.4.2). */
static void the_serdes_is_nobodys(void **state)
{
    struct e1000emu_config config = {.host = {.attempt = on_attempt},
                                     .profile = e1000emu_profile_find("82545em-fiber")};
    struct fixture *f = fixture_new(&config);

    (void)state;
    memset(&wire, 0, sizeof wire);
    fixture_enable(f);
    fixture_run(f, 10 * MS);
    fixture_write(f, REG_CTRL, CTRL_SLU);
    assert_int_equal(fixture_read(f, REG_STATUS) & (STATUS_LU | STATUS_FD), STATUS_LU);
    tx_start(f, 64, DRIVER_TCTL);
    post_one(f, 1);
    send_one(f, 2);
    assert_int_equal(wire.next, 0);
    assert_int_equal(fixture_read(f, REG_GPTC), 2);
    fixture_free(f);
}

/* ---- Collisions ----------------------------------------------------------------------------- */

/* One collision: SCC. 2 to 15: MCC. COLC has them all (13.7.6, 13.7.8, 13.7.10). The frame comes
 * out once and whole, and its descriptor's status is DD alone (facts 3.4: no EC, no LC). */
static void collisions_are_counted(void **state)
{
    struct fixture *f = *state;

    for (uint32_t n = 1; n <= 15; n++) {
        uint32_t slot = software.tail;

        wire.scripted = wire.next = 0;
        collide(n, 20);
        send_one(f, n);
        assert_int_equal(f->sent_count, 0);
        assert_int_equal(fixture_read(f, REG_TDH), slot);
        run_dry(f);
        assert_int_equal(f->sent_count, 1);
        tx_expect(f, 0, 60, n);
        fixture_forget(f);
        assert_int_equal(tx_fields(f, slot) >> 32 & 0xF, TXD_STAT_DD);
        for (unsigned i = 0; i <= n; i++)
            assert_int_equal(wire.number[i], i);
        expect_counts(f, COUNTS(n == 1, n > 1, 0, 0, n, 0, 0));
    }
    /* Fragments of collisions aren't packets (13.7.45). */
    assert_int_equal(fixture_read(f, REG_TPT), 15);
}

/* CT is the number of retries: behind the last one the packet is given up, DD tells of it as of any
 * other, and the next one is sent. ECOL counts packets with 16 collisions, and nothing while CT is
 * under 16 (13.7.7). */
static void excessive_collisions(void **state)
{
    static const struct {
        uint32_t threshold, collisions; /* which the wire would make */
        uint32_t single, multiple, excessive;
        bool sent;
    } cases[] = {
        {0, 1, 0, 0, 0, false},    {0, 0, 0, 0, 0, true},      {1, 1, 1, 0, 0, true},
        {1, 2, 0, 1, 0, false},    {15, 15, 0, 1, 0, true},    {15, 16, 0, 0, 0, false},
        {16, 16, 0, 0, 1, true},   {16, 17, 0, 0, 1, false},   {40, 40, 0, 0, 1, true},
        {255, 255, 0, 0, 1, true}, {255, 256, 0, 0, 1, false},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t slot = software.tail;

        fixture_write(f, REG_TCTL, TCTL_EN | CT(cases[i].threshold) | COLD(64));
        wire.scripted = wire.next = 0;
        collide(cases[i].collisions, 0);
        post_one(f, 1);
        send_one(f, 2);
        run_dry(f);
        assert_int_equal(f->sent_count, cases[i].sent ? 2 : 1);
        tx_expect(f, f->sent_count - 1, 60, 2);
        fixture_forget(f);
        assert_int_equal(tx_fields(f, slot) >> 32 & 0xF, TXD_STAT_DD);
        expect_counts(f, COUNTS(cases[i].single, cases[i].multiple, cases[i].excessive, 0,
                                cases[i].collisions, 0, 0));
        assert_int_equal(fixture_read(f, REG_GPTC), cases[i].sent ? 2 : 1);
    }
}

/* A wire that always collides costs a bounded number of attempts a packet. */
static void a_wire_that_always_collides(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_TCTL, TCTL_EN | CT(255));
    collide(512, 0);
    post_one(f, 1);
    send_one(f, 2);
    run_dry(f);
    assert_int_equal(wire.next, 512);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_read(f, REG_COLC), 512);
    assert_int_equal(fixture_read(f, REG_TDH), 2);
}

/* From byte 64 on a collision is late: LATECOL, not COLC. It counts as sent, with nothing on the
 * wire, unless TCTL.RTLC wants it repeated (13.4.33, 13.7.9). */
static void late_collisions(void **state)
{
    struct fixture *f = *state;

    wire.scripted = wire.next = 0;
    collide(1, 63);
    collide(1, 64);
    tx_post_frame(f, 200, 1, 200, TX_EOP_IFCS);
    tx_doorbell(f);
    run_dry(f);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_read(f, REG_GPTC), 1);
    expect_counts(f, COUNTS(1, 0, 0, 1, 1, 0, 0));

    fixture_write(f, REG_TCTL, DRIVER_TCTL | TCTL_RTLC);
    wire.scripted = wire.next = 0;
    collide(2, UINT32_MAX);
    tx_post_frame(f, 200, 2, 200, TX_EOP_IFCS);
    tx_doorbell(f);
    run_dry(f);
    assert_int_equal(f->sent_count, 1);
    tx_expect(f, 0, 200, 2);
    expect_counts(f, COUNTS(0, 0, 0, 2, 0, 0, 0));
    /* They are retries like others, so that these end too. */
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_RTLC | CT(3));
    wire.scripted = wire.next = 0;
    collide(4, 100);
    tx_post_frame(f, 200, 3, 200, TX_EOP_IFCS);
    tx_doorbell(f);
    run_dry(f);
    assert_int_equal(wire.next, 4);
    assert_int_equal(f->sent_count, 1);
}

/* At 1000 Mb/s, where duplex is forced to what this MAC can't (8.4.2), the window is 512 bytes. */
static void the_window_at_gigabit(void **state)
{
    struct fixture *f = half_duplex(E1000EMU_1000_FULL, 1);

    (void)state;
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FRCDPLX);
    collide(1, 511);
    collide(1, 512);
    tx_post_frame(f, 1000, 1, 1000, TX_EOP_IFCS);
    tx_doorbell(f);
    run_dry(f);
    expect_counts(f, COUNTS(1, 0, 0, 1, 1, 0, 0));
    fixture_free(f);
}

/* ---- Backing off ---------------------------------------------------------------------------- */

/* After collision n the chip waits a whole number of slots below 2^n, 2^10 at most; a slot is COLD
 * bytes. */
static void backoff_is_slots(void **state)
{
    uint64_t highest = 0;

    (void)state;
    for (uint32_t seed = 0; seed < 40; seed++) {
        struct fixture *f = half_duplex(E1000EMU_100_HALF, seed);

        collide(15, 20);
        send_one(f, 1);
        run_dry(f);
        for (unsigned n = 1; n <= 15; n++) {
            uint64_t passed = wire.at[n] - wire.at[n - 1];
            uint64_t fragment = (PREAMBLE + 20 + JAM + GAP_OTHERS) * BYTE_NS;
            uint64_t slots = (passed - fragment) / SLOT_NS;

            assert_int_equal((passed - fragment) % SLOT_NS, 0);
            assert_in_range(slots, 0, (1u << (n < 10 ? n : 10)) - 1);
            highest = slots > highest ? slots : highest;
        }
        fixture_free(f);
    }
    assert_in_range(highest, 512, 1023);
}

/* The same seed backs off in the same way, another one differently. */
static void backoff_depends_on_the_seed(void **state)
{
    e1000emu_time first[16];

    (void)state;
    for (uint32_t run = 0; run < 3; run++) {
        struct fixture *f = half_duplex(E1000EMU_100_HALF, run == 2 ? 99 : 7);

        collide(15, 0);
        send_one(f, 1);
        run_dry(f);
        if (run == 0)
            memcpy(first, wire.at, sizeof first);
        else if (run == 1)
            assert_memory_equal(first, wire.at, sizeof first);
        else
            assert_memory_not_equal(first, wire.at, sizeof first);
        fixture_free(f);
    }
}

/* Without a collision distance there is no slot to wait. */
static void cold_of_zero(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_TCTL, TCTL_EN | CT(15));
    collide(5, 0);
    send_one(f, 1);
    run_dry(f);
    assert_int_equal(f->sent[0].time - wire.at[0],
                     (e1000emu_time)5 * (PREAMBLE + JAM + GAP_OTHERS) * BYTE_NS);
}

/* ---- Deferring ------------------------------------------------------------------------------ */

static void busy(e1000emu_time ns)
{
    wire.script[wire.scripted++] = (struct e1000emu_attempt){.busy_ns = ns, .collision = true};
}

/* Others send: a deferral, however often they do. The gap behind them begins anew as long as
 * somebody sends in its first part (IPGR1), and in the rest nobody listens (IPGR2; 13.4.34). */
static void deferring_to_others(void **state)
{
    struct fixture *f = *state;
    e1000emu_time start = f->now;

    busy(1000);
    busy(5000);
    send_one(f, 1);
    run_dry(f);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(wire.next, 3);
    assert_int_equal(wire.number[2], 0);
    assert_int_equal(wire.at[1] - start, 1000 + 8 * BYTE_NS);
    assert_int_equal(wire.at[2] - wire.at[1], 5000 + 8 * BYTE_NS);
    assert_int_equal(f->sent[0].time - wire.at[2], (GAP_OTHERS - 8) * BYTE_NS);
    expect_counts(f, COUNTS(0, 0, 0, 0, 0, 1, 0));
}

/* A first part that is longer than the whole leaves no rest. */
static void first_part_is_all(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_TIPG, 20u << 10 | 8u);
    busy(1);
    collide(1, 0);
    busy(1);
    send_one(f, 1);
    run_dry(f);
    assert_int_equal(f->sent[0].time, wire.at[3]);
    /* One deferral of the first attempt, one of the second. */
    expect_counts(f, COUNTS(1, 0, 0, 0, 1, 2, 0));
}

/* Who never stops holds the chip up, for as long as time lasts, and costs nothing meanwhile. */
static void others_for_ever(void **state)
{
    struct fixture *f = *state;

    busy(E1000EMU_NEVER);
    send_one(f, 1);
    send_one(f, 2);
    run_dry(f);
    assert_int_equal(wire.next, 1);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_read(f, REG_DC), 1);
    /* A reset ends that. */
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 10 * MS);
    fixture_link_up(f);
    tx_start(f, 64, DRIVER_TCTL);
    send_one(f, 3);
    assert_int_equal(f->sent_count, 1);
}

/* The wire saw no carrier while the frame passed: TNCRS, and the frame is there (13.7.12; that it
 * counts in half duplex is the facts sheet's reading, 2.9). */
static void no_carrier_sense(void **state)
{
    struct fixture *f = *state;

    wire.script[0] = (struct e1000emu_attempt){.no_carrier = true};
    wire.script[1] = (struct e1000emu_attempt){.no_carrier = true, .collision = true, .byte = 70};
    wire.scripted = 2;
    post_one(f, 1);
    tx_post_frame(f, 100, 2, 100, TX_EOP_IFCS);
    tx_doorbell(f);
    run_dry(f);
    assert_int_equal(f->sent_count, 1);
    expect_counts(f, COUNTS(0, 0, 0, 1, 0, 0, 1));
}

/* ---- With the rest of the transmitter ------------------------------------------------------- */

/* A wire without room is asked again once it has some: nothing is counted twice. */
static void a_full_wire(void **state)
{
    struct fixture *f = *state;

    collide(1, 0);
    f->accept = 0;
    post_one(f, 1);
    send_one(f, 2);
    run_dry(f);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_read(f, REG_TDFPC), 2);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(fixture_read(f, REG_TDFPC), 1);
    run_dry(f);
    assert_int_equal(f->sent_count, 2);
    tx_expect(f, 0, 60, 1);
    tx_expect(f, 1, 60, 2);
    expect_counts(f, COUNTS(1, 0, 0, 0, 1, 0, 0));
}

/* Software turns full duplex on while a frame backs off: it leaves, and what it went through is
 * forgotten. */
static void full_duplex_in_between(void **state)
{
    struct fixture *f = *state;

    collide(3, 0);
    send_one(f, 1);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FRCDPLX | CTRL_FD);
    run_dry(f);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(wire.next, 1);
    fixture_write(f, REG_CTRL, CTRL_SLU);
    wire.scripted = wire.next;
    send_one(f, 2);
    run_dry(f);
    assert_int_equal(wire.number[1], 0);
    expect_counts(f, COUNTS(0, 0, 0, 0, 1, 0, 0));
}

/* Frames of many descriptors, and many frames, arrive as they are, whatever happens to each. */
static void a_busy_network(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_PSP | CT(15) | COLD(64));
    for (uint32_t i = 0; i < 400; i++)
        wire.script[wire.scripted++] = (struct e1000emu_attempt){
            .collision = i % 3 == 0, .byte = i % 60, .busy_ns = i % 5 * 10};
    for (uint32_t round = 0; round < 10; round++) {
        for (uint32_t i = 0; i < 10; i++)
            tx_post_frame(f, 60 + 97 * i, i, i % 2 ? 300 : 1500, TX_EOP_IFCS | TXD_CMD_RS);
        tx_doorbell(f);
        run_dry(f);
        assert_int_equal(f->sent_count, 10);
        for (uint32_t i = 0; i < 10; i++)
            tx_expect(f, i, 60 + 97 * i, i);
        fixture_forget(f);
    }
    assert_int_equal(fixture_read(f, REG_TPT), 100);
}

#define MSS 100u

static void post_segments(struct fixture *f, struct packet *p, uint32_t payload)
{
    static uint8_t bytes[4096];
    struct context context;

    *p = packet_kind(0);
    context = context_of(p, payload, MSS);
    post_context(f, &context);
    packet_prototype(p, bytes);
    fill_payload(bytes + p->header, payload, 1);
    post_data(f, bytes, 250, TXD_CMD_TSE | TXD_CMD_IFCS, BOTH, 0);
    post_data(f, bytes + 250, p->header + payload - 250,
              TXD_CMD_TSE | TXD_CMD_IFCS | TXD_CMD_EOP | TXD_CMD_RS, BOTH, 0);
}

/* A segmented packet that a segment of is given up failed: TSCTFC, and no more of it is sent
 * (13.7.54). The packets before and behind it are none of its business. */
static void segments_and_collisions(void **state)
{
    struct fixture *f = *state;
    struct packet p;

    for (uint32_t bad = 0; bad <= 10; bad++) {
        fixture_write(f, REG_TCTL, TCTL_EN | CT(1) | COLD(64));
        wire.scripted = wire.next = 0;
        wire.scripted = 1 + bad; /* the frame before, then segments that pass */
        memset(wire.script, 0, sizeof wire.script);
        if (bad < 10)
            collide(2, 0);
        post_one(f, 1);
        post_segments(f, &p, 1000);
        post_one(f, 2);
        tx_doorbell(f);
        run_dry(f);
        assert_int_equal(f->sent_count, bad + 2);
        tx_expect(f, 0, 60, 1);
        for (uint32_t i = 0; i < bad; i++)
            assert_int_equal(f->sent[1 + i].length, p.header + MSS);
        tx_expect(f, bad + 1, 60, 2);
        fixture_forget(f);
        assert_int_equal(fixture_read(f, REG_TSCTC), bad == 10);
        assert_int_equal(fixture_read(f, REG_TSCTFC), bad < 10);
        assert_int_equal(fixture_read(f, REG_TDH), software.tail);
    }
    /* The frame before is given up: the segments are sent. */
    wire.scripted = wire.next = 0;
    collide(2, 0);
    post_one(f, 1);
    post_segments(f, &p, 1000);
    tx_doorbell(f);
    run_dry(f);
    assert_int_equal(f->sent_count, 10);
    assert_int_equal(fixture_read(f, REG_TSCTC), 1);
}

/* ---- The LED -------------------------------------------------------------------------------- */

/* COLLISION lights an LED for a moment (13.4.15), while there is a link. */
static void collisions_show(void **state)
{
    const unsigned led = 0x0F0F0F0Au;
    struct fixture *f = *state;

    fixture_write(f, REG_LEDCTL, led);
    send_one(f, 1);
    fixture_run(f, 100 * US);
    assert_int_equal(e1000emu_get_leds(f->chip), 0);
    wire.scripted = wire.next;
    collide(1, 0);
    send_one(f, 2);
    assert_int_equal(e1000emu_get_leds(f->chip), 1);
    fixture_write(f, REG_CTRL, 0);
    assert_int_equal(e1000emu_get_leds(f->chip), 0);
    fixture_write(f, REG_CTRL, CTRL_SLU);
    assert_int_equal(e1000emu_get_leds(f->chip), 1);
    fixture_run(f, 100 * MS);
    assert_int_equal(e1000emu_get_leds(f->chip), 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(frames_follow_each_other),
        cmocka_unit_test(time_of_ten_megabits),
        WITH(others_leave_in_a_batch),
        WITH(the_loop_is_nobodys),
        cmocka_unit_test(the_serdes_is_nobodys),
        WITH(collisions_are_counted),
        WITH(excessive_collisions),
        WITH(a_wire_that_always_collides),
        WITH(late_collisions),
        cmocka_unit_test(the_window_at_gigabit),
        cmocka_unit_test(backoff_is_slots),
        cmocka_unit_test(backoff_depends_on_the_seed),
        WITH(cold_of_zero),
        WITH(deferring_to_others),
        WITH(first_part_is_all),
        WITH(others_for_ever),
        WITH(no_carrier_sense),
        WITH(a_full_wire),
        WITH(full_duplex_in_between),
        WITH(a_busy_network),
        WITH(segments_and_collisions),
        WITH(collisions_show),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
