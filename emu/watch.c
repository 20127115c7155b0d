/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch.h"

#include "chip.h"

/* Bits of chip->watch by which the host is told of a kind of event. */
static unsigned host_hears(enum e1000emu_event_kind kind)
{
    const unsigned frames =
        1u << E1000EMU_EVENT_RECEIVED | 1u << E1000EMU_EVENT_SENT | 1u << E1000EMU_EVENT_FAULT;

    return E1000EMU_WATCH_EVENTS | (frames >> kind & 1u ? E1000EMU_WATCH_FRAMES : 0u);
}

/* Whether anybody wants to hear of a kind of event: each frame brings several. */
static bool heard(const struct e1000emu *chip, enum e1000emu_event_kind kind)
{
    return chip->watch & host_hears(kind) || emu_check_wants(chip->watch, kind);
}

static void tell(struct e1000emu *chip, struct e1000emu_event *event)
{
    event->time = chip->now;
    if (chip->watch & E1000EMU_WATCH_CHECK)
        emu_check_event(chip, event);
    if (chip->watch & host_hears(event->kind) && chip->host.event)
        chip->host.event(chip->host.opaque, event);
}

void e1000emu_watch(e1000emu *chip, unsigned mask, unsigned who)
{
    const unsigned all =
        E1000EMU_WATCH_EVENTS | E1000EMU_WATCH_CHECK | E1000EMU_WATCH_DEEP | E1000EMU_WATCH_FRAMES;
    bool checked = chip->watch & E1000EMU_WATCH_CHECK;

    chip->watch = (chip->watch & ~mask) | (mask & who & all);
    if (!checked && chip->watch & E1000EMU_WATCH_CHECK)
        emu_check_begin(chip);
    if (emu_watch_each(chip->watch)) {
        chip->rx.ring.memory = NULL;
        chip->tx.ring.memory = NULL;
    }
}

void emu_watch_access(struct e1000emu *chip, enum e1000emu_event_kind kind,
                      enum e1000emu_space space, uint32_t offset, unsigned width, uint64_t value)
{
    struct e1000emu_event event = {
        .kind = kind,
        .u.access = {.space = space, .offset = offset, .width = width, .value = value}};

    tell(chip, &event);
}

void emu_watch_indirect(struct e1000emu *chip, enum e1000emu_event_kind kind, uint32_t offset,
                        uint32_t value)
{
    struct e1000emu_event event = {.kind = kind,
                                   .u.access = {.space = E1000EMU_REGISTERS,
                                                .offset = offset,
                                                .width = 4,
                                                .value = value,
                                                .indirect = true}};

    tell(chip, &event);
}

void emu_watch_descriptor(struct e1000emu *chip, enum e1000emu_event_kind kind, bool transmit,
                          uint32_t index, uint64_t bus, uint64_t address, uint64_t fields)
{
    struct e1000emu_event event = {.kind = kind,
                                   .u.descriptor = {.transmit = transmit,
                                                    .index = index,
                                                    .bus = bus,
                                                    .address = address,
                                                    .fields = fields}};

    if (!heard(chip, kind))
        return;
    tell(chip, &event);
}

void emu_watch_dma_failed(struct e1000emu *chip, uint64_t bus, uint64_t length, bool write)
{
    struct e1000emu_event event = {.kind = E1000EMU_EVENT_DMA_FAILED,
                                   .u.dma = {.bus = bus, .length = length, .write = write}};

    tell(chip, &event);
}

void emu_watch_causes(struct e1000emu *chip, uint32_t causes)
{
    struct e1000emu_event event = {.kind = E1000EMU_EVENT_CAUSE, .u.causes = causes};

    if (!heard(chip, E1000EMU_EVENT_CAUSE))
        return;
    tell(chip, &event);
}

void emu_watch_interrupt(struct e1000emu *chip, bool level, bool message)
{
    struct e1000emu_event event = {.kind = E1000EMU_EVENT_INTERRUPT,
                                   .u.interrupt = {.level = level, .message = message}};

    tell(chip, &event);
}

void emu_watch_received(struct e1000emu *chip, const struct e1000emu_frame *frame,
                        enum e1000emu_verdict verdict)
{
    struct e1000emu_event event = {.kind = E1000EMU_EVENT_RECEIVED,
                                   .u.frame = {.frame = frame, .verdict = verdict}};

    tell(chip, &event);
}

void emu_watch_sent(struct e1000emu *chip, const struct e1000emu_frame *frames, size_t count)
{
    struct e1000emu_event event = {.kind = E1000EMU_EVENT_SENT};

    if (!heard(chip, E1000EMU_EVENT_SENT))
        return;
    for (size_t i = 0; i < count; i++) {
        event.u.frame.frame = &frames[i];
        tell(chip, &event);
    }
}

void emu_watch_reset(struct e1000emu *chip, enum e1000emu_reset kind)
{
    struct e1000emu_event event = {.kind = E1000EMU_EVENT_RESET, .u.reset = kind};

    tell(chip, &event);
}

void emu_watch_link(struct e1000emu *chip)
{
    struct e1000emu_event event = {.kind = E1000EMU_EVENT_LINK};
    uint32_t status = emu_get(chip, REG_STATUS);

    event.u.link.up = status & STATUS_LU;
    event.u.link.full_duplex = status & STATUS_FD;
    event.u.link.mbps = emu_link_mbps(chip);
    tell(chip, &event);
}

void emu_watch_fault(struct e1000emu *chip, const struct e1000emu_fault *row, uint64_t fired,
                     const struct e1000emu_frame *frame)
{
    struct e1000emu_event event = {.kind = E1000EMU_EVENT_FAULT,
                                   .u.fault = {.row = row, .fired = fired, .frame = frame}};

    tell(chip, &event);
}
