/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading bytes from a file descriptor that may or may not be compressed by gzip. */
#ifndef BENCH_GZIP_FILE_H
#define BENCH_GZIP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <zlib.h>

/** A stream of bytes. The caller owns the structure; the members are only to be read. */
struct gzip_file {
    int fd;            /**< Borrowed. */
    bool compressed;   /**< The bytes at the start are those of a gzip member. */
    uint64_t consumed; /**< Bytes taken from fd so far. */
    uint64_t produced; /**< Bytes handed out so far. */
    char error[160];   /**< What went wrong, in plain words; empty as long as nothing did. */

    uint8_t *buffer;   /* what was read from fd */
    size_t start, end; /* the part of it that was not handed out or decompressed yet */
    z_stream z;        /* only with compressed */
    bool in_member;    /* between the header and the trailer of a gzip member */
    bool at_end;       /* fd has no more */
};

/** Starts reading at the present position of fd (a file, a FIFO, a terminal) and looks at the first
 * bytes. fd must stay open until gzip_file_close(), which doesn't close it. Returns 0; -EINTR when
 * a signal came before the first byte (gzip_file_close(), then try again or give up); or another
 * negative errno with error filled in. gzip_file_close() is wanted in every case. */
int gzip_file_open(struct gzip_file *file, int fd);

/** The first bytes of the stream as they are stored (not decompressed): at most 24, fewer only
 * where the stream is shorter. Valid until the first gzip_file_read(). */
const uint8_t *gzip_file_head(const struct gzip_file *file, size_t *length);

/** Hands out up to size bytes, decompressed. Several gzip members in a row read as one stream, and
 * zeros after the last one are padding, as for gzip itself. Returns how many (fewer than size says
 * nothing), 0 at the end, -EINTR when a signal came first (call again to go on), or another
 * negative errno with error filled in: read()'s own, or -EBADMSG for damaged or incomplete gzip
 * data. What was readable before the damage is handed out first, and an error stays. */
ssize_t gzip_file_read(struct gzip_file *file, void *data, size_t size);

/** Frees what gzip_file_open() allocated. */
void gzip_file_close(struct gzip_file *file);

#endif
