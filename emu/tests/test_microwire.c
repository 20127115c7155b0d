/* SPDX-License-Identifier: BSD-2-Clause */
/* The 93C46 and 93C66 behind the pins of EECD (SDM 5.2, 13.4.3). */
#include "microwire.h"

#include <string.h>

#include "chip.h"

/* ---- EECD ----------------------------------------------------------------------------------- */

static void eecd_shows_presence_size_and_grant(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(eecd(f), EECD_EE_PRES | EECD_FWE_DIS);
    assert_true(acquire(f));
    assert_int_equal(eecd(f) & (EECD_EE_SIZE | EECD_EE_PRES | EECD_EE_REQ),
                     EECD_EE_PRES | EECD_EE_REQ);
    release(f);
    assert_int_equal(eecd(f), EECD_EE_PRES | EECD_FWE_DIS);
    fixture_write(f, REG_EECD, 0xFFFFFF88); /* read-only bits */
    assert_int_equal(eecd(f) & ~EECD_FWE, EECD_EE_PRES);
}

static void eecd_pins_are_dead_without_a_grant(void **state)
{
    struct fixture *f = *state;

    command(f, READ, 0x0C);
    assert_int_equal(shift_in(f, 16), 0x0000);
    deselect(f);
    assert_true(acquire(f));
    assert_int_equal(read_word(f, 0x0C), 0x15AD);
}

/* A driver that reads by hand gets the same words as EERD. */
static void microwire_reads_every_word(void **state)
{
    struct fixture *f = *state;

    for (uint32_t i = 0; i < 64; i++) {
        uint16_t expected = read_eerd(f, i);

        assert_true(acquire(f));
        assert_int_equal(read_word(f, i), expected);
        release(f);
    }
}

/* DO is low after the last address bit, so that software can size the part by it. */
static void microwire_read_begins_with_a_zero(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    assert_int_equal(read_word(f, 0x04), 0xFFFF); /* ends with a one on DO */
    select_part(f);
    assert_true(eecd(f) & EECD_DO);
    shift_out(f, READ, 3);
    shift_out(f, 0x0C, 6);
    assert_false(eecd(f) & EECD_DO);
    assert_int_equal(shift_in(f, 16), 0x15AD);
}

static void microwire_reads_on_into_the_next_word(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    command(f, READ, 0x3F);
    assert_int_equal(shift_in(f, 16), f->chip->eeprom.part.word[0x3F]);
    assert_int_equal(shift_in(f, 16), 0x0C00); /* wraps: 00:0c of the address */
    assert_int_equal(shift_in(f, 16), 0x6929);
}

/* Zeros before the start bit are no command, and CS low forgets half of one. */
static void microwire_waits_for_the_start_bit(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    select_part(f);
    shift_out(f, 0, 5);
    shift_out(f, READ, 3);
    shift_out(f, 0x0C, 6);
    assert_int_equal(shift_in(f, 16), 0x15AD);
    deselect(f);
    select_part(f);
    shift_out(f, READ, 3);
    shift_out(f, 0x0, 3);
    deselect(f);
    assert_int_equal(read_word(f, 0x0D), 0x100F);
}

/* Drivers raise CS while SK is high between words: that edge of SK is no clock. */
static void microwire_standby_while_sk_is_high(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    command(f, READ, 0x0C);
    shift_in(f, 16);
    set_eecd(f, EECD_CS | EECD_SK, 0);
    set_eecd(f, 0, EECD_SK);
    set_eecd(f, 0, EECD_CS | EECD_DI);
    set_eecd(f, EECD_SK | EECD_DI, 0);
    shift_out(f, READ, 3);
    shift_out(f, 0x0D, 6);
    assert_int_equal(shift_in(f, 16), 0x100F);
}

static void microwire_write_stores_a_word(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_enable(f);
    write_word(f, 0x30, 0xCAFE);
    assert_true(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0xCAFE);
    assert_int_equal(read_word(f, 0x31), 0x0000);
    release(f);
    assert_int_equal(read_eerd(f, 0x30), 0xCAFE);
}

/* Programming starts when CS falls; a command that lacks a bit does nothing. */
static void microwire_write_needs_all_bits(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_enable(f);
    command(f, WRITE, 0x30);
    shift_out(f, 0x7FFF, 15);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0x0000);
}

/* Clocks after the last bit, of a command that writes or of one that doesn't, change nothing. */
static void microwire_ignores_clocks_after_a_command(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    command(f, EXTENDED, EWEN << 4);
    shift_out(f, WRITE, 3); /* no new command before CS has been low */
    shift_out(f, 0x30, 6);
    shift_out(f, 0x1111, 16);
    deselect(f);
    assert_int_equal(read_word(f, 0x30), 0x0000);
    command(f, WRITE, 0x30);
    shift_out(f, 0xCAFE, 16);
    shift_out(f, 0xF, 4);
    assert_true(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0xCAFE);
}

