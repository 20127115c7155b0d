/* SPDX-License-Identifier: BSD-2-Clause */
#include "pci.h"

#include <string.h>

#include "chip.h"
#include "reset.h"

/* Configuration space (SDM 4.1, 4.2, 6.3). */
enum {
    CFG_VENDOR = 0x00,
    CFG_DEVICE = 0x02,
    CFG_COMMAND = 0x04,
    CFG_STATUS = 0x06,
    CFG_REVISION = 0x08,
    CFG_CLASS = 0x09,
    CFG_CACHE_LINE = 0x0C,
    CFG_LATENCY = 0x0D,
    CFG_BAR = 0x10,
    CFG_SUBSYSTEM_VENDOR = 0x2C,
    CFG_SUBSYSTEM = 0x2E,
    CFG_ROM = 0x30,
    CFG_CAPABILITIES = 0x34,
    CFG_INT_LINE = 0x3C,
    CFG_INT_PIN = 0x3D,
    CFG_MIN_GNT = 0x3E,
    CFG_PM = 0xDC,
    CFG_PMC = 0xDE,
    CFG_PMCSR = 0xE0,
    CFG_PM_DATA = 0xE3,
    CFG_PCIX = 0xE4,
    CFG_PCIX_COMMAND = 0xE6,
    CFG_PCIX_STATUS = 0xE8,
    CFG_MSI = 0xF0,
    CFG_MSI_CONTROL = 0xF2,
    CFG_MSI_ADDRESS = 0xF4,
    CFG_MSI_DATA = 0xFC
};

#define COMMAND_IO     0x0001u
#define COMMAND_MEMORY 0x0002u
#define COMMAND_MASTER 0x0004u

#define STATUS_CAPABILITIES 0x0010u

#define PMCSR_STATE      0x0003u
#define PMCSR_D3         0x0003u
#define PMCSR_PME_EN     0x0100u
#define PMCSR_SELECT     0x1E00u
#define PMCSR_SCALE      0x6000u
#define PMCSR_PME_STATUS 0x8000u

#define MSI_ENABLE 0x0001u

#define BAR_64BIT 0x4u
#define BAR_IO    0x1u

#define REGISTERS_BYTES 0x20000u

/* Default ids, where the EEPROM gives none (SDM table 5-1). */
#define INTEL             0x8086u
#define DEFAULT_SUBSYSTEM 0x1008u

/* The I/O window (SDM 13.2.2). */
#define IO_ADDR         0u
#define IO_DATA         4u
#define IO_ADDRESS_MASK 0x000FFFFFu
#define IO_FLASH        0x80000u

/* ---- Bytes of the space --------------------------------------------------------------------- */

static uint32_t get(const uint8_t *bytes, unsigned offset, unsigned width)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < width; i++)
        value |= (uint32_t)bytes[offset + i] << (8 * i);
    return value;
}

static void put(uint8_t *bytes, unsigned offset, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++)
        bytes[offset + i] = (uint8_t)(value >> (8 * i));
}

/* A field: what it reads after reset, and what software can store there. */
static void field(struct emu_pci *pci, unsigned offset, unsigned width, uint32_t value,
                  uint32_t stored)
{
    put(pci->config, offset, width, value);
    put(pci->stored, offset, width, stored);
}

/* ---- Layout, as the EEPROM says ------------------------------------------------------------- */

static bool pm_enabled(const struct e1000emu *chip)
{
    return chip->profile.capabilities && emu_eeprom_hw_word(chip, EE_INIT1) & 0x0008;
}

static bool has_msi(const struct e1000emu *chip)
{
    return chip->profile.capabilities && chip->profile.msi &&
           !(emu_eeprom_hw_word(chip, EE_INIT2) & 0x0080);
}

/* Bytes behind the flash BAR and the ROM BAR; 0: neither is there. */
static uint32_t flash_bytes(const struct e1000emu *chip)
{
    if (emu_eeprom_hw_word(chip, EE_INIT3) & 0x0800)
        return 0;
    return 0x10000u << (emu_eeprom_hw_word(chip, EE_INIT2) >> 9 & 3u);
}

