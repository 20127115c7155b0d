/* SPDX-License-Identifier: BSD-2-Clause */
#include "rx.h"

#include <string.h>

#include "chip.h"
#include "crc.h"

#define FCS           4u
#define SMALLEST      64u /* frame with FCS */
#define LARGEST       1522u
#define LARGEST_LONG  16384u
#define ADDRESS_BYTES 14u /* both addresses, and what is loaded with them */

/* Descriptors that one doorbell, or one frame, may use up before others get their turn. */
#define BUDGET 256u

/* How far ahead memory is asked for. */
#define AHEAD 8u

/* Work on the ring, from the first frame of a call to the last. */
struct rx_batch {
    struct e1000emu *chip;
    uint32_t rctl;
    uint32_t before; /* descriptors that were ready at the start */
    uint32_t ready;  /* that are now, those in the cache included */
    uint32_t next;   /* in the cache */
    uint32_t cached; /* end of the cache */
    uint32_t budget;
    uint32_t shortest; /* bytes of the shortest frame that went to the host */
    uint32_t causes;
    bool unreachable; /* a descriptor could not be read */
    bool flow;        /* PAUSE frames are obeyed */
    struct emu_tally tally;
    struct emu_descriptor cache[EMU_RING_CACHE];
};

/* A frame as it goes to the host: without FCS, with its own, or with one made here. */
struct rx_packet {
    struct emu_piece piece[3];
    uint32_t length; /* may be less than the pieces hold */
    uint8_t status, errors;
    uint8_t fcs[FCS];
};

static uint64_t load64(const uint8_t *bytes)
{
    uint64_t raw;

    memcpy(&raw, bytes, sizeof raw);
    return emu_le64(raw);
}

static uint64_t last_fields(uint32_t length, uint32_t status, uint32_t errors)
{
    return length | (uint64_t)(status | errors << 8) << 32;
}

/* ---- The ring ------------------------------------------------------------------------------ */

static void begin(struct rx_batch *batch, struct e1000emu *chip)
{
    struct emu_ring *ring = &chip->rx.ring;

    emu_ring_attach(chip, ring, EMU_DMA_RX_RING);
    batch->chip = chip;
    batch->rctl = emu_get(chip, REG_RCTL);
    batch->flow = emu_get(chip, REG_CTRL) & CTRL_RFCE;
    batch->before = emu_ring_ready(ring);
    batch->ready = batch->before;
    batch->next = 0;
    batch->cached = 0;
    batch->budget = BUDGET;
    batch->shortest = UINT32_MAX;
    batch->causes = 0;
    batch->unreachable = false;
    memset(&batch->tally, 0, sizeof batch->tally);
}

/* Fetches descriptors for about so many frames. False: there are none. */
static bool refill(struct rx_batch *batch, size_t want)
{
    const struct emu_ring *ring = &batch->chip->rx.ring;
    uint32_t n = batch->ready < EMU_RING_CACHE ? batch->ready : EMU_RING_CACHE;

    if (want < n)
        n = (uint32_t)want;
    if (n == 0 || batch->unreachable)
        return false;
    batch->next = 0;
    batch->cached = emu_ring_fetch(batch->chip, ring, ring->head, batch->cache, n);
    batch->unreachable = batch->cached < n;
    return batch->cached > 0;
}

/* Gives the next descriptor back to software. */
static inline void use_descriptor(struct rx_batch *batch, uint64_t fields)
{
    struct emu_ring *ring = &batch->chip->rx.ring;

    emu_ring_write_back(batch->chip, ring, EMU_DMA_RX_RING, ring->head, fields);
    ring->head = emu_ring_after(ring, ring->head, 1);
    batch->next++;
    batch->ready--;
}

/* RXDMT0 is the transition to a share of the ring (SDM 13.4.22); the reserved fourth setting acts
 * as the third. */
static uint32_t low_causes(const struct rx_batch *batch)
{
    uint32_t rdmts = (batch->rctl & RCTL_RDMTS) >> RCTL_RDMTS_SHIFT;
    uint32_t threshold = batch->chip->rx.ring.count >> ((rdmts < 2 ? rdmts : 2) + 1);

    return batch->before > threshold && batch->ready <= threshold ? ICR_RXDMT0 : 0;
}

