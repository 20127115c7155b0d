/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shared medium of half duplex: listening, gaps, collisions, backing off (SDM 8.4.2, 13.4.33,
 * 13.4.34; IEEE 802.3 clause 4). Who else sends is the host's to say, in its attempt(); the chip's
 * time passes meanwhile, frame by frame.
 */
#ifndef EMU_MEDIUM_H
#define EMU_MEDIUM_H

#include "e1000emu.h"

/* How far the next attempt has come. */
enum emu_medium_phase {
    EMU_MEDIUM_READY,
    EMU_MEDIUM_LISTENING, /* behind the others' frame; the first part of the gap has passed */
    EMU_MEDIUM_YIELDED    /* the outcome is known, and the rest of the gap has passed as well */
};

/* Of the frame that is to leave next; and, for the LEDs, of the last one that collided. */
struct emu_medium {
    enum emu_medium_phase phase;
    unsigned attempts;   /* that collided: 256 at most, as TCTL.CT has eight bits */
    unsigned collisions; /* of them, those that were not late */
    bool deferred;       /* this attempt has been counted in DC */
    struct e1000emu_attempt outcome;

    bool collided; /* last_collision is the time of a collision */
    e1000emu_time last_collision;
};

enum emu_medium_result {
    EMU_MEDIUM_PASSES,   /* it goes to the wire; emu_medium_sent() once the wire took it */
    EMU_MEDIUM_LOST,     /* a late collision that nobody repeats: counts as sent */
    EMU_MEDIUM_GIVEN_UP, /* too many collisions */
    EMU_MEDIUM_WAIT      /* not now: EMU_TIMER_MEDIUM runs */
};

/* Whether others may send on the wire that the transmitter uses. */
bool emu_medium_shared(const struct e1000emu *chip);

/* Tries to send a frame; EMU_TIMER_MEDIUM must not run. */
enum emu_medium_result emu_medium_try(struct e1000emu *chip, const struct e1000emu_frame *frame);

/* The frame tried last has left: counts its collisions, and lets its time pass. */
void emu_medium_sent(struct e1000emu *chip, const struct e1000emu_frame *frame);

/* Forgets the attempts of the frame that was to leave next. */
void emu_medium_forget(struct e1000emu *chip);

#endif
