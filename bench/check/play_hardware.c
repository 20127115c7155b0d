/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: field faults 23 to 30: what others have left behind, PHYs, resets, sleep, bits that
 * stick, strange frames. */
#include "e1000_hw.h"
#include "stage.h"

#include <string.h>

static void write32(struct stage *stage, uint32_t offset, uint32_t value)
{
    stage->device->ops->write32(stage->device, offset, value);
}

/* Another driver is at the chip, whose sins are not ours. */
static void other_driver(struct stage *stage, struct e1000_dma *memory)
{
    stage->tolerant = true;
    stage->may_damage = stage->may_lose = true;
    stage_power(stage);
    if (dmamem_alloc(stage->session.memory, 4096, 4096, 0, memory) < 0)
        stage_fail(stage, "no memory");
    stage->device->ops->config_write(stage->device, 4, 2, 7);
    write32(stage, E1000_CTRL, E1000_CTRL_SLU);
    stage_neglect(stage, 4 * BENCH_S);
}

/* It is gone: its memory too, once the chip was reset by ours. */
static void own_driver(struct stage *stage, struct e1000_dma *memory)
{
    stage_attach(stage);
    dmamem_free(stage->session.memory, memory);
    stage->judge.count = 0;
    stage->tolerant = false;
    stage->left = 0;
    stage_up(stage);
    stage_works(stage);
}

static void arrive_unheard(struct stage *stage, unsigned count)
{
    uint8_t frame[200];

    for (unsigned i = 0; i < count; i++) {
        stage_make(stage, frame, sizeof(frame), stage_everybody);
        stage_arrive_as(stage, frame, sizeof(frame), 0, NULL, 0);
        stage_neglect(stage, 10 * BENCH_US);
    }
}

static void ring_registers(struct stage *stage)
{
    static const uint32_t offsets[] = {E1000_RDBAL, E1000_RDBAH, E1000_RDLEN, E1000_RDH, E1000_RDT};

    for (unsigned order = 0; order < 120; order += 7) {
        struct e1000_dma memory;
        unsigned left[] = {0, 1, 2, 3, 4}, code = order;

        other_driver(stage, &memory);
        for (unsigned n = 5; n > 0; n--) {
            const uint32_t values[] = {(uint32_t)memory.bus, (uint32_t)(memory.bus >> 32), 128, 0,
                                       7};
            const unsigned pick = code % n;

            if ((order % 3 == 0 && n == 5) || (order % 3 == 1 && n == 3))
                write32(stage, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_BAM);
            write32(stage, offsets[left[pick]], values[left[pick]]);
            arrive_unheard(stage, 1);
            left[pick] = left[n - 1];
            code /= n;
        }
        write32(stage, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_BAM);
        arrive_unheard(stage, 10);
        own_driver(stage, &memory);
        stage_close(stage);
    }
}

static void hostile_descriptors(struct stage *stage)
{
    struct e1000_dma memory;
    uint64_t *ring;

    stage->unannounced = true;
    other_driver(stage, &memory);
    ring = memory.cpu;
    for (unsigned round = 0; round < 500; round++) {
        for (unsigned i = 0; i < 8; i++) {
            const uint64_t any =
                (uint64_t)stage_random(stage, 0x7FFFFFFF) << 33 ^ stage_random(stage, 0x7FFFFFFF);

            /* A context with any lengths, then data that belong to it, by turns. */
            ring[2 * i] = i % 2 != 0 ? memory.bus + 256 : any;
            ring[2 * i + 1] = i % 2 != 0 ? (any >> 44 & 0x0FFF) | 0x2F100000u
                                         : (any & 0xFFFFFF00000FFFFFu) | 0x27000000u;
        }
        write32(stage, E1000_TDBAL, (uint32_t)memory.bus);
        write32(stage, E1000_TDBAH, (uint32_t)(memory.bus >> 32));
        write32(stage, E1000_TDLEN, 128);
        write32(stage, E1000_TDH, 0);
        write32(stage, E1000_TCTL, E1000_TCTL_EN | E1000_TCTL_PSP);
        write32(stage, E1000_TDT, 7);
        stage_neglect(stage, 100 * BENCH_US);
    }
    stage->unannounced = false;
    own_driver(stage, &memory);
}

static void ring_full_at_rate(struct stage *stage)
{
    uint8_t frame[100];

    stage->may_lose = true;
    stage_up(stage);
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < 500 + round; i++) { /* a host that is busy */
            stage_make(stage, frame, sizeof(frame), NULL);
            stage_arrive(stage, frame, sizeof(frame));
            stage_neglect(stage, BENCH_US);
        }
        stage_run(stage, 5 * BENCH_MS);
        expect_equal(stage, stage->rx.corrupted + stage->rx.duplicated + stage->rx.reordered, 0,
                     "frames damaged, doubled or reordered");
        stage_works(stage);
    }
    expect_true(stage, stage->heard >= 20u * stage->params.rx_ring,
                "expected each ring's worth to be received, got %llu frames",
                (unsigned long long)stage->heard);
    expect_stat(stage, "resets", 0);
}

