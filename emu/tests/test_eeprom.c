/* SPDX-License-Identifier: BSD-2-Clause */
/* The EEPROM's image, EERD, and what the hardware loads from it (SDM 5). */
#include "microwire.h"

#include <string.h>

#include "chip.h"

/* ---- The image ------------------------------------------------------------------------------ */

static void made_image_is_valid_on_every_profile(void **state)
{
    const struct e1000emu_profile *profile;

    (void)state;
    for (size_t n = 0; (profile = e1000emu_profile_at(n)); n++) {
        struct fixture *f = eeprom_fixture(profile->name, NULL, 0);
        /* It may say that it is another chip, or on another board. */
        bool chip = profile->eeprom_device != 0;
        bool board = profile->eeprom_subsystem != 0;
        uint16_t sum = 0;

        for (uint32_t i = 0; i < 64; i++)
            sum = (uint16_t)(sum + read_eerd(f, i));
        assert_int_equal(sum, 0xBABA);
        for (uint32_t i = 0; i < 3; i++)
            assert_int_equal(read_eerd(f, i), profile->mac[2 * i] | profile->mac[2 * i + 1] << 8);
        assert_int_equal(read_eerd(f, 0x05), 0x0000); /* version 0.0 */
        assert_int_equal(read_eerd(f, 0x0B),
                         board ? profile->eeprom_subsystem : profile->subsystem);
        assert_int_equal(read_eerd(f, 0x0C), board ? profile->vendor : profile->subsystem_vendor);
        assert_int_equal(read_eerd(f, 0x0D), chip ? profile->eeprom_device : profile->device);
        assert_int_equal(read_eerd(f, 0x0E), profile->vendor);
        fixture_free(f);
    }
}

static void made_image_has_the_configured_address(void **state)
{
    static const uint8_t mac[6] = {0x12, 0x34, 0x56, 0x78, 0x90, 0xAB};
    struct e1000emu_config config = {.mac = mac};
    struct fixture *f = fixture_new(&config);
    uint16_t sum = 0;

    (void)state;
    fixture_enable(f);
    assert_int_equal(read_eerd(f, 0), 0x3412);
    assert_int_equal(read_eerd(f, 1), 0x7856);
    assert_int_equal(read_eerd(f, 2), 0xAB90);
    for (uint32_t i = 0; i < 64; i++)
        sum = (uint16_t)(sum + read_eerd(f, i));
    assert_int_equal(sum, 0xBABA);
    fixture_free(f);
}

/* ---- EERD (SDM 13.4.4) ---------------------------------------------------------------------- */

/* Takes time: DONE is clear meanwhile, and START never reads as one. */
static void eerd_takes_time(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_EERD, 0x0A01);
    assert_int_equal(fixture_read(f, REG_EERD), 0x00000A00);
    fixture_run(f, 20 * US);
    assert_int_equal(fixture_read(f, REG_EERD), 0x00000A00);
    fixture_run(f, 20 * US);
    assert_int_equal(fixture_read(f, REG_EERD), 0x440B0A10);
    fixture_write(f, REG_EERD, 0x0C00); /* no START: stores the address only */
    fixture_run(f, 100 * US);
    assert_int_equal(fixture_read(f, REG_EERD), 0x440B0C10);
    fixture_write(f, REG_EERD, 0x0C01);
    assert_int_equal(fixture_read(f, REG_EERD) & EERD_DONE, 0);
}

static void eerd_past_the_end_completes_with_ones(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(read_eerd(f, 0x40), 0xFFFF);
    assert_int_equal(read_eerd(f, 0xFF), 0xFFFF);
}

/* While software has the pins, the engine waits. */
static void eerd_stalls_while_the_pins_are_granted(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    fixture_write(f, REG_EERD, 0x0C01);
    fixture_run(f, 1 * MS);
    assert_int_equal(fixture_read(f, REG_EERD) & EERD_DONE, 0);
    release(f);
    fixture_run(f, 100 * US);
    assert_int_equal(fixture_read(f, REG_EERD), 0x15AD0C10);
}

