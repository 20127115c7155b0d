/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * e1000emu: a model of Intel's 82545EM gigabit Ethernet controller.
 *
 * The host creates a chip, lets a driver reach it through configuration space, its BARs and its I/O
 * window, registers the memory that the chip may reach by DMA, hands it frames from the wire, and
 * takes the frames that it sends. The model reads no clock, starts no thread, prints nothing, has
 * no globals, and allocates only in e1000emu_create(). A chip is used by one thread at a time.
 *
 * Section numbers are those of Intel's "PCI/PCI-X Family of Gigabit Ethernet Controllers Software
 * Developer's Manual" (317453, rev. 4.0), written SDM 13.4.1 and so on.
 */
#ifndef E1000EMU_H
#define E1000EMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A chip. Opaque: made by e1000emu_create(), freed by e1000emu_destroy(). */
typedef struct e1000emu e1000emu;

/** Virtual time in nanoseconds since the chip was created. */
typedef uint64_t e1000emu_time;

/** A time that never comes. */
#define E1000EMU_NEVER UINT64_MAX

/* ---- Frames ------------------------------------------------------------------------------- */

/** What the wire knows about a frame beside its bytes (bits of e1000emu_frame.flags). */
enum {
    /** The last four bytes at data are the frame check sequence. Without it the FCS is good and not
     * stored; length then does not count it. */
    E1000EMU_FRAME_FCS = 1u << 0,
    /** Received with a bad FCS. */
    E1000EMU_FRAME_BAD_FCS = 1u << 1,
    /** Received with a number of bits that is no multiple of eight (10 and 100 Mb/s only). */
    E1000EMU_FRAME_ALIGNMENT = 1u << 2,
    /** The PHY reported RX_ER during the frame; 1000BASE-X: it holds bad symbols. */
    E1000EMU_FRAME_SYMBOL = 1u << 3,
    /** The PHY reported a carrier extension error after the frame (1000 Mb/s only). */
    E1000EMU_FRAME_CARRIER = 1u << 4,
    /** 1000BASE-X: its delimiters came in an order that can't be (SDM 13.7.13). Elsewhere nothing.
     */
    E1000EMU_FRAME_SEQUENCE = 1u << 5,
};

/** One Ethernet frame, from the first byte of the destination address. */
struct e1000emu_frame {
    /** Borrowed: valid only during the call that passes it. A frame that is received may not lie in
     * memory that the chip can store to; one that is sent may. */
    const uint8_t *data;
    uint32_t length; /**< Bytes at data, 0 to 65535. */
    uint32_t flags;  /**< E1000EMU_FRAME_*. */
    /** When the last bit passed the wire (received frames; the chip does not use it, sent frames:
     * the chip's time when it gave the frame to the wire). */
    e1000emu_time time;
};

/** What became of a received frame. */
enum e1000emu_verdict {
    E1000EMU_RX_STORED,     /**< In host memory, or in the packet buffer on its way there. */
    E1000EMU_RX_DISABLED,   /**< RCTL.EN = 0, bus mastering off, or the chip in reset. */
    E1000EMU_RX_NO_LINK,    /**< STATUS.LU = 0. */
    E1000EMU_RX_ADDRESS,    /**< The address or the VLAN filter refused it (SDM 3.2.1). */
    E1000EMU_RX_OVERSIZE,   /**< Longer than RCTL.LPE allows. */
    E1000EMU_RX_UNDERSIZE,  /**< Under 64 bytes with FCS. */
    E1000EMU_RX_BAD,        /**< FCS, alignment, symbol or carrier extension error, RCTL.SBP = 0. */
    E1000EMU_RX_OVERRUN,    /**< No descriptors and no room in the packet buffer: MPC, RXO. */
    E1000EMU_RX_MANAGEMENT, /**< For the management controller alone. */
    E1000EMU_RX_VERDICTS
};

/** What becomes of one attempt to send a frame in half duplex (SDM 8.4.2). All zero: it passes. */
struct e1000emu_attempt {
    /** Others are sending, and go on for so many nanoseconds: the chip defers, and asks again
     * behind them. Nothing else counts then. */
    e1000emu_time busy_ns;
    bool collision; /**< Somebody began to send, too. */
    /** In which byte of the frame, from the destination address on. From byte 64 on (of 1000 Mb/s:
     * 512) the collision is a late one. */
    uint32_t byte;
    bool no_carrier; /**< It passes, but carrier sense never showed. */
};

/* ---- What can be watched -------------------------------------------------------------------- */

struct e1000emu_event;   /* see "Watching" below */
struct e1000emu_finding; /* see "Checking" below */

/* ---- What the chip asks of its host ------------------------------------------------------- */

/** The host's callbacks. None may call back into the chip. Any but interrupt and transmit may be
 * NULL. */
