#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Pairs each constant of the driver's header with the chip's own, for test_agreement.c.

usage: agreement.py DRIVER_HEADER CHIP_HEADER... > TABLE

Driver and chip each have their own constants, on purpose. They are paired by name; a constant of the
driver that finds no partner and is in none of the lists below is an error, so that a new one can't be
forgotten.
"""

import re
import sys

# Constants that are named or placed differently: what the driver's must equal.
PAIRS = {
    "MTA_SIZE": "MTA_COUNT", "VFTA_SIZE": "VFTA_COUNT", "RA_SIZE": "RA_COUNT",
    "RXD_DD": "(uint64_t)RXD_STAT_DD << 32", "RXD_EOP": "(uint64_t)RXD_STAT_EOP << 32",
    "RXD_CE": "(uint64_t)RXD_ERR_CE << 40", "RXD_SE": "(uint64_t)RXD_ERR_SE << 40",
    "RXD_SEQ": "(uint64_t)RXD_ERR_SEQ << 40", "RXD_CXE": "(uint64_t)RXD_ERR_CXE << 40",
    "RXD_RXE": "(uint64_t)RXD_ERR_RXE << 40",
    "RXD_IXSM": "(uint64_t)RXD_STAT_IXSM << 32", "RXD_VP": "(uint64_t)RXD_STAT_VP << 32",
    "RXD_TCPCS": "(uint64_t)RXD_STAT_TCPCS << 32", "RXD_IPCS": "(uint64_t)RXD_STAT_IPCS << 32",
    "RXD_TCPE": "(uint64_t)RXD_ERR_TCPE << 40", "RXD_IPE": "(uint64_t)RXD_ERR_IPE << 40",
    "TXD_DEXT": "(uint64_t)TXD_CMD_DEXT << 24", "TXD_VLE": "(uint64_t)TXD_CMD_VLE << 24",
    "TXD_IDE": "(uint64_t)TXD_CMD_IDE << 24", "TXD_TSE": "(uint64_t)TXD_CMD_TSE << 24",
    "TXD_DATA": "(uint64_t)TXD_DTYP_D << 20",
    "TXD_IXSM": "(uint64_t)TXD_POPTS_IXSM << 40", "TXD_TXSM": "(uint64_t)TXD_POPTS_TXSM << 40",
    "TXC_TCP": "(uint64_t)TXD_TUCMD_TCP << 24", "TXC_IP": "(uint64_t)TXD_TUCMD_IP << 24",
    "TXD_EOP": "(uint64_t)TXD_CMD_EOP << 24", "TXD_IFCS": "(uint64_t)TXD_CMD_IFCS << 24",
    "TXD_RS": "(uint64_t)TXD_CMD_RS << 24", "TXD_DD": "(uint64_t)TXD_STAT_DD << 32",
    "BMCR_ANENABLE": "BMCR_AN_ENABLE", "BMCR_ANRESTART": "BMCR_AN_RESTART",
    "BMCR_SPEED": "BMCR_SPEED_LOW | BMCR_SPEED_HIGH | BMCR_FD",
    "BMSR_ANDONE": "BMSR_AN_DONE", "AN_PAUSE": "ANAR_PAUSE", "AN_ASYMMETRIC": "ANAR_ASM_DIR",
    "TXDCTL_WTHRESH1": "TXDCTL_WTHRESH & -TXDCTL_WTHRESH",
    "TXCW_SYMMETRIC": "TXCW_PAUSE", "TXCW_ASYMMETRIC": "TXCW_ASM_DIR", "IPAV_V40": "IPAV_V4 & -IPAV_V4",
    "BMCR_SPEED_100": "BMCR_SPEED_LOW", "BMCR_SPEED_1000": "BMCR_SPEED_HIGH", "BMCR_FULL": "BMCR_FD",
    "AN_802_3": "ANAR_SELECTOR", "AN_10_HALF": "ANAR_10_HD", "AN_10_FULL": "ANAR_10_FD",
    "AN_100_HALF": "ANAR_100_HD", "AN_100_FULL": "ANAR_100_FD", "GBCR_FULL": "GBCR_1000_FD",
    "EEPROM_CHECKSUM": "EE_CHECKSUM", "RXD_LENGTH": "0xFFFFu", "EEPROM_SUM": "EMU_EEPROM_SUM",
    "PHY_REVISION": "0xFu", "PHY_ID_MASK": "0xFFFFFFF0u",
}

# Constants that the chip shows by what it does: test_agreement.c uses them on it, and for what lies where
# in descriptors test_sent_offloads.c and test_received.c do.
SHOWN = set("""
    PCI_VENDOR PCI_DEVICE PCI_COMMAND PCI_COMMAND_IO PCI_COMMAND_MEMORY PCI_COMMAND_MASTER PCI_STATUS
    PCI_STATUS_CAPS PCI_REVISION PCI_SUBSYSTEM_VENDOR PCI_SUBSYSTEM PCI_CAPABILITIES PCI_CAP_PCIX
    PCI_CAP_PM PM_PMC PM_PMC_D3HOT PM_CSR PM_CSR_STATE PM_CSR_PME_EN PM_CSR_PME_STATUS
    PCI_CAP_MSI MSI_CONTROL MSI_CONTROL_ENABLE MSI_CONTROL_64 MSI_ADDRESS
    RXD_SPECIAL_SHIFT TXD_SPECIAL_SHIFT TXC_IPCSO_SHIFT TXC_IPCSE_SHIFT TXC_TUCSS_SHIFT TXC_TUCSO_SHIFT
    TXC_TUCSE_SHIFT TXC_HDRLEN_SHIFT TXC_MSS_SHIFT
    PCIX_COMMAND PCIX_MMRBC_SHIFT PCIX_MMRBC_MASK PCIX_MMRBC_2048 VENDOR_INTEL VENDOR_VMWARE IOADDR IODATA
    EEPROM_MAC EEPROM_VERSION EEPROM_WORDS EEPROM_READ EEPROM_WRITE
    EEPROM_EXTENDED EEPROM_EWEN EEPROM_EWDS
    PHY_BMCR PHY_BMSR PHY_ID1 PHY_ID2 PHY_ID PHY_ANAR PHY_ANLPAR PHY_GBCR PHY_GBSR PHY_PSCR PHY_PSSR
    PHY_EPSCR
