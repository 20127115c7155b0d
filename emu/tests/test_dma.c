/* SPDX-License-Identifier: BSD-2-Clause */
/* DMA windows: what may be mapped, what is found, and what happens where there is nothing. */
#include "fixture.h"

#include <errno.h>
#include <string.h>

#include "chip.h"

#define READ  E1000EMU_DMA_READ
#define WRITE E1000EMU_DMA_WRITE

static uint8_t bytes[4096];

static bool master_abort(struct fixture *f)
{
    bool set = e1000emu_config_read(f->chip, 6, 2) & 0x2000;

    e1000emu_config_write(f->chip, 6, 2, 0x2000);
    return set;
}

/* Windows that are empty, have no memory, run over the end of the address space, overlap, or are
 * one too many are refused, each with its error. */
static void bad_windows_are_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(e1000emu_dma_map(f->chip, 0x1000, 0, bytes, READ), -EINVAL);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x1000, 16, NULL, READ), -EINVAL);
    assert_int_equal(e1000emu_dma_map(f->chip, UINT64_MAX, 2, bytes, READ), -EINVAL);
    assert_int_equal(e1000emu_dma_map(f->chip, UINT64_MAX, 1, bytes, READ), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x1000, 0x1000, bytes, READ), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x1fff, 1, bytes, READ), -EEXIST);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x0fff, 2, bytes, READ), -EEXIST);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x0800, 0x2000, bytes, READ), -EEXIST);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x1400, 0x10, bytes, READ), -EEXIST);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x2000, 1, bytes, READ), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x0fff, 1, bytes, READ), 0);

    for (unsigned i = 5; i < EMU_DMA_WINDOWS; i++)
        assert_int_equal(e1000emu_dma_map(f->chip, 0x10000 + 16 * i, 16, bytes, READ), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x20000, 16, bytes, READ), -ENOSPC);
}

/* Only the very window that was mapped can be removed. */
static void unmapping_wants_the_same_place(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(e1000emu_dma_map(f->chip, 0x1000, 0x1000, bytes, READ), 0);
    assert_int_equal(e1000emu_dma_unmap(f->chip, 0x1000, 0x800), -ENOENT);
    assert_int_equal(e1000emu_dma_unmap(f->chip, 0x1800, 0x800), -ENOENT);
    assert_int_equal(e1000emu_dma_unmap(f->chip, 0x3000, 0x1000), -ENOENT);
    assert_int_equal(e1000emu_dma_unmap(f->chip, 0x1000, 0x1000), 0);
    assert_int_equal(e1000emu_dma_unmap(f->chip, 0x1000, 0x1000), -ENOENT);
}

/* Whatever the order of mapping, each byte is found at its own place. */
static void windows_are_found_in_any_order(void **state)
{
    struct fixture *f = *state;

    /* 37 is prime to 60: a scattered order of all of them. */
    for (unsigned i = 0; i < 60; i++) {
        unsigned k = i * 37 % 60;

        assert_int_equal(e1000emu_dma_map(f->chip, 0x1000 + 32 * k, 16, bytes + 16 * k, READ), 0);
    }
    for (unsigned k = 0; k < 60; k++) {
        for (unsigned user = 0; user < EMU_DMA_USERS; user++) {
            assert_ptr_equal(emu_dma_pointer(&f->chip->dma, user, 0x1000 + 32 * k + 5, 11, READ),
                             bytes + 16 * k + 5);
            assert_null(emu_dma_pointer(&f->chip->dma, user, 0x1000 + 32 * k + 5, 12, READ));
            assert_null(emu_dma_pointer(&f->chip->dma, user, 0x1000 + 32 * k + 16, 1, READ));
        }
    }
}

