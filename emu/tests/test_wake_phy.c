/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PHY does while the system sleeps (SDM 11.4): off, slow, or as ever. */
#include "fixture.h"

#include "chip.h"

#define PMCSR      0xE0u
#define D3         0x0003u
#define PME_EN     0x0100u
#define LINK_LATER 10000000000ull /* more than any profile's autonegotiation takes */

static unsigned linked_mbps(const struct fixture *f)
{
    return f->chip->phy.link ? f->chip->phy.mbps : 0;
}

static void sleep_for_long(struct fixture *f, uint32_t pmcsr)
{
    e1000emu_config_write(f->chip, PMCSR, 2, pmcsr | D3);
    fixture_run(f, LINK_LATER);
}

static void wake_up(struct fixture *f)
{
    e1000emu_config_write(f->chip, PMCSR, 2, 0);
    fixture_enable(f);
    fixture_link_up(f);
}

static void prepare(struct fixture *f, bool management)
{
    uint32_t ctrl = fixture_read(f, REG_CTRL) & ~CTRL_EN_PHY_PWR_MGMT;

    fixture_write(f, REG_CTRL, management ? ctrl | CTRL_EN_PHY_PWR_MGMT : ctrl);
}

/* Before software enables a space (D0u), and where nobody wants to be woken, the PHY is off; from
 * D0a on it negotiates. */
static void off_in_d0u(void **state)
{
    struct fixture *f = *state;

    fixture_run(f, LINK_LATER);
    assert_int_equal(linked_mbps(f), 0);
    fixture_enable(f);
    fixture_link_up(f);
    assert_int_equal(linked_mbps(f), 1000);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_run(f, LINK_LATER);
    assert_int_equal(linked_mbps(f), 0);
    e1000emu_config_write(f->chip, 4, 2, 0x0001); /* the I/O space will do */
    fixture_run(f, LINK_LATER);
    assert_int_equal(linked_mbps(f), 1000);
}

/* It is off in D3 too, unless a filter and PME_En, or APM, or management need the link. */
static void who_needs_the_link(void **state)
{
    static const struct {
        uint32_t offset, value, pmcsr;
        bool needed;
    } rows[] = {
        {REG_WUFC, 0, PME_EN, false},       {REG_WUFC, WUFC_EX, 0, false},
        {REG_WUFC, WUFC_EX, PME_EN, true},  {REG_WUC, WUC_APME, 0, true},
        {REG_MANC, MANC_SMBUS_EN, 0, true}, {REG_MANC, MANC_ASF_EN, 0, true},
        {REG_MANC, MANC_ARP_EN, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture *f = NULL;

        fixture_setup((void **)&f);
        prepare(f, false);
        emu_set(f->chip, rows[i].offset, rows[i].value); /* some come from the EEPROM only */
        sleep_for_long(f, rows[i].pmcsr);
        assert_int_equal(linked_mbps(f), rows[i].needed ? 1000 : 0);
        wake_up(f);
        assert_int_equal(linked_mbps(f), 1000);
        fixture_teardown((void **)&f);
    }
}

/* With EN_PHY_PWR_MGMT it leaves a gigabit link for one of at most 100 Mb/s, and comes back in D0.
 * A link that is slow enough stays. */
static void slow_in_d3(void **state)
{
    const struct e1000emu_partner slow = {.cable = true, .abilities = E1000EMU_10_FULL};
    struct fixture *f = *state;

    prepare(f, true);
    fixture_write(f, REG_WUFC, WUFC_MAG);
    e1000emu_config_write(f->chip, PMCSR, 2, PME_EN | D3);
    assert_int_equal(linked_mbps(f), 0); /* negotiates */
    fixture_run(f, LINK_LATER);
    assert_int_equal(linked_mbps(f), 100);
    wake_up(f);
    assert_int_equal(linked_mbps(f), 1000);

    e1000emu_set_partner(f->chip, &slow);
    fixture_link_up(f);
    assert_int_equal(linked_mbps(f), 10);
    prepare(f, true);
    fixture_write(f, REG_WUFC, WUFC_MAG);
    e1000emu_config_write(f->chip, PMCSR, 2, PME_EN | D3);
    assert_int_equal(linked_mbps(f), 10);
}

/* A partner that knows nothing but 1000BASE-T leaves a slow PHY without a link. */
static void a_partner_of_gigabit_only(void **state)
{
    const struct e1000emu_partner fast = {.cable = true, .abilities = E1000EMU_1000_FULL};
    struct fixture *f = *state;

    e1000emu_set_partner(f->chip, &fast);
    fixture_link_up(f);
    prepare(f, true);
    fixture_write(f, REG_WUFC, WUFC_MAG);
    sleep_for_long(f, PME_EN);
    assert_int_equal(linked_mbps(f), 0);
    wake_up(f);
    assert_int_equal(linked_mbps(f), 1000);
}

/* The models of other programs have a PHY that is always on. */
static void profiles_whose_phy_stays_awake(void **state)
{
    (void)state;
    for (size_t i = 0; e1000emu_profile_at(i); i++) {
        const struct e1000emu_config config = {.profile = e1000emu_profile_at(i)};
        struct fixture *f;

        if (config.profile->media != E1000EMU_COPPER)
            continue;
        f = fixture_new(&config);
        fixture_run(f, LINK_LATER);
        assert_int_equal(f->chip->phy.link, config.profile->phy_awake);
        fixture_free(f);
    }
}

#define UP(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(off_in_d0u, fixture_setup_cold, fixture_teardown),
        cmocka_unit_test(who_needs_the_link),
        UP(slow_in_d3),
        UP(a_partner_of_gigabit_only),
        cmocka_unit_test(profiles_whose_phy_stays_awake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
