/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters: what they are called, what they may be, and what is wrong with the ones given. */
#include "internal.h"

#define MAX_FRAME (16110u + E1000_HEADER_BYTES)

/* A number in struct e1000_params. */
struct number {
    struct e1000_range range;
    uint16_t offset, size; /* of the member */
};

#define NUMBER(member, min, max, multiple, by_default)                                    \
    {                                                                                     \
        {#member, min, max, multiple, by_default}, offsetof(struct e1000_params, member), \
            sizeof(((struct e1000_params *)0)->member)                                    \
    }

static const struct number numbers[] = {
    NUMBER(rx_ring, 8, E1000_MAX_RING, 8, 256),
    NUMBER(tx_ring, 8, E1000_MAX_RING, 8, 256),
    NUMBER(rx_buffers, 8, E1000_MAX_BUFFERS, 1, 512),
    NUMBER(rx_buffer_size, 256, 16384, 256, 2048),
    NUMBER(max_frame, 60, MAX_FRAME, 1, 1514),
    NUMBER(promiscuous, 0, 1, 1, 0),
    NUMBER(all_multicast, 0, 1, 1, 0),
    NUMBER(eeprom_by_eerd, 0, 1, 1, 0),
    NUMBER(media.advertise, 1, E1000_EVERY_LINK, 1, E1000_EVERY_LINK),
    NUMBER(media.forced, 0, 1, 1, 0),
    NUMBER(media.pause, 0, E1000_PAUSE_FULL, 1, E1000_PAUSE_FULL),
    NUMBER(media.crossover, 0, E1000_CROSSOVER_ON, 1, E1000_CROSSOVER_AUTO),
    NUMBER(media.loopback, 0, 1, 1, 0),
    NUMBER(rx_checksum, 0, 1, 1, 1),
    NUMBER(tx_offload, 0, 1, 1, 1),
    NUMBER(vlan_offload, 0, 1, 1, 0),
    NUMBER(store_bad, 0, 1, 1, 0),
    NUMBER(copybreak, 0, 1024, 1, 0),
    NUMBER(tx_restart, 0, E1000_MAX_RING - 1, 1, 0),
    NUMBER(tx_on_demand, 0, 1, 1, 0),
    NUMBER(interrupts, 0, E1000_INTERRUPTS_NONE, 1, E1000_INTERRUPTS_DIRECT),
    NUMBER(moderation, 0, E1000_MODERATION_ADAPTIVE, 1, E1000_MODERATION_ADAPTIVE),
    NUMBER(interrupt_rate, 60, 100000, 1, 8000),
    NUMBER(rx_delay, 0, UINT16_MAX, 1, 0),
    NUMBER(rx_delay_limit, 0, UINT16_MAX, 1, 0),
    NUMBER(rx_delay_forced, 0, 1, 1, 0),
    NUMBER(tx_delay, 0, UINT16_MAX, 1, 0),
    NUMBER(tx_delay_limit, 0, UINT16_MAX, 1, 0),
    NUMBER(msi, 0, E1000_MSI_FORCED, 1, E1000_MSI_OFF),
};
#define NUMBERS (sizeof numbers / sizeof numbers[0])

static uint32_t get(const struct e1000_params *params, const struct number *number)
{
    const uint8_t *member = (const uint8_t *)params + number->offset;
    uint8_t byte;
    uint16_t word;
    uint32_t dword;

    switch (number->size) {
    case sizeof byte:
        memcpy(&byte, member, sizeof byte);
        return byte;
    case sizeof word:
        memcpy(&word, member, sizeof word);
        return word;
    default:
        memcpy(&dword, member, sizeof dword);
        return dword;
    }
}

static void set(struct e1000_params *params, const struct number *number, uint32_t value)
{
    uint8_t *member = (uint8_t *)params + number->offset;
    uint8_t byte = (uint8_t)value;
    uint16_t word = (uint16_t)value;

    switch (number->size) {
    case sizeof byte:
        memcpy(member, &byte, sizeof byte);
        break;
    case sizeof word:
        memcpy(member, &word, sizeof word);
        break;
    default:
        memcpy(member, &value, sizeof value);
        break;
    }
}

void e1000_params_init(struct e1000_params *params)
{
    memset(params, 0, sizeof *params);
    params->name = "en0";
    for (size_t i = 0; i < NUMBERS; i++)
        set(params, &numbers[i], numbers[i].range.by_default);
}

bool e1000_params_range(unsigned i, struct e1000_range *range)
{
    if (i >= NUMBERS)
        return false;
    *range = numbers[i].range;
    return true;
}

static bool valid_name(const char *name)
{
    size_t length = 0;

    while (name && length < 16 && name[length])
        length++;
    return length >= 1 && length <= 15;
}

const char *e1000_params_wrong(const struct e1000_params *params)
{
    uint32_t size = params->rx_buffer_size;

    if (!valid_name(params->name))
        return "name";
    for (size_t i = 0; i < NUMBERS; i++) {
        const struct e1000_range *range = &numbers[i].range;
        uint32_t value = get(params, &numbers[i]);

        if (value < range->min || value > range->max || value % range->multiple)
            return range->name;
    }
    if (params->rx_buffers < params->rx_ring)
        return "rx_buffers";
    if (size & (size - 1))
        return "rx_buffer_size";
    /* The longest frame must fit into a full ring, or its end could never arrive. */
    if ((params->max_frame + E1000_TAG_BYTES + size - 1) / size >= params->rx_ring)
        return "max_frame";
    if (params->tx_restart >= params->tx_ring)
        return "tx_restart";
    if (params->msi_address % 4)
        return "msi_address";
    return NULL;
}

static bool one_bit(uint32_t bits)
{
    return bits && !(bits & (bits - 1));
}

bool e1000_media_valid(const struct e1000_media *media, bool fiber)
{
    uint16_t possible = fiber ? E1000_1000_FULL : E1000_EVERY_LINK;

    if (media->advertise & ~E1000_EVERY_LINK || media->pause > E1000_PAUSE_FULL ||
        media->crossover > E1000_CROSSOVER_ON || !(media->advertise & possible))
        return false;
    if (!media->forced)
        return true;
    return one_bit(media->advertise) && (fiber || media->advertise != E1000_1000_FULL);
}
