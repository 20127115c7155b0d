/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults that drivers of these chips have met in the field, continued: memory and order, resets,
 * waiting for ever, and strange frames. Each is provoked on the chip, and each test says how long
 * recovery takes.
 */
#include "faults.h"

#include <string.h>

/* ---- Memory and order ----------------------------------------------------------------------- */

/* The n-th access to memory fails on the bus, until there is no n-th one, for whatever it was: a
 * frame may be lost, but every cookie comes back within three seconds, and frames pass again within
 * ten. */
static void memory_accesses_fail(void **state)
{
    static const char *const rows[] = {"dma-read-error", "dma-write-error"};

    for (unsigned i = 0; i < 2; i++) {
        for (unsigned how = 0; how < 3; how++) {
            bool fired = true;

            for (unsigned n = 1; fired; n++) {
                struct faults *faults = faults_begin("silicon");

                assert_true(faults->rig->memory[0].bus >> 32); /* no address is a short one */
                faults->rig->tolerant = true; /* what fails looks like memory that is not there */
                faults_break(faults, rows[i], how, n, 1);
                faults_send(faults, 6);
                faults_arrive(faults, 6, 10);
                faults_reaped(faults, 3 * S);
                fired = e1000emu_fault_fired(faults->rig->chip, rows[i]);
                assert_true(fired || n > 6); /* one for each frame at least */
                faults_mend(faults, NULL);
                faults_settle(faults);
                faults_works(faults);
                faults_end(faults);
            }
        }
    }
}

/* The mapping of a frame's k-th fragment fails, and its shell gives up in the middle of it: what
 * the core has seen of it has no end, so nothing of it is taken, nothing is told to the chip, and
 * nothing has to come back. The whole frame, when it can be mapped, goes out at once. */
static void fragments_that_never_end(void **state)
{
    struct faults *faults = faults_begin("silicon");
    struct rig *rig = faults->rig;
    struct e1000_frag frags[12];

    for (unsigned k = 1; k < 12; k++) {
        unsigned room = e1000_tx_room(rig->dev), sent = rig->sent;
        uint32_t tail = e1000emu_peek(rig->chip, E1000_TDT);

        for (unsigned i = 0; i < 12; i++)
            frags[i] = (struct e1000_frag){.data = rig->frame + 20 * i,
                                           .bus = rig->frame_bus + 20 * i,
                                           .length = 20,
                                           .flags = i == k ? E1000_FRAG_EOP : 0};
        assert_int_equal(rig_transmit(rig, frags, k), 0);
        assert_int_equal(e1000_tx_room(rig->dev), room);
        assert_int_equal(e1000emu_peek(rig->chip, E1000_TDT), tail);
        rig_run(rig, 3 * S);
        assert_int_equal(rig->outstanding, 0);
        assert_int_equal(rig->sent, sent);
        assert_int_equal(rig_transmit(rig, frags, k + 1), k + 1);
        rig_run(rig, MS);
        assert_int_equal(rig->outstanding, 0);
        assert_int_equal(rig->sent, sent + 1);
        assert_int_equal(rig->last_length, k + 1 < 3 ? 60 : 20 * (k + 1));
    }
    faults->damaged = faults->out_of_order = 0; /* not of the numbered kind */
    faults->last_left = 0;
    faults_works(faults);
    faults_end(faults);
}

/* The chip's own order of things: descriptors that are written back late, behind their successor,
 * or never, and register writes that arrive late. Nothing is lost; but what is never written back
 * costs two seconds when sending and six when receiving, and a reset each. */
