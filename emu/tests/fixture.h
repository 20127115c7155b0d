/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A chip with memory, a wire that remembers what was sent, and short names for what tests do.
 *
 * E1000_TEST_CASES in the environment names the cases to run; ? and * stand for anything.
 */
#ifndef EMU_TESTS_FIXTURE_H
#define EMU_TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "e1000emu.h"

/* The chip's memory: one window, above 4 GB so that the upper halves of addresses matter. */
#define FIXTURE_BUS    0x180000000ull
#define FIXTURE_MEMORY (24u << 20)

struct fixture_frame {
    uint8_t *data;
    uint32_t length, flags;
    e1000emu_time time;
};

struct fixture {
    e1000emu *chip;
    uint8_t *memory; /* what lies at FIXTURE_BUS */

    e1000emu_time now;
    bool level;           /* of INTA#, by the callback */
    unsigned edges;       /* how often it was called */
    size_t overstated;    /* how many more it says it took */
    bool pme;             /* level of PME#, by the callback */
    unsigned pme_edges;   /* how often it was called */
    size_t accept;        /* how many more frames the wire takes */
    unsigned offers;      /* calls that offered frames to the wire */
    size_t largest_batch; /* frames offered in one call, at most */
    struct fixture_frame *sent;
    size_t sent_count;

    /* What the DMA callbacks answer, and how often they were asked. */
    bool dma_answers;
    unsigned dma_reads, dma_writes;
};

/* CMocka setup and teardown; *state is the fixture. The first leaves the chip as power-on does, the
 * second has memory and bus mastering enabled and the link up. */
int fixture_setup_cold(void **state);
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* A powered-on chip of this configuration in a new fixture; host callbacks are the fixture's, but
 * for msi, event, finding, attempt and those of DMA, which get the fixture as their first argument.
 */
struct fixture *fixture_new(const struct e1000emu_config *config);
void fixture_free(struct fixture *f);

/* Enables I/O, memory and bus mastering in the command register. */
void fixture_enable(struct fixture *f);

/* Sets CTRL.SLU and lets time pass until the link is up. */
void fixture_link_up(struct fixture *f);

/* Lets time pass, event by event, for so many nanoseconds. */
void fixture_run(struct fixture *f, e1000emu_time ns);

uint32_t fixture_read(struct fixture *f, uint32_t offset);
void fixture_write(struct fixture *f, uint32_t offset, uint32_t value);

/* Forgets the frames sent so far. */
void fixture_forget(struct fixture *f);

/* Little-endian quadwords of the chip's memory, at a bus address. */
uint8_t *fixture_at(struct fixture *f, uint64_t bus);
void fixture_put64(struct fixture *f, uint64_t bus, uint64_t value);
uint64_t fixture_get64(struct fixture *f, uint64_t bus);

/* A frame of so many bytes (without FCS): addresses, type, then bytes that depend on seed. */
void fixture_make_frame(uint8_t *data, size_t length, const uint8_t destination[6], uint32_t seed);

/* One frame from the wire. Returns the verdict, or E1000EMU_RX_VERDICTS if it was not dealt with.
 */
unsigned fixture_receive(struct fixture *f, const uint8_t *data, size_t length, uint32_t flags);

#endif
