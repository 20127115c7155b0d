/* SPDX-License-Identifier: BSD-2-Clause */
/* Statistics: what the chip counts (13.7), added up to 64 bits, and what the core counts. */
#include "internal.h"

/* ---- The chip's ----------------------------------------------------------------------------- */

/* Every one is cleared by reading it. Pairs hold their low half at this offset, and are cleared by
 * reading the high one after it. */
struct chip_stat {
    uint16_t offset;
    bool pair;
    const char *name;
};

static const struct chip_stat chip_stats[] = {
    {E1000_CRCERRS, false, "rx_crc_errors"},
    {E1000_ALGNERRC, false, "rx_align_errors"},
    {E1000_SYMERRS, false, "rx_symbol_errors"},
    {E1000_RXERRC, false, "rx_data_errors"},
    {E1000_MPC, false, "rx_missed"},
    {E1000_SCC, false, "tx_single_collision"},
    {E1000_ECOL, false, "tx_excessive_collisions"},
    {E1000_MCC, false, "tx_multiple_collisions"},
    {E1000_LATECOL, false, "tx_late_collisions"},
    {E1000_COLC, false, "collisions"},
    {E1000_DC, false, "tx_deferred"},
    {E1000_TNCRS, false, "tx_no_carrier"},
    {E1000_SEC, false, "rx_sequence_errors"},
    {E1000_CEXTERR, false, "rx_carrier_extension_errors"},
    {E1000_RLEC, false, "rx_chip_length_errors"},
    {E1000_XONRXC, false, "rx_flow_control_xon"},
    {E1000_XONTXC, false, "tx_flow_control_xon"},
    {E1000_XOFFRXC, false, "rx_flow_control_xoff"},
    {E1000_XOFFTXC, false, "tx_flow_control_xoff"},
    {E1000_FCRUC, false, "rx_flow_control_unknown"},
    {E1000_PRC64, false, "rx_size_64"},
    {E1000_PRC127, false, "rx_size_65_127"},
    {E1000_PRC255, false, "rx_size_128_255"},
    {E1000_PRC511, false, "rx_size_256_511"},
    {E1000_PRC1023, false, "rx_size_512_1023"},
    {E1000_PRC1522, false, "rx_size_1024_max"},
    {E1000_GPRC, false, "rx_good_packets"},
    {E1000_BPRC, false, "rx_broadcast"},
    {E1000_MPRC, false, "rx_multicast"},
    {E1000_GPTC, false, "tx_good_packets"},
    {E1000_GORCL, true, "rx_good_octets"},
    {E1000_GOTCL, true, "tx_good_octets"},
    {E1000_RNBC, false, "rx_no_buffer"},
    {E1000_RUC, false, "rx_undersize"},
    {E1000_RFC, false, "rx_fragments"},
    {E1000_ROC, false, "rx_oversize"},
    {E1000_RJC, false, "rx_jabber"},
    {E1000_MGTPRC, false, "rx_management"},
    {E1000_MGTPDC, false, "rx_management_dropped"},
    {E1000_MGTPTC, false, "tx_management"},
    {E1000_TORL, true, "rx_total_octets"},
    {E1000_TOTL, true, "tx_total_octets"},
    {E1000_TPR, false, "rx_total_packets"},
    {E1000_TPT, false, "tx_total_packets"},
    {E1000_PTC64, false, "tx_size_64"},
    {E1000_PTC127, false, "tx_size_65_127"},
    {E1000_PTC255, false, "tx_size_128_255"},
    {E1000_PTC511, false, "tx_size_256_511"},
    {E1000_PTC1023, false, "tx_size_512_1023"},
    {E1000_PTC1522, false, "tx_size_1024_max"},
    {E1000_MPTC, false, "tx_multicast"},
    {E1000_BPTC, false, "tx_broadcast"},
    {E1000_TSCTC, false, "tx_tso_good"},
    {E1000_TSCTFC, false, "tx_tso_failed"},
};
#define CHIP_STATS (sizeof chip_stats / sizeof chip_stats[0])

_Static_assert(CHIP_STATS == E1000_CHIP_STATS, "struct e1000_dev has room for each, and no more");

static uint64_t add(uint64_t sum, uint64_t more)
{
    return sum + more < sum ? UINT64_MAX : sum + more;
}

void e1000_stats_read(struct e1000_dev *dev)
{
    for (size_t i = 0; i < CHIP_STATS; i++) {
        const struct chip_stat *stat = &chip_stats[i];
        uint64_t value = e1000_read(dev, stat->offset);

        if (stat->pair)
            value |= (uint64_t)e1000_read(dev, stat->offset + 4u) << 32;
        /* All ones is a counter that stuck, or a chip that is no longer there. */
        if ((uint32_t)value == E1000_GONE && e1000_read(dev, E1000_STATUS) == E1000_GONE)
            return;
        dev->stat[i] = add(dev->stat[i], value);
    }
}

static uint64_t of_register(const struct e1000_dev *dev, uint32_t offset)
{
    size_t i = 0;

    while (chip_stats[i].offset != offset)
        i++;
    return dev->stat[i];
}

uint64_t e1000_stats_good(const struct e1000_dev *dev)
{
    return of_register(dev, E1000_GPRC);
}

uint64_t e1000_stats_missed(const struct e1000_dev *dev)
{
    return of_register(dev, E1000_MPC);
}

int e1000_harvest(struct e1000_dev *dev)
{
    if (dev->state != E1000_STATE_UP)
        return E1000_ERR_STATE;
    e1000_stats_read(dev);
    return E1000_OK;
}

/* ---- All of them ---------------------------------------------------------------------------- */

#define OWN(member)                                      \
    {                                                    \
#member, offsetof(struct e1000_counters, member) \
    }

/* The core's own, first in the list. */
static const struct {
    const char *name;
    size_t offset;
} own_stats[] = {
    OWN(rx_frames), OWN(rx_bytes),     OWN(rx_errors),    OWN(rx_length_errors), OWN(rx_overruns),
    OWN(rescues),   OWN(tx_frames),    OWN(tx_bytes),     OWN(tx_refused),       OWN(interrupts),
    OWN(tx_hangs),  OWN(tx_flushes),   OWN(tx_abandoned), OWN(resets),           OWN(link_changes),
    OWN(rx_copied), OWN(tx_segmented), OWN(tx_contexts),  OWN(tx_stops),         OWN(rx_hangs),
};
#define OWN_STATS (sizeof own_stats / sizeof own_stats[0])

const char *e1000_stat_name(unsigned i)
{
    if (i < OWN_STATS)
        return own_stats[i].name;
    return i - OWN_STATS < CHIP_STATS ? chip_stats[i - OWN_STATS].name : NULL;
}

uint64_t e1000_stat(const struct e1000_dev *dev, unsigned i)
{
    uint64_t value = 0;

    if (i < OWN_STATS)
        memcpy(&value, (const uint8_t *)&dev->counters + own_stats[i].offset, sizeof value);
    else if (i - OWN_STATS < CHIP_STATS)
        value = dev->stat[i - OWN_STATS];
    return value;
}
