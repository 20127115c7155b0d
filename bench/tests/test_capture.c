/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading captures: what is read from good files, and what is said about bad ones. */
#define _GNU_SOURCE
#include "capture_in.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"

enum { ETHERNET = 1 };

/* ---- Helpers ------------------------------------------------------------------------------ */

/* Loads a file that must be whole. */
static struct capture *load(const char *path)
{
    char error[512] = "";
    struct capture *c = NULL;
    int status = capture_load(path, NULL, &c, error, sizeof error);
    assert_string_equal(error, "");
    assert_int_equal(status, CAPTURE_WHOLE);
    assert_false(c->partial);
    return c;
}

/* Loads a file that must give this status and message. With CAPTURE_PARTIAL, count frames must be
 * there, with the bytes of put_three(). */
static void load_bad(const char *path, int status, size_t count, const char *message)
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

static void check_frame(const struct capture_frame *frame, uint64_t time_ns, uint32_t length,
                        uint8_t first)
{
    assert_int_equal(frame->time_ns, time_ns);
    assert_int_equal(frame->length, length);
    assert_int_equal((uintptr_t)frame->data % 8, 0);
    for (uint32_t i = 0; i < length; i++) {
        assert_int_equal(frame->data[i], (uint8_t)(first + i));
    }
}

/* Three frames of 60, 61 and 62 bytes. */
static void put_three(struct bytes *b)
{
    put_pcap(b, true, 65535, ETHERNET);
    for (uint32_t i = 0; i < 3; i++) {
        put_record(b, 1, i, 60 + i, 60 + i, (uint8_t)(i << 4));
    }
}

static void check_three(const char *path)
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

/* ---- Files that are no captures ----------------------------------------------------------- */

static void save_text(const char *name, const char *text)
{
    struct bytes b = {.data = NULL};
    put(&b, text, strlen(text));
    save(&b, name);
}

static void what_is_no_capture_is_refused(void **state)
{
    load_bad("missing.pcap", CAPTURE_FAILED, 0, "missing.pcap: No such file or directory");
    assert_int_equal(mkdir("directory", 0755), 0);
    load_bad("directory", CAPTURE_FAILED, 0, "directory: is a directory, not a capture file");
    save_text("empty.pcap", "");
    load_bad("empty.pcap", CAPTURE_FAILED, 0, "empty.pcap: is empty");
    save_text("notes.txt", "These are not the frames you are looking for.\n");
    load_bad("notes.txt", CAPTURE_FAILED, 0,
             "notes.txt: is not a capture, neither pcap nor pcapng (libpcap: unknown file format)");
    save_text("x", "x");
    load_bad("x", CAPTURE_FAILED, 0,
             "x: can't be read as a capture (libpcap: truncated dump file; tried to read "
             "4 file header bytes, only got 1)");
    save_text("a.pcap.bz2", "BZh91AY&SY");
    load_bad("a.pcap.bz2", CAPTURE_FAILED, 0,
             "a.pcap.bz2: is compressed (bzip2); only gzip is undone here, unpack it first");
    save_text("a.pcap.zst", "\x28\xb5\x2f\xfd....");
    load_bad("a.pcap.zst", CAPTURE_FAILED, 0,
             "a.pcap.zst: is compressed (zstd); only gzip is undone here, unpack it first");
    load_bad("/proc/self/mem", CAPTURE_FAILED, 0,
             "/proc/self/mem: reading failed at byte 0: Input/output error");
}

static void a_file_that_may_not_be_read(void **state)
{
    struct bytes b = {.data = NULL};
    put_three(&b);
    save(&b, "secret.pcap");
    assert_int_equal(chmod("secret.pcap", 0), 0);
    uid_t user = geteuid();
    assert_true(user != 0 || seteuid(65534) == 0); /* nothing is forbidden to root */
    load_bad("secret.pcap", CAPTURE_FAILED, 0, "secret.pcap: Permission denied");
    assert_int_equal(seteuid(user), 0);
}

