/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An 82546: two functions, each with registers of its own, and one EEPROM and one flash for both
 * (SDM 12; for words of the EEPROM 5.6).
 */
#include "two_ports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "both_rings.h"
#include "chip.h"
#include "microwire.h"

static struct two_ports ports;

static int setup(void **state)
{
    (void)state;
    ports = two_ports_new("82546eb", NULL, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    two_ports_free(&ports);
    return 0;
}

static uint32_t config(struct fixture *f, unsigned offset, unsigned width)
{
    return e1000emu_config_read(f->chip, offset, width);
}

/* ---- What they are -------------------------------------------------------------------------- */

/* One device: header type 80h, function numbers in the PCI-X status and in STATUS, INTA# and INTB#
 * (SDM 4.1, 12.2, 13.4.2). */
static void two_functions_show(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct fixture *f = i == 0 ? ports.a : ports.b;

        assert_int_equal(config(f, 0x00, 4), 0x10108086);
        assert_int_equal(config(f, 0x2C, 4), 0x10118086);
        assert_int_equal(config(f, 0x0E, 1), 0x80);
        assert_int_equal(config(f, 0x3D, 1), i + 1);
        assert_int_equal(config(f, 0xE8, 4) & 7u, i);
        assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_FUNC, i << 2);
    }
}

/* LAN B's address is the EEPROM's with the last bit inverted, whichever way that is (SDM 12.3.1);
 * the word that software reads is the same. */
static void addresses_differ_in_a_bit(void **state)
{
    uint16_t image[64] = {0x0400, 0x4523, 0x214D, [0x0A] = 0x4408};
    struct two_ports odd = two_ports_new("82546gb", image, 64);

    (void)state;
    assert_int_equal(fixture_read(ports.a, REG_RAH(0)), RAH_AV | 0x204D);
    assert_int_equal(fixture_read(ports.b, REG_RAH(0)), RAH_AV | 0x214D);
    assert_int_equal(fixture_read(ports.a, REG_RAL(0)), fixture_read(ports.b, REG_RAL(0)));
    assert_int_equal(read_eerd(ports.b, 2), 0x204D);
    assert_int_equal(fixture_read(odd.a, REG_RAH(0)), RAH_AV | 0x214D);
    assert_int_equal(fixture_read(odd.b, REG_RAH(0)), RAH_AV | 0x204D);
    fixture_write(odd.b, REG_CTRL, CTRL_RST);
    two_ports_run(&odd, 2 * MS);
    assert_int_equal(fixture_read(odd.b, REG_RAH(0)), RAH_AV | 0x204D);
    two_ports_free(&odd);
}

/* A function without sibling: the other LAN is strapped off, and this one is function 0 on INTA#,
 * but still knows which LAN it is (SDM 12.5). */
static void one_is_strapped_off(void **state)
{
    (void)state;
    for (unsigned lan_b = 0; lan_b < 2; lan_b++) {
        struct e1000emu_config c = {.profile = e1000emu_profile_find("82546eb"), .lan_b = lan_b};
        struct fixture *f = fixture_new(&c);

        assert_int_equal(config(f, 0x0E, 1), 0x00);
        assert_int_equal(config(f, 0x3D, 1), 1);
        assert_int_equal(config(f, 0xE8, 4) & 7u, 0);
        fixture_enable(f);
        assert_int_equal(fixture_read(f, REG_STATUS) & STATUS_FUNC, lan_b << 2);
        assert_int_equal(fixture_read(f, REG_RAH(0)), RAH_AV | (0x204D + (lan_b << 8)));
        fixture_free(f);
    }
}

