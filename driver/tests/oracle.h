/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose memory is whose. The oracle stands between a test and the core's data path and keeps books
 * of its own: every cookie that the core took comes back exactly once, every buffer that it lent is
 * lent once until it is returned, nothing that is lent belongs to the device, and nothing that
 * belongs to the device is unmapped. Whatever contradicts the books fails the test at once.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "e1000_core.h"

struct oracle;

struct oracle *oracle_new(void);
/* After the core was detached: takes back what it still has to give, and sees that nothing is
 * missing. Buffers that were lent when it was detached went with their memory. */
void oracle_free(struct oracle *oracle, struct e1000_dev *dev);

/* The core's functions of those names. Cookies must be different ones. */
unsigned oracle_transmit(struct oracle *oracle, struct e1000_dev *dev,
                         const struct e1000_frag *frags, unsigned count);
unsigned oracle_reap(struct oracle *oracle, struct e1000_dev *dev, void **cookies, unsigned max);
unsigned oracle_receive(struct oracle *oracle, struct e1000_dev *dev, struct e1000_frag *frags,
                        unsigned max);
unsigned oracle_poll(struct oracle *oracle, struct e1000_dev *dev, struct e1000_frag *frags,
                     unsigned budget, unsigned *work);
void oracle_recycle(struct oracle *oracle, struct e1000_dev *dev, const struct e1000_frag *frags,
                    unsigned count);

/* What the OS layer is told. */
void oracle_owner(struct oracle *oracle, uint64_t bus, bool device);
void oracle_unmapped(struct oracle *oracle, uint64_t bus, size_t size);

/* Cookies and buffers that are out. */
size_t oracle_sent(const struct oracle *oracle);
size_t oracle_lent(const struct oracle *oracle);

#endif
