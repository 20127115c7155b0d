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

/* Whether one of them has something to cut off. */
static bool cuts(const struct e1000emu *chip, enum emu_fault_id id, uint32_t length)
{
    for (uint32_t i = 0; i < chip->faults.count; i++) {
        const struct emu_fault *fault = &chip->faults.set[i];
        uint64_t left = fault->arg == E1000EMU_FAULT_DEFAULT ? 1 : fault->arg;

        if (fault->id == id && left < length)
            return true;
    }
    return false;
}

/* One that is held back is passed by one frame, and not doubled; what is dropped has no luck left.
 */
static bool possible(const struct e1000emu *chip, const struct emu_fault_wire *wire, unsigned kind,
                     enum emu_fault_id id, uint32_t length)
{
    if (wire->luck.fired & LUCK_DROP)
        return false;
    switch (kind) {
    case LUCK_SWAP:
        return !wire->held && length <= EMU_FAULT_HELD;
    case LUCK_DUPLICATE:
        return !(wire->luck.fired & LUCK_SWAP);
    case LUCK_TRUNCATE:
        return cuts(chip, id, length);
    default:
        return true;
    }
}

/* What is left to chance beyond that it fires. */
static void draw_more(struct emu_fault_luck *luck, unsigned kind, struct emu_fault *fault,
                      uint32_t length)
{
    if (kind == LUCK_CORRUPT && length > 0)
        luck->bit = emu_fault_random(fault, (uint64_t)length * 8);
    if (kind == LUCK_TRUNCATE && fault->arg != E1000EMU_FAULT_DEFAULT)
        luck->left = (uint32_t)fault->arg;
    else if (kind == LUCK_TRUNCATE && length > 1)
        luck->left = 1 + (uint32_t)emu_fault_random(fault, length - 1);
}

/* first: FAULT_RX_BAD_FCS or FAULT_TX_BAD_FCS; the others follow in the order of the bits. */
static void draw(struct e1000emu *chip, struct emu_fault_wire *wire, enum emu_fault_id first,
                 const struct e1000emu_frame *frame)
{
    static const uint8_t order[] = {3, 5, 4, 0, 1, 2}; /* of the bits */

    if (wire->drawn)
        return;
    wire->drawn = true;
    wire->luck = (struct emu_fault_luck){0};
    for (unsigned i = 0; i < sizeof order; i++) {
        enum emu_fault_id id = (enum emu_fault_id)(first + order[i]);
        unsigned kind = 1u << order[i];
        struct emu_fault *fault;

        if (!possible(chip, wire, kind, id, frame->length))
            continue;
        fault = emu_fault_strikes(chip, id, frame);
        if (!fault)
            continue;
        wire->luck.fired |= kind;
        draw_more(&wire->luck, kind, fault, frame->length);
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
    unsigned flags = wire->waits ? E1000EMU_RECEIVE_WAIT : 0;

    wire->held = emu_rx_from_wire(chip, &frame, 1, flags, NULL) == 0;
    wire->due = emu_fault_later(chip, SWAP_NS);
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
    struct emu_fault *misaligned;

    draw(chip, wire, FAULT_RX_BAD_FCS, frame);
    if (drawn || !receiver_is_on(chip) || wire->luck.fired & (LUCK_DROP | LUCK_SWAP))
        return;
    frozen = chip->faults.rx_frozen ? NULL : emu_fault_fires(chip, FAULT_RX_FROZEN);
    if (frozen) {
        chip->faults.rx_frozen = true;
        chip->faults.rx_frozen_for_ever = frozen->arg != 0;
    }
    if (!chip->faults.rx_frozen && emu_fault_rdtr_hangs(chip))
        chip->faults.rx_frozen = true;
    misaligned = emu_fault_misaligned(chip, frame);
    if (misaligned) {
        wire->luck.fired |= LUCK_CORRUPT;
        wire->luck.bit = emu_fault_random(misaligned, (uint64_t)frame->length * 8);
    }
    if (emu_fault_strikes(chip, FAULT_RX_OVERRUN, frame))
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
        wire->waits = flags & E1000EMU_RECEIVE_WAIT;
        *verdict = E1000EMU_RX_STORED;
    } else if (receiver_is_on(chip) &&
               (chip->faults.rx_frozen || wire->luck.fired & LUCK_OVERRUN)) {
        *verdict = overrun(chip, &now);
    } else {
        if (emu_rx_from_wire(chip, &now, 1, flags, verdict) == 0)
            return false;
        if (wire->luck.fired & LUCK_DUPLICATE)
            emu_rx_from_wire(chip, &now, 1, flags, NULL);
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