struct e1000emu_host {
    void *opaque; /**< First argument of each. */
    /** The level of INTA# changed. */
    void (*interrupt)(void *opaque, bool asserted);
    /** Frames leave for the wire, in order. Returns how many were taken, from the first on; the
     * rest are offered again after e1000emu_transmit_ready(). The bytes are only valid during the
     * call. */
    size_t (*transmit)(void *opaque, const struct e1000emu_frame *frames, size_t count);
    /** The chip begins to send a frame in half duplex, for the first time (number 0) or again after
     * a collision. *outcome is all zero; what is written there becomes of it, and what passes goes
     * to transmit(). NULL: nobody else ever sends, and frames leave as in full duplex. */
    void (*attempt)(void *opaque, const struct e1000emu_frame *frame, unsigned number,
                    struct e1000emu_attempt *outcome);
    /** DMA to an address that no window covers. Return false to fail the access (a PCI master
     * abort). NULL: all of them fail. */
    bool (*dma_read)(void *opaque, uint64_t address, void *data, size_t length);
    bool (*dma_write)(void *opaque, uint64_t address, const void *data, size_t length);
    /** An interrupt message, once software has enabled MSI (profiles that have it). NULL: it is
     * written to memory, like any other DMA. */
    void (*msi)(void *opaque, uint64_t address, uint32_t data);
    /** PME# was asserted: the chip wants the system to wake; or no longer. */
    void (*pme)(void *opaque, bool asserted);
    /** A frame, without FCS, for the management controller; see e1000emu_manage(). Return false if
     * there is no room for it. NULL: nobody takes any. */
    bool (*manage)(void *opaque, const struct e1000emu_frame *frame);
    /** The link or the power state changed, and the controller wants to be told. */
    void (*alert)(void *opaque);
    /** Something happened, while E1000EMU_WATCH_EVENTS or E1000EMU_WATCH_FRAMES is set. The event,
     * and what it points to, is only valid during the call. */
    void (*event)(void *opaque, const struct e1000emu_event *event);
    /** Software broke a rule, while E1000EMU_WATCH_CHECK is set. Only valid during the call, which
     * may look at the chip with e1000emu_recent(), e1000emu_rule_count() and e1000emu_peek(). */
    void (*finding)(void *opaque, const struct e1000emu_finding *finding);
};

/* ---- Profiles ----------------------------------------------------------------------------- */

/** The kinds of reset (SDM 14.7). */
enum e1000emu_reset {
    E1000EMU_RESET_POWER, /**< LAN_PWR_GOOD: everything. */
    E1000EMU_RESET_PCI,   /**< RST#: all but what auxiliary power keeps. */
    E1000EMU_RESET_CTRL,  /**< CTRL.RST, by memory or through the I/O window. */
    E1000EMU_RESETS
};

/** What RAR[0] holds after a reset. Real drivers differ in what they rely on, and chips in what
 * they give; see the profiles. */
enum e1000emu_rar0 {
    E1000EMU_RAR0_ZERO,    /**< All zero, not valid. */
    E1000EMU_RAR0_KEPT,    /**< The address stays, the valid bit goes. */
    E1000EMU_RAR0_GARBAGE, /**< Marked valid, but some other address, made from the seed. */
    E1000EMU_RAR0_EEPROM   /**< The EEPROM's address, valid. */
};

/** What the board connects the chip to. */
enum e1000emu_media {
    E1000EMU_COPPER, /**< Twisted pair, by the internal PHY. */
    E1000EMU_FIBER, /**< 1000BASE-SX or LX; the optics show a signal on software-definable pin 1. */
    E1000EMU_SERDES /**< A backplane. */
};

/** The chips of the family that are modelled. */
enum e1000emu_chip {
    E1000EMU_82545EM,
    E1000EMU_82540EM,
    E1000EMU_82540EP,
    E1000EMU_82545GM,
    E1000EMU_82546EB,
    E1000EMU_82546GB,
};

/** "82545EM", or NULL past the last one. */
const char *e1000emu_chip_name(unsigned chip);

/** Which chip, on which board, with which habits: data only. Copy one and change it to make
 * another. */
struct e1000emu_profile {
    const char *name;
    const char *summary; /**< One line. */
    const char *source;  /**< Where its quirks were seen. */

    enum e1000emu_chip chip; /**< Which errata it has; what else tells chips apart is said below. */
    uint16_t vendor, device;
    uint16_t subsystem_vendor, subsystem;
    uint8_t revision;
    uint8_t mac[6]; /**< Default address, when the configuration gives none. */
    enum e1000emu_media media;
    bool bars_64bit;     /**< 64-bit memory BARs (registers 0x10, flash 0x18, I/O 0x20). */
    bool capabilities;   /**< Has a capability list: power management, PCI-X. */
    bool msi;            /**< The list goes on with MSI, one 64-bit message. */
    uint8_t io_bar;      /**< Where in configuration space the I/O BAR lies; 0: after the flash BAR,
                          * as SDM tables 4-1 and 4-2 have it. */
    uint8_t io_bytes;    /**< Size of the I/O BAR: 8 or 64. */
    bool io_inert;       /**< The I/O BAR is there, but reads as zero and takes no writes. */
    uint32_t flash_size; /**< Bytes, 0 or 64 KiB to 512 KiB: the flash BAR and the ROM BAR. */
    bool aux_power;      /**< Auxiliary power: what woke stays known over RST#, and the function
                          * wakes from D3cold if CTRL.ADVD3WUC says so (SDM 6.3). */
    bool pci_66mhz;      /**< STATUS.PCI66. */
    bool pci_64bit;      /**< STATUS.BUS64. */
    uint8_t pcix_mhz;    /**< The slot is PCI-X at 66, 100 or 133 MHz: STATUS.PCIX_MODE and PCIXSPD;
                          * 0: conventional PCI. */
    bool pci_only;       /**< 32-bit PCI alone (82540): a made EEPROM says so in the PCI-X status,
                          * and CTRL_EXT.RO_DIS is reserved. */
    bool copper_only;    /**< No SerDes (82540): no RXCW and PHY register 26, and
                          * CTRL_EXT.LINK_MODE is reserved. */
    bool dual_port;      /**< An 82546: there may be a second function (e1000emu_config.sibling). */
    bool quad_port;      /**< The board has two such chips, behind a bridge. */
    uint16_t eeprom_words; /**< Of a made EEPROM: 64 or 256; 0: 64. */
    /** What the EEPROM says where it differs from configuration space, which then shows device and
     * subsystem of this profile whatever the EEPROM says. 0: the EEPROM decides. */
    uint16_t eeprom_device, eeprom_subsystem;

