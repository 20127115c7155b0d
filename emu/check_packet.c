/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What software sends: the descriptors in the order in which the chip fetches them, put together
 * into packets (SDM 3.3, 3.5).
 *
 * The chip may fetch the beginning of a packet twice, when its end was not there the first time;
 * that is looked at once.
 */
#include "check.h"
#include "chip.h"
#include "tx_run.h"

#define SHORTEST_PADDED 48u
#define FIFO_SLACK      80u /* bytes of the FIFO that a packet must leave free (SDM 3.3.7) */

static void found(struct e1000emu *chip, enum emu_rule rule, uint64_t number, uint64_t other)
{
    emu_check_found(chip, rule, chip->check.packet.next, number, other);
}

static void check_fifo(struct e1000emu *chip, uint32_t bytes)
{
    uint32_t share = (emu_get(chip, REG_PBA) & PBA_TXA) >> PBA_TXA_SHIFT;
    uint32_t most = share * 1024 - FIFO_SLACK;

    if (share == 0 || bytes > most)
        found(chip, RULE_TX_EXCEEDS_FIFO, bytes, share ? most : 0);
}

/* ---- Contexts ------------------------------------------------------------------------------- */

static void check_segmentation(struct e1000emu *chip, const struct emu_context *context)
{
    if (context->hdrlen == 0 || context->hdrlen > EMU_TX_HEADER_MAX ||
        context->hdrlen <= context->tucso)
        found(chip, RULE_TSO_HEADER, context->hdrlen, context->tucso);
    if (context->mss == 0)
        found(chip, RULE_TSO_MSS_ZERO, chip->check.packet.next, 0);
    else
        check_fifo(chip, (uint32_t)context->mss + context->hdrlen);
}

static void load_context(struct e1000emu *chip, uint64_t address, uint64_t fields)
{
    struct emu_check_packet *packet = &chip->check.packet;
    uint32_t command = emu_tx_command(fields);
    bool segment = command & TXD_CMD_TSE;

    if (packet->open)
        found(chip, RULE_CONTEXT_IN_PACKET, packet->next, 0);
    packet->loaded[segment] = true;
    packet->context[segment] = (struct emu_context){.ipcss = (uint8_t)address,
                                                    .ipcso = (uint8_t)(address >> 8),
                                                    .ipcse = (uint16_t)(address >> 16),
                                                    .tucss = (uint8_t)(address >> 32),
                                                    .tucso = (uint8_t)(address >> 40),
                                                    .tucse = (uint16_t)(address >> 48),
                                                    .hdrlen = (uint8_t)(fields >> 40),
                                                    .mss = (uint16_t)(fields >> 48),
                                                    .paylen = (uint32_t)fields & 0xfffff};
    if (segment)
        check_segmentation(chip, &packet->context[1]);
}

static bool covers(uint32_t start, uint32_t place, uint32_t end, uint32_t length)
{
    return start < length && place >= start && place + 2 <= length && (end == 0 || end >= start);
}

/* The checksums that the packet asks for, now that its length is known. */
static void check_offsets(struct e1000emu *chip, uint32_t length)
{
    const struct emu_check_packet *packet = &chip->check.packet;
    bool segment = packet->command & TXD_CMD_TSE;
    const struct emu_context *c = &packet->context[segment];

    if (packet->options & TXD_POPTS_IXSM && !covers(c->ipcss, c->ipcso, c->ipcse, length))
        found(chip, RULE_CONTEXT_OFFSETS, c->ipcss, c->ipcso);
    if (packet->options & TXD_POPTS_TXSM && !covers(c->tucss, c->tucso, c->tucse, length))
        found(chip, RULE_CONTEXT_OFFSETS, c->tucss, c->tucso);
}

/* ---- The end of a packet -------------------------------------------------------------------- */

static void check_segmented(struct e1000emu *chip)
{
    const struct emu_check_packet *packet = &chip->check.packet;
    const struct emu_context *context = &packet->context[1];
    uint32_t payload = packet->length > context->hdrlen ? packet->length - context->hdrlen : 0;

    if (payload != context->paylen)
        found(chip, RULE_TSO_PAYLOAD, payload, context->paylen);
}

