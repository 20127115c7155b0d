/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What struct e1000_dev looks like, only so that its size is known; its members are the core's
 * alone. Included by e1000_core.h, never directly.
 */
#ifndef E1000_DEV_H
#define E1000_DEV_H

#include "e1000_hw.h"

/* Limits that size the arrays below. */
#define E1000_MAX_RING       4096u /* descriptors in a ring */
#define E1000_MAX_BUFFERS    8192u /* receive buffers */
#define E1000_POOL_BUFFERS   128u  /* receive buffers that are allocated as one piece */
#define E1000_MAX_POOLS      (E1000_MAX_BUFFERS / E1000_POOL_BUFFERS)
#define E1000_MAX_COPIES     256u /* small buffers for received frames that are copied */
#define E1000_HEADER_SIZE    256u /* room for the headers of a frame that the chip finishes */
#define E1000_HEADER_POOL    256u /* of them that are allocated as one piece */
#define E1000_MAX_HEADERS    (E1000_MAX_RING / E1000_HEADER_POOL)
#define E1000_EXACT_SLOTS    14u /* RAR[1] to RAR[14] */
#define E1000_LINK_REGISTERS 6u  /* PHY registers in the report of a link */
#define E1000_CHIP_STATS     54u /* statistics that the chip counts */
#define E1000_CONFIG_WORDS   32u /* of configuration space, kept while suspended */

/* A descriptor ring, receiving or sending. The driver is the producer, taking back what the chip is
 * done with makes it the consumer. prod and cons run freely, so that prod - cons is the fill level
 * even when they wrap; the slots beside them are the same positions within the ring. */
struct e1000_ring {
    struct e1000_desc *desc;
    uint32_t count;     /* of descriptors */
    uint32_t prod;      /* given to the chip since the start */
    uint32_t cons;      /* taken back since the start */
    uint32_t prod_slot; /* where the next one is given */
    uint32_t cons_slot; /* where the next one comes back */
    struct e1000_dma memory;
};

/* What a context descriptor said (3.3.6). */
struct e1000_context {
    uint64_t address, rest;
};

/* Traffic as interrupts see it. */
enum e1000_traffic { E1000_TRAFFIC_LOWEST, E1000_TRAFFIC_LOW, E1000_TRAFFIC_BULK };

/* One direction of it, since the last look. */
struct e1000_flow {
    uint64_t frames, bytes; /* counters then */
    enum e1000_traffic traffic;
};

/* The receiver at a look of the watchdog. */
struct e1000_rx_look {
    uint64_t good, missed; /* frames, by the chip's counters */
    uint32_t cons, rdh;
};

/* What is known about a PCI id; see ids.c. */
struct e1000_id;

/* What e1000_tick() does next. */
enum e1000_step {
    E1000_STEP_NONE,
    E1000_STEP_RESET_QUIET,  /* silence the chip */
    E1000_STEP_RESET_ISSUE,  /* CTRL.RST */
    E1000_STEP_RESET_WAIT,   /* until the bit clears */
    E1000_STEP_EEPROM_GRANT, /* wait for the EEPROM's pins */
    E1000_STEP_EEPROM_WORDS, /* read a few words */
    E1000_STEP_PHY_ID,
    E1000_STEP_TABLES,    /* clear VFTA, RAR and MTA */
    E1000_STEP_PHY_SETUP, /* a row of the PHY's setup */
    E1000_STEP_RINGS,     /* everything else, then enable */
    E1000_STEP_WATCH,     /* up: look after link and interrupts */
    E1000_STEP_LINK,      /* read the PHY's registers after a link change */
    E1000_STEP_AWAKE,     /* the chip was brought to D0: go on after that */
    E1000_STEP_SLEEP,     /* arm what wakes, and sleep */
    E1000_STEP_EEPROM_WRITE,
    E1000_STEP_TEST, /* the self-test's present phase */
};

