/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures as a wire and as a layer above the driver, for any run: frames of one file flow in, what
 * comes out is written to another. */
#include "above_pcap.h"
#include "arguments.h"
#include "capture_in.h"
#include "capture_out.h"
#include "cli.h"
#include "columns.h"
#include "frags.h"
#include "wall_clock.h"
#include "wire_pcap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_ARGUMENT "[IN][,rate=R][,loop=N][,out=OUT]"

struct column_pcap {
    struct capture *capture;
    struct traffic_pair traffic;
    struct capture_out *out;
    char out_path[ARGUMENTS_PART];
    struct pace pace;
    uint64_t epoch; /* ns since 1970 when the bench's clock stood at 0 */
    uint64_t not_lent;
    char *failure; /* of the wire or layer that this is, where there is room for 160 bytes */
};

#define FAILURE_SIZE 160u

static void pcap_free(void *opaque)
{
    struct column_pcap *pcap = opaque;
    char error[512];

    if (pcap == NULL)
        return;
    if (capture_out_close(pcap->out, error, sizeof(error)) < 0)
        cli_error(NULL, "%s", error);
    traffic_free(&pcap->traffic);
    capture_free(pcap->capture);
    free(pcap);
}

/* ---- What comes out ---- */

static void write_frame(struct column_pcap *pcap, const void *data, uint32_t length, uint64_t time)
{
    if (pcap->out == NULL || capture_out_write(pcap->out, data, length, pcap->epoch + time) == 0 ||
        pcap->failure[0] != '\0')
        return;
    snprintf(pcap->failure, FAILURE_SIZE, "%.120s can't be written any more", pcap->out_path);
}

static void on_sent(void *opaque, const struct e1000emu_frame *frames, const uint64_t *times,
                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        write_frame(opaque, frames[i].data, frames[i].length, times[i]);
}

static void on_taken(void *opaque, const struct e1000_frag *frags, unsigned count, uint64_t time)
{
    uint8_t whole[TRAFFIC_LONGEST];
    uint32_t length;

    if (count == 1) {
        write_frame(opaque, frags[0].data, frags[0].length, time);
        return;
    }
    length = frags_gather(frags, count, whole, sizeof(whole));
    write_frame(opaque, whole, length, time);
}

/* ---- Opening ---- */

static int take(struct column_pcap *pcap, struct arguments *arguments, const char *key,
                const char *value, char *in)
{
    static const char *const keys[] = {"rate", "loop", "out", NULL};

    if (key == NULL) {
        snprintf(in, ARGUMENTS_PART, "%s", value);
        return 0;
    }
    switch (cli_find(key, keys)) {
    case 0:
        if (!pace_read_rate(value, &pcap->pace.mode, &pcap->pace.per_second))
            return arguments_wrong(arguments, key, value,
                                   "max, line, capture or a number of frames per second");
        return 0;
    case 1:
        if (!cli_parse_unsigned(value, &pcap->pace.passes) || pcap->pace.passes < 1 ||
            pcap->pace.passes > 1000000000)
            return arguments_wrong(arguments, key, value, "a number from 1 to 1000000000");
        return 0;
    case 2:
        snprintf(pcap->out_path, sizeof(pcap->out_path), "%s", value);
        return 0;
    default:
        return arguments_unknown(arguments, key, keys);
    }
}

static int load(struct column_pcap *pcap, const char *in, const struct column_setup *setup,
                enum traffic_direction direction, char *error, size_t size)
{
    struct traffic_options options = {.direction = direction, .max_frame = setup->max_frame};
    int status = capture_load(in, NULL, &pcap->capture, error, size);

    if (status == CAPTURE_PARTIAL)
        cli_error(NULL, "%s", error);
    else if (status != CAPTURE_WHOLE)
        return -1;
    memcpy(options.mac, setup->mac, 6);
    if (traffic_prepare(&pcap->traffic, pcap->capture, &options) == 0)
        return 0;
    snprintf(error, size, "out of memory");
    return -1;
}