static void other_link_types_are_named(void **state)
{
    static const struct {
        uint32_t type;
        const char *message;
    } cases[] = {
        {101, "raw.pcap: holds no Ethernet frames: its link type is 101 (RAW)"},
        {113, "raw.pcap: holds no Ethernet frames: its link type is 113 (LINUX_SLL)"},
        {9999, "raw.pcap: holds no Ethernet frames: its link type is 9999 (unknown to libpcap)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes b = {.data = NULL};
        put_pcap(&b, false, 65535, cases[i].type);
        put_record(&b, 0, 0, 60, 60, 0);
        save(&b, "raw.pcap");
        load_bad("raw.pcap", CAPTURE_FAILED, 0, cases[i].message);
    }
}

/* ---- Damaged captures --------------------------------------------------------------------- */

/* Saves the first bytes of three frames. */
static void save_cut(const char *name, size_t length)
{
    struct bytes b = {.data = NULL};
    put_three(&b);
    assert_true(length < b.length);
    b.length = length;
    save(&b, name);
}

static void the_frames_before_the_cut_are_kept(void **state)
{
    enum { FIRST = 24 + 16 + 60 };
    save_cut("cut.pcap", FIRST + 16 + 20);
    load_bad("cut.pcap", CAPTURE_PARTIAL, 1,
             "cut.pcap: stopped at record 2: truncated dump file; tried to read 61 captured bytes, "
             "only got 20");
    save_cut("cut.pcap", FIRST + 7);
    load_bad("cut.pcap", CAPTURE_PARTIAL, 1,
             "cut.pcap: stopped at record 2: truncated dump file; tried to read 16 header bytes, "
             "only got 7");
    save_cut("cut.pcap", 24 + 3);
    load_bad("cut.pcap", CAPTURE_PARTIAL, 0,
             "cut.pcap: stopped at record 1: truncated dump file; tried to read 16 header bytes, "
             "only got 3");
    save_cut("cut.pcap", 10);
    load_bad("cut.pcap", CAPTURE_FAILED, 0,
             "cut.pcap: can't be read as a capture (libpcap: truncated dump file; tried to read 24 "
             "file header bytes, only got 6)");
}

static void a_record_of_impossible_length_ends_the_capture(void **state)
{
    struct bytes b = {.data = NULL};
    put_three(&b);
    put32(&b, 0);
    put32(&b, 0);
    put32(&b, 0xfffffff0);
    put32(&b, 0xfffffff0);
    save(&b, "bogus.pcap");
    load_bad("bogus.pcap", CAPTURE_PARTIAL, 3,
             "bogus.pcap: stopped at record 4: invalid packet capture length 4294967280, bigger "
             "than snaplen of 262144");
}

/* libpcap passes on whatever stands there; its fractions of a second are signed. */
static void impossible_times_do_not_overflow(void **state)
{
    struct bytes b = {.data = NULL};
    put_pcap(&b, true, 65535, ETHERNET);
    put_record(&b, UINT32_MAX, INT32_MAX, 60, 60, 0);
    put_record(&b, 0, UINT32_MAX, 60, 60, 0);
    save(&b, "time.pcap");
    put_section(&b);
    put_interface(&b, ETHERNET, 65535);
    put_packet(&b, 0, UINT64_MAX, 60, 60, 0);
    save(&b, "time.pcapng");
    struct capture *c = load("time.pcap");
    assert_int_equal(c->frames[0].time_ns, UINT64_C(4294967295) * 1000000000 + INT32_MAX);
    assert_int_equal(c->frames[1].time_ns, 0);
    capture_free(c);
    c = load("time.pcapng");
    assert_int_equal(c->frames[0].time_ns, UINT64_MAX);
    capture_free(c);
}

static void pcapng_of_several_kinds_of_interfaces(void **state)
{
    static const char type_message[] =
        "two.pcapng: stopped at record %zu: the capture comes from interfaces of different kinds, "
        "and libpcap reads only one kind (an interface has a type %d different from the type of "
        "the "
        "first interface); split it by interface";
    static const char snap_message[] =
        "two.pcapng: stopped at record 2: the capture comes from interfaces of different kinds, "
        "and "
        "libpcap reads only one kind (an interface has a snapshot length 96 different from the "
        "snapshot length of the first interface); split it by interface";
    char message[512];
    for (int declared_first = 0; declared_first < 2; declared_first++) {
        struct bytes b = {.data = NULL};
        put_section(&b);
        put_interface(&b, ETHERNET, 65535);
        if (declared_first == 0) {
            put_packet(&b, 0, 1, 60, 60, 0);
        }
        put_interface(&b, 113, 65535);
        put_packet(&b, 0, 1, 60, 60, 0);
        save(&b, "two.pcapng");
        size_t kept = declared_first == 0 ? 1 : 0;
        snprintf(message, sizeof message, type_message, kept + 1, 113);
        load_bad("two.pcapng", CAPTURE_PARTIAL, kept, message);
    }
    struct bytes b = {.data = NULL};
    put_section(&b);
    put_interface(&b, ETHERNET, 65535);
    put_packet(&b, 0, 1, 60, 60, 0);
    put_interface(&b, ETHERNET, 96);
    save(&b, "two.pcapng");
    load_bad("two.pcapng", CAPTURE_PARTIAL, 1, snap_message);

    put_section(&b);
    put_interface(&b, ETHERNET, 65535);
    put_packet(&b, 0, 1, 60, 60, 0);
    put_interface(&b, ETHERNET, 65535); /* of the same kind: no trouble */
    put_packet(&b, 1, 2, 61, 61, 0x10);
    save(&b, "two.pcapng");
    struct capture *c = load("two.pcapng");
    assert_int_equal(c->count, 2);
    capture_free(c);
}

/* ---- Damaged gzip data -------------------------------------------------------------------- */

/* Three frames compressed, with the last bytes cut off and one byte changed. */
static struct bytes gzipped(size_t cut, size_t change)
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

static void a_wrong_check_sum_is_told_though_all_frames_came(void **state)
{
    char message[256];
    struct bytes b = gzipped(0, 8);
    snprintf(message, sizeof message,
             "bad.gz: stopped at record 4: the gzip data is damaged (incorrect data check) at byte "
             "%zu",
             b.length - 4);
    save(&b, "bad.gz");
    load_bad("bad.gz", CAPTURE_PARTIAL, 3, message);
}

/* Whatever byte is wrong, the result is one of those promised, and under the sanitizers. */
static void any_single_damage_is_survived(void **state)
{
    enum { KINDS = 3 };
    struct bytes good[KINDS] = {{.data = NULL}};
    put_three(&good[0]);
    put_section(&good[1]);
    put_interface(&good[1], ETHERNET, 65535);
    put_packet(&good[1], 0, 1, 60, 60, 0);
    put_packet(&good[1], 0, 1, 61, 61, 0);
    good[2] = gzipped(0, 0);
    size_t whole = 0, partial = 0, failed = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t at = 0; at < good[kind].length; at++) {
            struct bytes b = {.data = NULL};
            struct capture *c = NULL;
            char error[512] = "";
            put(&b, good[kind].data, good[kind].length);
            b.data[at] ^= 0xff;
            save(&b, "damaged");
            int status = capture_load("damaged", NULL, &c, error, sizeof error);
            whole += status == CAPTURE_WHOLE;
            partial += status == CAPTURE_PARTIAL;
            failed += status == CAPTURE_FAILED;
            assert_int_equal(status >= 0, c != NULL);
            assert_int_equal(status != 0, strncmp(error, "damaged: ", 9) == 0);
            assert_true(c == NULL || c->count <= 3);
            capture_free(c);
        }
        free(good[kind].data);
    }
    /* Most damage is to frames' bytes, which nothing protects. */
    assert_true(whole > 200 && partial > 50 && failed > 20);
}

