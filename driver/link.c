/* SPDX-License-Identifier: BSD-2-Clause */
/* The link: noticing changes, finding out what was negotiated, telling about it. */
#include "internal.h"

#define SETTLE_US    10000u /* until autonegotiation's results are complete */
#define MDIC_WAIT_US 100000u
#define MDIC_TRIES   3u

#define FCS_BYTES 4u

/* What a link report is made of, in its order. */
static const uint8_t registers[E1000_LINK_REGISTERS] = {
    E1000_PHY_BMSR, E1000_PHY_PSSR,   E1000_PHY_ANAR,
    E1000_PHY_GBCR, E1000_PHY_ANLPAR, E1000_PHY_GBSR,
};
enum { BMSR = 0, ANAR = 2, ANLPAR = 4 }; /* places in that order */

/* ---- Reporting ------------------------------------------------------------------------------ */

static const char *speed_text(uint16_t mbps)
{
    switch (mbps) {
    case 1000:
        return "1-Gigabit";
    case 100:
        return "100-Megabit";
    default:
        return "10-Megabit";
    }
}

static const char *flow_text(const struct e1000_link *link)
{
    if (link->rx_pause && link->tx_pause)
        return "Full flow-control";
    if (link->rx_pause)
        return "Rx flow-control";
    if (link->tx_pause)
        return "Tx flow-control";
    return "No flow-control";
}

size_t e1000_link_line(const struct e1000_dev *dev, char *line, size_t size)
{
    struct e1000_text text;

    e1000_text_begin(&text, line, size);
    if (!dev->link_reported)
        return 0;

    e1000_text_add(&text, dev->link.up ? "Link up on " : "Link down on ");
    e1000_text_add(&text, dev->params.name);
    if (!dev->link.up) {
        if (dev->link_by_disable)
            e1000_text_add(&text, " called by disable()");
        return text.length;
    }
    e1000_text_add(&text, ", ");
    e1000_text_add(&text, speed_text(dev->link.mbps));
    e1000_text_add(&text, dev->link.full_duplex ? ", Full-duplex, " : ", Half-duplex, ");
    e1000_text_add(&text, flow_text(&dev->link));
    if (!e1000_is_fiber(dev)) {
        for (unsigned i = 0; i < E1000_LINK_REGISTERS; i++) {
            e1000_text_add(&text, i ? "," : ", Debug [");
            e1000_text_hex(&text, dev->link_reg[i], 4);
        }
        e1000_text_add(&text, "]");
    }
    return text.length;
}

static void report(struct e1000_dev *dev)
{
    char line[E1000_LINE_SIZE];

    dev->link_reported = true;
    dev->counters.link_changes++;
    e1000_link_line(dev, line, sizeof line);
    e1000_log(dev, E1000_LOG_INFO, line);
    if (dev->os->link_changed)
        dev->os->link_changed(dev->context);
}

void e1000_link_lost(struct e1000_dev *dev, bool by_disable)
{
    dev->link = (struct e1000_link){0};
    dev->link_by_disable = by_disable;
    report(dev);
}

/* ---- Negotiation ---------------------------------------------------------------------------- */

/* IEEE 802.3, annex 28B.3: who may pause whom, as far as we want it; offering to obey PAUSE frames
 * offers to send them too. There is no pausing in half duplex. */
static void resolve_pause(const struct e1000_media *media, struct e1000_link *link, uint16_t local,
                          uint16_t partner)
{
    bool we = local & E1000_AN_PAUSE, they = partner & E1000_AN_PAUSE;
    bool asymmetric = local & partner & E1000_AN_ASYMMETRIC;

    if (media->forced)
        we = they = true; /* nobody was asked */
    link->rx_pause =
        link->full_duplex && media->pause & E1000_PAUSE_RX && we && (they || asymmetric);
    link->tx_pause =
        link->full_duplex && media->pause & E1000_PAUSE_TX && they && (we || asymmetric);
}

/* The chip asks the partner to pause when the receive buffer is nine tenths full, or, if that is
 * less, when there is room for one more frame; and to go on as soon as it is a little less. */
