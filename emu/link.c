/* SPDX-License-Identifier: BSD-2-Clause */
#include "link.h"

#include "chip.h"

static uint32_t status_speed(unsigned mbps)
{
    if (mbps == 1000)
        return STATUS_SPEED_1000;
    return mbps == 100 ? STATUS_SPEED_100 : STATUS_SPEED_10;
}

/* CTRL.SPEED in the place of STATUS.SPEED; 11 reads as it was written, and is no speed. */
static uint32_t forced_speed(uint32_t ctrl)
{
    return (ctrl & CTRL_SPEED) >> 2;
}

/*
 * The PHY tells the MAC that there is a link: only in copper mode, and not while isolated. ILOS
 * takes the signal for its opposite, which is why software has to leave it alone with a PHY (SDM
 * 13.4.1). In loopback the PHY is its own partner and its signal is no loss signal of a cable:
 * Linux's self-test sets ILOS then, and the manual's procedure for the same test doesn't.
 */
static bool phy_indicates_link(const struct e1000emu *chip)
{
    const struct emu_phy *phy = &chip->phy;
    bool inverted = emu_get(chip, REG_CTRL) & CTRL_ILOS;

    if (emu_get(chip, REG_CTRL_EXT) & CTRL_EXT_LINK_MODE || phy->reg[PHY_BMCR] & BMCR_ISOLATE)
        return false;
    if (phy->reg[PHY_BMCR] & BMCR_LOOPBACK)
        return phy->link;
    return phy->link != inverted;
}

/* STATUS.FD, LU and SPEED (SDM tables 8-6 to 8-9). */
static uint32_t resolve(const struct e1000emu *chip)
{
    uint32_t ctrl = emu_get(chip, REG_CTRL);
    bool indicated = phy_indicates_link(chip);
    bool forced = ctrl & CTRL_FRCSPD || emu_get(chip, REG_CTRL_EXT) & CTRL_EXT_SPD_BYPS;
    uint32_t status = 0;

    if (emu_serdes_selected(chip))
        return emu_serdes_status(chip);
    if (indicated && ctrl & CTRL_SLU)
        status |= STATUS_LU;
    if (forced || !indicated)
        status |= forced_speed(ctrl);
    else
        status |= status_speed(chip->phy.mbps);
    if (ctrl & CTRL_FRCDPLX || !indicated)
        status |= ctrl & CTRL_FD ? STATUS_FD : 0;
    else
        status |= chip->phy.full_duplex ? STATUS_FD : 0;
    return status;
}

static uint32_t pcix_bits(unsigned mhz)
{
    if (mhz == 0)
        return 0;
    if (mhz <= 66)
        return STATUS_PCIX_MODE;
    return STATUS_PCIX_MODE | (mhz <= 100 ? STATUS_PCIXSPD_100 : STATUS_PCIXSPD_133);
}

/* What doesn't change: the bus, and which of two functions this is (SDM 13.4.2). */
static uint32_t fixed_bits(const struct e1000emu *chip)
{
    return pcix_bits(chip->profile.pcix_mhz) | (chip->lan_b ? STATUS_FUNC_B : 0) |
           (chip->profile.pci_66mhz ? STATUS_PCI66 : 0) |
           (chip->profile.pci_64bit ? STATUS_BUS64 : 0);
}

void emu_link_update(struct e1000emu *chip)
{
    const uint32_t resolved = STATUS_FD | STATUS_LU | STATUS_SPEED | STATUS_TBIMODE;
    uint32_t old = emu_get(chip, REG_STATUS);
    uint32_t status;

    emu_serdes_update(chip);
    status = (old & ~resolved) | resolve(chip);
    emu_set(chip, REG_STATUS, status);
    if (!((old ^ status) & STATUS_LU))
        return;
    if (chip->watch)
        emu_watch_link(chip);
    if (!(status & STATUS_LU)) {
        emu_flow_reset(chip);
        if (chip->faulty & EMU_AT_TX)
            emu_fault_link_lost(chip);
    }
    emu_irq_raise(chip, ICR_LSC);
    emu_wake_link_changed(chip);
    emu_manage_status_changed(chip);
    emu_rx_link_changed(chip);
    emu_tx_link_changed(chip);
}

void emu_link_reset(struct e1000emu *chip)
{
    emu_set(chip, REG_STATUS, fixed_bits(chip) | resolve(chip));
}

/* What the PHY's receive clock shows, if there is one (SDM 13.4.2, 13.4.6). */
void emu_link_detect_speed(struct e1000emu *chip)
{
    uint32_t asdv = 0;

    if (!chip->phy.link)
        return;
    if (chip->phy.mbps == 100)
        asdv = 0x100;
    else if (chip->phy.mbps == 1000)
        asdv = 0x200;
    emu_set(chip, REG_STATUS, (emu_get(chip, REG_STATUS) & ~STATUS_ASDV) | asdv);
}

unsigned emu_link_mbps(const struct e1000emu *chip)
{
    switch (emu_get(chip, REG_STATUS) & STATUS_SPEED) {
    case STATUS_SPEED_10:
        return 10;
    case STATUS_SPEED_100:
        return 100;
    default:
        return 1000;
    }
}

void emu_link_activity(struct e1000emu *chip)
{
    chip->link.busy = true;
    chip->link.last_frame = chip->now;
}

static size_t transmit(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count)
{
    if (emu_loop_active(chip))
        return emu_loop_transmit(chip, frames, count);
    if (!chip->phy.link && !chip->serdes.wire)
        return count; /* the MAC sees a link by ILOS only: what it sends reaches nobody */
    if (chip->faulty & EMU_AT_TX_WIRE)
        return emu_fault_transmit(chip, frames, count);
    return chip->host.transmit(chip->host.opaque, frames, count);
}

size_t emu_link_transmit(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count)
{
    size_t taken;

    emu_link_activity(chip);
    taken = transmit(chip, frames, count);
    if (chip->watch)
        emu_watch_sent(chip, frames, taken < count ? taken : count);
    return taken;
}

void e1000emu_set_partner(e1000emu *chip, const struct e1000emu_partner *partner)
{
    chip->link.partner = *partner;
    emu_phy_partner_changed(chip);
    emu_serdes_partner_changed(chip);
}

void e1000emu_get_link(const e1000emu *chip, struct e1000emu_link *link)
{
    const struct emu_phy *phy = &chip->phy;

    if (chip->profile.media != E1000EMU_COPPER) {
        *link = (struct e1000emu_link){
            .up = chip->serdes.wire,
            .full_duplex = emu_get(chip, REG_STATUS) & STATUS_FD,
            .mbps = 1000,
        };
        return;
    }
    /* In loopback the PHY has a link with itself, and the wire none. */
    link->up = phy->link && !(phy->reg[PHY_BMCR] & BMCR_LOOPBACK);
    link->full_duplex = phy->full_duplex;
    link->mbps = phy->mbps;
}
