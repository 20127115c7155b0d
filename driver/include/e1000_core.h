/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A portable driver core for Intel's 8254x gigabit Ethernet controllers.
 *
 * It is freestanding C17: no libc but memcpy, memmove, memset and memcmp, no globals, no floating
 * point, no waiting without a bound. The operating system's shell owns all memory, hands in a table
 * of functions (struct e1000_os), and calls:
 *
 *     e1000_attach()     once the device was found on the PCI bus;
 *     e1000_up()         to bring the interface up, e1000_down() to take it down again;
 *     e1000_tick()       when the time it returned has come: resets, EEPROM, autonegotiation and
 * the watchdog advance there; e1000_interrupt()  from the interrupt handler; e1000_receive(),
 * e1000_recycle(), e1000_transmit(), e1000_reap()  for the frames, in batches; e1000_detach() at
 * the end.
 *
 * A device is used by one thread at a time; different devices are independent. Section numbers are
 * those of Intel's Software Developer's Manual 317453, rev. 4.0 (SDM).
 */
#ifndef E1000_CORE_H
#define E1000_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Errors ------------------------------------------------------------------------------- */

/** What functions return beside 0 (success) and counts. */
enum e1000_error {
    E1000_OK = 0,
    E1000_ERR_PARAMETER = -1,   /**< A parameter is missing or out of range. */
    E1000_ERR_NOT_INTEL = -2,   /**< Not an 8254x: vendor or device id unknown. */
    E1000_ERR_UNSUPPORTED = -3, /**< An 8254x that this core does not drive (named in the log). */
    E1000_ERR_BUS = -4,         /**< Memory space or bus mastering can't be switched on, or the
                                 * registers read as all ones. */
    E1000_ERR_RESET = -5,       /**< The reset bit did not clear in time. */
    E1000_ERR_EEPROM = -6,      /**< The EEPROM does not answer. */
    E1000_ERR_CHECKSUM = -7,    /**< The EEPROM's words do not sum up to 0xBABA. */
    E1000_ERR_MAC = -8,         /**< The EEPROM's address is zero, all ones or a group address. */
    E1000_ERR_PHY = -9,         /**< MDIC does not complete, reports an error, or an unknown PHY. */
    E1000_ERR_MEMORY = -10,     /**< The OS had no DMA memory. */
    E1000_ERR_STATE = -11,      /**< Not allowed in the present state. */
};

/** A short English phrase for an error, static, never NULL. */
const char *e1000_strerror(int error);

/* ---- What the core asks of the OS --------------------------------------------------------- */

enum e1000_log_level { E1000_LOG_ERROR, E1000_LOG_WARNING, E1000_LOG_INFO, E1000_LOG_DEBUG };

/** A piece of memory that CPU and device both reach. */
struct e1000_dma {
    void *cpu;    /**< The CPU's address. */
    uint64_t bus; /**< The device's address. */
    size_t size;  /**< Bytes, as asked for. */
    void *handle; /**< The OS's own, untouched by the core. */
};

/** The OS layer. All functions take the context given to e1000_attach(). None may call back into
 * the core. */