    enum e1000emu_rar0 rar0[E1000EMU_RESETS];
    bool rar0_only_unicast; /**< RAR[1] to RAR[15] don't let unicasts in. */
    uint32_t rxt0_missing;  /**< One in so many receive interrupts lacks its cause, ICR.RXT0, and so
                             * doesn't happen; 0: none. */
    /** What reads where there is no register; the manual leaves it open (SDM 13.2). */
    uint32_t absent_reads;
    bool reset_inert;          /**< CTRL.RST clears itself and does nothing else. */
    bool reset_drops_link;     /**< CTRL.RST takes the link down, and it is negotiated again. */
    bool reset_raises_lsc;     /**< ICR.LSC is set after CTRL.RST. */
    e1000emu_time rx_block_ns; /**< How long nothing is received after a write to RCTL. */
    uint32_t itr_floor;        /**< ITR acts as if it were at least this, in 256 ns. */
    bool itr_ignored;          /**< ITR is storage only. */
    bool rps;                  /**< A transmit descriptor's RPS asks for its status as RS does; the
                                * 82545EM has no such bit (SDM 3.3.3). */

    uint16_t phy_id2;         /**< PHY register 3. */
    uint16_t phy_anar;        /**< PHY register 4 after a hardware reset. */
    uint16_t phy_gbcr;        /**< PHY register 9 after a hardware reset. */
    uint16_t phy_pscr;        /**< PHY register 16 after a hardware reset. */
    uint16_t phy_pssr_always; /**< Bits of PHY register 17 that read as one while the link is up. */
    uint16_t phy_gbsr_link;   /**< Bits 15:12 of PHY register 10 once a 1000BASE-T link is up. */
    bool phy_awake;           /**< The PHY knows nothing of D0u and D3 (SDM 11.4). */
    e1000emu_time autoneg_ns; /**< From the (re)start of autonegotiation to link up. */
    e1000emu_time eeprom_load_ns; /**< How long a reset's EEPROM load keeps EE_GNT away. */
};

/** The built-in profile of that name, or NULL. The default is "vmware". */
const struct e1000emu_profile *e1000emu_profile_find(const char *name);

/** The i-th built-in profile, or NULL past the last one. */
const struct e1000emu_profile *e1000emu_profile_at(size_t i);

/* ---- Faults -------------------------------------------------------------------------------- */

/** What a row of the fault table is. */
enum e1000emu_fault_class {
    E1000EMU_FAULT_FIELD,   /**< Something breaks, as it has broken in the field. */
    E1000EMU_FAULT_ERRATUM, /**< What some of the chips do wrong, for drivers to avoid. */
};

/** What the number is that a fault takes. */
enum e1000emu_fault_arg {
    E1000EMU_ARG_NONE,
    E1000EMU_ARG_NUMBER,
    E1000EMU_ARG_TIME,   /**< Nanoseconds. */
    E1000EMU_ARG_CAUSES, /**< Bits of ICR. */
    /** A register's offset; 0x20000: any. */
    E1000EMU_ARG_REGISTER,
    /** A bit of a register: its offset times 32, plus the bit. */
    E1000EMU_ARG_REGISTER_BIT,
    E1000EMU_ARG_WORD_BIT, /**< A bit of an EEPROM word: the word times 16, plus the bit. */
    E1000EMU_ARG_CHOICE,   /**< The index of one of the row's choices. */
};

/** Which parts of struct e1000emu_when a fault takes. */
enum {
    E1000EMU_WHEN_TIME = 1u << 0,   /**< after, lasts. */
    E1000EMU_WHEN_COUNT = 1u << 1,  /**< from, every, times. */
    E1000EMU_WHEN_CHANCE = 1u << 2, /**< chance. */
    E1000EMU_WHEN_ANY = 7u
};

/** What a firing does to the frame that its event names. */
enum e1000emu_fault_effect {
    E1000EMU_FAULT_OTHER,   /**< Nothing: it strikes at something else. */
    E1000EMU_FAULT_LOSES,   /**< It does not arrive. */
    E1000EMU_FAULT_DAMAGES, /**< It arrives, damaged. */
    E1000EMU_FAULT_DOUBLES, /**< It arrives twice. */
    E1000EMU_FAULT_DELAYS,  /**< It arrives after its successor. */
};

/** For an argument: the row's own default, or what the seed chooses where the row says so. */
#define E1000EMU_FAULT_DEFAULT UINT64_MAX

/** One row of the fault table: something that can go wrong. */
struct e1000emu_fault {
    const char *name;    /**< Small letters, digits and dashes. */
    const char *summary; /**< One line. */
    /** What an occurrence is, which may be the n-th, or happen by chance: "a register read". */
    const char *occurrence;
    enum e1000emu_fault_class kind;
    enum e1000emu_fault_arg arg;
    const char *arg_meaning; /**< NULL: it takes none. */
    uint64_t arg_min, arg_max;
    uint64_t arg_default;       /**< E1000EMU_FAULT_DEFAULT: the seed chooses. */
    const char *const *choices; /**< With E1000EMU_ARG_CHOICE: words, then NULL. */
    unsigned whens;             /**< E1000EMU_WHEN_*. */
    enum e1000emu_fault_effect effect;
    bool sent;          /**< The frame is one that leaves, not one that comes. */
    uint32_t chips;     /**< An erratum: who has it, by the bits 1 << enum e1000emu_chip, */
    bool quad;          /**< of them only those on boards with four ports. */
    const char *source; /**< Where it was seen, or where the manual speaks of it. */
};

