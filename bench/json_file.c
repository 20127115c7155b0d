/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Writes to an open stream. Returns 0 or an errno. */
static int dump(const json_t *object, FILE *stream)
{
    errno = 0;
    bool ok = json_dumpf(object, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0;
    ok = fputc('\n', stream) != EOF && ok;
    ok = fflush(stream) == 0 && ok;
    if (ok && !ferror(stream)) {
        return 0;
    }
    return errno != 0 ? errno : EIO;
}

int json_file_write(const char *path, json_t *object, char *error, size_t error_size)
{
    bool standard = strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
    int code = ENOMEM;

    if (object != NULL) {
        FILE *stream = standard ? stdout : fopen(path, "w");
        code = stream != NULL ? dump(object, stream) : errno;
        if (!standard && stream != NULL && fclose(stream) != 0 && code == 0) {
            code = errno;
        }
        json_decref(object);
    }
    if (code != 0) {
        snprintf(error, error_size, "%s: %s", standard ? "standard output" : path, strerror(code));
    }
    return code != 0 ? -1 : 0;
}
