/* SPDX-License-Identifier: BSD-2-Clause */
/* Each fault does what its row says, and the chip is well again without it. */
#include <string.h>

#include "both_rings.h"
#include "chip.h"

#define US UINT64_C(1000)
#define MS (1000 * US)
#define S  (1000 * MS)

#define ONCE       ((struct e1000emu_when){.times = 1})
#define ALWAYS     ((struct e1000emu_when){0})
#define CFG_STATUS 6

static struct both_rings rings;

static void set(struct fixture *f, enum emu_fault_id id, uint64_t arg, struct e1000emu_when when)
{
    const struct e1000emu_fault_setting setting = {
        .name = e1000emu_fault_at(id)->name, .arg = arg, .when = when};

    assert_int_equal(e1000emu_fault_set(f->chip, &setting), 0);
}

static void set_always(struct fixture *f, enum emu_fault_id id)
{
    set(f, id, E1000EMU_FAULT_DEFAULT, ALWAYS);
}

static void set_once(struct fixture *f, enum emu_fault_id id)
{
    set(f, id, E1000EMU_FAULT_DEFAULT, ONCE);
}

static uint64_t fired(struct fixture *f, enum emu_fault_id id)
{
    return e1000emu_fault_fired(f->chip, e1000emu_fault_at(id)->name);
}

static void clear(struct fixture *f)
{
    e1000emu_fault_clear(f->chip, NULL);
}

static void start(struct fixture *f)
{
    both_start(f, &rings, RCTL_UPE | RCTL_MPE | RCTL_BAM, true);
}

static void reset_and_start(struct fixture *f)
{
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_link_up(f);
    start(f);
}

/* Sends a frame. Returns how many left. */
static size_t send(struct fixture *f, uint32_t seed)
{
    size_t before = f->sent_count;

    both_send(f, &rings, both_partner, 100, seed);
    return f->sent_count - before;
}

static bool sent_done(struct fixture *f, uint32_t i)
{
    return fixture_get64(f, FIXTURE_BUS + 16 * i + 8) >> 32 & TXD_STAT_DD;
}

static unsigned receive(struct fixture *f, uint32_t seed, uint8_t bytes[100])
{
    fixture_make_frame(bytes, 100, both_station, seed);
    return fixture_receive(f, bytes, 100, 0);
}

/* The next frame that came is this one. */
static bool takes(struct fixture *f, uint32_t seed)
{
    const uint8_t *data;
    uint8_t bytes[100];

    fixture_make_frame(bytes, sizeof bytes, both_station, seed);
    return both_take(f, &rings, &data) == 100 && memcmp(data, bytes, sizeof bytes) == 0;
}

static bool sent_is(struct fixture *f, size_t i, uint32_t seed)
{
    uint8_t bytes[100];

    fixture_make_frame(bytes, sizeof bytes, both_partner, seed);
    return f->sent[i].length == 100 && memcmp(f->sent[i].data, bytes, sizeof bytes) == 0;
}

static unsigned bits_different(const uint8_t *a, const uint8_t *b, size_t length)
{
    unsigned count = 0;

    for (size_t i = 0; i < length; i++)
        count += (unsigned)__builtin_popcount(a[i] ^ b[i]);
    return count;
}

static bool link_is_up(struct fixture *f)
{
    return fixture_read(f, REG_STATUS) & STATUS_LU;
}

static uint32_t pci_status(struct fixture *f)
{
    uint32_t status = e1000emu_config_read(f->chip, CFG_STATUS, 2);

    e1000emu_config_write(f->chip, CFG_STATUS, 2, status);
    return status & 0xF900;
}

/* ---- Rings ---------------------------------------------------------------------------------- */

static void see_tx_frozen(struct fixture *f)
{
    start(f);
    assert_int_equal(send(f, 1), 1);
    set_once(f, FAULT_TX_FROZEN);
    assert_int_equal(send(f, 2), 0);
    fixture_run(f, 10 * S);
    assert_int_equal(send(f, 3), 0);
    assert_int_equal(fixture_read(f, REG_TDH), 1);
    assert_false(sent_done(f, 1));
    assert_int_equal(fired(f, FAULT_TX_FROZEN), 1);
    reset_and_start(f);
    assert_int_equal(send(f, 4), 1);
    clear(f);

    set(f, FAULT_TX_FROZEN, 1, ONCE); /* for ever */
    assert_int_equal(send(f, 5), 0);
    reset_and_start(f);
    assert_int_equal(send(f, 6), 0);
    clear(f);
    assert_int_equal(f->sent_count, 3); /* what waited has left */
    set(f, FAULT_TX_FROZEN, 0, (struct e1000emu_when){.lasts = MS});
    assert_int_equal(send(f, 7), 0);
    fixture_run(f, MS);
    assert_int_equal(f->sent_count, 4);
}

