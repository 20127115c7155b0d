/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two drivers that met VMware's 82545EM on PureDarwin and failed to start, each for a reason that
 * its log shows. A few lines do what each of them did, and must meet the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "e1000emu.h"
#include "session.h"

/* ---- AppleIntel8255x ------------------------------------------------------------------------ */

/*
 * It was made for the 82557, whose EEPROM's pins are in a 16-bit register at offset 0x0E. It finds
 * out how many address bits the EEPROM takes, reads that many words, and wants their sum to be
 * 0xBABA. "i82557eeprom: checksum fffe incorrect" means two words of ones.
 */
#define PINS   0x0Eu
#define PIN_SK 1u
#define PIN_CS 2u
#define PIN_DI 4u
#define PIN_DO 8u

static void set_pins(e1000emu *chip, unsigned pins)
{
    e1000emu_bar_write(chip, E1000EMU_REGISTERS, PINS, 2, pins);
}

static bool clock_bit(e1000emu *chip, unsigned bit)
{
    const unsigned pins = PIN_CS | (bit ? PIN_DI : 0);

    set_pins(chip, pins);
    set_pins(chip, pins | PIN_SK);
    set_pins(chip, pins);
    return e1000emu_bar_read(chip, E1000EMU_REGISTERS, PINS, 2) & PIN_DO;
}

static void start_reading(e1000emu *chip)
{
    set_pins(chip, PIN_CS);
    clock_bit(chip, 1);
    clock_bit(chip, 1);
    clock_bit(chip, 0);
}

/* Address bits until data-out answers. With a pin that is always high that is the first one. */
static unsigned count_address_bits(e1000emu *chip)
{
    unsigned bits = 0;

    start_reading(chip);
    do {
        bits++;
    } while (!clock_bit(chip, 0) && bits < 8);
    set_pins(chip, 0);
    return bits;
}

static uint16_t read_word(e1000emu *chip, unsigned bits, unsigned word)
{
    uint16_t value = 0;

    start_reading(chip);
    for (unsigned i = bits; i-- > 0;)
        clock_bit(chip, word >> i & 1);
    for (unsigned i = 0; i < 16; i++)
        value = (uint16_t)(value << 1 | clock_bit(chip, 0));
    set_pins(chip, 0);
    return value;
}

static void on_interrupt(void *opaque, bool asserted)
{
    (void)opaque;
    (void)asserted;
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    return count;
}

static void test_8255x_driver_reads_checksum_fffe(void **state)
{
    const struct e1000emu_config config = {
        .host = {.interrupt = on_interrupt, .transmit = on_transmit}};
    char line[64];
    e1000emu *chip;
    unsigned bits;
    uint16_t sum = 0;

    (void)state;
    assert_int_equal(e1000emu_create(&chip, &config), 0);
    e1000emu_config_write(chip, 4, 2, 6);
    bits = count_address_bits(chip);
    assert_int_equal(bits, 1);
    for (unsigned word = 0; word < 1u << bits; word++)
        sum = (uint16_t)(sum + read_word(chip, bits, word));
    snprintf(line, sizeof(line), "i82557eeprom: checksum %04x incorrect", sum);
    assert_string_equal(line, "i82557eeprom: checksum fffe incorrect");
    /* There is an EEPROM, and its sum is right: it is just not there. */
    e1000emu_write32(chip, 0x14, 1);
    e1000emu_advance(chip, 1000000);
    assert_int_equal(e1000emu_read32(chip, 0x14) >> 16, 0x0c00);
    e1000emu_destroy(chip);
}

/* ---- Intel82566MM --------------------------------------------------------------------------- */

/*
 * It was made for a chip with 32-bit BARs, and asks its provider for the memory behind the one at
 * 0x14. The provider knows the ranges that firmware assigned, by their first register. 0x10 is a
 * 64-bit BAR here, so that 0x14 is its upper half and no range begins there.
 */
static const struct bar *range_of_register(const struct session *session, unsigned offset)
{
    for (unsigned i = 0; i < session->bar_count; i++) {
        if (session->bars[i].offset == offset && session->bars[i].kind == BAR_MEMORY)
            return &session->bars[i];
    }
    return NULL;
}

static void test_82566mm_driver_maps_half_a_bar(void **state)
{
    struct session_config config;
    struct session session;
    const struct bar *registers;

    (void)state;
    session_defaults(&config);
    assert_int_equal(session_power_on(&session, &config), 0);
    assert_null(range_of_register(&session, 0x14));
    registers = range_of_register(&session, 0x10);
    assert_non_null(registers);
    assert_true(registers->wide);
    assert_int_equal(registers->size, 128 * 1024);
    /* As the page has it: 0x10 of 0x20000 bytes and 0x18 of 0x10000. */
    assert_int_equal(range_of_register(&session, 0x18)->size, 64 * 1024);
    session_close(&session);
}

/* With 32-bit BARs the next one does begin at 0x14, which is what the driver was made for: the
 * flash, on a board whose EEPROM asks for them (SDM table 4-2). */
static void test_82566mm_driver_maps_a_32_bit_bar(void **state)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("vmware");
    struct session_config config;
    struct session session;

    (void)state;
    profile.bars_64bit = false;
    session_defaults(&config);
    config.device.profile = &profile;
    assert_int_equal(session_power_on(&session, &config), 0);
    assert_non_null(range_of_register(&session, 0x14));
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_8255x_driver_reads_checksum_fffe),
        cmocka_unit_test(test_82566mm_driver_maps_half_a_bar),
        cmocka_unit_test(test_82566mm_driver_maps_a_32_bit_bar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
