/* SPDX-License-Identifier: BSD-2-Clause */
/* Drivers that are wrong on purpose: what passes between a driver and its device is changed on the
 * way, so that it shows whether the regression would find such a driver. */
#ifndef CHECK_SABOTAGE_H
#define CHECK_SABOTAGE_H

#include "device.h"

struct sabotage;

struct sabotage_row {
    const char *name;
    const char *summary;  /* what is done, one line */
    const char *rule;     /* which rule it breaks */
    const char *scenario; /* one that finds it out */
    /* Any of these may be NULL: then the access passes as it is. They pass it on themselves. */
    void (*write)(struct sabotage *sabotage, struct device *device, uint32_t offset,
                  uint32_t value);
    void (*io_write)(struct sabotage *sabotage, struct device *device, uint32_t offset,
                     uint32_t value);
    uint32_t (*read)(struct sabotage *sabotage, struct device *device, uint32_t offset);
    void (*config_write)(struct sabotage *sabotage, struct device *device, unsigned offset,
                         unsigned width, uint32_t value);
};

struct sabotage {
    struct device_ops ops; /* first: the device's ops lead here */
    const struct device_ops *real;
    const struct sabotage_row *row;
    uint32_t base, length; /* of the transmit ring, as written last */
    unsigned done;         /* how often it was done */
};

/* The i-th row, or NULL past the last one. */
const struct sabotage_row *sabotage_at(size_t i);

/* Puts it between; sabotage must stay until the device is closed. */
void sabotage_open(struct sabotage *sabotage, struct device *device,
                   const struct sabotage_row *row);

#endif