/* The part powers up locked, EWEN unlocks it, EWDS locks it again. */
static void microwire_writes_only_while_enabled(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_word(f, 0x30, 0x1111);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0x0000);
    write_enable(f);
    write_word(f, 0x30, 0x2222);
    assert_true(wait_ready(f));
    extended(f, EWDS);
    deselect(f);
    write_word(f, 0x30, 0x3333);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0x2222);
}

static void microwire_erase_sets_a_word_to_ones(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    command(f, ERASE, 0x0C); /* locked */
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x0C), 0x15AD);
    write_enable(f);
    command(f, ERASE, 0x0C);
    assert_true(wait_ready(f));
    assert_int_equal(read_word(f, 0x0C), 0xFFFF);
    assert_int_equal(read_word(f, 0x0B), 0x0750);
    assert_int_equal(read_word(f, 0x0D), 0x100F);
}

static void microwire_eral_erases_all(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    extended(f, ERAL);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x0C), 0x15AD);
    write_enable(f);
    extended(f, ERAL);
    assert_true(wait_ready(f));
    for (uint32_t i = 0; i < 64; i++)
        assert_int_equal(read_word(f, i), 0xFFFF);
}

static void microwire_wral_writes_all(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    extended(f, WRAL);
    shift_out(f, 0xBEEF, 16);
    assert_false(wait_ready(f));
    write_enable(f);
    extended(f, WRAL);
    shift_out(f, 0xBEEF, 16);
    assert_true(wait_ready(f));
    for (uint32_t i = 0; i < 64; i++)
        assert_int_equal(read_word(f, i), 0xBEEF);
}

/* While it programs, the part hears nothing: the read after it gets no data. */
static void microwire_is_deaf_while_busy(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_enable(f);
    write_word(f, 0x30, 0xCAFE);
    deselect(f);
    assert_int_equal(read_word(f, 0x0C), 0x0000);
    release(f);
    fixture_write(f, REG_EERD, 0x3001);
    fixture_run(f, 100 * US);
    assert_int_equal(fixture_read(f, REG_EERD) & EERD_DONE, 0); /* and the engine waits */
    fixture_run(f, 10 * MS);
    assert_int_equal(fixture_read(f, REG_EERD), 0xCAFE3010);
}

/* 256 words, 8 address bits: a 93C66. */
static void microwire_of_the_large_part(void **state)
{
    uint16_t image[256];
    struct fixture *f;

    (void)state;
    for (unsigned i = 0; i < 256; i++)
        image[i] = (uint16_t)(0x1000 + i);
    f = eeprom_fixture("vmware", image, 256);
    assert_true(eecd(f) & EECD_EE_SIZE);
    assert_true(acquire(f));
    assert_int_equal(read_word(f, 0xA5), 0x10A5);
    write_enable(f);
    write_word(f, 0xFF, 0x1234);
    assert_true(wait_ready(f));
    command(f, READ, 0xFF);
    assert_int_equal(shift_in(f, 16), 0x1234);
    assert_int_equal(shift_in(f, 16), 0x1000);
    release(f);
    assert_int_equal(read_eerd(f, 0xFE), 0x10FE);
    fixture_free(f);
}

/* What was written outlives power; that it was unlocked doesn't. */
static void contents_outlive_power_and_the_lock_returns(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_enable(f);
    write_word(f, 0x30, 0xCAFE);
    assert_true(wait_ready(f));
    fixture_write(f, REG_CTRL, CTRL_RST); /* the part isn't reset */
    assert_true(acquire(f));
    write_word(f, 0x31, 0xF00D);
    assert_true(wait_ready(f));
    e1000emu_reset(f->chip, E1000EMU_RESET_POWER);
    fixture_enable(f);
    assert_true(acquire(f));
    write_word(f, 0x32, 0xDEAD);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0xCAFE);
    assert_int_equal(read_word(f, 0x31), 0xF00D);
    assert_int_equal(read_word(f, 0x32), 0x0000);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, eeprom_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(eecd_shows_presence_size_and_grant),
        WITH(eecd_pins_are_dead_without_a_grant),
        WITH(microwire_reads_every_word),
        WITH(microwire_read_begins_with_a_zero),
        WITH(microwire_reads_on_into_the_next_word),
        WITH(microwire_waits_for_the_start_bit),
        WITH(microwire_standby_while_sk_is_high),
        WITH(microwire_write_stores_a_word),
        WITH(microwire_write_needs_all_bits),
        WITH(microwire_ignores_clocks_after_a_command),
        WITH(microwire_writes_only_while_enabled),
        WITH(microwire_erase_sets_a_word_to_ones),
        WITH(microwire_eral_erases_all),
        WITH(microwire_wral_writes_all),
        WITH(microwire_is_deaf_while_busy),
        cmocka_unit_test(microwire_of_the_large_part),
        WITH(contents_outlive_power_and_the_lock_returns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
