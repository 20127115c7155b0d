/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of registers and descriptors as people read them: "EN BAM BSIZE=2048 SECRC". */
#ifndef BENCH_DECODE_H
#define BENCH_DECODE_H

#include "e1000emu.h"

/* Room for the name of a register, and for any register's or descriptor's fields. */
#define DECODE_NAME   32u
#define DECODE_FIELDS 512u

/* The fields that say something: flags that are set, numbers that aren't zero, values that have a
 * name (but for "none"). Bits outside of all fields follow as "+0x...". Returns text. */
const char *decode_fields(const struct e1000emu_field *fields, uint32_t count, uint64_t value,
                          char text[DECODE_FIELDS]);

/* The fields of the register at an offset; "" where it has none. */
const char *decode_register(uint32_t offset, uint64_t value, char text[DECODE_FIELDS]);

/* What lies at an offset of a space: "RCTL", "RAL[3]", "COMMAND", "IODATA"; "-": nothing known. */
const char *decode_place(enum e1000emu_space space, uint32_t offset, char name[DECODE_NAME]);

/* Whether a field says something, and the name of its value, or NULL. */
bool decode_says(const struct e1000emu_field *field, uint64_t value);
const char *decode_value_name(const struct e1000emu_field *field, uint64_t value);

/* The flags that every user of interrupt causes has. */
const struct e1000emu_register *decode_causes(void);

#endif
