/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow.h"

#include <string.h>

#include "chip.h"
#include "stats.h"

#define PAUSE_BYTES  60u /* without FCS */
#define PAUSE_OPCODE 1u
#define QUANTUM_BITS 512u

/* ---- Sending -------------------------------------------------------------------------------- */

static void make_pause(const struct e1000emu *chip, uint8_t frame[PAUSE_BYTES], uint16_t time)
{
    uint64_t to = emu_get(chip, REG_FCAL) | (uint64_t)emu_get(chip, REG_FCAH) << 32;
    uint64_t from = emu_get(chip, REG_RAL(0)) | (uint64_t)(emu_get(chip, REG_RAH(0)) & RAH_ADDR)
                                                    << 32;
    uint32_t type = emu_get(chip, REG_FCT);

    memset(frame, 0, PAUSE_BYTES);
    for (unsigned i = 0; i < 6; i++) {
        frame[i] = (uint8_t)(to >> (8 * i));
        frame[6 + i] = (uint8_t)(from >> (8 * i));
    }
    frame[12] = (uint8_t)(type >> 8);
    frame[13] = (uint8_t)type;
    frame[15] = PAUSE_OPCODE;
    frame[16] = (uint8_t)(time >> 8);
    frame[17] = (uint8_t)time;
}

/* Ahead of all data, and although the partner may have paused us. False: the wire has no room. */
static bool offer_pause(struct e1000emu *chip, uint16_t time)
{
    uint8_t bytes[PAUSE_BYTES];
    struct e1000emu_frame frame = {.data = bytes, .length = sizeof bytes, .time = chip->now};

    make_pause(chip, bytes, time);
    if (emu_link_transmit(chip, &frame, 1) == 0)
        return false;
    emu_stats_add(chip, time ? REG_XOFFTXC : REG_XONTXC, 1);
    emu_stats_add(chip, REG_TPT, 1);
    emu_stats_add64(chip, REG_TOTL, PAUSE_BYTES + 4);
    return true;
}

/* What the wire refuses waits; a later one replaces it, because only the last one counts. False:
 * the transmitter is off, or there is no link. */
static bool send_pause(struct e1000emu *chip, uint16_t time)
{
    if (!(emu_get(chip, REG_TCTL) & TCTL_EN) || !(emu_get(chip, REG_STATUS) & STATUS_LU))
        return false;
    if (chip->faulty & EMU_AT_PAUSE && emu_fault_no_pause(chip))
        return false;
    chip->flow.pending = chip->flow.pending || !offer_pause(chip, time);
    chip->flow.pending_time = time;
    return true;
}

bool emu_flow_ready(struct e1000emu *chip)
{
    if (chip->flow.pending && offer_pause(chip, chip->flow.pending_time))
        chip->flow.pending = false;
    return !chip->flow.pending;
}

void emu_flow_software_xoff(struct e1000emu *chip)
{
    if (emu_get(chip, REG_STATUS) & STATUS_FD)
        send_pause(chip, (uint16_t)emu_get(chip, REG_FCTTV));
}

/* ---- The receive FIFO ----------------------------------------------------------------------- */

/* Marks of zero are those of a driver that wants no flow control. */
static bool watches_level(const struct e1000emu *chip)
{
    return (emu_get(chip, REG_CTRL) & CTRL_TFCE) && (emu_get(chip, REG_FCRTH) & FCRTH_RTH);
}

void emu_flow_level(struct e1000emu *chip)
{
    struct emu_flow *flow = &chip->flow;
    uint32_t used = chip->rx.fifo.used;
    bool fell = used < flow->level;

    flow->level = used;
    if (!flow->xoff) {
        if (watches_level(chip) && used >= (emu_get(chip, REG_FCRTH) & FCRTH_RTH))
            flow->xoff = send_pause(chip, (uint16_t)emu_get(chip, REG_FCTTV));
    } else if (fell && used <= (emu_get(chip, REG_FCRTL) & FCRTL_RTL)) {
        flow->xoff = false;
        if (watches_level(chip) && (emu_get(chip, REG_FCRTL) & FCRTL_XONE))
            send_pause(chip, 0);
    }
}

