/* SPDX-License-Identifier: BSD-2-Clause */
#include "eeprom.h"

#include <string.h>

#include "chip.h"

/* A word through the part at 1 MHz: 3 + 8 + 16 clocks and CS, rounded up. */
#define EERD_NS 30000u

/* The part's own write cycle: 93C46 sheets allow 10 ms and drivers wait that long; this is typical.
 */
#define WRITE_NS 4000000u

/* Word 0Ah: signature, full duplex, power management, and who gives ids. */
#define INIT1_DEFAULT     0x4408u
#define INIT1_IDS         0x0003u
#define INIT1_BARS_32BIT  0x2000u
#define INIT1_SIGNATURE   0xC000u
#define INIT1_SIGNED      0x4000u
#define INIT1_UNSIGNED    0x0408u /* what holds when the word doesn't count */
#define INIT2_DEFAULT     0x3068u
#define INIT2_MSI_DISABLE 0x0080u
#define INIT2_PCI_ONLY    0x3020u
#define INIT3_DEFAULT     0x00C8u
#define INIT3_SERDES      0x0200u /* the link mode */
#define INIT3_INTB        0x1000u
#define INIT3_FLASH_OFF   0x0800u
#define INIT3_APM         0x0400u

/* ---- Who uses the part ---------------------------------------------------------------------- */

/* Software of this function wants the pins. */
static bool asks(const struct e1000emu *chip)
{
    return emu_get(chip, REG_EECD) & EECD_EE_REQ;
}

/* The hardware of this function is reading. */
static bool hardware_reads(const struct e1000emu *chip)
{
    return emu_timer_running(chip, EMU_TIMER_EE_LOAD) || emu_timer_running(chip, EMU_TIMER_EERD);
}

bool emu_eeprom_busy(const struct e1000emu *chip)
{
    return emu_timer_running(chip, EMU_TIMER_EE_WRITE) ||
           (chip->sibling && emu_timer_running(chip->sibling, EMU_TIMER_EE_WRITE));
}

static void drive_pins(struct e1000emu *chip, uint32_t pins)
{
    struct emu_eeprom_part *part = emu_part(chip);

    enum emu_eeprom_event event = emu_part_set_pins(part, pins, emu_eeprom_busy(chip));

    if (event == EMU_EE_PROGRAMS)
        emu_timer_start(chip, EMU_TIMER_EE_WRITE, WRITE_NS);
    if (event == EMU_EE_SHOWS_WORD && chip->faulty & EMU_AT_EEPROM)
        part->shift = emu_fault_word(chip, (uint16_t)part->shift);
}

/* ---- The image ------------------------------------------------------------------------------ */

static uint16_t flash_bits(uint32_t size)
{
    uint16_t code = 0;

    while (code < 3 && size > 0x10000u << code)
        code++;
    return (uint16_t)(code << 9);
}

/* LAN B has words of its own where the functions may differ (SDM table 5-2). */
static void make_lan_b(struct e1000emu *chip)
{
    uint16_t *word = emu_part(chip)->word;

    word[EE_PINS_B] = word[EE_PINS];
    word[EE_DEVICE_B] = word[EE_DEVICE];
    word[EE_COMMON_POWER] = 0x0005; /* half a watt */
    word[EE_INIT3_B] = word[EE_INIT3] | INIT3_INTB;
}

