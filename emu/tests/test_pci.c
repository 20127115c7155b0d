/* SPDX-License-Identifier: BSD-2-Clause */
/* PCI configuration space: its layout, fields and power states (SDM 4, 6.3). */
#include "fixture.h"

#include <string.h>

#include "chip.h"

static uint32_t config_read(struct fixture *f, unsigned offset, unsigned width)
{
    return e1000emu_config_read(f->chip, offset, width);
}

static void config_write(struct fixture *f, unsigned offset, unsigned width, uint32_t value)
{
    e1000emu_config_write(f->chip, offset, width, value);
}

static struct fixture *with_profile(const char *name)
{
    struct e1000emu_config config = {.profile = e1000emu_profile_find(name)};

    assert_non_null(config.profile);
    return fixture_new(&config);
}

/* A chip of the default profile whose EEPROM differs in one word. */
static struct fixture *with_word(unsigned word, uint16_t value)
{
    struct fixture *f = fixture_new(NULL);
    struct e1000emu_config config = {.eeprom = NULL};
    uint16_t image[64];

    memcpy(image, f->chip->eeprom.part.word, sizeof image);
    fixture_free(f);
    image[word] = value;
    config.eeprom = image;
    config.eeprom_words = 64;
    return fixture_new(&config);
}

/* ---- Identity and layout -------------------------------------------------------------------- */

/* What lspci shows in a VMware guest. */
static void vmware_header_after_power_on(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(config_read(f, 0x00, 4), 0x100F8086);
    assert_int_equal(config_read(f, 0x04, 4), 0x02300000);
    assert_int_equal(config_read(f, 0x08, 4), 0x02000001);
    assert_int_equal(config_read(f, 0x0C, 4), 0x00000000);
    assert_int_equal(config_read(f, 0x28, 4), 0x00000000);
    assert_int_equal(config_read(f, 0x2C, 4), 0x075015AD);
    assert_int_equal(config_read(f, 0x34, 4), 0x000000DC);
    assert_int_equal(config_read(f, 0x3C, 4), 0x00FF0100);
    for (unsigned offset = 0x10; offset < 0x28; offset += 4)
        assert_int_equal(config_read(f, offset, 4) & ~0xFu, 0); /* no base yet */
    assert_false(f->chip->pci.memory_enable || f->chip->pci.io_enable || f->chip->pci.bus_master);
}

static void silicon_header_after_power_on(void **state)
{
    struct fixture *f = with_profile("silicon");

    (void)state;
    assert_int_equal(config_read(f, 0x00, 4), 0x100F8086);
    assert_int_equal(config_read(f, 0x2C, 4), 0x10018086);
    assert_int_equal(config_read(f, 0x08, 1), 0x01);
    fixture_free(f);
}

/* Ids come from the EEPROM only where its first word says so, and only if it is signed. */
static void ids_follow_the_eeprom(void **state)
{
    struct fixture *f = with_word(EE_INIT1, 0x4408);

    (void)state;
    assert_int_equal(config_read(f, 0x00, 4), 0x100F8086);
    assert_int_equal(config_read(f, 0x2C, 4), 0x10088086);
    fixture_free(f);
    f = with_word(EE_INIT1, 0x840B); /* signature 10 */
    assert_int_equal(config_read(f, 0x2C, 4), 0x10088086);
    fixture_free(f);
    f = with_word(EE_DEVICE, 0x1011);
    assert_int_equal(config_read(f, 0x00, 4), 0x10118086);
    fixture_free(f);
    f = with_word(EE_VENDOR, 0x1AB8);
    assert_int_equal(config_read(f, 0x00, 4), 0x100F1AB8);
    fixture_free(f);
}

static uint32_t size_bar(struct fixture *f, unsigned offset)
{
    uint32_t size;

    config_write(f, offset, 4, 0xFFFFFFFF);
    size = config_read(f, offset, 4);
    config_write(f, offset, 4, 0);
    return size;
}

