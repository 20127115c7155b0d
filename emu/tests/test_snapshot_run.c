/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A run that goes on from a snapshot is the run that went on without one. Two chips of the same
 * profile get the same random driver and traffic; at random moments one of them is saved and loaded
 * into a new chip. What both tell of, send, and leave in memory is compared event by event.
 */
#include <stdlib.h>
#include <string.h>

#include "both_rings.h"
#include "chip.h"

#define RING       FIXTURE_BUS
#define RX_RING    (FIXTURE_BUS + 0x10000)
#define RX_BUFFERS (FIXTURE_BUS + 0x100000)
#define TX_BUFFERS (FIXTURE_BUS + 0x400000)
#define COUNT      64u
#define STEPS      120u
#define SEEDS      3u

/* One of the two: its fixture, and what it has told of. */
struct side {
    struct fixture *f;
    uint64_t told; /* a sum over all events, in order */
    unsigned events;
    uint32_t tx_tail, rx_tail;
    bool replaced;
};

static struct side *listening;

static uint64_t mix(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * 0x9E3779B97F4A7C15u + (sum >> 29);
}

static uint64_t mix_frame(uint64_t sum, const struct e1000emu_frame *frame)
{
    for (uint32_t i = 0; i < frame->length; i++)
        sum = mix(sum, frame->data[i]);
    return mix(mix(sum, frame->length), frame->flags);
}

static void on_event(void *opaque, const struct e1000emu_event *event)
{
    uint64_t sum = mix(mix(listening->told, event->kind), event->time);

    (void)opaque;
    if (listening->replaced)
        return;
    switch (event->kind) {
    case E1000EMU_EVENT_READ:
    case E1000EMU_EVENT_WRITE:
        sum = mix(mix(sum, event->u.access.offset), event->u.access.value);
        break;
    case E1000EMU_EVENT_FETCH:
    case E1000EMU_EVENT_WRITE_BACK:
        sum = mix(mix(sum, event->u.descriptor.bus), event->u.descriptor.fields);
        break;
    case E1000EMU_EVENT_CAUSE:
        sum = mix(sum, event->u.causes);
        break;
    case E1000EMU_EVENT_INTERRUPT:
        sum = mix(sum, event->u.interrupt.level);
        break;
    case E1000EMU_EVENT_RECEIVED:
        sum = mix(mix_frame(sum, event->u.frame.frame), event->u.frame.verdict);
        break;
    case E1000EMU_EVENT_SENT:
        sum = mix_frame(sum, event->u.frame.frame);
        break;
    default:
        break;
    }
    listening->told = sum;
    listening->events++;
}

static struct fixture *make(const struct e1000emu_profile *profile, bool watched)
{
    const struct e1000emu_config config = {
        .profile = profile, .seed = 7, .host = {.event = on_event}};
    struct fixture *f = fixture_new(&config);

    if (watched)
        e1000emu_watch(f->chip, E1000EMU_WATCH_EVENTS, E1000EMU_WATCH_EVENTS);
    return f;
}

/* The chip is replaced by a new one that is loaded with its snapshot; the host stays. */
static void replace(struct side *side, const struct e1000emu_profile *profile, bool watched)
{
    struct fixture *f = side->f;
    const struct e1000emu_config config = {
        .profile = profile, .host = f->chip->host, .watch = watched ? E1000EMU_WATCH_EVENTS : 0};
    size_t size = e1000emu_snapshot_size(f->chip);
    uint8_t *snapshot = malloc(size);
    bool level = f->level;
    unsigned edges = f->edges;

    assert_non_null(snapshot);
    assert_int_equal(e1000emu_save(f->chip, snapshot, size), size);
    e1000emu_destroy(f->chip);
    side->replaced = true; /* a new chip's reset is none of the run's */
    assert_int_equal(e1000emu_create(&f->chip, &config), 0);
    side->replaced = false;
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY, f->memory,
                                      E1000EMU_DMA_READ | E1000EMU_DMA_WRITE),
                     0);
    f->level = false;
    assert_int_equal(e1000emu_load(f->chip, snapshot, size), 0);
    assert_int_equal(f->level, level);
    f->edges = edges;
    free(snapshot);
}

