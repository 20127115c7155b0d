/* SPDX-License-Identifier: BSD-2-Clause */
/* The receive rules of the manual, and those of QEMU, side by side. */
#include "receive.h"

#include <string.h>

#define SHORTEST 60u /* without FCS */
#define CFI      0x1000u

/* The longest frame without FCS: ours counts the FCS, QEMU 7.2 forgets it. */
#define LIMIT           1518u
#define LIMIT_LONG      16380u
#define QEMU_LIMIT      1522u
#define QEMU_LIMIT_LONG 16384u

static uint64_t load48(const uint8_t *bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 6; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static uint64_t entry(struct pair *pair, uint32_t i, uint32_t *high)
{
    *high = e1000emu_peek(pair->chip, REG_RAH(i));
    return e1000emu_peek(pair->chip, REG_RAL(i)) | (uint64_t)(*high & RAH_ADDR) << 32;
}

static bool in_hash(const struct receiver *receiver, uint64_t destination)
{
    static const uint8_t shift[4] = {4, 3, 2, 0};
    uint32_t mo = (receiver->rctl & RCTL_MO) >> RCTL_MO_SHIFT;
    uint32_t hash = (uint32_t)(destination >> (32 + shift[mo])) & 0xfff;

    return e1000emu_peek(receiver->pair->chip, REG_MTA_N(hash >> 5)) >> (hash & 31) & 1;
}

struct address_match {
    bool destination; /* of an entry for destinations (AS = 00) */
    bool source;      /* of an entry for sources (AS = 01) */
    bool any;         /* the destination is that of an entry, whatever its AS */
};

static struct address_match match(const struct receiver *receiver, const uint8_t *data)
{
    struct address_match match = {0};

    for (uint32_t i = 0; i < RA_COUNT; i++) {
        uint32_t high;
        uint64_t address = entry(receiver->pair, i, &high);
        bool equal = address == load48(data);

        if (!(high & RAH_AV))
            continue;
        match.any |= equal;
        match.destination |= equal && (high & RAH_AS) == RAH_AS_DEST;
        match.source |= address == load48(data + 6) && (high & RAH_AS) == RAH_AS_SRC;
    }
    return match;
}

/* SDM 3.2.1: addresses. */
static void filter(const struct receiver *receiver, struct rx_frame *frame, bool *qemu)
{
    const uint8_t *data = receiver->bytes + frame->at;
    struct address_match found = match(receiver, data);
    uint64_t destination = load48(data);
    bool group = destination & 1;
    bool broadcast = destination == 0xffffffffffffull && (receiver->rctl & RCTL_BAM);
    bool promiscuous = receiver->rctl & (group ? RCTL_MPE : RCTL_UPE);
    bool hash = in_hash(receiver, destination);

    frame->exact = found.destination || found.source || broadcast;
    frame->passed = frame->exact || promiscuous || (group && hash);
    /* QEMU 7.2 counts by what let the frame in. */
    if (group && promiscuous)
        frame->group = REG_MPRC;
    else if (broadcast)
        frame->group = REG_BPRC;
    else if (!promiscuous && !found.any && hash)
        frame->group = REG_MPRC;
    *qemu = found.any || broadcast || promiscuous || hash;
    if (frame->passed != *qemu)
        frame->row =
            !frame->passed && hash && !group && !found.any ? KNOWN_RX_HASH : KNOWN_RX_SOURCE;
}

/* SDM 9.3: tags. */
static void filter_tag(const struct receiver *receiver, struct rx_frame *frame, bool *qemu)
{
    uint32_t id = frame->tci & 0xfff;
    struct pair *pair = receiver->pair;

    if (!(receiver->rctl & RCTL_VFE))
        return;
    if (!(e1000emu_peek(pair->chip, REG_VFTA_N(id >> 5)) >> (id & 31) & 1)) {
        frame->passed = *qemu = false;
    } else if ((receiver->rctl & RCTL_CFIEN) &&
               !(frame->tci & CFI) != !(receiver->rctl & RCTL_CFI)) {
        if (frame->passed)
            frame->row = KNOWN_RX_CFI;
        frame->passed = false;
    }
    if (frame->passed == *qemu)
        frame->row = RX_ALIKE;
}

void rx_foretell(const struct receiver *receiver, struct rx_frame *frame)
{
    const uint8_t *data = receiver->bytes + frame->at;
    bool long_ones = receiver->rctl & RCTL_LPE;
    bool store_bad = receiver->rctl & RCTL_SBP;
    bool qemu;

    frame->row = RX_ALIKE;
    filter(receiver, frame, &qemu);
    if (((uint32_t)data[12] << 8 | data[13]) == receiver->vet) {
        frame->tci = (uint16_t)(data[14] << 8 | data[15]);
        frame->strip = receiver->ctrl & CTRL_VME;
        filter_tag(receiver, frame, &qemu);
    }
    frame->too_long = frame->length > (long_ones ? LIMIT_LONG : LIMIT);
    frame->qemu_too_long = frame->length > (long_ones ? QEMU_LIMIT_LONG : QEMU_LIMIT) && !store_bad;
    frame->good = frame->length >= SHORTEST && !frame->too_long;
    frame->ours = frame->passed && (frame->good || store_bad);
    frame->qemu = qemu && !frame->qemu_too_long;
    if (frame->length < SHORTEST && frame->qemu)
        frame->row = KNOWN_RX_RUNT;
    else if (frame->too_long && frame->qemu && frame->passed)
        frame->row = KNOWN_RX_LENGTH;
    if (frame->ours == frame->qemu)
        frame->row = RX_ALIKE;
}

/* ---- Counters ------------------------------------------------------------------------------- */

static uint32_t size_class(uint32_t length)
{
    static const uint32_t above[] = {64, 127, 255, 511, 1023};
    uint32_t class = 0;

    while (class < 5 && length > above[class])
        class ++;
    return REG_PRC64 + 4 * class;
}

/* A frame's kind of destination in a counter: 0 for unicasts. */
static uint32_t group_counter(const uint8_t *data)
{
    if (load48(data) == 0xffffffffffffull)
        return REG_BPRC;
    return data[0] & 1 ? REG_MPRC : 0;
}

/* What QEMU counts for a frame that it stores. */
static void count_qemu(const struct receiver *receiver, const struct rx_frame *frame, unsigned row)
{
    struct pair *pair = receiver->pair;
    uint32_t length = frame->length < SHORTEST ? SHORTEST : frame->length;
    uint32_t size = length - (frame->strip ? RX_TAG : 0);
    uint32_t sorted = size + (receiver->rctl & RCTL_SECRC ? 0 : RX_FCS);

    pair->delta[(REG_TPR - 0x4000) / 4]++;
    pair->delta[(REG_GPRC - 0x4000) / 4]++;
    pair->delta[(REG_TORL - 0x4000) / 4] += size + RX_FCS;
    pair->delta[(REG_GORCL - 0x4000) / 4] += size + RX_FCS;
    if (sorted >= 64)
        pair->delta[(size_class(sorted) - 0x4000) / 4]++;
    if (sorted < 64 || size_class(sorted) != size_class(length + RX_FCS))
        row = frame->strip ? KNOWN_STAT_RX_TAG : KNOWN_STAT_PRC;
    if (frame->group)
        pair->delta[(frame->group - 0x4000) / 4]++;
    if (row != RX_ALIKE)
        pair_known(pair, row);
}

/* What ours counts, taken away. */
static void count_ours(const struct receiver *receiver, const struct rx_frame *frame)
{
    struct pair *pair = receiver->pair;
    uint32_t length = frame->length + RX_FCS;
    uint32_t group = group_counter(receiver->bytes + frame->at);

    pair->delta[(REG_TPR - 0x4000) / 4]--;
    pair->delta[(REG_TORL - 0x4000) / 4] -= length;
    if (!frame->ours || !frame->good)
        return;
    pair->delta[(REG_GPRC - 0x4000) / 4]--;
    pair->delta[(REG_GORCL - 0x4000) / 4] -= length;
    pair->delta[(size_class(length) - 0x4000) / 4]--;
    if (group == REG_BPRC && !(receiver->rctl & RCTL_BAM))
        group = 0; /* let in by another filter */
    if (group)
        pair->delta[(group - 0x4000) / 4]--;
    if (frame->qemu && group != frame->group)
        pair_known(pair, KNOWN_STAT_GROUP);
}

void rx_count(const struct receiver *receiver, const struct rx_frame *frame, bool waited)
{
    struct pair *pair = receiver->pair;

    count_ours(receiver, frame);
    if (frame->qemu)
        count_qemu(receiver, frame, frame->row);
    else
        pair_known(pair, KNOWN_STAT_SEEN);
    if (frame->qemu_too_long)
        expect_counter(pair, REG_ROC, 1, KNOWN_STAT_LENGTH);
    if (frame->passed && !frame->good) {
        expect_counter(pair, frame->too_long ? REG_ROC : REG_RUC, -1, KNOWN_STAT_LENGTH);
        expect_counter(pair, REG_RLEC, -1, KNOWN_STAT_LENGTH);
    }
    if (waited && frame->ours)
        expect_counter(pair, REG_RNBC, -1, KNOWN_STAT_RNBC);
}
