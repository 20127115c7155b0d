/* SPDX-License-Identifier: BSD-2-Clause */
/* What is around the MAC: PHY, link and EEPROM; and what another driver left behind. */
#include "chip.h"

/* ---- PHY and link --------------------------------------------------------------------------- */

bool emu_fault_autoneg(struct e1000emu *chip, e1000emu_time *lasts)
{
    const struct emu_fault *late = emu_fault_fires(chip, FAULT_LINK_LATE);
    bool never = emu_fault_fires(chip, FAULT_LINK_NEVER);
    bool absent = emu_fault_fires(chip, FAULT_PHY_ABSENT);

    if (late)
        *lasts += late->arg;
    return !never && !absent;
}

static void negotiate_anew(struct e1000emu *chip)
{
    emu_phy_partner_changed(chip);
    emu_serdes_partner_changed(chip);
}

/* The link that is there goes, or comes back. */
void emu_fault_link_edge(struct e1000emu *chip, struct emu_fault *fault, bool on)
{
    (void)fault;
    (void)on;
    if (chip->faults.powered)
        negotiate_anew(chip);
}

void emu_fault_flap_tick(struct e1000emu *chip, struct emu_fault *fault)
{
    (void)fault;
    negotiate_anew(chip);
}

bool emu_fault_mdio(struct e1000emu *chip, uint32_t command)
{
    bool read = (command & MDIC_OP) == MDIC_OP_READ;
    uint32_t mdic = emu_get(chip, REG_MDIC);

    if (emu_fault_fires(chip, FAULT_MDIC_NEVER))
        return true;
    if (emu_fault_fires(chip, FAULT_PHY_ERROR))
        mdic |= MDIC_E;
    else if (!emu_fault_fires(chip, FAULT_PHY_ABSENT))
        return false;
    else if (read)
        mdic |= MDIC_DATA;
    emu_set(chip, REG_MDIC, mdic | MDIC_R);
    if (command & MDIC_I)
        emu_irq_raise(chip, ICR_MDAC);
    return true;
}

/* ---- EEPROM --------------------------------------------------------------------------------- */

bool emu_fault_eerd(struct e1000emu *chip)
{
    return !emu_fault_fires(chip, FAULT_EERD_NEVER);
}

bool emu_fault_grants(struct e1000emu *chip)
{
    return !emu_fault_fires(chip, FAULT_EEPROM_NO_GRANT);
}

uint16_t emu_fault_word(struct e1000emu *chip, uint16_t word)
{
    struct emu_fault *fault = emu_fault_fires(chip, FAULT_EEPROM_MISREAD);

    if (fault)
        word = (uint16_t)(word ^ 1u << (unsigned)emu_fault_random(fault, 16));
    return word;
}

/* What it makes of a word of the image, if it is on. */
static uint16_t spoilt(const struct emu_fault *fault, unsigned i, uint16_t word)
{
    if (fault->phase != EMU_FAULT_ON)
        return word;
    if (fault->id == FAULT_EEPROM_ONES)
        return 0xFFFF;
    if (fault->id == FAULT_EEPROM_CORRUPT && i == fault->arg / 16)
        word = (uint16_t)(word ^ 1u << fault->arg % 16);
    if (fault->id == FAULT_EEPROM_CHECKSUM && i == EE_CHECKSUM)
        word ^= 1u;
    return word;
}

static void spoil(struct emu_eeprom_part *part, const struct emu_fault *fault)
{
    for (unsigned i = 0; i < part->words; i++) {
        uint16_t word = spoilt(fault, i, part->word[i]);

        if (!part->wrong[i])
            part->right[i] = part->word[i];
        part->wrong[i] |= word != part->word[i];
        part->word[i] = word;
    }
}

static uint16_t spoilt_by_all(const struct emu_faults *faults, unsigned i, uint16_t word)
{
    for (uint32_t k = 0; k < faults->count; k++)
        word = spoilt(&faults->set[k], i, word);
    return word;
}

