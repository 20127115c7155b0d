/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checker: each rule has a driver that breaks it, and is told that and nothing else; and the
 * same driver without the mistake is told nothing. A rule without a case fails.
 */
#include <stdio.h>
#include <string.h>

#include "check_case.h"

#define LOG       64u
#define CASES_MAX 128u

static const struct check_case *const tables[] = {check_access_cases, check_setup_cases,
                                                  check_ring_cases, check_packet_cases};

static struct {
    const char *rule;
    uint64_t number[2], count;
    struct e1000emu_event event;
} log_[LOG];
static size_t logged;

static void on_finding(void *opaque, const struct e1000emu_finding *finding)
{
    (void)opaque;
    assert_true(logged < LOG);
    assert_non_null(finding->event);
    log_[logged].rule = finding->rule->id;
    log_[logged].count = finding->count;
    log_[logged].event = *finding->event;
    memcpy(log_[logged].number, finding->number, sizeof finding->number);
    logged++;
}

static struct fixture *make(const char *profile, unsigned watch, bool sampled)
{
    const struct e1000emu_config config = {.profile =
                                               profile ? e1000emu_profile_find(profile) : NULL,
                                           .watch = watch,
                                           .sampled = sampled,
                                           .host.finding = on_finding};

    logged = 0;
    return fixture_new(&config);
}

static void come_to(struct fixture *f, enum check_stage stage)
{
    fixture_enable(f);
    if (stage == CHECK_COLD)
        return;
    fixture_link_up(f);
    check_tables(f);
    check_rx_ring(f);
    check_tx_ring(f);
    if (stage == CHECK_RUNNING)
        check_start(f);
}

static void run_case(const struct check_case *c, bool wrong, bool sampled)
{
    const struct e1000emu_rule *rule = e1000emu_rule_find(c->rule);
    struct fixture *f = make(c->profile, E1000EMU_WATCH_CHECK | E1000EMU_WATCH_DEEP, sampled);
    bool found = false;

    assert_non_null(rule);
    come_to(f, c->stage);
    c->action(f, wrong);
    for (size_t i = 0; i < logged; i++) {
        bool this_one = strcmp(log_[i].rule, c->rule) == 0;

        if (!wrong || (!this_one && (!c->also || strcmp(log_[i].rule, c->also) != 0)))
            fail_msg("%s, %s: '%s' was reported (%llx, %llx)", c->rule, wrong ? "wrong" : "right",
                     log_[i].rule, (unsigned long long)log_[i].number[0],
                     (unsigned long long)log_[i].number[1]);
        found |= this_one;
    }
    if (wrong && found == (sampled && rule->order))
        fail_msg("%s: %s", c->rule, found ? "reported although sampled" : "not reported");
    fixture_free(f);
}

static void test_case(void **state)
{
    const struct check_case *c = *state;

    run_case(c, true, false);
    run_case(c, false, false);
}

/* ---- The table ------------------------------------------------------------------------------ */

static const struct check_case *find_case(const char *rule)
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        for (const struct check_case *c = tables[t]; c->rule; c++) {
            if (strcmp(c->rule, rule) == 0)
                return c;
        }
    }
    return NULL;
}

static void test_every_rule_has_a_case(void **state)
{
    const struct e1000emu_rule *rule;
    size_t i, missing = 0;

    (void)state;
    for (i = 0; (rule = e1000emu_rule_at(i)) != NULL; i++) {
        if (!find_case(rule->id)) {
            print_error("no case breaks '%s'\n", rule->id);
            missing++;
        }
        assert_ptr_equal(e1000emu_rule_find(rule->id), rule); /* ids are unique */
    }
    assert_int_equal(missing, 0);
    assert_true(i >= 45);
    assert_null(e1000emu_rule_find("no-such-rule"));
}

/* An id is kebab-case, a sentence is one that ends, a section says where it is written. */
static void test_rules_are_well_formed(void **state)
{
    const struct e1000emu_rule *rule;

    (void)state;
    for (size_t i = 0; (rule = e1000emu_rule_at(i)) != NULL; i++) {
        size_t length = strlen(rule->sentence);

        assert_int_equal(strspn(rule->id, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(rule->id));
        assert_true(length > 40 && length < 240);
        assert_true(rule->sentence[length - 1] == '.' || rule->sentence[length - 1] == '?');
        assert_true(strlen(rule->section) > 0);
        assert_false(rule->number[1] && !rule->number[0]);
    }
}

/* ---- How it tells --------------------------------------------------------------------------- */

/* One that sees accesses late is told nothing about order and time. */
static void test_sampled(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        for (const struct check_case *c = tables[t]; c->rule; c++) {
            if (e1000emu_rule_find(c->rule)->order)
                run_case(c, true, true);
        }
    }
}

