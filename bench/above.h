/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The column above the driver: who takes the frames that the driver received and makes it send
 * some. It is called by the scheduler, between the driver's calls, and may call the driver's data
 * path.
 */
#ifndef BENCH_ABOVE_H
#define BENCH_ABOVE_H

#include "driver.h"

struct above;
struct pollfd;

struct above_ops {
    void (*close)(struct above *above);
    /* Received fragments, whole frames; above owes the driver a recycle() for each. */
    void (*received)(struct above *above, struct driver *driver, const struct e1000_frag *frags,
                     unsigned count);
    /* The driver may have room to send, or sent some: reap, and send what is due. Returns whether
     * anything moved. */
    bool (*work)(struct above *above, struct driver *driver, uint64_t now);
    /* When it next wants to send something; BENCH_NEVER: only when called. */
    uint64_t (*next)(const struct above *above);
    /* It has nothing left to send and waits for nothing. */
    bool (*idle)(const struct above *above);
    /* As a wire's: of layers that live in real time. */
    void (*pump)(struct above *above, uint64_t now);
    unsigned (*wait_for)(struct above *above, struct pollfd *fds, unsigned max);
    void (*tell)(const struct above *above, char *line, size_t size);
};

/* What every implementation begins with. */
struct above {
    const struct above_ops *ops;
    uint64_t sent, received; /* frames that the driver took, and handed over */
    char failure[160];       /* as a wire's */
};

#endif