struct e1000_os {
    /** The registers behind the memory BAR at 0x10, by byte offset (multiple of 4); little-endian
     * values already converted to the CPU's order. Accesses reach the device in program order. */
    uint32_t (*read32)(void *context, uint32_t offset);
    void (*write32)(void *context, uint32_t offset, uint32_t value);
    /** The I/O BAR, by byte offset; both NULL when the OS can't reach it. The 82540, 82545 and
     * 82546 are reset through it (they can't acknowledge a 64-bit write during a reset). */
    uint32_t (*io_read32)(void *context, uint32_t offset);
    void (*io_write32)(void *context, uint32_t offset, uint32_t value);
    /** PCI configuration space. */
    uint16_t (*config_read16)(void *context, uint32_t offset);
    void (*config_write16)(void *context, uint32_t offset, uint16_t value);
    /** Coherent memory for rings and buffers: size bytes, zeroed, its bus address a multiple of
     * align (a power of two), not crossing a multiple of boundary (a power of two, 0: no such
     * limit). Returns 0, or non-zero with *memory untouched. */
    int (*dma_alloc)(void *context, size_t size, size_t align, size_t boundary,
                     struct e1000_dma *memory);
    void (*dma_free)(void *context, struct e1000_dma *memory);
    /** A receive buffer's bytes now belong to the device (true: until it writes the descriptor
     * back) or to the CPU again (false). For cache maintenance, bounce buffers, or a checker. May
     * be NULL. */
    void (*dma_owner)(void *context, const struct e1000_dma *memory, size_t offset, size_t length,
                      bool device);
    /** Orders all stores to memory before it ahead of register writes after it. NULL where
     * write32 does so itself. */
    void (*barrier)(void *context);
    /** Microseconds since any fixed moment; never goes back. */
    uint64_t (*time_us)(void *context);
    /** Busy-waits; the core asks for at most 1000 µs in one call of its own. */
    void (*delay_us)(void *context, uint32_t us);
    /** Sleeps or busy-waits; only used by e1000_attach(), the synchronous helper. */
    void (*sleep_us)(void *context, uint32_t us);
    /** A line for the log, without newline. May be NULL. */
    void (*log)(void *context, enum e1000_log_level level, const char *line);
    /** The link came up, went down or changed. May be NULL; e1000_get_link() tells too. */
    void (*link_changed)(void *context);
};

/* ---- Parameters --------------------------------------------------------------------------- */

/** How to drive the device. e1000_params_init() fills in the defaults; every value is checked, none
 * is changed silently. */
struct e1000_params {
    const char *name;    /**< Of the interface, for the log, up to 15 bytes: "en0". */
    uint16_t rx_ring;    /**< Descriptors, multiple of 8, 8 to 4096. Default 256. */
    uint16_t tx_ring;    /**< The same for sending. */
    uint16_t rx_buffers; /**< rx_ring to 8192; what is more than the ring can be lent out while the
                          * ring stays full. Default 512. */
    uint16_t rx_buffer_size; /**< 256, 512, 1024, 2048, 4096, 8192 or 16384 bytes. Default 2048. */
    uint32_t max_frame;  /**< Longest frame without FCS and tag, 60 to 16110+14. Default 1514. */
    bool promiscuous;    /**< Receive every address. */
    bool all_multicast;  /**< Receive every group address. */
    bool eeprom_by_eerd; /**< Read the EEPROM by EERD instead of by Microwire. Default false. */
};

void e1000_params_init(struct e1000_params *params);

/* ---- Frames ------------------------------------------------------------------------------- */

enum {
    E1000_FRAG_EOP = 1u << 0,       /**< The frame ends here. */
    E1000_FRAG_BAD_FRAME = 1u << 1, /**< Received with an error (only with store-bad-packets). */
};

/** A fragment: a contiguous piece of one frame. A batch is a flat array of fragments, each frame's
 * last one marked E1000_FRAG_EOP; frames carry no FCS. */
struct e1000_frag {
    void *data;      /**< CPU address of the first byte. */
    uint64_t bus;    /**< The device's address of it. */
    uint32_t length; /**< Bytes. */
    uint32_t flags;  /**< E1000_FRAG_*. */
    /** Sending: the caller's, returned by e1000_reap(). Received: the core's; e1000_recycle() needs
     * it. */
    void *cookie;
};

/* ---- The device --------------------------------------------------------------------------- */

/** Where the device stands. */
enum e1000_state {
    E1000_STATE_DETACHED,
    E1000_STATE_ATTACHING, /**< e1000_tick() is working on it. */
    E1000_STATE_DOWN,      /**< Attached; no traffic. */
    E1000_STATE_STARTING,  /**< e1000_up() was called; being reset and programmed. */
    E1000_STATE_UP,        /**< Rings run; the link may still be down. */
    E1000_STATE_FAILED,    /**< e1000_error() tells why; e1000_detach() and attach again. */
};

