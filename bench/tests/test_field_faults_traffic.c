/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults that drivers of these chips have met in the field, continued: starvation, interrupts,
 * links. Each is provoked on the chip, and each test says how long recovery takes.
 */
#include "faults.h"

#include <string.h>

/* ---- Starvation ----------------------------------------------------------------------------- */

static struct {
    struct e1000_frag frags[256];
    unsigned count;
} held;

static void hold(void *opaque, const struct e1000_frag *frags, unsigned count)
{
    assert_true(held.count + count <= 256);
    memcpy(held.frags + held.count, frags, count * sizeof frags[0]);
    held.count += count;
}

/* All buffers are with the stack while frames go on arriving, and overrun the chip: with the first
 * buffers that come back, frames come through again at once, and by interrupt. */
static void starved_receiver_recovers(void **state)
{
    for (uint8_t how = E1000_INTERRUPTS_DIRECT; how <= E1000_INTERRUPTS_MASKED; how++) {
        struct faults *faults = faults_new("silicon");
        struct rig *rig = faults->rig;
        void (*count)(void *, const struct e1000_frag *, unsigned) = rig->on_received;

        rig->params.interrupts = how;
        faults_up(faults);
        rig->on_received = hold;
        rig->keeps = true;
        held.count = 0;
        faults_arrive(faults, 1000, 10);
        assert_int_equal(held.count, 64);
        assert_true(rig_stat(rig, "rx_overruns") > 0);
        rig->on_received = count;
        rig->keeps = false;
        oracle_recycle(rig->oracle, rig_call(rig), held.frags, held.count);
        rig_run(rig, MS);
        /* What waited in the chip came, too. */
        assert_true(faults->heard > 64 && faults->heard < 1000 - 64);
        assert_int_equal(faults->damaged + faults->out_of_order, 0);
        faults_works(faults);
        assert_int_equal(rig_stat(rig, "resets"), 0);
        faults_end(faults);
    }
}

/* Nobody serves for a while, at line rate (a host that is busy: ESXi crashed there): the ring
 * fills, the chip overruns, and what is in the ring is still right; over and over. */
