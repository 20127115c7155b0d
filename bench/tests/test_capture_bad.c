/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading captures that are damaged, or none at all: what is kept, and what is said. */
#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "captures.h"

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
             "cut.pcap: stopped at record 2, byte 136: truncated dump file; tried to read 61 "
             "captured bytes, "
             "only got 20");
    save_cut("cut.pcap", FIRST + 7);
    load_bad("cut.pcap", CAPTURE_PARTIAL, 1,
             "cut.pcap: stopped at record 2, byte 107: truncated dump file; tried to read 16 "
             "header bytes, "
             "only got 7");
    save_cut("cut.pcap", 24 + 3);
    load_bad("cut.pcap", CAPTURE_PARTIAL, 0,
             "cut.pcap: stopped at record 1, byte 27: truncated dump file; tried to read 16 header "
             "bytes, "
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
             "bogus.pcap: stopped at record 4, byte 271: invalid packet capture length 4294967280, "
             "bigger "
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
        "two.pcapng: stopped at record %zu, byte %d: the capture comes from interfaces of "
        "different kinds, "
        "and libpcap reads only one kind (an interface has a type %d different from the type of "
        "the "
        "first interface); split it by interface";
    static const char snap_message[] =
        "two.pcapng: stopped at record 2, byte 184: the capture comes from interfaces of different "
        "kinds, "
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
        snprintf(message, sizeof message, type_message, kept + 1, kept == 0 ? 92 : 184, 113);
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
        cmocka_unit_test(short_error_buffers),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