/* 0x14 and 0x1C are upper halves; the drivers that took them for BARs failed on VMware. */
static void bars_of_64_bits_can_be_sized(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(size_bar(f, 0x10), 0xFFFE0004);
    assert_int_equal(size_bar(f, 0x14), 0xFFFFFFFF);
    assert_int_equal(size_bar(f, 0x18), 0xFFFF0004);
    assert_int_equal(size_bar(f, 0x1C), 0xFFFFFFFF);
    assert_int_equal(size_bar(f, 0x20), 0xFFFFFFC1);
    assert_int_equal(size_bar(f, 0x24), 0x00000000);
    assert_int_equal(size_bar(f, 0x30), 0xFFFF0001);
    config_write(f, 0x10, 4, 0xD8920000);
    assert_int_equal(config_read(f, 0x10, 4), 0xD8920004);
}

static void bars_of_32_bits_can_be_sized(void **state)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("vmware");
    struct e1000emu_config config = {.profile = &profile};
    struct fixture *f;

    (void)state;
    profile.bars_64bit = false;
    f = fixture_new(&config);
    assert_int_equal(size_bar(f, 0x10), 0xFFFE0000);
    assert_int_equal(size_bar(f, 0x14), 0xFFFF0000);
    assert_int_equal(size_bar(f, 0x18), 0xFFFFFFC1);
    assert_int_equal(size_bar(f, 0x1C), 0x00000000);
    assert_int_equal(size_bar(f, 0x20), 0x00000000);
    fixture_free(f);
}

/* Flash and ROM BAR have the flash's size, or are absent without one (words 0Fh, 24h). */
static void flash_size_decides_about_its_bars(void **state)
{
    static const uint32_t sizes[] = {0x10000, 0x20000, 0x40000, 0x80000};
    struct e1000emu_profile profile = *e1000emu_profile_find("vmware");
    struct e1000emu_config config = {.profile = &profile};
    struct fixture *f;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        profile.flash_size = sizes[i];
        f = fixture_new(&config);
        assert_int_equal(size_bar(f, 0x18), ~(sizes[i] - 1) | 4u);
        assert_int_equal(size_bar(f, 0x30), ~(sizes[i] - 1) | 1u);
        fixture_free(f);
    }
    profile.flash_size = 0;
    f = fixture_new(&config);
    assert_int_equal(size_bar(f, 0x18), 0);
    assert_int_equal(size_bar(f, 0x1C), 0);
    assert_int_equal(size_bar(f, 0x20), 0xFFFFFFC1);
    assert_int_equal(size_bar(f, 0x30), 0);
    fixture_free(f);
}

/* ---- Fields --------------------------------------------------------------------------------- */

static void command_stores_its_bits(void **state)
{
    struct fixture *f = *state;

    config_write(f, 0x04, 2, 0xFFFF);
    assert_int_equal(config_read(f, 0x04, 2), 0x0157);
    assert_true(f->chip->pci.memory_enable && f->chip->pci.io_enable && f->chip->pci.bus_master);
    config_write(f, 0x04, 1, 0x02);
    assert_int_equal(config_read(f, 0x04, 2), 0x0102);
    assert_true(f->chip->pci.memory_enable);
    assert_false(f->chip->pci.io_enable || f->chip->pci.bus_master);
    config_write(f, 0x04, 2, 0x0000);
    assert_int_equal(config_read(f, 0x04, 2), 0x0000);
}

static void status_clears_by_writing_ones(void **state)
{
    struct fixture *f = *state;

    emu_pci_set_status(f->chip, EMU_PCI_MASTER_ABORT | 0x8000);
    assert_int_equal(config_read(f, 0x06, 2), 0xA230);
    config_write(f, 0x06, 2, 0x8000);
    assert_int_equal(config_read(f, 0x06, 2), 0x2230);
    config_write(f, 0x04, 2, 0x0007); /* does not touch it */
    assert_int_equal(config_read(f, 0x06, 2), 0x2230);
    config_write(f, 0x07, 1, 0xFF);
    assert_int_equal(config_read(f, 0x06, 2), 0x0230);
    config_write(f, 0x04, 4, 0xFFFF0000);
    assert_int_equal(config_read(f, 0x06, 2), 0x0230);
}

