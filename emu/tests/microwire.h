/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver that reads and writes the EEPROM, by EERD or by moving the pins of EECD. */
#ifndef EMU_TESTS_MICROWIRE_H
#define EMU_TESTS_MICROWIRE_H

#include "fixture.h"

#define US 1000u
#define MS 1000000u

/* The part's instructions, start bit included; EXTENDED ones differ in the address's two top bits.
 */
enum { READ = 6, WRITE = 5, ERASE = 7, EXTENDED = 4 };
enum { EWDS, WRAL, ERAL, EWEN };

/* A chip with this profile and image (NULL: its own), enabled; and a vmware one as CMocka's setup.
 */
struct fixture *eeprom_fixture(const char *profile, const uint16_t *image, size_t words);
int eeprom_setup(void **state);

/* A word by EERD, which must complete. */
uint16_t read_eerd(struct fixture *f, uint32_t address);

uint32_t eecd(struct fixture *f);
void set_eecd(struct fixture *f, uint32_t clear, uint32_t set);

/* The pins: acquire() says whether they were granted. */
bool acquire(struct fixture *f);
void release(struct fixture *f);
void select_part(struct fixture *f);
void deselect(struct fixture *f);

/* Bits, the highest first. */
void shift_out(struct fixture *f, uint32_t bits, unsigned count);
uint16_t shift_in(struct fixture *f, unsigned count);

/* Select the part and send opcode and address. */
void command(struct fixture *f, uint32_t opcode, uint32_t address);
void extended(struct fixture *f, uint32_t which);

/* Whole instructions. Those that write leave it to wait_ready() to let the part program, which says
 * whether it ever was busy. */
void write_enable(struct fixture *f);
uint16_t read_word(struct fixture *f, uint32_t address);
void write_word(struct fixture *f, uint32_t address, uint16_t value);
bool wait_ready(struct fixture *f);

#endif
