/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: capture files made byte by byte, and what must come of loading them. Included behind
 * cmocka.h. */
#ifndef BENCH_TESTS_CAPTURES_H
#define BENCH_TESTS_CAPTURES_H

#include "capture_in.h"
#include "files.h"

#include <zlib.h>

enum { ETHERNET = 1 };

/* ---- Making files ------------------------------------------------------------------------- */

/* As save(), compressed; a member is appended to a file that exists. */
static inline void save_gzip(struct bytes *b, const char *name)
{
    gzFile f = gzopen(name, "a");
    assert_non_null(f);
    assert_int_equal(gzwrite(f, b->data, (unsigned)b->length), (int)b->length);
    assert_int_equal(gzclose(f), Z_OK);
    free(b->data);
    *b = (struct bytes){.data = NULL};
}

/* A pcap file's header, and a record whose bytes are (first + i) mod 256. */
static inline void put_pattern(struct bytes *b, uint32_t length, uint8_t first)
{
    uint8_t *pattern = malloc(length + 1);
    assert_non_null(pattern);
    for (uint32_t i = 0; i < length; i++) {
        pattern[i] = (uint8_t)(first + i);
    }
    put(b, pattern, length);
    free(pattern);
}

static inline void put_pcap(struct bytes *b, bool nano, uint32_t snaplen, uint32_t link_type)
{
    put32(b, nano ? 0xa1b23c4d : 0xa1b2c3d4);
    put16(b, 2);
    put16(b, 4);
    put32(b, 0);
    put32(b, 0);
    put32(b, snaplen);
    put32(b, link_type);
}

static inline void put_record(struct bytes *b, uint32_t seconds, uint32_t fraction,
                              uint32_t captured, uint32_t original, uint8_t first)
{
    put32(b, seconds);
    put32(b, fraction);
    put32(b, captured);
    put32(b, original);
    put_pattern(b, captured, first);
}

/* Blocks of pcapng: a section header, an interface with nanosecond time, a packet. */
static inline void put_section(struct bytes *b)
{
    put32(b, 0x0a0d0d0a);
    put32(b, 28);
    put32(b, 0x1a2b3c4d);
    put16(b, 1);
    put16(b, 0);
    put32(b, UINT32_MAX); /* length of the section: not told */
    put32(b, UINT32_MAX);
    put32(b, 28);
}

static inline void put_interface(struct bytes *b, unsigned link_type, uint32_t snaplen)
{
    const uint8_t nanoseconds[4] = {9, 0, 0, 0};
    put32(b, 1);
    put32(b, 32);
    put16(b, link_type);
    put16(b, 0);
    put32(b, snaplen);
    put16(b, 9); /* if_tsresol */
    put16(b, 1);
    put(b, nanoseconds, 4);
    put32(b, 0); /* end of the options */
    put32(b, 32);
}

static inline void put_packet(struct bytes *b, uint32_t interface, uint64_t time_ns,
                              uint32_t captured, uint32_t original, uint8_t first)
{
    const uint8_t padding[4] = {0};
    uint32_t padded = (captured + 3) & ~3u;
    put32(b, 6);
    put32(b, 32 + padded);
    put32(b, interface);
    put32(b, (uint32_t)(time_ns >> 32));
    put32(b, (uint32_t)time_ns);
    put32(b, captured);
    put32(b, original);
    put_pattern(b, captured, first);
    put(b, padding, padded - captured);
    put32(b, 32 + padded);
}

/* Three frames of 60, 61 and 62 bytes. */
static inline void put_three(struct bytes *b)
{
    put_pcap(b, true, 65535, ETHERNET);
    for (uint32_t i = 0; i < 3; i++) {
        put_record(b, 1, i, 60 + i, 60 + i, (uint8_t)(i << 4));
    }
}

/* Three frames compressed, with the last bytes cut off and one byte changed. */
static inline struct bytes gzipped(size_t cut, size_t change)
{
    struct bytes b = {.data = NULL};
    put_three(&b);
    unlink("tmp.gz");
    save_gzip(&b, "tmp.gz");
    b = slurp("tmp.gz");
    b.length -= cut;
    if (change != 0) {
        b.data[b.length - change] ^= 0xff;
    }
    return b;
}

/* ---- Loading them ------------------------------------------------------------------------- */

/* Loads a file that must be whole. */
static inline struct capture *load(const char *path)
{
    char error[512] = "";
    struct capture *c = NULL;
    int status = capture_load(path, NULL, &c, error, sizeof error);
    assert_string_equal(error, "");
    assert_int_equal(status, CAPTURE_WHOLE);
    assert_false(c->partial);
    return c;
}

static inline void check_frame(const struct capture_frame *frame, uint64_t time_ns, uint32_t length,
                               uint8_t first)
{
    assert_int_equal(frame->time_ns, time_ns);
    assert_int_equal(frame->length, length);
    assert_int_equal((uintptr_t)frame->data % 8, 0);
    for (uint32_t i = 0; i < length; i++) {
        assert_int_equal(frame->data[i], (uint8_t)(first + i));
    }
}

/* Loads a file that must give this status and message. With CAPTURE_PARTIAL, count frames must be
 * there, with the bytes of put_three(). */
static inline void load_bad(const char *path, int status, size_t count, const char *message)
{
    char error[512] = "";
    struct capture *c = NULL;
    assert_int_equal(capture_load(path, NULL, &c, error, sizeof error), status);
    assert_string_equal(error, message);
    if (status != CAPTURE_PARTIAL) {
        assert_null(c);
        return;
    }
    assert_true(c->partial);
    assert_int_equal(c->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(c->frames[i].length, 60 + i);
        assert_int_equal(c->frames[i].data[5], (i << 4) + 5);
    }
    capture_free(c);
}

static inline void check_three(const char *path)
{
    struct capture *c = load(path);
    assert_int_equal(c->count, 3);
    assert_int_equal(c->bytes, 60 + 61 + 62);
    for (uint32_t i = 0; i < 3; i++) {
        check_frame(&c->frames[i], 1000000000 + i, 60 + i, (uint8_t)(i << 4));
        assert_int_equal(c->frames[i].flags, 0);
    }
    capture_free(c);
}

#endif
