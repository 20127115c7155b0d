/* SPDX-License-Identifier: BSD-2-Clause */
/* `net`: real traffic through driver and chip. */
#include "cmd.h"
#include "net_command.h"
#include "net_run.h"
#include "net_server.h"
#include "net_steps.h"
#include "slirp_options.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPTION_CAPTURE = 1,
    OPTION_JSON,
    OPTION_BYTES,
    OPTION_PORT,
    OPTION_OFFLOAD,
    OPTION_DHCP,
    OPTION_HTTP
};

struct net_command {
    struct cli_options cli;
    struct options options;
    struct net_run run;
    struct net_steps steps;
    const char *json;
    uint16_t port;
    struct net_space_config space; /* its command is NULL: there is none */
    int offload;                   /* index of offload_words, -1: not given */
    bool dhcp_given;
    char above_argument[64];
};

static const char *const offload_words[] = {"on", "csum", "off", NULL};
static const char *const dhcp_words[] = {"any", "udhcpc", "dhclient", "off", NULL};

static const struct option option_table[] = {
    {"capture", required_argument, NULL, OPTION_CAPTURE},
    {"json", required_argument, NULL, OPTION_JSON},
    {"bytes", required_argument, NULL, OPTION_BYTES},
    {"port", required_argument, NULL, OPTION_PORT},
    {"http", required_argument, NULL, OPTION_HTTP},
    {"offload", required_argument, NULL, OPTION_OFFLOAD},
    {"dhcp", required_argument, NULL, OPTION_DHCP},
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
    int choice = 0;

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
    case OPTION_HTTP:
        if (!cli_unsigned(&command->cli, 0, UINT16_MAX, &number))
            return -1;
        command->run.http = (int)number;
        return 0;
    case OPTION_OFFLOAD:
        return cli_choice(&command->cli, offload_words, NULL, &command->offload) ? 0 : -1;
    case OPTION_DHCP:
        if (!cli_choice(&command->cli, dhcp_words, NULL, &choice))
            return -1;
        command->dhcp_given = true;
        command->space.configure = choice != 3;
        command->space.dhcp_client = choice == 1 || choice == 2 ? dhcp_words[choice] : NULL;
        return 0;
    default:
        return options_take(&command->options, &command->cli, option) < 0 ? -1 : 0;
    }
}

static bool is(const struct column *column, const char *name)
{
    return strcmp(column->name, name) == 0;
}

/* The wire and the layer that are taken when none was given; they may not be built in. */
static int choose_ends(struct net_command *command)
{
    struct options *options = &command->options;
    const char *above = command->space.command != NULL ? "tap" : "lwip";
    char error[200];

    if (options->wire == NULL)
        options->wire = columns_wire("slirp", &options->wire_argument, error, sizeof(error));
    if (options->wire != NULL && options->above[0] == NULL)
        options->above[0] = columns_above(above, &options->above_argument[0], error, sizeof(error));
    if (options->wire == NULL || options->above[0] == NULL) {
        cli_error("net", "%s", error);
        return CLI_USAGE;
    }
    if (!is(&options->above[0]->column, above) || options->above[1] != NULL) {
        cli_error("net", "%s a command, what is above the driver can only be '%s'",
                  command->space.command != NULL ? "with" : "without", above);
        return CLI_USAGE;
    }
    if ((command->space.command == NULL && !is(&options->wire->column, "slirp")) ||
        (options->wire->column.flags & COLUMN_TWO_ENDS) != 0) {
        cli_error("net", "wire '%s' leads to nobody who answers%s", options->wire->column.name,
                  command->space.command == NULL ? " at the gateway's address: only slirp does"
                                                 : "");
        return CLI_USAGE;
    }
    return CLI_OK;
}

