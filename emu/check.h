/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checker: watches what software does to the chip, and tells of each rule of the manual, or of
 * the errata, that it breaks. It sees the same events as everybody who watches, looks at the
 * chip's state as it was before a write takes effect, and changes nothing.
 *
 *   check_rules.c   the rules, as data
 *   check.c         who looks at which event; what is told, and how often
 *   check_bus.c     accesses as such: width, place, masks, polling, counters
 *   check_reset.c   resets, the EEPROM's load, CTRL, configuration space
 *   check_serial.c  MDIC, EERD, EECD, the flash
 *   check_irq.c     causes, masks, delays
 *   check_ring.c    what both rings' registers have in common
 *   check_rx.c      the receiver, its filters and its descriptors; flow control
 *   check_tx.c      the transmitter
 *   check_packet.c  what is sent: descriptors into packets
 *   check_memory.c  DMA that reaches no memory, and memory that goes
 *   check_deep.c    what changes under the chip's hands
 */
#ifndef EMU_CHECK_H
#define EMU_CHECK_H

#include "e1000emu.h"
#include "hw.h"
#include "offload.h"

struct emu_descriptor;

/* In the order of the table. */
enum emu_rule {
    /* Accesses */
    RULE_MEMORY_SPACE_OFF,
    RULE_ACCESS_IN_D3,
    RULE_ACCESS_WIDTH,
    RULE_ACCESS_UNALIGNED,
    RULE_UNKNOWN_REGISTER,
    RULE_OLD_ADDRESS,
    RULE_READ_ONLY_WRITTEN,
    RULE_RESERVED_BITS,
    RULE_DIAGNOSTIC_WRITTEN,
    RULE_IO_ADDRESS,
    RULE_UNBOUNDED_POLL,
    RULE_COUNTER_HIGH_FIRST,
    RULE_COUNTER_WIDE,
    RULE_HEAD_POLLED,
    /* Configuration space and resets */
    RULE_BUS_MASTER_OFF,
    RULE_BUS_MASTER_CLEARED,
    RULE_PCIX_READ_SIZE,
    RULE_ACCESS_DURING_RESET,
    RULE_WRITE_BEFORE_LOAD,
    RULE_RESET_BY_MEMORY,
    RULE_RESET_WITH_INTERRUPTS,
    RULE_RESET_WHILE_RUNNING,
    RULE_PHY_RESET_SHORT,
    RULE_SPEED_RESERVED,
    /* EEPROM, PHY and flash */
    RULE_MDIC_BUSY,
    RULE_MDIC_READY_WRITTEN,
    RULE_MDIC_OPCODE,
    RULE_MDIC_PHY_ADDRESS,
    RULE_EERD_BUSY,
    RULE_EERD_WHILE_REQUESTED,
    RULE_EECD_NO_GRANT,
    RULE_EECD_REQUEST_KEPT,
    RULE_EECD_FLASH_BITS,
    RULE_EEPROM_WRITE_DISABLED,
    RULE_EEPROM_BUSY,
    RULE_FLASH_WRITE_DISABLED,
    /* Interrupts */
    RULE_INTERRUPTS_BEFORE_RING,
    RULE_INTERRUPT_LEFT_PENDING,
    RULE_IMS_WRITTEN_ZERO,
    RULE_ICR_POLLED,
    RULE_RDTR_NOT_ZERO,
    RULE_DELAY_WITHOUT_TIDV,
    /* Rings */
    RULE_RX_ENABLED_BEFORE_RING,
    RULE_TX_ENABLED_BEFORE_RING,
    RULE_RING_BASE,
    RULE_RING_LENGTH,
    RULE_RING_CROSSES_64K,
    RULE_RING_CHANGED,
    RULE_HEAD_WRITTEN,
    RULE_TAIL_OUTSIDE_RING,
    RULE_TAIL_AT_HEAD,
    RULE_TAIL_PAST_HEAD,
    RULE_DESCRIPTOR_THRESHOLDS,
    RULE_DESCRIPTOR_DONE,
    RULE_NO_PROGRESS,
    /* Receiving */
    RULE_RX_WITHOUT_BUFFERS,
    RULE_RX_REENABLED,
    RULE_RX_BUFFER_SIZE,
    RULE_RCTL_VALUE,
    RULE_RX_FCS_KEPT,
    RULE_RX_NO_ADDRESS,
    RULE_MTA_NOT_WRITTEN,
    RULE_VFTA_NOT_WRITTEN,
    RULE_ADDRESS_WHILE_VALID,
    RULE_ARRAY_NOT_FLUSHED,
    RULE_RX_BUFFER_NULL,
    RULE_RX_BUFFER_CROSSES_64K,
    RULE_RX_STARVED,
    RULE_FLOW_THRESHOLDS,
    RULE_FLOW_TIME_ZERO,
    RULE_FLOW_ADDRESS,
    RULE_PBA_SPLIT,
    RULE_PBA_WHILE_ENABLED,
    /* Sending */
    RULE_LINK_NOT_SET_UP,
    RULE_TIPG_NOT_SET,
    RULE_COLLISION_FIELDS,
    RULE_TX_MISSING_EOP,
    RULE_TX_SHORT_UNPADDED,
    RULE_TX_SHORT_PADDED,
    RULE_TX_NO_FCS,
    RULE_TX_BUFFER_NULL,
    RULE_TX_LENGTH_ZERO,
    RULE_TX_TOO_LONG,
    RULE_TX_EXCEEDS_FIFO,
    RULE_TX_REPORT_SENT,
    RULE_TX_VLAN_OFF,
    RULE_TX_LEGACY_CHECKSUM,
    RULE_CONTEXT_IN_PACKET,
    RULE_TX_TYPES_MIXED,
    RULE_OFFLOAD_WITHOUT_CONTEXT,
    RULE_CONTEXT_OFFSETS,
    RULE_TSO_HEADER,
    RULE_TSO_MSS_ZERO,
    RULE_TSO_PAYLOAD,
    /* Memory */
    RULE_DMA_OUTSIDE,
    RULE_DMA_AFTER_UNMAP,
    RULE_MEMORY_FREED_IN_USE,
    RULE_DESCRIPTOR_CHANGED,
    RULE_TX_PAYLOAD_CHANGED,
    RULE_RX_BUFFER_WRITTEN,
    RULE_RX_BUFFER_SHARED,
    EMU_RULES
};

