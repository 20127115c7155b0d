/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `ethtool -t` makes Linux's driver try on an 82545, as our own program: link, registers,
 * EEPROM, interrupts, and frames through the PHY's loopback. On each profile that should pass.
 */
#include <string.h>

#include "both_rings.h"
#include "mdio.h"
#include "phy.h"

static const char *const profiles[] = {"vmware", "silicon"};

#define PROFILES (sizeof profiles / sizeof *profiles)

/* ---- 1. Link -------------------------------------------------------------------------------- */

/* Four seconds are enough for autonegotiation. */
static void link_test(struct fixture *f)
{
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_SLU);
    fixture_run(f, 4000ull * MS);
    assert_true(fixture_read(f, REG_STATUS) & STATUS_LU);
}

/* ---- 2. Registers --------------------------------------------------------------------------- */

static const uint32_t patterns[] = {0x5A5A5A5A, 0xA5A5A5A5, 0x00000000, 0xFFFFFFFF};

/* Every pattern is written within `write` and read back within `mask`, all other bits zero. */
static void pattern_test(struct fixture *f, uint32_t offset, uint32_t mask, uint32_t write)
{
    for (size_t i = 0; i < 4; i++) {
        fixture_write(f, offset, patterns[i] & write);
        assert_int_equal(fixture_read(f, offset), patterns[i] & write & mask);
    }
}

/* One value is written, and those bits of it that the mask names are read back. */
static void set_and_check(struct fixture *f, uint32_t offset, uint32_t mask, uint32_t write)
{
    fixture_write(f, offset, write & mask);
    assert_int_equal(fixture_read(f, offset) & mask, write & mask);
}

static void register_test(struct fixture *f)
{
    static const struct {
        uint32_t offset, mask, write;
    } tests[] = {
        {0x00028, 0xFFFFFFFF, 0xFFFFFFFF}, {0x0002C, 0x0000FFFF, 0xFFFFFFFF},
        {0x00030, 0x0000FFFF, 0xFFFFFFFF}, {0x00038, 0x0000FFFF, 0xFFFFFFFF},
        {0x02820, 0x0000FFFF, 0xFFFFFFFF}, {0x02804, 0xFFFFFFFF, 0xFFFFFFFF},
        {0x02808, 0x000FFF80, 0x000FFFFF}, {0x02810, 0x0000FFFF, 0x0000FFFF},
        {0x02818, 0x0000FFFF, 0x0000FFFF}, {0x02168, 0x0000FFF8, 0x0000FFF8},
        {0x00170, 0x0000FFFF, 0x0000FFFF}, {0x00410, 0x3FFFFFFF, 0x3FFFFFFF},
        {0x03804, 0xFFFFFFFF, 0xFFFFFFFF}, {0x03808, 0x000FFF80, 0x000FFFFF},
    };
    static const struct {
        uint32_t offset, mask, write;
    } more[] = {
        {0x02800, 0xFFFFFFF0, 0xFFFFFFFF},
        {0x03800, 0xFFFFFFF0, 0xFFFFFFFF},
        {0x00178, 0xC000FFFF, 0x0000FFFF},
        {0x03820, 0x0000FFFF, 0x0000FFFF},
    };
    uint32_t status = fixture_read(f, 0x00008) & 0xFFFFF833;

    fixture_write(f, 0x00008, 0xFFFFF833);
    assert_int_equal(fixture_read(f, 0x00008) & 0xFFFFF833, status);
    fixture_write(f, 0x00008, 0);
    assert_int_equal(fixture_read(f, 0x00008) & 0xFFFFF833, status);

    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        pattern_test(f, tests[i].offset, tests[i].mask, tests[i].write);
    set_and_check(f, 0x00100, 0xFFFFFFFF, 0x00000000);
    set_and_check(f, 0x00100, 0x06DFB3FE, 0x003FFFFB);
    set_and_check(f, 0x00400, 0xFFFFFFFF, 0x00000000);
    set_and_check(f, 0x00100, 0x06DFB3FE, 0xFFFFFFFF);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        pattern_test(f, more[i].offset, more[i].mask, more[i].write);
    for (uint32_t n = 0; n < 15; n++)
        pattern_test(f, 0x05404 + 8 * n, 0x8003FFFF, 0xFFFFFFFF);
    for (uint32_t n = 0; n < 128; n++)
        pattern_test(f, 0x05200 + 4 * n, 0xFFFFFFFF, 0xFFFFFFFF);
}

/* ---- 3. EEPROM ------------------------------------------------------------------------------ */

static void eeprom_test(struct fixture *f)
{
    uint16_t sum = 0;

    for (uint32_t word = 0; word < 0x40; word++) {
        fixture_write(f, REG_EERD, word << EERD_ADDR_SHIFT | EERD_START);
        for (unsigned i = 0; i < 100 && !(fixture_read(f, REG_EERD) & EERD_DONE); i++)
            fixture_run(f, 5 * US);
        assert_true(fixture_read(f, REG_EERD) & EERD_DONE);
        sum = (uint16_t)(sum + (fixture_read(f, REG_EERD) >> EERD_DATA_SHIFT));
    }
    assert_int_equal(sum, 0xBABA);
}

