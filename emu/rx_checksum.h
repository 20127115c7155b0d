/* SPDX-License-Identifier: BSD-2-Clause */
/* Receive checksum offload: which packets are checked, and how (SDM 3.2.9, 13.4.47). */
#ifndef EMU_RX_CHECKSUM_H
#define EMU_RX_CHECKSUM_H

#include "e1000emu.h"

/* What the last descriptor of a packet says about checksums. */
struct emu_rx_checksum {
    uint8_t status;  /* RXD_STAT_IXSM, or RXD_STAT_IPCS and RXD_STAT_TCPCS */
    uint8_t errors;  /* RXD_ERR_IPE, RXD_ERR_TCPE */
    uint16_t packet; /* the packet checksum, with emu_rx_checksum_all() */
};

/* Checks a frame without its FCS, as RXCSUM wants it. vet is the type of a VLAN tag. */
struct emu_rx_checksum emu_rx_checksum(const uint8_t *frame, uint32_t length, uint32_t rxcsum,
                                       uint32_t vet);

/* The same, and the packet checksum of a frame that goes to the host as it is. */
struct emu_rx_checksum emu_rx_checksum_all(const uint8_t *frame, uint32_t length, uint32_t rxcsum,
                                           uint32_t vet);

#endif
