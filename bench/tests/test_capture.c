/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading captures: good files, pipes, the bound on memory, progress. */
#define _GNU_SOURCE

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "captures.h"

/* ---- Good files --------------------------------------------------------------------------- */

static void pcap_of_both_precisions_and_byte_orders(void **state)
{
    for (int variant = 0; variant < 4; variant++) {
        bool nano = (variant & 1) != 0;
        struct bytes b = {.big_endian = (variant & 2) != 0};
        put_pcap(&b, nano, 65535, ETHERNET);
        put_record(&b, 1700000000, 123456, 60, 60, 7);
        put_record(&b, UINT32_MAX, 999999, 1514, 1514, 8);
        save(&b, "good.pcap");
        struct capture *c = load("good.pcap");
        assert_int_equal(c->count, 2);
        uint64_t unit = nano ? 1 : 1000;
        check_frame(&c->frames[0], 1700000000000000000 + 123456 * unit, 60, 7);
        check_frame(&c->frames[1], 4294967295000000000 + 999999 * unit, 1514, 8);
        capture_free(c);
    }
}

static void pcapng_of_both_byte_orders(void **state)
{
    for (int variant = 0; variant < 2; variant++) {
        struct bytes b = {.big_endian = variant != 0};
        put_section(&b);
        put_interface(&b, ETHERNET, 0);
        put_packet(&b, 0, 1700000000123456789, 61, 61, 7);
        put_packet(&b, 0, 1700000000123456790, 96, 1514, 8);
        save(&b, "good.pcapng");
        struct capture *c = load("good.pcapng");
        assert_int_equal(c->count, 2);
        check_frame(&c->frames[0], 1700000000123456789, 61, 7);
        check_frame(&c->frames[1], 1700000000123456790, 96, 8);
        assert_int_equal(c->frames[1].original, 1514);
        assert_int_equal(c->frames[1].flags, CAPTURE_SNAPPED);
        capture_free(c);
    }
}

static void a_capture_without_frames_is_whole(void **state)
{
    struct bytes b = {.data = NULL};
    put_pcap(&b, false, 65535, ETHERNET);
    save(&b, "none.pcap");
    struct capture *c = load("none.pcap");
    assert_int_equal(c->count, 0);
    capture_free(c);
}

static void gzip_in_one_member_or_several_with_padding(void **state)
{
    struct bytes b = {.data = NULL};
    put_three(&b);
    save_gzip(&b, "one.pcap.gz");
    check_three("one.pcap.gz");

    struct bytes whole = {.data = NULL};
    put_three(&whole);
    for (size_t at = 0; at < whole.length; at += 50) { /* cuts within headers too */
        size_t n = whole.length - at < 50 ? whole.length - at : 50;
        put(&b, whole.data + at, n);
        save_gzip(&b, "members.pcap.gz");
    }
    free(whole.data);
    check_three("members.pcap.gz");

    const uint8_t zeros[1000] = {0};
    b = slurp("members.pcap.gz");
    put(&b, zeros, sizeof zeros);
    save(&b, "padded.pcap.gz");
    check_three("padded.pcap.gz");
}

/* More than any buffer on the way holds, so that frames lie across each buffer's end and the arena
 * has to move. */
static void large_captures_plain_and_compressed(void **state)
{
    enum { FRAMES = 4000, LENGTH = 1001 };
    struct bytes b = {.data = NULL};
    put_pcap(&b, true, 65535, ETHERNET);
    for (uint32_t i = 0; i < FRAMES; i++) {
        put_record(&b, i, i, LENGTH, LENGTH, (uint8_t)i);
    }
    struct bytes copy = {.data = NULL};
    put(&copy, b.data, b.length);
    save(&b, "large.pcap");
    save_gzip(&copy, "large.pcap.gz");
    const char *names[] = {"large.pcap", "large.pcap.gz"};
    for (int n = 0; n < 2; n++) {
        struct capture *c = load(names[n]);
        assert_int_equal(c->count, FRAMES);
        for (uint32_t i = 0; i < FRAMES; i++) {
            const struct capture_frame *frame = &c->frames[i];
            uint8_t expected[LENGTH];
            for (uint32_t k = 0; k < LENGTH; k++) {
                expected[k] = (uint8_t)(i + k);
            }
            assert_int_equal(frame->time_ns, i * UINT64_C(1000000001));
            assert_memory_equal(frame->data, expected, LENGTH);
        }
        capture_free(c);
    }
}

/* libpcap alone would cut these frames at 64 bytes. */
static void frames_longer_than_the_headers_snap_length_stay_whole(void **state)
{
    for (int variant = 0; variant < 4; variant++) {
        struct bytes b = {.big_endian = (variant & 1) != 0};
        put_pcap(&b, (variant & 2) != 0, 64, ETHERNET);
        put_record(&b, 0, 0, 1514, 1514, 3);
        save(&b, "low.pcap");
        struct capture *c = load("low.pcap");
        check_frame(&c->frames[0], 0, 1514, 3);
        assert_int_equal(c->frames[0].flags, 0);
        capture_free(c);
    }
}

