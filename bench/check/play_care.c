/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: statistics, self-test, EEPROM, PHY, register dump. */
#include "e1000_hw.h"
#include "stage.h"

#include <stdlib.h>
#include <string.h>

static void harvest(struct stage *stage)
{
    NEEDS_DRIVER(stage, stat);
    NEEDS_DRIVER(stage, harvest);
    expect_status(stage, stage->ops->harvest(stage->driver), 0, "harvest()");
}

static void stats_names(struct stage *stage)
{
    const char *names[200], *name;
    uint64_t value;
    unsigned count = 0;

    NEEDS_DRIVER(stage, stat);
    stage_up(stage);
    while (count < 200 && (name = stage->ops->stat(stage->driver, count, &value)) != NULL) {
        for (unsigned i = 0; i < count; i++)
            expect_true(stage, strcmp(names[i], name) != 0, "two statistics are named %s", name);
        names[count++] = name;
    }
    expect_between(stage, count, 60, 199, "statistics");
}

/* Frames of each size class, of each kind of address, counted by the chip. */
static void stats_sizes(struct stage *stage)
{
    static const struct {
        uint32_t length; /* without FCS */
        unsigned frames;
        const char *rx, *tx;
    } rows[] = {{60, 7, "rx_size_64", "tx_size_64"},
                {61, 2, "rx_size_65_127", "tx_size_65_127"},
                {123, 3, "rx_size_65_127", "tx_size_65_127"},
                {124, 1, "rx_size_128_255", "tx_size_128_255"},
                {251, 1, "rx_size_128_255", "tx_size_128_255"},
                {252, 3, "rx_size_256_511", "tx_size_256_511"},
                {507, 1, "rx_size_256_511", "tx_size_256_511"},
                {508, 4, "rx_size_512_1023", "tx_size_512_1023"},
                {1019, 2, "rx_size_512_1023", "tx_size_512_1023"},
                {1020, 1, "rx_size_1024_max", "tx_size_1024_max"},
                {1514, 5, "rx_size_1024_max", "tx_size_1024_max"}};
    const size_t count = sizeof(rows) / sizeof(rows[0]);
    uint64_t octets = 0, frames = 0;

    stage_up(stage);
    for (size_t i = 0; i < count; i++) {
        stage_arrivals(stage, rows[i].frames, rows[i].length, 0);
        stage_sends(stage, rows[i].frames, rows[i].length);
        stage_settle(stage);
        octets += (uint64_t)rows[i].frames * (rows[i].length + 4);
        frames += rows[i].frames;
    }
    harvest(stage);
    for (size_t i = 0; i < count; i++) {
        uint64_t wanted = 0;

        for (size_t k = 0; k < count; k++)
            wanted += strcmp(rows[k].rx, rows[i].rx) == 0 ? rows[k].frames : 0;
        expect_stat(stage, rows[i].rx, wanted);
        expect_stat(stage, rows[i].tx, wanted);
    }
    expect_stat(stage, "rx_good_packets", frames);
    expect_stat(stage, "tx_good_packets", frames);
    expect_stat(stage, "rx_good_octets", octets);
    expect_stat(stage, "tx_good_octets", octets);
    expect_stat(stage, "rx_total_packets", frames);
    expect_stat(stage, "tx_total_packets", frames);
    expect_stat(stage, "rx_frames", frames);
    expect_stat(stage, "tx_frames", frames);
    expect_stat(stage, "rx_bytes", octets - 4 * frames);
    expect_stat(stage, "tx_bytes", octets - 4 * frames);
}

static void stats_kinds(struct stage *stage)
{
    static const uint8_t group[6] = {1, 0, 0x5E, 1, 2, 3};
    uint8_t frame[100];

    stage->params.all_multicast = true;
    stage_up(stage);
    for (unsigned i = 0; i < 30; i++) {
        const uint8_t *to = i < 5 ? group : i < 12 ? stage_everybody : NULL;

        stage_make(stage, frame, sizeof(frame), to);
        stage_arrive(stage, frame, sizeof(frame));
        expect_true(stage, stage_send(stage, frame, sizeof(frame)), "expected a frame to be taken");
    }
    stage_settle(stage);
    harvest(stage);
    expect_stat(stage, "rx_multicast", 5);
    expect_stat(stage, "tx_multicast", 5);
    expect_stat(stage, "rx_broadcast", 7);
    expect_stat(stage, "tx_broadcast", 7);
    expect_stat(stage, "rx_good_packets", 30);
    expect_stat(stage, "tx_good_packets", 30);
}

