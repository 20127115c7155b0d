/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chip's registers, fields and descriptors, named as in the datasheet. The driver core keeps
 * its own list on purpose: a constant that is wrong in one of them must not be wrong in both.
 */
#ifndef EMU_HW_H
#define EMU_HW_H

/* ---- Register offsets (SDM 13.2) ------------------------------------------------------------ */

/* General (SDM 13.4.1 to 13.4.16). */
#define REG_CTRL     0x00000u
#define REG_CTRL_DUP 0x00004u /* another address of CTRL */
#define REG_STATUS   0x00008u
#define REG_EECD     0x00010u
#define REG_EERD     0x00014u
#define REG_CTRL_EXT 0x00018u
#define REG_MDIC     0x00020u
#define REG_FCAL     0x00028u
#define REG_FCAH     0x0002Cu
#define REG_FCT      0x00030u
#define REG_VET      0x00038u
#define REG_FCTTV    0x00170u
#define REG_TXCW     0x00178u
#define REG_RXCW     0x00180u
#define REG_LEDCTL   0x00E00u
#define REG_PBA      0x01000u

/* Interrupts (SDM 13.4.17 to 13.4.21). */
#define REG_ICR 0x000C0u
#define REG_ITR 0x000C4u
#define REG_ICS 0x000C8u
#define REG_IMS 0x000D0u
#define REG_IMC 0x000D8u

/* Receive (SDM 13.4.22 to 13.4.32, 13.4.46, 13.4.47, 13.5). */
#define REG_RCTL   0x00100u
#define REG_FCRTL  0x02160u
#define REG_FCRTH  0x02168u
#define REG_RDBAL  0x02800u
#define REG_RDBAH  0x02804u
#define REG_RDLEN  0x02808u
#define REG_RDH    0x02810u
#define REG_RDT    0x02818u
#define REG_RDTR   0x02820u
#define REG_RXDCTL 0x02828u
#define REG_RADV   0x0282Cu
#define REG_RSRPD  0x02C00u
#define REG_RXCSUM 0x05000u

#define REG_MTA    0x05200u
#define REG_RA     0x05400u
#define REG_VFTA   0x05600u
#define MTA_COUNT  128u
#define RA_COUNT   16u
#define VFTA_COUNT 128u

#define REG_MTA_N(n)  (REG_MTA + 4u * (n))
#define REG_RAL(n)    (REG_RA + 8u * (n))
#define REG_RAH(n)    (REG_RA + 8u * (n) + 4u)
#define REG_VFTA_N(n) (REG_VFTA + 4u * (n))

/* Transmit (SDM 13.4.33 to 13.4.45). */
#define REG_TCTL   0x00400u
#define REG_TIPG   0x00410u
#define REG_AIFS   0x00458u
#define REG_TDBAL  0x03800u
#define REG_TDBAH  0x03804u
#define REG_TDLEN  0x03808u
#define REG_TDH    0x03810u
#define REG_TDT    0x03818u
#define REG_TIDV   0x03820u
#define REG_TXDCTL 0x03828u
#define REG_TADV   0x0382Cu
#define REG_TSPMT  0x03830u

/* Wake-up (SDM 13.6). */
#define REG_WUC   0x05800u
#define REG_WUFC  0x05808u
#define REG_WUS   0x05810u
#define REG_MANC  0x05820u
#define REG_IPAV  0x05838u
#define REG_IP4AT 0x05840u /* 4 entries, 8 bytes apart */
#define REG_IP6AT 0x05880u /* 4 dwords of one address */
#define REG_WUPL  0x05900u
#define REG_WUPM  0x05A00u /* 32 dwords */
#define REG_FFLT  0x05F00u /* 4 entries, 8 bytes apart */
#define REG_FFMT  0x09000u /* 128 entries, 8 bytes apart */
#define REG_FFVT  0x09800u /* 128 entries, 8 bytes apart */

#define REG_IP4AT_N(n) (REG_IP4AT + 8u * (n))
#define REG_IP6AT_N(n) (REG_IP6AT + 4u * (n))
#define REG_FFLT_N(n)  (REG_FFLT + 8u * (n))
#define REG_FFMT_N(n)  (REG_FFMT + 8u * (n))
#define REG_FFVT_N(n)  (REG_FFVT + 8u * (n))
#define FF_BYTES       128u /* of a frame that a flexible filter sees */

