/* SPDX-License-Identifier: BSD-2-Clause */
/* How the PHY is told what link to make. */
#include "internal.h"

/* Looks at the reset bit, a millisecond apart: IEEE 802.3 allows half a second. */
#define RESET_TRIES 500u

/* ---- What it is told ------------------------------------------------------------------------ */

/* Annex 28B.3: the two bits of each wish. Who wants only to be paused has to offer both, because
 * there is no such combination. */
static uint16_t pause_bits(const struct e1000_media *media)
{
    switch (media->pause) {
    case E1000_PAUSE_NONE:
        return 0;
    case E1000_PAUSE_TX:
        return E1000_AN_ASYMMETRIC;
    default:
        return E1000_AN_PAUSE | E1000_AN_ASYMMETRIC;
    }
}

static uint16_t anar(const struct e1000_media *media)
{
    static const struct {
        uint16_t link, bit;
    } bits[] = {{E1000_10_HALF, E1000_AN_10_HALF},
                {E1000_10_FULL, E1000_AN_10_FULL},
                {E1000_100_HALF, E1000_AN_100_HALF},
                {E1000_100_FULL, E1000_AN_100_FULL}};
    uint16_t value = E1000_AN_802_3 | pause_bits(media);

    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if (media->advertise & bits[i].link)
            value |= bits[i].bit;
    }
    return value;
}

/* Master and slave are negotiated. */
static uint16_t gbcr(const struct e1000_media *media)
{
    return media->advertise & E1000_1000_FULL && !media->forced ? E1000_GBCR_FULL : 0;
}

/* Crossover and polarity are found automatically. A link without negotiation can't be probed for
 * its crossover. */
static uint16_t pscr(const struct e1000_media *media)
{
    if (media->crossover == E1000_CROSSOVER_ON)
        return E1000_PSCR_CRS_ON_TX | E1000_PSCR_MDIX;
    if (media->crossover == E1000_CROSSOVER_OFF || media->forced)
        return E1000_PSCR_CRS_ON_TX;
    return E1000_PSCR_CRS_ON_TX | E1000_PSCR_MDIX_AUTO;
}

static uint16_t forced_bmcr(const struct e1000_media *media)
{
    uint16_t value = 0;

    if (media->advertise & (E1000_100_HALF | E1000_100_FULL))
        value |= E1000_BMCR_SPEED_100;
    if (media->advertise & (E1000_10_FULL | E1000_100_FULL))
        value |= E1000_BMCR_FULL;
    return value;
}

/* ---- The rows ------------------------------------------------------------------------------- */

/* When a row of the setup applies; AWAIT waits until the bits in set have cleared. */
enum { ALWAYS, OLD_PHY, REV3, CLASS_A, NEGOTIATED, FORCED, LOOPED, AWAIT };

/* What a row adds to its constant. */
enum { NOTHING, PSCR, ANAR, GBCR, FORCED_BMCR };

/* Register reg becomes (old & keep) | set. A register that is kept in part is read first. */
struct row {
    uint8_t when;
    uint8_t add;
    uint8_t reg;
    uint16_t keep, set;
};

static const struct row copper[] = {
    {ALWAYS, PSCR, E1000_PHY_PSCR, (uint16_t) ~(E1000_PSCR_POLARITY | E1000_PSCR_MDIX_AUTO), 0},
    {REV3, NOTHING, E1000_PHY_PSCR, 0xFFFF, E1000_PSCR_MAC_POWER},
    /* Revisions 0 to 3 need a 25 MHz clock, and one attempt before they fall back to 100 Mb/s. */
    {OLD_PHY, NOTHING, E1000_PHY_EPSCR, (uint16_t) ~(E1000_EPSCR_DOWNSHIFT | E1000_EPSCR_TX_CLOCK),
     E1000_EPSCR_SLAVE_1X | E1000_EPSCR_TX_CLOCK},
    /* A reset of the PHY makes all this take effect (11.3.13, 11.3.17). */
    {ALWAYS, NOTHING, E1000_PHY_BMCR, E1000_BMCR_SPEED | E1000_BMCR_ANENABLE, E1000_BMCR_RESET},
    {AWAIT, NOTHING, E1000_PHY_BMCR, 0, E1000_BMCR_RESET},
    /* It also ends the class A drive that word 7 of the EEPROM may ask for. */
    {CLASS_A, NOTHING, E1000_PHY_PAGE, 0, 11},
    {CLASS_A, NOTHING, E1000_PHY_WINDOW, 0, 0x8004},
    {ALWAYS, ANAR, E1000_PHY_ANAR, 0, 0},
    {ALWAYS, GBCR, E1000_PHY_GBCR, 0, 0},
    {NEGOTIATED, NOTHING, E1000_PHY_BMCR, E1000_BMCR_SPEED,
     E1000_BMCR_ANENABLE | E1000_BMCR_ANRESTART},
    {FORCED, FORCED_BMCR, E1000_PHY_BMCR, 0, E1000_BMCR_RESET},
    {AWAIT, NOTHING, E1000_PHY_BMCR, 0, E1000_BMCR_RESET},
    /* The PHY's own loopback (15.1.3.1). */
    {LOOPED, NOTHING, E1000_PHY_PSCR, 0, 0x0808},
    {LOOPED, NOTHING, E1000_PHY_BMCR, 0, 0x9140},
    {LOOPED, NOTHING, E1000_PHY_BMCR, 0, 0x8140},
    {AWAIT, NOTHING, E1000_PHY_BMCR, 0, E1000_BMCR_RESET},
    {LOOPED, NOTHING, E1000_PHY_BMCR, 0,
     E1000_BMCR_LOOPBACK | E1000_BMCR_FULL | E1000_BMCR_SPEED_1000},
    /* The cable's side is switched off, so that nothing comes from there (Linux, ethtool -t). */
    {LOOPED, NOTHING, E1000_PHY_PAGE, 0, 0x1F},
    {LOOPED, NOTHING, E1000_PHY_WINDOW, 0, 0x8FFC},
    {LOOPED, NOTHING, E1000_PHY_PAGE, 0, 0x1A},
    {LOOPED, NOTHING, E1000_PHY_WINDOW, 0, 0x8FF0},
};
#define ROWS (sizeof copper / sizeof copper[0])

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
    case NEGOTIATED:
        return !dev->media.forced && !e1000_loops(dev);
    case FORCED:
        return dev->media.forced && !e1000_loops(dev);
    case LOOPED:
        return e1000_loops(dev);
    default:
        return true;
    }
}