static void stats_survive(struct stage *stage)
{
    NEEDS_DRIVER(stage, reset);
    stage_up(stage);
    for (unsigned round = 0; round < 5; round++) {
        expect_equal(stage, stage_sends(stage, 10, 100), 10, "frames taken");
        stage_arrivals(stage, 5, 64, 0);
        stage_settle(stage);
        if (round % 2 == 1)
            harvest(stage);
        if (round == 2) {
            stage_down(stage);
            stage_up(stage);
        } else if (round < 4) {
            stage_reset(stage);
            stage_link(stage, 10 * BENCH_S);
        }
    }
    harvest(stage);
    expect_stat(stage, "tx_frames", 50);
    expect_stat(stage, "tx_total_packets", 50);
    expect_stat(stage, "tx_good_octets", 50 * 104);
    expect_stat(stage, "rx_frames", 25);
    expect_stat(stage, "rx_total_packets", 25);
    expect_stat(stage, "rx_good_octets", 25 * 68);
}

static void stats_tso(struct stage *stage)
{
    stage_up(stage);
    stage_works(stage);
    stage_run(stage, 5 * BENCH_S); /* harvested by itself */
    expect_stat(stage, "tx_good_packets", 21);
    expect_stat(stage, "rx_good_packets", 21);
}

/* ---- Self-test ---- */

static void selftest_passes(struct stage *stage)
{
    struct e1000_selftest result;

    NEEDS_DRIVER(stage, selftest);
    for (unsigned how = 0; how < 4; how++) {
        const bool up = (how & 1) != 0;

        if (up)
            stage_up(stage);
        else
            stage_attach(stage);
        stage->tolerant = true; /* patterns in registers are not how a driver drives */
        expect_status(
            stage, stage->ops->selftest(stage->driver, (how & 2) != 0 ? E1000_TEST_INTERRUPT : 0),
            0, "selftest()");
        stage_state(stage, up ? E1000_STATE_UP : E1000_STATE_DOWN, 15 * BENCH_S);
        stage->ops->get_selftest(stage->driver, &result);
        expect_status(stage, stage->ops->get_job(stage->driver), 0, "the self-test");
        expect_equal(stage, result.registers, 0, "register that failed");
        expect_equal(stage, result.eeprom, 0, "EEPROM part");
        expect_equal(stage, result.interrupt, 0, "interrupt part");
        expect_equal(stage, result.loopback, 0, "loopback part");
        expect_equal(stage, result.link, 0, "link part");
        stage->judge.count = 0;
        stage->tolerant = false;
        if (up)
            stage_link(stage, 10 * BENCH_S);
        else
            stage_up(stage);
        stage_works(stage);
        stage_close(stage);
    }
}

/* A part that is broken is found, and no other. */
static void selftest_finds(struct stage *stage)
{
    static const struct {
        const char *fault, *what;
        uint64_t arg;
        uint8_t link, eeprom, interrupt;
        uint32_t reg;
    } rows[] = {
        {"stuck-1", "a bit that sticks", 32 * E1000_FCTTV + 4, 0, 0, 0, E1000_FCTTV + 1},
        {"stuck-0", "a bit that is missing", 32 * E1000_MTA(100), 0, 0, 0, E1000_MTA(100) + 1},
        {"stuck-0", "no link", 32 * E1000_STATUS + 1, 1, 0, 0, 0},
        {"eeprom-no-grant", "no grant of the EEPROM", 0, 0, 1, 0, 0},
        {"stuck-0", "a cause that never comes", 32 * E1000_ICR + 7, 0, 0, 4, 0},
    };
    struct e1000_selftest result;

    NEEDS_DRIVER(stage, selftest);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        stage_attach(stage);
        stage->tolerant = true;
        stage_break(stage, rows[i].fault, rows[i].arg, 0, 0);
        expect_status(stage, stage->ops->selftest(stage->driver, 0), 0, "selftest()");
        stage_state(stage, E1000_STATE_DOWN, 20 * BENCH_S);
        expect_status(stage, stage->ops->get_job(stage->driver), E1000_ERR_TEST, rows[i].what);
        stage->ops->get_selftest(stage->driver, &result);
        expect_equal(stage, result.registers, rows[i].reg, "%s: register that failed",
                     rows[i].what);
        expect_equal(stage, result.eeprom, rows[i].eeprom, "%s: EEPROM part", rows[i].what);
        expect_equal(stage, result.interrupt, rows[i].interrupt, "%s: interrupt part",
                     rows[i].what);
        expect_equal(stage, result.link, rows[i].link, "%s: link part", rows[i].what);
        stage_mend(stage, NULL);
        stage_close(stage);
        stage->tolerant = false;
    }
}

/* ---- EEPROM and PHY ---- */