""".split())

# Constants for which the chip has no counterpart: choices of the driver, EEPROM words for software
# only, PHY fields that change nothing that software can see.
DRIVER_ONLY = set("""
    EEPROM_PHY_CLASS PHY_PAGE PHY_WINDOW PSCR_POLARITY PSCR_MAC_POWER PSCR_MDIX_AUTO PSCR_CRS_ON_TX
    EPSCR_DOWNSHIFT EPSCR_SLAVE_1X EPSCR_TX_CLOCK EEPROM_AMPLITUDE PHY_EPSCR2 LEDCTL_BLINK PSCR_MDIX
    PSSR_CABLE PSSR_CABLE_SHIFT PSSR_CROSSED PSSR_DOWNSHIFT PSSR_REVERSED GBSR_MASTER GBSR_LOCAL_OK
    GBSR_REMOTE_OK GBSR_IDLE
""".split())


def macros(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            match = re.match(r"#define (\w+)[ \t]+\S", line)
            if match:
                yield match.group(1)


def main():
    chip = {name for path in sys.argv[2:] for name in macros(path)}
    known = sorted(name for name in chip if not name.endswith("_H"))
    lost = []
    for full in macros(sys.argv[1]):
        name = full.removeprefix("E1000_")
        if name in PAIRS:
            print('FIELD("%s", %s, %s)' % (name, full, PAIRS[name]))
        elif "REG_" + name in known:
            print('REGISTER("%s", %s, REG_%s)' % (name, full, name))
        elif name in known:
            print('FIELD("%s", %s, %s)' % (name, full, name))
        elif name not in SHOWN and name not in DRIVER_ONLY:
            lost.append(full)
    if lost:
        sys.exit("constants of the driver that are compared with nothing: " + ", ".join(lost))


main()
