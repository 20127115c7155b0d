/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The results of a regression, or of a part of it, and how they are written: TAP for people and
 * test harnesses, JUnit's XML for CI services, JSON for programs and for putting parts together.
 * But for times, the same results are written as the same bytes.
 */
#ifndef CHECK_RESULTS_H
#define CHECK_RESULTS_H

#include "outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct check_result {
    unsigned number; /* among all that were selected, from 1 */
    const char *id, *title;
    const struct outcome *outcome;
};

struct check_results {
    const char *driver, *device;
    const char *profile;  /* NULL: each scenario's own */
    const char *sabotage; /* NULL: none */
    const char *level;    /* of the checker: "deep" */
    const char *filter;   /* patterns, by spaces; "" none */
    uint64_t seed;
    unsigned total;               /* scenarios selected, of all shards */
    unsigned shard, shards;       /* 1 of 1: everything */
    bool interrupted;             /* results are missing */
    double seconds;               /* of this computer's time */
    struct check_result *results; /* in order of number */
    size_t count;
    void *owner; /* of strings and outcomes, when they were read */
};

/* How many have that status. */
size_t results_count(const struct check_results *results, enum check_status status);
/* One failed or crashed. */
bool results_failed(const struct check_results *results);

/* "e1000bench check --seed 1 --filter feature/attach" */
void results_command(const struct check_results *results, const char *id, char *text, size_t size);

/* TAP (version 13): first the plan, then a line for each, then the sums. */
void results_tap_begin(FILE *stream, const struct check_results *results, size_t count);
void results_tap_line(FILE *stream, const struct check_results *results,
                      const struct check_result *result, size_t number);
void results_tap_end(FILE *stream, const struct check_results *results);

/* Both write to a file, "-" is standard output. Return 0 or -1 with one line in error. */
int results_write_junit(const char *path, const struct check_results *results, char *error,
                        size_t error_size);
int results_write_json(const char *path, const struct check_results *results, char *error,
                       size_t error_size);

/* Reads what results_write_json() wrote. Returns 0 or -1 with one line in error. */
int results_read_json(const char *path, struct check_results *results, char *error,
                      size_t error_size);
void results_free(struct check_results *results);

/* Puts the shards of one run together; paths are for messages. Returns 0, or -1 with one line in
 * error when they are not of one run, or one is missing. *whole borrows from the parts; free its
 * results alone. */
int results_merge(const struct check_results *parts, const char *const *paths, size_t count,
                  struct check_results *whole, char *error, size_t error_size);

#endif
