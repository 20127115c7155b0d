/* SPDX-License-Identifier: BSD-2-Clause */
#include "columns.h"

#include "cli.h"

#include <stdio.h>
#include <string.h>

/* ---- The table ---- */

static const struct driver_kind drivers[] = {
    {.column = {.name = "core", .summary = "our own driver core, of driver/"}, .ops = &driver_core},
};

static const struct device_kind devices[] = {
    {.column = {.name = "emu", .summary = "our model of the chip, in one of its profiles"},
     .ops = &device_emu},
};

/* A row a line. */
/* clang-format off */
static const struct wire_kind *const wires[] = {
    &wire_kind_gen,
    &wire_kind_loop,
    &wire_kind_pair,
    &wire_kind_pcap,
    &wire_kind_live,
    &wire_kind_tap,
    &wire_kind_dgram,
#ifdef BENCH_SLIRP
    &wire_kind_slirp,
#endif
};

static const struct above_kind *const aboves[] = {
    &above_kind_sink,
    &above_kind_echo,
    &above_kind_gen,
    &above_kind_pcap,
    &above_kind_tap,
#ifdef BENCH_LWIP
    &above_kind_lwip,
#endif
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define MOST_ROWS 31u

const struct column *columns_at(enum column_id id, size_t i)
{
    switch (id) {
    case COLUMN_ABOVE:
        return i < COUNT(aboves) ? &aboves[i]->column : NULL;
    case COLUMN_DRIVER:
        return i < COUNT(drivers) ? &drivers[i].column : NULL;
    case COLUMN_DEVICE:
        return i < COUNT(devices) ? &devices[i].column : NULL;
    case COLUMN_WIRE:
        return i < COUNT(wires) ? &wires[i]->column : NULL;
    default:
        return NULL;
    }
}

const char *columns_name(enum column_id id)
{
    static const char *const names[COLUMNS] = {[COLUMN_ABOVE] = "above",
                                               [COLUMN_DRIVER] = "driver",
                                               [COLUMN_DEVICE] = "device",
                                               [COLUMN_WIRE] = "wire"};

    return names[id];
}

/* ---- Looking up ---- */

static void unknown(enum column_id id, const char *text, char *error, size_t size)
{
    const char *names[MOST_ROWS + 1] = {NULL};
    const char *near;
    int n;

    for (size_t i = 0; i < MOST_ROWS && columns_at(id, i) != NULL; i++)
        names[i] = columns_at(id, i)->name;
    near = cli_suggest(text, names);
    n = snprintf(error, size, "there is no %s '%s'", columns_name(id), text);
    if (near != NULL && n > 0 && (size_t)n < size)
        snprintf(error + n, size - (size_t)n, "; did you mean '%s'?", near);
    else if (n > 0 && (size_t)n < size)
        snprintf(error + n, size - (size_t)n, "; '" CLI_PROGRAM " list' shows what there is");
}

/* The row's number, or -1 with one line in error. */
static int find(enum column_id id, const char *text, const char **argument, char *error,
                size_t size)
{
    const char *colon = strchr(text, ':');
    const size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);
    const struct column *column;
    int i = 0;

    *argument = colon != NULL && colon[1] != '\0' ? colon + 1 : NULL;
    while ((column = columns_at(id, (size_t)i)) != NULL &&
           (strlen(column->name) != length || strncmp(column->name, text, length) != 0))
        i++;
    if (column == NULL) {
        char name[64];

        snprintf(name, sizeof(name), "%.*s", (int)length, text);
        unknown(id, name, error, size);
        return -1;
    }
    if (*argument != NULL && column->argument == NULL) {
        snprintf(error, size, "%s '%s' takes nothing behind the colon", columns_name(id),
                 column->name);
        return -1;
    }
    if (*argument == NULL && (column->flags & COLUMN_ARGUMENT) != 0) {
        snprintf(error, size, "%s '%s' needs more: %s:%s", columns_name(id), column->name,
                 column->name, column->argument);
        return -1;
    }
    return i;
}

const struct wire_kind *columns_wire(const char *text, const char **argument, char *error,
                                     size_t size)
{
    const int i = find(COLUMN_WIRE, text, argument, error, size);

    return i < 0 ? NULL : wires[i];
}

const struct above_kind *columns_above(const char *text, const char **argument, char *error,
                                       size_t size)
{
    const int i = find(COLUMN_ABOVE, text, argument, error, size);

    return i < 0 ? NULL : aboves[i];
}

const struct driver_kind *columns_driver(const char *text, char *error, size_t size)
{
    const char *argument;
    const int i = find(COLUMN_DRIVER, text, &argument, error, size);

    return i < 0 ? NULL : &drivers[i];
}

const struct device_kind *columns_device(const char *text, char *error, size_t size)
{
    const char *argument;
    const int i = find(COLUMN_DEVICE, text, &argument, error, size);

    return i < 0 ? NULL : &devices[i];
}

/* ---- What goes together ---- */

static bool is(const struct column *column, const char *name)
{
    return strcmp(column->name, name) == 0;
}

static bool begins(const struct column *column)
{
    return (column->flags & COLUMN_ANSWERS) == 0;
}

const char *columns_refuse(const struct above_kind *above, const struct above_kind *other,
                           const struct wire_kind *wire)
{
    const struct column *a = &above->column, *w = &wire->column;
    const struct column *b = other != NULL ? &other->column : a;
    const bool two_ends = (w->flags & COLUMN_TWO_ENDS) != 0;

    if (other != NULL && !two_ends)
        return "this wire has one end only";
    if (two_ends && a == b && (a->flags & COLUMN_ONCE) != 0)
        return "there can be only one of that layer in a process, and this wire has a bench at "
               "both ends";
    if (is(a, "echo") && (is(w, "loop") || (two_ends && is(b, "echo"))))
        return "each frame would go round for ever";
    if (!begins(a) && !begins(b) && !begins(w))
        return "neither of them ever begins to send";
    return NULL;
}
