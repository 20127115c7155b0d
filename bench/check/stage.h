/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stage on which a scenario is played: a device and the driver under test, in virtual time,
 * with everything watching that can judge: the checker, the scoreboards of both directions, and the
 * books of buffers and cookies. A scenario changes the scene, brings it up, plays, and says what
 * must hold; the first thing that does not ends it.
 */
#ifndef CHECK_STAGE_H
#define CHECK_STAGE_H

#include "books.h"
#include "outcome.h"
#include "sabotage.h"
#include "scenario.h"
#include "scoreboard.h"
#include "session.h"

#include <setjmp.h>

#define STAGE_FRAME 16384u /* bytes of the longest frame, with room to spare */
#define STAGE_KEPT  8192u  /* fragments that can be kept */

/* Who plays. */
struct check_setup {
    const struct driver_ops *driver;
    const struct device_ops *device;
    const struct e1000emu_profile *profile; /* NULL: those of each scenario */
    uint64_t seed;
    enum judge_level level;
    const struct sabotage_row *sabotage; /* NULL: none */
};

/* A frame as it came out. */
struct stage_frame {
    uint8_t data[STAGE_FRAME];
    uint32_t length;
    uint32_t flags; /* received: E1000_FRAG_* of its first fragment */
    uint16_t vlan;
    unsigned pieces; /* fragments */
};

struct stage {
    /* ---- The scene: set before stage_power(), kept from session to session. */
    struct e1000emu_profile profile;
    struct e1000_params params;
    struct e1000emu_partner partner;
    const uint16_t *eeprom; /* an image of eeprom_words, or NULL */
    size_t eeprom_words;
    uint32_t slots, slot_size; /* memory that frames are sent from */

    /* ---- The players, while there is a session. */
    const struct driver_ops *ops; /* the driver's, through the books */
    struct driver *driver;
    struct device *device;
    struct session session;

    /* ---- What was seen, in this session. */
    struct scoreboard rx, tx; /* wire to driver; driver to wire */
    struct judge judge;
    struct books books;
    uint64_t heard, left; /* frames that the driver handed out; that left for the wire */
    uint64_t paused;      /* PAUSE frames that left */
    struct stage_frame last_heard, last_left;
    unsigned log_lines;
    char log[4096]; /* the driver's last lines, each ended by a newline */

    /* ---- How to play. */
    bool tolerant;    /* what is broken on purpose: rules are not looked at */
    bool strict;      /* what an erratum makes dangerous is wrong, too */
    bool may_lose;    /* frames may get lost */
    bool may_reorder; /* frames may come in another order */
    bool may_damage;  /* frames may come that were never announced, or twice */
    bool keeps;       /* buffers are kept: stage_return_kept() */
    bool blocked;     /* the wire takes nothing */
    bool unannounced; /* frames that leave are not looked for: on_left() does */
    struct e1000_frag *kept;
    unsigned kept_count;
    void (*on_heard)(struct stage *stage, const struct stage_frame *frame);
    void (*on_left)(struct stage *stage, const uint8_t *data, uint32_t length);
    void *opaque; /* the scenario's */

    /* ---- The stage's own. */
    const struct scenario *scenario;
    const struct check_setup *setup;
    struct outcome *outcome;
    struct sabotage sabotage;
    struct above above;
    struct e1000_dma memory; /* the slots */
    uint32_t next_slot;
    uintptr_t next_cookie;
    uint32_t serial; /* of frames that were made */
    uint64_t chance;
    uint64_t slept; /* polled last, ns */
    jmp_buf end;
};

/* Plays a scenario on each profile that it is for. Afterwards *outcome tells. */
void stage_play(const struct scenario *scenario, const struct check_setup *setup,
                struct outcome *outcome);

/* ---- Saying what must hold: none of these returns when it does not ---- */