/* ---- The driver ----------------------------------------------------------------------------- */

struct random {
    uint32_t x;
};

static uint32_t any(struct random *random, uint32_t below)
{
    random->x = random->x * 1664525u + 1013904223u;
    return (random->x >> 8) % below;
}

static void post(struct side *side, uint64_t address, uint64_t fields)
{
    fixture_put64(side->f, RING + 16u * side->tx_tail, address);
    fixture_put64(side->f, RING + 16u * side->tx_tail + 8, fields);
    side->tx_tail = (side->tx_tail + 1) % COUNT;
}

static uint64_t buffer(struct side *side, struct random *random, uint32_t length)
{
    uint64_t at = TX_BUFFERS + 0x10000u * side->tx_tail + any(random, 9);
    static const uint8_t to[6] = {0x02, 0, 0, 0, 0, 1};

    fixture_make_frame(fixture_at(side->f, at), length, to, random->x);
    return at;
}

static void send_plain(struct side *side, struct random *random)
{
    uint32_t pieces = 1 + any(random, 3) * any(random, 2);

    for (uint32_t i = 0; i < pieces; i++) {
        uint32_t length = 20 + any(random, 1400);
        uint64_t command = TXD_CMD_IFCS | (any(random, 2) ? TXD_CMD_RS : 0) |
                           (any(random, 4) ? 0 : TXD_CMD_IDE) | (i + 1 == pieces ? TXD_CMD_EOP : 0);

        if (any(random, 20) == 0)
            command &= ~(uint64_t)TXD_CMD_EOP; /* the end comes later */
        post(side, buffer(side, random, length), length | command << 24);
    }
}

static void send_segmented(struct side *side, struct random *random)
{
    uint32_t payload = 500 + any(random, 30000), mss = 200 + any(random, 1300), header = 54;
    uint32_t first = header + any(random, 100), whole = header + payload;
    uint64_t at, tse = TXD_CMD_DEXT | TXD_CMD_TSE | TXD_CMD_IFCS | TXD_CMD_RS;

    post(side, 14u | 24u << 8 | 33u << 16 | 34ull << 32 | 50ull << 40,
         payload | (uint64_t)(TXD_CMD_DEXT | TXD_CMD_TSE | TXD_TUCMD_TCP | TXD_TUCMD_IP) << 24 |
             (uint64_t)header << 40 | (uint64_t)mss << 48);
    at = buffer(side, random, whole);
    post(side, at, first | 1u << 20 | tse << 24 | 3ull << 40);
    post(side, at + first, (whole - first) | 1u << 20 | (tse | TXD_CMD_EOP) << 24 | 3ull << 40);
}

static void send_some(struct side *side, struct random *random)
{
    for (uint32_t n = any(random, 6); n > 0; n--) {
        uint32_t used = (side->tx_tail + COUNT - fixture_read(side->f, REG_TDH) % COUNT) % COUNT;

        if (used > COUNT - 8)
            break;
        if (any(random, 3))
            send_plain(side, random);
        else
            send_segmented(side, random);
    }
    fixture_write(side->f, REG_TDT, side->tx_tail);
}

static void receive_some(struct side *side, struct random *random)
{
    for (uint32_t n = any(random, 8); n > 0; n--) {
        uint8_t frame[1600];
        uint32_t length = 20 + any(random, 1560);

        fixture_make_frame(frame, length, both_station, random->x);
        fixture_receive(side->f, frame, length, any(random, 20) == 0 ? E1000EMU_FRAME_BAD_FCS : 0);
    }
}

