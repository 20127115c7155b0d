/* SPDX-License-Identifier: BSD-2-Clause */
#include "status_json.h"

#include "replay.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

/* Registers of the rings: base low, base high, length, head, tail. */
struct ring_offsets {
    const char *name;
    uint32_t low, high, length, head, tail;
};

static const struct ring_offsets rings[] = {
    {"receive", 0x2800, 0x2804, 0x2808, 0x2810, 0x2818},
    {"transmit", 0x3800, 0x3804, 0x3808, 0x3810, 0x3818},
};

#define DESCRIPTOR_BYTES 16u

/* The statistics registers, SDM 13.7. */
#define STATISTICS_FIRST 0x4000u
#define STATISTICS_LAST  0x40fcu

/* Longer arrays (hash and VLAN tables, memories) are left out. */
#define LONGEST_ARRAY 16u

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static uint32_t peek(const struct device *device, uint32_t offset)
{
    return device->ops->peek(device, offset);
}

static bool is_statistic(const struct e1000emu_register *row)
{
    return row->offset >= STATISTICS_FIRST && row->offset <= STATISTICS_LAST;
}

static json_t *register_json(const struct device *device, const struct e1000emu_register *row,
                             uint32_t index)
{
    const uint32_t offset = row->offset + index * row->stride;
    char name[40];

    snprintf(name, sizeof(name), row->count > 1 ? "%s%" PRIu32 : "%s", row->name, index);
    return json_pack("{s:s, s:I, s:I, s:s}", "name", name, "offset", (json_int_t)offset, "value",
                     (json_int_t)peek(device, offset), "meaning", row->meaning);
}

static json_t *registers_json(const struct device *device, bool statistics)
{
    const struct e1000emu_register *row;
    json_t *list = json_array();

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++) {
        if ((row->flags & (E1000EMU_REG_ALIAS | E1000EMU_REG_WRITE_ONLY)) != 0 ||
            row->count > LONGEST_ARRAY || is_statistic(row) != statistics)
            continue;
        for (uint32_t index = 0; index < (row->count > 1 ? row->count : 1); index++)
            json_array_append_new(list, register_json(device, row, index));
    }
    return list;
}

static json_t *rings_json(const struct device *device)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++) {
        const struct ring_offsets *ring = &rings[i];
        const uint32_t length = peek(device, ring->length) / DESCRIPTOR_BYTES;
        const uint32_t head = peek(device, ring->head), tail = peek(device, ring->tail);
        const uint64_t base = (uint64_t)peek(device, ring->high) << 32 | peek(device, ring->low);

        json_array_append_new(
            list, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "name", ring->name, "base",
                            (json_int_t)base, "length", (json_int_t)length, "head",
                            (json_int_t)head, "tail", (json_int_t)tail, "owned_by_chip",
                            (json_int_t)(length != 0 && head < length && tail < length
                                             ? (tail + length - head) % length
                                             : 0)));
    }
    return list;
}

static json_t *statistics_json(const struct driver *driver)
{
    json_t *list = json_object();
    const char *name;
    uint64_t value;

    if (driver->ops->stat_seen != NULL)
        for (unsigned i = 0; (name = driver->ops->stat_seen(driver, i, &value)) != NULL; i++)
            json_object_set_new(list, name, number(value));
    return list;
}

static json_t *traffic_json(const struct joint_end *end)
{
    const struct device *device = end->session.device;
    const struct above *above = end->session.sched.above;
    json_t *list = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "frames arrived",
        (json_int_t)end->counts.arrived, "bytes arrived", (json_int_t)end->counts.arrived_bytes,
        "frames handed up", (json_int_t)above->received, "frames handed down",
        (json_int_t)above->sent, "frames sent", (json_int_t)end->counts.sent, "bytes sent",
        (json_int_t)end->counts.sent_bytes, "interrupts", (json_int_t)device->interrupts,
        "register reads", (json_int_t)device->counters.mmio_reads, "register writes",
        (json_int_t)device->counters.mmio_writes);
    char name[40];

    for (unsigned v = E1000EMU_RX_STORED + 1; v < E1000EMU_RX_VERDICTS; v++) {
        snprintf(name, sizeof(name), "dropped: %s", replay_drop_name((enum e1000emu_verdict)v));
        if (end->counts.verdicts[v] != 0)
            json_object_set_new(list, name, number(end->counts.verdicts[v]));
    }
    return list;
}

static json_t *end_json(const struct joint_end *end)
{
    const struct device *device = end->session.device;

    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "link", end->link, "traffic",
                     traffic_json(end), "rings", rings_json(device), "registers",
                     registers_json(device, false), "counters", registers_json(device, true),
                     "driver", statistics_json(end->session.driver));
}

static json_t *rates_json(const struct status_history *history)
{
    const uint64_t first = history->count > STATUS_POINTS ? history->count - STATUS_POINTS : 0;
    json_t *list = json_array();

    for (uint64_t i = first; i < history->count; i++) {
        const struct status_point *p = &history->points[i % STATUS_POINTS];

        json_array_append_new(list,
                              json_pack("[f, I, I, I, I, I]", p->time, (json_int_t)p->frames_in,
                                        (json_int_t)p->frames_out, (json_int_t)p->bytes_in,
                                        (json_int_t)p->bytes_out, (json_int_t)p->interrupts));
    }
    return list;
}

static json_t *judge_json(const struct judge *judge)
{
    if (judge == NULL || judge->level == JUDGE_OFF)
        return json_null();
    return json_pack("{s:I, s:I, s:I}", "violations",
                     (json_int_t)judge_count(judge, E1000EMU_VIOLATION), "errata",
                     (json_int_t)judge_count(judge, E1000EMU_ERRATUM), "advice",
                     (json_int_t)judge_count(judge, E1000EMU_ADVICE));
}

char *status_json(const struct status_config *config, const struct status_history *history,
                  double seconds)
{
    const struct joint *joint = config->joint;
    json_t *ends = json_array(), *all;
    char *text;

    for (unsigned i = 0; i < joint->count; i++)
        json_array_append_new(ends, end_json(&joint->ends[i]));
    all = json_pack("{s:s, s:s, s:s, s:s, s:b, s:f, s:f, s:o, s:o, s:o}", "profile",
                    config->profile, "driver", config->driver, "wire", config->wire, "above",
                    config->above, "real_time", joint->real_time, "seconds", seconds,
                    "bench_seconds", (double)(joint->clock.now - joint->start) / 1e9, "judge",
                    judge_json(config->judge), "ends", ends, "rates", rates_json(history));
    if (all == NULL)
        return NULL;
    text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(all);
    return text;
}
