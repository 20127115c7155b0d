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
    CFG_HEADER_TYPE = 0x0E,
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
#define ROM_ENABLE 0x0001u

#define BAR_64BIT 0x4u
#define BAR_IO    0x1u

/* Default ids, where the EEPROM gives none (SDM table 5-1). */
#define INTEL             0x8086u
#define DEFAULT_SUBSYSTEM 0x1008u

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

/* The words count from one load to the next, whatever software writes into the part meanwhile (SDM
 * 5.3). */
static void latch_words(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    uint32_t init3 = emu_eeprom_hw_word(chip, emu_eeprom_lan_word(chip, EE_INIT3));

    pci->init1 = emu_eeprom_hw_word(chip, EE_INIT1);
    pci->init2 = emu_eeprom_hw_word(chip, EE_INIT2);
    pci->power = emu_eeprom_hw_word(chip, EE_POWER);
    pci->common_power = emu_eeprom_hw_word(chip, EE_COMMON_POWER);
    pci->int_b = init3 & 0x1000;
    pci->flash_bytes = init3 & 0x0800 ? 0 : 0x10000u << (pci->init2 >> 9 & 3u);
}

static bool pm_enabled(const struct e1000emu *chip)
{
    return chip->profile.capabilities && chip->pci.init1 & 0x0008;
}

/* Of a profile with capabilities. */
static bool has_msi(const struct e1000emu *chip)
{
    bool disabled = chip->pci.init2 & 0x0080 && chip->profile.pcix_mhz == 0;

    return chip->profile.msi && !disabled;
}

/* Both of an 82546's functions are enabled (SDM 12.5). */
static bool two_functions(const struct e1000emu *chip)
{
    return chip->sibling;
}

static void lay_out_header(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;

    field(pci, CFG_COMMAND, 2, 0, 0x0157);
    field(pci, CFG_STATUS, 2, 0x0230, 0);
    put(pci->clears, CFG_STATUS, 2, 0xF900);
    field(pci, CFG_REVISION, 1, chip->profile.revision, 0);
    field(pci, CFG_CLASS, 3, 0x020000, 0);
    field(pci, CFG_HEADER_TYPE, 1, two_functions(chip) ? 0x80 : 0, 0);
    field(pci, CFG_CACHE_LINE, 1, 0, 0xFF);
    field(pci, CFG_LATENCY, 1, 0, 0xFC);
    field(pci, CFG_CAPABILITIES, 1, CFG_PM, 0);
    field(pci, CFG_INT_LINE, 1, 0, 0xFF);
    field(pci, CFG_INT_PIN, 1, two_functions(chip) && pci->int_b ? 2 : 1, 0);
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
    bool wide = !(pci->init1 & 0x2000) && !chip->profile.pci_only;
    uint32_t flash = pci->flash_bytes;
    unsigned offset = lay_out_bar(pci, CFG_BAR, EMU_REGISTER_BYTES, wide);

    offset = lay_out_bar(pci, offset, flash, wide);
    if (chip->profile.io_bar)
        offset = chip->profile.io_bar;
    field(pci, offset, 4, BAR_IO, ~(chip->profile.io_bytes - 1u));
    if (flash > 0)
        field(pci, CFG_ROM, 4, 0, ~(flash - 1) | ROM_ENABLE);
}

/* E8: what the EEPROM makes of the PCI-X status, and the read size that E6 allows (SDM 4.2). */
static void show_pcix_status(struct e1000emu *chip)
{
    static const uint8_t cumulative[4] = {0, 0, 1, 2};
    struct emu_pci *pci = &chip->pci;
    uint32_t events = get(pci->config, CFG_PCIX_STATUS, 4) & 0x200C0000;
    uint32_t dmcr = cumulative[get(pci->config, CFG_PCIX_COMMAND, 2) >> 2 & 3u];
    uint32_t status = events | 0x0000FFF8; /* bus and device as before the first cycle */
    bool able = !chip->profile.pci_only;

    status |= two_functions(chip) && chip->lan_b ? 1u : 0;
    if (pci->init2 & 0x0020)
        dmcr = pci->init2 & 0x0010 ? 2 : 1;
    status |= able && pci->init2 & 0x0008 ? 0x00010000u : 0; /* 64 bits */
    status |= able && pci->init2 & 0x0040 ? 0x00020000u : 0; /* 133 MHz */
    status |= pci->init2 & 0x0010 ? 3u << 21 : 2u << 21;
    put(pci->config, CFG_PCIX_STATUS, 4, status | dmcr << 26);
}

/* PMC: from where the function can wake (SDM 6.3.3.3). */
void emu_pci_show_wakeup(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    uint32_t pmc = 0x0022;

    if (!chip->profile.capabilities)
        return;
    if (pm_enabled(chip)) {
        pmc = 0x4822; /* D0, D3hot */
        if (chip->profile.aux_power && emu_get(chip, REG_CTRL) & CTRL_ADVD3WUC)
            pmc |= 0x8000; /* D3cold */
        if (pci->init1 & 0x0004)
            pmc |= 0x0008; /* PME needs the clock */
    }
    put(pci->config, CFG_PMC, 2, pmc);
}

