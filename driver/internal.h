/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the driver core share. */
#ifndef E1000_INTERNAL_H
#define E1000_INTERNAL_H

#include "e1000_core.h"

/* The freestanding subset of the C library that the embedding system provides. */
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#define E1000_LIKELY(x) __builtin_expect(!!(x), 1)
/* Kept out of the loops that it interrupts now and then, and the opposite. */
#define E1000_COLD   __attribute__((noinline))
#define E1000_INLINE inline __attribute__((always_inline))

/* No call of the core busy-waits longer than this in total. */
#define E1000_CALL_US 1000u

/* ---- Registers ----------------------------------------------------------------------------- */

static inline uint32_t e1000_read(struct e1000_dev *dev, uint32_t offset)
{
    return dev->os->read32(dev->context, offset);
}

static inline void e1000_write(struct e1000_dev *dev, uint32_t offset, uint32_t value)
{
    dev->os->write32(dev->context, offset, value);
}

/* A read that changes nothing and pushes posted writes out ahead of it. */
static inline void e1000_flush(struct e1000_dev *dev)
{
    (void)e1000_read(dev, E1000_STATUS);
}

/* A write that has arrived before anything else is written. */
static inline void e1000_write_flush(struct e1000_dev *dev, uint32_t offset, uint32_t value)
{
    e1000_write(dev, offset, value);
    e1000_flush(dev);
}

/* What a removed device answers. */
#define E1000_GONE UINT32_MAX

/* ---- Time ---------------------------------------------------------------------------------- */

/* Every public function that may busy-wait starts a new account of it. */
static inline void e1000_call_begin(struct e1000_dev *dev)
{
    dev->spent_us = 0;
}

static inline void e1000_delay(struct e1000_dev *dev, uint32_t us)
{
    dev->spent_us += us;
    dev->os->delay_us(dev->context, us);
}

/* Whether the present call may still busy-wait that long. */
static inline bool e1000_may_delay(const struct e1000_dev *dev, uint32_t us)
{
    return dev->spent_us + us <= E1000_CALL_US;
}

/* ---- Descriptors --------------------------------------------------------------------------- */

static inline uint64_t e1000_le64(uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(value);
#else
    return value;
#endif
}

/* The second half of a descriptor that the chip may be writing: nothing read after this is older
 * than the DD bit in it. Read exactly once, so that what was checked is what is used. */
static inline uint64_t e1000_desc_load(const struct e1000_desc *desc)
{
#if UINTPTR_MAX >= UINT64_MAX
    return e1000_le64(__atomic_load_n(&desc->rest, __ATOMIC_ACQUIRE));
#else
    /* Without 64-bit loads the dword with DD goes first; the chip writes it last. */
    typedef uint32_t __attribute__((may_alias)) alias32;
    const alias32 *half = (const alias32 *)(const void *)&desc->rest;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    uint32_t high = __builtin_bswap32(__atomic_load_n(&half[1], __ATOMIC_ACQUIRE));
    uint32_t low = __builtin_bswap32(__atomic_load_n(&half[0], __ATOMIC_RELAXED));
#else
    uint32_t high = __atomic_load_n(&half[1], __ATOMIC_ACQUIRE);
    uint32_t low = __atomic_load_n(&half[0], __ATOMIC_RELAXED);
#endif
    return (uint64_t)high << 32 | low;
#endif
}

static inline uint32_t e1000_next_slot(const struct e1000_ring *ring, uint32_t slot)
{
    return ++slot == ring->count ? 0 : slot;
}

/* Descriptors that the chip has, done or not. */
static inline uint32_t e1000_ring_used(const struct e1000_ring *ring)
{
    return ring->prod - ring->cons;
}

/* One slot stays empty: a tail on the head means an empty ring (3.2.6, 3.4). */
static inline uint32_t e1000_ring_room(const struct e1000_ring *ring)
{
    return ring->count - 1 - (ring->prod - ring->cons);
}

/* Makes the descriptors up to prod_slot visible, then tells the chip. */
static inline void e1000_doorbell(struct e1000_dev *dev, uint32_t tail, uint32_t slot)
{
    if (dev->os->barrier)
        dev->os->barrier(dev->context);
    e1000_write(dev, tail, slot);
}

/* ---- ids.c --------------------------------------------------------------------------------- */

enum e1000_family {
    E1000_82542,
    E1000_82543,
    E1000_82544,
    E1000_82540,
    E1000_82545,
    E1000_82546,
    E1000_82541,
    E1000_82547
};

