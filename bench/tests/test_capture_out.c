/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing captures: what was written can be read again, also when the disk was full. */
#define _GNU_SOURCE
#include "capture_out.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture_in.h"
#include "files.h"

static struct capture_out *open_out(const char *path, uint32_t snaplen)
{
    char error[256] = "";
    struct capture_out *out = NULL;
    assert_int_equal(capture_out_open(path, snaplen, &out, error, sizeof error), 0);
    assert_string_equal(error, "");
    return out;
}

static void close_out(struct capture_out *out)
{
    char error[256] = "";
    assert_int_equal(capture_out_close(out, error, sizeof error), 0);
    assert_string_equal(error, "");
}

static struct capture *load(const char *path)
{
    char error[256] = "";
    struct capture *c = NULL;
    capture_load(path, NULL, &c, error, sizeof error);
    assert_string_equal(error, "");
    return c;
}

/* Frame i of length bytes that differ by frame. */
static const uint8_t *pattern(uint32_t i, uint32_t length)
{
    static uint8_t bytes[70000];
    for (uint32_t k = 0; k < length; k++) {
        bytes[k] = (uint8_t)(i * 7 + k);
    }
    return bytes;
}

static void what_was_written_is_read(void **state)
{
    static const uint32_t lengths[] = {60, 61, 0, 1514, 65535};
    static const uint64_t times[] = {0, 1, 999999999, 1700000000123456789, 4294967295999999999};
    struct capture_out *out = open_out("out.pcap", 0);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(capture_out_write(out, pattern(i, lengths[i]), lengths[i], times[i]), 0);
    }
    close_out(out);
    struct capture *c = load("out.pcap");
    assert_int_equal(c->count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(c->frames[i].length, lengths[i]);
        assert_int_equal(c->frames[i].time_ns, times[i]);
        assert_int_equal(c->frames[i].flags, 0);
        assert_memory_equal(c->frames[i].data, pattern(i, lengths[i]), lengths[i]);
    }
    capture_free(c);
}

/* Several buffers full: records lie at every place of the buffer. */
static void many_frames(void **state)
{
    enum { FRAMES = 5000, LENGTH = 1003 };
    struct capture_out *out = open_out("many.pcap", 0);
    for (uint32_t i = 0; i < FRAMES; i++) {
        assert_int_equal(capture_out_write(out, pattern(i, LENGTH), LENGTH, i), 0);
    }
    close_out(out);
    struct capture *c = load("many.pcap");
    assert_int_equal(c->count, FRAMES);
    for (uint32_t i = 0; i < FRAMES; i++) {
        assert_memory_equal(c->frames[i].data, pattern(i, LENGTH), LENGTH);
    }
    capture_free(c);
}

static void the_snap_length_cuts_frames(void **state)
{
    struct capture_out *out = open_out("snap.pcap", 96);
    capture_out_write(out, pattern(0, 96), 96, 0);
    capture_out_write(out, pattern(1, 97), 97, 0);
    close_out(out);
    struct capture *c = load("snap.pcap");
    assert_int_equal(c->frames[0].flags, 0);
    assert_int_equal(c->frames[1].flags, CAPTURE_SNAPPED);
    assert_int_equal(c->frames[1].length, 96);
    assert_int_equal(c->frames[1].original, 97);
    capture_free(c);
}

