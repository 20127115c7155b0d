/* SPDX-License-Identifier: BSD-2-Clause */
#include "measure.h"

#include "above_check.h"
#include "copy.h"
#include "frags.h"
#include "frames.h"
#include "scoreboard.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAGS      256u /* taken from the driver at once; at least 64 */
#define WIRE_SLOTS 256u /* frames that the wire's end keeps */
#define IDLE       5u   /* s of virtual time without a frame: the rest is lost */

#define CHECKED (E1000_FRAG_IP_CHECKED | E1000_FRAG_L4_CHECKED)
#define BAD     (E1000_FRAG_IP_BAD | E1000_FRAG_L4_BAD | E1000_FRAG_BAD_FRAME)

struct perf_rig {
    struct perf_case what;
    struct session session;
    struct judge judge;
    struct scoreboard rx_board, tx_board;
    bool compares;    /* the scoreboards are told of each frame */
    uint32_t results; /* what each received frame's flags must be, of CHECKED and BAD */
    uint64_t burst_ns;

    uint8_t *frames; /* PERF_FRAMES */
    struct e1000emu_frame
        wire[PERF_FRAMES + PERF_BURST_MAX]; /* some of them twice: no burst wraps */
    struct e1000_dma dma;                   /* the same, to send from */
    struct e1000_frag to_send[PERF_FRAMES + PERF_BURST_MAX];
    uint8_t *slots;   /* of the wire's end, WIRE_SLOTS */
    size_t next_slot; /* where the next frame goes there, in bytes */

    /* Frames since the rig was opened. */
    uint64_t rx_in, rx_out, tx_in, tx_out, reaped;
    uint64_t announced; /* of those to send, to the scoreboard */
    uint64_t unchecked; /* how often the length or the results were not as they should be */
    uint64_t moved_at;  /* virtual time of the last frame that came out */
    void *cookies[PERF_BURST_MAX];
    struct e1000_frag frags[FRAGS];
};

static int fail(char *error, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(char *error, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error, size, format, arguments);
    va_end(arguments);
    return -1;
}

/* ---- The wire's end ---- */

static size_t take(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct perf_rig *rig = opaque;
    const size_t stride = perf_stride(rig->what.size);

    for (size_t i = 0; i < count; i++) {
        uint8_t *slot = rig->slots + rig->next_slot;

        rig->next_slot = rig->next_slot == (WIRE_SLOTS - 1) * stride ? 0 : rig->next_slot + stride;
        if (frames[i].length != rig->what.size) {
            rig->unchecked++;
            continue;
        }
        if (rig->compares)
            scoreboard_got(&rig->tx_board, frames[i].data, frames[i].length);
        perf_copy(slot, frames[i].data, frames[i].length);
    }
    rig->tx_out += count;
    return count;
}

/* ---- Above the driver ---- */

/* What the first fragment of each says must be as it should. */
static void count_results(struct perf_rig *rig, const struct e1000_frag *frags, unsigned count)
{
    uint32_t frames = 0, wrong = 0, asked = CHECKED | BAD;

    for (unsigned i = 0; i < count; i++) {
        wrong |= (frags[i].flags ^ rig->results) & asked;
        asked = (frags[i].flags & E1000_FRAG_EOP) != 0 ? CHECKED | BAD : 0;
        frames += (frags[i].flags & E1000_FRAG_EOP) != 0;
    }
    rig->rx_out += frames;
    rig->unchecked += wrong != 0;
}

static void compare(struct perf_rig *rig, const struct e1000_frag *frags, unsigned count)
{
    for (unsigned i = 0, n; i < count; i += n) {
        n = frags_of_frame(frags + i, count - i);
        above_check(&rig->rx_board, frags + i, n);
    }
}

static void receive(struct perf_rig *rig)
{
    struct driver *driver = rig->session.driver;
    unsigned count;

    while ((count = driver->ops->receive(driver, rig->frags, FRAGS)) != 0) {
        count_results(rig, rig->frags, count);
        if (rig->compares)
            compare(rig, rig->frags, count);
        driver->ops->recycle(driver, rig->frags, count);
        rig->moved_at = rig->session.clock->now;
    }
}

static void reap(struct perf_rig *rig)
{
    struct driver *driver = rig->session.driver;
    unsigned count;

    while ((count = driver->ops->reap(driver, rig->cookies, PERF_BURST_MAX)) != 0) {
        rig->reaped += count;
        rig->moved_at = rig->session.clock->now;
    }
}

