/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flash behind the flash BAR, the expansion ROM BAR and the upper half of the I/O window (SDM
 * 5.7, 7).
 *
 * The manual names parts that work (table 5-22). Of those, SST's 39VF family has one for each size
 * that the chip can address, so the model has these: 39VF512, 010, 020 and 040. They take the JEDEC
 * commands, at addresses of 15 bits: program a byte, erase a sector of 4 KB or all, read the ids.
 * While a part is busy it answers reads with its status: data bit 7 inverted, bit 6 toggling.
 */
#ifndef EMU_FLASH_H
#define EMU_FLASH_H

#include "e1000emu.h"

#define EMU_FLASH_SMALLEST 0x10000u
#define EMU_FLASH_LARGEST  0x80000u

/* How far a command has come. */
enum emu_flash_state {
    EMU_FLASH_READ,    /* reads give what is stored */
    EMU_FLASH_UNLOCK1, /* AA was written at 5555 */
    EMU_FLASH_UNLOCK2, /* and 55 at 2AAA: the command comes next */
    EMU_FLASH_PROGRAM, /* the next write is the byte to program */
    EMU_FLASH_ERASE,   /* an erase has to be unlocked once more: AA */
    EMU_FLASH_ERASE1,  /* 55 */
    EMU_FLASH_ERASE2   /* and says what: 10 all, 30 the sector written to */
};

struct emu_flash {
    uint32_t bytes; /* of the part, a power of two; 0: the board has none */
    enum emu_flash_state state;
    bool ids;                 /* reads give the part's ids */
    e1000emu_time busy_until; /* programming or erasing */
    uint8_t inverted;         /* bit 7 of a read while that lasts */
    bool toggle;              /* bit 6 of the next one */
};

/* Size of the part that a configuration asks for. */
uint32_t emu_flash_part(const struct e1000emu_config *config,
                        const struct e1000emu_profile *profile);

/* Fills a new part: the image, the rest erased. */
void emu_flash_init(struct e1000emu *chip, const struct e1000emu_config *config);

/* Power was off. No other reset reaches the part. */
void emu_flash_reset(struct e1000emu *chip);

/* Cycles on the part's eight data lines, from the lowest byte on, as the chip makes them of an
 * access of width bytes. Addresses wrap at the part's end. Writes need EECD.FWE. */
uint64_t emu_flash_read(struct e1000emu *chip, uint32_t offset, unsigned width);
void emu_flash_write(struct e1000emu *chip, uint32_t offset, unsigned width, uint64_t value);

#endif