/* And the other way round. */
static void pins_are_granted_once_eerd_is_done(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_EERD, 0x0C01);
    fixture_write(f, REG_EECD, EECD_EE_REQ);
    assert_false(eecd(f) & EECD_EE_GNT);
    fixture_run(f, 100 * US);
    assert_true(eecd(f) & EECD_EE_GNT);
    assert_int_equal(fixture_read(f, REG_EERD), 0x15AD0C10);
}

/* ---- What the hardware loads (SDM 5.6) ------------------------------------------------------ */

static void usual_image_gives_the_manuals_values(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fixture_read(f, REG_CTRL), 0x00300201);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT), 0x00000100);
    assert_int_equal(fixture_read(f, REG_TXCW), 0x000001A0);
    assert_int_equal(fixture_read(f, REG_LEDCTL), 0x07068302);
    assert_int_equal(fixture_read(f, REG_WUC), 0);
    assert_int_equal(fixture_read(f, REG_MANC), 0);
    assert_int_equal(fixture_read(f, REG_IPAV), 0);
}

/* Every bit that has a place in a register, all ones and all zeros. */
static void every_word_reaches_its_registers(void **state)
{
    uint16_t image[64] = {0x1100, 0x3322, 0x5544};
    struct fixture *f;

    (void)state;
    image[0x0A] = 0x5F03;
    image[0x0F] = 0xF868;
    image[0x20] = 0xC3CF;
    image[0x23] = 0xA3C7;
    image[0x24] = 0x07C8;
    for (uint16_t i = 0; i < 10; i++)
        image[0x25 + i] = (uint16_t)(0xA0B0 + i);
    image[0x2F] = 0xCF8A;
    f = eeprom_fixture("silicon", image, 64);
    assert_int_equal(fixture_read(f, REG_CTRL), 0x00FC0A69);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT), 0x00C14DC0);
    assert_int_equal(fixture_read(f, REG_TXCW), 0x800001A0);
    assert_int_equal(fixture_read(f, REG_WUC), 0x00000009);
    assert_int_equal(fixture_read(f, REG_MANC), 0x0000A307);
    assert_int_equal(fixture_read(f, REG_IPAV), 0x00010001);
    assert_int_equal(fixture_read(f, REG_IP4AT), 0xA0B1A0B0);
    assert_int_equal(fixture_read(f, REG_IP6AT), 0xA0B3A0B2);
    assert_int_equal(fixture_read(f, REG_IP6AT + 12), 0xA0B9A0B8);
    assert_int_equal(fixture_read(f, REG_LEDCTL), 0x07CF838A);
    assert_int_equal(fixture_read(f, REG_RAL(0)), 0x33221100);
    assert_int_equal(fixture_read(f, REG_RAH(0)), 0x80005544);
    fixture_free(f);

    memset(image + 0x0A, 0, 0x30 * sizeof *image);
    image[0x0A] = 0x4000;
    f = eeprom_fixture("silicon", image, 64);
    assert_int_equal(fixture_read(f, REG_CTRL), 0x00000200);
    assert_int_equal(fixture_read(f, REG_TXCW), 0);
    assert_int_equal(fixture_read(f, REG_IP4AT), 0);
    assert_int_equal(fixture_read(f, REG_LEDCTL), 0x07008300);
    fixture_free(f);
}

/* Who is to be reached while the system sleeps gets a link at once: by APM, or by SMBus. */
static void wake_up_and_management_want_the_link(void **state)
{
    static const struct {
        uint16_t management, init3;
        uint32_t slu;
    } words[] = {{0, 0, 0}, {MANC_SMBUS_EN, 0, CTRL_SLU}, {0, 0x0400, CTRL_SLU}};
    uint16_t image[64] = {[0x0A] = 0x4408};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct fixture *f;

        image[0x23] = words[i].management;
        image[0x24] = words[i].init3;
        f = eeprom_fixture("silicon", image, 64);
        assert_int_equal(fixture_read(f, REG_CTRL) & CTRL_SLU, words[i].slu);
        fixture_free(f);
    }
}