/* Writes of a byte or word leave the neighbours alone; ids can't be written at all. */
static void accesses_of_any_width(void **state)
{
    struct fixture *f = *state;

    config_write(f, 0x00, 4, 0xFFFFFFFF);
    config_write(f, 0x2C, 4, 0xFFFFFFFF);
    assert_int_equal(config_read(f, 0x00, 2), 0x8086);
    assert_int_equal(config_read(f, 0x02, 2), 0x100F);
    assert_int_equal(config_read(f, 0x2E, 1), 0x50);
    assert_int_equal(config_read(f, 0x2F, 1), 0x07);
    config_write(f, 0x0C, 2, 0xFF10);
    assert_int_equal(config_read(f, 0x0C, 4), 0x0000FC10);
    config_write(f, 0x3C, 4, 0xFFFFFF0B);
    assert_int_equal(config_read(f, 0x3C, 4), 0x00FF010B);
    config_write(f, 0x12, 1, 0xFF);
    assert_int_equal(config_read(f, 0x10, 4), 0x00FE0004);
    config_write(f, 0x13, 1, 0xD8);
    assert_int_equal(config_read(f, 0x10, 4), 0xD8FE0004);
}

static void odd_accesses_are_refused(void **state)
{
    static const struct {
        unsigned offset, width;
    } odd[] = {{0x05, 2}, {0x06, 4}, {0x04, 3}, {0x04, 0}, {0x04, 8}, {0x100, 1}, {0x1000, 4}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_int_equal(config_read(f, odd[i].offset, odd[i].width), 0xFFFFFFFF);
        config_write(f, odd[i].offset, odd[i].width, 0xFFFFFFFF);
    }
    assert_int_equal(config_read(f, 0x04, 4), 0x02300000);
}

static void reserved_offsets_read_zero(void **state)
{
    struct fixture *f = *state;

    for (unsigned offset = 0x40; offset < 0xDC; offset += 4) {
        config_write(f, offset, 4, 0xFFFFFFFF);
        assert_int_equal(config_read(f, offset, 4), 0);
    }
}

/* ---- Capabilities --------------------------------------------------------------------------- */

static void vmware_has_power_management_and_pcix(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(config_read(f, 0xDC, 4), 0x4822E401);
    assert_int_equal(config_read(f, 0xE4, 4), 0x00020007); /* the last one */
    assert_int_equal(config_read(f, 0xE8, 4), 0x0443FFF8);
    assert_int_equal(config_read(f, 0xF0, 4), 0);
}

static void silicon_has_msi_too(void **state)
{
    struct fixture *f = with_profile("silicon");

    (void)state;
    assert_int_equal(config_read(f, 0xDC, 2), 0xE401);
    assert_int_equal(config_read(f, 0xE4, 2), 0xF007);
    assert_int_equal(config_read(f, 0xF0, 4), 0x00800005);
    config_write(f, 0xF2, 2, 0xFFFF);
    assert_int_equal(config_read(f, 0xF2, 2), 0x00F1);
    config_write(f, 0xF4, 4, 0xFFFFFFFF);
    config_write(f, 0xF8, 4, 0xFFFFFFFF);
    config_write(f, 0xFC, 4, 0xFFFFFFFF);
    assert_int_equal(config_read(f, 0xF4, 4), 0xFFFFFFFC);
    assert_int_equal(config_read(f, 0xF8, 4), 0xFFFFFFFF);
    assert_int_equal(config_read(f, 0xFC, 4), 0x0000FFFF);
    fixture_free(f);
}

