/* SPDX-License-Identifier: BSD-2-Clause */
#include "status.h"

#include "status_json.h"
#include "status_server.h"
#include "wall_clock.h"

#include <stdio.h>
#include <stdlib.h>

#define LOOK_EVERY  (200 * BENCH_MS)
#define POINT_EVERY BENCH_S

/* What has passed so far, at all ends. */
struct totals {
    uint64_t time; /* ns of this computer's time */
    uint64_t frames_in, frames_out, bytes_in, bytes_out, interrupts;
};

struct status {
    struct status_config config;
    struct status_server *server;
    uint64_t opened, looked; /* ns of this computer's time */
    struct totals last;      /* when the last point was made */
    struct status_history history;
};

static struct totals count(const struct joint *joint, uint64_t now)
{
    struct totals totals = {.time = now};

    for (unsigned i = 0; i < joint->count; i++) {
        const struct joint_end *end = &joint->ends[i];

        totals.frames_in += end->counts.arrived;
        totals.frames_out += end->counts.sent;
        totals.bytes_in += end->counts.arrived_bytes;
        totals.bytes_out += end->counts.sent_bytes;
        totals.interrupts += end->session.device->interrupts;
    }
    return totals;
}

static void add_point(struct status *status, uint64_t now)
{
    const struct totals is = count(status->config.joint, now), was = status->last;
    struct status_history *history = &status->history;
    const double seconds = (double)(is.time - was.time) / 1e9;

    history->points[history->count++ % STATUS_POINTS] = (struct status_point){
        .time = (double)(now - status->opened) / 1e9,
        .frames_in = (double)(is.frames_in - was.frames_in) / seconds,
        .frames_out = (double)(is.frames_out - was.frames_out) / seconds,
        .bytes_in = (double)(is.bytes_in - was.bytes_in) / seconds,
        .bytes_out = (double)(is.bytes_out - was.bytes_out) / seconds,
        .interrupts = (double)(is.interrupts - was.interrupts) / seconds,
    };
    status->last = is;
}

void status_look(struct status *status)
{
    const uint64_t now = wall_clock_now();
    char *text;

    if (now - status->looked < LOOK_EVERY)
        return;
    status->looked = now;
    if (now - status->last.time >= POINT_EVERY)
        add_point(status, now);
    text = status_json(&status->config, &status->history, (double)(now - status->opened) / 1e9);
    if (text != NULL) /* else the page stands still: traffic matters more */
        status_server_publish(status->server, text);
}

int status_open(struct status **status, const struct status_config *config, uint16_t port,
                char *error, size_t size)
{
    struct status *made = calloc(1, sizeof(*made));

    if (made == NULL) {
        snprintf(error, size, "out of memory");
        return -1;
    }
    made->config = *config;
    made->opened = made->looked = wall_clock_now();
    made->last = count(config->joint, made->opened);
    if (status_server_open(&made->server, &port, status_json(config, &made->history, 0), error,
                           size) < 0) {
        free(made);
        return -1;
    }
    fprintf(stderr, "status: http://127.0.0.1:%u/\n", port);
    *status = made;
    return 0;
}

void status_close(struct status *status)
{
    if (status == NULL)
        return;
    status_server_close(status->server);
    free(status);
}
