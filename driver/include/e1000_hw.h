/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 8254x as this driver knows it: PCI configuration, registers, bits, descriptors, EEPROM words
 * and PHY registers. Numbers at the right are sections of Intel's Software Developer's Manual
 * 317453, rev. 4.0.
 */
#ifndef E1000_HW_H
#define E1000_HW_H

#include <stdint.h>

/* ---- PCI configuration space (4.1) --------------------------------------------------------- */

#define E1000_PCI_VENDOR           0x00u   /* 4.1 */
#define E1000_PCI_DEVICE           0x02u   /* 4.1, ids in table 5-1 */
#define E1000_PCI_COMMAND          0x04u   /* 4.1 */
#define E1000_PCI_COMMAND_IO       0x0001u /* 4.1: decode the I/O BAR */
#define E1000_PCI_COMMAND_MEMORY   0x0002u /* 4.1: decode the memory BARs */
#define E1000_PCI_COMMAND_MASTER   0x0004u /* 4.1: may do DMA */
#define E1000_PCI_STATUS           0x06u   /* 4.1 */
#define E1000_PCI_STATUS_CAPS      0x0010u /* 4.1: has a capability list */
#define E1000_PCI_REVISION         0x08u   /* 4.1: low byte */
#define E1000_PCI_SUBSYSTEM_VENDOR 0x2Cu   /* 4.1 */
#define E1000_PCI_SUBSYSTEM        0x2Eu   /* 4.1 */
#define E1000_PCI_CAPABILITIES     0x34u   /* 4.1: offset of the first one */
#define E1000_PCI_CAP_PCIX         0x07u   /* 4.2: PCI-X capability id */
#define E1000_PCIX_COMMAND         0x02u   /* 4.2: offset in the capability */
#define E1000_PCIX_MMRBC_SHIFT     2u      /* 4.2: maximum memory read byte count, 512 << n */
#define E1000_PCIX_MMRBC_MASK      0x000Cu /* 4.2 */
#define E1000_PCIX_MMRBC_2048      0x0008u /* 4.2 */
#define E1000_PCI_CAP_PM           0x01u   /* 6.3.3: power management capability id */
#define E1000_PM_PMC               0x02u   /* 6.3.3.3: offset in the capability */
#define E1000_PM_PMC_D3HOT         0x4000u /* 6.3.3.3: PME from D3hot */
#define E1000_PM_CSR               0x04u   /* 6.3.3.4: offset in the capability */
#define E1000_PM_CSR_STATE         0x0003u /* 6.3.3.4: 0 for D0, 3 for D3 */
#define E1000_PM_CSR_PME_EN        0x0100u /* 6.3.3.4 */
#define E1000_PM_CSR_PME_STATUS    0x8000u /* 6.3.3.4: write one to clear */
#define E1000_PCI_CAP_MSI          0x05u   /* 4.1.3: MSI capability id */
#define E1000_MSI_CONTROL          0x02u   /* 4.1.3: offset in the capability */
#define E1000_MSI_CONTROL_ENABLE   0x0001u /* 4.1.3 */
#define E1000_MSI_CONTROL_64       0x0080u /* 4.1.3: the address has an upper half */
#define E1000_MSI_ADDRESS          0x04u   /* 4.1.3: then its upper half, or the data */

#define E1000_VENDOR_INTEL  0x8086u
#define E1000_VENDOR_VMWARE 0x15ADu

/* ---- I/O BAR (13.2.2) ---------------------------------------------------------------------- */

#define E1000_IOADDR 0x0u /* 13.2.2.1: offset of the register to reach */
#define E1000_IODATA 0x4u /* 13.2.2.2: its value */

/* ---- General registers --------------------------------------------------------------------- */

