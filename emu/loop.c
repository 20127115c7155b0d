/* SPDX-License-Identifier: BSD-2-Clause */
#include "loop.h"

#include <string.h>

#include "chip.h"

/* Preamble, FCS if it isn't there, and gap, in bytes: what a frame takes of the wire beside itself.
 */
#define WIRE_BYTES 24u

bool emu_loop_active(const struct e1000emu *chip)
{
    return (emu_get(chip, REG_RCTL) & RCTL_LBM) == RCTL_LBM ||
           (chip->phy.reg[PHY_BMCR] & BMCR_LOOPBACK);
}

/* Other settings of RCTL.LBM are undefined, and full duplex is asked for (SDM 13.4.22). */
static bool comes_back(const struct e1000emu *chip)
{
    return emu_loop_active(chip) && (emu_get(chip, REG_STATUS) & STATUS_FD);
}

static e1000emu_time wire_time(const struct e1000emu *chip, uint32_t bytes)
{
    return (e1000emu_time)bytes * 8000u / emu_link_mbps(chip);
}

size_t emu_loop_transmit(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count)
{
    struct emu_loop *loop = &chip->loop;
    uint32_t bytes = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        uint32_t length = frames[i].length;

        if (length > EMU_LOOP_BYTES)
            continue; /* longer than anything that can be received */
        if (loop->count == EMU_LOOP_FRAMES || length > EMU_LOOP_BYTES - loop->used)
            break;
        memcpy(loop->bytes + loop->used, frames[i].data, length);
        loop->frame[loop->count].start = (uint16_t)loop->used;
        loop->frame[loop->count].length = (uint16_t)length;
        loop->frame[loop->count].flags = frames[i].flags;
        loop->count++;
        loop->used += length;
        bytes += length + WIRE_BYTES;
    }
    loop->refused = loop->refused || i < count;
    if (bytes > 0 && !emu_timer_running(chip, EMU_TIMER_LOOP))
        emu_timer_start(chip, EMU_TIMER_LOOP, wire_time(chip, bytes));
    return i;
}

void emu_loop_reset(struct e1000emu *chip)
{
    chip->loop.count = 0;
    chip->loop.used = 0;
    chip->loop.refused = false;
    emu_timer_stop(chip, EMU_TIMER_LOOP);
}

/* A PAUSE frame may have been sent in answer to those that arrived: it moves to the front. */
static void keep_from(struct emu_loop *loop, uint32_t first)
{
    uint32_t start = first < loop->count ? loop->frame[first].start : loop->used;

    memmove(loop->bytes, loop->bytes + start, loop->used - start);
    for (uint32_t i = first; i < loop->count; i++) {
        loop->frame[i - first] = loop->frame[i];
        loop->frame[i - first].start = (uint16_t)(loop->frame[i].start - start);
    }
    loop->count -= first;
    loop->used -= start;
}

void emu_loop_timer(struct e1000emu *chip)
{
    struct emu_loop *loop = &chip->loop;
    struct e1000emu_frame frame[EMU_LOOP_FRAMES];
    uint32_t count = loop->count;
    bool refused;

    for (uint32_t i = 0; i < count; i++)
        frame[i] = (struct e1000emu_frame){.data = loop->bytes + loop->frame[i].start,
                                           .length = loop->frame[i].length,
                                           .flags = loop->frame[i].flags,
                                           .time = chip->now};
    /* A PAUSE frame that is sent meanwhile waits for its own time. */
    if (comes_back(chip))
        emu_rx_frames(chip, frame, count, 0, NULL);
    keep_from(loop, count);
    if (loop->count > 0)
        emu_timer_start(chip, EMU_TIMER_LOOP, wire_time(chip, loop->used + WIRE_BYTES));
    refused = loop->refused;
    loop->refused = false;
    if (refused)
        e1000emu_transmit_ready(chip);
}
