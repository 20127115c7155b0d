/* SPDX-License-Identifier: BSD-2-Clause */
/* Which addresses the chip accepts (3.2.1): sixteen exact ones, then a hash of 4096 bits. */
#include "internal.h"

/* Bits 47:36 of the address select the bit (13.5.1, RCTL.MO = 0). */
static uint32_t hash(const uint8_t address[6])
{
    return ((uint32_t)address[4] >> 4 | (uint32_t)address[5] << 4) & 0xFFF;
}

#define DECIDED (E1000_RCTL_UPE | E1000_RCTL_MPE | E1000_RCTL_VFE)

uint32_t e1000_filter_rctl(const struct e1000_dev *dev)
{
    uint32_t rctl = 0;

    if (dev->promiscuous)
        rctl |= E1000_RCTL_UPE | E1000_RCTL_MPE;
    if (dev->unicast_beyond)
        rctl |= E1000_RCTL_UPE;
    if (dev->all_multicast)
        rctl |= E1000_RCTL_MPE;
    /* Promiscuous is every frame, whatever its VLAN. */
    if (dev->vlan_filter && !dev->promiscuous)
        rctl |= E1000_RCTL_VFE;
    return rctl;
}

/* The half with the valid bit goes last when an address is set, first when it goes (13.5.3). */
void e1000_filter_mac(struct e1000_dev *dev, unsigned slot, const uint8_t mac[6])
{
    uint32_t low = mac[0] | (uint32_t)mac[1] << 8 | (uint32_t)mac[2] << 16 | (uint32_t)mac[3] << 24;
    uint32_t high = mac[4] | (uint32_t)mac[5] << 8 | E1000_RAH_AV;

    e1000_write_array(dev, E1000_RAL(slot), low);
    e1000_write_array(dev, E1000_RAH(slot), high);
}

void e1000_filter_clear(struct e1000_dev *dev, unsigned slot)
{
    e1000_write_array(dev, E1000_RAH(slot), 0);
    e1000_write_array(dev, E1000_RAL(slot), 0);
}

/* A slot that changes is not valid in between, or it would pass a mixture of two addresses. */
static void write_exact(struct e1000_dev *dev)
{
    for (uint32_t i = 0; i < E1000_EXACT_SLOTS; i++) {
        bool had = i < dev->exact_chip_count, wants = i < dev->exact_count;

        if (had && wants && !memcmp(dev->exact_chip[i], dev->exact[i], 6))
            continue;
        if (had)
            e1000_filter_clear(dev, 1 + i);
        if (wants)
            e1000_filter_mac(dev, 1 + i, dev->exact[i]);
    }
    memcpy(dev->exact_chip, dev->exact, sizeof dev->exact_chip);
    dev->exact_chip_count = dev->exact_count;
}

/* Brings the chip from the list it has to the list that is wanted. Hash bits are added before the
 * exact slots change and taken away after: a group that moves from one to the other stays audible.
 */
void e1000_filter_write(struct e1000_dev *dev)
{
    for (uint32_t i = E1000_MTA_SIZE; i-- > 0;) {
        if (dev->mta[i] & ~dev->mta_chip[i]) {
            dev->mta_chip[i] |= dev->mta[i];
            e1000_write_array(dev, E1000_MTA(i), dev->mta_chip[i]);
        }
    }
    write_exact(dev);
    for (uint32_t i = E1000_MTA_SIZE; i-- > 0;) {
        if (dev->mta[i] != dev->mta_chip[i]) {
            dev->mta_chip[i] = dev->mta[i];
            e1000_write_array(dev, E1000_MTA(i), dev->mta_chip[i]);
        }
    }
}

void e1000_filter_update(struct e1000_dev *dev)
{
    if (dev->state != E1000_STATE_UP)
        return;

    uint32_t rctl = e1000_read(dev, E1000_RCTL);
    uint32_t wanted = e1000_filter_rctl(dev);
    uint32_t wider = wanted & (E1000_RCTL_UPE | E1000_RCTL_MPE) & ~rctl;

    /* Wider before the tables change, narrower after: nothing wanted is missed in between. */
    if (wider)
        e1000_write_flush(dev, E1000_RCTL, rctl | wider);
    e1000_filter_write(dev);
    e1000_write_flush(dev, E1000_RCTL, (rctl & ~DECIDED) | wanted);
}

