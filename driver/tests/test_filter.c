/* SPDX-License-Identifier: BSD-2-Clause */
/* Address filters: exact slots, the hash beyond them, promiscuous modes, and lists given early. */
#include "fake.h"

#include <string.h>

/* C17 wants a cast to add const to an array behind a pointer. */
static int set_list(struct fake *fake, uint8_t (*list)[6], unsigned count)
{
    return e1000_set_filter(fake_call(fake), false, false, (const uint8_t(*)[6])list, count);
}

static uint32_t hash_bits(const struct fake *fake)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < 128; i++)
        bits += (uint32_t)__builtin_popcount(fake_reg(fake, E1000_MTA(i)));
    return bits;
}

static unsigned valid_slots(const struct fake *fake)
{
    unsigned n = 0;

    for (uint32_t i = 1; i < 16; i++)
        n += fake_reg(fake, E1000_RAH(i)) >> 31;
    return n;
}

/* Fourteen addresses fit exactly. */
static void exact_first(void **state)
{
    uint8_t list[14][6];
    struct fake *fake = fake_up();

    for (unsigned i = 0; i < 14; i++) {
        const uint8_t address[6] = {0x01, 0x00, 0x5E, 0x01, 0x02, (uint8_t)i};

        memcpy(list[i], address, 6);
    }
    assert_int_equal(set_list(fake, list, 14), 0);
    for (uint32_t i = 0; i < 14; i++) {
        assert_int_equal(fake_reg(fake, E1000_RAL(1 + i)), 0x015E0001);
        assert_int_equal(fake_reg(fake, E1000_RAH(1 + i)), 0x80000002 | i << 8);
    }
    assert_int_equal(hash_bits(fake), 0);
    assert_int_equal(fake_reg(fake, E1000_RAH(15)), 0);

    /* The same list again touches no slot; a shorter one empties those that are left over. */
    fake_forget(fake);
    assert_int_equal(set_list(fake, list, 14), 0);
    assert_int_equal(fake_write_count(fake, E1000_RAH(1)), 0);
    assert_int_equal(set_list(fake, list, 3), 0);
    assert_int_equal(valid_slots(fake), 3);
    assert_int_equal(fake_write_count(fake, E1000_RAH(3)), 0);
    /* A changed slot is invalid while it changes. */
    list[0][5] = 99;
    fake_forget(fake);
    assert_int_equal(set_list(fake, list, 3), 0);
    assert_int_equal(fake->write[0].offset, E1000_RAH(1));
    assert_int_equal(fake->write[0].value, 0);
    assert_int_equal(fake_reg(fake, E1000_RAH(1)), 0x80006302);
    /* Our own address is never touched. */
    assert_int_equal(fake_write_count(fake, E1000_RAH(0)), 0);
    fake_free(fake);
}

/* The fifteenth address uses the hash: 01:AA:00:12:34:56 gives 0x563, word 43, bit 3. */
static void hash_beyond(void **state)
{
    static const uint8_t last[6] = {0x01, 0xAA, 0x00, 0x12, 0x34, 0x56};
    uint8_t list[15][6];
    struct fake *fake = fake_up();

    for (unsigned i = 0; i < 14; i++) {
        const uint8_t address[6] = {0x33, 0x33, 0, 0, 0, (uint8_t)(i + 1)};

        memcpy(list[i], address, 6);
    }
    memcpy(list[14], last, 6);
    assert_int_equal(set_list(fake, list, 15), 0);
    assert_int_equal(valid_slots(fake), 14);
    assert_int_equal(hash_bits(fake), 1);
    assert_int_equal(fake_reg(fake, E1000_MTA(43)), 1u << 3);
    assert_int_equal(e1000_set_filter(fake_call(fake), false, false, NULL, 0), 0);
    assert_int_equal(hash_bits(fake), 0);
    assert_int_equal(valid_slots(fake), 0);
    fake_free(fake);
}

/* A list of any length: what has no exact slot is hashed. */
static void long_list(void **state)
{
    static uint8_t list[5000][6];
    struct fake *fake = fake_up();

    for (unsigned i = 0; i < 5000; i++) {
        list[i][0] = 0x01;
        list[i][4] = (uint8_t)(i << 4);
        list[i][5] = (uint8_t)(i >> 4);
    }
    assert_int_equal(set_list(fake, list, 4096), 0);
    assert_int_equal(hash_bits(fake), 4096 - 14);
    assert_int_equal(set_list(fake, list, 5000), 0);
    assert_int_equal(hash_bits(fake), 4096);
    assert_int_equal(valid_slots(fake), 14);
    fake_free(fake);
}

