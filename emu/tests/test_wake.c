/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waking up: what sets WUS, PME_Status and PME#, in which power state, and how long that lasts (SDM
 * 6.3, 6.4, 13.6). Which frames match which filter is in test_wake_filter.c.
 */
#include "fixture.h"

#include <string.h>

#include "chip.h"
#include "wake_frames.h"

#define PMCSR      0xE0u
#define D3         0x0003u
#define PME_EN     0x0100u
#define PME_STATUS 0x8000u
#define LINK_LATER 10000000000ull /* more than any profile's autonegotiation takes */

static uint32_t pmcsr(struct fixture *f)
{
    return e1000emu_config_read(f->chip, PMCSR, 2) & (D3 | PME_EN | PME_STATUS);
}

static void set_pmcsr(struct fixture *f, uint32_t value)
{
    e1000emu_config_write(f->chip, PMCSR, 2, value);
}

static void wait_for_link(struct fixture *f)
{
    fixture_run(f, LINK_LATER);
    assert_true(emu_get(f->chip, REG_STATUS) & STATUS_LU);
}

/* A driver has set the filters up and put the function to sleep; the link is up again. */
static void sleep_with(struct fixture *f, uint32_t wufc)
{
    fixture_write(f, REG_RAL(0), 0x33221102);
    fixture_write(f, REG_RAH(0), RAH_AV | 0x5544);
    fixture_write(f, REG_RCTL, RCTL_BAM);
    fixture_write(f, REG_WUFC, wufc);
    set_pmcsr(f, PME_EN);
    set_pmcsr(f, PME_EN | D3);
    wait_for_link(f);
}

/* ---- ACPI mode (SDM 6.4.2) ------------------------------------------------------------------ */

/* In D3 a frame that matches sets the bits of all its filters, PME_Status, and PME#; it is kept,
 * and nothing else happens: no DMA, no interrupt. */
static void a_frame_wakes_from_d3(void **state)
{
    struct fixture *f = *state;
    uint8_t frame[100];
    unsigned writes = f->dma_writes;

    wake_frame(frame, sizeof frame, wake_mac);
    fixture_write(f, REG_IMS, ICR_ALL);
    sleep_with(f, WUFC_EX | WUFC_BC | WUFC_FLX0); /* FFLT is 0: filter 0 lets all pass */
    f->edges = 0;
    assert_false(f->pme);
    assert_int_equal(fixture_receive(f, frame, sizeof frame, 0), E1000EMU_RX_DISABLED);
    assert_true(f->pme);
    assert_true(e1000emu_pme_level(f->chip));
    assert_int_equal(pmcsr(f), D3 | PME_EN | PME_STATUS);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUS), WUFC_EX | WUFC_FLX0);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUC), WUC_PME_EN | WUC_PME_STATUS);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUPL), sizeof frame);
    for (uint32_t i = 0; i < sizeof frame; i++)
        assert_int_equal(e1000emu_peek(f->chip, REG_WUPM + (i & ~3u)) >> (8 * (i % 4)) & 0xFF,
                         frame[i]);
    assert_int_equal(f->edges, 0);
    assert_int_equal(f->dma_writes, writes);
}

/* The system wakes: D0 again, and the function has kept what software wants to know. The filters
 * are off (SDM 6.2), and the bits go by writing ones. */
static void what_woke_can_be_read_in_d0(void **state)
{
    struct fixture *f = *state;
    uint8_t frame[60];

    wake_frame(frame, sizeof frame, wake_mac);
    sleep_with(f, WUFC_EX);
    fixture_receive(f, frame, sizeof frame, 0);
    set_pmcsr(f, PME_EN); /* a zero does not clear PME_Status */
    assert_int_equal(pmcsr(f), PME_EN | PME_STATUS);
    assert_true(f->pme);
    assert_int_equal(f->pme_edges, 1);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_WUS), WUFC_EX);
    assert_int_equal(fixture_read(f, REG_WUPL), sizeof frame);
    assert_int_equal(fixture_read(f, REG_WUFC), 0);
    assert_int_equal(fixture_read(f, REG_WUC), WUC_PME_EN | WUC_PME_STATUS);
    fixture_write(f, REG_WUC, WUC_PME_EN | WUC_PME_STATUS);
    assert_false(f->pme);
    assert_int_equal(pmcsr(f), PME_EN);
    fixture_write(f, REG_WUS, WUFC_BC);
    assert_int_equal(fixture_read(f, REG_WUS), WUFC_EX);
    fixture_write(f, REG_WUS, WUFC_EX);
    assert_int_equal(fixture_read(f, REG_WUS), 0);
}

