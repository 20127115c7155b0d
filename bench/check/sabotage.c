/* SPDX-License-Identifier: BSD-2-Clause */
#include "sabotage.h"

#include "e1000_hw.h"

static struct sabotage *sabotage_of(struct device *device)
{
    return (struct sabotage *)(uintptr_t)device->ops;
}

static void pass(struct sabotage *sabotage, struct device *device, uint32_t offset, uint32_t value)
{
    sabotage->real->write32(device, offset, value);
}

/* ---- Rings ---- */

static void tail_outside(struct sabotage *sabotage, struct device *device, uint32_t offset,
                         uint32_t value)
{
    if (offset == E1000_TDLEN)
        sabotage->length = value / 16;
    pass(sabotage, device, offset, offset == E1000_TDT && value ? value + sabotage->length : value);
}

/* One descriptor too many: a full ring that the chip can't tell from an empty one. */
static void tail_at_head(struct sabotage *sabotage, struct device *device, uint32_t offset,
                         uint32_t value)
{
    if (offset == E1000_RDLEN)
        sabotage->length = value / 16;
    if (offset == E1000_RCTL)
        sabotage->done = (value & E1000_RCTL_EN) != 0;
    if (offset == E1000_RDT && sabotage->done != 0)
        value = (value + 1) % sabotage->length;
    pass(sabotage, device, offset, value);
}

static void base_unaligned(struct sabotage *sabotage, struct device *device, uint32_t offset,
                           uint32_t value)
{
    pass(sabotage, device, offset, offset == E1000_RDBAL ? value + 8 : value);
}

static void length_odd(struct sabotage *sabotage, struct device *device, uint32_t offset,
                       uint32_t value)
{
    pass(sabotage, device, offset, offset == E1000_TDLEN && value ? value - 16 : value);
}

static void ring_moves(struct sabotage *sabotage, struct device *device, uint32_t offset,
                       uint32_t value)
{
    if (offset == E1000_TDBAL)
        sabotage->base = value;
    pass(sabotage, device, offset, value);
    if (offset == E1000_TDT && value != 0) {
        pass(sabotage, device, E1000_TDBAL, sabotage->base + 128);
        pass(sabotage, device, E1000_TDBAL, sabotage->base);
    }
}

static void head_written(struct sabotage *sabotage, struct device *device, uint32_t offset,
                         uint32_t value)
{
    pass(sabotage, device, offset, value);
    if (offset == E1000_TDT && value != 0)
        pass(sabotage, device, E1000_TDH, value);
}

static void receiver_early(struct sabotage *sabotage, struct device *device, uint32_t offset,
                           uint32_t value)
{
    if (offset == E1000_RDBAL)
        pass(sabotage, device, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_BAM);
    pass(sabotage, device, offset, value);
}

static void transmitter_early(struct sabotage *sabotage, struct device *device, uint32_t offset,
                              uint32_t value)
{
    if (offset == E1000_TDBAL)
        pass(sabotage, device, E1000_TCTL, E1000_TCTL_EN | E1000_TCTL_PSP);
    pass(sabotage, device, offset, value);
}

/* ---- Order ---- */

static void unmasked_early(struct sabotage *sabotage, struct device *device, uint32_t offset,
                           uint32_t value)
{
    if (offset == E1000_RDBAL)
        pass(sabotage, device, E1000_IMS, E1000_ICR_RXT0 | E1000_ICR_LSC);
    pass(sabotage, device, offset, value);
}

/* The chip is neither stopped nor reset before its memory goes. */
static void never_stops(struct sabotage *sabotage, struct device *device, uint32_t offset,
                        uint32_t value)
{
    if (offset == E1000_RCTL && (value & E1000_RCTL_EN) != 0)
        sabotage->done = 1;
    if (sabotage->done != 0 && ((offset == E1000_RCTL && (value & E1000_RCTL_EN) == 0) ||
                                (offset == E1000_CTRL && (value & E1000_CTRL_RST) != 0) ||
                                offset == E1000_RDLEN || offset == E1000_RDBAL))
        return;
    pass(sabotage, device, offset, value);
}

static void mdic_twice(struct sabotage *sabotage, struct device *device, uint32_t offset,
                       uint32_t value)
{
    pass(sabotage, device, offset, value);
    if (offset == E1000_MDIC)
        pass(sabotage, device, offset, value);
}

