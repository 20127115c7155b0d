/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each profile's habits as software sees them: a table of what is looked at, and of what each
 * profile shows. Every cell is a test of its own.
 */
#include <stdio.h>
#include <string.h>

#include "both_rings.h"
#include "mdio.h"

enum { VMWARE, ESXI51, SILICON, VIRTUALBOX, QEMU, PROFILES };

static const char *const names[PROFILES] = {"vmware", "vmware-esxi51", "silicon", "virtualbox",
                                            "qemu"};

static const uint8_t station[6] = {0x00, 0x0c, 0x29, 0x01, 0x02, 0x03};
static struct both_rings rings;

/* ---- Configuration space -------------------------------------------------------------------- */

static uint32_t config32(struct fixture *f, unsigned offset)
{
    return e1000emu_config_read(f->chip, offset, 4);
}

/* What a BAR reads once ones have been written. */
static uint32_t size_bar(struct fixture *f, unsigned offset)
{
    e1000emu_config_write(f->chip, offset, 4, 0xFFFFFFFE);
    return config32(f, offset);
}

static uint32_t see_subsystem(struct fixture *f)
{
    return config32(f, 0x2C);
}

static uint32_t see_revision(struct fixture *f)
{
    return config32(f, 0x08) & 0xFF;
}

static uint32_t see_bar_10(struct fixture *f)
{
    return size_bar(f, 0x10);
}

static uint32_t see_bar_14(struct fixture *f)
{
    return size_bar(f, 0x14);
}

static uint32_t see_bar_18(struct fixture *f)
{
    return size_bar(f, 0x18);
}

static uint32_t see_bar_20(struct fixture *f)
{
    return size_bar(f, 0x20);
}

static uint32_t see_rom(struct fixture *f)
{
    return size_bar(f, 0x30);
}

/* The ids of the capabilities, in order, a byte each. */
static uint32_t see_capabilities(struct fixture *f)
{
    uint32_t ids = 0;
    unsigned at = config32(f, 0x34) & 0xFF;

    assert_int_equal(at != 0, (config32(f, 0x04) >> 20 & 1u)); /* STATUS says there is a list */
    for (; at != 0; at = e1000emu_config_read(f->chip, at + 1, 1))
        ids = ids << 8 | e1000emu_config_read(f->chip, at, 1);
    return ids;
}

/* 66 MHz, 64 bits. */
static uint32_t see_bus(struct fixture *f)
{
    return fixture_read(f, REG_STATUS) & (STATUS_PCI66 | STATUS_BUS64);
}

/* What IOADDR keeps: nothing where the window is inert. */
static uint32_t see_io_window(struct fixture *f)
{
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, 0x10);
    return (uint32_t)e1000emu_bar_read(f->chip, E1000EMU_IO, 0, 4);
}

/* ---- EEPROM and addresses ------------------------------------------------------------------- */

static uint32_t eeprom_word(struct fixture *f, uint32_t word)
{
    fixture_write(f, REG_EERD, word << EERD_ADDR_SHIFT | EERD_START);
    fixture_run(f, MS);
    assert_true(fixture_read(f, REG_EERD) & EERD_DONE);
    return fixture_read(f, REG_EERD) >> EERD_DATA_SHIFT;
}

static uint32_t see_eeprom_device(struct fixture *f)
{
    return eeprom_word(f, 0x0D);
}

static uint32_t see_eeprom_subsystem(struct fixture *f)
{
    return eeprom_word(f, 0x0B) << 16 | eeprom_word(f, 0x0C);
}

/* 0: no address; 1: the EEPROM's, valid; 2: anything else. */
static uint32_t rar0(struct fixture *f)
{
    uint32_t low = fixture_read(f, REG_RAL(0)), high = fixture_read(f, REG_RAH(0));

    if (low == 0 && high == 0)
        return 0;
    if (low == (eeprom_word(f, 0) | eeprom_word(f, 1) << 16) &&
        high == (RAH_AV | eeprom_word(f, 2)))
        return 1;
    return 2;
}

