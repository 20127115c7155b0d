/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A portable driver core for Intel's 8254x gigabit Ethernet controllers.
 *
 * It is freestanding C17: no libc but memcpy, memmove, memset and memcmp, no globals, no floating
 * point, no waiting without a bound. The operating system's shell owns all memory, hands in a table
 * of functions (struct e1000_os), and calls:
 *
 *     e1000_attach_begin()  once the device was found on the PCI bus; or e1000_attach(), which
 *                           waits;
 *     e1000_tick()          when the time that it returned has come: resets, EEPROM,
 *                           autonegotiation, watchdog and all else that takes time advance there;
 *     e1000_up()            to bring the interface up, e1000_down() to take it down again;
 *     e1000_interrupt()     from the interrupt handler;
 *     e1000_receive(), e1000_recycle(), e1000_transmit(), e1000_reap()
 *                           for the frames, in batches;
 *     e1000_detach()        at the end.
 *
 * README.md shows a complete shell; what else there is can be left alone until it is wanted.
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
    E1000_ERR_UNSUPPORTED = -3, /**< An 8254x that this core does not drive, or that can't do what
                                 * the parameters ask for (named in the log). */
    E1000_ERR_BUS = -4,         /**< Memory space or bus mastering can't be switched on, or the
                                 * registers read as all ones. */
    E1000_ERR_RESET = -5,       /**< The reset bit did not clear in time. */
    E1000_ERR_EEPROM = -6,      /**< The EEPROM does not answer. */
    E1000_ERR_CHECKSUM = -7,    /**< The EEPROM's words do not sum up to 0xBABA. */
    E1000_ERR_MAC = -8,         /**< The EEPROM's address is zero, all ones or a group address. */
    E1000_ERR_PHY = -9,         /**< MDIC does not complete, reports an error, or an unknown PHY. */
    E1000_ERR_MEMORY = -10,     /**< The OS had no DMA memory. */
    E1000_ERR_STATE = -11,      /**< Not allowed in the present state. */
    E1000_ERR_LOCKED = -12,     /**< The EEPROM is write-protected: e1000_eeprom_unlock(). */
    E1000_ERR_VERIFY = -13,     /**< The EEPROM does not hold what was written. */
    E1000_ERR_TEST = -14,       /**< A part of the self-test failed: e1000_get_selftest(). */
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

/** Kinds of link (bits of e1000_media.advertise). */
enum {
    E1000_10_HALF = 1u << 0,
    E1000_10_FULL = 1u << 1,
    E1000_100_HALF = 1u << 2,
    E1000_100_FULL = 1u << 3,
    E1000_1000_FULL = 1u << 4, /**< These chips have no half duplex at 1000 Mb/s (8.4). */
    E1000_EVERY_LINK = 0x1F,
};

/** Flow control, seen from here; RX: we obey the partner's PAUSE frames, TX: we send them. */
enum e1000_pause { E1000_PAUSE_NONE, E1000_PAUSE_RX, E1000_PAUSE_TX, E1000_PAUSE_FULL };

enum e1000_crossover {
    E1000_CROSSOVER_AUTO,
    E1000_CROSSOVER_OFF, /**< MDI */
    E1000_CROSSOVER_ON,  /**< MDI-X */
};

/** How to make a link. */
struct e1000_media {
    /** The kinds of link to offer: default all. Fibre has 1000_FULL only, and offers that when it
     * is among them. Not negotiating: exactly one. */
    uint16_t advertise;
    /** Don't negotiate: be what advertise says, for partners that don't negotiate either. Not for
     * 1000 Mb/s over copper, which can't do without (IEEE 802.3, 40.5). */
    bool forced;
    /** The pausing to negotiate, default FULL. It happens if the partner agrees (annex 28B). With
     * forced it is simply done, in full duplex. */
    uint8_t pause;
    /** Default AUTO; forced copper links have none, and take AUTO for OFF. */
    uint8_t crossover;
    bool loopback; /**< What is sent is received, inside the PHY or SerDes; 1000 full duplex. */
};

