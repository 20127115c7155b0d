/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles of the 82545EM's relatives, as Intel's boards carry them: data, and no code.
 *
 * - Which ids are which chip: SDM table 5-1; what the 82540 lacks: SDM appendix B and the notes at
 *   its registers; two ports: SDM 12.
 * - Revisions and subsystems: lspci of cards in the field, and the PCI ID repository.
 * - 32-bit BARs, flash of 128 KiB, and a PCI-X capability without 64 bits and 133 MHz on a chip
 *   that does no PCI-X: lspci -vv of 82540EM cards (rev 02, subsystem 8086:001e).
 * - The PHY is the 88E1011 in all of them (SDM 11). Its revision is not known chip by chip: drivers
 *   change register 20 of those below 4 (M88E1011_I_REV_4), so the later chips show one above.
 * - An EEPROM of 64 words is the least (SDM 5.6); boards with alerting have 256.
 * - Buses are what such a board was made for: the 82540 sits on 32-bit PCI at 33 MHz, server boards
 *   in a PCI-X slot; on a quad port board the bridge of its time decides.
 * - A gigabit link over copper takes two to four seconds; on fiber and backplanes three link timers
 *   of 10 ms (IEEE 802.3 37.3.1.4).
 */
#include "profile.h"

#define MS ((e1000emu_time)1000000)

#define SOURCES                                                                                \
    "Intel's manual, table 5-1, chapter 12 and appendix B; lspci of cards in use; the PCI ID " \
    "repository for the subsystem"

#define INTEL_BOARD(chip_, device_, subsystem_, revision_)                                         \
    .source = SOURCES, .chip = (chip_), .vendor = 0x8086, .device = (device_),                     \
    .subsystem_vendor = 0x8086, .subsystem = (subsystem_), .revision = (revision_),                \
    .io_bytes = 64, .rar0 = {E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM, E1000EMU_RAR0_EEPROM},    \
    .capabilities = true, .msi = true, .phy_anar = 0x01E1, .phy_gbcr = 0x1E00, .phy_pscr = 0x0068, \
    .phy_gbsr_link = 0x7000, .eeprom_load_ns = 1 * MS

/* 32-bit PCI and one copper port. */
#define DESKTOP(chip_, device_, subsystem_, revision_)  \
    INTEL_BOARD(chip_, device_, subsystem_, revision_), \
        .pci_only = true, .copper_only = true, .eeprom_words = 64, .autoneg_ns = 2000 * MS

/* 64 bits, in a slot of so many MHz. */
#define SERVER(chip_, device_, subsystem_, revision_, mhz)                                     \
    INTEL_BOARD(chip_, device_, subsystem_, revision_), .bars_64bit = true, .pci_66mhz = true, \
                                                        .pci_64bit = true, .pcix_mhz = (mhz),  \
                                                        .eeprom_words = 256

#define COPPER         .autoneg_ns = 2000 * MS
#define SERDES(media_) .media = (media_), .autoneg_ns = 30 * MS

/* What the PHY's register 3 says, 82545GM and 82546GB being the second generation. */
#define FIRST_GENERATION  .phy_id2 = 0x0C23
#define SECOND_GENERATION .phy_id2 = 0x0C25

/* Addresses end so that the second port's, one more, is free. */
#define ADDRESS(last) .mac = {0x00, 0x04, 0x23, 0x45, 0x4D, (last)}

