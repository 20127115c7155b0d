/* SPDX-License-Identifier: BSD-2-Clause */
/* Meeting the chip, as text; shared by the commands `probe` and `run`. */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

#include "options.h"

#include <stdio.h>

/* Prints what is found, step by step. Returns 0, or -1 with one line in error when the driver does
 * not get to a link; what was found so far is printed then as well. The judge, whose level is that
 * of the options, is the caller's. */
int probe_print(FILE *stream, const struct options *options, struct judge *judge, char *error,
                size_t error_size);

#endif
