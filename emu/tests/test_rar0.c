/* SPDX-License-Identifier: BSD-2-Clause */
/* What RAR[0] holds after each reset: the four habits by the three kinds (SDM 14.7). */
#include "chip.h"
#include "resets.h"

#define MS 1000000u

static const uint8_t mac[6] = {0x00, 0x0C, 0x29, 0x01, 0x02, 0x03};
#define MAC_LOW  0x01290C00u
#define MAC_HIGH 0x0302u

static struct fixture *with_rar0(enum e1000emu_rar0 rar0, uint32_t seed)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("vmware");
    struct e1000emu_config config = {.profile = &profile, .mac = mac, .seed = seed};
    struct fixture *f;

    for (unsigned i = 0; i < E1000EMU_RESETS; i++)
        profile.rar0[i] = rar0;
    f = fixture_new(&config);
    fixture_enable(f);
    return f;
}

/* Writes an address and a second one, resets, and looks at both. */
static void reset_with_addresses(struct fixture *f, size_t way)
{
    fixture_write(f, REG_RAL(0), 0x11223344);
    fixture_write(f, REG_RAH(0), RAH_AV | RAH_AS_SRC | 0x5566);
    fixture_write(f, REG_RAL(1), 0x99AABBCC);
    fixture_write(f, REG_RAH(1), RAH_AV | 0xDDEE);
    ways[way].reset(f, ways[way].kind);
    fixture_enable(f);
    fixture_run(f, 10 * MS);
}

static void rar0_zero_after_every_reset(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        struct fixture *f = with_rar0(E1000EMU_RAR0_ZERO, 0);

        assert_int_equal(fixture_read(f, REG_RAL(0)), 0);
        reset_with_addresses(f, i);
        assert_int_equal(fixture_read(f, REG_RAL(0)), 0);
        assert_int_equal(fixture_read(f, REG_RAH(0)), 0);
        fixture_free(f);
    }
}

static void rar0_kept_after_every_reset(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        struct fixture *f = with_rar0(E1000EMU_RAR0_KEPT, 0);

        assert_int_equal(fixture_read(f, REG_RAL(0)), 0); /* there was none to keep */
        reset_with_addresses(f, i);
        assert_int_equal(fixture_read(f, REG_RAL(0)), 0x11223344);
        assert_int_equal(fixture_read(f, REG_RAH(0)), RAH_AS_SRC | 0x5566);
        fixture_free(f);
    }
}

static void rar0_garbage_after_every_reset(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        struct fixture *f = with_rar0(E1000EMU_RAR0_GARBAGE, 7);
        struct fixture *same = with_rar0(E1000EMU_RAR0_GARBAGE, 7);
        struct fixture *other = with_rar0(E1000EMU_RAR0_GARBAGE, 8);
        uint32_t low, high;

        reset_with_addresses(f, i);
        reset_with_addresses(same, i);
        reset_with_addresses(other, i);
        low = fixture_read(f, REG_RAL(0));
        high = fixture_read(f, REG_RAH(0));
        assert_int_equal(high & ~RAH_ADDR, RAH_AV); /* says that it is valid */
        assert_int_equal(low & 1, 0);
        assert_true(low != 0x11223344 && low != 0);
        assert_true(low != MAC_LOW || (high & RAH_ADDR) != MAC_HIGH);
        assert_int_equal(fixture_read(same, REG_RAL(0)), low);
        assert_int_not_equal(fixture_read(other, REG_RAL(0)), low);
        fixture_free(f);
        fixture_free(same);
        fixture_free(other);
    }
}

/* Not even by chance is it the EEPROM's. */
static void rar0_garbage_is_never_the_address(void **state)
{
    struct fixture *f = with_rar0(E1000EMU_RAR0_GARBAGE, 7);
    struct e1000emu_profile profile = f->chip->profile;
    uint32_t low = fixture_read(f, REG_RAL(0)), high = fixture_read(f, REG_RAH(0));
    const uint8_t same[6] = {(uint8_t)low,         (uint8_t)(low >> 8), (uint8_t)(low >> 16),
                             (uint8_t)(low >> 24), (uint8_t)high,       (uint8_t)(high >> 8)};
    struct e1000emu_config config = {.profile = &profile, .mac = same, .seed = 7};

    (void)state;
    fixture_free(f);
    f = fixture_new(&config);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_RAL(0)), low);
    assert_int_equal(fixture_read(f, REG_RAH(0)), high ^ 1u);
    fixture_free(f);
}

static void rar0_from_the_eeprom_after_every_reset(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        struct fixture *f = with_rar0(E1000EMU_RAR0_EEPROM, 0);

        assert_int_equal(fixture_read(f, REG_RAL(0)), MAC_LOW);
        assert_int_equal(fixture_read(f, REG_RAH(0)), RAH_AV | MAC_HIGH);
        reset_with_addresses(f, i);
        assert_int_equal(fixture_read(f, REG_RAL(0)), MAC_LOW);
        assert_int_equal(fixture_read(f, REG_RAH(0)), RAH_AV | MAC_HIGH);
        fixture_free(f);
    }
}

/* A profile may treat each kind of reset in its own way. */
static void rar0_is_chosen_by_kind_of_reset(void **state)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("vmware");
    struct e1000emu_config config = {.profile = &profile, .mac = mac};
    struct fixture *f;

    (void)state;
    profile.rar0[E1000EMU_RESET_POWER] = E1000EMU_RAR0_EEPROM;
    profile.rar0[E1000EMU_RESET_PCI] = E1000EMU_RAR0_KEPT;
    profile.rar0[E1000EMU_RESET_CTRL] = E1000EMU_RAR0_ZERO;
    f = fixture_new(&config);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_RAH(0)), RAH_AV | MAC_HIGH);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_RAH(0)), MAC_HIGH);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_int_equal(fixture_read(f, REG_RAH(0)), 0);
    fixture_free(f);
}

static void profiles_have_their_habit(void **state)
{
    struct e1000emu_config config = {.profile = e1000emu_profile_find("vmware")};
    struct fixture *f = fixture_new(&config);

    (void)state;
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_RAL(0)), 0);
    assert_int_equal(fixture_read(f, REG_RAH(0)), 0);
    fixture_free(f);
    config.profile = e1000emu_profile_find("silicon");
    f = fixture_new(&config);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_RAL(0)), 0x45230400);
    assert_int_equal(fixture_read(f, REG_RAH(0)), 0x8000014D);
    fixture_free(f);
}

/* RAR[1] to RAR[15]: the address stays, the valid bit goes; power takes both. */
static void other_addresses_lose_their_valid_bit(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        struct fixture *f = with_rar0(E1000EMU_RAR0_ZERO, 0);
        bool power = ways[i].kind == E1000EMU_RESET_POWER;

        reset_with_addresses(f, i);
        assert_int_equal(fixture_read(f, REG_RAL(1)), power ? 0 : 0x99AABBCC);
        assert_int_equal(fixture_read(f, REG_RAH(1)), power ? 0 : 0x0000DDEE);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rar0_zero_after_every_reset),
        cmocka_unit_test(rar0_kept_after_every_reset),
        cmocka_unit_test(rar0_garbage_after_every_reset),
        cmocka_unit_test(rar0_garbage_is_never_the_address),
        cmocka_unit_test(rar0_from_the_eeprom_after_every_reset),
        cmocka_unit_test(rar0_is_chosen_by_kind_of_reset),
        cmocka_unit_test(profiles_have_their_habit),
        cmocka_unit_test(other_addresses_lose_their_valid_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
