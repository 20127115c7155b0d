/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of the receive and the transmit side is in a snapshot: see snapshot.h. Pointers are found
 * again: rings are attached by the next batch, and frames that wait in host memory are looked up
 * as after a change of the windows.
 */
#include "chip.h"
#include "rx_batch.h"
#include "snapshot.h"
#include "tx_run.h"

#define INDEX_MAX 0xFFFFu

/* ---- Rings ---------------------------------------------------------------------------------- */

static void walk_cache(struct emu_snapshot *s, struct emu_ring *ring)
{
    for (uint32_t i = 0; i < emu_snapshot_entries(s, ring->cached); i++) {
        struct emu_descriptor *descriptor = &ring->cache[(ring->first + i) % EMU_RING_CACHE];

        emu_snapshot_u64(s, &descriptor->address);
        emu_snapshot_u64(s, &descriptor->fields);
    }
    for (uint32_t i = 0; i < emu_snapshot_entries(s, ring->held); i++) {
        emu_snapshot_u64(s, &ring->waiting[i].fields);
        emu_snapshot_u32(s, &ring->waiting[i].index);
        emu_snapshot_require(s, ring->waiting[i].index < ring->count);
    }
}

/* Base and length are those of the registers, the first of which is at an offset. */
static void walk_ring(struct emu_snapshot *s, struct e1000emu *chip, struct emu_ring *ring,
                      uint32_t registers)
{
    if (emu_snapshot_loading(s))
        emu_ring_load(chip, ring, registers);
    emu_snapshot_limited(s, &ring->head, INDEX_MAX);
    emu_snapshot_limited(s, &ring->tail, INDEX_MAX);
    emu_snapshot_limited(s, &ring->first, EMU_RING_CACHE - 1);
    emu_snapshot_limited(s, &ring->cached, EMU_RING_CACHE);
    emu_snapshot_limited(s, &ring->held, EMU_RING_CACHE - 1);
    emu_snapshot_require(s, ring->cached == 0 || ring->head < ring->count);
    emu_snapshot_require(s, ring->cached <= ring->count);
    emu_snapshot_require(s, ring->cached + ring->held <= EMU_RING_CACHE);
    emu_snapshot_limited(s, &ring->prefetch_below, EMU_RING_CACHE - 1);
    emu_snapshot_limited(s, &ring->prefetch_least, EMU_RING_CACHE - 1);
    emu_snapshot_limited(s, &ring->write_back_at, EMU_RING_CACHE - 1);
    walk_cache(s, ring);
}

/* ---- Receiving ------------------------------------------------------------------------------ */

/* What a frame takes of the packet buffer. */
static uint32_t room_of(const struct emu_fifo_frame *frame)
{
    uint32_t length = frame->length + (frame->flags & E1000EMU_FRAME_FCS ? 0 : FCS);

    return (length + 7) & ~7u;
}

/* A tag and a check sequence that are to be taken off must be there. */
static bool is_whole(const struct emu_fifo_frame *frame)
{
    return frame->length >= (frame->status & RXD_STAT_VP ? TAG_OFFSET + TAG_BYTES : 0) &&
           frame->length >= (frame->flags & E1000EMU_FRAME_FCS ? FCS : 0);
}

/* Software may have left gaps between them. */
static void walk_fifo_frames(struct emu_snapshot *s, struct emu_fifo *fifo)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < emu_snapshot_entries(s, fifo->count); i++) {
        struct emu_fifo_frame *frame = &fifo->frame[(fifo->first + i) % EMU_FIFO_FRAMES];

        emu_snapshot_u16(s, &frame->start);
        emu_snapshot_u16(s, &frame->length);
        emu_snapshot_u8(s, &frame->flags);
        emu_snapshot_u8(s, &frame->status);
        emu_snapshot_u8(s, &frame->errors);
        used += room_of(frame);
        emu_snapshot_require(s, frame->start * 8u < fifo->size && frame->length <= fifo->size);
        emu_snapshot_require(s, used <= fifo->used && is_whole(frame));
    }
}

