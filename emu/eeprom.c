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
#define INIT3_DEFAULT     0x00C8u
#define INIT3_SERDES      0x0200u /* the link mode */
#define INIT3_FLASH_OFF   0x0800u
#define INIT3_APM         0x0400u

/* Instructions of the part: the two bits after the start bit, then for 00 the two bits at the top
 * of the address. */
enum { OP_EXTENDED, OP_WRITE, OP_READ, OP_ERASE };
enum { EXTENDED_EWDS, EXTENDED_WRAL, EXTENDED_ERAL, EXTENDED_EWEN };

/* ---- The image ------------------------------------------------------------------------------ */

static uint16_t flash_bits(uint32_t size)
{
    uint16_t code = 0;

    while (code < 3 && size > 0x10000u << code)
        code++;
    return (uint16_t)(code << 9);
}

static void make_image(struct e1000emu *chip)
{
    const struct e1000emu_profile *profile = &chip->profile;
    uint16_t *word = chip->eeprom.word;
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
    word[EE_INIT2] = (uint16_t)(INIT2_DEFAULT | flash_bits(profile->flash_size) |
                                (profile->msi ? 0 : INIT2_MSI_DISABLE));
    word[EE_PINS] = 0x000C;
    word[0x21] = 0x7863; /* circuit control */
    word[EE_POWER] = 0x280C;
    word[EE_INIT3] = INIT3_DEFAULT | (profile->flash_size ? 0 : INIT3_FLASH_OFF) |
                     (profile->media == E1000EMU_COPPER ? 0 : INIT3_SERDES);
    word[EE_LED] = 0x0602;
    for (unsigned i = 0; i < EE_CHECKSUM; i++)
        sum += word[i];
    word[EE_CHECKSUM] = (uint16_t)(EMU_EEPROM_SUM - sum);
}

void emu_eeprom_init(struct e1000emu *chip, const struct e1000emu_config *config)
{
    struct emu_eeprom *eeprom = &chip->eeprom;

    memset(eeprom->word, 0, sizeof eeprom->word);
    eeprom->words = 64;
    if (config->eeprom) {
        eeprom->words = (unsigned)config->eeprom_words;
        memcpy(eeprom->word, config->eeprom, config->eeprom_words * sizeof *config->eeprom);
    } else {
        make_image(chip);
    }
    eeprom->address_bits = eeprom->words == 64 ? 6 : 8;
}

/* The signature says that the rest counts (SDM 5.6.8). */
static bool is_signed(const struct e1000emu *chip)
{
    return (chip->eeprom.word[EE_INIT1] & INIT1_SIGNATURE) == INIT1_SIGNED;
}

