/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of a received frame, and what is counted about it (SDM 3.2.1, 13.7). */
#include "rx_batch.h"
#include "rx_checksum.h"

#define ADDRESS_BYTES 14u /* both addresses, and what is loaded with them */

/* Errors that make a frame bad, whatever its length. */
#define BAD                                                                      \
    (E1000EMU_FRAME_BAD_FCS | E1000EMU_FRAME_ALIGNMENT | E1000EMU_FRAME_SYMBOL | \
     E1000EMU_FRAME_CARRIER)

static bool gigabit(const struct e1000emu *chip)
{
    return (emu_get(chip, REG_STATUS) & STATUS_SPEED) >= STATUS_SPEED_1000;
}

void emu_rx_count_errors(struct e1000emu *chip, const struct emu_rx_frame *frame)
{
    uint32_t flags = frame->wire->flags;
    bool bad_fcs = flags & E1000EMU_FRAME_BAD_FCS;

    if (frame->length < SMALLEST) {
        emu_stats_add(chip, bad_fcs ? REG_RFC : REG_RUC, 1);
        emu_stats_add(chip, REG_RLEC, 1);
        return;
    }
    if (frame->length > chip->rx.longest) {
        emu_stats_add(chip, bad_fcs ? REG_RJC : REG_ROC, 1);
        emu_stats_add(chip, REG_RLEC, 1);
    }
    if (bad_fcs)
        emu_stats_add(chip, REG_CRCERRS, 1);
    if (flags & E1000EMU_FRAME_ALIGNMENT && !gigabit(chip))
        emu_stats_add(chip, REG_ALGNERRC, 1);
    if (flags & E1000EMU_FRAME_SYMBOL)
        emu_stats_add(chip, REG_RXERRC, 1);
    if (flags & E1000EMU_FRAME_CARRIER && gigabit(chip))
        emu_stats_add(chip, REG_CEXTERR, 1);
}

/* The error byte of its last descriptor. A carrier extension error has a bit on the 82544 only. */
static uint8_t error_bits(const struct e1000emu *chip, uint32_t flags)
{
    uint8_t errors = 0;

    if (flags & (E1000EMU_FRAME_BAD_FCS | E1000EMU_FRAME_ALIGNMENT))
        errors |= RXD_ERR_CE;
    if (flags & E1000EMU_FRAME_SYMBOL)
        errors |= emu_serdes_selected(chip) ? RXD_ERR_RXE | RXD_ERR_SE : RXD_ERR_RXE;
    if (flags & E1000EMU_FRAME_SEQUENCE && emu_serdes_selected(chip))
        errors |= RXD_ERR_SEQ;
    return errors;
}

/* The VLAN filter's word, and whether the tag will be taken off. */
static bool passes_vlan(const struct emu_rx_batch *batch, struct emu_rx_frame *frame)
{
    const struct e1000emu_frame *wire = frame->wire;

    if (!(batch->extras & EXTRA_VLAN) || frame->length < TAG_OFFSET + TAG_BYTES + FCS ||
        emu_rx_load16(wire->data + TAG_OFFSET) != batch->vet)
        return true;
    if (batch->rctl & RCTL_VFE &&
        !emu_filter_vlan(batch->chip, batch->rctl, emu_rx_load16(wire->data + TAG_OFFSET + 2)))
        return false;
    if (batch->extras & EXTRA_STRIP)
        frame->status |= RXD_STAT_VP;
    return true;
}

static void check_sums(const struct emu_rx_batch *batch, struct emu_rx_frame *frame)
{
    struct emu_rx_checksum result =
        emu_rx_checksum(frame->wire->data, frame->length - FCS, batch->rxcsum, batch->vet);

    frame->status = (uint8_t)((frame->status & ~RXD_STAT_IXSM) | result.status);
    frame->errors |= result.errors;
}

enum e1000emu_verdict emu_rx_judge(const struct emu_rx_batch *batch, struct emu_rx_frame *frame)
{
    const struct e1000emu *chip = batch->chip;
    const struct e1000emu_frame *wire = frame->wire;
    uint8_t header[ADDRESS_BYTES] = {0};
    enum emu_filter_result pass;

    memcpy(header, wire->data, wire->length < sizeof header ? wire->length : sizeof header);
    frame->length = wire->flags & E1000EMU_FRAME_FCS ? wire->length : wire->length + FCS;
    frame->destination = emu_rx_load64(header) & 0xffffffffffffull;
    frame->status = RXD_STAT_DD | RXD_STAT_EOP | RXD_STAT_IXSM;
    frame->errors = error_bits(chip, wire->flags);
    frame->good = frame->length >= SMALLEST && frame->length <= chip->rx.longest &&
                  !(wire->flags & BAD) && !(frame->errors & RXD_ERR_SEQ);

    pass = emu_filter_frame(chip, &chip->rx.filter, batch->rctl, frame->destination,
                            emu_rx_load64(header + 6));
    if (pass == EMU_FILTER_DROP || !passes_vlan(batch, frame))
        return E1000EMU_RX_ADDRESS;
    if (pass == EMU_FILTER_INEXACT)
        frame->status |= RXD_STAT_PIF;
    /* Nothing but an FCS can't be stored, whatever software wants. */
    if (frame->length > FCS && (frame->good || (batch->rctl & RCTL_SBP))) {
        if (batch->extras & EXTRA_CHECKSUM)
            check_sums(batch, frame);
        return E1000EMU_RX_STORED;
    }
    if (frame->length < SMALLEST)
        return E1000EMU_RX_UNDERSIZE;
    return frame->length > chip->rx.longest ? E1000EMU_RX_OVERSIZE : E1000EMU_RX_BAD;
}

bool emu_rx_examine(const struct e1000emu *chip, struct emu_rx_frame *frame)
{
    uint32_t rctl = emu_get(chip, REG_RCTL);
    const struct emu_rx_batch batch = {.chip = (struct e1000emu *)(uintptr_t)chip,
                                       .rctl = rctl,
                                       .extras = rctl & RCTL_VFE ? EXTRA_VLAN : 0,
                                       .vet = emu_get(chip, REG_VET)};

    return emu_rx_judge(&batch, frame) != E1000EMU_RX_ADDRESS;
}