enum {
    E1000_ID_FIBER = 1u << 0, /* fibre or SerDes: no PHY to talk to */
    E1000_ID_REV3 = 1u << 1,  /* 82545GM, 82546GB */
    E1000_ID_DUAL = 1u << 2,  /* two ports, of which the second has the next address */
    E1000_ID_QUAD = 1u << 3,  /* two such chips behind a bridge */
};

/* What is known about one PCI device id. */
struct e1000_id {
    uint16_t device;
    uint8_t family; /* enum e1000_family */
    uint8_t flags;  /* E1000_ID_* */
    const char *model;
};

/* The row of a device id, or NULL. */
const struct e1000_id *e1000_id_find(uint16_t device);
bool e1000_id_driven(const struct e1000_id *id);

/* What a chip or board does wrong, or lacks; the table in ids.c says who has which. */
enum {
    E1000_QUIRK_LOSES_RXT0 = 1u << 0,   /* receive interrupts get lost: look often */
    E1000_QUIRK_ONE_UNICAST = 1u << 1,  /* only RAR[0] lets unicasts in */
    E1000_QUIRK_RESET_BY_IO = 1u << 2,  /* reset through the I/O window, where there is one */
    E1000_QUIRK_RESET_BY_DUP = 1u << 3, /* reset by CTRL's second address */
    E1000_QUIRK_NO_MSI = 1u << 4,       /* message signalled interrupts don't work */
    E1000_QUIRK_READS_2K = 1u << 5,     /* PCI-X reads over 2 KiB overrun the FIFO */
    E1000_QUIRK_ORDERED = 1u << 6,      /* relaxed ordering on PCI-X mixes things up */
    E1000_QUIRK_WAKES_A = 1u << 7,      /* the second port does not wake */
    E1000_QUIRK_NO_WAKE = 1u << 8,
    E1000_QUIRK_FIRST_2015 = 1u << 9,   /* a frame's first PCI-X read is limited */
    E1000_QUIRK_TSO_TAIL = 1u << 10,    /* segments are written back four bytes too early */
    E1000_QUIRK_TSO_4_MSS = 1u << 11,   /* a descriptor holds at most four segments */
    E1000_QUIRK_PADS_BADLY = 1u << 12,  /* frames have to be 60 bytes long */
    E1000_QUIRK_CROSSES_64K = 1u << 13, /* no ring or receive buffer crosses a multiple of 64 KiB */
    E1000_QUIRK_CONTEXT_RS = 1u << 14,  /* a context must not ask for its status */
    E1000_QUIRK_RDTR_HANGS = 1u << 15,  /* the receive timer may stop the receiver */
    E1000_QUIRK_PBA_8K = 1u << 16,      /* the packet buffer is split at a multiple of 8 KiB */
    E1000_QUIRK_BURSTS = 1u << 17,      /* writes to register arrays must not become a burst */
    E1000_QUIRK_STRANDS = 1u << 18,     /* with the link goes what was queued */
};

/* The quirks of the board that identity describes. */
uint32_t e1000_quirks_find(const struct e1000_id *id, const struct e1000_identity *identity);

/* A word of a register array, out of which no burst must be made. */
static inline void e1000_write_array(struct e1000_dev *dev, uint32_t offset, uint32_t value)
{
    e1000_write(dev, offset, value);
    if (dev->quirks & E1000_QUIRK_BURSTS)
        e1000_flush(dev);
}

static inline bool e1000_is_fiber(const struct e1000_dev *dev)
{
    return dev->id->flags & E1000_ID_FIBER;
}

/* ---- log.c --------------------------------------------------------------------------------- */

/* A line under construction: what does not fit is counted and left out. */
struct e1000_text {
    char *line;
    size_t size, length;
};

void e1000_text_begin(struct e1000_text *text, char *line, size_t size);
void e1000_text_add(struct e1000_text *text, const char *string);
void e1000_text_hex(struct e1000_text *text, uint32_t value, unsigned digits);
void e1000_text_decimal(struct e1000_text *text, uint32_t value);
void e1000_text_mac(struct e1000_text *text, const uint8_t mac[6]);
void e1000_log(struct e1000_dev *dev, enum e1000_log_level level, const char *line);

/* The beginning of a line of this interface: "en0: ". */
void e1000_text_line(const struct e1000_dev *dev, struct e1000_text *text, char *line, size_t size);
/* A whole line: the interface's name, and what is to be said. */
void e1000_say(struct e1000_dev *dev, enum e1000_log_level level, const char *string);

