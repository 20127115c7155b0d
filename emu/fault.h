/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults: what breaks, and when. A chip without faults pays for one test where a fault could act:
 * chip->faulty has a bit for each such place.
 *
 *   fault_table.c   the rows
 *   fault.c         setting and clearing, when a fault fires, its timer
 *   fault_access.c  software's accesses, and resets that take long
 *   fault_parts.c   PHY, EEPROM and link; what a warm boot leaves behind
 *   fault_irq.c     interrupts
 *   fault_dma.c     descriptors and memory
 *   fault_wire.c    frames
 *   fault_errata.c  what the chips themselves do wrong
 */
#ifndef EMU_FAULT_H
#define EMU_FAULT_H

#include "dma.h"
#include "eeprom.h"
#include "ring.h"

/* In the order of the table. */
enum emu_fault_id {
    FAULT_TX_FROZEN,
    FAULT_RX_FROZEN,
    FAULT_IRQ_LOST,
    FAULT_IRQ_SPURIOUS,
    FAULT_IRQ_STORM,
    FAULT_CAUSE_LOST,
    FAULT_RXT0_NEVER,
    FAULT_LINK_FLAP,
    FAULT_LINK_LATE,
    FAULT_LINK_NEVER,
    FAULT_MDIC_NEVER,
    FAULT_PHY_ERROR,
    FAULT_PHY_ABSENT,
    FAULT_EERD_NEVER,
    FAULT_EEPROM_NO_GRANT,
    FAULT_EEPROM_CORRUPT,
    FAULT_EEPROM_CHECKSUM,
    FAULT_EEPROM_ONES,
    FAULT_EEPROM_MISREAD,
    FAULT_STUCK_0,
    FAULT_STUCK_1,
    FAULT_READ_ONES,
    FAULT_REMOVED,
    FAULT_WRITE_LOST,
    FAULT_WRITE_LATE,
    FAULT_RESET_SLOW,
    FAULT_RESET_NEVER,
    FAULT_DIRTY,
    FAULT_WRITEBACK_LATE,
    FAULT_WRITEBACK_SWAPPED,
    FAULT_WRITEBACK_NEVER,
    FAULT_PREFETCH_STALE,
    FAULT_DMA_READ_ERROR,
    FAULT_DMA_WRITE_ERROR,
    FAULT_RX_OVERRUN,
    FAULT_RX_BAD_FCS,
    FAULT_RX_CORRUPT,
    FAULT_RX_TRUNCATE,
    FAULT_RX_DROP,
    FAULT_RX_DUPLICATE,
    FAULT_RX_SWAP,
    FAULT_TX_BAD_FCS,
    FAULT_TX_CORRUPT,
    FAULT_TX_TRUNCATE,
    FAULT_TX_DROP,
    FAULT_TX_DUPLICATE,
    FAULT_TX_SWAP,
    FAULT_PAUSE_FLOOD,
    FAULT_CROSS_64K,
    FAULT_FIRST_2015,
    FAULT_READ_4096,
    FAULT_TSO_EARLY,
    FAULT_TSO_4_MSS,
    FAULT_CONTEXT_RS,
    FAULT_PADDING,
    FAULT_RDTR_HANG,
    FAULT_PBA_8K,
    FAULT_XOFF_MUTES,
    FAULT_REORDERED,
    FAULT_RESET_BY_MEMORY,
    FAULT_ARRAY_BURST,
    FAULT_MSI_LOST,
    FAULT_STRANDED,
    EMU_FAULT_IDS
};

/* Where a fault acts: bits of chip->faulty. */
enum {
    EMU_AT_READ = 1u << 0,     /* a register is read */
    EMU_AT_WRITE = 1u << 1,    /* a register is written */
    EMU_AT_ANY = 1u << 2,      /* an access to any space, before anything else */
    EMU_AT_IRQ = 1u << 3,      /* causes are set, or the host is told of them */
    EMU_AT_RXT0 = 1u << 4,     /* the receive cause is worked out */
    EMU_AT_TX = 1u << 5,       /* a pass over the transmit ring */
    EMU_AT_RX = 1u << 6,       /* frames come in */
    EMU_AT_LINK = 1u << 7,     /* autonegotiation starts */
    EMU_AT_MDIO = 1u << 8,     /* an MDIO transfer ends */
    EMU_AT_EEPROM = 1u << 9,   /* the EEPROM is asked for, or a word of it read */
    EMU_AT_RINGS = 1u << 10,   /* descriptors: no ring is attached to memory */
    EMU_AT_MEMORY = 1u << 11,  /* all DMA: none goes by pointers */
    EMU_AT_RX_WIRE = 1u << 12, /* frames from the wire */
    EMU_AT_TX_WIRE = 1u << 13, /* frames for the wire */
    EMU_AT_TX_DATA = 1u << 14, /* what is sent: no frame is sent from where it lies */
    EMU_AT_RX_DATA = 1u << 15, /* received data is stored: not by the shortest way */
    EMU_AT_PAUSE = 1u << 16,   /* a PAUSE frame is to be sent */
};

