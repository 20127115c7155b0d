/* SPDX-License-Identifier: BSD-2-Clause */
/* `linerate`: whether chip and driver keep up with the wire. */
#include "cmd.h"
#include "json_file.h"
#include "linerate_report.h"
#include "options.h"
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SIZES  32u
#define MOST_SPEEDS 3u

/* A latency is at most this: a second. */
#define LONGEST_LATENCY BENCH_S

enum {
    OPTION_SPEED = 1,
    OPTION_SIZES,
    OPTION_DIRECTION,
    OPTION_FRAMES,
    OPTION_LATENCY,
    OPTION_SERVICE,
    OPTION_FIND_RING,
    OPTION_WALL,
    OPTION_SECONDS,
    OPTION_JSON
};

struct linerate_command {
    struct cli_options cli;
    struct options options;
    uint32_t speeds[MOST_SPEEDS], sizes[MOST_SIZES];
    unsigned speed_count, size_count;
    unsigned ways; /* bits 1 << enum linerate_way */
    struct linerate_case what;
    struct linerate_kind kind;
    uint64_t seconds;
    bool check_given, speeds_given, virtual_given, seconds_given;
    const char *json_path;
    json_t *runs;
    struct judge judge, all;
    struct progress progress;
    uint64_t done; /* frames of the cases before this one */
    unsigned cases, failed;
    bool interrupted;
    FILE *text;
};

/* ---- Options ---- */

static bool one_speed(const char *text, uint32_t *speed)
{
    static const char *const words[] = {"10", "100", "1000", NULL};
    static const uint32_t speeds[] = {10, 100, 1000};
    const int word = cli_find(text, words);

    if (word >= 0)
        *speed = speeds[word];
    return word >= 0;
}

static bool one_size(const char *text, uint32_t *size)
{
    uint64_t number;

    if (strcmp(text, "imix") == 0) {
        *size = LINERATE_IMIX;
        return true;
    }
    if (!cli_parse_unsigned(text, &number) || number < LINERATE_SHORTEST ||
        number > LINERATE_LONGEST)
        return false;
    *size = (uint32_t)number;
    return true;
}

