/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flash: its commands and its three windows (SDM 5.7, 7, 13.2.2; SST's data sheet of 39VF512 to
 * 39VF040, which is one of the parts of SDM table 5-22).
 */
#include "fixture.h"

#include <errno.h>
#include <string.h>

#include "chip.h"

#define FLASH E1000EMU_FLASH
#define US    1000u
#define MS    1000000u

static uint64_t flash_read(struct fixture *f, uint32_t offset, unsigned width)
{
    return e1000emu_bar_read(f->chip, FLASH, offset, width);
}

static void flash_write(struct fixture *f, uint32_t offset, uint8_t value)
{
    e1000emu_bar_write(f->chip, FLASH, offset, 1, value);
}

static void unlock(struct fixture *f)
{
    flash_write(f, 0x5555, 0xAA);
    flash_write(f, 0x2AAA, 0x55);
}

static void command(struct fixture *f, uint8_t command)
{
    unlock(f);
    flash_write(f, 0x5555, command);
}

static void program(struct fixture *f, uint32_t offset, uint8_t value)
{
    command(f, 0xA0);
    flash_write(f, offset, value);
}

static void erase(struct fixture *f, uint32_t offset, uint8_t what)
{
    command(f, 0x80);
    unlock(f);
    flash_write(f, offset, what);
}

static void allow_writes(struct fixture *f)
{
    fixture_write(f, REG_EECD, EECD_FWE_EN);
}

/* An image in a part of its size, behind a window of so many bytes. */
static struct fixture *with_flash(uint32_t window, const uint8_t *image, size_t bytes)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("vmware");
    struct e1000emu_config config = {.profile = &profile, .flash = image, .flash_bytes = bytes};
    struct fixture *f;

    profile.flash_size = window;
    f = fixture_new(&config);
    fixture_enable(f);
    return f;
}

static int setup(void **state)
{
    *state = with_flash(0x10000, NULL, 0);
    allow_writes(*state);
    return 0;
}

/* The image is there, in its part of the smallest size, and shows again behind the part's end. */
static void image_shows_and_wraps(void **state)
{
    static uint8_t image[0x10001], kept[0x10001];
    struct fixture *f;

    (void)state;
    for (size_t i = 0; i < sizeof image; i++)
        image[i] = (uint8_t)(i * 7 + 1);
    f = with_flash(0x40000, image, sizeof image);
    assert_int_equal(flash_read(f, 0, 1), 0x01);
    assert_int_equal(flash_read(f, 3, 2), 0x1D16);
    assert_int_equal(flash_read(f, 0, 4), 0x160F0801);
    assert_true(flash_read(f, 0, 8) == 0x322B241D160F0801);
    assert_int_equal(flash_read(f, 0x10000, 2), 0xFF01); /* 128 KB, the rest is erased */
    assert_int_equal(flash_read(f, 0x20000, 4), 0x160F0801);
    assert_int_equal(flash_read(f, 0x3FFFF, 1), 0xFF);
    assert_int_equal(e1000emu_flash(f->chip, kept, sizeof kept), 0x20000);
    assert_memory_equal(kept, image, sizeof image);
    e1000emu_config_write(f->chip, 0x30, 4, 1);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_ROM, 0x20000, 4), 0x160F0801);
    fixture_free(f);
    /* Without image the part is as large as the window, and erased. */
    f = with_flash(0x80000, NULL, 0);
    assert_int_equal(e1000emu_flash(f->chip, NULL, 0), 0x80000);
    assert_int_equal(flash_read(f, 0x7FFFF, 1), 0xFF);
    fixture_free(f);
    f = with_flash(0, NULL, 0);
    assert_int_equal(e1000emu_flash(f->chip, kept, sizeof kept), 0);
    fixture_free(f);
}

