/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for rings and receive buffers. */
#include "internal.h"

#define NO_CROSSING 0x10000u /* where E1000_QUIRK_CROSSES_64K */
#define RING_ALIGN  128u
#define PAD_BYTES   64u
#define LINE_ALIGN  64u /* a buffer begins on a cache line of its own */

static bool well_placed(const struct e1000_dma *memory, size_t align, size_t boundary)
{
    uint64_t last = memory->bus + memory->size - 1;

    return memory->cpu && !(memory->bus & (align - 1)) &&
           (!boundary || !((memory->bus ^ last) & ~(uint64_t)(boundary - 1)));
}

void e1000_memory_put(struct e1000_dev *dev, struct e1000_dma *memory)
{
    if (memory->size)
        dev->os->dma_free(dev->context, memory);
    memset(memory, 0, sizeof *memory);
}

/* Memory where it was asked for, or none. */
static bool allocate(struct e1000_dev *dev, size_t size, size_t align, size_t boundary,
                     struct e1000_dma *memory)
{
    if (dev->os->dma_alloc(dev->context, size, align, boundary, memory))
        return false;
    memory->size = size;
    if (well_placed(memory, align, boundary))
        return true;
    e1000_log(dev, E1000_LOG_ERROR, "the DMA memory is not where it was asked for");
    e1000_memory_put(dev, memory);
    return false;
}

int e1000_memory_get(struct e1000_dev *dev, size_t size, size_t align, size_t boundary,
                     struct e1000_dma *memory)
{
    return allocate(dev, size, align, boundary, memory) ? E1000_OK : E1000_ERR_MEMORY;
}

/* A ring that must not cross anything is aligned to its own size. */
static bool allocate_ring(struct e1000_dev *dev, struct e1000_ring *ring, uint32_t count)
{
    size_t size = count * sizeof(struct e1000_desc);
    size_t align = RING_ALIGN, boundary = 0;
    struct e1000_dma memory = {0};

    if (dev->quirks & E1000_QUIRK_CROSSES_64K) {
        boundary = NO_CROSSING;
        while (align < size)
            align *= 2;
    }
    if (!allocate(dev, size, align, boundary, &memory))
        return false;
    *ring = (struct e1000_ring){.desc = memory.cpu, .count = count, .memory = memory};
    return true;
}

/* On multiples of their size, a power of two up to 16 KiB, buffers don't cross 64 KiB. */
static bool allocate_buffers(struct e1000_dev *dev)
{
    size_t align = LINE_ALIGN;

    dev->buffer_size = dev->params.rx_buffer_size;
    if (dev->quirks & E1000_QUIRK_CROSSES_64K)
        align = dev->buffer_size;

    while (dev->buffer_count < dev->params.rx_buffers) {
        uint32_t left = dev->params.rx_buffers - dev->buffer_count;
        uint32_t buffers = left < E1000_POOL_BUFFERS ? left : E1000_POOL_BUFFERS;
        struct e1000_dma memory = {0};

        if (!allocate(dev, (size_t)buffers * dev->buffer_size, align, 0, &memory))
            return false;
        dev->pool[dev->pool_count] = memory;
        dev->pool_cpu[dev->pool_count] = memory.cpu;
        dev->pool_bus[dev->pool_count] = memory.bus;
        dev->pool_count++;
        while (buffers--)
            dev->free_buffer[dev->free_count++] = dev->buffer_count++;
    }
    return true;
}

/* Small buffers, numbered behind the large ones. */
static bool allocate_copies(struct e1000_dev *dev)
{
    uint32_t size = (dev->params.copybreak + LINE_ALIGN - 1) / LINE_ALIGN * LINE_ALIGN;

    if (!size)
        return true;
    if (!allocate(dev, (size_t)size * E1000_MAX_COPIES, LINE_ALIGN, 0, &dev->copies))
        return false;
    dev->copy_size = size;
    dev->copy_limit = dev->params.copybreak;
    while (dev->copy_count < E1000_MAX_COPIES)
        dev->copy_free[dev->copy_free_count++] = (uint16_t)dev->copy_count++;
    return true;
}

/* Room for the headers that go with each descriptor. */
static bool allocate_headers(struct e1000_dev *dev)
{
    uint32_t count = dev->params.tx_offload ? dev->tx.count : 0;

    for (uint32_t i = 0; i * E1000_HEADER_POOL < count; i++) {
        uint32_t left = count - i * E1000_HEADER_POOL;
        uint32_t headers = left < E1000_HEADER_POOL ? left : E1000_HEADER_POOL;

        if (!allocate(dev, (size_t)headers * E1000_HEADER_SIZE, E1000_HEADER_SIZE, 0,
                      &dev->header[i]))
            return false;
    }
    return true;
}

int e1000_memory_alloc(struct e1000_dev *dev)
{
    if (allocate_ring(dev, &dev->rx, dev->params.rx_ring) &&
        allocate_ring(dev, &dev->tx, dev->params.tx_ring) &&
        allocate(dev, PAD_BYTES, PAD_BYTES, 0, &dev->pad) && allocate_headers(dev) &&
        allocate_copies(dev) && allocate_buffers(dev))
        return E1000_OK;
    e1000_memory_free(dev);
    return E1000_ERR_MEMORY;
}

/* Posted buffers belong to the CPU again. */
static void take_back(struct e1000_dev *dev)
{
    struct e1000_ring *ring = &dev->rx;

    for (; ring->cons != ring->prod; ring->cons++) {
        uint32_t buffer = dev->rx_buffer[ring->cons_slot];

        if (dev->os->dma_owner)
            e1000_buffer_owner(dev, buffer, dev->buffer_size, false);
        dev->free_buffer[dev->free_count++] = buffer;
        ring->cons_slot = e1000_next_slot(ring, ring->cons_slot);
    }
}

void e1000_rings_abandon(struct e1000_dev *dev)
{
    struct e1000_ring *rings[] = {&dev->rx, &dev->tx};

    take_back(dev);
    dev->counters.tx_abandoned += e1000_ring_used(&dev->tx);
    for (unsigned i = 0; i < 2; i++) {
        rings[i]->cons = rings[i]->prod;
        rings[i]->cons_slot = 0;
        rings[i]->prod_slot = 0;
    }
}

void e1000_memory_free(struct e1000_dev *dev)
{
    take_back(dev);
    for (uint32_t i = 0; i < dev->pool_count; i++)
        e1000_memory_put(dev, &dev->pool[i]);
    dev->pool_count = 0;
    dev->buffer_count = 0;
    dev->free_count = 0;
    dev->copy_limit = dev->copy_count = dev->copy_free_count = 0;
    dev->rx_discard = false;
    memset(dev->rx_lent, 0, sizeof dev->rx_lent);
    for (uint32_t i = 0; i < E1000_MAX_HEADERS; i++)
        e1000_memory_put(dev, &dev->header[i]);
    e1000_memory_put(dev, &dev->copies);
    e1000_memory_put(dev, &dev->rx.memory);
    e1000_memory_put(dev, &dev->tx.memory);
    e1000_memory_put(dev, &dev->pad);
    /* Without descriptors outstanding, e1000_reap() hands out all cookies that are left. */
    memset(&dev->rx, 0, sizeof dev->rx);
    memset(&dev->tx, 0, sizeof dev->tx);
}
