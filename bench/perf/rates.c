/* SPDX-License-Identifier: BSD-2-Clause */
#include "rates.h"

void perf_best_init(struct perf_best *best)
{
    *best = (struct perf_best){.instructions = -1};
}

void perf_best_add(struct perf_best *best, const struct perf_slice *slice)
{
    double ns, instructions;

    if (slice->frames == 0 || slice->ns == 0)
        return;
    ns = (double)slice->ns / (double)slice->frames;
    if (best->slices == 0 || ns < best->ns)
        best->ns = ns;
    best->slices++;
    if (!slice->counted)
        return;
    instructions = (double)slice->instructions / (double)slice->frames;
    if (best->instructions < 0 || instructions < best->instructions)
        best->instructions = instructions;
}

double perf_mpps(const struct perf_best *best)
{
    return best->ns > 0 ? 1e3 / best->ns : 0;
}

double perf_gbps(const struct perf_best *best, uint32_t size)
{
    return best->ns > 0 ? 8.0 * (size + PERF_WIRE_OVERHEAD) / best->ns : 0;
}

double perf_ratio(const struct perf_best *best, const struct perf_best *of)
{
    return best->ns > 0 ? of->ns / best->ns : 0;
}

double perf_line_rate(uint32_t size)
{
    return 1e9 / (double)perf_line_ns(size);
}

uint64_t perf_line_ns(uint32_t size)
{
    return 8ull * (size + PERF_WIRE_OVERHEAD);
}
