/* SPDX-License-Identifier: BSD-2-Clause */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH 200u
#define SLOTS  64u
#define SLOT   16384u

/* ---- Frames --------------------------------------------------------------------------------- */

static void make(uint8_t *data, uint32_t length, uint32_t number)
{
    memset(data, 0xFF, 6);
    memset(data + 6, 2, 6);
    data[12] = 0x88;
    data[13] = 0xB5;
    memcpy(data + 14, &number, sizeof number);
    for (uint32_t i = 18; i < length; i++)
        data[i] = (uint8_t)(number * 7 + i * 13);
}

/* The number of an intact frame; false: it is none. */
static bool number_of(const uint8_t *data, uint32_t length, uint32_t *number)
{
    if (length < 18)
        return false;
    memcpy(number, data + 14, sizeof *number);
    for (uint32_t i = 18; i < length; i++) {
        if (data[i] != (uint8_t)(*number * 7 + i * 13))
            return false;
    }
    return *number < FAULTS_NUMBERS;
}

static void count(struct faults *faults, const uint8_t *data, uint32_t length, bool out)
{
    uint8_t *seen = out ? faults->seen_out : faults->seen_in;
    uint32_t *last = out ? &faults->last_left : &faults->last_heard;
    uint32_t number;

    if (length != faults->length || !number_of(data, length, &number)) {
        faults->damaged++;
        return;
    }
    if (seen[number] < UINT8_MAX)
        seen[number]++;
    faults->out_of_order += number + 1 <= *last;
    *last = number + 1;
}

static void on_sent(void *opaque, const uint8_t *data, uint32_t length)
{
    struct faults *faults = opaque;

    if (data[12] == 0x88 && data[13] == 0x08)
        return; /* the chip pauses us */
    faults->left++;
    count(faults, data, length, true);
}

static void on_received(void *opaque, const struct e1000_frag *frags, unsigned n)
{
    static uint8_t whole[SLOT];
    struct faults *faults = opaque;
    uint32_t at = 0;

    for (unsigned i = 0; i < n; i++) {
        assert_true(at + frags[i].length <= sizeof whole);
        memcpy(whole + at, frags[i].data, frags[i].length);
        at += frags[i].length;
        faults->marked += !!(frags[i].flags & E1000_FRAG_BAD_FRAME);
        if (frags[i].flags & E1000_FRAG_EOP) {
            faults->heard++;
            count(faults, whole, at, false);
            at = 0;
        }
    }
}

/* ---- Life ----------------------------------------------------------------------------------- */

struct faults *faults_new(const char *profile)
{
    struct faults *faults = calloc(1, sizeof *faults);

    assert_non_null(faults);
    faults->rig = rig_new(profile);
    faults->rig->on_sent = on_sent;
    faults->rig->on_received = on_received;
    faults->rig->opaque = faults;
    faults->length = LENGTH;
    return faults;
}

void faults_up(struct faults *faults)
{
    struct rig *rig = faults->rig;

    if (!rig->chip)
        rig_start(rig);
    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    faults_linked(faults, 10 * S);
}

struct faults *faults_begin(const char *profile)
{
    struct faults *faults = faults_new(profile);

    faults_up(faults);
    return faults;
}

void faults_end(struct faults *faults)
{
    struct rig *rig = faults->rig;

    /* What is sent may lie there until the core gives it back. */
    e1000_detach(rig_call(rig));
    if (faults->memory.cpu)
        rig->os.dma_free(rig, &faults->memory);
    rig_free(rig);
    free(faults);
}

void faults_break(struct faults *faults, const char *name, uint64_t arg, uint64_t from,
                  uint64_t times)
{
    const struct e1000emu_fault *row = e1000emu_fault_find(name);
    struct e1000emu_fault_setting setting = {
        .name = name, .arg = arg, .when = {.from = from, .times = times}};

    assert_non_null(row);
    if (row->arg == E1000EMU_ARG_NONE)
        setting.arg = E1000EMU_FAULT_DEFAULT;
    assert_int_equal(e1000emu_fault_set(faults->rig->chip, &setting), 0);
}

void faults_mend(struct faults *faults, const char *name)
{
    e1000emu_fault_clear(faults->rig->chip, name);
}

/* ---- Traffic -------------------------------------------------------------------------------- */

void faults_arrive(struct faults *faults, unsigned frames, uint64_t us)
{
    static uint8_t data[SLOT];

    while (frames--) {
        struct e1000emu_frame frame = {.data = data, .length = faults->length};

        make(data, faults->length, faults->arrived++);
        e1000emu_receive(faults->rig->chip, &frame, 1, 0, NULL);
        if (us)
            rig_run(faults->rig, us);
    }
}

void faults_send(struct faults *faults, unsigned frames)
{
    struct rig *rig = faults->rig;

    if (!faults->memory.cpu)
        assert_int_equal(rig->os.dma_alloc(rig, SLOTS * SLOT, 4096, 0, &faults->memory), 0);
    while (frames--) {
        size_t offset = faults->queued % SLOTS * SLOT;
        struct e1000_frag frag = {.data = (uint8_t *)faults->memory.cpu + offset,
                                  .bus = faults->memory.bus + offset,
                                  .length = faults->length,
                                  .flags = E1000_FRAG_EOP};

        assert_true(rig->outstanding < (long)SLOTS);
        make(frag.data, faults->length, faults->queued);
        if (!rig_transmit(rig, &frag, 1))
            return;
        faults->queued++;
    }
}

uint64_t faults_reaped(struct faults *faults, uint64_t us)
{
    uint64_t took = 0;

    for (; faults->rig->outstanding && took < us; took += MS)
        rig_run(faults->rig, MS);
    assert_int_equal(faults->rig->outstanding, 0);
    return took;
}

uint64_t faults_linked(struct faults *faults, uint64_t us)
{
    e1000emu_time start = faults->rig->now;

    assert_true(rig_linked(faults->rig, us));
    us = (faults->rig->now - start) / 1000;
    /* A chip that stops reception for a while whenever RCTL is written. */
    rig_run(faults->rig, faults->rig->profile.rx_block_ns / 1000);
    return us;
}

void faults_settle(struct faults *faults)
{
    struct e1000_link link;

    for (unsigned i = 0; i < 20; i++) {
        e1000_get_link(faults->rig->dev, &link);
        if (link.up)
            faults_send(faults, 5);
        faults_arrive(faults, 5, 0);
        rig_run(faults->rig, 500 * MS);
    }
    faults_linked(faults, 10 * S);
}

void faults_works(struct faults *faults)
{
    unsigned damaged = faults->damaged, out_of_order = faults->out_of_order;

    assert_int_equal(e1000_get_state(faults->rig->dev), E1000_STATE_UP);
    for (unsigned i = 0; i < 3; i++) {
        unsigned arrived = faults->arrived, queued = faults->queued;
        unsigned heard = faults->heard, left = faults->left;

        faults_send(faults, 7);
        faults_arrive(faults, 7, 0);
        rig_run(faults->rig, 2 * MS);
        assert_int_equal(faults->queued, queued + 7);
        assert_int_equal(faults->left, left + 7);
        assert_int_equal(faults->heard, heard + 7);
        assert_int_equal(faults->rig->outstanding, 0);
        for (unsigned k = 0; k < 7; k++) {
            assert_int_equal(faults->seen_in[arrived + k], 1);
            assert_int_equal(faults->seen_out[queued + k], 1);
        }
    }
    assert_int_equal(faults->damaged, damaged);
    assert_int_equal(faults->out_of_order, out_of_order);
}