static uint32_t see_rar0_at_power_on(struct fixture *f)
{
    return rar0(f);
}

static uint32_t see_rar0_after_reset(struct fixture *f)
{
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RST);
    fixture_run(f, 10 * MS);
    return rar0(f);
}

/* Whether RAR[1] lets a unicast and a multicast in. */
static uint32_t see_rar1(struct fixture *f)
{
    uint8_t frame[60], to[6];
    uint32_t seen = 0;

    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    fixture_run(f, 2000ull * MS);
    for (unsigned group = 0; group < 2; group++) {
        memcpy(to, station, 6);
        to[0] = (uint8_t)group;
        to[5] = 0x77;
        fixture_write(f, REG_RAL(1), 0x01290c00 | group);
        fixture_write(f, REG_RAH(1), 0x7702 | RAH_AV);
        fixture_make_frame(frame, sizeof frame, to, 1);
        if (fixture_receive(f, frame, sizeof frame, 0) == E1000EMU_RX_STORED)
            seen |= 1u << group;
    }
    return seen;
}

/* ---- Resets --------------------------------------------------------------------------------- */

/* Whether CTRL.RST resets: by memory 1, through the I/O window 2. */
static uint32_t see_reset(struct fixture *f)
{
    uint32_t seen = 0;

    fixture_write(f, REG_ITR, 1234);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RST);
    assert_int_equal(fixture_read(f, REG_CTRL) & CTRL_RST, 0);
    seen |= fixture_read(f, REG_ITR) == 0 ? 1 : 0;
    fixture_write(f, REG_ITR, 1234);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, REG_CTRL);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 4, CTRL_RST);
    seen |= fixture_read(f, REG_ITR) == 0 ? 2 : 0;
    return seen;
}

/* ICR.LSC right after CTRL.RST. */
static uint32_t see_lsc_after_reset(struct fixture *f)
{
    fixture_link_up(f);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_CTRL, CTRL_RST);
    return fixture_read(f, REG_ICR) & ICR_LSC;
}

/* From CTRL.RST, with SLU set right after it, until the link is up again, in ms. */
static uint32_t see_link_after_reset(struct fixture *f)
{
    uint32_t ms = 0;

    fixture_link_up(f);
    fixture_write(f, REG_CTRL, CTRL_RST | CTRL_SLU);
    fixture_write(f, REG_CTRL, CTRL_SLU);
    for (; ms < 5000 && !(fixture_read(f, REG_STATUS) & STATUS_LU); ms++)
        fixture_run(f, MS);
    return ms;
}

/* ---- Interrupts and receiving --------------------------------------------------------------- */

/* How many of 40 received frames are told of. */
static uint32_t see_rxt0(struct fixture *f)
{
    uint8_t frame[60];
    uint32_t told = 0;

    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    fixture_run(f, 2000ull * MS);
    fixture_make_frame(frame, sizeof frame, station, 1);
    for (unsigned i = 0; i < 40; i++) {
        const uint8_t *data;

        fixture_receive(f, frame, sizeof frame, 0);
        assert_int_equal(both_take(f, &rings, &data), 60); /* it is there in any case */
        told += fixture_read(f, REG_ICR) & ICR_RXT0 ? 1 : 0;
    }
    return told;
}

/* How long after RCTL was written a frame is received, in ms. */
static uint32_t see_rx_after_rctl(struct fixture *f)
{
    uint8_t frame[60];
    uint32_t ms = 0;

    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    fixture_make_frame(frame, sizeof frame, station, 1);
    while (ms < 5000 && fixture_receive(f, frame, sizeof frame, 0) != E1000EMU_RX_STORED) {
        fixture_run(f, MS);
        ms++;
    }
    return ms;
}

