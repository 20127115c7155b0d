/* SPDX-License-Identifier: BSD-2-Clause */
/* Causes, mask and the level of INTA#. The fixture fails if the host is told a level it knows. */
#include "fixture.h"

#include "hw.h"

/* A masked cause is kept, and interrupts once its mask bit is set. */
static void masked_causes_wait_for_the_mask(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_false(f->level);
    assert_false(e1000emu_interrupt_level(f->chip));
    fixture_write(f, REG_IMS, ICR_TXDW);
    assert_false(f->level);
    fixture_write(f, REG_IMS, ICR_RXT0);
    assert_true(f->level);
    assert_true(e1000emu_interrupt_level(f->chip));
    assert_int_equal(fixture_read(f, REG_IMS), ICR_TXDW | ICR_RXT0);
    assert_int_equal(f->edges, 1);
}

/* Reading ICR returns and clears all causes, masked ones too, and takes the line down. */
static void reading_icr_clears_everything(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_LSC);
    fixture_write(f, REG_ICS, ICR_LSC | ICR_RXO);
    assert_true(f->level);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_LSC | ICR_RXO);
    assert_false(f->level);
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    assert_int_equal(f->edges, 2);
}

/* Writing ones to ICR clears just those causes; the line falls with the last unmasked one. */
static void writing_icr_clears_ones(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_TXDW | ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_TXDW | ICR_RXT0 | ICR_RXO);
    fixture_write(f, REG_ICR, 0);
    assert_int_equal(fixture_read(f, REG_ICS), ICR_TXDW | ICR_RXT0 | ICR_RXO);
    fixture_write(f, REG_ICR, ICR_TXDW);
    assert_true(f->level);
    fixture_write(f, REG_ICR, ICR_RXT0);
    assert_false(f->level);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXO);
}

/* IMC takes the line down only when no enabled cause is left, and clears no cause. */
static void imc_masks(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_TXDW | ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_TXDW | ICR_RXT0);
    fixture_write(f, REG_IMC, ICR_TXDW);
    assert_true(f->level);
    assert_int_equal(fixture_read(f, REG_IMS), ICR_RXT0);
    assert_int_equal(fixture_read(f, REG_IMC), 0);
    fixture_write(f, REG_IMC, UINT32_MAX);
    assert_false(f->level);
    assert_int_equal(fixture_read(f, REG_IMS), 0);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXDW | ICR_RXT0);
    assert_int_equal(f->edges, 2);
}

/* Reading ICS shows the causes and clears nothing. */
static void reading_ics_clears_nothing(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_ICS, ICR_MDAC);
    assert_int_equal(fixture_read(f, REG_ICS), ICR_MDAC);
    assert_int_equal(fixture_read(f, REG_ICS), ICR_MDAC);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_MDAC);
}

/* The test of each cause that Linux's `ethtool -t` makes, and the bits that are no causes. */
static void each_cause_by_itself(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 32; i++) {
        uint32_t bit = 1u << i;
        uint32_t cause = bit & 0x0001f6dfu;

        fixture_write(f, REG_IMC, UINT32_MAX);
        fixture_read(f, REG_ICR);
        fixture_write(f, REG_ICS, bit);
        assert_false(f->level);
        fixture_write(f, REG_IMS, bit);
        assert_int_equal(f->level, cause != 0);
        assert_int_equal(fixture_read(f, REG_IMS), cause);
        assert_int_equal(fixture_read(f, REG_ICR), cause);
        assert_false(f->level);
        fixture_write(f, REG_ICS, ~bit);
        assert_false(f->level);
    }
}

/* A reset takes cause, mask and line away. */
static void reset_lowers_the_line(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXO);
    fixture_write(f, REG_ICS, ICR_RXO);
    assert_true(f->level);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_false(f->level);
    assert_int_equal(fixture_read(f, REG_IMS), 0);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_RXO, 0);
}

#define IRQ_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IRQ_TEST(masked_causes_wait_for_the_mask), IRQ_TEST(reading_icr_clears_everything),
        IRQ_TEST(writing_icr_clears_ones),         IRQ_TEST(imc_masks),
        IRQ_TEST(reading_ics_clears_nothing),      IRQ_TEST(each_cause_by_itself),
        IRQ_TEST(reset_lowers_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