/* Diagnostics (SDM 13.8). */
#define REG_RDFH  0x02410u
#define REG_RDFT  0x02418u
#define REG_RDFHS 0x02420u
#define REG_RDFTS 0x02428u
#define REG_RDFPC 0x02430u
#define REG_TDFH  0x03410u
#define REG_TDFT  0x03418u
#define REG_TDFHS 0x03420u
#define REG_TDFTS 0x03428u
#define REG_TDFPC 0x03430u
#define REG_PBM   0x10000u /* the packet buffer, receive part first */
#define PBM_BYTES 0x10000u

/* Statistics (SDM 13.7). */
#define REG_CRCERRS  0x04000u
#define REG_ALGNERRC 0x04004u
#define REG_SYMERRS  0x04008u
#define REG_RXERRC   0x0400Cu
#define REG_MPC      0x04010u
#define REG_SCC      0x04014u
#define REG_ECOL     0x04018u
#define REG_MCC      0x0401Cu
#define REG_LATECOL  0x04020u
#define REG_COLC     0x04028u
#define REG_DC       0x04030u
#define REG_TNCRS    0x04034u
#define REG_SEC      0x04038u
#define REG_CEXTERR  0x0403Cu
#define REG_RLEC     0x04040u
#define REG_XONRXC   0x04048u
#define REG_XONTXC   0x0404Cu
#define REG_XOFFRXC  0x04050u
#define REG_XOFFTXC  0x04054u
#define REG_FCRUC    0x04058u
#define REG_PRC64    0x0405Cu
#define REG_PRC127   0x04060u
#define REG_PRC255   0x04064u
#define REG_PRC511   0x04068u
#define REG_PRC1023  0x0406Cu
#define REG_PRC1522  0x04070u
#define REG_GPRC     0x04074u
#define REG_BPRC     0x04078u
#define REG_MPRC     0x0407Cu
#define REG_GPTC     0x04080u
#define REG_GORCL    0x04088u
#define REG_GORCH    0x0408Cu
#define REG_GOTCL    0x04090u
#define REG_GOTCH    0x04094u
#define REG_RNBC     0x040A0u
#define REG_RUC      0x040A4u
#define REG_RFC      0x040A8u
#define REG_ROC      0x040ACu
#define REG_RJC      0x040B0u
#define REG_MGTPRC   0x040B4u
#define REG_MGTPDC   0x040B8u
#define REG_MGTPTC   0x040BCu
#define REG_TORL     0x040C0u
#define REG_TORH     0x040C4u
#define REG_TOTL     0x040C8u
#define REG_TOTH     0x040CCu
#define REG_TPR      0x040D0u
#define REG_TPT      0x040D4u
#define REG_PTC64    0x040D8u
#define REG_PTC127   0x040DCu
#define REG_PTC255   0x040E0u
#define REG_PTC511   0x040E4u
#define REG_PTC1023  0x040E8u
#define REG_PTC1522  0x040ECu
#define REG_MPTC     0x040F0u
#define REG_BPTC     0x040F4u
#define REG_TSCTC    0x040F8u
#define REG_TSCTFC   0x040FCu

/* ---- Fields --------------------------------------------------------------------------------- */

/* CTRL (SDM 13.4.1). */
#define CTRL_FD              0x00000001u
#define CTRL_LRST            0x00000008u
#define CTRL_ASDE            0x00000020u
#define CTRL_SLU             0x00000040u
#define CTRL_ILOS            0x00000080u
#define CTRL_SPEED           0x00000300u
#define CTRL_SPEED_10        0x00000000u
#define CTRL_SPEED_100       0x00000100u
#define CTRL_SPEED_1000      0x00000200u
#define CTRL_FRCSPD          0x00000800u
#define CTRL_FRCDPLX         0x00001000u
#define CTRL_SDP0_DATA       0x00040000u
#define CTRL_SDP1_DATA       0x00080000u
#define CTRL_ADVD3WUC        0x00100000u
#define CTRL_EN_PHY_PWR_MGMT 0x00200000u
#define CTRL_SDP0_IODIR      0x00400000u
#define CTRL_SDP1_IODIR      0x00800000u
#define CTRL_RST             0x04000000u
#define CTRL_RFCE            0x08000000u
#define CTRL_TFCE            0x10000000u
#define CTRL_VME             0x40000000u
#define CTRL_PHY_RST         0x80000000u

