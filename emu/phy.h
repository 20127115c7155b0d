/* SPDX-License-Identifier: BSD-2-Clause */
/* The PHY, a Marvell 88E1011S core behind MDIC (SDM 8.5, 11, 13.4.8). */
#ifndef EMU_PHY_H
#define EMU_PHY_H

#include "e1000emu.h"

#define EMU_PHY_REGISTERS 32u

struct emu_phy {
    uint16_t reg[EMU_PHY_REGISTERS];
    uint16_t window[EMU_PHY_REGISTERS]; /* register 30, by the page in register 29 */
    uint16_t control; /* speed, duplex and AN bits of register 0 that are in force */
    bool link;        /* now, as register 17 shows it */
    bool full_duplex;
    unsigned mbps;
    uint32_t command; /* of the MDIO transfer under way */
};

/* A hardware reset: power-on, RST#, CTRL.PHY_RST. Held stays in reset until released. */
void emu_phy_reset(struct e1000emu *chip);
void emu_phy_release(struct e1000emu *chip);

/* The cable or the partner changed. */
void emu_phy_partner_changed(struct e1000emu *chip);

/* Register hook and timers. */
void emu_phy_write_mdic(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_phy_mdic_timer(struct e1000emu *chip);
void emu_phy_autoneg_timer(struct e1000emu *chip);

#endif