/* PME_Status comes without PME_En, too; PME# follows the two of them (SDM 6.3.3.4). */
static void pme_follows_its_two_bits(void **state)
{
    struct fixture *f = *state;
    uint8_t frame[60];

    wake_frame(frame, sizeof frame, wake_mac);
    sleep_with(f, WUFC_EX);
    set_pmcsr(f, D3);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_int_equal(pmcsr(f), D3 | PME_STATUS);
    assert_false(f->pme);
    set_pmcsr(f, D3 | PME_EN);
    assert_true(f->pme);
    set_pmcsr(f, D3);
    assert_false(f->pme);
    set_pmcsr(f, D3 | PME_EN | PME_STATUS);
    assert_false(f->pme);
    assert_int_equal(pmcsr(f), D3 | PME_EN);
}

/* After one frame no other is looked at, until all of its bits in WUS are gone. */
static void the_first_frame_is_kept(void **state)
{
    struct fixture *f = *state;
    uint8_t first[60], second[70];

    wake_frame(first, sizeof first, wake_mac);
    wake_frame(second, sizeof second, wake_broadcast);
    fixture_write(f, REG_RAL(0), 0x33221102);
    fixture_write(f, REG_RAH(0), RAH_AV | 0x5544);
    fixture_write(f, REG_RCTL, RCTL_BAM);
    fixture_write(f, REG_WUFC, WUFC_EX | WUFC_BC | WUFC_FLX0);
    fixture_receive(f, first, sizeof first, 0);
    fixture_receive(f, second, sizeof second, 0);
    assert_int_equal(fixture_read(f, REG_WUS), WUFC_EX | WUFC_FLX0);
    assert_int_equal(fixture_read(f, REG_WUPL), sizeof first);
    fixture_write(f, REG_WUS, WUFC_EX);
    fixture_receive(f, second, sizeof second, 0);
    assert_int_equal(fixture_read(f, REG_WUS), WUFC_FLX0);
    fixture_write(f, REG_WUS, WUFC_FLX0);
    fixture_receive(f, second, sizeof second, 0);
    assert_int_equal(fixture_read(f, REG_WUS), WUFC_BC | WUFC_FLX0);
    assert_int_equal(fixture_read(f, REG_WUPL), sizeof second);
}

/* WUPL ends at 2047, and WUPM keeps 128 bytes (SDM 13.6.7). */
static void long_frames_are_kept_in_part(void **state)
{
    static uint8_t frame[9000];
    struct fixture *f = *state;

    wake_frame(frame, sizeof frame, wake_broadcast);
    fixture_write(f, REG_RCTL, RCTL_BAM | RCTL_LPE);
    fixture_write(f, REG_WUFC, WUFC_BC);
    fixture_write(f, REG_WUPM + 0x7C, 0);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_int_equal(fixture_read(f, REG_WUPL), 2047);
    assert_int_equal(fixture_read(f, REG_WUPM + 0x7C),
                     (uint32_t)(frame[124] | frame[125] << 8 | frame[126] << 16) |
                         (uint32_t)frame[127] << 24);
    assert_int_equal(emu_get(f->chip, REG_WUPM + 0x80), 0);
}

