/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the chips themselves do wrong, as their specification updates and the drivers written for
 * them say. Where these tell only that something is corrupted or hangs, the model does so each time
 * that the condition is met: silicon does it rarely, and no test could wait for that.
 */
#include <string.h>

#include "chip.h"
#include "rx_batch.h"
#include "tx_run.h"

#define BOUNDARY 0x10000u /* erratum 23 */

/* PCI-X: what the read FIFO takes (82546GB erratum 10). */
#define LONGEST_FIRST 2015u
#define LONGEST_READ  2048u
#define PCIX_COMMAND  0xE6u
#define READ_4096     0x0Cu
#define RELAXED       0x02u

/* How much of one descriptor segmentation takes (Linux e1000_xmit_frame). */
#define LONGEST_PIECE 4096u
#define MOST_SEGMENTS 4u

/* How long after its status a descriptor's data is fetched, and data comes after its status. */
#define EARLY_NS 5000u

#define TAIL_BYTES 4u

static bool in_pcix_mode(const struct e1000emu *chip)
{
    return emu_get(chip, REG_STATUS) & STATUS_PCIX_MODE;
}

/* ---- Descriptors to send -------------------------------------------------------------------- */

/* A descriptor as the transmitter comes to it. */
struct look {
    uint32_t command, length, index;
    uint32_t mss, header; /* of segments; what of their header is still to come */
    bool first;           /* of its packet */
    bool segmented;       /* its packet is to be segmented */
};

static struct look look_at(const struct e1000emu *chip, const struct emu_descriptor *descriptor)
{
    const struct emu_tx *tx = &chip->tx;
    uint32_t command = emu_tx_command(descriptor->fields);
    bool open = tx->packet.open;
    const struct emu_context *context = open ? &tx->packet.context : &tx->context[1];

    return (struct look){
        .command = command,
        .length = descriptor->address ? emu_tx_buffer_length(descriptor->fields) : 0,
        .index = emu_ring_after(&tx->ring, tx->ring.head, tx->next - tx->done),
        .mss = context->mss,
        .header = context->hdrlen - (open ? tx->segmenter.header : 0),
        .first = !open,
        .segmented = open ? tx->packet.kind == EMU_TX_SEGMENTED
                          : (command & TXD_CMD_DEXT) && (command & TXD_CMD_TSE),
    };
}

/* Whether the transmitter stops for good at this one. */
static bool hangs(struct e1000emu *chip, const struct emu_descriptor *descriptor,
                  const struct look *look)
{
    uint32_t most = MOST_SEGMENTS * look->mss;
    bool pcix = in_pcix_mode(chip);

    if (emu_tx_is_context(descriptor->fields))
        return look->command & TXD_CMD_RS && emu_fault_fires(chip, FAULT_CONTEXT_RS);
    if (pcix && look->first && look->length > LONGEST_FIRST &&
        emu_fault_fires(chip, FAULT_FIRST_2015))
        return true;
    if (pcix && look->length > LONGEST_READ &&
        (chip->pci.config[PCIX_COMMAND] & READ_4096) == READ_4096 &&
        emu_fault_fires(chip, FAULT_READ_4096))
        return true;
    if (most > LONGEST_PIECE)
        most = LONGEST_PIECE;
    return look->segmented && look->length > look->header + most &&
           emu_fault_fires(chip, FAULT_TSO_4_MSS);
}

/* The last descriptor of a segmented packet, or the only one of the packet that follows: those that
 * hold no more than the last four bytes are safe. */
static bool is_early(struct e1000emu *chip, const struct look *look)
{
    struct emu_faults *faults = &chip->faults;
    bool after = faults->tx_after_segments;

    if (look->first)
        faults->tx_after_segments = look->segmented;
    if (!(look->command & TXD_CMD_EOP) || look->length <= TAIL_BYTES)
        return false;
    return (look->segmented || (look->first && after)) && emu_fault_fires(chip, FAULT_TSO_EARLY);
}

/* Its status is written although its data wasn't fetched yet. */
static void write_early(struct emu_tx_run *run, struct emu_descriptor *descriptor, uint32_t index)
{
    struct e1000emu *chip = run->chip;

    if (descriptor->fields & run->reports) {
        emu_ring_post(chip, true, index, chip->tx.ring.base + (uint64_t)DESC_BYTES * index,
                      descriptor->fields | TXD_DONE);
        run->causes |= ICR_TXDW;
    }
    descriptor->fields &= ~run->reports; /* once is enough */
    chip->faults.tx_waits = emu_fault_later(chip, EARLY_NS);
    emu_fault_refresh(chip);
}

bool emu_fault_descriptor(struct emu_tx_run *run, struct emu_descriptor *descriptor)
{
    struct e1000emu *chip = run->chip;
    struct emu_faults *faults = &chip->faults;
    struct look look = look_at(chip, descriptor);

    if (faults->tx_looked == look.index + 1) /* it had to wait for something else */
        return true;
    faults->tx_looked = look.index + 1;
    if (hangs(chip, descriptor, &look)) {
        faults->tx_frozen = true;
        return false;
    }
    if (emu_tx_is_context(descriptor->fields) || !is_early(chip, &look))
        return true;
    write_early(run, descriptor, look.index);
    return false;
}

