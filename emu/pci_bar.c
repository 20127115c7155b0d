/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lies behind the BARs: registers, flash and its copy in the expansion ROM, and the I/O window
 * (SDM 13.2).
 */
#include "chip.h"

/* The I/O window (SDM 13.2.2). */
#define IO_ADDR         0u
#define IO_DATA         4u
#define IO_ADDRESS_MASK 0x000FFFFFu
#define IO_FLASH        0x80000u

static uint64_t ones(unsigned width)
{
    return width >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
}

static uint32_t read_register(struct e1000emu *chip, uint32_t offset)
{
    return chip->faulty & EMU_AT_READ ? emu_fault_read(chip, offset) : emu_reg_read(chip, offset);
}

static void write_register(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    if (!(chip->faulty & EMU_AT_WRITE) || emu_fault_write(chip, offset, &value))
        emu_reg_write(chip, offset, value);
}

/* By the memory BAR. */
static void write_by_memory(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    if (!(chip->faulty & EMU_AT_WRITE) || !emu_fault_reset_lost(chip, offset, value))
        write_register(chip, offset, value);
}

/* A read of any width touches, and clears, every register that it overlaps (SDM 13.2). */
static uint64_t read_registers(struct e1000emu *chip, uint32_t offset, unsigned width)
{
    uint32_t first = offset & ~3u;
    unsigned shift = 8 * (offset & 3u);
    uint64_t value;

    if (offset >= EMU_REGISTER_BYTES || width > EMU_REGISTER_BYTES - offset)
        return UINT64_MAX;
    value = read_register(chip, first);
    if ((offset & 3u) + width > 4)
        value |= (uint64_t)read_register(chip, first + 4) << 32;
    return value >> shift;
}

static void write_registers(struct e1000emu *chip, uint32_t offset, unsigned width, uint64_t value)
{
    if (offset % 4 || width < 4 || offset >= EMU_REGISTER_BYTES ||
        width > EMU_REGISTER_BYTES - offset)
        return;
    write_by_memory(chip, offset, (uint32_t)value);
    if (width == 8)
        write_by_memory(chip, offset + 4, (uint32_t)(value >> 32));
}

/* Both windows of the flash are as large as the EEPROM says; beyond is nothing. */
static uint64_t read_flash(struct e1000emu *chip, uint32_t offset, unsigned width)
{
    uint32_t window = chip->pci.flash_bytes;

    if (offset >= window || width > window - offset)
        return UINT64_MAX;
    return emu_flash_read(chip, offset, width);
}

static void write_flash(struct e1000emu *chip, uint32_t offset, unsigned width, uint64_t value)
{
    uint32_t window = chip->pci.flash_bytes;

    if (offset < window && width <= window - offset)
        emu_flash_write(chip, offset, width, value);
}

/* IODATA reaches the flash: its logic is on, and IOADDR is where the flash is. */
static bool io_reaches_flash(const struct e1000emu *chip, uint32_t offset)
{
    return offset - IO_DATA < 4 && chip->pci.io_address >= IO_FLASH && chip->pci.flash_bytes > 0;
}

/* The port's low bits choose among the bytes of IOADDR's dword. The two have to agree about which
 * byte is meant: a write where they don't goes nowhere (SDM 13.2.2). */
static uint64_t read_io_flash(struct e1000emu *chip, uint32_t offset, unsigned width)
{
    uint32_t address = (chip->pci.io_address - IO_FLASH) & ~3u;
    uint32_t lane = offset & 3u;

    if (lane + width > 4)
        return UINT64_MAX;
    return emu_flash_read(chip, address + lane, width);
}

static void write_io_flash(struct e1000emu *chip, uint32_t offset, unsigned width, uint64_t value)
{
    uint32_t address = chip->pci.io_address - IO_FLASH;

    if ((address & 3u) == (offset & 3u) && offset % width == 0)
        emu_flash_write(chip, address, width, value);
}

/* A dword of the I/O window. */
static uint32_t read_io(struct e1000emu *chip, uint32_t offset)
{
    uint32_t address = chip->pci.io_address;

    if (offset == IO_ADDR)
        return address;
    if (offset != IO_DATA)
        return 0;
    if (address < EMU_REGISTER_BYTES) {
        uint32_t value = read_register(chip, address & ~3u);

        if (chip->watch)
            emu_watch_indirect(chip, E1000EMU_EVENT_READ, address & ~3u, value);
        return value;
    }
    return address >= IO_FLASH ? UINT32_MAX : 0; /* a board without flash */
}