/** The link. */
struct e1000_link {
    bool up;
    bool full_duplex;
    bool rx_pause, tx_pause;
    uint16_t mbps; /**< 10, 100, 1000; 0 while down. */
};

/** What was found while attaching. */
struct e1000_identity {
    uint16_t vendor, device, subsystem_vendor, subsystem;
    uint8_t revision;
    uint8_t port;      /**< 0, or 1 on the second port of a dual-port chip. */
    const char *model; /**< "82545EM Copper". */
    uint8_t mac[6];    /**< From the EEPROM. */
    uint16_t eeprom_words;
    uint16_t eeprom_version; /**< EEPROM word 5. */
    uint16_t eeprom_sum;     /**< 0xBABA when valid. */
    uint32_t phy_id;         /**< Registers 2 and 3. */
};

/** What the core has counted since e1000_attach_begin(). The chip's own statistics are not in here.
 */
struct e1000_counters {
    uint64_t rx_frames, rx_bytes; /**< Handed out by e1000_receive(). */
    uint64_t rx_errors;           /**< Dropped: the chip marked an error. */
    uint64_t rx_length_errors;    /**< Dropped: too short, or longer than max_frame. */
    uint64_t rx_overruns;         /**< Interrupts that told of a receiver overrun. */
    uint64_t rescues;             /**< Interrupts that never came and were asked for. */
    uint64_t tx_frames, tx_bytes; /**< Given to the chip. */
    uint64_t tx_refused;          /**< Frames that can never be sent. */
    uint64_t interrupts;          /**< Calls of e1000_interrupt() that had a cause. */
};

/** A device. The caller owns the memory (static, embedded or allocated; sizeof is all it needs);
 * its members are the core's alone. */
struct e1000_dev;
#include "e1000_dev.h"

/** Starts attaching: recognises the PCI id, switches memory space and bus mastering on, and lets
 * e1000_tick() do the rest (reset, EEPROM, MAC address, PHY). os, context and *params must stay
 * until e1000_detach(). Returns 0 (state ATTACHING) or an error that needs no hardware to be found.
 */
int e1000_attach_begin(struct e1000_dev *dev, const struct e1000_os *os, void *context,
                       const struct e1000_params *params);

/** The same, synchronously: ticks and sleeps until DOWN or FAILED, well under a second. */
int e1000_attach(struct e1000_dev *dev, const struct e1000_os *os, void *context,
                 const struct e1000_params *params);

/** Starts bringing the interface up: allocates rings and buffers; the reset and the programming
 * happen in e1000_tick(). Returns 0 (state STARTING) or an error with nothing left behind. */
int e1000_up(struct e1000_dev *dev);

/** Takes the interface down: receiver and transmitter off, interrupts masked, the chip reset,
 * memory returned. Frames not yet sent come back by e1000_reap() before the call, or are forgotten:
 * their cookies are handed to e1000_reap() afterwards. Buffers lent by e1000_receive() must have
 * been returned. Returns 0 or E1000_ERR_STATE. */
int e1000_down(struct e1000_dev *dev);

/** Ends everything; the memory of *dev is the caller's again. Allowed in every state. */
void e1000_detach(struct e1000_dev *dev);

/** Advances what takes time. Returns when it wants to be called next, in the time of time_us();
 * UINT64_MAX: only after something else happened. Calling it early or often is harmless. */
uint64_t e1000_tick(struct e1000_dev *dev);

enum e1000_state e1000_get_state(const struct e1000_dev *dev);
/** Why the state is FAILED, else 0. */
int e1000_get_error(const struct e1000_dev *dev);
void e1000_get_identity(const struct e1000_dev *dev, struct e1000_identity *identity);
void e1000_get_link(const struct e1000_dev *dev, struct e1000_link *link);
void e1000_get_counters(const struct e1000_dev *dev, struct e1000_counters *counters);

