/* SPDX-License-Identifier: BSD-2-Clause */
#include "linerate.h"

#include "linerate_joint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Registers by which a chip shows how full it is (SDM 13.4, 13.8): PBA, RDLEN, RDH, RDT, the
 * receive FIFO's tail, saved head and packets, TDLEN, TDH, TDT. */
enum {
    PBA = 0x1000,
    RDLEN = 0x2808,
    RDH = 0x2810,
    RDT = 0x2818,
    RDFT = 0x2418,
    RDFHS = 0x2420,
    RDFPC = 0x2430,
    TDLEN = 0x3808,
    TDH = 0x3810,
    TDT = 0x3818,
};

#define FCS 4u

/* Of an FCS of frame 64, 594 and 1518 bytes, seven, four and one of twelve. */
#define IMIX_BYTES ((7 * 64 + 4 * 594 + 1518) / 12.0)

/* Of preamble and gap. */
#define BESIDE 20.0

/* Frames between two questions whether to stop. */
#define ASK 4096u

/* The wire is as good as full: what begins and ends a run counts, too. */
#define AS_GOOD_AS_FULL 0.999

/* A first guess of how long a step of the course is; it doubles as needed. */
#define STEP (10 * BENCH_US)

const char *linerate_way_name(enum linerate_way way)
{
    static const char *const names[] = {
        [LINERATE_IN] = "rx", [LINERATE_OUT] = "tx", [LINERATE_BOTH] = "both"};

    return names[way];
}

double linerate_bytes(uint32_t size)
{
    return size == LINERATE_IMIX ? IMIX_BYTES : size;
}

double linerate_of_line(uint32_t size, unsigned mbps)
{
    return mbps * 1e6 / (8 * (linerate_bytes(size) + BESIDE));
}

/* ---- A case as a joint ---- */

static void argument(char *text, size_t size, uint32_t bytes, uint64_t count, const char *more)
{
    char sizes[16] = "imix";

    if (bytes != LINERATE_IMIX)
        snprintf(sizes, sizeof(sizes), "%u", bytes - FCS);
    if (count == UINT64_MAX)
        snprintf(text, size, "size=%s,count=endless,%s", sizes, more);
    else
        snprintf(text, size, "size=%s,count=%llu,%s", sizes, (unsigned long long)count, more);
}

void linerate_arrange(struct joint_config *config, struct linerate_partners *partners,
                      const struct linerate_case *what, uint64_t frames, const char *more)
{
    const uint32_t longest = what->size > LINERATE_IMIX + FCS ? what->size - FCS : 0;

    argument(partners->in, sizeof(partners->in), what->size, what->way & LINERATE_IN ? frames : 0,
             more);
    argument(partners->out, sizeof(partners->out), what->size,
             what->way & LINERATE_OUT ? frames : 0, more);
    partners->partner = (struct e1000emu_partner){
        .cable = true,
        .abilities = what->mbps == 10    ? E1000EMU_10_FULL
                     : what->mbps == 100 ? E1000EMU_100_FULL
                                         : E1000EMU_1000_FULL,
    };
    *config = (struct joint_config){.session = what->session,
                                    .wire = &wire_kind_gen,
                                    .wire_argument = partners->in,
                                    .above = {&above_kind_gen},
                                    .above_argument = {partners->out},
                                    .latency = what->latency_ns,
                                    .frame_ns = what->frame_ns,
                                    .seed = what->seed};
    memcpy(config->mac, what->mac, 6);
    if (config->session.device.eeprom == NULL)
        config->session.device.mac = what->mac;
    config->session.partner = &partners->partner;
    if (longest > config->session.driver.max_frame)
        config->session.driver.max_frame = longest;
}

/* ---- While it runs ---- */

struct watch {
    const struct linerate_case *what;
    struct linerate_result *result;
    struct joint *joint;
    struct device *device;
    uint64_t asked; /* frames that had passed when it was last asked whether to stop */
    uint64_t begin, interrupts;
    uint64_t looked;                      /* at the levels, ns */
    uint32_t rx_count, tx_count, rx_fifo; /* descriptors, descriptors, bytes: all that there are */
};

static uint32_t peek(const struct watch *watch, uint32_t offset)
{
    return watch->device->ops->peek(watch->device, offset);
}

static uint32_t rx_ring_level(const struct watch *watch)
{
    const uint32_t count = watch->rx_count;

    /* One descriptor is never given to the chip. */
    return count - 1 - (peek(watch, RDT) + count - peek(watch, RDH)) % count;
}