/* What e1000_tick() works at in the state BUSY. */
enum e1000_job { E1000_JOB_NONE, E1000_JOB_EEPROM_WRITE, E1000_JOB_TEST };

/* Writing the EEPROM, while it lasts. */
struct e1000_eeprom_job {
    uint16_t word[E1000_EEPROM_WORDS];
    uint16_t first, count;
    uint16_t done; /* words written and verified */
    bool programs; /* the part is at it, since: */
    uint64_t since;
    bool enabled;    /* EWEN was sent, EWDS not yet */
    bool summing;    /* all written: the checksum is next */
    bool checks;     /* it has been written too: read it back */
    uint16_t sum;    /* of the words read so far for it */
    uint16_t summed; /* how many */
};

/* The self-test, while it lasts. */
struct e1000_test_job {
    uint8_t phase;
    uint8_t part;   /* of the phase */
    uint16_t index; /* within the part */
    uint32_t flags; /* E1000_TEST_* */
    uint32_t seen;  /* causes that e1000_interrupt() read */
    uint64_t since;
    bool was_up;
    struct e1000_dma memory; /* rings and frames of the loopback part */
};

struct e1000_dev {
    /* ---- What a frame touches. */
    const struct e1000_os *os;
    void *context;
    enum e1000_state state;
    uint32_t frame_limit; /* params.max_frame */
    struct e1000_ring rx;
    struct e1000_ring tx;

    /* Receive buffers are numbered through all pools. */
    uint32_t buffer_count, buffer_size;
    uint32_t free_count;
    bool rx_discard;     /* drop up to the end of the frame */
    bool rx_more;        /* e1000_receive() had no room for what is there */
    uint32_t rx_results; /* status bits that go into a fragment's flags */
    uint32_t copy_limit; /* longest frame that is copied */
    uint32_t copy_size;  /* of a small buffer */
    uint32_t copy_count, copy_free_count;
    struct e1000_dma copies;
    uint8_t *pool_cpu[E1000_MAX_POOLS];
    uint64_t pool_bus[E1000_MAX_POOLS];
    uint32_t pool_count;
    struct e1000_dma pool[E1000_MAX_POOLS];

    /* Sending. Cookies wait in a queue of their own, because frames that are refused have no
     * descriptors and padding has no cookie. A group of frames ends with the descriptor that
     * reports status: tx_report[first slot] is its slot, tx_cookies[its slot] the queue's end then.
     */
    uint32_t cookie_prod, cookie_cons, cookie_done;
    uint32_t tx_group, tx_group_frames; /* first slot of the open group, frames in it */
    uint64_t tx_report_bits;            /* of a descriptor that reports */
    uint64_t tx_context_bits;           /* of a context */
    uint32_t tx_simple;                 /* longest frame for one descriptor */
    uint32_t tx_first;                  /* longest first descriptor */
    uint32_t tx_needed;                 /* free descriptors that end: */
    bool tx_stopped;
    bool tx_after_tso;                  /* the last frame was cut into segments */
    struct e1000_context tx_context[2]; /* that the chip knows: checksums, segments; 0: none */
    /* What the last frame in one descriptor asked for, the bits that it got, and its length: the
     * next one that asks for the same and is as long gets the same. */
    uint64_t tx_like, tx_like_bits;
    uint32_t tx_like_least;
    struct e1000_dma header[E1000_MAX_HEADERS];
    struct e1000_dma pad; /* zeros that lengthen short frames */
    struct e1000_counters counters;

    uint32_t ims;  /* causes that may interrupt */
    bool masked;   /* but not before e1000_poll() has finished */
    bool tx_armed; /* TXDW is among them only for now */
    uint32_t itr;  /* as written */
    uint32_t interrupt_rate;
    struct e1000_flow rx_flow, tx_flow;

    /* ---- Everything else. */
    struct e1000_params params;
    struct e1000_identity identity;
    const struct e1000_id *id;
    uint32_t quirks;
    bool io_reset; /* the I/O window works */
    int error;