#define E1000_CTRL                 0x00000u    /* 13.4.1 */
#define E1000_CTRL_DUP             0x00004u    /* 13.4.1: another address of CTRL */
#define E1000_CTRL_FD              0x00000001u /* 13.4.1: full duplex */
#define E1000_CTRL_LRST            0x00000008u /* 13.4.1: link reset, SerDes only */
#define E1000_CTRL_ASDE            0x00000020u /* 13.4.1: detect the speed by itself */
#define E1000_CTRL_SLU             0x00000040u /* 13.4.1: set link up */
#define E1000_CTRL_ILOS            0x00000080u /* 13.4.1: invert loss of signal */
#define E1000_CTRL_SPEED           0x00000300u /* 13.4.1: the speed that is forced */
#define E1000_CTRL_SPEED_1000      0x00000200u /* 13.4.1 */
#define E1000_CTRL_FRCSPD          0x00000800u /* 13.4.1: force speed */
#define E1000_CTRL_FRCDPLX         0x00001000u /* 13.4.1: force duplex */
#define E1000_CTRL_ADVD3WUC        0x00100000u /* 13.4.1: wakes from D3cold too */
#define E1000_CTRL_EN_PHY_PWR_MGMT 0x00200000u /* 13.4.1: the PHY saves power in D3 */
#define E1000_CTRL_RST             0x04000000u /* 13.4.1: reset, clears itself */
#define E1000_CTRL_RFCE            0x08000000u /* 13.4.1: obey received PAUSE frames */
#define E1000_CTRL_TFCE            0x10000000u /* 13.4.1: send PAUSE frames */
#define E1000_CTRL_VME             0x40000000u /* 13.4.1: VLAN mode */
#define E1000_CTRL_PHY_RST         0x80000000u /* 13.4.1: PHY reset */

#define E1000_STATUS           0x00008u    /* 13.4.2 */
#define E1000_STATUS_FD        0x00000001u /* 13.4.2: full duplex */
#define E1000_STATUS_LU        0x00000002u /* 13.4.2: link up */
#define E1000_STATUS_FUNC      0x0000000Cu /* 13.4.2: port of a dual-port chip */
#define E1000_STATUS_TXOFF     0x00000010u /* 13.4.2: paused by the partner */
#define E1000_STATUS_TBIMODE   0x00000020u /* 13.4.2: SerDes */
#define E1000_STATUS_SPEED     0x000000C0u /* 13.4.2 */
#define E1000_STATUS_SPEED_10  0x00000000u /* 13.4.2 */
#define E1000_STATUS_SPEED_100 0x00000040u /* 13.4.2 */
#define E1000_STATUS_PCIX_MODE 0x00002000u /* 13.4.2: on a PCI-X bus */

#define E1000_EECD         0x00010u    /* 13.4.3 */
#define E1000_EECD_SK      0x00000001u /* 13.4.3: clock */
#define E1000_EECD_CS      0x00000002u /* 13.4.3: chip select */
#define E1000_EECD_DI      0x00000004u /* 13.4.3: data to the EEPROM */
#define E1000_EECD_DO      0x00000008u /* 13.4.3: data from the EEPROM */
#define E1000_EECD_EE_REQ  0x00000040u /* 13.4.3: software wants the pins */
#define E1000_EECD_EE_GNT  0x00000080u /* 13.4.3: software has the pins */
#define E1000_EECD_EE_PRES 0x00000100u /* 13.4.3: there is an EEPROM */
#define E1000_EECD_EE_SIZE 0x00000200u /* 13.4.3: 256 words, else 64 */

#define E1000_EERD            0x00014u    /* 13.4.4 */
#define E1000_EERD_START      0x00000001u /* 13.4.4 */
#define E1000_EERD_DONE       0x00000010u /* 13.4.4 */
#define E1000_EERD_ADDR_SHIFT 8u          /* 13.4.4 */
#define E1000_EERD_DATA_SHIFT 16u         /* 13.4.4 */

#define E1000_CTRL_EXT        0x00018u    /* 13.4.6 */
#define E1000_CTRL_EXT_RO_DIS 0x00020000u /* 13.4.6: no relaxed ordering on PCI-X */

