/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames on their way between the chip and the wire. What happens to each is drawn once, also when
 * the other side refuses it and it is offered again. */
#include <string.h>

#include "chip.h"
#include "stats.h"

#define FCS 4u

/* How long a frame waits for the one that is to pass it. */
#define SWAP_NS 1000000u

#define PAUSE_BYTES 60u

/* Bytes of a longer frame are left as they are: nobody receives or sends it. */
#define LONGEST 16384u

/* The bits of emu_fault_luck.fired, the same for both directions. */
enum {
    LUCK_BAD_FCS = 1u << 0,
    LUCK_CORRUPT = 1u << 1,
    LUCK_TRUNCATE = 1u << 2,
    LUCK_DROP = 1u << 3,
    LUCK_DUPLICATE = 1u << 4,
    LUCK_SWAP = 1u << 5,
    LUCK_OVERRUN = 1u << 6
};

/* ---- Luck ----------------------------------------------------------------------------------- */

/* first: FAULT_RX_BAD_FCS or FAULT_TX_BAD_FCS; the others follow in the order of the bits. */
static void draw(struct e1000emu *chip, struct emu_fault_wire *wire, enum emu_fault_id first,
                 const struct e1000emu_frame *frame)
{
    struct emu_fault_luck *luck = &wire->luck;

    if (wire->drawn)
        return;
    wire->drawn = true;
    *luck = (struct emu_fault_luck){0};
    for (unsigned i = 0; i < 6; i++) {
        struct emu_fault *fault;

        if (1u << i == LUCK_SWAP && (wire->held || frame->length > EMU_FAULT_HELD))
            continue; /* one at a time */
        fault = emu_fault_fires(chip, (enum emu_fault_id)(first + i));
        if (!fault)
            continue;
        luck->fired |= 1u << i;
        if (1u << i == LUCK_CORRUPT && frame->length > 0)
            luck->bit = emu_fault_random(fault, (uint64_t)frame->length * 8);
        if (1u << i == LUCK_TRUNCATE && fault->arg != E1000EMU_FAULT_DEFAULT)
            luck->left = (uint32_t)fault->arg;
        else if (1u << i == LUCK_TRUNCATE && frame->length > 1)
            luck->left = 1 + (uint32_t)emu_fault_random(fault, frame->length - 1);
    }
}

/* The frame as its luck makes it; bytes that change do so in a copy. */
static struct e1000emu_frame changed(const struct emu_fault_luck *luck,
                                     const struct e1000emu_frame *frame, uint8_t *copy)
{
    struct e1000emu_frame out = *frame;

    if (!(luck->fired & (LUCK_BAD_FCS | LUCK_CORRUPT | LUCK_TRUNCATE)))
        return out;
    /* Its own FCS no longer fits: one is made for it, good or bad. */
    if (out.flags & E1000EMU_FRAME_FCS) {
        out.length -= out.length < FCS ? out.length : FCS;
        out.flags &= ~(uint32_t)E1000EMU_FRAME_FCS;
    }
    if (luck->fired & LUCK_BAD_FCS)
        out.flags |= E1000EMU_FRAME_BAD_FCS;
    if (luck->fired & LUCK_TRUNCATE && luck->left < out.length)
        out.length = luck->left;
    if (luck->fired & LUCK_CORRUPT && out.length <= LONGEST && luck->bit / 8 < out.length) {
        memcpy(copy, out.data, out.length);
        copy[luck->bit / 8] ^= (uint8_t)(1u << luck->bit % 8);
        out.data = copy;
    }
    return out;
}

/* Not of a frame that doesn't fit: draw() sees to that. */
static void hold(struct e1000emu *chip, struct emu_fault_wire *wire,
                 const struct e1000emu_frame *frame)
{
    memcpy(wire->data, frame->data, frame->length);
    wire->length = frame->length;
    wire->flags = frame->flags;
    wire->held = true;
    wire->due = emu_fault_later(chip, SWAP_NS);
    emu_fault_refresh(chip);
}

static struct e1000emu_frame held_frame(const struct e1000emu *chip,
                                        const struct emu_fault_wire *wire)
{
    return (struct e1000emu_frame){
        .data = wire->data, .length = wire->length, .flags = wire->flags, .time = chip->now};
}

/* ---- Receiving ------------------------------------------------------------------------------ */

static void receive_held(struct e1000emu *chip)
{
    struct emu_fault_wire *wire = &chip->faults.rx;
    struct e1000emu_frame frame = held_frame(chip, wire);

    wire->held = false;
    emu_rx_from_wire(chip, &frame, 1, 0, NULL);
}

static bool receiver_is_on(const struct e1000emu *chip)
{
    return emu_get(chip, REG_RCTL) & RCTL_EN && emu_get(chip, REG_STATUS) & STATUS_LU &&
           !chip->faults.removed;
}

static uint8_t overrun(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    emu_stats_add(chip, REG_MPC, 1);
    if (chip->watch)
        emu_watch_received(chip, frame, E1000EMU_RX_OVERRUN);
    emu_irq_raise(chip, ICR_RXO);
    return E1000EMU_RX_OVERRUN;
}

