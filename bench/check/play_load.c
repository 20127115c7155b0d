/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: load, at random from a seed. */
#include "e1000_hw.h"
#include "packet.h"
#include "stage.h"

#include <string.h>

/* ---- Soaks ---- */

/* What a soak may do beside passing frames. */
enum {
    SOAK_FILTERS = 1,
    SOAK_RESETS = 2,
    SOAK_LINK = 4,
    SOAK_FAULTS = 8,
    SOAK_SLEEP = 16,
    SOAK_KEEP = 32
};

static uint32_t any_length(struct stage *stage)
{
    switch (stage_random(stage, 4)) {
    case 0:
        return 60;
    case 1:
        return stage->params.max_frame;
    default:
        return 60 + stage_random(stage, stage->params.max_frame - 59);
    }
}

static void any_parameters(struct stage *stage)
{
    static const uint16_t rings[] = {8, 32, 64, 128, 256};
    static const uint16_t buffers[] = {256, 512, 1024, 2048, 4096};

    stage->params.tx_ring = rings[1 + stage_random(stage, 4)];
    stage->params.rx_ring = rings[1 + stage_random(stage, 4)];
    stage->params.rx_buffers = (uint16_t)(stage->params.rx_ring * (1 + stage_random(stage, 2)));
    stage->params.rx_buffer_size = buffers[stage_random(stage, 5)];
    stage->params.copybreak = stage_random(stage, 2) != 0 ? 200 : 0;
    stage->params.interrupts = (uint8_t)stage_random(stage, 3);
    stage->params.moderation = (uint8_t)stage_random(stage, 3);
    stage->params.tx_on_demand = stage_random(stage, 4) == 0;
}

static void any_frames(struct stage *stage)
{
    /* No more at once than the ring and what it is emptied into can hold. */
    const unsigned pieces = stage->params.max_frame / stage->params.rx_buffer_size + 1;
    const unsigned most = stage->params.rx_ring / (2 * pieces) + 1;

    stage_arrivals(stage, stage_random(stage, most), any_length(stage),
                   stage_random(stage, 2) != 0 ? 15 * BENCH_US : 0);
    stage_sends(stage, stage_random(stage, 8), any_length(stage));
    if (stage_random(stage, 3) != 0)
        stage_run(stage, stage_random(stage, 500) * BENCH_US);
    stage_drain(stage, 5 * BENCH_MS);
}

static void any_filter(struct stage *stage)
{
    uint8_t groups[20][6];

    for (unsigned i = 0; i < 20; i++) {
        const uint8_t group[6] = {1, 2, 3, 4, 5, (uint8_t)i};

        memcpy(groups[i], group, 6);
    }
    if (stage->ops->set_filter != NULL)
        expect_status(stage,
                      stage->ops->set_filter(stage->driver, stage_random(stage, 3) == 0,
                                             stage_random(stage, 3) == 0,
                                             (const uint8_t(*)[6])groups, stage_random(stage, 21)),
                      0, "set_filter()");
    if (stage->ops->vlan_want != NULL)
        expect_status(stage,
                      stage->ops->vlan_want(stage->driver, stage_random(stage, 4096),
                                            stage_random(stage, 2) != 0),
                      0, "vlan_want()");
}

static void any_fault(struct stage *stage)
{
    static const char *const names[] = {"irq-lost",  "irq-spurious", "rxt0-never", "cause-lost",
                                        "link-flap", "tx-frozen",    "rx-frozen"};

    if (stage_random(stage, 2) == 0)
        stage_mend(stage, NULL);
    else
        stage_break(stage, names[stage_random(stage, 7)], E1000EMU_FAULT_DEFAULT,
                    1 + stage_random(stage, 20), 1 + stage_random(stage, 3));
}