/** Who looks for work. */
enum e1000_interrupts {
    E1000_INTERRUPTS_DIRECT, /**< e1000_interrupt() tells what to do; the next one may come at once.
                              */
    E1000_INTERRUPTS_MASKED, /**< e1000_interrupt() silences the chip, until e1000_poll() has found
                              * that there is nothing left to receive. */
    E1000_INTERRUPTS_NONE,   /**< The chip never interrupts; e1000_poll() is called all the time. */
};

/** How interrupts are kept apart (13.4.18). */
enum e1000_moderation {
    E1000_MODERATION_OFF,
    E1000_MODERATION_FIXED,    /**< At most interrupt_rate a second. */
    E1000_MODERATION_ADAPTIVE, /**< By the traffic: about 70,000 for frames that somebody waits for,
                                * under 20,000 for many small ones, 4000 for bulk, and below 1000
                                * Mb/s. A frame that comes alone is told of at once. */
};

/** How interrupts travel. */
enum e1000_msi {
    E1000_MSI_OFF,    /**< By the interrupt line. */
    E1000_MSI_ON,     /**< As messages; refused where identity.msi says that these get lost. */
    E1000_MSI_FORCED, /**< As messages all the same. */
};

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
    struct e1000_media media; /**< How to make a link, until e1000_set_media(). */

    bool rx_checksum;  /**< Let the chip check IPv4, TCP and UDP checksums. Default true. */
    bool tx_offload;   /**< Allow E1000_FRAG_IP_CSUM, TCP_CSUM, UDP_CSUM and TSO; takes 256 bytes of
                        * DMA memory for each descriptor. Default true. */
    bool vlan_offload; /**< Strip tags from received frames; allow E1000_FRAG_TAGGED. */
    bool store_bad;    /**< Hand out frames with errors too, marked E1000_FRAG_BAD_FRAME. */
    uint16_t copybreak;  /**< Received frames up to so many bytes that lie in one buffer are copied
                          * into small ones, as long as some of the 256 are left, and the large one
                          * goes back to the chip at once. 0 to 1024; default 0: never. */
    uint16_t tx_restart; /**< Free descriptors that end e1000_tx_stopped(), below tx_ring. Default
                          * 0: a quarter of the ring. */
    bool
        tx_on_demand;   /**< Sent frames raise no interrupt unless e1000_tx_stopped(), or nobody has
                         * reaped them for a watchdog period: for callers that reap when they send. */
    uint8_t interrupts; /**< enum e1000_interrupts. Default DIRECT. */
    uint8_t moderation; /**< enum e1000_moderation. Default ADAPTIVE. */
    uint32_t interrupt_rate; /**< Of FIXED, a second: 60 to 100,000, default 8000. */
    /** The chip's delay timers RDTR, RADV, TIDV and TADV in units of 1.024 µs (13.4.30, 31, 41,
     * 44). Default 0: no delay. The absolute limits act only together with the other one. */
    uint16_t rx_delay, rx_delay_limit, tx_delay, tx_delay_limit;
    bool rx_delay_forced; /**< rx_delay may stop the receiver of a chip of this family, until that
                           * is found and the chip reset: moderation is the safe way, and the
                           * timer is refused unless this is set. */
    uint8_t msi;          /**< enum e1000_msi. */
    uint16_t msi_data;    /**< What the chip writes where, for a message. */
    uint64_t msi_address; /**< A multiple of 4. */
};

void e1000_params_init(struct e1000_params *params);

/** What the i-th parameter is called and which values it may have, for a configuration's parser;
 * false past the last one. A parameter that e1000_attach_begin() refuses is named in the log. */
struct e1000_range {
    const char *name;    /**< As in struct e1000_params: "rx_ring". */
    uint32_t min, max;   /**< Inclusive. */
    uint32_t multiple;   /**< Values are multiples of this. */
    uint32_t by_default; /**< As e1000_params_init() has it. */
};
bool e1000_params_range(unsigned i, struct e1000_range *range);

/* ---- Frames ------------------------------------------------------------------------------- */

/** What goes for a fragment, or for the frame: then it stands in the frame's first fragment. */
enum {
    E1000_FRAG_EOP = 1u << 0,       /**< The frame ends with this fragment. */
    E1000_FRAG_BAD_FRAME = 1u << 1, /**< Received with an error (params.store_bad). */
    /** vlan holds the tag, which is not in the data: it was stripped, or is to be inserted. */
    E1000_FRAG_TAGGED = 1u << 3,