static void snapped_and_too_long_frames_are_marked_and_counted(void **state)
{
    struct bytes b = {.data = NULL};
    put_pcap(&b, false, 65535, ETHERNET);
    put_record(&b, 0, 0, 96, 1514, 1);     /* snapped */
    put_record(&b, 0, 0, 70000, 70000, 2); /* too long */
    put_record(&b, 0, 0, 65535, 65535, 3); /* just not */
    put_record(&b, 0, 0, 128, 65536, 4);   /* both */
    put_record(&b, 0, 0, 0, 0, 5);         /* empty */
    put_record(&b, 0, 0, 60, 40, 6);       /* nonsense: less on the wire than captured */
    save(&b, "lengths.pcap");
    struct capture *c = load("lengths.pcap");
    assert_int_equal(c->count, 6);
    assert_int_equal(c->snapped, 2);
    assert_int_equal(c->too_long, 2);
    assert_int_equal(c->bytes, 96 + 65535 + 60);
    static const uint32_t lengths[] = {96, 0, 65535, 0, 0, 60};
    static const uint32_t originals[] = {1514, 70000, 65535, 65536, 0, 60};
    static const uint32_t flags[] = {
        CAPTURE_SNAPPED, CAPTURE_TOO_LONG, 0, CAPTURE_SNAPPED | CAPTURE_TOO_LONG, 0, 0};
    for (size_t i = 0; i < 6; i++) {
        check_frame(&c->frames[i], 0, lengths[i], (uint8_t)(i + 1));
        assert_int_equal(c->frames[i].original, originals[i]);
        assert_int_equal(c->frames[i].flags, flags[i]);
        assert_non_null(c->frames[i].data);
    }
    capture_free(c);
}

static void the_longest_frame_can_be_chosen(void **state)
{
    struct bytes b = {.data = NULL};
    struct capture_options options = {.max_frame = 61};
    struct capture *c;
    char error[64];
    put_three(&b);
    save(&b, "three.pcap");
    assert_int_equal(capture_load("three.pcap", &options, &c, error, sizeof error), 0);
    assert_int_equal(c->too_long, 1);
    assert_int_equal(c->frames[2].flags, CAPTURE_TOO_LONG);
    check_frame(&c->frames[1], 1000000001, 61, 0x10);
    capture_free(c);
}

/* ---- Pipes -------------------------------------------------------------------------------- */

/* A process that writes a file into a FIFO byte by byte, as slow as a pipe can be. */
static pid_t feed(const struct bytes *b)
{
    pid_t child = fork();
    if (child != 0) {
        return child;
    }
    int fd = open("fifo", O_WRONLY);
    for (size_t i = 0; i < b->length; i++) {
        if (write(fd, b->data + i, 1) != 1) {
            _exit(1);
        }
    }
    _exit(0);
}

static void fifos_can_be_read(void **state)
{
    struct bytes b = {.data = NULL};
    put_three(&b);
    save_gzip(&b, "fed.pcap.gz");
    for (int compressed = 0; compressed < 2; compressed++) {
        int status;
        if (compressed != 0) {
            b = slurp("fed.pcap.gz");
        } else {
            put_three(&b);
        }
        assert_int_equal(mkfifo("fifo", 0600), 0);
        pid_t writer = feed(&b);
        check_three("fifo");
        assert_int_equal(waitpid(writer, &status, 0), writer);
        assert_int_equal(status, 0);
        unlink("fifo");
        free(b.data);
        b = (struct bytes){.data = NULL};
    }
}

static void standard_input_has_two_names(void **state)
{
    static const char *const names[] = {"-", "/dev/stdin"};
    struct bytes b = {.data = NULL};
    put_three(&b);
    save(&b, "three.pcap");
    for (int i = 0; i < 2; i++) {
        int saved = redirect(STDIN_FILENO, "three.pcap", O_RDONLY);
        check_three(names[i]);
        restore(STDIN_FILENO, saved);
        saved = redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
        load_bad(names[i], CAPTURE_FAILED, 0, "standard input: is empty");
        restore(STDIN_FILENO, saved);
    }
}

/* ---- Bounds and progress ------------------------------------------------------------------ */

