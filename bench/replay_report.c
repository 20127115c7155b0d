/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay_report.h"

static void add_reason(struct replay_numbers *numbers, const char *name, uint64_t count)
{
    if (count != 0)
        numbers->reasons[numbers->numbers.reason_count++] =
            (struct report_reason){.name = name, .count = count};
}

size_t replay_report_faults(struct report_fault faults[E1000EMU_FAULTS_MAX],
                            const struct fault_options *asked, const struct replay_result *result)
{
    for (size_t i = 0; i < asked->count; i++)
        faults[i] = (struct report_fault){
            .text = asked->texts[i], .name = asked->settings[i].name, .fired = result->fired[i]};
    return asked->count;
}

void replay_report_numbers(struct replay_numbers *numbers, const struct replay_result *result,
                           const struct replay_direction *direction)
{
    numbers->numbers = (struct direction_result){
        .frames_in = direction->frames_in,
        .frames_out = direction->frames_out,
        .lost = direction->lost,
        .duplicated = direction->duplicated,
        .reordered = direction->reordered,
        .corrupted = direction->corrupted,
        .faulted = direction->struck.lost + direction->struck.damaged + direction->struck.doubled +
                   direction->struck.late,
        .filtered = direction->fates[FATE_OTHER_ADDRESS] + direction->fates[FATE_RUNT],
        .snapped = direction->fates[FATE_SNAPPED],
        .too_long = direction->fates[FATE_TOO_LONG],
        .padded = direction->padded,
        .bytes = direction->bytes,
        .seconds = result->seconds,
        .virtual_seconds = result->virtual_seconds,
        .interrupts = result->interrupts,
        .mmio_reads = result->mmio_reads,
        .mmio_writes = result->mmio_writes,
        .reasons = numbers->reasons,
    };
    for (unsigned i = 0; i < FATES; i++)
        add_reason(numbers, fate_name((enum fate)i), direction->fates[i]);
    for (unsigned i = 0; i < E1000EMU_RX_VERDICTS; i++)
        add_reason(numbers, replay_drop_name((enum e1000emu_verdict)i), direction->drops[i]);
    add_reason(numbers, "lost_by_fault", direction->struck.lost);
    add_reason(numbers, "damaged_by_fault", direction->struck.damaged);
    add_reason(numbers, "doubled_by_fault", direction->struck.doubled);
    add_reason(numbers, "late_by_fault", direction->struck.late);
    add_reason(numbers, "stalled", direction->stalled);
    add_reason(numbers, "not_sent_back", direction->not_echoed);
    add_reason(numbers, "not_dropped", direction->unexpected);
    if (direction == &result->tx)
        add_reason(numbers, "buffers_returned_twice", result->not_lent);
    report_rates(&numbers->numbers);
}
