/* SPDX-License-Identifier: BSD-2-Clause */
/* The self-test, write by write: the registers and patterns of Linux's `ethtool -t`
 * (e1000_ethtool.c), its three tries of each interrupt, and its loopback frames. */
#include "fake.h"

#include <string.h>

static const uint32_t patterns[] = {0x5A5A5A5A, 0xA5A5A5A5, 0x00000000, 0xFFFFFFFF};

/* In ethtool's order and words: what is written at all, and what of it shows. */
static const struct row {
    uint32_t offset, mask, write;
    unsigned count, stride;
    bool once;
} rows[] = {
    {E1000_FCAL, 0xFFFFFFFF, 0xFFFFFFFF, 1, 0, false},
    {E1000_FCAH, 0x0000FFFF, 0xFFFFFFFF, 1, 0, false},
    {E1000_FCT, 0x0000FFFF, 0xFFFFFFFF, 1, 0, false},
    {E1000_VET, 0x0000FFFF, 0xFFFFFFFF, 1, 0, false},
    {E1000_RDTR, 0x0000FFFF, 0xFFFFFFFF, 1, 0, false},
    {E1000_RDBAH, 0xFFFFFFFF, 0xFFFFFFFF, 1, 0, false},
    {E1000_RDLEN, 0x000FFF80, 0x000FFFFF, 1, 0, false},
    {E1000_RDH, 0x0000FFFF, 0x0000FFFF, 1, 0, false},
    {E1000_RDT, 0x0000FFFF, 0x0000FFFF, 1, 0, false},
    {E1000_FCRTH, 0x0000FFF8, 0x0000FFF8, 1, 0, false},
    {E1000_FCTTV, 0x0000FFFF, 0x0000FFFF, 1, 0, false},
    {E1000_TIPG, 0x3FFFFFFF, 0x3FFFFFFF, 1, 0, false},
    {E1000_TDBAH, 0xFFFFFFFF, 0xFFFFFFFF, 1, 0, false},
    {E1000_TDLEN, 0x000FFF80, 0x000FFFFF, 1, 0, false},
    {E1000_RCTL, 0xFFFFFFFF, 0x00000000, 1, 0, true},
    {E1000_RCTL, 0x06DFB3FE, 0x003FFFFB, 1, 0, true},
    {E1000_TCTL, 0xFFFFFFFF, 0x00000000, 1, 0, true},
    {E1000_RCTL, 0x06DFB3FE, 0xFFFFFFFF, 1, 0, true},
    {E1000_RDBAL, 0xFFFFFFF0, 0xFFFFFFFF, 1, 0, false},
    {E1000_TDBAL, 0xFFFFFFF0, 0xFFFFFFFF, 1, 0, false},
    {E1000_TXCW, 0xC000FFFF, 0x0000FFFF, 1, 0, false},
    {E1000_TIDV, 0x0000FFFF, 0x0000FFFF, 1, 0, false},
    {E1000_RAH(0), 0x8003FFFF, 0xFFFFFFFF, 15, 8, false},
    {E1000_MTA(0), 0xFFFFFFFF, 0xFFFFFFFF, 128, 4, false},
};
#define ROWS (sizeof rows / sizeof rows[0])

/* ---- A chip with the registers that are tested, and a loopback ------------------------------ */

#define TRACE 16384

static struct {
    struct fake *fake;
    void (*write32)(void *context, uint32_t offset, uint32_t value);
    struct {
        uint32_t offset, value;
        uint64_t at;
    } write[TRACE];
    unsigned writes, looped;
    /* How the loopback spoils a frame: which, its length, a byte (0: none), its status. */
    uint32_t which, length, spoilt;
    uint64_t status;
    uint32_t missing; /* causes that are never raised */
    uint8_t frame[1024];
    uint64_t tx[8]; /* second halves of the descriptors as they were sent */
} chip;

