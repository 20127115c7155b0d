/* SPDX-License-Identifier: BSD-2-Clause */
/* The PHY, a Marvell M88E1011 behind MDIC: its registers and its identity. */
#include "internal.h"

#define MDIC_PHY     (1u << E1000_MDIC_PHY_SHIFT)
#define MDIC_POLL_US 10u

/* ---- MDIC ----------------------------------------------------------------------------------- */

/* Runs one command to its end (13.4.7). Returns what MDIC reads then, or E1000_GONE, which is also
 * how a command looks that does not end in time. */
static uint32_t mdic(struct e1000_dev *dev, uint32_t command)
{
    e1000_write(dev, E1000_MDIC, command);
    for (uint32_t us = 0; us <= E1000_MDIC_US; us += MDIC_POLL_US) {
        uint32_t value = e1000_read(dev, E1000_MDIC);

        if (value & E1000_MDIC_R)
            return value;
        if (us < E1000_MDIC_US)
            e1000_delay(dev, MDIC_POLL_US);
    }
    return E1000_GONE;
}

int e1000_mdic_read(struct e1000_dev *dev, unsigned reg, uint16_t *value)
{
    uint32_t result = mdic(dev, E1000_MDIC_OP_READ | MDIC_PHY | reg << E1000_MDIC_REG_SHIFT);

    *value = (uint16_t)(result & E1000_MDIC_DATA);
    return result & E1000_MDIC_E ? E1000_ERR_PHY : E1000_OK;
}

int e1000_mdic_write(struct e1000_dev *dev, unsigned reg, uint16_t value)
{
    uint32_t result =
        mdic(dev, E1000_MDIC_OP_WRITE | MDIC_PHY | reg << E1000_MDIC_REG_SHIFT | value);

    return result & E1000_MDIC_E ? E1000_ERR_PHY : E1000_OK;
}

static int check_access(const struct e1000_dev *dev, unsigned reg)
{
    if (dev->state != E1000_STATE_DOWN && dev->state != E1000_STATE_UP)
        return E1000_ERR_STATE;
    if (reg > 31)
        return E1000_ERR_PARAMETER;
    return e1000_is_fiber(dev) ? E1000_ERR_PHY : E1000_OK;
}

int e1000_phy_read(struct e1000_dev *dev, unsigned reg, uint16_t *value)
{
    int error = value ? check_access(dev, reg) : E1000_ERR_PARAMETER;

    e1000_call_begin(dev);
    return error ? error : e1000_mdic_read(dev, reg, value);
}

int e1000_phy_write(struct e1000_dev *dev, unsigned reg, uint16_t value)
{
    int error = check_access(dev, reg);

    e1000_call_begin(dev);
    return error ? error : e1000_mdic_write(dev, reg, value);
}

/* ---- Identity ------------------------------------------------------------------------------- */

/* The last step of attaching. */
void e1000_step_phy_id(struct e1000_dev *dev)
{
    uint16_t high, low;
    int error = e1000_mdic_read(dev, E1000_PHY_ID1, &high);

    if (!error)
        error = e1000_mdic_read(dev, E1000_PHY_ID2, &low);
    if (error) {
        e1000_fail(dev, error);
        return;
    }
    dev->identity.phy_id = (uint32_t)high << 16 | low;
    if ((dev->identity.phy_id & E1000_PHY_ID_MASK) != E1000_PHY_ID)
        e1000_fail(dev, E1000_ERR_PHY);
    else
        e1000_attached(dev);
}
