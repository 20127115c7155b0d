/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A snapshot as others see it: who made it, all numbers, and a CRC-32 (IEEE 802.3, as in zlib) of
 * all bytes before that.
 */
#include "snapshot.h"

#include <errno.h>

#include "chip.h"
#include "crc.h"
#include "reset.h"

/* To be counted up when what is saved means something else although it looks the same. */
#define VERSION 1u

#define MAGIC_BYTES 8u
static const uint8_t magic[MAGIC_BYTES] = {'e', '1', '0', '0', '0', 'e', 'm', 'u'};

/* Magic, then version, layout and length, then the profile's name, then the time. */
#define AT_VERSION   8u
#define AT_LAYOUT    12u
#define AT_LENGTH    16u
#define AT_PROFILE   20u
#define AT_TIME      (AT_PROFILE + E1000EMU_SNAPSHOT_NAME)
#define HEADER_BYTES (AT_TIME + 8u)
#define CRC_BYTES    4u

/* ---- Numbers -------------------------------------------------------------------------------- */

static void put(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *from, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)from[i] << (8 * i);
    return value;
}

/* Makes sure of so many more bytes. */
static bool reserve(struct emu_snapshot *s, uint32_t bytes)
{
    if (s->error || s->mode == EMU_SNAPSHOT_DESCRIBE)
        return false;
    if (s->mode == EMU_SNAPSHOT_MEASURE) {
        s->used += bytes;
        return false;
    }
    if (bytes > s->size - s->used) {
        s->error = -ERANGE;
        return false;
    }
    s->used += bytes;
    return true;
}

void emu_snapshot_require(struct emu_snapshot *s, bool possible)
{
    if (emu_snapshot_loading(s) && !possible)
        s->error = -ERANGE;
}

uint64_t emu_snapshot_number(struct emu_snapshot *s, uint64_t value, unsigned bytes)
{
    emu_snapshot_note(s, bytes);
    if (!reserve(s, bytes))
        return value;
    if (s->mode == EMU_SNAPSHOT_LOAD)
        return get(s->from + s->used - bytes, bytes);
    put(s->to + s->used - bytes, value, bytes);
    return value;
}

void emu_snapshot_bool(struct emu_snapshot *s, bool *value)
{
    uint32_t number = s->mode == EMU_SNAPSHOT_LOAD ? 0 : *value;

    number = (uint32_t)emu_snapshot_number(s, number, 1);
    emu_snapshot_require(s, number <= 1);
    if (emu_snapshot_loading(s))
        *value = number;
}

void emu_snapshot_u8(struct emu_snapshot *s, uint8_t *value)
{
    uint8_t number = (uint8_t)emu_snapshot_number(s, *value, 1);

    if (emu_snapshot_loading(s))
        *value = number;
}

void emu_snapshot_u16(struct emu_snapshot *s, uint16_t *value)
{
    uint16_t number = (uint16_t)emu_snapshot_number(s, *value, 2);

    if (emu_snapshot_loading(s))
        *value = number;
}

void emu_snapshot_u32(struct emu_snapshot *s, uint32_t *value)
{
    emu_snapshot_limited(s, value, UINT32_MAX);
}

void emu_snapshot_u64(struct emu_snapshot *s, uint64_t *value)
{
    uint64_t number = emu_snapshot_number(s, *value, 8);

    if (emu_snapshot_loading(s))
        *value = number;
}

void emu_snapshot_limited(struct emu_snapshot *s, uint32_t *value, uint32_t most)
{
    uint32_t number = (uint32_t)emu_snapshot_number(s, *value, 4);

    emu_snapshot_require(s, number <= most);
    if (emu_snapshot_loading(s))
        *value = number;
}

void emu_snapshot_bytes(struct emu_snapshot *s, uint8_t *bytes, uint32_t count)
{
    emu_snapshot_note(s, 0);
    if (!reserve(s, count))
        return;
    if (s->mode == EMU_SNAPSHOT_LOAD)
        memcpy(bytes, s->from + s->used - count, count);
    else
        memcpy(s->to + s->used - count, bytes, count);
}

/* ---- Saving --------------------------------------------------------------------------------- */

/* The blocks' functions store into the chip only while they load. */
static void walk(struct emu_snapshot *s, const struct e1000emu *chip)
{
    emu_snapshot_blocks(s, (struct e1000emu *)(uintptr_t)chip);
}

static uint32_t layout_of(const struct e1000emu *chip)
{
    struct emu_snapshot s = {.mode = EMU_SNAPSHOT_DESCRIBE};

    walk(&s, chip);
    return s.layout;
}

size_t e1000emu_snapshot_size(const e1000emu *chip)
{
    struct emu_snapshot s = {.mode = EMU_SNAPSHOT_MEASURE};

    walk(&s, chip);
    return HEADER_BYTES + s.used + CRC_BYTES;
}

