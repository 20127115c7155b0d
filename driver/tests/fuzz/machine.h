/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine around the core, and the device in it, for the fuzz target: a device that answers as
 * one does, or as it likes. Bus addresses are the CPU's with a bit more, so that the core must not
 * take one for the other.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "e1000_core.h"

#define BUS_BIT (1ull << 52)

#define PIECES      128u
#define SENT        4096u
#define LENT        (E1000_MAX_BUFFERS + E1000_MAX_COPIES)
#define CALL_US     1000u /* that a call may busy-wait, as the header promises */
#define FRAME_BYTES 16384u

/* What registers read as (machine.temper & TEMPER); most of the values mean that they read as they
 * should. */
enum {
    TEMPER = 15,
    TEMPER_ZERO = 10,
    TEMPER_ONES,
    TEMPER_WRITTEN, /* as written */
    TEMPER_WILD,    /* the input has it, from here on */
    /* And beside that: */
    TEMPER_CONFIG = 0x20, /* the input has configuration space, too */
    TEMPER_CLOCK = 0x40,  /* the clock stands */
};

struct input {
    const uint8_t *data;
    size_t left;
};

uint8_t input_8(struct input *in); /* 0 at its end */
uint32_t input_32(struct input *in);

struct machine {
    struct input in;
    struct e1000_os os;
    struct e1000_params params;
    struct e1000_dev *dev;

    uint64_t now_us;
    uint32_t waited_us;        /* in the present call */
    uint32_t reg[0x20000 / 4]; /* what was written */
    uint32_t ioaddr;
    uint16_t config[128];
    uint16_t eeprom[64];
    uint16_t phy[32];
    unsigned clocks; /* of the EEPROM's present command */
    uint32_t command;
    uint8_t temper;
    unsigned accesses; /* in the present call */
    struct {
        uint8_t *cpu;
        size_t size;
    } piece[PIECES];
    unsigned pieces;
    uint32_t refuse; /* so many allocations from now; 0: none */

    uint8_t frame[FRAME_BYTES];
    bool out[SENT];      /* cookies that the core has */
    bool lent_out[LENT]; /* cookies that it lent */
    unsigned lent;
    struct e1000_frag held[256];
};

/* Aborts unless the condition holds. */
void require(bool condition, const char *what);
/* A device of that PCI id, and an operating system. */
void machine_start(struct machine *m, uint16_t device, bool vmware);
/* Every call of the core goes through this: a new account of waiting and of accesses. */
struct e1000_dev *call(struct machine *m);

#endif
