/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every register of the chip, in order of offset: the one place that knows their names, masks,
 * reset values, hooks, and what is still missing. Where the manual leaves a reset value undefined
 * it is 0.
 *
 * No rows, although drivers' headers name them, have registers of relatives that the 82545EM lacks:
 * FLA (0001C, 82541 and 82547), TCTL_EXT (00404, later chips), TBT (00448, 82542 and 82543), ERT
 * (02008) and ETT (03008, early receive and transmit), TXDMAC (03000, 82544), and the 82542's
 * second receive ring (00130 to 00150). They read 0 and ignore writes, as all of the BAR does where
 * there is no register.
 */
#include "chip.h"
#include "filter.h"
#include "general.h"
#include "regs.h"
#include "regs_fields.h"
#include "stats.h"

#define ALL UINT32_MAX

/* One register, or an array. */
#define ARRAY(first, entries, bytes, name_, section_, meaning_)                                \
    .pub.offset = (first), .pub.count = (entries), .pub.stride = (bytes), .pub.name = (name_), \
    .pub.section = (section_), .pub.meaning = (meaning_)
/* One register without fields, and one with those that regs_fields.h has under its name. */
#define PLAIN(name_, section_, meaning_) ARRAY(REG_##name_, 1, 4, #name_, section_, meaning_)
#define ONE(name_, section_, meaning_)   PLAIN(name_, section_, meaning_), FIELDS(name_)

#define FIELDS(of) \
    .pub.fields = of##_fields, .pub.field_count = sizeof of##_fields / sizeof *of##_fields

/* Value after power-on, bits that can read as one, bits that software can store. */
#define BITS(reset_, readable, writable) \
    .pub.reset = (reset_), .pub.read_mask = (readable), .pub.write_mask = (writable)
#define STORED(writable) BITS(0, writable, writable)

/* What RST# and what CTRL.RST leave as it is; power-on leaves nothing. */
#define KEPT(by_pci, by_ctrl) .pub.kept = {0, (by_pci), (by_ctrl)}

#define FLAGS(names) .pub.flags = (names)

/* An address of the 82542's map, where old software looks for a register. */
#define ALIAS(at, entries, bytes, name_, of)                                   \
    {                                                                          \
        ARRAY(at, entries, bytes, name_, "13.2", "82542's address of " name_), \
            FLAGS(E1000EMU_REG_ALIAS), .pub.alias_of = (of)                    \
    }

/* A 32-bit statistics counter, and the halves of a 64-bit one. */
#define COUNTER(name_, meaning_)                                                         \
    {                                                                                    \
        PLAIN(name_, "13.7", meaning_), BITS(0, ALL, 0), FLAGS(E1000EMU_REG_READ_CLEARS) \
    }