static void give_buffers(struct side *side, struct random *random)
{
    for (uint32_t n = any(random, 12); n > 0; n--) {
        uint32_t i = side->rx_tail;

        if ((i + 1) % COUNT == fixture_read(side->f, REG_RDH))
            break;
        fixture_put64(side->f, RX_RING + 16u * i, RX_BUFFERS + 0x4000u * i);
        fixture_put64(side->f, RX_RING + 16u * i + 8, 0);
        side->rx_tail = (i + 1) % COUNT;
    }
    fixture_write(side->f, REG_RDT, side->rx_tail);
}

/* A moment of bit-banging, of MDIO and of EERD: each may be cut off in the middle. */
static void touch_serial_parts(struct side *side, struct random *random)
{
    uint32_t eecd = EECD_EE_REQ | EECD_CS;

    switch (any(random, 4)) {
    case 0:
        fixture_write(side->f, REG_MDIC,
                      MDIC_OP_READ | 1u << MDIC_PHY_SHIFT | any(random, 32) << MDIC_REG_SHIFT |
                          (any(random, 2) ? MDIC_I : 0));
        break;
    case 1:
        fixture_write(side->f, REG_EERD, EERD_START | any(random, 80) << EERD_ADDR_SHIFT);
        break;
    case 2:
        fixture_write(side->f, REG_EECD, 0);
        break;
    default:
        for (uint32_t n = any(random, 30); n > 0; n--) {
            uint32_t data = any(random, 3) ? EECD_DI : 0;

            fixture_write(side->f, REG_EECD, eecd | data);
            fixture_write(side->f, REG_EECD, eecd | data | EECD_SK);
            fixture_read(side->f, REG_EECD);
        }
        break;
    }
}

static void change_settings(struct side *side, struct random *random)
{
    static const uint32_t loops[] = {0, 0, 0, RCTL_LBM};
    struct fixture *f = side->f;

    switch (any(random, 9)) {
    case 0:
        fixture_write(f, REG_RCTL,
                      RCTL_EN | RCTL_UPE | RCTL_BAM | (any(random, 2) ? RCTL_SECRC : 0) |
                          (any(random, 4) ? 0 : RCTL_SBP) | any(random, 4) << RCTL_BSIZE_SHIFT |
                          loops[any(random, 4)]);
        break;
    case 1:
        fixture_write(f, REG_ITR, any(random, 3) * 400);
        break;
    case 2:
        fixture_write(f, REG_RDTR, any(random, 2) * any(random, 100));
        fixture_write(f, REG_RADV, any(random, 200));
        break;
    case 3:
        fixture_write(f, REG_RXDCTL,
                      any(random, 8) << 16 | any(random, 8) << 8 | any(random, 8) | RXDCTL_GRAN);
        fixture_write(f, REG_TXDCTL,
                      any(random, 8) << 16 | any(random, 8) << 8 | any(random, 8) | TXDCTL_GRAN);
        break;
    case 4:
        fixture_write(f, REG_TIDV, any(random, 100));
        fixture_write(f, REG_TADV, any(random, 200));
        break;
    case 5:
        fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FD | any(random, 2) * (CTRL_RFCE | CTRL_TFCE));
        fixture_write(f, REG_FCRTH, 8000);
        fixture_write(f, REG_FCRTL, 4000 | FCRTL_XONE);
        break;
    case 6:
        fixture_write(f, REG_RXCSUM, any(random, 2) * 0x300u + 14);
        break;
    case 7:
        fixture_write(f, REG_IMS, any(random, 2) ? ICR_ALL : ICR_RXT0);
        break;
    default:
        fixture_write(f, REG_IMC, ICR_ALL);
        break;
    }
}

