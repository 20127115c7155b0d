/* SPDX-License-Identifier: BSD-2-Clause */
#include "general.h"

#include "chip.h"
#include "reset.h"

#define PACKET_BUFFER_KB 64u

void emu_general_write_ctrl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    if ((old ^ value) & CTRL_PHY_RST)
        emu_phy_hold(chip, value & CTRL_PHY_RST);
    if (value & CTRL_RST && !chip->profile.reset_inert)
        emu_reset(chip, E1000EMU_RESET_CTRL);
    else
        emu_link_update(chip);
}

/* Speed detection on demand: what the PHY's receive clock shows, if there is one (SDM 13.4.6). */
static void detect_speed(struct e1000emu *chip)
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

void emu_general_write_ctrl_ext(struct e1000emu *chip, uint32_t offset, uint32_t old,
                                uint32_t value)
{
    (void)offset;
    if (value & CTRL_EXT_ASDCHK)
        detect_speed(chip);
    if (value & ~old & CTRL_EXT_PHYINT_EN && chip->phy.interrupt)
        emu_irq_raise(chip, ICR_PHYINT);
    if (value & CTRL_EXT_EE_RST)
        emu_eeprom_reload(chip);
    emu_link_update(chip);
}

/* What software doesn't give to reception is for transmission (SDM 13.4.16). */
void emu_general_write_pba(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    uint32_t rxa = value & PBA_RXA;
    uint32_t txa = rxa < PACKET_BUFFER_KB ? PACKET_BUFFER_KB - rxa : 0;

    (void)offset;
    (void)old;
    emu_set(chip, REG_PBA, txa << PBA_TXA_SHIFT | rxa);
}
