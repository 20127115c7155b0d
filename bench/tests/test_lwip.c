/* SPDX-License-Identifier: BSD-2-Clause */
/* lwIP above driver and chip, in a network of libslirp's: two threads that hand frames to each
 * other, and what travels between them. */
#include "above_lwip.h"
#include "joint.h"
#include "net_transfer.h"

#include <lwip/tcpip.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define BYTES 1000000u

static struct net_server server;
static struct joint joint;
static struct joint_config config;

/* ---- A bench of them ---- */

static int open_bench(const char *wire_argument, const char *above_argument)
{
    const struct e1000emu_profile *profile = e1000emu_profile_find("vmware");

    config = (struct joint_config){.wire = &wire_kind_slirp,
                                   .wire_argument = wire_argument,
                                   .above = {&above_kind_lwip},
                                   .above_argument = {above_argument}};
    session_defaults(&config.session);
    config.session.device.profile = profile;
    config.session.device.mac = config.mac;
    memcpy(config.mac, profile->mac, 6);
    return joint_open(&joint, &config);
}

static int open_default(void **state)
{
    (void)state;
    return open_bench(NULL, NULL);
}

static int close_bench(void **state)
{
    (void)state;
    joint_close(&joint);
    return 0;
}

static ip_addr_t address(const char *text)
{
    ip_addr_t result;

    assert_int_equal(ipaddr_aton(text, &result), 1);
    return result;
}

/* Far longer than anything takes. */
static bool runs_until(bool (*done)(void *opaque), void *opaque)
{
    if (joint_run(&joint, done, opaque, joint.clock.now - joint.start + 60 * BENCH_S) < 0)
        fail_msg("%s", joint.error);
    return done(opaque);
}

/* ---- Pings ---- */

static bool is_answered(void *opaque)
{
    return net_ping_answered(opaque);
}

static bool pings(const char *to, uint16_t length)
{
    struct net_ping ping = {.pcb = NULL};
    const ip_addr_t target = address(to);
    bool answered;

    assert_true(net_ping_send(&ping, &target, length));
    answered = runs_until(is_answered, &ping);
    net_ping_close(&ping);
    return answered;
}

static void the_gateway_answers_pings(void **state)
{
    (void)state;
    assert_true(pings("10.0.2.2", 56));
    assert_true(pings("10.0.2.2", 0));
    assert_true(pings("10.0.2.2", NET_PING_LONGEST));
    assert_true(pings("fd00::2", 56));
    assert_true(pings("fd00::2", NET_PING_LONGEST));
    assert_int_equal(above_lwip_dropped(joint.ends[0].session.sched.above), 0);
}

static void a_network_of_ones_own_is_found(void **state)
{
    (void)state;
    assert_int_equal(open_bench("net=192.168.9.0/24,net6=fd12::/64",
                                "address=192.168.9.15/24,gateway=192.168.9.2,address6=fd12::15"),
                     0);
    assert_true(pings("192.168.9.2", 100));
    assert_true(pings("fd12::2", 100));
}

/* ---- Transfers ---- */

static bool is_done(void *opaque)
{
    return net_transfer_done(opaque);
}

static struct net_transfer *transfers(const char *to, uint16_t port, uint64_t receive,
                                      uint64_t send)
{
    struct net_transfer *transfer = calloc(1, sizeof(*transfer));

    assert_non_null(transfer);
    transfer->address = address(to);
    transfer->port = port;
    transfer->receive = receive;
    transfer->send = send;
    net_transfer_start(transfer);
    assert_true(runs_until(is_done, transfer));
    net_transfer_end(transfer);
    return transfer;
}

static void bytes_come_whole_in_each_direction(void **state)
{
    static const uint64_t sizes[][2] = {{BYTES, 0}, {0, BYTES}, {BYTES, BYTES}, {1, 0},
                                        {0, 1},     {0, 0},     {1461, 8191}};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct net_transfer *transfer =
            transfers("10.0.2.2", server.port, sizes[i][0], sizes[i][1]);

        assert_string_equal(transfer->failure, "");
        assert_int_equal(transfer->body, sizes[i][0] + NET_SERVER_TAIL);
        free(transfer);
    }
}

