/* SPDX-License-Identifier: BSD-2-Clause */
#include "chip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reset.h"

static bool config_valid(const struct e1000emu_config *config)
{
    if (!config || !config->host.interrupt || !config->host.transmit)
        return false;
    if (!config->flash != !config->flash_bytes || config->flash_bytes > EMU_FLASH_LARGEST)
        return false;
    if (config->lan_b && !config->sibling && !(config->profile && config->profile->dual_port))
        return false;
    if (config->sibling && (!config->sibling->profile.dual_port || config->sibling->sibling ||
                            config->sibling->lan_b == config->lan_b))
        return false;
    return !config->eeprom || config->eeprom_words == 64 || config->eeprom_words == 256;
}

int e1000emu_create(e1000emu **chip, const struct e1000emu_config *config)
{
    const struct e1000emu_profile *profile;
    struct e1000emu *made;
    uint32_t flash_bytes;
    int status;

    if (!chip || !config_valid(config))
        return -EINVAL;
    profile = config->profile ? config->profile : e1000emu_profile_at(0);
    flash_bytes = emu_flash_part(config, profile);
    if (config->sibling) {
        profile = &config->sibling->profile;
        flash_bytes = config->sibling->flash.bytes;
    }
    made = calloc(1, sizeof *made + flash_bytes);
    if (!made)
        return -ENOMEM;
    made->profile = *profile;
    made->flash.bytes = flash_bytes;
    made->keeper = config->sibling ? config->sibling : made;
    made->sibling = config->sibling;
    made->lan_b = config->lan_b;
    made->host = config->host;
    made->seed = config->seed;
    made->store_frames = config->store_frames;
    made->check.sampled = config->sampled;
    e1000emu_watch(made, config->watch, config->watch);
    memcpy(made->mac, config->mac ? config->mac : made->profile.mac, sizeof made->mac);
    made->link.partner = (struct e1000emu_partner){
        .cable = true,
        .abilities = E1000EMU_10_HALF | E1000EMU_10_FULL | E1000EMU_100_HALF | E1000EMU_100_FULL |
                     E1000EMU_1000_HALF | E1000EMU_1000_FULL,
    };
    emu_serdes_show_signal(made);
    emu_regs_init(made);
    emu_clock_init(made);
    emu_dma_init(made);
    emu_eeprom_init(made, config);
    emu_flash_init(made, config);
    status = emu_fault_init(made, config);
    if (status < 0) {
        e1000emu_fault_clear(made, NULL); /* the EEPROM may be its sibling's */
        free(made);
        return status;
    }
    emu_reset(made, E1000EMU_RESET_POWER);
    if (made->sibling) {
        made->sibling->sibling = made;
        emu_pci_reload(made->sibling); /* which now says that it isn't alone */
    }
    emu_fault_powered(made);
    *chip = made;
    return 0;
}

/* The one that stays keeps the parts, and says that it is alone from its next RST# on. */
static void leave_sibling(struct e1000emu *chip)
{
    struct e1000emu *other = chip->sibling;

    if (other->keeper == chip) {
        other->eeprom.part = chip->eeprom.part;
        other->flash = chip->flash;
        memcpy(other->flash_programmed, chip->flash_programmed, chip->flash.bytes);
        other->keeper = other;
    }
    other->sibling = NULL;
    emu_eeprom_left(other, chip);
}

void e1000emu_destroy(e1000emu *chip)
{
    if (chip && chip->sibling)
        leave_sibling(chip);
    free(chip);
}