static void make_image(struct e1000emu *chip)
{
    const struct e1000emu_profile *profile = &chip->profile;
    uint16_t *word = emu_part(chip)->word;
    uint16_t init2 = profile->pci_only ? INIT2_PCI_ONLY : INIT2_DEFAULT;
    unsigned sum = 0;

    for (unsigned i = 0; i < 3; i++)
        word[EE_MAC0 + i] = (uint16_t)(chip->mac[2 * i] | chip->mac[2 * i + 1] << 8);
    word[0x04] = 0xFFFF; /* ID LED: the defaults */
    word[EE_VERSION] = 0x0000;
    word[EE_INIT1] = INIT1_DEFAULT | INIT1_IDS | (profile->bars_64bit ? 0 : INIT1_BARS_32BIT);
    word[EE_SUBSYSTEM] = profile->eeprom_subsystem ? profile->eeprom_subsystem : profile->subsystem;
    word[EE_SUBSYSTEM_VENDOR] =
        profile->eeprom_subsystem ? profile->vendor : profile->subsystem_vendor;
    word[EE_DEVICE] = profile->eeprom_device ? profile->eeprom_device : profile->device;
    word[EE_VENDOR] = profile->vendor;
    word[EE_INIT2] = (uint16_t)(init2 | flash_bits(profile->flash_size) |
                                (profile->msi ? 0 : INIT2_MSI_DISABLE));
    word[EE_PINS] = 0x000C;
    word[0x21] = profile->pci_only ? 0x7061 : 0x7863; /* circuit control */
    word[EE_POWER] = 0x280C;
    word[EE_INIT3] = INIT3_DEFAULT | (profile->flash_size ? 0 : INIT3_FLASH_OFF) |
                     (profile->media == E1000EMU_COPPER ? 0 : INIT3_SERDES);
    word[EE_LED] = 0x0602;
    if (profile->dual_port)
        make_lan_b(chip);
    for (unsigned i = 0; i < EE_CHECKSUM; i++)
        sum += word[i];
    word[EE_CHECKSUM] = (uint16_t)(EMU_EEPROM_SUM - sum);
}

void emu_eeprom_init(struct e1000emu *chip, const struct e1000emu_config *config)
{
    struct emu_eeprom_part *part = emu_part(chip);

    if (chip->keeper != chip)
        return;
    part->words = chip->profile.eeprom_words == 256 ? 256 : 64;
    if (config->eeprom) {
        part->words = (unsigned)config->eeprom_words;
        memcpy(part->word, config->eeprom, config->eeprom_words * sizeof *config->eeprom);
    } else {
        make_image(chip);
    }
    part->address_bits = part->words == 64 ? 6 : 8;
}

/* LAN B's copy of a word that each function has of its own; the others serve both. */
unsigned emu_eeprom_lan_word(const struct e1000emu *chip, unsigned word)
{
    if (!chip->lan_b)
        return word;
    return word == EE_DEVICE ? EE_DEVICE_B : word - (EE_PINS - EE_PINS_B);
}

/* The address of LAN B is that of LAN A with the last bit inverted (SDM 12.3.1). */
static uint16_t last_mac_word(const struct e1000emu *chip)
{
    return emu_part(chip)->word[EE_MAC0 + 2] ^ (chip->lan_b ? 0x0100u : 0);
}

/* The signature says that the rest counts (SDM 5.6.8). */
static bool is_signed(const struct e1000emu *chip)
{
    return (emu_part(chip)->word[EE_INIT1] & INIT1_SIGNATURE) == INIT1_SIGNED;
}

uint16_t emu_eeprom_hw_word(const struct e1000emu *chip, unsigned word)
{
    if (is_signed(chip))
        return emu_part(chip)->word[word];
    if (word == EE_INIT1)
        return INIT1_UNSIGNED;
    return word == EE_INIT2 ? INIT2_DEFAULT : 0;
}

/* ---- The hardware's own reading (SDM 5.3, 5.6) ---------------------------------------------- */

/* Replaces the bits of mask in a register. */
static void load_bits(struct e1000emu *chip, uint32_t offset, uint32_t mask, uint32_t value)
{
    emu_set(chip, offset, (emu_get(chip, offset) & ~mask) | (value & mask));
}

