/* SPDX-License-Identifier: BSD-2-Clause */
#include "checksum.h"

/* As 32-bit words in 64 bits: there is room for the carries of any frame, and a compiler makes
 * vectors of it. */
uint64_t emu_checksum_plain(const uint8_t *data, size_t length)
{
    uint64_t even = 0, odd = 0, quad;

    for (; length >= sizeof quad; length -= sizeof quad, data += sizeof quad) {
        memcpy(&quad, data, sizeof quad);
        even += quad & 0xffffffffu;
        odd += quad >> 32;
    }
    return emu_checksum_add_bytes(emu_checksum_join(even, odd), data, length);
}

uint64_t emu_checksum_copy_plain(uint8_t *to, const uint8_t *from, size_t length)
{
    uint64_t even = 0, odd = 0, quad;

    for (; length >= sizeof quad; length -= sizeof quad, from += sizeof quad, to += sizeof quad) {
        memcpy(&quad, from, sizeof quad);
        memcpy(to, &quad, sizeof quad);
        even += quad & 0xffffffffu;
        odd += quad >> 32;
    }
    memcpy(to, from, length);
    return emu_checksum_add_bytes(emu_checksum_join(even, odd), to, length);
}

#if defined(__x86_64__)
#include <immintrin.h>

/* The same, 64 bytes at a time. */
struct lanes {
    __m256i even[2], odd[2];
};

__attribute__((target("avx2"))) static inline void add_lanes(struct lanes *sum, __m256i a,
                                                             __m256i b)
{
    const __m256i low = _mm256_set1_epi64x(0xffffffff);

    sum->even[0] = _mm256_add_epi64(sum->even[0], _mm256_and_si256(a, low));
    sum->odd[0] = _mm256_add_epi64(sum->odd[0], _mm256_srli_epi64(a, 32));
    sum->even[1] = _mm256_add_epi64(sum->even[1], _mm256_and_si256(b, low));
    sum->odd[1] = _mm256_add_epi64(sum->odd[1], _mm256_srli_epi64(b, 32));
}

__attribute__((target("avx2"))) static inline uint64_t end_lanes(const struct lanes *sum)
{
    const __m256i all = _mm256_add_epi64(_mm256_add_epi64(sum->even[0], sum->even[1]),
                                         _mm256_add_epi64(sum->odd[0], sum->odd[1]));
    uint64_t lane[4];

    _mm256_storeu_si256((__m256i *)(void *)lane, all);
    /* Upper halves that are left in use make the next older instruction wait long. Compilers see to
     * that where a function ends, which is too late for what it calls. */
    _mm256_zeroupper();
    return lane[0] + lane[1] + lane[2] + lane[3];
}

__attribute__((target("avx2"))) static inline __m256i load(const uint8_t *from)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

__attribute__((target("avx2"))) static uint64_t sum_avx2(const uint8_t *data, size_t length)
{
    struct lanes sum = {{_mm256_setzero_si256(), _mm256_setzero_si256()},
                        {_mm256_setzero_si256(), _mm256_setzero_si256()}};
    uint64_t total;

    for (; length >= 64; length -= 64, data += 64)
        add_lanes(&sum, load(data), load(data + 32));
    total = end_lanes(&sum);
    return emu_checksum_add_bytes(total, data, length);
}

__attribute__((target("avx2"))) static uint64_t copy_avx2(uint8_t *to, const uint8_t *from,
                                                          size_t length)
{
    struct lanes sum = {{_mm256_setzero_si256(), _mm256_setzero_si256()},
                        {_mm256_setzero_si256(), _mm256_setzero_si256()}};
    uint64_t total;

    for (; length >= 64; length -= 64, from += 64, to += 64) {
        __m256i a = load(from), b = load(from + 32);

        _mm256_storeu_si256((__m256i *)(void *)to, a);
        _mm256_storeu_si256((__m256i *)(void *)(to + 32), b);
        add_lanes(&sum, a, b);
    }
    total = end_lanes(&sum);
    return emu_checksum_join(total, emu_checksum_copy_plain(to, from, length));
}

uint64_t emu_checksum_many(const uint8_t *data, size_t length)
{
    return __builtin_cpu_supports("avx2") ? sum_avx2(data, length)
                                          : emu_checksum_plain(data, length);
}

uint64_t emu_checksum_copy(uint8_t *to, const uint8_t *from, size_t length)
{
    return __builtin_cpu_supports("avx2") ? copy_avx2(to, from, length)
                                          : emu_checksum_copy_plain(to, from, length);
}
#else
uint64_t emu_checksum_many(const uint8_t *data, size_t length)
{
    return emu_checksum_plain(data, length);
}

uint64_t emu_checksum_copy(uint8_t *to, const uint8_t *from, size_t length)
{
    return emu_checksum_copy_plain(to, from, length);
}
#endif
