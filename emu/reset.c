/* SPDX-License-Identifier: BSD-2-Clause */
#include "reset.h"

#include "chip.h"
#include "filter.h"
#include "random.h"

/* Work of the MAC that no reset lets go on. The EEPROM's write cycle and the PHY's autonegotiation
 * are none of the MAC's: CTRL.RST doesn't reach them. */
static void stop_timers(struct e1000emu *chip)
{
    emu_timer_stop(chip, EMU_TIMER_MDIC);
    emu_timer_stop(chip, EMU_TIMER_EERD);
    emu_timer_stop(chip, EMU_TIMER_EE_LOAD);
    emu_timer_stop(chip, EMU_TIMER_TX);
    emu_timer_stop(chip, EMU_TIMER_MEDIUM);
    emu_timer_stop(chip, EMU_TIMER_TIDV);
    emu_timer_stop(chip, EMU_TIMER_TADV);
    emu_timer_stop(chip, EMU_TIMER_RX);
    emu_timer_stop(chip, EMU_TIMER_ITR);
    emu_loop_reset(chip);
}

/* An address that looks real, and isn't the one in the EEPROM. */
static void random_address(struct e1000emu *chip, uint32_t *low, uint32_t *high)
{
    const uint16_t *mac = &emu_part(chip)->word[EE_MAC0];
    uint32_t first = mac[0] | (uint32_t)mac[1] << 16;

    *low = emu_random(chip) & ~1u; /* no group address */
    *high = emu_random(chip) & RAH_ADDR;
    if (*low == first && *high == mac[2])
        *high ^= 1u;
}

/* What RAR[0] holds until the EEPROM is loaded; the register table has cleared all valid bits. */
static void reset_rar0(struct e1000emu *chip, enum e1000emu_reset kind, uint32_t low, uint32_t high)
{
    switch (chip->profile.rar0[kind]) {
    case E1000EMU_RAR0_ZERO:
        low = high = 0;
        break;
    case E1000EMU_RAR0_KEPT:
    case E1000EMU_RAR0_EEPROM:
        high &= ~RAH_AV;
        break;
    default: /* E1000EMU_RAR0_GARBAGE */
        random_address(chip, &low, &high);
        high |= RAH_AV;
        break;
    }
    emu_set(chip, REG_RAL(0), low);
    emu_set(chip, REG_RAH(0), high);
}

static void reset(struct e1000emu *chip, enum e1000emu_reset kind, bool keep_pme)
{
    uint32_t low = emu_get(chip, REG_RAL(0));
    uint32_t high = emu_get(chip, REG_RAH(0));

    if (chip->watch)
        emu_watch_reset(chip, kind);
    stop_timers(chip);
    emu_regs_reset(chip, kind);
    reset_rar0(chip, kind, low, high);
    emu_eeprom_reset(chip, kind == E1000EMU_RESET_POWER);
    if (kind == E1000EMU_RESET_POWER)
        emu_flash_reset(chip);
    if (kind != E1000EMU_RESET_CTRL)
        emu_pci_reset(chip, keep_pme);
    emu_rx_reset(chip, kind);
    emu_tx_reset(chip, kind);
    emu_filter_reset(chip);

    if (kind != E1000EMU_RESET_CTRL)
        emu_phy_reset(chip);
    else if (chip->phy.held)
        emu_phy_hold(chip, false); /* CTRL.PHY_RST is zero again */
    else if (chip->profile.reset_drops_link)
        emu_phy_partner_changed(chip);
    emu_phy_show_interrupt(chip);
    emu_serdes_reset(chip);
    emu_link_reset(chip);
    emu_flow_reset(chip);
    emu_general_show_pins(chip);
    emu_eeprom_load(chip, kind);
    if (kind == E1000EMU_RESET_CTRL && chip->profile.reset_raises_lsc)
        emu_irq_raise(chip, ICR_LSC);
    emu_irq_update(chip);
    emu_wake_update(chip);
    emu_manage_update(chip);
    if (kind != E1000EMU_RESET_CTRL)
        emu_wake_set_active(chip, false);
    if (chip->faults.count > 0)
        emu_fault_reset(chip, kind);
}

/* Auxiliary power keeps a wake-up event over RST# (SDM 6.3). */
void emu_reset(struct e1000emu *chip, enum e1000emu_reset kind)
{
    reset(chip, kind, kind == E1000EMU_RESET_PCI && chip->profile.aux_power);
}

void emu_reset_from_d3(struct e1000emu *chip)
{
    reset(chip, E1000EMU_RESET_PCI, true);
}

void e1000emu_reset(e1000emu *chip, enum e1000emu_reset kind)
{
    if ((unsigned)kind >= E1000EMU_RESETS)
        return;
    /* Supply and RST# are the chip's, and take the EEPROM from whoever has it; CTRL.RST is the
     * function's. */
    if (kind != E1000EMU_RESET_CTRL && chip->sibling)
        emu_eeprom_reset(chip->sibling, false);
    emu_reset(chip, kind);
    if (kind != E1000EMU_RESET_CTRL && chip->sibling)
        emu_reset(chip->sibling, kind);
}
