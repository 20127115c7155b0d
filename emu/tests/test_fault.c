/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults as such: the table, setting and clearing, when one fires, chance, events, snapshots. What
 * each of them does is in test_fault_effects.c, what they do to each other in test_fault_pairs.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "both_rings.h"
#include "chip.h"

#define US UINT64_C(1000)
#define MS (1000 * US)

static int set(struct fixture *f, const char *name, uint64_t arg, struct e1000emu_when when)
{
    const struct e1000emu_fault_setting setting = {.name = name, .arg = arg, .when = when};

    return e1000emu_fault_set(f->chip, &setting);
}

static void must_set(struct fixture *f, const char *name, struct e1000emu_when when)
{
    assert_int_equal(set(f, name, E1000EMU_FAULT_DEFAULT, when), 0);
}

/* Which of the next register reads, one each microsecond, return ones: bit n for the n-th. */
static uint32_t reads(struct fixture *f, unsigned count)
{
    uint32_t ones = 0;

    for (unsigned i = 0; i < count; i++) {
        ones |= fixture_read(f, REG_FCAL) == UINT32_MAX ? 1u << i : 0;
        fixture_run(f, US);
    }
    return ones;
}

/* ---- The table ------------------------------------------------------------------------------ */

static void check_words(const struct e1000emu_fault *row)
{
    assert_true(strspn(row->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(row->name));
    assert_true(strlen(row->summary) > 10 && strlen(row->summary) <= 100);
    assert_non_null(row->occurrence);
    assert_non_null(row->source);
    assert_true(row->whens & E1000EMU_WHEN_TIME);
    assert_true((row->arg == E1000EMU_ARG_NONE) == (row->arg_meaning == NULL));
    assert_true((row->arg == E1000EMU_ARG_CHOICE) == (row->choices != NULL));
    assert_true(row->arg_min <= row->arg_max);
    for (uint64_t i = 0; row->choices && i <= row->arg_max; i++)
        assert_non_null(row->choices[i]);
}

/* Each row is whole, found by its name, has a name of its own, and does something. */
static void test_table(void **state)
{
    const struct e1000emu_fault *row;
    size_t i;

    (void)state;
    for (i = 0; (row = e1000emu_fault_at(i)) != NULL; i++) {
        check_words(row);
        assert_ptr_equal(e1000emu_fault_find(row->name), row);
        assert_true(emu_fault_table[i].at || emu_fault_table[i].edge || emu_fault_table[i].tick ||
                    i == FAULT_DIRTY);
        assert_int_equal(emu_fault_table[i].ticks, emu_fault_table[i].tick != NULL);
    }
    assert_int_equal(i, EMU_FAULT_IDS);
    assert_null(e1000emu_fault_find("no-such-fault"));
}

/* ---- Setting and clearing ------------------------------------------------------------------- */

static void test_refused(void **state)
{
    const struct e1000emu_when always = {0}, count = {.from = 2}, sure = {.chance = 1000001};
    struct fixture *f = *state;

    assert_int_equal(set(f, "no-such-fault", E1000EMU_FAULT_DEFAULT, always), -ENOENT);
    assert_int_equal(set(f, "irq-lost", 1, always), -EINVAL); /* it takes no argument */
    assert_int_equal(set(f, "link-late", 0, always), -EINVAL);
    assert_int_equal(set(f, "link-late", UINT64_C(3600000000001), always), -EINVAL);
    assert_int_equal(set(f, "dma-read-error", 3, always), -EINVAL);
    assert_int_equal(set(f, "link-never", E1000EMU_FAULT_DEFAULT, count), -EINVAL);
    assert_int_equal(set(f, "irq-lost", E1000EMU_FAULT_DEFAULT, sure), -EINVAL);
    assert_int_equal(f->chip->faults.count, 0);
    assert_int_equal(f->chip->faulty, 0);
}

static void test_as_many_as_there_is_room_for(void **state)
{
    const struct e1000emu_when always = {0};
    struct fixture *f = *state;

    for (unsigned i = 0; i < E1000EMU_FAULTS_MAX; i++)
        must_set(f, i % 2 ? "irq-lost" : "rx-drop", always);
    assert_int_equal(set(f, "irq-lost", E1000EMU_FAULT_DEFAULT, always), -ENOSPC);
    e1000emu_fault_clear(f->chip, "irq-lost");
    assert_int_equal(f->chip->faults.count, E1000EMU_FAULTS_MAX / 2);
    assert_int_equal(f->chip->faulty, EMU_AT_RX_WIRE);
    e1000emu_fault_clear(f->chip, "no-such-fault");
    assert_int_equal(f->chip->faults.count, E1000EMU_FAULTS_MAX / 2);
    e1000emu_fault_clear(f->chip, NULL);
    assert_int_equal(f->chip->faults.count, 0);
    assert_int_equal(f->chip->faulty, 0);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

/* Faults of the configuration are there before power comes on; a bad one makes no chip. */
static void test_from_power_on(void **state)
{
    struct e1000emu_fault_setting faults[2] = {
        {.name = "eeprom-ones", .arg = E1000EMU_FAULT_DEFAULT},
        {.name = "link-never", .arg = E1000EMU_FAULT_DEFAULT}};
    const struct e1000emu_profile *silicon = e1000emu_profile_find("silicon");
    const struct e1000emu_config config = {.profile = silicon, .faults = faults, .fault_count = 2};
    struct fixture *f = fixture_new(&config);
    struct e1000emu_config bad = config;
    e1000emu *chip = NULL;

    (void)state;
    fixture_enable(f);
    assert_int_equal(e1000emu_config_read(f->chip, 0x2C, 4), 0x10088086); /* no valid signature */
    assert_int_equal(e1000emu_fault_fired(f->chip, "eeprom-ones"), 1);
    assert_int_equal(e1000emu_fault_fired(f->chip, "no-such-fault"), 0);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_SLU);
    fixture_run(f, 20000 * MS);
    assert_false(fixture_read(f, REG_STATUS) & STATUS_LU);
    bad.host = f->chip->host;
    fixture_free(f);
    faults[1].name = "no-such-fault";
    assert_int_equal(e1000emu_create(&chip, &bad), -ENOENT);
    assert_null(chip);
}

/* ---- When ----------------------------------------------------------------------------------- */

static void test_when_always(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(reads(f, 8), 0);
    must_set(f, "read-ones", (struct e1000emu_when){0});
    assert_int_equal(reads(f, 8), 0xFF);
    assert_int_equal(e1000emu_fault_fired(f->chip, "read-ones"), 8);
    e1000emu_fault_clear(f->chip, "read-ones");
    assert_int_equal(reads(f, 8), 0);
    assert_int_equal(e1000emu_fault_fired(f->chip, "read-ones"), 8);
}

static void test_when_counted(void **state)
{
    struct fixture *f = *state;

    must_set(f, "read-ones", (struct e1000emu_when){.from = 3});
    assert_int_equal(reads(f, 8), 0xFC);
    e1000emu_fault_clear(f->chip, NULL);
    must_set(f, "read-ones", (struct e1000emu_when){.from = 3, .times = 1});
    assert_int_equal(reads(f, 8), 0x04);
    e1000emu_fault_clear(f->chip, NULL);
    must_set(f, "read-ones", (struct e1000emu_when){.every = 3});
    assert_int_equal(reads(f, 8), 0x49);
    e1000emu_fault_clear(f->chip, NULL);
    must_set(f, "read-ones", (struct e1000emu_when){.from = 2, .every = 2, .times = 2});
    assert_int_equal(reads(f, 8), 0x0A);
    e1000emu_fault_clear(f->chip, NULL);
    must_set(f, "read-ones", (struct e1000emu_when){.times = 1});
    assert_int_equal(reads(f, 8), 0x01);
}

/* A read each microsecond, at 0, 1, 2 and so on. */
static void test_when_timed(void **state)
{
    struct fixture *f = *state;

    must_set(f, "read-ones", (struct e1000emu_when){.after = 3 * US});
    assert_int_equal(f->chip->faulty, 0);
    assert_int_equal(e1000emu_next_event(f->chip), f->now + 3 * US);
    assert_int_equal(reads(f, 8), 0xF8);
    e1000emu_fault_clear(f->chip, NULL);
    must_set(f, "read-ones", (struct e1000emu_when){.after = 3 * US, .lasts = 2 * US});
    assert_int_equal(reads(f, 8), 0x18);
    assert_int_equal(f->chip->faulty, 0);
    e1000emu_fault_clear(f->chip, NULL);
    must_set(f, "read-ones", (struct e1000emu_when){.lasts = 2 * US});
    assert_int_equal(reads(f, 8), 0x03);
    e1000emu_fault_clear(f->chip, NULL);
    must_set(f, "read-ones", (struct e1000emu_when){.after = 2 * US, .from = 2, .times = 2});
    assert_int_equal(reads(f, 8), 0x18);
    e1000emu_fault_clear(f->chip, NULL);
    must_set(f, "read-ones", (struct e1000emu_when){.after = UINT64_MAX, .lasts = UINT64_MAX});
    assert_int_equal(reads(f, 8), 0);
}

/* A quarter of a thousand reads, and not always the same ones. */
static void test_when_by_chance(void **state)
{
    struct fixture *f = *state;
    uint32_t first;

    must_set(f, "read-ones", (struct e1000emu_when){.chance = 250000});
    first = reads(f, 32);
    for (unsigned i = 0; i < 31; i++)
        reads(f, 32);
    assert_in_range(e1000emu_fault_fired(f->chip, "read-ones"), 200, 300);
    assert_int_not_equal(first, 0);
    must_set(f, "rx-drop", (struct e1000emu_when){.chance = 1000000});
    assert_int_not_equal(reads(f, 32), first);
}

/* The same seed, the same run, whatever else is set; another seed, another run; and two of the same
 * kind have a stream each. */
static void test_streams(void **state)
{
    const struct e1000emu_when half = {.chance = 500000};
    uint32_t seen[5];

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        const struct e1000emu_config config = {.seed = i == 2 ? 8 : 7};
        struct fixture *f = fixture_new(&config);

        fixture_enable(f);
        if (i == 1 || i == 3)
            must_set(f, i == 1 ? "write-lost" : "read-ones", half);
        fixture_write(f, REG_FCAH, 1);
        must_set(f, i == 4 ? "eerd-never" : "read-ones", half);
        if (i == 4)
            must_set(f, "read-ones", half);
        seen[i] = reads(f, 32);
        fixture_free(f);
    }
    assert_int_equal(seen[0], seen[1]);
    assert_int_equal(seen[0], seen[4]);
    assert_int_not_equal(seen[0], seen[2]);
    assert_int_not_equal(seen[0], seen[3]);
}

