/* SPDX-License-Identifier: BSD-2-Clause */
/* From the account of a replay to a report. */
#ifndef BENCH_REPLAY_REPORT_H
#define BENCH_REPLAY_REPORT_H

#include "fault_option.h"
#include "replay.h"
#include "report.h"

#define REPLAY_REASONS (FATES + E1000EMU_RX_VERDICTS + 8)

/* The numbers of one direction, and the storage for its reasons; must stay where it is. */
struct replay_numbers {
    struct direction_result numbers;
    struct report_reason reasons[REPLAY_REASONS];
};

/* The faults that the command line asked for, and how often each fired. Returns how many. */
size_t replay_report_faults(struct report_fault faults[E1000EMU_FAULTS_MAX],
                            const struct fault_options *asked, const struct replay_result *result);

void replay_report_numbers(struct replay_numbers *numbers, const struct replay_result *result,
                           const struct replay_direction *direction);

#endif
