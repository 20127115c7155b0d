/* SPDX-License-Identifier: BSD-2-Clause */
/* MDIC and the registers of the PHY behind it (SDM 11, 13.4.7). */
#include "mdio.h"

#include "chip.h"

/* ---- MDIC ----------------------------------------------------------------------------------- */

/* 64 bits at 2.5 MHz: not ready before 25.6 µs have passed, ready soon after. */
static void mdic_takes_the_time_of_a_transfer(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_MDIC, MDIC_OP_READ | 1u << MDIC_PHY_SHIFT | 2u << MDIC_REG_SHIFT);
    fixture_run(f, 25600);
    assert_false(fixture_read(f, REG_MDIC) & MDIC_R);
    fixture_run(f, 1000);
    assert_int_equal(fixture_read(f, REG_MDIC), 0x18220141);
}

static void mdic_fails_reads_of_other_addresses(void **state)
{
    struct fixture *f = *state;

    for (uint32_t address = 0; address < 32; address++) {
        uint32_t command = address << MDIC_PHY_SHIFT | 2u << MDIC_REG_SHIFT;
        uint32_t mdic = mdio_transfer(f, MDIC_OP_READ | command);

        assert_int_equal(mdic & MDIC_E, address == 1 ? 0 : MDIC_E);
        assert_int_equal(mdic & (MDIC_PHY | MDIC_REG), command);
    }
    /* A write is never heard of again; and it did not reach the PHY. */
    assert_false(mdio_transfer(f, MDIC_OP_WRITE | 2u << MDIC_PHY_SHIFT | 4u << MDIC_REG_SHIFT) &
                 MDIC_E);
    assert_int_equal(phy_read(f, PHY_ANAR), 0x01E1);
}

/* MDAC is raised at the end, if the I bit asked for it. */
static void mdic_interrupts_on_completion(void **state)
{
    struct fixture *f = *state;
    uint32_t command = MDIC_OP_READ | 1u << MDIC_PHY_SHIFT;

    fixture_read(f, REG_ICR);
    mdio_transfer(f, command);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_MDAC, 0);
    fixture_write(f, REG_MDIC, command | MDIC_I);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_MDAC, 0);
    fixture_run(f, 30 * US);
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_MDAC, ICR_MDAC);
    assert_true(fixture_read(f, REG_MDIC) & MDIC_R);
}

/* A stale READY or ERROR in the command does no harm. */
static void mdic_ignores_ready_and_error_in_a_command(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_MDIC, MDIC_OP_READ | MDIC_R | MDIC_E | 0x00220000);
    assert_false(fixture_read(f, REG_MDIC) & (MDIC_R | MDIC_E));
    fixture_run(f, 30 * US);
    assert_int_equal(fixture_read(f, REG_MDIC), 0x18220141);
}

static void mdic_ignores_a_command_while_busy(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_MDIC, MDIC_OP_READ | 0x00220000);
    fixture_run(f, 10 * US);
    fixture_write(f, REG_MDIC, MDIC_OP_WRITE | 0x00240000 | 0xFFFF);
    fixture_run(f, 20 * US);
    assert_int_equal(fixture_read(f, REG_MDIC), 0x18220141);
    assert_int_equal(phy_read(f, PHY_ANAR), 0x01E1);
}

static void mdic_does_nothing_without_an_operation(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_MDIC, 0x00220000);
    fixture_run(f, 1 * MS);
    assert_int_equal(fixture_read(f, REG_MDIC), 0x00220000);
    fixture_write(f, REG_MDIC, 0x0C220000);
    fixture_run(f, 1 * MS);
    assert_int_equal(fixture_read(f, REG_MDIC), 0x0C220000);
}

/* ---- Registers ------------------------------------------------------------------------------ */

static void registers_after_power_on(void **state)
{
    static const uint16_t vmware[32] = {
        [0] = 0x1140, [1] = 0x7949,  [2] = 0x0141,  [3] = 0x0C20,  [4] = 0x01E1,  [7] = 0x2001,
        [9] = 0x0200, [15] = 0x3000, [16] = 0x0068, [20] = 0x0D60, [26] = 0x000C,
    };
    struct fixture *f = *state;

    for (uint32_t n = 0; n < 32; n++)
        assert_int_equal(phy_read(f, n), vmware[n]);
    f = mdio_fixture("silicon");
    assert_int_equal(phy_read(f, PHY_ID2) & 0xFFF0, 0x0C20);
    assert_int_equal(phy_read(f, PHY_GBCR), 0x1E00);
    fixture_free(f);
}

/* Writable bits are stored, and no others. */
static void registers_store_their_bits(void **state)
{
    static const struct {
        uint8_t n;
        uint16_t stored;
    } masks[] = {{2, 0},  {3, 0},  {4, 0xADFF},  {5, 0},       {8, 0},       {9, 0xFF00}, {10, 0},
                 {11, 0}, {14, 0}, {17, 0},      {18, 0xFFF3}, {19, 0},      {21, 0},     {22, 0},
                 {25, 0}, {28, 0}, {16, 0xFFFF}, {26, 0x007F}, {29, 0x001F}, {31, 0}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        uint16_t before = phy_read(f, masks[i].n);

        phy_write(f, masks[i].n, 0xFFFF);
        assert_int_equal(phy_read(f, masks[i].n), masks[i].stored ? masks[i].stored : before);
        phy_write(f, masks[i].n, 0x0000);
        assert_int_equal(phy_read(f, masks[i].n), masks[i].stored ? 0 : before);
    }
}

/* Register 30 is a window to what register 29 selects; a PHY reset empties it. */
static void windows_are_separate(void **state)
{
    struct fixture *f = *state;

    phy_write(f, 29, 5);
    phy_write(f, 30, 0x1234);
    phy_write(f, 29, 11);
    assert_int_equal(phy_read(f, 30), 0);
    phy_write(f, 30, 0x8004);
    phy_write(f, 29, 5);
    assert_int_equal(phy_read(f, 30), 0x1234);
    phy_write(f, 0, BMCR_RESET | 0x1140);
    assert_int_equal(phy_read(f, 29), 0);
    phy_write(f, 29, 11);
    assert_int_equal(phy_read(f, 30), 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, mdio_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(mdic_takes_the_time_of_a_transfer),
        WITH(mdic_fails_reads_of_other_addresses),
        WITH(mdic_interrupts_on_completion),
        WITH(mdic_ignores_ready_and_error_in_a_command),
        WITH(mdic_ignores_a_command_while_busy),
        WITH(mdic_does_nothing_without_an_operation),
        WITH(registers_after_power_on),
        WITH(registers_store_their_bits),
        WITH(windows_are_separate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