/* All is in memory: now the registers may show it, and the interrupt tell. */
static void finish(struct rx_batch *batch)
{
    struct e1000emu *chip = batch->chip;
    uint32_t causes = batch->causes;
    uint32_t small = emu_get(chip, REG_RSRPD);

    if (batch->ready != batch->before) {
        emu_set(chip, REG_RDH, chip->rx.ring.head);
        causes |= low_causes(batch);
    }
    if (batch->shortest != UINT32_MAX)
        causes |= batch->shortest <= small ? ICR_RXT0 | ICR_SRPD : ICR_RXT0;
    if (batch->tally.all_packets > 0)
        emu_stats_received(chip, &batch->tally);
    if (chip->rx.fifo.count > 0 && batch->ready > 0 && !batch->unreachable)
        emu_timer_start(chip, EMU_TIMER_RX, 0);
    if (causes)
        emu_irq_raise(chip, causes);
}

/* ---- From a packet to descriptors ---------------------------------------------------------- */

/* Decides what becomes of the FCS. Frames came with it or without; software wants it or doesn't. */
static void prepare(struct rx_packet *packet, uint32_t rctl, uint32_t flags)
{
    uint32_t stored = packet->piece[0].length + packet->piece[1].length;
    uint32_t crc;

    packet->piece[2].length = 0;
    packet->length = stored;
    if (flags & E1000EMU_FRAME_FCS) {
        if (rctl & RCTL_SECRC)
            packet->length -= FCS;
        return;
    }
    if (rctl & RCTL_SECRC)
        return;
    crc = emu_crc32(0, packet->piece[0].data, packet->piece[0].length);
    crc = emu_crc32(crc, packet->piece[1].data, packet->piece[1].length);
    if (flags & E1000EMU_FRAME_BAD_FCS)
        crc = ~crc;
    for (unsigned i = 0; i < FCS; i++)
        packet->fcs[i] = (uint8_t)(crc >> (8 * i));
    packet->piece[2] = (struct emu_piece){packet->fcs, FCS};
    packet->length += FCS;
}

/* Stores a part of a packet. What reaches no memory is lost, as a posted write is. */
static void store(struct e1000emu *chip, uint64_t bus, const struct rx_packet *packet,
                  uint32_t offset, uint32_t length)
{
    uint8_t *memory =
        emu_dma_pointer(&chip->dma, EMU_DMA_RX_BUFFER, bus, length, E1000EMU_DMA_WRITE);

    for (const struct emu_piece *piece = packet->piece; length > 0; piece++) {
        uint32_t n = piece->length > offset ? piece->length - offset : 0;

        if (n == 0) {
            offset -= piece->length;
            continue;
        }
        if (n > length)
            n = length;
        if (memory) {
            memcpy(memory, piece->data + offset, n);
            memory += n;
        } else if (!emu_dma_write(chip, bus, piece->data + offset, n)) {
            return;
        }
        bus += n;
        length -= n;
        offset = 0;
    }
}

/* Moves a packet, of which done bytes are there already, into as many descriptors as it takes.
 * Returns the bytes that are there now; less than its length if descriptors or budget run out. */
static uint32_t deliver(struct rx_batch *batch, const struct rx_packet *packet, uint32_t done)
{
    const struct emu_rx *rx = &batch->chip->rx;

    while (done < packet->length && batch->budget > 0) {
        const struct emu_descriptor *descriptor;
        uint32_t n = packet->length - done;

        if (batch->next == batch->cached &&
            !refill(batch, (n + rx->buffer_bytes - 1) / rx->buffer_bytes))
            break;
        batch->budget--;
        descriptor = &batch->cache[batch->next];
        if (descriptor->address == 0) {
            /* Passed over: marked done, nothing else touched (SDM 3.2). */
            use_descriptor(batch, descriptor->fields | (uint64_t)RXD_STAT_DD << 32);
            continue;
        }
        if (n > rx->buffer_bytes)
            n = rx->buffer_bytes;
        store(batch->chip, descriptor->address, packet, done, n);
        done += n;
        if (done < packet->length)
            use_descriptor(batch, last_fields(n, RXD_STAT_DD, 0));
        else
            use_descriptor(batch, last_fields(n, packet->status, packet->errors));
    }
    if (done >= packet->length && packet->length < batch->shortest)
        batch->shortest = packet->length;
    return done;
}

/* From the packet buffer to the host, as far as descriptors and budget reach. */
static void drain(struct rx_batch *batch)
{
    struct emu_fifo *fifo = &batch->chip->rx.fifo;

    batch->budget = BUDGET;
    while (fifo->count > 0 && batch->budget > 0) {
        struct rx_packet packet;
        const struct emu_fifo_frame *frame = emu_fifo_front(batch->chip, packet.piece);

        packet.status = frame->status;
        packet.errors = frame->errors;
        prepare(&packet, batch->rctl, frame->flags);
        fifo->done = deliver(batch, &packet, fifo->done);
        if (fifo->done < packet.length)
            break;
        emu_fifo_pop(batch->chip);
    }
}

