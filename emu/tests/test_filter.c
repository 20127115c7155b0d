/* SPDX-License-Identifier: BSD-2-Clause */
/* Which addresses pass, and which of them are marked as passed inexactly. */
#include "fixture.h"

#include <string.h>

#include "hw.h"

#define RING    FIXTURE_BUS
#define BUFFERS (FIXTURE_BUS + 0x10000)
#define COUNT   8u

static const uint8_t station[6] = {0x00, 0x0c, 0x29, 0x01, 0x02, 0x03};
static const uint8_t other[6] = {0x00, 0x0c, 0x29, 0x01, 0x02, 0x04};
static const uint8_t group[6] = {0x01, 0x00, 0x5e, 0x01, 0x02, 0x03};
static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static void set_address(struct fixture *f, unsigned n, const uint8_t a[6], uint32_t flags)
{
    fixture_write(f, REG_RAL(n),
                  a[0] | (uint32_t)a[1] << 8 | (uint32_t)a[2] << 16 | (uint32_t)a[3] << 24);
    fixture_write(f, REG_RAH(n), a[4] | (uint32_t)a[5] << 8 | flags);
}

/* Frames whose FCS is stored take a longer way through the chip; the filters must not differ. */
static uint32_t secrc;

static void prepare(void **state, const struct e1000emu_config *config)
{
    struct fixture *f = fixture_new(config);

    *state = f;
    fixture_enable(f);
    fixture_link_up(f);
    secrc = RCTL_SECRC;
    for (unsigned i = 0; i < COUNT; i++)
        fixture_put64(f, RING + 16 * i, BUFFERS + 2048 * i);
    fixture_write(f, REG_RDBAL, (uint32_t)RING);
    fixture_write(f, REG_RDBAH, (uint32_t)(RING >> 32));
    fixture_write(f, REG_RDLEN, 16 * COUNT);
    fixture_write(f, REG_RDT, COUNT - 1);
    for (unsigned i = 0; i < MTA_COUNT; i++)
        fixture_write(f, REG_MTA_N(i), 0);
    for (unsigned i = 0; i < RA_COUNT; i++)
        set_address(f, i, broadcast, 0);
    set_address(f, 0, station, RAH_AV);
}

static int setup(void **state)
{
    const struct e1000emu_config config = {.profile = e1000emu_profile_find("silicon")};

    prepare(state, &config);
    return 0;
}

enum outcome { DROPPED, EXACT, INEXACT };

/* What becomes of a frame to (and from) an address. */
static enum outcome frame_from(struct fixture *f, const uint8_t to[6], const uint8_t from[6],
                               uint32_t rctl)
{
    uint32_t head = fixture_read(f, REG_RDH);
    uint8_t data[60];
    unsigned verdict;

    fixture_write(f, REG_RCTL, rctl | RCTL_EN | secrc);
    fixture_make_frame(data, sizeof data, to, 7);
    memcpy(data + 6, from, 6);
    verdict = fixture_receive(f, data, sizeof data, 0);
    if (verdict == E1000EMU_RX_ADDRESS) {
        assert_int_equal(fixture_read(f, REG_RDH), head);
        return DROPPED;
    }
    assert_int_equal(verdict, E1000EMU_RX_STORED);
    assert_int_equal(fixture_read(f, REG_RDH), (head + 1) % COUNT);
    fixture_write(f, REG_RDT, head);
    return fixture_get64(f, RING + 16 * head + 8) >> 32 & RXD_STAT_PIF ? INEXACT : EXACT;
}

static enum outcome frame_to(struct fixture *f, const uint8_t to[6], uint32_t rctl)
{
    static const uint8_t from[6] = {0x02, 0, 0, 0, 0, 0x77};

    return frame_from(f, to, from, rctl);
}

/* Every kind of address with every combination of the three modes. */
static void modes(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 16; i++) {
        uint32_t rctl = (i & 1 ? RCTL_UPE : 0) | (i & 2 ? RCTL_MPE : 0) | (i & 4 ? RCTL_BAM : 0);

        secrc = i & 8 ? 0 : RCTL_SECRC;
        assert_int_equal(frame_to(f, station, rctl), EXACT);
        assert_int_equal(frame_to(f, other, rctl), i & 1 ? INEXACT : DROPPED);
        assert_int_equal(frame_to(f, group, rctl), i & 2 ? INEXACT : DROPPED);
        assert_int_equal(frame_to(f, broadcast, rctl), i & 4 ? EXACT : i & 2 ? INEXACT : DROPPED);
    }
}

/* Each of the 16 addresses is compared, valid ones only, group addresses too. */
static void all_sixteen_addresses(void **state)
{
    struct fixture *f = *state;

    for (uint8_t i = 0; i < RA_COUNT; i++) {
        uint8_t a[6] = {0x02, 0xaa, 0xbb, 0xcc, 0xdd, i};

        assert_int_equal(frame_to(f, a, 0), DROPPED);
        set_address(f, i, a, RAH_AV);
    }
    for (uint8_t i = 0; i < RA_COUNT; i++) {
        uint8_t a[6] = {0x02, 0xaa, 0xbb, 0xcc, 0xdd, i};

        assert_int_equal(frame_to(f, a, 0), EXACT);
        assert_int_equal(frame_to(f, a, RCTL_UPE), EXACT);
    }
    for (uint8_t i = 0; i < RA_COUNT; i++) {
        uint8_t a[6] = {0x02, 0xaa, 0xbb, 0xcc, 0xdd, i};

        set_address(f, i, a, 0);
        assert_int_equal(frame_to(f, a, 0), DROPPED);
    }
    set_address(f, 3, group, RAH_AV);
    assert_int_equal(frame_to(f, group, 0), EXACT);
    assert_int_equal(frame_to(f, group, RCTL_MPE), EXACT);
    assert_int_equal(frame_to(f, station, 0), DROPPED);
}

