/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: field faults 11 to 22: lengths, rings, starvation, interrupts, links, memory. */
#include "e1000_hw.h"
#include "stage.h"

#include <string.h>

static bool all_reaped(struct stage *stage)
{
    return books_outstanding(&stage->books) == 0;
}

static void longer_than_buffers(struct stage *stage)
{
    uint8_t frame[STAGE_FRAME];

    for (unsigned how = 0; how < 8; how++) {
        const uint32_t limit = (how & 1) != 0 ? 16124 : 1514, size = (how & 4) != 0 ? 2048 : 256;

        stage->params.max_frame = limit;
        stage->params.store_bad = (how & 2) != 0;
        stage->params.rx_buffer_size = (uint16_t)size;
        stage->params.rx_ring = stage->params.rx_buffers = 128;
        stage->may_damage = true; /* with store_bad, what only the chip would take comes marked */
        stage_up(stage);
        for (uint32_t length = size - 2; length <= 16200;
             length += length % size < 5 ? 1 : size - 7) {
            const uint64_t heard = stage->heard;

            stage_make(stage, frame, length, NULL);
            if (length <= limit)
                stage_arrive(stage, frame, length);
            else
                stage_arrive_as(stage, frame, length, 0, NULL, 0);
            stage_run(stage, stage_patience(stage));
            if (length <= limit)
                expect_equal(stage, stage->rx.corrupted + scoreboard_outstanding(&stage->rx),
                             stage->rx.corrupted, "frames of %u bytes not received", length);
            else if (stage->params.store_bad)
                expect_true(
                    stage,
                    stage->heard == heard || (stage->last_heard.flags & E1000_FRAG_BAD_FRAME) != 0,
                    "a frame of %u bytes: expected it dropped or marked, got it unmarked", length);
            else
                expect_equal(stage, stage->heard, heard, "frames of %u bytes received", length);
        }
        stage_forget(stage);
        stage_works(stage);
        stage_close(stage);
    }
}

static void bad_symbols(struct stage *stage)
{
    static uint8_t data[20000];

    stage->params.store_bad = true;
    stage->params.max_frame = 9014;
    stage->params.rx_buffer_size = 256;
    stage->may_damage = true;
    stage_up(stage);
    memset(data, 0xFF, sizeof(data));
    for (uint32_t length = 0; length < sizeof(data); length += length < 80 ? 1 : 997) {
        const uint64_t heard = stage->heard;

        stage_arrive_as(stage, data, length, E1000EMU_FRAME_SYMBOL, NULL, 0);
        stage_run(stage, BENCH_MS);
        if (stage->heard == heard)
            continue;
        expect_true(stage, (stage->last_heard.flags & E1000_FRAG_BAD_FRAME) != 0,
                    "a frame of %u bytes with bad symbols: expected a mark, got none", length);
        expect_true(stage, stage->last_heard.length <= length,
                    "a frame of %u bytes: expected no more of it, got %u", length,
                    stage->last_heard.length);
    }
    expect_true(stage, stage->heard > 10, "expected some to be handed out, got %llu",
                (unsigned long long)stage->heard);
    stage_run(stage, 2 * BENCH_S);
    stage_works(stage);
}

/* The memory behind a short frame is full of secrets. */
static void leak(struct stage *stage)
{
    uint8_t frame[60], wanted[60];

    stage->strict = true;
    stage_up(stage);
    for (unsigned round = 0; round < 3; round++) {
        for (uint32_t length = 14; length < 60; length++) {
            struct e1000_frag frag;

            stage_make(stage, frame, sizeof(frame), stage_everybody);
            memset(wanted, 0, sizeof(wanted));
            memcpy(wanted, frame, length);
            stage_slot(stage, 1500, &frag);
            memset(frag.data, 0x55 + (int)round, 1500);
            memcpy(frag.data, frame, length);
            frag.length = length;
            stage_announce(stage, wanted, sizeof(wanted));
            expect_equal(stage, stage_transmit(stage, &frag, 1), 1, "frames taken");
            stage_settle(stage);
            /* The ring has other contents then. */
            stage_sends(stage, 1, 1514);
            stage_settle(stage);
        }
    }
}