/** When a fault fires. All zero: at each occurrence, from now on. */
struct e1000emu_when {
    e1000emu_time after; /**< Not in the first so many nanoseconds. */
    e1000emu_time lasts; /**< Only so long; 0: for ever. */
    uint64_t from;       /**< At the n-th occurrence first, counted from 1 and after the above. */
    uint64_t every;      /**< Then at each n-th one; 0 is as 1. */
    uint64_t times;      /**< No more than so often; 0: without limit. */
    uint32_t chance;     /**< Of those, with so many millionths of probability; 0: always. */
};

/** A fault to set. */
struct e1000emu_fault_setting {
    const char *name;
    uint64_t arg; /**< Or E1000EMU_FAULT_DEFAULT. */
    struct e1000emu_when when;
};

/** The most faults that one chip has at a time. */
#define E1000EMU_FAULTS_MAX 32u

/** The i-th row of the fault table, or NULL past the last one. */
const struct e1000emu_fault *e1000emu_fault_at(size_t i);

/** The row of that name, or NULL. */
const struct e1000emu_fault *e1000emu_fault_find(const char *name);

/** Whether it can happen on a profile's board: a fault always, an erratum if the chip has it. Set,
 * it shows with any chip, if the conditions in its summary are met. */
bool e1000emu_fault_applies(const struct e1000emu_fault *fault,
                            const struct e1000emu_profile *profile);

/** Breaks a chip, at any time; the same fault may be set several times. What a fault leaves to
 * chance comes from the chip's seed and from a stream of its own, so that one fault does not change
 * what another one does. Faults stay through resets. Returns 0, -ENOENT (no such fault), -EINVAL
 * (an argument out of its range, or a when that the fault does not take) or -ENOSPC. */
int e1000emu_fault_set(e1000emu *chip, const struct e1000emu_fault_setting *setting);

/** Mends it: removes the faults of that name, or with NULL all of them. What they did to the chip's
 * state stays until a reset. */
void e1000emu_fault_clear(e1000emu *chip, const char *name);

/** How often faults of that name have fired since the chip was made. */
uint64_t e1000emu_fault_fired(const e1000emu *chip, const char *name);

/* ---- Life --------------------------------------------------------------------------------- */

/** How to make a chip. Zero-initialise, then set what matters; nothing is kept by reference. */
struct e1000emu_config {
    const struct e1000emu_profile *profile; /**< NULL: vmware. */
    const uint8_t *mac;     /**< Six bytes, NULL: the profile's. Not used with an EEPROM image. */
    const uint16_t *eeprom; /**< Image of 64 or 256 words, NULL: made from profile and MAC. */
    size_t eeprom_words;
    /** What the flash holds (SDM 5.7), 1 to 512 KiB in flash_bytes: the part is the smallest of 64,
     * 128, 256 and 512 KiB that has room, the rest of it is erased, and it shows again and again in
     * a larger BAR. NULL and 0: erased, as large as the profile's BAR. */
    const uint8_t *flash;
    size_t flash_bytes;
    uint32_t seed; /**< For what a profile or a fault leaves to chance. */
    /** Every frame is copied into the packet buffer, where diagnostics see it (SDM 13.8): not only
     * those that wait. It costs a copy a frame. */
    bool store_frames;
    unsigned watch; /**< E1000EMU_WATCH_*: who is told of events from power-on, that included. */
    /** The chip may see accesses later than software makes them, as through a trapped BAR or posted
     * writes: rules about order and time are left out. */
    bool sampled;
    /** Faults that are there when power comes on. */
    const struct e1000emu_fault_setting *faults;
    size_t fault_count;
    struct e1000emu_host host;
    /** The other function of the same 82546: a chip that was made with a profile of two ports and
     * isn't yet one of two. See "Two ports" below. NULL: this one is alone. */
    e1000emu *sibling;
    /** This is LAN B. Without a sibling, LAN A is strapped off (SDM 12.5). */
    bool lan_b;
};

/*
 * Two ports (SDM 12). An 82546 is two chips in this interface, one a function. Make LAN A, then LAN
 * B with LAN A as its sibling (or the other way round), and both are functions of one device:
 * header type 80h, LAN A function 0. A function that is made without a sibling of its own profile
 * is an 82546 whose other LAN is strapped off: a single-function device on INTA#.
 *
 * Everything is each function's own (registers, BARs, PHY, DMA windows, callbacks, clock) but:
 * - EEPROM and flash are one. The second function takes them from the first, with the profile: its
 *   own configuration of these isn't used. LAN B's address is the EEPROM's with the last bit
 *   inverted, and words 10h, 11h and 13h to 1Eh are what 20h, 0Dh and 23h to 2Eh are to LAN A.
 * - EECD.EE_GNT is given to one function at a time, and the hardware's reads (resets, EERD) wait
 *   for the other one's to end. So what is done to one may start work of the other: ask both for
 *   their next event.
 * - e1000emu_reset() by POWER or PCI resets both; CTRL.RST and D3 only the function itself.
 * - Each one's snapshot has what they share: save both at the same time, and load both.
 *
 * Make both before either is used. Both belong to the same thread, and are advanced to the same
 * times. Either may be destroyed first: the other keeps EEPROM and flash. A quad port board is two
 * such pairs behind a bridge, which is the host's to show.
 */

