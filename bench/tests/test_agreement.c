/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Driver and chip know the chip separately: driver/include/e1000_hw.h and emu's table. Here the two
 * are compared, constant by constant, and where the chip has no constant of that kind the driver's
 * is used on it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "e1000_hw.h"
#include "e1000emu.h"
#include "eeprom.h"
#include "hw.h"
#include "phy.h"

struct pair {
    const char *name;
    uint64_t driver, chip;
    bool is_register;
};

/* Made by agreement.py from the driver's header. */
#define REGISTER(name, driver, chip) {name, driver, chip, true},
#define FIELD(name, driver, chip)    {name, driver, chip, false},
static const struct pair pairs[] = {
#include "agreement_table.h"
};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static const struct e1000emu_register *row_at(uint64_t offset)
{
    const struct e1000emu_register *row;

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++)
        if (offset >= row->offset && offset < row->offset + row->count * row->stride &&
            (offset - row->offset) % row->stride == 0)
            return row;
    fail_msg("no register at 0x%05llx", (unsigned long long)offset);
    return NULL;
}

/* Every constant that both have is the same. */
static void test_constants(void **state)
{
    (void)state;
    assert_true(PAIRS > 80);
    for (size_t i = 0; i < PAIRS; i++)
        if (pairs[i].driver != pairs[i].chip)
            fail_msg("%s: driver 0x%llx, chip 0x%llx", pairs[i].name,
                     (unsigned long long)pairs[i].driver, (unsigned long long)pairs[i].chip);
}

/* Every register of the driver's header is in the chip's table, under that name at that offset. */
static void test_registers(void **state)
{
    unsigned registers = 0;

    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        if (!pairs[i].is_register)
            continue;
        assert_string_equal(row_at(pairs[i].driver)->name, pairs[i].name);
        registers++;
    }
    assert_true(registers > 30);
}

