/* SPDX-License-Identifier: BSD-2-Clause */
/* `check`: the regression. */
#include "check/results.h"
#include "check/runner.h"
#include "cmd.h"
#include "options.h"
#include "progress.h"
#include "wall_clock.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_FILTERS   32u
#define MAX_SCENARIOS 1024u
#define TIMEOUT_S     120u

enum {
    OPTION_LIST = 1,
    OPTION_EXPLAIN,
    OPTION_FILTER,
    OPTION_JOBS,
    OPTION_SHARD,
    OPTION_JUNIT,
    OPTION_JSON,
    OPTION_SABOTAGE,
    OPTION_SABOTAGES,
    OPTION_TIMEOUT,
};

struct check_command {
    struct cli_options cli;
    struct options options;
    const char *filters[MAX_FILTERS];
    unsigned filter_count;
    char filter_text[1024];
    const char *junit, *json;
    bool list, explain, sabotages;
    unsigned jobs, timeout_s, shard, shards;
    struct check_setup setup;
    const struct scenario *selected[MAX_SCENARIOS];
    unsigned numbers[MAX_SCENARIOS]; /* of those that are this shard's */
    unsigned count, total;
    struct check_result lines[MAX_SCENARIOS];
    struct check_results results;
    struct progress progress;
    FILE *text; /* standard output, or standard error when a file takes that */
};

/* ---- Options ---- */

static bool take_shard(struct check_command *command)
{
    char *end;
    const unsigned long shard = strtoul(command->cli.value, &end, 10);
    const unsigned long shards = *end == '/' ? strtoul(end + 1, &end, 10) : 0;

    if (*end != '\0' || shard < 1 || shard > shards || shards > MAX_SCENARIOS ||
        strspn(command->cli.value, "0123456789/") != strlen(command->cli.value)) {
        cli_error("check", "option '--shard': '%s' is not I/N with I from 1 to N",
                  command->cli.value);
        return false;
    }
    command->shard = (unsigned)shard;
    command->shards = (unsigned)shards;
    return true;
}

static bool take_filter(struct check_command *command)
{
    const size_t used = strlen(command->filter_text);

    if (command->filter_count == MAX_FILTERS ||
        used + strlen(command->cli.value) + 2 > sizeof(command->filter_text)) {
        cli_error("check", "option '--filter': more than %u patterns, or too long ones",
                  MAX_FILTERS);
        return false;
    }
    command->filters[command->filter_count++] = command->cli.value;
    snprintf(command->filter_text + used, sizeof(command->filter_text) - used, "%s%s",
             used != 0 ? " " : "", command->cli.value);
    return true;
}

static bool take_sabotage(struct check_command *command)
{
    const struct sabotage_row *row;
    const char *names[64] = {NULL};
    int choice;

    for (size_t i = 0; i < 63 && (row = sabotage_at(i)) != NULL; i++)
        names[i] = row->name;
    if (!cli_choice(&command->cli, names, NULL, &choice))
        return false;
    command->setup.sabotage = sabotage_at((size_t)choice);
    return true;
}

static bool take_number(struct check_command *command, uint64_t max, unsigned *result)
{
    uint64_t number;

    if (!cli_unsigned(&command->cli, 1, max, &number))
        return false;
    *result = (unsigned)number;
    return true;
}

static bool take(struct check_command *command, int option)
{
    switch (option) {
    case OPTION_LIST:
        command->list = true;
        return true;
    case OPTION_EXPLAIN:
        command->explain = true;
        return true;
    case OPTION_SABOTAGES:
        command->sabotages = true;
        return true;
    case OPTION_FILTER:
        return take_filter(command);
    case OPTION_SHARD:
        return take_shard(command);
    case OPTION_SABOTAGE:
        return take_sabotage(command);
    case OPTION_JOBS:
        return take_number(command, RUNNER_MAX_JOBS, &command->jobs);
    case OPTION_TIMEOUT:
        return take_number(command, 86400, &command->timeout_s);
    case OPTION_JUNIT:
        command->junit = command->cli.value;
        return true;
    case OPTION_JSON:
        command->json = command->cli.value;
        return true;
    default:
        return options_take(&command->options, &command->cli, option) >= 0;
    }
}

/* ---- The selection ---- */

/* A pattern with *, ? or [ must match the whole id; another one may stand anywhere in it. */
static bool matches(const char *pattern, const char *id)
{
    if (strpbrk(pattern, "*?[") != NULL)
        return fnmatch(pattern, id, 0) == 0;
    return strstr(id, pattern) != NULL;
}

static bool wanted(const struct check_command *command, const struct scenario *scenario)
{
    for (unsigned i = 0; i < command->filter_count; i++)
        if (matches(command->filters[i], scenario->id))
            return true;
    return command->filter_count == 0;
}

