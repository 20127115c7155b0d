/* SPDX-License-Identifier: BSD-2-Clause */
/* `perf`: how fast frames go through driver and chip, against the floor. */
#include "cmd.h"
#include "options.h"
#include "perf/frames.h"
#include "perf/instructions.h"
#include "perf/perf_report.h"
#include "progress.h"
#include "wall_clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VALUES 16u

/* The values that an option lists. */
struct values {
    unsigned count;
    uint32_t value[MAX_VALUES];
};

struct perf_command {
    struct cli_options cli;
    struct options options;
    struct values sizes, bursts, directions, offloads, checks;
    uint64_t time_ms; /* for each case */
    const char *json;
    FILE *text; /* standard output, or standard error when JSON goes to the former */
    struct progress progress;
    uint64_t case_start; /* wall_clock_now() */
    struct perf_row *rows;
    size_t count, total;
};

enum {
    OPTION_SIZES = 1,
    OPTION_BURSTS,
    OPTION_DIRECTIONS,
    OPTION_OFFLOADS,
    OPTION_CHECKS,
    OPTION_TIME,
    OPTION_JSON
};

static const struct values every_size = {6, {60, 128, 256, 512, 1024, 1514}};
static const struct values every_burst = {1, {32}};
static const struct values every_direction = {3, {PERF_RX, PERF_TX, PERF_BOTH}};
static const struct values every_offload = {2, {PERF_OFFLOAD_NONE, PERF_OFFLOAD_CHECKSUM}};
static const struct values every_check = {1, {JUDGE_OFF}};

/* ---- Lists ---- */

/* One value of a list: with words one of these, else a number from min to max. */
struct kind {
    const char *const *words;
    uint64_t min, max;
};

static bool take_value(const struct cli_options *cli, const struct kind *kind,
                       struct values *values)
{
    uint64_t number = 0;
    int choice = 0;

    if (values->count == MAX_VALUES) {
        cli_error(cli->command->name, "option '--%s' has more than %u values", cli->name,
                  MAX_VALUES);
        return false;
    }
    if (kind->words != NULL ? !cli_choice(cli, kind->words, NULL, &choice)
                            : !cli_unsigned(cli, kind->min, kind->max, &number))
        return false;
    values->value[values->count++] = kind->words != NULL ? (uint32_t)choice : (uint32_t)number;
    return true;
}

/* Values with commas between them. */
static bool take_list(const struct cli_options *cli, const struct kind *kind, struct values *values)
{
    struct cli_options part = *cli;
    const char *rest = cli->value;
    char text[64];

    values->count = 0;
    part.value = text;
    for (;;) {
        const size_t length = strcspn(rest, ",");

        snprintf(text, sizeof(text), "%.*s", (int)(length < sizeof(text) ? length : sizeof(text)),
                 rest);
        if (!take_value(&part, kind, values))
            return false;
        if (rest[length] == '\0')
            return true;
        rest += length + 1;
    }
}

/* Returns 1 when the option is one of the lists and good, 0 when it is none, -1 after an error. */
static int take_lists(struct perf_command *command, int option)
{
    const struct {
        struct values *values;
        struct kind kind;
    } lists[] = {
        [OPTION_SIZES] = {&command->sizes, {NULL, PERF_SIZE_MIN, PERF_SIZE_MAX}},
        [OPTION_BURSTS] = {&command->bursts, {NULL, 1, PERF_BURST_MAX}},
        [OPTION_DIRECTIONS] = {&command->directions, {perf_directions, 0, 0}},
        [OPTION_OFFLOADS] = {&command->offloads, {perf_offloads, 0, 0}},
        [OPTION_CHECKS] = {&command->checks, {perf_checks, 0, 0}},
    };

    if (option > OPTION_CHECKS)
        return 0;
    return take_list(&command->cli, &lists[option].kind, lists[option].values) ? 1 : -1;
}

/* ---- Measuring ---- */

/* The bar counts the time of each case. */
static bool goes_on(void *opaque)
{
    struct perf_command *command = opaque;
    const uint64_t elapsed = (wall_clock_now() - command->case_start) / BENCH_MS;

    progress_update(&command->progress,
                    command->count * command->time_ms +
                        (elapsed < command->time_ms ? elapsed : command->time_ms));
    return !cli_interrupted();
}

static int run_case(struct perf_command *command, const struct perf_how *how,
                    const struct perf_case *what)
{
    struct perf_row *row = &command->rows[command->count];
    char error[256];
    int status;

    command->case_start = wall_clock_now();
    status = perf_compare(how, what, row, error, sizeof(error));
    progress_clear(&command->progress);
    if (status < 0) {
        cli_error("perf", "%u bytes, bursts of %u, %s, offloads %s, check %s: %s",
                  (unsigned)what->size, what->burst, perf_directions[what->direction],
                  perf_offloads[what->offload], perf_checks[what->check], error);
        return CLI_VERDICT;
    }
    if (row->best.slices != 0) {
        perf_print_row(command->text, row);
        command->count++;
    }
    return status == 0 && !cli_interrupted() ? CLI_OK : CLI_INTERRUPTED;
}

/* The n-th of all combinations: sizes change fastest. */
static struct perf_case nth_case(const struct perf_command *command, size_t n)
{
    const struct values *const lists[] = {&command->sizes, &command->bursts, &command->directions,
                                          &command->offloads, &command->checks};
    uint32_t value[5];

    for (unsigned i = 0; i < 5; i++) {
        value[i] = lists[i]->value[n % lists[i]->count];
        n /= lists[i]->count;
    }
    return (struct perf_case){.size = value[0],
                              .burst = value[1],
                              .direction = (enum perf_direction)value[2],
                              .offload = (enum perf_offload)value[3],
                              .check = (enum judge_level)value[4]};
}

