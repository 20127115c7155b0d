/* SPDX-License-Identifier: BSD-2-Clause */
/* What every layer above the driver does first with received frames: look them up on the
 * scoreboard. */
#ifndef BENCH_ABOVE_CHECK_H
#define BENCH_ABOVE_CHECK_H

#include "above.h"
#include "frags.h"
#include "scoreboard.h"

static inline const struct e1000emu_frame *above_check(struct scoreboard *board,
                                                       const struct e1000_frag *frags, unsigned n)
{
    return n == 1 ? scoreboard_got(board, frags[0].data, frags[0].length)
                  : scoreboard_got_frags(board, frags, n);
}

#endif
