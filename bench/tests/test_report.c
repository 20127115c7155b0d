/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports as text and JSON, and the progress bar. */
#define _GNU_SOURCE
#include "report.h"

#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "progress.h"

/* ---- Results ------------------------------------------------------------------------------ */

static const struct report_reason rx_reasons[] = {{"other_address", 7}, {"runt", 0}};
static const struct report_reason tx_reasons[] = {{"runt", 2}, {"other_address", 1}};

/* Each counter has a value of its own, so that none can stand in for another. */
static const struct direction_result rx = {
    .frames_in = 101,
    .frames_out = 102,
    .lost = 103,
    .duplicated = 104,
    .reordered = 105,
    .corrupted = 106,
    .filtered = 107,
    .snapped = 108,
    .too_long = 109,
    .padded = 110,
    .bytes = 111,
    .seconds = 1.5,
    .virtual_seconds = 2.5,
    .mpps = 3.5,
    .gbps = 4.5,
    .interrupts = 112,
    .mmio_reads = 113,
    .mmio_writes = 114,
    .reasons = rx_reasons,
    .reason_count = 2,
};
static const struct direction_result tx = {
    .frames_in = 5000000000,
    .frames_out = 5000000000,
    .bytes = UINT64_MAX,
    .seconds = NAN,
    .mpps = INFINITY,
    .reasons = tx_reasons,
    .reason_count = 2,
};
static const struct report report = {
    .capture = "a.pcap",
    .profile = "vmware",
    .direction = "split",
    .rate = "line",
    .mac = "00:0c:29:12:34:56",
    .note = "a note",
    .seed = 9,
    .passes = 3,
    .passed = true,
    .rx = &rx,
    .tx = &tx,
};

/* Writes the report as JSON and reads it again. The caller releases the object. */
static json_t *written(const struct report *r)
{
    char error[256] = "";
    json_error_t problem;
    assert_int_equal(report_json("out.json", r, error, sizeof error), 0);
    assert_string_equal(error, "");
    json_t *object = json_load_file("out.json", 0, &problem);
    assert_non_null(object);
    return object;
}

static void check_string(const json_t *object, const char *key, const char *value)
{
    assert_string_equal(json_string_value(json_object_get(object, key)), value);
}

static void json_holds_every_result(void **state)
{
    static const char *const keys[] = {
        "frames_in", "frames_out", "lost",       "duplicated",  "reordered",
        "corrupted", "filtered",   "snapped",    "too_long",    "padded",
        "bytes",     "interrupts", "mmio_reads", "mmio_writes",
    };
    json_t *object = written(&report);
    check_string(object, "capture", "a.pcap");
    check_string(object, "profile", "vmware");
    check_string(object, "direction", "split");
    check_string(object, "rate", "line");
    check_string(object, "mac", "00:0c:29:12:34:56");
    check_string(object, "note", "a note");
    check_string(object, "verdict", "pass");
    assert_int_equal(json_integer_value(json_object_get(object, "seed")), 9);
    assert_int_equal(json_integer_value(json_object_get(object, "passes")), 3);
    const json_t *r = json_object_get(object, "rx");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *value = json_object_get(r, keys[i]);
        assert_true(json_is_integer(value));
        assert_int_equal(json_integer_value(value), 101 + i);
    }
    assert_true(json_real_value(json_object_get(r, "seconds")) == 1.5);
    assert_true(json_real_value(json_object_get(r, "virtual_seconds")) == 2.5);
    assert_true(json_real_value(json_object_get(r, "mpps")) == 3.5);
    assert_true(json_real_value(json_object_get(r, "gbps")) == 4.5);
    const json_t *reasons = json_object_get(r, "reasons");
    assert_int_equal(json_object_size(reasons), 2);
    assert_int_equal(json_integer_value(json_object_get(reasons, "other_address")), 7);
    json_decref(object);
}

/* Numbers that JSON has no words for, and more than jansson's signed integers. */
static void json_numbers_at_their_limits(void **state)
{
    json_t *object = written(&report);
    const json_t *t = json_object_get(object, "tx");
    assert_int_equal(json_integer_value(json_object_get(t, "frames_in")), 5000000000);
    assert_int_equal(json_integer_value(json_object_get(t, "bytes")), INT64_MAX);
    assert_true(json_real_value(json_object_get(t, "seconds")) == 0);
    assert_true(json_is_real(json_object_get(t, "mpps")));
    json_decref(object);
}

static void json_leaves_out_what_there_is_not(void **state)
{
    const struct report small = {.capture = "\xff\xfe caf\xc3\xa9", .rx = &rx, .interrupted = true};
    json_t *object = written(&small);
    assert_null(json_object_get(object, "tx"));
    assert_null(json_object_get(object, "rate"));
    assert_non_null(json_object_get(object, "rx"));
    check_string(object, "verdict", "fail");
    check_string(object, "capture", "?? caf??"); /* not UTF-8 as a whole */
    assert_true(json_is_true(json_object_get(object, "interrupted")));
    json_decref(object);
}

