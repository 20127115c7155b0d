/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "dmamem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef DMAMEM_POISONS
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

/* Above 4 GiB, so that a driver which loses the upper half of an address is found out. */
#define BUS_BASE   0x140000000ull
#define PAGE       4096u
#define MAX_BLOCKS 96u

struct block {
    size_t offset, size;
};

struct dmamem {
    struct device *device;
    uint8_t *device_view, *driver_view;
    size_t size;
    unsigned count;
    struct block blocks[MAX_BLOCKS]; /* in order of offset */
};

static void unmap(struct dmamem *memory)
{
    if (memory->driver_view != NULL && memory->driver_view != MAP_FAILED)
        munmap(memory->driver_view, memory->size);
    if (memory->device_view != NULL && memory->device_view != MAP_FAILED)
        munmap(memory->device_view, memory->size);
}

int dmamem_open(struct dmamem **result, struct device *device, size_t size)
{
    struct dmamem *memory = calloc(1, sizeof(*memory));
    int fd = memfd_create("e1000bench-dma", MFD_CLOEXEC);
    int status = 0;

    if (memory == NULL || fd < 0 || ftruncate(fd, (off_t)size) < 0) {
        status = memory == NULL ? -ENOMEM : -errno;
    } else {
        memory->device = device;
        memory->size = size;
        memory->device_view = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        memory->driver_view = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (memory->device_view == MAP_FAILED || memory->driver_view == MAP_FAILED)
            status = -errno;
    }
    if (fd >= 0)
        close(fd);
    if (status < 0) {
        if (memory != NULL)
            unmap(memory);
        free(memory);
        return status;
    }
    ASAN_POISON_MEMORY_REGION(memory->driver_view, size);
    *result = memory;
    return 0;
}

void dmamem_close(struct dmamem *memory)
{
    for (unsigned i = 0; i < memory->count; i++)
        memory->device->ops->dma_unmap(memory->device, BUS_BASE + memory->blocks[i].offset,
                                       memory->blocks[i].size);
    ASAN_UNPOISON_MEMORY_REGION(memory->driver_view, memory->size);
    unmap(memory);
    free(memory);
}

/* The first place at or after start where a block of this shape may lie; the base of bus addresses
 * is a multiple of any sensible alignment, so offsets are as good as addresses. */
static size_t place(size_t start, size_t size, size_t align, size_t boundary)
{
    size_t offset = (start + align - 1) & ~(align - 1);

    if (boundary != 0 && (offset & ~(boundary - 1)) != ((offset + size - 1) & ~(boundary - 1)))
        offset = (offset + boundary - 1) & ~(boundary - 1);
    return offset;
}

static bool power_of_two(size_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

int dmamem_alloc(struct dmamem *memory, size_t size, size_t align, size_t boundary,
                 struct e1000_dma *block)
{
    size_t offset = 0, end;
    unsigned i = 0;

    if (size == 0 || !power_of_two(align) || align > 1u << 20 ||
        (boundary != 0 && (!power_of_two(boundary) || boundary < size || boundary < align)))
        return -EINVAL;
    if (memory->count == MAX_BLOCKS || size > memory->size)
        return -ENOMEM;
    if (align < PAGE)
        align = PAGE;
    for (offset = place(PAGE, size, align, boundary); i < memory->count; i++) {
        if (offset + size + PAGE <= memory->blocks[i].offset)
            break;
        end = memory->blocks[i].offset + memory->blocks[i].size;
        offset = place(end + PAGE, size, align, boundary);
    }
    if (offset > memory->size - size)
        return -ENOMEM;
    if (memory->device->ops->dma_map(memory->device, BUS_BASE + offset, size,
                                     memory->device_view + offset) < 0)
        return -ENOMEM;
    memmove(&memory->blocks[i + 1], &memory->blocks[i],
            (memory->count - i) * sizeof(memory->blocks[0]));
    memory->blocks[i] = (struct block){.offset = offset, .size = size};
    memory->count++;
    ASAN_UNPOISON_MEMORY_REGION(memory->driver_view + offset, size);
    memset(memory->driver_view + offset, 0, size);
    *block = (struct e1000_dma){
        .cpu = memory->driver_view + offset, .bus = BUS_BASE + offset, .size = size};
    return 0;
}

void dmamem_free(struct dmamem *memory, struct e1000_dma *block)
{
    const size_t offset = (size_t)(block->bus - BUS_BASE);

    for (unsigned i = 0; i < memory->count; i++) {
        if (memory->blocks[i].offset != offset)
            continue;
        memory->device->ops->dma_unmap(memory->device, block->bus, memory->blocks[i].size);
        ASAN_POISON_MEMORY_REGION(memory->driver_view + offset, memory->blocks[i].size);
        memory->count--;
        memmove(&memory->blocks[i], &memory->blocks[i + 1],
                (memory->count - i) * sizeof(memory->blocks[0]));
        *block = (struct e1000_dma){0};
        return;
    }
}

void dmamem_owner(const struct e1000_dma *block, size_t offset, size_t length, bool device)
{
    if (device)
        ASAN_POISON_MEMORY_REGION((uint8_t *)block->cpu + offset, length);
    else
        ASAN_UNPOISON_MEMORY_REGION((uint8_t *)block->cpu + offset, length);
}

unsigned dmamem_blocks(const struct dmamem *memory)
{
    return memory->count;
}
