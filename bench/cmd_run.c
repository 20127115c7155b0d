/* SPDX-License-Identifier: BSD-2-Clause */
/* `run`: what a newcomer wants to see: the chip is met, every capture goes both ways, a verdict. */
#define _POSIX_C_SOURCE 200809L
#include "cmd.h"
#include "options.h"
#include "probe.h"
#include "progress.h"
#include "replay_report.h"
#include "run_joint.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CAPTURES 256

struct run_command {
    struct cli_options cli;
    struct options options;
    const char *captures, *json;
    const char *capture; /* with a wire: where its frames are written */
    uint64_t duration;   /* likewise, ns */
    int http;            /* likewise: port of the status page, -1: none */
    bool joint_only;     /* an option was given that needs a wire */
    struct progress progress;
    char paths[MAX_CAPTURES][512];
    struct replay_numbers rx[MAX_CAPTURES], tx[MAX_CAPTURES];
    struct report_fault faults[MAX_CAPTURES][E1000EMU_FAULTS_MAX];
    char notes[MAX_CAPTURES][512]; /* why a replay did not come about */
    struct report reports[MAX_CAPTURES];
    struct judge judges[MAX_CAPTURES];
    struct judge probe;
    struct judge all; /* what was found, each rule once */
    unsigned count, done, failed;
    FILE *text; /* standard output, or standard error when JSON goes to the former */
};

enum {
    OPTION_CAPTURES = 1,
    OPTION_JSON,
    OPTION_CAPTURE,
    OPTION_DURATION,
    OPTION_HTTP,
    OPTION_MTU,
    OPTION_PROMISC,
};

/* Bytes of an Ethernet header and of a VLAN tag, which the MTU does not count. */
#define HEADER 18u

static bool on_progress(void *opaque, uint64_t done, uint64_t total)
{
    struct run_command *command = opaque;

    command->progress.total = total;
    progress_update(&command->progress, done);
    return !cli_interrupted();
}

/* ---- The captures ---- */

