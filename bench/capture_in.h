/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet captures as input: a whole file, read into memory before the first frame is needed, so
 * that replaying it costs no reading. */
#ifndef BENCH_CAPTURE_IN_H
#define BENCH_CAPTURE_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Why a frame can't be replayed as it was on the wire (bits of capture_frame.flags). */
enum {
    CAPTURE_SNAPPED = 1u << 0,  /**< The capture holds only the frame's first bytes. */
    CAPTURE_TOO_LONG = 1u << 1, /**< Longer than capture_options.max_frame; no bytes are kept. */
};

/** One frame, from the destination address on; most captures hold no frame check sequence. */
struct capture_frame {
    const uint8_t *data; /**< In the capture's own memory, aligned to 8 bytes; never NULL. */
    uint64_t time_ns;    /**< Since 1970, as recorded: may jump and go backwards. */
    uint32_t length;     /**< Bytes at data; 0 with CAPTURE_TOO_LONG. */
    uint32_t original;   /**< Bytes on the wire; at least length. */
    uint32_t flags;      /**< CAPTURE_*. */
};

/** A capture in memory. Made by capture_load(), freed by capture_free(). */
struct capture {
    struct capture_frame *frames; /**< In the order of the file. */
    size_t count;                 /**< All of them, whatever their flags. */
    size_t snapped, too_long;     /**< How many carry that flag. */
    uint64_t bytes;               /**< Sum of the frames' lengths. */
    /** The file could not be read to its end: these are the frames before that point. */
    bool partial;

    uint8_t *arena; /* the frames' bytes */
    size_t used, size;
    size_t room; /* frames that fit in the array */
};

/** How to load. Zero-initialise, then set what matters. */
struct capture_options {
    /** Memory that the frames may take, in bytes; 0: 1 GiB. */
    uint64_t max_bytes;
    /** Longest frame that is kept, in bytes, at most 65535; 0: 65535. */
    uint32_t max_frame;
    /** Called now and then with the number of bytes read of those in the file; total is 0 where it
     * isn't known (pipes). Also called whenever a signal arrives. Returning false stops the
     * loading. May be NULL. */
    bool (*progress)(void *opaque, uint64_t done, uint64_t total);
    void *opaque; /**< Argument of progress. */
};

/** What capture_load() returns. */
enum capture_status {
    CAPTURE_WHOLE = 0,
    CAPTURE_PARTIAL = 1, /**< The file is damaged, or of no kind that can be read to its end. */
    CAPTURE_FAILED = -1, /**< No frames. */
    CAPTURE_STOPPED = -2 /**< progress returned false. */
};

/** Reads a capture of Ethernet frames: pcap with micro- or nanoseconds in either byte order, or
 * pcapng, each of them plain or compressed by gzip. path may be a FIFO or a device; "-" and
 * "/dev/stdin" are standard input. options may be NULL. *out is the caller's until capture_free();
 * NULL unless the result is CAPTURE_WHOLE or CAPTURE_PARTIAL. Unless it is CAPTURE_WHOLE,
 * error[error_size] holds one line, without newline, that names the file, the place in it and the
 * cause. */
int capture_load(const char *path, const struct capture_options *options, struct capture **out,
                 char *error, size_t error_size);

/** Frees a capture and all its frames. NULL is allowed. */
void capture_free(struct capture *capture);

#endif
