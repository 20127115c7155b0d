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

/* ---- Throttling ----------------------------------------------------------------------------- */

/* Lets the line rise for a cause, and fall by reading ICR. */
static void interrupt_once(struct fixture *f)
{
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_true(f->level);
    fixture_read(f, REG_ICR);
    assert_false(f->level);
}

/* ITR is the least time between two assertions, in 256 ns, whatever the cause; what happens
 * meanwhile is kept, and told together. */
static void itr_keeps_interrupts_apart(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0 | ICR_LSC);
    fixture_write(f, REG_ITR, 500);
    interrupt_once(f);
    fixture_run(f, 1000);
    fixture_write(f, REG_ICS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_false(f->level);
    fixture_run(f, 500 * 256 - 1001);
    assert_false(f->level);
    assert_int_equal(fixture_read(f, REG_ICS), ICR_RXT0 | ICR_LSC);
    fixture_run(f, 1);
    assert_true(f->level);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0 | ICR_LSC);
    fixture_run(f, 500 * 256);
    interrupt_once(f); /* after a quiet time at once */
}

/* There is no gap before the first interrupt, and a reset forgets what waits for one. */
static void itr_and_the_first_interrupt(void **state)
{
    struct fixture *f = *state;

    fixture_enable(f);
    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ITR, 0xffff);
    interrupt_once(f);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_false(f->level);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 1000000000); /* negotiation ends meanwhile */
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ITR, 0xffff);
    interrupt_once(f);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_true(e1000emu_next_event(f->chip) != E1000EMU_NEVER);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_int_equal(e1000emu_next_event(f->chip), E1000EMU_NEVER);
}

/* The time counts from the assertion, not from when software acknowledged it. */
static void itr_counts_from_the_assertion(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ITR, 100);
    fixture_write(f, REG_ICS, ICR_RXT0);
    fixture_run(f, 100 * 256);
    assert_true(f->level); /* a level: nothing takes it down but software */
    fixture_read(f, REG_ICR);
    interrupt_once(f);
}

/* A cause that software clears while ITR holds it back interrupts nobody. */
static void itr_forgets_what_was_cleared(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ITR, 100);
    interrupt_once(f);
    fixture_write(f, REG_ICS, ICR_RXT0);
    fixture_read(f, REG_ICR);
    fixture_run(f, 200 * 256);
    assert_int_equal(f->edges, 2);
}

/* No ITR, no wait; and a new value counts for an interrupt that waits already. */
static void itr_zero_and_changes_act_at_once(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0);
    interrupt_once(f);
    interrupt_once(f);
    fixture_write(f, REG_ITR, 0xffff);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_false(f->level);
    fixture_write(f, REG_ITR, 10);
    fixture_run(f, 10 * 256);
    assert_true(f->level);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_false(f->level);
    fixture_write(f, REG_ITR, 0);
    assert_true(f->level);
}

/* ---- Other models' mistakes, and habits of drivers ------------------------------------------ */

/* VirtualBox leaves INTA# up when causes are cleared by writing ICR. */
static void test_B5_writing_icr_lowers_the_line(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0 | ICR_LSC);
    fixture_write(f, REG_ICS, ICR_RXT0 | ICR_LSC);
    fixture_write(f, REG_ICR, ICR_LSC);
    assert_true(f->level);
    fixture_write(f, REG_ICR, ICR_RXT0);
    assert_false(f->level);
}

/* VirtualBox takes INTA# down with any write to IMC, although an enabled cause is left. */
static void test_B5_imc_leaves_other_causes_up(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0 | ICR_LSC);
    fixture_write(f, REG_ICS, ICR_RXT0);
    fixture_write(f, REG_IMC, ICR_LSC);
    assert_true(f->level);
    assert_int_equal(f->edges, 1);
}

/* bhyve never takes INTA# down when IMC masks the last cause. */
static void test_B3_imc_lowers_the_line(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_RXT0);
    fixture_write(f, REG_IMC, ICR_RXT0);
    assert_false(f->level);
    assert_int_equal(fixture_read(f, REG_ICS), ICR_RXT0);
}