#define EMU_CHECK_RECENT  64u /* accesses that are remembered */
#define EMU_CHECK_TOLD    4u  /* findings of one rule, at most; the rest are only counted */
#define EMU_CHECK_FETCHED 64u /* descriptors of a ring that the chip holds at most (ring.h) */
#define EMU_CHECK_GONE    8u  /* windows that went */

/* Which findings of a rule have been told. */
struct emu_check_rule {
    uint64_t count;
    uint64_t key[EMU_CHECK_TOLD]; /* what was the cause each time */
    uint32_t told;
};

/* A descriptor as the chip fetched it. */
struct emu_check_descriptor {
    uint64_t address, fields;
    uint64_t canary; /* of the memory that it points to (check_deep.c) */
    uint32_t index;
    uint16_t length; /* bytes that the canary covers */
    bool held;       /* the chip has not given it back */
};

struct emu_check_ring {
    bool based;   /* software has written the base since power-on */
    bool enabled; /* has been, since the last reset */
    bool rung;    /* the tail was written since the ring last was empty */
    struct emu_check_descriptor fetched[EMU_CHECK_FETCHED]; /* by index */
};

/* The packet whose descriptors are being fetched. */
struct emu_check_packet {
    struct emu_context context[2]; /* of TUCMD.TSE = 0 and 1 */
    bool loaded[2];
    bool known;   /* next is */
    bool open;    /* it has begun */
    bool partial; /* its beginning may not have been seen: nothing is said about its length */
    bool extended;
    uint8_t options; /* POPTS of the first descriptor; CSS of a legacy one */
    uint8_t command; /* of the first descriptor */
    uint32_t next;   /* the descriptor that is fetched next, if none is fetched twice */
    uint32_t again;  /* so many are fetched for the second time */
    uint32_t length;
};

struct emu_check {
    bool sampled;
    const struct e1000emu_event *event; /* being looked at */
    struct emu_check_rule rule[EMU_RULES];

    struct e1000emu_access recent[EMU_CHECK_RECENT];
    uint32_t accesses; /* in all; the last one is at (accesses - 1) % EMU_CHECK_RECENT */

    /* check_bus.c */
    e1000emu_time polled_at; /* the access before */
    uint32_t polls;          /* reads of one register in a row, close together, with one result */
    uint32_t heads;          /* reads of RDH or TDH while the ring runs */
    uint8_t low_read;        /* low halves of 64-bit counters that have been read, one bit each */
    bool array_dirty;        /* the access before was a write into a register array */
    uint32_t array_at;       /* and this was its offset */

    /* check_reset.c */
    e1000emu_time reset_at, phy_reset_at;
    bool was_reset;

    /* check_irq.c */
    bool asserted;
    e1000emu_time asserted_at;
    uint32_t idle_icr; /* reads of ICR in a row that found nothing */

