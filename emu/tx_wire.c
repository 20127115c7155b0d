/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "link.h"
#include "tx_run.h"

#define FCS 4u

/* ---- Statistics ----------------------------------------------------------------------------- */

/* Of a frame of at least 14 bytes. */
static inline uint64_t destination(const struct e1000emu_frame *frame)
{
    uint64_t raw;

    memcpy(&raw, frame->data, sizeof raw);
    return emu_le64(raw) & 0xffffffffffffull;
}

/* The addresses of frames that are too short to be good count nevertheless (SDM 13.7). */
static void count_short(struct emu_tally *tally, const struct e1000emu_frame *frame)
{
    if (frame->length < 8)
        return;
    tally->group += (uint32_t)(destination(frame) & 1);
    tally->broadcast += destination(frame) == EMU_BROADCAST;
}

void emu_tx_count(struct emu_tx_run *run, const struct e1000emu_frame *frame)
{
    struct emu_tally *tally = &run->tally;
    uint32_t length = frame->length + (frame->flags & E1000EMU_FRAME_FCS ? 0 : FCS);

    run->quads += emu_tx_quads(frame);
    tally->all_packets++;
    tally->all_octets += length;
    if (length >= EMU_TX_SMALLEST + FCS)
        emu_tally_good(tally, length, destination(frame));
    else
        count_short(tally, frame);
}

/* ---- The wire ------------------------------------------------------------------------------- */

/* Half duplex: the frame that is to leave next. */
static enum emu_medium_result send_shared(struct emu_tx_run *run)
{
    struct e1000emu *chip = run->chip;
    struct emu_tx *tx = &chip->tx;
    struct e1000emu_frame *frame = &tx->frame[tx->sent];
    enum emu_medium_result result;

    if (emu_timer_running(chip, EMU_TIMER_MEDIUM))
        return EMU_MEDIUM_WAIT;
    frame->time = chip->now;
    result = emu_medium_try(chip, frame);
    if (result == EMU_MEDIUM_PASSES) {
        if (emu_link_transmit(chip, frame, 1) == 0) {
            tx->blocked = true;
            return EMU_MEDIUM_WAIT;
        }
        if (chip->store_frames)
            emu_tx_pass(run, 1);
        emu_medium_sent(chip, frame);
    }
    return result;
}

/* What is given up takes the rest of its segmented packet along: it is the only one under way. */
static bool offer_shared(struct emu_tx_run *run)
{
    struct emu_tx *tx = &run->chip->tx;

    for (; tx->sent < tx->frames; tx->sent++) {
        enum emu_medium_result result = send_shared(run);

        if (result == EMU_MEDIUM_WAIT) {
            emu_tx_give_back(run, tx->start[tx->sent]);
            return false;
        }
        if (result == EMU_MEDIUM_GIVEN_UP)
            tx->packet.discard = tx->packet.open;
        else
            emu_tx_count(run, &tx->frame[tx->sent]);
    }
    return true;
}

bool emu_tx_offer(struct emu_tx_run *run)
{
    struct emu_tx *tx = &run->chip->tx;
    uint32_t offered = tx->frames - tx->sent;
    size_t taken;

    if (run->shared) {
        if (!offer_shared(run))
            return false;
    } else if (offered > 0) {
        taken = emu_link_transmit(run->chip, &tx->frame[tx->sent], offered);
        if (taken > offered)
            taken = offered;
        if (run->chip->store_frames)
            emu_tx_pass(run, (uint32_t)taken);
        for (size_t i = 0; i < taken; i++)
            emu_tx_count(run, &tx->frame[tx->sent + i]);
        tx->sent += (uint32_t)taken;
        if (taken < offered) {
            emu_tx_give_back(run, tx->start[tx->sent]);
            tx->blocked = true;
            return false;
        }
    }
    tx->sent = 0;
    tx->frames = 0;
    if (tx->packet.length == 0)
        tx->staged = 0;
    return true;
}

void emu_tx_find_again(struct e1000emu *chip)
{
    struct emu_tx *tx = &chip->tx;
    uint32_t kept = tx->sent;

    for (uint32_t i = tx->sent; i < tx->frames; i++) {
        struct e1000emu_frame frame = tx->frame[i];
        uint64_t address = tx->ring.cache[tx->start[i]].address;

        if (!emu_tx_is_staged(tx, &frame)) {
            frame.data = emu_dma_pointer(&chip->dma, EMU_DMA_TX_BUFFER, address, frame.length,
                                         E1000EMU_DMA_READ);
            if (!frame.data) {
                if (chip->watch)
                    emu_watch_dma_failed(chip, address, frame.length, false);
                emu_pci_set_status(chip, EMU_PCI_MASTER_ABORT);
                continue;
            }
        }
        tx->start[kept] = tx->start[i];
        tx->frame[kept++] = frame;
    }
    tx->frames = kept;
    tx->moved = false;
}
