/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults together: every pair of them, and triples at random, while software that is much like a
 * driver works with the chip. Whatever they do to each other, the chip comes to rest at each
 * moment, and works again once they are gone and it has been reset.
 */
#include <stdlib.h>
#include <string.h>

#include "both_rings.h"
#include "chip.h"

#define US UINT64_C(1000)
#define MS (1000 * US)

#define TRIPLES    300u
#define OPERATIONS 50u

/* Events in a microsecond, of timers and of what they bring about; and in no time at all. */
#define EVENTS_PER_US  8u
#define EVENTS_AT_ONCE 2000u

static struct both_rings rings;
static uint32_t random_state;

static uint32_t below(uint32_t n)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(random_state >> 4) * n >> 28);
}

/* ---- Software that is much like a driver ----------------------------------------------------- */

/* Time passes; the chip has something to do only so often. */
static void run(struct fixture *f, e1000emu_time ns)
{
    const e1000emu_time end = f->now + ns;
    const uint64_t most = EVENTS_AT_ONCE + ns / US * EVENTS_PER_US;

    for (uint64_t events = 0; e1000emu_next_event(f->chip) <= end; events++) {
        const e1000emu_time next = e1000emu_next_event(f->chip);

        assert_true(events < most);
        if (next > f->now)
            f->now = next;
        e1000emu_advance(f->chip, f->now);
    }
    f->now = end;
    e1000emu_advance(f->chip, end);
}

static void start(struct fixture *f)
{
    both_start(f, &rings, RCTL_UPE | RCTL_BAM | (below(2) ? RCTL_LPE : 0), below(4) > 0);
    fixture_write(f, REG_RDTR, below(2) ? 0 : below(100));
    fixture_write(f, REG_ITR, below(2) ? 0 : below(200));
    fixture_write(f, REG_IMS, ICR_RXT0 | ICR_RXO | ICR_RXDMT0 | ICR_LSC | ICR_TXDW);
}

static void do_send(struct fixture *f)
{
    for (uint32_t n = below(4); n > 0; n--) {
        uint8_t bytes[BOTH_BUFFER];
        uint32_t length = 60 + below(1455);

        fixture_make_frame(bytes, length, both_partner, below(1000));
        both_post(f, &rings, bytes, length);
    }
    both_doorbell(f, &rings);
}

static void do_receive(struct fixture *f)
{
    static uint8_t bytes[4][4000];
    struct e1000emu_frame frames[4];
    uint8_t verdicts[4];
    size_t count = 1 + below(4), taken;
    unsigned flags = below(2) ? E1000EMU_RECEIVE_WAIT : 0;

    for (size_t i = 0; i < count; i++) {
        frames[i] = (struct e1000emu_frame){.data = bytes[i], .length = 60 + below(1455)};
        if (below(8) == 0)
            frames[i].length = below(4000);
        if (below(8) == 0)
            frames[i].flags = E1000EMU_FRAME_FCS;
        fixture_make_frame(bytes[i], sizeof bytes[i], both_station, below(1000));
    }
    taken = e1000emu_receive(f->chip, frames, count, flags, verdicts);
    assert_true(taken <= count && (flags || taken == count));
    for (size_t i = 0; i < taken; i++)
        assert_true(verdicts[i] < E1000EMU_RX_VERDICTS);
}

/* What was received goes back at once, whatever it is. */
static void do_interrupt(struct fixture *f)
{
    fixture_read(f, REG_ICR);
    for (uint32_t i = 0; i < BOTH_COUNT; i++) {
        uint64_t fields = FIXTURE_BUS + 0x10000 + 16 * rings.rx_next + 8;

        if (!(fixture_get64(f, fields) >> 32 & RXD_STAT_DD))
            break;
        fixture_put64(f, fields, 0);
        rings.rx_next = (rings.rx_next + 1) % BOTH_COUNT;
    }
    both_give(f, &rings);
}

static void do_time(struct fixture *f)
{
    run(f, US << below(12));
}

static uint32_t mdic(struct fixture *f, uint32_t operation, uint32_t reg, uint32_t data)
{
    fixture_write(f, REG_MDIC,
                  operation | 1u << MDIC_PHY_SHIFT | reg << MDIC_REG_SHIFT | MDIC_I | data);
    run(f, 100 * US);
    return fixture_read(f, REG_MDIC);
}

static void do_phy(struct fixture *f)
{
    mdic(f, MDIC_OP_READ, below(32), 0);
    if (below(3) == 0)
        mdic(f, MDIC_OP_WRITE, PHY_BMCR,
             BMCR_AN_ENABLE | BMCR_AN_RESTART | (below(2) ? BMCR_RESET : 0));
}

