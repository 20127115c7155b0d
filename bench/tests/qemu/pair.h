/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two chips side by side: QEMU's, and our model. Each operation reaches both; what they answer is
 * compared when the answers come, with what is known about their differences taken into account.
 */
#ifndef QEMU_PAIR_H
#define QEMU_PAIR_H

#include "e1000emu.h"
#include "hw.h"
#include "known.h"
#include "qemu.h"
#include "random.h"

#define PAIR_REGISTERS 0x8000u
#define PAIR_READS     512u
#define PAIR_TRACE     1024u
#define PAIR_FRAMES    4096u

/* A read whose answer from QEMU has not come yet. */
struct pair_read {
    uint32_t offset;
    uint32_t ours;
    uint32_t expected; /* from QEMU */
    uint32_t care;     /* which bits */
    uint32_t operation;
    const char *about;
};

/* For the report of a failure: the last operations. */
struct pair_operation {
    char kind;
    uint32_t offset, value;
};

/* A frame that our chip sent, in pair.sent_bytes. */
struct pair_frame {
    uint32_t at, length;
    uint32_t flags;
};

struct pair {
    struct qemu qemu;
    e1000emu *chip;
    e1000emu_time now;
    uint8_t *ram; /* our chip's host memory, as large as QEMU's */
    struct random random;
    struct known_hits hits;
    bool powering_on;

    /* For messages. */
    uint64_t seed;
    uint32_t step;
    const char *program;
    struct pair_operation trace[PAIR_TRACE];
    uint32_t operations; /* that the trace has seen */
    uint32_t failed;     /* the one whose answer is wrong, counted from 1 */

    struct pair_read read[PAIR_READS];
    unsigned reads;  /* waiting */
    unsigned answer; /* the next one to be answered */

    /* What has to be known of QEMU's registers to foretell what it reads. */
    uint32_t written[PAIR_REGISTERS]; /* last value written */
    uint8_t dirty[PAIR_REGISTERS];    /* written since pair_baseline() */
    int64_t delta[0x40];              /* statistics from 0x4000 on: QEMU's minus ours */
    uint32_t icr_one;                 /* bits of ICR that QEMU has set, whatever ours has */
    uint32_t icr_unknown;             /* bits that may differ either way */
    uint8_t icr_row[32];              /* the row that explains each bit of icr_one */
    uint32_t ims_reserved;            /* bits of IMS that only QEMU has */
    bool link_touched;                /* our link may not be as it was */
    bool link_latched;                /* our BMSR still tells of a link that was down */
    bool phy_woken;                   /* the last write to BMCR ended a power-down */
    uint16_t phy[32];                 /* QEMU's PHY registers */
    bool phy_dirty;
    uint32_t mdic, eerd; /* as QEMU has them */

    struct pair_frame sent[PAIR_FRAMES];
    unsigned sents;
    uint8_t *sent_bytes;
    uint32_t sent_used;

    uint64_t accesses, frames_out, frames_in;
};

/* Powers both on and compares what they show then. */
void pair_start(struct pair *pair, uint64_t seed, const char *program);
void pair_stop(struct pair *pair);

/* Ends the program: what differed, the last operations, and the command that repeats it. */
_Noreturn void pair_fail(struct pair *pair, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A known difference showed. */
static inline void pair_known(struct pair *pair, unsigned row)
{
    pair->hits.count[row]++;
}

/* Registers of both. The comparison is done at the next pair_sync() at the latest. */
void pair_write(struct pair *pair, uint32_t offset, uint32_t value);
void pair_read(struct pair *pair, uint32_t offset);

/* A read with an expectation of its own: QEMU's bits of care must be those of expected. */
void pair_read_expect(struct pair *pair, uint32_t offset, uint32_t ours, uint32_t expected,
                      uint32_t care, const char *about);

/* Waits for all answers, and compares the interrupt lines. */
void pair_sync(struct pair *pair);

/* Lets our chip's timers expire. QEMU's do by themselves. */
void pair_settle(struct pair *pair);

/* Every register that software can write as it was after the start, statistics and causes cleared:
 * where a step begins. */
void pair_baseline(struct pair *pair);

/* The value that pair_baseline() gives a register. */
uint32_t pair_baseline_value(uint32_t offset);

/* Foretells a read (expect.c). *ours has been read; *care tells which bits of the result count. */
uint32_t expect_read(struct pair *pair, uint32_t offset, uint32_t ours, uint32_t *care);

/* Whether our chip has this as another address of a register (expect.c). */
bool expect_alias(uint32_t offset);

/* Keeps account of a write (expect.c). */
void expect_write(struct pair *pair, uint32_t offset, uint32_t value);

/* QEMU's counter is n more (or less) than ours from now on. */
void expect_counter(struct pair *pair, uint32_t offset, int64_t n, enum known_event row);

/* Bits of ICR that QEMU sets now whatever ours does, or that only ours may have set. */
void expect_only_qemu(struct pair *pair, uint32_t causes, enum known_event row);
void expect_only_ours(struct pair *pair, uint32_t causes, enum known_event row);

/* The level of QEMU's line, and whether that can be foretold. */
bool expect_irq(struct pair *pair, bool *level);

/* PHY registers by MDIC, EEPROM words by EERD and by Microwire, on both (serial.c). */
void pair_phy_read(struct pair *pair, unsigned reg);
void pair_phy_write(struct pair *pair, unsigned reg, uint16_t value);
void pair_phy_absent(struct pair *pair, unsigned address, unsigned reg, bool write);
void pair_phy_start(struct pair *pair);
void pair_phy_baseline(struct pair *pair);
void pair_eerd(struct pair *pair, unsigned word);
void pair_eerd_store(struct pair *pair, uint32_t value);
void pair_microwire(struct pair *pair, unsigned word);

/* What a step does (registers.c, transmit.c, receive.c). */
void step_registers(struct pair *pair);
void step_transmit(struct pair *pair);
void step_receive(struct pair *pair);

/* Both memories. */
static inline void pair_poke(struct pair *pair, uint64_t address, const void *data, size_t length)
{
    __builtin_memcpy(pair->ram + address, data, length);
    __builtin_memcpy(pair->qemu.ram + address, data, length);
}

/* Stores a descriptor in both memories. */
void pair_descriptor(struct pair *pair, uint64_t address, uint64_t low, uint64_t high);

/* Compares a range of both memories. */
void pair_compare_memory(struct pair *pair, uint64_t address, size_t length, const char *about);

#endif
