/* SPDX-License-Identifier: BSD-2-Clause */
/* Nothing waits for ever: every bit that the core polls stuck either way, the device gone from each
 * of its accesses on, each allocation failing, during everything that takes time. rig_free() sees
 * that all memory and frames came back, and that no call busy-waited over a millisecond. */
#include <string.h>

#include "rig.h"

#define SECONDS  1000000u
#define BOUND_NS 60000000000u /* of one scenario, whatever goes wrong */

/* Things that take time, each from a fresh start to an end. */
static void live(struct rig *rig)
{
    if (rig_attach(rig) || e1000_up(rig_call(rig)) || rig_settle(rig) != E1000_STATE_UP)
        return;
    rig_linked(rig, 4 * SECONDS);
    rig_send(rig, 5, 100);
    rig_run(rig, 3 * SECONDS);
    if (!e1000_reset(rig_call(rig)))
        rig_until(rig, E1000_STATE_UP, SECONDS);
    rig_send(rig, 5, 100);
    rig_run(rig, SECONDS);
    e1000_down(rig_call(rig));
}

static void sleep_and_wake(struct rig *rig)
{
    if (rig_attach(rig) || e1000_set_wake(rig_call(rig), E1000_WAKE_MAGIC, NULL) ||
        e1000_up(rig_call(rig)) || rig_settle(rig) != E1000_STATE_UP)
        return;
    if (e1000_suspend(rig_call(rig)) || rig_settle(rig) != E1000_STATE_SUSPENDED ||
        e1000_resume(rig_call(rig)))
        return;
    rig_until(rig, E1000_STATE_UP, SECONDS);
    rig_run(rig, SECONDS);
}

static void test_itself(struct rig *rig)
{
    if (rig_attach(rig) || e1000_selftest(rig_call(rig), 0))
        return;
    rig_until(rig, E1000_STATE_DOWN, 20 * SECONDS);
    assert_int_not_equal(e1000_get_state(rig->dev), E1000_STATE_BUSY);
}

static void write_eeprom(struct rig *rig)
{
    static const uint16_t words[2] = {1, 2};

    if (rig_attach(rig) || e1000_eeprom_unlock(rig_call(rig), E1000_EEPROM_KEY) ||
        e1000_eeprom_write(rig_call(rig), 0x30, words, 2))
        return;
    rig_until(rig, E1000_STATE_DOWN, SECONDS);
    assert_int_not_equal(e1000_get_state(rig->dev), E1000_STATE_BUSY);
}

static const struct scenario {
    const char *name;
    void (*run)(struct rig *rig);
    const char *profile;
    bool by_eerd;
} scenarios[] = {
    {"life", live, "silicon", false},
    {"life by EERD", live, "vmware", true},
    {"life on fibre", live, "82545gm-fiber", false},
    {"sleep", sleep_and_wake, "silicon", false},
    {"self-test", test_itself, "silicon", false},
    {"self-test by EERD", test_itself, "82545em-fiber", true},
    {"EEPROM", write_eeprom, "silicon", false},
};
#define SCENARIOS (sizeof scenarios / sizeof scenarios[0])

static struct rig *begin(const struct scenario *scenario)
{
    struct rig *rig = rig_new(scenario->profile);

    rig->params.eeprom_by_eerd = scenario->by_eerd;
    rig->params.rx_ring = rig->params.tx_ring = 8;
    rig->params.rx_buffers = 8;
    return rig;
}

static void end(struct rig *rig, const struct scenario *scenario)
{
    if (rig->now > BOUND_NS)
        fail_msg("%s took %llu ms", scenario->name, (unsigned long long)rig->now / 1000000);
    rig_free(rig);
}

/* Without a fault each ends well; this many accesses are there to be spoiled. */
static long accesses(const struct scenario *scenario)
{
    struct rig *rig = begin(scenario);
    long all;

    rig->tolerant = scenario->run == test_itself;
    scenario->run(rig);
    assert_int_not_equal(e1000_get_state(rig->dev), E1000_STATE_FAILED);
    all = rig->accesses;
    end(rig, scenario);
    return all;
}

static bool every; /* access, and not only samples of them */

/* From the k-th access on, all ones. The first hundred of each and then in steps: bounded work, and
 * over all scenarios each place is hit. When there is time, each. */
