/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses as such; the ways to PHY and EEPROM; interrupts. */
#include "check_case.h"

/* ---- The bus -------------------------------------------------------------------------------- */

static void memory_space_off(struct fixture *f, bool wrong)
{
    if (wrong)
        e1000emu_config_write(f->chip, 4, 2, 0);
    fixture_read(f, REG_STATUS);
}

static void access_in_d3(struct fixture *f, bool wrong)
{
    if (wrong)
        e1000emu_config_write(f->chip, 0xE0, 2, 3);
    fixture_read(f, REG_STATUS);
}

static void access_width(struct fixture *f, bool wrong)
{
    e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_FCT, wrong ? 2 : 4);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, wrong ? 1 : 4, REG_FCT);
}

static void access_unaligned(struct fixture *f, bool wrong)
{
    e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_FCT + (wrong ? 2 : 0), 4);
}

static void unknown_register(struct fixture *f, bool wrong)
{
    fixture_write(f, wrong ? 0x5B54 : REG_VET, 0);
}

static void old_address(struct fixture *f, bool wrong)
{
    fixture_read(f, wrong ? 0x00120 : REG_RDH);
    fixture_read(f, REG_CTRL_DUP);
}

static void read_only_written(struct fixture *f, bool wrong)
{
    fixture_write(f, wrong ? REG_STATUS : REG_VET, 1);
}

static void reserved_bits(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_FCT, wrong ? 0x18808 : 0x8808);
    fixture_write(f, REG_IMC, UINT32_MAX);
    fixture_write(f, REG_ICR, ICR_ALL);
    fixture_write(f, REG_WUC, WUC_PME_STATUS);
    fixture_write(f, REG_CTRL_EXT, fixture_read(f, REG_CTRL_EXT) | CTRL_EXT_ASDCHK);
}

static void diagnostic_written(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_RCTL, 0);
    if (!wrong)
        fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TDFH, 0);
}

static void io_address(struct fixture *f, bool wrong)
{
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, wrong ? 0x20000 : 0x1fffc);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, 0x80000);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 4, 0x20000);
    e1000emu_bar_read(f->chip, E1000EMU_IO, 0, 4);
}

static void unbounded_poll(struct fixture *f, bool wrong)
{
    for (unsigned i = 0; i < 20000; i++) {
        fixture_read(f, REG_EERD);
        fixture_run(f, wrong ? 250 : 5000);
    }
}

static void counter_high_first(struct fixture *f, bool wrong)
{
    fixture_read(f, wrong ? REG_GPTC : REG_TORL);
    fixture_read(f, REG_TORH);
}

static void counter_wide(struct fixture *f, bool wrong)
{
    e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_TORL, wrong ? 8 : 4);
    e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_RAL(0), 8);
    e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_RDBAL, 8);
    e1000emu_bar_read(f->chip, E1000EMU_REGISTERS, REG_STATUS, 8); /* and nothing */
    e1000emu_bar_write(f->chip, E1000EMU_REGISTERS, REG_RDBAL, 8, CHECK_RX_RING);
}

static void head_polled(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_TCTL, 0);
    fixture_read(f, REG_TDH);
    fixture_write(f, REG_TCTL, CHECK_TCTL);
    for (unsigned i = 0; i < (wrong ? 64 : 63); i++) {
        fixture_read(f, i % 2 ? REG_RDH : REG_TDH);
        fixture_read(f, REG_RDT);
    }
}

/* ---- PHY ------------------------------------------------------------------------------------ */

#define READ_ID (MDIC_OP_READ | 1u << MDIC_PHY_SHIFT | 2u << MDIC_REG_SHIFT)

static void mdic_busy(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_MDIC, READ_ID);
    if (!wrong)
        fixture_run(f, 100000);
    fixture_write(f, REG_MDIC, READ_ID);
}

static void mdic_ready_written(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_MDIC, READ_ID | (wrong ? MDIC_R : 0));
}

static void mdic_opcode(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_MDIC, (READ_ID & ~MDIC_OP) | (wrong ? MDIC_OP : MDIC_OP_WRITE));
}

static void mdic_phy_address(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_MDIC, READ_ID + (wrong ? 1u << MDIC_PHY_SHIFT : 0));
}