#define E1000_MDIC           0x00020u    /* 13.4.7 */
#define E1000_MDIC_DATA      0x0000FFFFu /* 13.4.7 */
#define E1000_MDIC_REG_SHIFT 16u         /* 13.4.7 */
#define E1000_MDIC_PHY_SHIFT 21u         /* 13.4.7: the built-in PHY is number 1 */
#define E1000_MDIC_OP_WRITE  0x04000000u /* 13.4.7 */
#define E1000_MDIC_OP_READ   0x08000000u /* 13.4.7 */
#define E1000_MDIC_R         0x10000000u /* 13.4.7: ready */
#define E1000_MDIC_E         0x40000000u /* 13.4.7: error */

#define E1000_FCAL  0x00028u /* 13.4.8 */
#define E1000_FCAH  0x0002Cu /* 13.4.9 */
#define E1000_FCT   0x00030u /* 13.4.10 */
#define E1000_VET   0x00038u /* 13.4.11 */
#define E1000_FCTTV 0x00170u /* 13.4.12 */

#define E1000_TXCW            0x00178u    /* 13.4.13 */
#define E1000_TXCW_FD         0x00000020u /* 13.4.13 */
#define E1000_TXCW_SYMMETRIC  0x00000080u /* 13.4.13 */
#define E1000_TXCW_ASYMMETRIC 0x00000100u /* 13.4.13 */
#define E1000_TXCW_ANE        0x80000000u /* 13.4.13: autonegotiate */

#define E1000_RXCW          0x00180u    /* 13.4.14 */
#define E1000_RXCW_RXCONFIG 0x20000000u /* 13.4.14: the partner negotiates */
#define E1000_RXCW_RXSYNC   0x40000000u /* 13.4.14: there is a signal */
#define E1000_RXCW_ANC      0x80000000u /* 13.4.14: negotiation complete */

#define E1000_LEDCTL       0x00E00u    /* 13.4.15 */
#define E1000_LEDCTL_BLINK 0x8E8E8E8Eu /* 13.4.15: all four on, and blinking */

#define E1000_PBA 0x01000u /* 13.4.16: KiB of the packet buffer for receiving */

/* ---- Wake-up ------------------------------------------------------------------------------- */

#define E1000_WUC            0x05800u    /* 13.6.1 */
#define E1000_WUC_APME       0x00000001u /* 13.6.1: Magic Packets wake without a driver */
#define E1000_WUC_PME_EN     0x00000002u /* 13.6.1 */
#define E1000_WUC_PME_STATUS 0x00000004u /* 13.6.1: write one to clear */
#define E1000_WUC_APMPME     0x00000008u /* 13.6.1: such a wake-up asserts PME# */
#define E1000_WUFC           0x05808u    /* 13.6.2 */
#define E1000_WUFC_LNKC      0x00000001u /* 13.6.2: link change */
#define E1000_WUFC_MAG       0x00000002u /* 13.6.2: Magic Packet */
#define E1000_WUFC_EX        0x00000004u /* 13.6.2: unicast to us */
#define E1000_WUFC_MC        0x00000008u /* 13.6.2: multicast */
#define E1000_WUFC_BC        0x00000010u /* 13.6.2: broadcast */
#define E1000_WUFC_ARP       0x00000020u /* 13.6.2: ARP request for our address */
#define E1000_WUS            0x05810u    /* 13.6.3: what woke, the same bits, write one to clear */
#define E1000_IPAV           0x05838u    /* 13.6.4 */
#define E1000_IPAV_V40       0x00000001u /* 13.6.4: IP4AT(0) is valid */
#define E1000_IP4AT(n)       (0x05840u + 8u * (n)) /* 13.6.5: n = 0 to 3 */

#define E1000_MANC        0x05820u    /* not in the manual's tables; EEPROM word 23h, 5.6.26 */
#define E1000_MANC_ARP_EN 0x00002000u /* 5.6.26 */

/* ---- Interrupts ---------------------------------------------------------------------------- */