static void start(struct side *side)
{
    struct fixture *f = side->f;

    fixture_enable(f);
    fixture_write(f, REG_CTRL, (fixture_read(f, REG_CTRL) | CTRL_SLU) & ~CTRL_LRST);
    fixture_write(f, REG_TXCW, TXCW_ANE | TXCW_FD); /* of boards without a PHY */
    fixture_write(f, REG_TDBAL, (uint32_t)RING);
    fixture_write(f, REG_TDBAH, (uint32_t)(RING >> 32));
    fixture_write(f, REG_TDLEN, COUNT * 16);
    fixture_write(f, REG_RDBAL, (uint32_t)RX_RING);
    fixture_write(f, REG_RDBAH, (uint32_t)(RX_RING >> 32));
    fixture_write(f, REG_RDLEN, COUNT * 16);
    fixture_write(f, REG_RDH, 0);
    fixture_write(f, REG_TDH, 0);
    fixture_write(f, REG_TDT, 0);
    fixture_write(f, REG_RDT, 0);
    side->tx_tail = side->rx_tail = 0;
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_PSP);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_UPE | RCTL_BAM);
    fixture_run(f, 3000000000u); /* until the link is up */
}

static void step(struct side *side, struct random *random)
{
    struct fixture *f = side->f;

    listening = side;
    switch (any(random, 12)) {
    case 0:
    case 1:
    case 2:
        send_some(side, random);
        break;
    case 3:
    case 4:
        receive_some(side, random);
        break;
    case 5:
    case 6:
        give_buffers(side, random);
        break;
    case 7:
        f->accept = any(random, 3) ? SIZE_MAX : any(random, 20);
        e1000emu_transmit_ready(f->chip);
        break;
    case 8:
        touch_serial_parts(side, random);
        break;
    case 9:
        change_settings(side, random);
        break;
    case 10:
        fixture_read(f, REG_ICR);
        fixture_read(f, 0x4000 + 4 * any(random, 64));
        break;
    default:
        if (any(random, 15) == 0) {
            fixture_write(f, REG_CTRL, CTRL_RST);
            start(side);
        }
        break;
    }
    fixture_run(f, any(random, 4) ? any(random, 30000) : any(random, 40) * 10000000ull);
}

/* ---- Both runs ------------------------------------------------------------------------------ */

static void compare(const struct side *a, const struct side *b, const char *profile, uint32_t seed,
                    unsigned at)
{
    if (a->events != b->events || a->told != b->told || a->f->level != b->f->level ||
        a->f->sent_count != b->f->sent_count)
        fail_msg("%s, seed %u, step %u: the runs differ (%u and %u events)", "after a snapshot",
                 seed, at, a->events, b->events);
}

static void run(const struct e1000emu_profile *profile, uint32_t seed)
{
    bool watched = seed % 3 != 0; /* and with rings attached to memory */
    struct side a = {.f = make(profile, watched)}, b = {.f = make(profile, watched)};
    struct random drive_a = {seed}, drive_b = {seed}, when = {seed + 99};

    listening = &a;
    start(&a);
    listening = &b;
    start(&b);
    for (unsigned i = 0; i < STEPS; i++) {
        step(&a, &drive_a);
        listening = &b;
        if (any(&when, 4) == 0)
            replace(&b, profile, watched);
        step(&b, &drive_b);
        compare(&a, &b, profile->name, seed, i);
    }
    assert_memory_equal(a.f->memory, b.f->memory, FIXTURE_MEMORY);
    for (size_t i = 0; i < a.f->sent_count; i++) {
        assert_int_equal(a.f->sent[i].length, b.f->sent[i].length);
        assert_memory_equal(a.f->sent[i].data, b.f->sent[i].data, a.f->sent[i].length);
        assert_true(a.f->sent[i].time == b.f->sent[i].time);
    }
    if (a.f->sent_count < 10)
        fail_msg("%s, seed %u: only %zu frames were sent", profile->name, seed, a.f->sent_count);
    fixture_free(a.f);
    fixture_free(b.f);
}

static void runs_go_on_as_without_a_snapshot(void **state)
{
    const struct e1000emu_profile *profile;

    (void)state;
    for (size_t i = 0; (profile = e1000emu_profile_at(i)); i++)
        for (uint32_t seed = 1; seed <= SEEDS; seed++)
            run(profile, seed + 1000u * (uint32_t)i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_go_on_as_without_a_snapshot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
