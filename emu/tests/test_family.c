/* SPDX-License-Identifier: BSD-2-Clause */
/* The 82545EM's relatives, as software tells them apart (SDM table 5-1, 4.1, 13.4.2, appendix B).
 */
#include "mdio.h"
#include "microwire.h"

#include <string.h>

#include "chip.h"

enum media { COPPER, SERDES };

/* What a board shows. PCI-X in MHz; flash in KiB. */
static const struct board {
    const char *name;
    uint16_t device, subsystem;
    uint8_t revision;
    bool desktop; /* an 82540: 32-bit PCI, no SerDes */
    unsigned pcix, flash;
    enum media media;
} boards[] = {
    {"82540em", 0x100E, 0x001E, 2, true, 0, 128, COPPER},
    {"82540em-lom", 0x1015, 0x1015, 2, true, 0, 0, COPPER},
    {"82540ep", 0x1017, 0x1017, 3, true, 0, 0, COPPER},
    {"82540ep-lom", 0x1016, 0x1016, 3, true, 0, 0, COPPER},
    {"82540ep-lp", 0x101E, 0x101E, 3, true, 0, 0, COPPER},
    {"82545em-fiber", 0x1011, 0x1002, 1, false, 133, 128, SERDES},
    {"82545gm", 0x1026, 0x1001, 4, false, 133, 128, COPPER},
    {"82545gm-fiber", 0x1027, 0x1027, 4, false, 133, 128, SERDES},
    {"82545gm-serdes", 0x1028, 0x1028, 4, false, 133, 128, SERDES},
    {"82546eb", 0x1010, 0x1011, 1, false, 133, 256, COPPER},
    {"82546eb-fiber", 0x1012, 0x1012, 1, false, 133, 128, SERDES},
    {"82546eb-quad", 0x101D, 0x1000, 1, false, 100, 0, COPPER},
    {"82546gb", 0x1079, 0x1179, 3, false, 133, 128, COPPER},
    {"82546gb-fiber", 0x107A, 0x107A, 3, false, 133, 128, SERDES},
    {"82546gb-serdes", 0x107B, 0x107B, 3, false, 133, 0, SERDES},
    {"82546gb-pcie", 0x108A, 0x108A, 3, false, 133, 0, COPPER},
    {"82546gb-quad", 0x1099, 0x1099, 3, false, 66, 0, COPPER},
    {"82546gb-quad-ksp3", 0x10B5, 0x1199, 3, false, 66, 0, COPPER},
};

#define BOARDS (sizeof boards / sizeof *boards)

static uint32_t config(struct fixture *f, unsigned offset)
{
    return e1000emu_config_read(f->chip, offset, 4);
}

/* What a BAR reads once ones have been written. */
static uint32_t size_bar(struct fixture *f, unsigned offset)
{
    e1000emu_config_write(f->chip, offset, 4, UINT32_MAX);
    return config(f, offset);
}

/* One function, since nobody made a second one. */
static void ids(struct fixture *f, const struct board *b)
{
    assert_int_equal(config(f, 0x00), (uint32_t)b->device << 16 | 0x8086);
    assert_int_equal(config(f, 0x2C), (uint32_t)b->subsystem << 16 | 0x8086);
    assert_int_equal(config(f, 0x08), 0x02000000u | b->revision);
    assert_int_equal(config(f, 0x0C) >> 16 & 0xFF, 0x00);
    assert_int_equal(config(f, 0x3C) >> 8 & 0xFF, 1);
}

/* SDM tables 4-1 and 4-2. The I/O BAR's place is its own, flash or no flash (lspci). */
static void bars(struct fixture *f, const struct board *b)
{
    uint32_t flash = b->flash > 0 ? ~(b->flash * 1024 - 1) : 0;

    assert_int_equal(size_bar(f, 0x30) & ~1u, flash);
    if (b->desktop) {
        assert_int_equal(size_bar(f, 0x10), 0xFFFE0000);
        assert_int_equal(size_bar(f, 0x14), flash);
        assert_int_equal(size_bar(f, 0x18), 0xFFFFFFC1);
        return;
    }
    assert_int_equal(size_bar(f, 0x10), 0xFFFE0004);
    assert_int_equal(size_bar(f, 0x14), UINT32_MAX);
    assert_int_equal(size_bar(f, 0x18), b->flash > 0 ? flash | 4 : 0);
    assert_int_equal(size_bar(f, 0x20), 0xFFFFFFC1);
}