static void lay_out_capabilities(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    bool pm = pm_enabled(chip);

    if (!chip->profile.capabilities) {
        put(pci->config, CFG_CAPABILITIES, 1, 0);
        put(pci->config, CFG_STATUS, 2, get(pci->config, CFG_STATUS, 2) & ~STATUS_CAPABILITIES);
        return;
    }
    field(pci, CFG_PM, 2, CFG_PCIX << 8 | 0x01, 0);
    emu_pci_show_wakeup(chip);
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

/* Who is in D3 answers nothing but configuration cycles, whatever its command register says. */
static void apply_command(struct emu_pci *pci)
{
    uint32_t command = get(pci->config, CFG_COMMAND, 2);

    pci->in_d3 = (get(pci->config, CFG_PMCSR, 2) & PMCSR_STATE) == PMCSR_D3;
    if (pci->in_d3)
        command = 0;
    pci->io_enable = command & COMMAND_IO;
    pci->memory_enable = command & COMMAND_MEMORY;
    pci->bus_master = command & COMMAND_MASTER;
    pci->rom_enable = pci->memory_enable && pci->config[CFG_ROM] & ROM_ENABLE;
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

    if (chip->watch)
        emu_watch_interrupt(chip, chip->irq.intx, true);
    if (chip->host.msi) {
        chip->host.msi(chip->host.opaque, address, data);
        return;
    }
    put(bytes, 0, 4, data);
    emu_dma_write(chip, address, bytes, sizeof bytes);
}

/* PME_En and PME_Status are in both places (SDM 13.6.1). */
static void show_pme_in_wuc(struct e1000emu *chip)
{
    uint32_t pmcsr = get(chip->pci.config, CFG_PMCSR, 2);
    uint32_t wuc = emu_get(chip, REG_WUC) & ~(WUC_PME_EN | WUC_PME_STATUS);

    wuc |= pmcsr & PMCSR_PME_EN ? WUC_PME_EN : 0;
    wuc |= pmcsr & PMCSR_PME_STATUS ? WUC_PME_STATUS : 0;
    emu_set(chip, REG_WUC, wuc);
}

/* The power budget that Data_Select asks for (SDM 6.3.3.6). */
static void show_power_data(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    uint32_t pmcsr = get(pci->config, CFG_PMCSR, 2);
    uint32_t scale = 0x2000; /* tenths of a watt */
    uint32_t data = 0;

    switch (pm_enabled(chip) ? pmcsr >> 9 & 15u : 15u) {
    case 0:
    case 4:
        data = pci->power >> 8;
        break;
    case 3:
    case 7:
        data = pci->power & 0xFF;
        break;
    case 8: /* what both functions take together (SDM 12.5.5) */
        scale = two_functions(chip) ? scale : 0;
        data = two_functions(chip) ? pci->common_power & 0xFF : 0;
        break;
    default:
        scale = 0;
        break;
    }
    put(pci->config, CFG_PMCSR, 2, (pmcsr & ~PMCSR_SCALE) | scale);
    put(pci->config, CFG_PM_DATA, 1, data);
}

static void load_ids(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    const uint16_t *word = emu_part(chip)->word;
    const struct e1000emu_profile *profile = &chip->profile;
    bool ids = pci->init1 & 0x0001;
    bool subsystem = pci->init1 & 0x0002;

    put(pci->config, CFG_VENDOR, 2, ids ? word[EE_VENDOR] : INTEL);
    put(pci->config, CFG_DEVICE, 2,
        ids ? word[emu_eeprom_lan_word(chip, EE_DEVICE)] : chip->profile.device);
    put(pci->config, CFG_SUBSYSTEM_VENDOR, 2, subsystem ? word[EE_SUBSYSTEM_VENDOR] : INTEL);
    put(pci->config, CFG_SUBSYSTEM, 2, subsystem ? word[EE_SUBSYSTEM] : DEFAULT_SUBSYSTEM);
    if (profile->eeprom_device)
        put(pci->config, CFG_DEVICE, 2, profile->device);
    if (profile->eeprom_subsystem) {
        put(pci->config, CFG_SUBSYSTEM_VENDOR, 2, profile->subsystem_vendor);
        put(pci->config, CFG_SUBSYSTEM, 2, profile->subsystem);
    }
}

/* The whole space as the EEPROM lays it out, everything disabled. */
static void lay_out(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;

    memset(pci->config, 0, sizeof pci->config);
    memset(pci->stored, 0, sizeof pci->stored);
    memset(pci->clears, 0, sizeof pci->clears);
    latch_words(chip);
    lay_out_header(chip);
    lay_out_bars(chip);
    lay_out_capabilities(chip);
    load_ids(chip);
    show_power_data(chip);
}

void emu_pci_reset(struct e1000emu *chip, bool keep_pme)
{
    struct emu_pci *pci = &chip->pci;
    uint32_t pme = get(pci->config, CFG_PMCSR, 2) & (PMCSR_PME_EN | PMCSR_PME_STATUS);

    memset(pci, 0, sizeof *pci);
    lay_out(chip);
    apply_command(pci);
    if (keep_pme && pm_enabled(chip))
        put(pci->config, CFG_PMCSR, 2, get(pci->config, CFG_PMCSR, 2) | pme);
    show_pme_in_wuc(chip);
}

/* What software has stored, and events that it hasn't cleared, stay where there is still a place
 * for them. */
void emu_pci_reload(struct e1000emu *chip)
{
    struct emu_pci *pci = &chip->pci;
    uint8_t old[EMU_CONFIG_BYTES];

    memcpy(old, pci->config, sizeof old);
    lay_out(chip);
    for (unsigned i = 0; i < EMU_CONFIG_BYTES; i++) {
        uint8_t kept = pci->stored[i] | pci->clears[i];

        pci->config[i] = (uint8_t)((pci->config[i] & ~kept) | (old[i] & kept));
    }
    apply_command(pci);
    if (!chip->profile.capabilities)
        return;
    show_pcix_status(chip);
    show_power_data(chip);
    write_msi_control(chip);
    show_pme_in_wuc(chip);
    emu_wake_update(chip);
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
        emu_irq_mode_changed(chip); /* nobody hears of anything until D0 */
        emu_wake_set_active(chip, false);
    } else {
        emu_reset_from_d3(chip);
    }
}