/* Without the signature all keep what reset gave them. */
static void unsigned_image_is_ignored(void **state)
{
    uint16_t image[64];
    struct fixture *f;

    (void)state;
    memset(image, 0xFF, sizeof image);
    f = eeprom_fixture("silicon", image, 64);
    assert_int_equal(fixture_read(f, REG_CTRL), 0x00000A09);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT), 0x00000100);
    assert_int_equal(fixture_read(f, REG_TXCW), 0);
    assert_int_equal(fixture_read(f, REG_RAH(0)), 0);
    fixture_run(f, 10 * MS);
    assert_int_equal(read_eerd(f, 0x0A), 0xFFFF); /* but software can read it */
    fixture_free(f);
}

/* The hardware has the part to itself at first: the grant has to be waited for. */
static void grant_is_withheld_during_the_load(void **state)
{
    struct fixture *f = eeprom_fixture("silicon", NULL, 0);

    (void)state;
    assert_false(acquire(f));
    fixture_write(f, REG_EERD, 0x0C01);
    fixture_run(f, 500 * US);
    assert_false(eecd(f) & EECD_EE_GNT);
    fixture_run(f, 1 * MS);
    assert_true(eecd(f) & EECD_EE_GNT);
    release(f);
    fixture_run(f, 1 * MS);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_false(acquire(f));
    fixture_run(f, 2 * MS);
    assert_true(eecd(f) & EECD_EE_GNT);
    fixture_free(f);
}

/* After CTRL.RST the words arrive late: who doesn't wait sees, and loses, other values. */
static void load_after_ctrl_rst_takes_its_time(void **state)
{
    struct fixture *f = eeprom_fixture("silicon", NULL, 0);

    (void)state;
    fixture_run(f, 5 * MS);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_int_equal(fixture_read(f, REG_CTRL), 0x00000A09);
    assert_int_equal(fixture_read(f, REG_RAH(0)) & RAH_AV, 0);
    fixture_write(f, REG_CTRL, CTRL_FRCSPD);
    fixture_run(f, 5 * MS);
    assert_int_equal(fixture_read(f, REG_CTRL), 0x00300001);
    assert_int_equal(fixture_read(f, REG_RAH(0)) & RAH_AV, RAH_AV);
    fixture_free(f);
}

/* CTRL_EXT.EE_RST reads ids and defaults again, changes nothing else, and reads zero. */
static void ee_rst_loads_again(void **state)
{
    struct fixture *f = eeprom_fixture("silicon", NULL, 0);

    (void)state;
    fixture_run(f, 5 * MS);
    assert_true(acquire(f));
    write_enable(f);
    write_word(f, EE_SUBSYSTEM, 0xABCD);
    assert_true(wait_ready(f));
    release(f);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FRCSPD | CTRL_VME);
    fixture_write(f, REG_RAL(0), 0x11111111);
    fixture_write(f, REG_RAH(0), 0);
    fixture_write(f, REG_RAL(1), 0x22222222);
    fixture_write(f, REG_FCAL, 0x33333333);
    fixture_write(f, REG_CTRL_EXT, 0x2100);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT), 0x00000100);
    fixture_run(f, 2 * MS);
    assert_int_equal(fixture_read(f, REG_CTRL), CTRL_SLU | CTRL_VME | 0x00300001);
    assert_int_equal(fixture_read(f, REG_RAL(0)), 0x45230400);
    assert_int_equal(fixture_read(f, REG_RAH(0)), 0x8000014D);
    assert_int_equal(fixture_read(f, REG_RAL(1)), 0x22222222);
    assert_int_equal(fixture_read(f, REG_FCAL), 0x33333333);
    assert_int_equal(e1000emu_config_read(f->chip, 0x2E, 2), 0xABCD);
    fixture_free(f);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, eeprom_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_image_is_valid_on_every_profile),
        cmocka_unit_test(made_image_has_the_configured_address),
        WITH(eerd_takes_time),
        WITH(eerd_past_the_end_completes_with_ones),
        WITH(eerd_stalls_while_the_pins_are_granted),
        WITH(pins_are_granted_once_eerd_is_done),
        WITH(usual_image_gives_the_manuals_values),
        cmocka_unit_test(every_word_reaches_its_registers),
        cmocka_unit_test(wake_up_and_management_want_the_link),
        cmocka_unit_test(unsigned_image_is_ignored),
        cmocka_unit_test(grant_is_withheld_during_the_load),
        cmocka_unit_test(load_after_ctrl_rst_takes_its_time),
        cmocka_unit_test(ee_rst_loads_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
