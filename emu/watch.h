/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events: what happens at the chip's edges, told to whoever watches. The blocks call these where
 * chip->watch is not zero, so that a chip nobody watches pays for one test at most.
 *
 * While somebody is told of each descriptor, a ring is not attached to memory (see ring.h): its
 * descriptors take the way by bus addresses, where they are told of. The checker alone looks at a
 * whole fetch at once.
 */
#ifndef EMU_WATCH_H
#define EMU_WATCH_H

#include "e1000emu.h"

/* Whether each descriptor is an event, fetched or written back. */
static inline bool emu_watch_each(unsigned watch)
{
    return watch & (E1000EMU_WATCH_EVENTS | E1000EMU_WATCH_DEEP);
}

/* Software's access; a write before it takes effect, a read after. */
void emu_watch_access(struct e1000emu *chip, enum e1000emu_event_kind kind,
                      enum e1000emu_space space, uint32_t offset, unsigned width, uint64_t value);
/* The same for a register behind IODATA. */
void emu_watch_indirect(struct e1000emu *chip, enum e1000emu_event_kind kind, uint32_t offset,
                        uint32_t value);

void emu_watch_descriptor(struct e1000emu *chip, enum e1000emu_event_kind kind, bool transmit,
                          uint32_t index, uint64_t bus, uint64_t address, uint64_t fields);
void emu_watch_dma_failed(struct e1000emu *chip, uint64_t bus, uint64_t length, bool write);
void emu_watch_causes(struct e1000emu *chip, uint32_t causes);
void emu_watch_interrupt(struct e1000emu *chip, bool level, bool message);
/* If anybody wants to hear of it: the checker only cares for frames that are lost. */
static inline bool emu_watch_hears(unsigned watch, enum e1000emu_verdict verdict)
{
    return watch & (E1000EMU_WATCH_EVENTS | E1000EMU_WATCH_FRAMES) ||
           (watch && verdict == E1000EMU_RX_OVERRUN);
}
void emu_watch_received(struct e1000emu *chip, const struct e1000emu_frame *frame,
                        enum e1000emu_verdict verdict);
void emu_watch_sent(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count);
void emu_watch_reset(struct e1000emu *chip, enum e1000emu_reset kind);
void emu_watch_link(struct e1000emu *chip);
/* frame: what it strikes, or NULL. */
void emu_watch_fault(struct e1000emu *chip, const struct e1000emu_fault *row, uint64_t fired,
                     const struct e1000emu_frame *frame);

#endif
