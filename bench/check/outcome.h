/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of one scenario. Of fixed size and without pointers: it crosses processes. */
#ifndef CHECK_OUTCOME_H
#define CHECK_OUTCOME_H

#include <stdint.h>

enum check_status {
    CHECK_NOT_RUN, /* the run was cut short */
    CHECK_PASS,
    CHECK_SKIP, /* message says why */
    CHECK_FAIL, /* something was not as it must be: message; perhaps a rule */
    CHECK_CRASH /* the scenario's process died, or took too long: message */
};

#define OUTCOME_MESSAGE 512u
#define OUTCOME_DETAILS 16384u

struct outcome {
    uint32_t status;               /* enum check_status */
    char message[OUTCOME_MESSAGE]; /* "expected ..., got ..." */
    char rule[64];                 /* id of the first rule that was broken, or empty */
    char profile[64];              /* where that was, or where it was last */
    char details[OUTCOME_DETAILS]; /* the rule in words, the last accesses; lines */
    uint64_t checks;               /* things that were asked and held */
    uint64_t frames;               /* that went in by the wire or by the driver */
    uint64_t accesses;             /* of the driver, to registers and configuration space */
    uint64_t virtual_ns;           /* time inside the bench */
    uint64_t wall_us;              /* of this computer's time */
};

#endif