static void walk_fifo(struct emu_snapshot *s, struct emu_fifo *fifo)
{
    const struct emu_fifo_frame *oldest;

    emu_snapshot_limited(s, &fifo->size, PBM_BYTES);
    emu_snapshot_limited(s, &fifo->used, fifo->size);
    emu_snapshot_limited(s, &fifo->tail, fifo->size > 0 ? fifo->size - 8 : 0);
    emu_snapshot_require(s, fifo->size % 1024 == 0 && fifo->tail % 8 == 0);
    emu_snapshot_limited(s, &fifo->first, EMU_FIFO_FRAMES - 1);
    emu_snapshot_limited(s, &fifo->count, fifo->used > 0 ? EMU_FIFO_FRAMES : 0);
    walk_fifo_frames(s, fifo);
    oldest = &fifo->frame[fifo->first % EMU_FIFO_FRAMES];
    emu_snapshot_limited(s, &fifo->done, fifo->count > 0 ? oldest->length + FCS : 0);
}

void emu_snapshot_rx(struct emu_snapshot *s, struct e1000emu *chip)
{
    struct emu_rx *rx = &chip->rx;

    walk_ring(s, chip, &rx->ring, REG_RDBAL);
    emu_snapshot_u32(s, &rx->interrupts);
    emu_snapshot_u64(s, &rx->blocked_until);
    walk_fifo(s, &rx->fifo);
    if (!emu_snapshot_loading(s))
        return;
    /* The rest follows from registers. */
    emu_filter_reset(chip);
    rx->collects = rx->ring.write_back_at > 1 && emu_rx_rdtr(chip) > 0;
    emu_rx_load_rctl(chip);
}

/* ---- Sending -------------------------------------------------------------------------------- */

void emu_snapshot_context(struct emu_snapshot *s, struct emu_context *context)
{
    emu_snapshot_u8(s, &context->ipcss);
    emu_snapshot_u8(s, &context->ipcso);
    emu_snapshot_u16(s, &context->ipcse);
    emu_snapshot_u8(s, &context->tucss);
    emu_snapshot_u8(s, &context->tucso);
    emu_snapshot_u16(s, &context->tucse);
    emu_snapshot_bool(s, &context->tcp);
    emu_snapshot_bool(s, &context->ipv4);
    emu_snapshot_u8(s, &context->hdrlen);
    emu_snapshot_u16(s, &context->mss);
    emu_snapshot_limited(s, &context->paylen, 0xFFFFF);
}

static void walk_packet(struct emu_snapshot *s, struct emu_tx_packet *packet)
{
    emu_snapshot_bool(s, &packet->open);
    emu_snapshot_bool(s, &packet->discard);
    emu_snapshot_u8(s, &packet->kind);
    emu_snapshot_require(s, packet->kind <= EMU_TX_SEGMENTED);
    emu_snapshot_u8(s, &packet->options);
    emu_snapshot_u8(s, &packet->command);
    emu_snapshot_u16(s, &packet->special);
    emu_snapshot_limited(s, &packet->length, EMU_TX_FRAME_MAX);
    emu_snapshot_context(s, &packet->context);
}

/* Whether a segment can go on: what it has so far is less than what it shall have. */
static bool segment_is_possible(const struct emu_tx *tx)
{
    const struct emu_context *context = &tx->packet.context;
    const struct emu_tx_segmenter *segmenter = &tx->segmenter;
    uint32_t have, total;

    if (!tx->packet.open || tx->packet.kind != EMU_TX_SEGMENTED || tx->packet.discard)
        return true;
    if (!emu_tx_segment_possible(context) || segmenter->header > context->hdrlen ||
        segmenter->payload > context->paylen)
        return false;
    if (tx->packet.length == 0)
        return true;
    if (tx->packet.length < context->hdrlen || segmenter->header < context->hdrlen)
        return false;
    have = tx->packet.length - context->hdrlen;
    total = context->paylen - segmenter->payload + have;
    return have <= segmenter->payload && have < (total < context->mss ? total : context->mss);
}

static void walk_segmenter(struct emu_snapshot *s, struct emu_tx *tx)
{
    struct emu_tx_segmenter *segmenter = &tx->segmenter;

    emu_snapshot_limited(s, &segmenter->offset, 0xFFFFF);
    emu_snapshot_u32(s, &segmenter->header);
    emu_snapshot_u32(s, &segmenter->payload);
    emu_snapshot_u32(s, &segmenter->number);
    emu_snapshot_bytes(s, segmenter->prototype, sizeof segmenter->prototype);
    emu_snapshot_require(s, segment_is_possible(tx));
}

