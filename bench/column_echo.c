/* SPDX-License-Identifier: BSD-2-Clause */
/* The layers above `sink` and `echo`, for traffic that nobody keeps the score of. */
#include "above_echo.h"
#include "above_pcap.h"
#include "columns.h"

#include <stdio.h>
#include <string.h>

static int done(int status, char *error, size_t size)
{
    if (status < 0)
        snprintf(error, size, "out of memory");
    return status < 0 ? -1 : 0;
}

static int sink_open(struct above **above, const struct column_setup *setup, char *error,
                     size_t size)
{
    const struct above_pcap_config config = {.clock = setup->clock};

    return done(above_pcap_open(above, &config), error, size);
}

/* There may be as many fragments as receive buffers, for each holds one. */
static int echo_open(struct above **above, const struct column_setup *setup, char *error,
                     size_t size)
{
    const struct above_echo_config config = {.buffers = 2 * setup->driver_config->ring,
                                             .swaps = setup->argument != NULL};

    if (config.swaps && strcmp(setup->argument, "swap") != 0) {
        snprintf(error, size, "above 'echo' takes nothing or 'swap', not '%s'", setup->argument);
        return -1;
    }
    return done(above_echo_open(above, &config), error, size);
}

const struct above_kind above_kind_sink = {
    .column = {.name = "sink",
               .summary = "takes what the driver received, sends nothing",
               .flags = COLUMN_ANSWERS},
    .open = sink_open,
};

const struct above_kind above_kind_echo = {
    .column = {.name = "echo",
               .argument = "swap",
               .summary = "sends back each received frame, as it is or with its addresses swapped",
               .flags = COLUMN_ANSWERS},
    .open = echo_open,
};
