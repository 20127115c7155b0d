/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that driver and device share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dmamem.h"

/* A device that only remembers its windows. */
#define WINDOWS 128u

struct window {
    uint64_t bus, length;
    uint8_t *memory;
};

struct recorder {
    struct device base;
    struct window windows[WINDOWS];
    unsigned count, refuse; /* windows; how many more requests are refused */
};

static int record_map(struct device *device, uint64_t bus, uint64_t length, void *memory)
{
    struct recorder *r = (struct recorder *)device;

    if (r->refuse != 0) {
        r->refuse--;
        return -ENOSPC;
    }
    r->windows[r->count++] = (struct window){bus, length, memory};
    return 0;
}

static int record_unmap(struct device *device, uint64_t bus, uint64_t length)
{
    struct recorder *r = (struct recorder *)device;

    for (unsigned i = 0; i < r->count; i++)
        if (r->windows[i].bus == bus && r->windows[i].length == length) {
            r->windows[i] = r->windows[--r->count];
            return 0;
        }
    fail_msg("no window at 0x%llx", (unsigned long long)bus);
    return -ENOENT;
}

static const struct device_ops recorder_ops = {.dma_map = record_map, .dma_unmap = record_unmap};

struct fixture {
    struct recorder device;
    struct dmamem *memory;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->device.base.ops = &recorder_ops;
    assert_int_equal(dmamem_open(&f->memory, &f->device.base, 16u << 20), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    dmamem_close(f->memory);
    assert_int_equal(f->device.count, 0);
    free(f);
    return 0;
}

/* What the driver writes, the device sees at the bus address, and the other way round; the two have
 * different CPU addresses, and the bus address is neither. */
static void test_two_views(void **state)
{
    struct fixture *f = *state;
    struct e1000_dma block;
    uint8_t *seen;

    assert_int_equal(dmamem_alloc(f->memory, 100, 16, 0, &block), 0);
    assert_int_equal(f->device.count, 1);
    seen = f->device.windows[0].memory;
    assert_int_equal(f->device.windows[0].bus, block.bus);
    assert_int_equal(f->device.windows[0].length, 100);
    assert_ptr_not_equal(seen, block.cpu);
    assert_true(block.bus > 0xffffffffu && block.bus != (uintptr_t)block.cpu);
    memset(block.cpu, 0x5a, 100);
    assert_int_equal(seen[99], 0x5a);
    seen[0] = 0xa5;
    assert_int_equal(((uint8_t *)block.cpu)[0], 0xa5);
}

/* Alignment and boundaries are kept, blocks do not touch, memory comes zeroed even when used
 * before. */
static void test_placement(void **state)
{
    static const size_t sizes[] = {1, 4096, 60000, 65536, 5000, 30000};
    struct fixture *f = *state;
    struct e1000_dma blocks[6];

    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 6; i++) {
            const size_t align = (size_t)16 << 2 * i;

            assert_int_equal(dmamem_alloc(f->memory, sizes[i], align, 65536, &blocks[i]), 0);
            assert_int_equal(blocks[i].bus % align, 0);
            assert_int_equal(blocks[i].bus >> 16, (blocks[i].bus + sizes[i] - 1) >> 16);
            assert_int_equal(((uint8_t *)blocks[i].cpu)[sizes[i] - 1], 0);
            memset(blocks[i].cpu, 0xff, sizes[i]);
            for (unsigned j = 0; j < i; j++)
                assert_true(blocks[i].bus + sizes[i] < blocks[j].bus ||
                            blocks[j].bus + sizes[j] < blocks[i].bus);
        }
        assert_int_equal(dmamem_blocks(f->memory), 6);
        for (unsigned i = 0; i < 6; i++)
            dmamem_free(f->memory, &blocks[(i * 5 + round) % 6]);
        assert_int_equal(dmamem_blocks(f->memory), 0);
        assert_int_equal(f->device.count, 0);
    }
}

/* Requests that can't be met are refused and leave nothing behind. */
static void test_refused(void **state)
{
    struct fixture *f = *state;
    struct e1000_dma block = {.size = 42};

    assert_int_equal(dmamem_alloc(f->memory, 0, 16, 0, &block), -EINVAL);
    assert_int_equal(dmamem_alloc(f->memory, 16, 24, 0, &block), -EINVAL);
    assert_int_equal(dmamem_alloc(f->memory, 70000, 16, 65536, &block), -EINVAL);
    assert_int_equal(dmamem_alloc(f->memory, 17u << 20, 16, 0, &block), -ENOMEM);
    f->device.refuse = 1;
    assert_int_equal(dmamem_alloc(f->memory, 16, 16, 0, &block), -ENOMEM);
    assert_int_equal(block.size, 42);
    assert_int_equal(dmamem_blocks(f->memory), 0);
}

/* It says no when it is full, and what was freed can be used again. */
static void test_exhausted(void **state)
{
    struct fixture *f = *state;
    struct e1000_dma blocks[WINDOWS];
    unsigned count = 0;

    while (count < WINDOWS && dmamem_alloc(f->memory, 1u << 20, 4096, 0, &blocks[count]) == 0)
        count++;
    assert_in_range(count, 14, 16);
    dmamem_free(f->memory, &blocks[3]);
    assert_int_equal(dmamem_alloc(f->memory, 1u << 20, 4096, 0, &blocks[3]), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_two_views),
        TEST(test_placement),
        TEST(test_refused),
        TEST(test_exhausted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