static void lay_out_header(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;

    field(pci, CFG_COMMAND, 2, 0, 0x0157);
    field(pci, CFG_STATUS, 2, 0x0230, 0);
    put(pci->clears, CFG_STATUS, 2, 0xF900);
    field(pci, CFG_REVISION, 1, chip->profile.revision, 0);
    field(pci, CFG_CLASS, 3, 0x020000, 0);
    field(pci, CFG_CACHE_LINE, 1, 0, 0xFF);
    field(pci, CFG_LATENCY, 1, 0, 0xFC);
    field(pci, CFG_CAPABILITIES, 1, CFG_PM, 0);
    field(pci, CFG_INT_LINE, 1, 0, 0xFF);
    field(pci, CFG_INT_PIN, 1, 1, 0);
    field(pci, CFG_MIN_GNT, 1, 0xFF, 0);
}

/* A memory BAR at offset; returns where the next one goes. */
static unsigned lay_out_bar(struct emu_pci *pci, unsigned offset, uint32_t bytes, bool wide)
{
    if (bytes > 0)
        field(pci, offset, 4, wide ? BAR_64BIT : 0, ~(bytes - 1));
    if (!wide)
        return offset + 4;
    if (bytes > 0)
        field(pci, offset + 4, 4, 0, UINT32_MAX);
    return offset + 8;
}

/* SDM tables 4-1 and 4-2: registers, flash, I/O. */
static void lay_out_bars(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    bool wide = !(emu_eeprom_hw_word(chip, EE_INIT1) & 0x2000);
    uint32_t flash = flash_bytes(chip);
    unsigned offset = lay_out_bar(pci, CFG_BAR, REGISTERS_BYTES, wide);

    offset = lay_out_bar(pci, offset, flash, wide);
    if (chip->profile.io_bar)
        offset = chip->profile.io_bar;
    field(pci, offset, 4, BAR_IO, ~(chip->profile.io_bytes - 1u));
    if (flash > 0)
        field(pci, CFG_ROM, 4, 0, ~(flash - 1) | 1u);
}

/* E8: what the EEPROM makes of the PCI-X status, and the read size that E6 allows (SDM 4.2). */
static void show_pcix_status(struct e1000emu *chip)
{
    static const uint8_t cumulative[4] = {0, 0, 1, 2};
    struct emu_pci *pci = &chip->pci;
    uint32_t init2 = emu_eeprom_hw_word(chip, EE_INIT2);
    uint32_t events = get(pci->config, CFG_PCIX_STATUS, 4) & 0x200C0000;
    uint32_t dmcr = cumulative[get(pci->config, CFG_PCIX_COMMAND, 2) >> 2 & 3u];
    uint32_t status = events | 0x0000FFF8; /* bus and device as before the first cycle */

    if (init2 & 0x0020)
        dmcr = init2 & 0x0010 ? 2 : 1;
    status |= init2 & 0x0008 ? 0x00010000u : 0; /* 64 bits */
    status |= init2 & 0x0040 ? 0x00020000u : 0; /* 133 MHz */
    status |= init2 & 0x0010 ? 3u << 21 : 2u << 21;
    put(pci->config, CFG_PCIX_STATUS, 4, status | dmcr << 26);
}

static void lay_out_capabilities(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    bool pm = pm_enabled(chip);
    uint32_t pmc = pm ? 0x4822 : 0x0022;

    if (!chip->profile.capabilities) {
        put(pci->config, CFG_CAPABILITIES, 1, 0);
        put(pci->config, CFG_STATUS, 2, get(pci->config, CFG_STATUS, 2) & ~STATUS_CAPABILITIES);
        return;
    }
    if (pm && emu_eeprom_hw_word(chip, EE_INIT1) & 0x0004)
        pmc |= 0x0008; /* PME needs the clock */
    field(pci, CFG_PM, 2, CFG_PCIX << 8 | 0x01, 0);
    field(pci, CFG_PMC, 2, pmc, 0);
    field(pci, CFG_PMCSR, 2, 0, pm ? PMCSR_STATE | PMCSR_PME_EN | PMCSR_SELECT : 0);
    put(pci->clears, CFG_PMCSR, 2, pm ? PMCSR_PME_STATUS : 0);

    field(pci, CFG_PCIX, 2, (has_msi(chip) ? CFG_MSI << 8 : 0) | 0x07, 0);
    field(pci, CFG_PCIX_COMMAND, 2, 0x0002, 0x007F);
    put(pci->clears, CFG_PCIX_STATUS, 4, 0x200C0000);
    show_pcix_status(chip);

    if (!has_msi(chip))
        return;
    field(pci, CFG_MSI, 2, 0x05, 0);
    field(pci, CFG_MSI_CONTROL, 2, 0x0080, 0x0071);
    field(pci, CFG_MSI_ADDRESS, 4, 0, 0xFFFFFFFC);
    field(pci, CFG_MSI_ADDRESS + 4, 4, 0, UINT32_MAX);
    field(pci, CFG_MSI_DATA, 4, 0, 0xFFFF);
}

