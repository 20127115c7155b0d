/* SPDX-License-Identifier: BSD-2-Clause */
/* What of each block is in a snapshot: see snapshot.h. */
#include "chip.h"
#include "snapshot.h"

#define PACKET_BUFFER_KB 64u

/* ---- Registers ------------------------------------------------------------------------------ */

/* The two parts of the packet buffer, as the blocks count upon. */
static bool split_fits(uint32_t pba)
{
    uint32_t txa = (pba & PBA_TXA) >> PBA_TXA_SHIFT;

    return txa == 0 || (pba & PBA_RXA) + txa <= PACKET_BUFFER_KB;
}

static void walk_registers(struct emu_snapshot *s, struct e1000emu *chip)
{
    for (size_t i = 0; i < emu_reg_rows; i++) {
        const struct e1000emu_register *row = &emu_reg_table[i].pub;

        if (row->flags & E1000EMU_REG_ALIAS)
            continue;
        emu_snapshot_note(s, row->offset);
        emu_snapshot_note(s, row->count);
        for (uint32_t n = 0; n < emu_snapshot_entries(s, row->count); n++) {
            uint32_t *value = &chip->reg[(row->offset + n * row->stride) / 4];

            emu_snapshot_u32(s, value);
            emu_snapshot_require(s, !(*value & ~(row->read_mask | row->write_mask)));
        }
    }
    emu_snapshot_require(s, split_fits(emu_get(chip, REG_PBA)));
}

/* ---- Time and interrupts -------------------------------------------------------------------- */

static void walk_clock(struct emu_snapshot *s, struct e1000emu *chip)
{
    struct emu_clock *clock = &chip->clock;
    e1000emu_time next = E1000EMU_NEVER;

    emu_snapshot_u64(s, &chip->now);
    emu_snapshot_require(s, chip->now < E1000EMU_NEVER);
    for (unsigned i = 0; i < EMU_TIMERS; i++) {
        emu_snapshot_u64(s, &clock->due[i]);
        if (clock->due[i] < next)
            next = clock->due[i];
    }
    if (emu_snapshot_loading(s))
        clock->next = next;
}

static void walk_irq(struct emu_snapshot *s, struct emu_irq *irq)
{
    emu_snapshot_bool(s, &irq->intx);
    emu_snapshot_bool(s, &irq->told);
    emu_snapshot_bool(s, &irq->ever);
    emu_snapshot_u64(s, &irq->last);
}

/* ---- PCI and EEPROM ------------------------------------------------------------------------- */

static void walk_pci(struct emu_snapshot *s, struct emu_pci *pci)
{
    emu_snapshot_bool(s, &pci->bus_master);
    emu_snapshot_bool(s, &pci->memory_enable);
    emu_snapshot_bool(s, &pci->io_enable);
    emu_snapshot_bool(s, &pci->rom_enable);
    emu_snapshot_bool(s, &pci->msi_enable);
    emu_snapshot_bool(s, &pci->in_d3);
    emu_snapshot_bytes(s, pci->config, EMU_CONFIG_BYTES);
    emu_snapshot_bytes(s, pci->stored, EMU_CONFIG_BYTES);
    emu_snapshot_bytes(s, pci->clears, EMU_CONFIG_BYTES);
    emu_snapshot_u32(s, &pci->io_address);
    emu_snapshot_u16(s, &pci->init1);
    emu_snapshot_u16(s, &pci->init2);
    emu_snapshot_u16(s, &pci->power);
    emu_snapshot_u16(s, &pci->common_power);
    emu_snapshot_bool(s, &pci->int_b);
    emu_snapshot_u32(s, &pci->flash_bytes);
}

/* Its size decides how addresses are cut out of what comes in by Microwire. */
static void walk_part_size(struct emu_snapshot *s, struct emu_eeprom_part *part)
{
    bool large = part->words == EMU_EEPROM_WORDS_MAX;

    emu_snapshot_bool(s, &large);
    if (!emu_snapshot_loading(s))
        return;
    part->words = large ? EMU_EEPROM_WORDS_MAX : 64;
    part->address_bits = large ? 8 : 6;
}

