/* SPDX-License-Identifier: BSD-2-Clause */
#include "firmware.h"

/* Where memory and I/O space are free; memory as on the machine of the page that this began with.
 */
#define MEMORY_BASE 0xd8900000ull
#define IO_BASE     0x2000ull

#define CONFIG_COMMAND 0x04u
#define CONFIG_BAR0    0x10u
#define CONFIG_ROM     0x30u

static uint32_t read_config(struct device *device, unsigned offset)
{
    return device->ops->config_read(device, offset, 4);
}

static void write_config(struct device *device, unsigned offset, uint32_t value)
{
    device->ops->config_write(device, offset, 4, value);
}

/* PCI 3.0, 6.2.5.1: bits that take a one are address bits; the lowest of them is the size. */
static uint32_t size_bits(struct device *device, unsigned offset, uint32_t ones)
{
    uint32_t bits;

    write_config(device, offset, ones);
    bits = read_config(device, offset);
    write_config(device, offset, 0);
    return bits;
}

static bool size_bar(struct device *device, unsigned offset, struct bar *bar)
{
    const bool rom = offset == CONFIG_ROM;
    const uint32_t low = size_bits(device, offset, rom ? 0xfffff800u : 0xffffffffu);
    uint64_t mask;

    *bar = (struct bar){.kind = BAR_NONE, .offset = offset};
    if (low == 0)
        return false;
    if (rom) {
        bar->kind = BAR_ROM;
        mask = 0xffffffff00000000ull | (low & 0xfffff800u);
    } else if ((low & 1) != 0) {
        bar->kind = BAR_IO;
        mask = 0xffffffff00000000ull | (low & ~3u);
    } else {
        bar->kind = BAR_MEMORY;
        bar->wide = (low & 6) == 4;
        mask = 0xffffffff00000000ull | (low & ~15u);
        if (bar->wide)
            mask = (uint64_t)size_bits(device, offset + 4, 0xffffffffu) << 32 | (low & ~15u);
    }
    bar->size = ~mask + 1;
    return true;
}

static void assign_bar(struct device *device, struct bar *bar, uint64_t *next)
{
    bar->address = (*next + bar->size - 1) & ~(bar->size - 1);
    *next = bar->address + bar->size;
    write_config(device, bar->offset, (uint32_t)bar->address);
    if (bar->wide)
        write_config(device, bar->offset + 4, (uint32_t)(bar->address >> 32));
}

unsigned firmware_assign(struct device *device, struct bar bars[FIRMWARE_BARS])
{
    uint64_t memory = MEMORY_BASE, io = IO_BASE;
    unsigned count = 0;

    device->ops->config_write(device, CONFIG_COMMAND, 2, 0);
    for (unsigned i = 0; i < FIRMWARE_BARS; i++)
        bars[i] = (struct bar){.kind = BAR_NONE};
    for (unsigned offset = CONFIG_BAR0; offset <= CONFIG_ROM; offset += 4) {
        if (offset >= CONFIG_BAR0 + 24 && offset != CONFIG_ROM)
            continue;
        if (!size_bar(device, offset, &bars[count]))
            continue;
        assign_bar(device, &bars[count], bars[count].kind == BAR_IO ? &io : &memory);
        offset += bars[count].wide ? 4 : 0;
        count++;
    }
    return count;
}
