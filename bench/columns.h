/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The four columns of the bench: what there is above the driver, which drivers, devices and wires,
 * what each needs, and which of them go together. A further one is a file with its row, named in
 * columns.c.
 */
#ifndef BENCH_COLUMNS_H
#define BENCH_COLUMNS_H

#include "above.h"
#include "device.h"
#include "driver.h"
#include "wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    COLUMN_REAL_TIME = 1u << 0, /* lives in the computer's time, not in virtual time */
    COLUMN_ONCE = 1u << 1,      /* there can be only one in a process */
    COLUMN_ANSWERS = 1u << 2,   /* sends only when it has received something */
    COLUMN_TWO_ENDS = 1u << 3,  /* a wire with a bench at both ends */
    COLUMN_ARGUMENT = 1u << 4,  /* there must be something behind the colon */
    COLUMN_GROUPS = 1u << 5,    /* above: the driver has to receive every group address */
};

/* What every row of a column tells. */
struct column {
    const char *name;
    const char *argument; /* what may stand behind "name:", as in help; NULL: nothing */
    const char *summary;
    const char *needs; /* NULL: nothing that every computer has not */
    unsigned flags;    /* COLUMN_* */
    /* Whether it can be used here and now; else why not, a line. NULL: always. */
    bool (*usable)(char *why, size_t size);
    /* Whether an argument (or NULL) can be read, else -1 with one line in error; what has to do
     * with the rest of the setup, open() tells. NULL: open() tells all. */
    int (*check)(const char *argument, char *error, size_t size);
};

/* What wires and layers above the driver are made with. All of it outlives them. */
struct column_setup {
    const char *argument; /* what stood behind the colon; NULL: nothing */
    const struct bench_clock *clock;
    uint8_t mac[6];              /* of the NIC */
    uint8_t peer[6];             /* whom frames from above are for, unless something says so */
    unsigned mbps;               /* the link's speed */
    bool real_time;              /* the clock follows this computer's */
    uint32_t max_frame;          /* longest frame that the driver carries, bytes without FCS */
    uint64_t seed;               /* for what is left to chance */
    const struct driver *driver; /* above only */
    struct wire *other_end;      /* of a wire with two ends, when that is open already */
    struct dmamem *memory;       /* above only: for buffers to send from */
    const struct driver_config *driver_config; /* above only */
    const struct tap_space *space;             /* above only: where a tap is made; NULL: here */
};

/* open() returns 0, or -1 with one line in error. The device's link is up then. */
struct wire_kind {
    struct column column;
    int (*open)(struct wire **wire, const struct column_setup *setup, char *error, size_t size);
};

struct above_kind {
    struct column column;
    int (*open)(struct above **above, const struct column_setup *setup, char *error, size_t size);
};

struct driver_kind {
    struct column column;
    const struct driver_ops *ops;
};

struct device_kind {
    struct column column;
    const struct device_ops *ops;
};

enum column_id { COLUMN_ABOVE, COLUMN_DRIVER, COLUMN_DEVICE, COLUMN_WIRE, COLUMNS };

/* The i-th row of a column; NULL past the last. */
const struct column *columns_at(enum column_id id, size_t i);

/* "above", "driver", "device", "wire" */
const char *columns_name(enum column_id id);

/* The row that a text names: "live:eth0". *argument is what stands behind the colon, NULL without
 * one. Returns NULL with one line in error: no such row, an argument too many or one missing. */
const struct wire_kind *columns_wire(const char *text, const char **argument, char *error,
                                     size_t size);
const struct above_kind *columns_above(const char *text, const char **argument, char *error,
                                       size_t size);
const struct driver_kind *columns_driver(const char *text, char *error, size_t size);
const struct device_kind *columns_device(const char *text, char *error, size_t size);

/* Why these do not go together, a sentence; NULL: they do. other is what is above the driver at the
 * other end of a wire with two; NULL: the same. */
const char *columns_refuse(const struct above_kind *above, const struct above_kind *other,
                           const struct wire_kind *wire);

/* Each in a file of its own. */
extern const struct wire_kind wire_kind_gen;
extern const struct wire_kind wire_kind_loop;
extern const struct wire_kind wire_kind_pair;
extern const struct wire_kind wire_kind_pcap;
extern const struct wire_kind wire_kind_live;
extern const struct wire_kind wire_kind_tap;
extern const struct wire_kind wire_kind_dgram;
extern const struct wire_kind wire_kind_slirp;
extern const struct above_kind above_kind_sink;
extern const struct above_kind above_kind_echo;
extern const struct above_kind above_kind_gen;
extern const struct above_kind above_kind_pcap;
extern const struct above_kind above_kind_tap;
extern const struct above_kind above_kind_lwip;

#endif
