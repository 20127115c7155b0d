/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PHY knows about its cable, and the LEDs that show which port it is. */
#include "internal.h"

int e1000_get_cable(struct e1000_dev *dev, struct e1000_cable *cable)
{
    /* 11.3.14: below 50 m, to 80, to 110, to 140, and beyond. */
    static const struct {
        uint16_t min_m, max_m;
    } lengths[] = {{0, 50}, {50, 80}, {80, 110}, {110, 140}, {140, 0xFFFF}};
    uint16_t pssr, gbsr;

    if (!cable)
        return E1000_ERR_PARAMETER;
    memset(cable, 0, sizeof *cable);
    int error = e1000_phy_read(dev, E1000_PHY_PSSR, &pssr);
    if (!error)
        error = e1000_mdic_read(dev, E1000_PHY_GBSR, &gbsr);
    if (error || !(pssr & E1000_PSSR_RESOLVED))
        return error;

    unsigned length = (pssr & E1000_PSSR_CABLE) >> E1000_PSSR_CABLE_SHIFT;

    cable->valid = true;
    if (length < sizeof lengths / sizeof lengths[0]) {
        cable->min_m = lengths[length].min_m;
        cable->max_m = lengths[length].max_m;
    } else {
        cable->max_m = 0xFFFF; /* no such class */
    }
    cable->crossed = pssr & E1000_PSSR_CROSSED;
    cable->reversed = pssr & E1000_PSSR_REVERSED;
    cable->downshifted = pssr & E1000_PSSR_DOWNSHIFT;
    if (dev->link.mbps == 1000) {
        cable->master = gbsr & E1000_GBSR_MASTER;
        cable->local_ok = gbsr & E1000_GBSR_LOCAL_OK;
        cable->remote_ok = gbsr & E1000_GBSR_REMOTE_OK;
        cable->idle_errors = (uint8_t)(gbsr & E1000_GBSR_IDLE);
    }
    return E1000_OK;
}

void e1000_blink_write(struct e1000_dev *dev)
{
    e1000_write_flush(dev, E1000_LEDCTL, dev->blinks ? E1000_LEDCTL_BLINK : dev->ledctl);
}

int e1000_blink(struct e1000_dev *dev, bool on)
{
    if (dev->state != E1000_STATE_DOWN && dev->state != E1000_STATE_UP)
        return E1000_ERR_STATE;
    if (on == dev->blinks)
        return E1000_OK;
    if (on)
        dev->ledctl = e1000_read(dev, E1000_LEDCTL);
    dev->blinks = on;
    e1000_blink_write(dev);
    return E1000_OK;
}