enum emu_fault_phase {
    EMU_FAULT_WAITS, /* for begins */
    EMU_FAULT_ON,
    EMU_FAULT_OVER
};

/* One fault that was set. Plain data: a snapshot may hold it. */
struct emu_fault {
    uint8_t id;    /* enum emu_fault_id */
    uint8_t phase; /* enum emu_fault_phase */
    uint64_t arg;
    struct e1000emu_when when;
    e1000emu_time begins, ends; /* E1000EMU_NEVER: it doesn't */
    e1000emu_time due;          /* next tick of those that come by themselves */
    uint64_t seen, fired;       /* occurrences since it began; how many of them counted */
    uint64_t random;            /* state of its own generator */
};

/* What software wrote, and what hasn't reached the chip yet. */
#define EMU_FAULT_WRITES 32u
struct emu_fault_write {
    uint32_t offset, value;
    e1000emu_time due;
};

/* A write-back on its way to memory. */
#define EMU_FAULT_WRITE_BACKS 64u
struct emu_fault_write_back {
    uint64_t bus, fields;
    e1000emu_time due;
    uint32_t index;
    bool transmit;
    bool swapped; /* goes right behind the next one of its ring */
};

/* What a descriptor was when the chip saw it last. */
#define EMU_FAULT_STALE 64u
struct emu_fault_stale {
    uint64_t bus; /* 0: nothing is known */
    struct emu_descriptor descriptor;
};

/* A frame's luck. */
struct emu_fault_luck {
    uint32_t fired; /* which wire faults */
    uint64_t bit;   /* that is flipped, counted from the first one */
    uint32_t left;  /* bytes after it was cut */
};

/* Longer frames are not held back. */
#define EMU_FAULT_HELD 2048u

/* One direction of the wire. */
struct emu_fault_wire {
    bool held; /* a frame is held back, until the next one has passed or: */
    e1000emu_time due;
    uint32_t length, flags;
    bool waits; /* as the wire does that it came from: it is kept until there is room for it */
    bool drawn; /* the next frame was refused, and its luck is drawn already: */
    struct emu_fault_luck luck;
    uint8_t data[EMU_FAULT_HELD];
};

/* Data that is stored after what follows it. */
#define EMU_FAULT_LATE 64u
struct emu_fault_late {
    uint64_t bus;
    e1000emu_time due;
    uint32_t length; /* 0: none */
    uint8_t data[EMU_FAULT_LATE];
};

struct emu_tx_run;

struct emu_faults {
    struct emu_fault set[E1000EMU_FAULTS_MAX];
    uint32_t count;
    uint32_t seed;
    bool powered;                  /* the chip has been made */
    uint64_t fired[EMU_FAULT_IDS]; /* since the chip was made */

    /* What has fired and goes on. */
    bool misled; /* a fault with misleads has fired */
    bool dirty;  /* the chip is as another driver left it */
    bool removed;
    bool tx_frozen, rx_frozen;                   /* until a reset */
    bool tx_frozen_for_ever, rx_frozen_for_ever; /* or beyond that */
    bool resetting;                              /* CTRL.RST stays one, until: */
    e1000emu_time reset_ends;                    /* E1000EMU_NEVER: power-on or RST# */

    uint32_t writes;
    struct emu_fault_write write[EMU_FAULT_WRITES];
    uint32_t write_backs;
    struct emu_fault_write_back write_back[EMU_FAULT_WRITE_BACKS];
    struct emu_fault_stale stale[2]
                                [EMU_FAULT_STALE]; /* of the receive ring, of the transmit ring */
    struct emu_fault_wire rx, tx;

    /* Of the errata. */
    uint32_t tx_looked;     /* the descriptor whose luck is drawn already, counted from 1 */
    bool tx_after_segments; /* the last packet was segmented */
    e1000emu_time tx_waits; /* until when the transmitter doesn't fetch; 0: it does */
    uint32_t burst_next;    /* the register behind the array's that was written last; 0: none */
    struct emu_fault_late late;
};

