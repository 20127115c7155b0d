/* SPDX-License-Identifier: BSD-2-Clause */
#include "eeprom_part.h"

#include "hw.h"

/* Instructions of the part: the two bits after the start bit, then for 00 the two bits at the top
 * of the address. */
enum { OP_EXTENDED, OP_WRITE, OP_READ, OP_ERASE };
enum { EXTENDED_EWDS, EXTENDED_WRAL, EXTENDED_ERAL, EXTENDED_EWEN };

/* The command is complete and CS falls: the part programs itself, which begins its write cycle. */
static bool program(struct emu_eeprom_part *part)
{
    unsigned first = part->address;
    unsigned last = first;
    uint16_t data = 0xFFFF;

    if (!part->write_enabled)
        return false;
    if (part->opcode == OP_EXTENDED) {
        bool all_written = first >> (part->address_bits - 2) == EXTENDED_WRAL;

        data = all_written ? (uint16_t)part->shift : 0xFFFF;
        first = 0;
        last = part->words - 1;
    } else if (part->opcode == OP_WRITE) {
        data = (uint16_t)part->shift;
    }
    for (unsigned i = first; i <= last; i++) {
        part->word[i] = data;
        part->wrong[i] = false;
    }
    return true;
}

static void decode_extended(struct emu_eeprom_part *part)
{
    switch (part->address >> (part->address_bits - 2)) {
    case EXTENDED_EWEN:
        part->write_enabled = true;
        part->state = EMU_EE_IGNORE;
        break;
    case EXTENDED_EWDS:
        part->write_enabled = false;
        part->state = EMU_EE_IGNORE;
        break;
    case EXTENDED_WRAL:
        part->state = EMU_EE_DATA;
        break;
    default: /* EXTENDED_ERAL */
        part->state = EMU_EE_ARMED;
        break;
    }
}

/* Opcode and address are in. */
static enum emu_eeprom_event decode(struct emu_eeprom_part *part)
{
    part->opcode = part->shift >> part->address_bits & 3u;
    part->address = part->shift & (part->words - 1);
    switch (part->opcode) {
    case OP_READ:
        part->state = EMU_EE_READ;
        part->data_out = false; /* the dummy zero */
        part->shift = part->word[part->address];
        break;
    case OP_WRITE:
        part->state = EMU_EE_DATA;
        break;
    case OP_ERASE:
        part->state = EMU_EE_ARMED;
        break;
    default:
        decode_extended(part);
        break;
    }
    part->bits = 0;
    return part->state == EMU_EE_READ ? EMU_EE_SHOWS_WORD : EMU_EE_NOTHING;
}

static void shift_in(struct emu_eeprom_part *part, bool data_in)
{
    part->shift = (part->shift << 1 | data_in) & 0xFFFFu;
    part->bits++;
}

/* One rising edge of SK while CS is high. */
static enum emu_eeprom_event clock_bit(struct emu_eeprom_part *part, bool data_in, bool busy)
{
    switch (part->state) {
    case EMU_EE_STANDBY:
        if (!data_in || busy)
            break;
        part->state = EMU_EE_COMMAND;
        part->shift = part->bits = 0;
        break;
    case EMU_EE_COMMAND:
        shift_in(part, data_in);
        if (part->bits == 2 + part->address_bits)
            return decode(part);
        break;
    case EMU_EE_READ:
        part->data_out = part->shift & 0x8000u;
        shift_in(part, false);
        if (part->bits == 16) { /* goes on with the next word */
            part->address = (part->address + 1) & (part->words - 1);
            part->shift = part->word[part->address];
            part->bits = 0;
            return EMU_EE_SHOWS_WORD;
        }
        break;
    case EMU_EE_DATA:
        shift_in(part, data_in);
        if (part->bits == 16)
            part->state = EMU_EE_ARMED;
        break;
    default: /* EMU_EE_ARMED, EMU_EE_IGNORE: more bits mean nothing */
        break;
    }
    return EMU_EE_NOTHING;
}

enum emu_eeprom_event emu_part_set_pins(struct emu_eeprom_part *part, uint32_t pins, bool busy)
{
    uint32_t old = part->pins;

    part->pins = pins;
    if (old & ~pins & EECD_CS) {
        bool begins = part->state == EMU_EE_ARMED && program(part);

        part->state = EMU_EE_STANDBY;
        return begins ? EMU_EE_PROGRAMS : EMU_EE_NOTHING;
    }
    if (old & pins & EECD_CS && ~old & pins & EECD_SK)
        return clock_bit(part, pins & EECD_DI, busy);
    return EMU_EE_NOTHING;
}

void emu_part_power_on(struct emu_eeprom_part *part)
{
    part->write_enabled = false;
    part->state = EMU_EE_STANDBY;
    part->pins = 0;
}

bool emu_part_data_out(const struct emu_eeprom_part *part, bool busy)
{
    if (part->state == EMU_EE_READ)
        return part->data_out;
    return !(part->pins & EECD_CS && busy);
}
