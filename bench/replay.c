/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay.h"

#include "above_echo.h"
#include "above_pcap.h"
#include "frags.h"
#include "out_merge.h"
#include "send_pool.h"
#include "wall_clock.h"
#include "wire_pcap.h"

#include <stdio.h>
#include <string.h>

/* Virtual time without any event but the driver's watchdog after which what is still on its way is
 * given up: longer than any timer of the chip. */
#define QUIET (2 * BENCH_S)

/* The same with faults: the driver finds out, resets the chip, and waits for the link. */
#define FAULTY_QUIET (6 * BENCH_S)

/* Turns of the scheduler between two looks at progress. */
#define PROGRESS_TURNS 4096u

/* The buffers to send from: a full ring, and a batch that waits. */
#define SEND_BUFFERS(ring) ((ring) + 128u)

struct replay_run {
    const struct replay_options *options;
    struct replay_result *result;
    struct traffic_pair traffic;
    struct session session;
    struct scoreboard rx, tx; /* wire to above, above to wire */
    struct out_merge merge;   /* into the output */
    uint64_t epoch;           /* of the capture's first frame, ns since 1970 */
    uint64_t start;           /* virtual time when traffic began */
    uint64_t total;           /* frames to come, for progress */
    uint64_t offered;         /* frames that arrived at the device */
    unsigned turns;
    bool faulty; /* faults may strike frames */
    struct struck struck;
    uint64_t arrived;  /* if so: frames that must come out, or were struck */
    uint64_t moved;    /* frames that moved, when last looked */
    uint64_t moved_at; /* virtual time when that last changed */
};

const char *replay_drop_name(enum e1000emu_verdict verdict)
{
    static const char *const names[E1000EMU_RX_VERDICTS] = {
        [E1000EMU_RX_STORED] = "stored",         [E1000EMU_RX_DISABLED] = "receiver_off",
        [E1000EMU_RX_NO_LINK] = "no_link",       [E1000EMU_RX_ADDRESS] = "filtered",
        [E1000EMU_RX_OVERSIZE] = "oversize",     [E1000EMU_RX_UNDERSIZE] = "undersize",
        [E1000EMU_RX_BAD] = "bad_frame",         [E1000EMU_RX_OVERRUN] = "overrun",
        [E1000EMU_RX_MANAGEMENT] = "management",
    };

    return names[verdict];
}

/* ---- What is called while it runs ---- */

static uint64_t out_time(const struct replay_run *run, uint64_t time)
{
    return run->epoch + (time - run->start);
}

/* Up to when no frame will be received that was not yet: the next one that is expected or arrives,
 * or the present. */
static uint64_t received_until(const struct replay_run *run)
{
    const struct wire *wire = run->session.sched.wire;
    const uint64_t time = clock_earliest(run->session.clock->now, wire->ops->next_arrival(wire));

    if (scoreboard_outstanding(&run->rx) == 0)
        return time;
    return clock_earliest(time, run->rx.window[run->rx.head & (SCOREBOARD_WINDOW - 1)].time);
}

/* With faults, what must come out is what the device got, and what it sent is what the driver made
 * it send: faults strike before and after that. */
static void on_passed(void *opaque, const struct e1000emu_event *event)
{
    struct replay_run *run = opaque;
    const struct e1000emu_frame *frame = event->u.frame.frame;

    if (run->rx.window == NULL || run->tx.window == NULL)
        return; /* before it begins */
    if (event->kind == E1000EMU_EVENT_SENT)
        scoreboard_got(&run->tx, frame->data, frame->length);
    if (event->kind != E1000EMU_EVENT_RECEIVED)
        struck_event(&run->struck, event);
    else if (event->u.frame.verdict != E1000EMU_RX_STORED ||
             frame->length > run->options->session.driver.max_frame)
        return; /* the driver drops what is too long for it */
    else if (scoreboard_room(&run->rx) != 0)
        scoreboard_expect(&run->rx, frame, run->session.clock->now);
    else
        run->result->rx.drops[E1000EMU_RX_STORED]++;
}

/* Whether a frame that arrived need not be looked at, for a fault struck it, or, when there are
 * faults, it has been announced already. */
static bool is_accounted_for(struct replay_run *run, const uint8_t *data, uint8_t fate, bool stored)
{
    const bool struck = struck_arrived(&run->struck, data, stored);

    if (fate == FATE_DELIVER && (struck || stored))
        run->arrived++;
    else if (struck)
        run->result->rx.fates[fate]++;
    return struck || (fate == FATE_DELIVER && stored);
}

