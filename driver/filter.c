/* SPDX-License-Identifier: BSD-2-Clause */
/* Which addresses the chip accepts (3.2.1): sixteen exact ones, then a hash of 4096 bits. */
#include "internal.h"

/* Bits 47:36 of the address select the bit (13.5.1, RCTL.MO = 0). */
static uint32_t hash(const uint8_t address[6])
{
    return ((uint32_t)address[4] >> 4 | (uint32_t)address[5] << 4) & 0xFFF;
}

uint32_t e1000_filter_rctl(const struct e1000_dev *dev)
{
    uint32_t rctl = 0;

    if (dev->promiscuous)
        rctl |= E1000_RCTL_UPE | E1000_RCTL_MPE;
    if (dev->all_multicast)
        rctl |= E1000_RCTL_MPE;
    return rctl;
}

/* The half with the valid bit goes last when an address is set, first when it goes (13.5.3). */
void e1000_filter_mac(struct e1000_dev *dev, unsigned slot, const uint8_t mac[6])
{
    uint32_t low = mac[0] | (uint32_t)mac[1] << 8 | (uint32_t)mac[2] << 16 | (uint32_t)mac[3] << 24;
    uint32_t high = mac[4] | (uint32_t)mac[5] << 8 | E1000_RAH_AV;

    e1000_write(dev, E1000_RAL(slot), low);
    e1000_flush(dev);
    e1000_write(dev, E1000_RAH(slot), high);
    e1000_flush(dev);
}

void e1000_filter_clear(struct e1000_dev *dev, unsigned slot)
{
    e1000_write(dev, E1000_RAH(slot), 0);
    e1000_flush(dev);
    e1000_write(dev, E1000_RAL(slot), 0);
    e1000_flush(dev);
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
    for (uint32_t i = 0; i < E1000_MTA_SIZE; i++) {
        if (dev->mta[i] & ~dev->mta_chip[i]) {
            dev->mta_chip[i] |= dev->mta[i];
            e1000_write(dev, E1000_MTA(i), dev->mta_chip[i]);
            e1000_flush(dev);
        }
    }
    write_exact(dev);
    for (uint32_t i = 0; i < E1000_MTA_SIZE; i++) {
        if (dev->mta[i] != dev->mta_chip[i]) {
            dev->mta_chip[i] = dev->mta[i];
            e1000_write(dev, E1000_MTA(i), dev->mta_chip[i]);
            e1000_flush(dev);
        }
    }
}

int e1000_set_filter(struct e1000_dev *dev, bool promiscuous, bool all_multicast,
                     const uint8_t (*addresses)[6], unsigned count)
{
    if (count > E1000_MAX_MULTICAST || (count && !addresses))
        return E1000_ERR_PARAMETER;
    for (unsigned i = 0; i < count; i++) {
        if (!(addresses[i][0] & 1))
            return E1000_ERR_PARAMETER;
    }

    dev->promiscuous = promiscuous;
    dev->all_multicast = all_multicast;
    dev->exact_count = count < E1000_EXACT_SLOTS ? count : E1000_EXACT_SLOTS;
    memset(dev->mta, 0, sizeof dev->mta);
    for (unsigned i = 0; i < count; i++) {
        if (i < E1000_EXACT_SLOTS)
            memcpy(dev->exact[i], addresses[i], 6);
        else
            dev->mta[hash(addresses[i]) / 32] |= 1u << hash(addresses[i]) % 32;
    }

    if (dev->state == E1000_STATE_UP) {
        uint32_t rctl = e1000_read(dev, E1000_RCTL) & ~(E1000_RCTL_UPE | E1000_RCTL_MPE);

        e1000_filter_write(dev);
        e1000_write(dev, E1000_RCTL, rctl | e1000_filter_rctl(dev));
        e1000_flush(dev);
    }
    return E1000_OK;
}
