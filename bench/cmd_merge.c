/* SPDX-License-Identifier: BSD-2-Clause */
/* `merge`: puts the shards of a regression together. */
#include "check/results.h"
#include "cmd.h"
#include "options.h"

#include <stdlib.h>

enum { OPTION_JUNIT = 1, OPTION_JSON };

struct merge_command {
    struct cli_options cli;
    const char *junit, *json;
    struct check_results *parts;
    size_t count;
    struct check_results whole;
    FILE *text;
};

static int merge_options(struct merge_command *command)
{
    int option;

    while ((option = cli_next_option(&command->cli)) > 0) {
        if (option == OPTION_JUNIT)
            command->junit = command->cli.value;
        else
            command->json = command->cli.value;
    }
    if (option != CLI_END)
        return option;
    if (!cli_check_operands(&command->cli, 1, 1024, "FILE..."))
        return CLI_BAD_OPTION;
    if (options_is_stdout(command->junit) && options_is_stdout(command->json)) {
        cli_error("merge", "options '--junit' and '--json' name the same file");
        return CLI_BAD_OPTION;
    }
    command->text =
        options_is_stdout(command->junit) || options_is_stdout(command->json) ? stderr : stdout;
    return CLI_OK;
}

static int read_all(struct merge_command *command)
{
    const size_t count = (size_t)command->cli.operand_count;
    char error[512];

    command->parts = calloc(count, sizeof(command->parts[0]));
    if (command->parts == NULL) {
        cli_error("merge", "out of memory");
        return CLI_IO;
    }
    for (; command->count < count; command->count++) {
        if (results_read_json(command->cli.operands[command->count],
                              &command->parts[command->count], error, sizeof(error)) < 0) {
            cli_error("merge", "%s", error);
            return CLI_IO;
        }
    }
    if (results_merge(command->parts, command->cli.operands, count, &command->whole, error,
                      sizeof(error)) < 0) {
        cli_error("merge", "%s", error);
        return CLI_IO;
    }
    return CLI_OK;
}

static int write_all(struct merge_command *command)
{
    const struct check_results *whole = &command->whole;
    char error[512];

    results_tap_begin(command->text, whole, whole->total);
    for (size_t i = 0; i < whole->count; i++)
        results_tap_line(command->text, whole, &whole->results[i], whole->results[i].number);
    results_tap_end(command->text, whole);
    if ((command->junit != NULL &&
         results_write_junit(command->junit, whole, error, sizeof(error)) < 0) ||
        (command->json != NULL &&
         results_write_json(command->json, whole, error, sizeof(error)) < 0)) {
        cli_error("merge", "%s", error);
        return CLI_IO;
    }
    if (whole->interrupted)
        return CLI_INTERRUPTED;
    return results_failed(whole) ? CLI_VERDICT : CLI_OK;
}

static int merge_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {{"junit", required_argument, NULL, OPTION_JUNIT},
                                          {"json", required_argument, NULL, OPTION_JSON},
                                          CLI_HELP_OPTION,
                                          {NULL, 0, NULL, 0}};
    struct merge_command command = {
        .cli = {.command = self, .table = table, .argc = argc, .argv = argv}};
    int status = merge_options(&command);

    if (status < 0)
        return status == CLI_HELP ? CLI_OK : CLI_USAGE;
    status = read_all(&command);
    if (status == CLI_OK)
        status = write_all(&command);
    results_free(&command.whole);
    for (size_t i = 0; i < command.count; i++)
        results_free(&command.parts[i]);
    free(command.parts);
    return status;
}

const struct cli_command cmd_merge = {
    .name = "merge",
    .summary = "put the shards of a regression together",
    .help = "Usage: e1000bench merge [OPTION...] FILE...\n"
            "\n"
            "Reads what 'e1000bench check --shard I/N --json FILE' wrote for each I, and prints\n"
            "and returns what 'e1000bench check' would have without --shard.\n"
            "\n"
            "  --junit FILE    write the results as JUnit's XML too, - is standard output\n"
            "  --json FILE     write the results as JSON too\n",
    .run = merge_command,
};
