/* SPDX-License-Identifier: BSD-2-Clause */
/* The EEPROM: its image, EERD, the Microwire part behind EECD, and the hardware's own reading. */
#include "fixture.h"

#include <string.h>

#include "chip.h"

#define US 1000u
#define MS 1000000u

/* The part's instructions, start bit included. */
enum { READ = 6, WRITE = 5, ERASE = 7, EXTENDED = 4 };

static struct fixture *with_image(const char *profile, const uint16_t *image, size_t words)
{
    struct e1000emu_config config = {
        .profile = e1000emu_profile_find(profile), .eeprom = image, .eeprom_words = words};
    struct fixture *f = fixture_new(&config);

    fixture_enable(f);
    return f;
}

static int setup(void **state)
{
    struct fixture *f = fixture_new(NULL);

    fixture_enable(f);
    *state = f;
    return 0;
}

/* ---- A bit-banging driver -------------------------------------------------------------------- */

static uint32_t eecd(struct fixture *f)
{
    return fixture_read(f, REG_EECD);
}

static void set_eecd(struct fixture *f, uint32_t clear, uint32_t set)
{
    fixture_write(f, REG_EECD, (eecd(f) & ~clear) | set);
    fixture_run(f, 1 * US);
}

static bool acquire(struct fixture *f)
{
    set_eecd(f, 0, EECD_EE_REQ);
    return eecd(f) & EECD_EE_GNT;
}

static void release(struct fixture *f)
{
    set_eecd(f, EECD_CS | EECD_SK | EECD_DI | EECD_EE_REQ, 0);
}

static void select_part(struct fixture *f)
{
    set_eecd(f, EECD_SK | EECD_DI | EECD_CS, 0);
    set_eecd(f, 0, EECD_CS);
}

static void deselect(struct fixture *f)
{
    set_eecd(f, EECD_CS | EECD_DI, 0);
}

static void shift_out(struct fixture *f, uint32_t bits, unsigned count)
{
    while (count-- > 0) {
        set_eecd(f, EECD_DI, bits >> count & 1 ? EECD_DI : 0);
        set_eecd(f, 0, EECD_SK);
        set_eecd(f, EECD_SK, 0);
    }
    set_eecd(f, EECD_DI, 0);
}

static uint16_t shift_in(struct fixture *f, unsigned count)
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

static void command(struct fixture *f, uint32_t opcode, uint32_t address)
{
    select_part(f);
    shift_out(f, opcode, 3);
    shift_out(f, address, address_bits(f));
}

/* Instructions that the two bits at the top of the address tell apart. */
static void extended(struct fixture *f, uint32_t which)
{
    command(f, EXTENDED, which << (address_bits(f) - 2));
}

static void write_enable(struct fixture *f)
{
    extended(f, 3);
    deselect(f);
}

static uint16_t read_word(struct fixture *f, uint32_t address)
{
    uint16_t value;

    command(f, READ, address);
    value = shift_in(f, 16);
    deselect(f);
    return value;
}

/* Lets the part program, and says whether it was ever busy. */
static bool wait_ready(struct fixture *f)
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

/* ---- The image ------------------------------------------------------------------------------- */

/* By EERD: the words that drivers look at, and the sum that they insist on. */
static uint16_t read_eerd(struct fixture *f, uint32_t address)
{
    uint32_t eerd;

    fixture_write(f, REG_EERD, address << EERD_ADDR_SHIFT | EERD_START);
    for (unsigned i = 0; i < 1000 && !(fixture_read(f, REG_EERD) & EERD_DONE); i++)
        fixture_run(f, 5 * US);
    eerd = fixture_read(f, REG_EERD);
    assert_int_equal(eerd & ~EERD_DATA, address << EERD_ADDR_SHIFT | EERD_DONE);
    return (uint16_t)(eerd >> EERD_DATA_SHIFT);
}

