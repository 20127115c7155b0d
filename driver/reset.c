/* SPDX-License-Identifier: BSD-2-Clause */
/* Resetting the chip (14.7), in steps when there is time and in one go when memory must come back.
 */
#include "internal.h"

#define DMA_DRAIN_US     10000u /* for transfers on the bus to end */
#define EEPROM_RELOAD_US 5000u  /* the chip re-reads its EEPROM after a reset */
#define RESET_TRIES      20u    /* looks at CTRL.RST, a millisecond apart */
#define STOP_DRAIN_US    300u   /* the same two within one call */
#define STOP_RESET_US    500u

#define BUFFER_KIB 64u
#define TX_KIB     16u /* at least */
#define AHEAD_KIB  8u  /* of the next frame, while one of the largest size leaves */

uint32_t e1000_pba(const struct e1000_dev *dev)
{
    uint32_t tx = (dev->frame_limit + 1023) / 1024 + AHEAD_KIB;
    uint32_t rx = BUFFER_KIB - (tx > TX_KIB ? tx : TX_KIB);

    return dev->quirks & E1000_QUIRK_PBA_8K ? rx & ~7u : rx;
}

/* No interrupts, no frames in either direction; DMA that was begun still ends. */
void e1000_quiet(struct e1000_dev *dev)
{
    e1000_write(dev, E1000_IMC, UINT32_MAX);
    e1000_write(dev, E1000_RCTL, 0);
    e1000_write(dev, E1000_TCTL, E1000_TCTL_PSP);
    e1000_flush(dev);
}

/* In the way that the chip can bear; the first three need the I/O window, where there is one. */
static void issue_reset(struct e1000_dev *dev)
{
    uint32_t ctrl = e1000_read(dev, E1000_CTRL) | E1000_CTRL_RST;

    if (dev->quirks & E1000_QUIRK_RESET_BY_DUP) {
        e1000_write(dev, E1000_CTRL_DUP, ctrl);
    } else if (dev->quirks & E1000_QUIRK_RESET_BY_IO && dev->io_reset) {
        dev->os->io_write32(dev->context, E1000_IOADDR, E1000_CTRL);
        dev->os->io_write32(dev->context, E1000_IODATA, ctrl);
    } else {
        e1000_write(dev, E1000_CTRL, ctrl);
    }
    e1000_delay(dev, 2); /* 13.4.1: nothing may touch the chip for 1 µs */
}

void e1000_step_reset_quiet(struct e1000_dev *dev)
{
    e1000_quiet(dev);
    e1000_next(dev, E1000_STEP_RESET_ISSUE, DMA_DRAIN_US);
}

void e1000_step_reset_issue(struct e1000_dev *dev)
{
    /* The split of the packet buffer takes effect with the reset. */
    e1000_write(dev, E1000_PBA, e1000_pba(dev));
    issue_reset(dev);
    e1000_next(dev, E1000_STEP_RESET_WAIT, EEPROM_RELOAD_US);
}

void e1000_step_reset_wait(struct e1000_dev *dev)
{
    uint32_t ctrl = e1000_read(dev, E1000_CTRL);

    if (ctrl == E1000_GONE) {
        e1000_fail(dev, E1000_ERR_BUS);
        return;
    }
    if (ctrl & E1000_CTRL_RST) {
        e1000_again(dev, 1000, RESET_TRIES, E1000_ERR_RESET);
        return;
    }

    /* Neither answer ARP requests on the host's behalf nor wake it; no interrupt is left over. */
    e1000_write(dev, E1000_MANC, e1000_read(dev, E1000_MANC) & ~E1000_MANC_ARP_EN);
    e1000_write(dev, E1000_WUC, 0);
    e1000_write(dev, E1000_IMC, UINT32_MAX);
    (void)e1000_read(dev, E1000_ICR);

    /* Only now does the chip know nothing of the memory that it had. */
    e1000_rings_abandon(dev);
    dev->row = 0;
    if (dev->state == E1000_STATE_ATTACHING)
        e1000_eeprom_begin(dev);
    else if (dev->state == E1000_STATE_BUSY)
        e1000_next(dev, E1000_STEP_TEST, 0);
    else
        e1000_next(dev, E1000_STEP_TABLES, 0);
}

void e1000_restart(struct e1000_dev *dev)
{
    e1000_stats_read(dev); /* the reset clears what was counted */
    if (dev->link.up)
        e1000_link_lost(dev, false);
    dev->counters.resets++;
    dev->state = E1000_STATE_STARTING;
    e1000_next(dev, E1000_STEP_RESET_QUIET, 0);
    e1000_quiet(dev);
}

int e1000_reset(struct e1000_dev *dev)
{
    if (dev->state == E1000_STATE_STARTING)
        return E1000_OK;
    if (dev->state != E1000_STATE_UP)
        return E1000_ERR_STATE;
    e1000_restart(dev);
    return E1000_OK;
}

void e1000_stop(struct e1000_dev *dev)
{
    e1000_quiet(dev);
    e1000_delay(dev, STOP_DRAIN_US);
    issue_reset(dev);
    for (uint32_t us = 0; us < STOP_RESET_US; us += 10) {
        uint32_t ctrl = e1000_read(dev, E1000_CTRL);

        if (ctrl == E1000_GONE || !(ctrl & E1000_CTRL_RST))
            return;
        e1000_delay(dev, 10);
    }
    /* Then the bus has to keep it away from memory that is about to be freed; e1000_up() switches
     * bus mastering on again and finds out about the reset. */
    e1000_pci_master_off(dev);
}
