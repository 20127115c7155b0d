/* SPDX-License-Identifier: BSD-2-Clause */
/* EEPROM images as files: 64 or 256 words of 16 bits, little-endian, as programmers and ethtool
 * write them. */
#ifndef BENCH_EEPROM_FILE_H
#define BENCH_EEPROM_FILE_H

#include <stddef.h>
#include <stdint.h>

#define EEPROM_FILE_WORDS 256u

/* Reads an image. Returns the number of words (64 or 256), or -1 with one line in error that names
 * the file and the cause. What the words say is the chip's and the driver's business: a wrong
 * checksum is no error here. */
int eeprom_file_load(const char *path, uint16_t words[EEPROM_FILE_WORDS], char *error,
                     size_t error_size);

#endif