static void loop(void)
{
    for (unsigned i = 0; i < chip.looped; i++) {
        struct e1000_desc *tx = fake_tx_desc(chip.fake, i), *rx = fake_rx_desc(chip.fake, i);
        uint8_t *to = fake_cpu(chip.fake, rx->address);
        bool bad = i == chip.which;

        chip.tx[i] = tx->rest;
        memcpy(chip.frame, fake_cpu(chip.fake, tx->address), sizeof chip.frame);
        memcpy(to, chip.frame, sizeof chip.frame);
        if (bad && chip.spoilt)
            to[chip.spoilt] ^= 1;
        rx->rest = (bad ? chip.status : E1000_RXD_EOP | E1000_RXD_DD) | (bad ? chip.length : 1024);
    }
}

static void write32(void *context, uint32_t offset, uint32_t value)
{
    uint32_t shows = value;

    assert_true(chip.writes < TRACE);
    chip.write[chip.writes].offset = offset;
    chip.write[chip.writes].value = value;
    chip.write[chip.writes++].at = chip.fake->now_us;
    for (size_t i = 0; i < ROWS; i++) {
        if (offset >= rows[i].offset &&
            offset <= rows[i].offset + (rows[i].count - 1) * rows[i].stride &&
            (offset - rows[i].offset) % (rows[i].stride ? rows[i].stride : 4) == 0 && !rows[i].once)
            shows = value & rows[i].mask;
    }
    if (offset == E1000_ICS)
        shows &= ~chip.missing;
    chip.write32(context, offset, shows);
    if (offset == E1000_TDT && value == 7)
        loop();
}

static struct fake *begin(void)
{
    struct fake *fake = fake_new();

    assert_int_equal(fake_attach(fake), 0);
    memset(&chip, 0, sizeof chip);
    chip.fake = fake;
    chip.write32 = fake->os.write32;
    fake->os.write32 = write32;
    fake_forget(fake);
    chip.looped = 7;
    chip.length = 1024;
    chip.status = E1000_RXD_EOP | E1000_RXD_DD;
    return fake;
}

static struct e1000_selftest run(struct fake *fake, uint32_t flags)
{
    struct e1000_selftest result;

    chip.writes = 0;
    assert_int_equal(e1000_selftest(fake_call(fake), flags), 0);
    assert_int_equal(fake_settle(fake), E1000_STATE_DOWN);
    e1000_get_selftest(fake->dev, &result);
    return result;
}

/* The first write to a register, from a place in the trace on. */
static unsigned find(uint32_t offset, unsigned from)
{
    while (from < chip.writes && chip.write[from].offset != offset)
        from++;
    assert_true(from < chip.writes);
    return from;
}

static void expect(unsigned *at, uint32_t offset, uint32_t value)
{
    assert_true(*at < chip.writes);
    assert_int_equal(chip.write[*at].offset, offset);
    assert_int_equal(chip.write[*at].value, value);
    ++*at;
}

/* ---- The parts ------------------------------------------------------------------------------ */

/* Every register takes every pattern, and nothing else is written in between. */
static void registers_take_patterns(void **state)
{
    struct fake *fake = begin();
    struct e1000_selftest result = run(fake, E1000_TEST_NO_LINK);
    unsigned at = find(E1000_STATUS, 0);

    assert_int_equal(result.registers, 0);
    assert_int_equal(e1000_get_job(fake->dev), E1000_OK);
    assert_string_equal(fake_last_line(fake), "en0: self-test passed");
    expect(&at, E1000_STATUS, 0xFFFFF833);
    expect(&at, E1000_STATUS, fake_reg(fake, E1000_STATUS) & 0xFFFFF833);
    for (size_t i = 0; i < ROWS; i++) {
        for (unsigned k = 0; k < rows[i].count; k++) {
            uint32_t offset = rows[i].offset + k * rows[i].stride;

            if (rows[i].once)
                expect(&at, offset, rows[i].write & rows[i].mask);
            for (unsigned p = 0; p < 4 && !rows[i].once; p++)
                expect(&at, offset, patterns[p] & rows[i].write);
        }
    }
    expect(&at, E1000_IMC, UINT32_MAX); /* a reset follows */
    fake->bare_doorbells = 0;           /* patterns in tails are none */
    fake_free(fake);
}