/* An access over adjacent windows is whole; one over a gap asks the callbacks for the gap. */
static void an_access_may_span_windows(void **state)
{
    struct fixture *f = *state;
    uint8_t a[8], b[8], data[24], back[24];

    assert_int_equal(e1000emu_dma_map(f->chip, 0x1000, 8, a, READ | WRITE), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x1008, 8, b, READ | WRITE), 0);
    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i + 1);
    assert_true(emu_dma_write(f->chip, 0x1000, data, 16));
    assert_memory_equal(a, data, 8);
    assert_memory_equal(b, data + 8, 8);
    assert_true(emu_dma_read(f->chip, 0x1004, back, 8));
    assert_memory_equal(back, data + 4, 8);
    assert_int_equal(f->dma_reads + f->dma_writes, 0);
    assert_false(master_abort(f));

    /* The gap is from 0x1010 on; the callback's bytes are their addresses. */
    f->dma_answers = true;
    assert_true(emu_dma_read(f->chip, 0x100c, back, 8));
    assert_memory_equal(back, data + 12, 4);
    assert_int_equal(back[4], 0x10);
    assert_int_equal(back[7], 0x13);
    assert_int_equal(f->dma_reads, 1);
    assert_true(emu_dma_write(f->chip, 0x0ffc, data, 8));
    assert_memory_equal(a, data + 4, 4);
    assert_int_equal(f->dma_writes, 1);

    f->dma_answers = false;
    assert_false(emu_dma_read(f->chip, 0x100c, back, 8));
    assert_true(master_abort(f));
}

/* Rights are seen from the chip; a window without them is an abort, not the callbacks' business. */
static void rights_are_kept(void **state)
{
    struct fixture *f = *state;
    uint8_t data[8] = {0};

    f->dma_answers = true;
    assert_int_equal(e1000emu_dma_map(f->chip, 0x1000, 16, bytes, READ), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, 0x2000, 16, bytes, WRITE), 0);
    assert_true(emu_dma_read(f->chip, 0x1000, data, 8));
    assert_true(emu_dma_write(f->chip, 0x2000, data, 8));
    assert_false(master_abort(f));
    assert_false(emu_dma_write(f->chip, 0x1000, data, 8));
    assert_true(master_abort(f));
    assert_false(emu_dma_read(f->chip, 0x2000, data, 8));
    assert_true(master_abort(f));
    assert_non_null(emu_dma_pointer(&f->chip->dma, EMU_DMA_RX_RING, 0x1000, 8, READ));
    assert_null(emu_dma_pointer(&f->chip->dma, EMU_DMA_RX_RING, 0x1000, 8, READ | WRITE));
    assert_int_equal(f->dma_reads + f->dma_writes, 0);
}

/* The top of the address space can be mapped and reached, but nothing wraps to address 0. */
static void the_end_of_the_address_space(void **state)
{
    struct fixture *f = *state;
    uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};

    f->dma_answers = true;
    assert_int_equal(e1000emu_dma_map(f->chip, UINT64_MAX - 15, 16, bytes, READ | WRITE), 0);
    assert_true(emu_dma_write(f->chip, UINT64_MAX - 7, data, 8));
    assert_memory_equal(bytes + 8, data, 8);
    assert_false(emu_dma_write(f->chip, UINT64_MAX - 3, data, 8));
    assert_true(master_abort(f));
    assert_false(emu_dma_read(f->chip, UINT64_MAX - 3, data, 8));
    assert_true(master_abort(f));
}

/* A window that is gone is gone at once, although it was the last one hit. */
static void removal_is_immediate(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(e1000emu_dma_map(f->chip, 0x1000, 16, bytes, READ), 0);
    assert_non_null(emu_dma_pointer(&f->chip->dma, EMU_DMA_TX_BUFFER, 0x1000, 16, READ));
    assert_int_equal(e1000emu_dma_unmap(f->chip, 0x1000, 16), 0);
    assert_null(emu_dma_pointer(&f->chip->dma, EMU_DMA_TX_BUFFER, 0x1000, 16, READ));
}

/* ---- The order of stores, seen through the callbacks ----------------------------------------- */

#define LOG_MAX 64

struct logged {
    uint64_t address;
    size_t length;
    uint8_t status; /* byte 12 of a descriptor */
};

