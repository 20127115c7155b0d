/* SPDX-License-Identifier: BSD-2-Clause */
/* The PHY, a Marvell 88E1011S core behind MDIC (SDM 8.5, 11, 13.4.7). */
#ifndef EMU_PHY_H
#define EMU_PHY_H

#include "e1000emu.h"

#define EMU_PHY_REGISTERS 32u

/* Registers and the bits that the model acts upon (SDM 11.3). */
enum {
    PHY_BMCR = 0,
    PHY_BMSR = 1,
    PHY_ID1 = 2,
    PHY_ID2 = 3,
    PHY_ANAR = 4,
    PHY_ANLPAR = 5,
    PHY_ANER = 6,
    PHY_NPT = 7,
    PHY_GBCR = 9,
    PHY_GBSR = 10,
    PHY_EXTSR = 15,
    PHY_PSCR = 16,
    PHY_PSSR = 17,
    PHY_INTEN = 18,
    PHY_INTST = 19,
    PHY_EPSCR = 20,
    PHY_RXERR = 21,
    PHY_EPSCR2 = 26,
    PHY_PAGE = 29,
    PHY_WINDOW = 30
};

#define BMCR_RESET      0x8000u
#define BMCR_LOOPBACK   0x4000u
#define BMCR_SPEED_LOW  0x2000u /* with SPEED_HIGH: 00 10, 01 100, 10 1000 Mb/s */
#define BMCR_AN_ENABLE  0x1000u
#define BMCR_POWER_DOWN 0x0800u
#define BMCR_ISOLATE    0x0400u
#define BMCR_AN_RESTART 0x0200u
#define BMCR_FD         0x0100u
#define BMCR_SPEED_HIGH 0x0040u

#define BMSR_AN_DONE 0x0020u
#define BMSR_LINK    0x0004u

#define ANAR_SELECTOR 0x0001u /* IEEE 802.3 */
#define ANAR_10_HD    0x0020u
#define ANAR_10_FD    0x0040u
#define ANAR_100_HD   0x0080u
#define ANAR_100_FD   0x0100u
#define ANAR_PAUSE    0x0400u
#define ANAR_ASM_DIR  0x0800u
#define ANLPAR_ACK    0x4000u

#define ANER_LP_AN_ABLE 0x0001u
#define ANER_PAGE       0x0002u
#define ANER_LP_NP_ABLE 0x0008u

#define GBCR_1000_FD 0x0200u
#define GBCR_1000_HD 0x0100u

#define GBSR_FAULT      0x8000u
#define GBSR_LP_1000_FD 0x0800u
#define GBSR_LP_1000_HD 0x0400u
#define GBSR_STATE      0xF000u

#define PSSR_SPEED_100  0x4000u
#define PSSR_SPEED_1000 0x8000u
#define PSSR_FD         0x2000u
#define PSSR_RESOLVED   0x0800u
#define PSSR_LINK       0x0400u
#define PSSR_TX_PAUSE   0x0008u
#define PSSR_RX_PAUSE   0x0004u

#define PHYINT_AN_ERROR 0x8000u
#define PHYINT_SPEED    0x4000u
#define PHYINT_DUPLEX   0x2000u
#define PHYINT_PAGE     0x1000u
#define PHYINT_AN_DONE  0x0800u
#define PHYINT_LINK     0x0400u

/* What the MAC's power state makes of the PHY (SDM 11.4). */
enum emu_phy_power {
    EMU_PHY_AWAKE,
    EMU_PHY_SLOW, /* negotiates 10 and 100 Mb/s only */
    EMU_PHY_DOWN  /* off: nobody needs the link */
};

struct emu_phy {
    uint16_t reg[EMU_PHY_REGISTERS];
    uint16_t window[EMU_PHY_REGISTERS]; /* register 30, by the page in register 29 */
    /* What takes effect only at a restart: register 0's speed, duplex and AN bits, and what
     * registers 4 and 9 advertise. */
    uint16_t control, advertised, advertised_gigabit;
    enum emu_phy_power power;
    bool held;        /* CTRL.PHY_RST is one */
    bool link;        /* now, as register 17 shows it */
    bool full_duplex; /* of the last link */
    unsigned mbps;    /* 10, 100 or 1000, of the last link */
    bool interrupt;   /* the PHY's interrupt line */
    uint32_t command; /* of the MDIO transfer under way */
};

/* A hardware reset by power-on or RST#: registers to their defaults, then autonegotiation. */
void emu_phy_reset(struct e1000emu *chip);

/* CTRL.PHY_RST: while held the PHY is in reset and answers nothing (SDM 13.4.1). */
void emu_phy_hold(struct e1000emu *chip, bool hold);

/* The MAC went to another power state: the link starts anew where that changes what it can be. */
void emu_phy_set_power(struct e1000emu *chip, enum emu_phy_power power);

/* Shows the PHY's interrupt line in CTRL_EXT, and raises ICR.PHYINT when it rises and is enabled.
 */
void emu_phy_show_interrupt(struct e1000emu *chip);

/* The cable or the partner changed. */
void emu_phy_partner_changed(struct e1000emu *chip);

/* Register hook and timers. */
void emu_phy_write_mdic(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_phy_mdic_timer(struct e1000emu *chip);
void emu_phy_autoneg_timer(struct e1000emu *chip);

#endif