/** Writes the report of the last link change, as logged ("Link up on en0, 1-Gigabit, …"), into
 * line[size], always terminated. Returns its full length without the terminator. */
size_t e1000_link_line(const struct e1000_dev *dev, char *line, size_t size);

/* ---- Interrupts --------------------------------------------------------------------------- */

enum {
    E1000_WORK_RX = 1u << 0,   /**< Call e1000_receive() until it has no more. */
    E1000_WORK_TX = 1u << 1,   /**< Call e1000_reap(). */
    E1000_WORK_LINK = 1u << 2, /**< Call e1000_tick(). */
    E1000_WORK_GONE = 1u << 3, /**< The device reads as all ones: it was removed. */
};

/** Reads and clears the causes. Returns E1000_WORK_*; 0 means that another device on the line
 * interrupted. */
unsigned e1000_interrupt(struct e1000_dev *dev);

/* ---- Data path ---------------------------------------------------------------------------- */

/** Takes up to max received fragments (at least 65), never part of a frame. Their buffers are lent
 * until e1000_recycle(). Returns the number of fragments. */
unsigned e1000_receive(struct e1000_dev *dev, struct e1000_frag *frags, unsigned max);

/** Returns buffers that e1000_receive() lent, in any order, and gives them to the chip. */
void e1000_recycle(struct e1000_dev *dev, const struct e1000_frag *frags, unsigned count);

/** Queues whole frames for sending with one doorbell. The memory of each fragment is the chip's
 * until e1000_reap() returned its cookie. Returns how many fragments were taken, always whole
 * frames; the rest did not fit. A frame that can never be sent (under 14 bytes, longer than
 * max_frame (and VLAN tag), an empty fragment, more descriptors than the ring) is taken, counted as
 * an error, and its cookies are handed back. Frames have at most 4096 fragments; more are never
 * taken. A descriptor carries 4096 bytes, and a frame under 60 bytes takes one more. data is only
 * looked at to find the tag of a frame over max_frame, and may be NULL. */
unsigned e1000_transmit(struct e1000_dev *dev, const struct e1000_frag *frags, unsigned count);

/** Takes the cookies of up to max fragments that the chip is done with, in order. After
 * e1000_down() and e1000_detach() that is all of them, while *dev exists. */
unsigned e1000_reap(struct e1000_dev *dev, void **cookies, unsigned max);

/** Free transmit descriptors. */
unsigned e1000_tx_room(const struct e1000_dev *dev);

/* ---- Filters ------------------------------------------------------------------------------ */

/** Sets the multicast list (count addresses of six bytes) and the promiscuous modes, at once when
 * UP, else at the next e1000_up(). Addresses beyond the exact slots use the hash; the list may be
 * of any length up to E1000_MAX_MULTICAST. Returns 0 or E1000_ERR_PARAMETER. */
int e1000_set_filter(struct e1000_dev *dev, bool promiscuous, bool all_multicast,
                     const uint8_t (*addresses)[6], unsigned count);

/* ---- EEPROM and PHY ----------------------------------------------------------------------- */

/** Reads a word (0 to eeprom_words - 1) by the way that the parameters chose; DOWN or UP only, at
 * most 1 ms. May fail in the first 5 ms after e1000_down(), while the chip itself reads the EEPROM.
 */
int e1000_eeprom_read(struct e1000_dev *dev, unsigned word, uint16_t *value);
/** Reads or writes a PHY register (0 to 31) through MDIC; DOWN or UP only, at most 1 ms. Fibre has
 * no PHY: E1000_ERR_PHY. */
int e1000_phy_read(struct e1000_dev *dev, unsigned reg, uint16_t *value);
int e1000_phy_write(struct e1000_dev *dev, unsigned reg, uint16_t value);

#ifdef __cplusplus
}
#endif

#endif
