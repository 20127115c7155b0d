/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: frames are received. */
#include "stage.h"

#include <string.h>

#define LONGEST 16124u

static void every_size(struct stage *stage)
{
    stage_up(stage);
    for (uint32_t length = 60; length <= 1514; length++) {
        stage_arrivals(stage, 1, length, 0);
        if (length % 8 == 0)
            stage_settle(stage);
    }
    stage_settle(stage);
    expect_equal(stage, stage->heard, 1514 - 59, "frames received");
}

static void jumbo_sizes(struct stage *stage)
{
    stage_room_for(stage, LONGEST);
    stage_up(stage);
    for (uint32_t length = 1500; length <= LONGEST; length += length % 2048 < 8 ? 1 : 211) {
        stage_arrivals(stage, 1, length, 0);
        stage_settle(stage);
    }
    stage_arrivals(stage, 1, LONGEST, 0);
    stage_settle(stage);
    expect_equal(stage, stage->last_heard.length, LONGEST, "bytes of the longest frame");
}

/* The longest frame that is allowed passes, in both directions, a byte more does not come in. */
static void mtus(struct stage *stage)
{
    static const uint32_t mtus[] = {46,   576,  1280, 1499, 1500, 1501,
                                    2034, 2035, 4074, 8996, 9000, 16110};
    uint8_t frame[STAGE_FRAME];

    for (size_t i = 0; i < sizeof(mtus) / sizeof(mtus[0]); i++) {
        const uint32_t longest = mtus[i] + 14;

        stage_room_for(stage, longest);
        stage_up(stage);
        stage_arrivals(stage, 3, longest, 0);
        expect_equal(stage, stage_sends(stage, 3, longest), 3, "frames taken, MTU %u", mtus[i]);
        stage_settle(stage);
        if (longest < LONGEST) {
            stage_make(stage, frame, longest + 1, NULL);
            stage_arrive_as(stage, frame, longest + 1, 0, NULL, 0);
            stage_run(stage, BENCH_MS);
            expect_equal(stage, stage->heard, 3, "frames received, MTU %u, one a byte too long",
                         mtus[i]);
        }
        stage_works(stage);
        stage_close(stage);
    }
}

static void too_long(struct stage *stage)
{
    uint8_t frame[STAGE_FRAME];

    stage_up(stage);
    for (uint32_t length = 1519; length < 16000; length += 613) {
        stage_make(stage, frame, length, NULL);
        stage_arrive_as(stage, frame, length, 0, NULL, 0);
    }
    stage_run(stage, 10 * BENCH_MS);
    expect_equal(stage, stage->heard, 0, "frames over the limit that were received");
    expect_status(stage, stage->ops->harvest != NULL ? stage->ops->harvest(stage->driver) : 0, 0,
                  "harvest()");
    expect_stat(stage, "rx_oversize", 24);
    stage_works(stage);
}

static void runts(struct stage *stage)
{
    uint8_t frame[64];

    stage_up(stage);
    for (uint32_t length = 14; length < 60; length++) {
        stage_make(stage, frame, length, NULL);
        stage_arrive_as(stage, frame, length, 0, NULL, 0);
    }
    stage_run(stage, 10 * BENCH_MS);
    expect_equal(stage, stage->heard, 0, "runts that were received");
    if (stage->ops->harvest != NULL)
        expect_status(stage, stage->ops->harvest(stage->driver), 0, "harvest()");
    expect_stat(stage, "rx_undersize", 46);
    stage_works(stage);
}

static void bad_fcs(struct stage *stage)
{
    uint8_t frame[1514];

    stage_up(stage);
    for (unsigned i = 0; i < 60; i++) {
        const uint32_t length = 60 + stage_random(stage, 1455);

        stage_make(stage, frame, length, NULL);
        if (i % 3 == 0)
            stage_arrive_as(stage, frame, length, E1000EMU_FRAME_BAD_FCS, NULL, 0);
        else
            stage_arrive(stage, frame, length);
        stage_run(stage, 20 * BENCH_US);
    }
    stage_settle(stage);
    expect_equal(stage, stage->heard, 40, "good frames received among 20 bad ones");
    if (stage->ops->harvest != NULL)
        expect_status(stage, stage->ops->harvest(stage->driver), 0, "harvest()");
    expect_stat(stage, "rx_crc_errors", 20);
}

