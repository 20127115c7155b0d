/* SPDX-License-Identifier: BSD-2-Clause */
/* 1000BASE-X: autonegotiation by hardware and by software, forced link, what a partner may do, and
 * what drivers do about it (SDM 8.6.1, 8.6.3, 13.4.13, 13.4.14; IEEE 802.3 clause 37). */
#include "both_rings.h"
#include "mdio.h"

#include <string.h>

#include "chip.h"

/* Longer than a negotiation of the boards for fiber. */
#define EXCHANGE (40ull * MS)

#define FULL E1000EMU_1000_FULL
#define FLOW (CTRL_RFCE | CTRL_TFCE)

/* What a driver that wants any flow control offers. */
#define OFFER (TXCW_ANE | TXCW_FD | TXCW_PAUSE | TXCW_ASM_DIR)

static void partner(struct fixture *f, uint32_t abilities, enum e1000emu_sends sends)
{
    struct e1000emu_partner partner = {.cable = true, .abilities = abilities, .sends = sends};

    e1000emu_set_partner(f->chip, &partner);
}

static void unplug(struct fixture *f)
{
    set_partner(f, false, 0);
}

static struct fixture *board(const char *name)
{
    struct fixture *f = mdio_fixture(name);

    fixture_write(f, REG_CTRL, CTRL_FD);
    fixture_read(f, REG_ICR);
    fixture_read(f, REG_RXCW);
    return f;
}

static int setup(void **state)
{
    *state = board("82545em-fiber");
    return 0;
}

static uint32_t status(struct fixture *f, uint32_t bits)
{
    return fixture_read(f, REG_STATUS) & bits;
}

static uint32_t rxcw(struct fixture *f)
{
    return fixture_read(f, REG_RXCW);
}

static bool is_up(struct fixture *f)
{
    return status(f, STATUS_LU);
}

/* ---- The boards ----------------------------------------------------------------------------- */

/* Drivers tell the medium of 1011 and 1027 by STATUS.TBIMODE (facts 2.2), which the EEPROM's link
 * mode brings about (5.6.18: word 24h). An 82545EM for copper, 100F, shows none. */
static void boards_are_known_by_status(void **state)
{
    static const struct {
        const char *name;
        uint32_t id;
        bool fiber;
    } boards[] = {
        {"82545em-fiber", 0x10118086, true},
        {"82545gm-fiber", 0x10278086, true},
        {"82545gm-serdes", 0x10288086, true},
        {"silicon", 0x100F8086, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        struct fixture *f = mdio_fixture(boards[i].name);

        assert_int_equal(e1000emu_config_read(f->chip, 0, 4), boards[i].id);
        assert_int_equal(status(f, STATUS_TBIMODE), boards[i].fiber ? STATUS_TBIMODE : 0);
        assert_int_equal(fixture_read(f, REG_CTRL_EXT) & CTRL_EXT_LINK_MODE,
                         boards[i].fiber ? 0x00800000u : 0);
        fixture_free(f);
    }
}

/* Optics show a signal on pin 1, which is what Linux and Intel's shared code look at; a backplane
 * has no such pin. */
static void optics_detect_a_signal(void **state)
{
    struct fixture *f = *state;

    assert_true(fixture_read(f, REG_CTRL) & CTRL_SDP1_DATA);
    unplug(f);
    assert_false(fixture_read(f, REG_CTRL) & CTRL_SDP1_DATA);
    partner(f, FULL, E1000EMU_SENDS_NOISE);
    assert_true(fixture_read(f, REG_CTRL) & CTRL_SDP1_DATA);
    f = board("82545gm-serdes");
    assert_false(fixture_read(f, REG_CTRL) & CTRL_SDP1_DATA);
    fixture_free(f);
}

/* Link mode 11 (TBI) acts as 10, 01 has no link (facts 2.12). A board for copper has nothing at its
 * SerDes but the loop. */
static void link_modes(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_TXCW, OFFER);
    for (uint32_t mode = 0; mode < 4; mode++) {
        fixture_write(f, REG_CTRL_EXT, mode << 22);
        fixture_run(f, EXCHANGE);
        assert_int_equal(is_up(f), mode >= 2);
        assert_int_equal(status(f, STATUS_TBIMODE), mode >= 2 ? STATUS_TBIMODE : 0);
        assert_int_equal(wire_up(f), mode >= 2);
        assert_int_equal(rxcw(f) != 0, mode >= 2);
    }
    f = mdio_fixture("silicon");
    fixture_link_up(f);
    fixture_write(f, REG_TXCW, OFFER);
    fixture_write(f, REG_CTRL_EXT, 2u << 22);
    fixture_run(f, AUTONEG);
    assert_int_equal(status(f, STATUS_TBIMODE | STATUS_LU), 0);
    fixture_write(f, REG_RCTL, RCTL_LBM);
    fixture_run(f, AUTONEG);
    assert_int_equal(status(f, STATUS_TBIMODE | STATUS_LU), STATUS_LU);
    fixture_free(f);
}