/* An id in full means that scenario alone, though others may begin like it. */
static void narrow(struct check_command *command)
{
    for (size_t i = 0; scenario_at(i) != NULL && command->filter_count == 1; i++) {
        if (strcmp(command->filters[0], scenario_at(i)->id) != 0)
            continue;
        command->selected[0] = scenario_at(i);
        command->numbers[0] = 1;
        command->total = command->count = 1;
    }
}

static bool select_scenarios(struct check_command *command)
{
    const struct scenario *scenario;

    for (size_t i = 0; (scenario = scenario_at(i)) != NULL; i++) {
        if (!wanted(command, scenario))
            continue;
        command->total++;
        if ((command->total - 1) % command->shards != command->shard - 1)
            continue;
        command->numbers[command->count] = command->total;
        command->selected[command->count++] = scenario;
    }
    if (command->shards == 1)
        narrow(command);
    if (command->total == 0)
        cli_error("check", "option '--filter': no scenario matches '%s'; 'check --list' has them",
                  command->filter_text);
    return command->total != 0;
}

/* ---- Lists ---- */

static int print_list(const struct check_command *command)
{
    for (unsigned i = 0; i < command->count; i++) {
        const struct scenario *scenario = command->selected[i];

        if (!command->explain) {
            printf("%-34s %s\n", scenario->id, scenario->title);
            continue;
        }
        printf("%s%s: %s\n  proves    %s\n  source    %s\n  played on %s\n", i != 0 ? "\n" : "",
               scenario->id, scenario->title, scenario->proves, scenario->source,
               scenario->profiles);
    }
    return CLI_OK;
}

static int print_sabotages(void)
{
    const struct sabotage_row *row;

    printf("%-20s %-24s %-26s %s\n", "sabotage", "breaks rule", "found by", "what is done");
    for (size_t i = 0; (row = sabotage_at(i)) != NULL; i++)
        printf("%-20s %-24s %-26s %s\n", row->name, row->rule, row->scenario, row->summary);
    return CLI_OK;
}

/* ---- Running ---- */

static void on_done(void *opaque, unsigned i, const struct outcome *outcome)
{
    struct check_command *command = opaque;
    struct check_result *result = &command->lines[i];

    *result = (struct check_result){.number = command->numbers[i],
                                    .id = command->selected[i]->id,
                                    .title = command->selected[i]->title,
                                    .outcome = outcome};
    command->results.count = i + 1;
    progress_clear(&command->progress);
    results_tap_line(command->text, &command->results, result, i + 1);
    progress_update(&command->progress, i + 1);
}

static bool on_stop(void *opaque)
{
    struct check_command *command = opaque;

    progress_update(&command->progress, command->results.count);
    return cli_interrupted();
}

static int write_files(const struct check_command *command)
{
    char error[512];

    if (command->junit != NULL &&
        results_write_junit(command->junit, &command->results, error, sizeof(error)) < 0) {
        cli_error("check", "%s", error);
        return CLI_IO;
    }
    if (command->json != NULL &&
        results_write_json(command->json, &command->results, error, sizeof(error)) < 0) {
        cli_error("check", "%s", error);
        return CLI_IO;
    }
    return CLI_OK;
}

static int run_all(struct check_command *command)
{
    const struct runner runner = {.setup = &command->setup,
                                  .scenarios = command->selected,
                                  .count = command->count,
                                  .jobs = command->jobs,
                                  .timeout_s = command->timeout_s,
                                  .done = on_done,
                                  .stop = on_stop,
                                  .opaque = command};
    const uint64_t before = wall_clock_now();
    struct check_results *results = &command->results;
    struct outcome *outcomes;
    int status;

    results_tap_begin(command->text, results, command->count);
    fflush(command->text);
    progress_start(&command->progress, stderr, "scenarios", command->count);
    status = runner_run(&runner, &outcomes);
    progress_clear(&command->progress);
    if (status < 0) {
        cli_error("check", "no process for a scenario: %s", strerror(-status));
        return CLI_IO;
    }
    results->interrupted = (unsigned)status < command->count;
    results->seconds = (double)(wall_clock_now() - before) / 1e9;
    results_tap_end(command->text, results);
    status = write_files(command);
    if (status == CLI_OK && results->interrupted)
        status = CLI_INTERRUPTED;
    else if (status == CLI_OK && results_failed(results))
        status = CLI_VERDICT;
    runner_free(&runner, outcomes);
    return status;
}

/* ---- The command ---- */

static int check_options(struct check_command *command)
{
    int option;

    while ((option = cli_next_option(&command->cli)) > 0)
        if (!take(command, option))
            return CLI_BAD_OPTION;
    if (option != CLI_END)
        return option;
    if (!cli_check_operands(&command->cli, 0, 0, "") || !select_scenarios(command))
        return CLI_BAD_OPTION;
    if (command->junit != NULL && command->json != NULL &&
        strcmp(command->junit, command->json) == 0) {
        cli_error("check", "options '--junit' and '--json' name the same file");
        return CLI_BAD_OPTION;
    }
    return CLI_OK;
}

