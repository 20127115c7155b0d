/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver core at work on a chip that breaks. Frames are numbered and patterned in both
 * directions, so that each one that is missing, damaged, doubled or out of order is known.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include "rig.h"

#define MS UINT64_C(1000) /* in microseconds, as rig_run() counts */
#define S  (1000 * MS)

#define FAULTS_NUMBERS 65536u

struct faults {
    struct rig *rig;
    uint32_t length;         /* of frames, 60 at least */
    unsigned arrived, heard; /* put on the wire, and handed out by the core */
    unsigned queued, left;   /* taken by the core, and seen on the wire */
    unsigned marked;         /* of those heard: as bad frames */
    unsigned damaged, out_of_order;
    uint32_t last_heard, last_left;
    uint8_t seen_in[FAULTS_NUMBERS], seen_out[FAULTS_NUMBERS]; /* how often, by number */
    struct e1000_dma memory;                                   /* what is sent lies there */
};

/* A board with its parameters as the rig has them; nothing is started. */
struct faults *faults_new(const char *profile);
/* Attached, up, with a link. */
void faults_up(struct faults *faults);
/* The whole of it. */
struct faults *faults_begin(const char *profile);
void faults_end(struct faults *faults);

/* Breaks the chip, at the times-th occurrence first when from is not 0, and so often (0: always).
 */
void faults_break(struct faults *faults, const char *name, uint64_t arg, uint64_t from,
                  uint64_t times);
void faults_mend(struct faults *faults, const char *name);

/* So many frames arrive, µs apart. */
void faults_arrive(struct faults *faults, unsigned count, uint64_t us);
/* So many are queued at once; those that do not fit are left out. */
void faults_send(struct faults *faults, unsigned count);
/* The same, at most us long until all that was queued has come back; how long it took. */
uint64_t faults_reaped(struct faults *faults, uint64_t us);
/* Until the link is up, at most us long; how long it took. */
uint64_t faults_linked(struct faults *faults, uint64_t us);
/* Traffic for ten seconds, whatever becomes of it: in that time whatever stands still is found and
 * reset. Ends with a link. */
void faults_settle(struct faults *faults);
/* Frames pass in both directions, all of them, intact and in order, at once. */
void faults_works(struct faults *faults);

#endif