/** Makes a chip that has just been powered on. *chip is the caller's until e1000emu_destroy().
 * Returns 0, -EINVAL (missing callback, EEPROM or flash of another size, a sibling that can't be),
 * -ENOMEM, or what e1000emu_fault_set() says of a fault. */
int e1000emu_create(e1000emu **chip, const struct e1000emu_config *config);
void e1000emu_destroy(e1000emu *chip);

/** Resets the chip from outside: power or RST# (SDM 14.7). CTRL is accepted too, as if software had
 * written it. */
void e1000emu_reset(e1000emu *chip, enum e1000emu_reset kind);

/** Moves the chip's clock to now and runs what has come due. Never goes back: an earlier time is
 * taken as no time passed. A call runs 256 events at most, because software can set up what keeps
 * itself going, like PAUSE frames in a loop. If more have come due, the clock stays at the last one
 * that ran and e1000emu_next_event() is not after now: call again. */
void e1000emu_advance(e1000emu *chip, e1000emu_time now);

/** When e1000emu_advance() next has something to do; E1000EMU_NEVER when nothing is pending. Work
 * that a doorbell left over shows as a time that has already come. */
e1000emu_time e1000emu_next_event(const e1000emu *chip);

/* ---- PCI ---------------------------------------------------------------------------------- */

/** Configuration space. width is 1, 2 or 4 bytes and offset aligned to it; anything else reads as
 * ones and writes nothing. */
uint32_t e1000emu_config_read(e1000emu *chip, unsigned offset, unsigned width);
void e1000emu_config_write(e1000emu *chip, unsigned offset, unsigned width, uint32_t value);

/** The spaces behind the BARs; and configuration space, which has functions of its own and is named
 * here for events only. */
enum e1000emu_space {
    E1000EMU_REGISTERS,
    E1000EMU_FLASH,
    E1000EMU_IO,
    E1000EMU_ROM,
    E1000EMU_CONFIG
};

/** An access to a BAR's space at an offset from its base, width 1, 2, 4 or 8 bytes. While the
 * command register does not enable the space, reads return ones and writes are lost, as on a bus
 * where nobody answers. Registers want aligned 32-bit accesses: narrower writes are ignored,
 * narrower reads read (and clear) the whole register; 64-bit accesses reach two registers
 * (SDM 13.2). */
uint64_t e1000emu_bar_read(e1000emu *chip, enum e1000emu_space space, uint32_t offset,
                           unsigned width);
void e1000emu_bar_write(e1000emu *chip, enum e1000emu_space space, uint32_t offset, unsigned width,
                        uint64_t value);

/** The fast path of the above: one aligned register. */
uint32_t e1000emu_read32(e1000emu *chip, uint32_t offset);
void e1000emu_write32(e1000emu *chip, uint32_t offset, uint32_t value);

/** Copies what the flash holds now, for keeping it, as far as size bytes have room for it. Returns
 * how large it is; 0: the board has none. */
size_t e1000emu_flash(const e1000emu *chip, uint8_t *bytes, size_t size);

/** The present level of INTA#. Never asserted while MSI is enabled. */
bool e1000emu_interrupt_level(const e1000emu *chip);

/** Whether PME# is asserted now (SDM 6.4): the chip wants the system to wake. */
bool e1000emu_pme_level(const e1000emu *chip);

/* ---- The management controller (SDM 5.6) ---------------------------------------------------- */

/*
 * A controller on the SMBus may send and receive beside the host's driver, also while there is
 * none. EEPROM word 23h enables it (MANC.SMBUS_EN; ASF_EN has a controller inside the chip, which
 * is the host's part here, too) and chooses the frames that it gets: those go to the host only if
 * MANC.EN_MNG2HOST says so. MGTPRC, MGTPDC and MGTPTC count.
 */

enum {
    E1000EMU_MANAGE_RECEIVE = 1u << 0, /**< Frames that MANC's filters choose. */
    E1000EMU_MANAGE_ALL = 1u << 1,     /**< All frames. */
    E1000EMU_MANAGE_STATUS = 1u << 2   /**< Call alert when the status changes. */
};

/** The controller's choice, which is what it was told last (MANC bits 17 to 19; no reset but
 * power-on takes it back). Without MANC.SMBUS_EN and ASF_EN nothing happens. */
void e1000emu_manage(e1000emu *chip, unsigned what);

/** The chip's address on the SMBus, 7 bits, from EEPROM word 24h; 0: it isn't there. */
unsigned e1000emu_manage_address(const e1000emu *chip);

/** The controller sends a frame of 14 to 1514 bytes, without FCS; a short one is padded. It doesn't
 * wait for the host's frames, and in half duplex for nobody. Returns 0, -EINVAL (length), -ENETDOWN
 * (management disabled, or no link) or -EAGAIN (paused by the partner, or the wire has no room). */
int e1000emu_manage_send(e1000emu *chip, const void *data, size_t length);

/** The controller resets the chip as CTRL.RST does, if MANC.R_ON_FORCE lets it; returns whether.
 * MANC.TCO_RESET tells software. */
bool e1000emu_manage_reset(e1000emu *chip);

/* ---- DMA ---------------------------------------------------------------------------------- */