/* What can't be made is refused, and leaves those that are there alone. */
static void impossible_siblings_are_refused(void **state)
{
    static const struct e1000emu_fault_setting faults[] = {
        {"eeprom-all-ones", E1000EMU_FAULT_DEFAULT, {0}}, {"no-such-fault", 0, {0}}};
    struct fixture *single = fixture_new(NULL);
    struct e1000emu_config good = {.host = ports.a->chip->host};
    struct e1000emu_config c;
    struct fixture *lone;
    e1000emu *chip = NULL;

    (void)state;
    c = good;
    c.lan_b = true; /* of VMware's 82545EM */
    assert_int_equal(e1000emu_create(&chip, &c), -EINVAL);
    c.profile = e1000emu_profile_find("82545gm");
    assert_int_equal(e1000emu_create(&chip, &c), -EINVAL);
    c.sibling = single->chip;
    assert_int_equal(e1000emu_create(&chip, &c), -EINVAL);
    c.sibling = ports.a->chip; /* which has one */
    assert_int_equal(e1000emu_create(&chip, &c), -EINVAL);
    c = good;
    c.profile = e1000emu_profile_find("82546eb");
    lone = fixture_new(&c);
    c.sibling = lone->chip; /* and they would both be LAN A */
    assert_int_equal(e1000emu_create(&chip, &c), -EINVAL);
    c.lan_b = true;
    c.faults = faults;
    c.fault_count = 2;
    assert_int_equal(e1000emu_create(&chip, &c), -ENOENT);
    assert_null(chip);
    fixture_enable(lone);
    fixture_run(lone, 10 * MS);
    assert_int_equal(read_eerd(lone, 2), 0x204D);
    assert_int_equal(config(lone, 0x0E, 1), 0x00);
    fixture_free(lone);
    fixture_free(single);
}

/* Words 10h, 11h and 13h to 1Eh are LAN B's 20h, 0Dh and 23h to 2Eh (SDM table 5-2). */
static void lan_b_has_words_of_its_own(void **state)
{
    uint16_t image[64] = {
        [0x0A] = 0x440B, [0x0B] = 0x1011, [0x0C] = 0x8086, [0x0D] = 0x1010, [0x0E] = 0x8086,
        [0x0F] = 0x3068, [0x10] = 0x0301, [0x11] = 0x1012, [0x13] = 0x00C0, [0x14] = 0x0600,
        [0x15] = 0xA8C0, [0x16] = 0x0201, [0x17] = 0x80FE, [0x20] = 0x0002, [0x24] = 0x0000};
    struct two_ports own = two_ports_new("82546eb", image, 64);

    (void)state;
    assert_int_equal(config(own.a, 0, 4), 0x10108086);
    assert_int_equal(config(own.b, 0, 4), 0x10128086);
    assert_int_equal(fixture_read(own.a, REG_CTRL) & (CTRL_SDP0_IODIR | CTRL_SDP1_IODIR), 0);
    assert_int_equal(fixture_read(own.b, REG_CTRL) & (CTRL_SDP0_IODIR | CTRL_SDP1_IODIR),
                     CTRL_SDP0_IODIR | CTRL_SDP1_IODIR);
    assert_int_equal(fixture_read(own.a, REG_WUC) & WUC_APME, 0);
    assert_int_equal(fixture_read(own.b, REG_WUC) & WUC_APME, WUC_APME);
    assert_int_equal(fixture_read(own.a, REG_CTRL_EXT) & CTRL_EXT_LINK_MODE, 0);
    assert_int_equal(fixture_read(own.b, REG_CTRL_EXT) & CTRL_EXT_LINK_MODE, 0x00800000);
    assert_int_equal(fixture_read(own.a, REG_IP4AT_N(0)), 0);
    assert_int_equal(fixture_read(own.b, REG_IP4AT_N(0)), 0x0201A8C0);
    assert_int_equal(fixture_read(own.b, REG_IP6AT_N(0)), 0x000080FE);
    /* Neither asks for INTB#, so they share INTA# (word 14h, bit 12). */
    assert_int_equal(config(own.a, 0x3D, 1), 1);
    assert_int_equal(config(own.b, 0x3D, 1), 1);
    two_ports_free(&own);
}