#define E1000_LINE_SIZE 128u

/* ---- core.c -------------------------------------------------------------------------------- */

/* The step to run next, after at least us microseconds. */
void e1000_next(struct e1000_dev *dev, enum e1000_step step, uint32_t us);
/* The same step once more, unless it was tried often enough: then the error. */
void e1000_again(struct e1000_dev *dev, uint32_t us, uint32_t limit, int error);
/* Gives up: the device goes silent, the state FAILED. */
void e1000_fail(struct e1000_dev *dev, int error);

/* ---- params.c ------------------------------------------------------------------------------ */

/* The name of the parameter that is missing or out of range, or NULL. */
const char *e1000_params_wrong(const struct e1000_params *params);
bool e1000_media_valid(const struct e1000_media *media, bool fiber);

/* ---- attach.c ------------------------------------------------------------------------------ */

/* Switches memory (and I/O) space on, and bus mastering when asked to. */
int e1000_pci_enable(struct e1000_dev *dev, bool master);
void e1000_pci_master_off(struct e1000_dev *dev);
/* The chip on the bus, silent, and able to do DMA. */
int e1000_attach_bus(struct e1000_dev *dev);
/* Attaching after the EEPROM was read: checksum, address, version. */
void e1000_identify(struct e1000_dev *dev);
void e1000_attached(struct e1000_dev *dev);

/* ---- reset.c ------------------------------------------------------------------------------- */

void e1000_quiet(struct e1000_dev *dev);
void e1000_step_reset_quiet(struct e1000_dev *dev);
void e1000_step_reset_issue(struct e1000_dev *dev);
void e1000_step_reset_wait(struct e1000_dev *dev);
/* From UP to STARTING: resets the chip, and starts it again with what it had. */
void e1000_restart(struct e1000_dev *dev);
/* Ends all DMA within one call; the rest of a reset is left to the next e1000_up(). */
void e1000_stop(struct e1000_dev *dev);
/* KiB of the packet buffer that receive (13.4.16). */
uint32_t e1000_pba(const struct e1000_dev *dev);

/* ---- eeprom.c ------------------------------------------------------------------------------ */

void e1000_eeprom_begin(struct e1000_dev *dev);
void e1000_step_eeprom_grant(struct e1000_dev *dev);
void e1000_step_eeprom_words(struct e1000_dev *dev);

#define E1000_EEPROM_PINS (E1000_EECD_SK | E1000_EECD_CS | E1000_EECD_DI)

/* The pins for one command, which takes so long; the rest is for who has asked for them. */
#define E1000_WORD_US 130u
bool e1000_eeprom_request(struct e1000_dev *dev, uint32_t us);
void e1000_eeprom_release(struct e1000_dev *dev);
uint16_t e1000_microwire_read(struct e1000_dev *dev, unsigned word);
/* A word by the way that the parameters chose, waiting up to us microseconds for pins or data. */
int e1000_eeprom_word(struct e1000_dev *dev, unsigned word, uint32_t us, uint16_t *value);
/* A command without an answer: opcode, address and, after WRITE, 16 bits of data. */
void e1000_microwire_command(struct e1000_dev *dev, uint32_t opcode, uint32_t address, bool data,
                             uint16_t value);
/* Whether the part has finished what it was told to write. */
bool e1000_microwire_ready(struct e1000_dev *dev);

/* ---- eeprom_write.c ------------------------------------------------------------------------ */

void e1000_step_eeprom_write(struct e1000_dev *dev);
/* Leaves the part as it is safe, in the middle of anything. */
void e1000_eeprom_abort(struct e1000_dev *dev);

/* ---- phy.c --------------------------------------------------------------------------------- */

/* An MDIC transfer takes at most this long, busy-waited (13.4.7: 64 bits at 2.5 MHz are 26 µs). */
#define E1000_MDIC_US 500u

int e1000_mdic_read(struct e1000_dev *dev, unsigned reg, uint16_t *value);
int e1000_mdic_write(struct e1000_dev *dev, unsigned reg, uint16_t value);
void e1000_step_phy_id(struct e1000_dev *dev);

/* ---- media.c, cable.c ---------------------------------------------------------------------- */

void e1000_step_phy_setup(struct e1000_dev *dev);
/* The MAC's part of a loopback in PHY or SerDes: speed and duplex are ours to say (15.1.3). */
void e1000_loopback_mac(struct e1000_dev *dev);
/* Writes what blinks, or ends it. */
void e1000_blink_write(struct e1000_dev *dev);