static void short_in_pieces(struct stage *stage)
{
    uint8_t frame[60], wanted[60];

    stage->strict = true;
    stage_up(stage);
    for (uint32_t length = 14; length < 60; length++) {
        struct e1000_frag frags[3];

        stage_make(stage, frame, sizeof(frame), stage_everybody);
        memset(wanted, 0, sizeof(wanted));
        memcpy(wanted, frame, length);
        stage_slot(stage, 5, &frags[0]);
        stage_slot(stage, 4, &frags[1]);
        stage_slot(stage, length - 9, &frags[2]);
        memcpy(frags[0].data, frame, 5);
        memcpy(frags[1].data, frame + 5, 4);
        memcpy(frags[2].data, frame + 9, length - 9);
        frags[0].flags = frags[1].flags = 0;
        stage_announce(stage, wanted, sizeof(wanted));
        expect_equal(stage, stage_transmit(stage, frags, 3), 3, "pieces taken");
        stage_settle(stage);
    }
}

static void full_is_not_empty(struct stage *stage)
{
    static const uint16_t sizes[] = {8, 16, 24, 56, 64};

    stage->strict = true;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        stage->params.tx_ring = stage->params.rx_ring = stage->params.rx_buffers = sizes[i];
        stage_up(stage);
        for (unsigned level = 1; level < 2u * sizes[i]; level++) {
            const unsigned wanted = level < sizes[i] ? level : sizes[i] - 1u;

            expect_equal(stage, stage_sends(stage, level, 100), wanted,
                         "frames of %u that a ring of %u takes", level, sizes[i]);
            stage_arrivals(stage, level, 100, 0);
            stage_settle(stage);
        }
        expect_stat(stage, "tx_hangs", 0);
        stage_close(stage);
    }
}

static void starved(struct stage *stage)
{
    for (unsigned how = E1000_INTERRUPTS_DIRECT; how <= E1000_INTERRUPTS_MASKED; how++) {
        stage->params.interrupts = (uint8_t)how;
        stage->may_lose = true;
        stage->keeps = true;
        stage_up(stage);
        stage_arrivals(stage, 1000, 200, 10 * BENCH_US);
        expect_equal(stage, stage->kept_count, stage->params.rx_buffers, "buffers with the stack");
        stage->keeps = false;
        stage_return_kept(stage);
        stage_run(stage, 10 * BENCH_MS);
        expect_between(stage, stage->heard, stage->params.rx_buffers + 1, 999,
                       "frames received, of which some waited in the chip");
        stage_works(stage);
        expect_stat(stage, "resets", 0);
        stage_close(stage);
    }
}

static void storms(struct stage *stage)
{
    static const struct {
        const char *fault;
        uint64_t ns;
    } rows[] = {{"irq-spurious", 20000}, {"irq-storm", 10000}};

    for (unsigned i = 0; i < 2; i++) {
        uint64_t before, took;

        stage_up(stage);
        stage_break(stage, rows[i].fault, rows[i].ns, 0, 0);
        before = stage->device->interrupts;
        took = stage_now(stage);
        for (unsigned k = 0; k < 20; k++) {
            stage_run(stage, 5 * BENCH_MS);
            stage_works(stage);
        }
        took = stage_now(stage) - took;
        if (i == 1)
            expect_true(
                stage, (stage->device->interrupts - before) * BENCH_S / took <= 72000,
                "a storm: expected 72,000 interrupts a second at most, got %llu",
                (unsigned long long)((stage->device->interrupts - before) * BENCH_S / took));
        else
            expect_true(stage, stage->device->interrupts - before > 1000,
                        "expected spurious interrupts, got %llu",
                        (unsigned long long)(stage->device->interrupts - before));
        expect_stat(stage, "resets", 0);
        stage_mend(stage, NULL);
        stage_down(stage);
        expect_equal(stage, stage->ops->interrupt(stage->driver), 0, "work while down");
        stage_close(stage);
    }
}

