/* SPDX-License-Identifier: BSD-2-Clause */
/* The layer above `tap`: what its argument says. */
#ifndef BENCH_ABOVE_TAP_H
#define BENCH_ABOVE_TAP_H

#include <net/if.h>
#include <stddef.h>

/* What the host's stack leaves to the driver, and the driver's chip to the host. */
enum above_tap_offload {
    ABOVE_TAP_ALL,       /* checksums both ways, and cutting TCP */
    ABOVE_TAP_CHECKSUMS, /* checksums both ways */
    ABOVE_TAP_NONE,      /* the host does all itself */
};

struct above_tap_argument {
    char name[IF_NAMESIZE]; /* empty: not given */
    enum above_tap_offload offload;
};

/* "[NAME][,offload=on|csum|off]", NULL: nothing given. Returns 0, or -1 with one line in error. */
int above_tap_parse(const char *text, struct above_tap_argument *argument, char *error,
                    size_t size);

#endif
