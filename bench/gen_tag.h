/* SPDX-License-Identifier: BSD-2-Clause */
/* The tag at the end of a generated frame; see gen.h. */
#ifndef BENCH_GEN_TAG_H
#define BENCH_GEN_TAG_H

#include <stdbool.h>
#include <stdint.h>

/* Mark (2), number (6), sum (4), balance (2); all in network order. */
#define GEN_TAG         14u
#define GEN_TAG_SUM     8u /* where in the tag the sum begins */
#define GEN_MARK        0x67E1u
#define GEN_MARK_FORBID 0x67E2u /* of a frame that must have been dropped */

/* The sum of all bytes in front of it. The two addresses may change places: an echo does that. */
uint32_t gen_sum(const uint8_t *bytes, uint32_t length);

/* Writes a tag into the last bytes of a frame of this length; not summed: sum and balance are 0. */
void gen_put_tag(uint8_t *bytes, uint32_t length, uint32_t mark, uint64_t number, bool summed);

#endif
