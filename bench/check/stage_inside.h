/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stage's own files share. */
#ifndef CHECK_STAGE_INSIDE_H
#define CHECK_STAGE_INSIDE_H

#include "stage.h"

/* The first finding of the checker that counts, or NULL. */
const struct judge_finding *stage_finding(const struct stage *stage);

/* Fails if there is one. */
void stage_judge(struct stage *stage);

/* As stage_fail(), with the message as it is. */
_Noreturn void stage_fail_with(struct stage *stage, const char *message);

/* Adds what the session cost to the outcome. */
void stage_account(struct stage *stage);

#endif