static void phy_is_silent(struct stage *stage)
{
    static const char *const rows[] = {"mdic-never", "phy-error", "phy-absent"};

    for (unsigned i = 0; i < 3; i++) {
        stage->tolerant =
            true; /* an MDIC that is never ready looks like a driver that can't wait */
        stage->may_lose = true;
        stage_power(stage);
        stage_break(stage, rows[i], 0, 0, 0);
        expect_status(stage, stage_try_attach(stage), E1000_ERR_PHY, rows[i]);
        stage_mend(stage, NULL);
        stage_up(stage);
        stage_works(stage);
        stage_break(stage, rows[i], 0, 0, 0);
        for (unsigned k = 0; k < 3; k++) {
            stage_set_partner(stage, k % 2 != 0, 0x3F);
            stage_run(stage, 3 * BENCH_S);
        }
        stage_set_partner(stage, true, 0x3F);
        stage_run(stage, 3 * BENCH_S);
        stage_mend(stage, NULL);
        if (stage->ops->failed(stage->driver) != NULL) {
            stage_close(stage);
            stage_up(stage);
        }
        stage_link(stage, 10 * BENCH_S);
        stage_works(stage);
        stage_close(stage);
    }
}

static void reset_storms(struct stage *stage)
{
    NEEDS_DRIVER(stage, reset);
    NEEDS_DRIVER(stage, suspend);
    for (unsigned k = 0; k < 60; k++) {
        stage->may_lose = true;
        stage_up(stage);
        for (unsigned round = 0; round < 3; round++) {
            stage_sends(stage, 4, 200);
            expect_status(stage, stage->ops->reset(stage->driver), 0, "reset()");
            stage_run(stage, k * 250 * BENCH_US);
            expect_status(stage, stage->ops->reset(stage->driver), 0, "reset() again");
        }
        if (k % 4 == 1) {
            expect_status(stage, stage->ops->down(stage->driver), 0, "down() within a reset");
            stage_run(stage, BENCH_S);
            stage_start(stage);
        }
        stage_state(stage, E1000_STATE_UP, BENCH_S);
        if (k % 4 == 2) {
            stage_sleep(stage);
            stage_wake(stage, E1000_STATE_UP);
        }
        stage_run(stage, BENCH_MS);
        stage_link(stage, 10 * BENCH_S);
        stage_works(stage);
        stage_close(stage);
    }
}

static void resets_that_fail(struct stage *stage)
{
    static const char *const rows[] = {"reset-slow", "reset-never"};

    NEEDS_DRIVER(stage, reset);
    for (unsigned i = 0; i < 2; i++) {
        stage->may_lose = stage->tolerant = true;
        stage_up(stage);
        stage_break(stage, rows[i], i == 0 ? 5 * BENCH_MS : E1000EMU_FAULT_DEFAULT, 0,
                    i == 0 ? 0 : 1);
        stage_sends(stage, 4, 200);
        expect_status(stage, stage->ops->reset(stage->driver), 0, "reset()");
        stage_run(stage, 2 * BENCH_S);
        stage_mend(stage, NULL);
        if (stage->ops->failed(stage->driver) != NULL) { /* it may give up, and starts anew */
            stage_close(stage);
            stage_up(stage);
        }
        stage_link(stage, 10 * BENCH_S);
        stage_works(stage);
        stage_close(stage);
    }
}

/* A chip that another system has left at work. */
static void warm_boot(struct stage *stage)
{
    stage->may_lose = true;
    for (unsigned round = 0; round < 4; round++) {
        stage->tolerant = true; /* of that other system */
        stage_power(stage);
        stage_break(stage, "dirty", 0, 0, 0);
        stage->device->ops->reset(stage->device, E1000EMU_RESET_POWER);
        stage_mend(stage, "dirty");
        arrive_unheard(stage, 50);
        stage_attach(stage);
        stage->judge.count = 0;
        stage->tolerant = false;
        stage_up(stage);
        stage_works(stage);
        stage_close(stage);
    }
}

static void sleep_and_traffic(struct stage *stage)
{
    NEEDS_DRIVER(stage, suspend);
    NEEDS_DRIVER(stage, resume);
    NEEDS_DEVICE(stage, reset);
    stage->may_lose = true;
    stage_up(stage);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t accesses;

        stage_works(stage);
        stage_sends(stage, 5, 200);
        stage_sleep(stage);
        stage_run(stage, BENCH_US);
        expect_equal(stage, books_outstanding(&stage->books), 0, "cookies not returned");
        if (i == 1)
            stage->device->ops->reset(stage->device, E1000EMU_RESET_POWER);
        accesses = stage->device->counters.mmio_reads + stage->device->counters.mmio_writes;
        arrive_unheard(stage, 20);
        stage_run(stage, 3 * BENCH_S);
        expect_equal(stage,
                     stage->device->counters.mmio_reads + stage->device->counters.mmio_writes,
                     accesses, "accesses asleep");
        stage_wake(stage, E1000_STATE_UP);
        stage_run(stage, BENCH_MS);
        stage_link(stage, 10 * BENCH_S);
    }
    stage_works(stage);
}

