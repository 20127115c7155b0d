/* SPDX-License-Identifier: BSD-2-Clause */
/* How far apart interrupts are (13.4.18): fixed, or by what the traffic seems to want. */
#include "internal.h"

/* ITR counts intervals of 256 ns; the interval is rounded up, so that the rate is a limit. */
#define ITR_PER_SECOND 3906250u
#define ITR_MAX        0xFFFFu

/* Interrupts a second for each kind of traffic. */
static const uint32_t rates[] = {
    [E1000_TRAFFIC_LOWEST] = 70000,
    [E1000_TRAFFIC_LOW] = 20000,
    [E1000_TRAFFIC_BULK] = 4000,
};

static void set_rate(struct e1000_dev *dev, uint32_t rate)
{
    uint32_t itr = rate ? (ITR_PER_SECOND + rate - 1) / rate : 0;

    dev->interrupt_rate = rate;
    if (itr == dev->itr)
        return;
    dev->itr = itr;
    e1000_write(dev, E1000_ITR, itr);
}

void e1000_moderation_start(struct e1000_dev *dev)
{
    static const enum e1000_traffic unknown = E1000_TRAFFIC_LOW;

    dev->itr = ITR_MAX + 1; /* whatever is there is not what we wrote */
    dev->rx_flow = (struct e1000_flow){
        .frames = dev->counters.rx_frames, .bytes = dev->counters.rx_bytes, .traffic = unknown};
    dev->tx_flow = (struct e1000_flow){
        .frames = dev->counters.tx_frames, .bytes = dev->counters.tx_bytes, .traffic = unknown};
    switch (dev->params.moderation) {
    case E1000_MODERATION_OFF:
        set_rate(dev, 0);
        break;
    case E1000_MODERATION_FIXED:
        set_rate(dev, dev->params.interrupt_rate);
        break;
    default:
        set_rate(dev, rates[unknown]);
        break;
    }
}

/* Frames and bytes since the last interrupt tell what they are. One or two small ones are a
 * question or an answer, that somebody waits for; many bytes in large frames are a file. The
 * thresholds are those that Linux's e1000 has, but for a flood of small frames: that is nobody's
 * question, however it began. */
static enum e1000_traffic classify(enum e1000_traffic now, uint32_t frames, uint32_t bytes)
{
    if (bytes > 8000 * frames)
        return E1000_TRAFFIC_BULK; /* segmentation, or jumbo frames */
    switch (now) {
    case E1000_TRAFFIC_LOWEST:
        return (frames < 5 && bytes > 512) || frames > 16 ? E1000_TRAFFIC_LOW : now;
    case E1000_TRAFFIC_LOW:
        if (bytes > 10000 && (frames < 10 || bytes > 1200 * frames))
            return E1000_TRAFFIC_BULK;
        if (bytes > 2000 * frames)
            return E1000_TRAFFIC_BULK;
        return frames <= 2 && bytes < 512 ? E1000_TRAFFIC_LOWEST : now;
    default:
        return bytes < 6000 || frames > 35 ? E1000_TRAFFIC_LOW : now;
    }
}

/* An interrupt covers far less than 32 bits can count; what is more is bulk in any case. */
static uint32_t clip(uint64_t value)
{
    return value < 0x10000 ? (uint32_t)value : 0x10000;
}

/* What one direction wants; LOWEST, which the other one overrules, when it was quiet. */
static enum e1000_traffic follow(struct e1000_flow *flow, uint64_t frames, uint64_t bytes)
{
    uint32_t more = clip(frames - flow->frames);
    uint64_t size = bytes - flow->bytes;

    flow->frames = frames;
    flow->bytes = bytes;
    if (!more)
        return E1000_TRAFFIC_LOWEST;
    flow->traffic = classify(flow->traffic, more, size < 0x40000000 ? (uint32_t)size : 0x40000000);
    return flow->traffic;
}

void e1000_moderate(struct e1000_dev *dev)
{
    const struct e1000_counters *counters = &dev->counters;
    bool quiet =
        counters->rx_frames == dev->rx_flow.frames && counters->tx_frames == dev->tx_flow.frames;

    if (dev->params.moderation != E1000_MODERATION_ADAPTIVE || quiet)
        return;

    enum e1000_traffic rx = follow(&dev->rx_flow, counters->rx_frames, counters->rx_bytes);
    enum e1000_traffic tx = follow(&dev->tx_flow, counters->tx_frames, counters->tx_bytes);
    uint32_t rate = rates[dev->link.mbps == 1000 ? (rx > tx ? rx : tx) : E1000_TRAFFIC_BULK];

    /* Down at once, up in steps: a burst in the other direction should not make it swing. */
    if (rate > dev->interrupt_rate + rate / 4)
        rate = dev->interrupt_rate + rate / 4;
    set_rate(dev, rate);
}