/* STATUS (SDM 13.4.2). */
#define STATUS_FD          0x00000001u
#define STATUS_LU          0x00000002u
#define STATUS_FUNC        0x0000000Cu
#define STATUS_FUNC_B      0x00000004u
#define STATUS_TXOFF       0x00000010u
#define STATUS_TBIMODE     0x00000020u
#define STATUS_SPEED       0x000000C0u
#define STATUS_SPEED_10    0x00000000u
#define STATUS_SPEED_100   0x00000040u
#define STATUS_SPEED_1000  0x00000080u
#define STATUS_ASDV        0x00000300u
#define STATUS_PCI66       0x00000800u
#define STATUS_BUS64       0x00001000u
#define STATUS_PCIX_MODE   0x00002000u
#define STATUS_PCIXSPD     0x0000C000u
#define STATUS_PCIXSPD_100 0x00004000u
#define STATUS_PCIXSPD_133 0x00008000u

/* EECD (SDM 13.4.3). */
#define EECD_SK      0x00000001u
#define EECD_CS      0x00000002u
#define EECD_DI      0x00000004u
#define EECD_DO      0x00000008u
#define EECD_FWE     0x00000030u
#define EECD_FWE_DIS 0x00000010u
#define EECD_FWE_EN  0x00000020u
#define EECD_EE_REQ  0x00000040u
#define EECD_EE_GNT  0x00000080u
#define EECD_EE_PRES 0x00000100u
#define EECD_EE_SIZE 0x00000200u

/* EERD (SDM 13.4.4). */
#define EERD_START      0x00000001u
#define EERD_DONE       0x00000010u
#define EERD_ADDR       0x0000FF00u
#define EERD_ADDR_SHIFT 8u
#define EERD_DATA       0xFFFF0000u
#define EERD_DATA_SHIFT 16u

/* CTRL_EXT (SDM 13.4.6). */
#define CTRL_EXT_GPI0_EN    0x00000001u
#define CTRL_EXT_PHYINT_EN  0x00000002u
#define CTRL_EXT_GPI2_EN    0x00000004u
#define CTRL_EXT_GPI3_EN    0x00000008u
#define CTRL_EXT_PHYINT     0x00000020u
#define CTRL_EXT_SDP6_DATA  0x00000040u
#define CTRL_EXT_SDP7_DATA  0x00000080u
#define CTRL_EXT_SDP6_IODIR 0x00000400u
#define CTRL_EXT_SDP7_IODIR 0x00000800u
#define CTRL_EXT_ASDCHK     0x00001000u
#define CTRL_EXT_EE_RST     0x00002000u
#define CTRL_EXT_IPS        0x00004000u
#define CTRL_EXT_SPD_BYPS   0x00008000u
#define CTRL_EXT_IPS1       0x00010000u
#define CTRL_EXT_RO_DIS     0x00020000u
#define CTRL_EXT_LINK_MODE  0x00C00000u

/* MDIC (SDM 13.4.7). */
#define MDIC_DATA      0x0000FFFFu
#define MDIC_REG       0x001F0000u
#define MDIC_REG_SHIFT 16u
#define MDIC_PHY       0x03E00000u
#define MDIC_PHY_SHIFT 21u
#define MDIC_OP        0x0C000000u
#define MDIC_OP_WRITE  0x04000000u
#define MDIC_OP_READ   0x08000000u
#define MDIC_R         0x10000000u
#define MDIC_I         0x20000000u
#define MDIC_E         0x40000000u

