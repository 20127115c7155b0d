/* SPDX-License-Identifier: BSD-2-Clause */
#include "rx.h"

#include "copy.h"
#include "rx_batch.h"
#include "rx_checksum.h"

#define LARGEST      1522u
#define LARGEST_LONG 16384u

/* How far ahead memory is asked for. */
#define AHEAD 8u

/* ---- From the packet buffer to the host ----------------------------------------------------- */

/* As far as descriptors and budget reach. */
static void drain(struct emu_rx_batch *batch)
{
    struct emu_fifo *fifo = &batch->chip->rx.fifo;

    batch->budget = EMU_RX_BUDGET;
    while (fifo->count > 0 && batch->budget > 0) {
        struct emu_rx_packet packet;
        const struct emu_fifo_frame *frame = emu_fifo_front(batch->chip, packet.piece);
        uint32_t done;

        packet.status = frame->status;
        packet.errors = frame->errors;
        emu_rx_prepare(&packet, batch, frame->flags);
        done = emu_rx_deliver(batch, &packet, fifo->done);
        if (done < packet.length) {
            emu_fifo_set_done(batch->chip, done);
            break;
        }
        emu_fifo_pop(batch->chip);
    }
}

static bool enabled(const struct e1000emu *chip)
{
    return (emu_get(chip, REG_RCTL) & RCTL_EN) && chip->pci.bus_master &&
           chip->now >= chip->rx.blocked_until &&
           !(chip->faulty & EMU_AT_RX && emu_fault_rx_frozen(chip));
}

/* Something changed that waiting frames, or an empty cache, may have waited for. */
static void resume(struct e1000emu *chip)
{
    struct emu_rx_batch batch;

    if (!enabled(chip))
        return;
    if (chip->rx.fifo.count == 0) {
        emu_ring_attach(chip, &chip->rx.ring, EMU_DMA_RX_RING);
        emu_ring_fill_early(chip, &chip->rx.ring);
        return;
    }
    emu_rx_begin(&batch, chip);
    drain(&batch);
    emu_rx_finish(&batch);
}

/* ---- From the wire -------------------------------------------------------------------------- */

/* To the host as far as possible, and into the packet buffer with the rest. */
static enum e1000emu_verdict place(struct emu_rx_batch *batch, const struct emu_rx_frame *frame)
{
    struct emu_fifo *fifo = &batch->chip->rx.fifo;
    const struct e1000emu_frame *wire = frame->wire;
    bool first = fifo->count == 0;
    uint32_t done = 0;

    if (first && emu_fifo_could_hold(fifo, frame->length)) {
        struct emu_rx_packet packet = {.piece[0] = {wire->data, wire->length},
                                       .piece[1] = {wire->data, 0},
                                       .status = frame->status,
                                       .errors = frame->errors};

        batch->budget = EMU_RX_BUDGET;
        emu_rx_prepare(&packet, batch, wire->flags);
        done = emu_rx_deliver(batch, &packet, 0);
        if (done == packet.length) {
            if (batch->chip->store_frames)
                emu_fifo_pass(batch->chip, wire);
            return E1000EMU_RX_STORED;
        }
    }
    if (!emu_fifo_has_room(fifo, frame->length)) {
        emu_stats_add(batch->chip, REG_MPC, 1);
        batch->causes |= ICR_RXO;
        emu_flow_overflow(batch->chip);
        return E1000EMU_RX_OVERRUN;
    }
    emu_fifo_push(batch->chip, wire, frame->status, frame->errors);
    if (done > 0)
        emu_fifo_set_done(batch->chip, done);
    return E1000EMU_RX_STORED;
}

/* Whether the caller's wire has to keep a frame for now. */
static bool must_wait(const struct emu_rx_batch *batch, const struct emu_rx_frame *frame)
{
    const struct emu_rx *rx = &batch->chip->rx;

    return (emu_ring_ready(&rx->ring) == 0 || rx->fifo.count > 0) &&
           emu_fifo_could_hold(&rx->fifo, frame->length);
}