/* ---- fiber.c ------------------------------------------------------------------------------- */

void e1000_fiber_setup(struct e1000_dev *dev);
/* Looks after a link that is not there, or that was forced. STATUS as it was read last. */
void e1000_fiber_watch(struct e1000_dev *dev, uint32_t status);

/* ---- stats.c ------------------------------------------------------------------------------- */

/* Adds what the chip has counted; nothing when it is gone. */
void e1000_stats_read(struct e1000_dev *dev);
/* Frames that came, and that found no room, since attaching. */
uint64_t e1000_stats_good(const struct e1000_dev *dev);
uint64_t e1000_stats_missed(const struct e1000_dev *dev);

/* ---- power.c ------------------------------------------------------------------------------- */

/* The offset of a PCI capability, or 0. */
uint32_t e1000_capability(struct e1000_dev *dev, uint8_t id);
/* Whether the chip is awake; if not, it is woken, which takes E1000_AWAKE_US. */
bool e1000_power_on(struct e1000_dev *dev);
#define E1000_AWAKE_US 10000u
/* E1000_WAKE_* that the board can do. */
uint32_t e1000_wake_able(struct e1000_dev *dev);
void e1000_step_sleep(struct e1000_dev *dev);
void e1000_step_awake(struct e1000_dev *dev);

/* ---- selftest.c ---------------------------------------------------------------------------- */

void e1000_step_test(struct e1000_dev *dev);
/* Whether what is sent has to come back. */
bool e1000_loops(const struct e1000_dev *dev);
/* An interrupt came while the test runs. */
void e1000_test_interrupt(struct e1000_dev *dev);
/* Ends it before its end. */
void e1000_test_abort(struct e1000_dev *dev);
/* The loopback part, in loopback.c: rings and frames, sending, and looking at what came back (0, 1:
 * not all is back yet, or 13). */
int e1000_loop_begin(struct e1000_dev *dev);
void e1000_loop_enable(struct e1000_dev *dev);
void e1000_loop_send(struct e1000_dev *dev);
int e1000_loop_look(struct e1000_dev *dev);
void e1000_loop_end(struct e1000_dev *dev);

/* ---- setup.c ------------------------------------------------------------------------------- */

void e1000_step_tables(struct e1000_dev *dev);
void e1000_step_rings(struct e1000_dev *dev);
/* What a link of any kind needs of the MAC. */
void e1000_set_up_mac(struct e1000_dev *dev);
/* TCTL for a running transmitter. */
uint32_t e1000_tctl(void);

/* ---- memory.c ------------------------------------------------------------------------------ */

/* One piece, and back; *memory is all zero while there is none. */
int e1000_memory_get(struct e1000_dev *dev, size_t size, size_t align, size_t boundary,
                     struct e1000_dma *memory);
void e1000_memory_put(struct e1000_dev *dev, struct e1000_dma *memory);
int e1000_memory_alloc(struct e1000_dev *dev);
void e1000_memory_free(struct e1000_dev *dev);
/* The chip was reset and knows nothing of the rings any more: posted buffers are free again, and
 * what was queued is handed back by e1000_reap(). */
void e1000_rings_abandon(struct e1000_dev *dev);

/* ---- link.c -------------------------------------------------------------------------------- */

void e1000_step_link(struct e1000_dev *dev);
/* The MAC has link; its speed and duplex are in STATUS. */
void e1000_link_found(struct e1000_dev *dev, uint32_t status);
void e1000_link_lost(struct e1000_dev *dev, bool by_disable);

/* ---- watch.c, hang.c ----------------------------------------------------------------------- */

void e1000_step_watch(struct e1000_dev *dev);
/* The next look, when nothing happens before. */
void e1000_watch_on(struct e1000_dev *dev);
/* Whether frames are queued and nothing has moved for too long; then what is stuck also goes to the
 * log. STATUS as it was read last. */
bool e1000_tx_hung(struct e1000_dev *dev, uint32_t status);
/* The same of the receiver. To be asked when the statistics have just been read, which is every: */
bool e1000_rx_hung(struct e1000_dev *dev);
#define E1000_HARVEST_US 2000000u

/* ---- filter.c ------------------------------------------------------------------------------ */

/* Bits of RCTL that the filter decides. */
uint32_t e1000_filter_rctl(const struct e1000_dev *dev);
void e1000_filter_mac(struct e1000_dev *dev, unsigned slot, const uint8_t mac[6]);
void e1000_filter_clear(struct e1000_dev *dev, unsigned slot);
void e1000_filter_write(struct e1000_dev *dev);
/* Brings filters and RCTL up to date while UP. */
void e1000_filter_update(struct e1000_dev *dev);

