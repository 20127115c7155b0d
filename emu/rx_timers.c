/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When software learns of received packets (SDM 3.2.7): at once, or after RDTR's delay, which each
 * packet starts anew, but no later than RADV's, which the first one starts. Whichever ends first
 * ends both. Descriptors that wait to be written back together are written before software is told.
 */
#include "rx_batch.h"

#define TIMER_NS 1024u

/* Not to a host that has taken the bus away. */
static void flush(struct e1000emu *chip)
{
    if (chip->rx.ring.held == 0 || !chip->pci.bus_master)
        return;
    emu_ring_flush(chip, &chip->rx.ring, EMU_DMA_RX_RING);
    emu_rx_show_head(chip);
}

void emu_rx_show_head(struct e1000emu *chip)
{
    const struct emu_ring *ring = &chip->rx.ring;
    uint32_t head = ring->head;

    /* What was used but not written back yet doesn't show. */
    if (ring->held > 0)
        head = ring->waiting[0].index;
    emu_set(chip, REG_RDH, head);
}

/* The cause of a receive interrupt; a profile may have the habit of forgetting some. */
static uint32_t receive_cause(struct e1000emu *chip)
{
    uint32_t missing = chip->profile.rxt0_missing;

    if (chip->faulty & EMU_AT_RXT0 && emu_fault_fires(chip, FAULT_RXT0_NEVER))
        return 0;
    if (missing == 0 || ++chip->rx.interrupts < missing)
        return ICR_RXT0;
    chip->rx.interrupts = 0;
    return 0;
}

static void stop_timers(struct e1000emu *chip)
{
    if (emu_timer_running(chip, EMU_TIMER_RDTR))
        emu_timer_stop(chip, EMU_TIMER_RDTR);
    if (emu_timer_running(chip, EMU_TIMER_RADV))
        emu_timer_stop(chip, EMU_TIMER_RADV);
}

/* Both timers stay halted until the next packet. */
static void expire(struct e1000emu *chip)
{
    stop_timers(chip);
    flush(chip);
    emu_irq_raise(chip, receive_cause(chip));
}

uint32_t emu_rx_arrived(struct e1000emu *chip, uint32_t shortest)
{
    uint32_t delay = emu_rx_rdtr(chip);
    uint32_t longest = emu_get(chip, REG_RADV);

    if (shortest <= emu_get(chip, REG_RSRPD)) {
        stop_timers(chip);
        flush(chip);
        return receive_cause(chip) | ICR_SRPD;
    }
    if (delay == 0)
        return receive_cause(chip);
    emu_timer_start(chip, EMU_TIMER_RDTR, (e1000emu_time)delay * TIMER_NS);
    if (longest > 0 && !emu_timer_running(chip, EMU_TIMER_RADV))
        emu_timer_start(chip, EMU_TIMER_RADV, (e1000emu_time)longest * TIMER_NS);
    return 0;
}

void emu_rx_rdtr_timer(struct e1000emu *chip)
{
    expire(chip);
}

void emu_rx_radv_timer(struct e1000emu *chip)
{
    expire(chip);
}

void emu_rx_load_thresholds(struct e1000emu *chip)
{
    struct emu_rx *rx = &chip->rx;

    emu_ring_set_thresholds(chip, &rx->ring, emu_get(chip, REG_RXDCTL));
    /* Without a delay every packet is told at once, and what is told has been written back. */
    rx->collects = rx->ring.write_back_at > 1 && emu_rx_rdtr(chip) > 0;
    if (!rx->collects)
        flush(chip);
    emu_rx_load_rctl(chip);
}

void emu_rx_write_rdtr(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    bool waiting = emu_timer_running(chip, EMU_TIMER_RDTR);

    (void)offset;
    (void)old;
    emu_rx_load_thresholds(chip);
    /* A flush tells even if there is nothing new; no delay ends one that is under way. */
    if (value & RDTR_FPD || (waiting && emu_rx_rdtr(chip) == 0))
        expire(chip);
}

void emu_rx_write_radv(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    if (emu_get(chip, REG_RADV) == 0 && emu_timer_running(chip, EMU_TIMER_RADV))
        emu_timer_stop(chip, EMU_TIMER_RADV);
}

void emu_rx_write_rxdctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    emu_rx_load_thresholds(chip);
}
