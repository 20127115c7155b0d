/* SPDX-License-Identifier: BSD-2-Clause */
/* `rules`: what the checker holds a driver to. */
#include "cmd.h"
#include "judge.h"

#include <stdio.h>

#define MAX_RULES 256u

static void print_rule(const struct e1000emu_rule *rule)
{
    printf("%-24s %-10s %s%s\n", rule->id, judge_severity(rule->severity), rule->section,
           rule->deep ? " (deep)" : "");
}

static int print_all(void)
{
    const struct e1000emu_rule *rule;

    printf("%-24s %-10s %s\n", "rule", "class", "section of the manual");
    for (size_t i = 0; (rule = e1000emu_rule_at(i)) != NULL; i++)
        print_rule(rule);
    return CLI_OK;
}

static int unknown_rule(const char *id)
{
    const struct e1000emu_rule *rule;
    const char *ids[MAX_RULES + 1] = {NULL}, *near;

    for (size_t i = 0; i < MAX_RULES && (rule = e1000emu_rule_at(i)) != NULL; i++)
        ids[i] = rule->id;
    near = cli_suggest(id, ids);
    if (near != NULL)
        cli_error("rules", "'%s' is no rule; did you mean '%s'?", id, near);
    else
        cli_error("rules", "'%s' is no rule; '" CLI_PROGRAM " rules' lists them", id);
    return CLI_USAGE;
}

static int print_one(const char *id)
{
    const struct e1000emu_rule *rule = e1000emu_rule_find(id);

    if (rule == NULL)
        return unknown_rule(id);
    printf("%s: %s\n", rule->id, judge_severity(rule->severity));
    printf("  %s\n", rule->sentence);
    printf("  section     %s\n", rule->section);
    printf("  looked at   %s\n", rule->deep ? "with --check deep" : "always");
    if (rule->order)
        printf(
            "  about       order and time: only where the chip sees accesses as they are made\n");
    return CLI_OK;
}

static int rules_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {CLI_HELP_OPTION, {NULL, 0, NULL, 0}};
    struct cli_options cli = {.command = self, .table = table, .argc = argc, .argv = argv};
    const int option = cli_next_option(&cli);

    if (option != CLI_END)
        return option == CLI_HELP ? CLI_OK : CLI_USAGE;
    if (!cli_check_operands(&cli, 0, 1, "RULE"))
        return CLI_USAGE;
    return cli.operand_count == 1 ? print_one(cli.operands[0]) : print_all();
}

const struct cli_command cmd_rules = {
    .name = "rules",
    .summary = "list the rules of the manual that a driver is held to",
    .help = "Usage: e1000bench rules [RULE]\n"
            "\n"
            "Lists the rules that the checker knows: id, class and where they are written. With a\n"
            "rule's id, what it says. A violation fails a run; an erratum is dangerous on chips\n"
            "that have it; advice is for what is allowed and rarely wanted.\n",
    .run = rules_command,
};
