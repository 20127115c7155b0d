/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors are handled in blocks, the fillings of the ring's cache: the frames of a block are
 * got ready for the wire, the wire takes them or some of them, and what it took is given back. A
 * plain frame in one descriptor goes to the wire from where it lies; others are put together in the
 * staging memory first.
 *
 * Nothing of a frame that the wire refused is given back; the chip keeps its descriptors and what
 * it has made of them, never looks at them in the host's memory again, and goes on when the wire
 * has room. Only a packet that is longer than a block, or whose end software has not posted yet, is
 * given back piece by piece, as in the chip, where it fills the packet buffer.
 */
#include "tx.h"

#include <string.h>

#include "checksum.h"
#include "copy.h"
#include "tx_run.h"

/* How far ahead memory is asked for. */
#define AHEAD 8u

#define POPTS_SUMS ((uint64_t)(TXD_POPTS_IXSM | TXD_POPTS_TXSM) << 40)
#define TYPE_MASK  (0xfull << 20)
#define TYPE_DATA  ((uint64_t)TXD_DTYP_D << 20)

/* ---- One block ------------------------------------------------------------------------------ */

/* Nothing is to be inserted, and the descriptor isn't about anything but a frame. */
static inline bool is_plain(const struct emu_tx_run *run, uint64_t fields)
{
    if (!(fields & run->unusual))
        return true;
    return (fields & (run->unusual | TYPE_MASK | POPTS_SUMS)) ==
           (TXD_COMMAND(TXD_CMD_DEXT) | TYPE_DATA);
}

/* A frame in one descriptor that can stay where it is. False: it can't, and nothing was done. */
EMU_INLINE bool send_in_place(struct emu_tx_run *run, const struct emu_descriptor *descriptor)
{
    struct e1000emu *chip = run->chip;
    uint32_t command = emu_tx_command(descriptor->fields);
    uint32_t length = emu_tx_buffer_length(descriptor->fields);
    const uint8_t *data;

    if (!is_plain(run, descriptor->fields) || !(command & TXD_CMD_EOP) || length == 0 ||
        length > EMU_TX_FRAME_MAX || descriptor->address == 0 ||
        emu_tx_padded(run, command & TXD_CMD_IFCS, length))
        return false;
    data = emu_dma_pointer(&chip->dma, EMU_DMA_TX_BUFFER, descriptor->address, length,
                           E1000EMU_DMA_READ);
    if (!data)
        return false;
    emu_tx_lay_out(run, data, length, command & TXD_CMD_IFCS, chip->tx.next);
    return true;
}

/* Most of a long frame's cost is to fetch it: that should happen once. */
EMU_INLINE void copy_with_sums(uint8_t *to, const uint8_t *from, uint32_t length,
                               const struct emu_context *context, uint32_t options)
{
    if (length < EMU_CHECKSUM_LONG) {
        emu_copy_frame(to, from, length);
        emu_offload_checksums_few(to, length, context, options);
    } else {
        emu_offload_checksums_summed(to, length, context, options,
                                     emu_checksum_copy(to, from, length));
    }
}

/* The same for one that is copied, as the chip is to make checksums in it. */
EMU_INLINE bool send_with_sums(struct emu_tx_run *run, const struct emu_descriptor *descriptor)
{
    struct e1000emu *chip = run->chip;
    struct emu_tx *tx = &chip->tx;
    uint64_t fields = descriptor->fields;
    uint32_t command = emu_tx_command(fields);
    uint32_t length = emu_tx_buffer_length(fields);
    uint8_t *data = tx->staging + tx->staged + EMU_TAG_BYTES;
    const uint8_t *from;

    if ((fields & (run->unusual | TYPE_MASK)) != (TXD_COMMAND(TXD_CMD_DEXT) | TYPE_DATA) ||
        !(command & TXD_CMD_EOP) || length < EMU_TX_SMALLEST || length > EMU_TX_FRAME_MAX ||
        descriptor->address == 0 || tx->staged + EMU_TX_SLOT_MAX > EMU_TX_STAGING || run->shared)
        return false;
    from = emu_dma_pointer(&chip->dma, EMU_DMA_TX_BUFFER, descriptor->address, length,
                           E1000EMU_DMA_READ);
    if (!from)
        return false;
    copy_with_sums(data, from, length, &tx->context[0], (uint32_t)(fields >> 40) & 0xffu);
    emu_tx_lay_out(run, data, length, command & TXD_CMD_IFCS, tx->next);
    tx->staged = (uint32_t)(data - tx->staging) + length;
    return true;
}

