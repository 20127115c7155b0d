/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI (SDM 4, 6.3, 13.2).
 *
 *   pci.c      configuration space: its layout, power states, messages
 *   pci_bar.c  what lies behind the BARs
 */
#ifndef EMU_PCI_H
#define EMU_PCI_H

#include "e1000emu.h"

#define EMU_CONFIG_BYTES 256u

struct emu_pci {
    /* Kept in step with the command register, where every access and every DMA looks. */
    bool bus_master;
    bool memory_enable;
    bool io_enable;
    bool rom_enable;
    bool msi_enable;
    bool in_d3; /* off but for configuration space (SDM 6.3) */

    uint8_t config[EMU_CONFIG_BYTES]; /* as it reads */
    uint8_t stored[EMU_CONFIG_BYTES]; /* bits that software can store */
    uint8_t clears[EMU_CONFIG_BYTES]; /* bits that clear when a one is written */

    uint32_t io_address; /* IOADDR: survives CTRL.RST (SDM 13.2.2) */

    /* The EEPROM's words 0Ah, 0Fh, 22h and 12h as the last load found them. */
    uint16_t init1, init2, power, common_power;
    bool int_b;           /* and word 24h or 14h: INTB#, when there are two functions */
    uint32_t flash_bytes; /* behind the flash BAR and the ROM BAR; 0: neither is there */
};

/* Bits of the status register that the chip itself sets when a DMA access fails (SDM 4.1). */
#define EMU_PCI_MASTER_ABORT 0x2000u

/* Power-on and RST#: the space as the EEPROM lays it out, everything disabled. PME_En and
 * PME_Status stay where power stayed (SDM 6.3). */
void emu_pci_reset(struct e1000emu *chip, bool keep_pme);

/* Lays the space out again, as the EEPROM says now (CTRL_EXT.EE_RST). */
void emu_pci_reload(struct e1000emu *chip);

/* Sends the interrupt message that software has set up (SDM 4.3). */
void emu_pci_send_message(struct e1000emu *chip);

/* A wake-up event: PME_Status in PMCSR and WUC, unless power management is disabled. */
void emu_pci_set_pme_status(struct e1000emu *chip);

/* CTRL.ADVD3WUC changed: what the capability says about waking from D3cold. */
void emu_pci_show_wakeup(struct e1000emu *chip);

/* Sets error bits of the status register. */
void emu_pci_set_status(struct e1000emu *chip, uint16_t bits);

/* Write hook of WUC: PME_En and PME_Status show in PMCSR too (SDM 13.6.1). */
void emu_pci_write_wuc(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value);

#endif