/* Nothing wakes that isn't good, comes without a link, or that the filters don't let in. */
static void what_does_not_wake(void **state)
{
    static const uint8_t other[6] = {0x02, 0x99};
    static uint8_t frame[1600];
    struct fixture *f = *state;

    wake_frame(frame, sizeof frame, wake_broadcast);
    fixture_write(f, REG_RAH(0), 0); /* so that it needn't match the stored address */
    fixture_write(f, REG_RCTL, RCTL_BAM);
    fixture_write(f, REG_WUFC, WUFC_ALL & ~WUFC_LNKC);
    fixture_receive(f, frame, 100, E1000EMU_FRAME_FCS | E1000EMU_FRAME_BAD_FCS);
    fixture_receive(f, frame, 100, E1000EMU_FRAME_SYMBOL);
    fixture_receive(f, frame, 59, 0);
    fixture_receive(f, frame, 63, E1000EMU_FRAME_FCS);
    fixture_receive(f, frame, 3, E1000EMU_FRAME_FCS);
    fixture_receive(f, frame, 0, 0);
    fixture_receive(f, frame, 1519, 0);
    memcpy(frame, other, 6);
    fixture_receive(f, frame, 100, 0);
    wake_frame(frame, sizeof frame, wake_broadcast);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) & ~CTRL_SLU);
    fixture_receive(f, frame, 100, 0);
    assert_int_equal(fixture_read(f, REG_WUS), 0);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_SLU);
    fixture_receive(f, frame, 100, 0);
    assert_int_not_equal(fixture_read(f, REG_WUS), 0);
}

/* A frame that the wire keeps for later has not come yet. */
static void what_waits_on_the_wire_does_not_wake(void **state)
{
    uint8_t bytes[60], verdict;
    struct e1000emu_frame frame = {.data = bytes, .length = sizeof bytes};
    struct fixture *f = *state;

    wake_frame(bytes, sizeof bytes, wake_broadcast);
    fixture_write(f, REG_WUFC, WUFC_BC);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_BAM);
    assert_int_equal(e1000emu_receive(f->chip, &frame, 1, E1000EMU_RECEIVE_WAIT, &verdict), 0);
    assert_int_equal(fixture_read(f, REG_WUS), 0);
    assert_int_equal(e1000emu_receive(f->chip, &frame, 1, 0, &verdict), 1);
    assert_int_equal(fixture_read(f, REG_WUS), WUFC_BC);
}

/* A link change either way; then not again before its bit is cleared. It doesn't keep frames from
 * being seen (SDM 6.4.2). */
static void a_link_change_wakes(void **state)
{
    const struct e1000emu_partner gone = {.cable = false};
    struct e1000emu_partner back = {.cable = true, .abilities = E1000EMU_100_FULL};
    struct fixture *f = *state;
    uint8_t frame[60];

    sleep_with(f, WUFC_LNKC | WUFC_BC); /* the renegotiation for D3 is a change already */
    assert_int_equal(e1000emu_peek(f->chip, REG_WUS), WUFC_LNKC);
    assert_true(f->pme);
    set_pmcsr(f, D3 | PME_EN | PME_STATUS);
    e1000emu_set_partner(f->chip, &gone);
    assert_false(f->pme);
    emu_reg_write(f->chip, REG_WUS, WUFC_LNKC);
    e1000emu_set_partner(f->chip, &back);
    wait_for_link(f);
    assert_true(f->pme);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUS), WUFC_LNKC);
    wake_frame(frame, sizeof frame, wake_broadcast);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUS), WUFC_LNKC | WUFC_BC);
}

/* A chip that has been pulled out of its slot wakes nobody. */
static void a_chip_that_is_gone(void **state)
{
    const struct e1000emu_fault_setting removed = {.name = "removed",
                                                   .arg = E1000EMU_FAULT_DEFAULT};
    struct fixture *f = *state;
    uint8_t frame[60];

    wake_frame(frame, sizeof frame, wake_mac);
    sleep_with(f, WUFC_EX);
    assert_int_equal(e1000emu_fault_set(f->chip, &removed), 0);
    assert_int_equal(e1000emu_config_read(f->chip, PMCSR, 2), UINT32_MAX);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_false(f->pme);
    e1000emu_fault_clear(f->chip, NULL);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_true(f->pme);
}