static void store_bad(struct stage *stage)
{
    uint8_t frame[1514];

    stage->params.store_bad = true;
    stage_up(stage);
    for (unsigned i = 0; i < 60; i++) {
        const uint32_t length = 60 + stage_random(stage, 1455);
        const bool bad = i % 3 == 0;

        stage_make(stage, frame, length, NULL);
        stage_arrive_as(stage, frame, length, bad ? E1000EMU_FRAME_BAD_FCS : 0, frame, length);
        stage_settle(stage);
        expect_equal(stage, (stage->last_heard.flags & E1000_FRAG_BAD_FRAME) != 0, bad,
                     "mark of a bad frame");
    }
}

static void scattered(struct stage *stage)
{
    stage_room_for(stage, 9014);
    stage->params.rx_buffer_size = 256;
    stage_up(stage);
    for (uint32_t length = 60; length <= 9014;
         length += length % 256 < 6 || length % 256 > 248 ? 1 : 61) {
        stage_arrivals(stage, 1, length, 0);
        stage_settle(stage);
        /* The FCS is stripped; what it lay in alone is no piece. */
        expect_between(stage, stage->last_heard.pieces, (length + 255) / 256, (length + 259) / 256,
                       "pieces of %u bytes", length);
    }
}

static void copybreak(struct stage *stage)
{
    uint64_t copied;

    stage->params.copybreak = 256;
    stage_up(stage);
    for (uint32_t length = 60; length <= 600; length += 12) {
        stage_arrivals(stage, 2, length, 0);
        stage_settle(stage);
    }
    if (stage_stat(stage, "rx_copied", &copied))
        expect_equal(stage, copied, 2 * 17, "frames copied");
    /* All copies lent: large ones do, and nothing is lost. */
    stage->keeps = true;
    for (unsigned i = 0; i < 300; i++)
        stage_arrivals(stage, 1, 100, 2 * BENCH_US);
    stage_settle(stage);
    stage_return_kept(stage);
    stage->keeps = false;
    stage_works(stage);
}

static void shuffle(struct stage *stage)
{
    for (unsigned i = stage->kept_count; i > 1; i--) {
        const unsigned other = stage_random(stage, i);
        const struct e1000_frag frag = stage->kept[i - 1];

        stage->kept[i - 1] = stage->kept[other];
        stage->kept[other] = frag;
    }
}

static void returned_in_any_order(struct stage *stage)
{
    stage->keeps = true;
    stage_up(stage);
    for (unsigned round = 0; round < 30; round++) {
        stage_arrivals(stage, 1 + stage_random(stage, 60), 60 + 40 * round, 5 * BENCH_US);
        stage_settle(stage);
        shuffle(stage);
        if (stage->kept_count > stage->params.rx_ring)
            stage_return_kept(stage);
    }
    stage_return_kept(stage);
    stage->keeps = false;
    stage_works(stage);
}

/* Returned twice, or never lent: ignored. */
static void returned_twice(struct stage *stage)
{
    struct e1000_frag again[16];

    stage_up(stage);
    stage->keeps = true;
    stage_arrivals(stage, 16, 200, 0);
    stage_settle(stage);
    expect_equal(stage, stage->kept_count, 16, "fragments kept");
    memcpy(again, stage->kept, sizeof(again));
    stage_return_kept(stage);
    stage->keeps = false;
    stage->ops->recycle(stage->driver, again, 16);
    for (unsigned i = 0; i < 20; i++)
        stage_works(stage);
}

static void starved(struct stage *stage)
{
    uint64_t missed = 0;

    stage->may_lose = true;
    stage->keeps = true;
    stage_up(stage);
    stage_arrivals(stage, 1000, 1000, 10 * BENCH_US);
    expect_equal(stage, stage->kept_count, stage->params.rx_buffers, "buffers that are lent");
    stage->keeps = false;
    stage_return_kept(stage);
    stage_run(stage, 10 * BENCH_MS);
    if (stage->ops->harvest != NULL)
        expect_status(stage, stage->ops->harvest(stage->driver), 0, "harvest()");
    stage_forget(stage);
    if (stage_stat(stage, "rx_missed", &missed))
        expect_equal(stage, missed + stage->heard, 1000, "frames received or counted as missed");
    expect_equal(stage, stage->rx.corrupted + stage->rx.duplicated + stage->rx.reordered, 0,
                 "frames damaged, doubled or reordered");
    stage_works(stage);
}

static void back_to_back(struct stage *stage)
{
    stage->params.rx_ring = 256;
    stage->params.rx_buffers = 512;
    stage_up(stage);
    /* 64 bytes with FCS, preamble and gap: 672 ns. */
    stage_arrivals(stage, 20000, 60, 672);
    stage_settle(stage);
    expect_equal(stage, stage->heard, 20000, "frames received at line rate");
}

