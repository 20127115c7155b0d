/* SPDX-License-Identifier: BSD-2-Clause */
/* What the core does beside traffic, on the chip: hangs, resets, sleep, EEPROM, self-test,
 * statistics, dumps. */
#include <string.h>

#include "rig.h"

#define SECONDS 1000000u

static const char *const profiles[] = {"vmware",        "silicon",       "virtualbox",    "qemu",
                                       "82545em-fiber", "82545gm-fiber", "82545gm-serdes"};
#define PROFILES (sizeof profiles / sizeof profiles[0])

/* ---- Hangs and resets ---- */

/* The transmitter stands still: noticed within two seconds, told with what is stuck, one reset, and
 * every frame comes back; what is sent then is sent. */
static void hang_is_found_and_ended(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct rig *rig = rig_up(profiles[i]);
        unsigned resets = rig->resets;

        assert_int_equal(rig_send(rig, 10, 100), 10);
        rig_run(rig, 10000);
        assert_int_equal(rig->sent, 10);
        rig->tx_stuck = true;
        assert_int_equal(rig_send(rig, 7, 100), 7);
        rig_run(rig, 2 * SECONDS + 100000);
        assert_int_equal(rig->resets, resets + 1);
        assert_int_equal(rig->outstanding, 0);
        assert_int_equal(rig_stat(rig, "tx_hangs"), 1);
        assert_int_equal(rig_stat(rig, "tx_abandoned"), 7);
        assert_true(rig_logged(rig, "en0: transmitter hung for "));
        assert_true(rig_logged(rig, "ms: TDH 10, TDT 10, driver 10 to 17 of 32"));
        assert_true(rig_logged(rig, "en0: CTRL "));
        assert_true(rig_logged(rig, "en0: descriptor 10: 0000000077770000 "));
        assert_true(rig_logged(rig, "en0: descriptor 13: "));
        assert_false(rig_logged(rig, "en0: descriptor 14: ")); /* four of them are enough */
        assert_true(rig_linked(rig, SECONDS));
        assert_int_equal(rig_send(rig, 7, 100), 7);
        rig_run(rig, 5 * SECONDS);
        assert_int_equal(rig->sent, 17);
        assert_int_equal(rig->outstanding, 0);
        assert_int_equal(rig->resets, resets + 1);
        rig_free(rig);
    }
}

/* Slower links have more time: at 10 Mb/s nothing is a hang before sixteen seconds. */
static void patience_depends_on_the_speed(void **state)
{
    static const struct {
        uint32_t abilities;
        unsigned quiet_s, end_s;
    } rows[] = {{E1000EMU_100_FULL, 2, 4}, {E1000EMU_10_FULL, 15, 18}};

    for (size_t i = 0; i < 2; i++) {
        struct rig *rig = rig_new("silicon");

        rig->partner.abilities = rows[i].abilities;
        assert_int_equal(rig_attach(rig), 0);
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
        assert_true(rig_linked(rig, 8 * SECONDS));
        rig->tx_stuck = true;
        assert_int_equal(rig_send(rig, 1, 100), 1);
        rig_run(rig, rows[i].quiet_s * SECONDS);
        assert_int_equal(rig_stat(rig, "tx_hangs"), 0);
        rig_run(rig, (rows[i].end_s - rows[i].quiet_s) * SECONDS);
        assert_int_equal(rig_stat(rig, "tx_hangs"), 1);
        rig_free(rig);
    }
}

/* Paused by the partner for as long as it likes is no hang. */
static void paused_is_not_hung(void **state)
{
    static const uint8_t pause[60] = {0x01, 0x80, 0xC2, 0,    0,    1, 2, 0,    0,
                                      0,    0,    1,    0x88, 0x08, 0, 1, 0xFF, 0xFF};
    struct rig *rig = rig_new("silicon");
    struct e1000emu_frame frame = {.data = pause, .length = sizeof pause};
    struct e1000_link link;

    rig->partner.abilities = E1000EMU_1000_FULL | E1000EMU_PAUSE;
    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 8 * SECONDS));
    e1000_get_link(rig->dev, &link);
    assert_true(link.rx_pause);
    for (unsigned i = 0; i < 200; i++) { /* 33 ms each */
        e1000emu_receive(rig->chip, &frame, 1, 0, NULL);
        if (i == 0)
            assert_int_equal(rig_send(rig, 5, 100), 5);
        rig_run(rig, 25000);
    }
    assert_int_equal(rig->sent, 0);
    assert_int_equal(rig_stat(rig, "tx_hangs"), 0);
    rig_run(rig, 100000);
    assert_int_equal(rig->sent, 5);
    rig_free(rig);
}