#define PAIR(name_, meaning_)                                                                      \
    {PLAIN(name_##L, "13.7", meaning_ ", low half"), BITS(0, ALL, 0), .read = emu_stats_read_low}, \
    {                                                                                              \
        PLAIN(name_##H, "13.7", meaning_ ", high half; reading it clears both"), BITS(0, ALL, 0),  \
            FLAGS(E1000EMU_REG_READ_CLEARS), .read = emu_stats_read_high                           \
    }

/* Of the FIFOs: software's writes move the frames in them. The saved ones are copies, which show
 * what was written until the FIFO next moves; a bad frame takes the receive tail back to its copy.
 */
#define FIFO_POINTER(name_, mask, meaning_, hook)                                   \
    {                                                                               \
        ONE(name_, "13.8", meaning_), STORED(mask), FLAGS(E1000EMU_REG_DIAGNOSTIC), \
            .write = (hook)                                                         \
    }

#define RC  E1000EMU_REG_READ_CLEARS
#define W1C E1000EMU_REG_WRITE1_CLEARS
#define WO  E1000EMU_REG_WRITE_ONLY
#define SC  E1000EMU_REG_SELF_CLEARING
#define W1S E1000EMU_REG_WRITE1_SETS

/* Pin directions outlive all resets but power-on (SDM 13.4.1, 13.4.6). */
#define CTRL_DIRECTIONS     (CTRL_SDP0_IODIR | CTRL_SDP1_IODIR)
#define CTRL_EXT_DIRECTIONS (CTRL_EXT_SDP6_IODIR | CTRL_EXT_SDP7_IODIR)

/* What the controller on the SMBus has set is none of the host's. */
#define MANC_CONTROLLERS (MANC_TCO_RESET | MANC_RCV_TCO_EN | MANC_REPORT_STATUS | MANC_RCV_ALL)

/* clang-format off */
const struct emu_reg emu_reg_table[] = {
    /* General, interrupts, and the 82542's map among them. */
    {ONE(CTRL, "13.4.1", "device control"), BITS(0x00000A09, 0xD8FC1BE9, 0xD8FC1BE9),
     KEPT(CTRL_DIRECTIONS, CTRL_DIRECTIONS), FLAGS(SC), .write = emu_general_write_ctrl},
    {PLAIN(CTRL_DUP, "13.4.1", "another address of CTRL"), FLAGS(E1000EMU_REG_ALIAS),
     .pub.alias_of = REG_CTRL},
    {ONE(STATUS, "13.4.2", "device status"), BITS(0, 0x0000FBFF, 0)},
    {ONE(EECD, "13.4.3", "EEPROM pins and flash control"), BITS(0x00000110, 0x000003FF, 0x00000077),
     .read = emu_eeprom_read_eecd, .write = emu_eeprom_write_eecd},
    {ONE(EERD, "13.4.4", "EEPROM read"), BITS(0, 0xFFFFFF10, 0x0000FF00), FLAGS(SC),
     .write = emu_eeprom_write_eerd},
    {ONE(CTRL_EXT, "13.4.6", "extended device control"), BITS(0x00000100, 0x00C3CDEF, 0x00C28CCF),
     KEPT(CTRL_EXT_DIRECTIONS, CTRL_EXT_DIRECTIONS), FLAGS(SC), .write = emu_general_write_ctrl_ext},
    {ONE(MDIC, "13.4.7", "access to the PHY's registers"), BITS(0, 0x7FFFFFFF, 0x7FFFFFFF),
     .write = emu_phy_write_mdic},
    {PLAIN(FCAL, "13.4.8", "flow control address, low"), STORED(ALL)},
    {ONE(FCAH, "13.4.9", "flow control address, high"), STORED(0x0000FFFF)},
    {ONE(FCT, "13.4.10", "flow control type"), STORED(0x0000FFFF)},
    {ONE(VET, "13.4.11", "VLAN Ethernet type"), STORED(0x0000FFFF)},
    ALIAS(0x00040, 16, 8, "RAL", REG_RAL(0)),
    ALIAS(0x00044, 16, 8, "RAH", REG_RAH(0)),
    {ONE(ICR, "13.4.17", "interrupt causes"), BITS(0, ICR_ALL, 0), FLAGS(RC | W1C),
     .read = emu_irq_read_icr, .write = emu_irq_write_icr},
    {ONE(ITR, "13.4.18", "interrupt throttling, 256 ns"), STORED(0x0000FFFF),
     .write = emu_irq_write_itr},
    {ONE(ICS, "13.4.19", "sets interrupt causes"), BITS(0, ICR_ALL, 0),
     .read = emu_irq_read_ics, .write = emu_irq_write_ics},
    {ONE(IMS, "13.4.20", "interrupt mask, set and read"), BITS(0, ICR_ALL, ICR_ALL), FLAGS(W1S),
     .write = emu_irq_write_ims},
    {ONE(IMC, "13.4.21", "clears bits of the interrupt mask"), BITS(0, 0, 0), FLAGS(WO),
     .write = emu_irq_write_imc},
    {ONE(RCTL, "13.4.22", "receive control"), STORED(0x06DFB3FE), .write = emu_rx_write_rctl},
    ALIAS(0x00108, 1, 4, "RDTR", REG_RDTR),
    ALIAS(0x00110, 1, 4, "RDBAL", REG_RDBAL),
    ALIAS(0x00114, 1, 4, "RDBAH", REG_RDBAH),
    ALIAS(0x00118, 1, 4, "RDLEN", REG_RDLEN),
    ALIAS(0x00120, 1, 4, "RDH", REG_RDH),
    ALIAS(0x00128, 1, 4, "RDT", REG_RDT),
    ALIAS(0x00160, 1, 4, "FCRTH", REG_FCRTH),
    ALIAS(0x00168, 1, 4, "FCRTL", REG_FCRTL),
    {ONE(FCTTV, "13.4.12", "pause time that is sent"), STORED(0x0000FFFF)},
    /* The 82540 has no SerDes that it would be for, but keeps it: Linux's self-test writes it on every
     * chip from the 82543 on, and these pass. */
    {ONE(TXCW, "13.4.13", "transmit configuration word"), STORED(0xC000FFFF),
     .write = emu_serdes_write_txcw},
    {ONE(RXCW, "13.4.14", "receive configuration word"), BITS(0, 0xFC00FFFF, 0), .serdes = true,
     .read = emu_serdes_read_rxcw},
    ALIAS(0x00200, MTA_COUNT, 4, "MTA", REG_MTA),
    {ONE(TCTL, "13.4.33", "transmit control"), STORED(0x013FFFFA), FLAGS(SC),
     .write = emu_tx_write_tctl},
    /* Gaps between frames, here and in AIFS, are a matter of the wire's time, which is the host's
     * in full duplex: it can look here. In half duplex they are the chip's. */
    {ONE(TIPG, "13.4.34", "inter-packet gap"), STORED(0x3FFFFFFF), KEPT(ALL, ALL)},
    ALIAS(0x00420, 1, 4, "TDBAL", REG_TDBAL),
    ALIAS(0x00424, 1, 4, "TDBAH", REG_TDBAH),
    ALIAS(0x00428, 1, 4, "TDLEN", REG_TDLEN),
    ALIAS(0x00430, 1, 4, "TDH", REG_TDH),
    ALIAS(0x00438, 1, 4, "TDT", REG_TDT),
    ALIAS(0x00440, 1, 4, "TIDV", REG_TIDV),
    {ONE(AIFS, "13.4.35", "adaptive inter-frame spacing"), STORED(0x0000FFFF)},
    ALIAS(0x00600, VFTA_COUNT, 4, "VFTA", REG_VFTA),
    {ONE(LEDCTL, "13.4.15", "LED control"), BITS(0x07068302, 0xCFCFCFCF, 0xCFCFCFCF)},
    {ONE(PBA, "13.4.16", "packet buffer split, KB"), BITS(0x00100030, 0x007F007F, 0x0000007F),
     KEPT(0, ALL), .write = emu_general_write_pba},

    /* Receive. */
    {ONE(FCRTL, "13.4.23", "flow control low mark"), STORED(0x8000FFF8)},
    {ONE(FCRTH, "13.4.24", "flow control high mark"), STORED(0x0000FFF8)},
    FIFO_POINTER(RDFH, 0x00001FFF, "receive FIFO head", emu_fifo_write),
    FIFO_POINTER(RDFT, 0x00001FFF, "receive FIFO tail", emu_fifo_write),
    FIFO_POINTER(RDFHS, 0x00001FFF, "receive FIFO head, saved", NULL),
    FIFO_POINTER(RDFTS, 0x00001FFF, "receive FIFO tail, saved", NULL),
    FIFO_POINTER(RDFPC, 0x00001FFF, "packets in the receive FIFO", emu_fifo_write),
    {ONE(RDBAL, "13.4.25", "receive ring address, low"), STORED(0xFFFFFFF0), KEPT(ALL, ALL),
     .write = emu_rx_write_ring},
    {PLAIN(RDBAH, "13.4.26", "receive ring address, high"), STORED(ALL), KEPT(ALL, ALL),
     .write = emu_rx_write_ring},
    {ONE(RDLEN, "13.4.27", "receive ring length, bytes"), STORED(0x000FFF80),
     .write = emu_rx_write_ring},
    {ONE(RDH, "13.4.28", "receive ring head"), STORED(0x0000FFFF), .write = emu_rx_write_ring},
    {ONE(RDT, "13.4.29", "receive ring tail"), STORED(0x0000FFFF), .write = emu_rx_write_rdt},
    {ONE(RDTR, "13.4.30", "receive delay, 1.024 us"), STORED(0x0000FFFF),
     .write = emu_rx_write_rdtr},
    {ONE(RXDCTL, "13.4.46", "receive descriptor control"),
     BITS(0x01010000, 0x013F3F3F, 0x013F3F3F), .write = emu_rx_write_rxdctl},
    {ONE(RADV, "13.4.31", "absolute receive delay, 1.024 us"), STORED(0x0000FFFF),
     .write = emu_rx_write_radv},
    {ONE(RSRPD, "13.4.32", "small packet size"), STORED(0x00000FFF)},

    /* Transmit. */
    FIFO_POINTER(TDFH, 0x000007FF, "transmit FIFO head", emu_tx_write_fifo),
    FIFO_POINTER(TDFT, 0x000007FF, "transmit FIFO tail", emu_tx_write_fifo),
    FIFO_POINTER(TDFHS, 0x00001FFF, "transmit FIFO head, saved", NULL),
    FIFO_POINTER(TDFTS, 0x00001FFF, "transmit FIFO tail, saved", NULL),
    FIFO_POINTER(TDFPC, 0x00001FFF, "packets in the transmit FIFO", emu_tx_write_fifo),
    {ONE(TDBAL, "13.4.36", "transmit ring address, low"), STORED(0xFFFFFFF0), KEPT(ALL, ALL),
     .write = emu_tx_write_ring},
    {PLAIN(TDBAH, "13.4.37", "transmit ring address, high"), STORED(ALL), KEPT(ALL, ALL),
     .write = emu_tx_write_ring},
    {ONE(TDLEN, "13.4.38", "transmit ring length, bytes"), STORED(0x000FFF80),
     .write = emu_tx_write_ring},
    {ONE(TDH, "13.4.39", "transmit ring head"), STORED(0x0000FFFF), .write = emu_tx_write_ring},
    {ONE(TDT, "13.4.40", "transmit ring tail"), STORED(0x0000FFFF), .write = emu_tx_write_tdt},
    {ONE(TIDV, "13.4.41", "transmit delay, 1.024 us"), STORED(0x0000FFFF)},
    {ONE(TXDCTL, "13.4.43", "transmit descriptor control"), STORED(0xFF3F3F3F),
     .write = emu_tx_write_txdctl},
    {ONE(TADV, "13.4.44", "absolute transmit delay, 1.024 us"), STORED(0x0000FFFF)},
    /* When the DMA of a segment begins: at once here, as the model's DMA takes no time. */
    {ONE(TSPMT, "13.4.45", "segmentation pad and threshold"), BITS(0x01000400, ALL, ALL)},

    /* Statistics. */
    COUNTER(CRCERRS, "CRC errors"),
    COUNTER(ALGNERRC, "alignment errors"),
    COUNTER(SYMERRS, "symbol errors"),
    COUNTER(RXERRC, "frames with RX_ER"),
    COUNTER(MPC, "missed packets"),
    COUNTER(SCC, "single collisions"),
    COUNTER(ECOL, "excessive collisions"),
    COUNTER(MCC, "multiple collisions"),
    COUNTER(LATECOL, "late collisions"),
    COUNTER(COLC, "collisions"),
    COUNTER(DC, "deferrals"),
    COUNTER(TNCRS, "sent without carrier sense"),
    COUNTER(SEC, "sequence errors"),
    COUNTER(CEXTERR, "carrier extension errors"),
    COUNTER(RLEC, "length errors"),
    COUNTER(XONRXC, "XON received"),
    COUNTER(XONTXC, "XON sent"),
    COUNTER(XOFFRXC, "XOFF received"),
    COUNTER(XOFFTXC, "XOFF sent"),
    COUNTER(FCRUC, "unsupported flow control frames received"),
    COUNTER(PRC64, "received, 64 bytes"),
    COUNTER(PRC127, "received, 65 to 127 bytes"),
    COUNTER(PRC255, "received, 128 to 255 bytes"),
    COUNTER(PRC511, "received, 256 to 511 bytes"),
    COUNTER(PRC1023, "received, 512 to 1023 bytes"),
    COUNTER(PRC1522, "received, 1024 bytes and more"),
    COUNTER(GPRC, "good packets received"),
    COUNTER(BPRC, "broadcasts received"),
    COUNTER(MPRC, "multicasts received"),
    COUNTER(GPTC, "good packets sent"),
    PAIR(GORC, "good octets received"),
    PAIR(GOTC, "good octets sent"),
    COUNTER(RNBC, "received without a buffer"),
    COUNTER(RUC, "undersized"),
    COUNTER(RFC, "fragments"),
    COUNTER(ROC, "oversized"),
    COUNTER(RJC, "jabber"),
    COUNTER(MGTPRC, "management packets received"),
    COUNTER(MGTPDC, "management packets dropped"),
    COUNTER(MGTPTC, "management packets sent"),
    PAIR(TOR, "all octets received"),
    PAIR(TOT, "all octets sent"),
    COUNTER(TPR, "all packets received"),
    COUNTER(TPT, "all packets sent"),
    COUNTER(PTC64, "sent, 64 bytes"),
    COUNTER(PTC127, "sent, 65 to 127 bytes"),
    COUNTER(PTC255, "sent, 128 to 255 bytes"),
    COUNTER(PTC511, "sent, 256 to 511 bytes"),
    COUNTER(PTC1023, "sent, 512 to 1023 bytes"),
    COUNTER(PTC1522, "sent, 1024 bytes and more"),
    COUNTER(MPTC, "multicasts sent"),
    COUNTER(BPTC, "broadcasts sent"),
    COUNTER(TSCTC, "segmentation contexts completed"),
    COUNTER(TSCTFC, "segmentation contexts failed"),

    /* Filters. AV goes with every reset, the addresses stay (SDM 14.7). */
    {ONE(RXCSUM, "13.4.47", "receive checksum control"), STORED(0x000007FF)},
    {ARRAY(REG_MTA, MTA_COUNT, 4, "MTA", "13.5.1", "multicast hash table"), STORED(ALL),
     KEPT(ALL, ALL)},
    {ARRAY(REG_RA, RA_COUNT, 8, "RAL", "13.5.2", "receive address, low"), STORED(ALL),
     KEPT(ALL, ALL), .write = emu_filter_write_ra},
    {ARRAY(REG_RA + 4, RA_COUNT, 8, "RAH", "13.5.3", "receive address, high"), STORED(0x8003FFFF), FIELDS(RAH),
     KEPT(~RAH_AV, ~RAH_AV), .write = emu_filter_write_ra},
    {ARRAY(REG_VFTA, VFTA_COUNT, 4, "VFTA", "13.5.4", "VLAN filter table"), STORED(ALL),
     KEPT(ALL, ALL)},

    /* Wake-up. */
    {ONE(WUC, "13.6.1", "wake-up control"), BITS(0, 0x0000000F, 0x0000000B),
     KEPT(0, WUC_PME_EN | WUC_PME_STATUS), FLAGS(W1C), .write = emu_pci_write_wuc},
    {ONE(WUFC, "13.6.2", "wake-up filters"), STORED(WUFC_ALL), .write = emu_wake_write},
    {ONE(WUS, "13.6.3", "wake-up status"), BITS(0, WUFC_ALL, 0), KEPT(ALL, ALL), FLAGS(W1C),
     .write = emu_wake_write},
    {ONE(MANC, "5.6", "management control"), BITS(0, 0x3FFFFF07, 0x31FFFF00),
     KEPT(MANC_CONTROLLERS, MANC_CONTROLLERS), .write = emu_manage_write_manc},
    {ONE(IPAV, "13.6.4", "valid IP addresses"), STORED(0x0001000F)},
    {ARRAY(REG_IP4AT, 4, 8, "IP4AT", "13.6.5", "IPv4 addresses"), STORED(ALL), KEPT(ALL, ALL)},
    {ARRAY(REG_IP6AT, 4, 4, "IP6AT", "13.6.6", "IPv6 address"), STORED(ALL), KEPT(ALL, ALL)},
    {ONE(WUPL, "13.6.7", "length of the wake-up packet"), STORED(0x00000FFF), KEPT(ALL, ALL),
     FLAGS(E1000EMU_REG_DIAGNOSTIC)},
    {ARRAY(REG_WUPM, 32, 4, "WUPM", "13.6.8", "start of the wake-up packet"), STORED(ALL),
     KEPT(ALL, ALL), FLAGS(E1000EMU_REG_DIAGNOSTIC)},
    {ARRAY(REG_FFLT, 4, 8, "FFLT", "13.6.9", "flexible filter lengths"), STORED(0x000007FF), FIELDS(FFLT)},
    ALIAS(0x08000, 1, 4, "RDFH", REG_RDFH),
    ALIAS(0x08008, 1, 4, "RDFT", REG_RDFT),
    ALIAS(0x08010, 1, 4, "TDFH", REG_TDFH),
    ALIAS(0x08018, 1, 4, "TDFT", REG_TDFT),
    {ARRAY(REG_FFMT, 128, 8, "FFMT", "13.6.10", "flexible filter masks"), STORED(0x0000000F), FIELDS(FFMT),
     KEPT(ALL, ALL)},
    {ARRAY(REG_FFVT, 128, 8, "FFVT", "13.6.11", "flexible filter values"), STORED(ALL),
     KEPT(ALL, ALL)},

    {ARRAY(REG_PBM, PBM_BYTES / 4, 4, "PBM", "13.8", "packet buffer memory"), STORED(ALL),
     KEPT(ALL, ALL), FLAGS(E1000EMU_REG_DIAGNOSTIC)},
};
/* clang-format on */

const size_t emu_reg_rows = sizeof emu_reg_table / sizeof *emu_reg_table;

_Static_assert(sizeof emu_reg_table / sizeof *emu_reg_table < 256, "the chip's index is of bytes");
