/* SPDX-License-Identifier: BSD-2-Clause */
/* Programming a chip that was just reset (14.3 to 14.5), up to the moment when frames may flow. */
#include "internal.h"

#define ETHERTYPE_VLAN  0x8100u
#define ETHERTYPE_PAUSE 0x8808u
#define PAUSE_QUANTA    0x0680u /* 852 µs at 1 Gb/s: long enough to drain the packet buffer */

/* IPGR1 8, IPGR2 6 and an IPGT that makes 96 bit times with the chip's own overhead (13.4.34). */
#define TIPG_COPPER 0x00602008u
#define TIPG_FIBER  0x00602009u

#define COLLISION_THRESHOLD 15u
#define COLLISION_DISTANCE  0x40u /* bytes; the same for full duplex and for 10 and 100 Mb/s */

/* ---- Tables that a reset leaves as they were ------------------------------------------------ */

/* What one read fetches at once on PCI-X is limited. */
static void limit_pcix_reads(struct e1000_dev *dev)
{
    const struct e1000_os *os = dev->os;
    uint32_t at = 0;

    if (dev->quirks & E1000_QUIRK_READS_2K &&
        e1000_read(dev, E1000_STATUS) & E1000_STATUS_PCIX_MODE)
        at = e1000_capability(dev, E1000_PCI_CAP_PCIX);
    if (!at)
        return;

    uint16_t command = os->config_read16(dev->context, at + E1000_PCIX_COMMAND);
    if ((command & E1000_PCIX_MMRBC_MASK) > E1000_PCIX_MMRBC_2048) {
        command &= (uint16_t)~E1000_PCIX_MMRBC_MASK;
        command |= E1000_PCIX_MMRBC_2048;
        os->config_write16(dev->context, at + E1000_PCIX_COMMAND, command);
    }
}

/* Downwards, which makes no bursts either (82546GB erratum 15). Two calls, because these are some
 * six hundred accesses. */
void e1000_step_tables(struct e1000_dev *dev)
{
    if (dev->row == 0) {
        limit_pcix_reads(dev);
        e1000_write(dev, E1000_VET, ETHERTYPE_VLAN);
        for (uint32_t i = E1000_VFTA_SIZE; i-- > 0;)
            e1000_write_array(dev, E1000_VFTA(i), dev->vfta[i]);
        dev->row = 1;
        e1000_next(dev, E1000_STEP_TABLES, 0);
        return;
    }

    for (uint32_t i = E1000_MTA_SIZE; i-- > 0;) {
        e1000_write_array(dev, E1000_MTA(i), 0);
        dev->mta_chip[i] = 0;
    }
    for (uint32_t i = E1000_RA_SIZE; i-- > 1;)
        e1000_filter_clear(dev, i);
    e1000_filter_mac(dev, 0, dev->mac);
    dev->exact_chip_count = 0;
    dev->row = 0;
    e1000_next(dev, E1000_STEP_PHY_SETUP, 0);
}

/* ---- MAC, rings and interrupts -------------------------------------------------------------- */

/* The MAC follows the PHY's speed and duplex, or negotiates by itself on fibre. */
void e1000_set_up_mac(struct e1000_dev *dev)
{
    const uint32_t off = E1000_CTRL_LRST | E1000_CTRL_ASDE | E1000_CTRL_ILOS | E1000_CTRL_FRCSPD |
                         E1000_CTRL_FRCDPLX | E1000_CTRL_RST | E1000_CTRL_RFCE | E1000_CTRL_TFCE |
                         E1000_CTRL_VME | E1000_CTRL_PHY_RST;

    e1000_write(dev, E1000_FCAL, 0x00C28001); /* 01:80:c2:00:00:01 */
    e1000_write(dev, E1000_FCAH, 0x00000100);
    e1000_write(dev, E1000_FCT, ETHERTYPE_PAUSE);
    e1000_write(dev, E1000_FCTTV, PAUSE_QUANTA);
    e1000_write(dev, E1000_FCRTL, 0);
    e1000_write(dev, E1000_FCRTH, 0);
    if (dev->quirks & E1000_QUIRK_ORDERED)
        e1000_write(dev, E1000_CTRL_EXT, e1000_read(dev, E1000_CTRL_EXT) | E1000_CTRL_EXT_RO_DIS);
    e1000_write(dev, E1000_CTRL,
                (e1000_read(dev, E1000_CTRL) & ~off) | E1000_CTRL_SLU |
                    (dev->params.vlan_offload ? E1000_CTRL_VME : 0));
    if (e1000_is_fiber(dev))
        e1000_fiber_setup(dev);
    if (e1000_loops(dev))
        e1000_loopback_mac(dev);
    if (dev->blinks)
        e1000_blink_write(dev);
}