static void see_rx_frozen(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    set_once(f, FAULT_RX_FROZEN);
    assert_int_equal(receive(f, 1, bytes), E1000EMU_RX_OVERRUN);
    assert_int_equal(receive(f, 2, bytes), E1000EMU_RX_OVERRUN);
    assert_int_equal(fixture_read(f, REG_RDH), 0);
    assert_int_equal(fixture_read(f, REG_MPC), 2);
    assert_int_equal(fired(f, FAULT_RX_FROZEN), 1);
    reset_and_start(f);
    assert_int_equal(receive(f, 3, bytes), E1000EMU_RX_STORED);
    assert_true(takes(f, 3));
    clear(f);
    set(f, FAULT_RX_FROZEN, 1, ONCE);
    assert_int_equal(receive(f, 4, bytes), E1000EMU_RX_OVERRUN);
    reset_and_start(f);
    assert_int_equal(receive(f, 5, bytes), E1000EMU_RX_OVERRUN);
    clear(f);
    assert_int_equal(receive(f, 6, bytes), E1000EMU_RX_STORED);
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

static void see_irq_lost(struct fixture *f)
{
    fixture_write(f, REG_IMS, ICR_TXDW);
    set_once(f, FAULT_IRQ_LOST);
    fixture_write(f, REG_ICS, ICR_TXDW);
    fixture_run(f, S);
    assert_false(f->level);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXDW);
    fixture_write(f, REG_ICS, ICR_TXDW);
    assert_true(f->level);
}

static void see_irq_spurious(struct fixture *f)
{
    set_always(f, FAULT_IRQ_SPURIOUS);
    fixture_run(f, 999 * US);
    assert_false(f->level);
    for (unsigned i = 0; i < 3; i++) {
        fixture_run(f, MS);
        assert_true(f->level);
        assert_int_equal(fixture_read(f, REG_ICR), 0);
        assert_false(f->level);
    }
    fixture_run(f, 2 * MS);
    assert_true(f->level); /* and stays so */
    clear(f);
    fixture_read(f, REG_ICR);
    fixture_run(f, S);
    assert_false(f->level);
}

static void see_irq_storm(struct fixture *f)
{
    fixture_write(f, REG_IMS, ICR_TXDW);
    set_always(f, FAULT_IRQ_STORM);
    for (unsigned i = 0; i < 10; i++) {
        fixture_run(f, 10 * US);
        assert_true(f->level);
        assert_int_equal(fixture_read(f, REG_ICR), ICR_TXDW);
    }
}

static void see_cause_lost(struct fixture *f)
{
    const struct e1000emu_partner nobody = {0};

    set_always(f, FAULT_CAUSE_LOST);
    fixture_write(f, REG_ICS, ICR_TXDW);
    assert_int_equal(fired(f, FAULT_CAUSE_LOST), 0);
    e1000emu_set_partner(f->chip, &nobody);
    assert_false(link_is_up(f));
    assert_int_equal(fixture_read(f, REG_ICR), ICR_TXDW);
    clear(f);
    set(f, FAULT_CAUSE_LOST, ICR_RXO | ICR_RXT0, ALWAYS);
    fixture_write(f, REG_ICS, ICR_LSC | ICR_RXO);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_LSC);
}

static void see_rxt0_never(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    set_always(f, FAULT_RXT0_NEVER);
    receive(f, 1, bytes);
    assert_false(fixture_read(f, REG_ICR) & ICR_RXT0);
    assert_true(takes(f, 1));
    clear(f);
    receive(f, 2, bytes);
    assert_true(fixture_read(f, REG_ICR) & ICR_RXT0);
}

/* ---- Link ----------------------------------------------------------------------------------- */

static void see_link_flap(struct fixture *f)
{
    set_always(f, FAULT_LINK_FLAP);
    for (unsigned i = 0; i < 3; i++) {
        fixture_run(f, 2 * S - 1);
        assert_true(link_is_up(f));
        fixture_read(f, REG_ICR);
        fixture_run(f, 1);
        assert_false(link_is_up(f));
        assert_int_equal(fixture_read(f, REG_ICR), ICR_LSC);
    }
    assert_int_equal(fired(f, FAULT_LINK_FLAP), 3);
}

static void unplug_and_plug(struct fixture *f)
{
    struct e1000emu_partner partner = f->chip->link.partner;

    e1000emu_set_partner(f->chip, &(struct e1000emu_partner){0});
    e1000emu_set_partner(f->chip, &partner);
}

static void see_link_late(struct fixture *f)
{
    e1000emu_time usual = f->chip->profile.autoneg_ns;

    set_always(f, FAULT_LINK_LATE);
    unplug_and_plug(f);
    fixture_run(f, usual + 3 * S - 1);
    assert_false(link_is_up(f));
    fixture_run(f, 1);
    assert_true(link_is_up(f));
}

static void see_link_never(struct fixture *f)
{
    set_always(f, FAULT_LINK_NEVER);
    assert_false(link_is_up(f));
    fixture_run(f, 1000 * S);
    assert_false(link_is_up(f));
    clear(f);
    fixture_run(f, f->chip->profile.autoneg_ns);
    assert_true(link_is_up(f));
    set(f, FAULT_LINK_NEVER, E1000EMU_FAULT_DEFAULT,
        (struct e1000emu_when){.after = S, .lasts = S});
    fixture_run(f, S - 1);
    assert_true(link_is_up(f));
    fixture_run(f, S);
    assert_false(link_is_up(f));
    fixture_run(f, f->chip->profile.autoneg_ns + 1);
    assert_true(link_is_up(f));
}

/* The SerDes negotiates by itself, and meets the same faults. */
static void test_serdes(void **state)
{
    const struct e1000emu_config config = {.profile = e1000emu_profile_find("82545gm-serdes")};
    struct fixture *f;

    (void)state;
    assert_non_null(config.profile);
    f = fixture_new(&config);
    fixture_enable(f);
    fixture_write(f, REG_TXCW, TXCW_ANE | TXCW_FD);
    fixture_write(f, REG_CTRL, CTRL_FD); /* LRST ends */
    fixture_run(f, 10 * S);
    assert_true(link_is_up(f));
    set_always(f, FAULT_LINK_NEVER);
    assert_false(link_is_up(f));
    fixture_run(f, 10 * S);
    assert_false(link_is_up(f));
    clear(f);
    set_once(f, FAULT_LINK_LATE);
    unplug_and_plug(f);
    fixture_run(f, 3 * S);
    assert_false(link_is_up(f));
    fixture_run(f, f->chip->profile.autoneg_ns);
    assert_true(link_is_up(f));
    fixture_free(f);
}

