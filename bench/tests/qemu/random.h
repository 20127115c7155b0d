/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that look random and follow from a seed (xorshift64*). */
#ifndef QEMU_RANDOM_H
#define QEMU_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint32_t random_u32(struct random *random)
{
    uint64_t x = random->state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return (uint32_t)((x * 0x2545f4914f6cdd1dull) >> 32);
}

/* Each step of a run has numbers of its own, so that it can be repeated alone. */
static inline struct random random_for(uint64_t seed, uint64_t step)
{
    struct random random = {(seed + 1) * 0x9e3779b97f4a7c15ull ^
                            (step + 1) * 0xd1342543de82ef95ull};

    if (random.state == 0)
        random.state = 1;
    for (unsigned i = 0; i < 8; i++)
        random_u32(&random);
    return random;
}

/* 0 to n - 1. */
static inline uint32_t random_below(struct random *random, uint32_t n)
{
    return (uint32_t)((uint64_t)random_u32(random) * n >> 32);
}

/* From low to high, both included. */
static inline uint32_t random_between(struct random *random, uint32_t low, uint32_t high)
{
    return low + random_below(random, high - low + 1);
}

/* True once in n times. */
static inline bool random_once_in(struct random *random, uint32_t n)
{
    return random_below(random, n) == 0;
}

/* Any bits; often few ones, few zeros, or a single bit. */
static inline uint32_t random_bits(struct random *random)
{
    switch (random_below(random, 6)) {
    case 0:
        return random_u32(random) & random_u32(random) & random_u32(random);
    case 1:
        return random_u32(random) | random_u32(random) | random_u32(random);
    case 2:
        return 1u << random_below(random, 32);
    case 3:
        return random_once_in(random, 2) ? 0 : UINT32_MAX;
    default:
        return random_u32(random);
    }
}

#endif
