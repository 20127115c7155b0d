/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drives QEMU's e1000-82545em and our model with the same random accesses, rings and frames, and
 * compares whatever can be seen. Every difference is one that known.c explains, or the test fails
 * and names the seed, the step, both values and the command that repeats it.
 *
 *   test-qemu-differential [--seed N] [--first N] [--steps N] [--table]
 *
 * A step begins with known registers and has random numbers of its own, made from seed and number:
 * --first and --steps 1 repeat one. --table prints the known differences and how often each showed.
 * The exit status is 77 when there is no QEMU.
 */
#define _GNU_SOURCE
#include "pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_STEPS 1100u

/* What a whole run must have compared at least. */
#define FULL_ACCESSES 100000u
#define FULL_FRAMES   10000u

struct options {
    uint64_t seed;
    uint32_t first, steps;
    bool table;
};

static bool number(const char *text, uint64_t *value)
{
    char *end;

    if (!text || *text < '0' || *text > '9')
        return false;
    *value = strtoull(text, &end, 0);
    return *end == '\0';
}

static bool parse(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        uint64_t value;

        if (strcmp(argv[i], "--table") == 0) {
            options->table = true;
            continue;
        }
        if (i + 1 == argc || !number(argv[i + 1], &value))
            return false;
        if (strcmp(argv[i], "--seed") == 0)
            options->seed = value;
        else if (strcmp(argv[i], "--first") == 0)
            options->first = (uint32_t)value;
        else if (strcmp(argv[i], "--steps") == 0)
            options->steps = (uint32_t)value;
        else
            return false;
        i++;
    }
    return true;
}

static void run_step(struct pair *pair, uint32_t step)
{
    pair->step = step;
    pair_baseline(pair);
    /* Whatever the baseline had to do, the step's numbers are its own. */
    pair->random = random_for(pair->seed, step);
    switch (step % 4) {
    case 0:
    case 2:
        step_registers(pair);
        break;
    case 1:
        step_transmit(pair);
        break;
    default:
        step_receive(pair);
        break;
    }
}

static void report(const struct pair *pair, double seconds)
{
    printf("seed %llu: %llu accesses, %llu frames sent and %llu received compared in %.1f s\n",
           (unsigned long long)pair->seed, (unsigned long long)pair->accesses,
           (unsigned long long)pair->frames_out, (unsigned long long)pair->frames_in, seconds);
}

/* A run that is long enough must have shown every row of the table. */
static bool complete(const struct pair *pair)
{
    unsigned unseen = known_unseen(&pair->hits);

    if (unseen > 0)
        printf("%u known differences never showed: fixed, or not provoked?\n", unseen);
    if (pair->accesses < FULL_ACCESSES || pair->frames_out < FULL_FRAMES ||
        pair->frames_in < FULL_FRAMES) {
        printf("a whole run compares at least %u accesses and %u frames each way\n", FULL_ACCESSES,
               FULL_FRAMES);
        return false;
    }
    return unseen == 0;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    static struct pair pair;
    struct options options = {.seed = 1, .steps = DEFAULT_STEPS};
    char version[32];
    double start = now();
    bool good;

    if (!parse(&options, argc, argv)) {
        fprintf(stderr, "usage: %s [--seed N] [--first N] [--steps N] [--table]\n", argv[0]);
        return 2;
    }
    if (!qemu_available(version, sizeof version)) {
        printf("skipped: qemu-system-x86_64 is not there (Debian: qemu-system-x86)\n");
        return 77;
    }
    printf("QEMU %s; the table of known differences was made with 7.2\n", version);
    fflush(stdout);
    pair_start(&pair, options.seed, argv[0]);
    for (uint32_t i = 0; i < options.steps; i++)
        run_step(&pair, options.first + i);
    report(&pair, now() - start);
    if (options.table)
        known_print(&pair.hits);
    good = options.steps < DEFAULT_STEPS || complete(&pair);
    pair_stop(&pair);
    return good ? 0 : 1;
}
