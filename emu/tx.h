/* SPDX-License-Identifier: BSD-2-Clause */
/* The transmit side: from descriptors in host memory to frames on the wire (SDM 3.3, 3.4). */
#ifndef EMU_TX_H
#define EMU_TX_H

#include "ring.h"

/* Longest frame, and longest buffer of a legacy descriptor (SDM 3.3.3). */
#define EMU_TX_FRAME_MAX 16288u

/* Room for frames that don't lie in one piece of host memory. */
#define EMU_TX_STAGING 65536u

/* A frame whose last descriptor has not come yet. */
struct emu_tx_frame {
    uint32_t length; /* bytes gathered so far */
    bool open;       /* it has begun */
    bool discard;    /* and won't be sent: too long, or a part of it could not be read */
};

struct emu_tx {
    struct emu_ring ring;
    struct emu_tx_frame frame; /* its bytes are the first ones of staging */
    bool blocked;              /* the wire took less than all; wait for e1000emu_transmit_ready() */
    uint8_t staging[EMU_TX_STAGING];
};

/* Forgets an unfinished frame and works out what depends on registers; those are reset before. */
void emu_tx_reset(struct e1000emu *chip, enum e1000emu_reset kind);

/* STATUS.LU changed. */
void emu_tx_link_changed(struct e1000emu *chip);

/* EMU_TIMER_TX expired: goes on with what a doorbell left over. */
void emu_tx_timer(struct e1000emu *chip);

/* Register hooks. emu_tx_write_ring: TDBAL, TDBAH, TDLEN, TDH. */
void emu_tx_write_tctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_tx_write_tdt(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_tx_write_ring(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
