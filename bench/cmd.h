/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's commands; each has a file of its own. */
#ifndef BENCH_CMD_H
#define BENCH_CMD_H

#include "cli.h"

extern const struct cli_command cmd_run, cmd_probe, cmd_replay, cmd_registers, cmd_rules, cmd_trace,
    cmd_snapshot, cmd_faults, cmd_list, cmd_linerate, cmd_check, cmd_merge, cmd_perf, cmd_net;

#endif
