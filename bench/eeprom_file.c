/* SPDX-License-Identifier: BSD-2-Clause */
#include "eeprom_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int eeprom_file_load(const char *path, uint16_t words[EEPROM_FILE_WORDS], char *error,
                     size_t error_size)
{
    uint8_t bytes[2 * EEPROM_FILE_WORDS + 1];
    FILE *file = fopen(path, "rb");
    size_t count = 0;
    int reason = file == NULL ? errno : 0;

    if (file != NULL) {
        errno = 0;
        count = fread(bytes, 1, sizeof(bytes), file);
        reason = ferror(file) ? errno : 0;
        fclose(file);
    }
    if (reason != 0) {
        snprintf(error, error_size, "EEPROM image '%s': %s", path, strerror(reason));
        return -1;
    }
    if (count != 128 && count != 512) {
        snprintf(error, error_size,
                 "EEPROM image '%s' has %s%zu bytes; it must have 128 (64 words) or 512", path,
                 count > 512 ? "more than " : "", count > 512 ? 512 : count);
        return -1;
    }
    for (size_t i = 0; i < count / 2; i++)
        words[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
    return (int)(count / 2);
}
