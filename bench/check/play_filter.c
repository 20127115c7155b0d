/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: addresses. */
#include "e1000_hw.h"
#include "stage.h"

#include <string.h>

static void make(uint8_t address[6], uint8_t first, unsigned n)
{
    const uint8_t made[6] = {first, 0x11, 0x22, 0x33, (uint8_t)(n >> 8), (uint8_t)n};

    memcpy(address, made, 6);
}

static void own_address(struct stage *stage)
{
    uint8_t other[6];

    stage_up(stage);
    stage_hears(stage, stage->profile.mac, -1, true);
    for (unsigned bit = 0; bit < 48; bit++) {
        memcpy(other, stage->profile.mac, 6);
        other[bit / 8] ^= (uint8_t)(1u << bit % 8);
        stage_hears(stage, other, -1, false);
    }
    stage_works(stage);
}

static void broadcast(struct stage *stage)
{
    uint8_t other[6];

    stage_up(stage);
    stage_hears(stage, stage_everybody, -1, true);
    for (unsigned bit = 0; bit < 48; bit++) {
        memcpy(other, stage_everybody, 6);
        other[bit / 8] ^= (uint8_t)(1u << bit % 8);
        stage_hears(stage, other, -1, false);
    }
}

static void promiscuous(struct stage *stage)
{
    uint8_t unicast[6], group[6];

    NEEDS_DRIVER(stage, set_filter);
    make(unicast, 2, 1);
    make(group, 1, 1);
    stage_up(stage);
    for (unsigned i = 0; i < 8; i++) {
        const bool all = (i & 1) != 0, groups = (i & 2) != 0;

        expect_status(stage, stage->ops->set_filter(stage->driver, all, groups, NULL, 0), 0,
                      "set_filter()");
        stage_hears(stage, unicast, -1, all);
        stage_hears(stage, group, -1, all || groups);
        stage_hears(stage, stage_everybody, -1, true);
        stage_hears(stage, stage->profile.mac, -1, true);
    }
}

static void from_the_start(struct stage *stage)
{
    uint8_t unicast[6], group[6];

    make(unicast, 2, 1);
    make(group, 1, 1);
    for (unsigned i = 0; i < 4; i++) {
        stage->params.promiscuous = (i & 1) != 0;
        stage->params.all_multicast = (i & 2) != 0;
        stage_up(stage);
        stage_hears(stage, unicast, -1, (i & 1) != 0);
        stage_hears(stage, group, -1, i != 0);
        stage_close(stage);
    }
}

static void promiscuous_tags(struct stage *stage)
{
    NEEDS_DRIVER(stage, set_filter);
    NEEDS_DRIVER(stage, vlan_filter);
    stage_up(stage);
    stage->ops->vlan_filter(stage->driver, true);
    stage_hears(stage, stage_everybody, 2000, false);
    expect_status(stage, stage->ops->set_filter(stage->driver, true, false, NULL, 0), 0,
                  "set_filter()");
    stage_hears(stage, stage_everybody, 2000, true);
    expect_status(stage, stage->ops->set_filter(stage->driver, false, false, NULL, 0), 0,
                  "set_filter()");
    stage_hears(stage, stage_everybody, 2000, false);
}

/* Groups of a list, as long as it is; those of no list. */
static void groups(struct stage *stage, const unsigned *lengths, unsigned count)
{
    static uint8_t list[300][6];
    uint8_t stranger[6];

    NEEDS_DRIVER(stage, set_filter);
    make(stranger, 1, 0xFFFF);
    for (unsigned i = 0; i < 300; i++)
        make(list[i], 1, i);
    stage_up(stage);
    for (unsigned i = 0; i < count; i++) {
        expect_status(stage,
                      stage->ops->set_filter(stage->driver, false, false, (const uint8_t(*)[6])list,
                                             lengths[i]),
                      0, "set_filter()");
        for (unsigned n = 0; n < lengths[i]; n++)
            stage_hears(stage, list[n], -1, true);
        if (lengths[i] < 300)
            stage_hears(stage, list[299], -1, false);
        stage_hears(stage, stranger, -1, false);
        stage_hears(stage, stage_everybody, -1, true);
    }
}

static void groups_exact(struct stage *stage)
{
    static const unsigned lengths[] = {0, 1, 2, 13, 14, 5, 0};

    groups(stage, lengths, 7);
}

static void groups_hashed(struct stage *stage)
{
    static const unsigned lengths[] = {15, 40, 300, 40, 15, 0};

    groups(stage, lengths, 6);
}

static void more_unicasts(struct stage *stage)
{
    static uint8_t list[14][6];
    uint8_t stranger[6];

    NEEDS_DRIVER(stage, set_unicast);
    make(stranger, 2, 0xFFFF);
    for (unsigned i = 0; i < 14; i++)
        make(list[i], 2, i);
    stage_up(stage);
    for (unsigned count = 0; count <= 14; count += 7) {
        /* VMware's chip honours none: on such a board the driver has to hear everybody. */
        const bool all = count != 0 && stage->profile.subsystem_vendor == 0x15AD;

        expect_status(stage,
                      stage->ops->set_unicast(stage->driver, (const uint8_t(*)[6])list, count), 0,
                      "set_unicast()");
        for (unsigned i = 0; i < 14; i++)
            stage_hears(stage, list[i], -1, all || i < count);
        stage_hears(stage, stranger, -1, all);
        stage_hears(stage, stage->profile.mac, -1, true);
    }
    expect_status(stage, stage->ops->set_unicast(stage->driver, NULL, 0), 0, "set_unicast()");
    stage_hears(stage, list[0], -1, false);
}