static void made_image_is_valid_on_every_profile(void **state)
{
    const struct e1000emu_profile *profile;

    (void)state;
    for (size_t n = 0; (profile = e1000emu_profile_at(n)); n++) {
        struct fixture *f = with_image(profile->name, NULL, 0);
        uint16_t sum = 0;

        for (uint32_t i = 0; i < 64; i++)
            sum = (uint16_t)(sum + read_eerd(f, i));
        assert_int_equal(sum, 0xBABA);
        for (uint32_t i = 0; i < 3; i++)
            assert_int_equal(read_eerd(f, i), profile->mac[2 * i] | profile->mac[2 * i + 1] << 8);
        assert_int_equal(read_eerd(f, 0x05), 0x0000); /* version 0.0 */
        assert_int_equal(read_eerd(f, 0x0B), profile->subsystem);
        assert_int_equal(read_eerd(f, 0x0C), profile->subsystem_vendor);
        assert_int_equal(read_eerd(f, 0x0D), profile->device);
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

/* ---- EERD (SDM 13.4.4) ----------------------------------------------------------------------- */

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

/* ---- EECD ------------------------------------------------------------------------------------ */

static void eecd_shows_presence_size_and_grant(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(eecd(f), EECD_EE_PRES | EECD_FWE_DIS);
    assert_true(acquire(f));
    assert_int_equal(eecd(f) & (EECD_EE_SIZE | EECD_EE_PRES | EECD_EE_REQ),
                     EECD_EE_PRES | EECD_EE_REQ);
    release(f);
    assert_int_equal(eecd(f), EECD_EE_PRES | EECD_FWE_DIS);
    fixture_write(f, REG_EECD, 0xFFFFFF88); /* read-only bits */
    assert_int_equal(eecd(f) & ~EECD_FWE, EECD_EE_PRES);
}

static void eecd_pins_are_dead_without_a_grant(void **state)
{
    struct fixture *f = *state;

    command(f, READ, 0x0C);
    assert_int_equal(shift_in(f, 16), 0x0000);
    deselect(f);
    assert_true(acquire(f));
    assert_int_equal(read_word(f, 0x0C), 0x15AD);
}

/* A driver that reads by hand gets the same words as EERD. */
static void microwire_reads_every_word(void **state)
{
    struct fixture *f = *state;

    for (uint32_t i = 0; i < 64; i++) {
        uint16_t expected = read_eerd(f, i);

        assert_true(acquire(f));
        assert_int_equal(read_word(f, i), expected);
        release(f);
    }
}

/* DO is low after the last address bit, so that software can size the part by it. */
static void microwire_read_begins_with_a_zero(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    assert_int_equal(read_word(f, 0x04), 0xFFFF); /* ends with a one on DO */
    select_part(f);
    assert_true(eecd(f) & EECD_DO);
    shift_out(f, READ, 3);
    shift_out(f, 0x0C, 6);
    assert_false(eecd(f) & EECD_DO);
    assert_int_equal(shift_in(f, 16), 0x15AD);
}

static void microwire_reads_on_into_the_next_word(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    command(f, READ, 0x3F);
    assert_int_equal(shift_in(f, 16), f->chip->eeprom.word[0x3F]);
    assert_int_equal(shift_in(f, 16), 0x0C00); /* wraps: 00:0c of the address */
    assert_int_equal(shift_in(f, 16), 0x6929);
}

/* Zeros before the start bit are no command, and CS low forgets half of one. */
static void microwire_waits_for_the_start_bit(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    select_part(f);
    shift_out(f, 0, 5);
    shift_out(f, READ, 3);
    shift_out(f, 0x0C, 6);
    assert_int_equal(shift_in(f, 16), 0x15AD);
    deselect(f);
    select_part(f);
    shift_out(f, READ, 3);
    shift_out(f, 0x0, 3);
    deselect(f);
    assert_int_equal(read_word(f, 0x0D), 0x100F);
}

/* Drivers raise CS while SK is high between words: that edge of SK is no clock. */
static void microwire_standby_while_sk_is_high(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    command(f, READ, 0x0C);
    shift_in(f, 16);
    set_eecd(f, EECD_CS | EECD_SK, 0);
    set_eecd(f, 0, EECD_SK);
    set_eecd(f, 0, EECD_CS | EECD_DI);
    set_eecd(f, EECD_SK | EECD_DI, 0);
    shift_out(f, READ, 3);
    shift_out(f, 0x0D, 6);
    assert_int_equal(shift_in(f, 16), 0x100F);
}

static void write_word(struct fixture *f, uint32_t address, uint16_t value)
{
    command(f, WRITE, address);
    shift_out(f, value, 16);
}

static void microwire_write_stores_a_word(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_enable(f);
    write_word(f, 0x30, 0xCAFE);
    assert_true(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0xCAFE);
    assert_int_equal(read_word(f, 0x31), 0x0000);
    release(f);
    assert_int_equal(read_eerd(f, 0x30), 0xCAFE);
}

/* Programming starts when CS falls; a command that lacks a bit does nothing. */
static void microwire_write_needs_all_bits(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_enable(f);
    command(f, WRITE, 0x30);
    shift_out(f, 0x7FFF, 15);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0x0000);
}

/* The part powers up locked, EWEN unlocks it, EWDS locks it again. */
static void microwire_writes_only_while_enabled(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_word(f, 0x30, 0x1111);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0x0000);
    write_enable(f);
    write_word(f, 0x30, 0x2222);
    assert_true(wait_ready(f));
    extended(f, 0); /* EWDS */
    deselect(f);
    write_word(f, 0x30, 0x3333);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0x2222);
}