/* ---- Receive buffers ------------------------------------------------------------------------ */

static inline uint32_t e1000_pool_of(uint32_t buffer)
{
    return buffer / E1000_POOL_BUFFERS;
}

/* Where it starts in its pool, for buffers of size bytes. */
static inline size_t e1000_offset_of(uint32_t buffer, size_t size)
{
    return buffer % E1000_POOL_BUFFERS * size;
}

/* Buffers, large and small, that e1000_receive() handed out and nobody has returned. */
static inline uint32_t e1000_lent_buffers(const struct e1000_dev *dev)
{
    return dev->buffer_count - dev->free_count - e1000_ring_used(&dev->rx) + dev->copy_count -
           dev->copy_free_count;
}

/* Tells the OS whose the first length bytes of a buffer are from now on; only where it wants to
 * know. */
static inline void e1000_buffer_owner(struct e1000_dev *dev, uint32_t buffer, size_t length,
                                      bool device)
{
    dev->os->dma_owner(dev->context, &dev->pool[e1000_pool_of(buffer)],
                       e1000_offset_of(buffer, dev->buffer_size), length, device);
}

/* ---- rx.c, tx.c ---------------------------------------------------------------------------- */

void e1000_rx_start(struct e1000_dev *dev);
void e1000_rx_refill(struct e1000_dev *dev);
void e1000_tx_start(struct e1000_dev *dev);
/* Whether the chip is done with something that the driver has not looked at. */
bool e1000_rx_waiting(const struct e1000_dev *dev);
bool e1000_tx_waiting(const struct e1000_dev *dev);

/* The longest frame, and the most that a descriptor carries: the FIFO waits until all of it fits.
 */
#define E1000_MAX_PIECE 4096u

/* ---- offload.c ------------------------------------------------------------------------------ */

/* A frame to be sent, measured, and how it will lie in descriptors. */
struct e1000_tx_frame {
    uint32_t pieces; /* fragments, 0: the frame is not complete */
    uint64_t length;
    bool empty;          /* a fragment without bytes */
    uint32_t descs;      /* descriptors in all */
    uint32_t header;     /* bytes that are sent from a copy of ours, in a descriptor of their own */
    uint64_t header_bus; /* where that is */
    uint32_t pad;        /* bytes of zeros at the end */
    uint32_t first, most; /* that the first descriptor and the others carry */
    bool tail;            /* the last four bytes lie in a descriptor of their own */
    bool segments;        /* the chip cuts it */
    bool context;         /* the chip has to be told: */
    struct e1000_context told;
    uint64_t bits, end; /* of every descriptor, and of the last one */
};

#define E1000_OFFLOADS \
    (E1000_FRAG_IP_CSUM | E1000_FRAG_TCP_CSUM | E1000_FRAG_UDP_CSUM | E1000_FRAG_TSO)

/* Plans what the first fragment's flags leave to the chip, and prepares the headers. False: that
 * can't be. */
bool e1000_offload(struct e1000_dev *dev, const struct e1000_frag *frags,
                   struct e1000_tx_frame *frame);

/* ---- interrupt.c, moderation.c, msi.c ------------------------------------------------------- */

/* The chip was programmed: interrupts may come. */
void e1000_interrupts_start(struct e1000_dev *dev);
/* Lets sent frames interrupt for now, and at once when some wait already. */
void e1000_tx_arm(struct e1000_dev *dev);
void e1000_tx_disarm(struct e1000_dev *dev);
/* Asks for interrupts that seem to have got lost. True: look again soon, to be sure. */
bool e1000_rescue(struct e1000_dev *dev);
void e1000_moderation_start(struct e1000_dev *dev);
/* After an interrupt: how soon may the next one come? */
void e1000_moderate(struct e1000_dev *dev);
/* Whether params.msi can be had. */
int e1000_msi_check(struct e1000_dev *dev);
/* Switches messages on as params says, or off. */
void e1000_msi_set(struct e1000_dev *dev, bool on);

/* Whether an Ethernet header of at least 14 bytes carries a VLAN tag. */
static inline bool e1000_is_tagged(const uint8_t *header)
{
    return header[12] == 0x81 && header[13] == 0x00;
}

#define E1000_HEADER_BYTES 14u
#define E1000_TAG_BYTES    4u

#endif
