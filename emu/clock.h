/* SPDX-License-Identifier: BSD-2-Clause */
/* The chip's timers. All live in one small array; what is due earliest is kept at hand. */
#ifndef EMU_CLOCK_H
#define EMU_CLOCK_H

#include "e1000emu.h"

enum emu_timer {
    EMU_TIMER_AUTONEG,  /* autonegotiation completes */
    EMU_TIMER_SERDES,   /* the same on 1000BASE-X */
    EMU_TIMER_MDIC,     /* the MDIO transfer ends */
    EMU_TIMER_EERD,     /* the EEPROM word was read */
    EMU_TIMER_EE_LOAD,  /* hardware has read its words from the EEPROM */
    EMU_TIMER_EE_WRITE, /* the EEPROM's own write cycle ends */
    EMU_TIMER_TX,       /* transmit work that a doorbell left over */
    EMU_TIMER_MEDIUM,   /* half duplex: the transmitter may try again, or go on */
    EMU_TIMER_TIDV,     /* TXDW is due, as no descriptor with IDE came since */
    EMU_TIMER_TADV,     /* TXDW is due, however many came */
    EMU_TIMER_RX,       /* frames in the packet buffer that descriptors now wait for */
    EMU_TIMER_RDTR,     /* no packet came for as long as RDTR says */
    EMU_TIMER_RADV,     /* the first packet not told of is as old as RADV says */
    EMU_TIMER_ITR,      /* the next interrupt may come */
    EMU_TIMER_PAUSE,    /* the partner's XOFF has run out */
    EMU_TIMER_LOOP,     /* looped frames have passed the wire that isn't there */
    EMU_TIMER_FAULT,    /* a fault begins, ends or happens; what it held back is due */
    EMU_TIMERS
};

struct emu_clock {
    e1000emu_time due[EMU_TIMERS]; /* E1000EMU_NEVER: not running */
    e1000emu_time next;            /* the earliest of them */
};

void emu_clock_init(struct e1000emu *chip);

/* Starts (or restarts) a timer that expires after delay nanoseconds. */
void emu_timer_start(struct e1000emu *chip, enum emu_timer timer, e1000emu_time delay);
void emu_timer_stop(struct e1000emu *chip, enum emu_timer timer);
bool emu_timer_running(const struct e1000emu *chip, enum emu_timer timer);

#endif
