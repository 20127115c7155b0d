/* SPDX-License-Identifier: BSD-2-Clause */
#include "linerate_report.h"

#include "replay.h"

#include <string.h>

void linerate_size_text(uint32_t size, char text[8])
{
    if (size == LINERATE_IMIX)
        snprintf(text, 8, "IMIX");
    else
        snprintf(text, 8, "%u", size % 1000000);
}

static bool goes(const struct linerate_row *row, enum linerate_way way)
{
    return (row->what.way & way) != 0;
}

/* ---- The table ---- */

void linerate_print_head(FILE *stream, struct linerate_kind kind, unsigned mbps)
{
    if (kind.wall) {
        fprintf(stream,
                "\n%u Mb/s, by the clock on the wall\n"
                "%5s %5s  %9s %9s  %9s %9s  %8s  %9s  %6s\n",
                mbps, "size", "way", "in Mpps", "out Mpps", "in Gb/s", "out Gb/s", "ns/frame",
                "line rate", "cores");
        fflush(stream);
        return;
    }
    fprintf(stream,
            "\n%u Mb/s\n"
            "%5s %5s  %8s %8s  %8s %8s  %7s  %-23s  %-23s%s\n"
            "%5s %5s  %8s %8s  %8s %8s  %7s  %11s %11s  %11s %11s%s\n",
            mbps, "", "", "lost", "lost", "of line", "of line", "", "rx most/mean", "tx most/mean",
            kind.rings ? "  least" : "", "size", "way", "in", "out", "in", "out", "irq/s", "ring",
            "FIFO KiB", "ring", "FIFO KiB", kind.rings ? "   ring" : "");
    fflush(stream);
}

static void print_lost(FILE *stream, bool goes_there, const struct linerate_flow *flow)
{
    if (goes_there)
        fprintf(
            stream, " %8llu",
            (unsigned long long)(flow->lost + flow->damaged + flow->duplicated + flow->reordered));
    else
        fprintf(stream, " %8s", "-");
}

/* Of the line rate, what was carried. */
static void print_share(FILE *stream, bool goes_there, const struct linerate_flow *flow)
{
    if (goes_there && flow->offered != 0)
        fprintf(stream, " %7.1f%%",
                100 * flow->full * (double)flow->carried / (double)flow->offered);
    else
        fprintf(stream, " %8s", "-");
}

static void print_level(FILE *stream, bool goes_there, const struct occupancy *level, double unit)
{
    char text[32] = "-";

    if (goes_there && unit == 1)
        snprintf(text, sizeof(text), "%u/%.0f", level->most, occupancy_mean(level));
    else if (goes_there)
        snprintf(text, sizeof(text), "%.1f/%.1f", level->most / unit, occupancy_mean(level) / unit);
    fprintf(stream, " %11s", text);
}

static double per_second(const struct linerate_result *result)
{
    return result->ns == 0 ? 0 : (double)result->interrupts * 1e9 / (double)result->ns;
}

static void print_causes(FILE *stream, const struct linerate_row *row)
{
    const struct linerate_result *result = &row->result;
    const char *comma = "";

    if (linerate_held(&row->what, result) || result->stopped)
        return;
    fprintf(stream, "%12s ", "");
    for (unsigned i = 0; i < E1000EMU_RX_VERDICTS; i++)
        if (i != E1000EMU_RX_STORED && result->verdicts[i] != 0) {
            fprintf(stream, "%s%llu %s at the chip", comma, (unsigned long long)result->verdicts[i],
                    replay_drop_name((enum e1000emu_verdict)i));
            comma = ", ";
        }
    if (result->in_driver != 0) {
        fprintf(stream, "%s%llu in the driver", comma, (unsigned long long)result->in_driver);
        comma = ", ";
    }
    if (goes(row, LINERATE_OUT) && result->out.lost + result->out.damaged == 0 &&
        result->out.full < 1) {
        fprintf(stream, "%sthe wire had pauses", comma);
        comma = ", ";
    }
    for (unsigned i = 0; i < result->counter_count; i++)
        fprintf(stream, "%s%s %llu", i == 0 ? "; counters: " : ", ", result->counters[i].name,
                (unsigned long long)result->counters[i].count);
    fprintf(stream, "\n");
}

static void print_virtual(FILE *stream, struct linerate_kind kind, const struct linerate_row *row)
{
    const struct linerate_result *result = &row->result;
    const bool in = goes(row, LINERATE_IN), out = goes(row, LINERATE_OUT);

    fprintf(stream, " ");
    print_lost(stream, in, &result->in);
    print_lost(stream, out, &result->out);
    fprintf(stream, " ");
    print_share(stream, in, &result->in);
    print_share(stream, out, &result->out);
    fprintf(stream, "  %7.0f ", per_second(result));
    print_level(stream, in, &result->rx_ring, 1);
    print_level(stream, in, &result->rx_fifo, 1024);
    fprintf(stream, " ");
    print_level(stream, out, &result->tx_ring, 1);
    print_level(stream, out, &result->tx_fifo, 1024);
    if (kind.rings && row->ring != 0)
        fprintf(stream, "  %5u", row->ring);
    else if (kind.rings)
        fprintf(stream, "  %5s", row->result.stopped ? "?" : "none");
    fprintf(stream, "\n");
    print_causes(stream, row);
}

/* Gb/s of frames with FCS. */
static double gbps(const struct linerate_row *row, double frames_per_s)
{
    return frames_per_s * 8 * linerate_bytes(row->what.size) * 1e-9;
}

static void print_rate(FILE *stream, bool goes_there, double rate)
{
    if (goes_there)
        fprintf(stream, " %9.3f", rate);
    else
        fprintf(stream, " %9s", "-");
}

