/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which event loads which of the EEPROM's words into registers (SDM 5.3, 5.6, 14.7): power-on,
 * RST#, the way back from D3, CTRL.RST and CTRL_EXT.EE_RST. Configuration space is in
 * test_pci_load.c, each bit's place in test_eeprom.c.
 */
#include "fixture.h"

#include <string.h>

#include "chip.h"

enum event { POWER, RST, D3, CTRL_RESET, EE_RST, EVENTS };

/* Two images whose words differ in every bit that goes to a register. */
static const uint16_t images[2][64] = {
    {[EE_MAC0] = 0x1100,
     [EE_MAC0 + 1] = 0x3322,
     [EE_MAC0 + 2] = 0x5544,
     [EE_INIT1] = 0x5F0B,
     [EE_INIT2] = 0xF868,
     [EE_PINS] = 0xC3CF,
     [EE_MANAGEMENT] = 0xA3C7,
     [EE_INIT3] = 0x07C8,
     [EE_LED] = 0xCF8A},
    {[EE_MAC0] = 0xAA02,
     [EE_MAC0 + 1] = 0xCCBB,
     [EE_MAC0 + 2] = 0xEEDD,
     [EE_INIT1] = 0x4008,
     [EE_INIT2] = 0x0000,
     [EE_PINS] = 0x0000,
     [EE_MANAGEMENT] = 0x0000,
     [EE_INIT3] = 0x0000,
     [EE_LED] = 0x0045},
};

#define ALL_EVENTS (1u << POWER | 1u << RST | 1u << D3 | 1u << CTRL_RESET | 1u << EE_RST)

/* The bits of a register, what they are by either image, and which events load them. */
static const struct {
    uint32_t offset, mask, value[2];
    unsigned loaded_by;
} rows[] = {
    /* FD, LRST, ASDE, FRCSPD, pins 0 and 1, ADVD3WUC, EN_PHY_PWR_MGMT */
    {REG_CTRL, 0x003C0829, {0x003C0829, 0}, ALL_EVENTS},
    /* A pin is turned round by power-on and by software, and by nothing else. */
    {REG_CTRL, 0x00C00000, {0x00C00000, 0}, 1u << POWER},
    /* Pins 6 and 7, IPS, IPS1, link mode */
    {REG_CTRL_EXT, 0x00C140C0, {0x00C140C0, 0}, ALL_EVENTS},
    {REG_CTRL_EXT, 0x00000C00, {0x00000C00, 0}, 1u << POWER},
    {REG_TXCW, 0x800001A0, {0x800001A0, 0}, ALL_EVENTS},
    {REG_LEDCTL, 0x00CF00CF, {0x00CF008A, 0x00000045}, ALL_EVENTS},
    {REG_WUC, 0x00000009, {0x00000009, 0}, ALL_EVENTS},
    {REG_MANC, 0x0000A307, {0x0000A307, 0}, ALL_EVENTS},
    {REG_IPAV, 0x00010001, {0x00010001, 0}, ALL_EVENTS},
    {REG_RAL(0), UINT32_MAX, {0x33221100, 0xCCBBAA02}, ALL_EVENTS},
    {REG_RAH(0), UINT32_MAX, {0x80005544, 0x8000EEDD}, ALL_EVENTS},
};

static struct fixture *board(const uint16_t image[64])
{
    struct e1000emu_config config = {
        .profile = e1000emu_profile_find("silicon"), .eeprom = image, .eeprom_words = 64};
    struct fixture *f = fixture_new(&config);

    fixture_run(f, 10000000);
    fixture_enable(f);
    return f;
}

static void let_happen(struct fixture *f, enum event event)
{
    switch (event) {
    case POWER:
        e1000emu_reset(f->chip, E1000EMU_RESET_POWER);
        break;
    case RST:
        e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
        break;
    case D3:
        e1000emu_config_write(f->chip, 0xE0, 2, 3);
        e1000emu_config_write(f->chip, 0xE0, 2, 0);
        break;
    case CTRL_RESET:
        fixture_write(f, REG_CTRL, CTRL_RST | (fixture_read(f, REG_CTRL) & ~CTRL_LRST));
        break;
    default:
        fixture_write(f, REG_CTRL_EXT, fixture_read(f, REG_CTRL_EXT) | CTRL_EXT_EE_RST);
        break;
    }
    fixture_run(f, 10000000);
    fixture_enable(f);
}

/* The part's content has changed since the last load: after each event the registers show the new
 * one or the old one. */
static void who_loads_what(void **state)
{
    (void)state;
    for (unsigned old = 0; old < 2; old++) {
        for (unsigned event = 0; event < EVENTS; event++) {
            struct fixture *f = board(images[old]);

            for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                assert_int_equal(fixture_read(f, rows[i].offset) & rows[i].mask,
                                 rows[i].value[old]);
            memcpy(f->chip->eeprom.part.word, images[!old], sizeof images[0]);
            let_happen(f, (enum event)event);
            for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                bool loads = rows[i].loaded_by >> event & 1u;

                assert_int_equal(fixture_read(f, rows[i].offset) & rows[i].mask,
                                 rows[i].value[loads ? !old : old]);
            }
            fixture_free(f);
        }
    }
}