/* A list with commas. */
static bool take_list(const struct cli_options *cli, bool (*one)(const char *text, uint32_t *value),
                      uint32_t *values, unsigned most, unsigned *count, const char *what)
{
    const char *text = cli->value;
    char part[32];

    *count = 0;
    for (;;) {
        const size_t length = strcspn(text, ",");

        if (length < sizeof(part)) {
            memcpy(part, text, length);
            part[length] = '\0';
        }
        if (length >= sizeof(part) || *count == most || !one(part, &values[*count])) {
            cli_error("linerate", "option '--%s': '%s' is not %s", cli->name, cli->value, what);
            return false;
        }
        (*count)++;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

static bool take_direction(struct linerate_command *command)
{
    static const char *const words[] = {"rx", "tx", "both", "all", NULL};
    static const unsigned ways[] = {1u << LINERATE_IN, 1u << LINERATE_OUT, 1u << LINERATE_BOTH,
                                    1u << LINERATE_IN | 1u << LINERATE_OUT | 1u << LINERATE_BOTH};
    int choice = 0;

    if (!cli_choice(&command->cli, words, NULL, &choice))
        return false;
    command->ways = ways[choice];
    return true;
}

static bool take_option(struct linerate_command *command, int option)
{
    struct cli_options *cli = &command->cli;

    command->virtual_given |= option == OPTION_FRAMES || option == OPTION_LATENCY ||
                              option == OPTION_SERVICE || option == OPTION_FIND_RING;
    switch (option) {
    case OPTION_SPEED:
        command->speeds_given = true;
        return take_list(cli, one_speed, command->speeds, MOST_SPEEDS, &command->speed_count,
                         "10, 100 or 1000, or several of them with commas");
    case OPTION_SIZES:
        return take_list(cli, one_size, command->sizes, MOST_SIZES, &command->size_count,
                         "a size with FCS from 64 to 9018, or imix, or up to 32 with commas");
    case OPTION_DIRECTION:
        return take_direction(command);
    case OPTION_FRAMES:
        return cli_unsigned(cli, 1, 1000000000000ull, &command->what.frames);
    case OPTION_LATENCY:
        return cli_time(cli, LONGEST_LATENCY, &command->what.latency_ns);
    case OPTION_SERVICE:
        return cli_time(cli, BENCH_MS, &command->what.frame_ns);
    case OPTION_FIND_RING:
        command->kind.rings = true;
        return true;
    case OPTION_WALL:
        command->kind.wall = true;
        return true;
    case OPTION_SECONDS:
        command->seconds_given = true;
        return cli_unsigned(cli, 1, 3600, &command->seconds);
    case OPTION_JSON:
        command->json_path = cli->value;
        return true;
    default:
        command->check_given |= option == OPTION_CHECK;
        return options_take(&command->options, cli, option) >= 0;
    }
}

static bool fits_together(struct linerate_command *command)
{
    const char *why = NULL;

    if (command->kind.wall && command->virtual_given)
        why = "option '--wall' goes with none of '--frames', '--latency', '--service' and "
              "'--find-ring', which are for virtual time";
    else if (!command->kind.wall && command->seconds_given)
        why = "option '--seconds' is for '--wall'";
    if (why != NULL)
        cli_error("linerate", "%s", why);
    return why == NULL;
}

/* Fibre knows one speed. */
static bool speeds_fit(struct linerate_command *command)
{
    if (command->options.profile.media == E1000EMU_COPPER)
        return true;
    for (unsigned i = 0; i < command->speed_count && command->speeds_given; i++)
        if (command->speeds[i] != 1000) {
            cli_error("linerate", "option '--speed': profile '%s' has 1000 Mb/s only",
                      command->options.profile.name);
            return false;
        }
    command->speeds[0] = 1000;
    command->speed_count = 1;
    return true;
}

static void set_defaults(struct linerate_command *command)
{
    static const uint32_t sizes[] = {64,   128,  256,  512,  1024,
                                     1280, 1518, 4096, 9018, LINERATE_IMIX};

    command->speeds[0] = 10;
    command->speeds[1] = 100;
    command->speeds[2] = 1000;
    command->speed_count = 3;
    memcpy(command->sizes, sizes, sizeof(sizes));
    command->size_count = sizeof(sizes) / sizeof(sizes[0]);
    command->ways = 1u << LINERATE_IN | 1u << LINERATE_OUT | 1u << LINERATE_BOTH;
    command->what.frames = 20000;
    command->what.latency_ns = 20 * BENCH_US;
    command->seconds = 1;
}

static int read_options(struct linerate_command *command)
{
    int option, status;

    while ((option = cli_next_option(&command->cli)) > 0)
        if (!take_option(command, option))
            return CLI_USAGE;
    if (option != CLI_END)
        return option;
    if (!cli_check_operands(&command->cli, 0, 0, "") || !fits_together(command))
        return CLI_USAGE;
    if (command->kind.wall && !command->check_given)
        command->options.check = JUDGE_OFF; /* what is measured is chip and driver */
    if (command->kind.wall && !command->speeds_given) {
        command->speeds[0] = 1000;
        command->speed_count = 1;
    }
    status = options_finish(&command->options, &command->cli);
    return status != CLI_OK || speeds_fit(command) ? status : CLI_USAGE;
}

/* ---- Running ---- */

static bool on_progress(void *opaque, uint64_t frames)
{
    struct linerate_command *command = opaque;

    progress_update(&command->progress, command->done + frames);
    return !cli_interrupted();
}

static unsigned ways_of(unsigned ways)
{
    unsigned count = 0;

    for (unsigned way = LINERATE_IN; way <= LINERATE_BOTH; way++)
        count += (ways >> way & 1) * (way == LINERATE_BOTH ? 2 : 1);
    return count;
}

/* Returns false when it is interrupted. */
static bool run_case(struct linerate_command *command, struct linerate_row *row, char *error,
                     size_t size)
{
    struct linerate_case *what = &row->what;
    int status;

    if (command->kind.wall) {
        status = linerate_wall(what, (double)command->seconds, &row->wall, error, size);
        row->result.stopped = row->wall.stopped;
    } else {
        status = linerate_run(what, &row->result, error, size);
        command->done += row->result.in.offered + row->result.out.offered;
    }
    if (status == 0 && command->kind.rings && !row->result.stopped) {
        /* Rings that do not do are no finding. */
        what->session.device.judge = NULL;
        what->progress = NULL;
        status = linerate_smallest_ring(what, &row->ring, error, size);
    }
    if (status < 0)
        row->failure = error;
    return !row->result.stopped && !cli_interrupted();
}

static bool row_passed(const struct linerate_command *command, const struct linerate_row *row)
{
    if (row->failure != NULL)
        return false;
    return command->kind.wall ? row->wall.lost == 0 : linerate_held(&row->what, &row->result);
}

static bool run_one(struct linerate_command *command, unsigned mbps, uint32_t size,
                    enum linerate_way way)
{
    struct linerate_row *row = calloc(1, sizeof(*row));
    char error[256];
    bool goes_on;

    if (row == NULL) {
        cli_error("linerate", "out of memory");
        command->failed++;
        return false;
    }
    row->what = command->what;
    row->what.mbps = mbps;
    row->what.size = size;
    row->what.way = way;
    goes_on = run_case(command, row, error, sizeof(error));
    progress_clear(&command->progress);
    command->cases++;
    command->interrupted = !goes_on;
    command->failed += goes_on && !row_passed(command, row);
    judge_merge(&command->all, &command->judge);
    judge_free(&command->judge);
    command->judge = (struct judge){.level = command->options.check};
    linerate_print_row(command->text, command->kind, row);
    if (command->runs != NULL)
        json_array_append_new(command->runs, linerate_json(command->kind, row));
    free(row);
    return goes_on;
}

static bool run_speed(struct linerate_command *command, unsigned mbps)
{
    linerate_print_head(command->text, command->kind, mbps);
    for (unsigned i = 0; i < command->size_count; i++)
        for (unsigned way = LINERATE_IN; way <= LINERATE_BOTH; way++)
            if ((command->ways >> way & 1) != 0 &&
                !run_one(command, mbps, command->sizes[i], (enum linerate_way)way))
                return false;
    return true;
}

static void print_verdict(const struct linerate_command *command)
{
    const char *verdict = command->failed != 0 || judge_failed(&command->all) ? "FAIL" : "pass";

    judge_print(command->text, &command->all);
    if (command->interrupted)
        fprintf(command->text, "\ninterrupted: what ran before is shown.\n");
    if (command->kind.wall)
        fprintf(command->text, "\nverdict: %s, %u of %u runs lost frames or failed.\n", verdict,
                command->failed, command->cases);
    else
        fprintf(command->text,
                "\nverdict: %s, %u of %u runs did not hold the line rate; interrupts reach the "
                "driver after %.3g us, rings of %u, %s.\n",
                verdict, command->failed, command->cases, (double)command->what.latency_ns / 1000,
                command->options.session.driver.ring, command->options.profile.name);
}

static int write_json(struct linerate_command *command)
{
    json_t *all;
    int code;

    if (command->json_path == NULL)
        return CLI_OK;
    all = json_pack(
        "{s:s, s:i, s:I, s:I, s:I, s:I, s:b, s:s, s:I, s:O}", "profile",
        command->options.profile.name, "ring", (int)command->options.session.driver.ring,
        "latency_ns", (json_int_t)command->what.latency_ns, "service_ns",
        (json_int_t)command->what.frame_ns, "frames", (json_int_t)command->what.frames, "seed",
        (json_int_t)command->what.seed, "interrupted", command->interrupted, "verdict",
        command->failed != 0 || judge_failed(&command->all) ? "fail" : "pass", "violations",
        (json_int_t)judge_count(&command->all, E1000EMU_VIOLATION), "runs", command->runs);
    code = json_file_dump(command->json_path, all, 0);
    if (code == 0)
        return CLI_OK;
    cli_error("linerate", "file '%s': %s", command->json_path, strerror(code));
    return CLI_IO;
}

static int run_all(struct linerate_command *command)
{
    const struct session_config *session = &command->options.session;
    int status;

    command->what.session = *session;
    command->judge.level = command->options.check;
    command->what.session.device.judge = &command->judge;
    command->what.seed = session->device.seed;
    memcpy(command->what.mac, command->options.mac, 6);
    command->what.progress = on_progress;
    command->what.opaque = command;
    if (command->json_path != NULL)
        command->runs = json_array();
    progress_start(&command->progress, stderr, "at line rate",
                   command->kind.wall ? 0
                                      : command->what.frames * command->speed_count *
                                            command->size_count * ways_of(command->ways));
    for (unsigned i = 0; i < command->speed_count; i++)
        if (!run_speed(command, command->speeds[i]))
            break;
    progress_clear(&command->progress);
    print_verdict(command);
    status = write_json(command);
    if (command->interrupted)
        return CLI_INTERRUPTED;
    if (status == CLI_OK && (command->failed != 0 || judge_failed(&command->all)))
        return CLI_VERDICT;
    return status;
}

static const struct option table[] = {{"speed", required_argument, NULL, OPTION_SPEED},
                                      {"sizes", required_argument, NULL, OPTION_SIZES},
                                      {"direction", required_argument, NULL, OPTION_DIRECTION},
                                      {"frames", required_argument, NULL, OPTION_FRAMES},
                                      {"latency", required_argument, NULL, OPTION_LATENCY},
                                      {"service", required_argument, NULL, OPTION_SERVICE},
                                      {"find-ring", no_argument, NULL, OPTION_FIND_RING},
                                      {"wall", no_argument, NULL, OPTION_WALL},
                                      {"seconds", required_argument, NULL, OPTION_SECONDS},
                                      {"json", required_argument, NULL, OPTION_JSON},
                                      OPTIONS_CHIP,
                                      OPTIONS_DRIVER,
                                      CLI_HELP_OPTION,
                                      {NULL, 0, NULL, 0}};

static int run(const struct cli_command *self, int argc, char **argv)
{
    struct linerate_command *command = calloc(1, sizeof(*command));
    int status;

    if (command == NULL) {
        cli_error("linerate", "out of memory");
        return CLI_IO;
    }
    command->cli =
        (struct cli_options){.command = self, .table = table, .argc = argc, .argv = argv};
    options_init(&command->options);
    set_defaults(command);
    status = read_options(command);
    if (status == CLI_OK) {
        command->text = options_is_stdout(command->json_path) ? stderr : stdout;
        cli_catch_signals();
        status = run_all(command);
        status = options_close(&command->options, &command->cli, status);
    } else if (status < 0) {
        status = status == CLI_HELP ? CLI_OK : CLI_USAGE;
    }
    json_decref(command->runs);
    judge_free(&command->judge);
    judge_free(&command->all);
    free(command);
    return status;
}

const struct cli_command cmd_linerate = {
    .name = "linerate",
    .summary = "frames without a gap, in and out: what is lost, how full it gets, what is left",
    .help = "Usage: e1000bench linerate [OPTION...]\n"
            "\n"
            "Lets frames of each size arrive, leave, and both at once, without a gap on the wire,\n"
            "in virtual time, and tells what was lost and why, how many interrupts there were and\n"
            "how full rings and FIFOs got. Sizes have the FCS: the smallest is 64.\n"
            "\n"
            "  --speed S       10, 100 or 1000 Mb/s, several with commas (default: all)\n"
            "  --sizes N,...   64 to 9018 or imix (default: ten of them)\n"
            "  --direction D   rx, tx, both (at once) or all (default)\n"
            "  --frames N      frames of each run, each way (default 20k)\n"
            "  --latency T     from interrupt to handler, such as 5us (default 20us)\n"
            "  --service T     what each received frame costs there (default 0us)\n"
            "  --find-ring     look for the smallest ring that holds the rate\n"
            "  --wall          by the clock on the wall instead: the highest rate that is held,\n"
            "                  and the share of a core that the line rate takes\n"
            "  --seconds N     of each measurement of --wall (default 1)\n"
            "  --json FILE     write the results as JSON, with the course of time; - is\n"
            "                  standard output\n" OPTIONS_CHIP_HELP OPTIONS_DRIVER_HELP "\n"
            "Exit status: 0 when every run held the line rate and no rule was violated, 1 when "
            "not, 2 for a\nwrong option, 3 when a file can't be written, 130 after Ctrl-C.\n",
    .run = run,
};