#define E1000_ICR 0x000C0u /* 13.4.17: reading clears */
#define E1000_ITR 0x000C4u /* 13.4.18 */
#define E1000_ICS 0x000C8u /* 13.4.19 */
#define E1000_IMS 0x000D0u /* 13.4.20 */
#define E1000_IMC 0x000D8u /* 13.4.21 */

#define E1000_ICR_TXDW   0x00000001u /* 13.4.17: transmit descriptor written back */
#define E1000_ICR_TXQE   0x00000002u /* 13.4.17: transmit queue empty */
#define E1000_ICR_LSC    0x00000004u /* 13.4.17: link status change */
#define E1000_ICR_RXSEQ  0x00000008u /* 13.4.17: receive sequence error */
#define E1000_ICR_RXDMT0 0x00000010u /* 13.4.17: few receive descriptors left */
#define E1000_ICR_RXO    0x00000040u /* 13.4.17: receiver overrun */
#define E1000_ICR_RXT0   0x00000080u /* 13.4.17: receive timer: frames have arrived */

/* ---- Receiver ------------------------------------------------------------------------------ */

#define E1000_RCTL             0x00100u    /* 13.4.22 */
#define E1000_RCTL_EN          0x00000002u /* 13.4.22 */
#define E1000_RCTL_SBP         0x00000004u /* 13.4.22: store bad packets */
#define E1000_RCTL_UPE         0x00000008u /* 13.4.22: every unicast address */
#define E1000_RCTL_MPE         0x00000010u /* 13.4.22: every multicast address */
#define E1000_RCTL_LPE         0x00000020u /* 13.4.22: frames over 1522 bytes */
#define E1000_RCTL_LBM         0x000000C0u /* 13.4.22: loopback in PHY or SerDes */
#define E1000_RCTL_BAM         0x00008000u /* 13.4.22: broadcast */
#define E1000_RCTL_VFE         0x00040000u /* 13.4.22: only VLANs in VFTA */
#define E1000_RCTL_BSIZE_SHIFT 16u         /* 13.4.22: buffer size, with BSEX */
#define E1000_RCTL_BSEX        0x02000000u /* 13.4.22: buffer size times 16 */
#define E1000_RCTL_SECRC       0x04000000u /* 13.4.22: strip the FCS */

#define E1000_FCRTL          0x02160u    /* 13.4.23 */
#define E1000_FCRTL_XONE     0x80000000u /* 13.4.23: send XON */
#define E1000_FCRTH          0x02168u    /* 13.4.24 */
#define E1000_RDBAL          0x02800u    /* 13.4.25 */
#define E1000_RDBAH          0x02804u    /* 13.4.26 */
#define E1000_RDLEN          0x02808u    /* 13.4.27 */
#define E1000_RDH            0x02810u    /* 13.4.28 */
#define E1000_RDT            0x02818u    /* 13.4.29 */
#define E1000_RDTR           0x02820u    /* 13.4.30 */
#define E1000_RXDCTL         0x02828u    /* 13.4.46 */
#define E1000_RADV           0x0282Cu    /* 13.4.31 */
#define E1000_RXCSUM         0x05000u    /* 13.4.47 */
#define E1000_RXCSUM_IPOFLD  0x00000100u /* 13.4.47: check IPv4 headers */
#define E1000_RXCSUM_TUOFLD  0x00000200u /* 13.4.47: check TCP and UDP */
#define E1000_RXCSUM_IPV6OFL 0x00000400u /* 13.4.47: over IPv6 too */

/* ---- Transmitter --------------------------------------------------------------------------- */