/* A cause is told of once, a rule four times, and all are counted. */
static void test_no_flood(void **state)
{
    struct fixture *f = make(NULL, E1000EMU_WATCH_CHECK, false);
    size_t i = 0;

    (void)state;
    come_to(f, CHECK_COLD);
    while (strcmp(e1000emu_rule_at(i)->id, "access-unaligned") != 0)
        i++;
    for (unsigned n = 0; n < 3; n++)
        e1000emu_write32(f->chip, 1, 0);
    assert_int_equal(logged, 1);
    assert_int_equal(log_[0].count, 1);
    for (unsigned n = 0; n < 100; n++)
        e1000emu_write32(f->chip, 4 * n + 2, 0);
    assert_int_equal(logged, 4);
    assert_int_equal(log_[3].count, 6);
    assert_int_equal(e1000emu_rule_count(f->chip, i), 103);
    assert_int_equal(e1000emu_rule_count(f->chip, 1000), 0);
    fixture_free(f);
}

/* The finding names the access; those before it are remembered, the last of them is it, and the
 * same one many times takes one place. */
static void test_recent_accesses(void **state)
{
    struct fixture *f = make(NULL, E1000EMU_WATCH_CHECK, false);
    struct e1000emu_access recent[100];

    (void)state;
    assert_int_equal(e1000emu_recent(f->chip, recent, 100), 0);
    come_to(f, CHECK_COLD);
    fixture_write(f, REG_FCT, 0x8808);
    for (unsigned i = 0; i < 1000; i++)
        fixture_read(f, REG_FCT);
    fixture_write(f, REG_FCT, 0x10000);
    assert_int_equal(logged, 1);
    assert_int_equal(log_[0].event.kind, E1000EMU_EVENT_WRITE);
    assert_int_equal(log_[0].event.u.access.offset, REG_FCT);
    assert_int_equal(e1000emu_recent(f->chip, recent, 100), 4);
    assert_int_equal(recent[0].space, E1000EMU_CONFIG);
    assert_true(recent[1].write);
    assert_int_equal(recent[2].times, 1000);
    assert_int_equal(recent[2].value, 0x8808);
    assert_int_equal(recent[3].value, 0x10000);
    /* What differs in one thing only is another access. */
    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, 0);
    e1000emu_bar_read(f->chip, E1000EMU_IO, 0, 4);
    e1000emu_config_read(f->chip, 0, 4);
    e1000emu_config_read(f->chip, 0, 2);
    assert_int_equal(e1000emu_recent(f->chip, recent, 100), 8);
    for (unsigned i = 0; i < 100; i++)
        fixture_write(f, REG_ITR, i);
    assert_int_equal(e1000emu_recent(f->chip, recent, 100), 64);
    assert_int_equal(recent[63].value, 99);
    assert_int_equal(e1000emu_recent(f->chip, recent, 5), 5);
    assert_int_equal(recent[0].value, 95);
    assert_int_equal(recent[4].value, 99);
    fixture_free(f);
}

/* Who starts to check a chip that has been at work takes what it can't know for good. */
static void test_started_late(void **state)
{
    struct fixture *f = make(NULL, 0, false);
    const unsigned check = E1000EMU_WATCH_CHECK;

    (void)state;
    fixture_enable(f);
    fixture_link_up(f);
    check_rx_ring(f);
    check_tx_ring(f);
    fixture_write(f, REG_RAH(0), RAH_AV);
    fixture_write(f, REG_FCT, 0x10000);
    assert_int_equal(logged, 0);
    e1000emu_watch(f->chip, check, check);
    check_start(f);
    assert_int_equal(logged, 0);
    /* The end of a packet whose beginning it has not seen. */
    e1000emu_watch(f->chip, check, 0);
    check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_IFCS, 59));
    check_ring(f);
    e1000emu_watch(f->chip, check, check);
    check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE, 1));
    check_ring(f);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(logged, 0);
    fixture_write(f, REG_FCT, 0x10000);
    assert_int_equal(logged, 1);
    e1000emu_watch(f->chip, check, 0);
    fixture_write(f, REG_VET, 0x10000);
    assert_int_equal(logged, 1);
    /* Started again, everything is new. */
    e1000emu_watch(f->chip, check, check);
    fixture_write(f, REG_FCT, 0x10000);
    assert_int_equal(logged, 2);
    assert_int_equal(log_[1].count, 1);
    fixture_free(f);
}