static void too_many_unicasts(struct stage *stage)
{
    static uint8_t list[40][6];

    NEEDS_DRIVER(stage, set_unicast);
    for (unsigned i = 0; i < 40; i++)
        make(list[i], 2, i);
    stage_up(stage);
    expect_status(stage, stage->ops->set_unicast(stage->driver, (const uint8_t(*)[6])list, 40), 0,
                  "set_unicast()");
    for (unsigned i = 0; i < 40; i++)
        stage_hears(stage, list[i], -1, true);
    expect_status(stage, stage->ops->set_unicast(stage->driver, NULL, 0), 0, "set_unicast()");
    for (unsigned i = 0; i < 40; i++)
        stage_hears(stage, list[i], -1, false);
}

static void shared_slots(struct stage *stage)
{
    static const unsigned mixtures[][2] = {{0, 20}, {5, 20}, {14, 20}, {14, 0}, {3, 3}, {0, 0}};
    static uint8_t unicasts[14][6], list[20][6];

    NEEDS_DRIVER(stage, set_unicast);
    NEEDS_DRIVER(stage, set_filter);
    for (unsigned i = 0; i < 14; i++)
        make(unicasts[i], 2, i);
    for (unsigned i = 0; i < 20; i++)
        make(list[i], 3, i);
    stage_up(stage);
    for (unsigned m = 0; m < 6; m++) {
        expect_status(
            stage,
            stage->ops->set_unicast(stage->driver, (const uint8_t(*)[6])unicasts, mixtures[m][0]),
            0, "set_unicast()");
        expect_status(stage,
                      stage->ops->set_filter(stage->driver, false, false, (const uint8_t(*)[6])list,
                                             mixtures[m][1]),
                      0, "set_filter()");
        for (unsigned i = 0; i < 14; i++)
            stage_hears(stage, unicasts[i], -1, i < mixtures[m][0]);
        for (unsigned i = 0; i < 20; i++)
            stage_hears(stage, list[i], -1, i < mixtures[m][1]);
    }
}

static void another_mac(struct stage *stage)
{
    static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9}, zero[6];

    NEEDS_DRIVER(stage, set_mac);
    stage_up(stage);
    expect_status(stage, stage->ops->set_mac(stage->driver, mac), 0, "set_mac()");
    stage_hears(stage, mac, -1, true);
    stage_hears(stage, stage->profile.mac, -1, false);
    expect_status(stage, stage->ops->set_mac(stage->driver, zero), E1000_ERR_PARAMETER,
                  "an address of zeros");
    expect_status(stage, stage->ops->set_mac(stage->driver, stage_everybody), E1000_ERR_PARAMETER,
                  "the address of everybody");
    stage_hears(stage, mac, -1, true);
    stage_down(stage);
    stage_up(stage);
    stage_hears(stage, mac, -1, true);
    stage_close(stage);
    stage_up(stage); /* the EEPROM keeps its own */
    stage_hears(stage, mac, -1, false);
    stage_hears(stage, stage->profile.mac, -1, true);
}

static void set_while_down(struct stage *stage)
{
    uint8_t group[1][6], unicast[1][6];

    NEEDS_DRIVER(stage, set_filter);
    NEEDS_DRIVER(stage, set_unicast);
    make(group[0], 1, 7);
    make(unicast[0], 2, 7);
    stage_attach(stage);
    expect_status(
        stage, stage->ops->set_filter(stage->driver, false, false, (const uint8_t(*)[6])group, 1),
        0, "set_filter()");
    expect_status(stage, stage->ops->set_unicast(stage->driver, (const uint8_t(*)[6])unicast, 1), 0,
                  "set_unicast()");
    stage_up(stage);
    stage_hears(stage, group[0], -1, true);
    stage_hears(stage, unicast[0], -1, true);
    make(group[0], 1, 8);
    stage_hears(stage, group[0], -1, false);
}

static void survives(struct stage *stage)
{
    uint8_t group[20][6];

    NEEDS_DRIVER(stage, set_filter);
    NEEDS_DRIVER(stage, reset);
    for (unsigned i = 0; i < 20; i++)
        make(group[i], 1, i);
    stage_up(stage);
    expect_status(
        stage, stage->ops->set_filter(stage->driver, false, false, (const uint8_t(*)[6])group, 19),
        0, "set_filter()");
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 20; i++)
            stage_hears(stage, group[i], -1, i < 19);
        if (round == 0) {
            stage_reset(stage);
        } else {
            stage_down(stage);
            stage_start(stage);
        }
        stage_link(stage, 10 * BENCH_S);
    }
}

