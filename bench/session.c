/* SPDX-License-Identifier: BSD-2-Clause */
#include "session.h"

#include "traffic.h"

#include <stdio.h>
#include <string.h>

/* Bus addresses for rings, buffers to send from and gaps; receive buffers come on top. Memory is
 * used only where it is written. */
#define DMA_BYTES (16u << 20)

/* The longest that coming up may take: autonegotiation on a real wire lasts 2 to 4 s. */
#define UP_TIMEOUT (10 * BENCH_S)

#define CONFIG_COMMAND 0x04u
#define COMMAND_MEMORY 0x0002u
#define REG_RAL0       0x5400u
#define REG_RAH0       0x5404u

void session_defaults(struct session_config *config)
{
    *config = (struct session_config){
        .device_ops = &device_emu,
        .driver_ops = &driver_core,
        .driver = {.name = "en0", .ring = 256, .buffer_size = 2048, .max_frame = TRAFFIC_STANDARD},
    };
}

static int fail(struct session *session, const char *step, const char *reason)
{
    snprintf(session->error, sizeof(session->error), "%s: %s", step, reason);
    return -1;
}

static size_t nobody(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    return count;
}

static void read_rar0(struct session *session)
{
    struct device *device = session->device;

    device->ops->config_write(device, CONFIG_COMMAND, 2, COMMAND_MEMORY);
    session->rar0[0] = device->ops->read32(device, REG_RAL0);
    session->rar0[1] = device->ops->read32(device, REG_RAH0);
    device->ops->config_write(device, CONFIG_COMMAND, 2, 0);
}

int session_power_on(struct session *session, const struct session_config *config)
{
    const struct device_ops *ops = config->device_ops;
    struct device_config device = config->device;
    int status;

    *session = (struct session){0};
    session->clock = config->clock != NULL ? config->clock : &session->own_clock;
    if (device.transmit == NULL)
        device.transmit = nobody;
    status = ops->open(&session->device, &device, session->clock);
    if (status < 0)
        return fail(session, "device", strerror(-status));
    if (config->partner != NULL)
        ops->set_partner(session->device, config->partner);
    session->bar_count = firmware_assign(session->device, session->bars);
    read_rar0(session);
    status = dmamem_open(&session->memory, session->device,
                         DMA_BYTES + (size_t)2 * config->driver.ring * config->driver.buffer_size +
                             config->frame_memory);
    if (status < 0)
        return fail(session, "DMA memory", strerror(-status));
    return 0;
}

int session_attach(struct session *session, const struct session_config *config)
{
    const struct driver_ops *ops = config->driver_ops;
    const int status =
        ops->open(&session->driver, &config->driver, session->device, session->memory);

    if (status < 0)
        return fail(session, "driver does not attach", ops->error(status));
    session->sched = (struct sched){
        .clock = session->clock, .device = session->device, .driver = session->driver};
    return 0;
}

/* Up with a link, or failed. */
static bool came_up(void *opaque)
{
    struct session *session = opaque;
    struct e1000_link link;

    if (session->driver->ops->failed(session->driver) != NULL)
        return true;
    session->driver->ops->get_link(session->driver, &link);
    return session->driver->ops->ready(session->driver) && link.up;
}

int session_up(struct session *session)
{
    const struct driver_ops *ops = session->driver->ops;
    const uint64_t limit = session->clock->now + UP_TIMEOUT;
    const int status = ops->up(session->driver);

    if (status < 0)
        return fail(session, "driver does not come up", ops->error(status));
    session->sched.tick_due = session->clock->now;
    if (!sched_until(&session->sched, came_up, session, limit))
        return fail(session, "driver does not come up", "no link after 10 s of virtual time");
    if (ops->failed(session->driver) != NULL)
        return fail(session, "driver does not come up", ops->failed(session->driver));
    return 0;
}

void session_over(struct session *session)
{
    const struct device_watcher *watcher =
        session->device != NULL ? session->device->watcher : NULL;

    if (watcher != NULL && watcher->over != NULL && !session->over)
        watcher->over(watcher->opaque, session->device);
    session->over = true;
}

void session_close(struct session *session)
{
    session_over(session);
    if (session->driver != NULL)
        session->driver->ops->close(session->driver);
    if (session->memory != NULL)
        dmamem_close(session->memory);
    if (session->device != NULL)
        session->device->ops->close(session->device);
    session->driver = NULL;
    session->memory = NULL;
    session->device = NULL;
}
