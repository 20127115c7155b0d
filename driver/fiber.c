/* SPDX-License-Identifier: BSD-2-Clause */
/* Links over fibre and SerDes: the chip negotiates by itself (8.6), but not with everybody. */
#include "internal.h"

/* Looks at a partner that sends a signal and never a word, before it is taken as it is; a look
 * comes every tenth of a second. */
#define PATIENCE 5u

static uint32_t offer(const struct e1000_dev *dev)
{
    static const uint32_t pause[] = {
        [E1000_PAUSE_NONE] = 0,
        [E1000_PAUSE_RX] = E1000_TXCW_SYMMETRIC | E1000_TXCW_ASYMMETRIC,
        [E1000_PAUSE_TX] = E1000_TXCW_ASYMMETRIC,
        [E1000_PAUSE_FULL] = E1000_TXCW_SYMMETRIC | E1000_TXCW_ASYMMETRIC,
    };

    return E1000_TXCW_FD | pause[dev->media.pause];
}

/* The MAC's own idea of the link, without negotiation. */
static void force(struct e1000_dev *dev)
{
    e1000_write(dev, E1000_TXCW, offer(dev));
    e1000_write(dev, E1000_CTRL, e1000_read(dev, E1000_CTRL) | E1000_CTRL_SLU | E1000_CTRL_FD);
}

/* SLU would be a link without asking, where negotiation does not override it. */
static void negotiate(struct e1000_dev *dev)
{
    e1000_write(dev, E1000_CTRL, e1000_read(dev, E1000_CTRL) & ~E1000_CTRL_SLU);
    e1000_write(dev, E1000_TXCW, offer(dev) | E1000_TXCW_ANE);
}

/* The amplitude of the SerDes is the board maker's to say (5.6.3); a chip that does not take it
 * works without. */
static void set_amplitude(struct e1000_dev *dev)
{
    uint16_t word = dev->eeprom[E1000_EEPROM_AMPLITUDE];

    if (dev->id->flags & E1000_ID_REV3 && word != 0xFFFF && e1000_may_delay(dev, E1000_MDIC_US))
        (void)e1000_mdic_write(dev, E1000_PHY_EPSCR2, word & 0xF);
}

void e1000_fiber_setup(struct e1000_dev *dev)
{
    dev->fiber_forced = false;
    dev->fiber_waits = 0;
    set_amplitude(dev);
    if (dev->media.forced || e1000_loops(dev))
        force(dev);
    else
        negotiate(dev);
}

void e1000_fiber_watch(struct e1000_dev *dev, uint32_t status)
{
    uint32_t rxcw;

    if (dev->media.forced || e1000_loops(dev))
        return;
    rxcw = e1000_read(dev, E1000_RXCW);
    if (dev->fiber_forced) {
        /* It has learned to negotiate, or is another one. */
        if (rxcw & E1000_RXCW_RXCONFIG) {
            dev->fiber_forced = false;
            dev->fiber_waits = 0;
            negotiate(dev);
        }
        return;
    }
    if (status & E1000_STATUS_LU || !(rxcw & E1000_RXCW_RXSYNC) || rxcw & E1000_RXCW_RXCONFIG) {
        dev->fiber_waits = 0;
        return;
    }
    if (++dev->fiber_waits < PATIENCE)
        return;
    dev->fiber_forced = true;
    force(dev);
}
