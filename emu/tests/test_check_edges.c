/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checker where rules meet: what is no mistake although it looks like one, and mistakes in
 * places where memory is not as usual.
 */
#include <string.h>

#include "check_case.h"
#include "chip.h"

#define RIGHTS (E1000EMU_DMA_READ | E1000EMU_DMA_WRITE)
#define OTHER  0x1000000u /* bus address of a second window */
#define DEEP   (E1000EMU_WATCH_CHECK | E1000EMU_WATCH_DEEP)

/* Everything is set up, nothing enabled; and at work. */
static struct fixture *ready(unsigned watch)
{
    const struct e1000emu_config config = {.watch = watch};
    struct fixture *f = fixture_new(&config);

    fixture_enable(f);
    fixture_link_up(f);
    check_tables(f);
    check_rx_ring(f);
    check_tx_ring(f);
    return f;
}

static struct fixture *running(unsigned watch)
{
    struct fixture *f = ready(watch);

    check_start(f);
    return f;
}

/* How often a rule was broken. */
static uint64_t count(struct fixture *f, const char *id)
{
    const struct e1000emu_rule *rule;

    for (size_t i = 0; (rule = e1000emu_rule_at(i)) != NULL; i++) {
        if (strcmp(rule->id, id) == 0)
            return e1000emu_rule_count(f->chip, i);
    }
    fail_msg("no rule '%s'", id);
    return 0;
}

static void assert_clean(struct fixture *f)
{
    const struct e1000emu_rule *rule;

    for (size_t i = 0; (rule = e1000emu_rule_at(i)) != NULL; i++) {
        if (e1000emu_rule_count(f->chip, i) > 0)
            fail_msg("'%s' was reported", rule->id);
    }
}

/* ---- Accesses ------------------------------------------------------------------------------- */

/* A broken chip excuses software, but not for waiting without end. */
static void a_broken_chip_is_an_excuse(void **state)
{
    const struct e1000emu_fault_setting ones = {
        .name = "read-ones", .arg = E1000EMU_FAULT_DEFAULT, .when.times = 1};
    struct fixture *f = running(E1000EMU_WATCH_CHECK);

    (void)state;
    assert_int_equal(e1000emu_fault_set(f->chip, &ones), 0);
    fixture_write(f, REG_FCT, 0x10000);
    assert_int_equal(count(f, "reserved-bits"), 1);
    assert_int_equal(fixture_read(f, REG_STATUS), UINT32_MAX);
    fixture_write(f, REG_VET, 0x10000);
    assert_int_equal(count(f, "reserved-bits"), 1);
    for (unsigned i = 0; i < 200000; i++)
        fixture_read(f, REG_STATUS);
    assert_int_equal(count(f, "unbounded-poll"), 1);
    fixture_free(f);
}

/* What differs in anything is another access. */
static void accesses_differ_in_one_thing(void **state)
{
    struct fixture *f = running(E1000EMU_WATCH_CHECK);
    struct e1000emu_access recent[8];

    (void)state;
    fixture_write(f, REG_ITR, 100);
    fixture_write(f, REG_ITR, 100);
    fixture_read(f, REG_ITR); /* the direction */
    fixture_write(f, REG_RADV, 100);
    fixture_write(f, REG_ITR, 100); /* the place */
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, REG_ITR);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 4, 100); /* and the same by another way */
    assert_int_equal(e1000emu_recent(f->chip, recent, 8), 8);
    assert_int_equal(recent[1].times, 2);
    assert_true(recent[1].write);
    assert_false(recent[2].write);
    assert_int_equal(recent[2].value, 100);
    assert_int_equal(recent[3].offset, REG_RADV);
    assert_int_equal(recent[4].offset, REG_ITR);
    assert_int_equal(recent[4].times, 1);
    assert_int_equal(recent[5].space, E1000EMU_IO);
    assert_int_equal(recent[6].value + recent[7].value, 200);
    assert_true(recent[6].indirect != recent[7].indirect);
    fixture_free(f);
}

