/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver column of the bench: the driver under test. Frames travel as flat arrays of fragments
 * in the terms of the driver core (struct e1000_frag), each frame's last fragment marked
 * E1000_FRAG_EOP, whatever the driver.
 */
#ifndef BENCH_DRIVER_H
#define BENCH_DRIVER_H

#include "device.h"
#include "dmamem.h"
#include "e1000_core.h"

/* How to run a driver. */
struct driver_config {
    const char *name;     /* of the interface, "en0" */
    unsigned ring;        /* descriptors of each ring */
    unsigned buffer_size; /* bytes of a receive buffer */
    unsigned max_frame;   /* bytes without FCS */
    bool promiscuous;
    bool all_multicast;
    bool eeprom_by_eerd;
    bool rx_unchecked; /* checksums of received frames are not left to the device */
    /* All that there is, in the core's terms; must stay. NULL: as above and else the driver's own
     * defaults. Otherwise what stands above is not looked at. */
    const struct e1000_params *params;
    /* A line that the driver logs; may be NULL. */
    void (*log)(void *opaque, enum e1000_log_level level, const char *line);
    void *opaque;
};

struct driver;

struct driver_ops {
    const char *name;
    /* Attaches to the device, synchronously in virtual time. Returns 0 or a negative number whose
     * meaning error() tells; then nothing is left behind. The configuration's strings must stay. */
    int (*open)(struct driver **driver, const struct driver_config *config, struct device *device,
                struct dmamem *memory);
    void (*close)(struct driver *driver);
    const char *(*error)(int status);

    /* Starts traffic; ready() turns true once tick() has got there. down() ends it. */
    int (*up)(struct driver *driver);
    int (*down)(struct driver *driver);
    bool (*ready)(const struct driver *driver);
    /* The driver has given up; the text says why. NULL: it has not. */
    const char *(*failed)(const struct driver *driver);
    void (*get_identity)(const struct driver *driver, struct e1000_identity *identity);
    void (*get_link)(const struct driver *driver, struct e1000_link *link);
    size_t (*link_line)(const struct driver *driver, char *line, size_t size);

    /* Lets time-driven work happen; returns the virtual time in ns when it is due again. */
    uint64_t (*tick)(struct driver *driver);
    /* Serves an interrupt; returns E1000_WORK_*. */
    unsigned (*interrupt)(struct driver *driver);
    /* As the core's functions of those names. */
    unsigned (*receive)(struct driver *driver, struct e1000_frag *frags, unsigned max);
    void (*recycle)(struct driver *driver, const struct e1000_frag *frags, unsigned count);
    unsigned (*transmit)(struct driver *driver, const struct e1000_frag *frags, unsigned count);
    unsigned (*reap)(struct driver *driver, void **cookies, unsigned max);
    /* The i-th statistic's name, NULL past the last, and what it counts since attaching. Asked for
     * the first one, the driver reads all from the device. */
    const char *(*stat)(struct driver *driver, unsigned i, uint64_t *value);

    /* ---- What not every driver can do; NULL then. As the core's functions of those names. */
    /* As stat(), of what the driver has read so far: for observers. */
    const char *(*stat_seen)(const struct driver *driver, unsigned i, uint64_t *value);
    enum e1000_state (*state)(const struct driver *driver);
    unsigned (*poll)(struct driver *driver, struct e1000_frag *frags, unsigned budget,
                     unsigned *work);
    bool (*tx_stopped)(const struct driver *driver);
    int (*reset)(struct driver *driver);
    int (*set_filter)(struct driver *driver, bool promiscuous, bool all_multicast,
                      const uint8_t (*addresses)[6], unsigned count);
    int (*set_unicast)(struct driver *driver, const uint8_t (*addresses)[6], unsigned count);
    int (*set_mac)(struct driver *driver, const uint8_t mac[6]);
    void (*vlan_filter)(struct driver *driver, bool on);
    int (*vlan_want)(struct driver *driver, unsigned id, bool wanted);
    int (*set_media)(struct driver *driver, const struct e1000_media *media);
    void (*get_media)(const struct driver *driver, struct e1000_media *media);
    int (*get_cable)(struct driver *driver, struct e1000_cable *cable);
    int (*blink)(struct driver *driver, bool on);
    int (*harvest)(struct driver *driver);
    int (*dump)(struct driver *driver, unsigned i, struct e1000_register *reg);
    int (*set_wake)(struct driver *driver, uint32_t events, const uint8_t ipv4[4]);
    int (*suspend)(struct driver *driver);
    int (*resume)(struct driver *driver);
    uint32_t (*woken_by)(const struct driver *driver);
    int (*eeprom_read)(struct driver *driver, unsigned word, uint16_t *value);
    int (*eeprom_unlock)(struct driver *driver, uint32_t key);
    int (*eeprom_write)(struct driver *driver, unsigned first, const uint16_t *values,
                        unsigned count);
    int (*phy_read)(struct driver *driver, unsigned reg, uint16_t *value);
    int (*selftest)(struct driver *driver, uint32_t flags);
    void (*get_selftest)(const struct driver *driver, struct e1000_selftest *result);
    int (*get_job)(const struct driver *driver);
};

/* What every implementation begins with. */
struct driver {
    const struct driver_ops *ops;
    struct device *device;
    struct dmamem *memory;
};

extern const struct driver_ops driver_core;

#endif