#define E1000_TCTL            0x00400u    /* 13.4.33 */
#define E1000_TCTL_EN         0x00000002u /* 13.4.33 */
#define E1000_TCTL_PSP        0x00000008u /* 13.4.33: pad short packets */
#define E1000_TCTL_CT_SHIFT   4u          /* 13.4.33: collision threshold */
#define E1000_TCTL_COLD_SHIFT 12u         /* 13.4.33: collision distance */
#define E1000_TIPG            0x00410u    /* 13.4.34 */
#define E1000_TDBAL           0x03800u    /* 13.4.36 */
#define E1000_TDBAH           0x03804u    /* 13.4.37 */
#define E1000_TDLEN           0x03808u    /* 13.4.38 */
#define E1000_TDH             0x03810u    /* 13.4.39 */
#define E1000_TDT             0x03818u    /* 13.4.40 */
#define E1000_TIDV            0x03820u    /* 13.4.41 */
#define E1000_TXDCTL          0x03828u    /* 13.4.43 */
#define E1000_TXDCTL_WTHRESH1 0x00010000u /* 13.4.43: write back every descriptor */
#define E1000_TXDCTL_GRAN     0x01000000u /* 13.4.43: thresholds count descriptors */
#define E1000_TADV            0x0382Cu    /* 13.4.44 */

/* ---- Statistics (13.7), all cleared by reading ------------------------------------------- */

#define E1000_CRCERRS  0x04000u
#define E1000_ALGNERRC 0x04004u
#define E1000_SYMERRS  0x04008u
#define E1000_RXERRC   0x0400Cu
#define E1000_MPC      0x04010u
#define E1000_SCC      0x04014u
#define E1000_ECOL     0x04018u
#define E1000_MCC      0x0401Cu
#define E1000_LATECOL  0x04020u
#define E1000_COLC     0x04028u
#define E1000_DC       0x04030u
#define E1000_TNCRS    0x04034u
#define E1000_SEC      0x04038u
#define E1000_CEXTERR  0x0403Cu
#define E1000_RLEC     0x04040u
#define E1000_XONRXC   0x04048u
#define E1000_XONTXC   0x0404Cu
#define E1000_XOFFRXC  0x04050u
#define E1000_XOFFTXC  0x04054u
#define E1000_FCRUC    0x04058u
#define E1000_PRC64    0x0405Cu
#define E1000_PRC127   0x04060u
#define E1000_PRC255   0x04064u
#define E1000_PRC511   0x04068u
#define E1000_PRC1023  0x0406Cu
#define E1000_PRC1522  0x04070u
#define E1000_GPRC     0x04074u
#define E1000_BPRC     0x04078u
#define E1000_MPRC     0x0407Cu
#define E1000_GPTC     0x04080u
#define E1000_GORCL    0x04088u
#define E1000_GOTCL    0x04090u
#define E1000_RNBC     0x040A0u
#define E1000_RUC      0x040A4u
#define E1000_RFC      0x040A8u
#define E1000_ROC      0x040ACu
#define E1000_RJC      0x040B0u
#define E1000_MGTPRC   0x040B4u
#define E1000_MGTPDC   0x040B8u
#define E1000_MGTPTC   0x040BCu
#define E1000_TORL     0x040C0u
#define E1000_TOTL     0x040C8u
#define E1000_TPR      0x040D0u
#define E1000_TPT      0x040D4u
#define E1000_PTC64    0x040D8u
#define E1000_PTC127   0x040DCu
#define E1000_PTC255   0x040E0u
#define E1000_PTC511   0x040E4u
#define E1000_PTC1023  0x040E8u
#define E1000_PTC1522  0x040ECu
#define E1000_MPTC     0x040F0u
#define E1000_BPTC     0x040F4u
#define E1000_TSCTC    0x040F8u
#define E1000_TSCTFC   0x040FCu

/* ---- FIFOs (13.8) -------------------------------------------------------------------------- */

#define E1000_RDFH  0x02410u /* 13.8.1 */
#define E1000_RDFT  0x02418u /* 13.8.2 */
#define E1000_RDFPC 0x02430u /* 13.8.5: packets in it */
#define E1000_TDFH  0x03410u /* 13.8.6 */
#define E1000_TDFT  0x03418u /* 13.8.7 */
#define E1000_TDFPC 0x03430u /* 13.8.10: packets in it */

