/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the checker is in a snapshot: see snapshot.h. */
#include "chip.h"
#include "snapshot.h"

static void walk_rule(struct emu_snapshot *s, struct emu_check_rule *rule)
{
    emu_snapshot_u64(s, &rule->count);
    for (unsigned i = 0; i < EMU_CHECK_TOLD; i++)
        emu_snapshot_u64(s, &rule->key[i]);
    emu_snapshot_limited(s, &rule->told, EMU_CHECK_TOLD);
}

static void walk_access(struct emu_snapshot *s, struct e1000emu_access *access)
{
    emu_snapshot_u64(s, &access->time);
    emu_snapshot_u64(s, &access->value);
    emu_snapshot_u32(s, &access->offset);
    emu_snapshot_u32(s, &access->times);
    emu_snapshot_u8(s, &access->space);
    emu_snapshot_require(s, access->space <= E1000EMU_CONFIG);
    emu_snapshot_u8(s, &access->width);
    emu_snapshot_bool(s, &access->write);
    emu_snapshot_bool(s, &access->indirect);
}

static void walk_ring(struct emu_snapshot *s, struct emu_check_ring *ring)
{
    emu_snapshot_bool(s, &ring->based);
    emu_snapshot_bool(s, &ring->enabled);
    emu_snapshot_bool(s, &ring->rung);
    for (uint32_t i = 0; i < emu_snapshot_entries(s, EMU_CHECK_FETCHED); i++) {
        struct emu_check_descriptor *fetched = &ring->fetched[i];

        emu_snapshot_u64(s, &fetched->address);
        emu_snapshot_u64(s, &fetched->fields);
        emu_snapshot_u64(s, &fetched->canary);
        emu_snapshot_u32(s, &fetched->index);
        emu_snapshot_u16(s, &fetched->length);
        emu_snapshot_bool(s, &fetched->held);
    }
}

static void walk_packet(struct emu_snapshot *s, struct emu_check_packet *packet)
{
    for (unsigned i = 0; i < 2; i++) {
        emu_snapshot_context(s, &packet->context[i]);
        emu_snapshot_bool(s, &packet->loaded[i]);
    }
    emu_snapshot_bool(s, &packet->known);
    emu_snapshot_bool(s, &packet->open);
    emu_snapshot_bool(s, &packet->partial);
    emu_snapshot_bool(s, &packet->extended);
    emu_snapshot_u8(s, &packet->options);
    emu_snapshot_u8(s, &packet->command);
    emu_snapshot_u32(s, &packet->next);
    emu_snapshot_u32(s, &packet->again);
    emu_snapshot_u32(s, &packet->length);
}

/* What it knows of software's habits: accesses, resets, interrupts. */
static void walk_habits(struct emu_snapshot *s, struct emu_check *check)
{
    emu_snapshot_u64(s, &check->polled_at);
    emu_snapshot_u32(s, &check->polls);
    emu_snapshot_u32(s, &check->heads);
    emu_snapshot_u8(s, &check->low_read);
    emu_snapshot_bool(s, &check->array_dirty);
    emu_snapshot_u32(s, &check->array_at);
    emu_snapshot_u64(s, &check->reset_at);
    emu_snapshot_u64(s, &check->phy_reset_at);
    emu_snapshot_bool(s, &check->was_reset);
    emu_snapshot_bool(s, &check->asserted);
    emu_snapshot_u64(s, &check->asserted_at);
    emu_snapshot_u32(s, &check->idle_icr);
}

/* And of the rings and tables. */
static void walk_setup(struct emu_snapshot *s, struct emu_check *check)
{
    for (unsigned i = 0; i < MTA_COUNT / 32; i++)
        emu_snapshot_u32(s, &check->mta[i]);
    for (unsigned i = 0; i < VFTA_COUNT / 32; i++)
        emu_snapshot_u32(s, &check->vfta[i]);
    emu_snapshot_bool(s, &check->tipg);
    emu_snapshot_bool(s, &check->starved);
    emu_snapshot_u64(s, &check->starved_at);
    emu_snapshot_u64(s, &check->waits_at);
    walk_ring(s, &check->rx);
    walk_ring(s, &check->tx);
    walk_packet(s, &check->packet);
}

/* A checker that wasn't at work knows nothing: where it is now, it begins. */
void emu_snapshot_check(struct emu_snapshot *s, struct e1000emu *chip)
{
    struct emu_check *check = &chip->check;
    bool worked = chip->watch & E1000EMU_WATCH_CHECK;

    emu_snapshot_bool(s, &worked);
    for (uint32_t i = 0; i < emu_snapshot_entries(s, EMU_RULES); i++)
        walk_rule(s, &check->rule[i]);
    emu_snapshot_note(s, EMU_RULES);
    for (uint32_t i = 0; i < emu_snapshot_entries(s, EMU_CHECK_RECENT); i++)
        walk_access(s, &check->recent[i]);
    emu_snapshot_u32(s, &check->accesses);
    walk_habits(s, check);
    walk_setup(s, check);
    for (unsigned i = 0; i < EMU_CHECK_GONE; i++) {
        emu_snapshot_u64(s, &check->gone[i].bus);
        emu_snapshot_u64(s, &check->gone[i].length);
    }
    emu_snapshot_limited(s, &check->gone_next, EMU_CHECK_GONE - 1);
    if (emu_snapshot_loading(s) && !worked && chip->watch & E1000EMU_WATCH_CHECK)
        emu_check_begin(chip);
}