/* ---- APM mode (SDM 6.4.1) ------------------------------------------------------------------- */

/* A board whose EEPROM enables APM, with APMPME or without, before any driver: in D0u. */
static struct fixture *apm_board(bool apmpme, bool aux)
{
    struct e1000emu_profile profile = *e1000emu_profile_find("silicon");
    struct e1000emu_config config = {.profile = &profile};
    struct fixture *f = fixture_new(&config);
    uint16_t image[64];

    memcpy(image, f->chip->eeprom.part.word, sizeof image);
    fixture_free(f);
    profile.aux_power = aux;
    image[EE_MAC0] = 0x1102;
    image[EE_MAC0 + 1] = 0x3322;
    image[EE_MAC0 + 2] = 0x5544;
    image[EE_INIT3] |= 0x0400;
    image[EE_INIT2] = (uint16_t)((image[EE_INIT2] & 0x7FFF) | (apmpme ? 0x8000 : 0));
    config.eeprom = image;
    config.eeprom_words = 64;
    return fixture_new(&config);
}

/* A magic packet wakes although no driver has been there: RA0, SLU and APME come from the EEPROM,
 * RCTL is 0. PME# needs no PME_En. */
static void apm_wakes_before_any_driver(void **state)
{
    struct fixture *f = apm_board(true, true);
    uint8_t frame[200];

    (void)state;
    wait_for_link(f);
    wake_frame(frame, sizeof frame, wake_mac);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUS), 0);
    wake_magic(frame, sizeof frame, wake_broadcast, 20);
    assert_int_equal(fixture_receive(f, frame, sizeof frame, 0), E1000EMU_RX_DISABLED);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUS), WUFC_MAG);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUPL), sizeof frame);
    assert_int_equal(pmcsr(f), PME_STATUS);
    assert_true(f->pme);
    fixture_free(f);
}

/* Without APMPME it is only seen, and kept. */
static void apm_without_apmpme_is_silent(void **state)
{
    struct fixture *f = apm_board(false, true);
    uint8_t frame[200];

    (void)state;
    wait_for_link(f);
    wake_magic(frame, sizeof frame, wake_mac, 20);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUS), WUFC_MAG);
    assert_int_equal(pmcsr(f), 0);
    assert_false(f->pme);
    fixture_free(f);
}

/* PME# falls when software clears MAG, APMPME, APME or PME_Status. */
static void apm_ends_in_four_ways(void **state)
{
    static const struct {
        uint32_t offset, value;
    } ways[] = {{REG_WUS, WUFC_MAG},
                {REG_WUC, WUC_APME},
                {REG_WUC, WUC_APMPME},
                {REG_WUC, WUC_APME | WUC_APMPME | WUC_PME_STATUS}};
    uint8_t frame[200];

    (void)state;
    wake_magic(frame, sizeof frame, wake_mac, 20);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct fixture *f = apm_board(true, true);

        wait_for_link(f);
        fixture_receive(f, frame, sizeof frame, 0);
        fixture_enable(f); /* APM goes on in D0a */
        assert_true(f->pme);
        fixture_write(f, ways[i].offset, ways[i].value);
        assert_false(f->pme);
        fixture_free(f);
    }
}

