/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include "snapshot_file.h"

#include <stdio.h>
#include <string.h>

#define MAX_PROFILES 32u

static const char *const rar0_words[] = {[E1000EMU_RAR0_ZERO] = "zero",
                                         [E1000EMU_RAR0_KEPT] = "kept",
                                         [E1000EMU_RAR0_GARBAGE] = "garbage",
                                         [E1000EMU_RAR0_EEPROM] = "eeprom",
                                         NULL};

static const char *const check_words[] = {
    [JUDGE_OFF] = "off", [JUDGE_ON] = "on", [JUDGE_DEEP] = "deep", NULL};

static const char *const buffer_words[] = {"256",  "512",  "1024",  "2048",
                                           "4096", "8192", "16384", NULL};

void options_init(struct options *options)
{
    *options = (struct options){.profile_name = "vmware",
                                .check = JUDGE_ON,
                                .rar0 = -1,
                                .trace_format = -1,
                                .trace_frames = TRACE_HEAD};
    session_defaults(&options->session);
}

static int take_profile(struct options *options, const struct cli_options *cli)
{
    const struct e1000emu_profile *profile;
    const char *names[MAX_PROFILES + 1] = {0};

    for (size_t i = 0; i < MAX_PROFILES && (profile = e1000emu_profile_at(i)) != NULL; i++)
        names[i] = profile->name;
    if (e1000emu_profile_find(cli->value) == NULL) {
        cli_not_one_of(cli, names, NULL);
        return -1;
    }
    options->profile_name = cli->value;
    return 1;
}

static int take_choice(const struct cli_options *cli, const char *const *words, int *choice)
{
    return cli_choice(cli, words, NULL, choice) ? 1 : -1;
}

/* ---- The columns ---- */

static int refuse(const struct cli_options *cli, const char *error)
{
    cli_error(cli->command->name, "option '--%s': %s", cli->name, error);
    return -1;
}

/* Whether what was named can be used on this computer. */
static int need(const struct cli_options *cli, const struct column *column)
{
    char why[160] = "";

    if (column->usable == NULL || column->usable(why, sizeof(why)))
        return 1;
    cli_error(cli->command->name, "option '--%s': '%s' can't be used here: %s", cli->name,
              column->name, why);
    return -1;
}

/* Whether the argument behind the colon makes sense. */
static int take_argument(const struct cli_options *cli, const struct column *column,
                         const char *argument)
{
    char error[512];

    if (column->check != NULL && column->check(argument, error, sizeof(error)) < 0)
        return refuse(cli, error);
    return need(cli, column);
}

static int take_driver(struct options *options, const struct cli_options *cli)
{
    char error[256];
    const struct driver_kind *kind = columns_driver(cli->value, error, sizeof(error));

    if (kind == NULL)
        return refuse(cli, error);
    options->session.driver_ops = kind->ops;
    return need(cli, &kind->column);
}

static int take_device(struct options *options, const struct cli_options *cli)
{
    char error[256];
    const struct device_kind *kind = columns_device(cli->value, error, sizeof(error));

    if (kind == NULL)
        return refuse(cli, error);
    options->session.device_ops = kind->ops;
    return need(cli, &kind->column);
}

static int take_wire(struct options *options, const struct cli_options *cli)
{
    char error[256];

    options->wire = columns_wire(cli->value, &options->wire_argument, error, sizeof(error));
    if (options->wire == NULL)
        return refuse(cli, error);
    return take_argument(cli, &options->wire->column, options->wire_argument);
}

static int take_above(struct options *options, const struct cli_options *cli)
{
    const unsigned n = options->above[0] != NULL;
    char error[256];

    if (options->above[1] != NULL)
        return refuse(cli, "a wire has no more than two ends");
    options->above[n] =
        columns_above(cli->value, &options->above_argument[n], error, sizeof(error));
    if (options->above[n] == NULL)
        return refuse(cli, error);
    return take_argument(cli, &options->above[n]->column, options->above_argument[n]);
}

int options_take(struct options *options, const struct cli_options *cli, int option)
{
    uint64_t number = 0;
    int choice = 0;

    switch (option) {
    case OPTION_PROFILE:
        return take_profile(options, cli);
    case OPTION_MAC:
        options->mac_given = true;
        return cli_station_mac(cli, options->mac) ? 1 : -1;
    case OPTION_EEPROM:
        options->eeprom_path = cli->value;
        return 1;
    case OPTION_RAR0:
        return take_choice(cli, rar0_words, &options->rar0);
    case OPTION_NAME:
        if (strlen(cli->value) == 0 || strlen(cli->value) > 15) {
            cli_error(cli->command->name, "option '--name': '%s' does not have 1 to 15 bytes",
                      cli->value);
            return -1;
        }
        options->session.driver.name = cli->value;
        return 1;
    case OPTION_SEED:
        if (!cli_unsigned(cli, 0, UINT32_MAX, &number))
            return -1;
        options->session.device.seed = (uint32_t)number;
        return 1;
    case OPTION_RING:
        if (!cli_unsigned(cli, 8, 4096, &number))
            return -1;
        if (number % 8 != 0) {
            cli_error(cli->command->name, "option '--ring': '%s' is not a multiple of 8",
                      cli->value);
            return -1;
        }
        options->session.driver.ring = (unsigned)number;
        return 1;
    case OPTION_BUFFER:
        if (take_choice(cli, buffer_words, &choice) < 0)
            return -1;
        options->session.driver.buffer_size = 256u << choice;
        return 1;
    case OPTION_CHECK:
        if (take_choice(cli, check_words, &choice) < 0)
            return -1;
        options->check = (enum judge_level)choice;
        return 1;
    case OPTION_FAULT:
        return fault_option_take(&options->faults, cli) ? 1 : -1;
    case OPTION_DRIVER:
        return take_driver(options, cli);
    case OPTION_DEVICE:
        return take_device(options, cli);
    case OPTION_WIRE:
        return take_wire(options, cli);
    case OPTION_ABOVE:
        return take_above(options, cli);
    case OPTION_EERD:
        options->session.driver.eeprom_by_eerd = true;
        return 1;
    case OPTION_TRACE:
        options->trace_path = cli->value;
        return 1;
    case OPTION_SNAPSHOT:
        options->snapshot_path = cli->value;
        return 1;
    case OPTION_TRACE_FORMAT:
        return take_choice(cli, trace_formats, &options->trace_format);
    case OPTION_TRACE_FRAMES:
        if (take_choice(cli, trace_amounts, &choice) < 0)
            return -1;
        options->trace_frames = (enum trace_frames)choice;
        return 1;
    default:
        return 0;
    }
}

