/* SPDX-License-Identifier: BSD-2-Clause */
#include "net_steps.h"

#include "above_lwip.h"
#include "net_transfer.h"

#include <lwip/etharp.h>
#include <lwip/tcpip.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_TIMEOUT (3 * BENCH_S)
#define STALL_TIMEOUT  (20 * BENCH_S)
#define SERVER_TIMEOUT (200 * BENCH_MS)

#define PINGS      5u
#define PING_SHORT 56u
#define PING_LONG  1372u

struct steps {
    struct net_run *run;
    struct net_steps *config;
    struct netif *netif;
    ip_addr_t gateway, gateway6;
    bool stopped; /* the bench can't go on, or somebody interrupted */
};

/* Runs, and notes when nothing further can be done. Returns whether it was done. */
static bool run_until(struct steps *steps, bool (*done)(void *opaque), void *opaque,
                      uint64_t timeout)
{
    const int status = net_run_until(steps->run, done, opaque, timeout);

    steps->stopped |= status < 0 || (status == 0 && cli_interrupted());
    return status > 0;
}

/* ---- ARP ---- */

struct resolution {
    struct netif *netif;
    const ip4_addr_t *address;
    struct eth_addr found;
};

static bool is_resolved(void *opaque)
{
    struct resolution *resolution = opaque;
    const ip4_addr_t *address;
    struct eth_addr *mac;
    bool found;

    LOCK_TCPIP_CORE();
    found = etharp_find_addr(resolution->netif, resolution->address, &mac, &address) >= 0;
    if (found)
        resolution->found = *mac;
    UNLOCK_TCPIP_CORE();
    return found;
}

static void step_arp(struct steps *steps)
{
    struct resolution resolution = {.netif = steps->netif, .address = ip_2_ip4(&steps->gateway)};
    const struct net_counts from = net_run_counts(steps->run);
    char mac[18];

    LOCK_TCPIP_CORE();
    etharp_request(steps->netif, resolution.address);
    UNLOCK_TCPIP_CORE();
    if (!run_until(steps, is_resolved, &resolution, ANSWER_TIMEOUT)) {
        net_run_failed(steps->run, &from, "ARP", "nobody says who has %s",
                       ipaddr_ntoa(&steps->gateway));
        return;
    }
    options_mac_text(resolution.found.addr, mac);
    net_run_step(steps->run, &from, "ARP", "%s is at %s", ipaddr_ntoa(&steps->gateway), mac);
}

/* ---- Pings ---- */

static bool is_answered(void *opaque)
{
    return net_ping_answered(opaque);
}

static void step_ping(struct steps *steps, const char *name, const ip_addr_t *to)
{
    struct net_ping ping = {.pcb = NULL};
    const struct net_counts from = net_run_counts(steps->run);
    uint64_t best = BENCH_NEVER, worst = 0;
    unsigned answers = 0;

    for (unsigned i = 0; i < PINGS && !steps->stopped; i++) {
        const uint64_t before = steps->run->joint.clock.now;
        uint64_t took;

        if (!net_ping_send(&ping, to, i % 2 == 0 ? PING_SHORT : PING_LONG) ||
            !run_until(steps, is_answered, &ping, ANSWER_TIMEOUT))
            continue;
        took = steps->run->joint.clock.now - before;
        best = clock_earliest(best, took);
        worst = took > worst ? took : worst;
        answers++;
    }
    net_ping_close(&ping);
    if (answers == PINGS)
        net_run_step(steps->run, &from, name,
                     "%u of %u echo requests to %s answered, %u and %u bytes, %.3f to %.3f ms",
                     answers, PINGS, ipaddr_ntoa(to), PING_SHORT, PING_LONG, (double)best / 1e6,
                     (double)worst / 1e6);
    else
        net_run_failed(steps->run, &from, name, "%u of %u echo requests to %s answered", answers,
                       PINGS, ipaddr_ntoa(to));
}

/* ---- Transfers ---- */

struct watched {
    struct net_transfer *transfer;
    const struct bench_clock *clock;
    uint64_t moved, moved_at;
    bool stalled;
};

