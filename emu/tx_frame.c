/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that are gathered from descriptors, and those that something has to be done to. */
#include <string.h>

#include "tx_run.h"

/* ---- Context descriptors -------------------------------------------------------------------- */

static uint32_t field(uint64_t quadword, unsigned shift, unsigned bits)
{
    return (uint32_t)(quadword >> shift) & ((1u << bits) - 1);
}

/* It takes effect at once; a packet that has begun keeps the one it began with (SDM 3.3.6). */
static void load_context(struct emu_tx *tx, const struct emu_descriptor *descriptor)
{
    uint64_t low = descriptor->address;
    uint64_t high = descriptor->fields;
    uint32_t command = emu_tx_command(high);

    tx->context[command & TXD_CMD_TSE ? 1 : 0] = (struct emu_context){
        .ipcss = (uint8_t)field(low, 0, 8),
        .ipcso = (uint8_t)field(low, 8, 8),
        .ipcse = (uint16_t)field(low, 16, 16),
        .tucss = (uint8_t)field(low, 32, 8),
        .tucso = (uint8_t)field(low, 40, 8),
        .tucse = (uint16_t)field(low, 48, 16),
        .tcp = command & TXD_TUCMD_TCP,
        .ipv4 = command & TXD_TUCMD_IP,
        .paylen = field(high, 0, 20),
        .hdrlen = (uint8_t)field(high, 40, 8),
        .mss = (uint16_t)field(high, 48, 16),
    };
}

/* ---- Gathering ------------------------------------------------------------------------------ */

bool emu_tx_gather(struct emu_tx_run *run, uint8_t *to, uint64_t address, uint32_t length)
{
    struct e1000emu *chip = run->chip;
    const uint8_t *from =
        emu_dma_pointer(&chip->dma, EMU_DMA_TX_BUFFER, address, length, E1000EMU_DMA_READ);

    if (from)
        memcpy(to, from, length);
    else if (!emu_dma_read(chip, address, to, length))
        chip->tx.packet.discard = true;
    return !chip->tx.packet.discard;
}

bool emu_tx_make_room(struct emu_tx_run *run)
{
    struct emu_tx *tx = &run->chip->tx;

    /* In half duplex no packet begins before the ones ahead of it have left or been given up. */
    if (tx->staged + EMU_TX_SLOT_MAX <= EMU_TX_STAGING && !run->shared)
        return true;
    return emu_tx_offer(run);
}

/* Adds a buffer to the frame under way. */
static void gather(struct emu_tx_run *run, const struct emu_descriptor *descriptor)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_tx_packet *packet = &tx->packet;
    uint32_t length = emu_tx_buffer_length(descriptor->fields);
    uint8_t *to = tx->staging + tx->staged + EMU_TAG_BYTES + packet->length;

    if (descriptor->address == 0 || length == 0)
        return;
    if (length > EMU_TX_FRAME_MAX - packet->length)
        packet->discard = true;
    if (!packet->discard && emu_tx_gather(run, to, descriptor->address, length))
        packet->length += length;
}

/* ---- Finishing ------------------------------------------------------------------------------ */

void emu_tx_finish(struct emu_tx_run *run, uint32_t command, uint32_t special)
{
    struct emu_tx *tx = &run->chip->tx;
    uint8_t *data = tx->staging + tx->staged + EMU_TAG_BYTES;
    uint32_t length = tx->packet.length;
    bool tag = run->tags && (command & TXD_CMD_VLE) && length >= EMU_TAG_OFFSET;
    bool fcs = (command & TXD_CMD_IFCS) || tag; /* a tag makes the frame's own FCS wrong */

    if (tag) {
        data = emu_offload_tag(data, emu_get(run->chip, REG_VET), special);
        length += EMU_TAG_BYTES;
    }
    if (emu_tx_padded(run, fcs, length)) {
        memset(data + length, 0, EMU_TX_SMALLEST - length);
        length = EMU_TX_SMALLEST;
        if (run->chip->faulty & EMU_AT_TX_DATA)
            emu_fault_padded(run->chip, data, length);
    }
    emu_tx_lay_out(run, data, length, fcs, tx->begun);
    tx->staged = (uint32_t)(data - tx->staging) + length;
}

/* The last descriptor of a packet that is one frame has been gathered: it decides about everything
 * but what the first one asked to be inserted. */
static void end_frame(struct emu_tx_run *run, uint64_t fields)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_tx_packet *packet = &tx->packet;
    uint8_t *data = tx->staging + tx->staged + EMU_TAG_BYTES;
    uint32_t command = emu_tx_command(fields);

    if (!packet->discard && packet->length > 0) {
        if (packet->kind == EMU_TX_DATA)
            emu_offload_checksums(data, packet->length, &packet->context, packet->options);
        else if ((command & (TXD_CMD_IC | TXD_CMD_DEXT)) == TXD_CMD_IC)
            emu_offload_legacy(data, packet->length, packet->options, field(fields, 16, 8));
        emu_tx_finish(run, command, field(fields, 48, 16));
    }
    packet->open = false;
    packet->length = 0;
}

/* ---- Descriptors ---------------------------------------------------------------------------- */

static void begin(struct emu_tx_run *run, uint64_t fields)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_tx_packet *packet = &tx->packet;
    uint32_t command = emu_tx_command(fields);
    bool segmented = (command & TXD_CMD_DEXT) && (command & TXD_CMD_TSE);

    *packet = (struct emu_tx_packet){
        .open = true,
        .kind = segmented                ? EMU_TX_SEGMENTED
                : command & TXD_CMD_DEXT ? EMU_TX_DATA
                                         : EMU_TX_LEGACY,
        .options = (uint8_t)field(fields, 40, 8),
        .command = (uint8_t)command,
        .special = (uint16_t)field(fields, 48, 16),
        .context = tx->context[segmented],
    };
    tx->begun = tx->next;
    if (segmented)
        emu_tx_segment_begin(run);
}

bool emu_tx_step(struct emu_tx_run *run)
{
    struct emu_tx *tx = &run->chip->tx;
    struct emu_descriptor *descriptor = &tx->ring.cache[tx->next];

    if (run->chip->faulty & EMU_AT_TX_DATA && !emu_fault_descriptor(run, descriptor))
        return false;
    if (emu_tx_is_context(descriptor->fields)) {
        load_context(tx, descriptor);
        return true;
    }
    if (!tx->packet.open) {
        if (!emu_tx_make_room(run))
            return false;
        begin(run, descriptor->fields);
    }
    if (tx->packet.kind == EMU_TX_SEGMENTED)
        return emu_tx_segment(run, descriptor);
    gather(run, descriptor);
    if (emu_tx_command(descriptor->fields) & TXD_CMD_EOP)
        end_frame(run, descriptor->fields);
    return true;
}
