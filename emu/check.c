/* SPDX-License-Identifier: BSD-2-Clause */
#include "check.h"

#include <string.h>

#include "chip.h"

void emu_check_begin(struct e1000emu *chip)
{
    struct emu_check *check = &chip->check;
    bool sampled = check->sampled;

    memset(check, 0, sizeof *check);
    check->sampled = sampled;
    memset(check->mta, 0xff, sizeof check->mta);
    memset(check->vfta, 0xff, sizeof check->vfta);
    check->tipg = true;
    check->rx.based = check->tx.based = true;
    check->low_read = 0xff;
    check->packet.partial = true;
    check->packet.loaded[0] = check->packet.loaded[1] = true;
    check->asserted = chip->irq.intx;
    check->asserted_at = chip->now;
}

/* ---- Telling -------------------------------------------------------------------------------- */

uint64_t e1000emu_rule_count(const e1000emu *chip, size_t i)
{
    return i < EMU_RULES ? chip->check.rule[i].count : 0;
}

/* A cause that has not been told of yet. */
static bool is_new(const struct emu_check_rule *rule, uint64_t key)
{
    for (uint32_t i = 0; i < rule->told; i++) {
        if (rule->key[i] == key)
            return false;
    }
    return rule->told < EMU_CHECK_TOLD;
}

void emu_check_found(struct e1000emu *chip, enum emu_rule id, uint64_t key, uint64_t number,
                     uint64_t other)
{
    const struct e1000emu_rule *row = e1000emu_rule_at(id);
    struct emu_check_rule *rule = &chip->check.rule[id];
    struct e1000emu_finding finding = {
        .rule = row, .event = chip->check.event, .number = {number, other}};

    if (row->order && chip->check.sampled)
        return;
    /* A chip that is broken proves nothing but that software waits without end. */
    if (emu_fault_excuses(&chip->faults) && id != RULE_UNBOUNDED_POLL)
        return;
    finding.count = ++rule->count;
    if (!is_new(rule, key))
        return;
    rule->key[rule->told++] = key;
    if (chip->host.finding)
        chip->host.finding(chip->host.opaque, &finding);
}

/* ---- What software did last ----------------------------------------------------------------- */

static struct e1000emu_access *last_access(struct emu_check *check)
{
    return &check->recent[(check->accesses - 1) % EMU_CHECK_RECENT];
}

static bool same(const struct e1000emu_access *a, const struct e1000emu_access *b)
{
    return a->value == b->value && a->offset == b->offset && a->space == b->space &&
           a->width == b->width && a->write == b->write && a->indirect == b->indirect;
}

static void remember(struct emu_check *check, const struct e1000emu_event *event)
{
    const struct e1000emu_access access = {.time = event->time,
                                           .value = event->u.access.value,
                                           .offset = event->u.access.offset,
                                           .times = 1,
                                           .space = (uint8_t)event->u.access.space,
                                           .width = (uint8_t)event->u.access.width,
                                           .write = event->kind == E1000EMU_EVENT_WRITE,
                                           .indirect = event->u.access.indirect};

    if (check->accesses > 0 && same(last_access(check), &access)) {
        last_access(check)->time = access.time;
        last_access(check)->times++;
        return;
    }
    check->accesses++;
    *last_access(check) = access;
}

size_t e1000emu_recent(const e1000emu *chip, struct e1000emu_access *to, size_t max)
{
    const struct emu_check *check = &chip->check;
    uint32_t n = check->accesses < EMU_CHECK_RECENT ? check->accesses : EMU_CHECK_RECENT;

    if (n > max)
        n = (uint32_t)max;
    for (uint32_t i = 0; i < n; i++)
        to[i] = check->recent[(check->accesses - n + i) % EMU_CHECK_RECENT];
    return n;
}

/* ---- Who looks at what ---------------------------------------------------------------------- */

static void check_register(struct e1000emu *chip, uint32_t offset, uint32_t value, bool write)
{
    uint32_t index;
    const struct e1000emu_register *row = e1000emu_register_find(offset, &index);

    if (!row)
        return;
    offset = row->offset + index * row->stride;
    emu_check_reset_access(chip, offset, value, write);
    emu_check_irq_access(chip, offset, value, write);
    if (!write)
        return;
    emu_check_reset_write(chip, offset, value);
    emu_check_serial_write(chip, offset, value);
    emu_check_ring_write(chip, offset, value);
    emu_check_rx_write(chip, offset, value);
    emu_check_tx_write(chip, offset, value);
}

