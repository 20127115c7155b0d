/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors are handled in blocks: a block is fetched, its frames are laid out for the wire, the
 * wire takes them or some of them, and what it took is written back. A frame in one descriptor goes
 * to the wire from where it lies; others are gathered in the staging memory first.
 *
 * Nothing of a frame that the wire refused is written back, and its descriptors are fetched again
 * later. Only a frame that is longer than a block, or whose end software has not posted yet, is
 * done piece by piece, as in the chip, where it fills the packet buffer.
 */
#include "tx.h"

#include <string.h>

#include "chip.h"

#define FCS      4u
#define SMALLEST 60u /* frame without FCS that PSP pads to */

/* Descriptors after which a doorbell leaves the rest to the timer. */
#define BUDGET 256u

/* How far ahead memory is asked for. */
#define AHEAD 8u

/* The second quadword of a descriptor, whatever its type. */
#define LEGACY_LENGTH   0xffffull
#define DATA_LENGTH     0xfffffull
#define TYPE_SHIFT      20u
#define TYPE_MASK       0xfu
#define COMMAND_SHIFT   24u
#define DONE            ((uint64_t)TXD_STAT_DD << 32)
#define COMMAND(fields) ((uint32_t)((fields) >> COMMAND_SHIFT) & 0xffu)

struct tx_block {
    struct e1000emu *chip;
    uint32_t tctl;
    uint32_t count; /* descriptors fetched */
    uint32_t next;  /* descriptor to look at */
    uint32_t done;  /* descriptors given back */
    uint32_t causes;
    bool unreachable;            /* a descriptor could not be read */
    uint32_t frames;             /* laid out, not yet offered to the wire */
    uint32_t staged;             /* staging bytes in use, by those and the one under way */
    uint32_t begun;              /* first descriptor of the frame under way */
    struct emu_tx_frame carried; /* the chip's unfinished frame as the block found it */
    struct emu_tally tally;
    struct emu_descriptor descriptor[EMU_RING_CACHE];
    struct e1000emu_frame frame[EMU_RING_CACHE];
    uint8_t start[EMU_RING_CACHE]; /* first descriptor of each frame */
};

static bool is_context(uint64_t fields)
{
    return (COMMAND(fields) & TXD_CMD_DEXT) && (fields >> TYPE_SHIFT & TYPE_MASK) == TXD_DTYP_C;
}

static uint32_t buffer_length(uint64_t fields)
{
    return (uint32_t)(fields & (COMMAND(fields) & TXD_CMD_DEXT ? DATA_LENGTH : LEGACY_LENGTH));
}

/* ---- Giving descriptors back ---------------------------------------------------------------- */

/* Software gets the block's descriptors up to, not including, end. Only those with RS are written,
 * and of them only DD changes. */
static void give_back(struct tx_block *block, uint32_t end)
{
    struct emu_ring *ring = &block->chip->tx.ring;

    for (; block->done < end; block->done++) {
        uint64_t fields = block->descriptor[block->done].fields;

        if (COMMAND(fields) & TXD_CMD_RS) {
            emu_ring_write_back(block->chip, ring, EMU_DMA_TX_RING, ring->head, fields | DONE);
            block->causes |= ICR_TXDW;
        }
        ring->head = emu_ring_after(ring, ring->head, 1);
    }
}

/* ---- To the wire ---------------------------------------------------------------------------- */

/* Of a frame of at least 60 bytes. */
static uint64_t destination(const struct e1000emu_frame *frame)
{
    uint64_t raw;

    memcpy(&raw, frame->data, sizeof raw);
    return emu_le64(raw) & 0xffffffffffffull;
}

static void count_frame(struct emu_tally *tally, const struct e1000emu_frame *frame)
{
    uint32_t length = frame->length + (frame->flags & E1000EMU_FRAME_FCS ? 0 : FCS);

    tally->all_packets++;
    tally->all_octets += length;
    if (length >= SMALLEST + FCS)
        emu_tally_good(tally, length, destination(frame));
}