/* Data select 8 is what both take together (SDM 12.5.5), which a single port doesn't have. */
static void common_power_is_told(void **state)
{
    uint16_t image[64] = {[0x0A] = 0x4408, [0x12] = 0x0007, [0x22] = 0x280C};
    struct two_ports own = two_ports_new("82546eb", image, 64);

    (void)state;
    e1000emu_config_write(own.b->chip, 0xE0, 2, 8u << 9);
    assert_int_equal(config(own.b, 0xE3, 1), 0x07);
    fixture_free(own.a);
    e1000emu_reset(own.b->chip, E1000EMU_RESET_PCI);
    e1000emu_config_write(own.b->chip, 0xE0, 2, 8u << 9);
    assert_int_equal(config(own.b, 0xE3, 1), 0x00);
    fixture_free(own.b);
}

/* ---- One EEPROM ----------------------------------------------------------------------------- */

/* The pins are one function's until it lets go, whoever asks in the meantime (SDM 12.3.2). */
static void the_pins_are_granted_to_one(void **state)
{
    (void)state;
    assert_true(acquire(ports.a));
    assert_false(acquire(ports.b));
    assert_int_equal(read_word(ports.a, 2), 0x204D);
    /* What the other one does to its pins doesn't reach the part. */
    command(ports.a, READ, 0x0D);
    set_eecd(ports.b, 0, EECD_CS | EECD_SK);
    set_eecd(ports.b, EECD_CS | EECD_SK, EECD_DI);
    assert_int_equal(shift_in(ports.a, 16), 0x1010);
    set_eecd(ports.b, EECD_DI, 0);
    deselect(ports.a);
    release(ports.a);
    assert_false(eecd(ports.a) & EECD_EE_GNT);
    assert_true(eecd(ports.b) & EECD_EE_GNT);
    assert_false(acquire(ports.a));
    assert_int_equal(read_word(ports.b, 2), 0x204D);
    release(ports.b);
    assert_true(eecd(ports.a) & EECD_EE_GNT);
    release(ports.a);
}

/* Reset, a function holds nothing, and what was half said to the part is forgotten. */
static void a_reset_lets_go(void **state)
{
    (void)state;
    assert_true(acquire(ports.a));
    command(ports.a, WRITE, 0x30);
    assert_false(acquire(ports.b));
    fixture_write(ports.a, REG_CTRL, CTRL_RST);
    two_ports_run(&ports, 2 * MS);
    assert_true(eecd(ports.b) & EECD_EE_GNT);
    assert_int_equal(read_word(ports.b, 2), 0x204D);
    release(ports.b);
}

/* EERD of one waits for the other's pins, and for the other's EERD, but gets there. */
static void eerd_waits_for_the_other(void **state)
{
    (void)state;
    assert_true(acquire(ports.a));
    fixture_write(ports.b, REG_EERD, 2u << EERD_ADDR_SHIFT | EERD_START);
    two_ports_run(&ports, 20 * MS);
    assert_false(fixture_read(ports.b, REG_EERD) & EERD_DONE);
    release(ports.a);
    two_ports_run(&ports, 1 * MS);
    assert_int_equal(fixture_read(ports.b, REG_EERD) >> EERD_DATA_SHIFT, 0x204D);

    fixture_write(ports.a, REG_EERD, 0x0Du << EERD_ADDR_SHIFT | EERD_START);
    fixture_write(ports.b, REG_EERD, 0x0Bu << EERD_ADDR_SHIFT | EERD_START);
    assert_false(acquire(ports.a));
    two_ports_run(&ports, 2 * MS);
    assert_int_equal(fixture_read(ports.a, REG_EERD) >> EERD_DATA_SHIFT, 0x1010);
    assert_true(eecd(ports.a) & EECD_EE_GNT);
    release(ports.a);
    two_ports_run(&ports, 2 * MS);
    assert_int_equal(fixture_read(ports.b, REG_EERD) >> EERD_DATA_SHIFT, 0x1011);
}

