/* SPDX-License-Identifier: BSD-2-Clause */
/* From packets to descriptors and buffers in host memory (SDM 3.2.3 to 3.2.6). */
#include "checksum.h"
#include "crc.h"
#include "rx_batch.h"

/* ---- The batch ------------------------------------------------------------------------------ */

/* The chip always makes a packet checksum. Here it is left zero while RXCSUM is, as software that
 * looks at it says from where on it wants it, and every byte of every frame costs. */
static uint32_t extras(const struct e1000emu *chip, uint32_t rctl)
{
    uint32_t ctrl = emu_get(chip, REG_CTRL);
    uint32_t found = ctrl & CTRL_RFCE ? EXTRA_FLOW : 0;

    if (ctrl & CTRL_VME)
        found |= EXTRA_VLAN | EXTRA_STRIP;
    if (rctl & RCTL_VFE)
        found |= EXTRA_VLAN;
    if (emu_get(chip, REG_RXCSUM))
        found |= EXTRA_CHECKSUM;
    return found;
}

void emu_rx_begin(struct emu_rx_batch *batch, struct e1000emu *chip)
{
    struct emu_ring *ring = &chip->rx.ring;

    emu_ring_attach(chip, ring, EMU_DMA_RX_RING);
    batch->chip = chip;
    batch->rctl = emu_get(chip, REG_RCTL);
    batch->extras = extras(chip, batch->rctl);
    batch->rxcsum = emu_get(chip, REG_RXCSUM);
    batch->vet = emu_get(chip, REG_VET);
    batch->before = emu_ring_ready(ring);
    batch->budget = EMU_RX_BUDGET;
    batch->shortest = UINT32_MAX;
    batch->causes = 0;
    batch->unreachable = false;
    memset(&batch->tally, 0, sizeof batch->tally);
}

/* RXDMT0 is the transition to a share of the ring (SDM 13.4.22); the reserved fourth setting acts
 * as the third. */
static uint32_t low_causes(const struct emu_rx_batch *batch, uint32_t ready)
{
    uint32_t rdmts = (batch->rctl & RCTL_RDMTS) >> RCTL_RDMTS_SHIFT;
    uint32_t threshold = batch->chip->rx.ring.count >> ((rdmts < 2 ? rdmts : 2) + 1);

    return batch->before > threshold && ready <= threshold ? ICR_RXDMT0 : 0;
}

void emu_rx_finish(struct emu_rx_batch *batch)
{
    struct e1000emu *chip = batch->chip;
    struct emu_ring *ring = &chip->rx.ring;
    uint32_t ready = emu_ring_ready(ring);
    uint32_t causes = batch->causes;

    if (batch->shortest != UINT32_MAX)
        causes |= emu_rx_arrived(chip, batch->shortest);
    if (ready != batch->before) {
        emu_rx_show_head(chip);
        causes |= low_causes(batch, ready);
    }
    emu_tally_end_run(&batch->tally);
    for (unsigned i = 0; i < EMU_STATS_SIZES; i++)
        batch->tally.all_packets += batch->tally.size[i];
    batch->tally.all_octets += batch->tally.octets;
    if (batch->tally.all_packets > 0)
        emu_stats_received(chip, &batch->tally);
    if (!batch->unreachable)
        emu_ring_fill_early(chip, ring);
    if (chip->rx.fifo.count > 0 && ready > 0 && !batch->unreachable)
        emu_timer_start(chip, EMU_TIMER_RX, 0);
    if (causes)
        emu_irq_raise(chip, causes);
}

/* ---- What goes to the host ------------------------------------------------------------------ */

/* A byte of a packet that lies in two pieces. */
static uint32_t byte_at(const struct emu_piece piece[2], uint32_t offset)
{
    if (offset < piece[0].length)
        return piece[0].data[offset];
    return piece[1].data[offset - piece[0].length];
}

/* Takes the tag out: what lies around it in two pieces lies in three then. */
static void strip_tag(struct emu_rx_packet *packet)
{
    const struct emu_piece from[2] = {packet->piece[0], packet->piece[1]};
    uint32_t tag_end = TAG_OFFSET + TAG_BYTES;
    uint32_t start = 0;
    unsigned n = 0;

    packet->special =
        (uint16_t)(byte_at(from, TAG_OFFSET + 2) << 8 | byte_at(from, TAG_OFFSET + 3));
    for (unsigned i = 0; i < 2; i++) {
        uint32_t end = start + from[i].length;
        uint32_t first = start > tag_end ? start : tag_end;

        if (start < TAG_OFFSET) {
            uint32_t kept = end < TAG_OFFSET ? end : TAG_OFFSET;

            packet->piece[n++] = (struct emu_piece){from[i].data, kept - start};
        }
        if (end > tag_end)
            packet->piece[n++] = (struct emu_piece){from[i].data + (first - start), end - first};
        start = end;
    }
    while (n < 3)
        packet->piece[n++] = (struct emu_piece){from[0].data, 0};
    packet->length -= TAG_BYTES;
}

