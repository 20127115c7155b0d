/* SPDX-License-Identifier: BSD-2-Clause */
/* What the interrupt handler asks (13.4.17). */
#include "internal.h"

unsigned e1000_interrupt(struct e1000_dev *dev)
{
    unsigned work = 0;

    /* A chip that is not up has its interrupts masked: the line is somebody else's. Reading ICR in
     * the middle of a reset would be one access too many. */
    if (dev->state != E1000_STATE_UP) {
        if (dev->job == E1000_JOB_TEST)
            e1000_test_interrupt(dev);
        return 0;
    }

    uint32_t icr = e1000_read(dev, E1000_ICR);
    if (!icr)
        return 0;
    if (icr == E1000_GONE) {
        e1000_fail(dev, E1000_ERR_BUS);
        return E1000_WORK_GONE;
    }

    dev->counters.interrupts++;
    if (icr & E1000_ICR_RXO)
        dev->counters.rx_overruns++;
    if (icr & (E1000_ICR_RXT0 | E1000_ICR_RXDMT0 | E1000_ICR_RXO) ||
        dev->quirks & E1000_QUIRK_LOSES_RXT0)
        work |= E1000_WORK_RX;
    if (icr & E1000_ICR_TXDW)
        work |= E1000_WORK_TX;
    if (icr & (E1000_ICR_LSC | E1000_ICR_RXSEQ)) {
        dev->link_event = true;
        work |= E1000_WORK_LINK;
    }
    return work;
}
