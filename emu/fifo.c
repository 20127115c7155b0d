/* SPDX-License-Identifier: BSD-2-Clause */
#include "fifo.h"

#include <string.h>

#include "chip.h"

#define QUADWORD 8u
#define FCS      4u

/* Bytes of the longest frame that is received. */
#define LONGEST 16384u

/* Bytes that a frame of this length with FCS takes. */
static uint32_t room_for(uint32_t length)
{
    return (length + QUADWORD - 1) & ~(QUADWORD - 1);
}

/* Length with FCS of a frame as it was handed over. */
static uint32_t with_fcs(uint32_t length, uint32_t flags)
{
    return flags & E1000EMU_FRAME_FCS ? length : length + FCS;
}

static uint8_t *packet_buffer(struct e1000emu *chip)
{
    return (uint8_t *)&chip->reg[REG_PBM / 4];
}

/* The diagnostic registers follow. Head is what goes to the host next, tail what comes from the
 * wire; the saved pointers are those of whole frames. */
static void show(struct e1000emu *chip)
{
    const struct emu_fifo *fifo = &chip->rx.fifo;
    uint32_t head = fifo->count ? fifo->frame[fifo->first].start : fifo->tail / QUADWORD;

    uint32_t next = head + fifo->done / QUADWORD;

    emu_set(chip, REG_RDFH, next < fifo->size / QUADWORD ? next : next - fifo->size / QUADWORD);
    emu_set(chip, REG_RDFT, fifo->tail / QUADWORD);
    emu_set(chip, REG_RDFHS, head);
    emu_set(chip, REG_RDFTS, fifo->tail / QUADWORD);
    emu_set(chip, REG_RDFPC, fifo->count);
    emu_flow_level(chip);
}

void emu_fifo_reset(struct e1000emu *chip)
{
    struct emu_fifo *fifo = &chip->rx.fifo;
    uint32_t size = (emu_get(chip, REG_PBA) & PBA_RXA) * 1024u;

    fifo->size = size < PBM_BYTES ? size : PBM_BYTES;
    fifo->used = 0;
    fifo->tail = 0;
    fifo->first = 0;
    fifo->count = 0;
    fifo->done = 0;
    show(chip);
}

bool emu_fifo_has_room(const struct emu_fifo *fifo, uint32_t length)
{
    return room_for(length) <= fifo->size - fifo->used && fifo->count < EMU_FIFO_FRAMES;
}

bool emu_fifo_could_hold(const struct emu_fifo *fifo, uint32_t length)
{
    return room_for(length) <= fifo->size;
}

void emu_fifo_push(struct e1000emu *chip, const struct e1000emu_frame *frame, uint8_t status,
                   uint8_t errors)
{
    struct emu_fifo *fifo = &chip->rx.fifo;
    uint8_t *bytes = packet_buffer(chip);
    uint32_t room = room_for(with_fcs(frame->length, frame->flags));
    uint32_t before_end = fifo->size - fifo->tail;
    uint32_t head = frame->length < before_end ? frame->length : before_end;

    memcpy(bytes + fifo->tail, frame->data, head);
    memcpy(bytes, frame->data + head, frame->length - head);
    fifo->frame[(fifo->first + fifo->count) % EMU_FIFO_FRAMES] =
        (struct emu_fifo_frame){.start = (uint16_t)(fifo->tail / QUADWORD),
                                .length = (uint16_t)frame->length,
                                .flags = (uint8_t)frame->flags,
                                .status = status,
                                .errors = errors};
    fifo->count++;
    fifo->used += room;
    fifo->tail += room;
    if (fifo->tail >= fifo->size)
        fifo->tail -= fifo->size;
    show(chip);
}

const struct emu_fifo_frame *emu_fifo_front(struct e1000emu *chip, struct emu_piece piece[2])
{
    const struct emu_fifo *fifo = &chip->rx.fifo;
    const struct emu_fifo_frame *frame = &fifo->frame[fifo->first];
    const uint8_t *bytes = packet_buffer(chip);
    uint32_t start = frame->start * QUADWORD;
    uint32_t before_end = fifo->size - start;
    uint32_t head = frame->length < before_end ? frame->length : before_end;

    piece[0] = (struct emu_piece){bytes + start, head};
    piece[1] = (struct emu_piece){bytes, frame->length - head};
    return frame;
}

static uint32_t room_of(const struct emu_fifo_frame *frame)
{
    return room_for(with_fcs(frame->length, frame->flags));
}