/* Software's turning of a pin outlives all but power-on (SDM 13.4.1). */
static void pins_that_software_turned(void **state)
{
    (void)state;
    for (unsigned event = 0; event < EVENTS; event++) {
        struct fixture *f = board(images[0]);
        uint32_t expected = event == POWER ? 0x00C00000 : 0x00400000;

        fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) & ~CTRL_SDP1_IODIR);
        let_happen(f, (enum event)event);
        assert_int_equal(fixture_read(f, REG_CTRL) & 0x00C00000, expected);
        assert_int_equal(e1000emu_get_sdp(f->chip, 1), event == POWER ? 1 : -1);
        fixture_free(f);
    }
}

/* The first IP addresses come with their valid bits; without, and for the others, what software
 * stored stays as long as there is power. */
static void ip_addresses(void **state)
{
    uint16_t image[64];

    (void)state;
    memcpy(image, images[0], sizeof image);
    for (uint16_t i = 0; i < 10; i++)
        image[EE_IP4 + i] = (uint16_t)(0xA0B0 + i);
    for (unsigned event = 0; event < EVENTS; event++) {
        for (unsigned valid = 0; valid < 2; valid++) {
            struct fixture *f;

            image[EE_MANAGEMENT] = valid ? 0x00C0 : 0;
            f = board(image);
            fixture_write(f, REG_IP4AT_N(0), 1);
            fixture_write(f, REG_IP4AT_N(3), 2);
            fixture_write(f, REG_IP6AT_N(3), 3);
            let_happen(f, (enum event)event);
            assert_int_equal(fixture_read(f, REG_IPAV), valid ? 0x00010001 : 0);
            if (valid) {
                assert_int_equal(fixture_read(f, REG_IP4AT_N(0)), 0xA0B1A0B0);
                assert_int_equal(fixture_read(f, REG_IP6AT_N(3)), 0xA0B9A0B8);
            } else {
                assert_int_equal(fixture_read(f, REG_IP4AT_N(0)), event != POWER);
                assert_int_equal(fixture_read(f, REG_IP6AT_N(3)), event == POWER ? 0 : 3);
            }
            assert_int_equal(fixture_read(f, REG_IP4AT_N(3)), event == POWER ? 0 : 2);
            fixture_free(f);
        }
    }
}

/* An image that has lost its signature loads nothing: EE_RST changes no register, a reset leaves
 * the hardware's own values. */
static void a_lost_signature(void **state)
{
    (void)state;
    for (unsigned event = 0; event < EVENTS; event++) {
        struct fixture *f = board(images[1]);
        uint32_t led = event == EE_RST ? 0x07008345 : 0x07068302;

        f->chip->eeprom.part.word[EE_INIT1] = 0xFFFF;
        f->chip->eeprom.part.word[EE_LED] = 0xFFFF;
        let_happen(f, (enum event)event);
        assert_int_equal(fixture_read(f, REG_LEDCTL), led);
        assert_int_equal(fixture_read(f, REG_CTRL), event == EE_RST ? 0x00000200 : 0x00000A09);
        assert_int_equal(fixture_read(f, REG_RAH(0)) & RAH_AV, event == EE_RST ? RAH_AV : 0);
        fixture_free(f);
    }
}

/* Software's own bits in the same registers stay over EE_RST. */
static void ee_rst_changes_nothing_else(void **state)
{
    struct fixture *f = board(images[1]);

    (void)state;
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_VME | CTRL_RFCE);
    fixture_write(f, REG_CTRL_EXT, CTRL_EXT_SPD_BYPS);
    fixture_write(f, REG_TXCW, 0x0000C05F);
    fixture_write(f, REG_LEDCTL, 0x0F0F0F0F);
    fixture_write(f, REG_MANC, MANC_EN_MNG2HOST);
    fixture_write(f, REG_IPAV, 0x0000000E);
    fixture_write(f, REG_WUFC, WUFC_MAG);
    let_happen(f, EE_RST);
    assert_int_equal(fixture_read(f, REG_CTRL), CTRL_SLU | CTRL_VME | CTRL_RFCE);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT), CTRL_EXT_SPD_BYPS | 0x100);
    assert_int_equal(fixture_read(f, REG_TXCW), 0x0000C05F);
    assert_int_equal(fixture_read(f, REG_LEDCTL), 0x0F000F45);
    assert_int_equal(fixture_read(f, REG_MANC), MANC_EN_MNG2HOST);
    assert_int_equal(fixture_read(f, REG_IPAV), 0x0000000E);
    assert_int_equal(fixture_read(f, REG_WUFC), WUFC_MAG);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_loads_what),
        cmocka_unit_test(pins_that_software_turned),
        cmocka_unit_test(ip_addresses),
        cmocka_unit_test(a_lost_signature),
        cmocka_unit_test(ee_rst_changes_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