static void write_backs_in_any_order(void **state)
{
    static const struct {
        const char *fault;
        uint64_t arg, times;
        bool loses;
    } rows[] = {{"writeback-late", 100000, 0, false}, {"writeback-late", 3000000, 5, false},
                {"writeback-swapped", 0, 0, false},   {"write-late", 10000, 0, false},
                {"writeback-never", 0, 1, true},      {"writeback-never", 0, 4, true}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned from = 1; from < 8; from++) {
            struct faults *faults = faults_begin("silicon");
            struct rig *rig = faults->rig;

            /* The checker takes what arrives late for what the driver did late. */
            rig->tolerant = true;
            faults_break(faults, rows[i].fault, rows[i].arg, from, rows[i].times);
            for (unsigned k = 0; k < 4; k++) {
                faults_arrive(faults, 2, 3);
                faults_send(faults, 2);
                rig_run(rig, MS);
            }
            faults_reaped(faults, 3 * S);
            rig_run(rig, 3 * S);
            assert_int_equal(faults->damaged, 0);
            if (!rows[i].loses) {
                assert_int_equal(faults->heard, faults->arrived);
                assert_int_equal(faults->left, faults->queued);
                assert_int_equal(rig_stat(rig, "resets"), 0);
            } else {
                faults_settle(faults);
                /* One for each direction, unless a single one was enough. */
                assert_in_range(rig_stat(rig, "resets"), 1, 2);
            }
            faults_mend(faults, NULL);
            faults_works(faults);
            faults_end(faults);
        }
    }
}

/* A receiver that stops with descriptors at hand: frames overrun it, and that is seen in the
 * statistics, twice, two seconds apart; then one reset. Without traffic it is no matter. */
static void receiver_hangs(void **state)
{
    struct faults *faults = faults_begin("silicon");
    struct rig *rig = faults->rig;

    faults_break(faults, "rx-frozen", 0, 0, 1);
    faults_arrive(faults, 1, 0);
    rig_run(rig, 10 * S);
    assert_int_equal(rig_stat(rig, "rx_hangs"), 0);
    faults_arrive(faults, 7000, MS);
    assert_int_equal(rig_stat(rig, "rx_hangs"), 1);
    assert_int_equal(rig_stat(rig, "resets"), 1);
    assert_true(rig_logged(rig, "receiver hung for 4000 ms: RDH "));
    assert_true(rig_logged(rig, ", RDT ") && rig_logged(rig, ", RCTL ") &&
                rig_logged(rig, ", RXDCTL "));
    faults_linked(faults, 5 * S);
    faults_works(faults);
    faults_end(faults);
}

/* A chip on which RDH always reads as zero is not suspected of anything. */
static void head_that_does_not_show(void **state)
{
    struct faults *faults = faults_begin("silicon");

    faults->rig->lie[0].offset = E1000_RDH;
    faults->rig->lie[0].zeros = UINT32_MAX;
    faults->rig->lies = 1;
    for (unsigned i = 0; i < 10; i++) {
        faults_works(faults);
        rig_run(faults->rig, 3 * S);
    }
    assert_int_equal(rig_stat(faults->rig, "rx_hangs"), 0);
    faults_end(faults);
}

/* A ring is told of in any order of its registers, before or behind the enabling (Windows writes
 * low, high, length; bhyve crashed on another one): the chip bears it, and the core can take it
 * over. */
static void ring_registers_in_any_order(void **state)
{
    static const uint32_t offsets[] = {E1000_RDBAL, E1000_RDBAH, E1000_RDLEN, E1000_RDH, E1000_RDT};

    for (unsigned order = 0; order < 120; order++) {
        struct faults *faults = faults_new("silicon");
        struct rig *rig = faults->rig;
        const uint32_t values[] = {(uint32_t)0x77770000, 0, 128, 0, 7};
        unsigned left[] = {0, 1, 2, 3, 4}, code = order;

        rig_start(rig);
        rig->tolerant = true; /* of this driver */
        e1000emu_config_write(rig->chip, 4, 2, 7);
        e1000emu_write32(rig->chip, E1000_CTRL, E1000_CTRL_SLU);
        rig_run(rig, 3 * S);
        for (unsigned n = 5; n > 0; n--) {
            unsigned pick = code % n;

            if (order % 3 == 0 && n == 5)
                e1000emu_write32(rig->chip, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_BAM);
            e1000emu_write32(rig->chip, offsets[left[pick]], values[left[pick]]);
            faults_arrive(faults, 1, 10);
            left[pick] = left[n - 1];
            code /= n;
            if (order % 3 == 1 && n == 3)
                e1000emu_write32(rig->chip, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_BAM);
        }
        e1000emu_write32(rig->chip, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_BAM);
        faults_arrive(faults, 10, 10);
        rig->stray_dma = 0; /* by that driver */
        faults_up(faults);
        faults_works(faults);
        assert_int_equal(rig->stray_dma, 0);
        faults_end(faults);
    }
}