/* The PHY answers, because drivers set the SerDes's amplitude and VCO there (facts 5.2, 5.3), but
 * it has no cable; and CTRL.PHY_RST has no effect (13.4.1). */
static void the_phy_is_idle(void **state)
{
    struct fixture *f = *state;

    fixture_run(f, AUTONEG);
    assert_int_equal(phy_read(f, PHY_BMSR) & (BMSR_LINK | BMSR_AN_DONE), 0);
    phy_write(f, PHY_EPSCR2, 0x0007);
    phy_write(f, 29, 5);
    phy_write(f, 30, 0);
    fixture_write(f, REG_CTRL, CTRL_FD | CTRL_PHY_RST);
    assert_int_equal(phy_read(f, PHY_EPSCR2) & 7, 7);
    fixture_write(f, REG_CTRL, CTRL_FD);
    assert_int_equal(phy_read(f, PHY_EPSCR2) & 7, 7);
}

/* ---- Negotiation by hardware ---------------------------------------------------------------- */

/* Table 8-3: LU is RXCW.ANC, SLU and CTRL.FD are ignored, speed is 1000 whatever CTRL says. */
static void hardware_negotiates(void **state)
{
    struct fixture *f = *state;
    struct e1000emu_link link;

    partner(f, FULL | E1000EMU_1000_HALF | E1000EMU_PAUSE | E1000EMU_10_HALF,
            E1000EMU_SENDS_CONFIG);
    fixture_write(f, REG_CTRL, CTRL_FRCSPD | CTRL_ASDE | CTRL_SLU);
    fixture_write(f, REG_TXCW, OFFER);
    fixture_read(f, REG_ICR);
    rxcw(f);
    assert_false(is_up(f));
    assert_int_equal(status(f, STATUS_SPEED), STATUS_SPEED_1000);
    /* The partner's word comes, acknowledging ours. */
    assert_int_equal(rxcw(f), RXCW_RXSYNC | RXCW_RXCONFIG | RXCW_NOCARRIER | 0x40E0);
    fixture_run(f, 30 * MS - 1);
    assert_false(is_up(f));
    fixture_run(f, 1);
    assert_int_equal(status(f, STATUS_LU | STATUS_FD | STATUS_SPEED),
                     STATUS_LU | STATUS_FD | STATUS_SPEED_1000);
    assert_int_equal(rxcw(f), RXCW_ANC | RXCW_RXSYNC | RXCW_NOCARRIER | 0x40E0);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_LSC);
    e1000emu_get_link(f->chip, &link);
    assert_true(link.up && link.full_duplex && link.mbps == 1000);
    fixture_write(f, REG_CTRL, 0);
    assert_true(is_up(f));
    assert_true(status(f, STATUS_FD));
}

/* Table 8-3: RFCE and TFCE are set by priority resolution, as IEEE 802.3 table 37-4 has it, and are
 * read-only then; in a forced link they are software's (8-5). */
