/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two chips stored for a received frame: descriptors and buffers. */
#include "receive.h"

#include <string.h>

#define PARTS 300u

/* A frame as it lies in one memory. */
struct stored {
    uint32_t parts;  /* descriptors with an address */
    uint32_t length; /* sum of their lengths */
    uint8_t status, errors;
    uint16_t checksum, special; /* of the last one; the checksum of the first */
    uint32_t index[PARTS];      /* of the descriptors */
    uint32_t part_length[PARTS];
    uint8_t bytes[QEMU_FRAME_MAX];
};

static struct stored ours, theirs;

uint32_t rx_stored_bytes(const struct receiver *receiver, const struct rx_frame *frame)
{
    return frame->length - (frame->strip ? RX_TAG : 0) + (receiver->rctl & RCTL_SECRC ? 0 : RX_FCS);
}

uint32_t rx_after(const struct receiver *receiver, uint32_t index, uint32_t bytes)
{
    for (uint32_t i = 0; i < 2 * receiver->count; i++) {
        bool null = receiver->armed[index][0] == 0;

        index = (index + 1) % receiver->count;
        if (null)
            continue;
        if (bytes <= receiver->buffer)
            return index;
        bytes -= receiver->buffer;
    }
    return index;
}

static uint64_t load64(const uint8_t *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

static bool is_qemu(const struct stored *stored)
{
    return stored == &theirs;
}

/* A descriptor without a buffer: passed over, marked done. */
static void check_null(struct receiver *receiver, const struct stored *stored, uint32_t index,
                       uint64_t fields, const struct rx_frame *frame)
{
    uint64_t want = receiver->armed[index][1] | (uint64_t)RXD_STAT_DD << 32;

    if (is_qemu(stored)) {
        uint16_t special = frame->strip ? frame->tci : 0;
        uint64_t qemu = (want & 0xffffffffffffull) | (uint64_t)special << 48;

        qemu |= (uint64_t)(frame->strip ? RXD_STAT_VP : 0) << 32;
        if (qemu != want)
            pair_known(receiver->pair, KNOWN_RX_TAG);
        want = qemu;
    }
    if (fields != want)
        pair_fail(receiver->pair, "null descriptor %u of %s holds %016llx, not %016llx", index,
                  is_qemu(stored) ? "QEMU" : "our chip", (unsigned long long)fields,
                  (unsigned long long)want);
}

/* Fields of a descriptor that is not the frame's last: only length and DD count. */
static void check_part(struct receiver *receiver, const struct stored *stored, uint32_t index,
                       uint64_t fields, const struct rx_frame *frame)
{
    uint64_t armed = receiver->armed[index][1];
    uint64_t want = receiver->buffer | (uint64_t)RXD_STAT_DD << 32;
    uint64_t care = ~0xffff0000ull; /* the packet checksum has its own rule */

    if (is_qemu(stored)) {
        uint64_t kept = armed & 0xff00ull << 32;
        uint64_t status = armed >> 32 & 0xfcu;

        want |= kept | status << 32;
        if (kept || status)
            pair_known(receiver->pair, KNOWN_RX_STALE);
        if (frame->strip) {
            want |= (uint64_t)RXD_STAT_VP << 32 | (uint64_t)frame->tci << 48;
            pair_known(receiver->pair, KNOWN_RX_TAG);
        }
    }
    if ((fields ^ want) & care)
        pair_fail(receiver->pair,
                  "receive descriptor %u of %s, in a frame of %u bytes, holds "
                  "%016llx, not %016llx",
                  index, is_qemu(stored) ? "QEMU" : "our chip", frame->length,
                  (unsigned long long)fields, (unsigned long long)want);
}

/* Gathers a frame from a memory, and checks what is not its last descriptor. */
static void gather(struct receiver *receiver, const struct rx_frame *frame, const uint8_t *ram,
                   uint32_t index, struct stored *stored)
{
    stored->parts = stored->length = 0;
    for (uint32_t i = 0; i < receiver->count; i++, index = (index + 1) % receiver->count) {
        const uint8_t *descriptor = ram + RX_RING + (size_t)DESC_BYTES * index;
        uint64_t address = load64(descriptor), fields = load64(descriptor + 8);
        uint32_t length = (uint32_t)fields & 0xffff;

        if (address != receiver->armed[index][0])
            pair_fail(receiver->pair, "the address in receive descriptor %u of %s changed", index,
                      is_qemu(stored) ? "QEMU" : "our chip");
        if (address == 0) {
            check_null(receiver, stored, index, fields, frame);
            continue;
        }
        if (!(fields >> 32 & RXD_STAT_DD) || length > receiver->buffer)
            pair_fail(receiver->pair,
                      "receive descriptor %u of %s, in a frame of %u bytes, holds %016llx", index,
                      is_qemu(stored) ? "QEMU" : "our chip", frame->length,
                      (unsigned long long)fields);
        if (stored->parts == 0)
            stored->checksum = (uint16_t)(fields >> 16);
        memcpy(stored->bytes + stored->length, ram + address, length);
        stored->index[stored->parts] = index;
        stored->part_length[stored->parts++] = length;
        stored->length += length;
        if (fields >> 32 & RXD_STAT_EOP) {
            stored->status = (uint8_t)(fields >> 32);
            stored->errors = (uint8_t)(fields >> 40);
            stored->special = (uint16_t)(fields >> 48);
            return;
        }
        check_part(receiver, stored, index, fields, frame);
    }
    pair_fail(receiver->pair, "a frame of %u bytes has no end in %s's ring", frame->length,
              is_qemu(stored) ? "QEMU" : "our chip");
}

static uint32_t crc32(const uint8_t *data, uint32_t length)
{
    uint32_t crc = UINT32_MAX;

    for (uint32_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* The bytes: the frame as sent, without its tag if that is taken off, padded by QEMU. */
static void check_bytes(struct receiver *receiver, const struct rx_frame *frame,
                        const struct stored *stored)
{
    const uint8_t *data = receiver->bytes + frame->at;
    uint32_t pad = is_qemu(stored) && frame->length < 60 ? 60 - frame->length : 0;
    uint32_t want = rx_stored_bytes(receiver, frame) + pad;
    uint32_t fcs = receiver->rctl & RCTL_SECRC ? 0 : RX_FCS;
    const uint8_t *end = stored->bytes + want - fcs;

    if (stored->length != want)
        pair_fail(receiver->pair, "of a frame of %u bytes %s stored %u, not %u", frame->length,
                  is_qemu(stored) ? "QEMU" : "our chip", stored->length, want);
    for (uint32_t i = 0; i < want - fcs - pad; i++) {
        uint32_t from = frame->strip && i >= 12 ? i + RX_TAG : i;

        if (stored->bytes[i] != data[from])
            pair_fail(receiver->pair, "byte %u of a frame of %u is %02x in %s's memory, not %02x",
                      i, frame->length, stored->bytes[i], is_qemu(stored) ? "QEMU" : "our chip",
                      data[from]);
    }
    for (uint32_t i = 0; i < pad; i++) {
        if (stored->bytes[want - fcs - pad + i] != 0)
            pair_fail(receiver->pair, "QEMU pads with something else than zeros");
    }
    for (uint32_t i = 0; i < fcs; i++) {
        uint32_t byte =
            is_qemu(stored) ? receiver->fill : crc32(data, frame->length) >> (8 * i) & 0xff;

        /* The tag's removal changes the FCS or not: both are found. */
        if (end[i] != byte && (is_qemu(stored) || !frame->strip))
            pair_fail(receiver->pair, "byte %u of the FCS is %02x in %s's memory, not %02x", i,
                      end[i], is_qemu(stored) ? "QEMU" : "our chip", byte);
    }
    if (fcs && is_qemu(stored))
        pair_known(receiver->pair, KNOWN_RX_FCS);
}

/* The last descriptor of our chip, by the manual. */
static void check_ours(struct receiver *receiver, const struct rx_frame *frame)
{
    const uint8_t checksums = RXD_STAT_IXSM | RXD_STAT_IPCS | RXD_STAT_TCPCS;
    uint8_t want = RXD_STAT_DD | RXD_STAT_EOP;

    if (frame->strip)
        want |= RXD_STAT_VP;
    if (!frame->exact)
        want |= RXD_STAT_PIF;
    if (!(receiver->rxcsum & (RXCSUM_IPOFLD | RXCSUM_TUOFLD)))
        want |= RXD_STAT_IXSM;
    else
        want |= ours.status & checksums;
    if (ours.status != want || ours.special != (frame->strip ? frame->tci : 0) ||
        ours.errors & ~(RXD_ERR_IPE | RXD_ERR_TCPE))
        pair_fail(
            receiver->pair,
            "our chip says status %02x, errors %02x, special %04x of a frame of %u bytes; the "
            "manual says status %02x, special %04x",
            ours.status, ours.errors, ours.special, frame->length, want,
            frame->strip ? frame->tci : 0);
}

/* QEMU's last descriptor: what it does not write is as software left it. */
static void check_theirs(struct receiver *receiver, const struct rx_frame *frame)
{
    uint64_t armed = receiver->armed[theirs.index[theirs.parts - 1]][1];
    uint64_t first = receiver->armed[theirs.index[0]][1];
    uint32_t status = RXD_STAT_DD | RXD_STAT_EOP | RXD_STAT_IXSM | (armed >> 32 & 0xfcu);

    if (frame->strip)
        status |= RXD_STAT_VP;
    if (theirs.status != status || theirs.errors != (uint8_t)(armed >> 40) ||
        theirs.special != (frame->strip ? frame->tci : 0) ||
        theirs.checksum != (uint16_t)(first >> 16))
        pair_fail(
            receiver->pair,
            "QEMU says status %02x, errors %02x, special %04x, checksum %04x of a frame of %u "
            "bytes, not %02x, %02x, %04x, %04x",
            theirs.status, theirs.errors, theirs.special, theirs.checksum, frame->length, status,
            (uint8_t)(armed >> 40), frame->strip ? frame->tci : 0, (uint16_t)(first >> 16));
    if (armed >> 32 & 0xfcfcu)
        pair_known(receiver->pair, KNOWN_RX_STALE);
}

/* Both have stored it: which known differences are there? The rest has been checked. */
static void note_differences(struct receiver *receiver)
{
    if (ours.index[0] != theirs.index[0])
        receiver->apart = true;
    if (!(ours.status & RXD_STAT_IXSM))
        pair_known(receiver->pair, KNOWN_RX_CHECKSUM);
    if (ours.status & RXD_STAT_PIF)
        pair_known(receiver->pair, KNOWN_RX_PIF);
    if (ours.checksum != theirs.checksum)
        pair_known(receiver->pair, KNOWN_RX_PACKET_CHECKSUM);
}

/* What differs is known: QEMU's memory gets what ours has, and all memory can be compared. */
static void even_out(struct receiver *receiver, uint32_t from, uint32_t end)
{
    struct pair *pair = receiver->pair;
    uint32_t left = receiver->rctl & RCTL_SECRC ? 0 : RX_FCS;

    for (uint32_t i = from; i != end; i = (i + 1) % receiver->count) {
        size_t at = RX_RING + (size_t)DESC_BYTES * i;

        memcpy(pair->qemu.ram + at, pair->ram + at, DESC_BYTES);
    }
    for (uint32_t part = ours.parts; part-- > 0 && left > 0;) {
        uint32_t n = ours.part_length[part] < left ? ours.part_length[part] : left;
        uint64_t at = receiver->armed[ours.index[part]][0] + ours.part_length[part] - n;

        memcpy(pair->qemu.ram + at, pair->ram + at, n);
        left -= n;
    }
}

void rx_compare(struct receiver *receiver, const struct rx_frame *frame, uint32_t our_index,
                uint32_t qemu_index)
{
    if (frame->ours) {
        gather(receiver, frame, receiver->pair->ram, our_index, &ours);
        check_bytes(receiver, frame, &ours);
        check_ours(receiver, frame);
    }
    if (frame->qemu) {
        gather(receiver, frame, receiver->pair->qemu.ram, qemu_index, &theirs);
        check_bytes(receiver, frame, &theirs);
        check_theirs(receiver, frame);
    }
    if (frame->ours && frame->qemu)
        note_differences(receiver);
    if (frame->ours != frame->qemu)
        receiver->apart = true;
    else if (frame->ours && !receiver->apart)
        even_out(receiver, our_index,
                 rx_after(receiver, our_index, rx_stored_bytes(receiver, frame)));
    receiver->pair->frames_in++;
}
