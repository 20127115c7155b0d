/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of the registers, from the low bits up: names, places and meanings for whoever shows a
 * value or judges one. For regs_table.c alone, whose rows find them by the name of their register.
 *
 * A bit that software can store although it does nothing here is RESERVED; one that acts when a one
 * is written and isn't stored is an ACTION.
 */
#ifndef EMU_REGS_FIELDS_H
#define EMU_REGS_FIELDS_H

#include "fields.h"
#include "hw.h"

static const char *const speeds[] = {"10", "100", "1000", NULL};
static const char *const speeds_seen[] = {"10", "100", "1000", "1000"};
static const char *const speeds_found[] = {NULL, "100", "1000", "1000"};

static const struct e1000emu_field CTRL_fields[] = {
    MASK("FD", CTRL_FD, "full duplex, used with FRCDPLX"),
    MASK("LRST", CTRL_LRST, "link reset, SerDes only"),
    MASK("ASDE", CTRL_ASDE, "auto-speed detection"),
    MASK("SLU", CTRL_SLU, "set link up: obey the PHY's link"),
    MASK("ILOS", CTRL_ILOS, "invert loss of signal"),
    NAMED("SPEED", CTRL_SPEED, "Mb/s, used with FRCSPD", speeds),
    MASK("FRCSPD", CTRL_FRCSPD, "force speed"),
    MASK("FRCDPLX", CTRL_FRCDPLX, "force duplex"),
    MASK("SDP0_DATA", CTRL_SDP0_DATA, "pin 0's value"),
    MASK("SDP1_DATA", CTRL_SDP1_DATA, "pin 1's value"),
    MASK("ADVD3WUC", CTRL_ADVD3WUC, "advertise wake-up from D3cold"),
    MASK("EN_PHY_PWR_MGMT", CTRL_EN_PHY_PWR_MGMT, "the PHY slows down in D3"),
    MASK("SDP0_IODIR", CTRL_SDP0_IODIR, "pin 0 is an output"),
    MASK("SDP1_IODIR", CTRL_SDP1_IODIR, "pin 1 is an output"),
    ACTION("RST", CTRL_RST, "reset all but PCI configuration"),
    MASK("RFCE", CTRL_RFCE, "obey received PAUSE"),
    MASK("TFCE", CTRL_TFCE, "send PAUSE as the FIFO fills"),
    MASK("VME", CTRL_VME, "VLAN mode: insert and strip tags"),
    MASK("PHY_RST", CTRL_PHY_RST, "hold the PHY in reset"),
};

static const char *const pcix_speeds[] = {NULL, "66-100MHz", "100-133MHz", NULL};
static const struct e1000emu_field STATUS_fields[] = {
    MASK("FD", STATUS_FD, "full duplex"),
    MASK("LU", STATUS_LU, "link up"),
    MASK("FUNC", STATUS_FUNC, "port of a dual-port chip"),
    MASK("TXOFF", STATUS_TXOFF, "paused by a received XOFF"),
    MASK("TBIMODE", STATUS_TBIMODE, "SerDes or TBI"),
    NAMED("SPEED", STATUS_SPEED, "Mb/s", speeds_seen),
    NAMED("ASDV", STATUS_ASDV, "Mb/s that auto-speed detection found; 0: 10, or none yet",
          speeds_found),
    MASK("PCI66", STATUS_PCI66, "the bus runs at 66 MHz"),
    MASK("BUS64", STATUS_BUS64, "a 64-bit slot"),
    MASK("PCIX_MODE", STATUS_PCIX_MODE, "a PCI-X bus"),
    NAMED("PCIXSPD", STATUS_PCIXSPD, "speed of the PCI-X bus; 0: up to 66 MHz", pcix_speeds),
};