/* A frame's way once nothing keeps it on the wire any longer. */
static enum e1000emu_verdict take(struct emu_rx_batch *batch, const struct emu_rx_frame *frame,
                                  enum e1000emu_verdict verdict, bool control)
{
    struct e1000emu *chip = batch->chip;

    if (control)
        emu_flow_obey(chip, frame->wire->data);
    emu_serdes_count_errors(chip, frame->wire->flags);
    if (verdict == E1000EMU_RX_ADDRESS)
        return verdict;
    if (!frame->good)
        emu_rx_count_errors(chip, frame);
    if (verdict != E1000EMU_RX_STORED) {
        emu_fifo_restore_tail(chip);
        return verdict;
    }
    if (emu_ring_ready(&chip->rx.ring) == 0 && !control)
        emu_stats_add(chip, REG_RNBC, 1);
    return place(batch, frame);
}

/* Any frame. VERDICTS: it would have to wait, and the caller said that it can. Kept out of the loop
 * that it is called from, which is the common case's. */
__attribute__((noinline)) static enum e1000emu_verdict
receive(struct emu_rx_batch *batch, const struct e1000emu_frame *wire, unsigned flags)
{
    struct emu_rx_frame frame = {.wire = wire};
    enum e1000emu_verdict verdict = emu_rx_judge(batch, &frame);
    enum emu_flow_verdict flow = EMU_FLOW_ORDINARY;

    if (batch->extras & EXTRA_FLOW && frame.good)
        flow = emu_flow_judge(batch->chip, wire->data);
    if (flow == EMU_FLOW_PASS)
        verdict = E1000EMU_RX_STORED;
    else if (flow == EMU_FLOW_TAKEN)
        verdict = E1000EMU_RX_ADDRESS;

    if (verdict == E1000EMU_RX_STORED && (flags & E1000EMU_RECEIVE_WAIT) &&
        must_wait(batch, &frame))
        return E1000EMU_RX_VERDICTS;

    verdict = take(batch, &frame, verdict, flow != EMU_FLOW_ORDINARY);
    if (verdict == E1000EMU_RX_STORED && frame.good && flow == EMU_FLOW_ORDINARY) {
        emu_tally_good(&batch->tally, frame.length, frame.destination);
    } else {
        /* Seen on the wire: that counts whatever became of it (SDM 13.7). */
        batch->tally.all_packets++;
        batch->tally.all_octets += frame.length;
    }
    return verdict;
}

/* The part of the common case that only receivers with an offload need: adds to a descriptor's
 * fields. False: the frame needs a closer look. */
EMU_INLINE bool add_extras(const struct emu_rx_batch *batch, const uint8_t *data, uint32_t length,
                           uint64_t *fields)
{
    struct emu_rx_checksum result;

    if (batch->extras & EXTRA_FLOW && emu_flow_is_control(batch->chip, data))
        return false;
    if (batch->extras & EXTRA_VLAN && emu_rx_load16(data + TAG_OFFSET) == batch->vet)
        return false;
    if (!(batch->extras & EXTRA_CHECKSUM))
        return true;
    result = emu_rx_checksum_all(data, length, batch->rxcsum, batch->vet);
    *fields &= ~((uint64_t)RXD_STAT_IXSM << 32);
    *fields |= emu_rx_fields(0, result.status, result.errors) | (uint64_t)result.packet << 16;
    return true;
}

/* The common case: a good frame that goes into one buffer, with its FCS stripped. False: it is not
 * that, and nothing has been done. */
