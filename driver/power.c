/* SPDX-License-Identifier: BSD-2-Clause */
/* Sleeping in D3, waking, and what the chip wakes the system for (6, 13.6). */
#include "internal.h"

#define CAPABILITIES  48u /* that fit into the list; a list that bites its own tail ends there */
#define LIST_BEGINS   0x40u
#define LAST_PLACE    0xF0u
#define SMALLEST_RING 128u /* bytes */
#define CONFIG_FIRST  (E1000_PCI_COMMAND / 2)

/* ---- Configuration space -------------------------------------------------------------------- */

static uint16_t config(struct e1000_dev *dev, uint32_t offset)
{
    return dev->os->config_read16(dev->context, offset);
}

static void set_config(struct e1000_dev *dev, uint32_t offset, uint16_t value)
{
    dev->os->config_write16(dev->context, offset, value);
}

uint32_t e1000_capability(struct e1000_dev *dev, uint8_t id)
{
    uint32_t at = 0;

    if (config(dev, E1000_PCI_STATUS) & E1000_PCI_STATUS_CAPS)
        at = config(dev, E1000_PCI_CAPABILITIES) & 0xFC;
    /* Behind the header, and with room for the largest of them. */
    for (unsigned i = 0; at >= LIST_BEGINS && at <= LAST_PLACE && i < CAPABILITIES; i++) {
        uint16_t head = config(dev, at);

        if ((head & 0xFF) == id)
            return at;
        at = head >> 8 & 0xFC;
    }
    return 0;
}

/* The power state; PME_Status is written back as zero, which changes nothing. */
static void set_power(struct e1000_dev *dev, uint32_t at, uint16_t state, bool pme)
{
    uint16_t csr = config(dev, at + E1000_PM_CSR);

    csr &= (uint16_t) ~(E1000_PM_CSR_STATE | E1000_PM_CSR_PME_EN | E1000_PM_CSR_PME_STATUS);
    set_config(dev, at + E1000_PM_CSR, (uint16_t)(csr | state | (pme ? E1000_PM_CSR_PME_EN : 0)));
}

bool e1000_power_on(struct e1000_dev *dev)
{
    uint32_t at = e1000_capability(dev, E1000_PCI_CAP_PM);

    if (!at || !(config(dev, at + E1000_PM_CSR) & E1000_PM_CSR_STATE))
        return true;
    set_power(dev, at, 0, false);
    return false;
}

/* ---- Waking --------------------------------------------------------------------------------- */

#define BY_FILTER                                                                     \
    (E1000_WAKE_LINK | E1000_WAKE_MAGIC | E1000_WAKE_UNICAST | E1000_WAKE_MULTICAST | \
     E1000_WAKE_BROADCAST | E1000_WAKE_ARP)

_Static_assert(BY_FILTER == (E1000_WUFC_LNKC | E1000_WUFC_MAG | E1000_WUFC_EX | E1000_WUFC_MC |
                             E1000_WUFC_BC | E1000_WUFC_ARP),
               "events are WUFC's bits");

uint32_t e1000_wake_able(struct e1000_dev *dev)
{
    uint32_t at = e1000_capability(dev, E1000_PCI_CAP_PM);

    if (!at || !(config(dev, at + E1000_PM_PMC) & E1000_PM_PMC_D3HOT) ||
        dev->quirks & E1000_QUIRK_NO_WAKE ||
        (dev->quirks & E1000_QUIRK_WAKES_A && dev->identity.port))
        return 0;
    return BY_FILTER | E1000_WAKE_APM;
}

int e1000_set_wake(struct e1000_dev *dev, uint32_t events, const uint8_t ipv4[4])
{
    if (dev->state == E1000_STATE_DETACHED || dev->state == E1000_STATE_ATTACHING)
        return E1000_ERR_STATE;
    if (events & ~dev->identity.wake || (events & E1000_WAKE_ARP && !ipv4))
        return E1000_ERR_PARAMETER;
    dev->wake = events;
    if (ipv4)
        memcpy(dev->wake_ipv4, ipv4, sizeof dev->wake_ipv4);
    return E1000_OK;
}

/* The receiver has to run, with a ring that has room for nothing. */
static void empty_ring(struct e1000_dev *dev)
{
    e1000_write(dev, E1000_RDBAL, 0);
    e1000_write(dev, E1000_RDBAH, 0);
    e1000_write(dev, E1000_RDLEN, SMALLEST_RING);
    e1000_write(dev, E1000_RDH, 0);
    e1000_write(dev, E1000_RDT, 0);
}