static void write_pmcsr(struct e1000emu *chip, uint32_t old)
{
    show_pme_in_wuc(chip);
    show_power_data(chip);
    emu_wake_update(chip);
    change_power_state(chip, old);
}

void emu_pci_set_pme_status(struct e1000emu *chip)
{
    uint8_t *config = chip->pci.config;

    if (!pm_enabled(chip))
        return;
    put(config, CFG_PMCSR, 2, get(config, CFG_PMCSR, 2) | PMCSR_PME_STATUS);
    show_pme_in_wuc(chip);
}

void emu_pci_write_wuc(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    uint8_t *config = chip->pci.config;
    uint32_t wuc = emu_get(chip, offset);
    uint32_t pmcsr = get(config, CFG_PMCSR, 2) & ~(PMCSR_PME_EN | PMCSR_PME_STATUS);

    (void)old;
    (void)value;
    if (pm_enabled(chip)) {
        pmcsr |= wuc & WUC_PME_EN ? PMCSR_PME_EN : 0;
        pmcsr |= wuc & WUC_PME_STATUS ? PMCSR_PME_STATUS : 0;
        put(config, CFG_PMCSR, 2, pmcsr);
    } else {
        emu_set(chip, offset, wuc & ~WUC_PME_EN);
    }
    emu_wake_update(chip);
}

/* ---- Configuration cycles ------------------------------------------------------------------- */

static bool config_access_valid(unsigned offset, unsigned width)
{
    return (width == 1 || width == 2 || width == 4) && offset % width == 0 &&
           offset < EMU_CONFIG_BYTES;
}

/* The chip is there, and has something at that place. */
static bool answers(struct e1000emu *chip, unsigned offset, unsigned width)
{
    if (chip->faulty & EMU_AT_ANY && emu_fault_access(chip))
        return false;
    return config_access_valid(offset, width);
}

uint32_t e1000emu_config_read(e1000emu *chip, unsigned offset, unsigned width)
{
    uint32_t value = UINT32_MAX;

    if (answers(chip, offset, width))
        value = get(chip->pci.config, offset, width);
    if (chip->watch)
        emu_watch_access(chip, E1000EMU_EVENT_READ, E1000EMU_CONFIG, offset, width, value);
    return value;
}

void e1000emu_config_write(e1000emu *chip, unsigned offset, unsigned width, uint32_t value)
{
    struct emu_pci *pci = &chip->pci;
    unsigned dword = offset & ~3u;
    uint32_t pmcsr = get(pci->config, CFG_PMCSR, 2);

    if (chip->watch)
        emu_watch_access(chip, E1000EMU_EVENT_WRITE, E1000EMU_CONFIG, offset, width, value);
    if (!answers(chip, offset, width))
        return;
    for (unsigned i = offset; i < offset + width; i++, value >>= 8) {
        uint8_t kept = pci->config[i] & (uint8_t)~pci->stored[i];

        kept &= (uint8_t) ~(value & pci->clears[i]);
        pci->config[i] = (uint8_t)(kept | (value & pci->stored[i]));
    }
    if (dword == CFG_COMMAND || dword == CFG_ROM)
        apply_command(pci);
    if (dword == CFG_COMMAND) {
        emu_irq_update(chip); /* a message may have waited for the right to be sent */
        if (!chip->wake.active && (pci->memory_enable || pci->io_enable))
            emu_wake_set_active(chip, true);
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
