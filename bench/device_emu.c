/* SPDX-License-Identifier: BSD-2-Clause */
/* The device `emu`: our own model of the chip, in one of its profiles. */
#include "device.h"

#include <errno.h>
#include <stdlib.h>

/* A register read is a round trip on the bus and holds the CPU up; a write is posted. Time must
 * pass there, or a driver that polls without delay would poll for ever. */
#define READ_NS 250

struct device_emu {
    struct device base;
    e1000emu *chip;
    size_t (*transmit)(void *opaque, const struct e1000emu_frame *frames, size_t count);
    void (*passed)(void *opaque, const struct e1000emu_event *event);
    void *opaque;
    struct judge *judge;
};

static e1000emu *chip_of(struct device *device)
{
    return ((struct device_emu *)device)->chip;
}

static void on_interrupt(void *opaque, bool asserted)
{
    struct device *device = opaque;

    device->interrupts += asserted && !device->interrupt;
    device->interrupt = asserted;
}

static void on_msi(void *opaque, uint64_t address, uint32_t data)
{
    struct device *device = opaque;

    device->message = true;
    device->messages++;
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct device_emu *emu = opaque;

    return emu->transmit(emu->opaque, frames, count);
}

static void on_event(void *opaque, const struct e1000emu_event *event)
{
    const struct device_emu *emu = opaque;
    const struct device_watcher *watcher = emu->base.watcher;

    if (emu->passed != NULL &&
        (event->kind == E1000EMU_EVENT_FAULT || event->kind == E1000EMU_EVENT_RECEIVED ||
         event->kind == E1000EMU_EVENT_SENT))
        emu->passed(emu->opaque, event);
    if (watcher != NULL && watcher->watch & E1000EMU_WATCH_EVENTS && watcher->event != NULL)
        watcher->event(watcher->opaque, event);
}

static void on_finding(void *opaque, const struct e1000emu_finding *finding)
{
    const struct device_emu *emu = opaque;
    const struct device_watcher *watcher = emu->base.watcher;

    if (emu->judge != NULL)
        judge_take(emu->judge, emu->chip, finding);
    if (watcher != NULL && watcher->finding != NULL)
        watcher->finding(watcher->opaque, finding);
}

static int emu_open(struct device **device, const struct device_config *config,
                    struct bench_clock *clock)
{
    struct device_emu *emu = calloc(1, sizeof(*emu));
    const unsigned watch = (config->watcher != NULL ? config->watcher->watch : 0) |
                           (config->fault_count != 0 ? E1000EMU_WATCH_FRAMES : 0u);
    const struct e1000emu_config chip_config = {
        .profile = config->profile,
        .mac = config->mac,
        .eeprom = config->eeprom,
        .eeprom_words = config->eeprom_words,
        .seed = config->seed,
        .faults = config->faults,
        .fault_count = config->fault_count,
        .watch = judge_watch(config->judge) | watch,
        .host = {.opaque = emu,
                 .interrupt = on_interrupt,
                 .msi = on_msi,
                 .transmit = on_transmit,
                 .event = on_event,
                 .finding = on_finding},
    };
    int status;

    if (emu == NULL)
        return -ENOMEM;
    emu->base.ops = &device_emu;
    emu->base.clock = clock;
    emu->transmit = config->transmit;
    emu->passed = config->fault_count != 0 ? config->passed : NULL;
    emu->opaque = config->opaque;
    emu->judge = config->judge;
    emu->base.watcher = config->watcher;
    if (config->watcher != NULL && config->watcher->made != NULL)
        config->watcher->made(config->watcher->opaque, config->profile);
    status = e1000emu_create(&emu->chip, &chip_config);
    if (status < 0) {
        free(emu);
        return status;
    }
    e1000emu_advance(emu->chip, clock->now);
    *device = &emu->base;
    return 0;
}

static void emu_close(struct device *device)
{
    e1000emu_destroy(chip_of(device));
    free(device);
}

static void emu_advance(struct device *device)
{
    e1000emu_advance(chip_of(device), device->clock->now);
}

static void pass_read(struct device *device)
{
    device->clock->now += READ_NS;
    emu_advance(device);
}

static uint32_t emu_config_read(struct device *device, unsigned offset, unsigned width)
{
    device->counters.config_reads++;
    pass_read(device);
    return e1000emu_config_read(chip_of(device), offset, width);
}

static void emu_config_write(struct device *device, unsigned offset, unsigned width, uint32_t value)
{
    device->counters.config_writes++;
    emu_advance(device);
    e1000emu_config_write(chip_of(device), offset, width, value);
}