EMU_INLINE bool receive_fast(struct emu_rx_batch *batch, const struct e1000emu_frame *wire)
{
    struct e1000emu *chip = batch->chip;
    struct emu_ring *ring = &chip->rx.ring;
    uint32_t length = wire->length - (wire->flags & E1000EMU_FRAME_FCS ? FCS : 0);
    const struct emu_descriptor *descriptor;
    enum emu_filter_result pass;
    uint64_t destination, fields;
    uint8_t *memory;

    /* A length that wrapped below zero is too long, too. */
    if (length < SMALLEST - FCS || length > batch->longest_fast ||
        (wire->flags & ~(uint32_t)E1000EMU_FRAME_FCS))
        return false;
    destination = emu_rx_load64(wire->data) & 0xffffffffffffull;
    pass = emu_filter_frame(chip, &chip->rx.filter, batch->rctl, destination,
                            emu_rx_load64(wire->data + 6));
    if (pass == EMU_FILTER_DROP || !emu_rx_descriptors(batch))
        return false;
    descriptor = emu_ring_cached(ring, 0);
    if (descriptor->address == 0)
        return false;
    memory = emu_dma_pointer(&chip->dma, EMU_DMA_RX_BUFFER, descriptor->address, length,
                             E1000EMU_DMA_WRITE);
    if (!memory)
        return false;
    fields = emu_rx_fields(length, RXD_STAT_DD | RXD_STAT_EOP | RXD_STAT_IXSM, 0);
    if (batch->extras && !add_extras(batch, wire->data, length, &fields))
        return false;
    if (ring->cached > AHEAD)
        emu_dma_prefetch(&chip->dma, EMU_DMA_RX_BUFFER, emu_ring_cached(ring, AHEAD)->address);

    emu_copy_frame(memory, wire->data, length);
    if (pass == EMU_FILTER_INEXACT)
        fields |= (uint64_t)RXD_STAT_PIF << 32;
    emu_ring_write_back(chip, ring, EMU_DMA_RX_RING, ring->head, fields);
    emu_ring_use(ring);
    if (length < batch->shortest)
        batch->shortest = length;
    emu_tally_good(&batch->tally, length + FCS, destination);
    return true;
}

/* While frames wait in the packet buffer, others queue behind them. Where the host is told of each,
 * none goes the way on which it isn't. */
static uint32_t longest_fast(const struct e1000emu *chip)
{
    if (chip->rx.fifo.count > 0 || chip->faulty & EMU_AT_RX_DATA ||
        chip->watch & (E1000EMU_WATCH_EVENTS | E1000EMU_WATCH_FRAMES))
        return 0;
    return chip->rx.longest_fast;
}

/* All frames of a call meet the same fate. */
static size_t receive_none(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                           uint8_t *verdicts, enum e1000emu_verdict verdict)
{
    for (size_t i = 0; emu_watch_hears(chip->watch, verdict) && i < count; i++)
        emu_watch_received(chip, &frames[i], verdict);
    if (verdicts)
        memset(verdicts, (int)verdict, count);
    return count;
}

size_t e1000emu_receive(e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                        unsigned flags, uint8_t *verdicts)
{
    if (emu_loop_active(chip))
        return receive_none(chip, frames, count, verdicts, E1000EMU_RX_NO_LINK);
    if (chip->faulty & EMU_AT_RX_WIRE)
        return emu_fault_receive(chip, frames, count, flags, verdicts);
    return emu_rx_from_wire(chip, frames, count, flags, verdicts);
}

size_t emu_rx_from_wire(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                        unsigned flags, uint8_t *verdicts)
{
    size_t taken;

    if (chip->manage.receives)
        taken = emu_manage_receive(chip, frames, count, flags, verdicts);
    else
        taken = emu_rx_frames(chip, frames, count, flags, verdicts);

    if (chip->wake.armed)
        emu_wake_receive(chip, frames, taken);
    return taken;
}

size_t emu_rx_frames(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                     unsigned flags, uint8_t *verdicts)
{
    struct emu_rx_batch batch;
    size_t i;

    /* A wire that can wait waits out the profile's pause after a write to RCTL. */
    if ((flags & E1000EMU_RECEIVE_WAIT) && chip->now < chip->rx.blocked_until)
        return 0;
    if (!enabled(chip))
        return receive_none(chip, frames, count, verdicts, E1000EMU_RX_DISABLED);
    if (!(emu_get(chip, REG_STATUS) & STATUS_LU)) {
        for (i = 0; i < count; i++)
            emu_serdes_count_errors(chip, frames[i].flags);
        return receive_none(chip, frames, count, verdicts, E1000EMU_RX_NO_LINK);
    }
    emu_link_activity(chip);
    emu_rx_begin(&batch, chip);
    drain(&batch);
    batch.longest_fast = longest_fast(chip);
    for (i = 0; i < count; i++) {
        enum e1000emu_verdict verdict = E1000EMU_RX_STORED;

        if (i + AHEAD < count)
            __builtin_prefetch(frames[i + AHEAD].data);
        if (!receive_fast(&batch, &frames[i])) {
            verdict = receive(&batch, &frames[i], flags);
            batch.longest_fast = longest_fast(chip);
            if (verdict == E1000EMU_RX_VERDICTS)
                break;
            if (emu_watch_hears(chip->watch, verdict))
                emu_watch_received(chip, &frames[i], verdict);
        }
        if (verdicts)
            verdicts[i] = (uint8_t)verdict;
    }
    emu_rx_finish(&batch);
    return i;
}

