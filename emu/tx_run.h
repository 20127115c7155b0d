/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the transmit side share among themselves. */
#ifndef EMU_TX_RUN_H
#define EMU_TX_RUN_H

#include "chip.h"
#include "stats.h"

/* Descriptors and segments after which a doorbell leaves the rest to the timer. */
#define EMU_TX_BUDGET 256u

/* The second quadword of a descriptor, whatever its type. */
#define TXD_COMMAND_SHIFT 24u
#define TXD_COMMAND(bits) ((uint64_t)(bits) << TXD_COMMAND_SHIFT)
#define TXD_TYPE(fields)  ((uint32_t)((fields) >> 20) & 0xfu)
#define TXD_DONE          ((uint64_t)TXD_STAT_DD << 32)

/* One pass over the ring: from a doorbell, or whatever else starts one, to its interrupts. */
struct emu_tx_run {
    struct e1000emu *chip;
    uint64_t reports; /* bits that ask for a status */
    uint64_t unusual; /* bits that keep a frame from being sent from where it lies */
    uint32_t tctl;
    uint32_t work;   /* descriptors and segments so far */
    uint32_t causes; /* to be raised at the end */
    bool tags;       /* CTRL.VME */
    bool shared;     /* half duplex: frames leave one by one, and may collide */
    bool at_once;    /* a status was written whose interrupt is not delayed */
    bool delayed;    /* one whose interrupt is */
    bool restart;    /* a descriptor with IDE was done */
    uint32_t quads;  /* packet buffer that the sent frames passed through, in 8 bytes */
    struct emu_tally tally;
};

static inline uint32_t emu_tx_command(uint64_t fields)
{
    return (uint32_t)(fields >> TXD_COMMAND_SHIFT) & 0xffu;
}

static inline bool emu_tx_is_context(uint64_t fields)
{
    return (emu_tx_command(fields) & TXD_CMD_DEXT) && TXD_TYPE(fields) == TXD_DTYP_C;
}

static inline uint32_t emu_tx_buffer_length(uint64_t fields)
{
    return (uint32_t)(fields & (emu_tx_command(fields) & TXD_CMD_DEXT ? 0xfffffu : 0xffffu));
}

/* ---- tx_frame.c ----------------------------------------------------------------------------- */

/* Hands a whole frame over to the next offer; begun is the descriptor in which it begins. */
static inline void emu_tx_lay_out(struct emu_tx_run *run, const uint8_t *data, uint32_t length,
                                  bool fcs, uint32_t begun)
{
    struct emu_tx *tx = &run->chip->tx;

    tx->start[tx->frames] = (uint8_t)begun;
    tx->frame[tx->frames++] = (struct e1000emu_frame){.data = data,
                                                      .length = length,
                                                      .flags = fcs ? 0 : E1000EMU_FRAME_FCS,
                                                      .time = run->chip->now};
}

/* Padding changes the FCS, so a frame that brings its own is left alone. */
static inline bool emu_tx_padded(const struct emu_tx_run *run, bool fcs, uint32_t length)
{
    return length < EMU_TX_SMALLEST && (run->tctl & TCTL_PSP) && fcs;
}

/* Looks at the descriptor tx->next. False: it is to be looked at again later, because the wire has
 * no room or enough was done for now. */
bool emu_tx_step(struct emu_tx_run *run);

/* Copies from a buffer. False, and the packet is discarded: the buffer can't be read. */
bool emu_tx_gather(struct emu_tx_run *run, uint8_t *to, uint64_t address, uint32_t length);

/* Makes sure that the staging memory has room for the longest frame. False: the wire is full. */
bool emu_tx_make_room(struct emu_tx_run *run);

/* The frame under way, finished but for tag and padding, is ready for the wire. command and special
 * are those of the descriptor that decides about them. */
void emu_tx_finish(struct emu_tx_run *run, uint32_t command, uint32_t special);

/* ---- tx_segment.c --------------------------------------------------------------------------- */

/* Whether a context lets segments be made. */
bool emu_tx_segment_possible(const struct emu_context *context);

/* A segmented packet begins. */
void emu_tx_segment_begin(struct emu_tx_run *run);

/* The same as emu_tx_step(), for a descriptor of a segmented packet. */
bool emu_tx_segment(struct emu_tx_run *run, const struct emu_descriptor *descriptor);

/* ---- tx_report.c ---------------------------------------------------------------------------- */

/* Software gets the descriptors up to, not including, end. Only those with RS are written, and of
 * them only DD changes. */
void emu_tx_give_back(struct emu_tx_run *run, uint32_t end);

/* Write-backs that wait are made now. */
void emu_tx_write_waiting(struct emu_tx_run *run);

/* Raises the causes of a run, and starts and stops the timers that delay TXDW. */
void emu_tx_report(struct emu_tx_run *run);

/* ---- tx_wire.c ------------------------------------------------------------------------------ */

/* Offers what is ready. True: all of it was taken, and what comes next may be got ready. False: the
 * wire has no room, or the medium is not ours for now (EMU_TIMER_MEDIUM runs). */
bool emu_tx_offer(struct emu_tx_run *run);

/* Whether a frame lies in the staging memory, or else in the host's. */
static inline bool emu_tx_is_staged(const struct emu_tx *tx, const struct e1000emu_frame *frame)
{
    return (uintptr_t)frame->data - (uintptr_t)tx->staging < EMU_TX_STAGING;
}

/* The windows of DMA changed: frames that wait in host memory are looked up again. */
void emu_tx_find_again(struct e1000emu *chip);

/* Counts a frame that has left. */
void emu_tx_count(struct emu_tx_run *run, const struct e1000emu_frame *frame);

/* ---- tx_fifo.c ------------------------------------------------------------------------------ */

/* What a frame takes of the packet buffer, in 8 bytes. */
static inline uint32_t emu_tx_quads(const struct e1000emu_frame *frame)
{
    return (frame->length + 7) / 8;
}

/* Lets the diagnostic registers show what passed and what waits. */
void emu_tx_show(const struct emu_tx_run *run);

/* The option store_frames: so many of the frames that are to leave next are seen in the packet
 * buffer, too. */
void emu_tx_pass(struct emu_tx_run *run, uint32_t frames);

/* Sends the frame that software put into the packet buffer, once no other one waits. */
void emu_tx_send_by_hand(struct emu_tx_run *run);

#endif