/* Causes that exist among the first ten: masked it must not come, unmasked it must, and no other
 * one; each is given ten milliseconds. */
static void causes_are_tried_in_three_ways(void **state)
{
    static const unsigned causes[] = {0, 1, 2, 3, 4, 6, 7, 9};
    struct fake *fake = begin();
    struct e1000_selftest result = run(fake, E1000_TEST_NO_LINK);
    unsigned at = find(E1000_ICS, 0) - 1;

    assert_int_equal(result.interrupt, 0);
    for (unsigned i = 0; i < 8; i++) {
        uint32_t cause = 1u << causes[i], others = ~cause & 0x7FFF;
        uint64_t start = chip.write[at].at;

        expect(&at, E1000_IMC, cause);
        expect(&at, E1000_ICS, cause);
        assert_int_equal(chip.write[at].at - start, 10000);
        expect(&at, E1000_IMS, cause);
        expect(&at, E1000_ICS, cause);
        assert_int_equal(chip.write[at].at - start, 20000);
        expect(&at, E1000_IMC, others);
        expect(&at, E1000_ICS, others);
        assert_int_equal(chip.write[at].at - start, 30000);
        expect(&at, E1000_IMC, UINT32_MAX);
    }
    fake->bare_doorbells = 0;
    fake_free(fake);
}

/* What the PHY is told for its loopback, and 1024 bytes seven times: ones, then AAh, with BEh and
 * AFh in the middle, from and to our own address. */
static void loopback_frames(void **state)
{
    static const struct {
        uint32_t reg, value;
    } phy[] = {{16, 0x0808}, {0, 0x9140},  {0, 0x8140},  {0, 0x4140},
               {29, 0x001F}, {30, 0x8FFC}, {29, 0x001A}, {30, 0x8FF0}};
    struct fake *fake = begin();
    struct e1000_selftest result = run(fake, E1000_TEST_NO_LINK);
    unsigned at = 0;
    uint8_t mac[6];

    assert_int_equal(result.loopback, 0);
    for (unsigned i = 0; i < 8; at++) {
        assert_true(at < chip.writes);
        i += chip.write[at].offset == E1000_MDIC &&
             chip.write[at].value == (0x04200000 | phy[i].reg << 16 | phy[i].value);
    }
    for (unsigned i = 0; i < 7; i++)
        assert_int_equal(chip.tx[i], 1024 | E1000_TXD_EOP | E1000_TXD_IFCS | E1000_TXD_RS);
    e1000_get_mac(fake->dev, mac);
    assert_memory_equal(chip.frame, mac, 6);
    assert_memory_equal(chip.frame + 6, mac, 6);
    assert_memory_equal(chip.frame + 12, "\x88\xB5", 2);
    for (unsigned i = 14; i < 1024; i++)
        assert_int_equal(chip.frame[i], i == 522 ? 0xBE : i == 524 ? 0xAF : i < 512 ? 0xFF : 0xAA);
    /* The chip follows the PHY first, and the slowest receiver is waited for. */
    at = find(E1000_TDT, at);
    while (chip.write[at].value != 7)
        at = find(E1000_TDT, at + 1);
    assert_int_equal(chip.write[at].at - chip.write[find(E1000_FCAL, find(E1000_MDIC, 0))].at,
                     10000 + 1100000);
    fake->bare_doorbells = 0;
    fake_free(fake);
}

/* 13 is a frame that comes back otherwise, 14 one that does not come back within a fifth of a
 * second. */
