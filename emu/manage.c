/* SPDX-License-Identifier: BSD-2-Clause */
#include "manage.h"

#include <errno.h>

#include "packet.h"
#include "reset.h"
#include "rx_batch.h"
#include "rx_checksum.h"

#define LONGEST_RECEIVED 200u /* with FCS (SDM 13.7: MGTPDC) */
#define SHORTEST         14u
#define PADDED           60u
#define LONGEST_SENT     1514u

#define IP_UDP         17u
#define IP_ICMPV6      58u
#define FRAGMENT       0x1FFFu
#define SOLICITATION   135u
#define ADVERTISEMENT  136u
#define PORT_RMCP      0x026Fu
#define PORT_RMCP_SAFE 0x0298u

/* ---- MANC ----------------------------------------------------------------------------------- */

static bool enabled(const struct e1000emu *chip)
{
    return emu_get(chip, REG_MANC) & (MANC_SMBUS_EN | MANC_ASF_EN);
}

/* Software gets the SMBus at once. Its lines read as they are driven, by software alone. */
static void show_smbus(struct e1000emu *chip)
{
    uint32_t manc = emu_get(chip, REG_MANC) & ~(MANC_SMB_GNT | MANC_SMB_CLK_IN | MANC_SMB_DATA_IN);

    if (manc & MANC_SMB_REQ) {
        manc |= MANC_SMB_GNT;
        manc |= manc & MANC_SMB_CLK_OUT ? MANC_SMB_CLK_IN : 0;
        manc |= manc & MANC_SMB_DATA_OUT ? MANC_SMB_DATA_IN : 0;
    }
    emu_set(chip, REG_MANC, manc);
}

void emu_manage_update(struct e1000emu *chip)
{
    show_smbus(chip);
    chip->manage.receives = enabled(chip) && emu_get(chip, REG_MANC) & MANC_RCV_TCO_EN;
}

void emu_manage_write_manc(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    emu_manage_update(chip);
}

/* ---- Which frames are management's ---------------------------------------------------------- */

/* The destination port of UDP, or 0. Of a fragment only the first one has ports. */
static uint32_t udp_port(const struct emu_packet *packet)
{
    const uint8_t *header = emu_packet_ip4(packet);
    uint32_t bytes = 40;

    if (header) {
        bytes = 4 * (header[0] & 0xFu);
        if (header[9] != IP_UDP || bytes < 20 || emu_rx_load16(header + 6) & FRAGMENT)
            return 0;
    } else {
        header = emu_packet_ip6(packet);
        if (!header || header[6] != IP_UDP)
            return 0;
    }
    return emu_packet_has(packet, bytes, 8) ? emu_rx_load16(header + bytes + 2) : 0;
}

/* Target of a neighbour solicitation or advertisement, or NULL. */
static const uint8_t *neighbour(const struct emu_packet *packet)
{
    const uint8_t *header = emu_packet_ip6(packet);

    if (!header || header[6] != IP_ICMPV6 || !emu_packet_has(packet, 40, 24) ||
        (header[40] != SOLICITATION && header[40] != ADVERTISEMENT))
        return NULL;
    return header + 48;
}

static bool passes_arp(const struct e1000emu *chip, uint32_t manc, const struct emu_packet *packet)
{
    uint32_t operation = emu_packet_arp(packet);
    bool wanted = (operation == EMU_ARP_REQUEST && manc & MANC_ARP_EN) ||
                  (operation == EMU_ARP_REPLY && manc & MANC_ARP_RES_EN);

    return wanted && (!(manc & MANC_EN_IP_ADDR_FILTER) || emu_packet_is_own_arp(chip, packet));
}

static bool passes_rmcp(const struct e1000emu *chip, uint32_t manc, const struct emu_packet *packet)
{
    uint32_t port = udp_port(packet);
    bool wanted = (port == PORT_RMCP && manc & MANC_RMCP_EN) ||
                  (port == PORT_RMCP_SAFE && manc & MANC_0298_EN);

    return wanted && (!(manc & MANC_EN_IP_ADDR_FILTER) || emu_packet_is_own_ip4(chip, packet) ||
                      emu_packet_is_own_ip6(chip, packet));
}

static bool passes_neighbour(const struct e1000emu *chip, uint32_t manc,
                             const struct emu_packet *packet)
{
    const uint8_t *target = manc & MANC_NEIGHBOR_EN ? neighbour(packet) : NULL;

    return target && (!(manc & MANC_EN_IP_ADDR_FILTER) || emu_packet_own_ip6(chip, target));
}

static bool sums_are_good(const struct e1000emu *chip, const struct emu_rx_frame *frame)
{
    struct emu_rx_checksum sums =
        emu_rx_checksum(frame->wire->data, frame->length - FCS, RXCSUM_IPOFLD | RXCSUM_TUOFLD,
                        emu_get(chip, REG_VET));

    return !sums.errors;
}

static bool is_for_management(const struct e1000emu *chip, const struct e1000emu_frame *wire)
{
    struct emu_rx_frame frame = {.wire = wire};
    uint32_t manc = emu_get(chip, REG_MANC);
    bool passed = emu_rx_examine(chip, &frame);
    struct emu_packet packet;

    if (!frame.good || (manc & MANC_EN_MAC_ADDR_FILTER && !passed) ||
        (manc & MANC_EN_XSUM && !sums_are_good(chip, &frame)))
        return false;
    if (manc & MANC_RCV_ALL)
        return true;
    packet = emu_packet_look(chip, &frame, manc & MANC_SNAP);
    return passes_arp(chip, manc, &packet) || passes_rmcp(chip, manc, &packet) ||
           passes_neighbour(chip, manc, &packet) ||
           (manc & MANC_IPV4_EN && emu_packet_is_own_ip4(chip, &packet)) ||
           (manc & MANC_IPV6_EN && emu_packet_is_own_ip6(chip, &packet));
}