/* Frames have arrived at the device; what it says of them must be what the capture foretold. */
static void on_delivered(void *opaque, const struct e1000emu_frame *frames, const uint8_t *verdicts,
                         const uint64_t *times, size_t count)
{
    struct replay_run *run = opaque;
    const uint8_t *fates = run->traffic.rx.fates + (frames - run->traffic.rx.frames);

    run->offered += count;
    for (size_t i = 0; i < count; i++) {
        const bool stored = verdicts[i] == E1000EMU_RX_STORED;

        if (run->faulty && is_accounted_for(run, frames[i].data, fates[i], stored))
            continue;
        if (stored && fates[i] == FATE_DELIVER && scoreboard_room(&run->rx) != 0)
            scoreboard_expect(&run->rx, &frames[i], times[i]);
        else if (fates[i] == FATE_DELIVER)
            run->result->rx.drops[verdicts[i]]++;
        else if (stored && fates[i] != FATE_TOO_LONG)
            run->result->rx.unexpected++; /* the driver drops what is too long for it */
        else
            run->result->rx.fates[fates[i]]++;
    }
    if (run->merge.out != NULL)
        out_merge_until(&run->merge, out_time(run, received_until(run)));
}

/* A received frame is above the driver, when it does not go back. */
static void on_taken(void *opaque, const struct e1000_frag *frags, unsigned count, uint64_t time)
{
    struct replay_run *run = opaque;
    uint8_t whole[TRAFFIC_LONGEST];
    uint32_t length;

    if (count == 1) {
        out_merge_received(&run->merge, frags[0].data, frags[0].length, out_time(run, time));
        return;
    }
    length = frags_gather(frags, count, whole, sizeof(whole));
    out_merge_received(&run->merge, whole, length, out_time(run, time));
}

/* Frames are on the wire. */
static void on_sent(void *opaque, const struct e1000emu_frame *frames, const uint64_t *times,
                    size_t count)
{
    struct replay_run *run = opaque;

    for (size_t i = 0; i < count; i++) {
        if (frames[i].flags & E1000EMU_FRAME_BAD_FCS)
            continue; /* whoever is at the other end drops it */
        if (!run->faulty)
            scoreboard_got(&run->tx, frames[i].data, frames[i].length);
        if (run->merge.out != NULL)
            out_merge_sent(&run->merge, frames[i].data, frames[i].length, out_time(run, times[i]));
    }
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct replay_run *run = opaque;
    struct wire *wire = run->session.sched.wire;

    if (wire == NULL)
        return count;
    return wire->ops->send(wire, run->session.clock->now, frames, count);
}

/* Once stopped, nothing more goes in; what is on its way still comes out. */
static void on_progress(struct replay_run *run)
{
    const struct replay_options *options = run->options;
    const uint64_t done = run->offered + run->tx.frames_in;

    if (run->result->stopped || options->progress == NULL ||
        options->progress(options->opaque, done, run->total))
        return;
    run->result->stopped = true;
    wire_pcap_stop(run->session.sched.wire);
    if (options->direction != TRAFFIC_BOTH)
        above_pcap_stop(run->session.sched.above);
}

/* Whether a source will move by itself when its time comes. */
static bool source_waits_for_time(const struct replay_run *run)
{
    const struct sched *sched = &run->session.sched;
    const uint64_t now = run->session.clock->now;
    const uint64_t arrival = sched->wire->ops->next_arrival(sched->wire);
    const uint64_t sending = sched->above->ops->next(sched->above);

    return (arrival != BENCH_NEVER && arrival > now) || (sending != BENCH_NEVER && sending > now);
}

/* All sources are dry and everything came out; or nothing has moved for long and nothing will. */
static bool finished(void *opaque)
{
    struct replay_run *run = opaque;
    const struct sched *sched = &run->session.sched;
    const uint64_t now = run->session.clock->now;
    const uint64_t moved =
        run->offered + run->rx.frames_out + run->tx.frames_in + run->tx.frames_out;

    if (++run->turns % PROGRESS_TURNS == 0)
        on_progress(run);
    if (run->merge.out != NULL && run->options->direction != TRAFFIC_SPLIT)
        out_merge_until(&run->merge, UINT64_MAX); /* there is one stream only */
    if (run->merge.failed)
        return true;
    if (moved != run->moved || source_waits_for_time(run)) {
        run->moved = moved;
        run->moved_at = now;
    }
    if (scoreboard_outstanding(&run->rx) == 0 && scoreboard_outstanding(&run->tx) == 0 &&
        sched->wire->ops->exhausted(sched->wire) && sched->above->ops->idle(sched->above))
        return true;
    return now > run->moved_at + (run->faulty ? FAULTY_QUIET : QUIET);
}