/* How long a wire that can wait has to keep a frame. */
static uint32_t see_wait_after_rctl(struct fixture *f)
{
    uint8_t bytes[60];
    const struct e1000emu_frame frame = {.data = bytes, .length = sizeof bytes};
    uint8_t verdict = E1000EMU_RX_VERDICTS;
    uint32_t ms = 0;

    fixture_link_up(f);
    both_start(f, &rings, 0, true);
    fixture_make_frame(bytes, sizeof bytes, station, 1);
    while (ms < 5000 && !e1000emu_receive(f->chip, &frame, 1, E1000EMU_RECEIVE_WAIT, &verdict)) {
        assert_int_equal(verdict, E1000EMU_RX_VERDICTS);
        fixture_run(f, MS);
        ms++;
    }
    assert_int_equal(verdict, E1000EMU_RX_STORED);
    return ms;
}

/* The time between two interrupts with this ITR, in ns. */
static uint32_t gap(struct fixture *f, uint32_t itr)
{
    uint32_t ns = 0;

    fixture_write(f, REG_IMC, UINT32_MAX);
    fixture_write(f, REG_ITR, itr);
    fixture_run(f, 100 * MS);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_true(f->level);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_ICS, ICR_RXT0);
    for (; ns < MS && !f->level; ns += 256)
        fixture_run(f, 256);
    return ns;
}

static uint32_t see_gap_without_itr(struct fixture *f)
{
    return gap(f, 0);
}

static uint32_t see_gap_with_itr(struct fixture *f)
{
    return gap(f, 1000);
}

/* ---- PHY ------------------------------------------------------------------------------------ */

static uint32_t see_phy_id(struct fixture *f)
{
    return (uint32_t)phy_read(f, 2) << 16 | phy_read(f, 3);
}

static uint32_t see_phy_anar(struct fixture *f)
{
    return phy_read(f, 4);
}

static uint32_t see_phy_gbcr(struct fixture *f)
{
    return phy_read(f, 9);
}

static uint32_t see_phy_pscr(struct fixture *f)
{
    return phy_read(f, 16);
}

/* With a gigabit link: registers 17 and 10. */
static uint32_t see_phy_linked(struct fixture *f)
{
    fixture_run(f, AUTONEG);
    return (uint32_t)phy_read(f, 17) << 16 | phy_read(f, 10);
}

static uint32_t see_negotiation(struct fixture *f)
{
    uint32_t ms = 0;

    fixture_run(f, AUTONEG);
    phy_write(f, 0, 0x1340);
    for (; ms < 5000 && !wire_up(f); ms++)
        fixture_run(f, MS);
    return ms;
}

/* ---- The table ------------------------------------------------------------------------------ */