static void check_length(struct e1000emu *chip, uint32_t command)
{
    const struct emu_check_packet *packet = &chip->check.packet;
    bool padded = emu_get(chip, REG_TCTL) & TCTL_PSP && command & TXD_CMD_IFCS;

    if (packet->length > EMU_TX_FRAME_MAX)
        found(chip, RULE_TX_TOO_LONG, packet->length, packet->next);
    else
        check_fifo(chip, packet->length);
    if (packet->length == 0 || packet->length >= EMU_TX_SMALLEST)
        return;
    if (!padded)
        found(chip, RULE_TX_SHORT_UNPADDED, packet->length, packet->next);
    else if (packet->length < SHORTEST_PADDED)
        found(chip, RULE_TX_SHORT_PADDED, packet->length, packet->next);
}

static void check_end(struct e1000emu *chip, uint64_t fields)
{
    const struct emu_check_packet *packet = &chip->check.packet;
    uint32_t command = emu_tx_command(fields);
    bool segment = packet->extended && packet->command & TXD_CMD_TSE;

    if (!(command & TXD_CMD_IFCS))
        found(chip, RULE_TX_NO_FCS, packet->next, 0);
    if (command & TXD_CMD_VLE && !(emu_get(chip, REG_CTRL) & CTRL_VME))
        found(chip, RULE_TX_VLAN_OFF, packet->next, 0);
    if (packet->partial)
        return;
    if (segment)
        check_segmented(chip);
    else
        check_length(chip, command);
    if (packet->extended)
        check_offsets(chip, packet->length);
    else if (command & TXD_CMD_IC) {
        uint32_t cso = (uint32_t)(fields >> 16) & 0xff;

        if (packet->options >= packet->length || cso + 1 >= packet->length)
            found(chip, RULE_TX_LEGACY_CHECKSUM, packet->options, cso);
    }
}

/* ---- Its descriptors ------------------------------------------------------------------------ */

static void begin(struct e1000emu *chip, uint64_t fields)
{
    struct emu_check_packet *packet = &chip->check.packet;

    packet->command = (uint8_t)emu_tx_command(fields);
    packet->extended = packet->command & TXD_CMD_DEXT;
    packet->options = (uint8_t)(fields >> 40);
    packet->length = 0;
    packet->open = true;
    if (packet->extended && (packet->options & 3 || packet->command & TXD_CMD_TSE) &&
        !packet->loaded[(packet->command & TXD_CMD_TSE) != 0])
        found(chip, RULE_OFFLOAD_WITHOUT_CONTEXT, packet->next, 0);
}

static void check_descriptor(struct e1000emu *chip, uint64_t address, uint64_t fields)
{
    const struct emu_check_packet *packet = &chip->check.packet;
    uint32_t command = emu_tx_command(fields);
    uint32_t length = emu_tx_buffer_length(fields);

    if (packet->extended != ((command & TXD_CMD_DEXT) != 0))
        found(chip, RULE_TX_TYPES_MIXED, packet->next, 0);
    if (length == 0)
        found(chip, RULE_TX_LENGTH_ZERO, packet->next, 0);
    else if (address == 0)
        found(chip, RULE_TX_BUFFER_NULL, packet->next, 0);
}

/* What holds for descriptors of all kinds. */
static void check_bits(struct e1000emu *chip, uint64_t fields)
{
    const struct emu_check_packet *packet = &chip->check.packet;
    uint32_t command = emu_tx_command(fields);

    if (fields & TXD_DONE)
        emu_check_found(chip, RULE_DESCRIPTOR_DONE, packet->next, packet->next, 0);
    if (!emu_tx_is_context(fields) && command & TXD_CMD_RPS && !chip->profile.rps)
        found(chip, RULE_TX_REPORT_SENT, packet->next, 0);
    if (command & TXD_CMD_IDE && emu_get(chip, REG_TIDV) == 0)
        found(chip, RULE_DELAY_WITHOUT_TIDV, packet->next, 0);
}

/* Where this descriptor belongs: behind the one before, or the packet's first ones are fetched
 * again, or the ring is new. */