static const char *const flash_writes[] = {NULL, "disabled", "enabled", NULL};
static const struct e1000emu_field EECD_fields[] = {
    MASK("SK", EECD_SK, "clock to the EEPROM"),
    MASK("CS", EECD_CS, "chip select"),
    MASK("DI", EECD_DI, "data to the EEPROM"),
    MASK("DO", EECD_DO, "data from the EEPROM"),
    NAMED("FWE", EECD_FWE, "writes to the flash", flash_writes),
    MASK("EE_REQ", EECD_EE_REQ, "software wants the pins"),
    MASK("EE_GNT", EECD_EE_GNT, "software has the pins"),
    MASK("EE_PRES", EECD_EE_PRES, "an EEPROM is there"),
    MASK("EE_SIZE", EECD_EE_SIZE, "256 words instead of 64"),
};

static const struct e1000emu_field EERD_fields[] = {
    ACTION("START", EERD_START, "read the word"),
    MASK("DONE", EERD_DONE, "the word is read"),
    MASK("ADDR", EERD_ADDR, "word"),
    MASK("DATA", EERD_DATA, "what it holds"),
};

static const char *const link_modes[] = {"copper", NULL, "SerDes", "TBI"};
static const struct e1000emu_field CTRL_EXT_fields[] = {
    MASK("GPI0_EN", CTRL_EXT_GPI0_EN, "stored, no function"),
    MASK("PHYINT_EN", CTRL_EXT_PHYINT_EN, "the PHY's interrupt sets ICR.PHYINT"),
    MASK("GPI2_EN", CTRL_EXT_GPI2_EN, "pin 6 sets ICR.GPI_SDP6"),
    MASK("GPI3_EN", CTRL_EXT_GPI3_EN, "pin 7 sets ICR.GPI_SDP7"),
    MASK("PHYINT", CTRL_EXT_PHYINT, "level of the PHY's interrupt"),
    MASK("SDP6_DATA", CTRL_EXT_SDP6_DATA, "pin 6's value"),
    MASK("SDP7_DATA", CTRL_EXT_SDP7_DATA, "pin 7's value"),
    RESERVED(8, 1, "reads as one"),
    MASK("SDP6_IODIR", CTRL_EXT_SDP6_IODIR, "pin 6 is an output"),
    MASK("SDP7_IODIR", CTRL_EXT_SDP7_IODIR, "pin 7 is an output"),
    ACTION("ASDCHK", CTRL_EXT_ASDCHK, "detect the speed now"),
    ACTION("EE_RST", CTRL_EXT_EE_RST, "load from the EEPROM again"),
    RESERVED(14, 1, "IPS of the 82544, from the EEPROM"),
    MASK("SPD_BYPS", CTRL_EXT_SPD_BYPS, "speed select bypass"),
    RESERVED(16, 1, "IPS1 of the 82544, from the EEPROM"),
    MASK("RO_DIS", CTRL_EXT_RO_DIS, "no relaxed ordering"),
    NAMED("LINK_MODE", CTRL_EXT_LINK_MODE, "what carries the link", link_modes),
};

static const char *const mdic_ops[] = {NULL, "write", "read", NULL};
static const char *const phy_registers[32] = {
    "BMCR", "BMSR", "ID1", "ID2", "ANAR",   "ANLPAR", "ANER", "NPT",   "LPNP",   "GBCR",  "GBSR",
    NULL,   NULL,   NULL,  NULL,  "EXTSR",  "PSCR",   "PSSR", "INTEN", "INTST",  "EPSCR", "RXERR",
    NULL,   NULL,   NULL,  NULL,  "EPSCR2", "EPSSR",  NULL,   "PAGE",  "WINDOW", NULL,
};
static const struct e1000emu_field MDIC_fields[] = {
    MASK("DATA", MDIC_DATA, "what is read or written"),
    NAMED("REG", MDIC_REG, "register of the PHY", phy_registers),
    MASK("PHY", MDIC_PHY, "address of the PHY"),
    NAMED("OP", MDIC_OP, "what to do", mdic_ops),
    MASK("R", MDIC_R, "ready: the transfer has ended"),
    MASK("I", MDIC_I, "interrupt at the end"),
    MASK("E", MDIC_E, "error"),
};

