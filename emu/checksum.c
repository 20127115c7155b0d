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

#if defined(__x86_64__)
#include <immintrin.h>

/* The same, 64 bytes at a time. */
__attribute__((target("avx2"))) static uint64_t sum_avx2(const uint8_t *data, size_t length)
{
    const __m256i low = _mm256_set1_epi64x(0xffffffff);
    __m256i even[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    __m256i odd[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    uint64_t lanes[4];
    uint64_t sum = 0;

    for (; length >= 64; length -= 64, data += 64) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)data);
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(data + 32));

        even[0] = _mm256_add_epi64(even[0], _mm256_and_si256(a, low));
        odd[0] = _mm256_add_epi64(odd[0], _mm256_srli_epi64(a, 32));
        even[1] = _mm256_add_epi64(even[1], _mm256_and_si256(b, low));
        odd[1] = _mm256_add_epi64(odd[1], _mm256_srli_epi64(b, 32));
    }
    even[0] =
        _mm256_add_epi64(_mm256_add_epi64(even[0], even[1]), _mm256_add_epi64(odd[0], odd[1]));
    _mm256_storeu_si256((__m256i *)(void *)lanes, even[0]);
    for (unsigned i = 0; i < 4; i++)
        sum += lanes[i];
    return emu_checksum_add_bytes(sum, data, length);
}

uint64_t emu_checksum_many(const uint8_t *data, size_t length)
{
    if (__builtin_cpu_supports("avx2"))
        return sum_avx2(data, length);
    return emu_checksum_plain(data, length);
}
#else
uint64_t emu_checksum_many(const uint8_t *data, size_t length)
{
    return emu_checksum_plain(data, length);
}
#endif
