/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts: what the handler asks (13.4.17), polling, and interrupts that get lost. */
#include "internal.h"

#define RX_CAUSES   (E1000_ICR_RXT0 | E1000_ICR_RXDMT0 | E1000_ICR_RXO)
#define LINK_CAUSES (E1000_ICR_LSC | E1000_ICR_RXSEQ)

/* ---- The mask ------------------------------------------------------------------------------- */

void e1000_interrupts_start(struct e1000_dev *dev)
{
    dev->masked = false;
    dev->tx_armed = false;
    dev->confirms = false;
    dev->rx_seen = dev->tx_seen = false;
    dev->ims = 0;
    if (dev->params.interrupts != E1000_INTERRUPTS_NONE)
        dev->ims = RX_CAUSES | LINK_CAUSES | (dev->params.tx_on_demand ? 0 : E1000_ICR_TXDW);
    if (dev->ims)
        e1000_write(dev, E1000_IMS, dev->ims);
    /* What a reset has given back is to be reaped, and nothing else would tell. */
    if (dev->cookie_prod != dev->cookie_cons) {
        e1000_tx_arm(dev);
        e1000_write(dev, E1000_ICS, E1000_ICR_TXDW);
    }
    e1000_flush(dev);
}

void e1000_tx_arm(struct e1000_dev *dev)
{
    if (!dev->params.tx_on_demand || dev->tx_armed || !dev->ims)
        return;
    dev->tx_armed = true;
    dev->ims |= E1000_ICR_TXDW;
    if (!dev->masked)
        e1000_write(dev, E1000_IMS, E1000_ICR_TXDW);
    /* An earlier look at the causes may have swallowed this one. */
    if (e1000_tx_waiting(dev))
        e1000_write(dev, E1000_ICS, E1000_ICR_TXDW);
}

void e1000_tx_disarm(struct e1000_dev *dev)
{
    if (!dev->tx_armed)
        return;
    dev->tx_armed = false;
    dev->ims &= ~(uint32_t)E1000_ICR_TXDW;
    if (dev->state == E1000_STATE_UP)
        e1000_write(dev, E1000_IMC, E1000_ICR_TXDW);
}

/* ---- The handler ---------------------------------------------------------------------------- */

static unsigned work_of(struct e1000_dev *dev, uint32_t icr)
{
    unsigned work = 0;

    if (icr & E1000_ICR_RXO)
        dev->counters.rx_overruns++;
    if (icr & RX_CAUSES || dev->quirks & E1000_QUIRK_LOSES_RXT0)
        work |= E1000_WORK_RX;
    if (icr & E1000_ICR_TXDW && dev->ims & E1000_ICR_TXDW)
        work |= E1000_WORK_TX;
    if (icr & LINK_CAUSES) {
        dev->link_event = true;
        work |= E1000_WORK_LINK;
    }
    return work;
}

unsigned e1000_interrupt(struct e1000_dev *dev)
{
    /* A chip that is not up has its interrupts masked: the line is somebody else's. Reading ICR in
     * the middle of a reset would be one access too many. */
    if (dev->state != E1000_STATE_UP) {
        if (dev->job == E1000_JOB_TEST)
            e1000_test_interrupt(dev);
        return 0;
    }
    /* Nor is it ours while masked: what there is stays in ICR until e1000_poll() is through. */
    if (dev->masked || !dev->ims)
        return 0;

    uint32_t icr = e1000_read(dev, E1000_ICR);
    if (!icr)
        return 0;
    if (icr == E1000_GONE) {
        e1000_fail(dev, E1000_ERR_BUS);
        return E1000_WORK_GONE;
    }

    dev->counters.interrupts++;
    unsigned work = work_of(dev, icr);
    if (dev->params.interrupts == E1000_INTERRUPTS_MASKED) {
        if (work) {
            dev->masked = true;
            e1000_write(dev, E1000_IMC, UINT32_MAX);
        }
    } else {
        e1000_moderate(dev);
    }
    return work;
}

unsigned e1000_poll(struct e1000_dev *dev, struct e1000_frag *frags, unsigned budget,
                    unsigned *work)
{
    unsigned taken = e1000_receive(dev, frags, budget);

    *work = 0;
    if (dev->state != E1000_STATE_UP)
        return 0;
    if (e1000_tx_waiting(dev))
        *work |= E1000_WORK_TX;
    if (dev->link_event)
        *work |= E1000_WORK_LINK;
    if (dev->rx_more) {
        *work |= E1000_WORK_RX;
    } else if (dev->masked) {
        e1000_moderate(dev);
        dev->masked = false;
        e1000_write(dev, E1000_IMS, dev->ims);
    }
    return taken;
}

/* ---- Interrupts that get lost --------------------------------------------------------------- */

/* Whether something waits that did so at the look before, when the ring stood where it stands. */
static bool stuck(bool waiting, bool *seen, uint32_t *watched, uint32_t cons)
{
    bool was = waiting && *seen && *watched == cons;

    *seen = waiting && !was;
    *watched = cons;
    return was;
}

/* An interrupt that was lost on its way leaves its causes behind, and while there are some no other
 * one is made: they are cleared, and come up once more. */
static void ask_again(struct e1000_dev *dev, uint32_t causes)
{
    uint32_t icr = e1000_read(dev, E1000_ICR);

    if (icr == E1000_GONE)
        return; /* the next look sees to that */
    if (icr & E1000_ICR_RXO)
        dev->counters.rx_overruns++;
    e1000_write(dev, E1000_ICS, causes | (icr & dev->ims & ~(uint32_t)E1000_ICR_RXO));
}

bool e1000_rescue(struct e1000_dev *dev)
{
    uint32_t causes = 0;

    if (dev->params.interrupts == E1000_INTERRUPTS_NONE || dev->masked)
        return false;
    if (stuck(e1000_rx_waiting(dev), &dev->rx_seen, &dev->watched_rx, dev->rx.cons))
        causes |= E1000_ICR_RXT0;
    if (stuck(e1000_tx_waiting(dev), &dev->tx_seen, &dev->watched_tx, dev->tx.cons)) {
        causes |= E1000_ICR_TXDW;
        e1000_tx_arm(dev);
    }
    if (causes) {
        dev->counters.rescues++;
        ask_again(dev, causes);
    }
    return dev->rx_seen || dev->tx_seen;
}