static const struct e1000emu_field FCAH_fields[] = {AT("ADDR", 0, 16, "bytes 4 and 5")};
static const struct e1000emu_field FCT_fields[] = {AT("TYPE", 0, 16, "Ethernet type")};
static const struct e1000emu_field FCTTV_fields[] = {AT("TTV", 0, 16, "64-byte times")};

static const char *const remote_faults[] = {"none", "link", "offline", "negotiation"};
static const struct e1000emu_field TXCW_fields[] = {
    RESERVED(0, 5, "stored"),
    MASK("FD", TXCW_FD, "full duplex"),
    MASK("HD", TXCW_HD, "half duplex"),
    MASK("PAUSE", TXCW_PAUSE, "symmetric PAUSE"),
    MASK("ASM_DIR", TXCW_ASM_DIR, "asymmetric PAUSE"),
    RESERVED(9, 3, "stored"),
    AT_NAMED("RF", 12, 2, "remote fault", remote_faults),
    RESERVED(14, 1, "stored"),
    AT("NP", 15, 1, "next page"),
    MASK("TXCONFIG", TXCW_TXCONFIG, "send configuration words"),
    MASK("ANE", TXCW_ANE, "negotiate"),
};
static const struct e1000emu_field RXCW_fields[] = {
    AT("WORD", 0, 16, "the partner's word"),
    MASK("NOCARRIER", RXCW_NOCARRIER, "idles are seen"),
    MASK("INVALID", RXCW_INVALID, "an invalid symbol came"),
    MASK("CHANGE", RXCW_CHANGE, "the word changed"),
    MASK("RXCONFIG", RXCW_RXCONFIG, "configuration words are seen"),
    MASK("RXSYNC", RXCW_RXSYNC, "synchronised"),
    MASK("ANC", RXCW_ANC, "negotiation complete"),
};

