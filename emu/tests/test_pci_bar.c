/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies behind the BARs, and the I/O window (SDM 13.2). */
#include "chip.h"
#include "fixture.h"

static void config_write(struct fixture *f, unsigned offset, unsigned width, uint32_t value)
{
    e1000emu_config_write(f->chip, offset, width, value);
}

/* A read of part of a register reads all of it, with what that clears; a partial write is lost. */
static void registers_want_whole_dwords(void **state)
{
    struct fixture *f = *state;

    fixture_enable(f);
    emu_irq_raise(f->chip, ICR_LSC | ICR_SRPD);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_ICR + 2, 1), 0x01);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_ICR, 4), 0);
    fixture_write(f, REG_FCAL, 0x44332211);
    for (uint32_t lane = 0; lane < 4; lane++) {
        e1000emu_bar_write(f->chip, E1000EMU_REGISTERS, REG_FCAL + lane, 1, 0xFF);
        assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_FCAL + lane, 1),
                         0x11 * (lane + 1));
    }
    e1000emu_bar_write(f->chip, E1000EMU_REGISTERS, REG_FCAL, 2, 0xFFFF);
    e1000emu_bar_write(f->chip, E1000EMU_REGISTERS, REG_FCAL + 2, 4, 0xFFFFFFFF);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_FCAL + 2, 2), 0x4433);
    assert_int_equal(fixture_read(f, REG_FCAL), 0x44332211);
}

static void accesses_of_64_bits_reach_two_registers(void **state)
{
    struct fixture *f = *state;

    fixture_enable(f);
    e1000emu_bar_write(f->chip, E1000EMU_REGISTERS, REG_RDBAL, 8, 0x0123456789ABCDEF);
    assert_int_equal(fixture_read(f, REG_RDBAL), 0x89ABCDE0);
    assert_int_equal(fixture_read(f, REG_RDBAH), 0x01234567);
    assert_true(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_RDBAL, 8) == 0x0123456789ABCDE0);
    assert_true(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, 0x1FFFC, 8) == UINT64_MAX);
    e1000emu_bar_write(f->chip, E1000EMU_REGISTERS, 0x1FFFC, 8, 1);
    e1000emu_bar_write(f->chip, E1000EMU_REGISTERS, 0xFFFFFFFC, 8, 1);
    assert_int_equal(fixture_read(f, 0x1FFFC), 0);
}

static void spaces_answer_only_while_enabled(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_PBA, 4), 0xFFFFFFFF);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_PBA, 2), 0xFFFF);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 0, 4), 0xFFFFFFFF);
    config_write(f, 0x04, 2, 0x0002);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_PBA, 4), 0x00100030);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 0, 4), 0xFFFFFFFF);
    config_write(f, 0x04, 2, 0x0001);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_PBA, 4), 0xFFFFFFFF);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 0, 4), 0);
}

/* A board without flash: neither window answers, although the host may think so. Nor do spaces that
 * there aren't. */
static void what_is_not_there_does_not_answer(void **state)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("vmware");
    struct e1000emu_config config = {.profile = &profile};
    struct fixture *f;

    (void)state;
    profile.flash_size = 0;
    f = fixture_new(&config);
    fixture_enable(f);
    config_write(f, 0x30, 4, 0xFFFFFFFF);
    assert_false(f->chip->pci.rom_enable);
    assert_int_equal(f->chip->pci.flash_bytes, 0);
    for (unsigned space = E1000EMU_FLASH; space <= E1000EMU_ROM + 1; space++) {
        if (space != E1000EMU_IO)
            assert_int_equal(e1000emu_bar_read(f->chip, (enum e1000emu_space)space, 0, 4),
                             0xFFFFFFFF);
    }
    assert_true(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, 0x20000, 4) == 0xFFFFFFFF);
    assert_true(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, 0xFFFFFFFC, 8) == UINT64_MAX);
    assert_true(e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_PBA, 3) == 0xFFFFFF);
    fixture_free(f);
}