    /* check_rx.c, check_tx.c, check_packet.c */
    uint32_t mta[MTA_COUNT / 32], vfta[VFTA_COUNT / 32]; /* words written since power-on */
    bool tipg;                                           /* likewise */
    bool starved; /* frames are lost for want of descriptors */
    e1000emu_time starved_at;
    e1000emu_time waits_at; /* when software last rang for what is not being sent */
    struct emu_check_ring rx, tx;
    struct emu_check_packet packet;

    /* check_memory.c */
    struct {
        uint64_t bus, length;
    } gone[EMU_CHECK_GONE];
    uint32_t gone_next;
};

/* Forgets everything. What can't be known from now on is taken for good. */
void emu_check_begin(struct e1000emu *chip);

/* Which events the checker looks at. */
static inline bool emu_check_wants(unsigned watch, enum e1000emu_event_kind kind)
{
    const unsigned deaf = 1u << E1000EMU_EVENT_CAUSE | 1u << E1000EMU_EVENT_SENT;

    if (kind == E1000EMU_EVENT_WRITE_BACK)
        return watch & E1000EMU_WATCH_DEEP;
    return watch & E1000EMU_WATCH_CHECK && !(deaf >> kind & 1u);
}

void emu_check_event(struct e1000emu *chip, const struct e1000emu_event *event);

/* The same as an event for each of n descriptors, fetched from index on, when nobody else is told.
 */
void emu_check_fetched(struct e1000emu *chip, bool transmit, uint32_t index,
                       const struct emu_descriptor *descriptors, uint32_t n);

/* The host changed its windows. */
void emu_check_mapped(struct e1000emu *chip, uint64_t bus, uint64_t length);
void emu_check_unmapped(struct e1000emu *chip, uint64_t bus, uint64_t length);

/* ---- Between the files ---------------------------------------------------------------------- */

/* A rule was broken. key tells one cause from another. */
void emu_check_found(struct e1000emu *chip, enum emu_rule rule, uint64_t key, uint64_t number,
                     uint64_t other);

/* An access but to configuration space. True: it is one to a register, and reaches it. */
bool emu_check_bus(struct e1000emu *chip, const struct e1000emu_event *event);

/* Software writes a value to a register, given by its proper offset; or has read it. */
void emu_check_reset_access(struct e1000emu *chip, uint32_t offset, uint32_t value, bool write);
void emu_check_reset_write(struct e1000emu *chip, uint32_t offset, uint32_t value);
void emu_check_config_write(struct e1000emu *chip, const struct e1000emu_event *event);
void emu_check_serial_write(struct e1000emu *chip, uint32_t offset, uint32_t value);
void emu_check_irq_access(struct e1000emu *chip, uint32_t offset, uint32_t value, bool write);
void emu_check_ring_write(struct e1000emu *chip, uint32_t offset, uint32_t value);
void emu_check_rx_write(struct e1000emu *chip, uint32_t offset, uint32_t value);
void emu_check_tx_write(struct e1000emu *chip, uint32_t offset, uint32_t value);

/* A ring is about to be started. True: it is set up. */
bool emu_check_ring_start(struct e1000emu *chip, bool transmit);
/* Both rings: nothing is known of what the chip holds. */
void emu_check_forget(struct e1000emu *chip);

/* Whether it is long since something began that can't take that long. */
bool emu_check_late(const struct e1000emu *chip, e1000emu_time since);
/* A time passed; at each access. */
void emu_check_progress(struct e1000emu *chip);

/* Events. */
void emu_check_reset(struct e1000emu *chip, enum e1000emu_reset kind);
void emu_check_interrupt(struct e1000emu *chip, bool level);
void emu_check_received(struct e1000emu *chip, enum e1000emu_verdict verdict);
void emu_check_rx_fetch(struct e1000emu *chip, const struct e1000emu_event *event);
void emu_check_tx_fetch(struct e1000emu *chip, const struct e1000emu_event *event);
/* Of n descriptors in a row: how many from the first on nothing can be said against. They count as
 * looked at. */
uint32_t emu_check_rx_plain(struct e1000emu *chip, const struct emu_descriptor *descriptors,
                            uint32_t n);
uint32_t emu_check_tx_plain(struct e1000emu *chip, uint32_t index,
                            const struct emu_descriptor *descriptors, uint32_t n);
void emu_check_dma_failed(struct e1000emu *chip, const struct e1000emu_event *event);
void emu_check_deep_fetch(struct e1000emu *chip, const struct e1000emu_event *event);
void emu_check_deep_done(struct e1000emu *chip, const struct e1000emu_event *event);

#endif