/* Every bit that is polled, stuck either way, from the start or later. */
static void stuck_bits(struct stage *stage)
{
    static const struct {
        uint32_t offset, bit;
    } rows[] = {{E1000_CTRL, 26}, {E1000_EECD, 7},  {E1000_EECD, 3},   {E1000_EERD, 4},
                {E1000_MDIC, 28}, {E1000_MDIC, 30}, {E1000_STATUS, 1}, {E1000_STATUS, 4},
                {E1000_ICR, 7},   {E1000_ICR, 2},   {E1000_TDH, 0},    {E1000_RDH, 0}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned way = 0; way < 8; way++) {
            const char *fault = (way & 1) != 0 ? "stuck-1" : "stuck-0";
            const uint64_t arg = 32 * rows[i].offset + rows[i].bit;

            stage->tolerant = stage->may_lose = stage->may_damage = stage->may_reorder = true;
            stage->params.eeprom_by_eerd = (way & 4) != 0;
            stage_power(stage);
            if ((way & 2) == 0)
                stage_break(stage, fault, arg, 0, 0);
            /* Attaching is bounded, whatever comes of it. */
            if (stage_try_attach(stage) == 0) {
                if (stage->ops->up(stage->driver) == 0) {
                    stage_run(stage, BENCH_S);
                    if ((way & 2) != 0)
                        stage_break(stage, fault, arg, 0, 0);
                    stage_sends(stage, 3, 200);
                    stage_arrivals(stage, 3, 200, 10 * BENCH_US);
                    stage_run(stage, 3 * BENCH_S);
                }
                stage->ops->close(stage->driver);
                stage->session.driver = stage->driver = NULL;
                books_close(&stage->books);
            }
            stage_mend(stage, NULL);
            stage_forget(stage);
            stage_up(stage);
            stage_works(stage);
            stage_close(stage);
        }
    }
}

static void frames_of_death(struct stage *stage)
{
    uint8_t frame[1514];

    stage_up(stage);
    for (unsigned value = 0; value < 256; value++) {
        for (uint32_t at = 0x47E; at <= 0x480; at++) {
            stage_make(stage, frame, sizeof(frame), stage_everybody);
            memset(frame + 18, 0xFF, sizeof(frame) - 18);
            frame[at] = (uint8_t)value;
            stage_arrive(stage, frame, sizeof(frame));
            expect_true(stage, stage_send(stage, frame, sizeof(frame)),
                        "expected the frame to be taken");
        }
        stage_settle(stage);
    }
    stage_works(stage);
}

#define SILICON "silicon"

const struct scenario scenarios_hardware[] = {
    {"fault/23-register-order", "a ring told of in any order, by another driver",
     "The chip bears it, and ours takes it over.", "FreeBSD r366771: bhyve", SILICON, NEEDS_RESET,
     ring_registers},
    {"fault/24-hostile-descriptors", "descriptors that contradict themselves, by another driver",
     "The chip bears them, and ours takes it over.", "CVE-2018-3294 (VirtualBox)",
     "virtualbox silicon", NEEDS_RESET, hostile_descriptors},
    {"fault/25-ring-full", "nobody serves a full ring at line rate",
     "What is in the ring is right, and it goes on.", "ESXi PSOD E1000PollRxRing", "vmware silicon",
     0, ring_full_at_rate},
    {"fault/26-phy", "a PHY that does not answer",
     "An error within a second, or no link until it answers.", "e1000e edfea6e641: MDIC", SILICON,
     NEEDS_COPPER, phy_is_silent},
    {"fault/27-reset-storm", "resets upon resets, and closing within",
     "A chip that works, each time.", "UEK: oops when closed and reset simultaneously", SILICON,
     NEEDS_PM, reset_storms},
    {"fault/27-reset-fails", "a reset that is slow or never ends",
     "It is waited for in bounded time, then given up with an error.", "Linux e1000_reset_hw",
     SILICON, NEEDS_RESET, resets_that_fail},
    {"fault/28-suspend", "asleep with traffic going on",
     "Nothing is touched asleep, and interrupts are back.", "SerenityOS; Linux e1000_resume",
     SILICON, NEEDS_PM, sleep_and_traffic},
    {"fault/28-warm-boot", "a chip that was left at work", "It is reset before anything else.",
     "kexec and PXE; iPXE always resets", "silicon vmware", NEEDS_RESET, warm_boot},
    {"fault/29-stuck-bits", "every bit that is polled, stuck",
     "Nothing waits for ever; mended, the board works.", "xv6, SerenityOS, Redox: unbounded loops",
     SILICON, 0, stuck_bits},
    {"fault/30-packet-of-death", "frames that killed another chip",
     "Any byte at 47Eh to 480h passes both ways.", "82574L: 32h at 47Fh", SILICON, 0,
     frames_of_death},
    {.id = NULL},
};
