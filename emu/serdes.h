/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 1000BASE-X by the internal SerDes, on fiber or a backplane: synchronisation, configuration words
 * (/C/ ordered sets), autonegotiation by hardware or by software, forced link (SDM 8.6.1, 8.6.3,
 * 13.4.13, 13.4.14; IEEE 802.3 clauses 36 and 37).
 */
#ifndef EMU_SERDES_H
#define EMU_SERDES_H

#include "e1000emu.h"

struct emu_serdes {
    bool active;     /* CTRL_EXT.LINK_MODE has the SerDes, and CTRL.LRST doesn't hold it */
    bool sync;       /* code groups are recognised, which takes a signal */
    bool sending;    /* /C/ ordered sets go out */
    bool seen;       /* and they come in */
    bool forced;     /* TXCW.ANE is zero: hardware doesn't negotiate */
    bool complete;   /* negotiated by hardware: RXCW.ANC */
    bool partner_up; /* the partner is done negotiating */
    bool wire;       /* frames reach the partner */
};

/* Whether the MAC works through the SerDes rather than the PHY. */
bool emu_serdes_selected(const struct e1000emu *chip);

/* Looks at everything again that the link depends on; before STATUS is worked out. */
void emu_serdes_update(struct e1000emu *chip);

/* STATUS.FD, LU, SPEED and TBIMODE while the SerDes is selected. */
uint32_t emu_serdes_status(const struct e1000emu *chip);

/* CTRL was written: while hardware negotiates RFCE and TFCE are its result. */
void emu_serdes_keep_flow_control(struct e1000emu *chip, uint32_t old);

/* The cable or the partner changed. */
void emu_serdes_partner_changed(struct e1000emu *chip);

/* Fiber: software-definable pin 1 is the optics' signal detection. */
void emu_serdes_show_signal(struct e1000emu *chip);

/* What the code groups of a frame show beside its bytes: bits of e1000emu_frame.flags. */
void emu_serdes_count_errors(struct e1000emu *chip, uint32_t flags);

/* After any reset: nothing is known of a partner. */
void emu_serdes_reset(struct e1000emu *chip);

/* EMU_TIMER_SERDES expired: the exchange of words has come to its end. */
void emu_serdes_timer(struct e1000emu *chip);

/* Register hooks. */
void emu_serdes_write_txcw(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
uint32_t emu_serdes_read_rxcw(struct e1000emu *chip, uint32_t offset);

#endif