    enum e1000_step step;
    uint64_t due;      /* when the step wants to run, in time_us() */
    uint32_t spent_us; /* busy-waited in the present call */
    uint32_t tries;    /* of the present step */
    uint32_t row;      /* of the step's table or register list */
    uint16_t eeprom[E1000_EEPROM_WORDS];

    struct e1000_link link;
    bool link_event;      /* an interrupt told of a change */
    bool link_unsettled;  /* the MAC has link, the PHY's registers are not complete yet */
    bool link_flapped;    /* the link was lost and is back */
    bool link_reported;   /* there is a report */
    bool link_by_disable; /* the last report came from e1000_down() */
    uint16_t link_read[E1000_LINK_REGISTERS]; /* as read last, in the order of the report */
    uint16_t link_reg[E1000_LINK_REGISTERS];  /* as reported */

    bool rx_seen, tx_seen;           /* something was waiting at the last look */
    bool confirms;                   /* the next look is for that alone */
    uint32_t watched_rx, watched_tx; /* where the rings were then */
    uint32_t watched_tdh, hang_cons; /* the chip and the ring, when the transmitter moved */
    uint64_t tx_since;               /* when it last was seen to move */
    uint8_t hang_looks;              /* since then */
    struct e1000_rx_look rx_look;
    uint32_t rx_stood; /* looks in a row at which the receiver stood still */
    bool rdh_moves;    /* RDH was seen to be something */
    uint8_t tx_flush;  /* looks at a lost link, plus one, while frames are queued */

    struct e1000_media media;
    bool phy_ready;      /* the PHY is set up as media says */
    bool fiber_forced;   /* the partner does not negotiate */
    uint8_t fiber_waits; /* looks without an answer from it */
    bool blinks;
    uint32_t ledctl; /* what the LEDs were before */

    enum e1000_job job;
    int job_error;
    bool unlocked;
    struct e1000_eeprom_job write;
    struct e1000_test_job test;
    struct e1000_selftest result;

    bool was_up;          /* before e1000_suspend() */
    uint32_t wake, woken; /* E1000_WAKE_* */
    uint8_t wake_ipv4[4];
    uint16_t config[E1000_CONFIG_WORDS];

    uint64_t stats_due;
    uint64_t stat[E1000_CHIP_STATS];

    bool promiscuous, all_multicast;
    uint8_t mac[6];
    uint32_t unicast_count, group_count; /* of those below; beyond: promiscuous, hashed */
    bool unicast_beyond;
    uint8_t unicast[E1000_EXACT_SLOTS][6];
    uint8_t group[E1000_EXACT_SLOTS][6];
    uint32_t mta_beyond[E1000_MTA_SIZE]; /* hash bits of the groups beyond */
    bool vlan_filter;
    uint32_t vfta[E1000_VFTA_SIZE];
    uint32_t exact_count;
    uint8_t exact[E1000_EXACT_SLOTS][6];      /* as wanted */
    uint8_t exact_chip[E1000_EXACT_SLOTS][6]; /* as written */
    uint32_t exact_chip_count;
    uint32_t mta[E1000_MTA_SIZE];      /* as wanted */
    uint32_t mta_chip[E1000_MTA_SIZE]; /* as written */

    /* ---- The big tables, last. */
    uint32_t rx_buffer[E1000_MAX_RING];      /* by slot: the buffer posted there */
    uint32_t free_buffer[E1000_MAX_BUFFERS]; /* a stack */
    bool rx_lent[E1000_MAX_BUFFERS + E1000_MAX_COPIES];
    uint16_t copy_free[E1000_MAX_COPIES]; /* a stack */
    uint16_t tx_report[E1000_MAX_RING];
    uint16_t tx_cookies[E1000_MAX_RING];
    void *cookie[E1000_MAX_RING];
};

#endif
