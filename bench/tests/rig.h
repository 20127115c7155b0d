/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Driver core and chip in one process and in virtual time, for tests of one by the other. Every
 * access can be counted, every register made to lie; the checker listens, DMA outside of the
 * driver's memory is an error, what belongs to the chip is poisoned for the driver, an oracle keeps
 * books of buffers and cookies, and rig_free() sees that everything came back.
 */
#ifndef RIG_H
#define RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "e1000_core.h"
#include "e1000emu.h"
#include "oracle.h"

#define RIG_MEMORIES 64
#define RIG_LINES    64
#define RIG_LIES     4

struct rig {
    e1000emu *chip;
    e1000emu_time now;
    struct e1000emu_profile profile; /* change it before rig_start() */
    const uint16_t *eeprom;          /* an image of eeprom_words, or NULL */
    size_t eeprom_words;
    const uint8_t *mac;      /* of the EEPROM that is made; NULL: the profile's */
    const struct rig *other; /* port A, started: this is port B of the same 82546 */
    struct e1000emu_partner partner;
    struct e1000_os os;
    struct e1000_params params;
    struct e1000_dev *dev;
    struct oracle *oracle; /* of what the data path hands over */
    bool message;          /* an interrupt came as one */

    /* What goes wrong. */
    long gone_after; /* accesses until the device reads as all ones; negative: never */
    bool gone;
    bool deaf;            /* the interrupt line is not connected */
    bool tx_stuck;        /* doorbells of the transmitter are lost until a reset */
    unsigned lose_resets; /* that many resets do nothing */
    struct {
        uint32_t offset, ones, zeros; /* bits that read so, whatever is there */
    } lie[RIG_LIES];
    unsigned lies;
    int fail_alloc; /* the n-th allocation from now fails; 0: none */
    bool crosses;   /* memory lies across a multiple of 64 KiB, if it may */

    /* Who wants to see frames: as they leave the chip, and as the core hands them out. */
    void (*on_sent)(void *opaque, const uint8_t *data, uint32_t length);
    void (*on_received)(void *opaque, const struct e1000_frag *frags, unsigned count);
    void *opaque;
    bool keeps; /* on_received() returns the buffers, by and by */

    /* What was seen. */
    long accesses;
    uint32_t call_us, worst_call_us;
    unsigned resets, sent, link_changes, interrupts, messages, stray_dma, violations, live;
    unsigned expected_violations; /* that a test provokes */
    bool tolerant;                /* the registers lie: what comes of it is no violation */
    char line[RIG_LINES][160];
    unsigned lines;
    uint8_t last_sent[2048];
    uint32_t last_length;
    struct rig_memory {
        void *cpu, *chip; /* the same memory, seen from both sides */
        uint64_t bus;
        size_t size;
    } memory[RIG_MEMORIES];

    /* Frames to send. */
    uint8_t *frame;
    uint64_t frame_bus;
    uintptr_t next_cookie;
    long outstanding; /* cookies that have not come back */
};

/* A profile's board and a partner that can do everything; nothing is started. */
struct rig *rig_new(const char *profile);
/* Makes the chip. */
void rig_start(struct rig *rig);
/* The same, attached, and up with a link. */
int rig_attach(struct rig *rig);
struct rig *rig_up(const char *profile);
void rig_free(struct rig *rig);

/* Ticks, time and interrupts for that long; frames received are recycled, frames sent reaped. */
void rig_run(struct rig *rig, uint64_t us);
/* The same until the state is another; ten seconds at most. */
enum e1000_state rig_settle(struct rig *rig);
/* Until that state, or FAILED, or us are over: whether it came. */
bool rig_until(struct rig *rig, enum e1000_state state, uint64_t us);
/* The link is up, in us at most. */
bool rig_linked(struct rig *rig, uint64_t us);

/* Every call of the core goes through this: a new account of busy-waiting. */
struct e1000_dev *rig_call(struct rig *rig);

void rig_set_partner(struct rig *rig, bool cable, uint32_t abilities);
/* e1000_transmit(), with cookies of its own for each fragment. */
unsigned rig_transmit(struct rig *rig, struct e1000_frag *frags, unsigned count);
/* Takes back all cookies that are to be had, as is due after e1000_down(). */
void rig_reap(struct rig *rig);
/* Queues count frames of length bytes; how many were taken. */
unsigned rig_send(struct rig *rig, unsigned count, uint32_t length);
/* A frame to an address arrives (a tag when vlan >= 0). Whether it was handed out by the core. */
bool rig_hears(struct rig *rig, const uint8_t to[6], int vlan);
uint64_t rig_stat(const struct rig *rig, const char *name);
bool rig_logged(const struct rig *rig, const char *part);

#endif
