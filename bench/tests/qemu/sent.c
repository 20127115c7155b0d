/* SPDX-License-Identifier: BSD-2-Clause */
/* The frames that came out of both, and what they did to the counters. */
#include "transmit.h"

#include <string.h>

#define FCS      4u
#define TAG      4u
#define TAG_AT   12u
#define PATIENCE 5000 /* ms until a frame counts as not sent */

static uint8_t want[QEMU_FRAME_MAX], theirs[QEMU_FRAME_MAX];

static uint32_t segment_count(const struct tx_job *job)
{
    uint32_t payload = job->length - job->header;

    return job->kind == TX_SEGMENTS ? (payload + job->mss - 1) / job->mss : 1;
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

/* A checksum that came out as zero. */
static void expect_zero_sum(const struct sender *sender, uint32_t at)
{
    if (get16(want + at) != 0)
        return;
    put16(want + at, 0xffff);
    pair_known(sender->pair, KNOWN_TX_ZERO_SUM);
}

/* Bytes of a packet's frame before tag, padding and FCS. */
static uint32_t natural_length(const struct tx_job *job, uint32_t number)
{
    uint32_t left = job->length - job->header - number * job->mss;

    if (job->kind != TX_SEGMENTS)
        return job->length;
    return job->header + (left < job->mss ? left : job->mss);
}

/* Our frame, changed into what QEMU makes of the same descriptors. Returns its length. */
static uint32_t foretell(const struct sender *sender, const struct tx_job *job,
                         const struct pair_frame *frame, uint32_t number)
{
    const uint8_t *bytes = sender->bytes + job->at;
    uint32_t length = frame->length;
    uint32_t tag = job->tag ? TAG : 0;

    memcpy(want, sender->pair->sent_bytes + frame->at, length);
    if (length > natural_length(job, number) + tag) {
        length = natural_length(job, number) + tag;
        pair_known(sender->pair, KNOWN_TX_PSP);
    }
    if (job->legacy_sum) {
        uint32_t at = job->cso + (job->cso >= TAG_AT ? tag : 0);

        for (uint32_t i = 0; i < 2 && job->cso + i < job->length; i++) {
            at = job->cso + i + (job->cso + i >= TAG_AT ? tag : 0);
            if (want[at] != bytes[job->cso + i])
                pair_known(sender->pair, KNOWN_TX_IC);
            want[at] = bytes[job->cso + i];
        }
    }
    if (job->ip_sum)
        expect_zero_sum(sender, job->ipcso + tag);
    if (job->l4_sum)
        expect_zero_sum(sender, job->tucso + tag);
    if (job->kind == TX_SEGMENTS && !job->ipv4) {
        uint8_t *at = want + job->ipcss + tag + 4;

        put16(at, get16(at) + 40);
        pair_known(sender->pair, KNOWN_TSO_IPV6);
    }
    if (job->null_length > 0) {
        uint32_t at = job->null_at + tag;

        memmove(want + at + job->null_length, want + at, length - at);
        memcpy(want + at, sender->pair->qemu.ram, job->null_length);
        length += job->null_length;
        pair_known(sender->pair, KNOWN_TX_NULL);
    }
    return length;
}

static uint32_t size_class(uint32_t length)
{
    static const uint32_t above[] = {64, 127, 255, 511, 1023};
    uint32_t class = 0;

    while (class < 5 && length > above[class])
        class ++;
    return REG_PTC64 + 4 * class;
}

/* A frame that only QEMU sent. */
static void count_group(struct pair *pair, const uint8_t *frame, enum known_event row)
{
    static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

    if (memcmp(frame, broadcast, 6) == 0)
        expect_counter(pair, REG_BPTC, 1, row);
    else if (frame[0] & 1)
        expect_counter(pair, REG_MPTC, 1, row);
}

/* Why QEMU's counters differ for this frame. */
static enum known_event count_row(const struct tx_job *job, const struct pair_frame *frame)
{
    if (job->null_length > 0)
        return KNOWN_TX_NULL;
    if (frame->flags & E1000EMU_FRAME_FCS)
        return KNOWN_STAT_TX_FCS;
    return job->tag && frame->length >= 64 ? KNOWN_STAT_TX_TAG : KNOWN_STAT_TX_SHORT;
}

/* Takes what our counters did for a frame away, and what QEMU's do adds up. */
static void count(const struct sender *sender, const struct tx_job *job,
                  const struct pair_frame *frame, uint32_t qemu_length)
{
    struct pair *pair = sender->pair;
    uint32_t ours = frame->length + (frame->flags & E1000EMU_FRAME_FCS ? 0 : FCS);
    uint32_t octets = qemu_length + FCS - (job->tag ? TAG : 0);
    enum known_event row = count_row(job, frame);

    if (octets != ours)
        expect_counter(pair, REG_TOTL, (int64_t)octets - ours, row);
    expect_counter(pair, REG_GOTCL, (int64_t)octets - (ours < 64 ? 0 : ours), row);
    if (ours < 64)
        expect_counter(pair, REG_GPTC, 1, KNOWN_STAT_TX_SHORT);
    if (qemu_length + FCS == ours)
        return;
    if (ours >= 64)
        expect_counter(pair, size_class(ours), -1, row);
    if (qemu_length + FCS >= 64)
        expect_counter(pair, size_class(qemu_length + FCS), 1, row);
}

static void compare_frame(const struct sender *sender, const struct tx_job *job,
                          const struct pair_frame *frame, uint32_t number)
{
    uint32_t length = foretell(sender, job, frame, number);
    size_t n = qemu_frame_out(&sender->pair->qemu, theirs, sizeof theirs, PATIENCE);

    for (uint32_t i = 0; i < length && n == length; i++) {
        if (want[i] != theirs[i])
            pair_fail(
                sender->pair,
                "sent frame of %u bytes (packet %u, kind %d, part %u): byte %u is %02x in our "
                "chip and %02x in QEMU",
                length, (unsigned)(job - sender->job), job->kind, number, i, want[i], theirs[i]);
    }
    if (n != length)
        pair_fail(sender->pair,
                  "a sent frame (packet %u of %u bytes, kind %d, part %u) has %u bytes in our chip "
                  "and %zu in QEMU",
                  (unsigned)(job - sender->job), job->length, job->kind, number, length, n);
    count(sender, job, frame, length);
    sender->pair->frames_out++;
}

/* After a last segment that was full QEMU sends a header without data. */
static void take_empty_tail(const struct sender *sender, const struct tx_job *job)
{
    struct pair *pair = sender->pair;
    uint32_t length = job->header + (job->tag ? TAG : 0);
    size_t n = qemu_frame_out(&pair->qemu, theirs, sizeof theirs, PATIENCE);

    if (n != length)
        pair_fail(pair, "QEMU sends %zu bytes after the segments, not its %u of header", n, length);
    expect_counter(pair, REG_TPT, 1, KNOWN_TSO_EMPTY_TAIL);
    expect_counter(pair, REG_GPTC, 1, KNOWN_TSO_EMPTY_TAIL);
    expect_counter(pair, REG_TOTL, job->header + FCS, KNOWN_TSO_EMPTY_TAIL);
    expect_counter(pair, REG_GOTCL, job->header + FCS, KNOWN_TSO_EMPTY_TAIL);
    if (length + FCS >= 64)
        expect_counter(pair, size_class(length + FCS), 1, KNOWN_TSO_EMPTY_TAIL);
    count_group(pair, theirs, KNOWN_TSO_EMPTY_TAIL);
}

/* QEMU counts TCP contexts with a last segment that is not also the first. */
static void count_contexts(const struct sender *sender, const struct tx_job *job)
{
    uint32_t segments = segment_count(job);
    bool tail = (job->length - job->header) % job->mss == 0;
    int64_t theirs_count = job->tcp ? (segments > 1) + tail : 0;

    expect_counter(sender->pair, REG_TSCTC, theirs_count - 1, KNOWN_STAT_TSCTC);
}

/* More than a frame may hold: ours drops it. */
static void take_too_long(const struct sender *sender, const struct tx_job *job)
{
    struct pair *pair = sender->pair;
    size_t n = qemu_frame_out(&pair->qemu, theirs, sizeof theirs, PATIENCE);
    uint32_t length = job->length + job->null_length;

    if (n != length + (job->tag ? TAG : 0))
        pair_fail(pair, "of a packet of %u bytes QEMU sends %zu", job->length, n);
    expect_counter(pair, REG_TPT, 1, KNOWN_TX_TOO_LONG);
    expect_counter(pair, REG_GPTC, 1, KNOWN_TX_TOO_LONG);
    expect_counter(pair, REG_TOTL, length + FCS, KNOWN_TX_TOO_LONG);
    expect_counter(pair, REG_GOTCL, length + FCS, KNOWN_TX_TOO_LONG);
    expect_counter(pair, REG_PTC1522, 1, KNOWN_TX_TOO_LONG);
    count_group(pair, theirs, KNOWN_TX_TOO_LONG);
}

/* Compares what our chip has sent of a packet. Returns whether all of it is told and has come. */
static bool compare_job(struct sender *sender, struct tx_job *job, unsigned *next)
{
    struct pair *pair = sender->pair;
    uint32_t n = segment_count(job);
    bool whole = job->end <= sender->told;

    if (job->kind != TX_SEGMENTS && job->length > TX_LONGEST) {
        if (whole)
            take_too_long(sender, job);
        return whole;
    }
    for (; job->done < n && *next < pair->sents; job->done++)
        compare_frame(sender, job, &pair->sent[(*next)++], job->done);
    if (!whole)
        return false;
    if (job->done < n)
        pair_fail(pair, "our chip did not send part %u of packet %u (%u bytes, kind %d)", job->done,
                  sender->checked, job->length, job->kind);
    if (job->kind == TX_SEGMENTS) {
        count_contexts(sender, job);
        if ((job->length - job->header) % job->mss == 0)
            take_empty_tail(sender, job);
    }
    return true;
}

/* Everything that the packets told so far must have sent. A packet that the tail cuts in two may
 * have sent its first segments. */
void tx_compare(struct sender *sender)
{
    struct pair *pair = sender->pair;
    unsigned next = 0;

    while (sender->checked < sender->jobs &&
           compare_job(sender, &sender->job[sender->checked], &next))
        sender->checked++;
    if (next != pair->sents)
        pair_fail(pair, "our chip sent %u frames too many", pair->sents - next);
    if (sender->told == sender->made && qemu_frame_out(&pair->qemu, theirs, sizeof theirs, 0) != 0)
        pair_fail(pair, "QEMU sent a frame too many");
    pair->sents = 0;
    pair->sent_used = 0;
}
