/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rig gives the core for DMA memory; see rig.h. */
#ifndef RIG_MEMORY_H
#define RIG_MEMORY_H

#include "rig.h"

int rig_dma_alloc(void *context, size_t size, size_t align, size_t boundary,
                  struct e1000_dma *memory);
void rig_dma_free(void *context, struct e1000_dma *memory);
/* Under AddressSanitizer the core may not touch what is the device's. */
void rig_dma_owner(void *context, const struct e1000_dma *memory, size_t offset, size_t length,
                   bool device);

#endif
