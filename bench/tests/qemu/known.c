/* SPDX-License-Identifier: BSD-2-Clause */
#include "known.h"

#include "hw.h"

#include <stdio.h>

#define ALL UINT32_MAX

/* clang-format off */
#define EVENT(id_, what_, decides_, right_) \
    {.id = id_, .kind = KNOWN_EVENT, .what = what_, .decides = decides_, .right = right_}
#define BITS(id_, kind_, at, mask_, value_, what_, decides_, right_) \
    {.id = id_, .kind = kind_, .first = (at), .last = (at), .stride = 4, .mask = (mask_), \
     .value = (value_), .what = what_, .decides = decides_, .right = right_}
#define RANGE(id_, kind_, from, to, step, mask_, what_, decides_, right_) \
    {.id = id_, .kind = kind_, .first = (from), .last = (to), .stride = (step), .mask = (mask_), \
     .what = what_, .decides = decides_, .right = right_}
#define KEEPS(id_, at, mask_, section) \
    BITS(id_, KNOWN_KEEPS, at, mask_, 0, "QEMU stores bits that are reserved or read-only", section, KNOWN_OURS)
#define NOTHING(id_, at, section) \
    BITS(id_, KNOWN_ZERO, at, ALL, 0, "QEMU has no such register", section, KNOWN_OURS)

