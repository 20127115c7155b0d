/* SPDX-License-Identifier: BSD-2-Clause */
/* What the wire and the layer `gen` have made and seen, for who knows that they are that. */
#ifndef BENCH_GEN_ENDS_H
#define BENCH_GEN_ENDS_H

#include "above.h"
#include "gen.h"
#include "wire.h"

const struct gen *wire_gen_made(const struct wire *wire);
const struct gen_seen *wire_gen_seen(const struct wire *wire);

/* Of what the device has sent: bytes, without FCS, that have not passed the wire yet; nanoseconds
 * that the wire was busy; when it was first and last. */
struct wire_gen_out {
    uint64_t busy_ns, first_ns, last_ns;
};
const struct wire_gen_out *wire_gen_out(const struct wire *wire);
/* Bytes handed over that have not passed at a time. */
uint32_t wire_gen_backlog(const struct wire *wire, uint64_t now);

const struct gen *above_gen_made(const struct above *above);
const struct gen_seen *above_gen_seen(const struct above *above);

#endif