static void gzip_data_that_ends_too_early(void **state)
{
    char message[256];
    struct bytes b = gzipped(8, 0);
    snprintf(message, sizeof message,
             "bad.gz: stopped at record 4: the gzip data ends too early, at byte %zu", b.length);
    save(&b, "bad.gz");
    load_bad("bad.gz", CAPTURE_PARTIAL, 3, message);

    b = gzipped(40, 0);
    size_t length = b.length;
    save(&b, "bad.gz");
    struct capture *c;
    snprintf(message, sizeof message, "the gzip data ends too early, at byte %zu", length);
    char error[256];
    assert_int_equal(capture_load("bad.gz", NULL, &c, error, sizeof error), CAPTURE_PARTIAL);
    assert_non_null(strstr(error, message));
    assert_true(c->count < 3);
    capture_free(c);

    b = gzipped(0, 0);
    b.length = 12; /* the gzip header and a bit more */
    save(&b, "bad.gz");
    load_bad("bad.gz", CAPTURE_FAILED, 0, "bad.gz: the gzip data ends too early, at byte 12");
}

static void other_data_behind_gzip_data(void **state)
{
    static const char *const junk[] = {"junk", "\x1f", "\x1fjunk"};
    for (int i = 0; i < 3; i++) {
        char message[256];
        struct bytes b = gzipped(0, 0);
        size_t length = b.length;
        put(&b, junk[i], strlen(junk[i]));
        snprintf(message, sizeof message,
                 "bad.gz: stopped at record 4: something that is not gzip data at byte %zu",
                 length);
        save(&b, "bad.gz");
        load_bad("bad.gz", CAPTURE_PARTIAL, 3, message);
    }
}