/* A clock that jumps, because the machine stood still, is no hang either. */
static void jump_of_the_clock_is_not_a_hang(void **state)
{
    struct rig *rig = rig_up("silicon");

    rig_run(rig, SECONDS);
    assert_int_equal(rig_send(rig, 1, 1500), 1);
    rig->now += 3600000000000u; /* the chip has not run in that hour */
    e1000_tick(rig_call(rig));
    rig_run(rig, SECONDS);
    assert_int_equal(rig_stat(rig, "tx_hangs"), 0);
    assert_int_equal(rig->sent, 1);
    rig_free(rig);
}

/* Frames that are queued when the cable is pulled come back, by one reset; those queued later wait
 * for the link. */
static void link_lost_with_frames_queued(void **state)
{
    struct rig *rig = rig_up("silicon");
    unsigned resets = rig->resets;

    rig_set_partner(rig, false, 0);
    assert_int_equal(rig_send(rig, 5, 100), 5);
    rig_run(rig, 2 * SECONDS);
    assert_int_equal(rig->outstanding, 0);
    assert_int_equal(rig->resets, resets + 1);
    assert_int_equal(rig_stat(rig, "tx_flushes"), 1);
    assert_int_equal(rig_send(rig, 3, 100), 3);
    rig_run(rig, 5 * SECONDS);
    assert_int_equal(rig->resets, resets + 1);
    assert_int_equal(rig->outstanding, 3);
    rig_set_partner(rig, true, 0xFF);
    assert_true(rig_linked(rig, 8 * SECONDS));
    rig_run(rig, SECONDS);
    assert_int_equal(rig->sent, 3);
    assert_int_equal(rig->outstanding, 0);
    rig_free(rig);
}

/* A finished frame whose interrupt never comes is rescued, and no hang. */
static void lost_interrupt_is_not_a_hang(void **state)
{
    struct rig *rig = rig_up("silicon");

    rig->deaf = true;
    assert_int_equal(rig_send(rig, 5, 100), 5);
    rig_run(rig, 4 * SECONDS);
    assert_int_equal(rig_stat(rig, "tx_hangs"), 0);
    assert_true(rig_stat(rig, "rescues") > 0);
    rig->deaf = false;
    rig_run(rig, SECONDS);
    assert_int_equal(rig->outstanding, 0);
    rig_free(rig);
}

/* Resets asked for in a row, in the middle of one another, and ended by down or detach: each ends
 * in a device that works, or none. */
static void reset_storms(void **state)
{
    struct rig *rig = rig_up("silicon");
    unsigned sent;

    for (unsigned i = 0; i < 20; i++) {
        rig_send(rig, 3, 100);
        assert_int_equal(e1000_reset(rig_call(rig)), 0);
        assert_int_equal(e1000_reset(rig_call(rig)), 0); /* there is one already */
        rig_run(rig, i * 997);
    }
    assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
    assert_true(rig_linked(rig, 8 * SECONDS));
    assert_int_equal(rig->outstanding, 0);
    sent = rig->sent;
    assert_int_equal(rig_send(rig, 3, 100), 3);
    rig_run(rig, SECONDS);
    assert_int_equal(rig->sent, sent + 3);

    /* Closed at every stage of one. */
    for (unsigned us = 0; us < 20000; us += 500) {
        rig_send(rig, 3, 100);
        assert_int_equal(e1000_reset(rig_call(rig)), 0);
        rig_run(rig, us);
        assert_int_equal(e1000_down(rig_call(rig)), 0);
        assert_int_equal(rig->live, 0);
        assert_int_equal(e1000_reset(rig_call(rig)), E1000_ERR_STATE);
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    }
    rig_free(rig);
}

/* Address, filters, VLANs and media are what they were after a reset of the chip, after down and
 * up, and after sleeping. */
