/* SPDX-License-Identifier: BSD-2-Clause */
#include "medium.h"

#include "chip.h"
#include "random.h"
#include "stats.h"

/* Bytes of the wire. */
#define PREAMBLE 8u
#define JAM      4u
#define FCS      4u

/* What hardware adds to TIPG's fields (SDM 13.4.34). */
#define IPGT_EXTRA  4u
#define IPGR2_EXTRA 6u

/* Collisions from this one on are excessive. */
#define EXCESSIVE 16u

/* Where the backoff's range stops growing (IEEE 802.3 4.2.3.2.5). */
#define BACKOFF_BITS 10u

/* ---- Time ----------------------------------------------------------------------------------- */

/* The MAC's clock is the time of a byte at every speed. */
static e1000emu_time clocks(const struct e1000emu *chip, uint32_t n)
{
    return (e1000emu_time)n * 8000u / emu_link_mbps(chip);
}

static uint32_t ipgr1(const struct e1000emu *chip)
{
    return (emu_get(chip, REG_TIPG) & TIPG_IPGR1) >> 10;
}

static uint32_t ipgr2(const struct e1000emu *chip)
{
    return ((emu_get(chip, REG_TIPG) & TIPG_IPGR2) >> 20) + IPGR2_EXTRA;
}

/* Between frames that follow each other; AIFS may make it longer (SDM 8.7.1). */
static uint32_t back_to_back(const struct e1000emu *chip)
{
    uint32_t gap = (emu_get(chip, REG_TIPG) & TIPG_IPGT) + IPGT_EXTRA;
    uint32_t adaptive = emu_get(chip, REG_AIFS);

    return gap > adaptive ? gap : adaptive;
}

static uint32_t on_wire(const struct e1000emu_frame *frame)
{
    return frame->length + (frame->flags & E1000EMU_FRAME_FCS ? 0 : FCS);
}

static void wait(struct e1000emu *chip, e1000emu_time time)
{
    emu_timer_start(chip, EMU_TIMER_MEDIUM, time);
}

/* ---- Collisions ----------------------------------------------------------------------------- */

/* The frame is done with; what follows has attempts of its own. */
static void finish(struct e1000emu *chip)
{
    struct emu_medium *medium = &chip->medium;

    if (medium->collisions > 1 && medium->collisions < EXCESSIVE)
        emu_stats_add(chip, REG_MCC, 1);
    emu_medium_forget(chip);
}

void emu_medium_sent(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    struct emu_medium *medium = &chip->medium;

    if (medium->collisions == 1)
        emu_stats_add(chip, REG_SCC, 1); /* of packets that were sent after all */
    if (medium->outcome.no_carrier)
        emu_stats_add(chip, REG_TNCRS, 1);
    finish(chip);
    wait(chip, clocks(chip, PREAMBLE + on_wire(frame) + back_to_back(chip)));
}

/* A number of slots, of which there may be twice as many after each attempt. */
static uint32_t backoff(struct e1000emu *chip, unsigned attempts)
{
    unsigned bits = attempts < BACKOFF_BITS ? attempts : BACKOFF_BITS;
    uint32_t slot = (emu_get(chip, REG_TCTL) & TCTL_COLD) >> TCTL_COLD_SHIFT;

    return (emu_random(chip) & ((1u << bits) - 1)) * slot;
}

/* How a collision is counted. COLC has those that are not late; ECOL a packet with 16 of them,
 * where TCTL.CT lets it come that far (SDM 13.7.7 to 13.7.10). */
static void count(struct e1000emu *chip, bool late, uint32_t threshold)
{
    struct emu_medium *medium = &chip->medium;

    medium->collided = true;
    medium->last_collision = chip->now;
    medium->attempts++;
    if (late) {
        emu_stats_add(chip, REG_LATECOL, 1);
        return;
    }
    emu_stats_add(chip, REG_COLC, 1);
    if (++medium->collisions == EXCESSIVE && threshold >= EXCESSIVE)
        emu_stats_add(chip, REG_ECOL, 1);
}

static enum emu_medium_result collide(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    struct emu_medium *medium = &chip->medium;
    uint32_t tctl = emu_get(chip, REG_TCTL);
    uint32_t threshold = (tctl & TCTL_CT) >> TCTL_CT_SHIFT;
    uint32_t window = emu_link_mbps(chip) == 1000 ? 512u : 64u;
    uint32_t end = on_wire(frame);
    uint32_t at = medium->outcome.byte < end ? medium->outcome.byte : end;
    bool late = at >= window;
    uint32_t taken = PREAMBLE + at + JAM + ipgr2(chip);

    count(chip, late, threshold);
    if (late && !(tctl & TCTL_RTLC)) {
        medium->outcome.no_carrier = false;
        emu_medium_sent(chip, frame); /* or so the transmitter believes */
        return EMU_MEDIUM_LOST;
    }
    if (medium->attempts > threshold) {
        finish(chip);
        wait(chip, clocks(chip, taken));
        return EMU_MEDIUM_GIVEN_UP;
    }
    medium->deferred = false;
    wait(chip, clocks(chip, taken + backoff(chip, medium->attempts)));
    return EMU_MEDIUM_WAIT;
}

/* ---- Attempts ------------------------------------------------------------------------------- */

bool emu_medium_shared(const struct e1000emu *chip)
{
    return !(emu_get(chip, REG_STATUS) & STATUS_FD) && chip->host.attempt &&
           !emu_loop_active(chip) && !emu_serdes_selected(chip);
}

/* Others send: the gap begins behind them, and begins again if somebody sends in its first part. */
static enum emu_medium_result defer(struct e1000emu *chip)
{
    struct emu_medium *medium = &chip->medium;
    e1000emu_time others = medium->outcome.busy_ns;
    e1000emu_time first = clocks(chip, ipgr1(chip));

    if (!medium->deferred)
        emu_stats_add(chip, REG_DC, 1);
    medium->deferred = true;
    medium->phase = EMU_MEDIUM_LISTENING;
    wait(chip, others < E1000EMU_NEVER - first ? others + first : others);
    return EMU_MEDIUM_WAIT;
}

enum emu_medium_result emu_medium_try(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    struct emu_medium *medium = &chip->medium;

    if (medium->phase != EMU_MEDIUM_YIELDED) {
        medium->outcome = (struct e1000emu_attempt){0};
        chip->host.attempt(chip->host.opaque, frame, medium->attempts, &medium->outcome);
        if (medium->outcome.busy_ns > 0)
            return defer(chip);
        /* In the rest of the gap nobody listens any longer (SDM 13.4.34). */
        if (medium->phase == EMU_MEDIUM_LISTENING && ipgr2(chip) > ipgr1(chip)) {
            medium->phase = EMU_MEDIUM_YIELDED;
            wait(chip, clocks(chip, ipgr2(chip) - ipgr1(chip)));
            return EMU_MEDIUM_WAIT;
        }
    }
    medium->phase = EMU_MEDIUM_READY;
    return medium->outcome.collision ? collide(chip, frame) : EMU_MEDIUM_PASSES;
}

void emu_medium_forget(struct e1000emu *chip)
{
    struct emu_medium *medium = &chip->medium;

    medium->phase = EMU_MEDIUM_READY;
    medium->attempts = 0;
    medium->collisions = 0;
    medium->deferred = false;
}
