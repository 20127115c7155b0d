/* SPDX-License-Identifier: BSD-2-Clause */
/* The watchdog: looks after link, interrupts, transmitter and statistics while UP. */
#include "internal.h"

#define WATCH_UP_US    500000u /* between looks when no interrupt asks for one */
#define CONFIRM_US     1000u   /* from the look that finds something waiting to the one that asks */
#define WATCH_DOWN_US  100000u
#define WATCH_QUIRK_US 20000u

void e1000_watch_on(struct e1000_dev *dev)
{
    uint32_t us = dev->link.up ? WATCH_UP_US : WATCH_DOWN_US;

    if (dev->quirks & E1000_QUIRK_LOSES_RXT0)
        us = WATCH_QUIRK_US;
    e1000_next(dev, E1000_STEP_WATCH, us);
}

/* What waits now is perhaps on its way; what still waits a moment later is not. */
static void look_for_lost_interrupts(struct e1000_dev *dev)
{
    dev->confirms = e1000_rescue(dev);
    if (dev->confirms)
        e1000_next(dev, E1000_STEP_WATCH, CONFIRM_US);
}

static bool harvest(struct e1000_dev *dev)
{
    uint64_t now = dev->os->time_us(dev->context);

    if (now < dev->stats_due)
        return false;
    dev->stats_due = now + E1000_HARVEST_US;
    e1000_stats_read(dev);
    return true;
}

/* What was queued when the link went never leaves, and its memory is wanted back: the second look
 * after a loss resets the chip, if the link is still away. */
static bool stranded(struct e1000_dev *dev)
{
    if (dev->link.up || !e1000_ring_used(&dev->tx) || !(dev->quirks & E1000_QUIRK_STRANDS))
        dev->tx_flush = 0;
    if (!dev->tx_flush || ++dev->tx_flush < 3)
        return false;
    dev->tx_flush = 0;
    dev->counters.tx_flushes++;
    e1000_say(dev, E1000_LOG_INFO, "reset, because the link was lost with frames queued");
    return true;
}

/* Transmitter and receiver, looked at when nothing else is going on. True when they had to be
 * reset. */
static bool restarted(struct e1000_dev *dev, uint32_t status, bool harvested)
{
    if (e1000_tx_hung(dev, status))
        dev->counters.tx_hangs++;
    else if (harvested && e1000_rx_hung(dev))
        dev->counters.rx_hangs++;
    else if (!stranded(dev))
        return false;
    e1000_restart(dev);
    return true;
}

/* Returns whether the link's registers have to be read first. */
static bool watch_link(struct e1000_dev *dev, uint32_t status, bool event)
{
    bool up = status & E1000_STATUS_LU;

    if (!up && dev->link.up) {
        e1000_link_lost(dev, false);
        dev->tx_flush = 1;
    }
    if (e1000_is_fiber(dev))
        e1000_fiber_watch(dev, status);
    if (!up || !(event || !dev->link.up))
        return false;
    if (!e1000_is_fiber(dev))
        return true;
    e1000_link_found(dev, status);
    return false;
}

void e1000_step_watch(struct e1000_dev *dev)
{
    uint32_t status = e1000_read(dev, E1000_STATUS);
    bool event = dev->link_event || dev->link_unsettled;

    if (status == E1000_GONE) {
        e1000_fail(dev, E1000_ERR_BUS);
        return;
    }
    dev->link_event = false;
    dev->link_unsettled = false;
    if (watch_link(dev, status, event)) {
        dev->row = 0;
        e1000_next(dev, E1000_STEP_LINK, 0);
        return;
    }
    if (dev->confirms && !event) {
        dev->confirms = false;
        (void)e1000_rescue(dev);
        e1000_watch_on(dev);
        return;
    }
    bool harvested = harvest(dev);
    if (!event && restarted(dev, status, harvested))
        return;
    e1000_watch_on(dev);
    if (!event)
        look_for_lost_interrupts(dev);
}