/* ---- PHY ------------------------------------------------------------------------------------ */

/* MDIC after a read of the PHY's first identifier, 0x0141. */
static uint32_t read_id(struct fixture *f)
{
    fixture_write(f, REG_MDIC, MDIC_OP_READ | 1u << MDIC_PHY_SHIFT | 2u << MDIC_REG_SHIFT | MDIC_I);
    fixture_run(f, MS);
    return fixture_read(f, REG_MDIC);
}

static void see_mdic_never(struct fixture *f)
{
    set_once(f, FAULT_MDIC_NEVER);
    assert_false(read_id(f) & MDIC_R);
    fixture_run(f, 10 * S);
    assert_false(fixture_read(f, REG_MDIC) & MDIC_R);
    assert_int_equal(fixture_read(f, REG_ICR), 0);
    assert_int_equal(read_id(f) & (MDIC_R | MDIC_E | MDIC_DATA), MDIC_R | 0x0141);
}

static void see_phy_error(struct fixture *f)
{
    set_once(f, FAULT_PHY_ERROR);
    assert_int_equal(read_id(f) & (MDIC_R | MDIC_E), MDIC_R | MDIC_E);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_MDAC);
    assert_int_equal(read_id(f) & (MDIC_R | MDIC_E | MDIC_DATA), MDIC_R | 0x0141);
}

static void see_phy_absent(struct fixture *f)
{
    set_always(f, FAULT_PHY_ABSENT);
    assert_int_equal(read_id(f) & (MDIC_R | MDIC_E | MDIC_DATA), MDIC_R | 0xFFFF);
    assert_false(link_is_up(f));
    fixture_write(f, REG_MDIC, MDIC_OP_WRITE | 1u << MDIC_PHY_SHIFT | PHY_ANAR << MDIC_REG_SHIFT);
    fixture_run(f, MS);
    assert_true(fixture_read(f, REG_MDIC) & MDIC_R);
    assert_int_not_equal(f->chip->phy.reg[PHY_ANAR], 0); /* nobody took it */
    clear(f);
    assert_int_equal(read_id(f) & (MDIC_R | MDIC_E | MDIC_DATA), MDIC_R | 0x0141);
    fixture_run(f, f->chip->profile.autoneg_ns);
    assert_true(link_is_up(f));
}

/* ---- EEPROM --------------------------------------------------------------------------------- */

/* EERD after a read. */
static uint32_t eerd(struct fixture *f, uint32_t word)
{
    fixture_write(f, REG_EERD, word << EERD_ADDR_SHIFT | EERD_START);
    fixture_run(f, MS);
    return fixture_read(f, REG_EERD);
}

static uint16_t eeprom_word(struct fixture *f, uint32_t word)
{
    uint32_t value = eerd(f, word);

    assert_true(value & EERD_DONE);
    return (uint16_t)(value >> EERD_DATA_SHIFT);
}

static uint16_t eeprom_sum(struct fixture *f)
{
    unsigned sum = 0;

    for (uint32_t i = 0; i < 64; i++)
        sum += eeprom_word(f, i);
    return (uint16_t)sum;
}

static void see_eerd_never(struct fixture *f)
{
    set_once(f, FAULT_EERD_NEVER);
    assert_false(eerd(f, 0) & EERD_DONE);
    fixture_run(f, 10 * S);
    assert_false(fixture_read(f, REG_EERD) & EERD_DONE);
    assert_true(eerd(f, 0) & EERD_DONE);
}

static void see_eeprom_no_grant(struct fixture *f)
{
    set_always(f, FAULT_EEPROM_NO_GRANT);
    fixture_write(f, REG_EECD, EECD_EE_REQ);
    fixture_run(f, 10 * S);
    assert_false(fixture_read(f, REG_EECD) & EECD_EE_GNT);
    clear(f);
    assert_true(fixture_read(f, REG_EECD) & EECD_EE_GNT);
}

static void see_eeprom_corrupt(struct fixture *f)
{
    uint16_t word = eeprom_word(f, 3);

    set(f, FAULT_EEPROM_CORRUPT, 3 * 16 + 5, ALWAYS);
    assert_int_equal(eeprom_word(f, 3), word ^ 1u << 5);
    assert_int_not_equal(eeprom_sum(f), EMU_EEPROM_SUM);
    clear(f);
    assert_int_equal(eeprom_sum(f), EMU_EEPROM_SUM);
    set_always(f, FAULT_EEPROM_CORRUPT); /* anywhere */
    assert_int_not_equal(eeprom_sum(f), EMU_EEPROM_SUM);
    assert_int_equal(fired(f, FAULT_EEPROM_CORRUPT), 2);
    clear(f);
    set(f, FAULT_EEPROM_CORRUPT, 0, (struct e1000emu_when){.after = S, .lasts = S});
    assert_int_equal(eeprom_sum(f), EMU_EEPROM_SUM);
    fixture_run(f, S);
    assert_int_not_equal(eeprom_sum(f), EMU_EEPROM_SUM);
    fixture_run(f, S);
    assert_int_equal(eeprom_sum(f), EMU_EEPROM_SUM);
}