/* A receiver that is off meets nothing new. */
static void draw_received(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    struct emu_fault_wire *wire = &chip->faults.rx;
    bool drawn = wire->drawn;
    const struct emu_fault *frozen;

    draw(chip, wire, FAULT_RX_BAD_FCS, frame);
    if (drawn || !receiver_is_on(chip))
        return;
    frozen = chip->faults.rx_frozen ? NULL : emu_fault_fires(chip, FAULT_RX_FROZEN);
    if (frozen) {
        chip->faults.rx_frozen = true;
        chip->faults.rx_frozen_for_ever = frozen->arg != 0;
    }
    if (emu_fault_fires(chip, FAULT_RX_OVERRUN))
        wire->luck.fired |= LUCK_OVERRUN;
}

/* Returns whether it was dealt with. */
static bool receive_one(struct e1000emu *chip, const struct e1000emu_frame *frame, unsigned flags,
                        uint8_t *verdict)
{
    struct emu_fault_wire *wire = &chip->faults.rx;
    uint8_t copy[LONGEST];
    struct e1000emu_frame now;
    bool passes = wire->held; /* one that waits for this one */

    draw_received(chip, frame);
    now = changed(&wire->luck, frame, copy);
    *verdict = E1000EMU_RX_BAD;
    if (wire->luck.fired & LUCK_DROP) {
        /* The chip never hears of it. */
    } else if (wire->luck.fired & LUCK_SWAP) {
        hold(chip, wire, &now);
        *verdict = E1000EMU_RX_STORED;
    } else if (receiver_is_on(chip) &&
               (chip->faults.rx_frozen || wire->luck.fired & LUCK_OVERRUN)) {
        *verdict = overrun(chip, &now);
    } else {
        if (emu_rx_from_wire(chip, &now, 1, flags, verdict) == 0)
            return false;
        if (wire->luck.fired & LUCK_DUPLICATE)
            emu_rx_from_wire(chip, &now, 1, 0, NULL);
    }
    wire->drawn = false;
    if (passes)
        receive_held(chip);
    return true;
}

size_t emu_fault_receive(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                         unsigned flags, uint8_t *verdicts)
{
    size_t i;

    for (i = 0; i < count; i++) {
        uint8_t verdict;

        if (!receive_one(chip, &frames[i], flags, &verdict))
            break;
        if (verdicts)
            verdicts[i] = verdict;
    }
    return i;
}

/* ---- Sending -------------------------------------------------------------------------------- */

static size_t to_host(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    return chip->host.transmit(chip->host.opaque, frame, 1);
}

/* What is refused waits on. */
static void send_held(struct e1000emu *chip)
{
    struct emu_fault_wire *wire = &chip->faults.tx;
    struct e1000emu_frame frame = held_frame(chip, wire);

    wire->held = to_host(chip, &frame) == 0;
    wire->due = emu_fault_later(chip, SWAP_NS);
}

/* Returns whether it was taken. */
static bool send_one(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    struct emu_fault_wire *wire = &chip->faults.tx;
    uint8_t copy[LONGEST];
    struct e1000emu_frame now;
    bool passes = wire->held;

    draw(chip, wire, FAULT_TX_BAD_FCS, frame);
    now = changed(&wire->luck, frame, copy);
    if (wire->luck.fired & LUCK_DROP) {
        /* It is on a wire that leads nowhere. */
    } else if (wire->luck.fired & LUCK_SWAP) {
        hold(chip, wire, &now);
    } else {
        if (to_host(chip, &now) == 0)
            return false;
        if (wire->luck.fired & LUCK_DUPLICATE)
            to_host(chip, &now);
    }
    wire->drawn = false;
    if (passes)
        send_held(chip);
    return true;
}

size_t emu_fault_transmit(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count)
{
    size_t i;

    for (i = 0; i < count && send_one(chip, &frames[i]); i++)
        ;
    return i;
}

/* ---- By themselves -------------------------------------------------------------------------- */

void emu_fault_release(struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;

    if (faults->rx.held && faults->rx.due <= chip->now)
        receive_held(chip);
    if (faults->tx.held && faults->tx.due <= chip->now)
        send_held(chip);
}

/* What is on the wire is none of the chip's. */
void emu_fault_wire_reset(struct e1000emu *chip)
{
    chip->faults.tx.drawn = false;
}

void emu_fault_pause_tick(struct e1000emu *chip, struct emu_fault *fault)
{
    static const uint8_t xoff[PAUSE_BYTES] = {
        0x01, 0x80, 0xC2, 0x00, 0x00, 0x01, /* the group that PAUSE frames go to */
        0x02, 0x00, 0x00, 0x00, 0x00, 0x01, /* some station */
        0x88, 0x08, 0x00, 0x01, 0xFF, 0xFF  /* for as long as there is */
    };
    const struct e1000emu_frame frame = {.data = xoff, .length = PAUSE_BYTES, .time = chip->now};

    (void)fault;
    if (!emu_loop_active(chip))
        emu_rx_from_wire(chip, &frame, 1, 0, NULL);
}