static void print_wall(FILE *stream, const struct linerate_row *row)
{
    const struct linerate_wall *wall = &row->wall;
    const bool in = goes(row, LINERATE_IN), out = goes(row, LINERATE_OUT);

    fprintf(stream, " ");
    print_rate(stream, in, wall->in_per_s * 1e-6);
    print_rate(stream, out, wall->out_per_s * 1e-6);
    fprintf(stream, " ");
    print_rate(stream, in, gbps(row, wall->in_per_s));
    print_rate(stream, out, gbps(row, wall->out_per_s));
    fprintf(stream, "  %8.0f  %9s  %6.3f\n", wall->ns_per_frame,
            wall->held        ? "held"
            : wall->lost != 0 ? "lost"
                              : "not held",
            wall->core);
}

void linerate_print_row(FILE *stream, struct linerate_kind kind, const struct linerate_row *row)
{
    char size[8];

    linerate_size_text(row->what.size, size);
    fprintf(stream, "%5s %5s ", size, linerate_way_name(row->what.way));
    if (row->failure != NULL)
        fprintf(stream, " %s\n", row->failure);
    else if (kind.wall)
        print_wall(stream, row);
    else
        print_virtual(stream, kind, row);
    fflush(stream);
}

/* ---- JSON ---- */

static json_t *count(uint64_t number)
{
    return json_integer((json_int_t)number);
}

static json_t *flow_json(const struct linerate_flow *flow)
{
    json_t *object = json_object();

    json_object_set_new(object, "offered", count(flow->offered));
    json_object_set_new(object, "carried", count(flow->carried));
    json_object_set_new(object, "lost", count(flow->lost));
    json_object_set_new(object, "damaged", count(flow->damaged));
    json_object_set_new(object, "duplicated", count(flow->duplicated));
    json_object_set_new(object, "reordered", count(flow->reordered));
    json_object_set_new(object, "wire_full", json_real(flow->full));
    return object;
}

static json_t *level_json(const struct occupancy *level)
{
    json_t *object = json_object(), *course = json_array();

    for (uint32_t i = 0; i < occupancy_steps(level); i++)
        json_array_append_new(course, json_integer(level->course[i]));
    json_object_set_new(object, "least", json_integer(level->least));
    json_object_set_new(object, "mean", json_real(occupancy_mean(level)));
    json_object_set_new(object, "most", json_integer(level->most));
    json_object_set_new(object, "step_ns", count(level->step));
    json_object_set_new(object, "course", course);
    return object;
}

static void add_losses(json_t *object, const struct linerate_result *result)
{
    json_t *causes = json_object(), *counters = json_object();

    for (unsigned i = 0; i < E1000EMU_RX_VERDICTS; i++)
        if (i != E1000EMU_RX_STORED && result->verdicts[i] != 0)
            json_object_set_new(causes, replay_drop_name((enum e1000emu_verdict)i),
                                count(result->verdicts[i]));
    if (result->in_driver != 0)
        json_object_set_new(causes, "in_driver", count(result->in_driver));
    for (unsigned i = 0; i < result->counter_count; i++)
        json_object_set_new(counters, result->counters[i].name, count(result->counters[i].count));
    json_object_set_new(object, "causes", causes);
    json_object_set_new(object, "counters", counters);
}

static void add_virtual(json_t *object, struct linerate_kind kind, const struct linerate_row *row)
{
    const struct linerate_result *result = &row->result;

    json_object_set_new(object, "held", json_boolean(linerate_held(&row->what, result)));
    if (goes(row, LINERATE_IN)) {
        json_object_set_new(object, "rx", flow_json(&result->in));
        json_object_set_new(object, "rx_ring", level_json(&result->rx_ring));
        json_object_set_new(object, "rx_fifo_bytes", level_json(&result->rx_fifo));
    }
    if (goes(row, LINERATE_OUT)) {
        json_object_set_new(object, "tx", flow_json(&result->out));
        json_object_set_new(object, "tx_ring", level_json(&result->tx_ring));
        json_object_set_new(object, "tx_fifo_bytes", level_json(&result->tx_fifo));
    }
    add_losses(object, result);
    json_object_set_new(object, "virtual_ns", count(result->ns));
    json_object_set_new(object, "interrupts", count(result->interrupts));
    json_object_set_new(object, "interrupts_per_second", json_real(per_second(result)));
    if (kind.rings && !result->stopped)
        json_object_set_new(object, "smallest_ring",
                            row->ring != 0 ? json_integer(row->ring) : json_null());
}

static void add_wall(json_t *object, const struct linerate_row *row)
{
    const struct linerate_wall *wall = &row->wall;

    json_object_set_new(object, "rx_frames_per_second", json_real(wall->in_per_s));
    json_object_set_new(object, "tx_frames_per_second", json_real(wall->out_per_s));
    json_object_set_new(object, "ns_per_frame", json_real(wall->ns_per_frame));
    json_object_set_new(object, "held", json_boolean(wall->held));
    json_object_set_new(object, "lost", count(wall->lost));
    json_object_set_new(object, "cores", json_real(wall->core));
}

json_t *linerate_json(struct linerate_kind kind, const struct linerate_row *row)
{
    json_t *object = json_object();
    char size[8];

    linerate_size_text(row->what.size, size);
    json_object_set_new(object, "mbps", json_integer(row->what.mbps));
    json_object_set_new(object, "size",
                        row->what.size == LINERATE_IMIX ? json_string("imix")
                                                        : json_integer(row->what.size));
    json_object_set_new(object, "direction", json_string(linerate_way_name(row->what.way)));
    if (row->failure != NULL)
        json_object_set_new(object, "failure", json_string(row->failure));
    else if (kind.wall)
        add_wall(object, row);
    else
        add_virtual(object, kind, row);
    return object;
}