static void settings_survive(void **state)
{
    static const uint8_t mac[6] = {2, 1, 2, 3, 4, 5}, other[6] = {2, 9, 9, 9, 9, 9};
    static const uint8_t group[6] = {1, 0, 0x5E, 0, 0, 1}, not_ours[6] = {2, 1, 1, 1, 1, 1};

    for (int how = 0; how < 4; how++) {
        struct rig *rig = rig_up("silicon");
        struct e1000_media media = {.advertise = E1000_100_FULL};

        assert_int_equal(e1000_set_mac(rig_call(rig), mac), 0);
        assert_int_equal(e1000_set_unicast(rig_call(rig), &other, 1), 0);
        assert_int_equal(e1000_set_filter(rig_call(rig), false, false, &group, 1), 0);
        assert_int_equal(e1000_vlan_want(rig_call(rig), 77, true), 0);
        e1000_vlan_filter(rig_call(rig), true);
        assert_int_equal(e1000_set_media(rig_call(rig), &media), 0);
        if (how == 1) {
            assert_int_equal(e1000_reset(rig_call(rig)), 0);
        } else if (how == 2) {
            assert_int_equal(e1000_down(rig_call(rig)), 0);
            assert_int_equal(e1000_up(rig_call(rig)), 0);
        } else if (how == 3) {
            assert_int_equal(e1000_suspend(rig_call(rig)), 0);
            assert_int_equal(rig_settle(rig), E1000_STATE_SUSPENDED);
            assert_int_equal(e1000_resume(rig_call(rig)), 0);
        }
        assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
        rig_run(rig, 100);
        assert_true(rig_linked(rig, 8 * SECONDS));

        struct e1000_link link;
        e1000_get_link(rig->dev, &link);
        assert_int_equal(link.mbps, 100);
        assert_true(rig_hears(rig, mac, -1));
        assert_true(rig_hears(rig, other, -1));
        assert_true(rig_hears(rig, group, -1));
        assert_true(rig_hears(rig, mac, 77));
        assert_false(rig_hears(rig, mac, 78));
        assert_false(rig_hears(rig, not_ours, -1));
        rig_free(rig);
    }
}

/* ---- Statistics ---- */

/* The chip's counts and the core's agree, whoever harvests and whenever; resets lose none. */
static void statistics_add_up(void **state)
{
    struct rig *rig = rig_up("silicon");
    const uint8_t everybody[6] = {255, 255, 255, 255, 255, 255};
    unsigned names = 0;

    while (e1000_stat_name(names)) {
        for (unsigned i = 0; i < names; i++)
            assert_string_not_equal(e1000_stat_name(i), e1000_stat_name(names));
        names++;
    }
    assert_true(names > 60);
    assert_int_equal(e1000_stat(rig->dev, names), 0);

    for (unsigned round = 0; round < 4; round++) {
        assert_int_equal(rig_send(rig, 10, 100), 10);
        for (unsigned i = 0; i < 5; i++)
            assert_true(rig_hears(rig, everybody, -1));
        rig_run(rig, 10000);
        if (round == 1)
            assert_int_equal(e1000_harvest(rig_call(rig)), 0);
        if (round == 2)
            rig_run(rig, 3 * SECONDS);
        if (round == 3)
            assert_int_equal(e1000_down(rig_call(rig)), 0);
        else
            assert_int_equal(e1000_reset(rig_call(rig)), 0);
        if (round < 3)
            assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
        assert_true(round == 3 || rig_linked(rig, SECONDS));
    }
    assert_int_equal(rig_stat(rig, "tx_frames"), 40);
    assert_int_equal(rig_stat(rig, "tx_total_packets"), 40);
    assert_int_equal(rig_stat(rig, "tx_good_packets"), 40);
    assert_int_equal(rig_stat(rig, "tx_good_octets"), 40 * 104);
    assert_int_equal(rig_stat(rig, "tx_broadcast"), 40);
    assert_int_equal(rig_stat(rig, "tx_size_65_127"), 40);
    assert_int_equal(rig_stat(rig, "rx_total_packets"), 20);
    assert_int_equal(rig_stat(rig, "rx_broadcast"), 20);
    assert_int_equal(rig_stat(rig, "rx_total_octets"), 20 * 68);
    assert_int_equal(rig_stat(rig, "rx_frames"), 20);
    assert_int_equal(rig_stat(rig, "resets"), 3);
    assert_int_equal(e1000_harvest(rig_call(rig)), E1000_ERR_STATE);
    rig_free(rig);
}

/* Reading the dump changes nothing: twice the same, and causes, statistics and rings are as before.
 */