/* Filters apply to what wakes too. */
static void arm(struct e1000_dev *dev)
{
    const uint8_t *ip = dev->wake_ipv4;
    uint32_t rctl = E1000_RCTL_EN | E1000_RCTL_BAM | e1000_filter_rctl(dev);
    uint32_t wuc = E1000_WUC_PME_EN | E1000_WUC_PME_STATUS;
    uint32_t ctrl = E1000_CTRL_ADVD3WUC;

    /* The PHY would leave a gigabit link for a slower one: a change that wakes at once. */
    if (!(dev->wake & E1000_WAKE_LINK))
        ctrl |= E1000_CTRL_EN_PHY_PWR_MGMT;
    if (dev->wake & E1000_WAKE_MULTICAST)
        rctl |= E1000_RCTL_MPE;
    if (dev->wake & E1000_WAKE_ARP) {
        e1000_write(dev, E1000_IP4AT(0),
                    ip[0] | (uint32_t)ip[1] << 8 | (uint32_t)ip[2] << 16 | (uint32_t)ip[3] << 24);
        e1000_write(dev, E1000_IPAV, E1000_IPAV_V40);
    }
    if (dev->wake & E1000_WAKE_APM)
        wuc |= E1000_WUC_APME | E1000_WUC_APMPME;
    e1000_set_up_mac(dev);
    e1000_filter_write(dev);
    empty_ring(dev);
    e1000_write(dev, E1000_CTRL,
                (e1000_read(dev, E1000_CTRL) & ~E1000_CTRL_EN_PHY_PWR_MGMT) | ctrl);
    e1000_write(dev, E1000_RCTL, rctl);
    e1000_write(dev, E1000_WUS, BY_FILTER);
    e1000_write(dev, E1000_WUFC, dev->wake & BY_FILTER);
    e1000_write_flush(dev, E1000_WUC, wuc);
}

/* ---- Sleeping ------------------------------------------------------------------------------- */

int e1000_suspend(struct e1000_dev *dev)
{
    if (dev->state != E1000_STATE_DOWN && dev->state != E1000_STATE_UP)
        return E1000_ERR_STATE;

    dev->was_up = dev->state == E1000_STATE_UP;
    if (dev->was_up) {
        e1000_stats_read(dev);
        if (dev->link.up)
            e1000_link_lost(dev, false);
    } else {
        dev->phy_ready = false;
    }
    for (unsigned i = CONFIG_FIRST; i < E1000_CONFIG_WORDS; i++)
        dev->config[i] = config(dev, 2 * i);
    dev->state = E1000_STATE_SUSPENDING;
    e1000_quiet(dev);
    e1000_next(dev, E1000_STEP_RESET_QUIET, 0);
    return E1000_OK;
}

/* The chip was reset, its filters and, if it is to wake, its PHY are set up. */
void e1000_step_sleep(struct e1000_dev *dev)
{
    uint32_t at = e1000_capability(dev, E1000_PCI_CAP_PM);

    /* After e1000_down() the bus may be off, and the receiver wants it to be on until D3 takes it
     * away. */
    if (dev->wake && !e1000_pci_enable(dev, true))
        arm(dev);
    else
        e1000_pci_master_off(dev);
    dev->state = E1000_STATE_SUSPENDED;
    dev->step = E1000_STEP_NONE;
    if (at)
        set_power(dev, at, E1000_PM_CSR_STATE, dev->wake != 0);
}

/* What D3 forgets: command, BARs, interrupt line. The command register goes last, and its upper
 * half, status, is not written. */
static void restore_config(struct e1000_dev *dev)
{
    for (unsigned i = E1000_CONFIG_WORDS; i-- > CONFIG_FIRST;) {
        if (i != E1000_PCI_STATUS / 2 && config(dev, 2 * i) != dev->config[i])
            set_config(dev, 2 * i, dev->config[i]);
    }
}

int e1000_resume(struct e1000_dev *dev)
{
    if (dev->state != E1000_STATE_SUSPENDED)
        return E1000_ERR_STATE;

    bool awake = e1000_power_on(dev);

    dev->state = E1000_STATE_RESUMING;
    dev->phy_ready = false;
    e1000_next(dev, E1000_STEP_AWAKE, awake ? 0 : E1000_AWAKE_US);
    return E1000_OK;
}

uint32_t e1000_woken_by(const struct e1000_dev *dev)
{
    return dev->woken;
}

static void forget_waking(struct e1000_dev *dev)
{
    dev->woken = e1000_read(dev, E1000_WUS) & BY_FILTER;
    e1000_write(dev, E1000_WUS, BY_FILTER);
    e1000_write(dev, E1000_WUFC, 0);
    e1000_write_flush(dev, E1000_WUC, E1000_WUC_PME_STATUS);
}

/* The chip is in D0 again, after sleeping or because whoever was here before let it sleep. */
void e1000_step_awake(struct e1000_dev *dev)
{
    bool attaching = dev->state == E1000_STATE_ATTACHING;

    if (!attaching)
        restore_config(dev);

    int error = attaching ? e1000_attach_bus(dev) : e1000_pci_enable(dev, false);
    if (error) {
        e1000_fail(dev, error);
        return;
    }
    if (attaching) {
        e1000_next(dev, E1000_STEP_RESET_QUIET, 0);
        return;
    }
    forget_waking(dev);
    e1000_quiet(dev);
    if (dev->was_up) {
        dev->state = E1000_STATE_STARTING;
        e1000_next(dev, E1000_STEP_RESET_QUIET, 0);
    } else {
        dev->state = E1000_STATE_DOWN;
        dev->step = E1000_STEP_NONE;
    }
}