static uint32_t rx_fifo_level(const struct watch *watch)
{
    const uint32_t quads = watch->rx_fifo / 8;

    if (peek(watch, RDFPC) == 0 || quads == 0)
        return 0;
    return (peek(watch, RDFT) + quads - peek(watch, RDFHS)) % quads * 8;
}

static uint32_t tx_ring_level(const struct watch *watch)
{
    const uint32_t count = watch->tx_count;

    return (peek(watch, TDT) + count - peek(watch, TDH)) % count;
}

static uint32_t tx_fifo_level(const struct watch *watch)
{
    const struct sched *sched = &watch->joint->ends[0].session.sched;

    return wire_gen_backlog(sched->wire, sched->clock->now);
}

static void begin(struct watch *watch)
{
    const uint64_t now = watch->joint->clock.now;
    struct linerate_result *result = watch->result;

    watch->rx_count = peek(watch, RDLEN) / 16;
    watch->tx_count = peek(watch, TDLEN) / 16;
    watch->rx_fifo = (peek(watch, PBA) & 0xffffu) * 1024;
    watch->begin = watch->looked = now;
    watch->interrupts = watch->device->interrupts;
    occupancy_start(&result->rx_ring, now, rx_ring_level(watch), STEP);
    occupancy_start(&result->rx_fifo, now, rx_fifo_level(watch), STEP);
    occupancy_start(&result->tx_ring, now, tx_ring_level(watch), STEP);
    occupancy_start(&result->tx_fifo, now, tx_fifo_level(watch), STEP);
}

static void look(struct watch *watch, uint64_t now)
{
    struct linerate_result *result = watch->result;

    if (watch->what->way & LINERATE_IN) {
        occupancy_set(&result->rx_ring, now, rx_ring_level(watch));
        occupancy_set(&result->rx_fifo, now, rx_fifo_level(watch));
    }
    if (watch->what->way & LINERATE_OUT) {
        occupancy_set(&result->tx_ring, now, tx_ring_level(watch));
        occupancy_set(&result->tx_fifo, now, tx_fifo_level(watch));
    }
    result->ns = now - watch->begin;
    result->interrupts = watch->device->interrupts - watch->interrupts;
}

/* For joint_run(), which asks at each turn. */
static bool watches(void *opaque)
{
    struct watch *watch = opaque;
    const struct joint_counts *counts = &watch->joint->ends[0].counts;
    const uint64_t passed = counts->arrived + counts->sent;

    if (!joint_is_quiet(watch->joint) ||
        wire_gen_out(watch->joint->ends[0].session.sched.wire)->last_ns > watch->joint->clock.now)
        look(watch, watch->joint->clock.now);
    if (watch->what->progress == NULL || passed - watch->asked < ASK)
        return false;
    watch->asked = passed;
    watch->result->stopped = !watch->what->progress(watch->what->opaque, passed);
    return watch->result->stopped;
}

/* ---- What came of it ---- */

static void sum_up(struct linerate_flow *flow, const struct gen *made, const struct gen_seen *seen,
                   uint64_t under_way)
{
    const uint64_t good = seen->tagged + seen->untagged;

    flow->offered = made->made - under_way;
    flow->carried = good;
    flow->lost = flow->offered > good + seen->damaged ? flow->offered - good - seen->damaged : 0;
    flow->damaged = seen->damaged + seen->forbidden;
    flow->duplicated = seen->duplicated;
    flow->reordered = seen->reordered;
    flow->full = 1;
}

/* The counters that tell of frames which did not make it, or nearly so. */
static void collect_counters(struct linerate_result *result, struct driver *driver)
{
    static const char *const names[] = {"rx_missed",
                                        "rx_no_buffer",
                                        "rx_overruns",
                                        "rx_errors",
                                        "rx_length_errors",
                                        "rx_crc_errors",
                                        "rx_align_errors",
                                        "rx_symbol_errors",
                                        "rx_data_errors",
                                        "rx_undersize",
                                        "rx_fragments",
                                        "rx_oversize",
                                        "rx_jabber",
                                        "rx_chip_length_errors",
                                        "tx_refused",
                                        "tx_hangs",
                                        "rx_hangs",
                                        "rescues",
                                        "tx_flushes",
                                        "tx_abandoned",
                                        "resets"};
    const char *name;
    uint64_t value;

    _Static_assert(sizeof(names) / sizeof(names[0]) <= LINERATE_COUNTERS, "each has its place");
    for (unsigned i = 0; (name = driver->ops->stat(driver, i, &value)) != NULL; i++)
        for (size_t k = 0; k < sizeof(names) / sizeof(names[0]) && value != 0; k++)
            if (strcmp(name, names[k]) == 0)
                result->counters[result->counter_count++] =
                    (struct linerate_counter){.name = name, .count = value};
}

