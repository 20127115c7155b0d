/* SPDX-License-Identifier: BSD-2-Clause */
/* `net`: real traffic through driver and chip. */
#include "cmd.h"
#include "net_run.h"
#include "net_server.h"
#include "net_steps.h"

#include <stdlib.h>
#include <string.h>

enum { OPTION_CAPTURE = 1, OPTION_JSON, OPTION_BYTES, OPTION_PORT };

struct net_command {
    struct cli_options cli;
    struct options options;
    struct net_run run;
    struct net_steps steps;
    const char *json;
    uint16_t port;
};

static const struct option option_table[] = {
    {"capture", required_argument, NULL, OPTION_CAPTURE},
    {"json", required_argument, NULL, OPTION_JSON},
    {"bytes", required_argument, NULL, OPTION_BYTES},
    {"port", required_argument, NULL, OPTION_PORT},
    OPTIONS_ENDS,
    OPTIONS_CHIP,
    OPTIONS_DRIVER,
    OPTIONS_TRACE,
    OPTIONS_SNAPSHOT,
    CLI_HELP_OPTION,
    {NULL, 0, NULL, 0},
};

/* ---- Options ---- */

static int take_option(struct net_command *command, int option)
{
    uint64_t number = 0;

    switch (option) {
    case OPTION_CAPTURE:
        command->run.capture_path = command->cli.value;
        return 0;
    case OPTION_JSON:
        command->json = command->cli.value;
        return 0;
    case OPTION_BYTES:
        if (!cli_unsigned(&command->cli, 1, UINT64_C(1) << 40, &number))
            return -1;
        command->steps.bytes = number;
        return 0;
    case OPTION_PORT:
        if (!cli_unsigned(&command->cli, 1, UINT16_MAX, &number))
            return -1;
        command->port = (uint16_t)number;
        return 0;
    default:
        return options_take(&command->options, &command->cli, option) < 0 ? -1 : 0;
    }
}

/* The wire or layer that is taken when none was given; it may not be built in. */
static int choose_ends(struct net_command *command)
{
    struct options *options = &command->options;
    char error[200];

    if (options->wire == NULL)
        options->wire = columns_wire("slirp", &options->wire_argument, error, sizeof(error));
    if (options->wire != NULL && options->above[0] == NULL)
        options->above[0] =
            columns_above("lwip", &options->above_argument[0], error, sizeof(error));
    if (options->wire == NULL || options->above[0] == NULL) {
        cli_error("net", "%s", error);
        return CLI_USAGE;
    }
    if (strcmp(options->wire->column.name, "slirp") != 0 ||
        strcmp(options->above[0]->column.name, "lwip") != 0) {
        cli_error("net", "without a command there must be wire slirp and above lwip, not %s and %s",
                  options->wire->column.name, options->above[0]->column.name);
        return CLI_USAGE;
    }
    return CLI_OK;
}

/* At most one thing can go to standard output. */
static int check_outputs(const struct net_command *command)
{
    const unsigned count = (unsigned)options_is_stdout(command->json) +
                           (unsigned)options_is_stdout(command->run.capture_path) +
                           (unsigned)options_is_stdout(command->options.trace_path);

    if (count <= 1)
        return CLI_OK;
    cli_error("net", "two of the options '--json', '--capture' and '--trace' name the same file");
    return CLI_USAGE;
}

static int read_options(struct net_command *command)
{
    int option, status;

    while ((option = cli_next_option(&command->cli)) > 0)
        if (take_option(command, option) < 0)
            return CLI_USAGE;
    if (option != CLI_END)
        return option;
    if (!cli_check_operands(&command->cli, 0, 0, ""))
        return CLI_USAGE;
    status = choose_ends(command);
    if (status == CLI_OK)
        status = check_outputs(command);
    if (status == CLI_OK)
        status = options_finish(&command->options, &command->cli);
    return status;
}

/* ---- Running ---- */

static int finish(struct net_command *command, int status)
{
    char error[256];

    net_run_print_end(&command->run);
    if (command->json != NULL &&
        net_run_json(&command->run, command->json, -1, error, sizeof(error)) < 0) {
        cli_error("net", "%s", error);
        status = CLI_IO;
    }
    if (status == CLI_OK)
        fprintf(command->run.text, "verdict: pass\n");
    else if (status == CLI_VERDICT)
        fprintf(command->run.text, "verdict: FAIL\n");
    return status;
}

#ifdef BENCH_LWIP
static int run_steps(struct net_command *command)
{
    return net_steps(&command->run, &command->steps);
}
#else
/* Never comes to this: there is no layer lwip to be chosen. */
static int run_steps(struct net_command *command)
{
    (void)command;
    return CLI_USAGE;
}
#endif

static int run_all(struct net_command *command)
{
    char error[256];
    int status;

    if (net_server_start(&command->steps.server, command->port, error, sizeof(error)) < 0) {
        cli_error("net", "%s", error);
        return CLI_IO;
    }
    if (net_run_open(&command->run, error, sizeof(error)) < 0) {
        cli_error("net", "%s", error);
        status = CLI_IO;
    } else {
        status = finish(command, run_steps(command));
    }
    if (net_run_close(&command->run, error, sizeof(error)) < 0) {
        cli_error("net", "%s", error);
        status = CLI_IO;
    }
    net_server_stop(&command->steps.server);
    return status;
}

static int net_command(const struct cli_command *self, int argc, char **argv)
{
    struct net_command *command = calloc(1, sizeof(*command));
    int status;

    if (command == NULL) {
        cli_error("net", "out of memory");
        return CLI_IO;
    }
    command->cli =
        (struct cli_options){.command = self, .table = option_table, .argc = argc, .argv = argv};
    command->steps.bytes = 100000000;
    options_init(&command->options);
    command->options.session.driver.all_multicast = true; /* IPv6's groups */
    command->run.options = &command->options;
    status = read_options(command);
    if (status == CLI_OK) {
        command->run.text = options_is_stdout(command->json) ||
                                    options_is_stdout(command->run.capture_path) ||
                                    options_is_stdout(command->options.trace_path)
                                ? stderr
                                : stdout;
        cli_catch_signals();
        status = run_all(command);
        status = options_close(&command->options, &command->cli, status);
    } else if (status < 0) {
        status = status == CLI_HELP ? CLI_OK : CLI_USAGE;
    }
    free(command);
    return status;
}

const struct cli_command cmd_net = {
    .name = "net",
    .summary = "carry real traffic: pings, downloads and uploads by lwIP over slirp",
    .help = "Usage: e1000bench net [OPTION...]\n"
            "\n"
            "Lets lwIP, above the driver, talk to a network of libslirp's at the wire: ARP, ping,\n"
            "ping6, HTTP download and upload against a server on loopback with checksums\n"
            "compared, TCP both ways at once. Prints each step with its rates.\n"
            "\n"
            "  --bytes N       of each transfer, each way (default 100M)\n"
            "  --port N        of the server on 127.0.0.1 (default: any that is free)\n"
            "  --capture FILE  write every frame on the wire to a pcap file\n"
            "  --json FILE     write the results as JSON, - is standard output\n" OPTIONS_ENDS_HELP
                OPTIONS_CHIP_HELP OPTIONS_DRIVER_HELP OPTIONS_TRACE_HELP OPTIONS_SNAPSHOT_HELP,
    .run = net_command,
};