/* ---- What registers of the space do --------------------------------------------------------- */

static void apply_command(struct emu_pci *pci)
{
    uint32_t command = get(pci->config, CFG_COMMAND, 2);

    pci->io_enable = command & COMMAND_IO;
    pci->memory_enable = command & COMMAND_MEMORY;
    pci->bus_master = command & COMMAND_MASTER;
}

static void write_msi_control(struct e1000emu *chip)
{
    bool enable = has_msi(chip) && get(chip->pci.config, CFG_MSI_CONTROL, 2) & MSI_ENABLE;

    if (enable == chip->pci.msi_enable)
        return;
    chip->pci.msi_enable = enable;
    emu_irq_mode_changed(chip);
}

void emu_pci_send_message(struct e1000emu *chip)
{
    const uint8_t *config = chip->pci.config;
    uint64_t address =
        get(config, CFG_MSI_ADDRESS, 4) | (uint64_t)get(config, CFG_MSI_ADDRESS + 4, 4) << 32;
    uint32_t data = get(config, CFG_MSI_DATA, 4);
    uint8_t bytes[4];

    if (chip->host.msi) {
        chip->host.msi(chip->host.opaque, address, data);
        return;
    }
    put(bytes, 0, 4, data);
    emu_dma_write(chip, address, bytes, sizeof bytes);
}

/* The power budget that Data_Select asks for (SDM 6.3.3.6). */
static void show_power_data(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    uint32_t pmcsr = get(pci->config, CFG_PMCSR, 2);
    uint32_t power = emu_eeprom_hw_word(chip, EE_POWER);
    uint32_t scale = 0x2000; /* tenths of a watt */
    uint32_t data = 0;

    switch (pm_enabled(chip) ? pmcsr >> 9 & 15u : 15u) {
    case 0:
    case 4:
        data = power >> 8;
        break;
    case 3:
    case 7:
        data = power & 0xFF;
        break;
    default:
        scale = 0;
        break;
    }
    put(pci->config, CFG_PMCSR, 2, (pmcsr & ~PMCSR_SCALE) | scale);
    put(pci->config, CFG_PM_DATA, 1, data);
}

void emu_pci_load_ids(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    uint32_t init1 = emu_eeprom_hw_word(chip, EE_INIT1);
    const uint16_t *word = chip->eeprom.word;
    const struct e1000emu_profile *profile = &chip->profile;
    bool ids = init1 & 0x0001;
    bool subsystem = init1 & 0x0002;

    put(pci->config, CFG_VENDOR, 2, ids ? word[EE_VENDOR] : INTEL);
    put(pci->config, CFG_DEVICE, 2, ids ? word[EE_DEVICE] : chip->profile.device);
    put(pci->config, CFG_SUBSYSTEM_VENDOR, 2, subsystem ? word[EE_SUBSYSTEM_VENDOR] : INTEL);
    put(pci->config, CFG_SUBSYSTEM, 2, subsystem ? word[EE_SUBSYSTEM] : DEFAULT_SUBSYSTEM);
    if (profile->eeprom_device)
        put(pci->config, CFG_DEVICE, 2, profile->device);
    if (profile->eeprom_subsystem) {
        put(pci->config, CFG_SUBSYSTEM_VENDOR, 2, profile->subsystem_vendor);
        put(pci->config, CFG_SUBSYSTEM, 2, profile->subsystem);
    }
    show_power_data(chip);
}

void emu_pci_reset(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;

    memset(pci, 0, sizeof *pci);
    lay_out_header(chip);
    lay_out_bars(chip);
    lay_out_capabilities(chip);
    emu_pci_load_ids(chip);
    apply_command(pci);
}