static void eeprom_read(struct stage *stage)
{
    uint16_t word, sum = 0;

    NEEDS_DRIVER(stage, eeprom_read);
    for (unsigned eerd = 0; eerd < 2; eerd++) {
        stage->params.eeprom_by_eerd = eerd != 0;
        stage_attach(stage);
        sum = 0;
        for (unsigned i = 0; i < 64; i++) {
            expect_status(stage, stage->ops->eeprom_read(stage->driver, i, &word), 0,
                          "eeprom_read()");
            sum = (uint16_t)(sum + word);
            if (i < 3)
                expect_equal(stage, word,
                             stage->profile.mac[2 * i] | (uint64_t)stage->profile.mac[2 * i + 1]
                                                             << 8,
                             "word %u of the EEPROM", i);
        }
        expect_equal(stage, sum, 0xBABA, "sum of the EEPROM");
        expect_status(stage, stage->ops->eeprom_read(stage->driver, 5000, &word),
                      E1000_ERR_PARAMETER, "word 5000");
        stage_close(stage);
    }
}

static void eeprom_write(struct stage *stage)
{
    static const uint16_t words[3] = {0x1111, 0x2222, 0x3333};
    uint16_t word, sum = 0;

    NEEDS_DRIVER(stage, eeprom_write);
    NEEDS_DRIVER(stage, eeprom_unlock);
    stage_attach(stage);
    expect_status(stage, stage->ops->eeprom_write(stage->driver, 0x30, words, 3), E1000_ERR_LOCKED,
                  "writing without the key");
    expect_status(stage, stage->ops->eeprom_unlock(stage->driver, 1), E1000_ERR_PARAMETER,
                  "another key");
    expect_status(stage, stage->ops->eeprom_unlock(stage->driver, E1000_EEPROM_KEY), 0,
                  "eeprom_unlock()");
    expect_status(stage, stage->ops->eeprom_write(stage->driver, 0x30, words, 3), 0,
                  "eeprom_write()");
    stage_state(stage, E1000_STATE_DOWN, BENCH_S);
    expect_status(stage, stage->ops->get_job(stage->driver), 0, "writing");
    for (unsigned i = 0; i < 64; i++) {
        expect_status(stage, stage->ops->eeprom_read(stage->driver, i, &word), 0, "eeprom_read()");
        if (i >= 0x30 && i < 0x33)
            expect_equal(stage, word, words[i - 0x30], "word 0x%x", i);
        sum = (uint16_t)(sum + word);
    }
    expect_equal(stage, sum, 0xBABA, "sum of the EEPROM");
    expect_status(stage, stage->ops->eeprom_write(stage->driver, 0x30, words, 3), E1000_ERR_LOCKED,
                  "writing again without the key");
    stage_up(stage);
    stage_works(stage);
}

static void phy_read(struct stage *stage)
{
    uint16_t high, low;
    struct e1000_identity identity;

    NEEDS_DRIVER(stage, phy_read);
    stage_up(stage);
    stage->ops->get_identity(stage->driver, &identity);
    expect_status(stage, stage->ops->phy_read(stage->driver, 2, &high), 0, "phy_read()");
    expect_status(stage, stage->ops->phy_read(stage->driver, 3, &low), 0, "phy_read()");
    expect_equal(stage, (uint32_t)high << 16 | low, identity.phy_id, "PHY id");
    expect_equal(stage, low & 0xFFF0, stage->profile.phy_id2 & 0xFFF0, "register 3");
    expect_status(stage, stage->ops->phy_read(stage->driver, 1, &low), 0, "phy_read()");
    expect_true(stage, (low & 4) != 0, "expected BMSR to show the link, got 0x%04x", low);
    expect_status(stage, stage->ops->phy_read(stage->driver, 32, &low), E1000_ERR_PARAMETER,
                  "register 32");
    stage_works(stage);
}

static void dump(struct stage *stage)
{
    struct e1000_register first, second;
    unsigned n = 0;

    NEEDS_DRIVER(stage, dump);
    NEEDS_DEVICE(stage, peek);
    stage_up(stage);
    stage_sends(stage, 3, 100);
    stage_settle(stage);
    stage_arrivals(stage, 2, 100, 0); /* not served yet */
    for (; stage->ops->dump(stage->driver, n, &first) == 0; n++) {
        const struct e1000emu_register *row = e1000emu_register_find(first.offset, NULL);

        expect_status(stage, stage->ops->dump(stage->driver, n, &second), 0, "dump()");
        expect_equal(stage, second.value, first.value, "%s, read twice", first.name);
        if (first.offset != E1000_EECD) /* whose pins are looked at when it is read */
            expect_equal(stage, first.value, stage_peek(stage, first.offset),
                         "%s, read and looked at", first.name);
        expect_true(stage, row != NULL && (row->flags & E1000EMU_REG_READ_CLEARS) == 0,
                    "%s: expected a register that reading does not clear", first.name);
    }
    expect_between(stage, n, 40, 1000, "registers");
    stage_settle(stage); /* the interrupt is still there */
}