static const struct {
    const char *what;
    uint32_t (*see)(struct fixture *f);
    uint32_t shows[PROFILES]; /* vmware, vmware-esxi51, silicon, virtualbox, qemu */
} table[] = {
    {"subsystem", see_subsystem, {0x075015AD, 0x075015AD, 0x10018086, 0x075015AD, 0x11001AF4}},
    {"revision", see_revision, {1, 1, 1, 2, 3}},
    {"BAR at 10", see_bar_10, {0xFFFE0004, 0xFFFE0004, 0xFFFE0004, 0xFFFE0000, 0xFFFE0000}},
    {"BAR at 14", see_bar_14, {0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFE, 0, 0xFFFFFFC1}},
    {"BAR at 18", see_bar_18, {0xFFFF0004, 0xFFFF0004, 0xFFFE0004, 0xFFFFFFF9, 0}},
    {"BAR at 20", see_bar_20, {0xFFFFFFC1, 0xFFFFFFC1, 0xFFFFFFC1, 0, 0}},
    {"ROM", see_rom, {0xFFFF0000, 0xFFFF0000, 0xFFFE0000, 0, 0}},
    {"capabilities", see_capabilities, {0x0107, 0x0107, 0x010705, 0x0107, 0}},
    {"bus", see_bus, {0x0800, 0x0800, 0x1800, 0x0800, 0}},
    {"I/O window", see_io_window, {0x10, 0x10, 0x10, 0x10, 0}},
    {"device id in the EEPROM", see_eeprom_device, {0x100F, 0x100F, 0x100F, 0x100E, 0x100F}},
    {"subsystem in the EEPROM",
     see_eeprom_subsystem,
     {0x075015AD, 0x075015AD, 0x10018086, 0x001E8086, 0x100F8086}},
    {"RA[0] at power-on", see_rar0_at_power_on, {0, 0, 1, 1, 1}},
    {"RA[0] after CTRL.RST", see_rar0_after_reset, {0, 0, 1, 1, 1}},
    {"RAR[1] for unicasts and multicasts", see_rar1, {2, 2, 3, 3, 3}},
    {"CTRL.RST resets", see_reset, {3, 3, 3, 3, 0}},
    {"LSC after CTRL.RST", see_lsc_after_reset, {0, 0, 0, ICR_LSC, ICR_LSC}},
    {"link after CTRL.RST, ms", see_link_after_reset, {0, 0, 0, 3000, 0}},
    {"RXT0 of 40", see_rxt0, {40, 35, 40, 40, 40}},
    {"RX after RCTL, ms", see_rx_after_rctl, {0, 0, 0, 0, 1000}},
    {"wait after RCTL, ms", see_wait_after_rctl, {0, 0, 0, 0, 1000}},
    {"gap with ITR 0, ns", see_gap_without_itr, {0, 0, 0, 0, 128000}},
    {"gap with ITR 1000, ns", see_gap_with_itr, {256000, 256000, 256000, 0, 256000}},
    {"PHY id", see_phy_id, {0x01410C20, 0x01410C20, 0x01410C23, 0x01410C20, 0x01410C20}},
    {"PHY register 4", see_phy_anar, {0x01E1, 0x01E1, 0x01E1, 0x01E1, 0x0DE1}},
    {"PHY register 9", see_phy_gbcr, {0x0200, 0x0200, 0x1E00, 0x1E00, 0x0E00}},
    {"PHY register 16", see_phy_pscr, {0x0068, 0x0068, 0x0068, 0x0068, 0x0360}},
    {"PHY registers 17 and 10",
     see_phy_linked,
     {0xAC087C00, 0xAC087C00, 0xAC007C00, 0xBC083C00, 0xAC003C00}},
    {"negotiation, ms", see_negotiation, {500, 500, 2000, 3000, 500}},
};

#define ROWS (sizeof table / sizeof *table)

struct cell {
    size_t row;
    unsigned profile;
    char name[80];
};

static void cell_shows(void **state)
{
    const struct cell *cell = *state;
    struct fixture *f = mdio_fixture(names[cell->profile]);

    assert_int_equal(table[cell->row].see(f), table[cell->row].shows[cell->profile]);
    fixture_free(f);
}

/* Every quirk has a source, and the table above knows every 82545EM for copper; other boards have
 * tests of their own. */
static void profiles_are_complete(void **state)
{
    const struct e1000emu_profile *profile;
    size_t count = 0;

    (void)state;
    for (; (profile = e1000emu_profile_at(count)); count++) {
        if (count < PROFILES)
            assert_string_equal(profile->name, names[count]);
        assert_true(strlen(profile->source) > 20);
    }
    assert_in_range(count, PROFILES, SIZE_MAX);
}

int main(void)
{
    static struct cell cells[ROWS * PROFILES];
    static struct CMUnitTest tests[ROWS * PROFILES + 1];
    size_t n = 0;

    for (size_t row = 0; row < ROWS; row++) {
        for (unsigned profile = 0; profile < PROFILES; profile++, n++) {
            cells[n].row = row;
            cells[n].profile = profile;
            snprintf(cells[n].name, sizeof cells[n].name, "%s of %s", table[row].what,
                     names[profile]);
            tests[n] = (struct CMUnitTest)cmocka_unit_test_prestate(cell_shows, &cells[n]);
            tests[n].name = cells[n].name;
        }
    }
    tests[n] = (struct CMUnitTest)cmocka_unit_test(profiles_are_complete);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
