/* SPDX-License-Identifier: BSD-2-Clause */
#include "traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEADER  14u /* destination, source, type */
#define MINIMUM 60u /* what a frame on the wire has at least, without FCS */

const char *fate_name(enum fate fate)
{
    static const char *const names[FATES] = {
        [FATE_DELIVER] = "delivered", [FATE_OTHER_ADDRESS] = "other_address",
        [FATE_TOO_LONG] = "too_long", [FATE_RUNT] = "runt",
        [FATE_SNAPPED] = "snapped",   [FATE_EMPTY] = "empty",
    };

    return names[fate];
}

uint32_t traffic_max_frame(const struct capture *capture, uint32_t limit)
{
    uint32_t longest = TRAFFIC_STANDARD;

    for (size_t i = 0; i < capture->count; i++) {
        const struct capture_frame *frame = &capture->frames[i];

        if (frame->flags == 0 && frame->length > longest && frame->length <= limit)
            longest = frame->length;
    }
    return longest;
}

/* ---- The likeliest address ---- */

/* A power of two; captures with more addresses than this are decided by the first of them. */
#define ADDRESSES 4096u

struct address {
    uint8_t mac[6];
    uint64_t sent, received;
};

static struct address *find_address(struct address *table, const uint8_t *mac)
{
    uint32_t hash = 2166136261u;

    for (unsigned i = 0; i < 6; i++)
        hash = (hash ^ mac[i]) * 16777619u;
    for (uint32_t probe = 0; probe < 64; probe++) {
        struct address *entry = &table[(hash + probe) & (ADDRESSES - 1)];

        if (entry->sent + entry->received == 0)
            memcpy(entry->mac, mac, 6);
        if (memcmp(entry->mac, mac, 6) == 0)
            return entry;
    }
    return NULL;
}

static void count_address(struct address *table, const uint8_t *mac, bool sent)
{
    static const uint8_t none[6] = {0};
    struct address *entry;

    if ((mac[0] & 1) != 0 || memcmp(mac, none, 6) == 0)
        return;
    entry = find_address(table, mac);
    if (entry == NULL)
        return;
    if (sent)
        entry->sent++;
    else
        entry->received++;
}

static bool likelier(const struct address *a, const struct address *b)
{
    const bool a_both = a->sent != 0 && a->received != 0;
    const bool b_both = b->sent != 0 && b->received != 0;

    if (a_both != b_both)
        return a_both;
    if (a->sent + a->received != b->sent + b->received)
        return a->sent + a->received > b->sent + b->received;
    return memcmp(a->mac, b->mac, 6) < 0;
}

bool traffic_likely_mac(const struct capture *capture, uint8_t mac[6])
{
    struct address *table = calloc(ADDRESSES, sizeof(*table));
    const struct address *best = NULL;

    if (table == NULL)
        return false;
    for (size_t i = 0; i < capture->count; i++) {
        if (capture->frames[i].length < HEADER)
            continue;
        count_address(table, capture->frames[i].data, false);
        count_address(table, capture->frames[i].data + 6, true);
    }
    for (unsigned i = 0; i < ADDRESSES; i++)
        if (table[i].sent + table[i].received != 0 && (best == NULL || likelier(&table[i], best)))
            best = &table[i];
    if (best != NULL)
        memcpy(mac, best->mac, 6);
    free(table);
    return best != NULL;
}

/* ---- Preparing ---- */

/* What the receiver's filter must do, worked out from the manual's words alone (SDM 3.2.1), not
 * from the chip: no multicast address is set. */
static bool addressed_to(const struct traffic_options *options, const uint8_t *frame)
{
    static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

    return options->promiscuous || memcmp(frame, options->mac, 6) == 0 ||
           memcmp(frame, broadcast, 6) == 0;
}

static enum fate fate_of(const struct traffic_options *options, const struct capture_frame *frame,
                         bool received)
{
    if ((frame->flags & CAPTURE_TOO_LONG) != 0)
        return FATE_TOO_LONG;
    if ((frame->flags & CAPTURE_SNAPPED) != 0)
        return FATE_SNAPPED;
    if (frame->length < HEADER)
        return FATE_EMPTY;
    if (received && options->raw_runts && frame->length < MINIMUM)
        return FATE_RUNT;
    if (frame->length > options->max_frame)
        return FATE_TOO_LONG;
    if (received && !addressed_to(options, frame->data))
        return FATE_OTHER_ADDRESS;
    return FATE_DELIVER;
}

