/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults' arguments in words; see fault_option.h. */
#include "fault_option.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void time_text(uint64_t ns, char *text, size_t size)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    unsigned unit = 0;

    while (unit < 3 && ns != 0 && ns % 1000 == 0) {
        ns /= 1000;
        unit++;
    }
    snprintf(text, size, "%" PRIu64 "%s", ns, units[unit]);
}

static const char *bit_name(const struct e1000emu_field *fields, uint32_t count, unsigned bit)
{
    for (uint32_t i = 0; i < count; i++)
        if (fields[i].shift == bit && fields[i].width == 1)
            return fields[i].name;
    return NULL;
}

static void register_text(uint64_t offset, char *text, size_t size)
{
    uint32_t index;
    const struct e1000emu_register *row = e1000emu_register_find((uint32_t)offset, &index);

    if (row == NULL)
        snprintf(text, size, "0x%" PRIx64, offset);
    else if (row->count > 1)
        snprintf(text, size, "%s[%" PRIu32 "]", row->name, index);
    else
        snprintf(text, size, "%s", row->name);
}

static void bit_text(uint64_t value, char *text, size_t size)
{
    const uint32_t offset = (uint32_t)(value / 32) & ~3u;
    const unsigned bit = (unsigned)(value % 32);
    const struct e1000emu_register *row = e1000emu_register_find(offset, NULL);
    const char *name = row != NULL ? bit_name(row->fields, row->field_count, bit) : NULL;
    char place[64];

    register_text(offset, place, sizeof(place));
    if (name != NULL)
        snprintf(text, size, "%s.%s", place, name);
    else
        snprintf(text, size, "%s.%u", place, bit);
}

static void causes_text(uint64_t value, char *text, size_t size)
{
    const struct e1000emu_register *row = e1000emu_register_find(0xc0, NULL); /* ICR */
    size_t used = 0;

    text[0] = '\0';
    for (unsigned bit = 0; bit < 32 && used < size; bit++) {
        const char *name = bit_name(row->fields, row->field_count, bit);

        if ((value >> bit & 1) != 0 && name != NULL)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used != 0 ? "+" : "", name);
    }
}

void fault_value_text(const struct e1000emu_fault *fault, uint64_t value, char *text, size_t size)
{
    switch (fault->arg) {
    case E1000EMU_ARG_TIME:
        time_text(value, text, size);
        break;
    case E1000EMU_ARG_CAUSES:
        causes_text(value, text, size);
        break;
    case E1000EMU_ARG_REGISTER:
        register_text(value, text, size);
        break;
    case E1000EMU_ARG_REGISTER_BIT:
        bit_text(value, text, size);
        break;
    case E1000EMU_ARG_WORD_BIT:
        snprintf(text, size, "%" PRIu64 ".%" PRIu64, value / 16, value % 16);
        break;
    case E1000EMU_ARG_CHOICE:
        snprintf(text, size, "%s", fault->choices[value]);
        break;
    default:
        snprintf(text, size, "%" PRIu64, value);
        break;
    }
}

static size_t choices_text(const struct e1000emu_fault *fault, char *text, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; fault->choices[i] != NULL && used < size; i++) {
        const char *between = i == 0 ? "" : fault->choices[i + 1] == NULL ? " or " : ", ";

        used += (size_t)snprintf(text + used, size - used, "%s%s", between, fault->choices[i]);
    }
    return used;
}

void fault_arg_text(const struct e1000emu_fault *fault, char *text, size_t size)
{
    char least[64], most[64];

    switch (fault->arg) {
    case E1000EMU_ARG_CHOICE:
        choices_text(fault, text, size);
        break;
    case E1000EMU_ARG_CAUSES:
        snprintf(text, size, "interrupt causes, such as LSC or RXO+RXDMT0");
        break;
    case E1000EMU_ARG_REGISTER:
        snprintf(text, size, "a register, such as RDT, RAL[3] or 0x100");
        break;
    case E1000EMU_ARG_REGISTER_BIT:
        snprintf(text, size, "a bit of a register, such as STATUS.LU, CTRL.31 or 0x100.1");
        break;
    default:
        fault_value_text(fault, fault->arg_min, least, sizeof(least));
        fault_value_text(fault, fault->arg_max, most, sizeof(most));
        snprintf(text, size, "%s to %s", least, most);
        break;
    }
}