_Noreturn void stage_fail(struct stage *stage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
_Noreturn void stage_skip(struct stage *stage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void expect_true(struct stage *stage, bool holds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "WHAT: expected 7, got 8" */
void expect_equal(struct stage *stage, uint64_t got, uint64_t wanted, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void expect_between(struct stage *stage, uint64_t got, uint64_t low, uint64_t high,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));
void expect_bytes(struct stage *stage, const void *got, const void *wanted, size_t count,
                  const char *what);
/* An enum e1000_error that a call of the driver gave. */
void expect_status(struct stage *stage, int got, int wanted, const char *what);
/* A statistic of that name; nothing if the driver does not have it. */
void expect_stat(struct stage *stage, const char *name, uint64_t wanted);

/* The scenario is skipped unless driver and device can do that. */
#define NEEDS_DRIVER(stage, function)                                                              \
    do {                                                                                           \
        if ((stage)->setup->driver->function == NULL)                                              \
            stage_skip(stage, "driver '%s' has no %s()", (stage)->setup->driver->name, #function); \
    } while (0)
#define NEEDS_DEVICE(stage, function)                                                              \
    do {                                                                                           \
        if ((stage)->setup->device->function == NULL)                                              \
            stage_skip(stage, "device '%s' has no %s()", (stage)->setup->device->name, #function); \
    } while (0)

/* ---- Life ---- */

/* Each does what comes before it, if it was not done yet. */
void stage_power(struct stage *stage);     /* a device with power, and no driver */
int stage_try_attach(struct stage *stage); /* what the driver says */
void stage_attach(struct stage *stage);
void stage_start(struct stage *stage); /* up; there may be no link yet */
void stage_up(struct stage *stage);    /* up, with a link, and hearing */
void stage_down(struct stage *stage);
void stage_reset(struct stage *stage); /* and up again */
void stage_sleep(struct stage *stage); /* suspended; skipped where the driver can't */
void stage_wake(struct stage *stage, enum e1000_state state); /* resumed, to that state */
/* Before it is up: rings, buffers and slots for frames of up to so many bytes. */
void stage_room_for(struct stage *stage, uint32_t max_frame);
/* Ends the session: everything must have come back. The next one begins with the same scene. */
void stage_close(struct stage *stage);

/* ---- Time ---- */

uint64_t stage_now(const struct stage *stage);
/* Everything that happens in that time. */
void stage_run(struct stage *stage, uint64_t ns);
/* Until it is so, or the time is over: whether it is. */
bool stage_until(struct stage *stage, bool (*so)(struct stage *stage), uint64_t ns);
/* The device goes on, and nobody serves it. */
void stage_neglect(struct stage *stage, uint64_t ns);
/* The longest that a frame waits in the ring until the driver looks: longer where the chip
 * sometimes forgets to tell. */
uint64_t stage_patience(const struct stage *stage);
bool stage_is_linked(struct stage *stage);
/* Until the driver reports a link, and hears; must be so in that time. Returns how long it took. */
uint64_t stage_link(struct stage *stage, uint64_t ns);
void stage_unlink(struct stage *stage, uint64_t ns);
/* Until that state; must come in that time. */
void stage_state(struct stage *stage, enum e1000_state state, uint64_t ns);
void stage_set_partner(struct stage *stage, bool cable, uint32_t abilities);

/* ---- Frames ---- */

/* Makes a frame to an address (NULL: our own) that no other one is like; length is without FCS. */
void stage_make(struct stage *stage, uint8_t *frame, uint32_t length, const uint8_t to[6]);
/* Random number below a limit; the seed and the scenario decide. */
uint32_t stage_random(struct stage *stage, uint32_t limit);

/* Puts a frame on the wire that must come out as it is. */
void stage_arrive(struct stage *stage, const uint8_t *frame, uint32_t length);
/* The same for one that must come out as something else, or (as is NULL) not at all; flags are
 * E1000EMU_FRAME_*. */
void stage_arrive_as(struct stage *stage, const uint8_t *frame, uint32_t length, uint32_t flags,
                     const uint8_t *as, uint32_t as_length);
/* Makes so many frames and lets them arrive, ns apart. */
void stage_arrivals(struct stage *stage, unsigned count, uint32_t length, uint64_t ns);

/* Copies a frame into a slot and has it sent, as it is, padded. Whether the driver took it. */
bool stage_send(struct stage *stage, const uint8_t *frame, uint32_t length);
/* Makes so many and sends them, as far as they are taken. Returns how many were. */
unsigned stage_sends(struct stage *stage, unsigned count, uint32_t length);
/* Room in memory for a frame to send: its bytes as CPU and device see them. */
void stage_slot(struct stage *stage, uint32_t size, struct e1000_frag *frag);
/* Gives fragments to the driver, with cookies. What has to leave is announced before: by
 * stage_announce(). Returns how many were taken. */
unsigned stage_transmit(struct stage *stage, struct e1000_frag *frags, unsigned count);
void stage_announce(struct stage *stage, const uint8_t *frame, uint32_t length);

/* Until all that is on its way came out and all cookies came back, or ns are over. */
bool stage_drain(struct stage *stage, uint64_t ns);
/* It must come to that, with nothing lost, damaged, doubled or reordered. */
void stage_settle(struct stage *stage);
/* Gives up what is on its way: it may never come. */
void stage_forget(struct stage *stage);
/* Frames pass in both directions, all of them, whole and in order. */
void stage_works(struct stage *stage);
/* Whether a frame to that address is heard (vlan < 0: without a tag), against what must be. */
void stage_hears(struct stage *stage, const uint8_t to[6], int vlan, bool wanted);
void stage_return_kept(struct stage *stage);

/* ---- Faults ---- */

/* Sets a fault; from 0: at each occurrence; times 0: for ever. */
void stage_break(struct stage *stage, const char *name, uint64_t arg, uint64_t from,
                 uint64_t times);
void stage_mend(struct stage *stage, const char *name);

/* ---- Looking ---- */

/* A statistic of the driver by name; false: it has none. */
bool stage_stat(struct stage *stage, const char *name, uint64_t *value);
/* What a register holds; needs device.peek. */
uint32_t stage_peek(struct stage *stage, uint32_t offset);
/* What the driver logged holds that text. */
bool stage_logged(const struct stage *stage, const char *text);
extern const uint8_t stage_everybody[6];

#endif
