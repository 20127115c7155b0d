/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire `dgram`: what its argument may say, what it does with datagrams that are no frames, and
 * with frames that nobody takes. Over Unix sockets, without real time. */
#define _GNU_SOURCE /* mkdtemp */
#include "columns.h"
#include "dgram_address.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Addresses ---- */

static void addresses_are_read_and_told(void **state)
{
    const char *const good[][3] = {
        {"127.0.0.1:5000,127.0.0.1:5001", "127.0.0.1:5000", "127.0.0.1:5001"},
        {"[::1]:5000,[::1]:5001", "[::1]:5000", "[::1]:5001"},
        {"/run/a.sock,./b.sock", "/run/a.sock", "./b.sock"},
        {"./a:1,./b:2", "./a:1", "./b:2"},
    };
    struct dgram_address local, remote;
    char error[300], text[160];

    (void)state;
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(dgram_addresses(good[i][0], &local, &remote, error, sizeof(error)), 0);
        dgram_text(&local, text, sizeof(text));
        assert_string_equal(text, good[i][1]);
        dgram_text(&remote, text, sizeof(text));
        assert_string_equal(text, good[i][2]);
    }
}

static void wrong_addresses_are_told(void **state)
{
    const char *const bad[][2] = {
        {"127.0.0.1:5000", "LOCAL,REMOTE"},
        {"127.0.0.1:5000,", "LOCAL,REMOTE"},
        {",127.0.0.1:5000", "LOCAL,REMOTE"},
        {"127.0.0.1,127.0.0.1:5000", "'127.0.0.1'"},
        {"127.0.0.1:5000,127.0.0.1:port", "'127.0.0.1:port'"},
        {"127.0.0.1:,127.0.0.1:5", "'127.0.0.1:'"},
        {"::1:5000,[::1]:5001", "'::1:5000'"},
        {"[::1:5000,[::1]:5001", "'[::1:5000'"},
        {"127.0.0.1:5000,[::1]:5000", "'[::1]:5000'"},
        {"127.0.0.1:5000,/run/a", "not of the same kind"},
        {"/run/a,127.0.0.1:5000", "not of the same kind"},
        {"/a-path-that-is-much-longer-than-a-unix-socket-may-have/a-path-that-is-much-longer-than-a"
         "-unix-socket-may-have,/run/b",
         "too long"},
    };
    struct dgram_address local, remote;
    char error[300];

    (void)state;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        error[0] = '\0';
        assert_int_equal(dgram_addresses(bad[i][0], &local, &remote, error, sizeof(error)), -1);
        assert_non_null(strstr(error, bad[i][1]));
        assert_null(strchr(error, '\n'));
    }
}

/* ---- Frames ---- */

struct bench {
    char folder[64], here[96], there[96], argument[200];
    struct wire *wire;
    int fd; /* the other side */
};

static struct sockaddr_un path_address(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    return address;
}