static void compressed_files_that_are_no_captures(void **state)
{
    struct bytes b = {.data = NULL};
    put(&b, "", 0);
    FILE *empty = popen("gzip -c </dev/null >empty.gz", "r");
    assert_non_null(empty);
    assert_int_equal(pclose(empty), 0);
    load_bad("empty.gz", CAPTURE_FAILED, 0, "empty.gz: is empty once decompressed");
    put(&b, "some text", 9);
    save_gzip(&b, "text.gz");
    load_bad("text.gz", CAPTURE_FAILED, 0,
             "text.gz: is not a capture, neither pcap nor pcapng (libpcap: unknown file format)");
    save_text("magic.gz", "\x1f\x8b");
    load_bad("magic.gz", CAPTURE_FAILED, 0, "magic.gz: the gzip data ends too early, at byte 2");
    save_text("header.gz", "\x1f\x8b\x09 and more than that");
    load_bad("header.gz", CAPTURE_FAILED, 0,
             "header.gz: the gzip data is damaged (unknown compression method) at byte 4");
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
    assert_string_equal(error, "huge.pcap: stopped at record 35: more than 3 MiB of memory are "
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
        assert_int_equal(alarms, 3);
        assert_string_equal(error, "silent: interrupted");
        close(fd);
    }
    sigaction(SIGALRM, &before, NULL);
}

/* A message that doesn't fit is cut, never written past the end. */
static void short_error_buffers(void **state)
{
    char error[8] = "1234567";
    struct capture *c;
    for (size_t size = 0; size <= sizeof error; size++) {
        assert_int_equal(capture_load("missing.pcap", NULL, &c, error, size), CAPTURE_FAILED);
        assert_true(size == 0 || strlen(error) == size - 1);
    }
    assert_string_equal(error, "missing");
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
        cmocka_unit_test(what_is_no_capture_is_refused),
        cmocka_unit_test(a_file_that_may_not_be_read),
        cmocka_unit_test(other_link_types_are_named),
        cmocka_unit_test(the_frames_before_the_cut_are_kept),
        cmocka_unit_test(a_record_of_impossible_length_ends_the_capture),
        cmocka_unit_test(impossible_times_do_not_overflow),
        cmocka_unit_test(pcapng_of_several_kinds_of_interfaces),
        cmocka_unit_test(a_wrong_check_sum_is_told_though_all_frames_came),
        cmocka_unit_test(any_single_damage_is_survived),
        cmocka_unit_test(gzip_data_that_ends_too_early),
        cmocka_unit_test(other_data_behind_gzip_data),
        cmocka_unit_test(compressed_files_that_are_no_captures),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(progress_is_told_in_bytes_of_the_file),
        cmocka_unit_test(progress_can_stop_the_loading),
        cmocka_unit_test(a_signal_ends_the_wait_for_a_pipe),
        cmocka_unit_test(short_error_buffers),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