/* ---- 4. Interrupts -------------------------------------------------------------------------- */

/* What the handler of the test adds up: the causes that it read when the line was high. */
static uint32_t handler(struct fixture *f)
{
    fixture_run(f, 10 * MS);
    return e1000emu_interrupt_level(f->chip) ? fixture_read(f, REG_ICR) : 0;
}

static void interrupt_test(struct fixture *f)
{
    fixture_write(f, REG_IMC, UINT32_MAX);
    fixture_run(f, 10 * MS);
    for (unsigned i = 0; i < 10; i++) {
        uint32_t mask = 1u << i;
        bool cause = mask & ICR_ALL; /* bits 5 and 8 are none on this chip: nothing to see */

        fixture_read(f, REG_ICR);
        fixture_write(f, REG_IMC, mask);
        fixture_write(f, REG_ICS, mask);
        assert_int_equal(handler(f) & mask, 0); /* masked: must not come */

        fixture_write(f, REG_IMS, mask);
        fixture_write(f, REG_ICS, mask);
        assert_int_equal(handler(f) & mask, cause ? mask : 0); /* must come */

        fixture_write(f, REG_IMC, ~mask & 0x7FFF);
        fixture_write(f, REG_ICS, ~mask & 0x7FFF);
        assert_int_equal(handler(f), 0); /* the others must not */
        fixture_write(f, REG_IMC, UINT32_MAX);
    }
}

/* ---- 5. Loopback ---------------------------------------------------------------------------- */

#define FRAME_BYTES 1024u
#define ROUND       64u

static void set_up_phy_loopback(struct fixture *f)
{
    uint32_t ctrl = fixture_read(f, REG_CTRL) & ~CTRL_SPEED;

    phy_write(f, PHY_PSCR, 0x0808);
    phy_write(f, PHY_BMCR, 0x9140);
    phy_write(f, PHY_BMCR, 0x8140);
    phy_write(f, PHY_BMCR, 0x4140);
    fixture_write(f, REG_CTRL,
                  ctrl | CTRL_FRCSPD | CTRL_FRCDPLX | CTRL_SPEED_1000 | CTRL_FD | CTRL_ILOS);
    phy_write(f, PHY_PAGE, 0x1F); /* the receiver off */
    phy_write(f, PHY_WINDOW, 0x8FFC);
    phy_write(f, PHY_PAGE, 0x1A);
    phy_write(f, PHY_WINDOW, 0x8FF0);
    fixture_run(f, 500 * US);
}

static void make_test_frame(uint8_t frame[FRAME_BYTES])
{
    memset(frame, 0xFF, FRAME_BYTES);
    memset(frame + FRAME_BYTES / 2, 0xAA, FRAME_BYTES / 2 - 1);
    frame[FRAME_BYTES / 2 + 10] = 0xBE;
    frame[FRAME_BYTES / 2 + 12] = 0xAF;
}

/* Stricter than Linux, which looks at three bytes of buffers that still hold an earlier round: all
 * bytes, and buffers that are wiped. */
static void loopback_test(struct fixture *f)
{
    static struct both_rings rings;
    uint8_t frame[FRAME_BYTES];

    set_up_phy_loopback(f);
    both_start(f, &rings, RCTL_BAM, true);
    make_test_frame(frame);
    for (unsigned round = 0; round < BOTH_COUNT / ROUND * 2 + 1; round++) {
        const uint8_t *data;

        for (unsigned i = 0; i < ROUND; i++)
            both_post(f, &rings, frame, FRAME_BYTES);
        both_doorbell(f, &rings);
        fixture_run(f, 200ull * MS);
        for (unsigned i = 0; i < ROUND; i++) {
            uint32_t at = rings.rx_next;

            assert_int_equal(both_take(f, &rings, &data), FRAME_BYTES);
            assert_memory_equal(data, frame, FRAME_BYTES);
            memset(fixture_at(f, both_rx_buffer(at)), 0, FRAME_BYTES);
        }
        assert_int_equal(both_take(f, &rings, &data), 0);
    }
    assert_int_equal(f->sent_count, 0);
    phy_write(f, PHY_BMCR, 0x1140 | BMCR_RESET);
}

/* ---- All five ------------------------------------------------------------------------------- */

static void reset(struct fixture *f)
{
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 5 * MS);
}

static void all_five_parts_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct fixture *f = mdio_fixture(profiles[i]);

        link_test(f);
        reset(f);
        register_test(f);
        reset(f);
        eeprom_test(f);
        reset(f);
        interrupt_test(f);
        reset(f);
        fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_SLU);
        loopback_test(f);
        reset(f);
        link_test(f);
        fixture_free(f);
    }
}

/* The loopback part doesn't need a cable: a server is tested before it is plugged in. */
static void loopback_passes_without_a_cable(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILES; i++) {
        struct fixture *f = mdio_fixture(profiles[i]);

        set_partner(f, false, 0);
        fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_SLU);
        loopback_test(f);
        assert_false(wire_up(f));
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_five_parts_pass),
        cmocka_unit_test(loopback_passes_without_a_cable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