static int bound_socket(const char *path)
{
    const struct sockaddr_un address = path_address(path);
    const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static int try_open(struct bench *bench, struct wire **wire, char *error, size_t size)
{
    const struct column_setup setup = {
        .argument = bench->argument, .mbps = 1000, .max_frame = 1518};

    return wire_kind_dgram.open(wire, &setup, error, size);
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    char error[160];

    snprintf(bench->folder, sizeof(bench->folder), "/tmp/bench-dgram-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    snprintf(bench->here, sizeof(bench->here), "%s/here", bench->folder);
    snprintf(bench->there, sizeof(bench->there), "%s/there", bench->folder);
    snprintf(bench->argument, sizeof(bench->argument), "%s,%s", bench->here, bench->there);
    assert_int_equal(try_open(bench, &bench->wire, error, sizeof(error)), 0);
    bench->fd = bound_socket(bench->there);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    if (bench->wire != NULL)
        bench->wire->ops->close(bench->wire);
    close(bench->fd);
    unlink(bench->there);
    assert_int_equal(rmdir(bench->folder), 0); /* the wire has left nothing behind */
    free(bench);
    return 0;
}

static void offer(const struct bench *bench, size_t length, uint8_t first)
{
    const struct sockaddr_un address = path_address(bench->here);
    static uint8_t bytes[40000];

    memset(bytes, first, length);
    assert_int_equal(
        sendto(bench->fd, bytes, length, 0, (const struct sockaddr *)&address, sizeof(address)),
        length);
}

/* Frames arrive in order, short ones padded; datagrams too short or too long for a frame are left
 * out, wherever they stand, and counted. */
static void datagrams_become_frames(void **state)
{
    const size_t lengths[] = {1514, 13, 20, 20000, 1514, 16448, 0, 14};
    const uint32_t expected[] = {1514, 60, 1514, 16448, 60};
    const uint8_t first[] = {1, 3, 5, 6, 8};
    struct bench *bench = *state;
    const struct e1000emu_frame *frames;
    uint64_t times[8];
    char line[160];

    for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        offer(bench, lengths[i], (uint8_t)(i + 1));
    assert_true(bench->wire->waits);
    bench->wire->ops->pump(bench->wire, 77);
    assert_int_equal(bench->wire->ops->arrived(bench->wire, 77, 8, &frames), 5);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(frames[i].length, expected[i]);
        assert_int_equal(frames[i].data[0], first[i]);
        assert_int_equal(frames[i].data[13], first[i]);
    }
    assert_int_equal(frames[1].data[19], 3);
    for (unsigned i = 20; i < 60; i++)
        assert_int_equal(frames[1].data[i], 0);
    bench->wire->ops->taken(bench->wire, 77, 5, times);
    assert_int_equal(times[4], 77);
    assert_int_equal(bench->wire->ops->next_arrival(bench->wire), BENCH_NEVER);
    bench->wire->ops->tell(bench->wire, line, sizeof(line));
    assert_non_null(strstr(line, "dropped 3 "));
}

static void send_frames(struct bench *bench, const uint8_t *bytes, size_t count, size_t taken)
{
    struct e1000emu_frame frames[80];

    for (size_t i = 0; i < count; i++)
        frames[i] = (struct e1000emu_frame){.data = bytes, .length = 60 + (uint32_t)i};
    assert_int_equal(bench->wire->ops->send(bench->wire, 1000, frames, count), taken);
}

/* Sent frames are datagrams of their own without FCS; one whose FCS is wrong does not leave. */
static void frames_become_datagrams(void **state)
{
    struct bench *bench = *state;
    static uint8_t bytes[200], got[200];
    const struct e1000emu_frame frames[] = {
        {.data = bytes, .length = 60},
        {.data = bytes, .length = 100, .flags = E1000EMU_FRAME_FCS | E1000EMU_FRAME_BAD_FCS},
        {.data = bytes, .length = 104, .flags = E1000EMU_FRAME_FCS},
    };

    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)i;
    assert_int_equal(bench->wire->ops->send(bench->wire, 0, frames, 3), 3);
    assert_int_equal(recv(bench->fd, got, sizeof(got), MSG_DONTWAIT), 60);
    assert_int_equal(recv(bench->fd, got, sizeof(got), MSG_DONTWAIT), 100);
    assert_memory_equal(got, bytes, 100);
    assert_int_equal(recv(bench->fd, got, sizeof(got), MSG_DONTWAIT), -1);
}

/* When the other side's queue is full, the wire says so and takes the rest later; nothing is lost.
 */
static void a_full_queue_holds_frames_back(void **state)
{
    struct bench *bench = *state;
    static uint8_t bytes[200];
    struct e1000emu_frame frames[80];
    unsigned got = 0;
    size_t taken;

    for (unsigned i = 0; i < 80; i++)
        frames[i] = (struct e1000emu_frame){.data = bytes, .length = 60 + i};
    taken = bench->wire->ops->send(bench->wire, 1000, frames, 80);
    assert_in_range(taken, 1, 79); /* Linux's default is 10 datagrams */
    assert_true(bench->wire->ops->next_room(bench->wire) > 1000);
    assert_true(bench->wire->ops->next_room(bench->wire) != BENCH_NEVER);
    while (got < 80) {
        while (recv(bench->fd, bytes, sizeof(bytes), MSG_DONTWAIT | MSG_PEEK) > 0)
            assert_int_equal(recv(bench->fd, bytes, sizeof(bytes), 0), 60 + got++);
        taken += bench->wire->ops->send(bench->wire, 2000, frames + taken, 80 - taken);
    }
    assert_int_equal(taken, 80);
    assert_int_equal(bench->wire->ops->next_room(bench->wire), BENCH_NEVER);
}

/* Where nobody listens, frames are lost, as on a cable without an end. */
static void frames_to_nobody_are_lost(void **state)
{
    struct bench *bench = *state;
    static const uint8_t bytes[200];
    char line[160];

    close(bench->fd);
    send_frames(bench, bytes, 70, 70);
    unlink(bench->there);
    send_frames(bench, bytes, 10, 10);
    bench->wire->ops->tell(bench->wire, line, sizeof(line));
    assert_non_null(strstr(line, " 80 frames were not taken"));
    bench->fd = bound_socket(bench->there);
}

/* A path in use is not taken away from its user; one that was left behind is. */
static void a_path_in_use_is_respected(void **state)
{
    struct bench *bench = *state;
    struct wire *second = NULL;
    char error[160];
    int left_behind;

    assert_int_equal(try_open(bench, &second, error, sizeof(error)), -1);
    assert_non_null(strstr(error, bench->here));
    assert_non_null(strstr(error, "in use"));
    offer(bench, 60, 1); /* it still works */

    bench->wire->ops->close(bench->wire);
    left_behind = bound_socket(bench->here);
    close(left_behind);
    assert_int_equal(try_open(bench, &bench->wire, error, sizeof(error)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_told),
        cmocka_unit_test(wrong_addresses_are_told),
        cmocka_unit_test_setup_teardown(datagrams_become_frames, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frames_become_datagrams, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_queue_holds_frames_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frames_to_nobody_are_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_path_in_use_is_respected, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