static void see_eeprom_checksum(struct fixture *f)
{
    uint16_t word[63];

    for (uint32_t i = 0; i < 63; i++)
        word[i] = eeprom_word(f, i);
    set_always(f, FAULT_EEPROM_CHECKSUM);
    for (uint32_t i = 0; i < 63; i++)
        assert_int_equal(eeprom_word(f, i), word[i]);
    assert_int_not_equal(eeprom_sum(f), EMU_EEPROM_SUM);
}

static void see_eeprom_ones(struct fixture *f)
{
    set_always(f, FAULT_EEPROM_ONES);
    set_always(f, FAULT_EEPROM_ONES);
    for (uint32_t i = 0; i < 64; i++)
        assert_int_equal(eeprom_word(f, i), 0xFFFF);
    clear(f);
    assert_int_equal(eeprom_sum(f), EMU_EEPROM_SUM);
}

static void see_eeprom_misread(struct fixture *f)
{
    uint16_t word = eeprom_word(f, 0);

    set_once(f, FAULT_EEPROM_MISREAD);
    assert_int_equal(__builtin_popcount(eeprom_word(f, 0) ^ word), 1);
    assert_int_equal(eeprom_word(f, 0), word);
}

/* ---- Accesses ------------------------------------------------------------------------------- */

static void see_stuck_0(struct fixture *f)
{
    set_always(f, FAULT_STUCK_0);
    assert_false(link_is_up(f));
    assert_true(e1000emu_peek(f->chip, REG_STATUS) & STATUS_LU);
    clear(f);
    set(f, FAULT_STUCK_0, 32 * REG_CTRL + 6, ALWAYS);          /* SLU */
    fixture_write(f, 4, fixture_read(f, REG_CTRL) | CTRL_SLU); /* CTRL's other address */
    assert_false(link_is_up(f));
    assert_int_equal(fired(f, FAULT_STUCK_0), 3);
}

static void see_stuck_1(struct fixture *f)
{
    set_always(f, FAULT_STUCK_1);
    assert_true(fixture_read(f, REG_STATUS) & STATUS_TXOFF);
    set(f, FAULT_STUCK_1, 32 * REG_FCAH + 3, (struct e1000emu_when){.from = 2});
    fixture_write(f, REG_FCAH, 0);
    assert_int_equal(fixture_read(f, REG_FCAH), 8);
    fixture_write(f, REG_FCAH, 1);
    clear(f);
    assert_int_equal(fixture_read(f, REG_FCAH), 9);
}

static void see_read_ones(struct fixture *f)
{
    set(f, FAULT_READ_ONES, E1000EMU_FAULT_DEFAULT, (struct e1000emu_when){.times = 2});
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, REG_STATUS);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 4, 4), UINT32_MAX);
    assert_int_equal(fixture_read(f, REG_STATUS), UINT32_MAX);
    assert_int_not_equal(fixture_read(f, REG_STATUS), UINT32_MAX);
}

static void see_removed(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    fixture_write(f, REG_IMS, ICR_TXDW);
    fixture_write(f, REG_ICS, ICR_TXDW);
    assert_true(f->level);
    set(f, FAULT_REMOVED, E1000EMU_FAULT_DEFAULT, (struct e1000emu_when){.after = MS});
    fixture_run(f, MS);
    assert_false(f->level);
    assert_int_equal(fixture_read(f, REG_STATUS), UINT32_MAX);
    assert_int_equal(e1000emu_config_read(f->chip, 0, 4), UINT32_MAX);
    assert_int_equal(e1000emu_bar_read(f->chip, E1000EMU_IO, 0, 4), UINT32_MAX);
    assert_int_equal(send(f, 1), 0);
    assert_int_not_equal(receive(f, 1, bytes), E1000EMU_RX_STORED);
    e1000emu_config_write(f->chip, 4, 2, 0);
    e1000emu_bar_write(f->chip, E1000EMU_REGISTERS, REG_FCAL, 4, 5);
    assert_int_equal(fired(f, FAULT_REMOVED), 1);
    clear(f);
    assert_true(f->level); /* as it was before */
    assert_int_not_equal(fixture_read(f, REG_FCAL), 5);
    both_doorbell(f, &rings);
    assert_int_equal(f->sent_count, 1);
    set(f, FAULT_REMOVED, E1000EMU_FAULT_DEFAULT, (struct e1000emu_when){.from = 3});
    assert_int_not_equal(fixture_read(f, REG_STATUS), UINT32_MAX);
    assert_int_not_equal(fixture_read(f, REG_STATUS), UINT32_MAX);
    assert_int_equal(fixture_read(f, REG_STATUS), UINT32_MAX);
    assert_int_equal(fixture_read(f, REG_STATUS), UINT32_MAX);
}

static void see_write_lost(struct fixture *f)
{
    set(f, FAULT_WRITE_LOST, 0x128, ALWAYS); /* RDT's other address */
    fixture_write(f, REG_RDT, 5);
    fixture_write(f, 0x128, 5);
    assert_int_equal(fixture_read(f, REG_RDT), 0);
    assert_int_equal(fired(f, FAULT_WRITE_LOST), 2);
    clear(f);
    set(f, FAULT_WRITE_LOST, REG_FCAL, ALWAYS);
    fixture_write(f, REG_FCAL, 5);
    fixture_write(f, REG_FCAH, 5);
    assert_int_equal(fixture_read(f, REG_FCAL), 0);
    assert_int_equal(fixture_read(f, REG_FCAH), 5);
    clear(f);
    set_once(f, FAULT_WRITE_LOST);
    fixture_write(f, REG_FCAH, 6);
    fixture_write(f, REG_FCAL, 6);
    assert_int_equal(fixture_read(f, REG_FCAL), 6);
    assert_int_equal(fixture_read(f, REG_FCAH), 5);
}