static void flow_control_is_negotiated(void **state)
{
    static const struct {
        uint32_t local, partner, result;
    } cases[] = {
        {0, E1000EMU_PAUSE | E1000EMU_PAUSE_ASYMMETRIC, 0},
        {TXCW_PAUSE, 0, 0},
        {TXCW_PAUSE, E1000EMU_PAUSE, FLOW},
        {TXCW_PAUSE, E1000EMU_PAUSE_ASYMMETRIC, 0},
        {TXCW_PAUSE | TXCW_ASM_DIR, E1000EMU_PAUSE, FLOW},
        {TXCW_PAUSE | TXCW_ASM_DIR, E1000EMU_PAUSE_ASYMMETRIC, CTRL_RFCE},
        {TXCW_PAUSE | TXCW_ASM_DIR, E1000EMU_PAUSE | E1000EMU_PAUSE_ASYMMETRIC, FLOW},
        {TXCW_ASM_DIR, E1000EMU_PAUSE | E1000EMU_PAUSE_ASYMMETRIC, CTRL_TFCE},
        {TXCW_ASM_DIR, E1000EMU_PAUSE, 0},
        {TXCW_ASM_DIR, E1000EMU_PAUSE_ASYMMETRIC, 0},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        partner(f, FULL | cases[i].partner, E1000EMU_SENDS_CONFIG);
        fixture_write(f, REG_TXCW, TXCW_ANE | TXCW_FD | cases[i].local);
        fixture_run(f, EXCHANGE);
        assert_true(is_up(f));
        for (uint32_t k = 0; k < 4; k++) {
            fixture_write(f, REG_CTRL, CTRL_FD | k << 27);
            assert_int_equal(fixture_read(f, REG_CTRL) & FLOW, cases[i].result);
        }
    }
    fixture_write(f, REG_TXCW, 0);
    for (uint32_t k = 0; k < 4; k++) {
        fixture_write(f, REG_CTRL, CTRL_FD | k << 27);
        assert_int_equal(fixture_read(f, REG_CTRL) & FLOW, k << 27);
    }
}

/* A partner's pause that the result no longer allows ends at once. */
static void a_pause_ends_with_the_result(void **state)
{
    static const uint8_t xoff[60] = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01, 0, 0,    0,
                                     0,    0,    0,    0x88, 0x08, 0,    1, 0xFF, 0xFF};
    struct fixture *f = *state;

    fixture_write(f, REG_FCAL, 0x00C28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    partner(f, FULL | E1000EMU_PAUSE, E1000EMU_SENDS_CONFIG);
    fixture_write(f, REG_TXCW, OFFER);
    fixture_run(f, EXCHANGE);
    fixture_write(f, REG_RCTL, RCTL_EN);
    fixture_receive(f, xoff, sizeof xoff, 0);
    assert_true(status(f, STATUS_TXOFF));
    partner(f, FULL, E1000EMU_SENDS_CONFIG);
    fixture_run(f, EXCHANGE);
    assert_true(is_up(f));
    assert_false(status(f, STATUS_TXOFF));
}

/* 8.6.1.3: what begins a negotiation: LRST falls, ANE is written, the partner sends other words or
 * begins anew, synchronisation comes back. */
static void what_begins_a_negotiation(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL, CTRL_FD | CTRL_LRST);
    fixture_write(f, REG_TXCW, OFFER);
    for (unsigned what = 0; what < 5; what++) {
        if (what == 0) {
            fixture_run(f, EXCHANGE);
            assert_false(is_up(f));
            fixture_write(f, REG_CTRL, CTRL_FD);
        } else if (what == 1) {
            fixture_write(f, REG_TXCW, OFFER);
        } else if (what == 2) {
            partner(f, FULL | E1000EMU_PAUSE, E1000EMU_SENDS_CONFIG);
        } else if (what == 3) {
            fixture_write(f, REG_TXCW, TXCW_FD);
            fixture_write(f, REG_TXCW, OFFER);
        } else {
            unplug(f);
            assert_false(is_up(f));
            fixture_run(f, EXCHANGE);
            partner(f, FULL, E1000EMU_SENDS_CONFIG);
        }
        assert_false(is_up(f));
        assert_false(rxcw(f) & RXCW_ANC);
        fixture_run(f, 30 * MS - 1);
        assert_false(is_up(f));
        fixture_run(f, 1);
        assert_true(is_up(f));
        assert_true(rxcw(f) & RXCW_ANC);
    }
}

/* Each edge of the link is an LSC, and a wrong turn in the middle of a negotiation is none. */
static void lsc_at_each_edge(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_TXCW, OFFER);
    fixture_run(f, 20 * MS);
    partner(f, FULL, E1000EMU_SENDS_CONFIG);
    assert_false(fixture_read(f, REG_ICR) & ICR_LSC);
    fixture_run(f, EXCHANGE);
    assert_true(fixture_read(f, REG_ICR) & ICR_LSC);
    unplug(f);
    assert_true(fixture_read(f, REG_ICR) & ICR_LSC);
    unplug(f);
    assert_false(fixture_read(f, REG_ICR) & ICR_LSC);
}