/* ---- Address filters ----------------------------------------------------------------------- */

#define E1000_MTA(n)    (0x05200u + 4u * (n)) /* 13.5.1: n = 0 to 127 */
#define E1000_RAL(n)    (0x05400u + 8u * (n)) /* 13.5.2: n = 0 to 15 */
#define E1000_RAH(n)    (0x05404u + 8u * (n)) /* 13.5.3 */
#define E1000_RAH_AV    0x80000000u           /* 13.5.3: address valid */
#define E1000_VFTA(n)   (0x05600u + 4u * (n)) /* 13.5.4: n = 0 to 127 */
#define E1000_MTA_SIZE  128u                  /* 13.5.1 */
#define E1000_VFTA_SIZE 128u                  /* 13.5.4 */
#define E1000_RA_SIZE   16u                   /* 13.5.2 */

/* ---- Descriptors --------------------------------------------------------------------------- */

/* Both kinds are 16 bytes, little-endian: the buffer's bus address, then everything else. */
struct e1000_desc {
    uint64_t address; /* 3.2.3, 3.3.3 */
    uint64_t rest;
};

#define E1000_RXD_LENGTH        0xFFFFu             /* 3.2.3: bytes in this buffer */
#define E1000_RXD_DD            (UINT64_C(1) << 32) /* 3.2.3.1: descriptor done */
#define E1000_RXD_EOP           (UINT64_C(1) << 33) /* 3.2.3.1: end of packet */
#define E1000_RXD_IXSM          (UINT64_C(1) << 34) /* 3.2.3.1: the next two mean nothing */
#define E1000_RXD_VP            (UINT64_C(1) << 35) /* 3.2.3.1: a tag was stripped */
#define E1000_RXD_TCPCS         (UINT64_C(1) << 37) /* 3.2.3.1: TCP or UDP checksum checked */
#define E1000_RXD_IPCS          (UINT64_C(1) << 38) /* 3.2.3.1: IPv4 checksum checked */
#define E1000_RXD_CE            (UINT64_C(1) << 40) /* 3.2.3.2: FCS or alignment error */
#define E1000_RXD_SE            (UINT64_C(1) << 41) /* 3.2.3.2: symbol error */
#define E1000_RXD_SEQ           (UINT64_C(1) << 42) /* 3.2.3.2: sequence error */
#define E1000_RXD_CXE           (UINT64_C(1) << 44) /* 3.2.3.2: carrier extension error */
#define E1000_RXD_TCPE          (UINT64_C(1) << 45) /* 3.2.3.2: it was wrong */
#define E1000_RXD_IPE           (UINT64_C(1) << 46) /* 3.2.3.2: it was wrong */
#define E1000_RXD_RXE           (UINT64_C(1) << 47) /* 3.2.3.2: receive data error */
#define E1000_RXD_SPECIAL_SHIFT 48u                 /* 3.2.3.3: the tag */

#define E1000_TXD_EOP           (UINT64_C(1) << 24) /* 3.3.3.1: end of packet */
#define E1000_TXD_IFCS          (UINT64_C(1) << 25) /* 3.3.3.1: append the FCS */
#define E1000_TXD_RS            (UINT64_C(1) << 27) /* 3.3.3.1: report status */
#define E1000_TXD_DEXT          (UINT64_C(1) << 29) /* 3.3.5: not of the legacy kind */
#define E1000_TXD_VLE           (UINT64_C(1) << 30) /* 3.3.3.1: insert a tag */
#define E1000_TXD_IDE           (UINT64_C(1) << 31) /* 3.3.3.1: delay the interrupt */
#define E1000_TXD_DD            (UINT64_C(1) << 32) /* 3.3.3.2: descriptor done */
#define E1000_TXD_SPECIAL_SHIFT 48u                 /* 3.3.3.4: the tag */

/* Data descriptors for what is left to the chip, and contexts, which say where it is
 * (3.3.6, 3.3.7).
 */
