/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways to each reset: by the host, by both addresses of CTRL, and through the I/O window. */
#ifndef EMU_TESTS_RESETS_H
#define EMU_TESTS_RESETS_H

#include "fixture.h"

#define WAYS 6u

struct way {
    void (*reset)(struct fixture *f, enum e1000emu_reset kind);
    enum e1000emu_reset kind;
};

extern const struct way ways[WAYS];

#endif