/* With auxiliary power RST# leaves PME_Status and PME_En; without it they go. WUS stays always. */
static void rst_keeps_pme_with_auxiliary_power(void **state)
{
    uint8_t frame[200];

    (void)state;
    wake_magic(frame, sizeof frame, wake_mac, 20);
    for (int aux = 0; aux < 2; aux++) {
        struct fixture *f = apm_board(true, aux);

        set_pmcsr(f, PME_EN);
        wait_for_link(f);
        fixture_receive(f, frame, sizeof frame, 0);
        assert_int_equal(pmcsr(f), PME_STATUS | PME_EN);
        e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
        assert_int_equal(pmcsr(f), aux ? PME_STATUS | PME_EN : 0);
        assert_int_equal(f->pme, aux);
        fixture_enable(f);
        assert_int_equal(fixture_read(f, REG_WUC) & (WUC_PME_EN | WUC_PME_STATUS),
                         aux ? WUC_PME_EN | WUC_PME_STATUS : 0);
        assert_int_equal(fixture_read(f, REG_WUS), WUFC_MAG);
        fixture_write(f, REG_CTRL, CTRL_RST);
        fixture_run(f, 10000000);
        assert_int_equal(pmcsr(f), aux ? PME_STATUS | PME_EN : 0); /* CTRL.RST never takes them */
        e1000emu_reset(f->chip, E1000EMU_RESET_POWER);
        assert_int_equal(pmcsr(f), 0);
        assert_false(f->pme);
        assert_int_equal(e1000emu_peek(f->chip, REG_WUS), 0);
        fixture_free(f);
    }
}

/* With power management disabled (word 0Ah) the frame is seen, and nothing told. */
static void without_power_management_nothing_is_told(void **state)
{
    struct fixture *f = apm_board(true, true);
    uint8_t frame[200];

    (void)state;
    f->chip->eeprom.part.word[EE_INIT1] &= 0xFFF7;
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    wait_for_link(f);
    wake_magic(frame, sizeof frame, wake_mac, 20);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_int_equal(e1000emu_peek(f->chip, REG_WUS), WUFC_MAG);
    assert_int_equal(e1000emu_config_read(f->chip, PMCSR, 2), 0);
    assert_false(f->pme);
    fixture_free(f);
}

/* A host that doesn't care for PME# needs no callback. */
static void the_callback_is_optional(void **state)
{
    struct fixture *f = *state;
    uint8_t frame[60];

    f->chip->host.pme = NULL;
    wake_frame(frame, sizeof frame, wake_mac);
    sleep_with(f, WUFC_EX);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_true(e1000emu_pme_level(f->chip));
    assert_int_equal(f->pme_edges, 0);
}

/* PMC says from where the function wakes: from D3cold with auxiliary power and ADVD3WUC. */
static void pmc_advertises_d3cold(void **state)
{
    struct fixture *f = apm_board(true, true);

    (void)state;
    assert_int_equal(e1000emu_config_read(f->chip, 0xDE, 2), 0xC822);
    fixture_enable(f);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) & ~CTRL_ADVD3WUC);
    assert_int_equal(e1000emu_config_read(f->chip, 0xDE, 2), 0x4822);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RST);
    fixture_run(f, 10000000);
    assert_int_equal(e1000emu_config_read(f->chip, 0xDE, 2), 0xC822);
    f->chip->eeprom.part.word[EE_PINS] &= 0xFFFB;
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    assert_int_equal(e1000emu_config_read(f->chip, 0xDE, 2), 0x4822);
    fixture_free(f);
    f = apm_board(true, false);
    assert_int_equal(e1000emu_config_read(f->chip, 0xDE, 2), 0x4822);
    fixture_free(f);
}

#define UP(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UP(a_frame_wakes_from_d3),
        UP(what_woke_can_be_read_in_d0),
        UP(pme_follows_its_two_bits),
        UP(the_first_frame_is_kept),
        UP(long_frames_are_kept_in_part),
        UP(what_does_not_wake),
        UP(what_waits_on_the_wire_does_not_wake),
        UP(a_link_change_wakes),
        UP(a_chip_that_is_gone),
        cmocka_unit_test(apm_wakes_before_any_driver),
        cmocka_unit_test(apm_without_apmpme_is_silent),
        cmocka_unit_test(apm_ends_in_four_ways),
        cmocka_unit_test(rst_keeps_pme_with_auxiliary_power),
        cmocka_unit_test(without_power_management_nothing_is_told),
        UP(the_callback_is_optional),
        cmocka_unit_test(pmc_advertises_d3cold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