/* The bus, in the PCI-X status register and in STATUS. */
static void bus(struct fixture *f, const struct board *b)
{
    static const uint32_t speeds[] = {0x0000, 0x4000, 0x8000};
    uint32_t status = fixture_read(f, REG_STATUS);
    uint32_t pcix = config(f, 0xE8);

    assert_int_equal(config(f, 0xE4) & 0xFF, 0x07);
    assert_int_equal(pcix >> 16 & 3u, b->desktop ? 0 : 3);
    assert_int_equal(pcix & 7u, 0);
    assert_int_equal(status & STATUS_PCIX_MODE, b->pcix > 0 ? STATUS_PCIX_MODE : 0);
    assert_int_equal(status & STATUS_BUS64, b->desktop ? 0 : STATUS_BUS64);
    if (b->pcix > 0)
        assert_int_equal(status & STATUS_PCIXSPD, speeds[b->pcix == 66    ? 0
                                                         : b->pcix == 100 ? 1
                                                                          : 2]);
}

/* An 82540 has no SerDes, and knows neither its registers nor its link mode. */
static void serdes(struct fixture *f, const struct board *b)
{
    fixture_write(f, REG_TXCW, 0x01A0);
    assert_int_equal(fixture_read(f, REG_TXCW), 0x01A0); /* the 82540 keeps it, too: ethtool -t */
    fixture_write(f, REG_TXCW, 0);
    assert_int_equal(phy_read(f, 26), b->desktop ? 0 : 0x000C);
    phy_write(f, 26, 0x0004);
    assert_int_equal(phy_read(f, 26), b->desktop ? 0 : 0x0004);
    fixture_write(f, REG_CTRL_EXT, CTRL_EXT_RO_DIS);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT) & CTRL_EXT_RO_DIS,
                     b->desktop ? 0 : CTRL_EXT_RO_DIS);
    fixture_write(f, REG_CTRL_EXT, 0x00800000);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT) & CTRL_EXT_LINK_MODE,
                     b->desktop ? 0 : 0x00800000);
}

/* 64 words on desktops, 256 on servers, and a checksum that is right (SDM 5.6). */
static void eeprom(struct fixture *f, const struct board *b)
{
    unsigned sum = 0;

    assert_int_equal(fixture_read(f, REG_EECD) & EECD_EE_SIZE, b->desktop ? 0 : EECD_EE_SIZE);
    for (uint32_t i = 0; i <= 0x3F; i++)
        sum += read_eerd(f, i);
    assert_int_equal(sum & 0xFFFF, 0xBABA);
    assert_int_equal(read_eerd(f, 0x0D), b->device);
    assert_int_equal(fixture_read(f, REG_RAL(0)) & 0xFFFF, 0x0400);
    assert_int_equal(fixture_read(f, REG_RAH(0)) & 0xFF, 0x4D);
}

/* A link, in the way of the board's medium. */
static void link(struct fixture *f, const struct board *b)
{
    assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_TBIMODE,
                     b->media == SERDES ? STATUS_TBIMODE : 0);
    if (b->media == SERDES) {
        fixture_write(f, REG_CTRL, CTRL_FD);
        fixture_write(f, REG_TXCW, TXCW_ANE | TXCW_FD);
        fixture_run(f, 40 * MS);
    } else {
        assert_int_equal(phy_read(f, 2), 0x0141);
        assert_int_equal(phy_read(f, 3) & 0xFFF0, 0x0C20);
        fixture_link_up(f);
    }
    assert_true(wire_up(f));
    assert_true(fixture_read(f, REG_STATUS) & STATUS_LU);
}

static void board_is_itself(void **state)
{
    static void (*const looks[])(struct fixture * f,
                                 const struct board *b) = {ids, bars, bus, serdes, eeprom, link};
    const struct board *b = *state;

    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        struct fixture *f = mdio_fixture(b->name);

        looks[i](f, b);
        fixture_free(f);
    }
}

/* No profile is a name only. */
static void the_table_above_has_all(void **state)
{
    size_t count = 0;

    (void)state;
    for (size_t i = 0; e1000emu_profile_at(i); i++)
        count += strncmp(e1000emu_profile_at(i)->name, "8254", 4) == 0;
    assert_int_equal(count, BOARDS);
}

int main(void)
{
    struct CMUnitTest tests[BOARDS + 1];

    for (size_t i = 0; i < BOARDS; i++) {
        tests[i] = (struct CMUnitTest)cmocka_unit_test_prestate(board_is_itself,
                                                                (void *)(uintptr_t)&boards[i]);
        tests[i].name = boards[i].name;
    }
    tests[BOARDS] = (struct CMUnitTest)cmocka_unit_test(the_table_above_has_all);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