/* ---- EEPROM and flash ----------------------------------------------------------------------- */

static void eerd_busy(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_EERD, 2u << EERD_ADDR_SHIFT); /* starts nothing */
    fixture_write(f, REG_EERD, EERD_START);
    if (!wrong)
        fixture_run(f, 100000);
    fixture_write(f, REG_EERD, EERD_START | 1u << EERD_ADDR_SHIFT);
}

static void eerd_while_requested(struct fixture *f, bool wrong)
{
    uint32_t eecd = fixture_read(f, REG_EECD);

    fixture_write(f, REG_EECD, eecd | (wrong ? EECD_EE_REQ : 0));
    fixture_write(f, REG_EERD, EERD_START);
}

static void eecd_no_grant(struct fixture *f, bool wrong)
{
    uint32_t eecd = fixture_read(f, REG_EECD) | (wrong ? 0 : EECD_EE_REQ);

    fixture_write(f, REG_EECD, eecd);
    fixture_write(f, REG_EECD, eecd | EECD_CS);
}

/* To drop the request while a pin is still driven is no better. */
static void eecd_request_dropped(struct fixture *f, bool wrong)
{
    uint32_t eecd = fixture_read(f, REG_EECD);

    fixture_write(f, REG_EECD, eecd | EECD_EE_REQ);
    fixture_write(f, REG_EECD, eecd | EECD_EE_REQ | EECD_CS);
    fixture_write(f, REG_EECD, eecd | (wrong ? EECD_CS : 0));
}

/* A read that waits for the pins is under way, too. */
static void eerd_waits(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_CTRL_EXT, fixture_read(f, REG_CTRL_EXT) | CTRL_EXT_EE_RST);
    fixture_write(f, REG_EERD, EERD_START);
    if (!wrong)
        fixture_run(f, 5000000);
    fixture_write(f, REG_EERD, EERD_START);
}

static void eecd_flash_bits(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_EECD, EECD_EE_REQ | (wrong ? 0 : EECD_FWE_DIS));
}

static void clock_bits(struct fixture *f, uint32_t value, unsigned bits)
{
    uint32_t eecd = EECD_FWE_DIS | EECD_EE_REQ | EECD_CS;

    while (bits-- > 0) {
        uint32_t bit = value >> bits & 1 ? EECD_DI : 0;

        fixture_write(f, REG_EECD, eecd | bit);
        fixture_write(f, REG_EECD, eecd | bit | EECD_SK);
        fixture_write(f, REG_EECD, eecd | bit);
    }
}

/* A command of so many bits behind the start bit, from CS to CS. */
static void command(struct fixture *f, uint32_t value, unsigned bits)
{
    uint32_t idle = EECD_FWE_DIS | EECD_EE_REQ;

    fixture_write(f, REG_EECD, idle);
    fixture_write(f, REG_EECD, idle | EECD_CS);
    clock_bits(f, 1, 1);
    clock_bits(f, value, bits);
    fixture_write(f, REG_EECD, idle);
}

#define EWEN        0x30u
#define WRITE(word) (1u << 6 | (word))

static void write_word(struct fixture *f)
{
    uint32_t idle = EECD_FWE_DIS | EECD_EE_REQ;

    fixture_write(f, REG_EECD, idle);
    fixture_write(f, REG_EECD, idle | EECD_CS);
    clock_bits(f, 1, 1);
    clock_bits(f, WRITE(0x10), 8);
    clock_bits(f, 0x1234, 16);
    fixture_write(f, REG_EECD, idle);
}

static void eeprom_write_disabled(struct fixture *f, bool wrong)
{
    if (!wrong)
        command(f, EWEN, 8);
    write_word(f);
}

static void eeprom_busy(struct fixture *f, bool wrong)
{
    command(f, EWEN, 8);
    write_word(f);
    fixture_run(f, wrong ? 1000000 : 10000000);
    command(f, EWEN, 8);
}

static void flash_write_disabled(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_EECD, wrong ? EECD_FWE_DIS : EECD_FWE_EN);
    e1000emu_bar_read(f->chip, E1000EMU_FLASH, 0, 1);
    e1000emu_bar_write(f->chip, E1000EMU_FLASH, 0, 1, 0x10);
    fixture_write(f, REG_EECD, EECD_FWE_DIS);
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