/* Options that are only for one of the two ways. */
static int check_ways(const struct net_command *command)
{
    if (command->space.command == NULL && (command->offload >= 0 || command->dhcp_given)) {
        cli_error("net", "option '--%s' is for commands: lwIP has no %s",
                  command->offload >= 0 ? "offload" : "dhcp",
                  command->offload >= 0 ? "offloads" : "DHCP client");
        return CLI_USAGE;
    }
    if (command->space.command != NULL && (command->steps.bytes != 0 || command->port != 0)) {
        cli_error("net", "option '--%s' is for lwIP's transfers, not for commands",
                  command->port != 0 ? "port" : "bytes");
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
    if (command->cli.operand_count != 0)
        command->space.command = command->cli.operands;
    status = check_ways(command);
    if (status == CLI_OK)
        status = choose_ends(command);
    if (status == CLI_OK)
        status = check_outputs(command);
    if (status == CLI_OK)
        status = options_finish(&command->options, &command->cli);
    return status;
}

/* ---- Running ---- */

/* command_status: of the command, -1: there was none. */
static int finish(struct net_command *command, int status, int command_status)
{
    char error[256];

    net_run_print_end(&command->run);
    if (command->json != NULL &&
        net_run_json(&command->run, command->json, command_status, error, sizeof(error)) < 0) {
        cli_error("net", "%s", error);
        status = CLI_IO;
    }
    if (status == CLI_OK)
        fprintf(command->run.text, "verdict: pass\n");
    else if (status == CLI_VERDICT)
        fprintf(command->run.text, "verdict: FAIL\n");
    return status;
}

/* ---- A command ---- */

static void describe_space(struct net_command *command)
{
    struct options *options = &command->options;

    command->space.interface = options->session.driver.name;
    command->space.ipv4 = true;
#ifdef BENCH_SLIRP
    if (is(&options->wire->column, "slirp")) {
        struct slirp_options network;
        char error[200];

        if (slirp_options_read(&network, options->wire_argument, error, sizeof(error)) == 0) {
            command->space.ipv4 = network.ipv4 && network.dhcp;
            command->space.ipv6 = network.ipv6;
        }
    }
#endif
    if (command->offload >= 0) {
        snprintf(command->above_argument, sizeof(command->above_argument), "offload=%s",
                 offload_words[command->offload]);
        options->above_argument[0] = command->above_argument;
    }
}

static int run_over(struct net_command *command, struct net_space *space)
{
    char error[256];
    bool ran = false;
    int status;

    command->run.space = &space->tap;
    if (net_run_open(&command->run, error, sizeof(error)) < 0) {
        cli_error("net", "%s", error);
        status = CLI_IO;
    } else {
        status = net_command_run(&command->run, space, &ran);
        if (ran && status == CLI_OK && judge_failed(&command->run.judge))
            status = CLI_VERDICT;
        status = finish(command, status, ran ? space->status : -1);
    }
    if (net_run_close(&command->run, error, sizeof(error)) < 0) {
        cli_error("net", "%s", error);
        status = CLI_IO;
    }
    return status;
}

static int run_command(struct net_command *command)
{
    struct net_space space = {.pid = 0};
    char error[256];
    int status = CLI_IO;

    describe_space(command);
    net_command_catch_signals();
    if (net_space_open(&space, &command->space, error, sizeof(error)) < 0)
        cli_error("net", "%s", error);
    else
        status = run_over(command, &space);
    net_space_close(&space);
    return status;
}

/* ---- lwIP ---- */

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

static int run_lwip(struct net_command *command)
{
    char error[256];
    int status;

    cli_catch_signals();
    if (command->steps.bytes == 0)
        command->steps.bytes = 100000000;
    if (net_server_start(&command->steps.server, command->port, error, sizeof(error)) < 0) {
        cli_error("net", "%s", error);
        return CLI_IO;
    }
    if (net_run_open(&command->run, error, sizeof(error)) < 0) {
        cli_error("net", "%s", error);
        status = CLI_IO;
    } else {
        status = finish(command, run_steps(command), -1);
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
    command->offload = -1;
    command->run.http = -1;
    command->space.configure = true;
    options_init(&command->options);
    command->run.options = &command->options;
    status = read_options(command);
    if (status == CLI_OK) {
        command->run.text =
            options_is_stdout(command->json) || options_is_stdout(command->run.capture_path) ||
                    options_is_stdout(command->options.trace_path) || command->space.command != NULL
                ? stderr /* standard output is taken, or the command's */
                : stdout;
        status = command->space.command != NULL ? run_command(command) : run_lwip(command);
        status = options_close(&command->options, &command->cli, status);
    } else if (status < 0) {
        status = status == CLI_HELP ? CLI_OK : CLI_USAGE;
    }
    free(command);
    return status;
}

const struct cli_command cmd_net = {
    .name = "net",
    .summary = "carry real traffic: of lwIP, or of any command in a network of its own",
    .help =
        "Usage: e1000bench net [OPTION...]\n"
        "       e1000bench net [OPTION...] -- COMMAND [ARGUMENT...]\n"
        "\n"
        "Lets lwIP, above the driver, talk to a network of libslirp's at the wire: ARP, ping,\n"
        "ping6, HTTP download and upload against a server on loopback with checksums\n"
        "compared, TCP both ways at once. Prints each step with its rates.\n"
        "\n"
        "With a COMMAND, runs that in a network namespace of its own, whose only interface\n"
        "is driver and chip, with libslirp's network or any other wire behind it. It comes up\n"
        "by DHCP. The command's exit status is passed on.\n"
        "\n"
        "  --bytes N       of each transfer, each way (default 100M)\n"
        "  --port N        of the server on 127.0.0.1 (default: any that is free)\n"
        "  --offload W     what the command's stack leaves to the chip: on (default: checksums\n"
        "                  and the cutting of TCP), csum or off\n"
        "  --dhcp CLIENT   udhcpc, dhclient, any (default) or off\n"
        "  --capture FILE  write every frame on the wire to a pcap file\n"
        "  --http PORT     a page for browsers on this computer; 0: any free port\n"
        "  --json FILE     write the results as JSON, - is standard output\n" OPTIONS_ENDS_HELP
            OPTIONS_CHIP_HELP OPTIONS_DRIVER_HELP OPTIONS_TRACE_HELP OPTIONS_SNAPSHOT_HELP,
    .run = net_command,
};
