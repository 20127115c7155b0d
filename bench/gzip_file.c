/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "gzip_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUFFER_BYTES = 256 * 1024,
    HEAD_BYTES = 24, /* a pcap file header: enough to tell the format */
    GZIP_ONLY = 16,  /* added to the window bits: zlib expects gzip members, nothing else */
};

/* Reads more bytes behind those in the buffer. Returns 0 (at_end says whether there are any) or a
 * negative errno. */
static int fill(struct gzip_file *file)
{
    if (file->start == file->end) {
        file->start = file->end = 0;
    }
    ssize_t n = read(file->fd, file->buffer + file->end, BUFFER_BYTES - file->end);
    if (n < 0) {
        if (errno == EINTR) {
            return -EINTR;
        }
        int error = errno;
        snprintf(file->error, sizeof file->error, "reading failed at byte %" PRIu64 ": %s",
                 file->consumed, strerror(error));
        return -error;
    }
    file->at_end = n == 0;
    file->end += (size_t)n;
    file->consumed += (uint64_t)n;
    return 0;
}

static bool is_gzip(const uint8_t *bytes, size_t length)
{
    return length >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

int gzip_file_open(struct gzip_file *file, int fd)
{
    *file = (struct gzip_file){.fd = fd};
    file->buffer = malloc(BUFFER_BYTES);
    if (file->buffer == NULL) {
        snprintf(file->error, sizeof file->error, "out of memory");
        return -ENOMEM;
    }
    /* A pipe may give its bytes one by one. */
    while (file->end < HEAD_BYTES && !file->at_end) {
        int error = fill(file);
        if (error == -EINTR && file->end > 0) {
            continue; /* what a pipe gave is gone from it: opening again would miss it */
        }
        if (error != 0) {
            return error;
        }
    }
    if (!is_gzip(file->buffer, file->end)) {
        return 0;
    }
    if (inflateInit2(&file->z, MAX_WBITS + GZIP_ONLY) != Z_OK) {
        snprintf(file->error, sizeof file->error, "out of memory");
        return -ENOMEM;
    }
    file->compressed = true;
    file->in_member = true;
    return 0;
}

const uint8_t *gzip_file_head(const struct gzip_file *file, size_t *length)
{
    *length = file->end < HEAD_BYTES ? file->end : HEAD_BYTES;
    return file->buffer;
}

static ssize_t read_plain(struct gzip_file *file, void *data, size_t size)
{
    if (file->start == file->end && !file->at_end) {
        int error = fill(file);
        if (error != 0) {
            return error;
        }
    }
    size_t n = file->end - file->start;
    n = n < size ? n : size;
    memcpy(data, file->buffer + file->start, n);
    file->start += n;
    return (ssize_t)n;
}

/* The place in the file that decompression has come to. */
static uint64_t position(const struct gzip_file *file)
{
    return file->consumed - (file->end - file->start);
}

static int damaged(struct gzip_file *file, const char *what)
{
    snprintf(file->error, sizeof file->error, "%s at byte %" PRIu64, what, position(file));
    return -EBADMSG;
}

/* Behind a gzip member: skips padding, and starts the next member if there is one. Returns 0 or a
 * negative errno; in_member tells which. The buffer must hold a byte or the stream be at its end.
 */
static int next_member(struct gzip_file *file)
{
    while (file->start < file->end && file->buffer[file->start] == 0) {
        file->start++;
    }
    size_t left = file->end - file->start;
    if (left == 0) {
        return 0;
    }
    if (left == 1 && !file->at_end && file->buffer[file->start] == 0x1f) {
        file->buffer[0] = 0x1f; /* the magic number's other half is still to be read */
        file->start = 0;
        file->end = 1;
        int error = fill(file);
        return error == 0 && file->at_end ? damaged(file, "something that is not gzip data")
                                          : error;
    }
    if (!is_gzip(file->buffer + file->start, left)) {
        return damaged(file, "something that is not gzip data");
    }
    inflateReset(&file->z);
    file->in_member = true;
    return 0;
}

/* Makes sure that there is input, and a member that it belongs to. Returns 1 when there is, 0 at
 * the end of the stream, or a negative errno. */
static int prepare(struct gzip_file *file)
{
    for (;;) {
        if (file->start == file->end && !file->at_end) {
            int error = fill(file);
            if (error != 0) {
                return error;
            }
        }
        if (file->start == file->end && file->at_end) {
            return file->in_member ? damaged(file, "the gzip data ends too early,") : 0;
        }
        if (file->in_member) {
            return 1;
        }
        int error = next_member(file);
        if (error != 0) {
            return error;
        }
    }
}

/* Decompresses what is in the buffer. Returns the number of bytes that came out, or a negative
 * errno. */
static ssize_t inflate_some(struct gzip_file *file, void *data, size_t size)
{
    z_stream *z = &file->z;
    z->next_in = file->buffer + file->start;
    z->avail_in = (uInt)(file->end - file->start);
    z->next_out = data;
    z->avail_out = (uInt)size;
    int status = inflate(z, Z_NO_FLUSH);
    file->start = file->end - z->avail_in;
    size_t n = size - z->avail_out;
    if (status == Z_STREAM_END) {
        file->in_member = false;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
        char what[120];
        snprintf(what, sizeof what, "the gzip data is damaged (%s)",
                 z->msg != NULL ? z->msg : zError(status));
        int error = damaged(file, what);
        return n > 0 ? (ssize_t)n : error; /* error[] stops the next call */
    }
    return (ssize_t)n;
}

ssize_t gzip_file_read(struct gzip_file *file, void *data, size_t size)
{
    enum { AT_ONCE = 1 << 30 }; /* zlib counts in unsigned int */
    ssize_t n = 0;

    if (file->error[0] != '\0') {
        return -EBADMSG;
    }
    size = size < AT_ONCE ? size : AT_ONCE;
    if (!file->compressed) {
        n = read_plain(file, data, size);
    } else if (size > 0) {
        int ready;
        /* A header or a trailer alone gives no bytes, which is not the end. */
        while (n == 0 && (ready = prepare(file)) != 0) {
            n = ready < 0 ? ready : inflate_some(file, data, size);
        }
    }
    if (n > 0) {
        file->produced += (uint64_t)n;
    }
    return n;
}

void gzip_file_close(struct gzip_file *file)
{
    if (file->compressed) {
        inflateEnd(&file->z);
    }
    free(file->buffer);
    file->buffer = NULL;
    file->compressed = false;
}