static void json_to_standard_output(void **state)
{
    char error[256] = "";
    json_error_t problem;
    int saved = redirect(STDOUT_FILENO, "std.json", O_WRONLY | O_CREAT | O_TRUNC);
    int result = report_json("-", &report, error, sizeof error);
    restore(STDOUT_FILENO, saved);
    assert_int_equal(result, 0);
    json_t *object = json_load_file("std.json", 0, &problem);
    assert_non_null(object);
    json_decref(object);
}

static void json_of_several_runs_is_an_array(void **state)
{
    const struct report runs[2] = {report, {.capture = "b.pcap"}};
    char error[256] = "";
    json_error_t problem;
    for (size_t count = 0; count <= 2; count++) {
        assert_int_equal(report_json_list("list.json", runs, count, error, sizeof error), 0);
        json_t *list = json_load_file("list.json", 0, &problem);
        assert_true(json_is_array(list));
        assert_int_equal(json_array_size(list), count);
        if (count == 2) {
            check_string(json_array_get(list, 0), "verdict", "pass");
            check_string(json_array_get(list, 1), "capture", "b.pcap");
        }
        json_decref(list);
    }
}

static void json_that_can_not_be_written(void **state)
{
    char error[256] = "";
    assert_int_equal(report_json("no/such/file", &report, error, sizeof error), -1);
    assert_string_equal(error, "no/such/file: No such file or directory");
    assert_int_equal(report_json("/dev/full", &report, error, sizeof error), -1);
    assert_string_equal(error, "/dev/full: No space left on device");
    int saved = redirect(STDOUT_FILENO, "/dev/full", O_WRONLY);
    int result = report_json("-", &report, error, sizeof error);
    clearerr(stdout);
    restore(STDOUT_FILENO, saved);
    assert_int_equal(result, -1);
    assert_string_equal(error, "standard output: No space left on device");
}

/* The caller frees the text. */
static char *text_of(const struct report *r)
{
    FILE *f = fopen("out.txt", "w+");
    assert_non_null(f);
    report_text(f, r);
    fclose(f);
    struct bytes b = slurp("out.txt");
    put(&b, "", 1);
    return (char *)b.data;
}

static void text_has_a_column_for_each_direction(void **state)
{
    char *text = text_of(&report);
    assert_non_null(strstr(text, "capture           a.pcap\n"));
    assert_non_null(strstr(text, "\n                                rx              tx\n"));
    assert_non_null(strstr(text, "\nframes in                      101      5000000000\n"));
    assert_non_null(strstr(text, "\nlost                           103               0\n"));
    assert_non_null(strstr(text, "\ngigabits/s                4.500000        0.000000\n"));
    assert_non_null(strstr(text, "\n  other_address                  7               1\n"));
    assert_non_null(strstr(text, "\n  runt                           0               2\n"));
    assert_null(strstr(strstr(text, "other_address") + 1, "other_address")); /* named once */
    assert_non_null(strstr(text, "\nverdict           pass\n"));
    free(text);
}

static void text_of_one_direction_leaves_out_zeros(void **state)
{
    const struct direction_result quiet = {.frames_in = 1, .frames_out = 1};
    const struct report small = {.capture = "a.pcap", .tx = &quiet, .interrupted = true};
    char *text = text_of(&small);
    assert_non_null(strstr(text, "\nframes out                       1\n"));
    assert_non_null(strstr(text, "\nlost                             0\n"));
    assert_null(strstr(text, "rx"));
    assert_null(strstr(text, "duplicated"));
    assert_null(strstr(text, "by reason"));
    assert_null(strstr(text, "profile"));
    assert_non_null(
        strstr(text, "\nverdict           fail, of what ran before the interruption\n"));
    free(text);
}

static void rates_are_computed_from_what_came_out(void **state)
{
    struct direction_result r = {.frames_in = 9, .frames_out = 2000000, .bytes = 250000000};
    report_rates(&r);
    assert_true(r.mpps == 0 && r.gbps == 0); /* no time, no rate */
    r.seconds = 2;
    report_rates(&r);
    assert_true(r.mpps == 1 && r.gbps == 1);
}

static void each_kind_of_wrong_frame_is_a_failure(void **state)
{
    struct direction_result r = {
        .frames_in = 5, .filtered = 1, .snapped = 1, .too_long = 1, .padded = 1};
    assert_false(report_failed(&r));
    uint64_t *const wrong[] = {&r.lost, &r.duplicated, &r.reordered, &r.corrupted};
    for (int i = 0; i < 4; i++) {
        *wrong[i] = 1;
        assert_true(report_failed(&r));
        *wrong[i] = 0;
    }
}

/* ---- The progress bar --------------------------------------------------------------------- */

static uint64_t fake_now;

static uint64_t fake_clock(void)
{
    return fake_now;
}

