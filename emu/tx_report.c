/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors go back to software: the status is written, at once or together with others
 * (TXDCTL.WTHRESH), and TXDW tells of it, at once or later (IDE, TIDV, TADV; SDM 3.4.2, 3.4.3).
 */
#include "tx_run.h"

#define DELAY_NS 1024u /* the unit of TIDV and TADV */

/* ---- Status --------------------------------------------------------------------------------- */

static void tell_now(struct emu_tx_run *run)
{
    run->causes |= ICR_TXDW;
    run->at_once = true;
    run->delayed = false;
}

/* What IDE says about the interrupt. False: it is not delayed. A TIDV of zero delays nothing. */
static bool is_delayed(struct emu_tx_run *run, uint64_t fields)
{
    if (!(fields & TXD_COMMAND(TXD_CMD_IDE)))
        return false;
    run->restart = true;
    return emu_get(run->chip, REG_TIDV) > 0;
}

static void report_now(struct emu_tx_run *run, uint32_t index, uint64_t fields)
{
    bool delayed = is_delayed(run, fields);

    if (!(fields & run->reports))
        return;
    emu_ring_write_back(run->chip, &run->chip->tx.ring, EMU_DMA_TX_RING, index, fields | TXD_DONE);
    if (delayed)
        run->delayed = true;
    else
        tell_now(run);
}

void emu_tx_write_waiting(struct emu_tx_run *run)
{
    struct emu_tx *tx = &run->chip->tx;

    emu_ring_flush(run->chip, &tx->ring, EMU_DMA_TX_RING);
    tx->since = 0;
    if (tx->tell)
        tell_now(run);
    tx->tell = false;
}

/* WTHRESH counts from the first descriptor with a status to write, those without included. */
static void report_later(struct emu_tx_run *run, uint32_t index, uint64_t fields)
{
    struct emu_tx *tx = &run->chip->tx;
    bool delayed = is_delayed(run, fields);

    if (fields & run->reports) {
        tx->tell = tx->tell || !delayed;
        run->delayed = run->delayed || delayed;
        emu_ring_write_back_later(run->chip, &tx->ring, EMU_DMA_TX_RING, index, fields | TXD_DONE);
        if (tx->ring.held == 0)
            emu_tx_write_waiting(run);
    }
    if (tx->ring.held > 0 && ++tx->since >= tx->ring.write_back_at)
        emu_tx_write_waiting(run);
}

void emu_tx_give_back(struct emu_tx_run *run, uint32_t end)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_ring *ring = &tx->ring;
    uint64_t marks = run->reports | TXD_COMMAND(TXD_CMD_IDE);
    bool together = ring->write_back_at > 1 || ring->held > 0;
    uint32_t index = ring->head;

    if (end <= tx->done)
        return;
    for (uint32_t i = tx->done; i < end; i++) {
        uint64_t fields = ring->cache[i].fields;

        if (together)
            report_later(run, index, fields);
        else if (fields & marks)
            report_now(run, index, fields);
        index = index + 1 == ring->count ? 0 : index + 1;
    }
    ring->head = index;
    ring->first = end % EMU_RING_CACHE;
    ring->cached -= end - tx->done;
    tx->done = end;
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

static void start(struct e1000emu *chip, enum emu_timer timer, uint32_t value)
{
    emu_timer_start(chip, timer, (e1000emu_time)value * DELAY_NS);
}

void emu_tx_report(struct emu_tx_run *run)
{
    struct e1000emu *chip = run->chip;

    if (run->at_once) {
        emu_timer_stop(chip, EMU_TIMER_TIDV);
        emu_timer_stop(chip, EMU_TIMER_TADV);
    }
    /* The absolute timer runs from the first descriptor on, the other one anew from each. */
    if (run->delayed && emu_get(chip, REG_TADV) > 0 && !emu_timer_running(chip, EMU_TIMER_TADV))
        start(chip, EMU_TIMER_TADV, emu_get(chip, REG_TADV));
    if (run->delayed || (run->restart && emu_timer_running(chip, EMU_TIMER_TIDV)))
        start(chip, EMU_TIMER_TIDV, emu_get(chip, REG_TIDV));
    if (run->causes)
        emu_irq_raise(chip, run->causes);
}

/* Whichever expires first stops the other. */
void emu_tx_delay_timer(struct e1000emu *chip)
{
    emu_timer_stop(chip, EMU_TIMER_TIDV);
    emu_timer_stop(chip, EMU_TIMER_TADV);
    emu_ring_flush(chip, &chip->tx.ring, EMU_DMA_TX_RING);
    chip->tx.since = 0;
    chip->tx.tell = false;
    emu_irq_raise(chip, ICR_TXDW);
}
