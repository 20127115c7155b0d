/* SPDX-License-Identifier: BSD-2-Clause */
#include "fifo.h"

#include <string.h>

#include "chip.h"

#define QUADWORD 8u
#define FCS      4u

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

/* The diagnostic registers follow; nothing is ever read back from them. Head is what goes to the
 * host next, tail what comes from the wire; the saved pointers are those of whole frames. */
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

void emu_fifo_pop(struct e1000emu *chip)
{
    struct emu_fifo *fifo = &chip->rx.fifo;
    const struct emu_fifo_frame *frame = &fifo->frame[fifo->first];

    fifo->used -= room_for(with_fcs(frame->length, frame->flags));
    fifo->first = (fifo->first + 1) % EMU_FIFO_FRAMES;
    fifo->count--;
    fifo->done = 0;
    show(chip);
}

void emu_fifo_set_done(struct e1000emu *chip, uint32_t done)
{
    chip->rx.fifo.done = done;
    show(chip);
}
