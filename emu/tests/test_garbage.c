/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the heap held before a chip was made can't be seen in it (T13, CVE-2024-21113), and the chip
 * asks for memory once. The linker sends calls of malloc and calloc here (--wrap).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "both_rings.h"
#include "mdio.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

static unsigned allocations;
static uint8_t garbage;
static bool exhausted;

void *__wrap_malloc(size_t size)
{
    void *memory = __real_malloc(size);

    allocations++;
    if (memory)
        memset(memory, garbage, size);
    return memory;
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return exhausted ? NULL : __real_calloc(count, size);
}

static struct both_rings rings;

static struct fixture *made_from(uint8_t byte, const char *profile)
{
    const struct e1000emu_config config = {.profile = e1000emu_profile_find(profile)};

    garbage = byte;
    return fixture_new(&config);
}

/* All that software can read, and what the chip shows of itself. */
static void expect_same(struct fixture *a, struct fixture *b)
{
    for (unsigned i = 0; i < 256; i += 4)
        assert_int_equal(e1000emu_config_read(a->chip, i, 4), e1000emu_config_read(b->chip, i, 4));
    for (uint32_t i = 0; i < 0x20000; i += 4)
        assert_int_equal(e1000emu_peek(a->chip, i), e1000emu_peek(b->chip, i));
    for (uint32_t i = 0; i < 0x10000; i += 4)
        assert_int_equal(fixture_read(a, i), fixture_read(b, i));
    assert_true(e1000emu_next_event(a->chip) == e1000emu_next_event(b->chip));
    assert_int_equal(a->level, b->level);
    assert_int_equal(a->edges, b->edges);
    assert_int_equal(e1000emu_get_leds(a->chip), e1000emu_get_leds(b->chip));
    for (unsigned pin = 0; pin < 8; pin++)
        assert_int_equal(e1000emu_get_sdp(a->chip, pin), e1000emu_get_sdp(b->chip, pin));
}

/* A driver's first minute. Memory afterwards is a part of what can be seen. */
static void use(struct fixture *f)
{
    uint8_t frame[1500];
    const uint8_t *data;

    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    for (uint32_t length = 14; length < 1500; length += 13) {
        fixture_make_frame(frame, length, both_station, length);
        fixture_receive(f, frame, length, 0);
        both_take(f, &rings, &data);
        both_send(f, &rings, both_partner, length, length);
    }
    both_start(f, &rings, RCTL_SBP, false); /* frames wait in the packet buffer */
    for (uint32_t length = 1; length < 100; length++) {
        fixture_make_frame(frame, length, both_station, length);
        fixture_receive(f, frame, length, 0);
    }
    for (unsigned reg = 0; reg < 32; reg++)
        mdio_transfer(f, MDIC_OP_READ | 1u << MDIC_PHY_SHIFT | reg << MDIC_REG_SHIFT);
    fixture_run(f, 10 * MS);
}

/* Two chips, made from memory full of zeros and of ones, are the same, new and after the same use,
 * in every profile. */
static void test_T13_nothing_of_the_heap(void **state)
{
    const struct e1000emu_profile *profile;

    (void)state;
    for (size_t i = 0; (profile = e1000emu_profile_at(i)); i++) {
        struct fixture *a = made_from(0x00, profile->name), *b = made_from(0xff, profile->name);

        fixture_enable(a);
        fixture_enable(b);
        expect_same(a, b);
        use(a);
        use(b);
        expect_same(a, b);
        assert_memory_equal(a->memory, b->memory, FIXTURE_MEMORY);
        assert_int_equal(a->sent_count, b->sent_count);
        for (size_t k = 0; k < a->sent_count; k++) {
            assert_int_equal(a->sent[k].length, b->sent[k].length);
            assert_memory_equal(a->sent[k].data, b->sent[k].data, a->sent[k].length);
        }
        fixture_free(a);
        fixture_free(b);
    }
}

static size_t no_wire(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    return count;
}

static void no_interrupt(void *opaque, bool asserted)
{
    (void)opaque;
    (void)asserted;
}

/* One allocation makes a chip; nothing that is done with it makes another. */
static void one_allocation_a_chip(void **state)
{
    const struct e1000emu_config config = {
        .host = {.interrupt = no_interrupt, .transmit = no_wire}};
    struct fixture f = {.memory = calloc(1, FIXTURE_MEMORY)};
    unsigned before = allocations;

    (void)state;
    assert_int_equal(e1000emu_create(&f.chip, &config), 0);
    assert_int_equal(allocations, before + 1);
    assert_int_equal(e1000emu_dma_map(f.chip, FIXTURE_BUS, FIXTURE_MEMORY, f.memory, 3), 0);
    fixture_enable(&f);
    use(&f);
    e1000emu_reset(f.chip, E1000EMU_RESET_POWER);
    assert_int_equal(allocations, before + 1);
    e1000emu_destroy(f.chip);
    free(f.memory);
}

/* Without memory there is no chip, and whoever asked for it knows. */
static void no_memory_no_chip(void **state)
{
    const struct e1000emu_config config = {
        .host = {.interrupt = no_interrupt, .transmit = no_wire}};
    e1000emu *chip = NULL;
    int status;

    (void)state;
    exhausted = true;
    status = e1000emu_create(&chip, &config);
    exhausted = false;
    assert_int_equal(status, -ENOMEM);
    assert_null(chip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_T13_nothing_of_the_heap),
        cmocka_unit_test(one_allocation_a_chip),
        cmocka_unit_test(no_memory_no_chip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
