/* SPDX-License-Identifier: BSD-2-Clause */
/* `snapshot`: what is in a snapshot that --snapshot wrote. */
#include "cmd.h"
#include "decode.h"
#include "snapshot_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void nobody(void *opaque, bool asserted)
{
    (void)opaque;
    (void)asserted;
}

static size_t nowhere(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    return count;
}

/* The packet buffer is no register that anybody would want to read here. */
static void print_registers(const e1000emu *chip)
{
    const struct e1000emu_register *row;
    char name[DECODE_NAME], fields[DECODE_FIELDS];

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL && row->offset < 0x10000; i++)
        for (uint32_t n = 0; n < row->count && (row->flags & E1000EMU_REG_ALIAS) == 0; n++) {
            const uint32_t offset = row->offset + n * row->stride;
            const uint32_t value = e1000emu_peek(chip, offset);

            if (value != 0)
                printf("%05x  %-12s  %08x  %s\n", offset,
                       decode_place(E1000EMU_REGISTERS, offset, name), value,
                       decode_register(offset, value, fields));
        }
}

static void print_chip(const e1000emu *chip, const struct e1000emu_snapshot *about)
{
    const e1000emu_time next = e1000emu_next_event(chip);
    struct e1000emu_link link;

    e1000emu_get_link(chip, &link);
    printf("version    %" PRIu32 ", layout %08" PRIx32 "\n", about->version, about->layout);
    printf("profile    %s\n", about->profile);
    printf("time       %.9f s\n", (double)about->time / 1e9);
    if (next == E1000EMU_NEVER)
        printf("next event none\n");
    else
        printf("next event %.9f s\n", (double)next / 1e9);
    if (link.up)
        printf("link       %u Mb/s, %s duplex\n", link.mbps, link.full_duplex ? "full" : "half");
    else
        printf("link       down\n");
    printf("INTA#      %s\n\n", e1000emu_interrupt_level(chip) ? "asserted" : "not asserted");
    printf("registers that aren't zero:\n");
    print_registers(chip);
}

static int print_snapshot(const char *path, const uint8_t *bytes, size_t size)
{
    struct e1000emu_config config = {.host = {.interrupt = nobody, .transmit = nowhere}};
    struct e1000emu_snapshot about;
    e1000emu *chip = NULL;
    int status = e1000emu_snapshot_look(bytes, size, &about);

    if (status == 0) {
        config.profile = e1000emu_profile_find(about.profile);
        if (config.profile == NULL) {
            cli_error("snapshot", "%s: there is no profile '%s'", path, about.profile);
            return CLI_IO;
        }
        status = e1000emu_create(&chip, &config);
    }
    if (status == 0)
        status = e1000emu_load(chip, bytes, size);
    if (status == 0)
        print_chip(chip, &about);
    else
        cli_error("snapshot", "%s: %s", path, snapshot_file_reason(status));
    e1000emu_destroy(chip);
    return status == 0 ? CLI_OK : CLI_IO;
}

static int snapshot_command(const struct cli_command *self, int argc, char **argv)
{
    static const struct option table[] = {CLI_HELP_OPTION, {NULL, 0, NULL, 0}};
    struct cli_options cli = {.command = self, .table = table, .argc = argc, .argv = argv};
    const int option = cli_next_option(&cli);
    char error[512];
    uint8_t *bytes;
    size_t size;
    int status;

    if (option != CLI_END)
        return option == CLI_HELP ? CLI_OK : CLI_USAGE;
    if (!cli_check_operands(&cli, 1, 1, "FILE"))
        return CLI_USAGE;
    if (snapshot_file_read(cli.operands[0], &bytes, &size, error, sizeof(error)) < 0) {
        cli_error("snapshot", "%s", error);
        return CLI_IO;
    }
    status = print_snapshot(cli.operands[0], bytes, size);
    free(bytes);
    return status;
}

const struct cli_command cmd_snapshot = {
    .name = "snapshot",
    .summary = "show what is in a snapshot of the chip",
    .help =
        "Usage: e1000bench snapshot FILE\n"
        "\n"
        "Checks a snapshot that --snapshot wrote, and prints its version, profile and time,\n"
        "the chip's link and interrupt, and all registers that aren't zero with their fields.\n",
    .run = snapshot_command,
};