/* Full duplex has to be in both words: half duplex isn't for the SerDes (8.4.2). */
static void without_a_common_ability(void **state)
{
    struct fixture *f = *state;

    partner(f, E1000EMU_1000_HALF, E1000EMU_SENDS_CONFIG);
    fixture_write(f, REG_TXCW, OFFER | TXCW_HD);
    fixture_run(f, EXCHANGE);
    assert_false(is_up(f));
    assert_true(rxcw(f) & RXCW_RXCONFIG);
    partner(f, FULL, E1000EMU_SENDS_CONFIG);
    fixture_write(f, REG_TXCW, TXCW_ANE | TXCW_HD);
    fixture_run(f, EXCHANGE);
    assert_false(is_up(f));
}

/* Bits 13:12 of the partner's word (IEEE 802.3 table 37-3). */
static void remote_faults_show(void **state)
{
    struct fixture *f = *state;

    for (uint32_t fault = 0; fault < 4; fault++) {
        struct e1000emu_partner other = {
            .cable = true, .abilities = FULL, .remote_fault = fault | 4};

        e1000emu_set_partner(f->chip, &other);
        fixture_write(f, REG_TXCW, OFFER);
        fixture_run(f, EXCHANGE);
        assert_int_equal(rxcw(f) & 0xFFFF, 0x4020 | fault << 12);
    }
}

/* ---- Latches -------------------------------------------------------------------------------- */

/* RXSYNC stays low until it was read, Change and Invalid high (facts 2.2). */
static void latched_bits(void **state)
{
    static const uint8_t frame[60];
    struct fixture *f = *state;

    fixture_write(f, REG_TXCW, OFFER);
    fixture_run(f, EXCHANGE);
    rxcw(f);
    unplug(f);
    assert_int_equal(rxcw(f) & ~0xFFFFu, 0);
    partner(f, FULL | E1000EMU_PAUSE, E1000EMU_SENDS_CONFIG);
    assert_int_equal(rxcw(f) & (RXCW_RXSYNC | RXCW_CHANGE), RXCW_CHANGE);
    assert_int_equal(rxcw(f) & (RXCW_RXSYNC | RXCW_CHANGE), RXCW_RXSYNC);
    /* What was lost for a moment shows, too. */
    unplug(f);
    partner(f, FULL | E1000EMU_PAUSE, E1000EMU_SENDS_CONFIG);
    assert_int_equal(rxcw(f) & (RXCW_RXSYNC | RXCW_CHANGE), 0);
    fixture_run(f, EXCHANGE);
    fixture_write(f, REG_RCTL, RCTL_EN);
    fixture_receive(f, frame, sizeof frame, E1000EMU_FRAME_SYMBOL);
    assert_true(rxcw(f) & RXCW_INVALID);
    assert_false(rxcw(f) & RXCW_INVALID);
}

/* LRST clears RXCW, ends the link, and keeps it down even if it is forced (14.7). */
static void link_reset(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_TXCW, OFFER);
    fixture_run(f, EXCHANGE);
    fixture_write(f, REG_CTRL, CTRL_FD | CTRL_LRST);
    assert_false(is_up(f));
    assert_int_equal(rxcw(f), 0);
    fixture_write(f, REG_TXCW, TXCW_FD);
    fixture_write(f, REG_CTRL, CTRL_FD | CTRL_LRST | CTRL_SLU);
    assert_false(is_up(f));
    fixture_write(f, REG_CTRL, CTRL_FD | CTRL_SLU);
    assert_true(is_up(f));
    /* The partner saw /C/ during the reset: it negotiates. */
    assert_true(rxcw(f) & RXCW_RXCONFIG);
}

/* ---- Forced link ---------------------------------------------------------------------------- */

