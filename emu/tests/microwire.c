/* SPDX-License-Identifier: BSD-2-Clause */
#include "microwire.h"

#include "hw.h"

struct fixture *eeprom_fixture(const char *profile, const uint16_t *image, size_t words)
{
    struct e1000emu_config config = {
        .profile = e1000emu_profile_find(profile), .eeprom = image, .eeprom_words = words};
    struct fixture *f = fixture_new(&config);

    fixture_enable(f);
    return f;
}

int eeprom_setup(void **state)
{
    struct fixture *f = fixture_new(NULL);

    fixture_enable(f);
    *state = f;
    return 0;
}

uint32_t eecd(struct fixture *f)
{
    return fixture_read(f, REG_EECD);
}

void set_eecd(struct fixture *f, uint32_t clear, uint32_t set)
{
    fixture_write(f, REG_EECD, (eecd(f) & ~clear) | set);
    fixture_run(f, 1 * US);
}

bool acquire(struct fixture *f)
{
    set_eecd(f, 0, EECD_EE_REQ);
    return eecd(f) & EECD_EE_GNT;
}

void release(struct fixture *f)
{
    set_eecd(f, EECD_CS | EECD_SK | EECD_DI | EECD_EE_REQ, 0);
}

void select_part(struct fixture *f)
{
    set_eecd(f, EECD_SK | EECD_DI | EECD_CS, 0);
    set_eecd(f, 0, EECD_CS);
}

void deselect(struct fixture *f)
{
    set_eecd(f, EECD_CS | EECD_DI, 0);
}

void shift_out(struct fixture *f, uint32_t bits, unsigned count)
{
    while (count-- > 0) {
        set_eecd(f, EECD_DI, bits >> count & 1 ? EECD_DI : 0);
        set_eecd(f, 0, EECD_SK);
        set_eecd(f, EECD_SK, 0);
    }
    set_eecd(f, EECD_DI, 0);
}

uint16_t shift_in(struct fixture *f, unsigned count)
{
    unsigned value = 0;

    while (count-- > 0) {
        set_eecd(f, 0, EECD_SK);
        value = value << 1 | (eecd(f) & EECD_DO ? 1 : 0);
        set_eecd(f, EECD_SK, 0);
    }
    return (uint16_t)value;
}

static unsigned address_bits(struct fixture *f)
{
    return eecd(f) & EECD_EE_SIZE ? 8 : 6;
}

void command(struct fixture *f, uint32_t opcode, uint32_t address)
{
    select_part(f);
    shift_out(f, opcode, 3);
    shift_out(f, address, address_bits(f));
}

/* Instructions that the two bits at the top of the address tell apart. */
void extended(struct fixture *f, uint32_t which)
{
    command(f, EXTENDED, which << (address_bits(f) - 2));
}

void write_enable(struct fixture *f)
{
    extended(f, EWEN);
    deselect(f);
}

uint16_t read_word(struct fixture *f, uint32_t address)
{
    uint16_t value;

    command(f, READ, address);
    value = shift_in(f, 16);
    deselect(f);
    return value;
}

void write_word(struct fixture *f, uint32_t address, uint16_t value)
{
    command(f, WRITE, address);
    shift_out(f, value, 16);
}

/* Lets the part program, and says whether it was ever busy. */
bool wait_ready(struct fixture *f)
{
    bool busy = false;

    deselect(f);
    set_eecd(f, 0, EECD_CS);
    for (unsigned i = 0; i < 200 && !(eecd(f) & EECD_DO); i++) {
        busy = true;
        fixture_run(f, 50 * US);
    }
    assert_true(eecd(f) & EECD_DO);
    deselect(f);
    return busy;
}

/* ---- EERD ----------------------------------------------------------------------------------- */

uint16_t read_eerd(struct fixture *f, uint32_t address)
{
    uint32_t eerd;

    fixture_write(f, REG_EERD, address << EERD_ADDR_SHIFT | EERD_START);
    for (unsigned i = 0; i < 1000 && !(fixture_read(f, REG_EERD) & EERD_DONE); i++)
        fixture_run(f, 5 * US);
    eerd = fixture_read(f, REG_EERD);
    assert_int_equal(eerd & ~EERD_DATA, address << EERD_ADDR_SHIFT | EERD_DONE);
    return (uint16_t)(eerd >> EERD_DATA_SHIFT);
}