static void any_trouble(struct stage *stage, unsigned what)
{
    switch (1u << stage_random(stage, 6) & what) {
    case SOAK_FILTERS:
        any_filter(stage);
        break;
    case SOAK_RESETS:
        if (stage->ops->reset != NULL)
            stage->ops->reset(stage->driver);
        stage_run(stage, stage_random(stage, 40) * BENCH_MS);
        break;
    case SOAK_LINK:
        stage_set_partner(stage, stage_random(stage, 4) != 0, 1 + stage_random(stage, 63));
        stage_run(stage, stage_random(stage, 3000) * BENCH_MS);
        break;
    case SOAK_FAULTS:
        any_fault(stage);
        stage_run(stage, stage_random(stage, 1000) * BENCH_MS);
        break;
    case SOAK_SLEEP:
        if (stage->ops->suspend == NULL || stage->ops->suspend(stage->driver) != 0)
            break;
        stage_state(stage, E1000_STATE_SUSPENDED, BENCH_S);
        stage_run(stage, stage_random(stage, 1000) * BENCH_MS);
        expect_status(stage, stage->ops->resume(stage->driver), 0, "resume()");
        break;
    case SOAK_KEEP:
        stage->keeps = !stage->keeps;
        if (!stage->keeps)
            stage_return_kept(stage);
        break;
    default:
        break;
    }
}

/* In the end, whatever was done, everything works. */
static void recover(struct stage *stage)
{
    stage->keeps = false;
    stage_return_kept(stage);
    if (stage->device->ops->fault_clear != NULL)
        stage_mend(stage, NULL);
    stage_set_partner(stage, true, 0x3F);
    for (unsigned i = 0; i < 20; i++) { /* what stands still is found */
        if (stage_is_linked(stage))
            stage_sends(stage, 3, 100);
        stage_arrivals(stage, 3, 100, 0);
        stage_run(stage, 500 * BENCH_MS);
    }
    stage_run(stage, BENCH_S);
    stage_link(stage, 10 * BENCH_S);
    stage_works(stage);
}

static void soak(struct stage *stage, unsigned sessions, unsigned rounds, unsigned what)
{
    for (unsigned session = 0; session < sessions; session++) {
        any_parameters(stage);
        stage->may_lose = (what & ~(unsigned)SOAK_FILTERS) != 0;
        stage_up(stage);
        for (unsigned round = 0; round < rounds; round++) {
            any_frames(stage);
            if (stage_random(stage, 4) == 0)
                any_trouble(stage, what);
        }
        if ((what & ~(unsigned)SOAK_FILTERS) == 0)
            stage_settle(stage);
        else
            recover(stage);
        stage_close(stage);
        stage->keeps = false;
    }
}

static void soak_frames(struct stage *stage)
{
    soak(stage, 12, 250, 0);
}

static void soak_filters(struct stage *stage)
{
    soak(stage, 8, 200, SOAK_FILTERS);
}

static void soak_resets(struct stage *stage)
{
    soak(stage, 8, 150, SOAK_FILTERS | SOAK_RESETS);
}

static void soak_link(struct stage *stage)
{
    soak(stage, 8, 150, SOAK_LINK | SOAK_RESETS);
}

static void soak_sleep(struct stage *stage)
{
    soak(stage, 6, 100, SOAK_SLEEP | SOAK_FILTERS | SOAK_KEEP);
}

static void soak_everything(struct stage *stage)
{
    stage->tolerant = true; /* of what faults make of good manners */
    soak(stage, 8, 150,
         SOAK_FILTERS | SOAK_RESETS | SOAK_LINK | SOAK_FAULTS | SOAK_SLEEP | SOAK_KEEP);
}

static void soak_jumbo(struct stage *stage)
{
    stage->params.max_frame = 9014;
    stage->slot_size = 9216;
    stage->slots = 128;
    soak(stage, 6, 120, 0);
}

/* ---- Rates ---- */

static void room(struct stage *stage)
{
    stage->params.rx_ring = stage->params.tx_ring = 256;
    stage->params.rx_buffers = 512;
}

/* Frames from the wire without a gap; ours as fast as they leave. */
static void flood(struct stage *stage, unsigned frames, uint32_t length, bool arrive, bool send)
{
    const uint64_t apart = (length + 24) * 8; /* ns at 1 Gb/s, with FCS, preamble and gap */
    unsigned sent = 0;

    room(stage);
    stage_up(stage);
    for (unsigned i = 0; i < frames; i++) {
        if (arrive)
            stage_arrivals(stage, 1, length, 0);
        if (send)
            sent += stage_sends(stage, 1, length);
        stage_run(stage, apart);
    }
    stage_settle(stage);
    if (arrive)
        expect_equal(stage, stage->heard, frames, "frames received at line rate");
    if (send)
        expect_equal(stage, stage->left, sent, "frames that left");
    if (send)
        expect_true(stage, sent > frames * 95 / 100,
                    "expected 95 %% of the line rate at least to be taken, got %u of %u", sent,
                    frames);
}