/* A reset's load waits for the other function's software, and no longer. */
static void a_load_waits_for_the_other(void **state)
{
    (void)state;
    assert_true(acquire(ports.a));
    fixture_write(ports.b, REG_RAL(0), 0);
    fixture_write(ports.b, REG_RAH(0), 0);
    fixture_write(ports.b, REG_CTRL, CTRL_RST);
    two_ports_run(&ports, 20 * MS);
    assert_int_equal(fixture_read(ports.b, REG_RAH(0)), 0);
    release(ports.a);
    two_ports_run(&ports, 2 * MS);
    assert_int_equal(fixture_read(ports.b, REG_RAH(0)), RAH_AV | 0x214D);
    /* And the pins are refused to A while B loads. */
    fixture_write(ports.b, REG_CTRL, CTRL_RST);
    assert_false(acquire(ports.a));
    two_ports_run(&ports, 2 * MS);
    assert_true(eecd(ports.a) & EECD_EE_GNT);
    release(ports.a);
}

/* What one writes, the other reads, by both ways; while the part programs itself it is busy for
 * both. */
static void a_write_is_seen_by_the_other(void **state)
{
    (void)state;
    assert_true(acquire(ports.a));
    write_enable(ports.a);
    write_word(ports.a, 0x31, 0xBEEF);
    deselect(ports.a);
    release(ports.a);
    assert_true(acquire(ports.b));
    set_eecd(ports.b, 0, EECD_CS);
    assert_false(eecd(ports.b) & EECD_DO);
    two_ports_run(&ports, 20 * MS);
    assert_true(eecd(ports.b) & EECD_DO);
    deselect(ports.b);
    assert_int_equal(read_word(ports.b, 0x31), 0xBEEF);
    /* Write enable is the part's, not the function's. */
    write_word(ports.b, 0x32, 0xCAFE);
    deselect(ports.b);
    release(ports.b);
    two_ports_run(&ports, 20 * MS);
    assert_int_equal(read_eerd(ports.a, 0x31), 0xBEEF);
    assert_int_equal(read_eerd(ports.a, 0x32), 0xCAFE);
}

/* ---- One flash ------------------------------------------------------------------------------ */

static void flash_write(struct fixture *f, uint32_t offset, uint8_t value)
{
    e1000emu_bar_write(f->chip, E1000EMU_FLASH, offset, 1, value);
}

static uint8_t flash_read(struct fixture *f, uint32_t offset)
{
    return (uint8_t)e1000emu_bar_read(f->chip, E1000EMU_FLASH, offset, 1);
}

/* A byte programmed through one window shows in the other; busy is busy for both. */
static void the_flash_is_shared(void **state)
{
    (void)state;
    fixture_write(ports.a, REG_EECD, EECD_FWE_EN);
    flash_write(ports.a, 0x5555, 0xAA);
    flash_write(ports.a, 0x2AAA, 0x55);
    flash_write(ports.a, 0x5555, 0xA0);
    flash_write(ports.a, 0x1234, 0x5A);
    assert_int_equal(flash_read(ports.b, 0x1234) & 0x80, 0x80); /* inverted: programming */
    two_ports_run(&ports, 20 * US);
    assert_int_equal(flash_read(ports.a, 0x1234), 0x5A);
    assert_int_equal(flash_read(ports.b, 0x1234), 0x5A);
}

/* ---- All else is each one's own ------------------------------------------------------------- */

/* CTRL.RST and D3 end at the function: registers, rings, interrupt and link of the other go on. */
static void a_reset_leaves_the_other(void **state)
{
    static struct both_rings rings;
    const uint8_t *data;
    uint8_t frame[100];

    (void)state;
    fixture_link_up(ports.b);
    both_start(ports.b, &rings, 0, true);
    fixture_write(ports.b, REG_VET, 0x1234);
    fixture_write(ports.b, REG_IMS, ICR_RXT0 | ICR_TXDW);
    fixture_read(ports.b, REG_ICR);
    fixture_write(ports.b, REG_ICS, ICR_RXT0);
    assert_true(ports.b->level);
    assert_false(ports.a->level);

    fixture_write(ports.a, REG_CTRL, CTRL_RST);
    e1000emu_config_write(ports.a->chip, 0xE0, 2, 3);
    two_ports_run(&ports, 5 * MS);
    e1000emu_config_write(ports.a->chip, 0xE0, 2, 0);
    two_ports_run(&ports, 5 * MS);

    assert_true(ports.b->level);
    assert_int_equal(fixture_read(ports.b, REG_VET), 0x1234);
    assert_true(fixture_read(ports.b, REG_STATUS) & STATUS_LU);
    both_send(ports.b, &rings, both_partner, 100, 1);
    two_ports_run(&ports, 1 * MS);
    assert_int_equal(ports.b->sent_count, 1);
    assert_int_equal(ports.a->sent_count, 0);
    fixture_make_frame(frame, sizeof frame, both_station, 2);
    assert_int_equal(fixture_receive(ports.b, frame, sizeof frame, 0), E1000EMU_RX_STORED);
    assert_int_equal(both_take(ports.b, &rings, &data), sizeof frame);
    assert_memory_equal(data, frame, sizeof frame);
}