static void load_control(struct e1000emu *chip, bool pins)
{
    const uint16_t *word = emu_part(chip)->word;
    uint32_t init1 = word[EE_INIT1], init2 = word[EE_INIT2];
    uint32_t init3 = word[emu_eeprom_lan_word(chip, EE_INIT3)];
    uint32_t sdp = word[emu_eeprom_lan_word(chip, EE_PINS)];
    uint32_t ctrl = 0, ext = 0;
    uint32_t ctrl_mask = CTRL_FD | CTRL_LRST | CTRL_FRCSPD | CTRL_ASDE | CTRL_SDP0_DATA |
                         CTRL_SDP1_DATA | CTRL_ADVD3WUC | CTRL_EN_PHY_PWR_MGMT;
    uint32_t ext_mask =
        CTRL_EXT_IPS | CTRL_EXT_IPS1 | CTRL_EXT_SDP6_DATA | CTRL_EXT_SDP7_DATA | CTRL_EXT_LINK_MODE;

    ctrl |= init1 & 0x0400 ? CTRL_FD : 0;
    ctrl |= init1 & 0x0200 ? CTRL_LRST : 0;
    ctrl |= init1 & 0x0800 ? CTRL_FRCSPD : 0;
    ctrl |= init2 & 0x4000 ? CTRL_ASDE : 0;
    ctrl |= (sdp & 0x000F) << 18; /* SDP0, SDP1, ADVD3WUC, EN_PHY_PWR_MGMT */
    ctrl |= (sdp & 0x0300) << 14; /* SDP0_IODIR, SDP1_IODIR */
    ext |= init1 & 0x1000 ? CTRL_EXT_IPS : 0;
    ext |= init1 & 0x0100 ? CTRL_EXT_IPS1 : 0;
    ext |= sdp & 0x00C0;        /* SDP6, SDP7 */
    ext |= (sdp & 0xC000) >> 4; /* SDP6_IODIR, SDP7_IODIR */
    ext |= (init3 & 0x0300) << 14;
    /* Only power-on or software turns a pin round. */
    if (pins) {
        ctrl_mask |= CTRL_SDP0_IODIR | CTRL_SDP1_IODIR;
        ext_mask |= CTRL_EXT_SDP6_IODIR | CTRL_EXT_SDP7_IODIR;
    }
    /* Who must be reachable while the system sleeps needs the link. */
    if (init3 & INIT3_APM || word[emu_eeprom_lan_word(chip, EE_MANAGEMENT)] & MANC_SMBUS_EN) {
        ctrl |= CTRL_SLU;
        ctrl_mask |= CTRL_SLU;
    }
    load_bits(chip, REG_CTRL, ctrl_mask, ctrl);
    load_bits(chip, REG_CTRL_EXT, ext_mask, ext);
    emu_general_show_pins(chip);
    emu_pci_show_wakeup(chip);
}

static void load_wakeup(struct e1000emu *chip)
{
    const uint16_t *word = emu_part(chip)->word;
    const uint32_t manageability = MANC_SMBUS_EN | MANC_ASF_EN | MANC_R_ON_FORCE | MANC_RMCP_EN |
                                   MANC_0298_EN | MANC_ARP_EN | MANC_ARP_RES_EN;
    uint32_t management = word[emu_eeprom_lan_word(chip, EE_MANAGEMENT)];
    const uint16_t *ip4 = &word[emu_eeprom_lan_word(chip, EE_IP4)];
    const uint16_t *ip6 = &word[emu_eeprom_lan_word(chip, EE_IP6)];
    uint32_t wuc = 0, ipav = 0;

    wuc |= word[emu_eeprom_lan_word(chip, EE_INIT3)] & INIT3_APM ? WUC_APME : 0;
    wuc |= word[EE_INIT2] & 0x8000 ? WUC_APMPME : 0;
    load_bits(chip, REG_WUC, WUC_APME | WUC_APMPME, wuc);
    load_bits(chip, REG_MANC, manageability, management);
    ipav |= management & 0x0040 ? 0x00000001u : 0;
    ipav |= management & 0x0080 ? IPAV_V6 : 0;
    load_bits(chip, REG_IPAV, 0x00000001u | IPAV_V6, ipav);
    if (management & 0x0040)
        emu_set(chip, REG_IP4AT_N(0), ip4[0] | (uint32_t)ip4[1] << 16);
    if (management & 0x0080) {
        for (unsigned i = 0; i < 4; i++)
            emu_set(chip, REG_IP6AT_N(i), ip6[2 * i] | (uint32_t)ip6[2 * i + 1] << 16);
    }
    emu_wake_update(chip);
    emu_manage_update(chip);
}