void emu_pci_set_status(struct e1000emu *chip, uint16_t bits)
{
    uint8_t *config = chip->pci.config;

    put(config, CFG_STATUS, 2, get(config, CFG_STATUS, 2) | bits);
}

/* D3 switches the device off but for configuration space; leaving it resets all (SDM 6.3). */
static void change_power_state(struct e1000emu *chip, uint32_t old)
{
    struct emu_pci *pci = &chip->pci;
    uint32_t pmcsr = get(pci->config, CFG_PMCSR, 2);
    uint32_t command = get(pci->config, CFG_COMMAND, 2);
    uint32_t state = pmcsr & PMCSR_STATE;

    if (state != 0 && state != PMCSR_D3) { /* D1 and D2 aren't supported */
        state = old & PMCSR_STATE;
        put(pci->config, CFG_PMCSR, 2, (pmcsr & ~PMCSR_STATE) | state);
    }
    if (state == (old & PMCSR_STATE))
        return;
    if (state == PMCSR_D3) {
        put(pci->config, CFG_COMMAND, 2, command & ~(COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER));
        apply_command(pci);
    } else {
        emu_reset(chip, E1000EMU_RESET_PCI);
    }
}

static void write_pmcsr(struct e1000emu *chip, uint32_t old)
{
    uint32_t pmcsr = get(chip->pci.config, CFG_PMCSR, 2);
    uint32_t wuc = emu_get(chip, REG_WUC) & ~(WUC_PME_EN | WUC_PME_STATUS);

    wuc |= pmcsr & PMCSR_PME_EN ? WUC_PME_EN : 0;
    wuc |= pmcsr & PMCSR_PME_STATUS ? WUC_PME_STATUS : 0;
    emu_set(chip, REG_WUC, wuc);
    show_power_data(chip);
    change_power_state(chip, old);
}

void emu_pci_write_wuc(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    uint8_t *config = chip->pci.config;
    uint32_t wuc = emu_get(chip, offset);
    uint32_t pmcsr = get(config, CFG_PMCSR, 2) & ~(PMCSR_PME_EN | PMCSR_PME_STATUS);

    (void)old;
    (void)value;
    if (!pm_enabled(chip)) {
        emu_set(chip, offset, wuc & ~WUC_PME_EN);
        return;
    }
    pmcsr |= wuc & WUC_PME_EN ? PMCSR_PME_EN : 0;
    pmcsr |= wuc & WUC_PME_STATUS ? PMCSR_PME_STATUS : 0;
    put(config, CFG_PMCSR, 2, pmcsr);
}

/* ---- Configuration cycles ------------------------------------------------------------------- */

static bool config_access_valid(unsigned offset, unsigned width)
{
    return (width == 1 || width == 2 || width == 4) && offset % width == 0 &&
           offset < EMU_CONFIG_BYTES;
}

uint32_t e1000emu_config_read(e1000emu *chip, unsigned offset, unsigned width)
{
    if (!config_access_valid(offset, width))
        return UINT32_MAX;
    return get(chip->pci.config, offset, width);
}

void e1000emu_config_write(e1000emu *chip, unsigned offset, unsigned width, uint32_t value)
{
    struct emu_pci *pci = &chip->pci;
    unsigned dword = offset & ~3u;
    uint32_t pmcsr = get(pci->config, CFG_PMCSR, 2);

    if (!config_access_valid(offset, width))
        return;
    for (unsigned i = offset; i < offset + width; i++, value >>= 8) {
        uint8_t kept = pci->config[i] & (uint8_t)~pci->stored[i];

        kept &= (uint8_t) ~(value & pci->clears[i]);
        pci->config[i] = (uint8_t)(kept | (value & pci->stored[i]));
    }
    if (dword == CFG_COMMAND) {
        apply_command(pci);
        emu_irq_update(chip); /* a message may have waited for the right to be sent */
    }
    if (!chip->profile.capabilities)
        return;
    if (dword == CFG_PMCSR)
        write_pmcsr(chip, pmcsr);
    else if (dword == CFG_PCIX)
        show_pcix_status(chip);
    else if (dword == CFG_MSI)
        write_msi_control(chip);
}

/* ---- BARs ----------------------------------------------------------------------------------- */