static int load_eeprom(struct options *options, const struct cli_options *cli)
{
    char error[256];
    int words;

    if (options->mac_given) {
        cli_error(cli->command->name,
                  "options '--mac' and '--eeprom' exclude each other: the image has an address");
        return CLI_USAGE;
    }
    words = eeprom_file_load(options->eeprom_path, options->eeprom, error, sizeof(error));
    if (words < 0) {
        cli_error(cli->command->name, "%s", error);
        return CLI_IO;
    }
    options->eeprom_words = (size_t)words;
    for (unsigned i = 0; i < 6; i++)
        options->mac[i] = (uint8_t)(options->eeprom[i / 2] >> 8 * (i % 2));
    return CLI_OK;
}

/* ---- The trace ---- */

bool options_is_stdout(const char *path)
{
    return path != NULL && (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0);
}

static void on_made(void *opaque, const struct e1000emu_profile *profile)
{
    trace_out_chip(((struct options *)opaque)->trace, profile->name);
}

static void on_event(void *opaque, const struct e1000emu_event *event)
{
    trace_out_event(((struct options *)opaque)->trace, event);
}

static void on_finding(void *opaque, const struct e1000emu_finding *finding)
{
    trace_out_finding(((struct options *)opaque)->trace, finding->event->time, finding);
}

static void on_over(void *opaque, struct device *device)
{
    struct options *options = opaque;
    char error[512];

    if (options->snapshot_path == NULL ||
        snapshot_file_write(options->snapshot_path, device, error, sizeof(error)) == 0)
        return;
    cli_error(options->command->name, "%s", error);
    options->snapshot_failed = true;
}

static int open_trace(struct options *options, const struct cli_options *cli)
{
    char error[512];
    const enum trace_format format = options->trace_format >= 0
                                         ? (enum trace_format)options->trace_format
                                         : trace_format_of(options->trace_path);

    if (trace_out_open(&options->trace, options->trace_path, format, options->trace_frames, error,
                       sizeof(error)) == 0)
        return CLI_OK;
    cli_error(cli->command->name, "%s", error);
    return CLI_IO;
}

/* Who is told of what happens: the trace and the snapshot. */
static int open_watcher(struct options *options, const struct cli_options *cli)
{
    int status = CLI_OK;

    if (options->trace_path == NULL && options->snapshot_path == NULL)
        return CLI_OK;
    if (options->trace_path != NULL)
        status = open_trace(options, cli);
    options->command = cli->command;
    options->watcher =
        (struct device_watcher){.watch = options->trace != NULL ? E1000EMU_WATCH_EVENTS : 0,
                                .made = on_made,
                                .event = on_event,
                                .finding = on_finding,
                                .over = on_over,
                                .opaque = options};
    options->session.device.watcher = &options->watcher;
    return status;
}

int options_close(struct options *options, const struct cli_options *cli, int status)
{
    char error[512];

    if (trace_out_close(options->trace, error, sizeof(error)) < 0) {
        cli_error(cli->command->name, "%s", error);
        status = CLI_IO;
    }
    options->trace = NULL;
    return options->snapshot_failed ? CLI_IO : status;
}

/* Whether what is above and at the wire goes together, where both were given. */
static int check_ends(const struct options *options, const struct cli_options *cli)
{
    const char *why = options->above[0] != NULL && options->wire != NULL
                          ? columns_refuse(options->above[0], options->above[1], options->wire)
                          : NULL;

    if (why == NULL)
        return CLI_OK;
    cli_error(cli->command->name, "'%s' above the driver does not go with wire '%s': %s",
              options->above[0]->column.name, options->wire->column.name, why);
    return CLI_USAGE;
}

int options_finish(struct options *options, const struct cli_options *cli)
{
    int status = check_ends(options, cli);

    if (status != CLI_OK)
        return status;

    options->profile = *e1000emu_profile_find(options->profile_name);
    for (unsigned i = 0; i < E1000EMU_RESETS && options->rar0 >= 0; i++)
        options->profile.rar0[i] = (enum e1000emu_rar0)options->rar0;
    options->session.device.profile = &options->profile;
    options->session.device.faults = options->faults.settings;
    options->session.device.fault_count = options->faults.count;
    if (options->eeprom_path != NULL) {
        status = load_eeprom(options, cli);
        options->session.device.eeprom = options->eeprom;
        options->session.device.eeprom_words = options->eeprom_words;
    } else {
        if (!options->mac_given)
            memcpy(options->mac, options->profile.mac, 6);
        options->session.device.mac = options->mac;
    }
    return status == CLI_OK ? open_watcher(options, cli) : status;
}

void options_set_mac(struct options *options, const uint8_t mac[6])
{
    memcpy(options->mac, mac, 6);
}

void options_mac_text(const uint8_t mac[6], char text[18])
{
    snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
}
