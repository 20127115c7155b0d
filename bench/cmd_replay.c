/* SPDX-License-Identifier: BSD-2-Clause */
/* `replay`: a capture goes through the driver on the chip. */
#define _POSIX_C_SOURCE 200809L
#include "cmd.h"
#include "options.h"
#include "progress.h"
#include "replay_report.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct replay_command {
    struct cli_options cli;
    struct options options;
    struct replay_options replay;
    const char *in, *out, *json, *rate;
    const char *direction;
    bool split_mac; /* --direction gave an address */
    bool mac;       /* so did --mac */
    struct judge judge;
    struct progress progress;
    char note[512]; /* what is wrong with the capture, or which address was chosen */
};

enum {
    OPTION_DIRECTION = 1,
    OPTION_OUT,
    OPTION_RATE,
    OPTION_LOOP,
    OPTION_PROMISC,
    OPTION_RAW_RUNTS,
    OPTION_JSON,
};

static const struct option replay_table[] = {
    {"direction", required_argument, NULL, OPTION_DIRECTION},
    {"out", required_argument, NULL, OPTION_OUT},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"loop", required_argument, NULL, OPTION_LOOP},
    {"promisc", no_argument, NULL, OPTION_PROMISC},
    {"raw-runts", no_argument, NULL, OPTION_RAW_RUNTS},
    {"json", required_argument, NULL, OPTION_JSON},
    OPTIONS_CHIP,
    OPTIONS_DRIVER,
    OPTIONS_TRACE,
    OPTIONS_SNAPSHOT,
    CLI_HELP_OPTION,
    {NULL, 0, NULL, 0},
};

/* ---- Options ---- */

static bool take_direction(struct replay_command *command)
{
    static const char *const words[] = {[TRAFFIC_RX] = "rx",
                                        [TRAFFIC_TX] = "tx",
                                        [TRAFFIC_BOTH] = "both",
                                        [TRAFFIC_SPLIT] = "split",
                                        NULL};
    const char *value = command->cli.value;
    int choice = TRAFFIC_SPLIT;

    if (strncmp(value, "split:", 6) == 0) {
        if (!cli_parse_mac(value + 6, command->options.mac) || (command->options.mac[0] & 1) != 0) {
            cli_error("replay", "option '--direction': '%s' is not the address of a host",
                      value + 6);
            return false;
        }
        command->options.mac_given = command->split_mac = true;
    } else if (!cli_choice(&command->cli, words, "split:MAC", &choice)) {
        return false;
    }
    command->replay.direction = (enum traffic_direction)choice;
    command->direction = words[choice];
    return true;
}

static bool take_rate(struct replay_command *command)
{
    command->rate = command->cli.value;
    if (pace_read_rate(command->rate, &command->replay.rate, &command->replay.per_second))
        return true;
    cli_not_one_of(&command->cli, pace_rates, "a number of frames per second");
    return false;
}

/* Returns false after reporting an error. */
static bool take_option(struct replay_command *command, int option)
{
    switch (option) {
    case OPTION_DIRECTION:
        return take_direction(command);
    case OPTION_RATE:
        return take_rate(command);
    case OPTION_LOOP:
        return cli_unsigned(&command->cli, 1, 1000000000, &command->replay.passes);
    case OPTION_OUT:
        command->out = command->cli.value;
        return true;
    case OPTION_JSON:
        command->json = command->cli.value;
        return true;
    case OPTION_PROMISC:
        command->options.session.driver.promiscuous = true;
        return true;
    case OPTION_RAW_RUNTS:
        command->replay.raw_runts = true;
        return true;
    case OPTION_MAC:
        command->mac = true;
        /* fall through */
    default:
        return options_take(&command->options, &command->cli, option) >= 0;
    }
}

