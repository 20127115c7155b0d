/* SPDX-License-Identifier: BSD-2-Clause */
/* The rig's DMA memory: each piece is mapped twice, for the chip and for the core, so that what
 * belongs to the chip can be poisoned for the core alone. */
#define _GNU_SOURCE
#include "rig_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#define FIRST UINT64_C(0x234500000) /* over 4 GiB: high halves matter */
#define PAGE  4096u

#define BOUNDARY 0x10000u

/* A page more than needed lies behind each piece, for what runs over its end. */
static size_t mapped(size_t size)
{
    return (size + 2 * PAGE - 1) & ~(size_t)(PAGE - 1);
}

static void *map(int fd, size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    assert_true(memory != MAP_FAILED);
    return memory;
}

int rig_dma_alloc(void *context, size_t size, size_t align, size_t boundary,
                  struct e1000_dma *memory)
{
    struct rig *rig = context;
    struct rig_memory *place = rig->memory;
    uint64_t bus = FIRST;
    int fd;

    if (rig->fail_alloc && --rig->fail_alloc == 0)
        return -1;
    for (unsigned i = 0; i < RIG_MEMORIES; i++) {
        uint64_t end = rig->memory[i].bus + rig->memory[i].size;

        if (rig->memory[i].cpu && end > bus)
            bus = end;
    }
    while (place->cpu)
        assert_true(++place < rig->memory + RIG_MEMORIES);
    if (rig->crosses)
        bus = ((bus + BOUNDARY - 1) & ~(uint64_t)(BOUNDARY - 1)) + BOUNDARY - align;
    bus = (bus + align - 1) & ~(uint64_t)(align - 1);
    if (boundary && bus / boundary != (bus + size - 1) / boundary)
        bus = (bus / boundary + 1) * boundary;

    fd = memfd_create("rig", MFD_CLOEXEC);
    assert_true(fd >= 0 && ftruncate(fd, (off_t)mapped(size)) == 0);
    *place = (struct rig_memory){map(fd, mapped(size)), map(fd, mapped(size)), bus, size};
    close(fd);
    ASAN_POISON_MEMORY_REGION((uint8_t *)place->cpu + size, mapped(size) - size);
    assert_int_equal(
        e1000emu_dma_map(rig->chip, bus, size, place->chip, E1000EMU_DMA_READ | E1000EMU_DMA_WRITE),
        0);
    *memory = (struct e1000_dma){place->cpu, bus, size, place};
    rig->live++;
    return 0;
}

void rig_dma_free(void *context, struct e1000_dma *memory)
{
    struct rig *rig = context;
    struct rig_memory *place = memory->handle;

    assert_ptr_equal(place->cpu, memory->cpu);
    oracle_unmapped(rig->oracle, place->bus, place->size);
    assert_int_equal(e1000emu_dma_unmap(rig->chip, place->bus, place->size), 0);
    ASAN_UNPOISON_MEMORY_REGION(place->cpu, mapped(place->size));
    munmap(place->cpu, mapped(place->size));
    munmap(place->chip, mapped(place->size));
    *place = (struct rig_memory){0};
    rig->live--;
}

void rig_dma_owner(void *context, const struct e1000_dma *memory, size_t offset, size_t length,
                   bool device)
{
    struct rig *rig = context;
    uint8_t *bytes = (uint8_t *)memory->cpu + offset;

    assert_true(length > 0 && offset + length <= memory->size);
    oracle_owner(rig->oracle, memory->bus + offset, device);
    if (device)
        ASAN_POISON_MEMORY_REGION(bytes, length);
    else
        ASAN_UNPOISON_MEMORY_REGION(bytes, length);
}