/* What the interrupt line and the clock ask for. */
static void serve(struct perf_rig *rig)
{
    struct session *session = &rig->session;
    struct driver *driver = session->driver;

    if (session->device->interrupt) {
        const unsigned work = driver->ops->interrupt(driver);

        if (work & E1000_WORK_RX)
            receive(rig);
        if (work & E1000_WORK_TX)
            reap(rig);
        if (work & E1000_WORK_LINK)
            session->sched.tick_due = session->clock->now;
    }
    if (session->sched.tick_due <= session->clock->now)
        session->sched.tick_due = driver->ops->tick(driver);
}

/* Nothing can be done at this moment: time goes on to where something happens. */
static void wait(struct perf_rig *rig)
{
    struct session *session = &rig->session;
    uint64_t next =
        clock_earliest(session->device->ops->next_event(session->device), session->sched.tick_due);

    if (next > session->clock->now + BENCH_MS)
        next = session->clock->now + BENCH_MS;
    session->clock->now = next > session->clock->now ? next : session->clock->now + 1;
    session->device->ops->advance(session->device);
    serve(rig);
}

/* ---- Bursts ---- */

/* Offers up to a burst of frames to the receiver. False: it took none. */
static bool offer(struct perf_rig *rig, uint64_t end)
{
    struct device *device = rig->session.device;
    const struct e1000emu_frame *frames = &rig->wire[rig->rx_in % PERF_FRAMES];
    const uint64_t left = end - rig->rx_in;
    size_t count = left < rig->what.burst ? (size_t)left : rig->what.burst;

    count = device->ops->receive(device, frames, count, E1000EMU_RECEIVE_WAIT, NULL);
    for (size_t i = 0; rig->compares && i < count; i++)
        scoreboard_expect(&rig->rx_board, &frames[i], rig->session.clock->now);
    rig->rx_in += count;
    return count != 0;
}

static bool send(struct perf_rig *rig, uint64_t end)
{
    struct driver *driver = rig->session.driver;
    const uint64_t at = rig->tx_in % PERF_FRAMES, left = end - rig->tx_in;
    unsigned count = left < rig->what.burst ? (unsigned)left : rig->what.burst;

    /* They come out before the driver's function is back. */
    for (; rig->compares && rig->announced < rig->tx_in + count; rig->announced++)
        scoreboard_expect(&rig->tx_board, &rig->wire[rig->announced % PERF_FRAMES],
                          rig->session.clock->now);
    count = driver->ops->transmit(driver, &rig->to_send[at], count);
    rig->tx_in += count;
    return count != 0;
}

static bool is_out(const struct perf_rig *rig)
{
    return rig->rx_out == rig->rx_in && rig->tx_out == rig->tx_in && rig->reaped == rig->tx_in;
}

/* Moves frames until so many went in each way, and all came out. */
static bool move(struct perf_rig *rig, uint64_t rx_end, uint64_t tx_end)
{
    struct bench_clock *clock = rig->session.clock;
    bool moved;

    rig->moved_at = clock->now;
    while (rig->rx_in < rx_end || rig->tx_in < tx_end) {
        moved = rig->rx_in < rx_end && offer(rig, rx_end);
        if (rig->tx_in < tx_end && send(rig, tx_end))
            moved = true;
        if (moved) {
            clock->now += rig->burst_ns;
            serve(rig);
        } else {
            wait(rig);
        }
        if (clock->now - rig->moved_at > IDLE * BENCH_S)
            return false;
    }
    while (!is_out(rig)) {
        wait(rig);
        if (clock->now - rig->moved_at > IDLE * BENCH_S)
            return false;
    }
    return true;
}

int perf_rig_run(struct perf_rig *rig, uint64_t frames, char *error, size_t size)
{
    const bool rx = rig->what.direction != PERF_TX, tx = rig->what.direction != PERF_RX;
    const char *failed;

    if (rig->compares)
        rig->announced = rig->tx_in;
    if (!move(rig, rig->rx_in + (rx ? frames : 0), rig->tx_in + (tx ? frames : 0))) {
        failed = rig->session.driver->ops->failed(rig->session.driver);
        return fail(error, size, "frames do not come out: %s",
                    failed != NULL ? failed : "nothing moved for 5 s of virtual time");
    }
    if (rig->unchecked != 0)
        return fail(error, size,
                    "frames came out in another length, or not checked as they should be");
    if (!scoreboard_clean(&rig->rx_board) || !scoreboard_clean(&rig->tx_board))
        return fail(error, size, "frames came out changed, twice or in another order");
    if (judge_failed(&rig->judge))
        return fail(error, size, "the driver broke rule %s: %s", rig->judge.findings[0].rule->id,
                    rig->judge.findings[0].rule->sentence);
    return 0;
}

/* ---- Setting up ---- */