/* Of two functions each has the part that they share. */
static void walk_part(struct emu_snapshot *s, struct e1000emu *chip)
{
    struct emu_eeprom_part *part = emu_part(chip);
    uint32_t state = part->state;
    bool held = part->holder == chip;

    walk_part_size(s, part);
    for (unsigned i = 0; i < EMU_EEPROM_WORDS_MAX; i++) {
        emu_snapshot_u16(s, &part->word[i]);
        emu_snapshot_bool(s, &part->wrong[i]);
        emu_snapshot_u16(s, &part->right[i]);
    }
    emu_snapshot_u32(s, &part->pins);
    emu_snapshot_limited(s, &state, EMU_EE_IGNORE);
    emu_snapshot_limited(s, &part->shift, 0xFFFF);
    emu_snapshot_limited(s, &part->bits, 16);
    emu_snapshot_limited(s, &part->opcode, 3);
    emu_snapshot_limited(s, &part->address, part->words - 1);
    emu_snapshot_bool(s, &part->write_enabled);
    emu_snapshot_bool(s, &part->data_out);
    emu_snapshot_bool(s, &held);
    if (!emu_snapshot_loading(s))
        return;
    part->state = (enum emu_eeprom_state)state;
    if (held)
        part->holder = chip;
    else if (part->holder == chip)
        part->holder = NULL;
}

static void walk_eeprom(struct emu_snapshot *s, struct emu_eeprom *eeprom)
{
    uint32_t kind = eeprom->load_kind;

    emu_snapshot_bool(s, &eeprom->eerd_waits);
    emu_snapshot_limited(s, &eeprom->eerd_word, EMU_EEPROM_WORDS_MAX - 1);
    emu_snapshot_limited(s, &kind, E1000EMU_RESETS - 1);
    emu_snapshot_bool(s, &eeprom->load_waits);
    if (emu_snapshot_loading(s))
        eeprom->load_kind = (enum e1000emu_reset)kind;
}

/* What the part holds follows at the end of the snapshot. */
static void walk_flash(struct emu_snapshot *s, struct emu_flash *flash)
{
    uint32_t state = flash->state;

    emu_snapshot_note(s, flash->bytes); /* another board's part is none of this chip's */
    emu_snapshot_limited(s, &state, EMU_FLASH_ERASE2);
    if (emu_snapshot_loading(s))
        flash->state = (enum emu_flash_state)state;
    emu_snapshot_bool(s, &flash->ids);
    emu_snapshot_u64(s, &flash->busy_until);
    emu_snapshot_u8(s, &flash->inverted);
    emu_snapshot_bool(s, &flash->toggle);
}

/* ---- PHY, link, pins ------------------------------------------------------------------------ */

static void walk_phy(struct emu_snapshot *s, struct emu_phy *phy)
{
    uint32_t power = phy->power;

    for (unsigned i = 0; i < EMU_PHY_REGISTERS; i++) {
        emu_snapshot_u16(s, &phy->reg[i]);
        emu_snapshot_u16(s, &phy->window[i]);
    }
    emu_snapshot_require(s, phy->reg[PHY_PAGE] < EMU_PHY_REGISTERS);
    emu_snapshot_u16(s, &phy->control);
    emu_snapshot_u16(s, &phy->advertised);
    emu_snapshot_u16(s, &phy->advertised_gigabit);
    emu_snapshot_limited(s, &power, EMU_PHY_DOWN);
    if (emu_snapshot_loading(s))
        phy->power = (enum emu_phy_power)power;
    emu_snapshot_bool(s, &phy->held);
    emu_snapshot_bool(s, &phy->link);
    emu_snapshot_bool(s, &phy->full_duplex);
    emu_snapshot_u32(s, &phy->mbps);
    emu_snapshot_require(s, phy->mbps == 10 || phy->mbps == 100 || phy->mbps == 1000 ||
                                (phy->mbps == 0 && !phy->link));
    emu_snapshot_bool(s, &phy->interrupt);
    emu_snapshot_u32(s, &phy->command);
}

static void walk_link(struct emu_snapshot *s, struct emu_wire_link *link)
{
    uint32_t sends = link->partner.sends;

    emu_snapshot_bool(s, &link->partner.cable);
    emu_snapshot_u32(s, &link->partner.abilities);
    emu_snapshot_limited(s, &sends, E1000EMU_SENDS_NOISE);
    if (emu_snapshot_loading(s))
        link->partner.sends = (enum e1000emu_sends)sends;
    emu_snapshot_u32(s, &link->partner.remote_fault);
    emu_snapshot_bool(s, &link->busy);
    emu_snapshot_u64(s, &link->last_frame);
}

static void walk_serdes(struct emu_snapshot *s, struct emu_serdes *serdes)
{
    emu_snapshot_bool(s, &serdes->active);
    emu_snapshot_bool(s, &serdes->sync);
    emu_snapshot_bool(s, &serdes->sending);
    emu_snapshot_bool(s, &serdes->seen);
    emu_snapshot_bool(s, &serdes->forced);
    emu_snapshot_bool(s, &serdes->complete);
    emu_snapshot_bool(s, &serdes->partner_up);
    emu_snapshot_bool(s, &serdes->wire);
}

