/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: VLANs. */
#include "packet.h"
#include "stage.h"

#include <string.h>

/* A tagged frame arrives, with the tag stripped or not. */
static void receive_tagged(struct stage *stage, uint16_t tag, uint32_t length)
{
    uint8_t frame[STAGE_FRAME], plain[STAGE_FRAME];

    stage_make(stage, plain, length, NULL);
    memcpy(frame, plain, length);
    packet_tag(frame, length, tag);
    if (stage->params.vlan_offload)
        stage_arrive_as(stage, frame, length + 4, 0, plain, length);
    else
        stage_arrive(stage, frame, length + 4);
    stage_settle(stage);
    expect_equal(stage, (stage->last_heard.flags & E1000_FRAG_TAGGED) != 0,
                 stage->params.vlan_offload, "mark of a tag that was stripped");
    if (stage->params.vlan_offload)
        expect_equal(stage, stage->last_heard.vlan, tag, "tag");
}

static void strip(struct stage *stage)
{
    stage->params.vlan_offload = true;
    stage_up(stage);
    for (uint32_t tag = 0; tag < 65536; tag += 257)
        receive_tagged(stage, (uint16_t)tag, 60 + tag % 1455);
    stage_arrivals(stage, 1, 100, 0);
    stage_settle(stage);
    expect_equal(stage, stage->last_heard.flags & E1000_FRAG_TAGGED, 0,
                 "mark of a frame without a tag");
}

static void send_tagged(struct stage *stage, uint16_t tag, uint32_t length)
{
    uint8_t frame[STAGE_FRAME];
    struct e1000_frag frag;

    stage_make(stage, frame, length, stage_everybody);
    stage_slot(stage, length, &frag);
    memcpy(frag.data, frame, length);
    packet_tag(frame, length, tag);
    stage_announce(stage, frame, length + 4);
    frag.flags |= E1000_FRAG_TAGGED;
    frag.vlan = tag;
    expect_equal(stage, stage_transmit(stage, &frag, 1), 1, "frames taken");
    stage_settle(stage);
}

static void insert(struct stage *stage)
{
    stage->params.vlan_offload = true;
    stage_up(stage);
    for (uint32_t tag = 0; tag < 65536; tag += 257)
        send_tagged(stage, (uint16_t)tag, 60 + tag % 1455);
    stage_works(stage); /* and frames without one have none */
}

static void transparent(struct stage *stage)
{
    uint8_t frame[1518];

    stage_up(stage);
    for (uint32_t length = 60; length <= 1514; length += 97) {
        receive_tagged(stage, (uint16_t)(length * 41), length);
        stage_make(stage, frame, length, stage_everybody);
        packet_tag(frame, length, (uint16_t)length);
        expect_true(stage, stage_send(stage, frame, length + 4),
                    "expected a tagged frame of %u bytes to be taken", length + 4);
        stage_settle(stage);
    }
    receive_tagged(stage, 77, 1514); /* the longest */
}

static void filter(struct stage *stage)
{
    static const unsigned ids[] = {0, 1, 31, 32, 1000, 4095};

    NEEDS_DRIVER(stage, vlan_filter);
    NEEDS_DRIVER(stage, vlan_want);
    stage_up(stage);
    stage->ops->vlan_filter(stage->driver, true);
    for (unsigned i = 0; i < 6; i++) {
        stage_hears(stage, stage_everybody, (int)ids[i], false);
        expect_status(stage, stage->ops->vlan_want(stage->driver, ids[i], true), 0, "vlan_want()");
        for (unsigned k = 0; k < 6; k++)
            stage_hears(stage, stage_everybody, (int)ids[k], k <= i);
        stage_hears(stage, stage_everybody, -1, true);
        stage_hears(stage, stage_everybody, 2000, false);
    }
    expect_status(stage, stage->ops->vlan_want(stage->driver, 31, false), 0, "vlan_want()");
    stage_hears(stage, stage_everybody, 31, false);
    stage_hears(stage, stage_everybody, 32, true);
    expect_status(stage, stage->ops->vlan_want(stage->driver, 4096, true), E1000_ERR_PARAMETER,
                  "wanting VLAN 4096");
    stage->ops->vlan_filter(stage->driver, false);
    stage_hears(stage, stage_everybody, 2000, true);
}

