/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transmit steps: transmit.c makes packets and descriptors, sent.c compares the frames that
 * come out.
 */
#ifndef QEMU_TRANSMIT_H
#define QEMU_TRANSMIT_H

#include "packets.h"
#include "pair.h"

#define TX_RING    0x1000000u
#define TX_JOBS    160u
#define TX_BYTES   0x600000u /* of packets in a step */
#define TX_LONGEST 16288u    /* frame */

enum tx_kind { TX_LEGACY, TX_DATA, TX_SEGMENTS };

/* One packet, from its descriptors to the frames that must come out. */
struct tx_job {
    enum tx_kind kind;
    uint32_t at, length; /* its bytes, in sender.bytes */
    uint32_t end;        /* descriptors of the step up to and with its last one */
    uint32_t done;       /* frames of it that were compared */
    uint32_t ipcss, ipcso, tucss, tucso;
    uint32_t header, mss;
    uint32_t null_at, null_length; /* a null descriptor, after so many bytes */
    bool ipv4, tcp, ip_sum, l4_sum, legacy_sum, tag;
    uint32_t cso;
};

struct sender {
    struct pair *pair;
    uint32_t count; /* descriptors in the ring */
    uint32_t start; /* index of the first one used */
    uint32_t made;  /* descriptors made in this step */
    uint32_t told;  /* of them, those that the tail has told the chips of */
    uint32_t room;  /* buffers used, bytes */
    uint32_t ctrl;
    struct tx_job job[TX_JOBS];
    uint32_t jobs, checked;
    uint8_t bytes[TX_BYTES];
    uint32_t used;
};

/* Compares everything that the packets told so far must have sent, and keeps account of what that
 * does to the counters. */
void tx_compare(struct sender *sender);

#endif
