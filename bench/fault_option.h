/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults in words, as they are asked for: NAME[=ARG][@WHEN].
 *
 * ARG is what the fault takes: a number, a time (10us, 1.5ms, 2s), a register (RDT, RAL[3], 0x100),
 * a bit of one (STATUS.LU, CTRL.31), a bit of an EEPROM word (3.12), interrupt causes (LSC+RXO) or
 * a word. WHEN is one or several of these, separated by commas:
 *
 *   TIME  TIME..TIME  ..TIME    from then on, from then until then, or until then, from power-on
 *   N  N..                      at the N-th occurrence only, or from then on
 *   /N                          at each N-th one
 *   xN                          no more than N times
 *   P%                          with so much probability, down to 0.0001%
 */
#ifndef BENCH_FAULT_OPTION_H
#define BENCH_FAULT_OPTION_H

#include "cli.h"
#include "e1000emu.h"

#include <stdbool.h>
#include <stddef.h>

/* The fault of that name, or NULL with one line in error[error_size]. */
const struct e1000emu_fault *fault_named(const char *name, char *error, size_t error_size);

/* Reads one. Returns false with one line in error[error_size]. */
bool fault_parse(const char *text, struct e1000emu_fault_setting *setting, char *error,
                 size_t error_size);

/* "reset or ever, default reset": what an argument may be; the row must take one. */
void fault_arg_text(const struct e1000emu_fault *fault, char *text, size_t size);

/* "10us": an argument of that fault, as it would be written. */
void fault_value_text(const struct e1000emu_fault *fault, uint64_t value, char *text, size_t size);

/* The faults that a command line asks for. */
struct fault_options {
    struct e1000emu_fault_setting settings[E1000EMU_FAULTS_MAX];
    const char *texts[E1000EMU_FAULTS_MAX];
    size_t count;
};

/* Takes the present option. Returns false after reporting an error. */
bool fault_option_take(struct fault_options *faults, const struct cli_options *cli);

#endif