static void load_link_word(struct e1000emu *chip)
{
    uint32_t init1 = emu_part(chip)->word[EE_INIT1], init2 = emu_part(chip)->word[EE_INIT2];
    uint32_t txcw = 0;

    txcw |= init1 & 0x0400 ? TXCW_FD : 0;
    txcw |= init2 & 0x1000 ? TXCW_PAUSE : 0;
    txcw |= init2 & 0x2000 ? TXCW_ASM_DIR : 0;
    txcw |= init2 & 0x0800 ? TXCW_ANE : 0;
    load_bits(chip, REG_TXCW, TXCW_FD | TXCW_PAUSE | TXCW_ASM_DIR | TXCW_ANE, txcw);
}

static void load_rar0(struct e1000emu *chip)
{
    const uint16_t *mac = &emu_part(chip)->word[EE_MAC0];

    emu_set(chip, REG_RAL(0), mac[0] | (uint32_t)mac[1] << 16);
    emu_set(chip, REG_RAH(0), last_mac_word(chip) | RAH_AV);
    emu_filter_reset(chip);
}

static void load_registers(struct e1000emu *chip, enum e1000emu_reset kind)
{
    uint32_t led = emu_part(chip)->word[EE_LED];

    if (!is_signed(chip))
        return;
    load_control(chip, kind == E1000EMU_RESET_POWER);
    load_wakeup(chip);
    load_link_word(chip);
    load_bits(chip, REG_LEDCTL, 0x00CF00CF, (led & 0xFF) | (led & 0xFF00) << 8);
    if (chip->profile.rar0[kind] == E1000EMU_RAR0_EEPROM)
        load_rar0(chip);
    emu_link_update(chip);
}

/* Begins the load that waits, unless the other function has the part. */
static void start_load(struct e1000emu *chip)
{
    struct emu_eeprom *eeprom = &chip->eeprom;
    const struct e1000emu *other = chip->sibling;

    if (!eeprom->load_waits || emu_timer_running(chip, EMU_TIMER_EE_LOAD) ||
        (other && (emu_part(chip)->holder == other || hardware_reads(other))))
        return;
    if (chip->profile.eeprom_load_ns > 0)
        emu_timer_start(chip, EMU_TIMER_EE_LOAD, chip->profile.eeprom_load_ns);
    else
        emu_eeprom_load_timer(chip);
}

/* Starts the read that EERD asked for, as soon as nobody else has the part. */
static void start_eerd(struct e1000emu *chip)
{
    if (!chip->eeprom.eerd_waits || asks(chip) || emu_part(chip)->holder || emu_eeprom_busy(chip) ||
        emu_timer_running(chip, EMU_TIMER_EE_LOAD) ||
        (chip->sibling && hardware_reads(chip->sibling)))
        return;
    chip->eeprom.eerd_waits = false;
    emu_timer_start(chip, EMU_TIMER_EERD, EERD_NS);
}

/* ---- Who has the part: EECD and EERD (SDM 13.4.3, 13.4.4, 12.3.2) ---------------------------- */

/* The pins go to whoever asked first, once no hardware reads; they stay with him until he lets go.
 */
static void grant(struct e1000emu *chip)
{
    struct emu_eeprom_part *part = emu_part(chip);

    if (!part->holder && asks(chip) && !hardware_reads(chip) &&
        !(chip->sibling && hardware_reads(chip->sibling)))
        part->holder = chip;
}

static void release(struct e1000emu *chip)
{
    struct emu_eeprom_part *part = emu_part(chip);

    if (part->holder != chip)
        return;
    part->holder = NULL;
    drive_pins(chip, 0);
}

/* Something has changed: whoever waited for the part goes on, this function or the other one. */
static void settle(struct e1000emu *chip)
{
    struct e1000emu *other = chip->sibling;

    if (!asks(chip))
        release(chip);
    start_load(chip);
    if (other)
        start_load(other);
    start_eerd(chip);
    if (other)
        start_eerd(other);
    grant(chip);
    if (other)
        grant(other);
}

void emu_eeprom_left(struct e1000emu *chip, const struct e1000emu *other)
{
    if (emu_part(chip)->holder == other) {
        emu_part(chip)->holder = NULL;
        drive_pins(chip, 0);
    }
    settle(chip);
}