enum { E1000EMU_DMA_READ = 1u << 0, E1000EMU_DMA_WRITE = 1u << 1 };

/** Lets the chip reach length bytes of host memory at a bus address. memory must stay until the
 * window is removed. rights are seen from the chip: READ lets it fetch, WRITE lets it store.
 * Returns 0, -EINVAL (empty, wraps, no memory), -EEXIST (overlaps a window) or -ENOSPC. */
int e1000emu_dma_map(e1000emu *chip, uint64_t bus, uint64_t length, void *memory, unsigned rights);

/** Removes the window that was mapped at exactly this place. Returns 0 or -ENOENT. */
int e1000emu_dma_unmap(e1000emu *chip, uint64_t bus, uint64_t length);

/* ---- Wire --------------------------------------------------------------------------------- */

/** What the partner at the other end of the cable can do (bits of e1000emu_partner.abilities). */
enum {
    E1000EMU_10_HALF = 1u << 0,
    E1000EMU_10_FULL = 1u << 1,
    E1000EMU_100_HALF = 1u << 2,
    E1000EMU_100_FULL = 1u << 3,
    E1000EMU_1000_HALF = 1u << 4,
    E1000EMU_1000_FULL = 1u << 5,
    E1000EMU_PAUSE = 1u << 6,
    E1000EMU_PAUSE_ASYMMETRIC = 1u << 7,
};

/** What a 1000BASE-X partner does about autonegotiation. */
enum e1000emu_sends {
    E1000EMU_SENDS_CONFIG, /**< It negotiates: configuration words, until both have agreed. */
    E1000EMU_SENDS_IDLE,   /**< It doesn't: idles and frames only. */
    E1000EMU_SENDS_NOISE   /**< There is light, but nothing that the chip could recognise in it. */
};

/** The other end. A new chip has a cable to a partner with all abilities but pause. */
struct e1000emu_partner {
    bool cable;         /**< Plugged in, and the partner powered. */
    uint32_t abilities; /**< E1000EMU_10_HALF and so on; of 1000BASE-X those that it has. */
    /** 1000BASE-X only. */
    enum e1000emu_sends sends;
    /** Likewise, in its word: 0 none, 1 link failure, 2 offline, 3 no common ability (IEEE 802.3
     * table 37-3). */
    unsigned remote_fault;
};

/** Plugs or unplugs the cable, or changes the partner: autonegotiation starts again. */
void e1000emu_set_partner(e1000emu *chip, const struct e1000emu_partner *partner);

/** The link as the wire sees it. */
struct e1000emu_link {
    bool up;
    bool full_duplex;
    unsigned mbps; /**< 10, 100 or 1000; meaningful while up. */
};
void e1000emu_get_link(const e1000emu *chip, struct e1000emu_link *link);

/** Which of the four LEDs are lit now (bit n: LED n), as LEDCTL says (SDM 13.4.15). Blinking and
 * activity depend on the chip's time. */
unsigned e1000emu_get_leds(const e1000emu *chip);

/** Drives a software-definable pin from outside: pin 0, 1, 6 or 7. Until it is driven for the first
 * time, a pin that is an input reads as it was written. What is driven on an output has no effect.
 * Inputs 6 and 7 interrupt when they go high, if CTRL_EXT wants it (SDM 13.4.6). */
void e1000emu_set_sdp(e1000emu *chip, unsigned pin, bool high);

/** What the chip drives on pin 0, 1, 6 or 7: 0, 1, or -1 while it is an input. */
int e1000emu_get_sdp(const e1000emu *chip, unsigned pin);

enum {
    /** Stop at the first frame that would have to wait for a descriptor, instead of buffering or
     * dropping it: back-pressure for a wire that can hold it. */
    E1000EMU_RECEIVE_WAIT = 1u << 0,
};

/** Frames arrive from the wire, in order. Each is copied once. Returns how many were dealt with,
 * from the first on (all of them without E1000EMU_RECEIVE_WAIT); verdicts[i] (may be NULL) tells
 * what became of frame i. Interrupt causes are raised once the batch is in memory. */
size_t e1000emu_receive(e1000emu *chip, const struct e1000emu_frame *frames, size_t count,
                        unsigned flags, uint8_t *verdicts);

/** The wire has room again after transmit() took less than all: the chip goes on sending. */
void e1000emu_transmit_ready(e1000emu *chip);

/* ---- Watching ------------------------------------------------------------------------------- */

/** Who is told of events (bits for e1000emu_watch()). Nothing is watched on a new chip; while
 * nothing is, events cost nothing. */
enum {
    E1000EMU_WATCH_EVENTS = 1u << 0, /**< The host's event(). */
    E1000EMU_WATCH_CHECK = 1u << 1,  /**< The checker, and so the host's finding(). */
    E1000EMU_WATCH_DEEP = 1u << 2,   /**< With CHECK: also the rules that look twice at memory. */
    E1000EMU_WATCH_FRAMES = 1u << 3, /**< The host's event(), for frames and faults only. */
};

/** Starts or stops watching: the bits of mask that are set in who start, the others stop. */
void e1000emu_watch(e1000emu *chip, unsigned mask, unsigned who);