const struct known known_table[] = {
    [KNOWN_ICR_RESERVED] = EVENT("icr-reserved", "QEMU lets ICS set reserved causes", "13.4.17", KNOWN_OURS),
    [KNOWN_IMS_RESERVED] = EVENT("ims-reserved", "QEMU lets IMS set reserved bits", "13.4.20", KNOWN_OURS),
    [KNOWN_TXQE] = EVENT("txqe-idle", "QEMU raises TXQE at every doorbell, work or not", "13.4.17, 3.4", KNOWN_OURS),
    [KNOWN_TXD_LOW] = EVENT("txd-low", "QEMU never raises TXD_LOW", "13.4.43, 3.4.3", KNOWN_OURS),
    [KNOWN_RXDMT0] = EVENT("rxdmt0-level", "QEMU raises RXDMT0 at each frame while few descriptors are free; ours when they become few", "3.2.7.3, 13.4.22", KNOWN_OURS),
    [KNOWN_RXDMT0_RESERVED] = EVENT("rxdmt0-reserved", "RCTL.RDMTS = 11 is 1/16 in QEMU, 1/8 in ours", "13.4.22 (reserved)", KNOWN_EITHER),
    [KNOWN_SRPD] = EVENT("srpd", "QEMU never raises SRPD", "3.2.7.2, 13.4.32", KNOWN_OURS),
    [KNOWN_FPD] = EVENT("rdtr-fpd", "QEMU ignores RDTR.FPD", "13.4.30", KNOWN_OURS),
    [KNOWN_LSC] = EVENT("lsc-by-software", "QEMU's link does not follow CTRL, CTRL_EXT or BMCR, so it has no LSC from them", "8.6, tables 8-6 to 8-9", KNOWN_OURS),

    [KNOWN_STATUS_FOLLOWS] = EVENT("status-fixed", "QEMU's STATUS does not follow CTRL, CTRL_EXT or BMCR", "13.4.2, tables 8-6 to 8-9", KNOWN_OURS),
    [KNOWN_ALIAS] = EVENT("aliases", "QEMU has no second addresses of registers (CTRL_DUP, the 82542's map)", "shared code's register list", KNOWN_EITHER),
    [KNOWN_STICKY] = EVENT("stat-sticky", "in QEMU, reading does not clear MPC, RNBC, FCRUC", "13.7", KNOWN_OURS),
    [KNOWN_PBM] = EVENT("pbm-frames", "no frame ever waits in QEMU's packet buffer memory", "13.8", KNOWN_OURS),
    [KNOWN_EECD_GRANT] = EVENT("eecd-grant", "QEMU grants the EEPROM unasked", "13.4.3, 5.2", KNOWN_OURS),
    [KNOWN_EECD_DO] = EVENT("eecd-do", "QEMU shows the last data bit on DO also without chip select or grant", "13.4.3, 93C46 data sheet", KNOWN_OURS),
    [KNOWN_EERD_STORED] = EVENT("eerd-stored", "QEMU's EERD without START reads as it was written", "13.4.4", KNOWN_OURS),
    [KNOWN_EERD_END] = EVENT("eerd-end", "past the EEPROM's end QEMU reads zeros, ours ones", "5.3 (not stated)", KNOWN_EITHER),
    [KNOWN_PHY_ADDRESS] = EVENT("phy-address", "for an absent PHY QEMU keeps MDIC as it was, with E and the old I; it has E on writes too", "13.4.7", KNOWN_OURS),
    [KNOWN_PHY_MISSING] = EVENT("phy-missing", "QEMU lacks PHY registers 7, 8, 11 to 15, 18, 19 and 22 to 31, and answers E for them and for writes to read-only ones", "11.3", KNOWN_OURS),
    [KNOWN_PHY_STORED] = EVENT("phy-stored", "QEMU stores reserved bits of PHY registers, and BMCR over the end of a power-down", "11.3, 11.1.3", KNOWN_OURS),
    [KNOWN_PHY_PARTNER] = EVENT("phy-partner", "QEMU's partner has no selector in register 5, and register 6 stays zero", "11.3.6, 11.3.7", KNOWN_OURS),

    [KNOWN_PHY_LATCH] = EVENT("phy-latch", "QEMU's BMSR link bit does not latch a lost link", "11.3.2", KNOWN_OURS),

    [KNOWN_TX_IC] = EVENT("tx-ic", "QEMU ignores IC of legacy descriptors", "3.3.3.1", KNOWN_OURS),
    [KNOWN_TX_PSP] = EVENT("tx-psp", "QEMU does not pad short packets", "13.4.33 PSP", KNOWN_OURS),
    [KNOWN_TX_NULL] = EVENT("tx-null", "QEMU sends what is at address 0 for a null descriptor", "3.3.3", KNOWN_OURS),
    [KNOWN_TX_TOO_LONG] = EVENT("tx-too-long", "QEMU sends frames of more than 16288 bytes", "3.3.3", KNOWN_OURS),
    [KNOWN_TX_ZERO_SUM] = EVENT("tx-zero-sum", "a checksum of 0000 is FFFF in QEMU also for IP and TCP", "3.5, RFC 768", KNOWN_OURS),
    [KNOWN_TSO_IPV6] = EVENT("tso-ipv6-length", "QEMU's IPv6 payload length counts the IPv6 header", "3.5.7, RFC 8200", KNOWN_OURS),
    [KNOWN_TSO_EMPTY_TAIL] = EVENT("tso-empty-tail", "QEMU sends one more segment without data when the last one was full", "3.5", KNOWN_OURS),
    [KNOWN_STAT_TX_TAG] = EVENT("stat-tx-tag", "QEMU's octets sent leave inserted VLAN tags out", "13.7 TOTL, GOTCL", KNOWN_OURS),
    [KNOWN_STAT_TX_FCS] = EVENT("stat-tx-fcs", "QEMU adds an FCS also to packets that bring their own", "13.7, 3.3.3.1 IFCS", KNOWN_OURS),
    [KNOWN_STAT_TX_SHORT] = EVENT("stat-tx-short", "QEMU counts sent packets under 64 bytes as good", "13.7 GPTC", KNOWN_OURS),
    [KNOWN_STAT_TSCTC] = EVENT("stat-tsctc", "QEMU's TSCTC leaves out UDP and single segments, and counts empty tails", "13.7 TSCTC", KNOWN_OURS),

    [KNOWN_RX_CHECKSUM] = EVENT("rx-checksum", "QEMU verifies no checksums: IXSM always", "3.2.9", KNOWN_OURS),
    [KNOWN_RX_PACKET_CHECKSUM] = EVENT("rx-packet-checksum", "QEMU leaves the packet checksum as it was", "3.2.3.1", KNOWN_OURS),
    [KNOWN_RX_PIF] = EVENT("rx-pif", "QEMU never sets PIF", "3.2.3.1", KNOWN_OURS),
    [KNOWN_RX_STALE] = EVENT("rx-stale", "QEMU leaves errors and unused status bits as software had them", "3.2.3", KNOWN_OURS),
    [KNOWN_RX_TAG] = EVENT("rx-tag-everywhere", "QEMU writes VP and tag to every descriptor of a frame, null ones too", "3.2.3.1", KNOWN_OURS),
    [KNOWN_RX_FCS] = EVENT("rx-fcs", "without SECRC QEMU counts four bytes that it does not write", "13.4.22 SECRC", KNOWN_OURS),
    [KNOWN_RX_RUNT] = EVENT("rx-runt", "QEMU pads received runts; ours drops and counts them", "3.2.1, 13.7 RUC", KNOWN_OURS),
    [KNOWN_RX_CFI] = EVENT("rx-cfi", "QEMU ignores CFIEN", "13.4.22, 9.3", KNOWN_OURS),
    [KNOWN_RX_SOURCE] = EVENT("rx-source", "QEMU ignores RAH.AS", "13.5.3", KNOWN_OURS),
    [KNOWN_RX_HASH] = EVENT("rx-hash", "QEMU's hash filter lets unicasts in", "3.2.1, 13.5.1", KNOWN_OURS),
    [KNOWN_RX_LENGTH] = EVENT("rx-length", "QEMU 7.2 compares 1522 and 16384 with the length without FCS", "13.4.22 LPE", KNOWN_OURS),
    [KNOWN_STAT_SEEN] = EVENT("stat-seen", "QEMU's TPR and TOR count only what was accepted", "13.7 TPR", KNOWN_OURS),
    [KNOWN_STAT_PRC] = EVENT("stat-prc", "with SECRC QEMU sorts received packets by their size without FCS", "13.7 PRC64", KNOWN_OURS),
    [KNOWN_STAT_RX_TAG] = EVENT("stat-rx-tag", "QEMU's received octets and sizes leave stripped tags out", "13.7 TORL", KNOWN_OURS),
    [KNOWN_STAT_GROUP] = EVENT("stat-group", "QEMU 7.2 counts in MPRC what MPE or the hash let in, in BPRC what BAM did, and nothing that RAR did", "13.7 BPRC, MPRC", KNOWN_OURS),
    [KNOWN_STAT_RNBC] = EVENT("stat-rnbc", "QEMU's frames wait outside of the chip, so RNBC does not count them", "13.7 RNBC", KNOWN_OURS),
    [KNOWN_STAT_LENGTH] = EVENT("stat-length", "QEMU counts ROC before it filters, and neither RLEC nor RUC", "13.7 ROC, RLEC, RUC", KNOWN_OURS),

    /* Registers. */
    KEEPS("ctrl-reserved", REG_CTRL, 0x2303e416u, "13.4.1"),
    NOTHING("ctrl-ext", REG_CTRL_EXT, "13.4.6"),
    BITS("status-asdv", KNOWN_CONSTANT, REG_STATUS, STATUS_ASDV, STATUS_ASDV, "QEMU always shows the reserved speed detection result 11", "13.4.2", KNOWN_OURS),
    BITS("status-later", KNOWN_CONSTANT, REG_STATUS, 0x80080400u, 0x80080400u, "QEMU shows bits of later chips", "13.4.2", KNOWN_OURS),
    NOTHING("fcal", REG_FCAL, "13.4.8"),
    NOTHING("fcah", REG_FCAH, "13.4.9"),
    NOTHING("fct", REG_FCT, "13.4.10"),
    NOTHING("fcttv", REG_FCTTV, "13.4.12"),
    KEEPS("vet-reserved", REG_VET, 0xffff0000u, "13.4.11"),
    NOTHING("txcw", REG_TXCW, "13.4.13"),
    KEEPS("ledctl-reserved", REG_LEDCTL, 0x30303030u, "13.4.15"),
    KEEPS("pba-reserved", REG_PBA, 0xffffff80u, "13.4.16"),
    KEEPS("rctl-reserved", REG_RCTL, ~0x06dfb3feu, "13.4.22"),
    NOTHING("fcrtl", REG_FCRTL, "13.4.23"),
    NOTHING("fcrth", REG_FCRTH, "13.4.24"),
    KEEPS("rdbal-low", REG_RDBAL, 0xfu, "13.4.25"),
    NOTHING("rxdctl", REG_RXDCTL, "13.4.46"),
    NOTHING("rsrpd", REG_RSRPD, "13.4.32"),
    NOTHING("rxcsum", REG_RXCSUM, "13.4.47"),
    KEEPS("tctl-reserved", REG_TCTL, ~0x013ffffau, "13.4.33"),
    NOTHING("tipg", REG_TIPG, "13.4.34"),
    KEEPS("tdbal-low", REG_TDBAL, 0xfu, "13.4.36"),
    NOTHING("tidv", REG_TIDV, "13.4.41"),
    KEEPS("txdctl-reserved", REG_TXDCTL, 0x00c0c0c0u, "13.4.43"),
    NOTHING("tspmt", REG_TSPMT, "13.4.45"),
    RANGE("rah-reserved", KNOWN_KEEPS, REG_RAH(0), REG_RAH(15), 8, 0x7ffc0000u, "QEMU stores reserved bits", "13.5.3", KNOWN_OURS),
    KEEPS("wuc-reserved", REG_WUC, ~0x9u, "13.6.1, 5.6.8 (PME without power management)"),
    KEEPS("wufc-reserved", REG_WUFC, ~WUFC_ALL, "13.6.2"),
    KEEPS("wus", REG_WUS, ALL, "13.6.3"),
    BITS("manc", KNOWN_CONSTANT, REG_MANC, ALL, 0x00222300u, "QEMU's MANC is read-only", "5.6, shared code", KNOWN_OURS),
    KEEPS("ipav-reserved", REG_IPAV, ~0x0001000fu, "13.6.4"),
    NOTHING("wupl", REG_WUPL, "13.6.7"),
    BITS("swsm", KNOWN_KEEPS, 0x05b50, ALL, 0, "QEMU has a register of later chips, SWSM", "13.2", KNOWN_OURS),
    RANGE("ip4at-odd", KNOWN_KEEPS, 0x05844, 0x05854, 8, ALL, "QEMU stores what lies between the entries", "13.6.5", KNOWN_OURS),
    RANGE("fflt-odd", KNOWN_KEEPS, 0x05f04, 0x05f14, 8, 0x7ffu, "QEMU stores what lies between the entries", "13.6.9", KNOWN_OURS),
    RANGE("ffmt-odd", KNOWN_KEEPS, 0x09004, 0x093f4, 8, 0xfu, "QEMU stores what lies between the entries", "13.6.10", KNOWN_OURS),
    RANGE("ffvt-odd", KNOWN_KEEPS, 0x09804, 0x09bf4, 8, ALL, "QEMU stores what lies between the entries", "13.6.11", KNOWN_OURS),
    RANGE("rx-fifo-pointers", KNOWN_KEEPS, REG_RDFH, REG_RDFPC, 8, 0x1fffu, "QEMU only stores the receive FIFO's pointers; ours follow the packet buffer", "13.8", KNOWN_OURS),
    RANGE("tx-fifo-pointers", KNOWN_KEEPS, REG_TDFH, REG_TDFT, 8, 0x7ffu, "QEMU only stores the transmit FIFO's pointers", "13.8", KNOWN_OURS),
    RANGE("tx-fifo-saved", KNOWN_KEEPS, REG_TDFHS, REG_TDFPC, 8, 0x1fffu, "QEMU only stores the transmit FIFO's saved pointers and packet count", "13.8", KNOWN_OURS),

    /* Configuration space. */
    BITS("config-status", KNOWN_CONSTANT, KNOWN_CONFIG + 0x04, 0xffff0000u, 0, "QEMU's PCI status shows neither 66 MHz nor DEVSEL timing", "4.1 table 4-4", KNOWN_OURS),
    BITS("config-min-gnt", KNOWN_CONSTANT, KNOWN_CONFIG + 0x3c, 0x00ff0000u, 0, "QEMU has no Min_Gnt", "4.1", KNOWN_OURS),

    /* After power-on. */
    BITS("power-on-ctrl", KNOWN_POWER_ON, REG_CTRL, ALL, 0x00140240u, "QEMU does not load CTRL from the EEPROM", "13.4.1, 5.6.8", KNOWN_OURS),
    BITS("power-on-link", KNOWN_POWER_ON, REG_STATUS, STATUS_LU, STATUS_LU, "QEMU's link is up at power-on without autonegotiation", "8.6, 13.4.2", KNOWN_OURS),
    BITS("power-on-eecd", KNOWN_POWER_ON, REG_EECD, EECD_FWE, 0, "QEMU's FWE starts as 00, which is illegal", "13.4.3", KNOWN_OURS),
    BITS("power-on-wuc", KNOWN_POWER_ON, REG_WUC, ALL, 0, "QEMU does not load APME from the EEPROM", "13.6.1, 5.6.17", KNOWN_OURS),
    BITS("power-on-ipav", KNOWN_POWER_ON, REG_IPAV, ALL, 0, "QEMU does not load IPAV from the EEPROM", "5.6.16", KNOWN_OURS),
    BITS("power-on-ip4at", KNOWN_POWER_ON, REG_IP4AT, ALL, 0, "QEMU does not load IP4AT[0] from the EEPROM", "5.6.18", KNOWN_OURS),
    RANGE("power-on-ip6at", KNOWN_POWER_ON, REG_IP6AT, REG_IP6AT_N(3), 4, ALL, "QEMU does not load IP6AT from the EEPROM", "5.6.19", KNOWN_OURS),
    BITS("power-on-vet", KNOWN_POWER_ON, REG_VET, ALL, 0x8100, "QEMU's VET starts as 8100", "13.4.11 (undefined)", KNOWN_EITHER),
    BITS("power-on-ledctl", KNOWN_POWER_ON, REG_LEDCTL, ALL, 0x602, "QEMU does not load LEDCTL from the EEPROM", "5.6.20", KNOWN_OURS),
};
/* clang-format on */

const unsigned known_rows = sizeof known_table / sizeof *known_table;

_Static_assert(sizeof known_table / sizeof *known_table <= KNOWN_MAX, "a counter for each row");

bool known_covers(const struct known *row, uint32_t offset)
{
    return row->kind != KNOWN_EVENT && offset >= row->first && offset <= row->last &&
           (offset - row->first) % row->stride == 0;
}

void known_print(const struct known_hits *hits)
{
    static const char *const side[] = {"ours", "QEMU", "open"};

    printf("%-20s %-5s %-26s %10s  %s\n", "id", "right", "decided by", "seen", "difference");
    for (unsigned i = 0; i < known_rows; i++) {
        const struct known *row = &known_table[i];

        printf("%-20s %-5s %-26s %10llu  %s\n", row->id, side[row->right], row->decides,
               (unsigned long long)hits->count[i], row->what);
    }
}

unsigned known_unseen(const struct known_hits *hits)
{
    unsigned unseen = 0;

    for (unsigned i = 0; i < known_rows; i++) {
        if (hits->count[i] > 0)
            continue;
        printf("never seen: %s (%s)\n", known_table[i].id, known_table[i].what);
        unseen++;
    }
    return unseen;
}