/* ---- Setting up ---- */

static int fail(char *error, size_t size, const char *reason)
{
    snprintf(error, size, "%s", reason);
    return -1;
}

static bool driver_sends(const struct replay_options *options)
{
    return options->direction == TRAFFIC_TX || options->direction == TRAFFIC_SPLIT;
}

void replay_set_max_frame(struct replay_options *options, const struct capture *capture)
{
    struct driver_config *driver = &options->session.driver;
    uint32_t piece = driver->buffer_size, limit;

    if (driver_sends(options) && piece > SEND_POOL_PIECE)
        piece = SEND_POOL_PIECE;
    limit = (driver->ring - 1) * piece; /* one descriptor always stays free */
    driver->max_frame =
        traffic_max_frame(capture, limit < TRAFFIC_LONGEST ? limit : TRAFFIC_LONGEST);
}

static int open_above(struct replay_run *run, const struct pace *pace)
{
    const struct replay_options *options = run->options;
    const unsigned ring = options->session.driver.ring;
    const struct above_echo_config echo = {.received = &run->rx,
                                           .sent = &run->tx,
                                           .dropped = &run->result->tx.not_echoed,
                                           .buffers = 2 * ring,
                                           .clock = run->session.clock};
    const struct above_pcap_config pcap = {.received = &run->rx,
                                           .sent = &run->tx,
                                           .memory = run->session.memory,
                                           .not_lent = &run->result->not_lent,
                                           .pace = *pace,
                                           .traffic =
                                               driver_sends(options) ? &run->traffic.tx : NULL,
                                           .buffers = SEND_BUFFERS(ring),
                                           .taken = options->out != NULL ? on_taken : NULL,
                                           .opaque = run};

    if (options->direction == TRAFFIC_BOTH)
        return above_echo_open(&run->session.sched.above, &echo);
    return above_pcap_open(&run->session.sched.above, &pcap);
}

static int open_wire(struct replay_run *run, const struct pace *pace)
{
    const struct wire_pcap_config config = {
        .pace = *pace, .arrivals = &run->traffic.rx, .sent = on_sent, .opaque = run};

    return wire_pcap_open(&run->session.sched.wire, &config);
}

/* Device and driver up, with a link; then what is above and at the wire. */
static int set_up(struct replay_run *run, char *error, size_t size)
{
    const struct replay_options *options = run->options;
    struct session_config config = options->session;
    struct e1000_link link;
    struct pace pace = {
        .mode = options->rate, .per_second = options->per_second, .passes = options->passes};

    config.device.transmit = on_transmit;
    config.device.passed = on_passed;
    config.device.opaque = run;
    if (session_power_on(&run->session, &config) < 0 ||
        session_attach(&run->session, &config) < 0 || session_up(&run->session) < 0)
        return fail(error, size, run->session.error);
    run->session.driver->ops->get_link(run->session.driver, &link);
    run->session.driver->ops->link_line(run->session.driver, run->result->link,
                                        sizeof(run->result->link));
    pace.mbps = link.mbps;
    if (open_above(run, &pace) < 0 || open_wire(run, &pace) < 0 ||
        scoreboard_open(&run->rx, run->faulty) < 0 || scoreboard_open(&run->tx, run->faulty) < 0)
        return fail(error, size, "out of memory");
    run->session.sched.patient = run->faulty;
    run->session.sched.delivered = on_delivered;
    run->session.sched.opaque = run;
    return 0;
}

static void count_faults(struct replay_run *run)
{
    const struct device_config *config = &run->options->session.device;
    struct device *device = run->session.device;

    run->result->rx.struck = run->struck.received;
    run->result->tx.struck = run->struck.sent;
    for (size_t i = 0; i < config->fault_count && device != NULL; i++)
        run->result->fired[i] = device->ops->fault_fired(device, config->faults[i].name);
}

static void tear_down(struct replay_run *run)
{
    struct sched *sched = &run->session.sched;

    if (sched->wire != NULL)
        sched->wire->ops->close(sched->wire);
    sched->wire = NULL;
    session_over(&run->session);
    count_faults(run);
    if (run->session.driver != NULL)
        run->session.driver->ops->down(run->session.driver);
    if (sched->above != NULL)
        sched->above->ops->close(sched->above);
    session_close(&run->session);
    scoreboard_close(&run->rx);
    scoreboard_close(&run->tx);
    traffic_free(&run->traffic);
}

/* ---- The account ---- */