/* Frames that the bench hands over even though they must not come out: what chip and driver do with
 * them is the test. Some have no bytes to hand over, and what the driver can't send isn't offered.
 */
static bool offered(enum fate fate, const struct capture_frame *frame, bool received)
{
    if (fate == FATE_SNAPPED || fate == FATE_EMPTY || frame->length == 0)
        return false;
    return received || fate == FATE_DELIVER;
}

static void add(struct traffic *traffic, const struct capture_frame *frame, enum fate fate,
                uint64_t time, uint8_t **padding, bool pad)
{
    struct e1000emu_frame *entry;

    entry = &traffic->frames[traffic->count];
    *entry = (struct e1000emu_frame){.data = frame->data, .length = frame->length, .time = time};
    traffic->fates[traffic->count] = (uint8_t)fate;
    traffic->lengths[traffic->count++] = frame->length;
    if (pad && frame->length < MINIMUM) {
        memcpy(*padding, frame->data, frame->length);
        entry->data = *padding;
        entry->length = MINIMUM;
        *padding += MINIMUM;
        traffic->padded++;
    }
}

static int allocate(struct traffic *traffic, size_t count)
{
    traffic->frames = calloc(count + 1, sizeof(traffic->frames[0]));
    traffic->fates = calloc(count + 1, 1);
    traffic->lengths = calloc(count + 1, sizeof(traffic->lengths[0]));
    return traffic->frames == NULL || traffic->fates == NULL || traffic->lengths == NULL ? -ENOMEM
                                                                                         : 0;
}

static bool by_driver(const struct traffic_options *options, const struct capture_frame *frame)
{
    if (options->direction == TRAFFIC_TX)
        return true;
    return options->direction == TRAFFIC_SPLIT && frame->length >= HEADER &&
           memcmp(frame->data + 6, options->mac, 6) == 0;
}

/* Time from the latest frame so far to this one: 0 when the capture goes back, never too long. */
static uint64_t pause_before(struct traffic_pair *pair, const struct capture_frame *frame,
                             uint64_t *last)
{
    uint64_t pause = 0;

    if (frame->time_ns > *last) {
        pause = frame->time_ns - *last;
        *last = frame->time_ns;
    }
    if (pause > TRAFFIC_PAUSE) {
        pause = TRAFFIC_PAUSE;
        pair->gaps++;
    }
    return pause;
}

int traffic_prepare(struct traffic_pair *pair, const struct capture *capture,
                    const struct traffic_options *options)
{
    uint64_t time = 0, last = capture->count != 0 ? capture->frames[0].time_ns : 0;
    size_t runts = 0;
    uint8_t *padding;

    *pair = (struct traffic_pair){0};
    for (size_t i = 0; i < capture->count; i++)
        runts += capture->frames[i].length < MINIMUM;
    pair->padding = padding = calloc(runts + 1, MINIMUM);
    if (padding == NULL || allocate(&pair->rx, capture->count) < 0 ||
        allocate(&pair->tx, capture->count) < 0) {
        traffic_free(pair);
        return -ENOMEM;
    }
    for (size_t i = 0; i < capture->count; i++) {
        const struct capture_frame *frame = &capture->frames[i];
        const bool sent = by_driver(options, frame);
        struct traffic *traffic = sent ? &pair->tx : &pair->rx;
        const enum fate fate = fate_of(options, frame, !sent);

        time += pause_before(pair, frame, &last);
        if (offered(fate, frame, !sent))
            add(traffic, frame, fate, time, &padding, sent || !options->raw_runts);
        else
            traffic->left_out[fate]++;
    }
    /* Played in a loop, the next pass follows after the capture's mean interval. */
    pair->rx.span = pair->tx.span = capture->count > 1 ? time + time / (capture->count - 1) : time;
    return 0;
}

static void release(struct traffic *traffic)
{
    free(traffic->frames);
    free(traffic->fates);
    free(traffic->lengths);
}

void traffic_free(struct traffic_pair *pair)
{
    release(&pair->rx);
    release(&pair->tx);
    free(pair->padding);
    *pair = (struct traffic_pair){0};
}
