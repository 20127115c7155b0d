/* SPDX-License-Identifier: BSD-2-Clause */
/* How long things take, to the microsecond of virtual time: each wait's length, how often it is
 * repeated before it is given up, and what a call may busy-wait. */
#include "fake.h"

/* From now until the state is another. */
static uint64_t took(struct fake *fake, enum e1000_state state)
{
    uint64_t start = fake->now_us;

    assert_int_equal(fake_settle(fake), state);
    return fake->now_us - start;
}

static void begin(struct fake *fake)
{
    assert_int_equal(e1000_attach_begin(fake_call(fake), &fake->os, fake, &fake->params), 0);
}

/* Ten milliseconds for DMA to end, two microseconds in which nothing touches the chip, five
 * milliseconds in which it reads its EEPROM (14.7): before, it is not looked at. */
#define RESET_US (10000 + 2 + 5000)

/* A reset that does not end is looked at twenty times, a millisecond apart. */
static void looks_at_a_reset(void **state)
{
    struct fake *fake = fake_new();

    fake->reset_sticks = true;
    begin(fake);
    assert_int_equal(took(fake, E1000_STATE_FAILED), RESET_US + 19 * 1000);
    assert_int_equal(e1000_get_error(fake->dev), E1000_ERR_RESET);
    fake_free(fake);
}

/* The same within e1000_down(): DMA has 300 µs, the reset 500, and is looked at each ten. */
static void stopping_at_once(void **state)
{
    for (int sticks = 0; sticks < 2; sticks++) {
        struct fake *fake = fake_up();

        fake->reset_sticks = sticks;
        assert_int_equal(e1000_down(fake_call(fake)), 0);
        assert_int_equal(fake->call_us, 300 + 2 + (sticks ? 500 : 0));
        fake_free(fake);
    }
}

/* Pins that are not granted: twenty requests of 100 µs, a millisecond apart. One word, asked for
 * later, has what is left of the call's millisecond when the word itself has its 130 µs. */
static void pins_that_are_not_granted(void **state)
{
    struct fake *fake = fake_new();
    uint16_t word;

    fake->no_grant = true;
    begin(fake);
    assert_int_equal(took(fake, E1000_STATE_FAILED), RESET_US + 20 * 100 + 19 * 1000);
    assert_int_equal(e1000_get_error(fake->dev), E1000_ERR_EEPROM);
    fake_free(fake);

    fake = fake_new();
    assert_int_equal(fake_attach(fake), 0);
    fake->no_grant = true;
    assert_int_equal(e1000_eeprom_read(fake_call(fake), 0, &word), E1000_ERR_EEPROM);
    assert_int_equal(fake->call_us, 870);
    fake_free(fake);
}

/* Half a clock of the part is two microseconds, and a word is a command of nine bits (eleven of a
 * large part), sixteen bits of data, and four states of the pins around them. As many words as fit
 * into a call are read in it. */
static void words_at_250_khz(void **state)
{
    for (int large = 0; large < 2; large++) {
        struct fake *fake = fake_new();
        uint32_t word = 2 * (4 + 2 * ((large ? 11 : 9) + 16)), calls = 0;

        fake->reg[E1000_EECD / 4] |= large ? E1000_EECD_EE_SIZE : 0;
        begin(fake);
        fake_run(fake, RESET_US - 1);
        assert_int_equal(fake->worst_call_us, 2);
        for (; e1000_get_state(fake->dev) == E1000_STATE_ATTACHING; fake->now_us++) {
            e1000_tick(fake_call(fake));
            calls += fake->call_us >= word;
        }
        assert_int_equal(fake->worst_call_us, (large ? 8 : 9) * word);
        assert_int_equal(calls, 8);
        fake_free(fake);
    }
}

/* EERD has 400 µs a look, and twenty looks, a millisecond apart, and is started once. */
static void eerd_that_is_not_done(void **state)
{
    struct fake *fake = fake_new();
    uint16_t word;

    fake->params.eeprom_by_eerd = true;
    fake->eerd_never = true;
    begin(fake);
    assert_int_equal(took(fake, E1000_STATE_FAILED), RESET_US + 20 * 400 + 19 * 1000);
    assert_int_equal(fake_write_count(fake, E1000_EERD), 1);
    fake_free(fake);

    fake = fake_new();
    fake->params.eeprom_by_eerd = true;
    assert_int_equal(fake_attach(fake), 0);
    fake->eerd_never = true;
    assert_int_equal(e1000_eeprom_read(fake_call(fake), 0, &word), E1000_ERR_EEPROM);
    assert_int_equal(fake->call_us, 870);
    fake_free(fake);
}

/* A transfer over MDIC that does not end is waited for 500 µs. */
static void mdic_that_is_not_ready(void **state)
{
    struct fake *fake = fake_new();
    uint16_t value;

    assert_int_equal(fake_attach(fake), 0);
    fake->mdic_us = 500;
    assert_int_equal(e1000_phy_read(fake_call(fake), 2, &value), 0);
    assert_int_equal(fake->call_us, 500);
    fake->mdic_us = 501;
    assert_int_equal(e1000_phy_read(fake_call(fake), 2, &value), E1000_ERR_PHY);
    assert_int_equal(fake->call_us, 500);
    assert_int_equal(e1000_phy_write(fake_call(fake), 2, value), E1000_ERR_PHY);
    assert_int_equal(fake->call_us, 500);
    fake_free(fake);
}