static void impossible_images_are_refused(void **state)
{
    static uint8_t image[0x80001];
    struct e1000emu_config config = {.flash = image, .flash_bytes = sizeof image};
    struct fixture *f = *state;
    e1000emu *chip;

    config.host = f->chip->host;
    assert_int_equal(e1000emu_create(&chip, &config), -EINVAL);
    config.flash_bytes = 0;
    assert_int_equal(e1000emu_create(&chip, &config), -EINVAL);
    config.flash = NULL;
    config.flash_bytes = 1;
    assert_int_equal(e1000emu_create(&chip, &config), -EINVAL);
    config.flash = image;
    config.flash_bytes = 0x80000;
    assert_int_equal(e1000emu_create(&chip, &config), 0);
    e1000emu_destroy(chip);
}

/* A byte is programmed: bits go to zero only. Meanwhile bit 7 is inverted and bit 6 toggles. */
static void bytes_are_programmed(void **state)
{
    struct fixture *f = *state;

    program(f, 0x1234, 0xA5);
    assert_int_equal(flash_read(f, 0x1234, 1), 0x40);
    assert_int_equal(flash_read(f, 0x1234, 1), 0x00);
    assert_int_equal(flash_read(f, 0x1234, 2), 0x0040); /* two cycles */
    flash_write(f, 0x5555, 0xAA);                       /* busy: not heard */
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0x1234, 1), 0xA5);
    assert_int_equal(flash_read(f, 0x1233, 4), 0xFFFFA5FF);
    program(f, 0x1234, 0x5F);
    assert_int_equal(flash_read(f, 0x1234, 1) & 0x80, 0x80);
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0x1234, 1), 0x05);
    program(f, 0x1234, 0xF0); /* a byte like any other here, and no command */
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0x1234, 1), 0x00);
}

static void sectors_and_all_are_erased(void **state)
{
    struct fixture *f = *state;
    static const uint32_t places[] = {0x0FFF, 0x1000, 0x1FFF, 0x2000};

    for (size_t i = 0; i < 4; i++) {
        program(f, places[i], 0x00);
        fixture_run(f, 14 * US);
    }
    erase(f, 0x1800, 0x30);
    assert_int_equal(flash_read(f, 0x1000, 1) & 0x80, 0); /* 1 once it is done */
    fixture_run(f, 18 * MS - 1);
    assert_int_equal(flash_read(f, 0x1000, 1) & 0x80, 0);
    fixture_run(f, 1);
    assert_int_equal(flash_read(f, 0x0FFF, 2), 0xFF00);
    assert_int_equal(flash_read(f, 0x1FFF, 2), 0x00FF);
    erase(f, 0x5555, 0x10);
    fixture_run(f, 70 * MS);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(flash_read(f, places[i], 1), 0xFF);
}

/* Each size has its own id. */
static void parts_tell_their_ids(void **state)
{
    static const struct {
        uint32_t bytes;
        uint8_t id;
    } parts[] = {{0x10000, 0xD4}, {0x20000, 0xD5}, {0x40000, 0xD6}, {0x80000, 0xD7}};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct fixture *f = with_flash(parts[i].bytes, NULL, 0);

        allow_writes(f);
        command(f, 0x90);
        assert_int_equal(flash_read(f, 0, 1), 0xBF);
        assert_int_equal(flash_read(f, 1, 1), parts[i].id);
        flash_write(f, 0x1234, 0xF0);
        assert_int_equal(flash_read(f, 0, 2), 0xFFFF);
        command(f, 0x90);
        command(f, 0xF0);
        assert_int_equal(flash_read(f, 0, 2), 0xFFFF);
        fixture_free(f);
    }
}

