/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "instructions.h"

#include <errno.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/perf_event.h>
#include <sys/syscall.h>

int perf_instructions_open(void)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof(attributes),
        .config = PERF_COUNT_HW_INSTRUCTIONS,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    const long counter = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

    return counter < 0 ? -errno : (int)counter;
}
#else
int perf_instructions_open(void)
{
    return -ENOSYS;
}
#endif

void perf_instructions_close(int counter)
{
    if (counter >= 0)
        close(counter);
}

bool perf_instructions_read(int counter, uint64_t *count)
{
    return counter >= 0 && read(counter, count, sizeof(*count)) == (ssize_t)sizeof(*count);
}