static void eerd_twice(struct sabotage *sabotage, struct device *device, uint32_t offset,
                       uint32_t value)
{
    pass(sabotage, device, offset, value);
    if (offset == E1000_EERD)
        pass(sabotage, device, offset, value);
}

static void eeprom_grabbed(struct sabotage *sabotage, struct device *device, uint32_t offset,
                           uint32_t value)
{
    pass(sabotage, device, offset, offset == E1000_EECD ? value & ~E1000_EECD_EE_REQ : value);
}

static uint32_t eeprom_granted(struct sabotage *sabotage, struct device *device, uint32_t offset)
{
    const uint32_t value = sabotage->real->read32(device, offset);

    return offset == E1000_EECD ? value | E1000_EECD_EE_GNT : value;
}

/* ---- Values ---- */

static void reserved_bits(struct sabotage *sabotage, struct device *device, uint32_t offset,
                          uint32_t value)
{
    pass(sabotage, device, offset, offset == E1000_RCTL ? value | 1u : value);
}

static void diagnostic_written(struct sabotage *sabotage, struct device *device, uint32_t offset,
                               uint32_t value)
{
    if (offset == E1000_RDBAL)
        pass(sabotage, device, 0x2410, 0); /* RDFH */
    pass(sabotage, device, offset, value);
}

static void packet_buffer_split(struct sabotage *sabotage, struct device *device, uint32_t offset,
                                uint32_t value)
{
    if (offset == E1000_RDBAL)
        pass(sabotage, device, E1000_PBA, 64);
    pass(sabotage, device, offset, value);
}

static void bus_master_off(struct sabotage *sabotage, struct device *device, uint32_t offset,
                           uint32_t value)
{
    if (offset == E1000_RCTL && (value & E1000_RCTL_EN) != 0)
        sabotage->real->config_write(device, E1000_PCI_COMMAND, 2,
                                     sabotage->real->config_read(device, E1000_PCI_COMMAND, 2) &
                                         ~4u);
    pass(sabotage, device, offset, value);
}

/* ---- Reads ---- */

static uint32_t high_half_first(struct sabotage *sabotage, struct device *device, uint32_t offset)
{
    if (offset == E1000_GORCL)
        sabotage->real->read32(device, E1000_GORCL + 4);
    return sabotage->real->read32(device, offset);
}

/* A read right after the chip was put to sleep. */
static void touched_asleep(struct sabotage *sabotage, struct device *device, unsigned offset,
                           unsigned width, uint32_t value)
{
    sabotage->real->config_write(device, offset, width, value);
    sabotage->real->read32(device, E1000_STATUS);
}

/* A read while a reset is under way. */
static void touched_in_reset(struct sabotage *sabotage, struct device *device, uint32_t offset,
                             uint32_t value)
{
    sabotage->real->io_write32(device, offset, value);
    if ((value & E1000_CTRL_RST) != 0)
        sabotage->real->read32(device, E1000_MANC);
}

static void reset_swallowed(struct sabotage *sabotage, struct device *device, uint32_t offset,
                            uint32_t value)
{
    if (sabotage->done == 0)
        sabotage->real->io_write32(device, offset, value);
}