static void changed_under_traffic(struct stage *stage)
{
    uint8_t group[30][6];

    NEEDS_DRIVER(stage, set_filter);
    for (unsigned i = 0; i < 30; i++)
        make(group[i], 1, i);
    stage_up(stage);
    for (unsigned i = 0; i < 200; i++) {
        expect_status(stage,
                      stage->ops->set_filter(stage->driver, false, i % 7 == 0,
                                             (const uint8_t(*)[6])group, i % 30),
                      0, "set_filter()");
        stage_arrivals(stage, 5, 60 + i * 3, 2 * BENCH_US);
        stage_sends(stage, 2, 100);
    }
    stage_settle(stage);
    expect_equal(stage, stage->heard, 1000, "frames to us that were received");
}

static void bad_lists(struct stage *stage)
{
    uint8_t unicast[1][6], group[1][6];

    NEEDS_DRIVER(stage, set_filter);
    NEEDS_DRIVER(stage, set_unicast);
    make(unicast[0], 2, 1);
    make(group[0], 1, 1);
    stage_up(stage);
    expect_status(stage, stage->ops->set_unicast(stage->driver, (const uint8_t(*)[6])unicast, 1), 0,
                  "set_unicast()");
    expect_status(stage, stage->ops->set_unicast(stage->driver, (const uint8_t(*)[6])group, 1),
                  E1000_ERR_PARAMETER, "a group among the unicasts");
    expect_status(stage, stage->ops->set_unicast(stage->driver, NULL, 1), E1000_ERR_PARAMETER,
                  "no list");
    expect_status(
        stage, stage->ops->set_filter(stage->driver, true, true, (const uint8_t(*)[6])unicast, 1),
        E1000_ERR_PARAMETER, "a unicast among the groups");
    stage_hears(stage, unicast[0], -1, true);
    stage_hears(stage, group[0], -1, false);
}

#define BOTH "vmware silicon"

const struct scenario scenarios_filter[] = {
    {"feature/filter-own", "frames to our address are received",
     "Every other address, a bit off, is not.", "DPDK test plan mac_filter; manual 13.5.2",
     "vmware silicon virtualbox", 0, own_address},
    {"feature/filter-broadcast", "broadcasts are received", "No address a bit off is.",
     "DPDK test plan pmd", BOTH, 0, broadcast},
    {"feature/promiscuous", "promiscuous mode on and off",
     "On, everything is received; off again, only what is for us.", "DPDK test plan promiscuous",
     BOTH, NEEDS_HEARING, promiscuous},
    {"feature/promiscuous-start", "promiscuous and all multicast from the start",
     "The modes count from the first frame on.", "ip link set promisc, allmulticast", BOTH, 0,
     from_the_start},
    {"feature/promiscuous-vlan", "promiscuous mode takes every VLAN",
     "The VLAN filter is off meanwhile.", "Linux e1000_set_rx_mode", BOTH, NEEDS_HEARING,
     promiscuous_tags},
    {"feature/multicast", "groups by exact match",
     "Each group of the list is heard and no other one is.",
     "DPDK test plan multicast; manual 13.5.2", BOTH, NEEDS_HEARING, groups_exact},
    {"feature/multicast-hash", "more groups than there are slots",
     "Groups beyond the slots are heard by the hash table, and forgotten again.",
     "manual 13.5.1, MTA", BOTH, NEEDS_HEARING, groups_hashed},
    {"feature/unicast-list", "further addresses of our own",
     "Each is heard, on a board that honours none, too.",
     "Linux IFF_UNICAST_FLT, e1000_set_rx_mode", BOTH, NEEDS_HEARING, more_unicasts},
    {"feature/unicast-beyond", "more addresses than there are slots",
     "All are heard; when they are gone, none is.", "Linux e1000_set_rx_mode", BOTH, NEEDS_HEARING,
     too_many_unicasts},
    {"feature/filter-slots", "unicasts and groups share the slots", "Every mixture is heard.",
     "Linux e1000_set_rx_mode", "silicon", NEEDS_HEARING | NEEDS_INTEL, shared_slots},
    {"feature/set-mac", "our address is changed",
     "The new one is heard and the old one not; down and up keep it.",
     "DPDK test plan mac_filter; ip link set address", BOTH, NEEDS_HEARING, another_mac},
    {"feature/filter-while-down", "filters set before coming up",
     "They count from the first frame on.", "netdev ndo_set_rx_mode", BOTH, 0, set_while_down},
    {"feature/filter-survives", "filters survive reset, down and up",
     "What was heard before is heard after.", "Linux e1000_configure", BOTH, NEEDS_HEARING,
     survives},
    {"feature/filter-traffic", "filters change under traffic", "No frame to us is lost meanwhile.",
     "DPDK test plan multicast under traffic", BOTH, NEEDS_HEARING, changed_under_traffic},
    {"feature/filter-bad-lists", "lists that hold what they must not",
     "They are refused and nothing changes.", "API contract", "silicon", NEEDS_HEARING, bad_lists},
    {.id = NULL},
};
