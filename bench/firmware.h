/* SPDX-License-Identifier: BSD-2-Clause */
/* What a machine's firmware does with a PCI device before any driver sees it: sizes the BARs and
 * gives them addresses. It leaves memory space, I/O space and bus mastering off, as VMware's does.
 */
#ifndef BENCH_FIRMWARE_H
#define BENCH_FIRMWARE_H

#include "device.h"

#define FIRMWARE_BARS 7u /* six registers and the expansion ROM */

enum bar_kind { BAR_NONE, BAR_MEMORY, BAR_IO, BAR_ROM };

struct bar {
    enum bar_kind kind;
    unsigned offset; /* in configuration space */
    bool wide;       /* 64-bit: the next register is its upper half */
    uint64_t address, size;
};

/* Fills bars[] in order of offset; unused entries have kind BAR_NONE. Returns how many there are.
 */
unsigned firmware_assign(struct device *device, struct bar bars[FIRMWARE_BARS]);

#endif