static uint32_t emu_read32(struct device *device, uint32_t offset)
{
    device->counters.mmio_reads++;
    pass_read(device);
    return e1000emu_read32(chip_of(device), offset);
}

static void emu_write32(struct device *device, uint32_t offset, uint32_t value)
{
    device->counters.mmio_writes++;
    emu_advance(device);
    e1000emu_write32(chip_of(device), offset, value);
}

static uint32_t emu_io_read32(struct device *device, uint32_t offset)
{
    device->counters.io_reads++;
    pass_read(device);
    return (uint32_t)e1000emu_bar_read(chip_of(device), E1000EMU_IO, offset, 4);
}

static void emu_io_write32(struct device *device, uint32_t offset, uint32_t value)
{
    device->counters.io_writes++;
    emu_advance(device);
    e1000emu_bar_write(chip_of(device), E1000EMU_IO, offset, 4, value);
}

static int emu_dma_map(struct device *device, uint64_t bus, uint64_t length, void *memory)
{
    return e1000emu_dma_map(chip_of(device), bus, length, memory,
                            E1000EMU_DMA_READ | E1000EMU_DMA_WRITE);
}

static int emu_dma_unmap(struct device *device, uint64_t bus, uint64_t length)
{
    return e1000emu_dma_unmap(chip_of(device), bus, length);
}

static size_t emu_receive(struct device *device, const struct e1000emu_frame *frames, size_t count,
                          unsigned flags, uint8_t *verdicts)
{
    emu_advance(device);
    return e1000emu_receive(chip_of(device), frames, count, flags, verdicts);
}

static void emu_transmit_ready(struct device *device)
{
    emu_advance(device);
    e1000emu_transmit_ready(chip_of(device));
}

static void emu_set_partner(struct device *device, const struct e1000emu_partner *partner)
{
    e1000emu_set_partner(chip_of(device), partner);
}

static void emu_get_link(struct device *device, struct e1000emu_link *link)
{
    e1000emu_get_link(chip_of(device), link);
}

static uint64_t emu_next_event(struct device *device)
{
    return e1000emu_next_event(chip_of(device));
}

static uint32_t emu_peek(const struct device *device, uint32_t offset)
{
    return e1000emu_peek(((const struct device_emu *)device)->chip, offset);
}

static uint64_t emu_fault_fired(struct device *device, const char *name)
{
    return e1000emu_fault_fired(chip_of(device), name);
}

static size_t emu_snapshot(struct device *device, void *buffer, size_t size)
{
    const e1000emu *chip = chip_of(device);

    return buffer != NULL ? e1000emu_save(chip, buffer, size) : e1000emu_snapshot_size(chip);
}

static int emu_fault_set(struct device *device, const struct e1000emu_fault_setting *setting)
{
    return e1000emu_fault_set(chip_of(device), setting);
}

static void emu_fault_clear(struct device *device, const char *name)
{
    e1000emu_fault_clear(chip_of(device), name);
}

static void emu_reset(struct device *device, enum e1000emu_reset kind)
{
    emu_advance(device);
    e1000emu_reset(chip_of(device), kind);
}

static unsigned emu_get_leds(struct device *device)
{
    emu_advance(device);
    return e1000emu_get_leds(chip_of(device));
}

static bool emu_pme_level(struct device *device)
{
    return e1000emu_pme_level(chip_of(device));
}

static size_t emu_recent(struct device *device, struct e1000emu_access *to, size_t max)
{
    return e1000emu_recent(chip_of(device), to, max);
}

const struct device_ops device_emu = {
    .name = "emu",
    .open = emu_open,
    .close = emu_close,
    .config_read = emu_config_read,
    .config_write = emu_config_write,
    .read32 = emu_read32,
    .write32 = emu_write32,
    .io_read32 = emu_io_read32,
    .io_write32 = emu_io_write32,
    .dma_map = emu_dma_map,
    .dma_unmap = emu_dma_unmap,
    .receive = emu_receive,
    .transmit_ready = emu_transmit_ready,
    .set_partner = emu_set_partner,
    .get_link = emu_get_link,
    .advance = emu_advance,
    .next_event = emu_next_event,
    .peek = emu_peek,
    .fault_fired = emu_fault_fired,
    .snapshot = emu_snapshot,
    .fault_set = emu_fault_set,
    .fault_clear = emu_fault_clear,
    .reset = emu_reset,
    .get_leds = emu_get_leds,
    .pme_level = emu_pme_level,
    .recent = emu_recent,
};
