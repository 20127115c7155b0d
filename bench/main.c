/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd.h"

int main(int argc, char **argv)
{
    const struct cli_command commands[] = {
        cmd_run,       cmd_check,    cmd_merge,  cmd_probe, cmd_replay,
        cmd_registers, cmd_rules,    cmd_faults, cmd_trace, cmd_snapshot,
        cmd_list,      cmd_linerate, cmd_perf,   cmd_net,   {.name = NULL},
    };

    return cli_main(commands, BENCH_VERSION, argc, argv);
}