/* E6 stores bits 6:0; E8 is what word 0Fh makes of it (SDM 4.2). */
static void pcix_fields_follow_the_eeprom(void **state)
{
    struct fixture *f = with_word(EE_INIT2, 0x3040);

    (void)state;
    assert_int_equal(config_read(f, 0xE8, 4), 0x0042FFF8);
    config_write(f, 0xE6, 2, 0xFFFF);
    assert_int_equal(config_read(f, 0xE6, 2), 0x007F);
    assert_int_equal(config_read(f, 0xE8, 4), 0x0842FFF8); /* 4096 bytes may be outstanding */
    config_write(f, 0xE6, 2, 2 << 2);
    assert_int_equal(config_read(f, 0xE8, 4), 0x0442FFF8);
    fixture_free(f);
    f = with_word(EE_INIT2, 0x3078); /* Max_Read 4 KB */
    assert_int_equal(config_read(f, 0xE8, 4), 0x0863FFF8);
    config_write(f, 0xE8, 4, 0xFFFFFFFF);
    assert_int_equal(config_read(f, 0xE8, 4), 0x0863FFF8);
    fixture_free(f);
}

static void msi_needs_profile_and_eeprom(void **state)
{
    struct fixture *f = with_word(EE_INIT2, 0x3068); /* MSI not disabled, but this board has none */

    (void)state;
    assert_int_equal(config_read(f, 0xE4, 2), 0x0007);
    fixture_free(f);
}

/* The power budget by Data_Select: 4.0 W and 1.2 W in tenths (word 22h = 280C). */
static void power_data_follows_its_selector(void **state)
{
    static const uint8_t expected[16] = {0x28, 0, 0, 0x0C, 0x28, 0, 0, 0x0C};
    struct fixture *f = *state;

    for (unsigned select = 0; select < 16; select++) {
        config_write(f, 0xE0, 2, select << 9);
        assert_int_equal(config_read(f, 0xE3, 1), expected[select]);
        assert_int_equal(config_read(f, 0xE0, 2), select << 9 | (expected[select] ? 0x2000 : 0));
    }
}

/* D3 disables all but configuration; D1 and D2 aren't there; D0 again is a reset (SDM 6.3). */
static void power_states(void **state)
{
    struct fixture *f = *state;

    fixture_enable(f);
    fixture_write(f, REG_FCAL, 0x12345678);
    config_write(f, 0x10, 4, 0xD8920000);
    config_write(f, 0xE0, 2, 1);
    assert_int_equal(config_read(f, 0xE0, 2) & 3, 0);
    config_write(f, 0xE0, 2, 2);
    assert_int_equal(config_read(f, 0xE0, 2) & 3, 0);
    assert_int_equal(fixture_read(f, REG_FCAL), 0x12345678);
    config_write(f, 0xE0, 2, 3);
    assert_int_equal(config_read(f, 0xE0, 2) & 3, 3);
    assert_int_equal(config_read(f, 0x04, 2), 0);
    assert_int_equal(fixture_read(f, REG_FCAL), 0xFFFFFFFF);
    assert_int_equal(config_read(f, 0x10, 4), 0xD8920004);
    config_write(f, 0xE0, 2, 1);
    assert_int_equal(config_read(f, 0xE0, 2) & 3, 3);
    config_write(f, 0xE0, 2, 0);
    assert_int_equal(config_read(f, 0xE0, 2) & 3, 0);
    assert_int_equal(config_read(f, 0x10, 4), 0x00000004);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_FCAL), 0);
}

/* A function in D3 drives no INTA#, and answers nothing but configuration cycles, whatever software
 * writes into the command register meanwhile. After D0 there are no causes, and no mask. */
static void the_line_is_low_in_d3(void **state)
{
    const struct e1000emu_partner gone = {.cable = false};
    struct fixture *f = *state;

    fixture_enable(f);
    fixture_link_up(f);
    fixture_write(f, REG_IMS, ICR_LSC);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_true(f->level);
    config_write(f, 0xE0, 2, 3);
    assert_false(f->level);
    assert_false(e1000emu_interrupt_level(f->chip));
    config_write(f, 0x04, 2, 0x0007);
    assert_int_equal(fixture_read(f, REG_ICR), 0xFFFFFFFF);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 0, 4), 0xFFFFFFFF);
    e1000emu_set_partner(f->chip, &gone); /* something happens */
    fixture_run(f, 10000000);
    assert_false(f->level);
    config_write(f, 0xE0, 2, 0);
    assert_false(f->level);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_IMS), 0);
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    fixture_write(f, REG_IMS, ICR_LSC);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_true(f->level);
}

