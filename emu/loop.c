/* SPDX-License-Identifier: BSD-2-Clause */
#include "loop.h"

#include <string.h>

#include "chip.h"

/* Preamble and gap, in bytes: what a frame takes of the wire beside itself. */
#define WIRE_BYTES 20u
#define FCS        4u

_Static_assert(EMU_TX_SLOT_MAX <= EMU_LOOP_BYTES, "a frame that never fits would wait for ever");

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

static e1000emu_time wire_time(const struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    uint32_t bytes = frame->length + WIRE_BYTES + (frame->flags & E1000EMU_FRAME_FCS ? 0 : FCS);

    return (e1000emu_time)bytes * 8000u / emu_link_mbps(chip);
}

/* The next arrival: of the last frame under way, so that what was sent together arrives together.
 */
static void await(struct e1000emu *chip)
{
    const struct emu_loop *loop = &chip->loop;

    if (loop->count > 0 && !emu_timer_running(chip, EMU_TIMER_LOOP))
        emu_timer_start(chip, EMU_TIMER_LOOP, loop->idle - chip->now);
}

size_t emu_loop_transmit(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count)
{
    struct emu_loop *loop = &chip->loop;
    size_t i;

    if (loop->idle < chip->now)
        loop->idle = chip->now;
    for (i = 0; i < count; i++) {
        uint32_t length = frames[i].length;

        if (loop->count == EMU_LOOP_FRAMES || length > EMU_LOOP_BYTES - loop->used)
            break;
        memcpy(loop->bytes + loop->used, frames[i].data, length);
        loop->frame[loop->count].start = (uint16_t)loop->used;
        loop->frame[loop->count].length = (uint16_t)length;
        loop->frame[loop->count].flags = frames[i].flags;
        loop->idle += wire_time(chip, &frames[i]);
        loop->frame[loop->count].arrives = loop->idle;
        loop->count++;
        loop->used += length;
    }
    loop->refused = loop->refused || i < count;
    await(chip);
    return i;
}

void emu_loop_reset(struct e1000emu *chip)
{
    chip->loop.count = 0;
    chip->loop.used = 0;
    chip->loop.refused = false;
    chip->loop.idle = 0;
    emu_timer_stop(chip, EMU_TIMER_LOOP);
}

/* What has not arrived yet moves to the front. */
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
    uint32_t count;
    bool refused;

    for (count = 0; count < loop->count && loop->frame[count].arrives <= chip->now; count++)
        frame[count] = (struct e1000emu_frame){.data = loop->bytes + loop->frame[count].start,
                                               .length = loop->frame[count].length,
                                               .flags = loop->frame[count].flags,
                                               .time = loop->frame[count].arrives};
    /* A PAUSE frame that is sent in answer joins those that are under way. */
    if (comes_back(chip))
        emu_rx_frames(chip, frame, count, 0, NULL);
    keep_from(loop, count);
    await(chip);
    refused = loop->refused;
    loop->refused = false;
    if (refused)
        e1000emu_transmit_ready(chip);
}