/* A terminal of some columns: what a program writes to *stream can be read from the result. */
static int open_terminal(FILE **stream, unsigned short columns)
{
    const struct winsize size = {.ws_col = columns, .ws_row = 25};
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    *stream = fopen(ptsname(master), "w");
    assert_non_null(*stream);
    assert_int_equal(ioctl(fileno(*stream), TIOCSWINSZ, &size), 0);
    return master;
}

/* What came to the terminal since the last call. */
static const char *screen(int master)
{
    static char text[1024];
    ssize_t n = read(master, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void the_bar_is_drawn_ten_times_a_second_and_taken_away(void **state)
{
    FILE *stream;
    struct progress p;
    setenv("TERM", "xterm", 1);
    int master = open_terminal(&stream, 40);
    progress_start(&p, stream, "replay", 200);
    p.clock_ns = fake_clock;
    fake_now = 5;
    progress_update(&p, 0);
    fake_now += 99999999;
    progress_update(&p, 50);
    progress_clear(&p);
    assert_string_equal(screen(master), ""); /* so quick a job needs no bar */
    fake_now += 1;
    progress_update(&p, 100);
    assert_string_equal(screen(master), "\rreplay [############             ]  50%\033[K");
    fake_now += 99999999;
    progress_update(&p, 150);
    assert_string_equal(screen(master), "");
    fake_now += 1;
    progress_update(&p, 300); /* more than there was to do */
    assert_string_equal(screen(master), "\rreplay [#########################] 100%\033[K");
    progress_clear(&p);
    assert_string_equal(screen(master), "\r\033[K");
    progress_clear(&p);
    assert_string_equal(screen(master), "");
    fclose(stream);
    close(master);
}

/* Two updates 0.1 s apart on a terminal of this width. */
static const char *drawn(unsigned short columns, const char *label, uint64_t total, uint64_t done)
{
    static char text[1024];
    FILE *stream;
    struct progress p;
    int master = open_terminal(&stream, columns);
    progress_start(&p, stream, label, total);
    p.clock_ns = fake_clock;
    progress_update(&p, done);
    fake_now += 100000000;
    progress_update(&p, done);
    snprintf(text, sizeof text, "%s", screen(master));
    fclose(stream);
    close(master);
    return text;
}

static void the_bar_fits_the_terminal(void **state)
{
    setenv("TERM", "xterm", 1);
    assert_string_equal(drawn(32, "a label that is far too long", 2, 1),
                        "\ra label that is far  [#  ]  50%\033[K");
    assert_string_equal(drawn(31, "replay", 2, 1), "");
    assert_int_equal(strlen(drawn(200, "x", 2, 1)), 1 + 1 + 8 + 40 + 3);
    assert_int_equal(strlen(drawn(0, "x", 2, 1)), 1 + 1 + 8 + 40 + 3); /* width not known */
    assert_string_equal(drawn(80, "reading", 0, 1234567), "\rreading 1.2 M\033[K");
}

static void nothing_is_drawn_where_nobody_looks(void **state)
{
    FILE *f = fopen("no-terminal", "w");
    struct progress p;
    setenv("TERM", "xterm", 1);
    progress_start(&p, f, "replay", 2);
    p.clock_ns = fake_clock;
    progress_update(&p, 1);
    fake_now += 1000000000;
    progress_update(&p, 2);
    progress_clear(&p);
    fclose(f);
    struct bytes b = slurp("no-terminal");
    assert_int_equal(b.length, 0);
    static const char *const terms[] = {"dumb", "", NULL};
    for (int i = 0; i < 3; i++) {
        if (terms[i] != NULL) {
            setenv("TERM", terms[i], 1);
        } else {
            unsetenv("TERM");
        }
        assert_string_equal(drawn(80, "replay", 2, 1), "");
    }
}

static void the_real_clock_is_monotonic(void **state)
{
    struct progress p;
    progress_start(&p, stderr, "x", 1);
    uint64_t before = p.clock_ns();
    assert_true(before > 0 && p.clock_ns() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_holds_every_result),
        cmocka_unit_test(json_numbers_at_their_limits),
        cmocka_unit_test(json_leaves_out_what_there_is_not),
        cmocka_unit_test(json_to_standard_output),
        cmocka_unit_test(json_of_several_runs_is_an_array),
        cmocka_unit_test(json_that_can_not_be_written),
        cmocka_unit_test(text_has_a_column_for_each_direction),
        cmocka_unit_test(text_of_one_direction_leaves_out_zeros),
        cmocka_unit_test(rates_are_computed_from_what_came_out),
        cmocka_unit_test(each_kind_of_wrong_frame_is_a_failure),
        cmocka_unit_test(the_bar_is_drawn_ten_times_a_second_and_taken_away),
        cmocka_unit_test(the_bar_fits_the_terminal),
        cmocka_unit_test(nothing_is_drawn_where_nobody_looks),
        cmocka_unit_test(the_real_clock_is_monotonic),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
