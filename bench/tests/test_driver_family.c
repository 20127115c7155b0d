/* SPDX-License-Identifier: BSD-2-Clause */
/* Our driver on every board that the chip can be: it knows the name, finds its registers, makes a
 * link and moves frames, and breaks no rule. */
#include <string.h>

#include "rig.h"

#define SECONDS 1000000u

static void a_board_works(void **state)
{
    const struct e1000emu_profile *profile = *state;
    struct rig *rig = rig_new(profile->name);
    struct e1000_identity identity;

    assert_int_equal(rig_attach(rig), 0);
    e1000_get_identity(rig->dev, &identity);
    assert_int_equal(identity.device, profile->device);
    assert_memory_equal(identity.mac, profile->mac, 6);
    if (strncmp(profile->name, "8254", 4) == 0)
        assert_memory_equal(identity.model, "8254", 4);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 8 * SECONDS));
    assert_int_equal(rig_send(rig, 20, 100), 20);
    rig_run(rig, 10000);
    assert_int_equal(rig->sent, 20);
    if (profile->rx_block_ns == 0)
        assert_true(rig_hears(rig, profile->mac, -1));
    rig_free(rig);
}

/* ---- Two ports ------------------------------------------------------------------------------ */

#define PORTS 4

/* Both ports of so many chips. */
static void make_ports(struct rig *rig[PORTS], const char *profile, unsigned chips)
{
    static const uint8_t macs[2][6] = {{0x00, 0x04, 0x23, 0x01, 0x02, 0x10},
                                       {0x00, 0x04, 0x23, 0x01, 0x02, 0x13}};

    for (unsigned i = 0; i < 2 * chips; i++) {
        rig[i] = rig_new(profile);
        rig[i]->mac = macs[i / 2];
        rig[i]->other = i % 2 == 1 ? rig[i - 1] : NULL;
        rig_start(rig[i]);
    }
}

/* A little of each one's time, in turn. */
static void run_all(struct rig *rig[PORTS], unsigned count, uint64_t us)
{
    for (uint64_t done = 0; done < us; done += 100)
        for (unsigned i = 0; i < count; i++)
            rig_run(rig[i], 100);
}

static bool all_are(struct rig *rig[PORTS], unsigned count, enum e1000_state state)
{
    for (unsigned i = 0; i < count; i++)
        if (e1000_get_state(rig[i]->dev) != state)
            return false;
    return true;
}

/* All drivers attach and come up at once, while they take turns with the EEPROM. */
static void bring_up(struct rig *rig[PORTS], unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(e1000_attach_begin(rig_call(rig[i]), &rig[i]->os, rig[i], &rig[i]->params),
                         0);
    run_all(rig, count, 2 * SECONDS);
    assert_true(all_are(rig, count, E1000_STATE_DOWN));
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(e1000_up(rig_call(rig[i])), 0);
    run_all(rig, count, 6 * SECONDS);
    assert_true(all_are(rig, count, E1000_STATE_UP));
}

static void expect_traffic(struct rig *rig)
{
    struct e1000_identity identity;
    unsigned sent = rig->sent;

    e1000_get_identity(rig->dev, &identity);
    assert_int_equal(rig_send(rig, 5, 200), 5);
    rig_run(rig, 10000);
    assert_int_equal(rig->sent, sent + 5);
    assert_true(rig_hears(rig, identity.mac, -1));
}

/* Four drivers on a quad board: four addresses, two of them with the last bit inverted, ports 0 and
 * 1 of each chip, and traffic on each. */
static void four_ports_work(void **state)
{
    static const uint8_t last[PORTS] = {0x10, 0x11, 0x13, 0x12};
    static const char *const boards[] = {"82546eb-quad", "82546gb-quad"};
    struct rig *rig[PORTS];

    (void)state;
    for (unsigned n = 0; n < 2; n++) {
        make_ports(rig, boards[n], 2);
        bring_up(rig, PORTS);
        for (unsigned i = 0; i < PORTS; i++) {
            struct e1000_identity identity;

            e1000_get_identity(rig[i]->dev, &identity);
            assert_int_equal(identity.port, i % 2);
            assert_int_equal(identity.mac[5], last[i]);
            assert_int_equal(identity.eeprom_sum, 0xBABA);
            expect_traffic(rig[i]);
        }
        for (unsigned i = PORTS; i-- > 0;)
            rig_free(rig[i]);
    }
}

/* What happens to one port is nothing to the other: down, a hang and the reset after it. */
static void ports_are_independent(void **state)
{
    static const char *const boards[] = {"82546eb", "82546gb", "82546eb-fiber", "82546gb-serdes"};
    struct rig *rig[PORTS];

    (void)state;
    for (unsigned n = 0; n < sizeof boards / sizeof *boards; n++) {
        unsigned changes;

        make_ports(rig, boards[n], 1);
        bring_up(rig, 2);
        changes = rig[1]->link_changes;
        rig[0]->tx_stuck = true;
        assert_int_equal(rig_send(rig[0], 3, 100), 3);
        run_all(rig, 2, 3 * SECONDS);
        assert_int_equal(rig_stat(rig[0], "tx_hangs"), 1);
        expect_traffic(rig[1]);
        e1000_down(rig_call(rig[0]));
        run_all(rig, 2, SECONDS / 10);
        expect_traffic(rig[1]);
        assert_int_equal(rig[1]->link_changes, changes);
        assert_int_equal(rig_stat(rig[1], "tx_hangs"), 0);
        rig_free(rig[0]);
        expect_traffic(rig[1]);
        rig_free(rig[1]);
    }
}

/* A word that one port's driver writes is read by the other one's, checksum included. */
static void one_writes_the_eeprom_of_both(void **state)
{
    static const uint16_t word = 0xBEEF;
    struct rig *rig[PORTS];
    uint16_t value = 0, sum = 0;

    (void)state;
    make_ports(rig, "82546gb", 1);
    bring_up(rig, 2);
    e1000_down(rig_call(rig[0]));
    run_all(rig, 2, SECONDS / 10);
    assert_int_equal(e1000_eeprom_unlock(rig[0]->dev, E1000_EEPROM_KEY), 0);
    assert_int_equal(e1000_eeprom_write(rig_call(rig[0]), 0x31, &word, 1), 0);
    run_all(rig, 2, SECONDS / 2);
    assert_int_equal(e1000_get_state(rig[0]->dev), E1000_STATE_DOWN);
    assert_int_equal(e1000_eeprom_read(rig_call(rig[1]), 0x31, &value), 0);
    assert_int_equal(value, 0xBEEF);
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(e1000_eeprom_read(rig_call(rig[1]), i, &value), 0);
        sum = (uint16_t)(sum + value);
    }
    assert_int_equal(sum, 0xBABA);
    rig_free(rig[0]);
    rig_free(rig[1]);
}

int main(void)
{
    const struct e1000emu_profile *profile;
    static struct CMUnitTest tests[64];
    size_t count = 0;

    for (; count < 60 && (profile = e1000emu_profile_at(count)); count++) {
        tests[count] =
            (struct CMUnitTest)cmocka_unit_test_prestate(a_board_works, (void *)(uintptr_t)profile);
        tests[count].name = profile->name;
    }
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(four_ports_work);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(ports_are_independent);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(one_writes_the_eeprom_of_both);
    return _cmocka_run_group_tests("every board", tests, count, NULL, NULL);
}