static uint16_t added(const struct e1000_media *media, unsigned what)
{
    switch (what) {
    case PSCR:
        return pscr(media);
    case ANAR:
        return anar(media);
    case GBCR:
        return gbcr(media);
    case FORCED_BMCR:
        return forced_bmcr(media);
    default:
        return 0;
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

    unsigned value = (old & row->keep) | row->set | added(&dev->media, row->add);
    return e1000_mdic_write(dev, row->reg, (uint16_t)value);
}

/* What follows when the PHY is set up. */
static void set_up(struct e1000_dev *dev)
{
    dev->phy_ready = true;
    dev->row = 0;
    switch (dev->state) {
    case E1000_STATE_UP:
        dev->link_event = true;
        e1000_next(dev, E1000_STEP_WATCH, 0);
        break;
    case E1000_STATE_BUSY:
        e1000_next(dev, E1000_STEP_TEST, 0);
        break;
    case E1000_STATE_SUSPENDING:
        e1000_next(dev, E1000_STEP_SLEEP, 0);
        break;
    default:
        e1000_next(dev, E1000_STEP_RINGS, 0);
        break;
    }
}

/* As many rows as one call may take, each up to two transfers. A PHY that is as it should be keeps
 * its link: only the MAC was reset. */
void e1000_step_phy_setup(struct e1000_dev *dev)
{
    if (e1000_is_fiber(dev) || dev->phy_ready) {
        set_up(dev);
        return;
    }
    for (; dev->row < ROWS; dev->row++) {
        const struct row *row = &copper[dev->row];

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
    set_up(dev);
}

/* ---- Changing it ---------------------------------------------------------------------------- */

/* In loopback nobody tells the MAC what link there is (15.1.3). */
void e1000_loopback_mac(struct e1000_dev *dev)
{
    uint32_t ctrl = e1000_read(dev, E1000_CTRL) & ~E1000_CTRL_SPEED;

    e1000_write(dev, E1000_CTRL,
                ctrl | E1000_CTRL_FRCSPD | E1000_CTRL_FRCDPLX | E1000_CTRL_SPEED_1000 |
                    E1000_CTRL_FD | E1000_CTRL_SLU);
}

int e1000_set_media(struct e1000_dev *dev, const struct e1000_media *media)
{
    if (dev->state != E1000_STATE_DOWN && dev->state != E1000_STATE_UP)
        return E1000_ERR_STATE;
    if (!media || !e1000_media_valid(media, e1000_is_fiber(dev)))
        return E1000_ERR_PARAMETER;

    bool loops = media->loopback || dev->media.loopback;

    dev->media = *media;
    dev->phy_ready = false;
    if (dev->state != E1000_STATE_UP)
        return E1000_OK;
    if (e1000_is_fiber(dev) || loops) {
        e1000_restart(dev); /* the MAC has to change too */
        return E1000_OK;
    }
    if (dev->link.up)
        e1000_link_lost(dev, false);
    dev->row = 0;
    e1000_next(dev, E1000_STEP_PHY_SETUP, 0);
    return E1000_OK;
}

void e1000_get_media(const struct e1000_dev *dev, struct e1000_media *media)
{
    *media = dev->media;
}