/* Offers what is laid out. True: all of it was taken, and what was not offered yet may go on. */
static bool offer(struct tx_block *block)
{
    struct e1000emu *chip = block->chip;
    size_t taken;

    if (block->frames == 0)
        return true;
    taken = emu_link_transmit(chip, block->frame, block->frames);
    if (taken > block->frames)
        taken = block->frames;
    for (size_t i = 0; i < taken; i++)
        count_frame(&block->tally, &block->frame[i]);
    if (taken == block->frames) {
        block->frames = 0;
        block->staged = 0;
        return true;
    }
    give_back(block, block->start[taken]);
    /* The refused frame is made again from its first descriptor. One that an earlier block began
     * has its beginning in the staging memory still: only after a taken frame is that used anew. */
    if (taken == 0 && block->start[0] == 0)
        chip->tx.frame = block->carried;
    else
        chip->tx.frame = (struct emu_tx_frame){0};
    chip->tx.blocked = true;
    return false;
}

/* Hands a whole frame over to the next offer. */
static void lay_out(struct tx_block *block, const uint8_t *data, uint32_t length, bool fcs)
{
    block->start[block->frames] = (uint8_t)block->begun;
    block->frame[block->frames++] = (struct e1000emu_frame){.data = data,
                                                            .length = length,
                                                            .flags = fcs ? 0 : E1000EMU_FRAME_FCS,
                                                            .time = block->chip->now};
}

/* Padding changes the FCS, so a frame that brings its own is left alone. */
static bool padded(const struct tx_block *block, uint32_t command, uint32_t length)
{
    return length < SMALLEST && (block->tctl & TCTL_PSP) && (command & TXD_CMD_IFCS);
}

/* ---- From descriptors to frames ------------------------------------------------------------- */

/* Adds a buffer to the frame under way. */
static void gather(struct tx_block *block, uint64_t address, uint32_t length)
{
    struct e1000emu *chip = block->chip;
    struct emu_tx_frame *frame = &chip->tx.frame;
    uint8_t *to = chip->tx.staging + block->staged + frame->length;
    const uint8_t *from;

    if (length > EMU_TX_FRAME_MAX - frame->length)
        frame->discard = true;
    if (frame->discard)
        return;
    from = emu_dma_pointer(&chip->dma, EMU_DMA_TX_BUFFER, address, length, E1000EMU_DMA_READ);
    if (from)
        memcpy(to, from, length);
    else if (!emu_dma_read(chip, address, to, length))
        frame->discard = true;
    frame->length += length;
}

/* The last descriptor of the frame under way has been gathered. */
static void end_frame(struct tx_block *block, uint32_t command)
{
    struct emu_tx *tx = &block->chip->tx;
    uint8_t *data = tx->staging + block->staged;
    uint32_t length = tx->frame.length;

    if (!tx->frame.discard && length > 0) {
        if (padded(block, command, length)) {
            memset(data + length, 0, SMALLEST - length);
            length = SMALLEST;
        }
        lay_out(block, data, length, command & TXD_CMD_IFCS);
        block->staged += length;
    }
    tx->frame = (struct emu_tx_frame){0};
}

/* A frame in one descriptor that can stay where it is. False: it can't, and nothing was done. */
static inline bool send_in_place(struct tx_block *block, const struct emu_descriptor *descriptor)
{
    struct emu_dma *dma = &block->chip->dma;
    uint32_t command = COMMAND(descriptor->fields);
    uint32_t length = buffer_length(descriptor->fields);
    const uint8_t *data;

    if (!(command & TXD_CMD_EOP) || length == 0 || length > EMU_TX_FRAME_MAX ||
        descriptor->address == 0 || padded(block, command, length))
        return false;
    data = emu_dma_pointer(dma, EMU_DMA_TX_BUFFER, descriptor->address, length, E1000EMU_DMA_READ);
    if (!data)
        return false;
    block->begun = block->next;
    lay_out(block, data, length, command & TXD_CMD_IFCS);
    return true;
}

/* Looks at the next descriptor. False: the wire took less than all. */
static inline bool step(struct tx_block *block)
{
    struct emu_tx *tx = &block->chip->tx;
    const struct emu_descriptor *descriptor = &block->descriptor[block->next];
    uint32_t length;

    /* Offloads are not there yet: contexts are taken, and change nothing. */
    if (is_context(descriptor->fields))
        return true;
    if (!tx->frame.open) {
        if (send_in_place(block, descriptor))
            return true;
        if (block->staged > EMU_TX_STAGING - EMU_TX_FRAME_MAX && !offer(block))
            return false;
        block->begun = block->next;
        tx->frame.open = true;
    }
    length = buffer_length(descriptor->fields);
    if (descriptor->address != 0 && length > 0)
        gather(block, descriptor->address, length);
    if (COMMAND(descriptor->fields) & TXD_CMD_EOP)
        end_frame(block, COMMAND(descriptor->fields));
    return true;
}