/* How many of the cached descriptors to handle: up to the last one that ends a packet, so that none
 * is given back piece by piece, or all of them if none does. The others are fetched again. */
static uint32_t whole_packets(const struct emu_ring *ring)
{
    uint32_t end = ring->cached;

    for (uint32_t i = ring->cached; i > 0; i--) {
        uint64_t fields = ring->cache[i - 1].fields;

        if (emu_tx_is_context(fields))
            continue;
        if (fields & TXD_COMMAND(TXD_CMD_EOP))
            return end;
        end = i - 1;
    }
    return ring->cached;
}

/* The next filling of the cache, once the one before is done. False: there is none. */
static bool fill(struct emu_tx_run *run)
{
    struct e1000emu *chip = run->chip;
    struct emu_tx *tx = &chip->tx;

    if (tx->done < tx->end)
        return true;
    if (!emu_ring_fill(chip, &tx->ring)) {
        /* Write-backs that wait take up the cache of a small ring. */
        if (tx->ring.held == 0 || emu_ring_in_host(&tx->ring) == 0)
            return false;
        emu_tx_write_waiting(run);
        if (!emu_ring_fill(chip, &tx->ring))
            return false;
    }
    tx->done = 0;
    tx->next = 0;
    tx->begun = 0;
    tx->end = whole_packets(&tx->ring);
    tx->ring.cached = tx->end;
    return true;
}

/* Gets a block's frames on their way. False: not to the end. */
static bool run_block(struct emu_tx_run *run)
{
    struct e1000emu *chip = run->chip;
    struct emu_tx *tx = &chip->tx;

    run->work += tx->end - tx->next;
    for (; tx->next < tx->end; tx->next++) {
        if (tx->next + AHEAD < tx->end)
            emu_dma_prefetch(&chip->dma, EMU_DMA_TX_BUFFER,
                             tx->ring.cache[tx->next + AHEAD].address);
        if (!tx->packet.open && (send_in_place(run, &tx->ring.cache[tx->next]) ||
                                 send_with_sums(run, &tx->ring.cache[tx->next])))
            continue;
        if (!emu_tx_step(run))
            return false;
    }
    if (!emu_tx_offer(run))
        return false;
    emu_tx_give_back(run, tx->end);
    return true;
}

/* ---- One pass over the ring ----------------------------------------------------------------- */

static bool can_send(struct e1000emu *chip)
{
    uint32_t status = emu_get(chip, REG_STATUS);

    if (!(emu_get(chip, REG_TCTL) & TCTL_EN) || !chip->pci.bus_master || chip->tx.blocked ||
        emu_timer_running(chip, EMU_TIMER_MEDIUM))
        return false;
    if ((status & STATUS_LU) && !(status & STATUS_TXOFF))
        return true;
    /* One deferral, however long it takes (SDM 13.7, DC). */
    if (!chip->tx.deferred)
        emu_stats_add(chip, REG_DC, 1);
    chip->tx.deferred = true;
    return false;
}

static void start_run(struct emu_tx_run *run, struct e1000emu *chip)
{
    memset(run, 0, sizeof *run);
    run->chip = chip;
    run->tctl = emu_get(chip, REG_TCTL);
    run->tags = emu_get(chip, REG_CTRL) & CTRL_VME;
    run->shared = emu_medium_shared(chip);
    if (!run->shared)
        emu_medium_forget(chip);
    run->reports = TXD_COMMAND(TXD_CMD_RS | (chip->profile.rps ? TXD_CMD_RPS : 0));
    run->unusual =
        TXD_COMMAND(TXD_CMD_IC | TXD_CMD_TSE | TXD_CMD_DEXT | (run->tags ? TXD_CMD_VLE : 0));
    if (chip->faulty & EMU_AT_TX_DATA)
        run->unusual |= TXD_COMMAND(TXD_CMD_EOP); /* all of them */
}