void emu_flow_overflow(struct e1000emu *chip)
{
    if (chip->flow.xoff && watches_level(chip))
        send_pause(chip, (uint16_t)emu_get(chip, REG_FCTTV));
}

/* ---- Receiving ------------------------------------------------------------------------------ */

bool emu_flow_is_control(const struct e1000emu *chip, const uint8_t *frame)
{
    return ((uint32_t)frame[12] << 8 | frame[13]) == emu_get(chip, REG_FCT);
}

static uint64_t destination(const uint8_t *frame)
{
    uint64_t address = 0;

    for (unsigned i = 0; i < 6; i++)
        address |= (uint64_t)frame[i] << (8 * i);
    return address;
}

static void resume(struct e1000emu *chip)
{
    uint32_t status = emu_get(chip, REG_STATUS);

    emu_timer_stop(chip, EMU_TIMER_PAUSE);
    if (!(status & STATUS_TXOFF))
        return;
    emu_set(chip, REG_STATUS, status & ~STATUS_TXOFF);
    emu_timer_start(chip, EMU_TIMER_TX, 0); /* not here: we may be in the midst of receiving */
}

/* Each XOFF starts its time anew, an XON ends it. */
static void obey_pause(struct e1000emu *chip, uint16_t time)
{
    if (time == 0) {
        emu_stats_add(chip, REG_XONRXC, 1);
        resume(chip);
        return;
    }
    emu_stats_add(chip, REG_XOFFRXC, 1);
    emu_set(chip, REG_STATUS, emu_get(chip, REG_STATUS) | STATUS_TXOFF);
    emu_timer_start(chip, EMU_TIMER_PAUSE,
                    (e1000emu_time)time * QUANTUM_BITS * 1000u / emu_link_mbps(chip));
}

static bool is_pause(const uint8_t *frame)
{
    return ((uint32_t)frame[14] << 8 | frame[15]) == PAUSE_OPCODE;
}

enum emu_flow_verdict emu_flow_judge(const struct e1000emu *chip, const uint8_t *frame)
{
    uint32_t rctl = emu_get(chip, REG_RCTL);
    uint32_t high = emu_get(chip, REG_RAH(0));
    uint64_t station = emu_get(chip, REG_RAL(0)) | (uint64_t)(high & RAH_ADDR) << 32;
    uint64_t group = emu_get(chip, REG_FCAL) | (uint64_t)emu_get(chip, REG_FCAH) << 32;
    uint64_t to = destination(frame);
    bool mine = (high & RAH_AV) && to == station;

    if (!emu_flow_is_control(chip, frame) || !(mine || to == group))
        return EMU_FLOW_ORDINARY;
    if (is_pause(frame))
        return mine && (rctl & RCTL_DPF) ? EMU_FLOW_TAKEN : EMU_FLOW_FILTERED;
    return rctl & RCTL_PMCF ? EMU_FLOW_PASS : EMU_FLOW_FILTERED;
}

void emu_flow_obey(struct e1000emu *chip, const uint8_t *frame)
{
    if (is_pause(frame))
        obey_pause(chip, (uint16_t)(frame[16] << 8 | frame[17]));
    else
        emu_stats_add(chip, REG_FCRUC, 1);
}

/* ---- What ends it --------------------------------------------------------------------------- */

void emu_flow_timer(struct e1000emu *chip)
{
    resume(chip);
}

void emu_flow_control_changed(struct e1000emu *chip)
{
    if (!(emu_get(chip, REG_CTRL) & CTRL_RFCE))
        resume(chip);
}

void emu_flow_reset(struct e1000emu *chip)
{
    chip->flow = (struct emu_flow){0};
    emu_timer_stop(chip, EMU_TIMER_PAUSE);
    emu_set(chip, REG_STATUS, emu_get(chip, REG_STATUS) & ~STATUS_TXOFF);
}