static void pulled_out(struct stage *stage)
{
    uint64_t accesses;

    stage->may_lose = true;
    stage->tolerant = true;
    stage_up(stage);
    stage_sends(stage, 5, 200);
    stage_break(stage, "removed", 0, 0, 0);
    expect_equal(stage, stage->ops->interrupt(stage->driver), E1000_WORK_GONE, "work");
    expect_true(stage, stage->ops->failed(stage->driver) != NULL,
                "expected the driver to give up, got it going on");
    accesses = stage->device->counters.mmio_reads + stage->device->counters.mmio_writes;
    stage_run(stage, 5 * BENCH_S);
    expect_equal(stage, stage->ops->interrupt(stage->driver), 0, "work later");
    expect_equal(stage, stage->device->counters.mmio_reads + stage->device->counters.mmio_writes,
                 accesses, "accesses to a device that is gone");
    stage->ops->close(stage->driver);
    stage->session.driver = stage->driver = NULL;
    books_close(&stage->books);
}

static void interrupts_lost(struct stage *stage)
{
    NEEDS_DEVICE(stage, fault_set);
    for (unsigned every = 1; every <= 4; every++) {
        for (unsigned how = E1000_INTERRUPTS_DIRECT; how <= E1000_INTERRUPTS_MASKED; how++) {
            const struct e1000emu_fault_setting lost = {
                .name = "irq-lost", .arg = E1000EMU_FAULT_DEFAULT, .when = {.every = every}};

            stage->params.interrupts = (uint8_t)how;
            stage_up(stage);
            for (unsigned i = 0; i < 12; i++) {
                expect_equal(stage, (uint64_t)stage->device->ops->fault_set(stage->device, &lost),
                             0, "setting the fault");
                stage_arrivals(stage, 3, 200, 0);
                stage_sends(stage, 3, 200);
                stage_run(stage, 502 * BENCH_MS);
                if (every == 1)
                    stage_mend(stage, "irq-lost");
                stage_run(stage, 502 * BENCH_MS);
                stage_mend(stage, "irq-lost");
                expect_equal(stage, stage->heard, 3 * (i + 1), "frames received");
                expect_equal(stage, books_outstanding(&stage->books), 0, "cookies not returned");
            }
            expect_stat(stage, "resets", 0);
            stage_close(stage);
        }
    }
}

static void link_flaps(struct stage *stage)
{
    stage->may_lose = true;
    stage_power(stage);
    stage_break(stage, "link-late", E1000EMU_FAULT_DEFAULT, 0, 1);
    stage_up(stage); /* within ten seconds */
    stage_works(stage);
    stage_break(stage, "link-flap", 7 * BENCH_S, 0, 0);
    for (unsigned i = 0; i < 6; i++) {
        stage_sends(stage, 8, 200);
        stage_run(stage, 3500 * BENCH_MS);
        expect_equal(stage, books_outstanding(&stage->books), 0, "cookies not returned");
    }
    stage_mend(stage, NULL);
    stage_run(stage, 600 * BENCH_MS);
    stage_link(stage, 10 * BENCH_S);
    stage_works(stage);
    expect_stat(stage, "tx_hangs", 0);
}

static void link_gets_slower(struct stage *stage)
{
    static const struct {
        uint32_t abilities;
        uint16_t mbps;
        bool full;
    } rows[] = {{E1000EMU_100_FULL | E1000EMU_100_HALF, 100, true},
                {E1000EMU_10_HALF, 10, false},
                {E1000EMU_1000_FULL, 1000, true}};
    struct e1000_link link;

    stage_up(stage);
    for (unsigned i = 0; i < 3; i++) {
        stage_set_partner(stage, true, rows[i].abilities);
        stage_run(stage, 600 * BENCH_MS);
        stage_link(stage, 10 * BENCH_S);
        stage->ops->get_link(stage->driver, &link);
        expect_equal(stage, link.mbps, rows[i].mbps, "speed");
        expect_equal(stage, link.full_duplex, rows[i].full, "full duplex");
        stage_works(stage);
    }
}