static void microwire_erase_sets_a_word_to_ones(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    command(f, ERASE, 0x0C); /* locked */
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x0C), 0x15AD);
    write_enable(f);
    command(f, ERASE, 0x0C);
    assert_true(wait_ready(f));
    assert_int_equal(read_word(f, 0x0C), 0xFFFF);
    assert_int_equal(read_word(f, 0x0B), 0x0750);
    assert_int_equal(read_word(f, 0x0D), 0x100F);
}

static void microwire_eral_erases_all(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    extended(f, 2);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x0C), 0x15AD);
    write_enable(f);
    extended(f, 2);
    assert_true(wait_ready(f));
    for (uint32_t i = 0; i < 64; i++)
        assert_int_equal(read_word(f, i), 0xFFFF);
}

static void microwire_wral_writes_all(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    extended(f, 1);
    shift_out(f, 0xBEEF, 16);
    assert_false(wait_ready(f));
    write_enable(f);
    extended(f, 1);
    shift_out(f, 0xBEEF, 16);
    assert_true(wait_ready(f));
    for (uint32_t i = 0; i < 64; i++)
        assert_int_equal(read_word(f, i), 0xBEEF);
}

/* While it programs, the part hears nothing: the read after it gets no data. */
static void microwire_is_deaf_while_busy(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_enable(f);
    write_word(f, 0x30, 0xCAFE);
    deselect(f);
    assert_int_equal(read_word(f, 0x0C), 0x0000);
    release(f);
    fixture_write(f, REG_EERD, 0x3001);
    fixture_run(f, 100 * US);
    assert_int_equal(fixture_read(f, REG_EERD) & EERD_DONE, 0); /* and the engine waits */
    fixture_run(f, 10 * MS);
    assert_int_equal(fixture_read(f, REG_EERD), 0xCAFE3010);
}

/* 256 words, 8 address bits: a 93C66. */
static void microwire_of_the_large_part(void **state)
{
    uint16_t image[256];
    struct fixture *f;

    (void)state;
    for (unsigned i = 0; i < 256; i++)
        image[i] = (uint16_t)(0x1000 + i);
    f = with_image("vmware", image, 256);
    assert_true(eecd(f) & EECD_EE_SIZE);
    assert_true(acquire(f));
    assert_int_equal(read_word(f, 0xA5), 0x10A5);
    write_enable(f);
    write_word(f, 0xFF, 0x1234);
    assert_true(wait_ready(f));
    command(f, READ, 0xFF);
    assert_int_equal(shift_in(f, 16), 0x1234);
    assert_int_equal(shift_in(f, 16), 0x1000);
    release(f);
    assert_int_equal(read_eerd(f, 0xFE), 0x10FE);
    fixture_free(f);
}