/** What happened. */
enum e1000emu_event_kind {
    E1000EMU_EVENT_READ,       /**< access: software read; value is what it got. */
    E1000EMU_EVENT_WRITE,      /**< access: software is about to write value. What the write brings
                                * about follows. */
    E1000EMU_EVENT_FETCH,      /**< descriptor: the chip took it from a ring. */
    E1000EMU_EVENT_WRITE_BACK, /**< descriptor: the chip gave it back; only fields is written. */
    E1000EMU_EVENT_DMA_FAILED, /**< dma: an access reached no memory (a master abort). */
    E1000EMU_EVENT_CAUSE,      /**< causes: bits of ICR are being set. */
    E1000EMU_EVENT_INTERRUPT,  /**< interrupt: INTA# changed, or a message was sent. */
    E1000EMU_EVENT_RECEIVED,   /**< frame: it came from the wire, and what became of it. Faults have
                                * done their work by then. */
    E1000EMU_EVENT_SENT,       /**< frame: the wire took it. Faults do their work after it. */
    E1000EMU_EVENT_RESET,      /**< reset: it is about to happen. */
    E1000EMU_EVENT_LINK,       /**< link: STATUS.LU changed. */
    E1000EMU_EVENT_FAULT,      /**< fault: it fires; what it brings about follows. */
    E1000EMU_EVENT_KINDS
};

/** One event, with the member that its kind names. */
struct e1000emu_event {
    e1000emu_time time;
    enum e1000emu_event_kind kind;
    union {
        struct {
            enum e1000emu_space space;
            uint32_t offset; /**< Within the space. */
            unsigned width;  /**< Bytes. */
            uint64_t value;
            /** The register was reached through IODATA; an access to E1000EMU_IO is told of, too.
             */
            bool indirect;
        } access;
        struct {
            bool transmit; /**< Which ring. */
            uint32_t index;
            uint64_t bus;             /**< Where it lies. */
            uint64_t address, fields; /**< Its two quadwords, as numbers. */
        } descriptor;
        struct {
            uint64_t bus, length;
            bool write; /**< The chip wanted to store. */
        } dma;
        uint32_t causes;
        struct {
            bool level;   /**< Of INTA#. */
            bool message; /**< MSI. */
        } interrupt;
        struct {
            const struct e1000emu_frame *frame;
            enum e1000emu_verdict verdict; /**< Of a received frame. */
        } frame;
        enum e1000emu_reset reset;
        struct e1000emu_link link;
        struct {
            const struct e1000emu_fault *row;
            uint64_t fired; /**< How often by now. */
            /** The frame that it strikes, as it was before; NULL for E1000EMU_FAULT_OTHER. */
            const struct e1000emu_frame *frame;
        } fault;
    } u;
};

/* ---- Checking ------------------------------------------------------------------------------- */

/** What it means that a rule was broken. */
enum e1000emu_rule_class {
    E1000EMU_VIOLATION, /**< The manual forbids it, or it can't work: the driver is wrong. */
    E1000EMU_ERRATUM,   /**< A known fault of chips of this family makes it dangerous. */
    E1000EMU_ADVICE,    /**< Allowed, but rarely what is wanted. */
};

/** A rule that a driver can break. */
struct e1000emu_rule {
    const char *id;       /**< "mdic-busy"; stays the same for good. */
    const char *sentence; /**< What is wrong, and what to do instead. */
    const char *section;  /**< Of the manual, or where else it is written. */
    enum e1000emu_rule_class severity;
    bool deep;             /**< Looks twice at memory: needs E1000EMU_WATCH_DEEP. */
    bool order;            /**< About order or time: left out on a chip that is sampled. */
    const char *number[2]; /**< What the numbers of a finding are, or NULL. */
};

/** The i-th rule, or NULL past the last one. */
const struct e1000emu_rule *e1000emu_rule_at(size_t i);

/** The rule of that id, or NULL. */
const struct e1000emu_rule *e1000emu_rule_find(const char *id);

/** A rule was broken. Each is told of once for each cause (register, descriptor), a few times at
 * most; e1000emu_rule_count() goes on counting. */
struct e1000emu_finding {
    const struct e1000emu_rule *rule;
    /** The access, the descriptor or the DMA that broke it, or at which that showed. */
    const struct e1000emu_event *event;
    uint64_t number[2]; /**< See the rule. */
    uint64_t count;     /**< How often this rule was broken, this time included. */
};

/** How often the i-th rule has been broken since the checker was started. */
uint64_t e1000emu_rule_count(const e1000emu *chip, size_t i);

/** An access of software, as the checker remembers it. */
struct e1000emu_access {
    e1000emu_time time; /**< Of the last one, when it was repeated. */
    uint64_t value;
    uint32_t offset; /**< Within the space. */
    uint32_t times;  /**< How often in a row it was the same, with the same value. */
    uint8_t space;   /**< enum e1000emu_space. */
    uint8_t width;   /**< Bytes. */
    bool write;
    bool indirect; /**< Through IODATA. */
};

/** Copies the last accesses, at most max of them, oldest first; the present one is the last.
 * Returns how many: up to 64 while the checker is on. */
size_t e1000emu_recent(const e1000emu *chip, struct e1000emu_access *to, size_t max);

/* ---- Snapshots ------------------------------------------------------------------------------ */

#define E1000EMU_SNAPSHOT_NAME 32u

/** What a snapshot says about itself. */
struct e1000emu_snapshot {
    uint32_t version; /**< Of the format. */
    uint32_t layout;  /**< Stands for what the chip of that build consists of. */
    char profile[E1000EMU_SNAPSHOT_NAME]; /**< Name of the profile, cut to 31 characters. */
    e1000emu_time time;                   /**< When it was saved. */
};

/** The size in bytes that a snapshot of the chip would have now. */
size_t e1000emu_snapshot_size(const e1000emu *chip);