/* Descriptors up to the last one that ends a frame; all of them if none does. */
static uint32_t whole_frames(const struct tx_block *block)
{
    bool open = block->chip->tx.frame.open;
    uint32_t end = 0;

    for (uint32_t i = 0; i < block->count; i++) {
        uint64_t fields = block->descriptor[i].fields;

        if (!is_context(fields))
            open = !(COMMAND(fields) & TXD_CMD_EOP);
        if (!open)
            end = i + 1;
    }
    return end ? end : block->count;
}

/* One block. Returns how many descriptors it read: 0 when none could be. */
static uint32_t run_block(struct tx_block *block)
{
    struct e1000emu *chip = block->chip;
    struct emu_tx *tx = &chip->tx;
    uint32_t ready = emu_ring_ready(&tx->ring);
    uint32_t n = ready < EMU_RING_CACHE ? ready : EMU_RING_CACHE;

    block->count = emu_ring_fetch(chip, &tx->ring, tx->ring.head, block->descriptor, n);
    block->unreachable = block->count < n;
    block->count = whole_frames(block);
    block->done = 0;
    block->frames = 0;
    block->staged = 0;
    block->begun = 0;
    block->carried = tx->frame;
    for (block->next = 0; block->next < block->count; block->next++) {
        if (block->next + AHEAD < block->count)
            emu_dma_prefetch(&chip->dma, EMU_DMA_TX_BUFFER,
                             block->descriptor[block->next + AHEAD].address);
        if (!step(block))
            return block->count;
    }
    if (!offer(block))
        return block->count;
    give_back(block, block->count);
    return block->count;
}

static bool can_send(const struct e1000emu *chip)
{
    uint32_t status = emu_get(chip, REG_STATUS);

    return (emu_get(chip, REG_TCTL) & TCTL_EN) && (status & STATUS_LU) &&
           !(status & STATUS_TXOFF) && chip->pci.bus_master && !chip->tx.blocked;
}

/* Sends what is in the ring, as far as the budget reaches. */
static void run(struct e1000emu *chip)
{
    struct emu_ring *ring = &chip->tx.ring;
    uint32_t before = emu_ring_ready(ring);
    uint32_t low = (emu_get(chip, REG_TXDCTL) >> 25) * 8;
    struct tx_block block;
    uint32_t work = 0;
    uint32_t after;

    if (before == 0 || !can_send(chip))
        return;
    emu_ring_attach(chip, ring, EMU_DMA_TX_RING);
    block.chip = chip;
    block.tctl = emu_get(chip, REG_TCTL);
    block.causes = 0;
    memset(&block.tally, 0, sizeof block.tally);
    do
        work += run_block(&block);
    while (work < BUDGET && !block.unreachable && !chip->tx.blocked && emu_ring_ready(ring) > 0);

    after = emu_ring_ready(ring);
    emu_set(chip, REG_TDH, ring->head);
    emu_stats_sent(chip, &block.tally);
    if (after == 0)
        block.causes |= ICR_TXQE;
    if (before > low && after <= low)
        block.causes |= ICR_TXD_LOW;
    if (after > 0 && !block.unreachable && !chip->tx.blocked)
        emu_timer_start(chip, EMU_TIMER_TX, 0);
    if (block.causes)
        emu_irq_raise(chip, block.causes);
}

/* ---- What starts it ------------------------------------------------------------------------- */

void e1000emu_transmit_ready(e1000emu *chip)
{
    chip->tx.blocked = !emu_flow_ready(chip); /* PAUSE frames go first */
    run(chip);
}

void emu_tx_reset(struct e1000emu *chip, enum e1000emu_reset kind)
{
    (void)kind;
    chip->tx.frame = (struct emu_tx_frame){0};
    chip->tx.blocked = false;
    emu_ring_load(chip, &chip->tx.ring, REG_TDBAL);
}

void emu_tx_link_changed(struct e1000emu *chip)
{
    run(chip);
}

void emu_tx_timer(struct e1000emu *chip)
{
    run(chip);
}

void emu_tx_write_tctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    if (value & TCTL_SWXOFF)
        emu_flow_software_xoff(chip);
    run(chip);
}

void emu_tx_write_tdt(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)old;
    (void)value;
    emu_ring_set_tail(&chip->tx.ring, emu_get(chip, offset));
    run(chip);
}

void emu_tx_write_ring(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    emu_ring_load(chip, &chip->tx.ring, REG_TDBAL);
}