static void put_name(uint8_t *to, const char *name)
{
    memset(to, 0, E1000EMU_SNAPSHOT_NAME);
    for (unsigned i = 0; name[i] && i < E1000EMU_SNAPSHOT_NAME - 1; i++)
        to[i] = (uint8_t)name[i];
}

size_t e1000emu_save(const e1000emu *chip, void *buffer, size_t size)
{
    size_t length = e1000emu_snapshot_size(chip);
    uint8_t *bytes = buffer;
    struct emu_snapshot s = {
        .mode = EMU_SNAPSHOT_SAVE, .to = bytes, .used = HEADER_BYTES, .size = length - CRC_BYTES};

    if (size < length)
        return 0;
    memcpy(bytes, magic, MAGIC_BYTES);
    put(bytes + AT_VERSION, VERSION, 4);
    put(bytes + AT_LAYOUT, layout_of(chip), 4);
    put(bytes + AT_LENGTH, length, 4);
    put_name(bytes + AT_PROFILE, chip->profile.name);
    put(bytes + AT_TIME, chip->now, 8);
    walk(&s, chip);
    put(bytes + s.used, emu_crc32(0, bytes, s.used), CRC_BYTES);
    return length;
}

/* ---- Loading -------------------------------------------------------------------------------- */

int e1000emu_snapshot_look(const void *snapshot, size_t size, struct e1000emu_snapshot *about)
{
    const uint8_t *bytes = snapshot;
    uint64_t length;

    if (size < MAGIC_BYTES || memcmp(bytes, magic, MAGIC_BYTES) != 0)
        return -EINVAL;
    if (size < AT_LAYOUT)
        return -ENODATA;
    about->version = (uint32_t)get(bytes + AT_VERSION, 4);
    if (about->version != VERSION)
        return -ENOTSUP;
    if (size < HEADER_BYTES + CRC_BYTES)
        return -ENODATA;
    length = get(bytes + AT_LENGTH, 4);
    if (size < length)
        return -ENODATA;
    if (size > length)
        return -EMSGSIZE;
    if (emu_crc32(0, bytes, size - CRC_BYTES) != get(bytes + size - CRC_BYTES, CRC_BYTES))
        return -EBADMSG;
    about->layout = (uint32_t)get(bytes + AT_LAYOUT, 4);
    memcpy(about->profile, bytes + AT_PROFILE, sizeof about->profile);
    about->profile[E1000EMU_SNAPSHOT_NAME - 1] = '\0';
    about->time = get(bytes + AT_TIME, 8);
    return 0;
}

static bool is_of_profile(const struct e1000emu *chip, const struct e1000emu_snapshot *about)
{
    uint8_t name[E1000EMU_SNAPSHOT_NAME];

    put_name(name, chip->profile.name);
    return memcmp(name, about->profile, sizeof name) == 0;
}

/* Half of a snapshot was loaded: nothing of it may stay. */
static void start_anew(struct e1000emu *chip, bool level, bool pme)
{
    chip->irq = (struct emu_irq){.intx = level, .told = level};
    chip->wake.pme = pme;
    memset(&chip->rx, 0, sizeof chip->rx);
    memset(&chip->tx, 0, sizeof chip->tx);
    memset(&chip->phy, 0, sizeof chip->phy);
    emu_medium_forget(chip);
    emu_check_begin(chip);
    emu_clock_init(chip);
    emu_fault_forget(chip);
    emu_reset(chip, E1000EMU_RESET_POWER);
}

int e1000emu_load(e1000emu *chip, const void *snapshot, size_t size)
{
    struct emu_snapshot s = {.mode = EMU_SNAPSHOT_LOAD,
                             .from = snapshot,
                             .used = HEADER_BYTES,
                             .size = size - CRC_BYTES};
    struct e1000emu_snapshot about;
    bool level = chip->irq.intx;
    bool pme = chip->wake.pme;
    int error = e1000emu_snapshot_look(snapshot, size, &about);

    if (error)
        return error;
    if (!is_of_profile(chip, &about))
        return -EXDEV;
    if (about.layout != layout_of(chip))
        return -ENOTSUP;
    emu_snapshot_blocks(&s, chip);
    emu_snapshot_require(&s, s.used == s.size && chip->now == about.time);
    if (s.error) {
        start_anew(chip, level, pme);
        return s.error;
    }
    if (chip->irq.intx != level)
        chip->host.interrupt(chip->host.opaque, chip->irq.intx);
    if (chip->wake.pme != pme && chip->host.pme)
        chip->host.pme(chip->host.opaque, chip->wake.pme);
    return 0;
}