static void gone_from_every_access_on(void **state)
{
    for (size_t i = 0; i < SCENARIOS; i++) {
        long all = accesses(&scenarios[i]);
        long stride = all / 150 + 1;

        for (long k = 0; k < all; k += every || k < 100 ? 1 : stride + k % 3) {
            struct rig *rig = begin(&scenarios[i]);

            rig->tolerant = scenarios[i].run == test_itself;
            rig->gone_after = k;
            scenarios[i].run(rig);
            if (e1000_get_state(rig->dev) == E1000_STATE_FAILED &&
                e1000_get_error(rig->dev) != E1000_ERR_BUS)
                fail_msg("%s, access %ld: %s", scenarios[i].name, k,
                         e1000_strerror(e1000_get_error(rig->dev)));
            end(rig, &scenarios[i]);
        }
    }
}

/* Each bit that somebody waits for, stuck at one and at zero; and those that decide what is done.
 */
static void every_polled_bit_stuck(void **state)
{
    static const struct {
        uint32_t offset, bits;
    } polled[] = {
        {E1000_CTRL, E1000_CTRL_RST},
        {E1000_STATUS, E1000_STATUS_LU},
        {E1000_STATUS, E1000_STATUS_TXOFF},
        {E1000_STATUS, E1000_STATUS_FD},
        {E1000_STATUS, E1000_STATUS_PCIX_MODE},
        {E1000_EECD, E1000_EECD_EE_GNT},
        {E1000_EECD, E1000_EECD_EE_PRES},
        {E1000_EECD, E1000_EECD_EE_SIZE},
        {E1000_EECD, E1000_EECD_DO},
        {E1000_EERD, E1000_EERD_DONE},
        {E1000_MDIC, E1000_MDIC_R},
        {E1000_MDIC, E1000_MDIC_E},
        {E1000_MDIC, E1000_BMCR_RESET},
        {E1000_MDIC, E1000_BMSR_LINK},
        {E1000_MDIC, E1000_BMSR_ANDONE},
        {E1000_MDIC, 0xFFFF},
        {E1000_RXCW, E1000_RXCW_RXSYNC},
        {E1000_RXCW, E1000_RXCW_RXCONFIG},
        {E1000_TDH, 0xFFFF},
        {E1000_ICR, 0xFFFF},
        {E1000_GORCL, 0xFFFFFFFF},
    };

    for (size_t i = 0; i < SCENARIOS; i++) {
        for (size_t p = 0; p < sizeof polled / sizeof polled[0]; p++) {
            for (int at = 0; at < 2; at++) {
                struct rig *rig = begin(&scenarios[i]);

                rig->tolerant = true;
                rig->lie[0].offset = polled[p].offset;
                rig->lie[0].ones = at ? polled[p].bits : 0;
                rig->lie[0].zeros = at ? 0 : polled[p].bits;
                rig->lies = 1;
                scenarios[i].run(rig);
                end(rig, &scenarios[i]);
            }
        }
    }
}

/* Bits that stick for a while, and then don't: it goes on as if nothing had been. */
static void short_faults_are_outlived(void **state)
{
    struct rig *rig = rig_up("silicon");

    for (unsigned us = 1000; us < 19000; us += 1500) {
        rig->tolerant = true;
        rig->lie[0].offset = E1000_CTRL;
        rig->lie[0].ones = E1000_CTRL_RST;
        rig->lies = 1;
        assert_int_equal(e1000_reset(rig_call(rig)), 0);
        rig_run(rig, 12000 + us);
        rig->lies = 0;
        assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
        assert_true(rig_linked(rig, SECONDS));
        assert_int_equal(rig_send(rig, 1, 100), 1);
    }
    rig_run(rig, SECONDS);
    rig_free(rig);
}

/* The k-th allocation fails, until a run has none that does. */
static void every_allocation_fails(void **state)
{
    for (size_t i = 0; i < SCENARIOS; i++) {
        for (int k = 1;; k++) {
            struct rig *rig = begin(&scenarios[i]);
            bool failed;

            rig->tolerant = scenarios[i].run == test_itself;
            rig->fail_alloc = k;
            scenarios[i].run(rig);
            failed = rig->fail_alloc == 0;
            assert_int_not_equal(e1000_get_state(rig->dev), E1000_STATE_FAILED);
            end(rig, &scenarios[i]);
            if (!failed)
                break;
        }
    }
}

/* Resets that do nothing, some of them or all: what the ring held is not touched any more. */
static void resets_that_do_nothing(void **state)
{
    for (unsigned lost = 1; lost < 6; lost++) {
        struct rig *rig = begin(&scenarios[0]);

        rig->tolerant = true;
        rig->lose_resets = lost;
        scenarios[0].run(rig);
        end(rig, &scenarios[0]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gone_from_every_access_on), cmocka_unit_test(every_polled_bit_stuck),
        cmocka_unit_test(short_faults_are_outlived), cmocka_unit_test(every_allocation_fails),
        cmocka_unit_test(resets_that_do_nothing),
    };

    every = argc == 2 && !strcmp(argv[1], "every");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
