/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What other models of this chip get wrong (named by the letters of our list of them), and what
 * drivers do that a model must bear.
 */
#include <string.h>

#include "both_rings.h"
#include "mdio.h"
#include "phy.h"

static struct both_rings rings;

static unsigned receive_60(struct fixture *f, const uint8_t to[6])
{
    uint8_t frame[60];

    fixture_make_frame(frame, sizeof frame, to, 1);
    return fixture_receive(f, frame, sizeof frame, 0);
}

/* ---- bhyve ---------------------------------------------------------------------------------- */

/* The last of the sixteen addresses can be written, read, and filters. */
static void test_B2_last_receive_address(void **state)
{
    struct fixture *f = mdio_fixture("silicon");

    (void)state;
    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    fixture_write(f, REG_RAL(15), 0x99290c00);
    assert_int_equal(receive_60(f, both_partner), E1000EMU_RX_ADDRESS);
    fixture_write(f, REG_RAL(15), 0x99290c00);
    fixture_write(f, REG_RAH(15), 0x0302 | RAH_AV);
    assert_int_equal(fixture_read(f, REG_RAL(15)), 0x99290c00);
    assert_int_equal(fixture_read(f, REG_RAH(15)), 0x0302 | RAH_AV);
    assert_int_equal(receive_60(f, both_partner), E1000EMU_RX_STORED);
    fixture_free(f);
}

/* Writing TCTL while the transmitter is on changes what its other bits say. */
static void test_B3_tctl_rewritten_while_enabled(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[40] = {0};

    both_start(f, &rings, 0, true);
    fixture_write(f, REG_TCTL, TCTL_EN);
    both_post(f, &rings, bytes, sizeof bytes);
    both_doorbell(f, &rings);
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_PSP | 64u << TCTL_COLD_SHIFT);
    assert_int_equal(fixture_read(f, REG_TCTL), TCTL_EN | TCTL_PSP | 64u << TCTL_COLD_SHIFT);
    both_post(f, &rings, bytes, sizeof bytes);
    both_doorbell(f, &rings);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(f->sent[0].length, 40);
    assert_int_equal(f->sent[1].length, 60);
}

/* Counters count, and reading clears them. */
static void test_B3_statistics_are_counted(void **state)
{
    struct fixture *f = *state;

    both_start(f, &rings, 0, true);
    receive_60(f, both_station);
    both_send(f, &rings, both_partner, 100, 1);
    assert_int_equal(fixture_read(f, REG_GPRC), 1);
    assert_int_equal(fixture_read(f, REG_GPTC), 1);
    assert_int_equal(fixture_read(f, REG_GPRC), 0);
    assert_int_equal(fixture_read(f, REG_GPTC), 0);
}

/* T9: a ring whose address and length come after the enable bit, in any order, works: also if there
 * was none before. */
static void test_T9_ring_set_up_after_enabling(void **state)
{
    static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const uint32_t offsets[3] = {REG_TDBAL, REG_TDBAH, REG_TDLEN};
    struct fixture *f = *state;

    for (unsigned i = 0; i < 6; i++) {
        uint32_t values[3];

        both_start(f, &rings, 0, true);
        fixture_write(f, REG_TCTL, 0);
        for (unsigned k = 0; k < 3; k++) {
            values[k] = fixture_read(f, offsets[k]);
            fixture_write(f, offsets[k], 0);
        }
        fixture_write(f, REG_TCTL, TCTL_EN);
        for (unsigned k = 0; k < 3; k++)
            fixture_write(f, offsets[orders[i][k]], values[orders[i][k]]);
        both_send(f, &rings, both_partner, 60, i);
        assert_int_equal(f->sent_count, i + 1);
    }
}

/* ---- QEMU ----------------------------------------------------------------------------------- */

/* Writing RCTL doesn't hold reception back. */
static void test_B4_rctl_delays_nothing(void **state)
{
    static const char *const names[] = {"silicon", "vmware"};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct fixture *f = mdio_fixture(names[i]);

        fixture_link_up(f);
        both_start(f, &rings, 0, true);
        fixture_write(f, REG_RCTL, fixture_read(f, REG_RCTL) | RCTL_BAM);
        assert_int_equal(receive_60(f, both_broadcast), E1000EMU_RX_STORED);
        fixture_free(f);
    }
}

/* The counters of what was lost clear by reading, too. */
static void test_B4_counters_of_losses_clear(void **state)
{
    struct fixture *f = *state;
    uint8_t frame[1500] = {0};

    both_start(f, &rings, RCTL_UPE, false);
    fixture_receive(f, frame, sizeof frame, E1000EMU_FRAME_BAD_FCS);
    for (unsigned i = 0; i < 50; i++)
        fixture_receive(f, frame, sizeof frame, 0);
    assert_int_equal(fixture_read(f, REG_CRCERRS), 1);
    assert_int_equal(fixture_read(f, REG_CRCERRS), 0);
    assert_int_equal(fixture_read(f, REG_RNBC), 50);
    assert_int_equal(fixture_read(f, REG_RNBC), 0);
    assert_in_range(fixture_read(f, REG_MPC), 10, 40);
    assert_int_equal(fixture_read(f, REG_MPC), 0);
}

/* A reset by the I/O window, as Linux does it, stops DMA: no frame is taken after it, none sent. */
static void test_B4_reset_through_io_really_resets(void **state)
{
    struct fixture *f = *state;

    both_start(f, &rings, RCTL_UPE, true);
    fixture_write(f, REG_IMS, ICR_RXT0);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, REG_CTRL);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 4, 4), fixture_read(f, REG_CTRL));
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 4, fixture_read(f, REG_CTRL) | CTRL_RST);
    assert_int_equal(receive_60(f, both_station), E1000EMU_RX_DISABLED);
    both_send(f, &rings, both_partner, 60, 1);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_read(f, REG_IMS), 0);
    assert_int_equal(fixture_read(f, REG_RCTL), 0);
}

