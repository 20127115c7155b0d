/* SPDX-License-Identifier: BSD-2-Clause */
/* Profiles of the 82545EM: data about boards and their habits. */
#include "profile.h"

#include <string.h>

#define MS 1000000u

/*
 * What VMware shows. Where nobody measured, the value is that of the manual.
 *
 * - Identity, BARs, flash, PHY words 17 and 10: PureDarwin's log of VMware Fusion 2.0.5. Transmit
 *   pause shows in register 17 although the partner offers none: AC08.
 * - PHY register 9: a driver left 0200 there, which clears bit 8 but not 12:10: they were zero.
 * - PCI66 without BUS64, and no MSI: dmesg and lspci of several guests.
 * - RAR[0]: the note over e1000_read_mac_addr_82540() in Intel's shared code.
 * - RAR[1..15]: Linux's e1000 doesn't offer unicast filtering for 8086:100f of 15ad.
 * - Ones where there is no register: an 8255x driver that took offset 0x0E for its EEPROM's pins
 * saw data-out high all the time (the same log: "checksum fffe").
 * - Half a second to link up is QEMU's time; an EEPROM that is an array in memory loads at once.
 */
#define VMWARE                                                                                    \
    .vendor = 0x8086, .device = 0x100F, .subsystem_vendor = 0x15AD, .subsystem = 0x0750,          \
    .revision = 1, .mac = {0x00, 0x0C, 0x29, 0x69, 0x17, 0x26}, .bars_64bit = true,               \
    .capabilities = true, .io_bytes = 64, .flash_size = 0x10000, .pci_66mhz = true,               \
    .rar0 = {E1000EMU_RAR0_ZERO, E1000EMU_RAR0_ZERO, E1000EMU_RAR0_ZERO},                         \
    .rar0_only_unicast = true, .absent_reads = UINT32_MAX, .phy_id2 = 0x0C20, .phy_anar = 0x01E1, \
    .phy_gbcr = 0x0200, .phy_pscr = 0x0068, .phy_pssr_always = 0x0008, .phy_gbsr_link = 0x7000,   \
    .autoneg_ns = 500 * (e1000emu_time)MS