/* Whatever is no command leads back to reading. */
static void wrong_cycles_do_nothing(void **state)
{
    static const struct {
        uint32_t offset;
        uint8_t value;
    } cycles[][8] = {
        {{0x0000, 0x00}, {0x5555, 0x55}, {0x2AAA, 0xAA}},
        {{0x5555, 0xAA}, {0x2AAA, 0xAA}, {0x5555, 0xA0}, {0x0000, 0x00}},
        {{0x5555, 0xAA}, {0x2AAB, 0x55}, {0x5555, 0xA0}, {0x0000, 0x00}},
        {{0x5555, 0xAA}, {0x2AAA, 0x55}, {0x5554, 0xA0}, {0x0000, 0x00}},
        {{0x5555, 0xAA}, {0x2AAA, 0x55}, {0x5555, 0xA1}, {0x0000, 0x00}},
        {{0x5555, 0xAA}, {0x2AAA, 0x55}, {0x5555, 0x80}, {0x5555, 0x55}, {0x2AAA, 0x55}, {0, 0x30}},
        {{0x5555, 0xAA}, {0x2AAA, 0x55}, {0x5555, 0x80}, {0x5555, 0xAA}, {0x2AAA, 0xAA}, {0, 0x30}},
        {{0x5555, 0xAA}, {0x2AAA, 0x55}, {0x5555, 0x80}, {0x5555, 0xAA}, {0x2AAA, 0x55}, {0, 0x10}},
        {{0x5555, 0xAA}, {0x2AAA, 0x55}, {0x5555, 0x80}, {0x5555, 0xAA}, {0x2AAA, 0x55}, {0, 0x40}},
        {{0x5555, 0xAA}, {0x2AAA, 0x55}, {0x5555, 0x80}, {0x5555, 0xF0}, {0x2AAA, 0x55}, {0, 0x30}},
    };
    struct fixture *f = *state;

    program(f, 0, 0x5A);
    fixture_run(f, 14 * US);
    for (size_t i = 0; i < sizeof cycles / sizeof *cycles; i++) {
        for (size_t n = 0; n < 8; n++)
            flash_write(f, cycles[i][n].offset, cycles[i][n].value);
        assert_int_equal(flash_read(f, 0, 2), 0xFF5A);
    }
    program(f, 0, 0x50); /* and the next command is heard */
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0, 1), 0x50);
}

/* EECD.FWE: only 10 lets cycles through (SDM 13.4.3). */
static void writes_need_fwe(void **state)
{
    struct fixture *f = *state;

    for (uint32_t fwe = 0; fwe < 4; fwe++) {
        fixture_write(f, REG_EECD, fwe << 4);
        program(f, 0x100 + fwe, 0);
        fixture_run(f, 14 * US);
        assert_int_equal(flash_read(f, 0x100 + fwe, 1), fwe << 4 == EECD_FWE_EN ? 0 : 0xFF);
    }
}

/* The flash's own state outlives all resets but power-on; write protection comes back with each. */
static void resets_leave_the_flash_alone(void **state)
{
    struct fixture *f = *state;

    program(f, 0, 0x12);
    fixture_run(f, 14 * US);
    for (unsigned kind = 0; kind < E1000EMU_RESETS; kind++) {
        allow_writes(f);
        command(f, 0x90);
        e1000emu_reset(f->chip, (enum e1000emu_reset)kind);
        fixture_enable(f);
        assert_int_equal(fixture_read(f, REG_EECD) & EECD_FWE, EECD_FWE_DIS);
        assert_int_equal(flash_read(f, 0, 1), kind == E1000EMU_RESET_POWER ? 0x12 : 0xBF);
    }
}

/* The ROM BAR reaches the same part, also for writes, while it is enabled. */
static void rom_bar_reaches_the_same_part(void **state)
{
    static const struct {
        uint32_t offset;
        uint8_t value;
    } cycles[] = {{0x5555, 0xAA}, {0x2AAA, 0x55}, {0x5555, 0xA0}, {0x0042, 0x77}};
    struct fixture *f = *state;

    for (size_t i = 0; i < 4; i++)
        e1000emu_bar_write(f->chip, E1000EMU_ROM, cycles[i].offset, 1, cycles[i].value);
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0x42, 1), 0xFF); /* it wasn't */
    e1000emu_config_write(f->chip, 0x30, 4, 1);
    for (size_t i = 0; i < 4; i++)
        e1000emu_bar_write(f->chip, E1000EMU_ROM, cycles[i].offset, 1, cycles[i].value);
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0x42, 1), 0x77);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_ROM, 0x42, 1), 0x77);
}

