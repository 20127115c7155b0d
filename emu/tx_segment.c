/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP segmentation (SDM 3.5): the first HDRLEN bytes of a packet are a prototype header, what
 * follows is cut into pieces of MSS bytes, and each leaves behind its own copy of the header.
 *
 * A descriptor may hold up to a megabyte and make a frame of each byte, so that the work may stop
 * in the middle of one: tx.segmenter.offset tells where.
 */
#include <string.h>

#include "tx_run.h"

/* Without these no segment can be made; a segment must be a frame that can be sent. */
bool emu_tx_segment_possible(const struct emu_context *context)
{
    uint32_t longest = context->mss < context->paylen ? context->mss : context->paylen;

    return longest > 0 && context->hdrlen <= EMU_TX_HEADER_MAX &&
           context->hdrlen + longest <= EMU_TX_FRAME_MAX;
}

void emu_tx_segment_begin(struct emu_tx_run *run)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_tx_segmenter *segmenter = &tx->segmenter;

    segmenter->offset = 0;
    segmenter->header = 0;
    segmenter->payload = 0;
    segmenter->number = 0;
    tx->packet.discard = !emu_tx_segment_possible(&tx->packet.context);
}

/* ---- One segment ---------------------------------------------------------------------------- */

/* False: not now. */
static bool begin_segment(struct emu_tx_run *run)
{
    struct emu_tx *tx = &run->chip->tx;

    if (run->work >= EMU_TX_BUDGET)
        return false;
    if (tx->frames >= EMU_TX_SEGMENTS && !emu_tx_offer(run))
        return false;
    if (!emu_tx_make_room(run))
        return false;
    run->work++;
    /* The header's own descriptor goes with the first one. */
    if (tx->segmenter.number > 0)
        tx->begun = tx->next;
    memcpy(tx->staging + tx->staged + EMU_TAG_BYTES, tx->segmenter.prototype,
           tx->packet.context.hdrlen);
    tx->packet.length = tx->packet.context.hdrlen;
    return true;
}

static void end_segment(struct emu_tx_run *run)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_tx_packet *packet = &tx->packet;
    struct emu_tx_segmenter *segmenter = &tx->segmenter;
    const struct emu_segment segment = {
        .number = segmenter->number,
        .payload = packet->length - packet->context.hdrlen,
        .last = segmenter->payload == packet->context.paylen,
    };

    emu_offload_segment(tx->staging + tx->staged + EMU_TAG_BYTES, &packet->context, &segment,
                        packet->options);
    emu_tx_finish(run, packet->command, packet->special);
    packet->length = 0;
    segmenter->number++;
}

/* ---- One descriptor ------------------------------------------------------------------------- */

/* How much of left bytes belongs to the header. */
static uint32_t gather_header(struct emu_tx_run *run, uint64_t address, uint32_t left)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_tx_segmenter *segmenter = &tx->segmenter;
    uint32_t n = tx->packet.context.hdrlen - segmenter->header;

    if (n > left)
        n = left;
    if (n > 0 && emu_tx_gather(run, segmenter->prototype + segmenter->header, address, n))
        segmenter->header += n;
    return n;
}

/* How much of left bytes goes into the segment under way, which is not full. */
static uint32_t gather_payload(struct emu_tx_run *run, uint64_t address, uint32_t left)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_tx_packet *packet = &tx->packet;
    const struct emu_context *context = &packet->context;
    uint32_t have = packet->length - context->hdrlen;
    uint32_t total = context->paylen - tx->segmenter.payload + have; /* from this segment on */
    uint32_t size = total < context->mss ? total : context->mss;
    uint32_t n = size - have < left ? size - have : left;
    uint8_t *to = tx->staging + tx->staged + EMU_TAG_BYTES + packet->length;

    if (!emu_tx_gather(run, to, address, n))
        return n;
    packet->length += n;
    tx->segmenter.payload += n;
    if (have + n == size)
        end_segment(run);
    return n;
}

/* Takes what a buffer holds. False: the rest of it has to wait. */
static bool take(struct emu_tx_run *run, const struct emu_descriptor *descriptor)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_tx_packet *packet = &tx->packet;
    struct emu_tx_segmenter *segmenter = &tx->segmenter;
    uint32_t length = descriptor->address ? emu_tx_buffer_length(descriptor->fields) : 0;

    while (segmenter->offset < length && !packet->discard) {
        uint64_t address = descriptor->address + segmenter->offset;
        uint32_t left = length - segmenter->offset;

        if (segmenter->header < packet->context.hdrlen) {
            segmenter->offset += gather_header(run, address, left);
        } else if (segmenter->payload == packet->context.paylen) {
            packet->discard = true; /* more data than PAYLEN says */
        } else {
            if (packet->length == 0 && !begin_segment(run))
                return false;
            segmenter->offset += gather_payload(run, address, left);
        }
    }
    return true;
}

bool emu_tx_segment(struct emu_tx_run *run, const struct emu_descriptor *descriptor)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_tx_segmenter *segmenter = &tx->segmenter;
    bool complete;

    if (!take(run, descriptor))
        return false;
    /* Collisions may still make the packet fail (SDM 13.7.54). */
    if (run->shared && !emu_tx_offer(run))
        return false;
    segmenter->offset = 0;
    if (!(emu_tx_command(descriptor->fields) & TXD_CMD_EOP))
        return true;
    /* What a segment lacks is not made up: it is not sent. */
    complete = segmenter->payload == tx->packet.context.paylen && !tx->packet.discard;
    emu_stats_add(run->chip, complete ? REG_TSCTC : REG_TSCTFC, 1);
    tx->packet.open = false;
    tx->packet.length = 0;
    return true;
}
