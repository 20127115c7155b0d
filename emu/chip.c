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
    made = calloc(1, sizeof *made + flash_bytes);
    if (!made)
        return -ENOMEM;
    made->profile = *profile;
    made->flash.bytes = flash_bytes;
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
        free(made);
        return status;
    }
    emu_reset(made, E1000EMU_RESET_POWER);
    emu_fault_powered(made);
    *chip = made;
    return 0;
}

void e1000emu_destroy(e1000emu *chip)
{
    free(chip);
}