/* VxWorks looks at the causes in ICS and clears them by writing ICR. */
static void test_habit_vxworks_reads_ics(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_TXDW | ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_TXDW | ICR_RXT0);
    assert_int_equal(fixture_read(f, REG_ICS), ICR_TXDW | ICR_RXT0);
    assert_true(f->level);
    fixture_write(f, REG_ICR, fixture_read(f, REG_ICS));
    assert_false(f->level);
    assert_int_equal(fixture_read(f, REG_ICS), 0);
}

/* QNX masks everything and reads ICR until it is zero: that ends, and nothing is told meanwhile. */
static void test_habit_qnx_reads_icr_masked(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_RXT0 | ICR_TXDW);
    fixture_write(f, REG_IMC, UINT32_MAX);
    f->edges = 0;
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0 | ICR_TXDW);
    fixture_write(f, REG_ICS, ICR_RXDMT0);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXDMT0);
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    fixture_write(f, REG_IMS, ICR_RXT0);
    assert_int_equal(f->edges, 0);
}

/* Windows enables its causes again in the handler before it has read them: one interrupt, not a
 * storm. */
static void test_habit_windows_writes_ims_again_and_again(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_RXT0);
    for (unsigned i = 0; i < 100; i++)
        fixture_write(f, REG_IMS, ICR_RXT0 | ICR_TXDW);
    assert_int_equal(f->edges, 1);
    fixture_read(f, REG_ICR);
    for (unsigned i = 0; i < 100; i++)
        fixture_write(f, REG_IMS, ICR_RXT0 | ICR_TXDW);
    assert_int_equal(f->edges, 2);
}

/* What only newer parts have: the bit that says whose interrupt it is, and the ways to disable
 * INTA# in configuration space. */
static void newer_parts_bits_are_not_there(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, UINT32_MAX);
    fixture_write(f, REG_ICS, UINT32_MAX);
    e1000emu_config_write(f->chip, 4, 2, 0x0407);
    assert_true(f->level);
    assert_int_equal(e1000emu_config_read(f->chip, 4, 2), 0x0007);
    assert_int_equal(e1000emu_config_read(f->chip, 6, 2) & 0x0008, 0);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_ALL);
}

/* With copper nothing sends configuration words: RXCFG and RXSEQ come by ICS alone. */
static void serdes_causes_come_by_ics_only(void **state)
{
    struct fixture *f = *state;
    const struct e1000emu_partner none = {.cable = false};

    fixture_write(f, REG_TXCW, 0xC00001A0);
    e1000emu_set_partner(f->chip, &none);
    assert_int_equal(fixture_read(f, REG_ICR) & (ICR_RXCFG | ICR_RXSEQ), 0);
    fixture_write(f, REG_ICS, ICR_RXCFG | ICR_RXSEQ);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXCFG | ICR_RXSEQ);
}

#define IRQ_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IRQ_TEST(masked_causes_wait_for_the_mask),
        IRQ_TEST(reading_icr_clears_everything),
        IRQ_TEST(writing_icr_clears_ones),
        IRQ_TEST(imc_masks),
        IRQ_TEST(reading_ics_clears_nothing),
        IRQ_TEST(each_cause_by_itself),
        IRQ_TEST(reset_lowers_the_line),
        IRQ_TEST(itr_keeps_interrupts_apart),
        cmocka_unit_test_setup_teardown(itr_and_the_first_interrupt, fixture_setup_cold,
                                        fixture_teardown),
        IRQ_TEST(itr_counts_from_the_assertion),
        IRQ_TEST(itr_forgets_what_was_cleared),
        IRQ_TEST(itr_zero_and_changes_act_at_once),
        IRQ_TEST(test_B5_writing_icr_lowers_the_line),
        IRQ_TEST(test_B5_imc_leaves_other_causes_up),
        IRQ_TEST(test_B3_imc_lowers_the_line),
        IRQ_TEST(test_habit_vxworks_reads_ics),
        IRQ_TEST(test_habit_qnx_reads_icr_masked),
        IRQ_TEST(test_habit_windows_writes_ims_again_and_again),
        IRQ_TEST(newer_parts_bits_are_not_there),
        IRQ_TEST(serdes_causes_come_by_ics_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