static uint64_t ones(unsigned width)
{
    return width >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
}

/* A read of any width touches, and clears, every register that it overlaps (SDM 13.2). */
static uint64_t read_registers(struct e1000emu *chip, uint32_t offset, unsigned width)
{
    uint32_t first = offset & ~3u;
    unsigned shift = 8 * (offset & 3u);
    uint64_t value;

    if (offset >= REGISTERS_BYTES || width > REGISTERS_BYTES - offset)
        return UINT64_MAX;
    value = emu_reg_read(chip, first);
    if ((offset & 3u) + width > 4 && first + 4 < REGISTERS_BYTES)
        value |= (uint64_t)emu_reg_read(chip, first + 4) << 32;
    return value >> shift;
}

static void write_registers(struct e1000emu *chip, uint32_t offset, unsigned width, uint64_t value)
{
    if (offset % 4 || width < 4 || offset >= REGISTERS_BYTES || width > REGISTERS_BYTES - offset)
        return;
    emu_reg_write(chip, offset, (uint32_t)value);
    if (width == 8)
        emu_reg_write(chip, offset + 4, (uint32_t)(value >> 32));
}

/* A dword of the I/O window. What IODATA reaches beyond the registers is flash, which is erased. */
static uint32_t read_io(struct e1000emu *chip, uint32_t offset)
{
    uint32_t address = chip->pci.io_address;

    if (offset == IO_ADDR)
        return address;
    if (offset != IO_DATA)
        return 0;
    if (address < REGISTERS_BYTES)
        return emu_reg_read(chip, address & ~3u);
    return address >= IO_FLASH ? UINT32_MAX : 0;
}

static void write_io(struct e1000emu *chip, uint32_t offset, unsigned width, uint32_t value)
{
    uint32_t address = chip->pci.io_address;

    if (width != 4)
        return;
    if (offset == IO_ADDR)
        chip->pci.io_address = value & IO_ADDRESS_MASK;
    else if (offset == IO_DATA && address < REGISTERS_BYTES)
        emu_reg_write(chip, address & ~3u, value);
}

static bool bar_answers(const struct e1000emu *chip, enum e1000emu_space space)
{
    switch (space) {
    case E1000EMU_REGISTERS:
        return chip->pci.memory_enable;
    case E1000EMU_FLASH:
        return chip->pci.memory_enable && flash_bytes(chip) > 0;
    case E1000EMU_ROM:
        return chip->pci.memory_enable && chip->pci.config[CFG_ROM] & 1u;
    case E1000EMU_IO:
        return chip->pci.io_enable;
    }
    return false;
}

static bool width_valid(unsigned width)
{
    return width == 1 || width == 2 || width == 4 || width == 8;
}

uint64_t e1000emu_bar_read(e1000emu *chip, enum e1000emu_space space, uint32_t offset,
                           unsigned width)
{
    uint64_t value = UINT64_MAX; /* the flash is erased */

    if (!width_valid(width) || !bar_answers(chip, space))
        return ones(width);
    if (space == E1000EMU_REGISTERS)
        value = read_registers(chip, offset, width);
    else if (space == E1000EMU_IO && chip->profile.io_inert)
        value = 0;
    else if (space == E1000EMU_IO && width <= 4)
        value = read_io(chip, offset & ~3u) >> (8 * (offset & 3u));
    return value & ones(width);
}

void e1000emu_bar_write(e1000emu *chip, enum e1000emu_space space, uint32_t offset, unsigned width,
                        uint64_t value)
{
    if (!width_valid(width) || !bar_answers(chip, space))
        return;
    if (space == E1000EMU_REGISTERS)
        write_registers(chip, offset, width, value);
    else if (space == E1000EMU_IO && !chip->profile.io_inert)
        write_io(chip, offset, width, (uint32_t)value);
}

uint32_t e1000emu_read32(e1000emu *chip, uint32_t offset)
{
    if (!chip->pci.memory_enable || offset >= REGISTERS_BYTES)
        return UINT32_MAX;
    return emu_reg_read(chip, offset & ~3u);
}

void e1000emu_write32(e1000emu *chip, uint32_t offset, uint32_t value)
{
    if (chip->pci.memory_enable && offset < REGISTERS_BYTES)
        emu_reg_write(chip, offset & ~3u, value);
}
