/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the receive side: from rx.c, where frames come in, to rx_judge.c, which decides about
 * them, rx_deliver.c, which moves them into descriptors, and rx_timers.c, which tells software.
 */
#ifndef EMU_RX_BATCH_H
#define EMU_RX_BATCH_H

#include <string.h>

#include "chip.h"

#define FCS      4u
#define SMALLEST 64u /* frame with FCS */

/* Where a VLAN tag lies in a frame: between the addresses and the type. */
#define TAG_OFFSET 12u
#define TAG_BYTES  4u

/* Descriptors that one doorbell, or one frame, may use up before others get their turn. */
#define EMU_RX_BUDGET 256u

/* Work on the ring, from the first frame of a call to the last. */
struct emu_rx_batch {
    struct e1000emu *chip;
    uint32_t rctl;
    uint32_t extras; /* EXTRA_* */
    uint32_t rxcsum; /* with EXTRA_CHECKSUM */
    uint32_t vet;    /* with EXTRA_VLAN or EXTRA_CHECKSUM */
    uint32_t before; /* descriptors that were ready at the start */
    uint32_t budget;
    uint32_t longest_fast; /* as in struct emu_rx; 0 while frames wait in the packet buffer */
    uint32_t shortest;     /* bytes of the shortest frame that went to the host */
    uint32_t causes;
    bool unreachable;       /* a descriptor could not be read */
    struct emu_tally tally; /* until emu_rx_finish() all_* are what isn't counted as good */
};

/* What makes a receiver look into its frames, beyond their addresses. */
enum {
    EXTRA_FLOW = 1u << 0,    /* CTRL.RFCE: PAUSE frames are obeyed */
    EXTRA_VLAN = 1u << 1,    /* CTRL.VME or RCTL.VFE: tags are taken off or filtered by */
    EXTRA_STRIP = 1u << 2,   /* CTRL.VME */
    EXTRA_CHECKSUM = 1u << 3 /* RXCSUM is not zero */
};

/* A frame as it goes to the host: without FCS, with its own, or with one made here; with its VLAN
 * tag or without. */
struct emu_rx_packet {
    struct emu_piece piece[4];
    uint32_t length; /* may be less than the pieces hold */
    uint8_t status, errors;
    uint16_t special;  /* TCI of the tag that was taken off */
    uint16_t checksum; /* the packet checksum */
    uint8_t fcs[FCS];
};

/* What is known about a frame that needs a closer look. */
struct emu_rx_frame {
    const struct e1000emu_frame *wire;
    uint32_t length;      /* with FCS */
    uint64_t destination; /* as in struct emu_filter */
    bool good;
    uint8_t status, errors; /* of its last descriptor */
};

static inline uint64_t emu_rx_load64(const uint8_t *bytes)
{
    uint64_t raw;

    memcpy(&raw, bytes, sizeof raw);
    return emu_le64(raw);
}

static inline uint32_t emu_rx_load16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* The second half of a descriptor. */
static inline uint64_t emu_rx_fields(uint32_t length, uint32_t status, uint32_t errors)
{
    return length | (uint64_t)(status | errors << 8) << 32;
}

static inline uint32_t emu_rx_rdtr(const struct e1000emu *chip)
{
    return emu_get(chip, REG_RDTR) & 0xffffu;
}

/* ---- rx.c ----------------------------------------------------------------------------------- */

/* Works out what depends on RCTL. */
void emu_rx_load_rctl(struct e1000emu *chip);

/* ---- rx_judge.c ----------------------------------------------------------------------------- */

/* Fills in frame, from its wire, and says what becomes of it: the checks of SDM 3.2.1, in order.
 * STORED: it is to be stored. */
enum e1000emu_verdict emu_rx_judge(const struct emu_rx_batch *batch, struct emu_rx_frame *frame);

/* The same for who only looks at frames: fills in all but what software will be told. True: the
 * address and VLAN filters let it pass. */
bool emu_rx_examine(const struct e1000emu *chip, struct emu_rx_frame *frame);

/* Counts what is wrong with a frame that passed the address filters (SDM 13.7). */
void emu_rx_count_errors(struct e1000emu *chip, const struct emu_rx_frame *frame);

/* ---- rx_deliver.c --------------------------------------------------------------------------- */

void emu_rx_begin(struct emu_rx_batch *batch, struct e1000emu *chip);

/* All is in memory: now the registers may show it, and the interrupt tell. */
void emu_rx_finish(struct emu_rx_batch *batch);

/* Fetches descriptors if none is cached. False: there are none. */
static inline bool emu_rx_descriptors(struct emu_rx_batch *batch)
{
    struct emu_ring *ring = &batch->chip->rx.ring;

    if (ring->cached > 0)
        return true;
    if (batch->unreachable || emu_ring_in_host(ring) == 0)
        return false;
    batch->unreachable = !emu_ring_fill(batch->chip, ring);
    return !batch->unreachable;
}

/* Decides, from the pieces that hold a frame as it came, what goes to the host. */
void emu_rx_prepare(struct emu_rx_packet *packet, const struct emu_rx_batch *batch, uint32_t flags);

/* Moves a packet, of which done bytes are there already, into as many descriptors as it takes.
 * Returns the bytes that are there now; less than its length if descriptors or budget run out. */
uint32_t emu_rx_deliver(struct emu_rx_batch *batch, const struct emu_rx_packet *packet,
                        uint32_t done);

/* ---- rx_timers.c ---------------------------------------------------------------------------- */

/* Packets are in host memory, the shortest of so many bytes. Returns the causes that are to be
 * raised now; later ones come by the timers. */
uint32_t emu_rx_arrived(struct e1000emu *chip, uint32_t shortest);

/* RDH follows the ring: it shows what has been written back. */
void emu_rx_show_head(struct e1000emu *chip);

/* RDTR or RXDCTL changed, or the chip was reset. */
void emu_rx_load_thresholds(struct e1000emu *chip);

#endif
