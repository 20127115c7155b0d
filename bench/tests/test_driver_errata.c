/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our driver on boards that have all errata of their chip: none of them ever shows. And where a row
 * of the driver's quirks is what keeps it away, the driver without that row meets it.
 */
#include "faults.h"
#include "internal.h"

#include <string.h>

#define PCIX_COMMAND 0xE6
#define READ_4096    0x000C

static uint64_t fired(struct faults *faults, const char *name)
{
    return e1000emu_fault_fired(faults->rig->chip, name);
}

static void set(struct faults *faults, const char *name)
{
    faults_break(faults, name, E1000EMU_FAULT_DEFAULT, 0, 0);
}

/* ---- With the rows -------------------------------------------------------------------------- */

/* A firmware that likes long reads was here. */
static void allow_long_reads(struct rig *rig)
{
    uint32_t command = e1000emu_config_read(rig->chip, PCIX_COMMAND, 2);

    if (rig->profile.pcix_mhz == 0)
        return;
    rig->tolerant = true; /* it is not the driver's doing */
    e1000emu_config_write(rig->chip, PCIX_COMMAND, 2, command | READ_4096);
    rig->tolerant = false;
}

/* Groups more than there are exact slots, so that all arrays of filters are in use. */
static void listen(struct rig *rig)
{
    uint8_t groups[40][6];

    for (unsigned i = 0; i < 40; i++)
        memcpy(groups[i], (uint8_t[]){0x01, 0x00, 0x5E, 0x00, (uint8_t)i, (uint8_t)(i * 7)}, 6);
    assert_int_equal(e1000_set_filter(rig_call(rig), false, false, (const uint8_t(*)[6])groups, 40),
                     0);
    rig_run(rig, 10 * MS);
    for (unsigned i = 0; i < 40; i++)
        assert_true(rig_hears(rig, groups[i], -1));
}

/* Another address; whether it is the one from now on. */
static bool answers_to_another_name(struct rig *rig)
{
    static const uint8_t name[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x55};

    assert_int_equal(e1000_set_mac(rig_call(rig), name), 0);
    return rig_hears(rig, name, -1);
}

/* Frames of all sizes. */
static void send_and_receive(struct faults *faults)
{
    static const uint32_t lengths[] = {60, 200, 1514, 1515, 2016, 2040, 4097, 9000};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        faults->length = lengths[i];
        faults_works(faults);
    }
}

static struct faults *with_all_errata(const struct e1000emu_profile *profile)
{
    struct faults *faults = faults_new(profile->name);
    const struct e1000emu_fault *row;

    faults->rig->params.max_frame = 9000;
    faults->rig->crosses = true;
    rig_start(faults->rig);
    allow_long_reads(faults->rig);
    for (size_t i = 0; (row = e1000emu_fault_at(i)) != NULL; i++)
        if (row->kind == E1000EMU_FAULT_ERRATUM && e1000emu_fault_applies(row, profile))
            set(faults, row->name);
    faults_up(faults);
    return faults;
}

