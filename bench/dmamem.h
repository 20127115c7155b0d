/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory that driver and device share: one memfd mapped twice, the device's view and the
 * driver's, so that under AddressSanitizer what the chip owns can be poisoned for the driver alone.
 * Bus addresses are never CPU pointers. Each allocation is a DMA window of its own, with unmapped
 * bus addresses on both sides: a device or driver that runs over an end is caught.
 */
#ifndef BENCH_DMAMEM_H
#define BENCH_DMAMEM_H

#include "device.h"
#include "e1000_core.h"

/* Under AddressSanitizer of gcc or clang, what the chip owns is poisoned. */
#if defined(__SANITIZE_ADDRESS__)
#define DMAMEM_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DMAMEM_POISONS 1
#endif
#endif

struct dmamem;

/* size: bytes of bus address space, backed by memory only where used. Returns 0 or -errno. */
int dmamem_open(struct dmamem **memory, struct device *device, size_t size);
void dmamem_close(struct dmamem *memory);

/* As e1000_os.dma_alloc and dma_free ask for it. Returns 0, -ENOMEM or -EINVAL. */
int dmamem_alloc(struct dmamem *memory, size_t size, size_t align, size_t boundary,
                 struct e1000_dma *block);
void dmamem_free(struct dmamem *memory, struct e1000_dma *block);

/* Says whose the bytes are; only under AddressSanitizer does it do anything. */
void dmamem_owner(const struct e1000_dma *block, size_t offset, size_t length, bool device);

/* Blocks that were never freed. */
unsigned dmamem_blocks(const struct dmamem *memory);

#endif
