/* SPDX-License-Identifier: BSD-2-Clause */
/* When the EEPROM's words count for configuration space: from one load to the next (SDM 5.3). */
#include "chip.h"
#include "fixture.h"

static uint32_t config_read(struct fixture *f, unsigned offset, unsigned width)
{
    return e1000emu_config_read(f->chip, offset, width);
}

static void config_write(struct fixture *f, unsigned offset, unsigned width, uint32_t value)
{
    e1000emu_config_write(f->chip, offset, width, value);
}

static uint32_t size_bar(struct fixture *f, unsigned offset)
{
    uint32_t size;

    config_write(f, offset, 4, 0xFFFFFFFF);
    size = config_read(f, offset, 4);
    config_write(f, offset, 4, 0);
    return size;
}

static void let_load(struct fixture *f)
{
    fixture_run(f, 10000000);
}

static void change_words(struct fixture *f)
{
    uint16_t *word = f->chip->eeprom.part.word;

    word[EE_INIT1] = 0x6403;           /* no power management, 32-bit BARs */
    word[EE_INIT2] |= 0x0080 | 0x0010; /* no MSI, reads of 4 KB */
    word[EE_INIT3] |= 0x0800;          /* no flash */
    word[EE_POWER] = 0x1122;
    word[EE_SUBSYSTEM] = 0x1234;
}

/* What the words said when they were loaded. */
static void expect_old_words(struct fixture *f)
{
    assert_int_equal(config_read(f, 0xDC, 4), 0xC822E401);
    assert_int_equal(config_read(f, 0xE4, 2), 0xF007);
    config_write(f, 0xE6, 2, 0x0002);
    assert_int_equal(config_read(f, 0xE8, 4), 0x0443FFF8);
    assert_int_equal(config_read(f, 0x2C, 4), 0x10018086);
    config_write(f, 0xE0, 2, 0x0100);
    assert_int_equal(config_read(f, 0xE0, 4), 0x28002100);
    config_write(f, 0xE0, 2, 3 << 9 | 0x0100);
    assert_int_equal(config_read(f, 0xE3, 1), 0x0C);
    fixture_write(f, REG_WUC, WUC_PME_EN);
    assert_int_equal(fixture_read(f, REG_WUC) & WUC_PME_EN, WUC_PME_EN);
    config_write(f, 0xF2, 2, 1);
    assert_true(f->chip->pci.msi_enable);
    assert_true(f->chip->pci.flash_bytes > 0);
    assert_int_equal(size_bar(f, 0x14), 0xFFFFFFFF);
}

static void expect_new_words(struct fixture *f)
{
    assert_int_equal(config_read(f, 0xDC, 4), 0x0022E401);
    assert_int_equal(config_read(f, 0xE4, 2), 0x0007);
    assert_int_equal(config_read(f, 0xF0, 4), 0);
    assert_int_equal(config_read(f, 0xE8, 4), 0x0863FFF8);
    assert_int_equal(config_read(f, 0x2C, 4), 0x12348086);
    config_write(f, 0xE0, 2, 0x0100);
    assert_int_equal(config_read(f, 0xE0, 4), 0);
    config_write(f, 0xF2, 2, 1);
    assert_false(f->chip->pci.msi_enable);
    assert_int_equal(size_bar(f, 0x14), 0); /* no flash where its BAR would be */
    assert_int_equal(size_bar(f, 0x18), 0xFFFFFFC1);
    assert_int_equal(size_bar(f, 0x30), 0);
}

static struct fixture *with_changed_words(void)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("silicon");
    struct e1000emu_config config = {.profile = &profile};
    struct fixture *f;

    profile.flash_size = 0x10000;
    f = fixture_new(&config);
    fixture_enable(f);
    let_load(f);
    change_words(f);
    return f;
}

/* A word that software writes into the part does nothing until the hardware loads it: at RST#, when
 * D3 ends, or for EE_RST (SDM 5.3). CTRL.RST does not reach configuration space. */
static void words_count_once_they_are_loaded(void **state)
{
    struct fixture *f = with_changed_words();

    (void)state;
    expect_old_words(f);
    fixture_write(f, REG_CTRL, CTRL_RST);
    let_load(f);
    expect_old_words(f);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    expect_new_words(f);
    fixture_free(f);

    f = with_changed_words();
    config_write(f, 0xE0, 2, 3);
    config_write(f, 0xE0, 2, 0);
    expect_new_words(f);
    fixture_free(f);
}

/* EE_RST loads the space's words, and leaves what software has stored in it. */
static void ee_rst_loads_the_words(void **state)
{
    struct fixture *f = with_changed_words();

    (void)state;
    config_write(f, 0x10, 4, 0xD8920000);
    config_write(f, 0x3C, 1, 11);
    config_write(f, 0xE0, 2, 0x0100);
    config_write(f, 0xF2, 2, 1);
    emu_pci_set_status(f->chip, EMU_PCI_MASTER_ABORT);
    fixture_write(f, REG_IMS, ICR_LSC);
    fixture_write(f, REG_CTRL_EXT, fixture_read(f, REG_CTRL_EXT) | CTRL_EXT_EE_RST);
    let_load(f);
    assert_int_equal(config_read(f, 0x04, 4), 0x22300007);
    assert_int_equal(config_read(f, 0x10, 4), 0xD8920000);
    assert_int_equal(config_read(f, 0x3C, 1), 11);
    assert_int_equal(fixture_read(f, REG_WUC) & WUC_PME_EN, 0);
    fixture_write(f, REG_ICS, ICR_LSC); /* without messages there is the line */
    assert_true(f->level);
    expect_new_words(f);
    fixture_free(f);
}

/* A profile without capabilities gets none by EE_RST. */
static void ee_rst_adds_no_capabilities(void **state)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("vmware");
    struct e1000emu_config config = {.profile = &profile};
    struct fixture *f;

    (void)state;
    profile.capabilities = false;
    f = fixture_new(&config);
    fixture_enable(f);
    let_load(f);
    config_write(f, 0x10, 4, 0xD8920000);
    fixture_write(f, REG_CTRL_EXT, fixture_read(f, REG_CTRL_EXT) | CTRL_EXT_EE_RST);
    let_load(f);
    assert_int_equal(config_read(f, 0x10, 4), 0xD8920004);
    assert_int_equal(config_read(f, 0x34, 4), 0);
    for (unsigned offset = 0xDC; offset < 0x100; offset += 4)
        assert_int_equal(config_read(f, offset, 4), 0);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_count_once_they_are_loaded),
        cmocka_unit_test(ee_rst_loads_the_words),
        cmocka_unit_test(ee_rst_adds_no_capabilities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