static void walk_medium(struct emu_snapshot *s, struct emu_medium *medium)
{
    uint32_t phase = medium->phase;

    emu_snapshot_limited(s, &phase, EMU_MEDIUM_YIELDED);
    if (emu_snapshot_loading(s))
        medium->phase = (enum emu_medium_phase)phase;
    emu_snapshot_u32(s, &medium->attempts);
    emu_snapshot_u32(s, &medium->collisions);
    emu_snapshot_bool(s, &medium->deferred);
    emu_snapshot_u64(s, &medium->outcome.busy_ns);
    emu_snapshot_bool(s, &medium->outcome.collision);
    emu_snapshot_u32(s, &medium->outcome.byte);
    emu_snapshot_bool(s, &medium->outcome.no_carrier);
    emu_snapshot_bool(s, &medium->collided);
    emu_snapshot_u64(s, &medium->last_collision);
}

static void walk_wake(struct emu_snapshot *s, struct emu_wake *wake)
{
    emu_snapshot_bool(s, &wake->armed);
    emu_snapshot_bool(s, &wake->active);
    emu_snapshot_bool(s, &wake->pme);
}

static void walk_manage(struct emu_snapshot *s, struct emu_manage *manage)
{
    emu_snapshot_bool(s, &manage->receives);
}

static void walk_pins(struct emu_snapshot *s, struct emu_pins *pins)
{
    emu_snapshot_u32(s, &pins->driven);
    emu_snapshot_u32(s, &pins->high);
}

/* ---- Flow control and loopback -------------------------------------------------------------- */

static void walk_flow(struct emu_snapshot *s, struct emu_flow *flow)
{
    emu_snapshot_bool(s, &flow->xoff);
    emu_snapshot_u32(s, &flow->level);
    emu_snapshot_bool(s, &flow->pending);
    emu_snapshot_u16(s, &flow->pending_time);
}

/* Frames lie one behind the other. */
static void walk_loop(struct emu_snapshot *s, struct emu_loop *loop)
{
    uint32_t start = 0;

    emu_snapshot_limited(s, &loop->count, EMU_LOOP_FRAMES);
    emu_snapshot_limited(s, &loop->used, EMU_LOOP_BYTES);
    emu_snapshot_bool(s, &loop->refused);
    emu_snapshot_u64(s, &loop->idle);
    for (uint32_t i = 0; i < emu_snapshot_entries(s, loop->count); i++) {
        emu_snapshot_u16(s, &loop->frame[i].length);
        emu_snapshot_u32(s, &loop->frame[i].flags);
        emu_snapshot_u64(s, &loop->frame[i].arrives);
        if (emu_snapshot_loading(s))
            loop->frame[i].start = (uint16_t)start;
        start += loop->frame[i].length;
        emu_snapshot_require(s, start <= loop->used);
    }
    emu_snapshot_require(s, start == loop->used);
    emu_snapshot_bytes(s, loop->bytes, loop->used);
}

/* ---- All of them ---------------------------------------------------------------------------- */

void emu_snapshot_blocks(struct emu_snapshot *s, struct e1000emu *chip)
{
    emu_snapshot_note(s,
                      chip->lan_b); /* the functions of a chip differ, and one alone is another */
    emu_snapshot_note(s, chip->sibling != NULL);
    walk_registers(s, chip);
    walk_clock(s, chip);
    walk_irq(s, &chip->irq);
    walk_pci(s, &chip->pci);
    walk_part(s, chip);
    walk_eeprom(s, &chip->eeprom);
    walk_flash(s, &chip->keeper->flash);
    walk_phy(s, &chip->phy);
    walk_link(s, &chip->link);
    walk_serdes(s, &chip->serdes);
    walk_medium(s, &chip->medium);
    walk_wake(s, &chip->wake);
    walk_manage(s, &chip->manage);
    walk_pins(s, &chip->pins);
    walk_flow(s, &chip->flow);
    walk_loop(s, &chip->loop);
    emu_snapshot_rx(s, chip);
    emu_snapshot_tx(s, chip);
    emu_snapshot_bytes(s, chip->mac, sizeof chip->mac);
    emu_snapshot_u32(s, &chip->seed);
    emu_snapshot_check(s, chip);
    emu_snapshot_faults(s, chip);
    emu_snapshot_bytes(s, chip->keeper->flash_programmed, chip->flash.bytes);
}
