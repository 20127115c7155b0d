/* SPDX-License-Identifier: BSD-2-Clause */
#include "flash.h"

#include <string.h>

#include "chip.h"

#define SECTOR_BYTES 0x1000u

/* Where commands are written; the part decodes 15 lines of the address. */
#define COMMAND_LINES 0x7FFFu
#define ADDRESS1      0x5555u
#define ADDRESS2      0x2AAAu

#define UNLOCK1       0xAAu
#define UNLOCK2       0x55u
#define CMD_PROGRAM   0xA0u
#define CMD_ERASE     0x80u
#define CMD_IDS       0x90u
#define CMD_READ      0xF0u
#define CMD_ERASE_ALL 0x10u
#define CMD_SECTOR    0x30u

/* What SST's parts say they are. */
#define ID_SST     0xBFu
#define ID_39VF512 0xD4u

#define STATUS_DATA   0x80u
#define STATUS_TOGGLE 0x40u

/* Typical times of the data sheet. */
#define PROGRAM_NS   14000u
#define SECTOR_NS    18000000u
#define ERASE_ALL_NS 70000000u

/* ---- The part ------------------------------------------------------------------------------- */

uint32_t emu_flash_part(const struct e1000emu_config *config,
                        const struct e1000emu_profile *profile)
{
    size_t wanted = config->flash ? config->flash_bytes : profile->flash_size;
    uint32_t bytes = EMU_FLASH_SMALLEST;

    if (wanted == 0)
        return 0;
    while (bytes < wanted && bytes < EMU_FLASH_LARGEST)
        bytes *= 2;
    return bytes;
}

void emu_flash_init(struct e1000emu *chip, const struct e1000emu_config *config)
{
    if (chip->keeper != chip)
        return;
    for (size_t i = 0; config->flash && i < config->flash_bytes; i++)
        chip->flash_programmed[i] = (uint8_t)~config->flash[i];
}

void emu_flash_reset(struct e1000emu *chip)
{
    chip->keeper->flash = (struct emu_flash){.bytes = chip->keeper->flash.bytes};
}

/* The family numbers its parts by size. */
static uint8_t device_id(const struct emu_flash *flash)
{
    uint8_t id = ID_39VF512;

    for (uint32_t bytes = EMU_FLASH_SMALLEST; bytes < flash->bytes; bytes *= 2)
        id++;
    return id;
}

static bool busy(const struct e1000emu *chip)
{
    return chip->now < chip->keeper->flash.busy_until;
}

static uint8_t read_byte(struct e1000emu *chip, uint32_t address)
{
    struct emu_flash *flash = &chip->keeper->flash;

    if (busy(chip)) {
        flash->toggle = !flash->toggle;
        return flash->inverted | (flash->toggle ? STATUS_TOGGLE : 0);
    }
    if (flash->ids)
        return address & 1 ? device_id(flash) : ID_SST;
    return (uint8_t)~chip->keeper->flash_programmed[address];
}

/* ---- Commands ------------------------------------------------------------------------------- */

/* Bits are programmed to zero; only erasing makes them one again. */
static void program(struct e1000emu *chip, uint32_t address, uint8_t data)
{
    chip->keeper->flash_programmed[address] |= (uint8_t)~data;
    chip->keeper->flash.inverted = ~data & STATUS_DATA;
    chip->keeper->flash.busy_until = chip->now + PROGRAM_NS;
}

static void erase(struct e1000emu *chip, uint32_t first, uint32_t bytes, e1000emu_time time)
{
    memset(chip->keeper->flash_programmed + first, 0, bytes);
    chip->keeper->flash.inverted = 0;
    chip->keeper->flash.busy_until = chip->now + time;
}

/* The third cycle of a command. */
static enum emu_flash_state start_command(struct emu_flash *flash, uint32_t line, uint8_t data)
{
    if (line != ADDRESS1)
        return EMU_FLASH_READ;
    switch (data) {
    case CMD_PROGRAM:
        return EMU_FLASH_PROGRAM;
    case CMD_ERASE:
        return EMU_FLASH_ERASE;
    case CMD_IDS:
        flash->ids = true;
        return EMU_FLASH_READ;
    default: /* CMD_READ was dealt with; the rest means nothing */
        return EMU_FLASH_READ;
    }
}

/* The sixth cycle of an erase. */
static void start_erase(struct e1000emu *chip, uint32_t address, uint32_t line, uint8_t data)
{
    if (data == CMD_SECTOR)
        erase(chip, address & ~(SECTOR_BYTES - 1), SECTOR_BYTES, SECTOR_NS);
    else if (data == CMD_ERASE_ALL && line == ADDRESS1)
        erase(chip, 0, chip->keeper->flash.bytes, ERASE_ALL_NS);
}

static void write_byte(struct e1000emu *chip, uint32_t address, uint8_t data)
{
    struct emu_flash *flash = &chip->keeper->flash;
    uint32_t line = address & COMMAND_LINES;
    bool unlock1 = line == ADDRESS1 && data == UNLOCK1;
    bool unlock2 = line == ADDRESS2 && data == UNLOCK2;
    enum emu_flash_state state = flash->state;

    if (busy(chip))
        return;
    flash->state = EMU_FLASH_READ; /* what a wrong cycle leads to, too */
    if (state == EMU_FLASH_PROGRAM) {
        program(chip, address, data);
        return;
    }
    if (data == CMD_READ) {
        flash->ids = false;
        return;
    }
    if (state == EMU_FLASH_READ && unlock1)
        flash->state = EMU_FLASH_UNLOCK1;
    else if (state == EMU_FLASH_UNLOCK1 && unlock2)
        flash->state = EMU_FLASH_UNLOCK2;
    else if (state == EMU_FLASH_UNLOCK2)
        flash->state = start_command(flash, line, data);
    else if (state == EMU_FLASH_ERASE && unlock1)
        flash->state = EMU_FLASH_ERASE1;
    else if (state == EMU_FLASH_ERASE1 && unlock2)
        flash->state = EMU_FLASH_ERASE2;
    else if (state == EMU_FLASH_ERASE2)
        start_erase(chip, address, line, data);
}

/* ---- The chip's cycles ---------------------------------------------------------------------- */

uint64_t emu_flash_read(struct e1000emu *chip, uint32_t offset, unsigned width)
{
    uint32_t mask = chip->keeper->flash.bytes - 1;
    uint64_t value = 0;

    if (chip->keeper->flash.bytes == 0)
        return UINT64_MAX; /* nobody drives the lines */
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)read_byte(chip, (offset + i) & mask) << (8 * i);
    return value;
}

void emu_flash_write(struct e1000emu *chip, uint32_t offset, unsigned width, uint64_t value)
{
    uint32_t mask = chip->keeper->flash.bytes - 1;

    if (chip->keeper->flash.bytes == 0 || (emu_get(chip, REG_EECD) & EECD_FWE) != EECD_FWE_EN)
        return;
    for (unsigned i = 0; i < width; i++)
        write_byte(chip, (offset + i) & mask, (uint8_t)(value >> (8 * i)));
}

size_t e1000emu_flash(const e1000emu *chip, uint8_t *bytes, size_t size)
{
    const struct e1000emu *keeper = chip->keeper;

    for (size_t i = 0; i < size && i < keeper->flash.bytes; i++)
        bytes[i] = (uint8_t)~keeper->flash_programmed[i];
    return keeper->flash.bytes;
}
