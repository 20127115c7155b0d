/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole state of one chip: a struct per block, and the register file. */
#ifndef EMU_CHIP_H
#define EMU_CHIP_H

#include "check.h"
#include "clock.h"
#include "dma.h"
#include "e1000emu.h"
#include "eeprom.h"
#include "fault.h"
#include "flash.h"
#include "flow.h"
#include "general.h"
#include "hw.h"
#include "irq.h"
#include "link.h"
#include "loop.h"
#include "manage.h"
#include "medium.h"
#include "pci.h"
#include "phy.h"
#include "regs.h"
#include "rx.h"
#include "serdes.h"
#include "tx.h"
#include "wake.h"
#include "watch.h"

#define EMU_REGISTER_BYTES 0x20000u
#define EMU_INDEXED_BYTES  0xA000u /* all registers; behind them is only the packet buffer */

struct e1000emu {
    /* What a frame touches comes first. */
    e1000emu_time now;
    uint32_t watch;  /* E1000EMU_WATCH_*; 0: nobody is told of events */
    uint32_t faulty; /* EMU_AT_*: where a fault may act; 0: nowhere */
    struct emu_dma dma;
    struct emu_rx rx;
    struct emu_tx tx;
    struct emu_irq irq;
    struct emu_loop loop;
    struct emu_flow flow;
    struct emu_wake wake;
    struct emu_manage manage;

    struct emu_clock clock;
    struct emu_pci pci;
    struct emu_eeprom eeprom;
    struct emu_flash flash;
    struct emu_phy phy;
    struct emu_wire_link link;
    struct emu_medium medium;
    struct emu_serdes serdes;
    struct emu_pins pins;
    struct emu_check check;
    struct emu_faults faults;
    struct e1000emu_profile profile;
    struct e1000emu_host host;
    bool store_frames;        /* of the configuration */
    struct e1000emu *sibling; /* the other function of the same 82546, or NULL */
    struct e1000emu *keeper;  /* the one of the two that keeps EEPROM and flash; alone: itself */
    bool lan_b;               /* which of the two this is (SDM 12) */
    uint8_t mac[6];           /* of the configuration, what an EEPROM image is made from */
    uint32_t seed;

    uint8_t row[EMU_INDEXED_BYTES / 4]; /* of emu_reg_table, counted from 1; 0: no register */

    /* The register file, by offset / 4: BAR 0 byte for byte, the packet buffer at 0x10000 included.
     */
    uint32_t reg[EMU_REGISTER_BYTES / 4];

    /* The flash, flash.bytes of it, by the bits that are zero: what is erased is zero here, as new
     * memory is, and needs no page. */
    uint8_t flash_programmed[];
};

/* The board's EEPROM, which two functions of an 82546 share. */
static inline struct emu_eeprom_part *emu_part(const struct e1000emu *chip)
{
    return &chip->keeper->eeprom.part;
}

/* The stored value of a register, for the blocks' own use: no masks, no hooks. */
static inline uint32_t emu_get(const struct e1000emu *chip, uint32_t offset)
{
    return chip->reg[offset / 4];
}

static inline void emu_set(struct e1000emu *chip, uint32_t offset, uint32_t value)
{
    chip->reg[offset / 4] = value;
}

#endif