const struct e1000emu_profile emu_profiles_family[] = {
    {
        .name = "82540em",
        .summary = "a PRO/1000 MT desktop adapter (82540EM): 32-bit PCI, one copper port",
        DESKTOP(E1000EMU_82540EM, 0x100E, 0x001E, 2),
        FIRST_GENERATION,
        ADDRESS(0x10),
        .flash_size = 0x20000,
    },
    {
        .name = "82540em-lom",
        .summary = "an 82540EM on a mainboard: no flash",
        DESKTOP(E1000EMU_82540EM, 0x1015, 0x1015, 2),
        FIRST_GENERATION,
        ADDRESS(0x12),
    },
    {
        .name = "82540ep",
        .summary = "an 82540EP desktop board",
        DESKTOP(E1000EMU_82540EP, 0x1017, 0x1017, 3),
        FIRST_GENERATION,
        ADDRESS(0x14),
    },
    {
        .name = "82540ep-lom",
        .summary = "an 82540EP in a mobile computer",
        DESKTOP(E1000EMU_82540EP, 0x1016, 0x1016, 3),
        FIRST_GENERATION,
        ADDRESS(0x16),
    },
    {
        .name = "82540ep-lp",
        .summary = "an 82540EP of low power in a mobile computer",
        DESKTOP(E1000EMU_82540EP, 0x101E, 0x101E, 3),
        FIRST_GENERATION,
        ADDRESS(0x18),
    },
    {
        .name = "82545em-fiber",
        .summary = "a PRO/1000 MF server adapter: the 82545EM on fiber",
        SERVER(E1000EMU_82545EM, 0x1011, 0x1002, 1, 133),
        FIRST_GENERATION,
        SERDES(E1000EMU_FIBER),
        ADDRESS(0x01),
        .flash_size = 0x20000,
    },
    {
        .name = "82545gm",
        .summary = "a PRO/1000 MT server adapter of the second generation (82545GM)",
        SERVER(E1000EMU_82545GM, 0x1026, 0x1001, 4, 133),
        SECOND_GENERATION,
        COPPER,
        ADDRESS(0x1A),
        .flash_size = 0x20000,
    },
    {
        .name = "82545gm-fiber",
        .summary = "a PRO/1000 MF server adapter: the 82545GM on fiber",
        SERVER(E1000EMU_82545GM, 0x1027, 0x1027, 4, 133),
        SECOND_GENERATION,
        SERDES(E1000EMU_FIBER),
        ADDRESS(0x1C),
        .flash_size = 0x20000,
    },
    {
        .name = "82545gm-serdes",
        .summary = "a PRO/1000 MB server adapter: the 82545GM on a backplane",
        SERVER(E1000EMU_82545GM, 0x1028, 0x1028, 4, 133),
        SECOND_GENERATION,
        SERDES(E1000EMU_SERDES),
        ADDRESS(0x1E),
        .flash_size = 0x20000,
    },
    {
        .name = "82546eb",
        .summary = "a PRO/1000 MT dual port server adapter (82546EB)",
        SERVER(E1000EMU_82546EB, 0x1010, 0x1011, 1, 133),
        FIRST_GENERATION,
        COPPER,
        ADDRESS(0x20),
        .dual_port = true,
        .flash_size = 0x40000,
    },
    {
        .name = "82546eb-fiber",
        .summary = "a PRO/1000 MF dual port server adapter: the 82546EB on fiber",
        SERVER(E1000EMU_82546EB, 0x1012, 0x1012, 1, 133),
        FIRST_GENERATION,
        SERDES(E1000EMU_FIBER),
        ADDRESS(0x22),
        .dual_port = true,
        .flash_size = 0x20000,
    },
    {
        .name = "82546eb-quad",
        .summary = "two ports of a PRO/1000 MT quad port server adapter (82546EB)",
        SERVER(E1000EMU_82546EB, 0x101D, 0x1000, 1, 100),
        FIRST_GENERATION,
        COPPER,
        ADDRESS(0x24),
        .dual_port = true,
        .quad_port = true,
    },
    {
        .name = "82546gb",
        .summary = "a PRO/1000 MT dual port server adapter of the second generation (82546GB)",
        SERVER(E1000EMU_82546GB, 0x1079, 0x1179, 3, 133),
        SECOND_GENERATION,
        COPPER,
        ADDRESS(0x30),
        .dual_port = true,
        .flash_size = 0x20000,
    },
    {
        .name = "82546gb-fiber",
        .summary = "a PRO/1000 MF dual port server adapter: the 82546GB on fiber",
        SERVER(E1000EMU_82546GB, 0x107A, 0x107A, 3, 133),
        SECOND_GENERATION,
        SERDES(E1000EMU_FIBER),
        ADDRESS(0x32),
        .dual_port = true,
        .flash_size = 0x20000,
    },
    {
        .name = "82546gb-serdes",
        .summary = "a PRO/1000 MB dual port server connection: the 82546GB on a backplane",
        SERVER(E1000EMU_82546GB, 0x107B, 0x107B, 3, 133),
        SECOND_GENERATION,
        SERDES(E1000EMU_SERDES),
        ADDRESS(0x34),
        .dual_port = true,
    },
    {
        .name = "82546gb-pcie",
        .summary = "a PRO/1000 P dual port server adapter: an 82546GB behind a PCI Express bridge",
        SERVER(E1000EMU_82546GB, 0x108A, 0x108A, 3, 133),
        SECOND_GENERATION,
        COPPER,
        ADDRESS(0x36),
        .dual_port = true,
    },
    {
        .name = "82546gb-quad",
        .summary = "two ports of a PRO/1000 GT quad port server adapter (82546GB)",
        SERVER(E1000EMU_82546GB, 0x1099, 0x1099, 3, 66),
        SECOND_GENERATION,
        COPPER,
        ADDRESS(0x38),
        .dual_port = true,
        .quad_port = true,
    },
    {
        .name = "82546gb-quad-ksp3",
        .summary = "two ports of the quad port server adapter with the KSP3 id (82546GB)",
        SERVER(E1000EMU_82546GB, 0x10B5, 0x1199, 3, 66),
        SECOND_GENERATION,
        COPPER,
        ADDRESS(0x3C),
        .dual_port = true,
        .quad_port = true,
    },
};

const size_t emu_profiles_family_count = sizeof emu_profiles_family / sizeof *emu_profiles_family;
