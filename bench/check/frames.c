/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage's frames: made, put on the wire, sent, and waited for. */
#include "stage.h"

#include <inttypes.h>
#include <string.h>

/* How long frames may be on their way when nothing is wrong. */
#define SETTLE_NS (3 * BENCH_S)

#define HEADER 18u /* addresses, type, serial number */

/* ---- Making ---- */

static uint32_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

uint32_t stage_random(struct stage *stage, uint32_t limit)
{
    return next(&stage->chance) % limit;
}

/* Bytes that follow from a number, for any place in memory. */
static void fill(uint8_t *at, uint32_t length, uint64_t seed)
{
    uint64_t state = seed * 0x9E3779B97F4A7C15u;

    for (uint32_t i = 0; i < length; i++) {
        if (i % 8 == 0)
            next(&state);
        at[i] = (uint8_t)(state >> (8 * (i % 8)));
    }
}

static void own_address(struct stage *stage, uint8_t mac[6])
{
    struct e1000_identity identity;

    memcpy(mac, stage->profile.mac, 6);
    if (stage->driver == NULL)
        return;
    stage->ops->get_identity(stage->driver, &identity);
    memcpy(mac, identity.mac, 6);
}

void stage_make(struct stage *stage, uint8_t *frame, uint32_t length, const uint8_t to[6])
{
    static const uint8_t from[6] = {0x02, 0x00, 0x00, 0x00, 0x0B, 0x0B};
    const uint32_t serial = ++stage->serial;
    uint8_t header[HEADER];

    if (to != NULL)
        memcpy(header, to, 6);
    else
        own_address(stage, header);
    memcpy(header + 6, from, 6);
    header[12] = 0x88;
    header[13] = 0xB5; /* for experiments (IEEE 802) */
    memcpy(header + 14, &serial, 4);
    memcpy(frame, header, length < HEADER ? length : HEADER);
    if (length > HEADER)
        fill(frame + HEADER, length - HEADER, stage->setup->seed + serial);
}

/* ---- Arriving ---- */

static void put(struct stage *stage, const uint8_t *frame, uint32_t length, uint32_t flags)
{
    const struct e1000emu_frame on_wire = {
        .data = frame, .length = length, .flags = flags, .time = stage_now(stage)};

    stage->outcome->frames++;
    stage->device->ops->receive(stage->device, &on_wire, 1, 0, NULL);
}

static void announce(struct stage *stage, struct scoreboard *board, const uint8_t *frame,
                     uint32_t length)
{
    const struct e1000emu_frame wanted = {.data = frame, .length = length};

    if (scoreboard_room(board) == 0)
        stage_fail(stage, "more than %u frames are on their way", SCOREBOARD_WINDOW);
    scoreboard_expect(board, &wanted, stage_now(stage));
}

void stage_arrive_as(struct stage *stage, const uint8_t *frame, uint32_t length, uint32_t flags,
                     const uint8_t *as, uint32_t as_length)
{
    if (as != NULL)
        announce(stage, &stage->rx, as, as_length);
    put(stage, frame, length, flags);
}

void stage_arrive(struct stage *stage, const uint8_t *frame, uint32_t length)
{
    stage_arrive_as(stage, frame, length, 0, frame, length);
}

void stage_arrivals(struct stage *stage, unsigned count, uint32_t length, uint64_t ns)
{
    uint8_t frame[STAGE_FRAME];

    for (unsigned i = 0; i < count; i++) {
        stage_make(stage, frame, length, NULL);
        stage_arrive(stage, frame, length);
        if (ns != 0)
            stage_run(stage, ns);
    }
}

/* ---- Sending ---- */

void stage_announce(struct stage *stage, const uint8_t *frame, uint32_t length)
{
    announce(stage, &stage->tx, frame, length);
}

void stage_slot(struct stage *stage, uint32_t size, struct e1000_frag *frag)
{
    const uint32_t needed = (size + stage->slot_size - 1) / stage->slot_size;
    uint32_t slot;

    if (stage->memory.cpu == NULL &&
        dmamem_alloc(stage->session.memory, (size_t)stage->slots * stage->slot_size, 4096, 0,
                     &stage->memory) < 0)
        stage_fail(stage, "no memory to send frames from");
    if (stage->next_slot + needed > stage->slots)
        stage->next_slot = 0;
    slot = stage->next_slot;
    stage->next_slot += needed;
    *frag =
        (struct e1000_frag){.data = (uint8_t *)stage->memory.cpu + (size_t)slot * stage->slot_size,
                            .bus = stage->memory.bus + (uint64_t)slot * stage->slot_size,
                            .length = size,
                            .flags = E1000_FRAG_EOP};
}

unsigned stage_transmit(struct stage *stage, struct e1000_frag *frags, unsigned count)
{
    unsigned taken;

    for (unsigned i = 0; i < count; i++)
        frags[i].cookie = (void *)(stage->next_cookie + 1 + i);
    taken = stage->ops->transmit(stage->driver, frags, count);
    stage->next_cookie += taken;
    return taken;
}

