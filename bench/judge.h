/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge of the driver's manners: collects what the chip's checker finds, and shows it. */
#ifndef BENCH_JUDGE_H
#define BENCH_JUDGE_H

#include "e1000emu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JUDGE_RECENT 40u /* accesses that are shown before the one that broke a rule */

enum judge_level {
    JUDGE_OFF,  /* nobody looks; costs nothing */
    JUDGE_ON,   /* all rules but the deep ones */
    JUDGE_DEEP, /* those that look twice at memory, too */
};

/** A rule that was broken, and how it came to that. */
struct judge_finding {
    const struct e1000emu_rule *rule;
    struct e1000emu_event event; /**< A frame's bytes are gone. */
    uint64_t number[2];
    struct e1000emu_access recent[JUDGE_RECENT]; /**< Oldest first, the present one is the last. */
    size_t recent_count;
};

/** Zero-initialise, then set the level. */
struct judge {
    enum judge_level level;
    struct judge_finding *findings;
    size_t count, room;
    bool out_of_memory; /**< Findings are missing. */
};

/** The bits of e1000emu_config.watch for a level. judge may be NULL. */
unsigned judge_watch(const struct judge *judge);

/** For e1000emu_host.finding: keeps a finding. */
void judge_take(struct judge *judge, const e1000emu *chip, const struct e1000emu_finding *finding);

/** Adds what another judge found of rules that this one has nothing of. */
void judge_merge(struct judge *judge, const struct judge *from);

/** How many findings there are of one severity. */
size_t judge_count(const struct judge *judge, enum e1000emu_rule_class severity);

/** A violation: the run fails. Findings that were lost count as one. */
bool judge_failed(const struct judge *judge);

/** Prints every rule that was broken, its first cause with the accesses before it. Nothing when
 * there is none. */
void judge_print(FILE *stream, const struct judge *judge);

/** "2 violations, 1 erratum, no advice" */
void judge_summary(const struct judge *judge, char *text, size_t size);

void judge_free(struct judge *judge);

/** "violation", "erratum", "advice" */
const char *judge_severity(enum e1000emu_rule_class severity);

/** "write CTRL = 0x04000000 (RST=1)": an access in words, with its nonzero fields. */
void judge_access_text(const struct e1000emu_access *access, char *text, size_t size);

/** The event at which a rule was broken, likewise. */
void judge_event_text(const struct e1000emu_event *event, char *text, size_t size);

#endif