/* Supply and RST# are the chip's (SDM 14.7). */
static void power_and_rst_reset_both(void **state)
{
    static const enum e1000emu_reset kinds[] = {E1000EMU_RESET_POWER, E1000EMU_RESET_PCI};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        fixture_enable(ports.a);
        fixture_enable(ports.b);
        fixture_write(ports.a, REG_VET, 0x1234);
        fixture_write(ports.b, REG_VET, 0x1234);
        assert_true(acquire(ports.b));
        e1000emu_reset(i == 0 ? ports.a->chip : ports.b->chip, kinds[i]);
        fixture_enable(ports.a);
        fixture_enable(ports.b);
        assert_int_equal(fixture_read(ports.a, REG_VET), 0);
        assert_int_equal(fixture_read(ports.b, REG_VET), 0);
        assert_int_equal(config(ports.a, 0x0E, 1), 0x80);
        two_ports_run(&ports, 2 * MS);
        assert_true(acquire(ports.a));
        release(ports.a);
    }
}

/* ---- Coming and going ----------------------------------------------------------------------- */

/* Either goes first; the other keeps the EEPROM, with what was written to it, and the flash, isn't
 * kept from them, and is alone from the next RST# on. */
static void either_may_go_first(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 2; first++) {
        struct two_ports own = two_ports_new("82546gb", NULL, 0);
        struct fixture *goes = first == 0 ? own.a : own.b;
        struct fixture *stays = first == 0 ? own.b : own.a;

        assert_true(acquire(goes));
        write_enable(goes);
        write_word(goes, 0x31, 0xBEEF);
        assert_true(wait_ready(goes));
        fixture_write(goes, REG_EECD, EECD_EE_REQ | EECD_FWE_EN);
        flash_write(goes, 0x5555, 0xAA);
        flash_write(goes, 0x2AAA, 0x55);
        flash_write(goes, 0x5555, 0xA0);
        flash_write(goes, 7, 0x5A);
        command(goes, READ, 0);
        assert_false(acquire(stays));
        fixture_run(stays, goes->now + 1 * MS - stays->now);
        fixture_free(goes);
        assert_true(eecd(stays) & EECD_EE_GNT);
        assert_int_equal(read_word(stays, 0x31), 0xBEEF);
        release(stays);
        assert_int_equal(read_eerd(stays, 0x31), 0xBEEF);
        assert_int_equal(flash_read(stays, 7), 0x5A);
        assert_int_equal(config(stays, 0x0E, 1), 0x80);
        e1000emu_reset(stays->chip, E1000EMU_RESET_PCI);
        assert_int_equal(config(stays, 0x0E, 1), 0x00);
        fixture_free(stays);
    }
}

