/* SPDX-License-Identifier: BSD-2-Clause */
#include "wake.h"

#include "rx_batch.h"

#define MEMORY_BYTES 128u /* of WUPM */
#define LONGEST      2047u

/* ---- What is looked for, and PME# ----------------------------------------------------------- */

/* WUFC's filters for frames, and the one that APM mode is about (SDM 6.4.1, 6.4.2). */
static uint32_t wanted(const struct e1000emu *chip)
{
    uint32_t filters = emu_get(chip, REG_WUFC) & ~WUFC_LNKC;

    return emu_get(chip, REG_WUC) & WUC_APME ? filters | WUFC_MAG : filters;
}

/* PME_En lets PME_Status through. In APM mode a magic packet needs no PME_En, but lasts only until
 * its bit in WUS, or the mode, is cleared (SDM 6.4.1). */
static bool pme_level(const struct e1000emu *chip)
{
    const uint32_t apm = WUC_APME | WUC_APMPME;
    uint32_t wuc = emu_get(chip, REG_WUC);

    if (!(wuc & WUC_PME_STATUS))
        return false;
    return wuc & WUC_PME_EN || ((wuc & apm) == apm && emu_get(chip, REG_WUS) & WUFC_MAG);
}

void emu_wake_update(struct e1000emu *chip)
{
    bool level = pme_level(chip);

    /* One frame wakes; the next one has to wait until software has seen to it (SDM 6.4.2). */
    chip->wake.armed = wanted(chip) && !(emu_get(chip, REG_WUS) & ~WUFC_LNKC);
    if (level == chip->wake.pme)
        return;
    chip->wake.pme = level;
    if (chip->host.pme)
        chip->host.pme(chip->host.opaque, level);
}

bool e1000emu_pme_level(const e1000emu *chip)
{
    return chip->wake.pme;
}

/* ---- Events --------------------------------------------------------------------------------- */

/* What woke goes to WUS. PME_Status too, unless it is APM's alone and APMPME says no. */
static void tell(struct e1000emu *chip, uint32_t matches)
{
    uint32_t wuc = emu_get(chip, REG_WUC);
    bool status = matches & emu_get(chip, REG_WUFC);

    if (chip->faults.removed)
        return;
    if (matches & WUFC_MAG && wuc & WUC_APME && wuc & WUC_APMPME)
        status = true;
    emu_set(chip, REG_WUS, emu_get(chip, REG_WUS) | matches);
    if (status)
        emu_pci_set_pme_status(chip);
    emu_wake_update(chip);
}

/* WUPM's start of the frame, and WUPL: its length without FCS, as far as the field goes. */
static void keep_frame(struct e1000emu *chip, const uint8_t *data, uint32_t length)
{
    uint32_t kept = length < MEMORY_BYTES ? length : MEMORY_BYTES;

    emu_set(chip, REG_WUPL, length < LONGEST ? length : LONGEST);
    for (uint32_t i = 0; i < kept; i++) {
        uint32_t at = REG_WUPM + (i & ~3u);
        unsigned shift = 8 * (i & 3u);

        emu_set(chip, at, (emu_get(chip, at) & ~(0xFFu << shift)) | (uint32_t)data[i] << shift);
    }
}

void emu_wake_receive(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count)
{
    if (!(emu_get(chip, REG_STATUS) & STATUS_LU))
        return;
    for (size_t i = 0; i < count; i++) {
        struct emu_rx_frame frame = {.wire = &frames[i]};
        bool passed = emu_rx_examine(chip, &frame);
        uint32_t matches = 0;

        if (frame.good)
            matches = emu_wake_match(chip, wanted(chip), &frame, passed);
        if (matches) {
            keep_frame(chip, frames[i].data, frame.length - FCS);
            tell(chip, matches);
            return;
        }
    }
}

void emu_wake_link_changed(struct e1000emu *chip)
{
    if (emu_get(chip, REG_WUFC) & ~emu_get(chip, REG_WUS) & WUFC_LNKC)
        tell(chip, WUFC_LNKC);
}

void emu_wake_write(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    emu_wake_update(chip);
}

/* ---- The PHY in D0u and D3 (SDM 11.4) ------------------------------------------------------- */

/* Somebody wants to hear of the wire while the system sleeps. */
static bool link_needed(const struct e1000emu *chip)
{
    uint32_t wuc = emu_get(chip, REG_WUC);

    if (emu_get(chip, REG_MANC) & (MANC_SMBUS_EN | MANC_ASF_EN) || wuc & WUC_APME)
        return true;
    return wuc & WUC_PME_EN && emu_get(chip, REG_WUFC);
}

void emu_wake_set_active(struct e1000emu *chip, bool active)
{
    enum emu_phy_power power = EMU_PHY_AWAKE;

    chip->wake.active = active;
    if (!active && !chip->profile.phy_awake) {
        if (!link_needed(chip))
            power = EMU_PHY_DOWN;
        else if (emu_get(chip, REG_CTRL) & CTRL_EN_PHY_PWR_MGMT)
            power = EMU_PHY_SLOW;
    }
    emu_phy_set_power(chip, power);
    emu_manage_status_changed(chip);
}
