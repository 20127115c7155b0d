/* SPDX-License-Identifier: BSD-2-Clause */
#include "general.h"

#include "chip.h"
#include "reset.h"

#define PACKET_BUFFER_KB 64u

/* ---- Software-definable pins (SDM 13.4.1, 13.4.6) ------------------------------------------- */

struct pin {
    unsigned number;
    uint32_t offset, data, output;
    uint32_t enable, cause; /* interrupts of an input that goes high */
};

static const struct pin pins[] = {
    {0, REG_CTRL, CTRL_SDP0_DATA, CTRL_SDP0_IODIR, 0, 0},
    {1, REG_CTRL, CTRL_SDP1_DATA, CTRL_SDP1_IODIR, 0, 0},
    {6, REG_CTRL_EXT, CTRL_EXT_SDP6_DATA, CTRL_EXT_SDP6_IODIR, CTRL_EXT_GPI2_EN, ICR_GPI_SDP6},
    {7, REG_CTRL_EXT, CTRL_EXT_SDP7_DATA, CTRL_EXT_SDP7_IODIR, CTRL_EXT_GPI3_EN, ICR_GPI_SDP7},
};

#define PINS (sizeof pins / sizeof *pins)

static const struct pin *find_pin(unsigned number)
{
    for (size_t i = 0; i < PINS; i++) {
        if (pins[i].number == number)
            return &pins[i];
    }
    return NULL;
}

void emu_general_show_pins(struct e1000emu *chip)
{
    for (size_t i = 0; i < PINS; i++) {
        const struct pin *pin = &pins[i];
        uint32_t value = emu_get(chip, pin->offset);

        if (value & pin->output || !(chip->pins.driven & 1u << pin->number))
            continue;
        value &= ~pin->data;
        value |= chip->pins.high & 1u << pin->number ? pin->data : 0;
        emu_set(chip, pin->offset, value);
    }
}

/* Whether a pin interrupts, with this in its register: an enabled input that is driven high. */
static bool interrupts(const struct e1000emu *chip, const struct pin *pin, uint32_t value)
{
    return (value & pin->enable) && !(value & pin->output) &&
           (chip->pins.driven & chip->pins.high & 1u << pin->number);
}

/* CTRL_EXT was written: enabling a pin that is high already counts as if it had just gone high. */
static void sense_pins(struct e1000emu *chip, uint32_t old)
{
    uint32_t value = emu_get(chip, REG_CTRL_EXT);
    uint32_t causes = 0;

    for (size_t i = 0; i < PINS; i++) {
        if (interrupts(chip, &pins[i], value) && !interrupts(chip, &pins[i], old))
            causes |= pins[i].cause;
    }
    if (causes)
        emu_irq_raise(chip, causes);
}

void e1000emu_set_sdp(e1000emu *chip, unsigned number, bool high)
{
    const struct pin *pin = find_pin(number);
    uint32_t bit = 1u << (number & 7u);
    bool was;

    if (!pin)
        return;
    was = interrupts(chip, pin, emu_get(chip, pin->offset));
    chip->pins.driven |= bit;
    chip->pins.high = high ? chip->pins.high | bit : chip->pins.high & ~bit;
    emu_general_show_pins(chip);
    if (!was && interrupts(chip, pin, emu_get(chip, pin->offset)))
        emu_irq_raise(chip, pin->cause);
}

int e1000emu_get_sdp(const e1000emu *chip, unsigned number)
{
    const struct pin *pin = find_pin(number);

    if (!pin || !(emu_get(chip, pin->offset) & pin->output))
        return -1;
    return emu_get(chip, pin->offset) & pin->data ? 1 : 0;
}

/* ---- Write hooks ---------------------------------------------------------------------------- */

void emu_general_write_ctrl(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    if ((old ^ value) & CTRL_PHY_RST && !emu_serdes_selected(chip))
        emu_phy_hold(chip, value & CTRL_PHY_RST);
    if (value & CTRL_RST && !chip->profile.reset_inert) {
        emu_reset(chip, E1000EMU_RESET_CTRL);
        return;
    }
    emu_general_show_pins(chip);
    emu_serdes_keep_flow_control(chip, old);
    emu_pci_show_wakeup(chip);
    emu_flow_control_changed(chip);
    emu_link_update(chip);
}

void emu_general_write_ctrl_ext(struct e1000emu *chip, uint32_t offset, uint32_t old,
                                uint32_t value)
{
    uint32_t reserved = chip->profile.copper_only ? CTRL_EXT_LINK_MODE : 0;

    reserved |= chip->profile.pci_only ? CTRL_EXT_RO_DIS : 0;
    emu_set(chip, offset, emu_get(chip, offset) & ~reserved);
    value &= ~reserved;
    if (value & CTRL_EXT_ASDCHK && !(value & CTRL_EXT_LINK_MODE))
        emu_link_detect_speed(chip);
    if (value & ~old & CTRL_EXT_PHYINT_EN && chip->phy.interrupt)
        emu_irq_raise(chip, ICR_PHYINT);
    if (value & CTRL_EXT_EE_RST)
        emu_eeprom_reload(chip);
    emu_general_show_pins(chip);
    sense_pins(chip, old);
    emu_link_update(chip);
}

/* What software doesn't give to reception is for transmission (SDM 13.4.16). */
void emu_general_write_pba(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    uint32_t rxa = value & PBA_RXA;
    uint32_t txa = rxa < PACKET_BUFFER_KB ? PACKET_BUFFER_KB - rxa : 0;

    (void)offset;
    (void)old;
    emu_set(chip, REG_PBA, txa << PBA_TXA_SHIFT | rxa);
}