static void write_io(struct e1000emu *chip, uint32_t offset, unsigned width, uint32_t value)
{
    uint32_t address = chip->pci.io_address;

    if (width != 4)
        return;
    if (offset == IO_ADDR) {
        chip->pci.io_address = value & IO_ADDRESS_MASK;
    } else if (offset == IO_DATA && address < EMU_REGISTER_BYTES) {
        if (chip->watch)
            emu_watch_indirect(chip, E1000EMU_EVENT_WRITE, address & ~3u, value);
        write_register(chip, address & ~3u, value);
    }
}

static bool bar_answers(const struct e1000emu *chip, enum e1000emu_space space)
{
    switch (space) {
    case E1000EMU_REGISTERS:
        return chip->pci.memory_enable;
    case E1000EMU_FLASH:
        return chip->pci.memory_enable && chip->pci.flash_bytes > 0;
    case E1000EMU_ROM:
        return chip->pci.rom_enable;
    case E1000EMU_IO:
        return chip->pci.io_enable;
    case E1000EMU_CONFIG:
        break;
    }
    return false;
}

static bool width_valid(unsigned width)
{
    return width == 1 || width == 2 || width == 4 || width == 8;
}

/* The chip may be gone. */
static bool present(struct e1000emu *chip)
{
    return !(chip->faulty & EMU_AT_ANY) || !emu_fault_access(chip);
}

static uint64_t read_space(struct e1000emu *chip, enum e1000emu_space space, uint32_t offset,
                           unsigned width)
{
    uint64_t value = UINT64_MAX;

    if (!present(chip) || !width_valid(width) || !bar_answers(chip, space))
        return ones(width);
    if (space == E1000EMU_REGISTERS)
        value = read_registers(chip, offset, width);
    else if (space != E1000EMU_IO)
        value = read_flash(chip, offset, width);
    else if (chip->profile.io_inert)
        value = 0;
    else if (width <= 4 && io_reaches_flash(chip, offset))
        value = read_io_flash(chip, offset, width);
    else if (width <= 4)
        value = read_io(chip, offset & ~3u) >> (8 * (offset & 3u));
    return value & ones(width);
}

uint64_t e1000emu_bar_read(e1000emu *chip, enum e1000emu_space space, uint32_t offset,
                           unsigned width)
{
    uint64_t value = read_space(chip, space, offset, width);

    if (chip->watch)
        emu_watch_access(chip, E1000EMU_EVENT_READ, space, offset, width, value);
    return value;
}

void e1000emu_bar_write(e1000emu *chip, enum e1000emu_space space, uint32_t offset, unsigned width,
                        uint64_t value)
{
    if (chip->watch)
        emu_watch_access(chip, E1000EMU_EVENT_WRITE, space, offset, width, value);
    if (!present(chip) || !width_valid(width) || !bar_answers(chip, space))
        return;
    if (space == E1000EMU_REGISTERS)
        write_registers(chip, offset, width, value);
    else if (space != E1000EMU_IO)
        write_flash(chip, offset, width, value);
    else if (chip->profile.io_inert || width > 4)
        return;
    else if (io_reaches_flash(chip, offset))
        write_io_flash(chip, offset, width, value);
    else
        write_io(chip, offset, width, (uint32_t)value);
}

uint32_t e1000emu_read32(e1000emu *chip, uint32_t offset)
{
    uint32_t value = UINT32_MAX;

    if (present(chip) && chip->pci.memory_enable && offset < EMU_REGISTER_BYTES)
        value = read_register(chip, offset & ~3u);
    if (chip->watch)
        emu_watch_access(chip, E1000EMU_EVENT_READ, E1000EMU_REGISTERS, offset, 4, value);
    return value;
}

void e1000emu_write32(e1000emu *chip, uint32_t offset, uint32_t value)
{
    if (chip->watch)
        emu_watch_access(chip, E1000EMU_EVENT_WRITE, E1000EMU_REGISTERS, offset, 4, value);
    if (present(chip) && chip->pci.memory_enable && offset < EMU_REGISTER_BYTES)
        write_by_memory(chip, offset & ~3u, value);
}