static void flood_rx(struct stage *stage)
{
    flood(stage, 60000, 60, true, false);
}

static void flood_tx(struct stage *stage)
{
    flood(stage, 60000, 60, false, true);
}

static void flood_both(struct stage *stage)
{
    flood(stage, 40000, 60, true, true);
}

static void flood_large(struct stage *stage)
{
    flood(stage, 15000, 1514, true, true);
}

/* The mixture of RFC 6985: seven of 64, four of 594, one of 1518. */
static void imix(struct stage *stage)
{
    room(stage);
    stage_up(stage);
    for (unsigned i = 0; i < 20000; i++) {
        const unsigned pick = stage_random(stage, 12);
        const uint32_t length = pick < 7 ? 60 : pick < 11 ? 590 : 1514;

        stage_arrivals(stage, 1, length, 0);
        stage_sends(stage, 1, length);
        stage_run(stage, (length + 24) * 8);
    }
    stage_settle(stage);
    expect_equal(stage, stage->heard, 20000, "frames received");
}

static void small_rings(struct stage *stage)
{
    stage->params.rx_ring = stage->params.tx_ring = 8;
    stage->params.rx_buffers = 16;
    stage->params.moderation = E1000_MODERATION_OFF;
    stage_up(stage);
    for (unsigned i = 0; i < 10000; i++) {
        stage_arrivals(stage, 1 + i % 3, 60 + i % 1400, 0);
        stage_sends(stage, 1 + i % 3, 60 + i % 1400);
        stage_run(stage, 30 * BENCH_US);
    }
    stage_settle(stage);
    expect_equal(stage, stage->heard, 19999, "frames received");
}

#define BOTH "vmware silicon"
#define SEED "random, from --seed"

const struct scenario scenarios_load[] = {
    {"load/soak-frames", "frames of any size with any parameters",
     "Nothing is lost, whatever the parameters are.", SEED, "silicon vmware virtualbox", NEEDS_RXT0,
     soak_frames},
    {"load/soak-jumbo", "long frames with any parameters",
     "Nothing is lost, whatever the parameters are.", SEED, "silicon", NEEDS_RXT0, soak_jumbo},
    {"load/soak-filters", "filters change at random under traffic", "No frame to us is lost.", SEED,
     BOTH, NEEDS_RXT0 | NEEDS_HEARING, soak_filters},
    {"load/soak-resets", "resets at random under traffic",
     "No memory is lost, and in the end everything works.", SEED, BOTH, 0, soak_resets},
    {"load/soak-link", "the link comes and goes at random",
     "No memory is lost, and in the end there is a link.", SEED, BOTH, NEEDS_COPPER, soak_link},
    {"load/soak-sleep", "asleep and awake at random, buffers kept",
     "No memory is lost, and in the end everything works.", SEED, "silicon", NEEDS_PM, soak_sleep},
    {"load/soak-everything", "all of that, and faults",
     "Whatever happens, in the end everything works.", SEED, "silicon", NEEDS_COPPER | NEEDS_PM,
     soak_everything},
    {"load/line-rate-rx", "60,000 frames of 64 bytes arrive at line rate", "None is lost.",
     "RFC 2544, 26.1", BOTH, NEEDS_RXT0, flood_rx},
    {"load/line-rate-tx", "60,000 frames of 64 bytes leave at line rate",
     "They leave as fast as the wire takes them.", "RFC 2544, 26.1", BOTH, 0, flood_tx},
    {"load/line-rate-both", "both directions at line rate, 64 bytes", "None is lost in either.",
     "RFC 2544, 26.1", BOTH, NEEDS_RXT0, flood_both},
    {"load/line-rate-large", "both directions at line rate, 1518 bytes", "None is lost in either.",
     "RFC 2544, 26.1", BOTH, NEEDS_RXT0, flood_large},
    {"load/imix", "a mixture of sizes in both directions", "None is lost.", "RFC 6985", BOTH,
     NEEDS_RXT0, imix},
    {"load/small-rings", "rings of eight descriptors", "None is lost while somebody serves.",
     "DPDK test plan rxtx_offload: ring sizes", "silicon", NEEDS_RXT0 | NEEDS_ITR, small_rings},
    {.id = NULL},
};
