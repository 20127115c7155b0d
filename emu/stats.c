/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats.h"

#include "chip.h"

void emu_stats_add(struct e1000emu *chip, uint32_t offset, uint32_t n)
{
    uint32_t value = emu_get(chip, offset);

    emu_set(chip, offset, n > UINT32_MAX - value ? UINT32_MAX : value + n);
}

void emu_stats_add64(struct e1000emu *chip, uint32_t offset, uint64_t n)
{
    uint64_t value = emu_get(chip, offset) | (uint64_t)emu_get(chip, offset + 4) << 32;

    value = n > UINT64_MAX - value ? UINT64_MAX : value + n;
    emu_set(chip, offset, (uint32_t)value);
    emu_set(chip, offset + 4, (uint32_t)(value >> 32));
}

/* Adds up the size classes and counts them from the register of the smallest on. */
static uint32_t add_sizes(struct e1000emu *chip, uint32_t smallest, const struct emu_tally *tally)
{
    uint32_t packets = 0;

    for (uint32_t i = 0; i < EMU_STATS_SIZES; i++) {
        packets += tally->size[i];
        emu_stats_add(chip, smallest + 4 * i, tally->size[i]);
    }
    return packets;
}

void emu_stats_received(struct e1000emu *chip, struct emu_tally *tally)
{
    emu_tally_end_run(tally);
    emu_stats_add(chip, REG_TPR, tally->all_packets);
    emu_stats_add64(chip, REG_TORL, tally->all_octets);
    emu_stats_add(chip, REG_GPRC, add_sizes(chip, REG_PRC64, tally));
    emu_stats_add64(chip, REG_GORCL, tally->octets);
    emu_stats_add(chip, REG_MPRC, tally->group - tally->broadcast);
    /* A broadcast that some other filter let in is not counted. */
    if (emu_get(chip, REG_RCTL) & RCTL_BAM)
        emu_stats_add(chip, REG_BPRC, tally->broadcast);
}

void emu_stats_sent(struct e1000emu *chip, struct emu_tally *tally)
{
    emu_tally_end_run(tally);
    emu_stats_add(chip, REG_TPT, tally->all_packets);
    emu_stats_add64(chip, REG_TOTL, tally->all_octets);
    emu_stats_add(chip, REG_GPTC, add_sizes(chip, REG_PTC64, tally));
    emu_stats_add64(chip, REG_GOTCL, tally->octets);
    emu_stats_add(chip, REG_MPTC, tally->group - tally->broadcast);
    emu_stats_add(chip, REG_BPTC, tally->broadcast);
}

uint32_t emu_stats_read_low(struct e1000emu *chip, uint32_t offset)
{
    return emu_get(chip, offset);
}

uint32_t emu_stats_read_high(struct e1000emu *chip, uint32_t offset)
{
    uint32_t high = emu_get(chip, offset);

    emu_set(chip, offset - 4, 0);
    emu_set(chip, offset, 0);
    return high;
}