static int run_cases(struct perf_command *command)
{
    struct perf_how how = {.config = &command->options.session,
                           .time_ns = command->time_ms * 1000000u,
                           .instructions = perf_instructions_open(),
                           .goes_on = goes_on,
                           .opaque = command};
    int status = CLI_OK;

    progress_start(&command->progress, stderr, "perf", command->total * command->time_ms);
    perf_print_heading(command->text);
    for (size_t i = 0; i < command->total && status == CLI_OK; i++) {
        const struct perf_case what = nth_case(command, i);

        status = run_case(command, &how, &what);
    }
    perf_instructions_close(how.instructions);
    return status;
}

static int write_json(struct perf_command *command, int status)
{
    const struct perf_report report = {.profile = command->options.profile.name,
                                       .ring = command->options.session.driver.ring,
                                       .interrupted = status == CLI_INTERRUPTED,
                                       .rows = command->rows,
                                       .count = command->count};
    char error[512];

    if (command->json == NULL || perf_json(command->json, &report, error, sizeof(error)) == 0)
        return status;
    cli_error("perf", "%s", error);
    return CLI_IO;
}

static int run_all(struct perf_command *command)
{
    command->total = (size_t)command->sizes.count * command->bursts.count *
                     command->directions.count * command->offloads.count * command->checks.count;
    command->rows = calloc(command->total, sizeof(command->rows[0]));
    if (command->rows == NULL) {
        cli_error("perf", "out of memory");
        return CLI_IO;
    }
    cli_catch_signals();
    return write_json(command, run_cases(command));
}

/* ---- Options ---- */

static int perf_options(struct perf_command *command)
{
    int option, taken;

    while ((option = cli_next_option(&command->cli)) > 0) {
        taken = take_lists(command, option);
        if (taken < 0)
            return CLI_USAGE;
        if (taken > 0)
            continue;
        if (option == OPTION_TIME) {
            if (!cli_unsigned(&command->cli, 1, 60000, &command->time_ms))
                return CLI_USAGE;
        } else if (option == OPTION_JSON) {
            command->json = command->cli.value;
        } else if (options_take(&command->options, &command->cli, option) < 0) {
            return CLI_USAGE;
        }
    }
    if (option != CLI_END)
        return option;
    if (!cli_check_operands(&command->cli, 0, 0, ""))
        return CLI_USAGE;
    return options_finish(&command->options, &command->cli);
}

static int perf_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {
        {"sizes", required_argument, NULL, OPTION_SIZES},
        {"bursts", required_argument, NULL, OPTION_BURSTS},
        {"directions", required_argument, NULL, OPTION_DIRECTIONS},
        {"offloads", required_argument, NULL, OPTION_OFFLOADS},
        {"check", required_argument, NULL, OPTION_CHECKS},
        {"time", required_argument, NULL, OPTION_TIME},
        {"json", required_argument, NULL, OPTION_JSON},
        {"profile", required_argument, NULL, OPTION_PROFILE},
        {"ring", required_argument, NULL, OPTION_RING},
        {"buffer", required_argument, NULL, OPTION_BUFFER},
        CLI_HELP_OPTION,
        {NULL, 0, NULL, 0}};
    struct perf_command *command = calloc(1, sizeof(*command));
    int status;

    if (command == NULL) {
        cli_error("perf", "out of memory");
        return CLI_IO;
    }
    command->cli =
        (struct cli_options){.command = self, .table = table, .argc = argc, .argv = argv};
    command->sizes = every_size;
    command->bursts = every_burst;
    command->directions = every_direction;
    command->offloads = every_offload;
    command->checks = every_check;
    command->time_ms = 200;
    options_init(&command->options);
    status = perf_options(command);
    command->text = options_is_stdout(command->json) ? stderr : stdout;
    if (status == CLI_OK)
        status = run_all(command);
    else if (status < 0)
        status = status == CLI_HELP ? CLI_OK : CLI_USAGE;
    free(command->rows);
    free(command);
    return status;
}

const struct cli_command cmd_perf = {
    .name = "perf",
    .summary = "measure how fast frames go through driver and chip",
    .help =
        "Usage: e1000bench perf [OPTION...]\n"
        "\n"
        "Moves frames through driver and chip as fast as they go, in turns with the floor: the\n"
        "same copies through a ring of 256 descriptors without chip or driver. Prints a line for\n"
        "each combination of the lists, the best of many turns.\n"
        "\n"
        "  --sizes LIST    bytes without FCS, 60 to 16114 (default 60,128,256,512,1024,1514)\n"
        "  --bursts LIST   frames that come or go together, 1 to 256 (default 32)\n"
        "  --directions LIST  rx, tx or both (default rx,tx,both)\n"
        "  --offloads LIST  none or checksum: the chip checks received frames and makes sent\n"
        "                  ones' (default none,checksum)\n"
        "  --check LIST    off, on or deep: judge the driver's manners, and compare each frame\n"
        "                  that comes out with the one that went in (default off)\n"
        "  --time MS       for each line, 1 to 60000 (default 200)\n"
        "  --json FILE     write the results as JSON, - is standard output\n"
        "  --profile P     which chip, as for 'e1000bench run' (default vmware)\n"
        "  --ring N        descriptors of each of the driver's rings, a multiple of 8 up to 4096\n"
        "  --buffer N      bytes of a receive buffer, 256 to 16384 (default 2048)\n",
    .run = perf_command,
};