/* A row of the table: what everybody may know, and where it acts. */
struct emu_fault_row {
    struct e1000emu_fault pub;
    uint32_t at; /* EMU_AT_* */
    bool ticks;  /* comes by itself, each time arg has passed */
    /* What the chip is and does no longer follows from what software did: the checker can't blame
     * software any more. */
    bool misleads;
    /* It begins (on) or ends, by time, or by being set and cleared. */
    void (*edge)(struct e1000emu *chip, struct emu_fault *fault, bool on);
    void (*tick)(struct e1000emu *chip, struct emu_fault *fault);
};

extern const struct emu_fault_row emu_fault_table[EMU_FAULT_IDS];

/* ---- fault.c -------------------------------------------------------------------------------- */

/* Sets the configuration's faults, before power comes on. Returns what e1000emu_fault_set() does.
 */
int emu_fault_init(struct e1000emu *chip, const struct e1000emu_config *config);
/* The chip has been made: parts may be told of what changes. */
void emu_fault_powered(struct e1000emu *chip);

/* Whether what seems wrong may be a fault's doing, and not software's. */
static inline bool emu_fault_excuses(const struct emu_faults *faults)
{
    return faults->misled || faults->dirty;
}

/* An occurrence for the faults of this kind. The first that fires is returned, or NULL. */
struct emu_fault *emu_fault_fires(struct e1000emu *chip, enum emu_fault_id id);
/* The same for those that strike a frame. */
struct emu_fault *emu_fault_strikes(struct e1000emu *chip, enum emu_fault_id id,
                                    const struct e1000emu_frame *frame);
/* The same for one fault. */
bool emu_fault_counts(struct e1000emu *chip, struct emu_fault *fault);
/* A time from now on, that is never E1000EMU_NEVER. */
e1000emu_time emu_fault_later(const struct e1000emu *chip, e1000emu_time by);
/* A number from 0 to below limit, from the fault's own stream. */
uint64_t emu_fault_random(struct emu_fault *fault, uint64_t limit);
/* Works out again what chip->faulty and the timer depend on. */
void emu_fault_refresh(struct e1000emu *chip);

/* EMU_TIMER_FAULT expired. */
void emu_fault_timer(struct e1000emu *chip);
/* What was set and has been loaded from a snapshot: whether it can be. */
bool emu_fault_possible(const struct emu_fault *fault);
/* Forgets all faults, and what they did. */
void emu_fault_forget(struct e1000emu *chip);
/* The chip has been reset. */
void emu_fault_reset(struct e1000emu *chip, enum e1000emu_reset kind);

/* ---- fault_access.c ------------------------------------------------------------------------- */

/* An access to any space. True: nobody answers. */
bool emu_fault_access(struct e1000emu *chip);
/* A register's value, as software gets it; it is read here. */
uint32_t emu_fault_read(struct e1000emu *chip, uint32_t offset);
/* A register write. False: the chip doesn't get it, now or ever. */
bool emu_fault_write(struct e1000emu *chip, uint32_t offset, uint32_t *value);
/* Posted writes whose time has come, or all of them. */
void emu_fault_post_writes(struct e1000emu *chip, bool all);
void emu_fault_access_reset(struct e1000emu *chip, enum e1000emu_reset kind);
void emu_fault_removed_edge(struct e1000emu *chip, struct emu_fault *fault, bool on);
void emu_fault_reset_edge(struct e1000emu *chip, struct emu_fault *fault, bool on);

/* ---- fault_parts.c -------------------------------------------------------------------------- */

/* Autonegotiation starts. False: it never ends. It may take longer. */
bool emu_fault_autoneg(struct e1000emu *chip, e1000emu_time *lasts);
/* An MDIO transfer ends. True: it is the fault that ends it, or doesn't. */
bool emu_fault_mdio(struct e1000emu *chip, uint32_t command);
/* EERD is to show a word. False: it never does. */
bool emu_fault_eerd(struct e1000emu *chip);
/* EECD.EE_REQ waits for the grant. False: it never comes. */
bool emu_fault_grants(struct e1000emu *chip);
/* A word that software reads. */
uint16_t emu_fault_word(struct e1000emu *chip, uint16_t word);
void emu_fault_dirty(struct e1000emu *chip);
void emu_fault_link_edge(struct e1000emu *chip, struct emu_fault *fault, bool on);
void emu_fault_flap_tick(struct e1000emu *chip, struct emu_fault *fault);
void emu_fault_eeprom_edge(struct e1000emu *chip, struct emu_fault *fault, bool on);
/* The image as the faults that are left would have it. */
void emu_fault_eeprom_mend(struct e1000emu *chip);

