/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial EEPROM: its contents, the hardware's own reading of it, EERD and Microwire (SDM 5). */
#ifndef EMU_EEPROM_H
#define EMU_EEPROM_H

#include "e1000emu.h"
#include "eeprom_part.h"

#define EMU_EEPROM_SUM 0xBABAu

/* Words that the hardware reads (SDM 5.6). */
enum emu_eeprom_word {
    EE_MAC0 = 0x00,
    EE_VERSION = 0x05,
    EE_INIT1 = 0x0A,
    EE_SUBSYSTEM = 0x0B,
    EE_SUBSYSTEM_VENDOR = 0x0C,
    EE_DEVICE = 0x0D,
    EE_VENDOR = 0x0E,
    EE_INIT2 = 0x0F,
    EE_PINS_B = 0x10, /* of an 82546's LAN B, as all up to 1Eh but 12h */
    EE_DEVICE_B = 0x11,
    EE_COMMON_POWER = 0x12,
    EE_INIT3_B = 0x14,
    EE_PINS = 0x20,
    EE_POWER = 0x22,
    EE_MANAGEMENT = 0x23,
    EE_INIT3 = 0x24,
    EE_IP4 = 0x25,
    EE_IP6 = 0x27,
    EE_LED = 0x2F,
    EE_CHECKSUM = 0x3F
};

struct emu_eeprom {
    struct emu_eeprom_part part; /* in use if this function keeps it: see emu_part() */

    bool eerd_waits;               /* EERD.START was written, and the part isn't free yet */
    unsigned eerd_word;            /* what EERD reads */
    enum e1000emu_reset load_kind; /* the reset whose load is under way */
    bool load_waits;               /* and has yet to reach the registers */
};

/* Takes the configuration's image, or makes one from profile and address with a valid checksum; the
 * second function of a chip shares the part of the first. */
void emu_eeprom_init(struct e1000emu *chip, const struct e1000emu_config *config);

/* The hardware reads its words after a reset (SDM 5.3), or, as after RST#, for CTRL_EXT.EE_RST.
 * After power-on and RST# the registers are loaded when this returns, because the chip answers
 * nothing before; otherwise once the profile's time has passed. */
void emu_eeprom_load(struct e1000emu *chip, enum e1000emu_reset kind);
void emu_eeprom_reload(struct e1000emu *chip);

/* CS, SK and DI fall with a reset of EECD. power: the part itself was without supply. */
void emu_eeprom_reset(struct e1000emu *chip, bool power);

/* A word as the hardware takes it: its default where word 0Ah has no valid signature (SDM 5.6.8).
 */
uint16_t emu_eeprom_hw_word(const struct e1000emu *chip, unsigned word);

/* The part programs itself, whichever function told it to. */
bool emu_eeprom_busy(const struct e1000emu *chip);

/* The other function is gone, and holds the part no longer. */
void emu_eeprom_left(struct e1000emu *chip, const struct e1000emu *other);

/* Where this function's copy of a word is that each of two functions has of its own: EE_PINS,
 * EE_DEVICE, EE_MANAGEMENT, EE_INIT3, EE_IP4 or EE_IP6 (SDM table 5-2). */
unsigned emu_eeprom_lan_word(const struct e1000emu *chip, unsigned word);

/* Register hooks and timers. */
uint32_t emu_eeprom_read_eecd(struct e1000emu *chip, uint32_t offset);
void emu_eeprom_write_eecd(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_eeprom_write_eerd(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);
void emu_eeprom_eerd_timer(struct e1000emu *chip);
void emu_eeprom_load_timer(struct e1000emu *chip);
void emu_eeprom_write_timer(struct e1000emu *chip);

#endif