static void settings(struct stage *stage)
{
    static const uint8_t mac[6] = {2, 1, 2, 3, 4, 5}, other[1][6] = {{2, 9, 9, 9, 9, 9}};
    static const uint8_t group[1][6] = {{1, 0, 0x5E, 0, 0, 1}}, no[6] = {2, 1, 1, 1, 1, 1};
    struct e1000_media media;
    struct e1000_link link;

    NEEDS_DRIVER(stage, set_mac);
    NEEDS_DRIVER(stage, set_unicast);
    NEEDS_DRIVER(stage, set_media);
    NEEDS_DRIVER(stage, vlan_want);
    for (unsigned how = 0; how < 3; how++) {
        stage_up(stage);
        stage->ops->get_media(stage->driver, &media);
        media.advertise = E1000_100_FULL;
        expect_status(stage, stage->ops->set_mac(stage->driver, mac), 0, "set_mac()");
        expect_status(stage, stage->ops->set_unicast(stage->driver, other, 1), 0, "set_unicast()");
        expect_status(stage, stage->ops->set_filter(stage->driver, false, false, group, 1), 0,
                      "set_filter()");
        expect_status(stage, stage->ops->vlan_want(stage->driver, 77, true), 0, "vlan_want()");
        stage->ops->vlan_filter(stage->driver, true);
        expect_status(stage, stage->ops->set_media(stage->driver, &media), 0, "set_media()");
        if (how == 0) {
            expect_status(stage, stage->ops->reset(stage->driver), 0, "reset()");
        } else if (how == 1) {
            stage_down(stage);
            stage_start(stage);
        } else {
            stage_sleep(stage);
            expect_status(stage, stage->ops->resume(stage->driver), 0, "resume()");
        }
        stage_state(stage, E1000_STATE_UP, BENCH_S);
        stage_run(stage, BENCH_MS);
        stage_link(stage, 10 * BENCH_S);
        stage->ops->get_link(stage->driver, &link);
        expect_equal(stage, link.mbps, 100, "speed");
        stage_hears(stage, mac, -1, true);
        stage_hears(stage, other[0], -1, true);
        stage_hears(stage, group[0], -1, true);
        stage_hears(stage, mac, 77, true);
        stage_hears(stage, mac, 78, false);
        stage_hears(stage, no, -1, false);
        stage_close(stage);
    }
}

#define BOTH "vmware silicon"

const struct scenario scenarios_care[] = {
    {"feature/stats-names", "statistics have names of their own",
     "None twice, and all that the chip counts.", "ethtool -S", "silicon", 0, stats_names},
    {"feature/stats-sizes", "statistics by size",
     "Frames and octets of each size class are counted to the last one.",
     "DPDK test plan stats; manual 13.7", BOTH, 0, stats_sizes},
    {"feature/stats-kinds", "statistics by address",
     "Unicasts, multicasts and broadcasts are counted apart.", "DPDK test plan stats", BOTH, 0,
     stats_kinds},
    {"feature/stats-survive", "statistics survive resets",
     "Nothing that was counted is lost by a reset or by down and up.", "Linux e1000_update_stats",
     BOTH, NEEDS_HEARING, stats_survive},
    {"feature/stats-by-themselves", "statistics are harvested by themselves",
     "After a while they are there without being asked for.", "Linux e1000_watchdog", BOTH, 0,
     stats_tso},
    {"feature/selftest", "the self-test passes",
     "All five parts, up and down, with and without interrupts; then everything is as before.",
     "ethtool -t", "vmware silicon 82545em-fiber 82545gm-serdes", NEEDS_RESET | NEEDS_REGISTERS,
     selftest_passes},
    {"feature/selftest-finds", "the self-test finds what is broken",
     "The part that is broken fails and no other.", "ethtool -t; Linux e1000_diag_test", "silicon",
     NEEDS_RESET | NEEDS_REGISTERS, selftest_finds},
    {"feature/eeprom-read", "every word of the EEPROM is read",
     "By Microwire and by EERD it is the same, and sums up.", "ethtool -e", BOTH, 0, eeprom_read},
    {"feature/eeprom-write", "the EEPROM is written, with a key",
     "Without the key nothing is; with it the words and the sum are right.",
     "ethtool -E; the e1000e NVM corruption of 2008", "silicon", 0, eeprom_write},
    {"feature/phy-read", "the PHY's registers are read",
     "Id and state of the link are what they are.", "ethtool -d; SIOCGMIIREG", "silicon vmware",
     NEEDS_COPPER, phy_read},
    {"feature/dump", "the register dump changes nothing",
     "Read twice it is the same, and no cause or count is lost.", "ethtool -d", BOTH, 0, dump},
    {"feature/settings-survive", "settings survive reset, down and up, and sleep",
     "Address, filters, VLANs and media are what they were.", "Linux e1000_configure", "silicon",
     NEEDS_COPPER | NEEDS_PM | NEEDS_INTEL, settings},
    {.id = NULL},
};