static void dump_changes_nothing(void **state)
{
    struct rig *rig = rig_up("silicon");
    struct e1000_register first, second;
    unsigned n = 0;

    rig->deaf = true;
    assert_int_equal(rig_send(rig, 3, 100), 3);
    rig_run(rig, 1000);
    for (; e1000_dump(rig_call(rig), n, &first) == 0; n++) {
        assert_int_equal(e1000_dump(rig_call(rig), n, &second), 0);
        assert_int_equal(first.value, second.value);
        assert_int_equal(first.offset, second.offset);
        assert_int_equal(first.value, e1000emu_peek(rig->chip, first.offset));
    }
    assert_true(n >= 40);
    /* Names are the manual's, of places that the chip knows by the same one. */
    for (n = 0; e1000_dump(rig_call(rig), n, &first) == 0; n++) {
        size_t length = strcspn(first.name, "0"); /* RAL0 is the first RAL */
        uint32_t index;
        const struct e1000emu_register *row = e1000emu_register_find(first.offset, &index);

        assert_non_null(row);
        assert_memory_equal(row->name, first.name, length);
        assert_int_equal(row->name[length], 0);
        assert_int_equal(index, 0);
    }
    assert_true(e1000emu_peek(rig->chip, E1000_ICR) & E1000_ICR_TXDW);
    assert_int_equal(e1000emu_peek(rig->chip, E1000_GPTC), 3);
    /* None of them has a side effect of reading, by the chip's own table. */
    for (n = 0; e1000_dump(rig_call(rig), n, &first) == 0; n++) {
        const struct e1000emu_register *row;

        for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++) {
            if (row->offset == first.offset)
                assert_false(row->flags & E1000EMU_REG_READ_CLEARS);
        }
    }
    assert_int_equal(e1000_dump(rig_call(rig), 0, NULL), E1000_ERR_PARAMETER);
    rig->deaf = false;
    rig_run(rig, 10000);
    e1000_detach(rig_call(rig));
    assert_int_equal(e1000_dump(rig_call(rig), 0, &first), E1000_ERR_STATE);
    rig_free(rig);
}

/* ---- Self-test ---- */

/* All five parts pass on every profile, from DOWN and from UP, with and without interrupts being
 * delivered, and everything is as before. */
static void selftest_passes(void **state)
{
    for (size_t i = 0; i < PROFILES; i++) {
        for (uint32_t how = 0; how < 4; how++) {
            bool up = how & 2;
            struct rig *rig = rig_up(profiles[i]);
            struct e1000_selftest result;

            if (!up)
                assert_int_equal(e1000_down(rig_call(rig)), 0);
            rig->tolerant = true; /* patterns in registers are not how a driver drives */
            assert_int_equal(e1000_selftest(rig_call(rig), how & 1 ? E1000_TEST_INTERRUPT : 0), 0);
            assert_int_equal(e1000_selftest(rig_call(rig), 0), E1000_ERR_STATE);
            assert_int_equal(e1000_down(rig_call(rig)), E1000_ERR_STATE);
            assert_int_equal(rig_send(rig, 1, 60), 0);
            assert_true(rig_until(rig, up ? E1000_STATE_UP : E1000_STATE_DOWN, 15 * SECONDS));
            e1000_get_selftest(rig->dev, &result);
            assert_int_equal(result.link, 0);
            if (strcmp(profiles[i], "virtualbox") && strcmp(profiles[i], "qemu"))
                assert_int_equal(result.registers, 0);
            assert_int_equal(result.eeprom, 0);
            assert_int_equal(result.interrupt, 0);
            if (result.loopback)
                fail_msg("%s, %u: loopback %u", profiles[i], how, result.loopback);
            rig->tolerant = false;
            if (!up)
                assert_int_equal(e1000_up(rig_call(rig)), 0);
            assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
            assert_true(rig_linked(rig, 8 * SECONDS));
            rig->sent = 0;
            assert_int_equal(rig_send(rig, 3, 100), 3);
            rig_run(rig, 100000);
            assert_int_equal(rig->sent, 3);
            rig_free(rig);
        }
    }
}