/* Sends what is in the ring, as far as the budget reaches. True: more could be sent at once. */
static bool send(struct emu_tx_run *run)
{
    struct emu_tx *tx = &run->chip->tx;

    if (!emu_tx_offer(run)) /* what the wire refused before */
        return false;
    while (run->work < EMU_TX_BUDGET) {
        if (!fill(run))
            return false;
        if (!run_block(run))
            break;
    }
    if (tx->blocked || emu_timer_running(run->chip, EMU_TIMER_MEDIUM))
        return false;
    /* A packet of very many segments may have stopped in the middle. */
    if (tx->done < tx->end && emu_tx_offer(run))
        emu_tx_give_back(run, tx->next);
    return !tx->blocked && emu_ring_ready(&tx->ring) > 0;
}

static void run_ring(struct e1000emu *chip)
{
    struct emu_ring *ring = &chip->tx.ring;
    uint32_t before = emu_ring_ready(ring);
    uint32_t low = (emu_get(chip, REG_TXDCTL) >> 25) * 8;
    bool by_hand = chip->tx.fifo.hand_quads > 0;
    struct emu_tx_run run;
    uint32_t after;

    if ((before == 0 && !by_hand) || !can_send(chip))
        return;
    if (chip->faulty & EMU_AT_TX && emu_fault_tx_frozen(chip))
        return;
    chip->tx.deferred = false;
    emu_ring_attach(chip, ring, EMU_DMA_TX_RING);
    if (chip->tx.moved)
        emu_tx_find_again(chip);
    start_run(&run, chip);
    if (send(&run))
        emu_timer_start(chip, EMU_TIMER_TX, 0);
    if (by_hand)
        emu_tx_send_by_hand(&run);

    after = emu_ring_ready(ring);
    emu_set(chip, REG_TDH, ring->head);
    emu_stats_sent(chip, &run.tally);
    emu_tx_show(&run);
    if (before > 0 && after == 0)
        run.causes |= ICR_TXQE;
    if (before > low && after <= low)
        run.causes |= ICR_TXD_LOW;
    emu_tx_report(&run);
}

/* ---- What starts it ------------------------------------------------------------------------- */

void e1000emu_transmit_ready(e1000emu *chip)
{
    chip->tx.blocked = !emu_flow_ready(chip); /* PAUSE frames go first */
    run_ring(chip);
}

/* What the chip knew of the descriptors it had fetched, and of the packet they are part of. */
static void forget(struct emu_tx *tx)
{
    if (tx->done < tx->end)
        tx->packet = (struct emu_tx_packet){0};
    tx->done = tx->next = tx->end = 0;
    tx->sent = tx->frames = 0;
    tx->since = 0;
    tx->tell = false;
}

void emu_tx_reset(struct e1000emu *chip, enum e1000emu_reset kind)
{
    struct emu_tx *tx = &chip->tx;

    (void)kind;
    forget(tx);
    tx->packet = (struct emu_tx_packet){0};
    memset(tx->context, 0, sizeof tx->context);
    emu_medium_forget(chip);
    tx->fifo = (struct emu_tx_fifo){0};
    tx->blocked = false;
    tx->deferred = false;
    emu_ring_load(chip, &tx->ring, REG_TDBAL);
    emu_ring_set_thresholds(chip, &tx->ring, emu_get(chip, REG_TXDCTL));
}

void emu_tx_link_changed(struct e1000emu *chip)
{
    run_ring(chip);
}

void emu_tx_timer(struct e1000emu *chip)
{
    run_ring(chip);
}

void emu_tx_write_tctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    if (value & TCTL_SWXOFF)
        emu_flow_software_xoff(chip);
    run_ring(chip);
}

void emu_tx_write_tdt(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)old;
    (void)value;
    emu_ring_set_tail(&chip->tx.ring, emu_get(chip, offset));
    run_ring(chip);
}

void emu_tx_write_txdctl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)old;
    (void)value;
    emu_ring_set_thresholds(chip, &chip->tx.ring, emu_get(chip, offset));
}

void emu_tx_write_ring(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    forget(&chip->tx);
    emu_fault_forget_descriptor(chip);
    emu_ring_load(chip, &chip->tx.ring, REG_TDBAL);
}