static bool enabled(const struct e1000emu *chip)
{
    return (emu_get(chip, REG_RCTL) & RCTL_EN) && chip->pci.bus_master &&
           chip->now >= chip->rx.blocked_until;
}

/* Something changed that waiting frames may have waited for. */
static void resume(struct e1000emu *chip)
{
    struct rx_batch batch;

    if (chip->rx.fifo.count == 0 || !enabled(chip))
        return;
    begin(&batch, chip);
    drain(&batch);
    finish(&batch);
}

/* ---- From the wire ------------------------------------------------------------------------- */

/* What is known about a frame that needs a closer look. */
struct rx_frame {
    const struct e1000emu_frame *wire;
    uint32_t length; /* with FCS */
    uint64_t destination;
    bool good;
    uint8_t status, errors;
};

/* Counts what is wrong with a frame that passed the address filters (SDM 13.7). */
static void count_errors(struct e1000emu *chip, const struct rx_frame *frame)
{
    uint32_t flags = frame->wire->flags;
    bool bad_fcs = flags & E1000EMU_FRAME_BAD_FCS;

    if (frame->length < SMALLEST) {
        emu_stats_add(chip, bad_fcs ? REG_RFC : REG_RUC, 1);
        emu_stats_add(chip, REG_RLEC, 1);
        return;
    }
    if (frame->length > chip->rx.longest) {
        emu_stats_add(chip, bad_fcs ? REG_RJC : REG_ROC, 1);
        emu_stats_add(chip, REG_RLEC, 1);
    }
    if (bad_fcs)
        emu_stats_add(chip, REG_CRCERRS, 1);
    if ((flags & E1000EMU_FRAME_ALIGNMENT) &&
        (emu_get(chip, REG_STATUS) & STATUS_SPEED) < STATUS_SPEED_1000)
        emu_stats_add(chip, REG_ALGNERRC, 1);
    if (flags & E1000EMU_FRAME_SYMBOL)
        emu_stats_add(chip, REG_RXERRC, 1);
}

/* The checks of SDM 3.2.1 in order: addresses, length, errors. STORED: it is to be stored. */
static enum e1000emu_verdict judge(const struct rx_batch *batch, struct rx_frame *frame)
{
    const struct e1000emu *chip = batch->chip;
    const struct e1000emu_frame *wire = frame->wire;
    uint8_t header[ADDRESS_BYTES] = {0};
    enum emu_filter_result pass;
    bool any;

    memcpy(header, wire->data, wire->length < sizeof header ? wire->length : sizeof header);
    frame->length = wire->flags & E1000EMU_FRAME_FCS ? wire->length : wire->length + FCS;
    frame->destination = load64(header) & 0xffffffffffffull;
    frame->status = RXD_STAT_DD | RXD_STAT_EOP | RXD_STAT_IXSM;
    frame->errors = 0;
    if (wire->flags & (E1000EMU_FRAME_BAD_FCS | E1000EMU_FRAME_ALIGNMENT))
        frame->errors |= RXD_ERR_CE;
    if (wire->flags & E1000EMU_FRAME_SYMBOL)
        frame->errors |= RXD_ERR_RXE;
    frame->good = frame->length >= SMALLEST && frame->length <= chip->rx.longest && !frame->errors;

    pass = emu_filter_frame(chip, &chip->rx.filter, batch->rctl, frame->destination,
                            load64(header + 6));
    if (pass == EMU_FILTER_DROP)
        return E1000EMU_RX_ADDRESS;
    if (pass == EMU_FILTER_INEXACT)
        frame->status |= RXD_STAT_PIF;
    /* Nothing but an FCS can't be stored, whatever software wants. */
    any = frame->length > FCS;
    if (any && (frame->good || (batch->rctl & RCTL_SBP)))
        return E1000EMU_RX_STORED;
    if (frame->length < SMALLEST)
        return E1000EMU_RX_UNDERSIZE;
    return frame->length > chip->rx.longest ? E1000EMU_RX_OVERSIZE : E1000EMU_RX_BAD;
}

/* To the host as far as possible, and into the packet buffer with the rest. */
static enum e1000emu_verdict place(struct rx_batch *batch, const struct rx_frame *frame)
{
    struct emu_fifo *fifo = &batch->chip->rx.fifo;
    const struct e1000emu_frame *wire = frame->wire;
    bool first = fifo->count == 0;
    uint32_t done = 0;