static bool is_over(void *opaque)
{
    struct watched *watched = opaque;
    const uint64_t moved = atomic_load(&watched->transfer->moved);

    if (moved != watched->moved) {
        watched->moved = moved;
        watched->moved_at = watched->clock->now;
    }
    watched->stalled = watched->clock->now - watched->moved_at > STALL_TIMEOUT;
    return net_transfer_done(watched->transfer) || watched->stalled;
}

static bool is_server_gone(void *opaque)
{
    return !net_server_runs(opaque);
}

/* A process that ends closes its connections a little before it is seen to have ended. */
static void look_after_server(struct steps *steps, bool failed)
{
    struct net_server *server = &steps->config->server;

    if (failed && !steps->stopped)
        run_until(steps, is_server_gone, server, SERVER_TIMEOUT);
    steps->stopped |= !net_server_runs(server);
}

static void step_transfer(struct steps *steps, const char *name, uint64_t receive, uint64_t send)
{
    struct net_transfer *transfer = calloc(1, sizeof(*transfer));
    const struct net_counts from = net_run_counts(steps->run);
    struct watched watched = {.transfer = transfer,
                              .clock = &steps->run->joint.clock,
                              .moved_at = steps->run->joint.clock.now};
    bool over;

    if (transfer == NULL) {
        net_run_failed(steps->run, &from, name, "out of memory");
        return;
    }
    transfer->address = steps->gateway;
    transfer->port = steps->config->server.port;
    transfer->receive = receive;
    transfer->send = send;
    net_transfer_start(transfer);
    over = run_until(steps, is_over, &watched, BENCH_NEVER);
    net_transfer_end(transfer);
    if (!over && !net_transfer_done(transfer))
        net_run_failed(steps->run, &from, name, "not finished");
    else if (!net_transfer_done(transfer))
        net_run_failed(steps->run, &from, name, "nothing has moved for 20 s, after %llu bytes",
                       (unsigned long long)watched.moved);
    else if (transfer->failure[0] != '\0')
        net_run_failed(steps->run, &from, name, "%s", transfer->failure);
    else if (receive != 0 && send != 0)
        net_run_transfer(steps->run, &from, name, receive, send, "checksums equal");
    else {
        char detail[64];

        snprintf(detail, sizeof(detail), "checksums equal (%08x)",
                 receive != 0 ? transfer->crc : transfer->stream.crc);
        net_run_transfer(steps->run, &from, name, receive, send, detail);
    }
    look_after_server(steps, transfer->failure[0] != '\0');
    free(transfer);
}

/* ---- All of it ---- */

static void all_steps(struct steps *steps)
{
    const uint64_t bytes = steps->config->bytes;

    step_arp(steps);
    if (!steps->stopped)
        step_ping(steps, "ping", &steps->gateway);
    if (!steps->stopped)
        step_ping(steps, "ping6", &steps->gateway6);
    if (!steps->stopped)
        step_transfer(steps, "HTTP download", bytes, 0);
    if (!steps->stopped)
        step_transfer(steps, "HTTP upload", 0, bytes);
    if (!steps->stopped)
        step_transfer(steps, "TCP both ways", bytes, bytes);
}

int net_steps(struct net_run *run, struct net_steps *config)
{
    struct steps steps = {.run = run, .config = config};
    ip6_addr_t gateway6;

    steps.netif = above_lwip_netif(run->joint.ends[0].session.sched.above);
    ip_addr_copy_from_ip4(steps.gateway, *netif_ip4_gw(steps.netif));
    /* The gateway has number 2 in the network of 64 bits that lwIP's second address is of. */
    gateway6 = *netif_ip6_addr(steps.netif, 1);
    gateway6.addr[2] = 0;
    gateway6.addr[3] = lwip_htonl(2);
    ip_addr_copy_from_ip6(steps.gateway6, gateway6);
    all_steps(&steps);
    if (run->joint.error[0] != '\0') {
        cli_error("net", "%s", run->joint.error);
        return CLI_VERDICT;
    }
    if (!net_server_runs(&config->server)) {
        cli_error("net", "the HTTP server at 127.0.0.1:%u has ended", config->server.port);
        return CLI_VERDICT;
    }
    return cli_interrupted() ? CLI_INTERRUPTED : net_run_passed(run) ? CLI_OK : CLI_VERDICT;
}
