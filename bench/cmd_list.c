/* SPDX-License-Identifier: BSD-2-Clause */
/* `list`: what the bench is put together from, what of it works here, and what goes together. */
#include "cmd.h"
#include "columns.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { OPTION_JSON = 1 };

static const struct option option_table[] = {
    {"json", no_argument, NULL, OPTION_JSON}, CLI_HELP_OPTION, {NULL, 0, NULL, 0}};

static const char *const titles[COLUMNS] = {
    [COLUMN_ABOVE] = "Above the driver (--above)",
    [COLUMN_DRIVER] = "Drivers (--driver)",
    [COLUMN_DEVICE] = "Devices (--device)",
    [COLUMN_WIRE] = "Wires (--wire)",
};

static bool is_usable(const struct column *column, char *why, size_t size)
{
    why[0] = '\0';
    return column->usable == NULL || column->usable(why, size);
}

static const char *refusal(const struct column *above, const struct column *wire)
{
    const char *argument;
    char error[160], above_text[96], wire_text[96];

    /* A row that must have an argument is looked up with some. */
    snprintf(above_text, sizeof(above_text), "%s%s", above->name,
             (above->flags & COLUMN_ARGUMENT) != 0 ? ":x" : "");
    snprintf(wire_text, sizeof(wire_text), "%s%s", wire->name,
             (wire->flags & COLUMN_ARGUMENT) != 0 ? ":x" : "");
    return columns_refuse(columns_above(above_text, &argument, error, sizeof(error)), NULL,
                          columns_wire(wire_text, &argument, error, sizeof(error)));
}

/* ---- For people ---- */

static void print_row(const struct column *column)
{
    char name[64], why[160];

    snprintf(name, sizeof(name), "%s%s%s%s", column->name,
             column->argument == NULL                 ? ""
             : (column->flags & COLUMN_ARGUMENT) != 0 ? ":"
                                                      : "[:",
             column->argument != NULL ? column->argument : "",
             column->argument != NULL && (column->flags & COLUMN_ARGUMENT) == 0 ? "]" : "");
    if (strlen(name) > 24)
        printf("  %s\n  %-24s  %s", name, "", column->summary);
    else
        printf("  %-24s  %s", name, column->summary);
    printf("%s\n", (column->flags & COLUMN_REAL_TIME) != 0 ? " (real time)" : "");
    if (column->needs != NULL)
        printf("  %-24s  needs %s\n", "", column->needs);
    if (!is_usable(column, why, sizeof(why)))
        printf("  %-24s  not here: %s\n", "", why);
}

static void print_combinations(void)
{
    const struct column *above, *wire;
    const char *why;

    printf("What does not go together\n");
    for (size_t a = 0; (above = columns_at(COLUMN_ABOVE, a)) != NULL; a++)
        for (size_t w = 0; (wire = columns_at(COLUMN_WIRE, w)) != NULL; w++)
            if ((why = refusal(above, wire)) != NULL)
                printf("  %-6s over %-6s  %s\n", above->name, wire->name, why);
    printf("  All other layers and wires go together, with every driver on every device.\n");
}

static int print_all(void)
{
    const struct column *column;

    for (unsigned id = 0; id < COLUMNS; id++) {
        printf("%s\n", titles[id]);
        for (size_t i = 0; (column = columns_at((enum column_id)id, i)) != NULL; i++)
            print_row(column);
        printf("\n");
    }
    printf("Profiles of the device emu (--profile)\n ");
    for (size_t i = 0; e1000emu_profile_at(i) != NULL; i++)
        printf("%s %s", i != 0 && i % 6 == 0 ? "\n " : "", e1000emu_profile_at(i)->name);
    printf("\n\n");
    print_combinations();
    return CLI_OK;
}

/* ---- For programs ---- */

static json_t *row_json(const struct column *column)
{
    char why[160];
    const bool usable = is_usable(column, why, sizeof(why));
    json_t *row =
        json_pack("{s:s, s:s, s:b, s:b}", "name", column->name, "summary", column->summary,
                  "real_time", (column->flags & COLUMN_REAL_TIME) != 0, "usable", usable);

    if (column->argument != NULL)
        json_object_set_new(row, "argument", json_string(column->argument));
    if (column->needs != NULL)
        json_object_set_new(row, "needs", json_string(column->needs));
    if (!usable)
        json_object_set_new(row, "why_not", json_string(why));
    return row;
}

static json_t *combinations_json(void)
{
    const struct column *above, *wire;
    json_t *list = json_array();

    for (size_t a = 0; (above = columns_at(COLUMN_ABOVE, a)) != NULL; a++)
        for (size_t w = 0; (wire = columns_at(COLUMN_WIRE, w)) != NULL; w++) {
            const char *why = refusal(above, wire);
            json_t *row = json_pack("{s:s, s:s, s:b}", "above", above->name, "wire", wire->name,
                                    "possible", why == NULL);

            if (why != NULL)
                json_object_set_new(row, "why_not", json_string(why));
            json_array_append_new(list, row);
        }
    return list;
}

static int print_json(void)
{
    json_t *all = json_object();
    json_t *profiles = json_array();
    int status;

    for (unsigned id = 0; id < COLUMNS; id++) {
        json_t *rows = json_array();
        const struct column *column;

        for (size_t i = 0; (column = columns_at((enum column_id)id, i)) != NULL; i++)
            json_array_append_new(rows, row_json(column));
        json_object_set_new(all, columns_name((enum column_id)id), rows);
    }
    for (size_t i = 0; e1000emu_profile_at(i) != NULL; i++)
        json_array_append_new(profiles, json_string(e1000emu_profile_at(i)->name));
    json_object_set_new(all, "profile", profiles);
    json_object_set_new(all, "combinations", combinations_json());
    status = json_dumpf(all, stdout, JSON_INDENT(2)) == 0 ? CLI_OK : CLI_IO;
    printf("\n");
    json_decref(all);
    return status;
}

static int run(const struct cli_command *self, int argc, char **argv)
{
    struct cli_options cli = {.command = self, .table = option_table, .argc = argc, .argv = argv};
    bool json = false;
    int option;

    while ((option = cli_next_option(&cli)) >= 0)
        json |= option == OPTION_JSON;
    if (option == CLI_HELP)
        return CLI_OK;
    if (option == CLI_BAD_OPTION || !cli_check_operands(&cli, 0, 0, ""))
        return CLI_USAGE;
    return json ? print_json() : print_all();
}

const struct cli_command cmd_list = {
    .name = "list",
    .summary = "shows drivers, devices, wires and layers, and what goes together",
    .help = "Usage: " CLI_PROGRAM " list [--json]\n\n"
            "Shows what the bench can be put together from: what is above the driver, drivers,\n"
            "devices and wires, what each needs, whether it can be used here, and which of them\n"
            "do not go together.\n\n"
            "  --json   as a JSON object\n"
            "  --help   this text\n",
    .run = run,
};
