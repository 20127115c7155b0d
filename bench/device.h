/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device column of the bench: something that a driver reaches over PCI and that has a wire at
 * its other end. The frames and the link are described in the terms of emu/, which every device
 * shares.
 */
#ifndef BENCH_DEVICE_H
#define BENCH_DEVICE_H

#include "clock.h"
#include "e1000emu.h"
#include "judge.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What it costs to reach a register, counted from the driver's side of the bus. */
struct device_counters {
    uint64_t mmio_reads, mmio_writes;
    uint64_t io_reads, io_writes;
    uint64_t config_reads, config_writes;
};

struct device;

/* Somebody who is told what the device does; see e1000emu_watch(). */
struct device_watcher {
    unsigned watch; /* E1000EMU_WATCH_* */
    /* A device was made: its time begins. Any of these may be NULL. */
    void (*made)(void *opaque, const struct e1000emu_profile *profile);
    void (*event)(void *opaque, const struct e1000emu_event *event);
    void (*finding)(void *opaque, const struct e1000emu_finding *finding);
    /* A run is over; driver and device are still there. */
    void (*over)(void *opaque, struct device *device);
    void *opaque;
};

/* How to make a device. */
struct device_config {
    const struct e1000emu_profile *profile;
    const uint8_t *mac;     /* six bytes, NULL: the profile's */
    const uint16_t *eeprom; /* NULL: made from profile and MAC */
    size_t eeprom_words;
    uint32_t seed;
    const struct e1000emu_fault_setting *faults; /* there from power-on */
    size_t fault_count;
    /* With faults: is told of each frame as the device got or sent it, and of each fault. May be
     * NULL. */
    void (*passed)(void *opaque, const struct e1000emu_event *event);
    struct judge *judge; /* is told of the rules that the driver breaks; NULL: nobody is */
    const struct device_watcher *watcher; /* must outlive the device; NULL: nobody watches */
    /* Frames leave for the wire; returns how many were taken. Must not enter the device. */
    size_t (*transmit)(void *opaque, const struct e1000emu_frame *frames, size_t count);
    void *opaque;
};

/* One implementation. Every function takes the device that open() made. */
struct device_ops {
    const char *name;
    /* Returns 0 or -errno. *clock must outlive the device. */
    int (*open)(struct device **device, const struct device_config *config,
                struct bench_clock *clock);
    void (*close)(struct device *device);

    uint32_t (*config_read)(struct device *device, unsigned offset, unsigned width);
    void (*config_write)(struct device *device, unsigned offset, unsigned width, uint32_t value);
    uint32_t (*read32)(struct device *device, uint32_t offset);
    void (*write32)(struct device *device, uint32_t offset, uint32_t value);
    uint32_t (*io_read32)(struct device *device, uint32_t offset);
    void (*io_write32)(struct device *device, uint32_t offset, uint32_t value);
    int (*dma_map)(struct device *device, uint64_t bus, uint64_t length, void *memory);
    int (*dma_unmap)(struct device *device, uint64_t bus, uint64_t length);

    /* The wire's side; see e1000emu_receive() and its neighbours. */
    size_t (*receive)(struct device *device, const struct e1000emu_frame *frames, size_t count,
                      unsigned flags, uint8_t *verdicts);
    void (*transmit_ready)(struct device *device);
    void (*set_partner)(struct device *device, const struct e1000emu_partner *partner);
    void (*get_link)(struct device *device, struct e1000emu_link *link);

    /* Time: brings the device up to the clock; when it next has something to do. */
    void (*advance)(struct device *device);
    uint64_t (*next_event)(struct device *device);

    /* What a register holds, without any side effect: for observers. */
    uint32_t (*peek)(const struct device *device, uint32_t offset);

    /* How often faults of that name have fired. */
    uint64_t (*fault_fired)(struct device *device, const char *name);

    /* Saves its state; see e1000emu_save(). Returns the bytes that it takes, and stores them if
     * there is room. */
    size_t (*snapshot)(struct device *device, void *buffer, size_t size);

    /* ---- What not every device can do; NULL then. As emu's functions of those names. */
    int (*fault_set)(struct device *device, const struct e1000emu_fault_setting *setting);
    void (*fault_clear)(struct device *device, const char *name);
    void (*reset)(struct device *device, enum e1000emu_reset kind);
    unsigned (*get_leds)(struct device *device);
    bool (*pme_level)(struct device *device);
    /* The last accesses, while a judge listens. */
    size_t (*recent)(struct device *device, struct e1000emu_access *to, size_t max);
};

/* What every implementation begins with. */
struct device {
    const struct device_ops *ops;
    struct bench_clock *clock;
    const struct device_watcher *watcher; /* or NULL */
    struct device_counters counters;
    bool interrupt;      /* present level of the interrupt line */
    uint64_t interrupts; /* how often it rose */
    bool message;        /* an interrupt message came; who serves it takes that back */
    uint64_t messages;   /* how many came */
};

extern const struct device_ops device_emu;

#endif