/* Any width is right for the ROM, as it is for memory. */
static void the_rom_is_read_by_bytes(void **state)
{
    const struct e1000emu_config config = {.profile = e1000emu_profile_find("silicon"),
                                           .watch = E1000EMU_WATCH_CHECK};
    struct fixture *f = fixture_new(&config);

    (void)state;
    fixture_enable(f);
    e1000emu_config_write(f->chip, 0x30, 4, 0xF0000001u);
    e1000emu_bar_read(f->chip, E1000EMU_ROM, 1, 1);
    e1000emu_bar_read(f->chip, E1000EMU_ROM, 3, 2);
    assert_clean(f);
    fixture_free(f);
}

/* Bits of a ring's registers that the chip ignores have rules of their own. */
static void rings_have_no_reserved_bits(void **state)
{
    static const uint32_t places[] = {REG_RDBAL, REG_RDLEN, REG_RDT, REG_TDBAL, REG_TDLEN, REG_TDT};
    struct fixture *f = running(E1000EMU_WATCH_CHECK);

    (void)state;
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_TCTL, 0);
    for (unsigned i = 0; i < 6; i++)
        fixture_write(f, places[i], UINT32_MAX);
    assert_int_equal(count(f, "reserved-bits"), 0);
    assert_int_equal(count(f, "ring-base"), 2);
    assert_int_equal(count(f, "ring-length"), 2);
    assert_int_equal(count(f, "tail-outside-ring"), 2);
    fixture_free(f);
}

/* Either direction makes what is for diagnostics out of bounds. */
static void diagnostics_while_one_direction_runs(void **state)
{
    struct fixture *f = running(E1000EMU_WATCH_CHECK);

    (void)state;
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_TDFH, 0x600);
    assert_int_equal(count(f, "diagnostic-written"), 1);
    fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TDFT, 0x600);
    assert_int_equal(count(f, "diagnostic-written"), 1);
    fixture_write(f, REG_RCTL, CHECK_RCTL);
    fixture_write(f, REG_TDFH, 0x600);
    assert_int_equal(count(f, "diagnostic-written"), 2);
    fixture_free(f);
}

/* ---- Rings ---------------------------------------------------------------------------------- */

/* A head or tail outside of its ring is told of once: how far the tail moves means nothing then. */
static void nothing_moves_outside_a_ring(void **state)
{
    struct fixture *f = running(E1000EMU_WATCH_CHECK);

    (void)state;
    fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TDH, CHECK_COUNT + 5);
    fixture_write(f, REG_TCTL, CHECK_TCTL);
    assert_int_equal(count(f, "tail-outside-ring"), 1);
    fixture_write(f, REG_TDT, 3);
    fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TDH, 3);
    fixture_write(f, REG_TDT, CHECK_COUNT + 1);
    fixture_write(f, REG_TCTL, CHECK_TCTL);
    fixture_write(f, REG_TDT, 3);
    assert_int_equal(count(f, "tail-at-head"), 0);
    assert_int_equal(count(f, "tail-past-head"), 0);
    fixture_free(f);
}

/* A report is for as many descriptors as the chip can hold. */
static void one_report_for_a_whole_cache(void **state)
{
    const uint32_t ring = 2 * EMU_CHECK_FETCHED;
    struct fixture *f = running(DEEP);

    (void)state;
    fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TDLEN, ring * DESC_BYTES);
    fixture_write(f, REG_TCTL, CHECK_TCTL);
    f->accept = 0;
    for (uint32_t i = 0; i < EMU_CHECK_FETCHED; i++) {
        uint32_t report = i == EMU_CHECK_FETCHED - 1 ? TXD_CMD_RS : 0;

        fixture_put64(f, CHECK_TX_RING + DESC_BYTES * i, CHECK_TX_DATA + 64 * i);
        fixture_put64(f, CHECK_TX_RING + DESC_BYTES * i + 8,
                      check_legacy(TXD_CMD_EOP | TXD_CMD_IFCS | report, 60));
    }
    fixture_write(f, REG_TDT, EMU_CHECK_FETCHED);
    assert_clean(f);
    *fixture_at(f, CHECK_TX_DATA + 5) ^= 1; /* of the first of them */
    f->accept = 1000;
    e1000emu_transmit_ready(f->chip);
    assert_int_equal(f->sent_count, EMU_CHECK_FETCHED);
    assert_int_equal(count(f, "tx-payload-changed"), 1);
    fixture_free(f);
}

