/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: frames are sent. */
#include "stage.h"

#include <string.h>

#define LONGEST 16124u

static void every_size(struct stage *stage)
{
    stage_up(stage);
    for (uint32_t length = 60; length <= 1514; length++) {
        expect_equal(stage, stage_sends(stage, 1, length), 1, "frame of %u taken", length);
        if (length % 8 == 0)
            stage_settle(stage);
    }
    stage_settle(stage);
    expect_equal(stage, stage->left, 1514 - 59, "frames that left");
}

static void jumbo_sizes(struct stage *stage)
{
    stage_room_for(stage, LONGEST);
    stage_up(stage);
    for (uint32_t length = 1500; length <= LONGEST; length += length % 4096 < 8 ? 1 : 211) {
        expect_equal(stage, stage_sends(stage, 1, length), 1, "frame of %u taken", length);
        stage_settle(stage);
    }
    expect_equal(stage, stage_sends(stage, 1, LONGEST), 1, "the longest frame taken");
    stage_settle(stage);
    expect_equal(stage, stage->last_left.length, LONGEST, "bytes of the longest frame");
}

/* Bytes behind a short frame in memory must not leave. */
static void short_frames(struct stage *stage)
{
    uint8_t frame[60], wanted[60];
    struct e1000_frag frag;

    stage->strict = true;
    stage_up(stage);
    for (uint32_t length = 14; length < 60; length++) {
        stage_make(stage, frame, 60, stage_everybody);
        memset(wanted, 0, sizeof(wanted));
        memcpy(wanted, frame, length);
        stage_slot(stage, 200, &frag);
        memset(frag.data, 0xEE, 200);
        memcpy(frag.data, frame, length);
        frag.length = length;
        stage_announce(stage, wanted, 60);
        expect_equal(stage, stage_transmit(stage, &frag, 1), 1, "frame of %u taken", length);
        stage_settle(stage);
    }
}

/* A frame, cut at the given places, in fragments that do not touch each other in memory. */
static void send_cut(struct stage *stage, const uint8_t *frame, uint32_t length,
                     const uint32_t *ends, unsigned count)
{
    struct e1000_frag frags[64];
    uint32_t at = 0;

    for (unsigned i = 0; i < count; i++) {
        stage_slot(stage, ends[i] - at + 16, &frags[i]);
        frags[i].data = (uint8_t *)frags[i].data + i % 16;
        frags[i].bus += i % 16;
        frags[i].length = ends[i] - at;
        frags[i].flags = i + 1 == count ? E1000_FRAG_EOP : 0;
        memcpy(frags[i].data, frame + at, frags[i].length);
        at = ends[i];
    }
    stage_announce(stage, frame, length);
    expect_equal(stage, stage_transmit(stage, frags, count), count, "fragments taken");
    stage_settle(stage);
}

static void every_split(struct stage *stage)
{
    uint8_t frame[200];

    stage_up(stage);
    for (uint32_t cut = 1; cut < sizeof(frame); cut++) {
        const uint32_t ends[] = {cut, sizeof(frame)};

        stage_make(stage, frame, sizeof(frame), stage_everybody);
        send_cut(stage, frame, sizeof(frame), ends, 2);
    }
}

static void many_fragments(struct stage *stage)
{
    uint8_t frame[1514];
    uint32_t ends[32];

    stage_up(stage);
    for (unsigned round = 0; round < 60; round++) {
        const unsigned count = 1 + stage_random(stage, 30);
        uint32_t at = 0;

        for (unsigned i = 0; i < count; i++)
            ends[i] = at += 1 + stage_random(stage, 48);
        if (at < 60)
            ends[count - 1] = at = 60;
        stage_make(stage, frame, at, stage_everybody);
        send_cut(stage, frame, at, ends, count);
    }
}

static void every_alignment(struct stage *stage)
{
    uint8_t frame[300];
    struct e1000_frag frag;

    stage_up(stage);
    for (uint32_t offset = 0; offset < 128; offset++) {
        /* Also over the end of a page. */
        const uint32_t base = offset % 2 != 0 ? 4096 - 150 : 0;

        stage_make(stage, frame, sizeof(frame), stage_everybody);
        stage_slot(stage, 8192, &frag);
        frag.data = (uint8_t *)frag.data + base + offset;
        frag.bus += base + offset;
        frag.length = sizeof(frame);
        memcpy(frag.data, frame, sizeof(frame));
        stage_announce(stage, frame, sizeof(frame));
        expect_equal(stage, stage_transmit(stage, &frag, 1), 1, "frames taken");
        stage_settle(stage);
    }
}

