/* SPDX-License-Identifier: BSD-2-Clause */
/* The slow ways behind registers: to the PHY by MDIC, to the EEPROM by EERD or by its pins. */
#include "check.h"
#include "chip.h"

#define PINS (EECD_SK | EECD_CS | EECD_DI)
#define PHY  1u

static void check_mdic(struct e1000emu *chip, uint32_t value)
{
    uint32_t op = value & MDIC_OP;
    uint32_t phy = (value & MDIC_PHY) >> MDIC_PHY_SHIFT;

    if (emu_timer_running(chip, EMU_TIMER_MDIC))
        emu_check_found(chip, RULE_MDIC_BUSY, 0, value, 0);
    if (value & (MDIC_R | MDIC_E))
        emu_check_found(chip, RULE_MDIC_READY_WRITTEN, 0, value, 0);
    if (op != MDIC_OP_READ && op != MDIC_OP_WRITE)
        emu_check_found(chip, RULE_MDIC_OPCODE, 0, value, 0);
    else if (phy != PHY)
        emu_check_found(chip, RULE_MDIC_PHY_ADDRESS, phy, phy, 0);
}

static void check_eerd(struct e1000emu *chip, uint32_t value)
{
    uint32_t eecd = emu_get(chip, REG_EECD);

    if (!(value & EERD_START))
        return;
    if (eecd & EECD_EE_REQ)
        emu_check_found(chip, RULE_EERD_WHILE_REQUESTED, 0, eecd, 0);
    else if (chip->eeprom.eerd_waits || emu_timer_running(chip, EMU_TIMER_EERD))
        emu_check_found(chip, RULE_EERD_BUSY, 0, value, 0);
}

/* The pins change: what the part is about to do. */
static void check_part(struct e1000emu *chip, uint32_t pins)
{
    const struct emu_eeprom_part *part = emu_part(chip);
    bool clock = part->pins & pins & EECD_CS && ~part->pins & pins & EECD_SK;

    if (part->holder != chip)
        return;
    if (part->pins & ~pins & EECD_CS && part->state == EMU_EE_ARMED && !part->write_enabled)
        emu_check_found(chip, RULE_EEPROM_WRITE_DISABLED, 0, part->address, 0);
    if (clock && pins & EECD_DI && part->state == EMU_EE_STANDBY && emu_eeprom_busy(chip))
        emu_check_found(chip, RULE_EEPROM_BUSY, 0, 0, 0);
}

static void check_eecd(struct e1000emu *chip, uint32_t value)
{
    uint32_t before = emu_eeprom_read_eecd(chip, REG_EECD);
    uint32_t flash = value & EECD_FWE;

    if (flash != EECD_FWE_DIS && flash != EECD_FWE_EN)
        emu_check_found(chip, RULE_EECD_FLASH_BITS, 0, value, 0);
    if (value & PINS && !(before & EECD_EE_GNT && value & EECD_EE_REQ))
        emu_check_found(chip, RULE_EECD_NO_GRANT, 0, value, before);
    else
        check_part(chip, value & PINS);
}

void emu_check_serial_write(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    if (offset == REG_MDIC)
        check_mdic(chip, value);
    else if (offset == REG_EERD)
        check_eerd(chip, value);
    else if (offset == REG_EECD)
        check_eecd(chip, value);
}
