/* SPDX-License-Identifier: BSD-2-Clause */
/* A fuzzer's input, taken from the front. What is missing at its end reads as zero, so that every
 * input means something. */
#ifndef EMU_TESTS_FUZZ_INPUT_H
#define EMU_TESTS_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
    const uint8_t *data;
    size_t left;
};

static inline uint8_t input_8(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->data++;
}

static inline uint16_t input_16(struct input *in)
{
    uint16_t low = input_8(in);

    return (uint16_t)(low | input_8(in) << 8);
}

static inline uint32_t input_32(struct input *in)
{
    uint32_t low = input_16(in);

    return low | (uint32_t)input_16(in) << 16;
}

static inline uint64_t input_64(struct input *in)
{
    uint64_t low = input_32(in);

    return low | (uint64_t)input_32(in) << 32;
}

/* Up to length bytes, in place. Returns how many there are. */
static inline size_t input_bytes(struct input *in, size_t length, const uint8_t **bytes)
{
    size_t n = length < in->left ? length : in->left;

    *bytes = in->data;
    in->data += n;
    in->left -= n;
    return n;
}

/* What the engine calls, or main.c where there is none. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
