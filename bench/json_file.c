/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Writes to an open stream. Returns 0 or an errno. */
static int dump(const json_t *object, size_t flags, FILE *stream)
{
    errno = 0;
    bool ok = json_dumpf(object, stream, JSON_INDENT(2) | flags) == 0;
    ok = fputc('\n', stream) != EOF && ok;
    ok = fflush(stream) == 0 && ok;
    if (ok && !ferror(stream)) {
        return 0;
    }
    return errno != 0 ? errno : EIO;
}

static bool is_standard(const char *path)
{
    return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
}

int json_file_dump(const char *path, json_t *object, size_t flags)
{
    const bool standard = is_standard(path);
    int code = ENOMEM;

    if (object != NULL) {
        FILE *stream = standard ? stdout : fopen(path, "w");
        code = stream != NULL ? dump(object, flags, stream) : errno;
        if (!standard && stream != NULL && fclose(stream) != 0 && code == 0) {
            code = errno;
        }
        json_decref(object);
    }
    return code;
}

int json_file_write(const char *path, json_t *object, char *error, size_t error_size)
{
    const int code = json_file_dump(path, object, JSON_REAL_PRECISION(9));

    if (code != 0) {
        snprintf(error, error_size, "%s: %s", is_standard(path) ? "standard output" : path,
                 strerror(code));
    }
    return code != 0 ? -1 : 0;
}
