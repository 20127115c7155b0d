/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that the core sends as they are, against what leaves the chip: of every length, in any
 * number of pieces, as long as the ring has room and when it has none; and when interrupts tell of
 * them.
 */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST (16110u + 14u)
#define PIECES  200u
#define MEMORY  65536u
#define SECONDS 1000000u

struct sender {
    struct rig *rig;
    uint64_t seed;
    struct e1000_dma memory;
    uint8_t frame[LONGEST + 8]; /* what has to leave, padding and tag included */
    uint32_t length;
    unsigned seen;
};

static uint32_t below(struct sender *s, uint32_t end)
{
    s->seed = s->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(s->seed >> 33) % end;
}

static void on_sent(void *opaque, const uint8_t *data, uint32_t length)
{
    struct sender *s = opaque;

    assert_int_equal(length, s->length);
    assert_memory_equal(data, s->frame, length);
    s->seen++;
}

static struct sender *sender_new(const char *profile)
{
    struct sender *s = calloc(1, sizeof *s);

    assert_non_null(s);
    s->rig = rig_new(profile);
    s->rig->opaque = s;
    s->rig->params.moderation = E1000_MODERATION_OFF;
    return s;
}

static void sender_start(struct sender *s)
{
    struct rig *rig = s->rig;

    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 10 * SECONDS));
    assert_int_equal(rig->os.dma_alloc(rig, MEMORY, 4096, 0, &s->memory), 0);
    rig->on_sent = on_sent;
}

static void sender_free(struct sender *s)
{
    e1000_detach(rig_call(s->rig));
    s->rig->os.dma_free(s->rig, &s->memory);
    rig_free(s->rig);
    free(s);
}

/* ---- Frames --------------------------------------------------------------------------------- */

/* A frame at random, and what has to leave for it: lengthened to 60 bytes, then tagged. */
static void make(struct sender *s, uint32_t length, int tag)
{
    uint8_t *bytes = s->memory.cpu;

    for (uint32_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)below(s, 256);
    memset(bytes, 0xFF, 6);
    bytes[12] = 0x88;
    bytes[13] = 0xB5;
    memset(s->frame, 0, sizeof s->frame);
    memcpy(s->frame, bytes, length);
    s->length = length < 60 ? 60 : length;
    if (tag >= 0) {
        memmove(s->frame + 16, s->frame + 12, s->length - 12);
        s->frame[12] = 0x81;
        s->frame[13] = 0;
        s->frame[14] = (uint8_t)(tag >> 8);
        s->frame[15] = (uint8_t)tag;
        s->length += 4;
    }
}

/* Sends it in so many pieces, as equal as chance makes them; it leaves once and all of it comes
 * back. */
static void send(struct sender *s, uint32_t length, unsigned pieces, int tag)
{
    static struct e1000_frag frags[PIECES];
    uint32_t at = 0;

    make(s, length, tag);
    for (unsigned i = 0; i < pieces; i++) {
        uint32_t left = length - at, after = pieces - 1 - i;
        uint32_t part = after ? 1 + below(s, 2 * left / (after + 1)) : left;

        if (part > left - after)
            part = left - after;
        frags[i] = (struct e1000_frag){.data = (uint8_t *)s->memory.cpu + at,
                                       .bus = s->memory.bus + at,
                                       .length = part,
                                       .flags = after ? 0 : E1000_FRAG_EOP};
        at += part;
    }
    if (tag >= 0) {
        frags[0].flags |= E1000_FRAG_TAGGED;
        frags[0].vlan = (uint16_t)tag;
    }
    s->seen = 0;
    assert_int_equal(rig_transmit(s->rig, frags, pieces), pieces);
    for (unsigned i = 0; i < 1000 && s->rig->outstanding; i++)
        rig_run(s->rig, 10);
    assert_int_equal(s->rig->outstanding, 0);
    assert_int_equal(s->seen, 1);
}