bool stage_send(struct stage *stage, const uint8_t *frame, uint32_t length)
{
    uint8_t padded[STAGE_FRAME] = {0};
    struct e1000_frag frag;

    if (books_outstanding(&stage->books) >= stage->slots - 1)
        return false; /* its memory is still the driver's */
    memcpy(padded, frame, length);
    stage_slot(stage, length, &frag);
    memcpy(frag.data, frame, length);
    stage_announce(stage, padded, length < 60 ? 60 : length);
    if (stage_transmit(stage, &frag, 1) == 1)
        return true;
    scoreboard_withdraw(&stage->tx);
    return false;
}

unsigned stage_sends(struct stage *stage, unsigned count, uint32_t length)
{
    uint8_t frame[STAGE_FRAME];
    unsigned taken = 0;

    for (; taken < count; taken++) {
        stage_make(stage, frame, length, stage_everybody);
        if (!stage_send(stage, frame, length))
            break;
    }
    return taken;
}

/* ---- Waiting ---- */

static bool is_drained(struct stage *stage)
{
    return scoreboard_outstanding(&stage->rx) == 0 && scoreboard_outstanding(&stage->tx) == 0 &&
           books_outstanding(&stage->books) == 0;
}

bool stage_drain(struct stage *stage, uint64_t ns)
{
    return stage_until(stage, is_drained, ns);
}

void stage_settle(struct stage *stage)
{
    const bool drained = stage_drain(stage, SETTLE_NS);

    expect_true(stage, drained,
                "expected everything on its way to come out, got %u frames not received, %u not "
                "sent, %u cookies not returned",
                scoreboard_outstanding(&stage->rx), scoreboard_outstanding(&stage->tx),
                books_outstanding(&stage->books));
    expect_true(stage, scoreboard_clean(&stage->rx) || stage->may_lose || stage->may_damage,
                "received: expected every frame once, whole and in order, got %" PRIu64
                " doubled, %" PRIu64 " reordered, %" PRIu64 " damaged or never sent",
                stage->rx.duplicated, stage->rx.reordered, stage->rx.corrupted);
    expect_true(stage, scoreboard_clean(&stage->tx) || stage->may_lose || stage->may_damage,
                "sent: expected every frame once, whole and in order, got %" PRIu64
                " doubled, %" PRIu64 " reordered, %" PRIu64 " damaged or never handed over",
                stage->tx.duplicated, stage->tx.reordered, stage->tx.corrupted);
}

void stage_forget(struct stage *stage)
{
    scoreboard_finish(&stage->rx);
    scoreboard_finish(&stage->tx);
}

/* What a scoreboard holds against the frames that came out so far. */
static uint64_t wrong(const struct scoreboard *board)
{
    return board->lost + board->duplicated + board->reordered + board->corrupted +
           board->missing_count;
}

void stage_works(struct stage *stage)
{
    const uint32_t length = stage->params.max_frame < 200 ? stage->params.max_frame : 200;
    uint64_t before;

    expect_true(stage, stage->ops->ready(stage->driver), "the driver is not up, expected it to be");
    stage_forget(stage);
    before = wrong(&stage->rx) + wrong(&stage->tx);
    for (unsigned round = 0; round < 3; round++) {
        const uint64_t heard = stage->heard, left = stage->left;

        expect_equal(stage, stage_sends(stage, 7, length), 7, "frames of 7 that the driver took");
        stage_arrivals(stage, 7, length, 0);
        stage_drain(stage, 20 * BENCH_MS);
        expect_equal(stage, stage->left - left, 7, "frames of 7 that left");
        expect_equal(stage, stage->heard - heard, 7, "frames of 7 that were received");
        expect_equal(stage, books_outstanding(&stage->books), 0, "cookies not returned");
    }
    expect_equal(stage, wrong(&stage->rx) + wrong(&stage->tx), before,
                 "frames lost, doubled, reordered or damaged");
}

void stage_hears(struct stage *stage, const uint8_t to[6], int vlan, bool wanted)
{
    const uint64_t heard = stage->heard;
    uint8_t frame[64], as[64];
    uint32_t length = sizeof(frame);

    stage_make(stage, frame, sizeof(frame), to);
    if (vlan >= 0) {
        memmove(frame + 16, frame + 12, sizeof(frame) - 16);
        frame[12] = 0x81;
        frame[13] = 0x00;
        frame[14] = (uint8_t)(vlan >> 8);
        frame[15] = (uint8_t)vlan;
    }
    memcpy(as, frame, sizeof(as));
    if (vlan >= 0 && stage->params.vlan_offload) {
        memmove(as + 12, as + 16, sizeof(as) - 16);
        length -= 4;
    }
    stage_arrive_as(stage, frame, sizeof(frame), 0, wanted ? as : NULL, length);
    stage_run(stage, stage_patience(stage));
    expect_true(stage, stage->heard - heard == wanted,
                "frame to %02x:%02x:%02x:%02x:%02x:%02x, VLAN %d: expected %s, got %s", to[0],
                to[1], to[2], to[3], to[4], to[5], vlan, wanted ? "it received" : "it dropped",
                wanted ? "it dropped" : "it received");
}

void stage_return_kept(struct stage *stage)
{
    if (stage->kept_count != 0)
        stage->ops->recycle(stage->driver, stage->kept, stage->kept_count);
    stage->kept_count = 0;
}