/* What was written outlives power; that it was unlocked doesn't. */
static void contents_outlive_power_and_the_lock_returns(void **state)
{
    struct fixture *f = *state;

    assert_true(acquire(f));
    write_enable(f);
    write_word(f, 0x30, 0xCAFE);
    assert_true(wait_ready(f));
    fixture_write(f, REG_CTRL, CTRL_RST); /* the part isn't reset */
    assert_true(acquire(f));
    write_word(f, 0x31, 0xF00D);
    assert_true(wait_ready(f));
    e1000emu_reset(f->chip, E1000EMU_RESET_POWER);
    fixture_enable(f);
    assert_true(acquire(f));
    write_word(f, 0x32, 0xDEAD);
    assert_false(wait_ready(f));
    assert_int_equal(read_word(f, 0x30), 0xCAFE);
    assert_int_equal(read_word(f, 0x31), 0xF00D);
    assert_int_equal(read_word(f, 0x32), 0x0000);
}

/* ---- What the hardware loads (SDM 5.6) ------------------------------------------------------- */

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
    f = with_image("silicon", image, 64);
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
    f = with_image("silicon", image, 64);
    assert_int_equal(fixture_read(f, REG_CTRL), 0x00000200);
    assert_int_equal(fixture_read(f, REG_TXCW), 0);
    assert_int_equal(fixture_read(f, REG_IP4AT), 0);
    assert_int_equal(fixture_read(f, REG_LEDCTL), 0x07008300);
    fixture_free(f);
}

/* Without the signature all keep what reset gave them. */
static void unsigned_image_is_ignored(void **state)
{
    uint16_t image[64];
    struct fixture *f;

    (void)state;
    memset(image, 0xFF, sizeof image);
    f = with_image("silicon", image, 64);
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
    struct fixture *f = with_image("silicon", NULL, 0);

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
    struct fixture *f = with_image("silicon", NULL, 0);

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
    struct fixture *f = with_image("silicon", NULL, 0);

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

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_image_is_valid_on_every_profile),
        cmocka_unit_test(made_image_has_the_configured_address),
        WITH(eerd_takes_time),
        WITH(eerd_past_the_end_completes_with_ones),
        WITH(eerd_stalls_while_the_pins_are_granted),
        WITH(pins_are_granted_once_eerd_is_done),
        WITH(eecd_shows_presence_size_and_grant),
        WITH(eecd_pins_are_dead_without_a_grant),
        WITH(microwire_reads_every_word),
        WITH(microwire_read_begins_with_a_zero),
        WITH(microwire_reads_on_into_the_next_word),
        WITH(microwire_waits_for_the_start_bit),
        WITH(microwire_standby_while_sk_is_high),
        WITH(microwire_write_stores_a_word),
        WITH(microwire_write_needs_all_bits),
        WITH(microwire_writes_only_while_enabled),
        WITH(microwire_erase_sets_a_word_to_ones),
        WITH(microwire_eral_erases_all),
        WITH(microwire_wral_writes_all),
        WITH(microwire_is_deaf_while_busy),
        cmocka_unit_test(microwire_of_the_large_part),
        WITH(contents_outlive_power_and_the_lock_returns),
        WITH(usual_image_gives_the_manuals_values),
        cmocka_unit_test(every_word_reaches_its_registers),
        cmocka_unit_test(unsigned_image_is_ignored),
        cmocka_unit_test(grant_is_withheld_during_the_load),
        cmocka_unit_test(load_after_ctrl_rst_takes_its_time),
        cmocka_unit_test(ee_rst_loads_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
