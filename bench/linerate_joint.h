/* SPDX-License-Identifier: BSD-2-Clause */
/* A case of linerate as a joint. */
#ifndef BENCH_LINERATE_JOINT_H
#define BENCH_LINERATE_JOINT_H

#include "linerate.h"

/* What the configuration points to. */
struct linerate_partners {
    struct e1000emu_partner partner;
    char in[160], out[160];
};

/* frames: each way, UINT64_MAX is without end; more: of the argument of gen. */
void linerate_arrange(struct joint_config *config, struct linerate_partners *partners,
                      const struct linerate_case *what, uint64_t frames, const char *more);

#endif
