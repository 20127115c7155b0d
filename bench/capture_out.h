/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet captures as output: pcap files with nanoseconds. */
#ifndef BENCH_CAPTURE_OUT_H
#define BENCH_CAPTURE_OUT_H

#include <stddef.h>
#include <stdint.h>

/** A capture being written. Made by capture_out_open(), ended by capture_out_close(). */
struct capture_out;

/** Creates (or overwrites) a capture of Ethernet frames and writes its header. "-" and
 * "/dev/stdout" are standard output. snaplen is the number of bytes that are kept of a frame at
 * most, 0: 262144, libpcap's limit. *out is the caller's until capture_out_close(). Returns 0, or
 * -1 with *out NULL and one line, without newline, in error[error_size] that names the file and the
 * cause. */
int capture_out_open(const char *path, uint32_t snaplen, struct capture_out **out, char *error,
                     size_t error_size);

/** Appends a frame of length bytes with its time in nanoseconds since 1970 (the seconds are stored
 * modulo 2^32). The bytes are copied. Returns 0, or -1 once something could not be written: from
 * then on nothing is, and capture_out_close() tells why. */
int capture_out_write(struct capture_out *out, const void *data, uint32_t length, uint64_t time_ns);

/** Writes what is buffered, closes the file and frees *out; NULL is allowed. Returns 0; or -1 with
 * one line in error[error_size] when this or any earlier write failed. A regular file then ends
 * behind the last record that is in it as a whole, so that it can be read. */
int capture_out_close(struct capture_out *out, char *error, size_t error_size);

#endif