static void interrupts_before_ring(struct fixture *f, bool wrong)
{
    if (!wrong)
        check_rx_ring(f);
    fixture_write(f, REG_IMS, ICR_RXT0 | ICR_LSC);
    if (wrong)
        fixture_write(f, REG_IMS, ICR_TXDW);
}

static void interrupt_left_pending(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_IMS, ICR_LSC);
    fixture_write(f, REG_ICS, ICR_LSC);
    fixture_run(f, 500000000);
    if (!wrong)
        fixture_read(f, REG_ICR);
    fixture_run(f, 600000000);
    fixture_read(f, REG_STATUS);
}

static void ims_written_zero(struct fixture *f, bool wrong)
{
    fixture_write(f, wrong ? REG_IMS : REG_IMC, 0);
}

static void icr_polled(struct fixture *f, bool wrong)
{
    for (unsigned i = 0; i < 20000; i++) {
        if (!wrong)
            fixture_write(f, REG_ICS, ICR_LSC);
        fixture_read(f, REG_ICR);
    }
}

static void rdtr_not_zero(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_RDTR, wrong ? 32 : 0);
    fixture_write(f, REG_RDTR, RDTR_FPD);
}

const struct check_case check_access_cases[] = {
    {"memory-space-off", memory_space_off, CHECK_COLD, NULL, NULL},
    {"access-in-d3", access_in_d3, CHECK_COLD, NULL, NULL},
    {"access-width", access_width, CHECK_COLD, NULL, NULL},
    {"access-unaligned", access_unaligned, CHECK_COLD, NULL, NULL},
    {"unknown-register", unknown_register, CHECK_COLD, NULL, NULL},
    {"old-address", old_address, CHECK_COLD, NULL, NULL},
    {"read-only-written", read_only_written, CHECK_COLD, NULL, NULL},
    {"reserved-bits", reserved_bits, CHECK_COLD, NULL, NULL},
    {"diagnostic-written", diagnostic_written, CHECK_RUNNING, NULL, NULL},
    {"io-address", io_address, CHECK_COLD, NULL, NULL},
    {"unbounded-poll", unbounded_poll, CHECK_COLD, NULL, NULL},
    {"counter-high-first", counter_high_first, CHECK_COLD, NULL, NULL},
    {"counter-wide", counter_wide, CHECK_COLD, NULL, NULL},
    {"head-polled", head_polled, CHECK_RUNNING, NULL, NULL},
    {"mdic-busy", mdic_busy, CHECK_COLD, NULL, NULL},
    {"mdic-ready-written", mdic_ready_written, CHECK_COLD, NULL, NULL},
    {"mdic-opcode", mdic_opcode, CHECK_COLD, NULL, NULL},
    {"mdic-phy-address", mdic_phy_address, CHECK_COLD, NULL, NULL},
    {"eerd-busy", eerd_busy, CHECK_COLD, NULL, NULL},
    {"eerd-while-requested", eerd_while_requested, CHECK_COLD, NULL, NULL},
    {"eecd-no-grant", eecd_no_grant, CHECK_COLD, NULL, NULL},
    {"eecd-no-grant", eecd_request_dropped, CHECK_COLD, NULL, NULL},
    {"eerd-busy", eerd_waits, CHECK_COLD, "silicon", NULL},
    {"eecd-flash-bits", eecd_flash_bits, CHECK_COLD, NULL, NULL},
    {"eeprom-write-disabled", eeprom_write_disabled, CHECK_COLD, NULL, NULL},
    {"eeprom-busy", eeprom_busy, CHECK_COLD, NULL, NULL},
    {"flash-write-disabled", flash_write_disabled, CHECK_COLD, NULL, NULL},
    {"interrupts-before-ring", interrupts_before_ring, CHECK_COLD, NULL, NULL},
    {"interrupt-left-pending", interrupt_left_pending, CHECK_COLD, NULL, NULL},
    {"ims-written-zero", ims_written_zero, CHECK_COLD, NULL, NULL},
    {"icr-polled", icr_polled, CHECK_COLD, NULL, NULL},
    {"rdtr-not-zero", rdtr_not_zero, CHECK_COLD, NULL, NULL},
    {NULL, NULL, CHECK_COLD, NULL, NULL},
};