static void no_erratum_shows(void **state)
{
    const struct e1000emu_profile *profile = *state;
    struct faults *faults = with_all_errata(profile);
    struct rig *rig = faults->rig;
    const struct e1000emu_fault *row;

    send_and_receive(faults);
    rig->on_sent = NULL;
    rig->on_received = NULL;
    assert_int_equal(rig_send(rig, 5, 20), 5); /* to be lengthened */
    rig_run(rig, 10 * MS);
    listen(rig);
    assert_true(answers_to_another_name(rig));
    assert_int_equal(e1000_reset(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    faults_linked(faults, 10 * S);
    listen(rig);
    for (size_t i = 0; (row = e1000emu_fault_at(i)) != NULL; i++)
        if (fired(faults, row->name) > 0)
            fail_msg("%s: %s", profile->name, row->name);
    faults_end(faults);
}

/* ---- Without a row -------------------------------------------------------------------------- */

/* Up without this quirk, on a board with this erratum. */
static struct faults *without(const char *profile, uint32_t quirk, const char *erratum)
{
    struct faults *faults = faults_new(profile);
    struct rig *rig = faults->rig;

    rig->params.max_frame = 9000;
    rig->crosses = true;
    assert_int_equal(rig_attach(rig), 0);
    allow_long_reads(rig);
    rig->tolerant = true; /* the checker knows these errata, too */
    assert_int_equal(rig->dev->quirks & quirk, quirk);
    rig->dev->quirks &= ~quirk;
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    faults_linked(faults, 10 * S);
    set(faults, erratum);
    return faults;
}

/* What was sent comes back only because the hang is found, and the chip reset. */
static void expect_hang(struct faults *faults, const char *erratum, uint32_t length)
{
    faults->length = length;
    faults_send(faults, 3);
    rig_run(faults->rig, 100 * MS);
    assert_true(fired(faults, erratum) > 0);
    assert_int_equal(faults->left, 0);
    assert_true(faults->rig->outstanding > 0);
    faults_mend(faults, NULL);
    faults_end(faults);
}

static void first_pieces_hang(void **state)
{
    (void)state;
    expect_hang(without("82546gb", E1000_QUIRK_FIRST_2015, "first-2015"), "first-2015", 2040);
}

static void long_reads_hang(void **state)
{
    (void)state;
    expect_hang(without("82546gb", E1000_QUIRK_READS_2K, "read-4096"), "read-4096", 9000);
}

static void short_frames_are_corrupted(void **state)
{
    struct faults *faults = without("silicon", E1000_QUIRK_PADS_BADLY, "padding");
    struct rig *rig = faults->rig;
    uint8_t padded[60] = {0};

    (void)state;
    rig->on_sent = NULL;
    assert_int_equal(rig_send(rig, 1, 30), 1);
    memcpy(padded, rig->frame, 30);
    rig_run(rig, 10 * MS);
    assert_int_equal(rig->last_length, 60);
    assert_int_equal(fired(faults, "padding"), 1);
    assert_memory_not_equal(rig->last_sent, padded, 60);
    faults_end(faults);
}

static void data_comes_late(void **state)
{
    struct faults *faults = without("82546gb-quad", E1000_QUIRK_ORDERED, "reordered");

    (void)state;
    faults_arrive(faults, 10, 1 * MS);
    assert_true(fired(faults, "reordered") > 0);
    assert_true(faults->damaged > 0);
    faults_end(faults);
}

/* What crosses 64 KiB is a ring for some sizes, and receive buffers for others. */
static void memory_crosses(void **state)
{
    (void)state;
    for (unsigned rings = 0; rings < 2; rings++) {
        struct faults *faults = faults_new("silicon");
        struct rig *rig = faults->rig;

        rig->tolerant = true;
        rig->crosses = true;
        assert_int_equal(rig_attach(rig), 0);
        assert_true(rig->dev->quirks & E1000_QUIRK_CROSSES_64K);
        rig->dev->quirks &= ~(uint32_t)E1000_QUIRK_CROSSES_64K;
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
        faults_linked(faults, 10 * S);
        set(faults, "cross-64k");
        if (rings)
            faults_send(faults, 20);
        else
            faults_arrive(faults, 40, 1 * MS);
        rig_run(rig, 100 * MS);
        assert_true(fired(faults, "cross-64k") > 0);
        assert_true(rings ? faults->left < 20 : faults->damaged + (40 - faults->heard) > 0);
        faults_mend(faults, NULL);
        faults_end(faults);
    }
}

static void large_frames_are_corrupted(void **state)
{
    struct faults *faults = without("82546gb", E1000_QUIRK_PBA_8K, "pba-8k");

    (void)state;
    faults->length = 9000;
    faults_arrive(faults, 5, 1 * MS);
    assert_int_equal(fired(faults, "pba-8k"), 5);
    assert_int_equal(faults->damaged, 5);
    faults_end(faults);
}

static void addresses_get_lost(void **state)
{
    struct faults *faults = without("82546gb", E1000_QUIRK_BURSTS, "array-burst");

    (void)state;
    faults->rig->on_received = NULL;
    assert_false(answers_to_another_name(faults->rig));
    assert_true(fired(faults, "array-burst") > 0);
    faults_end(faults);
}

/* Frames that wait for a partner to let them go when the cable is pulled, for a second: they come
 * back soon, and when it is plugged in again others leave at once. Without the row it takes a hang,
 * found much later. */
static void queued_frames_are_stranded(void **state)
{
    (void)state;
    for (unsigned row = 0; row < 2; row++) {
        struct faults *faults = without("silicon", row ? 0 : E1000_QUIRK_STRANDS, "stranded");
        struct rig *rig = faults->rig;

        faults_break(faults, "pause-flood", E1000EMU_FAULT_DEFAULT, 0, 0);
        rig_run(rig, 10 * MS);
        faults_send(faults, 5);
        rig_run(rig, 10 * MS);
        assert_int_equal(faults->left, 0);
        rig_set_partner(rig, false, 0);
        faults_mend(faults, "pause-flood");
        rig_run(rig, 1 * S);
        assert_int_equal(fired(faults, "stranded"), 1);
        assert_int_equal(rig->outstanding, row ? 0 : 5);
        assert_int_equal(rig_stat(rig, "tx_flushes"), row);
        rig_set_partner(rig, true, 0xFF);
        faults_linked(faults, 5 * S);
        faults_send(faults, 5);
        rig_run(rig, 100 * MS);
        assert_int_equal(faults->left, row ? 5 : 0);
        assert_int_equal(rig->outstanding, row ? 0 : 10);
        faults_mend(faults, NULL);
        faults_end(faults);
    }
}

/* A hang is found, but the reset that would end it gets lost, again and again. */
static void resets_get_lost(void **state)
{
    static const struct {
        const char *profile;
        uint32_t quirk;
    } rows[] = {{"silicon", E1000_QUIRK_RESET_BY_IO}, {"82546gb", E1000_QUIRK_RESET_BY_DUP}};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct faults *faults = without(rows[i].profile, rows[i].quirk, "reset-by-memory");

        faults_break(faults, "tx-frozen", 0, 1, 1);
        for (unsigned n = 1; n <= 2; n++) {
            faults_send(faults, 3);
            rig_run(faults->rig, 10 * S);
            assert_true(fired(faults, "reset-by-memory") >= n);
        }
        assert_int_equal(faults->left, 0);
        faults_mend(faults, "reset-by-memory");
        faults_settle(faults);
        faults_works(faults);
        faults_end(faults);
    }
}

/* Messages can be asked for nevertheless: what they cost is time. */
static void messages_get_lost(void **state)
{
    struct faults *faults = faults_new("silicon");
    struct rig *rig = faults->rig;

    (void)state;
    rig->params.msi = E1000_MSI_ON;
    assert_int_equal(rig_attach(rig), E1000_ERR_UNSUPPORTED);
    rig->params.msi = E1000_MSI_FORCED;
    rig->params.msi_address = 0xFEE00000;
    faults_up(faults);
    faults_break(faults, "msi-lost", 0, 1, 1);
    faults_arrive(faults, 5, 1 * MS);
    assert_int_equal(fired(faults, "msi-lost"), 1);
    assert_int_equal(faults->heard, 0);
    rig_run(rig, 5 * S);
    assert_int_equal(faults->heard, 5);
    faults_end(faults);
}

/* So can the receive timer, and what that costs is a reset. */
static void receiver_hangs(void **state)
{
    struct faults *faults = faults_new("silicon");
    struct rig *rig = faults->rig;

    (void)state;
    rig->tolerant = true;
    rig->params.rx_delay = 10;
    assert_int_equal(rig_attach(rig), E1000_ERR_UNSUPPORTED);
    assert_true(rig_logged(rig, "rx_delay"));
    rig->params.rx_delay_forced = true;
    faults_up(faults);
    set(faults, "rdtr-hang");
    faults_arrive(faults, 5, 1 * MS);
    assert_int_equal(fired(faults, "rdtr-hang"), 1);
    assert_int_equal(faults->heard, 0);
    faults_mend(faults, "rdtr-hang");
    faults_settle(faults);
    faults_works(faults);
    faults_end(faults);
}

/* ---- Without a row: what VMware's model does ---------------------------------------------------
 */

/* The longest that a frame waits, of a hundred. */
static uint64_t longest_wait(bool row)
{
    struct faults *faults = faults_begin("vmware-esxi51");
    struct rig *rig = faults->rig;
    uint64_t longest = 0;

    assert_true(rig->dev->quirks & E1000_QUIRK_LOSES_RXT0);
    if (!row)
        rig->dev->quirks &= ~(uint32_t)E1000_QUIRK_LOSES_RXT0;
    rig_run(rig, 1 * S);
    for (unsigned i = 0; i < 100; i++) {
        uint64_t wait = 0;

        faults_arrive(faults, 1, 0);
        for (; faults->heard < faults->arrived; wait += 100)
            rig_run(rig, 100);
        longest = wait > longest ? wait : longest;
    }
    faults_end(faults);
    return longest;
}

static void receive_interrupts_get_lost(void **state)
{
    (void)state;
    assert_in_range(longest_wait(true), 1 * MS, 45 * MS);
    assert_true(longest_wait(false) > 100 * MS);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(first_pieces_hang),
        cmocka_unit_test(long_reads_hang),
        cmocka_unit_test(short_frames_are_corrupted),
        cmocka_unit_test(data_comes_late),
        cmocka_unit_test(memory_crosses),
        cmocka_unit_test(large_frames_are_corrupted),
        cmocka_unit_test(addresses_get_lost),
        cmocka_unit_test(queued_frames_are_stranded),
        cmocka_unit_test(resets_get_lost),
        cmocka_unit_test(messages_get_lost),
        cmocka_unit_test(receiver_hangs),
        cmocka_unit_test(receive_interrupts_get_lost),
    };
    const struct e1000emu_profile *profile;
    static struct CMUnitTest tests[64];
    size_t count = 0;

    for (size_t i = 0; count < 50 && (profile = e1000emu_profile_at(i)); i++) {
        if (profile->rx_block_ns > 0)
            continue; /* QEMU's is no chip, and keeps a second's frames waiting */
        tests[count] = (struct CMUnitTest)cmocka_unit_test_prestate(no_erratum_shows,
                                                                    (void *)(uintptr_t)profile);
        tests[count++].name = profile->name;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        tests[count++] = others[i];
    return _cmocka_run_group_tests("errata", tests, count, NULL, NULL);
}
