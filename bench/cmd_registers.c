/* SPDX-License-Identifier: BSD-2-Clause */
/* `registers`: the chip's register table, as the model has it. */
#include "cmd.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { OPTION_TODO = 1 };

static void print_flags(const struct e1000emu_register *row, char *text, size_t size)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {
        {E1000EMU_REG_READ_CLEARS, "RC"},   {E1000EMU_REG_WRITE1_CLEARS, "W1C"},
        {E1000EMU_REG_WRITE_ONLY, "WO"},    {E1000EMU_REG_WRITE1_SETS, "W1S"},
        {E1000EMU_REG_SELF_CLEARING, "SC"}, {E1000EMU_REG_DIAGNOSTIC, "diag"},
        {E1000EMU_REG_ALIAS, "alias"},
    };
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if ((row->flags & names[i].flag) != 0 && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used != 0 ? "," : "",
                                     names[i].name);
}

static void print_row(const struct e1000emu_register *row)
{
    char name[32], flags[40];

    snprintf(name, sizeof(name), row->count > 1 ? "%s[%u]" : "%s", row->name, row->count);
    print_flags(row, flags, sizeof(flags));
    printf("%05x  %-12s  %08x  %08x  %08x  %-8s  %s\n", row->offset, name, row->reset,
           row->read_mask, row->write_mask, flags, row->meaning);
}

static void print_field(const struct e1000emu_field *field)
{
    char bits[8];

    if (field->width == 1)
        snprintf(bits, sizeof(bits), "%u", field->shift);
    else
        snprintf(bits, sizeof(bits), "%u:%u", field->shift + field->width - 1u, field->shift);
    printf("  %-5s  %-18s  %s", bits, field->name, field->meaning);
    for (unsigned i = 0, named = 0; field->values != NULL && i < 1u << field->width; i++)
        if (field->values[i] != NULL)
            printf("%s %u %s", named++ == 0 ? ":" : ",", i, field->values[i]);
    printf((field->flags & E1000EMU_FIELD_ACTION) != 0 ? " (acts when 1 is written)\n" : "\n");
}

static void print_whole(const struct e1000emu_register *row)
{
    char flags[40];

    print_flags(row, flags, sizeof(flags));
    printf("%s: %s\n", row->name, row->meaning);
    printf("  offset      0x%05x", row->offset);
    if (row->count > 1)
        printf(", %u registers, %u bytes apart", row->count, row->stride);
    printf("\n  manual      section %s\n", row->section);
    printf("  reset       0x%08x\n", row->reset);
    printf("  kept        power-on 0x%08x, RST# 0x%08x, CTRL.RST 0x%08x\n",
           row->kept[E1000EMU_RESET_POWER], row->kept[E1000EMU_RESET_PCI],
           row->kept[E1000EMU_RESET_CTRL]);
    printf("  readable    0x%08x\n", row->read_mask);
    printf("  writable    0x%08x\n", row->write_mask);
    if (flags[0] != '\0')
        printf("  flags       %s\n", flags);
    if ((row->flags & E1000EMU_REG_ALIAS) != 0)
        printf("  alias of    0x%05x\n", row->alias_of);
    if (row->todo != NULL)
        printf("  to do       %s\n", row->todo);
    for (uint32_t i = 0; i < row->field_count; i++)
        print_field(&row->fields[i]);
}

static bool matches(const struct e1000emu_register *row, const char *wanted)
{
    char *end;
    const unsigned long offset = strtoul(wanted, &end, 16);

    if (strcasecmp(row->name, wanted) == 0)
        return true;
    return *end == '\0' && offset >= row->offset &&
           offset < row->offset + (unsigned long)row->stride * (row->count - 1) + 4;
}

static int print_wanted(const char *wanted)
{
    const struct e1000emu_register *row;
    bool found = false;

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++)
        if (matches(row, wanted)) {
            print_whole(row);
            found = true;
        }
    if (found)
        return CLI_OK;
    cli_error("registers", "'%s' is no register's name or offset", wanted);
    return CLI_USAGE;
}

static int print_todo(void)
{
    const struct e1000emu_register *row;

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++)
        if (row->todo != NULL)
            printf("%05x  %-12s  %s\n", row->offset, row->name, row->todo);
    return CLI_OK;
}

static int print_all(void)
{
    const struct e1000emu_register *row;

    printf("offset name          reset     readable  writable  flags     meaning\n");
    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++)
        print_row(row);
    return CLI_OK;
}

static int registers_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {
        {"todo", no_argument, NULL, OPTION_TODO}, CLI_HELP_OPTION, {NULL, 0, NULL, 0}};
    struct cli_options cli = {.command = self, .table = table, .argc = argc, .argv = argv};
    bool todo = false;
    int option;

    while ((option = cli_next_option(&cli)) > 0)
        todo |= option == OPTION_TODO;
    if (option != CLI_END)
        return option == CLI_HELP ? CLI_OK : CLI_USAGE;
    if (!cli_check_operands(&cli, 0, todo ? 0 : 1, "NAME or OFFSET"))
        return CLI_USAGE;
    if (todo)
        return print_todo();
    return cli.operand_count == 1 ? print_wanted(cli.operands[0]) : print_all();
}

const struct cli_command cmd_registers = {
    .name = "registers",
    .summary = "list the chip's registers",
    .help = "Usage: e1000bench registers [--todo | NAME | OFFSET]\n"
            "\n"
            "Lists the register table: offset, name, value after power-on, readable and writable\n"
            "bits, flags (RC read clears, W1C write 1 clears, W1S write 1 sets, WO write only, SC\n"
            "self-clearing) and meaning. With a name or a hexadecimal offset, all about it, with\n"
            "its fields.\n"
            "\n"
            "  --todo          only what the model does not do yet\n",
    .run = registers_command,
};