static void loopback_faults(void **state)
{
    static const struct {
        uint32_t looped, length, spoilt;
        uint64_t status;
        unsigned expected;
    } faults[] = {
        {6, 1024, 0, E1000_RXD_EOP | E1000_RXD_DD, 14},
        {0, 1024, 0, E1000_RXD_EOP | E1000_RXD_DD, 14},
        {7, 1024, 0, E1000_RXD_EOP, 14},
        {7, 1024, 0, E1000_RXD_DD, 13},
        {7, 1023, 0, E1000_RXD_EOP | E1000_RXD_DD, 13},
        {7, 1024, 1023, E1000_RXD_EOP | E1000_RXD_DD, 13},
        {7, 1024, 1, E1000_RXD_EOP | E1000_RXD_DD, 13},
    };

    for (size_t i = 0; i < 2 * sizeof faults / sizeof faults[0]; i++) {
        struct fake *fake = begin();
        struct e1000_selftest result;
        unsigned sent = 0, reset = 0, first = i % 2;

        chip.which = first ? 0 : 6;
        chip.looped = faults[i / 2].looped;
        chip.length = faults[i / 2].length;
        chip.spoilt = faults[i / 2].spoilt;
        chip.status = faults[i / 2].status;
        result = run(fake, E1000_TEST_NO_LINK);
        assert_int_equal(result.loopback, faults[i / 2].expected);
        assert_int_equal(e1000_get_job(fake->dev), E1000_ERR_TEST);
        assert_string_equal(fake_last_line(fake), "en0: the self-test found a fault");
        for (sent = chip.writes; chip.write[sent - 1].offset != E1000_TDT; sent--)
            ;
        for (reset = sent; chip.write[reset].offset != E1000_IMC; reset++)
            ;
        assert_int_equal(chip.write[reset].at - chip.write[sent - 1].at,
                         faults[i / 2].expected == 13 ? 1000 : 200000);
        fake->bare_doorbells = 0;
        fake_free(fake);
    }
}

/* The link has five seconds, in looks a tenth apart. */
static void link_is_waited_for(void **state)
{
    for (int late = 0; late < 2; late++) {
        struct fake *fake = begin();
        struct e1000_selftest result;
        uint64_t start;

        fake->mdic_us = 0;
        assert_int_equal(e1000_selftest(fake_call(fake), 0), 0);
        fake_run(fake, 10000 + 2 + 5000);
        start = fake->now_us;
        if (late) {
            fake_run(fake, 4950000);
            fake_link(fake, true, 0x80, true);
        }
        while (fake_written(fake, E1000_STATUS) < 0) {
            fake_run(fake, 1000);
            assert_true(fake->now_us - start < 6000000);
        }
        assert_int_equal(chip.write[find(E1000_STATUS, 0)].at - start, 5000000 + 10000 + 2 + 5000);
        assert_int_equal(fake_settle(fake), E1000_STATE_DOWN);
        e1000_get_selftest(fake->dev, &result);
        assert_int_equal(result.link, !late);
        assert_int_equal(e1000_get_job(fake->dev), late ? E1000_OK : E1000_ERR_TEST);
        fake->bare_doorbells = 0;
        fake_free(fake);
    }
}

/* Of a cause that does not come, the result says which, and that it was the second of the tries. */
static void missing_cause_is_named(void **state)
{
    static const unsigned causes[] = {0, 4, 9};

    for (unsigned i = 0; i < 3; i++) {
        struct fake *fake = begin();
        struct e1000_selftest result;

        chip.missing = 1u << causes[i];
        result = run(fake, E1000_TEST_NO_LINK);
        assert_int_equal(result.interrupt, 4);
        assert_int_equal(result.interrupt_cause, causes[i]);
        fake->bare_doorbells = 0;
        fake_free(fake);
    }
}

/* From up it ends up, and what the patterns were written over is as before: address, filters, and
 * the type of tags. */