static void see_write_late(struct fixture *f)
{
    set_always(f, FAULT_WRITE_LATE);
    fixture_write(f, REG_FCAL, 5);
    fixture_run(f, 9 * US);
    assert_int_equal(e1000emu_peek(f->chip, REG_FCAL), 0);
    fixture_run(f, US);
    assert_int_equal(e1000emu_peek(f->chip, REG_FCAL), 5);
    fixture_write(f, REG_FCAL, 6);
    assert_int_equal(fixture_read(f, REG_FCAL), 6); /* pushed */
    for (uint32_t i = 0; i <= EMU_FAULT_WRITES; i++)
        fixture_write(f, REG_FCAL, 100 + i);
    assert_int_equal(e1000emu_peek(f->chip, REG_FCAL), 100); /* no more room */
    clear(f);
    fixture_write(f, REG_FCAL, 7); /* must not overtake the others */
    assert_int_equal(e1000emu_peek(f->chip, REG_FCAL), 101);
    fixture_run(f, 10 * US);
    assert_int_equal(e1000emu_peek(f->chip, REG_FCAL), 7);
    assert_int_equal(f->chip->faulty, 0);
    set_once(f, FAULT_WRITE_LATE);
    fixture_write(f, REG_FCAL, 8);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI); /* and the bus forgets it */
    fixture_run(f, MS);
    assert_int_equal(e1000emu_peek(f->chip, REG_FCAL), 0);
}

static void see_reset_slow(struct fixture *f)
{
    set_once(f, FAULT_RESET_SLOW);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 10 * MS - 1);
    assert_true(fixture_read(f, REG_CTRL) & CTRL_RST);
    assert_false(fixture_read(f, REG_STATUS) == UINT32_MAX);
    fixture_write(f, REG_FCAH, 5);
    fixture_run(f, 1);
    assert_false(fixture_read(f, REG_CTRL) & CTRL_RST);
    assert_int_not_equal(fixture_read(f, REG_FCAH), 5);
    reset_and_start(f);
    assert_int_equal(send(f, 1), 1);
}

static void see_reset_never(struct fixture *f)
{
    set_once(f, FAULT_RESET_NEVER);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 10000 * S);
    assert_true(fixture_read(f, REG_CTRL) & CTRL_RST);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_enable(f);
    assert_false(fixture_read(f, REG_CTRL) & CTRL_RST);
    set_once(f, FAULT_RESET_NEVER);
    fixture_write(f, REG_CTRL, CTRL_RST);
    assert_true(fixture_read(f, REG_CTRL) & CTRL_RST);
    clear(f);
    assert_false(fixture_read(f, REG_CTRL) & CTRL_RST);
}

static void see_dirty(struct fixture *f)
{
    set_once(f, FAULT_DIRTY);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    assert_false(e1000emu_peek(f->chip, REG_RCTL) & RCTL_EN);
    e1000emu_reset(f->chip, E1000EMU_RESET_POWER);
    assert_true(e1000emu_config_read(f->chip, 4, 2) & 4); /* bus mastering */
    assert_true(e1000emu_peek(f->chip, REG_RCTL) & RCTL_EN);
    assert_true(e1000emu_peek(f->chip, REG_TCTL) & TCTL_EN);
    assert_int_not_equal(e1000emu_peek(f->chip, REG_RDBAL), 0);
    assert_int_equal(e1000emu_peek(f->chip, REG_IMS), ICR_ALL);
    assert_true(f->level);
    reset_and_start(f);
    assert_false(f->level);
    assert_int_equal(e1000emu_peek(f->chip, REG_IMS), 0);
    assert_int_equal(send(f, 1), 1);
}

/* ---- Descriptors and memory ------------------------------------------------------------------ */

static void see_writeback_late(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    set_always(f, FAULT_WRITEBACK_LATE);
    send(f, 1);
    assert_int_equal(fixture_read(f, REG_TDH), 1);
    assert_true(fixture_read(f, REG_ICR) & ICR_TXDW);
    receive(f, 2, bytes);
    assert_false(takes(f, 2));
    fixture_run(f, 100 * US - 1);
    assert_false(sent_done(f, 0));
    fixture_run(f, 1);
    assert_true(sent_done(f, 0));
    assert_true(takes(f, 2));
    for (uint32_t i = 1; i <= EMU_FAULT_WRITE_BACKS + 1; i++)
        send(f, i);
    assert_true(sent_done(f, 1)); /* no more room */
    assert_false(sent_done(f, 2));
    clear(f);
    assert_true(sent_done(f, EMU_FAULT_WRITE_BACKS + 1)); /* it arrives */
    set_once(f, FAULT_WRITEBACK_LATE);
    send(f, 1);
    e1000emu_config_write(f->chip, 4, 2, 3);
    fixture_run(f, MS);
    assert_false(sent_done(f, EMU_FAULT_WRITE_BACKS + 2)); /* not a bus master any more */
}