/* Makes the FCS that a frame came without. */
static void make_fcs(struct emu_rx_packet *packet, bool bad)
{
    uint32_t crc = emu_crc32(0, packet->piece[0].data, packet->piece[0].length);

    crc = emu_crc32(crc, packet->piece[1].data, packet->piece[1].length);
    if (bad)
        crc = ~crc;
    for (unsigned i = 0; i < FCS; i++)
        packet->fcs[i] = (uint8_t)(crc >> (8 * i));
}

/* The packet checksum: of what goes to the host, from byte PCSS on, complemented (SDM 3.2.9). */
static uint16_t packet_checksum(const struct emu_rx_packet *packet, uint32_t skip)
{
    uint32_t left = packet->length > skip ? packet->length - skip : 0;
    const struct emu_piece *piece = packet->piece;
    uint16_t sum = 0;
    bool odd = false;

    for (; left > 0; piece++) {
        uint32_t n = piece->length > skip ? piece->length - skip : 0;
        uint16_t part;

        if (n == 0) {
            skip -= piece->length;
            continue;
        }
        if (n > left)
            n = left;
        part = emu_checksum_sum(piece->data + skip, n);
        /* After an odd number of bytes the next one is the low byte of a word. */
        if (odd)
            part = (uint16_t)(part << 8 | part >> 8);
        sum = emu_checksum_add(sum, part);
        odd = odd != (n & 1);
        left -= n;
        skip = 0;
    }
    return (uint16_t)~sum;
}

void emu_rx_prepare(struct emu_rx_packet *packet, const struct emu_rx_batch *batch, uint32_t flags)
{
    bool own = flags & E1000EMU_FRAME_FCS;
    bool stored = !(batch->rctl & RCTL_SECRC);

    packet->special = 0;
    packet->checksum = 0;
    packet->length = packet->piece[0].length + packet->piece[1].length;
    packet->piece[2].length = 0;
    packet->piece[3].length = 0;
    /* The FCS is that of the frame on the wire, its tag included. */
    if (!own && stored)
        make_fcs(packet, flags & E1000EMU_FRAME_BAD_FCS);
    if (packet->status & RXD_STAT_VP)
        strip_tag(packet);
    if (own && !stored)
        packet->length -= FCS;
    if (!own && stored) {
        packet->piece[3] = (struct emu_piece){packet->fcs, FCS};
        packet->length += FCS;
    }
    if (batch->extras & EXTRA_CHECKSUM)
        packet->checksum = packet_checksum(packet, batch->rxcsum & RXCSUM_PCSS);
}

/* ---- Into descriptors ----------------------------------------------------------------------- */

/* Stores a part of a packet. What reaches no memory is lost, as a posted write is. */
static void store_pieces(struct e1000emu *chip, uint64_t bus, const struct emu_rx_packet *packet,
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

static void store(struct e1000emu *chip, uint64_t bus, const struct emu_rx_packet *packet,
                  uint32_t offset, uint32_t length)
{
    store_pieces(chip, bus, packet, offset, length);
    if (chip->faulty & EMU_AT_RX_DATA)
        emu_fault_stored(chip, bus, length);
}

/* Gives the next descriptor back to software: at once, or with others. */
static void give_back(struct e1000emu *chip, uint64_t fields)
{
    struct emu_ring *ring = &chip->rx.ring;

    if (chip->rx.collects)
        emu_ring_write_back_later(chip, ring, EMU_DMA_RX_RING, ring->head, fields);
    else
        emu_ring_write_back(chip, ring, EMU_DMA_RX_RING, ring->head, fields);
    emu_ring_use(ring);
}

uint32_t emu_rx_deliver(struct emu_rx_batch *batch, const struct emu_rx_packet *packet,
                        uint32_t done)
{
    struct e1000emu *chip = batch->chip;
    const uint32_t buffer_bytes = chip->rx.buffer_bytes;

    while (done < packet->length && batch->budget > 0) {
        struct emu_descriptor descriptor;
        uint32_t n = packet->length - done;
        uint64_t fields;

        if (!emu_rx_descriptors(batch)) {
            /* Nothing will fill up the company that these wait for. */
            emu_ring_flush(chip, &chip->rx.ring, EMU_DMA_RX_RING);
            break;
        }
        batch->budget--;
        descriptor = *emu_ring_cached(&chip->rx.ring, 0);
        if (descriptor.address == 0) {
            /* Passed over: marked done, nothing else touched (SDM 3.2). */
            give_back(chip, descriptor.fields | (uint64_t)RXD_STAT_DD << 32);
            continue;
        }
        if (n > buffer_bytes)
            n = buffer_bytes;
        store(chip, descriptor.address, packet, done, n);
        if (done + n < packet->length)
            fields = emu_rx_fields(n, RXD_STAT_DD, 0);
        else
            fields = emu_rx_fields(n, packet->status, packet->errors) | (uint64_t)packet->special
                                                                            << 48;
        if (done == 0)
            fields |= (uint64_t)packet->checksum << 16;
        done += n;
        give_back(chip, fields);
    }
    if (done >= packet->length && packet->length < batch->shortest)
        batch->shortest = packet->length;
    return done;
}
