/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The EEPROM part on the board, a 93C46 or 93C66: its words and its Microwire protocol (SDM 5.2;
 * the parts' data sheets). An 82546 has one for both of its functions.
 */
#ifndef EMU_EEPROM_PART_H
#define EMU_EEPROM_PART_H

#include "e1000emu.h"

#define EMU_EEPROM_WORDS_MAX 256u

/* What the part is in the middle of. */
enum emu_eeprom_state {
    EMU_EE_STANDBY, /* CS low, or waiting for the start bit */
    EMU_EE_COMMAND, /* opcode and address come in */
    EMU_EE_READ,    /* data goes out */
    EMU_EE_DATA,    /* data comes in */
    EMU_EE_ARMED,   /* complete: programs when CS falls */
    EMU_EE_IGNORE   /* done with this command until CS falls */
};

struct emu_eeprom_part {
    uint16_t word[EMU_EEPROM_WORDS_MAX];
    /* What a fault has changed, and nobody has programmed since, was this before. */
    bool wrong[EMU_EEPROM_WORDS_MAX];
    uint16_t right[EMU_EEPROM_WORDS_MAX];
    unsigned words;        /* 64 (93C46) or 256 (93C66) */
    unsigned address_bits; /* 6 or 8 */

    uint32_t pins; /* SK, CS and DI as the part last saw them, at their places in EECD */
    enum emu_eeprom_state state;
    uint32_t shift;     /* bits that came in, or that go out from bit 15 on */
    unsigned bits;      /* how many of them */
    unsigned opcode;    /* the two bits after the start bit */
    unsigned address;   /* with its two top bits still those of EWEN and the like */
    bool write_enabled; /* EWEN was the last of EWEN and EWDS */
    bool data_out;      /* level of DO while data is read */

    /* Who was granted the pins (EECD.EE_GNT), or NULL (SDM 12.3.2). */
    const struct e1000emu *holder;
};

/* The supply was away: nothing is under way, and writing isn't enabled. The words stay. */
void emu_part_power_on(struct emu_eeprom_part *part);

/* What a change of the pins leads to. */
enum emu_eeprom_event {
    EMU_EE_NOTHING,
    EMU_EE_PROGRAMS,  /* the write cycle begins */
    EMU_EE_SHOWS_WORD /* the word in shift goes out next */
};

/* The pins change, seen by a part that is busy with its write cycle or isn't. CS that rises
 * together with SK is too late for that clock. */
enum emu_eeprom_event emu_part_set_pins(struct emu_eeprom_part *part, uint32_t pins, bool busy);

/* Level of DO: data while reading, else ready (or nobody drives it, and it is pulled up). */
bool emu_part_data_out(const struct emu_eeprom_part *part, bool busy);

#endif
