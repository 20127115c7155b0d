/* SPDX-License-Identifier: BSD-2-Clause */
/* Cases for the checker: a driver that does something wrong, and the same driver doing it right. */
#ifndef EMU_TESTS_CHECK_CASE_H
#define EMU_TESTS_CHECK_CASE_H

#include "fixture.h"
#include "hw.h"

/* wrong: break the rule, else do the same in the right way. */
typedef void (*check_action)(struct fixture *f, bool wrong);

/* How far the driver has come before the action. */
enum check_stage {
    CHECK_COLD,    /* PCI lets accesses and DMA through */
    CHECK_READY,   /* everything is set up, nothing enabled */
    CHECK_RUNNING, /* receiver and transmitter are on */
};

struct check_case {
    const char *rule;
    check_action action;
    enum check_stage stage;
    const char *profile; /* NULL: vmware */
    const char *also;    /* another rule that the mistake can't but break */
};

extern const struct check_case check_access_cases[], check_setup_cases[], check_ring_cases[],
    check_packet_cases[]; /* each ends with an empty one */

/* What the driver uses. */
#define CHECK_COUNT   64u /* descriptors of each ring */
#define CHECK_RX_RING FIXTURE_BUS
#define CHECK_TX_RING (FIXTURE_BUS + 0x10000u)
#define CHECK_RX_DATA (FIXTURE_BUS + 0x100000u) /* 2 KiB each */
#define CHECK_TX_DATA (FIXTURE_BUS + 0x200000u)

#define CHECK_RCTL (RCTL_EN | RCTL_BAM | RCTL_SECRC)
#define CHECK_TCTL (TCTL_EN | TCTL_PSP | 15u << TCTL_CT_SHIFT | 64u << TCTL_COLD_SHIFT)

#define CHECK_WHOLE (TXD_CMD_EOP | TXD_CMD_IFCS | TXD_CMD_RS)

/* Writes a register and reads STATUS. */
void check_write(struct fixture *f, uint32_t offset, uint32_t value);

/* The steps of setting up. */
void check_tables(struct fixture *f);
void check_rx_ring(struct fixture *f);
void check_tx_ring(struct fixture *f);
void check_start(struct fixture *f);

/* The second quadword of a transmit descriptor. */
static inline uint64_t check_legacy(uint32_t command, uint32_t length)
{
    return (uint64_t)command << 24 | length;
}

/* Puts the next transmit descriptor into the ring, and rings for all that are there. */
void check_post(struct fixture *f, uint64_t address, uint64_t fields);
void check_ring(struct fixture *f);
/* The next transmit descriptor's index. */
uint32_t check_tail(void);

/* A receive descriptor. */
void check_rx_descriptor(struct fixture *f, uint32_t index, uint64_t address, uint64_t fields);

/* A broadcast from the wire. */
void check_receive(struct fixture *f, uint32_t length);

#endif
