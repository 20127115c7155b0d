/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Snapshots: the whole state as a row of little-endian numbers. Each block has one function that
 * walks over its fields, in one of the files snapshot_*.c; it serves saving, loading and
 * measuring alike, so that these can't disagree. Who adds a field to a block adds it there: a test
 * finds what was forgotten.
 *
 * What can be worked out from other fields or belongs to the host (windows, pointers, callbacks) is
 * not in a snapshot. Whoever uses a field as an index, a count or a length may only have it loaded
 * by emu_snapshot_limited(), or after emu_snapshot_require() has seen that no harm can come of it:
 * a snapshot may be anybody's.
 */
#ifndef EMU_SNAPSHOT_H
#define EMU_SNAPSHOT_H

#include <string.h>

#include "e1000emu.h"

struct emu_context;

enum emu_snapshot_mode {
    EMU_SNAPSHOT_SAVE,
    EMU_SNAPSHOT_LOAD,
    EMU_SNAPSHOT_MEASURE, /* only counts the bytes */
    EMU_SNAPSHOT_DESCRIBE /* only looks at what there would be: see layout */
};

struct emu_snapshot {
    enum emu_snapshot_mode mode;
    uint8_t *to;         /* while saving */
    const uint8_t *from; /* while loading */
    size_t used, size;   /* bytes of either */
    uint32_t layout;     /* a sum over the kinds of numbers, in order */
    int error;           /* the first one; nothing is stored after it */
};

static inline bool emu_snapshot_loading(const struct emu_snapshot *s)
{
    return s->mode == EMU_SNAPSHOT_LOAD && !s->error;
}

/* Something that the layout depends on. */
static inline void emu_snapshot_note(struct emu_snapshot *s, uint32_t what)
{
    s->layout = (s->layout ^ what) * 16777619u;
}

/* While loading: refuses what no chip can be in. */
void emu_snapshot_require(struct emu_snapshot *s, bool possible);

/* A number of so many bytes: the one to save, or the one that was loaded. */
uint64_t emu_snapshot_number(struct emu_snapshot *s, uint64_t value, unsigned bytes);

void emu_snapshot_bool(struct emu_snapshot *s, bool *value);
void emu_snapshot_u8(struct emu_snapshot *s, uint8_t *value);
void emu_snapshot_u16(struct emu_snapshot *s, uint16_t *value);
void emu_snapshot_u32(struct emu_snapshot *s, uint32_t *value);
void emu_snapshot_u64(struct emu_snapshot *s, uint64_t *value);
void emu_snapshot_bytes(struct emu_snapshot *s, uint8_t *bytes, uint32_t count);

/* A number that is at most so large. */
void emu_snapshot_limited(struct emu_snapshot *s, uint32_t *value, uint32_t most);

/* How many entries of an array to walk over, if count of them are in use. */
static inline uint32_t emu_snapshot_entries(const struct emu_snapshot *s, uint32_t count)
{
    return s->mode == EMU_SNAPSHOT_DESCRIBE ? 1 : count;
}

/* All blocks, in an order in which each finds loaded what it depends on. */
void emu_snapshot_blocks(struct emu_snapshot *s, struct e1000emu *chip);

/* The two with rings, the checker, and the faults. */
void emu_snapshot_rx(struct emu_snapshot *s, struct e1000emu *chip);
void emu_snapshot_tx(struct emu_snapshot *s, struct e1000emu *chip);
void emu_snapshot_check(struct emu_snapshot *s, struct e1000emu *chip);
void emu_snapshot_faults(struct emu_snapshot *s, struct e1000emu *chip);
/* A context descriptor, which the checker remembers as the transmitter does. */
void emu_snapshot_context(struct emu_snapshot *s, struct emu_context *context);

#endif
