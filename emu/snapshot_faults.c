/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the faults is in a snapshot: see snapshot.h. */
#include "chip.h"
#include "snapshot.h"

static void walk_fault(struct emu_snapshot *s, struct emu_fault *fault)
{
    emu_snapshot_u8(s, &fault->id);
    emu_snapshot_u8(s, &fault->phase);
    emu_snapshot_u64(s, &fault->arg);
    emu_snapshot_u64(s, &fault->when.after);
    emu_snapshot_u64(s, &fault->when.lasts);
    emu_snapshot_u64(s, &fault->when.from);
    emu_snapshot_u64(s, &fault->when.every);
    emu_snapshot_u64(s, &fault->when.times);
    emu_snapshot_u32(s, &fault->when.chance);
    emu_snapshot_u64(s, &fault->begins);
    emu_snapshot_u64(s, &fault->ends);
    emu_snapshot_u64(s, &fault->due);
    emu_snapshot_u64(s, &fault->seen);
    emu_snapshot_u64(s, &fault->fired);
    emu_snapshot_u64(s, &fault->random);
    if (s->mode != EMU_SNAPSHOT_LOAD)
        return;
    emu_snapshot_require(s, fault->id < EMU_FAULT_IDS);
    if (!s->error)
        emu_snapshot_require(s, emu_fault_possible(fault));
}

static void walk_state(struct emu_snapshot *s, struct emu_faults *faults)
{
    emu_snapshot_u32(s, &faults->seed);
    emu_snapshot_bool(s, &faults->powered);
    emu_snapshot_bool(s, &faults->misled);
    emu_snapshot_bool(s, &faults->dirty);
    emu_snapshot_bool(s, &faults->removed);
    emu_snapshot_bool(s, &faults->tx_frozen);
    emu_snapshot_bool(s, &faults->rx_frozen);
    emu_snapshot_bool(s, &faults->tx_frozen_for_ever);
    emu_snapshot_bool(s, &faults->rx_frozen_for_ever);
    emu_snapshot_bool(s, &faults->resetting);
    emu_snapshot_u64(s, &faults->reset_ends);
}

static void walk_writes(struct emu_snapshot *s, struct emu_faults *faults)
{
    emu_snapshot_limited(s, &faults->writes, EMU_FAULT_WRITES);
    for (uint32_t i = 0; i < emu_snapshot_entries(s, faults->writes); i++) {
        struct emu_fault_write *one = &faults->write[i];

        emu_snapshot_u32(s, &one->offset);
        emu_snapshot_require(s, one->offset < EMU_REGISTER_BYTES && one->offset % 4 == 0);
        emu_snapshot_u32(s, &one->value);
        emu_snapshot_u64(s, &one->due);
    }
}

static void walk_write_backs(struct emu_snapshot *s, struct emu_faults *faults)
{
    emu_snapshot_limited(s, &faults->write_backs, EMU_FAULT_WRITE_BACKS);
    for (uint32_t i = 0; i < emu_snapshot_entries(s, faults->write_backs); i++) {
        struct emu_fault_write_back *one = &faults->write_back[i];

        emu_snapshot_u64(s, &one->bus);
        emu_snapshot_u64(s, &one->fields);
        emu_snapshot_u64(s, &one->due);
        emu_snapshot_u32(s, &one->index);
        emu_snapshot_bool(s, &one->transmit);
        emu_snapshot_bool(s, &one->swapped);
    }
}

static void walk_stale(struct emu_snapshot *s, struct emu_fault_stale *stale)
{
    for (uint32_t i = 0; i < emu_snapshot_entries(s, EMU_FAULT_STALE); i++) {
        emu_snapshot_u64(s, &stale[i].bus);
        emu_snapshot_u64(s, &stale[i].descriptor.address);
        emu_snapshot_u64(s, &stale[i].descriptor.fields);
    }
}

static void walk_wire(struct emu_snapshot *s, struct emu_fault_wire *wire)
{
    emu_snapshot_bool(s, &wire->held);
    emu_snapshot_u64(s, &wire->due);
    emu_snapshot_u32(s, &wire->flags);
    emu_snapshot_bool(s, &wire->waits);
    emu_snapshot_bool(s, &wire->drawn);
    emu_snapshot_u32(s, &wire->luck.fired);
    emu_snapshot_u64(s, &wire->luck.bit);
    emu_snapshot_u32(s, &wire->luck.left);
    emu_snapshot_limited(s, &wire->length, EMU_FAULT_HELD);
    emu_snapshot_bytes(s, wire->data, s->mode == EMU_SNAPSHOT_DESCRIBE ? 1 : wire->length);
}

static void walk_errata(struct emu_snapshot *s, struct emu_faults *faults)
{
    emu_snapshot_u32(s, &faults->tx_looked);
    emu_snapshot_bool(s, &faults->tx_after_segments);
    emu_snapshot_u64(s, &faults->tx_waits);
    emu_snapshot_u32(s, &faults->burst_next);
    emu_snapshot_u64(s, &faults->late.bus);
    emu_snapshot_u64(s, &faults->late.due);
    emu_snapshot_limited(s, &faults->late.length, EMU_FAULT_LATE);
    emu_snapshot_bytes(s, faults->late.data,
                       s->mode == EMU_SNAPSHOT_DESCRIBE ? 1 : faults->late.length);
}

void emu_snapshot_faults(struct emu_snapshot *s, struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;

    emu_snapshot_note(s, EMU_FAULT_IDS);
    emu_snapshot_limited(s, &faults->count, E1000EMU_FAULTS_MAX);
    for (uint32_t i = 0; i < emu_snapshot_entries(s, faults->count); i++)
        walk_fault(s, &faults->set[i]);
    for (uint32_t i = 0; i < emu_snapshot_entries(s, EMU_FAULT_IDS); i++)
        emu_snapshot_u64(s, &faults->fired[i]);
    walk_state(s, faults);
    walk_writes(s, faults);
    walk_write_backs(s, faults);
    walk_stale(s, faults->stale[0]);
    walk_stale(s, faults->stale[1]);
    walk_wire(s, &faults->rx);
    walk_wire(s, &faults->tx);
    walk_errata(s, faults);
    if (emu_snapshot_loading(s))
        emu_fault_refresh(chip);
}
