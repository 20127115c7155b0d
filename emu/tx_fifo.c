/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The packet buffer's transmit part (SDM 13.8.6 to 13.8.11). Frames that wait for the wire are seen
 * there from TDFH to TDFT, TDFPC of them; others pass through without being stored, unless the
 * configuration asks for that, and only the pointers move on.
 *
 * Software may move them, too, and the frames follow: those that TDFH passes over, and those behind
 * TDFT or TDFPC, are gone. What lies in front of TDFT behind all frames that the chip knows of,
 * with a TDFPC that counts it, is a frame that software put there: of whole quadwords, without its
 * FCS.
 */
#include <string.h>

#include "tx_run.h"

/* What the pointers of the transmit FIFO can count to. */
#define TDF_QUADS 2048u

/* Of the transmit part, in quadwords. */
static uint32_t fifo_size(const struct e1000emu *chip)
{
    uint32_t kilobytes = (emu_get(chip, REG_PBA) & PBA_TXA) >> PBA_TXA_SHIFT;

    return kilobytes * 128u < TDF_QUADS ? kilobytes * 128u : TDF_QUADS;
}

/* The register of its first dword. */
static uint32_t fifo_base(const struct e1000emu *chip)
{
    return (REG_PBM + (emu_get(chip, REG_PBA) & PBA_RXA) * 1024u) / 4;
}

/* ---- What is seen --------------------------------------------------------------------------- */

/* Stores a frame from a place on, counted in quadwords. */
static void store(struct e1000emu *chip, uint32_t place, uint32_t size,
                  const struct e1000emu_frame *frame)
{
    uint32_t base = fifo_base(chip);
    uint8_t bytes[8];

    for (uint32_t at = 0; at < frame->length; at += 8, place = (place + 1) % size) {
        uint32_t n = frame->length - at < 8 ? frame->length - at : 8;
        uint64_t quad;

        memset(bytes, 0, sizeof bytes);
        memcpy(bytes, frame->data + at, n);
        memcpy(&quad, bytes, sizeof quad);
        quad = emu_le64(quad);
        chip->reg[base + 2 * place] = (uint32_t)quad;
        chip->reg[base + 2 * place + 1] = (uint32_t)(quad >> 32);
    }
}

void emu_tx_pass(struct emu_tx_run *run, uint32_t frames)
{
    struct e1000emu *chip = run->chip;
    const struct emu_tx *tx = &chip->tx;
    uint32_t size = fifo_size(chip);
    uint32_t place = emu_get(chip, REG_TDFH) + run->quads;

    for (uint32_t i = tx->sent; size > 0 && i < tx->sent + frames; i++) {
        store(chip, place % size, size, &tx->frame[i]);
        place += emu_tx_quads(&tx->frame[i]);
    }
}

void emu_tx_show(const struct emu_tx_run *run)
{
    struct e1000emu *chip = run->chip;
    struct emu_tx *tx = &chip->tx;
    uint32_t size = fifo_size(chip);
    uint32_t head, tail;

    tx->fifo.shown = 0;
    if (size == 0 || tx->fifo.hand_quads > 0)
        return;
    head = tail = (emu_get(chip, REG_TDFH) + run->quads) % size;
    for (uint32_t i = tx->sent, used = 0; i < tx->frames; i++) {
        used += emu_tx_quads(&tx->frame[i]);
        if (used >= size)
            break;
        store(chip, tail, size, &tx->frame[i]);
        tail = (tail + emu_tx_quads(&tx->frame[i])) % size;
        tx->fifo.shown++;
    }
    tx->fifo.head = head;
    emu_set(chip, REG_TDFH, head);
    emu_set(chip, REG_TDFT, tail);
    emu_set(chip, REG_TDFHS, head);
    emu_set(chip, REG_TDFTS, tail);
    emu_set(chip, REG_TDFPC, tx->fifo.shown);
}

/* ---- What software moves -------------------------------------------------------------------- */

/* Takes frames out of those that wait; their descriptors are given back with the next ones. */
static void drop(struct emu_tx *tx, uint32_t first, uint32_t frames)
{
    uint32_t behind = tx->frames - first - frames;

    memmove(&tx->frame[first], &tx->frame[first + frames], behind * sizeof *tx->frame);
    memmove(&tx->start[first], &tx->start[first + frames], behind * sizeof *tx->start);
    tx->frames -= frames;
    tx->fifo.shown -= frames;
}

/* The frames that are shown and that TDFH has passed over: all, if it stands at none of them. */
static uint32_t passed(const struct emu_tx *tx, uint32_t head, uint32_t size)
{
    uint32_t place = tx->fifo.head;
    uint32_t n = 0;

    while (n < tx->fifo.shown && place % size != head)
        place += emu_tx_quads(&tx->frame[tx->sent + n++]);
    return n;
}

void emu_tx_write_fifo(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    struct emu_tx *tx = &chip->tx;
    struct emu_tx_fifo *fifo = &tx->fifo;
    uint32_t size = fifo_size(chip);
    uint32_t packets = emu_get(chip, REG_TDFPC);
    uint32_t head, distance, gone;
    uint32_t used = 0, kept = 0;

    (void)offset;
    (void)old;
    (void)value;
    if (size == 0)
        return;
    head = emu_get(chip, REG_TDFH) % size;
    distance = (emu_get(chip, REG_TDFT) % size + size - head) % size;
    if (fifo->shown > tx->frames - tx->sent)
        fifo->shown = tx->frames - tx->sent; /* a ring that was set up anew took the others along */
    gone = passed(tx, head, size);
    if (gone > 0)
        emu_medium_forget(chip);
    drop(tx, tx->sent, gone);
    fifo->head = head;
    while (kept < fifo->shown && kept < packets &&
           used + emu_tx_quads(&tx->frame[tx->sent + kept]) <= distance)
        used += emu_tx_quads(&tx->frame[tx->sent + kept++]);
    drop(tx, tx->sent + kept, fifo->shown - kept);

    fifo->hand_start = (head + used) % size;
    fifo->hand_quads = kept < packets ? distance - used : 0;
    if (fifo->hand_quads > 0)
        emu_timer_start(chip, EMU_TIMER_TX, 0);
}

void emu_tx_send_by_hand(struct emu_tx_run *run)
{
    struct e1000emu *chip = run->chip;
    struct emu_tx *tx = &chip->tx;
    struct emu_tx_fifo *fifo = &tx->fifo;
    struct e1000emu_frame frame = {.data = tx->staging, .time = chip->now};
    uint32_t base = fifo_base(chip);
    uint32_t size = fifo_size(chip);

    if (size == 0 || fifo->hand_quads > EMU_TX_FRAME_MAX / 8)
        fifo->hand_quads = 0; /* no frame that could be sent */
    if (fifo->hand_quads == 0 || tx->blocked || tx->sent < tx->frames || tx->packet.length > 0 ||
        emu_timer_running(chip, EMU_TIMER_MEDIUM))
        return;
    for (uint32_t i = 0; i < 8 * fifo->hand_quads; i++) {
        uint32_t quad = (fifo->hand_start + i / 8) % size;

        tx->staging[i] = (uint8_t)(chip->reg[base + 2 * quad + i % 8 / 4] >> i % 4 * 8);
    }
    frame.length = 8 * fifo->hand_quads;
    if (emu_link_transmit(chip, &frame, 1) == 0) {
        tx->blocked = true;
        return;
    }
    fifo->hand_quads = 0;
    emu_set(chip, REG_TDFH, fifo->hand_start);
    run->quads = 0; /* of the frames before it */
    emu_tx_count(run, &frame);
}