/* Table 8-5: LU is SLU and a signal, FD is CTRL.FD. */
static void the_link_is_forced(void **state)
{
    struct fixture *f = *state;

    partner(f, 0, E1000EMU_SENDS_IDLE);
    fixture_write(f, REG_TXCW, TXCW_FD);
    assert_false(is_up(f));
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FD);
    assert_int_equal(status(f, STATUS_LU | STATUS_FD), STATUS_LU | STATUS_FD);
    assert_true(wire_up(f));
    fixture_write(f, REG_CTRL, CTRL_SLU);
    assert_int_equal(status(f, STATUS_LU | STATUS_FD), STATUS_LU);
    unplug(f);
    assert_false(is_up(f));
    partner(f, 0, E1000EMU_SENDS_NOISE);
    assert_false(is_up(f));
    partner(f, 0, E1000EMU_SENDS_IDLE);
    assert_true(is_up(f));
    /* ILOS takes the signal for its opposite (13.4.1). */
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_ILOS);
    assert_false(is_up(f));
    unplug(f);
    assert_false(is_up(f));
    fixture_write(f, REG_CTRL, 0);
    assert_false(is_up(f));
}

/* Frames go nowhere while the partner still negotiates. */
static void frames_before_the_partner_is_ready(void **state)
{
    struct fixture *f = *state;
    struct both_rings rings = {0};

    fixture_write(f, REG_TXCW, TXCW_FD);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FD);
    assert_true(is_up(f));
    assert_false(wire_up(f));
    both_start(f, &rings, 0, true);
    both_send(f, &rings, both_partner, 60, 1);
    assert_int_equal(f->sent_count, 0);
    assert_int_equal(fixture_read(f, REG_GPTC), 1);
    fixture_write(f, REG_TXCW, OFFER);
    fixture_run(f, EXCHANGE);
    both_send(f, &rings, both_partner, 60, 2);
    assert_int_equal(f->sent_count, 1);
}

/* RXCFG tells who has forced the link that the partner negotiates (8.6.1.5). */
static void configuration_interrupts(void **state)
{
    struct fixture *f = *state;

    partner(f, 0, E1000EMU_SENDS_IDLE);
    fixture_write(f, REG_TXCW, TXCW_FD);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FD);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_IMS, ICR_RXCFG);
    assert_false(f->level);
    partner(f, FULL, E1000EMU_SENDS_CONFIG);
    assert_true(f->level);
    assert_true(fixture_read(f, REG_ICR) & ICR_RXCFG);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FD);
    assert_false(f->level); /* once */
    /* Words that come already are news to who forces the link then. */
    fixture_write(f, REG_TXCW, OFFER);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_TXCW, TXCW_FD);
    assert_true(f->level);
}

/* ---- Negotiation by software ---------------------------------------------------------------- */

/* 8.6.1.4: words sent by TXCW.TxConfig; the partner acknowledges, and is done once it has seen our
 * acknowledgement for its link timer. */
static void software_negotiates(void **state)
{
    struct fixture *f = *state;

    partner(f, FULL, E1000EMU_SENDS_CONFIG);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FD);
    fixture_write(f, REG_TXCW, TXCW_FD);
    assert_int_equal(rxcw(f) & 0xFFFF, 0x0020);
    fixture_write(f, REG_TXCW, TXCW_TXCONFIG | TXCW_FD);
    assert_int_equal(rxcw(f) & 0xFFFF, 0x4020);
    fixture_run(f, 100 * MS);
    assert_true(rxcw(f) & RXCW_RXCONFIG);
    fixture_write(f, REG_TXCW, TXCW_TXCONFIG | TXCW_FD | TXCW_ACK);
    fixture_run(f, 10 * MS - 1);
    assert_true(rxcw(f) & RXCW_RXCONFIG);
    assert_false(wire_up(f));
    fixture_run(f, 1);
    assert_int_equal(rxcw(f) & ~0xFFFFu, RXCW_RXSYNC | RXCW_NOCARRIER);
    fixture_write(f, REG_TXCW, TXCW_FD);
    assert_true(is_up(f));
    assert_true(wire_up(f));
    assert_false(rxcw(f) & RXCW_ANC);
    /* Words out of the blue make the partner begin anew. */
    fixture_write(f, REG_TXCW, TXCW_TXCONFIG | TXCW_FD);
    assert_true(rxcw(f) & RXCW_RXCONFIG);
    assert_false(wire_up(f));
    /* Who stops half way leaves it negotiating. */
    fixture_write(f, REG_TXCW, TXCW_TXCONFIG | TXCW_FD | TXCW_ACK);
    fixture_write(f, REG_TXCW, TXCW_FD);
    fixture_run(f, EXCHANGE);
    assert_true(rxcw(f) & RXCW_RXCONFIG);
}