/* ---- fault_irq.c ---------------------------------------------------------------------------- */

/* Causes are to be set: those that are left. */
uint32_t emu_fault_causes(struct e1000emu *chip, uint32_t causes);
/* The host is to be told. True: it doesn't hear of it. */
bool emu_fault_loses_interrupt(struct e1000emu *chip);
void emu_fault_spurious_tick(struct e1000emu *chip, struct emu_fault *fault);
void emu_fault_storm_tick(struct e1000emu *chip, struct emu_fault *fault);

/* ---- fault_dma.c ---------------------------------------------------------------------------- */

/* A pass over the transmit ring, frames for the receive ring: whether that side is frozen. */
bool emu_fault_tx_frozen(struct e1000emu *chip);
bool emu_fault_rx_frozen(const struct e1000emu *chip);
/* A descriptor was fetched; it may turn out to be an old one. */
void emu_fault_fetched(struct e1000emu *chip, bool transmit, uint32_t index, uint64_t bus,
                       struct emu_descriptor *descriptor);
/* A descriptor is to be written back. True: not now. */
bool emu_fault_write_back(struct e1000emu *chip, bool transmit, uint32_t index, uint64_t bus,
                          uint64_t fields);
/* It has been: what waited for that follows. */
void emu_fault_written_back(struct e1000emu *chip, bool transmit);
/* Write-backs whose time has come. */
void emu_fault_post_write_backs(struct e1000emu *chip);
/* An access by DMA. True: it fails, with these bits of the PCI status register. */
bool emu_fault_dma(struct e1000emu *chip, bool write, uint16_t *status);
void emu_fault_dma_reset(struct e1000emu *chip);
void emu_fault_tx_frozen_edge(struct e1000emu *chip, struct emu_fault *fault, bool on);
void emu_fault_rx_frozen_edge(struct e1000emu *chip, struct emu_fault *fault, bool on);
void emu_fault_write_back_edge(struct e1000emu *chip, struct emu_fault *fault, bool on);

/* ---- fault_errata.c ------------------------------------------------------------------------- */

/* The transmitter comes to a descriptor. False: it stops there, for some time or until a reset. */
bool emu_fault_descriptor(struct emu_tx_run *run, struct emu_descriptor *descriptor);
/* The link is lost. */
void emu_fault_link_lost(struct e1000emu *chip);
/* The ring was moved: what is known of the descriptor is of no use. */
void emu_fault_forget_descriptor(struct e1000emu *chip);
/* A frame was made longer. */
void emu_fault_padded(struct e1000emu *chip, uint8_t *data, uint32_t length);
/* A part of a packet was stored in a buffer. */
void emu_fault_stored(struct e1000emu *chip, uint64_t bus, uint32_t length);
/* A descriptor was fetched. True: it reads as zero. */
bool emu_fault_fetched_across(struct e1000emu *chip, uint32_t index, uint64_t bus);
/* A frame comes: whether the receiver hangs, and whether (by which fault) it is corrupted. */
bool emu_fault_rdtr_hangs(struct e1000emu *chip);
struct emu_fault *emu_fault_misaligned(struct e1000emu *chip, const struct e1000emu_frame *frame);
/* A PAUSE frame is to be sent. True: it isn't. */
bool emu_fault_no_pause(struct e1000emu *chip);
/* Data is to be written. Returns how much of it is now. */
size_t emu_fault_hold_data(struct e1000emu *chip, uint64_t bus, const uint8_t *data, size_t length);
/* A register is written, by memory or whichever way. True: the write is lost. */
bool emu_fault_reset_lost(struct e1000emu *chip, uint32_t offset, uint32_t value);
bool emu_fault_burst_lost(struct e1000emu *chip, uint32_t offset);
/* What has come due. */
void emu_fault_errata_timer(struct e1000emu *chip);
void emu_fault_errata_reset(struct e1000emu *chip);

/* ---- fault_wire.c --------------------------------------------------------------------------- */

/* e1000emu_receive() and the host's transmit(), frame by frame. */
size_t emu_fault_receive(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                         unsigned flags, uint8_t *verdicts);
size_t emu_fault_transmit(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count);
/* Frames that were held back for one that never came. */
void emu_fault_release(struct e1000emu *chip);
void emu_fault_wire_reset(struct e1000emu *chip);
void emu_fault_pause_tick(struct e1000emu *chip, struct emu_fault *fault);

#endif
