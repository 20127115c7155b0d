/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: files in a directory of their own, made of bytes given one after the other. All in
 * this header, so that a test is one source file. It wants _GNU_SOURCE, and is included behind
 * cmocka.h. */
#ifndef BENCH_TESTS_FILES_H
#define BENCH_TESTS_FILES_H

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file's content while it is being made. */
struct bytes {
    uint8_t *data;
    size_t length, room;
    bool big_endian; /* how put16() and put32() store numbers */
};

static char files_directory[] = "/tmp/e1000bench-test-XXXXXX";

/* CMocka's setup and teardown of a group: the directory, which is the current one meanwhile. */
static inline int files_setup(void **state)
{
    (void)state;
    /* Readable by all: one test gives up its rights. */
    return mkdtemp(files_directory) == NULL || chmod(files_directory, 0755) != 0 ||
           chdir(files_directory) != 0;
}

static inline int files_teardown(void **state)
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
    return chdir("/") != 0 || rmdir(files_directory) != 0;
}

/* Appends bytes. */
static inline void put(struct bytes *b, const void *data, size_t length)
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

static inline void put_number(struct bytes *b, uint32_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * (b->big_endian ? size - 1 - i : i));
        put(b, &byte, 1);
    }
}

static inline void put16(struct bytes *b, unsigned value)
{
    put_number(b, value, 2);
}

static inline void put32(struct bytes *b, uint32_t value)
{
    put_number(b, value, 4);
}

/* Writes the bytes to a file in the directory, and frees them. */
static inline void save(struct bytes *b, const char *name)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_int_equal(b->length == 0 ? 0 : fwrite(b->data, 1, b->length, f), b->length);
    assert_int_equal(fclose(f), 0);
    free(b->data);
    *b = (struct bytes){.data = NULL};
}

/* Reads a whole file. The caller frees the data. */
static inline struct bytes slurp(const char *name)
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

/* Makes path the file behind descriptor fd; restore() undoes that, given what redirect() returned.
 */
static inline int redirect(int fd, const char *path, int flags)
{
    fflush(stdout);
    int saved = dup(fd);
    int other = open(path, flags, 0644);
    assert_true(saved >= 0 && other >= 0 && dup2(other, fd) == fd);
    close(other);
    return saved;
}

static inline void restore(int fd, int saved)
{
    assert_int_equal(dup2(saved, fd), fd);
    close(saved);
}

#endif