static bool get_memory(struct perf_rig *rig)
{
    const size_t stride = perf_stride(rig->what.size);

    rig->frames = aligned_alloc(64, PERF_FRAMES * stride);
    rig->slots = aligned_alloc(64, WIRE_SLOTS * stride);
    if (rig->frames == NULL || rig->slots == NULL)
        return false;
    memset(rig->slots, 0, WIRE_SLOTS * stride);
    return scoreboard_open(&rig->rx_board, false) == 0 &&
           scoreboard_open(&rig->tx_board, false) == 0;
}

static void lay_out(struct perf_rig *rig)
{
    const uint32_t offloads = rig->what.offload == PERF_OFFLOAD_CHECKSUM
                                  ? E1000_FRAG_IP_CSUM | E1000_FRAG_UDP_CSUM | E1000_FRAG_SEEDED
                                  : 0;
    const size_t stride = perf_stride(rig->what.size);
    uint8_t *copies = rig->dma.cpu;

    memcpy(copies, rig->frames, PERF_FRAMES * stride);
    for (size_t i = 0; i < PERF_FRAMES + PERF_BURST_MAX; i++) {
        const size_t at = i % PERF_FRAMES * stride;

        if (offloads != 0)
            perf_frame_seed(copies + at);
        rig->wire[i] = (struct e1000emu_frame){.data = rig->frames + at, .length = rig->what.size};
        rig->to_send[i] = (struct e1000_frag){.data = copies + at,
                                              .bus = rig->dma.bus + at,
                                              .length = rig->what.size,
                                              .flags = E1000_FRAG_EOP | offloads,
                                              .l2_length = PERF_L2_BYTES,
                                              .l3_length = PERF_L3_BYTES};
    }
}

static struct session_config configure(struct perf_rig *rig, const struct session_config *config)
{
    struct session_config own = *config;

    rig->judge.level = rig->what.check;
    own.device.judge = &rig->judge;
    own.device.transmit = take;
    own.device.opaque = rig;
    own.driver.rx_unchecked = rig->what.offload == PERF_OFFLOAD_NONE;
    if (own.driver.max_frame < rig->what.size)
        own.driver.max_frame = rig->what.size;
    own.frame_memory = PERF_FRAMES * perf_stride(rig->what.size);
    return own;
}

static int start(struct perf_rig *rig, const struct session_config *config)
{
    struct session *session = &rig->session;

    if (session_power_on(session, config) < 0 || session_attach(session, config) < 0 ||
        session_up(session) < 0)
        return -1;
    return dmamem_alloc(session->memory, config->frame_memory, 64, 0, &rig->dma) == 0 ? 0 : -2;
}

/* The first round is compared, whoever judges later. */
static int first_round(struct perf_rig *rig, char *error, size_t size)
{
    int status;

    rig->compares = true;
    status = perf_rig_run(rig, PERF_FRAMES, error, size);
    rig->compares = rig->what.check != JUDGE_OFF;
    return status;
}

struct perf_rig *perf_rig_open(const struct session_config *config, const struct perf_case *what,
                               char *error, size_t size)
{
    struct perf_rig *rig = calloc(1, sizeof(*rig));
    struct session_config own;
    int status;

    if (rig != NULL) {
        rig->what = *what;
        rig->burst_ns = what->burst * perf_line_ns(what->size);
        rig->results = what->offload == PERF_OFFLOAD_CHECKSUM ? CHECKED : 0;
    }
    if (rig == NULL || !get_memory(rig)) {
        fail(error, size, "out of memory");
        perf_rig_close(rig);
        return NULL;
    }
    own = configure(rig, config);
    status = start(rig, &own);
    if (status < 0) {
        fail(error, size, "%s", status == -1 ? rig->session.error : "no DMA memory for the frames");
        perf_rig_close(rig);
        return NULL;
    }
    perf_frames_make(rig->frames, what->size, config->device.mac);
    lay_out(rig);
    if (first_round(rig, error, size) < 0) {
        perf_rig_close(rig);
        return NULL;
    }
    return rig;
}

void perf_rig_close(struct perf_rig *rig)
{
    if (rig == NULL)
        return;
    if (rig->dma.cpu != NULL)
        dmamem_free(rig->session.memory, &rig->dma);
    session_close(&rig->session);
    judge_free(&rig->judge);
    scoreboard_close(&rig->rx_board);
    scoreboard_close(&rig->tx_board);
    free(rig->frames);
    free(rig->slots);
    free(rig);
}

const uint8_t *perf_rig_frames(const struct perf_rig *rig)
{
    return rig->frames;
}

void perf_rig_counts(const struct perf_rig *rig, struct perf_counts *counts)
{
    const struct device *device = rig->session.device;

    *counts = (struct perf_counts){.frames = rig->rx_out + rig->tx_out,
                                   .mmio_reads = device->counters.mmio_reads,
                                   .mmio_writes = device->counters.mmio_writes,
                                   .interrupts = device->interrupts};
}