/* Descriptors that made VirtualBox write beyond its buffer (contexts and data that contradict each
 * other, CVE-2018-3294): the chip bears them, and the core can take it over. */
static void hostile_descriptors(void **state)
{
    struct faults *faults = faults_new("virtualbox");
    struct rig *rig = faults->rig;
    uint64_t *ring, seed = 1;

    rig_start(rig);
    rig->tolerant = true; /* of this driver */
    e1000emu_config_write(rig->chip, 4, 2, 7);
    e1000emu_write32(rig->chip, E1000_CTRL, E1000_CTRL_SLU);
    rig_run(rig, 4 * S);
    ring = (uint64_t *)(void *)rig->frame;
    for (unsigned round = 0; round < 500; round++) {
        for (unsigned i = 0; i < 8; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            /* A context with any lengths, then data that belong to it, by turns. */
            ring[2 * i] = i % 2 ? rig->frame_bus + 256 : seed;
            ring[2 * i + 1] = i % 2 ? (seed >> 44 & 0x0FFF) | 0x2F100000u
                                    : (seed & 0xFFFFFF00000FFFFFu) | 0x27000000u;
        }
        e1000emu_write32(rig->chip, E1000_TDBAL, (uint32_t)rig->frame_bus);
        e1000emu_write32(rig->chip, E1000_TDBAH, (uint32_t)(rig->frame_bus >> 32));
        e1000emu_write32(rig->chip, E1000_TDLEN, 128);
        e1000emu_write32(rig->chip, E1000_TDH, 0);
        e1000emu_write32(rig->chip, E1000_TCTL, E1000_TCTL_EN | E1000_TCTL_PSP);
        e1000emu_write32(rig->chip, E1000_TDT, 7);
        e1000emu_advance(rig->chip, rig->now += 100000);
    }
    rig->stray_dma = 0; /* by that driver */
    faults->damaged = faults->left = faults->out_of_order = 0;
    faults->last_left = 0;
    faults_up(faults);
    faults_works(faults);
    faults_end(faults);
}

/* ---- Waiting -------------------------------------------------------------------------------- */

/* A PHY that never answers, or with errors, or is not there: attaching ends with an error, within a
 * second. One that stops to answer while up costs the link, or ends with that error as well; when
 * it is mended there is a link again. */
static void phy_does_not_answer(void **state)
{
    static const char *const rows[] = {"mdic-never", "phy-error", "phy-absent"};

    for (unsigned i = 0; i < 3; i++) {
        struct faults *faults = faults_new("silicon");
        struct rig *rig = faults->rig;
        e1000emu_time start;

        rig->tolerant =
            true; /* an MDIC that is never ready looks like a driver that does not wait */
        rig_start(rig);
        faults_break(faults, rows[i], 0, 0, 0);
        start = rig->now;
        assert_int_equal(rig_attach(rig), E1000_ERR_PHY);
        assert_true(rig->now - start < 1000 * S);
        e1000_detach(rig_call(rig));
        faults_mend(faults, NULL);
        faults_up(faults);
        faults_works(faults);

        faults_break(faults, rows[i], 0, 0, 0);
        for (unsigned k = 0; k < 3; k++) {
            rig_set_partner(rig, k % 2, 0xFF);
            rig_run(rig, 3 * S);
        }
        rig_set_partner(rig, true, 0xFF);
        rig_run(rig, 3 * S);
        faults_mend(faults, NULL);
        if (e1000_get_state(rig->dev) == E1000_STATE_FAILED) {
            assert_int_equal(e1000_get_error(rig->dev), E1000_ERR_PHY);
            e1000_detach(rig_call(rig));
            faults_up(faults);
        }
        faults_linked(faults, 6 * S);
        faults_works(faults);
        faults_end(faults);
    }
}

