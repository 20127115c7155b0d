/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the fuzz targets of the chip share: a chip with a piece of memory of its own, a wire that
 * takes as much as it is told, and checks that hold whatever software does.
 */
#ifndef EMU_TESTS_FUZZ_BENCH_H
#define EMU_TESTS_FUZZ_BENCH_H

#include "e1000emu.h"
#include "input.h"

#define FUZZ_BUS    0x1f0000000ull
#define FUZZ_MEMORY 0x40000u

/* Where fuzz_start_rings() puts things in that memory. */
#define FUZZ_RX_RING    (FUZZ_BUS + 0x0000)
#define FUZZ_TX_RING    (FUZZ_BUS + 0x1000)
#define FUZZ_RX_BUFFERS (FUZZ_BUS + 0x10000)
#define FUZZ_TX_BUFFERS (FUZZ_BUS + 0x20000)
#define FUZZ_RING       64u

struct fuzz {
    e1000emu *chip;
    uint8_t *memory;
    e1000emu_time now;
    bool level;
    bool pme;
    size_t room;  /* frames that the wire still takes */
    size_t taken; /* frames that it took */
    uint64_t sum; /* of all bytes that it took: they were read */
    bool answers; /* DMA outside of the memory works */
};

/* A chip as the configuration has it, but for its host; NULL: it can't be made so. It is reachable,
 * and its link is up where software can bring that about by CTRL.SLU. */
struct fuzz *fuzz_new(const struct e1000emu_config *config);
void fuzz_free(struct fuzz *fuzz);

/* Rings of FUZZ_RING descriptors with buffers, both directions enabled. */
void fuzz_start_rings(struct fuzz *fuzz, uint32_t rctl, uint32_t tctl);

/* Lets time pass, in steps that end where the chip has something to do; bounded. */
void fuzz_pass(struct fuzz *fuzz, e1000emu_time ns);

/* Aborts when something is not as it must always be. */
void fuzz_check(struct fuzz *fuzz);
void fuzz_require(bool condition, const char *what);

#endif