static void full_ring(struct stage *stage)
{
    unsigned taken;

    for (unsigned size = 8; size <= 256; size *= 2) {
        stage->params.tx_ring = (uint16_t)size;
        stage_up(stage);
        for (unsigned round = 0; round < 20; round++) {
            stage->blocked = true;
            taken = stage_sends(stage, 2 * size, 100);
            expect_between(stage, taken, size - 2, size, "frames that a ring of %u takes", size);
            if (stage->ops->tx_stopped != NULL)
                expect_true(stage, stage->ops->tx_stopped(stage->driver),
                            "expected the sender to be stopped, got no word of it");
            stage_run(stage, BENCH_MS);
            stage->blocked = false;
            stage->device->ops->transmit_ready(stage->device);
            stage_settle(stage);
            if (stage->ops->tx_stopped != NULL)
                expect_true(stage, !stage->ops->tx_stopped(stage->driver),
                            "expected the sender to go on, got it stopped");
        }
        stage_close(stage);
    }
}

static void batches(struct stage *stage)
{
    uint8_t frame[64];
    struct e1000_frag frags[48];

    stage_up(stage);
    for (unsigned count = 1; count <= 48; count++) {
        for (unsigned i = 0; i < count; i++) {
            stage_make(stage, frame, sizeof(frame), stage_everybody);
            stage_slot(stage, sizeof(frame), &frags[i]);
            memcpy(frags[i].data, frame, sizeof(frame));
            stage_announce(stage, frame, sizeof(frame));
        }
        expect_equal(stage, stage_transmit(stage, frags, count), count, "frames of a batch taken");
        stage_settle(stage);
    }
    expect_equal(stage, stage->left, 48 * 49 / 2, "frames that left");
}

/* What can never be sent is taken, and comes back with the others, in order; nothing leaves. */
static void refused(struct stage *stage)
{
    uint64_t before = 0, after = 0;
    struct e1000_frag frags[2];

    stage_up(stage);
    stage_stat(stage, "tx_refused", &before);
    stage_slot(stage, 2048, &frags[0]);
    memset(frags[0].data, 0xFF, 2048);
    frags[0].length = 13; /* under a header */
    expect_equal(stage, stage_transmit(stage, frags, 1), 1, "a frame of 13 bytes taken");
    frags[0].length = 1600; /* over max_frame */
    expect_equal(stage, stage_transmit(stage, frags, 1), 1, "a frame of 1600 bytes taken");
    stage_slot(stage, 100, &frags[1]); /* an empty fragment */
    frags[1].length = 0;
    frags[0].length = 100;
    frags[0].flags = 0;
    expect_equal(stage, stage_transmit(stage, frags, 2), 2, "a frame with an empty piece taken");
    stage_settle(stage);
    expect_equal(stage, stage->left, 0, "frames that left");
    if (stage_stat(stage, "tx_refused", &after))
        expect_equal(stage, after - before, 3, "frames counted as refused");
    stage_works(stage);
}

static void on_demand(struct stage *stage)
{
    stage->params.tx_on_demand = true;
    stage_up(stage);
    stage_sends(stage, 5, 100);
    stage_run(stage, 2 * BENCH_S);
    stage_settle(stage);
    for (unsigned i = 0; i < 50; i++) {
        stage_sends(stage, 100, 100);
        stage_settle(stage);
    }
}

/* The longest that descriptors can be: fragments of more than 4096 bytes. */
static void long_fragments(struct stage *stage)
{
    uint8_t frame[STAGE_FRAME];
    struct e1000_frag frag;

    stage_room_for(stage, LONGEST);
    stage_up(stage);
    for (uint32_t length = 4090; length <= LONGEST; length += length % 4096 < 8 ? 1 : 1021) {
        stage_make(stage, frame, length, stage_everybody);
        stage_slot(stage, STAGE_FRAME, &frag);
        frag.length = length;
        memcpy(frag.data, frame, length);
        stage_announce(stage, frame, length);
        expect_equal(stage, stage_transmit(stage, &frag, 1), 1, "frame of %u taken", length);
        stage_settle(stage);
    }
}