/* A context between two pieces of a packet is a mistake, once, however often it is fetched. */
static void a_context_in_a_packet_is_fetched_twice(void **state)
{
    struct fixture *f = running(E1000EMU_WATCH_CHECK);

    (void)state;
    f->accept = 0;
    check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE, 60));
    check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_IFCS, 30));
    check_post(f, 14 | 24ull << 8 | 33ull << 16, check_legacy(TXD_CMD_DEXT, 0));
    check_ring(f);
    assert_int_equal(count(f, "context-in-packet"), 1);
    f->accept = 100;
    e1000emu_transmit_ready(f->chip);
    check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE, 30));
    check_ring(f);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(count(f, "context-in-packet"), 1);
    fixture_free(f);
}

/* ---- Memory --------------------------------------------------------------------------------- */

/* Rings that don't lie on quadwords in the host's memory are looked at twice all the same; but what
 * is in front of the tail isn't, when the doorbell rings. */
static void rings_that_the_host_has_unaligned(void **state)
{
    static uint8_t memory[8192 + 4];
    struct fixture *f = running(DEEP);

    (void)state;
    assert_int_equal(e1000emu_dma_map(f->chip, OTHER, 8192, memory + 4, RIGHTS), 0);
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_TCTL, 0);
    for (uint64_t i = 0; i < CHECK_COUNT; i++) {
        const uint64_t address = CHECK_RX_DATA + 2048 * i;

        memcpy(memory + 4 + DESC_BYTES * i, &address, sizeof address);
    }
    fixture_write(f, REG_RDBAL, OTHER);
    fixture_write(f, REG_RDBAH, 0);
    fixture_write(f, REG_TDBAL, OTHER + 4096);
    fixture_write(f, REG_TDBAH, 0);
    fixture_write(f, REG_RDT, CHECK_COUNT - 1);
    check_start(f);
    check_receive(f, 60);
    assert_int_equal(count(f, "descriptor-changed"), 0);
    memory[4 + DESC_BYTES + 8] ^= 1;
    check_receive(f, 60);
    assert_int_equal(count(f, "descriptor-changed"), 1);
    fixture_write(f, REG_TDT, 1);
    assert_int_equal(count(f, "tx-missing-eop"), 0);
    fixture_free(f);
}

/* A descriptor of a null buffer uses no memory, not even that at zero. */
static void a_null_buffer_is_nowhere(void **state)
{
    static uint8_t memory[4096];
    struct fixture *f = ready(E1000EMU_WATCH_CHECK);

    (void)state;
    assert_int_equal(e1000emu_dma_map(f->chip, 0, sizeof memory, memory, RIGHTS), 0);
    check_rx_descriptor(f, 5, 0, 0);
    check_start(f);
    check_receive(f, 60);
    assert_int_equal(count(f, "rx-buffer-null"), 1); /* the chip has fetched it */
    assert_int_equal(e1000emu_dma_unmap(f->chip, 0, sizeof memory), 0);
    assert_int_equal(count(f, "memory-freed-in-use"), 0);
    fixture_free(f);
}

/* Who traces a chip that is checked, but not deeply, changes nothing about the checker. */
static void traced_and_not_deeply(void **state)
{
    struct fixture *f = running(E1000EMU_WATCH_CHECK | E1000EMU_WATCH_EVENTS);

    (void)state;
    check_receive(f, 60);
    check_rx_descriptor(f, 1, CHECK_RX_DATA, 0);
    check_receive(f, 60);
    assert_clean(f);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_chip_is_an_excuse),
        cmocka_unit_test(accesses_differ_in_one_thing),
        cmocka_unit_test(the_rom_is_read_by_bytes),
        cmocka_unit_test(rings_have_no_reserved_bits),
        cmocka_unit_test(diagnostics_while_one_direction_runs),
        cmocka_unit_test(nothing_moves_outside_a_ring),
        cmocka_unit_test(one_report_for_a_whole_cache),
        cmocka_unit_test(a_context_in_a_packet_is_fetched_twice),
        cmocka_unit_test(rings_that_the_host_has_unaligned),
        cmocka_unit_test(a_null_buffer_is_nowhere),
        cmocka_unit_test(traced_and_not_deeply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
