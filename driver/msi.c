/* SPDX-License-Identifier: BSD-2-Clause */
/* Message signalled interrupts (4.1.3): one message, which the chip writes instead of pulling the
 * line. */
#include "internal.h"

int e1000_msi_check(struct e1000_dev *dev)
{
    if (dev->params.msi == E1000_MSI_OFF)
        return E1000_OK;
    if (dev->params.msi == E1000_MSI_ON && !dev->identity.msi) {
        e1000_say(dev, E1000_LOG_ERROR, "this chip loses interrupt messages");
        return E1000_ERR_UNSUPPORTED;
    }
    if (!e1000_capability(dev, E1000_PCI_CAP_MSI)) {
        e1000_say(dev, E1000_LOG_ERROR, "this board has no interrupt messages");
        return E1000_ERR_UNSUPPORTED;
    }
    return E1000_OK;
}

static void set(struct e1000_dev *dev, uint32_t offset, uint64_t value)
{
    dev->os->config_write16(dev->context, offset, (uint16_t)value);
}

void e1000_msi_set(struct e1000_dev *dev, bool on)
{
    bool wanted = dev->params.msi != E1000_MSI_OFF;
    uint32_t at = on && !wanted ? 0 : e1000_capability(dev, E1000_PCI_CAP_MSI);
    uint64_t address = dev->params.msi_address;

    if (!at)
        return;

    uint16_t control = dev->os->config_read16(dev->context, at + E1000_MSI_CONTROL);
    uint16_t off = control & (uint16_t)~E1000_MSI_CONTROL_ENABLE;
    uint32_t data = at + E1000_MSI_ADDRESS + 4;

    /* Messages that somebody else switched on go nowhere, and keep the line silent: off in any
     * case, which also is how their address may be changed. */
    if (control != off)
        set(dev, at + E1000_MSI_CONTROL, off);
    if (!on)
        return;
    set(dev, at + E1000_MSI_ADDRESS, address);
    set(dev, at + E1000_MSI_ADDRESS + 2, address >> 16);
    if (control & E1000_MSI_CONTROL_64) {
        set(dev, data, address >> 32);
        set(dev, data + 2, address >> 48);
        data += 4;
    }
    set(dev, data, dev->params.msi_data);
    set(dev, at + E1000_MSI_CONTROL, off | E1000_MSI_CONTROL_ENABLE);
}
