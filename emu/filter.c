/* SPDX-License-Identifier: BSD-2-Clause */
#include "filter.h"

#include "chip.h"

#define ADDRESS_MASK 0xffffffffffffull
#define NO_ADDRESS   UINT64_MAX

/* Of a VLAN tag's content. */
#define TCI_ID  0x0fffu
#define TCI_CFI 0x1000u

/* A habit of some profiles: only the first address lets unicasts in. */
static bool ignored(const struct e1000emu *chip, uint32_t i, uint64_t address)
{
    return i > 0 && chip->profile.rar0_only_unicast && !(address & 1);
}

void emu_filter_reset(struct e1000emu *chip)
{
    struct emu_filter *filter = &chip->rx.filter;

    filter->destinations = 0;
    filter->sources = 0;
    filter->destination[0] = NO_ADDRESS;
    for (uint32_t i = 0; i < EMU_FILTER_ADDRESSES; i++) {
        uint32_t high = emu_get(chip, REG_RAH(i));
        uint64_t address = emu_get(chip, REG_RAL(i)) | (uint64_t)(high & RAH_ADDR) << 32;

        if (!(high & RAH_AV))
            continue;
        /* The other two values of AS are reserved and match nothing. */
        if ((high & RAH_AS) == RAH_AS_DEST && ignored(chip, i, address))
            continue;
        if ((high & RAH_AS) == RAH_AS_DEST)
            filter->destination[filter->destinations++] = address;
        else if ((high & RAH_AS) == RAH_AS_SRC)
            filter->source[filter->sources++] = address;
    }
}

static bool listed(const uint64_t *addresses, unsigned count, uint64_t address)
{
    for (unsigned i = 0; i < count; i++) {
        if (addresses[i] == address)
            return true;
    }
    return false;
}

/* Twelve bits of the last two bytes of the address choose a bit of the table (SDM 13.5.1). */
static bool in_multicast_table(const struct e1000emu *chip, uint32_t rctl, uint64_t destination)
{
    static const uint8_t shift[4] = {4, 3, 2, 0};
    uint32_t tail = (uint32_t)(destination >> 32);
    uint32_t hash = tail >> shift[(rctl & RCTL_MO) >> RCTL_MO_SHIFT] & 0xfffu;

    return emu_get(chip, REG_MTA_N(hash >> 5)) >> (hash & 31u) & 1u;
}

enum emu_filter_result emu_filter_search(const struct e1000emu *chip, uint32_t rctl,
                                         uint64_t destination, uint64_t source)
{
    const struct emu_filter *filter = &chip->rx.filter;
    bool group = destination & 1;

    if (listed(filter->destination, filter->destinations, destination) ||
        listed(filter->source, filter->sources, source & ADDRESS_MASK))
        return EMU_FILTER_EXACT;
    /* A broadcast without BAM is a multicast like any other. */
    if (rctl & (group ? RCTL_MPE : RCTL_UPE))
        return EMU_FILTER_INEXACT;
    return group && in_multicast_table(chip, rctl, destination) ? EMU_FILTER_INEXACT
                                                                : EMU_FILTER_DROP;
}

bool emu_filter_exact(const struct e1000emu *chip, uint64_t destination)
{
    const struct emu_filter *filter = &chip->rx.filter;

    return listed(filter->destination, filter->destinations, destination);
}

/* MPE is as a table full of ones: Linux sets it for a card that any multicast shall wake. */
bool emu_filter_multicast(const struct e1000emu *chip, uint64_t destination)
{
    uint32_t rctl = emu_get(chip, REG_RCTL);

    return destination & 1 && (rctl & RCTL_MPE || in_multicast_table(chip, rctl, destination));
}

/* VLAN 0 is one like any other. The CFI counts only while VLANs are filtered at all. */
bool emu_filter_vlan(const struct e1000emu *chip, uint32_t rctl, uint32_t tci)
{
    uint32_t id = tci & TCI_ID;

    if (rctl & RCTL_CFIEN && !(tci & TCI_CFI) != !(rctl & RCTL_CFI))
        return false;
    return emu_get(chip, REG_VFTA_N(id >> 5)) >> (id & 31u) & 1u;
}

void emu_filter_write_ra(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    (void)value;
    emu_filter_reset(chip);
}