static unsigned processors(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : count > (long)RUNNER_MAX_JOBS ? RUNNER_MAX_JOBS : (unsigned)count;
}

static void prepare(struct check_command *command)
{
    static const char *const levels[] = {"off", "on", "deep"};
    const struct options *options = &command->options;

    if (options->profile_name != NULL)
        command->setup.profile = e1000emu_profile_find(options->profile_name);
    command->setup.driver = options->session.driver_ops;
    command->setup.device = options->session.device_ops;
    command->setup.seed = options->session.device.seed;
    command->setup.level = options->check;
    command->results = (struct check_results){
        .driver = command->setup.driver->name,
        .device = command->setup.device->name,
        .profile = options->profile_name,
        .sabotage = command->setup.sabotage != NULL ? command->setup.sabotage->name : NULL,
        .level = levels[options->check],
        .filter = command->filter_text,
        .seed = command->setup.seed,
        .total = command->total,
        .shard = command->shard,
        .shards = command->shards,
        .results = command->lines};
    command->text =
        options_is_stdout(command->junit) || options_is_stdout(command->json) ? stderr : stdout;
}

static int check_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {{"list", no_argument, NULL, OPTION_LIST},
                                          {"explain", no_argument, NULL, OPTION_EXPLAIN},
                                          {"filter", required_argument, NULL, OPTION_FILTER},
                                          {"seed", required_argument, NULL, OPTION_SEED},
                                          {"jobs", required_argument, NULL, OPTION_JOBS},
                                          {"shard", required_argument, NULL, OPTION_SHARD},
                                          {"junit", required_argument, NULL, OPTION_JUNIT},
                                          {"json", required_argument, NULL, OPTION_JSON},
                                          {"driver", required_argument, NULL, OPTION_DRIVER},
                                          {"device", required_argument, NULL, OPTION_DEVICE},
                                          {"profile", required_argument, NULL, OPTION_PROFILE},
                                          {"check", required_argument, NULL, OPTION_CHECK},
                                          {"timeout", required_argument, NULL, OPTION_TIMEOUT},
                                          {"sabotage", required_argument, NULL, OPTION_SABOTAGE},
                                          {"list-sabotage", no_argument, NULL, OPTION_SABOTAGES},
                                          CLI_HELP_OPTION,
                                          {NULL, 0, NULL, 0}};
    struct check_command *command = calloc(1, sizeof(*command));
    int status;

    if (command == NULL) {
        cli_error("check", "out of memory");
        return CLI_IO;
    }
    command->cli =
        (struct cli_options){.command = self, .table = table, .argc = argc, .argv = argv};
    options_init(&command->options);
    command->options.profile_name = NULL;
    command->options.check = JUDGE_DEEP;
    command->options.session.device.seed = 1;
    command->jobs = processors();
    command->timeout_s = TIMEOUT_S;
    command->shard = command->shards = 1;
    status = check_options(command);
    if (status < 0) {
        status = status == CLI_HELP ? CLI_OK : CLI_USAGE;
    } else if (command->sabotages) {
        status = print_sabotages();
    } else if (command->list || command->explain) {
        status = print_list(command);
    } else {
        cli_catch_signals();
        prepare(command);
        status = run_all(command);
    }
    free(command);
    return status;
}

const struct cli_command cmd_check = {
    .name = "check",
    .summary = "the regression: play every scenario with the driver, TAP on standard output",
    .help = "Usage: e1000bench check [OPTION...]\n"
            "\n"
            "Plays the catalogue of scenarios, by feature, by fault and by load, each in a\n"
            "process of its own, and prints the results as TAP. A failure tells what was\n"
            "expected, the first rule that the driver broke, its last accesses, and the\n"
            "command that repeats it.\n"
            "\n"
            "  --list          print ids and titles instead\n"
            "  --explain       the same, with what each scenario proves and where it is from\n"
            "  --filter PATTERN  only ids that match: with *, ? or [ the whole, else a part;\n"
            "                  may be given often\n"
            "  --seed N        for what is left to chance (default 1)\n"
            "  --jobs N        processes at a time (default: one a processor)\n"
            "  --shard I/N     only the I-th of N parts; 'e1000bench merge' puts them together\n"
            "  --junit FILE    write the results as JUnit's XML too, - is standard output\n"
            "  --json FILE     write the results as JSON too\n"
            "  --driver NAME   the driver under test (default core), see 'e1000bench list'\n"
            "  --device NAME   what it meets (default emu), see 'e1000bench list'\n"
            "  --profile P     play all on this chip, instead of on each scenario's own\n"
            "  --check LEVEL   how the driver's accesses are judged: off, on or deep (default)\n"
            "  --timeout S     seconds that a scenario may take (default 120)\n"
            "  --sabotage NAME  spoil what the driver does on its way to the chip: to see that\n"
            "                  this is found\n"
            "  --list-sabotage  print what --sabotage takes\n",
    .run = check_command,
};
