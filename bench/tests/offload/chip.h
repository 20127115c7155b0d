/* SPDX-License-Identifier: BSD-2-Clause */
/* A chip of its own with memory, a transmit ring and a link, and nothing else: what is posted comes
 * out by a callback. Errors end the program. */
#ifndef OFFLOAD_CHIP_H
#define OFFLOAD_CHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "e1000emu.h"

/* Longest stretch of bytes that a packet may be made of. */
#define CHIP_BYTES_MAX 0x20000u

struct chip;

/** Makes a chip with its link up. vet is the type of VLAN tags. */
struct chip *chip_new(uint16_t vet,
                      void (*frame)(void *opaque, const uint8_t *data, uint32_t length),
                      void *opaque);
void chip_free(struct chip *chip);

/** A context descriptor, as two quadwords. */
void chip_context(struct chip *chip, uint64_t low, uint64_t high);

/** Posts bytes, copied, as one or more descriptors: fields holds everything but the length, with
 * EOP for the last of them, cut[] the lengths of all but the last. */
void chip_post(struct chip *chip, const uint8_t *data, uint32_t length, uint64_t fields,
               const uint32_t *cut, unsigned cuts);

/** Rings the doorbell and waits until everything has left. */
void chip_send(struct chip *chip);

#endif
