/* SPDX-License-Identifier: BSD-2-Clause */
/* Resets and what they do, the EEPROM's load, and configuration space. */
#include <string.h>

#include "check.h"
#include "chip.h"

#define RESET_NS     1000u /* nothing may touch the chip after CTRL.RST (SDM 13.4.1) */
#define PHY_RESET_NS 3000u

#define CONFIG_COMMAND      0x04u
#define COMMAND_MASTER      0x0004u
#define CONFIG_PCIX_COMMAND 0xE6u
#define PCIX_READ_SIZE      0x000Cu /* 11b: 4096 bytes */

/* ---- Resets --------------------------------------------------------------------------------- */

void emu_check_forget(struct e1000emu *chip)
{
    struct emu_check *check = &chip->check;

    memset(check->rx.fetched, 0, sizeof check->rx.fetched);
    memset(check->tx.fetched, 0, sizeof check->tx.fetched);
    check->packet.known = check->packet.open = check->packet.partial = false;
}

void emu_check_reset(struct e1000emu *chip, enum e1000emu_reset kind)
{
    struct emu_check *check = &chip->check;

    emu_check_forget(chip);
    check->packet.loaded[0] = check->packet.loaded[1] = false;
    check->rx.enabled = check->tx.enabled = false;
    check->rx.rung = check->tx.rung = false;
    check->starved = false;
    check->low_read = 0;
    check->heads = 0;
    if (kind != E1000EMU_RESET_POWER)
        return;
    memset(check->mta, 0, sizeof check->mta);
    memset(check->vfta, 0, sizeof check->vfta);
    check->tipg = check->rx.based = check->tx.based = false;
}

/* The later 82545GM and 82546GB have CTRL's second address for it; and some have no I/O window
 * that works. */
static bool wants_io_reset(const struct e1000emu *chip)
{
    bool later = chip->profile.chip == E1000EMU_82545GM || chip->profile.chip == E1000EMU_82546GB;

    return !later && !chip->profile.io_inert;
}

static void check_software_reset(struct e1000emu *chip)
{
    struct emu_check *check = &chip->check;
    uint32_t rctl = emu_get(chip, REG_RCTL), tctl = emu_get(chip, REG_TCTL);

    if (!check->event->u.access.indirect && wants_io_reset(chip))
        emu_check_found(chip, RULE_RESET_BY_MEMORY, 0, 0, 0);
    if (emu_get(chip, REG_IMS))
        emu_check_found(chip, RULE_RESET_WITH_INTERRUPTS, 0, emu_get(chip, REG_IMS), 0);
    if (rctl & RCTL_EN || tctl & TCTL_EN)
        emu_check_found(chip, RULE_RESET_WHILE_RUNNING, 0, rctl, tctl);
    check->reset_at = chip->now;
    check->was_reset = true;
    check->rx.enabled = false; /* also where a reset does nothing */
}

static void check_ctrl(struct e1000emu *chip, uint32_t value)
{
    struct emu_check *check = &chip->check;
    uint32_t old = emu_get(chip, REG_CTRL);

    if (value & ~old & CTRL_PHY_RST)
        check->phy_reset_at = chip->now;
    if (old & ~value & CTRL_PHY_RST && chip->now - check->phy_reset_at < PHY_RESET_NS)
        emu_check_found(chip, RULE_PHY_RESET_SHORT, 0, chip->now - check->phy_reset_at, 0);
    if (value & CTRL_FRCSPD && (value & CTRL_SPEED) == CTRL_SPEED)
        emu_check_found(chip, RULE_SPEED_RESERVED, 0, value, 0);
    if (value & CTRL_RST)
        check_software_reset(chip);
}

/* ---- After a reset -------------------------------------------------------------------------- */

void emu_check_reset_access(struct e1000emu *chip, uint32_t offset, uint32_t value, bool write)
{
    struct emu_check *check = &chip->check;

    (void)value;
    (void)write;
    if (check->was_reset && chip->now - check->reset_at < RESET_NS)
        emu_check_found(chip, RULE_ACCESS_DURING_RESET, 0, chip->now - check->reset_at, offset);
}

/* Registers that the EEPROM's words go to (SDM 5.6), in the time when they do. */
static bool is_loaded(uint32_t offset)
{
    static const uint32_t loaded[] = {REG_CTRL, REG_CTRL_EXT, REG_TXCW,   REG_LEDCTL, REG_WUC,
                                      REG_MANC, REG_IPAV,     REG_RAL(0), REG_RAH(0)};

    for (unsigned i = 0; i < sizeof loaded / sizeof *loaded; i++) {
        if (loaded[i] == offset)
            return true;
    }
    return false;
}

void emu_check_reset_write(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    bool reset = offset == REG_CTRL && value & CTRL_RST;

    if (chip->eeprom.load_waits && is_loaded(offset) && !reset)
        emu_check_found(chip, RULE_WRITE_BEFORE_LOAD, offset, offset, 0);
    if (offset == REG_CTRL)
        check_ctrl(chip, value);
}

/* ---- Configuration space -------------------------------------------------------------------- */

void emu_check_config_write(struct e1000emu *chip, const struct e1000emu_event *event)
{
    uint32_t value = (uint32_t)event->u.access.value;
    bool running = emu_get(chip, REG_RCTL) & RCTL_EN || emu_get(chip, REG_TCTL) & TCTL_EN;

    if (event->u.access.offset == CONFIG_COMMAND && chip->pci.bus_master &&
        !(value & COMMAND_MASTER) && running)
        emu_check_found(chip, RULE_BUS_MASTER_CLEARED, 0, value, 0);
    if (event->u.access.offset == CONFIG_PCIX_COMMAND && (value & PCIX_READ_SIZE) == PCIX_READ_SIZE)
        emu_check_found(chip, RULE_PCIX_READ_SIZE, 0, value, 0);
}