static void see_writeback_swapped(struct fixture *f)
{
    start(f);
    set_once(f, FAULT_WRITEBACK_SWAPPED);
    send(f, 1);
    assert_false(sent_done(f, 0));
    send(f, 2);
    assert_true(sent_done(f, 0));
    assert_true(sent_done(f, 1));
    set_once(f, FAULT_WRITEBACK_SWAPPED);
    send(f, 3);
    fixture_run(f, MS - 1);
    assert_false(sent_done(f, 2));
    fixture_run(f, 1);
    assert_true(sent_done(f, 2)); /* nobody came */
}

static void see_writeback_never(struct fixture *f)
{
    start(f);
    set_once(f, FAULT_WRITEBACK_NEVER);
    send(f, 1);
    send(f, 2);
    fixture_run(f, 10 * S);
    assert_false(sent_done(f, 0));
    assert_true(sent_done(f, 1));
    assert_int_equal(fixture_read(f, REG_TDH), 2);
}

/* The second time round a descriptor is what it was the first time; at first it is zero. */
static void see_prefetch_stale(struct fixture *f)
{
    start(f);
    fixture_write(f, REG_RCTL, 0);
    set(f, FAULT_PREFETCH_STALE, E1000EMU_FAULT_DEFAULT, (struct e1000emu_when){.from = 2});
    assert_int_equal(send(f, 1), 1);
    assert_int_equal(send(f, 2), 0);
    fixture_write(f, REG_TDH, 0);
    fixture_write(f, REG_TDT, 0);
    rings.tx_tail = 0;
    both_send(f, &rings, both_partner, 200, 3);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(f->sent[1].length, 100); /* not 200 */
}

static void see_dma_read_error(struct fixture *f)
{
    static const uint32_t bits[] = {0x1000, 0x2000, 0x8100};

    start(f);
    pci_status(f);
    for (uint32_t i = 0; i < 3; i++) {
        set(f, FAULT_DMA_READ_ERROR, i, (struct e1000emu_when){.from = 2, .times = 1});
        assert_int_equal(send(f, 2 * i), 0); /* its descriptor, then its bytes */
        assert_int_equal(pci_status(f), bits[i]);
        assert_int_equal(send(f, 2 * i + 1), 1);
        clear(f);
    }
    assert_int_equal(fixture_read(f, REG_TDH), 6);
}

static void see_dma_write_error(struct fixture *f)
{
    const uint8_t *data;
    uint8_t bytes[100];

    start(f);
    pci_status(f);
    set_once(f, FAULT_DMA_WRITE_ERROR);
    assert_int_equal(receive(f, 1, bytes), E1000EMU_RX_STORED);
    assert_int_equal(pci_status(f), 0x1000);
    assert_int_equal(both_take(f, &rings, &data), 100);
    assert_memory_not_equal(data, bytes, 100);
    receive(f, 2, bytes);
    assert_true(takes(f, 2));
}

/* ---- Frames that come ------------------------------------------------------------------------ */

static void see_rx_overrun(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    set_once(f, FAULT_RX_OVERRUN);
    assert_int_equal(receive(f, 1, bytes), E1000EMU_RX_OVERRUN);
    assert_int_equal(fixture_read(f, REG_MPC), 1);
    assert_true(fixture_read(f, REG_ICR) & ICR_RXO);
    receive(f, 2, bytes);
    assert_true(takes(f, 2));
    clear(f);
    fixture_write(f, REG_RCTL, 0);
    set_once(f, FAULT_RX_OVERRUN);
    assert_int_equal(receive(f, 3, bytes), E1000EMU_RX_DISABLED); /* nothing to overrun */
    assert_int_equal(fired(f, FAULT_RX_OVERRUN), 1);
}

static void see_rx_bad_fcs(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    set(f, FAULT_RX_BAD_FCS, E1000EMU_FAULT_DEFAULT, (struct e1000emu_when){.times = 2});
    assert_int_equal(receive(f, 1, bytes), E1000EMU_RX_BAD);
    assert_int_equal(fixture_receive(f, bytes, 100, E1000EMU_FRAME_FCS), E1000EMU_RX_BAD);
    assert_int_equal(fixture_read(f, REG_CRCERRS), 2);
    receive(f, 2, bytes);
    assert_true(takes(f, 2));
}

static void see_rx_corrupt(struct fixture *f)
{
    const uint8_t *data;
    uint8_t bytes[100];

    start(f);
    set_once(f, FAULT_RX_CORRUPT);
    receive(f, 1, bytes);
    assert_int_equal(both_take(f, &rings, &data), 100);
    assert_int_equal(bits_different(data, bytes, 100), 1);
    receive(f, 2, bytes);
    assert_true(takes(f, 2));
}

static void see_rx_truncate(struct fixture *f)
{
    const uint8_t *data;
    uint8_t bytes[100];

    start(f);
    set(f, FAULT_RX_TRUNCATE, 77, ONCE);
    receive(f, 1, bytes);
    assert_int_equal(both_take(f, &rings, &data), 77);
    assert_memory_equal(data, bytes, 77);
    receive(f, 2, bytes);
    assert_true(takes(f, 2));
    set(f, FAULT_RX_TRUNCATE, 20, ONCE);
    assert_int_equal(receive(f, 3, bytes), E1000EMU_RX_UNDERSIZE);
}

static void see_rx_drop(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    set_once(f, FAULT_RX_DROP);
    assert_int_not_equal(receive(f, 1, bytes), E1000EMU_RX_STORED);
    assert_int_equal(fixture_read(f, REG_TPR), 0); /* the chip knows nothing of it */
    receive(f, 2, bytes);
    assert_true(takes(f, 2));
}