static void find_place(struct emu_check_packet *packet, uint32_t index, uint32_t count)
{
    if (packet->known && index == packet->next)
        return;
    packet->again = packet->open ? (packet->next + count - index) % count : 0;
    packet->open = false;
    packet->known = true;
    packet->next = index;
}

void emu_check_tx_fetch(struct e1000emu *chip, const struct e1000emu_event *event)
{
    struct emu_check_packet *packet = &chip->check.packet;
    uint64_t fields = event->u.descriptor.fields;
    uint32_t count = chip->tx.ring.count;
    bool again;

    find_place(packet, event->u.descriptor.index, count);
    again = packet->again > 0;
    if (again)
        packet->again--;
    else
        check_bits(chip, fields);
    if (emu_tx_is_context(fields)) {
        if (!again)
            load_context(chip, event->u.descriptor.address, fields);
    } else {
        if (!packet->open)
            begin(chip, fields);
        if (!again)
            check_descriptor(chip, event->u.descriptor.address, fields);
        packet->length += emu_tx_buffer_length(fields);
        if (emu_tx_command(fields) & TXD_CMD_EOP) {
            check_end(chip, fields);
            packet->open = packet->partial = false;
        }
    }
    packet->next = packet->next + 1 >= count ? 0 : packet->next + 1;
}

/* The longest frame that the packet buffer's share holds. */
static uint32_t longest_plain(const struct e1000emu *chip)
{
    uint32_t bytes = ((emu_get(chip, REG_PBA) & PBA_TXA) >> PBA_TXA_SHIFT) * 1024;

    if (bytes < FIFO_SLACK + EMU_TX_SMALLEST)
        return 0;
    bytes -= FIFO_SLACK;
    return bytes < EMU_TX_FRAME_MAX ? bytes : EMU_TX_FRAME_MAX;
}

/* The shortest frame that both checksums of the context lie in; none does without a good one. */
static uint32_t shortest_summed(const struct emu_check_packet *packet)
{
    const struct emu_context *c = &packet->context[0];

    for (uint32_t length = EMU_TX_SMALLEST; packet->loaded[0] && length <= UINT8_MAX + 2u;
         length++) {
        if (covers(c->ipcss, c->ipcso, c->ipcse, length) &&
            covers(c->tucss, c->tucso, c->tucse, length))
            return length;
    }
    return UINT32_MAX;
}

/* A frame in one descriptor, legacy or with checksums, of an ordinary length, with an FCS and
 * nothing else. */
uint32_t emu_check_tx_plain(struct e1000emu *chip, uint32_t index,
                            const struct emu_descriptor *descriptors, uint32_t n)
{
    const uint64_t looked_at =
        TXD_DONE | TXD_COMMAND(TXD_CMD_EOP | TXD_CMD_IFCS | TXD_CMD_IC | TXD_CMD_RPS |
                               TXD_CMD_DEXT | TXD_CMD_VLE | TXD_CMD_IDE);
    const uint64_t legacy = TXD_COMMAND(TXD_CMD_EOP | TXD_CMD_IFCS);
    struct emu_check_packet *packet = &chip->check.packet;
    uint32_t count = chip->tx.ring.count;
    uint32_t longest = longest_plain(chip);
    uint32_t summed = 0; /* shortest frame with checksums, once it is known */
    uint32_t i = 0;

    if (!packet->known || packet->open || packet->partial || packet->again > 0 ||
        packet->next != index)
        return 0;
    for (; i < n && descriptors[i].address != 0; i++) {
        uint64_t fields = descriptors[i].fields;
        uint32_t length = emu_tx_buffer_length(fields);
        uint32_t shortest = EMU_TX_SMALLEST;

        if ((fields & looked_at) != legacy) {
            if ((fields & looked_at) != (legacy | TXD_COMMAND(TXD_CMD_DEXT)) ||
                TXD_TYPE(fields) != TXD_DTYP_D)
                break;
            if (summed == 0)
                summed = shortest_summed(packet);
            shortest = summed;
        }
        if (length < shortest || length > longest)
            break;
    }
    packet->next = index + i >= count ? 0 : index + i;
    return i;
}