    if (first && emu_fifo_could_hold(fifo, frame->length)) {
        struct rx_packet packet = {.piece[0] = {wire->data, wire->length},
                                   .piece[1] = {wire->data, 0},
                                   .status = frame->status,
                                   .errors = frame->errors};

        batch->budget = BUDGET;
        prepare(&packet, batch->rctl, wire->flags);
        done = deliver(batch, &packet, 0);
        if (done == packet.length)
            return E1000EMU_RX_STORED;
    }
    if (!emu_fifo_has_room(fifo, frame->length)) {
        emu_stats_add(batch->chip, REG_MPC, 1);
        batch->causes |= ICR_RXO;
        emu_flow_overflow(batch->chip);
        return E1000EMU_RX_OVERRUN;
    }
    emu_fifo_push(batch->chip, wire, frame->status, frame->errors);
    if (first)
        fifo->done = done;
    return E1000EMU_RX_STORED;
}

/* Any frame. VERDICTS: it would have to wait, and the caller said that it can. */
static enum e1000emu_verdict receive(struct rx_batch *batch, const struct e1000emu_frame *wire,
                                     unsigned flags)
{
    struct e1000emu *chip = batch->chip;
    struct rx_frame frame = {.wire = wire};
    enum e1000emu_verdict verdict = judge(batch, &frame);
    enum emu_flow_verdict flow = EMU_FLOW_ORDINARY;

    if (batch->flow && frame.good)
        flow = emu_flow_judge(chip, wire->data);
    if (flow == EMU_FLOW_PASS)
        verdict = E1000EMU_RX_STORED;
    else if (flow == EMU_FLOW_TAKEN)
        verdict = E1000EMU_RX_ADDRESS;

    if (verdict == E1000EMU_RX_STORED && (flags & E1000EMU_RECEIVE_WAIT) &&
        (batch->ready == 0 || chip->rx.fifo.count > 0) &&
        emu_fifo_could_hold(&chip->rx.fifo, frame.length))
        return E1000EMU_RX_VERDICTS;

    /* Seen on the wire: that counts whatever becomes of it (SDM 13.7). */
    batch->tally.all_packets++;
    batch->tally.all_octets += frame.length;
    if (flow != EMU_FLOW_ORDINARY)
        emu_flow_obey(chip, wire->data);
    if (verdict == E1000EMU_RX_ADDRESS)
        return verdict;
    if (!frame.good)
        count_errors(chip, &frame);
    if (verdict != E1000EMU_RX_STORED)
        return verdict;
    if (batch->ready == 0 && flow == EMU_FLOW_ORDINARY)
        emu_stats_add(chip, REG_RNBC, 1);
    verdict = place(batch, &frame);
    if (verdict == E1000EMU_RX_STORED && frame.good && flow == EMU_FLOW_ORDINARY)
        emu_tally_good(&batch->tally, frame.length, frame.destination);
    return verdict;
}

/* Copies at least 32 bytes; the lengths of most small frames without a call. */
static inline void copy_frame(uint8_t *to, const uint8_t *from, size_t length)
{
    if (length <= 64) {
        memcpy(to, from, 32);
        memcpy(to + length - 32, from + length - 32, 32);
    } else {
        memcpy(to, from, length);
    }
}

/* The common case: a good frame that goes into one buffer, with its FCS stripped. False: it is not
 * that, and nothing has been done. */
static inline bool receive_fast(struct rx_batch *batch, const struct e1000emu_frame *wire,
                                size_t left)
{
    struct e1000emu *chip = batch->chip;
    uint32_t length = wire->length - (wire->flags & E1000EMU_FRAME_FCS ? FCS : 0);
    uint32_t status = RXD_STAT_DD | RXD_STAT_EOP | RXD_STAT_IXSM;
    enum emu_filter_result pass;
    uint64_t destination;
    uint8_t *memory;

    /* A length that wrapped below zero is too long, too. */
    if (length < SMALLEST - FCS || length > chip->rx.longest_fast || chip->rx.fifo.count > 0 ||
        (wire->flags & ~(uint32_t)E1000EMU_FRAME_FCS))
        return false;
    if (batch->flow && emu_flow_is_control(chip, wire->data))
        return false;
    destination = load64(wire->data) & 0xffffffffffffull;
    pass =
        emu_filter_frame(chip, &chip->rx.filter, batch->rctl, destination, load64(wire->data + 6));
    if (pass == EMU_FILTER_DROP || (batch->next == batch->cached && !refill(batch, left)))
        return false;
    if (batch->cache[batch->next].address == 0)
        return false;
    memory = emu_dma_pointer(&chip->dma, EMU_DMA_RX_BUFFER, batch->cache[batch->next].address,
                             length, E1000EMU_DMA_WRITE);
    if (!memory)
        return false;
    if (batch->next + AHEAD < batch->cached)
        emu_dma_prefetch(&chip->dma, EMU_DMA_RX_BUFFER, batch->cache[batch->next + AHEAD].address);

    copy_frame(memory, wire->data, length);
    if (pass == EMU_FILTER_INEXACT)
        status |= RXD_STAT_PIF;
    use_descriptor(batch, last_fields(length, status, 0));
    if (length < batch->shortest)
        batch->shortest = length;
    batch->tally.all_packets++;
    batch->tally.all_octets += length + FCS;
    emu_tally_good(&batch->tally, length + FCS, destination);
    return true;
}