static const struct sabotage_row rows[] = {
    {.name = "tail-outside",
     .summary = "TDT is written a ring too high",
     .rule = "tail-outside-ring",
     .scenario = "feature/tx-sizes",
     .write = tail_outside},
    {.name = "tail-at-head",
     .summary = "RDT is one descriptor too far",
     .rule = "tail-at-head",
     .scenario = "feature/rx-sizes",
     .write = tail_at_head},
    {.name = "base-unaligned",
     .summary = "RDBAL is no multiple of 16",
     .rule = "ring-base",
     .scenario = "feature/rx-sizes",
     .write = base_unaligned},
    {.name = "length-odd",
     .summary = "TDLEN is no multiple of 128",
     .rule = "ring-length",
     .scenario = "feature/tx-sizes",
     .write = length_odd},
    {.name = "ring-moves",
     .summary = "TDBAL is written while the transmitter runs",
     .rule = "ring-changed",
     .scenario = "feature/tx-sizes",
     .write = ring_moves},
    {.name = "head-written",
     .summary = "TDH is written while the transmitter runs",
     .rule = "head-written",
     .scenario = "feature/tx-sizes",
     .write = head_written},
    {.name = "receiver-early",
     .summary = "RCTL.EN is set before the ring is there",
     .rule = "rx-enabled-before-ring",
     .scenario = "feature/rx-sizes",
     .write = receiver_early},
    {.name = "transmitter-early",
     .summary = "TCTL.EN is set before the ring is there",
     .rule = "tx-enabled-before-ring",
     .scenario = "feature/tx-sizes",
     .write = transmitter_early},
    {.name = "unmasked-early",
     .summary = "IMS is written before the ring is there",
     .rule = "interrupts-before-ring",
     .scenario = "feature/interrupts-direct",
     .write = unmasked_early},
    {.name = "never-stops",
     .summary = "neither RCTL.EN is cleared nor the chip reset before memory goes",
     .rule = "memory-freed-in-use",
     .scenario = "feature/up-down-traffic",
     .write = never_stops,
     .io_write = reset_swallowed},
    {.name = "mdic-twice",
     .summary = "MDIC is written again before it is ready",
     .rule = "mdic-busy",
     .scenario = "feature/attach",
     .write = mdic_twice},
    {.name = "eerd-twice",
     .summary = "EERD is written again before it is done",
     .rule = "eerd-busy",
     .scenario = "feature/attach-eerd",
     .write = eerd_twice},
    {.name = "eeprom-grabbed",
     .summary = "the EEPROM is used without EE_REQ",
     .rule = "eecd-no-grant",
     .scenario = "feature/attach",
     .write = eeprom_grabbed,
     .read = eeprom_granted},
    {.name = "reserved-bits",
     .summary = "a reserved bit of RCTL is set",
     .rule = "reserved-bits",
     .scenario = "feature/rx-sizes",
     .write = reserved_bits},
    {.name = "diagnostic-written",
     .summary = "RDFH is written",
     .rule = "diagnostic-written",
     .scenario = "feature/rx-sizes",
     .write = diagnostic_written},
    {.name = "buffer-split",
     .summary = "PBA gives all of the packet buffer to the receiver",
     .rule = "pba-split",
     .scenario = "feature/rx-sizes",
     .write = packet_buffer_split},
    {.name = "bus-master-off",
     .summary = "bus mastering is switched off before the receiver is on",
     .rule = "bus-master-cleared",
     .scenario = "feature/rx-sizes",
     .write = bus_master_off},
    {.name = "high-half-first",
     .summary = "the high half of a counter is read first",
     .rule = "counter-high-first",
     .scenario = "feature/stats-sizes",
     .read = high_half_first},
    {.name = "touched-asleep",
     .summary = "a register is read in D3",
     .rule = "access-in-d3",
     .scenario = "feature/suspend",
     .config_write = touched_asleep},
    {.name = "touched-in-reset",
     .summary = "a register is read while the chip resets",
     .rule = "access-during-reset",
     .scenario = "feature/attach",
     .io_write = touched_in_reset},
};

/* ---- Between ---- */

static void write32(struct device *device, uint32_t offset, uint32_t value)
{
    struct sabotage *sabotage = sabotage_of(device);

    sabotage->row->write(sabotage, device, offset, value);
}

static uint32_t read32(struct device *device, uint32_t offset)
{
    struct sabotage *sabotage = sabotage_of(device);

    return sabotage->row->read(sabotage, device, offset);
}

static void io_write32(struct device *device, uint32_t offset, uint32_t value)
{
    struct sabotage *sabotage = sabotage_of(device);

    sabotage->row->io_write(sabotage, device, offset, value);
}

static void config_write(struct device *device, unsigned offset, unsigned width, uint32_t value)
{
    struct sabotage *sabotage = sabotage_of(device);

    sabotage->row->config_write(sabotage, device, offset, width, value);
}

const struct sabotage_row *sabotage_at(size_t i)
{
    return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

void sabotage_open(struct sabotage *sabotage, struct device *device, const struct sabotage_row *row)
{
    *sabotage = (struct sabotage){.ops = *device->ops, .real = device->ops, .row = row};
    if (row->write != NULL)
        sabotage->ops.write32 = write32;
    if (row->read != NULL)
        sabotage->ops.read32 = read32;
    if (row->io_write != NULL)
        sabotage->ops.io_write32 = io_write32;
    if (row->config_write != NULL)
        sabotage->ops.config_write = config_write;
    device->ops = &sabotage->ops;
}