/* Resets upon resets, at any moment, and the interface taken down or away in the middle of one. */
static void resets_upon_resets(void **state)
{
    for (unsigned k = 0; k < 120; k++) {
        struct faults *faults = faults_begin("silicon");
        struct rig *rig = faults->rig;

        for (unsigned round = 0; round < 3; round++) {
            faults_send(faults, 4);
            assert_int_equal(e1000_reset(rig_call(rig)), 0);
            for (unsigned i = 0; i < k % 30; i++) {
                uint64_t due = e1000_tick(rig_call(rig));

                if (due * 1000 > rig->now && due != UINT64_MAX)
                    rig_run(rig, due - rig->now / 1000);
            }
            assert_int_equal(e1000_reset(rig_call(rig)), 0);
        }
        if (k % 4 == 0) {
            assert_true(rig_until(rig, E1000_STATE_UP, S));
            faults_linked(faults, 5 * S);
            faults_works(faults);
        } else if (k % 4 == 1) {
            assert_int_equal(e1000_down(rig_call(rig)), 0);
            rig_run(rig, S);
            assert_int_equal(e1000_up(rig_call(rig)), 0);
            faults_linked(faults, 5 * S);
            faults_works(faults);
        } else if (k % 4 == 2) {
            assert_true(rig_until(rig, E1000_STATE_UP, S));
            assert_int_equal(e1000_suspend(rig_call(rig)), 0);
            assert_true(rig_until(rig, E1000_STATE_SUSPENDED, S));
            rig_reap(rig);
        }
        faults_end(faults);
    }
}

/* Asleep and awake with traffic going on: interrupts are back, and so is everything else. A chip
 * that another system left at work (kexec, PXE) is no different. */
static void asleep_and_dirty(void **state)
{
    for (unsigned dirty = 0; dirty < 2; dirty++) {
        struct faults *faults = faults_new("silicon");
        struct rig *rig = faults->rig;
        long accesses;

        rig_start(rig);
        if (dirty) {
            rig->tolerant = true; /* of the other system */
            faults_break(faults, "dirty", 0, 0, 0);
            e1000emu_reset(rig->chip, E1000EMU_RESET_POWER);
            faults_mend(faults, "dirty");
            faults_arrive(faults, 50, 100);
        }
        assert_int_equal(rig_attach(rig), 0);
        rig->stray_dma = 0;
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        faults_linked(faults, 10 * S);
        for (unsigned i = 0; i < 3; i++) {
            faults_works(faults);
            faults_send(faults, 5);
            assert_int_equal(e1000_suspend(rig_call(rig)), 0);
            assert_true(rig_until(rig, E1000_STATE_SUSPENDED, S));
            rig_reap(rig);
            assert_int_equal(rig->outstanding, 0);
            if (i == 1) /* power is cut */
                e1000emu_reset(rig->chip, E1000EMU_RESET_POWER);
            accesses = rig->accesses;
            faults_arrive(faults, 20, 100);
            rig_run(rig, 3 * S);
            assert_int_equal(e1000_interrupt(rig_call(rig)), 0);
            assert_int_equal(rig->accesses, accesses); /* none while asleep */
            assert_int_equal(e1000_resume(rig_call(rig)), 0);
            assert_true(rig_until(rig, E1000_STATE_UP, S));
            faults_linked(faults, 10 * S);
        }
        assert_int_equal(rig->stray_dma, 0);
        faults_works(faults);
        faults_end(faults);
    }
}

/* Every bit that is polled, stuck either way, from power-on or while up (xv6, SerenityOS and Redox
 * wait for ever): attaching and coming up end within a second, well or with an error; mended, the
 * board works. */