/* RST# ends D3, too. */
static void rst_ends_d3(void **state)
{
    struct fixture *f = *state;

    config_write(f, 0xE0, 2, 3);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    assert_int_equal(config_read(f, 0xE0, 2) & 3, 0);
    fixture_enable(f);
    fixture_write(f, REG_IMS, ICR_LSC);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_true(f->level);
}

/* PME_En and PME_Status are the same bits in PMCSR and WUC (SDM 13.6.1). */
static void pme_bits_show_in_both_places(void **state)
{
    struct fixture *f = *state;

    fixture_enable(f);
    config_write(f, 0xE0, 2, 0x0100);
    assert_int_equal(fixture_read(f, REG_WUC), WUC_PME_EN);
    fixture_write(f, REG_WUC, 0);
    assert_int_equal(config_read(f, 0xE0, 2) & 0x0100, 0);
    fixture_write(f, REG_WUC, WUC_PME_EN);
    assert_int_equal(config_read(f, 0xE0, 2) & 0x0100, 0x0100);
    emu_set(f->chip, REG_WUC, WUC_PME_EN | WUC_PME_STATUS);
    fixture_write(f, REG_WUC, WUC_PME_EN);
    assert_int_equal(config_read(f, 0xE0, 2) & 0x8100, 0x8100);
    config_write(f, 0xE0, 2, 0x8100);
    assert_int_equal(config_read(f, 0xE0, 2) & 0x8100, 0x0100);
    assert_int_equal(fixture_read(f, REG_WUC), WUC_PME_EN);
}

/* Word 0Ah, bit 2, and only where there is power management. */
static void pme_may_need_the_clock(void **state)
{
    struct fixture *f = with_word(EE_INIT1, 0x440F);

    (void)state;
    assert_int_equal(config_read(f, 0xDE, 2), 0x482A);
    fixture_free(f);
    f = with_word(EE_INIT1, 0x4407);
    assert_int_equal(config_read(f, 0xDE, 2), 0x0022);
    fixture_free(f);
}

/* Word 0Ah, bit 3 = 0: the power registers are there, but read only. */
static void power_management_can_be_disabled(void **state)
{
    struct fixture *f = with_word(EE_INIT1, 0x4403);

    (void)state;
    assert_int_equal(config_read(f, 0xDC, 4), 0x0022E401);
    config_write(f, 0xE0, 4, 0xFFFFFFFF);
    assert_int_equal(config_read(f, 0xE0, 4), 0);
    fixture_enable(f);
    fixture_write(f, REG_WUC, WUC_PME_EN);
    assert_int_equal(fixture_read(f, REG_WUC), 0);
    fixture_free(f);
}

#define COLD(test) cmocka_unit_test_setup_teardown(test, fixture_setup_cold, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COLD(vmware_header_after_power_on),
        cmocka_unit_test(silicon_header_after_power_on),
        cmocka_unit_test(ids_follow_the_eeprom),
        COLD(bars_of_64_bits_can_be_sized),
        cmocka_unit_test(bars_of_32_bits_can_be_sized),
        cmocka_unit_test(flash_size_decides_about_its_bars),
        COLD(command_stores_its_bits),
        COLD(status_clears_by_writing_ones),
        COLD(accesses_of_any_width),
        COLD(odd_accesses_are_refused),
        COLD(reserved_offsets_read_zero),
        COLD(vmware_has_power_management_and_pcix),
        cmocka_unit_test(silicon_has_msi_too),
        cmocka_unit_test(pcix_fields_follow_the_eeprom),
        cmocka_unit_test(msi_needs_profile_and_eeprom),
        COLD(power_data_follows_its_selector),
        COLD(power_states),
        COLD(the_line_is_low_in_d3),
        COLD(rst_ends_d3),
        COLD(pme_bits_show_in_both_places),
        cmocka_unit_test(pme_may_need_the_clock),
        cmocka_unit_test(power_management_can_be_disabled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