static void see_rx_duplicate(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    set_once(f, FAULT_RX_DUPLICATE);
    receive(f, 1, bytes);
    receive(f, 2, bytes);
    assert_true(takes(f, 1));
    assert_true(takes(f, 1));
    assert_true(takes(f, 2));
}

static void see_rx_swap(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    set_once(f, FAULT_RX_SWAP);
    assert_int_equal(receive(f, 1, bytes), E1000EMU_RX_STORED);
    assert_false(takes(f, 1));
    receive(f, 2, bytes);
    assert_true(takes(f, 2));
    assert_true(takes(f, 1));
    set_once(f, FAULT_RX_SWAP);
    receive(f, 3, bytes);
    fixture_run(f, MS);
    assert_true(takes(f, 3)); /* nobody came */
}

/* ---- Frames that leave ------------------------------------------------------------------------
 */

static void see_tx_bad_fcs(struct fixture *f)
{
    start(f);
    set_once(f, FAULT_TX_BAD_FCS);
    send(f, 1);
    send(f, 2);
    assert_int_equal(f->sent[0].flags, E1000EMU_FRAME_BAD_FCS);
    assert_int_equal(f->sent[1].flags, 0);
    assert_int_equal(fixture_read(f, REG_GPTC), 2);
}

static void see_tx_corrupt(struct fixture *f)
{
    uint8_t bytes[100];

    start(f);
    set_once(f, FAULT_TX_CORRUPT);
    send(f, 1);
    send(f, 2);
    fixture_make_frame(bytes, 100, both_partner, 1);
    assert_int_equal(bits_different(f->sent[0].data, bytes, 100), 1);
    assert_true(sent_is(f, 1, 2));
}

static void see_tx_truncate(struct fixture *f)
{
    start(f);
    set_once(f, FAULT_TX_TRUNCATE);
    send(f, 1);
    send(f, 2);
    assert_in_range(f->sent[0].length, 1, 99);
    assert_true(sent_is(f, 1, 2));
}

static void see_tx_drop(struct fixture *f)
{
    start(f);
    set_once(f, FAULT_TX_DROP);
    assert_int_equal(send(f, 1), 0);
    assert_int_equal(send(f, 2), 1);
    assert_true(sent_is(f, 0, 2));
    assert_true(sent_done(f, 0));
}

static void see_tx_duplicate(struct fixture *f)
{
    start(f);
    set_once(f, FAULT_TX_DUPLICATE);
    assert_int_equal(send(f, 1), 2);
    assert_int_equal(send(f, 2), 1);
    assert_true(sent_is(f, 0, 1) && sent_is(f, 1, 1) && sent_is(f, 2, 2));
}

static void see_tx_swap(struct fixture *f)
{
    start(f);
    set_once(f, FAULT_TX_SWAP);
    assert_int_equal(send(f, 1), 0);
    assert_int_equal(send(f, 2), 2);
    assert_true(sent_is(f, 0, 2) && sent_is(f, 1, 1));
    set_once(f, FAULT_TX_SWAP);
    assert_int_equal(send(f, 3), 0);
    f->accept = 0;
    fixture_run(f, MS); /* nobody came, and the wire is full */
    assert_int_equal(f->sent_count, 2);
    f->accept = SIZE_MAX;
    fixture_run(f, MS);
    assert_int_equal(f->sent_count, 3);
}

static void see_pause_flood(struct fixture *f)
{
    start(f);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RFCE);
    fixture_write(f, REG_FCAL, 0x00C28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    set_always(f, FAULT_PAUSE_FLOOD);
    fixture_run(f, MS);
    assert_true(fixture_read(f, REG_STATUS) & STATUS_TXOFF);
    assert_int_equal(send(f, 1), 0);
    fixture_run(f, S);
    assert_int_equal(f->sent_count, 0);
    clear(f);
    fixture_run(f, S);
    assert_int_equal(f->sent_count, 1);
    fixture_write(f, REG_RCTL, fixture_read(f, REG_RCTL) | RCTL_LBM);
    set_always(f, FAULT_PAUSE_FLOOD);
    fixture_run(f, MS);
    assert_false(fixture_read(f, REG_STATUS) & STATUS_TXOFF); /* the wire is not there */
}

/* ---- What the wire refuses ------------------------------------------------------------------- */

/* A frame's luck is drawn once, however often it is offered: the second one is dropped here, not
 * the first one at its second offer. */
static void test_refused_frames(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[100];
    struct e1000emu_frame frame = {.data = bytes, .length = 100};

    start(f);
    f->accept = 0;
    set(f, FAULT_TX_DROP, E1000EMU_FAULT_DEFAULT, (struct e1000emu_when){.from = 2, .times = 1});
    assert_int_equal(send(f, 1), 0);
    for (unsigned i = 0; i < 5; i++)
        e1000emu_transmit_ready(f->chip);
    assert_int_equal(fired(f, FAULT_TX_DROP), 0);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(send(f, 2), 0);

    both_start(f, &rings, RCTL_UPE, false);
    set(f, FAULT_RX_DROP, E1000EMU_FAULT_DEFAULT, (struct e1000emu_when){.from = 2, .times = 1});
    fixture_make_frame(bytes, 100, both_station, 3);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(e1000emu_receive(f->chip, &frame, 1, E1000EMU_RECEIVE_WAIT, NULL), 0);
    both_give(f, &rings);
    assert_int_equal(e1000emu_receive(f->chip, &frame, 1, E1000EMU_RECEIVE_WAIT, NULL), 1);
    assert_int_equal(fired(f, FAULT_RX_DROP), 0);
    assert_true(takes(f, 3));
}

