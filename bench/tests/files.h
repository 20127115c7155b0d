/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: files in a directory of their own, made of bytes given one after the other. */
#ifndef BENCH_TESTS_FILES_H
#define BENCH_TESTS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file's content while it is being made. */
struct bytes {
    uint8_t *data;
    size_t length, room;
    bool big_endian; /* how the functions below store numbers */
};

/* CMocka's setup and teardown of a group: the directory, which is the current one meanwhile. */
int files_setup(void **state);
int files_teardown(void **state);

void put(struct bytes *b, const void *data, size_t length);
void put16(struct bytes *b, unsigned value);
void put32(struct bytes *b, uint32_t value);

/* Writes the bytes to a file in the directory, and frees them. */
void save(struct bytes *b, const char *name);
/* The same, compressed; a member is appended to a file that exists. */
void save_gzip(struct bytes *b, const char *name);
/* Reads a whole file. The caller frees the data. */
struct bytes slurp(const char *name);

/* A pcap file's header, and a record whose bytes are (first + i) mod 256. */
void put_pcap(struct bytes *b, bool nano, uint32_t snaplen, uint32_t link_type);
void put_record(struct bytes *b, uint32_t seconds, uint32_t fraction, uint32_t captured,
                uint32_t original, uint8_t first);

/* Blocks of pcapng: a section header, an interface with nanosecond time, a packet. */
void put_section(struct bytes *b);
void put_interface(struct bytes *b, unsigned link_type, uint32_t snaplen);
void put_packet(struct bytes *b, uint32_t interface, uint64_t time_ns, uint32_t captured,
                uint32_t original, uint8_t first);

/* Makes path the file behind descriptor fd; restore() undoes that, given what redirect() returned.
 */
int redirect(int fd, const char *path, int flags);
void restore(int fd, int saved);

#endif