/* The judging itself: a checksum that differs is told. */
static void bytes_that_differ_are_told(void **state)
{
    struct net_transfer *transfer = calloc(1, sizeof(*transfer));

    (void)state;
    assert_non_null(transfer);
    transfer->address = address("10.0.2.2");
    transfer->port = server.port;
    transfer->receive = 5000;
    transfer->crc = 1; /* as if something had come before */
    net_transfer_start(transfer);
    assert_true(runs_until(is_done, transfer));
    net_transfer_end(transfer);
    assert_non_null(strstr(transfer->failure, "what was received has the checksum"));
    free(transfer);
}

static void a_port_where_nobody_listens_is_told(void **state)
{
    struct net_transfer *transfer = transfers("10.0.2.2", 1, 100, 0);

    (void)state;
    assert_non_null(strstr(transfer->failure, "was refused or reset with 0 of 100 bytes"));
    free(transfer);
}

static void nothing_passes_a_restricted_network(void **state)
{
    struct net_transfer *transfer;

    (void)state;
    assert_int_equal(open_bench("restrict=on", NULL), 0);
    assert_true(pings("10.0.2.2", 56));
    transfer = transfers("10.0.2.2", server.port, 100, 0);
    assert_string_not_equal(transfer->failure, "");
    free(transfer);
}

/* A server that ends in the middle: what is transferred is far more than buffers hold. */
static bool kills(void *opaque)
{
    struct net_transfer *transfer = opaque;

    if (atomic_load(&transfer->moved) > BYTES)
        net_server_stop(&server);
    return net_transfer_done(transfer);
}

static void a_server_that_vanishes_is_told(void **state)
{
    struct net_transfer *transfer = calloc(1, sizeof(*transfer));

    (void)state;
    assert_non_null(transfer);
    transfer->address = address("10.0.2.2");
    transfer->port = server.port;
    transfer->receive = UINT64_C(1) << 40;
    net_transfer_start(transfer);
    assert_true(runs_until(kills, transfer));
    net_transfer_end(transfer);
    assert_non_null(strstr(transfer->failure, "of 1099511627776 bytes received"));
    free(transfer);
}

/* ---- What it is opened with ---- */

static void addresses_are_read(void **state)
{
    static const char *const bad[] = {"address=10.0.2.15", "address=10.0.2/24", "gateway=x",
                                      "address6=10.0.2.2", "address",           "mtu=1500"};
    struct lwip_addresses addresses;
    char error[200];

    (void)state;
    assert_int_equal(lwip_addresses_read(&addresses, NULL, error, sizeof(error)), 0);
    assert_int_equal(addresses.netmask.addr, lwip_htonl(0xffffff00));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        error[0] = '\0';
        assert_int_equal(lwip_addresses_read(&addresses, bad[i], error, sizeof(error)), -1);
        assert_memory_equal(error, "above 'lwip'", 12);
        assert_int_equal(open_bench(NULL, bad[i]), -1);
        joint_close(&joint);
    }
}

static int start_server(void **state)
{
    char error[200];

    (void)state;
    return net_server_start(&server, 0, error, sizeof(error));
}

static int stop_server(void **state)
{
    (void)state;
    net_server_stop(&server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_gateway_answers_pings, open_default, close_bench),
        cmocka_unit_test_teardown(a_network_of_ones_own_is_found, close_bench),
        cmocka_unit_test_setup_teardown(bytes_come_whole_in_each_direction, open_default,
                                        close_bench),
        cmocka_unit_test_setup_teardown(bytes_that_differ_are_told, open_default, close_bench),
        cmocka_unit_test_setup_teardown(a_port_where_nobody_listens_is_told, open_default,
                                        close_bench),
        cmocka_unit_test_teardown(nothing_passes_a_restricted_network, close_bench),
        cmocka_unit_test(addresses_are_read),
        cmocka_unit_test_setup_teardown(a_server_that_vanishes_is_told, open_default, close_bench),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