/* Without frames nothing is used, whatever software left behind the last one. */
static void drop_first(struct emu_fifo *fifo)
{
    fifo->used -= room_of(&fifo->frame[fifo->first]);
    fifo->first = (fifo->first + 1) % EMU_FIFO_FRAMES;
    fifo->count--;
    if (fifo->count == 0)
        fifo->used = 0;
}

void emu_fifo_pop(struct e1000emu *chip)
{
    struct emu_fifo *fifo = &chip->rx.fifo;

    drop_first(fifo);
    fifo->done = 0;
    show(chip);
}

void emu_fifo_set_done(struct e1000emu *chip, uint32_t done)
{
    if (done == chip->rx.fifo.done)
        return; /* nothing moved */
    chip->rx.fifo.done = done;
    show(chip);
}

void emu_fifo_pass(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    emu_fifo_push(chip, frame, 0, 0);
    emu_fifo_pop(chip);
}

/* ---- What software moves -------------------------------------------------------------------- */

/* Drops the frames that the head has passed over: all, if it stands in none of them. Inside of the
 * first one that stays it says how much of that the host has. */
static void move_head(struct emu_fifo *fifo, uint32_t head)
{
    while (fifo->count > 0) {
        const struct emu_fifo_frame *frame = &fifo->frame[fifo->first];
        uint32_t inside = (head + fifo->size - frame->start * QUADWORD) % fifo->size;

        if (inside < room_of(frame)) {
            fifo->done = inside < frame->length ? inside : frame->length;
            return;
        }
        drop_first(fifo);
    }
    fifo->done = 0;
}

/* One more frame, of so many bytes in front of the tail. */
static void add_by_hand(struct emu_fifo *fifo, uint32_t start, uint32_t length)
{
    if (length == 0 || length > LONGEST || fifo->count == EMU_FIFO_FRAMES)
        return;
    fifo->frame[(fifo->first + fifo->count) % EMU_FIFO_FRAMES] =
        (struct emu_fifo_frame){.start = (uint16_t)(start / QUADWORD),
                                .length = (uint16_t)length,
                                .flags = E1000EMU_FRAME_FCS,
                                .status = RXD_STAT_DD | RXD_STAT_EOP | RXD_STAT_IXSM};
    fifo->count++;
}

/* Keeps the frames that end in front of the tail, as many as the count says. */
static void move_tail(struct emu_fifo *fifo, uint32_t head, uint32_t tail, uint32_t packets)
{
    uint32_t start = fifo->count > 0 ? fifo->frame[fifo->first].start * QUADWORD : head;
    uint32_t distance = (tail + fifo->size - start) % fifo->size;
    uint32_t taken = 0, kept = 0;

    if (distance == 0 && fifo->used == fifo->size)
        distance = fifo->size; /* as full as it was */
    for (; kept < fifo->count && kept < packets; kept++) {
        uint32_t room = room_of(&fifo->frame[(fifo->first + kept) % EMU_FIFO_FRAMES]);

        if (taken + room > distance)
            break;
        taken += room;
    }
    fifo->count = kept;
    if (kept < packets)
        add_by_hand(fifo, (start + taken) % fifo->size, distance - taken);
    fifo->used = fifo->count > 0 ? distance : 0;
    fifo->tail = tail;
    if (kept == 0)
        fifo->done = 0;
}

void emu_fifo_write(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    struct emu_fifo *fifo = &chip->rx.fifo;
    uint32_t head, tail;

    (void)offset;
    (void)old;
    (void)value;
    if (fifo->size == 0)
        return;
    head = emu_get(chip, REG_RDFH) * QUADWORD % fifo->size;
    tail = emu_get(chip, REG_RDFT) * QUADWORD % fifo->size;
    move_head(fifo, head);
    move_tail(fifo, head, tail, emu_get(chip, REG_RDFPC));
    emu_flow_level(chip);
    if (fifo->count > 0)
        emu_timer_start(chip, EMU_TIMER_RX, 0);
}

/* The two differ where software has written one of them. */
void emu_fifo_restore_tail(struct e1000emu *chip)
{
    uint32_t saved = emu_get(chip, REG_RDFTS);

    if (saved == emu_get(chip, REG_RDFT))
        return;
    emu_set(chip, REG_RDFT, saved);
    emu_fifo_write(chip, REG_RDFT, 0, saved);
}