/* TXCW, RXCW (SDM 13.4.13, 13.4.14). */
#define TXCW_FD        0x00000020u
#define TXCW_HD        0x00000040u
#define TXCW_PAUSE     0x00000080u
#define TXCW_ASM_DIR   0x00000100u
#define TXCW_RF_SHIFT  12u
#define TXCW_ACK       0x00004000u
#define TXCW_TXCONFIG  0x40000000u
#define TXCW_ANE       0x80000000u
#define RXCW_NOCARRIER 0x04000000u
#define RXCW_INVALID   0x08000000u
#define RXCW_CHANGE    0x10000000u
#define RXCW_RXCONFIG  0x20000000u
#define RXCW_RXSYNC    0x40000000u
#define RXCW_ANC       0x80000000u

/* ICR, and with the same positions ICS, IMS and IMC (SDM 13.4.17). */
#define ICR_TXDW     0x00000001u
#define ICR_TXQE     0x00000002u
#define ICR_LSC      0x00000004u
#define ICR_RXSEQ    0x00000008u
#define ICR_RXDMT0   0x00000010u
#define ICR_RXO      0x00000040u
#define ICR_RXT0     0x00000080u
#define ICR_MDAC     0x00000200u
#define ICR_RXCFG    0x00000400u
#define ICR_PHYINT   0x00001000u
#define ICR_GPI_SDP6 0x00002000u
#define ICR_GPI_SDP7 0x00004000u
#define ICR_TXD_LOW  0x00008000u
#define ICR_SRPD     0x00010000u
#define ICR_ALL      0x0001F6DFu

/* RCTL (SDM 13.4.22). */
#define RCTL_EN          0x00000002u
#define RCTL_SBP         0x00000004u
#define RCTL_UPE         0x00000008u
#define RCTL_MPE         0x00000010u
#define RCTL_LPE         0x00000020u
#define RCTL_LBM         0x000000C0u
#define RCTL_RDMTS       0x00000300u
#define RCTL_RDMTS_SHIFT 8u
#define RCTL_MO          0x00003000u
#define RCTL_MO_SHIFT    12u
#define RCTL_BAM         0x00008000u
#define RCTL_BSIZE       0x00030000u
#define RCTL_BSIZE_SHIFT 16u
#define RCTL_VFE         0x00040000u
#define RCTL_CFIEN       0x00080000u
#define RCTL_CFI         0x00100000u
#define RCTL_DPF         0x00400000u
#define RCTL_PMCF        0x00800000u
#define RCTL_BSEX        0x02000000u
#define RCTL_SECRC       0x04000000u

/* Other receive registers. */
#define FCRTL_RTL      0x0000FFF8u
#define FCRTL_XONE     0x80000000u
#define FCRTH_RTH      0x0000FFF8u
#define RDTR_FPD       0x80000000u
#define RXDCTL_PTHRESH 0x0000003Fu
#define RXDCTL_HTHRESH 0x00003F00u
#define RXDCTL_WTHRESH 0x003F0000u
#define RXDCTL_GRAN    0x01000000u
#define RXCSUM_PCSS    0x000000FFu
#define RXCSUM_IPOFLD  0x00000100u
#define RXCSUM_TUOFLD  0x00000200u
#define RXCSUM_IPV6OFL 0x00000400u
#define RAH_ADDR       0x0000FFFFu
#define RAH_AS         0x00030000u
#define RAH_AS_DEST    0x00000000u
#define RAH_AS_SRC     0x00010000u
#define RAH_AV         0x80000000u
#define PBA_RXA        0x0000007Fu
#define PBA_TXA        0x007F0000u
#define PBA_TXA_SHIFT  16u

/* TCTL (SDM 13.4.33) and other transmit registers. */
#define TCTL_EN         0x00000002u
#define TCTL_PSP        0x00000008u
#define TCTL_CT         0x00000FF0u
#define TCTL_CT_SHIFT   4u
#define TCTL_COLD       0x003FF000u
#define TCTL_COLD_SHIFT 12u
#define TCTL_SWXOFF     0x00400000u
#define TCTL_RTLC       0x01000000u
#define TIPG_IPGT       0x000003FFu
#define TIPG_IPGR1      0x000FFC00u
#define TIPG_IPGR2      0x3FF00000u
#define TXDCTL_PTHRESH  0x0000003Fu
#define TXDCTL_HTHRESH  0x00003F00u
#define TXDCTL_WTHRESH  0x003F0000u
#define TXDCTL_GRAN     0x01000000u
#define TXDCTL_LWTHRESH 0xFE000000u