/* Nobody need listen. */
static void test_without_callback(void **state)
{
    const struct e1000emu_config config = {.watch = E1000EMU_WATCH_CHECK};
    struct fixture *f = fixture_new(&config);

    (void)state;
    fixture_read(f, 0);
    assert_int_equal(e1000emu_rule_count(f->chip, 0), 1);
    fixture_free(f);
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

/* ---- What is no mistake --------------------------------------------------------------------- */

/* The beginning of a packet is fetched twice if its end was not there: it is looked at once, and
 * its length is that of the whole. */
static void test_fetched_twice(void **state)
{
    struct fixture *f = make(NULL, E1000EMU_WATCH_CHECK | E1000EMU_WATCH_DEEP, false);

    (void)state;
    come_to(f, CHECK_RUNNING);
    f->accept = 0;
    check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE, 60));
    check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_IFCS, 30));
    check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_IFCS, 0));
    check_ring(f);
    f->accept = 100;
    e1000emu_transmit_ready(f->chip);
    check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE, 30));
    check_ring(f);
    assert_int_equal(count(f, "tx-length-zero"), 1);
    assert_int_equal(count(f, "tx-missing-eop"), 1);
    assert_int_equal(logged, 2);
    fixture_free(f);
}

/* Round the ring several times, in packets of three, and from context to context. */
static void test_round_the_ring(void **state)
{
    struct fixture *f = make(NULL, E1000EMU_WATCH_CHECK | E1000EMU_WATCH_DEEP, false);

    (void)state;
    come_to(f, CHECK_RUNNING);
    for (unsigned i = 0; i < 100; i++) {
        check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_IFCS, 30));
        check_post(f, CHECK_TX_DATA, check_legacy(TXD_CMD_IFCS, 20));
        check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE, 10));
        check_ring(f);
    }
    assert_int_equal(f->sent_count, 100);
    assert_int_equal(logged, 0);
    fixture_free(f);
}

/* Some chips have no reason for a rule. */
static void test_chips_differ(void **state)
{
    static const char *const others[] = {"qemu", "82545gm-fiber"};
    struct fixture *f;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        f = make(others[i], E1000EMU_WATCH_CHECK, false);
        fixture_enable(f);
        fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RST);
        assert_int_equal(logged, 0);
        fixture_free(f);
    }
    f = make("qemu", E1000EMU_WATCH_CHECK, false);
    come_to(f, CHECK_RUNNING);
    check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE | TXD_CMD_RPS, 60));
    check_ring(f);
    assert_int_equal(logged, 0);
    fixture_free(f);
}

/* Rings and buffers that only callbacks reach can't be looked at twice. */
static void test_memory_behind_callbacks(void **state)
{
    struct fixture *f = make(NULL, E1000EMU_WATCH_CHECK | E1000EMU_WATCH_DEEP, false);

    (void)state;
    come_to(f, CHECK_READY);
    f->dma_answers = true;
    fixture_write(f, REG_RDBAH, 0x77);
    fixture_write(f, REG_TDBAH, 0x77);
    check_start(f);
    check_receive(f, 60);
    fixture_write(f, REG_TDT, 1);
    assert_true(f->dma_writes > 0);
    assert_int_equal(count(f, "descriptor-changed"), 0);
    assert_int_equal(count(f, "rx-buffer-written"), 0);
    assert_int_equal(count(f, "tx-missing-eop"), 0);
    fixture_free(f);
}

/* Without DEEP, nothing is looked at twice; DEEP alone is nothing. */
static void test_deep_is_asked_for(void **state)
{
    struct fixture *f = make(NULL, E1000EMU_WATCH_CHECK, false);
    const unsigned both = E1000EMU_WATCH_CHECK | E1000EMU_WATCH_DEEP;

    (void)state;
    come_to(f, CHECK_RUNNING);
    check_receive(f, 60);
    check_rx_descriptor(f, 1, CHECK_RX_DATA, 0);
    check_receive(f, 60);
    assert_int_equal(logged, 0);
    e1000emu_watch(f->chip, both, E1000EMU_WATCH_DEEP);
    fixture_write(f, REG_FCT, UINT32_MAX);
    check_receive(f, 60);
    assert_int_equal(logged, 0);
    fixture_free(f);
}

int main(void)
{
    struct CMUnitTest tests[CASES_MAX] = {
        cmocka_unit_test(test_every_rule_has_a_case),
        cmocka_unit_test(test_rules_are_well_formed),
        cmocka_unit_test(test_sampled),
        cmocka_unit_test(test_no_flood),
        cmocka_unit_test(test_recent_accesses),
        cmocka_unit_test(test_started_late),
        cmocka_unit_test(test_without_callback),
        cmocka_unit_test(test_fetched_twice),
        cmocka_unit_test(test_round_the_ring),
        cmocka_unit_test(test_chips_differ),
        cmocka_unit_test(test_memory_behind_callbacks),
        cmocka_unit_test(test_deep_is_asked_for),
    };
    size_t n = 12;

    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        for (const struct check_case *c = tables[t]; c->rule && n < CASES_MAX; c++) {
            tests[n].name = c->rule;
            tests[n].test_func = test_case;
            tests[n++].initial_state = (void *)(uintptr_t)c;
        }
    }
    return _cmocka_run_group_tests("check", tests, n, NULL, NULL);
}