/* ---- Drivers -------------------------------------------------------------------------------- */

/* What Linux's e1000 and Intel's shared code keep about a link that can't be negotiated. */
struct linux_link {
    uint32_t txcw;
    bool failed_once;
};

/* Both begin so: LRST off, the word with ANE, then half a second for the link to come. */
static bool linux_setup(struct fixture *f, struct linux_link *link)
{
    uint32_t ctrl = fixture_read(f, REG_CTRL) & ~CTRL_LRST;

    link->txcw = OFFER;
    link->failed_once = false;
    fixture_write(f, REG_TXCW, link->txcw);
    fixture_write(f, REG_CTRL, ctrl);
    fixture_run(f, 1 * MS);
    for (unsigned i = 0; i < 50 && !is_up(f); i++)
        fixture_run(f, 10 * MS);
    return is_up(f);
}

/* And look after it so, every two seconds. */
static void linux_check(struct fixture *f, struct linux_link *link)
{
    uint32_t ctrl = fixture_read(f, REG_CTRL);
    uint32_t state = fixture_read(f, REG_STATUS);
    uint32_t word = rxcw(f);

    if ((ctrl & CTRL_SDP1_DATA) && !(word & RXCW_RXCONFIG) && !(state & STATUS_LU)) {
        if (!link->failed_once) {
            link->failed_once = true;
            return;
        }
        fixture_write(f, REG_TXCW, link->txcw & ~TXCW_ANE);
        fixture_write(f, REG_CTRL, ctrl | CTRL_SLU | CTRL_FD);
    } else if ((ctrl & CTRL_SLU) && (word & RXCW_RXCONFIG)) {
        fixture_write(f, REG_TXCW, link->txcw);
        fixture_write(f, REG_CTRL, ctrl & ~CTRL_SLU);
    }
}

/* Success at once, at both boards for fiber. */
static void drivers_negotiate(void **state)
{
    static const char *const names[] = {"82545em-fiber", "82545gm-fiber", "82545gm-serdes"};
    struct linux_link link;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct fixture *f = mdio_fixture(names[i]);

        assert_true(linux_setup(f, &link));
        assert_true(status(f, STATUS_FD));
        fixture_free(f);
    }
}

/* A switch that doesn't negotiate: half a second in vain, two looks, then the link is forced. When
 * the switch begins to negotiate, the driver goes back to that. */
static void drivers_force_the_link_and_return(void **state)
{
    struct fixture *f = *state;
    struct linux_link link;

    partner(f, 0, E1000EMU_SENDS_IDLE);
    assert_false(linux_setup(f, &link));
    linux_check(f, &link);
    assert_false(is_up(f));
    linux_check(f, &link);
    assert_true(is_up(f));
    assert_true(wire_up(f));
    linux_check(f, &link);
    assert_true(is_up(f));
    assert_false(fixture_read(f, REG_TXCW) & TXCW_ANE);

    partner(f, FULL | E1000EMU_PAUSE, E1000EMU_SENDS_CONFIG);
    assert_true(is_up(f));
    linux_check(f, &link);
    assert_false(is_up(f));
    fixture_run(f, EXCHANGE);
    assert_true(is_up(f));
    assert_true(wire_up(f));
    assert_int_equal(fixture_read(f, REG_CTRL) & (FLOW | CTRL_SLU), FLOW);
    linux_check(f, &link);
    assert_true(is_up(f));
}

/* Without a cable nothing is forced. */
static void drivers_wait_for_light(void **state)
{
    struct fixture *f = *state;
    struct linux_link link;

    unplug(f);
    assert_false(linux_setup(f, &link));
    for (unsigned i = 0; i < 3; i++)
        linux_check(f, &link);
    assert_true(fixture_read(f, REG_TXCW) & TXCW_ANE);
    partner(f, FULL, E1000EMU_SENDS_CONFIG);
    fixture_run(f, EXCHANGE);
    assert_true(is_up(f));
}

/* On a backplane the shared code judges a forced link by RXSYNC and Invalid, which it knows to be
 * sticky. */
