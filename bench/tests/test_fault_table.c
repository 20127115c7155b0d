/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every fault that the chip can have, against the driver core: once, now and then, for a while, and
 * for good; while it attaches and while frames flow. Whatever happens, calls are bounded, every
 * cookie comes back within five seconds, and when the chip is mended the core works again: by
 * itself, or, where it has given up with an error, when it is attached anew.
 */
#include "faults.h"

#include <string.h>

struct way {
    struct e1000emu_when when;
    bool attached; /* it breaks while frames flow, not before the core attaches */
};

static const struct way ways[] = {
    {{.times = 1}, true},
    {{.from = 7, .times = 1}, true},
    {{.from = 3, .every = 5, .times = 20}, true},
    {{.lasts = 2000000000}, true},
    {{0}, true},
    {{.from = 40, .times = 1}, false},
    {{0}, false},
};
#define WAYS (sizeof ways / sizeof ways[0])

/* What this fault takes of a way of happening. */
static struct e1000emu_when when_of(const struct e1000emu_fault *row, struct e1000emu_when when)
{
    if (!(row->whens & E1000EMU_WHEN_COUNT))
        when.from = when.every = when.times = 0;
    if (!(row->whens & E1000EMU_WHEN_TIME))
        when.after = when.lasts = 0;
    return when;
}

/* Frames in both directions for a while, whatever becomes of them; the time in which nothing may
 * stay away goes by at the end. Where no interrupt gets through for good, it is there for those who
 * look without being told. */
static void live(struct faults *faults, bool tells)
{
    struct rig *rig = faults->rig;
    struct e1000_link link;

    for (unsigned i = 0; i < 12; i++) {
        e1000_get_link(rig->dev, &link);
        if (link.up) /* what is sent without one waits for it */
            faults_send(faults, 3);
        faults_arrive(faults, 3, 20);
        rig_run(rig, i % 4 == 3 ? 700 * MS : 3 * MS);
    }
    faults_mend(faults, "pause-flood"); /* to be paused for ever is to wait for ever */
    for (unsigned i = 0; i < 50 && rig->outstanding; i++)
        rig_run(rig, 100 * MS);
    if (!tells)
        rig_reap(rig);
    if (e1000_get_state(rig->dev) == E1000_STATE_FAILED) {
        e1000_detach(rig_call(rig));
        rig_reap(rig);
    }
    assert_int_equal(rig->outstanding, 0);
}

static bool tells(const struct e1000emu_fault *row)
{
    return strcmp(row->name, "irq-lost") && strcmp(row->name, "write-lost");
}

/* Attached and up as far as the fault lets it. */
static bool start(struct faults *faults)
{
    struct rig *rig = faults->rig;

    if (rig_attach(rig) || e1000_up(rig_call(rig)))
        return false;
    return rig_until(rig, E1000_STATE_UP, 2 * S);
}

static void mended(struct faults *faults)
{
    struct rig *rig = faults->rig;
    enum e1000_state state;

    faults_mend(faults, NULL);
    /* Gone, or hung in a reset, only power brings it back. */
    rig->gone = false;
    rig_run(rig, 2 * S);
    state = e1000_get_state(rig->dev);
    if (state == E1000_STATE_FAILED)
        assert_true(e1000_get_error(rig->dev) != 0 && rig->lines > 0);
    if (state != E1000_STATE_UP) {
        e1000_detach(rig_call(rig));
        rig_reap(rig);
        assert_int_equal(rig->outstanding, 0);
        e1000emu_reset(rig->chip, E1000EMU_RESET_POWER);
        rig_run(rig, 10 * MS);
        faults_up(faults);
    }
    faults_settle(faults);
    faults_works(faults);
}

static void every_fault(void **state)
{
    const struct e1000emu_fault *row;

    for (size_t f = 0; (row = e1000emu_fault_at(f)) != NULL; f++) {
        for (size_t w = 0; w < WAYS; w++) {
            struct e1000emu_fault_setting setting = {.name = row->name,
                                                     .arg = E1000EMU_FAULT_DEFAULT,
                                                     .when = when_of(row, ways[w].when)};
            struct faults *faults = faults_new(w % 2 ? "silicon" : "vmware");
            struct rig *rig = faults->rig;

            rig->tolerant = true; /* the checker takes what breaks for the driver's doing */
            rig->params.eeprom_by_eerd = f % 2;
            if (row->arg == E1000EMU_ARG_CHOICE && w == 4)
                setting.arg = row->arg_max;
            rig_start(rig);
            if (ways[w].attached)
                faults_up(faults);
            assert_int_equal(e1000emu_fault_set(rig->chip, &setting), 0);
            if (ways[w].attached || start(faults))
                live(faults, tells(row));
            mended(faults);
            faults_end(faults);
        }
    }
}

/* All of them on one chip, one after the other, each for a second or two, without mending in
 * between: the core is attached anew when it gives up, and works in the end. */
static void one_after_the_other(void **state)
{
    struct faults *faults = faults_begin("silicon");
    struct rig *rig = faults->rig;
    const struct e1000emu_fault *row;

    rig->tolerant = true;
    for (size_t f = 0; (row = e1000emu_fault_at(f)) != NULL; f++) {
        struct e1000emu_fault_setting setting = {
            .name = row->name,
            .arg = E1000EMU_FAULT_DEFAULT,
            .when = when_of(row, (struct e1000emu_when){.lasts = 1500000000})};

        assert_int_equal(e1000emu_fault_set(rig->chip, &setting), 0);
        live(faults, tells(row));
        if (f % 8 == 7)
            faults_mend(faults, NULL);
        if (e1000_get_state(rig->dev) == E1000_STATE_DETACHED && !start(faults))
            e1000_detach(rig_call(rig));
    }
    mended(faults);
    faults_end(faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault),
        cmocka_unit_test(one_after_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