static const struct e1000emu_profile profiles[] = {
    {
        .name = "vmware",
        .summary = "the 82545EM that VMware shows its guests",
        .source = "PureDarwin's log of VMware Fusion 2.0.5; lspci and dmesg of VMware guests; the "
                  "shared code's note that RAR[0] holds no address after a reset; Linux's note "
                  "that only RAR[0] filters unicasts",
        VMWARE,
    },
    {
        .name = "vmware-esxi51",
        .summary = "the 82545EM of ESXi 5.1, which sometimes forgets to tell of received frames",
        .source = "iPXE commit 8958f62a1: ICR.RXT0 is sometimes missing, so the ring must be "
                  "polled; the rest as vmware",
        VMWARE,
        .rxt0_missing = 8, /* how often is not known: often enough for a test to notice */
    },
    {
        .name = "silicon",
        .summary = "a PRO/1000 MT server adapter as Intel built it",
        .source = "Intel's manual; lspci of an HP card; driver sources",
        .vendor = 0x8086,
        .device = 0x100F,
        .subsystem_vendor = 0x8086,
        .subsystem = 0x1001,
        .revision = 1,
        .mac = {0x00, 0x04, 0x23, 0x45, 0x4D, 0x01},
        .bars_64bit = true,
        .capabilities = true,
        .msi = true,
        .io_bytes = 64,
        .flash_size = 0x20000,
        .aux_power = true, /* the HP card wakes from D3cold */
        .pci_66mhz = true,
        .pci_64bit = true,
        .rar0 = {E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM},
        .phy_id2 = 0x0C23,
        .phy_anar = 0x01E1,
        .phy_gbcr = 0x1E00, /* manual master, as the manual's bit table has it */
        .phy_pscr = 0x0068,
        .phy_gbsr_link = 0x7000,
        /* A gigabit link takes two to four seconds; drivers give the EEPROM two milliseconds. */
        .autoneg_ns = 2000 * (e1000emu_time)MS,
        .eeprom_load_ns = 1 * (e1000emu_time)MS,
    },
    {
        .name = "virtualbox",
        .summary = "the 82545EM that VirtualBox shows its guests (MT Server)",
        .source = "VirtualBox's DevE1000.cpp and DevE1000Phy.cpp, of 2022: RA[0] is preset for Mac "
                  "OS X, the link comes 3 s after a reset with LSC, the EEPROM is an 82540EM's",
        .vendor = 0x8086,
        .device = 0x100F,
        .subsystem_vendor = 0x15AD,
        .subsystem = 0x0750,
        .revision = 2,
        .mac = {0x08, 0x00, 0x27, 0x45, 0x4D, 0x01},
        .capabilities = true,
        .io_bytes = 8,
        .pci_66mhz = true,
        .eeprom_device = 0x100E,
        .eeprom_subsystem = 0x001E,
        .rar0 = {E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM},
        .reset_drops_link = true,
        .reset_raises_lsc = true,
        .itr_ignored = true,
        .rps = true,
        .phy_id2 = 0x0C20,
        .phy_anar = 0x01E1,
        .phy_gbcr = 0x1E00,
        .phy_pscr = 0x0068,
        .phy_pssr_always = 0x1008,
        .phy_gbsr_link = 0x3000,
        .phy_awake = true,
        .autoneg_ns = 3000 * (e1000emu_time)MS,
    },
    {
        .name = "qemu",
        .summary = "QEMU's e1000-82545em",
        .source = "QEMU's hw/net/e1000.c and e1000x_common.c, of 2021 to 2024: CTRL.RST does "
                  "nothing, the I/O BAR is inert, writing RCTL stops reception for a second",
        .vendor = 0x8086,
        .device = 0x100F,
        .subsystem_vendor = 0x1AF4,
        .subsystem = 0x1100,
        .revision = 3,
        .mac = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56},
        /* The EEPROM knows nothing of Red Hat's subsystem ids. */
        .eeprom_subsystem = 0x100F,
        .io_bar = 0x14,
        .io_bytes = 64,
        .io_inert = true,
        .rar0 = {E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM},
        .reset_inert = true,
        .rx_block_ns = 1000 * (e1000emu_time)MS,
        .itr_floor = 500, /* also when ITR is 0 */
        .rps = true,
        .phy_id2 = 0x0C20,
        .phy_anar = 0x0DE1,
        .phy_gbcr = 0x0E00,
        .phy_pscr = 0x0360,
        .phy_gbsr_link = 0x3000,
        .phy_awake = true,
        .autoneg_ns = 500 * (e1000emu_time)MS,
    },
};

const char *e1000emu_chip_name(unsigned chip)
{
    static const char *const names[] = {
        [E1000EMU_82545EM] = "82545EM", [E1000EMU_82540EM] = "82540EM",
        [E1000EMU_82540EP] = "82540EP", [E1000EMU_82545GM] = "82545GM",
        [E1000EMU_82546EB] = "82546EB", [E1000EMU_82546GB] = "82546GB"};

    return chip < sizeof names / sizeof *names ? names[chip] : NULL;
}

const struct e1000emu_profile *e1000emu_profile_at(size_t i)
{
    size_t own = sizeof profiles / sizeof *profiles;

    if (i < own)
        return &profiles[i];
    return i - own < emu_profiles_family_count ? &emu_profiles_family[i - own] : NULL;
}

const struct e1000emu_profile *e1000emu_profile_find(const char *name)
{
    const struct e1000emu_profile *profile;

    for (size_t i = 0; (profile = e1000emu_profile_at(i)) != NULL; i++) {
        if (strcmp(profile->name, name) == 0)
            return profile;
    }
    return NULL;
}