static const char *const led_modes[16] = {
    "LINK_10/1000", "LINK_100/1000", "LINK_UP", "ACTIVITY", "LINK/ACTIVITY", "LINK_10",
    "LINK_100",     "LINK_1000",     "PCIX",    "FDX",      "COLLISION",     "BUS_SPEED",
    "BUS_SIZE",     "PAUSED",        "ON",      "OFF",
};
#define LED(n)                                                                \
    AT_NAMED("LED" #n "_MODE", 8 * (n), 4, "what lights LED " #n, led_modes), \
        AT("LED" #n "_IVRT", 8 * (n) + 6, 1, "inverted"),                     \
        AT("LED" #n "_BLINK", 8 * (n) + 7, 1, "blinks")
static const struct e1000emu_field LEDCTL_fields[] = {LED(0), LED(1), LED(2), LED(3)};
#undef LED

static const struct e1000emu_field PBA_fields[] = {
    MASK("RXA", PBA_RXA, "for receiving, KB"),
    MASK("TXA", PBA_TXA, "for sending, KB"),
};

static const struct e1000emu_field ITR_fields[] = {AT("INTERVAL", 0, 16, "256 ns")};

static const struct e1000emu_field ICR_fields[] = {
    MASK("TXDW", ICR_TXDW, "transmit descriptor written back"),
    MASK("TXQE", ICR_TXQE, "transmit queue empty"),
    MASK("LSC", ICR_LSC, "link status changed"),
    MASK("RXSEQ", ICR_RXSEQ, "sequence error (SerDes)"),
    MASK("RXDMT0", ICR_RXDMT0, "receive descriptors few"),
    MASK("RXO", ICR_RXO, "receive FIFO overrun"),
    MASK("RXT0", ICR_RXT0, "frames received"),
    MASK("MDAC", ICR_MDAC, "MDIO access complete"),
    MASK("RXCFG", ICR_RXCFG, "configuration words received (SerDes)"),
    MASK("PHYINT", ICR_PHYINT, "the PHY's interrupt"),
    MASK("GPI_SDP6", ICR_GPI_SDP6, "pin 6"),
    MASK("GPI_SDP7", ICR_GPI_SDP7, "pin 7"),
    MASK("TXD_LOW", ICR_TXD_LOW, "transmit descriptors few"),
    MASK("SRPD", ICR_SRPD, "small packet received"),
};

static const char *const loopbacks[] = {"none", NULL, NULL, "PHY"};
static const char *const rdmts[] = {"1/2", "1/4", "1/8", NULL};
static const char *const hash_bits[] = {"47:36", "46:35", "45:34", "43:32"};
static const char *const buffer_sizes[] = {"2048", "1024/16384", "512/8192", "256/4096"};
static const struct e1000emu_field RCTL_fields[] = {
    MASK("EN", RCTL_EN, "receiver on"),
    MASK("SBP", RCTL_SBP, "store bad packets"),
    MASK("UPE", RCTL_UPE, "unicast promiscuous"),
    MASK("MPE", RCTL_MPE, "multicast promiscuous"),
    MASK("LPE", RCTL_LPE, "long packets"),
    NAMED("LBM", RCTL_LBM, "loopback", loopbacks),
    NAMED("RDMTS", RCTL_RDMTS, "part of the ring that RXDMT0 tells of", rdmts),
    NAMED("MO", RCTL_MO, "bits of the address that are hashed", hash_bits),
    MASK("BAM", RCTL_BAM, "accept broadcasts"),
    NAMED("BSIZE", RCTL_BSIZE, "bytes of a buffer, without/with BSEX", buffer_sizes),
    MASK("VFE", RCTL_VFE, "VLAN filter"),
    MASK("CFIEN", RCTL_CFIEN, "compare CFI"),
    MASK("CFI", RCTL_CFI, "CFI that is wanted"),
    MASK("DPF", RCTL_DPF, "discard PAUSE frames"),
    MASK("PMCF", RCTL_PMCF, "pass MAC control frames"),
    MASK("BSEX", RCTL_BSEX, "buffers 16 times as large"),
    MASK("SECRC", RCTL_SECRC, "strip the CRC"),
};

static const struct e1000emu_field FCRTL_fields[] = {
    AT("RTL", 3, 13, "low mark, 8 bytes"),
    MASK("XONE", FCRTL_XONE, "send XON"),
};
static const struct e1000emu_field FCRTH_fields[] = {AT("RTH", 3, 13, "high mark, 8 bytes")};
static const struct e1000emu_field RDBAL_fields[] = {
    AT("BASE", 4, 28, "address of the ring, bits 31:4"),
};
static const struct e1000emu_field RDLEN_fields[] = {
    AT("LEN", 7, 13, "length of the ring, 8 descriptors"),
};
static const struct e1000emu_field RDH_fields[] = {AT("HEAD", 0, 16, "descriptor")};
static const struct e1000emu_field RDT_fields[] = {AT("TAIL", 0, 16, "descriptor")};
static const struct e1000emu_field RDTR_fields[] = {
    AT("DELAY", 0, 16, "1.024 us"),
    ACTION("FPD", RDTR_FPD, "flush what is done now"),
};
static const struct e1000emu_field RADV_fields[] = {AT("DELAY", 0, 16, "1.024 us")};
static const struct e1000emu_field RSRPD_fields[] = {AT("SIZE", 0, 12, "bytes, 0: off")};

static const char *const granularities[] = {"lines", "descriptors"};
static const struct e1000emu_field RXDCTL_fields[] = {
    MASK("PTHRESH", RXDCTL_PTHRESH, "fetch when the cache holds fewer"),
    MASK("HTHRESH", RXDCTL_HTHRESH, "and the host offers as many"),
    MASK("WTHRESH", RXDCTL_WTHRESH, "write back as many together"),
    NAMED("GRAN", RXDCTL_GRAN, "unit of the thresholds", granularities),
};
static const struct e1000emu_field RXCSUM_fields[] = {
    MASK("PCSS", RXCSUM_PCSS, "where the packet checksum starts"),
    MASK("IPOFLD", RXCSUM_IPOFLD, "check IPv4 headers"),
    MASK("TUOFLD", RXCSUM_TUOFLD, "check TCP and UDP"),
    MASK("IPV6OFL", RXCSUM_IPV6OFL, "over IPv6, too"),
};
static const char *const address_kinds[] = {"destination", "source", NULL, NULL};
static const struct e1000emu_field RAH_fields[] = {
    MASK("ADDR", RAH_ADDR, "bytes 4 and 5"),
    NAMED("AS", RAH_AS, "which address is compared", address_kinds),
    MASK("AV", RAH_AV, "valid"),
};

static const struct e1000emu_field TCTL_fields[] = {
    MASK("EN", TCTL_EN, "transmitter on"),
    MASK("PSP", TCTL_PSP, "pad short packets"),
    MASK("CT", TCTL_CT, "collisions before giving up"),
    MASK("COLD", TCTL_COLD, "collision distance, bytes"),
    ACTION("SWXOFF", TCTL_SWXOFF, "send one PAUSE"),
    MASK("RTLC", TCTL_RTLC, "send again after a late collision"),
};
static const struct e1000emu_field TIPG_fields[] = {
    MASK("IPGT", TIPG_IPGT, "gap, MAC clocks"),
    MASK("IPGR1", TIPG_IPGR1, "first part, half duplex"),
    MASK("IPGR2", TIPG_IPGR2, "whole, half duplex"),
};
static const struct e1000emu_field AIFS_fields[] = {AT("AIFS", 0, 16, "least gap, MAC clocks")};
static const struct e1000emu_field TXDCTL_fields[] = {
    MASK("PTHRESH", TXDCTL_PTHRESH, "fetch when the cache holds fewer"),
    MASK("HTHRESH", TXDCTL_HTHRESH, "and the host offers as many"),
    MASK("WTHRESH", TXDCTL_WTHRESH, "write back as many together"),
    NAMED("GRAN", TXDCTL_GRAN, "unit of the thresholds", granularities),
    MASK("LWTHRESH", TXDCTL_LWTHRESH, "TXD_LOW when as many are left, times 8"),
};
static const struct e1000emu_field TSPMT_fields[] = {
    AT("TSMT", 0, 16, "least bytes of a burst"),
    AT("TSPBP", 16, 16, "padding, bytes"),
};

static const struct e1000emu_field WUC_fields[] = {
    MASK("APME", WUC_APME, "APM enabled"),
    MASK("PME_EN", WUC_PME_EN, "assert PME#"),
    MASK("PME_STATUS", WUC_PME_STATUS, "woken"),
    MASK("APMPME", WUC_APMPME, "APM asserts PME#"),
};
/* WUFC enables what WUS then tells of. */
static const struct e1000emu_field WUFC_fields[] = {
    MASK("LNKC", WUFC_LNKC, "link change"),
    MASK("MAG", WUFC_MAG, "Magic Packet"),
    MASK("EX", WUFC_EX, "directed, exact address"),
    MASK("MC", WUFC_MC, "directed multicast"),
    MASK("BC", WUFC_BC, "broadcast"),
    MASK("ARP", WUFC_ARP, "ARP request"),
    MASK("IPV4", WUFC_IPV4, "directed IPv4"),
    MASK("IPV6", WUFC_IPV6, "directed IPv6"),
    AT("FLX0", 16, 1, "flexible filter 0"),
    AT("FLX1", 17, 1, "flexible filter 1"),
    AT("FLX2", 18, 1, "flexible filter 2"),
    AT("FLX3", 19, 1, "flexible filter 3"),
};
static const struct e1000emu_field MANC_fields[] = {
    MASK("SMBUS_EN", MANC_SMBUS_EN, "SMBus"),
    MASK("ASF_EN", MANC_ASF_EN, "ASF"),
    MASK("R_ON_FORCE", MANC_R_ON_FORCE, "reset on force TCO"),
    MASK("RMCP_EN", MANC_RMCP_EN, "RMCP packets, port 026F"),
    MASK("0298_EN", MANC_0298_EN, "RMCP packets, port 0298"),
    MASK("IPV4_EN", MANC_IPV4_EN, "IPv4"),
    MASK("IPV6_EN", MANC_IPV6_EN, "IPv6"),
    MASK("SNAP", MANC_SNAP, "LLC/SNAP accepted"),
    MASK("ARP_EN", MANC_ARP_EN, "ARP requests are filtered"),
    MASK("NEIGHBOR_EN", MANC_NEIGHBOR_EN, "neighbour discovery"),
    MASK("ARP_RES_EN", MANC_ARP_RES_EN, "ARP responses"),
    MASK("TCO_RESET", MANC_TCO_RESET, "TCO reset happened"),
    MASK("RCV_TCO_EN", MANC_RCV_TCO_EN, "receive TCO packets"),
    MASK("REPORT_STATUS", MANC_REPORT_STATUS, "status reporting"),
    MASK("RCV_ALL", MANC_RCV_ALL, "receive all"),
    MASK("EN_MAC_ADDR_FILTER", MANC_EN_MAC_ADDR_FILTER, "MAC address filter"),
    MASK("EN_MNG2HOST", MANC_EN_MNG2HOST, "management packets to the host"),
    MASK("EN_IP_ADDR_FILTER", MANC_EN_IP_ADDR_FILTER, "IP address filter"),
    MASK("EN_XSUM", MANC_EN_XSUM, "checksum filter"),
    MASK("SMB_REQ", MANC_SMB_REQ, "SMBus request"),
    MASK("SMB_GNT", MANC_SMB_GNT, "SMBus grant"),
    MASK("SMB_CLK_IN", MANC_SMB_CLK_IN, "SMBus clock in"),
    MASK("SMB_DATA_IN", MANC_SMB_DATA_IN, "SMBus data in"),
    MASK("SMB_DATA_OUT", MANC_SMB_DATA_OUT, "SMBus data out"),
    MASK("SMB_CLK_OUT", MANC_SMB_CLK_OUT, "SMBus clock out"),
};
static const struct e1000emu_field IPAV_fields[] = {
    AT("V40", 0, 1, "IP4AT[0] is valid"),   AT("V41", 1, 1, "IP4AT[1] is valid"),
    AT("V42", 2, 1, "IP4AT[2] is valid"),   AT("V43", 3, 1, "IP4AT[3] is valid"),
    MASK("V60", IPAV_V6, "IP6AT is valid"),
};
static const struct e1000emu_field WUPL_fields[] = {AT("LEN", 0, 12, "bytes")};
static const struct e1000emu_field FFLT_fields[] = {AT("LEN", 0, 11, "bytes")};
static const struct e1000emu_field FFMT_fields[] = {AT("MASK", 0, 4, "filters that compare this")};

static const struct e1000emu_field RDFH_fields[] = {AT("OFFSET", 0, 13, "8 bytes")};
static const struct e1000emu_field TDFH_fields[] = {AT("OFFSET", 0, 11, "8 bytes")};
static const struct e1000emu_field RDFPC_fields[] = {AT("PACKETS", 0, 13, "packets")};

/* Registers with the fields of another. */
#define VET_fields   FCT_fields
#define ICS_fields   ICR_fields
#define IMS_fields   ICR_fields
#define IMC_fields   ICR_fields
#define TDBAL_fields RDBAL_fields
#define TDLEN_fields RDLEN_fields
#define TDH_fields   RDH_fields
#define TDT_fields   RDT_fields
#define TIDV_fields  RADV_fields
#define TADV_fields  RADV_fields
#define WUS_fields   WUFC_fields
#define RDFT_fields  RDFH_fields
#define RDFHS_fields RDFH_fields
#define RDFTS_fields RDFH_fields
#define TDFHS_fields RDFH_fields
#define TDFTS_fields RDFH_fields
#define TDFT_fields  TDFH_fields
#define TDFPC_fields RDFPC_fields

#endif