/* Where the profile has that habit, only RAR[0] lets unicasts in; groups and sources are compared
 * with all of them nevertheless. */
static void only_the_first_for_unicasts(void **state)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("silicon");
    const struct e1000emu_config config = {.profile = &profile};

    fixture_teardown(state);
    profile.rar0_only_unicast = true;
    prepare(state, &config);
    for (unsigned i = 1; i < RA_COUNT; i++) {
        struct fixture *f = *state;

        set_address(f, i, other, RAH_AV);
        assert_int_equal(frame_to(f, other, 0), DROPPED);
        assert_int_equal(frame_to(f, other, RCTL_UPE), INEXACT);
        assert_int_equal(frame_to(f, station, 0), EXACT);
        set_address(f, i, group, RAH_AV);
        assert_int_equal(frame_to(f, group, 0), EXACT);
        set_address(f, i, other, RAH_AV | RAH_AS_SRC);
        assert_int_equal(frame_from(f, group, other, 0), EXACT);
        set_address(f, i, other, 0);
    }
}

/* With RAH.AS = 01 the source address is compared, with the reserved values nothing. */
static void source_addresses(void **state)
{
    struct fixture *f = *state;

    set_address(f, 5, other, RAH_AV | RAH_AS_SRC);
    assert_int_equal(frame_to(f, other, 0), DROPPED);
    assert_int_equal(frame_from(f, group, other, 0), EXACT);
    assert_int_equal(frame_from(f, group, other, RCTL_MPE), EXACT);
    assert_int_equal(frame_from(f, group, station, 0), DROPPED);
    set_address(f, 5, other, RAH_AV | 2u << 16);
    assert_int_equal(frame_to(f, other, 0), DROPPED);
    assert_int_equal(frame_from(f, group, other, 0), DROPPED);
}

/* One bit of the multicast table must let the address in, and nothing but that bit. */
static void expect_hash(struct fixture *f, const uint8_t a[6], uint32_t mo, uint32_t hash)
{
    uint32_t rctl = mo << RCTL_MO_SHIFT;

    fixture_write(f, REG_MTA_N(hash >> 5), 1u << (hash & 31));
    assert_int_equal(frame_to(f, a, rctl), INEXACT);
    fixture_write(f, REG_MTA_N(hash >> 5), ~(1u << (hash & 31)));
    assert_int_equal(frame_to(f, a, rctl), DROPPED);
    fixture_write(f, REG_MTA_N(hash >> 5), 0);
}

/* The manual's check value (with the group bit), and the one that drivers' sources discuss. */
static void multicast_hash(void **state)
{
    static const uint8_t a[6] = {0x13, 0x34, 0x56, 0x78, 0x9a, 0xbc};
    static const uint8_t b[6] = {0x01, 0xaa, 0x00, 0x12, 0x34, 0x56};
    static const uint32_t hash_a[4] = {0xbc9, 0x793, 0xf26, 0xc9a};
    static const uint32_t hash_b[4] = {0x563, 0xac6, 0x58d, 0x634};
    struct fixture *f = *state;

    for (uint32_t mo = 0; mo < 4; mo++) {
        expect_hash(f, a, mo, hash_a[mo]);
        expect_hash(f, b, mo, hash_b[mo]);
    }
}

/* The table is for group addresses; without BAM a broadcast is one of them. */
static void the_table_is_for_groups(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < MTA_COUNT; i++)
        fixture_write(f, REG_MTA_N(i), UINT32_MAX);
    assert_int_equal(frame_to(f, group, 0), INEXACT);
    assert_int_equal(frame_to(f, other, 0), DROPPED);
    assert_int_equal(frame_to(f, broadcast, 0), INEXACT);
    assert_int_equal(frame_to(f, broadcast, RCTL_BAM), EXACT);
}

/* No valid address at all: nothing is for this station. */
static void no_address(void **state)
{
    static const uint8_t zero[6] = {0};
    struct fixture *f = *state;

    set_address(f, 0, station, 0);
    assert_int_equal(frame_to(f, station, 0), DROPPED);
    assert_int_equal(frame_to(f, zero, 0), DROPPED);
    assert_int_equal(frame_to(f, station, RCTL_UPE), INEXACT);
}

/* A reset invalidates what software set, and the filters know. */
static void reset_forgets(void **state)
{
    struct fixture *f = *state;

    set_address(f, 7, other, RAH_AV);
    assert_int_equal(frame_to(f, other, 0), EXACT);
    e1000emu_reset(f->chip, E1000EMU_RESET_CTRL);
    fixture_link_up(f);
    assert_int_equal(fixture_read(f, REG_RAH(7)) & RAH_AV, 0);
    fixture_write(f, REG_RDLEN, 16 * COUNT);
    fixture_write(f, REG_RDT, COUNT - 1);
    assert_int_equal(frame_to(f, other, 0), DROPPED);
}

#define FILTER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILTER_TEST(modes),
        FILTER_TEST(all_sixteen_addresses),
        FILTER_TEST(only_the_first_for_unicasts),
        FILTER_TEST(source_addresses),
        FILTER_TEST(multicast_hash),
        FILTER_TEST(the_table_is_for_groups),
        FILTER_TEST(no_address),
        FILTER_TEST(reset_forgets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