static void bits_stuck(void **state)
{
    static const struct {
        uint32_t offset, bit;
    } rows[] = {{E1000_CTRL, 26}, {E1000_EECD, 7},  {E1000_EECD, 3},   {E1000_EERD, 4},
                {E1000_MDIC, 28}, {E1000_MDIC, 30}, {E1000_STATUS, 1}, {E1000_STATUS, 4},
                {E1000_ICR, 7},   {E1000_ICR, 2},   {E1000_TDH, 0},    {E1000_RDH, 0}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned way = 0; way < 8; way++) {
            struct faults *faults = faults_new("silicon");
            struct rig *rig = faults->rig;
            const char *fault = way & 1 ? "stuck-1" : "stuck-0";
            uint64_t arg = 32 * rows[i].offset + rows[i].bit;
            e1000emu_time start;

            rig->tolerant = true;
            rig->params.eeprom_by_eerd = way & 4;
            rig_start(rig);
            if (!(way & 2))
                faults_break(faults, fault, arg, 0, 0);
            start = rig->now;
            if (!rig_attach(rig) && !e1000_up(rig_call(rig))) {
                rig_settle(rig);
                assert_true(rig->now - start < 2000 * S);
                if (way & 2)
                    faults_break(faults, fault, arg, 0, 0);
                faults_send(faults, 3);
                faults_arrive(faults, 3, 10);
                rig_run(rig, 3 * S);
            }
            assert_true(rig->now - start < 5000 * S);
            e1000_detach(rig_call(rig));
            rig_reap(rig);
            faults_mend(faults, NULL);
            assert_int_equal(rig->outstanding, 0);
            faults_up(faults);
            faults_works(faults);
            faults_end(faults);
        }
    }
}

/* ---- Frames --------------------------------------------------------------------------------- */

static uint8_t last[1514]; /* that was received */

static void remember(void *opaque, const struct e1000_frag *frags, unsigned count)
{
    struct faults *faults = opaque;

    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(frags[i].length, sizeof last);
        memcpy(last, frags[i].data, sizeof last);
        faults->heard++;
    }
}

/* A frame that killed another chip of the family (the 82574L: a byte of value 32h at 47Fh), and its
 * relatives: any byte there, in both directions. */
static void frames_of_death(void **state)
{
    struct faults *faults = faults_begin("silicon");
    struct rig *rig = faults->rig;
    void (*count)(void *, const struct e1000_frag *, unsigned) = rig->on_received;
    uint8_t data[1514];
    struct e1000emu_frame frame = {.data = data, .length = sizeof data};

    rig->on_received = remember;
    for (unsigned value = 0; value < 256; value++) {
        for (uint32_t at = 0x47E; at <= 0x480; at++) {
            unsigned heard = faults->heard, left = faults->left;

            memset(data, 0xFF, sizeof data);
            data[12] = 0x88;
            data[13] = 0xB5;
            data[at] = (uint8_t)value;
            memset(rig->frame, 0xFF, sizeof data);
            e1000emu_receive(rig->chip, &frame, 1, 0, NULL);
            rig->frame[at] = (uint8_t)value;
            assert_int_equal(rig_send(rig, 1, sizeof data), 1);
            rig_run(rig, 300);
            assert_int_equal(faults->heard, heard + 1);
            assert_memory_equal(last, data, sizeof data);
            assert_int_equal(faults->left, left + 1);
            assert_memory_equal(rig->last_sent, data, sizeof data);
        }
    }
    rig->on_received = count;
    faults->damaged = 0; /* not of the numbered kind */
    faults_works(faults);
    faults_end(faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_accesses_fail),
        cmocka_unit_test(fragments_that_never_end),
        cmocka_unit_test(write_backs_in_any_order),
        cmocka_unit_test(receiver_hangs),
        cmocka_unit_test(head_that_does_not_show),
        cmocka_unit_test(ring_registers_in_any_order),
        cmocka_unit_test(hostile_descriptors),
        cmocka_unit_test(phy_does_not_answer),
        cmocka_unit_test(resets_upon_resets),
        cmocka_unit_test(asleep_and_dirty),
        cmocka_unit_test(bits_stuck),
        cmocka_unit_test(frames_of_death),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