/* Whether two paths lead to the same file. */
static bool same_file(const char *a, const char *b)
{
    struct stat x, y;

    if (a == NULL || b == NULL)
        return false;
    if (strcmp(a, b) == 0 || (options_is_stdout(a) && options_is_stdout(b)))
        return true;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

/* No file may be written over by another, or over the input. */
static bool check_files(const struct replay_command *command)
{
    const char *reason = NULL;

    const char *trace = command->options.trace_path;

    if (same_file(command->out, trace))
        reason = "options '--out' and '--trace' name the same file";
    else if (same_file(command->json, trace))
        reason = "options '--json' and '--trace' name the same file";
    else if (strcmp(command->in, "-") != 0 && same_file(trace, command->in))
        reason = "option '--trace' names the input";
    else if (same_file(command->out, command->json))
        reason = "options '--out' and '--json' name the same file";
    else if (strcmp(command->in, "-") != 0 && same_file(command->out, command->in))
        reason = "option '--out' names the input";
    else if (strcmp(command->in, "-") != 0 && same_file(command->json, command->in))
        reason = "option '--json' names the input";
    if (reason != NULL)
        cli_error("replay", "%s", reason);
    return reason == NULL;
}

static int read_options(struct replay_command *command)
{
    int option;

    while ((option = cli_next_option(&command->cli)) > 0)
        if (!take_option(command, option))
            return CLI_USAGE;
    if (option != CLI_END)
        return option;
    if (!cli_check_operands(&command->cli, 1, 1, "IN"))
        return CLI_USAGE;
    command->in = command->cli.operands[0];
    if (command->replay.raw_runts && command->replay.direction == TRAFFIC_TX) {
        cli_error("replay", "option '--raw-runts' is for frames that arrive, not for 'tx'");
        return CLI_USAGE;
    }
    if (command->split_mac && command->mac) {
        cli_error("replay", "options '--direction split:MAC' and '--mac' exclude each other");
        return CLI_USAGE;
    }
    if (!check_files(command))
        return CLI_USAGE;
    return options_finish(&command->options, &command->cli);
}

/* ---- Input ---- */

static bool on_progress(void *opaque, uint64_t done, uint64_t total)
{
    struct replay_command *command = opaque;

    command->progress.total = total;
    progress_update(&command->progress, done);
    return !cli_interrupted();
}

static int load(struct replay_command *command, struct capture **capture)
{
    const struct capture_options options = {.progress = on_progress, .opaque = command};
    int status;

    progress_start(&command->progress, stderr, "reading", 0);
    status = capture_load(command->in, &options, capture, command->note, sizeof(command->note));
    progress_clear(&command->progress);
    if (status == CAPTURE_STOPPED) {
        cli_error("replay", "interrupted while reading %s", command->in);
        return CLI_INTERRUPTED;
    }
    if (status == CAPTURE_FAILED || status == CAPTURE_PARTIAL)
        cli_error("replay", "%s", command->note);
    return status == CAPTURE_FAILED ? CLI_IO : CLI_OK;
}

/* In split mode without an address, the capture's likeliest host is the NIC. */
static void choose_mac(struct replay_command *command, const struct capture *capture)
{
    char text[18];
    uint8_t mac[6];

    if (command->replay.direction != TRAFFIC_SPLIT || command->options.mac_given ||
        command->options.eeprom_path != NULL)
        return;
    if (!traffic_likely_mac(capture, mac))
        return;
    options_set_mac(&command->options, mac);
    options_mac_text(mac, text);
    if (!capture->partial)
        snprintf(command->note, sizeof(command->note), "the capture's likeliest host is %s", text);
}

/* ---- Running ---- */

static int write_json(const struct replay_command *command, const struct report *report)
{
    char error[256];

    if (command->json == NULL || report_json(command->json, report, error, sizeof(error)) == 0)
        return CLI_OK;
    cli_error("replay", "%s", error);
    return CLI_IO;
}

/* whole: all was read and all could be written; ran: the driver came up. */
static int print_report(struct replay_command *command, const struct replay_result *result,
                        bool whole, bool ran)
{
    struct report_fault faults[E1000EMU_FAULTS_MAX];
    struct replay_numbers rx, tx;
    char mac[18];
    struct report report = {
        .capture = command->in,
        .profile = command->options.profile.name,
        .direction = command->direction,
        .rate = command->rate,
        .mac = mac,
        .note = command->note[0] != '\0' ? command->note : NULL,
        .seed = command->options.session.device.seed,
        .passes = command->replay.passes,
        .passed = result->explained && whole && !judge_failed(&command->judge),
        .interrupted = result->stopped,
        .faults = faults,
        .fault_count = replay_report_faults(faults, &command->options.faults, result),
        .judge = &command->judge,
    };
    /* The table makes way for data on standard output. */
    const bool busy = options_is_stdout(command->out) || options_is_stdout(command->json) ||
                      options_is_stdout(command->options.trace_path);

    options_mac_text(command->options.mac, mac);
    replay_report_numbers(&rx, result, &result->rx);
    replay_report_numbers(&tx, result, &result->tx);
    report.rx = result->rx.used ? &rx.numbers : NULL;
    report.tx = result->tx.used ? &tx.numbers : NULL;
    judge_print(busy || !ran ? stderr : stdout, &command->judge);
    if (ran)
        report_text(busy ? stderr : stdout, &report);
    return write_json(command, &report);
}

static int run(struct replay_command *command, const struct capture *capture)
{
    struct replay_result result;
    char error[256];
    int status, closed;
    bool whole;

    command->judge.level = command->options.check;
    command->replay.session = command->options.session;
    command->replay.session.device.judge = &command->judge;
    replay_set_max_frame(&command->replay, capture);
    memcpy(command->replay.mac, command->options.mac, 6);
    command->replay.progress = on_progress;
    command->replay.opaque = command;
    if (command->out != NULL &&
        capture_out_open(command->out, 0, &command->replay.out, error, sizeof(error)) < 0) {
        cli_error("replay", "%s", error);
        return CLI_IO;
    }
    progress_start(&command->progress, stderr, "replaying", 0);
    status = replay(capture, &command->replay, &result, error, sizeof(error));
    progress_clear(&command->progress);
    if (status < 0) {
        cli_error("replay", "%s", error);
        snprintf(command->note, sizeof(command->note), "%s", error);
    }
    closed = capture_out_close(command->replay.out, error, sizeof(error));
    if (closed < 0) {
        cli_error("replay", "%s", error);
        if (status == 0)
            snprintf(command->note, sizeof(command->note), "%s", error);
    }
    if (status < 0) {
        status = print_report(command, &result, false, false);
        return status != CLI_OK ? status : CLI_VERDICT;
    }
    if (result.gaps != 0 && command->note[0] == '\0')
        snprintf(command->note, sizeof(command->note),
                 "%llu pauses of more than a day were shortened to a day",
                 (unsigned long long)result.gaps);
    whole = closed == 0 && !capture->partial;
    status = print_report(command, &result, whole, true);
    if (result.stopped)
        return CLI_INTERRUPTED;
    if (!whole || status != CLI_OK)
        return CLI_IO;
    return result.explained && !judge_failed(&command->judge) ? CLI_OK : CLI_VERDICT;
}

static int replay_command(const struct cli_command *self, int argc, char **argv)
{
    struct replay_command command = {
        .cli = {.command = self, .table = replay_table, .argc = argc, .argv = argv},
        .replay = {.direction = TRAFFIC_RX, .rate = RATE_MAX, .passes = 1},
        .rate = "max",
        .direction = "rx",
    };
    struct capture *capture = NULL;
    int status;

    options_init(&command.options);
    status = read_options(&command);
    if (status == CLI_HELP)
        return CLI_OK;
    if (status != CLI_OK)
        return status == CLI_BAD_OPTION ? CLI_USAGE : status;
    cli_catch_signals();
    status = load(&command, &capture);
    if (status == CLI_OK) {
        choose_mac(&command, capture);
        status = run(&command, capture);
        capture_free(capture);
        judge_free(&command.judge);
    }
    return options_close(&command.options, &command.cli, status);
}

const struct cli_command cmd_replay = {
    .name = "replay",
    .summary = "replay a capture through the driver, and account for every frame",
    .help =
        "Usage: e1000bench replay IN [OPTION...]\n"
        "\n"
        "IN is a pcap or pcapng file of Ethernet frames, plain or gzipped; - is standard input.\n"
        "\n"
        "  --direction D   rx (default): frames arrive and come out of the driver\n"
        "                  tx: the driver sends them and they come out on the wire\n"
        "                  both: in by RX, sent back by TX\n"
        "                  split[:MAC]: frames from the host MAC go out, others come in;\n"
        "                  without MAC the likeliest host of the capture\n"
        "  --out OUT.pcap  write what comes out, with virtual time\n"
        "  --rate R        max (default): as fast as this computer can, nothing overruns\n"
        "                  line: back to back; capture: at the capture's times;\n"
        "                  or a number of frames per second (10k, 1.5M)\n"
        "  --loop N        play the capture N times\n"
        "  --promisc       the receiver takes every address\n"
        "  --raw-runts     frames under 60 bytes arrive as they are, not padded\n"
        "  --json FILE     write the result as JSON, - is standard output\n" OPTIONS_CHIP_HELP
            OPTIONS_DRIVER_HELP OPTIONS_TRACE_HELP OPTIONS_SNAPSHOT_HELP "\n"
        "Exit status: 0 when every frame is explained and no rule violated, 1 when not, 2 for a "
        "wrong option,\n"
        "3 when a file can't be read or written, 130 after Ctrl-C.\n",
    .run = replay_command,
};