static void link_lost_with_frames(struct stage *stage)
{
    for (unsigned told = 0; told < 2; told++) {
        stage->may_lose = true;
        stage_up(stage);
        if (told == 0)
            stage_break(stage, "cause-lost", E1000_ICR_LSC, 0, 0);
        stage_set_partner(stage, false, 0);
        stage_sends(stage, 12, 200);
        expect_true(stage, stage_until(stage, all_reaped, BENCH_S),
                    "expected all cookies within a second, got %u still with the driver",
                    books_outstanding(&stage->books));
        expect_stat(stage, "tx_hangs", 0);
        stage_set_partner(stage, true, 0x3F);
        stage_link(stage, 10 * BENCH_S);
        stage_works(stage);
        stage_close(stage);
    }
}

/* A bus that lets each of the first accesses fail, reading or writing, in every way. */
static void memory_errors(struct stage *stage)
{
    static const char *const rows[] = {"dma-read-error", "dma-write-error"};

    for (unsigned i = 0; i < 2; i++) {
        for (unsigned how = 0; how < 3; how++) {
            for (unsigned n = 1; n < 12; n++) {
                stage->may_lose = stage->may_damage = true;
                stage->tolerant = true; /* what fails looks like memory that is not there */
                stage_up(stage);
                stage_break(stage, rows[i], how, n, 1);
                stage_sends(stage, 6, 200);
                stage_arrivals(stage, 6, 200, 10 * BENCH_US);
                expect_true(stage, stage_until(stage, all_reaped, 3 * BENCH_S),
                            "expected all cookies within 3 s, got %u still with the driver",
                            books_outstanding(&stage->books));
                stage_mend(stage, NULL);
                for (unsigned k = 0; k < 20; k++) { /* what stands still is found */
                    if (stage_is_linked(stage))
                        stage_sends(stage, 5, 200);
                    stage_arrivals(stage, 5, 200, 0);
                    stage_run(stage, 500 * BENCH_MS);
                }
                stage_link(stage, 10 * BENCH_S);
                stage_works(stage);
                stage_close(stage);
            }
        }
    }
}

static void out_of_memory(struct stage *stage)
{
    struct e1000_dma hog[90];
    unsigned held = 0;

    stage_attach(stage);
    /* Less and less is left: coming up fails with that error, and nothing is kept. */
    while (held < 90 && dmamem_alloc(stage->session.memory, 250000, 4096, 0, &hog[held]) == 0)
        held++;
    expect_between(stage, held, 10, 90, "pieces until memory was full");
    expect_status(stage, stage->ops->up(stage->driver), E1000_ERR_MEMORY, "up() without memory");
    for (unsigned round = 0; held > 0; round++) {
        const unsigned before = dmamem_blocks(stage->session.memory);

        dmamem_free(stage->session.memory, &hog[--held]);
        if (stage->ops->up(stage->driver) == 0)
            break;
        expect_equal(stage, dmamem_blocks(stage->session.memory), before - 1,
                     "pieces of memory after up() failed");
    }
    while (held > 0)
        dmamem_free(stage->session.memory, &hog[--held]);
    stage_state(stage, E1000_STATE_UP, BENCH_S);
    stage_link(stage, 10 * BENCH_S);
    stage_works(stage);
}

static void write_backs(struct stage *stage)
{
    static const struct {
        const char *fault;
        uint64_t arg, times;
        bool loses;
    } rows[] = {{"writeback-late", 100000, 0, false}, {"writeback-late", 3000000, 5, false},
                {"writeback-swapped", 0, 0, false},   {"write-late", 10000, 0, false},
                {"writeback-never", 0, 1, true},      {"writeback-never", 0, 4, true}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned from = 1; from < 8; from++) {
            /* The checker takes what arrives late for what the driver did late. */
            stage->tolerant = true;
            stage->may_lose = rows[i].loses;
            stage_up(stage);
            stage_break(stage, rows[i].fault, rows[i].arg, from, rows[i].times);
            for (unsigned k = 0; k < 4; k++) {
                stage_arrivals(stage, 2, 200, 3 * BENCH_US);
                stage_sends(stage, 2, 200);
                stage_run(stage, BENCH_MS);
            }
            expect_true(stage, stage_until(stage, all_reaped, 3 * BENCH_S),
                        "expected all cookies within 3 s, got %u still with the driver",
                        books_outstanding(&stage->books));
            stage_run(stage, 3 * BENCH_S);
            if (rows[i].loses) {
                for (unsigned k = 0; k < 20; k++) {
                    if (stage_is_linked(stage))
                        stage_sends(stage, 5, 200);
                    stage_arrivals(stage, 5, 200, 0);
                    stage_run(stage, 500 * BENCH_MS);
                }
                stage_link(stage, 10 * BENCH_S);
            } else {
                expect_equal(stage, stage->heard, 8, "frames received");
                expect_equal(stage, stage->left, 8, "frames that left");
                expect_stat(stage, "resets", 0);
            }
            stage_mend(stage, NULL);
            stage_works(stage);
            stage_close(stage);
        }
    }
}

