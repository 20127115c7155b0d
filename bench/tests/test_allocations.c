/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that come and go cost no memory: once driver and chip run, neither of them, nor what the
 * bench has in between, asks for any. The linker sends all calls for memory here (--wrap).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "perf/frames.h"
#include "perf/measure.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t align, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);
void __wrap_free(void *memory);

static unsigned calls;

void *__wrap_malloc(size_t size)
{
    calls++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    calls++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    calls++;
    return __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t align, size_t size)
{
    calls++;
    return __real_aligned_alloc(align, size);
}

void __wrap_free(void *memory)
{
    calls += memory != NULL;
    __real_free(memory);
}

static const struct perf_case cases[] = {
    {.size = 60, .burst = 32, .direction = PERF_RX},
    {.size = 60, .burst = 32, .direction = PERF_TX},
    {.size = 1514, .burst = 32, .direction = PERF_BOTH},
    {.size = 1514, .burst = 32, .direction = PERF_BOTH, .offload = PERF_OFFLOAD_CHECKSUM},
    {.size = 4000, .burst = 3, .direction = PERF_BOTH, .offload = PERF_OFFLOAD_CHECKSUM},
    {.size = 60, .burst = 32, .direction = PERF_BOTH, .check = JUDGE_ON},
    {.size = 60, .burst = 32, .direction = PERF_BOTH, .check = JUDGE_DEEP},
};

static void frames_cost_no_memory(void **state)
{
    static const uint8_t mac[6] = {0x00, 0x0c, 0x29, 0x69, 0x17, 0x26};
    char error[256] = "";

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct session_config config;
        struct perf_rig *rig;

        session_defaults(&config);
        config.device.mac = mac;
        calls = 0;
        rig = perf_rig_open(&config, &cases[i], error, sizeof(error));
        if (rig == NULL)
            fail_msg("case %zu: %s", i, error);
        assert_true(calls > 0); /* they are counted at all */
        calls = 0;
        assert_int_equal(perf_rig_run(rig, 2 * PERF_FRAMES, error, sizeof(error)), 0);
        assert_int_equal(calls, 0);
        perf_rig_close(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_cost_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