uint16_t emu_eeprom_hw_word(const struct e1000emu *chip, unsigned word)
{
    if (is_signed(chip))
        return chip->eeprom.word[word];
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
    const uint16_t *word = chip->eeprom.word;
    uint32_t init1 = word[EE_INIT1], init2 = word[EE_INIT2], init3 = word[EE_INIT3];
    uint32_t sdp = word[EE_PINS];
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
    if (init3 & INIT3_APM || word[EE_MANAGEMENT] & MANC_SMBUS_EN) {
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
    const uint16_t *word = chip->eeprom.word;
    const uint32_t manageability = MANC_SMBUS_EN | MANC_ASF_EN | MANC_R_ON_FORCE | MANC_RMCP_EN |
                                   MANC_0298_EN | MANC_ARP_EN | MANC_ARP_RES_EN;
    uint32_t management = word[EE_MANAGEMENT];
    uint32_t wuc = 0, ipav = 0;

    wuc |= word[EE_INIT3] & INIT3_APM ? WUC_APME : 0;
    wuc |= word[EE_INIT2] & 0x8000 ? WUC_APMPME : 0;
    load_bits(chip, REG_WUC, WUC_APME | WUC_APMPME, wuc);
    load_bits(chip, REG_MANC, manageability, management);
    ipav |= management & 0x0040 ? 0x00000001u : 0;
    ipav |= management & 0x0080 ? IPAV_V6 : 0;
    load_bits(chip, REG_IPAV, 0x00000001u | IPAV_V6, ipav);
    if (management & 0x0040)
        emu_set(chip, REG_IP4AT_N(0), word[EE_IP4] | (uint32_t)word[EE_IP4 + 1] << 16);
    if (management & 0x0080) {
        for (unsigned i = 0; i < 4; i++)
            emu_set(chip, REG_IP6AT_N(i),
                    word[EE_IP6 + 2 * i] | (uint32_t)word[EE_IP6 + 2 * i + 1] << 16);
    }
    emu_wake_update(chip);
    emu_manage_update(chip);
}

static void load_link_word(struct e1000emu *chip)
{
    uint32_t init1 = chip->eeprom.word[EE_INIT1], init2 = chip->eeprom.word[EE_INIT2];
    uint32_t txcw = 0;

    txcw |= init1 & 0x0400 ? TXCW_FD : 0;
    txcw |= init2 & 0x1000 ? TXCW_PAUSE : 0;
    txcw |= init2 & 0x2000 ? TXCW_ASM_DIR : 0;
    txcw |= init2 & 0x0800 ? TXCW_ANE : 0;
    load_bits(chip, REG_TXCW, TXCW_FD | TXCW_PAUSE | TXCW_ASM_DIR | TXCW_ANE, txcw);
}

static void load_rar0(struct e1000emu *chip)
{
    const uint16_t *mac = &chip->eeprom.word[EE_MAC0];

    emu_set(chip, REG_RAL(0), mac[0] | (uint32_t)mac[1] << 16);
    emu_set(chip, REG_RAH(0), mac[2] | RAH_AV);
    emu_filter_reset(chip);
}

static void load_registers(struct e1000emu *chip, enum e1000emu_reset kind)
{
    uint32_t led = chip->eeprom.word[EE_LED];

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

void emu_eeprom_load(struct e1000emu *chip, enum e1000emu_reset kind)
{
    bool wait = chip->profile.eeprom_load_ns > 0;

    chip->eeprom.load_kind = kind;
    chip->eeprom.load_waits = wait && kind == E1000EMU_RESET_CTRL;
    if (!chip->eeprom.load_waits)
        load_registers(chip, kind);
    if (wait)
        emu_timer_start(chip, EMU_TIMER_EE_LOAD, chip->profile.eeprom_load_ns);
}

void emu_eeprom_reload(struct e1000emu *chip)
{
    chip->eeprom.load_kind = E1000EMU_RESET_PCI;
    chip->eeprom.load_waits = true;
    if (chip->profile.eeprom_load_ns > 0)
        emu_timer_start(chip, EMU_TIMER_EE_LOAD, chip->profile.eeprom_load_ns);
    else
        emu_eeprom_load_timer(chip);
}

/* ---- EERD (SDM 13.4.4) ---------------------------------------------------------------------- */

static bool part_is_busy(const struct e1000emu *chip)
{
    return emu_timer_running(chip, EMU_TIMER_EE_WRITE);
}

/* Starts the read that EERD asked for, as soon as nobody else has the part. */
static void start_eerd(struct e1000emu *chip)
{
    if (!chip->eeprom.eerd_waits || emu_get(chip, REG_EECD) & EECD_EE_REQ || part_is_busy(chip) ||
        emu_timer_running(chip, EMU_TIMER_EE_LOAD))
        return;
    chip->eeprom.eerd_waits = false;
    emu_timer_start(chip, EMU_TIMER_EERD, EERD_NS);
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
    start_eerd(chip);
}

/* What software reads. */
static uint16_t read_word(struct e1000emu *chip, unsigned word)
{
    uint16_t value = chip->eeprom.word[word];

    return chip->faulty & EMU_AT_EEPROM ? emu_fault_word(chip, value) : value;
}

void emu_eeprom_eerd_timer(struct e1000emu *chip)
{
    const struct emu_eeprom *eeprom = &chip->eeprom;
    uint32_t data = 0xFFFF; /* nothing drives DO past the part's end */

    if (chip->faulty & EMU_AT_EEPROM && !emu_fault_eerd(chip))
        return;
    if (eeprom->eerd_word < eeprom->words)
        data = read_word(chip, eeprom->eerd_word);
    load_bits(chip, REG_EERD, EERD_DATA | EERD_DONE, data << EERD_DATA_SHIFT | EERD_DONE);
}

/* ---- Microwire (SDM 5.2; the data sheets of 93C46 and 93C66) -------------------------------- */

/* The command is complete and CS falls: the part programs itself. */
static void program(struct e1000emu *chip)
{
    struct emu_eeprom *eeprom = &chip->eeprom;
    unsigned first = eeprom->address;
    unsigned last = first;
    uint16_t data = 0xFFFF;

    if (!eeprom->write_enabled)
        return;
    if (eeprom->opcode == OP_EXTENDED) {
        bool all_written = first >> (eeprom->address_bits - 2) == EXTENDED_WRAL;

        data = all_written ? (uint16_t)eeprom->shift : 0xFFFF;
        first = 0;
        last = eeprom->words - 1;
    } else if (eeprom->opcode == OP_WRITE) {
        data = (uint16_t)eeprom->shift;
    }
    for (unsigned i = first; i <= last; i++)
        eeprom->word[i] = data;
    emu_timer_start(chip, EMU_TIMER_EE_WRITE, WRITE_NS);
}

static void decode_extended(struct emu_eeprom *eeprom)
{
    switch (eeprom->address >> (eeprom->address_bits - 2)) {
    case EXTENDED_EWEN:
        eeprom->write_enabled = true;
        eeprom->state = EMU_EE_IGNORE;
        break;
    case EXTENDED_EWDS:
        eeprom->write_enabled = false;
        eeprom->state = EMU_EE_IGNORE;
        break;
    case EXTENDED_WRAL:
        eeprom->state = EMU_EE_DATA;
        break;
    case EXTENDED_ERAL:
        eeprom->state = EMU_EE_ARMED;
        break;
    default:
        break;
    }
}

/* Opcode and address are in. */
static void decode(struct e1000emu *chip)
{
    struct emu_eeprom *eeprom = &chip->eeprom;

    eeprom->opcode = eeprom->shift >> eeprom->address_bits & 3u;
    eeprom->address = eeprom->shift & (eeprom->words - 1);
    switch (eeprom->opcode) {
    case OP_READ:
        eeprom->state = EMU_EE_READ;
        eeprom->data_out = false; /* the dummy zero */
        eeprom->shift = read_word(chip, eeprom->address);
        break;
    case OP_WRITE:
        eeprom->state = EMU_EE_DATA;
        break;
    case OP_ERASE:
        eeprom->state = EMU_EE_ARMED;
        break;
    default:
        decode_extended(eeprom);
        break;
    }
    eeprom->bits = 0;
}

static void shift_in(struct emu_eeprom *eeprom, bool data_in)
{
    eeprom->shift = (eeprom->shift << 1 | data_in) & 0xFFFFu;
    eeprom->bits++;
}

/* One rising edge of SK while CS is high. */
static void clock_bit(struct e1000emu *chip, bool data_in)
{
    struct emu_eeprom *eeprom = &chip->eeprom;

    switch (eeprom->state) {
    case EMU_EE_STANDBY:
        if (!data_in || part_is_busy(chip))
            break;
        eeprom->state = EMU_EE_COMMAND;
        eeprom->shift = eeprom->bits = 0;
        break;
    case EMU_EE_COMMAND:
        shift_in(eeprom, data_in);
        if (eeprom->bits == 2 + eeprom->address_bits)
            decode(chip);
        break;
    case EMU_EE_READ:
        eeprom->data_out = eeprom->shift & 0x8000u;
        shift_in(eeprom, false);
        if (eeprom->bits == 16) { /* goes on with the next word */
            eeprom->address = (eeprom->address + 1) & (eeprom->words - 1);
            eeprom->shift = read_word(chip, eeprom->address);
            eeprom->bits = 0;
        }
        break;
    case EMU_EE_DATA:
        shift_in(eeprom, data_in);
        if (eeprom->bits == 16)
            eeprom->state = EMU_EE_ARMED;
        break;
    case EMU_EE_ARMED:
    case EMU_EE_IGNORE:
        break;
    }
}

/* The part's pins change. CS that rises together with SK is too late for that clock. */
static void set_pins(struct e1000emu *chip, uint32_t pins)
{
    struct emu_eeprom *eeprom = &chip->eeprom;
    uint32_t old = eeprom->pins;

    eeprom->pins = pins;
    if (old & ~pins & EECD_CS) {
        if (eeprom->state == EMU_EE_ARMED)
            program(chip);
        eeprom->state = EMU_EE_STANDBY;
    } else if (old & pins & EECD_CS && ~old & pins & EECD_SK) {
        clock_bit(chip, pins & EECD_DI);
    }
}

static bool granted(struct e1000emu *chip)
{
    if (!(emu_get(chip, REG_EECD) & EECD_EE_REQ) || emu_timer_running(chip, EMU_TIMER_EE_LOAD) ||
        emu_timer_running(chip, EMU_TIMER_EERD))
        return false;
    return !(chip->faulty & EMU_AT_EEPROM) || emu_fault_grants(chip);
}

/* Level of DO: data while reading, else ready (or nobody drives it, and it is pulled up). */
static bool data_out(const struct e1000emu *chip)
{
    if (chip->eeprom.state == EMU_EE_READ)
        return chip->eeprom.data_out;
    return !(chip->eeprom.pins & EECD_CS && part_is_busy(chip));
}

uint32_t emu_eeprom_read_eecd(struct e1000emu *chip, uint32_t offset)
{
    uint32_t value = emu_get(chip, offset) | EECD_EE_PRES;

    if (granted(chip)) {
        value |= EECD_EE_GNT;
        value |= data_out(chip) ? EECD_DO : 0;
    }
    return chip->eeprom.words == 64 ? value : value | EECD_EE_SIZE;
}

void emu_eeprom_write_eecd(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    set_pins(chip, granted(chip) ? value & (EECD_SK | EECD_CS | EECD_DI) : 0);
    start_eerd(chip);
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
    start_eerd(chip);
}

void emu_eeprom_write_timer(struct e1000emu *chip)
{
    start_eerd(chip);
}

void emu_eeprom_reset(struct e1000emu *chip, bool power)
{
    struct emu_eeprom *eeprom = &chip->eeprom;

    eeprom->eerd_waits = false;
    if (power) {
        emu_timer_stop(chip, EMU_TIMER_EE_WRITE);
        eeprom->write_enabled = false;
        eeprom->state = EMU_EE_STANDBY;
        eeprom->pins = 0;
    }
    set_pins(chip, 0);
}