uint32_t e1000_tctl(void)
{
    return E1000_TCTL_EN | E1000_TCTL_PSP | COLLISION_THRESHOLD << E1000_TCTL_CT_SHIFT |
           COLLISION_DISTANCE << E1000_TCTL_COLD_SHIFT;
}

static void set_up_tx(struct e1000_dev *dev)
{
    const struct e1000_ring *ring = &dev->tx;

    e1000_tx_start(dev);
    e1000_write(dev, E1000_TDBAL, (uint32_t)ring->memory.bus);
    e1000_write(dev, E1000_TDBAH, (uint32_t)(ring->memory.bus >> 32));
    e1000_write(dev, E1000_TDLEN, ring->count * (uint32_t)sizeof(struct e1000_desc));
    e1000_write(dev, E1000_TDH, 0);
    e1000_write(dev, E1000_TDT, 0);
    e1000_write(dev, E1000_TXDCTL, E1000_TXDCTL_WTHRESH1 | E1000_TXDCTL_GRAN);
    e1000_write(dev, E1000_TIPG, e1000_is_fiber(dev) ? TIPG_FIBER : TIPG_COPPER);
    /* 0 is not allowed; without a delay no descriptor asks for one. */
    e1000_write(dev, E1000_TIDV, dev->params.tx_delay ? dev->params.tx_delay : 8);
    e1000_write(dev, E1000_TADV, dev->params.tx_delay_limit);
    e1000_write(dev, E1000_TCTL, e1000_tctl());
}

/* BSIZE counts down from 2048 or, times 16, from a size that does not exist (13.4.22). */
static uint32_t rctl_size(uint32_t bytes)
{
    uint32_t extended = bytes > 2048 ? E1000_RCTL_BSEX : 0;
    uint32_t code = 0;

    for (uint32_t size = extended ? 32768 : 2048; size > bytes; size /= 2)
        code++;
    return extended | code << E1000_RCTL_BSIZE_SHIFT;
}

/* The receiver runs only after the chip knows the ring: enabled earlier, it would store frames
 * where the previous ring was. */
static void set_up_rx(struct e1000_dev *dev)
{
    const struct e1000_ring *ring = &dev->rx;
    uint32_t rctl = E1000_RCTL_EN | E1000_RCTL_BAM | E1000_RCTL_SECRC |
                    rctl_size(dev->params.rx_buffer_size) | e1000_filter_rctl(dev);

    if (dev->media.loopback && e1000_is_fiber(dev))
        rctl |= E1000_RCTL_LBM; /* of the SerDes; copper has the PHY's */

    /* 1522 bytes with FCS and tag is what the chip takes without LPE. */
    if (dev->frame_limit > 1514)
        rctl |= E1000_RCTL_LPE;
    if (dev->params.store_bad)
        rctl |= E1000_RCTL_SBP;

    e1000_write(dev, E1000_RDTR, dev->params.rx_delay);
    e1000_write(dev, E1000_RADV, dev->params.rx_delay_limit);
    e1000_write(dev, E1000_RXDCTL, E1000_TXDCTL_WTHRESH1 | E1000_TXDCTL_GRAN);
    e1000_write(dev, E1000_RXCSUM,
                dev->params.rx_checksum
                    ? E1000_RXCSUM_IPOFLD | E1000_RXCSUM_TUOFLD | E1000_RXCSUM_IPV6OFL
                    : 0);
    e1000_write(dev, E1000_RDBAL, (uint32_t)ring->memory.bus);
    e1000_write(dev, E1000_RDBAH, (uint32_t)(ring->memory.bus >> 32));
    e1000_write(dev, E1000_RDLEN, ring->count * (uint32_t)sizeof(struct e1000_desc));
    e1000_write(dev, E1000_RDH, 0);
    e1000_write(dev, E1000_RDT, 0);
    e1000_rx_start(dev);
    e1000_write(dev, E1000_RCTL, rctl);
}

void e1000_step_rings(struct e1000_dev *dev)
{
    int error = e1000_pci_enable(dev, true);

    if (error) {
        e1000_fail(dev, error);
        return;
    }
    e1000_set_up_mac(dev);
    e1000_filter_write(dev);
    set_up_tx(dev);
    set_up_rx(dev);
    e1000_moderation_start(dev);
    e1000_msi_set(dev, true);

    /* Up before the first interrupt can come. */
    dev->state = E1000_STATE_UP;
    dev->link_event = true;
    dev->tx_flush = 0;
    e1000_next(dev, E1000_STEP_WATCH, 0);
    e1000_interrupts_start(dev);
}
