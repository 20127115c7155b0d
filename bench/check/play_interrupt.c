/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: interrupts and their moderation. */
#include "stage.h"

static void traffic(struct stage *stage)
{
    for (unsigned i = 0; i < 100; i++) {
        stage_arrivals(stage, 1 + i % 20, 60 + 10 * i, 5 * BENCH_US);
        stage_sends(stage, i % 12, 100);
    }
    stage_settle(stage);
    stage_works(stage);
}

static void direct(struct stage *stage)
{
    stage->params.interrupts = E1000_INTERRUPTS_DIRECT;
    stage_up(stage);
    traffic(stage);
    expect_true(stage, stage->device->interrupts > 10, "expected interrupts, got %llu",
                (unsigned long long)stage->device->interrupts);
}

static void masked(struct stage *stage)
{
    NEEDS_DRIVER(stage, poll);
    stage->params.interrupts = E1000_INTERRUPTS_MASKED;
    stage_up(stage);
    traffic(stage);
    expect_true(stage, stage->device->interrupts > 10, "expected interrupts, got %llu",
                (unsigned long long)stage->device->interrupts);
}

static void polled(struct stage *stage)
{
    NEEDS_DRIVER(stage, poll);
    stage->params.interrupts = E1000_INTERRUPTS_NONE;
    stage_up(stage);
    traffic(stage);
    expect_equal(stage, stage->device->interrupts, 0, "interrupts");
}

static void messages(struct stage *stage)
{
    for (unsigned how = E1000_INTERRUPTS_DIRECT; how <= E1000_INTERRUPTS_MASKED; how++) {
        if (how == E1000_INTERRUPTS_MASKED)
            NEEDS_DRIVER(stage, poll);
        stage->params.msi = E1000_MSI_FORCED;
        stage->params.msi_address = 0xFEE01000;
        stage->params.msi_data = 0x41;
        stage->params.interrupts = (uint8_t)how;
        stage_up(stage);
        traffic(stage);
        expect_equal(stage, stage->device->interrupts, 0, "interrupts by the line");
        expect_true(stage, stage->device->messages > 10, "expected messages, got %llu",
                    (unsigned long long)stage->device->messages);
        stage_close(stage);
    }
}

/* Frames one after another at a distance; how many interrupts that made a second. */
static uint64_t rate(struct stage *stage, unsigned frames, uint32_t length, uint64_t apart)
{
    const uint64_t before = stage->device->interrupts, start = stage_now(stage);

    stage_arrivals(stage, frames, length, apart);
    stage_settle(stage);
    return (stage->device->interrupts - before) * BENCH_S / (stage_now(stage) - start);
}

static void room_for_floods(struct stage *stage)
{
    stage->params.rx_ring = 256;
    stage->params.rx_buffers = 512;
}

static void fixed(struct stage *stage)
{
    static const uint32_t rates[] = {500, 2000, 8000, 20000};

    for (unsigned i = 0; i < 4; i++) {
        room_for_floods(stage);
        stage->params.moderation = E1000_MODERATION_FIXED;
        stage->params.interrupt_rate = rates[i];
        stage_up(stage);
        expect_between(stage, rate(stage, 5000, 1514, 12500), rates[i] / 2,
                       rates[i] + rates[i] / 10, "interrupts a second, of %u", rates[i]);
        stage_close(stage);
    }
}

static void off(struct stage *stage)
{
    stage->params.moderation = E1000_MODERATION_OFF;
    stage_up(stage);
    for (unsigned i = 0; i < 100; i++) {
        const uint64_t before = stage->device->interrupts;

        stage_arrivals(stage, 1, 100, 0);
        stage_run(stage, 2 * BENCH_US);
        expect_equal(stage, stage->device->interrupts - before, 1, "interrupts of a frame");
    }
    stage_settle(stage);
}

static void adaptive(struct stage *stage)
{
    uint64_t start;

    room_for_floods(stage);
    stage->params.max_frame = 9014;
    stage_up(stage);
    expect_between(stage, rate(stage, 5000, 9014, 72300), 100, 4400,
                   "interrupts a second of bulk traffic");
    expect_between(stage, rate(stage, 20000, 1514, 12304), 100, 20500,
                   "interrupts a second of ordinary frames");
    expect_between(stage, rate(stage, 20000, 60, 672), 100, 20500,
                   "interrupts a second of a flood of short frames");
    for (unsigned i = 0; i < 20; i++) { /* alone: at once */
        stage_run(stage, 100 * BENCH_MS);
        start = stage_now(stage);
        stage_arrivals(stage, 1, 60, 0);
        stage_settle(stage);
        expect_true(stage, stage_now(stage) - start <= 15 * BENCH_US,
                    "a frame that comes alone: expected it within 15 us, got %llu ns",
                    (unsigned long long)(stage_now(stage) - start));
    }
}