static void program_pause(struct e1000_dev *dev)
{
    uint32_t size = e1000_pba(dev) * 1024;
    uint32_t frame = dev->frame_limit + FCS_BYTES;
    uint32_t high = (size * 9 / 10 < size - frame ? size * 9 / 10 : size - frame) & ~7u;

    /* The marks first: CTRL may ask for PAUSE frames at once. */
    e1000_write(dev, E1000_FCRTL, dev->link.tx_pause ? (high - 8) | E1000_FCRTL_XONE : 0);
    e1000_write(dev, E1000_FCRTH, dev->link.tx_pause ? high : 0);
    if (e1000_is_fiber(dev) && !dev->fiber_forced && !dev->media.forced)
        return; /* the chip has set CTRL itself */

    uint32_t ctrl = e1000_read(dev, E1000_CTRL) & ~(E1000_CTRL_RFCE | E1000_CTRL_TFCE);

    if (dev->link.rx_pause)
        ctrl |= E1000_CTRL_RFCE;
    if (dev->link.tx_pause)
        ctrl |= E1000_CTRL_TFCE;
    e1000_write(dev, E1000_CTRL, ctrl);
}

static bool same_link(const struct e1000_link *a, const struct e1000_link *b)
{
    return a->up == b->up && a->full_duplex == b->full_duplex && a->rx_pause == b->rx_pause &&
           a->tx_pause == b->tx_pause && a->mbps == b->mbps;
}

/* A negotiated fibre link was resolved by the chip, into CTRL (8.7). */
static void fiber_pause(struct e1000_dev *dev, struct e1000_link *link)
{
    if (dev->media.forced) {
        resolve_pause(&dev->media, link, 0, 0);
    } else if (!dev->fiber_forced) {
        uint32_t ctrl = e1000_read(dev, E1000_CTRL);

        link->rx_pause = ctrl & E1000_CTRL_RFCE;
        link->tx_pause = ctrl & E1000_CTRL_TFCE;
    }
}

void e1000_link_found(struct e1000_dev *dev, uint32_t status)
{
    struct e1000_link link = {.up = true, .mbps = 1000};
    uint32_t speed = status & E1000_STATUS_SPEED;

    link.full_duplex = status & E1000_STATUS_FD;
    if (e1000_is_fiber(dev)) {
        fiber_pause(dev, &link);
    } else {
        if (speed == E1000_STATUS_SPEED_10)
            link.mbps = 10;
        else if (speed == E1000_STATUS_SPEED_100)
            link.mbps = 100;
        if (!e1000_loops(dev))
            resolve_pause(&dev->media, &link, dev->link_read[ANAR], dev->link_read[ANLPAR]);
    }

    if (dev->link.up) {
        if (!dev->link_flapped && same_link(&link, &dev->link))
            return;
        e1000_link_lost(dev, false);
    }
    dev->link_flapped = false;
    dev->link = link;
    memcpy(dev->link_reg, dev->link_read, sizeof dev->link_reg);
    program_pause(dev);
    e1000_write(dev, E1000_TCTL, e1000_tctl());
    report(dev);
}

/* ---- The PHY's registers -------------------------------------------------------------------- */

/* Reads as many registers as one call may take, the first one twice: its link bit tells of a loss
 * until it is read. Returns 0, an error, or 1 when some are left. */
static int read_registers(struct e1000_dev *dev)
{
    for (; dev->row <= E1000_LINK_REGISTERS; dev->row++) {
        uint32_t place = dev->row ? dev->row - 1 : 0;
        uint16_t value;

        if (!e1000_may_delay(dev, E1000_MDIC_US))
            return 1;
        if (e1000_mdic_read(dev, registers[place], &value))
            return E1000_ERR_PHY;
        dev->link_read[place] = value;
        if (dev->row == 0)
            dev->link_flapped |= !(value & E1000_BMSR_LINK);
    }
    return E1000_OK;
}

void e1000_step_link(struct e1000_dev *dev)
{
    bool negotiated = !dev->media.forced && !e1000_loops(dev);
    const uint16_t ready = E1000_BMSR_LINK | (negotiated ? E1000_BMSR_ANDONE : 0);
    int result = read_registers(dev);

    if (result > 0) {
        e1000_next(dev, E1000_STEP_LINK, 0);
        return;
    }
    if (result < 0) {
        dev->row = 0;
        e1000_again(dev, MDIC_WAIT_US, MDIC_TRIES, result);
        return;
    }

    uint32_t status = e1000_read(dev, E1000_STATUS);
    if ((dev->link_read[BMSR] & ready) != ready || !(status & E1000_STATUS_LU)) {
        dev->link_unsettled = true;
        e1000_next(dev, E1000_STEP_WATCH, SETTLE_US);
        return;
    }
    e1000_link_found(dev, status);
    e1000_watch_on(dev);
}