void emu_eeprom_load(struct e1000emu *chip, enum e1000emu_reset kind)
{
    bool wait = chip->profile.eeprom_load_ns > 0;
    bool taken = chip->sibling && emu_part(chip)->holder == chip->sibling;

    chip->eeprom.load_kind = kind;
    chip->eeprom.load_waits = kind == E1000EMU_RESET_CTRL || taken;
    if (!chip->eeprom.load_waits) {
        load_registers(chip, kind);
        if (wait)
            emu_timer_start(chip, EMU_TIMER_EE_LOAD, chip->profile.eeprom_load_ns);
    }
    settle(chip);
}

void emu_eeprom_reload(struct e1000emu *chip)
{
    emu_timer_stop(chip, EMU_TIMER_EE_LOAD);
    chip->eeprom.load_kind = E1000EMU_RESET_PCI;
    chip->eeprom.load_waits = true;
    settle(chip);
}

static bool granted(struct e1000emu *chip)
{
    if (emu_part(chip)->holder != chip || hardware_reads(chip))
        return false;
    return !(chip->faulty & EMU_AT_EEPROM) || emu_fault_grants(chip);
}

uint32_t emu_eeprom_read_eecd(struct e1000emu *chip, uint32_t offset)
{
    const struct emu_eeprom_part *part = emu_part(chip);
    uint32_t value = emu_get(chip, offset) | EECD_EE_PRES;

    if (granted(chip)) {
        value |= EECD_EE_GNT;
        value |= emu_part_data_out(part, emu_eeprom_busy(chip)) ? EECD_DO : 0;
    }
    return part->words == 64 ? value : value | EECD_EE_SIZE;
}

void emu_eeprom_write_eerd(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)old;
    if (!(value & EERD_START))
        return;
    emu_set(chip, offset, emu_get(chip, offset) & ~EERD_DONE);
    chip->eeprom.eerd_word = (value & EERD_ADDR) >> EERD_ADDR_SHIFT;
    chip->eeprom.eerd_waits = true;
    emu_timer_stop(chip, EMU_TIMER_EERD);
    settle(chip);
}

void emu_eeprom_write_eecd(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    settle(chip);
    if (emu_part(chip)->holder == chip)
        drive_pins(chip, granted(chip) ? value & (EECD_SK | EECD_CS | EECD_DI) : 0);
}

/* ---- Timers and reset ----------------------------------------------------------------------- */

void emu_eeprom_load_timer(struct e1000emu *chip)
{
    if (chip->eeprom.load_waits) {
        chip->eeprom.load_waits = false;
        load_registers(chip, chip->eeprom.load_kind);
        if (chip->eeprom.load_kind == E1000EMU_RESET_PCI)
            emu_pci_reload(chip);
    }
    settle(chip);
}

static uint32_t eerd_data(struct e1000emu *chip)
{
    const struct emu_eeprom_part *part = emu_part(chip);
    unsigned word = chip->eeprom.eerd_word;

    if (word >= part->words)
        return 0xFFFF; /* nothing drives DO past the part's end */
    return chip->faulty & EMU_AT_EEPROM ? emu_fault_word(chip, part->word[word]) : part->word[word];
}

void emu_eeprom_eerd_timer(struct e1000emu *chip)
{
    if (!(chip->faulty & EMU_AT_EEPROM) || emu_fault_eerd(chip)) {
        uint32_t data = eerd_data(chip);

        load_bits(chip, REG_EERD, EERD_DATA | EERD_DONE, data << EERD_DATA_SHIFT | EERD_DONE);
    }
    settle(chip);
}

void emu_eeprom_write_timer(struct e1000emu *chip)
{
    settle(chip);
}

void emu_eeprom_reset(struct e1000emu *chip, bool power)
{
    chip->eeprom.eerd_waits = false;
    chip->eeprom.load_waits = false;
    if (power) {
        emu_timer_stop(chip, EMU_TIMER_EE_WRITE);
        emu_part_power_on(emu_part(chip));
    }
    release(chip);
}
