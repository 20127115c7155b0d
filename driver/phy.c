/* SPDX-License-Identifier: BSD-2-Clause */
/* The PHY, a Marvell M88E1011 behind MDIC: its registers, its identity, and how it is set up. */
#include "internal.h"

#define MDIC_PHY     (1u << E1000_MDIC_PHY_SHIFT)
#define MDIC_POLL_US 10u
/* Looks at the reset bit, a millisecond apart: IEEE 802.3 allows half a second. */
#define RESET_TRIES 500u

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

/* ---- Setup ---------------------------------------------------------------------------------- */

/* When a row of the setup applies; AWAIT waits until the bits in set have cleared. */
enum { ALWAYS, OLD_PHY, REV3, CLASS_A, AWAIT };

/* Register reg becomes (old & keep) | set. A register that is kept in part is read first. */
struct row {
    uint8_t when;
    uint8_t reg;
    uint16_t keep, set;
};

static const struct row rows[] = {
    /* Cable crossover and polarity are found automatically. */
    {ALWAYS, E1000_PHY_PSCR, (uint16_t)~E1000_PSCR_POLARITY,
     E1000_PSCR_MDIX_AUTO | E1000_PSCR_CRS_ON_TX},
    {REV3, E1000_PHY_PSCR, 0xFFFF, E1000_PSCR_MAC_POWER},
    /* Revisions 0 to 3 need a 25 MHz clock, and one attempt before they fall back to 100 Mb/s. */
    {OLD_PHY, E1000_PHY_EPSCR, (uint16_t) ~(E1000_EPSCR_DOWNSHIFT | E1000_EPSCR_TX_CLOCK),
     E1000_EPSCR_SLAVE_1X | E1000_EPSCR_TX_CLOCK},
    /* A reset of the PHY makes all this take effect (11.3.13, 11.3.17). */
    {ALWAYS, E1000_PHY_BMCR, E1000_BMCR_SPEED | E1000_BMCR_ANENABLE, E1000_BMCR_RESET},
    {AWAIT, E1000_PHY_BMCR, 0, E1000_BMCR_RESET},
    /* It also ends the class A drive that word 7 of the EEPROM may ask for. */
    {CLASS_A, E1000_PHY_PAGE, 0, 11},
    {CLASS_A, E1000_PHY_WINDOW, 0, 0x8004},
    /* 10 and 100 Mb/s in both duplexes, both kinds of pause, 1000 Mb/s in full duplex only: the MAC
     * has no half duplex there (8.4). Master and slave are negotiated. */
    {ALWAYS, E1000_PHY_ANAR, 0, 0x0DE1},
    {ALWAYS, E1000_PHY_GBCR, 0, 0x0200},
    {ALWAYS, E1000_PHY_BMCR, E1000_BMCR_SPEED, E1000_BMCR_ANENABLE | E1000_BMCR_ANRESTART},
};

static bool applies(const struct e1000_dev *dev, const struct row *row)
{
    bool rev3 = dev->id->flags & E1000_ID_REV3;
    uint16_t class_word = dev->eeprom[E1000_EEPROM_PHY_CLASS];

    switch (row->when) {
    case OLD_PHY:
        return (dev->identity.phy_id & E1000_PHY_REVISION) < 4;
    case REV3:
        return rev3;
    case CLASS_A:
        return rev3 && class_word != 0xFFFF && class_word & 0x8000;
    default:
        return true;
    }
}

/* Runs a row: 0, an error, or 1 when its turn has not come yet. */
static int run_row(struct e1000_dev *dev, const struct row *row)
{
    uint16_t old = 0;
    bool await = row->when == AWAIT;

    if (row->keep || await) {
        int error = e1000_mdic_read(dev, row->reg, &old);

        if (error)
            return error;
    }
    if (await)
        return old & row->set ? 1 : E1000_OK;
    return e1000_mdic_write(dev, row->reg, (uint16_t)((old & row->keep) | row->set));
}

/* As many rows as one call may take, each up to two transfers. */
void e1000_step_phy_setup(struct e1000_dev *dev)
{
    for (; dev->row < sizeof rows / sizeof rows[0]; dev->row++) {
        const struct row *row = &rows[dev->row];

        if (!applies(dev, row))
            continue;
        if (!e1000_may_delay(dev, 2 * E1000_MDIC_US)) {
            e1000_next(dev, E1000_STEP_PHY_SETUP, 0);
            return;
        }
        int result = run_row(dev, row);
        if (result > 0) {
            e1000_again(dev, 1000, RESET_TRIES, E1000_ERR_PHY);
            return;
        }
        if (result < 0) {
            e1000_fail(dev, result);
            return;
        }
    }
    e1000_next(dev, E1000_STEP_RINGS, 0);
}