/* One MiB holds the list of 32768 frames, and then no bytes of theirs; two hold both. */
static void memory_is_bounded(void **state)
{
    struct bytes b = {.data = NULL};
    struct capture_options options = {.max_bytes = 3 << 20};
    struct capture *c;
    char error[256];
    put_pcap(&b, true, 65535, ETHERNET);
    for (uint32_t i = 0; i < 60; i++) {
        put_record(&b, 0, i, 60000, 60000, (uint8_t)i);
    }
    save(&b, "huge.pcap");
    assert_int_equal(capture_load("huge.pcap", &options, &c, error, sizeof error), CAPTURE_PARTIAL);
    assert_true(c->partial);
    assert_int_equal(c->count, (2 << 20) / 60000);
    assert_true(c->size + c->room * sizeof *c->frames <= options.max_bytes);
    for (size_t i = 0; i < c->count; i++) {
        check_frame(&c->frames[i], i, 60000, (uint8_t)i);
    }
    assert_string_equal(
        error, "huge.pcap: stopped at record 35, byte 2100584: more than 3 MiB of memory are "
               "needed; cut the capture up");
    capture_free(c);
    options.max_bytes = 1;
    assert_int_equal(capture_load("huge.pcap", &options, &c, error, sizeof error), CAPTURE_PARTIAL);
    assert_int_equal(c->count, 0);
    capture_free(c);
}

struct watch {
    uint64_t done, total;
    unsigned calls, limit;
};

static bool watching(void *opaque, uint64_t done, uint64_t total)
{
    struct watch *w = opaque;
    assert_true(done >= w->done);
    w->done = done;
    w->total = total;
    return ++w->calls <= w->limit;
}

static void progress_is_told_in_bytes_of_the_file(void **state)
{
    struct watch w = {.limit = UINT32_MAX};
    struct capture_options options = {.progress = watching, .opaque = &w};
    struct capture *c;
    char error[256];
    struct bytes b = gzipped(0, 0);
    size_t length = b.length;
    save(&b, "three.gz");
    assert_int_equal(capture_load("three.gz", &options, &c, error, sizeof error), CAPTURE_WHOLE);
    assert_int_equal(w.done, length);
    assert_int_equal(w.total, length);
    capture_free(c);
}

/* Whenever it says so: before the file header, between frames, and at the end. */
static void progress_can_stop_the_loading(void **state)
{
    struct bytes b = {.data = NULL};
    char error[256];
    put_pcap(&b, true, 65535, ETHERNET);
    for (uint32_t i = 0; i < 3000; i++) {
        put_record(&b, 0, i, 1000, 1000, 0);
    }
    save(&b, "long.pcap");
    struct watch w = {.limit = UINT32_MAX};
    struct capture_options options = {.progress = watching, .opaque = &w};
    struct capture *c;
    assert_int_equal(capture_load("long.pcap", &options, &c, error, sizeof error), 0);
    capture_free(c);
    unsigned calls = w.calls;
    assert_true(calls >= 3);
    for (unsigned limit = 0; limit < calls; limit++) {
        w = (struct watch){.limit = limit};
        assert_int_equal(capture_load("long.pcap", &options, &c, error, sizeof error),
                         CAPTURE_STOPPED);
        assert_null(c);
        assert_string_equal(error, "long.pcap: interrupted");
    }
}

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
    alarms = alarms + 1;
}

static bool until_third_alarm(void *opaque, uint64_t done, uint64_t total)
{
    return alarms < 3;
}

/* A signal gets through to somebody who waits for a pipe: while the pipe has no writer, and while
 * the writer is silent. */
static void a_signal_ends_the_wait_for_a_pipe(void **state)
{
    struct capture_options options = {.progress = until_third_alarm};
    const struct itimerval timer = {{0, 2000}, {0, 2000}}, off = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct capture *c;
    char error[256];

    sigemptyset(&action.sa_mask);
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(mkfifo("silent", 0600), 0);
    for (int writer = 0; writer < 2; writer++) {
        int fd = writer != 0 ? open("silent", O_RDWR) : -1;
        alarms = 0;
        setitimer(ITIMER_REAL, &timer, NULL);
        assert_int_equal(capture_load("silent", &options, &c, error, sizeof error),
                         CAPTURE_STOPPED);
        setitimer(ITIMER_REAL, &off, NULL);
        assert_true(alarms >= 3);
        assert_string_equal(error, "silent: interrupted");
        close(fd);
    }
    sigaction(SIGALRM, &before, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pcap_of_both_precisions_and_byte_orders),
        cmocka_unit_test(pcapng_of_both_byte_orders),
        cmocka_unit_test(a_capture_without_frames_is_whole),
        cmocka_unit_test(gzip_in_one_member_or_several_with_padding),
        cmocka_unit_test(large_captures_plain_and_compressed),
        cmocka_unit_test(frames_longer_than_the_headers_snap_length_stay_whole),
        cmocka_unit_test(snapped_and_too_long_frames_are_marked_and_counted),
        cmocka_unit_test(the_longest_frame_can_be_chosen),
        cmocka_unit_test(fifos_can_be_read),
        cmocka_unit_test(standard_input_has_two_names),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(progress_is_told_in_bytes_of_the_file),
        cmocka_unit_test(progress_can_stop_the_loading),
        cmocka_unit_test(a_signal_ends_the_wait_for_a_pipe),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