static void any_length_in_any_pieces(void **state)
{
    static const char *const profiles[] = {"vmware",  "silicon",        "virtualbox",
                                           "82540em", "82545gm-serdes", "82546gb"};

    (void)state;
    for (size_t p = 0; p < sizeof profiles / sizeof profiles[0]; p++) {
        struct sender *s = sender_new(profiles[p]);

        s->seed = p;
        s->rig->params.max_frame = LONGEST;
        s->rig->params.tx_ring = 256;
        s->rig->params.rx_buffer_size = 16384;
        s->rig->params.vlan_offload = true;
        sender_start(s);
        for (unsigned i = 0; i < 250; i++) {
            uint32_t length = 14 + below(s, i % 2 ? 100 : LONGEST - 13);
            unsigned pieces = 1 + below(s, i % 3 ? PIECES : 3);
            int tag = i % 4 == 0 ? (int)below(s, 0x10000) & 0xEFFF : -1;

            send(s, length, pieces < length ? pieces : length, tag);
        }
        send(s, LONGEST, 1, -1);
        send(s, LONGEST, PIECES, 0x6123);
        assert_int_equal(rig_stat(s->rig, "tx_frames"), 252);
        assert_int_equal(rig_stat(s->rig, "tx_refused"), 0);
        sender_free(s);
    }
}

/* ---- A ring that is full -------------------------------------------------------------------- */

static void count(void *opaque, const uint8_t *data, uint32_t length)
{
    struct sender *s = opaque;

    (void)data;
    (void)length;
    s->seen++;
}

/* The partner pauses until the ring is full. The queue is stopped then, and only started when as
 * much is free as was asked for; nothing is lost, and it stops only once. */
static void full_ring_stops_and_starts(void **state)
{
    static const uint8_t xoff[60] = {0x01, 0x80, 0xC2, 0,    0,    1, 2, 0,    0,
                                     0,    0,    1,    0x88, 0x08, 0, 1, 0xFF, 0xFF};
    const struct e1000emu_frame pause = {.data = xoff, .length = sizeof xoff};
    struct sender *s = sender_new("silicon");
    struct rig *rig = s->rig;

    (void)state;
    rig->params.tx_ring = 64;
    rig->params.tx_restart = 40;
    rig->params.tx_on_demand = true;
    sender_start(s);
    rig->on_sent = count;
    e1000emu_receive(rig->chip, &pause, 1, 0, NULL);
    assert_int_equal(rig_send(rig, 100, 100), 63);
    assert_int_equal(e1000_tx_room(rig->dev), 0);
    assert_true(e1000_tx_stopped(rig->dev));
    rig_run(rig, 20000); /* of 33 ms */
    assert_int_equal(s->seen, 0);
    assert_true(e1000_tx_stopped(rig->dev));

    for (unsigned i = 0; i < 3000 && e1000_tx_stopped(rig->dev); i++)
        rig_run(rig, 10);
    assert_false(e1000_tx_stopped(rig->dev));
    assert_true(e1000_tx_room(rig->dev) >= 40);
    assert_int_equal(rig_send(rig, 10, 100), 10);
    assert_int_equal(rig_stat(rig, "tx_stops"), 1);
    rig_run(rig, SECONDS);
    assert_int_equal(s->seen, 73);
    assert_int_equal(rig->outstanding, 0);
    sender_free(s);
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

/* Interrupts for a hundred frames, 100 µs apart. */
static unsigned interrupts_for_frames(uint16_t delay, uint16_t limit, bool on_demand)
{
    struct sender *s = sender_new("silicon");
    struct rig *rig = s->rig;
    unsigned interrupts;

    rig->params.tx_ring = 256;
    rig->params.tx_delay = delay;
    rig->params.tx_delay_limit = limit;
    rig->params.tx_on_demand = on_demand;
    sender_start(s);
    rig->on_sent = count;
    rig->interrupts = 0;
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(rig_send(rig, 1, 100), 1);
        rig_run(rig, 100);
    }
    interrupts = rig->interrupts;
    assert_int_equal(s->seen, 100);
    rig_run(rig, SECONDS);
    assert_int_equal(rig->outstanding, 0);
    sender_free(s);
    return interrupts;
}

/* TIDV, which each frame starts again, delays the interrupt for as long as they come; TADV is its
 * limit, in units of 1.024 µs; and nobody need be interrupted at all. */
static void delays(void **state)
{
    (void)state;
    assert_int_equal(interrupts_for_frames(0, 0, false), 100);
    assert_int_equal(interrupts_for_frames(50, 0, false), 100);
    assert_int_equal(interrupts_for_frames(500, 0, false), 0);
    assert_in_range(interrupts_for_frames(500, 1000, false), 8, 11);
    assert_int_equal(interrupts_for_frames(0, 0, true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_length_in_any_pieces),
        cmocka_unit_test(full_ring_stops_and_starts),
        cmocka_unit_test(delays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