    /* Received: without CHECKED nothing is known; with it, BAD tells the result. */
    E1000_FRAG_L4_CHECKED = 1u << 5, /**< The chip checked the TCP or UDP checksum. */
    E1000_FRAG_IP_CHECKED = 1u << 6, /**< The chip checked the IPv4 header's checksum. */
    E1000_FRAG_L4_BAD = 1u << 13,
    E1000_FRAG_IP_BAD = 1u << 14,

    /* Sending: what is left to the chip. All need l2_length and l3_length. The headers that have to
     * change are copied; the caller's memory stays as it is. */
    E1000_FRAG_IP_CSUM = 1u << 16,  /**< The IPv4 header's checksum. */
    E1000_FRAG_TCP_CSUM = 1u << 17, /**< TCP's, over IPv4 or IPv6. */
    E1000_FRAG_UDP_CSUM = 1u << 18, /**< UDP's, over IPv4 or IPv6. */
    /** Cut into frames of mss bytes of TCP payload each (3.5), all checksums included. Needs
     * l4_length. The headers are at most 240 bytes, the payload is at most 2^20 - 1. */
    E1000_FRAG_TSO = 1u << 19,
    E1000_FRAG_IPV6 = 1u << 20, /**< The frame is IPv6; extension headers count as l3_length. */
    /** Without TSO: the checksum fields hold what the chip has to start from already (0 in IP, the
     * pseudo header's sum, not complemented, in TCP or UDP). Nothing is looked at or copied. */
    E1000_FRAG_SEEDED = 1u << 21,
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
    /* In a frame's first fragment: */
    uint16_t vlan;     /**< With E1000_FRAG_TAGGED: priority, CFI and VLAN id (802.1Q). */
    uint16_t mss;      /**< With E1000_FRAG_TSO. */
    uint8_t l2_length; /**< Bytes before the IP header: 14, with a tag in the data 18. */
    uint8_t l3_length; /**< Of the IP header with its options or extensions. */
    uint8_t l4_length; /**< Of the TCP header with its options. */
};

/* ---- The device --------------------------------------------------------------------------- */

/** Where the device stands. */
enum e1000_state {
    E1000_STATE_DETACHED,
    E1000_STATE_ATTACHING, /**< e1000_tick() is working on it. */
    E1000_STATE_DOWN,      /**< Attached; no traffic. */
    E1000_STATE_STARTING,  /**< e1000_up() was called, or the core recovers from a fault by itself;
                            * being reset and programmed. */
    E1000_STATE_UP,        /**< Rings run; the link may still be down. */
    E1000_STATE_BUSY,      /**< A job runs: e1000_eeprom_write(), e1000_selftest(). */
    E1000_STATE_SUSPENDING,
    E1000_STATE_SUSPENDED, /**< In D3; nothing touches the registers. */
    E1000_STATE_RESUMING,
    E1000_STATE_FAILED, /**< e1000_get_error() tells why; e1000_detach() and attach again. */
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
    bool fiber;        /**< Fibre or SerDes: no PHY, 1000 Mb/s only. */
    bool msi;          /**< Message signalled interrupts work; else the core switches them off. */
    uint32_t wake;     /**< E1000_WAKE_* that the board can do. */
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
    uint64_t tx_hangs;            /**< Resets because the transmitter stood still. */
    uint64_t rx_hangs;            /**< Resets because the receiver did. */
    uint64_t tx_flushes;          /**< Resets because the link was lost with frames queued. */
    uint64_t tx_abandoned;        /**< Descriptors given back unsent, or perhaps sent, by resets. */
    uint64_t resets;              /**< Resets while UP, for whatever reason. */
    uint64_t link_changes;        /**< Reports of the link. */
    uint64_t rx_copied;           /**< Handed out in small buffers (params.copybreak). */
    uint64_t tx_segmented;        /**< Frames given to the chip to be cut. */
    uint64_t tx_contexts;         /**< Times that the chip had to be told where headers are. */
    uint64_t tx_stops;            /**< Times that e1000_tx_stopped() turned true. */
};

