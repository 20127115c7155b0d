/* SPDX-License-Identifier: BSD-2-Clause */
/* The catalogue of the regression: what is played, on which chips, and why. */
#ifndef CHECK_SCENARIO_H
#define CHECK_SCENARIO_H

#include "e1000emu.h"

#include <stddef.h>

struct stage;

/* What a profile must have for a scenario to make sense. */
enum {
    NEEDS_COPPER = 1u << 0,
    NEEDS_LIGHT = 1u << 1,     /* fibre or SerDes */
    NEEDS_PM = 1u << 2,        /* power management */
    NEEDS_MSI = 1u << 3,       /* interrupt messages */
    NEEDS_RESET = 1u << 4,     /* CTRL.RST does something */
    NEEDS_ITR = 1u << 5,       /* interrupt moderation as the manual has it */
    NEEDS_HEARING = 1u << 6,   /* reception does not stop for a while when RCTL is written */
    NEEDS_RXT0 = 1u << 7,      /* no receive interrupt is missing */
    NEEDS_INTEL = 1u << 8,     /* a board of Intel's */
    NEEDS_REGISTERS = 1u << 9, /* every register stores what the manual says */
};

struct scenario {
    const char *id;       /* "feature/vlan-strip"; stays the same for good */
    const char *title;    /* a few words */
    const char *proves;   /* one sentence: what holds when it passes */
    const char *source;   /* whose test, report or section it is after */
    const char *profiles; /* those that it is played on when none is asked for, by spaces */
    unsigned needs;       /* NEEDS_* */
    void (*play)(struct stage *stage);
};

/* The i-th scenario, or NULL past the last one. */
const struct scenario *scenario_at(size_t i);

/* Why a scenario makes no sense on a profile, in a few words, or NULL if it does. */
const char *scenario_misfit(const struct scenario *scenario,
                            const struct e1000emu_profile *profile);

/* Part of the catalogue; each ends with a row whose id is NULL. */
extern const struct scenario scenarios_attach[], scenarios_receive[], scenarios_transmit[],
    scenarios_offload[], scenarios_vlan[], scenarios_filter[], scenarios_link[],
    scenarios_interrupt[], scenarios_care[], scenarios_power[], scenarios_hangs[],
    scenarios_memory[], scenarios_hardware[], scenarios_load[];

#endif