/* Wake-up (SDM 13.6). */
#define WUC_APME                0x00000001u
#define WUC_PME_EN              0x00000002u
#define WUC_PME_STATUS          0x00000004u
#define WUC_APMPME              0x00000008u
#define WUFC_LNKC               0x00000001u
#define WUFC_MAG                0x00000002u
#define WUFC_EX                 0x00000004u
#define WUFC_MC                 0x00000008u
#define WUFC_BC                 0x00000010u
#define WUFC_ARP                0x00000020u
#define WUFC_IPV4               0x00000040u
#define WUFC_IPV6               0x00000080u
#define WUFC_FLX                0x000F0000u
#define WUFC_FLX0               0x00010000u
#define WUFC_ALL                0x000F00FFu
#define IPAV_V4                 0x0000000Fu
#define IPAV_V6                 0x00010000u
#define MANC_SMBUS_EN           0x00000001u
#define MANC_ASF_EN             0x00000002u
#define MANC_R_ON_FORCE         0x00000004u
#define MANC_RMCP_EN            0x00000100u
#define MANC_0298_EN            0x00000200u
#define MANC_IPV4_EN            0x00000400u
#define MANC_IPV6_EN            0x00000800u
#define MANC_SNAP               0x00001000u
#define MANC_ARP_EN             0x00002000u
#define MANC_NEIGHBOR_EN        0x00004000u
#define MANC_ARP_RES_EN         0x00008000u
#define MANC_TCO_RESET          0x00010000u
#define MANC_RCV_TCO_EN         0x00020000u
#define MANC_REPORT_STATUS      0x00040000u
#define MANC_RCV_ALL            0x00080000u
#define MANC_EN_MAC_ADDR_FILTER 0x00100000u
#define MANC_EN_MNG2HOST        0x00200000u
#define MANC_EN_IP_ADDR_FILTER  0x00400000u
#define MANC_EN_XSUM            0x00800000u
#define MANC_SMB_REQ            0x01000000u
#define MANC_SMB_GNT            0x02000000u
#define MANC_SMB_CLK_IN         0x04000000u
#define MANC_SMB_DATA_IN        0x08000000u
#define MANC_SMB_DATA_OUT       0x10000000u
#define MANC_SMB_CLK_OUT        0x20000000u

/* ---- Descriptors (SDM 3.2.3, 3.3) ----------------------------------------------------------- */

#define DESC_BYTES 16u

/* Receive descriptor: status and error bytes. */
#define RXD_STAT_DD    0x01u
#define RXD_STAT_EOP   0x02u
#define RXD_STAT_IXSM  0x04u
#define RXD_STAT_VP    0x08u
#define RXD_STAT_TCPCS 0x20u
#define RXD_STAT_IPCS  0x40u
#define RXD_STAT_PIF   0x80u
#define RXD_ERR_CE     0x01u
#define RXD_ERR_SE     0x02u
#define RXD_ERR_SEQ    0x04u
#define RXD_ERR_CXE    0x10u
#define RXD_ERR_TCPE   0x20u
#define RXD_ERR_IPE    0x40u
#define RXD_ERR_RXE    0x80u

/* Transmit descriptors: the command byte (CMD, TUCMD, DCMD), status, options and types. */
#define TXD_CMD_EOP    0x01u
#define TXD_CMD_IFCS   0x02u
#define TXD_CMD_IC     0x04u /* legacy */
#define TXD_CMD_TSE    0x04u /* extended */
#define TXD_CMD_RS     0x08u
#define TXD_CMD_RPS    0x10u /* 82544 */
#define TXD_CMD_DEXT   0x20u
#define TXD_CMD_VLE    0x40u
#define TXD_CMD_IDE    0x80u
#define TXD_TUCMD_TCP  0x01u
#define TXD_TUCMD_IP   0x02u
#define TXD_STAT_DD    0x01u
#define TXD_STAT_EC    0x02u
#define TXD_STAT_LC    0x04u
#define TXD_POPTS_IXSM 0x01u
#define TXD_POPTS_TXSM 0x02u
#define TXD_DTYP_C     0x0u
#define TXD_DTYP_D     0x1u

#endif