/* ---- What is wanted ------------------------------------------------------------------------- */

static void want_hash(uint32_t mta[E1000_MTA_SIZE], const uint8_t address[6])
{
    mta[hash(address) / 32] |= 1u << hash(address) % 32;
}

/* Exact slots go to unicasts first, because there is no hash for them. */
static void share_slots(struct e1000_dev *dev)
{
    memcpy(dev->exact, dev->unicast, sizeof dev->exact);
    dev->exact_count = dev->unicast_count;
    memcpy(dev->mta, dev->mta_beyond, sizeof dev->mta);
    for (uint32_t i = 0; i < dev->group_count; i++) {
        if (dev->exact_count < E1000_EXACT_SLOTS)
            memcpy(dev->exact[dev->exact_count++], dev->group[i], 6);
        else
            want_hash(dev->mta, dev->group[i]);
    }
    e1000_filter_update(dev);
}

int e1000_set_filter(struct e1000_dev *dev, bool promiscuous, bool all_multicast,
                     const uint8_t (*addresses)[6], unsigned count)
{
    if (count && !addresses)
        return E1000_ERR_PARAMETER;
    for (unsigned i = 0; i < count; i++) {
        if (!(addresses[i][0] & 1))
            return E1000_ERR_PARAMETER;
    }

    dev->promiscuous = promiscuous;
    dev->all_multicast = all_multicast;
    dev->group_count = count < E1000_EXACT_SLOTS ? count : E1000_EXACT_SLOTS;
    memset(dev->mta_beyond, 0, sizeof dev->mta_beyond);
    for (unsigned i = 0; i < count; i++) {
        if (i < E1000_EXACT_SLOTS)
            memcpy(dev->group[i], addresses[i], 6);
        else
            want_hash(dev->mta_beyond, addresses[i]);
    }
    share_slots(dev);
    return E1000_OK;
}

static bool is_unicast(const uint8_t address[6])
{
    return !(address[0] & 1) &&
           (address[0] | address[1] | address[2] | address[3] | address[4] | address[5]);
}

int e1000_set_unicast(struct e1000_dev *dev, const uint8_t (*addresses)[6], unsigned count)
{
    if (count && !addresses)
        return E1000_ERR_PARAMETER;
    for (unsigned i = 0; i < count; i++) {
        if (!is_unicast(addresses[i]))
            return E1000_ERR_PARAMETER;
    }

    uint32_t limit = dev->quirks & E1000_QUIRK_ONE_UNICAST ? 0 : E1000_EXACT_SLOTS;

    dev->unicast_beyond = count > limit;
    dev->unicast_count = dev->unicast_beyond ? 0 : count;
    for (unsigned i = 0; i < dev->unicast_count; i++)
        memcpy(dev->unicast[i], addresses[i], 6);
    share_slots(dev);
    return E1000_OK;
}

int e1000_set_mac(struct e1000_dev *dev, const uint8_t mac[6])
{
    if (!mac || !is_unicast(mac))
        return E1000_ERR_PARAMETER;
    if (dev->state == E1000_STATE_DETACHED || dev->state == E1000_STATE_ATTACHING)
        return E1000_ERR_STATE;

    memcpy(dev->mac, mac, 6);
    if (dev->state == E1000_STATE_UP) {
        e1000_filter_clear(dev, 0); /* no mixture of the two in between */
        e1000_filter_mac(dev, 0, mac);
    }
    return E1000_OK;
}

void e1000_get_mac(const struct e1000_dev *dev, uint8_t mac[6])
{
    memcpy(mac, dev->mac, 6);
}

/* ---- VLANs (13.5.4) ------------------------------------------------------------------------- */

void e1000_vlan_filter(struct e1000_dev *dev, bool on)
{
    dev->vlan_filter = on;
    e1000_filter_update(dev);
}

int e1000_vlan_want(struct e1000_dev *dev, unsigned id, bool wanted)
{
    uint32_t bit = 1u << id % 32;

    if (id > 4095)
        return E1000_ERR_PARAMETER;
    if (wanted)
        dev->vfta[id / 32] |= bit;
    else
        dev->vfta[id / 32] &= ~bit;
    if (dev->state == E1000_STATE_UP)
        e1000_write_array(dev, E1000_VFTA(id / 32), dev->vfta[id / 32]);
    return E1000_OK;
}