#define SILICON "silicon"

const struct scenario scenarios_memory[] = {
    {"fault/11-long-frames", "frames longer than a buffer, and than allowed",
     "Every length of the last piece is right; too long ones never come as something else.",
     "CVE-2009-1385, CVE-2009-4536, CVE-2009-4538", SILICON, 0, longer_than_buffers},
    {"fault/12-bad-symbols", "bad symbols in frames of any length",
     "What is handed out is marked, and never longer than what came.",
     "Linux e1000_tbi_should_accept guard", "82545gm-serdes", NEEDS_LIGHT, bad_symbols},
    {"fault/13-leak", "secrets in the memory behind short frames", "Padding is zeros.",
     "VU#412115 (EtherLeak)", "vmware silicon virtualbox qemu", 0, leak},
    {"fault/14-short-frames", "short frames in pieces",
     "They are lengthened by the driver, not by the chip.",
     "Linux e1000_xmit_frame: hardware padding corrupts", "vmware silicon", 0, short_in_pieces},
    {"fault/15-full-ring", "rings at every level of fullness",
     "A full ring is never told of as an empty one.", "DPDK em_rxtx.c; Linux E1000_DESC_UNUSED",
     SILICON, 0, full_is_not_empty},
    {"fault/16-starved", "all buffers are with the stack",
     "With the first that come back it goes on, by itself.",
     "NetBSD wm; DPDK em_recv_pkts; Linux watchdog ICS", SILICON, 0, starved},
    {"fault/17-spurious", "spurious interrupts and storms",
     "Others' interrupts are left alone, and a storm keeps nobody from working.",
     "FreeBSD em_intr; VBox E1K_IMS_INT_DELAY_NS", SILICON, NEEDS_ITR, storms},
    {"fault/17-removed", "the device is pulled out",
     "The handler sees it; nothing is touched any more.", "FreeBSD em_intr: ICR all ones", SILICON,
     0, pulled_out},
    {"fault/18-lost-interrupt", "interrupts get lost",
     "Every frame comes and every cookie comes back within a watchdog period.",
     "iPXE 8958f62a1; Linux e1000_watchdog", SILICON, 0, interrupts_lost},
    {"fault/19-link-flap", "a link that comes late and goes again",
     "In the end there is a link, and nothing was lost but frames.", "VBox E1K_INIT_LINKUP_DELAY",
     "virtualbox silicon", NEEDS_RESET, link_flaps},
    {"fault/19-downshift", "a link that gets slower",
     "Speed and duplex are what is left, and frames pass.", "IntelLucy 9: 1000 to 100", SILICON,
     NEEDS_COPPER, link_gets_slower},
    {"fault/20-link-lost-queued", "the cable is pulled with frames queued",
     "Their memory comes back in less than a second.", "Linux e1000_watchdog: tx_flush", SILICON, 0,
     link_lost_with_frames},
    {"fault/21-dma-error", "accesses to memory fail on the bus",
     "Every cookie comes back within three seconds, and frames pass again.",
     "Linux e1000_tx_map dma_error; PCI aborts", SILICON, 0, memory_errors},
    {"fault/21-no-memory", "no memory for rings and buffers",
     "Coming up fails with that error and nothing is kept; later it works.",
     "Linux e1000_setup_all_rx_resources", SILICON, 0, out_of_memory},
    {"fault/22-write-back-order", "descriptors written back late, swapped, or never",
     "Nothing is lost but what was never written back.", "Linux dma_rmb; TSO errata", SILICON, 0,
     write_backs},
    {.id = NULL},
};