/* ---- VirtualBox ----------------------------------------------------------------------------- */

/* A command with the interrupt bit, or with a READY left from the one before, is done. */
static void test_B5_mdic_with_interrupt_or_stale_ready(void **state)
{
    static const uint32_t bits[] = {0, MDIC_I, MDIC_R, MDIC_I | MDIC_R, MDIC_R | MDIC_E};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        uint32_t mdic;

        fixture_read(f, REG_ICR);
        mdic =
            mdio_transfer(f, bits[i] | MDIC_OP_READ | 1u << MDIC_PHY_SHIFT | 2u << MDIC_REG_SHIFT);
        assert_int_equal(mdic & (MDIC_R | MDIC_E | MDIC_DATA), MDIC_R | 0x0141);
        assert_int_equal(fixture_read(f, REG_ICR) & ICR_MDAC, bits[i] & MDIC_I ? ICR_MDAC : 0);
    }
}

/* ---- Drivers -------------------------------------------------------------------------------- */

/* Some look for the PHY at all 32 addresses: one answers, and none keeps them waiting. */
static void test_habit_scan_of_mdio_addresses(void **state)
{
    struct fixture *f = *state;
    unsigned found = 0;

    for (uint32_t address = 0; address < 32; address++) {
        uint32_t mdic =
            mdio_transfer(f, MDIC_OP_READ | address << MDIC_PHY_SHIFT | 2u << MDIC_REG_SHIFT);

        if (!(mdic & MDIC_E)) {
            assert_int_equal(address, 1);
            assert_int_equal(mdic & MDIC_DATA, 0x0141);
            found++;
        } else {
            assert_int_equal(mdic & MDIC_DATA, 0xFFFF);
        }
    }
    assert_int_equal(found, 1);
}

/* Mac OS X takes its address from RA[0] before it writes there, and waits for LSC after its reset:
 * VirtualBox does both for its sake, and the EEPROM load and the link edge do on silicon. */
static void test_habit_macos_ra0_and_lsc(void **state)
{
    static const char *const names[] = {"virtualbox", "silicon"};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct fixture *f = mdio_fixture(names[i]);
        const uint8_t *mac = e1000emu_profile_find(names[i])->mac;

        fixture_write(f, REG_CTRL, CTRL_RST);
        fixture_run(f, 10 * MS);
        assert_int_equal(fixture_read(f, REG_RAL(0)) & 0xFFFF, mac[0] | mac[1] << 8);
        assert_int_equal(fixture_read(f, REG_RAH(0)), RAH_AV | mac[4] | (unsigned)mac[5] << 8);
        fixture_write(f, REG_IMS, ICR_LSC);
        fixture_link_up(f);
        assert_true(f->level);
        assert_true(fixture_read(f, REG_ICR) & ICR_LSC);
        fixture_free(f);
    }
}

/* PXE boot agents and iPXE only set SLU and look at STATUS.LU: no interrupt, no PHY. */
static void test_habit_pxe_polls_status(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMC, UINT32_MAX);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_ASDE);
    fixture_run(f, AUTONEG);
    assert_int_equal(fixture_read(f, REG_STATUS) & 0xC3, 0x83);
    assert_int_equal(f->edges, 0);
}

/* Linux asks for a link check by setting LSC itself. */
static void test_habit_linux_sets_lsc(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, 0x9D);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_true(f->level);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_LSC);
}

/* Linux keeps pointers of its own beside its contexts, and crashed when a model marked them done
 * unasked. */
static void test_habit_linux_contexts_stay(void **state)
{
    struct fixture *f = *state;
    uint64_t ring, context[2] = {0x0021180e0000220eull, 0x05b4360000000000ull};

    context[1] |= (uint64_t)(TXD_CMD_DEXT | TXD_CMD_TSE | TXD_TUCMD_TCP) << 24;
    both_start(f, &rings, 0, true);
    ring = fixture_read(f, REG_TDBAL) | (uint64_t)fixture_read(f, REG_TDBAH) << 32;
    fixture_put64(f, ring, context[0]);
    fixture_put64(f, ring + 8, context[1]);
    rings.tx_tail = 1;
    both_send(f, &rings, both_partner, 60, 1);
    assert_int_equal(f->sent_count, 1);
    assert_true(fixture_get64(f, ring + 24) >> 32 & TXD_STAT_DD);
    assert_true(fixture_get64(f, ring) == context[0]);
    assert_true(fixture_get64(f, ring + 8) == context[1]);
}

#define HABIT(test)     cmocka_unit_test_setup_teardown(test, mdio_setup, fixture_teardown)
#define WITH_LINK(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_B2_last_receive_address),
        WITH_LINK(test_B3_tctl_rewritten_while_enabled),
        WITH_LINK(test_B3_statistics_are_counted),
        WITH_LINK(test_T9_ring_set_up_after_enabling),
        cmocka_unit_test(test_B4_rctl_delays_nothing),
        WITH_LINK(test_B4_counters_of_losses_clear),
        WITH_LINK(test_B4_reset_through_io_really_resets),
        HABIT(test_B5_mdic_with_interrupt_or_stale_ready),
        HABIT(test_habit_scan_of_mdio_addresses),
        cmocka_unit_test(test_habit_macos_ra0_and_lsc),
        HABIT(test_habit_pxe_polls_status),
        HABIT(test_habit_linux_sets_lsc),
        WITH_LINK(test_habit_linux_contexts_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