void emu_fault_eeprom_mend(struct e1000emu *chip)
{
    struct emu_eeprom_part *part = emu_part(chip);

    for (unsigned i = 0; i < part->words; i++) {
        uint16_t word = part->right[i];

        if (!part->wrong[i])
            continue; /* software has programmed it meanwhile, and that stays */
        word = spoilt_by_all(&chip->faults, i, word);
        if (chip->sibling)
            word = spoilt_by_all(&chip->sibling->faults, i, word);
        part->word[i] = word;
        part->wrong[i] = word != part->right[i];
    }
}

/* The image itself is wrong as long as the fault lasts, for software and hardware alike; but what
 * software programs is right again. */
void emu_fault_eeprom_edge(struct e1000emu *chip, struct emu_fault *fault, bool on)
{
    if (on) {
        emu_fault_counts(chip, fault);
        spoil(emu_part(chip), fault);
    } else {
        emu_fault_eeprom_mend(chip);
    }
}

/* ---- What another driver left -----------------------------------------------------------------
 */

/* Somewhere below 4 GB. */
static void leave_ring(struct e1000emu *chip, struct emu_fault *fault, uint32_t base)
{
    uint32_t count = 8u << emu_fault_random(fault, 6);

    emu_reg_write(chip, base, (uint32_t)emu_fault_random(fault, 1u << 20) << 12);
    emu_reg_write(chip, base + 4, 0);
    emu_reg_write(chip, base + 8, count * DESC_BYTES);
    emu_reg_write(chip, base + 0x10, (uint32_t)emu_fault_random(fault, count));
    emu_reg_write(chip, base + 0x18, (uint32_t)emu_fault_random(fault, count));
}

static uint32_t any_bits(struct emu_fault *fault)
{
    return (uint32_t)emu_fault_random(fault, 1ull << 32);
}

static void leave_filters(struct e1000emu *chip, struct emu_fault *fault)
{
    for (uint32_t i = 1; i < 16; i++) {
        emu_reg_write(chip, REG_RAL(i), any_bits(fault));
        emu_reg_write(chip, REG_RAH(i), (any_bits(fault) & RAH_ADDR) | RAH_AV);
    }
    for (uint32_t i = 0; i < 128; i++)
        emu_reg_write(chip, REG_MTA_N(i), any_bits(fault));
}

/* As if it had run until this moment: its own writes, by the doors that software has, where nobody
 * watches. */
void emu_fault_dirty(struct e1000emu *chip)
{
    struct emu_fault other = {.random = chip->faults.seed + chip->faults.fired[FAULT_DIRTY]};
    uint32_t watch = chip->watch;

    chip->watch = 0;
    chip->faults.dirty = true;
    e1000emu_config_write(chip, 4, 2, 0x0007);
    leave_filters(chip, &other);
    leave_ring(chip, &other, REG_RDBAL);
    leave_ring(chip, &other, REG_TDBAL);
    emu_reg_write(chip, REG_RDTR, any_bits(&other) & 0xFFFFu);
    emu_reg_write(chip, REG_RADV, any_bits(&other) & 0xFFFFu);
    emu_reg_write(chip, REG_ITR, any_bits(&other) & 0xFFFFu);
    emu_reg_write(chip, REG_TXDCTL, any_bits(&other) & 0x013F3F3Fu);
    emu_reg_write(chip, REG_RXDCTL, any_bits(&other) & 0x013F3F3Fu);
    emu_reg_write(chip, REG_RCTL, (any_bits(&other) & ~RCTL_LBM) | RCTL_EN);
    emu_reg_write(chip, REG_TCTL, TCTL_EN | TCTL_PSP);
    emu_reg_write(chip, REG_CTRL, emu_get(chip, REG_CTRL) | CTRL_SLU);
    emu_reg_write(chip, REG_IMS, ICR_ALL);
    emu_reg_write(chip, REG_ICS, (any_bits(&other) & ICR_ALL) | ICR_LSC);
    chip->watch = watch;
}