static void delays(struct stage *stage)
{
    uint64_t start;

    stage->params.rx_delay = 500;
    stage->params.rx_delay_forced = true;
    stage->params.moderation = E1000_MODERATION_OFF;
    stage_up(stage);
    for (unsigned i = 0; i < 10; i++) {
        start = stage_now(stage);
        stage_arrivals(stage, 1, 200, 0);
        stage_settle(stage);
        expect_between(stage, stage_now(stage) - start, 510 * BENCH_US, 520 * BENCH_US,
                       "ns that a frame was delayed, of 500 times 1.024 us");
    }
    stage_close(stage);
    /* Each frame starts the timer again; the limit of 1000 does not move. */
    stage->params.rx_delay_limit = 1000;
    stage_up(stage);
    start = stage->device->interrupts;
    stage_arrivals(stage, 100, 200, 100 * BENCH_US);
    stage_settle(stage);
    expect_between(stage, stage->device->interrupts - start, 8, 12, "interrupts of 100 frames");
}

/* Somebody else's interrupt: nothing to do, nothing touched but the causes. */
static void shared_line(struct stage *stage)
{
    stage_up(stage);
    for (unsigned i = 0; i < 100; i++) {
        expect_equal(stage, stage->ops->interrupt(stage->driver), 0, "work of others' interrupts");
        stage_run(stage, 10 * BENCH_US);
    }
    stage_works(stage);
    stage_down(stage);
    for (unsigned i = 0; i < 10; i++)
        expect_equal(stage, stage->ops->interrupt(stage->driver), 0, "work while down");
}

static void quiet_when_down(struct stage *stage)
{
    uint64_t before;

    stage->may_lose = true;
    stage_up(stage);
    stage_arrivals(stage, 5, 100, 0);
    stage_down(stage);
    before = stage->device->interrupts;
    stage_arrivals(stage, 20, 100, 10 * BENCH_US);
    stage_set_partner(stage, false, 0);
    stage_run(stage, BENCH_S);
    stage_set_partner(stage, true, 0x3F);
    stage_run(stage, 5 * BENCH_S);
    expect_equal(stage, stage->device->interrupts, before, "interrupts while down");
    expect_true(stage, !stage->device->interrupt, "expected the line to be low, got it asserted");
    stage_forget(stage);
    stage_up(stage);
    stage_works(stage);
}

#define BOTH "vmware silicon"

const struct scenario scenarios_interrupt[] = {
    {"feature/interrupts-direct", "interrupts that tell what to do",
     "Traffic of any kind is served.", "manual 13.4.17", "vmware silicon virtualbox", 0, direct},
    {"feature/interrupts-masked", "interrupts that start polling",
     "The chip is silent while it is polled, and nothing is forgotten.", "Linux NAPI, e1000_clean",
     "vmware silicon virtualbox", 0, masked},
    {"feature/interrupts-none", "polling alone", "The chip never interrupts and nothing is lost.",
     "DPDK", BOTH, 0, polled},
    {"feature/msi", "interrupts as messages", "Everything works as with the line, which stays low.",
     "manual 13.3; PCI 2.3, 6.8", "silicon", NEEDS_MSI, messages},
    {"feature/moderation-fixed", "a fixed limit of interrupts",
     "Of 500 to 20,000 a second there are as many and not more.",
     "manual 13.4.18, ITR; DPDK interrupt tests", "silicon vmware", NEEDS_ITR | NEEDS_RXT0, fixed},
    {"feature/moderation-off", "no moderation", "Each frame that comes alone interrupts at once.",
     "ethtool -C rx-usecs 0", "silicon vmware", NEEDS_ITR | NEEDS_RXT0, off},
    {"feature/moderation-adaptive", "moderation by the traffic",
     "Few interrupts for bulk and floods, one at once for a lone frame, and no loss.",
     "Linux e1000_set_itr", "silicon vmware", NEEDS_ITR | NEEDS_RXT0, adaptive},
    {"feature/interrupt-delay", "the chip's delay timers",
     "A frame is told of after the delay, and never later than the limit.",
     "manual 13.4.30 and 13.4.31", "silicon", NEEDS_ITR | NEEDS_RXT0, delays},
    {"feature/interrupt-shared", "interrupts of others on the line", "They are left to others.",
     "FreeBSD em_intr", BOTH, 0, shared_line},
    {"feature/interrupt-down", "no interrupt while down",
     "Neither frames nor the link interrupt an interface that is down.", "Linux e1000_irq_disable",
     BOTH, 0, quiet_when_down},
    {.id = NULL},
};