static void slow_wire(struct stage *stage)
{
    stage_up(stage);
    for (unsigned round = 0; round < 50; round++) {
        stage->blocked = round % 2 != 0;
        if (!stage->blocked)
            stage->device->ops->transmit_ready(stage->device);
        stage_sends(stage, 1 + stage_random(stage, 30), 400);
        stage_arrivals(stage, 3, 100, BENCH_US);
        stage_run(stage, 100 * BENCH_US);
    }
    stage->blocked = false;
    stage->device->ops->transmit_ready(stage->device);
    stage_settle(stage);
}

/* Both at once: neither direction disturbs the other. */
static void both_ways(struct stage *stage)
{
    stage_up(stage);
    for (unsigned round = 0; round < 500; round++) {
        const uint32_t length = 60 + stage_random(stage, 1455);

        stage_sends(stage, stage_random(stage, 5), length);
        stage_arrivals(stage, stage_random(stage, 5), length, (length + 24) * 8);
    }
    stage_settle(stage);
}

/* Frames that others have met with great care: any byte at 47Eh to 480h. */
static void all_bytes(struct stage *stage)
{
    uint8_t frame[1514];

    stage_up(stage);
    for (unsigned value = 0; value < 256; value++) {
        stage_make(stage, frame, sizeof(frame), stage_everybody);
        memset(frame + 18, (int)value, sizeof(frame) - 18);
        expect_true(stage, stage_send(stage, frame, sizeof(frame)),
                    "expected the frame to be taken");
        stage_arrive(stage, frame, sizeof(frame));
        if (value % 16 == 15)
            stage_settle(stage);
    }
}

#define BOTH "vmware silicon"

const struct scenario scenarios_transmit[] = {
    {"feature/tx-sizes", "every frame of 60 to 1514 bytes is sent",
     "Frames of each ordinary size leave whole and in order.", "netdev frame size sweep", BOTH, 0,
     every_size},
    {"feature/tx-jumbo", "long frames of up to 16124 bytes are sent",
     "Frames that need several descriptors leave whole.", "DPDK test plan jumboframes", BOTH, 0,
     jumbo_sizes},
    {"feature/tx-short", "frames of 14 to 59 bytes leave padded with zeros",
     "Nothing of the memory behind a short frame leaves, and the chip does not pad it.",
     "VU#412115 (EtherLeak); Linux e1000_xmit_frame", "vmware silicon virtualbox qemu", 0,
     short_frames},
    {"feature/tx-split", "a frame in two pieces, cut at every place",
     "Wherever a frame is cut, it leaves whole.", "DPDK test plan multi-segment", BOTH, 0,
     every_split},
    {"feature/tx-fragments", "frames in up to thirty pieces",
     "Any number of pieces of any length is one frame.", "Linux e1000_tx_map, skb frags", BOTH, 0,
     many_fragments},
    {"feature/tx-alignment", "frames at every alignment, and over the end of a page",
     "Where a frame lies in memory does not matter.", "manual 3.3.3", BOTH, 0, every_alignment},
    {"feature/tx-full-ring", "rings of 8 to 256 filled to the last descriptor",
     "A full ring refuses, says so, and goes on when there is room; full is never taken for empty.",
     "DPDK em_rxtx.c; Linux e1000_maybe_stop_tx", BOTH, 0, full_ring},
    {"feature/tx-batches", "batches of 1 to 48 frames", "A batch leaves in order.",
     "DPDK test plan pmd: burst sizes", BOTH, 0, batches},
    {"feature/tx-refused", "frames that can never be sent",
     "They are taken, counted, and their cookies come back in order; nothing leaves.",
     "Linux dev_kfree_skb_any on bad frames", "silicon", 0, refused},
    {"feature/tx-on-demand", "sending without interrupts",
     "Cookies come back though nothing interrupts.", "DPDK, netmap: reaping by the sender",
     "silicon", 0, on_demand},
    {"feature/tx-long-fragments", "pieces of more than 4096 bytes",
     "A piece that is longer than a descriptor may be is cut.", "Linux E1000_MAX_DATA_PER_TXD",
     "silicon 82540em", 0, long_fragments},
    {"feature/tx-slow-wire", "a wire that takes nothing for a while",
     "What waits in the chip leaves when there is room, in order.",
     "back-pressure; QEMU "
     "qemu_send_packet queueing",
     BOTH, 0, slow_wire},
    {"feature/both-ways", "traffic in both directions at once",
     "Neither direction disturbs the other.", "RFC 2544; netdev bidirectional", BOTH, 0, both_ways},
    {"feature/all-bytes", "frames of each byte, in both directions", "No pattern is special.",
     "ethtool -t loopback; BERT patterns", "silicon", 0, all_bytes},
    {.id = NULL},
};
