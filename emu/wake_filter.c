/* SPDX-License-Identifier: BSD-2-Clause */
/* Which frames wake (SDM 6.4.3). */
#include "filter.h"
#include "rx_batch.h"
#include "wake.h"

#define TYPE_OFFSET  12u
#define TYPE_VLAN    0x8100u
#define TYPE_ARP     0x0806u
#define TYPE_IPV4    0x0800u
#define TYPE_IPV6    0x86DDu
#define LONGEST_LLC  1500u
#define LLC_BYTES    8u /* length, AA AA 03, and three bytes of zero */
#define MAGIC_FFS    6u
#define MAGIC_COPIES 16u
#define ADDRESS      6u

/* The bytes of a frame without FCS, and where its type lies behind VLAN tag and LLC/SNAP header. */
struct view {
    const uint8_t *data;
    uint32_t length;
    uint32_t type_at;
};

static bool has(const struct view *view, uint32_t offset, uint32_t bytes)
{
    return offset <= view->length && bytes <= view->length - offset;
}

static struct view look(const struct e1000emu *chip, const struct emu_rx_frame *frame)
{
    static const uint8_t snap[6] = {0xAA, 0xAA, 0x03};
    struct view view = {frame->wire->data, frame->length - FCS, TYPE_OFFSET};
    uint32_t type = emu_rx_load16(view.data + view.type_at);

    /* The table says 8100; the chip's own filter goes by VET. */
    if (type == TYPE_VLAN || type == emu_get(chip, REG_VET)) {
        view.type_at += TAG_BYTES;
        type = emu_rx_load16(view.data + view.type_at);
    }
    if (type <= LONGEST_LLC && memcmp(view.data + view.type_at + 2, snap, sizeof snap) == 0)
        view.type_at += LLC_BYTES;
    return view;
}

static uint32_t type_of(const struct view *view)
{
    return emu_rx_load16(view->data + view->type_at);
}

/* ---- Magic packets (SDM 6.4.3.1.4) ---------------------------------------------------------- */

/* At least six bytes of FF somewhere, then sixteen times the first receive address. */
static bool is_magic(const struct e1000emu *chip, const struct view *view)
{
    uint32_t low = emu_get(chip, REG_RAL(0)), high = emu_get(chip, REG_RAH(0));
    uint8_t address[ADDRESS];
    uint32_t ffs = 0, matched = 0;

    if (!(high & RAH_AV))
        return false;
    for (unsigned i = 0; i < ADDRESS; i++)
        address[i] = (uint8_t)(i < 4 ? low >> (8 * i) : high >> (8 * (i - 4)));
    for (uint32_t i = TYPE_OFFSET; i < view->length; i++) {
        uint8_t byte = view->data[i];

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

/* ---- Addresses of IP (SDM 6.4.3.1.5 to 6.4.3.2) --------------------------------------------- */

static bool is_ip4(const struct e1000emu *chip, const uint8_t *address)
{
    uint32_t raw = (uint32_t)address[0] | (uint32_t)address[1] << 8 | (uint32_t)address[2] << 16 |
                   (uint32_t)address[3] << 24;

    for (unsigned i = 0; i < 4; i++) {
        if (emu_get(chip, REG_IPAV) >> i & 1u && emu_get(chip, REG_IP4AT_N(i)) == raw)
            return true;
    }
    return false;
}

static bool is_ip6(const struct e1000emu *chip, const uint8_t *address)
{
    if (!(emu_get(chip, REG_IPAV) & IPAV_V6))
        return false;
    for (unsigned i = 0; i < 16; i++) {
        if (address[i] != (uint8_t)(emu_get(chip, REG_IP6AT_N(i / 4)) >> (8 * (i % 4))))
            return false;
    }
    return true;
}

static bool is_arp_request(const struct e1000emu *chip, const struct view *view)
{
    /* Ethernet, IPv4, sizes of both, request. */
    static const uint8_t head[8] = {0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x01};
    uint32_t body = view->type_at + 2;

    return type_of(view) == TYPE_ARP && has(view, body, 28) &&
           memcmp(view->data + body, head, sizeof head) == 0 &&
           is_ip4(chip, view->data + body + 24);
}

static bool is_directed_ip4(const struct e1000emu *chip, const struct view *view)
{
    uint32_t body = view->type_at + 2;

    return type_of(view) == TYPE_IPV4 && has(view, body, 20) && view->data[body] >> 4 == 4 &&
           is_ip4(chip, view->data + body + 16);
}

static bool is_directed_ip6(const struct e1000emu *chip, const struct view *view)
{
    uint32_t body = view->type_at + 2;

    return type_of(view) == TYPE_IPV6 && has(view, body, 40) && view->data[body] >> 4 == 6 &&
           is_ip6(chip, view->data + body + 24);
}

/* ---- Flexible filters (SDM 6.4.3.3) --------------------------------------------------------- */

static bool passes_flexible(const struct e1000emu *chip, const struct view *view, unsigned n)
{
    uint32_t length = emu_get(chip, REG_FFLT_N(n));

    if (view->length < length)
        return false;
    for (uint32_t i = 0; i < length && i < FF_BYTES; i++) {
        if (emu_get(chip, REG_FFMT_N(i)) >> n & 1u &&
            (uint8_t)(emu_get(chip, REG_FFVT_N(i)) >> (8 * n)) != view->data[i])
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
                               const struct view *view, uint64_t destination)
{
    uint32_t matches = 0;

    /* The text wants an ARP request to come by broadcast; the table doesn't say. */
    if (wanted & WUFC_ARP && destination == EMU_BROADCAST && is_arp_request(chip, view))
        matches |= WUFC_ARP;
    if (wanted & WUFC_IPV4 && is_directed_ip4(chip, view))
        matches |= WUFC_IPV4;
    /* The text's type of IPv6 is IPv4's. */
    if (wanted & WUFC_IPV6 && is_directed_ip6(chip, view))
        matches |= WUFC_IPV6;
    for (unsigned n = 0; n < 4; n++) {
        if (wanted & WUFC_FLX0 << n && passes_flexible(chip, view, n))
            matches |= WUFC_FLX0 << n;
    }
    return matches;
}

uint32_t emu_wake_match(const struct e1000emu *chip, uint32_t wanted,
                        const struct emu_rx_frame *frame, bool passed)
{
    bool broadcast = frame->destination == EMU_BROADCAST;
    struct view view;
    uint32_t matches = 0;

    if (!passed && !broadcast)
        return 0;
    view = look(chip, frame);
    if (wanted & WUFC_MAG && is_magic(chip, &view))
        matches |= WUFC_MAG;
    if (!passed)
        return matches; /* BAM is not needed for these */
    matches |= match_address(chip, frame->destination) & wanted;
    return matches | match_protocol(chip, wanted, &view, frame->destination);
}
