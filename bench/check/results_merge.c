/* SPDX-License-Identifier: BSD-2-Clause */
/* The shards of one run, put together. */
#include "results.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What two parts differ in that must be one, or NULL. */
static const char *difference(const struct check_results *a, const struct check_results *b)
{
    if (!same(a->driver, b->driver))
        return "driver";
    if (!same(a->device, b->device))
        return "device";
    if (!same(a->profile, b->profile))
        return "profile";
    if (!same(a->sabotage, b->sabotage))
        return "sabotage";
    if (!same(a->level, b->level))
        return "level of checking";
    if (!same(a->filter, b->filter))
        return "filter";
    if (a->seed != b->seed)
        return "seed";
    if (a->total != b->total || a->shards != b->shards)
        return "number of scenarios or shards";
    return NULL;
}

/* Sorts a part's results to their numbers. Returns 0 or -1 with error. */
static int place(const struct check_results *part, const char *path, struct check_results *whole,
                 char *error, size_t error_size)
{
    for (size_t i = 0; i < part->count; i++) {
        const struct check_result *result = &part->results[i];

        if (result->number > whole->total) {
            snprintf(error, error_size, "%s: scenario %u of %u", path, result->number,
                     whole->total);
            return -1;
        }
        if (whole->results[result->number - 1].id != NULL) {
            snprintf(error, error_size, "%s: scenario %s was in another file already", path,
                     result->id);
            return -1;
        }
        whole->results[result->number - 1] = *result;
        whole->count++;
    }
    return 0;
}

/* Every shard must be there. An interrupted run may lack results. */
static int complete(const struct check_results *parts, size_t count,
                    const struct check_results *whole, char *error, size_t error_size)
{
    for (unsigned shard = 1; shard <= whole->shards; shard++) {
        bool there = false;

        for (size_t i = 0; i < count; i++)
            there |= parts[i].shard == shard;
        if (!there) {
            snprintf(error, error_size, "shard %u of %u is missing", shard, whole->shards);
            return -1;
        }
    }
    if (whole->count < whole->total && !whole->interrupted) {
        snprintf(error, error_size, "%u of %u scenarios are missing",
                 whole->total - (unsigned)whole->count, whole->total);
        return -1;
    }
    return 0;
}

/* Those that did not run leave no holes. */
static void close_up(struct check_results *whole)
{
    size_t n = 0;

    for (size_t i = 0; i < whole->total; i++)
        if (whole->results[i].id != NULL)
            whole->results[n++] = whole->results[i];
}

int results_merge(const struct check_results *parts, const char *const *paths, size_t count,
                  struct check_results *whole, char *error, size_t error_size)
{
    int status = 0;

    *whole = parts[0];
    whole->owner = NULL;
    whole->count = 0;
    whole->shard = 1;
    whole->seconds = 0;
    whole->results = calloc((size_t)whole->total + 1, sizeof(whole->results[0]));
    if (whole->results == NULL) {
        snprintf(error, error_size, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < count && status == 0; i++) {
        const char *what = difference(&parts[0], &parts[i]);

        if (what != NULL) {
            snprintf(error, error_size, "%s and %s are of different runs: not the same %s",
                     paths[0], paths[i], what);
            status = -1;
            break;
        }
        whole->interrupted |= parts[i].interrupted;
        whole->seconds += parts[i].seconds;
        status = place(&parts[i], paths[i], whole, error, error_size);
    }
    if (status == 0)
        status = complete(parts, count, whole, error, error_size);
    if (status < 0) {
        free(whole->results);
        *whole = (struct check_results){.count = 0};
        return -1;
    }
    close_up(whole);
    whole->shards = 1;
    return 0;
}