/* A quad port board is two such chips: four functions, four addresses, two EEPROMs. */
static void a_quad_board_has_four_functions(void **state)
{
    uint8_t mac[2][6] = {{0x00, 0x04, 0x23, 0x45, 0x4D, 0x40},
                         {0x00, 0x04, 0x23, 0x45, 0x4D, 0x42}};
    struct fixture *f[4];
    unsigned sum = 0;

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct e1000emu_config c = {.profile = e1000emu_profile_find("82546gb-quad"),
                                    .mac = mac[i / 2],
                                    .sibling = i % 2 == 1 ? f[i - 1]->chip : NULL,
                                    .lan_b = i % 2 == 1};

        f[i] = fixture_new(&c);
        fixture_enable(f[i]);
    }
    for (unsigned i = 0; i < 4; i++) {
        fixture_run(f[i], 5 * MS);
        assert_int_equal(config(f[i], 0x00, 4), 0x10998086);
        assert_int_equal(config(f[i], 0x0E, 1), 0x80);
        assert_int_equal(fixture_read(f[i], REG_RAH(0)), RAH_AV | (0x404D + (i << 8)));
        fixture_link_up(f[i]);
    }
    /* The pairs don't know of each other. */
    assert_true(acquire(f[0]));
    assert_true(acquire(f[3]));
    write_enable(f[0]);
    write_word(f[0], 0x31, 0xBEEF);
    assert_true(wait_ready(f[0]));
    release(f[0]);
    release(f[3]);
    for (unsigned i = 0; i < 4; i++) {
        sum += read_eerd(f[i], 0x31) == 0xBEEF;
        if (i != 0)
            fixture_run(f[i], 1 * MS);
    }
    assert_int_equal(sum, 2);
    for (unsigned i = 0; i < 4; i++)
        fixture_free(f[i]);
}

/* ---- Snapshots ------------------------------------------------------------------------------ */

struct saved {
    uint8_t *bytes;
    size_t size;
};

static struct saved save(struct fixture *f)
{
    struct saved saved = {.size = e1000emu_snapshot_size(f->chip)};

    saved.bytes = malloc(saved.size);
    assert_non_null(saved.bytes);
    assert_int_equal(e1000emu_save(f->chip, saved.bytes, saved.size), saved.size);
    return saved;
}

/* Saved one after the other in the middle of a read, while the other one waits: both go on from
 * there in another chip. One function isn't the other one's, nor that of a chip with one. */
static void snapshots_hold_both(void **state)
{
    struct two_ports other = two_ports_new("82546eb", NULL, 0);
    struct e1000emu_config alone = {.profile = e1000emu_profile_find("82546eb")};
    struct fixture *lone = fixture_new(&alone);
    struct saved a, b;

    (void)state;
    assert_true(acquire(ports.b));
    command(ports.b, READ, 0x0D);
    assert_int_equal(shift_in(ports.b, 4), 0x1);
    assert_false(acquire(ports.a));
    a = save(ports.a);
    b = save(ports.b);

    assert_int_equal(e1000emu_load(other.a->chip, b.bytes, b.size), -ENOTSUP);
    assert_int_equal(e1000emu_load(lone->chip, a.bytes, a.size), -ENOTSUP);
    assert_true(acquire(other.a));
    assert_int_equal(e1000emu_load(other.a->chip, a.bytes, a.size), 0);
    assert_int_equal(e1000emu_load(other.b->chip, b.bytes, b.size), 0);
    assert_false(eecd(other.a) & EECD_EE_GNT);
    assert_true(eecd(other.b) & EECD_EE_GNT);
    assert_int_equal(shift_in(other.b, 12), 0x010);
    deselect(other.b);
    release(other.b);
    assert_true(eecd(other.a) & EECD_EE_GNT);
    release(other.a);
    free(a.bytes);
    free(b.bytes);
    fixture_free(lone);
    two_ports_free(&other);
}

int main(void)
{
#define BOTH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        BOTH(two_functions_show),
        BOTH(addresses_differ_in_a_bit),
        cmocka_unit_test(one_is_strapped_off),
        BOTH(impossible_siblings_are_refused),
        cmocka_unit_test(lan_b_has_words_of_its_own),
        cmocka_unit_test(common_power_is_told),
        BOTH(the_pins_are_granted_to_one),
        BOTH(a_reset_lets_go),
        BOTH(eerd_waits_for_the_other),
        BOTH(a_load_waits_for_the_other),
        BOTH(a_write_is_seen_by_the_other),
        BOTH(the_flash_is_shared),
        BOTH(a_reset_leaves_the_other),
        BOTH(power_and_rst_reset_both),
        cmocka_unit_test(either_may_go_first),
        cmocka_unit_test(a_quad_board_has_four_functions),
        BOTH(snapshots_hold_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