static void bursts(struct stage *stage)
{
    stage_up(stage);
    for (unsigned round = 0; round < 40; round++) {
        stage_arrivals(stage, 1 + stage_random(stage, stage->params.rx_ring - 2), 60 + round * 30,
                       0);
        stage_settle(stage);
    }
}

static void alignment_errors(struct stage *stage)
{
    static const uint32_t flags[] = {E1000EMU_FRAME_ALIGNMENT | E1000EMU_FRAME_BAD_FCS,
                                     E1000EMU_FRAME_SYMBOL | E1000EMU_FRAME_BAD_FCS};
    uint8_t frame[300];

    stage->partner.abilities = E1000EMU_100_FULL;
    stage_up(stage);
    for (unsigned i = 0; i < 40; i++) {
        stage_make(stage, frame, sizeof(frame), NULL);
        stage_arrive_as(stage, frame, sizeof(frame), flags[i % 2], NULL, 0);
    }
    stage_run(stage, BENCH_MS);
    expect_equal(stage, stage->heard, 0, "frames with errors that were received");
    if (stage->ops->harvest != NULL)
        expect_status(stage, stage->ops->harvest(stage->driver), 0, "harvest()");
    expect_stat(stage, "rx_align_errors", 20);
    stage_works(stage);
}

#define BOTH "vmware silicon"

const struct scenario scenarios_receive[] = {
    {"feature/rx-sizes", "every frame of 60 to 1514 bytes is received",
     "Frames of each ordinary size come in whole and in order.",
     "DPDK test plan jumboframes; netdev frame size sweep", BOTH, 0, every_size},
    {"feature/rx-jumbo", "long frames of up to 16124 bytes are received",
     "Frames that need many buffers come in whole, with every length of the last piece.",
     "DPDK test plan jumboframes; CVE-2009-1385", BOTH, 0, jumbo_sizes},
    {"feature/mtu", "MTUs from 46 to 16110",
     "What the MTU allows passes both ways, a byte more does not come in.",
     "DPDK test plan mtu_update; Linux e1000_change_mtu", BOTH, 0, mtus},
    {"feature/rx-too-long", "frames that are too long are dropped and counted",
     "Without long frames enabled nothing over 1518 bytes comes in.", "manual 13.7.38, ROC",
     "silicon", 0, too_long},
    {"feature/rx-runts", "runts are dropped and counted", "No frame under 64 bytes comes in.",
     "manual 13.7.36, RUC", "silicon", 0, runts},
    {"feature/rx-bad-fcs", "frames with a bad FCS are dropped and counted",
     "Bad frames between good ones are left out and nothing else is.", "manual 13.7.1, CRCERRS",
     BOTH, 0, bad_fcs},
    {"feature/rx-store-bad", "bad frames are handed out on request, marked",
     "With store_bad each bad frame comes in with its mark, and no good one has it.",
     "manual 13.4.22, SBP; ethtool rx-all", BOTH, 0, store_bad},
    {"feature/rx-scatter", "frames in buffers of 256 bytes",
     "Every length of the last piece is right.", "DPDK test plan scatter", "silicon", 0, scattered},
    {"feature/rx-copybreak", "short frames are copied",
     "Short ones are copied while there is room, none is lost.", "Linux copybreak parameter",
     "silicon", 0, copybreak},
    {"feature/rx-lent-buffers", "buffers come back late and in any order",
     "Buffers may be held and returned in any order without loss.", "ixy, netmap: zero copy", BOTH,
     0, returned_in_any_order},
    {"feature/rx-returned-twice", "buffers that are returned twice",
     "A buffer that is not lent is ignored: it never lies in the ring twice.",
     "ownership of buffers; NetBSD mbuf double free", "silicon", 0, returned_twice},
    {"feature/rx-starved", "no buffer left while frames arrive",
     "Each frame is received or counted as missed, and reception goes on by itself.",
     "manual 13.7.5, MPC; Linux e1000_alloc_rx_buffers", "silicon", 0, starved},
    {"feature/rx-line-rate", "frames of 64 bytes at line rate",
     "Twenty thousand frames at 1 Gb/s come in without loss.", "RFC 2544, 26.1", BOTH, NEEDS_RXT0,
     back_to_back},
    {"feature/rx-bursts", "bursts of any length up to the ring's",
     "What fits into the ring comes in at once.", "DPDK test plan pmd: bursts", BOTH, 0, bursts},
    {"feature/rx-errors-100", "alignment and symbol errors at 100 Mb/s",
     "Frames with errors of the medium are dropped, and counted where the chip does.",
     "manual 13.7.2 and 13.7.3", "silicon", NEEDS_COPPER, alignment_errors},
    {.id = NULL},
};