static void check_access(struct e1000emu *chip, const struct e1000emu_event *event)
{
    bool write = event->kind == E1000EMU_EVENT_WRITE;
    enum e1000emu_space space = event->u.access.space;
    uint64_t value = event->u.access.value;

    remember(&chip->check, event);
    if (space == E1000EMU_CONFIG) {
        if (write)
            emu_check_config_write(chip, event);
        return;
    }
    if (!emu_check_bus(chip, event))
        return;
    emu_check_progress(chip);
    check_register(chip, event->u.access.offset, (uint32_t)value, write);
    if (event->u.access.width == 8)
        check_register(chip, event->u.access.offset + 4, (uint32_t)(value >> 32), write);
}

static void check_fetch(struct e1000emu *chip, const struct e1000emu_event *event)
{
    if (event->u.descriptor.transmit)
        emu_check_tx_fetch(chip, event);
    else
        emu_check_rx_fetch(chip, event);
    if (chip->watch & E1000EMU_WATCH_DEEP)
        emu_check_deep_fetch(chip, event);
}

static uint32_t plain(struct e1000emu *chip, bool transmit, uint32_t index,
                      const struct emu_descriptor *descriptors, uint32_t n)
{
    return transmit ? emu_check_tx_plain(chip, index, descriptors, n)
                    : emu_check_rx_plain(chip, descriptors, n);
}

void emu_check_fetched(struct e1000emu *chip, bool transmit, uint32_t index,
                       const struct emu_descriptor *descriptors, uint32_t n)
{
    const struct emu_ring *ring = transmit ? &chip->tx.ring : &chip->rx.ring;

    for (uint32_t i = plain(chip, transmit, index, descriptors, n); i < n;) {
        struct e1000emu_event event = {
            .kind = E1000EMU_EVENT_FETCH,
            .time = chip->now,
            .u.descriptor = {.transmit = transmit,
                             .index = index + i,
                             .bus = ring->base + (uint64_t)DESC_BYTES * (index + i),
                             .address = descriptors[i].address,
                             .fields = descriptors[i].fields}};

        emu_check_event(chip, &event);
        i++;
        i += plain(chip, transmit, index + i, descriptors + i, n - i);
    }
}

void emu_check_event(struct e1000emu *chip, const struct e1000emu_event *event)
{
    chip->check.event = event;
    switch (event->kind) {
    case E1000EMU_EVENT_READ:
    case E1000EMU_EVENT_WRITE:
        check_access(chip, event);
        break;
    case E1000EMU_EVENT_FETCH:
        check_fetch(chip, event);
        break;
    case E1000EMU_EVENT_WRITE_BACK:
        if (chip->watch & E1000EMU_WATCH_DEEP)
            emu_check_deep_done(chip, event);
        break;
    case E1000EMU_EVENT_DMA_FAILED:
        emu_check_dma_failed(chip, event);
        break;
    case E1000EMU_EVENT_INTERRUPT:
        emu_check_interrupt(chip, event->u.interrupt.level);
        break;
    case E1000EMU_EVENT_RECEIVED:
        emu_check_received(chip, event->u.frame.verdict);
        break;
    case E1000EMU_EVENT_RESET:
        emu_check_reset(chip, event->u.reset);
        break;
    default:
        break;
    }
    chip->check.event = NULL;
}

bool emu_check_late(const struct e1000emu *chip, e1000emu_time since)
{
    return chip->now - since > 1000000000u;
}

/* What can be late is looked at when software next shows that it is alive. */
void emu_check_progress(struct e1000emu *chip)
{
    struct emu_check *check = &chip->check;

    if (check->tx.rung && emu_check_late(chip, check->waits_at))
        emu_check_found(chip, RULE_NO_PROGRESS, 0, emu_get(chip, REG_TDH), emu_get(chip, REG_TDT));
    if (check->starved && emu_check_late(chip, check->starved_at))
        emu_check_found(chip, RULE_RX_STARVED, 0, emu_get(chip, REG_RDH), emu_get(chip, REG_RDT));
    if (check->asserted && emu_check_late(chip, check->asserted_at))
        emu_check_found(chip, RULE_INTERRUPT_LEFT_PENDING, 0, emu_get(chip, REG_ICR),
                        emu_get(chip, REG_IMS));
}