/* Each of the 4096, wanted alone. */
static void every_id(struct stage *stage)
{
    NEEDS_DRIVER(stage, vlan_filter);
    NEEDS_DRIVER(stage, vlan_want);
    stage->params.interrupts = E1000_INTERRUPTS_DIRECT;
    stage->params.moderation = E1000_MODERATION_OFF;
    stage_up(stage);
    stage->ops->vlan_filter(stage->driver, true);
    for (unsigned id = 0; id < 4096; id++) {
        expect_status(stage, stage->ops->vlan_want(stage->driver, id, true), 0, "vlan_want()");
        stage_hears(stage, stage_everybody, (int)id, true);
        if (id % 64 == 0)
            stage_hears(stage, stage_everybody, (int)(id ^ 0x800), false);
        expect_status(stage, stage->ops->vlan_want(stage->driver, id, false), 0, "vlan_want()");
    }
}

static void priorities(struct stage *stage)
{
    NEEDS_DRIVER(stage, vlan_filter);
    NEEDS_DRIVER(stage, vlan_want);
    stage->params.vlan_offload = true;
    stage_up(stage);
    stage->ops->vlan_filter(stage->driver, true);
    expect_status(stage, stage->ops->vlan_want(stage->driver, 0, true), 0, "vlan_want()");
    expect_status(stage, stage->ops->vlan_want(stage->driver, 5, true), 0, "vlan_want()");
    for (uint16_t priority = 0; priority < 8; priority++) {
        receive_tagged(stage, (uint16_t)(priority << 13), 100);
        receive_tagged(stage, (uint16_t)(priority << 13 | 5), 100);
        stage_hears(stage, stage_everybody, priority << 13 | 6, false);
    }
}

static void jumbo(struct stage *stage)
{
    stage->params.max_frame = 9014;
    stage->params.vlan_offload = true;
    stage->slot_size = STAGE_FRAME;
    stage->slots = 64;
    stage_up(stage);
    for (uint32_t length = 1500; length <= 9014; length += 501) {
        receive_tagged(stage, (uint16_t)length, length);
        send_tagged(stage, (uint16_t)length, length);
    }
    receive_tagged(stage, 1, 9014);
    send_tagged(stage, 1, 9014);
}

static void survives_reset(struct stage *stage)
{
    NEEDS_DRIVER(stage, vlan_filter);
    NEEDS_DRIVER(stage, vlan_want);
    NEEDS_DRIVER(stage, reset);
    stage_up(stage);
    stage->ops->vlan_filter(stage->driver, true);
    expect_status(stage, stage->ops->vlan_want(stage->driver, 77, true), 0, "vlan_want()");
    for (unsigned i = 0; i < 2; i++) {
        if (i == 0) {
            stage_reset(stage);
        } else {
            stage_down(stage);
            stage_start(stage);
        }
        stage_link(stage, 10 * BENCH_S);
        stage_hears(stage, stage_everybody, 77, true);
        stage_hears(stage, stage_everybody, 78, false);
    }
}

#define BOTH "vmware silicon"

const struct scenario scenarios_vlan[] = {
    {"feature/vlan-strip", "tags are stripped from received frames",
     "The tag comes beside the frame, whatever its priority, CFI and id are.",
     "DPDK test plan vlan; manual 3.2.3", BOTH, 0, strip},
    {"feature/vlan-insert", "tags are inserted into sent frames",
     "The tag that was asked for is in the frame, and in no other one.", "DPDK test plan vlan",
     BOTH, 0, insert},
    {"feature/vlan-transparent", "tags pass when nothing is offloaded",
     "Tagged frames pass as they are, up to 1518 bytes.", "DPDK test plan vlan", BOTH, 0,
     transparent},
    {"feature/vlan-filter", "frames of unwanted VLANs are dropped",
     "Only the wanted VLANs and frames without a tag are received.",
     "DPDK test plan vlan; manual 13.5.3", BOTH, NEEDS_HEARING, filter},
    {"feature/vlan-every-id", "each of the 4096 VLANs is filtered",
     "Each id has its own bit of the filter.", "manual 13.5.3, VFTA", "silicon", NEEDS_HEARING,
     every_id},
    {"feature/vlan-priority", "frames that carry a priority",
     "Priority alone is VLAN 0; no bit of it filters.", "IEEE 802.1Q, 9.6", BOTH, NEEDS_HEARING,
     priorities},
    {"feature/vlan-jumbo", "long frames with a tag", "The tag does not count against the MTU.",
     "DPDK test plan jumboframes, vlan", BOTH, 0, jumbo},
    {"feature/vlan-reset", "the VLAN filter survives reset, down and up",
     "What was wanted is still wanted.", "Linux e1000_restore_vlan", BOTH, NEEDS_HEARING,
     survives_reset},
    {.id = NULL},
};