/* Accesses beyond the window, or across its end, reach nothing. */
static void beyond_the_window_is_nothing(void **state)
{
    struct fixture *f = *state;

    program(f, 0, 0x00);
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0x10000, 1), 0xFF);
    assert_true(flash_read(f, 0xFFFC, 8) == UINT64_MAX);
    assert_int_equal(flash_read(f, 0xFFFFFFFF, 4), 0xFFFFFFFF);
    command(f, 0xA0);
    flash_write(f, 0x10001, 0x00);
    e1000emu_bar_write(f->chip, FLASH, 0xFFFF, 2, 0);
    e1000emu_bar_write(f->chip, FLASH, UINT32_MAX, 8, 0);
    flash_write(f, 0x0001, 0x34); /* the byte that the command still waits for */
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0, 2), 0x3400);
}

/* ---- The I/O window ------------------------------------------------------------------------- */

static void io_write(struct fixture *f, uint32_t address, unsigned port, unsigned width,
                     uint32_t value)
{
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, address);
    e1000emu_bar_write(f->chip, E1000EMU_IO, port, width, value);
}

static uint64_t io_read(struct fixture *f, uint32_t address, unsigned port, unsigned width)
{
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, address);
    return e1000emu_bar_read(f->chip, E1000EMU_IO, port, width);
}

static void io_command(struct fixture *f, uint8_t command)
{
    io_write(f, 0x85555, 5, 1, 0xAA);
    io_write(f, 0x82AAA, 6, 1, 0x55);
    io_write(f, 0x85555, 5, 1, command);
}

/* IODATA by bytes, words and dwords, each in its lane of IOADDR's dword (SDM 13.2.2). */
static void io_window_reaches_the_flash(void **state)
{
    struct fixture *f = *state;

    io_command(f, 0xA0);
    io_write(f, 0x80103, 7, 1, 0x9A);
    assert_int_equal(io_read(f, 0x80103, 7, 1) & 0xC0, 0x40);
    assert_int_equal(io_read(f, 0x80103, 7, 1) & 0xC0, 0x00);
    fixture_run(f, 14 * US);
    assert_int_equal(io_read(f, 0x80100, 4, 4), 0x9AFFFFFF);
    assert_int_equal(io_read(f, 0x80102, 6, 2), 0x9AFF);
    assert_int_equal(io_read(f, 0xF0103, 7, 1), 0x9A); /* wraps */
    assert_int_equal(flash_read(f, 0x103, 1), 0x9A);
    assert_int_equal(io_read(f, 0x80100, 6, 4), 0xFFFFFFFF);

    io_command(f, 0xA0);
    io_write(f, 0x80100, 5, 1, 0x00); /* lanes differ */
    io_write(f, 0x80101, 5, 2, 0x00); /* a word across lanes */
    io_write(f, 0x80102, 6, 4, 0x00); /* a dword too */
    io_write(f, 0x7FFFF, 7, 1, 0x00); /* not yet flash */
    io_write(f, 0x80100, 8, 4, 0x00); /* not the port */
    io_write(f, 0x80110, 4, 1, 0x01); /* what the command still waits for */
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0x110, 1), 0x01);
    assert_int_equal(flash_read(f, 0x100, 4), 0x9AFFFFFF);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 8, 0);
    assert_true(e1000emu_bar_read(f->chip, E1000EMU_IO, 4, 8) == UINT64_MAX);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 8, 4), 0);
}