static void bad_lists_refused(void **state)
{
    static const uint8_t unicast[2][6] = {{0x01, 0, 0, 0, 0, 1}, {0x02, 0, 0, 0, 0, 1}};
    struct fake *fake = fake_up();

    assert_int_equal(e1000_set_filter(fake_call(fake), true, true, unicast, 2),
                     E1000_ERR_PARAMETER);
    assert_int_equal(e1000_set_filter(fake_call(fake), true, true, NULL, 1), E1000_ERR_PARAMETER);
    assert_int_equal(valid_slots(fake), 0);
    assert_false(fake_reg(fake, E1000_RCTL) & (E1000_RCTL_UPE | E1000_RCTL_MPE));
    fake_free(fake);
}

/* A new address replaces the old one in its slot, with nothing valid there in between, and leaves
 * the others alone. */
static void new_address_while_up(void **state)
{
    static const uint8_t mac[6] = {2, 3, 4, 5, 6, 7};
    uint8_t group[1][6] = {{0x01, 0, 0x5E, 0, 0, 1}};
    struct fake *fake = fake_up();
    bool cleared = false;

    assert_int_equal(set_list(fake, group, 1), 0);
    fake_forget(fake);
    assert_int_equal(e1000_set_mac(fake_call(fake), mac), 0);
    assert_int_equal(fake_reg(fake, E1000_RAL(0)), 0x05040302);
    assert_int_equal(fake_reg(fake, E1000_RAH(0)), E1000_RAH_AV | 0x0706);
    assert_int_equal(fake_reg(fake, E1000_RAL(1)), 0x005E0001);
    assert_int_equal(fake_reg(fake, E1000_RAH(1)), E1000_RAH_AV | 0x0100);
    for (unsigned i = 0; i < fake->writes; i++) {
        cleared |= fake->write[i].offset == E1000_RAH(0) && !fake->write[i].value;
        assert_true(fake->write[i].offset != E1000_RAL(0) || cleared);
    }
    fake_free(fake);
}

/* The receiver keeps running while modes change. */
static void promiscuous_modes(void **state)
{
    struct fake *fake = fake_up();
    const uint32_t bits = E1000_RCTL_EN | E1000_RCTL_UPE | E1000_RCTL_MPE;

    assert_int_equal(fake_reg(fake, E1000_RCTL) & bits, E1000_RCTL_EN);
    fake_forget(fake);
    e1000_set_filter(fake_call(fake), true, false, NULL, 0);
    assert_int_equal(fake_reg(fake, E1000_RCTL) & bits, bits);
    e1000_set_filter(fake_call(fake), false, true, NULL, 0);
    assert_int_equal(fake_reg(fake, E1000_RCTL) & bits, E1000_RCTL_EN | E1000_RCTL_MPE);
    e1000_set_filter(fake_call(fake), false, false, NULL, 0);
    assert_int_equal(fake_reg(fake, E1000_RCTL) & bits, E1000_RCTL_EN);
    for (unsigned i = 0; i < fake->writes; i++)
        assert_true(fake->write[i].offset != E1000_RCTL || fake->write[i].value & E1000_RCTL_EN);
    fake_free(fake);
}

/* A list given while the interface is down is in force when it comes up, and again the next time.
 */
static void list_given_while_down(void **state)
{
    static const uint8_t list[1][6] = {{0x01, 0x00, 0x5E, 0x00, 0x00, 0xFB}};
    struct fake *fake = fake_new();

    fake->params.promiscuous = true;
    assert_int_equal(fake_attach(fake), 0);
    fake_bring_up(fake);
    assert_true(fake_reg(fake, E1000_RCTL) & E1000_RCTL_UPE);
    assert_int_equal(e1000_down(fake_call(fake)), 0);
    assert_int_equal(e1000_set_filter(fake_call(fake), false, true, list, 1), 0);
    for (int i = 0; i < 2; i++) {
        for (uint32_t slot = 1; slot < 16; slot++)
            fake_set(fake, E1000_RAH(slot), 0x8000AAAA);
        fake_set(fake, E1000_MTA(7), 0xFFFF);
        fake_bring_up(fake);
        assert_int_equal(valid_slots(fake), 1);
        assert_int_equal(fake_reg(fake, E1000_RAL(1)), 0x005E0001);
        assert_int_equal(fake_reg(fake, E1000_RAH(1)), 0x8000FB00);
        assert_int_equal(hash_bits(fake), 0);
        assert_false(fake_reg(fake, E1000_RCTL) & E1000_RCTL_UPE);
        assert_true(fake_reg(fake, E1000_RCTL) & E1000_RCTL_MPE);
        assert_int_equal(e1000_down(fake_call(fake)), 0);
    }
    fake_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_first),
        cmocka_unit_test(hash_beyond),
        cmocka_unit_test(long_list),
        cmocka_unit_test(bad_lists_refused),
        cmocka_unit_test(new_address_while_up),
        cmocka_unit_test(promiscuous_modes),
        cmocka_unit_test(list_given_while_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
