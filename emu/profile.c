/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in profiles: data about boards and their habits, and no code. */
#include <string.h>

#include "e1000emu.h"

#define MS 1000000u

static const struct e1000emu_profile profiles[] = {
    {
        .name = "vmware",
        .summary = "the 82545EM that VMware shows its guests",
        .source = "PureDarwin's log of VMware Fusion 2.0.5; lspci and dmesg of VMware guests; the "
                  "shared code's note that RAR[0] holds no address after a reset",
        .vendor = 0x8086,
        .device = 0x100F,
        .subsystem_vendor = 0x15AD,
        .subsystem = 0x0750,
        .revision = 1,
        .mac = {0x00, 0x0C, 0x29, 0x69, 0x17, 0x26},
        .bars_64bit = true,
        .msi = false,
        .flash_size = 0x10000,
        .pci_66mhz = true,
        .pci_64bit = false,
        .rar0 = {E1000EMU_RAR0_ZERO, E1000EMU_RAR0_ZERO, E1000EMU_RAR0_ZERO},
        .phy_id2 = 0x0C20,
        /* A driver left 0200 there, which clears bit 8 but not 12:10: they were zero before. */
        .phy_gbcr = 0x0200,
        /* Transmit pause shows although the partner offers none: AC08. */
        .phy_pssr_always = 0x0008,
        .phy_gbsr_link = 0x7000,
        /* Nobody measured these. Half a second is what another emulator takes; an EEPROM that
         * is an array in memory needs no time to load. */
        .autoneg_ns = 500 * (e1000emu_time)MS,
        .eeprom_load_ns = 0,
    },
    {
        .name = "silicon",
        .summary = "a PRO/1000 MT server adapter as Intel built it",
        .source = "Intel's manual; lspci of an HP card, which has no flash; driver sources",
        .vendor = 0x8086,
        .device = 0x100F,
        .subsystem_vendor = 0x8086,
        .subsystem = 0x1001,
        .revision = 1,
        .mac = {0x00, 0x04, 0x23, 0x45, 0x4D, 0x01},
        .bars_64bit = true,
        .msi = true,
        .flash_size = 0,
        .pci_66mhz = true,
        .pci_64bit = true,
        .rar0 = {E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM},
        .phy_id2 = 0x0C23,
        .phy_gbcr = 0x1E00, /* manual master, as the manual's bit table has it */
        .phy_pssr_always = 0,
        .phy_gbsr_link = 0x7000,
        /* A gigabit link takes two to four seconds; drivers give the EEPROM two milliseconds. */
        .autoneg_ns = 2000 * (e1000emu_time)MS,
        .eeprom_load_ns = 1 * (e1000emu_time)MS,
    },
};

const struct e1000emu_profile *e1000emu_profile_at(size_t i)
{
    return i < sizeof profiles / sizeof *profiles ? &profiles[i] : NULL;
}

const struct e1000emu_profile *e1000emu_profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    }
    return NULL;
}