static void collect(struct linerate_result *result, struct joint *joint)
{
    const struct session *session = &joint->ends[0].session;
    const struct joint_counts *counts = &joint->ends[0].counts;
    const struct wire *wire = session->sched.wire;
    const struct above *above = session->sched.above;
    const struct wire_gen_out *out = wire_gen_out(wire);

    /* Made, and still to be handed over: there is none but where the run was stopped. */
    sum_up(&result->in, wire_gen_made(wire), above_gen_seen(above),
           wire_gen_made(wire)->made - counts->arrived);
    sum_up(&result->out, above_gen_made(above), wire_gen_seen(wire), 0);
    if (result->stopped)
        result->in.lost = result->out.lost = 0;
    if (out->busy_ns != 0)
        result->out.full = (double)out->busy_ns / (double)(out->last_ns - out->first_ns);
    memcpy(result->verdicts, counts->verdicts, sizeof(result->verdicts));
    if (counts->verdicts[E1000EMU_RX_STORED] > above->received && !result->stopped)
        result->in_driver = counts->verdicts[E1000EMU_RX_STORED] - above->received;
    collect_counters(result, session->driver);
}

int linerate_run(const struct linerate_case *what, struct linerate_result *result, char *error,
                 size_t size)
{
    struct joint *joint = calloc(1, sizeof(*joint));
    struct watch watch = {.what = what, .result = result, .joint = joint};
    struct joint_config config;
    struct linerate_partners partners;
    int status;

    *result = (struct linerate_result){0};
    if (joint == NULL) {
        snprintf(error, size, "out of memory");
        return -1;
    }
    linerate_arrange(&config, &partners, what, what->frames, "rate=line");
    status = joint_open(joint, &config);
    if (status == 0) {
        watch.device = joint->ends[0].session.device;
        begin(&watch);
        status = joint_run(joint, watches, &watch, BENCH_NEVER);
    }
    if (status == 0)
        collect(result, joint);
    else
        snprintf(error, size, "%s", joint->error);
    joint_close(joint);
    free(joint);
    return status;
}

static bool flow_held(const struct linerate_flow *flow)
{
    return flow->lost + flow->damaged + flow->duplicated + flow->reordered == 0 &&
           flow->full >= AS_GOOD_AS_FULL;
}

bool linerate_held(const struct linerate_case *what, const struct linerate_result *result)
{
    return ((what->way & LINERATE_IN) == 0 || flow_held(&result->in)) &&
           ((what->way & LINERATE_OUT) == 0 || flow_held(&result->out));
}

/* ---- The smallest ring ---- */

#define RING_STEP 8u
#define RING_MOST 4096u

/* Returns 1 when it holds, 0 when not, 2 when stopped, -1 after a failure. */
static int holds(const struct linerate_case *what, unsigned ring, char *error, size_t size)
{
    struct linerate_case one = *what;
    struct linerate_result *result = malloc(sizeof(*result));
    int status = -1;

    one.session.driver.ring = ring;
    if (result == NULL)
        snprintf(error, size, "out of memory");
    else if (linerate_run(&one, result, error, size) == 0)
        status = result->stopped ? 2 : linerate_held(&one, result);
    free(result);
    return status;
}

int linerate_smallest_ring(const struct linerate_case *what, unsigned *ring, char *error,
                           size_t size)
{
    unsigned bad = 0, good = RING_STEP; /* in descriptors: bad does not hold, good may */
    int status = 0;

    *ring = 0;
    /* Up until one holds, then halving what is between. */
    for (; good <= RING_MOST; bad = good, good *= 2) {
        status = holds(what, good, error, size);
        if (status != 0)
            break;
    }
    while (status == 1 && good - bad > RING_STEP) {
        const unsigned middle = (good + bad) / 2 / RING_STEP * RING_STEP;

        status = holds(what, middle, error, size);
        if (status == 0) {
            bad = middle;
            status = 1;
        } else {
            good = middle;
        }
    }
    if (status == 1)
        *ring = good;
    return status < 0 ? -1 : status == 2;
}
