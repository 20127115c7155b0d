/* SPDX-License-Identifier: BSD-2-Clause */
/* `faults`: what can be made to go wrong. */
#include "cmd.h"
#include "fault_option.h"

#include <stdio.h>

/* What --fault takes for it: "link-late[=TIME]". */
static const char *arg_word(const struct e1000emu_fault *fault)
{
    static const char *const words[] = {
        [E1000EMU_ARG_NONE] = "",
        [E1000EMU_ARG_NUMBER] = "[=N]",
        [E1000EMU_ARG_TIME] = "[=TIME]",
        [E1000EMU_ARG_CAUSES] = "[=CAUSES]",
        [E1000EMU_ARG_REGISTER] = "[=REGISTER]",
        [E1000EMU_ARG_REGISTER_BIT] = "[=REGISTER.BIT]",
        [E1000EMU_ARG_WORD_BIT] = "[=WORD.BIT]",
        [E1000EMU_ARG_CHOICE] = "[=WORD]",
    };

    return words[fault->arg];
}

static int print_all(void)
{
    const struct e1000emu_fault *fault;
    char text[64];

    printf("%-28s %s\n", "fault", "what happens");
    for (size_t i = 0; (fault = e1000emu_fault_at(i)) != NULL; i++) {
        snprintf(text, sizeof(text), "%s%s", fault->name, arg_word(fault));
        printf("%-28s %s\n", text, fault->summary);
    }
    return CLI_OK;
}

static void print_arg(const struct e1000emu_fault *fault)
{
    char text[100];

    if (fault->arg == E1000EMU_ARG_NONE)
        return;
    printf("  argument    %s\n", fault->arg_meaning);
    fault_arg_text(fault, text, sizeof(text));
    printf("              %s\n", text);
    if (fault->arg_default == E1000EMU_FAULT_DEFAULT) {
        printf("  default     the seed chooses\n");
        return;
    }
    fault_value_text(fault, fault->arg_default, text, sizeof(text));
    if (fault->arg_default == 0x20000 && fault->arg == E1000EMU_ARG_REGISTER)
        snprintf(text, sizeof(text), "any");
    printf("  default     %s\n", text);
}

/* An erratum is some chips' own. */
static void print_chips(const struct e1000emu_fault *fault)
{
    const char *name;
    const char *before = "  erratum of  ";

    for (unsigned i = 0; (name = e1000emu_chip_name(i)) != NULL; i++) {
        if ((fault->chips >> i & 1) == 0)
            continue;
        printf("%s%s", before, name);
        before = ", ";
    }
    if (fault->chips != 0)
        printf("%s\n", fault->quad ? ", on boards with four ports" : "");
}

static int print_one(const char *name)
{
    char error[200];
    const struct e1000emu_fault *fault = fault_named(name, error, sizeof(error));

    if (fault == NULL) {
        cli_error("faults", "%s", error);
        return CLI_USAGE;
    }
    printf("%s: %s\n", fault->name, fault->summary);
    print_chips(fault);
    print_arg(fault);
    printf("  occurrence  %s\n", fault->occurrence);
    printf("  when        %s\n", (fault->whens & E1000EMU_WHEN_COUNT) != 0
                                     ? "times, occurrences and probabilities"
                                     : "times");
    if (fault->effect != E1000EMU_FAULT_OTHER)
        printf("  verdict     what it does to frames is explained, and fails no run\n");
    printf("  met in      %s\n", fault->source);
    return CLI_OK;
}

static int faults_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {CLI_HELP_OPTION, {NULL, 0, NULL, 0}};
    struct cli_options cli = {.command = self, .table = table, .argc = argc, .argv = argv};
    const int option = cli_next_option(&cli);

    if (option != CLI_END)
        return option == CLI_HELP ? CLI_OK : CLI_USAGE;
    if (!cli_check_operands(&cli, 0, 1, "NAME"))
        return CLI_USAGE;
    return cli.operand_count == 1 ? print_one(cli.operands[0]) : print_all();
}

const struct cli_command cmd_faults = {
    .name = "faults",
    .summary = "list what can be made to go wrong with the chip",
    .help = "Usage: e1000bench faults [NAME]\n"
            "\n"
            "Lists the faults that option --fault of run, probe and replay asks for. With a\n"
            "fault's name, all about it: its argument, what an occurrence of it is, and who has\n"
            "met it.\n",
    .run = faults_command,
};