static void places_where_no_file_can_be(void **state)
{
    static const struct {
        const char *path, *message;
    } cases[] = {
        {"no/such/out.pcap", "no/such/out.pcap: No such file or directory"},
        {"/", "/: Is a directory"},
        {"/dev/full", "/dev/full: No space left on device"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[256] = "";
        struct capture_out *out = (void *)&error;
        assert_int_equal(capture_out_open(cases[i].path, 0, &out, error, sizeof error), -1);
        assert_string_equal(error, cases[i].message);
        assert_null(out);
    }
}

static void standard_output_has_two_names(void **state)
{
    static const char *const names[] = {"-", "/dev/stdout"};
    for (int i = 0; i < 2; i++) {
        int saved = redirect(STDOUT_FILENO, "std.pcap", O_WRONLY | O_CREAT | O_TRUNC);
        struct capture_out *out = open_out(names[i], 0);
        capture_out_write(out, pattern(0, 60), 60, 5);
        close_out(out);
        restore(STDOUT_FILENO, saved);
        struct capture *c = load("std.pcap");
        assert_int_equal(c->count, 1);
        capture_free(c);
    }
}

/* ---- Writes that fail --------------------------------------------------------------------- */

/* Writes frames until one fails for the size of the file, and closes. Returns how many went in. */
static uint32_t fill(struct capture_out *out, uint32_t length, rlim_t limit, const char *message)
{
    struct rlimit before;
    char error[256] = "";
    uint32_t count = 0;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {limit, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    while (count < 100000 && capture_out_write(out, pattern(count, length), length, count) == 0) {
        count++;
    }
    int again = capture_out_write(out, pattern(0, 60), 60, 0);
    int closed = capture_out_close(out, error, sizeof error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(again, -1);
    assert_int_equal(closed, -1);
    assert_string_equal(error, message);
    return count;
}

/* The file keeps exactly the records that fit, wherever in a record the limit lies. */
static void a_full_disk_leaves_a_file_that_can_be_read(void **state)
{
    enum { LENGTH = 984, RECORD = LENGTH + 16, FIT = 1500, LIMIT = 24 + FIT * RECORD };
    static const int offsets[] = {0, 1, 15, 16, 17, 999};
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        struct capture_out *out = open_out("full.pcap", 0);
        fill(out, LENGTH, (rlim_t)(LIMIT + offsets[i]), "full.pcap: File too large");
        struct stat st;
        assert_int_equal(stat("full.pcap", &st), 0);
        assert_int_equal(st.st_size, LIMIT);
        struct capture *c = load("full.pcap");
        assert_int_equal(c->count, FIT);
        assert_memory_equal(c->frames[FIT - 1].data, pattern(FIT - 1, LENGTH), LENGTH);
        capture_free(c);
    }
    signal(SIGXFSZ, SIG_DFL);
}

/* The error may first show when the file is closed. */
static void an_error_in_the_last_bytes_is_told(void **state)
{
    struct rlimit before;
    char error[256] = "";
    struct capture_out *out = open_out("last.pcap", 0);
    signal(SIGXFSZ, SIG_IGN);
    capture_out_write(out, pattern(0, 60), 60, 0);
    capture_out_write(out, pattern(0, 60), 60, 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {150, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int closed = capture_out_close(out, error, sizeof error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(closed, -1);
    assert_string_equal(error, "last.pcap: File too large");
    struct capture *c = load("last.pcap");
    assert_int_equal(c->count, 1);
    capture_free(c);
}

/* Standard output, appended to a file by the shell: what stood there before stays. */
static void a_full_disk_behind_standard_output(void **state)
{
    struct bytes b = {.data = NULL};
    put(&b, "before", 6);
    save(&b, "appended");
    signal(SIGXFSZ, SIG_IGN);
    int saved = redirect(STDOUT_FILENO, "appended", O_WRONLY | O_APPEND);
    struct capture_out *out = open_out("-", 0);
    fill(out, 984, 1500000, "standard output: File too large");
    restore(STDOUT_FILENO, saved);
    signal(SIGXFSZ, SIG_DFL);

    b = slurp("appended");
    assert_memory_equal(b.data, "before", 6);
    struct bytes capture = {.data = NULL};
    put(&capture, b.data + 6, b.length - 6);
    free(b.data);
    save(&capture, "cut.pcap");
    struct capture *c = load("cut.pcap");
    assert_true(c->count > 1000); /* up to the last flush */
    capture_free(c);
}

static void a_reader_that_went_away(void **state)
{
    int ends[2];
    char error[256] = "";
    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    signal(SIGPIPE, SIG_IGN);
    struct capture_out *out = NULL;
    int opened = capture_out_open("-", 0, &out, error, sizeof error);
    close(ends[0]);
    int wrote = capture_out_write(out, pattern(0, 60), 60, 0);
    int closed = capture_out_close(out, error, sizeof error);
    restore(STDOUT_FILENO, saved);
    signal(SIGPIPE, SIG_DFL);
    assert_int_equal(opened, 0);
    assert_int_equal(wrote, 0); /* still in the buffer */
    assert_int_equal(closed, -1);
    assert_string_equal(error, "standard output: Broken pipe");
}

static void closing_nothing_is_fine(void **state)
{
    close_out(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(many_frames),
        cmocka_unit_test(the_snap_length_cuts_frames),
        cmocka_unit_test(places_where_no_file_can_be),
        cmocka_unit_test(standard_output_has_two_names),
        cmocka_unit_test(a_full_disk_leaves_a_file_that_can_be_read),
        cmocka_unit_test(an_error_in_the_last_bytes_is_told),
        cmocka_unit_test(a_full_disk_behind_standard_output),
        cmocka_unit_test(a_reader_that_went_away),
        cmocka_unit_test(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