/* The capture's own time where there is one, so that a run in virtual time can be repeated. */
static void set_epoch(struct column_pcap *pcap, uint64_t now)
{
    pcap->epoch = pcap->capture != NULL && pcap->capture->count != 0
                      ? pcap->capture->frames[0].time_ns
                      : wall_clock_since_1970();
    pcap->epoch -= now;
}

static struct column_pcap *prepare(const struct column_setup *setup, const char *who,
                                   enum traffic_direction direction, char *error, size_t size)
{
    struct column_pcap *pcap = calloc(1, sizeof(*pcap));
    char in[ARGUMENTS_PART] = "";
    const char *key, *value;
    struct arguments arguments;
    int more;

    if (pcap == NULL) {
        snprintf(error, size, "out of memory");
        return NULL;
    }
    pcap->pace = (struct pace){.mode = RATE_MAX, .passes = 1, .mbps = setup->mbps};
    arguments_begin(&arguments, who, setup->argument, error, size);
    while ((more = arguments_next(&arguments, &key, &value)) > 0) {
        more = take(pcap, &arguments, key, value, in);
        if (more < 0)
            break;
    }
    if (more == 0 && in[0] != '\0')
        more = load(pcap, in, setup, direction, error, size);
    if (more == 0 && pcap->out_path[0] != '\0')
        more = capture_out_open(pcap->out_path, 0, &pcap->out, error, size);
    if (more < 0) {
        pcap_free(pcap);
        return NULL;
    }
    set_epoch(pcap, setup->clock->now);
    return pcap;
}

static int wire_open(struct wire **wire, const struct column_setup *setup, char *error, size_t size)
{
    struct column_pcap *pcap = prepare(setup, "wire 'pcap'", TRAFFIC_RX, error, size);
    struct wire_pcap_config config = {.sent = on_sent, .closed = pcap_free, .opaque = pcap};

    if (pcap == NULL)
        return -1;
    config.pace = pcap->pace;
    config.arrivals = &pcap->traffic.rx;
    if (wire_pcap_open(wire, &config) < 0) {
        snprintf(error, size, "out of memory");
        pcap_free(pcap);
        return -1;
    }
    pcap->failure = (*wire)->failure;
    wire_pcap_start(*wire, setup->clock->now);
    return 0;
}

static int above_open(struct above **above, const struct column_setup *setup, char *error,
                      size_t size)
{
    struct column_pcap *pcap = prepare(setup, "above 'pcap'", TRAFFIC_TX, error, size);
    struct above_pcap_config config = {.clock = setup->clock,
                                       .memory = setup->memory,
                                       .buffers = setup->driver_config->ring + 128u,
                                       .taken = on_taken,
                                       .closed = pcap_free,
                                       .opaque = pcap};

    if (pcap == NULL)
        return -1;
    config.pace = pcap->pace;
    config.traffic = pcap->capture != NULL ? &pcap->traffic.tx : NULL;
    config.not_lent = &pcap->not_lent;
    if (above_pcap_open(above, &config) < 0) {
        snprintf(error, size, "out of memory");
        pcap_free(pcap);
        return -1;
    }
    pcap->failure = (*above)->failure;
    above_pcap_start(*above, setup->clock->now);
    return 0;
}

const struct wire_kind wire_kind_pcap = {
    .column = {.name = "pcap",
               .argument = FILE_ARGUMENT,
               .summary = "frames arrive from a capture, sent ones are written to another",
               .flags = COLUMN_ARGUMENT},
    .open = wire_open,
};

const struct above_kind above_kind_pcap = {
    .column = {.name = "pcap",
               .argument = FILE_ARGUMENT,
               .summary = "the driver sends a capture, what it receives is written to another",
               .flags = COLUMN_ARGUMENT},
    .open = above_open,
};