/* The flash holds no boot agent: it reads erased in both windows. */
static void flash_reads_erased(void **state)
{
    struct fixture *f = *state;

    fixture_enable(f);
    e1000emu_bar_write(f->chip, E1000EMU_FLASH, 0, 4, 0);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_FLASH, 0, 4), 0xFFFFFFFF);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_FLASH, 0xFFFF, 1), 0xFF);
    config_write(f, 0x30, 4, 0x00000001);
    assert_true(f->chip->pci.rom_enable);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_ROM, 0, 2), 0xFFFF);
    config_write(f, 0x30, 1, 0);
    assert_false(f->chip->pci.rom_enable);
}

/* ---- The I/O window (SDM 13.2.2) ------------------------------------------------------------ */

static uint32_t io_read(struct fixture *f, uint32_t offset)
{
    return (uint32_t)e1000emu_bar_read(f->chip, E1000EMU_IO, offset, 4);
}

static void io_write(struct fixture *f, uint32_t offset, uint32_t value)
{
    e1000emu_bar_write(f->chip, E1000EMU_IO, offset, 4, value);
}

static void io_window_reaches_registers(void **state)
{
    struct fixture *f = *state;

    config_write(f, 0x04, 2, 0x0001); /* needs no memory space */
    io_write(f, 0, REG_FCAL);
    io_write(f, 4, 0x11223344);
    assert_int_equal(io_read(f, 4), 0x11223344);
    assert_int_equal(emu_get(f->chip, REG_FCAL), 0x11223344);
    io_write(f, 0, 0xFFFFFFFF);
    assert_int_equal(io_read(f, 0), 0x000FFFFF);
    assert_int_equal(io_read(f, 4), 0xFFFFFFFF); /* flash */
    io_write(f, 4, 0);
    io_write(f, 0, 0x20000); /* between registers and flash */
    io_write(f, 4, 0xFFFFFFFF);
    assert_int_equal(io_read(f, 4), 0);
}

static void io_window_takes_dwords_only(void **state)
{
    struct fixture *f = *state;

    fixture_enable(f);
    io_write(f, 0, REG_FCAL);
    io_write(f, 4, 0x11223344);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 2, REG_FCT);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 1, 0xFF);
    assert_int_equal(io_read(f, 0), REG_FCAL);
    assert_int_equal(io_read(f, 4), 0x11223344);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 6, 2), 0x1122);
    for (uint32_t offset = 8; offset < 64; offset += 4) {
        io_write(f, offset, 0xFFFFFFFF);
        assert_int_equal(io_read(f, offset), 0);
    }
    assert_int_equal(io_read(f, 4), 0x11223344);
}

/* Intel's drivers reset this chip through the window, because it can't acknowledge a 64-bit memory
 * write while it resets; IOADDR outlives that, not RST#. */
static void io_window_resets_the_chip(void **state)
{
    struct fixture *f = *state;

    fixture_enable(f);
    fixture_write(f, REG_FCAL, 0x12345678);
    io_write(f, 0, REG_CTRL);
    io_write(f, 4, io_read(f, 4) | CTRL_RST);
    assert_int_equal(fixture_read(f, REG_FCAL), 0);
    assert_int_equal(fixture_read(f, REG_CTRL) & CTRL_RST, 0);
    io_write(f, 0, REG_STATUS);
    io_write(f, 0, REG_CTRL);
    io_write(f, 0, REG_FCAL);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_int_equal(io_read(f, 0), REG_FCAL);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_enable(f);
    assert_int_equal(io_read(f, 0), 0);
}

#define COLD(test) cmocka_unit_test_setup_teardown(test, fixture_setup_cold, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COLD(registers_want_whole_dwords),
        COLD(accesses_of_64_bits_reach_two_registers),
        COLD(spaces_answer_only_while_enabled),
        COLD(flash_reads_erased),
        cmocka_unit_test(what_is_not_there_does_not_answer),
        COLD(io_window_reaches_registers),
        COLD(io_window_takes_dwords_only),
        COLD(io_window_resets_the_chip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