/* One frame at a time is held back, and none that is long. */
static void test_held_frames(void **state)
{
    struct fixture *f = *state;
    static uint8_t bytes[EMU_FAULT_HELD + 1];
    uint8_t small[100];

    start(f);
    set_always(f, FAULT_RX_SWAP);
    receive(f, 1, small);
    receive(f, 2, small);
    assert_true(takes(f, 2));
    assert_true(takes(f, 1));
    assert_int_equal(fired(f, FAULT_RX_SWAP), 1);
    fixture_write(f, REG_RCTL, fixture_read(f, REG_RCTL) | RCTL_LPE);
    fixture_make_frame(bytes, sizeof bytes, both_station, 3);
    assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_STORED);
    assert_int_equal(fired(f, FAULT_RX_SWAP), 1);
}

/* ---- All of them ----------------------------------------------------------------------------- */

/* Errata have tests of their own. */
#define FAULTS FAULT_CROSS_64K

static void (*const effects[FAULTS])(struct fixture *f) = {
    [FAULT_TX_FROZEN] = see_tx_frozen,
    [FAULT_RX_FROZEN] = see_rx_frozen,
    [FAULT_IRQ_LOST] = see_irq_lost,
    [FAULT_IRQ_SPURIOUS] = see_irq_spurious,
    [FAULT_IRQ_STORM] = see_irq_storm,
    [FAULT_CAUSE_LOST] = see_cause_lost,
    [FAULT_RXT0_NEVER] = see_rxt0_never,
    [FAULT_LINK_FLAP] = see_link_flap,
    [FAULT_LINK_LATE] = see_link_late,
    [FAULT_LINK_NEVER] = see_link_never,
    [FAULT_MDIC_NEVER] = see_mdic_never,
    [FAULT_PHY_ERROR] = see_phy_error,
    [FAULT_PHY_ABSENT] = see_phy_absent,
    [FAULT_EERD_NEVER] = see_eerd_never,
    [FAULT_EEPROM_NO_GRANT] = see_eeprom_no_grant,
    [FAULT_EEPROM_CORRUPT] = see_eeprom_corrupt,
    [FAULT_EEPROM_CHECKSUM] = see_eeprom_checksum,
    [FAULT_EEPROM_ONES] = see_eeprom_ones,
    [FAULT_EEPROM_MISREAD] = see_eeprom_misread,
    [FAULT_STUCK_0] = see_stuck_0,
    [FAULT_STUCK_1] = see_stuck_1,
    [FAULT_READ_ONES] = see_read_ones,
    [FAULT_REMOVED] = see_removed,
    [FAULT_WRITE_LOST] = see_write_lost,
    [FAULT_WRITE_LATE] = see_write_late,
    [FAULT_RESET_SLOW] = see_reset_slow,
    [FAULT_RESET_NEVER] = see_reset_never,
    [FAULT_DIRTY] = see_dirty,
    [FAULT_WRITEBACK_LATE] = see_writeback_late,
    [FAULT_WRITEBACK_SWAPPED] = see_writeback_swapped,
    [FAULT_WRITEBACK_NEVER] = see_writeback_never,
    [FAULT_PREFETCH_STALE] = see_prefetch_stale,
    [FAULT_DMA_READ_ERROR] = see_dma_read_error,
    [FAULT_DMA_WRITE_ERROR] = see_dma_write_error,
    [FAULT_RX_OVERRUN] = see_rx_overrun,
    [FAULT_RX_BAD_FCS] = see_rx_bad_fcs,
    [FAULT_RX_CORRUPT] = see_rx_corrupt,
    [FAULT_RX_TRUNCATE] = see_rx_truncate,
    [FAULT_RX_DROP] = see_rx_drop,
    [FAULT_RX_DUPLICATE] = see_rx_duplicate,
    [FAULT_RX_SWAP] = see_rx_swap,
    [FAULT_TX_BAD_FCS] = see_tx_bad_fcs,
    [FAULT_TX_CORRUPT] = see_tx_corrupt,
    [FAULT_TX_TRUNCATE] = see_tx_truncate,
    [FAULT_TX_DROP] = see_tx_drop,
    [FAULT_TX_DUPLICATE] = see_tx_duplicate,
    [FAULT_TX_SWAP] = see_tx_swap,
    [FAULT_PAUSE_FLOOD] = see_pause_flood,
};

static unsigned ids[FAULTS];
static enum emu_fault_id about; /* which fault this case is about */

static int setup(void **state)
{
    about = (enum emu_fault_id) * (unsigned *)*state;
    return fixture_setup(state);
}

static void test_effect(void **state)
{
    struct fixture *f = *state;

    assert_non_null(effects[about]); /* a row that no test sees */
    effects[about](f);
    assert_true(fired(f, about) > 0);
}

int main(void)
{
    struct CMUnitTest tests[FAULTS + 3] = {
        [FAULTS] = cmocka_unit_test(test_serdes),
        cmocka_unit_test_setup_teardown(test_refused_frames, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_held_frames, fixture_setup, fixture_teardown),
    };

    for (unsigned i = 0; i < FAULTS; i++) {
        ids[i] = i;
        tests[i] = (struct CMUnitTest){.name = e1000emu_fault_at(i)->name,
                                       .test_func = test_effect,
                                       .setup_func = setup,
                                       .teardown_func = fixture_teardown,
                                       .initial_state = &ids[i]};
    }
    return _cmocka_run_group_tests("effects", tests, sizeof tests / sizeof *tests, NULL, NULL);
}
