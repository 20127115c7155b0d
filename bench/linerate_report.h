/* SPDX-License-Identifier: BSD-2-Clause */
/* What linerate found, as a table and as JSON. */
#ifndef BENCH_LINERATE_REPORT_H
#define BENCH_LINERATE_REPORT_H

#include "linerate.h"

#include <jansson.h>
#include <stdio.h>

/* Whether rings are looked for, and whether it goes by the computer's clock. */
struct linerate_kind {
    bool rings, wall;
};

/* One case and what came of it. */
struct linerate_row {
    struct linerate_case what;
    struct linerate_result result;
    unsigned ring; /* the smallest one that holds; 0: none */
    struct linerate_wall wall;
    const char *failure; /* it did not come about; NULL: it did */
};

/* "64", "IMIX" */
void linerate_size_text(uint32_t size, char text[8]);

/* The table's head for a speed, and its line of a case, with what was lost, by cause and counter,
 * below it. */
void linerate_print_head(FILE *stream, struct linerate_kind kind, unsigned mbps);
void linerate_print_row(FILE *stream, struct linerate_kind kind, const struct linerate_row *row);

/* An object about a case; NULL: out of memory. */
json_t *linerate_json(struct linerate_kind kind, const struct linerate_row *row);

#endif