/* ---- Registers ------------------------------------------------------------------------------ */

/* BSIZE with and without BSEX (SDM 13.4.22). The reserved combination acts as 2048 bytes. */
static uint32_t buffer_bytes(uint32_t rctl)
{
    uint32_t bytes = 2048u >> ((rctl & RCTL_BSIZE) >> RCTL_BSIZE_SHIFT);

    return (rctl & RCTL_BSEX) && bytes != 2048u ? bytes * 16u : bytes;
}

void emu_rx_load_rctl(struct e1000emu *chip)
{
    struct emu_rx *rx = &chip->rx;
    uint32_t rctl = emu_get(chip, REG_RCTL);
    uint32_t fast;

    rx->buffer_bytes = buffer_bytes(rctl);
    rx->longest = rctl & RCTL_LPE ? LARGEST_LONG : LARGEST;
    fast = rx->longest - FCS < rx->buffer_bytes ? rx->longest - FCS : rx->buffer_bytes;
    /* A frame that the packet buffer can't hold is never received. */
    if (!(rctl & RCTL_SECRC) || rx->collects || chip->store_frames ||
        !emu_fifo_could_hold(&rx->fifo, fast + FCS))
        fast = 0;
    rx->longest_fast = fast;
}

/* A tail one past the end of a ring that was not used yet means all of it: OS/2's driver does that.
 * The chip can have one descriptor less, as a full ring can't be told from an empty one. */
static void set_tail(struct e1000emu *chip, uint32_t tail)
{
    struct emu_ring *ring = &chip->rx.ring;

    emu_ring_set_tail(ring, tail);
    if (ring->head == 0 && ring->count > 0 && tail == ring->count)
        ring->tail = ring->count - 1;
}

static void load_ring(struct e1000emu *chip)
{
    emu_ring_load(chip, &chip->rx.ring, REG_RDBAL);
    set_tail(chip, emu_get(chip, REG_RDT));
}

void emu_rx_reset(struct e1000emu *chip, enum e1000emu_reset kind)
{
    (void)kind;
    emu_fifo_reset(chip);
    emu_filter_reset(chip);
    if (emu_timer_running(chip, EMU_TIMER_RDTR))
        emu_timer_stop(chip, EMU_TIMER_RDTR);
    if (emu_timer_running(chip, EMU_TIMER_RADV))
        emu_timer_stop(chip, EMU_TIMER_RADV);
    load_ring(chip);
    emu_rx_load_thresholds(chip);
}

void emu_rx_link_changed(struct e1000emu *chip)
{
    /* Frames that came before the link went down are still to be delivered. */
    resume(chip);
}

void emu_rx_timer(struct e1000emu *chip)
{
    resume(chip);
}

void emu_rx_write_rctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    /* The packet buffer's division is the one at the time that the receiver starts. */
    if (!(old & RCTL_EN) && chip->rx.fifo.count == 0)
        emu_fifo_reset(chip);
    emu_rx_load_rctl(chip);
    if (chip->profile.rx_block_ns > 0) {
        chip->rx.blocked_until = chip->now + chip->profile.rx_block_ns;
        emu_timer_start(chip, EMU_TIMER_RX, chip->profile.rx_block_ns);
    }
    resume(chip);
    if ((old ^ value) & RCTL_LBM)
        emu_link_update(chip);
}

void emu_rx_write_rdt(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)old;
    (void)value;
    set_tail(chip, emu_get(chip, offset));
    resume(chip);
}

void emu_rx_write_ring(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    load_ring(chip);
}