/* A word by EERD, and one by Microwire. */
static void do_eeprom(struct fixture *f)
{
    uint32_t command = 6u << 6 | below(64);

    fixture_write(f, REG_EERD, below(64) << EERD_ADDR_SHIFT | EERD_START);
    run(f, 100 * US);
    fixture_read(f, REG_EERD);
    fixture_write(f, REG_EECD, EECD_EE_REQ);
    fixture_read(f, REG_EECD);
    for (unsigned i = 0; i < 9 + 16; i++) {
        uint32_t eecd = EECD_EE_REQ | EECD_CS | (i < 9 && command >> (8 - i) & 1 ? EECD_DI : 0);

        fixture_write(f, REG_EECD, eecd);
        fixture_write(f, REG_EECD, eecd | EECD_SK);
        fixture_read(f, REG_EECD);
    }
    fixture_write(f, REG_EECD, 0);
}

static void do_reset(struct fixture *f)
{
    if (below(8) == 0)
        e1000emu_reset(f->chip, (enum e1000emu_reset)below(E1000EMU_RESETS));
    else
        fixture_write(f, REG_CTRL, CTRL_RST);
    run(f, MS);
    fixture_enable(f);
    fixture_write(f, REG_CTRL, CTRL_SLU | CTRL_FD);
    run(f, below(4) ? MS : 600 * MS);
    start(f);
}

static void do_cable(struct fixture *f)
{
    const struct e1000emu_partner partner = {.cable = below(4) > 0,
                                             .abilities = E1000EMU_1000_FULL | E1000EMU_PAUSE};

    e1000emu_set_partner(f->chip, &partner);
}

static void do_wire(struct fixture *f)
{
    f->accept = below(3) ? SIZE_MAX : below(5);
    e1000emu_transmit_ready(f->chip);
}

static void do_config(struct fixture *f)
{
    uint32_t status = e1000emu_config_read(f->chip, 4, 4) >> 16;

    e1000emu_config_write(f->chip, 6, 2, status);
    e1000emu_config_write(f->chip, 4, 2, below(8) ? 7 : below(8));
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, REG_STATUS);
    e1000emu_bar_read(f->chip, E1000EMU_IO, 4, 4);
}

/* The chip goes on from what it saves of itself. */
static void do_snapshot(struct fixture *f)
{
    size_t size = e1000emu_snapshot_size(f->chip);
    uint8_t *snapshot = malloc(size);
    bool level = f->level;

    assert_non_null(snapshot);
    assert_int_equal(e1000emu_save(f->chip, snapshot, size), size);
    assert_int_equal(e1000emu_load(f->chip, snapshot, size), 0);
    assert_int_equal(f->level, level);
    free(snapshot);
}

/* It takes long. */
static void do_rarely(struct fixture *f)
{
    if (below(8) == 0)
        do_snapshot(f);
}

static void work(struct fixture *f)
{
    static void (*const operations[])(struct fixture *) = {
        do_send,      do_send, do_send, do_receive, do_receive, do_receive, do_interrupt,
        do_interrupt, do_time, do_time, do_time,    do_phy,     do_eeprom,  do_reset,
        do_cable,     do_wire, do_wire, do_config,  do_rarely,
    };

    start(f);
    for (unsigned i = 0; i < OPERATIONS; i++) {
        operations[below(sizeof operations / sizeof *operations)](f);
        run(f, 0);
    }
    fixture_forget(f);
}

/* ---- Faults ---------------------------------------------------------------------------------- */

static struct e1000emu_when when(const struct e1000emu_fault *row, uint32_t which)
{
    switch (which) {
    case 1:
        return (struct e1000emu_when){.chance = row->whens & E1000EMU_WHEN_CHANCE ? 300000 : 0};
    case 2:
        return (struct e1000emu_when){.every = row->whens & E1000EMU_WHEN_COUNT ? 3 : 0};
    case 3:
        return (struct e1000emu_when){.after = MS, .lasts = 2 * MS};
    default:
        return (struct e1000emu_when){0};
    }
}

/* An argument from all of its range, small ones as likely as large ones. */
static uint64_t any_argument(const struct e1000emu_fault *row)
{
    uint64_t range = row->arg_max - row->arg_min;
    unsigned bits = 0;

    if (row->arg == E1000EMU_ARG_NONE || below(2))
        return E1000EMU_FAULT_DEFAULT;
    while (range >> bits)
        bits++;
    range = ((uint64_t)below(1u << 28) << 28 | below(1u << 28)) &
            ((UINT64_C(1) << below(bits + 1)) - 1);
    range += row->arg_min;
    return range > row->arg_max ? row->arg_max : range;
}