static void a_forced_backplane_is_judged_by_rxcw(void **state)
{
    struct fixture *f = board("82545gm-serdes");
    uint32_t first;

    (void)state;
    partner(f, 0, E1000EMU_SENDS_IDLE);
    fixture_write(f, REG_TXCW, TXCW_FD);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FD);
    rxcw(f);
    assert_int_equal(rxcw(f) & (RXCW_RXSYNC | RXCW_INVALID), RXCW_RXSYNC);
    unplug(f);
    assert_false(rxcw(f) & RXCW_RXSYNC);
    partner(f, 0, E1000EMU_SENDS_IDLE);
    first = rxcw(f);
    assert_false(first & RXCW_RXSYNC);
    assert_true(rxcw(f) & RXCW_RXSYNC);
    fixture_free(f);
}

/* ---- Errors --------------------------------------------------------------------------------- */

/* Bad symbols are counted with and without a link (13.7.3), bad sequences with one, and make an
 * interrupt (13.7.13, 13.4.17). Stored bad packets show both (3.2.3). */
static void symbols_and_sequences(void **state)
{
    static const uint32_t both = E1000EMU_FRAME_SYMBOL | E1000EMU_FRAME_SEQUENCE;
    struct fixture *f = *state;
    struct both_rings rings = {0};
    uint8_t frame[100];
    uint32_t errors;

    fixture_make_frame(frame, sizeof frame, both_station, 1);
    both_start(f, &rings, RCTL_SBP, true);
    assert_int_equal(fixture_receive(f, frame, sizeof frame, both), E1000EMU_RX_NO_LINK);
    assert_int_equal(fixture_read(f, REG_SYMERRS), 1);
    assert_int_equal(fixture_read(f, REG_SEC), 0);
    fixture_write(f, REG_TXCW, OFFER);
    fixture_run(f, EXCHANGE);
    fixture_read(f, REG_ICR);

    assert_int_equal(fixture_receive(f, frame, sizeof frame, both), E1000EMU_RX_STORED);
    errors = (uint32_t)(fixture_get64(f, FIXTURE_BUS + 0x10008) >> 40) & 0xFF; /* descriptor 0 */
    assert_int_equal(errors, RXD_ERR_SE | RXD_ERR_SEQ | RXD_ERR_RXE);
    assert_int_equal(fixture_read(f, REG_SYMERRS), 1);
    assert_int_equal(fixture_read(f, REG_RXERRC), 1);
    assert_int_equal(fixture_read(f, REG_SEC), 1);
    assert_true(fixture_read(f, REG_ICR) & ICR_RXSEQ);
    assert_int_equal(fixture_read(f, REG_GPRC), 0);
    /* Without SBP such a packet goes nowhere. */
    fixture_write(f, REG_RCTL, RCTL_EN);
    assert_int_equal(fixture_receive(f, frame, sizeof frame, E1000EMU_FRAME_SEQUENCE),
                     E1000EMU_RX_BAD);
    /* One that is for others counts as well. */
    frame[0] ^= 2;
    assert_int_equal(fixture_receive(f, frame, sizeof frame, E1000EMU_FRAME_SEQUENCE),
                     E1000EMU_RX_ADDRESS);
    assert_int_equal(fixture_read(f, REG_SEC), 2);
    assert_int_equal(fixture_read(f, REG_SYMERRS), 0);
}

/* On copper neither exists. */
static void copper_has_no_delimiters(void **state)
{
    struct fixture *f = mdio_fixture("silicon");
    struct both_rings rings = {0};
    uint8_t frame[100];

    (void)state;
    fixture_link_up(f);
    fixture_make_frame(frame, sizeof frame, both_station, 1);
    both_start(f, &rings, 0, true);
    assert_int_equal(fixture_receive(f, frame, sizeof frame, E1000EMU_FRAME_SEQUENCE),
                     E1000EMU_RX_STORED);
    assert_int_equal(fixture_receive(f, frame, sizeof frame, E1000EMU_FRAME_SYMBOL),
                     E1000EMU_RX_BAD);
    assert_int_equal(fixture_read(f, REG_SYMERRS), 0);
    assert_int_equal(fixture_read(f, REG_SEC), 0);
    fixture_free(f);
}