/** The outcome of each part of e1000_selftest(), as Linux's `ethtool -t` numbers it; 0 is success.
 */
struct e1000_selftest {
    uint32_t registers;                     /**< Offset of the register that failed, plus 1. */
    uint32_t register_wrote, register_read; /**< What was written there, and what came back. */
    uint8_t eeprom;                         /**< 1: can't be read, 2: wrong checksum. */
    uint8_t interrupt;       /**< 3: came though masked, 4: did not come, 5: another one came. */
    uint8_t loopback;        /**< 13: a frame came back changed, 14: it did not come back. */
    uint8_t link;            /**< 1: no link within five seconds. */
    uint8_t interrupt_cause; /**< The bit of ICR that was tried when it failed. */
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
 * interrupted. With E1000_INTERRUPTS_MASKED, what is not 0 must be followed by e1000_poll(). */
unsigned e1000_interrupt(struct e1000_dev *dev);

/** e1000_receive(), and what else there is to do: *work is set to E1000_WORK_*. Without WORK_RX,
 * the chip may interrupt again (E1000_INTERRUPTS_MASKED), and whatever happened since the last look
 * makes it do so; with WORK_RX the budget is exhausted: poll once more. budget counts fragments,
 * and is at least 64. */
unsigned e1000_poll(struct e1000_dev *dev, struct e1000_frag *frags, unsigned budget,
                    unsigned *work);

/* ---- Data path ---------------------------------------------------------------------------- */

/** Takes up to max received fragments (at least 64), never part of a frame. Their buffers are lent
 * until e1000_recycle(). Returns the number of fragments. */
unsigned e1000_receive(struct e1000_dev *dev, struct e1000_frag *frags, unsigned max);

/** Returns buffers that e1000_receive() lent, in any order, and gives them to the chip. What is not
 * lent, or was returned before, is ignored. */
void e1000_recycle(struct e1000_dev *dev, const struct e1000_frag *frags, unsigned count);

/** Queues whole frames for sending with one doorbell; while there is no link they wait for it. The
 * memory of each fragment is the chip's until e1000_reap() returned its cookie. Returns how many
 * fragments were taken, always whole frames; the rest did not fit. A frame that can never be sent
 * (under 14 bytes, longer than max_frame (and VLAN tag), an empty fragment, more descriptors than
 * the ring, offloads that are contradictory or do not match the headers) is taken, counted as an
 * error, and its cookies are handed back. Frames have at most 4096 fragments; more are never taken.
 * Apart from that the ring is the limit: a descriptor carries 4096 bytes (of a frame to be cut, 4
 * mss if that is less), a frame under 60 bytes takes one more, one with offloads up to three more.
 * data is only looked at to find the tag of a frame over max_frame and the headers for an offload,
 * and may be NULL otherwise. */
unsigned e1000_transmit(struct e1000_dev *dev, const struct e1000_frag *frags, unsigned count);

/** Takes the cookies of up to max fragments that the chip is done with, in order. After
 * e1000_down() and e1000_detach() that is all of them, while *dev exists. */
unsigned e1000_reap(struct e1000_dev *dev, void **cookies, unsigned max);

/** Free transmit descriptors. */
unsigned e1000_tx_room(const struct e1000_dev *dev);

/** Whether a frame did not fit and e1000_reap() has not yet freed params.tx_restart descriptors
 * since, or as many as it needs. e1000_transmit() takes what fits at any time; a queue that waits
 * for this is woken seldom instead of for every frame. */
bool e1000_tx_stopped(const struct e1000_dev *dev);

/* ---- Filters ------------------------------------------------------------------------------ */

/* All of this is done at once when UP, else at the next e1000_up(), and survives resets. Returns 0
 * or E1000_ERR_PARAMETER with everything as before. */

/** Sets the multicast list (count addresses of six bytes) and the promiscuous modes. Addresses
 * beyond the exact slots use the hash; the list may be of any length. */
int e1000_set_filter(struct e1000_dev *dev, bool promiscuous, bool all_multicast,
                     const uint8_t (*addresses)[6], unsigned count);

/** Sets the unicast addresses to receive beside our own. More than E1000_EXACT_SLOTS of them, or
 * any on a board that does not honour them (VMware), turn the unicast half of promiscuous mode on:
 * the caller has to sort then. */
int e1000_set_unicast(struct e1000_dev *dev, const uint8_t (*addresses)[6], unsigned count);

/** Changes our own address, until the next attach; the EEPROM keeps its own. */
int e1000_set_mac(struct e1000_dev *dev, const uint8_t mac[6]);
void e1000_get_mac(const struct e1000_dev *dev, uint8_t mac[6]);

/** Switches the VLAN filter: on, only frames without tag and those of the wanted VLANs are
 * received. Off is the default; what is wanted is remembered either way. Frames that carry only a
 * priority are of VLAN 0. */
void e1000_vlan_filter(struct e1000_dev *dev, bool on);
/** Wants, or no longer wants, VLAN id (0 to 4095). */
int e1000_vlan_want(struct e1000_dev *dev, unsigned id, bool wanted);

/* ---- Link --------------------------------------------------------------------------------- */

/** Changes how the link is made; UP, the link is lost and made anew. DOWN or UP. Returns 0,
 * E1000_ERR_PARAMETER or E1000_ERR_STATE. */
int e1000_set_media(struct e1000_dev *dev, const struct e1000_media *media);
void e1000_get_media(const struct e1000_dev *dev, struct e1000_media *media);

/** What a copper PHY knows about its cable. */
struct e1000_cable {
    bool valid;            /**< There is a link; all else is false or 0 without. */
    uint16_t min_m, max_m; /**< Length in metres, estimated at 100 and 1000 Mb/s; max_m 0xFFFF: or
                            * longer. */
    bool crossed;          /**< MDI-X: the cable, or the partner, is not crossed over. */
    bool reversed;         /**< The polarity of a pair is, at 10 Mb/s. */
    bool downshifted;      /**< A pair is bad: a lower speed than both ends can was taken. */
    bool master;           /**< At 1000 Mb/s: this end has the clock. */
    bool local_ok, remote_ok; /**< At 1000 Mb/s: the receivers. */
    uint8_t idle_errors;      /**< At 1000 Mb/s, since the last call; sticks at 255. */
};

/** DOWN or UP, at most 1 ms. Fibre has no PHY: E1000_ERR_PHY. */
int e1000_get_cable(struct e1000_dev *dev, struct e1000_cable *cable);

/** Lets all LEDs of the port blink, to find it, or be what they were. DOWN or UP. */
int e1000_blink(struct e1000_dev *dev, bool on);

/* ---- Care --------------------------------------------------------------------------------- */

/** The i-th statistic's name, as `ethtool -S` would print it ("rx_crc_errors"), or NULL past the
 * last one: first the core's own counters, then the chip's. */
const char *e1000_stat_name(unsigned i);
/** Its value since attaching, as of the last harvest: every two seconds while UP, before every
 * reset, and with e1000_harvest(). The chip's own stick at their largest value, so that nothing is
 * lost between harvests that are a few minutes apart (13.7). */
uint64_t e1000_stat(const struct e1000_dev *dev, unsigned i);
/** Reads and clears the chip's statistics now. UP only; else nothing has been counted since. */
int e1000_harvest(struct e1000_dev *dev);

/** Resets chip and rings and starts them again, as the core does by itself when the transmitter
 * hangs. Lent buffers stay lent; every frame that was queued comes back by e1000_reap(). UP, or
 * STARTING, where one is under way already. */
int e1000_reset(struct e1000_dev *dev);

/** A register that is safe to read: no read clears it or moves anything. */
struct e1000_register {
    const char *name;
    uint32_t offset, value;
};
/** Reads the i-th register of the dump. Returns 0, E1000_ERR_PARAMETER past the last one, or
 * E1000_ERR_STATE (DOWN and UP only). */
int e1000_dump(struct e1000_dev *dev, unsigned i, struct e1000_register *reg);

/* ---- Power -------------------------------------------------------------------------------- */

/** What wakes the system (13.6). */
enum {
    E1000_WAKE_LINK = 1u << 0,      /**< The link came or went. */
    E1000_WAKE_MAGIC = 1u << 1,     /**< A Magic Packet with our address. */
    E1000_WAKE_UNICAST = 1u << 2,   /**< A frame to us. */
    E1000_WAKE_MULTICAST = 1u << 3, /**< One to a group. */
    E1000_WAKE_BROADCAST = 1u << 4,
    E1000_WAKE_ARP = 1u << 5, /**< An ARP request for the address given. */
    /** Wake by Magic Packet also when no driver ever ran (APM). Until power-on resets the chip to
     * what the EEPROM says. */
    E1000_WAKE_APM = 1u << 8,
};

/** Sets what wakes, in any state but DETACHED; for the next e1000_suspend(). ipv4 (in network
 * order, may be NULL) is for E1000_WAKE_ARP. E1000_ERR_PARAMETER: the board can't do that, see
 * e1000_identity.wake. */
int e1000_set_wake(struct e1000_dev *dev, uint32_t events, const uint8_t ipv4[4]);

/** Puts the chip to sleep, with what wakes it armed: DOWN or UP to SUSPENDING, and by e1000_tick()
 * to SUSPENDED. Frames not sent come back by e1000_reap(), lent buffers stay lent. Then the system
 * may cut power. */
int e1000_suspend(struct e1000_dev *dev);
/** The opposite: SUSPENDED to RESUMING, then by e1000_tick() to where it was before, DOWN or UP
 * (by way of STARTING). Configuration space is put back as it was. */
int e1000_resume(struct e1000_dev *dev);
/** Which E1000_WAKE_* events woke the chip last, as found by e1000_resume(). */
uint32_t e1000_woken_by(const struct e1000_dev *dev);

/* ---- EEPROM and PHY ----------------------------------------------------------------------- */

/** Reads a word (0 to eeprom_words - 1) by the way that the parameters chose; DOWN or UP only, at
 * most 1 ms. May fail in the first 5 ms after e1000_down(), while the chip itself reads the EEPROM.
 */
int e1000_eeprom_read(struct e1000_dev *dev, unsigned word, uint16_t *value);
/** Reads or writes a PHY register (0 to 31) through MDIC; DOWN or UP only, at most 1 ms. Fibre has
 * no PHY: E1000_ERR_PHY. */
int e1000_phy_read(struct e1000_dev *dev, unsigned reg, uint16_t *value);
int e1000_phy_write(struct e1000_dev *dev, unsigned reg, uint16_t value);

/** Lets the next e1000_eeprom_write() through, if key is E1000_EEPROM_KEY. Nothing else ever writes
 * to the EEPROM: a wrong word can leave the board without address or even unusable. */
int e1000_eeprom_unlock(struct e1000_dev *dev, uint32_t key);
#define E1000_EEPROM_KEY 0x45455752u

/** Starts to write count words (1 to 64) from word first on, copied from values, then the checksum
 * that they need (word 3Fh). Each is read back. DOWN only; e1000_tick() does it in the state BUSY,
 * at most 12 ms a word. e1000_get_job() tells how it ended. Detaching in the middle of a word can't
 * wait for it: then the part itself accepts writes until its next EWDS or until it loses power. */
int e1000_eeprom_write(struct e1000_dev *dev, unsigned first, const uint16_t *values,
                       unsigned count);

/* ---- Self-test ---------------------------------------------------------------------------- */

enum {
    /** e1000_interrupt() will be called when the chip interrupts. Without it only the chip's own
     * registers are asked. */
    E1000_TEST_INTERRUPT = 1u << 0,
    E1000_TEST_NO_LINK = 1u << 1, /**< No cable is plugged in: leave that part out. */
};

/** Starts the self-test: DOWN or UP to BUSY, and by e1000_tick() back to where it was before, with
 * everything as it was; the link is lost meanwhile. Takes up to ten seconds. Returns 0,
 * E1000_ERR_STATE or E1000_ERR_MEMORY. */
int e1000_selftest(struct e1000_dev *dev, uint32_t flags);
void e1000_get_selftest(const struct e1000_dev *dev, struct e1000_selftest *result);

/** How the last job ended: 0 or an error; undefined while BUSY. */
int e1000_get_job(const struct e1000_dev *dev);

#ifdef __cplusplus
}
#endif

#endif