/* The PHY's reset has half a second (IEEE 802.3, 22.2.4.1.1), in looks a millisecond apart. */
static void reset_of_the_phy(void **state)
{
    struct fake *fake = fake_new();
    uint64_t start;
    unsigned looks = 0;

    fake->mdic_us = 0;
    assert_int_equal(fake_attach(fake), 0);
    fake->phy_reset_sticks = true;
    assert_int_equal(e1000_up(fake_call(fake)), 0);
    fake_run(fake, RESET_US);
    for (start = fake->now_us; e1000_get_state(fake->dev) == E1000_STATE_STARTING; looks++) {
        uint64_t due = e1000_tick(fake_call(fake));

        if (due != UINT64_MAX)
            fake->now_us = due;
    }
    assert_int_equal(e1000_get_error(fake->dev), E1000_ERR_PHY);
    assert_int_equal(fake->now_us - start, 499000);
    fake_free(fake);
}

/* A chip that sleeps is given ten milliseconds to wake before it is touched. */
static void waking(void **state)
{
    struct fake *fake = fake_new();

    fake->config[E1000_PCI_STATUS / 2] = 0x0010;
    fake->config[E1000_PCI_CAPABILITIES / 2] = 0xDC;
    fake->config[0xDC / 2] = 0x0001;
    fake->config[0xE0 / 2] = 0x0003;
    begin(fake);
    assert_int_equal(fake->config[0xE0 / 2], 0);
    assert_int_equal(e1000_tick(fake_call(fake)), fake->now_us + 10000);
    fake_run(fake, 9999);
    assert_int_equal(fake->writes, 0);
    fake->now_us++;
    e1000_tick(fake_call(fake));
    assert_true(fake->writes > 0);
    assert_int_equal(fake_settle(fake), E1000_STATE_DOWN);
    fake_free(fake);
}

/* Runs to the next look of the watchdog; how long until the one after it. */
static uint64_t period(struct fake *fake)
{
    uint64_t due = e1000_tick(fake_call(fake));

    fake->now_us = due > fake->now_us ? due : fake->now_us;
    return e1000_tick(fake_call(fake)) - fake->now_us;
}

/* The watchdog looks each half second while there is a link, each tenth without one, and each 20 ms
 * where receive interrupts are known to get lost. */
static void periods_of_the_watchdog(void **state)
{
    for (int vmware = 0; vmware < 2; vmware++) {
        struct fake *fake = fake_new();

        if (vmware)
            fake->config[E1000_PCI_SUBSYSTEM_VENDOR / 2] = 0x15AD;
        assert_int_equal(fake_attach(fake), 0);
        fake_bring_up(fake);
        period(fake);
        assert_int_equal(period(fake), vmware ? 20000 : 100000);
        fake_link(fake, true, 0x80, true);
        e1000_interrupt(fake_call(fake));
        fake_run(fake, 200000);
        assert_int_equal(fake->link_changes, 1);
        assert_int_equal(period(fake), vmware ? 20000 : 500000);
        fake_free(fake);
    }
}

/* What waits at a look of the watchdog is looked at once more a millisecond later. */
static void lost_interrupts_are_confirmed(void **state)
{
    struct fake *fake = fake_up();

    fake_link(fake, true, 0x80, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 1000000);
    fake_rx_desc(fake, 0)->rest = E1000_RXD_DD | E1000_RXD_EOP | 60;
    assert_int_equal(period(fake), 1000);
    assert_int_equal(fake_reg(fake, E1000_ICR), 0);
    assert_int_equal(period(fake), 500000);
    assert_int_equal(fake_reg(fake, E1000_ICR), E1000_ICR_RXT0);
    fake_free(fake);
}

/* A PHY that has not finished negotiating is asked again ten milliseconds later; one that does not
 * answer three times, a tenth of a second apart. */
static void asking_for_the_link(void **state)
{
    struct fake *fake = fake_up();

    fake->mdic_us = 0;
    fake_link(fake, true, 0x80, true);
    fake->phy[1] = 0x794D; /* link, but not complete */
    e1000_interrupt(fake_call(fake));
    e1000_tick(fake_call(fake));
    assert_int_equal(e1000_tick(fake_call(fake)), fake->now_us + 10000);
    fake->mdic_error = true;
    fake_run(fake, 10000);
    assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_UP);
    assert_int_equal(took(fake, E1000_STATE_FAILED), 200000);
    fake_free(fake);
}

/* Statistics are read each two seconds. */
static void harvests(void **state)
{
    struct fake *fake = fake_up();
    uint64_t seen = 0, last = 0, first = 0;

    fake_link(fake, true, 0x80, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 1000000);
    fake_set(fake, E1000_GPRC, 1); /* it is not cleared here: each reading adds one */
    for (unsigned i = 0; i < 10000; i += 10) {
        struct e1000_counters counters;

        e1000_get_counters(fake->dev, &counters);
        fake_run(fake, 10000);
        for (unsigned s = 0; e1000_stat_name(s); s++) {
            if (!__builtin_strcmp(e1000_stat_name(s), "rx_good_packets"))
                seen = e1000_stat(fake->dev, s);
        }
        if (seen == 1 && last == 0)
            first = i;
        if (seen == 2 && last == 1)
            assert_int_equal(i - first, 2000);
        last = seen;
    }
    assert_int_equal(seen, 5);
    fake_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_at_a_reset),
        cmocka_unit_test(stopping_at_once),
        cmocka_unit_test(pins_that_are_not_granted),
        cmocka_unit_test(words_at_250_khz),
        cmocka_unit_test(eerd_that_is_not_done),
        cmocka_unit_test(mdic_that_is_not_ready),
        cmocka_unit_test(reset_of_the_phy),
        cmocka_unit_test(waking),
        cmocka_unit_test(periods_of_the_watchdog),
        cmocka_unit_test(lost_interrupts_are_confirmed),
        cmocka_unit_test(asking_for_the_link),
        cmocka_unit_test(harvests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
