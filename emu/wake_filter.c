/* SPDX-License-Identifier: BSD-2-Clause */
/* Which frames wake (SDM 6.4.3). */
#include "filter.h"
#include "packet.h"
#include "rx_batch.h"
#include "wake.h"

#define FIRST_MAGIC  12u /* byte of a frame where the FFs may begin */
#define MAGIC_FFS    6u
#define MAGIC_COPIES 16u
#define ADDRESS      6u

/* ---- Magic packets (SDM 6.4.3.1.4) ---------------------------------------------------------- */

/* At least six bytes of FF somewhere, then sixteen times the first receive address. */
static bool is_magic(const struct e1000emu *chip, const struct emu_packet *packet)
{
    uint32_t low = emu_get(chip, REG_RAL(0)), high = emu_get(chip, REG_RAH(0));
    uint8_t address[ADDRESS];
    uint32_t ffs = 0, matched = 0;

    if (!(high & RAH_AV))
        return false;
    for (unsigned i = 0; i < ADDRESS; i++)
        address[i] = (uint8_t)(i < 4 ? low >> (8 * i) : high >> (8 * (i - 4)));
    for (uint32_t i = FIRST_MAGIC; i < packet->length; i++) {
        uint8_t byte = packet->data[i];

        /* What is not FF after enough of them begins the address; what does not fit ends it. */
        if ((matched > 0 || ffs >= MAGIC_FFS) && byte == address[matched % ADDRESS])
            matched++;
        else
            matched = 0;
        if (matched == MAGIC_COPIES * ADDRESS)
            return true;
        ffs = byte == 0xFF ? ffs + 1 : 0;
    }
    return false;
}

/* ---- Flexible filters (SDM 6.4.3.3) --------------------------------------------------------- */

static bool passes_flexible(const struct e1000emu *chip, const struct emu_packet *packet,
                            unsigned n)
{
    uint32_t length = emu_get(chip, REG_FFLT_N(n));

    if (packet->length < length)
        return false;
    for (uint32_t i = 0; i < length && i < FF_BYTES; i++) {
        if (emu_get(chip, REG_FFMT_N(i)) >> n & 1u &&
            (uint8_t)(emu_get(chip, REG_FFVT_N(i)) >> (8 * n)) != packet->data[i])
            return false;
    }
    return true;
}

/* ---- All of them ---------------------------------------------------------------------------- */

static uint32_t match_address(const struct e1000emu *chip, uint64_t destination)
{
    if (destination == EMU_BROADCAST)
        return WUFC_BC;
    if (emu_filter_exact(chip, destination))
        return WUFC_EX;
    return emu_filter_multicast(chip, destination) ? WUFC_MC : 0;
}

static uint32_t match_protocol(const struct e1000emu *chip, uint32_t wanted,
                               const struct emu_packet *packet, uint64_t destination)
{
    uint32_t matches = 0;

    /* The text wants an ARP request to come by broadcast; the table doesn't say. */
    if (wanted & WUFC_ARP && destination == EMU_BROADCAST &&
        emu_packet_arp(packet) == EMU_ARP_REQUEST && emu_packet_is_own_arp(chip, packet))
        matches |= WUFC_ARP;
    if (wanted & WUFC_IPV4 && emu_packet_is_own_ip4(chip, packet))
        matches |= WUFC_IPV4;
    if (wanted & WUFC_IPV6 && emu_packet_is_own_ip6(chip, packet))
        matches |= WUFC_IPV6;
    for (unsigned n = 0; n < 4; n++) {
        if (wanted & WUFC_FLX0 << n && passes_flexible(chip, packet, n))
            matches |= WUFC_FLX0 << n;
    }
    return matches;
}

uint32_t emu_wake_match(const struct e1000emu *chip, uint32_t wanted,
                        const struct emu_rx_frame *frame, bool passed)
{
    bool broadcast = frame->destination == EMU_BROADCAST;
    struct emu_packet packet;
    uint32_t matches = 0;

    if (!passed && !broadcast)
        return 0;
    packet = emu_packet_look(chip, frame, true);
    if (wanted & WUFC_MAG && is_magic(chip, &packet))
        matches |= WUFC_MAG;
    if (!passed)
        return matches; /* BAM is not needed for these */
    matches |= match_address(chip, frame->destination) & wanted;
    return matches | match_protocol(chip, wanted, &packet, frame->destination);
}