static struct logged stores[LOG_MAX];
static unsigned store_count, stores_at_interrupt;
static unsigned fetches[8]; /* of each descriptor at 0x1000 */
static uint8_t host_memory[65536];

static bool log_read(void *opaque, uint64_t address, void *data, size_t length)
{
    (void)opaque;
    if (address + length > sizeof host_memory)
        return false;
    memcpy(data, host_memory + address, length);
    if (address >= 0x1000 && address < 0x1080)
        fetches[(address - 0x1000) / 16]++;
    return true;
}

static bool log_write(void *opaque, uint64_t address, const void *data, size_t length)
{
    (void)opaque;
    if (address + length > sizeof host_memory)
        return false;
    memcpy(host_memory + address, data, length);
    assert_in_range(store_count, 0, LOG_MAX - 1);
    stores[store_count++] = (struct logged){address, length, host_memory[(address | 15) - 3]};
    return true;
}

static void log_interrupt(void *opaque, bool asserted)
{
    (void)opaque;
    if (asserted)
        stores_at_interrupt = store_count;
}

static size_t no_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    return count;
}

/* Without any window all goes through the callbacks, which see the order that software may rely on:
 * data, then the descriptor with DD, the one with EOP last, then the interrupt. No descriptor is
 * read twice, so it can't say two different things. */
static void data_then_descriptor_then_interrupt(void **state)
{
    const struct e1000emu_config config = {.host = {.interrupt = log_interrupt,
                                                    .transmit = no_transmit,
                                                    .dma_read = log_read,
                                                    .dma_write = log_write}};
    struct fixture f = {0};
    uint8_t data[600];
    static const uint8_t broadcast[6] = {255, 255, 255, 255, 255, 255};

    (void)state;
    assert_int_equal(e1000emu_create(&f.chip, &config), 0);
    fixture_enable(&f);
    fixture_link_up(&f);
    memset(host_memory, 0, sizeof host_memory);
    memset(fetches, 0, sizeof fetches);
    for (unsigned i = 0; i < 8; i++)
        host_memory[0x1000 + 16 * i + 1] = (uint8_t)(0x20 + 0x10 * i);
    fixture_write(&f, REG_RDBAL, 0x1000);
    fixture_write(&f, REG_RDLEN, 128);
    fixture_write(&f, REG_RDT, 7);
    fixture_write(&f, REG_RCTL, RCTL_EN | RCTL_BAM | RCTL_SECRC | 3u << RCTL_BSIZE_SHIFT);
    fixture_read(&f, REG_ICR);
    fixture_write(&f, REG_IMS, ICR_RXT0);
    store_count = stores_at_interrupt = 0;

    fixture_make_frame(data, sizeof data, broadcast, 1);
    assert_int_equal(fixture_receive(&f, data, sizeof data, 0), E1000EMU_RX_STORED);
    assert_int_equal(store_count, 6);
    assert_int_equal(stores_at_interrupt, 6);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t buffer = 0x2000 + 0x1000 * i;

        assert_int_equal(stores[2 * i].address, buffer);
        assert_memory_equal(host_memory + buffer, data + 256 * i, i < 2 ? 256 : 88);
        assert_int_equal(stores[2 * i + 1].address, 0x1008 + 16 * i);
        assert_int_equal(stores[2 * i + 1].length, 8);
        assert_int_equal(fetches[i], 1);
        assert_int_equal(stores[2 * i + 1].status & 3, i < 2 ? 1 : 3);
    }
    e1000emu_destroy(f.chip);
}

#define DMA_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DMA_TEST(bad_windows_are_refused),
        DMA_TEST(unmapping_wants_the_same_place),
        DMA_TEST(windows_are_found_in_any_order),
        DMA_TEST(an_access_may_span_windows),
        DMA_TEST(rights_are_kept),
        DMA_TEST(the_end_of_the_address_space),
        DMA_TEST(removal_is_immediate),
        cmocka_unit_test(data_then_descriptor_then_interrupt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