/* Writes wider than a byte are cycles too, from the lowest byte on. */
static void wide_writes_are_cycles(void **state)
{
    struct fixture *f = *state;

    flash_write(f, 0x5555, 0xAA);
    flash_write(f, 0x2AAA, 0x55);
    e1000emu_bar_write(f->chip, FLASH, 0x5555, 2, 0x36A0); /* the command, and its byte at 5556 */
    fixture_run(f, 14 * US);
    assert_int_equal(flash_read(f, 0x5555, 2), 0x36FF);
}

/* Word 24h can switch the flash logic off: no window, and none by IODATA (SDM 5.6.26). */
static void eeprom_switches_the_flash_off(void **state)
{
    static const uint8_t image[1] = {0x11};
    struct fixture *f = with_flash(0, image, 1);
    uint8_t first;

    (void)state;
    allow_writes(f);
    assert_int_equal(flash_read(f, 0, 1), 0xFF);
    assert_int_equal(io_read(f, 0x80000, 4, 4), 0xFFFFFFFF);
    io_command(f, 0xA0);
    io_write(f, 0x80000, 4, 1, 0);
    assert_true(e1000emu_flash(f->chip, &first, 1) > 0);
    assert_int_equal(first, 0x11);
    f->chip->eeprom.part.word[EE_INIT3] &= 0xF7FF;
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_enable(f);
    assert_int_equal(flash_read(f, 0, 1), 0x11);
    fixture_free(f);
}

/* Words 0Fh and 24h promise a flash that the board has not. */
static void a_window_without_a_part_reads_ones(void **state)
{
    struct fixture *f = with_flash(0, NULL, 0);

    (void)state;
    f->chip->eeprom.part.word[EE_INIT3] &= 0xF7FF;
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_enable(f);
    allow_writes(f);
    program(f, 0, 0);
    assert_int_equal(flash_read(f, 0, 4), 0xFFFFFFFF);
    assert_int_equal(io_read(f, 0x80000, 4, 4), 0xFFFFFFFF);
    fixture_free(f);
}

/* Garbage of any kind, and the chip keeps to the part's memory. */
static void garbage_stays_in_the_part(void **state)
{
    static const enum e1000emu_space spaces[] = {E1000EMU_FLASH, E1000EMU_ROM, E1000EMU_IO};
    static const uint8_t values[] = {0xAA, 0x55, 0xA0, 0x80, 0x10, 0x30, 0x90, 0xF0};
    static const uint32_t places[] = {0x5555, 0x2AAA, 0xFFFF, 0x85555, 0x82AAA};
    struct fixture *f = *state;
    uint32_t x = 1;

    e1000emu_config_write(f->chip, 0x30, 4, 1);
    for (unsigned i = 0; i < 20000; i++) {
        enum e1000emu_space space = spaces[(x >> 8) % 3];
        uint32_t offset = x >> 11 & 3 ? places[(x >> 13) % 5] : x >> 12;
        unsigned width = 1u << (x >> 28 & 3);

        x = x * 1664525u + 1013904223u;
        if (space == E1000EMU_IO)
            offset &= 7;
        e1000emu_bar_write(f->chip, space, offset, width, values[x >> 17 & 7] * 0x01010101u);
        e1000emu_bar_read(f->chip, space, offset, width);
        if (x >> 30 == 0)
            fixture_run(f, x >> 4 & 0xFFFFFF);
    }
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_shows_and_wraps),
        WITH(impossible_images_are_refused),
        WITH(bytes_are_programmed),
        WITH(sectors_and_all_are_erased),
        cmocka_unit_test(parts_tell_their_ids),
        WITH(wrong_cycles_do_nothing),
        WITH(writes_need_fwe),
        WITH(resets_leave_the_flash_alone),
        WITH(rom_bar_reaches_the_same_part),
        WITH(beyond_the_window_is_nothing),
        WITH(io_window_reaches_the_flash),
        WITH(wide_writes_are_cycles),
        cmocka_unit_test(eeprom_switches_the_flash_off),
        cmocka_unit_test(a_window_without_a_part_reads_ones),
        WITH(garbage_stays_in_the_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