/* ---- Loopback ------------------------------------------------------------------------------- */

/* RCTL.LBM loops the SerDes (13.4.22): it hears itself, also without a cable, and nothing leaves or
 * enters. */
static void loopback(void **state)
{
    struct fixture *f = *state;

    unplug(f);
    for (unsigned negotiated = 0; negotiated < 2; negotiated++) {
        struct both_rings rings = {0};
        uint8_t frame[100] = {0};

        fixture_write(f, REG_TXCW, negotiated ? OFFER : TXCW_FD);
        fixture_write(f, REG_CTRL, CTRL_FD | (negotiated ? 0 : CTRL_SLU));
        both_start(f, &rings, RCTL_LBM, true);
        fixture_run(f, EXCHANGE);
        assert_true(is_up(f));
        assert_false(wire_up(f));
        if (negotiated)
            assert_int_equal(fixture_read(f, REG_CTRL) & FLOW, FLOW);
        fixture_forget(f);
        both_send(f, &rings, both_station, 100, 7);
        fixture_run(f, 1 * MS);
        assert_int_equal(f->sent_count, 0);
        assert_int_equal(fixture_read(f, REG_GPRC), 1);
        assert_int_equal(fixture_receive(f, frame, sizeof frame, 0), E1000EMU_RX_NO_LINK);
        fixture_write(f, REG_RCTL, 0);
        assert_false(is_up(f));
    }
}

/* Who is up stays up as the loop closes and opens, and hears nothing of a partner meanwhile. */
static void a_link_outlives_the_loop(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_TXCW, OFFER);
    fixture_run(f, EXCHANGE);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_RCTL, RCTL_LBM);
    assert_true(is_up(f));
    partner(f, FULL | E1000EMU_PAUSE, E1000EMU_SENDS_CONFIG);
    fixture_write(f, REG_RCTL, 0);
    assert_true(is_up(f));
    assert_int_equal(fixture_read(f, REG_ICR) & ICR_LSC, 0);
}

/* ---- Resets --------------------------------------------------------------------------------- */

/* A reset stops the transmitter: the partner negotiates anew. TXCW comes from the EEPROM, whose ANE
 * decides whether hardware does so at once (5.6.9: word 0Fh). */
static void resets(void **state)
{
    uint16_t image[64];
    struct e1000emu_config config = {
        .profile = e1000emu_profile_find("82545em-fiber"), .eeprom = image, .eeprom_words = 64};
    struct fixture *f = *state;

    fixture_write(f, REG_TXCW, OFFER);
    fixture_run(f, EXCHANGE);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_false(is_up(f));
    fixture_run(f, EXCHANGE);
    assert_false(is_up(f));
    assert_true(rxcw(f) & RXCW_RXCONFIG);
    for (unsigned i = 0; i < 64; i++)
        image[i] = f->chip->eeprom.part.word[i];
    image[EE_INIT2] |= 0x0800;
    f = fixture_new(&config);
    fixture_enable(f);
    fixture_run(f, EXCHANGE);
    assert_true(is_up(f));
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_enable(f);
    assert_false(is_up(f));
    fixture_run(f, EXCHANGE);
    assert_true(is_up(f));
    fixture_free(f);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boards_are_known_by_status),
        WITH(optics_detect_a_signal),
        WITH(link_modes),
        WITH(the_phy_is_idle),
        WITH(hardware_negotiates),
        WITH(flow_control_is_negotiated),
        WITH(a_pause_ends_with_the_result),
        WITH(what_begins_a_negotiation),
        WITH(lsc_at_each_edge),
        WITH(without_a_common_ability),
        WITH(remote_faults_show),
        WITH(latched_bits),
        WITH(link_reset),
        WITH(the_link_is_forced),
        WITH(frames_before_the_partner_is_ready),
        WITH(configuration_interrupts),
        WITH(software_negotiates),
        cmocka_unit_test(drivers_negotiate),
        WITH(drivers_force_the_link_and_return),
        WITH(drivers_wait_for_light),
        cmocka_unit_test(a_forced_backplane_is_judged_by_rxcw),
        WITH(symbols_and_sequences),
        cmocka_unit_test(copper_has_no_delimiters),
        WITH(loopback),
        WITH(a_link_outlives_the_loop),
        WITH(resets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
