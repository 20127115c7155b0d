/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the chip writes into frames on their way out: checksums, the headers of segments, VLAN tags
 * (SDM 3.3.6, 3.5, 3.6, 9.1). Offsets count from the first byte of the frame, without its tag.
 * Whatever software asks for, nothing outside of the frame is read or written.
 */
#ifndef EMU_OFFLOAD_H
#define EMU_OFFLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that a VLAN tag adds, and where. */
#define EMU_TAG_BYTES  4u
#define EMU_TAG_OFFSET 12u

/* A context descriptor (SDM 3.3.6), as the chip remembers it. */
struct emu_context {
    uint8_t ipcss, ipcso;  /* IP checksum: from where, and where to */
    uint8_t tucss, tucso;  /* TCP or UDP checksum, likewise */
    uint16_t ipcse, tucse; /* the last byte they cover; 0: the end of the frame */
    bool tcp;              /* TUCMD.TCP, otherwise UDP */
    bool ipv4;             /* TUCMD.IP, otherwise IPv6 */
    /* Segmentation only. */
    uint8_t hdrlen;  /* bytes of the prototype header */
    uint16_t mss;    /* bytes of payload in each segment */
    uint32_t paylen; /* bytes of payload in all of them, 20 bits */
};

/* A segment to be finished. */
struct emu_segment {
    uint32_t number;  /* from 0 on */
    uint32_t payload; /* bytes after the header */
    bool last;
};

/* Legacy descriptors' IC: the checksum from css to the end is put at cso (SDM 3.3.3.1). */
void emu_offload_legacy(uint8_t *frame, uint32_t length, uint32_t css, uint32_t cso);

/* The checksums that options, a data descriptor's POPTS, asks for. */
void emu_offload_checksums(uint8_t *frame, uint32_t length, const struct emu_context *context,
                           uint32_t options);

/* The same for a frame of less than EMU_CHECKSUM_LONG bytes (checksum.h). */
void emu_offload_checksums_few(uint8_t *frame, uint32_t length, const struct emu_context *context,
                               uint32_t options);

/* The same when the sum of the whole frame, as it is, has been made already. */
void emu_offload_checksums_summed(uint8_t *frame, uint32_t length,
                                  const struct emu_context *context, uint32_t options,
                                  uint64_t sum);

/* Turns a copy of the prototype header, with the segment's payload behind it, into that segment:
 * its lengths, identification, sequence number and flags, then the checksums (SDM 3.5.5). */
void emu_offload_segment(uint8_t *frame, const struct emu_context *context,
                         const struct emu_segment *segment, uint32_t options);

/* Inserts a VLAN tag of this type and content. The four bytes in front of the frame must be free;
 * the frame begins there afterwards, and that is what is returned. */
uint8_t *emu_offload_tag(uint8_t *frame, uint32_t type, uint32_t content);

#endif