/** Saves the chip's whole state, but for what is the host's: its callbacks, the windows of DMA and
 * what lies in them, and who watches. May not be called inside a callback. Returns the bytes
 * stored, or 0 if size is less than e1000emu_snapshot_size(). */
size_t e1000emu_save(const e1000emu *chip, void *buffer, size_t size);

/** Gives a chip the state that another one of the same profile was saved in; the windows of DMA
 * must be there again, with what was in them, before the chip goes on. Its time is that of the
 * snapshot then. Tells the host of the levels of INTA# and PME# if they are others than before.
 *
 * Returns 0, or, the chip being as it was: -EINVAL (no snapshot), -ENOTSUP (of another version or
 * build, or with a flash of another size), -ENODATA (the end is missing), -EMSGSIZE (something
 * follows it), -EBADMSG (the check sum is wrong), -EXDEV (another profile's). -ERANGE: it holds
 * what no chip can be in; the chip is then as after power-on. A snapshot of any origin can do no
 * other harm. */
int e1000emu_load(e1000emu *chip, const void *snapshot, size_t size);

/** What a snapshot says about itself. Returns as e1000emu_load(), but looks at no more than that
 * and the check sum. */
int e1000emu_snapshot_look(const void *snapshot, size_t size, struct e1000emu_snapshot *about);

/* ---- Looking inside ----------------------------------------------------------------------- */

/** How a register behaves (bits of e1000emu_register.flags). */
enum {
    E1000EMU_REG_READ_CLEARS = 1u << 0,   /**< Reading clears it. */
    E1000EMU_REG_WRITE1_CLEARS = 1u << 1, /**< Writing a one clears that bit. */
    E1000EMU_REG_WRITE_ONLY = 1u << 2,    /**< Reads return zero. */
    E1000EMU_REG_SELF_CLEARING = 1u << 3, /**< Has bits that hardware clears. */
    E1000EMU_REG_ALIAS = 1u << 4,         /**< Another address of the register at alias_of. */
    E1000EMU_REG_DIAGNOSTIC = 1u << 5,    /**< For diagnostics only. */
    E1000EMU_REG_WRITE1_SETS = 1u << 6,   /**< Writing a one sets that bit, a zero does nothing. */
};

/** What is special about a field (bits of e1000emu_field.flags). */
enum {
    E1000EMU_FIELD_RESERVED = 1u << 0, /**< Nameless bits that can be stored, or read as one. */
    E1000EMU_FIELD_ACTION = 1u << 1,   /**< A one that is written acts, and isn't stored. */
};

/** A field of a register, or of a quadword of a descriptor. */
struct e1000emu_field {
    const char *name;     /**< As in the datasheet; "-": reserved. */
    uint8_t shift, width; /**< Bits. */
    uint32_t flags;       /**< E1000EMU_FIELD_*. */
    const char *meaning;  /**< A few words, with the unit. */
    /** A name for each of its 1 << width values, or NULL where one has none; NULL: a number. */
    const char *const *values;
};

/** The value of a field in a register or a quadword. */
static inline uint64_t e1000emu_field_get(const struct e1000emu_field *field, uint64_t value)
{
    return value >> field->shift & (UINT64_MAX >> (64 - field->width));
}

/** One row of the register table: a register, or an array of count registers stride bytes apart. */
struct e1000emu_register {
    uint32_t offset;
    uint32_t count, stride;
    const char *name;
    const char *meaning; /**< One line. */
    const char *section; /**< Of the manual, "13.4.1". */
    uint32_t reset;      /**< Value after power-on, before the EEPROM is loaded. */
    /** Bits that each kind of reset leaves as they are. */
    uint32_t kept[E1000EMU_RESETS];
    uint32_t read_mask;  /**< Bits that can read as one. */
    uint32_t write_mask; /**< Bits that software can store. */
    uint32_t flags;      /**< E1000EMU_REG_*. */
    uint32_t alias_of;   /**< With E1000EMU_REG_ALIAS: the offset of the first aliased register. */
    const char *todo;    /**< Behaviour that is still missing, or NULL. */
    /** Its fields, from the low bits up; NULL where the value is one number of 32 bits, and for an
     * alias. */
    const struct e1000emu_field *fields;
    uint32_t field_count;
};

/** The i-th row in order of offset, or NULL past the last one. */
const struct e1000emu_register *e1000emu_register_at(size_t i);

/** The register at an offset of BAR 0 (of an alias: the register proper), or NULL. *index (may be
 * NULL) tells which one of an array, else 0. */
const struct e1000emu_register *e1000emu_register_find(uint32_t offset, uint32_t *index);

/** A kind of descriptor: the fields of its two quadwords, as numbers (SDM 3.2.3, 3.3). */
struct e1000emu_descriptor {
    const char *name; /**< "receive", "legacy", "context" or "data". */
    const char *section;
    const struct e1000emu_field *address_fields; /**< Of the first. */
    uint32_t address_field_count;
    const struct e1000emu_field *fields; /**< Of the second. */
    uint32_t field_count;
};

/** What kind of descriptor has this second quadword, in the transmit or the receive ring. */
const struct e1000emu_descriptor *e1000emu_descriptor_of(bool transmit, uint64_t fields);

/** The stored value at an offset without any side effect (no clear on read); 0 where there is no
 * register. For dumps and tests. */
uint32_t e1000emu_peek(const e1000emu *chip, uint32_t offset);

#ifdef __cplusplus
}
#endif

#endif