static void ring_fills_at_rate(void **state)
{
    struct faults *faults = faults_begin("vmware");
    struct rig *rig = faults->rig;

    for (unsigned round = 0; round < 20; round++) {
        rig->deaf = true;
        faults_arrive(faults, 500 + round, 1);
        rig->deaf = false;
        rig_run(rig, 2 * MS);
        assert_int_equal(faults->damaged + faults->out_of_order, 0);
        faults_works(faults);
    }
    assert_true(faults->heard >= 20 * 31);
    assert_int_equal(rig_stat(rig, "resets"), 0);
    faults_end(faults);
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

/* Interrupts of others on the line (ICR reads as zero) are left to them; a storm of causes keeps
 * nobody from working, and where the chip can moderate it is no more than a storm of 70,000 a
 * second. */
static void spurious_interrupts_and_storms(void **state)
{
    static const struct {
        const char *fault;
        uint64_t ns;
    } rows[] = {{"irq-spurious", 20000}, {"irq-storm", 10000}};

    for (unsigned i = 0; i < 2; i++) {
        struct faults *faults = faults_begin("silicon");
        struct rig *rig = faults->rig;
        uint64_t before = rig_stat(rig, "interrupts");

        faults_break(faults, rows[i].fault, rows[i].ns, 0, 0);
        rig->interrupts = 0;
        for (unsigned k = 0; k < 20; k++) {
            rig_run(rig, 5 * MS);
            faults_works(faults);
        }
        if (i == 0) {
            assert_true(rig->interrupts > 5000);
            assert_true(rig_stat(rig, "interrupts") - before < 500);
        } else {
            assert_true(rig->interrupts < 20 * 11 * 70);
        }
        assert_int_equal(rig_stat(rig, "resets"), 0);
        /* Down, the chip keeps silent, and the line is somebody else's. */
        faults_mend(faults, NULL);
        assert_int_equal(e1000_down(rig_call(rig)), 0);
        rig_reap(rig);
        e1000emu_write32(rig->chip, E1000_ICS, E1000_ICR_LSC | E1000_ICR_RXT0 | E1000_ICR_TXDW);
        assert_false(e1000emu_interrupt_level(rig->chip));
        assert_int_equal(e1000_interrupt(rig_call(rig)), 0);
        faults_end(faults);
    }
}

/* Each interrupt or each n-th one gets lost, for as long as the fault lasts: every frame comes and
 * every cookie comes back within a watchdog period, or two where the one that asks gets lost, too.
 */
static void interrupts_get_lost(void **state)
{
    for (unsigned every = 1; every <= 4; every++) {
        for (uint8_t how = E1000_INTERRUPTS_DIRECT; how <= E1000_INTERRUPTS_MASKED; how++) {
            struct faults *faults = faults_new("silicon");
            struct e1000emu_fault_setting lost = {
                .name = "irq-lost", .arg = E1000EMU_FAULT_DEFAULT, .when = {.every = every}};

            faults->rig->params.interrupts = how;
            faults_up(faults);
            for (unsigned i = 0; i < 12; i++) {
                assert_int_equal(e1000emu_fault_set(faults->rig->chip, &lost), 0);
                faults_arrive(faults, 3, 0);
                faults_send(faults, 3);
                rig_run(faults->rig, 502 * MS);
                if (every == 1)
                    faults_mend(faults, "irq-lost");
                rig_run(faults->rig, 502 * MS);
                faults_mend(faults, "irq-lost");
                assert_int_equal(faults->heard, faults->arrived);
                assert_int_equal(faults->rig->outstanding, 0);
            }
            assert_int_equal(rig_stat(faults->rig, "resets"), 0);
            assert_true(rig_stat(faults->rig, "rescues") > 0);
            faults_end(faults);
        }
    }
}

/* Pulled out: the handler sees it, everything comes back, and nothing is touched any more. */
static void pulled_out(void **state)
{
    struct faults *faults = faults_begin("silicon");
    struct rig *rig = faults->rig;
    long accesses;

    faults_send(faults, 5);
    faults_break(faults, "removed", 0, 0, 0);
    rig->tolerant = true;
    assert_int_equal(e1000_interrupt(rig_call(rig)), E1000_WORK_GONE);
    assert_int_equal(e1000_get_state(rig->dev), E1000_STATE_FAILED);
    assert_int_equal(e1000_get_error(rig->dev), E1000_ERR_BUS);
    accesses = rig->accesses;
    rig_run(rig, 5 * S);
    assert_int_equal(e1000_interrupt(rig_call(rig)), 0);
    assert_int_equal(rig->accesses, accesses);
    e1000_detach(rig_call(rig));
    rig_reap(rig);
    assert_int_equal(rig->outstanding, 0);
    faults_end(faults);
}

/* ---- Links ---------------------------------------------------------------------------------- */

/* A link that comes late or again and again, or not at all for a while: what is sent while it is
 * there passes, what was queued comes back, and in the end there is a link. */
static void link_flaps(void **state)
{
    struct faults *faults = faults_new("virtualbox");
    struct rig *rig = faults->rig;

    rig_start(rig);
    faults_break(faults, "link-late", E1000EMU_FAULT_DEFAULT, 0, 1);
    faults_up(faults); /* within ten seconds */
    faults_works(faults);
    faults_break(faults, "link-flap", 7 * S * 1000, 0, 0);
    for (unsigned i = 0; i < 6; i++) {
        faults_send(faults, 8);
        rig_run(rig, 3500 * MS);
        assert_int_equal(rig->outstanding, 0);
    }
    assert_true(rig_stat(rig, "link_changes") >= 5);
    faults_mend(faults, NULL);
    rig_run(rig, 600 * MS); /* it may have gone in this moment */
    faults_linked(faults, 5 * S);
    faults_works(faults);
    assert_int_equal(rig_stat(rig, "tx_hangs"), 0);
    faults_end(faults);
}

/* A pair of wires goes bad and the link comes back slower; a partner that does not negotiate gets
 * half duplex (28.2.3.1 of IEEE 802.3). Frames pass either way. */
static void link_gets_slower(void **state)
{
    static const struct {
        uint32_t abilities;
        uint16_t mbps;
        bool full;
    } rows[] = {{E1000EMU_100_FULL | E1000EMU_100_HALF, 100, true},
                {E1000EMU_10_HALF, 10, false},
                {E1000EMU_1000_FULL, 1000, true}};
    struct faults *faults = faults_begin("silicon");
    struct e1000_link link;

    for (unsigned i = 0; i < 3; i++) {
        rig_set_partner(faults->rig, true, rows[i].abilities);
        rig_run(faults->rig, 600 * MS);
        faults_linked(faults, 5 * S);
        e1000_get_link(faults->rig->dev, &link);
        assert_int_equal(link.mbps, rows[i].mbps);
        assert_int_equal(link.full_duplex, rows[i].full);
        faults->length = 60; /* some must fit into two milliseconds */
        faults_works(faults);
    }
    faults_end(faults);
}

/* A link that one side forces while the other negotiates gets its speed and no more (28.2.3.1
 * again): there is a link within five seconds, frames pass, and to negotiate again makes it a
 * gigabit. */
static void forced_against_negotiated(void **state)
{
    static const struct {
        uint16_t link, mbps;
    } rows[] = {{E1000_10_HALF, 10}, {E1000_100_HALF, 100}, {E1000_100_FULL, 100}};

    for (unsigned i = 0; i < 3; i++) {
        struct faults *faults = faults_begin("silicon");
        struct e1000_media media = {.forced = true, .advertise = rows[i].link};
        struct e1000_link link;

        assert_int_equal(e1000_set_media(rig_call(faults->rig), &media), 0);
        rig_run(faults->rig, 100 * MS);
        faults_linked(faults, 5 * S);
        e1000_get_link(faults->rig->dev, &link);
        assert_int_equal(link.mbps, rows[i].mbps);
        assert_int_equal(link.full_duplex, rows[i].link == E1000_100_FULL);
        faults->length = 60;
        faults_works(faults);
        assert_int_equal(e1000_set_media(rig_call(faults->rig), &faults->rig->params.media), 0);
        rig_run(faults->rig, 100 * MS);
        faults_linked(faults, 5 * S);
        e1000_get_link(faults->rig->dev, &link);
        assert_int_equal(link.mbps, 1000);
        faults_works(faults);
        faults_end(faults);
    }
}

/* Unplugged with frames in the ring: they will never leave, and their memory comes back in less
 * than a second. */
static void link_lost_with_frames_queued(void **state)
{
    for (unsigned told = 0; told < 2; told++) {
        struct faults *faults = faults_begin("silicon");

        if (!told)
            faults_break(faults, "cause-lost", E1000_ICR_LSC, 0, 0);
        rig_set_partner(faults->rig, false, 0);
        faults_send(faults, 12);
        assert_true(faults_reaped(faults, S) <= (told ? 310 : 820) * MS);
        assert_int_equal(rig_stat(faults->rig, "tx_flushes"), 1);
        assert_int_equal(rig_stat(faults->rig, "tx_hangs"), 0);
        rig_set_partner(faults->rig, true, 0xFF);
        faults_linked(faults, 5 * S);
        faults_works(faults);
        faults_end(faults);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starved_receiver_recovers),
        cmocka_unit_test(ring_fills_at_rate),
        cmocka_unit_test(spurious_interrupts_and_storms),
        cmocka_unit_test(interrupts_get_lost),
        cmocka_unit_test(pulled_out),
        cmocka_unit_test(link_flaps),
        cmocka_unit_test(link_gets_slower),
        cmocka_unit_test(forced_against_negotiated),
        cmocka_unit_test(link_lost_with_frames_queued),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