/* frames: that ought to come out. */
static void account(struct replay_direction *direction, struct scoreboard *board, uint64_t frames,
                    const struct traffic *traffic, uint64_t passes)
{
    scoreboard_finish(board);
    direction->frames_in =
        frames + direction->unexpected + direction->stalled + direction->not_echoed;
    direction->frames_out = board->frames_out;
    direction->bytes = board->bytes;
    direction->lost = board->lost + direction->stalled + direction->not_echoed;
    direction->duplicated = board->duplicated;
    direction->reordered = board->reordered;
    direction->corrupted = board->corrupted;
    direction->padded = traffic->padded * passes;
    for (unsigned i = 0; i < E1000EMU_RX_VERDICTS; i++) {
        direction->frames_in += direction->drops[i];
        direction->lost += direction->drops[i];
    }
    for (unsigned i = 0; i < FATES; i++) {
        direction->fates[i] += traffic->left_out[i] * passes;
        direction->frames_in += direction->fates[i];
    }
}

/* How often the traffic was played, up to its last frame. */
static uint64_t passes_played(const struct replay_run *run, const struct traffic *traffic,
                              uint64_t frames)
{
    return run->result->stopped && traffic->count != 0 ? frames / traffic->count
                                                       : run->options->passes;
}

static bool direction_explained(const struct replay_direction *direction)
{
    return direction->lost == 0 && direction->duplicated == 0 && direction->reordered == 0 &&
           direction->corrupted == 0 && direction->unexpected == 0;
}

/* Frames that never got as far as the device or the driver. */
static void count_stalled(struct replay_direction *direction, uint64_t frames)
{
    direction->stalled += frames;
    direction->frames_in += frames;
    direction->lost += frames;
}

static void account_all(struct replay_run *run)
{
    const struct traffic *rx = &run->traffic.rx, *tx = &run->traffic.tx;
    struct replay_result *result = run->result;

    account(&result->rx, &run->rx, run->faulty ? run->arrived : run->rx.frames_in, rx,
            passes_played(run, rx, run->offered));
    account(&result->tx, &run->tx, run->tx.frames_in, tx,
            passes_played(run, tx, run->tx.frames_in));
    if (!result->stopped && !run->merge.failed) {
        count_stalled(&result->rx, rx->count * run->options->passes - run->offered);
        if (driver_sends(run->options))
            count_stalled(&result->tx, tx->count * run->options->passes - run->tx.frames_in);
    }
    result->rx.used = run->options->direction != TRAFFIC_TX;
    result->tx.used = run->options->direction != TRAFFIC_RX;
    result->explained = direction_explained(&result->rx) && direction_explained(&result->tx) &&
                        result->not_lent == 0;
}

static void play(struct replay_run *run)
{
    struct device *device = run->session.device;
    const struct device_counters before = device->counters;
    const uint64_t interrupts = device->interrupts;
    struct replay_result *result = run->result;
    uint64_t began;

    run->start = run->moved_at = run->session.clock->now;
    run->total = (run->traffic.rx.count + run->traffic.tx.count) * run->options->passes *
                 (run->options->direction == TRAFFIC_BOTH ? 2 : 1);
    wire_pcap_start(run->session.sched.wire, run->start);
    if (run->options->direction != TRAFFIC_BOTH)
        above_pcap_start(run->session.sched.above, run->start);
    began = wall_clock_now();
    sched_until(&run->session.sched, finished, run, BENCH_NEVER);
    result->seconds = (double)(wall_clock_now() - began) / 1e9;
    result->virtual_seconds = (double)(run->session.clock->now - run->start) / 1e9;
    result->interrupts = device->interrupts - interrupts;
    result->mmio_reads = device->counters.mmio_reads - before.mmio_reads;
    result->mmio_writes = device->counters.mmio_writes - before.mmio_writes;
}

int replay(const struct capture *capture, const struct replay_options *options,
           struct replay_result *result, char *error, size_t error_size)
{
    struct traffic_options traffic = {.direction = options->direction,
                                      .promiscuous = options->session.driver.promiscuous,
                                      .raw_runts = options->raw_runts,
                                      .max_frame = options->session.driver.max_frame};
    struct replay_run run = {.options = options,
                             .result = result,
                             .merge = {.out = options->out},
                             .faulty = options->session.device.fault_count != 0};
    int status;

    *result = (struct replay_result){0};
    memcpy(traffic.mac, options->mac, 6);
    run.epoch = capture->count != 0 ? capture->frames[0].time_ns : 0;
    if (traffic_prepare(&run.traffic, capture, &traffic) < 0)
        return fail(error, error_size, "out of memory");
    result->gaps = run.traffic.gaps;
    status = set_up(&run, error, error_size);
    if (status == 0) {
        play(&run);
        out_merge_close(&run.merge);
        account_all(&run);
    }
    tear_down(&run);
    return status;
}
