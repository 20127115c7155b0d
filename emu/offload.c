/* SPDX-License-Identifier: BSD-2-Clause */
#include "offload.h"

#include <string.h>

#include "checksum.h"
#include "hw.h"

/* Places in headers, from where each header begins. */
#define IPV4_BYTES     20u
#define IPV4_LENGTH    2u
#define IPV4_ID        4u
#define IPV6_LENGTH    4u
#define IPV6_BYTES     40u
#define TCP_SEQUENCE   4u
#define TCP_FLAGS      13u
#define TCP_FIN_OR_PSH 0x09u
#define UDP_LENGTH     4u

/* ---- Numbers in frames ---------------------------------------------------------------------- */

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void add32(uint8_t *at, uint32_t value)
{
    value += get16(at) << 16 | get16(at + 2);
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* ---- Checksums ------------------------------------------------------------------------------ */

/* Which bytes are summed up, and where the result goes. */
struct checksum {
    uint32_t start;
    uint32_t last; /* 0: all that follow */
    uint32_t field;
    uint32_t usual; /* most often so many */
    uint32_t add;   /* to the sum */
    bool udp;       /* zero would mean that there is no checksum: all ones say the same */
};

/* A field that does not fit into the frame is not written, and one that would cover nothing
 * neither. */
EMU_INLINE void insert(uint8_t *frame, uint32_t length, const struct checksum *checksum, bool few)
{
    uint32_t end = checksum->last == 0 || checksum->last >= length ? length : checksum->last + 1;
    uint32_t result;

    if (checksum->start >= end || checksum->field + 2 > length)
        return;
    result = emu_checksum_end(
        emu_checksum_mostly(frame + checksum->start, end - checksum->start, checksum->usual, few));
    result = emu_checksum_add(result, checksum->add) ^ 0xffffu;
    if (result == 0 && checksum->udp)
        result = 0xffffu;
    put16(frame + checksum->field, result);
}

/* From some byte to the end of a frame: what is left of the whole frame's sum. False: it is not
 * known whether that is zero. */
static bool sum_rest(const uint8_t *frame, uint32_t start, uint64_t whole, uint32_t *sum)
{
    uint64_t rest = emu_checksum_without(whole, emu_checksum_bytes(frame, start));

    *sum = emu_checksum_end(start % 2 ? emu_checksum_odd(rest) : rest);
    return *sum != 0 && *sum != 0xffffu;
}

void emu_offload_legacy(uint8_t *frame, uint32_t length, uint32_t css, uint32_t cso)
{
    insert(frame, length, &(struct checksum){.start = css, .field = cso}, false);
}

/* The pseudo header is in the checksum field already, but for the length in a segment. few: the
 * frame has less than EMU_CHECKSUM_LONG bytes. */
EMU_INLINE void insert_all(uint8_t *frame, uint32_t length, const struct emu_context *context,
                           uint32_t options, uint32_t l4_length, bool udp, bool few)
{
    if (options & TXD_POPTS_IXSM)
        insert(frame, length,
               &(struct checksum){.start = context->ipcss,
                                  .last = context->ipcse,
                                  .field = context->ipcso,
                                  .usual = IPV4_BYTES},
               few);
    if (options & TXD_POPTS_TXSM)
        insert(frame, length,
               &(struct checksum){.start = context->tucss,
                                  .last = context->tucse,
                                  .field = context->tucso,
                                  .add = l4_length,
                                  .udp = udp},
               few);
}

static void insert_both(uint8_t *frame, uint32_t length, const struct emu_context *context,
                        uint32_t options, uint32_t l4_length, bool udp)
{
    insert_all(frame, length, context, options, l4_length, udp, false);
}

void emu_offload_checksums(uint8_t *frame, uint32_t length, const struct emu_context *context,
                           uint32_t options)
{
    insert_both(frame, length, context, options, 0, !context->tcp);
}

/* Calls nothing, and has nothing to save. */
void emu_offload_checksums_few(uint8_t *frame, uint32_t length, const struct emu_context *context,
                               uint32_t options)
{
    insert_all(frame, length, context, options, 0, !context->tcp, true);
}

/* TCP or UDP to the end of the frame is the usual case; IP's field must not lie there, or it would
 * count as it was before. */
void emu_offload_checksums_summed(uint8_t *frame, uint32_t length,
                                  const struct emu_context *context, uint32_t options,
                                  uint64_t whole)
{
    bool usual = options & TXD_POPTS_TXSM && context->tucse == 0 && context->tucss < length &&
                 context->tucso + 2u <= length &&
                 (!(options & TXD_POPTS_IXSM) || context->ipcso + 2u <= context->tucss);
    uint32_t sum;

    if (!usual || !sum_rest(frame, context->tucss, whole, &sum)) {
        emu_offload_checksums(frame, length, context, options);
        return;
    }
    insert_both(frame, length, context, options & ~(uint32_t)TXD_POPTS_TXSM, 0, false);
    put16(frame + context->tucso, sum ^ 0xffffu);
}

/* ---- Segments ------------------------------------------------------------------------------- */

/* A field of the prototype header, or NULL if it does not lie in it. */
static uint8_t *header_field(uint8_t *frame, const struct emu_context *context, uint32_t at,
                             uint32_t size)
{
    return at + size <= context->hdrlen ? frame + at : NULL;
}

static void put_length(uint8_t *field, uint32_t length)
{
    if (field)
        put16(field, length & 0xffffu);
}

/* Neither TCP nor IPv4 stands for IPv6 with UDP, and for headers the chip is to leave alone: it
 * takes the former where an IPv6 header is. */
static bool is_generic(uint8_t *frame, const struct emu_context *context)
{
    const uint8_t *version = header_field(frame, context, context->ipcss, 1);

    return !context->tcp && !context->ipv4 && (!version || *version >> 4 != 6);
}

static void finish_ip(uint8_t *frame, const struct emu_context *context,
                      const struct emu_segment *segment, uint32_t length)
{
    uint32_t ip = context->ipcss;
    uint8_t *id;

    if (!context->ipv4) {
        put_length(header_field(frame, context, ip + IPV6_LENGTH, 2), length - ip - IPV6_BYTES);
        return;
    }
    put_length(header_field(frame, context, ip + IPV4_LENGTH, 2), length - ip);
    id = header_field(frame, context, ip + IPV4_ID, 2);
    if (id)
        put16(id, (get16(id) + segment->number) & 0xffffu);
}

static void finish_tcp(uint8_t *frame, const struct emu_context *context,
                       const struct emu_segment *segment)
{
    uint8_t *sequence = header_field(frame, context, context->tucss + TCP_SEQUENCE, 4);
    uint8_t *flags = header_field(frame, context, context->tucss + TCP_FLAGS, 1);

    if (sequence)
        add32(sequence, segment->number * context->mss);
    if (flags && !segment->last)
        *flags &= (uint8_t)~TCP_FIN_OR_PSH;
}

void emu_offload_segment(uint8_t *frame, const struct emu_context *context,
                         const struct emu_segment *segment, uint32_t options)
{
    uint32_t length = context->hdrlen + segment->payload;
    uint32_t l4_length = (length - context->tucss) & 0xffffu;

    if (is_generic(frame, context)) {
        insert_both(frame, length, context, options, 0, false);
        return;
    }
    finish_ip(frame, context, segment, length);
    if (context->tcp)
        finish_tcp(frame, context, segment);
    else
        put_length(header_field(frame, context, context->tucss + UDP_LENGTH, 2), l4_length);
    insert_both(frame, length, context, options, l4_length, !context->tcp);
}

/* ---- VLAN tags ------------------------------------------------------------------------------ */

uint8_t *emu_offload_tag(uint8_t *frame, uint32_t type, uint32_t content)
{
    uint8_t *start = frame - EMU_TAG_BYTES;

    memmove(start, frame, EMU_TAG_OFFSET);
    put16(start + EMU_TAG_OFFSET, type);
    put16(start + EMU_TAG_OFFSET + 2, content);
    return start;
}
