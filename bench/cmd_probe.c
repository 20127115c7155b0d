/* SPDX-License-Identifier: BSD-2-Clause */
/* `probe`: what a driver finds when it meets the chip. */
#include "cmd.h"
#include "options.h"
#include "probe.h"

#include <stdio.h>

static int probe_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {OPTIONS_CHIP,     OPTIONS_DRIVER,  OPTIONS_TRACE,
                                          OPTIONS_SNAPSHOT, CLI_HELP_OPTION, {NULL, 0, NULL, 0}};
    struct cli_options cli = {.command = self, .table = table, .argc = argc, .argv = argv};
    struct options options;
    struct judge judge = {.level = JUDGE_OFF};
    char error[200];
    int option, status;

    options_init(&options);
    while ((option = cli_next_option(&cli)) > 0)
        if (options_take(&options, &cli, option) < 0)
            return CLI_USAGE;
    if (option != CLI_END)
        return option == CLI_HELP ? CLI_OK : CLI_USAGE;
    if (!cli_check_operands(&cli, 0, 0, ""))
        return CLI_USAGE;
    status = options_finish(&options, &cli);
    if (status != CLI_OK)
        return status;
    status = CLI_OK;
    /* What is printed makes way for a trace on standard output. */
    if (probe_print(options_is_stdout(options.trace_path) ? stderr : stdout, &options, &judge,
                    error, sizeof(error)) < 0) {
        cli_error(self->name, "%s", error);
        status = CLI_VERDICT;
    }
    if (judge_failed(&judge))
        status = CLI_VERDICT;
    judge_free(&judge);
    return options_close(&options, &cli, status);
}

const struct cli_command cmd_probe = {
    .name = "probe",
    .summary = "show what a driver finds when it meets the chip",
    .help = "Usage: e1000bench probe [OPTION...]\n"
            "\n"
            "Powers the chip on, attaches the driver, brings it up, and prints the PCI identity\n"
            "and BARs, the EEPROM, the MAC address and where it came from, RAR[0] as found, the\n"
            "PHY, and the link.\n"
            "\n" OPTIONS_CHIP_HELP OPTIONS_DRIVER_HELP OPTIONS_TRACE_HELP OPTIONS_SNAPSHOT_HELP,
    .run = probe_command,
};