/* The arrays lie where the driver's macros say, from the first element to the last. */
static void test_arrays(void **state)
{
    static const struct {
        const char *name;
        uint32_t first, last, count;
    } arrays[] = {
        {"MTA", E1000_MTA(0), E1000_MTA(127), E1000_MTA_SIZE},
        {"RAL", E1000_RAL(0), E1000_RAL(15), E1000_RA_SIZE},
        {"RAH", E1000_RAH(0), E1000_RAH(15), E1000_RA_SIZE},
        {"IP4AT", E1000_IP4AT(0), E1000_IP4AT(3), 4},
        {"VFTA", E1000_VFTA(0), E1000_VFTA(127), E1000_VFTA_SIZE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
        const struct e1000emu_register *row = row_at(arrays[i].first);

        assert_string_equal(row->name, arrays[i].name);
        assert_int_equal(row->count, arrays[i].count);
        assert_ptr_equal(row, row_at(arrays[i].last));
    }
}

/* ---- The driver's constants, used on the chip ---- */

static void no_interrupt(void *opaque, bool asserted)
{
    (void)opaque;
    (void)asserted;
}

static size_t no_wire(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    return count;
}

static e1000emu *make_chip(void)
{
    const struct e1000emu_config config = {
        .host = {.interrupt = no_interrupt, .transmit = no_wire}};
    e1000emu *chip = NULL;

    assert_int_equal(e1000emu_create(&chip, &config), 0);
    e1000emu_advance(chip, 1000000000);
    return chip;
}

static uint32_t config(e1000emu *chip, unsigned offset, unsigned width)
{
    return e1000emu_config_read(chip, offset, width);
}

/* Configuration space is where the driver looks for it. */
static void test_pci(void **state)
{
    e1000emu *chip = make_chip();
    unsigned capability;

    (void)state;
    assert_int_equal(config(chip, E1000_PCI_VENDOR, 2), E1000_VENDOR_INTEL);
    assert_int_equal(config(chip, E1000_PCI_DEVICE, 2), 0x100f);
    assert_int_equal(config(chip, E1000_PCI_SUBSYSTEM_VENDOR, 2), E1000_VENDOR_VMWARE);
    assert_int_equal(config(chip, E1000_PCI_SUBSYSTEM, 2), 0x0750);
    assert_int_equal(config(chip, E1000_PCI_REVISION, 1), 1);
    assert_true(config(chip, E1000_PCI_STATUS, 2) & E1000_PCI_STATUS_CAPS);
    for (capability = config(chip, E1000_PCI_CAPABILITIES, 1);
         capability != 0 && config(chip, capability, 1) != E1000_PCI_CAP_PCIX;
         capability = config(chip, capability + 1, 1))
        ;
    assert_int_not_equal(capability, 0);
    e1000emu_config_write(chip, capability + E1000_PCIX_COMMAND, 2, 0xffff);
    assert_int_equal(config(chip, capability + E1000_PCIX_COMMAND, 2) & E1000_PCIX_MMRBC_MASK,
                     E1000_PCIX_MMRBC_MASK);
    assert_int_equal(E1000_PCIX_MMRBC_2048, 2u << E1000_PCIX_MMRBC_SHIFT);
    e1000emu_destroy(chip);
}

static unsigned capability(e1000emu *chip, unsigned id)
{
    unsigned at = config(chip, E1000_PCI_CAPABILITIES, 1);

    while (at != 0 && config(chip, at, 1) != id)
        at = config(chip, at + 1, 1);
    assert_int_not_equal(at, 0);
    return at;
}

/* Power management and messages: the fields do on the chip what the driver means by them. */
static void test_capabilities(void **state)
{
    const struct e1000emu_config silicon = {
        .profile = e1000emu_profile_find("silicon"),
        .host = {.interrupt = no_interrupt, .transmit = no_wire}};
    e1000emu *chip = NULL;
    unsigned pm, msi;

    (void)state;
    assert_int_equal(e1000emu_create(&chip, &silicon), 0);
    e1000emu_advance(chip, 1000000000);
    pm = capability(chip, E1000_PCI_CAP_PM);
    assert_true(config(chip, pm + E1000_PM_PMC, 2) & E1000_PM_PMC_D3HOT);
    e1000emu_config_write(chip, E1000_PCI_COMMAND, 2, E1000_PCI_COMMAND_MEMORY);
    e1000emu_config_write(chip, pm + E1000_PM_CSR, 2, E1000_PM_CSR_STATE | E1000_PM_CSR_PME_EN);
    assert_int_equal(config(chip, pm + E1000_PM_CSR, 2) &
                         (E1000_PM_CSR_STATE | E1000_PM_CSR_PME_EN | E1000_PM_CSR_PME_STATUS),
                     E1000_PM_CSR_STATE | E1000_PM_CSR_PME_EN);
    assert_int_equal(e1000emu_read32(chip, E1000_CTRL), UINT32_MAX);
    msi = capability(chip, E1000_PCI_CAP_MSI);
    assert_int_equal(config(chip, msi + E1000_MSI_CONTROL, 2), 0x80);
    e1000emu_config_write(chip, msi + E1000_MSI_CONTROL, 2, E1000_MSI_CONTROL_ENABLE);
    assert_int_equal(config(chip, msi + E1000_MSI_CONTROL, 2), 0x81);
    e1000emu_destroy(chip);
}

/* The command bits switch what the driver means by them; the I/O window is reached by its offsets.
 */
static void test_command_and_io(void **state)
{
    e1000emu *chip = make_chip();

    (void)state;
    assert_int_equal(e1000emu_read32(chip, E1000_CTRL), UINT32_MAX);
    e1000emu_config_write(chip, E1000_PCI_COMMAND, 2, E1000_PCI_COMMAND_MEMORY);
    assert_int_not_equal(e1000emu_read32(chip, E1000_CTRL), UINT32_MAX);
    e1000emu_config_write(chip, E1000_PCI_COMMAND, 2,
                          E1000_PCI_COMMAND_MEMORY | E1000_PCI_COMMAND_IO);
    e1000emu_bar_write(chip, E1000EMU_IO, E1000_IOADDR, 4, E1000_FCTTV);
    e1000emu_bar_write(chip, E1000EMU_IO, E1000_IODATA, 4, 0x1234);
    assert_int_equal(e1000emu_read32(chip, E1000_FCTTV), 0x1234);
    assert_int_equal(config(chip, E1000_PCI_COMMAND, 2) & E1000_PCI_COMMAND_MASTER, 0);
    e1000emu_config_write(chip, E1000_PCI_COMMAND, 2, E1000_PCI_COMMAND_MASTER);
    assert_int_equal(config(chip, E1000_PCI_COMMAND, 2), E1000_PCI_COMMAND_MASTER);
    e1000emu_destroy(chip);
}

static uint16_t phy_read(e1000emu *chip, e1000emu_time *now, unsigned reg)
{
    e1000emu_write32(chip, E1000_MDIC,
                     E1000_MDIC_OP_READ | 1u << E1000_MDIC_PHY_SHIFT | reg << E1000_MDIC_REG_SHIFT);
    e1000emu_advance(chip, *now += 100000);
    assert_true(e1000emu_read32(chip, E1000_MDIC) & E1000_MDIC_R);
    return (uint16_t)e1000emu_read32(chip, E1000_MDIC);
}

/* PHY registers have the driver's numbers: each is known by what it must hold after power-on and
 * autonegotiation. */
static void test_phy(void **state)
{
    e1000emu *chip = make_chip();
    e1000emu_time now = 1000000000;

    (void)state;
    e1000emu_config_write(chip, E1000_PCI_COMMAND, 2, E1000_PCI_COMMAND_MEMORY);
    e1000emu_advance(chip, now += 1000000000); /* only now has the PHY been switched on */
    assert_int_equal(phy_read(chip, &now, E1000_PHY_BMCR), 0x1140);
    phy_read(chip, &now, E1000_PHY_BMSR);
    assert_true(phy_read(chip, &now, E1000_PHY_BMSR) & E1000_BMSR_LINK);
    assert_int_equal(phy_read(chip, &now, E1000_PHY_ID1), E1000_PHY_ID >> 16);
    assert_int_equal(phy_read(chip, &now, E1000_PHY_ID2) & E1000_PHY_ID_MASK & 0xffff,
                     E1000_PHY_ID & 0xffff);
    assert_int_equal(phy_read(chip, &now, E1000_PHY_ANAR) & 0x1f, 1);
    assert_int_equal(phy_read(chip, &now, E1000_PHY_ANLPAR), 0x41e1);
    assert_true(phy_read(chip, &now, E1000_PHY_GBCR) & 0x0200);
    assert_int_equal(phy_read(chip, &now, E1000_PHY_GBSR), 0x7c00);
    assert_int_equal(phy_read(chip, &now, E1000_PHY_PSCR) & E1000_PSCR_MDIX_AUTO,
                     E1000_PSCR_MDIX_AUTO);
    assert_int_equal(phy_read(chip, &now, E1000_PHY_PSSR), 0xac08);
    assert_int_equal(phy_read(chip, &now, E1000_PHY_EPSCR), 0x0d60);
    e1000emu_destroy(chip);
}

/* EEPROM words are where the driver reads them, and their sum is what it wants. */
static void test_eeprom(void **state)
{
    e1000emu *chip = make_chip();
    e1000emu_time now = 1000000000;
    uint16_t words[E1000_EEPROM_WORDS], sum = 0;

    (void)state;
    e1000emu_config_write(chip, E1000_PCI_COMMAND, 2, E1000_PCI_COMMAND_MEMORY);
    for (unsigned i = 0; i < E1000_EEPROM_WORDS; i++) {
        e1000emu_write32(chip, E1000_EERD, i << E1000_EERD_ADDR_SHIFT | E1000_EERD_START);
        e1000emu_advance(chip, now += 1000000);
        assert_true(e1000emu_read32(chip, E1000_EERD) & E1000_EERD_DONE);
        words[i] = (uint16_t)(e1000emu_read32(chip, E1000_EERD) >> E1000_EERD_DATA_SHIFT);
        sum = (uint16_t)(sum + words[i]);
    }
    assert_int_equal(sum, E1000_EEPROM_SUM);
    assert_int_equal(words[E1000_EEPROM_MAC], 0x0c00);
    assert_int_equal(words[E1000_EEPROM_MAC + 2], 0x2617);
    assert_int_equal(words[E1000_EEPROM_VERSION], 0);
    e1000emu_destroy(chip);
}

static void pins(e1000emu *chip, e1000emu_time *now, uint32_t set)
{
    e1000emu_write32(chip, E1000_EECD, E1000_EECD_EE_REQ | set);
    e1000emu_advance(chip, *now += 2000);
}

static void bits_out(e1000emu *chip, e1000emu_time *now, uint32_t value, unsigned count)
{
    while (count-- > 0) {
        uint32_t bit = value >> count & 1 ? E1000_EECD_DI : 0;

        pins(chip, now, E1000_EECD_CS | bit);
        pins(chip, now, E1000_EECD_CS | bit | E1000_EECD_SK);
    }
}

static void microwire(e1000emu *chip, e1000emu_time *now, uint32_t opcode, uint32_t address,
                      const uint16_t *data)
{
    pins(chip, now, 0);
    pins(chip, now, E1000_EECD_CS);
    bits_out(chip, now, opcode, 3);
    bits_out(chip, now, address, 6);
    if (data != NULL)
        bits_out(chip, now, *data, 16);
    pins(chip, now, E1000_EECD_CS);
    pins(chip, now, 0);
    e1000emu_advance(chip, *now += 20000000);
}

static uint16_t word_now(e1000emu *chip, e1000emu_time *now, unsigned word)
{
    e1000emu_write32(chip, E1000_EECD, 0);
    e1000emu_write32(chip, E1000_EERD, word << E1000_EERD_ADDR_SHIFT | E1000_EERD_START);
    e1000emu_advance(chip, *now += 1000000);
    return (uint16_t)(e1000emu_read32(chip, E1000_EERD) >> E1000_EERD_DATA_SHIFT);
}

/* The part programs a word only after EWEN, and no more after EWDS. */
static void test_eeprom_writes(void **state)
{
    const uint16_t one = 0x1234, two = 0x4321, three = 0x5555;
    e1000emu *chip = make_chip();
    e1000emu_time now = 1000000000;

    (void)state;
    e1000emu_config_write(chip, E1000_PCI_COMMAND, 2, E1000_PCI_COMMAND_MEMORY);
    microwire(chip, &now, E1000_EEPROM_WRITE, 8, &one);
    assert_int_not_equal(word_now(chip, &now, 8), one);
    microwire(chip, &now, E1000_EEPROM_EXTENDED, E1000_EEPROM_EWEN << 4, NULL);
    microwire(chip, &now, E1000_EEPROM_WRITE, 8, &two);
    assert_int_equal(word_now(chip, &now, 8), two);
    microwire(chip, &now, E1000_EEPROM_EXTENDED, E1000_EEPROM_EWDS << 4, NULL);
    microwire(chip, &now, E1000_EEPROM_WRITE, 8, &three);
    assert_int_equal(word_now(chip, &now, 8), two);
    e1000emu_destroy(chip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constants),     cmocka_unit_test(test_registers),
        cmocka_unit_test(test_arrays),        cmocka_unit_test(test_pci),
        cmocka_unit_test(test_phy),           cmocka_unit_test(test_command_and_io),
        cmocka_unit_test(test_eeprom),        cmocka_unit_test(test_capabilities),
        cmocka_unit_test(test_eeprom_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
