/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that faults strike, because somebody asked for them: which ones, and how many. Frames that
 * arrive are struck before anybody knows what becomes of them, so that they are remembered until
 * the device has said so.
 */
#ifndef BENCH_STRUCK_H
#define BENCH_STRUCK_H

#include "e1000emu.h"

/* Frames that the device can look at before it says what became of the first of them. */
#define STRUCK_FRAMES 128u

/* What became of the struck frames of one direction; a frame may be damaged, and doubled or late as
 * well. */
struct struck_counts {
    uint64_t lost, damaged, doubled, late;
};

/* Zero-initialise. */
struct struck {
    struct {
        const uint8_t *data; /* the frame's */
        unsigned effects;    /* 1 << enum e1000emu_fault_effect */
    } arriving[STRUCK_FRAMES], leaving;
    unsigned count; /* of the former */
    struct struck_counts received, sent;
};

/* E1000EMU_EVENT_FAULT, or E1000EMU_EVENT_SENT. */
void struck_event(struct struck *struck, const struct e1000emu_event *event);

/* A frame has arrived, and was stored or not. Returns whether it was struck; then it is counted. */
bool struck_arrived(struct struck *struck, const uint8_t *data, bool stored);

#endif
