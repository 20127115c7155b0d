/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A complete shell around the driver core. What is called platform_… is what your system has; the
 * first argument is always this shell. Everything here runs one at a time: under one lock, on one
 * work loop, or on one thread.
 */
#include "e1000_core.h"

#define BATCH 64 /* fragments at once */

struct shell {
    struct e1000_dev dev;
    void *system; /* yours */
    bool wanted;  /* the interface is to be up */
};

/* The BAR at 0x10, the I/O BAR, and configuration space. */
uint32_t platform_read32(void *shell, uint32_t offset);
void platform_write32(void *shell, uint32_t offset, uint32_t value);
uint32_t platform_io_read32(void *shell, uint32_t offset);
void platform_io_write32(void *shell, uint32_t offset, uint32_t value);
uint16_t platform_config_read16(void *shell, uint32_t offset);
void platform_config_write16(void *shell, uint32_t offset, uint16_t value);
/* Memory that the device reaches: zeroed, at a multiple of align, not across one of boundary. */
void *platform_dma_alloc(void *shell, size_t size, size_t align, size_t boundary, uint64_t *bus);
void platform_dma_free(void *shell, void *memory, size_t size);
uint64_t platform_time_us(void *shell); /* never goes back */
void platform_delay_us(void *shell, uint32_t us);
void platform_log(void *shell, enum e1000_log_level level, const char *line);
void platform_link_changed(void *shell);
/* Upwards: a piece of a frame, the last one ends it; and memory that is no longer needed. */
void platform_received(void *shell, const void *data, uint32_t length, bool last);
void platform_sent(void *shell, void *cookie);
void platform_tick_soon(void *shell); /* call shell_tick() at the next opportunity */

/* What your system calls. */
int shell_start(struct shell *shell, const char *name);
uint64_t shell_tick(struct shell *shell);
bool shell_interrupt(struct shell *shell);
bool shell_send(struct shell *shell, uint64_t bus, uint32_t length, void *cookie);
void shell_reap(struct shell *shell);
void shell_stop(struct shell *shell);

static int dma_alloc(void *context, size_t size, size_t align, size_t boundary,
                     struct e1000_dma *memory)
{
    memory->cpu = platform_dma_alloc(context, size, align, boundary, &memory->bus);
    return memory->cpu ? 0 : -1;
}

static void dma_free(void *context, struct e1000_dma *memory)
{
    platform_dma_free(context, memory->cpu, memory->size);
}

static const struct e1000_os os = {
    .read32 = platform_read32,
    .write32 = platform_write32,
    .io_read32 = platform_io_read32,
    .io_write32 = platform_io_write32,
    .config_read16 = platform_config_read16,
    .config_write16 = platform_config_write16,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
    .time_us = platform_time_us,
    .delay_us = platform_delay_us,
    .log = platform_log,
    .link_changed = platform_link_changed,
};

/* A device was found on the bus. Returns 0, or why it can't be driven. */
int shell_start(struct shell *shell, const char *name)
{
    struct e1000_params params;

    e1000_params_init(&params);
    params.name = name;
    return e1000_attach_begin(&shell->dev, &os, shell, &params);
}

/* Memory of frames that were sent, or never will be, goes back to whom it belongs. */
void shell_reap(struct shell *shell)
{
    void *cookies[BATCH];
    unsigned count;

    while ((count = e1000_reap(&shell->dev, cookies, BATCH)) > 0) {
        for (unsigned i = 0; i < count; i++)
            platform_sent(shell, cookies[i]);
    }
}

/* Brings the interface to where it is wanted. Returns when to call again, in platform_time_us(). */
uint64_t shell_tick(struct shell *shell)
{
    uint64_t due = e1000_tick(&shell->dev);
    enum e1000_state state = e1000_get_state(&shell->dev);

    if (shell->wanted && state == E1000_STATE_DOWN && e1000_up(&shell->dev) == 0)
        return e1000_tick(&shell->dev);
    if (!shell->wanted && e1000_down(&shell->dev) == 0)
        shell_reap(shell);
    return due;
}

/* Frames go up; their buffers go back to the chip at once. */
static void receive(struct shell *shell)
{
    struct e1000_frag frags[BATCH + 1]; /* room for the longest frame */
    unsigned count;

    while ((count = e1000_receive(&shell->dev, frags, BATCH + 1)) > 0) {
        for (unsigned i = 0; i < count; i++)
            platform_received(shell, frags[i].data, frags[i].length,
                              frags[i].flags & E1000_FRAG_EOP);
        e1000_recycle(&shell->dev, frags, count);
    }
}

/* The interrupt line is asserted. False: by another device on the same line. */
bool shell_interrupt(struct shell *shell)
{
    unsigned work = e1000_interrupt(&shell->dev);

    if (work & E1000_WORK_RX)
        receive(shell);
    if (work & E1000_WORK_TX)
        shell_reap(shell);
    if (work & (E1000_WORK_LINK | E1000_WORK_GONE))
        platform_tick_soon(shell);
    return work != 0;
}

/* Sends a frame in one piece; its memory is the chip's until platform_sent(). False: no room now,
 * try again after that. */
bool shell_send(struct shell *shell, uint64_t bus, uint32_t length, void *cookie)
{
    struct e1000_frag frag = {
        .bus = bus, .length = length, .flags = E1000_FRAG_EOP, .cookie = cookie};

    return e1000_transmit(&shell->dev, &frag, 1) == 1;
}

/* The device is to be let go, or has been pulled out. */
void shell_stop(struct shell *shell)
{
    e1000_detach(&shell->dev);
    shell_reap(shell);
}