static bool is_capture(const char *name)
{
    static const char *const endings[] = {".pcap", ".pcapng", ".pcap.gz", ".pcapng.gz"};
    const size_t length = strlen(name);

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        const size_t ending = strlen(endings[i]);

        if (length > ending && strcmp(name + length - ending, endings[i]) == 0)
            return true;
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int list_captures(struct run_command *command)
{
    DIR *directory = opendir(command->captures);
    const struct dirent *entry;

    if (directory == NULL) {
        cli_error("run", "folder '%s': %s", command->captures, strerror(errno));
        return CLI_IO;
    }
    while ((entry = readdir(directory)) != NULL && command->count < MAX_CAPTURES) {
        char *path = command->paths[command->count];

        if (!is_capture(entry->d_name))
            continue;
        if (snprintf(path, sizeof(command->paths[0]), "%s/%s", command->captures, entry->d_name) <
            (int)sizeof(command->paths[0]))
            command->count++;
    }
    closedir(directory);
    if (command->count == 0) {
        cli_error("run", "folder '%s' holds no capture (*.pcap, *.pcapng, or these with .gz)",
                  command->captures);
        return CLI_IO;
    }
    qsort(command->paths, command->count, sizeof(command->paths[0]), by_name);
    return CLI_OK;
}

/* ---- One capture ---- */

static void print_heading(const struct run_command *command)
{
    fprintf(command->text, "\n%-20s %8s %8s %8s %6s %6s %6s %6s %s%8s %7s  %s\n", "capture",
            "frames", "received", "sent", "lost", "dupl.", "reord.", "corr.",
            command->options.faults.count != 0 ? "by fault " : "", "left out", "Mpps", "verdict");
}

static void print_line(FILE *text, const struct report *report)
{
    const struct direction_result *rx = report->rx, *tx = report->tx;
    const char *name = strrchr(report->capture, '/');
    char faulted[32] = "";

    if (rx == NULL) {
        fprintf(text, "%-20s %s  FAIL\n", name + 1, report->note);
        return;
    }
    if (report->fault_count != 0)
        snprintf(faulted, sizeof(faulted), "%8llu ",
                 (unsigned long long)(rx->faulted + tx->faulted));
    fprintf(text, "%-20s %8llu %8llu %8llu %6llu %6llu %6llu %6llu %s%8llu %7.2f  %s\n", name + 1,
            (unsigned long long)rx->frames_in, (unsigned long long)rx->frames_out,
            (unsigned long long)tx->frames_out, (unsigned long long)(rx->lost + tx->lost),
            (unsigned long long)(rx->duplicated + tx->duplicated),
            (unsigned long long)(rx->reordered + tx->reordered),
            (unsigned long long)(rx->corrupted + tx->corrupted), faulted,
            (unsigned long long)(rx->snapped + rx->too_long + rx->filtered),
            rx->mpps < tx->mpps ? rx->mpps : tx->mpps, report->passed ? "pass" : "FAIL");
    fflush(text);
}

/* Returns CLI_OK when the whole capture was replayed, whatever the verdict. */
static int run_capture(struct run_command *command, const char *path)
{
    const struct capture_options load = {.progress = on_progress, .opaque = command};
    struct replay_options options = {.direction = TRAFFIC_BOTH,
                                     .rate = RATE_MAX,
                                     .passes = 1,
                                     .session = command->options.session,
                                     .progress = on_progress,
                                     .opaque = command};
    const unsigned n = command->done;
    struct replay_result result;
    struct capture *capture;
    char error[512];
    int status = capture_load(path, &load, &capture, error, sizeof(error));

    if (status == CAPTURE_STOPPED)
        return CLI_INTERRUPTED;
    if (status != CAPTURE_WHOLE) {
        progress_clear(&command->progress);
        cli_error("run", "%s", error);
    }
    if (status == CAPTURE_FAILED)
        return CLI_IO;
    command->judges[n].level = command->options.check;
    options.session.device.judge = &command->judges[n];
    options.session.driver.promiscuous = true;
    replay_set_max_frame(&options, capture);
    memcpy(options.mac, command->options.mac, 6);
    status = replay(capture, &options, &result, error, sizeof(error));
    progress_clear(&command->progress);
    if (status < 0) {
        cli_error("run", "%s: %s", path, error);
        snprintf(command->notes[n], sizeof(command->notes[n]), "%s", error);
    }
    replay_report_numbers(&command->rx[n], &result, &result.rx);
    replay_report_numbers(&command->tx[n], &result, &result.tx);
    command->reports[n] = (struct report){
        .capture = path,
        .profile = command->options.profile.name,
        .direction = "both",
        .rate = "max",
        .seed = options.session.device.seed,
        .passes = 1,
        .passed = result.explained && !capture->partial && !judge_failed(&command->judges[n]),
        .interrupted = result.stopped,
        .note = status < 0 ? command->notes[n] : NULL,
        .faults = command->faults[n],
        .fault_count = replay_report_faults(command->faults[n], &command->options.faults, &result),
        .judge = &command->judges[n],
        .rx = status < 0 ? NULL : &command->rx[n].numbers,
        .tx = status < 0 ? NULL : &command->tx[n].numbers,
    };
    judge_merge(&command->all, &command->judges[n]);
    command->done++;
    command->failed += !command->reports[n].passed;
    print_line(command->text, &command->reports[n]);
    status = capture->partial ? CLI_IO : CLI_OK;
    capture_free(capture);
    return result.stopped ? CLI_INTERRUPTED : status;
}

/* ---- All of it ---- */

static void print_verdict(const struct run_command *command)
{
    uint64_t frames = 0;

    for (unsigned i = 0; i < command->done; i++)
        frames += command->rx[i].numbers.frames_in;
    if (command->failed == 0 && command->done == command->count && !judge_failed(&command->probe))
        fprintf(
            command->text,
            "\nverdict: pass. %llu frames of %u captures went in by the receiver and out by the\n"
            "transmitter; each came out once, whole and in order, or was left out for a reason.\n",
            (unsigned long long)frames, command->done);
    else
        fprintf(command->text, "\nverdict: FAIL. %u of %u captures passed.\n",
                command->done - command->failed, command->count);
}

static int run_all(struct run_command *command)
{
    char error[256];
    int status, worst = CLI_OK;

    if (probe_print(command->text, &command->options, &command->probe, error, sizeof(error)) < 0) {
        cli_error("run", "%s", error);
        return CLI_VERDICT;
    }
    if (judge_failed(&command->probe))
        worst = CLI_VERDICT;
    print_heading(command);
    for (unsigned i = 0; i < command->count; i++) {
        progress_start(&command->progress, stderr, command->paths[i], 0);
        status = run_capture(command, command->paths[i]);
        progress_clear(&command->progress);
        if (status == CLI_INTERRUPTED) {
            worst = status;
            break;
        }
        if (status != CLI_OK)
            worst = status;
    }
    judge_print(command->text, &command->all);
    if (worst == CLI_OK && command->failed != 0)
        worst = CLI_VERDICT;
    print_verdict(command);
    if (command->json != NULL && report_json_list(command->json, command->reports, command->done,
                                                  error, sizeof(error)) < 0) {
        cli_error("run", "%s", error);
        return CLI_IO;
    }
    return worst;
}

/* Returns false after reporting an error. */
static bool take_option(struct run_command *command, int option)
{
    struct cli_options *cli = &command->cli;
    uint64_t number;

    command->joint_only |= option == OPTION_CAPTURE || option == OPTION_DURATION ||
                           option == OPTION_HTTP || option == OPTION_MTU ||
                           option == OPTION_PROMISC;
    switch (option) {
    case OPTION_CAPTURES:
        command->captures = cli->value;
        return true;
    case OPTION_JSON:
        command->json = cli->value;
        return true;
    case OPTION_CAPTURE:
        command->capture = cli->value;
        return true;
    case OPTION_DURATION:
        if (!cli_unsigned(cli, 1, 1000000000, &number))
            return false;
        command->duration = number * BENCH_S;
        return true;
    case OPTION_HTTP:
        if (!cli_unsigned(cli, 0, UINT16_MAX, &number))
            return false;
        command->http = (int)number;
        return true;
    case OPTION_MTU:
        if (!cli_unsigned(cli, 68, TRAFFIC_LONGEST - HEADER, &number))
            return false;
        command->options.session.driver.max_frame = (unsigned)number + HEADER;
        return true;
    case OPTION_PROMISC:
        command->options.session.driver.promiscuous = true;
        return true;
    default:
        return options_take(&command->options, cli, option) >= 0;
    }
}

static bool is_joint(const struct run_command *command)
{
    return command->options.wire != NULL || command->options.above[0] != NULL;
}

/* Which options go together. */
static int check_options(struct run_command *command)
{
    const struct options *options = &command->options;
    const char *wrong = NULL;

    if (is_joint(command) && command->captures != NULL)
        wrong = "option '--captures' excludes '--wire' and '--above'";
    else if (is_joint(command) && options->wire == NULL)
        wrong = "option '--above' needs '--wire'";
    else if (!is_joint(command) && command->joint_only)
        wrong =
            "options '--capture', '--duration', '--http', '--mtu' and '--promisc' need '--wire'";
    else if (options_is_stdout(command->json) && options_is_stdout(options->trace_path))
        wrong = "options '--json' and '--trace' name the same file";
    if (wrong == NULL)
        return CLI_OK;
    cli_error("run", "%s", wrong);
    return CLI_USAGE;
}

static int run_options(struct run_command *command)
{
    int option;

    while ((option = cli_next_option(&command->cli)) > 0)
        if (!take_option(command, option))
            return CLI_USAGE;
    if (option != CLI_END)
        return option;
    if (!cli_check_operands(&command->cli, 0, 0, ""))
        return CLI_USAGE;
    if (check_options(command) != CLI_OK)
        return CLI_USAGE;
    if (is_joint(command) && command->options.above[0] == NULL)
        command->options.above[0] = &above_kind_sink;
    if (command->captures == NULL)
        command->captures = access(BENCH_CAPTURES_SOURCE, R_OK) == 0 ? BENCH_CAPTURES_SOURCE
                                                                     : BENCH_CAPTURES_INSTALLED;
    return options_finish(&command->options, &command->cli);
}

static int run_wire(struct run_command *command)
{
    const struct run_joint run = {.cli = &command->cli,
                                  .options = &command->options,
                                  .capture = command->capture,
                                  .json = command->json,
                                  .http = command->http,
                                  .duration = command->duration,
                                  .text = command->text};

    return run_joint(&run);
}

static int run_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {{"captures", required_argument, NULL, OPTION_CAPTURES},
                                          {"json", required_argument, NULL, OPTION_JSON},
                                          {"capture", required_argument, NULL, OPTION_CAPTURE},
                                          {"duration", required_argument, NULL, OPTION_DURATION},
                                          {"http", required_argument, NULL, OPTION_HTTP},
                                          {"mtu", required_argument, NULL, OPTION_MTU},
                                          {"promisc", no_argument, NULL, OPTION_PROMISC},
                                          OPTIONS_ENDS,
                                          OPTIONS_CHIP,
                                          OPTIONS_DRIVER,
                                          OPTIONS_TRACE,
                                          CLI_HELP_OPTION,
                                          {NULL, 0, NULL, 0}};
    struct run_command *command = calloc(1, sizeof(*command));
    int status;

    if (command == NULL) {
        cli_error("run", "out of memory");
        return CLI_IO;
    }
    command->cli =
        (struct cli_options){.command = self, .table = table, .argc = argc, .argv = argv};
    command->http = -1;
    options_init(&command->options);
    status = run_options(command);
    command->text =
        options_is_stdout(command->json) || options_is_stdout(command->options.trace_path) ? stderr
                                                                                           : stdout;
    if (status == CLI_OK) {
        cli_catch_signals();
        status = is_joint(command) ? CLI_OK : list_captures(command);
        if (status == CLI_OK)
            status = is_joint(command) ? run_wire(command) : run_all(command);
        status = options_close(&command->options, &command->cli, status);
    } else if (status < 0) {
        status = status == CLI_HELP ? CLI_OK : CLI_USAGE;
    }
    for (unsigned i = 0; i < MAX_CAPTURES; i++)
        judge_free(&command->judges[i]);
    judge_free(&command->probe);
    judge_free(&command->all);
    free(command);
    return status;
}

const struct cli_command cmd_run = {
    .name = "run",
    .summary = "meet the chip, replay every capture both ways, give a verdict",
    .help = "Usage: e1000bench run [OPTION...]\n"
            "\n"
            "Probes the chip, then replays each capture: every frame goes in by the receiver and\n"
            "out again by the transmitter. Prints a line for each and a verdict.\n"
            "With --wire, runs that wire instead until it is exhausted or Ctrl-C, and tells what\n"
            "passed where.\n"
            "\n"
            "  --captures DIR  the captures (default: those that come with the program)\n"
            "  --json FILE     write the results as JSON, - is standard output\n" OPTIONS_ENDS_HELP
            "  --capture F     with --wire: write every frame on it\n"
            "  --duration S    with --wire: end after so many seconds\n"
            "  --http PORT     with --wire: a page for browsers on this computer; 0: any port\n"
            "  --mtu N         with --wire: longest packet, bytes (default 1500)\n"
            "  --promisc       with --wire: the receiver takes every address\n" OPTIONS_CHIP_HELP
                OPTIONS_DRIVER_HELP OPTIONS_TRACE_HELP,
    .run = run_command,
};