#define E1000_TXD_DATA         (UINT64_C(1) << 20) /* 3.3.7: else a context */
#define E1000_TXD_TSE          (UINT64_C(1) << 26) /* 3.3.6.1, 3.3.7.1: cut into segments */
#define E1000_TXD_IXSM         (UINT64_C(1) << 40) /* 3.3.7.2: insert the IPv4 checksum */
#define E1000_TXD_TXSM         (UINT64_C(1) << 41) /* 3.3.7.2: insert the TCP or UDP checksum */
#define E1000_TXC_TCP          (UINT64_C(1) << 24) /* 3.3.6.1: TCP, else UDP */
#define E1000_TXC_IP           (UINT64_C(1) << 25) /* 3.3.6.1: IPv4, else IPv6 */
#define E1000_TXC_IPCSO_SHIFT  8u                  /* 3.3.6: IPCSS is at 0 */
#define E1000_TXC_IPCSE_SHIFT  16u                 /* 3.3.6 */
#define E1000_TXC_TUCSS_SHIFT  32u                 /* 3.3.6 */
#define E1000_TXC_TUCSO_SHIFT  40u                 /* 3.3.6 */
#define E1000_TXC_TUCSE_SHIFT  48u                 /* 3.3.6 */
#define E1000_TXC_HDRLEN_SHIFT 40u                 /* 3.3.6, in the second half: PAYLEN is at 0 */
#define E1000_TXC_MSS_SHIFT    48u                 /* 3.3.6, in the second half */

/* ---- EEPROM (5.6) -------------------------------------------------------------------------- */

#define E1000_EEPROM_MAC       0x00u   /* 5.6.1: words 0 to 2 */
#define E1000_EEPROM_VERSION   0x05u   /* 5.6.3 */
#define E1000_EEPROM_AMPLITUDE 0x06u   /* 5.6.3: low four bits, of the SerDes; all ones: none */
#define E1000_EEPROM_PHY_CLASS 0x07u   /* 5.6.3: bit 15, drive the PHY in class A */
#define E1000_EEPROM_CHECKSUM  0x3Fu   /* 5.6.35 */
#define E1000_EEPROM_WORDS     0x40u   /* 5.6.35: what the checksum covers, with the checksum */
#define E1000_EEPROM_SUM       0xBABAu /* 5.6.35 */
#define E1000_EEPROM_READ      0x6u    /* 5.3: Microwire READ with its start bit */
#define E1000_EEPROM_WRITE     0x5u    /* 5.3: Microwire WRITE */
#define E1000_EEPROM_EXTENDED  0x4u    /* 5.3: the two highest bits of the address tell which */
#define E1000_EEPROM_EWEN      0x3u    /* 5.3: write enable */
#define E1000_EEPROM_EWDS      0x0u    /* 5.3: write disable */

/* ---- PHY registers (11.3) ------------------------------------------------------------------ */