/* ---- Receiving ------------------------------------------------------------------------------ */

static uint32_t with_fcs(const struct e1000emu_frame *frame)
{
    return frame->flags & E1000EMU_FRAME_FCS ? frame->length : frame->length + FCS;
}

/* A packet that is too long, or that nobody takes, counts as received, too. */
static void hand_over(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    struct e1000emu_frame bare = *frame;

    bare.length = with_fcs(frame) - FCS;
    bare.flags = 0;
    emu_stats_add(chip, REG_MGTPRC, 1);
    if (with_fcs(frame) > LONGEST_RECEIVED || !chip->host.manage ||
        !chip->host.manage(chip->host.opaque, &bare))
        emu_stats_add(chip, REG_MGTPDC, 1);
}

/* What the host will not see is a good packet nevertheless. */
static void keep_from_host(struct e1000emu *chip, const struct e1000emu_frame *frame)
{
    struct emu_tally tally = {.all_packets = 1, .all_octets = with_fcs(frame)};

    emu_link_activity(chip);
    if (emu_watch_hears(chip->watch, E1000EMU_RX_MANAGEMENT))
        emu_watch_received(chip, frame, E1000EMU_RX_MANAGEMENT);
    if (!(emu_get(chip, REG_RCTL) & RCTL_EN))
        return;
    emu_tally_good(&tally, with_fcs(frame), emu_rx_load64(frame->data) & 0xffffffffffffull);
    emu_stats_received(chip, &tally);
}

size_t emu_manage_receive(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                          unsigned flags, uint8_t *verdicts)
{
    bool up = emu_get(chip, REG_STATUS) & STATUS_LU;
    size_t i;

    for (i = 0; i < count; i++) {
        bool mine = up && !chip->faults.removed && is_for_management(chip, &frames[i]);
        uint8_t verdict = E1000EMU_RX_MANAGEMENT;

        if (mine && !(emu_get(chip, REG_MANC) & MANC_EN_MNG2HOST))
            keep_from_host(chip, &frames[i]);
        else if (emu_rx_frames(chip, &frames[i], 1, flags, &verdict) == 0)
            break;
        if (mine)
            hand_over(chip, &frames[i]);
        if (verdicts)
            verdicts[i] = verdict;
    }
    return i;
}

/* ---- The controller's side ------------------------------------------------------------------ */

void e1000emu_manage(e1000emu *chip, unsigned what)
{
    uint32_t manc =
        emu_get(chip, REG_MANC) & ~(MANC_RCV_TCO_EN | MANC_RCV_ALL | MANC_REPORT_STATUS);

    manc |= what & E1000EMU_MANAGE_RECEIVE ? MANC_RCV_TCO_EN : 0;
    manc |= what & E1000EMU_MANAGE_ALL ? MANC_RCV_ALL : 0;
    manc |= what & E1000EMU_MANAGE_STATUS ? MANC_REPORT_STATUS : 0;
    if (!enabled(chip))
        return;
    emu_set(chip, REG_MANC, manc);
    emu_manage_update(chip);
}

unsigned e1000emu_manage_address(const e1000emu *chip)
{
    if (!(emu_get(chip, REG_MANC) & MANC_SMBUS_EN))
        return 0;
    return emu_eeprom_hw_word(chip, emu_eeprom_lan_word(chip, EE_INIT3)) >> 1 & 0x7Fu;
}

int e1000emu_manage_send(e1000emu *chip, const void *data, size_t length)
{
    const uint32_t blocked = STATUS_LU | STATUS_TXOFF;
    struct emu_tally tally = {.all_packets = 1};
    uint8_t padded[PADDED] = {0};
    struct e1000emu_frame frame = {.data = data, .length = (uint32_t)length, .time = chip->now};

    if (!data || length < SHORTEST || length > LONGEST_SENT)
        return -EINVAL;
    if (!enabled(chip) || emu_loop_active(chip))
        return -ENETDOWN;
    if ((emu_get(chip, REG_STATUS) & blocked) != STATUS_LU)
        return emu_get(chip, REG_STATUS) & STATUS_LU ? -EAGAIN : -ENETDOWN;
    if (length < PADDED) {
        memcpy(padded, data, length);
        frame.data = padded;
        frame.length = PADDED;
    }
    if (emu_link_transmit(chip, &frame, 1) == 0)
        return -EAGAIN;
    emu_stats_add(chip, REG_MGTPTC, 1);
    tally.all_octets = frame.length + FCS;
    emu_tally_good(&tally, frame.length + FCS, emu_rx_load64(frame.data) & 0xffffffffffffull);
    emu_stats_sent(chip, &tally);
    return 0;
}

bool e1000emu_manage_reset(e1000emu *chip)
{
    if (!enabled(chip) || !(emu_get(chip, REG_MANC) & MANC_R_ON_FORCE))
        return false;
    emu_reset(chip, E1000EMU_RESET_CTRL);
    emu_set(chip, REG_MANC, emu_get(chip, REG_MANC) | MANC_TCO_RESET);
    return true;
}

void emu_manage_status_changed(struct e1000emu *chip)
{
    if (enabled(chip) && emu_get(chip, REG_MANC) & MANC_REPORT_STATUS && chip->host.alert)
        chip->host.alert(chip->host.opaque);
}