static void set(struct fixture *f, size_t id)
{
    const struct e1000emu_fault *row = e1000emu_fault_at(id);
    const struct e1000emu_fault_setting setting = {
        .name = row->name, .arg = any_argument(row), .when = when(row, below(4))};

    assert_int_equal(e1000emu_fault_set(f->chip, &setting), 0);
}

/* Nothing of it is left but what a reset mends. */
static void mend(struct fixture *f)
{
    const struct e1000emu_partner partner = {
        .cable = true, .abilities = E1000EMU_1000_FULL | E1000EMU_100_FULL | E1000EMU_10_FULL};

    e1000emu_fault_clear(f->chip, NULL);
    f->accept = SIZE_MAX;
    e1000emu_transmit_ready(f->chip);
    run(f, 2000 * MS);
    assert_int_equal(f->chip->faulty, 0);
    e1000emu_set_partner(f->chip, &partner);
    fixture_enable(f);
    fixture_write(f, REG_CTRL, CTRL_RST);
    run(f, 10 * MS);
    mdic(f, MDIC_OP_WRITE, PHY_BMCR, BMCR_AN_ENABLE | BMCR_RESET);
    fixture_link_up(f);
    fixture_forget(f);
}

/* One frame each way. */
static void expect_sound(struct fixture *f)
{
    uint8_t bytes[100];
    const uint8_t *data;

    both_start(f, &rings, 0, true);
    both_send(f, &rings, both_partner, sizeof bytes, 1);
    fixture_make_frame(bytes, sizeof bytes, both_partner, 1);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(f->sent[0].length, sizeof bytes);
    assert_int_equal(f->sent[0].flags, 0);
    assert_memory_equal(f->sent[0].data, bytes, sizeof bytes);
    fixture_make_frame(bytes, sizeof bytes, both_station, 2);
    assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_STORED);
    assert_int_equal(both_take(f, &rings, &data), sizeof bytes);
    assert_memory_equal(data, bytes, sizeof bytes);
    fixture_write(f, REG_IMS, ICR_TXDW);
    fixture_write(f, REG_ICS, ICR_TXDW);
    assert_true(f->level);
    fixture_read(f, REG_ICR);
    assert_false(f->level);
    fixture_write(f, REG_EERD, 0x3fu << EERD_ADDR_SHIFT | EERD_START);
    run(f, MS);
    assert_true(fixture_read(f, REG_EERD) & EERD_DONE);
    fixture_forget(f);
}

static void together(struct fixture *f, const size_t *ids, size_t count, uint32_t seed)
{
    random_state = seed;
    e1000emu_watch(f->chip, UINT32_MAX, below(2) ? UINT32_MAX : 0);
    for (size_t i = 0; i < count; i++)
        set(f, ids[i]);
    work(f);
    mend(f);
    expect_sound(f);
}

/* ---- Cases ----------------------------------------------------------------------------------- */

static size_t first_of[EMU_FAULT_IDS];
static size_t first; /* the fault that is paired with all of them, itself too */

static int setup(void **state)
{
    first = *(size_t *)*state;
    return fixture_setup(state);
}

static void test_pairs(void **state)
{
    struct fixture *f = *state;

    for (size_t second = 0; second < EMU_FAULT_IDS; second++) {
        const size_t ids[] = {first, second};

        together(f, ids, 2, (uint32_t)(first * EMU_FAULT_IDS + second));
    }
    /* An erratum wants conditions of its own. */
    assert_true(f->chip->faults.fired[first] > 0 ||
                e1000emu_fault_at(first)->kind == E1000EMU_FAULT_ERRATUM);
}

static void test_triples(void **state)
{
    for (uint32_t i = 0; i < TRIPLES; i++) {
        size_t ids[3];

        random_state = i;
        for (unsigned k = 0; k < 3; k++)
            ids[k] = below(EMU_FAULT_IDS);
        together(*state, ids, 3, i * 2654435761u);
    }
}

int main(void)
{
    struct CMUnitTest tests[EMU_FAULT_IDS + 1] = {
        [EMU_FAULT_IDS] =
            cmocka_unit_test_setup_teardown(test_triples, fixture_setup, fixture_teardown),
    };

    for (size_t i = 0; i < EMU_FAULT_IDS; i++) {
        first_of[i] = i;
        tests[i] = (struct CMUnitTest){.name = e1000emu_fault_at(i)->name,
                                       .test_func = test_pairs,
                                       .setup_func = setup,
                                       .teardown_func = fixture_teardown,
                                       .initial_state = &first_of[i]};
    }
    return _cmocka_run_group_tests("pairs", tests, sizeof tests / sizeof *tests, NULL, NULL);
}