void emu_fault_link_lost(struct e1000emu *chip)
{
    if (emu_ring_ready(&chip->tx.ring) > 0 && emu_fault_fires(chip, FAULT_STRANDED))
        chip->faults.tx_frozen = true;
}

void emu_fault_forget_descriptor(struct e1000emu *chip)
{
    chip->faults.tx_looked = 0;
    chip->faults.tx_waits = 0;
}

void emu_fault_padded(struct e1000emu *chip, uint8_t *data, uint32_t length)
{
    struct emu_fault *fault;
    uint64_t bit;

    /* Nobody says so of segments, and no software could help it. */
    if (chip->tx.packet.kind == EMU_TX_SEGMENTED || length == 0)
        return;
    fault = emu_fault_fires(chip, FAULT_PADDING);
    if (!fault)
        return;
    bit = emu_fault_random(fault, (uint64_t)length * 8);
    data[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* ---- 64 KiB --------------------------------------------------------------------------------- */

void emu_fault_stored(struct e1000emu *chip, uint64_t bus, uint32_t length)
{
    uint64_t boundary = (bus & ~(uint64_t)(BOUNDARY - 1)) + BOUNDARY;
    uint8_t byte;

    if (length == 0 || bus + (length - 1) < boundary || !emu_fault_fires(chip, FAULT_CROSS_64K))
        return;
    if (emu_dma_read(chip, boundary, &byte, 1)) {
        byte = (uint8_t)~byte;
        emu_dma_write(chip, boundary, &byte, 1);
    }
}

bool emu_fault_fetched_across(struct e1000emu *chip, uint32_t index, uint64_t bus)
{
    return index > 0 && bus % BOUNDARY == 0 && emu_fault_fires(chip, FAULT_CROSS_64K);
}

/* ---- Received frames ------------------------------------------------------------------------ */

/* The standard maximum, without FCS. */
#define STANDARD_BYTES 1514u
#define PBA_UNIT       8u

bool emu_fault_rdtr_hangs(struct e1000emu *chip)
{
    return emu_rx_rdtr(chip) > 0 && emu_fault_fires(chip, FAULT_RDTR_HANG);
}

struct emu_fault *emu_fault_misaligned(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    bool whole = (emu_get(chip, REG_PBA) & PBA_RXA) % PBA_UNIT == 0;

    return !whole && frame->length > STANDARD_BYTES ? emu_fault_fires(chip, FAULT_PBA_8K) : NULL;
}

bool emu_fault_no_pause(struct e1000emu *chip)
{
    return emu_get(chip, REG_STATUS) & STATUS_TXOFF && emu_fault_fires(chip, FAULT_XOFF_MUTES);
}

/* ---- Writes that overtake ------------------------------------------------------------------- */

static bool is_ordered(const struct e1000emu *chip)
{
    return !in_pcix_mode(chip) || !(chip->pci.config[PCIX_COMMAND] & RELAXED) ||
           emu_get(chip, REG_CTRL_EXT) & CTRL_EXT_RO_DIS;
}

static void deliver(struct e1000emu *chip)
{
    struct emu_fault_late *late = &chip->faults.late;

    if (chip->pci.bus_master)
        emu_dma_write(chip, late->bus, late->data, late->length);
    late->length = 0; /* only now, lest it is held back again */
}

/* Descriptors are shorter. */
size_t emu_fault_hold_data(struct e1000emu *chip, uint64_t bus, const uint8_t *data, size_t length)
{
    struct emu_fault_late *late = &chip->faults.late;
    size_t held = length < EMU_FAULT_LATE ? length : EMU_FAULT_LATE;

    if (length <= DESC_BYTES || is_ordered(chip) || late->length > 0 ||
        !emu_fault_fires(chip, FAULT_REORDERED))
        return length;
    late->bus = bus + (length - held);
    late->length = (uint32_t)held;
    late->due = emu_fault_later(chip, EARLY_NS);
    memcpy(late->data, data + (length - held), held);
    emu_fault_refresh(chip);
    return length - held;
}

void emu_fault_errata_timer(struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;

    if (faults->late.length > 0 && faults->late.due <= chip->now)
        deliver(chip);
    if (faults->tx_waits && faults->tx_waits <= chip->now) {
        faults->tx_waits = 0;
        emu_tx_link_changed(chip);
    }
}

/* ---- Writes of registers -------------------------------------------------------------------- */

/* The second of two in a row; with a third one it begins anew. */
bool emu_fault_burst_lost(struct e1000emu *chip, uint32_t offset)
{
    struct emu_faults *faults = &chip->faults;
    bool array = emu_reg_in_array(offset);
    bool burst = array && faults->burst_next == offset;

    faults->burst_next = array ? offset + 4 : 0;
    if (!burst || !in_pcix_mode(chip) || !emu_fault_fires(chip, FAULT_ARRAY_BURST))
        return false;
    faults->burst_next = 0;
    return true;
}

bool emu_fault_reset_lost(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    return offset == REG_CTRL && value & CTRL_RST && emu_fault_fires(chip, FAULT_RESET_BY_MEMORY);
}

/* ---- Resets --------------------------------------------------------------------------------- */

void emu_fault_errata_reset(struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;

    emu_fault_forget_descriptor(chip);
    faults->tx_after_segments = false;
    faults->late.length = 0;
    faults->burst_next = 0;
}
