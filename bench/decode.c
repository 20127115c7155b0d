/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REG_ICR 0xC0u

const char *decode_value_name(const struct e1000emu_field *field, uint64_t value)
{
    return field->values != NULL ? field->values[e1000emu_field_get(field, value)] : NULL;
}

bool decode_says(const struct e1000emu_field *field, uint64_t value)
{
    const char *name = decode_value_name(field, value);

    if ((field->flags & E1000EMU_FIELD_RESERVED) != 0)
        return false;
    if (name != NULL)
        return strcmp(name, "none") != 0;
    return e1000emu_field_get(field, value) != 0;
}

/* Appends " text" or " name=text". */
static size_t append(char text[DECODE_FIELDS], size_t used, const char *name, const char *value)
{
    if (used < DECODE_FIELDS)
        used += (size_t)snprintf(text + used, DECODE_FIELDS - used, "%s%s%s%s",
                                 used != 0 ? " " : "", name, value[0] != '\0' ? "=" : "", value);
    return used;
}

const char *decode_fields(const struct e1000emu_field *fields, uint32_t count, uint64_t value,
                          char text[DECODE_FIELDS])
{
    uint64_t rest = value;
    size_t used = 0;
    char number[24];

    text[0] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        const struct e1000emu_field *field = &fields[i];
        const char *name = decode_value_name(field, value);

        rest &= ~((UINT64_MAX >> (64 - field->width)) << field->shift);
        if (!decode_says(field, value))
            continue;
        snprintf(number, sizeof(number), "%" PRIu64, e1000emu_field_get(field, value));
        if (name == NULL)
            name = field->width > 1 ? number : "";
        used = append(text, used, field->name, name);
    }
    if (rest != 0 && count != 0) {
        snprintf(number, sizeof(number), "+0x%" PRIx64, rest);
        append(text, used, number, "");
    }
    return text;
}

const char *decode_register(uint32_t offset, uint64_t value, char text[DECODE_FIELDS])
{
    const struct e1000emu_register *row = e1000emu_register_find(offset & ~3u, NULL);

    if (row == NULL)
        text[0] = '\0';
    else
        decode_fields(row->fields, row->field_count, value, text);
    return text;
}

const struct e1000emu_register *decode_causes(void)
{
    return e1000emu_register_find(REG_ICR, NULL);
}

/* Of the header of configuration space that every function has. */
static const char *config_name(uint32_t offset)
{
    static const struct {
        uint32_t offset;
        const char *name;
    } names[] = {
        {0x00, "VENDOR"},     {0x02, "DEVICE"},        {0x04, "COMMAND"},
        {0x06, "STATUS"},     {0x08, "REVISION"},      {0x09, "CLASS"},
        {0x0c, "CACHE_LINE"}, {0x0d, "LATENCY"},       {0x0e, "HEADER"},
        {0x0f, "BIST"},       {0x10, "BAR0"},          {0x14, "BAR1"},
        {0x18, "BAR2"},       {0x1c, "BAR3"},          {0x20, "BAR4"},
        {0x24, "BAR5"},       {0x28, "CARDBUS"},       {0x2c, "SUBSYSTEM_VENDOR"},
        {0x2e, "SUBSYSTEM"},  {0x30, "ROM"},           {0x34, "CAPABILITIES"},
        {0x3c, "INTERRUPT"},  {0x3d, "INTERRUPT_PIN"}, {0x3e, "MIN_GNT"},
        {0x3f, "MAX_LAT"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].offset == offset)
            return names[i].name;
    return "-";
}

static const char *register_name(uint32_t offset, char name[DECODE_NAME])
{
    uint32_t index;
    const struct e1000emu_register *row = e1000emu_register_find(offset & ~3u, &index);

    if (row == NULL)
        return "-";
    snprintf(name, DECODE_NAME, row->count > 1 ? "%s[%u]" : "%s", row->name, index);
    return name;
}

const char *decode_place(enum e1000emu_space space, uint32_t offset, char name[DECODE_NAME])
{
    if (space == E1000EMU_REGISTERS)
        return register_name(offset, name);
    if (space == E1000EMU_CONFIG)
        return config_name(offset);
    if (space == E1000EMU_IO)
        return offset == 0 ? "IOADDR" : offset == 4 ? "IODATA" : "-";
    return "-";
}