/* All frames of a call meet the same fate. */
static size_t receive_none(size_t count, uint8_t *verdicts, enum e1000emu_verdict verdict)
{
    if (verdicts)
        memset(verdicts, (int)verdict, count);
    return count;
}

size_t e1000emu_receive(e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                        unsigned flags, uint8_t *verdicts)
{
    if (emu_loop_active(chip))
        return receive_none(count, verdicts, E1000EMU_RX_NO_LINK);
    return emu_rx_frames(chip, frames, count, flags, verdicts);
}

size_t emu_rx_frames(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                     unsigned flags, uint8_t *verdicts)
{
    struct rx_batch batch;
    size_t i;

    if (!enabled(chip))
        return receive_none(count, verdicts, E1000EMU_RX_DISABLED);
    if (!(emu_get(chip, REG_STATUS) & STATUS_LU))
        return receive_none(count, verdicts, E1000EMU_RX_NO_LINK);
    emu_link_activity(chip);
    begin(&batch, chip);
    drain(&batch);
    for (i = 0; i < count; i++) {
        enum e1000emu_verdict verdict = E1000EMU_RX_STORED;

        if (i + AHEAD < count)
            __builtin_prefetch(frames[i + AHEAD].data);
        if (!receive_fast(&batch, &frames[i], count - i))
            verdict = receive(&batch, &frames[i], flags);
        if (verdict == E1000EMU_RX_VERDICTS)
            break;
        if (verdicts)
            verdicts[i] = (uint8_t)verdict;
    }
    finish(&batch);
    return i;
}

/* ---- Registers ------------------------------------------------------------------------------ */

/* BSIZE with and without BSEX (SDM 13.4.22). The reserved combination acts as 2048 bytes. */
static uint32_t buffer_bytes(uint32_t rctl)
{
    uint32_t bytes = 2048u >> ((rctl & RCTL_BSIZE) >> RCTL_BSIZE_SHIFT);

    return (rctl & RCTL_BSEX) && bytes != 2048u ? bytes * 16u : bytes;
}

static void load_rctl(struct e1000emu *chip)
{
    struct emu_rx *rx = &chip->rx;
    uint32_t rctl = emu_get(chip, REG_RCTL);
    uint32_t fast;

    rx->buffer_bytes = buffer_bytes(rctl);
    rx->longest = rctl & RCTL_LPE ? LARGEST_LONG : LARGEST;
    fast = rx->longest - FCS < rx->buffer_bytes ? rx->longest - FCS : rx->buffer_bytes;
    /* A frame that the packet buffer can't hold is never received. */
    rx->longest_fast = (rctl & RCTL_SECRC) && emu_fifo_could_hold(&rx->fifo, fast + FCS) ? fast : 0;
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
    load_ring(chip);
    load_rctl(chip);
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
    (void)value;
    /* The packet buffer's division is the one at the time that the receiver starts. */
    if (!(old & RCTL_EN) && chip->rx.fifo.count == 0)
        emu_fifo_reset(chip);
    load_rctl(chip);
    if (chip->profile.rx_block_ns > 0) {
        chip->rx.blocked_until = chip->now + chip->profile.rx_block_ns;
        emu_timer_start(chip, EMU_TIMER_RX, chip->profile.rx_block_ns);
    }
    resume(chip);
}

void emu_rx_write_rdt(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)old;
    (void)value;
    set_tail(chip, emu_get(chip, offset));
    resume(chip);
}

void emu_rx_write_rdtr(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    /* Nothing is held back, so all that a flush has to do is to tell. */
    if (value & RDTR_FPD)
        emu_irq_raise(chip, ICR_RXT0);
}

void emu_rx_write_ring(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    load_ring(chip);
}
