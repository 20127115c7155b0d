/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than any snapshot has. */
#define MOST (4u << 20)

static int fail(const char *path, int reason, char *error, size_t error_size)
{
    snprintf(error, error_size, "snapshot '%s': %s", path, strerror(reason));
    return -1;
}

int snapshot_file_write(const char *path, struct device *device, char *error, size_t error_size)
{
    const size_t size = device->ops->snapshot(device, NULL, 0);
    uint8_t *bytes = malloc(size);
    int reason = 0;
    FILE *stream;

    if (bytes == NULL)
        return fail(path, ENOMEM, error, error_size);
    device->ops->snapshot(device, bytes, size);
    stream = fopen(path, "wb");
    if (stream == NULL)
        reason = errno;
    else if (fwrite(bytes, 1, size, stream) != size)
        reason = errno;
    if (stream != NULL && fclose(stream) != 0 && reason == 0)
        reason = errno;
    free(bytes);
    return reason != 0 ? fail(path, reason, error, error_size) : 0;
}

int snapshot_file_read(const char *path, uint8_t **bytes, size_t *size, char *error,
                       size_t error_size)
{
    FILE *stream = fopen(path, "rb");
    int reason = 0;

    if (stream == NULL)
        return fail(path, errno, error, error_size);
    errno = 0;
    *bytes = malloc(MOST);
    *size = *bytes != NULL ? fread(*bytes, 1, MOST, stream) : 0;
    if (*bytes == NULL)
        reason = ENOMEM;
    else if (ferror(stream))
        reason = errno != 0 ? errno : EIO;
    else if (*size == MOST)
        reason = EFBIG;
    fclose(stream);
    if (reason == 0)
        return 0;
    free(*bytes);
    return fail(path, reason, error, error_size);
}

const char *snapshot_file_reason(int status)
{
    switch (status) {
    case -EINVAL:
        return "this is no snapshot";
    case -ENOTSUP:
        return "a snapshot of another version of the program, or of a chip with another flash";
    case -ENODATA:
        return "the end of the snapshot is missing";
    case -EMSGSIZE:
        return "something follows the snapshot";
    case -EBADMSG:
        return "the snapshot's check sum is wrong";
    case -ERANGE:
        return "the snapshot holds what no chip can be in";
    default:
        return strerror(-status);
    }
}
