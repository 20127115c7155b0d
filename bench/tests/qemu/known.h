/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The known differences between QEMU's e1000-82545em and our model, and who is right. Whatever
 * differs and is not here fails the test; what is here and never shows fails it too, once the run
 * is long enough.
 */
#ifndef QEMU_KNOWN_H
#define QEMU_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

/* How QEMU's bits behind a row's mask read. */
enum known_kind {
    KNOWN_KEEPS,    /* as they were last written: it stores what the chip has no bits for */
    KNOWN_ZERO,     /* zero: it has no storage */
    KNOWN_CONSTANT, /* always as value */
    KNOWN_POWER_ON, /* as value after power-on; no difference once software wrote them */
    KNOWN_EVENT     /* the test works it out where it happens */
};

enum known_side { KNOWN_OURS, KNOWN_QEMU, KNOWN_EITHER };

struct known {
    const char *id;
    enum known_kind kind;
    /* Registers first, first + stride, ... last. */
    uint32_t first, last, stride;
    uint32_t mask, value;
    const char *what;    /* what QEMU does, and what our model does */
    const char *decides; /* section of the manual, or what else decides */
    enum known_side right;
};

/* Rows that the test works out: they come first in the table, in this order. */
enum known_event {
    /* Interrupts. */
    KNOWN_ICR_RESERVED,
    KNOWN_IMS_RESERVED,
    KNOWN_TXQE,
    KNOWN_TXD_LOW,
    KNOWN_RXDMT0,
    KNOWN_RXDMT0_RESERVED,
    KNOWN_SRPD,
    KNOWN_FPD,
    KNOWN_LSC,
    /* Registers. */
    KNOWN_STATUS_FOLLOWS,
    KNOWN_ALIAS,
    KNOWN_STICKY,
    KNOWN_PBM,
    KNOWN_EECD_GRANT,
    KNOWN_EECD_DO,
    KNOWN_EERD_STORED,
    KNOWN_EERD_END,
    KNOWN_PHY_ADDRESS,
    KNOWN_PHY_MISSING,
    KNOWN_PHY_STORED,
    KNOWN_PHY_PARTNER,
    KNOWN_PHY_LATCH,
    /* Transmission. */
    KNOWN_TX_IC,
    KNOWN_TX_PSP,
    KNOWN_TX_NULL,
    KNOWN_TX_TOO_LONG,
    KNOWN_TX_ZERO_SUM,
    KNOWN_TSO_IPV6,
    KNOWN_TSO_EMPTY_TAIL,
    KNOWN_STAT_TX_TAG,
    KNOWN_STAT_TX_FCS,
    KNOWN_STAT_TX_SHORT,
    KNOWN_STAT_TSCTC,
    /* Reception. */
    KNOWN_RX_CHECKSUM,
    KNOWN_RX_PACKET_CHECKSUM,
    KNOWN_RX_PIF,
    KNOWN_RX_STALE,
    KNOWN_RX_TAG,
    KNOWN_RX_FCS,
    KNOWN_RX_RUNT,
    KNOWN_RX_CFI,
    KNOWN_RX_SOURCE,
    KNOWN_RX_HASH,
    KNOWN_RX_LENGTH,
    KNOWN_STAT_SEEN,
    KNOWN_STAT_PRC,
    KNOWN_STAT_RX_TAG,
    KNOWN_STAT_GROUP,
    KNOWN_STAT_RNBC,
    KNOWN_STAT_LENGTH,
    KNOWN_EVENTS
};

#define KNOWN_MAX 160u

/* Offsets of rows about configuration space begin here. */
#define KNOWN_CONFIG 0x100000u

extern const struct known known_table[];
extern const unsigned known_rows;

/* How often each row showed, by its place in the table. */
struct known_hits {
    uint64_t count[KNOWN_MAX];
};

bool known_covers(const struct known *row, uint32_t offset);

/* The whole table, for people. */
void known_print(const struct known_hits *hits);

/* Names the rows that never showed. Returns how many there are. */
unsigned known_unseen(const struct known_hits *hits);

#endif
