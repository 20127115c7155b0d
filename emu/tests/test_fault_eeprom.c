/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults of the EEPROM, together and while software programs it: what software has written stays,
 * and of the rest nothing is wrong once they are over.
 */
#include "chip.h"
#include "microwire.h"
#include "two_ports.h"

#define WORDS 64u

static void set(struct fixture *f, const char *name, uint64_t arg)
{
    const struct e1000emu_fault_setting setting = {.name = name, .arg = arg};

    assert_int_equal(e1000emu_fault_set(f->chip, &setting), 0);
}

static void set_any(struct fixture *f, const char *name)
{
    set(f, name, E1000EMU_FAULT_DEFAULT);
}

static void clear(struct fixture *f, const char *name)
{
    e1000emu_fault_clear(f->chip, name);
}

static void keep_image(struct fixture *f, uint16_t image[WORDS])
{
    for (uint32_t i = 0; i < WORDS; i++)
        image[i] = read_eerd(f, i);
}

static void assert_image(struct fixture *f, const uint16_t image[WORDS])
{
    for (uint32_t i = 0; i < WORDS; i++)
        assert_int_equal(read_eerd(f, i), image[i]);
}

static void program(struct fixture *f, uint32_t address, uint16_t value)
{
    assert_true(acquire(f));
    write_enable(f);
    write_word(f, address, value);
    assert_true(wait_ready(f));
    release(f);
}

/* A part that was never programmed takes what is written, ones too; the fault's end gives back the
 * other words alone. */
static void what_was_programmed_stays(void **state)
{
    struct fixture *f = *state;
    uint16_t image[WORDS];

    keep_image(f, image);
    set_any(f, "eeprom-ones");
    program(f, 3, image[3] ^ 0x1234);
    program(f, 4, 0xFFFF);
    program(f, 5, image[5]);
    assert_int_equal(read_eerd(f, 3), image[3] ^ 0x1234);
    assert_int_equal(read_eerd(f, 2), 0xFFFF);
    clear(f, "eeprom-ones");
    image[3] ^= 0x1234;
    image[4] = 0xFFFF;
    assert_image(f, image);
}

/* A checksum that was mended doesn't break when the fault that broke it is over. */
static void what_was_mended_stays(void **state)
{
    struct fixture *f = *state;
    uint16_t image[WORDS];

    keep_image(f, image);
    set_any(f, "eeprom-checksum");
    set(f, "eeprom-corrupt", 2 * 16);
    assert_int_equal(read_eerd(f, EE_CHECKSUM), image[EE_CHECKSUM] ^ 1);
    program(f, EE_CHECKSUM, image[EE_CHECKSUM]);
    program(f, 2, image[2]);
    assert_image(f, image);
    clear(f, "eeprom-corrupt");
    clear(f, "eeprom-checksum");
    assert_image(f, image);
}

/* In whichever order they begin and end, what is left is what those that are left do. */
static void faults_end_in_any_order(void **state)
{
    static const char *const names[] = {"eeprom-ones", "eeprom-corrupt", "eeprom-checksum"};
    struct fixture *f = *state;
    uint16_t image[WORDS];

    keep_image(f, image);
    for (unsigned order = 0; order < 9; order++) {
        for (unsigned i = 0; i < 3; i++)
            set_any(f, names[(order + i) % 3]);
        for (unsigned i = 0; i < 3; i++)
            clear(f, names[(order / 3 + i * (1 + order % 2)) % 3]);
        assert_image(f, image);
    }
}

/* Ones hide a turned bit; it is there again after them. */
static void a_bit_turns_under_ones(void **state)
{
    struct fixture *f = *state;
    uint16_t image[WORDS];

    keep_image(f, image);
    set(f, "eeprom-corrupt", 2 * 16 + 7);
    set_any(f, "eeprom-ones");
    assert_int_equal(read_eerd(f, 2), 0xFFFF);
    clear(f, "eeprom-ones");
    assert_int_equal(read_eerd(f, 2), image[2] ^ 0x80);
    clear(f, "eeprom-corrupt");
    assert_image(f, image);
}

/* Two functions have one part: either's fault is seen by both, and ends when it is over. */
static void two_functions_share_it(void **state)
{
    struct two_ports ports = two_ports_new("82546eb", NULL, 0);
    uint16_t image[WORDS];

    (void)state;
    keep_image(ports.a, image);
    set(ports.a, "eeprom-corrupt", 2 * 16);
    set(ports.b, "eeprom-corrupt", 2 * 16 + 1);
    assert_int_equal(read_eerd(ports.a, 2), image[2] ^ 3);
    assert_int_equal(read_eerd(ports.b, 2), image[2] ^ 3);
    clear(ports.a, NULL);
    assert_int_equal(read_eerd(ports.b, 2), image[2] ^ 2);
    set_any(ports.a, "eeprom-ones");
    program(ports.b, 3, 0x4321);
    clear(ports.a, NULL);
    clear(ports.b, NULL);
    image[3] = 0x4321;
    assert_image(ports.a, image);
    two_ports_free(&ports);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_programmed_stays, eeprom_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_was_mended_stays, eeprom_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(faults_end_in_any_order, eeprom_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_bit_turns_under_ones, eeprom_setup, fixture_teardown),
        cmocka_unit_test(two_functions_share_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