#define E1000_PHY_BMCR         0u      /* 11.3.1: control */
#define E1000_BMCR_RESET       0x8000u /* 11.3.1 */
#define E1000_BMCR_LOOPBACK    0x4000u /* 11.3.1 */
#define E1000_BMCR_SPEED_100   0x2000u /* 11.3.1: with ANENABLE off */
#define E1000_BMCR_FULL        0x0100u /* 11.3.1: full duplex, with ANENABLE off */
#define E1000_BMCR_SPEED_1000  0x0040u /* 11.3.1 */
#define E1000_BMCR_SPEED       0x2140u /* 11.3.1: speed and duplex, kept as they are */
#define E1000_BMCR_ANENABLE    0x1000u /* 11.3.1 */
#define E1000_BMCR_ANRESTART   0x0200u /* 11.3.1 */
#define E1000_PHY_BMSR         1u      /* 11.3.2: status */
#define E1000_BMSR_LINK        0x0004u /* 11.3.2: latches low */
#define E1000_BMSR_ANDONE      0x0020u /* 11.3.2 */
#define E1000_PHY_ID1          2u      /* 11.3.3 */
#define E1000_PHY_ID2          3u      /* 11.3.4 */
#define E1000_PHY_ANAR         4u      /* 11.3.5: what we advertise */
#define E1000_PHY_ANLPAR       5u      /* 11.3.6: what the partner advertises */
#define E1000_AN_802_3         0x0001u /* 11.3.5: selector */
#define E1000_AN_10_HALF       0x0020u /* 11.3.5 */
#define E1000_AN_10_FULL       0x0040u /* 11.3.5 */
#define E1000_AN_100_HALF      0x0080u /* 11.3.5 */
#define E1000_AN_100_FULL      0x0100u /* 11.3.5 */
#define E1000_AN_PAUSE         0x0400u /* 11.3.5: symmetric pause */
#define E1000_AN_ASYMMETRIC    0x0800u /* 11.3.5: asymmetric pause */
#define E1000_PHY_GBCR         9u      /* 11.3.10: what we advertise for 1000BASE-T */
#define E1000_GBCR_FULL        0x0200u /* 11.3.10: 1000BASE-T in full duplex */
#define E1000_PHY_GBSR         10u     /* 11.3.11: what the partner advertises for it */
#define E1000_GBSR_FAULT       0x8000u /* 11.3.11: master and slave can't agree, latched */
#define E1000_GBSR_MASTER      0x4000u /* 11.3.11: this end is master */
#define E1000_GBSR_LOCAL_OK    0x2000u /* 11.3.11: this end's receiver */
#define E1000_GBSR_REMOTE_OK   0x1000u /* 11.3.11: the other end's */
#define E1000_GBSR_IDLE        0x00FFu /* 11.3.11: idle errors, read-clear */
#define E1000_PHY_PSCR         16u     /* 11.3.13: PHY specific control */
#define E1000_PSCR_POLARITY    0x0002u /* 11.3.13: polarity reversal off */
#define E1000_PSCR_MAC_POWER   0x0008u /* 11.3.13: MAC interface power */
#define E1000_PSCR_MDIX        0x0020u /* 11.3.13: crossover by hand; neither bit: straight */
#define E1000_PSCR_MDIX_AUTO   0x0060u /* 11.3.13: crossover found automatically */
#define E1000_PSCR_CRS_ON_TX   0x0800u /* 11.3.13: carrier sense while sending */
#define E1000_PHY_PSSR         17u     /* 11.3.14: PHY specific status */
#define E1000_PSSR_RESOLVED    0x0800u /* 11.3.14: what the others say counts */
#define E1000_PSSR_CABLE       0x0380u /* 11.3.14: length, in five classes */
#define E1000_PSSR_CABLE_SHIFT 7u      /* 11.3.14 */
#define E1000_PSSR_CROSSED     0x0040u /* 11.3.14: the cable is crossed over */
#define E1000_PSSR_DOWNSHIFT   0x0020u /* 11.3.14: a lower speed was taken */
#define E1000_PSSR_REVERSED    0x0002u /* 11.3.14: polarity */
#define E1000_PHY_EPSCR        20u     /* 11.3.17: extended PHY specific control */
#define E1000_EPSCR_DOWNSHIFT  0x0F00u /* 11.3.17: attempts before a lower speed is tried */
#define E1000_EPSCR_SLAVE_1X   0x0100u /* 11.3.17 */
#define E1000_EPSCR_TX_CLOCK   0x0070u /* 11.3.17: transmit clock, 111b is 25 MHz */
#define E1000_PHY_EPSCR2       26u     /* 11.3.20: SerDes amplitude */
#define E1000_PHY_PAGE         29u     /* 11.3.22: what register 30 is a window to */
#define E1000_PHY_WINDOW       30u     /* 11.3.23 */

#define E1000_PHY_ID       0x01410C20u /* 11.3.3: M88E1011, the last four bits its revision */
#define E1000_PHY_ID_MASK  0xFFFFFFF0u
#define E1000_PHY_REVISION 0x0000000Fu

#endif