static void up_again_with_everything(void **state)
{
    struct fake *fake = begin();
    uint8_t group[1][6] = {{0x01, 0, 0x5E, 0, 0, 1}};

    fake_bring_up(fake);
    assert_int_equal(e1000_vlan_want(fake_call(fake), 33, true), 0);
    assert_int_equal(e1000_set_filter(fake_call(fake), false, false, (const uint8_t(*)[6])group, 1),
                     0);
    chip.writes = 0;
    assert_int_equal(e1000_selftest(fake_call(fake), E1000_TEST_NO_LINK), 0);
    fake_set(fake, E1000_VFTA(1), 0);
    assert_int_equal(fake_settle(fake), E1000_STATE_STARTING);
    assert_int_equal(fake_settle(fake), E1000_STATE_UP);
    assert_int_equal(fake_reg(fake, E1000_VET), 0x8100);
    assert_int_equal(fake_reg(fake, E1000_VFTA(1)), 2);
    assert_int_equal(fake_reg(fake, E1000_MTA(127)), 0);
    assert_int_equal(fake_reg(fake, E1000_RAL(0)), 0x69290C00);
    assert_int_equal(fake_reg(fake, E1000_RAH(0)), E1000_RAH_AV | 0x2617);
    assert_int_equal(fake_reg(fake, E1000_RAH(1)), E1000_RAH_AV | 0x0100);
    assert_int_equal(fake_reg(fake, E1000_RAH(14)), 0);
    fake->bare_doorbells = 0;
    fake_free(fake);
}

/* An EEPROM whose words don't add up, or whose pins are not granted: twenty requests, a millisecond
 * apart. */
static void eeprom_faults(void **state)
{
    for (unsigned fault = 1; fault <= 2; fault++) {
        struct fake *fake = begin();
        struct e1000_selftest result;

        if (fault == 1)
            fake->no_grant = true;
        else
            fake->eeprom[62]++;
        result = run(fake, E1000_TEST_NO_LINK);
        assert_int_equal(result.eeprom, fault);
        if (fault == 1) {
            unsigned asked = 0, last = 0;

            for (unsigned k = find(E1000_MTA(127), 0); k < find(E1000_ICS, 0); k++) {
                if (chip.write[k].offset == E1000_EECD && chip.write[k].value & E1000_EECD_EE_REQ) {
                    if (asked++)
                        assert_int_equal(chip.write[k].at - chip.write[last].at, 130 + 1000);
                    last = k;
                }
            }
            assert_int_equal(asked, 20);
        }
        assert_int_equal(result.registers + result.interrupt + result.loopback + result.link, 0);
        fake->bare_doorbells = 0;
        fake_free(fake);
    }
}

/* How many words of the EEPROM go into one call, of 108 µs each: there has to be room for one that
 * takes as long as the slowest, and for its pins. */
static void words_in_a_call(void **state)
{
    struct fake *fake = begin();
    unsigned full = 0, rest = 0;

    fake->mdic_us = 0;
    assert_int_equal(e1000_selftest(fake_call(fake), E1000_TEST_NO_LINK), 0);
    while (e1000_get_state(fake->dev) == E1000_STATE_BUSY) {
        uint64_t due = e1000_tick(fake_call(fake));

        full += fake->call_us == 6 * 108;
        rest += fake->call_us == 4 * 108;
        assert_true(fake->call_us <= 6 * 108);
        fake->now_us = due > fake->now_us && due != UINT64_MAX ? due : fake->now_us;
    }
    assert_int_equal(full, 10);
    assert_int_equal(rest, 1);
    fake->bare_doorbells = 0;
    fake_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_take_patterns),
        cmocka_unit_test(causes_are_tried_in_three_ways),
        cmocka_unit_test(loopback_frames),
        cmocka_unit_test(loopback_faults),
        cmocka_unit_test(words_in_a_call),
        cmocka_unit_test(missing_cause_is_named),
        cmocka_unit_test(up_again_with_everything),
        cmocka_unit_test(link_is_waited_for),
        cmocka_unit_test(eeprom_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