/* ---- Events and snapshots ------------------------------------------------------------------- */

static unsigned told;
static struct e1000emu_event last;

static void on_event(void *opaque, const struct e1000emu_event *event)
{
    (void)opaque;
    if (event->kind == E1000EMU_EVENT_FAULT) {
        told++;
        last = *event;
    }
}

static void test_event(void **state)
{
    const struct e1000emu_config config = {.host.event = on_event};
    struct fixture *f = fixture_new(&config);

    (void)state;
    fixture_enable(f);
    e1000emu_watch(f->chip, E1000EMU_WATCH_EVENTS, E1000EMU_WATCH_EVENTS);
    must_set(f, "read-ones", (struct e1000emu_when){.every = 2});
    fixture_run(f, 5 * US);
    reads(f, 4);
    assert_int_equal(told, 2);
    assert_ptr_equal(last.u.fault.row, e1000emu_fault_find("read-ones"));
    assert_int_equal(last.u.fault.fired, 2);
    assert_int_equal(last.time, 7 * US);
    fixture_free(f);
}

/* A run that goes on from a snapshot meets the same faults. */
static void test_snapshot(void **state)
{
    struct fixture *f = *state;
    size_t size;
    uint8_t *snapshot;
    uint32_t seen;

    must_set(f, "read-ones", (struct e1000emu_when){.chance = 500000, .after = 40 * US});
    must_set(f, "eeprom-ones", (struct e1000emu_when){0});
    must_set(f, "write-late", (struct e1000emu_when){0});
    reads(f, 16);
    fixture_write(f, REG_FCAL, 5);
    size = e1000emu_snapshot_size(f->chip);
    snapshot = malloc(size);
    assert_non_null(snapshot);
    assert_int_equal(e1000emu_save(f->chip, snapshot, size), size);
    seen = reads(f, 32);
    e1000emu_fault_clear(f->chip, NULL);
    assert_int_equal(f->chip->faulty, 0);
    assert_int_equal(e1000emu_load(f->chip, snapshot, size), 0);
    assert_int_equal(e1000emu_peek(f->chip, REG_FCAL), 0); /* the write is still on its way */
    assert_int_equal(f->chip->faults.count, 3);
    assert_int_equal(f->chip->faults.writes, 1);
    f->now = f->chip->now;
    assert_int_equal(reads(f, 32), seen);
    assert_int_equal(e1000emu_peek(f->chip, REG_FCAL), 5);
    free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test_setup_teardown(test_refused, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_as_many_as_there_is_room_for, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test(test_from_power_on),
        cmocka_unit_test_setup_teardown(test_when_always, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_when_counted, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_when_timed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_when_by_chance, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_event),
        cmocka_unit_test_setup_teardown(test_snapshot, fixture_setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