/* Each part finds its fault, says so with ethtool's number, and no other part does. */
static void selftest_finds_faults(void **state)
{
    static const struct {
        const char *what;
        uint32_t offset, ones, zeros;
        struct e1000_selftest expected;
    } faults[] = {
        {"no link", E1000_STATUS, 0, E1000_STATUS_LU, {.link = 1}},
        {"a bit that sticks", E1000_FCTTV, 0x10, 0, {.registers = E1000_FCTTV + 1}},
        {"a bit that is missing", E1000_MTA(100), 0, 1, {.registers = E1000_MTA(100) + 1}},
        {"an EEPROM that answers zero", E1000_EECD, 0, E1000_EECD_DO, {.eeprom = 2}},
        {"no grant", E1000_EECD, 0, E1000_EECD_EE_GNT, {.eeprom = 1}},
        {"a cause that never comes", E1000_ICR, 0, E1000_ICR_RXT0, {.interrupt = 4}},
        {"a mask that does not mask", E1000_IMS, E1000_ICR_TXDW, 0, {.interrupt = 3}},
    };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct rig *rig = rig_new("silicon");
        struct e1000_selftest result;

        assert_int_equal(rig_attach(rig), 0);
        rig->tolerant = true;
        rig->lie[0].offset = faults[i].offset;
        rig->lie[0].ones = faults[i].ones;
        rig->lie[0].zeros = faults[i].zeros;
        rig->lies = 1;
        assert_int_equal(e1000_selftest(rig_call(rig), 0), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_DOWN);
        assert_int_equal(e1000_get_job(rig->dev), E1000_ERR_TEST);
        e1000_get_selftest(rig->dev, &result);
        if (result.link != faults[i].expected.link ||
            result.registers != faults[i].expected.registers ||
            result.eeprom != faults[i].expected.eeprom ||
            result.interrupt != faults[i].expected.interrupt || result.loopback)
            fail_msg("%s: link %u, registers 0x%x, EEPROM %u, interrupt %u, loopback %u",
                     faults[i].what, result.link, result.registers, result.eeprom, result.interrupt,
                     result.loopback);
        rig->lies = 0;
        assert_int_equal(e1000_selftest(rig_call(rig), E1000_TEST_NO_LINK), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_DOWN);
        assert_int_equal(e1000_get_job(rig->dev), 0);
        rig_free(rig);
    }
}

/* Frames that don't come back, or come back changed; interrupts that are not delivered. */
static void selftest_finds_loopback_and_line_faults(void **state)
{
    struct rig *rig = rig_new("silicon");
    struct e1000_selftest result;

    assert_int_equal(rig_attach(rig), 0);
    rig->tolerant = true;
    rig->deaf = true;
    assert_int_equal(e1000_selftest(rig_call(rig), E1000_TEST_INTERRUPT | E1000_TEST_NO_LINK), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_DOWN);
    e1000_get_selftest(rig->dev, &result);
    assert_int_equal(result.interrupt, 4);
    assert_int_equal(result.interrupt_cause, 0);
    rig->deaf = false;

    for (int stuck = 0; stuck < 2; stuck++) {
        assert_int_equal(e1000_selftest(rig_call(rig), E1000_TEST_NO_LINK), 0);
        while (e1000_get_state(rig->dev) == E1000_STATE_BUSY) {
            if (stuck) {
                rig->tx_stuck = true;
            } else if (rig->memory[0].cpu) { /* the frame, before and after it is sent */
                uint8_t *memory = rig->memory[0].cpu;

                memory[2048 + 500]++;
            }
            rig_run(rig, 500);
        }
        e1000_get_selftest(rig->dev, &result);
        assert_int_equal(result.loopback, stuck ? 14 : 13);
        assert_int_equal(e1000_get_job(rig->dev), E1000_ERR_TEST);
        rig->tx_stuck = false;
    }

    rig->fail_alloc = 1;
    assert_int_equal(e1000_selftest(rig_call(rig), 0), E1000_ERR_MEMORY);
    assert_int_equal(e1000_selftest(rig_call(rig), 4), E1000_ERR_PARAMETER);
    assert_int_equal(e1000_get_state(rig->dev), E1000_STATE_DOWN);

    /* Detached in the middle, at every stage. */
    for (uint64_t us = 0; us < 800000; us += 20011) {
        assert_int_equal(e1000_selftest(rig_call(rig), E1000_TEST_NO_LINK), 0);
        rig_run(rig, us);
        e1000_detach(rig_call(rig));
        assert_int_equal(rig->live, 0);
        rig_run(rig, 10000);
        assert_int_equal(rig_attach(rig), 0);
    }
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hang_is_found_and_ended),
        cmocka_unit_test(patience_depends_on_the_speed),
        cmocka_unit_test(paused_is_not_hung),
        cmocka_unit_test(jump_of_the_clock_is_not_a_hang),
        cmocka_unit_test(link_lost_with_frames_queued),
        cmocka_unit_test(lost_interrupt_is_not_a_hang),
        cmocka_unit_test(reset_storms),
        cmocka_unit_test(settings_survive),
        cmocka_unit_test(statistics_add_up),
        cmocka_unit_test(dump_changes_nothing),
        cmocka_unit_test(selftest_passes),
        cmocka_unit_test(selftest_finds_faults),
        cmocka_unit_test(selftest_finds_loopback_and_line_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