/* Either at a place in the staging memory, or where its descriptor says. */
static void walk_frame(struct emu_snapshot *s, struct emu_tx *tx, uint32_t i)
{
    struct e1000emu_frame *frame = &tx->frame[i];
    bool staged = s->mode != EMU_SNAPSHOT_LOAD && emu_tx_is_staged(tx, frame);
    uint32_t place = staged ? (uint32_t)(frame->data - tx->staging) : 0;

    emu_snapshot_bool(s, &staged);
    emu_snapshot_limited(s, &place, staged ? tx->staged : 0);
    emu_snapshot_limited(s, &frame->length,
                         staged ? tx->staged - place : EMU_TX_FRAME_MAX + EMU_TAG_BYTES);
    emu_snapshot_limited(s, &frame->flags, E1000EMU_FRAME_FCS);
    emu_snapshot_u64(s, &frame->time);
    if (emu_snapshot_loading(s))
        frame->data = staged ? tx->staging + place : NULL;
    emu_snapshot_u8(s, &tx->start[i]);
    emu_snapshot_require(s, tx->start[i] < tx->end);
}

/* Places in the cache, of what is under way there. */
static void walk_places(struct emu_snapshot *s, struct emu_tx *tx)
{
    emu_snapshot_limited(s, &tx->end, EMU_RING_CACHE);
    emu_snapshot_limited(s, &tx->next, tx->end);
    emu_snapshot_limited(s, &tx->done, tx->next);
    emu_snapshot_limited(s, &tx->begun, EMU_RING_CACHE - 1);
    emu_snapshot_require(s, tx->done == tx->end || tx->begun <= tx->next);
    emu_snapshot_require(s, tx->ring.cached == tx->end - tx->done);
    emu_snapshot_require(s, tx->ring.cached == 0 || tx->ring.first == tx->done % EMU_RING_CACHE);
}

/* The staging memory ends behind the frame under way, which must find room for the longest. */
static void walk_staging(struct emu_snapshot *s, struct emu_tx *tx)
{
    uint32_t under_way = tx->packet.length > 0 ? EMU_TAG_BYTES + tx->packet.length : 0;
    bool needs_room = under_way > 0 || (tx->packet.open && tx->packet.kind != EMU_TX_SEGMENTED);

    emu_snapshot_limited(s, &tx->staged,
                         needs_room ? EMU_TX_STAGING - EMU_TX_SLOT_MAX : EMU_TX_STAGING);
    emu_snapshot_bytes(s, tx->staging, tx->staged + under_way);
}

static void walk_tx_fifo(struct emu_snapshot *s, struct emu_tx_fifo *fifo)
{
    emu_snapshot_limited(s, &fifo->head, 0x7FF);
    emu_snapshot_limited(s, &fifo->shown, EMU_TX_BATCH);
    emu_snapshot_limited(s, &fifo->hand_start, 0x7FF);
    emu_snapshot_limited(s, &fifo->hand_quads, 0x7FF);
}

void emu_snapshot_tx(struct emu_snapshot *s, struct e1000emu *chip)
{
    struct emu_tx *tx = &chip->tx;

    walk_ring(s, chip, &tx->ring, REG_TDBAL);
    walk_places(s, tx);
    walk_packet(s, &tx->packet);
    walk_segmenter(s, tx);
    emu_snapshot_context(s, &tx->context[0]);
    emu_snapshot_context(s, &tx->context[1]);
    walk_staging(s, tx);
    emu_snapshot_limited(s, &tx->frames, EMU_TX_BATCH);
    emu_snapshot_limited(s, &tx->sent, tx->frames);
    for (uint32_t i = 0; i < emu_snapshot_entries(s, tx->frames - tx->sent); i++)
        walk_frame(s, tx, (tx->sent + i) % EMU_TX_BATCH);
    emu_snapshot_bool(s, &tx->blocked);
    emu_snapshot_bool(s, &tx->deferred);
    emu_snapshot_bool(s, &tx->tell);
    emu_snapshot_u32(s, &tx->since);
    walk_tx_fifo(s, &tx->fifo);
    if (emu_snapshot_loading(s))
        tx->moved = true;
}
