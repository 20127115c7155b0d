/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

#include <stdbool.h>

static const struct scenario *const parts[] = {
    scenarios_attach, scenarios_receive, scenarios_transmit,  scenarios_offload, scenarios_vlan,
    scenarios_filter, scenarios_link,    scenarios_interrupt, scenarios_care,    scenarios_power,
    scenarios_hangs,  scenarios_memory,  scenarios_hardware,  scenarios_load,
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

const struct scenario *scenario_at(size_t i)
{
    for (size_t part = 0; part < PARTS; part++)
        for (const struct scenario *row = parts[part]; row->id != NULL; row++)
            if (i-- == 0)
                return row;
    return NULL;
}

const char *scenario_misfit(const struct scenario *scenario, const struct e1000emu_profile *profile)
{
    const struct {
        unsigned need;
        bool has;
        const char *reason;
    } rows[] = {
        {NEEDS_COPPER, profile->media == E1000EMU_COPPER, "the board is not a copper one"},
        {NEEDS_LIGHT, profile->media != E1000EMU_COPPER, "the board is a copper one"},
        {NEEDS_PM, profile->capabilities, "the board has no power management"},
        {NEEDS_MSI, profile->msi, "the board has no interrupt messages"},
        {NEEDS_RESET, !profile->reset_inert, "the chip's reset does nothing"},
        {NEEDS_ITR, !profile->itr_ignored && profile->itr_floor == 0,
         "the chip does not moderate interrupts as the manual has it"},
        {NEEDS_HEARING, profile->rx_block_ns == 0,
         "the chip hears nothing for a while when filters change"},
        {NEEDS_RXT0, profile->rxt0_missing == 0, "the chip's receive interrupts get lost"},
        {NEEDS_REGISTERS, !profile->rps, "not every register is there as in the manual"},
        {NEEDS_INTEL, profile->subsystem_vendor == 0x8086, "the board is not Intel's"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if ((scenario->needs & rows[i].need) != 0 && !rows[i].has)
            return rows[i].reason;
    return NULL;
}
