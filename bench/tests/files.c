/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "files.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static char directory[] = "/tmp/e1000bench-test-XXXXXX";

int files_setup(void **state)
{
    (void)state;
    /* Readable by all: one test gives up its rights. */
    return mkdtemp(directory) == NULL || chmod(directory, 0755) != 0 || chdir(directory) != 0;
}

int files_teardown(void **state)
{
    (void)state;
    DIR *dir = opendir(".");
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        unlinkat(dirfd(dir), entry->d_name, entry->d_type == DT_DIR ? AT_REMOVEDIR : 0);
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return chdir("/") != 0 || rmdir(directory) != 0;
}

void put(struct bytes *b, const void *data, size_t length)
{
    if (length == 0) {
        return;
    }
    if (b->length + length > b->room) {
        b->room = 2 * (b->length + length);
        b->data = realloc(b->data, b->room);
        assert_non_null(b->data);
    }
    memcpy(b->data + b->length, data, length);
    b->length += length;
}

static void put_number(struct bytes *b, uint32_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * (b->big_endian ? size - 1 - i : i));
        put(b, &byte, 1);
    }
}

void put16(struct bytes *b, unsigned value)
{
    put_number(b, value, 2);
}

void put32(struct bytes *b, uint32_t value)
{
    put_number(b, value, 4);
}

void save(struct bytes *b, const char *name)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_int_equal(b->length == 0 ? 0 : fwrite(b->data, 1, b->length, f), b->length);
    assert_int_equal(fclose(f), 0);
    free(b->data);
    *b = (struct bytes){.data = NULL};
}

void save_gzip(struct bytes *b, const char *name)
{
    gzFile f = gzopen(name, "a");
    assert_non_null(f);
    assert_int_equal(gzwrite(f, b->data, (unsigned)b->length), (int)b->length);
    assert_int_equal(gzclose(f), Z_OK);
    free(b->data);
    *b = (struct bytes){.data = NULL};
}

struct bytes slurp(const char *name)
{
    struct bytes b = {.data = NULL};
    uint8_t block[4096];
    size_t n;
    FILE *f = fopen(name, "r");
    assert_non_null(f);
    while ((n = fread(block, 1, sizeof block, f)) > 0) {
        put(&b, block, n);
    }
    fclose(f);
    return b;
}

static void put_pattern(struct bytes *b, uint32_t length, uint8_t first)
{
    uint8_t *pattern = malloc(length + 1);
    assert_non_null(pattern);
    for (uint32_t i = 0; i < length; i++) {
        pattern[i] = (uint8_t)(first + i);
    }
    put(b, pattern, length);
    free(pattern);
}

void put_pcap(struct bytes *b, bool nano, uint32_t snaplen, uint32_t link_type)
{
    put32(b, nano ? 0xa1b23c4d : 0xa1b2c3d4);
    put16(b, 2);
    put16(b, 4);
    put32(b, 0);
    put32(b, 0);
    put32(b, snaplen);
    put32(b, link_type);
}

void put_record(struct bytes *b, uint32_t seconds, uint32_t fraction, uint32_t captured,
                uint32_t original, uint8_t first)
{
    put32(b, seconds);
    put32(b, fraction);
    put32(b, captured);
    put32(b, original);
    put_pattern(b, captured, first);
}

void put_section(struct bytes *b)
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

void put_interface(struct bytes *b, unsigned link_type, uint32_t snaplen)
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

void put_packet(struct bytes *b, uint32_t interface, uint64_t time_ns, uint32_t captured,
                uint32_t original, uint8_t first)
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

int redirect(int fd, const char *path, int flags)
{
    fflush(stdout);
    int saved = dup(fd);
    int other = open(path, flags, 0644);
    assert_true(saved >= 0 && other >= 0 && dup2(other, fd) == fd);
    close(other);
    return saved;
}

void restore(int fd, int saved)
{
    assert_int_equal(dup2(saved, fd), fd);
    close(saved);
}
